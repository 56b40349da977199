/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_merge.c - misses that share a walk, and the ports of a cache, with a toy unit: a page is known when one read of its
 * descriptor has ended, unless the page is bad.
 */
#include "sim/memory.h"
#include "xlate/lookup.h"
#include "xlate/merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { JOBS = 10, PAGES = 3 };
#define READ_PS 1000u
#define BAD 2u /* never known */

struct toy;

struct toy_job {
    struct walk_job job; /* first */
    struct merge_entry merge;
    struct toy *toy;
    uint64_t page, ended_ps;
    unsigned reads, ended;
    bool reading;
};

struct toy {
    struct sim sim;
    struct memory *memory;
    struct delay_port delay;
    struct memory_port port;
    struct walk_driver driver;
    struct merge_table merges;
    struct toy_job jobs[JOBS];
    bool known[PAGES];
};

static enum walk_progress go_on(struct walk_job *job)
{
    struct toy_job *toy_job = (struct toy_job *)job;
    struct toy *toy = toy_job->toy;
    if (toy_job->reading) {
        toy->known[toy_job->page] = toy_job->page != BAD;
        merge_end(&toy->merges, &toy_job->merge, job);
        return WALK_END;
    }
    if (toy->known[toy_job->page])
        return WALK_END;
    const struct merge_tag tag = {{7, toy_job->page}};
    if (merge_join(&toy->merges, &toy_job->merge, tag, job) == WALK_WAIT)
        return WALK_WAIT;
    toy_job->reading = true;
    toy_job->reads++;
    job->access.kind = PORT_READ;
    job->access.address = 0x1000 + 64u * toy_job->page;
    job->access.bytes = 8;
    return walk_access(job);
}

static void ended(struct walk_job *job)
{
    struct toy_job *toy_job = (struct toy_job *)job;
    toy_job->ended++;
    toy_job->ended_ps = job->now_ps;
}

static void returned(struct walk_job *job)
{
    (void)job;
}

static void open_toy(struct toy *toy)
{
    memset(toy, 0, sizeof *toy);
    sim_init(&toy->sim, 1);
    toy->memory = memory_create();
    assert_non_null(toy->memory);
    assert_int_equal(memory_add_region(toy->memory, 0, 0x10000), 0);
    toy->delay.latency_ps = READ_PS;
    assert_int_equal(delay_port_init(&toy->delay, &toy->sim, memory_port_of(toy->memory), JOBS), 0);
    toy->port = delay_port_of(&toy->delay);
    assert_int_equal(walk_driver_init(&toy->driver, &toy->sim, &toy->port, 0), 0);
    toy->driver.go_on = go_on;
    toy->driver.ended = ended;
    toy->driver.returned = returned;
    for (unsigned i = 0; i < JOBS; i++) {
        toy->jobs[i].toy = toy;
        walk_job_init(&toy->jobs[i].job, &toy->driver);
    }
}

static void close_toy(struct toy *toy)
{
    for (unsigned i = 0; i < JOBS; i++)
        walk_job_fini(&toy->jobs[i].job);
    walk_driver_fini(&toy->driver);
    delay_port_fini(&toy->delay);
    memory_destroy(toy->memory);
}

static void start(struct toy_job *job, uint64_t page)
{
    job->page = page;
    job->reading = false;
    job->merge = (struct merge_entry){0};
    walk_job_start(&job->job, 0);
    assert_false(walk_run(&job->job));
}

static void run(struct toy *toy)
{
    while (sim_step(&toy->sim, UINT64_MAX))
        continue;
    assert_null(toy->merges.leaders);
}

/* The first of each page walks, the others end when it does. */
static void test_one_walk_for_a_page(void **state)
{
    (void)state;
    struct toy toy;
    open_toy(&toy);
    for (unsigned i = 0; i < JOBS; i++)
        start(&toy.jobs[i], i % 2u);
    run(&toy);
    for (unsigned i = 0; i < JOBS; i++) {
        assert_int_equal(toy.jobs[i].ended, 1);
        assert_int_equal(toy.jobs[i].ended_ps, READ_PS);
        assert_int_equal(toy.jobs[i].reads, i < 2u);
    }
    close_toy(&toy);
}

/* A walk that leaves nothing behind: each of those that waited walks in its turn. */
static void test_nothing_to_share(void **state)
{
    (void)state;
    struct toy toy;
    open_toy(&toy);
    for (unsigned i = 0; i < 4; i++)
        start(&toy.jobs[i], BAD);
    run(&toy);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(toy.jobs[i].ended, 1);
        assert_int_equal(toy.jobs[i].reads, 1);
        assert_int_equal(toy.jobs[i].ended_ps, (i + 1u) * READ_PS);
    }
    close_toy(&toy);
}

/* After a reset nobody hears of what went before, and a new request leads. */
static void test_reset(void **state)
{
    (void)state;
    struct toy toy;
    open_toy(&toy);
    for (unsigned i = 0; i < 3; i++)
        start(&toy.jobs[i], 0);
    walk_forget_line(&toy.driver);
    merge_forget(&toy.merges);
    assert_false(walk_drop(&toy.jobs[0].job)); /* memory owns its access */
    assert_true(walk_drop(&toy.jobs[1].job));
    assert_true(walk_drop(&toy.jobs[2].job));
    start(&toy.jobs[1], 0);
    run(&toy);
    assert_int_equal(toy.jobs[0].ended, 0);
    assert_int_equal(toy.jobs[1].ended, 1);
    assert_int_equal(toy.jobs[1].reads, 1);
    assert_int_equal(toy.jobs[2].ended, 0);
    close_toy(&toy);
}

static void test_lookup_ports(void **state)
{
    (void)state;
    struct lookup_ports ports;
    assert_int_equal(lookup_ports_init(&ports, 2, 10), 0);
    assert_int_equal(lookup_spend(&ports, 100), 110);
    assert_int_equal(lookup_spend(&ports, 101), 111);
    assert_int_equal(lookup_spend(&ports, 102), 120);
    assert_int_equal(lookup_spend(&ports, 102), 121);
    assert_int_equal(lookup_spend(&ports, 500), 510);
    lookup_ports_reset(&ports);
    assert_int_equal(lookup_spend(&ports, 0), 10);
    lookup_ports_fini(&ports);
    assert_int_equal(lookup_ports_init(&ports, 0, 10), 0);
    assert_int_equal(lookup_spend(&ports, 7), 17);
    assert_int_equal(lookup_spend(&ports, 7), 17);
    lookup_ports_fini(&ports);
}

/* What comes from outside is seen at an edge of the clock. */
static void test_clock(void **state)
{
    (void)state;
    struct toy toy;
    open_toy(&toy);
    assert_int_equal(walk_edge(&toy.driver, 1001), 1001);
    toy.driver.clock_ps = 300;
    assert_int_equal(walk_edge(&toy.driver, 0), 0);
    assert_int_equal(walk_edge(&toy.driver, 1), 300);
    assert_int_equal(walk_edge(&toy.driver, 300), 300);
    start(&toy.jobs[0], 0);
    run(&toy);
    assert_int_equal(toy.jobs[0].ended_ps, 1200);
    close_toy(&toy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_walk_for_a_page),
        cmocka_unit_test(test_nothing_to_share),
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_lookup_ports),
        cmocka_unit_test(test_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
