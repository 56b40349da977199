/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_smmuv3.c - unit tests of the engine: registers, queues, caches and their invalidation, overlap, stalls, interrupts.
 *
 * Not a conformance test: it looks at what a black box cannot see (allocation, events), and compares the model with itself
 * (functional against split-phase memory, with deviations compiled in against without).
 */
#include "world.h"

#include "smmuv3/smmuv3_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- allocations, counted by the linker's --wrap ---- */

static unsigned allocations;

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *old, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);

void *__wrap_malloc(size_t bytes)
{
    allocations++;
    return __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    allocations++;
    return __real_calloc(count, bytes);
}

void *__wrap_realloc(void *old, size_t bytes)
{
    allocations++;
    return __real_realloc(old, bytes);
}

#define CMD_SID(sid) ((uint64_t)(sid) << 32)
#define CMD_SYNC UINT64_C(0x46)
#define UPDATE (UINT32_C(1) << 31)
#define PAGE(n) (WORLD_VA + (n)*UINT64_C(0x1000))
#define HOST(n) (WORLD_DATA + (n)*UINT64_C(0x1000))

static void run(struct world *world)
{
    for (unsigned i = 0; i < 100000 && sim_step(&world->sim, UINT64_MAX); i++)
        ;
}

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

/* ---- registers ---- */

static void test_registers(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "max", NULL, 0);
    struct smmuv3 *smmu = world.smmu;
    assert_true(smmuv3_register_bytes(smmu) == 0x20000);
    /* Guards: closed while SMMUEN, CMDQEN, EVENTQEN, IRQEN. */
    static const uint32_t guarded[] = {0x28, 0x2c, 0x80, 0x88, 0x90, 0x9c, 0xa0, 0x68, 0x70, 0x74, 0xb0, 0xb8, 0xbc, 0x100a8};
    for (size_t i = 0; i < sizeof guarded / sizeof guarded[0]; i++) {
        uint32_t before = world_register(&world, guarded[i]);
        world_set(&world, guarded[i], ~before);
        assert_int_equal(world_register(&world, guarded[i]), before);
    }
    world_set(&world, 0x20, 0);
    world_set(&world, 0x50, 0);
    run(&world);
    assert_int_equal(world_register(&world, 0x24), 0);
    for (size_t i = 0; i < sizeof guarded / sizeof guarded[0]; i++) {
        world_set(&world, guarded[i], UINT32_MAX);
        assert_int_not_equal(world_register(&world, guarded[i]), 0);
    }
    assert_int_equal(world_register(&world, 0x28), 0xfff);
    assert_int_equal(world_register(&world, 0x88), 0x307ff);
    /* Access sizes; RES0 places; the Event queue's registers are in Page 1 only. */
    smmuv3_register_write(smmu, 0x80, 8, UINT64_C(0x0000000012345678));
    assert_true(smmuv3_register_read(smmu, 0x80, 8) == UINT64_C(0x12345640));
    smmuv3_register_write(smmu, 0x80, 2, 0);
    smmuv3_register_write(smmu, 0x82, 4, 0);
    assert_int_equal(smmuv3_register_read(smmu, 0x80, 1), 0);
    assert_int_equal(world_register(&world, 0x80), 0x12345640);
    assert_int_equal(world_register(&world, 0xa8), 0);
    assert_int_equal(world_register(&world, 0xc0), 0);
    world_set(&world, 0x20, UINT32_MAX & ~0xdu);
    assert_int_equal(world_register(&world, 0x20), 0x1c0); /* VMW */
    assert_int_equal(world_register(&world, 0x24), 0x1c0);
    world_fini(&world);
}

static void test_global_bypass(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "max", NULL, 0);
    world_set(&world, 0x20, 0xc);
    run(&world);
    assert_int_equal(world_touch(&world, 99, PCIE_READ, WORLD_DATA), PCIE_SC);
    unsigned reads = world.reads[PORT_DMA];
    assert_int_equal(world_touch(&world, 99, PCIE_READ, UINT64_C(1) << 60), PCIE_UR); /* beyond the OAS */
    assert_int_equal(world.reads[PORT_DMA], reads);
    world_set(&world, 0x44, 1u << 20); /* without Update: ignored */
    assert_int_equal(world_touch(&world, 99, PCIE_READ, WORLD_DATA), PCIE_SC);
    world_set(&world, 0x44, 1u << 20 | UPDATE);
    assert_int_equal(world_register(&world, 0x44) & UPDATE, 0);
    assert_int_equal(world_touch(&world, 99, PCIE_READ, WORLD_DATA), PCIE_UR);
    uint64_t record[4];
    assert_false(world_event(&world, record));
    world_fini(&world);
}

