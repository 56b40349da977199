/* SPDX-License-Identifier: BSD-2-Clause */
/* Snooping as an attribute of each access (3.10 Snoop Behavior, Tables 5 and 6). */
#include "vtd_attributes.h"
#include "vtd_chapters.h"
#include "vtd_nested.h"

#define INPUT NEST_INPUT

/* A page along any path but pass-through, where the input is the page itself. */
static uint64_t page_at(struct vt_path *path, uint64_t *input)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);

    *input = path->flavour->pgtt == 4 ? host : INPUT;
    return host;
}

/* Everything that is cached is gone; the request is made; what it read can then be looked at from `mark` on. */
static size_t run_cold(struct vt_path *path, const char *row, uint64_t input, uint64_t host)
{
    struct iotb_request r = vt_request(path, IOTB_WRITE, input, 8);
    size_t mark;

    vt_refresh(path->vt);
    mark = trace_mark(path->vt->t);
    vt_once(path->vt);
    vt_expect_ok(path->vt, row, &r, host);
    return mark;
}

/* ---- structures and tables ---- */

static void structures_body(struct vt *vt, struct vt_path *path)
{
    bool coherent = vt_ecap(vt->t, "C") != 0, scalable = path->flavour->mode == VT_SCALABLE;
    uint64_t input, host = page_at(path, &input);
    uint64_t entries[4] = {vt_root_address(vt, path->rid), vt_context_address(vt, path->rid)};
    uint32_t count = 2, bytes[4] = {16, scalable ? 32 : 16, 8, 64};

    if (scalable) {
        entries[count++] = vt_directory_address(vt, path->rid, path->pasid);
        entries[count++] = vt_pasid_address(vt, path->rid, path->pasid);
    }
    for (int snooped_walks = 0; snooped_walks < (scalable && vt_ecap(vt->t, "SMPWCS") ? 2 : 1); snooped_walks++) {
        size_t mark;

        if (scalable && vt_ecap(vt->t, "SMPWCS"))
            vt_set_field(vt, entries[3], "pasid_table_entry", "PWSNP", (uint64_t)snooped_walks);
        mark = run_cold(path, "VTD-3-074", input, host);
        for (uint32_t i = 0; i < count; i++) {
            test_context(vt->t, "%s, entry %u of root, context, directory, PASID", vt_path_name(path), i);
            if (coherent)
                CHECK(vt->t, "VTD-3-074", attr_all_snooped(vt->t, mark, entries[i], bytes[i]) > 0,
                      "with ECAP.C = 1 its reads are snooped");
            CHECK(vt->t, "VTD-3-082", attr_all_of_type(vt->t, mark, entries[i], bytes[i], TYPE_WB) > 0,
                  "its reads have memory type WB");
        }
    }
}

static void structures(struct test *t)
{
    vt_each_flavour(t, VT_ALL_FLAVOURS, structures_body);
}

/* The paging entries of a cold request: `snooped` whether they must be. */
static void expect_walk(struct vt_path *path, const char *row, uint64_t host, bool snooped)
{
    struct vt *vt = path->vt;
    size_t mark = run_cold(path, row, INPUT, host);

    for (uint32_t stage = VT_FS; stage <= VT_SS; stage++) {
        struct vt_table *table = stage == VT_FS ? path->fs : path->ss;
        uint64_t input = stage == VT_SS && path->fs ? mem_read64(vt->t, vt_entry(vt, path->fs, INPUT, 1)) & NEST_ADDR : INPUT;

        for (uint32_t level = table ? table->levels : 0; level >= 1; level--) {
            uint64_t entry = vt_entry(vt, table, input, level);

            test_context(vt->t, "%s, level %u of the %s stage", vt_path_name(path), level, stage == VT_FS ? "first" : "second");
            if (snooped)
                CHECK(vt->t, row, attr_all_snooped(vt->t, mark, entry, 8) > 0, "the reads of its entry are snooped");
            CHECK(vt->t, "VTD-3-082", attr_all_of_type(vt->t, mark, entry, 8, TYPE_WB) > 0,
                  "the reads of its entry have memory type WB");
        }
    }
}

