/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an invalidation names: every bit of domain id, PASID and requester id, function masks, operands that are not looked
 * at (6.5.2.1 to 6.5.2.4, Table 21).
 */
#include "vtd_stale.h"

#include "vtd_chapters.h"

#define INPUT UINT64_C(0x2345000)

/* ---- every bit of the operands ---- */

static void change_leaf(struct stale *s)
{
    stale_change(s, s->path.fs ? STALE_FIRST : STALE_SECOND, 1, s->path.did);
}

static void domain_round(struct vt *vt, enum vt_flavour_id id, uint32_t did)
{
    struct stale s;
    bool nested;

    test_context(vt->t, "%s, domain %04x", vt_flavours[id].name, did);
    stale_open(&s, vt, id, vt_rid(vt, 0), 0x45, did, INPUT);
    nested = s.path.fs && s.path.ss;
    stale_warm(&s, "VTD-6-033");
    change_leaf(&s);
    stale_drop(&s, DROP_DOMAIN, 0);
    stale_gone(&s, "VTD-6-033");
    if (stale_can_drop(&s, s.path.fs ? DROP_P_PAGE : DROP_PAGE)) {
        stale_open(&s, vt, id, vt_rid(vt, 0), 0x45, did, INPUT);
        stale_warm(&s, s.path.fs ? "VTD-6-665" : "VTD-6-034");
        change_leaf(&s);
        stale_drop(&s, s.path.fs ? DROP_P_PAGE_HINT : DROP_PAGE_HINT, INPUT);
        stale_gone(&s, s.path.fs ? "VTD-6-665" : "VTD-6-034");
    }
    if (s.path.flavour->mode == VT_SCALABLE && !nested) {
        stale_open(&s, vt, id, vt_rid(vt, 0), 0x45, did, INPUT);
        stale_warm(&s, "VTD-6-562");
        stale_change(&s, STALE_PASID, 1, did);
        stale_drop(&s, DROP_PC_DOMAIN, 0);
        stale_drop(&s, DROP_DOMAIN, 0);
        stale_gone(&s, "VTD-6-562");
    }
    if (s.path.flavour->mode == VT_LEGACY) {
        stale_open(&s, vt, id, vt_rid(vt, 0), 0x45, did, INPUT);
        stale_warm(&s, "VTD-6-015");
        stale_change(&s, STALE_CONTEXT, 1, did);
        stale_drop(&s, DROP_CC_DOMAIN, 0);
        stale_drop(&s, DROP_DOMAIN, 0);
        stale_gone(&s, "VTD-6-015");
    }
}

static void domain_operand_body(struct vt *vt, struct vt_path *path)
{
    uint32_t bits = 4 + 2 * (uint32_t)vt_cap(vt->t, "ND");

    for (uint32_t bit = 0; bit <= bits; bit++)
        domain_round(vt, path->flavour->id, bit < bits ? 1u << bit : (1u << bits) - 1);
}

static void domain_operand(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, domain_operand_body);
}

/* Bits of the DID field above the supported width are ignored (6.5.2.2, 6.5.2.3, 6.5.2.4). */
static void wide_domain_body(struct vt *vt, struct vt_path *path)
{
    uint32_t bits = 4 + 2 * (uint32_t)vt_cap(vt->t, "ND");
    enum vt_flavour_id id = path->flavour->id;

    for (uint32_t bit = bits; bit < 16; bit++) {
        struct stale s, wide;

        test_context(vt->t, "%s, DID field with bit %u", path->flavour->name, bit);
        stale_open(&s, vt, id, vt_rid(vt, 0), 0x45, 5, INPUT);
        stale_warm(&s, "VTD-6-648");
        change_leaf(&s);
        wide = s;
        wide.path.did |= 1u << bit;
        CHECK(vt->t, "VTD-6-648", stale_drop(&wide, DROP_DOMAIN, 0), "the invalidation completes");
        stale_gone(&s, "VTD-6-648");
        if (s.path.fs) {
            stale_open(&s, vt, id, vt_rid(vt, 0), 0x45, 5, INPUT);
            stale_warm(&s, "VTD-6-579");
            change_leaf(&s);
            wide = s;
            wide.path.did |= 1u << bit;
            CHECK(vt->t, "VTD-6-579", stale_drop(&wide, DROP_P_PASID, 0), "the invalidation completes");
            stale_gone(&s, "VTD-6-579");
        }
    }
}

static void wide_domain(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_SS | 1u << VT_RID_SS | 1u << VT_RID_FS, wide_domain_body);
}

