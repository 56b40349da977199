/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What may be cached at all (6.1 Caching Mode, 6.2.4.1, 6.2.5.5, 6.5.3.5), which rights a cached translation carries, what
 * removal of an entry needs, and what Set Root Table Pointer and disabling drop (6.6, 11.4.4.1).
 */
#include "vtd_stale.h"

#include "vtd_chapters.h"

#define INPUT UINT64_C(0x2345000)

/* Reasons of absent and malformed entries, 7.1.3 Table 30; which belongs to which entry is decided elsewhere. */
static const uint32_t absent[] = {0x01, 0x02, 0x05, 0x06, 0x39, 0x41, 0x51, 0x59, 0x71, 0x79};
static const uint32_t malformed[] = {0x0a, 0x0b, 0x0c, 0x3a, 0x42, 0x52, 0x5a, 0x7a, 0x72};

#define REASONS(A) (A), (uint32_t)(sizeof(A) / sizeof(A)[0])

static void expect_defect(struct stale *s, const char *row, bool reserved)
{
    if (reserved)
        vt_expect_fault_any(s->vt, row, &s->r, REASONS(malformed), s->host[0] + 0x48);
    else
        vt_expect_fault_any(s->vt, row, &s->r, REASONS(absent), s->host[0] + 0x48);
}

/* ---- caching mode ---- */

static void invalidate_for(struct stale *s, enum stale_spot_kind kind)
{
    static const enum stale_drop scalable[][3] = {
        [SPOT_ROOT] = {DROP_CC_GLOBAL, DROP_PC_GLOBAL, DROP_GLOBAL},
        [SPOT_CONTEXT] = {DROP_CC_DEVICE, DROP_PC_DOMAIN, DROP_DOMAIN},
        [SPOT_DIRECTORY] = {DROP_PC_PASID, DROP_DOMAIN, DROP_DOMAIN},
        [SPOT_PASID] = {DROP_PC_PASID, DROP_DOMAIN, DROP_DOMAIN},
        [SPOT_SECOND] = {DROP_DOMAIN, DROP_DOMAIN, DROP_DOMAIN},
        [SPOT_FIRST] = {DROP_P_PAGE, DROP_P_PAGE, DROP_P_PAGE},
    };
    static const enum stale_drop legacy[][2] = {
        [SPOT_ROOT] = {DROP_CC_GLOBAL, DROP_GLOBAL},
        [SPOT_CONTEXT] = {DROP_CC_DEVICE, DROP_DOMAIN},
        [SPOT_SECOND] = {DROP_DOMAIN, DROP_DOMAIN},
    };
    bool is_legacy = s->path.flavour->mode == VT_LEGACY;

    for (int i = 0; i < (is_legacy ? 2 : 3); i++)
        stale_drop(s, is_legacy ? legacy[kind > SPOT_CONTEXT ? SPOT_SECOND : kind][i] : scalable[kind][i], s->input);
}

/* Repaired, the entry works at once where faults are not cached. With CM = 1 that holds for first-stage entries only; for
 * others the fault may be repeated until the invalidation that 6.1 prescribes, whose tag is domain 0 for context and PASID
 * entries (6.2.2, 6.2.3). */
static void judge_repaired(struct stale *s, const struct stale_spot *spot, bool cm, bool reserved)
{
    uint64_t hosts[1] = {s->host[0] + 0x48};
    const char *row = spot->kind == SPOT_FIRST ? "VTD-6-040" : spot->level > 1 ? "VTD-6-030" : "VTD-6-010";
    struct stale none = *s;
    struct vt_seen seen;

    if (!cm || spot->kind == SPOT_FIRST) {
        if (cm)
            row = spot->level > 1 ? "VTD-6-011" : "VTD-11-531";
        else if (!reserved && spot->kind == SPOT_SECOND && spot->level == 1)
            row = "VTD-6-651";
        else if (!reserved && spot->kind == SPOT_CONTEXT)
            row = "VTD-11-529";
        stale_warm(s, row);
        return;
    }
    seen = vt_try(s->vt, &s->r, hosts, 1);
    CHECK(s->vt->t, "VTD-11-530", seen.result == VT_ARRIVED || (seen.result == VT_REFUSED && seen.fr),
          "before the invalidation the request arrives or faults as before");
    none.path.did = 0;
    switch (spot->kind) {
    case SPOT_CONTEXT:
        stale_drop(s->path.flavour->mode == VT_LEGACY ? &none : s, DROP_CC_DOMAIN, 0);
        stale_warm(s, "VTD-6-012");
        break;
    case SPOT_PASID:
        stale_drop(&none, DROP_PC_DOMAIN, 0);
        stale_warm(s, "VTD-6-013");
        break;
    case SPOT_SECOND:
        stale_drop(s, stale_can_drop(s, DROP_PAGE) ? DROP_PAGE : DROP_DOMAIN, s->guest ? s->guest : s->input);
        stale_warm(s, "VTD-6-014");
        break;
    case SPOT_ROOT:
    case SPOT_DIRECTORY:
    case SPOT_FIRST:
    default:
        invalidate_for(s, spot->kind);
        stale_drop(&none, DROP_CC_DOMAIN, 0);
        if (s->path.flavour->mode == VT_SCALABLE)
            stale_drop(&none, DROP_PC_DOMAIN, 0);
        stale_warm(s, "VTD-6-011");
    }
}

