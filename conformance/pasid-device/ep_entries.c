/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries of the translation cache beside one another: shared, overlapping, invalidated, in use. */
#include "pasid_device_chapters.h"

static const struct ep_wq wqs[] = {{.size = 4, .priority = 1, .pasid_en = true, .pasid = 5},
                                   {.size = 4, .priority = 1, .pasid_en = true, .pasid = 6},
                                   {.size = 4, .priority = 1},
                                   {.size = 4, .priority = 1, .pasid_en = true, .pasid = 5, .priv = true}};
static const uint32_t spaces[] = {5, 6, EP_NONE, 5};

/* Where a queue reads the address; 0: nowhere. */
static uint64_t read_at(struct ep *ep, uint32_t wq, uint64_t va)
{
    uint32_t mark = ep_mark(ep);
    const struct ep_event *read;

    (void)ep_touch(ep, wq, spaces[wq], va);
    read = ep_event(ep, mark, EP_READ, 0, UINT64_MAX, 0);
    return read ? read->tlp.address : 0;
}

/* ---- shared ---- */

static void shared(struct test *t)
{
    struct ep ep;
    uint64_t global, local, alone, pa;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 4);
    global = ep_region(&ep);
    local = ep_region(&ep);
    alone = ep_region(&ep);
    pa = ep_map_page(&ep, 5, global, 12, EP_RW | EP_GLOBAL)->pa;
    (void)ep_map_page(&ep, 6, global, 12, EP_RW | EP_GLOBAL);
    (void)ep_map_page(&ep, EP_NONE, global, 12, EP_RW);
    CHECK_EQ(t, "DEV-ATC-953", pa, read_at(&ep, 0, global), "where PASID 5 reads a global page");
    CHECK_EQ(t, "DEV-ATC-953", pa, read_at(&ep, 1, global), "where PASID 6 reads it, through the entry that is there");
    CHECK(t, "DEV-ATC-953", ep_cached(&ep, 1, 6, global), "the global page is not there for PASID 6");
    CHECK(t, "DEV-ATC-953", !ep_cached(&ep, 2, EP_NONE, global), "it is there for requests without PASID");
    CHECK(t, "DEV-ATC-953", !ep_cached(&ep, 3, 5, global), "it is there for privileged requests");
    (void)ep_map_page(&ep, 5, local, 12, EP_RW);
    (void)ep_map_page(&ep, 6, local, 12, EP_RW);
    (void)ep_touch(&ep, 0, 5, local);
    CHECK(t, "DEV-ATC-953", !ep_cached(&ep, 1, 6, local), "a page that is not global is there for PASID 6");
    (void)ep_map_page(&ep, EP_NONE, alone, 12, EP_RW | EP_GLOBAL);
    (void)ep_map_page(&ep, 5, alone, 12, EP_RW);
    (void)ep_touch(&ep, 2, EP_NONE, alone);
    CHECK(t, "DEV-ATC-953", !ep_cached(&ep, 0, 5, alone), "Global on a translation without PASID counts");
    CHECK(t, "DEV-ATC-953", ep_cached(&ep, 2, EP_NONE, alone), "that translation is not kept");
    ep_close(&ep);
}

/* An invalidation of the PASID that asked, of all PASIDs, or of all: the entry is gone for everybody. */
static void shared_gone(struct test *t)
{
    struct ep ep;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 4);
    for (uint32_t way = 0; way < 3; way++) {
        struct ep_range range = {.itag = way, .space = way == 2 ? EP_NONE : way ? 6 : 5, .size_lg2 = 12, .global = way == 1};

        if (way == 1 && !ep_get(&ep, "CFG_ATS_CTL", "GIS"))
            continue;
        range.address = ep_region(&ep);
        (void)ep_map_page(&ep, 5, range.address, 12, EP_RW | EP_GLOBAL);
        (void)ep_map_page(&ep, 6, range.address, 12, EP_RW | EP_GLOBAL);
        (void)ep_touch(&ep, 0, 5, range.address);
        CHECK(t, "DEV-ATC-953", ep_cached(&ep, 1, 6, range.address), "the global page is not there for PASID 6");
        ep_invalidate_send(&ep, &range);
        (void)test_settle(t);
        CHECK(t, "DEV-ATC-953", ep_invalidate_done(&ep, way), "no completion");
        CHECK(t, "DEV-ATC-953", !ep_cached(&ep, 1, 6, range.address), "a global page outlives invalidation %u", way);
    }
    ep_close(&ep);
}

