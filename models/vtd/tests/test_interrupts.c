/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_interrupts.c - chapter 5: formats, checks and faults of interrupt requests, the interrupt entry cache, posting.
 */
#include "world.h"

#include "sim/port.h"
#include "vtd/vtd_formats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { GCMD = 0x18, GSTS = 0x1c, FSTS = 0x34, IRTA = 0xb8, IQERCD = 0xb0 };

#define TE (UINT64_C(1) << 31)
#define QIE (UINT64_C(1) << 26)
#define IRE (UINT64_C(1) << 25)
#define SIRTP (UINT64_C(1) << 24)
#define CFI (UINT64_C(1) << 23)
#define EIME (1u << 11)

static void start(struct world *world, const char *preset, uint64_t irta_flags, uint64_t commands)
{
    world_init(world, preset, "interrupt_cache.sets=1,interrupt_cache.ways=16", world_mode_of(preset), 0);
    if (irta_flags) {
        vtd_register_write(world->vtd, IRTA, 8, WORLD_IRT | 7u | irta_flags);
        vtd_register_write(world->vtd, GCMD, 4, TE | QIE | SIRTP);
    }
    for (unsigned bit = 23; bit < 26; bit += 2)
        if (commands >> bit & 1u)
            vtd_register_write(world->vtd, GCMD, 4, TE | QIE | commands);
    assert_true((vtd_register_read(world->vtd, GSTS, 4) & (IRE | SIRTP)) == ((commands & IRE) | SIRTP));
}

static enum pcie_status interrupt(struct world *world, uint64_t address, uint32_t data)
{
    struct pcie_request request = world_request(PCIE_WRITE, address, 4);
    store_le32(request.data, data);
    world_run(world, &request);
    return request.status;
}

static uint64_t handle(uint32_t index)
{
    return UINT64_C(0xfee00010) | (index & 0x7fffu) << 5 | (index >> 15 & 1u) << 2;
}

static void entry(struct world *world, uint32_t index, uint64_t low, uint64_t high)
{
    world_write64(world, WORLD_IRT + index * 16u, low);
    world_write64(world, WORLD_IRT + index * 16u + 8, high);
}

static void delivered(struct world *world, unsigned count, uint64_t address, uint32_t data)
{
    assert_int_equal(world->device_interrupts, count);
    assert_true(world->device_interrupt_address == address);
    assert_int_equal(world->device_interrupt_data, data);
}

static void fault(struct world *world, unsigned reason, int64_t index)
{
    uint64_t high = world_record(world, 0, true);
    assert_int_equal(high >> 63, 1);
    assert_int_equal(high >> 32 & 0xff, reason);
    assert_int_equal(high & 0xffff, WORLD_RID);
    if (index >= 0)
        assert_true(world_record(world, 0, false) == (uint64_t)index << 48);
    uint64_t status = vtd_register_read(world->vtd, GSTS, 4) & (IRE | CFI);
    world_clear_faults(world);
    vtd_register_write(world->vtd, GCMD, 4, QIE); /* the index of the records starts over */
    vtd_register_write(world->vtd, GCMD, 4, QIE | TE);
    vtd_register_write(world->vtd, GCMD, 4, QIE | TE | status);
}

