/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inflight.c - requests in flight: order of beginning, waiting line, drains.
 */
#include "xlate/inflight.h"

#include <stddef.h>

void inflight_init(struct inflight *inflight, uint32_t max)
{
    *inflight = (struct inflight){.max = max, .epoch = 1};
}

void inflight_begin(struct inflight *inflight, struct inflight_entry *entry)
{
    entry->epoch = inflight->epoch;
    entry->older = inflight->youngest;
    entry->younger = NULL;
    if (inflight->youngest)
        inflight->youngest->younger = entry;
    else
        inflight->oldest = entry;
    inflight->youngest = entry;
    inflight->count++;
}

static bool drained_before(const struct inflight *inflight, uint64_t epoch)
{
    return !inflight->oldest || inflight->oldest->epoch >= epoch;
}

static void call_drained(struct inflight *inflight)
{
    /* drained() may begin new drains: each round takes the first that is due and starts over. */
    for (;;) {
        struct inflight_drain **place = &inflight->drains;
        while (*place && !drained_before(inflight, (*place)->epoch))
            place = &(*place)->next;
        struct inflight_drain *due = *place;
        if (!due)
            return;
        *place = due->next;
        due->waiting = false;
        due->drained(due);
    }
}

void inflight_end(struct inflight *inflight, struct inflight_entry *entry, uint64_t done_ps)
{
    if (entry->older)
        entry->older->younger = entry->younger;
    else
        inflight->oldest = entry->younger;
    if (entry->younger)
        entry->younger->older = entry->older;
    else
        inflight->youngest = entry->older;
    inflight->count--;
    if (done_ps > inflight->last_done_ps)
        inflight->last_done_ps = done_ps;
    if (inflight->drains)
        call_drained(inflight);
}

void inflight_queue(struct inflight *inflight, struct pcie_request *request)
{
    request->link = NULL;
    if (inflight->line_last)
        inflight->line_last->link = request;
    else
        inflight->line_first = request;
    inflight->line_last = request;
}

struct pcie_request *inflight_dequeue(struct inflight *inflight)
{
    struct pcie_request *request = inflight->line_first;
    if (!request || inflight_full(inflight))
        return NULL;
    inflight->line_first = request->link;
    if (!inflight->line_first)
        inflight->line_last = NULL;
    request->link = NULL;
    return request;
}

bool inflight_drain(struct inflight *inflight, struct inflight_drain *drain)
{
    drain->epoch = inflight->epoch;
    if (drain->waiting)
        return false;
    if (drained_before(inflight, drain->epoch))
        return true;
    struct inflight_drain **place = &inflight->drains;
    while (*place)
        place = &(*place)->next;
    drain->next = NULL;
    drain->waiting = true;
    *place = drain;
    return false;
}

void inflight_forget(struct inflight *inflight)
{
    inflight->oldest = inflight->youngest = NULL;
    inflight->line_first = inflight->line_last = NULL;
    inflight->count = 0;
    for (struct inflight_drain *drain = inflight->drains; drain; drain = drain->next)
        drain->waiting = false;
    inflight->drains = NULL;
    inflight_raise(inflight);
}
