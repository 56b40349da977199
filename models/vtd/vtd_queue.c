/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_queue.c - 6.5.2 Queued Invalidation Interface, 11.4.9: fetching descriptors, checking them, waits, errors.
 *
 * Descriptors are fetched one at a time in order. Waits without the fence flag let later descriptors pass while they wait
 * for requests to drain; they complete in order among themselves.
 */
#include "vtd/vtd_internal.h"

/* 11.4.9.9 IQEI: what was wrong. */
enum queue_error {
    QUEUE_OK = 0,
    INVALID_TAIL = 1,
    FETCH_FAILED = 2,
    INVALID_TYPE = 3,
    RESERVED_FIELD = 4,
    INVALID_WIDTH = 5,
    TAIL_NOT_ALIGNED = 6,
    INVALID_TTM = 7,
};

enum { TYPE_CONTEXT = 1, TYPE_IOTLB = 2, TYPE_WAIT = 5, TYPE_PIOTLB = 6, TYPE_PASID = 7 };

static bool on(const struct vtd *vtd, enum vtd_erratum_id id)
{
    return vtd_erratum(&vtd->params, id);
}

static uint64_t bits(uint64_t word, unsigned high, unsigned low)
{
    return (word & VTD_BITS(high, low)) >> low;
}

/* ---- the ring: base, size, head, tail in bytes ---- */

static bool is_wide(const struct vtd *vtd)
{
    return VTD_GET(vtd_reg(vtd, VTD_REG_IQA), IQA_DW);
}

