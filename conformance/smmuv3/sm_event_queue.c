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

/* Every StreamID that requests can have stands in the record as a whole. */
static void stream_ids(struct test *t)
{
    struct sm_ste broken = {.config = SM_BYPASS, .invalid = true};
    uint64_t address = mem_alloc(t, 4096, 4096);
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t n = 0; n < sm_sid_count(&sm) && n < 16; n++) {
        struct iotb_request r = sm_plain_request(&sm, sm_sid(&sm, n), address);

        sm_set_ste(&sm, sm_sid(&sm, n), &broken);
        sm_invalidate_all(&sm);
        sm_once(&sm);
        sm_expect_config(&sm, "SMMU-7-023", &r, SM_C_BAD_STE, address);
    }
    sm_close(&sm);
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

#define CASE(n, text, function, row_ids, condition, feature_bits)                                              \
    {                                                                                                          \
        .name = "smmuv3.event_queue." n, .summary = text, .run = function, .rows = row_ids, .gate = condition, \
        .features = feature_bits, .functional = true, .tier = TIER_FULL                                        \
    }

static const struct iotb_case cases[] = {
    CASE("every_size", "Records fill queues of every size one after the other", every_size, "SMMU-3-007 SMMU-3-011", NULL, 0),
    CASE("stream_ids", "Records hold the StreamID as a whole", stream_ids, "SMMU-7-023", NULL, 0),
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
};

const struct iotb_case_list sm_event_queue_cases = {cases, sizeof cases / sizeof cases[0]};
