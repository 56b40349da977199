/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_treq.c - translation requests and their completions (10.2.2, 10.2.3).
 */
#include "pasid-device/pd_internal.h"

#define ENTRY_R 0x001u
#define ENTRY_W 0x002u
#define ENTRY_U 0x004u
#define ENTRY_X 0x008u
#define ENTRY_G 0x020u
#define ENTRY_N 0x400u
#define ENTRY_S 0x800u

/* ---- completion entries ---- */

/* 10.2.3.2: with S the lowest zero bit from bit 12 up tells the size; below it there is no address. */
static uint8_t size_of(struct pasid_device *device, uint64_t raw, const struct pd_flow *flow)
{
    if (!(raw & ENTRY_S))
        return 12;
    uint8_t size = 13;
    while (size < 63u && (raw >> (size - 1u) & 1u))
        size++;
    if (pd_deviates(device, PD_E_D14_SIZE, flow, raw, NULL) && size < 62u)
        size++;
    return size;
}

static struct pd_entry decode(struct pasid_device *device, const struct pd_treq *treq, uint64_t raw, uint64_t page)
{
    const struct pd_flow *flow = &treq->flow;
    uint8_t size = size_of(device, raw, flow);
    uint64_t mask = UINT64_MAX << size;
    uint64_t translated = raw & mask;
    if (size > 12u && pd_deviates(device, PD_E_H19_ADDRESS, flow, page, NULL))
        translated = raw & (UINT64_MAX << 12);
    bool asked = treq->execute || pd_erratum(device, PD_E_R28);
    bool honoured = device->params.glob || pd_deviates(device, PD_E_H18, flow, page, NULL);
    return (struct pd_entry){
        .page = page & mask,
        .translated = translated,
        .size_lg2 = size,
        .has_pasid = flow->has_pasid,
        .pasid = flow->pasid,
        .privileged = flow->privileged,
        .global = (raw & ENTRY_G) && flow->has_pasid && honoured,
        .read = raw & ENTRY_R,
        .write = raw & ENTRY_W,
        .execute = asked && (raw & ENTRY_X) && (raw & ENTRY_R),
        .untranslated_only = (raw & ENTRY_U) && !pd_deviates(device, PD_E_H16_U, flow, page, NULL),
        .no_snoop_barred = (raw & ENTRY_N) && !pd_deviates(device, PD_E_H16_N, flow, page, NULL),
    };
}

static uint64_t load_entry(const uint8_t *from)
{
    uint64_t value = 0;
    for (unsigned i = 8; i--;)
        value = value << 8 | from[i];
    return value;
}

static void fill(struct pasid_device *device, const struct pd_treq *treq)
{
    for (uint32_t i = 0; i < treq->got; i++) {
        const struct pd_entry *entry = &treq->entry[i];
        bool access = entry->read || entry->write;
        if (access || pd_deviates(device, PD_E_D15, &treq->flow, entry->page, NULL))
            pd_atc_fill(device, entry, i ? entry->page : treq->page);
    }
}

/* 10.2.3: consecutive translations; there may be fewer than were asked for. */
static void take_entries(struct pasid_device *device, struct pd_treq *treq)
{
    const struct pcie_request *r = &treq->tlp->request;
    uint64_t page = treq->page;
    for (uint32_t i = 0; i < treq->pages && (i + 1u) * 8u <= r->data_bytes; i++) {
        treq->raw[i] = load_entry(r->data + 8u * i);
        treq->entry[i] = decode(device, treq, treq->raw[i], page);
        treq->got = i + 1u;
        uint64_t next = treq->entry[i].page + (UINT64_C(1) << treq->entry[i].size_lg2);
        if (next <= page)
            break;
        page = next;
    }
}

static void shut(struct pasid_device *device)
{
    if (pd_deviates(device, PD_E_H20, NULL, 0, NULL))
        return;
    device->shut = true;
    pd_event(device, PD_ERR_ATS_SHUT, NULL, -1, false, 0, true);
}

/* How the request ended, as a completion status of the descriptor and a counter. */
static void judge(struct pasid_device *device, struct pd_treq *treq)
{
    const struct pcie_request *r = &treq->tlp->request;
    treq->completion = (uint8_t)r->status;
    if (treq->tlp->state == PD_TLP_TIMED_OUT) {
        treq->status = PD_ST_XLAT_TIMEOUT;
        pd_count(device, PD_COUNT_TREQ_TIMEOUT, 1);
    } else if (treq->absorbed || treq->stale) {
        treq->status = PD_ST_OK;
        pd_count(device, PD_COUNT_TREQ_STALE, 1);
    } else if (r->status == PCIE_CA && !pd_erratum(device, PD_E_R19)) {
        treq->status = PD_ST_XLAT_CA;
        pd_count(device, PD_COUNT_TREQ_CA, 1);
    } else if (r->status != PCIE_SC) { /* 2.2.9: a reserved status is handled as UR */
        treq->status = PD_ST_XLAT_UR;
        pd_count(device, PD_COUNT_TREQ_UR, 1);
        shut(device);
    } else if (r->poisoned) {
        treq->status = PD_ST_XLAT_POISON;
        pd_count(device, PD_COUNT_TREQ_POISON, 1);
        pd_config_error(device, PD_ERROR_POISONED);
    } else {
        treq->status = PD_ST_OK;
        take_entries(device, treq);
        bool access = treq->got && (treq->entry[0].read || treq->entry[0].write);
        pd_count(device, access ? PD_COUNT_TREQ_OK : PD_COUNT_TREQ_NO_ACCESS, 1);
        if (treq->keep)
            fill(device, treq);
    }
}

