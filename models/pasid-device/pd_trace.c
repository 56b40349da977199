/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_trace.c - BAR4: what went over the link, in both directions.
 */
#include "pasid-device/pd_internal.h"

#include <string.h>

static bool traced(const struct pasid_device *device, uint32_t kind)
{
    return device->exerciser.unlocked && pd_get(&device->bar4, PD_TRACECTL_ENABLE, 0) &&
           (pd_get(&device->bar4, PD_TRACECTL_TYPES, 0) >> kind & 1u);
}

/* Where the next entry goes, emptied; UINT32_MAX: the trace is full and stopped. */
static uint32_t next_entry(struct pasid_device *device)
{
    struct pd_regs *r = &device->bar4;
    uint64_t head = pd_get(r, PD_TRACEPTR_HEAD, 0) % PD_N_TRACE, tail = pd_get(r, PD_TRACEPTR_TAIL, 0);
    uint64_t next = (tail + 1u) % PD_N_TRACE;
    if (next == head) {
        if (pd_get(r, PD_TRACECTL_STOP_ON_FULL, 0))
            return UINT32_MAX;
        pd_put(r, PD_TRACEPTR_HEAD, 0, (head + 1u) % PD_N_TRACE);
    }
    pd_put(r, PD_TRACEPTR_TAIL, 0, next);
    uint32_t at = (uint32_t)tail * PD_STRIDE_TRACE;
    memset(r->value + PD_AT_TRACE + at, 0, PD_STRIDE_TRACE);
    pd_put(r, PD_TRACE_TICK, at, pd_tick(device));
    return at;
}

uint32_t pd_trace_kind(const struct pcie_request *request)
{
    if (request->at == PCIE_AT_TRANSLATION)
        return PD_TRACE_TREQ;
    return request->kind == PCIE_READ ? PD_TRACE_READ : request->kind == PCIE_WRITE ? PD_TRACE_WRITE : PD_TRACE_ATOMIC;
}

void pd_trace_tlp(struct pasid_device *device, const struct pcie_request *request, bool completion)
{
    struct pd_regs *r = &device->bar4;
    uint32_t kind = completion ? PD_TRACE_COMPLETION : pd_trace_kind(request), at;
    if (!traced(device, kind) || (at = next_entry(device)) == UINT32_MAX)
        return;
    pd_put(r, PD_TRACE_KIND, at, kind);
    pd_put(r, PD_TRACE_AT, at, request->at);
    pd_put(r, PD_TRACE_PASID_V, at, request->has_pasid);
    pd_put(r, PD_TRACE_PASID, at, request->pasid);
    pd_put(r, PD_TRACE_PRIV, at, request->privileged);
    pd_put(r, PD_TRACE_EXEC, at, request->execute);
    pd_put(r, PD_TRACE_STATUS, at, completion ? (uint64_t)request->status : 0);
    pd_put(r, PD_TRACE_BYTES, at, completion ? request->data_bytes : request->bytes);
    pd_put(r, PD_TRACE_RID, at, request->requester_id);
    pd_put(r, PD_TRACE_ID, at, request->id);
    pd_put(r, PD_TRACE_ADDRESS, at, request->address);
}

void pd_trace_message(struct pasid_device *device, const struct pcie_message *message)
{
    static const uint8_t kinds[] = {[PCIE_INVALIDATE_REQUEST] = PD_TRACE_INVALIDATE,
                                    [PCIE_INVALIDATE_COMPLETION] = PD_TRACE_MESSAGE_OUT,
                                    [PCIE_PAGE_REQUEST] = PD_TRACE_MESSAGE_OUT,
                                    [PCIE_PAGE_RESPONSE] = PD_TRACE_RESPONSE};
    struct pd_regs *r = &device->bar4;
    uint32_t at;
    if (!traced(device, kinds[message->kind]) || (at = next_entry(device)) == UINT32_MAX)
        return;
    bool invalidation = message->kind == PCIE_INVALIDATE_REQUEST || message->kind == PCIE_INVALIDATE_COMPLETION;
    pd_put(r, PD_TRACE_KIND, at, kinds[message->kind]);
    pd_put(r, PD_TRACE_PASID_V, at, message->has_pasid);
    pd_put(r, PD_TRACE_PASID, at, message->pasid);
    pd_put(r, PD_TRACE_PRIV, at, message->privileged);
    pd_put(r, PD_TRACE_EXEC, at, message->execute);
    pd_put(r, PD_TRACE_STATUS, at, message->response_code);
    pd_put(r, PD_TRACE_BYTES, at, (uint64_t)message->read | (uint64_t)message->write << 1 | (uint64_t)message->last << 2);
    pd_put(r, PD_TRACE_RID, at, message->device_id);
    pd_put(r, PD_TRACE_ID, at, invalidation ? message->itag : message->group_index);
    pd_put(r, PD_TRACE_ADDRESS, at, message->address);
}
