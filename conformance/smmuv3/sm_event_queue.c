/* SPDX-License-Identifier: BSD-2-Clause */
/* The Event queue: recording, fullness, overflow, aborts, enabling, merging, terminate models (7.2, 7.3.1, 7.4, 5.5). */
#include "sm_queue_rig.h"

#include "sm_chapters.h"

#include <string.h>

#define INPUT UINT64_C(0x3345000)
#define EVENT_BYTES 32

static uint32_t produced(struct sm *sm)
{
    return (uint32_t)sm_field(sm->t, "SMMU_EVENTQ_PROD", "WR");
}

static uint32_t overflow_flag(struct sm *sm)
{
    return (uint32_t)sm_field(sm->t, "SMMU_EVENTQ_PROD", "OVFLG");
}

/* EVENTQ_CONS as a whole: RD with wrap flag, OVACKFLG. */
static void set_cons(struct sm *sm, uint32_t rd, uint32_t acknowledged)
{
    sm_reg_set(sm->t, "SMMU_EVENTQ_CONS",
               sm_reg_bits("SMMU_EVENTQ_CONS", "RD", rd) | sm_reg_bits("SMMU_EVENTQ_CONS", "OVACKFLG", acknowledged));
    sm->eventq_cons = rd;
}

/* EVENTQEN = 0, an Event queue of 2^lg2 records, filled with ones, EVENTQEN = 1. */
static void event_queue(struct sm *sm, uint64_t base, uint32_t lg2, uint32_t prod, uint32_t cons)
{
    struct test *t = sm->t;

    sm_enable(sm, "EVENTQEN", 0);
    sm->eventq = base;
    sm->eventq_log2size = lg2;
    sm->eventq_cons = cons;
    sm_reg_set(t, "SMMU_EVENTQ_BASE",
               sm_reg_bits("SMMU_EVENTQ_BASE", "WA", 1) | base | sm_reg_bits("SMMU_EVENTQ_BASE", "LOG2SIZE", lg2));
    sm_reg_set(t, "SMMU_EVENTQ_PROD", prod);
    set_cons(sm, cons, 0);
    sm_enable(sm, "EVENTQEN", 1);
}

static void open_queue(struct sm *sm, uint32_t lg2, uint32_t start)
{
    uint64_t base = rig_memory(sm, lg2, EVENT_BYTES);

    mem_fill(sm->t, base, UINT64_C(32) << lg2, 0xff);
    event_queue(sm, base, lg2, start, start);
}

static uint32_t most_lg2(struct test *t)
{
    return (uint32_t)sm_idr(t, 1, "EVENTQS");
}

static void expect_bad(struct sm *sm, const char *row, const struct iotb_request *bad)
{
    struct sm_event event = {.type = 0};

    CHECK(sm->t, row, sm_event_take(sm, &event), "a record is there");
    CHECK_EQ(sm->t, row, rig_bad_type(sm), event.type, "type of the record");
    CHECK_EQ(sm->t, row, bad->requester_id, event.sid, "StreamID of the record");
}

/* ---- the ring ---- */

static void every_size(struct test *t)
{
    struct iotb_request bad[2];
    struct sm sm;

    sm_open(&sm, t, NULL);
    bad[0] = rig_bad_stream(&sm, 1);
    bad[1] = rig_bad_stream(&sm, 2);
    for (uint32_t lg2 = 0; lg2 <= most_lg2(t) && lg2 <= 4; lg2++) {
        uint32_t size = UINT32_C(1) << lg2;

        test_context(t, "LOG2SIZE = %u", lg2);
        open_queue(&sm, lg2, size - 1);
        for (uint32_t n = 0; n < 3 * size; n++) {
            uint32_t before = produced(&sm);
            uint64_t slot = sm_event_slot(&sm, before);

            rig_faults(&sm, &bad[n & 1], 1);
            CHECK_EQ(t, "SMMU-3-007", (before + 1) & (2 * size - 1), produced(&sm), "PROD after one more record");
            CHECK_EQ(t, "SMMU-3-011", rig_bad_type(&sm), mem_read64(t, slot) & 0xff, "the record is in the slot that PROD named");
            CHECK_EQ(t, "SMMU-3-011", bad[n & 1].requester_id, mem_read64(t, slot) >> 32, "StreamID of the record");
            expect_bad(&sm, "SMMU-3-011", &bad[n & 1]);
        }
        CHECK(t, "SMMU-3-011", !sm_event_overflow(&sm), "no overflow of a queue that is emptied in time");
    }
    rig_close(&sm);
}

