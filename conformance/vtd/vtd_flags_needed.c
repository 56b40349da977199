/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When is an update of flags needed at all? A write that is refused needs no dirty flag (3.6.2, 3.7.2), so where flags cannot be
 * updated (an unsnooped walk, a first-stage table that is read-only in the second stage) it meets its lack of rights, and a
 * write that is allowed meets the update that cannot be made.
 */
#include "vtd_bits.h"
#include "vtd_chapters.h"
#include "vtd_nested.h"

#define INPUT UINT64_C(0x2345000)

enum { RW = 1, US = 2, A = 5, D = 6 }; /* first-stage entry */
enum { W = 1, SS_A = 8, SS_D = 9 };    /* second-stage entry */

struct scene {
    struct vt *vt;
    struct vt_path *path;
    uint64_t host, leaf;
    const char *row;
};

static void set(struct scene *s, uint32_t bit, uint64_t value)
{
    vt_set_bits(s->vt, s->leaf, bit, bit, value);
}

static void expect(struct scene *s, uint32_t flags, enum iotb_request_kind kind, uint32_t fr)
{
    struct iotb_request r = vt_request(s->path, kind, INPUT + 0x48, 8);

    r.flags |= flags;
    vt_invalidate_all(s->vt);
    if (fr)
        vt_expect_fault(s->vt, s->row, &r, fr, s->host + 0x48);
    else
        vt_expect_ok(s->vt, s->row, &r, s->host + 0x48);
}

/* The leaf has A and not D, and cannot be updated; `fr` is what a needed update meets. */
static void user_writes(struct scene *s, uint32_t fr)
{
    set(s, A, 1);
    set(s, D, 0);
    expect(s, 0, IOTB_READ, 0);
    expect(s, 0, IOTB_WRITE, fr);
    set(s, RW, 0);
    expect(s, 0, IOTB_READ, 0);
    expect(s, 0, IOTB_WRITE, 0x85);
    set(s, RW, 1);
    set(s, US, 0);
    expect(s, 0, IOTB_WRITE, 0x81);
    set(s, US, 1);
    set(s, D, 1);
    expect(s, 0, IOTB_WRITE, 0);
    set(s, D, 0);
}

/* With WPE clear a supervisor may write where R/W is clear. */
static void supervisor_writes(struct scene *s, uint32_t fr)
{
    uint64_t entry = vt_pasid_address(s->vt, s->path->rid, s->path->pasid);

    if (!s->path->flavour->with_pasid || !vt_ecap(s->vt->t, "SRS") || !test_has(s->vt->t, IOTB_F_PRIVILEGE))
        return;
    vt_set_field(s->vt, entry, "pasid_table_entry", "SRE", 1);
    set(s, US, 0);
    expect(s, IOTB_RQ_PRIVILEGED, IOTB_WRITE, fr);
    set(s, RW, 0);
    expect(s, IOTB_RQ_PRIVILEGED, IOTB_READ, 0);
    expect(s, IOTB_RQ_PRIVILEGED, IOTB_WRITE, fr);
    vt_set_field(s->vt, entry, "pasid_table_entry", "WPE", 1);
    expect(s, IOTB_RQ_PRIVILEGED, IOTB_WRITE, 0x85);
    set(s, RW, 1);
    expect(s, IOTB_RQ_PRIVILEGED, IOTB_WRITE, fr);
    set(s, US, 1);
    vt_set_field(s->vt, entry, "pasid_table_entry", "WPE", 0);
    vt_set_field(s->vt, entry, "pasid_table_entry", "SRE", 0);
}

static void unsnooped_body(struct vt *vt, struct vt_path *path)
{
    struct scene s = {.vt = vt, .path = path, .host = vt_path_page(path, INPUT, VT_RW), .row = "VTD-3-043"};

    s.leaf = vt_path_leaf(path, INPUT);
    if (vt_ecap(vt->t, "SMPWCS"))
        vt_set_field(vt, vt_pasid_address(vt, path->rid, path->pasid), "pasid_table_entry", "PWSNP", 0);
    user_writes(&s, 0x90);
    supervisor_writes(&s, 0x90);
    set(&s, D, 1);
    vt_invalidate_all(vt);
}

static void unsnooped(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS | VT_NESTED_FLAVOURS, unsnooped_body);
}

/* ---- nested: the page of the last first-stage table cannot be written ---- */

