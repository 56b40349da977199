/* SPDX-License-Identifier: BSD-2-Clause */
/* Invalidation: what goes, what stays, and the completion's form. */
#include "pasid_device_chapters.h"

static const struct ep_wq three_queues[] = {{.size = 8, .priority = 1, .pasid_en = true, .pasid = 5},
                                            {.size = 8, .priority = 1, .pasid_en = true, .pasid = 6},
                                            {.size = 8, .priority = 1}};
static const uint32_t three_spaces[] = {5, 6, EP_NONE};

static void scene(struct ep *ep, struct test *t)
{
    ep_scene_with(ep, t, ON_ATS | ON_PASID, three_queues, 3);
}

static bool warm(struct ep *ep, uint32_t wq, uint64_t va)
{
    (void)ep_touch(ep, wq, three_spaces[wq], va);
    return ep_cached(ep, wq, three_spaces[wq], va);
}

static void itags(struct test *t)
{
    struct ep ep;
    uint64_t va;

    scene(&ep, t);
    va = ep_buffer(&ep, 5, 4096, EP_RW);
    CHECK(t, "DEV-INV-001", warm(&ep, 0, va), "a page is not cached");
    for (uint32_t itag = 0; itag < 32; itag++)
        ep_invalidate_send(&ep, &(struct ep_range){.itag = itag, .space = 5, .address = va, .size_lg2 = 12});
    (void)test_settle(t);
    for (uint32_t itag = 0; itag < 32; itag++)
        CHECK_EQ(t, "DEV-INV-001", 1, ep.invalidations[itag].completions, "completions of ITag %u", itag);
    for (uint32_t n = 0; ep_message(&ep, 0, IOTB_MSG_INVALIDATE_COMPLETION, n); n++)
        CHECK_EQ(t, "DEV-INV-001", 1, ep_message(&ep, 0, IOTB_MSG_INVALIDATE_COMPLETION, n)->message.completion_count,
                 "Completion Count");
    CHECK(t, "DEV-INV-001", !ep_cached(&ep, 0, 5, va), "the page hits after 32 invalidations");
    ep_close(&ep);
}

static void destination(struct test *t)
{
    struct ep ep;
    uint64_t va;

    scene(&ep, t);
    va = ep_buffer(&ep, 5, 4096, EP_RW);
    CHECK(t, "DEV-INV-002", warm(&ep, 0, va), "a page is not cached");
    for (uint32_t i = 0; i < 4; i++) {
        const struct ep_event *event;
        uint32_t mark = ep_mark(&ep);

        ep.agent_id = (uint16_t)(0x0008 + 0x1234 * i);
        CHECK(t, "DEV-INV-002", ep_invalidate(&ep, 5, va, 12), "no completion");
        event = ep_message(&ep, mark, IOTB_MSG_INVALIDATE_COMPLETION, 0);
        CHECK_EQ(t, "DEV-INV-002", ep.agent_id, event ? event->message.agent_id : 0xffffff, "destination of the completion");
    }
    ep_close(&ep);
}

/* Around a range of 2^lg2 bytes: its first page, its last, and those before and behind. */
static void ranges(struct test *t)
{
    struct ep ep;

    scene(&ep, t);
    for (uint32_t lg2 = 12; lg2 <= 63; lg2++) {
        uint64_t size = 1ull << lg2, first = lg2 < 40 ? 0x00a5000000000000ull + size * 3 : size & ~(1ull << 63);
        uint64_t pages[] = {first, first + size - 4096, first - 4096, first + size};
        bool inside[] = {true, true, false, false}, was[4];
        uint32_t count = lg2 == 63 ? 2 : 4; /* behind 2^63 from 2^63 there is nothing */

        for (uint32_t i = 0; i < count; i++) {
            if (!ep_find(&ep, 5, pages[i]))
                ep_map(&ep, 5, pages[i], mem_alloc(t, 4096, 4096), 12, EP_RW);
            was[i] = warm(&ep, 0, pages[i]);
            CHECK(t, "DEV-INV-003", was[i], "page 0x%llx is not cached", (unsigned long long)pages[i]);
        }
        CHECK(t, "DEV-INV-003", ep_invalidate(&ep, 5, first, lg2), "no completion of a range of 2^%u bytes", lg2);
        for (uint32_t i = lg2 == 12; i < count; i++) /* of 4 KiB, the first page is the last */
            CHECK_EQ(t, inside[i] ? "DEV-INV-003" : "DEV-INV-024", !inside[i], ep_cached(&ep, 0, 5, pages[i]),
                     "page 0x%llx hits after 0x%llx, 2^%u bytes went", (unsigned long long)pages[i], (unsigned long long)first,
                     lg2);
        (void)ep_invalidate(&ep, EP_NONE, 0, 64);
        ep.map_count = ep.map_count > 200 ? 0 : ep.map_count;
        if (!ep.map_count)
            ep.record_pages = 0;
    }
    ep_close(&ep);
}

