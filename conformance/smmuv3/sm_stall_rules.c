/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stalls against the Event queue, duplicates, both stages, and how many there can be (3.12.2, 3.12.5, 7.2.1). What a stalled
 * request was reported for is never lost, and what was repaired is never reported.
 */
#include "sm_stall_rig.h"

#include "sm_chapters.h"

#include <string.h>

/* ---- the Event queue is not writable ---- */

/* Fills the queue of two with records of another stream. */
static struct iotb_request fill(struct stall_rig *s, const char *row)
{
    struct iotb_request bad = rig_bad_stream(s->sm, 2);

    sm_event_clear(s->sm);
    rig_faults(s->sm, &bad, 2);
    CHECK_EQ(s->sm->t, row, 2, sm_event_pending(s->sm), "records in the queue of two");
    return bad;
}

static void open_small(struct stall_rig *s, struct test *t)
{
    static const struct sm_config small = {.eventq_log2size = 1};

    stall_open_config(s, t, &small);
}

/* Takes the next record that is not one of the filling; false: there is none. */
static bool next_stall(struct stall_rig *s, struct sm_event *event)
{
    while (sm_event_take(s->sm, event)) {
        test_settle(s->sm->t);
        if (event->sid == s->path.sid)
            return true;
    }
    return false;
}

/* Kept while the queue is full, recorded when there is space; no overflow. */
static void kept(struct test *t)
{
    struct stall_rig s;
    struct stalled x;

    open_small(&s, t);
    fill(&s, "SMMU-7-020");
    x = stall_send(&s, IOTB_WRITE, STALL_INPUT + 0x48);
    CHECK(t, "SMMU-7-020", !request_outcome(t, x.id).done, "the request is stalled");
    CHECK(t, "SMMU-7-076", !sm_event_overflow(s.sm), "a stall does not overflow a full queue");
    sm_sync(s.sm);
    CHECK(t, "SMMU-7-076", !sm_event_overflow(s.sm), "nor does a CMD_SYNC behind it");
    CHECK(t, "SMMU-7-020", next_stall(&s, &x.event), "the record comes when there is space");
    CHECK(t, "SMMU-7-086", x.event.type == SM_F_TRANSLATION && x.event.stall && x.event.input == STALL_INPUT + 0x48,
          "it is the stall's");
    CHECK(t, "SMMU-7-020", !request_outcome(t, x.id).done, "the request is stalled");
    sm_resume(s.sm, x.event.sid, x.event.stag, false, true);
    stall_aborted(&s, "SMMU-7-020", &x);
    CHECK_EQ(t, "SMMU-7-020", 0, sm_event_pending(s.sm), "one record of one stall");
    sm_close(s.sm);
}

/* Repaired with invalidation and CMD_SYNC: carried out without a record when the queue is writable. */
static void repaired(struct test *t)
{
    struct stall_rig s;
    struct stalled x;
    struct sm_event event;
    uint64_t host;

    for (int disabled = 0; disabled < 2; disabled++) {
        if (disabled)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, disabled ? "EVENTQEN = 0" : "queue full");
        open_small(&s, t);
        fill(&s, "SMMU-7-087");
        if (disabled) {
            sm_event_clear(s.sm);
            sm_enable(s.sm, "EVENTQEN", 0);
        }
        x = stall_send(&s, IOTB_WRITE, STALL_INPUT + 0x48);
        CHECK(t, "SMMU-7-087", !request_outcome(t, x.id).done, "the request is stalled");
        host = sm_path_page(&s.path, STALL_INPUT, SM_RW);
        CHECK(t, "SMMU-4-154", sm_path_invalidate_page(&s.path, STALL_INPUT, true), "invalidation and CMD_SYNC complete");
        if (disabled)
            sm_enable(s.sm, "EVENTQEN", 1);
        CHECK(t, "SMMU-7-087", !next_stall(&s, &event), "no record of what was repaired before the CMD_SYNC");
        stall_arrived(&s, "SMMU-4-154", &x, host + 0x48);
        sm_close(s.sm);
    }
}

