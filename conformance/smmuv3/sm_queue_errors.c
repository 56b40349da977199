/* SPDX-License-Identifier: BSD-2-Clause */
/* Command errors: where the queue stops, what the error says, how it goes on (7.1 Command queue errors). */
#include "sm_queue_rig.h"

#include "sm_chapters.h"

static uint32_t error_code(struct sm *sm)
{
    uint32_t error = SM_CERROR_NONE;

    CHECK(sm->t, "SMMU-7-003", sm_command_error(sm, &error), "GERROR.CMDQ_ERR is active");
    return error;
}

static void open_queue(struct rig_queue *q, struct sm *sm, uint32_t lg2, uint32_t start)
{
    rig_open(q, sm, rig_memory(sm, lg2, 16), lg2, start, start);
}

/* Good, bad, good: for the error at every index of a queue, with either wrap flag. */
static void stops(struct test *t)
{
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t at = 0; at < 16; at++) {
        struct rig_queue q;

        test_context(t, "error at %x", at);
        open_queue(&q, &sm, 3, (at - 3) & 15);
        rig_put(&q, rig_sync(&sm, 0, 0xa0));
        rig_put(&q, sm_cmd_nsnh_all());
        rig_put(&q, rig_sync(&sm, 1, 0xa1));
        rig_put(&q, rig_illegal());
        rig_put(&q, rig_sync(&sm, 2, 0xa2));
        rig_put(&q, rig_sync(&sm, 3, 0xa3));
        rig_ring(&q);
        test_settle(t);
        CHECK_EQ(t, "SMMU-7-003", SM_CERROR_ILL, error_code(&sm), "CMDQ_CONS.ERR");
        CHECK_EQ(t, "SMMU-7-001", at, rig_cons(&sm), "CMDQ_CONS.RD");
        CHECK(t, "SMMU-7-007", rig_signalled(&sm, 0, 0xa0) && rig_signalled(&sm, 1, 0xa1), "older commands were executed");
        CHECK(t, "SMMU-7-001", rig_silent(&sm, 2) && rig_silent(&sm, 3), "newer commands were not executed");
        rig_write(&q, at, rig_sync(&sm, 4, 0xa4));
        rig_write(&q, at + 1, rig_sync(&sm, 5, 0xa5));
        test_settle(t);
        CHECK_EQ(t, "SMMU-7-001", at, rig_cons(&sm), "CMDQ_CONS.RD until the error is acknowledged");
        sm_gerror_ack(&sm, "CMDQ_ERR");
        test_settle(t);
        CHECK_EQ(t, "SMMU-7-004", q.prod, rig_cons(&sm), "CMDQ_CONS.RD after the acknowledge, without a write of PROD");
        CHECK(t, "SMMU-7-004", !sm_command_error(&sm, NULL), "no error is left");
        CHECK(t, "SMMU-3-015", rig_signalled(&sm, 4, 0xa4) && rig_signalled(&sm, 5, 0xa5) && rig_silent(&sm, 2),
              "rewritten entries count as they are now");
        CHECK(t, "SMMU-7-004", rig_signalled(&sm, 3, 0xa3), "the rest is executed");
    }
    rig_close(&sm);
}

/* The code and RD are final when GERROR shows the error. */
static void code_first(struct test *t)
{
    struct rig_queue q;
    struct sm sm;
    bool seen = false;

    sm_open(&sm, t, NULL);
    open_queue(&q, &sm, 3, 0);
    test_latency(t, 1000, 2000, false);
    rig_put(&q, sm_cmd_sync());
    rig_put(&q, sm_cmd_sync());
    rig_put(&q, rig_illegal());
    rig_ring(&q);
    for (uint32_t guard = 0; guard < 10000; guard++) {
        if (!seen && sm_command_error(&sm, NULL)) {
            seen = true;
            CHECK_EQ(t, "SMMU-7-002", SM_CERROR_ILL, error_code(&sm), "ERR when GERROR shows the error");
            CHECK_EQ(t, "SMMU-7-002", 2, rig_cons(&sm), "RD when GERROR shows the error");
        }
        if (!test_step(t))
            break;
    }
    CHECK(t, "SMMU-7-002", sm_command_error(&sm, NULL), "the error is reported");
    test_latency(t, 0, 0, false);
    rig_close(&sm);
}

