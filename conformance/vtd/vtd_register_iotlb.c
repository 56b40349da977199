/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Register based invalidation of the IOTLB and the paging-structure caches (6.5.1.2 IOTLB Registers): a mapping is used, an
 * entry on its way changes, a command of each granularity, and the next request finds the new page.
 */
#include "vtd_register_invalidation.h"

#include "vtd_chapters.h"

#define INPUT UINT64_C(0x12345000)

/* Width of the inputs that both the second stage and the requesters of this DUT reach. */
static uint32_t input_bits(struct test *t)
{
    uint32_t bits = 30 + 9 * vt_widest_aw(t), mgaw = (uint32_t)vt_cap(t, "MGAW") + 1;

    if (mgaw < bits)
        bits = mgaw;
    if (!test_has(t, IOTB_F_WIDE_ADDRESS) && test_desc(t)->address_bits < bits)
        bits = test_desc(t)->address_bits;
    return bits;
}

/* ---- a mapping that changes, at any level ---- */

struct mapping {
    struct vt_path path;
    struct vt_table *other; /* the same input to another page */
    uint64_t input, host[2];
    struct iotb_request r;
};

static void mapping_add(struct mapping *m, const struct vt_path *path, struct vt_table *other, uint64_t input)
{
    struct vt *vt = path->vt;

    *m = (struct mapping){.path = *path, .other = other, .input = input};
    m->host[0] = vt_path_page(&m->path, input, VT_RW);
    m->host[1] = mem_alloc(vt->t, 4096, 4096);
    vt_map(vt, other, input, m->host[1], 12, VT_RW);
    m->r = vt_request(path, IOTB_WRITE, input + 0x158, 8);
}

static void mapping_open(struct mapping *m, struct vt *vt, uint16_t rid, uint32_t did, uint64_t input)
{
    struct vt_path path;

    vt_path_open(vt, &path, VT_LEGACY_SS, rid, 0, did);
    mapping_add(m, &path, vt_table_new(vt, VT_SS, path.ss->levels), input);
    vt_invalidate_all(vt);
}

static void mapping_warm(struct mapping *m, const char *row)
{
    vt_expect_ok(m->path.vt, row, &m->r, m->host[0] + 0x158);
}

static void mapping_change(struct mapping *m, uint32_t level)
{
    struct vt *vt = m->path.vt;

    mem_write64(vt->t, vt_entry(vt, m->path.ss, m->input, level), mem_read64(vt->t, vt_entry(vt, m->other, m->input, level)));
}

static void mapping_renewed(struct mapping *m, const char *row)
{
    vt_expect_ok(m->path.vt, row, &m->r, m->host[1] + 0x158);
}

static void iotlb_global(struct test *t)
{
    struct mapping m[6];
    struct vt vt;

    register_open(&vt, t);
    for (uint32_t i = 0; i < 3; i++)
        mapping_open(&m[i], &vt, vt_rid(&vt, i), 4 + i, INPUT);
    for (uint32_t i = 0; i < 3; i++)
        mapping_add(&m[3 + i], &m[i].path, m[i].other, INPUT + (UINT64_C(0x20000000) << i));
    for (int i = 0; i < 6; i++)
        mapping_warm(&m[i], "VTD-6-516");
    for (uint32_t i = 0; i < 6; i++)
        mapping_change(&m[i], 1 + i % 2);
    CHECK_EQ(t, "VTD-6-516", BY_GLOBAL, register_iotlb_command(t, "VTD-6-516", BY_GLOBAL, 0, 0, 0, false),
             "IOTLB.IAIG of a global request");
    CHECK_EQ(t, "VTD-11-545", BY_GLOBAL, reg_read64(t, vt_ecap(t, "IRO") * 16 + 8) >> 57 & 3,
             "IAIG of IOTLB_REG at IRO * 16 + 8");
    for (int i = 0; i < 6; i++)
        mapping_renewed(&m[i], "VTD-6-516");
    vt_close(&vt);
}

