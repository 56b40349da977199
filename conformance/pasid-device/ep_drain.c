/* SPDX-License-Identifier: BSD-2-Clause */
/* Drain, abort, PASID stop. */
#include "pasid_device_chapters.h"

static void jam(struct ep *ep, uint32_t wq, uint32_t space, uint64_t page, struct ep_work *works, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        works[i] = ep_read_work(space, page + 64 * (i % 64), 64);
        (void)ep_submit(ep, wq, &works[i]);
    }
    (void)test_settle(ep->t);
}

static void drain(struct test *t)
{
    static const struct ep_wq wqs[] = {{.size = 32, .priority = 1}, {.size = 16, .priority = 1}};
    static const uint32_t codes[] = {EP_CMD_DRAIN_WQ, EP_CMD_DRAIN_ALL};
    struct ep ep;

    for (uint32_t way = 0; way < 2; way++) {
        struct ep_work works[24], later[6];
        uint64_t page, slow;
        uint32_t rule, late, mark;

        if (way)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, ON_ATS, wqs, 2);
        ep_vectors(&ep, 3);
        page = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
        slow = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
        rule = ep_rule(&ep, EP_READ, page, page + 4095, EP_HOLD, 0, UINT32_MAX);
        late = ep_rule(&ep, EP_READ, slow, slow + 4095, EP_HOLD, 0, 1); /* one engine stays free */
        for (uint32_t i = 0; i < 24; i++) {
            works[i] = ep_read_work(EP_NONE, page + 64 * i, 64);
            works[i].flags = EP_RCI;
            works[i].handle = 2;
            (void)ep_submit(&ep, 0, &works[i]);
        }
        (void)test_settle(t);
        ep_command_begin(&ep, codes[way], way ? 0 : 1);
        (void)test_settle(t);
        CHECK(t, "DEV-DRN-001", ep_command_active(&ep), "the drain is over with all work held");
        jam(&ep, way ? 0 : 1, EP_NONE, slow, later, 6);
        ep_release(&ep, rule);
        for (uint32_t i = 0; i < 100 && ep_command_active(&ep) && test_settle(t); i++)
            ;
        CHECK(t, "DEV-DRN-001", !ep_command_active(&ep), "the drain waits for work that came after it");
        CHECK_EQ(t, "DEV-DRN-001", 0, ep_get(&ep, "BAR0_CMDSTS", "ERROR"), "its error");
        for (uint32_t i = 0; i < 24; i++)
            CHECK_EQ(t, "DEV-DRN-001", 1, ep_result(&ep, &works[i]).status, "status of work %u when the drain is over", i);
        mark = ep_mark(&ep);
        CHECK(t, "DEV-DRN-001", ep_interrupts(&ep, 0, 2), "no interrupt of the drained work was sent");
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-DRN-001", 0, ep_interrupts(&ep, mark, 2), "interrupts of the drained work when the drain is over");
        ep_release(&ep, late);
        for (uint32_t i = 0; i < 6; i++)
            CHECK_EQ(t, "DEV-DRN-001", 1, ep_wait(&ep, &later[i]).status, "status of later work %u", i);
        ep_close(&ep);
    }
}

static void disable(struct test *t)
{
    struct ep ep;
    struct ep_work works[8], refused;
    uint64_t page;
    uint32_t rule;

    ep_scene(&ep, t, EP_NONE);
    page = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    rule = ep_rule(&ep, EP_READ, page, page + 4095, EP_HOLD, 0, UINT32_MAX);
    jam(&ep, 0, EP_NONE, page, works, 8);
    ep_command_begin(&ep, EP_CMD_DISABLE_WQ, 1);
    (void)test_settle(t);
    CHECK(t, "DEV-DRN-001", ep_command_active(&ep), "DISABLE_WQ is over with work held");
    refused = ep_read_work(EP_NONE, page, 64);
    (void)ep_submit(&ep, 0, &refused);
    ep_release(&ep, rule);
    (void)test_settle(t);
    CHECK(t, "DEV-DRN-001", !ep_command_active(&ep), "DISABLE_WQ does not end");
    for (uint32_t i = 0; i < 8; i++)
        CHECK_EQ(t, "DEV-DRN-001", 1, ep_result(&ep, &works[i]).status, "status of work %u, accepted before", i);
    CHECK(t, "DEV-DRN-001", !ep_result(&ep, &refused).done, "work sent while the queue was being disabled was carried out");
    ep_close(&ep);
}