static void legacy_walk_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    size_t mark;

    expect_walk(path, "VTD-3-075", host, vt_ecap(vt->t, "C") != 0);
    mark = run_cold(path, "VTD-3-075", INPUT, host);
    CHECK(vt->t, "VTD-3-082", attr_all_of_type(vt->t, mark, host, 8, TYPE_WB) > 0, "in legacy mode the page has memory type WB");
}

static void legacy_walk(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_SS, legacy_walk_body);
}

static void scalable_walk_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW), entry = vt_pasid_address(vt, path->rid, path->pasid);

    for (uint64_t pwsnp = 0; pwsnp < 2; pwsnp++) {
        vt_set_field(vt, entry, "pasid_table_entry", "PWSNP", pwsnp);
        expect_walk(path, "VTD-3-076", host, pwsnp != 0);
    }
}

static void scalable_walk(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS & VT_SCALABLE_FLAVOURS, scalable_walk_body);
}

/* Updates of flags in every entry of both stages. */
static void updates_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = mem_alloc(vt->t, 4096, 4096);
    uint32_t seen = 0;
    size_t mark;

    vt_path_map(path, INPUT, host, 12, VT_RW | VT_CLEAN);
    if (path->ss && vt_ecap(vt->t, "SSADS"))
        vt_set_field(vt, vt_pasid_address(vt, path->rid, path->pasid), "pasid_table_entry", "SSADE", 1);
    mark = run_cold(path, "VTD-3-077", INPUT, host);
    for (uint32_t stage = VT_FS; stage <= VT_SS; stage++) {
        struct vt_table *table = stage == VT_FS ? path->fs : path->ss;
        uint64_t input = stage == VT_SS && path->fs ? mem_read64(vt->t, vt_entry(vt, path->fs, INPUT, 1)) & NEST_ADDR : INPUT;

        for (uint32_t level = table ? table->levels : 0; level >= 1; level--) {
            uint64_t entry = vt_entry(vt, table, input, level);

            for (size_t i = mark; i < trace_length(vt->t); i++) {
                const struct iotb_access *a = trace_at(vt->t, i);

                if (a->kind == IOTB_ACC_READ || !attr_touches(a, entry, 8))
                    continue;
                seen++;
                CHECK_EQ(vt->t, "VTD-3-077", 1, a->snoop, "snoop of the update of the level %u entry, %s stage", level,
                         stage == VT_FS ? "first" : "second");
                CHECK_EQ(vt->t, "VTD-3-082", TYPE_WB, a->memory_type, "memory type of the update of the level %u entry", level);
            }
        }
    }
    CHECK(vt->t, "VTD-3-077", seen > 0, "flags are updated");
}

static void updates(struct test *t)
{
    uint32_t mask = VT_FS_FLAVOURS | VT_NESTED_FLAVOURS;

    if (vt_ecap(t, "SSADS"))
        mask |= VT_SS_FLAVOURS & VT_SCALABLE_FLAVOURS;
    vt_each_flavour(t, mask, updates_body);
}

/* ---- the page ---- */

/* Snoop of the data access, on a miss and on a hit: required, or left to the unit. */
static void expect_page(struct vt_path *path, const char *row, uint64_t input, uint64_t host, bool no_snoop, bool required)
{
    struct vt *vt = path->vt;

    for (int kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
        struct iotb_request r = vt_request(path, (enum iotb_request_kind)kind, input, 8);
        size_t mark = trace_mark(vt->t);

        if (no_snoop)
            r.flags |= IOTB_RQ_NO_SNOOP;
        vt_expect_ok(vt, row, &r, host);
        if (required)
            CHECK(vt->t, row, attr_all_snooped(vt->t, mark, host, 8) > 0, "the %s of the page is snooped",
                  kind == IOTB_READ ? "read" : "write");
    }
}

/* Bit 11 of the second-stage leaf that maps the page. */
static uint64_t snoop_leaf(struct vt_path *path, uint64_t input, uint32_t page_lg2)
{
    struct vt *vt = path->vt;

    if (path->fs)
        input = mem_read64(vt->t, vt_entry(vt, path->fs, input, ss_level(page_lg2))) & NEST_ADDR;
    return vt_entry(vt, path->ss, input, ss_level(page_lg2));
}

