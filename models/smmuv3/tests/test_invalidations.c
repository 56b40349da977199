/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_invalidations.c - unit tests of the engine: what each invalidation drops, and what it leaves.
 */
#include "world.h"

#include "smmuv3/smmuv3_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CMD_SID(sid) ((uint64_t)(sid) << 32)

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stage1_invalidations),
        cmocka_unit_test(test_stage2_invalidations),
        cmocka_unit_test(test_walk_cache),
        cmocka_unit_test(test_configuration_invalidations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