static void everything(struct test *t)
{
    static const uint64_t at[] = {0x1000, 0x7ffffffff000, 0xffff800000000000, 0xfffffffffffff000};
    struct ep ep;

    scene(&ep, t);
    for (uint32_t i = 0; i < 4; i++) {
        ep_map(&ep, 5, at[i], mem_alloc(t, 4096, 4096), 12, EP_RW);
        CHECK(t, "DEV-INV-003", warm(&ep, 0, at[i]), "page 0x%llx is not cached", (unsigned long long)at[i]);
    }
    CHECK(t, "DEV-INV-003", ep_invalidate(&ep, 5, 0, 64), "no completion of the whole space");
    for (uint32_t i = 0; i < 4; i++)
        CHECK(t, "DEV-INV-003", !ep_cached(&ep, 0, 5, at[i]), "page 0x%llx hits after all went", (unsigned long long)at[i]);
    ep_close(&ep);
}

static void overlap(struct test *t)
{
    struct ep ep;
    uint64_t big = 0x40000000, size = 1 << 21, group = 0x80000000;

    scene(&ep, t);
    ep_map(&ep, 5, big, mem_alloc(t, size, size), 21, EP_RW);
    CHECK(t, "DEV-INV-004", warm(&ep, 0, big), "2 MiB are not cached");
    CHECK(t, "DEV-INV-004", ep_cached(&ep, 0, 5, big + 0x12000), "2 MiB are not cached as a whole");
    CHECK(t, "DEV-INV-004", ep_invalidate(&ep, 5, big + 0x12000, 12), "no completion");
    CHECK(t, "DEV-INV-004", !ep_cached(&ep, 0, 5, big + 0x12000), "4 KiB that went inside cached 2 MiB hit");
    for (uint32_t i = 0; i < 4; i++) {
        ep_map(&ep, 5, group + i * 0x8000000ull, mem_alloc(t, 4096, 4096), 12, EP_RW);
        CHECK(t, "DEV-INV-004", warm(&ep, 0, group + i * 0x8000000ull), "a page is not cached");
    }
    CHECK(t, "DEV-INV-004", ep_invalidate(&ep, 5, group, 30), "no completion");
    for (uint32_t i = 0; i < 4; i++)
        CHECK(t, "DEV-INV-004", !ep_cached(&ep, 0, 5, group + i * 0x8000000ull), "a page under 1 GiB that went hits");
    ep_close(&ep);
}

struct spaces {
    const char *row;
    uint32_t space; /* of the invalidation */
    bool global;
    bool gone[3]; /* of spaces 5, 6 and none: must be gone */
    bool stay[3]; /* must stay: only where the row says so */
};

static void which_spaces(struct test *t)
{
    const struct spaces *c = test_argument(t);
    struct ep ep;
    uint64_t va = 0x52345000;
    bool gis;

    scene(&ep, t);
    gis = ep_get(&ep, "CFG_ATS_CTL", "GIS");
    for (uint32_t i = 0; i < 3; i++) {
        ep_map(&ep, three_spaces[i], va, mem_alloc(t, 4096, 4096), 12, EP_RW);
        CHECK(t, c->row, warm(&ep, i, va), "the page of space %u is not cached", i);
    }
    ep_invalidate_send(
        &ep, &(struct ep_range){.itag = 2, .space = c->space, .address = va, .size_lg2 = 12, .global = c->global && gis});
    if (c->global && !gis) { /* G is ignored: the monitor must not expect more than the PASID's entries to go */
        (void)test_settle(t);
    }
    (void)test_settle(t);
    CHECK(t, c->row, ep_invalidate_done(&ep, 2), "no completion");
    for (uint32_t i = 0; i < 3; i++) {
        bool hits = ep_cached(&ep, i, three_spaces[i], va);

        if (c->gone[i] && (i == 0 || !c->global || gis))
            CHECK(t, c->row, !hits, "the page of space 0x%x hits after it was invalidated", three_spaces[i]);
        else if (!hits)
            test_note(t, "the page of space 0x%x went although only space 0x%x was meant: legal, but more than needed",
                      three_spaces[i], c->space);
    }
    ep_close(&ep);
}

