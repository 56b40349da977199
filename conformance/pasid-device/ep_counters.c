/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters: each occasion raises the counters that are about it by one, and no other. */
#include "pasid_device_chapters.h"

#define COUNTERS 64u
#define CNTCTL 0x1200u

enum {
    SUBMITTED,
    OK,
    FAILED,
    RETRIED,
    DROPPED,
    ABORTED,
    LOOKUPS = 8,
    HITS,
    MISSES,
    FILLS,
    EVICTIONS,
    KILLS,
    TREQS,
    TREQ_OK,
    NO_ACCESS,
    TREQ_UR,
    TREQ_CA,
    STALE,
    INV_IN,
    INV_OUT,
    INV_WAIT,
    TREQ_POISON,
    MESSAGES,
    GROUPS,
    SUCCESS,
    INVALID,
    FAILURE,
    UNEXPECTED_RESPONSE,
    MARKERS,
    NO_RESPONSE,
    READS,
    WRITES,
    TRANSLATED_READS,
    TRANSLATED_WRITES,
    ATOMICS,
    BYTES_READ,
    BYTES_WRITTEN,
    INTERRUPTS,
    RECORDS,
    LOGGED,
    LOST,
    TREQ_TIMEOUT,
    CPL_UR,
    CPL_CA,
    CPL_POISON,
    CPL_TIMEOUT,
    CPL_UNEXPECTED
};

struct delta {
    uint8_t counter;
    uint16_t by;
};
#define DELTAS 12u
#define NONE_MORE \
    {             \
        0xff, 0   \
    }

/* How often a cache is looked at again after a miss is the device's own affair; so is the time an invalidation takes. */
static bool loose(uint32_t counter)
{
    return counter == LOOKUPS || counter == HITS || counter == INV_WAIT;
}

static void look(struct ep *ep, uint64_t counters[COUNTERS])
{
    (void)test_settle(ep->t);
    for (uint32_t n = 0; n < COUNTERS; n++)
        counters[n] = ep_counter(ep, n);
}

/* What has changed since `before`; before becomes what is now. */
static void expect(struct ep *ep, uint64_t before[COUNTERS], const struct delta *deltas, const char *what)
{
    uint64_t now[COUNTERS], by[COUNTERS] = {0};

    look(ep, now);
    for (uint32_t i = 0; i < DELTAS && deltas[i].by; i++)
        by[deltas[i].counter] = deltas[i].by;
    for (uint32_t n = 0; n < COUNTERS; n++) {
        if (!loose(n))
            CHECK_EQ(ep->t, n < LOOKUPS ? "DEV-CNT-950" : "DEV-CNT-951", before[n] + by[n], now[n], "counter %u after %s", n,
                     what);
        before[n] = now[n];
    }
    CHECK_EQ(ep->t, "DEV-CNT-951", now[LOOKUPS], now[HITS] + now[MISSES], "lookups, hits and misses after %s", what);
    CHECK_EQ(ep->t, "DEV-CNT-951", now[TREQS] - ep_get(ep, "BAR0_ATCSTS", "TREQS"),
             now[TREQ_OK] + now[NO_ACCESS] + now[TREQ_UR] + now[TREQ_CA] + now[STALE] + now[TREQ_POISON] + now[TREQ_TIMEOUT],
             "translation requests that have ended, after %s", what);
    CHECK_EQ(ep->t, "DEV-CNT-950", now[SUBMITTED], now[OK] + now[FAILED] + now[ABORTED], "works that have ended, after %s", what);
}

#define EXPECT(ep, before, what, ...) expect((ep), (before), (const struct delta[DELTAS]){__VA_ARGS__}, (what))

static void scene(struct ep *ep, struct test *t, uint32_t on)
{
    static const struct ep_wq wqs[] = {{.size = 8, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5}};

    ep_scene_with(ep, t, on, wqs, 1);
    ep_set(ep, "CFG_PCIE_DEVCTL2", "ATOMICREQ", 1);
}

static void submit(struct ep *ep, struct ep_work work)
{
    work.record = work.record ? work.record : EP_NO_RECORD;
    work.space = 5;
    (void)ep_submit(ep, 0, &work);
    (void)test_settle(ep->t);
}

