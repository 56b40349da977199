/* SPDX-License-Identifier: BSD-2-Clause */
/* First-stage walks: indices, page sizes, canonical addresses (3.6). Bits, rights and flags have files of their own. */
#include "vtd_first_stage.h"
#include "vtd_chapters.h"

#include <stdio.h>

void fs_page_open(struct fs_page *page, struct vt_path *path, uint64_t input, uint32_t page_lg2, uint32_t rights)
{
    uint64_t within = input & ((UINT64_C(1) << page_lg2) - 1);

    *page = (struct fs_page){.vt = path->vt, .path = path, .input = input, .leaf = (page_lg2 - 12) / 9 + 1};
    page->host = vtd_large_page(path->vt, page_lg2, within) + within;
    page->levels = path->fs->levels;
    vt_path_map(path, input - within, page->host - within, page_lg2, rights);
    for (uint32_t level = page->leaf; level <= page->levels; level++)
        page->entry[level] = vt_entry(path->vt, path->fs, input, level);
}

void fs_set_levels(struct vt_path *path, uint32_t levels)
{
    path->fs = vt_table_new(path->vt, VT_FS, levels);
    fs_pasid_field(path, "FSPM", levels - 4);
    fs_pasid_field(path, "FSPTPTR", path->fs->root_pointer);
    vt_refresh(path->vt);
}

void fs_change(struct fs_page *page, uint32_t level, uint64_t clear, uint64_t set)
{
    struct test *t = page->vt->t;

    mem_write64(t, page->entry[level], (mem_read64(t, page->entry[level]) & ~clear) | set);
}

uint64_t fs_value(struct fs_page *page, uint32_t level)
{
    return mem_read64(page->vt->t, page->entry[level]);
}

void fs_pasid_field(struct vt_path *path, const char *field, uint64_t value)
{
    vt_set_field(path->vt, vt_pasid_address(path->vt, path->rid, path->pasid), "pasid_table_entry", field, value);
}

struct iotb_request fs_request(const struct fs_page *page, enum iotb_request_kind kind)
{
    return vt_request(page->path, kind, page->input, 8);
}

/* ---- indices ---- */

static uint64_t canonical(uint64_t input, uint32_t bits)
{
    return input >> (bits - 1) & 1 ? input | ~UINT64_C(0) << bits : input;
}

/* Inputs that differ in one index bit, page 0 and the last page of all, each with a page of its own, all mapped at once. */
static void index_bits(struct vt *vt, struct vt_path *path, const char *row)
{
    uint32_t bits = 12 + 9 * path->fs->levels, count = 0;
    uint64_t input[50], host[50];

    for (uint32_t bit = 12; bit < bits; bit++)
        input[count++] = canonical(UINT64_C(1) << bit, bits);
    input[count++] = 0;
    input[count++] = ~UINT64_C(0xfff);
    input[count++] = canonical(UINT64_C(0x00aa55aa55aa5000) & ((UINT64_C(1) << bits) - 1), bits);
    for (uint32_t i = 0; i < count; i++) {
        input[i] = vtd_wide(vt->t, input[i], input[i] & UINT64_C(0xfffff000));
        host[i] = mem_alloc(vt->t, 4096, 4096);
        /* Narrow addresses come twice: the last mapping counts. */
        vt_path_map(path, input[i], host[i], 12, VT_RW);
    }
    vt_refresh(vt);
    for (uint32_t i = 0; i < count; i++) {
        size_t mark = trace_mark(vt->t);
        struct iotb_request r = vt_request(path, IOTB_WRITE, input[i] + 8 * i, 8);
        uint64_t there = host[i];

        for (uint32_t k = i + 1; k < count; k++)
            if (input[k] == input[i])
                there = host[k];
        test_context(vt->t, "%s, %u levels, input 0x%llx", path->flavour->name, path->fs->levels, (unsigned long long)input[i]);
        vtd_reaches(vt, row, r, there + 8 * i);
        if (test_has(vt->t, IOTB_F_BENCH_MEMORY)) {
            uint64_t leaf = vt_entry(vt, path->fs, input[i], 1);

            CHECK(vt->t, row, trace_count(vt->t, mark, leaf, leaf + 7, ACC_READS) > 0, "the walk reads the entry at 0x%llx",
                  (unsigned long long)leaf);
        }
    }
}

