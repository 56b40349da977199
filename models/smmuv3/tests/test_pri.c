/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_pri.c - 4.5 CMD_ATC_INV and CMD_PRI_RESP, 3.9.1.4 time-outs, chapter 8: the PRI queue and automatic responses.
 */
#include "world.h"

#include "pcie/ats.h"
#include "smmuv3/smmuv3_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SID(sid) ((uint64_t)(sid) << 32)
#define SSID(ssid) (UINT64_C(1) << 11 | (uint64_t)(ssid) << 12)
#define CMD_ATC_INV UINT64_C(0x40)
#define CMD_PRI_RESP UINT64_C(0x41)
#define RESP(code) ((uint64_t)(code) << 12)
#define CR0_PRIQEN 2u
#define CR0_ALL 0xfu
#define PRIQ_LG2 2u
#define PROD 0x100c8u
#define CONS 0x100ccu
#define OVERFLOW UINT32_C(0x80000000)

static void set_cr0(struct world *world, uint32_t value)
{
    world_set(world, 0x20, value);
    while (sim_step(&world->sim, world->sim.now_ps + 1000000))
        continue;
    assert_int_equal(world_register(world, 0x24), value);
}

static void open_pri(struct world *world, const char *preset, uint32_t last_only, uint64_t latency_ps)
{
    world_init(world, preset, NULL, latency_ps);
    set_cr0(world, 0xc);
    world_set(world, 0x2c, 2);
    smmuv3_register_write(world->smmu, 0xc0, 8, WORLD_PRIQ | PRIQ_LG2);
    smmuv3_register_write(world->smmu, 0xd0, 8, WORLD_MSI + 24);
    world_set(world, 0xd8, 0xa0a0);
    world_set(world, 0xdc, last_only << 31 | 0x3f);
    world_set(world, 0x50, 7);
    assert_int_equal(world_register(world, 0x54), 7);
    set_cr0(world, CR0_ALL);
}

static void complete(struct world *world, enum world_stream stream, uint32_t tags, uint8_t count)
{
    const struct pcie_message completion = {
        .kind = PCIE_INVALIDATE_COMPLETION, .device_id = (uint16_t)stream, .itag = tags, .completion_count = count};
    smmuv3_message(world->smmu, &completion);
    sim_run(&world->sim, world->sim.now_ps + 1000);
}

static struct pcie_message sent(struct world *world, enum pcie_message_kind kind)
{
    struct pcie_message message;
    assert_true(world_message(world, &message));
    assert_int_equal(message.kind, kind);
    return message;
}

static void assert_silent(struct world *world)
{
    struct pcie_message message;
    assert_false(world_message(world, &message));
}

/* ---- CMD_ATC_INV ---- */

static void test_requests(void **state)
{
    (void)state;
    struct world world;
    open_pri(&world, "max-ats", 0, 0);
    world_command(&world, CMD_ATC_INV | SID(3), UINT64_C(0x123456789000));
    struct pcie_message message = sent(&world, PCIE_INVALIDATE_REQUEST);
    assert_int_equal(message.device_id, 3);
    assert_false(message.has_pasid);
    assert_true(message.address == UINT64_C(0x123456789000));
    world_command(&world, CMD_ATC_INV | SID(3) | SSID(5) | 1u << 9, UINT64_C(0x123456789000) | 4);
    message = sent(&world, PCIE_INVALIDATE_REQUEST);
    assert_true(message.has_pasid && message.pasid == 5);
    assert_true(message.address == (UINT64_C(0x123456780000) | 0x7801));
    world_command(&world, CMD_ATC_INV | SID(3) | 1u << 9, UINT64_C(0x123456789000) | 52);
    message = sent(&world, PCIE_INVALIDATE_REQUEST);
    assert_true(message.address == UINT64_C(0x7ffffffffffff800));
    set_cr0(&world, 0xe);
    world_command(&world, CMD_ATC_INV | SID(3), 0);
    assert_silent(&world);
    assert_true(world_consumed(&world));
    world_fini(&world);
}