static void largest_size(struct test *t)
{
    struct iotb_request bad;
    struct sm sm;
    uint32_t lg2 = most_lg2(t), last = (UINT32_C(1) << lg2) - 1;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    event_queue(&sm, rig_memory(&sm, lg2, EVENT_BYTES), lg2, last, last);
    rig_faults(&sm, &bad, 2);
    CHECK_EQ(t, "SMMU-3-007", ((last + 2) & last) | (last + 1), produced(&sm), "PROD behind the end");
    expect_bad(&sm, "SMMU-3-011", &bad);
    expect_bad(&sm, "SMMU-3-011", &bad);
    if (lg2 < 19) {
        test_context(t, "LOG2SIZE = EVENTQS + 1");
        event_queue(&sm, rig_memory(&sm, lg2 + 1, EVENT_BYTES), lg2 + 1, last, last);
        CHECK_EQ(t, "SMMU-6-902", lg2 + 1, sm_field(t, "SMMU_EVENTQ_BASE", "LOG2SIZE"), "LOG2SIZE reads back");
        sm.eventq_log2size = lg2;
        rig_faults(&sm, &bad, 2);
        CHECK_EQ(t, "SMMU-6-902", ((last + 2) & last) | (last + 1), produced(&sm), "PROD wraps at 2^EVENTQS");
        expect_bad(&sm, "SMMU-6-902", &bad);
        expect_bad(&sm, "SMMU-6-902", &bad);
    }
    rig_close(&sm);
}

/* The record is complete when PROD covers it; a slot is not written before CONS has left it. */
static void visible(struct test *t)
{
    struct iotb_request bad;
    struct sm sm;
    uint32_t seen = 0, id[4];

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    open_queue(&sm, 3, 5);
    test_latency(t, 1000, 30000, true);
    for (int i = 0; i < 4; i++)
        id[i] = request_send(t, &bad);
    for (uint32_t guard = 0; guard < 100000; guard++) {
        uint32_t pending = sm_event_pending(&sm);

        for (; seen < pending; seen++) {
            struct sm_event event;

            sm_event_read(&sm, seen, &event);
            CHECK(t, "SMMU-3-008",
                  event.type == rig_bad_type(&sm) && event.sid == bad.requester_id && event.word[2] == event.input &&
                      !(event.word[3] & 0xfff),
                  "record %u is complete when PROD covers it", seen);
        }
        if (!test_step(t))
            break;
    }
    for (int i = 0; i < 4; i++)
        request_wait(t, id[i]);
    test_settle(t);
    CHECK_EQ(t, "SMMU-3-112", 4, sm_event_pending(&sm), "records in the end");
    test_latency(t, 0, 0, false);
    rig_close(&sm);
}

static void aligned(struct test *t)
{
    struct iotb_request bad;
    struct sm sm;
    uint64_t base;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    base = rig_memory(&sm, 3, EVENT_BYTES);
    for (uint64_t offset = 32; offset < 256; offset <<= 1) {
        test_context(t, "ADDR + 0x%llx", (unsigned long long)offset);
        event_queue(&sm, base | offset, 3, 0, 0);
        sm.eventq = base;
        rig_faults(&sm, &bad, 1);
        expect_bad(&sm, "SMMU-6-903", &bad);
        mem_fill(t, base, 256, 0);
    }
    rig_close(&sm);
}

/* CONS may be written at any time. */
static void cons_writable(struct test *t)
{
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t v = 0; v < 4; v++) {
        set_cons(&sm, v, v & 1);
        CHECK_EQ(t, "SMMU-6-908", v | (v & 1) << 31, sm_reg(t, "SMMU_EVENTQ_CONS"), "EVENTQ_CONS with EVENTQEN = 1");
    }
    rig_close(&sm);
}

/* CONS set back under a live queue: nothing outside of the queue is written, and a new set-up helps. */
static void cons_moved_back(struct test *t)
{
    struct iotb_request bad;
    struct sm sm;
    size_t mark = 0;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    open_queue(&sm, 2, 0);
    rig_faults(&sm, &bad, 2);
    if (test_has(t, IOTB_F_BENCH_MEMORY))
        mark = trace_mark(t);
    set_cons(&sm, 3, 0);
    rig_faults(&sm, &bad, 3);
    if (test_has(t, IOTB_F_BENCH_MEMORY)) {
        CHECK_EQ(t, "SMMU-3-018", 0, trace_count(t, mark, 0, sm.eventq - 1, ACC_WRITES), "writes below the queue");
        CHECK_EQ(t, "SMMU-3-018", 0, trace_count(t, mark, sm.eventq + 128, UINT64_MAX, ACC_WRITES), "writes above the queue");
    }
    open_queue(&sm, 2, 0);
    rig_faults(&sm, &bad, 1);
    expect_bad(&sm, "SMMU-3-018", &bad);
    rig_close(&sm);
}

