/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fault conditions of 7.1.3 Table 30 that need more than one defect in the tables of an ordinary path: those of the mode, of ATS
 * requests in legacy mode, and guest addresses beyond a second stage that is narrower than the host.
 */
#include "vtd_bits.h"
#include "vtd_chapters.h"

#define INPUT UINT64_C(0x2345000)

static void set_fpd(struct vt *vt, struct vt_path *path, bool on)
{
    vt_set_field(vt, vt_context_address(vt, path->rid), "context_entry_legacy", "FPD", on);
    vt_flush_writes(vt);
    vt_invalidate_all(vt);
}

/* ---- RTA.2: a PASID in legacy mode ---- */

static void legacy_pasid_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request plain = vt_request(path, IOTB_WRITE, vtd_input(path, INPUT, host), 8), r = plain;
    static const uint32_t pasids[] = {0, 5, 0x80000};

    vt_expect_ok(vt, "VTD-7-054", &plain, host);
    r.flags |= IOTB_RQ_PASID;
    for (size_t i = 0; i < sizeof pasids / sizeof pasids[0]; i++) {
        if (pasids[i] >> (vt_ecap(vt->t, "PSS") + 1))
            continue;
        test_context(vt->t, "PASID 0x%x", pasids[i]);
        r.pasid = pasids[i];
        r.kind = IOTB_WRITE;
        vt_expect_fault(vt, "VTD-7-054", &r, 0x31, host);
        r.kind = IOTB_READ;
        vt_expect_fault(vt, "VTD-7-054", &r, 0x31, host);
    }
    set_fpd(vt, path, true);
    vt_expect_fault(vt, "VTD-7-026", &r, 0x31, host);
    set_fpd(vt, path, false);
    vt_expect_ok(vt, "VTD-7-054", &plain, host);
}

static void legacy_pasid(struct test *t)
{
    vt_each_flavour(t, VTD_LEGACY_FLAVOURS, legacy_pasid_body);
}

/* ---- RTA.1.4: I/O permission bits in legacy mode ---- */

static void set_ssirwe(struct vt *vt, bool on)
{
    vt->config.ssirwe = on;
    vt_command(vt, "TE", false);
    vt_set_root(vt, vt_rtaddr(vt, VT_LEGACY));
    vt_command(vt, "TE", true);
    vt_invalidate_all(vt);
}

static void legacy_ssirwe_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_WRITE, vtd_input(path, INPUT, host), 8);
    size_t mark;

    vt_expect_ok(vt, "VTD-7-053", &r, host);
    set_ssirwe(vt, true);
    mark = trace_mark(vt->t);
    vt_expect_fault(vt, "VTD-7-053", &r, 0x30, host);
    r.kind = IOTB_READ;
    vt_expect_fault(vt, "VTD-7-053", &r, 0x30, host);
    if (test_has(vt->t, IOTB_F_BENCH_MEMORY))
        CHECK_EQ(vt->t, "VTD-7-123", 0, trace_count(vt->t, mark, vt->root, vt->root + 4095, ACC_ANY),
                 "accesses to the root table");
    set_fpd(vt, path, true);
    vt_expect_fault(vt, "VTD-7-026", &r, 0x30, host);
    set_fpd(vt, path, false);
    set_ssirwe(vt, false);
    vt_expect_ok(vt, "VTD-7-053", &r, host);
}

static void legacy_ssirwe(struct test *t)
{
    vt_each_flavour(t, VTD_LEGACY_FLAVOURS, legacy_ssirwe_body);
}

/* ---- LCT.5: ATS requests that the translation type forbids ---- */

