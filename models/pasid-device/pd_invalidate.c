/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_invalidate.c - 10.3 Invalidate Requests: what they drop, and when they are complete.
 *
 * An entry goes at once. The completion waits for reads that were sent with what has gone, and is queued behind the writes that
 * were; it waits for nothing else (10.3.4, 10.3.6).
 */
#include "pasid-device/pd_internal.h"

#define S_BIT (UINT64_C(1) << 11)
#define G_BIT UINT64_C(1)
#define PAYLOAD_BYTES 8u
#define PASID_ENABLE 0x1u
/* Of deviations, where a hook gives no other time. */
#define LATE_TICKS 100000u
#define TOO_LATE_TICKS 1000000000u

/* 10.3.1: S=0 is a page; else the lowest zero bit from bit 12 up tells the size, and all ones mean everything. */
static void scope_range(struct pasid_device *device, const struct pcie_message *request, const struct pd_flow *flow,
                        struct pd_scope *scope)
{
    uint64_t address = request->address;
    uint32_t stu = pcie_config_read(&device->config, PD_CFG_ATS + 6u, 2) & 0x1fu;
    uint32_t size = 12;
    if (address & S_BIT) {
        size = 13;
        while (size < 64u && (address >> (size - 1u) & 1u))
            size++;
        if (pd_deviates(device, PD_E_D14_RANGE, flow, address, NULL))
            size--;
    }
    if (size < 12u + stu) /* smaller than the Smallest Translation Unit: rounded up */
        size = 12u + stu;
    uint64_t mask = size >= 64u ? 0 : UINT64_MAX << size;
    scope->first = address & mask;
    scope->last = scope->first | ~mask;
}

/* 10.3.8: without PASID all address spaces; with it that one; with G all that have one. */
static enum pd_whose scope_whose(struct pasid_device *device, const struct pcie_message *request, const struct pd_flow *flow)
{
    if (!request->has_pasid)
        return pd_deviates(device, PD_E_H10_NONE, flow, request->address, NULL) ? PD_OF_PASID : PD_OF_EVERYBODY;
    bool global = (request->address & G_BIT) && device->params.gis;
    if (global && !pd_deviates(device, PD_E_H10_GLOBAL, flow, request->address, NULL))
        return PD_OF_ANY_PASID;
    return pd_deviates(device, PD_E_H10_PASID, flow, request->address, NULL) ? PD_OF_OTHER_PASIDS : PD_OF_PASID;
}

static bool covers(const struct pd_scope *scope, bool has_pasid, uint32_t pasid, bool global, uint64_t first, uint64_t last)
{
    if (first > scope->last || last < scope->first)
        return false;
    switch (scope->whose) {
    case PD_OF_PASID:
        return has_pasid && (global || pasid == scope->pasid);
    case PD_OF_ANY_PASID:
        return has_pasid;
    case PD_OF_OTHER_PASIDS: /* deviation */
        return has_pasid && pasid != scope->pasid;
    case PD_OF_EVERYBODY:
        break;
    }
    return true;
}

/* ---- what goes ---- */

static bool entry_covered(void *context, const struct pd_entry *entry)
{
    return covers(context, entry->has_pasid, entry->pasid, entry->global, entry->page,
                  entry->page | ~(UINT64_MAX << entry->size_lg2));
}

static void kill_entries(struct pasid_device *device, struct pd_scope *scope)
{
    pd_count(device, PD_COUNT_ATC_KILL, pd_atc_kill(device, entry_covered, scope));
}

/*
 * Results of translation requests must not be used, for they may have been read before the tables changed. How large the page
 * is shows in the answer only: until then any range may reach into it.
 */