/* ---- full and overflow ---- */

static void overflow(struct test *t)
{
    struct iotb_request bad;
    struct sm sm;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    for (uint32_t lg2 = 0; lg2 <= 3 && lg2 <= most_lg2(t); lg2++) {
        uint32_t size = UINT32_C(1) << lg2, flag, full;

        test_context(t, "LOG2SIZE = %u", lg2);
        open_queue(&sm, lg2, 0);
        flag = overflow_flag(&sm);
        rig_faults(&sm, &bad, size);
        full = produced(&sm);
        CHECK_EQ(t, "SMMU-7-070", size, full, "PROD of a full queue: index equal, wrap flag different");
        CHECK_EQ(t, "SMMU-7-070", flag, overflow_flag(&sm), "OVFLG of a queue that is full and has lost nothing");
        for (uint32_t n = 0; n < 3; n++) {
            rig_faults(&sm, &bad, 1);
            CHECK_EQ(t, n ? "SMMU-7-072" : "SMMU-7-071", !flag, overflow_flag(&sm), "OVFLG after %u records were lost", n + 1);
            CHECK_EQ(t, "SMMU-7-071", full, produced(&sm), "PROD.WR");
        }
        for (uint32_t n = 0; n < size; n++) {
            struct sm_event event;

            sm_event_read(&sm, n, &event);
            CHECK(t, "SMMU-7-071", event.type == rig_bad_type(&sm) && event.sid == bad.requester_id, "record %u is intact", n);
        }
        /* Space, with the overflow still unacknowledged. */
        set_cons(&sm, 1, flag);
        rig_faults(&sm, &bad, 1);
        CHECK_EQ(t, "SMMU-7-073", (full + 1) & (2 * size - 1), produced(&sm),
                 "PROD: records are written though OVFLG is unacknowledged");
        rig_faults(&sm, &bad, 1);
        CHECK_EQ(t, "SMMU-7-074", !flag, overflow_flag(&sm), "OVFLG after a second overflow that nobody can see");
        /* Acknowledged together with the consumption; the next overflow toggles again. */
        set_cons(&sm, produced(&sm), !flag);
        CHECK(t, "SMMU-7-075", !sm_event_overflow(&sm), "OVFLG and OVACKFLG are equal");
        rig_faults(&sm, &bad, size);
        CHECK_EQ(t, "SMMU-7-075", !flag, overflow_flag(&sm), "OVFLG of a queue that is full again");
        rig_faults(&sm, &bad, 1);
        CHECK_EQ(t, "SMMU-7-075", flag, overflow_flag(&sm), "OVFLG toggles at the next overflow");
        sm_event_clear(&sm);
    }
    rig_close(&sm);
}

/* OVFLG is never seen before the fullness. */
static void overflow_order(struct test *t)
{
    struct iotb_request bad;
    struct sm sm;
    uint32_t id[6];

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    open_queue(&sm, 1, 0);
    test_latency(t, 1000, 30000, true);
    for (int i = 0; i < 6; i++)
        id[i] = request_send(t, &bad);
    for (uint32_t guard = 0; guard < 100000; guard++) {
        uint32_t prod = (uint32_t)sm_reg(t, "SMMU_EVENTQ_PROD");

        if (prod >> 31)
            CHECK_EQ(t, "SMMU-7-078", 2, prod & 3, "PROD.WR in the read that shows OVFLG");
        if (!test_step(t))
            break;
    }
    for (int i = 0; i < 6; i++)
        request_wait(t, id[i]);
    test_settle(t);
    CHECK(t, "SMMU-7-071", sm_event_overflow(&sm), "the overflow is reported");
    test_latency(t, 0, 0, false);
    rig_close(&sm);
}