static uint32_t descriptor_bytes(const struct vtd *vtd)
{
    return is_wide(vtd) ? 32 : 16;
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

static void queue_error(struct vtd *vtd, enum queue_error error)
{
    VTD_PROBE(vtd, vtd->sim->now_ps, VTD_NO_REQUEST, "queue", "error iqei=%d head=%llx", (int)error,
              (unsigned long long)vtd_reg(vtd, VTD_REG_IQH));
    if (on(vtd, VTD_E_IQE_HEAD_ADVANCES))
        ring_advance(vtd);
    vtd_reg_change(vtd, VTD_REG_IQERCD, VTD_MASK(IQERCD_IQEI), VTD_PUT(IQERCD_IQEI, error));
    vtd_fault_condition(vtd, VTD_MASK(FSTS_IQE));
}

/* What can be judged before a descriptor is read. */
static enum queue_error check_setup(const struct vtd *vtd)
{
    const struct vtd_params *p = &vtd->params;
    enum vtd_table_mode mode = vtd_root_pointer_now(vtd).mode;
    if (mode == VTD_RESERVED_MODE || (mode == VTD_SCALABLE && !p->smts) || (mode == VTD_ABORT_DMA && !p->adms))
        return INVALID_TTM;
    if (is_wide(vtd) ? !p->smts && !p->adms : mode != VTD_LEGACY)
        return INVALID_WIDTH;
    if (ring_tail(vtd) & (descriptor_bytes(vtd) - 1u))
        return TAIL_NOT_ALIGNED;
    return ring_tail(vtd) >= ring_bytes(vtd) ? INVALID_TAIL : QUEUE_OK;
}

/* ---- descriptors: which types are valid, and which bits are reserved in each ---- */

struct type_facts {
    bool beyond_legacy; /* Table 26: only in scalable and abort-dma mode; a 256-bit descriptor */
    uint64_t used[4];   /* bits that are not reserved */
};

static const struct type_facts types[] = {
    [TYPE_CONTEXT] = {false, {VTD_BITS(5, 0) | VTD_BITS(11, 9) | VTD_BITS(49, 16)}},
    [TYPE_IOTLB] = {false, {VTD_BITS(7, 0) | VTD_BITS(11, 9) | VTD_BITS(31, 16), VTD_BITS(6, 0) | VTD_BITS(63, 12)}},
    [TYPE_WAIT] = {false, {VTD_BITS(6, 0) | VTD_BITS(11, 9) | VTD_BITS(63, 32), VTD_BITS(63, 2)}},
    [TYPE_PIOTLB] = {true, {VTD_BITS(5, 0) | VTD_BITS(11, 9) | VTD_BITS(51, 16), VTD_BITS(6, 0) | VTD_BITS(63, 12)}},
    [TYPE_PASID] = {true, {VTD_BITS(5, 0) | VTD_BITS(11, 9) | VTD_BITS(51, 16)}},
};
#define TYPES (sizeof types / sizeof types[0])

static unsigned type_of(const struct vtd *vtd, const uint64_t descriptor[4])
{
    unsigned low = (unsigned)bits(descriptor[0], 3, 0);
    return on(vtd, VTD_E_TYPE_LOW_NIBBLE) ? low : low | (unsigned)bits(descriptor[0], 11, 9) << 4;
}

/*
 * Table 26 "List of Valid Descriptor Types for Each Mode". Types that belong to Device-TLBs, page requests, interrupt
 * remapping and host permission tables are invalid here: the unit reports none of these.
 */
static bool type_is_valid(const struct vtd *vtd, unsigned type)
{
    if (type >= TYPES || !types[type].used[0])
        return false;
    if (!types[type].beyond_legacy)
        return true;
    return is_wide(vtd) && (vtd_root_pointer_now(vtd).mode != VTD_LEGACY || on(vtd, VTD_E_MODE_TYPES_IGNORED));
}

static bool reserved_set(const struct vtd *vtd, unsigned type, const uint64_t descriptor[4])
{
    uint64_t set = 0;
    for (unsigned i = 0; i < (is_wide(vtd) ? 4u : 2u); i++)
        set |= descriptor[i] & ~types[type].used[i];
    return set && !on(vtd, VTD_E_RESERVED_QI_IGNORED);
}

/* ---- from a descriptor to what it asks for; false: a granularity or mask that the unit does not have ---- */

static bool decode_context(const struct vtd *vtd, const uint64_t d[4], struct vtd_invalidation *inv)
{
    static const enum vtd_invalidation_kind kinds[4] = {0, VTD_INV_CONTEXT_GLOBAL, VTD_INV_CONTEXT_DOMAIN,
                                                        VTD_INV_CONTEXT_DEVICE};
    unsigned g = (unsigned)bits(d[0], 5, 4);
    *inv = (struct vtd_invalidation){.kind = kinds[g],
                                     .did = vtd_did_implemented(vtd, bits(d[0], 31, 16)),
                                     .sid = (uint16_t)bits(d[0], 47, 32),
                                     .fm = (uint8_t)bits(d[0], 49, 48)};
    return g != 0;
}

static bool decode_pasid(const struct vtd *vtd, const uint64_t d[4], struct vtd_invalidation *inv)
{
    static const enum vtd_invalidation_kind kinds[4] = {VTD_INV_PASID_DOMAIN, VTD_INV_PASID_SELECTIVE, 0, VTD_INV_PASID_GLOBAL};
    static const enum vtd_invalidation_kind confused[4] = {0, VTD_INV_PASID_GLOBAL, VTD_INV_PASID_DOMAIN,
                                                           VTD_INV_PASID_SELECTIVE};
    unsigned g = (unsigned)bits(d[0], 5, 4);
    bool as_context = on(vtd, VTD_E_G_CONFUSED);
    *inv = (struct vtd_invalidation){.kind = as_context ? confused[g] : kinds[g],
                                     .did = vtd_did_implemented(vtd, bits(d[0], 31, 16)),
                                     .pasid = (uint32_t)bits(d[0], 51, 32)};
    return g != (as_context ? 0u : 2u);
}

static bool decode_iotlb(const struct vtd *vtd, const uint64_t d[4], struct vtd_invalidation *inv)
{
    static const enum vtd_invalidation_kind kinds[4] = {0, VTD_INV_IOTLB_GLOBAL, VTD_INV_IOTLB_DOMAIN, VTD_INV_IOTLB_PAGE};
    unsigned g = (unsigned)bits(d[0], 5, 4);
    *inv = (struct vtd_invalidation){.kind = kinds[g],
                                     .did = vtd_did_implemented(vtd, bits(d[0], 31, 16)),
                                     .am = (uint8_t)bits(d[1], 5, 0),
                                     .ih = bits(d[1], 6, 6),
                                     .address = d[1] & VTD_BITS(63, 12)};
    bool by_page = inv->kind == VTD_INV_IOTLB_PAGE && g == 3;
    bool mask_counts = by_page || on(vtd, VTD_E_AM_CHECKED_GLOBAL);
    if (g == 0 || (by_page && !vtd->params.psi))
        return false;
    return !(mask_counts && inv->am > vtd->params.mamv);
}

static bool decode_piotlb(const struct vtd *vtd, const uint64_t d[4], struct vtd_invalidation *inv)
{
    unsigned g = (unsigned)bits(d[0], 5, 4);
    *inv = (struct vtd_invalidation){.kind = g == 3 ? VTD_INV_PIOTLB_PAGE : VTD_INV_PIOTLB_PASID,
                                     .did = vtd_did_implemented(vtd, bits(d[0], 31, 16)),
                                     .pasid = (uint32_t)bits(d[0], 51, 32),
                                     .am = (uint8_t)bits(d[1], 5, 0),
                                     .ih = bits(d[1], 6, 6),
                                     .address = d[1] & VTD_BITS(63, 12)};
    if (g < 2) {
        inv->kind = VTD_INV_IOTLB_GLOBAL;
        return on(vtd, VTD_E_V09);
    }
    return !(g == 3 && inv->am > vtd->params.mamv && on(vtd, VTD_E_MAMV_ON_PIOTLB));
}

/* ---- 6.5.2.9 waits ---- */

static void waits_run(struct vtd *vtd);

static void wait_drained(struct inflight_drain *drain)
{
    struct vtd_wait *wait = drain->owner;
    wait->drained = true;
    waits_run(wait->vtd);
    vtd_queue_kick(wait->vtd);
}

static void status_written(struct port_request *write)
{
    struct vtd_wait *wait = write->owner;
    wait->writing = false;
    if (wait->stale) {
        wait->stale = false;
        return;
    }
    wait->written = true;
    waits_run(wait->vtd);
    vtd_queue_kick(wait->vtd);
}

/* Decoupled time: the write is made no earlier than the last request is done. */
static void write_status(struct vtd *vtd, struct vtd_wait *wait)
{
    struct port_request *write = &wait->write;
    uint64_t now_ps = vtd->sim->now_ps > vtd->requests.inflight.last_done_ps ? vtd->sim->now_ps : vtd->requests.inflight.last_done_ps;
    bool as_quadword = on(vtd, VTD_E_STATUS_QWORD) && (wait->status_address & 63u) <= 56u;
    write->kind = PORT_WRITE;
    write->origin = PORT_STATUS_WRITE;
    write->address = wait->status_address;
    write->bytes = as_quadword ? 8 : 4;
    write->snoop = true;
    write->memory_type = PORT_WB;
    write->request_id = VTD_NO_REQUEST;
    write->issue_ps = write->done_ps = now_ps;
    store_le64(write->data, wait->status_data);
    wait->writing = true;
    if (memory_access(&vtd->ports.memory, write) == PORT_LATER)
        return;
    wait->writing = false;
    wait->written = true;
}

static void wait_event(struct vtd *vtd, struct vtd_wait *wait)
{
    if (!wait->event)
        return;
    wait->event = false;
    vtd_completion_condition(vtd);
}

/* One step of the oldest wait; false when it cannot go on now. */
static bool wait_step(struct vtd *vtd, struct vtd_wait *wait)
{
    if (!wait->drained || wait->writing)
        return false;
    if (wait->status && !wait->written) {
        if (on(vtd, VTD_E_EVENT_BEFORE_STATUS))
            wait_event(vtd, wait);
        write_status(vtd, wait);
        return wait->written;
    }
    VTD_PROBE(vtd, vtd->sim->now_ps, VTD_NO_REQUEST, "queue", "wait complete status=%d event=%d", wait->status, wait->event);
    vtd->queue.wait_first = (vtd->queue.wait_first + 1u) % VTD_WAITS_MAX;
    vtd->queue.wait_count--;
    vtd->queue.deferred_due = vtd->queue.deferred_count != 0;
    wait_event(vtd, wait);
    return true;
}

static void waits_run(struct vtd *vtd)
{
    struct vtd_queue *queue = &vtd->queue;
    if (queue->waits_running)
        return;
    queue->waits_running = true;
    while (queue->wait_count && wait_step(vtd, &queue->waits[queue->wait_first]))
        continue;
    queue->waits_running = false;
}

static void begin_wait(struct vtd *vtd, const uint64_t d[4])
{
    struct vtd_queue *queue = &vtd->queue;
    struct vtd_wait *wait = &queue->waits[(queue->wait_first + queue->wait_count) % VTD_WAITS_MAX];
    queue->wait_count++;
    wait->status = bits(d[0], 5, 5);
    wait->event = bits(d[0], 4, 4) || (wait->status && on(vtd, VTD_E_SW_SETS_IWC));
    wait->fence = bits(d[0], 6, 6) && !on(vtd, VTD_E_FN_IGNORED);
    wait->status_data = (uint32_t)bits(d[0], 63, 32);
    wait->status_address = d[1] & VTD_BITS(vtd->params.haw - 1u, 2);
    wait->written = false;
    bool hung = false;
    wait->drained = vtd_invalidation_drained(vtd, &wait->drain, &hung);
    waits_run(vtd);
}

/* The last wait taken is a fence, or there is no room for another. */
static bool held_by_wait(const struct vtd_queue *queue)
{
    if (!queue->wait_count)
        return false;
    const struct vtd_wait *last = &queue->waits[(queue->wait_first + queue->wait_count - 1u) % VTD_WAITS_MAX];
    const struct vtd_wait *next = &queue->waits[(queue->wait_first + queue->wait_count) % VTD_WAITS_MAX];
    return last->fence || queue->wait_count == VTD_WAITS_MAX || next->writing;
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

/* Checks the descriptor; *inv is what it asks for (of a wait: nothing). */
static enum queue_error decode(const struct vtd *vtd, const uint64_t d[4], unsigned *type, struct vtd_invalidation *inv)
{
    static bool (*const decoders[TYPES])(const struct vtd *, const uint64_t[4], struct vtd_invalidation *) = {
        [TYPE_CONTEXT] = decode_context,
        [TYPE_IOTLB] = decode_iotlb,
        [TYPE_PIOTLB] = decode_piotlb,
        [TYPE_PASID] = decode_pasid,
    };
    *type = type_of(vtd, d);
    if (!type_is_valid(vtd, *type))
        return INVALID_TYPE;
    if (reserved_set(vtd, *type, d))
        return RESERVED_FIELD;
    if (decoders[*type] && !decoders[*type](vtd, d, inv))
        return RESERVED_FIELD;
    return QUEUE_OK;
}

static void execute(struct vtd *vtd)
{
    struct vtd_queue *queue = &vtd->queue;
    struct vtd_invalidation invalidation = {0};
    unsigned type = 0;
    decode(vtd, queue->descriptor, &type, &invalidation);
    if (queue->deferred_due)
        apply_deferred(vtd);
    if (type == TYPE_WAIT)
        begin_wait(vtd, queue->descriptor);
    else
        invalidate(vtd, &invalidation);
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
    enum queue_error error = decode(vtd, queue->descriptor, &type, &invalidation);
    if (error != QUEUE_OK) {
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
        queue_error(vtd, FETCH_FAILED);
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

static bool is_ready(const struct vtd *vtd)
{
    const struct vtd_queue *queue = &vtd->queue;
    uint64_t errors = VTD_MASK(FSTS_IQE) | VTD_MASK(FSTS_ITE);
    return VTD_GET(vtd_reg(vtd, VTD_REG_GSTS), GSTS_QIES) && !(vtd_reg(vtd, VTD_REG_FSTS) & errors) && !queue->fetch.busy &&
           !queue->executing && !queue->stopped && !held_by_wait(queue) && vtd_reg(vtd, VTD_REG_IQH) != ring_tail(vtd);
}

void vtd_queue_kick(struct vtd *vtd)
{
    struct vtd_queue *queue = &vtd->queue;
    if (queue->running)
        return;
    queue->running = true;
    while (is_ready(vtd)) {
        enum queue_error error = check_setup(vtd);
        if (error != QUEUE_OK)
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
    return !vtd->queue.fetch.busy && !vtd->queue.executing && !vtd->queue.wait_count && !is_ready(vtd);
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
    for (unsigned i = 0; i < VTD_WAITS_MAX; i++) {
        struct vtd_wait *wait = &queue->waits[i];
        wait->vtd = vtd;
        wait->drain.drained = wait_drained;
        wait->drain.owner = wait;
        wait->write.done = status_written;
        wait->write.owner = wait;
    }
}

/* Accesses that memory still owns end in done() later and change nothing then. */
void vtd_queue_reset(struct vtd *vtd)
{
    struct vtd_queue *queue = &vtd->queue;
    sim_cancel(vtd->sim, &queue->timer);
    ring_port_forget(&queue->fetch);
    queue->executing = queue->have = queue->stopped = queue->deferred_due = false;
    queue->deferred_count = queue->wait_count = queue->wait_first = 0;
    for (unsigned i = 0; i < VTD_WAITS_MAX; i++)
        queue->waits[i].stale = queue->waits[i].writing;
}
