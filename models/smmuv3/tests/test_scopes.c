/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_scopes.c - unit tests of the engine: what tags keep apart, how far each command and each enable reaches.
 */
#include "world.h"

#include "smmuv3/smmuv3_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SID(sid) ((uint64_t)(sid) << 32)
#define VMID(vmid) ((uint64_t)(vmid) << 32)
#define ASID(asid) ((uint64_t)(asid) << 48)
#define NG (UINT64_C(1) << 11)

static void change(struct world *world, uint64_t address, uint64_t clear, uint64_t set)
{
    world_write64(world, address, (world_read64(world, address) & ~clear) | set);
}

static uint64_t s1_leaf(struct world *world, uint64_t address)
{
    return world_leaf(world, world->first[WORLD_S1], 0, address);
}

/* The page leads where it led before its descriptor was cleared, until this command. */
static bool goes(struct world *world, enum world_stream stream, uint64_t leaf, uint64_t address, uint64_t low, uint64_t high)
{
    uint64_t before = world_read64(world, leaf);
    assert_int_equal(world_touch(world, stream, PCIE_READ, address), PCIE_SC);
    world_write64(world, leaf, 0);
    assert_int_equal(world_touch(world, stream, PCIE_READ, address), PCIE_SC);
    world_invalidate(world, low, high);
    bool gone = world_touch(world, stream, PCIE_READ, address) != PCIE_SC;
    world_write64(world, leaf, before);
    return gone;
}

/* ---- 3.17 StreamWorlds ---- */

static void test_el2(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    world_set(&world, 0x20, 0);
    change(&world, world_ste(WORLD_S1) + 8, 0, UINT64_C(2) << 30); /* STRW: EL2 */
    world_restart(&world, 2, 0xd);
    uint64_t leaf = s1_leaf(&world, PAGE(1)), vmid = VMID(WORLD_S1);
    assert_false(goes(&world, WORLD_S1, leaf, PAGE(1), 0x10 | vmid, 0));
    assert_false(goes(&world, WORLD_S1, leaf, PAGE(1), 0x30, 0));
    assert_false(goes(&world, WORLD_S1, leaf, PAGE(1), 0x21 | ASID(1), 0)); /* not tagged with an ASID */
    assert_false(goes(&world, WORLD_S1, leaf, PAGE(1), 0x23, PAGE(2)));
    assert_true(goes(&world, WORLD_S1, leaf, PAGE(1), 0x23, PAGE(1)));
    assert_true(goes(&world, WORLD_S1, leaf, PAGE(1), 0x22 | ASID(77), PAGE(1)));
    assert_true(goes(&world, WORLD_S1, leaf, PAGE(1), 0x20, 0));
    world_restart(&world, 3, 0xd); /* E2H */
    world_invalidate(&world, 0x20, 0);
    world_invalidate(&world, 0x04, 31);
    assert_false(goes(&world, WORLD_S1, leaf, PAGE(1), 0x22 | ASID(77), PAGE(1)));
    assert_true(goes(&world, WORLD_S1, leaf, PAGE(1), 0x22 | ASID(1), PAGE(1)));
    assert_false(goes(&world, WORLD_S1, leaf, PAGE(1), 0x21 | ASID(77), 0));
    assert_true(goes(&world, WORLD_S1, leaf, PAGE(1), 0x21 | ASID(1), 0));
    assert_true(goes(&world, WORLD_S1, leaf, PAGE(1), 0x23, PAGE(1)));
    assert_false(goes(&world, WORLD_S1, leaf, PAGE(1), 0x11 | vmid | ASID(1), 0));
    world_fini(&world);
}

