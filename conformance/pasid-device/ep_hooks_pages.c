/* SPDX-License-Identifier: BSD-2-Clause */
/* Hooks 29 to 47: page requests, work. */
#include "ep_hooks.h"

/* ---- page requests ---- */

/* One credit is taken by a group whose work is given up, so that another engine is not needed. */
static bool exceeds(struct ep *ep, uint64_t va)
{
    for (uint32_t i = 0; i < 2; i++) {
        hook_run(
            ep, i,
            hook_blocking((struct ep_work){.op = EP_OP_PAGEREQ, .space = 5 + i, .src = va + 0x1000 * i, .size = 1, .data = {1}}));
        (void)ep_command(ep, EP_CMD_ABORT_ALL, 0);
    }
    return hook_requests(ep, 0) > 1;
}

static bool no_last(struct ep *ep, uint64_t va)
{
    hook_run(ep, 0, hook_blocking((struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = va, .size = 2, .data = {1}}));
    ep->groups[hook_request(ep, 0, 0)->group_index].last_seen = true; /* so that it can be answered */
    return hook_requests(ep, 0) == 2 && !hook_request(ep, 0, 0)->last && !hook_request(ep, 0, 1)->last;
}

static bool all_last(struct ep *ep, uint64_t va)
{
    hook_run(ep, 0, hook_blocking((struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = va, .size = 2, .data = {1}}));
    return hook_request(ep, 0, 0)->last && hook_request(ep, 0, 1)->last;
}

static bool first_last(struct ep *ep, uint64_t va)
{
    hook_run(ep, 0, hook_blocking((struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = va, .size = 2, .data = {1}}));
    ep->groups[hook_request(ep, 0, 0)->group_index].last_seen = true;
    return hook_request(ep, 0, 0)->last && !hook_request(ep, 0, 1)->last;
}

static bool live_index(struct ep *ep, uint64_t va)
{
    for (uint32_t i = 2; i-- > 0;) { /* the group that is there, of PASID 6, and one of PASID 5 with its index */
        hook_run(
            ep, i,
            hook_blocking((struct ep_work){.op = EP_OP_PAGEREQ, .space = 5 + i, .src = va + 0x1000 * i, .size = 1, .data = {1}}));
        (void)ep_command(ep, EP_CMD_ABORT_ALL, 0);
    }
    return hook_requests(ep, 0) == 2 && hook_request(ep, 0, 0)->group_index == hook_request(ep, 0, 1)->group_index;
}

static bool asks_while_off(struct ep *ep, uint64_t va)
{
    hook_run(ep, 0, hook_blocking((struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = va, .size = 1, .data = {1}}));
    return hook_requests(ep, 0);
}

static bool asks_early(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    hook_run(ep, 0, hook_blocking(ep_read_work(5, va, 64)));
    return hook_requests(ep, 0) && !ep_count(ep, 0, EP_TREQ, va, va + 4095);
}

static bool asks_after_ur(struct ep *ep, uint64_t va)
{
    (void)ep_rule(ep, EP_TREQ, va, va + 4095, EP_UR, 0, 1);
    hook_run(ep, 0, hook_blocking(ep_read_work(5, va, 64)));
    return hook_requests(ep, 0);
}

static bool blank(struct ep *ep, uint64_t va)
{
    const struct iotb_message *message;

    hook_run(ep, 0, hook_blocking((struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = va, .size = 1, .data = {1}}));
    message = hook_request(ep, 0, 0);
    return message->last && !message->read && !message->write && !(message->flags & IOTB_RQ_PASID);
}

/* A read of a page that is not there, and the answer; does the access go on as after Success? */
static bool believes(struct ep *ep, uint64_t va, uint32_t code)
{
    uint32_t index[4], mark;

    hook_run(ep, 0, hook_blocking(ep_read_work(5, va, 64)));
    mark = ep_mark(ep);
    if (ep_groups(ep, index, 4) == 1)
        ep_respond(ep, index[0], code);
    (void)test_settle(ep->t);
    return ep_count(ep, mark, EP_TREQ, va, va + 4095);
}

static bool invalid_is_success(struct ep *ep, uint64_t va)
{
    return believes(ep, va, 1);
}

static bool failure_is_success(struct ep *ep, uint64_t va)
{
    return believes(ep, va, 15);
}

static bool asks_for_ever(struct ep *ep, uint64_t va)
{
    uint32_t index[4], count = 0;

    hook_run(ep, 0, hook_blocking(ep_read_work(5, va, 64)));
    while (count < 12 && ep_groups(ep, index, 4) == 1) {
        count++;
        ep_respond(ep, index[0], count < 12 ? 0 : 1);
        (void)test_settle(ep->t);
    }
    return count > 4; /* three retries */
}