static void work(struct test *t)
{
    struct ep ep;
    uint64_t before[COUNTERS], data[8] = {0};

    scene(&ep, t, ON_PASID);
    look(&ep, before);
    submit(&ep, (struct ep_work){.op = EP_OP_NOP});
    EXPECT(&ep, before, "a NOP", {SUBMITTED, 1}, {OK, 1});
    submit(&ep, ep_read_work(5, 0x1000, 0));
    EXPECT(&ep, before, "a read of no bytes", {SUBMITTED, 1}, {FAILED, 1});
    submit(&ep, (struct ep_work){
                    .op = EP_OP_COMPVAL, .flags = EP_CHECK, .src = ep_buffer(&ep, 5, 4096, EP_RW), .size = 8, .data = {1}});
    EXPECT(&ep, before, "a comparison with another result", {SUBMITTED, 1}, {OK, 1}, {READS, 1}, {BYTES_READ, 8});
    bar_write(t, 2, ep_portal(&ep, 0), data, 32);
    EXPECT(&ep, before, "a portal write of 32 bytes", {DROPPED, 1});
    bar_write(t, 2, ep_portal(&ep, 0) + 0x2000, data, 64);
    EXPECT(&ep, before, "a write to a page for nothing", {DROPPED, 1});
    CHECK_EQ(t, "DEV-CNT-950", DEFERRED_RETRY, deferrable_write(t, ep.bar[2] + ep_portal(&ep, 0), data, 64),
             "answer of a dedicated queue to a deferrable write");
    EXPECT(&ep, before, "a deferrable write to a dedicated queue", {RETRIED, 1});
    ep_close(&ep);
}

static void translation(struct test *t)
{
    static const enum ep_action actions[] = {EP_UR, EP_CA, EP_POISON};
    static const uint8_t counters[] = {TREQ_UR, TREQ_CA, TREQ_POISON};
    struct ep ep;
    uint64_t before[COUNTERS], a, hits;
    uint32_t hold;

    scene(&ep, t, ON_PASID | ON_ATS);
    a = ep_buffer(&ep, 5, 8 * 4096, EP_RW);
    look(&ep, before);
    submit(&ep, ep_read_work(5, a, 64));
    EXPECT(&ep, before, "a read that misses", {SUBMITTED, 1}, {OK, 1}, {MISSES, 1}, {FILLS, 1}, {TREQS, 1}, {TREQ_OK, 1},
           {TRANSLATED_READS, 1}, {BYTES_READ, 64});
    hits = before[HITS];
    submit(&ep, ep_read_work(5, a + 64, 60));
    EXPECT(&ep, before, "a read that hits", {SUBMITTED, 1}, {OK, 1}, {TRANSLATED_READS, 1}, {BYTES_READ, 60});
    CHECK_EQ(t, "DEV-CNT-951", hits + 1, before[HITS], "hits after a read that hits");
    submit(&ep, ep_write_work(5, a + 128, 40, 1)); /* the entry came without the right to write, or with it */
    look(&ep, before);
    submit(&ep, ep_write_work(5, a + 128, 40, 1));
    EXPECT(&ep, before, "a write that hits", {SUBMITTED, 1}, {OK, 1}, {TRANSLATED_WRITES, 1}, {BYTES_WRITTEN, 40});
    submit(&ep, (struct ep_work){.op = EP_OP_XFETCH, .src = a + 4096, .size = 3 * 4096});
    EXPECT(&ep, before, "a prefetch of three pages", {SUBMITTED, 1}, {OK, 1}, {MISSES, 3}, {FILLS, 3}, {TREQS, 3}, {TREQ_OK, 3});
    CHECK(t, "DEV-CNT-951", ep_invalidate(&ep, 5, a + 4096, 12), "no completion");
    EXPECT(&ep, before, "an invalidation of one page", {KILLS, 1}, {INV_IN, 1}, {INV_OUT, 1});
    CHECK(t, "DEV-CNT-951", ep_invalidate(&ep, 5, a, 64), "no completion");
    EXPECT(&ep, before, "an invalidation of all three", {KILLS, 3}, {INV_IN, 1}, {INV_OUT, 1});
    CHECK(t, "DEV-CNT-951", ep_invalidate(&ep, 5, a, 64), "no completion");
    EXPECT(&ep, before, "an invalidation of nothing", {INV_IN, 1}, {INV_OUT, 1});
    submit(&ep, ep_read_work(5, a + 0x100000, 64));
    EXPECT(&ep, before, "a read of what is not there", {SUBMITTED, 1}, {FAILED, 1}, {MISSES, 1}, {TREQS, 1}, {NO_ACCESS, 1});
    submit(&ep, ep_write_work(5, ep_buffer(&ep, 5, 4096, EP_W), 64, 1));
    EXPECT(&ep, before, "a write of a write-only page", {SUBMITTED, 1}, {OK, 1}, {MISSES, 1}, {FILLS, 1}, {TREQS, 1},
           {TREQ_OK, 1}, {TRANSLATED_WRITES, 1}, {BYTES_WRITTEN, 64});
    for (uint32_t i = 0; i < 3; i++) {
        (void)ep_rule(&ep, EP_TREQ, a, a + 4095, actions[i], 0, 1);
        submit(&ep, ep_read_work(5, a, 64));
        EXPECT(&ep, before, "a translation that is refused", {SUBMITTED, 1}, {FAILED, 1}, {MISSES, 1}, {TREQS, 1},
               {counters[i], 1});
        ep_write(&ep, "BAR0_ATCCTL", 2);
    }
    ep_set(&ep, "BAR0_TIMEOUT", "NP", 1000);
    hold = ep_rule(&ep, EP_TREQ, a, a + 4095, EP_DROP, 0, 1);
    submit(&ep, ep_read_work(5, a, 64));
    test_run(t, 10000000000ull);
    EXPECT(&ep, before, "a translation that never comes", {SUBMITTED, 1}, {FAILED, 1}, {MISSES, 1}, {TREQS, 1}, {TREQ_TIMEOUT, 1},
           {CPL_TIMEOUT, 1});
    ep_end_rule(&ep, hold);
    ep_set(&ep, "BAR0_TIMEOUT", "NP", 0);
    ep_close(&ep);
}

