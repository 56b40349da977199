/* SPDX-License-Identifier: BSD-2-Clause */
/* mdev_fixture.h - the standard machine with two parents of mdevs and one function passed through whole, and what a VMM does. */
#ifndef MDEV_FIXTURE_H
#define MDEV_FIXTURE_H

#include "drivers/plain/plain.h"
#include "ioasid/kvm_host.h"
#include "ioasid/uapi/iommu.h"
#include "ioasid/uapi/kvm.h"
#include "ioasid/uapi/pasid_mdev.h"
#include "ioasid/uapi/vfio.h"
#include "ioasid/vfio_host.h"
#include "kernel/host.h"
#include "kernel/process.h"
#include "platform/machine.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PAGE 4096u
#define IOVA 0x100000u
#define PARENT "0000:00:02.0"
#define OTHER_PARENT "0000:01:00.0"
#define FUNCTION "0000:00:04.0" /* passed through whole */

enum { DEDICATED, SIBLING, SHARED, SOFTWARE, SHARED_TOO, MDEVS, WHOLE = 2 * MDEVS };

struct mdev {
    char node[40];
    int fd;
};

struct world {
    enum platform_architecture architecture;
    struct machine *machine;
    struct process *process;
    struct mdev mdevs[2 * MDEVS + 1]; /* of the first parent, then of the other, then the whole function */
    int iommu, vm, kvm_device;
    uint32_t ioasid;
    uint64_t scratch;
    unsigned int found, found_other;
};

uint32_t make_space(struct world *world, uint64_t *memory);
int64_t attach_mdev(struct world *world, unsigned int n, unsigned int command, uint32_t ioasid, uint32_t vpasid);
void mdev_put(struct world *world, unsigned int n, uint32_t offset, uint64_t value, uint32_t bytes);
uint64_t mdev_get(struct world *world, unsigned int n, uint32_t offset, uint32_t bytes);
uint32_t mdev_operate(struct world *world, unsigned int n, uint32_t op, uint32_t vpasid, uint64_t iova, uint64_t data);
uint64_t stored_at(struct world *world, uint64_t memory);
int64_t guest_enqcmd(struct world *world, unsigned int n, int vm, uint32_t vpasid, uint64_t value);
int64_t vm_set_file(struct world *world, int device, uint64_t attribute, int fd);
int make_vm(struct world *world, int *device);
void open_bound(struct world *world, unsigned int n);
int mdev_setup_vtd(void **state);
int mdev_setup_smmuv3(void **state);
int mdev_teardown(void **state);

#endif