/* Same VMID, ASID and address in two worlds, and as IPA and VA. */
static void test_same_tags(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    change(&world, world_ste(WORLD_STALL) + 8, 0, UINT64_C(2) << 30);
    change(&world, world_cd(WORLD_STALL, 0), UINT64_C(0xffff) << 48, 0);
    change(&world, world_cd(WORLD_S1, 0), UINT64_C(0xffff) << 48, 0);
    change(&world, world_ste(WORLD_S1) + 16, 0xffff, 0);
    change(&world, world_ste(WORLD_S2) + 16, 0xffff, 0);
    world_write64(&world, HOST(1), 0x1111);
    world_write64(&world, HOST(2), 0x2222);
    change(&world, world_leaf(&world, world.first[WORLD_STALL], 0, PAGE(1)), 0x3000, 0x2000);
    world_restart(&world, 3, 0xd);
    assert_int_equal(world_peek(&world, WORLD_S1, 0, PAGE(1)), 0x1111);
    assert_int_equal(world_peek(&world, WORLD_STALL, 0, PAGE(1)), 0x2222);
    /* A mapping in stage 1 at an address that stage 2 translates too. */
    uint64_t both = WORLD_IPA + HOST(2);
    world_write64(&world, s1_leaf(&world, both), world_read64(&world, s1_leaf(&world, PAGE(1))));
    assert_int_equal(world_peek(&world, WORLD_S1, 0, both), 0x1111);
    assert_int_equal(world_peek(&world, WORLD_S2, 0, both), 0x2222);
    /* Addresses that differ above bit 31 only. */
    uint64_t far = PAGE(1) + (UINT64_C(1) << 40);
    world_write64(&world, s1_leaf(&world, far), world_read64(&world, s1_leaf(&world, PAGE(2))));
    assert_int_equal(world_peek(&world, WORLD_S1, 0, far), 0x2222);
    assert_int_equal(world_peek(&world, WORLD_S1, 0, PAGE(1)), 0x1111);
    world_fini(&world);
}

static void test_privilege(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    uint64_t cd1 = world_read64(&world, world_cd(WORLD_S1, 1) + 8) & UINT64_C(0xfffffffff000);
    change(&world, world_leaf(&world, cd1, 0, PAGE(1)), UINT64_C(1) << 6, 0); /* for the privileged only */
    struct pcie_request request = world_request(WORLD_S1, PCIE_READ, PAGE(1), 8);
    request.has_pasid = request.privileged = true;
    request.pasid = 1;
    assert_true(world_run(&world, &request));
    assert_int_equal(request.status, PCIE_SC);
    request.privileged = false;
    assert_true(world_run(&world, &request));
    assert_int_equal(request.status, PCIE_UR);
    world_fini(&world);
}

/* ---- 3.17.1 global entries ---- */

static void test_global(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    for (unsigned i = 0; i < 4; i++)
        world_write64(&world, HOST(1) + i * 0x100000u, 0x1110u + i);
    uint64_t leaf = s1_leaf(&world, PAGE(1)), vmid = VMID(WORLD_S1);
    change(&world, world_cd(WORLD_S1, 2), 0, UINT64_C(1) << 47); /* ASET */
    world_invalidate(&world, 0x04, 31);
    change(&world, leaf, NG, 0);
    assert_int_equal(world_peek(&world, WORLD_S1, 0, PAGE(1)), 0x1110);
    assert_int_equal(world_peek(&world, WORLD_S1, 1, PAGE(1)), 0x1110); /* of another ASID, in the same set */
    assert_int_equal(world_peek(&world, WORLD_S1, 2, PAGE(1)), 0x1112); /* of the other set */
    assert_false(goes(&world, WORLD_S1, leaf, PAGE(1), 0x11 | vmid | ASID(1), 0));
    assert_true(goes(&world, WORLD_S1, leaf, PAGE(1), 0x12 | vmid | ASID(9), PAGE(1)));
    world_fini(&world);
}

/* ---- 3.17.6 VMID wildcards ---- */

