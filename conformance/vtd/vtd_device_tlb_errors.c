/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Invalidation of device-TLBs that goes wrong (6.5.2.11): a device that does not answer in time (ITE) and one that answers what
 * it was not asked (ICE).
 */
#include "vtd_chapters.h"
#include "vtd_queue_rig.h"

#define INPUT UINT64_C(0x2345000)
#define SECOND_PS UINT64_C(1000000000000)
#define TIMEOUT_SECONDS 120u /* PCI Express ATS: 60 s, -0 +50 %; and some room */

static enum vt_mode best_mode(struct test *t)
{
    return vt_has_mode(t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY;
}

/* The n-th device is asked to invalidate; the request that it gets. */
static bool ask(struct vt *vt, const char *row, uint32_t n, struct iotb_message *m)
{
    struct vt_descriptor d = vt_desc_device_tlb(vt_rid(vt, n), INPUT, false, 0, 0);

    vt_put(vt, &d);
    vt_ring(vt);
    return CHECK(vt->t, row, vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, m), "an Invalidate Request");
}

static bool status(struct vt *vt, const char *field)
{
    return vt_field(vt->t, "FSTS_REG", field) != 0;
}

static void clear(struct vt *vt, const char *field)
{
    vt_reg_set(vt->t, "FSTS_REG", vt_reg_bits("FSTS_REG", field, 1));
    test_run(vt->t, VT_MESSAGE_PS);
}

/* Fault events since the last call; without running, so that no time-out comes of it. */
static uint32_t fault_events(struct vt *vt)
{
    struct iotb_interrupt interrupt;
    uint32_t count = 0;

    while (interrupt_take(vt->t, IOTB_IRQ_EVENT, &interrupt))
        count += interrupt.data == EVENT_FAULT_DATA;
    return count;
}

/* Runs until ITE; how long it took, to about a sixteenth; 0 if it never came. */
static uint64_t wait_for_timeout(struct vt *vt)
{
    uint64_t start = test_now_ps(vt->t), step = VT_MESSAGE_PS;

    while (!status(vt, "ITE")) {
        uint64_t gone = test_now_ps(vt->t) - start;

        if (gone > TIMEOUT_SECONDS * SECOND_PS)
            return 0;
        step = gone / 16 > step ? gone / 16 : step;
        test_run(vt->t, step);
    }
    return test_now_ps(vt->t) - start;
}

/* 11.4.9.9: 0 is right only for hardware that is older than the field. */
static void source_is(struct vt *vt, const char *row, const char *field, uint16_t sid)
{
    uint64_t seen = vt_field(vt->t, "IQERCD_REG", field);

    if (vt->ver_max < 6)
        CHECK(vt->t, test_row_known(vt->t, "VTD-6-630") ? "VTD-6-630" : row, seen == sid || seen == 0, "IQERCD.%s is %04llx",
              field, (unsigned long long)seen);
    if (vt->ver_max >= 6 || seen)
        CHECK_EQ(vt->t, row, sid, seen, "IQERCD.%s", field);
}

/* Distance of a queue offset from another, forwards. */
static uint64_t ahead(struct vt *vt, uint64_t offset, uint64_t from)
{
    return (offset + vt->queue_bytes - from) % vt->queue_bytes;
}

/* The unit still invalidates and translates for everybody. */
static void works(struct vt *vt, const char *row)
{
    struct vt_descriptor d[2] = {vt_desc_iotlb(VT_IOTLB_GLOBAL, 0, 0, 0, false),
                                 vt_desc_device_tlb(vt_rid(vt, 0), INPUT, false, 0, 0)};

    CHECK(vt->t, row, vt_submit_answering(vt, d, 2), "invalidations work again");
    CHECK(vt->t, row, !status(vt, "ITE") && !status(vt, "ICE") && !status(vt, "IQE"), "no error is pending");
}

/* ---- time-out ---- */