static bool uses_before_asking(struct ep *ep, uint64_t va)
{
    uint32_t index[4], mark;

    hook_run(ep, 0, hook_blocking(ep_read_work(5, va, 64)));
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    mark = ep_mark(ep);
    if (ep_groups(ep, index, 4) == 1)
        ep_respond(ep, index[0], 0);
    (void)test_settle(ep->t);
    return !ep_count(ep, mark, EP_TREQ, va, va + 4095) && ep_count_at(ep, mark, 2);
}

/* A response that is not the group's; is it answered by it? */
static bool answered_by(struct ep *ep, uint64_t va, uint32_t other_index, uint32_t space)
{
    uint32_t index[4], before;

    hook_run(ep, 0, hook_blocking((struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = va, .size = 1, .data = {1}}));
    if (ep_groups(ep, index, 4) != 1)
        return false;
    before = (uint32_t)ep_get(ep, "BAR0_PRISTS", "GROUPS");
    ep_respond_as(ep, index[0] + other_index, 1, space);
    (void)test_settle(ep->t);
    return before == 1 && ep_get(ep, "BAR0_PRISTS", "GROUPS") == 0;
}

static bool wrong_pasid_answers(struct ep *ep, uint64_t va)
{
    return answered_by(ep, va, 0, 6);
}

static bool wrong_index_answers(struct ep *ep, uint64_t va)
{
    return answered_by(ep, va, 100, 5);
}

static bool marker_early(struct ep *ep, uint64_t va)
{
    uint32_t rule = ep_rule(ep, EP_READ, va, va + 4095, EP_HOLD, 0, UINT32_MAX), early;

    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    hook_run(ep, 0, ep_read_work(5, va, 64));
    ep_command_begin(ep, EP_CMD_DRAIN_PASID, 5);
    (void)test_settle(ep->t);
    early = ep->stop_markers;
    ep_release(ep, rule);
    (void)test_settle(ep->t);
    CHECK_EQ(ep->t, "DEV-EXR-018", 1, ep->stop_markers, "Stop Markers in the end");
    return early;
}

static bool no_marker(struct ep *ep, uint64_t va)
{
    (void)va;
    return ep_command(ep, EP_CMD_DRAIN_PASID, 5) == 0 && !ep->stop_markers;
}

static bool stops_early(struct ep *ep, uint64_t va)
{
    uint32_t index[4];
    bool early;

    hook_run(ep, 0, hook_blocking((struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = va, .size = 1, .data = {1}}));
    ep_set(ep, "CFG_PRI_CTL", "ENABLE", 0);
    early = ep_get(ep, "CFG_PRI_CTL", "STOPPED");
    if (ep_groups(ep, index, 4) == 1)
        ep_respond(ep, index[0], 1);
    (void)test_settle(ep->t);
    return early;
}

/* ---- work ---- */

static bool drain_early(struct ep *ep, uint64_t va)
{
    uint32_t rule = ep_rule(ep, EP_READ, va, va + 4095, EP_HOLD, 0, UINT32_MAX);
    bool early;

    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    hook_run(ep, 0, ep_read_work(5, va, 64));
    ep_command_begin(ep, EP_CMD_DRAIN_PASID, 5);
    (void)test_settle(ep->t);
    early = !ep_command_active(ep);
    ep_release(ep, rule);
    (void)test_settle(ep->t);
    return early;
}

static bool outlives_ats(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    (void)ep_touch(ep, 0, 5, va);
    ep_ats(ep, false);
    ep_ats(ep, true);
    return ep_cached(ep, 0, 5, va);
}

/* A fill of three lines with a record: the record comes before the last of them. */
static bool record_early(struct ep *ep, uint64_t va)
{
    struct ep_work work = ep_write_work(5, va, 192, 7);
    uint64_t pa = ep_map_page(ep, 5, va, 12, EP_RW)->pa;
    uint32_t record = 0, write = 0, writes = 0, records = 0;
    struct ep_result result;

    work.record = va + 1024;
    work.flags = EP_RCR;
    result = ep_run(ep, 0, &work);
    CHECK_EQ(ep->t, "DEV-EXR-018", 1, result.status, "status in the record");
    CHECK_EQ(ep->t, "DEV-EXR-018", 192, result.completed, "bytes completed in the record");
    for (uint32_t i = 0; i < ep->log_count; i++) {
        if (ep->log[i].kind != EP_WRITE)
            continue;
        if (ep->log[i].tlp.address == pa + 1024) {
            record = i;
            records++;
        } else if (ep->log[i].tlp.address - pa < 192) {
            write = i;
            writes++;
        }
    }
    CHECK_EQ(ep->t, "DEV-EXR-018", 3, writes, "writes of data");
    CHECK_EQ(ep->t, "DEV-EXR-018", 1, records, "records");
    return record < write;
}

