/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access flag and dirty state by hardware (IHI 0070 3.13; DDI 0487 D8.5): CD.HA, HD, AFFD and STE.S2HA, S2HD, S2AFFD; which
 * descriptor bits change, which never do, and that updates are atomic.
 */
#include "sm_chapters.h"
#include "sm_spot.h"

#include <stdlib.h>

#define AF (UINT64_C(1) << SM_BIT_AF)
#define DBM (UINT64_C(1) << SM_BIT_DBM)
#define WRITE_BIT (UINT64_C(1) << 7) /* AP[2] (1: read-only) or S2AP[1] (1: writable) */

static bool second(const struct sm_spot *s)
{
    return s->table->stage == 2;
}

/* HA, HD, AFFD of the stage under test; no invalidation. */
static void flags(const struct sm_spot *s, bool ha, bool hd, bool affd)
{
    static const char *const names[2][3] = {{"HA", "HD", "AFFD"}, {"S2HA", "S2HD", "S2AFFD"}};
    const bool values[3] = {ha, hd, affd};

    for (int i = 0; i < 3; i++) {
        if (second(s))
            sm_ste_set(s->sm, s->path->sid, names[1][i], values[i]);
        else
            sm_cd_set(s->sm, s->path->sid, s->path->ssid, names[0][i], values[i]);
    }
    sm_invalidate_all(s->sm);
}

static uint64_t value(const struct sm_spot *s)
{
    return mem_read64(s->sm->t, sm_spot_leaf(s));
}

static uint64_t writable(const struct sm_spot *s, uint64_t leaf)
{
    return second(s) ? leaf | WRITE_BIT : leaf & ~WRITE_BIT;
}

static uint64_t read_only(const struct sm_spot *s, uint64_t leaf)
{
    return second(s) ? leaf & ~WRITE_BIT : leaf | WRITE_BIT;
}

/* One request with this leaf: carried out or refused (type), after a CMD_SYNC the leaf is `after`. */
static void expect(struct sm_spot *s, const char *row, enum iotb_request_kind kind, uint64_t before, uint64_t after,
                   uint32_t type)
{
    struct iotb_request r = sm_spot_request(s, kind);
    struct sm_expected e = sm_spot_fault(s, type);

    sm_spot_write(s, s->level, before);
    if (type)
        sm_expect_event(s->sm, row, &r, &e, s->host + SPOT_OFFSET);
    else
        sm_expect_ok(s->sm, row, &r, s->host + SPOT_OFFSET);
    sm_sync(s->sm);
    CHECK_EQ(s->sm->t, row, after, value(s), "%s: leaf %016llx after request kind %d, AF aside", sm_path_name(s->path),
             (unsigned long long)before, (int)kind);
}

/* ---- no hardware update ---- */

static void software_body(struct sm *sm, struct sm_path *path)
{
    uint64_t leaf;
    struct sm_spot s;
    const char *row;

    sm_spot_open(&s, path, sm_spot_stage(sm), SPOT_INPUT);
    row = second(&s) ? "SMMU-5-084" : "SMMU-5-127";
    leaf = value(&s);
    for (uint32_t kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
        flags(&s, false, false, false);
        expect(&s, row, (enum iotb_request_kind)kind, leaf, leaf, 0);
        expect(&s, "SMMU-7-052", (enum iotb_request_kind)kind, leaf & ~AF, leaf & ~AF, SM_F_ACCESS);
        expect(&s, "SMMU-3-519", (enum iotb_request_kind)kind, read_only(&s, leaf & ~AF), read_only(&s, leaf & ~AF), SM_F_ACCESS);
        flags(&s, false, false, true);
        expect(&s, row, (enum iotb_request_kind)kind, leaf & ~AF, leaf & ~AF, 0);
    }
    /* AFFD is of one stage only. */
    if (path->s1 && path->s2) {
        if (second(&s))
            sm_spot_cd(&s, "AFFD", 1);
        else
            sm_spot_ste(&s, "S2AFFD", 1);
        flags(&s, false, false, false);
        expect(&s, row, IOTB_READ, leaf & ~AF, leaf & ~AF, SM_F_ACCESS);
    }
}

/* ---- the Access flag ---- */

static void access_flag_body(struct sm *sm, struct sm_path *path)
{
    uint32_t stage = sm_spot_stage(sm), kinds = test_has(sm->t, IOTB_F_ATOMIC) ? IOTB_CAS : IOTB_WRITE;
    const char *row = stage == 2 ? "SMMU-3-517" : "SMMU-3-516";
    const struct sm_table *table = stage == 1 ? path->s1 : path->s2;

    for (int level = 1; level <= 3; level++) {
        uint64_t leaf;
        struct sm_spot s;

        if ((level < 3 && !sm_has_block(sm, table, level)) || sm_level_shift(table, level) >= sm_input_bits(sm, table) ||
            !sm_spot_block(&s, path, stage, UINT64_C(1) << sm_level_shift(table, level), level))
            continue;
        leaf = value(&s) & ~AF;
        for (uint32_t affd = 0; affd < 2; affd++) {
            flags(&s, true, false, affd);
            for (uint32_t kind = IOTB_READ; kind <= kinds; kind++) {
                test_context(sm->t, "%s, level %d, AFFD %u", sm_path_name(path), level, affd);
                expect(&s, affd ? (stage == 2 ? "SMMU-5-084" : "SMMU-5-127") : row, (enum iotb_request_kind)kind, leaf, leaf | AF,
                       0);
            }
        }
        /* Software bits stay as they are, each by itself. */
        for (uint32_t bit = 55; bit < 58; bit++)
            expect(&s, row, IOTB_READ, leaf | UINT64_C(1) << bit, leaf | UINT64_C(1) << bit | AF, 0);
        expect(&s, "SMMU-3-146", IOTB_WRITE, leaf | AF, leaf | AF, 0);
        expect(&s, "SMMU-D8-001", IOTB_WRITE, leaf & ~UINT64_C(1), leaf & ~UINT64_C(1), SM_F_TRANSLATION);
    }
}

