/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * poke.h - reading and writing the memory of a child process, as a debugger does.
 *
 * Used on the data buffers of DMA sources that have no other way in or out; never on the IOMMU. A parent may do this to its
 * child unless the kernel's Yama policy or a container's system call filter says otherwise.
 */
#ifndef DUT_QEMU_POKE_H
#define DUT_QEMU_POKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A block of bytes to be found, at an address that is a multiple of 8. All blocks begin with the same 8 bytes. */
struct poke_block {
    const uint8_t *content;
    size_t bytes;
    uint64_t address; /* out: in the child */
    uint64_t copies;  /* out: how often it was found; only 1 says where it is */
};

/* Looks through the private writable memory of the child; false with a reason in errno when that cannot be read. */
bool poke_find(pid_t pid, struct poke_block *blocks, size_t count);
bool poke_read(pid_t pid, uint64_t address, void *data, size_t bytes);
bool poke_write(pid_t pid, uint64_t address, const void *data, size_t bytes);

#endif