static void index_4_body(struct vt *vt, struct vt_path *path)
{
    fs_set_levels(path, 4);
    index_bits(vt, path, "VTD-3-012");
}

static void index_5_body(struct vt *vt, struct vt_path *path)
{
    fs_set_levels(path, 5);
    index_bits(vt, path, "VTD-3-013");
}

static void index_4(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS, index_4_body);
}

static void index_5(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS, index_5_body);
}

/* A cold walk reads one entry at each level, at eight times the index of this level, and nothing of a sixth. */
static void cold_walk_body(struct vt *vt, struct vt_path *path)
{
    for (uint32_t levels = 4; levels <= (vt_cap(vt->t, "FS5LP") ? 5 : 4); levels++) {
        const char *row = levels == 5 ? "VTD-3-013" : "VTD-3-012";
        struct fs_page page;
        struct iotb_request r;
        size_t mark;

        fs_set_levels(path, levels);
        fs_page_open(&page, path, UINT64_C(0x0000123456789000) | (levels == 5 ? UINT64_C(0x55) << 48 : 0), 12, VT_RW);
        mark = trace_mark(vt->t);
        vt_refresh(vt);
        r = fs_request(&page, IOTB_WRITE);
        test_context(vt->t, "%s, %u levels", path->flavour->name, levels);
        vt_expect_ok(vt, row, &r, page.host);
        for (uint32_t level = levels; level >= 1; level--) {
            uint64_t table = page.entry[level] & ~UINT64_C(0xfff);
            uint64_t offset = page.input >> (12 + 9 * (level - 1)) << 3 & 0xff8;

            CHECK(vt->t, row, trace_count(vt->t, mark, table + offset, table + offset + 7, ACC_READS) > 0,
                  "the walk reads the entry of level %u at offset 0x%llx", level, (unsigned long long)offset);
        }
    }
}

static void cold_walk(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS, cold_walk_body);
}

/* ---- page sizes ---- */

/* Base of a page whose first and last 4 KiB, and those at each single offset bit, may be used; 0 when there is none. */
static uint64_t claim_page(struct vt *vt, uint32_t page_lg2)
{
    const struct iotb_desc *d = test_desc(vt->t);
    uint64_t size = UINT64_C(1) << page_lg2, base = test_has(vt->t, IOTB_F_BENCH_MEMORY) ? UINT64_C(0x80000000) : d->ram_base;

    if (page_lg2 == 12)
        return mem_alloc(vt->t, size, size);
    base = (base + size - 1) & ~(size - 1);
    for (uint32_t tries = 0; tries < 256; tries++, base += size) {
        bool all = mem_claim(vt->t, base, 4096) && mem_claim(vt->t, base + size - 4096, 4096);

        for (uint32_t bit = 12; all && bit < page_lg2; bit++)
            all = mem_claim(vt->t, base + (UINT64_C(1) << bit), 4096);
        if (all)
            return base;
    }
    return 0;
}

/* Every offset bit goes through, and what is next to the page is not mapped. */
static void page_offsets(struct vt *vt, struct vt_path *path, uint32_t page_lg2, const char *row)
{
    uint64_t size = UINT64_C(1) << page_lg2, base = claim_page(vt, page_lg2);
    uint64_t input = UINT64_C(3) << (page_lg2 + 1); /* alone in its neighbourhood: neither bit above is a page of its own */
    struct iotb_request r;

    if (!base)
        test_not_testable(vt->t, "the DUT's memory has no page of 2^%u bytes", page_lg2);
    test_context(vt->t, "%s, page of 2^%u bytes", path->flavour->name, page_lg2);
    vt_path_map(path, input, base, page_lg2, VT_RW);
    vt_refresh(vt);
    for (uint32_t bit = 0; bit < page_lg2; bit++) {
        r = vt_request(path, IOTB_WRITE, input + (UINT64_C(1) << bit), bit < 3 ? 1 : 8);
        test_context(vt->t, "%s, page of 2^%u bytes, offset bit %u", path->flavour->name, page_lg2, bit);
        vtd_reaches(vt, row, r, base + (UINT64_C(1) << bit));
    }
    r = vt_request(path, IOTB_WRITE, input + size - 8, 8);
    vtd_reaches(vt, row, r, base + size - 8);
    r.address = input;
    vtd_reaches(vt, row, r, base);
    r.address = input + size;
    vtd_refused(vt, row, r, 0x71, base);
    r.address = input - 8;
    vtd_refused(vt, row, r, 0x71, base + size - 8);
}

