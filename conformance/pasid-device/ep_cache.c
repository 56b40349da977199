/* SPDX-License-Identifier: BSD-2-Clause */
/* Use of the translation cache. */
#include "pasid_device_chapters.h"

static const uint32_t four_spaces[] = {1, 2, 3, EP_NONE};
static const struct ep_wq four_queues[] = {{.size = 8, .priority = 1, .pasid_en = true, .pasid = 1},
                                           {.size = 8, .priority = 1, .pasid_en = true, .pasid = 2},
                                           {.size = 8, .priority = 1, .pasid_en = true, .pasid = 3},
                                           {.size = 8, .priority = 1}};

/* Reads each space's page through its queue twice (miss, then hit): the address of each read. */
static void read_each(struct ep *ep, const char *row, const uint32_t *spaces, uint32_t count, uint64_t va)
{
    for (uint32_t n = 0; n < 2 * count; n++) {
        uint32_t wq = n % count, mark = ep_mark(ep);
        const struct ep_event *read;

        (void)ep_touch(ep, wq, spaces[wq], va);
        read = ep_event(ep, mark, EP_READ, 0, UINT64_MAX, 0);
        CHECK_EQ(ep->t, row, ep_pa(ep, spaces[wq], va), read ? read->tlp.address : 0, "where space 0x%x reads one address",
                 spaces[wq]);
        CHECK_EQ(ep->t, row, n < count, ep_count(ep, mark, EP_TREQ, va, va + 4095),
                 "translation requests of space 0x%x, round %u", spaces[wq], n / count);
    }
}

static void keys(struct test *t)
{
    static const uint32_t high[] = {0x80001, 1, 0x10001, 0x101};
    static struct ep_wq queues[4];
    struct ep ep;
    uint64_t va = 0x41000000;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, four_queues, 4);
    for (uint32_t i = 0; i < 4; i++)
        ep_map(&ep, four_spaces[i], va, mem_alloc(t, 4096, 4096), 12, EP_RW);
    read_each(&ep, "DEV-ATC-001", four_spaces, 4, va);
    for (uint32_t i = 0; i < 4; i++) {
        struct ep_work work = ep_write_work(four_spaces[i], va, 64, 0x1111111111111111ull * (i + 1));

        ep_expect(&ep, "DEV-ATC-001", i, &work, 1, "a write in each space");
    }
    for (uint32_t i = 0; i < 4; i++)
        CHECK_EQ(t, "DEV-ATC-001", 0x1111111111111111ull * (i + 1), ep_peek(&ep, four_spaces[i], va), "what space %u holds", i);
    ep_close(&ep);
    if (ep.width < 20)
        return;
    test_reset(t, IOTB_RESET_COLD); /* PASIDs that differ in one bit */
    for (uint32_t i = 0; i < 4; i++)
        queues[i] = (struct ep_wq){.size = 8, .priority = 1, .pasid_en = true, .pasid = high[i]};
    ep_scene_with(&ep, t, ON_ATS | ON_PASID, queues, 4);
    for (uint32_t i = 0; i < 4; i++)
        ep_map(&ep, high[i], va, mem_alloc(t, 4096, 4096), 12, EP_RW);
    read_each(&ep, "DEV-ATC-001", high, 4, va);
    ep_close(&ep);
}

/* Addresses that differ in one bit. */
static void addresses(struct test *t)
{
    struct ep ep;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, four_queues, 4);
    for (uint32_t bit = 12; bit < 57; bit++) {
        uint64_t va = 0x00aa554433221000ull, other = va ^ 1ull << bit;

        if (!ep_find(&ep, 1, va))
            ep_map(&ep, 1, va, mem_alloc(t, 4096, 4096), 12, EP_RW);
        (void)ep_touch(&ep, 0, 1, va);
        ep_map(&ep, 1, other, mem_alloc(t, 4096, 4096), 12, EP_RW);
        CHECK(t, "DEV-ATC-001", !ep_cached(&ep, 0, 1, other), "an address that differs in bit %u hits", bit);
        ep_unmap(&ep, 1, other);
        (void)ep_invalidate(&ep, EP_NONE, 0, 64);
    }
    ep_close(&ep);
}

