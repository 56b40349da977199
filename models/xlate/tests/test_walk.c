/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_walk.c - the split-phase driver with a toy architecture: a chain of descriptors, each the address of the next; the
 * last has bit 0 set and gets bit 1 as its flag of use.
 */
#include "sim/memory.h"
#include "xlate/walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { JOBS = 12, CHAIN = 5 };
#define STEP_PS 7u

struct toy;

struct toy_job {
    struct walk_job job; /* first */
    struct toy *toy;
    enum { TAKE, READ, GOT, UPDATED } phase;
    uint64_t address, first;
    struct walk_update update;
    unsigned restarts, ended, returned;
    enum port_status status;
    uint64_t ended_ps;
    unsigned place; /* order of ending */
};

struct toy {
    struct sim sim;
    struct memory *memory;
    struct delay_port delay;
    struct memory_port port;
    struct walk_driver driver;
    struct toy_job jobs[JOBS];
    unsigned walking, most_walking, ends;
};

static enum walk_progress read_next(struct toy_job *toy_job)
{
    struct walk_job *job = &toy_job->job;
    job->now_ps += STEP_PS;
    job->access.kind = PORT_READ;
    job->access.address = toy_job->address;
    job->access.bytes = 8;
    toy_job->phase = GOT;
    return walk_access(job);
}

static enum walk_progress judge(struct toy_job *toy_job)
{
    struct walk_job *job = &toy_job->job;
    toy_job->status = job->access.status;
    if (toy_job->status != PORT_OK)
        return WALK_END;
    uint64_t value = load_le64(job->access.data);
    if (!(value & 1u)) {
        toy_job->address = value;
        toy_job->phase = READ;
        return WALK_GO;
    }
    if (value & 2u)
        return WALK_END;
    toy_job->update = (struct walk_update){toy_job->address, value, value | 2u};
    walk_update(job, &toy_job->update);
    toy_job->phase = UPDATED;
    return walk_access(job);
}

static enum walk_progress updated(struct toy_job *toy_job)
{
    if (!walk_update_lost(&toy_job->job))
        return WALK_END;
    toy_job->restarts++;
    toy_job->address = toy_job->first;
    toy_job->phase = READ;
    return WALK_GO;
}

static enum walk_progress step(struct toy_job *toy_job)
{
    switch (toy_job->phase) {
    case TAKE:
        toy_job->phase = READ;
        return walk_take_walker(&toy_job->job);
    case READ:
        return read_next(toy_job);
    case GOT:
        return judge(toy_job);
    case UPDATED:
        return updated(toy_job);
    }
    return WALK_END;
}

static enum walk_progress go_on(struct walk_job *job)
{
    enum walk_progress progress;
    do
        progress = step((struct toy_job *)job);
    while (progress == WALK_GO);
    struct toy *toy = ((struct toy_job *)job)->toy;
    unsigned taken = 0;
    for (unsigned i = 0; i < JOBS; i++)
        taken += toy->jobs[i].job.walker != 0;
    assert_true(!toy->driver.walkers || taken <= toy->driver.walkers);
    if (taken > toy->most_walking)
        toy->most_walking = taken;
    if (progress == WALK_END)
        walk_drop_walker(job);
    return progress;
}

static void note_end(struct toy_job *toy_job)
{
    toy_job->ended++;
    toy_job->ended_ps = toy_job->job.now_ps;
    toy_job->place = toy_job->toy->ends++;
}

static void ended(struct walk_job *job)
{
    struct toy_job *toy_job = (struct toy_job *)job;
    assert_true(job->now_ps == toy_job->toy->sim.now_ps); /* at its time */
    note_end(toy_job);
}

static void returned(struct walk_job *job)
{
    ((struct toy_job *)job)->returned++;
}

static void put(struct toy *toy, uint64_t address, uint64_t value)
{
    uint8_t bytes[8];
    store_le64(bytes, value);
    assert_true(memory_write(toy->memory, address, bytes, 8));
}

static uint64_t get(struct toy *toy, uint64_t address)
{
    uint8_t bytes[8];
    assert_true(memory_read(toy->memory, address, bytes, 8));
    return load_le64(bytes);
}

#define LEAF(job) (0x1000u * ((job) + 1u) + 8u * (CHAIN - 1))

static void toy_init(struct toy *toy, uint64_t latency_ps, uint32_t walkers)
{
    memset(toy, 0, sizeof *toy);
    sim_init(&toy->sim, 1);
    toy->memory = memory_create();
    assert_int_equal(memory_add_region(toy->memory, 0, 0x100000), 0);
    toy->delay.latency_ps = latency_ps;
    assert_int_equal(delay_port_init(&toy->delay, &toy->sim, memory_port_of(toy->memory), 64), 0);
    toy->port = latency_ps ? delay_port_of(&toy->delay) : memory_port_of(toy->memory);
    assert_int_equal(walk_driver_init(&toy->driver, &toy->sim, &toy->port, walkers), 0);
    toy->driver.go_on = go_on;
    toy->driver.ended = ended;
    toy->driver.returned = returned;
    for (unsigned i = 0; i < JOBS; i++) {
        toy->jobs[i].toy = toy;
        walk_job_init(&toy->jobs[i].job, &toy->driver);
        for (unsigned n = 0; n + 1 < CHAIN; n++)
            put(toy, 0x1000u * (i + 1) + 8u * n, 0x1000u * (i + 1) + 8u * (n + 1));
        put(toy, LEAF(i), 1);
    }
}