static void test_sync_waits(void **state)
{
    (void)state;
    struct world world;
    open_pri(&world, "max-ats", 0, 0);
    world_command(&world, CMD_ATC_INV | SID(1), 0);
    world_command(&world, CMD_ATC_INV | SID(2), 0);
    uint32_t first = sent(&world, PCIE_INVALIDATE_REQUEST).itag, second = sent(&world, PCIE_INVALIDATE_REQUEST).itag;
    world_command(&world, CMD_SYNC, 0);
    world_command(&world, 0xff, 0); /* illegal, but not its turn */
    uint32_t waits = (world.command - 2u) & 15u;
    assert_int_equal(world_register(&world, 0x9c), waits);
    complete(&world, 1, 1u << second, 1); /* not its tag */
    complete(&world, 1, 1u << first, 2);
    complete(&world, 2, 1u << second, 1);
    assert_int_equal(world_register(&world, 0x9c), waits);
    complete(&world, 1, 1u << first, 2);
    assert_int_equal(world_register(&world, 0x9c) & 0xff, waits + 1u);
    assert_int_equal(world_register(&world, 0x60), 1);
    assert_int_equal(world_register(&world, 0x9c) >> 24, 1);
    world_fini(&world);
}

struct late {
    struct pcie_request request; /* first */
    bool done;
};

static void came(struct pcie_request *request)
{
    ((struct late *)request)->done = true;
}

/* What the ATC let through is visible when the CMD_SYNC is complete. */
static void test_sync_waits_for_translated(void **state)
{
    (void)state;
    struct world world;
    open_pri(&world, "max-ats", 0, 100000);
    world_command(&world, CMD_ATC_INV | SID(1), 0);
    sim_run(&world.sim, world.sim.now_ps + 1000000);
    uint32_t tag = sent(&world, PCIE_INVALIDATE_REQUEST).itag;
    world_command(&world, CMD_SYNC, 0);
    uint32_t waits = (world.command - 1u) & 15u;
    sim_run(&world.sim, world.sim.now_ps + 1000000);
    struct late late = {.request = world_request(WORLD_S1, PCIE_WRITE, WORLD_DATA, 8)};
    late.request.at = PCIE_AT_TRANSLATED;
    late.request.issue_ps = world.sim.now_ps;
    late.request.done = came;
    assert_false(smmuv3_request(world.smmu, &late.request));
    complete(&world, WORLD_S1, 1u << tag, 1);
    while (!late.done) {
        assert_int_equal(world_register(&world, 0x9c), waits);
        assert_true(sim_step(&world.sim, UINT64_MAX));
    }
    assert_true(world_consumed(&world));
    world_fini(&world);
}

static void test_many(void **state)
{
    (void)state;
    struct world world;
    open_pri(&world, "max-ats", 0, 0);
    uint32_t tags = 0;
    for (unsigned i = 0; i < 33; i++)
        world_command(&world, CMD_ATC_INV | SID(1), 0);
    for (unsigned i = 0; i < 32; i++)
        tags |= UINT32_C(1) << sent(&world, PCIE_INVALIDATE_REQUEST).itag;
    assert_true(tags == UINT32_MAX);
    assert_silent(&world); /* no ITag is free */
    assert_false(world_register(&world, 0x9c) == world.command);
    complete(&world, 1, 1u << 7, 1);
    assert_int_equal(sent(&world, PCIE_INVALIDATE_REQUEST).itag, 7);
    assert_int_equal(world_register(&world, 0x9c), world.command);
    complete(&world, 1, UINT32_MAX, 1);
    world_fini(&world);
}

static void test_timeout(void **state)
{
    (void)state;
    struct world world;
    open_pri(&world, "max-ats", 0, 0);
    world_command(&world, CMD_ATC_INV | SID(1), 0);
    world_command(&world, CMD_SYNC | 1u << 12, WORLD_MSI);
    uint32_t waits = (world.command - 1u) & 15u;
    sim_run(&world.sim, UINT64_C(59000000000000));
    assert_int_equal(world_register(&world, 0x9c), waits);
    assert_int_equal(world_register(&world, 0x60), 0);
    world_settle(&world);
    assert_int_equal(world_register(&world, 0x9c), waits | 3u << 24);
    assert_int_equal(world_register(&world, 0x60), 1);
    assert_int_equal(world.lines[SMMUV3_LINE_CMD_SYNC], 0);
    world_set(&world, 0x64, 1);
    world_settle(&world);
    assert_int_equal(world_register(&world, 0x9c) & 0xffff, world.command);
    assert_int_equal(world.lines[SMMUV3_LINE_CMD_SYNC], 1);
    world_fini(&world);
}