static void repair_body(struct vt *vt, struct vt_path *path)
{
    bool cm = vt_cap(vt->t, "CM") != 0;
    struct stale_spot spots[STALE_SPOTS_MAX];
    struct stale s;
    uint32_t count;

    stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4, INPUT);
    count = stale_spots(&s, spots);
    for (uint32_t i = 0; i < count; i++)
        for (int reserved = 0; reserved < (spots[i].reserved ? 2 : 1); reserved++) {
            uint64_t good = mem_read64(vt->t, spots[i].address);

            test_context(vt->t, "%s, %s, level %u, %s", path->flavour->name, stale_spot_name(&spots[i]), spots[i].level,
                         reserved ? "reserved bit set" : "not present");
            mem_write64(vt->t, spots[i].address, reserved ? good | UINT64_C(1) << spots[i].reserved : 0);
            vt_invalidate_all(vt);
            expect_defect(&s, cm ? "VTD-6-011" : "VTD-6-010", reserved);
            mem_write64(vt->t, spots[i].address, good);
            vt_flush_writes(vt);
            judge_repaired(&s, &spots[i], cm, reserved);
        }
}

static void repair(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, repair_body);
}

/* ---- removal ---- */

static void removal_body(struct vt *vt, struct vt_path *path)
{
    static const char *const rows_legacy[] = {"VTD-6-658", "VTD-6-659", "", "", "VTD-6-648", ""};
    static const char *const rows[] = {"VTD-6-658", "VTD-6-660", "VTD-6-664", "VTD-6-661", "VTD-6-648", "VTD-6-665"};
    struct stale_spot spots[STALE_SPOTS_MAX];
    struct stale s;
    uint32_t count;

    stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4, INPUT);
    count = stale_spots(&s, spots);
    for (uint32_t i = 0; i < count; i++) {
        const char *row = path->flavour->mode == VT_LEGACY ? rows_legacy[spots[i].kind] : rows[spots[i].kind];
        uint64_t good = mem_read64(vt->t, spots[i].address);

        test_context(vt->t, "%s, %s, level %u taken away", path->flavour->name, stale_spot_name(&spots[i]), spots[i].level);
        stale_warm(&s, row);
        mem_write64(vt->t, spots[i].address, 0);
        invalidate_for(&s, spots[i].kind);
        expect_defect(&s, row, false);
        mem_write64(vt->t, spots[i].address, good);
        vt_flush_writes(vt);
        vt_invalidate_all(vt);
    }
}

static void removal(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, removal_body);
}

/* Table 28: a PASID entry without a second stage is taken away with a PASID-selective invalidation. */
static void removal_pasid_body(struct vt *vt, struct vt_path *path)
{
    struct stale s;

    stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4, INPUT);
    stale_warm(&s, "VTD-6-662");
    mem_write64(vt->t, vt_pasid_address(vt, path->rid, path->pasid), 0);
    stale_drop(&s, DROP_PC_PASID, 0);
    stale_drop(&s, DROP_P_PASID, 0);
    expect_defect(&s, "VTD-6-662", false);
}

static void removal_pasid(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS, removal_pasid_body);
}

/* ---- rights that a cached translation carries ---- */

/* 8 write denied (legacy 05h, scalable 85h), read denied (06h, 86h), user denied 81h. */
static uint32_t no_write(const struct vt_path *path)
{
    return path->flavour->mode == VT_LEGACY ? 0x05 : 0x85;
}

static uint64_t level_entry(struct stale *s, uint32_t level)
{
    return vt_entry(s->vt, vt_path_table(&s->path), s->input, level);
}