static void ats_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request plain = vt_request(path, IOTB_READ, vtd_input(path, INPUT, host), 8), r = plain;

    vt_expect_ok(vt, "VTD-7-041", &plain, host);
    r.address_type = IOTB_AT_TRANSLATION;
    vt_expect_fault(vt, "VTD-7-041", &r, 0x0d, host);
    r.address_type = IOTB_AT_TRANSLATED;
    r.address = host;
    vt_expect_fault(vt, "VTD-7-041", &r, 0x0d, host);
    r.kind = IOTB_WRITE;
    vt_expect_fault(vt, "VTD-7-041", &r, 0x0d, host);
    set_fpd(vt, path, true);
    vt_expect_silent(vt, "VTD-7-025", &r, host);
    set_fpd(vt, path, false);
    vt_expect_ok(vt, "VTD-7-041", &plain, host);
}

static void ats(struct test *t)
{
    vt_each_flavour(t, VTD_LEGACY_FLAVOURS, ats_body);
}

/* ---- SPT.4.4, SFS.5: guest addresses at and below the end of a 39-bit second stage ---- */

/* The same for the address in the last first-stage entry. */
static void leaf_at_end(struct vt *vt, struct vt_path *path, const struct iotb_request *r, uint64_t host)
{
    uint64_t end = UINT64_C(1) << 39, leaf = vt_path_leaf(path, INPUT), address = vt_get_field(vt, leaf, "fs_pte", "ADDR");

    vt_map(vt, path->ss, end - 4096, host & ~UINT64_C(0xfff), 12, VT_RW);
    vt_set_field(vt, leaf, "fs_pte", "ADDR", end - 4096);
    vt_invalidate_all(vt);
    vt_expect_ok(vt, "VTD-7-090", r, host);
    vt_set_field(vt, leaf, "fs_pte", "ADDR", end);
    vt_invalidate_all(vt);
    vt_expect_fault(vt, "VTD-7-090", r, 0x74, host);
    vt_set_field(vt, leaf, "fs_pte", "ADDR", address | end);
    vt_invalidate_all(vt);
    vt_expect_fault(vt, "VTD-7-090", r, 0x74, host);
    vt_set_field(vt, leaf, "fs_pte", "ADDR", address);
    vt_invalidate_all(vt);
    vt_expect_ok(vt, "VTD-7-090", r, host);
}

static void end_of_second_stage(struct test *t)
{
    static const enum vt_flavour_id flavours[] = {VT_RID_NESTED, VT_PASID_NESTED};
    uint64_t end = UINT64_C(1) << 39;

    for (size_t i = 0; i < 2; i++) {
        struct iotb_request r;
        struct vt_path path;
        uint64_t host, entry, pointer, moved;
        struct vt vt;

        if (!vt_has_flavour(t, flavours[i]))
            continue;
        if (i)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "%s", vt_flavours[flavours[i]].name);
        vt_open_mode(&vt, t, VT_SCALABLE);
        if (vt.haw <= 39)
            test_skip(t, "no guest address lies beyond the second stage but within the host address width");
        vt_path_open_levels(&vt, &path, flavours[i], vt_rid(&vt, 0), 0x45, 7, 0, 3);
        host = vt_path_page(&path, INPUT, VT_RW);
        r = vt_request(&path, IOTB_WRITE, INPUT, 8);
        vt_expect_ok(&vt, "VTD-7-082", &r, host);
        entry = vt_pasid_address(&vt, path.rid, path.pasid);
        pointer = path.fs->root_pointer;
        vt_set_field(&vt, entry, "pasid_table_entry", "FSPTPTR", end);
        vt_invalidate_all(&vt);
        vt_expect_fault(&vt, "VTD-7-082", &r, 0x5b, host);
        /* The last page that the second stage can map is a legal place for the top table. */
        moved = end - 4096;
        vt_map(&vt, path.ss, moved, vt_guest_to_host(path.fs, pointer), 12, VT_RW);
        vt_set_field(&vt, entry, "pasid_table_entry", "FSPTPTR", moved);
        vt_invalidate_all(&vt);
        vt_expect_ok(&vt, "VTD-7-082", &r, host);
        vt_set_field(&vt, entry, "pasid_table_entry", "FSPTPTR", pointer | end);
        vt_invalidate_all(&vt);
        vt_expect_fault(&vt, "VTD-7-082", &r, 0x5b, host);
        vt_set_field(&vt, entry, "pasid_table_entry", "FSPTPTR", pointer);
        vt_invalidate_all(&vt);
        vt_expect_ok(&vt, "VTD-7-082", &r, host);
        leaf_at_end(&vt, &path, &r, host);
        vt_close(&vt);
    }
}

