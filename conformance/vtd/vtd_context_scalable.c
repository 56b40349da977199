/* SPDX-License-Identifier: BSD-2-Clause */
/* Scalable-mode root entries and context entries (9.2, 9.4): every field and every bit. */
#include "vtd_bits.h"
#include "vtd_chapters.h"

#define INPUT UINT64_C(0x2345000)

static const char entry_name[] = "context_entry_scalable";

static void set_field(struct vt_path *path, const char *field, uint64_t value)
{
    vt_set_field(path->vt, vt_context_address(path->vt, path->rid), entry_name, field, value);
    vt_refresh(path->vt);
}

/* A path on requester vt_rid(0) whose context entry has a directory for all 2^20 PASIDs. */
static void open_wide(struct vt *vt, struct test *t, struct vt_path *path, enum vt_flavour_id flavour, uint32_t pasid)
{
    struct vt_context c = {.paside = vt_ecap(t, "PASID") != 0, .pdts = 7};

    vt_open_mode(vt, t, VT_SCALABLE);
    if (!vt_flavours[flavour].with_pasid && vt_ecap(t, "RPS"))
        c.rid_pasid = pasid;
    vt_set_context(vt, vt_rid(vt, 0), &c);
    vt_path_open(vt, path, flavour, vt_rid(vt, 0), pasid, 7);
}

/* The first of these kinds of translation that the DUT has, with or without PASID; ends the case when there is none. */
static enum vt_flavour_id first_flavour(struct test *t, bool with_pasid)
{
    for (uint32_t id = VT_RID_SS; id < VT_FLAVOUR_COUNT; id++)
        if (vt_flavours[id].with_pasid == with_pasid && vt_has_flavour(t, (enum vt_flavour_id)id))
            return (enum vt_flavour_id)id;
    test_skip(t, "no translation of requests %s PASID", with_pasid ? "with" : "without");
}

/* A path for requests with PASID and one for requests without, on the same requester, each with a page of its own. */
struct both {
    struct vt vt;
    struct vt_path plain, with;
    struct iotb_request r_plain, r_with;
    uint64_t host_plain, host_with;
};

static void both_open(struct both *s, struct test *t, uint32_t rid_pasid, uint32_t pasid)
{
    enum vt_flavour_id with = first_flavour(t, true);

    open_wide(&s->vt, t, &s->plain, first_flavour(t, false), rid_pasid);
    vt_path_open(&s->vt, &s->with, with, s->plain.rid, pasid, 8);
    s->host_plain = vt_path_page(&s->plain, INPUT, VT_RW);
    s->host_with = vt_path_page(&s->with, INPUT, VT_RW);
    s->r_plain = vt_request(&s->plain, IOTB_WRITE, vtd_input(&s->plain, INPUT, s->host_plain), 8);
    s->r_with = vt_request(&s->with, IOTB_WRITE, vtd_input(&s->with, INPUT, s->host_with), 8);
}

/* ---- DTE, PRE, PASIDE ---- */

static void enables(struct test *t)
{
    bool dt = vt_ecap(t, "DT") != 0, prs = vt_ecap(t, "PRS") != 0;
    struct both s;

    both_open(&s, t, 9, 5);
    for (uint32_t i = 0; i < 8; i++) {
        bool dte = i & 1, pre = i & 2, paside = !(i & 4);

        if ((dte && !dt) || (pre && !prs))
            continue;
        test_context(t, "DTE=%d PRE=%d PASIDE=%d", dte, pre, paside);
        vt_set_field(&s.vt, vt_context_address(&s.vt, s.plain.rid), entry_name, "DTE", dte);
        vt_set_field(&s.vt, vt_context_address(&s.vt, s.plain.rid), entry_name, "PRE", pre);
        set_field(&s.plain, "PASIDE", paside);
        if (pre && !dte) {
            vtd_refused(&s.vt, "VTD-9-038", s.r_plain, 0x43, s.host_plain);
            if (paside)
                vtd_refused(&s.vt, "VTD-9-038", s.r_with, 0x43, s.host_with);
            continue;
        }
        vtd_reaches(&s.vt, paside ? "VTD-9-043" : "VTD-9-041", s.r_plain, s.host_plain);
        if (paside)
            vtd_reaches(&s.vt, "VTD-9-043", s.r_with, s.host_with);
        else
            vtd_refused(&s.vt, "VTD-9-041", s.r_with, 0x45, s.host_with);
        if (pre)
            vtd_reaches(&s.vt, "VTD-9-044", s.r_plain, s.host_plain);
    }
    set_field(&s.plain, "PRE", 0);
    set_field(&s.plain, "PASIDE", 1);
    vtd_reaches(&s.vt, "VTD-9-041", s.r_with, s.host_with);
    vt_close(&s.vt);
}

