/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_request.c - requests in flight: taking them, moving them on, waiting for memory, completing them.
 *
 * A request is a resumable procedure: one function moves it on from phase to phase until it is finished or waits for the
 * memory port. With a port that answers now a whole request is one call. What the phases do is in vtd_translate.c
 * (screening, tables, caches), vtd_paging.c (walks) and vtd_data.c (the access); the meaning of every entry is in the step
 * functions.
 */
#include "vtd/vtd_flight.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void memory_done(struct port_request *access);
static void timer_fired(struct sim_event *event);

/* ---- the pool: no allocation after vtd_create ---- */

int vtd_flights_init(struct vtd *vtd)
{
    const struct vtd_params *p = &vtd->params;
    uint32_t max = p->in_flight_max ? p->in_flight_max : 64;
    inflight_init(&vtd->inflight, max);
    vtd->flights = calloc(max, sizeof *vtd->flights);
    vtd->walker_free_ps = calloc(p->walkers ? p->walkers : 1u, sizeof *vtd->walker_free_ps);
    vtd->lookup_free_ps = calloc(p->lookup_ports ? p->lookup_ports : 1u, sizeof *vtd->lookup_free_ps);
    if (!vtd->flights || !vtd->walker_free_ps || !vtd->lookup_free_ps)
        return -ENOMEM;
    for (uint32_t i = max; i-- > 0;) {
        struct vtd_flight *flight = &vtd->flights[i];
        flight->vtd = vtd;
        flight->access.owner = flight;
        flight->access.done = memory_done;
        flight->timer.fire = timer_fired;
        flight->next = vtd->free_flights;
        vtd->free_flights = flight;
    }
    return 0;
}

void vtd_flights_fini(struct vtd *vtd)
{
    for (uint32_t i = 0; vtd->flights && i < vtd->inflight.max; i++)
        sim_cancel(vtd->sim, &vtd->flights[i].timer);
    free(vtd->flights);
    free(vtd->walker_free_ps);
    free(vtd->lookup_free_ps);
}

static void give_back(struct vtd_flight *flight)
{
    struct vtd *vtd = flight->vtd;
    flight->in_use = false;
    flight->request = NULL;
    flight->next = vtd->free_flights;
    vtd->free_flights = flight;
}

/* Memory still owns the accesses that it has not answered: those places come back with the late answers. */
void vtd_flights_reset(struct vtd *vtd)
{
    for (uint32_t i = 0; i < vtd->inflight.max; i++) {
        struct vtd_flight *flight = &vtd->flights[i];
        if (!flight->in_use || flight->stale)
            continue;
        sim_cancel(vtd->sim, &flight->timer);
        flight->stale = flight->owned;
        if (!flight->stale)
            give_back(flight);
    }
    inflight_forget(&vtd->inflight);
    vtd->walker_line = NULL;
    for (uint32_t i = 0; i < vtd->params.walkers; i++)
        vtd->walker_free_ps[i] = 0;
}

static struct vtd_flight *take(struct vtd *vtd, uint64_t issue_ps)
{
    struct vtd_flight *flight = vtd->free_flights;
    vtd->free_flights = flight->next;
    flight->next = NULL;
    flight->in_use = true;
    flight->later = flight->to_issue = flight->owned = flight->stale = false;
    flight->walker = 0;
    flight->offset = 0;
    flight->now_ps = issue_ps > vtd->sim->now_ps ? issue_ps : vtd->sim->now_ps;
    flight->source_count = 0;
    inflight_begin(&vtd->inflight, &flight->entry);
    return flight;
}

/* ---- moving on ---- */

static bool must_wait(const struct vtd_flight *flight)
{
    return flight->later && flight->now_ps > flight->vtd->sim->now_ps;
}

/* True: the request is finished. */
static bool run(struct vtd_flight *flight)
{
    enum vtd_progress progress;
    do
        progress = flight->phase(flight);
    while (progress == VTD_GO);
    if (progress == VTD_WAIT)
        return false;
    if (must_wait(flight)) {
        flight->phase = vtd_flight_finished;
        sim_schedule(flight->vtd->sim, &flight->timer, flight->now_ps);
        return false;
    }
    return true;
}

