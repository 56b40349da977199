/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walks that an invalidation overtakes (6.5.2.12, 6.2.2.1, 6.2.3.1, 6.5.4): the answer to one structure read of a request is
 * withheld, a structure that it has read before is changed and invalidated, and the read is answered. The request may go
 * either way, unless the wait was done before it; but nothing that it read before may be used by a later request.
 */
#include "vtd_queue_rig.h"
#include "vtd_stale.h"

#include "vtd_chapters.h"

#define INPUT UINT64_C(0x2345000)
#define STEPS_MAX 20000u

struct overtaking {
    enum stale_change change;
    uint32_t level;
    uint32_t count;
    enum stale_drop drops[3];
    const char *row;
};

/* All changes that the path knows, each with the invalidations of Table 28. */
static uint32_t changes_of(const struct stale *s, struct overtaking *o)
{
    bool legacy = s->path.flavour->mode == VT_LEGACY;
    uint32_t n = 0;

    if (legacy) {
        o[n++] = (struct overtaking){STALE_ROOT, 0, 2, {DROP_CC_GLOBAL, DROP_GLOBAL}, "VTD-6-038"};
        o[n++] = (struct overtaking){STALE_CONTEXT, 0, 2, {DROP_CC_DEVICE, DROP_DOMAIN}, "VTD-6-038"};
    } else {
        o[n++] = (struct overtaking){STALE_ROOT, 0, 3, {DROP_CC_GLOBAL, DROP_PC_GLOBAL, DROP_GLOBAL}, "VTD-6-038"};
        o[n++] = (struct overtaking){STALE_CONTEXT, 0, 3, {DROP_CC_DEVICE, DROP_PC_DOMAIN, DROP_DOMAIN}, "VTD-6-038"};
        o[n++] = (struct overtaking){STALE_DIRECTORY, 0, 2, {DROP_PC_PASID, DROP_DOMAIN}, "VTD-6-636"};
        o[n++] = (struct overtaking){STALE_PASID, 0, 2, {DROP_PC_PASID, s->path.ss ? DROP_DOMAIN : DROP_P_PASID}, "VTD-6-636"};
    }
    for (uint32_t level = s->path.fs ? s->path.fs->levels : 0; level >= 1; level--)
        o[n++] = (struct overtaking){STALE_FIRST, level, 1, {level % 2 ? DROP_P_PAGE : DROP_P_PASID}, "VTD-6-648"};
    for (uint32_t level = s->path.ss ? s->path.ss->levels : 0; level >= 1; level--)
        o[n++] = (struct overtaking){STALE_SECOND, level, 1, {DROP_DOMAIN}, "VTD-6-648"};
    if (s->path.fs && s->path.ss)
        o[n++] = (struct overtaking){STALE_FS_PAGE, 1, 1, {DROP_DOMAIN}, "VTD-6-648"};
    return n;
}

static struct waiter submit(struct stale *s, const struct overtaking *o, uint64_t address)
{
    for (uint32_t i = 0; i < o->count; i++) {
        struct vt_descriptor d = stale_descriptor(s, o->drops[i], address);

        if (o->drops[i] <= DROP_GLOBAL && s->vt->ver_max < 2)
            d.word[0] |= 3u << 6; /* DR, DW */
        vt_put(s->vt, &d);
    }
    return waiter_put(s->vt, false, false);
}

/* Which of the two pages an overtaken write went to: 0, 1, or 2 for neither. */
static uint32_t landed(struct stale *s, const struct iotb_request *r, const uint64_t *before)
{
    uint64_t now[2], data = 0;

    for (int i = 0; i < 8; i++)
        data |= (uint64_t)r->data[i] << (8 * i);
    for (int i = 0; i < 2; i++)
        now[i] = mem_read64(s->vt->t, s->host[i] + 0x48);
    if (now[0] == data && now[1] == before[1])
        return 0;
    return now[1] == data && now[0] == before[0] ? 1 : 2;
}

