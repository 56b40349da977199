/* SPDX-License-Identifier: BSD-2-Clause */
#include "vtd_bits.h"

#include <stdio.h>

uint32_t vtd_first_flavours(struct test *t, uint32_t mask)
{
    uint32_t chosen = 0, seen[2] = {0, 0};

    for (uint32_t id = 0; id < VT_FLAVOUR_COUNT; id++)
        if (mask & 1u << id && vt_has_flavour(t, (enum vt_flavour_id)id) && !seen[vt_flavours[id].with_pasid]++)
            chosen |= 1u << id;
    return chosen ? chosen : mask;
}

uint64_t vtd_entry_address(struct vt_path *path, enum vtd_entry entry, uint64_t input, uint32_t level)
{
    struct vt *vt = path->vt;

    switch (entry) {
    case VTD_ROOT:
        return vt_root_address(vt, path->rid);
    case VTD_ROOT_USED:
        return vt_root_address(vt, path->rid) + (vt->config.mode == VT_SCALABLE && path->rid & 0x80 ? 8 : 0);
    case VTD_CONTEXT:
        return vt_context_address(vt, path->rid);
    case VTD_DIRECTORY:
        return vt_directory_address(vt, path->rid, path->pasid);
    case VTD_PASID:
        return vt_pasid_address(vt, path->rid, path->pasid);
    case VTD_PAGING:
        return vt_entry(vt, vt_path_table(path), input, level);
    }
    test_abort(vt->t, "no entry of kind %d", (int)entry);
}

uint64_t vtd_large_page(struct vt *vt, uint32_t page_lg2, uint64_t within)
{
    const struct iotb_desc *d = test_desc(vt->t);
    uint64_t base = test_has(vt->t, IOTB_F_BENCH_MEMORY) ? UINT64_C(0x40000000) : d->ram_base;
    uint64_t number = (base + (UINT64_C(1) << page_lg2) - 1) >> page_lg2;

    if (page_lg2 == 12)
        return mem_alloc(vt->t, 4096, 4096);
    for (uint32_t tries = 0; tries < 4096; tries++, number++)
        if (mem_claim(vt->t, ((number << page_lg2) + within) & ~UINT64_C(0xfff), 4096))
            return number << page_lg2;
    test_not_testable(vt->t, "the DUT's memory has no page of 2^%u bytes", page_lg2);
}

uint64_t vtd_input(const struct vt_path *path, uint64_t input, uint64_t host)
{
    return path->flavour->pgtt == 4 ? host : input;
}

uint64_t vtd_wide(struct test *t, uint64_t wide, uint64_t narrow)
{
    uint32_t bits = test_desc(t)->address_bits;

    return test_has(t, IOTB_F_WIDE_ADDRESS) || (bits < 64 && wide >> bits == 0) ? wide : narrow;
}

uint16_t vtd_requester(struct vt *vt, uint16_t wanted)
{
    if (vt_rid_usable(vt, wanted))
        return wanted;
    for (uint32_t i = 0; i < vt_rid_count(vt); i++)
        if (((vt_rid(vt, i) ^ wanted) & 0x80) == 0)
            return vt_rid(vt, i);
    test_not_testable(vt->t, "the adapter offers no requester with devfn[7] = %d", (wanted & 0x80) != 0);
}

uint32_t vtd_domains(struct test *t)
{
    return 1u << (4 + 2 * (uint32_t)vt_cap(t, "ND"));
}

void vtd_reaches(struct vt *vt, const char *row, struct iotb_request r, uint64_t host)
{
    r.kind = IOTB_WRITE;
    vt_expect_ok(vt, row, &r, host);
    r.kind = IOTB_READ;
    vt_expect_ok(vt, row, &r, host);
}

void vtd_refused(struct vt *vt, const char *row, struct iotb_request r, uint32_t fr, uint64_t host)
{
    r.kind = IOTB_WRITE;
    vt_expect_fault(vt, row, &r, fr, host);
    r.kind = IOTB_READ;
    vt_expect_fault(vt, row, &r, fr, host);
}

/* A bit number of the table on this DUT. */
static uint32_t bit_number(struct vt *vt, uint32_t bit)
{
    if (bit >= VTD_ND - 0x200)
        return bit - VTD_ND + 4 + 2 * (uint32_t)vt_cap(vt->t, "ND");
    if (bit >= VTD_HAW - 0x200)
        return bit - VTD_HAW + vt->haw;
    return bit;
}

