/* SPDX-License-Identifier: BSD-2-Clause */
/* Page request groups: their index, and how they end. */
#include "ep_groups.h"

/* ---- indices ---- */

static void index_order(struct test *t)
{
    struct ep ep;

    for (uint32_t zero = 0; zero < 2; zero++) {
        uint32_t last = 0;

        if (zero)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_all(&ep);
        ep_set(&ep, "BAR0_PRICFG", "GROUP", 1);
        ep_set(&ep, "BAR0_PRICFG", "USE_INDEX_0", zero);
        ep_start(&ep, pg_wqs, 4);
        ep.pages = EP_PAGES_INVALID;
        for (uint32_t i = 0; i < 1030; i++) {
            uint32_t mark = ep_mark(&ep), index;
            struct ep_work work = {
                .op = EP_OP_PAGEREQ, .space = 5, .src = 0x300000000ull, .size = 1, .data = {1}, .record = EP_NO_RECORD};

            pg_submit(&ep, 0, &work);
            index = pg_request(&ep, mark, 0)->group_index;
            if (!CHECK(t, "DEV-PRI-952", index == (i ? last == 511 ? !zero : last + 1 : !zero), "index %u follows %u, 0 being %s",
                       index, last, zero ? "in use" : "not in use"))
                break;
            last = index;
        }
        ep_expect_move(&ep, "DEV-PRI-952", 0, 5, "a move in the end");
        ep_close(&ep);
    }
}

/* Indices of groups that wait are passed over, and no other. */
static void index_live(struct test *t)
{
    struct ep ep;
    uint32_t live[] = {1, 2, 4, 511}, last = 0, held = 0;

    ep_open(&ep, t);
    ep_all(&ep);
    ep_set(&ep, "BAR0_PRICFG", "GROUP", 1);
    ep_start(&ep, pg_wqs, 4);
    if (pg_capacity(&ep) < 5)
        test_skip(t, "needs five page requests at a time");
    for (uint32_t i = 1; i < 1100; i++) {
        uint32_t mark = ep_mark(&ep), index, expected = i <= 511 ? i : last >= 510 ? 3 : last == 3 ? 5 : last + 1;
        struct ep_work work = {
            .op = EP_OP_PAGEREQ, .space = 5, .src = pg_fresh(&ep), .size = 1, .data = {1}, .record = EP_NO_RECORD};

        pg_submit(&ep, 0, &work);
        index = pg_request(&ep, mark, 0)->group_index;
        if (!CHECK_EQ(t, "DEV-PRI-952", expected, index, "index of group %u, after %u, with 1, 2, 4 and 511 waiting", i, last))
            break;
        last = index;
        if (held < 4 && index == live[held]) { /* its work is given up, the index stays */
            held++;
            (void)ep_command(&ep, EP_CMD_ABORT_ALL, 0);
        } else {
            ep_respond(&ep, index, 1);
            (void)test_settle(t);
        }
        ep.next_va = 0x0000456700000000ull + 0x100000ull * (i % 64);
    }
    pg_check_outstanding(&ep, "DEV-PRI-952", 4, 4, "in the end");
    ep_expect_move(&ep, "DEV-PRI-952", 0, 5, "a move in the end");
    ep_close(&ep);
}

/* ---- ends ---- */

static void retries(struct test *t)
{
    struct ep ep;

    for (uint32_t retry = 0; retry < 4; retry++)
        for (uint32_t good = 0; good <= retry + 1; good++) { /* the page comes with this response */
            struct ep_work work;
            uint32_t index[8], count = 0;

            if (retry || good)
                test_reset(t, IOTB_RESET_COLD);
            pg_scene(&ep, t, 1, retry);
            work = ep_read_work(5, pg_fresh(&ep), 64);
            pg_submit(&ep, 0, &work);
            while (ep_groups(&ep, index, 8) == 1 && count < 10) {
                if (count == good)
                    ep_map(&ep, 5, work.src, mem_alloc(t, 4096, 4096), 12, EP_RW);
                ep_respond(&ep, index[0], 0);
                count++;
                (void)test_settle(t);
            }
            CHECK_EQ(t, "DEV-PRI-012", good <= retry ? 1 : 3, ep_wait(&ep, &work).status,
                     "status with %u retries, the page coming with response %u", retry, good + 1);
            CHECK_EQ(t, "DEV-PRI-012", good <= retry ? good + 1 : retry + 1, count, "page requests");
            ep_close(&ep);
        }
}

