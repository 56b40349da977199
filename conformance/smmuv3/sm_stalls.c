/* SPDX-License-Identifier: BSD-2-Clause */
/* Stalled transactions: what stalls, how CMD_RESUME and CMD_STALL_TERM end it, STAGs (3.12.2, 4.7.1, 4.7.2). */
#include "sm_stall_rig.h"

#include "sm_chapters.h"

#include <string.h>

/* ---- retry ---- */

static void retried(struct test *t)
{
    struct stall_rig s;

    for (int ab = 0; ab < 2; ab++) {
        struct stalled x;
        uint64_t host;

        if (ab)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "Ab = %d", ab);
        stall_open(&s, t);
        x = stall_write(&s, "SMMU-4-114", STALL_INPUT + 0x48);
        CHECK(t, "SMMU-3-124", !request_outcome(t, x.id).done, "a stalled request has no response");
        host = sm_path_page(&s.path, STALL_INPUT, SM_RW);
        sm_path_invalidate_page(&s.path, STALL_INPUT, true);
        CHECK(t, "SMMU-4-112", sm_resume(s.sm, x.event.sid, x.event.stag, true, ab), "CMD_RESUME(Retry) is consumed");
        stall_arrived(&s, "SMMU-4-114", &x, host + 0x48);
        CHECK_EQ(t, "SMMU-4-114", 0, sm_event_pending(s.sm), "records after a retry that succeeds");
        /* A read, too. */
        x = stall_read(&s, "SMMU-4-114", STALL_INPUT + 0x10048);
        host = sm_path_page(&s.path, STALL_INPUT + 0x10000, SM_RW);
        mem_write64(t, host + 0x48, UINT64_C(0x5566778811223344));
        sm_path_invalidate_page(&s.path, STALL_INPUT + 0x10000, true);
        sm_resume(s.sm, x.event.sid, x.event.stag, true, ab);
        stall_arrived(&s, "SMMU-4-114", &x, host + 0x48);
        sm_close(s.sm);
    }
}

/* A retry that faults again is a new transaction with a record of its own. */
static void retried_in_vain(struct test *t)
{
    struct stall_rig s;
    struct stalled x;

    stall_open(&s, t);
    x = stall_write(&s, "SMMU-4-115", STALL_INPUT + 0x48);
    for (int i = 0; i < 3; i++) {
        struct sm_event again = {.type = 0};

        CHECK(t, "SMMU-4-124", sm_resume(s.sm, x.event.sid, x.event.stag, true, false), "CMD_RESUME(Retry) is consumed");
        CHECK(t, "SMMU-4-115", sm_event_take(s.sm, &again), "the retry is recorded");
        CHECK(t, "SMMU-4-115", again.type == SM_F_TRANSLATION && again.stall && again.input == STALL_INPUT + 0x48,
              "the record is one of a new stall");
        CHECK(t, "SMMU-4-115", !request_outcome(t, x.id).done, "the request is stalled again");
        x.event = again;
    }
    sm_resume(s.sm, x.event.sid, x.event.stag, false, true);
    stall_aborted(&s, "SMMU-4-124", &x);
    sm_close(s.sm);
}

/* The configuration was changed to terminate: the retry ends so, with a record if R = 1. */
static void retried_into_termination(struct test *t)
{
    struct stall_rig s;

    for (int record = 0; record < 2; record++) {
        struct sm_event event = {.type = 0};
        struct stalled x;
        struct sm_cd cd;

        if (record)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "R = %d", record);
        stall_open(&s, t);
        x = stall_write(&s, "SMMU-4-116", STALL_INPUT + 0x48);
        cd = (struct sm_cd){.ttb0 = s.path.s1, .asid = s.path.asid, .no_record = !record};
        sm_set_cd(s.sm, s.path.sid, 0, &cd);
        sm_path_invalidate(&s.path);
        if (!request_outcome(t, x.id).done) {
            CHECK_EQ(t, "SMMU-3-134", 0, sm_event_pending(s.sm), "records of an early retry");
            sm_resume(s.sm, x.event.sid, x.event.stag, true, false);
            stall_aborted(&s, "SMMU-4-116", &x);
            CHECK_EQ(t, "SMMU-4-116", record, sm_event_take(s.sm, &event), "a record of the termination");
            if (record)
                CHECK(t, "SMMU-4-116", event.type == SM_F_TRANSLATION && !event.stall, "the record has Stall = 0");
        } else {
            stall_aborted(&s, "SMMU-3-134", &x);
            CHECK_EQ(t, "SMMU-3-134", 0, sm_event_pending(s.sm), "records of an early retry");
        }
        sm_close(s.sm);
    }
}

