/* SPDX-License-Identifier: BSD-2-Clause */
/* Invalidation wait descriptors: status write, completion event, fence (6.5.2.9, 6.5.2.10; 11.4.9.4, 11.4.9.5). */
#include "vtd_queue_rig.h"

#include "vtd_chapters.h"

#include <string.h>

static void open_any(struct vt *vt, struct test *t)
{
    vt_open_mode(vt, t, vt_has_mode(t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY);
    if (!vt->queue_on)
        test_abort(t, "the case needs queued invalidation");
}

static bool iwc(struct vt *vt)
{
    return vt_field(vt->t, "ICS_REG", "IWC") != 0;
}

static void iwc_clear(struct vt *vt)
{
    vt_reg_set(vt->t, "ICS_REG", vt_reg_bits("ICS_REG", "IWC", 1));
}

static bool ring_and_settle(struct vt *vt)
{
    vt_ring(vt);
    test_settle(vt->t);
    return vt_queue_head(vt) == vt->queue_tail;
}

/* ---- SW, IF and FN in every combination ---- */

static void flags_in_mode(struct vt *vt, bool both)
{
    struct test *t = vt->t;
    uint64_t page = mem_alloc(t, 4096, 4096);

    for (uint32_t n = 1; n <= 8; n++) { /* the one that may be refused comes last */
        uint32_t flags = n % 8;
        bool interrupt = flags & 1, status = flags & 2, fence = flags & 4;
        struct vt_descriptor d = vt_desc_wait(interrupt, status, fence, 0x80000001, page + 0x100 * flags);
        const char *row = status ? "VTD-6-598" : interrupt ? "VTD-6-599" : "VTD-6-601";

        if ((interrupt && status) != both)
            continue;
        test_context(t, "TTM %u, IF %d SW %d FN %d", vt->config.mode, interrupt, status, fence);
        iwc_clear(vt);
        mem_write32(t, page + 0x100 * flags, 0x12345678);
        vt_put(vt, &d);
        vt_ring(vt);
        test_settle(t);
        if (!flags) {
            test_observe(t, "VTD-6-602", "a wait without SW, IF and FN is %s",
                         vt_queue_error(vt, NULL) ? "refused" : "completed silently");
            if (vt_queue_error(vt, NULL))
                queue_go_on(vt);
            continue;
        }
        CHECK_EQ(t, row, 0, vt_queue_error(vt, NULL), "FSTS.IQE");
        CHECK_EQ(t, row, vt->queue_tail, vt_queue_head(vt), "IQH after the wait");
        CHECK_EQ(t, row, status ? 0x80000001 : 0x12345678, mem_read32(t, page + 0x100 * flags),
                 "the dword at the status address");
        CHECK_EQ(t, interrupt ? "VTD-6-599" : "VTD-11-607", interrupt, iwc(vt), "ICS.IWC");
        if (vt_queue_error(vt, NULL))
            queue_go_on(vt);
    }
    iwc_clear(vt);
}

static void flags_in_modes(struct test *t, bool both)
{
    struct vt vt;

    for (int mode = vt_has_mode(t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY; mode >= VT_LEGACY; mode--) {
        struct vt_config config = {.mode = (enum vt_mode)mode, .narrow_queue = true};

        test_reset(t, IOTB_RESET_COLD);
        vt_open(&vt, t, &config);
        flags_in_mode(&vt, both);
    }
    vt_close(&vt);
}

static void flags(struct test *t)
{
    flags_in_modes(t, false);
}

static void status_and_event(struct test *t)
{
    flags_in_modes(t, true);
}

/* ---- the status write ---- */

static void status_at(struct vt *vt, uint64_t address, uint32_t data)
{
    struct test *t = vt->t;
    struct vt_descriptor d = vt_desc_wait(false, true, false, data, address);
    uint8_t before[12], after[12];
    size_t mark;

    test_context(t, "status address 0x%llx, data 0x%x", (unsigned long long)address, data);
    memset(before, (int)(0xa5 ^ (data & 0xff)), sizeof before);
    mem_write(t, address - 4, before, 12);
    mark = trace_mark(t);
    vt_put(vt, &d);
    CHECK(t, "VTD-6-598", ring_and_settle(vt), "the wait completes");
    mem_read(t, address - 4, after, 12);
    CHECK_EQ(t, "VTD-6-598", data, mem_read32(t, address), "status dword");
    CHECK(t, "VTD-6-598", !memcmp(before, after, 4) && !memcmp(before + 8, after + 8, 4), "the dwords beside it do not change");
    if (test_has(t, IOTB_F_BENCH_MEMORY)) {
        const struct iotb_access *a = trace_find(t, mark, address, address + 3, ACC_WRITES);

        CHECK(t, "VTD-6-598", a && a->address == address && a->bytes == 4, "it is written by one access of 4 bytes");
        CHECK_EQ(t, "VTD-6-598", 1, trace_count(t, mark, address - 4, address + 7, ACC_WRITES | ACC_ATOMICS), "writes there");
        CHECK(t, "VTD-6-598", !a || a->snoop != 0, "the status write is coherent");
    }
}

static void status_write(struct test *t)
{
    uint64_t page, high;
    struct vt vt;

    open_any(&vt, t);
    page = mem_alloc(t, 4096, 4096);
    for (uint32_t offset = 4; offset <= 64; offset += 4)
        status_at(&vt, page + offset, offset * 0x01010101);
    for (uint32_t bit = 0; bit < 32; bit++)
        status_at(&vt, page + 0x800, 1u << bit);
    status_at(&vt, page + 0x800, 0);
    status_at(&vt, page + 0x800, 0xffffffff);
    for (uint32_t bit = 12; bit < vt.haw; bit++)
        if (mem_claim(t, UINT64_C(1) << bit, 4096))
            status_at(&vt, (UINT64_C(1) << bit) + 0x40, bit + 1);
    high = mem_alloc_above(t, 4096, 4096, UINT64_C(1) << 32);
    if (high)
        status_at(&vt, high + 0xff8, 0x600dcafe);
    vt_close(&vt);
}

/* Address bits at and above the host address width are ignored (6.5.2.9), all of them when SW is 0. */
static void status_address_ignored(struct test *t)
{
    struct vt_descriptor d;
    uint64_t page;
    struct vt vt;

    open_any(&vt, t);
    page = mem_alloc(t, 4096, 4096);
    d = vt_desc_wait(true, false, false, 0xffffffff, ~UINT64_C(3));
    queue_accepts(&vt, "VTD-6-599", &d);
    for (uint32_t bit = vt.haw; bit < 64; bit++) {
        test_context(t, "status address bit %u", bit);
        d = vt_desc_wait(false, true, false, bit, page | UINT64_C(1) << bit);
        vt_put(&vt, &d);
        CHECK(t, "VTD-6-597", ring_and_settle(&vt) && !vt_queue_error(&vt, NULL), "the wait completes");
        CHECK_EQ(t, "VTD-6-597", bit, mem_read32(t, page), "status dword at the address without that bit");
    }
    vt_close(&vt);
}

/* Nothing is defined for an address where memory does not answer; the queue must live on. */
static void status_nowhere(struct test *t)
{
    struct vt_descriptor d;
    struct waiter w;
    struct vt vt;
    uint64_t hole = mem_hole(t);

    open_any(&vt, t);
    if (!hole)
        test_not_testable(t, "the adapter has no address where nothing answers");
    d = vt_desc_wait(false, true, false, 1, hole);
    vt_put(&vt, &d);
    w = waiter_put(&vt, false, false);
    vt_ring(&vt);
    test_settle(t);
    test_observe(t, "VTD-6-605", "status write to a hole: IQE %llu, the next wait %s",
                 (unsigned long long)vt_field(t, "FSTS_REG", "IQE"), waiter_done(&vt, w) ? "completes" : "does not complete");
    if (vt_queue_error(&vt, NULL))
        queue_go_on(&vt);
    CHECK(t, "VTD-6-528", vt_submit(&vt, NULL, 0), "the queue goes on");
    vt_close(&vt);
}

/* ---- the completion event ---- */

/* A wait with or without IF, and one behind it that shows that it is completed. */
static void event_wait(struct vt *vt, bool interrupt)
{
    struct vt_descriptor d = vt_desc_wait(interrupt, false, true, 0, 0);
    struct waiter w;

    if (interrupt)
        vt_put(vt, &d);
    w = waiter_put(vt, false, false);
    vt_ring(vt);
    test_settle(vt->t);
    CHECK(vt->t, "VTD-6-528", waiter_done(vt, w), "the wait completes");
}

static uint64_t pending(struct vt *vt)
{
    return vt_field(vt->t, "IECTL_REG", "IP");
}

static void events(struct test *t)
{
    struct vt vt;

    open_any(&vt, t);
    events_open(&vt);
    iwc_clear(&vt);
    event_wait(&vt, false);
    CHECK_EQ(t, "VTD-11-607", 0, iwc(&vt), "ICS.IWC after a wait with SW only");
    CHECK_EQ(t, "VTD-11-607", 0, events_take(&vt, EVENT_COMPLETION_DATA), "events of a wait with SW only");
    event_wait(&vt, true);
    CHECK_EQ(t, "VTD-11-604", 1, iwc(&vt), "ICS.IWC after a wait with IF");
    CHECK_EQ(t, "VTD-11-604", 1, events_take(&vt, EVENT_COMPLETION_DATA), "events of a wait with IF");
    CHECK_EQ(t, "VTD-11-604", 0, pending(&vt), "IECTL.IP after the event was sent");
    event_wait(&vt, true);
    event_wait(&vt, true);
    CHECK_EQ(t, "VTD-11-605", 1, iwc(&vt), "ICS.IWC");
    CHECK_EQ(t, "VTD-11-605", 0, events_take(&vt, EVENT_COMPLETION_DATA), "events of waits while IWC is set");
    CHECK_EQ(t, "VTD-11-605", 0, pending(&vt), "IECTL.IP while IWC is set and serviced");
    vt_reg_set(t, "ICS_REG", 0);
    CHECK_EQ(t, "VTD-11-607", 1, iwc(&vt), "ICS.IWC after 0 was written");
    vt_reg_set(t, "ICS_REG", UINT32_MAX & ~vt_reg_bits("ICS_REG", "IWC", 1));
    CHECK_EQ(t, "VTD-11-607", 1, iwc(&vt), "ICS.IWC after all other bits were written");
    iwc_clear(&vt);
    CHECK_EQ(t, "VTD-11-607", 0, iwc(&vt), "ICS.IWC after 1 was written");
    event_wait(&vt, true);
    CHECK_EQ(t, "VTD-11-604", 1, events_take(&vt, EVENT_COMPLETION_DATA), "events after IWC was cleared");
    iwc_clear(&vt);
    for (int i = 0; i < 3; i++)
        event_wait(&vt, i == 1);
    CHECK_EQ(t, "VTD-11-604", 1, events_take(&vt, EVENT_COMPLETION_DATA), "events of three waits, one with IF");
    vt_close(&vt);
}

static void events_masked(struct test *t)
{
    const uint32_t mask = (uint32_t)vt_reg_bits("IECTL_REG", "IM", 1);
    struct vt vt;

    open_any(&vt, t);
    events_open(&vt);
    iwc_clear(&vt);
    vt_reg_set(t, "IECTL_REG", mask);
    event_wait(&vt, true);
    CHECK_EQ(t, "VTD-11-606", 0, events_take(&vt, EVENT_COMPLETION_DATA), "events while IM is set");
    CHECK_EQ(t, "VTD-11-606", 1, pending(&vt), "IECTL.IP while IM is set");
    vt_reg_set(t, "IECTL_REG", mask);
    CHECK_EQ(t, "VTD-11-606", 1, pending(&vt), "IECTL.IP after IM was written 1 again");
    vt_reg_set(t, "IECTL_REG", 0);
    CHECK_EQ(t, "VTD-11-606", 1, events_take(&vt, EVENT_COMPLETION_DATA), "events after IM was cleared");
    CHECK_EQ(t, "VTD-11-606", 0, pending(&vt), "IECTL.IP after the event was sent");
    vt_reg_set(t, "IECTL_REG", 0);
    CHECK_EQ(t, "VTD-11-606", 0, events_take(&vt, EVENT_COMPLETION_DATA), "events after IM was written 0 again");
    iwc_clear(&vt);
    vt_reg_set(t, "IECTL_REG", mask);
    event_wait(&vt, true);
    CHECK_EQ(t, "VTD-11-606", 1, pending(&vt), "IECTL.IP while IM is set");
    iwc_clear(&vt);
    CHECK_EQ(t, "VTD-11-606", 0, pending(&vt), "IECTL.IP after IWC was cleared");
    vt_reg_set(t, "IECTL_REG", 0);
    CHECK_EQ(t, "VTD-11-606", 0, events_take(&vt, EVENT_COMPLETION_DATA), "events of a condition that was serviced while masked");
    vt_close(&vt);
}

/* IF and IQE do not share anything: each event has its own registers. */
static void events_apart(struct test *t)
{
    struct vt_descriptor none = {{0}}, d = vt_desc_wait(true, false, false, 0, 0);
    struct vt vt;

    open_any(&vt, t);
    events_open(&vt);
    iwc_clear(&vt);
    vt_put(&vt, &d);
    vt_put(&vt, &none);
    vt_ring(&vt);
    test_settle(t);
    CHECK_EQ(t, "VTD-11-604", 1, iwc(&vt), "ICS.IWC of the wait before the offending descriptor");
    CHECK_EQ(t, "VTD-6-606", 1, vt_queue_error(&vt, NULL), "FSTS.IQE");
    {
        struct iotb_interrupt i;
        uint32_t fault = 0, completion = 0;

        while (interrupt_take(t, IOTB_IRQ_EVENT, &i)) {
            fault += i.data == EVENT_FAULT_DATA;
            completion += i.data == EVENT_COMPLETION_DATA;
        }
        CHECK_EQ(t, "VTD-6-606", 1, fault, "fault events");
        CHECK_EQ(t, "VTD-11-604", 1, completion, "invalidation events");
    }
    CHECK(t, "VTD-6-610", vt_queue_repair(&vt), "the queue goes on");
    vt_close(&vt);
}

/* ---- page-request drain ---- */

static void drain_flag(struct test *t)
{
    struct vt vt;

    for (int mode = VT_LEGACY; mode <= (vt_has_mode(t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY); mode++) {
        struct vt_config config = {.mode = (enum vt_mode)mode};
        struct vt_descriptor d;

        test_reset(t, IOTB_RESET_COLD);
        vt_open(&vt, t, &config);
        d = vt_desc_wait(false, true, false, 1, vt.status + 4088);
        d.word[0] |= 1u << 7; /* PD */
        mem_write32(t, vt.status + 4088, 0);
        queue_refuses(&vt, "VTD-6-603", &d, IQEI(IQEI_RESERVED));
        CHECK_EQ(t, "VTD-6-603", 0, mem_read32(t, vt.status + 4088), "status dword of the refused wait");
    }
    vt_close(&vt);
}

#define WAIT(NAME, SUMMARY, RUN, ROWS, GATE, FEATURES)                                                                 \
    {                                                                                                                  \
        .name = "vtd.queue." NAME, .summary = SUMMARY, .run = (RUN), .rows = ROWS, .gate = GATE, .features = FEATURES, \
        .functional = true, .tier = TIER_FULL                                                                          \
    }

static const struct iotb_case cases[] = {
    WAIT("wait_flags", "A wait writes status with SW only, sets IWC with IF only, and may be a mere fence.", flags,
         "VTD-6-598 VTD-6-599 VTD-6-601 VTD-6-602 VTD-11-607", "ECAP.QI", 0),
    WAIT("wait_status_and_event", "A wait with SW and IF does both.", status_and_event, "VTD-6-598 VTD-6-599", "ECAP.QI", 0),
    WAIT("wait_status", "The status data are written as one dword anywhere in memory, and nothing beside it.", status_write,
         "VTD-6-598", "ECAP.QI", 0),
    WAIT("wait_status_ignored", "Status address bits above the host address width are ignored.", status_address_ignored,
         "VTD-6-597 VTD-6-599", "ECAP.QI", 0),
    WAIT("wait_status_nowhere", "A status write that no memory takes does not end the queue's life.", status_nowhere,
         "VTD-6-528 VTD-6-605", "ECAP.QI", 0),
    WAIT("wait_events", "IWC rising from 0 is the only reason of an invalidation event.", events,
         "VTD-6-528 VTD-11-604 VTD-11-605 VTD-11-607", "ECAP.QI", IOTB_F_INTERRUPTS),
    WAIT("wait_events_masked", "A masked invalidation event waits, and goes away with IWC.", events_masked,
         "VTD-6-528 VTD-11-606", "ECAP.QI", IOTB_F_INTERRUPTS),
    WAIT("wait_events_apart", "Invalidation events and fault events of the queue are sent apart.", events_apart,
         "VTD-6-606 VTD-6-610 VTD-11-604", "ECAP.QI", IOTB_F_INTERRUPTS),
    WAIT("wait_drain_flag", "PD is reserved without page-request draining.", drain_flag, "VTD-6-603", "ECAP.QI&!ECAP.PDS", 0),
};

const struct iotb_case_list vtd_queue_waits_cases = {cases, sizeof cases / sizeof cases[0]};
