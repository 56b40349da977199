/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How far an invalidation reaches: address masks, superpages, function masks, and every bit of domain id, PASID, requester
 * id and address in the command (6.5.2.1 to 6.5.2.4, Tables 21 and 22; 11.4.6).
 */
#include "vtd/vtd_stale.h"

#include "vtd/vtd_chapters.h"

#define INPUT UINT64_C(0x2345000)
#define PAGE UINT64_C(4096)

static uint32_t input_bits(struct vt *vt, const struct vt_path *path)
{
    uint32_t bits, limit = test_desc(vt->t)->address_bits;

    if (path->fs) {
        bits = (path->fs->levels == 5 ? 57 : 48) - 1; /* the half with positive addresses */
    } else {
        uint32_t mgaw = (uint32_t)vt_cap(vt->t, "MGAW") + 1, agaw = 12 + 9 * path->ss->levels;

        bits = mgaw < agaw ? mgaw : agaw;
    }
    return !test_has(vt->t, IOTB_F_WIDE_ADDRESS) && limit < bits ? limit : bits;
}

/* Second-stage and legacy paths have the IOTLB descriptor or register, the others the PASID-based descriptor. */
static bool invalidate_pages(struct vt_path *path, uint64_t address, uint32_t am, bool hint)
{
    if (path->fs)
        return vt_submit_one(path->vt, vt_desc_piotlb(VT_PIOTLB_PAGE, path->did, path->pasid, address, am, hint));
    return vt_invalidate_iotlb(path->vt, VT_IOTLB_PAGE, path->did, address, am, hint);
}

/* ---- address masks ---- */

/* Pages of the region 2^am pages at `base` that are judged: the first, the last, and one in the middle. */
static uint32_t region_pages(uint64_t base, uint32_t am, uint64_t *pages)
{
    uint64_t count = UINT64_C(1) << am;
    uint32_t n = 0;

    pages[n++] = base;
    if (am > 0)
        pages[n++] = base + (count - 1) * PAGE;
    if (am > 1)
        pages[n++] = base + count / 2 * PAGE;
    if (am > 2)
        pages[n++] = base + (count / 4 + 1) * PAGE;
    return n;
}

struct region {
    struct vt *vt;
    struct vt_path *path;
    const char *row;
    uint32_t am;
    uint32_t level; /* of the entries that change: 1 leaves, 2 page-table pointers ... */
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
    uint64_t pages[4], old[4], fresh[4];
    uint32_t count = region_pages(base, g->am, pages);
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
    uint32_t bits = input_bits(vt, path), most = mask_limit(vt, path, bits);

    for (uint32_t am = 0; am <= most; am++) {
        uint64_t size = PAGE << am;
        uint64_t base = ((UINT64_C(1) << bits) - size) & UINT64_C(0xffdbb6db6db6d000) & ~(size - 1);
        uint64_t named = base | ((UINT64_C(0xa5a5a5a5a5a5a000) ^ am * PAGE) & (size - 1));
        struct region g = {vt, path, path->fs && am > vt_cap(vt->t, "MAMV") ? row_above : row, am, level};

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
        struct region g = {vt, path, "VTD-6-581", 0, 1};

        test_context(vt->t, "%s, address 0x%llx", path->flavour->name, (unsigned long long)bases[i]);
        region_run(&g, bases[i], bases[i]);
        vt_path_open(vt, path, path->flavour->id, path->rid, path->pasid, path->did ^ 1);
        vt_invalidate_all(vt);
        g.am = 9;
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

        if (!has_large(vt, path, page_lg2) || input_bits(vt, path) < 32)
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
    vt_each_flavour(t, VT_PAGED_FLAVOURS, resize_body);
}

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
    RANGE("fs_negative", "First-stage addresses of the upper half are invalidated like others.", negative_addresses, "VTD-6-581",
          "ECAP.FSTS", IOTB_F_WIDE_ADDRESS),
    RANGE("large_pages", "A mask of the page's size drops every piece of a large page.", large_pages, "VTD-6-027 VTD-6-576", NULL,
          0),
    RANGE("page_size", "A large page becomes a table and back without stale pieces.", page_size, "VTD-6-032", NULL, 0),
    RANGE("domain", "Invalidation finds its domain by every bit of the domain id.", domain_operand,
          "VTD-6-033 VTD-6-034 VTD-6-665 VTD-6-562 VTD-6-015", NULL, 0),
    RANGE("domain_wide", "Bits of DID above the width of domain ids are ignored.", wide_domain, "VTD-6-648 VTD-6-579",
          "CAP.ND<6&ECAP.QI", 0),
    RANGE("pasid", "Invalidation finds its entries by every bit of the PASID.", pasid_operand, "VTD-6-579 VTD-6-665 VTD-6-561",
          "ECAP.SMTS&ECAP.PASID", IOTB_F_PASID),
    RANGE("source", "Context invalidation finds its entry by every bit of the requester id.", source_operand, "VTD-6-557", NULL,
          IOTB_F_ANY_REQUESTER),
    RANGE("context_domain", "In scalable mode context invalidation does not look at the domain.", context_domain,
          "VTD-6-558 VTD-6-015", "ECAP.SMTS", 0),
    RANGE("shared_domain", "One command drops its PASID on every device, or every PASID of its domain.", shared_domain,
          "VTD-6-562 VTD-6-563", "ECAP.SMTS&ECAP.PASID", IOTB_F_PASID),
    RANGE("function_mask", "FM leaves out 0, 1, 2 or 3 bits of the function number.", function_mask, "VTD-6-016", NULL,
          IOTB_F_ANY_REQUESTER),
    RANGE("ignored_operands", "AM, ADDR and IH are not looked at for domain and global granularity.", ignored_operands,
          "VTD-6-572", "ECAP.QI", 0),
    RANGE("nothing_cached", "Each invalidation completes with nothing to drop, and never changes a result.", nothing_cached,
          "VTD-6-668 VTD-6-669", "ECAP.QI", 0),
    RANGE("global_pages", "First-stage pages with G set are dropped like others.", global_pages, "VTD-6-579", "ECAP.FSTS", 0),
};

const struct iotb_case_list vtd_caches_range_cases = {cases, sizeof cases / sizeof cases[0]};
