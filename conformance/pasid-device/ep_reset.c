/* SPDX-License-Identifier: BSD-2-Clause */
/* Function Level Reset. */
#include "pasid_device_chapters.h"

#define RESET_PS 100000000000ull /* 100 ms */

static void settle_flr(struct ep *ep)
{
    ep_flr(ep);
    test_run(ep->t, RESET_PS / 100);
}

static void restart(struct ep *ep, uint32_t space)
{
    struct ep_wq wq = EP_WQ_DEDICATED;

    ep_restore(ep);
    ep_all(ep);
    wq.bof = true;
    wq.pasid_en = space != EP_NONE;
    wq.pasid = space != EP_NONE ? space : 0;
    ep_start(ep, &wq, 1);
}

static void initiate(struct test *t)
{
    struct ep ep;
    uint32_t id;

    ep_open(&ep, t);
    id = config_read(t, 0, 4);
    CHECK_EQ(t, "DEV-FLR-001", 0, ep_get(&ep, "CFG_PCIE_DEVCTL", "FLR"), "Initiate Function Level Reset reads");
    ep_set(&ep, "CFG_PCIE_DEVCTL", "NFEE", 1);
    settle_flr(&ep);
    test_run(t, RESET_PS);
    CHECK_EQ(t, "DEV-FLR-001", id, config_read(t, 0, 4), "ids 100 ms after the reset");
    CHECK_EQ(t, "DEV-FLR-001", 0, ep_get(&ep, "CFG_PCIE_DEVCTL", "FLR"), "Initiate Function Level Reset afterwards");
    CHECK_EQ(t, "DEV-FLR-001", 0, ep_get(&ep, "CFG_PCIE_DEVCTL", "NFEE"), "a bit that the reset clears");
    CHECK_EQ(t, "DEV-FLR-001", 0, config_read(t, 4, 2), "Command after the reset");
    ep_restore(&ep);
    ep_close(&ep);
}

static void image(struct test *t)
{
    static const char *const registers[] = {"CFG_COMMAND",  "CFG_BAR0",          "CFG_BAR2",    "CFG_PCIE_DEVCTL2",
                                            "CFG_MSIX_CAP", "CFG_PCIE_DEVCTL",   "CFG_ATS_CTL", "CFG_PASID_CTL",
                                            "CFG_PRI_CTL",  "CFG_PRI_ALLOCATION"};
    const uint32_t count = sizeof(registers) / sizeof(registers[0]);
    uint64_t before[10];
    struct iotb_completion stray = {.id = 900, .status = IOTB_SC, .bytes = 4};
    struct ep ep;

    ep_open(&ep, t);
    config_write(t, 4, 2, 0);
    config_write(t, 0x10, 4, 0);
    config_write(t, 0x14, 4, 0);
    config_write(t, 0x18, 4, 0);
    config_write(t, 0x1c, 4, 0);
    for (uint32_t i = 0; i < count; i++)
        before[i] = ep_read(&ep, registers[i]);
    ep_restore(&ep);
    ep_all(&ep);
    ep_vectors(&ep, 2);
    ep_set(&ep, "CFG_PCIE_DEVCTL", "RO", 0);
    ep_set(&ep, "CFG_PCIE_DEVCTL2", "IDOREQ", 1);
    completion_queue(t, &stray, 0);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-FLR-002", 1, ep_get(&ep, "CFG_AER_UES", "UNEXPECTED"), "AER Unexpected Completion before the reset");
    settle_flr(&ep);
    for (uint32_t i = 0; i < count; i++)
        CHECK_EQ(t, "DEV-FLR-002", before[i] & 0xffffffff00f0ffffull, ep_read(&ep, registers[i]) & 0xffffffff00f0ffffull,
                 "%s after the reset", registers[i]);
    CHECK_EQ(t, "DEV-FLR-002", 1, ep_get(&ep, "CFG_AER_UES", "UNEXPECTED"), "a sticky AER bit after the reset");
    CHECK_EQ(t, "DEV-FLR-002", 1, ep_get(&ep, "CFG_PRI_CTL", "STOPPED"), "Stopped after the reset");
    ep_restore(&ep);
    CHECK_EQ(t, "DEV-FLR-002", 1, ep_bar0_read(&ep, 0x2000 + 12, 4), "mask of an MSI-X vector after the reset");
    CHECK_EQ(t, "DEV-FLR-002", 0, ep_get(&ep, "BAR0_GENSTS", "STATE"), "device state after the reset");
    ep_close(&ep);
}

