/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_page_requests.c - 7.4 to 7.8: page requests into the queue, those that are answered by the unit, responses, draining.
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

enum { GCMD = 0x18, FSTS = 0x34, PQH = 0xc0, PQT = 0xc8, PQA = 0xd0, PRS = 0xdc, PECTL = 0xe0 };

#define PPR 1u
#define PRO 2u
#define DRAIN (1u << 7)

static struct pcie_message page(uint32_t pasid, uint64_t address, bool last)
{
    return (struct pcie_message){.kind = PCIE_PAGE_REQUEST,
                                 .device_id = WORLD_RID,
                                 .has_pasid = pasid != 0,
                                 .pasid = pasid,
                                 .address = address,
                                 .group_index = 0x155,
                                 .read = true,
                                 .write = true,
                                 .last = last};
}

static void send(struct world *world, struct pcie_message message)
{
    vtd_message(world->vtd, &message);
}

static unsigned queued(struct world *world)
{
    return (unsigned)vtd_register_read(world->vtd, PQT, 8) / 32u;
}

static void answered(const struct world *world, unsigned count, unsigned code)
{
    assert_int_equal(world->message_count, count);
    if (!count)
        return;
    const struct pcie_message *message = &world->messages[count - 1];
    assert_int_equal(message->kind, PCIE_PAGE_RESPONSE);
    assert_int_equal(message->device_id, WORLD_RID);
    assert_int_equal(message->group_index, 0x155);
    assert_int_equal(message->response_code, code);
}

static void test_descriptor(void **state)
{
    (void)state;
    for (unsigned late = 0; late < 2; late++) {
        struct world world;
        world_init(&world, "ats", NULL, WORLD_SCALABLE, late * 50000u);
        struct pcie_message message = page(2, UINT64_C(0xffffabcdef123456), true);
        message.privileged = message.execute = true;
        send(&world, message);
        send(&world, page(0, WORLD_IOVA, false));
        world_pass(&world, 100000000);
        /* PASID 2 is nested, which this unit does not have: recorded, not queued. */
        answered(&world, 1, PCIE_RESPONSE_INVALID);
        assert_int_equal(world_record(&world, 0, true) >> 32 & 0xff, 0x5b);
        assert_int_equal(queued(&world), 1);
        assert_true(world_read64(&world, WORLD_PAGE_QUEUE) == (1u | (uint64_t)WORLD_RID << 16));
        assert_true(world_read64(&world, WORLD_PAGE_QUEUE + 8) == (WORLD_IOVA | 3u | 0x155u << 3));
        message = page(1, UINT64_C(0xffffabcdef123456), true);
        message.privileged = message.execute = true;
        send(&world, message);
        world_pass(&world, 200000000);
        assert_int_equal(queued(&world), 2);
        uint64_t low = 1u | 1u << 8 | (uint64_t)WORLD_RID << 16 | UINT64_C(1) << 32 | UINT64_C(3) << 52;
        assert_true(world_read64(&world, WORLD_PAGE_QUEUE + 32) == low);
        assert_true(world_read64(&world, WORLD_PAGE_QUEUE + 40) == (UINT64_C(0xffffabcdef123000) | 7u | 0x155u << 3));
        assert_true(world_read64(&world, WORLD_PAGE_QUEUE + 48) == 0);
        answered(&world, 1, PCIE_RESPONSE_INVALID);
        world_fini(&world);
    }
}

/* RTA.3; and PD where there is nothing to drain (6.5.2.9). */
static void test_legacy(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats", NULL, WORLD_LEGACY, 0);
    send(&world, page(1, WORLD_IOVA, true));
    answered(&world, 1, PCIE_RESPONSE_INVALID);
    assert_int_equal(world_record(&world, 0, true) >> 32 & 0xff, 0x32);
    assert_int_equal(queued(&world), 0);
    world_fini(&world);

    world_init(&world, "ats-legacy", NULL, WORLD_LEGACY, 0);
    send(&world, page(0, WORLD_IOVA, true)); /* no such unit: nobody listens */
    answered(&world, 0, 0);
    world_begin_wait(&world, DRAIN);
    assert_int_equal(vtd_register_read(world.vtd, FSTS, 4), 1u << 4);
    world_fini(&world);
}