/* One request, held at `spot`, overtaken by the change. */
static void overtake(struct stale *s, const struct stale_spot *spot, const struct overtaking *o)
{
    struct test *t = s->vt->t;
    struct iotb_request r = s->r;
    uint64_t before[2], address = s->input;
    uint32_t hold, id, where;
    struct waiter w;
    bool early;

    for (int i = 0; i < 2; i++) {
        before[i] = test_random(t) | 1;
        mem_write64(t, s->host[i] + 0x48, before[i]);
    }
    for (int i = 0; i < 8; i++)
        r.data[i] = (uint8_t)(test_random(t) & 0xfe);
    hold = hold_accesses(t, spot->address, spot->address + spot->bytes - 1, ACC_READS);
    id = request_send(t, &r);
    test_settle(t);
    if (!hold_count(t, hold)) { /* not fetched at all: prefetched or cached, which is legal */
        hold_release(t, hold);
        test_settle(t);
        return;
    }
    stale_change(s, o->change, o->level, s->path.did + 2);
    w = submit(s, o, address);
    vt_ring(s->vt);
    test_settle(t);
    early = waiter_done(s->vt, w);
    hold_release(t, hold);
    test_settle(t);
    CHECK(t, o->row, request_outcome(t, id).done, "the overtaken request is done");
    CHECK(t, o->row, waiter_done(s->vt, w), "the wait is done");
    where = landed(s, &r, before);
    CHECK(t, o->row, where < 2, "the overtaken request went to the old or the new page");
    if (early)
        CHECK_EQ(t, "VTD-6-642", 1, where, "page of a request that was still on its way when the wait was done");
    vt_fault_clear(s->vt);
    stale_gone(s, o->row);
}

static void overtake_body(struct vt *vt, struct vt_path *path)
{
    struct stale probe;
    struct stale_spot spots[STALE_SPOTS_MAX];
    struct overtaking changes[STALE_SPOTS_MAX];
    uint32_t spot_count, change_count;

    stale_open(&probe, vt, path->flavour->id, path->rid, path->pasid, 4, INPUT);
    spot_count = stale_spots(&probe, spots);
    change_count = changes_of(&probe, changes);
    for (uint32_t j = 0; j < change_count; j++)
        for (uint32_t k = 0; k < spot_count; k++) {
            struct stale s;

            stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4 + (j + k) % 2, INPUT);
            stale_spots(&s, spots);
            vt_invalidate_all(vt);
            test_context(vt->t, "%s, held at the %s of level %u, change %u of level %u", path->flavour->name,
                         stale_spot_name(&spots[k]), spots[k].level, changes[j].change, changes[j].level);
            overtake(&s, &spots[k], &changes[j]);
        }
}

static void overtaken(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, overtake_body);
}

/* ---- the same with the second-stage walks of a first-stage table's own address ---- */

/* Nested: the read of the second-stage leaf of the first stage's tables is held. */
static void table_walk_body(struct vt *vt, struct vt_path *path)
{
    static const struct overtaking changes[] = {
        {STALE_FS_PAGE, 1, 1, {DROP_DOMAIN}, "VTD-6-648"},
        {STALE_PASID, 0, 2, {DROP_PC_PASID, DROP_DOMAIN}, "VTD-6-636"},
        {STALE_FIRST, 2, 1, {DROP_P_PASID}, "VTD-6-648"},
    };

    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        for (uint32_t level = 1; level <= 2; level++) {
            struct stale_spot spot = {SPOT_SECOND, level, 0, 8, 0};
            struct stale s;

            stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4 + level % 2, INPUT);
            spot.address = vt_entry(vt, s.path.ss, stale_fs_page(&s), level);
            vt_invalidate_all(vt);
            test_context(vt->t, "%s, held at the second stage of the first-stage table, level %u, change %zu",
                         path->flavour->name, level, i);
            overtake(&s, &spot, &changes[i]);
        }
}

static void table_walk(struct test *t)
{
    vt_each_flavour(t, VT_NESTED_FLAVOURS, table_walk_body);
}

/* ---- one batch under load ---- */

