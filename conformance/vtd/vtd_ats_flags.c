/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accessed and dirty flags of translation requests, and NW (4.2.3.1): a request without NW is a read and a write, one with NW is
 * a read where ECAP.NWFS says so.
 */
#include "vtd_bits.h"
#include "vtd_chapters.h"
#include "vtd_nested.h"

#define INPUT VTD_BITS_INPUT

enum { FS_A = 5, FS_D = 6, SS_A = 8, SS_D = 9 };

/* Flags of the leaf that the path's input table ends in: A and D as this request must leave them. */
struct flags {
    uint64_t leaf;
    uint32_t a, d; /* bit numbers */
};

static struct flags flags_of(struct vt_path *path)
{
    if (path->fs)
        return (struct flags){vt_entry(path->vt, path->fs, INPUT, 1), FS_A, FS_D};
    return (struct flags){vt_entry(path->vt, path->ss, INPUT, 1), SS_A, SS_D};
}

static void clean(struct vt_path *path, const struct flags *f)
{
    vt_set_bits(path->vt, f->leaf, f->a, f->a, 0);
    vt_set_bits(path->vt, f->leaf, f->d, f->d, 0);
    vt_refresh(path->vt);
}

static void flags_are(struct vt_path *path, const char *row, const struct flags *f, bool a, bool d)
{
    CHECK_EQ(path->vt->t, row, a, vt_get_bits(path->vt, f->leaf, f->a, f->a), "accessed flag of the leaf");
    CHECK_EQ(path->vt->t, row, d, vt_get_bits(path->vt, f->leaf, f->d, f->d), "dirty flag of the leaf");
}

static void writable(struct vt_path *path, bool write)
{
    if (path->fs)
        vt_set_bits(path->vt, vt_entry(path->vt, path->fs, INPUT, 1), 1, 1, write);
    else
        vt_set_bits(path->vt, vt_entry(path->vt, path->ss, INPUT, 1), 1, 1, write);
}

static void use_flags(struct vt_path *path)
{
    if (path->ss && !path->fs)
        vt_set_field(path->vt, vt_pasid_address(path->vt, path->rid, path->pasid), "pasid_table_entry", "SSADE", 1);
    vt_refresh(path->vt);
}

/* First stage always has flags; the second where SSADE can be set. */
static bool has_flags(struct vt *vt, const struct vt_path *path)
{
    return path->fs || vt_ecap(vt->t, "SSADS");
}

static void no_write_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_translation_request(path, INPUT), nw = r;
    bool nwfs = vt_ecap(vt->t, "NWFS"), flagged = has_flags(vt, path);
    const char *row = nwfs ? "VTD-4-004" : "VTD-4-005";
    struct flags f = flags_of(path);

    nw.flags |= IOTB_RQ_NO_WRITE;
    vt_path_allow_ats(path, false);
    if (flagged)
        use_flags(path);
    /* With NW: a read, or as without it. From a walk, then from caches. */
    clean(path, &f);
    vt_expect_translation(vt, row, &nw, host, nwfs ? VT_R : VT_R | VT_W, 12, NULL);
    vt_expect_translation(vt, "VTD-11-553", &nw, host, nwfs ? VT_R : VT_R | VT_W, 12, NULL);
    if (flagged)
        flags_are(path, row, &f, true, !nwfs);
    /* What NW has left in caches does not keep a request without it from W, nor from setting D. */
    vt_expect_translation(vt, "VTD-4-003", &r, host, VT_RW, 12, NULL);
    if (flagged)
        flags_are(path, "VTD-4-003", &f, true, true);
    vt_expect_translation(vt, row, &nw, host, nwfs ? VT_R : VT_R | VT_W, 12, NULL);
}

static void no_write(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS & ~(1u << VT_LEGACY_SS), no_write_body);
}

