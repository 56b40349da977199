/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tags (6.2.1 Table 17 Cache Tagging, Tables 18 and 19): translations that differ in one bit of one tag never meet. A base
 * translation is used, then one that differs in a single bit of requester id, PASID, domain id or address, then the base
 * again; each must lead to its own page, without any invalidation between them.
 */
#include "vtd_stale.h"

#include "vtd_chapters.h"

#define INPUT UINT64_C(0x2345000)
#define PASID 0x2a5a5u

struct user {
    struct vt_path path;
    struct iotb_request r;
    uint64_t host;
};

static void user_open(struct user *u, struct vt *vt, enum vt_flavour_id flavour, uint16_t rid, uint32_t pasid, uint32_t did,
                      uint64_t input)
{
    vt_path_open(vt, &u->path, flavour, rid, pasid, did);
    u->host = vt_path_page(&u->path, input, VT_RW) + 0x40;
    u->r = vt_request(&u->path, IOTB_WRITE, input + 0x40, 8);
}

/* First use of each fills what is shared by mistake; further uses hit it. */
static void interleave(struct vt *vt, const char *row, struct user *a, struct user *b)
{
    for (int round = 0; round < 2; round++) {
        vt_once(vt);
        vt_expect_ok(vt, row, &a->r, a->host);
        vt_once(vt);
        vt_expect_ok(vt, row, &b->r, b->host);
        a->r.kind = b->r.kind = IOTB_READ;
    }
    vt_expect_ok(vt, row, &a->r, a->host);
    a->r.kind = b->r.kind = IOTB_WRITE;
}

static uint32_t did_bits(struct vt *vt)
{
    return 4 + 2 * (uint32_t)vt_cap(vt->t, "ND"); /* 11.4.2 CAP_REG.ND */
}

static uint32_t pasid_bits(struct test *t)
{
    return (uint32_t)vt_ecap(t, "PSS") + 1;
}

static void each(struct test *t, uint32_t mask, void (*body)(struct vt *vt, enum vt_flavour_id id))
{
    uint32_t ran = 0;

    for (uint32_t id = 0; id < VT_FLAVOUR_COUNT; id++) {
        struct vt vt;

        if (!(mask & 1u << id) || !vt_has_flavour(t, (enum vt_flavour_id)id))
            continue;
        if (ran++)
            test_reset(t, IOTB_RESET_COLD);
        vt_open_mode(&vt, t, vt_flavours[id].mode);
        body(&vt, (enum vt_flavour_id)id);
        vt_close(&vt);
    }
    if (!ran)
        test_skip(t, "none of the translation types of this case is supported");
}

/* ---- requester id ---- */

/* A device whose entry is not used any more: its domain id is then free for another. */
static void retire(struct vt *vt, struct user *u)
{
    mem_write64(vt->t, vt_context_address(vt, u->path.rid), 0);
    vt_flush_writes(vt);
    vt_invalidate_all(vt);
}

static void source_body(struct vt *vt, enum vt_flavour_id id)
{
    static const uint16_t bases[2] = {0x1234, 0xedcb};
    struct user base, other;

    for (int b = 0; b < 2; b++) {
        user_open(&base, vt, id, bases[b], 0x45, 4, INPUT);
        for (uint32_t bit = 0; bit < 16; bit++) {
            test_context(vt->t, "%s, requester ids %04x and %04x", vt_flavours[id].name, bases[b], bases[b] ^ 1u << bit);
            user_open(&other, vt, id, (uint16_t)(bases[b] ^ 1u << bit), 0x45, 5, INPUT);
            interleave(vt, vt_flavours[id].mode == VT_LEGACY || bit % 2 ? "VTD-6-019" : "VTD-6-017", &base, &other);
            retire(vt, &other);
        }
        retire(vt, &base);
    }
}

static void source_bits(struct test *t)
{
    each(t, VT_PAGED_FLAVOURS, source_body);
}

/* The same with as few devices as every adapter has: two devices, own domains. */
static void two_devices_body(struct vt *vt, enum vt_flavour_id id)
{
    struct user a, b;

    user_open(&a, vt, id, vt_rid(vt, 0), 0x45, 4, INPUT);
    user_open(&b, vt, id, vt_rid(vt, 1), 0x45, 5, INPUT);
    test_context(vt->t, "%s", vt_flavours[id].name);
    interleave(vt, "VTD-6-019", &a, &b);
    interleave(vt, "VTD-6-649", &b, &a);
}