static void set_write(struct stale *s, uint32_t level, bool on)
{
    uint64_t entry = level_entry(s, level);
    uint64_t value = mem_read64(s->vt->t, entry); /* R/W and W are bit 1 in both stages */

    mem_write64(s->vt->t, entry, on ? value | 2 : value & ~UINT64_C(2));
}

static void rights_body(struct vt *vt, struct vt_path *path)
{
    uint32_t levels = vt_path_table(path)->levels;

    for (uint32_t level = 1; level <= levels; level++) {
        const char *row = level > 1 ? "VTD-6-024" : "VTD-6-026";
        struct stale s;

        stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4, INPUT);
        test_context(vt->t, "%s, no write at level %u", path->flavour->name, level);
        set_write(&s, level, false);
        vt_invalidate_all(vt);
        s.r.kind = IOTB_READ;
        stale_warm(&s, row);
        s.r.kind = IOTB_WRITE;
        vt_expect_fault(vt, row, &s.r, no_write(path), s.host[0] + 0x48);
        s.r.kind = IOTB_READ;
        stale_warm(&s, "VTD-6-026");
        s.r.kind = IOTB_WRITE;
        vt_expect_fault(vt, "VTD-6-026", &s.r, no_write(path), s.host[0] + 0x48);
        /* Another page below the same entries, with the table pointers cached and its own leaf never used. */
        if (level > 1) {
            uint64_t beside = vt_path_page(&s.path, INPUT + 0x1000, VT_RW);

            s.r.address = INPUT + 0x1048;
            vt_expect_fault(vt, row, &s.r, no_write(path), beside + 0x48);
            s.r.kind = IOTB_READ;
            vt_expect_ok(vt, row, &s.r, beside + 0x48);
        }
    }
}

static void rights(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, rights_body);
}

/* Rights that grow may be noticed late, rights that shrink are gone after the invalidation. */
static void upgrade_body(struct vt *vt, struct vt_path *path)
{
    uint32_t levels = vt_path_table(path)->levels;

    for (uint32_t level = 1; level <= levels; level++) {
        struct stale s;
        struct vt_seen seen;
        uint64_t host;

        stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4, INPUT);
        host = s.host[0] + 0x48;
        test_context(vt->t, "%s, write at level %u", path->flavour->name, level);
        set_write(&s, level, false);
        vt_invalidate_all(vt);
        s.r.kind = IOTB_READ;
        stale_warm(&s, "VTD-6-041");
        set_write(&s, level, true);
        s.r.kind = IOTB_WRITE;
        seen = vt_try(vt, &s.r, &host, 1);
        CHECK(vt->t, "VTD-6-041",
              (seen.result == VT_ARRIVED && !seen.fr) || (seen.result == VT_REFUSED && seen.fr == no_write(path)),
              "a write after the right was added arrives or faults (reason %02xh)", seen.fr);
        vt_path_invalidate_page(&s.path, INPUT, 12, false);
        stale_warm(&s, "VTD-6-041");
        set_write(&s, level, false);
        seen = vt_try(vt, &s.r, &host, 1);
        CHECK(vt->t, "VTD-6-652",
              (seen.result == VT_ARRIVED && !seen.fr) || (seen.result == VT_REFUSED && seen.fr == no_write(path)),
              "a write after the right was taken arrives or faults (reason %02xh)", seen.fr);
        vt_path_invalidate_page(&s.path, INPUT, 12, false);
        vt_expect_fault(vt, "VTD-6-652", &s.r, no_write(path), host);
    }
}

static void upgrade(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, upgrade_body);
}

/* A supervisor's translation serves no user, and a user's denial no supervisor. */
static void supervisor_body(struct vt *vt, struct vt_path *path)
{
    struct stale s;
    uint64_t entry;

    for (uint32_t level = 1; level <= path->fs->levels; level++) {
        stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4, INPUT);
        test_context(vt->t, "%s, supervisor page by level %u", path->flavour->name, level);
        vt_set_field(vt, vt_pasid_address(vt, path->rid, path->pasid), "pasid_table_entry", "SRE", 1);
        entry = level_entry(&s, level);
        mem_write64(vt->t, entry, mem_read64(vt->t, entry) & ~UINT64_C(4)); /* U/S */
        vt_invalidate_all(vt);
        s.r.kind = IOTB_READ;
        s.r.flags |= IOTB_RQ_PRIVILEGED;
        stale_warm(&s, "VTD-6-025");
        s.r.flags &= ~(uint32_t)IOTB_RQ_PRIVILEGED;
        vt_expect_fault(vt, "VTD-6-025", &s.r, 0x81, s.host[0] + 0x48);
        s.r.flags |= IOTB_RQ_PRIVILEGED;
        stale_warm(&s, "VTD-6-025");
    }
}

