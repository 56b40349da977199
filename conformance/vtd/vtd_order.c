/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two defects at once: which one a request meets (catalogue "Order of checks"). What cannot be read before something else was
 * accepted comes after it; where two checks belong to one fetch either reason is legal.
 */
#include "vtd_bits.h"
#include "vtd_chapters.h"

#define INPUT UINT64_C(0x2345000)

/* A path that works, and the words that a scenario changes. */
struct scene {
    struct vt *vt;
    struct vt_path *path;
    const char *row;
    uint64_t host;
    struct iotb_request r;
    uint64_t address[8], value[8];
    uint32_t saved;
};

static void save(struct scene *s, uint64_t address)
{
    if (s->saved == 8)
        test_abort(s->vt->t, "too many changes in one scenario");
    s->address[s->saved] = address;
    s->value[s->saved++] = mem_read64(s->vt->t, address);
}

static void put_bits(struct scene *s, uint64_t entry, uint32_t hi, uint32_t lo, uint64_t value)
{
    save(s, entry + lo / 64 * 8);
    vt_set_bits(s->vt, entry, hi, lo, value);
}

static void put_field(struct scene *s, uint64_t entry, const char *structure, const char *field, uint64_t value)
{
    save(s, entry + 8 * spec_struct_field(structure, field)->word);
    vt_set_field(s->vt, entry, structure, field, value);
}

static uint64_t at(struct scene *s, enum vtd_entry entry)
{
    return vtd_entry_address(s->path, entry, INPUT, 1);
}

static uint64_t paging(struct scene *s, uint32_t level)
{
    return vtd_entry_address(s->path, VTD_PAGING, INPUT, level);
}

static void context_field(struct scene *s, const char *field, uint64_t value)
{
    put_field(s, at(s, VTD_CONTEXT), "context_entry_scalable", field, value);
}

static void pasid_field(struct scene *s, const char *field, uint64_t value)
{
    put_field(s, at(s, VTD_PASID), "pasid_table_entry", field, value);
}

static void begin(struct scene *s, struct vt *vt, struct vt_path *path, const char *row)
{
    *s = (struct scene){.vt = vt, .path = path, .row = row};
    s->host = vt_path_page(path, INPUT, VT_RW);
    s->r = vt_request(path, IOTB_WRITE, vtd_input(path, INPUT, s->host), 8);
    vt_expect_ok(vt, row, &s->r, s->host);
}

/* Judges the scenario that the changes make up, with either of two reasons (0: only the first), and takes them back. */
static void judge(struct scene *s, const char *what, uint32_t first, uint32_t second)
{
    const uint32_t frs[2] = {first, second};

    test_context(s->vt->t, "%s, %s", s->path->flavour->name, what);
    vt_refresh(s->vt);
    if (second)
        vt_expect_fault_any(s->vt, s->row, &s->r, frs, 2, s->host);
    else
        vt_expect_fault(s->vt, s->row, &s->r, first, s->host);
    while (s->saved) {
        s->saved--;
        mem_write64(s->vt->t, s->address[s->saved], s->value[s->saved]);
    }
    vt_refresh(s->vt);
    s->r = vt_request(s->path, IOTB_WRITE, vtd_input(s->path, INPUT, s->host), 8);
    vt_expect_ok(s->vt, s->row, &s->r, s->host);
}

/* ---- requests with PASID in legacy mode ---- */

static void legacy_pasid_body(struct vt *vt, struct vt_path *path)
{
    struct scene s;

    begin(&s, vt, path, "VTD-7-124");
    for (uint32_t i = 0; i < 3; i++) {
        s.r.flags |= IOTB_RQ_PASID;
        s.r.pasid = 5;
        if (i == 1)
            put_bits(&s, at(&s, VTD_ROOT), 63, 0, 0);
        if (i == 2)
            put_bits(&s, at(&s, VTD_CONTEXT), 63, 0, 0);
        judge(&s, i == 0 ? "good tables" : i == 1 ? "no root entry" : "no context entry", 0x31, i);
    }
}

static void legacy_pasid(struct test *t)
{
    vt_each_flavour(t, VTD_LEGACY_FLAVOURS, legacy_pasid_body);
}

/* ---- root, context, directory, table ---- */

