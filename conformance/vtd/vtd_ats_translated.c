/* SPDX-License-Identifier: BSD-2-Clause */
/* Translated requests (4.2.5 Handling of Translated Requests), without a host permission table. */
#include "vtd_attributes.h"
#include "vtd_bits.h"
#include "vtd_chapters.h"

#define INPUT VTD_BITS_INPUT
#define FIRST_INTERRUPT UINT64_C(0xfee00000)
#define END_INTERRUPT UINT64_C(0xfef00000)

static const enum iotb_request_kind kinds[] = {IOTB_WRITE, IOTB_READ, IOTB_FETCH_ADD, IOTB_SWAP, IOTB_CAS};
#define KINDS (sizeof kinds / sizeof kinds[0])

static bool usable(struct vt *vt, enum iotb_request_kind kind)
{
    return kind < IOTB_FETCH_ADD || test_has(vt->t, IOTB_F_ATOMIC);
}

/* Every kind of request goes to the address that it has. */
static void passes(struct vt_path *path, const char *row, uint64_t host, bool with_pasid)
{
    for (size_t i = 0; i < KINDS; i++) {
        struct iotb_request r = vt_translated_request(path, kinds[i], host, 8, with_pasid);

        if (usable(path->vt, kinds[i]))
            vt_expect_ok(path->vt, row, &r, host);
    }
}

/* Memory at `host`, where there is any, stays as it is. */
static void refused(struct vt_path *path, const char *row, uint64_t host, bool with_pasid, uint32_t fr)
{
    bool memory = (host < FIRST_INTERRUPT || host >= END_INTERRUPT) && mem_exists(path->vt->t, host, 8);
    uint64_t guard = memory ? host : 0;

    for (size_t i = 0; i < KINDS; i++) {
        struct iotb_request r = vt_translated_request(path, kinds[i], host, 8, with_pasid);

        if (!usable(path->vt, kinds[i]))
            continue;
        vt_expect_ats_refused(path->vt, row, &r, IOTB_UR, fr);
        if (fr)
            vt_expect_fault(path->vt, row, &r, fr, guard);
    }
}

/* ---- only the context entry counts ---- */

/* What stands behind the context entry is broken in every way; PASIDDIRPTR or SSPTPTR leads to where nothing answers. */
static void bypass_body(struct vt *vt, struct vt_path *path)
{
    bool legacy = path->flavour->mode == VT_LEGACY;
    uint64_t context = vt_context_address(vt, path->rid), host = mem_alloc(vt->t, 4096, 4096), hole = mem_hole(vt->t);
    const char *pointer = legacy ? "SSPTPTR" : "PASIDDIRPTR", *entry = legacy ? "context_entry_legacy" : "context_entry_scalable";
    uint64_t saved = vt_get_field(vt, context, entry, pointer), mark;

    vt_path_allow_ats(path, false);
    passes(path, "VTD-4-022", host + 0x40, false);
    vt_set_field(vt, context, entry, pointer, hole ? hole : mem_alloc(vt->t, 4096, 4096));
    vt_refresh(vt);
    mark = trace_mark(vt->t);
    passes(path, "VTD-4-022", host + 0x80, false);
    if (test_has(vt->t, IOTB_F_BENCH_MEMORY) && hole)
        CHECK_EQ(vt->t, "VTD-4-022", 0, trace_count(vt->t, mark, hole, hole + 4095, ACC_ANY),
                 "accesses to what the context entry points to");
    vt_set_field(vt, context, entry, pointer, saved);
    if (!legacy) { /* an entry without P, then one with reserved bits, then one of no type */
        uint64_t pasid = vt_pasid_address(vt, path->rid, path->pasid);

        vt_set_bits(vt, pasid, 0, 0, 0);
        vt_refresh(vt);
        passes(path, "VTD-4-022", host + 0xc0, false);
        vt_set_bits(vt, pasid, 0, 0, 1);
        vt_set_bits(vt, pasid, 8, 6, 0);
        vt_set_bits(vt, pasid, 511, 511, 1);
        vt_refresh(vt);
        passes(path, "VTD-4-022", host + 0x100, false);
    }
    vt_refresh(vt);
}

static void bypass(struct test *t)
{
    vt_each_flavour(t, VT_ATS_FLAVOURS, bypass_body);
}

/* ---- memory type ---- */