static void supervisor(struct test *t)
{
    vt_each_flavour(t, 1u << VT_PASID_FS | 1u << VT_PASID_NESTED, supervisor_body);
}

/* ---- accessed and dirty flags of what is cached ---- */

static uint64_t flags_of(struct stale *s, uint32_t level)
{
    return mem_read64(s->vt->t, level_entry(s, level)) & 0x60; /* A bit 5, D bit 6: 9.7 */
}

static void flags_body(struct vt *vt, struct vt_path *path)
{
    uint32_t levels = path->fs->levels;
    struct stale s;

    stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4, INPUT);
    for (uint32_t level = 1; level <= levels; level++)
        mem_write64(vt->t, level_entry(&s, level), mem_read64(vt->t, level_entry(&s, level)) & ~UINT64_C(0x60));
    vt_invalidate_all(vt);
    s.r.kind = IOTB_READ;
    for (int use = 0; use < 3; use++) {
        stale_warm(&s, "VTD-6-031");
        for (uint32_t level = 1; level <= levels; level++)
            CHECK(vt->t, "VTD-6-031", flags_of(&s, level) & 0x20, "A is set in the entry of level %u", level);
    }
    CHECK_EQ(vt->t, "VTD-6-031", 0x20, flags_of(&s, 1), "flags of the leaf after reads");
    s.r.kind = IOTB_WRITE;
    stale_warm(&s, "VTD-6-656");
    CHECK_EQ(vt->t, "VTD-6-656", 0x60, flags_of(&s, 1), "flags of the leaf after a write");
    /* Cleared behind the cache: whether they come back at once is open, after the invalidation they must. */
    mem_write64(vt->t, level_entry(&s, 1), mem_read64(vt->t, level_entry(&s, 1)) & ~UINT64_C(0x60));
    stale_warm(&s, "VTD-6-656");
    vt_path_invalidate_page(&s.path, INPUT, 12, true);
    stale_warm(&s, "VTD-6-656");
    CHECK_EQ(vt->t, "VTD-6-656", 0x60, flags_of(&s, 1), "flags of the leaf after invalidation and a write");
    for (uint32_t level = 2; level <= levels; level++)
        mem_write64(vt->t, level_entry(&s, level), mem_read64(vt->t, level_entry(&s, level)) & ~UINT64_C(0x20));
    vt_path_invalidate_page(&s.path, INPUT, 12, false);
    stale_warm(&s, "VTD-6-656");
    for (uint32_t level = 2; level <= levels; level++)
        CHECK_EQ(vt->t, "VTD-6-656", 0x20, flags_of(&s, level), "flags of level %u after invalidation with IH=0", level);
}

static void flags(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS | VT_NESTED_FLAVOURS, flags_body);
}

/* ---- root pointer and disabling: walk caches are dropped too ---- */

struct twins {
    struct vt vt;
    struct vt_path path[2]; /* one device, PASID and domain; tables under root[0] and root[1] */
    uint64_t root[2], host[2], beside[2];
    struct iotb_request r;
};

static void twins_open(struct twins *w, struct test *t, enum vt_flavour_id id)
{
    vt_open_mode(&w->vt, t, vt_flavours[id].mode);
    for (int i = 1; i >= 0; i--) {
        w->root[i] = w->vt.root = mem_alloc(t, 4096, 4096);
        vt_path_open(&w->vt, &w->path[i], id, vt_rid(&w->vt, 0), 0x45, 4);
        w->host[i] = vt_path_page(&w->path[i], INPUT, VT_RW);
        w->beside[i] = vt_path_page(&w->path[i], INPUT + 0x1000, VT_RW);
    }
    vt_set_root(&w->vt, vt_rtaddr(&w->vt, w->vt.config.mode));
    vt_invalidate_all(&w->vt);
    w->r = vt_request(&w->path[0], IOTB_WRITE, INPUT + 0x40, 8);
}

/* Both pages, the one whose leaf was never used first: it meets cached table pointers only. */
static void twins_judge(struct twins *w, const char *row, int which)
{
    struct iotb_request r = w->r;

    r.address = INPUT + 0x1040;
    vt_expect_ok(&w->vt, row, &r, w->beside[which] + 0x40);
    vt_expect_ok(&w->vt, row, &w->r, w->host[which] + 0x40);
}

