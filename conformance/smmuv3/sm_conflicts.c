/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries that overlap or contradict each other (3.20.1 TLB conflict, 3.20.2 Configuration cache conflicts, 3.21.1
 * break-before-make levels): which outcomes are left, that they stay where they are, and that one invalidation ends them.
 */
#include "sm_chapters.h"
#include "sm_stale.h"

#define INPUT UINT64_C(0x62340000)
#define OFFSET 0x48u
#define PAGES 3u

/* A level 2 block and a table of pages for the same inputs; the entry that says which is in memory. */
struct overlap {
    struct sm *sm;
    struct sm_path *path;
    struct sm_table *table;
    uint64_t entry, as_block, as_table, base; /* base: first input */
    uint64_t page[PAGES], block_host[PAGES];  /* inputs, and where the block leads */
    uint64_t page_host[PAGES];                /* where the pages lead */
};

/* Pages that lead where the block leads, or elsewhere. */
static void overlap_open(struct overlap *o, struct sm_path *path, bool elsewhere)
{
    struct sm_table *table = sm_path_table(path);
    uint32_t shift = sm_level_shift(table, 2);
    uint64_t granule = UINT64_C(1) << table->granule_lg2, block = UINT64_C(1) << shift, out = 0;
    struct sm *sm = path->sm;

    *o = (struct overlap){.sm = sm, .path = path, .table = table, .base = block};
    for (uint64_t at = block; at < UINT64_C(1) << 40 && !out; at += block)
        if (mem_claim(sm->t, at, PAGES * granule))
            out = at;
    if (!out)
        test_not_testable(sm->t, "there is no memory at an address aligned to a block");
    sm_map(sm, table, o->base, out, shift, SM_RW);
    o->entry = sm_entry(sm, table, o->base, 2);
    o->as_block = mem_read64(sm->t, o->entry);
    mem_write64(sm->t, o->entry, 0);
    for (uint32_t i = 0; i < PAGES; i++) {
        o->page[i] = o->base + i * granule;
        o->block_host[i] = out + i * granule;
        o->page_host[i] = elsewhere ? mem_alloc(sm->t, granule, granule) : o->block_host[i];
        sm_map(sm, table, o->page[i], o->page_host[i], 0, SM_RW);
    }
    o->as_table = mem_read64(sm->t, o->entry);
}

static struct iotb_request request_of(const struct overlap *o, uint32_t i, uint32_t round)
{
    return sm_request(o->path, round & 1 ? IOTB_READ : IOTB_WRITE, o->page[i] + OFFSET, 8);
}

/* Brings in the entries of what memory says now. */
static void use_all(const struct overlap *o, const char *row)
{
    for (uint32_t i = 0; i < PAGES; i++) {
        struct iotb_request r = request_of(o, i, 0);
        bool block = mem_read64(o->sm->t, o->entry) == o->as_block;

        sm_expect_ok(o->sm, row, &r, (block ? o->block_host : o->page_host)[i] + OFFSET);
    }
}

/* 7.3.17 F_TLB_CONFLICT: a record of one must be that of the request; its IPA counts with S2 only. */
static bool conflict_recorded(const struct overlap *o, const struct iotb_request *r, const struct sm_seen *seen)
{
    static const char row[] = "SMMU-7-056";
    const struct sm_event *e = &seen->event;
    bool given = (r->flags & IOTB_RQ_PASID) != 0;
    struct test *t = o->sm->t;

    if (seen->result != SM_REFUSED || seen->type != SM_F_TLB_CONFLICT)
        return false;
    CHECK_EQ(t, row, o->path->sid, e->sid, "F_TLB_CONFLICT.StreamID");
    CHECK_EQ(t, row, given, e->ssv, "F_TLB_CONFLICT.SSV");
    CHECK(t, row, !given || e->ssid == r->pasid, "F_TLB_CONFLICT.SubstreamID 0x%x", e->ssid);
    CHECK_EQ(t, row, r->kind == IOTB_READ, e->rnw, "F_TLB_CONFLICT.RnW");
    CHECK_EQ(t, row, (r->flags & IOTB_RQ_PRIVILEGED) != 0, e->pnu, "F_TLB_CONFLICT.PnU");
    CHECK_EQ(t, row, r->address, e->input, "F_TLB_CONFLICT.InputAddr");
    if (o->path->s2 && !o->path->s1)
        CHECK(t, row, !e->s2 || e->ipa >> 12 == r->address >> 12, "F_TLB_CONFLICT.IPA 0x%llx", (unsigned long long)e->ipa);
    return true;
}

