/* SPDX-License-Identifier: BSD-2-Clause */
/* Translation completions: what the device makes of each field and status. */
#include "pasid_device_chapters.h"

#define ANYWHERE 0, UINT64_MAX

/* Two queues of one PASID without block on fault, ATS and PASID on, PRI off: a fault is final. */
static void plain(struct ep *ep, struct test *t)
{
    static const struct ep_wq wqs[] = {{.size = 16, .priority = 1, .pasid_en = true, .pasid = 5},
                                       {.size = 16, .priority = 1, .pasid_en = true, .pasid = 6}};

    ep_scene_with(ep, t, ON_ATS | ON_PASID, wqs, 2);
}

static const struct ep_event *only_read(struct ep *ep, uint32_t mark, uint64_t va)
{
    return ep_event(ep, mark, EP_READ, va & ~63ull, va | 63, 0);
}

static void offsets(struct test *t)
{
    static const uint32_t at[] = {0, 1, 63, 64, 0x7c3, 0xffe, 0xfff};
    struct ep ep;
    uint64_t va;

    plain(&ep, t);
    va = ep_buffer(&ep, 5, 4096, EP_RW);
    for (uint32_t i = 0; i < 7; i++) {
        struct ep_work work = ep_read_work(5, va + at[i], 1);
        const struct ep_event *read;
        uint32_t mark = ep_mark(&ep);

        ep_expect(&ep, "DEV-ATSC-001", 0, &work, 1, "a read of one byte");
        read = only_read(&ep, mark, va + at[i]);
        if (!CHECK(t, "DEV-ATSC-001", read, "offset 0x%x was not read", at[i]))
            continue;
        CHECK_EQ(t, "DEV-ATSC-001", 2, read->tlp.address_type, "AT of the access at offset 0x%x", at[i]);
        CHECK_EQ(t, "DEV-ATSC-001", ep_pa(&ep, 5, va) + at[i], read->tlp.address, "its address");
    }
    ep_expect_move(&ep, "DEV-ATSC-001", 0, 5, "a move");
    ep_close(&ep);
}

static void sizes(struct test *t)
{
    struct ep ep;
    uint32_t largest;

    plain(&ep, t);
    largest = (uint32_t)ep_get(&ep, "BAR0_ATCCFG", "LARGEST");
    for (uint32_t lg2 = 12; lg2 <= 30; lg2++) {
        uint64_t size = 1ull << lg2, va = (7ull << 32) + (3ull << lg2);

        if (largest && lg2 > largest)
            break;
        ep_map(&ep, 5, va, mem_alloc(t, size, size), lg2, EP_RW);
        ep_map(&ep, 5, va + size, mem_alloc(t, size, size), lg2, EP_RW);
        ep_map(&ep, 5, va - size, mem_alloc(t, size, size), lg2, EP_RW);
        CHECK(t, "DEV-ATSC-002", !ep_cached(&ep, 0, 5, va + size / 2), "a page of 2^%u bytes was never asked for", lg2);
        CHECK(t, "DEV-ATSC-002", ep_cached(&ep, 0, 5, va), "its first byte misses (2^%u)", lg2);
        CHECK(t, "DEV-ATSC-002", ep_cached(&ep, 0, 5, va + size - 64), "its last byte misses (2^%u)", lg2);
        CHECK(t, "DEV-ATSC-002", !ep_cached(&ep, 0, 5, va + size), "the byte behind it hits (2^%u)", lg2);
        CHECK(t, "DEV-ATSC-002", !ep_cached(&ep, 0, 5, va - 64), "the byte before it hits (2^%u)", lg2);
        (void)ep_invalidate(&ep, EP_NONE, 0, 64);
    }
    ep_close(&ep);
}

