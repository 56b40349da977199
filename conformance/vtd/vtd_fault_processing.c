/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fault Processing Disable: which faults it keeps out of the log, in which entry it is set, and that it changes nothing else
 * (7.1.1 Non-Recoverable Address Translation Faults). Every request here is refused; the question is whether it is recorded.
 */
#include "build/vt.h"
#include "vtd_chapters.h"

#define INPUT UINT64_C(0x3579000)
#define UNMAPPED UINT64_C(0x357b000)

/* The entries of a path that have an FPD bit. */
enum level { CONTEXT, DIRECTORY, PASID, LEVELS };

static const char *const legacy_context = "context_entry_legacy";
static const char *const names[LEVELS] = {"context_entry_scalable", "pasid_dir_entry", "pasid_table_entry"};
static const char *const words[LEVELS] = {"context entry", "PASID directory entry", "PASID table entry"};

static uint64_t entry_of(struct vt_path *path, enum level level)
{
    if (level == CONTEXT)
        return vt_context_address(path->vt, path->rid);
    if (level == DIRECTORY)
        return vt_directory_address(path->vt, path->rid, path->pasid);
    return vt_pasid_address(path->vt, path->rid, path->pasid);
}

static const char *structure_of(const struct vt_path *path, enum level level)
{
    return path->flavour->mode == VT_LEGACY ? legacy_context : names[level];
}

static uint32_t levels_of(const struct vt_path *path)
{
    return path->flavour->mode == VT_LEGACY ? 1 : LEVELS;
}

static void set_fpd(struct vt_path *path, enum level level, bool on)
{
    vt_set_field(path->vt, entry_of(path, level), structure_of(path, level), "FPD", on);
}

static void renew(struct vt *vt)
{
    vt_flush_writes(vt);
    vt_invalidate_all(vt);
}

/* A write to a page that nothing maps, and what is recorded of it when nothing suppresses it. */
static struct iotb_request unmapped(const struct vt_path *path, uint32_t *reason)
{
    if (path->fs)
        *reason = 0x71;
    else
        *reason = path->flavour->mode == VT_LEGACY ? 0x05 : 0x79;
    return vt_request(path, IOTB_WRITE, UNMAPPED + 0x40, 8);
}

/* ---- the OR of all FPD bits on the way ---- */

static void any_level_body(struct vt *vt, struct vt_path *path)
{
    uint32_t reason, count = levels_of(path);
    struct iotb_request bad = unmapped(path, &reason), good = vt_request(path, IOTB_WRITE, INPUT + 0x40, 8);
    const char *row = path->flavour->mode == VT_LEGACY ? "VTD-7-025" : "VTD-9-094";
    uint64_t host = vt_path_page(path, INPUT, VT_RW);

    for (uint32_t set = 0; set < 1u << count; set++) {
        for (uint32_t level = 0; level < count; level++)
            set_fpd(path, (enum level)level, set >> level & 1);
        renew(vt);
        test_context(vt->t, "FPD set %u of %s", set, path->flavour->name);
        if (set) {
            vt_expect_silent(vt, row, &bad, 0);
            /* A hit of the context and PASID caches: the bit is cached with the entry. */
            vt_expect_ok(vt, "VTD-7-029", &good, host + 0x40);
            vt_expect_silent(vt, "VTD-7-029", &bad, 0);
            vt_expect_silent(vt, "VTD-7-025", &bad, 0);
        } else {
            vt_expect_fault(vt, row, &bad, reason, 0);
        }
    }
    /* And back: the request is recorded again. */
    for (uint32_t level = 0; level < count; level++)
        set_fpd(path, (enum level)level, false);
    renew(vt);
    vt_expect_fault(vt, "VTD-7-025", &bad, reason, 0);
}

static void any_level(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, any_level_body);
}

/* ---- faults of the entry that carries the bit ---- */

enum defect { NOT_PRESENT, RESERVED, PROGRAMMED, DEFECTS };

static const struct {
    const char *row;
    uint32_t reason[LEVELS + 1]; /* scalable context, directory, PASID entry; legacy context; 0: there is no such fault */
} own_faults[DEFECTS] = {
    [NOT_PRESENT] = {"VTD-9-093", {0x41, 0x51, 0x59, 0x02}},
    [RESERVED] = {"VTD-7-028", {0x42, 0x52, 0x5a, 0x0b}},
    [PROGRAMMED] = {"VTD-7-025", {0, 0, 0x5b, 0x03}},
};

/* Bits that are reserved in a present entry. */
static const uint32_t reserved_bit[LEVELS + 1] = {7, 2, 5, 4};

