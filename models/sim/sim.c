/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim.c - the event queue (a pairing heap of intrusive events) and the seeded generator.
 */
#include "sim/sim.h"

#include <stddef.h>
#include <stdlib.h>

/* ---- generator: xoshiro256** (Blackman and Vigna), seeded by splitmix64 as its authors advise ---- */

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

void sim_rng_seed(struct sim_rng *rng, uint64_t seed)
{
    for (unsigned i = 0; i < 4; i++)
        rng->state[i] = splitmix64(&seed);
}

static uint64_t rotate_left(uint64_t x, unsigned by)
{
    return x << by | x >> (64u - by);
}

uint64_t sim_rng_next(struct sim_rng *rng)
{
    uint64_t *s = rng->state;
    uint64_t result = rotate_left(s[1] * 5u, 7) * 9u;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

/* Values below 2^64 mod end are thrown away: what is left is a whole number of rounds of `end`. */
uint64_t sim_rng_below(struct sim_rng *rng, uint64_t end)
{
    if (!end)
        abort();
    uint64_t uneven = (0u - end) % end;
    uint64_t value;
    do
        value = sim_rng_next(rng);
    while (value < uneven);
    return value % end;
}

/* ---- heap ---- */

static bool earlier(const struct sim_event *a, const struct sim_event *b)
{
    return a->when_ps != b->when_ps ? a->when_ps < b->when_ps : a->order < b->order;
}

/* Either may be NULL. The result has neither sibling nor previous. */
static struct sim_event *meld(struct sim_event *a, struct sim_event *b)
{
    if (!a || !b)
        return a ? a : b;
    if (earlier(b, a)) {
        struct sim_event *swap = a;
        a = b;
        b = swap;
    }
    b->sibling = a->child;
    if (b->sibling)
        b->sibling->previous = b;
    b->previous = a;
    a->child = b;
    return a;
}

static struct sim_event *detach_first(struct sim_event **list)
{
    struct sim_event *event = *list;
    if (event) {
        *list = event->sibling;
        event->sibling = event->previous = NULL;
    }
    return event;
}

/* The two passes: meld neighbours from left to right, then the pairs from right to left. */
static struct sim_event *meld_all(struct sim_event *list)
{
    struct sim_event *pairs = NULL;
    while (list) {
        struct sim_event *a = detach_first(&list);
        struct sim_event *pair = meld(a, detach_first(&list));
        pair->sibling = pairs;
        pairs = pair;
    }
    struct sim_event *root = NULL;
    while (pairs)
        root = meld(root, detach_first(&pairs));
    return root;
}

static void insert(struct sim *sim, struct sim_event *event)
{
    event->child = event->sibling = event->previous = NULL;
    event->scheduled = true;
    sim->root = meld(sim->root, event);
}

static void remove_event(struct sim *sim, struct sim_event *event)
{
    if (event == sim->root) {
        sim->root = NULL;
    } else {
        if (event->previous->child == event)
            event->previous->child = event->sibling;
        else
            event->previous->sibling = event->sibling;
        if (event->sibling)
            event->sibling->previous = event->previous;
    }
    sim->root = meld(sim->root, meld_all(event->child));
    event->child = event->sibling = event->previous = NULL;
    event->scheduled = false;
}

/* ---- time ---- */

void sim_init(struct sim *sim, uint64_t seed)
{
    *sim = (struct sim){0};
    sim_rng_seed(&sim->rng, seed);
}

void sim_schedule(struct sim *sim, struct sim_event *event, uint64_t when_ps)
{
    if (when_ps < sim->now_ps)
        abort();
    sim_cancel(sim, event);
    sim->scheduled_count++;
    event->when_ps = when_ps;
    event->order = sim->explore ? sim_rng_next(&sim->rng) : sim->next_order++;
    insert(sim, event);
}

void sim_cancel(struct sim *sim, struct sim_event *event)
{
    if (event->scheduled)
        remove_event(sim, event);
}

bool sim_next_ps(const struct sim *sim, uint64_t *when_ps)
{
    if (!sim->root)
        return false;
    *when_ps = sim->root->when_ps;
    return true;
}

bool sim_step(struct sim *sim, uint64_t last_ps)
{
    struct sim_event *event = sim->root;
    if (!event || event->when_ps > last_ps)
        return false;
    remove_event(sim, event);
    sim->now_ps = event->when_ps;
    event->fire(event);
    return true;
}

void sim_run(struct sim *sim, uint64_t last_ps)
{
    while (sim_step(sim, last_ps))
        continue;
    if (sim->now_ps < last_ps)
        sim->now_ps = last_ps;
}
