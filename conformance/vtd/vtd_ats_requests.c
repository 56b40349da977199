/* SPDX-License-Identifier: BSD-2-Clause */
/* Translation requests and their completions (4.2.3 Handling of Translation Requests): rights, privilege, sizes, N. */
#include "vtd_bits.h"
#include "vtd_chapters.h"
#include "vtd_nested.h"

#define INPUT VTD_BITS_INPUT
#define PAGED (VT_PAGED_FLAVOURS)

static void translation_is(struct vt_path *path, const char *row, const struct iotb_request *r, uint64_t host, uint32_t rights)
{
    vt_refresh(path->vt);
    if (rights & (VT_R | VT_W))
        vt_expect_translation(path->vt, row, r, host, rights, 12, NULL);
    else
        vt_expect_no_translation(path->vt, row, r);
}

/* ---- any page, and no page ---- */

static void basic_body(struct vt *vt, struct vt_path *path)
{
    bool pass = path->flavour->pgtt == 4;
    uint64_t host = vt_path_page(path, INPUT, VT_RW), other = vt_path_page(path, INPUT + 0x1000, VT_RW);
    uint64_t input = vtd_input(path, INPUT, host), next = vtd_input(path, INPUT + 0x1000, other);
    struct iotb_request r = vt_translation_request(path, input), plain = vt_request(path, IOTB_WRITE, input, 8);

    vt_path_allow_ats(path, false);
    vt_expect_translation(vt, "VTD-9-018", &r, host, VT_RW, pass ? 64 : 12, NULL);
    vt_expect_ok(vt, "VTD-9-018", &plain, host);
    r = vt_translated_request(path, IOTB_WRITE, host + 0x40, 8, false);
    vt_expect_ok(vt, "VTD-9-018", &r, host + 0x40);
    r = vt_translation_request(path, next);
    vt_expect_translation(vt, "VTD-4-010", &r, other, VT_RW, pass ? 64 : 12, NULL);
    if (pass)
        return;
    /* Which byte of the page is asked for does not matter; the page behind has no mapping. */
    r = vt_translation_request(path, input + 0xff8);
    vt_expect_translation(vt, "VTD-4-010", &r, host, VT_RW, 12, NULL);
    r = vt_translation_request(path, input + 0x2000);
    vt_expect_no_translation(vt, "VTD-4-010", &r);
    r = vt_translation_request(path, input);
    vt_expect_translation(vt, "VTD-4-010", &r, host, VT_RW, 12, NULL);
}

static void basic(struct test *t)
{
    vt_each_flavour(t, VT_ATS_FLAVOURS, basic_body);
}

/* ---- rights: R and W of every level ---- */

/* Second stage alone: R and W of the entry at each level, and R above with W below. */
static void second_rights(struct vt_path *path, const struct iotb_request *r, uint64_t host)
{
    struct vt *vt = path->vt;
    uint64_t leaf = vt_entry(vt, path->ss, INPUT, 1);

    for (uint32_t level = 1; level <= path->ss->levels; level++)
        for (uint32_t rights = 0; rights < 4; rights++) {
            uint64_t entry = vt_entry(vt, path->ss, INPUT, level);

            test_context(vt->t, "%s, level %u, R and W %u", vt_path_name(path), level, rights);
            vt_set_bits(vt, entry, 1, 0, rights);
            translation_is(path, rights ? "VTD-4-011" : "VTD-4-010", r, host, rights);
            if (level > 1 && rights) { /* the leaf has the other right only */
                vt_set_bits(vt, leaf, 1, 0, ~rights & 3u);
                translation_is(path, "VTD-4-010", r, host, 0);
                vt_set_bits(vt, leaf, 1, 0, 3);
            }
            vt_set_bits(vt, entry, 1, 0, 3);
        }
}