static void global_ignored(struct test *t)
{
    struct ep ep;
    uint64_t va = 0x52345000;
    struct iotb_message message = {.kind = IOTB_MSG_INVALIDATE_REQUEST};

    scene(&ep, t);
    for (uint32_t i = 0; i < 2; i++) {
        ep_map(&ep, three_spaces[i], va, mem_alloc(t, 4096, 4096), 12, EP_RW);
        CHECK(t, "DEV-INV-007", warm(&ep, i, va), "the page of space %u is not cached", i);
    }
    ep_invalidate_send(&ep, &(struct ep_range){.itag = 2, .space = 5, .address = va, .size_lg2 = 12});
    (void)test_settle(t);
    (void)ep_touch(&ep, 0, 5, va);
    /* Once more with G=1: only the PASID's entries have to go, so the monitor is told so. */
    ep.invalidations[2] = (struct ep_invalidation){.outstanding = true, .sent = ep.clock++, .first = va, .last = va + 4095};
    message.device_id = ep.rid;
    message.agent_id = ep.agent_id;
    message.flags = IOTB_RQ_PASID;
    message.pasid = 5;
    message.itag = 2;
    message.address = va;
    ep.invalidations[2].message = message;
    message.address |= 1;
    message_queue(t, &message, 0);
    (void)test_settle(t);
    CHECK(t, "DEV-INV-007", ep_invalidate_done(&ep, 2), "no completion of a request with G=1");
    CHECK(t, "DEV-INV-007", !ep_cached(&ep, 0, 5, va), "the page of the PASID hits");
    CHECK(t, "DEV-INV-007", ep_cached(&ep, 1, 6, va), "G=1 is honoured although Global Invalidate Supported is 0");
    ep_close(&ep);
}

static void foreign_stays(struct test *t)
{
    struct ep ep;
    uint64_t va, kills;

    scene(&ep, t);
    va = ep_buffer(&ep, 5, 4096, EP_RW);
    CHECK(t, "DEV-INV-024", warm(&ep, 0, va), "a page is not cached");
    kills = ep_counter(&ep, 13);
    CHECK(t, "DEV-INV-024", ep_invalidate(&ep, 5, va + 0x100000, 12), "no completion of another address");
    CHECK(t, "DEV-INV-024", ep_invalidate(&ep, 6, va, 12), "no completion of another PASID");
    CHECK_EQ(t, "DEV-INV-024", kills, ep_counter(&ep, 13), "entries killed");
    CHECK(t, "DEV-INV-024", ep_cached(&ep, 0, 5, va), "the page is gone");
    CHECK(t, "DEV-INV-024", ep_invalidate(&ep, 5, va, 12), "no completion");
    CHECK_EQ(t, "DEV-INV-024", kills + 1, ep_counter(&ep, 13), "entries killed by one that matches");
    ep_close(&ep);
}

static void reused(struct test *t)
{
    struct ep ep;
    uint64_t va;

    scene(&ep, t);
    va = ep_buffer(&ep, 5, 4096, EP_RW);
    for (uint32_t i = 0; i < 1000; i++) {
        if (i % 100 == 0)
            CHECK(t, "DEV-INV-018", warm(&ep, 0, va), "a page is not cached");
        ep_invalidate_send(&ep, &(struct ep_range){.itag = 9, .space = 5, .address = va, .size_lg2 = 12});
        (void)test_settle(t);
        if (!CHECK(t, "DEV-INV-018", ep_invalidate_done(&ep, 9), "no completion, use %u of the ITag", i))
            break;
        if (i % 100 == 0)
            CHECK(t, "DEV-INV-018", !ep_cached(&ep, 0, 5, va), "the page hits after use %u of the ITag", i);
    }
    ep_close(&ep);
}

