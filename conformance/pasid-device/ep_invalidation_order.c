/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Invalidation and what is in flight: stale use is legal before the completion and illegal after it; the completion orders behind
 * reads and writes that used the old translation, and depends on nothing else.
 */
#include "pasid_device_chapters.h"

static const struct ep_wq two_queues[] = {{.size = 16, .priority = 1, .pasid_en = true, .pasid = 5, .bof = true},
                                          {.size = 16, .priority = 1, .pasid_en = true, .pasid = 6, .bof = true}};

static void scene(struct ep *ep, struct test *t)
{
    ep_scene_with(ep, t, ON_ALL, two_queues, 2);
}

/* The page gets other memory; the invalidation that makes this known has not been sent. */
static void remap(struct ep *ep, uint32_t space, uint64_t va)
{
    ep_unmap(ep, space, va);
    ep_map(ep, space, va, mem_alloc(ep->t, 4096, 4096), 12, EP_RW);
}

/* Moves between pages that are remapped again and again; the monitor knows which translation is whose. */
static void under_load(struct test *t)
{
    struct ep ep;
    uint64_t va;
    uint32_t early = 0;

    scene(&ep, t);
    va = ep_buffer(&ep, 5, 8 * 4096, EP_RW);
    ep_delay(&ep, 0, 3000000);
    for (uint32_t round = 0; round < 24; round++) {
        struct ep_work works[3];
        uint32_t mark;

        for (uint32_t i = 0; i < 3; i++) {
            works[i] = ep_move(5, va + 4096 * i, va + 4096 * (4 + i), 2048);
            (void)ep_submit(&ep, 0, &works[i]);
        }
        test_run(t, test_random_below(t, 4000000));
        mark = ep_mark(&ep);
        remap(&ep, 5, va + 4096 * (round % 8));
        ep_invalidate_send(
            &ep, &(struct ep_range){.itag = round % 32, .space = 5, .address = va + 4096 * (round % 8), .size_lg2 = 12});
        for (uint32_t i = 0; i < 3; i++)
            CHECK_EQ(t, "DEV-INV-008", 1, ep_wait(&ep, &works[i]).status, "status of a move during an invalidation");
        (void)test_settle(t);
        CHECK(t, "DEV-INV-008", ep_invalidate_done(&ep, round % 32), "no completion under load");
        early += ep_count(&ep, mark, EP_DATA, va, va + 8 * 4096 - 1) > 0;
    }
    CHECK(t, "DEV-INV-008", ep_judged(&ep, "DEV-ATC-003") > 100, "too few translated requests");
    CHECK(t, "DEV-INV-009", early > 0, "no request ever came between an invalidation and its end");
    ep_close(&ep);
}

/* After the completion the old memory is not touched. */
static void after_completion(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va, old;

    scene(&ep, t);
    va = ep_buffer(&ep, 5, 4096, EP_RW);
    work = ep_write_work(5, va, 64, 0xaaaaaaaaaaaaaaaa);
    ep_expect(&ep, "DEV-INV-008", 0, &work, 1, "a write before");
    old = ep_pa(&ep, 5, va);
    remap(&ep, 5, va);
    CHECK(t, "DEV-INV-008", ep_invalidate(&ep, 5, va, 12), "no completion");
    work = ep_write_work(5, va, 64, 0x5555555555555555);
    ep_expect(&ep, "DEV-INV-008", 0, &work, 1, "a write after");
    CHECK_EQ(t, "DEV-INV-008", 0xaaaaaaaaaaaaaaaa, mem_read64(t, old), "what the page of before holds");
    CHECK_EQ(t, "DEV-INV-008", 0x5555555555555555, ep_peek(&ep, 5, va), "what the page of after holds");
    ep_close(&ep);
}