/* Requests whose record is suppressed do not overflow a full queue. */
static void suppressed(struct test *t)
{
    struct sm_config config = {.no_recinvsid = true};
    struct sm_ste silent = {.config = SM_ABORT};
    struct iotb_request bad, r;
    struct sm_path path;
    struct sm_cd cd;
    struct sm sm;

    sm_open(&sm, t, &config);
    bad = rig_bad_stream(&sm, 1);
    sm_set_ste(&sm, sm_sid(&sm, 2), &silent);
    sm_cfgi_ste(&sm, sm_sid(&sm, 2));
    open_queue(&sm, 1, 0);
    rig_faults(&sm, &bad, 2);
    r = bad;
    r.requester_id = (uint16_t)sm_sid(&sm, 2);
    rig_faults(&sm, &r, 2);
    CHECK(t, "SMMU-7-079", !sm_event_overflow(&sm), "Config = 000 with a full queue");
    if (sm_idr(t, 0, "S1P") && sm.stall_model != 2) {
        sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
        cd = (struct sm_cd){.ttb0 = path.s1, .asid = 0x11, .no_record = true};
        sm_set_cd(&sm, path.sid, 0, &cd);
        sm_path_invalidate(&path);
        r = sm_request(&path, IOTB_WRITE, INPUT, 8);
        rig_faults(&sm, &r, 2);
        CHECK(t, "SMMU-7-079", !sm_event_overflow(&sm), "CD.R = 0 with a full queue");
    }
    if (sm.two_level && sm_l1std_address(&sm, sm_sid(&sm, 1))) {
        mem_write64(t, sm_l1std_address(&sm, sm_sid(&sm, 1)), 0);
        sm_invalidate_all(&sm);
        rig_faults(&sm, &bad, 2);
        CHECK(t, "SMMU-7-079", !sm_event_overflow(&sm), "C_BAD_STREAMID with RECINVSID = 0 and a full queue");
        CHECK_EQ(t, "SMMU-7-037", 2, sm_event_pending(&sm), "records of C_BAD_STREAMID with RECINVSID = 0");
    }
    rig_close(&sm);
}

/* ---- not writable ---- */

static void disabled(struct test *t)
{
    struct iotb_request bad;
    struct sm sm;
    uint32_t flag;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    open_queue(&sm, 2, 0);
    flag = overflow_flag(&sm);
    rig_faults(&sm, &bad, 1);
    CHECK(t, "SMMU-7-018", sm_enable(&sm, "EVENTQEN", 0), "EVENTQEN = 0 is acknowledged");
    CHECK_EQ(t, "SMMU-7-018", 1, sm_event_pending(&sm), "records of before");
    rig_faults(&sm, &bad, 2);
    CHECK_EQ(t, "SMMU-7-015", 1, sm_event_pending(&sm), "records with EVENTQEN = 0");
    CHECK_EQ(t, "SMMU-7-016", flag, overflow_flag(&sm), "OVFLG after records were discarded with EVENTQEN = 0");
    CHECK_EQ(t, "SMMU-7-084", ~UINT64_C(0), mem_read64(t, sm_event_slot(&sm, 1)), "the next slot");
    sm_enable(&sm, "EVENTQEN", 1);
    CHECK_EQ(t, "SMMU-7-016", 1, sm_event_pending(&sm), "records after enabling: what was discarded does not come");
    rig_faults(&sm, &bad, 1);
    CHECK_EQ(t, "SMMU-7-015", 2, sm_event_pending(&sm), "records after enabling");
    /* Full indices with EVENTQEN = 0. */
    event_queue(&sm, sm.eventq, 2, 4, 0);
    flag = overflow_flag(&sm);
    sm_enable(&sm, "EVENTQEN", 0);
    rig_faults(&sm, &bad, 2);
    CHECK_EQ(t, "SMMU-7-077", flag, overflow_flag(&sm), "OVFLG: full and disabled");
    sm_enable(&sm, "EVENTQEN", 1);
    CHECK_EQ(t, "SMMU-7-077", flag, overflow_flag(&sm), "OVFLG after enabling");
    CHECK_EQ(t, "SMMU-7-015", 4, produced(&sm), "PROD of a full queue");
    rig_faults(&sm, &bad, 1);
    CHECK_EQ(t, "SMMU-7-077", !flag, overflow_flag(&sm), "OVFLG: full and enabled");
    rig_close(&sm);
}

/* EVENTQEN = 0 while records are on their way: none is written after the acknowledge. */
static void disabled_in_flight(struct test *t)
{
    struct iotb_request bad;
    struct sm sm;
    uint32_t id[6], after;
    size_t mark;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    open_queue(&sm, 4, 0);
    test_latency(t, 2000, 30000, true);
    for (int i = 0; i < 6; i++)
        id[i] = request_send(t, &bad);
    for (int i = 0; i < 8; i++)
        test_step(t);
    sm_enable_start(&sm, "EVENTQEN", 0);
    for (uint32_t guard = 0; guard < 100000 && sm_field(t, "SMMU_CR0ACK", "EVENTQEN"); guard++)
        test_step(t);
    after = produced(&sm);
    mark = trace_mark(t);
    for (int i = 0; i < 6; i++)
        request_wait(t, id[i]);
    test_settle(t);
    CHECK_EQ(t, "SMMU-7-018", after, produced(&sm), "PROD after the acknowledge of EVENTQEN = 0");
    CHECK_EQ(t, "SMMU-7-018", 0, trace_count(t, mark, sm.eventq, sm.eventq + 511, ACC_WRITES), "writes after the acknowledge");
    for (uint32_t n = 0; n < sm_event_pending(&sm); n++) {
        struct sm_event event;

        sm_event_read(&sm, n, &event);
        CHECK_EQ(t, "SMMU-3-112", rig_bad_type(&sm), event.type, "type of record %u", n);
    }
    test_latency(t, 0, 0, false);
    rig_close(&sm);
}