static void type_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = mem_alloc(vt->t, 4096, 4096);

    vt_path_allow_ats(path, false);
    if (path->flavour->mode == VT_SCALABLE && vt_ecap(vt->t, "MTS")) /* untranslated requests get UC by it */
        vt_set_field(vt, vt_pasid_address(vt, path->rid, path->pasid), "pasid_table_entry", "CD", 1);
    vt_refresh(vt);
    for (uint32_t i = 0; i < 2; i++) {
        struct iotb_request r = vt_translated_request(path, kinds[i], host, 8, false);
        size_t mark = trace_mark(vt->t);

        vt_expect_ok(vt, "VTD-4-023", &r, host);
        for (size_t k = mark; k < trace_length(vt->t); k++) {
            if (!attr_touches(trace_at(vt->t, k), host, 8))
                continue;
            if (trace_at(vt->t, k)->memory_type == IOTB_ATTR_UNKNOWN)
                test_not_testable(vt->t, "the accesses of this requester have no memory type");
            CHECK_EQ(vt->t, "VTD-4-023", TYPE_WB, trace_at(vt->t, k)->memory_type, "memory type of a translated request");
        }
    }
}

static void type(struct test *t)
{
    vt_each_flavour(t, VT_ATS_FLAVOURS, type_body);
}

/* ---- host address width ---- */

static void with_fpd(struct vt_path *path, bool fpd)
{
    vt_set_field(path->vt, vt_context_address(path->vt, path->rid),
                 path->flavour->mode == VT_LEGACY ? "context_entry_legacy" : "context_entry_scalable", "FPD", fpd);
    vt_refresh(path->vt);
}

static void width_body(struct vt *vt, struct vt_path *path)
{
    bool legacy = path->flavour->mode == VT_LEGACY;
    const char *row = legacy ? "VTD-7-045" : "VTD-7-105";
    uint64_t last = (UINT64_C(1) << vt->haw) - 4096;

    vt_path_allow_ats(path, false);
    if (mem_claim(vt->t, last, 4096))
        passes(path, "VTD-7-024", last, false);
    for (uint32_t bit = vt->haw; bit < 64; bit++) {
        test_context(vt->t, "%s, address bit %u", vt_path_name(path), bit);
        vt_once(vt);
        refused(path, bit & 1 ? row : "VTD-7-024", UINT64_C(1) << bit, false, legacy ? 0x04 : 0x83);
    }
    with_fpd(path, true);
    refused(path, row, UINT64_C(1) << vt->haw, false, 0);
    with_fpd(path, false);
    passes(path, row, mem_alloc(vt->t, 4096, 4096), false);
}

static void width(struct test *t)
{
    vt_each_flavour(t, VT_ATS_FLAVOURS & ~VT_PASID_FLAVOURS, width_body);
}

/* ---- interrupt address range ---- */

static void no_interrupt(struct vt *vt, const char *row)
{
    struct vt_message m;

    if (test_has(vt->t, IOTB_F_INTERRUPTS))
        CHECK(vt->t, row, !vt_interrupt_take(vt, &m), "an interrupt from a translated request");
}

static void range_body(struct vt *vt, struct vt_path *path)
{
    static const uint64_t inside[] = {FIRST_INTERRUPT, FIRST_INTERRUPT + 0x1010, END_INTERRUPT - 8};
    bool legacy = path->flavour->mode == VT_LEGACY;
    const char *row = legacy ? "VTD-7-018" : "VTD-7-112";
    uint32_t fr = legacy ? 0x0e : 0x87;

    vt_path_allow_ats(path, false);
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
        struct iotb_request message = vt_translated_request(path, IOTB_WRITE, inside[i], 4, false);

        test_context(vt->t, "%s, address 0x%llx", vt_path_name(path), (unsigned long long)inside[i]);
        refused(path, row, inside[i], false, fr);
        vt_expect_ats_refused(vt, "VTD-7-018", &message, IOTB_UR, fr); /* it would be an interrupt with AT = 00b */
        no_interrupt(vt, "VTD-7-018");
        if (test_has(vt->t, IOTB_F_ZERO_LENGTH)) {
            message.kind = IOTB_READ;
            message.flags |= IOTB_RQ_ZERO_LENGTH;
            vt_expect_ats_refused(vt, "VTD-7-018", &message, IOTB_UR, fr);
        }
    }
    with_fpd(path, true);
    refused(path, row, FIRST_INTERRUPT, false, 0);
    with_fpd(path, false);
    if (mem_claim(vt->t, FIRST_INTERRUPT - 0x1000, 4096))
        passes(path, row, FIRST_INTERRUPT - 8, false);
    if (mem_claim(vt->t, END_INTERRUPT, 4096))
        passes(path, row, END_INTERRUPT, false);
}