/* Acknowledged without repair the same command fails again; unacknowledged, nothing toggles twice. */
static void not_repaired(struct test *t)
{
    struct rig_queue q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    open_queue(&q, &sm, 4, 0);
    rig_put(&q, rig_illegal());
    rig_ring(&q);
    test_settle(t);
    for (uint32_t round = 0; round < 5; round++) {
        uint64_t gerror = sm_reg(t, "SMMU_GERROR");

        test_context(t, "round %u", round);
        CHECK_EQ(t, "SMMU-7-005", SM_CERROR_ILL, error_code(&sm), "ERR");
        CHECK_EQ(t, "SMMU-7-005", 0, rig_cons(&sm), "RD");
        rig_put(&q, rig_illegal());
        rig_ring(&q);
        test_settle(t);
        CHECK_EQ(t, "SMMU-7-011", gerror, sm_reg(t, "SMMU_GERROR"), "GERROR after more bad commands");
        sm_gerror_ack(&sm, "CMDQ_ERR");
        test_settle(t);
        CHECK_EQ(t, "SMMU-7-005", gerror ^ sm_reg_bits("SMMU_GERROR", "CMDQ_ERR", 1), sm_reg(t, "SMMU_GERROR"),
                 "GERROR toggles when the command fails again");
    }
    rig_close(&sm);
}

/* PROD may be pulled back as far as CONS while the error is active. */
static void pulled_back(struct test *t)
{
    struct rig_queue q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t keep = 0; keep < 3; keep++) {
        test_context(t, "%u commands kept", keep);
        open_queue(&q, &sm, 3, 6);
        rig_put(&q, rig_illegal());
        for (uint32_t n = 0; n < 6; n++)
            rig_put(&q, rig_illegal());
        rig_ring(&q);
        test_settle(t);
        q.prod = rig_next(&q, 6, keep);
        for (uint32_t n = 0; n < keep; n++)
            rig_write(&q, 6 + n, rig_sync(&sm, n, 0xb0 + n));
        rig_ring(&q);
        sm_gerror_ack(&sm, "CMDQ_ERR");
        test_settle(t);
        CHECK_EQ(t, "SMMU-7-006", q.prod, rig_cons(&sm), "CONS after the acknowledge");
        CHECK(t, "SMMU-7-006", !sm_command_error(&sm, NULL), "commands behind PROD are gone");
        for (uint32_t n = 0; n < keep; n++)
            CHECK(t, "SMMU-7-006", rig_signalled(&sm, n, 0xb0 + n), "command %u is executed", n);
        rig_put(&q, rig_sync(&sm, 9, 0xb9));
        rig_ring(&q);
        test_settle(t);
        CHECK(t, "SMMU-7-006", rig_signalled(&sm, 9, 0xb9), "a new command is executed");
    }
    rig_close(&sm);
}

/* An invalidation in front of a failing command has its effect. */
static void older_unaffected(struct test *t)
{
    struct sm_command ill = rig_illegal(), flush = sm_cmd_nsnh_all();
    struct sm_path path;
    struct iotb_request r;
    struct sm sm;
    uint64_t host[2];

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host[0] = sm_path_page(&path, 0x345000, SM_RW);
    host[1] = mem_alloc(t, 65536, 65536);
    r = sm_request(&path, IOTB_WRITE, 0x345040, 8);
    sm_expect_ok(&sm, "SMMU-7-007", &r, host[0] + 0x40);
    sm_map(&sm, path.s1, 0x345000, host[1], 0, SM_RW);
    sm_put(&sm, &flush);
    sm_put(&sm, &ill);
    sm_ring(&sm);
    test_settle(t);
    CHECK(t, "SMMU-7-007", sm_command_error(&sm, NULL), "the second command fails");
    CHECK(t, "SMMU-7-007", sm_command_repair(&sm), "the queue is repaired by a CMD_SYNC");
    sm_expect_ok(&sm, "SMMU-7-007", &r, host[1] + 0x40);
    sm_close(&sm);
}

