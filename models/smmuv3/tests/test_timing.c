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

enum { MANY = 8 };
#define MEMORY_PS 40000u
#define LOOKUP_PS 1000u
#define CONFIG_PS 300u
#define TABLE_PS 20u

struct load {
    struct pcie_request requests[MANY];
    unsigned completed;
};

static void done(struct pcie_request *request)
{
    struct load *load = request->owner;
    load->completed++;
}

/* Page i * apart of the stage 1 stream, all at once. */
static void submit(struct world *world, struct load *load, unsigned apart)
{
    *load = (struct load){.completed = 0};
    for (unsigned i = 0; i < MANY; i++) {
        struct pcie_request *request = &load->requests[i];
        *request = world_request(WORLD_S1, PCIE_READ, WORLD_VA + (uint64_t)i * apart * 4096u, 8);
        request->done = done;
        request->owner = load;
        request->issue_ps = world->sim.now_ps;
        load->completed += smmuv3_request(world->smmu, request);
    }
}

static void finish(struct world *world, const struct load *load)
{
    while (sim_step(&world->sim, UINT64_MAX))
        continue;
    assert_int_equal(load->completed, MANY);
    assert_true(smmuv3_idle(world->smmu));
}

/* The caches know all that leads to the pages. */
static void open_warm(struct world *world, const char *settings)
{
    world_init(world, "stage1", settings, MEMORY_PS);
    assert_int_equal(world_touch(world, WORLD_S1, PCIE_READ, WORLD_VA + 15u * 4096u), PCIE_SC);
    memset(world->reads, 0, sizeof world->reads);
}

static const char *const policies[MERGE_POLICIES] = {
    "lookup_ps=1000,config_ps=300,table_ps=20,miss_merge=0",
    "lookup_ps=1000,config_ps=300,table_ps=20,miss_merge=1",
    "lookup_ps=1000,config_ps=300,table_ps=20,miss_merge=2",
};

static void test_misses_of_one_page(void **state)
{
    (void)state;
    for (unsigned p = 0; p < MERGE_POLICIES; p++) {
        struct world world;
        struct load load;
        open_warm(&world, policies[p]);
        submit(&world, &load, 0);
        finish(&world, &load);
        assert_int_equal(world.reads[PORT_WALK], p == MERGE_NONE ? MANY : 1);
        for (unsigned i = 0; i < MANY; i++) {
            const struct pcie_request *request = &load.requests[i];
            uint64_t waited = i > 0 && p == MERGE_WAIT ? LOOKUP_PS : 0;
            assert_int_equal(request->status, PCIE_SC);
            assert_int_equal(request->done_ps - request->issue_ps,
                             LOOKUP_PS + CONFIG_PS + TABLE_PS + MEMORY_PS + waited + MEMORY_PS);
        }
        world_fini(&world);
    }
}

/* 3.21.2: what was read before an invalidation is not kept, and nobody who waited for it sees it afterwards. */
static void test_invalidation_while_some_wait(void **state)
{
    (void)state;
    for (unsigned p = 0; p < MERGE_POLICIES; p++) {
        struct world world;
        struct load load;
        open_warm(&world, policies[p]);
        uint64_t leaf = world_leaf(&world, world.first[WORLD_S1], 0, WORLD_VA), elsewhere = WORLD_DATA + 9u * 4096u;
        world_write64(&world, elsewhere, 0x9999);
        submit(&world, &load, 0);
        while (world.reads[PORT_WALK] == 0)
            assert_true(sim_step(&world.sim, UINT64_MAX)); /* a walk has read the descriptor */
        world_write64(&world, leaf, (world_read64(&world, leaf) & 0xfff) | elsewhere);
        world_invalidate(&world, 0x30, 0);
        assert_int_equal(load.completed, MANY); /* CMD_SYNC has waited for them */
        struct pcie_request after = world_request(WORLD_S1, PCIE_READ, WORLD_VA, 8);
        assert_true(world_run(&world, &after));
        assert_int_equal(load_le64(after.data), 0x9999);
        world_fini(&world);
    }
}

static void test_hazard(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 2; c++) {
        struct world world;
        struct load load;
        open_warm(&world, c ? "walk_hazard_lg2=21" : NULL);
        submit(&world, &load, 1);
        finish(&world, &load);
        for (unsigned i = 0; i < MANY; i++)
            assert_int_equal(load.requests[i].done_ps - load.requests[i].issue_ps, (c ? i + 1u : 1u) * MEMORY_PS + MEMORY_PS);
        world_fini(&world);
    }
}

static void test_clock(void **state)
{
    (void)state;
    struct world world;
    struct load load;
    open_warm(&world, "clock_ps=7000");
    submit(&world, &load, 0);
    finish(&world, &load);
    for (unsigned i = 0; i < MANY; i++)
        assert_int_equal(load.requests[i].done_ps % 7000u, 0);
    world_fini(&world);
}

/* Faults, stalls and nested walks among them: every answer as if the request had been alone. */
static void test_timing_changes_no_answer(void **state)
{
    (void)state;
    enum { COUNT = 300 };
    static const enum world_stream streams[] = {WORLD_S1, WORLD_S2, WORLD_NESTED, WORLD_BYPASS, WORLD_ABORT};
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
        world_init(&one, "nested", NULL, 0);
        world_init(&many, "nested", settings, MEMORY_PS);
        sim_rng_seed(&rng, 5 + p);
        load.completed = 0;
        for (unsigned i = 0; i < COUNT; i++) {
            enum world_stream stream = streams[sim_rng_below(&rng, 5)];
            uint64_t base = stream == WORLD_S2 ? WORLD_IPA + WORLD_DATA : stream == WORLD_BYPASS ? WORLD_DATA : WORLD_VA;
            uint64_t offset = sim_rng_below(&rng, WORLD_PAGES + 2u) * 4096u + sim_rng_below(&rng, 4088);
            alone[i] = world_request(stream, PCIE_READ, base + offset, 8);
            together[i] = alone[i];
            together[i].done = done;
            together[i].owner = &load;
            assert_true(world_run(&one, &alone[i]));
            load.completed += smmuv3_request(many.smmu, &together[i]);
        }
        while (sim_step(&many.sim, UINT64_MAX))
            continue;
        assert_int_equal(load.completed, COUNT);
        for (unsigned i = 0; i < COUNT; i++) {
            assert_int_equal(together[i].status, alone[i].status);
            if (alone[i].status == PCIE_SC)
                assert_memory_equal(together[i].data, alone[i].data, alone[i].bytes);
        }
        assert_true(smmuv3_idle(many.smmu));
        world_fini(&one);
        world_fini(&many);
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
        submit(&world, &load, 0);
        smmuv3_reset(world.smmu);
        while (sim_step(&world.sim, UINT64_MAX))
            continue;
        assert_int_equal(load.completed, 0);
        assert_true(smmuv3_idle(world.smmu));
        submit(&world, &load, 0); /* SMMUEN is 0 */
        finish(&world, &load);
        world_fini(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_misses_of_one_page),
        cmocka_unit_test(test_invalidation_while_some_wait),
        cmocka_unit_test(test_hazard),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_timing_changes_no_answer),
        cmocka_unit_test(test_reset_while_some_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
