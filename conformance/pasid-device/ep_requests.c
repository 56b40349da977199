/* SPDX-License-Identifier: BSD-2-Clause */
/* Translation requests. */
#include "pasid_device_chapters.h"

static void ats_off(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t page;

    ep_scene_with(&ep, t, ON_PASID | ON_PRI, &(struct ep_wq){.size = 16, .priority = 1, .pasid_en = true, .pasid = 5}, 1);
    page = ep_buffer(&ep, 5, 8192, EP_RW | EP_X);
    ep_expect_move(&ep, "DEV-ATSQ-001", 0, 5, "a move with ATS off");
    work = ep_write_work(5, page, 200, 0x1122334455667788);
    ep_expect(&ep, "DEV-ATSQ-001", 0, &work, 1, "a fill with ATS off");
    work = ep_read_work(5, page + 5, 300);
    work.flags = EP_XEXEC;
    ep_expect(&ep, "DEV-ATSQ-001", 0, &work, 1, "an execute read with ATS off");
    work = (struct ep_work){.op = EP_OP_COMPARE, .space = 5, .src = page, .dst = page + 8, .size = 64};
    ep_expect(&ep, "DEV-ATSQ-001", 0, &work, 1, "a comparison with ATS off");
    work = (struct ep_work){.op = EP_OP_XFETCH, .space = 5, .src = page, .size = 4096};
    (void)ep_run(&ep, 0, &work);
    CHECK_EQ(t, "DEV-ATSQ-001", 0, ep_count_at(&ep, 0, 1) + ep_count_at(&ep, 0, 2), "requests with AT=01 or AT=10");
    CHECK(t, "DEV-ATSQ-001", ep_count_at(&ep, 0, 0) > 10, "too few requests were seen");
    work = ep_read_work(5, 0x98700000, 64);
    CHECK(t, "DEV-ATSQ-001", ep_run(&ep, 0, &work).status > 1, "a read of what is not mapped succeeds");
    ep_close(&ep);
}

static void reserved_type(struct test *t)
{
    struct ep ep;

    ep_scene(&ep, t, 5);
    for (uint32_t i = 0; i < 8; i++)
        ep_expect_move(&ep, "DEV-ATSQ-002", 0, 5, "a move");
    CHECK(t, "DEV-ATSQ-002", ep_judged(&ep, "DEV-ATSQ-002") > 30, "too few requests were looked at");
    ep_close(&ep);
}

static void shape(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t page;
    uint32_t mark;

    ep_scene(&ep, t, 5);
    for (uint32_t n = 1; n <= 8; n++) {
        const struct ep_event *treq;

        page = ep_buffer(&ep, 5, 8 * 4096, EP_RW);
        mark = ep_mark(&ep);
        work = (struct ep_work){.op = EP_OP_XLATE, .space = 5, .src = page + 0x123, .size = n};
        ep_expect(&ep, "DEV-ATSQ-003", 0, &work, 1, "a translation on demand");
        treq = ep_event(&ep, mark, EP_TREQ, 0, UINT64_MAX, 0);
        if (!CHECK(t, "DEV-ATSQ-003", treq, "no translation request for %u pages", n))
            continue;
        CHECK_EQ(t, "DEV-ATSQ-003", 8 * n, treq->tlp.bytes, "bytes of a request for %u translations", n);
        CHECK_EQ(t, "DEV-ATSQ-003", page, treq->tlp.address & ~1ull, "its address");
        CHECK_EQ(t, "DEV-ATSQ-003", IOTB_READ, treq->tlp.kind, "its kind");
        CHECK_EQ(t, "DEV-ATSQ-003", 0, treq->tlp.flags & (IOTB_RQ_NO_SNOOP | IOTB_RQ_RELAXED), "its attributes");
    }
    ep_close(&ep);
}

