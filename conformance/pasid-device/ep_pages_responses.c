/* SPDX-License-Identifier: BSD-2-Clause */
/* Page responses, and how page requests stop. */
#include "pasid_device_chapters.h"

static uint64_t fresh(struct ep *ep)
{
    uint64_t va = ep->next_va;

    ep->next_va += 0x10000;
    return va;
}

/* `count` reads of pages that are not there; the indices of their groups. */
static uint32_t waiting(struct ep *ep, struct ep_work *works, uint32_t count, uint32_t *indices)
{
    ep->pages = EP_PAGES_HOLD;
    for (uint32_t i = 0; i < count; i++) {
        works[i] = (struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = fresh(ep), .size = 1, .data = {1}, .flags = EP_BOF};
        if (count == 1)
            works[i] = ep_read_work(5, works[i].src, 64);
        works[i].flags = EP_BOF;
        (void)ep_submit(ep, 0, &works[i]);
    }
    (void)test_settle(ep->t);
    return ep_groups(ep, indices, 32);
}

static void configure(struct ep *ep, struct test *t, uint32_t retry, uint32_t marker, uint32_t strict)
{
    ep_open(ep, t);
    ep_all(ep);
    ep_set(ep, "BAR0_PRICFG", "GROUP", 1);
    ep_set(ep, "BAR0_PRICFG", "RETRY", retry);
    ep_set(ep, "BAR0_PRICFG", "MARKER", marker);
    ep_set(ep, "BAR0_PRICFG", "STRICT", strict);
    ep_start(ep, &(struct ep_wq){.size = 32, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5}, 1);
}

static void success(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint32_t index[32], mark;
    const struct ep_event *read;

    configure(&ep, t, 3, 0, 1);
    if (!CHECK(t, "DEV-PRI-011", waiting(&ep, &work, 1, index) == 1, "no page is asked for"))
        return;
    ep_map(&ep, 5, work.src, mem_alloc(t, 4096, 4096), 12, EP_RW);
    mark = ep_mark(&ep);
    ep_respond(&ep, index[0], 0);
    CHECK_EQ(t, "DEV-PRI-011", 1, ep_wait(&ep, &work).status, "status after Success");
    CHECK_EQ(t, "DEV-PRI-011", 1, ep_count(&ep, mark, EP_TREQ, work.src, work.src + 4095), "translation requests after Success");
    read = ep_event(&ep, mark, EP_READ, work.src, work.src + 63, 0);
    CHECK_EQ(t, "DEV-PRI-011", ep_pa(&ep, 5, work.src), read ? read->tlp.address : 0, "where the page is read");
    ep_close(&ep);
}

static void bounded(struct test *t)
{
    static const uint32_t retries[] = {0, 1, 5};
    struct ep ep;

    for (uint32_t i = 0; i < 3; i++) {
        struct ep_work work;
        uint32_t sent;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        configure(&ep, t, retries[i], 0, 1);
        ep.pages = EP_PAGES_SUCCESS; /* and never maps anything, as an overflowing queue answers */
        work = ep_read_work(5, fresh(&ep), 64);
        work.flags = EP_BOF;
        CHECK_EQ(t, "DEV-PRI-012", 3, ep_run(&ep, 0, &work).status, "status when Success never brings the page");
        sent = ep_message_count(&ep, 0, IOTB_MSG_PAGE_REQUEST);
        CHECK(t, "DEV-PRI-012", sent >= 1 && sent <= retries[i] + 1, "%u page requests with %u retries", sent, retries[i]);
        ep_expect_move(&ep, "DEV-PRI-012", 0, 5, "a move afterwards");
        ep_close(&ep);
    }
}

