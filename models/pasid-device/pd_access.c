/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_access.c - one access to memory of at most a line: looked up, asked for (10.2), paged in (10.4) where that is wanted, sent.
 *
 * The address that a lookup gives is in a queued TLP when the step ends: there is no moment at which an invalidation could
 * miss an address on its way from the one to the other.
 */
#include "pasid-device/pd_internal.h"

#include <string.h>

#define STATUS_RECEIVED_MASTER_ABORT 0x2000u
#define STATUS_RECEIVED_TARGET_ABORT 0x1000u
#define STATUS_PARITY_ERROR 0x8000u
#define PASID_ENABLE 0x1u

void pd_access_start(struct pd_access *access, enum pcie_kind kind, const struct pd_flow *flow, uint64_t address, uint32_t bytes)
{
    *access = (struct pd_access){
        .state = PD_ACCESS_LOOKUP, .flow = *flow, .kind = kind, .address = address, .last = address + bytes - 1u, .bytes = bytes};
}

static bool finish(struct pd_access *access, uint8_t status)
{
    access->status = status;
    access->state = PD_ACCESS_DONE;
    return true;
}

static bool writes(const struct pd_access *access)
{
    return access->kind != PCIE_READ;
}

static bool reads(const struct pd_access *access)
{
    return access->kind != PCIE_WRITE;
}

/* ---- sending ---- */

static void count_sent(struct pasid_device *device, const struct pd_access *access)
{
    bool translated = access->at == PCIE_AT_TRANSLATED;
    if (pcie_is_atomic(access->kind))
        pd_count(device, PD_COUNT_ATOMIC, 1);
    else if (access->kind == PCIE_READ)
        pd_count(device, translated ? PD_COUNT_READ_TRANSLATED : PD_COUNT_READ, 1);
    else
        pd_count(device, translated ? PD_COUNT_WRITE_TRANSLATED : PD_COUNT_WRITE, 1);
    pd_count(device, access->kind == PCIE_READ ? PD_COUNT_BYTES_READ : PD_COUNT_BYTES_WRITTEN, access->bytes);
}

/* entry: what the address comes from; NULL: untranslated. False: no room, nothing has changed. */
static bool send(struct pasid_device *device, struct pd_access *access, enum pcie_at at, const struct pd_entry *entry)
{
    uint64_t address = access->address;
    if (entry && at == PCIE_AT_TRANSLATED) {
        uint64_t offset_mask = ~(UINT64_MAX << entry->size_lg2);
        address = (access->address & offset_mask) + entry->translated;
        if (pd_deviates(device, PD_E_H21, &access->flow, access->address, NULL))
            address ^= UINT64_C(1) << 39;
    }
    struct pd_tlp *tlp = pd_tlp_prepare(device, access->kind, at, &access->flow, access->execute, address, access->bytes);
    if (!tlp)
        return false;
    if (access->kind != PCIE_READ)
        memcpy(tlp->request.data, access->data, sizeof access->data);
    if (entry && entry->no_snoop_barred)
        tlp->request.no_snoop = false;
    tlp->translated = entry && at == PCIE_AT_TRANSLATED;
    tlp->page = access->address;
    access->at = at;
    count_sent(device, access);
    pd_tlp_queue(device, tlp);
    if (access->kind == PCIE_WRITE)
        return finish(access, PD_ST_OK);
    access->tlp = tlp;
    access->state = PD_ACCESS_SENT;
    return true;
}

static bool use_entry(struct pasid_device *device, struct pd_access *access, const struct pd_entry *entry)
{
    if (access->translate_only)
        return finish(access, PD_ST_OK);
    return send(device, access, entry->untranslated_only ? PCIE_AT_UNTRANSLATED : PCIE_AT_TRANSLATED, entry);
}

/* ---- B.6.2 (4): the permission is lacking ---- */

static bool fault(struct pasid_device *device, struct pd_access *access)
{
    uint32_t retry = (uint32_t)pd_get(&device->bar0, PD_PRICFG_RETRY, 0);
    bool again = access->tries <= retry || pd_deviates(device, PD_E_H34_RETRY, &access->flow, access->address, NULL);
    if (!access->flow.block || !again)
        return finish(access, PD_ST_FAULT);
    access->state = PD_ACCESS_REQUESTING;
    return true;
}

/* ---- steps ---- */