/* ---- terminate ---- */

static void terminated(struct test *t)
{
    struct stall_rig s;
    bool abort_only = sm_idr(t, 0, "TERM_MODEL");

    stall_open(&s, t);
    for (int v = 0; v < 4; v++) {
        bool read = v & 1, ab = v & 2;
        const char *row = ab ? "SMMU-4-117" : abort_only ? "SMMU-4-119" : "SMMU-4-118";
        struct stalled x;

        test_context(t, "%s, Ab = %d", read ? "read" : "write", ab);
        x = read ? stall_read(&s, row, STALL_INPUT + 0x48) : stall_write(&s, row, STALL_INPUT + 0x48);
        sm_resume(s.sm, x.event.sid, x.event.stag, false, ab);
        if (ab || abort_only)
            stall_aborted(&s, row, &x);
        else
            stall_razwi(&s, row, &x);
        CHECK_EQ(t, row, 0, sm_event_pending(s.sm), "records of a termination by CMD_RESUME");
    }
    sm_close(s.sm);
}

/* A stage 2 stall may be ended RAZ/WI: S2S and CD.A have no say in it. */
static void terminated_stage_2(struct test *t)
{
    struct stall_rig s;
    bool abort_only = sm_idr(t, 0, "TERM_MODEL");

    stall_open_stage_2(&s, t);
    for (int ab = 0; ab < 2; ab++) {
        struct sm_expected e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, STALL_INPUT + 0x48);
        struct stalled x = stall_expect(&s, "SMMU-4-120", IOTB_READ, STALL_INPUT + 0x48, &e);

        test_context(t, "Ab = %d", ab);
        sm_resume(s.sm, x.event.sid, x.event.stag, false, ab);
        if (ab || abort_only)
            stall_aborted(&s, "SMMU-4-120", &x);
        else
            stall_razwi(&s, "SMMU-4-120", &x);
    }
    sm_close(s.sm);
}

/* The page is there when the request is terminated: terminated, or carried out by a retry that was quicker. */
static void terminated_too_late(struct test *t)
{
    struct stall_rig s;
    struct stalled x;
    struct outcome o;
    uint64_t host;

    stall_open(&s, t);
    x = stall_write(&s, "SMMU-4-125", STALL_INPUT + 0x48);
    host = sm_path_page(&s.path, STALL_INPUT, SM_RW);
    sm_path_invalidate_page(&s.path, STALL_INPUT, true);
    sm_resume(s.sm, x.event.sid, x.event.stag, false, true);
    o = request_wait(t, x.id);
    CHECK(t, "SMMU-4-125", o.done, "the request ends");
    if (o.has_status)
        CHECK_EQ(t, "SMMU-4-125", o.status == IOTB_SC, mem_read64(t, host + 0x48) == stall_value(&x), "status and memory agree");
    else
        CHECK(t, "SMMU-4-125", mem_read64(t, host + 0x48) == stall_value(&x) || !mem_read64(t, host + 0x48), "all or nothing");
    sm_close(s.sm);
}

/* ---- which transaction ---- */