enum vtd_progress vtd_flight_finished(struct vtd_flight *flight)
{
    (void)flight;
    return VTD_END;
}

static void answer(struct vtd_flight *flight)
{
    VTD_PROBE(flight->vtd, flight->now_ps, vtd_flight_id(flight), "request", "end status=%d", (int)flight->status);
    if (flight->translation) {
        flight->translation->allowed = flight->status == PCIE_SC;
        flight->translation->translated = flight->output;
        flight->translation->done_ps = flight->now_ps;
        return;
    }
    flight->request->status = flight->status;
    flight->request->done_ps = flight->now_ps;
}

static void leave(struct vtd_flight *flight)
{
    struct vtd *vtd = flight->vtd;
    inflight_end(&vtd->inflight, &flight->entry, flight->now_ps);
    give_back(flight);
}

static void begin(struct vtd_flight *flight, struct pcie_request *request)
{
    flight->request = request;
    flight->translation = NULL;
    request->data_bytes = 0;
    flight->phase = vtd_flight_part;
    VTD_PROBE(flight->vtd, flight->now_ps, request->id, "request", "begin rid=%x pasid=%x kind=%d address=%llx bytes=%u",
              request->requester_id, request->has_pasid ? request->pasid : UINT32_MAX, (int)request->kind,
              (unsigned long long)request->address, request->bytes);
}

/* Requests that waited for a place. */
static void pump(struct vtd *vtd)
{
    if (vtd->pumping)
        return;
    vtd->pumping = true;
    while (vtd->free_flights) {
        struct pcie_request *request = inflight_dequeue(&vtd->inflight);
        if (!request)
            break;
        struct vtd_flight *flight = take(vtd, request->issue_ps);
        begin(flight, request);
        if (!run(flight))
            continue;
        answer(flight);
        request->done(request);
        leave(flight);
    }
    vtd->pumping = false;
}

/* The requester hears of it before anybody who waits for the request to be drained. */
static void run_later(struct vtd_flight *flight)
{
    struct vtd *vtd = flight->vtd;
    struct pcie_request *request = flight->request;
    if (!run(flight))
        return;
    answer(flight);
    request->done(request);
    leave(flight);
    pump(vtd);
}

bool vtd_request(struct vtd *vtd, struct pcie_request *request)
{
    if (!vtd->free_flights || inflight_full(&vtd->inflight) || vtd->inflight.line_first) {
        inflight_queue(&vtd->inflight, request);
        return false;
    }
    struct vtd_flight *flight = take(vtd, request->issue_ps);
    begin(flight, request);
    if (!run(flight))
        return false;
    answer(flight);
    leave(flight);
    if (vtd->inflight.line_first)
        pump(vtd);
    return true;
}

void vtd_translate(struct vtd *vtd, struct vtd_translation *translation)
{
    if (vtd_flight_quick(vtd, translation))
        return;
    if (!vtd->free_flights)
        abort(); /* functional mode: nothing else is in flight */
    struct vtd_flight *flight = take(vtd, translation->issue_ps);
    flight->request = NULL;
    flight->translation = translation;
    flight->phase = vtd_flight_part;
    if (!run(flight))
        abort(); /* the memory port did not answer now */
    answer(flight);
    leave(flight);
}

/* ---- memory ---- */

static void memory_done(struct port_request *access)
{
    struct vtd_flight *flight = access->owner;
    struct vtd *vtd = flight->vtd;
    flight->owned = false;
    if (flight->stale) {
        give_back(flight);
        pump(vtd);
        return;
    }
    flight->now_ps = access->done_ps > vtd->sim->now_ps ? access->done_ps : vtd->sim->now_ps;
    run_later(flight);
}

