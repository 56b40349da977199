/* SPDX-License-Identifier: BSD-2-Clause */
/* ioasid_guest.c - instructions of guests: WBINVD, and ENQCMD of one descriptor of the PASID device (REGISTERS.md). */
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

    return of ? kvm_host_wbinvd(of, vm) : -ESRCH;
}

/* A FILL: what is written repeats the first 8 bytes. No record: what became of it shows on the bus. */
static void describe_work(uint8_t descriptor[DESCRIPTOR_BYTES], const struct iotb_request *request)
{
    memset(descriptor, 0, DESCRIPTOR_BYTES);
    descriptor[AT_OPCODE] = FILL;
    memcpy(&descriptor[AT_PATTERN], request->data, 8);
    memcpy(&descriptor[AT_DESTINATION], &request->address, 8);
    memcpy(&descriptor[AT_SIZE], &request->bytes, 4);
}

struct awaited {
    const struct bus *bus;
    uint64_t seen;
};

static bool has_written(void *context)
{
    const struct awaited *awaited = context;

    return awaited->bus->count != awaited->seen;
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
    struct awaited awaited;
    int64_t result;

    if (!of)
        return -ESRCH;
    if (device_facts(dut, device, &facts) != IOTB_OK || !facts.node[0])
        return -ENODEV;
    if (!is_work(request))
        return IOTB_UAPI_BENCH(IOTB_E_UNSUPPORTED);
    describe_work(descriptor, request);
    awaited.bus = &dut->devices[facts.flags & IOTB_UAPI_MDEV ? facts.parent : device].bus;
    awaited.seen = awaited.bus->count;
    result = kvm_host_enqcmd(of, vm, facts.node + strlen("/dev/"), PORTAL, vpasid, descriptor);
    if (result)
        return result;
    *completion = (struct iotb_completion){.size = sizeof(*completion), .id = request->id, .status = IOTB_UR};
    if (kernel_run_until(has_written, &awaited, kernel_now_ps() + WORK_PS))
        completion->status = awaited.bus->status;
    completion->done_ps = kernel_now_ps();
    return 0;
}
