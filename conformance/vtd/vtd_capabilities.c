/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VER, CAP and ECAP: what they say must be consistent, what they announce must work, and what they do not announce must be
 * refused (11.4.1 Version Register, 11.4.2 Capability Register, 11.4.3 Extended Capability Register).
 */
#include "build/vt.h"
#include "vtd_chapters.h"

#include <string.h>

#define INPUT UINT64_C(0x5432000)

static bool has(struct test *t, const char *field)
{
    return spec_reg_exists("CAP_REG", field) ? vt_cap(t, field) != 0 : vt_ecap(t, field) != 0;
}

/* ---- consistency ---- */

/* `field` is reported as 0 by a unit that reports `needs` as 0. */
static const struct implication {
    const char *row, *field, *needs;
} implications[] = {
    {"VTD-11-537", "FS1GP", "FSTS"},   {"VTD-11-537", "FS5LP", "FSTS"},   {"VTD-11-041", "FS1GP", "FSTS"},
    {"VTD-11-041", "FS5LP", "FSTS"},   {"VTD-11-041", "PI", "IR"},        {"VTD-11-538", "PI", "IR"},
    {"VTD-11-542", "SMTS", "QI"},      {"VTD-11-542", "IR", "QI"},        {"VTD-11-542", "DT", "QI"},
    {"VTD-11-038", "SMTS", "QI"},      {"VTD-11-038", "IR", "QI"},        {"VTD-11-038", "DT", "QI"},
    {"VTD-11-544", "EIM", "IR"},       {"VTD-11-547", "NEST", "SMTS"},    {"VTD-11-547", "NEST", "FSTS"},
    {"VTD-11-547", "NEST", "SSTS"},    {"VTD-11-039", "NEST", "FSTS"},    {"VTD-11-039", "NEST", "SSTS"},
    {"VTD-11-039", "SSADS", "SMPWCS"}, {"VTD-11-039", "EAFS", "SMPWCS"},  {"VTD-11-039", "EAFS", "FSTS"},
    {"VTD-11-039", "RPRIVS", "SRS"},   {"VTD-11-548", "PRS", "DT"},       {"VTD-11-548", "PRS", "QI"},
    {"VTD-11-549", "PDS", "DT"},       {"VTD-11-550", "DIT", "DT"},       {"VTD-11-551", "PASID", "SMTS"},
    {"VTD-11-552", "SRS", "SMTS"},     {"VTD-11-552", "EAFS", "SMTS"},    {"VTD-11-554", "FSTS", "SMTS"},
    {"VTD-11-554", "SSADS", "SMTS"},   {"VTD-11-554", "SMPWCS", "SMTS"},  {"VTD-11-554", "RPS", "SMTS"},
    {"VTD-11-554", "NEST", "SMTS"},    {"VTD-11-554", "PASID", "SMTS"},   {"VTD-11-037", "FSTS", "SMTS"},
    {"VTD-11-037", "PASID", "SMTS"},   {"VTD-11-037", "PRS", "SMTS"},     {"VTD-11-037", "NEST", "SMTS"},
    {"VTD-11-037", "MTS", "SMTS"},     {"VTD-11-037", "SRS", "SMTS"},     {"VTD-11-037", "SMPWCS", "SMTS"},
    {"VTD-11-037", "RPS", "SMTS"},     {"VTD-11-037", "HPTS", "SMTS"},    {"VTD-11-037", "PSS", "SMTS"},
    {"VTD-11-040", "PTRS", "DT"},      {"VTD-11-040", "PTRS", "PASID"},   {"VTD-11-040", "HPTS", "SMTS"},
    {"VTD-11-040", "HPTS", "DT"},      {"VTD-11-040", "HPT1GPS", "HPTS"}, {"VTD-11-040", "SSIRWS", "SSTS"},
    {"VTD-11-040", "SMS", "PRS"},      {"VTD-11-027", "PRS", "DT"},       {"VTD-11-027", "PDS", "DT"},
    {"VTD-11-027", "DIT", "DT"},       {"VTD-11-027", "NWFS", "DT"},      {"VTD-11-027", "PRS", "SMTS"},
    {"VTD-11-556", "PMS", "ECMDS"},
};