static bool interrupt_early(struct ep *ep, uint64_t va)
{
    struct ep_work work = ep_write_work(5, va, 64, 7);
    uint32_t record = 0, msi = 0, mark;
    uint64_t pa = ep_map_page(ep, 5, va, 12, EP_RW)->pa;

    ep_vectors(ep, 2);
    work.record = va + 1024;
    work.flags = EP_RCR | EP_RCI;
    work.handle = 1;
    mark = ep_mark(ep);
    (void)ep_run(ep, 0, &work);
    for (uint32_t i = mark; i < ep->log_count; i++) {
        msi = ep->log[i].kind == EP_MSI ? i : msi;
        record = ep->log[i].kind == EP_WRITE && ep->log[i].tlp.address == pa + 1024 ? i : record;
    }
    CHECK_EQ(ep->t, "DEV-EXR-018", 1, ep_interrupts(ep, mark, 1), "interrupts");
    return msi < record;
}

static bool forwards(struct ep *ep, uint64_t va, enum ep_action action)
{
    uint64_t pa = ep_map_page(ep, 5, va, 12, EP_RW)->pa;
    uint32_t writes = 0;

    (void)ep_rule(ep, EP_READ, va, va + 63, action, 0, 1);
    hook_run(ep, 0, ep_move(5, va, va + 1024, 64));
    for (uint32_t i = 0; i < ep->log_count; i++)
        writes += ep->log[i].kind == EP_WRITE && ep->log[i].tlp.address == pa + 1024;
    return writes;
}

static bool forwards_poison(struct ep *ep, uint64_t va)
{
    return forwards(ep, va, EP_POISON);
}

static bool forwards_failed(struct ep *ep, uint64_t va)
{
    return forwards(ep, va, EP_UR);
}

static bool crosses(struct ep *ep, uint64_t va)
{
    uint32_t over = 0;

    for (uint32_t i = 0; i < 2; i++)
        (void)ep_map_page(ep, 5, va + 4096 * i, 12, EP_RW);
    hook_run(ep, 0, ep_read_work(5, va + 4096 - 32, 200));
    for (uint32_t i = 0; i < ep->log_count; i++)
        over += ep->log[i].kind == EP_READ && (ep->log[i].tlp.address & 4095) + ep->log[i].tlp.bytes > 4096;
    return over;
}

/* ---- the list of them ---- */

static const struct misbehaviour table[] = {
    {29, 0, false, true, exceeds, "asks for more than is allocated", ONE_CREDIT},
    {30, 0, true, true, no_last, "sends a group without L", USUAL},
    {30, 1, true, true, all_last, "sends L on every message", USUAL},
    {30, 2, true, true, first_last, "sends L first", USUAL},
    {31, 0, true, false, live_index, "uses a live index", USUAL},
    {32, 0, true, true, asks_while_off, "asks while PRI is off", PRI_OFF},
    {32, 1, true, true, asks_early, "asks for a page before its translation", USUAL},
    {32, 2, true, true, asks_after_ur, "asks for a page after UR", USUAL},
    {33, 0, true, true, blank, "sends R=W=0 with L", USUAL},
    {34, 0, true, true, invalid_is_success, "takes Invalid for Success", USUAL},
    {34, 1, true, true, failure_is_success, "takes Failure for Success", USUAL},
    {34, 2, true, true, asks_for_ever, "asks for ever", RETRIES},
    {35, 0, true, true, uses_before_asking, "uses a page before it asks", USUAL},
    {36, 0, true, false, wrong_pasid_answers, "takes a response of another PASID", USUAL},
    {36, 1, true, false, wrong_index_answers, "takes a response with another index", USUAL},
    {37, 0, true, false, marker_early, "sends the Stop Marker early", MARKER},
    {37, 1, true, false, no_marker, "sends no Stop Marker", MARKER},
    {38, 0, false, false, stops_early, "says Stopped early", USUAL},
    {39, 0, true, false, drain_early, "ends a drain early", USUAL},
    {40, 0, false, false, outlives_ats, "keeps entries while ATS is off", USUAL},
    {42, 0, true, true, record_early, "records before it has written", USUAL},
    {42, 1, true, true, interrupt_early, "interrupts before it has recorded", USUAL},
    {43, 0, true, true, forwards_poison, "forwards poison", USUAL},
    {43, 1, true, true, forwards_failed, "forwards data that did not come", USUAL},
    {44, 0, true, true, crosses, "crosses a page", USUAL},
};

static void hooks(struct test *t)
{
    const uint32_t *range = test_argument(t);

    hook_try_all(t, table, sizeof(table) / sizeof(table[0]), range[0], range[1]);
}

static const uint32_t paging[] = {29, 38}, working[] = {39, 47};

static const struct iotb_case cases[] = {
    HOOKS("hooks.pages", paging, hooks, "Hooks 29 to 38 break what they say of page requests"),
    HOOKS("hooks.work", working, hooks, "Hooks 39 to 47 break what they say of work"),
};

LIST(ep_hooks_pages_cases, cases);