static void read_only_body(struct vt *vt, struct vt_path *path)
{
    struct scene s = {.vt = vt, .path = path, .host = vt_path_page(path, INPUT, VT_RW), .row = "VTD-7-009"};
    uint64_t above = vt_entry(vt, path->fs, INPUT, 2), guest, page_leaf;

    s.leaf = vt_path_leaf(path, INPUT);
    guest = mem_read64(vt->t, above) & UINT64_C(0x000ffffffffff000);
    page_leaf = vt_entry(vt, path->ss, guest, 1);
    vt_set_bits(vt, page_leaf, W, W, 0);
    user_writes(&s, 0x77);
    supervisor_writes(&s, 0x77);
    vt_set_bits(vt, page_leaf, W, W, 1);
    vt_invalidate_all(vt);
}

static void read_only(struct test *t)
{
    vt_each_flavour(t, VT_NESTED_FLAVOURS, read_only_body);
}

/* ---- second stage ---- */

/* Second-stage entries on the way of an address: A in all of them, and D in the leaf or not. */
static void set_second(struct vt_path *path, uint64_t address, uint64_t dirty)
{
    for (uint32_t level = 1; level <= path->ss->levels; level++)
        vt_set_bits(path->vt, vt_entry(path->vt, path->ss, address, level), SS_A, SS_A, 1);
    vt_set_bits(path->vt, vt_entry(path->vt, path->ss, address, 1), SS_D, SS_D, dirty);
}

static void second_body(struct vt *vt, struct vt_path *path)
{
    struct scene s = {.vt = vt, .path = path, .host = vt_path_page(path, INPUT, VT_RW), .row = "VTD-7-100"};
    uint64_t entry = vt_pasid_address(vt, path->rid, path->pasid);

    s.leaf = vt_path_leaf(path, INPUT);
    set_second(path, INPUT, 0);
    vt_set_field(vt, entry, "pasid_table_entry", "SSADE", 1);
    vt_set_field(vt, entry, "pasid_table_entry", "PWSNP", 0);
    expect(&s, 0, IOTB_READ, 0);
    expect(&s, 0, IOTB_WRITE, 0x7c);
    set(&s, W, 0);
    expect(&s, 0, IOTB_READ, 0);
    expect(&s, 0, IOTB_WRITE, 0x85);
    set(&s, W, 1);
    set(&s, SS_D, 1);
    expect(&s, 0, IOTB_WRITE, 0);
    set(&s, SS_A, 0);
    expect(&s, 0, IOTB_READ, 0x7c);
    set(&s, SS_A, 1);
    vt_set_field(vt, entry, "pasid_table_entry", "SSADE", 0);
    vt_invalidate_all(vt);
}

static void second(struct test *t)
{
    vt_each_flavour(t, 1u << VT_RID_SS | 1u << VT_PASID_SS, second_body);
}

/* Nested, with SSADE: the second-stage entries of the first-stage tables have both flags, the page's leaf has A alone. */
static void open_nested(struct scene *s, struct vt *vt, struct vt_path *path)
{
    uint64_t entry = vt_pasid_address(vt, path->rid, path->pasid);

    *s = (struct scene){.vt = vt, .path = path, .host = nest_far_page(path, INPUT, VT_RW), .row = "VTD-7-100"};
    s->leaf = vt_path_leaf(path, INPUT);
    vt_set_field(vt, entry, "pasid_table_entry", "SSADE", 1);
    vt_set_field(vt, entry, "pasid_table_entry", "PWSNP", 0);
    for (uint32_t level = 1; level <= path->fs->levels; level++)
        set_second(path, nest_table_guest(path, INPUT, level), 1);
    set_second(path, mem_read64(vt->t, s->leaf) & NEST_ADDR, 0);
    vt_invalidate_all(vt);
}

static void nested_body(struct vt *vt, struct vt_path *path)
{
    struct scene s;

    open_nested(&s, vt, path);
    expect(&s, 0, IOTB_READ, 0);
    expect(&s, 0, IOTB_WRITE, 0x7c);
    set(&s, RW, 0);
    expect(&s, 0, IOTB_READ, 0);
    expect(&s, 0, IOTB_WRITE, 0x85);
    set(&s, RW, 1);
    set(&s, US, 0);
    expect(&s, 0, IOTB_WRITE, 0x81);
    set(&s, US, 1);
    vt_set_bits(vt, nest_final_entry(path, INPUT, 1), SS_D, SS_D, 1);
    expect(&s, 0, IOTB_WRITE, 0);
}