/* Repaired without maintenance, which an invalid descriptor does not need: the old record or none. */
static void repaired_quietly(struct test *t)
{
    struct stall_rig s;
    struct stalled x;
    uint64_t host;

    open_small(&s, t);
    fill(&s, "SMMU-7-086");
    x = stall_send(&s, IOTB_WRITE, STALL_INPUT + 0x48);
    host = sm_path_page(&s.path, STALL_INPUT, SM_RW);
    if (next_stall(&s, &x.event)) {
        CHECK(t, "SMMU-3-135", x.event.type == SM_F_TRANSLATION && x.event.stall, "the record is the stall's");
        sm_resume(s.sm, x.event.sid, x.event.stag, true, false);
    }
    stall_arrived(&s, "SMMU-7-086", &x, host + 0x48);
    sm_close(s.sm);
}

/* Another fault takes the place of the first one: the record is one of the two. */
static void changed(struct test *t)
{
    struct stall_rig s;
    struct stalled x;

    open_small(&s, t);
    fill(&s, "SMMU-3-135");
    x = stall_send(&s, IOTB_WRITE, STALL_INPUT + 0x48);
    sm_path_page(&s.path, STALL_INPUT, SM_RW & ~SM_W);
    sm_path_invalidate_page(&s.path, STALL_INPUT, true);
    CHECK(t, "SMMU-3-135", next_stall(&s, &x.event), "the request is recorded");
    CHECK_EQ(t, "SMMU-7-087", SM_F_PERMISSION, x.event.type, "type of the record: the fault of after the CMD_SYNC");
    CHECK(t, "SMMU-3-135", x.event.stall, "the request is stalled");
    sm_resume(s.sm, x.event.sid, x.event.stag, false, true);
    stall_aborted(&s, "SMMU-3-135", &x);
    sm_close(s.sm);
}

static void queue_off(struct test *t)
{
    struct stall_rig s;
    struct stalled x;

    stall_open(&s, t);
    sm_enable(s.sm, "EVENTQEN", 0);
    x = stall_send(&s, IOTB_READ, STALL_INPUT + 0x48);
    CHECK(t, "SMMU-3-136", !request_outcome(t, x.id).done, "the request is stalled");
    CHECK_EQ(t, "SMMU-3-136", 0, sm_event_pending(s.sm), "records with EVENTQEN = 0");
    sm_enable(s.sm, "EVENTQEN", 1);
    CHECK(t, "SMMU-3-136", sm_event_take(s.sm, &x.event), "the record comes when the queue is on");
    CHECK(t, "SMMU-3-136", x.event.stall && x.event.type == SM_F_TRANSLATION, "it is the stall's");
    sm_resume(s.sm, x.event.sid, x.event.stag, false, true);
    stall_aborted(&s, "SMMU-3-136", &x);
    sm_close(s.sm);
}

/* The stream is made a terminating one while the queue is off. */
static void queue_off_terminated(struct test *t)
{
    struct sm_event event = {.type = 0};
    struct stall_rig s;
    struct stalled x;
    struct sm_cd cd;

    stall_open(&s, t);
    sm_enable(s.sm, "EVENTQEN", 0);
    x = stall_send(&s, IOTB_WRITE, STALL_INPUT + 0x48);
    cd = (struct sm_cd){.ttb0 = s.path.s1, .asid = s.path.asid};
    sm_set_cd(s.sm, s.path.sid, 0, &cd);
    sm_path_invalidate(&s.path);
    sm_enable(s.sm, "EVENTQEN", 1);
    test_settle(t);
    stall_aborted(&s, "SMMU-7-088", &x);
    if (sm_event_take(s.sm, &event))
        CHECK(t, "SMMU-7-088", !event.stall, "a record is one of the termination");
    CHECK_EQ(t, "SMMU-7-088", 0, sm_event_pending(s.sm), "further records");
    sm_close(s.sm);
}

