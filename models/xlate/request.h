/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * request.h - the requests at work in a unit: places for them, taking and completing them, those that wait for a place.
 *
 * The owner's state of one request begins with a struct request_work. What a request does is the owner's affair (walk.h:
 * go_on()); here is who hears of its end, in which order, and what a reset leaves behind. No allocation after
 * request_pool_init().
 */
#ifndef XLATE_REQUEST_H
#define XLATE_REQUEST_H

#include "pcie/pcie.h"
#include "xlate/inflight.h"
#include "xlate/walk.h"

#include <stddef.h>

struct request_pool;

struct request_work {
    struct walk_job job; /* first */
    struct inflight_entry entry;
    struct request_pool *pool;
    struct request_work *next;    /* in the list of free places */
    struct pcie_request *request; /* NULL: on nobody's behalf */
    bool in_use;
};

struct request_pool {
    struct inflight inflight;
    struct walk_driver walks;
    uint8_t *places;
    size_t place_bytes;
    struct request_work *free;
    uint32_t resets; /* how often everything at work was dropped */
    bool pumping;
    /* A request has got a place: work->request is set, or NULL. */
    void (*begin)(struct request_work *work);
    /* It is at its end, at work->job.now_ps: fill in the answer. False: there is no request, or the owner keeps and answers it.
     */
    bool (*answer)(struct request_work *work);
};

/* place_bytes: of the owner's state. begin and answer are the owner's to set. -ENOMEM; request_pool_fini() is due even then. */
int request_pool_init(struct request_pool *pool, struct sim *sim, const struct memory_port *memory, uint32_t walkers,
                      uint32_t in_flight_max, size_t place_bytes, enum walk_progress (*go_on)(struct walk_job *job));
void request_pool_fini(struct request_pool *pool);

/* The n-th place, n < pool->inflight.max; to prepare what the owner keeps there. */
struct request_work *request_pool_place(const struct request_pool *pool, uint32_t n);

/* As the front door of a unit: true: complete. False: it waits for a place or for memory, and done() will be called. */
bool request_pool_take(struct request_pool *pool, struct pcie_request *request);

/* On nobody's behalf: begin() is called with `prepare`d state, and answer() before this returns. Memory must answer now. */
void request_pool_run(struct request_pool *pool, uint64_t issue_ps, void (*prepare)(struct request_work *work, void *context),
                      void *context);

/* Likewise, but it may take its time: answer() is called when it has ended. False: there was no place for it. */
bool request_pool_spawn(struct request_pool *pool, uint64_t issue_ps, void (*prepare)(struct request_work *work, void *context),
                        void *context);

/* Forget everything; nobody is called. Places whose access memory still owns come back with the late answers. */
void request_pool_reset(struct request_pool *pool);

#endif