/* A PASID's own entry comes before a shared one. */
static void shared_and_own(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va, pa, own;
    struct ep_map *page;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 4);
    va = ep_region(&ep);
    page = ep_map_page(&ep, 5, va, 12, EP_R | EP_GLOBAL);
    pa = page->pa;
    (void)ep_map_page(&ep, 6, va, 12, EP_R | EP_GLOBAL);
    CHECK_EQ(t, "DEV-ATC-953", pa, read_at(&ep, 0, va), "where PASID 5 reads a global page");
    page->live = false;
    own = ep_map_page(&ep, 5, va, 12, EP_RW)->pa;
    work = ep_write_work(5, va, 64, 1);
    ep_expect(&ep, "DEV-ATC-953", 0, &work, 1, "a write that the global page does not allow");
    CHECK_EQ(t, "DEV-ATC-953", own, read_at(&ep, 0, va), "where PASID 5 reads its own page");
    CHECK_EQ(t, "DEV-ATC-953", pa, read_at(&ep, 1, va), "where PASID 6 reads the global page");
    ep_close(&ep);
}

/* ---- overlapping ---- */

/* A fill takes the older entries of its own tag along, whatever their size, and of no other. */
static void overlapping(struct test *t)
{
    static const uint32_t sizes[] = {12, 16, 21};
    struct ep ep;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 3);
    ep_require_entries(&ep, 10);
    for (uint32_t i = 0; i < 9; i++) {
        uint32_t first = sizes[i / 3], second = sizes[i % 3];
        uint64_t va = ep_region(&ep), inside = va + 0x5000;
        struct ep_map *old = ep_map_page(&ep, 5, first == 12 ? inside : va, first, EP_R), *new;

        for (uint32_t wq = 1; wq < 3; wq++) {
            (void)ep_map_page(&ep, spaces[wq], inside, 12, EP_R);
            (void)ep_touch(&ep, wq, spaces[wq], inside);
        }
        CHECK_EQ(t, "DEV-ATC-009", ep_pa(&ep, 5, inside), read_at(&ep, 0, inside), "where the first entry leads");
        old->live = false;
        new = ep_map_page(&ep, 5, second == 12 ? inside : va, second, EP_RW);
        {
            struct ep_work work = ep_write_work(5, inside, 64, 1);

            ep_expect(&ep, "DEV-ATC-009", 0, &work, 1, "a write that the first entry does not allow");
        }
        CHECK_EQ(t, "DEV-ATC-009", ep_map_pa(new, inside), read_at(&ep, 0, inside),
                 "where the second entry leads, 2^%u over 2^%u", second, first);
        if (second > 12)
            CHECK_EQ(t, "DEV-ATC-009", ep_map_pa(new, va + 0x8000), read_at(&ep, 0, va + 0x8000), "where it leads elsewhere");
        for (uint32_t wq = 1; wq < 3; wq++)
            CHECK(t, "DEV-ATC-009", ep_cached(&ep, wq, spaces[wq], inside), "the entry of queue %u is gone, 2^%u over 2^%u", wq,
                  second, first);
        (void)ep_invalidate(&ep, EP_NONE, 0, 64);
        ep.map_count = 0;
        ep.record_pages = 0;
    }
    ep_close(&ep);
}

/* ---- invalidated ---- */

