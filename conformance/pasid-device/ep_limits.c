/* SPDX-License-Identifier: BSD-2-Clause */
/* Modes, limits and time-outs: how much may be outstanding at a time, and how long. */
#include "build/ep_exerciser.h"
#include "pasid_device_chapters.h"

#define TICKS 100000u /* of time-outs here */

static const struct ep_wq queues[] = {{.size = 4, .priority = 1}, {.size = 4, .priority = 1}};

/* Two long comparisons: each engine wants as much as it may have outstanding. */
static void start_comparisons(struct ep *ep, struct ep_work works[2])
{
    for (uint32_t i = 0; i < 2; i++) {
        uint64_t a = ep_buffer(ep, EP_NONE, 4096, EP_RW), b = ep_buffer(ep, EP_NONE, 4096, EP_RW);

        works[i] = (struct ep_work){.op = EP_OP_COMPARE, .space = EP_NONE, .src = a, .dst = b, .size = 4096};
        (void)ep_submit(ep, i, &works[i]);
    }
}

static void finish_comparisons(struct ep *ep, const char *row, uint32_t hold, struct ep_work works[2])
{
    ep_release(ep, hold);
    for (uint32_t i = 0; i < 2; i++)
        CHECK_EQ(ep->t, row, 1, ep_wait(ep, &works[i]).status, "status of comparison %u", i);
}

/* The most that is outstanding at a time while answers come one by one. */
static uint32_t most_outstanding(struct ep *ep, uint32_t hold)
{
    uint32_t most = 0;

    for (uint32_t n = 0; n < 100 && ep_held(ep, hold); n++) {
        most = ep_held(ep, hold) > most ? ep_held(ep, hold) : most;
        CHECK_EQ(ep->t, "DEV-REG-006", ep_held(ep, hold), ep_get(ep, "BAR0_LIMITS", "NP"), "LIMITS.NP");
        ep_release_one(ep, hold);
        (void)test_settle(ep->t);
    }
    return most;
}

/* MODE.SERIAL, or the strap: one non-posted request at a time, of engines and slots together. MODE.STRICT: one TLP. */
static void modes(struct test *t)
{
    static const char *const fields[] = {"SERIAL", "STRICT"};

    for (uint32_t way = 0; way < 2; way++) {
        struct ep ep;
        struct ep_work works[2];
        uint32_t hold;

        if (way)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "MODE.%s", fields[way]);
        ep_open(&ep, t);
        ep_set(&ep, "BAR0_MODE", fields[way], 1);
        ep_start(&ep, queues, ep_get(&ep, "BAR0_WQCAP", "WQS") > 1 ? 2 : 1);
        if (ep_get(&ep, "BAR0_WQCAP", "WQS") < 2)
            test_skip(t, "needs two work queues");
        hold = ep_rule(&ep, EP_READ, 0, UINT64_MAX, EP_HOLD, 0, UINT32_MAX);
        start_comparisons(&ep, works);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-REG-006", 1, most_outstanding(&ep, hold), "requests outstanding at a time");
        finish_comparisons(&ep, "DEV-REG-006", hold, works);
        ep_close(&ep);
    }
}

/* Each engine has LIMITS.ENG_RD lines in flight, and all together no more than LIMITS.TAGS requests with tags below that. */
static void limits(struct test *t)
{
    struct ep ep;
    struct ep_work works[2];
    uint32_t tags, lines, hold, mark, count = 0;
    const struct ep_event *event;

    ep_open(&ep, t);
    ep_start(&ep, queues, ep_get(&ep, "BAR0_WQCAP", "WQS") > 1 ? 2 : 1);
    if (ep_get(&ep, "BAR0_WQCAP", "WQS") < 2)
        test_skip(t, "needs two work queues");
    ep_require_engines(&ep, 2);
    tags = (uint32_t)ep_get(&ep, "BAR0_LIMITS", "TAGS");
    lines = (uint32_t)ep_get(&ep, "BAR0_LIMITS", "ENG_RD");
    hold = ep_rule(&ep, EP_READ, 0, UINT64_MAX, EP_HOLD, 0, UINT32_MAX);
    mark = ep_mark(&ep);
    start_comparisons(&ep, works);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-REG-006", 4 * lines < tags ? 4 * lines : tags, ep_held(&ep, hold), "reads of two engines that compare");
    if (ep.bar[4]) { /* and of eight raw slots */
        ep_unlock(&ep);
        for (uint32_t n = 0; n < EP_SLOTS; n++)
            ep_raw_start(&ep, n, &(struct ep_raw){.type = EP_RAW_READ, .address = ep.next_va, .length = 8});
        (void)test_settle(t);
        CHECK(t, "DEV-REG-006", ep_held(&ep, hold) <= tags, "%u requests are outstanding, of %u tags", ep_held(&ep, hold), tags);
    }
    for (uint32_t n = 0; (event = ep_event(&ep, mark, EP_READ, 0, UINT64_MAX, n)) != NULL; n++) {
        CHECK(t, "DEV-REG-006", event->tlp.id < tags, "tag %u of %u", event->tlp.id, tags);
        count++;
    }
    CHECK_EQ(t, "DEV-REG-006", count, ep_get(&ep, "BAR0_LIMITS", "NP"), "LIMITS.NP");
    finish_comparisons(&ep, "DEV-REG-006", hold, works);
    ep_close(&ep);
}