static void test_wildcard(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    uint64_t leaf = s1_leaf(&world, PAGE(1));
    assert_false(goes(&world, WORLD_S1, leaf, PAGE(1), 0x10 | VMID(WORLD_S1 ^ 1), 0));
    world_restart(&world, 2, 0x4d);
    assert_true(goes(&world, WORLD_S1, leaf, PAGE(1), 0x10 | VMID(WORLD_S1 ^ 1), 0));
    assert_false(goes(&world, WORLD_S1, leaf, PAGE(1), 0x10 | VMID(WORLD_S1 ^ 2), 0));
    world_fini(&world);
}

/* ---- a block of stage 1 over pages of stage 2 ---- */

static void test_block_over_pages(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    uint64_t entry = world.first[WORLD_NESTED];
    for (unsigned level = 0; level < 2; level++)
        entry =
            (world_read64(&world, entry + (WORLD_VA >> (39u - 9u * level) & 511u) * 8u) & UINT64_C(0xfffffffff000)) - WORLD_IPA;
    entry += (WORLD_VA >> 21 & 511u) * 8u;
    uint64_t block = (WORLD_DATA + WORLD_IPA) | UINT64_C(1) | 1u << 6 | 3u << 8 | 1u << 10 | NG;
    world_write64(&world, entry, block);
    world_invalidate(&world, 0x30, 0);
    assert_int_equal(world_touch(&world, WORLD_NESTED, PCIE_READ, PAGE(1)), PCIE_SC);
    assert_int_equal(world_touch(&world, WORLD_NESTED, PCIE_READ, PAGE(2)), PCIE_SC);
    world_write64(&world, entry, 0);
    world_invalidate(&world, 0x13 | VMID(WORLD_NESTED), PAGE(9));
    assert_int_equal(world_touch(&world, WORLD_NESTED, PCIE_READ, PAGE(1)), PCIE_UR);
    assert_int_equal(world_touch(&world, WORLD_NESTED, PCIE_READ, PAGE(2)), PCIE_UR);
    /* And by VA and ASID, what is made of both stages. */
    world_write64(&world, entry, block);
    uint64_t leaf = world_leaf(&world, world.second[WORLD_NESTED], 1, WORLD_IPA + HOST(1));
    assert_true(goes(&world, WORLD_NESTED, leaf, PAGE(1), 0x12 | VMID(WORLD_NESTED) | ASID(1), PAGE(1)));
    world_fini(&world);
}

/* ---- 4.3 structures of two levels ---- */

#define L1 UINT64_C(0x20000)

static void test_two_level_stream_table(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    world_set(&world, 0x20, 0);
    smmuv3_register_write(world.smmu, 0x80, 8, L1);
    world_set(&world, 0x88, 1u << 16 | 6u << 6 | 8u);
    world_write64(&world, L1, WORLD_STRTAB | 7u);
    world_restart(&world, 2, 0xd);
    world_invalidate(&world, 0x04, 31);
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(1)), PCIE_SC);
    assert_int_equal(world_touch(&world, 64, PCIE_READ, 0), PCIE_UR); /* no L1STD */
    world_write64(&world, L1, 0);
    world_invalidate(&world, 0x03 | SID(WORLD_S1), 1);
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(1)), PCIE_SC);
    world_invalidate(&world, 0x03 | SID(WORLD_S1), 0);
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(1)), PCIE_UR);
    world_write64(&world, L1, WORLD_STRTAB | 7u);
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(1)), PCIE_SC); /* an empty one was not kept */
    /* Ranges: of two StreamIDs, of four. */
    world_write64(&world, world_ste(WORLD_S1), 0);
    world_invalidate(&world, 0x04 | SID(WORLD_S1 ^ 2), 0);
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(1)), PCIE_SC);
    world_invalidate(&world, 0x04 | SID(WORLD_S1 ^ 3), 1);
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(1)), PCIE_UR);
    world_fini(&world);
}