static void send_raw(struct ep *ep, uint32_t itag, uint64_t va, uint32_t flags, uint32_t payload)
{
    struct iotb_message message = {.kind = IOTB_MSG_INVALIDATE_REQUEST,
                                   .device_id = ep->rid,
                                   .agent_id = ep->agent_id,
                                   .flags = IOTB_RQ_PASID | flags,
                                   .pasid = 5,
                                   .itag = itag,
                                   .address = va,
                                   .payload_bytes = (uint16_t)payload};

    ep->invalidations[itag] = (struct ep_invalidation){.outstanding = true,
                                                       .sent = ep->clock++,
                                                       .message = message,
                                                       .first = payload && payload != 8 ? 1 : va,
                                                       .last = va + 4095};
    if (payload && payload != 8)
        ep->invalidations[itag].last = 0; /* nothing need go */
    message_queue(ep->t, &message, 0);
    (void)test_settle(ep->t);
}

static void malformed(struct test *t)
{
    static const uint32_t payloads[] = {4, 16, 12, 1, 9, 8};
    struct ep ep;
    uint64_t va;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 1);
    va = ep_buffer(&ep, 5, 4096, EP_RW);
    (void)ep_touch(&ep, 0, 5, va);
    for (uint32_t i = 0; i < 6; i++) {
        bool good = payloads[i] == 8;

        ep_write(&ep, "CFG_AER_UES", UINT32_MAX);
        CHECK_EQ(t, "DEV-INV-950", 0, ep_get(&ep, "CFG_AER_UES", "MALFORMED"), "AER Malformed TLP before");
        send_raw(&ep, i, va, 0, payloads[i]);
        CHECK_EQ(t, "DEV-INV-950", !good, ep.invalidations[i].outstanding, "an Invalidate Request of %u bytes waits for ever",
                 payloads[i]);
        CHECK_EQ(t, "DEV-INV-950", !good, ep_get(&ep, "CFG_AER_UES", "MALFORMED"), "AER Malformed TLP after %u bytes",
                 payloads[i]);
        CHECK_EQ(t, "DEV-INV-950", 0, ep_get(&ep, "CFG_AER_UES", "POISONED"), "AER Poisoned TLP after %u bytes", payloads[i]);
        ep.invalidations[i].outstanding = false;
        CHECK_EQ(t, "DEV-INV-950", !good, ep_cached(&ep, 0, 5, va), "the page hits after a request of %u bytes", payloads[i]);
    }
    ep_write(&ep, "CFG_AER_UES", UINT32_MAX);
    send_raw(&ep, 9, va, IOTB_RQ_POISONED, 0);
    CHECK(t, "DEV-INV-950", ep.invalidations[9].outstanding, "a poisoned Invalidate Request is completed");
    CHECK_EQ(t, "DEV-INV-950", 1, ep_get(&ep, "CFG_AER_UES", "POISONED"), "AER Poisoned TLP");
    CHECK_EQ(t, "DEV-INV-950", 0, ep_get(&ep, "CFG_AER_UES", "MALFORMED"), "AER Malformed TLP after a poisoned one");
    ep.invalidations[9].outstanding = false;
    CHECK(t, "DEV-INV-950", ep_cached(&ep, 0, 5, va), "what cannot be trusted took an entry");
    CHECK_EQ(t, "DEV-INV-950", 0, ep_get(&ep, "BAR0_ATCSTS", "INVALIDATIONS"), "invalidations not completed");
    ep_close(&ep);
}

/* What is smaller than the Smallest Translation Unit is rounded up to it. */
static void rounded_up(struct test *t)
{
    static const uint32_t units[] = {1, 2, 4, 9};
    struct ep ep;

    for (uint32_t i = 0; i < 16; i++) {
        uint32_t unit = 12 + units[i / 4], sent = i % 4 == 3 ? unit : 12 + i % 4;
        uint64_t va, size, pages[4], first;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, false, false);
        ep_set(&ep, "CFG_ATS_CTL", "STU", units[i / 4]);
        ep_ats(&ep, true);
        ep_start(&ep, wqs, 1);
        ep_expect_move(&ep, "DEV-INV-021", 0, 5, "a move");
        size = 1ull << (sent > unit ? sent : unit);
        va = ep_region(&ep);
        (void)ep_region(&ep); /* the last page is in the next one */
        first = va + size;
        pages[0] = first - 4096;
        pages[1] = first;
        pages[2] = first + size - 4096;
        pages[3] = first + size;
        for (uint32_t n = 0; n < 4; n++) { /* an agent that keeps smaller pages than the unit makes it visible */
            (void)ep_map_page(&ep, 5, pages[n], 12, EP_RW);
            (void)ep_touch(&ep, 0, 5, pages[n]);
        }
        ep_invalidate_send(
            &ep, &(struct ep_range){
                     .itag = i, .space = 5, .address = first + (sent < unit && size > 8192 ? 8192 : 0), .size_lg2 = sent});
        (void)test_settle(t);
        if (!ep_invalidate_done(&ep, i)) { /* UR is as good */
            ep.invalidations[i].outstanding = false;
            ep_close(&ep);
            continue;
        }
        for (uint32_t n = 0; n < 4; n++)
            CHECK_EQ(t, n == 1 || n == 2 ? "DEV-INV-021" : "DEV-INV-024", n == 0 || n == 3, ep_cached(&ep, 0, 5, pages[n]),
                     "page %u hits after 2^%u bytes went, the unit being 2^%u", n, sent, unit);
        ep_close(&ep);
    }
}

