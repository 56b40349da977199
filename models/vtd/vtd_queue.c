/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_queue.c - 6.5.2 Queued Invalidation Interface, 11.4.9: fetching descriptors one at a time in order, carrying them out,
 * errors. What is in them: vtd_descriptors.c; waits: vtd_wait.c.
 */
#include "vtd/vtd_queue.h"

static bool on(const struct vtd *vtd, enum vtd_erratum_id id)
{
    return vtd_erratum(&vtd->params, id);
}

/* ---- the ring: base, size, head, tail in bytes ---- */

static uint32_t descriptor_bytes(const struct vtd *vtd)
{
    return vtd_queue_is_wide(vtd) ? 32 : 16;
}

static uint64_t ring_bytes(const struct vtd *vtd)
{
    return UINT64_C(4096) << VTD_GET(vtd_reg(vtd, VTD_REG_IQA), IQA_QS);
}

static uint64_t ring_tail(const struct vtd *vtd)
{
    uint64_t tail = vtd_reg(vtd, VTD_REG_IQT);
    return on(vtd, VTD_E_TAIL_BIT4_OK) ? tail & ~(uint64_t)(descriptor_bytes(vtd) - 1u) : tail;
}

static struct ring ring_of(const struct vtd *vtd)
{
    return (struct ring){
        .base = vtd_reg(vtd, VTD_REG_IQA) & VTD_MASK(IQA_IQA),
        .lap = (uint32_t)ring_bytes(vtd) - (on(vtd, VTD_E_IQH_WRAP) ? descriptor_bytes(vtd) : 0u),
        .step = descriptor_bytes(vtd),
        .unit_bytes = 1,
    };
}

static uint32_t ring_head(const struct vtd *vtd)
{
    return (uint32_t)vtd_reg(vtd, VTD_REG_IQH);
}

static void ring_advance(struct vtd *vtd)
{
    struct ring ring = ring_of(vtd);
    vtd_reg_change(vtd, VTD_REG_IQH, VTD_MASK(IQH_QH), ring_next(&ring, ring_head(vtd)));
}

/* ---- 6.5.2.11 errors ---- */

static void queue_error(struct vtd *vtd, enum vtd_queue_error error)
{
    VTD_PROBE(vtd, vtd->sim->now_ps, VTD_NO_REQUEST, "queue", "error iqei=%d head=%llx", (int)error,
              (unsigned long long)vtd_reg(vtd, VTD_REG_IQH));
    if (on(vtd, VTD_E_IQE_HEAD_ADVANCES))
        ring_advance(vtd);
    vtd_reg_change(vtd, VTD_REG_IQERCD, VTD_MASK(IQERCD_IQEI), VTD_PUT(IQERCD_IQEI, error));
    vtd_fault_condition(vtd, VTD_MASK(FSTS_IQE));
}

/* What can be judged before a descriptor is read. */
static enum vtd_queue_error check_setup(const struct vtd *vtd)
{
    const struct vtd_params *p = &vtd->params;
    enum vtd_table_mode mode = vtd_root_pointer_now(vtd).mode;
    if (mode == VTD_RESERVED_MODE || (mode == VTD_SCALABLE && !p->smts) || (mode == VTD_ABORT_DMA && !p->adms))
        return VTD_INVALID_TTM;
    if (vtd_queue_is_wide(vtd) ? !p->smts && !p->adms : mode != VTD_LEGACY)
        return VTD_INVALID_WIDTH;
    if (ring_tail(vtd) & (descriptor_bytes(vtd) - 1u))
        return VTD_TAIL_NOT_ALIGNED;
    return ring_tail(vtd) >= ring_bytes(vtd) ? VTD_INVALID_TAIL : VTD_QUEUE_OK;
}

/* ---- executing ---- */

static void apply_deferred(struct vtd *vtd)
{
    struct vtd_queue *queue = &vtd->queue;
    for (uint32_t i = 0; i < queue->deferred_count; i++)
        vtd_invalidate(vtd, &queue->deferred[i]);
    queue->deferred_count = 0;
    queue->deferred_due = false;
}

static void invalidate(struct vtd *vtd, const struct vtd_invalidation *invalidation)
{
    struct vtd_queue *queue = &vtd->queue;
    /* Deviation V20: invalidations take effect with the descriptor after the wait. */
    if (on(vtd, VTD_E_V20) && queue->deferred_count < VTD_DEFERRED_MAX)
        queue->deferred[queue->deferred_count++] = *invalidation;
    else
        vtd_invalidate(vtd, invalidation);
}

/* 6.5.2.12: one that cannot be carried out yet keeps those behind it. */
static void execute(struct vtd *vtd)
{
    struct vtd_queue *queue = &vtd->queue;
    struct vtd_invalidation invalidation = {0};
    unsigned type = 0;
    vtd_descriptor_decode(vtd, queue->descriptor, &type, &invalidation);
    if (queue->deferred_due)
        apply_deferred(vtd);
    queue->held = false;
    if (type == VTD_TYPE_WAIT)
        vtd_wait_begin(vtd, queue->descriptor);
    else if (type == VTD_TYPE_DEVICE_TLB || type == VTD_TYPE_PASID_DEVICE_TLB)
        queue->held = !vtd_device_tlb_invalidate(vtd, type, queue->descriptor);
    else if (type == VTD_TYPE_PAGE_RESPONSE)
        vtd_page_respond(vtd, queue->descriptor);
    else
        invalidate(vtd, &invalidation);
}