static void silent(struct test *t)
{
    struct ep ep;
    struct ep_work works[16];
    uint32_t mark, hold;
    uint64_t src, dst;

    ep_scene(&ep, t, 5);
    ep_vectors(&ep, 2);
    src = ep_buffer(&ep, 5, 65536, EP_RW);
    dst = ep_buffer(&ep, 5, 65536, EP_RW);
    hold = ep_rule(&ep, EP_READ | EP_TREQ, 0, UINT64_MAX, EP_HOLD, 0, 12);
    for (uint32_t i = 0; i < 16; i++) {
        works[i] = ep_move(5, src + 4096 * i, dst + 4096 * i, 4096);
        (void)ep_submit(&ep, 0, &works[i]);
    }
    (void)test_settle(t);
    CHECK(t, "DEV-FLR-003", ep_count(&ep, 0, EP_DATA | EP_TREQ, 0, UINT64_MAX), "no work was running before the reset");
    if (ep.ats)
        ep_invalidate_send(&ep, &(struct ep_range){.itag = 3, .space = EP_NONE, .size_lg2 = 64});
    (void)test_settle(t);
    settle_flr(&ep);
    mark = ep.log_count;
    ep_release(&ep, hold);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-FLR-003", 0, ep_count(&ep, mark, EP_ANY, 0, UINT64_MAX), "TLPs after the reset");
    restart(&ep, 5);
    mark = ep_mark(&ep);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-FLR-003", 0, ep_count(&ep, mark, EP_ANY, 0, UINT64_MAX), "TLPs of old work when the device is on again");
    ep_expect_move(&ep, "DEV-FLR-003", 0, 5, "a move after the reset");
    ep_close(&ep);
}

/* The device is on again when the completions of before come, but has got no work. */
static void silent_again(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint32_t mark, hold;
    uint64_t src, dst;

    for (uint32_t kind = EP_READ; kind <= EP_ATOMIC; kind += EP_ATOMIC - EP_READ) {
        if (kind != EP_READ)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_set(&ep, "CFG_PCIE_DEVCTL2", "ATOMICREQ", 1);
        ep_start(&ep, &(struct ep_wq){.size = 4, .priority = 1}, 1);
        src = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
        dst = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
        hold = ep_rule(&ep, kind, src, src + 4095, EP_HOLD, 0, UINT32_MAX);
        work = ep_move(EP_NONE, src, dst, 2048);
        if (kind == EP_ATOMIC)
            work = (struct ep_work){.op = EP_OP_ATOMIC, .space = EP_NONE, .dst = src, .data = {1, 0, 8}};
        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        CHECK(t, "DEV-FLR-003", ep_held(&ep, hold), "nothing was outstanding before the reset");
        settle_flr(&ep);
        restart(&ep, EP_NONE);
        mark = ep_mark(&ep);
        ep_release(&ep, hold);
        (void)test_settle(t);
        test_run(t, RESET_PS / 100);
        CHECK_EQ(t, "DEV-FLR-003", 0, ep_count(&ep, mark, EP_ANY, 0, UINT64_MAX), "TLPs of old work");
        ep_expect_move(&ep, "DEV-FLR-003", 0, EP_NONE, "a move of new work");
        ep_close(&ep);
    }
}