/* 3.13.2: whether a refused access sets the flag is open; nothing else changes. */
static void refused_body(struct sm *sm, struct sm_path *path)
{
    struct iotb_request r;
    struct sm_expected e;
    struct sm_spot s;
    uint64_t leaf;

    sm_spot_open(&s, path, sm_spot_stage(sm), SPOT_INPUT);
    flags(&s, true, false, false);
    leaf = read_only(&s, value(&s)) & ~AF;
    r = sm_spot_request(&s, IOTB_WRITE);
    e = sm_spot_fault(&s, SM_F_PERMISSION);
    sm_spot_write(&s, 3, leaf);
    sm_expect_event(sm, "SMMU-3-518", &r, &e, s.host + SPOT_OFFSET);
    sm_sync(sm);
    CHECK(sm->t, "SMMU-3-518", (value(&s) & ~AF) == leaf, "only AF may change: %016llx became %016llx", (unsigned long long)leaf,
          (unsigned long long)value(&s));
    r.kind = IOTB_READ;
    sm_expect_ok(sm, "SMMU-3-518", &r, s.host + SPOT_OFFSET);
    sm_sync(sm);
    CHECK_EQ(sm->t, "SMMU-3-518", leaf | AF, value(&s), "the leaf after an access that is allowed");
}

/* ---- dirty state ---- */

static void dirty_body(struct sm *sm, struct sm_path *path)
{
    uint32_t stage = sm_spot_stage(sm), kinds = test_has(sm->t, IOTB_F_ATOMIC) ? IOTB_CAS : IOTB_WRITE;
    const char *row = stage == 2 ? "SMMU-3-521" : "SMMU-3-520";
    const struct sm_table *table = stage == 1 ? path->s1 : path->s2;

    for (int level = 1; level <= 3; level++) {
        uint64_t clean, dirty;
        struct sm_spot s;

        if ((level < 3 && !sm_has_block(sm, table, level)) || sm_level_shift(table, level) >= sm_input_bits(sm, table) ||
            !sm_spot_block(&s, path, stage, UINT64_C(1) << sm_level_shift(table, level), level))
            continue;
        clean = read_only(&s, value(&s)) | DBM;
        dirty = writable(&s, clean);
        test_context(sm->t, "%s, level %d", sm_path_name(path), level);
        flags(&s, true, true, false);
        for (uint32_t kind = IOTB_WRITE; kind <= kinds; kind++) {
            expect(&s, row, (enum iotb_request_kind)kind, clean, dirty, 0);
            expect(&s, row, (enum iotb_request_kind)kind, clean & ~AF, dirty, 0);
        }
        expect(&s, "SMMU-3-522", IOTB_READ, clean, clean, 0);
        expect(&s, "SMMU-3-522", IOTB_READ, clean & ~AF, clean, 0);
        expect(&s, "SMMU-3-523", IOTB_WRITE, clean & ~DBM, clean & ~DBM, SM_F_PERMISSION);
        expect(&s, "SMMU-3-146", IOTB_WRITE, dirty, dirty, 0);
        expect(&s, "SMMU-3-146", IOTB_WRITE, dirty & ~DBM, dirty & ~DBM, 0);
        expect(&s, "SMMU-3-146", IOTB_READ, dirty, dirty, 0);
        if (stage == 2) /* no read: the write becomes allowed, reads do not */
            expect(&s, row, IOTB_WRITE, clean & ~(UINT64_C(1) << SM_BIT_S2AP0), dirty & ~(UINT64_C(1) << SM_BIT_S2AP0), 0);
        flags(&s, true, false, false);
        expect(&s, "SMMU-3-524", IOTB_WRITE, clean, clean, SM_F_PERMISSION);
        flags(&s, false, true, false);
        row = stage == 2 ? "SMMU-5-089" : "SMMU-5-140";
        expect(&s, row, IOTB_WRITE, clean, clean, SM_F_PERMISSION);
        expect(&s, row, IOTB_READ, clean & ~AF, clean & ~AF, SM_F_ACCESS);
        flags(&s, false, false, false);
        expect(&s, "SMMU-3-523", IOTB_WRITE, clean, clean, SM_F_PERMISSION);
        row = stage == 2 ? "SMMU-3-521" : "SMMU-3-520";
    }
}

