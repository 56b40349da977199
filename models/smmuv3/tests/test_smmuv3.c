/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_smmuv3.c - unit tests of the engine: translations, overlap, flags, the trace.
 *
 * Not a conformance test: it looks at what a black box cannot see (allocation, events), and compares the model with itself
 * (functional against split-phase memory, with deviations compiled in against without).
 */
#include "world.h"

#include "smmuv3/smmuv3_internal.h"
#include "sim/tests/allocations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- translations ---- */

static void check_read_write(struct world *world, struct pcie_request like, uint64_t host)
{
    struct pcie_request write = like, read = like;
    write.kind = PCIE_WRITE;
    write.bytes = read.bytes = 40;
    for (unsigned i = 0; i < 40; i++)
        write.data[i] = (uint8_t)(i + 1);
    assert_true(world_run(world, &write));
    assert_int_equal(write.status, PCIE_SC);
    assert_true(world_read64(world, host) == UINT64_C(0x0807060504030201));
    assert_true(world_run(world, &read));
    assert_int_equal(read.status, PCIE_SC);
    assert_int_equal(read.data_bytes, 40);
    assert_memory_equal(read.data, write.data, 40);
}

static void check_all_streams(struct world *world)
{
    uint64_t offset = 0x1020;
    for (unsigned again = 0; again < 2; again++) {
        if (world->params.s1p)
            check_read_write(world, world_request(WORLD_S1, PCIE_READ, WORLD_VA + offset, 8), WORLD_DATA + offset);
        for (uint32_t pasid = 1; world->params.ssidsize && pasid < 4; pasid++) {
            struct pcie_request like = world_request(WORLD_S1, PCIE_READ, WORLD_VA + offset, 8);
            like.has_pasid = true;
            like.pasid = pasid;
            check_read_write(world, like, WORLD_DATA + pasid * 0x100000u + offset);
        }
        if (world->params.s2p)
            check_read_write(world, world_request(WORLD_S2, PCIE_READ, WORLD_IPA + WORLD_DATA + offset, 8), WORLD_DATA + offset);
        if (world->params.s1p && world->params.s2p)
            check_read_write(world, world_request(WORLD_NESTED, PCIE_READ, WORLD_VA + offset, 8), WORLD_DATA + offset);
        check_read_write(world, world_request(WORLD_BYPASS, PCIE_READ, WORLD_DATA + offset, 8), WORLD_DATA + offset);
        assert_int_equal(world_touch(world, WORLD_ABORT, PCIE_READ, WORLD_DATA), PCIE_UR);
    }
    uint64_t record[4];
    assert_false(world_event(world, record));
}

static void test_translates(void **state)
{
    (void)state;
    static const char *const presets[] = {"min", "stage1", "stage2", "nested", "max", "v30", "v31", "nocache", "hoard"};
    for (size_t i = 0; i < sizeof presets / sizeof presets[0]; i++)
        for (unsigned latency = 0; latency < 2; latency++) {
            struct world world;
            world_init(&world, presets[i], NULL, latency * 1000u);
            check_all_streams(&world);
            world_fini(&world);
        }
}

static void test_hit_costs_nothing(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "max", NULL, 0);
    static const enum world_stream streams[] = {WORLD_S1, WORLD_S2, WORLD_NESTED};
    for (size_t i = 0; i < 3; i++) {
        struct smmuv3_translation translation = {.stream_id = streams[i],
                                                 .address = streams[i] == WORLD_S2 ? WORLD_IPA + WORLD_DATA : WORLD_VA};
        smmuv3_translate(world.smmu, &translation);
        assert_true(translation.allowed);
        unsigned before = allocations;
        uint64_t events = world.sim.scheduled_count;
        memset(world.reads, 0, sizeof world.reads);
        for (unsigned n = 0; n < 100; n++) {
            translation.translated = 0;
            smmuv3_translate(world.smmu, &translation);
            assert_true(translation.allowed && translation.translated == WORLD_DATA);
        }
        assert_int_equal(allocations, before);
        assert_true(world.sim.scheduled_count == events);
        assert_int_equal(world.reads[PORT_STRUCTURE] + world.reads[PORT_WALK], 0);
    }
    world_fini(&world);
}

