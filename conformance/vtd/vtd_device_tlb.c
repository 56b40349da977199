/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Invalidation of device-TLBs (4.3, 6.5.2.5, 6.5.2.6): the request that a device gets, ITags, completions, order. The case is the
 * device; what happens when it does not answer, or answers wrongly, is in vtd_device_tlb_errors.c.
 */
#include "vtd_chapters.h"
#include "vtd_queue_rig.h"
#include "vtd_stale.h"

#define INPUT UINT64_C(0x2345000)
#define EVERYTHING 64u

/* Scalable mode where there is one: it has both descriptors. */
static enum vt_mode best_mode(struct test *t)
{
    return vt_has_mode(t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY;
}

/* ---- what the device sees ---- */

/* Puts the descriptor and a wait; the request that comes of it. The wait is not done before the completion, and is done behind
 * it. */
static bool forwarded(struct vt *vt, const char *row, const struct vt_descriptor *d, struct iotb_message *m)
{
    struct waiter w;
    bool ok;

    vt_put(vt, d);
    w = waiter_put(vt, false, false);
    vt_ring(vt);
    if (!CHECK(vt->t, row, vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, m), "an Invalidate Request for the descriptor"))
        return false;
    ok = CHECK(vt->t, "VTD-4-500", !waiter_done(vt, w), "the wait behind it is done before the device has answered");
    vt_invalidate_completion(vt, m, 1);
    test_run(vt->t, VT_MESSAGE_PS);
    return CHECK(vt->t, "VTD-4-500", waiter_done(vt, w), "the wait behind it is done when the device has answered") && ok;
}

/* 6.5.2.5: without PASID, SID, address and S as they are. */
static void plain_is(struct vt *vt, const char *row, uint16_t sid, uint64_t address, bool s)
{
    struct vt_descriptor d = vt_desc_device_tlb(sid, address, s, sid, 0);
    struct iotb_message m;

    if (!vt_ecap(vt->t, "DIT"))
        d = vt_desc_device_tlb(sid, address, s, 0, 0);
    test_context(vt->t, "SID %04x, address 0x%llx, S %d", sid, (unsigned long long)address, s);
    if (!forwarded(vt, row, &d, &m))
        return;
    CHECK_EQ(vt->t, row, sid, m.device_id, "device that gets the request");
    CHECK_EQ(vt->t, row, address | (s ? 0x800u : 0u), m.address & ~UINT64_C(0x7fe), "address with S in bit 11 and G in bit 0");
    CHECK(vt->t, row, !(m.flags & IOTB_RQ_PASID), "no PASID prefix");
    CHECK(vt->t, "VTD-4-502", m.itag < 32, "ITag %u", m.itag);
}

static void plain_forms(struct vt *vt)
{
    uint16_t sid = vt_rid(vt, 0);

    for (uint32_t i = 0; i < vt_rid_count(vt); i++)
        plain_is(vt, "VTD-6-586", vt_rid(vt, i), INPUT, false);
    for (uint32_t bit = 12; bit < 64; bit++)
        plain_is(vt, "VTD-6-586", sid, UINT64_C(1) << bit, false);
    for (uint32_t size = 13; size < EVERYTHING; size++)
        plain_is(vt, "VTD-6-587", sid, vt_range(UINT64_C(0xa5a5a5a5a5a5a000), size), true);
    plain_is(vt, "VTD-6-588", sid, vt_range(0, EVERYTHING), true);
}

static void in_each_mode(struct test *t, void (*body)(struct vt *vt))
{
    uint32_t ran = 0;

    for (enum vt_mode mode = VT_LEGACY; mode <= VT_SCALABLE; mode++) {
        struct vt vt;

        if (!vt_has_mode(t, mode))
            continue;
        if (ran++)
            test_reset(t, IOTB_RESET_COLD);
        vt_open_mode(&vt, t, mode);
        body(&vt);
        test_context(t, NULL);
        vt_close(&vt);
    }
}

static void plain(struct test *t)
{
    in_each_mode(t, plain_forms);
}