static void base(struct test *t)
{
    struct ep ep;

    plain(&ep, t);
    for (uint32_t lg2 = 13; lg2 <= 30; lg2 += lg2 == 13 ? 3 : lg2 == 16 ? 5 : 9) {
        uint64_t size = 1ull << lg2, va = (9ull << 33) + (5ull << lg2), pa = mem_alloc(t, size, size);

        ep_map(&ep, 5, va, pa, lg2, EP_RW);
        for (uint32_t i = 0; i < 5; i++) {
            uint64_t offset = i == 0 ? 0 : i == 1 ? size - 64 : i == 2 ? size / 2 : i == 3 ? (size - 1) & 0x15555540 : 0x1000;
            uint32_t mark = ep_mark(&ep);
            const struct ep_event *read;

            (void)ep_touch(&ep, 0, 5, va + offset);
            for (uint32_t n = 0; (read = ep_event(&ep, mark, EP_READ, ANYWHERE, n)) != NULL; n++)
                CHECK_EQ(t, "DEV-ATSC-003", pa + offset, read->tlp.address, "address of a read at offset 0x%llx of 2^%u bytes",
                         (unsigned long long)offset, lg2);
            CHECK(t, "DEV-ATSC-003", ep_count(&ep, mark, EP_READ, ANYWHERE) == 1, "%u reads",
                  ep_count(&ep, mark, EP_READ, ANYWHERE));
        }
    }
    ep_close(&ep);
}

static void no_access(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va = 0x123456000;

    plain(&ep, t);
    work = ep_read_work(5, va, 64);
    ep_expect(&ep, "DEV-ATSC-004", 0, &work, 3, "a read of what is not mapped");
    CHECK_EQ(t, "DEV-ATSC-004", 0, ep_count_at(&ep, ep_mark(&ep), 2), "translated requests");
    ep_map(&ep, 5, va, mem_alloc(t, 4096, 4096), 12, EP_RW);
    CHECK(t, "DEV-ATSC-004", !ep_cached(&ep, 0, 5, va), "no translation request after the page was mapped");
    ep_unmap(&ep, 5, va);
    (void)ep_invalidate(&ep, 5, va, 12);
    work = ep_write_work(5, va, 64, 1);
    ep_expect(&ep, "DEV-ATSC-004", 0, &work, 3, "a write after it was unmapped");
    ep_map(&ep, 5, va, mem_alloc(t, 4096, 4096), 12, EP_RW);
    work = ep_write_work(5, va, 64, 2);
    ep_expect(&ep, "DEV-ATSC-004", 0, &work, 1, "a write after it was mapped again, without invalidation");
    ep_close(&ep);
}

static void rights(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t ro, wo, rw;
    uint32_t mark;

    plain(&ep, t);
    ep_set(&ep, "CFG_PCIE_DEVCTL2", "ATOMICREQ", 1);
    ro = ep_buffer(&ep, 5, 4096, EP_R);
    wo = ep_buffer(&ep, 5, 4096, EP_W);
    rw = ep_buffer(&ep, 5, 4096, EP_RW);
    work = ep_read_work(5, ro, 64);
    ep_expect(&ep, "DEV-ATSC-005", 0, &work, 1, "a read of a read-only page");
    mark = ep_mark(&ep);
    work = ep_write_work(5, ro, 64, 1);
    ep_expect(&ep, "DEV-ATSC-005", 0, &work, 3, "a write to a read-only page");
    CHECK_EQ(t, "DEV-ATSC-005", 0, ep_count(&ep, mark, EP_WRITE, ro, ro + 4095), "writes to a read-only page");
    work = (struct ep_work){.op = EP_OP_ATOMIC, .space = 5, .dst = ro, .data = {1, 0, 8}};
    ep_expect(&ep, "DEV-ATSC-005", 0, &work, 3, "an atomic on a read-only page");
    work = ep_write_work(5, wo, 64, 1);
    ep_expect(&ep, "DEV-ATSC-005", 0, &work, 1, "a write to a write-only page");
    mark = ep_mark(&ep);
    work = (struct ep_work){.op = EP_OP_COMPARE, .space = 5, .src = wo, .dst = rw, .size = 64};
    ep_expect(&ep, "DEV-ATSC-005", 0, &work, 3, "a comparison with a write-only page");
    CHECK_EQ(t, "DEV-ATSC-005", 0, ep_count(&ep, mark, EP_READ, wo, wo + 4095), "reads of a write-only page");
    work = (struct ep_work){.op = EP_OP_ATOMIC, .space = 5, .dst = wo, .data = {1, 0, 8}};
    ep_expect(&ep, "DEV-ATSC-005", 0, &work, 3, "an atomic on a write-only page");
    CHECK_EQ(t, "DEV-ATSC-005", 0, ep_count(&ep, 0, EP_ATOMIC, ANYWHERE), "atomics sent");
    ep_close(&ep);
}