/* The size changes while in use, and nothing else: the place is the same whichever entry is hit. */
static void resize_live(const struct overlap *o, const char *row, bool conflict_allowed)
{
    struct sm *sm = o->sm;

    for (uint32_t way = 0; way < 2; way++) {
        mem_write64(sm->t, o->entry, way ? o->as_table : o->as_block);
        sm_invalidate_all(sm);
        use_all(o, row);
        mem_write64(sm->t, o->entry, way ? o->as_block : o->as_table);
        for (uint32_t i = 0; i < 2 * PAGES; i++) {
            struct iotb_request r = request_of(o, i % PAGES, i);
            uint64_t host = o->block_host[i % PAGES] + OFFSET;
            struct sm_seen seen = sm_try(sm, &r, &host, 1);
            bool conflict = conflict_recorded(o, &r, &seen);

            test_context(sm->t, "%s, %s, page %u", sm_path_name(o->path), way ? "pages to a block" : "a block to pages",
                         i % PAGES);
            CHECK(sm->t, row, (seen.result == SM_ARRIVED && !seen.type) || (conflict && conflict_allowed),
                  "a change of the size alone: result %d, event %02xh", (int)seen.result, seen.type);
        }
    }
}

/* D8.7.3 by nT: the block gets nT, is invalidated, is replaced, is invalidated; at no time is there a fault. */
static void by_nt(const struct overlap *o)
{
    static const char *const row = "SMMU-3-104";
    struct sm *sm = o->sm;
    uint64_t steps[4] = {o->as_block, o->as_block | UINT64_C(1) << SM_BIT_NT, o->as_table,
                         o->as_block | UINT64_C(1) << SM_BIT_NT};

    for (uint32_t step = 0; step < 8; step++) {
        mem_write64(sm->t, o->entry, steps[step % 4]);
        for (uint32_t i = 0; i < 2 * PAGES; i++) {
            struct iotb_request r = request_of(o, i % PAGES, i);

            test_context(sm->t, "%s, step %u, page %u", sm_path_name(o->path), step, i % PAGES);
            sm_once(sm);
            sm_expect_ok(sm, row, &r, o->block_host[i % PAGES] + OFFSET);
            if (i == PAGES - 1)
                CHECK(sm->t, row, sm_path_invalidate_page(o->path, o->base, false), "the invalidation completes");
        }
    }
}

static void sizes_body(struct sm *sm, struct sm_path *path)
{
    uint32_t level = (uint32_t)sm_idr(sm->t, 3, "BBML");
    struct overlap o;

    overlap_open(&o, path, false);
    if (level)
        by_nt(&o);
    resize_live(&o, level == 2 ? "SMMU-3-106" : level ? "SMMU-3-105" : "SMMU-3-108", level < 2);
    sm_invalidate_all(sm);
}

static void sizes(struct test *t)
{
    sm_each_granule(
        t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S1_SSID) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_EL2) | SM_FLAVOUR(SM_F_E2H),
        NULL, sizes_body);
}