/* A stream that is closed while its stall waits for the queue: no record of a stall afterwards. */
static void closed(struct test *t)
{
    struct sm_ste abort = {.config = SM_ABORT};
    struct sm_event event;
    struct stall_rig s;
    struct stalled x;

    open_small(&s, t);
    fill(&s, "SMMU-4-133");
    x = stall_send(&s, IOTB_WRITE, STALL_INPUT + 0x48);
    sm_set_ste(s.sm, s.path.sid, &abort);
    sm_cfgi_ste(s.sm, s.path.sid);
    CHECK(t, "SMMU-4-133", !next_stall(&s, &event), "no record after Config = 000, CFGI and CMD_SYNC");
    sm_submit_one(s.sm, sm_cmd_stall_term(s.path.sid));
    stall_aborted(&s, "SMMU-4-133", &x);
    CHECK_EQ(t, "SMMU-4-133", 0, sm_event_pending(s.sm), "records after CMD_STALL_TERM");
    sm_close(s.sm);
}

/* The record of the stall is lost in an abort: the stream can be cleared all the same. */
static void record_aborted(struct test *t)
{
    struct sm_ste abort = {.config = SM_ABORT};

    for (int off = 0; off < 2; off++) {
        struct stall_rig s;
        struct stalled x;

        if (off)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, off ? "SMMUEN = 0" : "CMD_STALL_TERM");
        stall_open(&s, t);
        inject_fault(t, INJECT_ABORT, s.sm->eventq, s.sm->eventq + 31, ACC_WRITES, 1, UINT64_MAX);
        x = stall_send(&s, IOTB_WRITE, STALL_INPUT + 0x48);
        CHECK(t, "SMMU-7-083", sm_gerror_active(s.sm, "EVENTQ_ABT_ERR"), "GERROR.EVENTQ_ABT_ERR is active");
        if (off) {
            sm_enable(s.sm, "SMMUEN", 0);
        } else {
            sm_set_ste(s.sm, s.path.sid, &abort);
            sm_cfgi_ste(s.sm, s.path.sid);
            sm_submit_one(s.sm, sm_cmd_stall_term(s.path.sid));
        }
        stall_aborted(&s, "SMMU-7-083", &x);
        inject_clear(t);
        rig_close(s.sm);
    }
}

/* ---- duplicates ---- */

/* Requests that differ in page or kind are recorded each, without any CMD_RESUME. */
static void dissimilar(struct test *t)
{
    struct stall_rig s;
    struct stalled x[4];

    stall_open(&s, t);
    stall_need(&s, 4);
    for (uint32_t i = 0; i < 4; i++) {
        uint64_t input = STALL_INPUT + (i & 1 ? 0x10048 : 0x48);

        x[i] = i & 2 ? stall_read(&s, "SMMU-3-130", input) : stall_write(&s, "SMMU-3-130", input);
        CHECK(t, "SMMU-3-127", x[i].event.type != 0, "request %u, which differs in page or kind, is recorded", i);
    }
    CHECK_EQ(t, "SMMU-7-032", 0, sm_event_pending(s.sm), "further records");
    for (uint32_t i = 0; i < 4; i++) {
        sm_resume(s.sm, x[i].event.sid, x[i].event.stag, false, true);
        stall_aborted(&s, "SMMU-3-130", &x[i]);
    }
    sm_close(s.sm);
}