static void with_pasid_is(struct vt *vt, const char *row, uint16_t sid, uint32_t pasid, bool global, uint64_t address, bool s)
{
    struct vt_descriptor d = vt_desc_pasid_device_tlb(sid, pasid, global, address, s, vt_ecap(vt->t, "DIT") ? sid : 0, 0);
    struct iotb_message m;

    test_context(vt->t, "SID %04x, PASID %05x, G %d, address 0x%llx, S %d", sid, pasid, global, (unsigned long long)address, s);
    if (!forwarded(vt, row, &d, &m))
        return;
    CHECK_EQ(vt->t, row, sid, m.device_id, "device that gets the request");
    CHECK_EQ(vt->t, row, address | (s ? 0x800u : 0u) | global, m.address & ~UINT64_C(0x7fe),
             "address with S in bit 11 and G in bit 0");
    CHECK(vt->t, row, m.flags & IOTB_RQ_PASID, "a PASID prefix");
    if (!global)
        CHECK_EQ(vt->t, row, pasid, m.pasid, "PASID of the prefix");
}

static void with_pasid(struct test *t)
{
    uint16_t sid;
    struct vt vt;

    vt_open_mode(&vt, t, VT_SCALABLE);
    sid = vt_rid(&vt, 0);
    for (uint32_t i = 0; i < vt_rid_count(&vt); i++)
        with_pasid_is(&vt, "VTD-6-590", vt_rid(&vt, i), 0x45, false, INPUT, false);
    for (uint32_t bit = 0; bit < 20; bit++)
        with_pasid_is(&vt, "VTD-6-590", sid, 1u << bit, false, INPUT, false);
    with_pasid_is(&vt, "VTD-6-590", sid, 0, false, INPUT, false);
    with_pasid_is(&vt, "VTD-6-590", sid, 0xfffff, false, INPUT, false);
    for (uint32_t bit = 12; bit < 64; bit++)
        with_pasid_is(&vt, "VTD-6-590", sid, 0x45, false, UINT64_C(1) << bit, false);
    for (uint32_t size = 13; size <= EVERYTHING; size += size < 30 ? 1 : 17)
        with_pasid_is(&vt, "VTD-6-587", sid, 0x45, false, vt_range(UINT64_C(0x5a5a5a5a5a5a5000), size), true);
    with_pasid_is(&vt, "VTD-6-588", sid, 0x45, false, vt_range(0, EVERYTHING), true);
    with_pasid_is(&vt, "VTD-6-591", sid, 0, true, INPUT, false);
    with_pasid_is(&vt, "VTD-6-591", sid, 0xfffff, true, vt_range(INPUT, 21), true);
    vt_close(&vt);
}

/* ---- reserved bits ---- */

/* Every bit that 6.5.2.5 and 6.5.2.6 call reserved, one at a time. */
static void reserved_bits(struct vt *vt, const char *row, const char *structure, const struct vt_descriptor *good)
{
    const struct spec_field *field;

    for (size_t i = 0; (field = spec_struct_field_at(structure, i)) != NULL; i++) {
        if (field->name[0] != 'R' || field->name[1] || field->word * 8 >= vt->descriptor_bytes)
            continue;
        for (uint32_t bit = field->lo; bit <= field->hi; bit++) {
            struct vt_descriptor d = *good;

            test_context(vt->t, "%s, word %u, bit %u", structure, field->word, bit);
            d.word[field->word] |= UINT64_C(1) << bit;
            queue_refuses(vt, row, &d, IQEI(IQEI_RESERVED));
        }
    }
    test_context(vt->t, NULL);
}

static void pfsid_bits(struct vt *vt, const struct vt_descriptor *good)
{
    static const uint32_t bits[] = {12, 15, 52, 63};

    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        struct vt_descriptor d = *good;
        struct iotb_message m;
        struct waiter w;
        uint32_t reason;

        test_context(vt->t, "PFSID, bit %u", bits[i]);
        d.word[0] |= UINT64_C(1) << bits[i];
        vt_put(vt, &d);
        w = waiter_put(vt, false, false);
        vt_ring(vt);
        if (vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &m)) { /* ignored */
            vt_invalidate_completion(vt, &m, 1);
            test_run(vt->t, VT_MESSAGE_PS);
            CHECK(vt->t, "VTD-6-585", waiter_done(vt, w), "a descriptor whose PFSID is ignored completes");
            continue;
        }
        CHECK(vt->t, "VTD-6-585", vt_queue_error(vt, &reason), "a descriptor with PFSID is neither executed nor refused");
        queue_reason(vt, "VTD-6-585", IQEI(IQEI_RESERVED));
        queue_go_on(vt);
    }
    test_context(vt->t, NULL);
}