static void range(struct test *t)
{
    vt_each_flavour(t, VT_ATS_FLAVOURS & ~VT_PASID_FLAVOURS, range_body);
}

/* ---- with a PASID ---- */

static void set_eptr(struct vt_path *path, bool eptr)
{
    vt_set_field(path->vt, vt_context_address(path->vt, path->rid), "context_entry_scalable", "EPTR", eptr);
    vt_refresh(path->vt);
}

static void pasid_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW), context = vt_context_address(vt, path->rid);
    struct iotb_request plain = vt_request(path, IOTB_WRITE, vtd_input(path, INPUT, host), 8);
    uint32_t pasid = path->pasid;

    vt_path_allow_ats(path, false);
    set_eptr(path, true);
    passes(path, "VTD-4-025", host, true);
    passes(path, "VTD-4-025", host, false);
    set_eptr(path, false);
    refused(path, "VTD-7-072", host, true, 0x49);
    passes(path, "VTD-7-072", host, false);
    with_fpd(path, true);
    refused(path, "VTD-7-072", host, true, 0);
    with_fpd(path, false);
    /* EPTR needs PASIDE, whoever uses the entry. */
    set_eptr(path, true);
    vt_set_field(vt, context, "context_entry_scalable", "PASIDE", 0);
    vt_refresh(vt);
    refused(path, "VTD-7-066", host, true, 0x43);
    refused(path, "VTD-7-066", host, false, 0x43);
    plain.flags = 0;
    vt_expect_fault(vt, "VTD-7-066", &plain, 0x43, host);
    vt_set_field(vt, context, "context_entry_scalable", "PASIDE", 1);
    vt_refresh(vt);
    passes(path, "VTD-7-066", host, true);
    /* PASID of the request against the directory and RID_PASID. */
    if (vt_ecap(vt->t, "RPS")) {
        vt_set_field(vt, context, "context_entry_scalable", "RID_PASID", pasid);
        vt_refresh(vt);
        refused(path, "VTD-7-071", host, true, 0x48);
        vt_set_field(vt, context, "context_entry_scalable", "RID_PASID", 0);
        vt_refresh(vt);
    }
    if (vt_ecap(vt->t, "PSS") < 19) {
        path->pasid = 1u << (vt_ecap(vt->t, "PSS") + 1);
        refused(path, "VTD-7-113", host, true, 0x89);
        path->pasid = pasid;
    }
    passes(path, "VTD-4-025", host, true);
}

static void with_pasid(struct test *t)
{
    vt_each_flavour(t, VT_PASID_FLAVOURS, pasid_body);
}

#define RECORD_ROWS " VTD-11-012 VTD-11-014 VTD-11-015 VTD-11-020 VTD-11-021 VTD-11-022 VTD-7-146"

static const struct iotb_case cases[] = {
    {.name = "vtd.ats_translated.bypass",
     .summary = "A translated request needs a good context entry and nothing else.",
     .run = bypass,
     .rows = "VTD-4-022",
     .gate = "ECAP.DT",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.ats_translated.memory_type",
     .summary = "Translated requests are write-back.",
     .run = type,
     .rows = "VTD-4-023",
     .gate = "ECAP.DT",
     .features = IOTB_F_ATS | IOTB_F_BENCH_MEMORY | IOTB_F_ATTRIBUTES,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats_translated.width",
     .summary = "Translated addresses at and above the host address width are refused.",
     .run = width,
     .rows = "VTD-7-024 VTD-7-045 VTD-7-105" RECORD_ROWS,
     .gate = "ECAP.DT",
     .features = IOTB_F_ATS | IOTB_F_WIDE_ADDRESS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats_translated.interrupt_range",
     .summary = "Translated requests to the interrupt range are refused and never interrupts.",
     .run = range,
     .rows = "VTD-7-018 VTD-7-112" RECORD_ROWS,
     .gate = "ECAP.DT",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats_translated.pasid",
     .summary = "With EPTR translated requests may have a PASID; without it, or without PASIDE, not.",
     .run = with_pasid,
     .rows = "VTD-4-025 VTD-7-072 VTD-7-066 VTD-7-071 VTD-7-113" RECORD_ROWS,
     .gate = "ECAP.DT&ECAP.PTRS",
     .features = IOTB_F_ATS | IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_ats_translated_cases = {cases, sizeof cases / sizeof cases[0]};
