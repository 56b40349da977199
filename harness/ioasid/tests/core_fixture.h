/* SPDX-License-Identifier: BSD-2-Clause */
/* core_fixture.h - for tests of the core: a kernel with the module, a process with an open node, short names for what it does. */
#ifndef CORE_FIXTURE_H
#define CORE_FIXTURE_H

#include "fake_iommu.h"
#include "ioasid/uapi/ioasid.h"
#include "ioasid/uapi/iommu.h"
#include "kernel/host.h"
#include "kernel/process.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define PAGE 4096u
#define RID 0xffffffffu /* no vPASID */
enum { PHYSICAL, MDEV, SOFTWARE };

extern struct process *process;
extern int fd;          /* of the node */
extern uint64_t memory; /* of the process: 16 pages */

int fixture_v1(void **state);
int fixture_v2(void **state);
int fixture_up(void **state);
int fixture_s20(void **state);
int fixture_stop(void **state);
#define test_v1(function) cmocka_unit_test_setup_teardown(function, fixture_v1, fixture_stop)
#define test_v2(function) cmocka_unit_test_setup_teardown(function, fixture_v2, fixture_stop)
#define test_up(function) cmocka_unit_test_setup_teardown(function, fixture_up, fixture_stop)
#define test_s20(function) cmocka_unit_test_setup_teardown(function, fixture_s20, fixture_stop)

long call(void (*function)(void *call), struct fake_call args);
long bind(unsigned int slot, enum fake_device device);
long bind_kind(unsigned int slot, enum fake_device device, int kind, unsigned int default_pasid);
void unbind(unsigned int slot);
long attach(unsigned int slot, unsigned int ioasid, unsigned int vpasid);
long attach_snoop(unsigned int slot, unsigned int ioasid, unsigned int vpasid, unsigned int ppasid, unsigned int flags);
long detach(unsigned int slot, unsigned int ioasid, unsigned int vpasid);
/* The byte, or -EFAULT. */
long dma_read(enum fake_device device, unsigned int pasid, uint64_t iova);
long dma_write(enum fake_device device, unsigned int pasid, uint64_t iova, uint8_t byte);
void poke(uint64_t address, uint8_t byte);
int peek(uint64_t address);

long do_ioctl(unsigned int command, void *argument, size_t bytes);
#define IOCTL(command, ...) do_ioctl(command, &(__VA_ARGS__), sizeof(__VA_ARGS__))
long alloc_v2(unsigned int type, unsigned int flags, unsigned int parent); /* the number, or an error */
long alloc_table(unsigned int parent, uint64_t table);
long free_v2(unsigned int ioasid);
long map_v2(unsigned int ioasid, uint64_t iova, uint64_t vaddr, uint64_t size);
long unmap_v2(unsigned int ioasid, uint64_t iova, uint64_t size);

#endif