/* ---- overlap ---- */

static void test_sync_drains(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 1000);
    uint64_t done_ps = 0;
    struct pcie_request request = world_request(WORLD_NESTED, PCIE_READ, PAGE(0), 8);
    request.done = world_note_done;
    request.owner = &done_ps;
    assert_false(smmuv3_request(world.smmu, &request));
    sim_run(&world.sim, world.sim.now_ps + 2500);
    world_command(&world, 0x04, 31);
    world_command(&world, CMD_SYNC, 0);
    assert_true(world_consumed(&world));
    assert_true(done_ps != 0);
    /* What it read before the invalidation is not cached. */
    assert_null(smmuv3_ste_find(world.smmu, WORLD_NESTED, false));
    assert_int_equal(world.smmu->caches.tlb.count, 0);
    world_settle(&world);
    assert_true(smmuv3_idle(world.smmu));
    world_fini(&world);
}

static void test_reset_with_requests_in_flight(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 1000);
    for (uint64_t at = 500; at < 20000; at += 1500) {
        uint64_t done_ps = 0;
        struct pcie_request request = world_request(WORLD_NESTED, PCIE_READ, PAGE(0), 8);
        request.done = world_note_done;
        request.owner = &done_ps;
        assert_false(smmuv3_request(world.smmu, &request));
        world_command(&world, CMD_SYNC | 1u << 12, WORLD_MSI);
        sim_run(&world.sim, world.sim.now_ps + at);
        bool was_done = done_ps != 0;
        smmuv3_reset(world.smmu);
        world_settle(&world);
        assert_int_equal(done_ps != 0, was_done);
        assert_true(smmuv3_idle(world.smmu));
        assert_int_equal(world_register(&world, 0x24), 0);
        world_fini(&world);
        world_init(&world, "nested", NULL, 1000);
    }
    world_fini(&world);
}

static void test_disable_drains(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 1000);
    uint64_t done_ps = 0;
    struct pcie_request request = world_request(WORLD_S1, PCIE_READ, PAGE(0), 8);
    request.done = world_note_done;
    request.owner = &done_ps;
    assert_false(smmuv3_request(world.smmu, &request));
    world_set(&world, 0x20, 0xc);
    assert_int_equal(world_register(&world, 0x24), 0xd);
    while (world_register(&world, 0x24) == 0xd)
        assert_true(sim_step(&world.sim, UINT64_MAX));
    assert_true(done_ps != 0);
    assert_int_equal(request.status, PCIE_SC); /* it was translated: SMMUEN was set when it came */
    world_fini(&world);
}

/* ---- flags ---- */