static void test_timed_updates(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "max", "register_ps=5000", 0);
    world_set(&world, 0x20, 0x0);
    assert_int_equal(world_register(&world, 0x20), 0);
    assert_int_equal(world_register(&world, 0x24), 0xd);
    world_set(&world, 0x20, 0xd); /* in transition: ignored */
    assert_int_equal(world_register(&world, 0x20), 0);
    run(&world);
    assert_int_equal(world_register(&world, 0x24), 0);
    world_set(&world, 0x44, 1u << 20 | UPDATE);
    assert_true(world_register(&world, 0x44) & UPDATE);
    world_set(&world, 0x44, UPDATE);
    run(&world);
    assert_int_equal(world_register(&world, 0x44), 1u << 20);
    world_fini(&world);
}

/* ---- events ---- */

static void test_event_records(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    uint64_t record[4];
    uint64_t beyond = PAGE(WORLD_PAGES) + 0x18;
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, beyond), PCIE_UR);
    assert_true(world_event(&world, record));
    assert_true(record[0] == (CMD_SID(WORLD_S1) | 0x10));
    assert_true(record[1] == (UINT64_C(1) << 35 | UINT64_C(2) << 40)); /* RnW, CLASS IN */
    assert_true(record[2] == beyond && record[3] == 0);
    assert_int_equal(world.lines[SMMUV3_LINE_EVENTQ], 1);
    assert_int_equal(world_read64(&world, WORLD_MSI + 8) & UINT32_MAX, 0xe0e0);
    /* C_BAD_STREAMID is recorded with RECINVSID. */
    assert_int_equal(world_touch(&world, 77, PCIE_READ, 0), PCIE_UR);
    assert_true(world_event(&world, record));
    assert_true(record[0] == (CMD_SID(77) | 0x02));
    /* A substream that is not there; SSID and PnU of a request with PASID. */
    struct pcie_request request = world_request(WORLD_S1, PCIE_WRITE, WORLD_VA, 8);
    request.has_pasid = request.privileged = true;
    request.pasid = 4;
    assert_true(world_run(&world, &request));
    assert_true(world_event(&world, record));
    assert_true(record[0] == (CMD_SID(WORLD_S1) | UINT64_C(4) << 12 | 0x08));
    /* Stage 2 fault of the final address: the IPA is there. */
    uint64_t leaf = world_leaf(&world, world.second[WORLD_NESTED], 1, WORLD_IPA + HOST(3));
    world_write64(&world, leaf, 0);
    assert_int_equal(world_touch(&world, WORLD_NESTED, PCIE_WRITE, PAGE(3) + 8), PCIE_UR);
    assert_true(world_event(&world, record));
    assert_true(record[0] == (CMD_SID(WORLD_NESTED) | 0x10));
    assert_true(record[1] == (UINT64_C(1) << 39 | UINT64_C(2) << 40)); /* S2, CLASS IN */
    assert_true(record[2] == PAGE(3) + 8 && record[3] == WORLD_IPA + HOST(3));
    /* What crosses a page is unsupported. */
    request = world_request(WORLD_S1, PCIE_READ, PAGE(1) - 4, 8);
    assert_true(world_run(&world, &request));
    assert_int_equal(request.status, PCIE_UR);
    assert_true(world_event(&world, record));
    assert_int_equal(record[0] & 0xff, 0x01);
    assert_false(world_event(&world, record));
    world_fini(&world);
}

static void test_overflow(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    for (unsigned i = 0; i < 4; i++)
        world_touch(&world, WORLD_S1, PCIE_READ, PAGE(WORLD_PAGES));
    assert_int_equal(world_register(&world, 0x100a8), 4); /* full: the wrap bit, and no overflow yet */
    assert_int_equal(world.lines[SMMUV3_LINE_EVENTQ], 1); /* only the first found the queue empty */
    world_touch(&world, WORLD_S1, PCIE_READ, PAGE(WORLD_PAGES));
    assert_int_equal(world_register(&world, 0x100a8), UPDATE | 4u);
    world_touch(&world, WORLD_S1, PCIE_READ, PAGE(WORLD_PAGES));
    assert_int_equal(world_register(&world, 0x100a8), UPDATE | 4u);
    uint64_t record[4];
    for (unsigned i = 0; i < 4; i++)
        assert_true(world_event(&world, record));
    assert_false(world_event(&world, record));
    /* Disabled: lost, and no overflow. */
    world_set(&world, 0x20, 0x9);
    world_touch(&world, WORLD_S1, PCIE_READ, PAGE(WORLD_PAGES));
    assert_int_equal(world_register(&world, 0x100a8), UPDATE | 4u);
    world_fini(&world);
}

