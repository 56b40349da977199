/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Invalidation of device-TLBs (4.3, 6.5.2.5, 6.5.2.6): the request that a device gets, ITags, completions. The case is the
 * device; order is in vtd_device_tlb_order.c, what happens when it does not answer, or answers wrongly, in
 * vtd_device_tlb_errors.c.
 */
#include "vtd_device_tlb.h"

#include "vtd_chapters.h"
#include "vtd_queue_rig.h"

#define INPUT DEVICE_TLB_INPUT
#define EVERYTHING DEVICE_TLB_EVERYTHING

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

void device_tlb_each_mode(struct test *t, void (*body)(struct vt *vt))
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
    device_tlb_each_mode(t, plain_forms);
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

uint32_t device_tlb_collect(struct vt *vt, const char *row, struct iotb_message *messages, uint32_t *itags)
{
    uint32_t count = 0;

    *itags = 0;
    while (count < DEVICE_TLB_MANY && vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &messages[count])) {
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
    struct iotb_message messages[DEVICE_TLB_MANY], m;
    struct waiter w;
    uint32_t itags, count, seen;

    for (uint32_t i = 0; i < DEVICE_TLB_MANY; i++) {
        struct vt_descriptor d = vt_desc_device_tlb(vt_rid(vt, 0), INPUT + 0x1000 * (uint64_t)i, false, 0, 0);

        vt_put(vt, &d);
    }
    w = waiter_put(vt, false, false);
    vt_ring(vt);
    seen = count = device_tlb_collect(vt, "VTD-4-502", messages, &itags);
    CHECK(vt->t, "VTD-4-502", count >= 1 && count <= 32, "%u invalidations are outstanding at one device", count);
    /* Each that is answered makes room for the next; the last in first, then the rest in one vector. */
    for (uint32_t i = count; i-- > 1;) {
        vt_invalidate_completion(vt, &messages[i], 1);
        itags &= ~(1u << messages[i].itag);
        while (seen < DEVICE_TLB_MANY && vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &m)) {
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
        while (seen < DEVICE_TLB_MANY && vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &m)) {
            itags |= 1u << (m.itag & 31);
            seen++;
        }
    }
    test_run(vt->t, VT_MESSAGE_PS);
    CHECK_EQ(vt->t, "VTD-4-502", DEVICE_TLB_MANY, seen, "invalidations that the device has seen");
    CHECK(vt->t, "VTD-4-500", waiter_done(vt, w), "the wait is done when all of them are answered");
    CHECK_EQ(vt->t, "VTD-4-502", 0, vt_field(vt->t, "FSTS_REG", "ICE"), "FSTS.ICE");
}

static void itags(struct test *t)
{
    device_tlb_each_mode(t, itags_body);
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
    struct iotb_message messages[DEVICE_TLB_MANY];
    uint32_t itags, seen = 0;

    vt_ring(vt);
    while (seen < total) {
        uint32_t count = device_tlb_collect(vt, "VTD-4-502", messages, &itags);

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
};

const struct iotb_case_list vtd_device_tlb_cases = {cases, sizeof cases / sizeof cases[0]};
