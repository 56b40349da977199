/* SPDX-License-Identifier: BSD-2-Clause */
/* Accessed and dirty flags of both stages in nested walks (3.6.2, 3.7.2, 3.8.1), the tables' own pages included. */
#include "vtd_chapters.h"
#include "vtd_nested.h"

#define FS_A (UINT64_C(1) << 5)
#define FS_D (UINT64_C(1) << 6)
#define SS_A (UINT64_C(1) << 8)
#define SS_D (UINT64_C(1) << 9)

static void set_pasid_field(struct vt_path *path, const char *field, uint64_t value)
{
    vt_set_field(path->vt, vt_pasid_address(path->vt, path->rid, path->pasid), "pasid_table_entry", field, value);
    vt_path_invalidate(path);
}

/* First-stage flags of the walk: `upper` above the leaf, `leaf` in it. */
static void set_first(struct vt_path *path, uint64_t upper, uint64_t leaf)
{
    for (uint32_t level = path->fs->levels; level >= 1; level--)
        vt_set_bits(path->vt, vt_entry(path->vt, path->fs, NEST_INPUT, level), 6, 5, (level > 1 ? upper : leaf) >> 5);
}

/* Second-stage flags of the walk for one guest address. */
static void set_second(struct vt_path *path, uint64_t guest, uint64_t upper, uint64_t leaf)
{
    for (uint32_t level = path->ss->levels; level >= 1; level--)
        vt_set_bits(path->vt, vt_entry(path->vt, path->ss, guest, level), 9, 8, (level > 1 ? upper : leaf) >> 8);
}

static uint64_t final_guest(struct vt_path *path)
{
    return mem_read64(path->vt->t, vt_entry(path->vt, path->fs, NEST_INPUT, 1)) & NEST_ADDR;
}

/* The same flags in the second-stage walks for all first-stage tables; others for the page. */
static void set_all_second(struct vt_path *path, uint64_t upper, uint64_t tables, uint64_t page)
{
    for (uint32_t level = path->fs->levels; level >= 1; level--)
        set_second(path, nest_table_guest(path, NEST_INPUT, level), upper, tables);
    set_second(path, final_guest(path), upper, page);
    vt_path_invalidate(path);
}

static void go(struct vt_path *path, const char *row, enum iotb_request_kind kind, uint64_t host)
{
    struct iotb_request r = vt_request(path, kind, NEST_INPUT + 0x60, 8);

    vt_once(path->vt);
    vt_expect_ok(path->vt, row, &r, host + 0x60);
}

static void expect_first(struct vt_path *path, const char *row, uint64_t upper, uint64_t leaf, const char *when)
{
    for (uint32_t level = path->fs->levels; level >= 1; level--)
        CHECK_EQ(path->vt->t, row, level > 1 ? upper : leaf,
                 mem_read64(path->vt->t, vt_entry(path->vt, path->fs, NEST_INPUT, level)) & (FS_A | FS_D),
                 "flags (D 40h, A 20h) of the level %u first-stage entry after %s", level, when);
}

/* Without SSADE: the first stage's flags are set through the second stage, whose own entries stay as they are. */
static void first_stage_body(struct vt *vt, struct vt_path *path)
{
    static const enum iotb_request_kind writers[] = {IOTB_WRITE, IOTB_FETCH_ADD, IOTB_SWAP, IOTB_CAS};
    uint64_t host = nest_far_page(path, NEST_INPUT, VT_RW);

    set_first(path, 0, 0);
    vt_path_invalidate(path);
    go(path, "VTD-3-034", IOTB_READ, host);
    expect_first(path, "VTD-3-034", FS_A, FS_A, "a read");
    go(path, "VTD-3-036", IOTB_WRITE, host);
    expect_first(path, "VTD-3-036", FS_A, FS_A | FS_D, "a read and then a write");
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++) {
        if (writers[i] != IOTB_WRITE && !test_has(vt->t, IOTB_F_ATOMIC))
            continue;
        set_first(path, 0, 0);
        vt_path_invalidate(path);
        go(path, "VTD-3-035", writers[i], host);
        expect_first(path, "VTD-3-035", FS_A, FS_A | FS_D, "a write or an atomic");
    }
    for (uint32_t level = path->ss->levels; level >= 1; level--)
        for (uint32_t table = path->fs->levels + 1; table-- > 0;) {
            uint64_t guest = table ? nest_table_guest(path, NEST_INPUT, table) : final_guest(path);

            CHECK_EQ(vt->t, "VTD-9-089", 0, mem_read64(vt->t, vt_entry(vt, path->ss, guest, level)) & (SS_A | SS_D),
                     "second-stage flags without SSADE, level %u", level);
        }
}

