/* SPDX-License-Identifier: BSD-2-Clause */
/* Misses: who waits for whose request, what of an answer is kept, and when nothing is asked for. */
#include "pasid_device_chapters.h"

#define ANYWHERE 0, UINT64_MAX

static const struct ep_wq wqs[] = {{.size = 2, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5},
                                   {.size = 2, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5},
                                   {.size = 2, .priority = 1, .bof = true, .pasid_en = true, .pasid = 6},
                                   {.size = 2, .priority = 1, .bof = true}};
static const uint32_t spaces[] = {5, 5, 6, EP_NONE};

/* ---- who waits for whose request ---- */

struct pair {
    uint32_t first, second; /* queues */
    uint32_t ops[2], flags[2];
    bool joined;
};

static void joined(struct test *t)
{
    static const struct pair table[] = {
        {0, 1, {EP_OP_CRC, EP_OP_CRC}, {0, 0}, true},
        {0, 1, {EP_OP_FILL, EP_OP_CRC}, {0, 0}, true},
        {0, 1, {EP_OP_FILL, EP_OP_FILL}, {0, 0}, true},
        {0, 1, {EP_OP_CRC, EP_OP_FILL}, {0, 0}, false},
        {0, 2, {EP_OP_CRC, EP_OP_CRC}, {0, 0}, false},
        {0, 3, {EP_OP_CRC, EP_OP_CRC}, {0, 0}, false},
        {3, 0, {EP_OP_CRC, EP_OP_CRC}, {0, 0}, false},
        {2, 0, {EP_OP_CRC, EP_OP_CRC}, {0, 0}, false},
        {0, 1, {EP_OP_CRC, EP_OP_CRC}, {EP_XEXEC, 0}, true},
        {0, 1, {EP_OP_CRC, EP_OP_CRC}, {0, EP_XEXEC}, false},
        {0, 1, {EP_OP_CRC, EP_OP_CRC}, {EP_XEXEC, EP_XEXEC}, true},
    };
    struct ep ep;

    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct pair *c = &table[i];
        uint32_t queues[] = {c->first, c->second}, rule;
        struct ep_work works[2];
        uint64_t va;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 4);
        if (ep_get(&ep, "BAR0_ATCCAP", "TREQ_MAX") < 2)
            test_skip(t, "needs two translation requests at a time");
        if ((c->flags[0] | c->flags[1]) & EP_XEXEC && !ep_get(&ep, "CFG_PASID_CTL", "EXEC")) {
            ep_close(&ep);
            continue;
        }
        va = ep_region(&ep);
        for (uint32_t n = 0; n < 2; n++)
            if (!n || spaces[queues[1]] != spaces[queues[0]])
                ep_map_pages(&ep, spaces[queues[n]], va, 1, 12, EP_RW | EP_X);
        rule = ep_rule(&ep, EP_TREQ, va, va + 4095, EP_HOLD, 0, UINT32_MAX);
        for (uint32_t n = 0; n < 2; n++) {
            works[n] = c->ops[n] == EP_OP_CRC ? ep_read_work(spaces[queues[n]], va + 64 * n, 64)
                                              : ep_write_work(spaces[queues[n]], va + 64 * n, 64, 1);
            works[n].flags = c->flags[n];
            (void)ep_submit(&ep, queues[n], &works[n]);
            (void)test_settle(t);
        }
        CHECK_EQ(t, "DEV-ATSQ-009", c->joined ? 1 : 2, ep_held(&ep, rule), "translation requests for one page, pair %u", i);
        ep_release(&ep, rule);
        for (uint32_t n = 0; n < 2; n++)
            CHECK_EQ(t, "DEV-ATSQ-009", 1, ep_wait(&ep, &works[n]).status, "status of work %u of pair %u", n, i);
        ep_close(&ep);
    }
}