/* A clean entry that a read has brought in, then a write: the descriptor becomes dirty all the same. */
static void read_then_write_body(struct sm *sm, struct sm_path *path)
{
    uint32_t stage = sm_spot_stage(sm);
    const char *row = stage == 2 ? "SMMU-3-521" : "SMMU-3-520";
    struct sm_spot s;
    uint64_t clean;

    sm_spot_open(&s, path, stage, SPOT_INPUT);
    flags(&s, true, true, false);
    clean = read_only(&s, value(&s)) | DBM;
    sm_spot_write(&s, 3, clean);
    for (int i = 0; i < 2; i++) {
        struct iotb_request r = sm_spot_request(&s, IOTB_READ);

        sm_expect_ok(sm, "SMMU-3-522", &r, s.host + SPOT_OFFSET);
    }
    sm_spot_ok(&s, row);
    sm_sync(sm);
    CHECK_EQ(sm->t, row, writable(&s, clean), value(&s), "the leaf after reads and a write");
    sm_spot_set(&s, 3, 0, 0, 0);
    sm_spot_refused(&s, "SMMU-D8-001", SM_F_TRANSLATION);
}

/* 3.13.3.1: what APTable or PAN take away is not given back. */
static void removed_body(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;
    uint64_t clean;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    flags(&s, true, true, false);
    clean = read_only(&s, value(&s)) | DBM;
    for (int level = s.table->start_level; level < 3; level++) {
        sm_set_bits(sm, sm_spot_entry(&s, level), SM_BIT_APTABLE1, SM_BIT_APTABLE0, 2);
        expect(&s, "SMMU-3-525", IOTB_WRITE, clean, clean, SM_F_PERMISSION);
        sm_set_bits(sm, sm_spot_entry(&s, level), SM_BIT_APTABLE1, SM_BIT_APTABLE0, 0);
    }
    expect(&s, "SMMU-3-525", IOTB_WRITE, clean, writable(&s, clean), 0);
    if (!path->flavour->with_ssid || !test_has(sm->t, IOTB_F_PRIVILEGE))
        return;
    s.r.flags |= IOTB_RQ_PRIVILEGED;
    sm_spot_cd(&s, "PAN", 1);
    expect(&s, "SMMU-3-525", IOTB_WRITE, clean, clean, SM_F_PERMISSION);
}

/* D8.5.2.2: writable-clean counts as writable. */
static void execute_body(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    for (uint32_t i = 0; i < 8; i++) {
        bool hd = i & 1, wxn = i & 2, user = i & 4, refused = hd && (user || wxn);
        struct iotb_request r;
        struct sm_expected e;

        sm_cd_set(sm, path->sid, path->ssid, "WXN", wxn);
        flags(&s, true, hd, false);
        sm_set_bits(sm, sm_spot_leaf(&s), SM_BIT_AP2, SM_BIT_AP1, user ? 3 : 2);
        sm_set_bits(sm, sm_spot_leaf(&s), SM_BIT_DBM, SM_BIT_DBM, 1);
        sm_invalidate_all(sm);
        r = sm_spot_request(&s, IOTB_READ);
        r.flags |= IOTB_RQ_PRIVILEGED | IOTB_RQ_EXECUTE;
        e = sm_spot_fault(&s, SM_F_PERMISSION);
        test_context(sm->t, "%s, HD %d WXN %d, AP %s", sm_path_name(path), hd, wxn, user ? "11" : "10");
        if (refused)
            sm_expect_event(sm, "SMMU-3-531", &r, &e, s.host + SPOT_OFFSET);
        else
            sm_expect_ok(sm, "SMMU-3-531", &r, s.host + SPOT_OFFSET);
    }
}

/* ---- atomicity ---- */

struct edit {
    uint64_t entry, clear, set;
    bool done;
};

/* Just before the update of the descriptor lands, software changes it. */
static void edit_hook(struct test *t, void *context, const struct iotb_access *access)
{
    struct edit *edit = context;

    if (edit->done || access->kind == IOTB_ACC_READ || access->address > edit->entry ||
        access->address + access->bytes <= edit->entry)
        return;
    edit->done = true;
    mem_write64(t, edit->entry, (mem_read64(t, edit->entry) & ~edit->clear) | edit->set);
}

/* The edits: a software bit, another page, no longer valid. None of them may be lost. */
static void race(struct sm_spot *s, uint64_t before, enum iotb_request_kind kind, const char *row, uint32_t which)
{
    struct sm *sm = s->sm;
    uint64_t other = mem_alloc(sm->t, 0x10000, 0x10000), leaf, hosts[2] = {s->host + SPOT_OFFSET, other + SPOT_OFFSET};
    struct edit edit = {.entry = sm_spot_leaf(s)};
    struct iotb_request r = sm_spot_request(s, kind);
    struct sm_seen seen;

    sm_spot_write(s, 3, before);
    if (which == 0)
        edit.set = UINT64_C(1) << 56;
    if (which == 1) {
        uint64_t changed = sm_with_address(s->table, before, other);

        edit.clear = before & ~changed;
        edit.set = changed & ~before;
    }
    if (which == 2)
        edit.clear = 1;
    test_on_access(sm->t, edit_hook, &edit);
    seen = sm_try(sm, &r, hosts, 2);
    test_on_access(sm->t, NULL, NULL);
    sm_sync(sm);
    leaf = value(s);
    test_context(sm->t, "%s, edit %u just before the update", sm_path_name(s->path), which);
    if (!edit.done)
        return; /* nothing was written: the next check says whether it had to be */
    CHECK(sm->t, row, (leaf & edit.set) == edit.set && !(leaf & edit.clear),
          "the edit is not overwritten: %016llx, set %016llx, clear %016llx", (unsigned long long)leaf,
          (unsigned long long)edit.set, (unsigned long long)edit.clear);
    if (which == 2)
        CHECK(sm->t, row, seen.result == SM_REFUSED && seen.type == SM_F_TRANSLATION && leaf == (before & ~UINT64_C(1)),
              "the descriptor became invalid before its update: F_TRANSLATION, and no update (result %d, event %02xh, %016llx)",
              (int)seen.result, seen.type, (unsigned long long)leaf);
    if (which == 1)
        CHECK(sm->t, row, seen.result == SM_ARRIVED_OTHER && seen.host == hosts[1],
              "the descriptor that was updated is the one that is used (result %d)", (int)seen.result);
    if (which == 0)
        CHECK(sm->t, row, seen.result == SM_ARRIVED, "the request is carried out (result %d)", (int)seen.result);
    if (which < 2)
        CHECK(sm->t, row, (leaf & AF) && (kind == IOTB_READ || leaf == writable(s, leaf)), "the update is made (%016llx)",
              (unsigned long long)leaf);
}