static void alignment(struct test *t)
{
    static const uint32_t offsets[] = {1, 2, 4, 63, 64, 0x7ff, 0x800, 0xabc, 0xfc0, 0xfff};
    struct ep ep;

    ep_scene(&ep, t, 5);
    for (uint32_t i = 0; i < 10; i++) {
        uint64_t src = ep_buffer(&ep, 5, 8192, EP_RW), dst = ep_buffer(&ep, 5, 8192, EP_RW);
        struct ep_work work = ep_move(5, src + offsets[i], dst + offsets[9 - i], 70);
        uint32_t mark = ep_mark(&ep);

        ep_expect(&ep, "DEV-ATSQ-004", 0, &work, 1, "an unaligned move");
        CHECK(t, "DEV-ATSQ-004", ep_event(&ep, mark, EP_TREQ, src, src, 0) && ep_event(&ep, mark, EP_TREQ, dst, dst, 0),
              "no request for the page of source or destination, offset 0x%x", offsets[i]);
        for (uint32_t n = mark; n < ep.log_count; n++)
            if (ep.log[n].kind == EP_TREQ)
                CHECK_EQ(t, "DEV-ATSQ-004", 0, ep.log[n].tlp.address & 0xffe, "bits 11:1 of a request");
    }
    ep_close(&ep);
}

static bool no_write(struct ep *ep, uint32_t mark, uint64_t page)
{
    const struct ep_event *treq = ep_event(ep, mark, EP_TREQ, page, page | 1, 0);

    return treq && treq->tlp.flags & IOTB_RQ_NO_WRITE;
}

static void write_intent(struct test *t)
{
    struct ep ep;

    for (uint32_t policy = 0; policy < 2; policy++) {
        uint64_t page[5];
        struct ep_work work;
        uint32_t mark;

        if (policy)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_all(&ep);
        ep_set(&ep, "CFG_PCIE_DEVCTL2", "ATOMICREQ", 1);
        ep_set(&ep, "BAR0_ATCCFG", "NW_POLICY", policy);
        ep_start(&ep, &(struct ep_wq){.size = 16, .priority = 1, .pasid_en = true, .pasid = 5}, 1);
        for (uint32_t i = 0; i < 5; i++)
            page[i] = ep_buffer(&ep, 5, 4096, EP_RW);
        mark = ep_mark(&ep);
        work = ep_move(5, page[0], page[1], 64);
        ep_expect(&ep, "DEV-ATSQ-005", 0, &work, 1, "a move");
        work = ep_write_work(5, page[2], 64, 3);
        ep_expect(&ep, "DEV-ATSQ-005", 0, &work, 1, "a fill");
        work = (struct ep_work){.op = EP_OP_ATOMIC, .space = 5, .dst = page[3], .data = {1, 0, 8}};
        ep_expect(&ep, "DEV-ATSQ-005", 0, &work, 1, "a fetch-and-add");
        work = ep_read_work(5, page[4], 64);
        ep_expect(&ep, "DEV-ATSQ-005", 0, &work, 1, "a read");
        CHECK_EQ(t, "DEV-ATSQ-005", !policy, no_write(&ep, mark, page[0]), "NW for the source of a move, policy %u", policy);
        CHECK_EQ(t, "DEV-ATSQ-005", !policy, no_write(&ep, mark, page[4]), "NW for a read, policy %u", policy);
        for (uint32_t i = 1; i < 4; i++) {
            CHECK(t, "DEV-ATSQ-005", ep_event(&ep, mark, EP_TREQ, page[i], page[i] | 1, 0), "page %u was not asked for", i);
            CHECK_EQ(t, "DEV-ATSQ-005", 0, no_write(&ep, mark, page[i]), "NW for a page that is written (%u), policy %u", i,
                     policy);
        }
        ep_close(&ep);
    }
}