/* ---- in use ---- */

struct use {
    uint32_t wq, op, flags;
    uint32_t page; /* which of two */
};

struct waited {
    struct ep_range range;
    uint32_t uses; /* one bit for each use that it waits for */
};

/* An invalidation waits for the requests that use what it takes, and for no other. */
static void in_use(struct test *t)
{
    static const struct use uses[] = {
        {0, EP_OP_CRC, 0, 0}, {1, EP_OP_CRC, 0, 0},        {2, EP_OP_CRC, 0, 0},
        {0, EP_OP_CRC, 0, 1}, {0, EP_OP_CRC, EP_XUNTR, 0}, {0, EP_OP_ATOMIC, 0, 0},
    };
    static const struct waited table[] = {
        {{.space = 5, .size_lg2 = 12}, 0x21},
        {{.space = 6, .size_lg2 = 12}, 0x02},
        {{.space = EP_NONE, .size_lg2 = 12}, 0x27},
        {{.space = 5, .size_lg2 = 13}, 0x29},
        {{.space = 7, .size_lg2 = 64}, 0},
        {{.space = 5, .address = 0x1000, .size_lg2 = 12}, 0x08},
        {{.space = 5, .address = 0x2000, .size_lg2 = 12}, 0},
        {{.space = 5, .size_lg2 = 12, .global = true}, 0x23},
    };
    struct ep ep;

    for (uint32_t u = 0; u < sizeof(uses) / sizeof(uses[0]); u++) {
        const struct use *c = &uses[u];
        struct ep_work work;
        uint64_t va;
        uint32_t rule;
        bool gis;

        if (u)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 3);
        ep_set(&ep, "CFG_PCIE_DEVCTL2", "ATOMICREQ", 1);
        gis = ep_get(&ep, "CFG_ATS_CTL", "GIS");
        va = ep_region(&ep);
        for (uint32_t page = 0; page < 2; page++)
            (void)ep_map_page(&ep, spaces[c->wq], va + 4096 * page, 12, EP_RW);
        rule = ep_rule(&ep, EP_READ | EP_ATOMIC, va, va + 8191, EP_HOLD, 0, UINT32_MAX);
        work = c->op == EP_OP_CRC ? ep_read_work(spaces[c->wq], va + 4096 * c->page, 64)
                                  : (struct ep_work){.op = c->op, .space = spaces[c->wq], .dst = va, .data = {1, 0, 8}};
        work.flags = c->flags;
        (void)ep_submit(&ep, c->wq, &work);
        (void)test_settle(t);
        if (!CHECK(t, "DEV-INV-011", ep_held(&ep, rule) == 1, "nothing is outstanding"))
            break;
        for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
            struct ep_range range = table[i].range;

            range.itag = i ? 35 - 4 * i : 0;
            range.address += va;
            if (range.global && !gis)
                continue;
            ep_invalidate_send(&ep, &range);
        }
        (void)test_settle(t);
        for (uint32_t round = 0; round < 2; round++) {
            for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
                if (!table[i].range.global || gis)
                    CHECK_EQ(t, table[i].uses >> u & 1 ? "DEV-INV-011" : "DEV-INV-015", round || !(table[i].uses >> u & 1),
                             ep_invalidate_done(&ep, i ? 35 - 4 * i : 0), "invalidation %u is complete, request %u being %s", i,
                             u, round ? "complete" : "outstanding");
            ep_release(&ep, rule);
            (void)test_settle(t);
        }
        CHECK_EQ(t, "DEV-INV-011", 1, ep_wait(&ep, &work).status, "status of the work");
        ep_close(&ep);
    }
}

