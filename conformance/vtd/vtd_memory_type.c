/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory type of the page in scalable mode (3.11 Memory Type): CD, PAT, EMTE, EMT, IPAT and the MTRRs. */
#include "vtd_attributes.h"
#include "vtd_chapters.h"
#include "vtd_nested.h"

#define INPUT NEST_INPUT

static const uint8_t pat_types[] = {TYPE_UC, TYPE_UC_MINUS, TYPE_WC, TYPE_WT, TYPE_WB, TYPE_WP};
static const uint8_t types[] = {TYPE_UC, TYPE_WC, TYPE_WT, TYPE_WB, TYPE_WP};

/* 3.11.3 Table 7 Effective Memory Types: by MTRR (or EMT) type in the order of types[], PAT type in the order of pat_types[]. */
static const uint8_t effective[5][6] = {
    {TYPE_UC, TYPE_UC, TYPE_WC, TYPE_UC, TYPE_UC, TYPE_UC}, {TYPE_UC, TYPE_WC, TYPE_WC, TYPE_UC, TYPE_WC, TYPE_UC},
    {TYPE_UC, TYPE_UC, TYPE_WC, TYPE_WT, TYPE_WT, TYPE_WP}, {TYPE_UC, TYPE_UC, TYPE_WC, TYPE_WT, TYPE_WB, TYPE_WP},
    {TYPE_UC, TYPE_WC, TYPE_WC, TYPE_WT, TYPE_WP, TYPE_WP},
};

static void set_pasid_field(struct vt_path *path, const char *field, uint64_t value)
{
    vt_set_field(path->vt, vt_pasid_address(path->vt, path->rid, path->pasid), "pasid_table_entry", field, value);
}

/* After changes of any structure: the type of the page's accesses, on a miss and on a hit. */
static void expect_type(struct vt_path *path, const char *row, uint64_t input, uint64_t host, uint32_t type)
{
    struct vt *vt = path->vt;

    vt_refresh(vt);
    for (int kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
        struct iotb_request r = vt_request(path, (enum iotb_request_kind)kind, input, 8);
        size_t mark = trace_mark(vt->t);

        vt_expect_ok(vt, row, &r, host);
        for (size_t i = mark; i < trace_length(vt->t); i++) {
            if (!attr_touches(trace_at(vt->t, i), host, 8))
                continue;
            /* 3.11: it has no meaning for devices outside the processor coherency domain. */
            if (trace_at(vt->t, i)->memory_type == IOTB_ATTR_UNKNOWN)
                test_not_testable(vt->t, "the accesses of this requester have no memory type");
            CHECK_EQ(vt->t, row, type, trace_at(vt->t, i)->memory_type, "memory type of the page (0 UC 1 WC 4 WT 5 WP 6 WB)");
        }
    }
}

/* MTRRs on, with this default type and no ranges. */
static void set_default_type(struct test *t, uint32_t type)
{
    vt_reg_set(t, "MTRRDEF_REG", vt_reg_bits("MTRRDEF_REG", "E", 1) | vt_reg_bits("MTRRDEF_REG", "TYPE", type));
}

/* PAT[index] is one type, all others are another. */
static void set_pat(struct vt_path *path, uint32_t index, uint32_t type, uint32_t others)
{
    uint64_t pat = 0;

    for (uint32_t i = 0; i < 8; i++)
        pat |= (uint64_t)(i == index ? type : others) << (4 * i);
    set_pasid_field(path, "PAT", pat);
}

/* PAT, PCD and PWT of a first-stage leaf: bit 7 for 4 KiB pages, 12 for larger ones. */
static void set_index(struct vt_path *path, uint64_t input, uint32_t page_lg2, uint32_t index)
{
    uint64_t entry = vt_entry(path->vt, path->fs, input, ss_level(page_lg2));
    uint32_t pat = page_lg2 == 12 ? 7 : 12;

    vt_set_bits(path->vt, entry, 4, 3, index & 3);
    vt_set_bits(path->vt, entry, pat, pat, index >> 2);
}