/* Other STAGs, other StreamIDs: no operation and no error. */
static void no_match(struct test *t)
{
    struct stall_rig s;
    struct stalled x;
    struct sm_command c[8];
    uint32_t n = 0;

    stall_open(&s, t);
    c[0] = sm_cmd_resume(sm_sid(s.sm, 1), 0, true, false);
    sm_expect_consumed(s.sm, "SMMU-4-121", &c[0]);
    x = stall_write(&s, "SMMU-4-121", STALL_INPUT + 0x48);
    c[n++] = sm_cmd_resume(sm_sid(s.sm, 1), x.event.stag, false, true);
    c[n++] = sm_cmd_resume(x.event.sid ^ 0x100, x.event.stag, false, true);
    c[n++] = sm_cmd_resume(x.event.sid ^ 1, x.event.stag, true, true);
    c[n++] = sm_cmd_resume(x.event.sid, x.event.stag ^ 1, false, true);
    c[n++] = sm_cmd_resume(x.event.sid, x.event.stag ^ 0x80, true, false);
    c[n++] = sm_cmd_resume(x.event.sid, x.event.stag ^ 0x8000, false, false);
    c[n++] = sm_cmd_stall_term(sm_sid(s.sm, 1));
    for (uint32_t i = 0; i < n; i++) {
        test_context(t, "command %u", i);
        sm_expect_consumed(s.sm, i < 6 ? "SMMU-4-121" : "SMMU-4-132", &c[i]);
        sm_sync(s.sm);
        CHECK(t, i < 6 ? "SMMU-4-121" : "SMMU-4-132", !request_outcome(t, x.id).done, "the stalled request stays");
        CHECK_EQ(t, "SMMU-4-121", 0, sm_event_pending(s.sm), "records");
        CHECK_EQ(t, "SMMU-4-121", sm_reg(t, "SMMU_GERRORN"), sm_reg(t, "SMMU_GERROR"), "GERROR");
    }
    test_context(t, NULL);
    sm_resume(s.sm, x.event.sid, x.event.stag, false, true);
    stall_aborted(&s, "SMMU-4-122", &x);
    sm_close(s.sm);
}

/* Several at once, on two streams: each is ended by its own STAG, in any order. */
static void several(struct test *t)
{
    enum { COUNT = 6 };
    static const uint32_t order[COUNT] = {4, 1, 5, 0, 3, 2};
    struct stall_rig s, other;
    struct stalled x[COUNT];

    stall_open(&s, t);
    stall_need(&s, COUNT);
    stall_also(&other, &s, sm_sid(s.sm, 1));
    for (uint32_t i = 0; i < COUNT; i++) {
        x[i] = stall_write(i & 1 ? &other : &s, "SMMU-4-122", STALL_INPUT + 0x10000 * i + 8);
        for (uint32_t j = 0; j < i; j++)
            CHECK(t, "SMMU-4-126", x[j].event.stag != x[i].event.stag || x[j].event.sid != x[i].event.sid,
                  "STAG %x of StreamID %x is in use", x[i].event.stag, x[i].event.sid);
    }
    for (uint32_t n = 0; n < COUNT; n++) {
        struct stalled *y = &x[order[n]];

        sm_resume(s.sm, y->event.sid, y->event.stag, false, true);
        stall_aborted(&s, "SMMU-4-122", y);
        for (uint32_t m = n + 1; m < COUNT; m++)
            CHECK(t, "SMMU-4-122", !request_outcome(t, x[order[m]].id).done, "request %u of %u ended with request %u", order[m],
                  (uint32_t)COUNT, order[n]);
    }
    CHECK_EQ(t, "SMMU-4-122", 0, sm_event_pending(s.sm), "records");
    sm_close(s.sm);
}

/* The newest first: done at once, or when the older ones are. */
static void any_order(struct test *t)
{
    struct stall_rig s;
    struct stalled x[2];
    uint64_t host[2];

    stall_open(&s, t);
    stall_need(&s, 2);
    for (uint32_t i = 0; i < 2; i++)
        x[i] = stall_write(&s, "SMMU-4-123", STALL_INPUT + 0x10000 * i + 8);
    for (uint32_t i = 0; i < 2; i++)
        host[i] = sm_path_page(&s.path, STALL_INPUT + 0x10000 * i, SM_RW);
    sm_path_invalidate(&s.path);
    sm_resume(s.sm, x[1].event.sid, x[1].event.stag, true, false);
    sm_resume(s.sm, x[0].event.sid, x[0].event.stag, true, false);
    stall_arrived(&s, "SMMU-4-123", &x[1], host[1] + 8);
    stall_arrived(&s, "SMMU-4-123", &x[0], host[0] + 8);
    sm_close(s.sm);
}