static void timeout(struct test *t)
{
    struct waiter aborted, behind;
    uint64_t slot, wait_slot, head;
    struct iotb_message m;
    bool pending;
    struct vt vt;

    vt_open_mode(&vt, t, best_mode(t));
    events_open(&vt);
    slot = vt.queue_tail;
    if (!ask(&vt, "VTD-4-504", 0, &m))
        return;
    wait_slot = vt.queue_tail;
    aborted = waiter_put(&vt, true, false);
    vt_ring(&vt);
    if (!CHECK(t, "VTD-4-504", wait_for_timeout(&vt) != 0, "FSTS.ITE within %u s of a request that nobody answers",
               TIMEOUT_SECONDS))
        return;
    CHECK_EQ(t, "VTD-11-602", 1, fault_events(&vt), "fault events of the time-out");
    source_is(&vt, "VTD-6-629", "ITESID", m.device_id);
    head = vt_queue_head(&vt);
    CHECK(t, "VTD-6-627",
          ahead(&vt, head, slot) >= vt.descriptor_bytes && ahead(&vt, head, slot) <= ahead(&vt, vt.queue_tail, slot),
          "IQH (0x%llx) is behind the descriptor that timed out (0x%llx)", (unsigned long long)head, (unsigned long long)slot);
    CHECK(t, "VTD-6-626", !waiter_done(&vt, aborted), "a pending wait is done at the time-out");
    /* A wait that IQH has not passed was not pending: it is fetched when ITE is cleared. */
    pending = ahead(&vt, head, slot) > ahead(&vt, wait_slot, slot);
    behind = waiter_put(&vt, false, false);
    vt_ring(&vt);
    test_run(t, VT_MESSAGE_PS);
    CHECK(t, "VTD-6-625", !waiter_done(&vt, behind) && vt_queue_head(&vt) == head, "descriptors are fetched while ITE is set");
    clear(&vt, "ITE");
    CHECK(t, "VTD-6-628", !status(&vt, "ITE") && waiter_done(&vt, behind), "fetching goes on when ITE is cleared");
    CHECK_EQ(t, "VTD-6-628", vt.queue_tail, vt_queue_head(&vt), "IQH has reached IQT");
    if (pending) {
        CHECK(t, "VTD-6-626", !waiter_done(&vt, aborted), "an aborted wait is done later");
        CHECK_EQ(t, "VTD-6-626", 0, vt_field(t, "ICS_REG", "IWC"), "ICS.IWC of an aborted wait");
    }
    /* Too late. */
    vt_invalidate_completion(&vt, &m, 1);
    test_run(t, VT_MESSAGE_PS);
    CHECK(t, "VTD-6-634", status(&vt, "ICE"), "FSTS.ICE for a completion of a request that timed out");
    source_is(&vt, "VTD-6-632", "ICESID", m.device_id);
    CHECK(t, "VTD-6-626", !pending || !waiter_done(&vt, aborted), "an aborted wait is done by a late completion");
    clear(&vt, "ICE");
    works(&vt, "VTD-6-628");
    vt_close(&vt);
}

/* Two devices: the first to time out is named, the other's answer is taken as ever or comes too late. */
static void two_timeouts(struct test *t)
{
    for (uint32_t answers = 0; answers < 2; answers++) {
        struct iotb_message a, b;
        uint64_t length;
        struct waiter w;
        struct vt vt;

        if (answers)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "the second device %s", answers ? "answers in time" : "is silent too");
        vt_open_mode(&vt, t, best_mode(t));
        events_open(&vt);
        if (!ask(&vt, "VTD-6-629", 0, &a))
            return;
        length = wait_for_timeout(&vt);
        if (!CHECK(t, "VTD-6-629", length != 0, "FSTS.ITE"))
            return;
        clear(&vt, "ITE");
        (void)fault_events(&vt);
        if (!ask(&vt, "VTD-6-629", 1, &a))
            return;
        test_run(t, length / 2);
        if (!ask(&vt, "VTD-6-629", 0, &b))
            return;
        w = waiter_put(&vt, false, false);
        vt_ring(&vt);
        CHECK(t, "VTD-6-629", wait_for_timeout(&vt) != 0, "FSTS.ITE of the first of two");
        source_is(&vt, "VTD-6-629", "ITESID", a.device_id);
        if (answers) {
            vt_invalidate_completion(&vt, &b, 1);
            test_run(t, VT_MESSAGE_PS);
            CHECK(t, "VTD-6-631", !status(&vt, "ICE"), "FSTS.ICE for an answer in time, while ITE is set");
        }
        test_run(t, length + SECOND_PS);
        source_is(&vt, "VTD-6-629", "ITESID", a.device_id);
        CHECK(t, "VTD-6-626", !waiter_done(&vt, w), "the wait behind both is done");
        CHECK_EQ(t, "VTD-11-602", 1, fault_events(&vt), "fault events while ITE stays set");
        clear(&vt, "ITE");
        works(&vt, "VTD-6-628");
        vt_close(&vt);
    }
}