static void test_event_write_aborts(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    world_set(&world, 0x20, 0x9);
    smmuv3_register_write(world.smmu, 0xa0, 8, (WORLD_BYTES + 0x1000) | WORLD_EVENTQ_LG2); /* no memory there */
    world_set(&world, 0x20, 0xd);
    world_touch(&world, WORLD_S1, PCIE_READ, PAGE(WORLD_PAGES));
    assert_int_equal(world_register(&world, 0x60), 4);
    assert_int_equal(world_register(&world, 0x100a8), 0);
    assert_int_equal(world.lines[SMMUV3_LINE_GERROR], 1);
    assert_int_equal(world_read64(&world, WORLD_MSI + 16) & UINT32_MAX, 0xf0f0);
    world_touch(&world, WORLD_S1, PCIE_READ, PAGE(WORLD_PAGES)); /* not writable: silently lost */
    assert_int_equal(world_register(&world, 0x60), 4);
    world_set(&world, 0x64, 4);
    world_touch(&world, WORLD_S1, PCIE_READ, PAGE(WORLD_PAGES));
    assert_int_equal(world_register(&world, 0x60), 0); /* toggled once more */
    world_fini(&world);
}

/* ---- commands ---- */

static void test_command_errors(void **state)
{
    (void)state;
    static const uint64_t illegal[][2] = {
        {0x00, 0},
        {0x08, 0},
        {0x07, 0},
        {0x18, 0},
        {0x40, 0},
        {0x50, 0},
        {0x60, 0},
        {0x70, 0},
        {0x80, 0},
        {0xff, 0},
        {0x46 | 3u << 12, 0},      /* CS 0b11 */
        {0x03 | 1u << 10, 0},      /* SSec */
        {0x12, UINT64_C(1) << 10}, /* TG without NUM, SCALE, TTL */
    };
    struct world world;
    world_init(&world, "nested", NULL, 0);
    uint32_t gerror = 0;
    for (size_t i = 0; i < sizeof illegal / sizeof illegal[0]; i++) {
        uint32_t at = world_register(&world, 0x9c) & 0xfffff;
        world_command(&world, illegal[i][0], illegal[i][1]);
        gerror ^= 1;
        assert_int_equal(world_register(&world, 0x60), gerror);
        assert_int_equal(world_register(&world, 0x9c), at | 1u << 24);
        /* What is put in its place is read again once the error is acknowledged. */
        world_write64(&world, WORLD_CMDQ + (at & 7u) * 16u, 0x30);
        world_write64(&world, WORLD_CMDQ + (at & 7u) * 16u + 8u, 0);
        assert_int_equal(world_register(&world, 0x9c) & 0xfffff, at);
        world_set(&world, 0x64, gerror);
        assert_int_equal(world_register(&world, 0x9c) & 0xfffff, world.command);
    }
    assert_int_equal(world.lines[SMMUV3_LINE_GERROR], sizeof illegal / sizeof illegal[0]);
    world_fini(&world);
}

static void test_command_fetch_aborts(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    world_set(&world, 0x20, 0x5);
    smmuv3_register_write(world.smmu, 0x90, 8, WORLD_BYTES | WORLD_CMDQ_LG2);
    world_set(&world, 0x20, 0xd);
    world_set(&world, 0x98, 1);
    assert_int_equal(world_register(&world, 0x9c), 2u << 24);
    assert_int_equal(world_register(&world, 0x60), 1);
    world_fini(&world);
}