static bool first_stage_size(struct vt_path *path, uint32_t page_lg2)
{
    struct vt *vt = path->vt;

    return (page_lg2 < 30 || vt_cap(vt->t, "FS1GP")) && (!path->ss || ss_page_size(vt, page_lg2));
}

/* A page of each size that the flavour can have; body gets the address of a line in it. */
static void each_size(struct vt_path *path, void (*body)(struct vt_path *path, uint64_t input, uint64_t host, uint32_t page_lg2))
{
    for (uint32_t page_lg2 = 12; page_lg2 <= 30; page_lg2 += 9) {
        uint64_t size = UINT64_C(1) << page_lg2, input = page_lg2 == 12 ? INPUT : UINT64_C(0x40000000) << (page_lg2 == 30);
        uint64_t host;

        if (path->fs ? !first_stage_size(path, page_lg2) : !ss_page_size(path->vt, page_lg2))
            continue;
        host = mem_alloc(path->vt->t, size, size);
        vt_path_map(path, input, host, page_lg2, VT_RW);
        test_context(path->vt->t, "%s, page of 2^%u bytes", vt_path_name(path), page_lg2);
        body(path, input + 0x40, host + 0x40, page_lg2);
    }
}

/* The second-stage leaf that maps the page of `input`. */
static uint64_t leaf_of(struct vt_path *path, uint64_t input, uint32_t page_lg2)
{
    struct vt *vt = path->vt;

    if (path->fs) /* a large page's bit 12 is PAT */
        input =
            mem_read64(vt->t, vt_entry(vt, path->fs, input, ss_level(page_lg2))) & NEST_ADDR & ~((UINT64_C(1) << page_lg2) - 1);
    return vt_entry(vt, path->ss, input, ss_level(page_lg2));
}

/* ---- first-stage type ---- */

/* PAT index and table 7, with the default type of the MTRRs in the MTRR role. */
static void pat_size(struct vt_path *path, uint64_t input, uint64_t host, uint32_t page_lg2)
{
    struct vt *vt = path->vt;

    set_default_type(vt->t, TYPE_WB);
    for (uint32_t index = 0; index < 8; index++) {
        set_index(path, input, page_lg2, index);
        set_pat(path, index, TYPE_WT, TYPE_UC);
        expect_type(path, "VTD-3-085", input, host, TYPE_WT);
        set_pat(path, index, TYPE_UC, TYPE_WB);
        expect_type(path, "VTD-3-085", input, host, TYPE_UC);
    }
    set_index(path, input, page_lg2, 5);
    for (uint32_t m = 0; m < 5; m++)
        for (uint32_t p = 0; p < 6; p++) {
            set_default_type(vt->t, types[m]);
            set_pat(path, 5, pat_types[p], TYPE_UC);
            expect_type(path, "VTD-3-085", input, host, effective[m][p]);
        }
}

static void pat_body(struct vt *vt, struct vt_path *path)
{
    (void)vt;
    each_size(path, pat_size);
}

static void pat(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS | VT_NESTED_FLAVOURS, pat_body);
}

/* ---- second-stage type ---- */

static void emt_size(struct vt_path *path, uint64_t input, uint64_t host, uint32_t page_lg2)
{
    uint64_t leaf = leaf_of(path, input, page_lg2);

    /* Not the MTRRs, and not the PAT. */
    set_default_type(path->vt->t, TYPE_WT);
    for (uint32_t i = 0; i < 5; i++)
        for (uint32_t ipat = 0; ipat < 2; ipat++) {
            vt_set_bits(path->vt, leaf, 5, 3, types[i]);
            vt_set_bits(path->vt, leaf, 6, 6, ipat);
            set_pasid_field(path, "EMTE", 1);
            expect_type(path, "VTD-3-084", input, host, types[i]);
            set_pasid_field(path, "EMTE", 0);
            expect_type(path, "VTD-3-084", input, host, TYPE_WB);
        }
}

static void emt_body(struct vt *vt, struct vt_path *path)
{
    (void)vt;
    each_size(path, emt_size);
}