/* 7.5 */
static void test_events(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats", NULL, WORLD_SCALABLE, 0);
    send(&world, page(1, WORLD_IOVA, false));
    assert_int_equal(vtd_register_read(world.vtd, PRS, 4), PPR);
    assert_int_equal(world.interrupts, 1);
    assert_true(world.interrupt_address == 0xfee02000 && world.interrupt_data == 0x33);
    send(&world, page(1, WORLD_IOVA, false));
    assert_int_equal(world.interrupts, 1);
    vtd_register_write(world.vtd, PRS, 4, PPR);
    assert_int_equal(vtd_register_read(world.vtd, PRS, 4), 0);
    vtd_register_write(world.vtd, PECTL, 4, UINT64_C(1) << 31);
    send(&world, page(1, WORLD_IOVA, false));
    assert_true(vtd_register_read(world.vtd, PECTL, 4) == 0xc0000000);
    vtd_register_write(world.vtd, PRS, 4, PPR);
    assert_true(vtd_register_read(world.vtd, PECTL, 4) == 0x80000000);
    send(&world, page(1, WORLD_IOVA, false));
    vtd_register_write(world.vtd, PECTL, 4, 0);
    assert_int_equal(world.interrupts, 2);
    world_fini(&world);
}

static void test_overflow(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats", NULL, WORLD_SCALABLE, 0);
    for (unsigned i = 0; i < 127; i++)
        send(&world, page(1, WORLD_IOVA, true));
    assert_int_equal(queued(&world), 127);
    answered(&world, 0, 0);
    send(&world, page(1, WORLD_IOVA, false));
    answered(&world, 0, 0);
    assert_int_equal(vtd_register_read(world.vtd, PRS, 4), PRO | PPR);
    send(&world, page(1, WORLD_IOVA, true));
    answered(&world, 1, PCIE_RESPONSE_SUCCESS);
    assert_true(world.messages[0].has_pasid && world.messages[0].pasid == 1);
    /* Stop markers are dropped without an answer. */
    struct pcie_message marker = page(1, 0, true);
    marker.read = marker.write = false;
    send(&world, marker);
    answered(&world, 1, PCIE_RESPONSE_SUCCESS);
    /* Room does not help before PRO is cleared. */
    vtd_register_write(world.vtd, PQH, 8, 64);
    send(&world, page(1, WORLD_IOVA, true));
    answered(&world, 2, PCIE_RESPONSE_SUCCESS);
    assert_int_equal(queued(&world), 127);
    vtd_register_write(world.vtd, PRS, 4, PRO);
    send(&world, marker); /* and one is queued, and wraps */
    assert_int_equal(queued(&world), 0);
    assert_true((world_read64(&world, WORLD_PAGE_QUEUE + 127 * 32 + 8) & 7u) == 4u);
    answered(&world, 2, PCIE_RESPONSE_SUCCESS);
    assert_int_equal(vtd_register_read(world.vtd, FSTS, 4), 0);
    world_fini(&world);
}

static void test_faults(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats", NULL, WORLD_SCALABLE, 0);
    world_write64(&world, world.context, world_read64(&world, world.context) & ~VTD_SMCONTEXT_W0_PRE);
    send(&world, page(1, WORLD_IOVA, true));
    answered(&world, 1, PCIE_RESPONSE_INVALID);
    uint64_t high = world_record(&world, 0, true);
    assert_int_equal(high >> 32 & 0xff, 0x47);
    assert_true(!(high >> 62 & 1) && (high >> 28 & 1)); /* T1, T2: a page request */
    assert_true((high >> 31 & 1) && (high >> 40 & 0xfffff) == 1);
    world_clear_faults(&world);
    send(&world, page(1, WORLD_IOVA, false));
    answered(&world, 1, PCIE_RESPONSE_INVALID);
    assert_int_equal(world_record(&world, 0, true) >> 32 & 0xff, 0x47);
    assert_int_equal(queued(&world), 0);
    assert_int_equal(vtd_register_read(world.vtd, PRS, 4), 0);
    vtd_register_write(world.vtd, GCMD, 4, UINT64_C(1) << 26);
    send(&world, page(1, WORLD_IOVA, true)); /* remapping disabled */
    answered(&world, 2, PCIE_RESPONSE_INVALID);
    world_fini(&world);

    world_init(&world, "ats", NULL, WORLD_SCALABLE, 0);
    vtd_register_write(world.vtd, PQA, 8, WORLD_BYTES); /* nobody there */
    send(&world, page(1, WORLD_IOVA, true));
    assert_int_equal(queued(&world), 0);
    answered(&world, 1, PCIE_RESPONSE_INVALID);
    world_fini(&world);
}