static void wide_pasid_body(struct vt *vt, struct vt_path *path)
{
    uint32_t wide = 1u << (vt_ecap(vt->t, "PSS") + 1);
    struct scene s;

    begin(&s, vt, path, "VTD-7-125");
    s.r.pasid = wide;
    put_bits(&s, at(&s, VTD_ROOT_USED), 63, 0, 0);
    judge(&s, "PASID wider than PSS and no root entry", 0x89, 0x39);
    s.r.pasid = wide;
    put_bits(&s, at(&s, VTD_CONTEXT), 63, 0, 0);
    judge(&s, "PASID wider than PSS and no context entry", 0x89, 0x41);
}

static void wide_pasid(struct test *t)
{
    vt_each_flavour(t, VT_PASID_FLAVOURS, wide_pasid_body);
}

static void structures_body(struct vt *vt, struct vt_path *path)
{
    bool with_pasid = path->flavour->with_pasid;
    struct scene s;

    begin(&s, vt, path, "VTD-7-126");
    put_bits(&s, at(&s, VTD_CONTEXT) + 16, 63, 0, 1);
    put_bits(&s, at(&s, VTD_ROOT_USED), 0, 0, 0);
    judge(&s, "root half absent, context entry reserved", 0x39, 0);
    put_bits(&s, at(&s, VTD_CONTEXT) + 16, 63, 0, 1);
    put_bits(&s, at(&s, VTD_ROOT_USED), 1, 1, 1);
    judge(&s, "root half reserved, context entry reserved", 0x3a, 0);

    s.row = "VTD-7-127";
    context_field(&s, "P", 0);
    put_bits(&s, at(&s, VTD_CONTEXT), 8, 7, 3);
    judge(&s, "context entry absent and reserved", 0x41, 0);
    if (vt_ecap(vt->t, "RPS")) {
        put_bits(&s, at(&s, VTD_CONTEXT), 8, 7, 3);
        context_field(&s, "PDTS", 0);
        context_field(&s, "RID_PASID", 0x2000);
        judge(&s, "context entry reserved and RID_PASID beyond PDTS", 0x42, 0x43);
    }
    if (vt_ecap(vt->t, "RPS") && with_pasid) {
        context_field(&s, "PDTS", 0);
        context_field(&s, "RID_PASID", 0x2000);
        context_field(&s, "PASIDE", 0);
        judge(&s, "RID_PASID beyond PDTS and PASIDE=0", 0x43, 0x45);
    }

    s.row = "VTD-7-130";
    put_bits(&s, at(&s, VTD_PASID), 63, 0, UINT64_C(1) << 5 | 1);
    put_field(&s, at(&s, VTD_DIRECTORY), "pasid_dir_entry", "P", 0);
    judge(&s, "directory entry absent, table entry reserved", 0x51, 0);
    put_bits(&s, at(&s, VTD_PASID), 63, 0, UINT64_C(1) << 5 | 1);
    put_bits(&s, at(&s, VTD_DIRECTORY), 2, 2, 1);
    judge(&s, "directory entry reserved, table entry reserved", 0x52, 0);
    pasid_field(&s, "P", 0);
    pasid_field(&s, "PGTT", 0);
    judge(&s, "table entry absent, PGTT reserved", 0x59, 0);
    pasid_field(&s, "P", 0);
    put_bits(&s, at(&s, VTD_PASID), 5, 5, 1);
    judge(&s, "table entry absent and reserved", 0x59, 0);
    put_bits(&s, at(&s, VTD_PASID), 5, 5, 1);
    pasid_field(&s, "PGTT", 7);
    judge(&s, "table entry reserved and PGTT reserved", 0x5a, 0x5b);
    if (with_pasid && test_has(vt->t, IOTB_F_PRIVILEGE)) {
        s.r.flags |= IOTB_RQ_PRIVILEGED;
        pasid_field(&s, "PGTT", 7);
        judge(&s, "PGTT reserved and SRE=0", 0x5b, 0x5d);
        s.r.flags |= IOTB_RQ_PRIVILEGED;
        pasid_field(&s, "P", 0);
        judge(&s, "table entry absent and SRE=0", 0x59, 0);
    }
}

static void structures(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS), structures_body);
}

