/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ioasid_mdev.c - DMA of an mdev: what a guest's driver would write into the emulated region of its device file
 * (harness/ioasid/uapi/pasid_mdev.h), through the file that the case has opened last.
 */
#include "dut/ioasid/ioasid_internal.h"

#include "ioasid/uapi/pasid_mdev.h"
#include "ioasid/uapi/vfio.h"

#include <errno.h>
#include <string.h>

#define TRIES 1000u

struct file {
    struct iotb_dut *dut;
    struct process *process;
    int fd;
    uint64_t base;
};

static int64_t store(const struct file *file, uint32_t at, uint64_t value, uint32_t bytes)
{
    return process_write(file->process, file->fd, &value, bytes, (int64_t)(file->base + at));
}

static uint64_t load(const struct file *file, uint32_t at, uint32_t bytes)
{
    uint64_t value = 0;

    (void)process_read(file->process, file->fd, &value, bytes, (int64_t)(file->base + at));
    return value;
}

static int64_t program(const struct file *file, const struct iotb_request *request)
{
    uint32_t flags = (request->flags & IOTB_RQ_PASID ? PMDEV_FLAG_VPASID : 0) |
                     (request->flags & IOTB_RQ_NO_SNOOP ? PMDEV_FLAG_NO_SNOOP : 0) |
                     (request->address_type == IOTB_AT_TRANSLATION ? PMDEV_FLAG_BLOCK : 0);

    for (uint32_t i = 0; request->kind == IOTB_WRITE && i < request->bytes; i += 8) {
        uint64_t word;

        memcpy(&word, &request->data[i], 8);
        (void)store(file, PMDEV_DATA + i, word, 8);
    }
    (void)store(file, PMDEV_OP, request->kind == IOTB_WRITE ? PMDEV_OP_WRITE : PMDEV_OP_READ, 4);
    (void)store(file, PMDEV_FLAGS, flags, 4);
    (void)store(file, PMDEV_VPASID, request->pasid, 4);
    (void)store(file, PMDEV_LENGTH, request->bytes, 4);
    (void)store(file, PMDEV_IOVA, request->address, 8);
    return store(file, PMDEV_GO, 1, 4);
}

void mdev_saw(struct iotb_dut *dut, uint32_t device, uint64_t seen)
{
    struct iotb_uapi_device facts;
    struct bus *bus = &dut->devices[device].bus;
    uint64_t count = bus->count;

    if (device_facts(dut, device, &facts) != IOTB_OK || facts.parent >= MACHINE_DEVICES || bus_count(dut, facts.parent) == seen)
        return;
    kernel_machine_lock();
    *bus = dut->devices[facts.parent].bus;
    bus->count = count + 1;
    kernel_machine_unlock();
}

/* One operation, from its registers to its status. */
static int64_t operate(const struct file *file, const struct iotb_request *request, uint64_t *status)
{
    int64_t result = program(file, request);

    for (uint32_t i = 0; result >= 0 && (*status & PMDEV_BUSY) && i < TRIES; i++) {
        *status = load(file, PMDEV_STATUS, 4);
        if (*status & PMDEV_BUSY)
            kernel_settle(kernel_now_ps() + PS_PER_MS);
    }
    return result;
}

int64_t mdev_submit(struct iotb_dut *dut, uint32_t device, const struct iotb_request *request, struct iotb_completion *completion)
{
    const struct device *state = &dut->devices[device];
    struct file file = {.dut = dut, .process = process_of(dut, state->process), .fd = state->fd};
    struct vfio_region_info region = {.argsz = sizeof(region), .index = VFIO_PCI_BAR0_REGION_INDEX};
    struct iotb_uapi_device facts;
    uint64_t status = PMDEV_BUSY, seen;
    int64_t result;

    if (request->kind > IOTB_WRITE)
        return -EINVAL;
    if (!file.process || file.fd < 0)
        return -ENODEV;
    (void)device_facts(dut, device, &facts);
    seen = facts.parent < MACHINE_DEVICES ? bus_count(dut, facts.parent) : 0;
    result = process_ioctl(file.process, file.fd, VFIO_DEVICE_GET_REGION_INFO, &region, sizeof(region));
    file.base = region.offset;
    if (result >= 0)
        result = operate(&file, request, &status);
    mdev_saw(dut, device, seen);
    *completion = (struct iotb_completion){.size = sizeof(*completion), .id = request->id, .status = IOTB_UR};
    if (result < 0) /* before BIND the region is shut: the program cannot start the DMA */
        return 0;
    if (PMDEV_CODE(status) != PMDEV_OK)
        return PMDEV_CODE(status) == PMDEV_INVALID ? -EINVAL : 0;
    completion->status = IOTB_SC;
    completion->bytes = request->kind == IOTB_WRITE ? 0 : request->bytes;
    for (uint32_t i = 0; i < completion->bytes; i += 8) {
        uint64_t word = load(&file, PMDEV_DATA + i, 8);

        memcpy(&completion->data[i], &word, 8);
    }
    return 0;
}