static void invalid(struct test *t)
{
    struct ep ep;
    struct ep_work works[3];
    uint32_t index[32], count, mark, ended = 0;

    configure(&ep, t, 3, 0, 1);
    count = waiting(&ep, works, 3, index);
    if (!CHECK(t, "DEV-PRI-013", count >= 1, "no page is asked for"))
        return;
    mark = ep_mark(&ep);
    ep_respond(&ep, index[0], 1);
    (void)test_settle(t);
    for (uint32_t i = 0; i < 3; i++)
        if (ep_result(&ep, &works[i]).done) {
            ended++;
            CHECK(t, "DEV-PRI-013", (ep_result(&ep, &works[i]).data[0] & 0xffff) == 1 || ep_result(&ep, &works[i]).status == 4,
                  "status 0x%02x after Invalid Request", ep_result(&ep, &works[i]).status);
        }
    CHECK_EQ(t, "DEV-PRI-013", 1, ended, "works ended by one Invalid Request");
    for (uint32_t n = 0; ep_message(&ep, mark, IOTB_MSG_PAGE_REQUEST, n); n++)
        for (uint32_t i = 0; i < 3; i++)
            CHECK(t, "DEV-PRI-013",
                  !ep_result(&ep, &works[i]).done ||
                      ep_message(&ep, mark, IOTB_MSG_PAGE_REQUEST, n)->message.address != works[i].src,
                  "the page is asked for again after Invalid Request");
    CHECK_EQ(t, "DEV-PRI-013", 0, ep_get(&ep, "CFG_PRI_CTL", "RF"), "RF");
    for (uint32_t round = 0; round < 4; round++) {
        count = ep_groups(&ep, index, 32);
        for (uint32_t i = 0; i < count; i++)
            ep_respond(&ep, index[i], 0);
        (void)test_settle(t);
    }
    for (uint32_t i = 0; i < 3; i++)
        CHECK(t, "DEV-PRI-013", ep_wait(&ep, &works[i]).done, "work %u does not end", i);
    ep_close(&ep);
}

static void invalid_read(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint32_t index[32], mark;

    configure(&ep, t, 3, 0, 1);
    if (!CHECK(t, "DEV-PRI-013", waiting(&ep, &work, 1, index) == 1, "no page is asked for"))
        return;
    mark = ep_mark(&ep);
    ep_respond(&ep, index[0], 1);
    CHECK_EQ(t, "DEV-PRI-013", 4, ep_wait(&ep, &work).status, "status of a read after Invalid Request");
    CHECK_EQ(t, "DEV-PRI-013", 0, ep_message_count(&ep, mark, IOTB_MSG_PAGE_REQUEST), "page requests after it");
    ep_expect_move(&ep, "DEV-PRI-013", 0, 5, "a move afterwards");
    ep_close(&ep);
}

static void failure(struct test *t)
{
    struct ep ep;

    for (uint32_t code = 2; code <= 15; code++) {
        const char *row = code == 15 ? "DEV-PRI-014" : "DEV-PRI-015";
        struct ep_work works[3], work;
        uint32_t index[32], mark, count;

        if (code > 2)
            test_reset(t, IOTB_RESET_COLD);
        configure(&ep, t, 3, 0, 1);
        count = waiting(&ep, works, 3, index);
        if (!CHECK(t, row, count >= 1, "no page is asked for"))
            return;
        mark = ep_mark(&ep);
        ep_respond(&ep, index[0], code);
        (void)test_settle(t);
        CHECK_EQ(t, row, 1, ep_get(&ep, "CFG_PRI_CTL", "RF"), "RF after response code %u", code);
        for (uint32_t i = 1; i < count; i++) /* later ones are ignored */
            ep_respond(&ep, index[i], 0);
        (void)test_settle(t);
        for (uint32_t i = 0; i < 3; i++) /* those that had not asked yet fault for good */
            CHECK(t, row, ep_result(&ep, &works[i]).status == 0x45 || (i >= count && ep_result(&ep, &works[i]).status > 1),
                  "status 0x%02x of work %u after response code %u", ep_result(&ep, &works[i]).status, i, code);
        work = ep_read_work(5, fresh(&ep), 64);
        work.flags = EP_BOF;
        CHECK(t, row, ep_run(&ep, 0, &work).status > 1, "a fault after a Response Failure is not final");
        CHECK_EQ(t, row, 0, ep_message_count(&ep, mark, IOTB_MSG_PAGE_REQUEST), "page requests after a Response Failure");
        ep_pri(&ep, 16);
        ep.pages = EP_PAGES_MAP;
        work = ep_read_work(5, fresh(&ep), 64);
        work.flags = EP_BOF;
        ep_expect(&ep, row, 0, &work, 1, "a fault after PRI was enabled again");
        ep_close(&ep);
    }
}