/* ---- PDTS ---- */

static uint32_t pasid_end(struct test *t)
{
    return 1u << (vt_ecap(t, "PSS") + 1);
}

/* Requests with PASID: the last one that the directory has, the first it has not, and each higher bit by itself. */
static void directory_size(struct test *t)
{
    struct vt_path path;
    struct vt vt;

    open_wide(&vt, t, &path, first_flavour(t, true), 1);
    for (uint32_t pdts = 0; pdts < 8; pdts++) {
        uint32_t end = UINT32_C(1) << (pdts + 13);
        struct vt_path last;
        struct iotb_request r;
        uint64_t host, directory;

        if (end > pasid_end(t))
            continue;
        vt_path_share(&last, &path, path.rid, end - 1);
        host = vt_path_page(&last, INPUT + 0x1000 * pdts, VT_RW);
        r = vt_request(&last, IOTB_WRITE, vtd_input(&last, INPUT + 0x1000 * pdts, host), 8);
        set_field(&path, "PDTS", pdts);
        test_context(t, "PDTS=%u, PASID %05x", pdts, end - 1);
        vtd_reaches(&vt, "VTD-9-040", r, host);
        for (uint32_t bit = pdts + 13; bit < 20 && 1u << bit < pasid_end(t); bit++) {
            size_t mark = trace_mark(t);

            r.pasid = 1u << bit;
            test_context(t, "PDTS=%u, PASID %05x", pdts, r.pasid);
            vtd_refused(&vt, "VTD-9-040", r, 0x46, host);
            directory = vt_directory_address(&vt, path.rid, r.pasid);
            if (test_has(t, IOTB_F_BENCH_MEMORY))
                CHECK_EQ(t, "VTD-9-040", 0, trace_count(t, mark, directory, directory + 7, ACC_READS),
                         "reads behind the end of the directory");
        }
    }
    vt_close(&vt);
}

/* RID_PASID is bound by the same limit, for every request through the entry. */
static void rid_pasid_limit(struct test *t)
{
    struct both s;
    bool with_pasid = vt_ecap(t, "PASID") && test_has(t, IOTB_F_PASID);

    if (with_pasid)
        both_open(&s, t, 9, 5);
    else
        open_wide(&s.vt, t, &s.plain, first_flavour(t, false), 9);
    for (uint32_t pdts = 0; pdts < 8; pdts++) {
        uint32_t end = UINT32_C(1) << (pdts + 13);
        struct vt_path last;
        struct iotb_request r;
        uint64_t host;

        vt_path_share(&last, &s.plain, s.plain.rid, end - 1);
        host = vt_path_page(&last, INPUT + 0x1000 * (pdts + 1), VT_RW);
        r = vt_request(&last, IOTB_WRITE, vtd_input(&last, INPUT + 0x1000 * (pdts + 1), host), 8);
        vt_set_field(&s.vt, vt_context_address(&s.vt, s.plain.rid), entry_name, "PDTS", pdts);
        set_field(&s.plain, "RID_PASID", end - 1);
        test_context(t, "PDTS=%u, RID_PASID=%05x", pdts, end - 1);
        if (end <= pasid_end(t) || !vt_ecap(t, "PASID"))
            vtd_reaches(&s.vt, "VTD-9-039", r, host);
        for (uint32_t bit = pdts + 13; bit < 20; bit++) {
            test_context(t, "PDTS=%u, RID_PASID=%05x", pdts, 1u << bit);
            set_field(&s.plain, "RID_PASID", UINT64_C(1) << bit);
            vtd_refused(&s.vt, "VTD-9-039", r, 0x43, host);
            if (with_pasid)
                vtd_refused(&s.vt, "VTD-9-039", s.r_with, 0x43, s.host_with);
        }
    }
    vt_close(&s.vt);
}

