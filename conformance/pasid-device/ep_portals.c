/* SPDX-License-Identifier: BSD-2-Clause */
/* Portals: every page, size and slot, and what is told of work that is dropped. */
#include "pasid_device_chapters.h"

#define PAGE 4096u
#define SHARED(size_, threshold_)                                                                   \
    {                                                                                               \
        .size = (size_), .threshold = (threshold_), .priority = 1, .shared = true, .pasid_en = true \
    }

static void swerr(struct ep *ep, const char *row, uint32_t error, uint32_t wq, const char *what)
{
    bool queue = wq != UINT32_MAX;

    CHECK_EQ(ep->t, row, 1, ep_get(ep, "BAR0_SWERR0", "VALID"), "SWERR.valid after %s", what);
    CHECK_EQ(ep->t, row, error, ep_get(ep, "BAR0_SWERR0", "ERROR"), "SWERR after %s", what);
    CHECK_EQ(ep->t, row, queue, ep_get(ep, "BAR0_SWERR0", "WQ_VALID"), "its queue is valid after %s", what);
    CHECK_EQ(ep->t, row, queue ? wq : 0, ep_get(ep, "BAR0_SWERR0", "WQ"), "its queue after %s", what);
    CHECK_EQ(ep->t, row, 0, ep_get(ep, "BAR0_SWERR0", "DESC_VALID"), "it is of no descriptor, after %s", what);
    ep_write(ep, "BAR0_SWERR0", 3);
}

/* A NOP whose record stands at the address; its status, or 0. */
static void nop(struct ep *ep, uint32_t space, uint64_t record, uint64_t descriptor[8])
{
    struct ep_work work = {.op = EP_OP_NOP, .space = space, .record = record, .flags = EP_RCR};

    mem_write64(ep->t, ep_pa(ep, space, record), 0);
    ep_encode(&work, descriptor);
}

static uint32_t status_of(struct ep *ep, uint32_t space, uint64_t record)
{
    (void)test_settle(ep->t);
    return (uint32_t)ep_peek(ep, space, record) & 0xff;
}

/* ---- pages ---- */

static void pages(struct test *t)
{
    struct ep ep;
    struct ep_wq wqs[8];
    uint64_t descriptor[8], a;
    uint32_t queues;

    ep_open(&ep, t);
    queues = (uint32_t)ep_get(&ep, "BAR0_WQCAP", "WQS");
    for (uint32_t wq = 0; wq < queues; wq++)
        wqs[wq] = (struct ep_wq){.size = 1, .priority = 1};
    ep_configure(&ep, wqs, queues);
    CHECK_EQ(t, "DEV-SUB-953", 0, ep_command(&ep, EP_CMD_ENABLE, 0), "error of enabling the device");
    for (uint32_t wq = 0; wq < queues && wq < 2; wq++)
        CHECK_EQ(t, "DEV-SUB-953", 0, ep_command(&ep, EP_CMD_ENABLE_WQ, wq), "error of enabling queue %u", wq);
    a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    ep_write(&ep, "BAR0_SWERR0", 3);
    for (uint32_t page = 0; page < 32; page++) { /* 128 KiB */
        uint32_t wq = page / 4, dropped = (uint32_t)ep_counter(&ep, 4);
        bool there = wq < queues && page % 4 < 2, on = there && wq < 2;

        nop(&ep, EP_NONE, a, descriptor);
        bar_write(t, 2, PAGE * page, descriptor, 64);
        CHECK_EQ(t, "DEV-SUB-953", on, status_of(&ep, EP_NONE, a), "status of work sent to page %u", page);
        CHECK_EQ(t, "DEV-SUB-953", dropped + !on, ep_counter(&ep, 4), "writes dropped after one to page %u", page);
        if (!on && there)
            swerr(&ep, "DEV-SUB-953", 0x53, wq, "work for a queue that is off");
        else if (!on)
            swerr(&ep, "DEV-SUB-953", 0x54, UINT32_MAX, "a write to a page that is for nothing");
        CHECK_EQ(t, "DEV-SUB-953", 0, ep_get(&ep, "BAR0_SWERR0", "VALID"), "SWERR after page %u", page);
    }
    ep_close(&ep);
}