/* The reset of a device or of PRI, an abort, and Response Failure: what becomes of index and credit. */
static void given_up(struct test *t)
{
    enum { ABORTED, DEVICE_RESET, PRI_RESET, FAILED, WAYS };
    struct ep ep;

    for (uint32_t way = 0; way < WAYS; way++) {
        struct ep_work works[2];
        uint32_t index[8], mark;
        bool kept = way == ABORTED || way == DEVICE_RESET;

        if (way)
            test_reset(t, IOTB_RESET_COLD);
        pg_scene(&ep, t, 2, 0);
        for (uint32_t i = 0; i < 2; i++) {
            works[i] = (struct ep_work){.op = EP_OP_PAGEREQ, .space = i ? 6 : 5, .src = pg_fresh(&ep), .size = 2, .data = {1}};
            pg_submit(&ep, i ? 2 : 0, &works[i]);
        }
        if (!CHECK(t, "DEV-PRI-953", ep_groups(&ep, index, 8) == 2, "not two groups wait"))
            break;
        pg_check_outstanding(&ep, "DEV-PRI-953", 2, 4, "before");
        if (way == ABORTED || way == FAILED) /* of the first, nobody waits any more */
            CHECK_EQ(t, "DEV-PRI-953", 0, ep_command(&ep, EP_CMD_ABORT_PASID, 5), "error of ABORT_PASID");
        if (way == DEVICE_RESET)
            CHECK_EQ(t, "DEV-PRI-953", 0, ep_command(&ep, EP_CMD_RESET, 0), "error of RESET_DEVICE");
        if (way == PRI_RESET) {
            ep_set(&ep, "CFG_PRI_CTL", "ENABLE", 0);
            ep_set(&ep, "CFG_PRI_CTL", "RESET", 1);
        }
        if (way == FAILED)
            ep_respond(&ep, index[1], 15);
        (void)test_settle(t);
        pg_check_outstanding(&ep, kept ? "DEV-DRN-004" : "DEV-PRI-953", kept ? 2 : 0, kept ? 4 : 0, "afterwards");
        for (uint32_t i = 0; i < 2; i++)
            CHECK_EQ(t, "DEV-PRI-953", i ? way == PRI_RESET || way == FAILED : way == PRI_RESET, ep_result(&ep, &works[i]).done,
                     "work %u has ended, way %u", i, way);
        mark = ep_mark(&ep);
        if (kept) {
            ep_respond(&ep, index[0], 0);
            (void)test_settle(t);
            pg_check_outstanding(&ep, "DEV-DRN-004", 1, 2, "after the first late response");
            CHECK_EQ(t, "DEV-DRN-004", 0, ep_get(&ep, "CFG_PRI_CTL", "UPRGI"), "UPRGI after it");
            ep_respond(&ep, index[1], 1);
            (void)test_settle(t);
            pg_check_outstanding(&ep, "DEV-DRN-004", 0, 0, "after the second");
            CHECK_EQ(t, "DEV-DRN-004", 0, ep_get(&ep, "CFG_PRI_CTL", "UPRGI"), "UPRGI after it");
            if (way == ABORTED)
                CHECK_EQ(t, "DEV-DRN-004", 4, ep_wait(&ep, &works[1]).status, "status of the work that was not aborted");
        } else {
            for (uint32_t i = 0; i < 512; i++)
                ep.groups[i].outstanding = false;
            ep.page_messages = 0;
            ep_pri(&ep, 16);
            pg_check_outstanding(&ep, "DEV-PRI-953", 0, 0, "after PRI was enabled again");
            works[0] = (struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = pg_fresh(&ep), .size = 2, .data = {1}};
            pg_submit(&ep, 0, &works[0]);
            CHECK_EQ(t, "DEV-PRI-953", 2, pg_requests(&ep, mark), "messages of the next work");
            pg_finish(&ep);
            CHECK_EQ(t, "DEV-PRI-953", 1, ep_wait(&ep, &works[0]).status, "its status");
        }
        ep_close(&ep);
    }
}

