/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random traffic against random edits and invalidations (6.2 caches, 6.5 invalidation, 6.5.4 draining), judged by the rule of
 * the legal outcome.
 */
#include "vtd_chapters.h"
#include "vtd_torture_scene.h"

#include <stdlib.h>

/* ---- invalidations ---- */

enum invalidation_kind { INV_LEAF, INV_PAGE, INV_LARGE, INV_DOMAIN, INV_IOTLB, INV_SOURCE, INV_ALL, INV_KINDS };

static void arguments(struct torture *torture, uint32_t kind, uint32_t *first_end, uint32_t *second_end)
{
    struct torture_scene *s = torture_scene_of(torture);

    *first_end = kind <= INV_DOMAIN ? s->domain_count : kind == INV_SOURCE ? s->source_count : 1;
    *second_end = kind <= INV_LARGE ? LEAVES * DIRECTORIES * DIRECTORIES : 1;
}

static void put_iotlb(struct torture_scene *s, uint32_t g, uint32_t did, uint64_t address, uint32_t am, bool ih)
{
    struct vt_descriptor d = vt_desc_iotlb(g, did, address, am, ih);

    spec_set(spec_struct_field("iotlb_inv_dsc", "DR"), d.word, 1);
    spec_set(spec_struct_field("iotlb_inv_dsc", "DW"), d.word, 1);
    vt_put(&s->vt, &d);
}

static void put(struct torture_scene *s, struct vt_descriptor d)
{
    vt_put(&s->vt, &d);
}

static uint32_t pasid_of(const struct torture_scene *s, uint32_t domain)
{
    for (uint32_t i = 0; i < s->source_count; i++)
        if (s->sources[i].domain[0] == domain)
            return s->sources[i].path.pasid;
    return 0;
}

/* Range of a domain; page_lg2 0: all of it. What cannot be done by page is done by domain. */
static void put_range(struct torture_scene *s, uint32_t domain, uint64_t address, uint32_t page_lg2, bool ih)
{
    const struct domain *d = &s->domains[domain];
    uint32_t am = page_lg2 ? page_lg2 - 12 : 0;

    if (d->table->kind == VT_FS)
        put(s, vt_desc_piotlb(page_lg2 ? VT_PIOTLB_PAGE : VT_PIOTLB_PASID, d->did, pasid_of(s, domain), address, am, ih));
    else if (page_lg2 && s->page_selective && am <= vt_cap(s->vt.t, "MAMV"))
        put_iotlb(s, VT_IOTLB_PAGE, d->did, address, am, ih);
    else
        put_iotlb(s, VT_IOTLB_DOMAIN, d->did, 0, 0, false);
}

/* 6.5.3.3 Guidance to Software for Invalidations: context entry, then PASID entry, then what was translated through them. With
 * CM=1 entries that faulted may be cached under domain-id 0 (6.2.2, 6.2.3), so that everything is dropped. */
static void put_source(struct torture_scene *s, const struct source *source)
{
    for (uint32_t i = 0; i < 2; i++)
        put(s, s->caching_mode ? vt_desc_context(VT_CC_GLOBAL, 0, 0, 0)
                               : vt_desc_context(VT_CC_DEVICE, s->domains[source->domain[i]].did, source->path.rid, 0));
    for (uint32_t i = 0; i < 2 && !s->legacy; i++)
        put(s, s->caching_mode ? vt_desc_pasid(VT_PC_GLOBAL, 0, 0)
                               : vt_desc_pasid(VT_PC_PASID, s->domains[source->domain[i]].did, source->path.pasid));
    for (uint32_t i = 0; i < 2; i++)
        put_range(s, source->domain[i], 0, 0, false);
}

static size_t invalidate(struct torture *torture, uint32_t kind, uint32_t first, uint32_t second, uint64_t *status)
{
    struct torture_scene *s = torture_scene_of(torture);
    uint64_t input = torture_scene_input(second), argument[4] = {kind, first, input, input | 0xfff};
    uint64_t large = input & ~UINT64_C(0x1fffff);
    size_t index;

    if (kind == INV_LARGE) {
        argument[2] = large;
        argument[3] = large | 0x1fffff;
    }
    index = legal_submit(&torture->world, torture_tick(torture), kind == INV_ALL, argument);
    if (kind <= INV_PAGE)
        put_range(s, first, input, 12, kind == INV_LEAF);
    else if (kind == INV_LARGE)
        put_range(s, first, large, 21, false);
    else if (kind == INV_DOMAIN)
        put_range(s, first, 0, 0, false);
    else if (kind == INV_SOURCE)
        put_source(s, &s->sources[first]);
    if (kind == INV_ALL) {
        put(s, vt_desc_context(VT_CC_GLOBAL, 0, 0, 0));
        if (!s->legacy)
            put(s, vt_desc_pasid(VT_PC_GLOBAL, 0, 0));
    }
    if (kind == INV_ALL || kind == INV_IOTLB)
        put_iotlb(s, VT_IOTLB_GLOBAL, 0, 0, 0, false);
    *status = s->vt.status + 8 * (++s->vt.wait_count % 256);
    mem_write64(s->vt.t, *status, 0);
    put(s, vt_desc_wait(false, true, s->vt.wait_count & 1, s->vt.wait_count, *status));
    vt_ring(&s->vt);
    return index;
}