static void iotlb_domain(struct test *t)
{
    uint32_t bits = register_domain_bits(t);
    struct vt vt;

    register_open(&vt, t);
    for (uint32_t n = 0; n <= bits; n++) {
        uint32_t did = n < bits ? 1u << n : (1u << bits) - 1;
        struct mapping m[2];

        test_context(t, "domain %u", did);
        mapping_open(&m[0], &vt, vt_rid(&vt, 0), did, INPUT);
        mapping_add(&m[1], &m[0].path, m[0].other, INPUT + 0x8000000);
        mapping_warm(&m[0], "VTD-6-517");
        mapping_warm(&m[1], "VTD-6-517");
        mapping_change(&m[0], 1);
        mapping_change(&m[1], 2);
        register_iotlb_command(t, "VTD-6-517", BY_DOMAIN, did, 0, 0, false);
        mapping_renewed(&m[0], "VTD-6-517");
        mapping_renewed(&m[1], "VTD-6-517");
    }
    vt_close(&vt);
}

/* Page-selective: each address bit, each domain bit. */
static void iotlb_page(struct test *t)
{
    uint32_t bits = input_bits(t), domains = register_domain_bits(t);
    struct vt vt;

    register_open(&vt, t);
    for (uint32_t n = 12; n < bits; n++) {
        uint32_t did = 1u << n % domains;
        struct mapping m;

        test_context(t, "input 2^%u, domain %u", n, did);
        mapping_open(&m, &vt, vt_rid(&vt, 0), did, UINT64_C(1) << n);
        mapping_warm(&m, "VTD-6-518");
        mapping_change(&m, 1);
        register_iotlb_command(t, "VTD-6-518", BY_PAGE, did, m.input, 0, n & 1);
        mapping_renewed(&m, "VTD-6-518");
    }
    vt_close(&vt);
}

/* AM = k: the first and the last page of 2^k, whatever low address bits the request has. */
static void iotlb_masks(struct test *t)
{
    uint32_t mamv = (uint32_t)vt_cap(t, "MAMV"), bits = input_bits(t);
    struct vt_path path;
    struct vt_table *other;
    struct vt vt;

    register_open(&vt, t);
    vt_path_open(&vt, &path, VT_LEGACY_SS, vt_rid(&vt, 0), 0, 7);
    other = vt_table_new(&vt, VT_SS, path.ss->levels);
    for (uint32_t am = 0; am <= mamv && am + 13 < bits; am++) {
        uint64_t base = UINT64_C(1) << (12 + am), pages = UINT64_C(1) << am;
        struct mapping m[2];

        test_context(t, "AM = %u", am);
        mapping_add(&m[0], &path, other, base);
        if (am)
            mapping_add(&m[1], &path, other, base + 4096 * (pages - 1));
        vt_invalidate_all(&vt);
        for (uint32_t i = 0; i < (am ? 2 : 1); i++)
            mapping_warm(&m[i], "VTD-6-518");
        for (uint32_t i = 0; i < (am ? 2 : 1); i++)
            mapping_change(&m[i], 1);
        register_iotlb_command(t, "VTD-6-518", BY_PAGE, 7, base + 4096 * (test_random(t) & (pages - 1)), am, true);
        for (uint32_t i = 0; i < (am ? 2 : 1); i++)
            mapping_renewed(&m[i], "VTD-6-518");
    }
    vt_close(&vt);
}

