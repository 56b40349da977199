/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Order around the invalidation of device-TLBs (4.2.1, 4.3, 6.5.2.12, 6.5.4): behind invalidations of the IOTLB and fences,
 * before waits, and the device's answers behind its own writes.
 */
#include "vtd_device_tlb.h"

#include "vtd_chapters.h"
#include "vtd_queue_rig.h"
#include "vtd_stale.h"

#define INPUT DEVICE_TLB_INPUT
#define EVERYTHING DEVICE_TLB_EVERYTHING

/* Behind an IOTLB invalidation: when the device sees the request, its translation requests get the new page. */
static void order_body(struct vt *vt, struct vt_path *unused)
{
    enum stale_change change;
    struct vt_descriptor d[2];
    struct iotb_request r;
    struct iotb_message m;
    struct waiter w;
    struct stale s;

    stale_open(&s, vt, unused->flavour->id, vt_rid(vt, 1), 0x99, 9, 0x5000000);
    change = s.path.fs ? STALE_FIRST : STALE_SECOND;
    vt_path_allow_ats(&s.path, false);
    r = vt_translation_request(&s.path, s.input);
    vt_expect_translation(vt, "VTD-6-637", &r, s.host[0], VT_RW, 12, NULL);
    stale_change(&s, change, 1, 9);
    d[0] = stale_descriptor(&s, s.path.fs ? DROP_P_PAGE : DROP_DOMAIN, s.input);
    d[1] = s.path.flavour->with_pasid ? vt_desc_pasid_device_tlb(s.path.rid, s.path.pasid, false, s.input, false, 0, 0)
                                      : vt_desc_device_tlb(s.path.rid, s.input, false, 0, 0);
    vt_put(vt, &d[0]);
    vt_put(vt, &d[1]);
    w = waiter_put(vt, false, false);
    vt_ring(vt);
    if (CHECK(vt->t, "VTD-6-637", vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &m), "an Invalidate Request")) {
        vt_expect_translation(vt, s.path.flavour->with_pasid ? "VTD-6-638" : "VTD-6-637", &r, s.host[1], VT_RW, 12, NULL);
        CHECK(vt->t, "VTD-4-500", !waiter_done(vt, w), "the wait is done before the device has answered");
        vt_invalidate_completion(vt, &m, 1);
    }
    test_run(vt->t, VT_MESSAGE_PS);
    CHECK(vt->t, "VTD-4-500", waiter_done(vt, w), "the wait is done when the device has answered");
    vt_expect_translation(vt, "VTD-6-637", &r, s.host[1], VT_RW, 12, NULL);
}

static void order(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, order_body);
}

/*
 * A walk that has read the old entry above the leaf is under way: when the device sees the request, no answer made of that entry
 * may follow.
 */
static void answers_body(struct vt *vt, struct vt_path *unused)
{
    struct vt_descriptor d[2];
    struct vt_translation seen;
    struct iotb_request r;
    struct iotb_message m;
    struct outcome outcome;
    uint64_t leaf;
    struct stale s;
    uint32_t hold, id;
    bool early;

    stale_open(&s, vt, unused->flavour->id, vt_rid(vt, 1), 0x99, 9, 0x5000000);
    vt_path_allow_ats(&s.path, false);
    leaf = vt_entry(vt, vt_path_table(&s.path), s.input, 1);
    r = vt_translation_request(&s.path, s.input);
    hold = hold_accesses(vt->t, leaf, leaf + 7, ACC_READS);
    id = request_send(vt->t, &r);
    test_run(vt->t, VT_MESSAGE_PS);
    stale_change(&s, s.path.fs ? STALE_FIRST : STALE_SECOND, 2, 9);
    d[0] = stale_descriptor(&s, s.path.fs ? DROP_P_PASID : DROP_DOMAIN, s.input);
    d[1] = s.path.flavour->with_pasid ? vt_desc_pasid_device_tlb(s.path.rid, s.path.pasid, false, s.input, false, 0, 0)
                                      : vt_desc_device_tlb(s.path.rid, s.input, false, 0, 0);
    vt_put(vt, &d[0]);
    vt_put(vt, &d[1]);
    vt_ring(vt);
    early = vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &m);
    hold_release(vt->t, hold);
    outcome = request_wait(vt->t, id);
    seen = vt_translation_of(&outcome);
    CHECK(vt->t, "VTD-6-637", outcome.done, "the translation request completes");
    CHECK(vt->t, "VTD-6-637", !early || !seen.count || vt_translation_output(&seen.entries[0], s.input) >> 12 != s.host[0] >> 12,
          "an answer made of the old entry follows the invalidation");
    if (early ||
        CHECK(vt->t, "VTD-6-637", vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &m), "the Invalidate Request comes behind it"))
        vt_invalidate_completion(vt, &m, 1);
    test_run(vt->t, VT_MESSAGE_PS);
    vt_expect_translation(vt, "VTD-6-637", &r, s.host[1], VT_RW, 12, NULL);
}

