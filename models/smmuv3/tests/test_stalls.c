/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_stalls.c - unit tests of the engine: stalled transactions and what becomes of them.
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
    s->request.done = world_note_done;
    s->request.owner = &s->done_ps;
    assert_false(smmuv3_request(s->world.smmu, &s->request));
    world_settle(&s->world);
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
    world_settle(&s.world);
    assert_true(s.done_ps == 0);
    assert_false(world_event(&s.world, s.record));
    world_write64(&s.world, s.leaf, s.value);
    world_invalidate(&s.world, 0x44 | CMD_SID(WORLD_STALL) | 1u << 12, stag);
    world_settle(&s.world);
    assert_true(s.done_ps != 0);
    assert_int_equal(s.request.status, PCIE_SC);
    world_fini(&s.world);

    stall(&s, NULL); /* retried in vain: it stalls again, with a record of its own; then RAZ/WI */
    stag = stag_of(&s);
    world_invalidate(&s.world, 0x44 | CMD_SID(WORLD_STALL) | 1u << 12, stag);
    world_settle(&s.world);
    stag = stag_of(&s);
    world_invalidate(&s.world, 0x44 | CMD_SID(WORLD_STALL), stag);
    world_settle(&s.world);
    assert_int_equal(s.request.status, PCIE_SC);
    assert_int_equal(load_le64(s.request.data), 0);
    world_fini(&s.world);

    stall(&s, NULL);
    world_invalidate(&s.world, 0x44 | CMD_SID(WORLD_STALL) | 1u << 13, stag_of(&s));
    world_settle(&s.world);
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
    world_settle(&s.world);
    assert_true(s.done_ps == 0);
    world_invalidate(&s.world, 0x45 | CMD_SID(WORLD_STALL), 0);
    world_settle(&s.world);
    assert_true(s.done_ps != 0);
    assert_int_equal(s.request.status, PCIE_UR);
    world_fini(&s.world);

    stall(&s, NULL);
    world_set(&s.world, 0x20, 0xc); /* SMMUEN */
    world_settle(&s.world);
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
    request.done = world_note_done;
    request.owner = &done_ps;
    assert_false(smmuv3_request(world.smmu, &request));
    world_settle(&world);
    assert_int_equal(world_register(&world, 0x100a8), 4); /* no overflow */
    for (unsigned i = 0; i < 4; i++)
        assert_true(world_event(&world, record));
    world_settle(&world);
    assert_true(world_event(&world, record));
    assert_int_equal(record[1] >> 31 & 1, 1);
    assert_true(done_ps == 0);
    world_invalidate(&world, 0x45 | CMD_SID(WORLD_STALL), 0);
    world_settle(&world);
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
    world_settle(&s.world);
    assert_true(s.done_ps == 0);
    assert_false(world_event(&s.world, s.record));
    world_write64(&s.world, s.leaf, s.value);
    world_invalidate(&s.world, 0x30, 0);
    world_settle(&s.world);
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
        requests[i].done = world_note_done;
        requests[i].owner = &done_ps[i];
        assert_false(smmuv3_request(world.smmu, &requests[i]));
    }
    for (unsigned i = 0; i < 3; i++) {
        world_settle(&world);
        assert_true(world_event(&world, record));
        assert_false(world_event(&world, record));
        assert_true(done_ps[i] == 0);
        world_invalidate(&world, 0x44 | CMD_SID(WORLD_STALL) | 1u << 13, record[1] & 0xffff);
        world_settle(&world);
        assert_true(done_ps[i] != 0);
    }
    world_fini(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resume),      cmocka_unit_test(test_stall_term),   cmocka_unit_test(test_stall_without_room),
        cmocka_unit_test(test_early_retry), cmocka_unit_test(test_no_stag_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
