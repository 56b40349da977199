/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_tlp.c - chapter 2: headers, tags, the order of posted requests (2.4.1), completions and their time-out (2.8).
 *
 * Writes and messages leave in the order in which they were queued, each when the one before it is complete. A non-posted
 * request does not pass a write that was queued before it; messages pass none, and are passed by non-posted requests.
 */
#include "pasid-device/pd_internal.h"

#include <string.h>

#define DEVICE_CONTROL (PD_CFG_PCIE + 0x08u)
#define DEVICE_CONTROL_RO 0x0010u
#define DEVICE_CONTROL_NS 0x0800u
#define DEVICE_CONTROL_2 (PD_CFG_PCIE + 0x28u)
#define DEVICE_CONTROL_2_IDO 0x0100u
#define PASID_ENABLE 0x1u
#define PASID_EXECUTE 0x2u
#define PASID_PRIVILEGED 0x4u
#define PASID_TRANSLATED 0x8u

void pd_tlps_init(struct pasid_device *device)
{
    struct pd_tlps *t = &device->tlps;
    for (uint32_t i = PD_TLPS; i--;) {
        t->all[i].device = device;
        t->all[i].next = t->free;
        t->free = &t->all[i];
    }
}

static void give_back(struct pd_tlp *tlp)
{
    struct pasid_device *device = tlp->device;
    *tlp = (struct pd_tlp){.device = device, .next = device->tlps.free};
    device->tlps.free = tlp;
}

/* ---- headers ---- */

/* 6.20: PASID on untranslated requests and translation requests; on translated ones only where that is enabled. */
static void add_prefix(struct pasid_device *device, struct pcie_request *r, const struct pd_flow *flow, bool execute)
{
    uint32_t control = pd_pasid_control(device);
    uint64_t a = r->address;
    bool enabled = control & PASID_ENABLE || pd_deviates(device, PD_E_H26_OFF, flow, a, NULL);
    bool barred =
        r->at == PCIE_AT_TRANSLATED && !(control & PASID_TRANSLATED) && !pd_deviates(device, PD_E_H26_TRANSLATED, flow, a, NULL);
    r->has_pasid = flow->has_pasid && enabled && !barred;
    if (!r->has_pasid)
        return;
    r->pasid = flow->pasid;
    if (pd_deviates(device, PD_E_H27, flow, a, NULL))
        r->pasid ^= 1u;
    r->privileged = flow->privileged && (control & PASID_PRIVILEGED || pd_deviates(device, PD_E_H28_PRIV, flow, a, NULL));
    bool reads = r->kind == PCIE_READ || pd_deviates(device, PD_E_H28_EXEC, flow, a, NULL);
    r->execute = reads && (execute || r->kind != PCIE_READ) && (control & PASID_EXECUTE);
}

static void add_attributes(struct pasid_device *device, struct pcie_request *r, const struct pd_flow *flow)
{
    uint32_t control = pcie_config_read(&device->config, DEVICE_CONTROL, 2);
    bool memory = r->at != PCIE_AT_TRANSLATION;
    r->no_snoop = memory && flow->no_snoop && (control & DEVICE_CONTROL_NS);
    /* The record must not pass the data, so writes are never relaxed. */
    r->relaxed_ordering = memory && r->kind == PCIE_READ && (control & DEVICE_CONTROL_RO);
    r->id_ordering = pcie_config_read(&device->config, DEVICE_CONTROL_2, 2) & DEVICE_CONTROL_2_IDO;
}

/* The lowest tag that is in use, or not; device->params.tags: there is none. */
static uint32_t lowest_tag(const struct pasid_device *device, bool used)
{
    uint32_t tag = 0;
    while (tag < device->params.tags && (device->tlps.tag_users[tag] != 0) != used)
        tag++;
    return tag;
}

static bool tag_choose(struct pasid_device *device, struct pd_tlp *tlp, const struct pd_flow *flow)
{
    uint32_t tag = lowest_tag(device, true);
    if (tag == device->params.tags || !pd_deviates(device, PD_E_H47, flow, tlp->request.address, NULL))
        tag = lowest_tag(device, false);
    if (tag == device->params.tags)
        return false;
    device->tlps.tag_users[tag]++;
    tlp->request.id = tag;
    return true;
}

static void done(struct pcie_request *request);