static void pasid_zero(struct test *t)
{
    static const uint32_t spaces[] = {0, EP_NONE};
    static const struct ep_wq queues[] = {{.size = 8, .priority = 1, .pasid_en = true}, {.size = 8, .priority = 1}};
    struct ep ep;
    uint64_t va = 0x41000000;

    for (uint32_t first = 0; first < 2; first++) {
        uint32_t order[] = {spaces[first], spaces[!first]};
        struct ep_wq wqs[] = {queues[first], queues[!first]};

        if (first)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 2);
        for (uint32_t i = 0; i < 2; i++)
            ep_map(&ep, spaces[i], va, mem_alloc(t, 4096, 4096), 12, EP_RW);
        read_each(&ep, "DEV-ATC-002", order, 2, va);
        ep_close(&ep);
    }
}

static void granted(struct test *t)
{
    struct ep ep;

    ep_scene(&ep, t, 5);
    ep_delay(&ep, 0, 2000000);
    for (uint32_t i = 0; i < 24; i++)
        ep_expect_move(&ep, "DEV-ATC-003", 0, 5, "a move with answers in any order");
    CHECK(t, "DEV-ATC-003", ep_judged(&ep, "DEV-ATC-003") > 100, "too few translated requests: %u",
          ep_judged(&ep, "DEV-ATC-003"));
    CHECK(t, "DEV-ATC-003", ep_count_at(&ep, 0, 2) > 100, "too few translated requests were sent");
    ep_close(&ep);
}

/* ---- geometry ---- */

enum { FIFO, LRU, NONE };

static bool scene_of(struct ep *ep, struct test *t, uint32_t limit, uint32_t replacement)
{
    ep_open(ep, t);
    ep_pasid(ep, true, false, false);
    ep_ats(ep, true);
    ep_set(ep, "BAR0_ATCCFG", "LIMIT", limit);
    ep_set(ep, "BAR0_ATCCFG", "REPLACEMENT", replacement);
    if (ep_get(ep, "BAR0_ATCCFG", "REPLACEMENT") != replacement)
        return false;
    ep_start(ep, &(struct ep_wq){.size = 16, .priority = 1, .pasid_en = true, .pasid = 5}, 1);
    return true;
}

/* A read without a record: nothing but the page comes into the cache. */
static bool quiet_touch(struct ep *ep, uint64_t va)
{
    struct ep_work work = ep_read_work(5, va, 64);
    uint32_t mark = ep_mark(ep);

    work.record = EP_NO_RECORD;
    (void)ep_submit(ep, 0, &work);
    (void)test_settle(ep->t);
    return !ep_count(ep, mark, EP_TREQ, va & ~0xfffull, va | 0xfff);
}

static void replacement(struct test *t)
{
    struct ep ep = {.t = t};
    const uint32_t limit = 4;

    for (uint32_t policy = FIFO; policy <= NONE; policy++) {
        uint64_t va;

        if (policy)
            test_reset(t, IOTB_RESET_COLD);
        if (!scene_of(&ep, t, limit, policy))
            continue;
        va = ep_buffer(&ep, 5, 8 * 4096, EP_RW);
        for (uint32_t i = 0; i < limit; i++)
            CHECK(t, "DEV-ATC-004", !quiet_touch(&ep, va + 4096 * i), "page %u hits before it was ever read", i);
        for (uint32_t i = 0; i < limit; i++)
            CHECK(t, "DEV-ATC-004", quiet_touch(&ep, va + 4096 * i), "page %u of %u misses, policy %u", i, limit, policy);
        CHECK_EQ(t, "DEV-ATC-004", limit, ep_get(&ep, "BAR0_ATCSTS", "USED"), "entries in use");
        (void)quiet_touch(&ep, va); /* the first in is now the last used */
        CHECK(t, "DEV-ATC-004", !quiet_touch(&ep, va + 4096 * limit), "one page more hits");
        CHECK_EQ(t, "DEV-ATC-004", limit, ep_get(&ep, "BAR0_ATCSTS", "USED"), "entries in use after one page more");
        /* Who is gone? FIFO: page 0. LRU: page 1. None: the new one was not kept. Hits do not change what is held. */
        for (uint32_t i = policy == LRU ? 2 : policy == FIFO ? 1 : 0; i < limit; i++)
            CHECK(t, "DEV-ATC-004", quiet_touch(&ep, va + 4096 * i), "page %u is gone, policy %u", i, policy);
        if (policy == LRU)
            CHECK(t, "DEV-ATC-004", quiet_touch(&ep, va), "the page used last is gone");
        CHECK_EQ(t, "DEV-ATC-004", policy != NONE, quiet_touch(&ep, va + 4096 * limit), "the new page hits, policy %u", policy);
        if (policy != NONE)
            CHECK(t, "DEV-ATC-004", !quiet_touch(&ep, va + 4096u * (policy == LRU)), "the victim still hits, policy %u", policy);
        ep_close(&ep);
    }
}