/* A result that an invalidation has overtaken. */
static void stale(struct test *t)
{
    struct ep ep;
    uint64_t before[COUNTERS], a;
    uint32_t hold;

    scene(&ep, t, ON_PASID | ON_ATS);
    a = ep_buffer(&ep, 5, 4096, EP_RW);
    look(&ep, before);
    hold = ep_rule(&ep, EP_TREQ, a, a + 4095, EP_HOLD, 0, 1);
    submit(&ep, (struct ep_work){.op = EP_OP_XFETCH, .src = a, .size = 64});
    CHECK(t, "DEV-CNT-951", ep_invalidate(&ep, 5, a, 12), "no completion");
    ep_release(&ep, hold);
    (void)test_settle(t);
    before[MISSES] = ep_counter(&ep, MISSES); /* asked again, for the same miss or a second */
    EXPECT(&ep, before, "a translation that was invalidated under way", {SUBMITTED, 1}, {OK, 1}, {FILLS, 1}, {TREQS, 2},
           {STALE, 1}, {TREQ_OK, 1}, {INV_IN, 1}, {INV_OUT, 1});
    hold = ep_rule(&ep, EP_TREQ, a + 4096, a + 8191, EP_HOLD, 0, 1);
    submit(&ep, (struct ep_work){.op = EP_OP_XFETCH, .src = a + 4096, .size = 64});
    ep_ats(&ep, false);
    ep_release(&ep, hold);
    (void)test_settle(t);
    EXPECT(&ep, before, "a translation that came with ATS off", {SUBMITTED, 1}, {FAILED, 1}, {MISSES, 1}, {TREQS, 1}, {STALE, 1});
    ep_close(&ep);
}