/* Somebody waits for a completion that may still come in time. */
static bool non_posted_active(const struct pd_tlps *t)
{
    for (uint32_t i = 0; i < PD_TLPS; i++) {
        const struct pd_tlp *tlp = &t->all[i];
        bool active = tlp->state == PD_TLP_WAITING || tlp->state == PD_TLP_SENT || tlp->state == PD_TLP_HELD;
        if (active && !tlp->posted && !tlp->orphan)
            return true;
    }
    return false;
}

struct pd_tlp *pd_tlp_prepare(struct pasid_device *device, enum pcie_kind kind, enum pcie_at at, const struct pd_flow *flow,
                              bool execute, uint64_t address, uint32_t bytes)
{
    static const struct pd_flow nobody;
    struct pd_tlps *t = &device->tlps;
    struct pd_tlp *tlp = t->free;
    bool posted = kind == PCIE_WRITE;
    bool busy = pd_serial(device) && !posted && non_posted_active(t);
    if (!pd_master_enabled(device) || !tlp || busy || (posted && t->posted_count == PD_POSTED_MAX))
        return NULL;
    if (!flow)
        flow = &nobody;
    tlp->request = (struct pcie_request){
        .requester_id = device->requester_id, .kind = kind, .at = at, .bytes = bytes, .address = address, .done = done};
    if (!posted && !tag_choose(device, tlp, flow))
        return NULL;
    t->free = tlp->next;
    tlp->next = NULL;
    tlp->state = PD_TLP_WAITING;
    tlp->posted = posted;
    tlp->flow = *flow;
    add_prefix(device, &tlp->request, flow, execute);
    add_attributes(device, &tlp->request, flow);
    if (pd_deviates(device, PD_E_D05, flow, address, NULL))
        tlp->request.requester_id ^= 0x100u;
    if (at == PCIE_AT_UNTRANSLATED && flow != &nobody && pd_deviates(device, PD_E_H23, flow, address, NULL))
        tlp->request.at = PCIE_AT_RESERVED;
    return tlp;
}

/* ---- queues ---- */

static void untag(struct pd_tlp *tlp)
{
    struct pd_tlps *t = &tlp->device->tlps;
    if (tlp->orphan)
        return;
    t->tag_users[tlp->request.id]--;
}

void pd_tlp_discard(struct pd_tlp *tlp)
{
    if (!tlp->posted)
        untag(tlp);
    give_back(tlp);
}

static struct pd_posted *posted_slot(struct pd_tlps *t, uint32_t n)
{
    return &t->posted[(t->posted_first + n) % PD_POSTED_MAX];
}

void pd_tlp_queue(struct pasid_device *device, struct pd_tlp *tlp)
{
    struct pd_tlps *t = &device->tlps;
    if (tlp->posted) {
        *posted_slot(t, t->posted_count++) = (struct pd_posted){.write = tlp};
        t->writes_queued++;
    } else {
        tlp->after = t->writes_queued;
        if (t->last)
            t->last->next = tlp;
        else
            t->first = tlp;
        t->last = tlp;
    }
    pd_kick(device);
}

bool pd_posted_room(const struct pasid_device *device, uint32_t entries)
{
    return device->tlps.posted_count + entries <= PD_POSTED_MAX;
}

bool pd_post_message(struct pasid_device *device, const struct pcie_message *message, bool first)
{
    struct pd_tlps *t = &device->tlps;
    if (!pd_posted_room(device, 1))
        return false;
    if (first)
        t->posted_first = (t->posted_first + PD_POSTED_MAX - 1u) % PD_POSTED_MAX;
    *posted_slot(t, first ? 0 : t->posted_count) = (struct pd_posted){.message = *message};
    t->posted_count++;
    pd_kick(device);
    return true;
}

/* ---- sending ---- */

static void arm_timeout(struct pd_tlp *tlp)
{
    struct pasid_device *device = tlp->device;
    uint64_t ticks = pd_get(&device->bar0, PD_TIMEOUT_COMPLETION, 0);
    tlp->deadline = ticks ? pd_tick(device) + ticks : UINT64_MAX;
}

static bool link_ready(const struct pasid_device *device, bool posted)
{
    return !device->ports.ready || device->ports.ready(device->ports.ready_context, posted);
}

static void write_complete(struct pd_tlp *tlp)
{
    tlp->device->tlps.writes_done++;
    give_back(tlp);
}

static void send_write(struct pasid_device *device, struct pd_tlp *tlp)
{
    struct pcie_request *r = &tlp->request;
    tlp->state = PD_TLP_SENT;
    r->issue_ps = r->done_ps = device->sim->now_ps;
    pd_trace_tlp(device, r, false);
    device->tlps.writing = tlp;
    if (!device->ports.upstream.request(device->ports.upstream.context, r))
        return;
    device->tlps.writing = NULL;
    write_complete(tlp);
}