static void first_stage(struct test *t)
{
    vt_each_width(t, VT_NESTED_FLAVOURS, NULL, first_stage_body);
}

/* The leaf of the second-stage walk for a table page: A always, D when a first-stage flag was written there; the read of a
 * table may count as a write. */
static void expect_table_leaves(struct vt_path *path, bool all_written)
{
    struct vt *vt = path->vt;

    for (uint32_t level = path->fs->levels; level >= 1; level--) {
        uint64_t flags = mem_read64(vt->t, nest_table_leaf(path, NEST_INPUT, level)) & (SS_A | SS_D);

        CHECK(vt->t, "VTD-3-069", flags & SS_A, "A in the second-stage leaf of the level %u first-stage table", level);
        if (all_written)
            CHECK_EQ(vt->t, "VTD-3-069", SS_A | SS_D, flags,
                     "flags of the second-stage leaf of the level %u first-stage table, "
                     "where a flag was written",
                     level);
    }
}

static void expect_page_leaf(struct vt_path *path, uint64_t flags, const char *when)
{
    struct vt *vt = path->vt;

    for (uint32_t level = path->ss->levels; level >= 1; level--) {
        uint64_t entry = vt_entry(vt, path->ss, final_guest(path), level);

        CHECK_EQ(vt->t, "VTD-3-057", level > 1 ? SS_A : flags, mem_read64(vt->t, entry) & (SS_A | SS_D),
                 "second-stage flags of the page, level %u, after %s", level, when);
    }
}

static void both_stages_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = nest_far_page(path, NEST_INPUT, VT_RW);

    set_pasid_field(path, "SSADE", 1);
    /* First-stage flags to be written in every table. */
    set_first(path, 0, 0);
    set_all_second(path, 0, 0, 0);
    go(path, "VTD-3-069", IOTB_READ, host);
    expect_first(path, "VTD-3-069", FS_A, FS_A, "a read");
    expect_table_leaves(path, true);
    expect_page_leaf(path, SS_A, "a read");
    go(path, "VTD-3-058", IOTB_WRITE, host);
    expect_first(path, "VTD-3-069", FS_A, FS_A | FS_D, "a write");
    expect_page_leaf(path, SS_A | SS_D, "a write");
    /* None to be written. */
    set_first(path, FS_A, FS_A | FS_D);
    set_all_second(path, 0, 0, 0);
    go(path, "VTD-3-069", IOTB_WRITE, host);
    expect_table_leaves(path, false);
    expect_page_leaf(path, SS_A | SS_D, "a write with the first-stage flags set");
    /* Only the first stage's D: the page of the leaf's table is written. */
    set_first(path, FS_A, FS_A);
    set_all_second(path, SS_A, SS_A, SS_A);
    go(path, "VTD-3-069", IOTB_READ, host);
    expect_page_leaf(path, SS_A, "a read with the accessed flags set");
    go(path, "VTD-3-069", IOTB_WRITE, host);
    expect_first(path, "VTD-3-069", FS_A, FS_A | FS_D, "a write with the accessed flags set");
    CHECK_EQ(vt->t, "VTD-3-069", SS_A | SS_D, mem_read64(vt->t, nest_table_leaf(path, NEST_INPUT, 1)) & (SS_A | SS_D),
             "flags of the second-stage leaf of the page table whose entry got its dirty flag");
}

static void both_stages(struct test *t)
{
    vt_each_width(t, VT_NESTED_FLAVOURS, NULL, both_stages_body);
}

/* ---- pages of different sizes ---- */

struct mixed {
    struct vt_path *path;
    uint64_t input, guest; /* of 2 MiB */
    uint64_t host[2];      /* behind input + offsets[i] */
};
static const uint64_t offsets[2] = {0x3000, 0x155000};

static uint64_t flags_at(const struct mixed *m, enum vt_table_kind kind, uint64_t address, uint32_t level)
{
    uint64_t entry = vt_entry(m->path->vt, kind == VT_FS ? m->path->fs : m->path->ss, address, level);

    return mem_read64(m->path->vt->t, entry) & (kind == VT_FS ? FS_A | FS_D : SS_A | SS_D);
}

static void touch(const struct mixed *m, uint32_t page, enum iotb_request_kind kind)
{
    struct iotb_request r = vt_request(m->path, kind, m->input + offsets[page] + 8, 8);

    vt_once(m->path->vt);
    vt_expect_ok(m->path->vt, "VTD-3-057", &r, m->host[page] + 8);
}

