/* SPDX-License-Identifier: BSD-2-Clause */
/* Second-stage accessed and dirty flags (3.7.2 Accessed and Dirty Flags, 3.10 Snoop Behavior). */
#include "vtd_chapters.h"
#include "vtd_second_stage.h"

#define INPUT UINT64_C(0x1234000)
#define LARGE_INPUT UINT64_C(0x40000000)

#define ACCESSED (UINT64_C(1) << 8)
#define DIRTY (UINT64_C(1) << 9)
#define FLAGS (ACCESSED | DIRTY)

/* A page with SSADE = 1: where it is mapped, where its data are, the level of its leaf. */
struct page {
    struct vt *vt;
    struct vt_path *path;
    uint64_t input, host;
    uint32_t leaf;
};

static uint64_t entry_of(const struct page *p, uint32_t level)
{
    return vt_entry(p->vt, p->path->ss, p->input, level);
}

/* Bits 9:8 of every entry of the walk: `upper` above the leaf, `leaf` in it. */
static void set_flags(const struct page *p, uint64_t upper, uint64_t leaf)
{
    for (uint32_t level = p->path->ss->levels; level >= p->leaf; level--)
        vt_set_bits(p->vt, entry_of(p, level), 9, 8, (level == p->leaf ? leaf : upper) >> 8);
    ss_changed(p->path);
}

static void expect_flags(const struct page *p, const char *row, uint64_t upper, uint64_t leaf, const char *when)
{
    for (uint32_t level = p->path->ss->levels; level >= p->leaf; level--)
        CHECK_EQ(p->vt->t, row, level == p->leaf ? leaf : upper, mem_read64(p->vt->t, entry_of(p, level)) & FLAGS,
                 "flags (D 200h, A 100h) of the level %u entry after %s", level, when);
}

static void go(const struct page *p, const char *row, enum iotb_request_kind kind)
{
    struct iotb_request r = vt_request(p->path, kind, p->input + 0x58, 8);

    vt_once(p->vt);
    vt_expect_ok(p->vt, row, &r, p->host + 0x58);
}

static void set_pasid_field(struct vt_path *path, const char *field, uint64_t value)
{
    vt_set_field(path->vt, vt_pasid_address(path->vt, path->rid, path->pasid), "pasid_table_entry", field, value);
    vt_path_invalidate(path);
}

/* Calls body for a page of each size under SSADE = 1. */
static void each_page(struct vt *vt, struct vt_path *path, void (*body)(const struct page *p))
{
    set_pasid_field(path, "SSADE", 1);
    for (uint32_t page_lg2 = 12; page_lg2 <= 30; page_lg2 += 9) {
        uint64_t host = mem_alloc(vt->t, 4096, 4096), size = UINT64_C(1) << page_lg2;
        uint64_t base = page_lg2 == 12 ? INPUT : LARGE_INPUT + (page_lg2 == 30 ? size : 0);
        struct page p = {vt, path, base + (host & (size - 1)), host, ss_level(page_lg2)};

        if (!ss_page_size(vt, page_lg2))
            continue;
        test_context(vt->t, "%s, page of 2^%u bytes", vt_path_name(path), page_lg2);
        vt_map(vt, path->ss, base, host & ~(size - 1), page_lg2, VT_RW);
        ss_changed(path);
        body(&p);
    }
}

static void set_page(const struct page *p)
{
    static const enum iotb_request_kind writers[] = {IOTB_WRITE, IOTB_FETCH_ADD, IOTB_SWAP, IOTB_CAS};

    /* Bit 9 of entries above the leaf is ignored: it stays 0 or 1. */
    for (uint64_t other = 0; other <= DIRTY; other += DIRTY) {
        set_flags(p, other, 0);
        go(p, "VTD-3-057", IOTB_READ);
        expect_flags(p, "VTD-3-057", ACCESSED | other, ACCESSED, "a read");
        go(p, "VTD-3-058", IOTB_WRITE);
        expect_flags(p, "VTD-3-058", ACCESSED | other, FLAGS, "a read and then a write");
        for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++) {
            if (writers[i] != IOTB_WRITE && !test_has(p->vt->t, IOTB_F_ATOMIC))
                continue;
            set_flags(p, other, 0);
            go(p, "VTD-3-057", writers[i]);
            expect_flags(p, "VTD-3-057", ACCESSED | other, FLAGS, "a write or an atomic");
        }
        set_flags(p, ACCESSED | other, ACCESSED);
        go(p, "VTD-3-058", IOTB_WRITE);
        expect_flags(p, "VTD-3-058", ACCESSED | other, FLAGS, "a write where A was set before");
        set_flags(p, other, DIRTY);
        go(p, "VTD-3-057", IOTB_READ);
        expect_flags(p, "VTD-3-057", ACCESSED | other, FLAGS, "a read where only D was set before");
    }
}