static void test_sync_signals(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    world_command(&world, CMD_SYNC | UINT64_C(0xabcd) << 32, WORLD_MSI); /* SIG_NONE */
    assert_int_equal(world_read64(&world, WORLD_MSI), 0);
    world_command(&world, CMD_SYNC | 1u << 12 | UINT64_C(0xabcd) << 32, WORLD_MSI);
    assert_int_equal(world_read64(&world, WORLD_MSI), 0xabcd);
    assert_int_equal(world.lines[SMMUV3_LINE_CMD_SYNC], 1);
    world_command(&world, CMD_SYNC | 2u << 12, 0);
    assert_int_equal(world.events, 1);
    world_command(&world, CMD_SYNC | 1u << 12 | UINT64_C(1) << 32, WORLD_BYTES); /* its MSI aborts */
    assert_int_equal(world_register(&world, 0x60), 1u << 4);
    assert_int_equal(world_register(&world, 0x9c), world.command);
    world_command(&world, CMD_SYNC | 1u << 12 | UINT64_C(1) << 32, WORLD_BYTES); /* active already */
    assert_int_equal(world_register(&world, 0x60), 1u << 4);
    world_fini(&world);
}

static void test_prefetch(void **state)
{
    (void)state;
    for (unsigned latency = 0; latency < 2; latency++) {
        struct world world;
        uint64_t record[4];
        world_init(&world, "max", NULL, latency * 1000u);
        world_invalidate(&world, 0x01 | CMD_SID(WORLD_NESTED), 0);
        run(&world);
        assert_non_null(smmuv3_ste_find(world.smmu, WORLD_NESTED, false));
        assert_non_null(smmuv3_cd_find(world.smmu, WORLD_NESTED, 0, NULL));
        assert_int_equal(world.smmu->caches.tlb.count, 0);
        world_invalidate(&world, 0x02 | CMD_SID(WORLD_NESTED), PAGE(WORLD_PAGES - 2u) | 2); /* two of four are mapped */
        run(&world);
        assert_int_equal(world.smmu->caches.tlb.count, 2);
        memset(world.reads, 0, sizeof world.reads);
        assert_int_equal(world_touch(&world, WORLD_NESTED, PCIE_READ, PAGE(WORLD_PAGES - 1u)), PCIE_SC);
        assert_int_equal(world.reads[PORT_WALK], 0);
        assert_false(world_event(&world, record));
        assert_true(smmuv3_idle(world.smmu));
        world_fini(&world);
    }
}

/* ---- what each invalidation drops ---- */

/* Both pages are in the TLB; then their descriptors are cleared. */
static void prime(struct world *world, enum world_stream stream, uint64_t top, unsigned level, uint64_t a, uint64_t b)
{
    assert_int_equal(world_touch(world, stream, PCIE_READ, a), PCIE_SC);
    assert_int_equal(world_touch(world, stream, PCIE_READ, b), PCIE_SC);
    uint64_t first = world_leaf(world, top, level, a), second = world_leaf(world, top, level, b);
    world_write64(world, first, world_read64(world, first) & ~UINT64_C(1));
    world_write64(world, second, world_read64(world, second) & ~UINT64_C(1));
    assert_int_equal(world_touch(world, stream, PCIE_READ, a), PCIE_SC);
    assert_int_equal(world_touch(world, stream, PCIE_READ, b), PCIE_SC);
}

static void check_invalidation(uint64_t low, uint64_t high, bool first_goes, bool second_goes)
{
    struct world world;
    world_init(&world, "nested", NULL, 0);
    prime(&world, WORLD_S1, world.first[WORLD_S1], 0, PAGE(2), PAGE(3));
    world_invalidate(&world, low, high);
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(2)), first_goes ? PCIE_UR : PCIE_SC);
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(3)), second_goes ? PCIE_UR : PCIE_SC);
    world_fini(&world);
}