/* A completion that comes within the time is in time; the time begins when the request is sent. */
static void bounds(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va, tick_ps, began;
    uint32_t hold;

    ep_scene_with(&ep, t, 0, queues, 1);
    began = ep_read(&ep, "BAR0_TICK");
    test_run(t, 1000000000);
    tick_ps = 1000000000 / (ep_read(&ep, "BAR0_TICK") - began);
    ep_set(&ep, "BAR0_TIMEOUT", "NP", TICKS);
    va = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    for (uint32_t percent = 10; percent < 200; percent += 40) {
        bool late = percent > 100;

        test_context(t, "completion after %u %% of the time", percent);
        hold = ep_rule(&ep, EP_READ, va, va + 63, EP_HOLD, 0, 1);
        work = ep_read_work(EP_NONE, va, 64);
        (void)ep_submit(&ep, 0, &work);
        test_run(t, tick_ps * TICKS / 100 * percent);
        CHECK_EQ(t, "DEV-DMA-010", late ? 0x34 : 0, ep_result(&ep, &work).status, "status before the completion");
        ep_release(&ep, hold);
        CHECK_EQ(t, "DEV-DMA-010", late ? 0x34 : 1, ep_wait(&ep, &work).status, "status after it");
    }
    ep_set(&ep, "BAR0_TIMEOUT", "NP", 0); /* never */
    hold = ep_rule(&ep, EP_READ, va, va + 63, EP_HOLD, 0, 1);
    work = ep_read_work(EP_NONE, va, 64);
    (void)ep_submit(&ep, 0, &work);
    test_run(t, tick_ps * TICKS * 10);
    CHECK_EQ(t, "DEV-DMA-010", 0, ep_result(&ep, &work).status, "status without a time-out");
    ep_release(&ep, hold);
    CHECK_EQ(t, "DEV-DMA-010", 1, ep_wait(&ep, &work).status, "status after a late completion without a time-out");
    ep_close(&ep);
}

/* 10.3.3: an invalidation that waits for a read goes on when that has timed out. */
static void invalidation_goes_on(struct test *t)
{
    struct ep ep;
    uint64_t va;
    uint32_t hold;

    ep_scene(&ep, t, EP_NONE);
    ep_set(&ep, "BAR0_TIMEOUT", "NP", TICKS);
    va = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    hold = ep_rule(&ep, EP_READ, va, va + 4095, EP_HOLD, 0, 1);
    ep_submit(&ep, 0, &(struct ep_work){.op = EP_OP_CRC, .space = EP_NONE, .src = va, .size = 64, .record = EP_NO_RECORD});
    test_run(t, 1000000);
    CHECK_EQ(t, "DEV-INV-011", 1, ep_held(&ep, hold), "reads outstanding");
    ep_invalidate_send(&ep, &(struct ep_range){.itag = 6, .space = EP_NONE, .address = va, .size_lg2 = 12});
    test_run(t, 1000000);
    CHECK(t, "DEV-INV-011", !ep_invalidate_done(&ep, 6), "it does not wait for the read");
    test_run(t, 100000000000);
    CHECK(t, "DEV-INV-011", ep_invalidate_done(&ep, 6), "it waits for a read that has timed out");
    ep_release(&ep, hold);
    ep_set(&ep, "BAR0_TIMEOUT", "NP", 0);
    ep_expect_move(&ep, "DEV-INV-011", 0, EP_NONE, "a move afterwards");
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("limits.modes", modes, "DEV-REG-006", "", "One at a time where MODE says so"),
    SENDS("limits.outstanding", limits, "DEV-REG-006", "", "No more is outstanding than LIMITS says"),
    SENDS("limits.time", bounds, "DEV-DMA-010", "", "A completion in time is in time"),
    SENDS("limits.invalidation", invalidation_goes_on, "DEV-INV-011", "&ATS", "A read that timed out holds no invalidation up"),
};

LIST(ep_limits_cases, cases);