/* A second CMD_RESUME for the same record does nothing, or hits the transaction once more. */
static void twice(struct test *t)
{
    struct stall_rig s;
    struct stalled x, y;
    struct sm_command c[2];

    stall_open(&s, t);
    x = stall_write(&s, "SMMU-4-127", STALL_INPUT + 0x48);
    c[0] = c[1] = sm_cmd_resume(x.event.sid, x.event.stag, false, true);
    CHECK(t, "SMMU-4-127", sm_submit(s.sm, c, 2), "both are consumed");
    stall_aborted(&s, "SMMU-4-127", &x);
    sm_submit(s.sm, c, 1);
    y = stall_write(&s, "SMMU-4-127", STALL_INPUT + 0x48);
    sm_resume(s.sm, y.event.sid, y.event.stag, false, true);
    stall_aborted(&s, "SMMU-4-127", &y);
    sm_close(s.sm);
}

/* ---- CMD_STALL_TERM ---- */

static void stream_terminated(struct test *t)
{
    struct sm_ste abort = {.config = SM_ABORT};
    struct stall_rig s, other;
    struct stalled x[3], y, z;
    struct sm_command c;

    stall_open(&s, t);
    stall_need(&s, 4);
    stall_also(&other, &s, sm_sid(s.sm, 1));
    c = sm_cmd_stall_term(s.path.sid);
    sm_expect_consumed(s.sm, "SMMU-4-129", &c);
    for (uint32_t i = 0; i < 3; i++)
        x[i] = stall_write(&s, "SMMU-4-128", STALL_INPUT + 0x10000 * i);
    y = stall_write(&other, "SMMU-4-132", STALL_INPUT);
    sm_set_ste(s.sm, s.path.sid, &abort);
    sm_cfgi_ste(s.sm, s.path.sid);
    CHECK_EQ(t, "SMMU-4-133", 0, sm_event_pending(s.sm), "records after the stream was closed");
    CHECK(t, "SMMU-4-128", sm_submit_one(s.sm, c), "CMD_STALL_TERM is consumed");
    for (uint32_t i = 0; i < 3; i++)
        stall_aborted(&s, "SMMU-4-128", &x[i]);
    CHECK(t, "SMMU-4-132", !request_outcome(t, y.id).done, "the other stream's request stays");
    CHECK_EQ(t, "SMMU-4-133", 0, sm_event_pending(s.sm), "records after CMD_STALL_TERM");
    /* What stalls afterwards stays. */
    sm_path_write_ste(&s.path);
    stall_configure(&s);
    z = stall_write(&s, "SMMU-4-131", STALL_INPUT + 0x50000);
    CHECK(t, "SMMU-4-131", !request_outcome(t, z.id).done, "a later stall stays");
    sm_resume(s.sm, z.event.sid, z.event.stag, false, true);
    stall_aborted(&s, "SMMU-4-131", &z);
    sm_resume(s.sm, y.event.sid, y.event.stag, false, true);
    stall_aborted(&s, "SMMU-4-132", &y);
    sm_close(s.sm);
}

/* On a stream that still stalls it ends what it likes of this stream, and nothing of another. */
static void stream_terminated_live(struct test *t)
{
    struct stall_rig s, other;
    struct stalled x[2], y;

    stall_open(&s, t);
    stall_need(&s, 3);
    stall_also(&other, &s, sm_sid(s.sm, 1));
    for (uint32_t i = 0; i < 2; i++)
        x[i] = stall_write(&s, "SMMU-4-130", STALL_INPUT + 0x10000 * i);
    y = stall_write(&other, "SMMU-4-130", STALL_INPUT);
    CHECK(t, "SMMU-4-130", sm_submit_one(s.sm, sm_cmd_stall_term(s.path.sid)), "CMD_STALL_TERM is consumed");
    CHECK(t, "SMMU-4-130", !request_outcome(t, y.id).done, "the other stream's request stays");
    for (uint32_t i = 0; i < 2; i++) {
        if (!request_outcome(t, x[i].id).done)
            sm_resume(s.sm, x[i].event.sid, x[i].event.stag, false, true);
        stall_aborted(&s, "SMMU-4-130", &x[i]);
    }
    sm_resume(s.sm, y.event.sid, y.event.stag, false, true);
    stall_aborted(&s, "SMMU-4-130", &y);
    sm_close(s.sm);
}

