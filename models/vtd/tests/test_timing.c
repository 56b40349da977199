/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_timing.c - requests that miss the same page, walks that must not overlap, the clock: when things happen changes, what a
 * request sees does not.
 */
#include "world.h"
#include "xlate/merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MANY = 8, UNMAPPED = WORLD_PAGES };
#define MEMORY_PS 40000u
#define LOOKUP_PS 1000u

static const struct {
    enum merge_policy policy;
    unsigned walks; /* of MANY requests that miss the same page at once */
    const char *settings;
} policies[MERGE_POLICIES] = {
    {MERGE_NONE, MANY, "lookup_ps=1000,miss_merge=0"},
    {MERGE_WAIT, 1, "lookup_ps=1000,miss_merge=1"},
    {MERGE_SHARE, 1, "lookup_ps=1000,miss_merge=2"},
};

struct load {
    struct pcie_request requests[MANY];
    unsigned completed;
};

static void done(struct pcie_request *request)
{
    struct load *load = request->owner;
    load->completed++;
}

static void submit(struct world *world, struct load *load, const unsigned pages[MANY])
{
    *load = (struct load){.completed = 0};
    for (unsigned i = 0; i < MANY; i++) {
        struct pcie_request *request = &load->requests[i];
        *request = world_request(PCIE_READ, WORLD_IOVA + pages[i] * 4096u, 8);
        request->done = done;
        request->owner = load;
        request->issue_ps = world->sim.now_ps;
        load->completed += vtd_request(world->vtd, request);
    }
}

static void finish(struct world *world, const struct load *load)
{
    while (sim_step(&world->sim, UINT64_MAX))
        continue;
    assert_int_equal(load->completed, MANY);
    assert_true(vtd_idle(world->vtd));
}

/* Context and paging-structure caches know what leads to the pages; memory has no jitter. */
static void open_warm(struct world *world, const char *settings)
{
    world_init(world, "legacy", settings, WORLD_LEGACY, MEMORY_PS);
    world->delay.jitter_ps = 0;
    struct pcie_request request = world_request(PCIE_READ, WORLD_IOVA + 20u * 4096u, 8);
    world_run(world, &request);
    assert_int_equal(request.status, PCIE_SC);
    memset(world->accesses, 0, sizeof world->accesses);
}

/* ---- requests that miss the same page ---- */

static const unsigned same[MANY] = {3, 3, 3, 3, 3, 3, 3, 3};

static void test_misses_of_one_page(void **state)
{
    (void)state;
    for (unsigned p = 0; p < MERGE_POLICIES; p++) {
        struct world world;
        struct load load;
        open_warm(&world, policies[p].settings);
        submit(&world, &load, same);
        finish(&world, &load);
        assert_int_equal(world.accesses[PORT_WALK], policies[p].walks);
        uint64_t walked = LOOKUP_PS + MEMORY_PS;
        for (unsigned i = 0; i < MANY; i++) {
            const struct pcie_request *request = &load.requests[i];
            bool waited = i > 0 && policies[p].policy == MERGE_WAIT;
            assert_int_equal(request->status, PCIE_SC);
            assert_int_equal(request->done_ps - request->issue_ps, walked + (waited ? LOOKUP_PS : 0) + MEMORY_PS);
        }
        world_fini(&world);
    }
}

/* Each sees a fault of its own, and nobody waits for ever for what is not there. */
static void test_faults_are_not_shared(void **state)
{
    (void)state;
    static const unsigned bad[MANY] = {UNMAPPED, UNMAPPED, UNMAPPED, UNMAPPED, UNMAPPED, UNMAPPED, UNMAPPED, UNMAPPED};
    for (unsigned p = 0; p < MERGE_POLICIES; p++) {
        struct world world;
        struct load load;
        open_warm(&world, policies[p].settings);
        submit(&world, &load, bad);
        finish(&world, &load);
        assert_int_equal(world.accesses[PORT_WALK], MANY);
        for (unsigned i = 0; i < MANY; i++) {
            assert_int_equal(load.requests[i].status, PCIE_UR);
            assert_true(world_record(&world, i, true) >> 63);
        }
        world_fini(&world);
    }
}

