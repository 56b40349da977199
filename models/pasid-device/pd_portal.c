/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_portal.c - BAR2: how work gets into a queue, and the queues.
 *
 * Queue n has the pages 4n (unlimited) and 4n+1 (limited); 4n+2 and 4n+3 drop writes.
 */
#include "pasid-device/pd_internal.h"

#include <string.h>

#define PAGES_PER_WQ 4u
#define ALL_DWORDS 0xffffu

enum verdict { TAKEN, FULL, OFF };

static uint64_t wqcfg(const struct pasid_device *device, uint32_t wq, uint32_t field)
{
    return pd_get(&device->bar0, field, wq * PD_STRIDE_WQCFG);
}

static bool dedicated(const struct pasid_device *device, uint32_t wq)
{
    return wqcfg(device, wq, PD_WQCFG_MODE);
}

/* ---- queues ---- */

void pd_work_free(struct pasid_device *device, struct pd_work *work)
{
    work->next = device->work_free;
    device->work_free = work;
}

void pd_wqs_reset(struct pasid_device *device)
{
    memset(device->wq, 0, sizeof device->wq);
    device->work_free = NULL;
    for (uint32_t i = PD_WORKS_MAX; i--;)
        pd_work_free(device, &device->work[i]);
}

/* A dedicated queue has its PASID in WQCFG, a shared one in what was submitted. */
static struct pd_flow flow_of(const struct pasid_device *device, uint32_t wq, const uint8_t *bytes)
{
    bool own = dedicated(device, wq);
    bool has_pasid = wqcfg(device, wq, PD_WQCFG_PASID_EN);
    uint64_t pasid = own ? wqcfg(device, wq, PD_WQCFG_PASID) : pd_load(bytes, PD_DESC_PASID);
    uint64_t privileged = own ? wqcfg(device, wq, PD_WQCFG_PRIV) : pd_load(bytes, PD_DESC_PRIV);
    return (struct pd_flow){
        .has_pasid = has_pasid, .pasid = has_pasid ? (uint32_t)pasid : 0, .privileged = has_pasid && privileged};
}

static void enqueue(struct pasid_device *device, uint32_t wq, const uint8_t *bytes)
{
    struct pd_wq *queue = &device->wq[wq];
    struct pd_work *work = device->work_free;
    if (!work) /* a deviation has put one in too many */
        return;
    device->work_free = work->next;
    *work = (struct pd_work){.sequence = ++device->sequence, .flow = flow_of(device, wq, bytes), .wq = (uint8_t)wq};
    memcpy(work->bytes, bytes, PD_LINE);
    if (queue->last)
        queue->last->next = work;
    else
        queue->first = work;
    queue->last = work;
    queue->count++;
    pd_count(device, PD_COUNT_SUBMITTED, 1);
    PD_PROBE(device, "queue", "submit wq=%u opcode=0x%x", wq, (unsigned)pd_load(bytes, PD_DESC_OPCODE));
    pd_kick(device);
}

/* Threshold on the limited page of a shared queue, else the size. */
static enum verdict room(const struct pasid_device *device, uint32_t wq, bool limited)
{
    uint64_t most = wqcfg(device, wq, limited && !dedicated(device, wq) ? PD_WQCFG_THRESHOLD : PD_WQCFG_SIZE);
    if (device->wq[wq].state != PD_WQ_ENABLED || pd_get(&device->bar0, PD_GENSTS_STATE, 0) != 1u)
        return OFF;
    return device->wq[wq].count < most ? TAKEN : FULL;
}

/* ---- plain writes ---- */

static void drop(struct pasid_device *device, uint8_t error, int wq)
{
    pd_count(device, PD_COUNT_DROPPED, 1);
    pd_event(device, error, NULL, wq, false, 0, true);
}

static void submit_dedicated(struct pasid_device *device, uint32_t wq, bool limited, const uint8_t *bytes)
{
    switch (room(device, wq, limited)) {
    case TAKEN:
        enqueue(device, wq, bytes);
        break;
    case FULL:
        drop(device, PD_ERR_PORTAL_FULL, (int)wq);
        break;
    case OFF:
        drop(device, PD_ERR_PORTAL_DISABLED, (int)wq);
        break;
    }
}

