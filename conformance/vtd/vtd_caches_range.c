/* SPDX-License-Identifier: BSD-2-Clause */
/* How far a page-selective invalidation reaches: address masks and large pages (6.5.2.3, 6.5.2.4, Table 22; 6.5.3.2). */
#include "vtd_stale.h"

#include "vtd_chapters.h"

#define INPUT UINT64_C(0x2345000)
#define PAGE UINT64_C(4096)

/* First-stage regions lie in the half with positive addresses; the other half has a case of its own. */
static uint32_t region_bits(struct vt *vt, const struct vt_path *path)
{
    uint32_t bits = stale_input_bits(vt, path);

    return path->fs && test_has(vt->t, IOTB_F_WIDE_ADDRESS) ? bits - 1 : bits;
}

/* Second-stage and legacy paths have the IOTLB descriptor or register, the others the PASID-based descriptor. */
static bool invalidate_pages(struct vt_path *path, uint64_t address, uint32_t am, bool hint)
{
    if (path->fs)
        return vt_submit_one(path->vt, vt_desc_piotlb(VT_PIOTLB_PAGE, path->did, path->pasid, address, am, hint));
    return vt_invalidate_iotlb(path->vt, VT_IOTLB_PAGE, path->did, address, am, hint);
}

/* ---- address masks ---- */

/* Pages of the region of 2^pages_lg2 pages at `base` that are judged: the first, the last, and one in the middle. */
static uint32_t region_pages(uint64_t base, uint32_t pages_lg2, uint64_t *pages)
{
    uint64_t count = UINT64_C(1) << pages_lg2;
    uint32_t n = 0;

    pages[n++] = base;
    if (pages_lg2 > 0)
        pages[n++] = base + (count - 1) * PAGE;
    if (pages_lg2 > 1)
        pages[n++] = base + count / 2 * PAGE;
    if (pages_lg2 > 2)
        pages[n++] = base + (count / 4 + 1) * PAGE;
    return n;
}

struct region {
    struct vt *vt;
    struct vt_path *path;
    const char *row;
    uint32_t am;
    uint32_t level;     /* of the entries that change: 1 leaves, 2 page-table pointers ... */
    uint32_t pages_lg2; /* of the region that is judged: am, or all that there is */
};

/* A new table page, or leaf, for `page` at `level` of the path's table, leading to `host`. */
static void repoint(struct region *g, uint64_t page, uint64_t host)
{
    struct vt_table *table = vt_path_table(g->path);
    struct vt_path other = *g->path;

    if (g->level == 1) {
        uint64_t leaf = mem_read64(g->vt->t, vt_entry(g->vt, table, page, 1));
        uint64_t target = host;

        if (g->path->fs && g->path->ss) { /* a guest page of its own for the new host page */
            target = g->vt->guest_next;
            g->vt->guest_next += 2 * PAGE;
            vt_map(g->vt, g->path->ss, target, host, 12, VT_RW);
        }
        mem_write64(g->vt->t, vt_entry(g->vt, table, page, 1), (leaf & UINT64_C(0xfff)) | target);
    } else {
        struct vt_table *fresh = table->under ? vt_table_new_nested(g->vt, table->levels, table->under)
                                              : vt_table_new(g->vt, table->kind, table->levels);

        if (g->path->fs)
            other.fs = fresh;
        else
            other.ss = fresh;
        vt_path_map(&other, page, host, 12, VT_RW);
        mem_write64(g->vt->t, vt_entry(g->vt, table, page, g->level),
                    mem_read64(g->vt->t, vt_entry(g->vt, fresh, page, g->level)));
    }
    vt_flush_writes(g->vt);
}

static void region_run(struct region *g, uint64_t base, uint64_t named)
{
    uint64_t pages[4] = {0}, old[4], fresh[4];
    uint32_t count = region_pages(base, g->pages_lg2, pages);
    struct iotb_request r;

    for (uint32_t i = 0; i < count; i++) {
        /* Pages that share the changed entry would change together. */
        if (g->level > 1 && i && (pages[i] ^ pages[0]) >> (12 + 9 * (g->level - 1)) == 0)
            count = i;
        else if (g->level > 1 && i > 1 && (pages[i] ^ pages[1]) >> (12 + 9 * (g->level - 1)) == 0)
            count = i;
    }
    for (uint32_t i = 0; i < count; i++)
        old[i] = vt_path_page(g->path, pages[i], VT_RW);
    for (uint32_t i = 0; i < count; i++) {
        r = vt_request(g->path, IOTB_WRITE, pages[i] + 0x20, 8);
        vt_expect_ok(g->vt, g->row, &r, old[i] + 0x20);
    }
    for (uint32_t i = 0; i < count; i++) {
        fresh[i] = mem_alloc(g->vt->t, PAGE, PAGE);
        repoint(g, pages[i], fresh[i]);
    }
    CHECK(g->vt->t, g->row, invalidate_pages(g->path, named, g->am, g->level == 1), "the invalidation completes");
    for (uint32_t i = 0; i < count; i++) {
        r = vt_request(g->path, IOTB_WRITE, pages[i] + 0x20, 8);
        vt_expect_ok(g->vt, g->row, &r, fresh[i] + 0x20);
    }
}