static void legacy_no_write_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_translation_request(path, INPUT), nw = r;
    uint32_t rights = vt_ecap(vt->t, "NWFS") ? VT_R : VT_RW;

    nw.flags |= IOTB_RQ_NO_WRITE;
    vt_path_allow_ats(path, false);
    vt_expect_translation(vt, "VTD-11-553", &nw, host, rights, 12, NULL);
    vt_expect_translation(vt, "VTD-11-553", &r, host, VT_RW, 12, NULL);
    vt_expect_translation(vt, "VTD-11-553", &nw, host, rights, 12, NULL);
    /* A page that may only be written has nothing left. */
    vt_set_bits(vt, vt_entry(vt, path->ss, INPUT, 1), 1, 0, 2);
    vt_refresh(vt);
    vt_expect_translation(vt, "VTD-11-553", &r, host, VT_W, 12, NULL);
    if (vt_ecap(vt->t, "NWFS"))
        vt_expect_no_translation(vt, "VTD-11-553", &nw);
    else
        vt_expect_translation(vt, "VTD-11-553", &nw, host, VT_W, 12, NULL);
}

static void legacy_no_write(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_SS, legacy_no_write_body);
}

/* The flags are there when the completion is. */
static void flags_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_translation_request(path, INPUT);
    struct flags f = flags_of(path);
    struct vt_translation t;

    if (!has_flags(vt, path))
        return;
    vt_path_allow_ats(path, false);
    use_flags(path);
    clean(path, &f);
    if (test_has(vt->t, IOTB_F_BENCH_MEMORY)) { /* an update that takes long holds the completion back */
        uint32_t hold = hold_accesses(vt->t, f.leaf, f.leaf + 7, ACC_WRITES | ACC_ATOMICS), id;
        struct iotb_request sent = r;
        struct outcome o;

        id = request_send(vt->t, &sent);
        test_run(vt->t, VT_MESSAGE_PS);
        o = request_outcome(vt->t, id);
        CHECK(vt->t, "VTD-4-003", !o.done || vt_get_bits(vt, f.leaf, f.d, f.d), "completed before the dirty flag was set");
        hold_release(vt->t, hold);
        request_wait(vt->t, id);
        flags_are(path, "VTD-4-003", &f, true, true);
        clean(path, &f);
    }
    t = vt_translate(vt, &r);
    CHECK(vt->t, "VTD-4-003", t.count == 1 && t.entries[0].r && t.entries[0].w, "the page is translated with R and W");
    flags_are(path, "VTD-4-003", &f, true, true);
    /* Not writable: neither W nor D, and no fault. */
    writable(path, false);
    clean(path, &f);
    vt_expect_translation(vt, "VTD-4-006", &r, host, VT_R, 12, NULL);
    flags_are(path, "VTD-4-006", &f, true, false);
    /* Cached without W; writable again after an invalidation. */
    writable(path, true);
    vt_refresh(vt);
    vt_expect_translation(vt, "VTD-4-003", &r, host, VT_RW, 12, NULL);
    flags_are(path, "VTD-4-003", &f, true, true);
}

static void flags(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS & ~(1u << VT_LEGACY_SS), flags_body);
}

/* ---- nested: either stage may withhold W, and then neither has D (3.8.1, 4.2.3.1) ---- */

struct nest {
    struct vt_path *path;
    uint64_t host, first, second; /* leaves of the page */
};

static void nested_clean(const struct nest *n)
{
    vt_set_bits(n->path->vt, n->first, FS_A, FS_A, 0);
    vt_set_bits(n->path->vt, n->first, FS_D, FS_D, 0);
    vt_set_bits(n->path->vt, n->second, SS_A, SS_A, 0);
    vt_set_bits(n->path->vt, n->second, SS_D, SS_D, 0);
    vt_refresh(n->path->vt);
}