static void reserved(struct test *t)
{
    struct vt_descriptor d;
    struct vt vt;

    vt_open_mode(&vt, t, best_mode(t));
    d = vt_desc_device_tlb(vt_rid(&vt, 0), INPUT, false, 0, 0);
    reserved_bits(&vt, "VTD-6-584", "dev_tlb_inv_dsc", &d);
    if (!vt_ecap(t, "DIT"))
        pfsid_bits(&vt, &d);
    if (vt_has_mode(t, VT_SCALABLE)) {
        d = vt_desc_pasid_device_tlb(vt_rid(&vt, 0), 0x45, false, INPUT, false, 0, 0);
        reserved_bits(&vt, "VTD-6-589", "p_dev_tlb_inv_dsc", &d);
    }
    plain_is(&vt, "VTD-6-586", vt_rid(&vt, 0), INPUT, false);
    vt_close(&vt);
}

/* ---- several completions of one request ---- */

static void completion_count(struct test *t)
{
    struct vt vt;

    vt_open_mode(&vt, t, best_mode(t));
    for (uint32_t count = 1; count <= 8; count++) { /* 8 is sent as 0 */
        struct vt_descriptor d = vt_desc_device_tlb(vt_rid(&vt, 0), INPUT, false, 0, 0);
        struct iotb_message m;
        struct waiter w;

        test_context(t, "%u completions", count);
        vt_put(&vt, &d);
        w = waiter_put(&vt, false, false);
        vt_ring(&vt);
        if (!CHECK(t, "VTD-4-501", vt_message(&vt, IOTB_MSG_INVALIDATE_REQUEST, &m), "an Invalidate Request"))
            break;
        for (uint32_t i = 1; i <= count; i++) {
            vt_invalidate_completion_of(&vt, m.device_id, 1u << m.itag, count);
            test_run(t, VT_MESSAGE_PS);
            CHECK_EQ(t, "VTD-4-501", i == count, waiter_done(&vt, w), "the wait is done after %u of %u completions", i, count);
        }
        CHECK_EQ(t, "VTD-4-501", 0, vt_field(t, "FSTS_REG", "ICE"), "FSTS.ICE");
    }
    test_context(t, NULL);
    vt_close(&vt);
}

/* ---- ITags ---- */

#define MANY 40u

/* All that come without an answer; at most 32 of them, since there are no more ITags (PCI Express, ATS). */
static uint32_t collect(struct vt *vt, const char *row, struct iotb_message *messages, uint32_t *itags)
{
    uint32_t count = 0;

    *itags = 0;
    while (count < MANY && vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &messages[count])) {
        uint32_t bit = 1u << (messages[count].itag & 31);

        CHECK(vt->t, row, messages[count].itag < 32 && !(*itags & bit), "ITag %u is given out while it is outstanding",
              messages[count].itag);
        *itags |= bit;
        count++;
    }
    return count;
}