/* Requests keep coming at random moments while a structure changes; those sent after the wait was seen use the new one. */
static void load_round(struct stale *s, const struct overtaking *o)
{
    struct test *t = s->vt->t;
    uint32_t after = 0, seen = 0;
    struct waiter w;

    for (uint32_t i = (uint32_t)test_random_below(t, 5); i > 0; i--) {
        struct iotb_request r = s->r;

        request_send(t, &r);
        for (uint64_t steps = test_random_below(t, 12); steps > 0; steps--)
            test_step(t);
    }
    stale_change(s, o->change, o->level, s->path.did + 2);
    w = submit(s, o, s->input);
    vt_ring(s->vt);
    for (uint32_t n = 0; n < STEPS_MAX && !waiter_done(s->vt, w); n++) {
        if (test_random_below(t, 4) == 0 && request_outstanding(t) < 6 && seen++ < 12) {
            struct iotb_request r = s->r;

            request_send(t, &r);
        }
        if (!test_step(t))
            break;
    }
    CHECK(t, o->row, waiter_done(s->vt, w), "the wait is done");
    /* Old requests may still be under way: they must not bring the old value back. */
    for (; after < 3; after++) {
        struct iotb_request r = s->r;
        uint64_t before = test_random(t);
        struct outcome out;

        mem_write64(t, s->host[1] + 0x80 + 8 * after, before);
        r.kind = IOTB_READ;
        r.address = s->input + 0x80 + 8 * after;
        out = request_run(t, &r);
        CHECK(t, o->row, out.done, "a request after the wait is done");
        for (int i = 0; i < 8; i++)
            if (out.data[i] != (uint8_t)(before >> (8 * i))) {
                CHECK(t, o->row, false, "a request sent after the wait does not read the new page");
                break;
            }
    }
    test_settle(t);
    CHECK_EQ(t, o->row, 0, request_outstanding(t), "requests that never complete");
    vt_fault_clear(s->vt);
    stale_gone(s, o->row);
}

static void load_body(struct vt *vt, struct vt_path *path)
{
    struct overtaking changes[STALE_SPOTS_MAX];
    struct stale s;
    uint32_t count;

    stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4, INPUT);
    count = changes_of(&s, changes);
    for (uint32_t round = 0; round < 3; round++)
        for (uint32_t j = 0; j < count; j++) {
            test_latency(vt->t, 0, 0, false);
            stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4 + j % 2, INPUT);
            test_context(vt->t, "%s, round %u, change %u of level %u", path->flavour->name, round, changes[j].change,
                         changes[j].level);
            if (round == 1)
                stale_warm(&s, changes[j].row);
            test_latency(vt->t, 100, 20000, round == 2);
            load_round(&s, &changes[j]);
        }
    test_latency(vt->t, 0, 0, false);
}

static void batch_under_load(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, load_body);
}

/* ---- disabling and a new root while a walk is under way ---- */

static void disable_walk_body(struct vt *vt, struct vt_path *path)
{
    struct stale_spot spots[STALE_SPOTS_MAX];
    bool drops = vt_ecap(vt->t, "SMTS") != 0;
    struct stale s;
    uint32_t count;

    stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4, INPUT);
    count = stale_spots(&s, spots);
    for (uint32_t k = 0; k < count; k++) {
        uint32_t hold, id;
        bool off;

        stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4 + k % 2, INPUT);
        stale_spots(&s, spots);
        vt_invalidate_all(vt);
        test_context(vt->t, "%s, held at the %s of level %u", path->flavour->name, stale_spot_name(&spots[k]), spots[k].level);
        hold = hold_accesses(vt->t, spots[k].address, spots[k].address + spots[k].bytes - 1, ACC_READS);
        id = request_send(vt->t, &s.r);
        test_settle(vt->t);
        off = vt_command(vt, "TE", false);
        hold_release(vt->t, hold);
        test_settle(vt->t);
        CHECK(vt->t, "VTD-11-563", off || !vt_field(vt->t, "GSTS_REG", "TES"), "GSTS.TES is 0 when the walk has ended");
        CHECK(vt->t, "VTD-11-564", request_outcome(vt->t, id).done, "the request is done");
        vt_fault_clear(vt);
        /* What the walk read before must not be there when translation is on again. */
        if (s.path.fs)
            stale_change(&s, STALE_FIRST, s.path.fs->levels, 4);
        else
            stale_change(&s, STALE_SECOND, s.path.ss->levels, 4);
        vt_command(vt, "TE", true);
        if (!drops)
            vt_invalidate_all(vt);
        stale_gone(&s, drops ? "VTD-11-566" : "VTD-11-567");
    }
}

static void disable_walk(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, disable_walk_body);
}