static void pages_4k_body(struct vt *vt, struct vt_path *path)
{
    page_offsets(vt, path, 12, "VTD-3-012");
}
static void pages_2m_body(struct vt *vt, struct vt_path *path)
{
    page_offsets(vt, path, 21, "VTD-3-014");
}
static void pages_1g_body(struct vt *vt, struct vt_path *path)
{
    page_offsets(vt, path, 30, "VTD-3-015");
}

static void pages_4k(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS, pages_4k_body);
}
static void pages_2m(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS, pages_2m_body);
}
static void pages_1g(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS, pages_1g_body);
}

/* Without FS1GP a PDPE with PS is reserved: for reads, writes, and whatever its other bits are. */
static void no_1g_body(struct vt *vt, struct vt_path *path)
{
    struct fs_page page;
    struct iotb_request r;

    fs_page_open(&page, path, UINT64_C(0x40345000) + 0x18, 12, VT_RW);
    r = fs_request(&page, IOTB_WRITE);
    vtd_reaches(vt, "VTD-3-015", r, page.host);
    fs_change(&page, 3, 0, UINT64_C(1) << 7);
    vt_refresh(vt);
    vtd_refused(vt, "VTD-3-015", r, 0x72, page.host);
    mem_write64(vt->t, page.entry[3], vt_leaf(path->fs, UINT64_C(0x40000000), 30, VT_RW));
    vt_refresh(vt);
    vtd_refused(vt, "VTD-3-015", r, 0x72, page.host);
}

static void no_1g(struct test *t)
{
    vt_each_flavour(t, VTD_FS_FLAVOURS_ALL, no_1g_body);
}

/* ---- canonical addresses ---- */

static void refused_unread(struct vt *vt, struct vt_path *path, const char *row, uint64_t input, uint64_t guard)
{
    struct iotb_request r = vt_request(path, IOTB_WRITE, input, 8);
    uint64_t root = path->fs->root;
    size_t mark;

    test_context(vt->t, "%s, %u levels, input 0x%llx", path->flavour->name, path->fs->levels, (unsigned long long)input);
    vt_refresh(vt);
    mark = trace_mark(vt->t);
    vtd_refused(vt, row, r, 0x80, guard);
    if (test_has(vt->t, IOTB_F_BENCH_MEMORY))
        CHECK_EQ(vt->t, row, 0, trace_count(vt->t, mark, root, root + 4095, ACC_ANY), "reads of the top table");
}

/* Both ends of both halves reach their pages; the first addresses outside, and each high bit alone, are refused. */
static void canonical_levels(struct vt *vt, struct vt_path *path, const char *row)
{
    uint32_t bits = 12 + 9 * path->fs->levels;
    uint64_t half = UINT64_C(1) << (bits - 1), ends[4] = {0, half - 4096, ~(half - 1), ~UINT64_C(0xfff)}, host[4];

    for (uint32_t i = 0; i < 4; i++)
        host[i] = vt_path_page(path, ends[i], VT_RW);
    for (uint32_t i = 0; i < 4; i++) {
        struct iotb_request r = vt_request(path, IOTB_WRITE, ends[i] + 0xff8, 8);

        test_context(vt->t, "%s, %u levels, input 0x%llx", path->flavour->name, path->fs->levels, (unsigned long long)r.address);
        vtd_reaches(vt, row, r, host[i] + 0xff8);
        r.address = ends[i];
        vtd_reaches(vt, row, r, host[i]);
    }
    refused_unread(vt, path, row, half, host[2]);
    refused_unread(vt, path, row, ~(half - 1) - 8, host[1] + 0xff8);
    for (uint32_t bit = bits - 1; bit < 64; bit++) {
        refused_unread(vt, path, row, ends[1] | UINT64_C(1) << bit, host[1]);
        refused_unread(vt, path, row, ends[2] & ~(UINT64_C(1) << bit), host[2]);
    }
}