static void reads(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va;
    uint32_t hold;

    scene(&ep, t);
    va = ep_buffer(&ep, 5, 8192, EP_RW);
    (void)ep_touch(&ep, 0, 5, va);
    hold = ep_rule(&ep, EP_READ, va, va + 4095, EP_HOLD, 0, UINT32_MAX);
    work = ep_read_work(5, va, 64);
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-INV-011", 1, ep_held(&ep, hold), "reads outstanding");
    ep_invalidate_send(&ep, &(struct ep_range){.itag = 1, .space = 5, .address = va + 4096, .size_lg2 = 12});
    (void)test_settle(t);
    CHECK(t, "DEV-INV-011", ep_invalidate_done(&ep, 1), "the invalidation of another page waits for it");
    ep_invalidate_send(&ep, &(struct ep_range){.itag = 2, .space = 5, .address = va, .size_lg2 = 12});
    (void)test_settle(t);
    CHECK(t, "DEV-INV-011", !ep_invalidate_done(&ep, 2), "completed while a read with the old translation is outstanding");
    ep_release(&ep, hold);
    (void)test_settle(t);
    CHECK(t, "DEV-INV-011", ep_invalidate_done(&ep, 2), "no completion after the read was completed");
    CHECK_EQ(t, "DEV-INV-011", 1, ep_wait(&ep, &work).status, "status of the read");
    ep_close(&ep);
}

/* Writes that wait for credit are in front of the completion. */
static void writes(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va, pa;
    uint32_t mark, completion = UINT32_MAX, last = 0;

    scene(&ep, t);
    va = ep_buffer(&ep, 5, 4096, EP_RW);
    pa = ep_pa(&ep, 5, va);
    work = ep_write_work(5, va, 64, 1);
    ep_expect(&ep, "DEV-INV-010", 0, &work, 1, "a write that fills the cache");
    endpoint_block(t, IOTB_BLOCK_POSTED);
    mark = ep_mark(&ep);
    work = ep_write_work(5, va, 1024, 2);
    (void)ep_submit(&ep, 0, &work);
    test_run(t, 10000000);
    (void)test_settle(t);
    ep_invalidate_send(&ep, &(struct ep_range){.itag = 4, .space = 5, .address = va, .size_lg2 = 12});
    remap(&ep, 5, va);
    (void)test_settle(t);
    CHECK(t, "DEV-INV-010", !ep_message_count(&ep, mark, IOTB_MSG_INVALIDATE_COMPLETION), "a completion without credit for it");
    endpoint_block(t, 0);
    (void)test_settle(t);
    for (uint32_t i = mark; i < ep.log_count; i++) {
        if (ep.log[i].kind == EP_MESSAGE)
            completion = i;
        else if (ep.log[i].kind == EP_WRITE && ep.log[i].tlp.address >= pa && ep.log[i].tlp.address < pa + 4096)
            last = i;
    }
    CHECK(t, "DEV-INV-010", completion != UINT32_MAX, "no completion");
    CHECK(t, "DEV-INV-010", last, "no write with the old translation was queued: nothing was to be ordered");
    CHECK(t, "DEV-INV-010", last < completion, "a write with the old translation follows the completion");
    CHECK_EQ(t, "DEV-INV-010", 1, ep_wait(&ep, &work).status, "status of the write");
    ep_close(&ep);
}

/* A translation of before that comes when the invalidation has come. */
static void stale_translation(struct test *t)
{
    static const char *const rows[] = {"DEV-INV-012", "DEV-INV-013"};
    struct ep ep;

    for (uint32_t overtakes = 0; overtakes < 2; overtakes++) {
        const char *row = rows[overtakes];
        struct ep_work work;
        const struct ep_event *read;
        uint64_t va, old;
        uint32_t hold, mark;

        if (overtakes)
            test_reset(t, IOTB_RESET_COLD);
        scene(&ep, t);
        va = ep_buffer(&ep, 5, 4096, EP_RW);
        old = ep_pa(&ep, 5, va);
        hold = ep_rule(&ep, EP_TREQ, va, va + 4095, EP_HOLD, 0, 1);
        work = ep_write_work(5, va, 256, 0x77);
        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        CHECK_EQ(t, row, 1, ep_held(&ep, hold), "translation requests outstanding");
        remap(&ep, 5, va);
        ep_invalidate_send(&ep, &(struct ep_range){.itag = 6, .space = 5, .address = va, .size_lg2 = 12});
        if (!overtakes)
            (void)test_settle(t);
        mark = ep_mark(&ep);
        ep_release(&ep, hold); /* delivered in the same instant as the request, behind it */
        (void)test_settle(t);
        CHECK(t, row, ep_invalidate_done(&ep, 6), "no completion");
        CHECK_EQ(t, row, 1, ep_wait(&ep, &work).status, "status of the write");
        for (uint32_t i = mark; i < ep.log_count; i++)
            CHECK(t, row,
                  ep.log[i].kind != EP_WRITE || ep.log[i].tlp.address - old >= 4096 ||
                      ep_message_count(&ep, i, IOTB_MSG_INVALIDATE_COMPLETION),
                  "the translation of before is used after the completion");
        CHECK_EQ(t, row, 0x77, ep_peek(&ep, 5, va) & 0xff, "what the page of after holds");
        mark = ep_mark(&ep);
        (void)ep_touch(&ep, 0, 5, va);
        read = ep_event(&ep, mark, EP_READ, va, va + 4095, 0);
        CHECK_EQ(t, row, ep_pa(&ep, 5, va), read ? read->tlp.address : 0, "where the page is read afterwards");
        ep_close(&ep);
    }
}