static void itags_body(struct vt *vt)
{
    struct iotb_message messages[MANY], m;
    struct waiter w;
    uint32_t itags, count, seen;

    for (uint32_t i = 0; i < MANY; i++) {
        struct vt_descriptor d = vt_desc_device_tlb(vt_rid(vt, 0), INPUT + 0x1000 * (uint64_t)i, false, 0, 0);

        vt_put(vt, &d);
    }
    w = waiter_put(vt, false, false);
    vt_ring(vt);
    seen = count = collect(vt, "VTD-4-502", messages, &itags);
    CHECK(vt->t, "VTD-4-502", count >= 1 && count <= 32, "%u invalidations are outstanding at one device", count);
    /* Each that is answered makes room for the next; the last in first, then the rest in one vector. */
    for (uint32_t i = count; i-- > 1;) {
        vt_invalidate_completion(vt, &messages[i], 1);
        itags &= ~(1u << messages[i].itag);
        while (seen < MANY && vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &m)) {
            CHECK(vt->t, "VTD-4-502", m.itag < 32 && !(itags >> m.itag & 1), "ITag %u is given out while it is outstanding",
                  m.itag);
            itags |= 1u << (m.itag & 31);
            seen++;
        }
        CHECK(vt->t, "VTD-4-500", !waiter_done(vt, w), "the wait is done with invalidations outstanding");
    }
    while (itags) {
        vt_invalidate_completion_of(vt, vt_rid(vt, 0), itags, 1);
        itags = 0;
        while (seen < MANY && vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &m)) {
            itags |= 1u << (m.itag & 31);
            seen++;
        }
    }
    test_run(vt->t, VT_MESSAGE_PS);
    CHECK_EQ(vt->t, "VTD-4-502", MANY, seen, "invalidations that the device has seen");
    CHECK(vt->t, "VTD-4-500", waiter_done(vt, w), "the wait is done when all of them are answered");
    CHECK_EQ(vt->t, "VTD-4-502", 0, vt_field(vt->t, "FSTS_REG", "ICE"), "FSTS.ICE");
}

static void itags(struct test *t)
{
    in_each_mode(t, itags_body);
}

/* One invalidation with a throttle, for the n-th device; PASID-based ones have their fields elsewhere. */
static void throttle_put(struct vt *vt, bool with_pasid, uint32_t n, uint16_t pfsid, uint32_t mip)
{
    struct vt_descriptor d = with_pasid ? vt_desc_pasid_device_tlb(vt_rid(vt, n), 0x45, false, INPUT, false, pfsid, mip)
                                        : vt_desc_device_tlb(vt_rid(vt, n), INPUT, false, pfsid, mip);

    vt_put(vt, &d);
}

/* All are answered in lots, of which none is larger than `most`. */
static void answer_lots(struct vt *vt, const char *what, uint32_t total, uint32_t most)
{
    struct waiter w = waiter_put(vt, false, false);
    struct iotb_message messages[MANY];
    uint32_t itags, seen = 0;

    vt_ring(vt);
    while (seen < total) {
        uint32_t count = collect(vt, "VTD-4-502", messages, &itags);

        if (!CHECK(vt->t, "VTD-4-503", count >= 1 && count <= most, "%s: %u invalidations are outstanding", what, count))
            break;
        for (uint32_t i = 0; i < count; i++)
            vt_invalidate_completion(vt, &messages[i], 1);
        seen += count;
    }
    test_run(vt->t, VT_MESSAGE_PS);
    CHECK(vt->t, "VTD-4-503", waiter_done(vt, w), "%s: the wait is done when all of them are answered", what);
}

