/* SPDX-License-Identifier: BSD-2-Clause */
/* guard_uapi.c - the guard of a DUT that is a user interface: results of system calls, and what it says of its machine. */
#include "dut/guard_internal.h"

#define ERRNO_MAX 4095

static bool is_uapi(const struct guard *guard)
{
    return guard->link.ops.uapi != NULL;
}

const struct iotb_uapi_ops *guard_uapi(const struct guard *guard)
{
    return &guard->link.uapi;
}

int guard_callable(struct guard *guard, bool there, const char *function)
{
    if (guard->dead)
        return guard_refuse_dead(guard, function);
    return there && is_uapi(guard) ? IOTB_OK : guard_unsupported(guard, function);
}

int guard_call(struct guard *guard, int64_t value, const char *function)
{
    if (value >= -ERRNO_MAX)
        return IOTB_OK;
    if (!IOTB_UAPI_IS_BENCH(value) || value > IOTB_UAPI_BENCH(-1) || value < IOTB_UAPI_BENCH(IOTB_E_NO_MEMORY))
        return guard_breach(guard, "%s returned %lld, which is neither a value nor an errno nor a result of the bench", function,
                            (long long)value);
    return guard_judge(guard, IOTB_UAPI_RESULT(value), function, false);
}

int guard_too_much(struct guard *guard, const char *function, int64_t value)
{
    return guard_breach(guard, "%s returned %lld, more bytes than it was asked for", function, (long long)value);
}

int guard_simple(struct guard *guard, int result, const char *function, bool may_have_none)
{
    return guard_judge(guard, result, function, may_have_none);
}

/* ---- what it says of its machine ---- */

int guard_machine(struct guard *guard, struct iotb_uapi_machine *machine)
{
    int result = guard_callable(guard, guard->link.uapi.machine, "machine");

    if (result != IOTB_OK)
        return result;
    TAKE(guard, "machine", guard->link.uapi.machine(guard->link.dut, item), struct iotb_uapi_machine, machine);
    if (!guard_terminated(machine->profile, sizeof(machine->profile)))
        return guard_breach(guard, "machine: a string has no end");
    if (machine->architecture != IOTB_ARCH_VTD && machine->architecture != IOTB_ARCH_SMMUV3)
        return guard_breach(guard, "machine: architecture %u is neither VT-d nor SMMUv3", machine->architecture);
    if (machine->page_bytes < 4096 || (machine->page_bytes & (machine->page_bytes - 1)))
        return guard_breach(guard, "machine: pages of %u bytes", machine->page_bytes);
    return IOTB_OK;
}

int guard_describe_device(struct guard *guard, uint32_t index, struct iotb_uapi_device *device)
{
    int result = guard_callable(guard, guard->link.uapi.describe_device, "describe_device");

    if (result != IOTB_OK)
        return result;
    TAKE(guard, "describe_device", guard->link.uapi.describe_device(guard->link.dut, index, item), struct iotb_uapi_device,
         device);
    if (!guard_terminated(device->node, sizeof(device->node)) || !guard_terminated(device->name, sizeof(device->name)))
        return guard_breach(guard, "describe_device: a string has no end");
    if (device->reserved_count > sizeof(device->reserved) / sizeof(device->reserved[0]))
        return guard_breach(guard, "describe_device: device %u has %u reserved regions, more than there is room for", index,
                            device->reserved_count);
    if (device->pasid_bits > 20 || !device->pasid_bits != !(device->flags & IOTB_UAPI_PASID))
        return guard_breach(guard, "describe_device: device %u has PASIDs of %u bits, which its flags contradict", index,
                            device->pasid_bits);
    return IOTB_OK;
}

int guard_device_bus(struct guard *guard, uint32_t device, struct iotb_uapi_bus *bus)
{
    int result = guard_callable(guard, guard->link.uapi.device_bus, "device_bus");

    if (result != IOTB_OK)
        return result;
    TAKE(guard, "device_bus", guard->link.uapi.device_bus(guard->link.dut, device, item), struct iotb_uapi_bus, bus);
    if (bus->pasid_present > 1 || bus->pasid >> 20)
        return guard_breach(guard, "device_bus: PASID 0x%x, present %u", bus->pasid, bus->pasid_present);
    return IOTB_OK;
}

