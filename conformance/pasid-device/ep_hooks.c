/* SPDX-License-Identifier: BSD-2-Clause */
/* Hooks 1 to 28: invalidation, translation, what a request carries. */
#include "ep_hooks.h"

static const struct iotb_message *completion(struct ep *ep)
{
    static const struct iotb_message none;
    const struct ep_event *event = ep_message(ep, 0, IOTB_MSG_INVALIDATE_COMPLETION, 0);

    return event ? &event->message : &none;
}

/* ---- invalidation ---- */

static bool keeps(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    (void)ep_touch(ep, 0, 5, va);
    (void)ep_invalidate(ep, 5, va, 12);
    return ep_cached(ep, 0, 5, va);
}

static bool never_completes(struct ep *ep, uint64_t va)
{
    bool done = ep_invalidate(ep, 5, va, 12);

    ep->invalidations[7].outstanding = false;
    return !done;
}

static bool completes_twice(struct ep *ep, uint64_t va)
{
    (void)ep_invalidate(ep, 5, va, 12);
    return ep_message_count(ep, 0, IOTB_MSG_INVALIDATE_COMPLETION) == 2;
}

static bool wrong_itag(struct ep *ep, uint64_t va)
{
    (void)ep_invalidate(ep, 5, va, 12);
    ep->invalidations[7].outstanding = false;
    return completion(ep)->itag != 1u << 7;
}

static bool wrong_count(struct ep *ep, uint64_t va)
{
    (void)ep_invalidate(ep, 5, va, 12);
    return completion(ep)->completion_count != 1;
}

static bool wrong_agent(struct ep *ep, uint64_t va)
{
    (void)ep_invalidate(ep, 5, va, 12);
    return completion(ep)->agent_id != ep->agent_id;
}

static bool before_reads(struct ep *ep, uint64_t va)
{
    uint32_t rule = ep_rule(ep, EP_READ, va, va + 4095, EP_HOLD, 0, UINT32_MAX);
    bool early;

    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    hook_run(ep, 0, ep_read_work(5, va, 64));
    early = ep_invalidate(ep, 5, va, 12);
    ep_release(ep, rule);
    (void)test_settle(ep->t);
    return early;
}

static bool before_writes(struct ep *ep, uint64_t va)
{
    uint64_t pa = ep_map_page(ep, 5, va, 12, EP_RW)->pa;
    uint32_t write = 0, message = 0;

    hook_run(ep, 0, ep_write_work(5, va, 64, 1));
    endpoint_block(ep->t, IOTB_BLOCK_POSTED);
    hook_run(ep, 0, ep_write_work(5, va, 1024, 2));
    (void)ep_invalidate(ep, 5, va, 12);
    endpoint_block(ep->t, 0);
    (void)test_settle(ep->t);
    for (uint32_t i = 0; i < ep->log_count; i++) {
        message = ep->log[i].kind == EP_MESSAGE ? i : message;
        write = ep->log[i].kind == EP_WRITE && ep->log[i].tlp.address - pa < 4096 ? i : write;
    }
    return message && message < write;
}

/* The page whose address is the other's, byte by byte in reverse, goes; its own stays. */
static bool swapped(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va + 0x1000, 12, EP_RW);
    (void)ep_touch(ep, 0, 5, va + 0x1000);
    (void)ep_invalidate(ep, 5, va + 0x1000, 12);
    return ep_cached(ep, 0, 5, va + 0x1000);
}

static bool range_too_small(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    (void)ep_map_page(ep, 5, va + 0xf000, 12, EP_RW);
    for (uint32_t i = 0; i < 2; i++)
        (void)ep_touch(ep, 0, 5, va + 0xf000 * i);
    (void)ep_invalidate(ep, 5, va, 16);
    return ep_cached(ep, 0, 5, va + 0xf000);
}

static bool other_pasid_goes(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    (void)ep_touch(ep, 0, 5, va);
    (void)ep_invalidate(ep, 5, va, 12);
    return ep_cached(ep, 0, 5, va);
}

static bool global_ignored(struct ep *ep, uint64_t va)
{
    ep_map(ep, 6, va, mem_alloc(ep->t, 4096, 4096), 12, EP_RW);
    (void)ep_touch(ep, 1, 6, va);
    ep_invalidate_send(ep, &(struct ep_range){.itag = 1, .space = 5, .address = va, .size_lg2 = 12, .global = true});
    (void)test_settle(ep->t);
    return ep_cached(ep, 1, 6, va);
}

