/* SPDX-License-Identifier: BSD-2-Clause */
/* legal.c - windows, and the enumeration of what values within them can compose. */
#include "build/legal.h"

#include <stdlib.h>
#include <string.h>

static void *grow(void *items, size_t count, size_t *room, size_t item_bytes)
{
    if (count < *room)
        return items;
    *room = *room ? 2 * *room : 16;
    items = realloc(items, *room * item_bytes);
    if (!items)
        abort();
    return items;
}

void legal_fini(struct legal_world *world)
{
    for (size_t i = 0; i < world->slot_count; i++)
        free(world->slots[i].versions);
    free(world->slots);
    free(world->tables);
    free(world->invalidations);
    memset(world, 0, sizeof *world);
}

uint32_t legal_add_slot(struct legal_world *world, uint32_t user)
{
    world->slots = grow(world->slots, world->slot_count, &world->slot_room, sizeof *world->slots);
    world->slots[world->slot_count] = (struct legal_slot){.user = user};
    return (uint32_t)world->slot_count++;
}

uint32_t legal_add_table(struct legal_world *world, uint32_t shift, uint64_t mask, uint32_t elsewhere)
{
    world->tables = grow(world->tables, world->table_count, &world->table_room, sizeof *world->tables);
    world->tables[world->table_count] = (struct legal_table){.shift = shift, .mask = mask, .elsewhere = elsewhere};
    return (uint32_t)world->table_count++;
}

void legal_table_slot(struct legal_world *world, uint32_t table, uint64_t index, uint32_t slot)
{
    struct legal_table *t = &world->tables[table];

    if (t->count == LEGAL_TABLE_SLOTS)
        abort();
    t->index[t->count] = index;
    t->slot[t->count++] = slot;
}

void legal_write(struct legal_world *world, uint32_t slot, uint64_t tick, const struct legal_value *value)
{
    struct legal_slot *s = &world->slots[slot];

    s->versions = grow(s->versions, s->count, &s->room, sizeof *s->versions);
    s->versions[s->count++] = (struct legal_version){tick, *value};
}

const struct legal_value *legal_now(const struct legal_world *world, uint32_t slot)
{
    const struct legal_slot *s = &world->slots[slot];

    return s->count ? &s->versions[s->count - 1].value : NULL;
}

size_t legal_submit(struct legal_world *world, uint64_t tick, bool everything, const uint64_t argument[4])
{
    struct legal_invalidation *i;

    world->invalidations =
        grow(world->invalidations, world->invalidation_count, &world->invalidation_room, sizeof *world->invalidations);
    i = &world->invalidations[world->invalidation_count];
    *i = (struct legal_invalidation){.submitted = tick, .everything = everything};
    if (argument)
        memcpy(i->argument, argument, sizeof i->argument);
    return world->invalidation_count++;
}

void legal_complete(struct legal_world *world, size_t invalidation, uint64_t tick)
{
    world->invalidations[invalidation].completed = tick;
}

/*
 * An invalidation counts when it was complete before the request was issued, and also when it was complete before the
 * request made its access: completion waits for the requests that could have used what was removed.
 */
static bool counts(const struct legal_invalidation *i, const struct legal_request *request)
{
    return i->completed && (i->completed < request->issued || i->completed < request->used);
}

uint64_t legal_window(const struct legal_world *world, uint32_t slot, const struct legal_request *request)
{
    for (size_t n = world->invalidation_count; n > 0; n--) {
        const struct legal_invalidation *i = &world->invalidations[n - 1];

        if (counts(i, request) && (i->everything || world->covers(world->context, i, slot, request)))
            return i->submitted;
    }
    return 0;
}

struct enumeration {
    const struct legal_world *world;
    const struct legal_request *request;
    struct legal_set *set;
    uint32_t depth;
};

static void found(struct enumeration *e, struct legal_outcome outcome)
{
    if (legal_has(e->set, &outcome))
        return;
    if (e->set->count == LEGAL_OUTCOMES_MAX)
        e->set->overflow = true;
    else
        e->set->items[e->set->count++] = outcome;
}

static void found_fault(struct enumeration *e, uint32_t fault)
{
    found(e, (struct legal_outcome){.fault = fault});
}

static void arrive(struct enumeration *e, const struct legal_value *value, uint32_t rights)
{
    uint64_t offset = e->request->input & ((UINT64_C(1) << value->page_lg2) - 1);

    if (e->request->access & LEGAL_READ & ~rights)
        found_fault(e, e->request->read_fault);
    else if (e->request->access & LEGAL_WRITE & ~rights)
        found_fault(e, e->request->write_fault);
    else
        found(e, (struct legal_outcome){.arrives = true, .output = value->output + offset});
}

static void enumerate(struct enumeration *e, uint32_t slot, uint32_t rights);

static void enter(struct enumeration *e, uint32_t table, uint32_t rights)
{
    const struct legal_table *t = &e->world->tables[table];
    uint64_t index = e->request->input >> t->shift & t->mask;

    for (uint32_t k = 0; k < t->count; k++)
        if (t->index[k] == index) {
            enumerate(e, t->slot[k], rights);
            return;
        }
    found_fault(e, t->elsewhere);
}

/* Every value of the slot that was in memory at some tick of [window, end]. */
static void enumerate(struct enumeration *e, uint32_t slot, uint32_t rights)
{
    const struct legal_slot *s = &e->world->slots[slot];
    uint64_t first = legal_window(e->world, slot, e->request);
    uint64_t last = e->request->used ? e->request->used : e->request->ended;

    if (++e->depth > 16)
        abort(); /* a table that leads to itself: the case is wrong */
    for (size_t n = s->count; n > 0; n--) {
        const struct legal_version *v = &s->versions[n - 1];

        if (v->from > last)
            continue;
        if (v->value.what == LEGAL_FAULT)
            found_fault(e, v->value.fault);
        else if (v->value.what == LEGAL_TABLE)
            enter(e, v->value.table, rights & v->value.rights);
        else
            arrive(e, &v->value, rights & v->value.rights);
        if (v->from <= first)
            break; /* older ones were gone when the window opened */
    }
    e->depth--;
}

void legal_outcomes(const struct legal_world *world, const struct legal_request *request, struct legal_set *set)
{
    struct enumeration e = {.world = world, .request = request, .set = set};

    set->count = 0;
    set->overflow = false;
    enumerate(&e, request->first_slot, LEGAL_READ | LEGAL_WRITE);
}

bool legal_has(const struct legal_set *set, const struct legal_outcome *outcome)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->items[i].arrives == outcome->arrives && set->items[i].output == outcome->output &&
            set->items[i].fault == outcome->fault)
            return true;
    return false;
}
