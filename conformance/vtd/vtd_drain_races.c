/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Edits of the processor in the middle of a walk: between the read of a paging entry and the update of its flags (3.6.2,
 * 3.7.2), and at every read of an entry that pairs a table with a domain (6.2.2.1, 6.2.3.1, 9).
 */
#include "vtd_stale.h"

#include "vtd_chapters.h"

#include <string.h>

#define INPUT UINT64_C(0x2345000)

/* ---- flag updates ---- */

struct edit {
    uint64_t entry, value;
    bool done;
};

/* The processor's store arrives just before the first update of the entry is carried out. */
static void edit_at_update(struct test *t, void *context, const struct iotb_access *access)
{
    struct edit *e = context;

    if (e->done || access->kind == IOTB_ACC_READ || access->address > e->entry + 7 || access->address + access->bytes <= e->entry)
        return;
    e->done = true;
    mem_write64(t, e->entry, e->value);
}

/* A, D and EA of first-stage entries are bits 5, 6 and 10; A and D of second-stage entries bits 8 and 9 (9.7, 9.8). */
static uint64_t flag_bits(bool first)
{
    return first ? 0x460 : 0x300;
}

static void clear_flags(struct stale *s, const struct vt_table *table, uint64_t input, bool first)
{
    for (uint32_t level = 1; level <= table->levels; level++) {
        uint64_t entry = vt_entry(s->vt, table, input, level);

        mem_write64(s->vt->t, entry, mem_read64(s->vt->t, entry) & ~flag_bits(first));
    }
}

static void race_open(struct stale *s, struct vt *vt, struct vt_path *path, uint32_t did, bool second)
{
    stale_open(s, vt, path->flavour->id, path->rid, path->pasid, did, INPUT);
    if (s->fs) {
        clear_flags(s, s->path.fs, INPUT, true);
        clear_flags(s, s->fs, INPUT, true);
    }
    if (second)
        vt_set_field(vt, vt_pasid_address(vt, path->rid, path->pasid), "pasid_table_entry", "SSADE", 1);
    vt_invalidate_all(vt);
}

static void race(struct stale *s, uint32_t level, bool second, bool removed)
{
    static const uint32_t absent[] = {0x71, 0x79};
    const char *row = second ? "VTD-3-057" : "VTD-3-039";
    struct vt_table *table = second ? s->path.ss : s->path.fs;
    uint64_t input = second && s->guest ? s->guest : INPUT, flags = flag_bits(!second), now;
    uint64_t hosts[2] = {s->host[0] + 0x48, s->host[1] + 0x48};
    struct edit e = {.entry = vt_entry(s->vt, table, input, level)};
    struct vt_seen seen;

    if (!removed)
        e.value = mem_read64(s->vt->t, vt_entry(s->vt, second ? s->ss : s->fs, input, level)) & ~flags;
    test_on_access(s->vt->t, edit_at_update, &e);
    seen = vt_try(s->vt, &s->r, hosts, 2);
    test_on_access(s->vt->t, NULL, NULL);
    now = mem_read64(s->vt->t, e.entry);
    CHECK(s->vt->t, row, e.done, "the unit updates the flags of the entry");
    CHECK_EQ(s->vt->t, row, e.value & ~flags, now & ~flags, "the entry as the processor wrote it, flags apart");
    if (removed) {
        CHECK_EQ(s->vt->t, row, 0, now, "an entry that was taken away gets no flags");
        vt_invalidate_all(s->vt);
        vt_expect_fault_any(s->vt, row, &s->r, absent, 2, hosts[0]);
        return;
    }
    CHECK(s->vt->t, row, seen.result <= VT_ARRIVED_OTHER && !seen.fr, "the request goes through the old or the new entry");
    if (seen.result == VT_ARRIVED_OTHER)
        CHECK(s->vt->t, row, now & flags, "the new entry was used, its accessed flag is set");
    vt_invalidate_all(s->vt);
    stale_gone(s, row);
    now = mem_read64(s->vt->t, e.entry);
    CHECK_EQ(s->vt->t, row, e.value & ~flags, now & ~flags, "the entry after further requests, flags apart");
    CHECK(s->vt->t, row, now & (second ? 0x100 : 0x20), "its accessed flag after further requests");
}

static void races_of(struct vt *vt, struct vt_path *path, bool second)
{
    struct stale s;
    uint32_t levels;

    stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4, INPUT);
    levels = second ? s.path.ss->levels : s.path.fs->levels;
    for (uint32_t level = 1; level <= levels; level++)
        for (int removed = 0; removed < 2; removed++)
            for (int write = 0; write < 2; write++) {
                test_context(vt->t, "%s, %s-stage entry of level %u %s under a %s", path->flavour->name,
                             second ? "second" : "first", level, removed ? "removed" : "changed", write ? "write" : "read");
                race_open(&s, vt, path, 4 + level % 2, second);
                s.r.kind = write ? IOTB_WRITE : IOTB_READ;
                race(&s, level, second, removed);
            }
}