static void test_stage1_invalidations(void **state)
{
    (void)state;
    uint64_t vmid = (uint64_t)WORLD_S1 << 32, asid = UINT64_C(1) << 48;
    check_invalidation(0x10 | vmid, 0, true, true);
    check_invalidation(0x10 | vmid << 1, 0, false, false);
    check_invalidation(0x11 | vmid | asid, 0, true, true);
    check_invalidation(0x11 | vmid | asid << 1, 0, false, false);
    check_invalidation(0x12 | vmid | asid, PAGE(2), true, false);
    check_invalidation(0x12 | vmid | asid, PAGE(2) | 1, true, false); /* Leaf */
    check_invalidation(0x12 | vmid | asid << 1, PAGE(2), false, false);
    check_invalidation(0x13 | vmid, PAGE(3), false, true);
    check_invalidation(0x20, 0, false, false);
    check_invalidation(0x2a | vmid, PAGE(2), false, false);
    check_invalidation(0x28 | vmid, 0, true, true);
    check_invalidation(0x30, 0, true, true);
    check_invalidation(0x03 | CMD_SID(WORLD_S1), 0, false, false);
    /* RIL: one page, two pages, another granule, the level of a block. */
    check_invalidation(0x12 | vmid | asid, PAGE(2) | 1u << 10 | 3u << 8, true, false);
    check_invalidation(0x12 | vmid | asid | 1u << 12, PAGE(2) | 1u << 10, true, true);
    check_invalidation(0x12 | vmid | asid | 1u << 20, PAGE(2) | 1u << 10, true, true);
    check_invalidation(0x12 | vmid | asid | 1u << 12, PAGE(0) | 3u << 10, false, false);
    check_invalidation(0x12 | vmid | asid | 1u << 12, PAGE(2) | 1u << 10 | 2u << 8, false, false);
}

static void test_stage2_invalidations(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    uint64_t a = WORLD_IPA + HOST(2), b = WORLD_IPA + HOST(3), vmid = (uint64_t)WORLD_S2 << 32;
    prime(&world, WORLD_S2, world.second[WORLD_S2], 1, a, b);
    world_invalidate(&world, 0x2a | vmid << 1, a);
    world_invalidate(&world, 0x10 | vmid, 0);
    assert_int_equal(world_touch(&world, WORLD_S2, PCIE_READ, a), PCIE_SC);
    world_invalidate(&world, 0x2a | vmid, a);
    assert_int_equal(world_touch(&world, WORLD_S2, PCIE_READ, a), PCIE_UR);
    assert_int_equal(world_touch(&world, WORLD_S2, PCIE_READ, b), PCIE_SC);
    /* What is made of both stages outlives an invalidation by IPA, and goes with one by VA. */
    vmid = (uint64_t)WORLD_NESTED << 32;
    assert_int_equal(world_touch(&world, WORLD_NESTED, PCIE_READ, PAGE(2)), PCIE_SC);
    world_write64(&world, world_leaf(&world, world.second[WORLD_NESTED], 1, a), 0);
    world_invalidate(&world, 0x2a | vmid, a);
    assert_int_equal(world_touch(&world, WORLD_NESTED, PCIE_READ, PAGE(2)), PCIE_SC);
    world_invalidate(&world, 0x13 | vmid, PAGE(2));
    assert_int_equal(world_touch(&world, WORLD_NESTED, PCIE_READ, PAGE(2)), PCIE_UR);
    world_fini(&world);
}

/* The walk cache: a table descriptor that was replaced is used until an invalidation with Leaf = 0. */
static void test_walk_cache(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    uint64_t vmid = (uint64_t)WORLD_S1 << 32, asid = UINT64_C(1) << 48;
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(0)), PCIE_SC);
    world_write64(&world, world.first[WORLD_S1] + (WORLD_VA >> 39 & 511u) * 8u, 0);
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(1)), PCIE_SC);
    world_invalidate(&world, 0x12 | vmid | asid, PAGE(1) | 1);
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(1)), PCIE_SC);
    world_invalidate(&world, 0x12 | vmid | asid, PAGE(1));
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(1)), PCIE_UR);
    world_fini(&world);
}

static void test_configuration_invalidations(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(0)), PCIE_SC);
    uint64_t ste = world_read64(&world, world_ste(WORLD_S1)), cd = world_read64(&world, world_cd(WORLD_S1, 0));
    world_write64(&world, world_ste(WORLD_S1), 0);
    world_invalidate(&world, 0x05 | CMD_SID(WORLD_S1), 0);
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(0)), PCIE_SC);
    world_invalidate(&world, 0x03 | CMD_SID(WORLD_S1), 1);
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(0)), PCIE_UR);
    world_write64(&world, world_ste(WORLD_S1), ste);
    world_invalidate(&world, 0x04, 31); /* CFGI_ALL */
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(0)), PCIE_SC);
    world_write64(&world, world_cd(WORLD_S1, 0), 0);
    world_invalidate(&world, 0x05 | CMD_SID(WORLD_S1) | 1u << 12, 1); /* another CD */
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(0)), PCIE_SC);
    world_invalidate(&world, 0x05 | CMD_SID(WORLD_S1), 1);
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(0)), PCIE_UR);
    world_write64(&world, world_cd(WORLD_S1, 0), cd);
    world_invalidate(&world, 0x06 | CMD_SID(WORLD_S1), 0);
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(0)), PCIE_SC);
    world_fini(&world);
}

