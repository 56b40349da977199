/* SPDX-License-Identifier: BSD-2-Clause */
/* The exerciser's manual block: invalidations, page group responses and completions held and released; and its hooks. */
#include "build/ep_exerciser.h"
#include "pasid_device_chapters.h"

/* ---- invalidations ---- */

static uint32_t completions(struct ep *ep, uint32_t mark)
{
    return ep_message_count(ep, mark, IOTB_MSG_INVALIDATE_COMPLETION);
}

static void check_itags(struct ep *ep, uint32_t pending, uint32_t held)
{
    CHECK_EQ(ep->t, "DEV-EXR-010", pending, ep_read(ep, "BAR4_INVPEND"), "INVPEND");
    CHECK_EQ(ep->t, "DEV-EXR-010", held, ep_read(ep, "BAR4_INVHELD"), "INVHELD");
    CHECK_EQ(ep->t, "DEV-EXR-010", held != 0, ep_get(ep, "BAR4_XSTAT", "HELD"), "XSTAT.HELD");
    CHECK_EQ(ep->t, "DEV-EXR-010", __builtin_popcount(pending), ep_get(ep, "BAR0_ATCSTS", "INVALIDATIONS"), "ATCSTS");
}

static void send_all(struct ep *ep, uint32_t itags)
{
    for (uint32_t itag = 0; itag < 32; itag++)
        if (itags >> itag & 1)
            ep_invalidate_send(
                ep, &(struct ep_range){
                        .itag = itag, .space = EP_NONE, .address = 0x1234500000 + 0x1000 * itag, .size_lg2 = 12 + (itag & 7)});
    (void)test_settle(ep->t);
}

static void invalidations_held(struct test *t)
{
    struct ep ep;
    uint32_t pending = UINT32_MAX;

    ep_open(&ep, t);
    ep_all(&ep);
    ep_unlock(&ep);
    check_itags(&ep, 0, 0);
    for (uint32_t itag = 0; itag < 32; itag++) { /* one held, those before and behind not */
        uint32_t mark = ep_mark(&ep), own = 1u << itag, three = own | 1u << ((itag + 1) & 31) | 1u << ((itag + 31) & 31);

        test_context(t, "ITag %u", itag);
        ep_write(&ep, "BAR4_INVHOLD", own);
        send_all(&ep, three);
        CHECK_EQ(t, "DEV-EXR-010", 2, completions(&ep, mark), "completions of three ITags of which one is held");
        check_itags(&ep, own, own);
        CHECK_EQ(t, "DEV-EXR-010", ep.invalidations[itag].message.address, ep_read_at(&ep, "BAR4_INVCOPY", 8 * itag), "INVCOPY");
        ep_write(&ep, "BAR4_INVREL", ~own);
        (void)test_settle(t);
        check_itags(&ep, own, own);
        if (itag & 1)
            ep_write(&ep, "BAR4_INVREL", own);
        else
            ep_write(&ep, "BAR4_INVHOLD", 0);
        (void)test_settle(t);
        CHECK(t, "DEV-EXR-010", ep_invalidate_done(&ep, itag), "it is not completed when it is let go");
        CHECK_EQ(t, "DEV-EXR-010", 3, completions(&ep, mark), "completions in the end");
        check_itags(&ep, 0, 0);
    }
    test_context(t, NULL);
    ep_write(&ep, "BAR4_INVHOLD", UINT32_MAX);
    send_all(&ep, UINT32_MAX);
    check_itags(&ep, UINT32_MAX, UINT32_MAX);
    for (uint32_t i = 0; i < 32; i++) {
        uint32_t itag = 7 * i & 31, mark = ep_mark(&ep);

        ep_write(&ep, "BAR4_INVREL", 1u << itag);
        (void)test_settle(t);
        pending &= ~(1u << itag);
        CHECK_EQ(t, "DEV-EXR-010", 1, completions(&ep, mark), "completions when ITag %u is released", itag);
        CHECK(t, "DEV-EXR-010", ep_invalidate_done(&ep, itag), "ITag %u is not the one that is completed", itag);
        check_itags(&ep, pending, pending);
    }
    for (uint32_t itag = 0; itag < 32; itag++)
        CHECK_EQ(t, "DEV-EXR-010", ep.invalidations[itag].message.address, ep_read_at(&ep, "BAR4_INVCOPY", 8 * itag),
                 "INVCOPY of ITag %u", itag);
    send_all(&ep, 0x10); /* released once: the next one is held again */
    check_itags(&ep, 0x10, 0x10);
    ep_write(&ep, "BAR4_INVREL", 0x10);
    (void)test_settle(t);
    check_itags(&ep, 0, 0);
    ep_raw_close(&ep);
}