/* The context entry's own refusals come before the directory is read: it is where nothing answers. */
static void before_directory_body(struct vt *vt, struct vt_path *path)
{
    uint64_t hole = mem_hole(vt->t);
    struct scene s;

    if (!hole)
        test_not_testable(vt->t, "the DUT's memory has no hole");
    begin(&s, vt, path, "VTD-7-128");
    context_field(&s, "PASIDDIRPTR", hole);
    judge(&s, "directory in a hole", 0x50, 0);
    if (vt_ecap(vt->t, "RPS")) {
        context_field(&s, "PASIDDIRPTR", hole);
        context_field(&s, "PDTS", 0);
        context_field(&s, "RID_PASID", 0x2000);
        judge(&s, "RID_PASID beyond PDTS, directory in a hole", 0x43, 0);
    }
    if (!path->flavour->with_pasid)
        return;
    context_field(&s, "PASIDDIRPTR", hole);
    context_field(&s, "PASIDE", 0);
    judge(&s, "PASIDE=0, directory in a hole", 0x45, 0);
    if (vt_ecap(vt->t, "PSS") >= 13) {
        context_field(&s, "PASIDDIRPTR", hole);
        context_field(&s, "PDTS", 0);
        s.r.pasid = 0x2000;
        judge(&s, "PASID beyond PDTS, directory in a hole", 0x46, 0);
        s.row = "VTD-7-129";
        context_field(&s, "PASIDE", 0);
        context_field(&s, "PDTS", 0);
        s.r.pasid = 0x2000;
        judge(&s, "PASID beyond PDTS and PASIDE=0", 0x45, 0x46);
        s.row = "VTD-7-128";
    }
    if (vt_ecap(vt->t, "RPS")) {
        context_field(&s, "PASIDDIRPTR", hole);
        context_field(&s, "RID_PASID", s.path->pasid);
        judge(&s, "PASID equal to RID_PASID, directory in a hole", 0x48, 0);
        s.row = "VTD-7-129";
        context_field(&s, "PASIDE", 0);
        context_field(&s, "RID_PASID", s.path->pasid);
        judge(&s, "PASID equal to RID_PASID and PASIDE=0", 0x45, 0x48);
    }
}

static void before_directory(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS), before_directory_body);
}

/* ---- widths, paging entries ---- */

/* An address that is too wide is refused before the first paging entry is read, and after the entries above were accepted. */
static void width_first_body(struct vt *vt, struct vt_path *path)
{
    bool legacy = vt->config.mode == VT_LEGACY, first = path->fs != NULL;
    uint32_t mgaw = (uint32_t)vt_cap(vt->t, "MGAW") + 1, width = path->ss ? 30 + 9 * vt_aw(path->ss) : 0;
    uint64_t wide = UINT64_C(1) << (first ? 11 + 9 * path->fs->levels : mgaw < width ? mgaw : width), hole = mem_hole(vt->t);
    uint32_t fr = first ? 0x80 : legacy ? 0x04 : 0x84;
    struct scene s;

    if (!hole)
        test_not_testable(vt->t, "the DUT's memory has no hole");
    begin(&s, vt, path, "VTD-7-131");
    s.r.address = wide;
    if (legacy)
        put_field(&s, at(&s, VTD_CONTEXT), "context_entry_legacy", "SSPTPTR", hole);
    else
        pasid_field(&s, first ? "FSPTPTR" : "SSPTPTR", hole);
    judge(&s, "address too wide, top table in a hole", fr, 0);
    s.r.address = wide;
    put_bits(&s, at(&s, legacy ? VTD_CONTEXT : VTD_PASID), 0, 0, 0);
    judge(&s, "address too wide, no entry", legacy ? 0x02 : 0x59, 0);
}

static void width_first(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS | VT_FS_FLAVOURS, width_first_body);
}