/* ---- overlap ---- */

static void note(struct pcie_request *request)
{
    *(uint64_t *)request->owner = request->done_ps + 1u;
}

static void test_sync_drains(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 1000);
    uint64_t done_ps = 0;
    struct pcie_request request = world_request(WORLD_NESTED, PCIE_READ, PAGE(0), 8);
    request.done = note;
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
    run(&world);
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
        request.done = note;
        request.owner = &done_ps;
        assert_false(smmuv3_request(world.smmu, &request));
        world_command(&world, CMD_SYNC | 1u << 12, WORLD_MSI);
        sim_run(&world.sim, world.sim.now_ps + at);
        bool was_done = done_ps != 0;
        smmuv3_reset(world.smmu);
        run(&world);
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
    request.done = note;
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

/* ---- stalls ---- */

struct stalled {
    struct world world;
    struct pcie_request request;
    uint64_t done_ps, leaf, value;
    uint64_t record[4];
};

static void stall(struct stalled *s, const char *settings)
{
    memset(s, 0, sizeof *s);
    world_init(&s->world, "nested", settings, 0);
    s->leaf = world_leaf(&s->world, s->world.first[WORLD_STALL], 0, PAGE(2));
    s->value = world_read64(&s->world, s->leaf);
    world_write64(&s->world, s->leaf, 0);
    s->request = world_request(WORLD_STALL, PCIE_READ, PAGE(2), 8);
    s->request.done = note;
    s->request.owner = &s->done_ps;
    assert_false(smmuv3_request(s->world.smmu, &s->request));
    run(&s->world);
    assert_true(s->done_ps == 0 && smmuv3_idle(s->world.smmu));
}

static uint64_t stag_of(struct stalled *s)
{
    assert_true(world_event(&s->world, s->record));
    assert_int_equal(s->record[0] & 0xff, 0x10);
    assert_int_equal(s->record[1] >> 31 & 1, 1);
    return s->record[1] & 0xffff;
}

static void test_resume(void **state)
{
    (void)state;
    struct stalled s;
    stall(&s, NULL);
    uint64_t stag = stag_of(&s);
    world_invalidate(&s.world, 0x44 | CMD_SID(WORLD_S1) | 1u << 12, stag); /* another stream: nothing happens */
    world_invalidate(&s.world, 0x44 | CMD_SID(WORLD_STALL) | 1u << 12, stag + 1);
    run(&s.world);
    assert_true(s.done_ps == 0);
    assert_false(world_event(&s.world, s.record));
    world_write64(&s.world, s.leaf, s.value);
    world_invalidate(&s.world, 0x44 | CMD_SID(WORLD_STALL) | 1u << 12, stag);
    run(&s.world);
    assert_true(s.done_ps != 0);
    assert_int_equal(s.request.status, PCIE_SC);
    world_fini(&s.world);

    stall(&s, NULL); /* retried in vain: it stalls again, with a record of its own; then RAZ/WI */
    stag = stag_of(&s);
    world_invalidate(&s.world, 0x44 | CMD_SID(WORLD_STALL) | 1u << 12, stag);
    run(&s.world);
    stag = stag_of(&s);
    world_invalidate(&s.world, 0x44 | CMD_SID(WORLD_STALL), stag);
    run(&s.world);
    assert_int_equal(s.request.status, PCIE_SC);
    assert_int_equal(load_le64(s.request.data), 0);
    world_fini(&s.world);

    stall(&s, NULL);
    world_invalidate(&s.world, 0x44 | CMD_SID(WORLD_STALL) | 1u << 13, stag_of(&s));
    run(&s.world);
    assert_true(s.done_ps != 0);
    assert_int_equal(s.request.status, PCIE_UR);
    world_fini(&s.world);
}

static void test_stall_term(void **state)
{
    (void)state;
    struct stalled s;
    stall(&s, NULL);
    world_invalidate(&s.world, 0x45 | CMD_SID(WORLD_S1), 0);
    run(&s.world);
    assert_true(s.done_ps == 0);
    world_invalidate(&s.world, 0x45 | CMD_SID(WORLD_STALL), 0);
    run(&s.world);
    assert_true(s.done_ps != 0);
    assert_int_equal(s.request.status, PCIE_UR);
    world_fini(&s.world);

    stall(&s, NULL);
    world_set(&s.world, 0x20, 0xc); /* SMMUEN */
    run(&s.world);
    assert_true(s.done_ps != 0);
    assert_int_equal(s.request.status, PCIE_UR);
    world_fini(&s.world);
}