static void drain_pasid(struct test *t)
{
    static const struct ep_wq wqs[] = {{.size = 16, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5},
                                       {.size = 16, .priority = 1, .bof = true, .pasid_en = true, .pasid = 6}};
    struct ep ep;
    struct ep_work blocked, works[4];
    uint32_t index[8], count;

    ep_scene_with(&ep, t, ON_ALL, wqs, 2);
    blocked = ep_read_work(6, ep.next_va + 0x800000, 64);
    blocked.flags = EP_BOF;
    (void)ep_submit(&ep, 1, &blocked);
    (void)test_settle(t);
    for (uint32_t i = 0; i < 4; i++) {
        works[i] = ep_read_work(5, ep_buffer(&ep, 5, 4096, EP_RW), 64);
        (void)ep_submit(&ep, 0, &works[i]);
    }
    ep_command_begin(&ep, EP_CMD_DRAIN_PASID, 5);
    while (ep_command_active(&ep) && test_step(t))
        ;
    (void)ep_mark(&ep);
    CHECK(t, "DEV-DRN-002", !ep_command_active(&ep), "DRAIN_PASID does not end while another PASID waits for a page");
    CHECK_EQ(t, "DEV-DRN-002", 0, ep_get(&ep, "BAR0_CMDSTS", "ERROR"), "its error");
    for (uint32_t i = 0; i < 4; i++)
        CHECK_EQ(t, "DEV-DRN-002", 1, ep_result(&ep, &works[i]).status, "status of work %u when the drain is over", i);
    CHECK(t, "DEV-DRN-002", !ep_result(&ep, &blocked).done, "the other PASID's work ended without its page");
    ep_expect_move(&ep, "DEV-DRN-002", 0, 5, "a move of the drained PASID");
    count = ep_groups(&ep, index, 8);
    CHECK(t, "DEV-DRN-002", count >= 1, "the other PASID's page request is gone");
    ep_map(&ep, 6, blocked.src, mem_alloc(t, 4096, 4096), 12, EP_RW);
    for (uint32_t i = 0; i < count; i++)
        ep_respond(&ep, index[i], 0);
    CHECK_EQ(t, "DEV-DRN-002", 1, ep_wait(&ep, &blocked).status, "status of the other PASID's work");
    ep_close(&ep);
}

struct abort {
    uint32_t code, operand;
};

static void aborts(struct test *t)
{
    static const struct abort table[] = {{EP_CMD_ABORT_ALL, 0}, {EP_CMD_ABORT_WQ, 1}, {EP_CMD_ABORT_PASID, 5}};
    struct ep ep;

    for (uint32_t n = 0; n < 3; n++) {
        struct ep_work running, queued[6];
        uint64_t src, dst;
        uint32_t rule, mark;

        if (n)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene(&ep, t, 5);
        src = ep_buffer(&ep, 5, 65536, EP_RW);
        dst = ep_buffer(&ep, 5, 65536, EP_RW);
        ep_fill(&ep, 5, src, 8192, 6);
        rule = ep_rule(&ep, EP_READ, src + 4096, src + 65535, EP_HOLD, 0, UINT32_MAX);
        running = ep_move(5, src, dst, 65536);
        (void)ep_submit(&ep, 0, &running);
        for (uint32_t i = 0; i < 6; i++) {
            queued[i] = ep_move(5, src + 4096, dst, 64);
            (void)ep_submit(&ep, 0, &queued[i]);
        }
        (void)test_settle(t);
        CHECK(t, "DEV-DRN-003", ep_held(&ep, rule), "no read is outstanding");
        ep_command_begin(&ep, table[n].code, table[n].operand);
        (void)test_settle(t);
        CHECK(t, "DEV-DRN-003", ep_command_active(&ep), "abort %u is over with reads outstanding", table[n].code);
        mark = ep_mark(&ep);
        ep_release(&ep, rule);
        (void)test_settle(t);
        CHECK(t, "DEV-DRN-003", !ep_command_active(&ep), "abort %u does not end", table[n].code);
        CHECK_EQ(t, "DEV-DRN-003", 0, ep_count(&ep, mark, EP_READ | EP_TREQ, src, src + 65535), "reads after the abort");
        CHECK(t, "DEV-DRN-003", !ep_result(&ep, &running).done, "aborted work that ran has a record");
        for (uint32_t i = 0; i < 6; i++)
            CHECK(t, "DEV-DRN-003", !ep_result(&ep, &queued[i]).done, "aborted work %u in the queue has a record", i);
        ep_expect_move(&ep, "DEV-DRN-003", 0, 5, "a move after the abort");
        ep_close(&ep);
    }
}