/* A read made with what was invalidated: pending, but nothing that INVREL could send. */
static void invalidation_not_ready(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va;
    uint32_t hold, mark;

    ep_scene(&ep, t, EP_NONE);
    ep_unlock(&ep);
    va = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    hold = ep_rule(&ep, EP_READ, va, va + 4095, EP_HOLD, 0, UINT32_MAX);
    work = ep_read_work(EP_NONE, va, 64);
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    ep_write(&ep, "BAR4_INVHOLD", 1u << 9);
    mark = ep_mark(&ep);
    ep_invalidate_send(&ep, &(struct ep_range){.itag = 9, .space = EP_NONE, .address = va, .size_lg2 = 12});
    (void)test_settle(t);
    check_itags(&ep, 1u << 9, 0);
    ep_write(&ep, "BAR4_INVREL", 1u << 9);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-EXR-010", 0, completions(&ep, mark), "completions while a read of before is outstanding");
    ep_write(&ep, "BAR4_CPLHOLD", ep_reg_bits("BAR4_CPLHOLD", "DATA", 1)); /* 10.3.3: what is held has not come yet */
    ep_release(&ep, hold);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-EXR-010", 1u << 9, ep_read(&ep, "BAR4_INVPEND"), "INVPEND while the completion of the read is held");
    CHECK_EQ(t, "DEV-EXR-010", 0, ep_read(&ep, "BAR4_INVHELD"), "INVHELD while the completion of the read is held");
    ep_write(&ep, "BAR4_CPLHOLD", 0);
    (void)test_settle(t);
    check_itags(&ep, 1u << 9, 1u << 9);
    ep_write(&ep, "BAR4_INVREL", 1u << 9);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-EXR-010", 1, completions(&ep, mark), "completions when it is released");
    ep_raw_close(&ep);
}

static void invalidations_forged(struct test *t)
{
    struct ep ep;

    ep_open(&ep, t);
    ep_all(&ep);
    ep_unlock(&ep);
    for (uint32_t i = 0; i < 24; i++) {
        uint32_t itags = i & 1 ? 1u << i : 0x80000001 + 0x110 * i, agent = i < 16 ? 1u << i : 0xface + i, mark = ep_mark(&ep);
        uint64_t both = (uint64_t)(agent << 16 | (i & 7)) << 32 | itags;
        const struct ep_event *event;

        if (i % 3) {
            ep_write(&ep, "BAR4_INVFAKE0", itags);
            (void)test_settle(t);
            CHECK_EQ(t, "DEV-EXR-010", 0, completions(&ep, mark), "completions before the destination is written");
            ep_write(&ep, "BAR4_INVFAKE1", both >> 32);
        } else {
            bar_write(t, 4, spec_reg_field("BAR4_INVFAKE0", NULL)->offset, &both, 8);
        }
        (void)test_settle(t);
        event = ep_message(&ep, mark, IOTB_MSG_INVALIDATE_COMPLETION, 0);
        CHECK_EQ(t, "DEV-EXR-010", 1, ep_count(&ep, mark, EP_ANY, 0, UINT64_MAX), "messages sent");
        if (!CHECK(t, "DEV-EXR-010", event, "no completion that nobody asked for"))
            continue;
        CHECK_EQ(t, "DEV-EXR-010", itags, event->message.itag, "ITag vector");
        CHECK_EQ(t, "DEV-EXR-010", i & 7, event->message.completion_count, "completion count");
        CHECK_EQ(t, "DEV-EXR-010", agent, event->message.agent_id, "destination");
        CHECK_EQ(t, "DEV-EXR-010", ep.rid, event->message.device_id, "Requester ID");
        CHECK_EQ(t, "DEV-EXR-010", 0, event->message.flags & IOTB_RQ_PASID, "PASID");
    }
    ep_raw_close(&ep);
}

/* ---- page group responses ---- */

