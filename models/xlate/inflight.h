/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inflight.h - requests in flight: a limit with a waiting line, and draining by epochs.
 *
 * Every invalidation raises the epoch. A request carries the epoch in which it began to read, so two questions have cheap
 * answers: may what it read be cached (its epoch is still the current one), and is every request that could have used an
 * entry dropped by an invalidation finished (no request of an older epoch is in flight). Requests begin in order, so the
 * list in order of beginning is in order of epochs too and its head decides.
 */
#ifndef XLATE_INFLIGHT_H
#define XLATE_INFLIGHT_H

#include "pcie/pcie.h"

#include <stdbool.h>
#include <stdint.h>

/* Embedded in the user's state of one request. */
struct inflight_entry {
    struct inflight_entry *older, *younger;
    uint64_t epoch; /* in which it began, or began anew */
};

/* Somebody waiting until all requests of epochs before `epoch` are finished. */
struct inflight_drain {
    void (*drained)(struct inflight_drain *drain);
    void *owner;
    struct inflight_drain *next;
    uint64_t epoch;
    bool waiting;
};

struct inflight {
    struct inflight_entry *oldest, *youngest;
    struct inflight_drain *drains;               /* in order of arrival */
    struct pcie_request *line_first, *line_last; /* requests waiting for a place, by their link */
    uint64_t epoch;
    uint64_t last_done_ps; /* largest completion stamp seen: decoupled time */
    uint32_t count, max;
};

void inflight_init(struct inflight *inflight, uint32_t max);

static inline bool inflight_full(const struct inflight *inflight)
{
    return inflight->count == inflight->max;
}

static inline bool inflight_empty(const struct inflight *inflight)
{
    return inflight->count == 0 && !inflight->line_first;
}

/* A request begins. There must be a place. */
void inflight_begin(struct inflight *inflight, struct inflight_entry *entry);

/* It is finished; drains that this completes are called, oldest first. */
void inflight_end(struct inflight *inflight, struct inflight_entry *entry, uint64_t done_ps);

/* Requests that find no place wait in order of arrival. */
void inflight_queue(struct inflight *inflight, struct pcie_request *request);
struct pcie_request *inflight_dequeue(struct inflight *inflight); /* NULL when nobody waits or there is no place */

/* From now on nothing that a request in flight has read may be cached. */
static inline void inflight_raise(struct inflight *inflight)
{
    inflight->epoch++;
}

/* What this request has read is younger than every invalidation. */
static inline bool inflight_current(const struct inflight *inflight, const struct inflight_entry *entry)
{
    return entry->epoch == inflight->epoch;
}

/*
 * Wait until every request that began before the last inflight_raise() is finished. True: none is left, and drained() is not
 * called. False: drained() is called once. A drain that waits already goes on waiting, for the new epoch.
 */
bool inflight_drain(struct inflight *inflight, struct inflight_drain *drain);

/* Forget everything in flight and everybody waiting, without calling anyone: reset. */
void inflight_forget(struct inflight *inflight);

#endif