static void execute(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t xn, x, unasked;
    uint32_t mark;

    plain(&ep, t);
    xn = ep_buffer(&ep, 5, 4096, EP_RW);
    x = ep_buffer(&ep, 5, 4096, EP_RW | EP_X);
    unasked = ep_buffer(&ep, 5, 4096, EP_RW | EP_X_UNASKED);
    work = ep_read_work(5, x, 64);
    work.flags = EP_XEXEC;
    ep_expect(&ep, "DEV-ATSC-006", 0, &work, 1, "an execute read with Exe=1");
    mark = ep_mark(&ep);
    work = ep_read_work(5, xn, 64);
    work.flags = EP_XEXEC;
    ep_expect(&ep, "DEV-ATSC-006", 0, &work, 3, "an execute read with Exe=0");
    CHECK_EQ(t, "DEV-ATSC-006", 0, ep_count(&ep, mark, EP_READ, xn, xn + 4095), "reads through the entry with Exe=0");
    work = ep_read_work(5, xn, 64);
    ep_expect(&ep, "DEV-ATSC-006", 0, &work, 1, "a read of the same page that does not ask for Execute");
    (void)ep_touch(&ep, 0, 5, unasked);
    mark = ep_mark(&ep);
    work = ep_read_work(5, unasked, 64);
    work.flags = EP_XEXEC;
    (void)ep_run(&ep, 0, &work);
    CHECK_EQ(t, "DEV-ATSC-006", 1, ep_count(&ep, mark, EP_TREQ, unasked, unasked + 4095),
             "requests for Execute after an Exe=1 that was not asked for");
    ep_close(&ep);
}

static void privilege(struct test *t)
{
    static const struct ep_wq wqs[] = {{.size = 16, .priority = 1, .pasid_en = true, .pasid = 5, .priv = true},
                                       {.size = 16, .priority = 1, .pasid_en = true, .pasid = 5}};
    struct ep ep;
    struct ep_work work;
    uint64_t va;

    for (uint32_t first = 0; first < 2; first++) {
        if (first)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 2);
        va = ep_buffer(&ep, 5, 4096, EP_RW);
        (void)ep_touch(&ep, first, 5, va);
        CHECK(t, "DEV-ATSC-007", ep_cached(&ep, first, 5, va), "the page is not cached for the queue that read it");
        CHECK(t, "DEV-ATSC-007", !ep_cached(&ep, !first, 5, va), "a %s translation serves a %s access",
              first ? "unprivileged" : "privileged", first ? "privileged" : "unprivileged");
        ep_map(&ep, 5, 0x77000000, mem_alloc(t, 4096, 4096), 12, EP_RW | EP_PRIV_ONLY);
        work = ep_read_work(5, 0x77000000, 64);
        ep_expect(&ep, "DEV-ATSC-007", 0, &work, 1, "a privileged read of a privileged page");
        work = ep_read_work(5, 0x77000000, 64);
        ep_expect(&ep, "DEV-ATSC-007", 1, &work, 3, "an unprivileged read of a privileged page");
        ep_close(&ep);
    }
}

static void global(struct test *t)
{
    struct ep ep;
    uint64_t va = 0x61000000;

    plain(&ep, t);
    ep_map(&ep, 5, va, mem_alloc(t, 4096, 4096), 12, EP_RW | EP_GLOBAL);
    ep_map(&ep, 6, va, mem_alloc(t, 4096, 4096), 12, EP_RW | EP_GLOBAL);
    (void)ep_touch(&ep, 0, 5, va);
    CHECK(t, "DEV-ATSC-008", ep_cached(&ep, 0, 5, va), "a page with Global=1 is not cached for its own PASID");
    if (!ep_get(&ep, "CFG_DVSEC_STRAPS", "GLOB"))
        CHECK(t, "DEV-ATSC-008", !ep_cached(&ep, 1, 6, va), "Global=1 serves another PASID although strap GLOB is 0");
    ep_close(&ep);
}