static void evictions(struct test *t)
{
    struct ep ep;
    uint64_t before[COUNTERS], a;
    uint32_t entries;

    for (uint32_t policy = 0; policy < 3; policy++) {
        if (policy)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, false, false);
        ep_ats(&ep, true);
        ep_set(&ep, "BAR0_ATCCFG", "REPLACEMENT", policy);
        ep_set(&ep, "BAR0_ATCCFG", "LIMIT", 3);
        entries = (uint32_t)ep_get(&ep, "BAR0_ATCCFG", "LIMIT");
        ep_start(&ep, &(struct ep_wq){.size = 8, .priority = 1, .pasid_en = true, .pasid = 5}, 1);
        a = ep_buffer(&ep, 5, 5 * 4096, EP_RW);
        for (uint32_t i = 0; i < 5; i++) {
            uint16_t evicted = i >= entries && policy < 2, filled = i < entries || policy < 2;

            look(&ep, before);
            submit(&ep, ep_read_work(5, a + 4096 * i, 64));
            before[EVICTIONS] += evicted;
            before[FILLS] += filled;
            EXPECT(&ep, before, "a read of one page more", {SUBMITTED, 1}, {OK, 1}, {MISSES, 1}, {TREQS, 1}, {TREQ_OK, 1},
                   {TRANSLATED_READS, 1}, {BYTES_READ, 64});
        }
        ep_close(&ep);
    }
}

static void memory(struct test *t)
{
    static const enum ep_action actions[] = {EP_UR, EP_CA, EP_POISON};
    static const uint8_t counters[] = {CPL_UR, CPL_CA, CPL_POISON};
    struct ep ep;
    struct iotb_completion stray = {.status = IOTB_SC, .bytes = 64, .id = 999};
    uint64_t before[COUNTERS], a;
    struct ep_work move, again;

    scene(&ep, t, ON_PASID);
    a = ep_buffer(&ep, 5, 8192, EP_RW);
    look(&ep, before);
    move = ep_move(5, a, a + 4096, 200);
    submit(&ep, move);
    EXPECT(&ep, before, "a move of 200 bytes", {SUBMITTED, 1}, {OK, 1}, {READS, 4}, {WRITES, 4}, {BYTES_READ, 200},
           {BYTES_WRITTEN, 200});
    again = move;
    again.record = a + 1024;
    again.flags = EP_RCR;
    submit(&ep, again);
    EXPECT(&ep, before, "the same with a record", {SUBMITTED, 1}, {OK, 1}, {READS, 4}, {WRITES, 5}, {BYTES_READ, 200},
           {BYTES_WRITTEN, 232}, {RECORDS, 1});
    submit(&ep, (struct ep_work){.op = EP_OP_ATOMIC, .dst = a, .data = {1, 0, 8}});
    before[BYTES_READ] = ep_counter(&ep, BYTES_READ); /* an atomic reads and writes */
    before[BYTES_WRITTEN] = ep_counter(&ep, BYTES_WRITTEN);
    EXPECT(&ep, before, "an atomic", {SUBMITTED, 1}, {OK, 1}, {ATOMICS, 1});
    for (uint32_t i = 0; i < 3; i++) {
        (void)ep_rule(&ep, EP_READ, a, a + 63, actions[i], 0, 1);
        submit(&ep, ep_read_work(5, a, 64));
        EXPECT(&ep, before, "a read that is refused", {SUBMITTED, 1}, {FAILED, 1}, {READS, 1}, {BYTES_READ, 64},
               {counters[i], 1});
    }
    completion_queue(t, &stray, 0);
    EXPECT(&ep, before, "a completion for nobody", {CPL_UNEXPECTED, 1});
    ep_set(&ep, "BAR0_TIMEOUT", "NP", 1000);
    (void)ep_rule(&ep, EP_READ, a, a + 63, EP_DROP, 0, 1);
    submit(&ep, ep_read_work(5, a, 64));
    test_run(t, 10000000000ull);
    EXPECT(&ep, before, "a read that is never answered", {SUBMITTED, 1}, {FAILED, 1}, {READS, 1}, {BYTES_READ, 64},
           {CPL_TIMEOUT, 1});
    ep_close(&ep);
}