static bool within(const struct legal_invalidation *i, const struct legal_request *request)
{
    return request->input >= i->argument[2] && request->input <= i->argument[3];
}

/* Does it cover paging entries of this domain for this request? A large page needs a range as large (6.2.4.1 IOTLB). */
static bool covers_paging(const struct legal_invalidation *i, const struct slot *slot, const struct legal_request *request)
{
    if (i->argument[1] != slot->owner)
        return false;
    switch ((enum invalidation_kind)i->argument[0]) {
    case INV_LEAF:
        return slot->kind == SLOT_LEAF && within(i, request);
    case INV_PAGE:
        return slot->kind != SLOT_DIRECTORY && within(i, request);
    case INV_LARGE:
        return within(i, request);
    case INV_DOMAIN:
        return true;
    case INV_IOTLB:
    case INV_SOURCE:
    case INV_ALL:
    case INV_KINDS:
        break;
    }
    return false;
}

static bool covers(void *context, const struct legal_invalidation *i, uint32_t legal_slot, const struct legal_request *request)
{
    struct torture_scene *s = context;
    const struct slot *slot = &s->slots[s->torture.world.slots[legal_slot].user];
    enum invalidation_kind kind = (enum invalidation_kind)i->argument[0];
    const struct source *source = &s->sources[i->argument[1]];

    if (slot->kind < SLOT_LEAF)
        return kind == INV_SOURCE && slot->owner == i->argument[1];
    if (kind == INV_IOTLB)
        return true;
    if (kind == INV_SOURCE)
        return source->domain[0] == slot->owner || source->domain[1] == slot->owner;
    return covers_paging(i, slot, request);
}

/* ---- requests and records ---- */

static void request(struct torture *torture, uint32_t n, uint32_t input, uint32_t offset, struct iotb_request *request,
                    struct legal_request *legal)
{
    struct torture_scene *s = torture_scene_of(torture);
    const struct source *source = &s->sources[n];
    struct iotb_request r =
        vt_request(&source->path, (enum iotb_request_kind)request->kind, torture_scene_input(input) + offset, request->bytes);

    request->requester_id = r.requester_id;
    request->flags = r.flags;
    request->pasid = r.pasid;
    request->address = r.address;
    legal->first_slot = source->context;
    legal->input = r.address;
    legal->read_fault = s->legacy ? 0x06 : 0x86;
    legal->write_fault = s->legacy ? 0x05 : 0x85;
}

static bool take_fault(struct torture *torture, uint16_t *requester, uint64_t *page, uint32_t *fault)
{
    struct vt *vt = &torture_scene_of(torture)->vt;
    struct vt_fault f;

    if (!vt_fault_pending(vt))
        vt_fault_clear(vt); /* an overflow without a record */
    if (!vt_fault_take(vt, &f))
        return false;
    *requester = (uint16_t)f.sid;
    *page = f.fi;
    *fault = f.fr;
    return true;
}

static void near(struct torture *torture, uint32_t source, uint32_t input, uint32_t choice, struct torture_action *action)
{
    struct torture_scene *s = torture_scene_of(torture);
    uint32_t used[LEGAL_DEPTH_MAX], count = torture_scene_used(s, source, input, used);

    if (action->kind == TORTURE_EDIT) {
        action->a = used[choice & 1 ? count - 1 : (choice >> 1) % count];
    } else if (action->a <= INV_DOMAIN) {
        action->b = s->slots[used[count - 1]].kind >= SLOT_LEAF ? s->slots[used[count - 1]].owner : s->sources[source].domain[0];
        action->c = action->a <= INV_LARGE ? input : 0;
    } else if (action->a == INV_SOURCE) {
        action->b = source;
    }
}