static bool none_is_a_pasid(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    (void)ep_touch(ep, 0, 5, va);
    (void)ep_invalidate(ep, EP_NONE, va, 12);
    return ep_cached(ep, 0, 5, va);
}

static bool late_fill(struct ep *ep, uint64_t va)
{
    uint32_t rule = ep_rule(ep, EP_TREQ, va, va + 4095, EP_HOLD, 0, 1);
    struct ep_map *page = ep_map_page(ep, 5, va, 12, EP_RW);
    uint64_t old = page->pa;

    hook_run(ep, 0, ep_read_work(5, va, 64));
    page->live = false;
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    (void)ep_invalidate(ep, 5, va, 12);
    ep_release(ep, rule);
    (void)test_settle(ep->t);
    return hook_last_of(ep, EP_READ)->address == old;
}

/* The entry is used until so many ticks after the completion: the parameter, by which the hook has its time. */
static bool used_late(struct ep *ep, uint64_t va)
{
    bool late;

    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    (void)ep_touch(ep, 0, 5, va);
    ep_invalidate_send(ep, &(struct ep_range){.itag = 7, .space = 5, .address = va, .size_lg2 = 12});
    test_run(ep->t, 100000);
    late = ep_invalidate_done(ep, 7) && ep_cached(ep, 0, 5, va);
    test_run(ep->t, 1000000000);
    (void)test_settle(ep->t);
    if (late)
        CHECK(ep->t, "DEV-EXR-018", !ep_cached(ep, 0, 5, va), "an entry that is used late is used for ever");
    return late;
}

static bool waits_for_pages(struct ep *ep, uint64_t va)
{
    uint32_t index[4];
    bool done;

    hook_run(ep, 0, hook_blocking(ep_read_work(5, va, 64)));
    done = ep_invalidate(ep, 5, va + 0x10000, 12);
    if (ep_groups(ep, index, 4) == 1)
        ep_respond(ep, index[0], 1);
    (void)test_settle(ep->t);
    return !done && ep_invalidate_done(ep, 7);
}

/* ---- translation ---- */

static bool keeps_no_access(struct ep *ep, uint64_t va)
{
    hook_run(ep, 0, ep_read_work(5, va, 64));
    return ep_cached(ep, 0, 5, va);
}

static bool writes_read_only(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_R);
    hook_run(ep, 0, ep_write_work(5, va, 64, 1));
    return ep_count(ep, 0, EP_WRITE, va, va + 4095);
}

static bool reads_write_only(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_W);
    hook_run(ep, 0, ep_read_work(5, va, 64));
    return ep_count(ep, 0, EP_READ, va, va + 4095);
}

static bool executes(struct ep *ep, uint64_t va)
{
    struct ep_work work = ep_read_work(5, va, 64);

    (void)ep_map_page(ep, 5, va, 12, EP_R);
    work.flags = EP_XEXEC;
    hook_run(ep, 0, work);
    return ep_count(ep, 0, EP_READ, va, va + 4095);
}

static bool ignores_u(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW | EP_U);
    hook_run(ep, 0, ep_read_work(5, va, 64));
    return hook_last_of(ep, EP_READ)->address_type == 2;
}

static bool ignores_n(struct ep *ep, uint64_t va)
{
    struct ep_work work = ep_read_work(5, va, 64);

    (void)ep_map_page(ep, 5, va, 12, EP_RW | EP_N);
    work.flags = EP_XNS;
    hook_run(ep, 0, work);
    return hook_last_of(ep, EP_READ)->flags & IOTB_RQ_NO_SNOOP;
}

static bool privilege_mixed(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    (void)ep_touch(ep, 3, 5, va);
    return ep_cached(ep, 0, 5, va);
}

static bool pasids_mixed(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    ep_map(ep, 6, va, mem_alloc(ep->t, 4096, 4096), 12, EP_RW);
    (void)ep_touch(ep, 0, 5, va);
    return ep_cached(ep, 1, 6, va);
}