/* CMDQEN off and on keeps the error. */
static void cycled(struct test *t)
{
    struct rig_queue q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    open_queue(&q, &sm, 3, 2);
    rig_put(&q, rig_illegal());
    rig_put(&q, rig_sync(&sm, 1, 0xc1));
    rig_ring(&q);
    test_settle(t);
    CHECK_EQ(t, "SMMU-6-915", SM_CERROR_ILL, error_code(&sm), "ERR");
    CHECK(t, "SMMU-6-915", rig_enable(&q, false), "CMDQEN = 0 is acknowledged");
    CHECK(t, "SMMU-6-915", sm_command_error(&sm, NULL), "the error is active with CMDQEN = 0");
    rig_write(&q, 2, sm_cmd_sync());
    CHECK(t, "SMMU-6-915", rig_enable(&q, true), "CMDQEN = 1 is acknowledged");
    CHECK(t, "SMMU-6-915", sm_command_error(&sm, NULL), "the error is active after CMDQEN = 1");
    CHECK_EQ(t, "SMMU-6-915", 2, rig_cons(&sm), "CONS until the acknowledge");
    CHECK(t, "SMMU-6-915", rig_silent(&sm, 1), "nothing is executed until the acknowledge");
    sm_gerror_ack(&sm, "CMDQ_ERR");
    test_settle(t);
    CHECK_EQ(t, "SMMU-6-915", q.prod, rig_cons(&sm), "CONS after the acknowledge");
    CHECK(t, "SMMU-6-915", rig_signalled(&sm, 1, 0xc1), "the rest is executed after the acknowledge");
    rig_close(&sm);
}

/* A fetch that is aborted stops the queue at the entry, and is tried again after the acknowledge. */
static void fetch_aborted(struct test *t)
{
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t at = 0; at < 8; at += 3) {
        struct rig_queue q;
        uint64_t slot;

        test_context(t, "abort at %u", at);
        open_queue(&q, &sm, 3, 0);
        for (uint32_t n = 0; n < 8; n++)
            rig_put(&q, rig_sync(&sm, n, 0xd0 + n));
        slot = q.base + 16 * at;
        inject_fault(t, INJECT_ABORT, slot, slot + 15, ACC_READS, 1, UINT64_MAX);
        rig_ring(&q);
        test_settle(t);
        CHECK_EQ(t, "SMMU-7-008", SM_CERROR_ABT, error_code(&sm), "ERR");
        /* A fetch of several entries may be aborted as one; entries in front of the aborted one were consumed (7.1). */
        CHECK_EQ(t, "SMMU-7-008", at, rig_cons(&sm), "RD");
        for (uint32_t n = 0; n < at; n++)
            CHECK(t, "SMMU-7-008", rig_signalled(&sm, n, 0xd0 + n), "command %u in front of it is executed", n);
        sm_gerror_ack(&sm, "CMDQ_ERR");
        test_settle(t);
        CHECK_EQ(t, "SMMU-7-008", SM_CERROR_ABT, error_code(&sm), "ERR after the acknowledge with the abort still there");
        inject_clear(t);
        sm_gerror_ack(&sm, "CMDQ_ERR");
        test_settle(t);
        CHECK_EQ(t, "SMMU-7-009", q.prod, rig_cons(&sm), "CONS when the memory answers again");
        for (uint32_t n = at; n < 8; n++)
            CHECK(t, "SMMU-7-009", rig_signalled(&sm, n, 0xd0 + n), "command %u is executed then", n);
    }
    rig_close(&sm);
}