/* `count` moves from pages that are not there, `pages` each; what they ask for is held. */
static void ask(struct ep *ep, struct ep_work *works, uint32_t count, uint32_t pages)
{
    ep->pages = EP_PAGES_HOLD;
    for (uint32_t i = 0; i < count; i++) {
        works[i] = ep_read_work(5, ep->next_va, 4096 * pages);
        works[i].flags = EP_BOF;
        ep->next_va += 0x100000;
        (void)ep_submit(ep, 0, &works[i]);
        (void)test_settle(ep->t);
    }
}

/* The PRG window has exactly the groups that the agent has. */
static uint32_t check_groups(struct ep *ep, uint32_t state, uint32_t *where)
{
    uint32_t found = 0;

    for (uint32_t n = 0; n < 32; n++) {
        uint32_t at = 16 * n, index = (uint32_t)ep_get_at(ep, "BAR4_PRG0", at, "INDEX");
        const struct ep_group *group = &ep->groups[index];

        if (ep_get_at(ep, "BAR4_PRG0", at, "STATE") == 0)
            continue;
        found++;
        *where = n;
        CHECK_EQ(ep->t, "DEV-EXR-011", state, ep_get_at(ep, "BAR4_PRG0", at, "STATE"), "state of group %u", n);
        CHECK(ep->t, "DEV-EXR-011", group->outstanding, "group %u has index %u, which is not outstanding", n, index);
        CHECK_EQ(ep->t, "DEV-EXR-011", group->messages, ep_get_at(ep, "BAR4_PRG0", at, "MESSAGES"), "messages of index %u",
                 index);
        CHECK_EQ(ep->t, "DEV-EXR-011", group->space, ep_get_at(ep, "BAR4_PRG0", at, "PASID"), "PASID of index %u", index);
        CHECK_EQ(ep->t, "DEV-EXR-011", group->pages[0], ep_read_at(ep, "BAR4_PRG1", at), "address of index %u", index);
    }
    return found;
}

static void open_for_pages(struct ep *ep, struct test *t, uint32_t pages)
{
    static const struct ep_wq queue = {.size = 16, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5};

    ep_open(ep, t);
    ep_set(ep, "BAR0_PRICFG", "GROUP", pages);
    ep_all(ep);
    ep_start(ep, &queue, 1);
    ep_unlock(ep);
}

static void responses_held(struct test *t)
{
    struct ep ep;
    struct ep_work works[2];
    uint32_t indices[8] = {0}, where = 0;

    open_for_pages(&ep, t, 2);
    ep_require_engines(&ep, 2);
    ask(&ep, works, 2, 2);
    CHECK_EQ(t, "DEV-EXR-011", 2, ep_groups(&ep, indices, 8), "groups asked for");
    CHECK_EQ(t, "DEV-EXR-011", 2, check_groups(&ep, 1, &where), "groups in the window");
    ep_write(&ep, "BAR4_PRGHOLD", 1);
    for (uint32_t i = 0; i < 2; i++) { /* the second group is answered first */
        CHECK_EQ(t, "DEV-EXR-011", i, ep_get(&ep, "BAR4_PRGREL", "WAITING"), "responses that wait");
        CHECK_EQ(t, "DEV-EXR-011", i != 0, ep_get(&ep, "BAR4_XSTAT", "HELD"), "XSTAT.HELD");
        ep_respond_as(&ep, indices[1 - i], 1, 5);
        (void)test_settle(t);
        CHECK(t, "DEV-EXR-011", !ep_result(&ep, &works[0]).done && !ep_result(&ep, &works[1]).done, "a response was not held");
    }
    CHECK_EQ(t, "DEV-EXR-011", 2, ep_get(&ep, "BAR4_PRGREL", "WAITING"), "responses that wait");
    CHECK_EQ(t, "DEV-EXR-011", 2, check_groups(&ep, 1, &where), "groups in the window while responses wait");
    ep_write(&ep, "BAR4_PRGREL", 0);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-EXR-011", 2, ep_get(&ep, "BAR4_PRGREL", "WAITING"), "responses that wait after a 0 for RELEASE");
    for (uint32_t i = 0; i < 2; i++) {
        ep_write(&ep, "BAR4_PRGREL", 1);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-EXR-011", 1 - i, ep_get(&ep, "BAR4_PRGREL", "WAITING"), "responses that wait after a release");
        CHECK_EQ(t, "DEV-EXR-011", 4, ep_result(&ep, &works[1 - i]).status, "status of the work whose response came first");
        CHECK_EQ(t, "DEV-EXR-011", i ? 4 : 0, ep_result(&ep, &works[0]).status, "status of the other work");
        ep.groups[indices[1 - i]].outstanding = false;
        ep.page_messages -= ep.groups[indices[1 - i]].messages;
        CHECK_EQ(t, "DEV-EXR-011", 1 - i, check_groups(&ep, 1, &where), "groups in the window after a release");
    }
    CHECK_EQ(t, "DEV-EXR-011", 0, ep_get(&ep, "BAR4_XSTAT", "HELD"), "XSTAT.HELD in the end");
    ep_write(&ep, "BAR4_PRGREL", 1); /* nothing waits */
    ep_write(&ep, "BAR4_PRGHOLD", 0);
    ep.pages = EP_PAGES_INVALID;
    works[0] = ep_read_work(5, ep.next_va, 64);
    works[0].flags = EP_BOF;
    ep_expect(&ep, "DEV-EXR-011", 0, &works[0], 4, "a fault when nothing is held any more");
    ep_raw_close(&ep);
}