/* The limited page of a dedicated queue has no limit of its own. */
static void full(struct test *t)
{
    static const struct ep_wq wqs[] = {{.size = 2, .priority = 1}, {.size = 4, .threshold = 1, .priority = 1}};
    struct ep ep;
    uint32_t rule;

    ep_scene_with(&ep, t, 0, wqs, 2);
    for (uint32_t wq = 0; wq < 2; wq++) {
        uint64_t a = ep_buffer(&ep, EP_NONE, 4096, EP_RW), word = ep_bar0_read(&ep, 0x518 + 64 * wq, 8);
        struct ep_work work = ep_read_work(EP_NONE, a, 64);
        uint64_t descriptor[8];
        uint32_t engines = (uint32_t)ep_get(&ep, "BAR0_ENGCAP", "ENGINES"), size = wqs[wq].size, taken;

        engines = ep_get(&ep, "CFG_DVSEC_STRAPS", "SERIAL") ? 1 : engines;
        work.record = EP_NO_RECORD;
        rule = ep_rule(&ep, EP_READ, a, a + 4095, EP_HOLD, 0, UINT32_MAX);
        ep_encode(&work, descriptor);
        CHECK_EQ(t, "DEV-SUB-003", 0, word & 0xffff, "occupancy of an empty queue");
        ep_write(&ep, "BAR0_SWERR0", 3);
        for (uint32_t i = 0; i < engines + size + 2; i++) {
            bar_write(t, 2, ep_portal(&ep, wq) + PAGE * (i & 1), descriptor, 64);
            (void)test_settle(t);
            taken = i + 1 < engines + size ? i + 1 : engines + size;
            CHECK_EQ(t, "DEV-SUB-003", taken > engines ? taken - engines : 0, ep_bar0_read(&ep, 0x518 + 64 * wq, 8) & 0xffff,
                     "occupancy after %u works, of which %u run", i + 1, engines);
            if (i < engines + size)
                CHECK_EQ(t, "DEV-SUB-003", 0, ep_get(&ep, "BAR0_SWERR0", "VALID"), "SWERR after %u works", i + 1);
            else
                swerr(&ep, "DEV-SUB-003", 0x52, wq, "work for a full queue");
        }
        ep_release(&ep, rule);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-SUB-003", 0, ep_bar0_read(&ep, 0x518 + 64 * wq, 8) & 0xffff, "occupancy in the end");
    }
    ep_close(&ep);
}

/* ---- sizes ---- */

static void deferrable_sizes(struct test *t)
{
    static const struct ep_wq wqs[] = {SHARED(4, 4), {.size = 4, .priority = 1, .pasid_en = true, .pasid = 5}};
    static const uint32_t sizes[] = {4, 8, 32, 60, 64};
    struct ep ep;
    uint64_t descriptor[8], a;

    ep_scene_with(&ep, t, ON_PASID, wqs, 2);
    a = ep_buffer(&ep, 5, 4096, EP_RW);
    for (uint32_t wq = 0; wq < 2; wq++)
        for (uint32_t i = 0; i < 15; i++) {
            uint32_t bytes = sizes[i % 5], offset = i / 5 == 0 ? 0 : i / 5 == 1 ? 4 : 64;
            bool good = bytes == 64 && offset % 64 == 0;
            enum deferred expected = !good ? DEFERRED_REFUSED : wq ? DEFERRED_RETRY : DEFERRED_ACCEPTED;

            nop(&ep, 5, a, descriptor);
            CHECK_EQ(t, "DEV-SUB-953", expected, deferrable_write(t, ep.bar[2] + ep_portal(&ep, wq) + offset, descriptor, bytes),
                     "answer to a deferrable write of %u bytes at offset %u, %s queue", bytes, offset,
                     wq ? "dedicated" : "shared");
            CHECK_EQ(t, "DEV-SUB-953", good && !wq, status_of(&ep, 5, a), "status of the work");
        }
    for (uint32_t page = 2; page < 32; page++) { /* pages for nothing, and queues that are not on, take nothing */
        bool on = page % 4 < 2 && page < 8;

        nop(&ep, 5, a, descriptor);
        if (!on)
            CHECK(t, "DEV-SUB-953", deferrable_write(t, ep.bar[2] + PAGE * page, descriptor, 64) != DEFERRED_ACCEPTED,
                  "a deferrable write to page %u is accepted", page);
        CHECK_EQ(t, "DEV-SUB-953", 0, status_of(&ep, 5, a), "status of the work");
    }
    ep_close(&ep);
}