/* Requests for one page: one record at least, and none of them is lost, whether they are retried or terminated. */
static void duplicates(struct test *t)
{
    enum { COUNT = 4 };

    for (int retry = 0; retry < 2; retry++) {
        struct stall_rig s;
        struct stalled x[COUNT];
        uint32_t records = 0, done = 0;
        uint64_t host = 0;

        if (retry)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, retry ? "retried" : "terminated");
        stall_open(&s, t);
        for (uint32_t i = 0; i < COUNT; i++)
            x[i] = stall_send(&s, IOTB_WRITE, STALL_INPUT + 0x40 + 8 * i);
        CHECK(t, "SMMU-3-127", sm_event_pending(s.sm) >= 1, "the first is recorded");
        if (retry) {
            host = sm_path_page(&s.path, STALL_INPUT, SM_RW);
            sm_path_invalidate_page(&s.path, STALL_INPUT, true);
        }
        for (uint32_t guard = 0; guard < 3 * COUNT; guard++) {
            struct sm_event event;

            if (!sm_event_take(s.sm, &event))
                break;
            records++;
            sm_resume(s.sm, event.sid, event.stag, retry, true);
        }
        for (uint32_t i = 0; i < COUNT; i++) {
            done += request_outcome(t, x[i].id).done;
            if (retry)
                stall_arrived(&s, "SMMU-3-128", &x[i], host + 0x40 + 8 * i);
            else
                stall_aborted(&s, "SMMU-3-129", &x[i]);
        }
        CHECK_EQ(t, retry ? "SMMU-3-128" : "SMMU-3-129", COUNT, done, "requests that have ended");
        if (!retry)
            CHECK_EQ(t, "SMMU-3-129", COUNT, records, "records: each request was reported before it was terminated");
        sm_close(s.sm);
    }
}

/* More than fit: commands and events go on, and all of them end. */
static void saturated(struct test *t)
{
    enum { COUNT = 24 };
    struct stall_rig s;
    struct stalled x[COUNT];

    stall_open(&s, t);
    for (uint32_t i = 0; i < COUNT; i++)
        x[i] = stall_send(&s, IOTB_WRITE, STALL_INPUT + 0x10000 * (uint64_t)i);
    CHECK(t, "SMMU-3-137", sm_invalidate_all(s.sm), "commands are executed");
    for (uint32_t guard = 0; guard < 4 * COUNT; guard++) {
        struct sm_event event;

        test_settle(t);
        if (!sm_event_take(s.sm, &event))
            break;
        CHECK(t, "SMMU-3-137", sm_resume(s.sm, event.sid, event.stag, false, true), "CMD_RESUME is executed");
    }
    for (uint32_t i = 0; i < COUNT; i++)
        stall_aborted(&s, "SMMU-3-137", &x[i]);
    sm_close(s.sm);
}

/* ---- stages ---- */

/* Each stage asks its own setting; the record of a stage 2 fault has input and IPA. */
static void stages(struct test *t)
{
    for (uint32_t v = 0; v < 8; v++) {
        bool s1_stalls = v & 1, s2_stalls = v & 2, at_2 = v & 4;
        struct sm_expected e;
        struct sm_path path;
        struct iotb_request r;
        struct sm_cd cd;
        struct sm sm;
        uint64_t host;

        if (v)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "CD.S = %d, S2S = %d, fault at stage %d", s1_stalls, s2_stalls, at_2 ? 2 : 1);
        sm_open(&sm, t, NULL);
        sm_path_open(&sm, &path, SM_F_NESTED, sm_sid(&sm, 0), 0, 0x11, 0x22);
        host = sm_path_page(&path, STALL_INPUT, SM_RW);
        cd = (struct sm_cd){.ttb0 = path.s1, .asid = path.asid, .stall = s1_stalls};
        sm_set_cd(&sm, path.sid, 0, &cd);
        sm_ste_set(&sm, path.sid, "S2S", s2_stalls);
        sm_path_invalidate(&path);
        r = sm_request(&path, IOTB_WRITE, STALL_INPUT + 0x48, 8);
        sm_expect_ok(&sm, "SMMU-3-123", &r, host + 0x48);
        if (at_2) {
            uint64_t ipa = sm_path_ipa(&path, STALL_INPUT + 0x48);

            mem_write64(t, sm_entry(&sm, path.s2, ipa, 3), 0);
            e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, ipa);
        } else {
            sm_unmap(&sm, path.s1, STALL_INPUT, 0);
            e = sm_s1_event(SM_F_TRANSLATION);
        }
        sm_path_invalidate(&path);
        e.stall = at_2 ? s2_stalls : s1_stalls;
        sm_expect_event(&sm, "SMMU-3-123", &r, &e, host + 0x48);
        sm_close(&sm);
    }
}