static void while_off(struct test *t)
{
    struct ep ep;

    ep_open(&ep, t);
    CHECK(t, "DEV-INV-019", ep_invalidate(&ep, EP_NONE, 0, 64), "no completion with ATS Enable 0");
    CHECK_EQ(t, "DEV-INV-019", 1, ep_message_count(&ep, 0, IOTB_MSG_INVALIDATE_COMPLETION), "completions");
    ep_close(&ep);
}

static void beyond_width(struct test *t)
{
    struct ep ep;
    uint64_t va;

    scene(&ep, t);
    va = ep_buffer(&ep, 5, 4096, EP_RW);
    CHECK(t, "DEV-INV-020", warm(&ep, 0, va), "a page is not cached");
    if (ep.width >= 20) /* every PASID that a prefix can hold is within the width */
        test_skip(t, "needs a PASID width below 20, and it is %u", ep.width);
    ep_invalidate_send(&ep, &(struct ep_range){.itag = 1, .space = 1u << ep.width, .address = va, .size_lg2 = 12});
    (void)test_settle(t);
    CHECK(t, "DEV-INV-020", ep_cached(&ep, 0, 5, va), "an invalidation of a PASID beyond the width took another's entry");
    ep.invalidations[1].outstanding = false; /* UR or completion */
    CHECK(t, "DEV-INV-020", ep_invalidate(&ep, 5, va, 12), "no completion of the next invalidation");
    ep_close(&ep);
}

static void below_stu(struct test *t)
{
    struct ep ep;
    uint64_t va = 0x34560000;

    ep_open(&ep, t);
    ep_pasid(&ep, true, true, true);
    ep_set(&ep, "CFG_ATS_CTL", "STU", 4);
    ep_ats(&ep, true);
    ep_start(&ep, three_queues, 3);
    ep_map(&ep, 5, va, mem_alloc(t, 65536, 65536), 16, EP_RW);
    CHECK(t, "DEV-INV-021", warm(&ep, 0, va + 0x3000), "64 KiB are not cached");
    ep_invalidate_send(&ep, &(struct ep_range){.itag = 1, .space = 5, .address = va + 0x3000, .size_lg2 = 12});
    (void)test_settle(t);
    if (ep_invalidate_done(&ep, 1))
        CHECK(t, "DEV-INV-021", !ep_cached(&ep, 0, 5, va + 0x3000), "a page that went hits, in a request smaller than STU");
    ep.invalidations[1].outstanding = false;
    CHECK(t, "DEV-INV-021", ep_invalidate(&ep, 5, va, 16), "no completion of the next invalidation");
    ep_close(&ep);
}

static void byte_order(struct test *t)
{
    static const uint64_t pages[] = {0x12345000, 0x0045000000001000ull, 0x00bcad0000345000ull};
    struct ep ep;

    scene(&ep, t);
    for (uint32_t i = 0; i < 3; i++) {
        ep_map(&ep, 5, pages[i], mem_alloc(t, 4096, 4096), 12, EP_RW);
        CHECK(t, "DEV-INV-022", warm(&ep, 0, pages[i]), "page 0x%llx is not cached", (unsigned long long)pages[i]);
    }
    CHECK(t, "DEV-INV-022", ep_invalidate(&ep, 5, pages[0], 12), "no completion");
    for (uint32_t i = 0; i < 3; i++)
        CHECK_EQ(t, i ? "DEV-INV-024" : "DEV-INV-022", i != 0, ep_cached(&ep, 0, 5, pages[i]),
                 "page 0x%llx hits after 0x12345000 went", (unsigned long long)pages[i]);
    ep_close(&ep);
}