/* A page mapped on the path, and a write to it. */
struct scene {
    struct vt *vt;
    struct vt_path *path;
    const struct vtd_bits *b;
    uint64_t entry, host;
    struct iotb_request r;
};

static void arrange(struct scene *s, struct vt *vt, struct vt_path *path)
{
    const struct vtd_bits *b = test_argument(vt->t);
    uint32_t page_lg2 = b->page_lg2 ? b->page_lg2 : 12;
    uint64_t size = UINT64_C(1) << page_lg2, within = (VTD_BITS_INPUT & (size - 1)) + VTD_BITS_OFFSET;

    *s = (struct scene){.vt = vt, .path = path, .b = b};
    if (b->rid)
        vt_path_share(path, path, vtd_requester(vt, b->rid), path->pasid);
    s->host = vtd_large_page(vt, page_lg2, within) + within;
    vt_path_map(path, VTD_BITS_INPUT & ~(size - 1), s->host - within, page_lg2, VT_RW);
    s->entry = vtd_entry_address(path, b->entry, VTD_BITS_INPUT, b->level);
    s->r = vt_request(path, IOTB_WRITE, vtd_input(path, VTD_BITS_INPUT + VTD_BITS_OFFSET, s->host), 8);
    vt_expect_ok(vt, b->row, &s->r, s->host);
}

static void put_words(struct scene *s, const uint64_t *words)
{
    for (uint32_t i = 0; i < s->b->words; i++)
        mem_write64(s->vt->t, s->entry + 8 * i, words[i]);
    vt_refresh(s->vt);
}

/* All bits from `first` on: refused too, and the entry stays as software wrote it. */
static void all_ones(struct scene *s)
{
    uint64_t ones[8] = {~UINT64_C(0) << s->b->first,
                        ~UINT64_C(0),
                        ~UINT64_C(0),
                        ~UINT64_C(0),
                        ~UINT64_C(0),
                        ~UINT64_C(0),
                        ~UINT64_C(0),
                        ~UINT64_C(0)};

    test_context(s->vt->t, "%s, all ones from bit %u", s->path->flavour->name, s->b->first);
    put_words(s, ones);
    vt_expect_fault(s->vt, s->b->row, &s->r, s->b->fr, s->host);
    for (uint32_t i = 0; i < s->b->words; i++)
        CHECK_EQ(s->vt->t, s->b->row, ones[i], mem_read64(s->vt->t, s->entry + 8 * i), "word %u of the entry afterwards", i);
}

static void bits_body(struct vt *vt, struct vt_path *path)
{
    static const uint64_t zeros[8];
    uint64_t saved[8];
    uint32_t first, last;
    struct scene s;

    arrange(&s, vt, path);
    first = bit_number(vt, s.b->first);
    last = bit_number(vt, s.b->last);
    for (uint32_t i = 0; i < s.b->words; i++)
        saved[i] = mem_read64(vt->t, s.entry + 8 * i);
    if (s.b->words) {
        put_words(&s, zeros);
        vt_expect_fault(vt, s.b->row, &s.r, s.b->fr, s.host);
    }
    vt_walk_bits(vt, s.b->row, path->flavour->name, s.entry, first, last, &s.r, s.b->fr, s.host);
    if (s.b->words) {
        all_ones(&s);
        put_words(&s, saved);
    }
    s.r.kind = IOTB_READ;
    vt_expect_ok(vt, s.b->row, &s.r, s.host);
}

static void pointer_body(struct vt *vt, struct vt_path *path)
{
    struct scene s;
    bool leaf;

    arrange(&s, vt, path);
    leaf = s.b->entry == VTD_PAGING && s.b->level == ((s.b->page_lg2 ? s.b->page_lg2 : 12) - 12) / 9 + 1;
    vt_walk_pointer(vt, s.b->row, path->flavour->name, s.entry + s.b->first / 64 * 8, leaf && s.b->page_lg2 ? s.b->page_lg2 : 12,
                    &s.r, leaf ? 0 : s.host);
    s.r.kind = IOTB_READ;
    vt_expect_ok(vt, s.b->row, &s.r, s.host);
}

static void run(struct test *t, void (*body)(struct vt *vt, struct vt_path *path))
{
    const struct vtd_bits *b = test_argument(t);

    vt_each_flavour(t, b->few ? vtd_first_flavours(t, b->flavours) : b->flavours, body);
}

void vtd_run_bits(struct test *t)
{
    run(t, bits_body);
}

void vtd_run_pointer(struct test *t)
{
    run(t, pointer_body);
}