/* A write that is aborted: the global error, no further records until it is acknowledged, no overflow. */
static void aborted(struct test *t)
{
    struct iotb_request bad;
    struct sm sm;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    for (uint32_t k = 0; k < 3; k++) {
        uint32_t flag, before;

        test_context(t, "abort at record %u", k);
        open_queue(&sm, 3, 0);
        flag = overflow_flag(&sm);
        inject_fault(t, INJECT_ABORT, sm.eventq + 32 * k, sm.eventq + 255, ACC_WRITES, 1, UINT64_MAX);
        rig_faults(&sm, &bad, k);
        CHECK_EQ(t, "SMMU-7-081", k, produced(&sm), "PROD before the abort");
        rig_faults(&sm, &bad, 1);
        CHECK(t, "SMMU-7-080", sm_gerror_active(&sm, "EVENTQ_ABT_ERR"), "GERROR.EVENTQ_ABT_ERR is active");
        before = produced(&sm);
        /* An asynchronous abort may let PROD move (7.2.2). */
        CHECK(t, "SMMU-7-081", before == k || before == k + 1, "PROD at the abort is %u", before);
        inject_clear(t);
        rig_faults(&sm, &bad, 2);
        CHECK_EQ(t, "SMMU-7-015", before, produced(&sm), "PROD while the error is active");
        CHECK_EQ(t, "SMMU-7-080", flag, overflow_flag(&sm), "OVFLG while the error is active");
        sm_gerror_ack(&sm, "EVENTQ_ABT_ERR");
        test_settle(t);
        CHECK_EQ(t, "SMMU-7-080", before, produced(&sm), "PROD after the acknowledge: what was discarded does not come");
        rig_faults(&sm, &bad, 1);
        CHECK_EQ(t, "SMMU-7-085", before + 1, produced(&sm), "PROD after the next fault");
        sm.eventq_cons = before;
        expect_bad(&sm, "SMMU-7-085", &bad);
    }
    rig_close(&sm);
}

/* The whole queue where nothing answers: the error, or, where no aborts are reported, nothing. */
static void in_hole(struct test *t)
{
    struct iotb_request bad;
    struct sm sm;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    event_queue(&sm, rig_hole(t), 2, 0, 0);
    rig_faults(&sm, &bad, 1);
    if (test_has(t, IOTB_F_BENCH_MEMORY))
        CHECK(t, "SMMU-7-080", sm_gerror_active(&sm, "EVENTQ_ABT_ERR"), "GERROR.EVENTQ_ABT_ERR is active");
    CHECK_EQ(t, "SMMU-7-096", 0, sm_reg(t, "SMMU_GERROR") & ~sm_reg_bits("SMMU_GERROR", "EVENTQ_ABT_ERR", 1),
             "other global errors");
    rig_close(&sm);
}

/* ---- which requests are recorded, and how they end: CD.A and CD.R ---- */

struct ending {
    const char *row;
    bool no_abort, no_record;
};

static void terminated(struct test *t)
{
    const struct ending *x = test_argument(t);
    enum { FAULTS = 3 };
    struct sm_path path;
    struct iotb_request r;
    struct sm_expected e;
    struct sm_cd cd;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW & ~SM_W);
    sm_map(&sm, path.s1, INPUT + 0x10000, mem_alloc(t, 65536, 65536), 0, SM_RW | SM_NO_AF);
    cd = (struct sm_cd){.ttb0 = path.s1, .asid = 0x11, .no_abort = x->no_abort, .no_record = x->no_record};
    sm_set_cd(&sm, path.sid, 0, &cd);
    sm_path_invalidate(&path);
    for (uint32_t f = 0; f < FAULTS; f++) {
        static const uint32_t types[FAULTS] = {SM_F_TRANSLATION, SM_F_ACCESS, SM_F_PERMISSION};
        static const uint64_t inputs[FAULTS] = {INPUT + 0x1000000, INPUT + 0x10000, INPUT};

        e = sm_s1_event(types[f]);
        e.razwi = x->no_abort;
        e.silent = x->no_record;
        test_context(t, "%s", sm_event_name(types[f]));
        r = sm_request(&path, IOTB_WRITE, inputs[f] + 0x48, 8);
        sm_expect_event(&sm, x->row, &r, &e, host + 0x48);
        r.kind = IOTB_READ;
        if (f != 2)
            sm_expect_event(&sm, x->row, &r, &e, host + 0x48);
    }
    /* 5.5: configuration errors and fetch aborts do not ask A and R. */
    r = sm_request(&path, IOTB_READ, INPUT + 0x48, 8);
    sm_expect_ok(&sm, x->row, &r, host + 0x48);
    sm_cd_set(&sm, path.sid, 0, "V", 0);
    sm_cfgi_cd(&sm, path.sid, 0);
    sm_expect_config(&sm, "SMMU-5-170", &r, SM_C_BAD_CD, host);
    sm_path_write_cd(&path);
    sm_set_cd(&sm, path.sid, 0, &cd);
    if (test_has(t, IOTB_F_BENCH_MEMORY)) {
        uint64_t leaf = sm_path_leaf(&path, INPUT);

        sm_path_invalidate(&path);
        inject_fault(t, INJECT_ABORT, leaf, leaf + 7, ACC_READS, 1, UINT64_MAX);
        e = sm_walk_abort(false, SM_CLASS_TT, leaf);
        sm_expect_event(&sm, "SMMU-5-170", &r, &e, host);
        inject_clear(t);
    }
    sm_close(&sm);
}