static bool without_ats(struct pasid_device *device, struct pd_access *access)
{
    bool denied = access->flow.ats_was_on && pd_get(&device->bar0, PD_ATCCFG_DIS_POLICY, 0);
    if (access->translate_only || (denied && !access->flow.untranslated))
        return finish(access, PD_ST_ATS_OFF);
    bool lies = !access->flow.untranslated && pd_deviates(device, PD_E_D04, &access->flow, access->address, NULL);
    return send(device, access, lies ? PCIE_AT_TRANSLATED : PCIE_AT_UNTRANSLATED, NULL);
}

static bool look_up(struct pasid_device *device, struct pd_access *access)
{
    const struct pd_flow *flow = &access->flow;
    if (!pd_master_enabled(device))
        return false;
    if (flow->has_pasid && !(pd_pasid_control(device) & PASID_ENABLE) &&
        !pd_deviates(device, PD_E_H26_OFF, flow, access->address, NULL))
        return finish(access, PD_ST_PASID_OFF);
    if (flow->untranslated || !pd_ats_on(device))
        return without_ats(device, access);
    if (device->shut) {
        if (access->translate_only || !pd_get(&device->bar0, PD_ATCCFG_UR_FALLBACK, 0))
            return finish(access, PD_ST_XLAT_UR);
        return send(device, access, PCIE_AT_UNTRANSLATED, NULL);
    }
    const struct pd_entry *entry = pd_atc_lookup(device, flow, access->address);
    bool hit = entry && pd_entry_allows(device, entry, writes(access), reads(access), access->execute);
    if (entry && !entry->read && !entry->write) /* such an entry is a deviation */
        return fault(device, access);
    if (access->tries && !hit && pd_deviates(device, PD_E_H35, flow, access->address, NULL))
        return send(device, access, PCIE_AT_TRANSLATED, entry);
    if (hit && !use_entry(device, access, entry))
        return false;
    if (!hit && !access->tries && flow->block && pd_deviates(device, PD_E_H32_EARLY, flow, access->address, NULL))
        return fault(device, access);
    if (!hit) {
        access->treq = pd_treq_get(device, flow, access->address, writes(access), access->execute);
        if (!access->treq)
            return false;
        access->state = PD_ACCESS_TRANSLATING;
    }
    pd_count(device, PD_COUNT_ATC_LOOKUP, 1);
    pd_count(device, hit ? PD_COUNT_ATC_HIT : PD_COUNT_ATC_MISS, 1);
    return true;
}

static void leave_treq(struct pd_access *access)
{
    pd_treq_leave(access->treq);
    access->treq = NULL;
}

static bool translated(struct pasid_device *device, struct pd_access *access)
{
    struct pd_treq *treq = access->treq;
    if (treq->state != PD_TREQ_ANSWERED)
        return false;
    uint8_t status = treq->status;
    const struct pd_entry *entry = status == PD_ST_OK ? pd_treq_entry(treq, access->address) : NULL;
    bool again = treq->stale || treq->absorbed || (!entry && status == PD_ST_OK && treq->got);
    if (!again && entry && pd_entry_allows(device, entry, writes(access), reads(access), access->execute)) {
        if (!use_entry(device, access, entry))
            return false;
        leave_treq(access);
        return true;
    }
    leave_treq(access);
    access->state = PD_ACCESS_LOOKUP;
    if (again || (status == PD_ST_XLAT_UR && pd_get(&device->bar0, PD_ATCCFG_UR_FALLBACK, 0)))
        return true;
    if (status == PD_ST_XLAT_UR && access->flow.block && pd_deviates(device, PD_E_H32_UR, &access->flow, access->address, NULL))
        return fault(device, access);
    if (status != PD_ST_OK)
        return finish(access, status);
    return entry ? fault(device, access) : finish(access, PD_ST_XLAT_CA); /* a completion without an entry */
}

static bool request_page(struct pasid_device *device, struct pd_access *access)
{
    uint32_t pages = (uint32_t)pd_get(&device->bar0, PD_PRICFG_PAGES, 0);
    if (pd_command_cuts(device, &access->flow))
        return finish(access, PD_ST_PRG_TIMEOUT);
    switch (pd_prg_get(device, &access->flow, access->address, access->last, pages, reads(access), writes(access),
                       access->execute, &access->prg)) {
    case PD_PRG_SENT:
        access->state = PD_ACCESS_PAGING;
        return true;
    case PD_PRG_NEVER:
        return finish(access, PD_ST_FAULT);
    case PD_PRG_LATER:
        break;
    }
    return false;
}