static void joined_privilege(struct test *t)
{
    static const struct ep_wq privileged[] = {{.size = 2, .priority = 1, .pasid_en = true, .pasid = 5},
                                              {.size = 2, .priority = 1, .pasid_en = true, .pasid = 5, .priv = true},
                                              {.size = 2, .priority = 1, .pasid_en = true, .pasid = 5, .priv = true}};
    struct ep ep;

    for (uint32_t first = 0; first < 3; first++) { /* user then privileged, privileged then user, both privileged */
        uint32_t queues[] = {first == 0 ? 0 : 1, first == 0 ? 1 : first == 1 ? 0 : 2}, rule;
        struct ep_work works[2];
        uint64_t va;

        if (first)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, ON_ATS | ON_PASID, privileged, 3);
        if (ep_get(&ep, "BAR0_ATCCAP", "TREQ_MAX") < 2)
            test_skip(t, "needs two translation requests at a time");
        va = ep_region(&ep);
        ep_map_pages(&ep, 5, va, 1, 12, EP_RW);
        rule = ep_rule(&ep, EP_TREQ, va, va + 4095, EP_HOLD, 0, UINT32_MAX);
        for (uint32_t n = 0; n < 2; n++) {
            works[n] = ep_read_work(5, va + 64 * n, 64);
            (void)ep_submit(&ep, queues[n], &works[n]);
            (void)test_settle(t);
        }
        CHECK_EQ(t, "DEV-ATSQ-009", first == 2 ? 1 : 2, ep_held(&ep, rule), "translation requests of queues %u and %u", queues[0],
                 queues[1]);
        ep_release(&ep, rule);
        for (uint32_t n = 0; n < 2; n++)
            CHECK_EQ(t, "DEV-ATSQ-009", 1, ep_wait(&ep, &works[n]).status, "status of work %u", n);
        ep_close(&ep);
    }
}

/* A request for several pages serves misses of each of them, and of no other. */
static void joined_pages(struct test *t)
{
    struct ep ep;

    for (int32_t page = -1; page <= 4; page++) {
        struct ep_work works[2];
        uint64_t va;
        uint32_t rule;

        if (page >= 0)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, false, false);
        ep_ats(&ep, true);
        ep_set(&ep, "BAR0_ATCCFG", "N_XLAT", 3);
        ep_start(&ep, wqs, 4);
        if (ep_get(&ep, "BAR0_ATCCAP", "TREQ_MAX") < 2)
            test_skip(t, "needs two translation requests at a time");
        va = ep_region(&ep) + 4096;
        ep_map_pages(&ep, 5, va - 4096, 6, 12, EP_RW);
        rule = ep_rule(&ep, EP_TREQ, va - 4096, va + 0x4fff, EP_HOLD, 0, UINT32_MAX);
        works[0] = ep_read_work(5, va, 64);
        works[1] = ep_read_work(5, (uint64_t)((int64_t)va + 4096 * page) + (page & 1 ? 4032 : 0), 64);
        for (uint32_t n = 0; n < 2; n++) {
            (void)ep_submit(&ep, n, &works[n]);
            (void)test_settle(t);
        }
        CHECK_EQ(t, "DEV-ATSQ-009", page >= 0 && page < 4 ? 1 : 2, ep_held(&ep, rule),
                 "translation requests, one for four pages, and a miss of page %d", page);
        ep_release(&ep, rule);
        for (uint32_t n = 0; n < 2; n++)
            CHECK_EQ(t, "DEV-ATSQ-009", 1, ep_wait(&ep, &works[n]).status, "status of work %u", n);
        ep_close(&ep);
    }
}

/* The request that serves need not be the oldest. */
static void joined_later(struct test *t)
{
    struct ep ep;
    struct ep_work fetch, work;
    uint64_t va;
    uint32_t rule;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 4);
    if (ep_get(&ep, "BAR0_ATCCAP", "TREQ_MAX") < 4)
        test_skip(t, "needs four translation requests at a time");
    va = ep_region(&ep);
    ep_map_pages(&ep, 5, va, 3, 12, EP_RW);
    rule = ep_rule(&ep, EP_TREQ, va, va + 0x2fff, EP_HOLD, 0, UINT32_MAX);
    fetch = (struct ep_work){.op = EP_OP_XFETCH, .space = 5, .src = va, .size = 0x3000};
    (void)ep_submit(&ep, 0, &fetch);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-ATSQ-009", 3, ep_held(&ep, rule), "translation requests of a prefetch of three pages");
    work = ep_read_work(5, va + 0x2040, 64);
    (void)ep_submit(&ep, 1, &work);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-ATSQ-009", 3, ep_held(&ep, rule), "translation requests with a read of the third page besides");
    ep_release(&ep, rule);
    CHECK_EQ(t, "DEV-ATSQ-009", 1, ep_wait(&ep, &fetch).status, "status of the prefetch");
    CHECK_EQ(t, "DEV-ATSQ-009", 1, ep_wait(&ep, &work).status, "status of the read");
    ep_close(&ep);
}