/* Entries that lead to different places: either, or a conflict; one invalidation by address removes all that match. */
static void places_body(struct sm *sm, struct sm_path *path)
{
    struct sm_path other;
    struct overlap o;
    uint64_t host;

    overlap_open(&o, path, true);
    if (sm_sid_count(sm) < 2)
        test_not_testable(sm->t, "needs two streams");
    sm_path_open(sm, &other, path->flavour->id, sm_sid(sm, 1), path->ssid, path->asid, path->vmid ^ 0x40);
    host = mem_alloc(sm->t, UINT64_C(1) << o.table->granule_lg2, UINT64_C(1) << o.table->granule_lg2);
    sm_map(sm, sm_path_table(&other), o.page[0], host, 0, SM_RW);
    for (uint32_t round = 0; round < 4; round++) {
        bool block = round & 1;

        mem_write64(sm->t, o.entry, block ? o.as_table : o.as_block);
        sm_invalidate_all(sm);
        use_all(&o, "SMMU-3-108");
        mem_write64(sm->t, o.entry, block ? o.as_block : o.as_table);
        for (uint32_t i = 0; i < 2 * PAGES; i++) {
            struct iotb_request r = request_of(&o, i % PAGES, i),
                                elsewhere = sm_request(&other, IOTB_WRITE, o.page[0] + OFFSET, 8);
            uint64_t hosts[2] = {o.page_host[i % PAGES] + OFFSET, o.block_host[i % PAGES] + OFFSET};
            struct sm_seen seen = sm_try(sm, &r, hosts, 2);
            bool conflict = conflict_recorded(&o, &r, &seen);

            test_context(sm->t, "%s, %s, page %u", sm_path_name(path), block ? "pages to a block" : "a block to pages",
                         i % PAGES);
            CHECK(sm->t, "SMMU-3-108", ((seen.result == SM_ARRIVED || seen.result == SM_ARRIVED_OTHER) && !seen.type) || conflict,
                  "overlapping entries: result %d, event %02xh", (int)seen.result, seen.type);
            sm_once(sm);
            sm_expect_ok(sm, "SMMU-3-109", &elsewhere, host + OFFSET);
        }
        CHECK(sm->t, "SMMU-3-107", sm_path_invalidate_page(path, o.page[round % PAGES], false), "the invalidation completes");
        for (uint32_t i = 0; i < 2; i++) {
            struct iotb_request r = request_of(&o, round % PAGES, i);

            sm_expect_ok(sm, "SMMU-3-107", &r, (block ? o.block_host : o.page_host)[round % PAGES] + OFFSET);
        }
    }
}

static void places(struct test *t)
{
    sm_each_granule(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2), NULL, places_body);
}

/* ---- structures that contradict each other ---- */

/* One address space, two tables: each access uses one of the two, and it is never a configuration conflict. */
static void two_tables(struct test *t, enum sm_flavour_id flavour, const char *row)
{
    struct sm_path path[2];
    uint64_t host[2];
    struct sm sm;

    sm_open(&sm, t, NULL);
    if (sm_sid_count(&sm) < 2)
        test_not_testable(t, "needs two streams");
    for (uint32_t i = 0; i < 2; i++) {
        uint64_t page;

        sm_path_open(&sm, &path[i], flavour, sm_sid(&sm, i), 0, 0x11, 0x22);
        page = UINT64_C(1) << sm_path_table(&path[i])->granule_lg2;
        host[i] = mem_alloc(t, page, page);
        sm_map(&sm, sm_path_table(&path[i]), INPUT, host[i], 0, SM_RW);
    }
    for (uint32_t i = 0; i < 12; i++) {
        struct iotb_request r = sm_request(&path[i & 1], i & 2 ? IOTB_READ : IOTB_WRITE, INPUT + OFFSET, 8);
        uint64_t hosts[2] = {host[i & 1] + OFFSET, host[!(i & 1)] + OFFSET};
        struct sm_seen seen = sm_try(&sm, &r, hosts, 2);
        bool conflict = seen.result == SM_REFUSED && seen.type == SM_F_TLB_CONFLICT;

        CHECK(t, row, ((seen.result == SM_ARRIVED || seen.result == SM_ARRIVED_OTHER) && !seen.type) || conflict,
              "one of the two pages: result %d, event %02xh", (int)seen.result, seen.type);
        CHECK(t, "SMMU-3-110", seen.type != SM_F_CFG_CONFLICT, "F_CFG_CONFLICT for structures without CONT");
    }
    sm_close(&sm);
}