static const struct ending endings[] = {
    {"SMMU-5-163", false, false}, {"SMMU-5-164", false, true}, {"SMMU-5-165", true, false}, {"SMMU-5-166", true, true}};

/* Stage 2 faults do not ask the CD, and S2R decides on the record. */
static void stage_2_terminated(struct test *t)
{
    struct sm_path path;
    struct iotb_request r;
    struct sm_expected e;
    struct sm_cd cd;
    struct sm sm;
    uint64_t host, entry, ipa;

    for (int record = 0; record < 2; record++) {
        if (record)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "S2R = %d", record);
        sm_open(&sm, t, NULL);
        sm_path_open(&sm, &path, SM_F_NESTED, sm_sid(&sm, 0), 0, 0x11, 0x22);
        host = sm_path_page(&path, INPUT, SM_RW);
        cd = (struct sm_cd){.ttb0 = path.s1, .asid = 0x11, .no_abort = !sm_idr(t, 0, "TERM_MODEL"), .no_record = true};
        sm_set_cd(&sm, path.sid, 0, &cd);
        sm_ste_set(&sm, path.sid, "S2R", (uint64_t)record);
        sm_path_invalidate(&path);
        r = sm_request(&path, IOTB_WRITE, INPUT + 0x48, 8);
        sm_expect_ok(&sm, "SMMU-5-171", &r, host + 0x48);
        ipa = sm_path_ipa(&path, INPUT);
        entry = sm_entry(&sm, path.s2, ipa, 3);
        mem_write64(t, entry, 0);
        sm_path_invalidate(&path);
        e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, ipa);
        e.silent = !record;
        sm_expect_event(&sm, "SMMU-5-171", &r, &e, host + 0x48);
        /* A stage 1 table that stage 2 does not map counts as a stage 2 fault. */
        ipa = sm_entry_pointer(&sm, path.s1, INPUT, 3);
        entry = sm_entry(&sm, path.s2, ipa, 3);
        mem_write64(t, entry, 0);
        sm_path_invalidate(&path);
        e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_TT, ipa);
        e.silent = !record;
        sm_expect_event(&sm, "SMMU-3-118", &r, &e, host + 0x48);
        sm_close(&sm);
    }
}

/* ---- merging: MEV = 0 gives one record each, whatever is alike ---- */

static void merging(struct test *t)
{
    struct sm_path path;
    struct iotb_request r;
    struct sm sm;

    for (uint32_t mev = 0; mev < 2; mev++) {
        enum { COUNT = 6 };
        uint32_t id[COUNT], seen;

        if (mev)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "MEV = %u", mev);
        sm_open(&sm, t, NULL);
        sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
        sm_ste_set(&sm, path.sid, "MEV", mev);
        sm_path_invalidate(&path);
        r = sm_request(&path, IOTB_WRITE, INPUT + 0x48, 8);
        for (int i = 0; i < COUNT; i++)
            id[i] = request_send(t, &r);
        for (int i = 0; i < COUNT; i++)
            request_wait(t, id[i]);
        test_settle(t);
        seen = sm_event_pending(&sm);
        if (mev)
            CHECK(t, "SMMU-7-033", seen >= 1 && seen <= COUNT, "%u records of %u alike requests", seen, (uint32_t)COUNT);
        else
            CHECK_EQ(t, "SMMU-3-114", COUNT, seen, "records of requests that are all alike");
        sm_event_clear(&sm);
        /* They differ in the place within the page, which counts for nothing where merging is allowed. */
        for (int i = 0; i < COUNT; i++) {
            struct iotb_request one = r;

            one.address = INPUT + 8 * (uint64_t)i;
            id[i] = request_send(t, &one);
        }
        for (int i = 0; i < COUNT; i++)
            request_wait(t, id[i]);
        test_settle(t);
        seen = sm_event_pending(&sm);
        if (mev)
            CHECK(t, "SMMU-7-035", seen >= 1 && seen <= COUNT, "%u records of %u requests for one page", seen, (uint32_t)COUNT);
        else
            CHECK_EQ(t, "SMMU-7-035", COUNT, seen, "records of requests for one page");
        sm_event_clear(&sm);
        /* They differ in one field: page, kind. */
        for (int i = 0; i < 4; i++) {
            struct iotb_request one = r;

            one.address += i & 1 ? 0x1000 : 0;
            one.kind = i & 2 ? IOTB_READ : IOTB_WRITE;
            id[i] = request_send(t, &one);
        }
        for (int i = 0; i < 4; i++)
            request_wait(t, id[i]);
        test_settle(t);
        CHECK_EQ(t, "SMMU-7-034", 4, sm_event_pending(&sm), "records of requests that differ in page or kind");
        sm_event_clear(&sm);
        sm_close(&sm);
    }
}