/* Threshold on the limited page, size on the other: the last that is accepted, and the first that is not. */
static void thresholds(struct test *t)
{
    struct ep ep;

    for (uint32_t threshold = 1; threshold <= 4; threshold++) {
        struct ep_wq wq = SHARED(4, threshold);
        struct ep_work work;
        uint64_t descriptor[8];
        uint32_t engines, rule, retried;

        if (threshold > 1)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, ON_PASID, &wq, 1);
        engines = ep_get(&ep, "CFG_DVSEC_STRAPS", "SERIAL") ? 1 : (uint32_t)ep_get(&ep, "BAR0_ENGCAP", "ENGINES");
        work = ep_read_work(5, ep_buffer(&ep, 5, 4096, EP_RW), 64);
        work.record = EP_NO_RECORD;
        ep_encode(&work, descriptor);
        rule = ep_rule(&ep, EP_READ, work.src, work.src + 4095, EP_HOLD, 0, UINT32_MAX);
        for (uint32_t i = 0; i < engines; i++) {
            CHECK_EQ(t, "DEV-SUB-004", DEFERRED_ACCEPTED, deferrable_write(t, ep.bar[2] + ep_portal(&ep, 0), descriptor, 64),
                     "answer while an engine is free");
            (void)test_settle(t);
        }
        retried = (uint32_t)ep_counter(&ep, 3);
        for (uint32_t occupied = 0; occupied <= 4; occupied++) {
            if (occupied >= threshold) {
                CHECK_EQ(t, "DEV-SUB-004", DEFERRED_RETRY,
                         deferrable_write(t, ep.bar[2] + ep_portal(&ep, 0) + PAGE, descriptor, 64),
                         "answer of the limited page with %u in the queue, threshold %u", occupied, threshold);
                retried++;
            }
            CHECK_EQ(t, "DEV-SUB-004", occupied < 4 ? DEFERRED_ACCEPTED : DEFERRED_RETRY,
                     deferrable_write(t, ep.bar[2] + ep_portal(&ep, 0) + (occupied < threshold ? PAGE : 0), descriptor, 64),
                     "answer of the %s page with %u in the queue of 4, threshold %u",
                     occupied < threshold ? "limited" : "unlimited", occupied, threshold);
            (void)test_settle(t);
        }
        CHECK_EQ(t, "DEV-SUB-004", retried + 1, ep_counter(&ep, 3), "writes answered with retry");
        ep_release(&ep, rule);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-SUB-004", engines + 4, ep_counter(&ep, 0), "works accepted");
        ep_expect_move(&ep, "DEV-SUB-004", 0, 5, "a move in the end");
        ep_close(&ep);
    }
}

/* ---- slots: SWENQ ---- */

static uint64_t enqueue(struct ep *ep, uint64_t offset, uint32_t bytes)
{
    uint64_t value;

    return bar_read(ep->t, 2, offset, bytes, &value) ? value : UINT64_MAX;
}