static void pasid_round(struct vt *vt, enum vt_flavour_id id, uint32_t pasid)
{
    struct stale s;

    test_context(vt->t, "%s, PASID %05x", vt_flavours[id].name, pasid);
    stale_open(&s, vt, id, vt_rid(vt, 0), pasid, 4, INPUT);
    stale_warm(&s, "VTD-6-579");
    change_leaf(&s);
    stale_drop(&s, DROP_P_PASID, 0);
    stale_gone(&s, "VTD-6-579");
    if (s.path.fs) {
        stale_open(&s, vt, id, vt_rid(vt, 0), pasid, 4, INPUT);
        stale_warm(&s, "VTD-6-665");
        change_leaf(&s);
        stale_drop(&s, DROP_P_PAGE_HINT, INPUT);
        stale_gone(&s, "VTD-6-665");
    }
    stale_open(&s, vt, id, vt_rid(vt, 0), pasid, 4, INPUT);
    stale_warm(&s, "VTD-6-561");
    stale_change(&s, STALE_PASID, 1, 6);
    stale_drop(&s, DROP_PC_PASID, 0);
    stale_drop(&s, DROP_P_PASID, 0);
    stale_gone(&s, "VTD-6-561");
}

static void pasid_operand_body(struct vt *vt, struct vt_path *path)
{
    uint32_t bits = (uint32_t)vt_ecap(vt->t, "PSS") + 1;

    for (uint32_t bit = 0; bit <= bits; bit++)
        pasid_round(vt, path->flavour->id, bit < bits ? 1u << bit : (1u << bits) - 1);
}

static void pasid_operand(struct test *t)
{
    vt_each_flavour(t, 1u << VT_PASID_SS | 1u << VT_PASID_FS | 1u << VT_PASID_NESTED, pasid_operand_body);
}

static void source_operand_body(struct vt *vt, struct vt_path *path)
{
    bool legacy = path->flavour->mode == VT_LEGACY;

    for (uint32_t bit = 0; bit <= 16; bit++) {
        uint16_t rid = (uint16_t)(bit < 16 ? 1u << bit : 0xffff);
        struct stale s;

        test_context(vt->t, "%s, requester %04x", path->flavour->name, rid);
        stale_open(&s, vt, path->flavour->id, rid, 0x45, 4, INPUT);
        stale_warm(&s, "VTD-6-557");
        stale_change(&s, STALE_CONTEXT, 1, 6);
        stale_drop(&s, DROP_CC_DEVICE, 0);
        if (!legacy)
            stale_drop(&s, DROP_PC_DOMAIN, 0);
        stale_drop(&s, DROP_DOMAIN, 0);
        stale_gone(&s, "VTD-6-557");
        mem_write64(vt->t, vt_context_address(vt, rid), 0);
        vt_invalidate_all(vt);
    }
}

static void source_operand(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, source_operand_body);
}

/* In scalable mode the context cache has no domain tag. */
static void context_domain_ignored(struct vt *vt, struct vt_path *path)
{
    static const uint32_t wrong[] = {0, 5, 0xf};

    for (size_t i = 0; i < 2 * sizeof wrong / sizeof wrong[0]; i++) {
        const char *row = i < 3 ? "VTD-6-558" : "VTD-6-015";
        struct stale s, other;

        stale_open(&s, vt, path->flavour->id, vt_rid(vt, 0), 0x45, 4, INPUT);
        stale_warm(&s, row);
        stale_change(&s, STALE_CONTEXT, 1, 6);
        other = s;
        other.path.did = wrong[i % 3];
        if (i >= 3)
            other.path.rid = (uint16_t)~s.path.rid;
        stale_drop(&other, i < 3 ? DROP_CC_DEVICE : DROP_CC_DOMAIN, 0);
        stale_drop(&s, DROP_PC_DOMAIN, 0);
        stale_drop(&s, DROP_DOMAIN, 0);
        stale_gone(&s, row);
    }
}

static void context_domain(struct test *t)
{
    vt_each_flavour(t, VT_SCALABLE_FLAVOURS & VT_PAGED_FLAVOURS, context_domain_ignored);
}