static void consistent(struct test *t)
{
    for (size_t i = 0; i < sizeof implications / sizeof implications[0]; i++)
        CHECK(t, implications[i].row, !has(t, implications[i].field) || has(t, implications[i].needs),
              "%s is reported without %s", implications[i].field, implications[i].needs);
}

static void values(struct test *t)
{
    uint64_t cap = vt_reg(t, "CAP_REG"), ecap = vt_reg(t, "ECAP_REG"), ver = vt_reg(t, "VER_REG"), sagaw = vt_cap(t, "SAGAW");
    uint32_t haw = test_desc(t)->host_address_bits;

    CHECK_EQ(t, "VTD-11-524", 0, ver & 0xffffff00, "reserved bits of VER_REG");
    CHECK(t, "VTD-11-524", vt_ver(t) >= 1, "VER.MAX is %llu", (unsigned long long)vt_ver(t));
    CHECK(t, "VTD-11-526", vt_cap(t, "ND") != 7, "CAP.ND is 7");
    CHECK(t, "VTD-11-044", vt_cap(t, "ND") != 7, "CAP.ND is 7");
    CHECK(t, "VTD-11-527", !vt_cap(t, "AFL") || vt_ver(t) < 6, "CAP bit 3 is set: advanced fault logging was removed");
    CHECK_EQ(t, "VTD-11-532", 0, sagaw & 0x11, "bits 0 and 4 of CAP.SAGAW");
    CHECK_EQ(t, "VTD-11-043", 0, sagaw & 0x11, "bits 0 and 4 of CAP.SAGAW");
    CHECK(t, "VTD-11-043", vt_cap(t, "MGAW") != 0, "CAP.MGAW is 0");
    CHECK(t, "VTD-11-533", vt_cap(t, "MGAW") + 1 >= haw, "MGAW is %llu bits, HAW %u", (unsigned long long)vt_cap(t, "MGAW") + 1,
          haw);
    CHECK(t, "VTD-11-043", vt_cap(t, "MGAW") + 1 >= haw, "MGAW is %llu bits, HAW %u", (unsigned long long)vt_cap(t, "MGAW") + 1,
          haw);
    CHECK(t, "VTD-11-043", sagaw || !vt_ecap(t, "SSTS"), "CAP.SAGAW is 0 with ECAP.SSTS = 1");
    if (vt_ver(t) >= 6)
        CHECK(t, "VTD-11-043", vt_ecap(t, "SSTS") || !sagaw, "CAP.SAGAW is not 0 with ECAP.SSTS = 0");
    if (vt_ver(t) >= 2) {
        CHECK(t, "VTD-11-536", vt_cap(t, "DRD") && vt_cap(t, "DWD"), "CAP.DRD and CAP.DWD");
        CHECK(t, "VTD-11-044", vt_cap(t, "DRD") && vt_cap(t, "DWD"), "CAP.DRD and CAP.DWD");
    }
    CHECK(t, "VTD-11-044", !vt_cap(t, "RWBF") || !vt_ecap(t, "SMTS"), "CAP.RWBF is 1 with ECAP.SMTS = 1");
    /* Bits 15:13, 23, 38, 58:57. */
    CHECK_EQ(t, "VTD-11-540", 0, cap & UINT64_C(0x060000400080e000), "reserved bits of CAP_REG");
    /* Bits 5, 19:18, 24, 28:27, 32, 54, 63. */
    CHECK_EQ(t, "VTD-11-559", 0, ecap & UINT64_C(0x80400001190c0020), "reserved bits of ECAP_REG");
    CHECK_EQ(t, "VTD-11-555", 0, vt_ecap(t, "VCS"), "ECAP.VCS");
    CHECK_EQ(t, "VTD-11-042", 0, ecap >> 30 & 1, "ECAP bit 30, ERS");
    CHECK_EQ(t, "VTD-11-552", 0, ecap >> 30 & 1 && !vt_ecap(t, "SMTS"), "ECAP.ERS without SMTS");
    CHECK(t, "VTD-11-551", vt_ecap(t, "PSS") <= 19, "ECAP.PSS is %llu", (unsigned long long)vt_ecap(t, "PSS"));
    CHECK(t, "VTD-11-556", (vt_reg(t, "PERFCAP_REG") != 0) == (vt_ecap(t, "PMS") != 0),
          "PERFCAP_REG is not 0 where ECAP.PMS is 1");
    test_observe(t, "VTD-11-558", "ECAP bits 62:55 are %02llxh, bit 50 is %llu", (unsigned long long)(ecap >> 55 & 0xff),
                 (unsigned long long)(ecap >> 50 & 1));
}