/* Round robin over one page more than there is room for: FIFO and LRU miss always. */
static void round_robin(struct test *t)
{
    struct ep ep = {.t = t};
    uint32_t entries;

    for (uint32_t policy = FIFO; policy <= LRU; policy++) {
        uint32_t mark;
        uint64_t va;

        if (policy)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        entries = (uint32_t)ep_get(&ep, "BAR0_ATCCAP", "ENTRIES");
        ep_close(&ep);
        test_reset(t, IOTB_RESET_COLD);
        if (!scene_of(&ep, t, entries, policy))
            continue;
        va = ep_buffer(&ep, 5, 4096ull * (entries + 1), EP_RW);
        mark = ep_mark(&ep);
        for (uint32_t i = 0; i < 3 * (entries + 1); i++)
            (void)quiet_touch(&ep, va + 4096 * (i % (entries + 1)));
        CHECK_EQ(t, "DEV-ATC-004", 3 * (entries + 1), ep_count(&ep, mark, EP_TREQ, 0, UINT64_MAX),
                 "translation requests of three rounds over %u pages, policy %u", entries + 1, policy);
        mark = ep_mark(&ep);
        for (uint32_t i = 0; i < 3 * entries; i++)
            (void)quiet_touch(&ep, va + 4096 * (i % entries));
        CHECK(t, "DEV-ATC-004", ep_count(&ep, mark, EP_TREQ, 0, UINT64_MAX) <= entries, "%u pages do not fit, policy %u", entries,
              policy);
        ep_close(&ep);
    }
}

static void nothing_kept(struct test *t)
{
    struct ep ep;
    uint64_t va;
    uint32_t mark;
    struct ep_work work;

    ep_open(&ep, t);
    ep_pasid(&ep, true, false, false);
    ep_ats(&ep, true);
    ep_set(&ep, "BAR0_MODE", "SERIAL", 1);
    ep_set(&ep, "BAR0_ATCCFG", "LIMIT", 0);
    ep_start(&ep, &(struct ep_wq){.size = 16, .priority = 1, .pasid_en = true, .pasid = 5}, 1);
    va = ep_buffer(&ep, 5, 4096, EP_RW);
    for (uint32_t i = 0; i < 4; i++)
        CHECK(t, "DEV-ATC-005", !quiet_touch(&ep, va + 64 * i), "access %u has no translation request of its own", i);
    mark = ep_mark(&ep);
    work = ep_read_work(5, va, 64 * 50);
    work.record = EP_NO_RECORD;
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-ATC-005", 50, ep_count(&ep, mark, EP_READ, va, va + 4095), "reads");
    CHECK_EQ(t, "DEV-ATC-005", 50, ep_count(&ep, mark, EP_TREQ, va, va + 4095), "translation requests");
    CHECK_EQ(t, "DEV-ATC-005", 0, ep_get(&ep, "BAR0_ATCSTS", "USED"), "entries in use");
    ep_close(&ep);
}

/* ---- control ---- */