/* ---- RID_PASID ---- */

/* A request whose PASID is RID_PASID is refused; PASIDs that differ from it in one bit are not. */
static void rid_pasid_equal(struct test *t)
{
    uint32_t rid_pasid = vt_ecap(t, "RPS") ? 0x5 : 0;
    struct iotb_request r;
    struct both s;

    both_open(&s, t, rid_pasid, rid_pasid ^ 1);
    if (vt_ecap(t, "RPS") && pasid_end(t) > 0x8000) {
        /* all bits of the field count */
        struct vt_path high;

        vt_path_share(&high, &s.plain, s.plain.rid, 0xa5a5 & (pasid_end(t) - 1));
        rid_pasid = high.pasid;
        set_field(&s.plain, "RID_PASID", rid_pasid);
    }
    /* Before a request without PASID: what that leaves in the IOTLB has RID_PASID for its tag and may be used (6.2.4.1). */
    test_context(t, "RID_PASID=%05x", rid_pasid);
    r = s.r_with;
    r.pasid = rid_pasid;
    vtd_refused(&s.vt, "VTD-9-042", r, 0x48, s.host_with);
    vtd_reaches(&s.vt, "VTD-9-042", s.r_plain, s.host_plain);
    for (uint32_t bit = 0; 1u << bit < pasid_end(t); bit++) {
        struct vt_path other;

        vt_path_share(&other, &s.with, s.with.rid, rid_pasid ^ 1u << bit);
        r.pasid = other.pasid;
        test_context(t, "RID_PASID=%05x, PASID %05x", rid_pasid, r.pasid);
        vtd_reaches(&s.vt, "VTD-9-042", r, s.host_with);
    }
    vt_close(&s.vt);
}

/* Every bit of RID_PASID selects: one PASID table entry for each bit alone, and none for PASID 0. */
static void rid_pasid_bits(struct test *t)
{
    enum vt_flavour_id flavour = first_flavour(t, false);
    struct vt_path path, one;
    struct vt vt;

    open_wide(&vt, t, &path, flavour, 0x80);
    for (uint32_t bit = 0; bit < 20 && 1u << bit < pasid_end(t); bit++) {
        struct iotb_request r;
        uint64_t host;

        vt_path_open(&vt, &one, flavour, path.rid, 1u << bit, 8 + bit % 7);
        host = vt_path_page(&one, INPUT, VT_RW);
        r = vt_request(&one, IOTB_WRITE, vtd_input(&one, INPUT, host), 8);
        test_context(t, "RID_PASID=%05x", 1u << bit);
        set_field(&path, "RID_PASID", UINT64_C(1) << bit);
        vtd_reaches(&vt, "VTD-3-005", r, host);
        mem_write64(t, vt_pasid_address(&vt, path.rid, 1u << bit), 0);
        vt_refresh(&vt);
        vtd_refused(&vt, "VTD-3-005", r, 0x59, host);
    }
    vt_close(&vt);
}

/* A request with PASID does not need the entry of RID_PASID. */
static void rid_entry_absent(struct test *t)
{
    struct both s;

    both_open(&s, t, 9, 0x45);
    vtd_reaches(&s.vt, "VTD-9-047", s.r_with, s.host_with);
    mem_write64(t, vt_pasid_address(&s.vt, s.plain.rid, s.plain.pasid), 0);
    vt_refresh(&s.vt);
    vtd_refused(&s.vt, "VTD-9-047", s.r_plain, 0x59, s.host_plain);
    vtd_reaches(&s.vt, "VTD-9-047", s.r_with, s.host_with);
    vt_close(&s.vt);
}

/* ---- RID_PRIV ---- */