/* ---- domain ids and address widths ---- */

static void highest_domain_body(struct vt *vt, struct vt_path *path)
{
    uint32_t bits = 4 + 2 * (uint32_t)vt_cap(vt->t, "ND");
    struct vt_path high;
    struct iotb_request r;
    uint64_t host;

    vt_path_open(vt, &high, path->flavour->id, vt_rid(vt, 1), path->pasid, (1u << bits) - 1);
    host = vt_path_page(&high, INPUT, VT_RW);
    r = vt_request(&high, IOTB_WRITE, (high.flavour->pgtt == 4 ? host : INPUT) + 0x40, 8);
    vt_expect_ok(vt, "VTD-11-526", &r, host + 0x40);
}

static void highest_domain(struct test *t)
{
    vt_each_flavour(t, VT_ALL_FLAVOURS, highest_domain_body);
}

static void widths_body(struct vt *vt, struct vt_path *path)
{
    bool legacy = path->flavour->mode == VT_LEGACY;
    uint64_t sagaw = vt_cap(vt->t, "SAGAW"), host = mem_alloc(vt->t, 4096, 4096);
    const char *structure = legacy ? "context_entry_legacy" : "pasid_table_entry";
    struct iotb_request r;

    for (uint32_t aw = 0; aw < 8; aw++) {
        bool supported = aw < 5 && (sagaw >> aw & 1);
        uint64_t entry = legacy ? vt_context_address(vt, path->rid) : vt_pasid_address(vt, path->rid, path->pasid);
        struct vt_table *table;

        test_context(vt->t, "%s, AW = %u", path->flavour->name, aw);
        if (supported) {
            table = vt_table_new(vt, VT_SS, aw + 2);
            vt_map(vt, table, INPUT, host, 12, VT_RW);
            vt_set_field(vt, entry, structure, "SSPTPTR", table->root);
        }
        vt_set_field(vt, entry, structure, "AW", aw);
        vt_flush_writes(vt);
        vt_invalidate_all(vt);
        r = vt_request(path, IOTB_WRITE, INPUT + 0x40, 8);
        if (supported)
            vt_expect_ok(vt, "VTD-11-532", &r, host + 0x40);
        else
            vt_expect_fault(vt, "VTD-11-532", &r, legacy ? 0x03 : 0x5b, host + 0x40);
    }
}

static void widths(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS, widths_body);
}

/* The last page below min(MGAW, AGAW) is reached; the first above is refused. */
static void guest_width_body(struct vt *vt, struct vt_path *path)
{
    uint32_t bits = 30 + 9 * vt_aw(path->ss), mgaw = (uint32_t)vt_cap(vt->t, "MGAW") + 1;
    bool legacy = path->flavour->mode == VT_LEGACY;
    struct iotb_request r;
    uint64_t last, host;

    if (mgaw < bits)
        bits = mgaw;
    if (!test_has(vt->t, IOTB_F_WIDE_ADDRESS) && test_desc(vt->t)->address_bits <= bits)
        test_not_testable(vt->t, "requests of %u bits do not go beyond %u", test_desc(vt->t)->address_bits, bits);
    last = (UINT64_C(1) << bits) - 4096;
    host = vt_path_page(path, last, VT_RW);
    r = vt_request(path, IOTB_WRITE, last + 0xff8, 8);
    vt_expect_ok(vt, "VTD-11-533", &r, host + 0xff8);
    for (uint32_t n = bits; n < 64; n += n == bits || n == 62 ? 1 : 2) {
        r = vt_request(path, IOTB_READ, UINT64_C(1) << n | (last + 0xff8), 8);
        vt_once(vt);
        vt_expect_fault(vt, "VTD-11-533", &r, legacy ? 0x04 : 0x84, host + 0xff8);
    }
}

static void guest_width(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS, guest_width_body);
}

