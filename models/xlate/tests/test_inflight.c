/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_inflight.c - requests in flight: random begins, ends and raises against the rule stated anew; the waiting line.
 */
#include "xlate/inflight.h"

#include "sim/sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { PLACES = 8, DRAINS = 4 };

struct waiter {
    struct inflight_drain drain; /* first */
    bool waiting;                /* as the rule says */
    uint64_t asked;              /* number of the begin before which all must have ended */
    unsigned called;
    const struct bench *bench;
};

struct bench {
    struct inflight inflight;
    struct inflight_entry entries[PLACES];
    bool busy[PLACES];
    uint64_t begun[PLACES]; /* number of the begin */
    bool raised[PLACES];    /* since it began */
    struct waiter waiters[DRAINS];
    uint64_t begins, before_raise; /* begins made before the last raise */
};

static bool all_ended(const struct bench *bench, uint64_t asked)
{
    for (unsigned i = 0; i < PLACES; i++)
        if (bench->busy[i] && bench->begun[i] < asked)
            return false;
    return true;
}

static void drained(struct inflight_drain *drain)
{
    struct waiter *waiter = (struct waiter *)drain;
    assert_true(waiter->waiting);
    assert_true(all_ended(waiter->bench, waiter->asked));
    waiter->waiting = false;
    waiter->called++;
}

static void end(struct bench *bench, unsigned place, uint64_t now_ps)
{
    bench->busy[place] = false;
    inflight_end(&bench->inflight, &bench->entries[place], now_ps);
    for (unsigned i = 0; i < DRAINS; i++)
        assert_true(bench->waiters[i].waiting == bench->waiters[i].drain.waiting);
    for (unsigned i = 0; i < DRAINS; i++)
        assert_false(bench->waiters[i].waiting && all_ended(bench, bench->waiters[i].asked));
}

static void ask(struct bench *bench, struct waiter *waiter)
{
    bool was_waiting = waiter->waiting;
    waiter->asked = bench->before_raise;
    bool done = inflight_drain(&bench->inflight, &waiter->drain);
    if (was_waiting)
        assert_false(done);
    else
        assert_true(done == all_ended(bench, waiter->asked));
    waiter->waiting = !done;
}

static void act(struct bench *bench, struct sim_rng *rng, uint64_t now_ps)
{
    unsigned place = (unsigned)sim_rng_below(rng, PLACES);
    switch (sim_rng_below(rng, 6)) {
    case 0:
    case 1:
    case 2:
        if (bench->busy[place]) {
            end(bench, place, now_ps);
            return;
        }
        bench->busy[place] = true;
        bench->raised[place] = false;
        bench->begun[place] = bench->begins++;
        inflight_begin(&bench->inflight, &bench->entries[place]);
        return;
    case 3:
        inflight_raise(&bench->inflight);
        bench->before_raise = bench->begins;
        for (unsigned i = 0; i < PLACES; i++)
            bench->raised[i] = true;
        return;
    default:
        ask(bench, &bench->waiters[sim_rng_below(rng, DRAINS)]);
    }
}

static void test_against_the_rule(void **state)
{
    (void)state;
    unsigned called = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct bench bench = {0};
        struct sim_rng rng;
        sim_rng_seed(&rng, seed);
        inflight_init(&bench.inflight, PLACES);
        for (unsigned i = 0; i < DRAINS; i++)
            bench.waiters[i] = (struct waiter){.drain.drained = drained, .bench = &bench};
        for (uint64_t i = 0; i < 2000; i++) {
            act(&bench, &rng, i);
            unsigned busy = 0;
            for (unsigned p = 0; p < PLACES; p++) {
                busy += bench.busy[p];
                if (bench.busy[p])
                    assert_true(inflight_current(&bench.inflight, &bench.entries[p]) == !bench.raised[p]);
            }
            assert_int_equal(bench.inflight.count, busy);
            assert_true(inflight_full(&bench.inflight) == (busy == PLACES));
            assert_true(inflight_empty(&bench.inflight) == (busy == 0));
        }
        for (unsigned p = 0; p < PLACES; p++)
            if (bench.busy[p])
                end(&bench, p, 5000u + p);
        for (unsigned i = 0; i < DRAINS; i++) {
            assert_false(bench.waiters[i].waiting);
            called += bench.waiters[i].called;
        }
    }
    assert_true(called > 100);
}