static void atomic_body(struct sm *sm, struct sm_path *path)
{
    bool hd = sm_idr(sm->t, 0, "HTTU") >= 2;
    struct sm_spot s;
    uint64_t leaf;

    sm_spot_open(&s, path, sm_spot_stage(sm), SPOT_INPUT);
    flags(&s, true, hd, false);
    leaf = value(&s);
    for (uint32_t which = 0; which < 3; which++) {
        race(&s, leaf & ~AF, IOTB_READ, second(&s) ? "SMMU-3-517" : "SMMU-3-516", which);
        if (hd)
            race(&s, read_only(&s, leaf) | DBM, IOTB_WRITE, "SMMU-3-534", which);
    }
    sm_spot_write(&s, 3, leaf);
    sm_spot_ok(&s, second(&s) ? "SMMU-3-517" : "SMMU-3-516");
}

/* D8.5.2.1: a cached clean entry, the output changed in memory, then a write: it is the descriptor in memory that becomes dirty.
 */
static void stale_body(struct sm *sm, struct sm_path *path)
{
    uint64_t clean, other, changed, hosts[2];
    struct iotb_request r;
    struct sm_seen seen;
    struct sm_spot s;

    sm_spot_open(&s, path, sm_spot_stage(sm), SPOT_INPUT);
    flags(&s, true, true, false);
    clean = read_only(&s, value(&s)) | DBM;
    other = mem_alloc(sm->t, 0x10000, 0x10000);
    sm_spot_write(&s, 3, clean);
    r = sm_spot_request(&s, IOTB_READ);
    sm_expect_ok(sm, "SMMU-3-522", &r, s.host + SPOT_OFFSET);
    changed = sm_with_address(s.table, clean, path->s1 && s.table->stage == 1 && path->s2 ? s.at : other);
    if (path->s1 && path->s2)
        return;
    mem_write64(sm->t, sm_spot_leaf(&s), changed);
    hosts[0] = other + SPOT_OFFSET;
    hosts[1] = s.host + SPOT_OFFSET;
    seen = sm_try(sm, &s.r, hosts, 2);
    sm_sync(sm);
    CHECK(sm->t, "SMMU-3-534", seen.result == SM_ARRIVED,
          "the write uses the descriptor that it marks dirty (result %d, event %02xh)", (int)seen.result, seen.type);
    CHECK_EQ(sm->t, "SMMU-3-534", writable(&s, changed), value(&s), "the descriptor in memory becomes dirty, with its address");
}

/* ---- two stages ---- */

struct both {
    struct sm_spot s;   /* stage 1 leaf */
    uint64_t ipa;       /* of that leaf */
    uint64_t entry;     /* stage 2 leaf of the page that holds it */
    uint64_t page_leaf; /* its value */
};

static void both_open(struct both *b, struct sm_path *path)
{
    sm_spot_open(&b->s, path, 1, SPOT_INPUT);
    b->ipa = sm_entry_pointer(path->sm, path->s1, SPOT_INPUT, 3);
    b->entry = sm_entry(path->sm, path->s2, b->ipa, 3);
    b->page_leaf = mem_read64(path->sm->t, b->entry);
}

/* 3.13.5: an update of a stage 1 descriptor is a write at stage 2. */
static void table_write_body(struct sm *sm, struct sm_path *path)
{
    bool hd = sm_idr(sm->t, 0, "HTTU") >= 2;
    struct sm_expected e;
    struct both b;
    uint64_t leaf;

    both_open(&b, path);
    leaf = value(&b.s) & ~AF;
    sm_spot_cd(&b.s, "HA", 1);
    expect(&b.s, "SMMU-3-526", IOTB_READ, leaf, leaf | AF, 0);
    e = sm_s2_event(SM_F_PERMISSION, SM_CLASS_TT, b.ipa);
    e.ttrnw = false;
    for (uint32_t kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
        struct iotb_request r = sm_spot_request(&b.s, (enum iotb_request_kind)kind);

        mem_write64(sm->t, b.entry, b.page_leaf & ~WRITE_BIT);
        sm_spot_write(&b.s, 3, leaf);
        sm_expect_event(sm, "SMMU-3-526", &r, &e, b.s.host);
        sm_sync(sm);
        CHECK_EQ(sm->t, "SMMU-3-526", leaf, value(&b.s), "the stage 1 leaf in a page that stage 2 does not let be written");
        sm_spot_write(&b.s, 3, leaf | AF); /* nothing to update: no write is asked for */
        sm_expect_ok(sm, "SMMU-3-526", &r, b.s.host + SPOT_OFFSET);
    }
    if (!hd)
        return;
    /* Writable-clean at stage 2: the update dirties that page too. */
    sm_ste_set(sm, path->sid, "S2HA", 1);
    sm_ste_set(sm, path->sid, "S2HD", 1);
    mem_write64(sm->t, b.entry, (b.page_leaf & ~WRITE_BIT) | DBM);
    expect(&b.s, "SMMU-3-527", IOTB_READ, leaf, leaf | AF, 0);
    CHECK_EQ(sm->t, "SMMU-3-527", b.page_leaf | DBM, mem_read64(sm->t, b.entry),
             "the stage 2 leaf of the page of the stage 1 leaf");
    /* Without S2HD it is read-only. */
    sm_ste_set(sm, path->sid, "S2HD", 0);
    mem_write64(sm->t, b.entry, (b.page_leaf & ~WRITE_BIT) | DBM);
    sm_spot_write(&b.s, 3, leaf);
    sm_expect_event(sm, "SMMU-3-526", &b.s.r, &e, b.s.host);
}

