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

/* ---- beginning and end; what lies between is the phases' ---- */

static enum walk_progress go_on(struct walk_job *job)
{
    struct vtd_flight *flight = (struct vtd_flight *)job;
    enum walk_progress progress;
    do
        progress = flight->phase(flight);
    while (progress == WALK_GO);
    return progress;
}

static void begin(struct request_work *work)
{
    struct vtd_flight *flight = (struct vtd_flight *)work;
    struct pcie_request *request = work->request;
    bool is_page_request = work->pool == &flight->vtd->pages.pool;
    flight->translation = NULL;
    flight->page = is_page_request ? (struct vtd_page *)request : NULL;
    flight->phase = is_page_request ? vtd_flight_page_request : vtd_flight_part;
    flight->offset = 0;
    flight->merge = (struct merge_entry){0};
    flight->hazard = (struct hazard_entry){0};
    flight->source_count = 0;
    flight->context_known = flight->has_index = false;
    if (!request)
        return;
    request->data_bytes = 0;
    VTD_PROBE(flight->vtd, work->job.now_ps, request->id, is_page_request ? "page request" : "request",
              "%s rid=%x pasid=%x kind=%d address=%llx bytes=%u", is_page_request ? "taken" : "begin", request->requester_id,
              request->has_pasid ? request->pasid : UINT32_MAX, (int)request->kind, (unsigned long long)request->address,
              request->bytes);
}

static void begin_translation(struct request_work *work, void *translation)
{
    ((struct vtd_flight *)work)->translation = translation;
}

static bool answer(struct request_work *work)
{
    struct vtd_flight *flight = (struct vtd_flight *)work;
    VTD_PROBE(flight->vtd, work->job.now_ps, vtd_flight_id(flight), "request", "end status=%d", (int)flight->status);
    if (flight->vtd->interrupts_held)
        vtd_interrupts_release(flight->vtd);
    if (flight->translation) {
        flight->translation->allowed = flight->status == PCIE_SC;
        flight->translation->translated = flight->output;
        flight->translation->done_ps = work->job.now_ps;
        return false;
    }
    work->request->status = flight->status;
    work->request->done_ps = work->job.now_ps;
    return true;
}

int vtd_flights_pool_init(struct vtd *vtd, struct request_pool *pool, uint32_t places)
{
    const struct vtd_params *p = &vtd->params;
    int error = request_pool_init(pool, vtd->sim, &vtd->ports.memory, p->walkers, places, sizeof(struct vtd_flight), go_on);
    if (error)
        return error;
    pool->walks.clock_ps = p->clock_ps;
    pool->begin = begin;
    pool->answer = answer;
    for (uint32_t i = 0; i < places; i++)
        ((struct vtd_flight *)request_pool_place(pool, i))->vtd = vtd;
    return 0;
}

int vtd_flights_init(struct vtd *vtd)
{
    const struct vtd_params *p = &vtd->params;
    int requests = vtd_flights_pool_init(vtd, &vtd->requests, p->in_flight_max ? p->in_flight_max : 64);
    int lookups = lookup_ports_init(&vtd->lookups, p->lookup_ports, p->lookup_ps);
    return requests || lookups ? -ENOMEM : 0;
}

void vtd_flights_fini(struct vtd *vtd)
{
    request_pool_fini(&vtd->requests);
    lookup_ports_fini(&vtd->lookups);
}

void vtd_flights_reset(struct vtd *vtd)
{
    request_pool_reset(&vtd->requests);
    lookup_ports_reset(&vtd->lookups);
    merge_forget(&vtd->merges);
    hazard_forget(&vtd->hazards);
}

bool vtd_request(struct vtd *vtd, struct pcie_request *request)
{
    return request_pool_take(&vtd->requests, request);
}

void vtd_translate(struct vtd *vtd, struct vtd_translation *translation)
{
    if (!vtd_flight_quick(vtd, translation))
        request_pool_run(&vtd->requests, translation->issue_ps, begin_translation, translation);
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
    struct port_request *access = &flight->work.job.access;
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
    return walk_access(&flight->work.job);
}

/* Appendix A: atomic updates are always snooped. */
enum walk_progress vtd_flight_update(struct vtd_flight *flight, const struct walk_update *update, vtd_phase next)
{
    walk_update(&flight->work.job, update);
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
