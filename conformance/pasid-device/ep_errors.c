/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of data requests. */
#include "pasid_device_chapters.h"

static const struct ep_wq queue = {.size = 16, .priority = 1, .pasid_en = true, .pasid = 5};

struct refusal {
    const char *row;
    enum ep_action action;
    uint32_t status;
    const char *bit; /* in Command/Status, NULL: none */
};

static void refused(struct test *t)
{
    const struct refusal *c = test_argument(t);
    struct ep ep;
    uint64_t a, b;
    uint32_t mark;
    struct ep_work work;
    struct ep_result result;

    ep_scene_with(&ep, t, ON_PASID, &queue, 1);
    a = ep_buffer(&ep, 5, 4096, EP_RW);
    b = ep_buffer(&ep, 5, 4096, EP_RW);
    ep_fill(&ep, 5, a, 4096, 1);
    if (c->action == EP_DROP)
        ep_set(&ep, "BAR0_TIMEOUT", "NP", 1000);
    if (c->action == EP_POISON)
        ep_set(&ep, "CFG_COMMAND", "PERR", 1);
    ep_expect_move(&ep, c->row, 0, 5, "a move whose reads are answered");
    if (c->bit)
        CHECK_EQ(t, c->row, 0, ep_get(&ep, "CFG_COMMAND", c->bit), "%s before", c->bit);
    (void)ep_rule(&ep, EP_READ, a + 1024, a + 1087, c->action, 0, 1);
    mark = ep_mark(&ep);
    work = ep_move(5, a, b, 2048);
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    test_run(t, 10000000000ull);
    result = ep_wait(&ep, &work);
    CHECK_EQ(t, c->row, c->status, result.status, "status of the move");
    if (c->bit)
        CHECK_EQ(t, c->row, 1, ep_get(&ep, "CFG_COMMAND", c->bit), "%s after", c->bit);
    if (c->action == EP_DROP)
        CHECK_EQ(t, c->row, 1, ep_get(&ep, "CFG_AER_UES", "CTO"), "AER Completion Timeout");
    CHECK_EQ(t, c->row, 0, ep_count(&ep, mark, EP_WRITE, b + 1024, b + 4095),
             "writes of the data that did not come, or behind them");
    CHECK(t, c->row, ep_same(&ep, 5, a, 5, b, 1024), "the data before the error are wrong");
    ep_expect_move(&ep, c->row, 0, 5, "a move afterwards");
    ep_close(&ep);
}

/* The translation agent refuses by its tables. */
static void blocked_read(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t wo;

    for (uint32_t abort = 0; abort < 2; abort++) {
        const char *row = abort ? "DEV-DMA-008" : "DEV-DMA-007";

        if (abort)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, ON_PASID, &queue, 1);
        ep.read_fault_is_abort = abort;
        wo = ep_buffer(&ep, 5, 4096, EP_W);
        work = ep_read_work(5, wo, 64);
        ep_expect(&ep, row, 0, &work, abort ? 0x32 : 0x31, "a read of a page that may not be read");
        work = ep_read_work(5, ep.next_va + 0x100000, 64);
        ep_expect(&ep, row, 0, &work, abort ? 0x32 : 0x31, "a read of a page that is not there");
        ep_expect_move(&ep, row, 0, 5, "a move of pages that are there");
        ep_close(&ep);
    }
}

static void quarantined(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t a;
    uint32_t rule, tag = UINT32_MAX;

    ep_scene_with(&ep, t, ON_PASID, &queue, 1);
    ep_set(&ep, "BAR0_TIMEOUT", "NP", 1000);
    a = ep_buffer(&ep, 5, 8192, EP_RW);
    ep_fill(&ep, 5, a, 8192, 4);
    rule = ep_rule(&ep, EP_READ, a, a + 63, EP_HOLD, 0, 1);
    work = ep_read_work(5, a, 64);
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    test_run(t, 10000000000ull);
    CHECK_EQ(t, "DEV-DMA-010", 0x34, ep_wait(&ep, &work).status, "status when no completion comes");
    if (ep_held(&ep, rule))
        tag = ep.held[0].tlp.id;
    for (uint32_t i = 0; i < 6; i++) {
        uint32_t mark = ep_mark(&ep);

        ep_expect_move(&ep, "DEV-DMA-010", 0, 5, "a move after the time-out");
        for (uint32_t n = mark; n < ep.log_count; n++)
            CHECK(t, "DEV-DMA-010", ep.log[n].kind != EP_READ || ep.log[n].tlp.id != tag,
                  "the tag is used again before its completion");
    }
    ep_release(&ep, rule);
    ep_expect_move(&ep, "DEV-DMA-010", 0, 5, "a move after the late completion");
    ep_close(&ep);
}

static void posted(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t ro;

    ep_scene_with(&ep, t, ON_PASID, &queue, 1);
    ro = ep_buffer(&ep, 5, 4096, EP_RW);
    for (uint32_t back = 0; back < 2; back++) {
        (void)ep_rule(&ep, EP_DATA, ro, ro + 4095, EP_UR, 0, UINT32_MAX);
        work = ep_write_work(5, ro, 256, 0x11);
        work.flags = back ? EP_DRDBK : 0;
        ep_expect(&ep, "DEV-DMA-011", 0, &work, back ? 0x31 : 1, back ? "a blocked write with read-back" : "a blocked write");
        ep_end_rule(&ep, ep.rule_count);
        CHECK_EQ(t, "DEV-DMA-011", 0, ep_peek(&ep, 5, ro), "what the blocked write left");
    }
    work = ep_write_work(5, ro, 256, 0x22);
    work.flags = EP_DRDBK;
    ep_expect(&ep, "DEV-DMA-011", 0, &work, 1, "a write with read-back that is let through");
    CHECK_EQ(t, "DEV-DMA-011", 0x22, ep_peek(&ep, 5, ro), "what it left");
    ep_close(&ep);
}