/* S2S = 1: faults of stage 2 on a CD, on a stage 1 table and on the data stall, and go on when stage 2 is repaired: no CFGI. */
static void stage_2_classes(struct test *t)
{
    for (uint32_t class = SM_CLASS_CD; class <= SM_CLASS_IN; class ++) {
        struct stall_rig s = {.sm = &s.own};
        struct stalled x;
        struct sm_expected e;
        uint64_t ipa, entry, was, host;

        if (class)
            test_reset(t, IOTB_RESET_COLD);
        if (sm_idr(t, 0, "STALL_MODEL") == 1)
            test_skip(t, "IDR0.STALL_MODEL is 1: no stalls");
        test_context(t, "CLASS = %u", class);
        sm_open(s.sm, t, NULL);
        sm_path_open(s.sm, &s.path, SM_F_NESTED, sm_sid(s.sm, 0), 0, 0x11, 0x22);
        host = sm_path_page(&s.path, STALL_INPUT, SM_RW);
        sm_ste_set(s.sm, s.path.sid, "S2S", 1);
        ipa = class == SM_CLASS_CD   ? s.path.cd_table
              : class == SM_CLASS_TT ? sm_entry_pointer(s.sm, s.path.s1, STALL_INPUT, 3)
                                     : sm_path_ipa(&s.path, STALL_INPUT + 0x48);
        entry = sm_entry(s.sm, s.path.s2, ipa, 3);
        was = mem_read64(t, entry);
        mem_write64(t, entry, 0);
        sm_path_invalidate(&s.path);
        e = sm_s2_event(SM_F_TRANSLATION, class, ipa);
        x = stall_expect(&s, "SMMU-3-125", IOTB_WRITE, STALL_INPUT + 0x48, &e);
        CHECK_EQ(t, "SMMU-3-125", ipa & ~UINT64_C(0xfff), x.event.ipa, "IPA of the record");
        mem_write64(t, entry, was);
        sm_resume(s.sm, x.event.sid, x.event.stag, true, false);
        stall_arrived(&s, class == SM_CLASS_CD ? "SMMU-3-079" : "SMMU-3-125", &x, host + 0x48);
        sm_close(s.sm);
    }
}

/* Other events abort, whatever S says. */
static void others_abort(struct test *t)
{
    struct stall_rig s;
    struct sm_expected e;
    struct iotb_request r;
    uint64_t host, leaf;

    stall_open(&s, t);
    host = sm_path_page(&s.path, STALL_INPUT, SM_RW);
    r = sm_request(&s.path, IOTB_WRITE, STALL_INPUT + 0x48, 8);
    sm_expect_ok(s.sm, "SMMU-7-061", &r, host + 0x48);
    sm_cd_set(s.sm, s.path.sid, 0, "V", 0);
    sm_cfgi_cd(s.sm, s.path.sid, 0);
    sm_expect_config(s.sm, "SMMU-7-061", &r, SM_C_BAD_CD, host + 0x48);
    stall_configure(&s);
    if (test_has(t, IOTB_F_BENCH_MEMORY)) {
        leaf = sm_path_leaf(&s.path, STALL_INPUT);
        inject_fault(t, INJECT_ABORT, leaf, leaf + 7, ACC_READS, 1, UINT64_MAX);
        e = sm_walk_abort(false, SM_CLASS_TT, leaf);
        sm_expect_event(s.sm, "SMMU-7-061", &r, &e, host + 0x48);
        inject_clear(t);
    }
    sm_close(s.sm);
}