/* One first-stage page over two second-stage pages: D is the first stage's after either, the second stage's after its own. */
static void large_first(struct mixed *m)
{
    struct vt *vt = m->path->vt;

    for (uint32_t i = 0; i < 2; i++) {
        m->host[i] = mem_alloc(vt->t, 4096, 4096);
        vt_map(vt, m->path->ss, m->guest + offsets[i], m->host[i], 12, VT_RW);
    }
    vt_map(vt, m->path->fs, m->input, m->guest, 21, VT_RW | VT_CLEAN);
    vt_path_invalidate(m->path);
    touch(m, 0, IOTB_WRITE);
    CHECK_EQ(vt->t, "VTD-3-035", FS_A | FS_D, flags_at(m, VT_FS, m->input, 2), "first-stage flags after a write");
    CHECK_EQ(vt->t, "VTD-3-057", SS_A | SS_D, flags_at(m, VT_SS, m->guest + offsets[0], 1), "flags of the page written");
    CHECK_EQ(vt->t, "VTD-3-057", 0, flags_at(m, VT_SS, m->guest + offsets[1], 1) & SS_D, "D of the page not used");
    touch(m, 1, IOTB_READ);
    CHECK_EQ(vt->t, "VTD-3-057", SS_A, flags_at(m, VT_SS, m->guest + offsets[1], 1), "flags of the page read");
    touch(m, 1, IOTB_WRITE);
    CHECK_EQ(vt->t, "VTD-3-058", SS_A | SS_D, flags_at(m, VT_SS, m->guest + offsets[1], 1), "its flags after a write");
}

/* Two first-stage pages over one second-stage page. */
static void large_second(struct mixed *m)
{
    struct vt *vt = m->path->vt;
    uint64_t frame = ss_frame(vt, 21);

    vt_map(vt, m->path->ss, m->guest, frame, 21, VT_RW);
    for (uint32_t i = 0; i < 2; i++) {
        m->host[i] = frame + offsets[i];
        vt_map(vt, m->path->fs, m->input + offsets[i], m->guest + offsets[i], 12, VT_RW | VT_CLEAN);
    }
    vt_path_invalidate(m->path);
    touch(m, 0, IOTB_READ);
    CHECK_EQ(vt->t, "VTD-3-034", FS_A, flags_at(m, VT_FS, m->input + offsets[0], 1), "first-stage flags of the page read");
    CHECK_EQ(vt->t, "VTD-3-035", 0, flags_at(m, VT_FS, m->input + offsets[1], 1) & FS_D, "first-stage D of the page not used");
    CHECK_EQ(vt->t, "VTD-3-057", SS_A, flags_at(m, VT_SS, m->guest, 2), "second-stage flags after a read");
    touch(m, 1, IOTB_WRITE);
    CHECK_EQ(vt->t, "VTD-3-035", FS_A, flags_at(m, VT_FS, m->input + offsets[0], 1), "first-stage flags of the page read");
    CHECK_EQ(vt->t, "VTD-3-035", FS_A | FS_D, flags_at(m, VT_FS, m->input + offsets[1], 1), "flags of the page written");
    CHECK_EQ(vt->t, "VTD-3-057", SS_A | SS_D, flags_at(m, VT_SS, m->guest, 2), "second-stage flags after a write");
    touch(m, 0, IOTB_WRITE);
    CHECK_EQ(vt->t, "VTD-3-036", FS_A | FS_D, flags_at(m, VT_FS, m->input + offsets[0], 1), "first-stage flags after its write");
}

static void mixed_sizes_body(struct vt *vt, struct vt_path *path)
{
    uint64_t far = nest_far_guest(path);
    struct mixed first = {.path = path, .input = 0x00a00000, .guest = far};
    struct mixed second = {.path = path, .input = 0x02000000, .guest = far + 0x400000};

    set_pasid_field(path, "SSADE", 1);
    large_first(&first);
    if (ss_page_size(vt, 21))
        large_second(&second);
}

static void mixed_sizes(struct test *t)
{
    vt_each_flavour(t, VT_NESTED_FLAVOURS, mixed_sizes_body);
}

/* ---- updates that are refused or fail ---- */