/* SMMUEN = 0 ends all stalls. */
static void disabled(struct test *t)
{
    struct stall_rig s;
    struct stalled x[3], y;

    stall_open(&s, t);
    stall_need(&s, 3);
    for (uint32_t i = 0; i < 3; i++)
        x[i] = stall_write(&s, "SMMU-6-924", STALL_INPUT + 0x10000 * i);
    CHECK(t, "SMMU-6-924", sm_enable(s.sm, "SMMUEN", 0), "SMMUEN = 0 is acknowledged");
    for (uint32_t i = 0; i < 3; i++)
        stall_aborted(&s, i ? "SMMU-6-957" : "SMMU-6-924", &x[i]);
    sm_sync(s.sm);
    CHECK_EQ(t, "SMMU-4-152", 0, sm_event_pending(s.sm), "records after the CMD_SYNC");
    sm_enable(s.sm, "SMMUEN", 1);
    y = stall_write(&s, "SMMU-6-924", STALL_INPUT);
    sm_resume(s.sm, y.event.sid, y.event.stag, false, true);
    stall_aborted(&s, "SMMU-6-924", &y);
    sm_sync(s.sm);
    CHECK_EQ(t, "SMMU-4-152", 0, sm_event_pending(s.sm), "records after the CMD_SYNC");
    sm_close(s.sm);
}

/* ---- what leaves a stall alone ---- */

static void left_alone(struct test *t)
{
    struct stall_rig s;
    struct stalled x;
    struct sm_command c[4];

    stall_open(&s, t);
    x = stall_write(&s, "SMMU-4-155", STALL_INPUT + 0x48);
    c[0] = sm_cmd_cfgi_ste(s.path.sid, false);
    c[1] = sm_cmd_cfgi_cd(s.path.sid, 0, true);
    c[2] = sm_cmd_nsnh_all();
    c[3] = sm_cmd_cfgi_all();
    for (uint32_t i = 0; i < 4; i++) {
        CHECK(t, "SMMU-4-155", sm_submit_one(s.sm, c[i]), "command %u and a CMD_SYNC are consumed", i);
        CHECK(t, i == 2 ? "SMMU-4-155" : "SMMU-4-047", !request_outcome(t, x.id).done, "the request stays stalled");
        CHECK_EQ(t, "SMMU-3-131", 0, sm_event_pending(s.sm), "records");
    }
    test_run(t, UINT64_C(1000000000));
    CHECK_EQ(t, "SMMU-3-131", 0, sm_event_pending(s.sm), "records after a while");
    CHECK(t, "SMMU-4-155", !request_outcome(t, x.id).done, "the request stays stalled");
    sm_resume(s.sm, x.event.sid, x.event.stag, false, true);
    stall_aborted(&s, "SMMU-4-155", &x);
    sm_close(s.sm);
}

/* The page comes: the request may go on by itself, to the new page only; its STAG stays taken until CMD_RESUME. */
static void early(struct test *t)
{
    struct stall_rig s;
    struct stalled x, y;
    uint64_t host;

    stall_open(&s, t);
    stall_need(&s, 2);
    x = stall_write(&s, "SMMU-3-132", STALL_INPUT + 0x48);
    host = sm_path_page(&s.path, STALL_INPUT, SM_RW);
    sm_path_invalidate_page(&s.path, STALL_INPUT, true);
    test_run(t, UINT64_C(1000000000));
    y = stall_write(&s, "SMMU-3-133", STALL_INPUT + 0x10048);
    CHECK(t, "SMMU-3-133", y.event.stag != x.event.stag, "a STAG that was not acknowledged is not used again");
    CHECK_EQ(t, "SMMU-3-131", 0, sm_event_pending(s.sm), "records of an early retry");
    sm_resume(s.sm, x.event.sid, x.event.stag, true, false);
    stall_arrived(&s, "SMMU-3-132", &x, host + 0x48);
    CHECK(t, "SMMU-3-133", !request_outcome(t, y.id).done, "CMD_RESUME of the first leaves the second");
    sm_resume(s.sm, y.event.sid, y.event.stag, false, true);
    stall_aborted(&s, "SMMU-3-133", &y);
    sm_close(s.sm);
}