/* 3.13.3.1: reads of CDs set the flag of their page and never its dirty state; those of stage 1 tables may, with S2HD. */
static void structures_body(struct sm *sm, struct sm_path *path)
{
    uint64_t cd, entry, leaf, table;
    bool hd = sm_idr(sm->t, 0, "HTTU") >= 2;
    struct both b;

    both_open(&b, path);
    /* Of a two-level table the L1CD says where the CD's page is. */
    cd = sm_l1cd_address(sm, path->sid, path->ssid)
             ? sm_get_field(sm, sm_l1cd_address(sm, path->sid, path->ssid), "L1CD", "L2Ptr")
             : path->cd_table;
    entry = sm_entry(sm, path->s2, cd, 3);
    leaf = mem_read64(sm->t, entry);
    sm_ste_set(sm, path->sid, "S2HA", 1);
    sm_ste_set(sm, path->sid, "S2HD", hd);
    for (uint32_t i = 0; i < 4; i++) {
        uint64_t before = (leaf & ~WRITE_BIT & ~(i & 1 ? AF : 0)) | (i & 2 ? DBM : 0);

        mem_write64(sm->t, entry, before);
        sm_invalidate_all(sm);
        sm_spot_ok(&b.s, "SMMU-3-528");
        sm_sync(sm);
        CHECK_EQ(sm->t, "SMMU-3-528", before | AF, mem_read64(sm->t, entry), "the stage 2 leaf of the CD's page");
    }
    mem_write64(sm->t, entry, leaf);
    table = (b.page_leaf & ~WRITE_BIT & ~AF) | DBM;
    mem_write64(sm->t, b.entry, table);
    sm_invalidate_all(sm);
    sm_spot_ok(&b.s, "SMMU-3-150");
    sm_sync(sm);
    CHECK(sm->t, "SMMU-3-150",
          mem_read64(sm->t, b.entry) == (table | AF) || (hd && mem_read64(sm->t, b.entry) == (table | AF | WRITE_BIT)),
          "the stage 2 leaf of a page with stage 1 tables: AF, and dirty or not (%016llx)",
          (unsigned long long)mem_read64(sm->t, b.entry));
}

/* D8.5.1.2: the flag of the other stage may be set when one denies; nothing becomes dirty by a denied write. */
static void denied_body(struct sm *sm, struct sm_path *path)
{
    bool hd = sm_idr(sm->t, 0, "HTTU") >= 2;
    uint64_t one, two, entry;
    struct iotb_request r;
    struct sm_expected e;
    struct sm_spot s;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    entry = sm_entry(sm, path->s2, sm_path_ipa(path, s.input), 3);
    one = value(&s);
    two = mem_read64(sm->t, entry);
    sm_cd_set(sm, path->sid, path->ssid, "HA", 1);
    sm_cd_set(sm, path->sid, path->ssid, "HD", hd);
    sm_ste_set(sm, path->sid, "S2HA", 1);
    sm_ste_set(sm, path->sid, "S2HD", hd);
    r = sm_spot_request(&s, IOTB_WRITE);
    /* Stage 1 denies: the data page stays clean at stage 2. */
    mem_write64(sm->t, entry, (two & ~WRITE_BIT & ~AF) | DBM);
    sm_spot_write(&s, 3, (one | WRITE_BIT) & ~AF);
    e = sm_s1_event(SM_F_PERMISSION);
    sm_expect_event(sm, "SMMU-3-529", &r, &e, s.host);
    sm_sync(sm);
    CHECK(sm->t, "SMMU-3-529", !(mem_read64(sm->t, entry) & WRITE_BIT),
          "stage 1 denies the write: the page stays clean at stage 2");
    CHECK(sm->t, "SMMU-3-529", (value(&s) & ~AF) == ((one | WRITE_BIT) & ~AF), "only AF of the stage 1 leaf may change");
    /* Stage 2 denies: the stage 1 leaf may get AF; with an unmapped IPA too. */
    mem_write64(sm->t, entry, two & ~UINT64_C(1));
    sm_spot_write(&s, 3, one & ~AF);
    e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, sm_path_ipa(path, s.input));
    sm_expect_event(sm, "SMMU-3-529", &r, &e, s.host);
    sm_sync(sm);
    CHECK(sm->t, "SMMU-3-529", (value(&s) & ~AF) == (one & ~AF), "only AF of the stage 1 leaf may change");
    mem_write64(sm->t, entry, two);
    sm_spot_write(&s, 3, one);
    sm_spot_ok(&s, "SMMU-3-529");
}