/* DRAIN_PASID waits for responses to work that is long gone, of its PASID. */
static void drained(struct test *t)
{
    struct ep ep;
    struct ep_work works[4];
    uint32_t index[8];

    pg_scene(&ep, t, 1, 0);
    for (uint32_t i = 0; i < 4; i++) { /* PASIDs 6, 5, none and 5 in the slots */
        static const uint32_t queues[] = {2, 0, 3, 1};

        works[i] = (struct ep_work){
            .op = EP_OP_PAGEREQ, .space = pg_spaces[queues[i]], .src = pg_fresh(&ep), .size = 1, .data = {1}, .flags = EP_BOF};
        pg_submit(&ep, queues[i], &works[i]);
        CHECK_EQ(t, "DEV-PRI-022", 0, ep_command(&ep, EP_CMD_ABORT_ALL, 0), "error of ABORT_ALL");
    }
    if (!CHECK(t, "DEV-PRI-022", ep_groups(&ep, index, 8) == 4, "not four groups wait"))
        return;
    CHECK_EQ(t, "DEV-PRI-022", 0, ep_command(&ep, EP_CMD_DRAIN_PASID, 7), "error of draining a PASID without groups");
    ep_command_begin(&ep, EP_CMD_DRAIN_PASID, 5);
    for (uint32_t i = 0; i < 4; i++) {
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-PRI-022", i < 2, ep_command_active(&ep), "DRAIN_PASID runs, %u of its responses being missing", 2 - i);
        ep_respond(&ep, index[i < 2 ? 3 - 2 * i : i == 2 ? 0 : 2], 0);
    }
    (void)test_settle(t);
    pg_check_outstanding(&ep, "DEV-DRN-004", 0, 0, "in the end");
    ep_expect_move(&ep, "DEV-PRI-022", 0, 5, "a move in the end");
    ep_close(&ep);
}

/* What nobody waits for any more does not time out. */
static void no_deadline(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t timed_out;
    uint32_t index[8];

    pg_scene(&ep, t, 1, 0);
    ep_set(&ep, "BAR0_TIMEOUT", "PRG", 2000);
    timed_out = ep_counter(&ep, 31);
    work = (struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = pg_fresh(&ep), .size = 1, .data = {1}, .flags = EP_BOF};
    (void)ep_submit(&ep, 0, &work);
    test_run(t, 200000);
    CHECK_EQ(t, "DEV-DRN-004", 0, ep_command(&ep, EP_CMD_ABORT_ALL, 0), "error of ABORT_ALL");
    test_run(t, 10000000);
    CHECK_EQ(t, "DEV-DRN-004", timed_out, ep_counter(&ep, 31), "groups counted as timed out");
    pg_check_outstanding(&ep, "DEV-DRN-004", 1, 1, "of work that was aborted");
    if (CHECK(t, "DEV-DRN-004", ep_groups(&ep, index, 8) == 1, "no group waits"))
        ep_respond(&ep, index[0], 0);
    (void)test_settle(t);
    pg_check_outstanding(&ep, "DEV-DRN-004", 0, 0, "after the late response");
    ep_expect_move(&ep, "DEV-DRN-004", 0, 5, "a move in the end");
    ep_close(&ep);
}

