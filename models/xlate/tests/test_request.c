/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_request.c - unit tests of the pool of requests at work: places, the waiting line, order of answers, resets, and jobs that
 * sleep.
 */
#include "xlate/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Memory that answers when the test says so, in order of asking. */
struct bench {
    struct sim sim;
    struct memory_port memory;
    struct request_pool pool;
    struct port_request *asked[16];
    unsigned asked_count, answered;
    bool now;
    char log[256];
    bool reset_when_done;
};

struct work {
    struct request_work work; /* first */
    struct bench *bench;
    unsigned phase;
    bool sleeps, keeps;
};

static struct bench *bench_of(struct request_work *work)
{
    return ((struct work *)work)->bench;
}

static void note(struct bench *bench, const char *what, unsigned id)
{
    size_t used = strlen(bench->log);
    assert_true(used + 4 < sizeof bench->log);
    bench->log[used] = what[0];
    bench->log[used + 1] = (char)('0' + id);
    bench->log[used + 2] = ' ';
    bench->log[used + 3] = '\0';
}

static enum port_reply access_memory(void *context, struct port_request *request)
{
    struct bench *bench = context;
    if (bench->now)
        return PORT_DONE;
    bench->asked[bench->asked_count++] = request;
    return PORT_LATER;
}

static enum walk_progress go_on(struct walk_job *job)
{
    struct work *work = (struct work *)job;
    if (work->phase++ == 0) {
        job->access.kind = PORT_READ;
        job->access.bytes = 8;
        enum walk_progress progress = walk_access(job);
        if (progress == WALK_WAIT)
            return progress;
    }
    if (work->sleeps) {
        work->sleeps = false;
        return walk_sleep(job);
    }
    return WALK_END;
}

static void begin(struct request_work *work)
{
    struct work *mine = (struct work *)work;
    mine->phase = 0;
    mine->sleeps = work->request && work->request->zero_length;
    mine->keeps = work->request && work->request->no_write;
    note(mine->bench, "b", work->request ? work->request->id : 9);
}

static bool answer(struct request_work *work)
{
    note(bench_of(work), "a", work->request ? work->request->id : 9);
    return work->request && !((struct work *)work)->keeps;
}

static void done(struct pcie_request *request)
{
    struct bench *bench = request->owner;
    note(bench, "d", request->id);
    if (bench->reset_when_done)
        request_pool_reset(&bench->pool);
}

static void prepare(struct request_work *work, void *context)
{
    note(bench_of(work), context, 9);
}

static void bench_init(struct bench *bench, uint32_t places)
{
    memset(bench, 0, sizeof *bench);
    sim_init(&bench->sim, 1);
    bench->memory = (struct memory_port){access_memory, bench};
    assert_int_equal(request_pool_init(&bench->pool, &bench->sim, &bench->memory, 0, places, sizeof(struct work), go_on), 0);
    bench->pool.begin = begin;
    bench->pool.answer = answer;
    for (uint32_t i = 0; i < places; i++)
        ((struct work *)request_pool_place(&bench->pool, i))->bench = bench;
}

static void reply(struct bench *bench)
{
    struct port_request *request = bench->asked[bench->answered++];
    request->done_ps = bench->sim.now_ps;
    request->done(request);
}

static void requests_init(struct bench *bench, struct pcie_request requests[3])
{
    memset(requests, 0, 3 * sizeof *requests);
    for (unsigned i = 0; i < 3; i++)
        requests[i] = (struct pcie_request){.id = i, .done = done, .owner = bench};
}

static void test_memory_that_answers_now(void **state)
{
    (void)state;
    struct bench bench;
    struct pcie_request requests[3];
    bench_init(&bench, 1);
    requests_init(&bench, requests);
    bench.now = true;
    assert_true(request_pool_take(&bench.pool, &requests[0])); /* complete: done() is not called */
    request_pool_run(&bench.pool, 0, prepare, "p");
    assert_string_equal(bench.log, "b0 a0 b9 p9 a9 ");
    assert_true(inflight_empty(&bench.pool.inflight));
    request_pool_fini(&bench.pool);
}