/* RID_PRIV and SRE over a page without U/S: requests without PASID have the privilege that RID_PRIV gives them. */
static void rid_priv_body(struct vt *vt, struct vt_path *path)
{
    uint64_t user = vt_path_page(path, INPUT, VT_RW), supervisor = vt_path_page(path, INPUT + 0x1000, VT_R | VT_W);
    struct iotb_request ru = vt_request(path, IOTB_WRITE, INPUT, 8), rs = vt_request(path, IOTB_WRITE, INPUT + 0x1000, 8);
    uint64_t entry = vt_pasid_address(vt, path->rid, path->pasid);

    for (uint32_t i = 0; i < 4; i++) {
        bool priv = i & 1, sre = i & 2;

        test_context(vt->t, "%s, RID_PRIV=%d SRE=%d", path->flavour->name, priv, sre);
        vt_set_field(vt, entry, "pasid_table_entry", "SRE", sre);
        set_field(path, "RID_PRIV", priv);
        if (priv && !sre) {
            vtd_refused(vt, "VTD-9-083", ru, 0x5d, user);
            vtd_refused(vt, "VTD-9-083", rs, 0x5d, supervisor);
            continue;
        }
        vtd_reaches(vt, "VTD-9-045", ru, user);
        if (priv)
            vtd_reaches(vt, "VTD-9-045", rs, supervisor);
        else
            vtd_refused(vt, "VTD-9-045", rs, 0x81, supervisor);
    }
}

static void rid_priv(struct test *t)
{
    vt_each_flavour(t, 1u << VT_RID_FS | 1u << VT_RID_NESTED, rid_priv_body);
}

/* RID_PRIV without SRE refuses in every kind of translation, and says nothing about requests with PASID. */
static void rid_priv_sre_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_WRITE, vtd_input(path, INPUT, host), 8);

    set_field(path, "RID_PRIV", 1);
    if (path->flavour->with_pasid) {
        vtd_reaches(vt, "VTD-9-083", r, host);
        return;
    }
    vtd_refused(vt, "VTD-9-083", r, 0x5d, host);
    vt_set_field(vt, vt_pasid_address(vt, path->rid, path->pasid), "pasid_table_entry", "SRE", 1);
    vt_refresh(vt);
    vtd_reaches(vt, "VTD-9-083", r, host);
    set_field(path, "RID_PRIV", 0);
    vtd_reaches(vt, "VTD-9-083", r, host);
}

static void rid_priv_sre(struct test *t)
{
    vt_each_flavour(t, VT_SCALABLE_FLAVOURS, rid_priv_sre_body);
}

static void no_rid_priv_body(struct vt *vt, struct vt_path *path)
{
    uint64_t user = vt_path_page(path, INPUT, VT_RW), supervisor = vt_path_page(path, INPUT + 0x1000, VT_R | VT_W);
    struct iotb_request ru = vt_request(path, IOTB_WRITE, INPUT, 8), rs = vt_request(path, IOTB_WRITE, INPUT + 0x1000, 8);

    vtd_reaches(vt, "VTD-9-046", ru, user);
    vtd_refused(vt, "VTD-9-046", rs, 0x81, supervisor);
}

static void no_rid_priv(struct test *t)
{
    vt_each_flavour(t, 1u << VT_RID_FS | 1u << VT_RID_NESTED, no_rid_priv_body);
}

#define BITS(NAME, SUMMARY, ROW, GATE, ...)                                                                                      \
    VTD_BITS_CASE(vtd_run_bits, "vtd.context." NAME, SUMMARY, ROW, VTD_SCALABLE_ROWS, GATE, 0, .flavours = VT_SCALABLE_FLAVOURS, \
                  .few = true, __VA_ARGS__)
#define POINTER(NAME, SUMMARY, ROW, ...)                                                                      \
    VTD_BITS_CASE(vtd_run_pointer, "vtd.context." NAME, SUMMARY, ROW, " VTD-3-003 VTD-7-062", "ECAP.SMTS", 0, \
                  .flavours = VT_SCALABLE_FLAVOURS, .few = true, __VA_ARGS__)
/* A capability that a DUT without PASID or RPS lacks too: only requests without PASID. */
#define PLAIN_BITS(NAME, SUMMARY, ROW, GATE, ...)                                                                           \
    VTD_BITS_CASE(vtd_run_bits, "vtd.context." NAME, SUMMARY, ROW, VTD_PLAIN_ROWS, GATE, 0, .flavours = VTD_PLAIN_FLAVOURS, \
                  .few = true, __VA_ARGS__)