static void two_devices(struct test *t)
{
    each(t, VT_PAGED_FLAVOURS, two_devices_body);
}

/* ---- PASID ---- */

/* First-stage tables of one domain are told apart by PASID alone; a second stage needs a domain of its own. */
static void pasid_body(struct vt *vt, enum vt_flavour_id id)
{
    uint32_t bits = pasid_bits(vt->t), mask = (1u << bits) - 1;
    struct user base, other;
    bool own = vt_flavours[id].pgtt == 2;

    user_open(&base, vt, id, vt_rid(vt, 0), PASID & mask, 4, INPUT);
    for (uint32_t bit = 0; bit < bits; bit++) {
        uint32_t pasid = (PASID & mask) ^ 1u << bit;

        if (!pasid) /* RID_PASID */
            continue;
        test_context(vt->t, "%s, PASIDs %05x and %05x", vt_flavours[id].name, PASID & mask, pasid);
        user_open(&other, vt, id, base.path.rid, pasid, own ? 5 : 4, INPUT);
        interleave(vt, own ? "VTD-6-649" : "VTD-6-022", &base, &other);
        mem_write64(vt->t, vt_pasid_address(vt, base.path.rid, pasid), 0);
        vt_invalidate_all(vt);
    }
}

static void pasid_tag(struct test *t)
{
    each(t, 1u << VT_PASID_SS | 1u << VT_PASID_FS, pasid_body);
}

/* Nested: one second stage, one domain, two first stages. */
static void nested_pasids(struct test *t)
{
    struct user base, other;
    struct vt vt;
    uint32_t bits, mask;

    vt_open_mode(&vt, t, VT_SCALABLE);
    bits = pasid_bits(t);
    mask = (1u << bits) - 1;
    user_open(&base, &vt, VT_PASID_NESTED, vt_rid(&vt, 0), PASID & mask, 4, INPUT);
    for (uint32_t bit = 0; bit < bits; bit++) {
        uint32_t pasid = (PASID & mask) ^ 1u << bit;

        if (!pasid)
            continue;
        test_context(t, "PASIDs %05x and %05x", PASID & mask, pasid);
        vt_path_share(&other.path, &base.path, base.path.rid, pasid);
        other.path.fs = vt_table_new_nested(&vt, 0, base.path.ss);
        vt_set_field(&vt, vt_pasid_address(&vt, base.path.rid, pasid), "pasid_table_entry", "FSPTPTR",
                     other.path.fs->root_pointer);
        vt_invalidate_all(&vt);
        other.host = vt_path_page(&other.path, INPUT, VT_RW) + 0x40;
        other.r = vt_request(&other.path, IOTB_WRITE, INPUT + 0x40, 8);
        interleave(&vt, "VTD-6-022", &base, &other);
    }
    vt_close(&vt);
}

/* Plain requests of a device beside requests with PASID of the same device. */
static void plain_and_pasid(struct test *t)
{
    enum vt_flavour_id with = vt_has_flavour(t, VT_PASID_FS) ? VT_PASID_FS : VT_PASID_SS;
    enum vt_flavour_id plain = with == VT_PASID_FS ? VT_RID_FS : VT_RID_SS;
    static const uint32_t pasids[] = {1, 0x40, 0x80, 0x46, 0x44, 0};
    struct user a, b;
    struct vt vt;

    vt_open_mode(&vt, t, VT_SCALABLE);
    user_open(&a, &vt, plain, vt_rid(&vt, 0), 0x45, 4, INPUT);
    for (size_t i = 0; i < sizeof pasids / sizeof pasids[0]; i++) {
        if (pasids[i] == a.path.pasid)
            continue;
        test_context(t, "PASID %05x beside RID_PASID %05x", pasids[i], a.path.pasid);
        user_open(&b, &vt, with, a.path.rid, pasids[i], 5, INPUT);
        interleave(&vt, "VTD-6-021", &a, &b);
        interleave(&vt, "VTD-6-649", &b, &a);
        mem_write64(t, vt_pasid_address(&vt, a.path.rid, pasids[i]), 0);
        vt_invalidate_all(&vt);
    }
    vt_close(&vt);
}

/* ---- domain id ---- */

