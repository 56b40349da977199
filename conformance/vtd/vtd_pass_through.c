/* SPDX-License-Identifier: BSD-2-Clause */
/* Pass-through translation (3.9 Pass-through Translation): identity, limited by the host address width alone. */
#include "build/vt.h"
#include "vtd_chapters.h"

#define INTERRUPTS UINT64_C(0xfee00000)
#define INTERRUPTS_END UINT64_C(0xfef00000)

static uint32_t beyond_reason(const struct vt_path *path)
{
    return path->flavour->mode == VT_LEGACY ? 0x04 : 0x83;
}

/* Every address bit below HAW, every kind of access. */
static void identity_body(struct vt *vt, struct vt_path *path)
{
    static const enum iotb_request_kind kinds[] = {IOTB_WRITE, IOTB_READ, IOTB_FETCH_ADD, IOTB_SWAP, IOTB_CAS};
    uint32_t bits = vt_address_bits(vt) < vt->haw ? vt_address_bits(vt) : vt->haw, seen = 0;

    for (uint32_t bit = 12; bit < bits; bit++)
        for (int inverted = 0; inverted < 2; inverted++) {
            uint64_t page = (inverted ? (UINT64_C(1) << bits) - 4096 : 0) ^ UINT64_C(1) << bit;

            if (!mem_claim(vt->t, page, 4096))
                continue;
            for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
                struct iotb_request r = vt_request(path, kinds[i], page + 0x10, 8);

                if (kinds[i] >= IOTB_FETCH_ADD && !test_has(vt->t, IOTB_F_ATOMIC))
                    continue;
                test_context(vt->t, "%s, address 0x%llx", vt_path_name(path), (unsigned long long)r.address);
                vt_expect_ok(vt, "VTD-3-072", &r, page + 0x10);
                seen++;
            }
        }
    if (!seen) { /* no memory at such addresses: any page will do */
        uint64_t page = mem_alloc(vt->t, 4096, 4096);
        struct iotb_request r = vt_request(path, IOTB_WRITE, page + 0x10, 8);

        vt_expect_ok(vt, "VTD-3-072", &r, page + 0x10);
        r.kind = IOTB_READ;
        vt_expect_ok(vt, "VTD-3-072", &r, page + 0x10);
    }
}

static void identity(struct test *t)
{
    vt_each_flavour(t, VT_PT_FLAVOURS, identity_body);
}

/* Both sides of 2^HAW, and every bit above. */
static void limit_body(struct vt *vt, struct vt_path *path)
{
    uint64_t end = UINT64_C(1) << vt->haw, page = mem_alloc(vt->t, 4096, 4096);
    struct iotb_request r = vt_request(path, IOTB_WRITE, end - 8, 8);

    if (mem_claim(vt->t, end - 4096, 4096)) {
        vt_expect_ok(vt, "VTD-7-014", &r, end - 8);
        r.kind = IOTB_READ;
        vt_expect_ok(vt, "VTD-7-014", &r, end - 8);
    }
    r.address = page;
    vt_expect_ok(vt, "VTD-7-014", &r, page);
    for (uint32_t bit = vt->haw; bit < 64; bit++) {
        r.kind = bit & 1 ? IOTB_READ : IOTB_WRITE;
        test_context(vt->t, "%s, address bit %u", vt_path_name(path), bit);
        r.address = UINT64_C(1) << bit;
        vt_expect_fault(vt, "VTD-7-014", &r, beyond_reason(path), 0);
        r.address |= page;
        vt_once(vt);
        vt_expect_fault(vt, "VTD-7-014", &r, beyond_reason(path), page);
    }
    r.address = ~UINT64_C(0xfff);
    vt_expect_fault(vt, "VTD-7-014", &r, beyond_reason(path), 0);
}

static void limit(struct test *t)
{
    vt_each_flavour(t, VT_PT_FLAVOURS, limit_body);
}