static void test_formats(void **state)
{
    (void)state;
    struct world world;
    start(&world, "ir", 0, 0);
    assert_int_equal(interrupt(&world, handle(1), 0x77), PCIE_SC); /* remapping off: as it is */
    delivered(&world, 1, handle(1), 0x77);
    world_fini(&world);

    start(&world, "ir", 0, IRE);
    /* Compatibility format: CFIS=0. */
    assert_int_equal(interrupt(&world, 0xfee01000, 0x41), PCIE_UR);
    fault(&world, 0x25, -1);
    vtd_register_write(world.vtd, GCMD, 4, TE | QIE | IRE | CFI);
    assert_int_equal(interrupt(&world, 0xfee01000, 0x41), PCIE_SC);
    delivered(&world, 1, 0xfee01000, 0x41);
    /* Remappable: vector 5Ah, lowest priority, level, RH, logical, destination 23h. */
    entry(&world, 5, 1 | 1u << 2 | 1u << 3 | 1u << 4 | 1u << 5 | 0xfu << 8 | 0x5au << 16 | (uint64_t)0x2300 << 32, 0);
    for (unsigned again = 0; again < 2; again++) {
        assert_int_equal(interrupt(&world, handle(5), 0xffffffff), PCIE_SC);
        delivered(&world, 2 + again, 0xfee2300c, 0x5au | 1u << 8 | 1u << 14 | 1u << 15);
    }
    assert_int_equal(interrupt(&world, handle(2) | 8u, 3), PCIE_SC); /* handle and subhandle */
    assert_int_equal(world.device_interrupts, 4);
    world_fini(&world);

    start(&world, "ir-posted", EIME, IRE);
    entry(&world, 5, 1 | 0x5au << 16 | UINT64_C(0x01020304) << 32, 0);
    assert_int_equal(interrupt(&world, handle(5), 0), PCIE_SC);
    delivered(&world, 1, UINT64_C(0x010203) << 40 | 0xfee04000, 0x5au | 1u << 14);
    vtd_register_write(world.vtd, GCMD, 4, TE | QIE | IRE | CFI);
    assert_int_equal(interrupt(&world, 0xfee01000, 0x41), PCIE_UR); /* CFIS or not */
    world_fini(&world);
}

static void test_faults(void **state)
{
    (void)state;
    struct world world;
    start(&world, "ir", 0, IRE);
    assert_int_equal(interrupt(&world, handle(5) | 8u, 0x10000), PCIE_UR);
    fault(&world, 0x20, -1);
    assert_int_equal(interrupt(&world, handle(256), 0), PCIE_UR);
    fault(&world, 0x21, 256);
    assert_int_equal(interrupt(&world, handle(0xffff) | 8u, 1), PCIE_UR); /* no wrap */
    fault(&world, 0x21, 0);
    assert_int_equal(interrupt(&world, handle(7), 0), PCIE_UR);
    fault(&world, 0x22, 7);
    entry(&world, 7, 2, 0); /* FPD */
    assert_int_equal(interrupt(&world, handle(7), 0), PCIE_UR);
    assert_int_equal(vtd_register_read(world.vtd, FSTS, 4), 0);
    static const struct {
        uint64_t low, high;
    } reserved[] = {
        {1u << 12, 0},          {1u << 14, 0}, {1u << 15, 0}, {1u << 24, 0},          {UINT64_C(1) << 32, 0},
        {UINT64_C(1) << 63, 0}, {3u << 5, 0},  {0, 1u << 20}, {0, UINT64_C(1) << 63}, {0, 3u << 18},
    };
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        entry(&world, 7, 1 | reserved[i].low, reserved[i].high);
        assert_int_equal(interrupt(&world, handle(7), 0), PCIE_UR);
        fault(&world, 0x24, 7);
    }
    vtd_register_write(world.vtd, IRTA, 8, WORLD_BYTES | 7u);
    vtd_register_write(world.vtd, GCMD, 4, TE | QIE | IRE | SIRTP);
    assert_int_equal(interrupt(&world, handle(9), 0), PCIE_UR);
    fault(&world, 0x23, 9);
    assert_int_equal(world.device_interrupts, 0);
    world_fini(&world);
}

/* EIMER and IRREQ; and what disabling drops. */
static void test_required(void **state)
{
    (void)state;
    struct world world;
    start(&world, "ir-required", 0, 0);
    assert_int_equal(interrupt(&world, 0xfee01000, 0x41), PCIE_UR);
    fault(&world, 0x2b, -1);
    vtd_register_write(world.vtd, GCMD, 4, TE | QIE | IRE);
    entry(&world, 5, 1 | 0x5au << 16, 0);
    assert_int_equal(interrupt(&world, handle(5), 0), PCIE_UR);
    fault(&world, 0x2a, -1);
    vtd_register_write(world.vtd, IRTA, 8, WORLD_IRT | 7u | EIME);
    vtd_register_write(world.vtd, GCMD, 4, TE | QIE | IRE | SIRTP);
    assert_int_equal(interrupt(&world, handle(5), 0), PCIE_SC);
    world_fini(&world);

    start(&world, "max-ats", 0, IRE);
    entry(&world, 5, 1 | 0x5au << 16, 0);
    assert_int_equal(interrupt(&world, handle(5), 0), PCIE_SC);
    entry(&world, 5, 1 | 0x5bu << 16, 0);
    vtd_register_write(world.vtd, GCMD, 4, TE | QIE);
    vtd_register_write(world.vtd, GCMD, 4, TE | QIE | IRE);
    assert_int_equal(interrupt(&world, handle(5), 0), PCIE_SC);
    assert_int_equal(world.device_interrupt_data & 0xff, 0x5b);
    world_fini(&world);
}