/* Top down: the first entry without a translation decides; within an entry presence comes before reserved fields. */
static void top_down_body(struct vt *vt, struct vt_path *path)
{
    bool legacy = vt->config.mode == VT_LEGACY, first = path->fs != NULL;
    uint32_t top = vt_path_table(path)->levels, present = first ? 0 : 1;
    uint32_t absent_fr = first ? 0x71 : legacy ? 0x05 : 0x79, reserved_fr = first ? 0x72 : legacy ? 0x0c : 0x7a;
    uint32_t reserved = !first && top < 4 ? 11 : 7; /* SNP in a non-leaf entry, PS in the uppermost ones */
    struct scene s;

    begin(&s, vt, path, "VTD-7-132");
    put_bits(&s, paging(&s, 1), present, 0, 0);
    put_bits(&s, paging(&s, top), reserved, reserved, 1);
    judge(&s, "top entry reserved, last one absent", reserved_fr, 0);
    if (!first || vt->haw < 52) {
        uint32_t lower = first ? vt->haw : 11;

        put_bits(&s, paging(&s, 2), lower, lower, 1);
        put_bits(&s, paging(&s, top), present, 0, 0);
        judge(&s, "top entry absent, a lower one reserved", absent_fr, 0);
    }
    s.row = "VTD-7-133";
    put_bits(&s, paging(&s, top), present, 0, 0);
    put_bits(&s, paging(&s, top), reserved, reserved, 1);
    judge(&s, "top entry absent and reserved", absent_fr, 0);
}

static void top_down(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS | VT_FS_FLAVOURS, top_down_body);
}

/* ---- rights ---- */

static void rights_body(struct vt *vt, struct vt_path *path)
{
    bool legacy = vt->config.mode == VT_LEGACY;
    struct scene s;

    begin(&s, vt, path, "VTD-7-134");
    put_bits(&s, paging(&s, 1), 1, 1, 0);
    put_bits(&s, paging(&s, 1), 51, 12, 0xfee00);
    judge(&s, "page in the interrupt range without write right", legacy ? 0x05 : 0x85, legacy ? 0x0e : 0x87);
    if (path->fs || !test_has(vt->t, IOTB_F_ATOMIC))
        return;
    s.row = "VTD-7-135";
    s.r.kind = IOTB_SWAP;
    put_bits(&s, paging(&s, 2), 1, 0, 1);
    put_bits(&s, paging(&s, 1), 1, 0, 2);
    judge(&s, "atomic with neither right left", legacy ? 0x05 : 0x79, legacy ? 0x06 : 0);
}

static void rights(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS | VT_FS_FLAVOURS, rights_body);
}

#define FULL .functional = true, .tier = TIER_FULL

static const struct iotb_case cases[] = {
    {.name = "vtd.order.legacy_pasid",
     .summary = "Legacy mode refuses requests with PASID, bad tables or not.",
     .run = legacy_pasid,
     .rows = "VTD-7-124" VTD_LEGACY_ROWS " VTD-11-016",
     .gate = "ECAP.PASID",
     .features = IOTB_F_PASID,
     FULL},
    {.name = "vtd.order.wide_pasid",
     .summary = "A PASID wider than PSS and no root or context entry.",
     .run = wide_pasid,
     .rows = "VTD-7-125" VTD_SCALABLE_ROWS,
     .gate = "ECAP.SMTS&ECAP.PASID&ECAP.PSS<19",
     .features = IOTB_F_PASID,
     FULL},
    {.name = "vtd.order.structures",
     .summary = "Root, context, directory and table entries are judged one after the other.",
     .run = structures,
     .rows = "VTD-7-126 VTD-7-127 VTD-7-130" VTD_SCALABLE_ROWS,
     .gate = "ECAP.SMTS",
     FULL},
    {.name = "vtd.order.before_directory",
     .summary = "What the context entry refuses is refused before the directory is read.",
     .run = before_directory,
     .rows = "VTD-7-128 VTD-7-129" VTD_SCALABLE_ROWS,
     .gate = "ECAP.SMTS",
     FULL},
    {.name = "vtd.order.width",
     .summary = "Address widths are judged before the first paging entry is read.",
     .run = width_first,
     .rows = "VTD-7-131" VTD_SCALABLE_ROWS " VTD-3-002 VTD-7-036",
     .features = IOTB_F_WIDE_ADDRESS,
     FULL},
    {.name = "vtd.order.top_down",
     .summary = "Paging entries are judged from the top, presence before reserved fields.",
     .run = top_down,
     .rows = "VTD-7-132 VTD-7-133" VTD_SCALABLE_ROWS " VTD-3-002 VTD-7-036",
     FULL},
    {.name = "vtd.order.rights",
     .summary = "Rights, the interrupt range, and an atomic with neither right.",
     .run = rights,
     .rows = "VTD-7-134 VTD-7-135" VTD_SCALABLE_ROWS " VTD-3-002 VTD-7-036",
     FULL},
};

const struct iotb_case_list vtd_order_cases = {cases, sizeof cases / sizeof cases[0]};