static void mark_stale(struct pasid_device *device, const struct pd_scope *scope)
{
    for (uint32_t i = 0; i < PD_TREQS_MAX; i++) {
        struct pd_treq *treq = &device->treq[i];
        uint64_t first = 0, last = UINT64_MAX;
        for (uint32_t n = 0; n < treq->got; n++) {
            first = n ? first : treq->entry[n].page;
            last = treq->entry[n].page | ~(UINT64_MAX << treq->entry[n].size_lg2);
        }
        if (treq->state != PD_TREQ_FREE)
            treq->stale |= covers(scope, treq->flow.has_pasid, treq->flow.pasid, false, first, last);
    }
}

static void mark_users(struct pasid_device *device, const struct pd_scope *scope, uint32_t itag)
{
    for (uint32_t i = 0; i < PD_TLPS; i++) {
        struct pd_tlp *tlp = &device->tlps.all[i];
        bool under_way = tlp->state == PD_TLP_WAITING || tlp->state == PD_TLP_SENT || tlp->state == PD_TLP_HELD;
        if (!tlp->posted && !tlp->orphan && under_way && tlp->translated &&
            covers(scope, tlp->flow.has_pasid, tlp->flow.pasid, false, tlp->page, tlp->page))
            tlp->awaited |= 1u << itag;
    }
}

/* ---- the request ---- */

static void drop(struct pasid_device *device, struct pd_invalidation *invalidation, const struct pd_flow *flow)
{
    const struct pcie_message *request = &invalidation->request;
    struct pd_scope scope = {.pasid = request->pasid};
    uint32_t delay = 0;
    scope_range(device, request, flow, &scope);
    scope.whose = scope_whose(device, request, flow);
    if (pd_deviates(device, PD_E_H01, flow, request->address, NULL))
        return;
    if (pd_deviates(device, PD_E_H12, flow, request->address, &delay)) {
        device->atc.late = (struct pd_kill){true, scope, invalidation->tick + (delay ? delay : LATE_TICKS)};
        return;
    }
    kill_entries(device, &scope);
    mark_stale(device, &scope);
    if (!pd_deviates(device, PD_E_H06, flow, request->address, NULL))
        mark_users(device, &scope, request->itag);
}

static uint64_t byte_swapped(uint64_t value)
{
    uint64_t swapped = 0;
    for (unsigned i = 0; i < 8u; i++)
        swapped |= (value >> 8u * i & 0xffu) << 8u * (7u - i);
    return swapped;
}

void pd_invalidate_request(struct pasid_device *device, const struct pcie_message *message)
{
    struct pcie_message request = *message;
    struct pd_flow flow = {.has_pasid = request.has_pasid, .pasid = request.pasid};
    uint64_t now = pd_tick(device);
    uint32_t delay = 0;
    request.itag %= PD_ITAGS;
    if (request.payload_bytes && request.payload_bytes != PAYLOAD_BYTES) {
        pd_config_error(device, PD_ERROR_MALFORMED);
        return;
    }
    if (request.poisoned) { /* 2.7.2: what it says cannot be trusted, so it is not answered */
        pd_config_error(device, PD_ERROR_POISONED);
        return;
    }
    pd_count(device, PD_COUNT_INV_IN, 1);
    if (device->bar4.value)
        pd_put(&device->bar4, PD_INVCOPY_ADDRESS, request.itag * PD_STRIDE_INVCOPY, request.address);
    if (pd_deviates(device, PD_E_D02, &flow, request.address, NULL))
        request.address = byte_swapped(request.address);
    struct pd_invalidation *invalidation = &device->invalidation[request.itag];
    *invalidation = (struct pd_invalidation){.pending = true, .request = request, .tick = now, .copies = 1};
    if (pd_deviates(device, PD_E_H03, &flow, request.address, &delay))
        invalidation->not_before = now + (delay ? delay : TOO_LATE_TICKS);
    if (pd_deviates(device, PD_E_D06, &flow, request.address, NULL))
        invalidation->not_before = UINT64_MAX;
    if (pd_deviates(device, PD_E_H04, &flow, request.address, NULL))
        invalidation->copies = 2;
    invalidation->after_pages = pd_pri_waits(device, true, 0) && pd_deviates(device, PD_E_H13, &flow, request.address, NULL);
    /* 7.8.9: a PASID means nothing while it is disabled. */
    if (!request.has_pasid || (pd_pasid_control(device) & PASID_ENABLE))
        drop(device, invalidation, &flow);
    pd_kick(device);
}