static void group_forgotten(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint32_t index = 0, where = 0;

    open_for_pages(&ep, t, 1);
    ask(&ep, &work, 1, 1);
    CHECK_EQ(t, "DEV-EXR-011", 1, ep_groups(&ep, &index, 1), "groups asked for");
    CHECK_EQ(t, "DEV-EXR-011", 1, check_groups(&ep, 1, &where), "groups in the window");
    ep_write_at(&ep, "BAR4_PRG0", 16 * ((where + 1) & 31), 0); /* another one: nothing to forget */
    ep_respond_as(&ep, 511, 0, 5);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-EXR-011", 1, ep_get(&ep, "CFG_PRI_CTL", "UPRGI"), "UPRGI after a response to no group");
    ep_set(&ep, "CFG_PRI_CTL", "UPRGI", 1);
    ep_write_at(&ep, "BAR4_PRG0", 16 * where, 0);
    ep_respond_as(&ep, index, 1, 5);
    (void)test_settle(t);
    CHECK(t, "DEV-EXR-011", !ep_result(&ep, &work).done, "the response to a group that was forgotten ended its work");
    CHECK_EQ(t, "DEV-EXR-011", 1, ep_get(&ep, "CFG_PRI_CTL", "UPRGI"), "UPRGI after it");
    ep_pri(&ep, 0);
    ep_pri(&ep, 1); /* Reset gives the group up */
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-EXR-011", 0x45, ep_result(&ep, &work).status, "status of the work when page requests are reset");
    ep.groups[index].outstanding = false;
    ep.page_messages = 0;
    ep.pages = EP_PAGES_INVALID; /* the place in the table is as good as new */
    work = ep_read_work(5, ep.next_va, 64);
    work.flags = EP_BOF;
    ep_expect(&ep, "DEV-EXR-011", 0, &work, 4, "the next fault");
    ep_raw_close(&ep);
}

/* ---- completions ---- */

static void completions_held(struct test *t)
{
    struct ep ep;

    for (uint32_t hold = 0; hold < 4; hold++) {
        bool treq = hold & 1, data = hold & 2;
        struct ep_work work;
        uint64_t va;
        uint32_t mark;

        if (hold)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "CPLHOLD %u", hold);
        ep_scene(&ep, t, EP_NONE);
        ep_unlock(&ep);
        va = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
        ep_write(&ep, "BAR4_CPLHOLD", hold);
        mark = ep_mark(&ep);
        work = ep_read_work(EP_NONE, va, 64);
        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-EXR-012", (treq && ep.ats) || data, ep_get(&ep, "BAR4_XSTAT", "HELD"), "XSTAT.HELD");
        CHECK_EQ(t, "DEV-EXR-012", !(treq && ep.ats), ep_count(&ep, mark, EP_READ, va, va + 63), "reads of the data");
        CHECK_EQ(t, "DEV-EXR-012", !(treq && ep.ats) && !data, ep_result(&ep, &work).done, "the work is done");
        ep_write(&ep, "BAR4_CPLHOLD", hold & 2);
        (void)test_settle(t);
        if (ep.ats && data) { /* 10.3.3: what is held has not come yet */
            ep_invalidate_send(&ep, &(struct ep_range){.itag = 2, .space = EP_NONE, .address = va, .size_lg2 = 12});
            (void)test_settle(t);
            CHECK(t, "DEV-EXR-012", !ep_invalidate_done(&ep, 2), "an invalidation does not wait for a read that is held");
        }
        CHECK_EQ(t, "DEV-EXR-012", 1, ep_count(&ep, mark, EP_READ, va, va + 63), "reads when translation is let go");
        CHECK_EQ(t, "DEV-EXR-012", data, ep_get(&ep, "BAR4_XSTAT", "HELD"), "XSTAT.HELD then");
        CHECK_EQ(t, "DEV-EXR-012", !data, ep_result(&ep, &work).done, "the work is done then");
        ep_write(&ep, "BAR4_CPLHOLD", 0);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-EXR-012", 1, ep_result(&ep, &work).status, "status in the end");
        CHECK_EQ(t, "DEV-EXR-012", 0, ep_get(&ep, "BAR4_XSTAT", "HELD"), "XSTAT.HELD in the end");
        ep_expect_move(&ep, "DEV-EXR-012", 0, EP_NONE, "a move afterwards");
        ep_raw_close(&ep);
    }
}