static void domain_body(struct vt *vt, enum vt_flavour_id id)
{
    uint32_t bits = did_bits(vt), mask = (1u << bits) - 1;
    uint32_t base_did = 0xa5a5 & mask;
    struct user base, other;

    user_open(&base, vt, id, vt_rid(vt, 0), 0x45, base_did, INPUT);
    for (uint32_t bit = 0; bit < bits; bit++) {
        test_context(vt->t, "%s, domains %04x and %04x", vt_flavours[id].name, base_did, base_did ^ 1u << bit);
        user_open(&other, vt, id, vt_rid(vt, 1), 0x45, base_did ^ 1u << bit, INPUT);
        vt_invalidate_all(vt);
        interleave(vt, bit % 2 ? "VTD-6-022" : "VTD-6-649", &base, &other);
    }
}

static void domain_tag(struct test *t)
{
    each(t, VT_PAGED_FLAVOURS, domain_body);
}

/* ---- address ---- */

/* Sign extension of first-stage addresses (3.6). */
static uint64_t canonical(const struct vt_path *path, uint64_t input)
{
    uint32_t sign = path->fs ? (path->fs->levels == 5 ? 56 : 47) : 63;

    return path->fs && (input >> sign & 1) ? input | ~((UINT64_C(1) << sign) - 1) : input;
}

static void address_body(struct vt *vt, enum vt_flavour_id id)
{
    struct user base, other;
    uint32_t bits;

    for (int pattern = 0; pattern < 2; pattern++) {
        uint64_t low;

        user_open(&base, vt, id, vt_rid(vt, 0), 0x45, 4 + (uint32_t)pattern, INPUT);
        vt_invalidate_all(vt);
        bits = stale_input_bits(vt, &base.path);
        /* No bit of the base address may be the interrupt range's FEEh. */
        low = (pattern ? UINT64_C(0xaaaaaaaaaaaaa000) : UINT64_C(0x5555555555555000)) & ((UINT64_C(1) << bits) - 1);
        base.host = vt_path_page(&base.path, canonical(&base.path, low), VT_RW) + 0x40;
        base.r.address = canonical(&base.path, low) + 0x40;
        other = base;
        for (uint32_t bit = 12; bit < bits; bit++) {
            uint64_t input = canonical(&base.path, low ^ UINT64_C(1) << bit);

            test_context(vt->t, "%s, inputs 0x%llx and 0x%llx", vt_flavours[id].name, (unsigned long long)base.r.address,
                         (unsigned long long)input);
            other.host = vt_path_page(&other.path, input, VT_RW) + 0x40;
            other.r.address = input + 0x40;
            interleave(vt, base.path.fs && bit > 38 ? "VTD-6-023" : "VTD-6-649", &base, &other);
        }
    }
}

static void address_tag(struct test *t)
{
    each(t, VT_PAGED_FLAVOURS, address_body);
}

/* Addresses at which the tags of several levels have the same bits, and of both stages: a cached pointer of one level or
 * stage must not serve another. */
static void level_body(struct vt *vt, enum vt_flavour_id id)
{
    static const uint64_t bases[] = {UINT64_C(0), UINT64_C(0x40000000), UINT64_C(0x80000000), UINT64_C(0x8000000000)};
    static const uint64_t steps[] = {0x1000, 0x200000, 0x40000000, UINT64_C(0x8000000000), 0x201000, UINT64_C(0x1000000000000)};
    uint32_t bits;

    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        struct user base, other;

        user_open(&base, vt, id, vt_rid(vt, 0), 0x45, 4 + (uint32_t)i, bases[i] ? bases[i] : 0x3000);
        vt_invalidate_all(vt);
        bits = stale_input_bits(vt, &base.path);
        if (bases[i] >> (bits - 1))
            continue;
        other = base;
        for (size_t j = 0; j < sizeof steps / sizeof steps[0]; j++) {
            uint64_t input = bases[i] + steps[j];

            if (input >> (bits - 1))
                continue;
            test_context(vt->t, "%s, inputs 0x%llx and 0x%llx", vt_flavours[id].name, (unsigned long long)base.r.address,
                         (unsigned long long)input);
            other.host = vt_path_page(&other.path, input, VT_RW) + 0x40;
            other.r.address = input + 0x40;
            interleave(vt, "VTD-6-022", &base, &other);
        }
    }
}

static void level_tag(struct test *t)
{
    each(t, VT_PAGED_FLAVOURS, level_body);
}

/* ---- requests without PASID carry RID_PASID ---- */