/* One PASID and domain on two devices, and two PASIDs of one domain: one command drops all that it names. */
static void shared_domain(struct test *t)
{
    enum vt_flavour_id id = vt_has_flavour(t, VT_PASID_FS) ? VT_PASID_FS : VT_PASID_SS;
    struct vt vt;

    vt_open_mode(&vt, t, VT_SCALABLE);
    for (uint32_t n = 0; n < 3; n++) {
        bool two_pasids = n == 2;
        const char *row = two_pasids ? "VTD-6-562" : "VTD-6-563";
        uint16_t second = two_pasids ? vt_rid(&vt, 0) : vt_rid(&vt, 1);
        struct vt_path path;
        struct stale s;
        struct iotb_request r;

        test_context(t, "%s", two_pasids ? "two PASIDs of a domain" : "one PASID on two devices");
        stale_open(&s, &vt, id, vt_rid(&vt, 0), 0x45, 4, INPUT);
        vt_path_share(&path, &s.path, second, two_pasids ? 0x46 | 1u << vt_ecap(t, "PSS") : 0x45);
        r = vt_request(&path, IOTB_WRITE, INPUT + 0x48, 8);
        stale_warm(&s, row);
        vt_expect_ok(&vt, row, &r, s.host[0] + 0x48);
        stale_change(&s, STALE_PASID, 1, 6);
        s.path.rid = second;
        s.path.pasid = path.pasid;
        stale_change(&s, STALE_PASID, 1, 6);
        s.path.pasid = 0x45;
        s.path.rid = vt_rid(&vt, 0);
        stale_drop(&s, two_pasids ? DROP_PC_DOMAIN : DROP_PC_PASID, 0);
        stale_drop(&s, n == 0 ? DROP_P_PASID : DROP_DOMAIN, 0);
        stale_gone(&s, row);
        vt_expect_ok(&vt, row, &r, s.host[1] + 0x48);
    }
    vt_close(&vt);
}

/* ---- function masks ---- */

static const uint16_t function_masks[4] = {0, 4, 6, 7}; /* Table 21: bits of the requester id that are not compared */

static void functions_open(struct stale *s, struct vt *vt, enum vt_flavour_id id, uint16_t device)
{
    for (uint16_t fn = 0; fn < 8; fn++) {
        if (fn == 0) {
            stale_open(&s[0], vt, id, device, 0x45, 4, INPUT);
            continue;
        }
        s[fn] = s[0];
        vt_path_share(&s[fn].path, &s[0].path, (uint16_t)(device | fn), 0x45);
        s[fn].r.requester_id = s[fn].path.rid;
    }
    vt_invalidate_all(vt);
}

static void function_round(struct vt *vt, enum vt_flavour_id id, uint16_t device, uint16_t fn, uint32_t fm)
{
    struct stale s[8];

    test_context(vt->t, "%s, requester %04x, FM %u", vt_flavours[id].name, device | fn, fm);
    functions_open(s, vt, id, device);
    for (uint16_t i = 0; i < 8; i++)
        stale_warm(&s[i], "VTD-6-016");
    for (uint16_t i = 0; i < 8; i++)
        stale_change(&s[i], STALE_CONTEXT, 1, 6);
    CHECK(vt->t, "VTD-6-016", vt_invalidate_context(vt, VT_CC_DEVICE, 4, (uint32_t)(device | fn), fm), "it completes");
    if (vt_flavours[id].mode == VT_SCALABLE)
        stale_drop(&s[0], DROP_PC_DOMAIN, 0);
    stale_drop(&s[0], DROP_DOMAIN, 0);
    for (uint16_t i = 0; i < 8; i++)
        if ((i ^ fn) % 8 == ((i ^ fn) & function_masks[fm]))
            stale_gone(&s[i], "VTD-6-016");
}

static void function_body(struct vt *vt, struct vt_path *path)
{
    static const uint16_t devices[] = {0x0100, 0xfff8};

    for (uint32_t fm = 0; fm < 4; fm++)
        for (uint16_t fn = 0; fn < 8; fn = (uint16_t)(fn + 1 + 2 * (fm % 2)))
            function_round(vt, path->flavour->id, devices[fm % 2], fn, fm);
}

static void function_mask(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_SS | 1u << VT_RID_SS | 1u << VT_RID_FS, function_body);
}

/* ---- operands that are not looked at, and commands that find nothing ---- */

static void ignored_body(struct vt *vt, struct vt_path *path)
{
    enum stale_change change = path->fs ? STALE_FIRST : STALE_SECOND;

    for (uint32_t level = 1; level <= 2; level++)
        for (uint32_t n = 0; n < 2; n++) {
            struct stale s;

            stale_open(&s, vt, path->flavour->id, vt_rid(vt, 0), 0x45, 4, INPUT);
            stale_warm(&s, "VTD-6-572");
            stale_change(&s, change, level, 4);
            CHECK(vt->t, "VTD-6-572",
                  vt_submit_one(vt, vt_desc_iotlb(n ? VT_IOTLB_GLOBAL : VT_IOTLB_DOMAIN, n ? 0xf : 4, ~UINT64_C(0), 0x3f, true)),
                  "AM, ADDR and IH are not looked at");
            stale_gone(&s, "VTD-6-572");
        }
}