static void set_body(struct vt *vt, struct vt_path *path)
{
    each_page(vt, path, set_page);
}

static void flags_set(struct test *t)
{
    vt_each_width(t, VT_SS_FLAVOURS & VT_SCALABLE_FLAVOURS, NULL, set_body);
}

/* One entry of the walk without A: it alone is updated. */
static void one_entry_page(const struct page *p)
{
    for (uint32_t level = p->path->ss->levels; level >= p->leaf; level--) {
        set_flags(p, ACCESSED, ACCESSED);
        vt_set_bits(p->vt, entry_of(p, level), 9, 8, 0);
        ss_changed(p->path);
        go(p, "VTD-3-057", IOTB_READ);
        expect_flags(p, "VTD-3-057", ACCESSED, ACCESSED, "a read with one A clear");
    }
    set_flags(p, FLAGS, FLAGS);
    go(p, "VTD-3-057", IOTB_READ);
    go(p, "VTD-3-057", IOTB_WRITE);
    vt_invalidate_all(p->vt);
    vt_set_root(p->vt, vt_rtaddr(p->vt, p->vt->config.mode));
    vt_invalidate_all(p->vt);
    go(p, "VTD-3-057", IOTB_READ);
    expect_flags(p, "VTD-3-057", FLAGS, FLAGS, "accesses, invalidations and SRTP with all flags set");
}

static void one_entry_body(struct vt *vt, struct vt_path *path)
{
    each_page(vt, path, one_entry_page);
}

static void flags_one_entry(struct test *t)
{
    vt_each_width(t, 1u << VT_RID_SS, NULL, one_entry_body);
}

/* A zero-length read is no write, also where only writes are allowed. */
static void zero_length_page(const struct page *p)
{
    struct iotb_request r = vt_request(p->path, IOTB_READ, p->input, 4);

    r.flags |= IOTB_RQ_ZERO_LENGTH;
    for (uint32_t rights = vt_cap(p->vt->t, "ZLR") ? 2 : 3; rights <= 3; rights++) {
        vt_set_bits(p->vt, entry_of(p, p->leaf), 1, 0, rights);
        set_flags(p, 0, 0);
        vt_expect_ok(p->vt, "VTD-3-062", &r, p->host);
        expect_flags(p, "VTD-3-062", ACCESSED, ACCESSED, "a zero-length read");
    }
}

static void zero_length_body(struct vt *vt, struct vt_path *path)
{
    each_page(vt, path, zero_length_page);
}

static void flags_zero_length(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS & VT_SCALABLE_FLAVOURS, zero_length_body);
}

/* What is cleared in memory may be missed until the invalidation, and must be seen after it. */
static void cleared_page(const struct page *p)
{
    static const uint64_t cleared[] = {ACCESSED, DIRTY, FLAGS};

    for (size_t i = 0; i < 3; i++)
        for (uint32_t page_selective = 0; page_selective < 2; page_selective++) {
            uint64_t entry = entry_of(p, p->leaf), now;

            set_flags(p, ACCESSED, 0);
            go(p, "VTD-3-059", IOTB_WRITE);
            mem_write64(p->vt->t, entry, mem_read64(p->vt->t, entry) & ~cleared[i]);
            vt_flush_writes(p->vt);
            go(p, "VTD-3-059", IOTB_WRITE);
            now = mem_read64(p->vt->t, entry) & FLAGS;
            CHECK(p->vt->t, "VTD-3-059", (now & ~cleared[i] & FLAGS) == (FLAGS & ~cleared[i]),
                  "flags that were not cleared are set still (flags %llx)", (unsigned long long)now);
            if (page_selective)
                vt_path_invalidate_page(p->path, p->input, 12 + 9 * (p->leaf - 1), true);
            else
                ss_changed(p->path);
            go(p, "VTD-3-059", IOTB_WRITE);
            expect_flags(p, "VTD-3-059", ACCESSED, FLAGS, "a write after the invalidation");
        }
}

static void cleared_body(struct vt *vt, struct vt_path *path)
{
    each_page(vt, path, cleared_page);
}

static void flags_cleared(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS & VT_SCALABLE_FLAVOURS, cleared_body);
}