static void toy_fini(struct toy *toy)
{
    for (unsigned i = 0; i < JOBS; i++)
        walk_job_fini(&toy->jobs[i].job);
    walk_driver_fini(&toy->driver);
    delay_port_fini(&toy->delay);
    memory_destroy(toy->memory);
}

static bool start(struct toy *toy, unsigned i)
{
    struct toy_job *toy_job = &toy->jobs[i];
    walk_job_start(&toy_job->job, toy->sim.now_ps);
    toy_job->phase = TAKE;
    toy_job->address = toy_job->first = 0x1000u * (i + 1);
    bool finished = walk_run(&toy_job->job);
    if (finished)
        note_end(toy_job);
    return finished;
}

static void test_now_and_later(void **state)
{
    (void)state;
    for (unsigned later = 0; later < 2; later++) {
        struct toy toy;
        toy_init(&toy, later ? 100 : 0, 0);
        assert_true(start(&toy, 0) == !later);
        if (!later)
            assert_true(toy.sim.scheduled_count == 0);
        sim_run(&toy.sim, 100000);
        assert_int_equal(toy.jobs[0].ended, 1);
        assert_true(toy.jobs[0].ended_ps == CHAIN * STEP_PS + (later ? (CHAIN + 1) * 100u : 0u));
        assert_int_equal(get(&toy, LEAF(0)), 3);
        /* The second time the flag is there. */
        start(&toy, 0);
        uint64_t begun_ps = toy.sim.now_ps;
        sim_run(&toy.sim, 200000);
        assert_true(toy.jobs[0].ended_ps - begun_ps == CHAIN * STEP_PS + (later ? CHAIN * 100u : 0u));
        toy_fini(&toy);
    }
}

static void test_walkers_are_limited_and_fair(void **state)
{
    (void)state;
    for (uint32_t walkers = 1; walkers <= 3; walkers++) {
        struct toy toy;
        toy_init(&toy, 100, walkers);
        for (unsigned i = 0; i < JOBS - 1; i++)
            assert_false(start(&toy, i));
        /* A newcomer in the middle does not overtake the line. */
        sim_run(&toy.sim, 700);
        assert_false(start(&toy, JOBS - 1));
        sim_run(&toy.sim, 1000000);
        for (unsigned i = 0; i < JOBS; i++) {
            assert_int_equal(toy.jobs[i].ended, 1);
            assert_int_equal(toy.jobs[i].place, i);
            assert_int_equal(toy.jobs[i].job.walker, 0);
        }
        assert_int_equal(toy.most_walking, walkers);
        assert_true(toy.jobs[JOBS - 1].ended_ps == (JOBS + walkers - 1) / walkers * (CHAIN * STEP_PS + (CHAIN + 1) * 100u));
        toy_fini(&toy);
    }
}

/* Decoupled: walks take turns on a walker although each is over within its call. */
static void test_walker_time_when_memory_answers_now(void **state)
{
    (void)state;
    struct toy toy;
    toy_init(&toy, 0, 1);
    for (unsigned i = 0; i < 4; i++) {
        assert_true(start(&toy, i));
        assert_true(toy.jobs[i].ended_ps == (i + 1u) * CHAIN * STEP_PS);
    }
    assert_true(toy.sim.scheduled_count == 0);
    toy_fini(&toy);
}

static void test_update_that_loses(void **state)
{
    (void)state;
    struct toy toy;
    toy_init(&toy, 100, 0);
    start(&toy, 0);
    sim_run(&toy.sim, CHAIN * (100u + STEP_PS) + 50u); /* the leaf is read, its update on the way */
    put(&toy, LEAF(0), 0x11);
    sim_run(&toy.sim, 100000);
    assert_int_equal(toy.jobs[0].restarts, 1);
    assert_int_equal(get(&toy, LEAF(0)), 0x13);
    toy_fini(&toy);
}

static void test_read_that_fails(void **state)
{
    (void)state;
    struct toy toy;
    toy_init(&toy, 100, 1);
    put(&toy, 0x1008, 0x200000);
    start(&toy, 0);
    start(&toy, 1);
    sim_run(&toy.sim, 100000);
    assert_int_equal(toy.jobs[0].status, PORT_ABORT);
    assert_int_equal(toy.jobs[1].status, PORT_OK);
    toy_fini(&toy);
}

static void test_reset(void **state)
{
    (void)state;
    struct toy toy;
    toy_init(&toy, 100, 2);
    for (unsigned i = 0; i < 4; i++) /* two walk, two stand in line */
        start(&toy, i);
    sim_run(&toy.sim, 150); /* both wait for memory */
    walk_forget_line(&toy.driver);
    for (unsigned i = 0; i < 4; i++)
        assert_true(walk_drop(&toy.jobs[i].job) == (i >= 2));
    assert_false(start(&toy, 2)); /* a walker is free */
    sim_run(&toy.sim, 100000);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(toy.jobs[i].ended, i == 2);
        assert_int_equal(toy.jobs[i].returned, i < 2);
    }
    start(&toy, 0);
    sim_run(&toy.sim, 200000);
    assert_int_equal(toy.jobs[0].ended, 1);
    toy_fini(&toy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_now_and_later),
        cmocka_unit_test(test_walkers_are_limited_and_fair),
        cmocka_unit_test(test_walker_time_when_memory_answers_now),
        cmocka_unit_test(test_update_that_loses),
        cmocka_unit_test(test_read_that_fails),
        cmocka_unit_test(test_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