static void staging_slots(struct test *t)
{
    static const struct ep_wq wqs[] = {SHARED(4, 4), SHARED(4, 4), {.size = 4, .priority = 1, .pasid_en = true, .pasid = 5}};
    struct ep ep;
    uint64_t descriptor[8], a;

    ep_scene_with(&ep, t, ON_PASID, wqs, 3);
    a = ep_buffer(&ep, 5, 4096, EP_RW);
    for (uint32_t slot = 0; slot < 16; slot++) { /* two queues, two pages, four slots */
        uint64_t at = ep_portal(&ep, slot / 8) + PAGE * (slot / 4 % 2) + 64 * (slot % 4);

        nop(&ep, 5, a + 32 * slot, descriptor);
        bar_write(t, 2, at + 1024, descriptor, 64); /* bits 11:8 do not matter */
    }
    for (uint32_t n = 0; n < 16; n++) {
        uint32_t slot = n * 5 % 16;
        uint64_t at = ep_portal(&ep, slot / 8) + PAGE * (slot / 4 % 2) + 64 * (slot % 4);

        CHECK_EQ(t, "DEV-SUB-007", 0, status_of(&ep, 5, a + 32 * slot), "status of slot %u before it is read", slot);
        CHECK_EQ(t, "DEV-SUB-007", 0, enqueue(&ep, at, 4), "read of slot %u", slot);
        CHECK_EQ(t, "DEV-SUB-007", 1, status_of(&ep, 5, a + 32 * slot), "status of slot %u", slot);
        CHECK_EQ(t, "DEV-SUB-007", 2, enqueue(&ep, at, 4), "second read of slot %u", slot);
    }
    nop(&ep, 5, a, descriptor); /* of a dedicated queue, a write is submitted and a read is nothing */
    bar_write(t, 2, ep_portal(&ep, 2), descriptor, 64);
    CHECK_EQ(t, "DEV-SUB-007", 1, status_of(&ep, 5, a), "status of work of the dedicated queue");
    CHECK_EQ(t, "DEV-SUB-007", 0, enqueue(&ep, ep_portal(&ep, 2), 4), "read of a dedicated queue");
    nop(&ep, 5, a, descriptor); /* a slot does not outlive its queue */
    bar_write(t, 2, ep_portal(&ep, 1), descriptor, 64);
    CHECK_EQ(t, "DEV-SUB-007", 0, ep_command(&ep, EP_CMD_DISABLE_WQ, 2), "error of DISABLE_WQ");
    CHECK(t, "DEV-SUB-007", enqueue(&ep, ep_portal(&ep, 1), 4) != 0, "a queue that is off accepts");
    CHECK_EQ(t, "DEV-SUB-007", 0, ep_command(&ep, EP_CMD_ENABLE_WQ, 1), "error of ENABLE_WQ");
    CHECK_EQ(t, "DEV-SUB-007", 2, enqueue(&ep, ep_portal(&ep, 1), 4), "read of the slot after the queue was off");
    CHECK_EQ(t, "DEV-SUB-007", 0, status_of(&ep, 5, a), "status of work that was in the slot");
    for (uint32_t wq = 3; wq < 8; wq++) {
        nop(&ep, 5, a, descriptor);
        bar_write(t, 2, ep_portal(&ep, wq), descriptor, 64);
        CHECK(t, "DEV-SUB-007", enqueue(&ep, ep_portal(&ep, wq), 4) != 0 || wqs[2].size, "queue %u accepts", wq);
        CHECK_EQ(t, "DEV-SUB-007", 0, status_of(&ep, 5, a), "status of work for queue %u, which is not on", wq);
    }
    ep_close(&ep);
}