/* ---- other requests, other events ---- */

/* 7.3.16: bits of features that are not there are 0. */
static void permission_flags(struct test *t)
{
    static const char *const flags[] = {"DirtyBit", "AssuredOnly", "Overlay"};
    struct sm_path path;
    struct iotb_request r;
    struct sm_event event;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW & ~SM_W);
    r = sm_request(&path, IOTB_WRITE, INPUT + 0x48, 8);
    mem_fill(t, sm.eventq, UINT64_C(32) << sm.eventq_log2size, 0xff);
    sm_once(&sm);
    sm_expect_s1(&sm, "SMMU-7-055", &r, SM_F_PERMISSION, host + 0x48);
    for (uint32_t w = 0; w < 4; w++)
        event.word[w] = mem_read64(t, sm_event_slot(&sm, 0) + 8 * w);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        CHECK_EQ(t, "SMMU-7-055", 0, spec_get(spec_struct_field("F_PERMISSION", flags[i]), event.word), "F_PERMISSION.%s",
                 flags[i]);
    sm_close(&sm);
}

/* Good requests between bad ones arrive. */
static void independent(struct test *t)
{
    struct sm_path path;
    struct iotb_request good, bad;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW);
    good = sm_request(&path, IOTB_WRITE, INPUT + 0x48, 8);
    bad = sm_request(&path, IOTB_WRITE, INPUT + 0x1000048, 8);
    for (int i = 0; i < 4; i++) {
        sm_expect_ok(&sm, "SMMU-3-122", &good, host + 0x48);
        sm_expect_s1(&sm, "SMMU-3-122", &bad, SM_F_TRANSLATION, host + 0x48);
    }
    sm_close(&sm);
}

/* An abort of the memory behind a good translation is the memory's, not the SMMU's. */
static void data_aborted(struct test *t)
{
    struct sm_path path;
    struct iotb_request r;
    struct sm sm;
    uint64_t hole = rig_hole(t);

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    if (path.s1->granule_lg2 != 12)
        test_skip(t, "the hole is one page of 4 KiB");
    sm_map(&sm, path.s1, INPUT, hole, 0, SM_RW);
    sm_path_invalidate(&path);
    for (int i = 0; i < 2; i++) {
        struct outcome o;

        r = sm_request(&path, i ? IOTB_WRITE : IOTB_READ, INPUT + 0x48, 8);
        o = request_run(t, &r);
        test_settle(t);
        CHECK(t, "SMMU-16-902", o.done, "the request completes");
        if (o.has_status)
            CHECK(t, "SMMU-16-902", o.status != IOTB_SC, "the request is aborted");
        CHECK_EQ(t, "SMMU-16-902", 0, sm_event_pending(&sm), "records of aborts behind the SMMU");
        CHECK_EQ(t, "SMMU-16-902", 0, sm_reg(t, "SMMU_GERROR"), "GERROR");
    }
    sm_close(&sm);
}

#define CASE(n, text, function, row_ids, condition, feature_bits)                                              \
    {                                                                                                          \
        .name = "smmuv3.event_queue." n, .summary = text, .run = function, .rows = row_ids, .gate = condition, \
        .features = feature_bits, .functional = true, .tier = TIER_FULL                                        \
    }
#define ENDING(n, text, row_id, condition, index)                                                                             \
    {                                                                                                                         \
        .name = "smmuv3.event_queue." n, .summary = text, .run = terminated, .rows = row_id " SMMU-5-170", .gate = condition, \
        .functional = true, .tier = TIER_FULL, .argument = &endings[index]                                                    \
    }