static enum vtd_progress issue(struct vtd_flight *flight)
{
    flight->access.issue_ps = flight->now_ps;
    flight->access.done_ps = flight->now_ps;
    flight->access.status = PORT_OK;
    flight->owned = true;
    if (memory_access(&flight->vtd->ports.memory, &flight->access) == PORT_LATER) {
        flight->later = true;
        return VTD_WAIT;
    }
    flight->owned = false;
    if (flight->access.done_ps > flight->now_ps)
        flight->now_ps = flight->access.done_ps;
    return VTD_GO;
}

static void timer_fired(struct sim_event *event)
{
    struct vtd_flight *flight = (struct vtd_flight *)((char *)event - offsetof(struct vtd_flight, timer));
    if (flight->now_ps < flight->vtd->sim->now_ps)
        flight->now_ps = flight->vtd->sim->now_ps;
    if (flight->to_issue) {
        flight->to_issue = false;
        if (issue(flight) == VTD_WAIT)
            return;
    }
    run_later(flight);
}

/* 11.4.8.1: the unit's own accesses are not subject to protected memory; a deviation makes them so. */
static bool walk_is_blocked(const struct vtd_flight *flight, const struct vtd_access *what)
{
    return what->origin != PORT_DMA && vtd_pmr_covers(flight->vtd, what->address, what->bytes) &&
           vtd_erratum(&flight->vtd->params, VTD_E_PMR_BLOCKS_WALK);
}

enum vtd_progress vtd_flight_access(struct vtd_flight *flight, const struct vtd_access *what, vtd_phase next)
{
    struct port_request *access = &flight->access;
    flight->phase = next;
    access->kind = what->kind;
    access->origin = what->origin;
    access->address = what->address;
    access->bytes = what->bytes;
    access->snoop = what->snoop;
    access->memory_type = what->memory_type;
    access->request_id = vtd_flight_id(flight);
    if (walk_is_blocked(flight, what)) {
        access->status = PORT_ABORT;
        return VTD_GO;
    }
    if (must_wait(flight)) {
        flight->to_issue = true;
        sim_schedule(flight->vtd->sim, &flight->timer, flight->now_ps);
        return VTD_WAIT;
    }
    return issue(flight);
}

void vtd_flight_source(struct vtd_flight *flight, uint64_t address, uint64_t value)
{
    if (flight->vtd->params.provenance && flight->source_count < CACHE_SOURCES_MAX)
        flight->sources[flight->source_count++] = (struct cache_source){address, value};
}

/* ---- walkers: at most `walkers` walks at a time ---- */

enum vtd_progress vtd_flight_take_walker(struct vtd_flight *flight, vtd_phase again)
{
    struct vtd *vtd = flight->vtd;
    if (!vtd->params.walkers || flight->walker)
        return VTD_GO;
    uint16_t best = 0;
    for (uint16_t i = 1; i < vtd->params.walkers; i++)
        if (vtd->walker_free_ps[i] < vtd->walker_free_ps[best])
            best = i;
    if (vtd->walker_free_ps[best] == UINT64_MAX) {
        struct vtd_flight **place = &vtd->walker_line;
        while (*place)
            place = &(*place)->next;
        *place = flight;
        flight->next = NULL;
        flight->phase = again;
        flight->later = true;
        return VTD_WAIT;
    }
    if (flight->now_ps < vtd->walker_free_ps[best])
        flight->now_ps = vtd->walker_free_ps[best];
    vtd->walker_free_ps[best] = UINT64_MAX;
    flight->walker = (uint16_t)(best + 1u);
    return VTD_GO;
}

void vtd_flight_drop_walker(struct vtd_flight *flight)
{
    struct vtd *vtd = flight->vtd;
    if (!flight->walker)
        return;
    vtd->walker_free_ps[flight->walker - 1] = flight->now_ps;
    flight->walker = 0;
    struct vtd_flight *heir = vtd->walker_line;
    if (!heir)
        return;
    vtd->walker_line = heir->next;
    heir->next = NULL;
    sim_schedule(vtd->sim, &heir->timer, vtd->sim->now_ps);
}