static void translated_memory(struct test *t)
{
    struct ep ep;
    uint64_t before[COUNTERS], a;

    scene(&ep, t, ON_PASID | ON_ATS);
    a = ep_buffer(&ep, 5, 8192, EP_RW);
    submit(&ep, ep_write_work(5, a, 64, 1));
    submit(&ep, ep_write_work(5, a + 4096, 64, 1));
    look(&ep, before);
    submit(&ep, ep_move(5, a, a + 4096, 200));
    EXPECT(&ep, before, "a translated move", {SUBMITTED, 1}, {OK, 1}, {TRANSLATED_READS, 4}, {TRANSLATED_WRITES, 4},
           {BYTES_READ, 200}, {BYTES_WRITTEN, 200});
    submit(&ep, (struct ep_work){.op = EP_OP_ATOMIC, .dst = a, .data = {1, 0, 8}});
    before[BYTES_READ] = ep_counter(&ep, BYTES_READ);
    before[BYTES_WRITTEN] = ep_counter(&ep, BYTES_WRITTEN);
    EXPECT(&ep, before, "a translated atomic", {SUBMITTED, 1}, {OK, 1}, {ATOMICS, 1});
    submit(&ep, (struct ep_work){.op = EP_OP_FILL, .flags = EP_XUNTR, .dst = a, .size = 64});
    EXPECT(&ep, before, "an untranslated fill", {SUBMITTED, 1}, {OK, 1}, {WRITES, 1}, {BYTES_WRITTEN, 64});
    submit(&ep, (struct ep_work){.op = EP_OP_CRC, .flags = EP_XUNTR, .src = a, .size = 64});
    EXPECT(&ep, before, "an untranslated read", {SUBMITTED, 1}, {OK, 1}, {READS, 1}, {BYTES_READ, 64});
    (void)ep_rule(&ep, EP_READ, a, a + 63, EP_UR, 0, 1);
    submit(&ep, ep_read_work(5, a, 64));
    EXPECT(&ep, before, "a translated read that is refused", {SUBMITTED, 1}, {FAILED, 1}, {TRANSLATED_READS, 1}, {BYTES_READ, 64},
           {CPL_UR, 1});
    ep_close(&ep);
}

static void ask(struct ep *ep, uint32_t pages)
{
    struct ep_work work = {.op = EP_OP_PAGEREQ, .src = ep->next_va, .size = pages, .data = {1}, .flags = EP_BOF};

    ep->next_va += 0x10000;
    submit(ep, work);
}

static void pages(struct test *t)
{
    struct ep ep;
    uint64_t before[COUNTERS];
    uint32_t index[32];

    ep_open(&ep, t);
    ep_all(&ep);
    ep_set(&ep, "BAR0_PRICFG", "MARKER", 1);
    ep_start(&ep, &(struct ep_wq){.size = 8, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5}, 1);
    look(&ep, before);
    ep.pages = EP_PAGES_SUCCESS;
    ask(&ep, 3);
    EXPECT(&ep, before, "a group of three", {SUBMITTED, 1}, {OK, 1}, {MESSAGES, 3}, {GROUPS, 1}, {SUCCESS, 1});
    ep.pages = EP_PAGES_INVALID;
    ask(&ep, 1);
    EXPECT(&ep, before, "a group that is invalid", {SUBMITTED, 1}, {FAILED, 1}, {MESSAGES, 1}, {GROUPS, 1}, {INVALID, 1});
    ep_respond_as(&ep, 300, 0, 5);
    EXPECT(&ep, before, "a response to no group", {UNEXPECTED_RESPONSE, 1});
    CHECK_EQ(t, "DEV-CNT-951", 0, ep_command(&ep, EP_CMD_DRAIN_PASID, 5), "error of DRAIN_PASID");
    EXPECT(&ep, before, "a Stop Marker", {MARKERS, 1});
    ep.stopped_count = 0;
    ep.pages = EP_PAGES_HOLD;
    ep_set(&ep, "BAR0_TIMEOUT", "PRG", 1000);
    ask(&ep, 1);
    test_run(t, 10000000000ull);
    EXPECT(&ep, before, "a group without response", {SUBMITTED, 1}, {FAILED, 1}, {MESSAGES, 1}, {GROUPS, 1}, {NO_RESPONSE, 1});
    ep_set(&ep, "BAR0_TIMEOUT", "PRG", 0);
    CHECK_EQ(t, "DEV-CNT-951", 1, ep_groups(&ep, index, 32), "groups outstanding");
    ep_respond(&ep, index[0], 0);
    EXPECT(&ep, before, "its late response", {SUCCESS, 1});
    ep.pages = EP_PAGES_FAILURE;
    ask(&ep, 1);
    EXPECT(&ep, before, "a Response Failure", {SUBMITTED, 1}, {FAILED, 1}, {MESSAGES, 1}, {GROUPS, 1}, {FAILURE, 1});
    CHECK_EQ(t, "DEV-CNT-951", ep_message_count(&ep, 0, IOTB_MSG_PAGE_REQUEST), before[MESSAGES] + before[MARKERS],
             "page request messages, and Stop Markers, in all");
    ep_expect_move(&ep, "DEV-CNT-951", 0, 5, "a move in the end");
    ep_close(&ep);
}