static void toggle(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va, big;
    uint32_t mark, hold;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, four_queues, 4);
    va = ep_buffer(&ep, 1, 4096, EP_RW);
    CHECK(t, "DEV-ATC-006", !ep_cached(&ep, 0, 1, va), "the first access after ATS was enabled hits");
    CHECK(t, "DEV-ATC-006", ep_cached(&ep, 0, 1, va), "the page is not cached");
    ep_ats(&ep, false);
    ep_unmap(&ep, 1, va);
    ep_map(&ep, 1, va, mem_alloc(t, 4096, 4096), 12, EP_RW);
    ep_ats(&ep, true);
    CHECK_EQ(t, "DEV-ATC-006", 0, ep_get(&ep, "BAR0_ATCSTS", "USED"), "entries after ATS was enabled again");
    CHECK(t, "DEV-ATC-006", !ep_cached(&ep, 0, 1, va), "an entry outlives ATS Enable 1 to 0 to 1");
    big = ep_buffer(&ep, 1, 4096, EP_RW);
    hold = ep_rule(&ep, EP_READ, big, big + 4095, EP_HOLD, 0, UINT32_MAX);
    work = ep_read_work(1, big, 4096);
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    CHECK(t, "DEV-ATC-006", ep_held(&ep, hold), "no translated read was outstanding");
    ep_ats(&ep, false);
    mark = ep_mark(&ep);
    ep_release(&ep, hold);
    (void)ep_wait(&ep, &work);
    CHECK_EQ(t, "DEV-ATC-006", 0, ep_count_at(&ep, mark, 2),
             "translated requests after ATS was disabled in the middle of a descriptor");
    ep_close(&ep);
}

static void change_while_on(struct test *t)
{
    static const char *const what[] = {"PASID Control", "STU"};
    struct ep ep;
    uint64_t va;

    for (uint32_t which = 0; which < 2; which++) {
        if (which)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, ON_ATS | ON_PASID, four_queues, 4);
        va = ep_buffer(&ep, 1, 4096, EP_RW);
        (void)ep_touch(&ep, 0, 1, va);
        CHECK(t, "DEV-ATC-007", ep_cached(&ep, 0, 1, va), "the page is not cached");
        if (which)
            ep_set(&ep, "CFG_ATS_CTL", "STU", 3);
        else
            ep_set(&ep, "CFG_PASID_CTL", "EXEC", !ep_get(&ep, "CFG_PASID_CTL", "EXEC"));
        CHECK_EQ(t, "DEV-ATC-007", 0x74, ep_get(&ep, "BAR0_SWERR0", "ERROR"), "SWERR when %s changes with ATS on", what[which]);
        CHECK_EQ(t, "DEV-ATC-007", 1, ep_get(&ep, "BAR0_SWERR0", "VALID"), "SWERR.valid");
        CHECK(t, "DEV-ATC-007", !ep_cached(&ep, 0, 1, va), "an entry outlives a change of %s", what[which]);
        ep_close(&ep);
    }
}

static void boundaries(struct test *t)
{
    struct ep ep;
    uint64_t src, dst;

    ep_scene(&ep, t, 5);
    src = ep_buffer(&ep, 5, 3 * 4096, EP_RW);
    dst = ep_buffer(&ep, 5, 3 * 4096, EP_RW);
    ep_fill(&ep, 5, src, 3 * 4096, 8);
    for (uint32_t i = 0; i < 12; i++) {
        uint32_t back = 1 + i * 11, bytes = 2 * back + i;
        struct ep_work work = ep_move(5, src + 4096 - back, dst + 8192 - back / 2, bytes);

        ep_expect(&ep, "DEV-ATC-008", 0, &work, 1, "a move over page edges");
        CHECK(t, "DEV-ATC-008", ep_same(&ep, 5, work.src, 5, work.dst, bytes), "its data are wrong");
    }
    CHECK(t, "DEV-ATC-008", ep_judged(&ep, "DEV-ATC-008") > 40, "too few requests were looked at");
    ep_close(&ep);
}