/* The size of what was asked for shows in the answer: an invalidation anywhere near it makes it stale. */
static void stale_nearby(struct test *t)
{
    struct ep ep;

    for (uint32_t way = 0; way < 3; way++) { /* a part of a large page; the last of eight pages; the first */
        struct ep_work work;
        uint64_t va, old;
        uint32_t hold;
        struct ep_map *page;

        if (way)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, false, false);
        ep_ats(&ep, true);
        if (way)
            ep_set(&ep, "BAR0_ATCCFG", "N_XLAT", 7);
        ep_start(&ep, wqs, 1);
        va = ep_region(&ep);
        if (!way)
            (void)ep_map_page(&ep, 5, va, 21, EP_RW);
        for (uint32_t i = 0; i < 8 && way; i++)
            (void)ep_map_page(&ep, 5, va + 4096 * i, 12, EP_RW);
        hold = ep_rule(&ep, EP_TREQ, va, va + 0x1fffff, EP_HOLD, 0, 1);
        work = ep_read_work(5, va + 64, 64);
        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-INV-012", 1, ep_held(&ep, hold), "translation requests outstanding");
        page = ep_find(&ep, 5, va + (way == 2 ? 0 : 0x7000));
        old = page->pa;
        page->live = false;
        (void)ep_map_page(&ep, 5, page->va, page->size_lg2, EP_RW);
        CHECK(t, "DEV-INV-012", ep_invalidate(&ep, 5, va + (way == 2 ? 0 : 0x7000), 12), "no completion");
        ep_release(&ep, hold);
        CHECK_EQ(t, "DEV-INV-012", 1, ep_wait(&ep, &work).status, "status of the read");
        CHECK_EQ(t, "DEV-INV-012", ep_pa(&ep, 5, va + 0x7000), read_at(&ep, 0, va + 0x7000), "where the page is read, way %u",
                 way);
        CHECK_EQ(t, "DEV-INV-012", ep_pa(&ep, 5, va), read_at(&ep, 0, va), "where the first page is read, way %u", way);
        CHECK_EQ(t, "DEV-INV-012", 0, ep_count(&ep, 0, EP_READ, old, old), "reads of what was there before");
        ep_close(&ep);
    }
}

static const struct iotb_case cases[] = {
    SENDS("entries.shared", shared, "DEV-ATC-953", "&ATS&PASID&PRIV&GLOB", "A global entry serves all PASIDs, and nobody else"),
    SENDS("entries.shared_gone", shared_gone, "DEV-ATC-953", "&ATS&PASID&PRIV&GLOB", "It goes for all of them"),
    SENDS("entries.shared_and_own", shared_and_own, "DEV-ATC-953", "&ATS&PASID&PRIV&GLOB", "A PASID's own entry comes first"),
    SENDS("entries.overlapping", overlapping, "DEV-ATC-009", "&ATS&PASID", "A fill replaces what it overlaps, of its own tag"),
    SENDS("entries.malformed", malformed, "DEV-INV-950", "&ATS&PASID", "A malformed or poisoned request is logged, and no more"),
    SENDS("entries.rounded_up", rounded_up, "DEV-INV-021 DEV-INV-024", "&ATS&PASID", "What is smaller than STU is rounded up"),
    SENDS("entries.in_use", in_use, "DEV-INV-011 DEV-INV-015", "&ATS&PASID", "An invalidation waits for those who use what goes"),
    SENDS("entries.stale_nearby", stale_nearby, "DEV-INV-012", "&ATS&PASID", "An answer is stale when any part of it went"),
};

LIST(ep_entries_cases, cases);