static void test_two_level_cds(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    world_write64(&world, L1, world_cd(WORLD_S1, 0) & ~UINT64_C(0xfff)); /* V = 0 */
    /* The CDs of stream 1 are 16 CDs into a leaf table. */
    uint32_t base = (uint32_t)(world_cd(WORLD_S1, 0) & 0xfff) / 64u;
    world_write64(&world, world_ste(WORLD_S1), 1u | 5u << 1 | 1u << 4 | L1 | UINT64_C(7) << 59);
    world_invalidate(&world, 0x04, 31);
    assert_int_equal(world_peek(&world, WORLD_S1, base + 1u, PAGE(1)), 0);
    world_write64(&world, HOST(1) + 0x100000u, 0x77);
    change(&world, L1, 0, 1);
    world_invalidate(&world, 0x06 | SID(WORLD_S1), 0);
    assert_int_equal(world_peek(&world, WORLD_S1, base + 1u, PAGE(1)), 0x77);
    change(&world, L1, 1, 0);
    world_invalidate(&world, 0x05 | SID(WORLD_S1) | (uint64_t)(base + 1u) << 12, 1);
    assert_int_equal(world_peek(&world, WORLD_S1, base + 1u, PAGE(1)), 0x77);
    world_invalidate(&world, 0x05 | SID(WORLD_S1) | (uint64_t)(base + 1u) << 12, 0);
    assert_int_equal(world_peek(&world, WORLD_S1, base + 1u, PAGE(1)), 0);
    /* CMD_CFGI_STE takes the CDs along. */
    change(&world, L1, 0, 1);
    assert_int_equal(world_peek(&world, WORLD_S1, base + 1u, PAGE(1)), 0x77);
    change(&world, world_cd(WORLD_S1, 1), UINT64_C(1) << 31, 0);
    world_invalidate(&world, 0x03 | SID(WORLD_S1), 1);
    assert_int_equal(world_peek(&world, WORLD_S1, base + 1u, PAGE(1)), 0);
    world_fini(&world);
}

/* ---- 4.4.2, 4.7: commands that a unit does not have ---- */

static void check_illegal(const char *preset, const char *settings, const uint8_t *opcodes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct world world;
        world_init(&world, preset, settings, 0);
        world_command(&world, opcodes[i], 0);
        assert_int_equal(world_register(&world, 0x9c), 1u << 24);
        world_fini(&world);
    }
}

static void test_absent_commands(void **state)
{
    (void)state;
    static const uint8_t stage2[] = {0x28, 0x2a}, stage1[] = {0x05, 0x06, 0x10, 0x11, 0x12, 0x13},
                         hyp[] = {0x20, 0x21, 0x22, 0x23}, stalls[] = {0x44, 0x45};
    check_illegal("stage1", NULL, stage2, sizeof stage2);
    check_illegal("stage1", NULL, hyp, sizeof hyp);
    check_illegal("stage2", NULL, stage1, sizeof stage1);
    check_illegal("min", NULL, stalls, sizeof stalls);
}

/* ---- queues ---- */

static void test_full_queue(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    world_set(&world, 0x20, 0x5);
    for (unsigned i = 0; i < 1u << WORLD_CMDQ_LG2; i++)
        world_command(&world, i ? 0x30 : 0x01, 0);
    assert_int_equal(world_register(&world, 0x9c), 0);
    assert_int_equal(world.events, 0);
    world_set(&world, 0x20, 0xd);
    assert_int_equal(world_register(&world, 0x9c), world.command);
    assert_int_equal(world.events, 1); /* no longer full */
    world_fini(&world);
}

static void test_batches(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "nested", NULL, 0);
    uint64_t leaf = s1_leaf(&world, PAGE(1));
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(1)), PCIE_SC);
    world_write64(&world, leaf, 0);
    world_command(&world, 0x12 | VMID(WORLD_S1) | ASID(1), PAGE(1));
    world_invalidate(&world, 0x03 | SID(WORLD_S2), 1);
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(1)), PCIE_UR);
    world_fini(&world);
}

/* ---- enables ---- */

