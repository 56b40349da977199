/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_device_tlb.c - 4.3 Handling of Device-TLB Invalidations, 6.5.2.5 Device-TLB Invalidate Descriptor, 6.5.2.6
 * PASID-based-Device-TLB Invalidate Descriptor: requests to endpoints, their completions, time-outs (6.5.2.11).
 */
#include "vtd/vtd_queue.h"

static bool on(const struct vtd *vtd, enum vtd_erratum_id id)
{
    return vtd_erratum(&vtd->params, id);
}

void vtd_message_send(struct vtd *vtd, const struct pcie_message *message)
{
    if (vtd->ports.message.send)
        vtd->ports.message.send(vtd->ports.message.context, message);
}

/* ---- sending ---- */

/* What both descriptors ask for. */
struct request {
    struct pcie_message message;
    uint16_t pfsid;
    uint32_t pending_max;
};

/* MIP and PFSID count where throttling is reported (ECAP.DIT); MIP of 0 stands for 32. */
static void throttle_fields(const struct vtd *vtd, struct request *request, uint64_t low, uint64_t mip)
{
    request->pfsid = (uint16_t)(vtd_bits(low, 15, 12) | vtd_bits(low, 63, 52) << 4);
    request->pending_max = vtd->params.dit && !on(vtd, VTD_E_THROTTLE_IGNORED) ? (uint32_t)mip : 0;
}

static struct request decode_plain(const struct vtd *vtd, const uint64_t d[4])
{
    bool large = vtd_bits(d[1], 0, 0) && !on(vtd, VTD_E_DEVICE_TLB_SIZE_DROPPED);
    struct request request = {
        .message = {.kind = PCIE_INVALIDATE_REQUEST,
                    .device_id = (uint16_t)vtd_bits(d[0], 47, 32),
                    .address = (d[1] & VTD_BITS(63, 12)) | (uint64_t)large << 11},
    };
    throttle_fields(vtd, &request, d[0], vtd_bits(d[0], 20, 16));
    return request;
}

/* 6.5.2.6: GI goes into bit 0 of the body of the message. */
static struct request decode_pasid(const struct vtd *vtd, const uint64_t d[4])
{
    bool large = vtd_bits(d[1], 11, 11) && !on(vtd, VTD_E_DEVICE_TLB_SIZE_DROPPED);
    bool global = vtd_bits(d[1], 0, 0) && !on(vtd, VTD_E_DEVICE_TLB_GLOBAL_DROPPED);
    bool with_pasid = !on(vtd, VTD_E_DEVICE_TLB_PASID_DROPPED);
    struct request request = {
        .message = {.kind = PCIE_INVALIDATE_REQUEST,
                    .device_id = (uint16_t)vtd_bits(d[0], 31, 16),
                    .has_pasid = with_pasid,
                    .pasid = with_pasid ? (uint32_t)vtd_bits(d[0], 51, 32) : 0,
                    .address = (d[1] & VTD_BITS(63, 12)) | (uint64_t)large << 11 | (uint64_t)global},
    };
    throttle_fields(vtd, &request, d[0], vtd_bits(d[0], 8, 4));
    return request;
}

/*
 * 6.5.2.12: after the invalidations of the IOTLB ahead of it are completed, and so after every request that may have used what
 * they dropped: no answer made of an old entry follows the invalidation request down the link.
 */
static bool is_ordered(struct vtd *vtd)
{
    return on(vtd, VTD_E_DEVICE_TLB_OVERTAKES) || inflight_drain(&vtd->requests.inflight, &vtd->device_tlb.drain);
}

bool vtd_device_tlb_invalidate(struct vtd *vtd, unsigned type, const uint64_t d[4])
{
    struct vtd_device_tlb *device_tlb = &vtd->device_tlb;
    /* 4.2.1: while remapping is disabled a completion would be an unsupported request; nothing is sent. */
    if (!vtd->translating)
        return true;
    struct request request = type == VTD_TYPE_DEVICE_TLB ? decode_plain(vtd, d) : decode_pasid(vtd, d);
    if (!is_ordered(vtd))
        return false;
    int tag = itags_take(&device_tlb->itags, request.message.device_id, request.pfsid, request.pending_max);
    if (tag < 0)
        return false;
    request.message.itag = on(vtd, VTD_E_ITAG_NOT_UNIQUE) ? 0 : (uint32_t)tag;
    VTD_PROBE(vtd, vtd->sim->now_ps, VTD_NO_REQUEST, "device tlb", "invalidate sid=%x itag=%u address=%llx",
              request.message.device_id, request.message.itag, (unsigned long long)request.message.address);
    vtd_message_send(vtd, &request.message);
    return true;
}

static void earlier_drained(struct inflight_drain *drain)
{
    vtd_queue_retry(drain->owner);
}

static void tags_freed(struct itag_table *table)
{
    vtd_queue_retry(table->owner);
}

/* ---- completions ---- */

/* 11.4.9.9: the first one is the one that is reported. */
static void completion_error(struct vtd *vtd, uint16_t device_id)
{
    if (on(vtd, VTD_E_ICE_NOT_DETECTED))
        return;
    if (!(vtd_reg(vtd, VTD_REG_FSTS) & VTD_MASK(FSTS_ICE)))
        vtd_reg_change(vtd, VTD_REG_IQERCD, VTD_MASK(IQERCD_ICESID),
                       VTD_PUT(IQERCD_ICESID, on(vtd, VTD_E_ICESID_MISSING) ? 0 : device_id));
    vtd_fault_condition(vtd, VTD_MASK(FSTS_ICE));
}