/* MIP of a physical function: no more are outstanding for it, whatever function they go to, and whatever MIP the others had. */
static void throttled(struct test *t)
{
    struct vt vt;

    vt_open_mode(&vt, t, best_mode(t));
    for (uint32_t with_pasid = 0; with_pasid < (vt_has_mode(t, VT_SCALABLE) ? 2 : 1); with_pasid++) {
        for (uint32_t mip = 1; mip < 32; mip += mip < 4 || mip == 30 ? 1 : mip == 4 ? 4 : mip < 16 ? 8 : 14) {
            uint32_t total = mip < 4 ? 8 : mip + 2;

            test_context(t, "%s, MIP %u", with_pasid ? "with PASID" : "without PASID", mip);
            for (uint32_t i = 0; i < total; i++)
                throttle_put(&vt, with_pasid, i & 1, vt_rid(&vt, 0), mip);
            answer_lots(&vt, "one PFSID", total, mip);
        }
        for (uint32_t bit = 0; bit < 16; bit++) { /* each bit of PFSID in a group of its own */
            test_context(t, "%s, PFSID bit %u", with_pasid ? "with PASID" : "without PASID", bit);
            for (uint32_t i = 0; i < 3; i++)
                throttle_put(&vt, with_pasid, i & 1, (uint16_t)(1u << bit), 1);
            answer_lots(&vt, "one PFSID", 3, 1);
        }
        for (uint32_t n = 0; n < 2; n++) { /* the last allows no other beside it, whatever those before it did */
            uint16_t pfsid = n ? 0xffff : 0;

            test_context(t, "%s, PFSID %04x, MIP 2, 2, 1", with_pasid ? "with PASID" : "without PASID", pfsid);
            for (uint32_t i = 0; i < 3; i++)
                throttle_put(&vt, with_pasid, i & 1, pfsid, i < 2 ? 2 : 1);
            answer_lots(&vt, "different MIP", 3, 2);
            test_context(t, "%s, PFSID %04x, MIP 2, 1", with_pasid ? "with PASID" : "without PASID", pfsid);
            for (uint32_t i = 0; i < 2; i++)
                throttle_put(&vt, with_pasid, i, pfsid, 2 - i);
            answer_lots(&vt, "different MIP", 2, 1);
        }
    }
    test_context(t, NULL);
    vt_close(&vt);
}

/* ---- order ---- */

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
    in_each_mode(t, fence_body);
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
    in_each_mode(t, alone_body);
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
    {.name = "vtd.device_tlb.request",
     .summary = "A device-TLB invalidation reaches the device as it was written, and its wait waits for the answer.",
     .run = plain,
     .rows = "VTD-6-586 VTD-6-587 VTD-6-588 VTD-4-500 VTD-4-502",
     .gate = "ECAP.DT",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_SMOKE},
    CASE("request_pasid", "The same with a PASID, and for all PASIDs.", with_pasid,
         "VTD-6-590 VTD-6-591 VTD-6-587 VTD-6-588 VTD-4-500", "ECAP.DT&ECAP.SMTS&ECAP.PASID", 0),
    CASE("reserved", "Each reserved bit of either descriptor stops the queue.", reserved,
         "VTD-6-584 VTD-6-585 VTD-6-589 VTD-6-586 VTD-4-500 VTD-4-502", "ECAP.DT", 0),
    CASE("completion_count", "An invalidation is done with the last of the completions that the device counts.", completion_count,
         "VTD-4-501", "ECAP.DT", 0),
    CASE("itags", "Invalidations outstanding at one device have ITags of their own, and there are no more than 32.", itags,
         "VTD-4-502 VTD-4-500", "ECAP.DT", 0),
    CASE("throttled", "No more invalidations are outstanding for a physical function than MIP says.", throttled,
         "VTD-4-503 VTD-4-502", "ECAP.DT&ECAP.DIT", 0),
    CASE("order", "A device sees an invalidation when the IOTLB invalidation ahead of it is done.", order,
         "VTD-6-637 VTD-6-638 VTD-4-500", "ECAP.DT", 0),
    CASE("answers", "No answer made of an entry that was invalidated follows the invalidation of the device-TLB.", answers,
         "VTD-6-637", "ECAP.DT", IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP | IOTB_F_TIME),
    CASE("fence", "A fence holds back what follows it until the device has answered.", fence, "VTD-6-640 VTD-6-641", "ECAP.DT",
         0),
    CASE("drain", "The answer of a device does not overtake its translated writes.", drain, "VTD-6-643 VTD-4-507", "ECAP.DT",
         IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP | IOTB_F_TIME),
    CASE("alone", "Invalidations for a device without ATS, and with translation off, do not stop the queue.", alone,
         "VTD-4-505 VTD-4-506", "ECAP.DT", 0),
    CASE("set_root", "SRTP invalidates no device-TLB.", root, "VTD-6-503", "ECAP.DT", 0),
    CASE("guidance", "The sequence for a PASID entry that was taken away ends with the device's whole range.", guidance,
         "VTD-6-663", "ECAP.DT&ECAP.SMTS", 0),
};

const struct iotb_case_list vtd_device_tlb_cases = {cases, sizeof cases / sizeof cases[0]};