static void untranslated_only(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va;
    uint32_t mark;

    plain(&ep, t);
    va = ep_buffer(&ep, 5, 4096, EP_RW | EP_U);
    for (uint32_t round = 0; round < 2; round++) {
        mark = ep_mark(&ep);
        work = round ? ep_write_work(5, va, 64, 7) : ep_read_work(5, va, 64);
        ep_expect(&ep, "DEV-ATSC-009", 0, &work, 1, "an access to a page with U=1");
        for (uint32_t i = mark; i < ep.log_count; i++) {
            const struct ep_event *event = &ep.log[i];

            if (event->kind & EP_DATA && event->tlp.address >= va && event->tlp.address < va + 4096) {
                CHECK_EQ(t, "DEV-ATSC-009", 0, event->tlp.address_type, "AT of an access to a page with U=1");
                CHECK_EQ(t, "DEV-ATSC-009", 5, event->tlp.pasid, "its PASID");
            }
        }
        CHECK_EQ(t, "DEV-ATSC-009", 1, ep_count(&ep, mark, round ? EP_WRITE : EP_READ, va, va + 4095),
                 "accesses by its own address");
    }
    (void)ep_invalidate(&ep, 5, va, 12);
    CHECK(t, "DEV-ATSC-009", !ep_cached(&ep, 0, 5, va), "an entry with U=1 outlives its invalidation");
    ep_close(&ep);
}

static void no_snoop(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va;
    const struct ep_event *event;

    plain(&ep, t);
    for (uint32_t n = 0; n < 2; n++) {
        uint32_t mark = ep_mark(&ep);

        va = ep_buffer(&ep, 5, 4096, EP_RW | (n ? (uint32_t)EP_N : 0));
        work = ep_write_work(5, va, 64, 7);
        work.flags = EP_XNS;
        ep_expect(&ep, "DEV-ATSC-010", 0, &work, 1, "a write that asks for No Snoop");
        event = ep_event(&ep, mark, EP_WRITE, va, va + 4095, 0);
        if (CHECK(t, "DEV-ATSC-010", event, "it was not sent"))
            CHECK(t, "DEV-ATSC-010", !n || !(event->tlp.flags & IOTB_RQ_NO_SNOOP), "No Snoop through an entry with N=1");
        if (!n)
            CHECK(t, "DEV-ATSC-010", event && event->tlp.flags & IOTB_RQ_NO_SNOOP,
                  "no No Snoop through an entry with N=0 that the descriptor asks it for");
    }
    ep_close(&ep);
}

/* ---- statuses ---- */

static void refused(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va;
    uint32_t mark;

    plain(&ep, t);
    va = ep_buffer(&ep, 5, 8192, EP_RW);
    work = ep_read_work(5, va + 4096, 64);
    ep_expect(&ep, "DEV-ATSC-011", 0, &work, 1, "a read before the UR");
    (void)ep_rule(&ep, EP_TREQ, va, va + 4095, EP_UR, 0, 1);
    work = ep_read_work(5, va, 64);
    work.record = EP_NO_RECORD;
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-ATSC-011", 2, ep_get(&ep, "BAR0_ATCSTS", "STATE"), "ATCSTS.state after UR");
    mark = ep_mark(&ep);
    work = ep_read_work(5, va, 64);
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-ATSC-011", 0, ep_count(&ep, mark, EP_TREQ, ANYWHERE), "translation requests after UR");
    ep_ats(&ep, false);
    ep_ats(&ep, true);
    CHECK_EQ(t, "DEV-ATSC-011", 1, ep_get(&ep, "BAR0_ATCSTS", "STATE"), "ATCSTS.state after ATS was toggled");
    CHECK(t, "DEV-ATSC-011", !ep_cached(&ep, 0, 5, va), "no translation request after ATS was toggled");
    work = ep_read_work(5, va, 64);
    ep_expect(&ep, "DEV-ATSC-011", 0, &work, 1, "a read after ATS was toggled");
    ep_close(&ep);
}

struct status {
    const char *row;
    enum ep_action action;
    uint32_t status;
    bool usable; /* ATS stays on */
};

