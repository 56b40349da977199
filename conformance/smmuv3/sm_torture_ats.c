/* SPDX-License-Identifier: BSD-2-Clause */
/* Random ATS and PRI traffic against random edits and reuse of a SubstreamID (3.9.1, 4.5, 4.7.3, chapter 8): build/torture_ats.h.
 */
#include "build/ats.h"
#include "build/sm_ats.h"
#include "build/torture_ats.h"
#include "sm_chapters.h"
#include "sm_pri_rig.h"

#include <stdlib.h>

#define INPUT UINT64_C(0x02c40000)
#define STATUS_WORDS 128u

struct scene {
    struct sm_path *path;
    struct sm_table *tables[2]; /* the second only where the SubstreamID can be given to another space */
    struct pri queue;
    uint32_t sync_count;
};

static struct scene *scene_of(struct torture_ats *ta)
{
    return ta->context;
}

static uint64_t leaf(struct torture_ats *ta, uint32_t space, uint64_t host, bool writable)
{
    struct scene *s = scene_of(ta);
    const struct sm_table *table = s->tables[space] ? s->tables[space] : s->tables[0];

    return host ? sm_leaf(table, host, 12, writable ? SM_RW : SM_RW & ~SM_W) : 0;
}

static struct iotb_request translation(struct torture_ats *ta, uint64_t input)
{
    return sm_translation_request(scene_of(ta)->path, input);
}

static struct iotb_request translated(struct torture_ats *ta, uint64_t host)
{
    return sm_translated_request(scene_of(ta)->path, IOTB_WRITE, host);
}

static void put(struct scene *s, struct sm_command c)
{
    sm_put(s->path->sm, &c);
}

static struct sm_command atc_inv(const struct sm_path *path, uint64_t input, bool space)
{
    struct sm_command c = sm_cmd("CMD_ATC_INV");

    sm_cmd_field(&c, "CMD_ATC_INV", "StreamID", path->sid);
    sm_cmd_field(&c, "CMD_ATC_INV", "SSV", path->flavour->with_ssid);
    sm_cmd_field(&c, "CMD_ATC_INV", "SubstreamID", path->flavour->with_ssid ? path->ssid : 0);
    sm_cmd_field(&c, "CMD_ATC_INV", "Address", space ? 0 : input);
    sm_cmd_field(&c, "CMD_ATC_INV", "Size", space ? 52 : 0);
    return c;
}

/* Each behind a CMD_SYNC: only that orders an ATC behind the TLB, and the TLB behind the CD (3.9.1, 4.3.5, 4.5.1). */
static struct torture_ats_ticket invalidate(struct torture_ats *ta, uint64_t input, enum torture_ats_scope scope)
{
    struct scene *s = scene_of(ta);
    const struct sm_path *path = s->path;
    bool space = scope == TORTURE_ATS_SPACE, leaf_only = scope == TORTURE_ATS_LEAF;
    uint32_t n = ++s->sync_count;
    struct torture_ats_ticket ticket = {path->sm->msi + 0x800 + 8 * (n % STATUS_WORDS), n};

    mem_write64(ta->t, ticket.address, 0);
    if (space) {
        put(s, sm_cmd_cfgi_cd(path->sid, path->ssid, true));
        put(s, sm_cmd_sync());
    }
    if (!path->s1)
        put(s, space ? sm_cmd_s12_vmall(path->vmid) : sm_cmd_s2_ipa(path->vmid, input, leaf_only));
    else
        put(s, space ? sm_cmd_nh_asid(path->vmid, path->asid) : sm_cmd_nh_va(path->vmid, path->asid, input, leaf_only));
    put(s, sm_cmd_sync());
    put(s, atc_inv(path, input, space));
    put(s, sm_cmd_sync_msi(ticket.address, ticket.data));
    sm_ring(path->sm);
    return ticket;
}