static void staging_limits(struct test *t)
{
    struct ep ep;

    for (uint32_t threshold = 1; threshold <= 4; threshold++) {
        struct ep_wq wq = SHARED(4, threshold);
        struct ep_work work;
        uint64_t descriptor[8];
        uint32_t rule, retried = 0;

        if (threshold > 1)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, ON_PASID, &wq, 1);
        work = ep_read_work(5, ep_buffer(&ep, 5, 4096, EP_RW), 64);
        work.record = EP_NO_RECORD;
        ep_encode(&work, descriptor);
        rule = ep_rule(&ep, EP_READ, work.src, work.src + 4095, EP_HOLD, 0, UINT32_MAX);
        for (uint32_t i = 0; i < ep_get(&ep, "BAR0_ENGCAP", "ENGINES"); i++) {
            bar_write(t, 2, ep_portal(&ep, 0), descriptor, 64);
            CHECK_EQ(t, "DEV-SUB-007", 0, enqueue(&ep, ep_portal(&ep, 0), 4), "read while an engine is free");
            (void)test_settle(t);
        }
        for (uint32_t occupied = 0; occupied <= 4; occupied++)
            for (uint32_t limited = 2; limited-- > 0;) {
                uint32_t most = limited ? threshold : 4;
                uint64_t at = ep_portal(&ep, 0) + PAGE * limited;

                if (occupied < most && limited != (occupied < threshold))
                    continue;
                bar_write(t, 2, at, descriptor, 64);
                CHECK_EQ(t, "DEV-SUB-007", occupied < most ? 0 : 1, enqueue(&ep, at, 4),
                         "read with %u in the queue of 4, threshold %u, limited page %u", occupied, threshold, limited);
                CHECK_EQ(t, "DEV-SUB-007", 2, enqueue(&ep, at, 4), "read of the slot again");
                (void)test_settle(t);
                retried += occupied >= most;
            }
        CHECK_EQ(t, "DEV-SUB-007", retried, ep_counter(&ep, 3), "submissions answered with retry");
        ep_release(&ep, rule);
        ep_close(&ep);
    }
}

/* ---- slots: NARROW ---- */

static void narrow_slots(struct test *t)
{
    static const struct ep_wq wqs[] = {{.size = 4, .priority = 1}, {.size = 4, .priority = 1}};
    struct ep ep;
    uint64_t descriptors[16][8], a;

    ep_scene_with(&ep, t, 0, wqs, 2);
    a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    for (uint32_t slot = 0; slot < 16; slot++)
        nop(&ep, EP_NONE, a + 32 * slot, descriptors[slot]);
    for (uint32_t n = 0; n < 16; n++) /* all slots side by side, doubleword after doubleword */
        for (uint32_t slot = 0; slot < 16; slot++) {
            uint64_t at = ep_portal(&ep, slot / 8) + PAGE * (slot / 4 % 2) + 64 * (slot % 4);
            const uint32_t *dwords = (const uint32_t *)descriptors[slot];

            CHECK_EQ(t, "DEV-SUB-008", 0, status_of(&ep, EP_NONE, a + 32 * slot), "status of slot %u with %u doublewords", slot,
                     n);
            bar_write(t, 2, at + 4 * n, &dwords[n], 4);
            CHECK_EQ(t, "DEV-SUB-008", n == 15, status_of(&ep, EP_NONE, a + 32 * slot), "status of slot %u with %u doublewords",
                     slot, n + 1);
        }
    for (uint32_t way = 0; way < 3; way++) { /* a doubleword twice; quadwords; both */
        nop(&ep, EP_NONE, a, descriptors[0]);
        for (uint32_t n = 0; n < 15; n++)
            bar_write(t, 2, ep_portal(&ep, 0) + 4 * (way == 1 && n == 14 ? 15 : n), (uint8_t *)descriptors[0] + 4 * n, 4);
        bar_write(t, 2, ep_portal(&ep, 0), descriptors[0], way == 2 ? 8 : 4);
        CHECK_EQ(t, "DEV-SUB-008", 0, status_of(&ep, EP_NONE, a), "status with one doubleword missing");
        if (way == 2)
            bar_write(t, 2, ep_portal(&ep, 0) + 56, (uint8_t *)descriptors[0] + 56, 8);
        else
            bar_write(t, 2, ep_portal(&ep, 0) + (way == 1 ? 56 : 60), (uint8_t *)descriptors[0] + (way == 1 ? 56 : 60), 4);
        CHECK_EQ(t, "DEV-SUB-008", 1, status_of(&ep, EP_NONE, a), "status with all doublewords, way %u", way);
    }
    ep_write(&ep, "BAR0_SWERR0", 3);
    for (uint32_t i = 0; i < 6; i++) { /* neither 4 nor 8 aligned bytes, nor a line */
        static const uint32_t bytes[] = {8, 16, 32, 60, 64, 12}, offset[] = {4, 0, 0, 0, 4, 0};

        bar_write(t, 2, ep_portal(&ep, 1) + offset[i], descriptors[1], bytes[i]);
        (void)test_settle(t);
        swerr(&ep, "DEV-SUB-008", 0x50, 1, "a write of another size");
    }
    for (uint32_t n = 0; n < 15; n++) /* a slot does not outlive its queue */
        bar_write(t, 2, ep_portal(&ep, 1) + 4 * n, (uint8_t *)descriptors[0] + 4 * n, 4);
    CHECK_EQ(t, "DEV-SUB-008", 0, ep_command(&ep, EP_CMD_DISABLE_WQ, 2), "error of DISABLE_WQ");
    CHECK_EQ(t, "DEV-SUB-008", 0, ep_command(&ep, EP_CMD_ENABLE_WQ, 1), "error of ENABLE_WQ");
    nop(&ep, EP_NONE, a, descriptors[0]);
    bar_write(t, 2, ep_portal(&ep, 1) + 60, (uint8_t *)descriptors[0] + 60, 4);
    CHECK_EQ(t, "DEV-SUB-008", 0, status_of(&ep, EP_NONE, a), "status of work of which a part came before the queue was off");
    ep_close(&ep);
}