static void test_responses(void **state)
{
    (void)state;
    struct world world;
    open_pri(&world, "max-ats", 0, 0);
    static const unsigned codes[] = {15, 1, 0};
    for (unsigned i = 0; i < 3; i++) {
        world_command(&world, CMD_PRI_RESP | SID(4) | (i ? SSID(9) : 0), RESP(i) | 0x155);
        struct pcie_message message = sent(&world, PCIE_PAGE_RESPONSE);
        assert_int_equal(message.response_code, codes[i]);
        assert_int_equal(message.device_id, 4);
        assert_int_equal(message.group_index, 0x155);
        assert_int_equal(message.has_pasid, i > 0);
        assert_int_equal(message.pasid, i ? 9 : 0);
    }
    set_cr0(&world, 0xe);
    world_command(&world, CMD_PRI_RESP | SID(4), RESP(2));
    assert_silent(&world);
    assert_true(world_consumed(&world));
    world_command(&world, CMD_PRI_RESP | SID(4), RESP(3));
    assert_int_equal(world_register(&world, 0x60), 1);
    assert_silent(&world);
    world_fini(&world);
}

/* ---- chapter 8 ---- */

static struct pcie_message page_request(enum world_stream stream, unsigned group, bool last)
{
    return (struct pcie_message){.kind = PCIE_PAGE_REQUEST,
                                 .device_id = (uint16_t)stream,
                                 .address = WORLD_VA,
                                 .group_index = (uint16_t)group,
                                 .read = true,
                                 .last = last};
}

static struct pcie_message stop_marker(enum world_stream stream)
{
    return (struct pcie_message){
        .kind = PCIE_PAGE_REQUEST, .device_id = (uint16_t)stream, .has_pasid = true, .pasid = 1, .last = true};
}

static void put(struct world *world, struct pcie_message message)
{
    smmuv3_message(world->smmu, &message);
    world_settle(world);
}

static void test_records(void **state)
{
    (void)state;
    for (uint64_t latency_ps = 0; latency_ps <= 5000; latency_ps += 5000) {
        struct world world;
        open_pri(&world, "max-ats", 0, latency_ps);
        struct pcie_message message = page_request(WORLD_S1, 0x1aa, true);
        message.has_pasid = message.privileged = message.write = true;
        message.pasid = 0xabcde;
        put(&world, message);
        assert_true(world_read64(&world, WORLD_PRIQ) == (UINT64_C(0xf40abcde) << 32 | WORLD_S1));
        assert_true(world_read64(&world, WORLD_PRIQ + 8) == (WORLD_VA | 0x1aa));
        assert_int_equal(world_register(&world, PROD), 1);
        assert_int_equal(world.lines[SMMUV3_LINE_PRIQ], 1);
        assert_int_equal(world_read64(&world, WORLD_MSI + 24), 0xa0a0);
        put(&world, page_request(WORLD_S2, 3, false));
        put(&world, stop_marker(WORLD_S1));
        assert_true(world_read64(&world, WORLD_PRIQ + 16) == (UINT64_C(1) << 60 | WORLD_S2));
        assert_true(world_read64(&world, WORLD_PRIQ + 32) == (UINT64_C(0xc0000001) << 32 | WORLD_S1));
        assert_int_equal(world.lines[SMMUV3_LINE_PRIQ], 1);
        assert_silent(&world);
        world_fini(&world);
    }
}

static void fill(struct world *world)
{
    for (unsigned i = 0; i < 4; i++) {
        struct pcie_message message = page_request(WORLD_S1, i, false);
        smmuv3_message(world->smmu, &message);
    }
}

static void test_overflow(void **state)
{
    (void)state;
    for (uint64_t latency_ps = 0; latency_ps <= 5000; latency_ps += 5000) {
        struct world world;
        open_pri(&world, "max-ats", 0, latency_ps);
        fill(&world);
        put(&world, page_request(WORLD_S1, 4, false));
        assert_int_equal(world_register(&world, PROD), OVERFLOW | 4);
        assert_silent(&world);
        put(&world, page_request(WORLD_S1, 5, true));
        struct pcie_message answer = sent(&world, PCIE_PAGE_RESPONSE);
        assert_int_equal(answer.group_index, 5);
        assert_int_equal(answer.response_code, 0);
        assert_false(answer.has_pasid);
        put(&world, stop_marker(WORLD_S1));
        assert_silent(&world);
        world_set(&world, CONS, 4); /* room, but the overflow is not acknowledged */
        put(&world, page_request(WORLD_S1, 6, true));
        assert_int_equal(world_register(&world, PROD), OVERFLOW | 4);
        sent(&world, PCIE_PAGE_RESPONSE);
        world_set(&world, CONS, OVERFLOW | 4);
        put(&world, page_request(WORLD_S1, 7, true));
        assert_int_equal(world_register(&world, PROD), OVERFLOW | 5);
        assert_silent(&world);
        world_fini(&world);
    }
}

static struct pcie_message overflown(struct world *world, enum world_stream stream)
{
    struct pcie_message message = page_request(stream, 0x11, true);
    message.has_pasid = true;
    message.pasid = 3;
    put(world, message);
    return sent(world, PCIE_PAGE_RESPONSE);
}