#define UPPER_RID 0x5590
#define LOWER_RID 0x5570

static const struct iotb_case cases[] = {
    BITS("lower_reserved", "Bits 11:1 of a present lower half are reserved.", "VTD-9-008", "ECAP.SMTS", .rid = LOWER_RID,
         .entry = VTD_ROOT_USED, .first = 1, .last = 11, .fr = 0x3a),
    BITS("upper_reserved", "Bits 75:65 of a present upper half are reserved.", "VTD-9-008", "ECAP.SMTS", .rid = UPPER_RID,
         .entry = VTD_ROOT_USED, .first = 1, .last = 11, .fr = 0x3a),
    BITS("lower_width", "Bits 63:HAW of a present lower half are reserved.", "VTD-9-010", "ECAP.SMTS", .rid = LOWER_RID,
         .entry = VTD_ROOT_USED, .first = VTD_HAW, .last = 63, .fr = 0x3a),
    BITS("upper_width", "Bits 127:64+HAW of a present upper half are reserved.", "VTD-9-010", "ECAP.SMTS", .rid = UPPER_RID,
         .entry = VTD_ROOT_USED, .first = VTD_HAW, .last = 63, .fr = 0x3a),
    BITS("lower_absent", "LP=0 makes the lower half ignored.", "VTD-9-007", "ECAP.SMTS", .rid = LOWER_RID, .entry = VTD_ROOT_USED,
         .words = 1, .first = 1, .last = 63, .fr = 0x39),
    BITS("upper_absent", "UP=0 makes the upper half ignored.", "VTD-9-007", "ECAP.SMTS", .rid = UPPER_RID, .entry = VTD_ROOT_USED,
         .words = 1, .first = 1, .last = 63, .fr = 0x39),
    POINTER("lower_pointer", "LCTP has every address bit below HAW.", "VTD-9-010", .rid = LOWER_RID, .entry = VTD_ROOT_USED),
    POINTER("upper_pointer", "UCTP has every address bit below HAW.", "VTD-9-010", .rid = UPPER_RID, .entry = VTD_ROOT_USED),

    BITS("scalable_reserved_8_7", "Bits 8:7 of a present scalable context entry are reserved.", "VTD-9-029", "ECAP.SMTS",
         .entry = VTD_CONTEXT, .first = 7, .last = 8, .fr = 0x42),
    BITS("scalable_reserved_high", "Bits 255:85 of a present scalable context entry are reserved.", "VTD-9-029", "ECAP.SMTS",
         .entry = VTD_CONTEXT, .first = 85, .last = 255, .fr = 0x42),
    BITS("scalable_width", "PASIDDIRPTR bits 63:HAW are reserved.", "VTD-9-037", "ECAP.SMTS", .entry = VTD_CONTEXT,
         .first = VTD_HAW, .last = 63, .fr = 0x42),
    POINTER("scalable_pointer", "PASIDDIRPTR has every address bit below HAW.", "VTD-9-037", .entry = VTD_CONTEXT),
    BITS("scalable_absent", "P=0 makes every bit of a scalable context entry but FPD ignored.", "VTD-9-028", "ECAP.SMTS",
         .entry = VTD_CONTEXT, .words = 4, .first = 2, .last = 255, .fr = 0x41),
    BITS("no_dte", "DTE is reserved without device TLBs.", "VTD-9-030", "ECAP.SMTS&!ECAP.DT", .entry = VTD_CONTEXT, .first = 2,
         .last = 2, .fr = 0x42),
    PLAIN_BITS("no_paside", "PASIDE is reserved without PASID.", "VTD-9-031", "ECAP.SMTS&!ECAP.PASID", .entry = VTD_CONTEXT,
               .first = 3, .last = 3, .fr = 0x42),
    BITS("no_pre", "PRE is reserved without page requests.", "VTD-9-032", "ECAP.SMTS&!ECAP.PRS", .entry = VTD_CONTEXT, .first = 4,
         .last = 4, .fr = 0x42),
    BITS("no_hpte", "HPTE is reserved without host permission tables.", "VTD-9-033", "ECAP.SMTS&!ECAP.HPTS", .entry = VTD_CONTEXT,
         .first = 5, .last = 5, .fr = 0x42),
    BITS("no_eptr", "EPTR is reserved without PASIDs in translated requests.", "VTD-9-034", "ECAP.SMTS&!ECAP.PTRS",
         .entry = VTD_CONTEXT, .first = 6, .last = 6, .fr = 0x42),
    BITS("no_rid_pasid", "RID_PASID is reserved without RPS.", "VTD-9-035", "ECAP.SMTS&!ECAP.RPS", .entry = VTD_CONTEXT,
         .first = 64, .last = 83, .fr = 0x42),
    BITS("no_rid_priv", "RID_PRIV is reserved without RPRIVS.", "VTD-9-036", "ECAP.SMTS&!ECAP.RPRIVS", .entry = VTD_CONTEXT,
         .first = 84, .last = 84, .fr = 0x42),
    PLAIN_BITS("paside_plain", "Requests without PASID do not depend on PASIDE.", "VTD-9-041", "ECAP.SMTS&ECAP.PASID",
               .entry = VTD_CONTEXT, .first = 3, .last = 3),
    BITS("dte_untranslated", "Untranslated requests do not depend on DTE.", "VTD-9-043", "ECAP.SMTS&ECAP.DT",
         .entry = VTD_CONTEXT, .first = 2, .last = 2),

    {.name = "vtd.context.enables",
     .summary = "DTE, PRE and PASIDE each block what they are for, and PRE needs DTE.",
     .run = enables,
     .rows = "VTD-9-041 VTD-9-038 VTD-9-043 VTD-9-044" VTD_SCALABLE_ROWS,
     .gate = "ECAP.SMTS&ECAP.PASID",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.context.directory_size",
     .summary = "PDTS bounds the PASIDs of requests before the directory is read.",
     .run = directory_size,
     .rows = "VTD-9-040" VTD_SCALABLE_ROWS,
     .gate = "ECAP.SMTS&ECAP.PASID&ECAP.PSS>=13",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.context.rid_pasid_limit",
     .summary = "PDTS bounds RID_PASID, for requests with and without PASID.",
     .run = rid_pasid_limit,
     .rows = "VTD-9-039" VTD_SCALABLE_ROWS,
     .gate = "ECAP.SMTS&ECAP.RPS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.context.rid_pasid_equal",
     .summary = "A request whose PASID equals RID_PASID is refused, no other.",
     .run = rid_pasid_equal,
     .rows = "VTD-9-042" VTD_SCALABLE_ROWS,
     .gate = "ECAP.SMTS&ECAP.PASID",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.context.rid_pasid_bits",
     .summary = "Every bit of RID_PASID selects a PASID table entry.",
     .run = rid_pasid_bits,
     .rows = "VTD-3-005" VTD_PLAIN_ROWS,
     .gate = "ECAP.SMTS&ECAP.RPS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.context.rid_entry_absent",
     .summary = "Requests with PASID do not need the entry of RID_PASID.",
     .run = rid_entry_absent,
     .rows = "VTD-9-047" VTD_SCALABLE_ROWS,
     .gate = "ECAP.SMTS&ECAP.PASID",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.context.rid_priv",
     .summary = "RID_PRIV is the privilege of requests without PASID.",
     .run = rid_priv,
     .rows = "VTD-9-045 VTD-9-083" VTD_PLAIN_ROWS,
     .gate = "ECAP.SMTS&ECAP.RPRIVS&ECAP.FSTS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.context.rid_priv_sre",
     .summary = "RID_PRIV without SRE refuses requests without PASID, whatever PGTT.",
     .run = rid_priv_sre,
     .rows = "VTD-9-083" VTD_PLAIN_ROWS,
     .gate = "ECAP.SMTS&ECAP.RPRIVS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.context.no_rid_priv_user",
     .summary = "Without RPRIVS requests without PASID have user privilege.",
     .run = no_rid_priv,
     .rows = "VTD-9-046" VTD_PLAIN_ROWS,
     .gate = "ECAP.SMTS&!ECAP.RPRIVS&ECAP.FSTS",
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_context_scalable_cases = {cases, sizeof cases / sizeof cases[0]};