static void malformed(struct test *t)
{
    struct ep ep;
    uint64_t va;

    scene(&ep, t);
    va = ep_buffer(&ep, 5, 4096, EP_RW);
    CHECK(t, "DEV-INV-023", warm(&ep, 0, va), "a page is not cached");
    for (uint32_t way = 0; way < 3; way++) {
        uint32_t itag = 10 + way;
        struct iotb_message message = {.kind = IOTB_MSG_INVALIDATE_REQUEST,
                                       .device_id = ep.rid,
                                       .agent_id = ep.agent_id,
                                       .flags = IOTB_RQ_PASID,
                                       .pasid = 5,
                                       .itag = itag,
                                       .address = va};

        message.payload_bytes = way == 0 ? 4 : way == 1 ? 16 : 0;
        message.flags |= way == 2 ? IOTB_RQ_POISONED : 0;
        ep.invalidations[itag] =
            (struct ep_invalidation){.outstanding = true, .sent = ep.clock++, .message = message, .first = 1};
        message_queue(t, &message, 0);
        (void)test_settle(t);
        CHECK(t, "DEV-INV-023", ep.invalidations[itag].outstanding, "a malformed request (%u) is completed", way);
        ep.invalidations[itag].outstanding = false;
    }
    CHECK(t, "DEV-INV-023", ep_get(&ep, "CFG_AER_UES", "MALFORMED") || ep_get(&ep, "CFG_AER_UES", "POISONED"),
          "malformed requests are not logged");
    CHECK(t, "DEV-INV-023", ep_invalidate(&ep, 5, va, 12), "no completion of a good request after them");
    ep_close(&ep);
}

static const struct spaces of_pasid = {.row = "DEV-INV-005", .space = 5, .gone = {true}};
static const struct spaces of_all = {.row = "DEV-INV-006", .space = EP_NONE, .gone = {true, true, true}};
static const struct spaces of_global = {.row = "DEV-INV-007", .space = 5, .global = true, .gone = {true, true, false}};

#define SPACES(name_, argument_, rows_, gate_, summary_)                                                   \
    {                                                                                                      \
        .name = "pasid-device." name_, .summary = summary_, .run = which_spaces, .rows = rows_,            \
        .gate = "PRODUCT&ATS&PASID" gate_, .functional = true, .tier = TIER_FULL, .argument = &(argument_) \
    }

static const struct iotb_case cases[] = {
    SENDS("invalidation.itags", itags, "DEV-INV-001", "&ATS&PASID", "Each ITag is completed once"),
    SENDS("invalidation.destination", destination, "DEV-INV-002", "&ATS&PASID",
          "The completion goes where the request came from"),
    SENDS("invalidation.ranges", ranges, "DEV-INV-003 DEV-INV-024", "&ATS&PASID", "What lies in the range goes, at every size"),
    SENDS("invalidation.everything", everything, "DEV-INV-003", "&ATS&PASID", "All ones are the whole space"),
    SENDS("invalidation.overlap", overlap, "DEV-INV-004", "&ATS&PASID", "A part of an entry that went is not used"),
    SPACES("invalidation.pasid", of_pasid, "DEV-INV-005", "", "With a PASID its entries go"),
    SPACES("invalidation.no_pasid", of_all, "DEV-INV-006", "", "Without a PASID the entries of all go"),
    SPACES("invalidation.global", of_global, "DEV-INV-007", "", "With G the entries of all PASIDs go"),
    SENDS("invalidation.global_ignored", global_ignored, "DEV-INV-007", "&ATS&PASID&!GIS",
          "G is ignored where it is not supported"),
    SENDS("invalidation.itag_reused", reused, "DEV-INV-018", "&ATS&PASID", "An ITag can be used again at once"),
    QUIET("invalidation.while_off", while_off, "DEV-INV-019", "ATS", "With ATS off a request is completed"),
    SENDS("invalidation.beyond_width", beyond_width, "DEV-INV-020", "&ATS&PASID",
          "A PASID beyond the width takes nothing and hangs nothing"),
    SENDS("invalidation.below_stu", below_stu, "DEV-INV-021", "&ATS&PASID", "A range smaller than STU leaves nothing stale"),
    SENDS("invalidation.byte_order", byte_order, "DEV-INV-022 DEV-INV-024", "&ATS&PASID", "The address is big-endian"),
    SENDS("invalidation.malformed", malformed, "DEV-INV-023", "&ATS&PASID", "A malformed request is logged and not completed"),
    SENDS("invalidation.no_match", foreign_stays, "DEV-INV-024", "&ATS&PASID", "A request that matches nothing takes nothing"),
};

LIST(ep_invalidation_cases, cases);