void vtd_queue_retry(struct vtd *vtd)
{
    if (!vtd->queue.held || (vtd_reg(vtd, VTD_REG_FSTS) & VTD_MASK(FSTS_ITE)))
        return;
    execute(vtd);
    vtd_queue_kick(vtd);
}

static void execute_timer(struct sim_event *event)
{
    struct vtd_queue *queue = (struct vtd_queue *)((char *)event - offsetof(struct vtd_queue, timer));
    queue->executing = false;
    execute(queue->vtd);
    vtd_queue_kick(queue->vtd);
}

/* A descriptor has been read. The head moves on once it is known to be valid. */
static void take_descriptor(struct vtd *vtd)
{
    struct vtd_queue *queue = &vtd->queue;
    struct vtd_invalidation invalidation = {0};
    unsigned type = 0;
    enum vtd_queue_error error = vtd_descriptor_decode(vtd, queue->descriptor, &type, &invalidation);
    if (error != VTD_QUEUE_OK) {
        queue->have = on(vtd, VTD_E_IQE_PREFETCH);
        queue_error(vtd, error);
        return;
    }
    queue->have = false;
    VTD_PROBE(vtd, vtd->sim->now_ps, VTD_NO_REQUEST, "queue", "type=%x head=%llx", type,
              (unsigned long long)vtd_reg(vtd, VTD_REG_IQH));
    ring_advance(vtd);
    if (!vtd->params.invalidate_ps) {
        execute(vtd);
        return;
    }
    queue->executing = true;
    sim_schedule(vtd->sim, &queue->timer, vtd->sim->now_ps + vtd->params.invalidate_ps);
}

/* ---- fetching ---- */

static void fetch_complete(struct vtd *vtd)
{
    struct vtd_queue *queue = &vtd->queue;
    const struct port_request *fetch = &queue->fetch.request;
    if (fetch->status != PORT_OK) {
        queue_error(vtd, VTD_FETCH_FAILED);
        return;
    }
    for (unsigned i = 0; i < 4; i++)
        queue->descriptor[i] = i * 8u < fetch->bytes ? load_le64(fetch->data + i * 8u) : 0;
    take_descriptor(vtd);
}

static void fetch_done(struct ring_port *port, bool stale)
{
    struct vtd *vtd = port->owner;
    if (!stale)
        fetch_complete(vtd);
    vtd_queue_kick(vtd);
}

/* True: the descriptor is there. */
static bool fetch(struct vtd *vtd)
{
    struct ring ring = ring_of(vtd);
    return ring_read(&vtd->queue.fetch, &ring, ring_head(vtd), vtd->sim->now_ps);
}

/* 6.5.2.11: an error, or a time-out, holds the queue until software has cleared it. */
static bool is_ready(const struct vtd *vtd)
{
    const struct vtd_queue *queue = &vtd->queue;
    uint64_t errors = VTD_MASK(FSTS_IQE) | (on(vtd, VTD_E_ITE_CONTINUES) ? 0 : VTD_MASK(FSTS_ITE));
    return VTD_GET(vtd_reg(vtd, VTD_REG_GSTS), GSTS_QIES) && !(vtd_reg(vtd, VTD_REG_FSTS) & errors) && !queue->fetch.busy &&
           !queue->executing && !queue->stopped && !queue->held && !vtd_waits_hold(vtd) &&
           vtd_reg(vtd, VTD_REG_IQH) != ring_tail(vtd);
}

void vtd_queue_kick(struct vtd *vtd)
{
    struct vtd_queue *queue = &vtd->queue;
    if (queue->running)
        return;
    queue->running = true;
    while (is_ready(vtd)) {
        enum vtd_queue_error error = check_setup(vtd);
        if (error != VTD_QUEUE_OK)
            queue_error(vtd, error);
        else if (queue->have)
            take_descriptor(vtd);
        else if (fetch(vtd))
            fetch_complete(vtd);
    }
    queue->running = false;
}

void vtd_queue_restart(struct vtd *vtd)
{
    vtd->queue.stopped = on(vtd, VTD_E_IQE_NO_REFETCH);
    vtd_queue_kick(vtd);
}

bool vtd_queue_quiet(const struct vtd *vtd)
{
    return !vtd->queue.fetch.busy && !vtd->queue.executing && !vtd->queue.held && !vtd->queue.wait_count && !is_ready(vtd);
}

void vtd_queue_init(struct vtd *vtd)
{
    struct vtd_queue *queue = &vtd->queue;
    queue->vtd = vtd;
    ring_port_init(&queue->fetch, &vtd->ports.memory, fetch_done, vtd);
    queue->fetch.request.origin = PORT_QUEUE;
    queue->fetch.request.snoop = true;
    queue->fetch.request.memory_type = PORT_WB;
    queue->timer.fire = execute_timer;
    vtd_waits_init(vtd);
}

/* Accesses that memory still owns end in done() later and change nothing then. */
void vtd_queue_reset(struct vtd *vtd)
{
    struct vtd_queue *queue = &vtd->queue;
    sim_cancel(vtd->sim, &queue->timer);
    ring_port_forget(&queue->fetch);
    queue->executing = queue->have = queue->stopped = queue->deferred_due = queue->held = false;
    queue->deferred_count = 0;
    vtd_waits_reset(vtd);
}