static void pasid_width(struct test *t)
{
    enum vt_flavour_id flavour = vt_has_flavour(t, VT_PASID_FS) ? VT_PASID_FS : VT_PASID_SS;
    uint32_t bits = (uint32_t)vt_ecap(t, "PSS") + 1, last = (1u << bits) - 1;
    struct iotb_request r;
    struct vt_path path;
    uint64_t host;
    struct vt vt;

    vt_open_mode(&vt, t, VT_SCALABLE);
    vt_path_open(&vt, &path, flavour, vt_rid(&vt, 0), last, 4);
    host = vt_path_page(&path, INPUT, VT_RW);
    r = vt_request(&path, IOTB_WRITE, INPUT + 0x40, 8);
    vt_expect_ok(&vt, "VTD-11-551", &r, host + 0x40);
    for (uint32_t n = bits; n < 20; n++) {
        /* The reason depends on where the width is checked: PSS, or the size of the directory. */
        static const uint32_t reasons[] = {0x89, 0x46};

        r.pasid = last | 1u << n;
        vt_expect_fault_any(&vt, "VTD-11-551", &r, reasons, 2, host + 0x40);
    }
    vt_close(&vt);
}

/* ---- modes ---- */

static void abort_mode(struct test *t)
{
    bool legacy = vt_has_flavour(t, VT_LEGACY_SS);
    enum vt_flavour_id flavour = legacy ? VT_LEGACY_SS : vt_has_flavour(t, VT_RID_SS) ? VT_RID_SS : VT_RID_FS;
    struct iotb_request r;
    struct vt_path path;
    uint64_t host;
    struct vt vt;

    vt_open_mode(&vt, t, legacy ? VT_LEGACY : VT_SCALABLE);
    vt_path_open(&vt, &path, flavour, vt_rid(&vt, 0), 0, 4);
    host = vt_path_page(&path, INPUT, VT_RW);
    r = vt_request(&path, IOTB_WRITE, INPUT + 0x40, 8);
    vt_expect_ok(&vt, "VTD-11-557", &r, host + 0x40);
    vt_command(&vt, "TE", false);
    vt_set_root(&vt, vt.root | vt_reg_bits("RTADDR_REG", "TTM", 3));
    vt_command(&vt, "TE", true);
    vt_expect_fault(&vt, "VTD-11-557", &r, vt_ecap(t, "ADMS") ? 0x33 : 0x30, host + 0x40);
    vt_command(&vt, "TE", false);
    vt_close(&vt);
}

/* ---- invalidation ---- */

/* Largest mask, and one more; by the queue or by registers. */
static void largest_mask(struct test *t)
{
    uint32_t mamv = (uint32_t)vt_cap(t, "MAMV"), iqei = 0;
    bool legacy = vt_has_flavour(t, VT_LEGACY_SS);
    struct vt vt;

    vt_open_mode(&vt, t, legacy ? VT_LEGACY : VT_SCALABLE);
    CHECK(t, "VTD-11-535", vt_invalidate_iotlb(&vt, VT_IOTLB_PAGE, 4, 0, mamv, false), "AM = MAMV = %u is accepted", mamv);
    /* 11.4.6.3: a larger mask in IVA_REG is refused; what a descriptor with one does is not said. */
    if (mamv < 63) {
        bool done = vt_invalidate_iotlb(&vt, VT_IOTLB_PAGE, 4, 0, mamv + 1, false);

        if (!vt.queue_on)
            CHECK(t, "VTD-11-535", !done, "AM = %u is refused", mamv + 1);
        else
            test_observe(t, "VTD-11-535", "a descriptor with AM = %u %s", mamv + 1,
                         vt_queue_error(&vt, &iqei) ? "is a queue error" : "is taken");
    }
    test_observe(t, "VTD-11-535", "MAMV is %u; with SSLPS %llu it is recommended to reach %u", mamv,
                 (unsigned long long)vt_cap(t, "SSLPS"), vt_cap(t, "SSLPS") & 2 ? 18 : 9);
}

/* Without Device-TLBs their descriptors and status bits do not exist. */
static void no_device_tlb(struct test *t)
{
    static const uint32_t types[] = {3, 8};
    struct vt vt;

    vt_open_mode(&vt, t, vt_ecap(t, "SMTS") ? VT_SCALABLE : VT_LEGACY);
    for (size_t i = 0; i < 2; i++) {
        struct vt_descriptor d = {{types[i], 0, 0, 0}};
        uint32_t iqei = 0;

        vt_submit_one(&vt, d);
        CHECK(t, "VTD-11-543", vt_queue_error(&vt, &iqei), "descriptor type %u is refused", types[i]);
        CHECK_EQ(t, "VTD-11-543", 3, iqei, "IQEI after descriptor type %u", types[i]);
        vt_queue_repair(&vt);
    }
    vt_reg_set(t, "FSTS_REG", 0x60);
    CHECK_EQ(t, "VTD-11-543", 0, vt_reg(t, "FSTS_REG") & 0x60, "ICE and ITE");
}

