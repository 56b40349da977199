/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_itags.c - outstanding invalidations: tags, counted completions, throttling, drains, time-outs.
 */
#include "xlate/itags.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define TIMEOUT_PS 1000u

struct bench {
    struct sim sim;
    struct itag_table table;
    unsigned freed, timed_out, drained;
    uint16_t late;
};

static void freed(struct itag_table *table)
{
    ((struct bench *)table->owner)->freed++;
}

static void timed_out(struct itag_table *table, uint16_t device_id)
{
    struct bench *bench = table->owner;
    bench->timed_out++;
    bench->late = device_id;
}

static void drained(struct itag_drain *drain)
{
    ((struct bench *)drain->owner)->drained++;
}

static void bench_init(struct bench *bench)
{
    *bench = (struct bench){0};
    sim_init(&bench->sim, 1);
    itags_init(&bench->table, &bench->sim, TIMEOUT_PS);
    bench->table.freed = freed;
    bench->table.timed_out = timed_out;
    bench->table.owner = bench;
}

static uint32_t complete(struct bench *bench, uint16_t device_id, uint32_t vector, uint8_t count)
{
    const struct pcie_message message = {
        .kind = PCIE_INVALIDATE_COMPLETION, .device_id = device_id, .itag = vector, .completion_count = count};
    return itags_complete(&bench->table, &message);
}

static void test_tags(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    uint32_t seen = 0;
    for (unsigned i = 0; i < PCIE_ITAGS; i++)
        seen |= UINT32_C(1) << itags_take(&bench.table, 1, 1, 0);
    assert_true(seen == UINT32_MAX);
    assert_int_equal(itags_take(&bench.table, 2, 2, 0), -1);
    assert_int_equal(complete(&bench, 2, 1u << 4, 1), 1u << 4); /* not of this device */
    assert_int_equal(complete(&bench, 1, 1u << 4, 1), 0);
    assert_int_equal(bench.freed, 1);
    assert_int_equal(complete(&bench, 1, 1u << 4 | 1u << 5, 1), 1u << 4); /* the valid one counts all the same */
    assert_int_equal(bench.table.count, 30);
    assert_int_equal(itags_take(&bench.table, 2, 2, 0), 4);
    itags_fini(&bench.table);
}

static void test_completions_are_counted(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    int a = itags_take(&bench.table, 7, 7, 0), b = itags_take(&bench.table, 7, 7, 0);
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(complete(&bench, 7, 1u << a, 3), 0);
    assert_int_equal(bench.table.count, 2);
    assert_int_equal(complete(&bench, 7, 1u << a, 3), 0);
    assert_int_equal(bench.table.count, 1);
    for (unsigned i = 0; i < 8; i++) /* 0 means eight */
        assert_int_equal(complete(&bench, 7, 1u << b, 0), 0);
    assert_int_equal(bench.table.count, 0);
    assert_int_equal(bench.freed, 2);
    /* Tags are handed out in turn: what comes late belongs to nobody. */
    int c = itags_take(&bench.table, 7, 7, 0);
    assert_true(c != a && c != b);
    itags_fini(&bench.table);
}

static void test_throttling(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    assert_true(itags_take(&bench.table, 1, 9, 2) >= 0);
    assert_true(itags_take(&bench.table, 2, 9, 2) >= 0); /* another function of the same */
    assert_int_equal(itags_take(&bench.table, 3, 9, 2), -1);
    assert_true(itags_take(&bench.table, 4, 8, 1) >= 0);
    assert_int_equal(complete(&bench, 2, 1u << 1, 1), 0);
    assert_true(itags_take(&bench.table, 3, 9, 2) >= 0);
    itags_fini(&bench.table);
}

static void test_drains(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    struct itag_drain first = {.drained = drained, .owner = &bench}, second = first;
    assert_true(itags_drain(&bench.table, &first));
    int a = itags_take(&bench.table, 1, 1, 0);
    assert_false(itags_drain(&bench.table, &first));
    int b = itags_take(&bench.table, 1, 1, 0);
    assert_false(itags_drain(&bench.table, &second));
    complete(&bench, 1, 1u << b, 1); /* out of order: nobody's goal is reached */
    assert_int_equal(bench.drained, 0);
    int c = itags_take(&bench.table, 1, 1, 0); /* younger than both */
    complete(&bench, 1, 1u << a, 1);
    assert_int_equal(bench.drained, 2);
    assert_false(itags_drain(&bench.table, &first));
    itags_cancel(&bench.table, &first);
    complete(&bench, 1, 1u << c, 1);
    assert_int_equal(bench.drained, 2);
    itags_fini(&bench.table);
}

static void test_time_outs(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    struct itag_drain drain = {.drained = drained, .owner = &bench};
    int a = itags_take(&bench.table, 5, 5, 0);
    sim_run(&bench.sim, 600);
    int b = itags_take(&bench.table, 6, 6, 0);
    assert_false(itags_drain(&bench.table, &drain));
    sim_run(&bench.sim, 999);
    assert_int_equal(bench.timed_out, 0);
    sim_run(&bench.sim, 1000);
    assert_int_equal(bench.timed_out, 1);
    assert_int_equal(bench.late, 5);
    assert_int_equal(complete(&bench, 5, 1u << a, 1), 1u << a); /* too late */
    assert_int_equal(bench.drained, 0);
    complete(&bench, 6, 1u << b, 1);
    assert_int_equal(bench.drained, 1);
    sim_run(&bench.sim, 10000);
    assert_int_equal(bench.timed_out, 1);
    /* Both at once. */
    itags_take(&bench.table, 5, 5, 0);
    itags_take(&bench.table, 6, 6, 0);
    sim_run(&bench.sim, 20000);
    assert_int_equal(bench.timed_out, 3);
    itags_take(&bench.table, 5, 5, 0);
    assert_false(itags_drain(&bench.table, &drain));
    itags_forget(&bench.table);
    sim_run(&bench.sim, 40000);
    assert_int_equal(bench.timed_out, 3);
    assert_int_equal(bench.drained, 1);
    assert_true(itags_drain(&bench.table, &drain));
    itags_fini(&bench.table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tags),       cmocka_unit_test(test_completions_are_counted),
        cmocka_unit_test(test_throttling), cmocka_unit_test(test_drains),
        cmocka_unit_test(test_time_outs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