static bool send_posted(struct pasid_device *device)
{
    struct pd_tlps *t = &device->tlps;
    if (!t->posted_count || t->writing || !link_ready(device, true))
        return false;
    struct pd_posted entry = *posted_slot(t, 0);
    if (entry.write && !pd_master_enabled(device))
        return false;
    t->posted_first = (t->posted_first + 1u) % PD_POSTED_MAX;
    t->posted_count--;
    if (entry.write) {
        send_write(device, entry.write);
        return true;
    }
    pd_trace_message(device, &entry.message);
    device->ports.message.send(device->ports.message.context, &entry.message);
    return true;
}

static void answered(struct pd_tlp *tlp)
{
    struct pasid_device *device = tlp->device;
    uint32_t hold = 0;
    if (device->bar4.value)
        hold = (uint32_t)pd_get(&device->bar4, tlp->request.at == PCIE_AT_TRANSLATION ? PD_CPLHOLD_TREQ : PD_CPLHOLD_DATA, 0);
    tlp->state = hold ? PD_TLP_HELD : PD_TLP_ANSWERED;
    if (!hold)
        tlp->awaited = 0;
    pd_kick(device);
}

static bool send_non_posted(struct pasid_device *device)
{
    struct pd_tlps *t = &device->tlps;
    struct pd_tlp *tlp = t->first;
    bool strict = pd_get(&device->bar0, PD_MODE_STRICT, 0);
    if (!tlp || tlp->after > t->writes_done || (strict && t->outstanding) || !(tlp->stray || pd_master_enabled(device)) ||
        !link_ready(device, false))
        return false;
    t->first = tlp->next;
    if (!t->first)
        t->last = NULL;
    tlp->next = NULL;
    tlp->state = PD_TLP_SENT;
    t->outstanding++;
    tlp->request.issue_ps = tlp->request.done_ps = device->sim->now_ps;
    arm_timeout(tlp);
    pd_trace_tlp(device, &tlp->request, false);
    if (tlp->stray) {
        tlp->state = PD_TLP_QUARANTINED;
        t->outstanding--;
    }
    if (device->ports.upstream.request(device->ports.upstream.context, &tlp->request))
        done(&tlp->request);
    return true;
}

bool pd_transmit(struct pasid_device *device)
{
    bool moved = false;
    if (device->tlps.sending) /* done() from inside a port's call to another request */
        return false;
    device->tlps.sending = true;
    while (send_posted(device) || send_non_posted(device))
        moved = true;
    device->tlps.sending = false;
    return moved;
}

void pd_transmit_posted(struct pasid_device *device)
{
    if (device->tlps.sending)
        return;
    device->tlps.sending = true;
    while (send_posted(device))
        ;
    device->tlps.sending = false;
}

/* ---- completions ---- */

static void unexpected(struct pasid_device *device)
{
    pd_count(device, PD_COUNT_CPL_UNEXPECTED, 1);
    pd_config_error(device, PD_ERROR_UNEXPECTED);
}

static void done(struct pcie_request *request)
{
    struct pd_tlp *tlp = (struct pd_tlp *)request;
    struct pasid_device *device = tlp->device;
    struct pd_tlps *t = &device->tlps;
    if (tlp->posted) {
        if (t->writing == tlp)
            t->writing = NULL;
        write_complete(tlp);
        pd_kick(device);
        return;
    }
    if (!tlp->orphan)
        t->outstanding -= tlp->state == PD_TLP_SENT;
    pd_trace_tlp(device, request, true);
    if (tlp->orphan || tlp->state == PD_TLP_TIMED_OUT || tlp->state == PD_TLP_QUARANTINED) {
        unexpected(device);
        bool wanted = tlp->state == PD_TLP_TIMED_OUT;
        if (!wanted) {
            untag(tlp);
            give_back(tlp);
        } else {
            tlp->deadline = 0; /* the owner frees it when it has looked */
        }
        pd_kick(device);
        return;
    }
    answered(tlp);
}

void pasid_device_unexpected_completion(struct pasid_device *device)
{
    unexpected(device);
    pd_event(device, PD_ERR_COMPLETION, NULL, -1, false, 0, true);
}