static void break_entry(struct vt_path *path, enum level level, enum defect defect)
{
    uint64_t entry = entry_of(path, level);
    bool legacy = path->flavour->mode == VT_LEGACY;
    uint32_t bit = reserved_bit[legacy ? LEVELS : level];

    if (defect == NOT_PRESENT)
        vt_set_bits(path->vt, entry, 0, 0, 0);
    else if (defect == RESERVED)
        vt_set_bits(path->vt, entry, bit, bit, 1);
    else if (legacy)
        vt_set_field(path->vt, entry, legacy_context, "TT", 3);
    else
        vt_set_field(path->vt, entry, names[PASID], "PGTT", 0);
}

static void own_entry_body(struct vt *vt, struct vt_path *path)
{
    bool legacy = path->flavour->mode == VT_LEGACY;
    uint64_t host = vt_path_page(path, INPUT, VT_RW), saved[2];
    struct iotb_request r = vt_request(path, IOTB_READ, (path->flavour->pgtt == 4 ? host : INPUT) + 0x40, 8);

    for (uint32_t n = 0; n < levels_of(path) * DEFECTS; n++) {
        enum level level = (enum level)(n / DEFECTS);
        enum defect defect = (enum defect)(n % DEFECTS);
        uint32_t reason = own_faults[defect].reason[legacy ? LEVELS : level];
        uint64_t entry = entry_of(path, level);

        if (!reason)
            continue;
        test_context(vt->t, "%s, defect %d in the %s", path->flavour->name, (int)defect, words[level]);
        for (uint32_t i = 0; i < 2; i++)
            saved[i] = mem_read64(vt->t, entry + 8 * i);
        break_entry(path, level, defect);
        renew(vt);
        vt_expect_fault(vt, own_faults[defect].row, &r, reason, host + 0x40);
        set_fpd(path, level, true);
        renew(vt);
        vt_expect_silent(vt, own_faults[defect].row, &r, host + 0x40);
        for (uint32_t i = 0; i < (level == DIRECTORY ? 1u : 2u); i++)
            mem_write64(vt->t, entry + 8 * i, saved[i]);
        renew(vt);
        vt_expect_ok(vt, own_faults[defect].row, &r, host + 0x40);
    }
}

static void own_entry(struct test *t)
{
    vt_each_flavour(t, VT_ALL_FLAVOURS, own_entry_body);
}

/* ---- what FPD does not reach ---- */

/* An entry that could not be read has no FPD; and the fault of reading is recorded whatever the entries above say. */
static void unreadable_body(struct vt *vt, struct vt_path *path)
{
    static const uint32_t reason[LEVELS] = {0x40, 0x50, 0x58};
    bool legacy = path->flavour->mode == VT_LEGACY;
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_WRITE, (path->flavour->pgtt == 4 ? host : INPUT) + 0x40, 8);

    for (uint32_t level = 0; level < levels_of(path); level++) {
        uint64_t entry = entry_of(path, (enum level)level);

        test_context(vt->t, "%s, the %s cannot be read", path->flavour->name, words[level]);
        inject_fault(vt->t, INJECT_ABORT, entry, entry + 7, ACC_READS, 1, UINT64_MAX);
        for (uint32_t above = 0; above <= level; above++)
            set_fpd(path, (enum level)above, true);
        renew(vt);
        vt_expect_fault(vt, level && !legacy ? "VTD-7-027" : "VTD-7-026", &r, legacy ? 0x09 : reason[level], host + 0x40);
        vt_expect_fault(vt, "VTD-7-026", &r, legacy ? 0x09 : reason[level], host + 0x40);
        inject_clear(vt->t);
        for (uint32_t above = 0; above <= level; above++)
            set_fpd(path, (enum level)above, false);
        renew(vt);
        vt_expect_ok(vt, "VTD-7-026", &r, host + 0x40);
    }
}

static void unreadable(struct test *t)
{
    vt_each_flavour(t, VT_ALL_FLAVOURS, unreadable_body);
}

/* FPD hides nothing of another device or PASID. */
static void others(struct test *t)
{
    bool legacy = vt_has_flavour(t, VT_LEGACY_SS);
    enum vt_flavour_id flavour = legacy ? VT_LEGACY_SS : vt_has_flavour(t, VT_RID_SS) ? VT_RID_SS : VT_RID_FS;
    struct vt_path quiet, loud;
    struct iotb_request r[2];
    uint32_t reason;
    struct vt vt;

    vt_open_mode(&vt, t, legacy ? VT_LEGACY : VT_SCALABLE);
    vt_path_open(&vt, &quiet, flavour, vt_rid(&vt, 0), 0, 4);
    vt_path_share(&loud, &quiet, vt_rid(&vt, 1), 0);
    r[0] = unmapped(&quiet, &reason);
    r[1] = unmapped(&loud, &reason);
    set_fpd(&quiet, CONTEXT, true);
    renew(&vt);
    for (int n = 0; n < 3; n++) {
        vt_expect_silent(&vt, "VTD-7-025", &r[0], 0);
        vt_expect_fault(&vt, "VTD-7-025", &r[1], reason, 0);
    }
    vt_close(&vt);
}