static void emt(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS & VT_SCALABLE_FLAVOURS, emt_body);
}

/* Nested with EMTE: EMT alone with IPAT, else EMT in the role of the MTRRs. */
static void nested_size(struct vt_path *path, uint64_t input, uint64_t host, uint32_t page_lg2)
{
    uint64_t leaf = leaf_of(path, input, page_lg2);

    set_default_type(path->vt->t, TYPE_UC);
    set_pasid_field(path, "EMTE", 1);
    set_index(path, input, page_lg2, 6);
    for (uint32_t m = 0; m < 5; m++)
        for (uint32_t p = 0; p < 6; p++) {
            vt_set_bits(path->vt, leaf, 5, 3, types[m]);
            set_pat(path, 6, pat_types[p], TYPE_UC);
            vt_set_bits(path->vt, leaf, 6, 6, 1);
            expect_type(path, "VTD-3-086", input, host, types[m]);
            vt_set_bits(path->vt, leaf, 6, 6, 0);
            expect_type(path, "VTD-3-086", input, host, effective[m][p]);
        }
    set_pasid_field(path, "EMTE", 0);
    set_default_type(path->vt->t, TYPE_WB);
    set_pat(path, 6, TYPE_WP, TYPE_UC);
    vt_set_bits(path->vt, leaf, 6, 6, 1);
    expect_type(path, "VTD-3-085", input, host, TYPE_WP);
}

static void nested_body(struct vt *vt, struct vt_path *path)
{
    (void)vt;
    each_size(path, nested_size);
}

static void nested(struct test *t)
{
    vt_each_flavour(t, VT_NESTED_FLAVOURS, nested_body);
}

/* ---- CD, pass-through ---- */

static void cache_disable_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW), input = path->flavour->pgtt == 4 ? host : INPUT;

    set_default_type(vt->t, TYPE_WB);
    if (path->fs)
        set_pat(path, 0, TYPE_WB, TYPE_WB);
    expect_type(path, "VTD-3-083", input, host, TYPE_WB);
    if (path->ss) {
        set_pasid_field(path, "EMTE", 1);
        vt_set_bits(vt, leaf_of(path, INPUT, 12), 6, 3, 8 | TYPE_WB);
        expect_type(path, "VTD-3-083", input, host, TYPE_WB);
    }
    set_pasid_field(path, "CD", 1);
    expect_type(path, "VTD-3-083", input, host, TYPE_UC);
    if (path->ss) {
        set_pasid_field(path, "EMTE", 0);
        expect_type(path, "VTD-3-083", input, host, TYPE_UC);
    }
    set_pasid_field(path, "CD", 0);
    expect_type(path, "VTD-3-083", input, host, TYPE_WB);
}

static void cache_disable(struct test *t)
{
    vt_each_flavour(t, VT_SCALABLE_FLAVOURS, cache_disable_body);
}

/* ---- MTRRs ---- */

static void set_range(struct test *t, uint32_t n, uint64_t base, uint64_t bytes, uint32_t type, bool valid)
{
    uint64_t haw_mask = (UINT64_C(1) << test_desc(t)->host_address_bits) - 1, offset = vt_offset("MTRR_PHYSBASE0_REG") + 16 * n;

    reg_write64(t, offset, base | type);
    reg_write64(t, offset + 8, (~(bytes - 1) & haw_mask) | (valid ? UINT64_C(1) << 11 : 0));
}

