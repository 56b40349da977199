/* SPDX-License-Identifier: BSD-2-Clause */
/* ioasid_guest.c - instructions of guests: WBINVD, and ENQCMD of one descriptor of the PASID device (REGISTERS.md). */
#include "dut/ioasid/ioasid_breaches.h"
#include "dut/ioasid/ioasid_internal.h"

#include "ioasid/kvm_host.h"

#include <errno.h>
#include <string.h>

#define PORTAL (UINT64_C(2) << 40) /* region 2 of an mdev with a shared queue */
#define WORK_PS (200 * PS_PER_MS)
enum { FILL = 4, AT_OPCODE = 7, AT_PATTERN = 16, AT_DESTINATION = 24, AT_SIZE = 32, DESCRIPTOR_BYTES = 64 };

int64_t uapi_guest_wbinvd(struct iotb_dut *dut, uint32_t process, int32_t vm)
{
    struct process *of = process_of(dut, process);

    return of ? breach_wbinvd(dut, kvm_host_wbinvd(of, vm)) : -ESRCH;
}

/* ---- what the program of a whole device does before the first ENQCMD: its first queue takes work from anybody ---- */

enum { CONTROL = 0, CMD = 0xa0, CMDSTS = 0xa8, GRPCFG = 0x400, ENGINES = 0x420, WQCFG = 0x500, WQSTATE = 0x518 };
enum { ENABLE_DEVICE = 1 << 20, ENABLE_QUEUE = 6 << 20 };
#define ACTIVE 0x80000000u

static uint64_t control(struct iotb_dut *dut, uint32_t device, uint64_t offset)
{
    uint64_t value = 0;

    kernel_machine_lock();
    (void)board_bar_read(machine_board(dut->machine), device, CONTROL, offset, 4, &value);
    kernel_machine_unlock();
    return value;
}

static void set_control(struct iotb_dut *dut, uint32_t device, uint64_t offset, uint64_t value, uint32_t bytes)
{
    kernel_machine_lock();
    board_bar_write(machine_board(dut->machine), device, CONTROL, offset, &value, bytes);
    kernel_machine_unlock();
}

struct command {
    struct iotb_dut *dut;
    uint32_t device;
};

static bool command_ended(void *context)
{
    const struct command *command = context;

    return !(control(command->dut, command->device, CMDSTS) & ACTIVE);
}

static void share_queue(struct iotb_dut *dut, uint32_t device)
{
    static const uint32_t commands[] = {ENABLE_DEVICE, ENABLE_QUEUE}; /* of queue 0 */
    struct command command = {dut, device};

    device_unlock(dut, device);
    if (control(dut, device, WQSTATE) >> 30)
        return;
    set_control(dut, device, WQCFG, 8, 4);                      /* entries */
    set_control(dut, device, WQCFG + 4, 8, 4);                  /* of which unprivileged ENQCMD may fill all */
    set_control(dut, device, WQCFG + 8, 1u << 4 | 1u << 28, 4); /* priority 1, PASIDs */
    set_control(dut, device, WQCFG + 12, 21 | 1u << 5, 4);
    set_control(dut, device, WQCFG + 32, 1u << FILL, 8);
    set_control(dut, device, GRPCFG, 1, 8);
    set_control(dut, device, ENGINES, 1, 8);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        set_control(dut, device, CMD, commands[i], 4);
        (void)kernel_run_until(command_ended, &command, kernel_now_ps() + WORK_PS);
    }
}

/* ---- ENQCMD ---- */

/* A FILL: what is written repeats the first 8 bytes. No record: what became of it shows on the bus. */
static void describe_work(uint8_t descriptor[DESCRIPTOR_BYTES], const struct iotb_request *request)
{
    memset(descriptor, 0, DESCRIPTOR_BYTES);
    descriptor[AT_OPCODE] = FILL;
    memcpy(&descriptor[AT_PATTERN], request->data, 8);
    memcpy(&descriptor[AT_DESTINATION], &request->address, 8);
    memcpy(&descriptor[AT_SIZE], &request->bytes, 4);
}

static bool has_written(void *context)
{
    const struct dma *dma = context;
    bool left;

    kernel_machine_lock();
    left = dma->left;
    kernel_machine_unlock();
    return left;
}

/* One write to that address; the PASID and whether the device translates first are the kernel's business. */
static struct dma *await(struct device *device, const struct iotb_request *request)
{
    struct dma *dma = &device->dmas[ENQUEUED];

    kernel_machine_lock();
    *dma = (struct dma){.used = true, .request = *request, .any_pasid = true};
    dma->request.address_type = IOTB_AT_TRANSLATION;
    kernel_machine_unlock();
    return dma;
}

static void forget(struct dma *dma)
{
    kernel_machine_lock();
    dma->used = false;
    kernel_machine_unlock();
}

static bool is_work(const struct iotb_request *request)
{
    for (uint32_t i = 8; i < request->bytes && i < 64; i++)
        if (request->data[i] != request->data[i - 8])
            return false;
    return request->kind == IOTB_WRITE && request->bytes && request->bytes <= 64 && request->address_type == IOTB_AT_UNTRANSLATED;
}

int64_t uapi_guest_enqcmd(struct iotb_dut *dut, uint32_t process, int32_t vm, uint32_t device, uint32_t vpasid,
                          const struct iotb_request *request, struct iotb_completion *completion)
{
    struct process *of = process_of(dut, process);
    uint8_t descriptor[DESCRIPTOR_BYTES];
    struct iotb_uapi_device facts;
    uint32_t sender = device;
    uint64_t seen;
    struct dma *dma;
    int64_t result;

    if (!of)
        return -ESRCH;
    if (device_facts(dut, device, &facts) != IOTB_OK || !facts.node[0])
        return -ENODEV;
    if (!is_work(request))
        return IOTB_UAPI_BENCH(IOTB_E_UNSUPPORTED);
    describe_work(descriptor, request);
    if (facts.flags & IOTB_UAPI_MDEV)
        sender = facts.parent;
    else
        share_queue(dut, device);
    seen = bus_count(dut, sender);
    dma = await(&dut->devices[sender], request);
    result = kvm_host_enqcmd(of, vm, facts.node + strlen("/dev/"), PORTAL, breach_vpasid(dut, vpasid), descriptor);
    *completion = (struct iotb_completion){.size = sizeof(*completion), .id = request->id, .status = IOTB_UR};
    if (!result && kernel_run_until(has_written, dma, kernel_now_ps() + WORK_PS))
        completion->status = dma->status;
    forget(dma);
    if (result)
        return breach_enqcmd(dut, result);
    if (sender != device)
        mdev_saw(dut, device, seen);
    completion->done_ps = kernel_now_ps();
    return 0;
}