static uint32_t trace_kind(enum ep_raw_type type)
{
    return type == EP_RAW_TREQ ? 3 : type == EP_RAW_READ ? 0 : 2;
}

static void tags_window(struct test *t)
{
    static const enum ep_raw_type types[] = {EP_RAW_READ, EP_RAW_FETCH_ADD, EP_RAW_CAS, EP_RAW_TREQ};
    struct ep ep;
    uint64_t va;

    ep_scene(&ep, t, EP_NONE);
    ep_unlock(&ep);
    va = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    for (uint32_t i = 0; i < 8; i++) {
        uint32_t tag = i < 4 ? i : 0x1f - 5 * i + 5 * 4, at = 8 * tag, hold = ep_rule(&ep, EP_ANY, 0, UINT64_MAX, EP_HOLD, 0, 1);
        struct ep_raw raw = {.type = types[i & 3], .address = va + 16 * i, .length = 8, .own_tag = true, .tag = tag};
        uint64_t unexpected;
        uint32_t mark;

        test_context(t, "tag %u, type %u", tag, raw.type);
        (void)ep_raw_run(&ep, i, &raw);
        CHECK_EQ(t, "DEV-EXR-012", 1, ep_get_at(&ep, "BAR4_TAGS", at, "STATE"), "STATE of a tag outstanding");
        CHECK_EQ(t, "DEV-EXR-012", trace_kind(raw.type), ep_get_at(&ep, "BAR4_TAGS", at, "KIND"), "KIND");
        CHECK_EQ(t, "DEV-EXR-012", raw.address >> 12, ep_get_at(&ep, "BAR4_TAGS", at, "ADDRESS"), "ADDRESS");
        for (uint32_t other = 0; other < 256; other++)
            if (other != tag && ep_read_at(&ep, "BAR4_TAGS", 8 * other))
                CHECK_EQ(t, "DEV-EXR-012", 0, ep_read_at(&ep, "BAR4_TAGS", 8 * other), "tag %u, which is free", other);
        ep_write_at(&ep, "BAR4_TAGS", at ^ 8, UINT64_MAX);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-EXR-012", 1, ep_get_at(&ep, "BAR4_TAGS", at, "STATE"), "STATE after another tag was forgotten");
        CHECK(t, "DEV-EXR-012", ep_raw_result(&ep, i).busy, "the slot has ended");
        if (i & 1) {
            ep_release(&ep, hold);
            (void)test_settle(t);
            CHECK_EQ(t, "DEV-EXR-012", 0, ep_read_at(&ep, "BAR4_TAGS", at), "a tag that was answered");
            continue;
        }
        ep_write_at(&ep, "BAR4_TAGS", at, 0);
        test_run(t, 10000000);
        CHECK(t, "DEV-EXR-012", ep_raw_result(&ep, i).timed_out, "a request that was forgotten does not time out");
        CHECK_EQ(t, "DEV-EXR-012", 2, ep_get_at(&ep, "BAR4_TAGS", at, "STATE"), "STATE of it");
        unexpected = ep_counter(&ep, 48);
        ep_release(&ep, hold);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-EXR-012", unexpected + 1, ep_counter(&ep, 48), "unexpected completions when it is answered late");
        CHECK_EQ(t, "DEV-EXR-012", 0, ep_read_at(&ep, "BAR4_TAGS", at), "its tag then");
        CHECK_EQ(t, "DEV-EXR-012", 0, ep_get(&ep, "BAR0_LIMITS", "NP"), "requests outstanding then");
        raw.own_tag = false;
        mark = ep_mark(&ep);
        (void)ep_raw_run(&ep, i, &raw);
        CHECK(t, "DEV-EXR-012",
              ep_event(&ep, mark, EP_ANY, 0, UINT64_MAX, 0) && !ep_event(&ep, mark, EP_ANY, 0, UINT64_MAX, 0)->tlp.id,
              "the next request does not have the lowest tag that is free");
        ep_expect_move(&ep, "DEV-EXR-012", 0, EP_NONE, "a move afterwards");
    }
    ep_raw_close(&ep);
}