static void two_cds(struct test *t)
{
    two_tables(t, SM_F_S1, "SMMU-5-907");
}

static void two_stage2(struct test *t)
{
    two_tables(t, SM_F_S2, "SMMU-5-908");
}

/* CONT beyond the level 2 array: a StreamID beyond it is out of range, or gets some STE of the span; never another place. */
static void beyond_array(struct test *t)
{
    struct sm_config config = {.format = SM_TWO_LEVEL};
    uint64_t l1, host;
    struct sm sm;

    sm_open(&sm, t, &config);
    if (!sm_sid_usable(&sm, 0) || !sm_sid_usable(&sm, 2))
        test_not_testable(t, "needs StreamIDs 0 and 2");
    host = mem_alloc(t, 4096, 4096);
    for (uint32_t cont = 2; cont < 8; cont++) {
        struct sm_ste bypass = {.config = SM_BYPASS};
        struct iotb_request r;
        struct sm_seen seen;

        for (uint32_t sid = 0; sid < 2; sid++) {
            sm_set_ste(&sm, sid, &bypass);
            sm_ste_set(&sm, sid, "CONT", cont);
        }
        l1 = sm_l1std_address(&sm, 0);
        sm_set_field(&sm, l1, "L1STD", "Span", 2); /* StreamIDs 0 and 1 */
        sm_invalidate_all(&sm);
        for (uint32_t sid = 0; sid < 4; sid++) {
            bool conflict;

            if (!sm_sid_usable(&sm, sid))
                continue;
            r = sm_plain_request(&sm, sid, host + OFFSET);
            seen = sm_try(&sm, &r, &r.address, 1);
            conflict = seen.result == SM_REFUSED && seen.type == SM_F_CFG_CONFLICT;
            test_context(t, "CONT %u, StreamID %u", cont, sid);
            CHECK(t, "SMMU-5-046",
                  (seen.result == SM_ARRIVED && !seen.type) || conflict ||
                      (sid > 1 && seen.result == SM_REFUSED && seen.type == SM_C_BAD_STREAMID),
                  "result %d, event %02xh", (int)seen.result, seen.type);
            CHECK(t, "SMMU-7-057", !conflict || (seen.event.sid == sid && !seen.event.ssv), "F_CFG_CONFLICT of StreamID %x",
                  seen.event.sid);
        }
    }
    sm_close(&sm);
}

#define CASE(n, text, function, r, gated)                                                                              \
    {                                                                                                                  \
        .name = "smmuv3.conflicts." n, .summary = text, .run = function, .rows = r, .gate = gated, .functional = true, \
        .tier = TIER_FULL                                                                                              \
    }

static const struct iotb_case cases[] = {
    CASE("sizes", "A block becomes pages and back while in use: the same place, a conflict at most where BBML allows one.", sizes,
         "SMMU-3-104 SMMU-3-105 SMMU-3-106 SMMU-3-108 SMMU-7-056", "IDR0.TTF:1"),
    CASE("places", "Overlapping entries give one of their places or a conflict, for this VMID only, until they are invalidated.",
         places, "SMMU-3-107 SMMU-3-108 SMMU-3-109 SMMU-7-056", "IDR0.S2P&IDR0.TTF:1"),
    CASE("two_cds", "Two CDs with one VMID and ASID: each access uses one of the two.", two_cds, "SMMU-5-907 SMMU-3-110",
         "IDR0.S1P&IDR0.TTF:1"),
    CASE("two_stage2", "Two STEs with one VMID: each access uses one of the two.", two_stage2, "SMMU-5-908 SMMU-3-110",
         "IDR0.S2P&IDR0.TTF:1"),
    CASE("beyond_array", "CONT beyond the level 2 array.", beyond_array, "SMMU-5-046 SMMU-7-057", "IDR0.ST_LEVEL"),
};

const struct iotb_case_list sm_conflicts_cases = {cases, sizeof cases / sizeof cases[0]};