static bool global_honoured(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW | EP_GLOBAL);
    ep_map(ep, 6, va, mem_alloc(ep->t, 4096, 4096), 12, EP_RW);
    (void)ep_touch(ep, 0, 5, va);
    return ep_cached(ep, 1, 6, va);
}

static bool size_in_address(struct ep *ep, uint64_t va)
{
    struct ep_map *page = ep_map_page(ep, 5, va, 21, EP_RW);

    hook_run(ep, 0, ep_read_work(5, va, 64));
    return hook_last_of(ep, EP_READ)->address != page->pa;
}

static bool size_too_large(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 16, EP_RW);
    (void)ep_map_page(ep, 5, va + 0x10000, 16, EP_RW);
    (void)ep_touch(ep, 0, 5, va);
    return ep_cached(ep, 0, 5, va + 0x10000);
}

static bool goes_on_after_ur(struct ep *ep, uint64_t va)
{
    uint32_t mark;

    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    (void)ep_rule(ep, EP_TREQ, va, va + 4095, EP_UR, 0, 1);
    hook_run(ep, 0, ep_read_work(5, va, 64));
    mark = ep_mark(ep);
    hook_run(ep, 0, ep_read_work(5, va, 64));
    return ep_count(ep, mark, EP_TREQ, va, va + 4095);
}

static bool forges_address(struct ep *ep, uint64_t va)
{
    struct ep_map *page = ep_map_page(ep, 5, va, 12, EP_RW);

    hook_run(ep, 0, ep_read_work(5, va, 64));
    return hook_last_of(ep, EP_READ)->address != page->pa;
}

static bool translated_without_ats(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    ep_ats(ep, false);
    hook_run(ep, 0, ep_read_work(5, va, 64));
    return hook_last_of(ep, EP_READ)->address_type == 2;
}

static bool reserved_type(struct ep *ep, uint64_t va)
{
    struct ep_work work = ep_read_work(5, va, 64);

    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    work.flags = EP_XUNTR;
    hook_run(ep, 0, work);
    return hook_last_of(ep, EP_READ)->address_type == 3;
}

static bool odd_length(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    hook_run(ep, 0, (struct ep_work){.op = EP_OP_XLATE, .space = 5, .src = va, .size = 1});
    return hook_last_of(ep, EP_TREQ)->bytes % 8;
}

static bool low_bits(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    hook_run(ep, 0, (struct ep_work){.op = EP_OP_XLATE, .space = 5, .src = va, .size = 1});
    return hook_last_of(ep, EP_TREQ)->address & 0xffe;
}

static bool wrong_nw(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    hook_run(ep, 0, ep_write_work(5, va, 64, 1));
    return hook_last_of(ep, EP_TREQ)->flags & IOTB_RQ_NO_WRITE;
}

/* ---- what a request carries ---- */

static bool wrong_requester(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    hook_run(ep, 0, ep_read_work(5, va, 64));
    return hook_last_of(ep, EP_READ)->requester_id != ep->rid;
}

static bool pasid_while_off(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    ep_ats(ep, false);
    ep_pasid(ep, false, false, false);
    hook_run(ep, 0, ep_read_work(5, va, 64));
    return hook_last_of(ep, EP_READ)->flags & IOTB_RQ_PASID;
}

static bool pasid_translated(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    hook_run(ep, 0, ep_read_work(5, va, 64));
    return hook_last_of(ep, EP_READ)->flags & IOTB_RQ_PASID;
}

static bool wrong_pasid(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    hook_run(ep, 0, ep_read_work(5, va, 64));
    return hook_last_of(ep, EP_TREQ)->pasid != 5;
}

static bool execute_on_write(struct ep *ep, uint64_t va)
{
    struct ep_work move = ep_move(5, va, va + 64, 64);

    (void)ep_map_page(ep, 5, va, 12, EP_RW | EP_X | EP_U);
    move.flags = EP_XEXEC;
    hook_run(ep, 0, move);
    return hook_last_of(ep, EP_WRITE)->flags & IOTB_RQ_EXECUTE;
}

static bool privileged_while_off(struct ep *ep, uint64_t va)
{
    (void)ep_map_page(ep, 5, va, 12, EP_RW);
    ep_ats(ep, false);
    ep_pasid(ep, true, true, false);
    hook_run(ep, 3, ep_read_work(5, va, 64));
    return hook_last_of(ep, EP_READ)->flags & IOTB_RQ_PRIVILEGED;
}