/* A and R have no say in a stall. */
static void always_recorded(struct test *t)
{
    struct stall_rig s;

    stall_open(&s, t);
    for (uint32_t v = 0; v < 4; v++) {
        struct sm_cd cd = {.ttb0 = s.path.s1, .asid = s.path.asid, .stall = true};
        struct stalled x;

        cd.no_record = v & 1;
        cd.no_abort = v & 2 && !sm_idr(t, 0, "TERM_MODEL");
        test_context(t, "A = %d, R = %d", !cd.no_abort, !cd.no_record);
        sm_set_cd(s.sm, s.path.sid, 0, &cd);
        sm_path_invalidate(&s.path);
        x = stall_write(&s, "SMMU-3-124", STALL_INPUT + 0x48);
        sm_resume(s.sm, x.event.sid, x.event.stag, false, true);
        stall_aborted(&s, "SMMU-3-124", &x);
    }
    sm_close(s.sm);
}

/* An atomic is carried out once, on what the memory holds when it is retried. */
static void atomic(struct test *t)
{
    struct stall_rig s;
    struct stalled x;
    struct outcome o;
    uint64_t host, old = 0;

    stall_open(&s, t);
    x = stall_send(&s, IOTB_FETCH_ADD, STALL_INPUT + 0x48);
    CHECK(t, "SMMU-16-903", sm_event_take(s.sm, &x.event) && x.event.stall, "the atomic is stalled");
    host = sm_path_page(&s.path, STALL_INPUT, SM_RW);
    mem_write64(t, host + 0x48, 1000);
    sm_path_invalidate_page(&s.path, STALL_INPUT, true);
    mem_write64(t, host + 0x48, request_outcome(t, x.id).done ? mem_read64(t, host + 0x48) : 2000);
    sm_resume(s.sm, x.event.sid, x.event.stag, true, false);
    o = request_wait(t, x.id);
    CHECK(t, "SMMU-16-903", o.done, "the atomic ends");
    memcpy(&old, o.data, sizeof old);
    CHECK_EQ(t, "SMMU-16-903", old + stall_value(&x), mem_read64(t, host + 0x48), "the sum");
    CHECK(t, "SMMU-16-903", old == 2000 || old == 1000 || old == 0, "the value that was fetched: %llu", (unsigned long long)old);
    sm_close(s.sm);
}

/* ---- records of before a CMD_SYNC ---- */

/* Records withheld, the cause repaired, CMD_SYNC: what has not come by then does not come. */
static void records_of_before(struct test *t)
{
    struct sm_path path;
    struct sm_command c[2] = {sm_cmd_nsnh_all(), sm_cmd_sync()};
    struct sm_event event;
    struct sm sm;
    uint32_t hold, id[3], before;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    hold = hold_accesses(t, sm.eventq, sm.eventq + (UINT64_C(32) << sm.eventq_log2size) - 1, ACC_WRITES);
    for (uint32_t i = 0; i < 3; i++) {
        struct iotb_request r = sm_request(&path, IOTB_WRITE, STALL_INPUT + 0x10000 * i, 8);

        id[i] = request_send(t, &r);
    }
    test_settle(t);
    sm_path_page(&path, STALL_INPUT, SM_RW);
    sm_put(&sm, &c[0]);
    sm_put(&sm, &c[1]);
    sm_ring(&sm);
    test_settle(t);
    if (sm_cons(&sm) == sm.cmdq_prod) {
        before = sm_event_pending(&sm);
        hold_release(t, hold);
        test_settle(t);
        CHECK_EQ(t, "SMMU-4-153", before, sm_event_pending(&sm), "records after the CMD_SYNC");
    } else {
        hold_release(t, hold);
        test_settle(t);
        CHECK_EQ(t, "SMMU-4-153", sm.cmdq_prod, sm_cons(&sm), "CMD_SYNC is consumed when the records are there");
        before = sm_event_pending(&sm);
        test_run(t, UINT64_C(100000000));
        CHECK_EQ(t, "SMMU-4-153", before, sm_event_pending(&sm), "records after the CMD_SYNC");
    }
    while (sm_event_take(&sm, &event))
        if (event.stall)
            sm_resume(&sm, event.sid, event.stag, false, true);
    for (uint32_t i = 0; i < 3; i++)
        CHECK(t, "SMMU-4-153", request_wait(t, id[i]).done, "request %u ends", i);
    sm_close(&sm);
}