/* Good requests of the same stream may pass; those of other streams must. */
static void overtaken(struct test *t)
{
    struct stall_rig s;
    struct stalled x;
    struct sm_path other;
    struct iotb_request r;
    uint64_t host;

    stall_open(&s, t);
    sm_path_open(s.sm, &other, SM_F_BYPASS, sm_sid(s.sm, 1), 0, 0, 0);
    x = stall_write(&s, "SMMU-3-126", STALL_INPUT + 0x48);
    host = mem_alloc(t, 4096, 4096);
    r = sm_request(&other, IOTB_WRITE, host + 0x40, 8);
    sm_expect_ok(s.sm, "SMMU-3-126", &r, host + 0x40);
    CHECK(t, "SMMU-3-126", !request_outcome(t, x.id).done, "the stalled request stays");
    sm_resume(s.sm, x.event.sid, x.event.stag, false, true);
    stall_aborted(&s, "SMMU-3-126", &x);
    sm_close(s.sm);
}

#define CASE(n, text, function, row_ids, condition)                                                       \
    {                                                                                                     \
        .name = "smmuv3.stalls." n, .summary = text, .run = function, .rows = row_ids, .gate = condition, \
        .features = IOTB_F_OVERLAP, .functional = true, .tier = TIER_FULL                                 \
    }

static const struct iotb_case cases[] = {
    {.name = "smmuv3.stalls.retried",
     .summary = "CMD_RESUME(Retry) sends the request through the tables as they are then",
     .run = retried,
     .rows = "SMMU-3-124 SMMU-4-112 SMMU-4-114",
     .gate = "IDR0.S1P",
     .features = IOTB_F_OVERLAP,
     .functional = true,
     .tier = TIER_SMOKE},
    CASE("retried_in_vain", "A retry that faults again is recorded again", retried_in_vain, "SMMU-4-115 SMMU-4-124", "IDR0.S1P"),
    CASE("retried_into_termination", "A retry ends as the configuration then says", retried_into_termination,
         "SMMU-3-134 SMMU-4-116", "IDR0.S1P&!IDR0.STALL_MODEL"),
    CASE("terminated", "CMD_RESUME(Terminate) aborts, or with Ab = 0 makes RAZ/WI", terminated,
         "SMMU-4-117 SMMU-4-118 SMMU-4-119", "IDR0.S1P"),
    CASE("terminated_stage_2", "Stage 2 stalls end as CMD_RESUME says", terminated_stage_2, "SMMU-4-120", "IDR0.S2P"),
    CASE("terminated_too_late", "Termination against a page that has come", terminated_too_late, "SMMU-4-125", "IDR0.S1P"),
    CASE("no_match", "CMD_RESUME of other STAGs and StreamIDs does nothing", no_match, "SMMU-4-121 SMMU-4-122 SMMU-4-132",
         "IDR0.S1P"),
    CASE("several", "StreamID and STAG name one transaction", several, "SMMU-4-122 SMMU-4-126", "IDR0.S1P"),
    CASE("any_order", "Stalls are resumed in any order", any_order, "SMMU-4-123", "IDR0.S1P"),
    CASE("twice", "A second CMD_RESUME for the same record does no harm", twice, "SMMU-4-127", "IDR0.S1P"),
    CASE("stream_terminated", "CMD_STALL_TERM ends the stalls of a closed stream and of no other", stream_terminated,
         "SMMU-4-128 SMMU-4-129 SMMU-4-131 SMMU-4-132 SMMU-4-133", "IDR0.S1P"),
    CASE("stream_terminated_live", "CMD_STALL_TERM of a live stream concerns this stream only", stream_terminated_live,
         "SMMU-4-130", "IDR0.S1P"),
    CASE("disabled", "SMMUEN = 0 ends all stalls", disabled, "SMMU-4-152 SMMU-6-924 SMMU-6-957", "IDR0.S1P"),
    CASE("left_alone", "Invalidations and CMD_SYNC leave a recorded stall alone", left_alone, "SMMU-3-131 SMMU-4-047 SMMU-4-155",
         "IDR0.S1P"),
    CASE("early", "Early retries use the new tables and keep the STAG", early, "SMMU-3-131 SMMU-3-132 SMMU-3-133", "IDR0.S1P"),
    CASE("overtaken", "Other streams pass a stalled one", overtaken, "SMMU-3-126", "IDR0.S1P"),
};

const struct iotb_case_list sm_stalls_cases = {cases, sizeof cases / sizeof cases[0]};