static void test_sources(void **state)
{
    (void)state;
    struct world world;
    start(&world, "ir", 0, IRE); /* the requester is 0011h */
    static const struct {
        uint64_t high;
        bool valid;
    } sources[] = {
        {0, true},
        {1u << 18 | 0x0011, true},
        {1u << 18 | 0x0015, false},
        {1u << 18 | 1u << 16 | 0x0015, true},
        {1u << 18 | 1u << 16 | 0x0013, false},
        {1u << 18 | 2u << 16 | 0x0017, true},
        {1u << 18 | 2u << 16 | 0x0010, false},
        {1u << 18 | 3u << 16 | 0x0010, true},
        {1u << 18 | 3u << 16 | 0x0019, false},
        {2u << 18 | 0x0000, true},
        {2u << 18 | 0x0005, true},
        {2u << 18 | 0x0105, false},
    };
    for (uint32_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        unsigned before = world.device_interrupts;
        entry(&world, i, 1 | 0x30u << 16, sources[i].high);
        for (unsigned again = 0; again < 2; again++) {
            assert_int_equal(interrupt(&world, handle(i), 0), sources[i].valid ? PCIE_SC : PCIE_UR);
            if (!sources[i].valid)
                fault(&world, 0x26, i);
        }
        assert_int_equal(world.device_interrupts, before + (sources[i].valid ? 2 : 0));
    }
    /* A range of buses, start and end included. */
    entry(&world, 41, 1, 2u << 18 | 0x0204);
    for (uint16_t bus = 1; bus <= 5; bus++) {
        struct pcie_request request = world_request(PCIE_WRITE, handle(41), 4);
        request.requester_id = (uint16_t)(bus << 8);
        world_run(&world, &request);
        assert_int_equal(request.status, bus >= 2 && bus <= 4 ? PCIE_SC : PCIE_UR);
    }
    world_clear_faults(&world);
    /* On a hit too, for another requester. */
    entry(&world, 40, 1, 1u << 18 | WORLD_RID);
    assert_int_equal(interrupt(&world, handle(40), 0), PCIE_SC);
    struct pcie_request request = world_request(PCIE_WRITE, handle(40), 4);
    request.requester_id = WORLD_RID_2;
    world_run(&world, &request);
    assert_int_equal(request.status, PCIE_UR);
    assert_int_equal(world_record(&world, 2, true) >> 32 & 0xff, 0x26);
    world_fini(&world);
}

/* 6.4, 6.5.2.8, 6.7 */
static void vector(struct world *world, uint32_t index, unsigned expected)
{
    assert_int_equal(interrupt(world, handle(index), 0), PCIE_SC);
    assert_int_equal(world->device_interrupt_data & 0xff, expected);
}

