/* SPDX-License-Identifier: BSD-2-Clause */
/* Invalidation queue errors: what stops, what is reported, how the queue goes on (6.5.2.11, 11.4.7.1, 11.4.9.9). */
#include "vtd_queue_rig.h"

#include "vtd_chapters.h"

static const struct vt_descriptor nobodys; /* type 0 */

static void open_mode(struct vt *vt, struct test *t, enum vt_mode mode)
{
    test_reset(t, IOTB_RESET_COLD);
    vt_open_mode(vt, t, mode);
    if (!vt->queue_on)
        test_abort(t, "the case needs queued invalidation");
}

static void each_mode(struct test *t, void (*body)(struct vt *vt))
{
    struct vt vt;

    for (int mode = VT_LEGACY; mode <= (vt_has_mode(t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY); mode++) {
        open_mode(&vt, t, (enum vt_mode)mode);
        test_context(t, "TTM %d", mode);
        body(&vt);
        vt_close(&vt);
    }
}

/* ---- stop, report, go on ---- */

/* `before` waits, an offending descriptor, three waits behind it. */
struct stopped {
    struct waiter before[3], behind[3];
    uint64_t slot;
};

static void stop(struct vt *vt, struct stopped *s, uint32_t before)
{
    for (uint32_t i = 0; i < before; i++)
        s->before[i] = waiter_put(vt, false, false);
    s->slot = vt->queue_tail;
    vt_put(vt, &nobodys);
    for (int i = 0; i < 3; i++)
        s->behind[i] = waiter_put(vt, false, false);
    vt_ring(vt);
    test_settle(vt->t);
    CHECK(vt->t, "VTD-6-606", vt_queue_error(vt, NULL), "FSTS.IQE is set");
    CHECK_EQ(vt->t, "VTD-6-607", s->slot, vt_queue_head(vt), "IQH is at the offending descriptor");
    for (uint32_t i = 0; i < before; i++)
        CHECK(vt->t, "VTD-6-608", waiter_done(vt, s->before[i]), "wait %u before it is completed", i);
    for (int i = 0; i < 3; i++)
        CHECK(vt->t, "VTD-6-606", !waiter_done(vt, s->behind[i]), "wait %d behind it is not completed", i);
}

static void stops_body(struct vt *vt)
{
    struct test *t = vt->t;

    for (uint32_t before = 0; before < 4; before++) {
        struct stopped s;
        struct waiter later;
        size_t mark;

        stop(vt, &s, before);
        queue_reason(vt, "VTD-6-615", IQEI(IQEI_TYPE));
        if (vt->ver_max >= 6)
            CHECK(t, "VTD-6-620", vt_field(t, "IQERCD_REG", "IQEI") != 0, "IQERCD.IQEI is not 0 on major version 6 and later");
        mark = trace_mark(t);
        later = waiter_put(vt, false, false);
        vt_ring(vt);
        test_settle(t);
        CHECK_EQ(t, "VTD-6-609", vt->queue_tail, vt_reg(t, "IQT_REG"), "IQT written while IQE is set");
        CHECK_EQ(t, "VTD-6-609", s.slot, vt_queue_head(vt), "IQH after IQT was written");
        CHECK(t, "VTD-6-609", !waiter_done(vt, later), "nothing is executed while IQE is set");
        if (test_has(t, IOTB_F_BENCH_MEMORY))
            CHECK_EQ(t, "VTD-6-609", 0, trace_count(t, mark, vt->queue, vt->queue + vt->queue_bytes - 1, ACC_READS),
                     "fetches while IQE is set");
        CHECK(t, "VTD-6-610", vt_queue_repair(vt), "a wait in its place is executed when IQE is cleared, without IQT written");
        CHECK_EQ(t, "VTD-6-612", 0, vt_queue_error(vt, NULL), "FSTS.IQE after the repair: the slot was read again");
        for (int i = 0; i < 3; i++)
            CHECK(t, "VTD-6-610", waiter_done(vt, s.behind[i]), "wait %d behind it is completed", i);
        CHECK(t, "VTD-6-610", waiter_done(vt, later), "the wait submitted under IQE is completed");
        CHECK_EQ(t, "VTD-6-610", vt->queue_tail, vt_queue_head(vt), "IQH has reached IQT");
        test_observe(t, "VTD-6-621", "IQERCD.IQEI after IQE was cleared: %llu",
                     (unsigned long long)vt_field(t, "IQERCD_REG", "IQEI"));
    }
}

static void stops(struct test *t)
{
    each_mode(t, stops_body);
}

/* Other bits of FSTS written do not clear IQE, and a clear without repair raises it again. */
static void clears_body(struct vt *vt)
{
    struct test *t = vt->t;
    struct stopped s;

    stop(vt, &s, 1);
    vt_reg_set(t, "FSTS_REG", 0);
    test_settle(t);
    CHECK(t, "VTD-6-610", vt_queue_error(vt, NULL), "FSTS.IQE after 0 was written");
    vt_reg_set(t, "FSTS_REG", UINT32_MAX & ~vt_reg_bits("FSTS_REG", "IQE", 1));
    test_settle(t);
    CHECK(t, "VTD-6-610", vt_queue_error(vt, NULL), "FSTS.IQE after all other bits were written");
    CHECK(t, "VTD-6-610", !waiter_done(vt, s.behind[0]), "the queue did not go on");
    for (int i = 0; i < 3; i++) {
        queue_clear_error(vt);
        CHECK(t, "VTD-6-611", vt_queue_error(vt, NULL), "FSTS.IQE after it was cleared without repair");
        CHECK_EQ(t, "VTD-6-611", s.slot, vt_queue_head(vt), "IQH");
        CHECK(t, "VTD-6-611", !waiter_done(vt, s.behind[0]), "the queue did not go on");
    }
    CHECK(t, "VTD-6-610", vt_queue_repair(vt), "after a repair it goes on");
    CHECK(t, "VTD-6-610", waiter_done(vt, s.behind[2]), "to its end");
}

static void clears(struct test *t)
{
    each_mode(t, clears_body);
}

/* The slot is repaired with each kind of descriptor, whose own content counts, not the one that was refused. */
static void repaired_body(struct vt *vt)
{
    struct test *t = vt->t;

    for (uint32_t n = 0; n < 3; n++) {
        struct stopped s;
        struct vt_descriptor d = n == 0   ? vt_desc_wait(false, true, false, 0xabcd, vt->status + 4080)
                                 : n == 1 ? vt_desc_iotlb(VT_IOTLB_GLOBAL, 0, 0, 0, false)
                                          : vt_desc_context(VT_CC_GLOBAL, 0, 0, 0);

        stop(vt, &s, n);
        mem_write32(t, vt->status + 4080, 0);
        for (uint32_t i = 0; i < vt->descriptor_bytes / 8; i++)
            mem_write64(t, vt->queue + s.slot + 8 * i, d.word[i]);
        queue_clear_error(vt);
        CHECK(t, "VTD-6-612", !vt_queue_error(vt, NULL), "FSTS.IQE after the repair");
        if (n == 0)
            CHECK_EQ(t, "VTD-6-612", 0xabcd, mem_read32(t, vt->status + 4080), "the repaired wait is executed as it is now");
        for (int i = 0; i < 3; i++)
            CHECK(t, "VTD-6-610", waiter_done(vt, s.behind[i]), "wait %d behind it is completed", i);
    }
}

static void repaired(struct test *t)
{
    each_mode(t, repaired_body);
}

/* Two offending descriptors in a row, each reported at its own place with its own reason. */
static void in_a_row_body(struct vt *vt)
{
    struct test *t = vt->t;
    struct vt_descriptor second = vt_desc_context(VT_CC_GLOBAL, 0, 0, 0);
    uint64_t slot = vt->queue_tail;
    struct waiter w;

    second.word[1] = 1;
    vt_put(vt, &nobodys);
    vt_put(vt, &second);
    w = waiter_put(vt, false, false);
    vt_ring(vt);
    test_settle(t);
    queue_reason(vt, "VTD-6-615", IQEI(IQEI_TYPE));
    vt_queue_repair(vt);
    CHECK_EQ(t, "VTD-6-607", (slot + vt->descriptor_bytes) % vt->queue_bytes, vt_queue_head(vt), "IQH is at the second one");
    queue_reason(vt, "VTD-6-616", IQEI(IQEI_RESERVED));
    CHECK(t, "VTD-6-606", !waiter_done(vt, w), "the wait behind it is not completed");
    CHECK(t, "VTD-6-610", vt_queue_repair(vt), "after both are repaired it goes on");
    CHECK(t, "VTD-6-610", waiter_done(vt, w), "to its end");
}

static void in_a_row(struct test *t)
{
    each_mode(t, in_a_row_body);
}

/* The last slot of the ring: IQH stays there, and goes on at 0. */
static void at_the_end_body(struct vt *vt)
{
    struct test *t = vt->t;
    struct waiter w[2];

    queue_restart(vt, mem_alloc(t, 4096, 4096), 0, vt->descriptor_bytes == 32);
    while (vt->queue_tail != vt->queue_bytes - vt->descriptor_bytes)
        waiter_put(vt, false, false);
    vt_ring(vt);
    test_settle(t);
    vt_put(vt, &nobodys);
    w[0] = waiter_put(vt, false, false);
    vt_ring(vt);
    test_settle(t);
    CHECK(t, "VTD-6-606", vt_queue_error(vt, NULL), "FSTS.IQE");
    CHECK_EQ(t, "VTD-6-607", vt->queue_bytes - vt->descriptor_bytes, vt_queue_head(vt), "IQH at the last slot");
    CHECK(t, "VTD-6-610", vt_queue_repair(vt), "repaired, it goes on");
    CHECK(t, "VTD-6-610", waiter_done(vt, w[0]), "at the first slot");
    CHECK_EQ(t, "VTD-6-610", vt->descriptor_bytes, vt_queue_head(vt), "IQH");
}

static void at_the_end(struct test *t)
{
    each_mode(t, at_the_end_body);
}

/* ---- the event ---- */

static void event_body(struct vt *vt)
{
    struct test *t = vt->t;
    struct stopped s;

    events_open(vt);
    stop(vt, &s, 1);
    CHECK_EQ(t, "VTD-6-606", 1, events_take(vt, EVENT_FAULT_DATA), "fault events of the queue error");
    queue_clear_error(vt);
    CHECK_EQ(t, "VTD-6-611", 1, events_take(vt, EVENT_FAULT_DATA), "fault events after a clear without repair");
    vt_queue_repair(vt);
    CHECK_EQ(t, "VTD-6-606", 0, events_take(vt, EVENT_FAULT_DATA), "fault events after the repair");
    stop(vt, &s, 0);
    CHECK_EQ(t, "VTD-6-606", 1, events_take(vt, EVENT_FAULT_DATA), "fault events of another queue error");
    vt_queue_repair(vt);
}

static void event(struct test *t)
{
    each_mode(t, event_body);
}

/* A queue error does not touch translation, and no fault record is made of it. */
static void apart_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, UINT64_C(0x2345000), VT_RW);
    struct iotb_request r = vt_request(path, IOTB_WRITE, UINT64_C(0x2345040), 8);
    struct stopped s;

    vt_expect_ok(vt, "VTD-6-606", &r, host + 0x40);
    stop(vt, &s, 1);
    CHECK_EQ(vt->t, "VTD-6-606", 0, vt_fault_pending(vt), "fault records");
    vt_expect_ok(vt, "VTD-6-606", &r, host + 0x40);
    CHECK(vt->t, "VTD-6-606", vt_queue_error(vt, NULL), "FSTS.IQE is still set");
    vt_queue_repair(vt);
}

