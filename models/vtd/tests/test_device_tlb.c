/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_device_tlb.c - 4.3, 6.5.2.5, 6.5.2.6, 6.5.2.11: invalidations of Device-TLBs, what waits for them, and what goes wrong.
 */
#include "world.h"

#include "pcie/ats.h"
#include "sim/port.h"
#include "vtd/vtd_formats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { GCMD = 0x18, FSTS = 0x34, IQH = 0x80, IQERCD = 0xb0 };

#define ITE (1u << 6)
#define ICE (1u << 5)
#define IQE (1u << 4)
#define FENCE (1u << 6)
#define EVERYTHING UINT64_C(0x7ffffffffffff000)

static void invalidate(struct world *world, uint16_t sid, uint64_t address, bool large)
{
    world_queue(world, 3u | (uint64_t)sid << 32, address | large);
}

static void complete(struct world *world, uint16_t sid, uint32_t itags, uint8_t count)
{
    const struct pcie_message message = {
        .kind = PCIE_INVALIDATE_COMPLETION, .device_id = sid, .itag = itags, .completion_count = count};
    vtd_message(world->vtd, &message);
}

static uint32_t itag_of(const struct world *world, unsigned n)
{
    assert_true(n < world->message_count);
    assert_int_equal(world->messages[n].kind, PCIE_INVALIDATE_REQUEST);
    return UINT32_C(1) << world->messages[n].itag;
}

static void test_messages(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats-nest", NULL, WORLD_SCALABLE, 0);
    invalidate(&world, 0x1234, WORLD_IOVA, false);
    invalidate(&world, 0x1234, EVERYTHING, true);
    assert_int_equal(world.message_count, 2);
    assert_true(world.messages[0].device_id == 0x1234 && world.messages[0].address == WORLD_IOVA);
    assert_false(world.messages[0].has_pasid);
    assert_true(world.messages[1].address == (EVERYTHING | 0x800u));
    assert_int_equal(pcie_range_lg2(world.messages[1].address), 64);
    /* With PASID: SID, PASID, MIP and PFSID are elsewhere. */
    world_queue(&world, 8u | 5u << 12 | (uint64_t)0x1234 << 16 | (uint64_t)0xabcde << 32 | (uint64_t)0x012 << 52,
                WORLD_IOVA | 0x800u);
    world_queue(&world, 8u | (uint64_t)0x1234 << 16 | (uint64_t)0xabcde << 32, WORLD_IOVA | 1u);
    assert_int_equal(world.message_count, 4);
    assert_true(world.messages[2].has_pasid && world.messages[2].pasid == 0xabcde);
    assert_true(world.messages[2].address == (WORLD_IOVA | 0x800u));
    assert_true(world.messages[3].has_pasid && world.messages[3].address == (WORLD_IOVA | 1u));
    assert_int_equal(vtd_register_read(world.vtd, FSTS, 4), 0);
    world_fini(&world);

    world_init(&world, "ats", NULL, WORLD_SCALABLE, 0); /* DIT=0: PFSID is reserved */
    world_queue(&world, 3u | 5u << 12, 0);
    assert_int_equal(vtd_register_read(world.vtd, FSTS, 4), IQE);
    assert_int_equal(vtd_register_read(world.vtd, IQERCD, 8) & 15u, 4);
    world_fini(&world);

    world_init(&world, "scalable", NULL, WORLD_SCALABLE, 0); /* DT=0: no such type */
    world_queue(&world, 3u, 0);
    assert_int_equal(vtd_register_read(world.vtd, IQERCD, 8) & 15u, 3);
    world_fini(&world);
}

static void test_wait_waits(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats-legacy", NULL, WORLD_LEGACY, 0);
    invalidate(&world, WORLD_RID, WORLD_IOVA, false);
    uint32_t first = world_begin_wait(&world, 0);
    assert_false(world_waited(&world, first));
    complete(&world, WORLD_RID, itag_of(&world, 0), 3);
    complete(&world, WORLD_RID, itag_of(&world, 0), 3);
    assert_false(world_waited(&world, first));
    complete(&world, WORLD_RID, itag_of(&world, 0), 3);
    assert_true(world_waited(&world, first));
    /* Behind a fence nothing is sent. */
    invalidate(&world, WORLD_RID, WORLD_IOVA, false);
    world_begin_wait(&world, FENCE);
    invalidate(&world, WORLD_RID_2, WORLD_IOVA, false);
    assert_int_equal(world.message_count, 2);
    complete(&world, WORLD_RID, itag_of(&world, 1), 1);
    assert_int_equal(world.message_count, 3);
    complete(&world, WORLD_RID_2, itag_of(&world, 2), 1);
    assert_true(vtd_idle(world.vtd));
    world_fini(&world);
}