/* Deviation: a tag is enough, whoever sends it. */
static void any_device(const struct vtd *vtd, struct pcie_message *message)
{
    const struct itag *tags = vtd->device_tlb.itags.tags;
    for (unsigned i = 0; i < PCIE_ITAGS; i++)
        if ((message->itag >> i & 1u) && tags[i].number)
            message->device_id = tags[i].device_id;
}

static void process(struct vtd *vtd, const struct pcie_message *received)
{
    struct pcie_message message = *received;
    if (on(vtd, VTD_E_FIRST_COMPLETION_ENOUGH))
        message.completion_count = 1;
    if (on(vtd, VTD_E_ITAG_OF_ANY_DEVICE))
        any_device(vtd, &message);
    VTD_PROBE(vtd, vtd->sim->now_ps, VTD_NO_REQUEST, "device tlb", "completion sid=%x itags=%x count=%u", message.device_id,
              message.itag, message.completion_count);
    if (itags_complete(&vtd->device_tlb.itags, &message))
        completion_error(vtd, message.device_id);
}

static void completions_run(struct vtd *vtd)
{
    struct vtd_device_tlb *device_tlb = &vtd->device_tlb;
    while (device_tlb->completion_count && device_tlb->completions[device_tlb->completion_first].drained) {
        struct pcie_message message = device_tlb->completions[device_tlb->completion_first].message;
        device_tlb->completion_first = (device_tlb->completion_first + 1u) % VTD_COMPLETIONS_MAX;
        device_tlb->completion_count--;
        process(vtd, &message);
    }
}

static void writes_drained(struct inflight_drain *drain)
{
    struct vtd_completion *completion = drain->owner;
    completion->drained = true;
    completions_run(completion->vtd);
}

/*
 * 6.5.4: a completion counts after the writes that came before it are drained: those with translated addresses, which no
 * invalidation of the unit's own caches waits for. Where more than can be kept are on their way it counts at once.
 */
void vtd_device_tlb_completed(struct vtd *vtd, const struct pcie_message *message)
{
    struct vtd_device_tlb *device_tlb = &vtd->device_tlb;
    if (!vtd->params.dt || !vtd->translating)
        return;
    if (device_tlb->completion_count == VTD_COMPLETIONS_MAX) {
        process(vtd, message);
        return;
    }
    struct vtd_completion *completion =
        &device_tlb->completions[(device_tlb->completion_first + device_tlb->completion_count++) % VTD_COMPLETIONS_MAX];
    completion->message = *message;
    inflight_raise(&vtd->requests.inflight);
    completion->drained =
        inflight_drain(&vtd->requests.inflight, &completion->drain) || on(vtd, VTD_E_COMPLETION_OVERTAKES_WRITES);
    completions_run(vtd);
}

/* ---- 6.5.2.11 time-outs ---- */

static void timed_out(struct itag_table *table, uint16_t device_id)
{
    struct vtd *vtd = table->owner;
    VTD_PROBE(vtd, vtd->sim->now_ps, VTD_NO_REQUEST, "device tlb", "time-out sid=%x", device_id);
    if (on(vtd, VTD_E_ITE_NOT_DETECTED))
        return;
    bool first = !(vtd_reg(vtd, VTD_REG_FSTS) & VTD_MASK(FSTS_ITE));
    if (first || on(vtd, VTD_E_ITESID_MOVES))
        vtd_reg_change(vtd, VTD_REG_IQERCD, VTD_MASK(IQERCD_ITESID),
                       VTD_PUT(IQERCD_ITESID, on(vtd, VTD_E_ITESID_MISSING) ? 0 : device_id));
    if (!on(vtd, VTD_E_ITE_COMPLETES_WAITS))
        vtd_waits_abort(vtd);
    vtd_fault_condition(vtd, VTD_MASK(FSTS_ITE));
}

/* ---- life ---- */

void vtd_device_tlb_init(struct vtd *vtd)
{
    struct vtd_device_tlb *device_tlb = &vtd->device_tlb;
    itags_init(&device_tlb->itags, vtd->sim, vtd->params.device_tlb_timeout_ps);
    device_tlb->itags.freed = tags_freed;
    device_tlb->itags.timed_out = timed_out;
    device_tlb->itags.owner = vtd;
    device_tlb->drain = (struct inflight_drain){.drained = earlier_drained, .owner = vtd};
    for (unsigned i = 0; i < VTD_COMPLETIONS_MAX; i++) {
        struct vtd_completion *completion = &device_tlb->completions[i];
        completion->vtd = vtd;
        completion->drain = (struct inflight_drain){.drained = writes_drained, .owner = completion};
    }
}

void vtd_device_tlb_fini(struct vtd *vtd)
{
    itags_fini(&vtd->device_tlb.itags);
}

/* The drains are forgotten with the requests in flight. */
void vtd_device_tlb_reset(struct vtd *vtd)
{
    itags_forget(&vtd->device_tlb.itags);
    vtd->device_tlb.completion_count = vtd->device_tlb.completion_first = 0;
}

bool vtd_device_tlb_quiet(const struct vtd *vtd)
{
    return !vtd->device_tlb.itags.count && !vtd->device_tlb.completion_count;
}