/* 6.6: under traffic the new root translates as the old one did; when RTPS is 1 again the old tables are not used. */
static void srtp_body(struct vt *vt, struct vt_path *path)
{
    struct stale_spot spots[STALE_SPOTS_MAX];
    bool enhanced = vt_cap(vt->t, "ESRTPS") != 0;
    struct stale s;
    uint32_t count;

    stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4, INPUT);
    count = stale_spots(&s, spots);
    for (uint32_t k = 0; k < count; k++) {
        uint64_t old = vt->root, fresh = mem_alloc(vt->t, 4096, 4096), data;
        struct iotb_request r;
        uint32_t hold, id;
        bool done;

        stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4 + k % 2, INPUT);
        stale_spots(&s, spots);
        vt_invalidate_all(vt);
        test_context(vt->t, "%s, held at the %s of level %u", path->flavour->name, stale_spot_name(&spots[k]), spots[k].level);
        for (uint32_t i = 0; i < 4096; i += 8)
            mem_write64(vt->t, fresh + i, mem_read64(vt->t, old + i));
        hold = hold_accesses(vt->t, spots[k].address, spots[k].address + spots[k].bytes - 1, ACC_READS);
        r = s.r;
        data = test_random(vt->t);
        for (int i = 0; i < 8; i++)
            r.data[i] = (uint8_t)(data >> (8 * i));
        id = request_send(vt->t, &r);
        test_settle(vt->t);
        vt->root = fresh;
        done = vt_set_root(vt, vt_rtaddr(vt, vt->config.mode));
        hold_release(vt->t, hold);
        test_settle(vt->t);
        CHECK(vt->t, "VTD-6-500", done || vt_field(vt->t, "GSTS_REG", "RTPS"), "GSTS.RTPS is 1 when the walk has ended");
        CHECK(vt->t, "VTD-6-500", request_outcome(vt->t, id).done, "the request is done");
        CHECK_EQ(vt->t, "VTD-6-500", data, mem_read64(vt->t, s.host[0] + 0x48), "its data");
        CHECK_EQ(vt->t, "VTD-6-500", 0, vt_fault_pending(vt), "fault records");
        if (!enhanced)
            vt_invalidate_all(vt);
        /* The old root table is used for something else. */
        mem_fill(vt->t, old, 4096, 0xfe);
        if (s.path.fs)
            stale_change(&s, STALE_FIRST, s.path.fs->levels, 4);
        else
            stale_change(&s, STALE_SECOND, s.path.ss->levels, 4);
        vt_invalidate_all(vt);
        stale_gone(&s, enhanced ? "VTD-6-500" : "VTD-6-502");
    }
}

static void srtp_walk(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, srtp_body);
}

#define FEATURES (IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP)
#define DRAIN(NAME, SUMMARY, RUN, ROWS, GATE)                                                                          \
    {                                                                                                                  \
        .name = "vtd.drain." NAME, .summary = SUMMARY, .run = (RUN), .rows = ROWS, .gate = GATE, .features = FEATURES, \
        .functional = true, .tier = TIER_FULL                                                                          \
    }

static const struct iotb_case cases[] = {
    DRAIN("overtaken", "Nothing that a walk read before an invalidation is used after it.", overtaken,
          "VTD-6-636 VTD-6-038 VTD-6-648 VTD-6-642", "ECAP.QI"),
    DRAIN("overtaken_table_walk", "The same for second-stage walks of the first stage's tables.", table_walk,
          "VTD-6-636 VTD-6-648 VTD-6-642", "ECAP.QI&ECAP.NEST"),
    DRAIN("batch_under_load", "One batch of invalidations under load: requests after its wait use the new structures.",
          batch_under_load, "VTD-6-038 VTD-6-636 VTD-6-648", "ECAP.QI"),
    DRAIN("disable_walk", "Disabling while a walk is under way ends, and leaves nothing of it behind.", disable_walk,
          "VTD-11-563 VTD-11-564 VTD-11-566 VTD-11-567", NULL),
    DRAIN("srtp_walk", "A new root pointer while a walk is under way: the request ends well, the old table is free.", srtp_walk,
          "VTD-6-500 VTD-6-502", NULL),
};

const struct iotb_case_list vtd_drain_walks_cases = {cases, sizeof cases / sizeof cases[0]};