/* ---- coherency ---- */

static void coherency_body(struct vt *vt, struct vt_path *path)
{
    struct test *t = vt->t;
    bool legacy = path->flavour->mode == VT_LEGACY;
    uint64_t host = vt_path_page(path, INPUT, VT_RW), snooped = vt_ecap(t, "C"), at[4];
    struct iotb_request r = vt_request(path, IOTB_WRITE, (path->flavour->pgtt == 4 ? host : INPUT) + 0x40, 8);
    static const char *const what[] = {"root entry", "context entry", "PASID directory entry", "PASID table entry"};
    size_t mark = trace_mark(t);

    vt_expect_ok(vt, "VTD-11-541", &r, host + 0x40);
    at[0] = vt_root_address(vt, path->rid);
    at[1] = vt_context_address(vt, path->rid);
    at[2] = legacy ? 0 : vt_directory_address(vt, path->rid, path->pasid);
    at[3] = legacy ? 0 : vt_pasid_address(vt, path->rid, path->pasid);
    for (int i = 0; i < 4; i++) {
        const struct iotb_access *a = at[i] ? trace_find(t, mark, at[i], at[i] + 15, ACC_READS) : NULL;

        if (a && a->snoop != IOTB_ATTR_UNKNOWN)
            CHECK_EQ(t, "VTD-11-541", snooped, a->snoop, "snooping of the %s", what[i]);
    }
    for (uint32_t level = path->ss ? path->ss->levels : 0; legacy && level; level--) {
        uint64_t entry = vt_entry(vt, path->ss, INPUT, level);
        const struct iotb_access *a = trace_find(t, mark, entry, entry + 7, ACC_READS);

        if (a && a->snoop != IOTB_ATTR_UNKNOWN)
            CHECK_EQ(t, "VTD-11-541", snooped, a->snoop, "snooping of the legacy paging entry at level %u", level);
    }
}

static void coherency(struct test *t)
{
    vt_each_flavour(t, VT_ALL_FLAVOURS, coherency_body);
}

/* ---- announced and not announced ---- */

/* A bit of an entry that a capability gives its meaning; without the capability it is reserved. */
enum where { IN_CONTEXT, IN_PASID, IN_LEAF };

static const struct feature {
    const char *cap, *structure, *field;
    enum where where;
    uint32_t flavours;
    uint32_t reason;
    bool with; /* a request works with the bit set when the capability is there */
} features[] = {
    {"DT", "context_entry_scalable", "DTE", IN_CONTEXT, VT_SCALABLE_FLAVOURS, 0x42, true},
    {"PASID", "context_entry_scalable", "PASIDE", IN_CONTEXT, 1u << VT_RID_SS | 1u << VT_RID_FS, 0x42, true},
    {"RPS", "context_entry_scalable", "RID_PASID", IN_CONTEXT, 1u << VT_RID_SS | 1u << VT_RID_FS, 0x42, false},
    {"RPRIVS", "context_entry_scalable", "RID_PRIV", IN_CONTEXT, 1u << VT_RID_SS | 1u << VT_RID_FS, 0x42, false},
    {"HPTS", "context_entry_scalable", "HPTE", IN_CONTEXT, 1u << VT_RID_SS | 1u << VT_RID_FS, 0x42, false},
    {"PTRS", "context_entry_scalable", "EPTR", IN_CONTEXT, 1u << VT_RID_SS | 1u << VT_RID_FS, 0x42, false},
    {"SSADS", "pasid_table_entry", "SSADE", IN_PASID, 1u << VT_RID_SS | 1u << VT_PASID_SS, 0x5a, true},
    {"SMPWCS", "pasid_table_entry", "PWSNP", IN_PASID, VT_SCALABLE_FLAVOURS, 0x5a, true},
    {"SC", "pasid_table_entry", "PGSNP", IN_PASID, VT_SCALABLE_FLAVOURS, 0x5a, true},
    {"MTS", "pasid_table_entry", "CD", IN_PASID, VT_SCALABLE_FLAVOURS, 0x5a, true},
    {"SRS", "pasid_table_entry", "SRE", IN_PASID, VT_SCALABLE_FLAVOURS, 0x5a, true},
    {"EAFS", "pasid_table_entry", "EAFE", IN_PASID, VT_FS_FLAVOURS | VT_NESTED_FLAVOURS, 0x5a, true},
    {"SC", "ss_pte", "SNP", IN_LEAF, 1u << VT_LEGACY_SS, 0x0c, true},
    {"SC", "ss_pte", "SNP", IN_LEAF, 1u << VT_RID_SS | 1u << VT_PASID_SS, 0x7a, true},
};