#define CASE(n, text, function, row_ids, condition, feature_bits)                                              \
    {                                                                                                          \
        .name = "smmuv3.stall_rules." n, .summary = text, .run = function, .rows = row_ids, .gate = condition, \
        .features = IOTB_F_OVERLAP | (feature_bits), .functional = true, .tier = TIER_FULL                     \
    }

static const struct iotb_case cases[] = {
    CASE("kept", "A stall waits for a full Event queue and does not overflow it", kept, "SMMU-7-020 SMMU-7-076 SMMU-7-086",
         "IDR0.S1P&IDR1.EVENTQS>=1", 0),
    CASE("repaired", "What was repaired before its record was written is carried out without one", repaired,
         "SMMU-4-154 SMMU-7-087", "IDR0.S1P&IDR1.EVENTQS>=1", 0),
    CASE("repaired_quietly", "Repaired without maintenance: the old record or none", repaired_quietly, "SMMU-3-135 SMMU-7-086",
         "IDR0.S1P&IDR1.EVENTQS>=1", 0),
    CASE("changed", "Another fault takes the place of one that was not recorded yet", changed, "SMMU-3-135 SMMU-7-087",
         "IDR0.S1P&IDR1.EVENTQS>=1", 0),
    CASE("queue_off", "A stall waits for EVENTQEN", queue_off, "SMMU-3-136", "IDR0.S1P", 0),
    CASE("queue_off_terminated", "A stream made to terminate while the queue is off", queue_off_terminated, "SMMU-7-088",
         "IDR0.S1P&!IDR0.STALL_MODEL", 0),
    CASE("closed", "No stall is recorded for a stream that was closed", closed, "SMMU-4-133", "IDR0.S1P&IDR1.EVENTQS>=1", 0),
    CASE("record_aborted", "A stall whose record was lost can be ended", record_aborted, "SMMU-7-083", "IDR0.S1P",
         IOTB_F_BENCH_MEMORY),
    CASE("dissimilar", "Stalls that differ are recorded each", dissimilar, "SMMU-3-127 SMMU-3-130 SMMU-7-032", "IDR0.S1P", 0),
    CASE("duplicates", "Stalls that are alike may share a record, and none is lost", duplicates,
         "SMMU-3-127 SMMU-3-128 SMMU-3-129", "IDR0.S1P", 0),
    CASE("saturated", "More stalls than fit block neither commands nor events", saturated, "SMMU-3-137", "IDR0.S1P", 0),
    CASE("stages", "Each stage stalls or terminates as it is set", stages, "SMMU-3-123", "IDR0.S1P&IDR0.S2P&!IDR0.STALL_MODEL",
         0),
    CASE("stage_2_classes", "Stage 2 faults on CD, table and data stall and are resumed", stage_2_classes,
         "SMMU-3-079 SMMU-3-125", "IDR0.S1P&IDR0.S2P", 0),
    CASE("others_abort", "Events of other kinds never stall", others_abort, "SMMU-7-061", "IDR0.S1P", 0),
    CASE("always_recorded", "A stall is recorded whatever A and R say", always_recorded, "SMMU-3-124", "IDR0.S1P", 0),
    CASE("atomic", "A stalled atomic is carried out once", atomic, "SMMU-16-903", "IDR0.S1P", IOTB_F_ATOMIC),
    CASE("records_of_before", "Records of before a CMD_SYNC do not come after it", records_of_before, "SMMU-4-153", "IDR0.S1P",
         IOTB_F_BENCH_MEMORY),
};

const struct iotb_case_list sm_stall_rules_cases = {cases, sizeof cases / sizeof cases[0]};