static void ignored_operands(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, ignored_body);
}

static void nothing_cached_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_WRITE, INPUT + 0x40, 8);
    struct stale s = {.vt = vt, .path = *path, .input = INPUT};

    for (int round = 0; round < 2; round++)
        for (int drop = 0; drop < DROP_COUNT; drop++) {
            const char *row = round ? "VTD-6-669" : "VTD-6-668";

            if (!stale_can_drop(&s, (enum stale_drop)drop))
                continue;
            test_context(vt->t, "%s, %s", path->flavour->name, stale_drop_name((enum stale_drop)drop));
            CHECK(vt->t, row, stale_drop(&s, (enum stale_drop)drop, INPUT), "it completes");
            if (round)
                vt_expect_ok(vt, row, &r, host + 0x40);
        }
    CHECK_EQ(vt->t, "VTD-6-668", 0, vt_field(vt->t, "FSTS_REG", "IQE"), "FSTS.IQE");
}

static void nothing_cached(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, nothing_cached_body);
}

/* A global page of the first stage is not special: there is no global flavour of invalidation that it could survive. */
static void global_body(struct vt *vt, struct vt_path *path)
{
    static const enum stale_drop drops[] = {DROP_P_PAGE_HINT, DROP_P_PASID, DROP_DOMAIN, DROP_GLOBAL};

    for (size_t i = 0; i < sizeof drops / sizeof drops[0]; i++) {
        struct stale s;
        uint64_t leaf;

        stale_open(&s, vt, path->flavour->id, vt_rid(vt, 0), 0x45, 4, INPUT);
        leaf = vt_path_leaf(&s.path, INPUT);
        mem_write64(vt->t, leaf, mem_read64(vt->t, leaf) | 1u << 8); /* G, 9.7 */
        stale_warm(&s, "VTD-6-579");
        change_leaf(&s);
        stale_drop(&s, drops[i], INPUT);
        stale_gone(&s, "VTD-6-579");
    }
}

static void global_pages(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS | VT_NESTED_FLAVOURS, global_body);
}

#define OPERAND(NAME, SUMMARY, RUN, ROWS, GATE, FEATURES)                                                                       \
    {                                                                                                                           \
        .name = "vtd.caches.operand_" NAME, .summary = SUMMARY, .run = (RUN), .rows = ROWS, .gate = GATE, .features = FEATURES, \
        .functional = true, .tier = TIER_FULL                                                                                   \
    }

static const struct iotb_case cases[] = {
    OPERAND("domain", "Invalidation finds its domain by every bit of the domain id.", domain_operand,
            "VTD-6-033 VTD-6-034 VTD-6-665 VTD-6-562 VTD-6-015", NULL, 0),
    OPERAND("domain_wide", "Bits of DID above the width of domain ids are ignored.", wide_domain, "VTD-6-648 VTD-6-579",
            "CAP.ND<6&ECAP.QI", 0),
    OPERAND("pasid", "Invalidation finds its entries by every bit of the PASID.", pasid_operand, "VTD-6-579 VTD-6-665 VTD-6-561",
            "ECAP.SMTS&ECAP.PASID", IOTB_F_PASID),
    OPERAND("source", "Context invalidation finds its entry by every bit of the requester id.", source_operand, "VTD-6-557", NULL,
            IOTB_F_ANY_REQUESTER),
    OPERAND("context_domain", "In scalable mode context invalidation does not look at the domain.", context_domain,
            "VTD-6-558 VTD-6-015", "ECAP.SMTS", 0),
    OPERAND("shared_domain", "One command drops its PASID on every device, or every PASID of its domain.", shared_domain,
            "VTD-6-562 VTD-6-563", "ECAP.SMTS&ECAP.PASID", IOTB_F_PASID),
    OPERAND("function_mask", "FM leaves out 0, 1, 2 or 3 bits of the function number.", function_mask, "VTD-6-016", NULL,
            IOTB_F_ANY_REQUESTER),
    OPERAND("ignored_operands", "AM, ADDR and IH are not looked at for domain and global granularity.", ignored_operands,
            "VTD-6-572", "ECAP.QI", 0),
    OPERAND("nothing_cached", "Each invalidation completes with nothing to drop, and never changes a result.", nothing_cached,
            "VTD-6-668 VTD-6-669", "ECAP.QI", 0),
    OPERAND("global_pages", "First-stage pages with G set are dropped like others.", global_pages, "VTD-6-579", "ECAP.FSTS", 0),
};

const struct iotb_case_list vtd_caches_operands_cases = {cases, sizeof cases / sizeof cases[0]};