/* E, the variable ranges with their overlaps, and the default type. PAT is WB, so that the effective type is the MTRRs'. */
static void variable_ranges(struct vt_path *path, uint64_t host)
{
    /* Two ranges over the page: WT with WB is WT, UC with anything is UC, equal types are that type (3.11.2). */
    static const uint8_t pairs[][3] = {{TYPE_WT, TYPE_WB, TYPE_WT},
                                       {TYPE_UC, TYPE_WB, TYPE_UC},
                                       {TYPE_WP, TYPE_WP, TYPE_WP},
                                       {TYPE_WB, TYPE_WT, TYPE_WT},
                                       {TYPE_WP, TYPE_UC, TYPE_UC}};
    struct test *t = path->vt->t;
    uint32_t count = (uint32_t)vt_field(t, "MTRRCAP_REG", "VCNT");

    set_default_type(t, TYPE_WP);
    for (uint32_t n = 0; n < count; n++) {
        test_context(t, "variable range %u", n);
        set_range(t, n, host, 4096, TYPE_WT, true);
        expect_type(path, "VTD-3-085", INPUT, host, TYPE_WT);
        set_range(t, n, host + 4096, 4096, TYPE_WT, true);
        expect_type(path, "VTD-3-085", INPUT, host, TYPE_WP);
        set_range(t, n, host & ~UINT64_C(0xffffff), 0x1000000, TYPE_WT, true);
        expect_type(path, "VTD-3-085", INPUT, host, TYPE_WT);
        set_range(t, n, host, 4096, TYPE_WT, false);
        expect_type(path, "VTD-3-085", INPUT, host, TYPE_WP);
    }
    for (uint32_t i = 0; count > 1 && i < sizeof pairs / sizeof pairs[0]; i++) {
        test_context(t, "two ranges, types %u and %u", pairs[i][0], pairs[i][1]);
        set_range(t, 0, host, 4096, pairs[i][0], true);
        set_range(t, count - 1, host & ~UINT64_C(0xffff), 0x10000, pairs[i][1], true);
        expect_type(path, "VTD-3-085", INPUT, host, pairs[i][2]);
    }
    for (uint32_t n = 0; n < count; n++)
        set_range(t, n, 0, 4096, TYPE_UC, false);
    expect_type(path, "VTD-3-085", INPUT, host, TYPE_WP);
    vt_reg_set(t, "MTRRDEF_REG", vt_reg_bits("MTRRDEF_REG", "TYPE", TYPE_WB)); /* E = 0: UC */
    expect_type(path, "VTD-3-085", INPUT, host, TYPE_UC);
}

/* A page below 1 MiB under one sub-range that is WT among seven that are WB. */
static void fixed_page(struct vt_path *path, uint32_t offset, uint32_t sub, uint64_t page)
{
    struct test *t = path->vt->t;
    uint64_t on = vt_reg_bits("MTRRDEF_REG", "E", 1) | vt_reg_bits("MTRRDEF_REG", "TYPE", TYPE_WP);

    if (!mem_claim(t, page, 4096))
        return;
    test_context(t, "fixed range at 0x%llx", (unsigned long long)page);
    vt_path_map(path, INPUT, page, 12, VT_RW);
    reg_write64(t, offset, UINT64_C(0x0606060606060606) ^ (UINT64_C(2) << (8 * sub))); /* 4: WT */
    vt_reg_set(t, "MTRRDEF_REG", on | vt_reg_bits("MTRRDEF_REG", "FE", 1));
    expect_type(path, "VTD-3-085", INPUT, page, TYPE_WT);
    vt_reg_set(t, "MTRRDEF_REG", on);
    expect_type(path, "VTD-3-085", INPUT, page, TYPE_WP);
}

/* First and last page of each sub-range of each fixed register. */
static void fixed_ranges(struct vt_path *path)
{
    static const struct {
        uint32_t offset, base, bytes;
    } fixed[] = {{0x120, 0x00000, 0x10000}, {0x128, 0x80000, 0x4000}, {0x130, 0xa0000, 0x4000}, {0x138, 0xc0000, 0x1000},
                 {0x140, 0xc8000, 0x1000},  {0x148, 0xd0000, 0x1000}, {0x150, 0xd8000, 0x1000}, {0x158, 0xe0000, 0x1000},
                 {0x160, 0xe8000, 0x1000},  {0x168, 0xf0000, 0x1000}, {0x170, 0xf8000, 0x1000}};
    struct test *t = path->vt->t;
    uint64_t on = vt_reg_bits("MTRRDEF_REG", "E", 1) | vt_reg_bits("MTRRDEF_REG", "TYPE", TYPE_WP);

    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        for (uint32_t sub = 0; sub < 8; sub++) {
            uint64_t first = fixed[i].base + (uint64_t)fixed[i].bytes * sub;

            fixed_page(path, fixed[i].offset, sub, first);
            if (fixed[i].bytes > 4096)
                fixed_page(path, fixed[i].offset, sub, first + fixed[i].bytes - 4096);
        }
    vt_reg_set(t, "MTRRDEF_REG", on | vt_reg_bits("MTRRDEF_REG", "FE", 1));
    if (mem_claim(t, 0x100000, 4096)) { /* 1 MiB is beyond them */
        vt_path_map(path, INPUT, 0x100000, 12, VT_RW);
        expect_type(path, "VTD-3-085", INPUT, 0x100000, TYPE_WP);
    }
}