/* As many requests at a time as ATCCFG.treq_limit and the device allow; 0 is no limit of its own. */
static void most_requests(struct test *t)
{
    static const uint32_t limits[] = {0, 1, 2, 3, 31};
    struct ep ep;

    for (uint32_t i = 0; i < 5; i++) {
        struct ep_work work;
        uint32_t most, lines, rule;
        uint64_t va;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, false, false);
        ep_ats(&ep, true);
        ep_set(&ep, "BAR0_ATCCFG", "TREQ_LIMIT", limits[i]);
        ep_start(&ep, wqs, 1);
        most = (uint32_t)ep_get(&ep, "BAR0_ATCCAP", "TREQ_MAX");
        most = limits[i] && limits[i] < most ? limits[i] : most;
        lines = ep_get(&ep, "CFG_DVSEC_STRAPS", "SERIAL") ? 1 : (uint32_t)ep_get(&ep, "BAR0_LIMITS", "ENG_RD");
        most = lines < most ? lines : most;
        va = ep_region(&ep);
        ep_map_pages(&ep, 5, va, 16, 12, EP_RW);
        rule = ep_rule(&ep, EP_TREQ, va, va + 0xffff, EP_HOLD, 0, UINT32_MAX);
        work = (struct ep_work){.op = EP_OP_XFETCH, .space = 5, .src = va, .size = 0x10000};
        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        for (uint32_t n = 0; n + most < 16; n++) { /* one answer makes room for one request */
            CHECK_EQ(t, "DEV-ATSQ-008", most, ep_held(&ep, rule), "translation requests outstanding, limit %u, %u answered",
                     limits[i], n);
            CHECK_EQ(t, "DEV-ATSQ-008", most, ep_get(&ep, "BAR0_ATCSTS", "TREQS"), "of these by the device's own count");
            ep_release_one(&ep, rule);
            (void)test_settle(t);
        }
        ep_release(&ep, rule);
        CHECK_EQ(t, "DEV-ATSQ-008", 1, ep_wait(&ep, &work).status, "status of the prefetch");
        ep_close(&ep);
    }
}

/* ---- what is kept ---- */

/* Of a larger page the part that was asked for. */
static void largest_kept(struct test *t)
{
    static const uint32_t settings[] = {12, 13, 16, 20, 21, 30, 0, 11};
    struct ep ep;

    for (uint32_t i = 0; i < 8; i++) {
        uint32_t kept = settings[i] < 12 ? 12 : settings[i]; /* a page is the least */
        uint64_t va, at, size = 1ull << (kept < 21 ? kept : 21), first;
        const struct ep_event *read;
        uint32_t mark;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, false, false);
        ep_ats(&ep, true);
        ep_set(&ep, "BAR0_ATCCFG", "LARGEST", settings[i]);
        ep_start(&ep, wqs, 1);
        va = ep_region(&ep) + 0x200000;
        ep_map_pages(&ep, 5, va, 1, 21, EP_RW);
        at = va + 0x135680;
        first = at & ~(size - 1);
        (void)ep_touch(&ep, 0, 5, at);
        CHECK(t, "DEV-ATC-950", ep_cached(&ep, 0, 5, at), "what was asked for is not kept, at most 2^%u bytes", kept);
        CHECK(t, "DEV-ATC-950", ep_cached(&ep, 0, 5, first), "the first byte of its part is not kept, 2^%u bytes", kept);
        CHECK(t, "DEV-ATC-950", ep_cached(&ep, 0, 5, first + size - 64), "the last one is not, 2^%u bytes", kept);
        for (uint32_t side = 0; side < 2; side++) {
            uint64_t other = side ? first + size : first - 64;

            if (other - va < 0x200000)
                CHECK(t, "DEV-ATC-950", !ep_cached(&ep, 0, 5, other), "more is kept than 2^%u bytes", kept);
        }
        for (uint32_t n = 0; n < 8; n++) {
            uint64_t offset = 0x40000ull * n + 0x1fc0;

            (void)ep_touch(&ep, 0, 5, va + offset);
            mark = ep_mark(&ep);
            (void)ep_touch(&ep, 0, 5, va + offset);
            read = ep_event(&ep, mark, EP_READ, ANYWHERE, 0);
            CHECK_EQ(t, "DEV-ATC-950", ep_pa(&ep, 5, va + offset), read ? read->tlp.address : 0,
                     "where offset 0x%llx is read, kept 2^%u", (unsigned long long)offset, kept);
        }
        ep_close(&ep);
    }
}