static void answers(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, answers_body);
}

/* A fence keeps the next invalidation back; without it either is legal. */
static void fence_body(struct vt *vt)
{
    for (uint32_t fence = 0; fence < 2; fence++) {
        struct vt_descriptor a = vt_desc_device_tlb(vt_rid(vt, 0), INPUT, false, 0, 0);
        struct vt_descriptor b = vt_desc_device_tlb(vt_rid(vt, 1), INPUT, false, 0, 0);
        struct iotb_message first, second;
        struct waiter w, behind;
        bool early;

        test_context(vt->t, "FN %u", fence);
        vt_put(vt, &a);
        w = waiter_put(vt, false, fence);
        vt_put(vt, &b);
        behind = waiter_put(vt, false, false);
        vt_ring(vt);
        if (!CHECK(vt->t, "VTD-6-641", vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &first), "an Invalidate Request"))
            return;
        CHECK_EQ(vt->t, "VTD-6-641", vt_rid(vt, 0), first.device_id, "device that is invalidated first");
        early = vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &second);
        CHECK(vt->t, "VTD-6-641", !fence || !early, "an invalidation overtakes a fence");
        CHECK(vt->t, fence ? "VTD-6-641" : "VTD-6-640", !waiter_done(vt, w), "a wait is done although the device is silent");
        if (early) { /* the one behind may complete first */
            vt_invalidate_completion(vt, &second, 1);
            test_run(vt->t, VT_MESSAGE_PS);
            CHECK(vt->t, "VTD-6-640", !waiter_done(vt, w), "a wait is done by the answer of another device");
        }
        vt_invalidate_completion(vt, &first, 1);
        if (!early && CHECK(vt->t, "VTD-6-641", vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &second),
                            "the invalidation behind the wait follows")) {
            CHECK(vt->t, "VTD-6-641", waiter_done(vt, w), "the wait is done before what follows it");
            vt_invalidate_completion(vt, &second, 1);
        }
        test_run(vt->t, VT_MESSAGE_PS);
        CHECK(vt->t, "VTD-6-640", waiter_done(vt, w) && waiter_done(vt, behind), "both waits are done in the end");
    }
    test_context(vt->t, NULL);
}

static void fence(struct test *t)
{
    device_tlb_each_mode(t, fence_body);
}

static void set_translation(struct vt *vt, bool on)
{
    const uint32_t te = (uint32_t)vt_reg_bits("GCMD_REG", "TE", 1);
    uint32_t once = (uint32_t)(vt_reg_bits("GCMD_REG", "SRTP", 1) | vt_reg_bits("GCMD_REG", "SIRTP", 1));
    uint32_t kept = (uint32_t)vt_reg(vt->t, "GSTS_REG") & ~once & ~te;

    reg_write32(vt->t, vt_offset("GCMD_REG"), kept | (on ? te : 0));
    test_run(vt->t, VT_MESSAGE_PS); /* no longer, or the invalidation times out */
    CHECK_EQ(vt->t, "VTD-4-508", on, vt_field(vt->t, "GSTS_REG", "TES"), "GSTS.TES");
}