static void nested(struct test *t)
{
    vt_each_flavour(t, VT_NESTED_FLAVOURS, nested_body);
}

/* ---- translation requests: what is not granted for writing needs no D either (4.2.3.1) ---- */

static void translation_is(struct scene *s, uint32_t rights)
{
    struct iotb_request r = vt_translation_request(s->path, INPUT);

    vt_invalidate_all(s->vt);
    vt_expect_translation(s->vt, s->row, &r, s->host, rights, 12, NULL);
}

static void translation_body(struct vt *vt, struct vt_path *path)
{
    struct iotb_request r = vt_translation_request(path, INPUT);
    uint64_t pasid_entry = vt_pasid_address(vt, path->rid, path->pasid), dirty;
    bool both = path->fs && path->ss;
    uint32_t d = path->ss ? SS_D : D;
    struct scene s;

    if (path->ss && !vt_ecap(vt->t, "SSADS"))
        return;
    if (both) {
        open_nested(&s, vt, path);
    } else {
        s = (struct scene){.vt = vt, .path = path, .host = vt_path_page(path, INPUT, VT_RW)};
        s.leaf = vt_path_leaf(path, INPUT);
        vt_set_field(vt, pasid_entry, "pasid_table_entry", "SSADE", path->ss != NULL);
        vt_set_field(vt, pasid_entry, "pasid_table_entry", "PWSNP", 0);
        if (path->ss)
            set_second(path, INPUT, 0);
        else
            set(&s, D, 0);
    }
    dirty = both ? nest_final_entry(path, INPUT, 1) : s.leaf;
    s.row = path->ss ? "VTD-7-100" : "VTD-3-043";
    vt_path_allow_ats(path, false);
    test_context(vt->t, "%s, writable and clean", path->flavour->name);
    vt_invalidate_all(vt);
    if (path->ss)
        vt_expect_ats_refused(vt, s.row, &r, IOTB_CA, 0x7c);
    else
        vt_expect_no_translation(vt, s.row, &r);
    test_context(vt->t, "%s, not writable and clean", path->flavour->name);
    set(&s, path->fs ? RW : W, 0);
    translation_is(&s, VT_R);
    test_context(vt->t, "%s, writable and dirty", path->flavour->name);
    set(&s, path->fs ? RW : W, 1);
    vt_set_bits(vt, dirty, d, d, 1);
    translation_is(&s, VT_RW);
}

static void translation(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS & VT_SCALABLE_FLAVOURS, translation_body);
}

static const struct iotb_case cases[] = {
    {.name = "vtd.flags_needed.unsnooped",
     .summary = "On an unsnooped walk only a write that is allowed needs D; one that is not meets its lack of rights.",
     .run = unsnooped,
     .rows = "VTD-3-043 VTD-11-016 VTD-11-018" VTD_PLAIN_ROWS,
     .gate = "ECAP.FSTS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.flags_needed.read_only_table",
     .summary = "In a table that is read-only in the second stage only a write that is allowed needs D.",
     .run = read_only,
     .rows = "VTD-7-009 VTD-11-016 VTD-11-018" VTD_PLAIN_ROWS,
     .gate = "ECAP.NEST&ECAP.SMPWCS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.flags_needed.second_stage",
     .summary = "With SSADE on an unsnooped walk only a write that is allowed needs D in the second stage.",
     .run = second,
     .rows = "VTD-7-100 VTD-11-016 VTD-11-018" VTD_PLAIN_ROWS,
     .gate = "ECAP.SSADS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.flags_needed.nested",
     .summary = "With SSADE on an unsnooped nested walk a write that the first stage refuses needs no D in the second.",
     .run = nested,
     .rows = "VTD-7-100 VTD-11-016 VTD-11-018" VTD_PLAIN_ROWS,
     .gate = "ECAP.NEST&ECAP.SSADS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.flags_needed.translation",
     .summary = "On an unsnooped walk a translation request needs D only where the page may be written.",
     .run = translation,
     .rows = "VTD-3-043 VTD-7-100",
     .gate = "ECAP.DT&ECAP.SMPWCS",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_flags_needed_cases = {cases, sizeof cases / sizeof cases[0]};
