/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * itags.c - outstanding invalidations of device TLBs. Tags are handed out in turn, so that a completion that comes too late is
 * not taken for one of the next invalidation.
 */
#include "xlate/itags.h"

#include <stddef.h>

static void timer_fires(struct sim_event *event);

void itags_init(struct itag_table *table, struct sim *sim, uint64_t timeout_ps)
{
    *table = (struct itag_table){.sim = sim, .timeout_ps = timeout_ps};
    table->timer.fire = timer_fires;
}

void itags_fini(struct itag_table *table)
{
    sim_cancel(table->sim, &table->timer);
}

/* ---- time ---- */

/* The number of the oldest invalidation that is outstanding; UINT64_MAX if there is none. */
static uint64_t oldest(const struct itag_table *table)
{
    uint64_t number = UINT64_MAX;
    for (unsigned i = 0; i < PCIE_ITAGS; i++)
        if (table->tags[i].number && table->tags[i].number < number)
            number = table->tags[i].number;
    return number;
}

static void set_timer(struct itag_table *table)
{
    uint64_t first_ps = UINT64_MAX;
    sim_cancel(table->sim, &table->timer);
    if (!table->timeout_ps)
        return;
    for (unsigned i = 0; i < PCIE_ITAGS; i++)
        if (table->tags[i].number && table->tags[i].deadline_ps < first_ps)
            first_ps = table->tags[i].deadline_ps;
    if (first_ps != UINT64_MAX)
        sim_schedule(table->sim, &table->timer, first_ps);
}

/* ---- the end of an invalidation ---- */

static void release(struct itag_table *table, struct itag *tag)
{
    *tag = (struct itag){0};
    table->count--;
}

/* drained() may begin new drains, and send: each round takes the first that is due and starts over. */
static void call_drained(struct itag_table *table)
{
    for (;;) {
        struct itag_drain **place = &table->drains;
        while (*place && (*place)->number >= oldest(table))
            place = &(*place)->next;
        struct itag_drain *due = *place;
        if (!due)
            return;
        *place = due->next;
        due->waiting = false;
        due->drained(due);
    }
}

static void tags_freed(struct itag_table *table)
{
    set_timer(table);
    call_drained(table);
    if (table->freed)
        table->freed(table);
}

static void timer_fires(struct sim_event *event)
{
    struct itag_table *table = (struct itag_table *)((char *)event - offsetof(struct itag_table, timer));
    for (unsigned i = 0; i < PCIE_ITAGS; i++) {
        struct itag *tag = &table->tags[i];
        if (!tag->number || tag->deadline_ps > table->sim->now_ps)
            continue;
        uint16_t device_id = tag->device_id;
        release(table, tag);
        table->timed_out(table, device_id);
    }
    tags_freed(table);
}

/* ---- the interface ---- */

static uint32_t pending(const struct itag_table *table, uint16_t group)
{
    uint32_t count = 0;
    for (unsigned i = 0; i < PCIE_ITAGS; i++)
        count += table->tags[i].number && table->tags[i].group == group;
    return count;
}

int itags_take(struct itag_table *table, uint16_t device_id, uint16_t group, uint32_t pending_max)
{
    if (table->count == PCIE_ITAGS || (pending_max && pending(table, group) >= pending_max))
        return -1;
    uint32_t at = table->next;
    while (table->tags[at].number)
        at = (at + 1u) % PCIE_ITAGS;
    table->next = (at + 1u) % PCIE_ITAGS;
    table->count++;
    table->tags[at] = (struct itag){
        .number = ++table->sent,
        .deadline_ps = table->sim->now_ps + table->timeout_ps,
        .device_id = device_id,
        .group = group,
    };
    set_timer(table);
    return (int)at;
}

uint32_t itags_complete(struct itag_table *table, const struct pcie_message *completion)
{
    uint32_t expected = completion->completion_count ? completion->completion_count : 8u;
    uint32_t unknown = 0, count = table->count;
    for (unsigned i = 0; i < PCIE_ITAGS; i++) {
        struct itag *tag = &table->tags[i];
        if (!(completion->itag >> i & 1u))
            continue;
        if (!tag->number || tag->device_id != completion->device_id)
            unknown |= UINT32_C(1) << i;
        else if (++tag->completions >= expected)
            release(table, tag);
    }
    if (table->count != count)
        tags_freed(table);
    return unknown;
}

bool itags_drain(struct itag_table *table, struct itag_drain *drain)
{
    drain->number = table->sent;
    if (drain->waiting)
        return false;
    if (drain->number < oldest(table))
        return true;
    struct itag_drain **place = &table->drains;
    while (*place)
        place = &(*place)->next;
    drain->next = NULL;
    drain->waiting = true;
    *place = drain;
    return false;
}

void itags_cancel(struct itag_table *table, struct itag_drain *drain)
{
    for (struct itag_drain **place = &table->drains; *place; place = &(*place)->next)
        if (*place == drain) {
            *place = drain->next;
            break;
        }
    drain->waiting = false;
}

void itags_forget(struct itag_table *table)
{
    sim_cancel(table->sim, &table->timer);
    for (unsigned i = 0; i < PCIE_ITAGS; i++)
        table->tags[i] = (struct itag){0};
    table->count = 0;
    for (struct itag_drain *drain = table->drains; drain; drain = drain->next)
        drain->waiting = false;
    table->drains = NULL;
}