int guard_audit(struct guard *guard, uint32_t process, struct iotb_uapi_audit *audit)
{
    int result = guard_callable(guard, guard->link.uapi.audit, "audit");

    if (result != IOTB_OK)
        return result;
    TAKE(guard, "audit", guard->link.uapi.audit(guard->link.dut, process, item), struct iotb_uapi_audit, audit);
    if (!guard_terminated(audit->text, sizeof(audit->text)))
        return guard_breach(guard, "audit: a string has no end");
    return IOTB_OK;
}

/* ---- DMA ---- */

static int check_completion(struct guard *guard, const struct iotb_completion *completion, const char *function)
{
    if (completion->bytes > 64)
        return guard_breach(guard, "%s: a DMA comes back with %u bytes, more than 64", function, completion->bytes);
    if (completion->status != IOTB_SC && completion->status != IOTB_UR && completion->status != IOTB_CA)
        return guard_breach(guard, "%s: a DMA comes back with status %u, which is none of SC, UR and CA", function,
                            completion->status);
    return IOTB_OK;
}

int guard_device_poll(struct guard *guard, uint32_t device, struct iotb_completion *completion)
{
    int result = guard_callable(guard, guard->link.uapi.device_poll, "device_poll");

    if (result != IOTB_OK)
        return result;
    TAKE_LEAST(guard, "device_poll", guard->link.uapi.device_poll(guard->link.dut, device, item), struct iotb_completion,
               completion, offsetof(struct iotb_completion, flags));
    return check_completion(guard, completion, "device_poll");
}

/* A DMA that has ended: what came back. */
static int take_dma(struct guard *guard, int64_t value, const char *function, const struct iotb_completion *given,
                    struct iotb_completion *completion)
{
    int result = guard_call(guard, value, function);

    if (result != IOTB_OK || value != 0)
        return result == IOTB_OK && value > 1 ? guard_breach(guard, "%s returned %lld, not 0 or 1", function, (long long)value)
                                              : result;
    if (given->size < offsetof(struct iotb_completion, flags) || given->size > ROOM_BYTES)
        return guard_breach(guard, "%s handed out a completion of %u bytes", function, given->size);
    *completion = *given;
    return check_completion(guard, completion, function);
}

union completion_room {
    struct iotb_completion completion;
    uint8_t room[ROOM_BYTES];
};

int guard_device_submit(struct guard *guard, uint32_t device, const struct iotb_request *request,
                        struct iotb_completion *completion, int64_t *value)
{
    union completion_room box = {.completion = {.size = sizeof(box.completion)}};
    int result = guard_callable(guard, guard->link.uapi.device_submit, "device_submit");

    if (result != IOTB_OK)
        return result;
    *value = guard->link.uapi.device_submit(guard->link.dut, device, request, &box.completion);
    return take_dma(guard, *value, "device_submit", &box.completion, completion);
}

int guard_guest_enqcmd(struct guard *guard, const struct guard_enqcmd *enqcmd, struct iotb_completion *completion, int64_t *value)
{
    union completion_room box = {.completion = {.size = sizeof(box.completion)}};
    int result = guard_callable(guard, guard->link.uapi.guest_enqcmd, "guest_enqcmd");

    if (result != IOTB_OK)
        return result;
    *value = guard->link.uapi.guest_enqcmd(guard->link.dut, enqcmd->process, enqcmd->vm, enqcmd->device, enqcmd->vpasid,
                                           enqcmd->request, &box.completion);
    return take_dma(guard, *value, "guest_enqcmd", &box.completion, completion);
}

/* ---- tasks ---- */

int guard_collect(struct guard *guard, uint32_t task, struct iotb_uapi_call *call)
{
    struct iotb_uapi_call given = *call;
    int result = guard_callable(guard, guard->link.uapi.collect, "collect");

    if (result != IOTB_OK)
        return result;
    result = guard_judge(guard, guard->link.uapi.collect(guard->link.dut, task, &given), "collect", true);
    if (result != IOTB_OK)
        return result;
    call->result = given.result;
    return guard_call(guard, given.result, "collect");
}