/* First stage: R/W and U/S of the entry at each level, for a user request. */
static void first_rights(struct vt_path *path, const struct iotb_request *r, uint64_t host)
{
    struct vt *vt = path->vt;

    for (uint32_t level = 1; level <= path->fs->levels; level++)
        for (uint32_t i = 0; i < 8; i++) { /* P, R/W, U/S */
            uint64_t entry = vt_entry(vt, path->fs, INPUT, level);
            bool present = i & 1, write = i & 2, user = i & 4;

            test_context(vt->t, "%s, level %u, P R/W U/S %d%d%d", vt_path_name(path), level, present, write, user);
            vt_set_bits(vt, entry, 2, 0, i);
            translation_is(path, present && user ? "VTD-4-011" : "VTD-4-010", r, host,
                           !present || !user ? 0
                           : write           ? VT_R | VT_W
                                             : VT_R);
            vt_set_bits(vt, entry, 2, 0, 7);
        }
}

/* Nested: R/W of the first-stage leaf against R and W of the second-stage leaf of the page. */
static void nested_rights(struct vt_path *path, const struct iotb_request *r, uint64_t host)
{
    struct vt *vt = path->vt;
    uint64_t leaf = vt_entry(vt, path->fs, INPUT, 1), final = nest_final_entry(path, INPUT, 1);

    for (uint32_t write = 0; write < 2; write++)
        for (uint32_t rights = 0; rights < 4; rights++) {
            uint32_t both = write ? rights : rights & VT_R;

            test_context(vt->t, "%s, first-stage R/W %u, second-stage R and W %u", vt_path_name(path), write, rights);
            vt_set_bits(vt, leaf, 1, 1, write);
            vt_set_bits(vt, final, 1, 0, rights);
            /* Present and readable, but the second stage gives W only: nothing of it is left without R/W. */
            translation_is(path, both ? "VTD-4-011" : "VTD-4-010", r, host, both);
        }
}

static void rights_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = path->flavour->pgtt == 3 ? nest_far_page(path, INPUT, VT_RW) : vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_translation_request(path, INPUT);

    vt_path_allow_ats(path, false);
    translation_is(path, "VTD-4-011", &r, host, VT_R | VT_W);
    if (path->fs)
        first_rights(path, &r, host);
    else
        second_rights(path, &r, host);
    if (path->flavour->pgtt == 3)
        nested_rights(path, &r, host);
    (void)vt;
}

static void rights(struct test *t)
{
    vt_each_width(t, PAGED, NULL, rights_body);
}

/* ---- privilege ---- */

/* U/S, R/W and WPE against the privilege of the request: R and W that 3.6.1 gives. */
static uint32_t first_stage_rights(bool supervisor, bool user_page, bool write, bool wpe)
{
    if (!supervisor)
        return !user_page ? 0 : write ? VT_R | VT_W : VT_R;
    return write || !wpe ? VT_R | VT_W : VT_R;
}

static void privilege_of(struct vt_path *path, struct iotb_request r, uint64_t host, bool supervisor)
{
    struct vt *vt = path->vt;
    uint64_t entry = vt_pasid_address(vt, path->rid, path->pasid), leaf = vt_entry(vt, path->fs, INPUT, 1);

    for (uint32_t i = 0; i < 8; i++) {
        bool user_page = i & 1, write = i & 2, wpe = i & 4;

        test_context(vt->t, "%s, supervisor %d, U/S R/W WPE %d%d%d", vt_path_name(path), supervisor, user_page, write, wpe);
        vt_set_field(vt, entry, "pasid_table_entry", "WPE", wpe);
        vt_set_bits(vt, leaf, 2, 1, (user_page ? 2u : 0u) | (write ? 1u : 0u));
        translation_is(path, "VTD-4-013", &r, host, first_stage_rights(supervisor, user_page, write, wpe));
    }
    vt_set_field(vt, entry, "pasid_table_entry", "WPE", 0);
    vt_set_bits(vt, leaf, 2, 1, 3);
}

static void privilege_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW), entry = vt_pasid_address(vt, path->rid, path->pasid);
    struct iotb_request r = vt_translation_request(path, INPUT);

    vt_path_allow_ats(path, false);
    vt_set_field(vt, entry, "pasid_table_entry", "SRE", 1);
    privilege_of(path, r, host, false);
    r.flags |= IOTB_RQ_PRIVILEGED;
    privilege_of(path, r, host, true);
}