/* A record can only be written when ATS stays on or untranslated: the record's page is cached before. */
static void status_of(struct test *t)
{
    const struct status *c = test_argument(t);
    struct ep ep;
    struct ep_work work;
    uint64_t va, record;
    uint32_t mark;

    plain(&ep, t);
    va = ep_buffer(&ep, 5, 4096, EP_RW);
    record = ep_buffer(&ep, 5, 4096, EP_RW);
    if (c->action == EP_DROP)
        ep_set(&ep, "BAR0_TIMEOUT", "NP", 1000);
    work = ep_read_work(5, record + 2048, 64);
    work.record = record;
    work.flags = EP_RCR;
    ep_expect(&ep, c->row, 0, &work, 1, "a read with a good completion");
    (void)ep_rule(&ep, EP_TREQ, va, va + 4095, c->action, 0, 1);
    work = ep_read_work(5, va, 64);
    work.record = record + 64;
    work.flags = EP_RCR;
    mark = ep_mark(&ep);
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    test_run(t, 10000000000ull);
    if (c->usable || ep_result(&ep, &work).done)
        CHECK_EQ(t, c->row, c->status, ep_result(&ep, &work).status, "status of the descriptor");
    if (c->action != EP_DROP)
        CHECK_EQ(t, c->row, 1, ep_count(&ep, mark, EP_TREQ, va, va + 4095), "translation requests for the page");
    CHECK_EQ(t, c->row, 0, ep_count(&ep, mark, EP_READ, va, va + 4095), "reads of the page");
    if (!c->usable) {
        CHECK_EQ(t, c->row, 2, ep_get(&ep, "BAR0_ATCSTS", "STATE"), "ATCSTS.state");
        ep_ats(&ep, false);
        ep_ats(&ep, true);
    }
    CHECK(t, c->row, !ep_cached(&ep, 0, 5, va), "a completion that is no success was kept");
    work = ep_read_work(5, va, 64);
    ep_expect(&ep, c->row, 0, &work, 1, "the next read of the page");
    ep_close(&ep);
}

static void timed_out_tag(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va;
    uint32_t rule, tag = UINT32_MAX;

    plain(&ep, t);
    ep_set(&ep, "BAR0_TIMEOUT", "NP", 1000);
    ep_expect_move(&ep, "DEV-ATSC-015", 0, 5, "a move that is answered in time");
    va = ep_buffer(&ep, 5, 16 * 4096, EP_RW);
    rule = ep_rule(&ep, EP_TREQ, va, va + 4095, EP_HOLD, 0, 1);
    work = ep_read_work(5, va, 64);
    (void)ep_submit(&ep, 0, &work);
    test_run(t, 10000000000ull);
    CHECK_EQ(t, "DEV-ATSC-015", 0x44, ep_wait(&ep, &work).status, "status when no completion comes");
    if (ep_held(&ep, rule))
        tag = ep.held[0].tlp.id;
    for (uint32_t i = 1; i < 12; i++) {
        uint32_t mark = ep_mark(&ep);

        work = ep_read_work(5, va + 4096 * i, 256);
        ep_expect(&ep, "DEV-ATSC-015", 0, &work, 1, "a read after the time-out");
        for (uint32_t n = mark; n < ep.log_count; n++)
            CHECK(t, "DEV-ATSC-015", !(ep.log[n].kind & (EP_READ | EP_TREQ)) || ep.log[n].tlp.id != tag,
                  "the tag that timed out is used again before its completion came");
    }
    ep_release(&ep, rule);
    (void)test_settle(t);
    CHECK(t, "DEV-ATSC-015", !ep_cached(&ep, 0, 5, va), "the completion that came too late was kept");
    ep_close(&ep);
}