static void unknown(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint32_t index[32];

    configure(&ep, t, 3, 0, 1);
    if (!CHECK(t, "DEV-PRI-016", waiting(&ep, &work, 1, index) == 1, "no page is asked for"))
        return;
    ep_respond_as(&ep, (index[0] + 100) & 511, 0, 5);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-PRI-016", 1, ep_get(&ep, "CFG_PRI_CTL", "UPRGI"), "UPRGI after a response to no group");
    CHECK_EQ(t, "DEV-PRI-016", 0, ep_get(&ep, "CFG_PRI_CTL", "RF"), "RF after it");
    CHECK(t, "DEV-PRI-016", !ep_result(&ep, &work).done, "it ended the work that waits");
    ep_set(&ep, "CFG_PRI_CTL", "UPRGI", 1);
    ep_map(&ep, 5, work.src, mem_alloc(t, 4096, 4096), 12, EP_RW);
    ep_respond(&ep, index[0], 0);
    CHECK_EQ(t, "DEV-PRI-016", 1, ep_wait(&ep, &work).status, "status after the right response");
    CHECK_EQ(t, "DEV-PRI-016", 0, ep_get(&ep, "CFG_PRI_CTL", "UPRGI"), "UPRGI after the right response");
    ep_respond_as(&ep, index[0], 0, 5);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-PRI-016", 1, ep_get(&ep, "CFG_PRI_CTL", "UPRGI"), "UPRGI after the same response again");
    ep_close(&ep);
}

static void other_pasid(struct test *t)
{
    static const uint32_t wrong[] = {EP_NONE, 6, 4, 0x10005};
    struct ep ep;

    for (uint32_t code = 0; code < 2; code++)
        for (uint32_t i = 0; i < 4; i++) {
            struct ep_work work;
            uint32_t index[32];

            if (code || i)
                test_reset(t, IOTB_RESET_COLD);
            configure(&ep, t, 3, 0, 1);
            if (!CHECK(t, "DEV-PRI-017", waiting(&ep, &work, 1, index) == 1, "no page is asked for"))
                return;
            ep_respond_as(&ep, index[0], code, wrong[i]);
            (void)test_settle(t);
            CHECK(t, "DEV-PRI-017", !ep_result(&ep, &work).done, "code %u under PASID 0x%x ended a group of PASID 5", code,
                  wrong[i]);
            CHECK_EQ(t, "DEV-PRI-017", 0x71, ep_get(&ep, "BAR0_SWERR0", "ERROR"), "SWERR after a response under another PASID");
            ep_map(&ep, 5, work.src, mem_alloc(t, 4096, 4096), 12, EP_RW);
            ep_respond(&ep, index[0], 0);
            CHECK_EQ(t, "DEV-PRI-017", 1, ep_wait(&ep, &work).status, "status after the right response");
            ep_close(&ep);
        }
}

static void failure_without_pasid(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint32_t index[32];

    configure(&ep, t, 3, 0, 1);
    if (!CHECK(t, "DEV-PRI-017", waiting(&ep, &work, 1, index) == 1, "no page is asked for"))
        return;
    ep_respond_as(&ep, index[0], 15, EP_NONE);
    ep.groups[index[0]].outstanding = false;
    ep.page_messages = 0;
    CHECK_EQ(t, "DEV-PRI-017", 0x45, ep_wait(&ep, &work).status, "status after a Response Failure without PASID");
    CHECK_EQ(t, "DEV-PRI-017", 1, ep_get(&ep, "CFG_PRI_CTL", "RF"), "RF");
    ep_close(&ep);
}

static void stopped(struct test *t)
{
    struct ep ep;
    struct ep_work works[4];
    uint32_t index[32], count, mark;

    configure(&ep, t, 0, 0, 1);
    count = waiting(&ep, works, 4, index);
    if (!CHECK(t, "DEV-PRI-018", count >= 1, "no page is asked for"))
        return;
    CHECK_EQ(t, "DEV-PRI-018", 0, ep_get(&ep, "CFG_PRI_CTL", "STOPPED"), "Stopped with PRI on");
    ep_set(&ep, "CFG_PRI_CTL", "ENABLE", 0);
    mark = ep_mark(&ep);
    for (uint32_t i = 0; i < count; i++) {
        CHECK_EQ(t, "DEV-PRI-018", 0, ep_get(&ep, "CFG_PRI_CTL", "STOPPED"), "Stopped with %u groups outstanding", count - i);
        ep_respond(&ep, index[i], 0);
        (void)test_settle(t);
    }
    CHECK_EQ(t, "DEV-PRI-018", 1, ep_get(&ep, "CFG_PRI_CTL", "STOPPED"), "Stopped after the last response");
    CHECK_EQ(t, "DEV-PRI-018", 0, ep_message_count(&ep, mark, IOTB_MSG_PAGE_REQUEST), "page requests after Enable was cleared");
    for (uint32_t i = 0; i < 4; i++)
        CHECK(t, "DEV-PRI-018", ep_wait(&ep, &works[i]).done, "work %u does not end", i);
    ep_close(&ep);
}