static void entry_bits_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_READ, (path->flavour->pgtt == 4 ? host : INPUT) + 0x40, 8);

    vt_expect_ok(vt, "VTD-11-045", &r, host + 0x40);
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++) {
        const struct feature *f = &features[i];
        uint64_t entry, before;
        bool present = has(vt->t, f->cap);

        if (!(f->flavours >> path->flavour->id & 1) || (present && !f->with))
            continue;
        test_context(vt->t, "%s = %d, %s.%s, %s", f->cap, present, f->structure, f->field, path->flavour->name);
        entry = f->where == IN_CONTEXT ? vt_context_address(vt, path->rid)
                : f->where == IN_PASID ? vt_pasid_address(vt, path->rid, path->pasid)
                                       : vt_path_leaf(path, INPUT);
        before = vt_get_field(vt, entry, f->structure, f->field);
        vt_set_field(vt, entry, f->structure, f->field, 1);
        vt_flush_writes(vt);
        vt_invalidate_all(vt);
        if (present)
            vt_expect_ok(vt, "VTD-11-045", &r, host + 0x40);
        else
            vt_expect_fault(vt, "VTD-11-045", &r, f->reason, host + 0x40);
        vt_set_field(vt, entry, f->structure, f->field, before);
        vt_flush_writes(vt);
        vt_invalidate_all(vt);
    }
}

static void entry_bits(struct test *t)
{
    vt_each_flavour(t, VT_ALL_FLAVOURS, entry_bits_body);
}

/* Kinds of translation: TT and PGTT. */
static void translation_types_body(struct vt *vt, struct vt_path *path)
{
    static const char *const needs[] = {NULL, "FSTS", "SSTS", "NEST", "PT"};
    bool legacy = path->flavour->mode == VT_LEGACY;
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    uint64_t entry = legacy ? vt_context_address(vt, path->rid) : vt_pasid_address(vt, path->rid, path->pasid);
    struct iotb_request r = vt_request(path, IOTB_READ, (path->flavour->pgtt == 4 ? host : INPUT) + 0x40, 8);

    /* The one of this path works. */
    vt_expect_ok(vt, "VTD-11-045", &r, host + 0x40);
    for (uint32_t type = legacy ? 1 : 0; type < (legacy ? 4u : 8u); type++) {
        const char *cap = legacy ? (type == 1 ? "DT" : type == 2 ? "PT" : NULL) : type < 5 ? needs[type] : NULL;

        if (cap && has(vt->t, cap))
            continue;
        test_context(vt->t, "%s = %u", legacy ? "TT" : "PGTT", type);
        vt_set_field(vt, entry, legacy ? "context_entry_legacy" : "pasid_table_entry", legacy ? "TT" : "PGTT", type);
        vt_flush_writes(vt);
        vt_invalidate_all(vt);
        vt_expect_fault(vt, "VTD-11-045", &r, legacy ? 0x03 : 0x5b, host + 0x40);
    }
}

static void translation_types(struct test *t)
{
    vt_each_flavour(t, VT_ALL_FLAVOURS & ~VT_NESTED_FLAVOURS, translation_types_body);
}