static void unexpected(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    struct iotb_completion stray = {.status = IOTB_SC, .bytes = 64};
    uint64_t va, dst, counted;
    uint32_t hold;

    plain(&ep, t);
    va = ep_buffer(&ep, 5, 4096, EP_RW);
    dst = ep_buffer(&ep, 5, 4096, EP_RW);
    ep_fill(&ep, 5, va, 4096, 3);
    counted = ep_counter(&ep, 48);
    hold = ep_rule(&ep, EP_READ, va, va + 4095, EP_HOLD, 0, UINT32_MAX);
    work = ep_move(5, va, dst, 512);
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    CHECK(t, "DEV-ATSC-016", ep_held(&ep, hold), "nothing is outstanding");
    stray.id = 999; /* no such tag */
    completion_queue(t, &stray, 0);
    stray.id = ep.held_count ? ep.held[0].tlp.id : 0; /* a good tag, for somebody else */
    stray.flags = IOTB_CPL_OTHER_REQUESTER;
    stray.requester_id = ep.rid ^ 0x100u;
    completion_queue(t, &stray, 0);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-ATSC-016", counted + 2, ep_counter(&ep, 48), "unexpected completions counted");
    CHECK_EQ(t, "DEV-ATSC-016", 1, ep_get(&ep, "CFG_AER_UES", "UNEXPECTED"), "AER Unexpected Completion");
    ep_release(&ep, hold);
    CHECK_EQ(t, "DEV-ATSC-016", 1, ep_wait(&ep, &work).status, "status of the work that runs");
    CHECK(t, "DEV-ATSC-016", ep_same(&ep, 5, va, 5, dst, 512), "its data are those of a completion that was not for it");
    ep_close(&ep);
}

/* ---- several translations ---- */

static void several(struct test *t)
{
    struct ep ep;
    uint64_t va;

    for (uint32_t n = 1; n <= 8; n++) {
        if (n > 1)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, false, false);
        ep_ats(&ep, true);
        ep_set(&ep, "BAR0_ATCCFG", "N_XLAT", 7);
        if (ep_get(&ep, "BAR0_ATCCFG", "N_XLAT") != 7)
            ep_set(&ep, "BAR0_ATCCFG", "N_XLAT", 3);
        ep_start(&ep, &(struct ep_wq){.size = 16, .priority = 1, .pasid_en = true, .pasid = 5}, 1);
        ep_require_entries(&ep, 10);
        va = ep_buffer(&ep, 5, 9 * 4096, EP_RW);
        ep_fill(&ep, 5, va, 9 * 4096, 4);
        (void)ep_rule(&ep, EP_TREQ, va, va + 4095, EP_FEWER, n, 1);
        (void)ep_touch(&ep, 0, 5, va);
        CHECK_EQ(t, "DEV-ATSC-017", 64,
                 ep_event(&ep, 0, EP_TREQ, va, va | 1, 0) ? ep_event(&ep, 0, EP_TREQ, va, va | 1, 0)->tlp.bytes : 0,
                 "bytes of a request for eight translations");
        for (uint32_t i = 0; i < n; i++) {
            uint32_t mark = ep_mark(&ep);
            const struct ep_event *read;

            (void)ep_touch(&ep, 0, 5, va + 4096 * i);
            CHECK_EQ(t, "DEV-ATSC-017", 0, ep_count(&ep, mark, EP_TREQ, va + 4096 * i, va + 4096 * i + 4095),
                     "requests for page %u, of which an entry of %u came", i, n);
            read = ep_event(&ep, mark, EP_READ, va + 4096 * i, va + 4096 * i + 4095, 0);
            CHECK_EQ(t, "DEV-ATSC-017", ep_pa(&ep, 5, va + 4096 * i), read ? read->tlp.address : 0,
                     "address of a read of page %u", i);
        }
        if (n < 8)
            CHECK(t, "DEV-ATSC-017", !ep_cached(&ep, 0, 5, va + 4096 * n), "page %u hits although no entry for it came", n);
        ep_close(&ep);
    }
}

