/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * request.c - places for requests at work, and the order in which their end is made known.
 */
#include "xlate/request.h"

#include <errno.h>
#include <stdlib.h>

static void ended(struct walk_job *job);
static void returned(struct walk_job *job);

struct request_work *request_pool_place(const struct request_pool *pool, uint32_t n)
{
    return (struct request_work *)(pool->places + n * pool->place_bytes);
}

static void give_back(struct request_work *work)
{
    work->in_use = false;
    work->request = NULL;
    work->next = work->pool->free;
    work->pool->free = work;
}

int request_pool_init(struct request_pool *pool, struct sim *sim, const struct memory_port *memory, uint32_t walkers,
                      uint32_t in_flight_max, size_t place_bytes, enum walk_progress (*go_on)(struct walk_job *job))
{
    inflight_init(&pool->inflight, in_flight_max);
    pool->place_bytes = place_bytes;
    pool->places = calloc(in_flight_max, place_bytes);
    if (walk_driver_init(&pool->walks, sim, memory, walkers) || !pool->places)
        return -ENOMEM;
    pool->walks.go_on = go_on;
    pool->walks.ended = ended;
    pool->walks.returned = returned;
    for (uint32_t i = in_flight_max; i-- > 0;) {
        struct request_work *work = request_pool_place(pool, i);
        work->pool = pool;
        walk_job_init(&work->job, &pool->walks);
        give_back(work);
    }
    return 0;
}

void request_pool_fini(struct request_pool *pool)
{
    for (uint32_t i = 0; pool->places && i < pool->inflight.max; i++)
        walk_job_fini(&request_pool_place(pool, i)->job);
    free(pool->places);
    walk_driver_fini(&pool->walks);
}

void request_pool_reset(struct request_pool *pool)
{
    pool->resets++;
    walk_forget_line(&pool->walks);
    for (uint32_t i = 0; i < pool->inflight.max; i++) {
        struct request_work *work = request_pool_place(pool, i);
        if (work->in_use && !work->job.stale && walk_drop(&work->job))
            give_back(work);
    }
    inflight_forget(&pool->inflight);
}

static struct request_work *take(struct request_pool *pool, uint64_t issue_ps)
{
    struct request_work *work = pool->free;
    pool->free = work->next;
    work->next = NULL;
    work->in_use = true;
    walk_job_start(&work->job, issue_ps);
    inflight_begin(&pool->inflight, &work->entry);
    return work;
}

static void leave(struct request_work *work)
{
    struct request_pool *pool = work->pool;
    inflight_end(&pool->inflight, &work->entry, work->job.now_ps);
    give_back(work);
}

/*
 * The requester hears of it before anybody who waits for the request to be drained. A requester that resets the unit there
 * and then has taken the place back already.
 */
static void complete(struct request_work *work)
{
    struct request_pool *pool = work->pool;
    uint32_t resets = pool->resets;
    if (pool->answer(work))
        work->request->done(work->request);
    if (pool->resets == resets)
        leave(work);
}

static void begin(struct request_work *work, struct pcie_request *request)
{
    work->request = request;
    work->pool->begin(work);
}

/* Requests that waited for a place. */
static void pump(struct request_pool *pool)
{
    if (pool->pumping)
        return;
    pool->pumping = true;
    while (pool->free) {
        struct pcie_request *request = inflight_dequeue(&pool->inflight);
        if (!request)
            break;
        struct request_work *work = take(pool, request->issue_ps);
        begin(work, request);
        if (walk_run(&work->job))
            complete(work);
    }
    pool->pumping = false;
}

static void ended(struct walk_job *job)
{
    struct request_work *work = (struct request_work *)job;
    struct request_pool *pool = work->pool;
    complete(work);
    pump(pool);
}

static void returned(struct walk_job *job)
{
    struct request_work *work = (struct request_work *)job;
    give_back(work);
    pump(work->pool);
}

bool request_pool_take(struct request_pool *pool, struct pcie_request *request)
{
    if (!pool->free || inflight_full(&pool->inflight) || pool->inflight.line_first) {
        inflight_queue(&pool->inflight, request);
        return false;
    }
    struct request_work *work = take(pool, request->issue_ps);
    begin(work, request);
    if (!walk_run(&work->job))
        return false;
    bool complete_now = pool->answer(work);
    leave(work);
    if (pool->inflight.line_first)
        pump(pool);
    return complete_now;
}

/* True: it has ended. */
static bool run(struct request_pool *pool, uint64_t issue_ps, void (*prepare)(struct request_work *work, void *context),
                void *context)
{
    struct request_work *work = take(pool, issue_ps);
    begin(work, NULL);
    prepare(work, context);
    if (!walk_run(&work->job))
        return false;
    pool->answer(work);
    leave(work);
    return true;
}

void request_pool_run(struct request_pool *pool, uint64_t issue_ps, void (*prepare)(struct request_work *work, void *context),
                      void *context)
{
    /* Functional mode: nothing else is in flight, and memory answers now. */
    if (!pool->free || !run(pool, issue_ps, prepare, context))
        abort();
}

bool request_pool_spawn(struct request_pool *pool, uint64_t issue_ps, void (*prepare)(struct request_work *work, void *context),
                        void *context)
{
    if (!pool->free || inflight_full(&pool->inflight) || pool->inflight.line_first)
        return false;
    run(pool, issue_ps, prepare, context);
    return true;
}