/*
 * 6.5: what was read before an invalidation is not kept. Those that waited for such a walk find nothing, read the tables as
 * they are now, and leave nothing stale behind.
 */
static void test_invalidation_while_some_wait(void **state)
{
    (void)state;
    for (unsigned p = 0; p < MERGE_POLICIES; p++) {
        struct world world;
        struct load load;
        open_warm(&world, policies[p].settings);
        uint64_t leaf = world_leaf(&world, world.second_stage, WORLD_IOVA + 3u * 4096u), elsewhere = WORLD_DATA + 9u * 4096u;
        world_write64(&world, WORLD_DATA + 3u * 4096u, 0x3333);
        world_write64(&world, elsewhere, 0x9999);
        submit(&world, &load, same);
        while (world.accesses[PORT_WALK] == 0)
            assert_true(sim_step(&world.sim, UINT64_MAX)); /* a walk has read the entry */
        world_write64(&world, leaf, elsewhere | 3u);
        world_queue(&world, 2u | 1u << 4, 0);
        assert_true(world_wait(&world));
        assert_int_equal(load.completed, MANY); /* the wait has drained them */
        for (unsigned i = 0; i < MANY; i++) {
            uint64_t seen = load_le64(load.requests[i].data);
            assert_int_equal(load.requests[i].status, PCIE_SC);
            assert_true(seen == 0x9999 || seen == 0x3333);
        }
        struct pcie_request after = world_request(PCIE_READ, WORLD_IOVA + 3u * 4096u, 8);
        world_run(&world, &after);
        assert_int_equal(load_le64(after.data), 0x9999);
        world_fini(&world);
    }
}

static void test_reset_while_some_wait(void **state)
{
    (void)state;
    static const char *const settings[] = {"miss_merge=1", "miss_merge=2", "walk_hazard_lg2=21,walkers=1"};
    for (unsigned i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        struct world world;
        struct load load;
        open_warm(&world, settings[i]);
        submit(&world, &load, same);
        vtd_reset(world.vtd, false);
        while (sim_step(&world.sim, UINT64_MAX))
            continue;
        assert_int_equal(load.completed, 0);
        assert_true(vtd_idle(world.vtd));
        submit(&world, &load, same); /* TE is 0: untranslated */
        finish(&world, &load);
        world_fini(&world);
    }
}

/* Memory that answers now with a stamp: the entry is there before its walk has ended, and those who share wait for it. */
static void test_decoupled_time(void **state)
{
    (void)state;
    static const char *const settings[] = {"walk_step_ps=50000,lookup_ps=1000", "walk_step_ps=50000,lookup_ps=1000,miss_merge=1",
                                           "walk_step_ps=50000,lookup_ps=1000,miss_merge=2"};
    for (unsigned p = 0; p < MERGE_POLICIES; p++) {
        struct world world;
        struct load load;
        world_init(&world, "legacy", settings[p], WORLD_LEGACY, 0);
        submit(&world, &load, same);
        assert_int_equal(load.completed, MANY);
        uint64_t walked = load.requests[0].done_ps;
        const uint64_t wanted[MERGE_POLICIES] = {LOOKUP_PS, walked + LOOKUP_PS, walked};
        assert_int_equal(load.requests[1].done_ps, wanted[p]);
        world_fini(&world);
    }
}

/* ---- walks that must not overlap ---- */

static void test_hazard(void **state)
{
    (void)state;
    static const unsigned apart[MANY] = {0, 1, 2, 3, 4, 5, 6, 7};
    for (unsigned c = 0; c < 2; c++) {
        struct world world;
        struct load load;
        open_warm(&world, c ? "walk_hazard_lg2=21" : NULL);
        submit(&world, &load, apart);
        finish(&world, &load);
        assert_int_equal(world.accesses[PORT_WALK], MANY);
        for (unsigned i = 0; i < MANY; i++) {
            const struct pcie_request *request = &load.requests[i];
            assert_int_equal(request->status, PCIE_SC);
            assert_int_equal(request->done_ps - request->issue_ps, (c ? i + 1u : 1u) * MEMORY_PS + MEMORY_PS);
        }
        world_fini(&world);
    }
}