/* ---- groups, memory types, tables ---- */

/* D8.5.5: in a contiguous group at least one entry gets the flag, and no bit but AF changes anywhere. */
static void group_body(struct sm *sm, struct sm_path *path)
{
    struct sm_table *table = sm_spot_stage(sm) == 1 ? path->s1 : path->s2;
    uint32_t count = table->granule_lg2 == 12 ? 16 : table->granule_lg2 == 14 ? 128 : 32, set = 0;
    uint64_t page = UINT64_C(1) << table->granule_lg2, at = page * count * 4, host = mem_alloc(sm->t, page * count, page * count);
    struct iotb_request r = sm_request(path, IOTB_READ, at + 5 * page + SPOT_OFFSET, 8);
    struct sm_spot s = {.sm = sm, .path = path, .table = table};

    flags(&s, true, false, false);
    for (uint32_t i = 0; i < count; i++)
        sm_map(sm, table, at + i * page, host + i * page, 0, SM_RW | SM_CONT | SM_NO_AF);
    sm_invalidate_all(sm);
    sm_expect_ok(sm, "SMMU-3-535", &r, host + 5 * page + SPOT_OFFSET);
    sm_sync(sm);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t leaf = mem_read64(sm->t, sm_entry(sm, table, at + i * page, 3));
        uint64_t expected = sm_leaf(table, host + i * page, table->granule_lg2, SM_RW | SM_CONT | SM_NO_AF);

        set += leaf >> SM_BIT_AF & 1;
        CHECK_EQ(sm->t, "SMMU-3-535", expected & ~AF, leaf & ~AF, "member %u of the group, AF aside", i);
    }
    CHECK(sm->t, "SMMU-3-535", set >= 1, "a member of the group has AF = 1 (%u)", set);
}

/* Tables that are not write-back: an update, or F_WALK_EABT. */
static void type_body(struct sm *sm, struct sm_path *path)
{
    uint32_t stage = sm_spot_stage(sm);
    struct sm_spot s;
    uint64_t leaf;

    sm_spot_open(&s, path, stage, SPOT_INPUT);
    flags(&s, true, false, false);
    leaf = value(&s);
    for (uint32_t type = 0; type < 4; type++) {
        uint64_t host = s.host + SPOT_OFFSET;
        struct sm_seen seen;

        if (stage == 1) {
            sm_cd_set(sm, path->sid, path->ssid, "IR0", type);
            sm_spot_cd(&s, "OR0", type);
        } else {
            sm_ste_set(sm, path->sid, "S2IR0", type);
            sm_spot_ste(&s, "S2OR0", type);
        }
        sm_spot_write(&s, 3, leaf & ~AF);
        seen = sm_try(sm, &s.r, &host, 1);
        sm_sync(sm);
        test_context(sm->t, "%s, table cacheability %u", sm_path_name(path), type);
        if (type & 1) /* write-back */
            CHECK(sm->t, "SMMU-3-536", seen.result == SM_ARRIVED && value(&s) == leaf, "write-back tables are updated");
        else
            CHECK(sm->t, "SMMU-3-536",
                  (seen.result == SM_ARRIVED && value(&s) == leaf) || (seen.result == SM_REFUSED && seen.type == SM_F_WALK_EABT),
                  "updated, or F_WALK_EABT (result %d, event %02xh, %016llx)", (int)seen.result, seen.type,
                  (unsigned long long)value(&s));
    }
}

/* HAFT: table descriptors get AF; without it they are left alone and their bit 10 does not matter. */
static void tables_body(struct sm *sm, struct sm_path *path)
{
    uint32_t stage = sm_spot_stage(sm);
    bool there = sm_idr(sm->t, 0, "HTTU") == 3;
    struct sm_spot s;

    sm_spot_open(&s, path, stage, SPOT_INPUT);
    flags(&s, true, false, false);
    for (uint32_t haft = 0; haft < 2; haft++) {
        for (uint32_t flag = 0; flag < 2; flag++) {
            for (int level = s.table->start_level; level < 3; level++)
                sm_set_bits(sm, sm_spot_entry(&s, level), SM_BIT_AF, SM_BIT_AF, flag);
            if (stage == 1)
                sm_spot_cd(&s, "HAFT", haft);
            else
                sm_spot_ste(&s, "S2HAFT", haft);
            sm_spot_ok(&s, "SMMU-3-537");
            sm_sync(sm);
            for (int level = s.table->start_level; level < 3; level++)
                CHECK_EQ(sm->t, "SMMU-3-537", flag || (there && haft),
                         sm_get_bits(sm, sm_spot_entry(&s, level), SM_BIT_AF, SM_BIT_AF),
                         "AF of the level %d table descriptor, HAFT %u", level, haft);
        }
    }
    if (there) { /* 5.4.1: HAFT without HA is ILLEGAL, so HA stays */
        for (int level = s.table->start_level; level < 3; level++)
            sm_set_bits(sm, sm_spot_entry(&s, level), SM_BIT_AF, SM_BIT_AF, 0);
        sm_invalidate_all(sm);
        sm_spot_ok(&s, "SMMU-3-537");
    }
}

/* ---- visibility ---- */