/* NoSnoop, PGSNP and SNP in all combinations; each alone suffices. */
static void page_combinations(struct vt_path *path, uint64_t input, uint64_t host, uint32_t page_lg2)
{
    struct vt *vt = path->vt;
    bool legacy = path->flavour->mode == VT_LEGACY, control = vt_ecap(vt->t, "SC") != 0;
    const char *row = !control ? "VTD-3-080" : legacy ? "VTD-3-079" : "VTD-3-078";

    for (uint32_t i = 0; i < 8; i++) {
        bool no_snoop = i & 1, pgsnp = i & 2, snp = i & 4;

        if ((pgsnp && (legacy || !control)) || (snp && (!path->ss || !control)))
            continue;
        test_context(vt->t, "%s, 2^%u bytes, NoSnoop %d PGSNP %d SNP %d", vt_path_name(path), page_lg2, no_snoop, pgsnp, snp);
        if (!legacy && control)
            vt_set_field(vt, vt_pasid_address(vt, path->rid, path->pasid), "pasid_table_entry", "PGSNP", pgsnp);
        if (path->ss && control)
            vt_set_bits(vt, snoop_leaf(path, input, page_lg2), 11, 11, snp);
        vt_refresh(vt);
        expect_page(path, row, input, host, no_snoop, !no_snoop || pgsnp || snp);
        /* The entry that the first request left in the caches serves one with the other attribute. */
        expect_page(path, row, input, host, !no_snoop, no_snoop || pgsnp || snp);
    }
}

static void page_body(struct vt *vt, struct vt_path *path)
{
    uint64_t input, host = page_at(path, &input);

    page_combinations(path, input, host, 12);
    for (uint32_t page_lg2 = 21; path->ss && page_lg2 <= 30; page_lg2 += 9) {
        uint64_t size = UINT64_C(1) << page_lg2, base = page_lg2 == 21 ? 0x40000000 : 0x80000000;

        if (!ss_page_size(vt, page_lg2) || (path->fs && page_lg2 == 30 && !vt_cap(vt->t, "FS1GP")))
            continue;
        host = mem_alloc(vt->t, size, size);
        vt_path_map(path, base, host, page_lg2, VT_RW);
        page_combinations(path, base + 0x5008, host + 0x5008, page_lg2);
    }
}

static void page(struct test *t)
{
    vt_each_flavour(t, VT_ALL_FLAVOURS, page_body);
}

#define SEES (IOTB_F_ATTRIBUTES | IOTB_F_BENCH_MEMORY)

static const struct iotb_case cases[] = {
    {.name = "vtd.attributes.structures",
     .run = structures,
     .rows = "VTD-3-074 VTD-3-082",
     .features = SEES,
     .summary = "Root, context and PASID structures are read snooped with ECAP.C, and as write-back memory.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.attributes.legacy_walk",
     .run = legacy_walk,
     .rows = "VTD-3-075 VTD-3-082",
     .features = SEES,
     .summary = "Legacy second-stage entries are read snooped with ECAP.C.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.attributes.scalable_walk",
     .run = scalable_walk,
     .rows = "VTD-3-076 VTD-3-082",
     .features = SEES,
     .summary = "Paging entries are read snooped with PWSNP, whatever ECAP.C is.",
     .gate = "ECAP.SMTS&ECAP.SMPWCS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.attributes.updates",
     .run = updates,
     .rows = "VTD-3-077 VTD-3-082",
     .features = SEES,
     .summary = "Updates of accessed and dirty flags are snooped.",
     .gate = "ECAP.SMTS&ECAP.SMPWCS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.attributes.page",
     .run = page,
     .rows = "VTD-3-078 VTD-3-079 VTD-3-080",
     .features = SEES | IOTB_F_NO_SNOOP,
     .summary = "NoSnoop counts for the page unless PGSNP or SNP says otherwise.",
     .functional = true,
     .tier = TIER_SMOKE},
};

const struct iotb_case_list vtd_attributes_cases = {cases, sizeof cases / sizeof cases[0]};