/* ---- hooks ---- */

#define REPLACED_REQUESTER 25u /* H25 changes the Requester ID of a TLP: seen at once */

struct hook {
    uint32_t id, skip, times, pasid, parameter, size_lg2;
    bool enable, by_pasid, by_address;
    uint64_t address;
};
#define HOOK ((struct hook){.id = REPLACED_REQUESTER, .enable = true, .size_lg2 = 12})

static void arm(struct ep *ep, uint32_t n, const struct hook *hook)
{
    uint32_t at = 0x20 * n;

    ep_write_at(ep, "BAR4_HOOK3", at, hook->parameter);
    ep_write_at(ep, "BAR4_HOOK2", at, hook->address);
    ep_write_at(ep, "BAR4_HOOK1", at,
                ep_reg_bits("BAR4_HOOK1", "TIMES", hook->times) | ep_reg_bits("BAR4_HOOK1", "PASID", hook->pasid));
    ep_write_at(ep, "BAR4_HOOK0", at,
                ep_reg_bits("BAR4_HOOK0", "ENABLE", hook->enable) | ep_reg_bits("BAR4_HOOK0", "MATCH_PASID", hook->by_pasid) |
                    ep_reg_bits("BAR4_HOOK0", "MATCH_ADDRESS", hook->by_address) | ep_reg_bits("BAR4_HOOK0", "ID", hook->id) |
                    ep_reg_bits("BAR4_HOOK0", "SIZE_LG2", hook->size_lg2) | ep_reg_bits("BAR4_HOOK0", "SKIP", hook->skip));
}

static uint32_t fired(struct ep *ep, uint32_t n)
{
    return (uint32_t)ep_get_at(ep, "BAR4_HOOK3", 0x20 * n, "FIRED");
}

/* A raw write with the flow of product work; did the hook act on it? */
static bool acts_on(struct ep *ep, uint32_t space, uint64_t address)
{
    struct ep_raw raw = {.type = EP_RAW_WRITE, .use_atc = true, .address = address, .length = 4};
    uint32_t mark = ep_mark(ep);
    const struct ep_event *event;

    raw.flags = space != EP_NONE ? IOTB_RQ_PASID : 0;
    raw.pasid = space != EP_NONE ? space : 0;
    (void)ep_raw_run(ep, 0, &raw);
    event = ep_event(ep, mark, EP_WRITE, 0, UINT64_MAX, 0);
    CHECK_EQ(ep->t, "DEV-EXR-016", 1, ep_count(ep, mark, EP_ANY, 0, UINT64_MAX), "TLPs of a raw write");
    return event && event->tlp.requester_id != ep->rid;
}

static void check_hook(struct ep *ep, uint32_t n, const struct hook *hook, uint32_t space, uint64_t address, bool expected,
                       const char *what)
{
    uint32_t before = fired(ep, n);

    arm(ep, n, hook);
    CHECK_EQ(ep->t, "DEV-EXR-016", expected, acts_on(ep, space, address), "%s: hook %u acts", what, n);
    CHECK_EQ(ep->t, "DEV-EXR-016", before + expected, fired(ep, n), "%s: FIRED", what);
    arm(ep, n, &(struct hook){.size_lg2 = 12});
}