/* ---- priorities ---- */

/* Of the queues that have work, the one with the highest priority is next. */
static void priorities(struct test *t)
{
    static const struct ep_wq wqs[] = {
        {.size = 2, .priority = 3}, {.size = 2, .priority = 15}, {.size = 2, .priority = 1}, {.size = 2, .priority = 4}};
    static const uint32_t order[] = {1, 3, 0, 2};
    struct ep ep;
    struct ep_work busy[4], works[4];
    uint64_t a;
    uint32_t rule, mark, engines;

    ep_open(&ep, t);
    ep_set(&ep, "BAR0_MODE", "SERIAL", 1);
    ep_start(&ep, wqs, 4);
    engines = 1;
    a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    rule = ep_rule(&ep, EP_READ, a, a + 63, EP_HOLD, 0, UINT32_MAX);
    for (uint32_t i = 0; i < engines; i++) {
        busy[i] = ep_read_work(EP_NONE, a, 64);
        (void)ep_submit(&ep, 0, &busy[i]);
    }
    (void)test_settle(t);
    for (uint32_t wq = 0; wq < 4; wq++) {
        works[wq] = ep_read_work(EP_NONE, a + 1024 + 64 * wq, 64);
        (void)ep_submit(&ep, wq, &works[wq]);
    }
    (void)test_settle(t);
    mark = ep_mark(&ep);
    ep_release(&ep, rule);
    (void)test_settle(t);
    for (uint32_t n = 0; n < 4; n++) {
        const struct ep_event *read = ep_event(&ep, mark, EP_READ, a + 1024, a + 2047, n);

        CHECK_EQ(t, "DEV-SUB-954", a + 1024 + 64 * order[n], read ? read->tlp.address : 0, "read number %u", n);
    }
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("portals.pages", pages, "DEV-SUB-953", "&!NARROW",
          "Pages 2 and 3 of a queue, and queues that are not there, drop work"),
    SENDS("portals.full", full, "DEV-SUB-003", "&!NARROW", "A queue takes as many as its size, on both pages"),
    SENDS("portals.deferrable_sizes", deferrable_sizes, "DEV-SUB-953", "&PASID&!SWENQ",
          "A deferrable write has 64 aligned bytes"),
    SENDS("portals.thresholds", thresholds, "DEV-SUB-004", "&PASID&!SWENQ", "The limited page accepts up to the threshold"),
    SENDS("portals.staging_slots", staging_slots, "DEV-SUB-007", "&PASID&SWENQ", "Each slot holds its own"),
    SENDS("portals.staging_limits", staging_limits, "DEV-SUB-007", "&PASID&SWENQ",
          "The limited page accepts up to the threshold"),
    SENDS("portals.narrow_slots", narrow_slots, "DEV-SUB-008", "&NARROW", "Each slot collects its own doublewords"),
    SENDS("portals.priorities", priorities, "DEV-SUB-954", "", "The highest priority is next"),
};

LIST(ep_portals_cases, cases);