/* ---- completion ---- */

static bool users_left(const struct pasid_device *device, uint32_t itag)
{
    for (uint32_t i = 0; i < PD_TLPS; i++)
        if (device->tlps.all[i].awaited >> itag & 1u)
            return true;
    return false;
}

static bool send_completion(struct pasid_device *device, struct pd_invalidation *invalidation)
{
    const struct pcie_message *request = &invalidation->request;
    struct pd_flow flow = {.has_pasid = request->has_pasid, .pasid = request->pasid};
    struct pcie_message message = {.kind = PCIE_INVALIDATE_COMPLETION,
                                   .device_id = device->requester_id,
                                   .itag = 1u << request->itag,
                                   .completion_count = 1,
                                   .agent_id = request->agent_id};
    if (!pd_posted_room(device, 1))
        return false;
    if (pd_deviates(device, PD_E_H05_ITAG, &flow, request->address, NULL))
        message.itag = 1u << ((request->itag + 1u) % PD_ITAGS);
    if (pd_deviates(device, PD_E_H05_CC, &flow, request->address, NULL))
        message.completion_count = 2;
    if (pd_deviates(device, PD_E_H05_AGENT, &flow, request->address, NULL))
        message.agent_id ^= 0x100u;
    pd_post_message(device, &message, pd_deviates(device, PD_E_D01, &flow, request->address, NULL));
    pd_count(device, PD_COUNT_INV_OUT, 1);
    pd_count(device, PD_COUNT_INV_WAIT, pd_tick(device) - invalidation->tick);
    invalidation->pending = --invalidation->copies != 0;
    return true;
}

static bool held(const struct pasid_device *device, uint32_t itag)
{
    return device->bar4.value && !device->invalidation[itag].released &&
           (pd_get(&device->bar4, PD_INVHOLD_ITAGS, 0) >> itag & 1u);
}

static bool may_complete(struct pasid_device *device, uint32_t itag)
{
    const struct pd_invalidation *invalidation = &device->invalidation[itag];
    if (pd_tick(device) < invalidation->not_before) {
        pd_wake_at(device, invalidation->not_before);
        return false;
    }
    return !users_left(device, itag) && !(invalidation->after_pages && pd_pri_waits(device, true, 0));
}

bool pd_invalidate_step(struct pasid_device *device)
{
    bool moved = false;
    for (uint32_t itag = 0; itag < PD_ITAGS; itag++) {
        struct pd_invalidation *invalidation = &device->invalidation[itag];
        if (!invalidation->pending || (!invalidation->ready && !may_complete(device, itag)))
            continue;
        invalidation->ready = true;
        if (!held(device, itag))
            moved |= send_completion(device, invalidation);
    }
    if (device->atc.late.armed && pd_tick(device) >= device->atc.late.tick) {
        device->atc.late.armed = false;
        kill_entries(device, &device->atc.late.scope);
    }
    if (device->atc.late.armed)
        pd_wake_at(device, device->atc.late.tick);
    return moved;
}

uint32_t pd_invalidate_pending(const struct pasid_device *device, bool ready_only)
{
    uint32_t itags = 0;
    for (uint32_t itag = 0; itag < PD_ITAGS; itag++) {
        const struct pd_invalidation *invalidation = &device->invalidation[itag];
        if (invalidation->pending && (!ready_only || invalidation->ready))
            itags |= 1u << itag;
    }
    return itags;
}

void pd_invalidate_reset(struct pasid_device *device)
{
    for (uint32_t itag = 0; itag < PD_ITAGS; itag++)
        device->invalidation[itag] = (struct pd_invalidation){0};
    device->atc.late.armed = false;
}