/* IH = 0 removes what leads to the range at every level; IH = 1 may keep it. */
static void iotlb_hint(struct test *t)
{
    struct vt vt;

    register_open(&vt, t);
    for (uint32_t level = 2; level <= 5; level++) {
        uint64_t hosts[2];
        struct vt_seen seen;
        struct mapping m;

        mapping_open(&m, &vt, vt_rid(&vt, 0), 4 + level, INPUT);
        if (level > m.path.ss->levels)
            break;
        test_context(t, "entry at level %u", level);
        mapping_warm(&m, "VTD-6-522");
        mapping_change(&m, level);
        register_iotlb_command(t, "VTD-6-522", BY_PAGE, 4 + level, INPUT, 0, true);
        hosts[0] = m.host[0] + 0x158;
        hosts[1] = m.host[1] + 0x158;
        seen = vt_try(&vt, &m.r, hosts, 2);
        CHECK(t, "VTD-6-522", (seen.result == VT_ARRIVED || seen.result == VT_ARRIVED_OTHER) && !seen.fr,
              "after IH = 1 the old or the new entry is used");
        register_iotlb_command(t, "VTD-6-522", BY_PAGE, 4 + level, INPUT, 0, false);
        mapping_renewed(&m, "VTD-6-522");
    }
    vt_close(&vt);
}

/* IH = 0 with each AM: the hint is one bit of IVA_REG, beside AM. What leads to both ends of the region is removed. */
static void iotlb_hint_masks(struct test *t)
{
    uint32_t mamv = (uint32_t)vt_cap(t, "MAMV"), bits = input_bits(t);
    struct vt vt;

    register_open(&vt, t);
    for (uint32_t am = 0; am <= mamv && am + 13 < bits; am++) {
        uint64_t base = UINT64_C(1) << (12 + am), last = base + 4096 * ((UINT64_C(1) << am) - 1);
        uint32_t count = (base ^ last) >> 21 ? 2 : 1; /* one entry of level 2 leads to 2 MiB */
        struct mapping m[2];

        test_context(t, "AM = %u, IH = 0", am);
        mapping_open(&m[0], &vt, vt_rid(&vt, 0), 4 + am % 2, base);
        if (count > 1)
            mapping_add(&m[1], &m[0].path, m[0].other, last);
        for (uint32_t i = 0; i < count; i++)
            mapping_warm(&m[i], "VTD-6-522");
        for (uint32_t i = 0; i < count; i++)
            mapping_change(&m[i], 2);
        register_iotlb_command(t, "VTD-6-522", BY_PAGE, 4 + am % 2, base, am, false);
        for (uint32_t i = 0; i < count; i++)
            mapping_renewed(&m[i], "VTD-6-522");
    }
    vt_close(&vt);
}

static void iotlb_refused(struct test *t)
{
    uint32_t mamv = (uint32_t)vt_cap(t, "MAMV");
    struct mapping m;
    struct vt vt;

    register_open(&vt, t);
    mapping_open(&m, &vt, vt_rid(&vt, 0), 4, INPUT);
    mapping_warm(&m, "VTD-6-521");
    register_iotlb_command(t, "VTD-6-521", REFUSED, 4, INPUT, 0, false);
    if (vt_cap(t, "PSI")) {
        for (uint32_t am = mamv + 1; am < 64; am += am == mamv + 1 ? 1 : 7) {
            vt_reg_set(t, "IVA_REG", register_iva(INPUT, am, false));
            vt_reg_set(t, "IOTLB_REG", register_iotlb(BY_PAGE, 4, true));
            test_settle(t);
            CHECK_EQ(t, "VTD-6-519", 0, vt_field(t, "IOTLB_REG", "IVT"), "IOTLB.IVT after AM = %u", am);
            CHECK_EQ(t, "VTD-6-519", REFUSED, vt_field(t, "IOTLB_REG", "IAIG"), "IOTLB.IAIG after AM = %u, MAMV = %u", am, mamv);
        }
        mapping_change(&m, 1);
        /* MAMV itself is served. */
        register_iotlb_command(t, "VTD-6-519", BY_PAGE, 4, INPUT, mamv, true);
        mapping_renewed(&m, "VTD-6-519");
    } else {
        mapping_change(&m, 1);
        vt_reg_set(t, "IVA_REG", register_iva(INPUT, 0, false));
        vt_reg_set(t, "IOTLB_REG", register_iotlb(BY_PAGE, 4, true));
        test_settle(t);
        CHECK(t, "VTD-6-520", vt_field(t, "IOTLB_REG", "IAIG") == BY_DOMAIN || vt_field(t, "IOTLB_REG", "IAIG") == BY_GLOBAL,
              "IOTLB.IAIG is %llu after a page-selective request without PSI",
              (unsigned long long)vt_field(t, "IOTLB_REG", "IAIG"));
        mapping_renewed(&m, "VTD-6-520");
    }
    vt_close(&vt);
}