static void late_completions(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint32_t hold;
    uint64_t src, dst, counted;

    ep_scene(&ep, t, EP_NONE);
    src = ep_buffer(&ep, EP_NONE, 8192, EP_RW);
    dst = ep_buffer(&ep, EP_NONE, 8192, EP_RW);
    ep_fill(&ep, EP_NONE, src, 4096, 1);
    ep_fill(&ep, EP_NONE, src + 4096, 4096, 2);
    hold = ep_rule(&ep, EP_READ, src, src + 4095, EP_HOLD, 0, UINT32_MAX);
    work = ep_move(EP_NONE, src, dst, 1024);
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    CHECK(t, "DEV-FLR-004", ep_held(&ep, hold), "no read was outstanding");
    settle_flr(&ep);
    restart(&ep, EP_NONE);
    counted = ep_counter(&ep, 48);
    work = ep_move(EP_NONE, src + 4096, dst + 4096, 4096);
    (void)ep_submit(&ep, 0, &work);
    ep_release(&ep, hold);
    CHECK_EQ(t, "DEV-FLR-004", 1, ep_wait(&ep, &work).status, "status of the new work");
    CHECK(t, "DEV-FLR-004", ep_same(&ep, EP_NONE, src + 4096, EP_NONE, dst + 4096, 4096),
          "completions of before the reset got into the new data");
    CHECK(t, "DEV-FLR-004", ep_counter(&ep, 48) > counted, "late completions are not counted as unexpected");
    ep_close(&ep);
}

static void empty_cache(struct test *t)
{
    struct ep ep;
    uint64_t va;
    uint32_t mark;

    ep_scene(&ep, t, 5);
    va = ep_buffer(&ep, 5, 4096, EP_RW);
    (void)ep_touch(&ep, 0, 5, va);
    CHECK(t, "DEV-FLR-005", ep_count(&ep, 0, EP_TREQ, va, va + 4095) == 1, "the page was not translated once before the reset");
    settle_flr(&ep);
    ep_restore(&ep);
    CHECK_EQ(t, "DEV-FLR-005", 0, ep_get(&ep, "BAR0_ATCSTS", "USED"), "entries after the reset, before ATS is enabled");
    restart(&ep, 5);
    mark = ep_mark(&ep);
    CHECK(t, "DEV-FLR-005", !ep_cached(&ep, 0, 5, va), "no translation request for a page cached before the reset");
    CHECK(t, "DEV-FLR-005", ep_count(&ep, mark, EP_READ, va, va + 4095), "the page was not read after the reset");
    ep_close(&ep);
}

static void late_response(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint32_t indices[8], old;

    ep_scene(&ep, t, 5);
    work = ep_read_work(5, 0x111000000, 64);
    work.flags = EP_BOF;
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    CHECK(t, "DEV-FLR-003", ep_groups(&ep, indices, 8) == 1, "a fault does not ask for its page before the reset");
    old = indices[0];
    settle_flr(&ep);
    restart(&ep, 5);
    work = ep_read_work(5, 0x222000000, 64);
    work.flags = EP_BOF;
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    if (ep_groups(&ep, indices, 8) == 1 && indices[0] != old) {
        ep_respond_as(&ep, old, 1, 5);
        (void)test_settle(t);
        CHECK(t, "DEV-FLR-006", !ep_result(&ep, &work).done, "the response to a group of before the reset ended new work");
    } else { /* the index was taken again at once: nobody can tell the responses apart */
        CHECK(t, "DEV-FLR-006", indices[0] == old, "the new work does not ask for its page");
    }
    ep.pages = EP_PAGES_MAP;
    if (ep_groups(&ep, indices, 8))
        ep_respond(&ep, indices[0], 1);
    CHECK_EQ(t, "DEV-FLR-006", 4, ep_wait(&ep, &work).status, "status of the new work");
    ep_expect_move(&ep, "DEV-FLR-003", 0, 5, "a move after the reset");
    ep_close(&ep);
}