static void any_order(struct test *t)
{
    struct ep ep;
    struct ep_work works[16];
    uint32_t index[32];

    configure(&ep, t, 3, 0, 1);
    CHECK(t, "DEV-PRI-019", waiting(&ep, works, 16, index) >= 2, "not two groups wait at a time");
    for (uint32_t round = 0; round < 64; round++) {
        uint32_t count = ep_groups(&ep, index, 32);

        if (!count)
            break;
        for (uint32_t i = count; i-- > 0;)
            ep_respond(&ep, index[i], 0);
        (void)test_settle(t);
    }
    for (uint32_t i = 0; i < 16; i++)
        CHECK_EQ(t, "DEV-PRI-019", 1, ep_wait(&ep, &works[i]).status, "status of work %u, answered in reverse", i);
    ep_close(&ep);
}

/* ---- stop ---- */

static void marker(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    const struct ep_event *event;
    uint32_t index[32], mark;

    configure(&ep, t, 3, 1, 1);
    if (!CHECK(t, "DEV-PRI-020", waiting(&ep, &work, 1, index) == 1, "no page is asked for"))
        return;
    mark = ep_mark(&ep);
    CHECK_EQ(t, "DEV-PRI-020", 0, ep_command(&ep, EP_CMD_DRAIN_PASID, 5), "error of DRAIN_PASID in marker mode");
    (void)test_settle(t);
    event = ep_message(&ep, mark, IOTB_MSG_PAGE_REQUEST, 0);
    if (!CHECK(t, "DEV-PRI-020", event, "no Stop Marker"))
        return;
    CHECK(t, "DEV-PRI-020", event->message.last && !event->message.read && !event->message.write, "L=%u R=%u W=%u",
          event->message.last, event->message.read, event->message.write);
    CHECK_EQ(t, "DEV-PRI-020", IOTB_RQ_PASID, event->message.flags & (IOTB_RQ_PASID | IOTB_RQ_EXECUTE | IOTB_RQ_PRIVILEGED),
             "prefix");
    CHECK_EQ(t, "DEV-PRI-020", 5, event->message.pasid, "PASID");
    CHECK_EQ(t, "DEV-PRI-020", 0, event->message.group_index, "index");
    CHECK_EQ(t, "DEV-PRI-020", 1, ep_message_count(&ep, mark, IOTB_MSG_PAGE_REQUEST), "messages of the drain");
    CHECK_EQ(t, "DEV-PRI-020", 0x47, ep_wait(&ep, &work).status, "status of the work that waited for a page");
    ep_respond(&ep, index[0], 0);
    (void)test_settle(t);
    ep.stopped_count = 0; /* new work */
    ep.pages = EP_PAGES_MAP;
    work = ep_read_work(5, fresh(&ep), 64);
    work.flags = EP_BOF;
    ep_expect(&ep, "DEV-PRI-020", 0, &work, 1, "a fault of new work after the Stop Marker");
    ep_close(&ep);
}

static void marker_at_full_credit(struct test *t)
{
    struct ep ep;
    struct ep_work works[24];
    uint32_t index[32], mark, before;

    configure(&ep, t, 3, 1, 1);
    ep_set(&ep, "CFG_PRI_CTL", "ENABLE", 0);
    ep_write(&ep, "CFG_PRI_ALLOCATION", 1);
    ep_set(&ep, "CFG_PRI_CTL", "ENABLE", 1);
    before = waiting(&ep, works, 4, index);
    CHECK_EQ(t, "DEV-PRI-020", 1, before, "groups with one credit");
    mark = ep_mark(&ep);
    CHECK_EQ(t, "DEV-PRI-020", 0, ep_command(&ep, EP_CMD_DRAIN_PASID, 5), "error of DRAIN_PASID at full credit");
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-PRI-020", 1, ep.stop_markers, "Stop Markers at full credit");
    CHECK_EQ(t, "DEV-PRI-021", 1, ep_message_count(&ep, mark, IOTB_MSG_PAGE_REQUEST), "messages from the drain on");
    for (uint32_t i = 0; i < 512; i++)
        if (ep.groups[i].outstanding)
            ep_respond(&ep, i, 0);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-PRI-021", 1, ep_message_count(&ep, mark, IOTB_MSG_PAGE_REQUEST),
             "messages of the PASID from the drain on, after the late response");
    for (uint32_t i = 0; i < 4; i++)
        CHECK(t, "DEV-PRI-021", ep_wait(&ep, &works[i]).done, "work %u does not end", i);
    ep_close(&ep);
}

