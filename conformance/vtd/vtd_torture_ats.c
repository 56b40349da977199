/* SPDX-License-Identifier: BSD-2-Clause */
/* Random ATS and PRI traffic against random edits and reuse of a PASID (6.5.2.11, 6.5.3, 7.4, 7.10): build/torture_ats.h. */
#include "build/torture_ats.h"
#include "vtd_bits.h"
#include "vtd_chapters.h"
#include "vtd_queue_rig.h"

#include <stdlib.h>

#define INPUT UINT64_C(0x2345000)

struct scene {
    struct vt_path *path;
    struct vt_table *tables[2]; /* the second only where the PASID can be given to another space */
};

static struct scene *scene_of(struct torture_ats *ta)
{
    return ta->context;
}

static uint64_t leaf(struct torture_ats *ta, uint32_t space, uint64_t host, bool writable)
{
    struct scene *s = scene_of(ta);
    const struct vt_table *table = s->tables[space] ? s->tables[space] : s->tables[0];

    return host ? vt_leaf(table, host, 12, writable ? VT_RW : VT_R | VT_U) : 0;
}

static struct iotb_request translation(struct torture_ats *ta, uint64_t input)
{
    return vt_translation_request(scene_of(ta)->path, input);
}

static struct iotb_request translated(struct torture_ats *ta, uint64_t host)
{
    return vt_translated_request(scene_of(ta)->path, IOTB_WRITE, host, 8, false);
}

/* 6.5.3.3 Guidance to Software for Invalidations: PASID-cache, IOTLB, and behind a wait the device-TLB. */
static struct torture_ats_ticket invalidate(struct torture_ats *ta, uint64_t input, enum torture_ats_scope scope)
{
    struct vt_path *path = scene_of(ta)->path;
    struct vt *vt = path->vt;
    struct vt_descriptor iotlb = vt_desc_iotlb(VT_IOTLB_DOMAIN, path->did, 0, 0, false), cache, device;
    bool space = scope == TORTURE_ATS_SPACE;
    struct waiter w;

    if (space) {
        cache = vt_desc_pasid(VT_PC_PASID, path->did, path->pasid);
        vt_put(vt, &cache);
        input = vt_range(0, 64);
    }
    if (path->fs)
        iotlb = space ? vt_desc_piotlb(VT_PIOTLB_PASID, path->did, path->pasid, 0, 0, false)
                      : vt_desc_piotlb(VT_PIOTLB_PAGE, path->did, path->pasid, input, 0, scope == TORTURE_ATS_LEAF);
    vt_put(vt, &iotlb);
    if (space)
        (void)waiter_put(vt, false, true);
    device = path->flavour->with_pasid ? vt_desc_pasid_device_tlb(path->rid, path->pasid, false, input, space, 0, 0)
                                       : vt_desc_device_tlb(path->rid, input, space, 0, 0);
    vt_put(vt, &device);
    w = waiter_put(vt, false, false);
    vt_ring(vt);
    return (struct torture_ats_ticket){w.address, w.data};
}

static void completion(struct torture_ats *ta, const struct iotb_message *request)
{
    vt_invalidate_completion(scene_of(ta)->path->vt, request, 1);
}

static void give(struct torture_ats *ta, uint32_t space)
{
    struct scene *s = scene_of(ta);
    struct vt *vt = s->path->vt;
    uint64_t entry = vt_pasid_address(vt, s->path->rid, s->path->pasid);

    vt_set_field(vt, entry, "pasid_table_entry", s->path->fs ? "FSPTPTR" : "SSPTPTR",
                 s->path->fs ? s->tables[space]->root_pointer : s->tables[space]->root);
}

static bool take(struct torture_ats *ta, struct torture_ats_entry *entry)
{
    struct vt_page_request r;

    if (!vt_prq_take(scene_of(ta)->path->vt, &r))
        return false;
    *entry = (struct torture_ats_entry){r.address, r.lpig && !r.rdr && !r.wrr};
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
            vt_map(s->path->vt, s->tables[k], p->input, p->hosts[0], 12, VT_RW);
            torture_ats_tables(ta, p, k, vt_entry(s->path->vt, s->tables[k], p->input, 1),
                               vt_entry(s->path->vt, s->tables[k], p->input, 2));
        }
    }
}

static const struct torture_ats_ops ops_template = {
    .leaf = leaf,
    .translation = translation,
    .translated = translated,
    .invalidate = invalidate,
    .completion = completion,
    .rows = {.completion = "VTD-6-654", .stale = "VTD-6-637", .ends = "VTD-4-500", .drained = "VTD-6-643", .marker = "VTD-7-521"},
};

static void body(struct vt *vt, struct vt_path *path)
{
    struct torture_ats *ta = calloc(1, sizeof *ta);
    struct scene scene = {.path = path, .tables = {vt_path_table(path)}};
    struct torture_ats_ops ops = ops_template;

    if (!ta)
        test_abort(vt->t, "out of memory");
    *ta = (struct torture_ats){.t = vt->t, .ops = &ops, .context = &scene};
    if (path->flavour->mode == VT_SCALABLE && vt_ecap(vt->t, "PRS") && test_has(vt->t, IOTB_F_PRI)) {
        ops.take = take;
        ops.rows.asked = "VTD-6-042";
    }
    if (path->flavour->with_pasid) {
        ops.rows.stale = "VTD-6-638";
        ops.give = give;
        scene.tables[1] = vt_table_new(vt, scene.tables[0]->kind, scene.tables[0]->levels);
    }
    open_pages(ta);
    vt_path_allow_ats(path, ops.take != NULL);
    if (ops.take)
        vt_prq_open(vt, 0);
    torture_ats_run(ta, test_request_budget(vt->t) / 2);
    CHECK_EQ(vt->t, "VTD-4-500", 0, vt_reg(vt->t, "FSTS_REG") & 0x7f, "errors and faults in FSTS");
    free(ta);
}

static void torture(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS | VT_SS_FLAVOURS, body);
}

static const struct iotb_case cases[] = {
    {.name = "vtd.torture.ats",
     .summary =
         "What a device is given is never older than what it was told to drop, its writes are there before the wait, and a "
         "PASID that is given to another space shows nothing of the first.",
     .run = torture,
     .rows = "VTD-6-637 VTD-6-638 VTD-6-654 VTD-6-643 VTD-6-042 VTD-4-500 VTD-7-521",
     .gate = "ECAP.DT&!CAP.CM",
     .features = IOTB_F_ATS | IOTB_F_OVERLAP | IOTB_F_TIME | IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_torture_ats_cases = {cases, sizeof cases / sizeof cases[0]};