/* Large pages: any address inside with AM of at least the page drops them; offsets that were used apart, too. */
static void iotlb_large(struct test *t)
{
    struct vt vt;

    register_open(&vt, t);
    for (uint32_t lg2 = 21; lg2 <= 30; lg2 += 9) {
        uint64_t size = UINT64_C(1) << lg2, input = UINT64_C(3) << 30, hosts[2];
        struct iotb_request r[3];
        struct vt_path path;

        if (!(vt_cap(t, "SSLPS") >> (lg2 == 30) & 1) || vt_cap(t, "MAMV") < lg2 - 12 || input_bits(t) < 32 ||
            (lg2 == 30 && !test_has(t, IOTB_F_BENCH_MEMORY)))
            continue;
        test_context(t, "page of 2^%u", lg2);
        vt_path_open(&vt, &path, VT_LEGACY_SS, vt_rid(&vt, 0), 0, 4 + lg2 / 30);
        for (int i = 0; i < 2; i++)
            hosts[i] = mem_alloc(t, size, size);
        vt_map(&vt, path.ss, input, hosts[0], lg2, VT_RW);
        vt_invalidate_all(&vt);
        for (uint32_t i = 0; i < 3; i++) {
            r[i] = vt_request(&path, IOTB_WRITE, input + (size / 2 - 0x1000) * i + 0x40, 8);
            vt_expect_ok(&vt, "VTD-6-518", &r[i], hosts[0] + (r[i].address - input));
        }
        mem_write64(t, vt_entry(&vt, path.ss, input, lg2 == 30 ? 3 : 2), vt_leaf(path.ss, hosts[1], lg2, VT_RW));
        register_iotlb_command(t, "VTD-6-518", BY_PAGE, 4 + lg2 / 30, input + size - 0x5000, lg2 - 12, true);
        for (uint32_t i = 0; i < 3; i++)
            vt_expect_ok(&vt, "VTD-6-518", &r[i], hosts[1] + (r[i].address - input));
    }
    vt_close(&vt);
}

/* ---- draining ---- */

static void drain_one(struct vt *vt, const char *row, enum iotb_request_kind kind, uint32_t granularity, bool flags)
{
    struct test *t = vt->t;
    struct iotb_request r;
    struct mapping m;
    uint32_t hold, id;

    test_context(t, "%s, IIRG = %u, DR = DW = %d", kind == IOTB_WRITE ? "write" : "read", granularity, flags);
    mapping_open(&m, vt, vt_rid(vt, 0), 4, INPUT);
    mapping_warm(&m, row);
    mem_write64(t, m.host[0] + 0x200, UINT64_C(0x1122334455667788));
    hold = hold_accesses(t, m.host[0], m.host[0] + 4095, kind == IOTB_WRITE ? ACC_WRITES : ACC_READS);
    r = vt_request(&m.path, kind, INPUT + 0x200, 8);
    r.data[0] = 0x5a;
    id = request_send(t, &r);
    test_settle(t);
    if (hold_count(t, hold) != 1) {
        test_note(t, "the access does not show on its way to memory: nothing to wait for");
        hold_release(t, hold);
        test_settle(t);
        return;
    }
    mapping_change(&m, 1);
    vt_reg_set(t, "IVA_REG", register_iva(INPUT, 0, false));
    vt_reg_set(t, "IOTLB_REG", register_iotlb(granularity, 4, flags));
    test_settle(t);
    CHECK_EQ(t, row, 1, vt_field(t, "IOTLB_REG", "IVT"), "IOTLB.IVT while the access through the old mapping is not done");
    hold_release(t, hold);
    test_settle(t);
    CHECK_EQ(t, row, 0, vt_field(t, "IOTLB_REG", "IVT"), "IOTLB.IVT after the access is done");
    CHECK(t, row, register_coarse_enough(granularity, (uint32_t)vt_field(t, "IOTLB_REG", "IAIG")), "IOTLB.IAIG");
    CHECK(t, row, request_outcome(t, id).done, "the access completes");
    if (kind == IOTB_WRITE)
        CHECK_EQ(t, row, 0x5a, mem_read64(t, m.host[0] + 0x200), "data of the write, at the old mapping");
    mapping_renewed(&m, row);
}