static void srtp_round(struct test *t, enum vt_flavour_id id)
{
    bool enhanced = vt_cap(t, "ESRTPS") != 0;
    const char *row = enhanced ? "VTD-6-501" : "VTD-6-502";
    struct twins w;

    twins_open(&w, t, id);
    vt_expect_ok(&w.vt, row, &w.r, w.host[0] + 0x40);
    w.vt.root = w.root[1];
    vt_set_root(&w.vt, vt_rtaddr(&w.vt, w.vt.config.mode));
    if (!enhanced)
        vt_invalidate_all(&w.vt);
    twins_judge(&w, row, 1);
    w.vt.root = w.root[0];
    vt_set_root(&w.vt, vt_rtaddr(&w.vt, w.vt.config.mode));
    if (!enhanced)
        vt_invalidate_all(&w.vt);
    twins_judge(&w, enhanced ? "VTD-6-001" : "VTD-6-002", 0);
    vt_close(&w.vt);
}

static void disable_round(struct test *t, enum vt_flavour_id id)
{
    bool drops = vt_ecap(t, "SMTS") != 0;
    struct twins w;

    twins_open(&w, t, id);
    vt_expect_ok(&w.vt, drops ? "VTD-11-566" : "VTD-11-567", &w.r, w.host[0] + 0x40);
    vt_command(&w.vt, "TE", false);
    /* The root entry of the device's bus now leads to the tables under the other root. */
    for (int word = 0; word < 2; word++)
        mem_write64(t, vt_root_address(&w.vt, w.path[0].rid) + 8u * (uint32_t)word,
                    mem_read64(t, w.root[1] + 16u * (w.path[0].rid >> 8) + 8u * (uint32_t)word));
    vt_command(&w.vt, "TE", true);
    if (!drops)
        vt_invalidate_all(&w.vt);
    twins_judge(&w, drops ? "VTD-11-003" : "VTD-11-567", 1);
    twins_judge(&w, drops ? "VTD-11-566" : "VTD-11-567", 1);
    vt_close(&w.vt);
}

static void each_paged(struct test *t, void (*round)(struct test *t, enum vt_flavour_id id))
{
    uint32_t ran = 0;

    for (uint32_t id = 0; id < VT_FLAVOUR_COUNT; id++) {
        if (!(VT_PAGED_FLAVOURS & 1u << id) || !vt_has_flavour(t, (enum vt_flavour_id)id))
            continue;
        if (ran++)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "%s", vt_flavours[id].name);
        round(t, (enum vt_flavour_id)id);
    }
    if (!ran)
        test_skip(t, "no translation through page tables");
}

static void srtp_walk_caches(struct test *t)
{
    each_paged(t, srtp_round);
}

static void disable_walk_caches(struct test *t)
{
    each_paged(t, disable_round);
}

/* ---- write buffers ---- */

/* 6.8: a not-present entry that becomes present is seen after WBF, or after any cache invalidation. */
static void buffer_body(struct vt *vt, struct vt_path *path)
{
    for (int flush = 0; flush < 3; flush++) {
        struct stale s;
        uint64_t leaf, good;

        stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4, INPUT);
        leaf = vt_path_leaf(&s.path, INPUT);
        good = mem_read64(vt->t, leaf);
        mem_write64(vt->t, leaf, 0);
        vt_flush_writes(vt);
        vt_invalidate_all(vt);
        expect_defect(&s, "VTD-6-045", false);
        mem_write64(vt->t, leaf, good);
        if (flush == 0)
            CHECK(vt->t, "VTD-6-045", vt_command(vt, "WBF", true), "GSTS.WBFS returns to 0");
        else
            stale_drop(&s, flush == 1 ? DROP_CC_GLOBAL : DROP_GLOBAL, 0);
        stale_warm(&s, "VTD-6-045");
    }
}

static void write_buffers(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, buffer_body);
}

/* ---- RID_PASID changes in a context entry ---- */