/* NARROW: doublewords in any order, acted on when all are there. SWENQ: a shared queue acts when the slot is read. */
static void collect(struct pasid_device *device, uint32_t wq, bool limited, uint64_t offset, const uint8_t *data, uint32_t bytes)
{
    struct pd_slot *slot = &device->wq[wq].slot[limited][offset >> 6 & 3u];
    uint32_t at = offset % PD_LINE;
    memcpy(slot->bytes + at, data, bytes);
    slot->filled |= (uint16_t)((PD_BITS(bytes / 4u)) << at / 4u);
    if (slot->filled != ALL_DWORDS || !dedicated(device, wq))
        return;
    slot->filled = 0;
    submit_dedicated(device, wq, limited, slot->bytes);
}

void pd_portal_write(struct pasid_device *device, uint64_t offset, const uint8_t *data, uint32_t bytes)
{
    uint32_t page = (uint32_t)(offset / PD_PAGE), wq = page / PAGES_PER_WQ;
    bool limited = page % PAGES_PER_WQ == 1u;
    bool narrow = device->params.narrow && (bytes == 4u || bytes == 8u) && offset % bytes == 0;
    if (wq >= device->params.wqs || page % PAGES_PER_WQ > 1u) {
        drop(device, PD_ERR_PORTAL_PAGE, -1);
        return;
    }
    bool shared = !dedicated(device, wq), whole = bytes == PD_LINE && offset % PD_LINE == 0;
    if (!whole && !narrow)
        drop(device, PD_ERR_PORTAL_SIZE, (int)wq);
    else if (shared && !device->params.swenq && !narrow)
        drop(device, PD_ERR_PORTAL_POSTED, (int)wq);
    else if (shared || narrow)
        collect(device, wq, limited, offset, data, bytes);
    else
        submit_dedicated(device, wq, limited, data);
}

/* ---- reads: SWENQ ---- */

uint32_t pd_portal_read(struct pasid_device *device, uint64_t offset, uint32_t bytes)
{
    enum { ACCEPTED, RETRY, EMPTY };
    uint32_t page = (uint32_t)(offset / PD_PAGE), wq = page / PAGES_PER_WQ;
    bool limited = page % PAGES_PER_WQ == 1u;
    if (wq >= device->params.wqs || page % PAGES_PER_WQ > 1u || bytes != 4u || !device->params.swenq || dedicated(device, wq))
        return 0;
    struct pd_slot *slot = &device->wq[wq].slot[limited][offset >> 6 & 3u];
    bool full = slot->filled == ALL_DWORDS;
    slot->filled = 0;
    if (!full)
        return EMPTY;
    if (room(device, wq, limited) != TAKEN) {
        pd_count(device, PD_COUNT_RETRIED, 1);
        return RETRY;
    }
    enqueue(device, wq, slot->bytes);
    return ACCEPTED;
}

/* ---- 6.32 Deferrable Memory Write ---- */

enum pasid_device_deferred pd_portal_deferrable(struct pasid_device *device, uint64_t offset, const uint8_t *data, uint32_t bytes)
{
    uint32_t page = (uint32_t)(offset / PD_PAGE), wq = page / PAGES_PER_WQ;
    if (bytes != PD_LINE || offset % PD_LINE) {
        pd_config_error(device, PD_ERROR_UNSUPPORTED);
        return PASID_DEVICE_UNSUPPORTED;
    }
    bool reserved = wq >= device->params.wqs || page % PAGES_PER_WQ > 1u;
    if (reserved || dedicated(device, wq) || room(device, wq, page % PAGES_PER_WQ == 1u) != TAKEN) {
        pd_count(device, PD_COUNT_RETRIED, 1);
        return PASID_DEVICE_RETRY;
    }
    struct pd_flow flow = flow_of(device, wq, data);
    if (pd_deviates(device, PD_E_H45_DROP, &flow, 0, NULL))
        return PASID_DEVICE_ACCEPTED;
    enqueue(device, wq, data);
    if (pd_deviates(device, PD_E_H45_TWICE, &flow, 0, NULL))
        enqueue(device, wq, data);
    return PASID_DEVICE_ACCEPTED;
}