static void one_match(struct test *t)
{
    struct ep ep;
    uint64_t va = 0x40000000, size = 1 << 21;
    uint32_t mark;
    struct ep_map *small;
    const struct ep_event *read;
    struct ep_work work;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, four_queues, 4);
    ep_map(&ep, 1, va, mem_alloc(t, size, size), 21, EP_R);
    (void)ep_touch(&ep, 0, 1, va + 0x5000);
    CHECK(t, "DEV-ATC-009", ep_cached(&ep, 0, 1, va + 0x5000), "a page of 2 MiB is not cached");
    small = ep_map(&ep, 1, va + 0x5000, mem_alloc(t, 4096, 4096), 12, EP_RW);
    work = ep_write_work(1, va + 0x5000, 64, 6); /* a right that the 2 MiB entry lacks: asks again, gets 4 KiB */
    ep_expect(&ep, "DEV-ATC-009", 0, &work, 1, "a write inside a page of 2 MiB that is cached read-only");
    mark = ep_mark(&ep);
    (void)ep_touch(&ep, 0, 1, va + 0x5000);
    read = ep_event(&ep, mark, EP_READ, 0, UINT64_MAX, 0);
    CHECK_EQ(t, "DEV-ATC-009", small->pa, read ? read->tlp.address : 0, "where the page is read that was filled last");
    mark = ep_mark(&ep);
    (void)ep_touch(&ep, 0, 1, va + 0x7000);
    read = ep_event(&ep, mark, EP_READ, 0, UINT64_MAX, 0);
    CHECK_EQ(t, "DEV-ATC-009", ep_pa(&ep, 1, va + 0x7000), read ? read->tlp.address : 0, "where the rest of the 2 MiB is read");
    ep_close(&ep);
}

static void bypassed(struct test *t)
{
    static const struct ep_wq wqs[] = {{.size = 8, .priority = 1, .pasid_en = true, .pasid = 5},
                                       {.size = 8, .priority = 1, .pasid_en = true, .pasid = 5, .ats_disable = true}};
    struct ep ep;
    struct ep_work work;
    uint64_t va;
    uint32_t mark;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 2);
    va = ep_buffer(&ep, 5, 4096, EP_RW);
    for (uint32_t way = 0; way < 3; way++) { /* the plain queue, the queue without ATS, the flag */
        mark = ep_mark(&ep);
        work = ep_read_work(5, va, 64);
        work.flags = way == 2 ? EP_XUNTR : 0;
        ep_expect(&ep, "DEV-ATC-010", way == 1, &work, 1, "a read");
        CHECK_EQ(t, "DEV-ATC-010", way == 0, ep_count(&ep, mark, EP_TREQ, va, va + 4095), "translation requests, way %u", way);
        CHECK_EQ(t, "DEV-ATC-010", way ? 0 : 2,
                 ep_event(&ep, mark, EP_READ, va, va + 63, 0) ? ep_event(&ep, mark, EP_READ, va, va + 63, 0)->tlp.address_type
                                                              : 9,
                 "AT of the read, way %u", way);
    }
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("cache.keys", keys, "DEV-ATC-001", "&ATS&PASID", "Entries of one address space serve no other"),
    SENDS("cache.addresses", addresses, "DEV-ATC-001", "&ATS&PASID", "Every bit of the address is looked at"),
    SENDS("cache.pasid_zero", pasid_zero, "DEV-ATC-002", "&ATS&PASID", "PASID 0 and no PASID are different spaces"),
    SENDS("cache.granted", granted, "DEV-ATC-003", "&ATS&PASID", "Every translated address was granted"),
    SENDS("cache.replacement", replacement, "DEV-ATC-004", "&ATS&PASID", "Limit and replacement are as configured"),
    SENDS("cache.round_robin", round_robin, "DEV-ATC-004", "&ATS&PASID", "One page more than there is room for misses always"),
    SENDS("cache.nothing_kept", nothing_kept, "DEV-ATC-005", "&ATS&PASID", "With limit 0 each access asks"),
    SENDS("cache.toggle", toggle, "DEV-ATC-006", "&ATS&PASID", "ATS Enable empties the cache and stops its use"),
    SENDS("cache.change_while_on", change_while_on, "DEV-ATC-007", "&ATS&PASID&EXEC", "PASID and STU changes flush and are told"),
    SENDS("cache.boundaries", boundaries, "DEV-ATC-008", "&ATS&PASID", "No request crosses a page"),
    SENDS("cache.one_match", one_match, "DEV-ATC-009", "&ATS&PASID", "A fill replaces what overlaps it"),
    SENDS("cache.bypassed", bypassed, "DEV-ATC-010", "&ATS&PASID", "ats_disable and XUNTR go without ATS"),
};

LIST(ep_cache_cases, cases);