/* Large pages: a leaf at level 2 or 3. Without the size, PS is a reserved bit. */
static void large_pages_body(struct vt *vt, struct vt_path *path)
{
    struct test *t = vt->t;
    bool first = path->fs != NULL, legacy = path->flavour->mode == VT_LEGACY;

    for (uint32_t lg2 = 21; lg2 <= 30; lg2 += 9) {
        bool present = first ? lg2 == 21 || vt_cap(t, "FS1GP") : (vt_cap(t, "SSLPS") >> (lg2 == 30) & 1) != 0;
        uint64_t page = mem_alloc(t, 4096, 4096), size = UINT64_C(1) << lg2, input = (UINT64_C(1) << 31) + (page & (size - 1));
        struct iotb_request r = vt_request(path, IOTB_WRITE, input + 0x40, 8);

        test_context(t, "%s, page of 2^%u", path->flavour->name, lg2);
        vt_map(vt, vt_path_table(path), input & ~(size - 1), page & ~(size - 1), lg2, VT_RW);
        vt_invalidate_all(vt);
        if (present)
            vt_expect_ok(vt, "VTD-11-045", &r, page + 0x40);
        else
            vt_expect_fault(vt, "VTD-11-045", &r, first ? 0x72 : legacy ? 0x0c : 0x7a, page + 0x40);
        mem_write64(t, vt_entry(vt, vt_path_table(path), input, lg2 == 30 ? 3 : 2), 0);
        vt_flush_writes(vt);
        vt_invalidate_all(vt);
    }
}

static void large_pages(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS | VT_FS_FLAVOURS, large_pages_body);
}

/* Five levels of first stage. */
static void five_levels(struct test *t)
{
    struct iotb_request r;
    struct vt_path path;
    uint64_t host;
    struct vt vt;

    vt_open_mode(&vt, t, VT_SCALABLE);
    vt_path_open(&vt, &path, VT_RID_FS, vt_rid(&vt, 0), 0, 4);
    host = vt_path_page(&path, INPUT, VT_RW);
    r = vt_request(&path, IOTB_WRITE, INPUT + 0x40, 8);
    vt_expect_ok(&vt, "VTD-11-045", &r, host + 0x40);
    if (vt_cap(t, "FS5LP")) {
        CHECK_EQ(t, "VTD-11-045", 5, path.fs->levels, "levels of the first stage that was used");
    } else {
        vt_set_field(&vt, vt_pasid_address(&vt, path.rid, path.pasid), "pasid_table_entry", "FSPM", 1);
        vt_invalidate_all(&vt);
        vt_expect_fault(&vt, "VTD-11-045", &r, 0x5b, host + 0x40);
    }
    vt_close(&vt);
}

/* Supervisor requests: with SRS they work where SRE is set, without they are refused. */
static void supervisor(struct test *t)
{
    struct iotb_request r;
    struct vt_path path;
    uint64_t host;
    struct vt vt;

    vt_open_mode(&vt, t, VT_SCALABLE);
    vt_path_open(&vt, &path, VT_PASID_FS, vt_rid(&vt, 0), 0x45, 4);
    host = mem_alloc(t, 4096, 4096);
    vt_path_map(&path, INPUT, host, 12, VT_R | VT_W);
    r = vt_request(&path, IOTB_READ, INPUT + 0x40, 8);
    vt_expect_fault(&vt, "VTD-11-045", &r, 0x81, host + 0x40);
    r.flags |= IOTB_RQ_PRIVILEGED;
    vt_expect_fault(&vt, "VTD-11-045", &r, 0x5d, host + 0x40);
    if (vt_ecap(t, "SRS")) {
        vt_set_field(&vt, vt_pasid_address(&vt, path.rid, path.pasid), "pasid_table_entry", "SRE", 1);
        vt_invalidate_all(&vt);
        vt_expect_ok(&vt, "VTD-11-045", &r, host + 0x40);
    }
    vt_close(&vt);
}

/* Zero-length reads of pages that cannot be read. */
static void zero_length_body(struct vt *vt, struct vt_path *path)
{
    bool legacy = path->flavour->mode == VT_LEGACY;
    uint64_t host = vt_path_page(path, INPUT, VT_W);
    struct iotb_request r = vt_request(path, IOTB_READ, INPUT + 0x40, 4);

    vt_expect_fault(vt, "VTD-11-045", &r, legacy ? 0x06 : 0x86, host + 0x40);
    r.flags |= IOTB_RQ_ZERO_LENGTH;
    if (vt_cap(vt->t, "ZLR"))
        vt_expect_ok(vt, "VTD-11-045", &r, host + 0x40);
    else
        vt_expect_fault(vt, "VTD-11-045", &r, legacy ? 0x06 : 0x86, host + 0x40);
}

