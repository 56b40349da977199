/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_queues.c - unit tests of the engine: the Event queue, the Command queue, their errors and interrupts.
 */
#include "world.h"

#include "smmuv3/smmuv3_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CMD_SID(sid) ((uint64_t)(sid) << 32)
#define UPDATE (UINT32_C(1) << 31)

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
        world_settle(&world);
        assert_non_null(smmuv3_ste_find(world.smmu, WORLD_NESTED, false));
        assert_non_null(smmuv3_cd_find(world.smmu, WORLD_NESTED, 0, NULL));
        assert_int_equal(world.smmu->caches.tlb.count, 0);
        world_invalidate(&world, 0x02 | CMD_SID(WORLD_NESTED), PAGE(WORLD_PAGES - 2u) | 2); /* two of four are mapped */
        world_settle(&world);
        assert_int_equal(world.smmu->caches.tlb.count, 2);
        memset(world.reads, 0, sizeof world.reads);
        assert_int_equal(world_touch(&world, WORLD_NESTED, PCIE_READ, PAGE(WORLD_PAGES - 1u)), PCIE_SC);
        assert_int_equal(world.reads[PORT_WALK], 0);
        assert_false(world_event(&world, record));
        assert_true(smmuv3_idle(world.smmu));
        world_fini(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_event_records),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_event_write_aborts),
        cmocka_unit_test(test_command_errors),
        cmocka_unit_test(test_command_fetch_aborts),
        cmocka_unit_test(test_sync_signals),
        cmocka_unit_test(test_prefetch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
