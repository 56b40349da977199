/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_sim.c - the generator against published values, the event queue against a list that is searched.
 */
#include "sim/probe.h"
#include "sim/sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* ---- generator ---- */

/* The values that the reference programs of splitmix64 and xoshiro256** print. */
static void test_generator_known_answers(void **state)
{
    (void)state;
    static const uint64_t seeded[4] = {UINT64_C(0xe220a8397b1dcdaf), UINT64_C(0x6e789e6aa1b965f4), UINT64_C(0x06c45d188009454f),
                                       UINT64_C(0xf88bb8a8724c81ec)};
    static const uint64_t stream[10] = {UINT64_C(11520),
                                        UINT64_C(0),
                                        UINT64_C(1509978240),
                                        UINT64_C(1215971899390074240),
                                        UINT64_C(1216172134540287360),
                                        UINT64_C(607988272756665600),
                                        UINT64_C(16172922978634559625),
                                        UINT64_C(8476171486693032832),
                                        UINT64_C(10595114339597558777),
                                        UINT64_C(2904607092377533576)};
    struct sim_rng rng;
    sim_rng_seed(&rng, 0);
    assert_memory_equal(rng.state, seeded, sizeof seeded);
    rng = (struct sim_rng){{1, 2, 3, 4}};
    for (unsigned i = 0; i < 10; i++)
        assert_true(sim_rng_next(&rng) == stream[i]);
}

static void test_generator_below(void **state)
{
    (void)state;
    struct sim_rng rng;
    sim_rng_seed(&rng, 5);
    unsigned seen[7] = {0};
    for (unsigned i = 0; i < 70000; i++) {
        uint64_t value = sim_rng_below(&rng, 7);
        assert_true(value < 7);
        seen[value]++;
    }
    for (unsigned i = 0; i < 7; i++)
        assert_in_range(seen[i], 9500, 10500);
    /* Values that would make the low half likelier are thrown away: 3/4 of 2^64 as end, half of the values below 3/8. */
    unsigned low = 0;
    for (unsigned i = 0; i < 20000; i++)
        low += sim_rng_below(&rng, UINT64_C(3) << 62) < UINT64_C(3) << 61;
    assert_in_range(low, 9600, 10400);
    assert_true(sim_rng_below(&rng, 1) == 0);
}

/* ---- events against a list ---- */

enum { EVENTS = 60 };

struct item {
    struct sim_event event; /* first */
    unsigned id;
};

struct log {
    unsigned fired[EVENTS * 200];
    unsigned count;
};

struct bench {
    struct sim sim;
    struct item items[EVENTS];
    struct log *log;
    struct {
        bool scheduled;
        uint64_t when_ps, order;
    } naive[EVENTS];
    uint64_t orders;
};

static struct bench *bench_of(struct sim_event *event)
{
    struct item *item = (struct item *)event;
    return (struct bench *)((char *)(item - item->id) - offsetof(struct bench, items));
}

static void fired(struct sim_event *event)
{
    struct bench *bench = bench_of(event);
    assert_false(event->scheduled);
    bench->log->fired[bench->log->count++] = ((struct item *)event)->id;
}

static void bench_init(struct bench *bench, struct log *log, uint64_t seed)
{
    memset(bench, 0, sizeof *bench);
    memset(log, 0, sizeof *log);
    bench->log = log;
    sim_init(&bench->sim, seed);
    for (unsigned i = 0; i < EVENTS; i++)
        bench->items[i] = (struct item){.event.fire = fired, .id = i};
}

static unsigned naive_first(const struct bench *bench)
{
    unsigned first = EVENTS;
    for (unsigned i = 0; i < EVENTS; i++) {
        if (!bench->naive[i].scheduled)
            continue;
        if (first == EVENTS || bench->naive[i].when_ps < bench->naive[first].when_ps ||
            (bench->naive[i].when_ps == bench->naive[first].when_ps && bench->naive[i].order < bench->naive[first].order))
            first = i;
    }
    return first;
}

static void schedule(struct bench *bench, unsigned id, uint64_t when_ps)
{
    sim_schedule(&bench->sim, &bench->items[id].event, when_ps);
    bench->naive[id].scheduled = true;
    bench->naive[id].when_ps = when_ps;
    bench->naive[id].order = bench->orders++;
}

static void step(struct bench *bench, uint64_t last_ps)
{
    unsigned first = naive_first(bench);
    unsigned before = bench->log->count;
    uint64_t next_ps = 0;
    assert_true(sim_next_ps(&bench->sim, &next_ps) == (first < EVENTS));
    bool due = first < EVENTS && bench->naive[first].when_ps <= last_ps;
    assert_true(sim_step(&bench->sim, last_ps) == due);
    assert_int_equal(bench->log->count, before + due);
    if (!due)
        return;
    assert_true(next_ps == bench->naive[first].when_ps);
    assert_int_equal(bench->log->fired[before], first);
    assert_true(bench->sim.now_ps == next_ps);
    bench->naive[first].scheduled = false;
}