static void rid_pasid_tag(struct test *t)
{
    enum vt_flavour_id id = vt_has_flavour(t, VT_RID_FS) ? VT_RID_FS : VT_RID_SS;
    static const uint32_t pasids[] = {0x7, 0x45, 0x1fff, 0};
    struct vt vt;

    for (size_t i = 0; i < sizeof pasids / sizeof pasids[0]; i++) {
        struct stale s;

        test_reset(t, IOTB_RESET_COLD);
        vt_open_mode(&vt, t, VT_SCALABLE);
        stale_open(&s, &vt, id, vt_rid(&vt, 0), pasids[i], 4, INPUT);
        test_context(t, "RID_PASID %05x", s.path.pasid);
        stale_warm(&s, "VTD-6-020");
        stale_change(&s, s.path.fs ? STALE_FIRST : STALE_SECOND, 1, 4);
        stale_drop(&s, DROP_P_PASID, 0);
        stale_gone(&s, "VTD-6-020");
    }
    vt_close(&vt);
}

/* Two tables under one domain id break a rule for software (6.2.2.1); each request still goes through one of the two. */
static void shared_did_body(struct vt *vt, enum vt_flavour_id id)
{
    struct user u[2];

    for (int i = 0; i < 2; i++)
        user_open(&u[i], vt, id, vt_rid(vt, (uint32_t)i), 0x45, 4, INPUT);
    for (int i = 0; i < 4; i++) {
        const uint64_t hosts[2] = {u[i % 2].host, u[!(i % 2)].host};
        struct vt_seen seen = vt_try(vt, &u[i % 2].r, hosts, 2);

        CHECK(vt->t, "VTD-6-650", seen.result <= VT_ARRIVED_OTHER && !seen.fr, "the request goes through one of the two tables");
    }
    retire(vt, &u[1]);
    vt_expect_ok(vt, "VTD-6-650", &u[0].r, u[0].host);
}

static void shared_did(struct test *t)
{
    each(t, VT_SS_FLAVOURS, shared_did_body);
}

#define TAG(NAME, SUMMARY, RUN, ROWS, GATE, FEATURES)                                                                       \
    {                                                                                                                       \
        .name = "vtd.caches.tag_" NAME, .summary = SUMMARY, .run = (RUN), .rows = ROWS, .gate = GATE, .features = FEATURES, \
        .functional = true, .tier = TIER_FULL                                                                               \
    }

static const struct iotb_case cases[] = {
    TAG("source", "Every bit of the requester id separates translations and PASID entries.", source_bits, "VTD-6-019 VTD-6-017",
        NULL, IOTB_F_ANY_REQUESTER),
    {.name = "vtd.caches.tag_two_devices",
     .summary = "Two devices with one input address each keep their own mapping.",
     .run = two_devices,
     .rows = "VTD-6-019 VTD-6-649",
     .functional = true,
     .tier = TIER_SMOKE},
    TAG("pasid", "Every bit of the PASID separates translations, walk caches and PASID entries.", pasid_tag,
        "VTD-6-022 VTD-6-649", "ECAP.SMTS&ECAP.PASID", IOTB_F_PASID),
    TAG("pasid_nested", "Two first stages over one second stage are told apart by every bit of the PASID.", nested_pasids,
        "VTD-6-022", "ECAP.NEST&ECAP.PASID&CAP.SAGAW", IOTB_F_PASID),
    TAG("plain_and_pasid", "Plain requests and requests with PASID of one device keep their own mappings.", plain_and_pasid,
        "VTD-6-021 VTD-6-649", "ECAP.SMTS&ECAP.PASID", IOTB_F_PASID),
    TAG("domain", "Every bit of the domain id separates walk caches.", domain_tag, "VTD-6-022 VTD-6-649", NULL, 0),
    TAG("address", "Every bit of the page number separates translations and walk caches.", address_tag, "VTD-6-023 VTD-6-649",
        NULL, 0),
    TAG("level", "Cached pointers of one level or stage never serve another.", level_tag, "VTD-6-022", NULL, 0),
    TAG("shared_did", "Two tables under one domain id give the one or the other, never a mixture.", shared_did, "VTD-6-650",
        "CAP.SAGAW", 0),
    TAG("rid_pasid", "Translations of plain requests are dropped by the PASID in RID_PASID.", rid_pasid_tag, "VTD-6-020",
        "ECAP.SMTS", 0),
};

const struct iotb_case_list vtd_caches_tags_cases = {cases, sizeof cases / sizeof cases[0]};
