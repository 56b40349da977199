/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_wait.c - 6.5.2.9 Invalidation Wait Descriptor: what it waits for, and how it completes.
 *
 * Waits without the fence flag let later descriptors pass while they wait; they complete in order among themselves.
 */
#include "vtd/vtd_queue.h"

static bool on(const struct vtd *vtd, enum vtd_erratum_id id)
{
    return vtd_erratum(&vtd->params, id);
}

static void wait_drained(struct inflight_drain *drain)
{
    struct vtd_wait *wait = drain->owner;
    wait->drained = true;
    vtd_waits_run(wait->vtd);
    vtd_queue_kick(wait->vtd);
}

static void wait_invalidated(struct itag_drain *drain)
{
    struct vtd_wait *wait = drain->owner;
    wait->invalidated = true;
    vtd_waits_run(wait->vtd);
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
    vtd_waits_run(wait->vtd);
    vtd_queue_kick(wait->vtd);
}

/* Decoupled time: the write is made no earlier than the last request is done. */
static void write_status(struct vtd *vtd, struct vtd_wait *wait)
{
    struct port_request *write = &wait->write;
    uint64_t now_ps =
        vtd->sim->now_ps > vtd->requests.inflight.last_done_ps ? vtd->sim->now_ps : vtd->requests.inflight.last_done_ps;
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

/*
 * 6.5.2.9 PD, 7.7: behind the descriptors of all page requests that were received before the wait would complete, and so before
 * the completion of an invalidation that it waited for.
 */
static bool page_requests_drained(const struct vtd *vtd, struct vtd_wait *wait)
{
    if (!wait->page_drain || on(vtd, VTD_E_PD_IGNORED))
        return true;
    if (!wait->page_goal)
        wait->page_goal = vtd->pages.received;
    return vtd->pages.finished >= wait->page_goal;
}

/* One step of the oldest wait; false when it cannot go on now. */
static bool wait_step(struct vtd *vtd, struct vtd_wait *wait)
{
    if (!wait->drained || !wait->invalidated || wait->writing || !page_requests_drained(vtd, wait))
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

void vtd_waits_run(struct vtd *vtd)
{
    struct vtd_queue *queue = &vtd->queue;
    if (queue->waits_running)
        return;
    queue->waits_running = true;
    while (queue->wait_count && wait_step(vtd, &queue->waits[queue->wait_first]))
        continue;
    queue->waits_running = false;
}

/*
 * 6.5.2.12: complete when the requests that could have used a dropped entry are finished, and the invalidations of Device-TLBs
 * ahead of it are completed.
 */
void vtd_wait_begin(struct vtd *vtd, const uint64_t d[4])
{
    struct vtd_queue *queue = &vtd->queue;
    struct vtd_wait *wait = &queue->waits[(queue->wait_first + queue->wait_count) % VTD_WAITS_MAX];
    queue->wait_count++;
    wait->status = vtd_bits(d[0], 5, 5);
    wait->event = vtd_bits(d[0], 4, 4) || (wait->status && on(vtd, VTD_E_SW_SETS_IWC));
    wait->fence = vtd_bits(d[0], 6, 6) && !on(vtd, VTD_E_FN_IGNORED);
    wait->status_data = (uint32_t)vtd_bits(d[0], 63, 32);
    wait->status_address = d[1] & VTD_BITS(vtd->params.haw - 1u, 2);
    wait->page_drain = vtd_bits(d[0], 7, 7) && vtd->params.pds;
    wait->page_goal = 0;
    wait->written = false;
    wait->invalidated = itags_drain(&vtd->device_tlb.itags, &wait->itag_drain) || on(vtd, VTD_E_WAIT_SKIPS_DEVICE_TLB);
    bool hung = false;
    wait->drained = vtd_invalidation_drained(vtd, &wait->drain, &hung);
    vtd_waits_run(vtd);
}

/* The last wait taken is a fence, or there is no room for another. */
bool vtd_waits_hold(const struct vtd *vtd)
{
    const struct vtd_queue *queue = &vtd->queue;
    if (!queue->wait_count)
        return false;
    const struct vtd_wait *last = &queue->waits[(queue->wait_first + queue->wait_count - 1u) % VTD_WAITS_MAX];
    const struct vtd_wait *next = &queue->waits[(queue->wait_first + queue->wait_count) % VTD_WAITS_MAX];
    return last->fence || queue->wait_count == VTD_WAITS_MAX || next->writing;
}

/* 6.5.2.11: at a time-out the waits that are pending are given up; one whose status is being written has been completed. */
void vtd_waits_abort(struct vtd *vtd)
{
    struct vtd_queue *queue = &vtd->queue;
    uint32_t kept = queue->wait_count && queue->waits[queue->wait_first].writing;
    for (; queue->wait_count > kept; queue->wait_count--) {
        struct vtd_wait *wait = &queue->waits[(queue->wait_first + queue->wait_count - 1u) % VTD_WAITS_MAX];
        itags_cancel(&vtd->device_tlb.itags, &wait->itag_drain);
        VTD_PROBE(vtd, vtd->sim->now_ps, VTD_NO_REQUEST, "queue", "wait aborted");
    }
}

void vtd_waits_init(struct vtd *vtd)
{
    for (unsigned i = 0; i < VTD_WAITS_MAX; i++) {
        struct vtd_wait *wait = &vtd->queue.waits[i];
        wait->vtd = vtd;
        wait->drain.drained = wait_drained;
        wait->drain.owner = wait;
        wait->itag_drain.drained = wait_invalidated;
        wait->itag_drain.owner = wait;
        wait->write.done = status_written;
        wait->write.owner = wait;
    }
}

void vtd_waits_reset(struct vtd *vtd)
{
    struct vtd_queue *queue = &vtd->queue;
    queue->wait_count = queue->wait_first = 0;
    for (unsigned i = 0; i < VTD_WAITS_MAX; i++)
        queue->waits[i].stale = queue->waits[i].writing;
}