static void test_enables(void **state)
{
    (void)state;
    struct world world;
    uint64_t record[4];
    world_init(&world, "max", NULL, 0);
    world_set(&world, 0x50, 0);
    world_touch(&world, WORLD_S1, PCIE_READ, PAGE(WORLD_PAGES));
    world_command(&world, 0xff, 0);
    assert_int_equal(world.lines[SMMUV3_LINE_EVENTQ] + world.lines[SMMUV3_LINE_GERROR], 0);
    assert_int_equal(world_read64(&world, WORLD_MSI + 8) | world_read64(&world, WORLD_MSI + 16), 0);
    world_set(&world, 0x50, 5); /* nothing of before */
    assert_int_equal(world.lines[SMMUV3_LINE_EVENTQ] + world.lines[SMMUV3_LINE_GERROR], 0);
    /* MEV = 0: nothing is merged. */
    world_touch(&world, WORLD_S1, PCIE_READ, PAGE(WORLD_PAGES));
    assert_true(world_event(&world, record) && world_event(&world, record));
    assert_false(world_event(&world, record));
    change(&world, world_ste(WORLD_S1) + 8, 0, UINT64_C(1) << 19);
    world_restart(&world, 0, 0x5); /* RECINVSID 0 */
    smmuv3_caches_clear(world.smmu);
    for (unsigned i = 0; i < 3; i++)
        world_touch(&world, WORLD_S1, PCIE_READ, PAGE(WORLD_PAGES) + i * 8u);
    world_touch(&world, 77, PCIE_READ, 0);
    assert_true(world_event(&world, record));
    assert_false(world_event(&world, record));
    /* 64 bits at once. */
    world_set(&world, 0x20, 0);
    smmuv3_register_write(world.smmu, 0x80, 8, UINT64_C(0x0001234500000000));
    assert_true(smmuv3_register_read(world.smmu, 0x80, 8) == UINT64_C(0x0001234500000000));
    world_fini(&world);
}

/* ---- 3.13.5 ---- */

static void test_flags_in_read_only_page(void **state)
{
    (void)state;
    struct world world;
    uint64_t record[4];
    world_init(&world, "nested", NULL, 0);
    change(&world, world_cd(WORLD_NESTED, 0), 0, UINT64_C(1) << 43); /* HA */
    uint64_t table = world.first[WORLD_NESTED];
    for (unsigned level = 0; level < 3; level++)
        table =
            (world_read64(&world, table + (WORLD_VA >> (39u - 9u * level) & 511u) * 8u) & UINT64_C(0xfffffffff000)) - WORLD_IPA;
    uint64_t entry = table + (PAGE(1) >> 12 & 511u) * 8u;
    change(&world, entry, UINT64_C(1) << 10, 0);
    change(&world, world_leaf(&world, world.second[WORLD_NESTED], 1, WORLD_IPA + table), UINT64_C(2) << 6, 0);
    assert_int_equal(world_touch(&world, WORLD_NESTED, PCIE_READ, PAGE(1)), PCIE_UR);
    assert_true(world_event(&world, record));
    assert_int_equal(record[0] & 0xff, 0x13);
    assert_true(record[1] == (UINT64_C(1) << 35 | UINT64_C(1) << 39 | UINT64_C(1) << 40)); /* RnW, S2, CLASS TT, TTRnW 0 */
    assert_true(record[3] == ((WORLD_IPA + entry) & ~UINT64_C(0xfff)));
    assert_true(!(world_read64(&world, entry) >> 10 & 1u));
    world_fini(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_el2),
        cmocka_unit_test(test_same_tags),
        cmocka_unit_test(test_privilege),
        cmocka_unit_test(test_global),
        cmocka_unit_test(test_wildcard),
        cmocka_unit_test(test_block_over_pages),
        cmocka_unit_test(test_two_level_stream_table),
        cmocka_unit_test(test_two_level_cds),
        cmocka_unit_test(test_absent_commands),
        cmocka_unit_test(test_full_queue),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_enables),
        cmocka_unit_test(test_flags_in_read_only_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