static void split(struct test *t)
{
    struct ep ep;
    struct ep_work work;

    plain(&ep, t);
    ep_require_entries(&ep, 10);
    for (uint32_t at = 8; at < 64; at += 8) {
        uint64_t va = ep_buffer(&ep, 5, 8 * 4096, EP_RW);

        (void)ep_rule(&ep, EP_TREQ, va, va + 4095, EP_SPLIT, at, 1);
        work = (struct ep_work){.op = EP_OP_XLATE, .space = 5, .src = va, .size = 8, .data = {4}};
        ep_expect(&ep, "DEV-ATSC-018", 0, &work, 1, "a translation whose completion comes in two");
        for (uint32_t i = 0; i < 8; i++) {
            uint32_t mark = ep_mark(&ep);
            const struct ep_event *read;

            (void)ep_touch(&ep, 0, 5, va + 4096 * i);
            read = ep_event(&ep, mark, EP_READ, ANYWHERE, 0);
            CHECK_EQ(t, "DEV-ATSC-018", ep_pa(&ep, 5, va + 4096 * i), read ? read->tlp.address : 0,
                     "address of a read of page %u, completion split after %u bytes", i, at);
            CHECK_EQ(t, "DEV-ATSC-018", 0, ep_count(&ep, mark, EP_TREQ, va, va + 8 * 4096 - 1),
                     "requests for page %u after a split completion", i);
        }
        (void)ep_invalidate(&ep, EP_NONE, 0, 64);
    }
    ep_close(&ep);
}

static void below_stu(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va = 0x71230000;

    ep_open(&ep, t);
    ep_pasid(&ep, true, false, false);
    ep_set(&ep, "CFG_ATS_CTL", "STU", 4); /* 64 KiB */
    ep_ats(&ep, true);
    ep_start(&ep, &(struct ep_wq){.size = 16, .priority = 1, .pasid_en = true, .pasid = 5}, 1);
    for (uint32_t i = 0; i < 16; i++)
        ep_map(&ep, 5, va + 4096 * i, mem_alloc(t, 4096, 4096), 12, EP_RW);
    work = ep_read_work(5, va + 4096, 64);
    ep_expect(&ep, "DEV-ATSC-019", 0, &work, 1, "a read of a page smaller than STU");
    work = ep_read_work(5, va + 2 * 4096, 64);
    ep_expect(&ep, "DEV-ATSC-019", 0, &work, 1, "a read of the next page");
    CHECK(t, "DEV-ATSC-019", ep_event(&ep, 0, EP_READ, va + 2 * 4096, va + 3 * 4096 - 1, 0) != NULL,
          "the next page is read somewhere else");
    ep_close(&ep);
}

static void other_bits(struct test *t)
{
    struct ep ep;
    struct ep_work work;

    plain(&ep, t);
    for (uint32_t bits = 0; bits < 16; bits++) {
        uint64_t va = ep.next_va, pa = mem_alloc(t, 4096, 4096);

        ep.next_va += 8192;
        ep_map(&ep, 5, va, pa, 12, EP_RW);
        (void)ep_rule(&ep, EP_TREQ, va, va + 4095, EP_ENTRY, pa | bits << 6 | EP_RW, 1);
        work = ep_read_work(5, va, 64);
        ep_expect(&ep, "DEV-ATSC-020", 0, &work, 1, "a read");
        CHECK_EQ(t, "DEV-ATSC-020", 1, ep_count_at(&ep, 0, 2) > bits, "translated requests were sent, bits 9:6 are 0x%x", bits);
        CHECK(t, "DEV-ATSC-020", ep_cached(&ep, 0, 5, va), "an entry with 0x%x in bits 9:6 is not kept", bits);
        CHECK(t, "DEV-ATSC-020", ep_count(&ep, 0, EP_READ, va, va + 4095) == 2, "its address is wrong");
    }
    ep_close(&ep);
}

static void ask_again(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va;
    uint32_t mark;

    plain(&ep, t);
    va = ep_buffer(&ep, 5, 4096, EP_R);
    (void)ep_touch(&ep, 0, 5, va);
    CHECK(t, "DEV-ATSC-021", ep_cached(&ep, 0, 5, va), "a page with R=1 and W=0 is not cached");
    ep_find(&ep, 5, va)->rights = EP_RW; /* no invalidation: software only adds a right */
    mark = ep_mark(&ep);
    work = ep_write_work(5, va, 64, 5);
    ep_expect(&ep, "DEV-ATSC-021", 0, &work, 1, "a write after the page became writable");
    CHECK_EQ(t, "DEV-ATSC-021", 1, ep_count(&ep, mark, EP_TREQ, va, va + 4095), "translation requests for it");
    ep_close(&ep);
}