bool pd_treqs_step(struct pasid_device *device)
{
    bool moved = false;
    for (uint32_t i = 0; i < PD_TREQS_MAX; i++) {
        struct pd_treq *treq = &device->treq[i];
        if (treq->state != PD_TREQ_PENDING || (treq->tlp->state != PD_TLP_ANSWERED && treq->tlp->state != PD_TLP_TIMED_OUT))
            continue;
        /* A stale result is not kept; late fill is the deviation. */
        if (treq->stale && pd_deviates(device, PD_E_H11, &treq->flow, treq->page, NULL))
            treq->stale = false;
        judge(device, treq);
        pd_tlp_release(treq->tlp);
        treq->tlp = NULL;
        treq->state = treq->waiters ? PD_TREQ_ANSWERED : PD_TREQ_FREE;
        moved = true;
    }
    return moved;
}

/* ---- asking ---- */

uint32_t pd_treqs_pending(const struct pasid_device *device)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < PD_TREQS_MAX; i++)
        count += device->treq[i].state == PD_TREQ_PENDING;
    return count;
}

static bool same_flow(const struct pd_flow *a, const struct pd_flow *b)
{
    return a->has_pasid == b->has_pasid && (!a->has_pasid || a->pasid == b->pasid) && a->privileged == b->privileged;
}

static struct pd_treq *pending_for(struct pasid_device *device, const struct pd_flow *flow, uint64_t address, bool write,
                                   bool execute)
{
    for (uint32_t i = 0; i < PD_TREQS_MAX; i++) {
        struct pd_treq *treq = &device->treq[i];
        bool serves = treq->keep && !treq->stale && !treq->absorbed && same_flow(&treq->flow, flow) &&
                      address - treq->page < (uint64_t)treq->pages * PD_PAGE && !(write && treq->no_write) &&
                      (!execute || treq->execute);
        if (treq->state == PD_TREQ_PENDING && serves)
            return treq;
    }
    return NULL;
}

struct pd_treq *pd_treq_send(struct pasid_device *device, const struct pd_flow *flow, uint64_t address, uint32_t pages,
                             bool no_write, bool execute, bool keep)
{
    uint32_t limit = (uint32_t)pd_get(&device->bar0, PD_ATCCFG_TREQ_LIMIT, 0), n = 0;
    if (limit == 0 || limit > device->params.treq_max)
        limit = device->params.treq_max;
    while (n < PD_TREQS_MAX && device->treq[n].state != PD_TREQ_FREE)
        n++;
    if (n == PD_TREQS_MAX || pd_treqs_pending(device) >= limit)
        return NULL;
    uint64_t page = address & ~(uint64_t)(PD_PAGE - 1u);
    uint32_t bytes = 8u * pages;
    if (pd_deviates(device, PD_E_H24_LENGTH, flow, page, NULL))
        bytes = bytes > 4u ? bytes - 4u : bytes;
    if (pd_deviates(device, PD_E_H24_LOW, flow, page, NULL))
        page |= 0x40u;
    struct pd_tlp *tlp = pd_tlp_prepare(device, PCIE_READ, PCIE_AT_TRANSLATION, flow, execute, page, bytes);
    if (!tlp)
        return NULL;
    tlp->request.no_write = no_write || pd_deviates(device, PD_E_H24_NW, flow, page, NULL);
    pd_tlp_queue(device, tlp);
    pd_count(device, PD_COUNT_TREQ, 1);
    device->treq[n] = (struct pd_treq){.state = PD_TREQ_PENDING,
                                       .flow = *flow,
                                       .page = address & ~(uint64_t)(PD_PAGE - 1u),
                                       .pages = pages,
                                       .no_write = no_write,
                                       .execute = execute && flow->has_pasid && (pd_pasid_control(device) & 2u),
                                       .keep = keep,
                                       .tlp = tlp,
                                       .waiters = 1};
    return &device->treq[n];
}

struct pd_treq *pd_treq_get(struct pasid_device *device, const struct pd_flow *flow, uint64_t address, bool write, bool execute)
{
    bool keeps = device->atc.cache.geometry.replacement != CACHE_OFF;
    struct pd_treq *treq = keeps ? pending_for(device, flow, address, write, execute) : NULL;
    if (treq) {
        treq->waiters++;
        return treq;
    }
    bool no_write = !write && !pd_get(&device->bar0, PD_ATCCFG_NW_POLICY, 0);
    uint32_t pages = (uint32_t)pd_get(&device->bar0, PD_ATCCFG_N_XLAT, 0) + 1u;
    return pd_treq_send(device, flow, address, pages, no_write, execute, true);
}

void pd_treq_leave(struct pd_treq *treq)
{
    if (--treq->waiters == 0 && treq->state == PD_TREQ_ANSWERED)
        treq->state = PD_TREQ_FREE;
}

const struct pd_entry *pd_treq_entry(const struct pd_treq *treq, uint64_t address)
{
    for (uint32_t i = 0; i < treq->got; i++)
        if ((address & UINT64_MAX << treq->entry[i].size_lg2) == treq->entry[i].page)
            return &treq->entry[i];
    return NULL;
}