static void privilege(struct test *t)
{
    vt_each_flavour(t, 1u << VT_PASID_FS | 1u << VT_PASID_NESTED, privilege_body);
}

/* RID_PRIV gives the rights of a supervisor and Priv = 0. */
static void rid_priv_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);

    vt_path_allow_ats(path, false);
    vt_set_field(vt, vt_pasid_address(vt, path->rid, path->pasid), "pasid_table_entry", "SRE", 1);
    vt_set_field(vt, vt_context_address(vt, path->rid), "context_entry_scalable", "RID_PRIV", 1);
    privilege_of(path, vt_translation_request(path, INPUT), host, true);
}

static void rid_priv(struct test *t)
{
    vt_each_flavour(t, 1u << VT_RID_FS | 1u << VT_RID_NESTED, rid_priv_body);
}

/* Supervisor requests that the PASID entry, or the unit, does not allow: Success, Priv = 1, no rights, no record. */
static void no_supervisor_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_translation_request(path, vtd_input(path, INPUT, host)), user = r;
    uint32_t page_lg2 = path->flavour->pgtt == 4 ? 64 : 12;

    vt_path_allow_ats(path, false);
    vt_expect_translation(vt, "VTD-4-014", &user, host, VT_RW, page_lg2, NULL);
    r.flags |= IOTB_RQ_PRIVILEGED;
    vt_expect_no_translation(vt, "VTD-4-014", &r);
    vt_expect_translation(vt, "VTD-4-014", &user, host, VT_RW, page_lg2, NULL);
    if (vt_ecap(vt->t, "SRS")) {
        vt_set_field(vt, vt_pasid_address(vt, path->rid, path->pasid), "pasid_table_entry", "SRE", 1);
        vt_refresh(vt);
        vt_expect_translation(vt, "VTD-4-014", &r, host, VT_RW, page_lg2, NULL);
    }
}

static void no_supervisor(struct test *t)
{
    vt_each_flavour(t, VT_PASID_FLAVOURS, no_supervisor_body);
}

/* ---- sizes ---- */

#define HOST_BASE UINT64_C(0x80000000) /* 1 GiB without the interrupt range */
#define GUEST_BASE UINT64_C(0x200000000)
#define BIG_INPUT UINT64_C(0x4300000000)

static bool page_size(struct test *t, enum vt_table_kind kind, uint32_t lg2)
{
    if (lg2 == 12)
        return true;
    if (kind == VT_FS)
        return lg2 == 21 || vt_cap(t, "FS1GP");
    return vt_cap(t, "SSLPS") >> (lg2 == 30) & 1;
}

/* Offsets of 4 KiB pages in 1 GiB: both ends, and places with single bits. */
static const uint64_t offsets[] = {0,        0x1000,     0x2000,     0x1ff000,   0x200000,
                                   0x3ff000, 0x20000000, 0x2abcd000, 0x3fe00000, 0x3ffff000};
#define OFFSETS (sizeof offsets / sizeof offsets[0])

static void map_offset(struct vt *vt, struct vt_table *table, uint64_t input, uint64_t output, uint64_t offset, uint32_t lg2)
{
    uint64_t page = offset >> lg2 << lg2;

    vt_map(vt, table, input + page, output + page, lg2, VT_RW);
}

static void size_is(struct vt_path *path, uint64_t input, uint64_t offset, uint32_t limit_lg2, const char *row)
{
    struct iotb_request r = vt_translation_request(path, input + offset);
    struct vt_translation t;

    if (!vt_expect_translation(path->vt, "VTD-4-018", &r, HOST_BASE + offset, VT_RW, limit_lg2, &t))
        return;
    CHECK(path->vt->t, row, t.entries[0].size_lg2 >= 12 && t.entries[0].size_lg2 <= limit_lg2,
          "the translation covers 2^%u bytes, the smaller page has 2^%u", t.entries[0].size_lg2, limit_lg2);
    CHECK_EQ(path->vt->t, "VTD-4-016", t.entries[0].size_lg2 > 12, t.entries[0].s, "S for a range of 2^%u bytes",
             t.entries[0].size_lg2);
    CHECK_EQ(path->vt->t, "VTD-4-016", HOST_BASE + (offset >> t.entries[0].size_lg2 << t.entries[0].size_lg2), t.entries[0].base,
             "base of a range of 2^%u bytes", t.entries[0].size_lg2);
}