static void test_tags_and_throttling(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats", NULL, WORLD_SCALABLE, 0);
    for (unsigned i = 0; i < 40; i++)
        invalidate(&world, WORLD_RID, WORLD_IOVA + i * 4096u, false);
    uint32_t last = world_begin_wait(&world, 0);
    assert_int_equal(world.message_count, 32);
    uint32_t seen = 0;
    for (unsigned i = 0; i < 32; i++)
        seen |= itag_of(&world, i);
    assert_true(seen == UINT32_MAX);
    complete(&world, WORLD_RID, itag_of(&world, 7), 1);
    assert_int_equal(world.message_count, 33);
    assert_true(itag_of(&world, 32) == itag_of(&world, 7));
    complete(&world, WORLD_RID, UINT32_MAX, 1);
    assert_int_equal(world.message_count, 40);
    assert_false(world_waited(&world, last));
    complete(&world, WORLD_RID,
             itag_of(&world, 33) | itag_of(&world, 34) | itag_of(&world, 35) | itag_of(&world, 36) | itag_of(&world, 37) |
                 itag_of(&world, 38) | itag_of(&world, 39),
             1);
    assert_true(world_waited(&world, last));
    world_fini(&world);

    world_init(&world, "ats-nest", NULL, WORLD_SCALABLE, 0);
    for (unsigned i = 0; i < 3; i++) /* MIP of 2, PFSID 0018h */
        world_queue(&world, 3u | 8u << 12 | 2u << 16 | (uint64_t)(0x18u + i) << 32 | (uint64_t)0x1 << 52, WORLD_IOVA);
    assert_int_equal(world.message_count, 2);
    complete(&world, 0x18, itag_of(&world, 0), 1);
    assert_int_equal(world.message_count, 3);
    world_fini(&world);
}

static void test_bad_completions(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats", NULL, WORLD_SCALABLE, 0);
    unsigned interrupts = world.interrupts;
    invalidate(&world, WORLD_RID, WORLD_IOVA, false);
    uint32_t status = world_begin_wait(&world, 0);
    complete(&world, WORLD_RID_2, itag_of(&world, 0), 1);
    assert_int_equal(vtd_register_read(world.vtd, FSTS, 4), ICE);
    assert_int_equal(vtd_register_read(world.vtd, IQERCD, 8) >> 48, WORLD_RID_2);
    assert_int_equal(world.interrupts, interrupts + 1);
    complete(&world, 0x4444, itag_of(&world, 0), 1);
    assert_int_equal(vtd_register_read(world.vtd, IQERCD, 8) >> 48, WORLD_RID_2);
    assert_false(world_waited(&world, status));
    complete(&world, WORLD_RID, itag_of(&world, 0) | UINT32_C(1) << 31, 1); /* the good tag counts all the same */
    assert_true(world_waited(&world, status));
    assert_true(world_wait(&world)); /* ICE stops nothing */
    vtd_register_write(world.vtd, FSTS, 4, ICE);
    assert_int_equal(vtd_register_read(world.vtd, FSTS, 4), 0);
    world_fini(&world);
}

static void test_time_out(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats", "device_tlb_timeout_ps=1000000", WORLD_SCALABLE, 0);
    unsigned interrupts = world.interrupts;
    invalidate(&world, WORLD_RID, WORLD_IOVA, false);
    uint32_t aborted = world_begin_wait(&world, 0);
    uint64_t head = vtd_register_read(world.vtd, IQH, 8);
    world_pass(&world, 1000000);
    assert_int_equal(vtd_register_read(world.vtd, FSTS, 4), ITE);
    assert_int_equal(vtd_register_read(world.vtd, IQERCD, 8) >> 32 & 0xffff, WORLD_RID);
    assert_int_equal(world.interrupts, interrupts + 1);
    assert_int_equal(vtd_register_read(world.vtd, IQH, 8), head);
    /* The queue stands; a late completion belongs to nobody. */
    uint32_t later = world_begin_wait(&world, 0);
    assert_false(world_waited(&world, later));
    complete(&world, WORLD_RID, itag_of(&world, 0), 1);
    assert_int_equal(vtd_register_read(world.vtd, FSTS, 4), ITE | ICE);
    assert_false(world_waited(&world, aborted));
    vtd_register_write(world.vtd, FSTS, 4, ITE | ICE);
    assert_true(world_waited(&world, later));
    assert_true(world_wait(&world));
    assert_true(vtd_idle(world.vtd));
    world_fini(&world);
}