/*
 * 4.2.1: with translation disabled a completion is an Unsupported Request, and so answers nothing. A unit that gives the
 * invalidation up by itself when translation ends has nothing to show here.
 */
static void disabled_body(struct vt *vt)
{
    struct vt_descriptor d = vt_desc_device_tlb(vt_rid(vt, 0), INPUT, false, 0, 0);
    struct iotb_message m;
    struct waiter w;
    bool given_up;

    vt_put(vt, &d);
    w = waiter_put(vt, false, false);
    vt_ring(vt);
    if (!CHECK(vt->t, "VTD-4-508", vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &m), "an Invalidate Request"))
        return;
    set_translation(vt, false);
    given_up = waiter_done(vt, w);
    vt_invalidate_completion(vt, &m, 1);
    test_run(vt->t, VT_MESSAGE_PS);
    CHECK_EQ(vt->t, "VTD-4-508", given_up, waiter_done(vt, w), "the wait is done by a completion that comes while TES is 0");
    set_translation(vt, true);
    vt_invalidate_completion(vt, &m, 1);
    test_run(vt->t, VT_MESSAGE_PS);
    CHECK(vt->t, "VTD-4-508", waiter_done(vt, w), "the wait is done when the completion comes with TES set");
    vt_reg_set(vt->t, "FSTS_REG", vt_reg_bits("FSTS_REG", "ICE", 1));
}

static void disabled(struct test *t)
{
    device_tlb_each_mode(t, disabled_body);
}

/* Completions that queue up behind a write are all taken when it is done, in each of some numbers, and the unit works after it.
 */
static void behind_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_translated_request(path, IOTB_WRITE, host, 8, false);

    vt_path_allow_ats(path, false);
    for (uint32_t total = 2; total <= 10; total += 4) {
        struct iotb_message messages[DEVICE_TLB_MANY];
        uint32_t hold = hold_accesses(vt->t, host, host + 7, ACC_WRITES), itags, count, id;
        struct waiter w;

        test_context(vt->t, "%u completions behind a write", total);
        id = request_send(vt->t, &r);
        test_run(vt->t, VT_MESSAGE_PS);
        for (uint32_t i = 0; i < total; i++) {
            struct vt_descriptor d = vt_desc_device_tlb(path->rid, INPUT + 0x1000 * (uint64_t)i, false, 0, 0);

            vt_put(vt, &d);
        }
        w = waiter_put(vt, false, false);
        vt_ring(vt);
        count = device_tlb_collect(vt, "VTD-4-502", messages, &itags);
        for (uint32_t i = 0; i < count; i++)
            vt_invalidate_completion(vt, &messages[i], 1);
        test_run(vt->t, VT_MESSAGE_PS);
        CHECK(vt->t, "VTD-6-643", !waiter_done(vt, w) || hold_count(vt->t, hold) == 0,
              "the wait is done although a translated write is still on its way");
        hold_release(vt->t, hold);
        request_wait(vt->t, id);
        for (uint32_t lots = 0; lots < total && !waiter_done(vt, w); lots++) { /* a unit may send them a few at a time */
            count = device_tlb_collect(vt, "VTD-4-502", messages, &itags);
            for (uint32_t i = 0; i < count; i++)
                vt_invalidate_completion(vt, &messages[i], 1);
            test_run(vt->t, VT_MESSAGE_PS);
        }
        CHECK(vt->t, "VTD-6-643", waiter_done(vt, w), "the wait is done when the write is");
        CHECK_EQ(vt->t, "VTD-4-502", 0, vt_field(vt->t, "FSTS_REG", "ICE"), "FSTS.ICE");
    }
    test_context(vt->t, NULL);
}

static void behind(struct test *t)
{
    vt_each_flavour(t, VT_ATS_FLAVOURS & ~VT_PASID_FLAVOURS, behind_body);
}