static void drain(struct test *t)
{
    bool old = vt_ver(t) < 2;
    const char *row = old ? "VTD-6-523" : "VTD-6-524";
    uint32_t last = vt_cap(t, "PSI") ? BY_PAGE : BY_DOMAIN;
    struct vt vt;

    register_open(&vt, t);
    for (uint32_t granularity = BY_GLOBAL; granularity <= last; granularity++) {
        drain_one(&vt, row, IOTB_WRITE, granularity, true);
        drain_one(&vt, row, IOTB_READ, granularity, true);
        if (!old) {
            drain_one(&vt, row, IOTB_WRITE, granularity, false);
            drain_one(&vt, row, IOTB_READ, granularity, false);
        }
    }
    test_context(t, NULL);
    vt_close(&vt);
}

#define CASE(tag, text, function, rowlist, when, needs)                                                                        \
    {                                                                                                                          \
        .name = "vtd.register_iotlb." tag, .summary = text, .run = function, .rows = rowlist, .gate = when, .features = needs, \
        .functional = true, .tier = TIER_FULL                                                                                  \
    }

static const struct iotb_case cases[] = {
    {.name = "vtd.register_iotlb.global",
     .summary = "IIRG = 01: every mapping is walked again.",
     .run = iotlb_global,
     .rows = "VTD-6-516 VTD-11-545",
     .gate = BELOW_6,
     .functional = true,
     .tier = TIER_SMOKE},
    CASE("domain", "IIRG = 10: every mapping of the domain is walked again.", iotlb_domain, "VTD-6-517", BELOW_6, 0),
    CASE("page", "IIRG = 11: the page is walked again, for every address and domain bit.", iotlb_page, "VTD-6-518",
         BELOW_6 "&CAP.PSI", 0),
    CASE("masks", "AM = k: first and last of 2^k pages are walked again.", iotlb_masks, "VTD-6-518", BELOW_6 "&CAP.PSI", 0),
    CASE("hint", "IH = 0 drops non-leaf entries on the way to the page; IH = 1 may keep them.", iotlb_hint, "VTD-6-522",
         BELOW_6 "&CAP.PSI", 0),
    CASE("hint_masks", "IH = 0 drops non-leaf entries on the way to the region of each AM.", iotlb_hint_masks, "VTD-6-522",
         BELOW_6 "&CAP.PSI", 0),
    CASE("no_psi", "Without PSI a page-selective request is served by a coarser one; IIRG = 00 is refused.", iotlb_refused,
         "VTD-6-520 VTD-6-521", BELOW_6 "&!CAP.PSI", 0),
    CASE("refused", "IIRG = 00 and masks above MAMV are refused.", iotlb_refused, "VTD-6-519 VTD-6-521", BELOW_6 "&CAP.PSI", 0),
    CASE("large", "A large page goes with a mask of its size and any address inside.", iotlb_large, "VTD-6-518",
         BELOW_6 "&CAP.PSI&CAP.SSLPS", 0),
    CASE("drain_old", "DR and DW make IVT wait for accesses through the old mapping.", drain, "VTD-6-523",
         BELOW_6 "&VER.MAX<2&CAP.DWD&CAP.DRD", IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP),
    CASE("drain", "IVT waits for accesses through the old mapping, whatever DR and DW say.", drain, "VTD-6-524",
         BELOW_6 "&VER.MAX>=2", IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP),
};

const struct iotb_case_list vtd_register_iotlb_cases = {cases, sizeof cases / sizeof cases[0]};