static void test_stall_without_room(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    uint64_t record[4];
    for (unsigned i = 0; i < 4; i++)
        world_touch(&world, WORLD_S1, PCIE_READ, PAGE(WORLD_PAGES));
    uint64_t done_ps = 0;
    struct pcie_request request = world_request(WORLD_STALL, PCIE_READ, PAGE(WORLD_PAGES), 8);
    request.done = note;
    request.owner = &done_ps;
    assert_false(smmuv3_request(world.smmu, &request));
    run(&world);
    assert_int_equal(world_register(&world, 0x100a8), 4); /* no overflow */
    for (unsigned i = 0; i < 4; i++)
        assert_true(world_event(&world, record));
    run(&world);
    assert_true(world_event(&world, record));
    assert_int_equal(record[1] >> 31 & 1, 1);
    assert_true(done_ps == 0);
    world_invalidate(&world, 0x45 | CMD_SID(WORLD_STALL), 0);
    run(&world);
    assert_true(done_ps != 0);
    world_fini(&world);
}

static void test_early_retry(void **state)
{
    (void)state;
    struct stalled s;
    stall(&s, "early_retry=1");
    uint64_t stag = stag_of(&s);
    world_invalidate(&s.world, 0x30, 0); /* in vain: it stays, and nothing is recorded */
    run(&s.world);
    assert_true(s.done_ps == 0);
    assert_false(world_event(&s.world, s.record));
    world_write64(&s.world, s.leaf, s.value);
    world_invalidate(&s.world, 0x30, 0);
    run(&s.world);
    assert_true(s.done_ps != 0);
    assert_int_equal(s.request.status, PCIE_SC);
    assert_true(s.world.smmu->stalls[stag].in_use); /* until software acknowledges */
    world_invalidate(&s.world, 0x44 | CMD_SID(WORLD_STALL) | 1u << 12, stag);
    assert_false(s.world.smmu->stalls[stag].in_use);
    world_fini(&s.world);
}

static void test_no_stag_left(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", "stall_max_lg2=1", 0); /* one */
    uint64_t done_ps[3] = {0}, record[4];
    struct pcie_request requests[3];
    for (unsigned i = 0; i < 3; i++) {
        requests[i] = world_request(WORLD_STALL, PCIE_READ, PAGE(WORLD_PAGES), 8);
        requests[i].done = note;
        requests[i].owner = &done_ps[i];
        assert_false(smmuv3_request(world.smmu, &requests[i]));
    }
    for (unsigned i = 0; i < 3; i++) {
        run(&world);
        assert_true(world_event(&world, record));
        assert_false(world_event(&world, record));
        assert_true(done_ps[i] == 0);
        world_invalidate(&world, 0x44 | CMD_SID(WORLD_STALL) | 1u << 13, record[1] & 0xffff);
        run(&world);
        assert_true(done_ps[i] != 0);
    }
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
        cmocka_unit_test(test_registers),
        cmocka_unit_test(test_translates),
        cmocka_unit_test(test_hit_costs_nothing),
        cmocka_unit_test(test_global_bypass),
        cmocka_unit_test(test_timed_updates),
        cmocka_unit_test(test_event_records),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_event_write_aborts),
        cmocka_unit_test(test_command_errors),
        cmocka_unit_test(test_command_fetch_aborts),
        cmocka_unit_test(test_sync_signals),
        cmocka_unit_test(test_prefetch),
        cmocka_unit_test(test_stage1_invalidations),
        cmocka_unit_test(test_stage2_invalidations),
        cmocka_unit_test(test_walk_cache),
        cmocka_unit_test(test_configuration_invalidations),
        cmocka_unit_test(test_sync_drains),
        cmocka_unit_test(test_reset_with_requests_in_flight),
        cmocka_unit_test(test_disable_drains),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_resume),
        cmocka_unit_test(test_stall_term),
        cmocka_unit_test(test_stall_without_room),
        cmocka_unit_test(test_early_retry),
        cmocka_unit_test(test_no_stag_left),
        cmocka_unit_test(test_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