/* ---- the table mode decides which reasons there are ---- */

/* The conditions that both modes know, with the reason of each mode; first stages have no pages that can be written only. */
static void mode_reasons_body(struct vt *vt, struct vt_path *path)
{
    bool legacy = path->flavour->mode == VT_LEGACY;
    uint64_t host = vt_path_page(path, INPUT, VT_RW), context = vt_context_address(vt, path->rid);
    uint64_t root = vt_root_address(vt, path->rid) + (!legacy && path->rid & 0x80 ? 8 : 0), leaf = vt_path_leaf(path, INPUT);
    const struct {
        uint64_t entry;
        uint64_t cleared; /* bits of the first word */
        enum iotb_request_kind kind;
        uint32_t legacy, scalable;
    } defects[] = {
        {root, 1, IOTB_READ, 0x01, 0x39},
        {context, 1, IOTB_READ, 0x02, 0x41},
        {leaf, 2, IOTB_WRITE, 0x05, 0x85},
        {leaf, 1, IOTB_READ, 0x06, path->fs ? 0x71 : 0x86},
    };

    for (size_t i = 0; i < sizeof defects / sizeof defects[0]; i++) {
        uint64_t word = mem_read64(vt->t, defects[i].entry);
        struct iotb_request r = vt_request(path, defects[i].kind, INPUT, 8);

        vt_expect_ok(vt, "VTD-7-121", &r, host);
        mem_write64(vt->t, defects[i].entry, word & ~defects[i].cleared);
        vt_flush_writes(vt);
        vt_invalidate_all(vt);
        vt_expect_fault(vt, "VTD-7-121", &r, legacy ? defects[i].legacy : defects[i].scalable, host);
        mem_write64(vt->t, defects[i].entry, word);
        vt_flush_writes(vt);
        vt_invalidate_all(vt);
    }
}

static void mode_reasons(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS | VT_FS_FLAVOURS, mode_reasons_body);
}

static const struct iotb_case cases[] = {
    {.name = "vtd.condition.RTA_2",
     .summary = "A request with PASID in legacy mode is refused with 31h, whatever its PASID, and FPD hides nothing.",
     .run = legacy_pasid,
     .rows = "VTD-7-054 VTD-7-026 VTD-11-016" VTD_LEGACY_ROWS,
     .gate = "ECAP.PASID",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.condition.RTA_1_4",
     .summary = "SSIRWE in legacy mode refuses every request with 30h before any table is read.",
     .run = legacy_ssirwe,
     .rows = "VTD-7-053 VTD-7-026 VTD-7-123" VTD_LEGACY_ROWS,
     .gate = "ECAP.SSIRWS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.condition.mode_reasons",
     .summary = "One defect has one fault reason in legacy mode and another in scalable mode.",
     .run = mode_reasons,
     .rows = "VTD-7-121 VTD-11-016 VTD-11-018 VTD-7-036" VTD_PLAIN_ROWS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.condition.LCT_5",
     .summary = "TT=00b and TT=10b refuse translation and translated requests with Dh.",
     .run = ats,
     .rows = "VTD-7-041 VTD-7-025" VTD_LEGACY_ROWS,
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.condition.SPT_4_4_narrow",
     .summary = "Under a 39-bit second stage guest pointers may lead to its last page; one page on gives 5Bh, or 74h.",
     .run = end_of_second_stage,
     .rows = "VTD-7-082 VTD-7-090 VTD-11-016 VTD-11-018" VTD_PLAIN_ROWS,
     .gate = "ECAP.NEST&CAP.SAGAW:1",
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_conditions_mode_cases = {cases, sizeof cases / sizeof cases[0]};