/* Translated writes that the device sent before its answer are in memory when the wait is done. */
static void drain_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_translated_request(path, IOTB_WRITE, host, 8, false);
    struct vt_descriptor d = vt_desc_device_tlb(path->rid, INPUT, false, 0, 0);
    struct iotb_message m;
    struct waiter w;
    uint32_t hold, id;

    vt_path_allow_ats(path, false);
    mem_write64(vt->t, host, 0);
    for (uint32_t i = 0; i < 8; i++)
        r.data[i] = 0x77;
    hold = hold_accesses(vt->t, host, host + 7, ACC_WRITES);
    id = request_send(vt->t, &r);
    test_run(vt->t, VT_MESSAGE_PS);
    vt_put(vt, &d);
    w = waiter_put(vt, false, false);
    vt_ring(vt);
    if (CHECK(vt->t, "VTD-6-643", vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &m), "an Invalidate Request"))
        vt_invalidate_completion(vt, &m, 1);
    test_run(vt->t, VT_MESSAGE_PS);
    CHECK(vt->t, "VTD-6-643", !waiter_done(vt, w) || mem_read64(vt->t, host) == UINT64_C(0x7777777777777777),
          "the wait is done although a translated write is still on its way");
    CHECK(vt->t, "VTD-4-507", !waiter_done(vt, w) || hold_count(vt->t, hold) == 0,
          "the answer of the device overtakes its earlier write");
    hold_release(vt->t, hold);
    request_wait(vt->t, id);
    test_run(vt->t, VT_MESSAGE_PS);
    CHECK(vt->t, "VTD-6-643", waiter_done(vt, w), "the wait is done when the write is");
    CHECK_EQ(vt->t, "VTD-6-643", UINT64_C(0x7777777777777777), mem_read64(vt->t, host), "memory behind the wait");
}

static void drain(struct test *t)
{
    vt_each_flavour(t, VT_ATS_FLAVOURS & ~VT_PASID_FLAVOURS, drain_body);
}

/* ---- when the device does not take part ---- */

/* A device that may not use ATS, and a unit that is off: the request is sent, or taken as done. */
static void alone_body(struct vt *vt)
{
    static const char *const rows[] = {"VTD-4-505", "VTD-4-506"};

    for (uint32_t off = 0; off < 2; off++) {
        struct vt_descriptor d = vt_desc_device_tlb(vt_rid(vt, 0), INPUT, false, 0, 0);
        struct iotb_message m;
        struct waiter w;

        if (off)
            vt_command(vt, "TE", false);
        vt_put(vt, &d);
        w = waiter_put(vt, false, false);
        vt_ring(vt);
        if (vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &m)) {
            if (off) { /* 4.2.1: its completions are not taken either */
                test_observe(vt->t, rows[off], "an Invalidate Request is sent with translation off");
                vt_command(vt, "TE", true);
            }
            vt_invalidate_completion(vt, &m, 1);
            test_run(vt->t, VT_MESSAGE_PS);
        }
        CHECK(vt->t, rows[off], waiter_done(vt, w) && !vt_queue_error(vt, NULL), "the wait behind it completes without IQE");
        if (off)
            vt_command(vt, "TE", true);
    }
}

static void alone(struct test *t)
{
    device_tlb_each_mode(t, alone_body);
}

/* SRTP leaves device-TLBs to software. */
static void root_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_translation_request(path, INPUT);
    struct iotb_message m;

    vt_path_allow_ats(path, false);
    vt_expect_translation(vt, "VTD-6-503", &r, host, VT_RW, 12, NULL);
    vt_set_root(vt, vt_rtaddr(vt, vt->config.mode));
    CHECK(vt->t, "VTD-6-503", !vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &m), "an Invalidate Request from SRTP");
    vt_expect_translation(vt, "VTD-6-503", &r, host, VT_RW, 12, NULL);
}

static void root(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, root_body);
}