static void hook_conditions(struct test *t)
{
    struct ep ep;
    struct hook hook = HOOK;

    ep_open(&ep, t);
    if (ep.pasid)
        ep_pasid(&ep, true, false, false);
    ep_unlock(&ep);
    CHECK(t, "DEV-EXR-016", !acts_on(&ep, EP_NONE, 0x5000), "a hook acts before one is armed");
    for (uint32_t n = 0; n < 16; n++)
        check_hook(&ep, n, &hook, EP_NONE, 0x1000 * n, true, "armed");
    CHECK_EQ(t, "DEV-EXR-016", 3, ep_read(&ep, "BAR0_TAINT"), "TAINT");
    CHECK(t, "DEV-EXR-016", !acts_on(&ep, EP_NONE, 0x5000), "a hook acts when none is armed any more");
    hook.id = 0; /* no hook has this number */
    arm(&ep, 9, &hook);
    for (uint32_t n = 0; n < 4; n++)
        CHECK(t, "DEV-EXR-016", !acts_on(&ep, EP_NONE, 0x5000), "a hook without number acts");
    CHECK_EQ(t, "DEV-EXR-016", 0, fired(&ep, 9) - 1, "FIRED of a hook without number, besides before");
    hook.enable = false;
    arm(&ep, 9, &hook);
    for (uint32_t n = 0; n < 16; n += 5) {
        hook = HOOK;
        hook.enable = false;
        check_hook(&ep, n, &hook, EP_NONE, 0, false, "not enabled");
        hook = HOOK;
        hook.id = REPLACED_REQUESTER + 100;
        check_hook(&ep, n, &hook, EP_NONE, 0, false, "another id");
        hook = HOOK;
        hook.parameter = 1;
        check_hook(&ep, n, &hook, EP_NONE, 0, false, "another form");
        hook = HOOK;
        hook.by_pasid = true;
        hook.pasid = n + 1;
        check_hook(&ep, n, &hook, EP_NONE, 0, false, "a PASID, and the request has none");
        for (uint32_t pasid = 0; ep.pasid && pasid < 64; pasid++)
            check_hook(&ep, n, &hook, pasid, 0, pasid == n + 1, "a PASID");
    }
    ep_raw_close(&ep);
}

static void hook_ranges(struct test *t)
{
    struct ep ep;
    struct hook hook = HOOK;
    const uint64_t base = 0x0000123456789000;

    ep_open(&ep, t);
    ep_unlock(&ep);
    hook.by_address = true;
    for (hook.size_lg2 = 2; hook.size_lg2 < 48; hook.size_lg2++) {
        uint64_t size = 1ull << hook.size_lg2, first = base & ~(size - 1);

        hook.address = base;
        check_hook(&ep, 2, &hook, EP_NONE, first, true, "first address");
        check_hook(&ep, 2, &hook, EP_NONE, first + size - 4, true, "last address");
        check_hook(&ep, 2, &hook, EP_NONE, first + size, false, "behind the range");
        check_hook(&ep, 2, &hook, EP_NONE, first - 4, false, "before the range");
        check_hook(&ep, 2, &hook, EP_NONE, first ^ 1ull << 50, false, "another range");
    }
    hook.by_address = false;
    check_hook(&ep, 2, &hook, EP_NONE, base ^ 1ull << 50, true, "any address");
    ep_raw_close(&ep);
}

static void hook_counts(struct test *t)
{
    static const struct {
        uint32_t skip, times, acts; /* bit n: on occasion n of ten */
    } ways[] = {{0, 0, 0x3ff}, {0, 1, 0x001}, {0, 3, 0x007}, {2, 3, 0x01c}, {4, 1, 0x010}, {1, 0, 0x3fe}, {9, 5, 0x200}};
    struct ep ep;

    ep_open(&ep, t);
    ep_unlock(&ep);
    for (uint32_t i = 0; i < 7; i++) {
        struct hook hook = HOOK;
        uint32_t acts = 0;

        hook.skip = ways[i].skip;
        hook.times = ways[i].times;
        hook.by_address = true;
        test_context(t, "SKIP %u, TIMES %u", hook.skip, hook.times);
        arm(&ep, i, &hook);
        for (uint32_t n = 0; n < 10; n++) {
            acts |= (uint32_t)acts_on(&ep, EP_NONE, 0x100) << n;
            CHECK(t, "DEV-EXR-016", !acts_on(&ep, EP_NONE, 0x2000), "a hook acts out of its range"); /* no occasion */
        }
        CHECK_EQ(t, "DEV-EXR-016", ways[i].acts, acts, "occasions on which the hook acts");
        CHECK_EQ(t, "DEV-EXR-016", __builtin_popcount(ways[i].acts), fired(&ep, i), "FIRED");
        hook.enable = false;
        arm(&ep, i, &hook);
    }
    ep_raw_close(&ep);
}