/* A read that fails takes its own entry along, and no other. */
static void dropped(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 4);
    ep_require_entries(&ep, 4);
    for (uint32_t failing = 0; failing < 4; failing++) { /* of PASID 5, a large page of 5, of PASID 6, of none */
        static const uint32_t queue[] = {0, 0, 2, 3};
        bool large = failing == 1;
        uint32_t other = large ? 0x200000 : 0x1000; /* the next page */

        va = ep_region(&ep);
        ep_map_pages(&ep, 5, va, 1, large ? 21 : 12, EP_RW);
        ep_map_pages(&ep, 6, va, 1, 12, EP_RW);
        ep_map_pages(&ep, EP_NONE, va, 1, 12, EP_RW);
        ep_map_pages(&ep, 5, va + other, 1, 12, EP_RW);
        for (uint32_t n = 0; n < 4; n++) {
            uint64_t at = n == 1 ? va + other : va;

            (void)ep_touch(&ep, queue[n], spaces[queue[n]], at);
            CHECK(t, "DEV-DMA-013", ep_cached(&ep, queue[n], spaces[queue[n]], at), "page %u is not cached", n);
        }
        (void)ep_rule(&ep, EP_READ, va + (large ? 0x3000 : 0), va + 0x3fff, EP_UR, 0, 1);
        work = ep_read_work(spaces[queue[failing]], va + (large ? 0x3000 : 0), 64);
        work.record = EP_NO_RECORD;
        (void)ep_submit(&ep, queue[failing], &work);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-DMA-013", failing != 1 && failing != 0, ep_cached(&ep, 0, 5, va), "the page of PASID 5 hits, %u failed",
                 failing);
        CHECK_EQ(t, "DEV-DMA-013", failing != 2, ep_cached(&ep, 2, 6, va), "the page of PASID 6 hits, %u failed", failing);
        CHECK_EQ(t, "DEV-DMA-013", failing != 3, ep_cached(&ep, 3, EP_NONE, va), "the page of no PASID hits, %u failed", failing);
        CHECK(t, "DEV-DMA-013", ep_cached(&ep, 0, 5, va + other), "another page of PASID 5 is gone, %u failed", failing);
        (void)ep_invalidate(&ep, EP_NONE, 0, 64);
    }
    ep_close(&ep);
}

/* ---- after UR ---- */

static void after_refusal(struct test *t)
{
    struct ep ep;

    for (uint32_t way = 0; way < 3; way++) { /* fail; go on untranslated; with a log besides, SWERR says the same */
        struct ep_work work;
        uint64_t va;
        uint32_t mark, fallback = way > 0;

        if (way)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, false, false);
        ep_ats(&ep, true);
        ep_set(&ep, "BAR0_ATCCFG", "UR_FALLBACK", fallback);
        if (way == 2) {
            ep_write(&ep, "BAR0_EVLCFG0", ep_buffer(&ep, EP_NONE, 4096, EP_RW));
            ep_write(&ep, "BAR0_EVLCFG1", 64);
            ep_set(&ep, "BAR0_GENCFG", "EVL_EN", 1);
        }
        ep_start(&ep, wqs, 4);
        va = ep_buffer(&ep, 5, 2 * 4096, EP_RW);
        (void)ep_touch(&ep, 0, 5, va + 4096);
        (void)ep_rule(&ep, EP_TREQ, va, va + 4095, EP_UR, 0, 1);
        ep_write(&ep, "BAR0_SWERR0", 3);
        mark = ep_mark(&ep);
        work = ep_read_work(5, va, 64);
        work.record = EP_NO_RECORD;
        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-ATC-951", fallback, ep_count(&ep, mark, EP_READ, va, va + 4095), "reads of the page, fallback %u",
                 fallback);
        CHECK_EQ(t, "DEV-ATC-951", 2, ep_get(&ep, "BAR0_ATCSTS", "STATE"), "state after UR");
        CHECK_EQ(t, "DEV-ATC-951", 0x73, ep_get(&ep, "BAR0_SWERR0", "ERROR"), "SWERR after UR");
        for (uint32_t i = 0; i < 4; i++) {
            struct ep_work others[] = {ep_read_work(5, va, 64),
                                       ep_read_work(5, va + 4096, 64),
                                       {.op = EP_OP_XLATE, .space = 5, .src = va, .size = 1},
                                       {.op = EP_OP_XFETCH, .space = 5, .src = va, .size = 64}};
            uint64_t failed = ep_counter(&ep, 2);

            mark = ep_mark(&ep);
            others[i].record = EP_NO_RECORD;
            (void)ep_submit(&ep, 0, &others[i]);
            (void)test_settle(t);
            CHECK_EQ(t, "DEV-ATC-951", 0, ep_count(&ep, mark, EP_TREQ, ANYWHERE), "translation requests of work %u", i);
            CHECK_EQ(t, "DEV-ATC-951", 0, ep_count_at(&ep, mark, 2), "translated requests of work %u", i);
            CHECK_EQ(t, "DEV-ATC-951", fallback && i < 2, ep_count(&ep, mark, EP_READ, va, va + 8191), "reads of work %u", i);
            CHECK_EQ(t, "DEV-ATC-951", failed + !(fallback && i < 2), ep_counter(&ep, 2), "works failed");
        }
        ep_write(&ep, "BAR0_ATCCTL", 2);
        CHECK_EQ(t, "DEV-ATC-951", 1, ep_get(&ep, "BAR0_ATCSTS", "STATE"), "state after ATCCTL.1");
        CHECK(t, "DEV-ATC-951", !ep_cached(&ep, 0, 5, va), "no translation request after ATCCTL.1");
        work = ep_read_work(5, va, 64);
        ep_expect(&ep, "DEV-ATC-951", 0, &work, 1, "a read after ATCCTL.1");
        ep_write(&ep, "BAR0_ATCCTL", 1);
        CHECK(t, "DEV-ATC-951", !ep_cached(&ep, 0, 5, va), "an entry outlives ATCCTL.0");
        ep_close(&ep);
    }
}

