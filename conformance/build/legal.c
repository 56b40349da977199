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

uint32_t legal_through(struct legal_world *world, uint32_t slot)
{
    uint32_t table = legal_add_table(world, 0, 0, 0);

    legal_table_slot(world, table, 0, slot);
    return table;
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

/* LEGAL_NONE: elsewhere. */
static uint32_t slot_in(const struct legal_table *t, const struct legal_request *request)
{
    uint64_t index = request->input >> t->shift & t->mask;

    for (uint32_t k = 0; k < t->count; k++)
        if (t->index[k] == index)
            return t->slot[k];
    return LEGAL_NONE;
}

static uint64_t page_address(const struct legal_value *value, uint64_t input)
{
    return value->output + (input & ((UINT64_C(1) << value->page_lg2) - 1));
}

uint32_t legal_used(const struct legal_world *world, const struct legal_request *request, uint32_t slots[LEGAL_DEPTH_MAX],
                    uint64_t *input)
{
    struct legal_request r = *request;
    uint32_t slot = r.first_slot, count = 0;

    while (slot != LEGAL_NONE && count < LEGAL_DEPTH_MAX) {
        const struct legal_value *v = legal_now(world, slot);

        slots[count++] = slot;
        *input = r.input;
        if (!v || v->what == LEGAL_FAULT || v->what == LEGAL_PAGE)
            break;
        if (v->what == LEGAL_STAGE)
            r.input = page_address(v, r.input);
        slot = slot_in(&world->tables[v->table], &r);
    }
    return count;
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

/* Where the enumeration has been: what is composable from there is in the set already. */
#define VISITED_MAX 512u
struct visit {
    uint32_t slot, rights;
    uint64_t input;
};

struct enumeration {
    const struct legal_world *world;
    struct legal_request request; /* `input`: what the stage translates */
    struct legal_set *set;
    uint32_t depth;
    struct visit visited[VISITED_MAX];
    uint32_t visited_count;
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

/* Rights that do not suffice are told where they are missed: at the page of either stage. */
static bool rights_suffice(struct enumeration *e, uint32_t rights)
{
    if (e->request.access & LEGAL_READ & ~rights)
        found_fault(e, e->request.read_fault);
    else if (e->request.access & LEGAL_WRITE & ~rights)
        found_fault(e, e->request.write_fault);
    else
        return true;
    return false;
}

static void enumerate(struct enumeration *e, uint32_t slot, uint32_t rights);

static void enter(struct enumeration *e, uint32_t table, uint32_t rights)
{
    const struct legal_table *t = &e->world->tables[table];
    uint32_t slot = slot_in(t, &e->request);

    if (slot == LEGAL_NONE)
        found_fault(e, t->elsewhere);
    else
        enumerate(e, slot, rights);
}

static bool visited(struct enumeration *e, uint32_t slot, uint32_t rights)
{
    for (uint32_t i = 0; i < e->visited_count; i++)
        if (e->visited[i].slot == slot && e->visited[i].rights == rights && e->visited[i].input == e->request.input)
            return true;
    if (e->visited_count < VISITED_MAX)
        e->visited[e->visited_count++] = (struct visit){slot, rights, e->request.input};
    return false;
}

static void use(struct enumeration *e, const struct legal_value *value, uint32_t rights)
{
    uint64_t input = e->request.input;

    switch (value->what) {
    case LEGAL_FAULT:
        found_fault(e, value->fault);
        break;
    case LEGAL_TABLE:
        enter(e, value->table, rights);
        break;
    case LEGAL_PAGE:
        if (rights_suffice(e, rights))
            found(e, (struct legal_outcome){.arrives = true, .output = page_address(value, input)});
        break;
    case LEGAL_STAGE:
        if (!rights_suffice(e, rights))
            break;
        e->request.input = page_address(value, input);
        enter(e, value->table, LEGAL_READ | LEGAL_WRITE);
        e->request.input = input;
        break;
    }
}

/* Every value of the slot that was in memory at some tick of [window, end]. */
static void enumerate(struct enumeration *e, uint32_t slot, uint32_t rights)
{
    const struct legal_slot *s = &e->world->slots[slot];
    uint64_t last = e->request.used ? e->request.used : e->request.ended, first;

    if (visited(e, slot, rights))
        return;
    first = legal_window(e->world, slot, &e->request);
    if (++e->depth > LEGAL_DEPTH_MAX)
        abort(); /* a table that leads to itself: the case is wrong */
    for (size_t n = s->count; n > 0; n--) {
        const struct legal_version *v = &s->versions[n - 1];

        if (v->from > last)
            continue;
        use(e, &v->value, rights & v->value.rights);
        if (v->from <= first)
            break; /* older ones were gone when the window opened */
    }
    e->depth--;
}

void legal_outcomes(const struct legal_world *world, const struct legal_request *request, struct legal_set *set)
{
    struct enumeration e;

    e.world = world;
    e.request = *request;
    e.set = set;
    e.depth = e.visited_count = 0;
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