/* ---- unexpected completions ---- */

/* Nothing is outstanding: each ITag, and devices of all kinds. */
static void unsolicited(struct test *t)
{
    struct vt vt;

    vt_open_mode(&vt, t, best_mode(t));
    events_open(&vt);
    for (uint32_t tag = 0; tag < 32; tag++) {
        uint16_t sid = vt_rid(&vt, tag % vt_rid_count(&vt));

        test_context(t, "ITag %u of %04x", tag, sid);
        vt_invalidate_completion_of(&vt, sid, 1u << tag, 1);
        test_run(t, VT_MESSAGE_PS);
        CHECK(t, "VTD-6-631", status(&vt, "ICE"), "FSTS.ICE for a completion that nobody waits for");
        source_is(&vt, "VTD-6-632", "ICESID", sid);
        CHECK_EQ(t, "VTD-11-602", 1, fault_events(&vt), "fault events of an unexpected completion");
        vt_invalidate_completion_of(&vt, vt_rid(&vt, (tag + 1) % vt_rid_count(&vt)), 1u << tag, 1);
        test_run(t, VT_MESSAGE_PS);
        source_is(&vt, "VTD-6-632", "ICESID", sid);
        CHECK_EQ(t, "VTD-11-602", 0, fault_events(&vt), "fault events while ICE is set");
        clear(&vt, "ICE");
        CHECK(t, "VTD-6-631", !status(&vt, "ICE"), "FSTS.ICE is cleared by writing 1");
    }
    test_context(t, NULL);
    works(&vt, "VTD-6-633");
    vt_close(&vt);
}

/* One is outstanding: other ITags of the device, and its ITag of other devices. */
static void wrong(struct test *t)
{
    for (uint32_t way = 0; way < 2; way++) {
        const char *row = way ? "VTD-6-635" : "VTD-6-631";
        struct iotb_message m;
        struct waiter w, behind;
        uint16_t sid;
        struct vt vt;

        if (way)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, way ? "the ITag from another device" : "another ITag from the device");
        vt_open_mode(&vt, t, best_mode(t));
        if (!ask(&vt, row, 0, &m))
            return;
        w = waiter_put(&vt, false, false);
        vt_ring(&vt);
        sid = way ? vt_rid(&vt, 1) : m.device_id;
        vt_invalidate_completion_of(&vt, sid, way ? 1u << m.itag : ~(1u << m.itag), 1);
        test_run(t, VT_MESSAGE_PS);
        CHECK(t, row, status(&vt, "ICE"), "FSTS.ICE");
        source_is(&vt, "VTD-6-632", "ICESID", sid);
        CHECK(t, row, !waiter_done(&vt, w), "the wait is done by a completion that is not its own");
        vt_invalidate_completion(&vt, &m, 1);
        test_run(t, VT_MESSAGE_PS);
        CHECK(t, "VTD-6-633", waiter_done(&vt, w), "the right completion ends the invalidation, with ICE set");
        behind = waiter_put(&vt, false, false);
        vt_ring(&vt);
        test_run(t, VT_MESSAGE_PS);
        CHECK(t, "VTD-6-633", waiter_done(&vt, behind) && status(&vt, "ICE"), "the queue goes on with ICE set");
        clear(&vt, "ICE");
        works(&vt, "VTD-6-633");
        vt_close(&vt);
    }
}