static void sizes_body(struct vt *vt, struct vt_path *path)
{
    static const uint32_t sizes[] = {12, 21, 30};
    uint32_t combination = 0;

    vt_path_allow_ats(path, false);
    for (uint32_t i = 0; i < 9; i++) {
        uint32_t fs = path->fs ? sizes[i / 3] : 30, ss = path->ss ? sizes[i % 3] : 30, limit = fs < ss ? fs : ss;
        uint64_t shift = (uint64_t)combination << 30, input = BIG_INPUT + shift;

        if ((!path->fs && i / 3) || (!path->ss && i % 3) || (path->fs && !page_size(vt->t, VT_FS, fs)) ||
            (path->ss && !page_size(vt->t, VT_SS, ss)))
            continue;
        combination++;
        test_context(vt->t, "%s, pages of 2^%u and 2^%u bytes", vt_path_name(path), fs, ss);
        for (size_t k = 0; k < OFFSETS; k++) {
            if (path->fs && path->ss) {
                map_offset(vt, path->ss, GUEST_BASE + shift, HOST_BASE, offsets[k], ss);
                map_offset(vt, path->fs, input, GUEST_BASE + shift, offsets[k], fs);
            } else {
                map_offset(vt, vt_path_table(path), input, HOST_BASE, offsets[k], limit);
            }
        }
        vt_refresh(vt);
        for (size_t k = 0; k < OFFSETS; k++)
            size_is(path, input, offsets[k], limit, path->fs && path->ss ? "VTD-4-017" : "VTD-4-016");
    }
}

static void sizes(struct test *t)
{
    if (test_desc(t)->host_address_bits < 33)
        test_skip(t, "no gigabyte of host addresses beside the interrupt range");
    vt_each_flavour(t, PAGED, sizes_body);
}

/* 4.2.3 ADDR: of pass-through a region of the size of the largest page that the unit supports. */
static uint32_t largest_page(struct test *t)
{
    if (vt_cap(t, "FS1GP") || vt_cap(t, "SSLPS") >> 1 & 1)
        return 30;
    return vt_ecap(t, "FSTS") || (vt_cap(t, "SSLPS") & 1) ? 21 : 12;
}

/* Pass-through: R = W = 1 for a naturally aligned region that holds the address; S = 0 is discouraged only. */
static void pass_body(struct vt *vt, struct vt_path *path)
{
    uint64_t hosts[] = {vt_path_page(path, INPUT, VT_RW), UINT64_C(0x12345000), UINT64_C(1) << (vt->haw - 1)};

    vt_path_allow_ats(path, false);
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        struct iotb_request r = vt_translation_request(path, hosts[i]);
        uint32_t largest = largest_page(vt->t);
        struct vt_translation t;

        if (vt_address_bits(vt) < 64 && hosts[i] >> vt_address_bits(vt))
            continue;
        if (vt_expect_translation(vt, "VTD-4-007", &r, hosts[i], VT_RW, largest, &t))
            CHECK(vt->t, "VTD-4-007", !t.entries[0].s || t.entries[0].size_lg2 == largest,
                  "the region has 2^%u bytes, the largest page that is supported 2^%u", t.entries[0].size_lg2, largest);
    }
}

static void pass(struct test *t)
{
    vt_each_flavour(t, 1u << VT_RID_PT | 1u << VT_PASID_PT, pass_body);
}

/* ---- N ---- */