static void first_body(struct vt *vt, struct vt_path *path)
{
    races_of(vt, path, false);
}

static void second_body(struct vt *vt, struct vt_path *path)
{
    races_of(vt, path, true);
}

static void first_flags(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS | VT_NESTED_FLAVOURS, first_body);
}

static void second_flags(struct test *t)
{
    vt_each_flavour(t, 1u << VT_RID_SS | 1u << VT_PASID_SS | VT_NESTED_FLAVOURS, second_body);
}

/* ---- a table and its domain are read together ---- */

struct toggle {
    uint64_t entry;
    uint8_t value[2][16];
    uint32_t now, reads;
};

/* Each read that touches the pair finds the other value. */
static void toggle_at_read(struct test *t, void *context, const struct iotb_access *access)
{
    struct toggle *g = context;

    if (access->kind != IOTB_ACC_READ || access->address > g->entry + 15 || access->address + access->bytes <= g->entry)
        return;
    g->now ^= 1;
    g->reads++;
    mem_write(t, g->entry, g->value[g->now], 16);
}

static void set_leaf(struct stale *s, const struct vt_table *table, uint64_t host)
{
    mem_write64(s->vt->t, vt_entry(s->vt, table, INPUT, 1), vt_leaf(table, host, 12, VT_RW));
    vt_flush_writes(s->vt);
}

/* Whatever value the request found, its translation carries that value's domain: invalidation of this domain drops it. */
static void pair_round(struct stale *s, struct toggle *g, const char *row)
{
    struct vt *vt = s->vt;
    uint64_t hosts[2] = {s->host[0] + 0x48, s->host[1] + 0x48}, fresh = mem_alloc(vt->t, 4096, 4096);
    const struct vt_table *table;
    struct vt_seen seen;
    uint32_t used;

    vt_invalidate_all(vt);
    test_on_access(vt->t, toggle_at_read, g);
    seen = vt_try(vt, &s->r, hosts, 2);
    test_on_access(vt->t, NULL, NULL);
    CHECK(vt->t, row, g->reads > 0, "the entry is read");
    if (!CHECK(vt->t, row, seen.result <= VT_ARRIVED_OTHER && !seen.fr, "the request went through one of the two values"))
        return;
    used = seen.result == VT_ARRIVED ? 0 : 1;
    table = used ? s->ss : s->path.ss;
    mem_write(vt->t, g->entry, g->value[used], 16);
    g->now = used;
    vt_flush_writes(vt);
    vt_invalidate_context(vt, VT_CC_GLOBAL, 0, 0, 0);
    if (vt->config.mode == VT_SCALABLE)
        vt_submit_one(vt, vt_desc_pasid(VT_PC_GLOBAL, 0, 0));
    set_leaf(s, table, fresh);
    vt_invalidate_iotlb(vt, VT_IOTLB_DOMAIN, used ? 6 : 4, 0, 0, false);
    vt_expect_ok(vt, row, &s->r, fresh + 0x48);
    set_leaf(s, table, s->host[used]);
}

static void pair_body(struct vt *vt, struct vt_path *path)
{
    bool legacy = path->flavour->mode == VT_LEGACY;
    struct toggle g = {0};
    struct stale s;

    stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4, INPUT);
    g.entry = legacy ? vt_context_address(vt, path->rid) : vt_pasid_address(vt, path->rid, path->pasid);
    mem_read(vt->t, g.entry, g.value[0], 16);
    stale_change(&s, legacy ? STALE_CONTEXT : STALE_PASID, 1, 6);
    mem_read(vt->t, g.entry, g.value[1], 16);
    for (uint32_t n = 0; n < 6; n++) {
        g.now = n % 2;
        g.reads = 0;
        mem_write(vt->t, g.entry, g.value[g.now], 16);
        test_context(vt->t, "%s, round %u", path->flavour->name, n);
        pair_round(&s, &g, legacy ? "VTD-6-647" : "VTD-6-005");
    }
}

static void pairs(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS, pair_body);
}

#define RACE(NAME, SUMMARY, RUN, ROWS, GATE)                                                     \
    {                                                                                            \
        .name = "vtd.drain." NAME, .summary = SUMMARY, .run = (RUN), .rows = ROWS, .gate = GATE, \
        .features = IOTB_F_BENCH_MEMORY, .functional = true, .tier = TIER_FULL                   \
    }

static const struct iotb_case cases[] = {
    RACE("first_flags", "A store that meets the flag update of a first-stage entry is not undone.", first_flags, "VTD-3-039",
         "ECAP.FSTS&ECAP.SMPWCS"),
    RACE("second_flags", "A store that meets the flag update of a second-stage entry is not undone.", second_flags, "VTD-3-057",
         "ECAP.SSTS&ECAP.SSADS"),
    RACE("pairs", "A table pointer and its domain id come from one read of the entry.", pairs, "VTD-6-647 VTD-6-005",
         "CAP.SAGAW"),
};

const struct iotb_case_list vtd_drain_races_cases = {cases, sizeof cases / sizeof cases[0]};