static bool paged(struct pd_access *access)
{
    struct pd_prg *group = access->prg;
    if (group->state != PD_PRG_ANSWERED && group->status == 0)
        return false;
    uint8_t status = group->status;
    pd_prg_leave(group);
    access->prg = NULL;
    access->tries++;
    access->state = PD_ACCESS_LOOKUP;
    return status == PD_ST_OK ? true : finish(access, status);
}

/* 2.3.2, 2.7.2, 2.8: what the completion says. */
static uint8_t completion_status(struct pasid_device *device, const struct pd_access *access)
{
    const struct pcie_request *r = &access->tlp->request;
    if (access->tlp->state == PD_TLP_TIMED_OUT)
        return PD_ST_DATA_TIMEOUT;
    if (r->status == PCIE_CA) {
        pd_count(device, PD_COUNT_CPL_CA, 1);
        pd_config_status(device, STATUS_RECEIVED_TARGET_ABORT);
        return PD_ST_DATA_CA;
    }
    if (r->status != PCIE_SC || r->data_bytes < access->bytes) {
        pd_count(device, PD_COUNT_CPL_UR, 1);
        pd_config_status(device, STATUS_RECEIVED_MASTER_ABORT);
        return pd_deviates(device, PD_E_H43_UR, &access->flow, access->address, NULL) ? PD_ST_OK : PD_ST_DATA_UR;
    }
    if (r->poisoned) {
        pd_count(device, PD_COUNT_CPL_POISON, 1);
        pd_config_status(device, STATUS_PARITY_ERROR);
        pd_config_error(device, PD_ERROR_POISONED);
        return pd_deviates(device, PD_E_H43_POISON, &access->flow, access->address, NULL) ? PD_ST_OK : PD_ST_DATA_POISON;
    }
    return PD_ST_OK;
}

static bool completed(struct pasid_device *device, struct pd_access *access)
{
    struct pd_tlp *tlp = access->tlp;
    if (tlp->state != PD_TLP_ANSWERED && tlp->state != PD_TLP_TIMED_OUT)
        return false;
    uint8_t status = completion_status(device, access);
    if (status == PD_ST_OK)
        memcpy(access->data, tlp->request.data, sizeof access->data);
    else if (tlp->translated)
        pd_atc_drop(device, &access->flow, access->address);
    pd_tlp_release(tlp);
    access->tlp = NULL;
    return finish(access, status);
}

/* A cancelled access owes nothing to the link before it is done: its TLP and its translation request end first. */
static bool step_cancelled(struct pasid_device *device, struct pd_access *access)
{
    switch (access->state) {
    case PD_ACCESS_LOOKUP:
    case PD_ACCESS_REQUESTING:
        return finish(access, PD_ST_FAULT);
    case PD_ACCESS_TRANSLATING:
        if (access->treq->state != PD_TREQ_ANSWERED)
            return false;
        leave_treq(access);
        return finish(access, PD_ST_FAULT);
    case PD_ACCESS_PAGING:
        pd_prg_leave(access->prg);
        access->prg = NULL;
        return finish(access, PD_ST_FAULT);
    case PD_ACCESS_SENT:
        return completed(device, access);
    case PD_ACCESS_IDLE:
    case PD_ACCESS_DONE:
        break;
    }
    return false;
}

bool pd_access_step(struct pasid_device *device, struct pd_access *access)
{
    if (access->cancelled)
        return step_cancelled(device, access);
    switch (access->state) {
    case PD_ACCESS_LOOKUP:
        return look_up(device, access);
    case PD_ACCESS_TRANSLATING:
        return translated(device, access);
    case PD_ACCESS_REQUESTING:
        return request_page(device, access);
    case PD_ACCESS_PAGING:
        return paged(access);
    case PD_ACCESS_SENT:
        return completed(device, access);
    case PD_ACCESS_IDLE:
    case PD_ACCESS_DONE:
        break;
    }
    return false;
}

void pd_access_cancel(struct pd_access *access)
{
    access->cancelled = access->state != PD_ACCESS_IDLE && access->state != PD_ACCESS_DONE;
}