static void test_queue_against_list(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct sim_rng rng;
        struct bench bench;
        struct log log;
        sim_rng_seed(&rng, seed);
        bench_init(&bench, &log, seed);
        uint64_t scheduled = 0;
        for (unsigned i = 0; i < 3000; i++) {
            unsigned id = (unsigned)sim_rng_below(&rng, EVENTS);
            uint64_t choice = sim_rng_below(&rng, 10);
            if (choice < 5) {
                schedule(&bench, id, bench.sim.now_ps + sim_rng_below(&rng, 8));
                scheduled++;
            } else if (choice < 7) {
                sim_cancel(&bench.sim, &bench.items[id].event);
                bench.naive[id].scheduled = false;
            } else {
                step(&bench, choice == 7 ? bench.sim.now_ps : UINT64_MAX);
            }
            assert_true(bench.items[id].event.scheduled == bench.naive[id].scheduled);
        }
        assert_true(bench.sim.scheduled_count == scheduled);
        while (naive_first(&bench) < EVENTS)
            step(&bench, UINT64_MAX);
        assert_false(sim_step(&bench.sim, UINT64_MAX));
        assert_null(bench.sim.root);
    }
}

static void again(struct sim_event *event)
{
    struct bench *bench = bench_of(event);
    bench->log->fired[bench->log->count++] = ((struct item *)event)->id;
    if (bench->log->count < 5)
        sim_schedule(&bench->sim, event, bench->sim.now_ps + 10);
}

static void test_run_to_a_time(void **state)
{
    (void)state;
    struct bench bench;
    struct log log;
    bench_init(&bench, &log, 1);
    bench.items[0].event.fire = again;
    sim_schedule(&bench.sim, &bench.items[0].event, 10);
    sim_run(&bench.sim, 29);
    assert_int_equal(log.count, 2);
    assert_true(bench.sim.now_ps == 29);
    sim_run(&bench.sim, 30); /* up to and including */
    assert_int_equal(log.count, 3);
    sim_run(&bench.sim, 7); /* time does not go back */
    assert_true(bench.sim.now_ps == 30);
    sim_run(&bench.sim, 1000);
    assert_int_equal(log.count, 5);
    assert_true(bench.sim.now_ps == 1000);
}

static void explore(struct log *log, uint64_t seed, bool on)
{
    struct bench bench;
    bench_init(&bench, log, seed);
    bench.sim.explore = on;
    for (unsigned i = 0; i < EVENTS; i++)
        sim_schedule(&bench.sim, &bench.items[i].event, 100u + i / 20u);
    sim_run(&bench.sim, 1000);
    assert_int_equal(log->count, EVENTS);
}

static void test_exploration(void **state)
{
    (void)state;
    struct log plain, a, b, c;
    explore(&plain, 1, false);
    explore(&a, 1, true);
    explore(&b, 1, true);
    explore(&c, 2, true);
    bool once[EVENTS] = {false};
    for (unsigned i = 0; i < EVENTS; i++) {
        assert_int_equal(plain.fired[i], i);
        assert_int_equal(a.fired[i] / 20u, i / 20u); /* the order of times stays */
        assert_false(once[a.fired[i]]);
        once[a.fired[i]] = true;
    }
    assert_memory_equal(&a, &b, sizeof a);
    assert_memory_not_equal(&a, &c, sizeof a);
    assert_memory_not_equal(&a, &plain, sizeof a);
}

static void test_two_worlds(void **state)
{
    (void)state;
    struct bench a, b;
    struct log la, lb;
    bench_init(&a, &la, 9);
    bench_init(&b, &lb, 9);
    for (unsigned i = 0; i < EVENTS; i++)
        sim_schedule(&a.sim, &a.items[i].event, i);
    uint64_t when_ps;
    assert_false(sim_next_ps(&b.sim, &when_ps));
    sim_run(&a.sim, 50);
    sim_rng_next(&a.sim.rng);
    assert_true(b.sim.now_ps == 0 && b.sim.scheduled_count == 0 && lb.count == 0);
    struct sim fresh;
    sim_init(&fresh, 9);
    assert_memory_equal(&b.sim.rng, &fresh.rng, sizeof fresh.rng);
}

/* ---- probes ---- */

static void heard(void *context, uint64_t at_ps, uint32_t request_id, const char *track, const char *text)
{
    unsigned *count = context;
    (*count)++;
    assert_true(at_ps == 7 && request_id == 3);
    assert_string_equal(track, "lane");
    assert_true(strncmp(text, "value=42 ", 9) == 0);
    assert_true(strlen(text) < 1000);
}

static int evaluations;

static int evaluated(void)
{
    return ++evaluations;
}

static void test_probe(void **state)
{
    (void)state;
    unsigned count = 0;
    char longer[2000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    bool listening = true;
    struct probe probe = {heard, &count, &listening};
    PROBE(&probe, 7, 3, "lane", "value=%d %s", 42, longer);
    assert_int_equal(count, 1);
    listening = false;
    PROBE(&probe, 7, 3, "lane", "%d", evaluated());
    assert_int_equal(count, 1);
    struct probe nobody = {0};
    PROBE(&nobody, 7, 3, "lane", "%d", evaluated());
    assert_int_equal(evaluations, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_generator_known_answers),
        cmocka_unit_test(test_generator_below),
        cmocka_unit_test(test_queue_against_list),
        cmocka_unit_test(test_run_to_a_time),
        cmocka_unit_test(test_exploration),
        cmocka_unit_test(test_two_worlds),
        cmocka_unit_test(test_probe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