static void abort_waiting(struct test *t)
{
    struct ep ep;
    struct ep_work work, next;
    uint32_t index[8], old, count;

    ep_scene(&ep, t, 5);
    work = ep_read_work(5, ep.next_va + 0x800000, 64);
    work.flags = EP_BOF;
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    if (!CHECK(t, "DEV-DRN-004", ep_groups(&ep, index, 8) == 1, "no page is asked for"))
        return;
    old = index[0];
    CHECK_EQ(t, "DEV-DRN-004", 0, ep_command(&ep, EP_CMD_ABORT_ALL, 0), "error of ABORT_ALL while work waits for a page");
    CHECK(t, "DEV-DRN-004", !ep_result(&ep, &work).done, "aborted work has a record");
    for (uint32_t i = 0; i < 3; i++) {
        next = ep_read_work(5, ep.next_va + 0x900000 + 0x10000 * i, 64);
        next.flags = EP_BOF;
        (void)ep_submit(&ep, 0, &next);
        (void)test_settle(t);
        count = ep_groups(&ep, index, 8);
        CHECK_EQ(t, "DEV-DRN-004", 2, count, "groups outstanding with that of the aborted work");
        if (i == 2) {
            ep_respond(&ep, old, 0);
            (void)test_settle(t);
            CHECK(t, "DEV-DRN-004", !ep_result(&ep, &next).done, "the late response ended other work");
            CHECK_EQ(t, "DEV-DRN-004", 0, ep_get(&ep, "CFG_PRI_CTL", "UPRGI"), "UPRGI after the late response");
        }
        for (uint32_t n = 0; n < count; n++)
            if (index[n] != old)
                ep_respond(&ep, index[n], 1);
        CHECK_EQ(t, "DEV-DRN-004", 4, ep_wait(&ep, &next).status, "status of the next work");
    }
    ep_close(&ep);
}

/* When CMDSTS reads 0, everything that the work posted has been sent: nothing comes when the device runs on. */
static void posted_first(struct test *t)
{
    struct ep ep;
    struct ep_work works[6];
    uint32_t msi = 0, last = 0, mark;

    ep_scene(&ep, t, EP_NONE);
    ep_vectors(&ep, 2);
    for (uint32_t i = 0; i < 6; i++) {
        works[i] = ep_write_work(EP_NONE, ep_buffer(&ep, EP_NONE, 4096, EP_RW), 4096, i + 1);
        (void)ep_submit(&ep, 0, &works[i]);
    }
    ep_write(&ep, "BAR0_INTCAUSE", UINT32_MAX);
    ep_write(&ep, "BAR0_CMD", 1u << 31 | EP_CMD_DRAIN_ALL << 20);
    while (ep_command_active(&ep) && test_step(t))
        ;
    mark = ep_mark(&ep);
    CHECK(t, "DEV-DRN-005", !ep_command_active(&ep), "the drain does not end");
    for (uint32_t i = 0; i < 6; i++)
        CHECK_EQ(t, "DEV-DRN-005", 1, ep_result(&ep, &works[i]).status, "status of work %u", i);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-DRN-005", 0, ep_count(&ep, mark, EP_WRITE, 0, UINT64_MAX), "writes that come after the command was over");
    for (uint32_t i = 0; i < ep.log_count; i++) {
        msi = ep.log[i].kind == EP_MSI ? i : msi;
        last = ep.log[i].kind == EP_WRITE ? i : last;
    }
    CHECK(t, "DEV-DRN-005", msi > last, "a write follows the command's interrupt");
    ep_close(&ep);
}

static void drain_descriptor(struct test *t)
{
    struct ep ep;
    struct ep_work works[6], drain_work = {.op = EP_OP_DRAIN, .space = EP_NONE};
    uint64_t page;
    uint32_t rule;

    ep_scene(&ep, t, EP_NONE);
    page = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    rule = ep_rule(&ep, EP_READ, page, page + 63, EP_HOLD, 0, UINT32_MAX);
    jam(&ep, 0, EP_NONE, page, works, 6);
    (void)ep_submit(&ep, 0, &drain_work);
    (void)test_settle(t);
    CHECK(t, "DEV-DRN-006", !ep_result(&ep, &drain_work).done, "DRAIN is over with earlier work held");
    ep_release(&ep, rule);
    CHECK_EQ(t, "DEV-DRN-006", 1, ep_wait(&ep, &drain_work).status, "status of DRAIN");
    for (uint32_t i = 0; i < 6; i++)
        CHECK_EQ(t, "DEV-DRN-006", 1, ep_result(&ep, &works[i]).status, "status of work %u when DRAIN is over", i);
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("drain.waits", drain, "DEV-DRN-001", "&ATS&MSIX&!SERIAL", "A drain ends with the work of before, not with later work"),
    SENDS("drain.disable", disable, "DEV-DRN-001", "", "DISABLE_WQ refuses new work, then drains"),
    SENDS("drain.pasid", drain_pasid, "DEV-DRN-002", "&ATS&PASID&PRI&!SERIAL", "DRAIN_PASID waits for its PASID only"),
    SENDS("drain.abort", aborts, "DEV-DRN-003", "&ATS&PASID", "An abort cuts work and waits for what is outstanding"),
    SENDS("drain.abort_waiting", abort_waiting, "DEV-DRN-004", "&ATS&PASID&PRI", "The index of aborted work stays taken"),
    SENDS("drain.posted_first", posted_first, "DEV-DRN-005", "&MSIX", "Posted writes come before the command's end"),
    SENDS("drain.descriptor", drain_descriptor, "DEV-DRN-006", "", "DRAIN completes after all earlier work of its queue"),
};

LIST(ep_drain_cases, cases);