/* The whole queue in memory that aborts: also without injection. */
static void queue_in_hole(struct test *t)
{
    struct rig_queue q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    rig_open(&q, &sm, rig_hole(t), 3, 0, 0);
    sm_reg_set(t, "SMMU_CMDQ_PROD", 2);
    test_settle(t);
    CHECK_EQ(t, "SMMU-7-008", SM_CERROR_ABT, error_code(&sm), "ERR");
    CHECK_EQ(t, "SMMU-7-008", 0, rig_cons(&sm), "RD");
    rig_enable(&q, false);
    sm_gerror_ack(&sm, "CMDQ_ERR");
    open_queue(&q, &sm, 3, 0);
    rig_put(&q, rig_sync(&sm, 1, 0xe1));
    rig_ring(&q);
    test_settle(t);
    CHECK(t, "SMMU-7-009", rig_cons(&sm) == q.prod && rig_signalled(&sm, 1, 0xe1), "a queue in memory works");
    rig_close(&sm);
}

/* Only CMDQ_ERR stops commands. */
static void events_blocked(struct test *t)
{
    struct iotb_request bad;
    struct sm sm;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    inject_fault(t, INJECT_ABORT, sm.eventq, sm.eventq + (UINT64_C(32) << sm.eventq_log2size) - 1, ACC_WRITES, 1, UINT64_MAX);
    rig_faults(&sm, &bad, 1);
    CHECK(t, "SMMU-7-095", sm_gerror_active(&sm, "EVENTQ_ABT_ERR"), "the event queue is blocked");
    CHECK(t, "SMMU-7-095", sm_invalidate_all(&sm), "commands are executed all the same");
    inject_clear(t);
    rig_close(&sm);
}

#define CASE(n, text, function, row_ids, feature_bits)                                                                 \
    {                                                                                                                  \
        .name = "smmuv3.queue_errors." n, .summary = text, .run = function, .rows = row_ids, .features = feature_bits, \
        .functional = true, .tier = TIER_FULL                                                                          \
    }

static const struct iotb_case cases[] = {
    {.name = "smmuv3.queue_errors.stops",
     .summary = "A command error stops the queue at its entry; acknowledged, the queue goes on with what is there now",
     .run = stops,
     .rows = "SMMU-3-015 SMMU-7-001 SMMU-7-003 SMMU-7-004 SMMU-7-007",
     .functional = true,
     .tier = TIER_SMOKE},
    CASE("code_first", "CMDQ_CONS is final when GERROR shows a command error", code_first, "SMMU-7-002 SMMU-7-003", 0),
    CASE("not_repaired", "An error that is not repaired comes again; one that is not acknowledged does not", not_repaired,
         "SMMU-7-003 SMMU-7-005 SMMU-7-011", 0),
    CASE("pulled_back", "PROD may be pulled back to CONS while the error is active", pulled_back, "SMMU-7-006", 0),
    {.name = "smmuv3.queue_errors.older_unaffected",
     .summary = "An invalidation in front of a failing command has its effect",
     .run = older_unaffected,
     .rows = "SMMU-7-007",
     .gate = "IDR0.S1P",
     .functional = true,
     .tier = TIER_FULL},
    CASE("cycled", "CMDQEN off and on keeps a command error", cycled, "SMMU-6-915 SMMU-7-003", 0),
    CASE("fetch_aborted", "An aborted fetch stops the queue at its entry and is tried again", fetch_aborted,
         "SMMU-7-003 SMMU-7-008 SMMU-7-009", IOTB_F_BENCH_MEMORY),
    CASE("queue_in_hole", "A queue where nothing answers gives CERROR_ABT", queue_in_hole, "SMMU-7-003 SMMU-7-008 SMMU-7-009", 0),
    CASE("events_blocked", "A blocked Event queue does not stop commands", events_blocked, "SMMU-7-095", IOTB_F_BENCH_MEMORY),
};

const struct iotb_case_list sm_queue_errors_cases = {cases, sizeof cases / sizeof cases[0]};