static void rid_pasid_change(struct test *t)
{
    enum vt_flavour_id id = vt_has_flavour(t, VT_RID_FS) ? VT_RID_FS : VT_RID_SS;
    struct vt_path nine, ten;
    struct iotb_request r;
    uint64_t host[2];
    struct stale s;
    struct vt vt;

    vt_open_mode(&vt, t, VT_SCALABLE);
    vt_path_open(&vt, &nine, id, vt_rid(&vt, 0), 9, 4);
    host[0] = vt_path_page(&nine, INPUT, VT_RW);
    vt_path_open(&vt, &ten, id, vt_rid(&vt, 0), 10, 5);
    host[1] = vt_path_page(&ten, INPUT, VT_RW);
    vt_invalidate_all(&vt);
    r = vt_request(&nine, IOTB_WRITE, INPUT + 0x40, 8);
    s = (struct stale){.vt = &vt, .path = nine, .input = INPUT};
    for (uint32_t round = 0; round < 4; round++) {
        vt_expect_ok(&vt, "VTD-6-660", &r, host[round % 2] + 0x40);
        vt_set_field(&vt, vt_context_address(&vt, nine.rid), "context_entry_scalable", "RID_PASID", round % 2 ? 9 : 10);
        s.path.did = round % 2 ? 5 : 4;
        stale_drop(&s, DROP_CC_DEVICE, 0);
        stale_drop(&s, DROP_PC_DOMAIN, 0);
        stale_drop(&s, DROP_DOMAIN, 0);
    }
    vt_expect_ok(&vt, "VTD-6-660", &r, host[0] + 0x40);
    vt_close(&vt);
}

#define MODE(NAME, SUMMARY, RUN, ROWS, GATE, FEATURES)                                                                  \
    {                                                                                                                   \
        .name = "vtd.caches." NAME, .summary = SUMMARY, .run = (RUN), .rows = ROWS, .gate = GATE, .features = FEATURES, \
        .functional = true, .tier = TIER_FULL                                                                           \
    }

static const struct iotb_case cases[] = {
    {.name = "vtd.caches.repair",
     .summary = "CM=0: what faulted is not cached; a repaired entry of any kind works at once.",
     .run = repair,
     .rows = "VTD-6-010 VTD-6-030 VTD-6-040 VTD-6-651 VTD-11-529",
     .gate = "!CAP.CM",
     .functional = true,
     .tier = TIER_SMOKE},
    MODE("repair_cm", "CM=1: faults may be cached until the invalidation; those of first-stage entries may not.", repair,
         "VTD-6-011 VTD-6-012 VTD-6-013 VTD-6-014 VTD-11-530 VTD-11-531", "CAP.CM", 0),
    MODE("removal", "An entry of any kind that is taken away is gone after the invalidation for its kind.", removal,
         "VTD-6-658 VTD-6-659 VTD-6-660 VTD-6-661 VTD-6-664 VTD-6-648 VTD-6-665", NULL, 0),
    MODE("removal_pasid", "A first-stage PASID entry is gone after PASID-selective invalidations.", removal_pasid, "VTD-6-662",
         "ECAP.FSTS", 0),
    MODE("rights", "A cached translation carries the rights of all levels, for reads and writes alike.", rights,
         "VTD-6-024 VTD-6-026", NULL, 0),
    MODE("upgrade", "Rights added or taken act at the latest after the invalidation.", upgrade, "VTD-6-041 VTD-6-652", NULL, 0),
    MODE("supervisor", "A translation cached for a supervisor does not serve a user.", supervisor, "VTD-6-025",
         "ECAP.SRS&ECAP.FSTS&ECAP.PASID", IOTB_F_PRIVILEGE | IOTB_F_PASID),
    MODE("flags", "A is set in memory before an entry is used from a cache; cleared flags return after invalidation.", flags,
         "VTD-6-031 VTD-6-656", "ECAP.FSTS&ECAP.SMPWCS", 0),
    MODE("srtp_walk_caches", "After SRTP, with global invalidations where needed, no table pointer of the old root is used.",
         srtp_walk_caches, "VTD-6-001 VTD-6-501 VTD-6-002 VTD-6-502", NULL, 0),
    MODE("disable_walk_caches", "After translation was off no old table pointer is used (SMTS), or none after invalidation.",
         disable_walk_caches, "VTD-11-003 VTD-11-566 VTD-11-567", NULL, 0),
    MODE("write_buffers", "RWBF: a new entry is seen after WBF or any invalidation.", write_buffers, "VTD-6-045", "CAP.RWBF", 0),
    MODE("rid_pasid_change", "A changed RID_PASID is used after the invalidations for a context entry.", rid_pasid_change,
         "VTD-6-660", "ECAP.SMTS&ECAP.RPS", 0),
};

const struct iotb_case_list vtd_caches_mode_cases = {cases, sizeof cases / sizeof cases[0]};