static void test_line(void **state)
{
    (void)state;
    struct inflight inflight;
    inflight_init(&inflight, 2);
    struct inflight_entry entries[2];
    struct pcie_request requests[3] = {{.id = 0}, {.id = 1}, {.id = 2}};
    assert_null(inflight_dequeue(&inflight));
    inflight_begin(&inflight, &entries[0]);
    inflight_begin(&inflight, &entries[1]);
    for (unsigned i = 0; i < 3; i++)
        inflight_queue(&inflight, &requests[i]);
    assert_null(inflight_dequeue(&inflight)); /* no place */
    inflight_end(&inflight, &entries[0], 30);
    inflight_end(&inflight, &entries[1], 20);
    assert_false(inflight_empty(&inflight));
    for (unsigned i = 0; i < 3; i++)
        assert_ptr_equal(inflight_dequeue(&inflight), &requests[i]);
    assert_null(inflight_dequeue(&inflight));
    inflight_queue(&inflight, &requests[1]); /* the line works again after it was empty */
    assert_ptr_equal(inflight_dequeue(&inflight), &requests[1]);
    assert_true(inflight.last_done_ps == 30);
    assert_true(inflight_empty(&inflight));
}

static void test_forget(void **state)
{
    (void)state;
    struct bench bench = {0};
    inflight_init(&bench.inflight, PLACES);
    bench.waiters[0] = (struct waiter){.drain.drained = drained, .bench = &bench};
    struct pcie_request request = {.id = 1};
    inflight_begin(&bench.inflight, &bench.entries[0]);
    inflight_queue(&bench.inflight, &request);
    inflight_raise(&bench.inflight);
    assert_false(inflight_drain(&bench.inflight, &bench.waiters[0].drain));
    uint64_t epoch = bench.inflight.epoch;
    inflight_forget(&bench.inflight);
    assert_int_equal(bench.waiters[0].called, 0);
    assert_false(bench.waiters[0].drain.waiting);
    assert_true(inflight_empty(&bench.inflight));
    assert_true(bench.inflight.epoch > epoch);
    inflight_begin(&bench.inflight, &bench.entries[1]);
    assert_true(inflight_drain(&bench.inflight, &bench.waiters[0].drain)); /* younger than the raise */
    inflight_end(&bench.inflight, &bench.entries[1], 0);
    assert_int_equal(bench.waiters[0].called, 0);
}

/* A drain that begins another from its callback. */
struct chain {
    struct inflight_drain drain;
    struct inflight *inflight;
    unsigned rounds;
};

static void chain_on(struct inflight_drain *drain)
{
    struct chain *chain = drain->owner;
    chain->rounds++;
    if (chain->rounds == 1) {
        inflight_raise(chain->inflight);
        assert_false(inflight_drain(chain->inflight, drain));
    }
}

static void test_drain_from_a_drain(void **state)
{
    (void)state;
    struct inflight inflight;
    inflight_init(&inflight, 4);
    struct inflight_entry entries[2];
    struct chain chain = {.inflight = &inflight};
    chain.drain = (struct inflight_drain){.drained = chain_on, .owner = &chain};
    inflight_begin(&inflight, &entries[0]);
    inflight_raise(&inflight);
    inflight_begin(&inflight, &entries[1]);
    assert_false(inflight_drain(&inflight, &chain.drain));
    inflight_end(&inflight, &entries[0], 0);
    assert_int_equal(chain.rounds, 1);
    inflight_end(&inflight, &entries[1], 0);
    assert_int_equal(chain.rounds, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_the_rule),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_forget),
        cmocka_unit_test(test_drain_from_a_drain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