/*
 * AW does not limit pass-through: with the narrowest AW, addresses up to HAW pass (9.6: AW is ignored with PGTT 100b). In legacy
 * mode AW must be the largest that there is (9.3), and may still be narrower than HAW.
 */
static void width_ignored_body(struct vt *vt, struct vt_path *path)
{
    bool legacy = path->flavour->mode == VT_LEGACY;

    for (uint32_t aw = 0; aw <= (legacy ? 0u : 3u); aw++) {
        if (!legacy)
            vt_set_field(vt, vt_pasid_address(vt, path->rid, path->pasid), "pasid_table_entry", "AW", aw);
        vt_path_invalidate(path);
        for (uint32_t bit = 39; bit < vt->haw; bit++) {
            uint64_t page = (UINT64_C(1) << bit) + 4096 * aw;
            struct iotb_request r = vt_request(path, IOTB_WRITE, page + 0x10, 8);

            if (!mem_claim(vt->t, page, 4096))
                continue;
            test_context(vt->t, "%s, AW %u, address 0x%llx", vt_path_name(path), aw, (unsigned long long)page);
            vt_expect_ok(vt, "VTD-3-073", &r, page + 0x10);
        }
    }
}

static void width_ignored(struct test *t)
{
    vt_each_flavour(t, VT_PT_FLAVOURS, width_ignored_body);
}

/* Fields of the PASID entry that pass-through does not use. */
static void ignored_fields_body(struct vt *vt, struct vt_path *path)
{
    static const char *const fields[] = {"SSPTPTR", "FSPTPTR", "FSPM"};
    uint64_t entry = vt_pasid_address(vt, path->rid, path->pasid), page = mem_alloc(vt->t, 4096, 4096);
    struct iotb_request r = vt_request(path, IOTB_WRITE, page + 0x18, 8);

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (!vt_ecap(vt->t, i == 0 ? "SSTS" : "FSTS") || (i == 2 && !vt_cap(vt->t, "FS5LP")))
            continue;
        vt_set_field(vt, entry, "pasid_table_entry", fields[i], i == 2 ? 1 : mem_alloc(vt->t, 4096, 4096));
        vt_path_invalidate(path);
        test_context(vt->t, "%s, %s set", vt_path_name(path), fields[i]);
        vt_expect_ok(vt, "VTD-3-072", &r, page + 0x18);
    }
    r.kind = IOTB_READ;
    vt_expect_ok(vt, "VTD-3-072", &r, page + 0x18);
}

static void ignored_fields(struct test *t)
{
    vt_each_flavour(t, VT_PT_FLAVOURS & VT_SCALABLE_FLAVOURS, ignored_fields_body);
}

/* A request with PASID that is passed through into the interrupt range is blocked and is no interrupt; both edges. */
static void interrupts_body(struct vt *vt, struct vt_path *path)
{
    static const uint64_t inside[] = {INTERRUPTS, INTERRUPTS + 0x40, UINT64_C(0xfee0f000), INTERRUPTS_END - 4};
    static const uint64_t outside[] = {INTERRUPTS - 4, INTERRUPTS_END, INTERRUPTS_END + 0xee0};
    struct iotb_interrupt interrupt;

    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++)
        for (int kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
            struct iotb_request r = vt_request(path, (enum iotb_request_kind)kind, inside[i], 4);

            test_context(vt->t, "%s, address 0x%llx", vt_path_name(path), (unsigned long long)inside[i]);
            vt_expect_fault(vt, "VTD-7-015", &r, 0x87, 0);
        }
    if (test_has(vt->t, IOTB_F_INTERRUPTS))
        CHECK(vt->t, "VTD-7-015", !interrupt_take(vt->t, IOTB_IRQ_DEVICE, &interrupt), "an interrupt from a blocked request");
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        struct iotb_request r = vt_request(path, IOTB_WRITE, outside[i], 4);

        if (i < 2 && !mem_claim(vt->t, outside[i] & ~UINT64_C(0xfff), 4096))
            return;
        test_context(vt->t, "%s, address 0x%llx", vt_path_name(path), (unsigned long long)outside[i]);
        vt_expect_ok(vt, "VTD-7-015", &r, outside[i]);
    }
}