static void test_flags(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    uint64_t cd = world_cd(WORLD_NESTED, 0), leaf = world_leaf(&world, world.second[WORLD_NESTED], 1, WORLD_IPA + HOST(1));
    world_write64(&world, cd, world_read64(&world, cd) | UINT64_C(3) << 42); /* HA, HD */
    world_write64(&world, world_ste(WORLD_NESTED) + 16, world_read64(&world, world_ste(WORLD_NESTED) + 16) | UINT64_C(3) << 55);
    uint64_t s2 = world_read64(&world, leaf);
    world_write64(&world, leaf, (s2 & ~UINT64_C(0x480)) | UINT64_C(1) << 51); /* AF 0, read-only, DBM */
    uint64_t table = world.first[WORLD_NESTED];
    for (unsigned level = 0; level < 3; level++)
        table =
            (world_read64(&world, table + (WORLD_VA >> (39u - 9u * level) & 511u) * 8u) & UINT64_C(0xfffffffff000)) - WORLD_IPA;
    uint64_t entry = table + (PAGE(1) >> 12 & 511u) * 8u, s1 = world_read64(&world, entry);
    world_write64(&world, entry, (s1 & ~(UINT64_C(1) << 10)) | UINT64_C(1) << 51 | 1u << 7);
    assert_int_equal(world_touch(&world, WORLD_NESTED, PCIE_READ, PAGE(1)), PCIE_SC);
    assert_true(world_read64(&world, entry) == (s1 | UINT64_C(1) << 51 | 1u << 7));
    assert_true(world_read64(&world, leaf) == ((s2 & ~UINT64_C(0x80)) | UINT64_C(1) << 51));
    assert_int_equal(world_touch(&world, WORLD_NESTED, PCIE_WRITE, PAGE(1)), PCIE_SC); /* a hit on a clean entry */
    assert_true(world_read64(&world, entry) == (s1 | UINT64_C(1) << 51));
    assert_true(world_read64(&world, leaf) == (s2 | UINT64_C(1) << 51));
    world_fini(&world);
}

/* ---- the trace ---- */

static const char *trace_path, *compare_path;

static void trace(FILE *file)
{
    static const char *const presets[] = {"nested", "max", "hoard", "nocache"};
    for (size_t i = 0; i < sizeof presets / sizeof presets[0]; i++) {
        struct world world;
        world_init(&world, presets[i], "lookup_ps=500,walk_step_ps=700,command_ps=900,register_ps=1100,walkers=2", 1000);
        uint64_t record[4];
        for (unsigned n = 0; n < 200; n++) {
            static const enum world_stream streams[] = {WORLD_S1, WORLD_S2, WORLD_NESTED, WORLD_BYPASS, WORLD_ABORT};
            enum world_stream stream = streams[n % 5];
            uint64_t page = n * 7u % (WORLD_PAGES + 2u) * 4096u;
            uint64_t base = stream == WORLD_S2 ? WORLD_IPA + WORLD_DATA : stream == WORLD_BYPASS ? WORLD_DATA : WORLD_VA;
            struct pcie_request request = world_request(stream, n & 8 ? PCIE_WRITE : PCIE_READ, base + page, 8);
            world_run(&world, &request);
            fprintf(file, "%s %u %d %llu\n", presets[i], n, (int)request.status, (unsigned long long)request.done_ps);
            if (n % 11 == 0)
                world_invalidate(&world, 0x30, 0);
            while (world_event(&world, record))
                fprintf(file, "%llx %llx %llx %llx\n", (unsigned long long)record[0], (unsigned long long)record[1],
                        (unsigned long long)record[2], (unsigned long long)record[3]);
        }
        fprintf(file, "end %llu\n", (unsigned long long)world.sim.now_ps);
        world_fini(&world);
    }
}

static void test_trace(void **state)
{
    (void)state;
    FILE *mine = trace_path ? fopen(trace_path, "w+") : tmpfile();
    assert_non_null(mine);
    trace(mine);
    if (compare_path) {
        FILE *other = fopen(compare_path, "r");
        assert_non_null(other);
        rewind(mine);
        char a[200], b[200];
        while (fgets(a, sizeof a, mine)) {
            assert_non_null(fgets(b, sizeof b, other));
            assert_string_equal(a, b);
        }
        assert_null(fgets(b, sizeof b, other));
        fclose(other);
    }
    fclose(mine);
}

int main(int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--trace") == 0)
            trace_path = argv[i + 1];
        if (strcmp(argv[i], "--compare") == 0)
            compare_path = argv[i + 1];
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_translates),     cmocka_unit_test(test_hit_costs_nothing),
        cmocka_unit_test(test_sync_drains),    cmocka_unit_test(test_reset_with_requests_in_flight),
        cmocka_unit_test(test_disable_drains), cmocka_unit_test(test_flags),
        cmocka_unit_test(test_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