static void exact(struct test *t)
{
    struct ep ep;
    struct ep_wq wq = queue;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, &wq, 1);
    for (uint32_t side = 0; side < 2; side++)
        for (uint32_t k = 0; k < 4; k++) {
            uint64_t src = ep_buffer(&ep, 5, 4 * 4096, EP_RW), dst = ep_buffer(&ep, 5, 4 * 4096, EP_RW);
            uint64_t missing = (side ? dst : src) + 4096 * k;
            uint32_t offset = 40, done = k ? 4096 * k - offset : 0, mark;
            struct ep_work work = ep_move(5, src + offset, dst + offset, 4 * 4096 - 2 * offset);
            struct ep_result result;

            ep_fill(&ep, 5, src, 4 * 4096, k);
            if (!side)
                ep_unmap(&ep, 5, missing);
            else
                ep_unmap(&ep, 5, missing);
            mark = ep_mark(&ep);
            result = ep_expect(&ep, "DEV-DMA-012", 0, &work, 3, "a move over a page that is not there");
            CHECK_EQ(t, "DEV-DMA-012", done, result.completed, "bytes completed, page %u of the %s missing", k,
                     side ? "destination" : "source");
            CHECK_EQ(t, "DEV-DMA-012", missing, result.address & ~0xfffull, "fault address");
            CHECK_EQ(t, "DEV-DMA-012", side, result.info & 1, "write bit of fault_info");
            if (done)
                CHECK(t, "DEV-DMA-012", ep_same(&ep, 5, src + offset, 5, dst + offset, done), "a byte below is not done");
            CHECK_EQ(t, "DEV-DMA-012", 0, ep_count(&ep, mark, EP_WRITE, dst + offset + done, dst + 4 * 4096 - 1), "writes above");
            (void)ep_invalidate(&ep, EP_NONE, 0, 64);
        }
    ep_close(&ep);
}

static void translated(struct test *t)
{
    static const enum ep_action actions[] = {EP_UR, EP_CA};
    struct ep ep;
    uint64_t va;
    struct ep_work work;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, &queue, 1);
    for (uint32_t i = 0; i < 2; i++) {
        va = ep_buffer(&ep, 5, 4096, EP_RW);
        (void)ep_touch(&ep, 0, 5, va);
        CHECK(t, "DEV-DMA-013", ep_cached(&ep, 0, 5, va), "a page is not cached");
        (void)ep_rule(&ep, EP_READ, va, va + 63, actions[i], 0, 1);
        work = ep_read_work(5, va, 64);
        ep_expect(&ep, "DEV-DMA-013", 0, &work, i ? 0x32 : 0x31, "a translated read that fails");
        CHECK(t, "DEV-DMA-013", !ep_cached(&ep, 0, 5, va), "the entry that failed is used again");
        work = ep_read_work(5, va, 64);
        ep_expect(&ep, "DEV-DMA-013", 0, &work, 1, "the next read");
    }
    ep_close(&ep);
}

static const struct refusal unsupported = {"DEV-DMA-007", EP_UR, 0x31, "RMA"}, aborted = {"DEV-DMA-008", EP_CA, 0x32, "RTA"},
                            poisoned = {"DEV-DMA-009", EP_POISON, 0x33, "DPE"}, dropped = {"DEV-DMA-010", EP_DROP, 0x34, NULL};

#define REFUSED(name_, argument_, rows_, summary_)                                                                  \
    {                                                                                                               \
        .name = "pasid-device." name_, .summary = summary_, .run = refused, .rows = rows_, .gate = "PRODUCT&PASID", \
        .functional = true, .tier = TIER_FULL, .argument = &(argument_)                                             \
    }

static const struct iotb_case cases[] = {
    REFUSED("errors.unsupported", unsupported, "DEV-DMA-007", "UR on a read ends the move before its write"),
    REFUSED("errors.aborted", aborted, "DEV-DMA-008", "CA on a read ends the move before its write"),
    REFUSED("errors.poisoned", poisoned, "DEV-DMA-009", "Poisoned data are not forwarded"),
    REFUSED("errors.dropped", dropped, "DEV-DMA-010", "A read without completion times out"),
    SENDS("errors.blocked_read", blocked_read, "DEV-DMA-007 DEV-DMA-008", "&PASID", "What the agent blocks ends with its status"),
    SENDS("errors.quarantined", quarantined, "DEV-DMA-010", "&PASID", "The tag of a time-out is not used again"),
    SENDS("errors.posted", posted, "DEV-DMA-011", "&PASID", "A blocked write shows only by its read-back"),
    SENDS("errors.exact", exact, "DEV-DMA-012", "&ATS&PASID", "Bytes completed are exact at a fault"),
    SENDS("errors.translated", translated, "DEV-DMA-013", "&ATS&PASID", "A translated read that fails drops its entry"),
};

LIST(ep_errors_cases, cases);