static const struct iotb_case cases[] = {
    CASE("every_size", "Records fill queues of every size one after the other", every_size, "SMMU-3-007 SMMU-3-011", NULL, 0),
    CASE("largest_size", "The largest queue around its end, and one that says it were larger", largest_size,
         "SMMU-3-007 SMMU-3-011 SMMU-6-902", NULL, 0),
    CASE("visible", "A record is complete when PROD covers it", visible, "SMMU-3-008 SMMU-3-112", NULL,
         IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP),
    CASE("aligned", "The base is aligned down to the queue's size", aligned, "SMMU-6-903", "IDR1.EVENTQS>=3", 0),
    CASE("cons_writable", "EVENTQ_CONS can be written at any time", cons_writable, "SMMU-6-908", NULL, 0),
    CASE("cons_moved_back", "CONS moved back does not lead outside of the queue", cons_moved_back, "SMMU-3-018",
         "IDR1.EVENTQS>=2", 0),
    {.name = "smmuv3.event_queue.overflow",
     .summary = "OVFLG toggles when the first record is lost in a full queue, and again only after its acknowledge",
     .run = overflow,
     .rows = "SMMU-7-070 SMMU-7-071 SMMU-7-072 SMMU-7-073 SMMU-7-074 SMMU-7-075",
     .functional = true,
     .tier = TIER_SMOKE},
    CASE("overflow_order", "The overflow is not seen before the fullness", overflow_order, "SMMU-7-071 SMMU-7-078",
         "IDR1.EVENTQS>=1", IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP),
    CASE("suppressed", "Events that are suppressed do not overflow a full queue", suppressed, "SMMU-7-037 SMMU-7-079",
         "IDR1.EVENTQS>=1", 0),
    CASE("disabled", "With EVENTQEN = 0 records are discarded without overflow", disabled,
         "SMMU-7-015 SMMU-7-016 SMMU-7-018 SMMU-7-077 SMMU-7-084", "IDR1.EVENTQS>=2", 0),
    CASE("disabled_in_flight", "Nothing is written after the acknowledge of EVENTQEN = 0", disabled_in_flight,
         "SMMU-3-112 SMMU-7-018", "IDR1.EVENTQS>=4", IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP),
    CASE("aborted", "An aborted write blocks the queue until it is acknowledged", aborted,
         "SMMU-7-015 SMMU-7-080 SMMU-7-081 SMMU-7-085", "IDR1.EVENTQS>=3", IOTB_F_BENCH_MEMORY),
    CASE("in_hole", "A queue where nothing answers", in_hole, "SMMU-7-080 SMMU-7-096", "IDR1.EVENTQS>=2", 0),
    ENDING("abort_recorded", "A = 1, R = 1: aborted and recorded", "SMMU-5-163", "IDR0.S1P&IDR0.STALL_MODEL<2", 0),
    ENDING("abort_silent", "A = 1, R = 0: aborted without a record", "SMMU-5-164", "IDR0.S1P&IDR0.STALL_MODEL<2", 1),
    ENDING("razwi_recorded", "A = 0, R = 1: RAZ/WI and recorded", "SMMU-5-165", "IDR0.S1P&IDR0.STALL_MODEL<2&!IDR0.TERM_MODEL",
           2),
    ENDING("razwi_silent", "A = 0, R = 0: RAZ/WI without a record", "SMMU-5-166", "IDR0.S1P&IDR0.STALL_MODEL<2&!IDR0.TERM_MODEL",
           3),
    CASE("stage_2_terminated", "Stage 2 faults abort whatever the CD says, and are recorded with S2R", stage_2_terminated,
         "SMMU-3-118 SMMU-5-171", "IDR0.S1P&IDR0.S2P&IDR0.STALL_MODEL<2", 0),
    CASE("merging", "Without MEV there is a record each; with it only alike ones are merged", merging,
         "SMMU-3-114 SMMU-7-033 SMMU-7-034 SMMU-7-035", "IDR0.S1P&IDR0.STALL_MODEL<2", IOTB_F_OVERLAP),
    CASE("permission_flags", "Bits of F_PERMISSION that belong to absent features are 0", permission_flags, "SMMU-7-055",
         "IDR0.S1P", 0),
    CASE("independent", "Faults of one request do not concern another", independent, "SMMU-3-122", "IDR0.S1P", 0),
    CASE("data_aborted", "Aborts behind the SMMU are not recorded", data_aborted, "SMMU-16-902", "IDR0.S1P", 0),
};

const struct iotb_case_list sm_event_queue_cases = {cases, sizeof cases / sizeof cases[0]};