static void zero_length(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS, zero_length_body);
}

#define REGISTERS(tag, text, function, rowlist)                                                                \
    {                                                                                                          \
        .name = "vtd.capabilities." tag, .summary = text, .run = function, .rows = rowlist, .tier = TIER_SMOKE \
    }
#define CASE(tag, text, function, rowlist, when, needs)                                                                      \
    {                                                                                                                        \
        .name = "vtd.capabilities." tag, .summary = text, .run = function, .rows = rowlist, .gate = when, .features = needs, \
        .functional = true, .tier = TIER_FULL                                                                                \
    }

static const struct iotb_case cases[] = {
    REGISTERS("consistent", "No capability is reported without those that it needs.", consistent,
              "VTD-11-027 VTD-11-037 VTD-11-038 VTD-11-039 VTD-11-040 VTD-11-041 VTD-11-537 VTD-11-538 VTD-11-542 VTD-11-544 "
              "VTD-11-547 VTD-11-548 VTD-11-549 VTD-11-550 VTD-11-551 VTD-11-552 VTD-11-554 VTD-11-556"),
    REGISTERS("values", "Every capability has a legal value, and reserved bits read 0.", values,
              "VTD-11-042 VTD-11-043 VTD-11-044 VTD-11-524 VTD-11-526 VTD-11-527 VTD-11-532 VTD-11-533 VTD-11-536 VTD-11-540 "
              "VTD-11-551 VTD-11-552 VTD-11-555 VTD-11-556 VTD-11-558 VTD-11-559"),
    CASE("highest_domain", "The highest domain id of ND works.", highest_domain, "VTD-11-526", NULL, 0),
    CASE("widths", "Each AGAW of SAGAW works and no other does.", widths, "VTD-11-532", "CAP.SAGAW", 0),
    CASE("guest_width", "Inputs end at MGAW or at the AGAW.", guest_width, "VTD-11-533", "CAP.SAGAW", 0),
    CASE("pasid_width", "PASIDs end at PSS.", pasid_width, "VTD-11-551", "ECAP.PASID", IOTB_F_PASID),
    CASE("abort_mode", "TTM = 11b aborts with ADMS and is an error without.", abort_mode, "VTD-11-557", NULL, 0),
    {.name = "vtd.capabilities.largest_mask",
     .summary = "Address masks end at MAMV.",
     .run = largest_mask,
     .rows = "VTD-11-535",
     .gate = "CAP.PSI",
     .tier = TIER_FULL},
    {.name = "vtd.capabilities.no_device_tlb",
     .summary = "Without DT there are no Device-TLB descriptors and no ICE or ITE.",
     .run = no_device_tlb,
     .rows = "VTD-11-543",
     .gate = "ECAP.QI&!ECAP.DT",
     .tier = TIER_FULL},
    CASE("coherency", "Structures are read with snooping where C says so.", coherency, "VTD-11-541", NULL,
         IOTB_F_BENCH_MEMORY | IOTB_F_ATTRIBUTES),
    CASE("entry_bits", "A bit of an entry works with its capability and is reserved without.", entry_bits, "VTD-11-045", NULL, 0),
    CASE("translation_types", "TT and PGTT of an absent kind of translation are refused.", translation_types, "VTD-11-045", NULL,
         0),
    CASE("large_pages", "Page sizes work with their capability and are reserved without.", large_pages, "VTD-11-045", NULL, 0),
    CASE("five_levels", "Five-level first stage works with FS5LP and is refused without.", five_levels, "VTD-11-045", "ECAP.FSTS",
         0),
    CASE("supervisor", "Supervisor requests work with SRS and are refused without.", supervisor, "VTD-11-045",
         "ECAP.FSTS&ECAP.PASID&ECAP.PSS>=6", IOTB_F_PASID | IOTB_F_PRIVILEGE),
    CASE("zero_length", "Zero-length reads of write-only pages work with ZLR and are refused without.", zero_length, "VTD-11-045",
         "CAP.SAGAW", IOTB_F_ZERO_LENGTH),
};

const struct iotb_case_list vtd_capabilities_cases = {cases, sizeof cases / sizeof cases[0]};