static void interrupts(struct test *t)
{
    struct ep ep;
    uint64_t before[COUNTERS], base;

    ep_open(&ep, t);
    base = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    ep_write(&ep, "BAR0_EVLCFG0", base);
    ep_write(&ep, "BAR0_EVLCFG1", 3);
    ep_set(&ep, "BAR0_GENCFG", "EVL_EN", 1);
    ep_vectors(&ep, 2);
    ep_start(&ep, &(struct ep_wq){.size = 8, .priority = 1}, 1);
    look(&ep, before);
    for (uint32_t i = 0; i < 4; i++) { /* a log of three has room for two */
        struct ep_work bad = {.op = EP_OP_NOP, .flags = EP_RCR, .space = EP_NONE, .record = 8};
        bool room = i < 2;

        (void)ep_submit(&ep, 0, &bad);
        before[LOGGED] += room;
        before[LOST] += !room;
        before[WRITES] += room;
        before[BYTES_WRITTEN] += room ? 64 : 0;
        EXPECT(&ep, before, "an event", {SUBMITTED, 1}, {FAILED, 1});
    }
    for (uint32_t i = 0; i < 2; i++) {
        struct ep_work nop = {.op = EP_OP_NOP, .space = EP_NONE, .record = EP_NO_RECORD, .flags = i ? EP_RCI : 0, .handle = 1};

        (void)ep_submit(&ep, 0, &nop);
        before[INTERRUPTS] += i;
        EXPECT(&ep, before, "work with and without an interrupt", {SUBMITTED, 1}, {OK, 1});
    }
    ep_expect_move(&ep, "DEV-CNT-951", 0, EP_NONE, "a move in the end");
    ep_close(&ep);
}

static void waits(struct test *t)
{
    struct ep ep;
    uint64_t a, longest, before;

    scene(&ep, t, ON_PASID | ON_ATS);
    a = ep_buffer(&ep, 5, 4096, EP_RW);
    CHECK(t, "DEV-CNT-951", ep_invalidate(&ep, 5, a, 12), "no completion");
    for (uint32_t i = 0; i < 2; i++) { /* a long wait, then a short one */
        struct ep_work read = ep_read_work(5, a, 64);
        uint32_t hold = ep_rule(&ep, EP_READ, a, a + 63, EP_HOLD, 0, 1);
        uint64_t ticks;

        before = ep_counter(&ep, INV_WAIT);
        submit(&ep, read);
        ticks = ep_read(&ep, "BAR0_TICK");
        ep_invalidate_send(&ep, &(struct ep_range){.itag = 3, .space = 5, .address = a, .size_lg2 = 12});
        test_run(t, i ? 1000000 : 100000000);
        ep_release(&ep, hold);
        (void)test_settle(t);
        CHECK(t, "DEV-CNT-951", ep_invalidate_done(&ep, 3), "no completion");
        ticks = ep_read(&ep, "BAR0_TICK") - ticks;
        longest = ep_counter(&ep, INV_WAIT);
        if (i)
            CHECK_EQ(t, "DEV-CNT-951", before, longest, "longest wait after a shorter one");
        else
            CHECK(t, "DEV-CNT-951", longest > before && longest <= ticks && longest > ticks / 2,
                  "longest wait is %llu ticks after one of about %llu", (unsigned long long)longest, (unsigned long long)ticks);
    }
    ep_close(&ep);
}