static void depth(struct test *t)
{
    struct ep ep;
    uint32_t count;

    scene(&ep, t);
    (void)ep_touch(&ep, 0, 5, ep_buffer(&ep, 5, 4096, EP_RW));
    count = (uint32_t)ep_get(&ep, "CFG_ATS_CTL", "DEPTH");
    count = count ? count : 32;
    endpoint_block(t, IOTB_BLOCK_POSTED);
    for (uint32_t i = 0; i < count; i++)
        ep_invalidate_send(&ep, &(struct ep_range){.itag = i, .space = 5, .address = 4096ull * i, .size_lg2 = 12});
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-INV-014", 0, ep_message_count(&ep, 0, IOTB_MSG_INVALIDATE_COMPLETION), "completions without credit");
    endpoint_block(t, 0);
    (void)test_settle(t);
    for (uint32_t i = 0; i < count; i++)
        CHECK(t, "DEV-INV-014", ep_invalidate_done(&ep, i), "the invalidation with ITag %u of %u back to back is lost", i, count);
    ep_close(&ep);
}

/* Everything waits for something else: page responses, non-posted credit, room in the queues. */
static void nothing_else(struct test *t)
{
    struct ep ep;
    struct ep_work works[32];
    uint32_t indices[32], waiting;

    scene(&ep, t);
    for (uint32_t i = 0; i < 32; i++) {
        works[i] = ep_read_work(i % 2 ? 6 : 5, 0x900000000ull + 0x100000 * i, 64);
        works[i].flags = EP_BOF;
        (void)ep_submit(&ep, i % 2, &works[i]);
    }
    (void)test_settle(t);
    waiting = ep_groups(&ep, indices, 32);
    CHECK(t, "DEV-INV-015", waiting >= 1, "nothing waits for a page");
    endpoint_block(t, IOTB_BLOCK_NON_POSTED);
    for (uint32_t i = 0; i < 8; i++)
        ep_invalidate_send(&ep,
                           &(struct ep_range){.itag = i, .space = i % 2 ? 5 : EP_NONE, .address = works[i].src, .size_lg2 = 12});
    (void)test_settle(t);
    for (uint32_t i = 0; i < 8; i++)
        CHECK(t, "DEV-INV-015", ep_invalidate_done(&ep, i),
              "the invalidation with ITag %u waits for a page response or for credit", i);
    endpoint_block(t, 0);
    ep.pages = EP_PAGES_MAP;
    for (uint32_t i = 0; i < waiting && i < 32; i++)
        ep_respond(&ep, indices[i], 1);
    for (uint32_t i = 0; i < 32; i++)
        CHECK(t, "DEV-INV-015", ep_wait(&ep, &works[i]).done, "work %u does not end", i);
    ep_close(&ep);
}

static void any_order(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va;
    uint32_t hold, bits = 0;

    scene(&ep, t);
    va = ep_buffer(&ep, 5, 8192, EP_RW);
    hold = ep_rule(&ep, EP_READ, va, va + 4095, EP_HOLD, 0, UINT32_MAX);
    work = ep_read_work(5, va, 64);
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    for (uint32_t i = 0; i < 6; i++) /* even ones wait for the read, odd ones need not */
        ep_invalidate_send(&ep, &(struct ep_range){.itag = 10 + i, .space = 5, .address = va + 4096 * (i % 2), .size_lg2 = 12});
    (void)test_settle(t);
    ep_release(&ep, hold);
    (void)test_settle(t);
    for (uint32_t n = 0; ep_message(&ep, 0, IOTB_MSG_INVALIDATE_COMPLETION, n); n++)
        bits |= ep_message(&ep, 0, IOTB_MSG_INVALIDATE_COMPLETION, n)->message.itag;
    CHECK_EQ(t, "DEV-INV-016", 0x3fu << 10, bits, "ITags completed, in any order and grouping");
    CHECK_EQ(t, "DEV-INV-016", 1, ep_wait(&ep, &work).status, "status of the read");
    ep_close(&ep);
}