static void drain_waits(struct test *t)
{
    struct ep ep;
    struct ep_work works[2];
    uint32_t index[32], count;

    configure(&ep, t, 0, 0, 1);
    count = waiting(&ep, works, 2, index);
    if (!CHECK(t, "DEV-PRI-022", count >= 1, "no page is asked for"))
        return;
    ep_command_begin(&ep, EP_CMD_DRAIN_PASID, 5);
    (void)test_settle(t);
    for (uint32_t round = 0; round < 4 && count; round++) {
        CHECK(t, "DEV-PRI-022", ep_command_active(&ep), "DRAIN_PASID ended with %u responses outstanding", count);
        ep_respond(&ep, index[0], 0);
        (void)test_settle(t);
        count = ep_groups(&ep, index, 32);
    }
    CHECK(t, "DEV-PRI-022", !ep_command_active(&ep), "DRAIN_PASID does not end after the last response");
    CHECK_EQ(t, "DEV-PRI-022", 0, ep_get(&ep, "BAR0_CMDSTS", "ERROR"), "its error");
    CHECK_EQ(t, "DEV-PRI-022", 0, ep.stop_markers, "Stop Markers without marker mode");
    ep_close(&ep);
}

static void timed_out(struct test *t)
{
    struct ep ep;
    struct ep_work work, more;
    uint32_t index[32], again[32], count;

    configure(&ep, t, 3, 0, 1);
    ep_set(&ep, "BAR0_TIMEOUT", "PRG", 2000);
    ep.pages = EP_PAGES_HOLD;
    work = ep_read_work(5, fresh(&ep), 64);
    work.flags = EP_BOF;
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    test_run(t, 10000000000ull);
    CHECK_EQ(t, "DEV-PRI-024", 0x47, ep_wait(&ep, &work).status, "status when no response comes");
    CHECK_EQ(t, "DEV-PRI-024", 1, ep_groups(&ep, index, 32), "groups not answered");
    ep_set(&ep, "BAR0_TIMEOUT", "PRG", 0);
    for (uint32_t i = 0; i < 20; i++) { /* the index stays taken */
        more = ep_read_work(5, fresh(&ep), 64);
        more.flags = EP_BOF;
        (void)ep_submit(&ep, 0, &more);
        (void)test_settle(t);
        count = ep_groups(&ep, again, 32);
        CHECK_EQ(t, "DEV-PRI-024", 2, count, "groups outstanding with the one that timed out");
        for (uint32_t n = 0; n < count; n++)
            if (again[n] != index[0])
                ep_respond(&ep, again[n], 1);
        CHECK_EQ(t, "DEV-PRI-024", 4, ep_wait(&ep, &more).status, "status of the next work");
    }
    ep_respond(&ep, index[0], 0);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-PRI-024", 0, ep_get(&ep, "CFG_PRI_CTL", "UPRGI"),
             "UPRGI after the late response: its index was still known");
    ep_close(&ep);
}

/* One group waits while the others go once around all indices. */
static void around(struct test *t)
{
    struct ep ep;
    struct ep_work held;
    uint32_t index[32], first, count;

    configure(&ep, t, 0, 0, 1);
    if (!CHECK(t, "DEV-PRI-009", waiting(&ep, &held, 1, index) == 1, "no page is asked for"))
        return;
    first = index[0];
    for (uint32_t i = 0; i < 600; i++) {
        struct ep_work work = {.op = EP_OP_PAGEREQ,
                               .space = 5,
                               .src = 0x300000000ull,
                               .size = 1,
                               .data = {1},
                               .flags = EP_BOF,
                               .record = held.record + 64};

        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        count = ep_groups(&ep, index, 32);
        if (!CHECK(t, "DEV-PRI-009", count == 2, "%u groups wait, index %u among them since the beginning", count, first))
            break;
        ep_respond(&ep, index[0] == first ? index[1] : index[0], 0);
        (void)test_settle(t);
    }
    CHECK(t, "DEV-PRI-009", !ep_result(&ep, &held).done, "the group that waits was answered by a response to another");
    ep_respond(&ep, first, 1);
    CHECK_EQ(t, "DEV-PRI-009", 4, ep_wait(&ep, &held).status, "status of the work that waited");
    ep_close(&ep);
}