/* A vector with one ITag that is outstanding and others that are not: 4.3 has the valid ones processed first. */
static void mixed(struct test *t)
{
    struct iotb_message m;
    struct waiter w;
    struct vt vt;

    vt_open_mode(&vt, t, best_mode(t));
    if (!ask(&vt, "VTD-6-631", 0, &m))
        return;
    w = waiter_put(&vt, false, false);
    vt_ring(&vt);
    vt_invalidate_completion_of(&vt, m.device_id, UINT32_MAX, 1);
    test_run(t, VT_MESSAGE_PS);
    CHECK(t, "VTD-6-631", status(&vt, "ICE"), "FSTS.ICE");
    if (vt.ver_max >= 6)
        CHECK(t, "VTD-6-633", waiter_done(&vt, w), "the valid ITag of the vector is processed");
    if (!waiter_done(&vt, w)) {
        vt_invalidate_completion(&vt, &m, 1);
        test_run(t, VT_MESSAGE_PS);
    }
    CHECK(t, "VTD-6-633", waiter_done(&vt, w), "the wait is done");
    clear(&vt, "ICE");
    works(&vt, "VTD-6-633");
    vt_close(&vt);
}

/* IWC while the next wait with IF is held up: older parts clear it then. */
static void completion_flag(struct test *t)
{
    struct iotb_message m;
    struct waiter w;
    struct vt vt;

    vt_open_mode(&vt, t, best_mode(t));
    w = waiter_put(&vt, true, false);
    vt_ring(&vt);
    test_run(t, VT_MESSAGE_PS);
    CHECK(t, "VTD-11-607", waiter_done(&vt, w) && vt_field(t, "ICS_REG", "IWC"), "a wait with IF sets IWC");
    if (!ask(&vt, "VTD-11-607", 0, &m))
        return;
    w = waiter_put(&vt, true, false);
    vt_ring(&vt);
    test_run(t, VT_MESSAGE_PS);
    test_observe(t, "VTD-11-608", "ICS.IWC is %u while the next wait with IF is held up",
                 (uint32_t)vt_field(t, "ICS_REG", "IWC"));
    vt_reg_set(t, "ICS_REG", 1);
    CHECK_EQ(t, "VTD-11-607", 0, vt_field(t, "ICS_REG", "IWC"), "ICS.IWC is cleared, the wait is not done");
    vt_invalidate_completion(&vt, &m, 1);
    test_run(t, VT_MESSAGE_PS);
    CHECK(t, "VTD-11-607", waiter_done(&vt, w) && vt_field(t, "ICS_REG", "IWC"), "the wait sets it when it is done");
    vt_close(&vt);
}

#define CASE(NAME, SUMMARY, RUN, ROWS, FEATURES)                                                         \
    {                                                                                                    \
        .name = "vtd.device_tlb." NAME, .summary = SUMMARY, .run = RUN, .rows = ROWS, .gate = "ECAP.DT", \
        .features = IOTB_F_ATS | (FEATURES), .functional = true, .tier = TIER_FULL                       \
    }

static const struct iotb_case cases[] = {
    CASE("timeout", "A device that does not answer in time stops the queue with ITE, and waits behind it are never done.",
         timeout, "VTD-4-504 VTD-6-625 VTD-6-626 VTD-6-627 VTD-6-628 VTD-6-629 VTD-6-630 VTD-6-632 VTD-6-634 VTD-11-602",
         IOTB_F_TIME | IOTB_F_INTERRUPTS),
    CASE("two_timeouts", "ITESID names the first device that timed out; another that answers in time is heard.", two_timeouts,
         "VTD-6-629 VTD-6-626 VTD-6-628 VTD-6-630 VTD-6-631 VTD-11-602", IOTB_F_TIME | IOTB_F_INTERRUPTS),
    CASE("unsolicited", "A completion that nobody waits for sets ICE, names its sender and raises a fault event.", unsolicited,
         "VTD-6-631 VTD-6-632 VTD-6-633 VTD-11-602", IOTB_F_INTERRUPTS),
    CASE("wrong", "Neither another ITag nor another device ends an invalidation.", wrong,
         "VTD-6-631 VTD-6-632 VTD-6-633 VTD-6-635", 0),
    CASE("mixed", "Of a vector of ITags the valid ones count.", mixed, "VTD-6-631 VTD-6-633", 0),
    CASE("completion_flag", "IWC is set when a wait is done, not when it is fetched.", completion_flag, "VTD-11-607 VTD-11-608",
         0),
};

const struct iotb_case_list vtd_device_tlb_errors_cases = {cases, sizeof cases / sizeof cases[0]};