/* A write that is refused must not leave D. A may be set, for such walks may set it speculatively. */
static void refused_page(const struct page *p)
{
    struct iotb_request r = vt_request(p->path, IOTB_WRITE, p->input, 8);

    for (uint32_t level = p->path->ss->levels; level >= p->leaf; level--) {
        vt_set_bits(p->vt, entry_of(p, level), 1, 1, 0);
        set_flags(p, 0, 0);
        vt_expect_fault(p->vt, "VTD-3-057", &r, 0x85, p->host);
        CHECK_EQ(p->vt->t, "VTD-3-057", 0, mem_read64(p->vt->t, entry_of(p, p->leaf)) & DIRTY,
                 "D after a write refused by the level %u entry", level);
        vt_set_bits(p->vt, entry_of(p, level), 1, 1, 1);
    }
    set_flags(p, 0, 0);
    go(p, "VTD-3-057", IOTB_WRITE);
    expect_flags(p, "VTD-3-057", ACCESSED, FLAGS, "a write");
}

static void refused_body(struct vt *vt, struct vt_path *path)
{
    each_page(vt, path, refused_page);
}

static void flags_refused(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS & VT_SCALABLE_FLAVOURS, refused_body);
}

/* ---- atomic updates ---- */

/* Changes an entry just before the unit's first update of it. */
struct race {
    uint64_t entry, value;
    bool fired;
};

static void race_hook(struct test *t, void *context, const struct iotb_access *access)
{
    struct race *race = context;

    if (race->fired || access->kind == IOTB_ACC_READ || access->address + access->bytes <= race->entry ||
        access->address >= race->entry + 8)
        return;
    race->fired = true;
    mem_write64(t, race->entry, race->value);
}

static void race_entry(const struct page *p, uint32_t level, uint64_t value, const char *what)
{
    struct race race = {.entry = entry_of(p, level), .value = value};
    struct iotb_request r = vt_request(p->path, IOTB_WRITE, p->input, 8);
    uint64_t saved = mem_read64(p->vt->t, race.entry) & ~FLAGS, now;
    struct outcome o;

    set_flags(p, 0, 0);
    test_on_access(p->vt->t, race_hook, &race);
    o = request_run(p->vt->t, &r);
    test_on_access(p->vt->t, NULL, NULL);
    now = mem_read64(p->vt->t, race.entry);
    CHECK(p->vt->t, "VTD-3-057", o.done && race.fired, "level %u: the request ends, its entry was updated", level);
    CHECK_EQ(p->vt->t, "VTD-3-057", value, now & ~FLAGS, "level %u entry that software changed (%s) before the update", level,
             what);
    /* A write that W = 0 refuses need not set A. */
    if (value & 2)
        CHECK(p->vt->t, "VTD-3-057", now & ACCESSED, "level %u: A is set in the entry as it is now", level);
    vt_fault_clear(p->vt);
    mem_write64(p->vt->t, race.entry, saved);
    ss_changed(p->path);
}

static void atomic_page(const struct page *p)
{
    for (uint32_t level = p->path->ss->levels; level >= p->leaf; level--) {
        uint64_t value = mem_read64(p->vt->t, entry_of(p, level)) & ~FLAGS;

        race_entry(p, level, value | UINT64_C(1) << 52, "an ignored bit set");
        race_entry(p, level, value & ~UINT64_C(3), "R and W cleared");
        race_entry(p, level, value & ~UINT64_C(2), "W cleared");
        race_entry(p, level, 0, "all cleared");
    }
}

static void atomic_body(struct vt *vt, struct vt_path *path)
{
    size_t mark = trace_mark(vt->t);

    each_page(vt, path, atomic_page);
    for (size_t i = mark; i < trace_length(vt->t); i++) {
        const struct iotb_access *access = trace_at(vt->t, i);

        if (access->origin == IOTB_ORIGIN_WALK)
            CHECK(vt->t, "VTD-3-057", access->kind != IOTB_ACC_WRITE, "a paging entry at 0x%llx is updated by a plain write",
                  (unsigned long long)access->address);
    }
}

static void flags_atomic(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS & VT_SCALABLE_FLAVOURS, atomic_body);
}

/* ---- updates that cannot be made ---- */

/* PWSNP = 0: a flag that has to be set is fault 7Ch, at each level; with all flags set the walk works. */
static void unsnooped_page(const struct page *p)
{
    struct iotb_request read = vt_request(p->path, IOTB_READ, p->input, 8), write = vt_request(p->path, IOTB_WRITE, p->input, 8);

    set_flags(p, ACCESSED, FLAGS);
    vt_expect_ok(p->vt, "VTD-7-100", &read, p->host);
    vt_expect_ok(p->vt, "VTD-7-100", &write, p->host);
    for (uint32_t level = p->path->ss->levels; level >= p->leaf; level--) {
        set_flags(p, ACCESSED, FLAGS);
        vt_set_bits(p->vt, entry_of(p, level), 8, 8, 0);
        ss_changed(p->path);
        vt_expect_fault(p->vt, "VTD-7-100", &read, 0x7c, p->host);
        vt_expect_fault(p->vt, "VTD-7-100", &write, 0x7c, p->host);
        CHECK_EQ(p->vt->t, "VTD-7-100", 0, mem_read64(p->vt->t, entry_of(p, level)) & ACCESSED, "A of the level %u entry", level);
    }
    set_flags(p, ACCESSED, ACCESSED);
    vt_expect_ok(p->vt, "VTD-7-100", &read, p->host);
    vt_expect_fault(p->vt, "VTD-7-100", &write, 0x7c, p->host);
    expect_flags(p, "VTD-7-100", ACCESSED, ACCESSED, "an update that was refused");
}