static void test_ppar(void **state)
{
    (void)state;
    for (uint64_t latency_ps = 0; latency_ps <= 5000; latency_ps += 5000) {
        struct world world;
        open_pri(&world, "max-ats", 0, latency_ps);
        uint64_t at = world_ste(WORLD_S2) + 8;
        world_write64(&world, at, world_read64(&world, at) | 1u << 18);
        fill(&world);
        struct pcie_message answer = overflown(&world, WORLD_S1);
        assert_true(answer.response_code == 0 && !answer.has_pasid);
        answer = overflown(&world, WORLD_S2);
        assert_true(answer.response_code == 0 && answer.has_pasid && answer.pasid == 3);
        answer = overflown(&world, 31);
        assert_true(answer.response_code == 15 && !answer.has_pasid);
        answer = overflown(&world, 50);
        assert_true(answer.response_code == 15 && !answer.has_pasid);
        uint64_t record[4];
        assert_false(world_event(&world, record));
        world_fini(&world);
        open_pri(&world, "ats-nested", 0, latency_ps); /* PPS */
        fill(&world);
        answer = overflown(&world, 31);
        assert_true(answer.response_code == 0 && answer.has_pasid && answer.pasid == 3);
        assert_int_equal(world.reads[PORT_STRUCTURE], 0);
        world_fini(&world);
    }
}

/* Of both causes: nobody is told of success, and no record is made. */
static void test_refused(void **state)
{
    (void)state;
    struct world world;
    open_pri(&world, "max-ats", 1, 0);
    static const uint32_t cr0[] = {CR0_ALL & ~CR0_PRIQEN, CR0_ALL & ~1u};
    for (unsigned i = 0; i < 2; i++) {
        set_cr0(&world, cr0[i]);
        for (unsigned last = 0; last < 2; last++) {
            struct pcie_message message = page_request(WORLD_S1, 8 + last, last);
            message.has_pasid = true;
            put(&world, message);
            struct pcie_message answer = sent(&world, PCIE_PAGE_RESPONSE);
            assert_true(answer.response_code == 15 && !answer.has_pasid && answer.group_index == 8 + last);
        }
        put(&world, stop_marker(WORLD_S1));
        assert_silent(&world);
        smmuv3_register_write(world.smmu, 0xc0, 8, 0); /* guarded by PRIQEN itself */
        assert_int_equal(smmuv3_register_read(world.smmu, 0xc0, 8), i ? WORLD_PRIQ | PRIQ_LG2 : 0);
        smmuv3_register_write(world.smmu, 0xc0, 8, WORLD_PRIQ | PRIQ_LG2);
    }
    assert_int_equal(world_register(&world, PROD), 0);
    assert_int_equal(world.lines[SMMUV3_LINE_PRIQ], 0);
    world_fini(&world);
}

static void test_last_only(void **state)
{
    (void)state;
    struct world world;
    open_pri(&world, "max-ats", 1, 0);
    put(&world, page_request(WORLD_S1, 1, false));
    assert_int_equal(world.lines[SMMUV3_LINE_PRIQ], 0);
    put(&world, page_request(WORLD_S1, 1, true));
    assert_int_equal(world.lines[SMMUV3_LINE_PRIQ], 1);
    put(&world, page_request(WORLD_S1, 2, true));
    put(&world, page_request(WORLD_S1, 3, true));
    assert_int_equal(world.lines[SMMUV3_LINE_PRIQ], 3);
    put(&world, page_request(WORLD_S1, 4, true)); /* discarded */
    assert_int_equal(world.lines[SMMUV3_LINE_PRIQ], 4);
    world_fini(&world);
}

static void test_aborted(void **state)
{
    (void)state;
    for (uint64_t latency_ps = 0; latency_ps <= 5000; latency_ps += 5000) {
        struct world world;
        open_pri(&world, "max-ats", 0, latency_ps);
        set_cr0(&world, CR0_ALL & ~CR0_PRIQEN);
        smmuv3_register_write(world.smmu, 0xc0, 8, WORLD_BYTES | PRIQ_LG2); /* nothing is there */
        set_cr0(&world, CR0_ALL);
        struct pcie_message messages[] = {page_request(WORLD_S1, 1, false), page_request(WORLD_S1, 2, true)};
        smmuv3_message(world.smmu, &messages[0]);
        smmuv3_message(world.smmu, &messages[1]);
        world_settle(&world);
        assert_int_equal(world_register(&world, 0x60), 8);
        assert_int_equal(world_register(&world, PROD), 0);
        assert_int_equal(world.lines[SMMUV3_LINE_PRIQ], 0);
        for (unsigned i = 0; i < 2; i++) {
            struct pcie_message answer = sent(&world, PCIE_PAGE_RESPONSE);
            assert_true(answer.response_code == 15 && answer.group_index == i + 1);
        }
        assert_silent(&world);
        world_fini(&world);
    }
}