/* Each group has a deadline of its own, and none without the time. */
static void deadlines(struct test *t)
{
    struct ep ep;
    struct ep_work works[3], again;
    uint64_t began;
    uint32_t index[8], first = 0;

    pg_scene(&ep, t, 1, 3);
    for (uint32_t i = 0; i < 3; i++) { /* never; in 2000 ticks; in 2000 ticks, a thousand later */
        if (i == 1)
            ep_set(&ep, "BAR0_TIMEOUT", "PRG", 2000);
        works[i] = ep_read_work(i == 2 ? 6 : 5, pg_fresh(&ep), 64);
        works[i].flags = EP_BOF;
        if (i == 2) {
            began = ep_read(&ep, "BAR0_TICK");
            while (ep_read(&ep, "BAR0_TICK") < began + 1000)
                test_run(t, 100000);
        }
        (void)ep_submit(&ep, i, &works[i]);
        if (i < 2)
            test_run(t, 200000);
    }
    if (ep_get(&ep, "BAR0_ENGCAP", "ENGINES") < 3) { /* the third waits for an engine */
        CHECK(t, "DEV-PRI-024", !ep_result(&ep, &works[1]).done, "a group times out before its time");
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-PRI-024", 0x47, ep_wait(&ep, &works[1]).status, "status of the group that timed out");
    } else {
        test_run(t, 1200000);
        CHECK_EQ(t, "DEV-PRI-024", 0x47, ep_result(&ep, &works[1]).status, "status of the group that timed out");
        CHECK(t, "DEV-PRI-024", !ep_result(&ep, &works[2]).done, "a group times out before its time");
    }
    (void)test_settle(t);
    test_run(t, 10000000);
    CHECK_EQ(t, "DEV-PRI-024", 0x47, ep_wait(&ep, &works[2]).status, "status of the next that timed out");
    CHECK(t, "DEV-PRI-024", !ep_result(&ep, &works[0]).done, "a group of before the time was set times out");
    CHECK_EQ(t, "DEV-PRI-024", 3, ep_groups(&ep, index, 8), "groups that wait for a response");
    for (uint32_t i = 0; i < 3; i++)
        first = ep.groups[index[i]].message.address == works[1].src ? index[i] : first;
    pg_check_outstanding(&ep, "DEV-PRI-024", 3, 3, "of which two have timed out");
    ep_set(&ep, "BAR0_TIMEOUT", "PRG", 0);
    again = ep_read_work(5, works[1].src, 64); /* nobody can wait for what has timed out */
    pg_submit(&ep, 1, &again);
    CHECK_EQ(t, "DEV-PRI-951", 4, ep_groups(&ep, index, 8), "groups with another for the page that timed out");
    for (uint32_t i = 0; i < 4; i++)
        if (ep.groups[index[i]].message.address == works[1].src && index[i] != first)
            ep_respond(&ep, index[i], 1);
    CHECK_EQ(t, "DEV-PRI-951", 4, ep_wait(&ep, &again).status, "status of the work that asked again");
    CHECK_EQ(t, "DEV-PRI-024", 3, ep_groups(&ep, index, 8), "groups that wait for a response");
    for (uint32_t i = 0; i < 3; i++)
        ep_respond(&ep, index[i], 1);
    CHECK_EQ(t, "DEV-PRI-024", 4, ep_wait(&ep, &works[0]).status, "status of the one that waits for ever");
    pg_check_outstanding(&ep, "DEV-PRI-024", 0, 0, "in the end");
    CHECK_EQ(t, "DEV-PRI-024", 0, ep_get(&ep, "CFG_PRI_CTL", "UPRGI"), "UPRGI");
    ep_close(&ep);
}

/* A response is matched by index and, in strict mode, PASID. */
static void lenient(struct test *t)
{
    struct ep ep;

    for (uint32_t code = 0; code < 2; code++)
        for (uint32_t way = 0; way < 2; way++) {
            uint32_t index[8];
            struct ep_work work;

            if (code || way)
                test_reset(t, IOTB_RESET_COLD);
            ep_open(&ep, t);
            ep_all(&ep);
            ep_set(&ep, "BAR0_PRICFG", "STRICT", 0);
            ep_start(&ep, pg_wqs, 4);
            work = (struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = pg_fresh(&ep), .size = 1, .data = {1}};
            pg_submit(&ep, 0, &work);
            if (!CHECK(t, "DEV-PRI-954", ep_groups(&ep, index, 8) == 1, "no group waits"))
                break;
            ep_respond_as(&ep, index[0], code, way ? 9 : EP_NONE);
            ep.groups[index[0]].outstanding = false;
            ep.page_messages = 0;
            CHECK_EQ(t, "DEV-PRI-954", code ? 4 : 1, ep_wait(&ep, &work).status, "status after code %u under another PASID",
                     code);
            ep_close(&ep);
        }
}