static void spaces(struct test *t)
{
    static const struct ep_wq wqs[] = {{.size = 8, .priority = 1, .pasid_en = true, .pasid = 5},
                                       {.size = 8, .priority = 1},
                                       {.size = 8, .priority = 1, .pasid_en = true, .pasid = 0x9a, .priv = true}};
    static const uint32_t space[] = {5, EP_NONE, 0x9a};
    struct ep ep;

    for (uint32_t enables = 0; enables < 4; enables++) {
        if (enables)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, enables & 1, enables & 2);
        ep_ats(&ep, true);
        ep_start(&ep, wqs, enables & 2 ? 3 : 2);
        for (uint32_t wq = 0; wq < (enables & 2 ? 3u : 2u); wq++) {
            uint64_t va = 0x51000000;
            uint32_t mark = ep_mark(&ep);
            const struct ep_event *treq;
            struct ep_work work = ep_read_work(space[wq], va, 64);

            ep_map(&ep, space[wq], va, mem_alloc(t, 4096, 4096), 12, EP_RW | EP_X);
            work.flags = EP_XEXEC;
            if (space[wq] != EP_NONE && enables & 1)
                ep_expect(&ep, "DEV-ATSQ-006", wq, &work, 1, "an execute read of one address in each space");
            else
                (void)ep_run(&ep, wq, &work); /* what becomes of it when Execute cannot be asked for is open */
            treq = ep_event(&ep, mark, EP_TREQ, va, va | 1, 0);
            if (!CHECK(t, "DEV-ATSQ-006", treq, "no request for queue %u", wq))
                continue;
            CHECK_EQ(t, "DEV-ATSQ-006", space[wq], treq->tlp.flags & IOTB_RQ_PASID ? treq->tlp.pasid : EP_NONE,
                     "PASID of the request for queue %u", wq);
            CHECK_EQ(t, "DEV-ATSQ-006", space[wq] != EP_NONE && enables & 1, (treq->tlp.flags & IOTB_RQ_EXECUTE) != 0,
                     "Execute Requested, enables %u, queue %u", enables, wq);
            CHECK_EQ(t, "DEV-ATSQ-006", wq == 2, (treq->tlp.flags & IOTB_RQ_PRIVILEGED) != 0, "Privileged, enables %u, queue %u",
                     enables, wq);
        }
        ep_close(&ep);
    }
}

static void tags(struct test *t)
{
    struct ep ep;
    uint32_t hold, count = 0;
    struct ep_work works[8];

    ep_scene(&ep, t, 5);
    hold = ep_rule(&ep, EP_TREQ | EP_READ, 0, UINT64_MAX, EP_HOLD, 0, UINT32_MAX);
    for (uint32_t i = 0; i < 8; i++) {
        uint64_t va = ep_buffer(&ep, 5, 4096 * 2, EP_RW);

        works[i] = ep_move(5, va, va + 4096, 2048);
        (void)ep_submit(&ep, 0, &works[i]);
    }
    for (uint32_t round = 0; round < 3; round++) {
        (void)test_settle(t);
        for (uint32_t i = 0; i < ep.held_count; i++) {
            for (uint32_t j = 0; j < i; j++)
                CHECK(t, "DEV-ATSQ-007", ep.held[i].tlp.id != ep.held[j].tlp.id, "tag %u twice", ep.held[i].tlp.id);
            count++;
        }
        for (uint32_t i = ep.held_count / 2; i; i--)
            ep_release_one(&ep, hold);
    }
    CHECK(t, "DEV-ATSQ-007", count >= 2, "only %u requests were held", count);
    ep_release(&ep, hold);
    for (uint32_t i = 0; i < 8; i++)
        CHECK_EQ(t, "DEV-ATSQ-007", 1, ep_wait(&ep, &works[i]).status, "status of descriptor %u", i);
    ep_close(&ep);
}