/* Two hooks for one occasion: the first that fires is enough, one that does not lets the next one look. */
static void two_hooks(struct test *t)
{
    struct ep ep;
    struct hook first = HOOK, second = HOOK;

    ep_open(&ep, t);
    ep_unlock(&ep);
    first.skip = 1;
    first.times = 1;
    arm(&ep, 1, &first);
    arm(&ep, 6, &second);
    for (uint32_t n = 0; n < 3; n++)
        CHECK(t, "DEV-EXR-016", acts_on(&ep, EP_NONE, 0x100), "neither of two hooks acts on occasion %u", n);
    CHECK_EQ(t, "DEV-EXR-016", 1, fired(&ep, 1), "FIRED of the first");
    CHECK_EQ(t, "DEV-EXR-016", 2, fired(&ep, 6), "FIRED of the second");
    ep_raw_close(&ep);
}

/* Of hook 3 the parameter is a time in ticks: an invalidation is complete then, not before. */
static void timed_hook(struct test *t)
{
    struct ep ep;
    struct hook hook = HOOK;
    uint64_t began, now;

    ep_open(&ep, t);
    ep_all(&ep);
    ep_unlock(&ep);
    hook.id = 3;
    for (hook.parameter = 100; hook.parameter < 100000; hook.parameter *= 7) {
        arm(&ep, 4, &hook);
        began = ep_read(&ep, "BAR0_TICK");
        ep_invalidate_send(&ep, &(struct ep_range){.itag = 4, .space = EP_NONE, .size_lg2 = 64});
        (void)test_settle(t);
        for (uint32_t n = 0; n < 1000 && !ep_invalidate_done(&ep, 4); n++)
            test_run(t, 10000000);
        now = ep_read(&ep, "BAR0_TICK");
        CHECK(t, "DEV-EXR-016", ep_invalidate_done(&ep, 4), "an invalidation that is held up is not completed in the end");
        CHECK(t, "DEV-EXR-016", now - began >= hook.parameter && ep_counter(&ep, 22) >= hook.parameter,
              "an invalidation is completed after %llu ticks, not %u", (unsigned long long)(now - began), hook.parameter);
        CHECK(t, "DEV-EXR-016", ep_counter(&ep, 22) <= hook.parameter + 10, "longest wait: %llu ticks, not %u",
              (unsigned long long)ep_counter(&ep, 22), hook.parameter);
    }
    ep_raw_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("exerciser.invalidations_held", invalidations_held, "DEV-EXR-010", "&EXER&ATS", "INVHOLD and INVREL act by ITag"),
    SENDS("exerciser.invalidation_not_ready", invalidation_not_ready, "DEV-EXR-010", "&EXER&ATS",
          "INVREL sends nothing that is not complete"),
    SENDS("exerciser.invalidations_forged", invalidations_forged, "DEV-EXR-010", "&EXER&ATS", "INVFAKE sends what it is told"),
    SENDS("exerciser.responses_held", responses_held, "DEV-EXR-011", "&EXER&PRI&PASID", "PRGHOLD keeps responses in order"),
    SENDS("exerciser.group_forgotten", group_forgotten, "DEV-EXR-011", "&EXER&PRI&PASID", "A group that is forgotten is unknown"),
    SENDS("exerciser.completions_held", completions_held, "DEV-EXR-012", "&EXER", "CPLHOLD keeps what its bits say"),
    SENDS("exerciser.tags_window", tags_window, "DEV-EXR-012", "&EXER", "The TAGS window shows and forgets requests"),
    SENDS("exerciser.hook_conditions", hook_conditions, "DEV-EXR-016", "&EXER", "A hook acts under its conditions only"),
    SENDS("exerciser.hook_ranges", hook_ranges, "DEV-EXR-016", "&EXER", "A hook acts in its range of addresses"),
    SENDS("exerciser.hook_counts", hook_counts, "DEV-EXR-016", "&EXER", "SKIP and TIMES say on which occasions"),
    SENDS("exerciser.two_hooks", two_hooks, "DEV-EXR-016", "&EXER", "Of two hooks one acts"),
    SENDS("exerciser.timed_hook", timed_hook, "DEV-EXR-016", "&EXER&ATS", "The parameter of a late completion is a time"),
};

LIST(ep_exerciser_hold_cases, cases);