/* ---- suppressed faults take no record, do not move the index and raise nothing ---- */

static void suppressed(struct test *t)
{
    bool legacy = vt_has_flavour(t, VT_LEGACY_SS);
    enum vt_flavour_id flavour = legacy ? VT_LEGACY_SS : vt_has_flavour(t, VT_RID_SS) ? VT_RID_SS : VT_RID_FS;
    uint32_t reason, last;
    struct iotb_request r;
    struct vt_path path;
    struct vt_fault f;
    struct vt vt;

    vt_open_mode(&vt, t, legacy ? VT_LEGACY : VT_SCALABLE);
    last = (uint32_t)vt_cap(t, "NFR");
    vt_path_open(&vt, &path, flavour, vt_rid(&vt, 0), 0, 4);
    set_fpd(&path, CONTEXT, true);
    renew(&vt);
    r = unmapped(&path, &reason);
    /* Every record but the last is taken by devices without entries. */
    for (uint32_t i = 0; i < last; i++) {
        struct iotb_request other = {.kind = IOTB_WRITE, .bytes = 4, .address = INPUT};

        other.requester_id = test_has(t, IOTB_F_ANY_REQUESTER) ? (uint16_t)(0x8001 + 53 * i) : vt_rid(&vt, i + 1);
        request_run(t, &other);
    }
    CHECK_EQ(t, "VTD-7-031", last, vt_fault_pending(&vt), "records before");
    vt_reg_set(t, "FECTL_REG", vt_reg(t, "FECTL_REG") & ~vt_reg_bits("FECTL_REG", "IM", 1));
    test_settle(t);
    for (struct iotb_interrupt irq; interrupt_take(t, IOTB_IRQ_EVENT, &irq);)
        ;
    for (uint32_t i = 0; i < 100; i++) {
        r.address = UNMAPPED + UINT64_C(0x1000) * i;
        CHECK(t, "VTD-7-031", request_run(t, &r).done, "suppressed request %u completes", i);
    }
    test_settle(t);
    CHECK_EQ(t, "VTD-7-031", last, vt_fault_pending(&vt), "records after 100 suppressed faults");
    CHECK_EQ(t, "VTD-7-031", 0, vt_field(t, "FSTS_REG", "PFO"), "FSTS.PFO");
    CHECK_EQ(t, "VTD-7-031", last != 0, vt_field(t, "FSTS_REG", "PPF"), "FSTS.PPF");
    CHECK_EQ(t, "VTD-7-031", 0, vt_field(t, "FECTL_REG", "IP"), "FECTL.IP");
    if (test_has(t, IOTB_F_INTERRUPTS))
        CHECK_EQ(t, "VTD-7-031", 0, interrupt_count(t, IOTB_IRQ_EVENT), "fault events");
    set_fpd(&path, CONTEXT, false);
    renew(&vt);
    request_run(t, &r);
    if (CHECK(t, "VTD-7-031", vt_fault_read(&vt, last, &f), "record %u takes the next fault that is recorded", last)) {
        CHECK_EQ(t, "VTD-7-031", path.rid, f.sid, "SID of record %u", last);
        CHECK_EQ(t, "VTD-7-031", reason, f.fr, "FR of record %u", last);
    }
    CHECK_EQ(t, "VTD-7-031", 0, vt_field(t, "FSTS_REG", "PFO"), "FSTS.PFO at the end");
    vt_fault_clear(&vt);
    vt_close(&vt);
}

#define CASE(tag, text, function, rowlist, when, needs)                                                                          \
    {                                                                                                                            \
        .name = "vtd.fault_processing." tag, .summary = text, .run = function, .rows = rowlist, .gate = when, .features = needs, \
        .functional = true, .tier = TIER_FULL                                                                                    \
    }

static const struct iotb_case cases[] = {
    {.name = "vtd.fault_processing.any_level",
     .summary = "FPD in any entry on the way suppresses the record, from caches too.",
     .run = any_level,
     .rows = "VTD-7-025 VTD-7-029 VTD-9-094",
     .functional = true,
     .tier = TIER_SMOKE},
    CASE("own_entry", "FPD works in an entry that is not present, has reserved bits, or is programmed wrongly.", own_entry,
         "VTD-7-025 VTD-7-028 VTD-9-093", NULL, 0),
    CASE("unreadable", "An error of reading an entry is recorded whatever FPD says.", unreadable, "VTD-7-026 VTD-7-027", NULL,
         IOTB_F_BENCH_MEMORY),
    CASE("others", "FPD of one device hides nothing of another.", others, "VTD-7-025", NULL, 0),
    CASE("suppressed", "A suppressed fault takes no record, moves no index and raises no event.", suppressed, "VTD-7-031", NULL,
         0),
};

const struct iotb_case_list vtd_fault_processing_cases = {cases, sizeof cases / sizeof cases[0]};