static void apart(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_SS | 1u << VT_RID_SS | 1u << VT_RID_FS, apart_body);
}

/* ---- the tail ---- */

/* IQT is set wrong with `good` valid descriptors between head and it, then right. */
static void bad_tail(struct vt *vt, const char *row, uint64_t tail, uint32_t good, uint32_t reasons)
{
    struct test *t = vt->t;
    uint64_t head = vt_queue_head(vt), now;
    struct waiter w[3];
    uint32_t done = 0;

    for (uint32_t i = 0; i < good; i++)
        w[i] = waiter_put(vt, false, false);
    vt_reg_set(t, "IQT_REG", tail);
    test_settle(t);
    queue_reason(vt, row, reasons);
    now = vt_queue_head(vt);
    while (done < good && waiter_done(vt, w[done]))
        done++;
    CHECK_EQ(t, "VTD-6-622", (head + done * vt->descriptor_bytes) % vt->queue_bytes, now,
             "IQH agrees with the %u descriptors that were executed", done);
    for (uint32_t i = done; i < good; i++)
        CHECK(t, "VTD-6-622", !waiter_done(vt, w[i]), "descriptor %u was not executed", i);
    vt_ring(vt);
    queue_clear_error(vt);
    CHECK(t, row, !vt_queue_error(vt, NULL), "with a valid IQT and IQE cleared the queue goes on");
    for (uint32_t i = 0; i < good; i++)
        CHECK(t, row, waiter_done(vt, w[i]), "descriptor %u is executed then", i);
}