static void bounded(struct test *t)
{
    struct ep ep;
    struct ep_work works[16];
    uint64_t va, longest = 0;

    scene(&ep, t);
    va = ep_buffer(&ep, 5, 16 * 4096, EP_RW);
    ep_delay(&ep, 1000000, 1000000); /* 1 us for each answer */
    for (uint32_t i = 0; i < 16; i++) {
        works[i] = ep_move(5, va + 4096 * (i % 8), va + 4096 * (8 + i % 8), 4096);
        (void)ep_submit(&ep, 0, &works[i]);
    }
    for (uint32_t i = 0; i < 32; i++) {
        test_run(t, 1000000);
        ep_invalidate_send(&ep, &(struct ep_range){.itag = i, .space = 5, .address = va, .size_lg2 = 16});
    }
    for (uint32_t i = 0; i < 16; i++)
        CHECK_EQ(t, "DEV-INV-017", 1, ep_wait(&ep, &works[i]).status, "status of work under load");
    (void)test_settle(t);
    for (uint32_t i = 0; i < 32; i++) {
        CHECK(t, "DEV-INV-017", ep_invalidate_done(&ep, i), "ITag %u is never completed", i);
        if (ep.invalidations[i].done_ps - ep.invalidations[i].sent_ps > longest)
            longest = ep.invalidations[i].done_ps - ep.invalidations[i].sent_ps;
    }
    CHECK(t, "DEV-INV-017", longest < 1000000000ull, "a completion took %llu ps with answers after 1 us",
          (unsigned long long)longest);
    ep_close(&ep);
}

/* Nothing runs: nothing is there to be waited for. In ticks of the device, whatever a tick is. */
static void at_rest(struct test *t)
{
    struct ep ep;
    uint64_t va;

    scene(&ep, t);
    va = ep_buffer(&ep, 5, 4096, EP_RW);
    for (uint32_t i = 0; i < 8; i++) {
        uint64_t before, ticks = 0;

        (void)ep_touch(&ep, 0, 5, va);
        before = ep_read(&ep, "BAR0_TICK");
        ep_invalidate_send(&ep, &(struct ep_range){.itag = i, .space = 5, .address = va, .size_lg2 = 12});
        while (!ep_invalidate_done(&ep, i) && test_step(t))
            ticks = ep_read(&ep, "BAR0_TICK") - before;
        CHECK(t, "DEV-INV-017", ep_invalidate_done(&ep, i), "no completion of an invalidation at rest");
        CHECK(t, "DEV-INV-017", ticks < 4096, "a completion at rest took %llu ticks", (unsigned long long)ticks);
    }
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("invalidation.under_load", under_load, "DEV-INV-008 DEV-INV-009", "&ATS&PASID",
          "Old translations are used before the completion only"),
    SENDS("invalidation.after", after_completion, "DEV-INV-008", "&ATS&PASID",
          "After the completion the old page is not touched"),
    SENDS("invalidation.reads", reads, "DEV-INV-011", "&ATS&PASID", "The completion waits for reads with the old translation"),
    SENDS("invalidation.writes", writes, "DEV-INV-010", "&ATS&PASID",
          "The completion does not pass writes with the old translation"),
    SENDS("invalidation.stale_translation", stale_translation, "DEV-INV-012 DEV-INV-013", "&ATS&PASID",
          "A translation of before is asked for again"),
    SENDS("invalidation.depth", depth, "DEV-INV-014", "&ATS&PASID", "As many as the advertised depth are taken back to back"),
    SENDS("invalidation.nothing_else", nothing_else, "DEV-INV-015", "&ATS&PASID&PRI",
          "Completions wait for no page and no credit"),
    SENDS("invalidation.any_order", any_order, "DEV-INV-016", "&ATS&PASID", "Completions come in any order, each once"),
    SENDS("invalidation.at_rest", at_rest, "DEV-INV-017", "&ATS&PASID", "At rest a completion comes at once"),
    SENDS("invalidation.bounded", bounded, "DEV-INV-017", "&ATS&PASID", "A completion comes soon, whatever the load"),
};

LIST(ep_invalidation_order_cases, cases);