static const struct status abort_status = {"DEV-ATSC-012", EP_CA, 0x42, true};
static const struct status reserved_status = {"DEV-ATSC-013", EP_RESERVED, 0x41, false};
static const struct status poisoned = {"DEV-ATSC-014", EP_POISON, 0x43, true};
static const struct status dropped = {"DEV-ATSC-015", EP_DROP, 0x44, true};
static const struct status refused_status = {"DEV-ATSC-011", EP_UR, 0x41, false};

#define STATUS(name_, argument_, rows_, summary_)                                                                         \
    {                                                                                                                     \
        .name = "pasid-device." name_, .summary = summary_, .run = status_of, .rows = rows_, .gate = "PRODUCT&ATS&PASID", \
        .functional = true, .tier = TIER_FULL, .argument = &(argument_)                                                   \
    }

static const struct iotb_case cases[] = {
    SENDS("completions.offsets", offsets, "DEV-ATSC-001", "&ATS&PASID", "A success is followed by AT=10 at base plus offset"),
    SENDS("completions.sizes", sizes, "DEV-ATSC-002", "&ATS&PASID", "S and the lowest zero bit tell the size"),
    SENDS("completions.base", base, "DEV-ATSC-003", "&ATS&PASID", "Bits that tell the size are no bits of the base"),
    SENDS("completions.no_access", no_access, "DEV-ATSC-004", "&ATS&PASID", "R=W=0 is not kept"),
    SENDS("completions.rights", rights, "DEV-ATSC-005", "&ATS&PASID", "R and W are kept to"),
    SENDS("completions.execute", execute, "DEV-ATSC-006", "&ATS&PASID&EXEC", "Exe is kept to, and counts only when asked for"),
    SENDS("completions.privilege", privilege, "DEV-ATSC-007", "&ATS&PASID&PRIV",
          "Privileged and unprivileged entries are unrelated"),
    SENDS("completions.global", global, "DEV-ATSC-008", "&ATS&PASID", "Global is ignored without strap GLOB"),
    SENDS("completions.untranslated", untranslated_only, "DEV-ATSC-009", "&ATS&PASID", "U=1 is reached with AT=00 only"),
    SENDS("completions.no_snoop", no_snoop, "DEV-ATSC-010", "&ATS&PASID", "N=1 forbids No Snoop"),
    SENDS("completions.unsupported", refused, "DEV-ATSC-011", "&ATS&PASID", "UR shuts ATS until it is toggled"),
    STATUS("completions.unsupported_status", refused_status, "DEV-ATSC-011", "UR ends the descriptor"),
    STATUS("completions.abort", abort_status, "DEV-ATSC-012", "CA ends the descriptor, ATS stays usable"),
    STATUS("completions.reserved_status", reserved_status, "DEV-ATSC-013", "A reserved status is handled as UR"),
    STATUS("completions.poisoned", poisoned, "DEV-ATSC-014", "A poisoned completion is neither kept nor used"),
    STATUS("completions.dropped", dropped, "DEV-ATSC-015", "Without a completion the descriptor ends by time-out"),
    SENDS("completions.timed_out_tag", timed_out_tag, "DEV-ATSC-015", "&ATS&PASID", "The tag of a time-out is not used again"),
    SENDS("completions.unexpected", unexpected, "DEV-ATSC-016", "&ATS&PASID", "Completions for nobody change nothing"),
    SENDS("completions.several", several, "DEV-ATSC-017", "&ATS&PASID", "Several entries translate consecutive pages"),
    SENDS("completions.split", split, "DEV-ATSC-018", "&ATS&PASID", "A completion in two TLPs is put together"),
    SENDS("completions.below_stu", below_stu, "DEV-ATSC-019", "&ATS&PASID",
          "An entry smaller than STU is used for its range only"),
    SENDS("completions.other_bits", other_bits, "DEV-ATSC-020", "&ATS&PASID", "Bits 9:6 change nothing"),
    SENDS("completions.ask_again", ask_again, "DEV-ATSC-021", "&ATS&PASID", "A missing right is asked for before it is a fault"),
};

LIST(ep_completions_cases, cases);