static void n_body(struct vt *vt, struct vt_path *path)
{
    bool legacy = path->flavour->mode == VT_LEGACY, pass_through = path->flavour->pgtt == 4, control = vt_ecap(vt->t, "SC");
    uint64_t host = path->flavour->pgtt == 3 ? nest_far_page(path, INPUT, VT_RW) : vt_path_page(path, INPUT, VT_RW);
    uint64_t leaf = path->flavour->pgtt == 3 ? nest_final_entry(path, INPUT, 1) : path->ss ? vt_entry(vt, path->ss, INPUT, 1) : 0;
    struct iotb_request r = vt_translation_request(path, vtd_input(path, INPUT, host));

    vt_path_allow_ats(path, false);
    for (uint32_t i = 0; i < 4; i++) {
        bool pgsnp = i & 1, snp = i & 2;
        struct vt_translation t;

        if ((pgsnp && (legacy || !control)) || (snp && (!leaf || !control)))
            continue;
        test_context(vt->t, "%s, PGSNP %d SNP %d", vt_path_name(path), pgsnp, snp);
        if (!legacy)
            vt_set_field(vt, vt_pasid_address(vt, path->rid, path->pasid), "pasid_table_entry", "PGSNP", pgsnp);
        if (leaf)
            vt_set_bits(vt, leaf, 11, 11, snp);
        vt_refresh(vt);
        for (uint32_t n = 0; n < 2; n++) { /* by a walk, and from caches */
            vt_once(vt);
            if (vt_expect_translation(vt, "VTD-4-008", &r, host, VT_RW, pass_through ? 64 : 12, &t))
                CHECK_EQ(vt->t, "VTD-4-008", pgsnp || snp, t.entries[0].n, "N of the translation completion");
        }
    }
}

static void n_bit(struct test *t)
{
    vt_each_flavour(t, VT_ATS_FLAVOURS, n_body);
}

static const struct iotb_case cases[] = {
    {.name = "vtd.ats.basic",
     .summary = "A mapped page is translated for a device that may use ATS, an unmapped one is a success without rights.",
     .run = basic,
     .rows = "VTD-9-018 VTD-4-010 VTD-4-012 VTD-4-015",
     .gate = "ECAP.DT",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.ats.rights",
     .summary = "R and W of a translation are the AND over all levels and stages.",
     .run = rights,
     .rows = "VTD-4-011 VTD-4-010 VTD-4-012 VTD-4-015",
     .gate = "ECAP.DT",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats.privilege",
     .summary = "PR of the request decides whose rights are returned, and Priv says so.",
     .run = privilege,
     .rows = "VTD-4-013 VTD-4-012 VTD-4-015",
     .gate = "ECAP.DT&ECAP.SRS",
     .features = IOTB_F_ATS | IOTB_F_PRIVILEGE,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats.rid_priv",
     .summary = "RID_PRIV gives requests without PASID the rights of a supervisor, with Priv 0.",
     .run = rid_priv,
     .rows = "VTD-4-013 VTD-4-012 VTD-4-015",
     .gate = "ECAP.DT&ECAP.RPRIVS",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats.no_supervisor",
     .summary = "Without SRE a supervisor's translation request gets no rights, Priv 1 and no record.",
     .run = no_supervisor,
     .rows = "VTD-4-014 VTD-4-013 VTD-4-012 VTD-4-015",
     .gate = "ECAP.DT&ECAP.PASID",
     .features = IOTB_F_ATS | IOTB_F_PASID | IOTB_F_PRIVILEGE,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats.sizes",
     .summary = "A translation covers no more than the smaller page of both stages, and S and its address say how much.",
     .run = sizes,
     .rows = "VTD-4-016 VTD-4-017 VTD-4-018 VTD-4-012 VTD-4-015",
     .gate = "ECAP.DT",
     .features = IOTB_F_ATS | IOTB_F_WIDE_ADDRESS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats.pass_through",
     .summary = "Pass-through translates to the address itself, for as large a range as the unit likes.",
     .run = pass,
     .rows = "VTD-4-007 VTD-4-012 VTD-4-015",
     .gate = "ECAP.DT&ECAP.PT",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats.snoop",
     .summary = "N of a translation is SNP of the second-stage leaf or PGSNP of the PASID entry.",
     .run = n_bit,
     .rows = "VTD-4-008 VTD-4-012 VTD-4-015",
     .gate = "ECAP.DT",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_ats_requests_cases = {cases, sizeof cases / sizeof cases[0]};