static void interrupts(struct test *t)
{
    vt_each_flavour(t, 1u << VT_PASID_PT, interrupts_body);
}

/* PGTT 100b becomes 010b together with another domain in one write: until the invalidations either, after them the new one. */
static void cached_body(struct vt *vt, struct vt_path *path)
{
    uint64_t page = mem_alloc(vt->t, 4096, 4096), host = mem_alloc(vt->t, 4096, 4096), words[2];
    uint64_t entry = vt_pasid_address(vt, path->rid, path->pasid), hosts[2] = {host, page};
    struct vt_table *table = vt_table_new(vt, VT_SS, 0);
    struct iotb_request r = vt_request(path, IOTB_WRITE, page, 8);
    struct vt_seen seen;

    vt_map(vt, table, page, host, 12, VT_RW);
    vt_expect_ok(vt, "VTD-6-006", &r, page);
    words[0] = table->root | (mem_read64(vt->t, entry) & 0xfff);
    words[1] = mem_read64(vt->t, entry + 8);
    spec_set(spec_struct_field("pasid_table_entry", "PGTT"), words, 2);
    spec_set(spec_struct_field("pasid_table_entry", "AW"), words, vt_aw(table));
    spec_set(spec_struct_field("pasid_table_entry", "DID"), words, path->did + 1);
    mem_write(vt->t, entry, words, 16);
    vt_flush_writes(vt);
    seen = vt_try(vt, &r, hosts, 2);
    CHECK(vt->t, "VTD-6-006", (seen.result == VT_ARRIVED || seen.result == VT_ARRIVED_OTHER) && !seen.fr,
          "before the invalidations the request is passed through or translated");
    vt_submit_one(vt, vt_desc_pasid(VT_PC_PASID, path->did, path->pasid));
    vt_submit_one(vt, vt_desc_piotlb(VT_PIOTLB_PASID, path->did, path->pasid, 0, 0, false));
    vt_expect_ok(vt, "VTD-6-006", &r, host);
}

static void cached(struct test *t)
{
    if (!vt_has_flavour(t, VT_RID_SS))
        test_skip(t, "no second stage in scalable mode");
    vt_each_flavour(t, VT_PT_FLAVOURS & VT_SCALABLE_FLAVOURS, cached_body);
}

static const struct iotb_case cases[] = {
    {.name = "vtd.pass_through.identity",
     .summary = "Requests pass through unchanged, whatever address bit is set.",
     .run = identity,
     .rows = "VTD-3-072",
     .gate = "ECAP.PT",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.pass_through.limit",
     .summary = "Addresses at and above 2^HAW are refused.",
     .run = limit,
     .rows = "VTD-7-014",
     .gate = "ECAP.PT",
     .features = IOTB_F_WIDE_ADDRESS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.pass_through.width_ignored",
     .summary = "The limit is HAW, not AW.",
     .run = width_ignored,
     .rows = "VTD-3-073",
     .gate = "ECAP.PT&HAW>=40",
     .features = IOTB_F_WIDE_ADDRESS | IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.pass_through.ignored_fields",
     .summary = "Pointers and modes of the stages that are not used do not matter.",
     .run = ignored_fields,
     .rows = "VTD-3-072",
     .gate = "ECAP.SMTS&ECAP.PT",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.pass_through.interrupts",
     .summary = "A request with PASID passed through into FEEx_xxxxh is blocked.",
     .run = interrupts,
     .rows = "VTD-7-015",
     .gate = "ECAP.SMTS&ECAP.PT",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.pass_through.cached",
     .summary = "A pass-through translation that is cached goes with the invalidations of its domain.",
     .run = cached,
     .rows = "VTD-6-006",
     .gate = "ECAP.SMTS&ECAP.PT",
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_pass_through_cases = {cases, sizeof cases / sizeof cases[0]};