/* 6.5.3.1: without any other invalidation the retry after the response sees the new permission. */
static void test_implicit_invalidation(void **state)
{
    (void)state;
    static const uint32_t pasids[] = {0, 1, 2};
    for (unsigned i = 0; i < 3; i++) {
        struct world world;
        world_init(&world, "ats-nest", NULL, WORLD_SCALABLE, 0);
        uint64_t top = i == 0 ? world.second_stage : i == 1 ? world.first_stage : world.nested_first;
        uint64_t leaf = world_leaf(&world, top, WORLD_IOVA), write = i == 0 ? VTD_SS_W : VTD_FS_RW;
        world_write64(&world, leaf, world_read64(&world, leaf) & ~write);
        struct pcie_request request = world_request(PCIE_READ, WORLD_IOVA, 8);
        request.at = PCIE_AT_TRANSLATION;
        request.has_pasid = i != 0;
        request.pasid = pasids[i];
        world_run(&world, &request);
        assert_int_equal(request.data[0] & 3u, 1);
        world_write64(&world, leaf, world_read64(&world, leaf) | write);
        world_run(&world, &request);
        assert_int_equal(request.data[0] & 3u, 1); /* the old one */
        send(&world, page(pasids[i], WORLD_IOVA, true));
        world_run(&world, &request);
        assert_int_equal(request.data[0] & 3u, 3);
        world_fini(&world);
    }
}

/* 7.6.1 */
static void test_response(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats", NULL, WORLD_SCALABLE, 0);
    uint64_t low = 9u | (uint64_t)WORLD_RID << 16 | (uint64_t)0xabcde << 32;
    world_queue(&world, low | 1u << 4 | 1u << 12, 0x155u << 3 | 4u);
    answered(&world, 1, PCIE_RESPONSE_INVALID);
    assert_true(world.messages[0].has_pasid && world.messages[0].pasid == 0xabcde);
    world_queue(&world, low | 15u << 12, 0x155u << 3);
    answered(&world, 2, PCIE_RESPONSE_FAILURE);
    assert_false(world.messages[1].has_pasid);
    assert_int_equal(world.messages[1].pasid, 0);
    assert_int_equal(vtd_register_read(world.vtd, FSTS, 4), 0);
    world_queue(&world, low | 1u << 5, 0x155u << 3);
    assert_int_equal(vtd_register_read(world.vtd, FSTS, 4), 1u << 4);
    world_fini(&world);
}

/* 7.7: with PD a wait completes behind what was received. */
static void test_drain(void **state)
{
    (void)state;
    for (unsigned drain = 0; drain < 2; drain++) {
        struct world world;
        world_init(&world, "ats", NULL, WORLD_SCALABLE, 100000);
        for (unsigned i = 0; i < 5; i++)
            send(&world, page(1, WORLD_IOVA + i * 4096u, i == 4));
        uint32_t status = world_begin_wait(&world, drain ? DRAIN : 0);
        while (!world_waited(&world, status))
            assert_true(sim_step(&world.sim, UINT64_MAX));
        assert_true(drain ? queued(&world) == 5 : queued(&world) < 5);
        world_pass(&world, world.sim.now_ps + 100000000);
        assert_int_equal(queued(&world), 5);
        for (unsigned i = 0; i < 5; i++) /* in order */
            assert_true(world_read64(&world, WORLD_PAGE_QUEUE + i * 32u + 8) >> 12 == (WORLD_IOVA >> 12) + i);
        assert_true(vtd_idle(world.vtd));
        world_fini(&world);
    }
}

/* More at once than are kept: an overflow; and a reset while they are on their way. */
static void test_flood(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats", NULL, WORLD_SCALABLE, 100000);
    for (unsigned i = 0; i < 256; i++)
        send(&world, page(1, WORLD_IOVA, false));
    assert_int_equal(vtd_register_read(world.vtd, PRS, 4), 0);
    send(&world, page(1, WORLD_IOVA, true));
    assert_int_equal(vtd_register_read(world.vtd, PRS, 4), PRO);
    answered(&world, 1, PCIE_RESPONSE_SUCCESS);
    vtd_reset(world.vtd, false);
    world_pass(&world, 100000000);
    assert_int_equal(queued(&world), 0);
    assert_true(vtd_idle(world.vtd));
    world_fini(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_descriptor), cmocka_unit_test(test_legacy), cmocka_unit_test(test_events),
        cmocka_unit_test(test_overflow),   cmocka_unit_test(test_faults), cmocka_unit_test(test_implicit_invalidation),
        cmocka_unit_test(test_response),   cmocka_unit_test(test_drain),  cmocka_unit_test(test_flood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