/* 11.4.9.9: ITESID is of the first, as long as ITE is set. */
static void test_two_time_outs(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats", "device_tlb_timeout_ps=1000000", WORLD_SCALABLE, 0);
    invalidate(&world, WORLD_RID, WORLD_IOVA, false);
    sim_run(&world.sim, 500000);
    invalidate(&world, WORLD_RID_2, WORLD_IOVA, false);
    world_pass(&world, 5000000);
    assert_int_equal(vtd_register_read(world.vtd, FSTS, 4), ITE);
    assert_int_equal(vtd_register_read(world.vtd, IQERCD, 8) >> 32 & 0xffff, WORLD_RID);
    world_fini(&world);
}

/* What a descriptor had to wait for may come while the queue stands after a time-out. */
static void test_time_out_of_many(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats", "device_tlb_timeout_ps=1000000", WORLD_SCALABLE, 0);
    for (unsigned i = 0; i < 33; i++)
        invalidate(&world, WORLD_RID, WORLD_IOVA, false);
    assert_int_equal(world.message_count, 32);
    world_pass(&world, 1000000);
    assert_int_equal(world.message_count, 32);
    vtd_register_write(world.vtd, FSTS, 4, ITE);
    assert_int_equal(world.message_count, 33);
    complete(&world, WORLD_RID, itag_of(&world, 32), 1);
    assert_true(world_wait(&world));
    world_fini(&world);
}

/* 4.2.1, 4.3: while remapping is disabled. */
static void test_disabled(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats-legacy", NULL, WORLD_LEGACY, 0);
    vtd_register_write(world.vtd, GCMD, 4, UINT64_C(1) << 26);
    invalidate(&world, WORLD_RID, WORLD_IOVA, false);
    assert_true(world_wait(&world));
    assert_int_equal(world.message_count, 0);
    complete(&world, WORLD_RID, 1, 1);
    assert_int_equal(vtd_register_read(world.vtd, FSTS, 4), 0);
    world_fini(&world);
}

/* ---- order; memory takes its time ---- */

static bool complete_flag;

static void done(struct pcie_request *request)
{
    (void)request;
    complete_flag = true;
}

static void begin(struct world *world, struct pcie_request *request, enum pcie_at at)
{
    complete_flag = false;
    request->at = at;
    request->done = done;
    request->issue_ps = world->sim.now_ps;
    assert_false(vtd_request(world->vtd, request));
}

/* 6.5.2.12: a translation made of the old entry is answered before the device is asked to forget it. */
static void test_request_follows_translations(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats-legacy", NULL, WORLD_LEGACY, 100000);
    struct pcie_request request = world_request(PCIE_READ, WORLD_IOVA, 8);
    begin(&world, &request, PCIE_AT_TRANSLATION);
    world_queue(&world, 2u | 1u << 4, 0);
    invalidate(&world, WORLD_RID, WORLD_IOVA, false);
    for (unsigned steps = 0; !world.message_count && steps < 10000; steps++)
        assert_true(sim_step(&world.sim, UINT64_MAX));
    assert_true(complete_flag);
    complete(&world, WORLD_RID, itag_of(&world, 0), 1);
    world_pass(&world, world.sim.now_ps + 1000000);
    world_fini(&world);
}

/* 6.5.4: a translated write that came before the completion is in memory when the wait completes. */
static void test_completion_follows_writes(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 8; seed++) {
        struct world world;
        world_init(&world, "ats-legacy", NULL, WORLD_LEGACY, 100000);
        sim_init(&world.sim, 100 + seed);
        invalidate(&world, WORLD_RID, WORLD_IOVA, false);
        uint32_t status = world_begin_wait(&world, 0);
        world_pass(&world, world.sim.now_ps + 10000000);
        assert_int_equal(world.message_count, 1);
        struct pcie_request request = world_request(PCIE_WRITE, WORLD_DATA, 8);
        store_le64(request.data, 0x55);
        begin(&world, &request, PCIE_AT_TRANSLATED);
        complete(&world, WORLD_RID, itag_of(&world, 0), 1);
        while (!world_waited(&world, status))
            assert_true(sim_step(&world.sim, UINT64_MAX));
        assert_true(world_read64(&world, WORLD_DATA) == 0x55);
        world_pass(&world, world.sim.now_ps + 10000000);
        world_fini(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_wait_waits),
        cmocka_unit_test(test_tags_and_throttling),
        cmocka_unit_test(test_bad_completions),
        cmocka_unit_test(test_time_out),
        cmocka_unit_test(test_two_time_outs),
        cmocka_unit_test(test_time_out_of_many),
        cmocka_unit_test(test_disabled),
        cmocka_unit_test(test_request_follows_translations),
        cmocka_unit_test(test_completion_follows_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
