/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The oracle of the torture cases against brute force: on tiny random histories, every choice of a moment for every entry is
 * tried, and the tables as they were at these moments are walked.
 */
#include "build/legal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SLOTS 4u /* one top entry, one in the middle, two leaves */
#define TICKS 9u
#define READ_FAULT 100u
#define WRITE_FAULT 101u

static uint64_t random_state;

static uint32_t below(uint32_t end)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(random_state >> 33) % end;
}

/* Bit n of argument[0]: covers slot n. */
static bool covers(void *context, const struct legal_invalidation *i, uint32_t slot, const struct legal_request *request)
{
    (void)context;
    (void)request;
    return i->argument[0] >> slot & 1;
}

struct history {
    struct legal_world world;
    struct legal_value at[SLOTS][TICKS + 1]; /* what memory held from that tick on */
};

static struct legal_value random_value(uint32_t slot)
{
    struct legal_value v = {.what = LEGAL_FAULT, .fault = slot, .page_lg2 = 12, .rights = 1 + below(3)};

    if (!below(4))
        return v;
    v.what = slot < 2 ? LEGAL_TABLE : LEGAL_PAGE;
    v.table = slot;
    v.output = (1 + below(3)) << 12;
    return v;
}

static void make_history(struct history *h)
{
    memset(h, 0, sizeof *h);
    h->world.covers = covers;
    for (uint32_t i = 0; i < SLOTS; i++)
        legal_add_slot(&h->world, i);
    legal_add_table(&h->world, 0, 0, 7); /* below slot 0: slot 1 */
    legal_table_slot(&h->world, 0, 0, 1);
    legal_add_table(&h->world, 12, 1, 7); /* below slot 1: slots 2 and 3 by address bit 12 */
    legal_table_slot(&h->world, 1, 0, 2);
    legal_table_slot(&h->world, 1, 1, 3);
    for (uint32_t i = 0; i < SLOTS; i++) {
        struct legal_value v = random_value(i);

        legal_write(&h->world, i, 0, &v);
        h->at[i][0] = v;
    }
    for (uint64_t tick = 1; tick <= TICKS; tick++) {
        uint32_t slot = below(SLOTS + 2);

        for (uint32_t i = 0; i < SLOTS; i++)
            h->at[i][tick] = h->at[i][tick - 1];
        if (slot < SLOTS) {
            struct legal_value v = random_value(slot);

            legal_write(&h->world, slot, tick, &v);
            h->at[slot][tick] = v;
        } else {
            uint64_t argument[4] = {below(16), 0, 0, 0};
            size_t n = legal_submit(&h->world, tick, below(8) == 0, argument);

            if (below(3))
                legal_complete(&h->world, n, tick + 1 + below(2));
        }
    }
}

/* The rule word for word: the earliest moment for an entry. */
static uint64_t earliest(const struct history *h, uint32_t slot, const struct legal_request *r)
{
    uint64_t first = 0;

    for (size_t n = 0; n < h->world.invalidation_count; n++) {
        const struct legal_invalidation *i = &h->world.invalidations[n];
        bool in_time = i->completed && (i->completed < r->issued || (r->used && i->completed < r->used));

        if (in_time && (i->everything || covers(NULL, i, slot, r)) && i->submitted > first)
            first = i->submitted;
    }
    return first;
}

static struct legal_outcome walk(const struct history *h, const uint64_t *moment, const struct legal_request *r)
{
    uint32_t path[3] = {0, 1, r->input >> 12 & 1 ? 3 : 2}, rights = 3;

    for (uint32_t i = 0; i < 3; i++) {
        const struct legal_value *v = &h->at[path[i]][moment[path[i]]];

        if (v->what == LEGAL_FAULT)
            return (struct legal_outcome){.fault = v->fault};
        rights &= v->rights;
        if (v->what == LEGAL_PAGE) {
            if (r->access & LEGAL_READ & ~rights)
                return (struct legal_outcome){.fault = READ_FAULT};
            if (r->access & LEGAL_WRITE & ~rights)
                return (struct legal_outcome){.fault = WRITE_FAULT};
            return (struct legal_outcome){.arrives = true, .output = v->output + (r->input & 0xfff)};
        }
    }
    abort();
}

static void brute_force(const struct history *h, const struct legal_request *r, struct legal_set *set)
{
    uint64_t last = r->used ? r->used : r->ended, first[SLOTS], moment[SLOTS];

    set->count = 0;
    for (uint32_t i = 0; i < SLOTS; i++)
        first[i] = earliest(h, i, r);
    for (moment[0] = first[0]; moment[0] <= last; moment[0]++)
        for (moment[1] = first[1]; moment[1] <= last; moment[1]++)
            for (moment[2] = first[2]; moment[2] <= last; moment[2]++)
                for (moment[3] = first[3]; moment[3] <= last; moment[3]++) {
                    struct legal_outcome o = walk(h, moment, r);

                    if (!legal_has(set, &o))
                        set->items[set->count++] = o;
                }
}

static void same_as_brute_force(void **state)
{
    size_t more_than_one = 0;

    (void)state;
    for (random_state = 1; random_state < 3000000; random_state += 1000) {
        uint64_t seed = random_state;
        struct history h;
        struct legal_set expected, seen;
        struct legal_request r = {.read_fault = READ_FAULT, .write_fault = WRITE_FAULT};

        /* Drawn one at a time: the order of evaluation in an initialiser is the compiler's choice. */
        r.input = below(2) << 12 | 0x128;
        r.access = 1 + below(3);
        make_history(&h);
        r.issued = 1 + below(TICKS - 2);
        r.ended = r.issued + below((uint32_t)(TICKS - r.issued));
        r.used = below(2) ? r.issued + below((uint32_t)(r.ended - r.issued + 1)) : 0;
        brute_force(&h, &r, &expected);
        legal_outcomes(&h.world, &r, &seen);
        assert_false(seen.overflow);
        assert_int_equal(expected.count, seen.count);
        for (size_t i = 0; i < expected.count; i++)
            assert_true(legal_has(&seen, &expected.items[i]));
        more_than_one += expected.count > 1;
        legal_fini(&h.world);
        random_state = seed;
    }
    assert_true(more_than_one > 300); /* the histories are worth the trouble */
}

static void many_outcomes_overflow(void **state)
{
    struct legal_world world = {.covers = covers};
    struct legal_request r = {.access = LEGAL_READ, .issued = 1, .ended = 1000};
    struct legal_set set;

    (void)state;
    legal_add_slot(&world, 0);
    for (uint64_t i = 0; i <= LEGAL_OUTCOMES_MAX; i++) {
        struct legal_value v = {.what = LEGAL_PAGE, .rights = LEGAL_READ, .output = i << 12, .page_lg2 = 12};

        legal_write(&world, 0, i, &v);
        legal_outcomes(&world, &r, &set);
        assert_int_equal(i == LEGAL_OUTCOMES_MAX, set.overflow);
    }
    legal_fini(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_as_brute_force), cmocka_unit_test(many_outcomes_overflow)};

    return cmocka_run_group_tests_name("legal outcomes", tests, NULL, NULL);
}