static void completion(struct torture_ats *ta, const struct iotb_message *request)
{
    ats_invalidate_completion(ta->t, request->device_id, 1u << (request->itag & 31), 1);
}

static void give(struct torture_ats *ta, uint32_t space)
{
    struct scene *s = scene_of(ta);

    sm_cd_set(s->path->sm, s->path->sid, s->path->ssid, "TTB0", s->tables[space]->root_pointer);
}

static bool take(struct torture_ats *ta, struct torture_ats_entry *entry)
{
    struct pri_entry e;

    if (!pri_take(&scene_of(ta)->queue, &e))
        return false;
    *entry = (struct torture_ats_entry){e.address, e.last && !e.read && !e.write};
    return true;
}

static void open_pages(struct torture_ats *ta)
{
    struct scene *s = scene_of(ta);

    for (uint32_t i = 0; i < TORTURE_ATS_PAGES; i++) {
        struct torture_ats_page *p = &ta->pages[i];

        p->input = INPUT + TORTURE_ATS_DISTANCE * i;
        for (uint32_t k = 0; k < 3; k++)
            p->hosts[k] = mem_alloc(ta->t, 4096, 4096);
        for (uint32_t k = 0; k < 2 && s->tables[k]; k++) {
            sm_map(s->path->sm, s->tables[k], p->input, p->hosts[0], 12, SM_RW);
            torture_ats_tables(ta, p, k, sm_entry(s->path->sm, s->tables[k], p->input, 3),
                               sm_entry(s->path->sm, s->tables[k], p->input, 2));
        }
    }
}

static const struct torture_ats_ops ops_template = {
    .leaf = leaf,
    .translation = translation,
    .translated = translated,
    .invalidate = invalidate,
    .completion = completion,
    .rows = {.completion = "SMMU-3-169",
             .stale = "SMMU-3-102",
             .ends = "SMMU-4-100",
             .drained = "SMMU-4-101",
             .marker = "SMMU-8-005"},
};

static void body(struct sm *sm, struct sm_path *path)
{
    struct torture_ats *ta = calloc(1, sizeof *ta);
    struct scene scene = {.path = path, .tables = {path->s1 ? path->s1 : path->s2}};
    struct torture_ats_ops ops = ops_template;

    if (!ta)
        test_abort(sm->t, "out of memory");
    *ta = (struct torture_ats){.t = sm->t, .ops = &ops, .context = &scene};
    if (sm_idr(sm->t, 0, "PRI") && test_has(sm->t, IOTB_F_PRI)) {
        ops.take = take;
        pri_open(&scene.queue, sm, pri_most_lg2(sm), 0);
    }
    if (path->flavour->with_ssid) {
        ops.give = give;
        scene.tables[1] = sm_table_new(sm, 1, NULL);
    }
    open_pages(ta);
    sm_path_eats(path, SM_EATS_FULL);
    sm_path_invalidate(path);
    torture_ats_run(ta, test_request_budget(sm->t) / 2);
    CHECK_EQ(sm->t, "SMMU-3-169", 0, sm_event_pending(sm), "records of Translation Requests");
    free(ta);
}

static void torture(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_S1_SSID), body);
}

static const struct iotb_case cases[] = {
    {.name = "smmuv3.torture.ats",
     .summary = "what a device is given is never older than what it was told to drop, its writes are there before CMD_SYNC "
                "completes, and a SubstreamID that is given to another space shows nothing of the first",
     .run = torture,
     .rows = "SMMU-3-169 SMMU-3-102 SMMU-4-100 SMMU-4-101 SMMU-8-005",
     .gate = "IDR0.ATS&IDR0.MSI&IDR0.TTF:1&IDR5.GRAN4K&IDR0.STALL_MODEL<2",
     .features = IOTB_F_ATS | IOTB_F_OVERLAP | IOTB_F_TIME | IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list sm_torture_ats_cases = {cases, sizeof cases / sizeof cases[0]};