/* In marker mode a drain cuts the waits of its PASID, and of what was there when it began. */
static void cut(struct test *t)
{
    struct ep ep;
    struct ep_work works[3], held;
    uint32_t rule, index[8], count, others;

    ep_open(&ep, t);
    ep_all(&ep);
    ep_set(&ep, "BAR0_PRICFG", "MARKER", 1);
    ep_start(&ep, pg_wqs, 4);
    others = ep_get(&ep, "BAR0_ENGCAP", "ENGINES") > 2; /* else no engine is left for later work */
    works[0] = ep_read_work(6, pg_fresh(&ep), 64);
    if (others)
        pg_submit(&ep, 2, &works[0]);
    held = ep_read_work(5, ep_buffer(&ep, 5, 4096, EP_RW), 64);
    rule = ep_rule(&ep, EP_READ, held.src, held.src + 63, EP_HOLD, 0, UINT32_MAX);
    (void)ep_submit(&ep, 0, &held);
    (void)test_settle(t);
    ep_command_begin(&ep, EP_CMD_DRAIN_PASID, 5);
    (void)test_settle(t);
    CHECK(t, "DEV-PRI-020", ep_command_active(&ep), "the drain is over with work of its PASID held");
    CHECK_EQ(t, "DEV-PRI-020", 0, ep.stop_markers, "Stop Markers before it is over");
    works[1] = ep_read_work(5, pg_fresh(&ep), 64); /* came later: not the drain's */
    pg_submit(&ep, 1, &works[1]);
    ep_release(&ep, rule);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-PRI-020", 1, ep_wait(&ep, &held).status, "status of the work held");
    CHECK(t, "DEV-PRI-020", !ep_command_active(&ep), "the drain does not end");
    CHECK_EQ(t, "DEV-PRI-020", 1, ep.stop_markers, "Stop Markers");
    ep.stopped_count = 0; /* the later work is new work */
    CHECK(t, "DEV-DRN-002", !ep_result(&ep, &works[0]).done, "the wait of another PASID was cut");
    CHECK(t, "DEV-DRN-001", !ep_result(&ep, &works[1]).done, "the wait of later work was cut: status 0x%02x",
          ep_result(&ep, &works[1]).status);
    count = ep_groups(&ep, index, 8);
    for (uint32_t i = 0; i < count; i++)
        pg_map_and_respond(&ep, index[i]);
    pg_finish(&ep);
    for (uint32_t i = !others; i < 2; i++)
        CHECK_EQ(t, "DEV-DRN-002", 1, ep_wait(&ep, &works[i]).status, "status of work %u in the end", i);
    ep_close(&ep);
}

/* Block on fault takes the descriptor, its queue, and a queue that may ask. */
static void blocking(struct test *t)
{
    struct ep ep;

    for (uint32_t i = 0; i < 8; i++) {
        struct ep_wq wq = {.size = 4, .priority = 1, .pasid_en = true, .pasid = 5, .bof = i & 1, .prs_disable = i & 2};
        bool asks = (i & 1) && !(i & 2) && (i & 4);
        struct ep_work work;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_all(&ep);
        ep_start(&ep, &wq, 1);
        ep.pages = EP_PAGES_MAP;
        work = ep_read_work(5, pg_fresh(&ep), 64);
        work.flags = i & 4 ? EP_BOF : 0;
        CHECK_EQ(t, "DEV-PRI-955", asks ? 1 : 3, ep_run(&ep, 0, &work).status,
                 "status of a fault: block on fault of the queue %u, of the descriptor %u, prs_disable %u", i & 1, i >> 2 & 1,
                 i >> 1 & 1);
        CHECK_EQ(t, "DEV-PRI-955", asks, pg_requests(&ep, 0), "page requests");
        ep_close(&ep);
    }
}

static const struct iotb_case cases[] = {
    SENDS("groups.index_order", index_order, "DEV-PRI-952", "&ATS&PASID&PRI", "Indices are counted up, 0 left out"),
    SENDS("groups.index_live", index_live, "DEV-PRI-952", "&ATS&PASID&PRI", "Indices of groups that wait are passed over"),
    SENDS("groups.retries", retries, "DEV-PRI-012", "&ATS&PASID&PRI", "Success is believed as often as PRICFG.retry says"),
    SENDS("groups.given_up", given_up, "DEV-PRI-953 DEV-DRN-004", "&ATS&PASID&PRI&!SERIAL",
          "Index and credit of a group that nobody waits for"),
    SENDS("groups.drained", drained, "DEV-PRI-022 DEV-DRN-004", "&ATS&PASID&PRI",
          "DRAIN_PASID waits for responses to aborted work"),
    SENDS("groups.no_deadline", no_deadline, "DEV-DRN-004", "&ATS&PASID&PRI", "What was given up does not time out"),
    SENDS("groups.deadlines", deadlines, "DEV-PRI-024 DEV-PRI-951", "&ATS&PASID&PRI&!SERIAL", "Each group has its own deadline"),
    SENDS("groups.lenient", lenient, "DEV-PRI-954", "&ATS&PASID&PRI", "Without strict mode any PASID answers"),
    SENDS("groups.cut", cut, "DEV-PRI-020 DEV-DRN-002 DEV-DRN-001", "&ATS&PASID&PRI&!SERIAL",
          "A marker cuts the waits of its PASID, of earlier work"),
    SENDS("groups.blocking", blocking, "DEV-PRI-955", "&ATS&PASID&PRI", "Block on fault takes descriptor and queue"),
};

LIST(ep_groups_ends_cases, cases);