void pd_completions_unhold(struct pasid_device *device)
{
    for (uint32_t i = 0; i < PD_TLPS; i++)
        if (device->tlps.all[i].state == PD_TLP_HELD)
            answered(&device->tlps.all[i]);
}

void pd_tlp_release(struct pd_tlp *tlp)
{
    switch (tlp->state) {
    case PD_TLP_ANSWERED:
        untag(tlp);
        give_back(tlp);
        break;
    case PD_TLP_TIMED_OUT:
        if (tlp->deadline == 0) { /* the late completion has come meanwhile */
            untag(tlp);
            give_back(tlp);
        } else {
            tlp->state = PD_TLP_QUARANTINED;
        }
        break;
    case PD_TLP_SENT:
    case PD_TLP_HELD:
    case PD_TLP_WAITING:
    case PD_TLP_FREE:
    case PD_TLP_QUARANTINED:
        break;
    }
    pd_kick(tlp->device);
}

bool pd_tlps_step(struct pasid_device *device)
{
    bool moved = false;
    uint64_t now = pd_tick(device);
    for (uint32_t i = 0; device->tlps.outstanding && i < PD_TLPS; i++) {
        struct pd_tlp *tlp = &device->tlps.all[i];
        if (tlp->state != PD_TLP_SENT || tlp->posted || tlp->orphan || tlp->deadline == UINT64_MAX)
            continue;
        if (now < tlp->deadline) {
            pd_wake_at(device, tlp->deadline);
            continue;
        }
        tlp->state = PD_TLP_TIMED_OUT;
        tlp->awaited = 0;
        device->tlps.outstanding--;
        pd_count(device, PD_COUNT_CPL_TIMEOUT, 1);
        pd_config_error(device, PD_ERROR_COMPLETION_TIMEOUT);
        moved = true;
    }
    return moved;
}

/* 7.5.3.5: Transactions Pending. */
bool pd_tags_busy(const struct pasid_device *device)
{
    return device->tlps.outstanding != 0;
}

/* ---- reset ---- */

/* What was sent cannot be taken back: the tags stay in use after a reset of the function; after a cold one nobody counts. */
static void orphan(struct pd_tlp *tlp, bool cold)
{
    struct pd_tlps *t = &tlp->device->tlps;
    if (tlp->orphan)
        return;
    switch (tlp->state) {
    case PD_TLP_WAITING:
    case PD_TLP_ANSWERED:
    case PD_TLP_HELD:
        if (!tlp->posted)
            untag(tlp);
        give_back(tlp);
        break;
    case PD_TLP_TIMED_OUT:
        if (tlp->deadline == 0) {
            untag(tlp);
            give_back(tlp);
            break;
        }
        tlp->state = PD_TLP_QUARANTINED;
        tlp->orphan = cold;
        break;
    case PD_TLP_SENT:
        if (!tlp->posted) {
            t->outstanding--;
            tlp->state = PD_TLP_QUARANTINED;
        }
        tlp->orphan = cold;
        break;
    case PD_TLP_QUARANTINED:
        tlp->orphan = cold;
        break;
    case PD_TLP_FREE:
        break;
    }
    tlp->awaited = 0;
}

/* Deviation: another request like one that is outstanding. */
static struct pd_tlp *stray(struct pasid_device *device)
{
    for (uint32_t i = 0; i < PD_TLPS; i++) {
        const struct pd_tlp *like = &device->tlps.all[i];
        if (like->state != PD_TLP_SENT || like->posted || like->orphan ||
            !pd_deviates(device, PD_E_H41, &like->flow, like->request.address, NULL))
            continue;
        struct pd_tlp *tlp = pd_tlp_prepare(device, like->request.kind, like->request.at, &like->flow, false,
                                            like->request.address, like->request.bytes);
        if (tlp)
            tlp->stray = true;
        return tlp;
    }
    return NULL;
}

void pd_tlps_reset(struct pasid_device *device, bool cold)
{
    struct pd_tlps *t = &device->tlps;
    struct pd_tlp *late = cold ? NULL : stray(device);
    t->posted_count = 0;
    t->first = t->last = NULL;
    for (uint32_t i = 0; i < PD_TLPS; i++)
        if (&t->all[i] != late)
            orphan(&t->all[i], cold);
    t->writes_queued = t->writes_done + (t->writing ? 1u : 0u);
    if (late)
        pd_tlp_queue(device, late);
    if (cold) {
        memset(t->tag_users, 0, sizeof t->tag_users);
        t->outstanding = 0;
        t->writing = NULL;
    }
}