/* 6.5.3.3: the guided sequence after a PASID entry was taken away, with the device's share. */
static void guidance_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW), everything = vt_range(0, EVERYTHING);
    bool second = path->flavour->pgtt == 2 || path->flavour->pgtt == 3, rid = !path->flavour->with_pasid;
    struct iotb_request r = vt_translation_request(path, path->flavour->pgtt == 4 ? host : INPUT);
    struct vt_descriptor d[3] = {
        vt_desc_pasid(VT_PC_PASID, path->did, path->pasid),
        second ? vt_desc_iotlb(VT_IOTLB_DOMAIN, path->did, 0, 0, false)
               : vt_desc_piotlb(VT_PIOTLB_PASID, path->did, path->pasid, 0, 0, false),
        rid ? vt_desc_device_tlb(path->rid, everything, true, 0, 0)
            : vt_desc_pasid_device_tlb(path->rid, path->pasid, false, everything, true, 0, 0),
    };
    struct iotb_message m;
    struct waiter w;

    vt_path_allow_ats(path, false);
    vt_expect_translation(vt, "VTD-6-663", &r, host, VT_RW, path->flavour->pgtt == 4 ? 64 : 12, NULL);
    vt_set_bits(vt, vt_pasid_address(vt, path->rid, path->pasid), 0, 0, 0);
    for (uint32_t i = 0; i < 3; i++)
        vt_put(vt, &d[i]);
    w = waiter_put(vt, false, false);
    vt_ring(vt);
    if (!CHECK(vt->t, "VTD-6-663", vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &m), "an Invalidate Request"))
        return;
    CHECK_EQ(vt->t, "VTD-6-663", everything | 0x800, m.address & ~UINT64_C(0x7fe), "range that the device drops");
    CHECK_EQ(vt->t, "VTD-6-663", !rid, (m.flags & IOTB_RQ_PASID) != 0, "PASID prefix of the request");
    vt_expect_no_translation(vt, "VTD-6-663", &r); /* what the device asks for again is new */
    vt_invalidate_completion(vt, &m, 1);
    test_run(vt->t, VT_MESSAGE_PS);
    CHECK(vt->t, "VTD-6-663", waiter_done(vt, w), "the wait is done");
}

static void guidance(struct test *t)
{
    vt_each_flavour(t, VT_SCALABLE_FLAVOURS, guidance_body);
}

#define CASE(NAME, SUMMARY, RUN, ROWS, GATE, FEATURES)                                              \
    {                                                                                               \
        .name = "vtd.device_tlb." NAME, .summary = SUMMARY, .run = RUN, .rows = ROWS, .gate = GATE, \
        .features = IOTB_F_ATS | (FEATURES), .functional = true, .tier = TIER_FULL                  \
    }

static const struct iotb_case cases[] = {
    CASE("order", "A device sees an invalidation when the IOTLB invalidation ahead of it is done.", order,
         "VTD-6-637 VTD-6-638 VTD-4-500", "ECAP.DT", 0),
    CASE("answers", "No answer made of an entry that was invalidated follows the invalidation of the device-TLB.", answers,
         "VTD-6-637", "ECAP.DT", IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP | IOTB_F_TIME),
    CASE("fence", "A fence holds back what follows it until the device has answered.", fence, "VTD-6-640 VTD-6-641", "ECAP.DT",
         0),
    CASE("drain", "The answer of a device does not overtake its translated writes.", drain, "VTD-6-643 VTD-4-507", "ECAP.DT",
         IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP | IOTB_F_TIME),
    CASE("behind", "Completions behind a write are all taken when it is done.", behind, "VTD-6-643 VTD-4-502", "ECAP.DT",
         IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP | IOTB_F_TIME),
    CASE("disabled", "A completion that comes while translation is disabled answers nothing.", disabled, "VTD-4-508", "ECAP.DT",
         0),
    CASE("alone", "Invalidations for a device without ATS, and with translation off, do not stop the queue.", alone,
         "VTD-4-505 VTD-4-506", "ECAP.DT", 0),
    CASE("set_root", "SRTP invalidates no device-TLB.", root, "VTD-6-503", "ECAP.DT", 0),
    CASE("guidance", "The sequence for a PASID entry that was taken away ends with the device's whole range.", guidance,
         "VTD-6-663", "ECAP.DT&ECAP.SMTS", 0),
};

const struct iotb_case_list vtd_device_tlb_order_cases = {cases, sizeof cases / sizeof cases[0]};