static uint32_t mask_limit(struct vt *vt, const struct vt_path *path, uint32_t bits)
{
    uint32_t most = bits - 12;

    if (!path->fs) {
        uint32_t mamv = (uint32_t)vt_cap(vt->t, "MAMV");

        if (mamv < most)
            most = mamv;
    }
    return most;
}

/* For each mask: a region high up in the address space, the command naming a page inside it. */
static void masks(struct vt *vt, struct vt_path *path, uint32_t level, const char *row, const char *row_above)
{
    uint32_t bits = region_bits(vt, path), most = mask_limit(vt, path, bits);

    for (uint32_t am = 0; am <= most; am++) {
        uint64_t size = PAGE << am;
        uint64_t base = ((UINT64_C(1) << bits) - size) & UINT64_C(0xffdbb6db6db6d000) & ~(size - 1);
        uint64_t named = base | ((UINT64_C(0xa5a5a5a5a5a5a000) ^ am * PAGE) & (size - 1));
        struct region g = {vt, path, path->fs && am > vt_cap(vt->t, "MAMV") ? row_above : row, am, level, am};

        test_context(vt->t, "%s, AM %u, entries of level %u", path->flavour->name, am, level);
        vt_path_open(vt, path, path->flavour->id, path->rid, path->pasid, 4 + am % 2);
        vt_invalidate_all(vt);
        region_run(&g, base, named);
    }
}

static void leaf_masks(struct vt *vt, struct vt_path *path)
{
    if (!path->fs && !vt_cap(vt->t, "PSI"))
        return;
    masks(vt, path, 1, path->fs ? "VTD-6-581" : "VTD-6-571", "VTD-11-007");
}

static void table_masks(struct vt *vt, struct vt_path *path)
{
    if (!path->fs && !vt_cap(vt->t, "PSI"))
        return;
    for (uint32_t level = 2; level <= 3; level++)
        masks(vt, path, level, path->fs ? "VTD-6-583" : "VTD-6-573", "VTD-11-007");
}

/* 11.4.2 CAP.MAMV: no bound for the PASID-based descriptor. What is as wide as the address space, or wider, reaches all of it. */
static void widest_body(struct vt *vt, struct vt_path *path)
{
    uint32_t pages_lg2 = region_bits(vt, path) - 12;

    for (uint32_t am = pages_lg2 + 1; am <= 52; am += am < 37 || am == 51 ? 1 : am < 47 ? 2 : 4)
        for (uint32_t level = 1; level <= 2; level++) {
            struct region g = {vt, path, "VTD-11-007", am, level, pages_lg2};

            test_context(vt->t, "%s, AM %u, entries of level %u", path->flavour->name, am, level);
            vt_path_open(vt, path, path->flavour->id, path->rid, path->pasid, 4 + am % 2);
            vt_invalidate_all(vt);
            region_run(&g, 0, UINT64_C(0x5a5a5a5a5000) & ((PAGE << pages_lg2) - 1));
        }
}

static void widest_masks(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS | VT_NESTED_FLAVOURS, widest_body);
}

static void second_masks(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS, leaf_masks);
}

static void first_masks(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS | VT_NESTED_FLAVOURS, leaf_masks);
}

static void second_table_masks(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS, table_masks);
}

static void first_table_masks(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS | VT_NESTED_FLAVOURS, table_masks);
}