static void canonical_body(struct vt *vt, struct vt_path *path)
{
    const char *row = path->flavour->with_pasid ? "VTD-3-020" : "VTD-3-022";

    for (uint32_t levels = 4; levels <= (vt_cap(vt->t, "FS5LP") ? 5 : 4); levels++) {
        fs_set_levels(path, levels);
        canonical_levels(vt, path, row);
    }
}

static void canonical_pasid(struct test *t)
{
    vt_each_flavour(t, 1u << VT_PASID_FS, canonical_body);
}

static void canonical_plain(struct test *t)
{
    vt_each_flavour(t, 1u << VT_RID_FS, canonical_body);
}

/* AW of the entry, where it is ignored, and MGAW say nothing about the width of the first stage. */
static void width_by_fspm_body(struct vt *vt, struct vt_path *path)
{
    uint64_t inputs[] = {UINT64_C(1) << 38, UINT64_C(1) << 40, UINT64_C(1) << 46, ~((UINT64_C(1) << 47) - 1)};

    fs_set_levels(path, 4);
    for (uint32_t width = 0; width < (vt_ecap(vt->t, "SSTS") ? 4 : 1); width++) {
        fs_pasid_field(path, "AW", width);
        vt_refresh(vt);
        for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
            uint64_t host = vt_path_page(path, inputs[i], VT_RW);

            test_context(vt->t, "%s, AW=%u, input 0x%llx", path->flavour->name, width, (unsigned long long)inputs[i]);
            vt_refresh(vt);
            vtd_reaches(vt, "VTD-3-021", vt_request(path, IOTB_WRITE, inputs[i] + 16, 8), host + 16);
        }
        refused_unread(vt, path, "VTD-3-021", UINT64_C(1) << 47, 0);
    }
}

static void width_by_fspm(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS, width_by_fspm_body);
}

/* ---- G ---- */

/* A leaf with G is an entry of its PASID like any other: not seen by another PASID, gone with its PASID's invalidation. */
static void global_body(struct vt *vt, struct vt_path *path)
{
    struct vt_path other;

    vt_path_open(vt, &other, path->flavour->id, path->rid, path->pasid ^ 2, path->did);
    for (uint32_t page_lg2 = 12; page_lg2 <= 21; page_lg2 += 9) {
        struct fs_page mine, theirs;
        struct iotb_request r, q;
        uint64_t there;

        test_context(vt->t, "%s, page of 2^%u bytes", path->flavour->name, page_lg2);
        fs_page_open(&mine, path, UINT64_C(0x2345008) << (page_lg2 == 12 ? 0 : 4), page_lg2, VT_RW);
        fs_page_open(&theirs, &other, mine.input, page_lg2, VT_RW);
        fs_change(&mine, mine.leaf, 0, UINT64_C(1) << 8);
        vt_refresh(vt);
        r = fs_request(&mine, IOTB_WRITE);
        q = fs_request(&theirs, IOTB_WRITE);
        vtd_reaches(vt, "VTD-9-078", r, mine.host);
        vtd_reaches(vt, "VTD-9-078", q, theirs.host);
        there = vtd_large_page(vt, page_lg2, mine.input & ((UINT64_C(1) << page_lg2) - 1));
        mem_write64(vt->t, mine.entry[mine.leaf], vt_leaf(path->fs, there, page_lg2, VT_RW) | UINT64_C(1) << 8);
        vt_flush_writes(vt);
        vt_submit_one(vt, vt_desc_piotlb(VT_PIOTLB_PASID, path->did, path->pasid, 0, 0, false));
        vtd_reaches(vt, "VTD-9-078", r, there + (mine.input & ((UINT64_C(1) << page_lg2) - 1)));
        vtd_reaches(vt, "VTD-9-078", q, theirs.host);
    }
}