static void tail_range_body(struct vt *vt)
{
    for (uint32_t qs = 0; qs < 3; qs++) {
        uint64_t bytes = UINT64_C(4096) << qs;

        test_context(vt->t, "TTM %u, QS %u", vt->config.mode, qs);
        queue_restart(vt, mem_alloc(vt->t, bytes, 4096), qs, vt->descriptor_bytes == 32);
        bad_tail(vt, "VTD-6-613", bytes, 0, IQEI(IQEI_TAIL));
        bad_tail(vt, "VTD-6-613", bytes + 32, 2, IQEI(IQEI_TAIL));
        bad_tail(vt, "VTD-6-613", bytes * 2, 1, IQEI(IQEI_TAIL));
        bad_tail(vt, "VTD-6-613", 0x7ffe0, 2, IQEI(IQEI_TAIL));
        CHECK(vt->t, "VTD-6-613", vt_submit(vt, NULL, 0), "the queue works after it");
        /* The last offset of the ring is legal. */
        while (vt->queue_tail != bytes - vt->descriptor_bytes)
            waiter_put(vt, false, false);
        vt_ring(vt);
        test_settle(vt->t);
        CHECK_EQ(vt->t, "VTD-6-613", 0, vt_queue_error(vt, NULL), "FSTS.IQE with IQT at the last slot");
        CHECK_EQ(vt->t, "VTD-6-613", vt->queue_tail, vt_queue_head(vt), "IQH at the last slot");
    }
}