static void test_clock(void **state)
{
    (void)state;
    struct world world;
    struct load load;
    open_warm(&world, "clock_ps=7000");
    submit(&world, &load, same);
    finish(&world, &load);
    for (unsigned i = 0; i < MANY; i++)
        assert_int_equal(load.requests[i].done_ps % 7000u, 0);
    /* 40 ns of memory are 42 until the next edge, twice; and what the edge before the request costs. */
    uint64_t took = load.requests[0].done_ps - load.requests[0].issue_ps;
    assert_true(took >= 80000u && took <= 91000u);
    world_fini(&world);
}

static void test_what_is_refused(void **state)
{
    (void)state;
    struct vtd_params params;
    const struct vtd_ports ports = {0};
    struct sim sim;
    struct vtd *vtd;
    char error[160] = "";
    sim_init(&sim, 1);
    assert_true(vtd_preset("legacy", &params));
    assert_false(vtd_set_parameter(&params, "miss_merge", "3"));
    assert_true(vtd_set_parameter(&params, "walk_hazard_lg2", "11"));
    assert_true(vtd_create(&sim, &params, &ports, &vtd, error, sizeof error) < 0);
    assert_non_null(strstr(error, "walk_hazard_lg2"));
}

/* ---- everything at once: every answer as if the request had been alone ---- */

static void test_timing_changes_no_answer(void **state)
{
    (void)state;
    enum { COUNT = 300 };
    static struct pcie_request alone[COUNT], together[COUNT];
    struct load load = {.completed = 0};
    for (unsigned p = 0; p < MERGE_POLICIES; p++) {
        struct world one, many;
        struct sim_rng rng;
        char settings[160];
        snprintf(settings, sizeof settings,
                 "clock_ps=333,lookup_ps=1000,lookup_ports=1,walkers=3,walk_step_ps=500,table_ps=200,in_flight_max=20,"
                 "walk_hazard_lg2=%u,miss_merge=%u",
                 p ? 15u : 0u, p);
        world_init(&one, "scalable-nest", NULL, WORLD_SCALABLE, 0);
        world_init(&many, "scalable-nest", settings, WORLD_SCALABLE, MEMORY_PS);
        sim_rng_seed(&rng, 5 + p);
        load.completed = 0;
        for (unsigned i = 0; i < COUNT; i++) {
            uint64_t page = sim_rng_below(&rng, WORLD_PAGES + 2u);
            alone[i] = world_request(PCIE_READ, WORLD_IOVA + page * 4096u + sim_rng_below(&rng, 4090), 8);
            alone[i].pasid = (uint32_t)sim_rng_below(&rng, 3);
            alone[i].has_pasid = alone[i].pasid != 0;
            together[i] = alone[i];
            together[i].done = done;
            together[i].owner = &load;
            world_run(&one, &alone[i]);
            load.completed += vtd_request(many.vtd, &together[i]);
        }
        while (sim_step(&many.sim, UINT64_MAX))
            continue;
        assert_int_equal(load.completed, COUNT);
        for (unsigned i = 0; i < COUNT; i++) {
            assert_int_equal(together[i].status, alone[i].status);
            if (alone[i].status == PCIE_SC)
                assert_memory_equal(together[i].data, alone[i].data, alone[i].bytes);
        }
        assert_true(vtd_idle(many.vtd));
        world_fini(&one);
        world_fini(&many);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_misses_of_one_page),
        cmocka_unit_test(test_faults_are_not_shared),
        cmocka_unit_test(test_invalidation_while_some_wait),
        cmocka_unit_test(test_reset_while_some_wait),
        cmocka_unit_test(test_decoupled_time),
        cmocka_unit_test(test_hazard),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_timing_changes_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