static void pending_invalidation(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va;
    uint32_t hold;

    ep_scene(&ep, t, 5);
    va = ep_buffer(&ep, 5, 4096, EP_RW);
    hold = ep_rule(&ep, EP_READ, va, va + 4095, EP_HOLD, 0, UINT32_MAX);
    work = ep_read_work(5, va, 64);
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    ep_invalidate_send(&ep, &(struct ep_range){.itag = 5, .space = 5, .address = va, .size_lg2 = 12});
    (void)test_settle(t);
    CHECK(t, "DEV-FLR-007", ep_held(&ep, hold), "no read held the invalidation back");
    settle_flr(&ep);
    ep_release(&ep, hold);
    (void)test_settle(t);
    restart(&ep, 5);
    (void)test_settle(t);
    ep_expect_move(&ep, "DEV-FLR-003", 0, 5, "a move after the reset");
    CHECK_EQ(t, "DEV-FLR-007", 0, ep_message_count(&ep, 0, IOTB_MSG_INVALIDATE_COMPLETION), "completions of ITag 5");
    ep_close(&ep);
}

static void transactions_pending(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t page;
    uint32_t hold;

    ep_scene(&ep, t, EP_NONE);
    page = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    ep_expect_move(&ep, "DEV-FLR-008", 0, EP_NONE, "a move");
    CHECK_EQ(t, "DEV-FLR-008", 0, ep_get(&ep, "CFG_PCIE_DEVCTL", "TRPND"), "Transactions Pending at rest");
    for (uint32_t kind = EP_READ; kind; kind = kind == EP_READ && ep.ats ? EP_TREQ : 0) {
        if (kind == EP_TREQ)
            (void)ep_invalidate(&ep, EP_NONE, 0, 64);
        hold = ep_rule(&ep, kind, page, page + 4095, EP_HOLD, 0, UINT32_MAX);
        work = ep_read_work(EP_NONE, page, 64);
        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        CHECK(t, "DEV-FLR-008", ep_held(&ep, hold), "nothing was outstanding");
        CHECK_EQ(t, "DEV-FLR-008", 1, ep_get(&ep, "CFG_PCIE_DEVCTL", "TRPND"), "Transactions Pending with a request outstanding");
        ep_release(&ep, hold);
        CHECK_EQ(t, "DEV-FLR-008", 1, ep_wait(&ep, &work).status, "status of the read");
        CHECK_EQ(t, "DEV-FLR-008", 0, ep_get(&ep, "CFG_PCIE_DEVCTL", "TRPND"), "Transactions Pending after it was completed");
    }
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    QUIET("reset.initiate", initiate, "DEV-FLR-001", "FLR", "A Function Level Reset is over within 100 ms"),
    QUIET("reset.image", image, "DEV-FLR-002", "FLR&PRODUCT&ATS&PASID&PRI", "It brings the reset image back but for sticky bits"),
    SENDS("reset.silent", silent, "DEV-FLR-003", "&FLR&PASID", "After it no TLP of the work of before is sent"),
    SENDS("reset.silent_again", silent_again, "DEV-FLR-003", "&FLR", "Late completions start nothing of before again"),
    SENDS("reset.late_completions", late_completions, "DEV-FLR-004", "&FLR", "Late completions touch no new state"),
    SENDS("reset.cache", empty_cache, "DEV-FLR-005", "&FLR&ATS&PASID", "It empties the translation cache"),
    SENDS("reset.late_response", late_response, "DEV-FLR-006 DEV-FLR-003", "&FLR&ATS&PASID&PRI",
          "A late page response ends no new work"),
    SENDS("reset.invalidation", pending_invalidation, "DEV-FLR-007 DEV-FLR-003", "&FLR&ATS&PASID",
          "A pending invalidation is not completed after it"),
    SENDS("reset.transactions_pending", transactions_pending, "DEV-FLR-008", "",
          "Transactions Pending follows the outstanding requests"),
};

LIST(ep_reset_cases, cases);