static void visible_body(struct sm *sm, struct sm_path *path)
{
    struct iotb_request r;
    struct outcome o;
    struct sm_spot s;
    uint64_t leaf;

    sm_spot_open(&s, path, sm_spot_stage(sm), SPOT_INPUT);
    flags(&s, true, false, false);
    leaf = value(&s);
    test_latency(sm->t, 1000, 100000, true);
    for (uint32_t i = 0; i < 8; i++) {
        struct sm_command tlbi = sm_cmd_nsnh_all();

        sm_spot_write(&s, 3, leaf & ~AF);
        r = sm_spot_request(&s, i & 1 ? IOTB_READ : IOTB_WRITE);
        o = request_run(sm->t, &r);
        CHECK(sm->t, "SMMU-3-149", o.done, "the request completes");
        CHECK(sm->t, "SMMU-3-149", i & 2 ? sm_sync(sm) : sm_submit(sm, &tlbi, 1), "CMD_SYNC completes");
        CHECK_EQ(sm->t, "SMMU-3-149", leaf, value(&s), "the leaf after the request's completion and a CMD_SYNC");
    }
    test_latency(sm->t, 0, 0, false);
    sm_event_clear(sm);
}

/* 6.3.9.6: with SMMUEN = 0 nothing is updated. */
static void disabled_body(struct sm *sm, struct sm_path *path)
{
    struct iotb_request r;
    struct sm_spot s;
    uint64_t leaf;

    sm_spot_open(&s, path, sm_spot_stage(sm), SPOT_INPUT);
    flags(&s, true, false, false);
    leaf = value(&s);
    sm_spot_write(&s, 3, leaf & ~AF);
    CHECK(sm->t, "SMMU-6-925", sm_enable(sm, "SMMUEN", 0), "SMMUEN becomes 0");
    r = sm_spot_request(&s, IOTB_READ);
    request_run(sm->t, &r);
    test_settle(sm->t);
    CHECK_EQ(sm->t, "SMMU-6-925", leaf & ~AF, value(&s), "the leaf after a request with SMMUEN = 0");
    CHECK(sm->t, "SMMU-6-925", sm_enable(sm, "SMMUEN", 1), "SMMUEN becomes 1");
    sm_invalidate_all(sm);
    sm_spot_ok(&s, "SMMU-6-925");
    sm_sync(sm);
    CHECK_EQ(sm->t, "SMMU-6-925", leaf, value(&s), "the leaf after a request with SMMUEN = 1");
}

#define STAGE(var, flavours, stage, function) static const struct sm_spot_case var = {flavours, stage, function}
#define FIRST SM_STAGE1_FLAVOURS
#define SECOND (SM_S2_FLAVOURS | SM_FLAVOUR(SM_F_NESTED))
STAGE(software_1, FIRST, 1, software_body);
STAGE(software_2, SECOND, 2, software_body);
STAGE(access_flag_1, FIRST, 1, access_flag_body);
STAGE(access_flag_2, SECOND, 2, access_flag_body);
STAGE(refused_1, FIRST, 1, refused_body);
STAGE(refused_2, SECOND, 2, refused_body);
STAGE(dirty_1, FIRST, 1, dirty_body);
STAGE(dirty_2, SECOND, 2, dirty_body);
STAGE(read_then_write_1, FIRST, 1, read_then_write_body);
STAGE(read_then_write_2, SECOND, 2, read_then_write_body);
STAGE(removed, SM_S1_FLAVOURS | SM_E2H_FLAVOURS | SM_NESTED_FLAVOURS, 1, removed_body);
STAGE(execute, SM_FLAVOUR(SM_F_S1_SSID) | SM_FLAVOUR(SM_F_E2H_SSID), 1, execute_body);
STAGE(atomic_1, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_EL2), 1, atomic_body);
STAGE(atomic_2, SM_FLAVOUR(SM_F_S2), 2, atomic_body);
STAGE(stale_1, SM_FLAVOUR(SM_F_S1), 1, stale_body);
STAGE(stale_2, SM_FLAVOUR(SM_F_S2), 2, stale_body);
STAGE(table_write, SM_NESTED_FLAVOURS, 1, table_write_body);
STAGE(structures, SM_NESTED_FLAVOURS, 1, structures_body);
STAGE(denied, SM_NESTED_FLAVOURS, 1, denied_body);
STAGE(group_1, SM_FLAVOUR(SM_F_S1), 1, group_body);
STAGE(group_2, SM_FLAVOUR(SM_F_S2), 2, group_body);
STAGE(type_1, SM_FLAVOUR(SM_F_S1), 1, type_body);
STAGE(type_2, SM_FLAVOUR(SM_F_S2), 2, type_body);
STAGE(tables_1, SM_FLAVOUR(SM_F_S1), 1, tables_body);
STAGE(tables_2, SM_FLAVOUR(SM_F_S2), 2, tables_body);
STAGE(visible_1, SM_FLAVOUR(SM_F_S1), 1, visible_body);
STAGE(visible_2, SM_FLAVOUR(SM_F_S2), 2, visible_body);
STAGE(disabled_1, SM_FLAVOUR(SM_F_S1), 1, disabled_body);

#define CASE(n, text, arg, r, gated, feature)                                                                           \
    {                                                                                                                   \
        .name = "smmuv3.httu." n, .summary = text, .run = sm_spot_run_once, .argument = &arg, .rows = r, .gate = gated, \
        .features = feature, .functional = true, .tier = TIER_FULL                                                      \
    }
#define S1 SM_GATE_S1
#define S2 SM_GATE_S2
#define N SM_GATE_NESTED
#define H1 "&IDR0.HTTU"
#define H2 "&IDR0.HTTU>=2"