/* ---- the list of them ---- */

static const struct misbehaviour table[] = {
    {1, 0, true, true, keeps, "keeps entries", USUAL},
    {2, 0, true, true, never_completes, "never completes an invalidation", USUAL},
    {4, 0, true, true, completes_twice, "completes an invalidation twice", USUAL},
    {5, 0, true, true, wrong_itag, "completes another ITag", USUAL},
    {5, 1, true, true, wrong_count, "counts completions wrongly", USUAL},
    {5, 2, true, true, wrong_agent, "completes to somebody else", USUAL},
    {6, 0, true, true, before_reads, "completes before reads", USUAL},
    {7, 0, true, true, before_writes, "completes before writes", USUAL},
    {8, 0, true, true, swapped, "swaps the bytes of the address", USUAL},
    {9, 0, true, true, range_too_small, "takes half of the range", USUAL},
    {10, 0, true, true, other_pasid_goes, "takes the entries of other PASIDs", USUAL},
    {10, 1, true, true, global_ignored, "ignores Global", USUAL},
    {10, 2, false, true, none_is_a_pasid, "takes no PASID for one", USUAL},
    {11, 0, true, true, late_fill, "uses a translation that was overtaken", USUAL},
    {12, 3000, true, true, used_late, "uses an entry for a while", USUAL},
    {13, 0, true, true, waits_for_pages, "waits for page responses", USUAL},
    {14, 0, true, true, keeps_no_access, "keeps the absence of access", PRI_OFF},
    {15, 0, true, true, writes_read_only, "writes what is read-only", PRI_OFF},
    {15, 1, true, true, reads_write_only, "reads what is write-only", PRI_OFF},
    {15, 2, true, true, executes, "executes what may not be", PRI_OFF},
    {16, 0, true, true, ignores_u, "ignores U", USUAL},
    {16, 1, true, true, ignores_n, "ignores N", USUAL},
    {17, 0, false, false, privilege_mixed, "mixes privileges", USUAL},
    {17, 1, false, false, pasids_mixed, "mixes PASIDs", USUAL},
    {18, 0, true, true, global_honoured, "honours Global", USUAL},
    {19, 0, true, true, size_in_address, "takes the size for an address", USUAL},
    {19, 1, true, false, size_too_large, "takes a size for the next", USUAL},
    {20, 0, false, false, goes_on_after_ur, "goes on after UR", USUAL},
    {21, 0, true, true, forges_address, "forges an address", USUAL},
    {22, 0, true, true, translated_without_ats, "sends AT=10 with ATS off", USUAL},
    {23, 0, true, true, reserved_type, "sends AT=11", USUAL},
    {24, 0, true, true, odd_length, "asks with an odd length", USUAL},
    {24, 1, true, true, low_bits, "asks with low bits set", USUAL},
    {24, 3, true, true, wrong_nw, "asks with a wrong NW", USUAL},
    {25, 0, true, false, wrong_requester, "sends another Requester ID", USUAL},
    {26, 0, true, false, pasid_while_off, "sends a PASID while it is off", USUAL},
    {26, 2, true, false, pasid_translated, "sends a PASID with AT=10", USUAL},
    {27, 0, true, false, wrong_pasid, "sends another PASID", USUAL},
    {28, 0, true, false, execute_on_write, "asks for Execute on a write", USUAL},
    {28, 1, true, false, privileged_while_off, "sends Privileged while it is off", USUAL},
};

static void hooks(struct test *t)
{
    const uint32_t *range = test_argument(t);

    hook_try_all(t, table, sizeof(table) / sizeof(table[0]), range[0], range[1]);
}

static const uint32_t invalidations[] = {1, 13}, translations[] = {14, 24}, carried[] = {25, 28};

static const struct iotb_case cases[] = {
    HOOKS("hooks.invalidation", invalidations, hooks, "Hooks 1 to 13 break what they say of invalidations"),
    HOOKS("hooks.translation", translations, hooks, "Hooks 14 to 24 break what they say of translations"),
    HOOKS("hooks.carried", carried, hooks, "Hooks 25 to 28 break what they say of what a request carries"),
};

LIST(ep_hooks_cases, cases);