static void test_cache(void **state)
{
    (void)state;
    struct world world;
    start(&world, "ir", 0, IRE);
    for (uint32_t i = 0; i < 8; i++) {
        entry(&world, i, 1 | 0x40u << 16, 0);
        vector(&world, i, 0x40);
        entry(&world, i, 1 | 0x50u << 16, 0);
        vector(&world, i, 0x40);
    }
    entry(&world, 17, 1 | 0x60u << 16, 0);
    vector(&world, 17, 0x60);
    entry(&world, 255, 1 | 0x61u << 16, 0); /* the last one */
    vector(&world, 255, 0x61);
    world_queue(&world, 4u | 1u << 4 | UINT64_C(3) << 32, 0);
    vector(&world, 3, 0x50);
    vector(&world, 2, 0x40);
    world_queue(&world, 4u | 1u << 4 | UINT64_C(1) << 27 | UINT64_C(5) << 32, 0); /* 4 and 5 */
    vector(&world, 4, 0x50);
    vector(&world, 5, 0x50);
    vector(&world, 6, 0x40);
    world_queue(&world, 4u | UINT64_C(31) << 27 | UINT64_C(0xffff) << 32, 0); /* global: the rest means nothing */
    vector(&world, 6, 0x50);
    assert_true(world_wait(&world));
    world_queue(&world, 4u | 1u << 4 | UINT64_C(8) << 27, 0); /* MHMV is 7 */
    assert_int_equal(vtd_register_read(world.vtd, IQERCD, 8) & 15u, 4);
    world_fini(&world);

    for (unsigned flushes = 0; flushes < 2; flushes++) {
        start(&world, flushes ? "max-ats" : "ir-posted", 0, IRE);
        entry(&world, 1, 1 | 0x40u << 16, 0);
        vector(&world, 1, 0x40);
        entry(&world, 1, 1 | 0x50u << 16, 0);
        vtd_register_write(world.vtd, GCMD, 4, TE | QIE | IRE | SIRTP);
        vector(&world, 1, flushes ? 0x50 : 0x40);
        world_fini(&world);
    }
}

/* ---- 5.2.3 ---- */

static void posted_entry(struct world *world, uint32_t index, unsigned vv, bool urgent)
{
    entry(world, index, 1 | 1u << 15 | (uint64_t)urgent << 14 | vv << 16 | (WORLD_PID >> 6 & 0x3ffffffu) << 38,
          WORLD_PID >> 32 << 32);
}

static void test_posting(void **state)
{
    (void)state;
    for (unsigned late = 0; late < 2; late++) {
        struct world world;
        world_init(&world, "ir-posted", NULL, WORLD_SCALABLE, late * 50000u);
        vtd_register_write(world.vtd, GCMD, 4, TE | QIE | IRE);
        world_pass(&world, 1000000);
        uint64_t control = (uint64_t)0x77 << 16 | (uint64_t)0x1200 << 32; /* NV, NDST */
        /* ON, SN, URG: a notification or not, and ON afterwards. */
        unsigned notified = 0;
        for (unsigned row = 0; row < 8; row++) {
            unsigned on = row & 1u, sn = row >> 1 & 1u, urgent = row >> 2 & 1u;
            bool expected = !on && (urgent || !sn);
            posted_entry(&world, 16 + row, 0x40 + row * 0x10, urgent);
            for (unsigned word = 0; word < 4; word++)
                world_write64(&world, WORLD_PID + word * 8, UINT64_C(1) << 63);
            world_write64(&world, WORLD_PID + 32, control | on | sn << 1);
            assert_int_equal(interrupt(&world, handle(16 + row), 0), PCIE_SC);
            notified += expected;
            assert_int_equal(world.device_interrupts, notified);
            if (expected)
                delivered(&world, notified, 0xfee12000, 0x77u | 1u << 14);
            assert_true(world_read64(&world, WORLD_PID + 32) == (control | (on || expected) | sn << 1));
            unsigned vv = 0x40 + row * 0x10;
            for (unsigned word = 0; word < 4; word++)
                assert_true(world_read64(&world, WORLD_PID + word * 8) ==
                            (UINT64_C(1) << 63 | (word == vv / 64 ? UINT64_C(1) << vv % 64 : 0)));
        }
        world_fini(&world);
    }
}

static void test_posting_faults(void **state)
{
    (void)state;
    struct world world;
    start(&world, "ir-posted", 0, IRE);
    posted_entry(&world, 1, 0x40, false);
    static const struct {
        unsigned word, bit;
    } reserved[] = {{4, 2}, {4, 15}, {4, 24}, {4, 31}, {4, 32}, {4, 39}, {4, 48}, {4, 63}, {5, 0}, {6, 17}, {7, 63}};
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        world_write64(&world, WORLD_PID + reserved[i].word * 8, UINT64_C(1) << reserved[i].bit);
        assert_int_equal(interrupt(&world, handle(1), 0), PCIE_UR);
        fault(&world, 0x28, 1);
        assert_true(world_read64(&world, WORLD_PID + 8) == 0);
        world_write64(&world, WORLD_PID + reserved[i].word * 8, 0);
    }
    entry(&world, 2, 1 | 1u << 15 | (WORLD_BYTES >> 6 & 0x3ffffffu) << 38, 0);
    assert_int_equal(interrupt(&world, handle(2), 0), PCIE_UR);
    fault(&world, 0x27, 2);
    static const struct {
        uint64_t low, high;
    } bad[] = {{1u << 2, 0},           {1u << 12, 0}, {UINT64_C(1) << 24, 0},
               {UINT64_C(1) << 37, 0}, {0, 1u << 20}, {0, UINT64_C(1) << 63}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        entry(&world, 3, 1 | 1u << 15 | bad[i].low, bad[i].high);
        assert_int_equal(interrupt(&world, handle(3), 0), PCIE_UR);
        fault(&world, 0x24, 3);
    }
    world_fini(&world);
}