static void nested_flags_are(const struct nest *n, const char *row, bool dirty)
{
    struct vt *vt = n->path->vt;

    CHECK_EQ(vt->t, row, 1, vt_get_bits(vt, n->first, FS_A, FS_A), "accessed flag of the first-stage leaf");
    CHECK_EQ(vt->t, row, 1, vt_get_bits(vt, n->second, SS_A, SS_A), "accessed flag of the second-stage leaf");
    CHECK_EQ(vt->t, row, dirty, vt_get_bits(vt, n->first, FS_D, FS_D), "dirty flag of the first-stage leaf");
    CHECK_EQ(vt->t, row, dirty, vt_get_bits(vt, n->second, SS_D, SS_D), "dirty flag of the second-stage leaf");
}

/* What a user's translation request has left in caches, without W, does not keep a supervisor's write from setting D. */
static void supervisor_write(const struct nest *n)
{
    struct iotb_request r = vt_request(n->path, IOTB_WRITE, INPUT + 0x48, 8);
    struct vt *vt = n->path->vt;

    if (!n->path->flavour->with_pasid || !vt_ecap(vt->t, "SRS") || !test_has(vt->t, IOTB_F_PRIVILEGE))
        return;
    r.flags |= IOTB_RQ_PRIVILEGED;
    vt_expect_ok(vt, "VTD-3-035", &r, n->host + 0x48);
    nested_flags_are(n, "VTD-3-035", true);
}

static void nested_body(struct vt *vt, struct vt_path *path)
{
    uint64_t entry = vt_pasid_address(vt, path->rid, path->pasid);
    struct iotb_request r = vt_translation_request(path, INPUT);
    struct nest n = {.path = path, .host = nest_far_page(path, INPUT, VT_RW)};

    n.first = vt_entry(vt, path->fs, INPUT, 1);
    n.second = nest_final_entry(path, INPUT, 1);
    vt_path_allow_ats(path, false);
    vt_set_field(vt, entry, "pasid_table_entry", "SSADE", 1);
    if (vt_ecap(vt->t, "SRS"))
        vt_set_field(vt, entry, "pasid_table_entry", "SRE", 1);
    for (uint32_t i = 0; i < 4; i++) { /* R/W of the first stage, W of the second */
        test_context(vt->t, "%s, R/W %u, W %u", path->flavour->name, i & 1, i >> 1);
        vt_set_bits(vt, n.first, 1, 1, i & 1);
        vt_set_bits(vt, n.second, 1, 1, i >> 1);
        nested_clean(&n);
        vt_expect_translation(vt, i == 3 ? "VTD-4-003" : "VTD-4-006", &r, n.host, i == 3 ? VT_RW : VT_R, 12, NULL);
        nested_flags_are(&n, i == 3 ? "VTD-4-003" : "VTD-4-006", i == 3);
        if (i == 2)
            supervisor_write(&n);
    }
}

static void nested(struct test *t)
{
    vt_each_flavour(t, VT_NESTED_FLAVOURS, nested_body);
}

static const struct iotb_case cases[] = {
    {.name = "vtd.ats.no_write",
     .summary = "With NW a translation is for reading only, and D stays; a unit without NWFS takes no notice.",
     .run = no_write,
     .rows = "VTD-4-003 VTD-4-004 VTD-4-005 VTD-11-553",
     .gate = "ECAP.DT&ECAP.SMTS&ECAP.SMPWCS",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats.legacy_no_write",
     .summary = "The same in legacy mode, where there are no flags.",
     .run = legacy_no_write,
     .rows = "VTD-11-553",
     .gate = "ECAP.DT",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats.flags",
     .summary = "A and D are set before the completion of a translation request, D only where W is granted.",
     .run = flags,
     .rows = "VTD-4-003 VTD-4-006",
     .gate = "ECAP.DT&ECAP.SMTS&ECAP.SMPWCS",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats.nested_flags",
     .summary = "Where one stage withholds W a translation request sets D in neither.",
     .run = nested,
     .rows = "VTD-4-003 VTD-4-006 VTD-3-035",
     .gate = "ECAP.DT&ECAP.NEST&ECAP.SSADS",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_ats_flags_cases = {cases, sizeof cases / sizeof cases[0]};