static void unsnooped_body(struct vt *vt, struct vt_path *path)
{
    set_pasid_field(path, "PWSNP", 0);
    each_page(vt, path, unsnooped_page);
}

static void flags_unsnooped(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS & VT_SCALABLE_FLAVOURS, unsnooped_body);
}

/* An update that fails on the bus is fault 7Dh, at each level, for A and for D. */
static void failed_page(const struct page *p)
{
    struct iotb_request read = vt_request(p->path, IOTB_READ, p->input, 8), write = vt_request(p->path, IOTB_WRITE, p->input, 8);

    for (uint32_t level = p->path->ss->levels; level >= p->leaf; level--)
        for (int poison = 0; poison < 2; poison++) {
            uint64_t entry = entry_of(p, level);

            set_flags(p, 0, 0);
            inject_fault(p->vt->t, poison ? INJECT_POISON : INJECT_ABORT, entry, entry + 7, ACC_WRITES | ACC_ATOMICS, 1,
                         UINT64_MAX);
            vt_expect_fault(p->vt, "VTD-7-101", &read, 0x7d, p->host);
            vt_expect_fault(p->vt, "VTD-7-101", &write, 0x7d, p->host);
            inject_clear(p->vt->t);
            vt_expect_ok(p->vt, "VTD-7-101", &write, p->host);
        }
    set_flags(p, ACCESSED, ACCESSED);
    inject_fault(p->vt->t, INJECT_ABORT, entry_of(p, p->leaf), entry_of(p, p->leaf) + 7, ACC_WRITES | ACC_ATOMICS, 1, UINT64_MAX);
    vt_expect_ok(p->vt, "VTD-7-101", &read, p->host);
    vt_expect_fault(p->vt, "VTD-7-101", &write, 0x7d, p->host);
    inject_clear(p->vt->t);
    vt_expect_ok(p->vt, "VTD-7-101", &write, p->host);
}

static void failed_body(struct vt *vt, struct vt_path *path)
{
    each_page(vt, path, failed_page);
}

static void flags_failed(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS & VT_SCALABLE_FLAVOURS, failed_body);
}

#define FLAGS_GATE "ECAP.SSADS&ECAP.SMPWCS"

static const struct iotb_case cases[] = {
    {.name = "vtd.second_stage.flags_set",
     .run = flags_set,
     .rows = "VTD-3-057 VTD-3-058",
     .gate = FLAGS_GATE,
     .summary = "A in every entry used, D in the leaf on writes and atomics, also after a cached read.",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.second_stage.flags_one_entry",
     .run = flags_one_entry,
     .rows = "VTD-3-057",
     .gate = FLAGS_GATE,
     .summary = "A missing in one entry only is set there; set flags stay.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.second_stage.flags_zero_length",
     .run = flags_zero_length,
     .rows = "VTD-3-062",
     .gate = FLAGS_GATE,
     .features = IOTB_F_ZERO_LENGTH,
     .summary = "Zero-length reads set A and never D.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.second_stage.flags_cleared",
     .run = flags_cleared,
     .rows = "VTD-3-059",
     .gate = FLAGS_GATE,
     .summary = "Flags cleared in memory are set again after an IOTLB invalidation.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.second_stage.flags_refused",
     .run = flags_refused,
     .rows = "VTD-3-057",
     .gate = FLAGS_GATE,
     .summary = "A refused write leaves no dirty flag.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.second_stage.flags_atomic",
     .run = flags_atomic,
     .rows = "VTD-3-057",
     .gate = FLAGS_GATE,
     .summary = "Updates never bring back what software just changed in an entry.",
     .features = IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.second_stage.flags_unsnooped",
     .run = flags_unsnooped,
     .rows = "VTD-7-100",
     .gate = FLAGS_GATE,
     .summary = "Without page-walk snooping a needed update is fault 7Ch.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.second_stage.flags_failed",
     .run = flags_failed,
     .rows = "VTD-7-101",
     .gate = FLAGS_GATE,
     .summary = "An update that fails on the bus is fault 7Dh.",
     .features = IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_second_stage_flags_cases = {cases, sizeof cases / sizeof cases[0]};