/* First-stage addresses of the negative half. */
static void negative_body(struct vt *vt, struct vt_path *path)
{
    uint32_t sign = path->fs->levels == 5 ? 56 : 47;
    const uint64_t bases[] = {~((UINT64_C(1) << sign) - 1), ~UINT64_C(0xfff), ~UINT64_C(0x3fffffff)};

    for (size_t i = 0; i < (test_has(vt->t, IOTB_F_WIDE_ADDRESS) ? sizeof bases / sizeof bases[0] : 0); i++) {
        struct region g = {vt, path, "VTD-6-581", 0, 1, 0};

        test_context(vt->t, "%s, address 0x%llx", path->flavour->name, (unsigned long long)bases[i]);
        region_run(&g, bases[i], bases[i]);
        vt_path_open(vt, path, path->flavour->id, path->rid, path->pasid, path->did ^ 1);
        vt_invalidate_all(vt);
        g.am = g.pages_lg2 = 9;
        region_run(&g, bases[i] & ~UINT64_C(0x1fffff), bases[i] | 0x5000);
        g.level = 2;
        vt_path_open(vt, path, path->flavour->id, path->rid, path->pasid, path->did ^ 1);
        vt_invalidate_all(vt);
        region_run(&g, bases[i] & ~UINT64_C(0x1fffff), bases[i]);
    }
}

static void negative_addresses(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS | VT_NESTED_FLAVOURS, negative_body);
}

/* ---- large pages ---- */

struct large {
    struct vt *vt;
    struct vt_path *path;
    uint32_t page_lg2;
};

static bool has_large(struct vt *vt, const struct vt_path *path, uint32_t page_lg2)
{
    bool first = !path->fs || page_lg2 == 21 || vt_cap(vt->t, "FS1GP");
    bool second = !path->ss || (vt_cap(vt->t, "SSLPS") >> (page_lg2 == 21 ? 0 : 1) & 1);

    return first && second && !(path->fs && path->ss && page_lg2 == 30);
}

static void large_uses(struct large *l, const char *row, uint64_t input, uint64_t host)
{
    uint64_t size = UINT64_C(1) << l->page_lg2;
    const uint64_t offsets[] = {0, 0x1000, size / 2 + 0x3000, size - 0x1000};

    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        struct iotb_request r = vt_request(l->path, IOTB_WRITE, input + offsets[i] + 0x88, 8);

        vt_expect_ok(l->vt, row, &r, host + offsets[i] + 0x88);
    }
}

static void large_body(struct vt *vt, struct vt_path *path)
{
    for (uint32_t page_lg2 = 21; page_lg2 <= 30; page_lg2 += 9) {
        uint32_t am = page_lg2 - 12;
        uint64_t size = UINT64_C(1) << page_lg2, old, fresh;
        uint64_t input = page_lg2 == 21 ? UINT64_C(0x40000000) : UINT64_C(0x80000000);
        bool mask = path->fs || (vt_cap(vt->t, "PSI") && am <= vt_cap(vt->t, "MAMV"));
        struct large l = {vt, path, page_lg2};
        uint64_t hosts[2];
        struct iotb_request r;
        struct vt_seen seen;

        if (!has_large(vt, path, page_lg2) || region_bits(vt, path) < 32)
            continue;
        if (page_lg2 == 30 && !test_has(vt->t, IOTB_F_BENCH_MEMORY)) /* the DUT's own memory is too small for two of them */
            continue;
        old = mem_alloc(vt->t, size, size);
        fresh = mem_alloc(vt->t, size, size);
        test_context(vt->t, "%s, page of 2^%u bytes", path->flavour->name, page_lg2);
        vt_path_map(path, input, old, page_lg2, VT_RW);
        large_uses(&l, "VTD-6-027", input, old);
        /* A mask that is too small: the rest of the page may stay. */
        vt_path_map(path, input, fresh, page_lg2, VT_RW);
        hosts[0] = fresh + 0x1088;
        hosts[1] = old + 0x1088;
        r = vt_request(path, IOTB_WRITE, input + 0x1088, 8);
        if (path->fs || vt_cap(vt->t, "PSI")) {
            invalidate_pages(path, input, 0, true);
            seen = vt_try(vt, &r, hosts, 2);
            CHECK(vt->t, path->fs ? "VTD-6-027" : "VTD-6-576", seen.result <= VT_ARRIVED_OTHER && !seen.fr,
                  "elsewhere in the large page the old or the new page is used");
        }
        if (mask)
            invalidate_pages(path, input + size / 4 * 3, am, true);
        else
            vt_invalidate_iotlb(vt, VT_IOTLB_DOMAIN, path->did, 0, 0, false);
        large_uses(&l, path->fs ? "VTD-6-027" : "VTD-6-576", input, fresh);
    }
}

static void large_pages(struct test *t)
{
    if (!vt_cap(t, "SSLPS") && !vt_ecap(t, "FSTS"))
        test_skip(t, "no page larger than 4 KiB: CAP.SSLPS and ECAP.FSTS are 0");
    vt_each_flavour(t, VT_PAGED_FLAVOURS, large_body);
}