static const struct iotb_case cases[] = {
    CASE("software_stage1", "HA = 0: AF = 0 faults, with AFFD it does not; the descriptor stays.", software_1,
         "SMMU-5-127 SMMU-7-052 SMMU-3-519", S1, 0),
    CASE("software_stage2", "S2HA = 0: AF = 0 faults, with S2AFFD it does not; the descriptor stays.", software_2,
         "SMMU-5-084 SMMU-7-052 SMMU-3-519", S2, 0),
    CASE("access_flag_stage1", "HA = 1 sets AF of the leaf of any size and nothing else.", access_flag_1,
         "SMMU-3-516 SMMU-5-127 SMMU-3-146 SMMU-D8-001", S1 H1, 0),
    CASE("access_flag_stage2", "S2HA = 1 sets AF of the leaf of any size and nothing else.", access_flag_2,
         "SMMU-3-517 SMMU-5-084 SMMU-3-146 SMMU-D8-001", S2 H1, 0),
    CASE("refused_stage1", "A refused access may set AF and nothing else.", refused_1, "SMMU-3-518", S1 H1, 0),
    CASE("refused_stage2", "A refused access may set AF and nothing else.", refused_2, "SMMU-3-518", S2 H1, 0),
    CASE("dirty_stage1", "HA and HD: a write to a writable-clean leaf clears AP[2]; nothing else does.", dirty_1,
         "SMMU-3-520 SMMU-3-522 SMMU-3-523 SMMU-3-524 SMMU-3-146 SMMU-5-140", S1 H2, 0),
    CASE("dirty_stage2", "S2HA and S2HD: a write to a writable-clean leaf sets S2AP[1]; nothing else does.", dirty_2,
         "SMMU-3-521 SMMU-3-522 SMMU-3-523 SMMU-3-524 SMMU-3-146 SMMU-5-089", S2 H2, 0),
    CASE("read_then_write_stage1", "A leaf that reads have cached clean becomes dirty with the first write.", read_then_write_1,
         "SMMU-3-520 SMMU-3-522 SMMU-D8-001", S1 H2, 0),
    CASE("read_then_write_stage2", "A leaf that reads have cached clean becomes dirty with the first write.", read_then_write_2,
         "SMMU-3-521 SMMU-3-522 SMMU-D8-001", S2 H2, 0),
    CASE("removed", "A write that APTable or PAN takes away does not make a leaf dirty.", removed, "SMMU-3-525", S1 H2, 0),
    CASE("execute", "Writable-clean counts as writable for WXN and for the implied PXN.", execute, "SMMU-3-531", S1 H2,
         IOTB_F_PASID | IOTB_F_PRIVILEGE),
    CASE("atomic_stage1", "An edit just before the update is neither lost nor overlooked.", atomic_1, "SMMU-3-516 SMMU-3-534",
         S1 H1, IOTB_F_BENCH_MEMORY),
    CASE("atomic_stage2", "An edit just before the update is neither lost nor overlooked.", atomic_2, "SMMU-3-517 SMMU-3-534",
         S2 H1, IOTB_F_BENCH_MEMORY),
    CASE("stale_stage1", "A dirty update uses the descriptor in memory, not the cached one.", stale_1, "SMMU-3-534 SMMU-3-522",
         S1 H2, 0),
    CASE("stale_stage2", "A dirty update uses the descriptor in memory, not the cached one.", stale_2, "SMMU-3-534 SMMU-3-522",
         S2 H2, 0),
    CASE("table_write", "An update of a stage 1 descriptor needs stage 2 to let its page be written, and dirties it.",
         table_write, "SMMU-3-526 SMMU-3-527", N H1, 0),
    CASE("structures", "CD fetches set AF at stage 2 and never dirty a page.", structures, "SMMU-3-528 SMMU-3-150", N H1, 0),
    CASE("denied", "When a stage denies, the other's flag may be set, and nothing becomes dirty.", denied, "SMMU-3-529", N H1, 0),
    CASE("group_stage1", "In a contiguous group some member gets AF and no other bit changes.", group_1, "SMMU-3-535", S1 H1, 0),
    CASE("group_stage2", "In a contiguous group some member gets AF and no other bit changes.", group_2, "SMMU-3-535", S2 H1, 0),
    CASE("table_type_stage1", "Tables that are not write-back are updated or abort.", type_1, "SMMU-3-536", S1 H1, 0),
    CASE("table_type_stage2", "Tables that are not write-back are updated or abort.", type_2, "SMMU-3-536", S2 H1, 0),
    CASE("tables_stage1", "HAFT sets AF of every table descriptor on the way; without it they stay.", tables_1, "SMMU-3-537",
         S1 H1, 0),
    CASE("tables_stage2", "S2HAFT sets AF of every table descriptor on the way; without it they stay.", tables_2, "SMMU-3-537",
         S2 H1, 0),
    CASE("visible_stage1", "An update is visible after its request has completed and a CMD_SYNC too.", visible_1, "SMMU-3-149",
         S1 H1, 0),
    CASE("visible_stage2", "An update is visible after its request has completed and a CMD_SYNC too.", visible_2, "SMMU-3-149",
         S2 H1, 0),
    CASE("disabled", "No update while SMMUEN = 0.", disabled_1, "SMMU-6-925", S1 H1, 0),
};

const struct iotb_case_list sm_httu_cases = {cases, sizeof cases / sizeof cases[0]};