/* Software and unit at the same descriptor: no bit is lost, whoever comes first. */
static void test_posting_races(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 20; seed++) {
        struct world world;
        world_init(&world, "ir-posted", NULL, WORLD_SCALABLE, 40000);
        world.sim.now_ps += seed; /* other latencies */
        vtd_register_write(world.vtd, GCMD, 4, TE | QIE | IRE);
        world_pass(&world, 1000000);
        struct pcie_request requests[4];
        for (uint32_t i = 0; i < 4; i++) {
            posted_entry(&world, i, 0x40 + i, false);
            requests[i] = world_request(PCIE_WRITE, handle(i), 4);
        }
        bool done[4] = {false};
        for (unsigned i = 0; i < 4; i++) {
            requests[i].owner = &done[i];
            requests[i].done = world_done;
            requests[i].issue_ps = world.sim.now_ps;
            assert_false(vtd_request(world.vtd, &requests[i]));
        }
        for (unsigned steps = 0; sim_step(&world.sim, UINT64_MAX); steps++)
            if (steps == seed) /* software sets a bit of its own in the same word */
                world_write64(&world, WORLD_PID + 8, world_read64(&world, WORLD_PID + 8) | UINT64_C(1) << 40);
        assert_true(done[0] && done[1] && done[2] && done[3]);
        assert_true(world_read64(&world, WORLD_PID + 8) == (UINT64_C(1) << 40 | 0xfu));
        assert_int_equal(world.device_interrupts, 1);
        world_fini(&world);
    }
}

/* 5.2.4 */
static void test_order(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 20; seed++) {
        struct world world;
        world_init(&world, "ir-posted", NULL, WORLD_SCALABLE, 100000);
        world.sim.now_ps += seed;
        vtd_register_write(world.vtd, GCMD, 4, TE | QIE | IRE);
        world_pass(&world, 1000000);
        entry(&world, 1, 1 | 0x40u << 16, 0);
        bool done[2] = {false, false};
        struct pcie_request write = world_request(PCIE_WRITE, WORLD_IOVA, 8), message = world_request(PCIE_WRITE, handle(1), 4);
        write.owner = &done[0];
        message.owner = &done[1];
        write.done = message.done = world_done;
        write.issue_ps = message.issue_ps = world.sim.now_ps;
        store_le64(write.data, 0x1234);
        assert_false(vtd_request(world.vtd, &write));
        assert_false(vtd_request(world.vtd, &message));
        while (!world.device_interrupts)
            assert_true(sim_step(&world.sim, UINT64_MAX));
        assert_true(world_read64(&world, WORLD_DATA) == 0x1234);
        world_pass(&world, UINT64_MAX);
        assert_true(done[0] && done[1]);
        /* And a reset while one is held. */
        assert_false(vtd_request(world.vtd, &write));
        assert_false(vtd_request(world.vtd, &message));
        vtd_reset(world.vtd, false);
        world_pass(&world, UINT64_MAX);
        assert_int_equal(world.device_interrupts, 1);
        assert_true(vtd_idle(world.vtd));
        world_fini(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),       cmocka_unit_test(test_faults),  cmocka_unit_test(test_sources),
        cmocka_unit_test(test_cache),         cmocka_unit_test(test_posting), cmocka_unit_test(test_posting_faults),
        cmocka_unit_test(test_posting_races), cmocka_unit_test(test_order),   cmocka_unit_test(test_required),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