/* Page requests wait for credit of the link when the drain comes: the marker has to wait behind them. */
static void marker_last(struct test *t)
{
    struct ep ep;
    struct ep_work works[2];
    uint32_t mark, seen = 0;
    const struct ep_event *event;

    configure(&ep, t, 0, 1, 1);
    ep_expect_move(&ep, "DEV-PRI-021", 0, 5, "a move");
    mark = ep_mark(&ep);
    endpoint_block(t, IOTB_BLOCK_POSTED);
    for (uint32_t i = 0; i < 2; i++) {
        works[i] = (struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = fresh(&ep), .size = 1, .data = {1}, .flags = EP_BOF};
        (void)ep_submit(&ep, 0, &works[i]);
    }
    (void)test_settle(t);
    ep_command_begin(&ep, EP_CMD_DRAIN_PASID, 5);
    (void)test_settle(t);
    endpoint_block(t, 0);
    (void)test_settle(t);
    CHECK(t, "DEV-PRI-021", !ep_command_active(&ep), "the drain does not end");
    for (uint32_t n = 0; (event = ep_message(&ep, mark, IOTB_MSG_PAGE_REQUEST, n)) != NULL; n++) {
        CHECK(t, "DEV-PRI-021", !seen, "a page request follows the Stop Marker");
        seen += event->message.last && !event->message.read && !event->message.write;
    }
    CHECK_EQ(t, "DEV-PRI-021", 1, seen, "Stop Markers");
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("pages.success", success, "DEV-PRI-011", "&ATS&PASID&PRI", "After Success the page is translated again"),
    SENDS("pages.bounded", bounded, "DEV-PRI-012", "&ATS&PASID&PRI", "Success without the page ends after the retries"),
    SENDS("pages.invalid", invalid, "DEV-PRI-013", "&ATS&PASID&PRI", "Invalid Request ends its own work only"),
    SENDS("pages.invalid_read", invalid_read, "DEV-PRI-013", "&ATS&PASID&PRI", "Invalid Request ends a read with its status"),
    SENDS("pages.failure", failure, "DEV-PRI-014 DEV-PRI-015", "&ATS&PASID&PRI",
          "Response Failure, and codes 2 to 14, stop page requests"),
    SENDS("pages.unknown", unknown, "DEV-PRI-016", "&ATS&PASID&PRI", "A response to no group sets UPRGI and nothing else"),
    SENDS("pages.other_pasid", other_pasid, "DEV-PRI-017", "&ATS&PASID&PRI", "A response under another PASID is refused"),
    SENDS("pages.failure_without_pasid", failure_without_pasid, "DEV-PRI-017", "&ATS&PASID&PRI",
          "A Response Failure needs no PASID"),
    SENDS("pages.stopped", stopped, "DEV-PRI-018", "&ATS&PASID&PRI", "Stopped rises after the last response"),
    SENDS("pages.any_order", any_order, "DEV-PRI-019", "&ATS&PASID&PRI&!SERIAL", "Groups are answered in any order"),
    SENDS("pages.marker", marker, "DEV-PRI-020", "&ATS&PASID&PRI", "A Stop Marker has its form"),
    SENDS("pages.marker_at_full_credit", marker_at_full_credit, "DEV-PRI-020 DEV-PRI-021", "&ATS&PASID&PRI",
          "It needs no credit, and nothing of the PASID follows it"),
    SENDS("pages.marker_last", marker_last, "DEV-PRI-021", "&ATS&PASID&PRI", "The Stop Marker follows page requests that wait"),
    SENDS("pages.around", around, "DEV-PRI-009", "&ATS&PASID&PRI&!SERIAL", "The index of a group that waits is not taken again"),
    SENDS("pages.drain_waits", drain_waits, "DEV-PRI-022", "&ATS&PASID&PRI",
          "Without marker mode DRAIN_PASID waits for responses"),
    SENDS("pages.timed_out", timed_out, "DEV-PRI-024", "&ATS&PASID&PRI", "A time-out ends the wait and keeps the index"),
};

LIST(ep_pages_responses_cases, cases);