/* A write that either stage refuses leaves D nowhere. */
static void refused_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = nest_far_page(path, NEST_INPUT, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_WRITE, NEST_INPUT, 8);

    set_pasid_field(path, "SSADE", 1);
    for (int stage = 0; stage < 2; stage++) {
        uint64_t entry = stage ? nest_final_entry(path, NEST_INPUT, 1) : vt_entry(vt, path->fs, NEST_INPUT, 1);

        test_context(vt->t, "%s, refused by the %s stage", vt_path_name(path), stage ? "second" : "first");
        vt_set_bits(vt, entry, 1, 1, 0);
        set_first(path, 0, 0);
        set_all_second(path, 0, 0, 0);
        vt_expect_fault(vt, "VTD-3-041", &r, 0x85, host);
        CHECK_EQ(vt->t, "VTD-3-041", 0, mem_read64(vt->t, vt_entry(vt, path->fs, NEST_INPUT, 1)) & FS_D, "first-stage D");
        CHECK_EQ(vt->t, "VTD-3-041", 0, mem_read64(vt->t, nest_final_entry(path, NEST_INPUT, 1)) & SS_D, "second-stage D");
        vt_set_bits(vt, entry, 1, 1, 1);
        vt_path_invalidate(path);
        vt_expect_ok(vt, "VTD-3-041", &r, host);
    }
}

static void refused(struct test *t)
{
    vt_each_flavour(t, VT_NESTED_FLAVOURS, refused_body);
}

/* Second-stage flags that cannot be set in walks for first-stage tables: 7Ch unsnooped, 7Dh when the update fails. */
static void second_stage_update_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = nest_far_page(path, NEST_INPUT, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_READ, NEST_INPUT, 8);

    set_pasid_field(path, "SSADE", 1);
    for (uint32_t level = path->fs->levels + 1; level-- > 0;) {
        uint64_t leaf = level ? nest_table_leaf(path, NEST_INPUT, level) : nest_final_entry(path, NEST_INPUT, 1);

        test_context(vt->t, "%s, first-stage level %u (0: the page)", vt_path_name(path), level);
        set_pasid_field(path, "PWSNP", 0);
        set_all_second(path, SS_A, SS_A | SS_D, SS_A | SS_D);
        vt_expect_ok(vt, "VTD-7-100", &r, host);
        vt_set_bits(vt, leaf, 8, 8, 0);
        vt_path_invalidate(path);
        vt_expect_fault(vt, "VTD-7-100", &r, 0x7c, host);
        CHECK_EQ(vt->t, "VTD-7-100", 0, mem_read64(vt->t, leaf) & SS_A, "A in the entry that must not be updated");
        set_pasid_field(path, "PWSNP", 1);
        if (test_has(vt->t, IOTB_F_BENCH_MEMORY)) {
            inject_fault(vt->t, INJECT_ABORT, leaf, leaf + 7, ACC_WRITES | ACC_ATOMICS, 1, UINT64_MAX);
            vt_expect_fault(vt, "VTD-7-101", &r, 0x7d, host);
            inject_clear(vt->t);
        }
        vt_expect_ok(vt, "VTD-7-101", &r, host);
        CHECK_EQ(vt->t, "VTD-7-101", SS_A, mem_read64(vt->t, leaf) & SS_A, "A in the entry once it can be updated");
    }
}

static void second_stage_update(struct test *t)
{
    vt_each_flavour(t, VT_NESTED_FLAVOURS, second_stage_update_body);
}

#define SSADE_GATE "ECAP.NEST&ECAP.SSADS&ECAP.SMPWCS"

static const struct iotb_case cases[] = {
    {.name = "vtd.nested.flags_first_stage",
     .run = first_stage,
     .rows = "VTD-3-034 VTD-3-035 VTD-3-036 VTD-9-089",
     .summary = "First-stage flags are set through the second stage, whose entries stay without SSADE.",
     .gate = "ECAP.NEST&ECAP.SMPWCS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.nested.flags_both",
     .run = both_stages,
     .rows = "VTD-3-057 VTD-3-058 VTD-3-069",
     .gate = SSADE_GATE,
     .summary = "Flags of both stages, for the page and for the pages that hold first-stage tables.",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.nested.flags_refused",
     .run = refused,
     .rows = "VTD-3-041",
     .gate = SSADE_GATE,
     .summary = "A write that either stage refuses leaves no dirty flag.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.nested.flags_second_stage_update",
     .run = second_stage_update,
     .rows = "VTD-7-100 VTD-7-101",
     .summary = "Second-stage flags that cannot be set on the way to first-stage tables are faults 7Ch and 7Dh.",
     .gate = SSADE_GATE,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.nested.flags_mixed_sizes",
     .run = mixed_sizes,
     .rows = "VTD-3-034 VTD-3-035 VTD-3-036 VTD-3-057 VTD-3-058",
     .summary = "Flags where one stage's page covers several of the other's.",
     .gate = SSADE_GATE,
     .features = IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_nested_flags_cases = {cases, sizeof cases / sizeof cases[0]};