static void tail_range(struct test *t)
{
    each_mode(t, tail_range_body);
}

static void tail_alignment(struct test *t)
{
    struct vt vt;

    for (int mode = VT_LEGACY; mode <= VT_SCALABLE; mode++) {
        if (mode == VT_SCALABLE && !vt_has_mode(t, VT_SCALABLE))
            continue;
        open_mode(&vt, t, (enum vt_mode)mode);
        test_context(t, "TTM %d", mode);
        queue_restart(&vt, mem_alloc(t, 4096, 4096), 0, true);
        bad_tail(&vt, "VTD-6-618", 0x10, 0, IQEI(IQEI_ALIGNMENT));
        bad_tail(&vt, "VTD-6-618", 0x50, 2, IQEI(IQEI_ALIGNMENT));
        bad_tail(&vt, "VTD-6-618", vt.queue_tail + 0x30, 1, IQEI(IQEI_ALIGNMENT));
        CHECK(t, "VTD-6-618", vt_submit(&vt, NULL, 0), "the queue works after it");
    }
    /* With 128-bit descriptors the same offset is an ordinary one. */
    if (vt_has_flavour(t, VT_LEGACY_SS)) {
        open_mode(&vt, t, VT_LEGACY);
        queue_restart(&vt, mem_alloc(t, 4096, 4096), 0, false);
        CHECK(t, "VTD-6-618", vt_submit(&vt, NULL, 0), "IQT = 10h with 128-bit descriptors");
    }
    vt_close(&vt);
}

/* ---- fetches that fail ---- */

static void fetch_body(struct vt *vt)
{
    struct test *t = vt->t;

    for (uint32_t n = 0; n < 6; n++) {
        uint64_t slot = vt->queue_tail;
        struct waiter w[3];
        uint32_t failed = n % 3;

        for (int i = 0; i < 3; i++)
            w[i] = waiter_put(vt, false, false);
        inject_fault(t, n < 3 ? INJECT_ABORT : INJECT_POISON,
                     vt->queue + (slot + failed * vt->descriptor_bytes) % vt->queue_bytes,
                     vt->queue + (slot + failed * vt->descriptor_bytes) % vt->queue_bytes + vt->descriptor_bytes - 1, ACC_READS,
                     1, UINT64_MAX);
        vt_ring(vt);
        test_settle(t);
        queue_reason(vt, "VTD-6-614", IQEI(IQEI_FETCH));
        /* Descriptors that are fetched together with the one that fails are lost with it. */
        for (uint32_t i = 0; i < 3; i++)
            if (i >= failed)
                CHECK(t, "VTD-6-614", !waiter_done(vt, w[i]), "descriptor %u, at or behind the failed fetch", i);
        CHECK(t, "VTD-6-614", (vt_queue_head(vt) - slot) % vt->queue_bytes <= failed * vt->descriptor_bytes,
              "IQH is not past the descriptor that could not be fetched");
        inject_clear(t);
        queue_clear_error(vt);
        for (uint32_t i = 0; i < 3; i++)
            CHECK(t, "VTD-6-614", waiter_done(vt, w[i]), "descriptor %u is executed when the fetch succeeds", i);
    }
}