/* DIS_POLICY is for work that began with ATS on and wants it. */
static void turned_off(struct test *t)
{
    struct ep ep;

    for (uint32_t policy = 0; policy < 2; policy++)
        for (uint32_t way = 0; way < 4; way++) { /* ATS on then off; off from the start; the flag; the queue */
            struct ep_wq wq = {.size = 8, .priority = 1, .pasid_en = true, .pasid = 5, .ats_disable = way == 3};
            struct ep_work work;
            uint64_t va;
            uint32_t rule;

            if (policy || way)
                test_reset(t, IOTB_RESET_COLD);
            ep_open(&ep, t);
            ep_pasid(&ep, true, false, false);
            ep_ats(&ep, way != 1);
            ep_set(&ep, "BAR0_ATCCFG", "DIS_POLICY", policy);
            ep_start(&ep, &wq, 1);
            va = ep_buffer(&ep, 5, 4096, EP_RW);
            rule = ep_rule(&ep, EP_READ, va, va + 4095, EP_HOLD, 0, UINT32_MAX);
            work = ep_read_work(5, va, 2048);
            work.flags = way == 2 ? EP_XUNTR : 0;
            (void)ep_submit(&ep, 0, &work);
            (void)test_settle(t);
            ep_ats(&ep, false);
            ep_release(&ep, rule);
            CHECK_EQ(t, "DEV-ATC-952", policy && way == 0 ? 0x46 : 1, ep_wait(&ep, &work).status,
                     "status of work when ATS is off in the end, policy %u, way %u", policy, way);
            work = ep_read_work(5, va, 64);
            CHECK_EQ(t, "DEV-ATC-952", 1, ep_run(&ep, 0, &work).status, "status of work that begins with ATS off, policy %u",
                     policy);
            ep_close(&ep);
        }
}

static const struct iotb_case cases[] = {
    SENDS("misses.joined", joined, "DEV-ATSQ-009", "&ATS&PASID&!SERIAL", "A request is waited for where it serves"),
    SENDS("misses.joined_privilege", joined_privilege, "DEV-ATSQ-009", "&ATS&PASID&PRIV&!SERIAL",
          "A request serves its own privilege only"),
    SENDS("misses.joined_pages", joined_pages, "DEV-ATSQ-009", "&ATS&PASID&!SERIAL", "A request serves the pages it is for"),
    SENDS("misses.joined_later", joined_later, "DEV-ATSQ-009", "&ATS&PASID&!SERIAL", "Any request that serves is waited for"),
    SENDS("misses.most_requests", most_requests, "DEV-ATSQ-008", "&ATS&PASID", "Requests outstanding are as many as may be"),
    SENDS("misses.largest_kept", largest_kept, "DEV-ATC-950", "&ATS&PASID", "No more is kept in an entry than ATCCFG.largest"),
    SENDS("misses.dropped", dropped, "DEV-DMA-013", "&ATS&PASID", "A read that fails takes its own entry along"),
    SENDS("misses.after_refusal", after_refusal, "DEV-ATC-951", "&ATS&PASID", "After UR: status 41h, or untranslated"),
    SENDS("misses.turned_off", turned_off, "DEV-ATC-952", "&ATS&PASID", "DIS_POLICY is about work that wants ATS"),
};

LIST(ep_misses_cases, cases);