static void control(struct test *t)
{
    struct ep ep;
    uint64_t before[COUNTERS];

    scene(&ep, t, ON_PASID);
    submit(&ep, (struct ep_work){.op = EP_OP_NOP});
    look(&ep, before);
    ep_bar0_write(&ep, CNTCTL, 4, 1);
    submit(&ep, (struct ep_work){.op = EP_OP_NOP});
    CHECK_EQ(t, "DEV-CNT-952", before[SUBMITTED], ep_counter(&ep, SUBMITTED), "submissions counted while frozen");
    CHECK_EQ(t, "DEV-CNT-952", 1, ep_bar0_read(&ep, CNTCTL, 4), "CNTCTL");
    ep_bar0_write(&ep, CNTCTL, 4, 0);
    submit(&ep, (struct ep_work){.op = EP_OP_NOP});
    CHECK_EQ(t, "DEV-CNT-952", before[SUBMITTED] + 1, ep_counter(&ep, SUBMITTED), "submissions counted afterwards");
    ep_bar0_write(&ep, CNTCTL, 4, 2);
    for (uint32_t n = 0; n < COUNTERS; n++)
        CHECK_EQ(t, "DEV-CNT-952", 0, ep_counter(&ep, n), "counter %u after CLEAR", n);
    CHECK_EQ(t, "DEV-CNT-952", 0, ep_bar0_read(&ep, CNTCTL, 4), "CNTCTL after CLEAR");
    submit(&ep, (struct ep_work){.op = EP_OP_NOP});
    CHECK_EQ(t, "DEV-CNT-952", 1, ep_counter(&ep, SUBMITTED), "submissions counted after CLEAR");
    for (uint32_t n = 0; n < COUNTERS; n++) { /* they are read-only */
        ep_bar0_write(&ep, 0x1000 + 8 * n, 8, UINT64_MAX);
        CHECK_EQ(t, "DEV-CNT-952", n == SUBMITTED || n == OK, ep_counter(&ep, n), "counter %u after it was written", n);
    }
    ep_expect_move(&ep, "DEV-CNT-952", 0, 5, "a move in the end");
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("counters.work", work, "DEV-CNT-950 DEV-CNT-951", "&PASID&!NARROW", "Works are counted once, by how they end"),
    SENDS("counters.translation", translation, "DEV-CNT-950 DEV-CNT-951", "&ATS&PASID",
          "Translation requests are counted once, by how they end"),
    SENDS("counters.stale", stale, "DEV-CNT-950 DEV-CNT-951", "&ATS&PASID", "A result that is not used is counted as such"),
    SENDS("counters.evictions", evictions, "DEV-CNT-950 DEV-CNT-951", "&ATS&PASID", "Fills and evictions are counted"),
    SENDS("counters.memory", memory, "DEV-CNT-950 DEV-CNT-951", "&PASID", "Requests, bytes and errors are counted"),
    SENDS("counters.translated_memory", translated_memory, "DEV-CNT-950 DEV-CNT-951", "&ATS&PASID",
          "Translated requests are counted apart"),
    SENDS("counters.pages", pages, "DEV-CNT-950 DEV-CNT-951", "&ATS&PASID&PRI", "Page requests are counted, and their responses"),
    SENDS("counters.interrupts", interrupts, "DEV-CNT-950 DEV-CNT-951", "&MSIX", "Interrupts and log entries are counted"),
    SENDS("counters.waits", waits, "DEV-CNT-951", "&ATS&PASID", "The longest wait of an invalidation is kept"),
    SENDS("counters.control", control, "DEV-CNT-952", "&PASID", "Counters freeze and clear"),
};

LIST(ep_counters_cases, cases);