static void fetch_fails(struct test *t)
{
    each_mode(t, fetch_body);
}

static void fetch_hole(struct test *t)
{
    uint64_t hole = mem_hole(t);
    struct vt vt;

    if (!hole)
        test_not_testable(t, "the adapter has no address where nothing answers");
    open_mode(&vt, t, vt_has_flavour(t, VT_LEGACY_SS) ? VT_LEGACY : VT_SCALABLE);
    queue_restart(&vt, hole, 0, vt.descriptor_bytes == 32);
    vt_reg_set(t, "IQT_REG", vt.descriptor_bytes);
    test_settle(t);
    queue_reason(&vt, "VTD-6-614", IQEI(IQEI_FETCH));
    CHECK_EQ(t, "VTD-6-614", 0, vt_queue_head(&vt), "IQH");
    vt_command(&vt, "QIE", false);
    queue_clear_error(&vt);
    queue_restart(&vt, mem_alloc(t, 4096, 4096), 0, vt.descriptor_bytes == 32);
    CHECK(t, "VTD-6-614", vt_submit(&vt, NULL, 0), "another ring works");
    vt_close(&vt);
}

/* ---- the error outlives the queue ---- */

static void over_disable_body(struct vt *vt)
{
    struct test *t = vt->t;
    struct stopped s;
    struct waiter w;

    stop(vt, &s, 1);
    queue_restart(vt, mem_alloc(t, 4096, 4096), 0, vt->descriptor_bytes == 32);
    CHECK(t, "VTD-6-542", vt_queue_error(vt, NULL), "FSTS.IQE stays set over disabling");
    w = waiter_put(vt, false, false);
    vt_ring(vt);
    test_settle(t);
    CHECK(t, "VTD-6-542", !waiter_done(vt, w), "the new queue executes nothing while IQE is set");
    queue_clear_error(vt);
    CHECK(t, "VTD-6-542", waiter_done(vt, w), "it does when IQE is cleared");
}

static void over_disable(struct test *t)
{
    each_mode(t, over_disable_body);
}

/* ---- which reason ---- */

static void priority_body(struct vt *vt)
{
    static const uint64_t types[] = {0, 0xb, 0xf, 6, 7};

    for (size_t i = 0; i < (vt->config.mode == VT_LEGACY ? 5 : 3); i++)
        for (int word = 0; word < 2; word++) {
            struct vt_descriptor d = {{types[i], 0, 0, 0}};

            test_context(vt->t, "TTM %u, type %llu with a bit of word %d set", vt->config.mode, (unsigned long long)types[i],
                         word);
            d.word[word] |= UINT64_C(1) << 63;
            queue_refuses(vt, "VTD-6-623", &d, IQEI(IQEI_TYPE));
        }
}

static void priority(struct test *t)
{
    each_mode(t, priority_body);
}

/* 6.5.2.11: IQE and its record are RsvdZ without queued invalidation. */
static void without_queue(struct test *t)
{
    struct vt vt;

    vt_open_mode(&vt, t, VT_LEGACY);
    vt_reg_set(t, "IQA_REG", mem_alloc(t, 4096, 4096));
    vt_reg_set(t, "IQT_REG", 0x10);
    CHECK_EQ(t, "VTD-6-624", 0, vt_field(t, "FSTS_REG", "IQE"), "FSTS.IQE");
    CHECK_EQ(t, "VTD-6-624", 0, vt_reg(t, "IQERCD_REG"), "IQERCD_REG");
    CHECK_EQ(t, "VTD-6-624", 0, vt_reg(t, "IQT_REG"), "IQT_REG");
    vt_close(&vt);
}