static uint32_t fetched(struct ep *ep, uint32_t limit, uint32_t *rule, struct ep_work *works)
{
    struct test *t = ep->t;

    ep_open(ep, t);
    ep_all(ep);
    ep_set(ep, "BAR0_ATCCFG", "TREQ_LIMIT", limit);
    ep_start(ep, &(struct ep_wq){.size = 16, .priority = 1, .pasid_en = true, .pasid = 5}, 1);
    *rule = ep_rule(ep, EP_TREQ, 0, UINT64_MAX, EP_HOLD, 0, UINT32_MAX);
    for (uint32_t i = 0; i < 4; i++) {
        uint64_t va = ep_buffer(ep, 5, 16 * 4096, EP_RW);

        works[i] = (struct ep_work){.op = EP_OP_XFETCH, .space = 5, .src = va, .size = 16 * 4096};
        (void)ep_submit(ep, 0, &works[i]);
    }
    (void)test_settle(t);
    return ep_held(ep, *rule);
}

static void limit(struct test *t)
{
    struct ep ep = {.t = t};
    struct ep_work works[4];
    uint32_t most, rule;

    for (uint32_t limit = 1; limit <= 4; limit++) {
        if (limit > 1)
            test_reset(t, IOTB_RESET_COLD);
        ep.t = t;
        most = fetched(&ep, limit, &rule, works);
        CHECK(t, "DEV-ATSQ-008", most >= 1 && most <= limit, "%u translation requests outstanding, limit %u", most, limit);
        for (uint32_t i = 0; i < 80 && ep_held(&ep, rule); i++) {
            ep_release_one(&ep, rule);
            (void)test_settle(t);
            CHECK(t, "DEV-ATSQ-008", ep_held(&ep, rule) <= limit, "%u translation requests outstanding, limit %u",
                  ep_held(&ep, rule), limit);
        }
        for (uint32_t i = 0; i < 4; i++)
            CHECK_EQ(t, "DEV-ATSQ-008", 1, ep_wait(&ep, &works[i]).status, "status of prefetch %u, limit %u", i, limit);
        ep_close(&ep);
    }
}

static void joined(struct test *t)
{
    struct ep ep;
    struct ep_work works[2];
    uint64_t va;
    uint32_t rule;

    ep_scene(&ep, t, 5);
    va = ep_buffer(&ep, 5, 4096, EP_RW);
    rule = ep_rule(&ep, EP_TREQ, va, va + 4095, EP_HOLD, 0, UINT32_MAX);
    for (uint32_t i = 0; i < 2; i++) {
        works[i] = ep_read_work(5, va + 256 * i, 64);
        (void)ep_submit(&ep, 0, &works[i]);
    }
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-ATSQ-009", 1, ep_held(&ep, rule), "translation requests of two descriptors for one page");
    ep_release(&ep, rule);
    for (uint32_t i = 0; i < 2; i++)
        CHECK_EQ(t, "DEV-ATSQ-009", 1, ep_wait(&ep, &works[i]).status, "status of descriptor %u", i);
    CHECK_EQ(t, "DEV-ATSQ-009", 1, ep_count(&ep, 0, EP_TREQ, va, va + 4095), "translation requests for the page in all");
    ep_close(&ep);
}

static void turned_off(struct test *t)
{
    uint32_t status[2];
    struct ep ep;

    for (uint32_t policy = 0; policy < 2; policy++) {
        struct ep_work work;
        uint64_t va;
        uint32_t rule, mark;

        if (policy)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, true, true);
        ep_ats(&ep, true);
        ep_set(&ep, "BAR0_ATCCFG", "DIS_POLICY", policy);
        ep_start(&ep, &(struct ep_wq){.size = 16, .priority = 1, .pasid_en = true, .pasid = 5}, 1);
        ep_expect_move(&ep, "DEV-ATSQ-010", 0, 5, "a move with ATS on");
        va = ep_buffer(&ep, 5, 4096, EP_RW);
        rule = ep_rule(&ep, EP_TREQ, va, va + 4095, EP_HOLD, 0, UINT32_MAX);
        work = ep_read_work(5, va, 1024);
        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-ATSQ-010", 1, ep_held(&ep, rule), "translation requests outstanding");
        ep_ats(&ep, false);
        mark = ep_mark(&ep);
        ep_release(&ep, rule);
        status[policy] = ep_wait(&ep, &work).status;
        CHECK_EQ(t, "DEV-ATSQ-010", 0, ep_count_at(&ep, mark, 1) + ep_count_at(&ep, mark, 2),
                 "AT=01 and AT=10 after ATS was off");
        CHECK(t, "DEV-ATSQ-010", status[policy] == 1 || status[policy] == 0x46, "status 0x%02x, policy %u", status[policy],
              policy);
        if (status[policy] == 1)
            CHECK_EQ(t, "DEV-ATSQ-010", 16, ep_count(&ep, mark, EP_READ, va, va + 4095), "untranslated reads of the rest");
        ep_ats(&ep, true);
        CHECK(t, "DEV-ATSQ-010", !ep_cached(&ep, 0, 5, va), "the completion that came with ATS off was kept");
        ep_close(&ep);
    }
    CHECK(t, "DEV-ATSQ-010", status[0] != status[1], "both policies end with status 0x%02x", status[0]);
}