/* A large page becomes a table of small pages and back, by the rules of 6.5.3.3: P is cleared and invalidated between. */
static void resize_body(struct vt *vt, struct vt_path *path)
{
    uint64_t input = UINT64_C(0x40000000), large, small[2], entry, pointer;
    struct vt_path other = *path;
    struct iotb_request r;

    if (!has_large(vt, path, 21))
        return;
    large = mem_alloc(vt->t, UINT64_C(1) << 21, UINT64_C(1) << 21);
    if (path->fs)
        other.fs = path->ss ? vt_table_new_nested(vt, path->fs->levels, path->ss) : vt_table_new(vt, VT_FS, path->fs->levels);
    else
        other.ss = vt_table_new(vt, VT_SS, path->ss->levels);
    small[0] = vt_path_page(&other, input + 0x3000, VT_RW);
    small[1] = vt_path_page(&other, input + 0x1ff000, VT_RW);
    pointer = mem_read64(vt->t, vt_entry(vt, vt_path_table(&other), input, 2));
    vt_path_map(path, input, large, 21, VT_RW);
    entry = vt_entry(vt, vt_path_table(path), input, 2);
    for (int round = 0; round < 2; round++) {
        uint64_t leaf = mem_read64(vt->t, entry);

        test_context(vt->t, "%s, round %d", path->flavour->name, round);
        r = vt_request(path, IOTB_WRITE, input + 0x3010, 8);
        vt_expect_ok(vt, "VTD-6-032", &r, large + 0x3010);
        r.address = input + 0x1ff010;
        vt_expect_ok(vt, "VTD-6-032", &r, large + 0x1ff010);
        mem_write64(vt->t, entry, 0);
        vt_path_invalidate_page(path, input, 21, false);
        mem_write64(vt->t, entry, pointer);
        vt_path_invalidate_page(path, input, 21, false);
        vt_expect_ok(vt, "VTD-6-032", &r, small[1] + 0x10);
        r.address = input + 0x3010;
        vt_expect_ok(vt, "VTD-6-032", &r, small[0] + 0x10);
        mem_write64(vt->t, entry, 0);
        vt_path_invalidate_page(path, input, 21, false);
        mem_write64(vt->t, entry, leaf);
        vt_path_invalidate_page(path, input, 21, false);
    }
}

static void page_size(struct test *t)
{
    if (!vt_cap(t, "SSLPS") && !vt_ecap(t, "FSTS"))
        test_skip(t, "no page larger than 4 KiB: CAP.SSLPS and ECAP.FSTS are 0");
    vt_each_flavour(t, VT_PAGED_FLAVOURS, resize_body);
}

#define RANGE(NAME, SUMMARY, RUN, ROWS, GATE, FEATURES)                                                                       \
    {                                                                                                                         \
        .name = "vtd.caches.range_" NAME, .summary = SUMMARY, .run = (RUN), .rows = ROWS, .gate = GATE, .features = FEATURES, \
        .functional = true, .tier = TIER_FULL                                                                                 \
    }

static const struct iotb_case cases[] = {
    RANGE("ss_mask", "IOTLB page-selective with each AM drops the leaves of the whole region.", second_masks, "VTD-6-571",
          "CAP.SAGAW&CAP.PSI", 0),
    RANGE("fs_mask", "PASID-based page-selective with each AM, above MAMV too, drops the leaves of the region.", first_masks,
          "VTD-6-581 VTD-11-007", "ECAP.FSTS", 0),
    RANGE("ss_mask_tables", "With IH=0 each AM drops the table pointers of the region.", second_table_masks, "VTD-6-573",
          "CAP.SAGAW&CAP.PSI", 0),
    RANGE("fs_mask_tables", "With IH=0 each AM drops the first-stage table pointers of the region.", first_table_masks,
          "VTD-6-583 VTD-11-007", "ECAP.FSTS", 0),
    RANGE("fs_widest", "A PASID-based mask as wide as the address space, or wider, reaches all of it.", widest_masks,
          "VTD-11-007", "ECAP.FSTS", 0),
    RANGE("fs_negative", "First-stage addresses of the upper half are invalidated like others.", negative_addresses, "VTD-6-581",
          "ECAP.FSTS", IOTB_F_WIDE_ADDRESS),
    RANGE("large_pages", "A mask of the page's size drops every piece of a large page.", large_pages, "VTD-6-027 VTD-6-576", NULL,
          0),
    RANGE("page_size", "A large page becomes a table and back without stale pieces.", page_size, "VTD-6-032", NULL, 0),
};

const struct iotb_case_list vtd_caches_range_cases = {cases, sizeof cases / sizeof cases[0]};