static void test_waiting_line(void **state)
{
    (void)state;
    struct bench bench;
    struct pcie_request requests[3];
    bench_init(&bench, 1);
    requests_init(&bench, requests);
    for (unsigned i = 0; i < 3; i++)
        assert_false(request_pool_take(&bench.pool, &requests[i]));
    assert_false(request_pool_spawn(&bench.pool, 0, prepare, "p"));
    assert_string_equal(bench.log, "b0 ");
    reply(&bench);
    assert_string_equal(bench.log, "b0 a0 d0 b1 ");
    reply(&bench);
    reply(&bench);
    assert_string_equal(bench.log, "b0 a0 d0 b1 a1 d1 b2 a2 d2 ");
    assert_true(request_pool_spawn(&bench.pool, 0, prepare, "p"));
    reply(&bench);
    assert_string_equal(bench.log, "b0 a0 d0 b1 a1 d1 b2 a2 d2 b9 p9 a9 ");
    request_pool_fini(&bench.pool);
}

static void test_kept_requests(void **state)
{
    (void)state;
    struct bench bench;
    struct pcie_request requests[3];
    bench_init(&bench, 2);
    requests_init(&bench, requests);
    requests[0].no_write = true; /* the owner keeps it */
    bench.now = true;
    assert_false(request_pool_take(&bench.pool, &requests[0]));
    assert_true(inflight_empty(&bench.pool.inflight)); /* it is no longer at work */
    bench.now = false;
    assert_false(request_pool_take(&bench.pool, &requests[0]));
    reply(&bench);
    assert_string_equal(bench.log, "b0 a0 b0 a0 ");
    request_pool_fini(&bench.pool);
}

static void test_sleep(void **state)
{
    (void)state;
    struct bench bench;
    struct pcie_request requests[3];
    bench_init(&bench, 2);
    requests_init(&bench, requests);
    requests[0].zero_length = true;
    bench.now = true;
    assert_false(request_pool_take(&bench.pool, &requests[0]));
    assert_false(sim_step(&bench.sim, UINT64_MAX));
    sim_run(&bench.sim, 500);
    walk_wake(&request_pool_place(&bench.pool, 0)->job);
    assert_string_equal(bench.log, "b0 ");
    assert_true(sim_step(&bench.sim, UINT64_MAX));
    assert_string_equal(bench.log, "b0 a0 d0 ");
    assert_true(bench.pool.inflight.last_done_ps == 500);
    request_pool_fini(&bench.pool);
}

static void test_reset(void **state)
{
    (void)state;
    struct bench bench;
    struct pcie_request requests[3];
    bench_init(&bench, 1);
    requests_init(&bench, requests);
    assert_false(request_pool_take(&bench.pool, &requests[0]));
    assert_false(request_pool_take(&bench.pool, &requests[1]));
    request_pool_reset(&bench.pool);
    assert_true(inflight_empty(&bench.pool.inflight));
    assert_false(request_pool_take(&bench.pool, &requests[2])); /* memory still owns the only place */
    assert_string_equal(bench.log, "b0 ");
    reply(&bench);
    assert_string_equal(bench.log, "b0 b2 ");
    reply(&bench);
    assert_string_equal(bench.log, "b0 b2 a2 d2 ");
    /* A requester that resets the unit when it hears of its end. */
    bench.reset_when_done = true;
    assert_false(request_pool_take(&bench.pool, &requests[0]));
    reply(&bench);
    bench.reset_when_done = false;
    assert_true(inflight_empty(&bench.pool.inflight));
    assert_false(request_pool_take(&bench.pool, &requests[0]));
    reply(&bench);
    request_pool_fini(&bench.pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_that_answers_now),
        cmocka_unit_test(test_waiting_line),
        cmocka_unit_test(test_kept_requests),
        cmocka_unit_test(test_sleep),
        cmocka_unit_test(test_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