/* ---- every page request has one end: it is recorded, answered, or, where an overflow may, discarded ---- */

#define REQUESTS 3000u

struct fate {
    bool last, stop, recorded, answered;
};

static void look_at_queue(struct world *world, struct fate *fates)
{
    while ((world_register(world, PROD) & 7u) != (world_register(world, CONS) & 7u)) {
        uint32_t at = world_register(world, CONS) & 7u;
        uint64_t low = world_read64(world, WORLD_PRIQ + (at & 3u) * 16u),
                 high = world_read64(world, WORLD_PRIQ + (at & 3u) * 16u + 8);
        struct fate *fate = &fates[high >> 12];
        assert_false(fate->recorded || fate->answered);
        assert_int_equal(low >> 62 & 1u, fate->last);
        fate->recorded = true;
        world_set(world, CONS, ((at + 1u) & 7u) | (world_register(world, PROD) & OVERFLOW));
    }
}

static void look_at_answers(struct world *world, struct fate *fates, const uint32_t *of_group)
{
    for (struct pcie_message message; world_message(world, &message);) {
        struct fate *fate = &fates[of_group[message.group_index]];
        assert_int_equal(message.kind, PCIE_PAGE_RESPONSE);
        assert_false(fate->recorded || fate->answered || fate->stop);
        fate->answered = true;
    }
}

static void test_each_has_one_end(void **state)
{
    (void)state;
    static struct fate fates[REQUESTS];
    uint32_t of_group[512] = {0};
    struct world world;
    struct sim_rng rng;
    unsigned recorded = 0, answered = 0;
    sim_rng_seed(&rng, 9);
    memset(fates, 0, sizeof fates);
    open_pri(&world, "max-ats", 0, 30000);
    uint32_t cr0 = CR0_ALL;
    for (uint32_t i = 0; i < REQUESTS; i++) {
        struct pcie_message message =
            page_request(1u + (enum world_stream)sim_rng_below(&rng, 40), i % 512u, sim_rng_below(&rng, 2));
        message.address = (uint64_t)i << 12;
        message.has_pasid = sim_rng_below(&rng, 2);
        message.read = sim_rng_below(&rng, 4);
        fates[i] = (struct fate){.last = message.last, .stop = pcie_is_stop_marker(&message)};
        of_group[i % 512u] = i;
        smmuv3_message(world.smmu, &message);
        sim_run(&world.sim, world.sim.now_ps + sim_rng_below(&rng, 50000));
        look_at_answers(&world, fates, of_group);
        if (sim_rng_below(&rng, 6) == 0)
            look_at_queue(&world, fates);
        if (sim_rng_below(&rng, 40) == 0)
            world_set(&world, 0x20, cr0 ^= sim_rng_below(&rng, 2) ? CR0_PRIQEN : 1u);
    }
    set_cr0(&world, CR0_ALL);
    world_settle(&world);
    look_at_answers(&world, fates, of_group);
    look_at_queue(&world, fates);
    for (uint32_t i = 0; i < REQUESTS; i++) {
        if (fates[i].last && !fates[i].stop && !fates[i].recorded && !fates[i].answered)
            fail_msg("page request %u is lost", i);
        recorded += fates[i].recorded;
        answered += fates[i].answered;
    }
    assert_true(recorded > 100 && answered > 100);
    assert_true(smmuv3_idle(world.smmu));
    world_fini(&world);
}

static void test_reset(void **state)
{
    (void)state;
    struct world world;
    open_pri(&world, "max-ats", 0, 5000);
    fill(&world);
    struct pcie_message message = stop_marker(WORLD_S1);
    message.read = true; /* a page request, whose STE is looked up */
    smmuv3_message(world.smmu, &message);
    world_command(&world, CMD_ATC_INV | SID(1), 0);
    smmuv3_reset(world.smmu);
    world_settle(&world);
    assert_silent(&world);
    assert_true(smmuv3_idle(world.smmu));
    assert_int_equal(world_register(&world, PROD), 0);
    world_fini(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_sync_waits),
        cmocka_unit_test(test_sync_waits_for_translated),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_responses),
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_ppar),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_last_only),
        cmocka_unit_test(test_aborted),
        cmocka_unit_test(test_each_has_one_end),
        cmocka_unit_test(test_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