static const struct torture_ops ops_template = {
    .near = near,
    .inputs = LEAVES * DIRECTORIES * DIRECTORIES,
    .invalidations = INV_KINDS,
    .alternatives = torture_scene_alternatives,
    .arguments = arguments,
    .request = request,
    .edit = torture_scene_edit,
    .invalidate = invalidate,
    .untouched = torture_scene_untouched,
    .take_fault = take_fault,
    .rows = {[TORTURE_STALE] = "VTD-6-639",
             [TORTURE_UNDRAINED] = "VTD-6-044",
             [TORTURE_OVERWRITTEN] = "VTD-3-039",
             [TORTURE_RECORD] = "VTD-7-146",
             [TORTURE_HUNG] = "VTD-6-639"},
};

static void torture(struct test *t, enum vt_mode mode, const enum vt_flavour_id *wanted, uint32_t wanted_count)
{
    struct torture_scene *s = calloc(1, sizeof *s);
    struct vt_config config = {.mode = mode, .queue_lg2_pages = 1};
    enum vt_flavour_id flavours[DOMAINS];
    struct torture_ops ops = ops_template;
    uint32_t count = 0;

    if (!s)
        test_abort(t, "out of memory");
    for (uint32_t i = 0; i < wanted_count && count < DOMAINS; i++)
        if (vt_has_flavour(t, wanted[i]))
            flavours[count++] = wanted[i];
    vt_open(&s->vt, t, &config);
    if (!count || !s->vt.queue_on)
        test_skip(t, "needs translation through page tables and queued invalidation");
    s->torture = (struct torture){
        .t = t, .ops = &ops, .context = s, .drains = s->vt.ver_max >= 2 || (vt_cap(t, "DRD") && vt_cap(t, "DWD"))};
    s->torture.world.covers = covers;
    s->torture.world.context = s;
    s->legacy = mode == VT_LEGACY;
    s->caching_mode = vt_cap(t, "CM") != 0;
    s->page_selective = vt_cap(t, "PSI") != 0;
    s->large_pages = vt_cap(t, "SSLPS") & 1;
    torture_scene_open(s, flavours, count);
    ops.sources = s->source_count;
    ops.edits = s->slot_count;
    for (uint32_t i = 0; i < s->slot_count; i++)
        torture_scene_edit(&s->torture, i, torture_scene_alternatives(&s->torture, i) > 1 ? 1 : 0);
    vt_invalidate_all(&s->vt);
    test_latency(t, 0, 200000, true);
    torture_run(&s->torture, test_request_budget(t));
    test_latency(t, 0, 0, false);
    vt_close(&s->vt);
    free(s);
}

static void torture_legacy(struct test *t)
{
    static const enum vt_flavour_id flavours[] = {VT_LEGACY_SS, VT_LEGACY_SS, VT_LEGACY_SS};

    torture(t, VT_LEGACY, flavours, 3);
}

static void torture_second_stage(struct test *t)
{
    static const enum vt_flavour_id flavours[] = {VT_RID_SS, VT_PASID_SS, VT_RID_SS};

    torture(t, VT_SCALABLE, flavours, 3);
}

static void torture_first_stage(struct test *t)
{
    static const enum vt_flavour_id flavours[] = {VT_RID_FS, VT_PASID_FS, VT_PASID_FS, VT_RID_SS};

    torture(t, VT_SCALABLE, flavours, 4);
}

static void torture_mixed(struct test *t)
{
    static const enum vt_flavour_id flavours[] = {VT_PASID_FS, VT_RID_SS, VT_PASID_SS};

    torture(t, VT_SCALABLE, flavours, 3);
}

#define ROWS "VTD-6-639 VTD-6-044 VTD-3-039 VTD-7-146"

static const struct iotb_case cases[] = {
    {.name = "vtd.torture.legacy",
     .summary = "Legacy mode: every outcome under random edits and invalidations is a legal one.",
     .run = torture_legacy,
     .rows = ROWS,
     .gate = "CAP.SAGAW&ECAP.QI&!CAP.RWBF",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.torture.second_stage",
     .summary = "Scalable mode, second stage: every outcome is a legal one.",
     .run = torture_second_stage,
     .rows = ROWS,
     .gate = "ECAP.SMTS&ECAP.SSTS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.torture.first_stage",
     .summary = "Scalable mode, first stage: every outcome is a legal one.",
     .run = torture_first_stage,
     .rows = ROWS,
     .gate = "ECAP.SMTS&ECAP.FSTS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.torture.mixed",
     .summary = "Scalable mode, both stages and PASIDs side by side: every outcome is a legal one.",
     .run = torture_mixed,
     .rows = ROWS,
     .gate = "ECAP.SMTS&ECAP.FSTS&ECAP.SSTS",
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_torture_cases = {cases, sizeof cases / sizeof cases[0]};