static void prefetch(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va;
    uint32_t mark;

    ep_scene(&ep, t, 5);
    va = ep_buffer(&ep, 5, 16 * 4096, EP_RW);
    work = ep_read_work(5, ep_buffer(&ep, 5, 64, EP_RW), 64);
    ep_expect(&ep, "DEV-ATSQ-011", 0, &work, 1, "a read");
    mark = ep_mark(&ep);
    work = (struct ep_work){.op = EP_OP_XFETCH, .space = 5, .src = va, .size = 16 * 4096};
    ep_expect(&ep, "DEV-ATSQ-011", 0, &work, 1, "a prefetch of 16 pages");
    CHECK_EQ(t, "DEV-ATSQ-011", 16, ep_count(&ep, mark, EP_TREQ, va, va + 16 * 4096 - 1), "translation requests");
    for (uint32_t i = 0; i < 16; i++)
        CHECK(t, "DEV-ATSQ-011", ep_event(&ep, mark, EP_TREQ, va + 4096 * i, va + 4096 * i + 1, 0), "page %u was not asked for",
              i);
    CHECK_EQ(t, "DEV-ATSQ-011", 0, ep_count(&ep, mark, EP_DATA, va, va + 16 * 4096 - 1), "data requests in the region");
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("requests.ats_off", ats_off, "DEV-ATSQ-001", "&ATS&PASID", "With ATS off every request is untranslated"),
    SENDS("requests.reserved_type", reserved_type, "DEV-ATSQ-002", "&PASID", "AT=11 is never sent"),
    SENDS("requests.shape", shape, "DEV-ATSQ-003", "&ATS&PASID", "A translation request has two DW for each translation"),
    SENDS("requests.alignment", alignment, "DEV-ATSQ-004", "&ATS&PASID", "Its address is that of the page"),
    SENDS("requests.write_intent", write_intent, "DEV-ATSQ-005", "&ATS&PASID", "NW says that only reads follow"),
    SENDS("requests.spaces", spaces, "DEV-ATSQ-006", "&ATS&PASID&EXEC&PRIV", "It has the PASID, Exec and Priv of its work"),
    SENDS("requests.tags", tags, "DEV-ATSQ-007", "&ATS&PASID", "Tags are unique among all requests outstanding"),
    SENDS("requests.limit", limit, "DEV-ATSQ-008", "&ATS&PASID", "No more are outstanding than ATCCFG.treq_limit"),
    SENDS("requests.joined", joined, "DEV-ATSQ-009", "&ATS&PASID", "One request serves two misses of a page"),
    SENDS("requests.turned_off", turned_off, "DEV-ATSQ-010", "&ATS&PASID", "A completion that comes with ATS off is absorbed"),
    SENDS("requests.prefetch", prefetch, "DEV-ATSQ-011", "&ATS&PASID", "XFETCH translates and moves nothing"),
};

LIST(ep_requests_cases, cases);