static void mtrr_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);

    set_pat(path, 0, TYPE_WB, TYPE_UC);
    variable_ranges(path, host);
    if (vt_field(vt->t, "MTRRCAP_REG", "FIX"))
        fixed_ranges(path);
}

static void mtrr(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS, mtrr_body);
}

/* ---- data ---- */

/* Whatever the attributes are, the data of an ordinary device go where they went before. */
static void data_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW), input = path->flavour->pgtt == 4 ? host : INPUT;
    struct iotb_request r = vt_request(path, IOTB_WRITE, input + 8, 8);

    for (uint32_t i = 0; i < 32; i++) {
        set_pasid_field(path, "CD", i & 1);
        if (path->ss) {
            set_pasid_field(path, "EMTE", i >> 1 & 1);
            vt_set_bits(vt, leaf_of(path, INPUT, 12), 6, 3, (i & 4) << 1 | types[i % 5]);
        }
        if (path->fs) {
            set_pat(path, i >> 2, pat_types[i % 6], TYPE_UC);
            set_index(path, INPUT, 12, i >> 2);
        }
        set_default_type(vt->t, types[i % 5]);
        vt_refresh(vt);
        test_context(vt->t, "%s, combination %u", vt_path_name(path), i);
        vt_expect_ok(vt, "VTD-3-081", &r, host + 8);
        r.kind = r.kind == IOTB_READ ? IOTB_WRITE : IOTB_READ;
    }
}

static void data(struct test *t)
{
    vt_each_flavour(t, VT_SCALABLE_FLAVOURS, data_body);
}

#define SEES (IOTB_F_ATTRIBUTES | IOTB_F_BENCH_MEMORY)
#define GATE "ECAP.SMTS&ECAP.MTS"

static const struct iotb_case cases[] = {
    {.name = "vtd.memory_type.pat",
     .run = pat,
     .rows = "VTD-3-085",
     .gate = GATE,
     .features = SEES,
     .summary = "PAT, PCD and PWT select the PAT entry, which is combined with the MTRR type by table 7.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.memory_type.emt",
     .run = emt,
     .rows = "VTD-3-084",
     .gate = GATE,
     .features = SEES,
     .summary = "Second stage only: EMT of the leaf with EMTE, WB without.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.memory_type.nested",
     .run = nested,
     .rows = "VTD-3-085 VTD-3-086",
     .gate = GATE "&ECAP.NEST",
     .features = SEES,
     .summary = "Nested with EMTE: EMT alone with IPAT, else combined with the PAT type.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.memory_type.cache_disable",
     .run = cache_disable,
     .rows = "VTD-3-083",
     .gate = GATE,
     .features = SEES,
     .summary = "CD makes the page uncacheable whatever else is set.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.memory_type.mtrr",
     .run = mtrr,
     .rows = "VTD-3-085",
     .gate = GATE "&ECAP.FSTS",
     .features = SEES,
     .summary = "Fixed and variable ranges, their overlaps, the default type, and E = 0.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.memory_type.data",
     .run = data,
     .rows = "VTD-3-081",
     .gate = GATE,
     .summary = "Memory types do not change where the data of an ordinary device go.",
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_memory_type_cases = {cases, sizeof cases / sizeof cases[0]};