/* ICE and ITE are RsvdZ without device-TLB support. */
static void without_device_tlb(struct test *t)
{
    struct vt_descriptor d = {{3, 0, 0, 0}};
    struct vt vt;

    open_mode(&vt, t, vt_has_flavour(t, VT_LEGACY_SS) ? VT_LEGACY : VT_SCALABLE);
    queue_refuses(&vt, "VTD-6-624", &d, IQEI(IQEI_TYPE));
    CHECK_EQ(t, "VTD-6-624", 0, vt_field(t, "FSTS_REG", "ITE") | vt_field(t, "FSTS_REG", "ICE"), "FSTS.ITE and FSTS.ICE");
    vt_close(&vt);
}

#define STOP " VTD-6-606 VTD-6-607 VTD-6-608"
#define ERROR(NAME, SUMMARY, RUN, ROWS, GATE, FEATURES)                                                                      \
    {                                                                                                                        \
        .name = "vtd.queue.error_" NAME, .summary = SUMMARY, .run = (RUN), .rows = ROWS, .gate = GATE, .features = FEATURES, \
        .functional = true, .tier = TIER_FULL                                                                                \
    }

static const struct iotb_case cases[] = {
    {.name = "vtd.queue.error_stops",
     .summary = "An offending descriptor stops the queue at itself until IQE is cleared.",
     .run = stops,
     .rows = "VTD-6-609 VTD-6-610 VTD-6-612 VTD-6-615 VTD-6-620 VTD-6-621" STOP,
     .gate = "ECAP.QI",
     .functional = true,
     .tier = TIER_SMOKE},
    ERROR("clears", "Only 1 written to IQE clears it, and without repair it comes back.", clears, "VTD-6-610 VTD-6-611" STOP,
          "ECAP.QI", 0),
    ERROR("repaired", "The repaired descriptor is read again and executed as it is now.", repaired, "VTD-6-610 VTD-6-612" STOP,
          "ECAP.QI", 0),
    ERROR("in_a_row", "Each of two offending descriptors is reported at its place with its reason.", in_a_row,
          "VTD-6-610 VTD-6-615 VTD-6-616" STOP, "ECAP.QI", 0),
    ERROR("at_the_end", "An error in the last slot goes on at the first.", at_the_end, "VTD-6-606 VTD-6-607 VTD-6-610", "ECAP.QI",
          0),
    ERROR("event", "Each queue error raises one fault event.", event, "VTD-6-611" STOP, "ECAP.QI", IOTB_F_INTERRUPTS),
    ERROR("apart", "Requests are translated while the queue is in error, and no record is made of it.", apart,
          "VTD-6-606 VTD-6-607 VTD-6-608", "ECAP.QI", 0),
    ERROR("tail_range", "A tail beyond the ring is an error, the last slot is none.", tail_range, "VTD-6-613 VTD-6-622",
          "ECAP.QI", 0),
    ERROR("tail_alignment", "With 256-bit descriptors bit 4 of the tail is an error.", tail_alignment, "VTD-6-618 VTD-6-622",
          "ECAP.QI&ECAP.SMTS", 0),
    ERROR("fetch", "A fetch that fails stops the queue, and is made again when IQE is cleared.", fetch_fails, "VTD-6-614",
          "ECAP.QI", IOTB_F_BENCH_MEMORY),
    ERROR("fetch_hole", "A ring where no memory answers is an error.", fetch_hole, "VTD-6-614", "ECAP.QI", 0),
    ERROR("over_disable", "IQE left over from one queue holds up the next until it is cleared.", over_disable, "VTD-6-542" STOP,
          "ECAP.QI", 0),
    ERROR("priority", "An unknown type is reported as such whatever its other bits are.", priority, "VTD-6-623", "ECAP.QI", 0),
    ERROR("without_queue", "Without queued invalidation there is no queue error.", without_queue, "VTD-6-624", "!ECAP.QI", 0),
    ERROR("without_device_tlb", "Without device-TLB support ITE and ICE stay 0.", without_device_tlb, "VTD-6-624",
          "ECAP.QI&!ECAP.DT", 0),
};

const struct iotb_case_list vtd_queue_errors_cases = {cases, sizeof cases / sizeof cases[0]};
