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

/* ---- the pool: no allocation after vtd_create ---- */

static enum walk_progress go_on(struct walk_job *job)
{
    struct vtd_flight *flight = (struct vtd_flight *)job;
    enum walk_progress progress;
    do
        progress = flight->phase(flight);
    while (progress == WALK_GO);
    return progress;
}

static void ended(struct walk_job *job);
static void returned(struct walk_job *job);

int vtd_flights_init(struct vtd *vtd)
{
    const struct vtd_params *p = &vtd->params;
    uint32_t max = p->in_flight_max ? p->in_flight_max : 64;
    inflight_init(&vtd->inflight, max);
    vtd->flights = calloc(max, sizeof *vtd->flights);
    int walks = walk_driver_init(&vtd->walks, vtd->sim, &vtd->ports.memory, p->walkers);
    int lookups = lookup_ports_init(&vtd->lookups, p->lookup_ports, p->lookup_ps);
    if (walks || lookups || !vtd->flights)
        return -ENOMEM;
    vtd->walks.clock_ps = p->clock_ps;
    vtd->walks.go_on = go_on;
    vtd->walks.ended = ended;
    vtd->walks.returned = returned;
    for (uint32_t i = max; i-- > 0;) {
        struct vtd_flight *flight = &vtd->flights[i];
        flight->vtd = vtd;
        walk_job_init(&flight->job, &vtd->walks);
        flight->next = vtd->free_flights;
        vtd->free_flights = flight;
    }
    return 0;
}

void vtd_flights_fini(struct vtd *vtd)
{
    for (uint32_t i = 0; vtd->flights && i < vtd->inflight.max; i++)
        walk_job_fini(&vtd->flights[i].job);
    free(vtd->flights);
    walk_driver_fini(&vtd->walks);
    lookup_ports_fini(&vtd->lookups);
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
    vtd->resets++;
    walk_forget_line(&vtd->walks);
    lookup_ports_reset(&vtd->lookups);
    merge_forget(&vtd->merges);
    hazard_forget(&vtd->hazards);
    for (uint32_t i = 0; i < vtd->inflight.max; i++) {
        struct vtd_flight *flight = &vtd->flights[i];
        if (flight->in_use && !flight->job.stale && walk_drop(&flight->job))
            give_back(flight);
    }
    inflight_forget(&vtd->inflight);
}

static struct vtd_flight *take(struct vtd *vtd, uint64_t issue_ps)
{
    struct vtd_flight *flight = vtd->free_flights;
    vtd->free_flights = flight->next;
    flight->next = NULL;
    flight->in_use = true;
    flight->offset = 0;
    flight->merge = (struct merge_entry){0};
    flight->hazard = (struct hazard_entry){0};
    walk_job_start(&flight->job, issue_ps);
    flight->source_count = 0;
    inflight_begin(&vtd->inflight, &flight->entry);
    return flight;
}

/* ---- moving on ---- */

static void answer(struct vtd_flight *flight)
{
    VTD_PROBE(flight->vtd, flight->job.now_ps, vtd_flight_id(flight), "request", "end status=%d", (int)flight->status);
    if (flight->translation) {
        flight->translation->allowed = flight->status == PCIE_SC;
        flight->translation->translated = flight->output;
        flight->translation->done_ps = flight->job.now_ps;
        return;
    }
    flight->request->status = flight->status;
    flight->request->done_ps = flight->job.now_ps;
}

static void leave(struct vtd_flight *flight)
{
    struct vtd *vtd = flight->vtd;
    inflight_end(&vtd->inflight, &flight->entry, flight->job.now_ps);
    give_back(flight);
}

/*
 * The requester hears of it before anybody who waits for the request to be drained. A requester that resets the unit there
 * and then has taken the place back already.
 */
static void complete(struct vtd_flight *flight)
{
    struct vtd *vtd = flight->vtd;
    uint32_t resets = vtd->resets;
    answer(flight);
    flight->request->done(flight->request);
    if (vtd->resets == resets)
        leave(flight);
}

static void begin(struct vtd_flight *flight, struct pcie_request *request)
{
    flight->request = request;
    flight->translation = NULL;
    request->data_bytes = 0;
    flight->phase = vtd_flight_part;
    VTD_PROBE(flight->vtd, flight->job.now_ps, request->id, "request", "begin rid=%x pasid=%x kind=%d address=%llx bytes=%u",
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
        if (!walk_run(&flight->job))
            continue;
        complete(flight);
    }
    vtd->pumping = false;
}

static void ended(struct walk_job *job)
{
    struct vtd_flight *flight = (struct vtd_flight *)job;
    complete(flight);
    pump(flight->vtd);
}

static void returned(struct walk_job *job)
{
    struct vtd_flight *flight = (struct vtd_flight *)job;
    give_back(flight);
    pump(flight->vtd);
}

bool vtd_request(struct vtd *vtd, struct pcie_request *request)
{
    if (!vtd->free_flights || inflight_full(&vtd->inflight) || vtd->inflight.line_first) {
        inflight_queue(&vtd->inflight, request);
        return false;
    }
    struct vtd_flight *flight = take(vtd, request->issue_ps);
    begin(flight, request);
    if (!walk_run(&flight->job))
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
    if (!walk_run(&flight->job))
        abort(); /* the memory port did not answer now */
    answer(flight);
    leave(flight);
}

/* ---- memory ---- */

/* 11.4.8.1: the unit's own accesses are not subject to protected memory; a deviation makes them so. */
static bool walk_is_blocked(const struct vtd_flight *flight, const struct vtd_access *what)
{
    return what->origin != PORT_DMA && vtd_pmr_covers(flight->vtd, what->address, what->bytes) &&
           vtd_erratum(&flight->vtd->params, VTD_E_PMR_BLOCKS_WALK);
}

enum walk_progress vtd_flight_access(struct vtd_flight *flight, const struct vtd_access *what, vtd_phase next)
{
    struct port_request *access = &flight->job.access;
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
        return WALK_GO;
    }
    return walk_access(&flight->job);
}

/* Appendix A: atomic updates are always snooped. */
enum walk_progress vtd_flight_update(struct vtd_flight *flight, const struct walk_update *update, vtd_phase next)
{
    walk_update(&flight->job, update);
    const struct vtd_access what = {
        .kind = vtd_erratum(&flight->vtd->params, VTD_E_AD_NOT_ATOMIC) ? PORT_WRITE : PORT_CMPXCHG,
        .origin = PORT_WALK,
        .address = update->address,
        .bytes = 8,
        .snoop = true,
        .memory_type = PORT_WB,
    };
    return vtd_flight_access(flight, &what, next);
}

void vtd_flight_source(struct vtd_flight *flight, uint64_t address, uint64_t value)
{
    if (flight->vtd->params.provenance && flight->source_count < CACHE_SOURCES_MAX)
        flight->sources[flight->source_count++] = (struct cache_source){address, value};
}
