/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_registers.c - unit tests of the engine: registers, GBPA, Updates that take their time.
 */
#include "world.h"

#include "smmuv3/smmuv3_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define UPDATE (UINT32_C(1) << 31)

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
    world_settle(&world);
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
    world_settle(&world);
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
    world_settle(&world);
    assert_int_equal(world_register(&world, 0x24), 0);
    world_set(&world, 0x44, 1u << 20 | UPDATE);
    assert_true(world_register(&world, 0x44) & UPDATE);
    world_set(&world, 0x44, UPDATE);
    world_settle(&world);
    assert_int_equal(world_register(&world, 0x44), 1u << 20);
    world_fini(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registers),
        cmocka_unit_test(test_global_bypass),
        cmocka_unit_test(test_timed_updates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