static void global_pages(struct test *t)
{
    vt_each_flavour(t, 1u << VT_PASID_FS, global_body);
}

#define FULL .functional = true, .tier = TIER_FULL
#define GATE "ECAP.SMTS&ECAP.FSTS"

static const struct iotb_case cases[] = {
    {.name = "vtd.first_stage.index_4",
     .summary = "Each of the input bits 47:12 selects in a 4-level walk.",
     .run = index_4,
     .rows = "VTD-3-012 VTD-3-003 VTD-7-062",
     .gate = GATE,
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.first_stage.index_5",
     .summary = "Each of the input bits 56:12 selects in a 5-level walk.",
     .run = index_5,
     .rows = "VTD-3-013 VTD-3-003 VTD-7-062",
     .gate = GATE "&CAP.FS5LP",
     FULL},
    {.name = "vtd.first_stage.cold_walk",
     .summary = "A cold walk reads one entry at each level.",
     .run = cold_walk,
     .rows = "VTD-3-012 VTD-3-013 VTD-3-003 VTD-7-062",
     .gate = GATE,
     .features = IOTB_F_BENCH_MEMORY | IOTB_F_WIDE_ADDRESS,
     FULL},
    {.name = "vtd.first_stage.pages_4k",
     .summary = "A 4 KiB page keeps every offset bit and ends where it ends.",
     .run = pages_4k,
     .rows = "VTD-3-012" VTD_SCALABLE_ROWS,
     .gate = GATE,
     FULL},
    {.name = "vtd.first_stage.pages_2m",
     .summary = "A 2 MiB page keeps every offset bit and ends where it ends.",
     .run = pages_2m,
     .rows = "VTD-3-014" VTD_SCALABLE_ROWS,
     .gate = GATE,
     FULL},
    {.name = "vtd.first_stage.pages_1g",
     .summary = "A 1 GiB page keeps every offset bit and ends where it ends.",
     .run = pages_1g,
     .rows = "VTD-3-015" VTD_SCALABLE_ROWS,
     .gate = GATE "&CAP.FS1GP",
     .features = IOTB_F_WIDE_ADDRESS,
     FULL},
    {.name = "vtd.first_stage.no_1g",
     .summary = "Without FS1GP a 1 GiB page is a reserved bit.",
     .run = no_1g,
     .rows = "VTD-3-015" VTD_SCALABLE_ROWS,
     .gate = GATE "&!CAP.FS1GP",
     FULL},
    {.name = "vtd.first_stage.canonical",
     .summary = "Both ends of both canonical halves are walked, nothing outside.",
     .run = canonical_pasid,
     .rows = "VTD-3-020" VTD_SCALABLE_ROWS,
     .gate = GATE "&ECAP.PASID",
     .features = IOTB_F_WIDE_ADDRESS | IOTB_F_PASID,
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.first_stage.canonical_plain",
     .summary = "Requests without PASID meet the same canonical check.",
     .run = canonical_plain,
     .rows = "VTD-3-022" VTD_PLAIN_ROWS,
     .gate = GATE,
     .features = IOTB_F_WIDE_ADDRESS,
     FULL},
    {.name = "vtd.first_stage.width_by_fspm",
     .summary = "The canonical width comes from FSPM alone.",
     .run = width_by_fspm,
     .rows = "VTD-3-021" VTD_SCALABLE_ROWS,
     .gate = GATE,
     .features = IOTB_F_WIDE_ADDRESS,
     FULL},
    {.name = "vtd.first_stage.global",
     .summary = "G is ignored.",
     .run = global_pages,
     .rows = "VTD-9-078 VTD-3-003 VTD-7-062",
     .gate = GATE "&ECAP.PASID",
     .features = IOTB_F_PASID,
     FULL},
};

const struct iotb_case_list vtd_first_stage_cases = {cases, sizeof cases / sizeof cases[0]};
