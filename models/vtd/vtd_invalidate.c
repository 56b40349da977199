/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_invalidate.c - 6.5 Invalidation of Translation Caches: which entries each kind of invalidation drops, by the tags of
 * Table 23 "IOTLB Invalidation" and Table 24 "PASID-based-IOTLB Invalidation", and when it is complete (6.5.4).
 */
#include "vtd/vtd_internal.h"

static bool on(const struct vtd *vtd, enum vtd_erratum_id id)
{
    return vtd_erratum(&vtd->params, id);
}

/* 11.4.2 CAP.ND: the domain-id has 4 + 2 * ND bits; the others are ignored. */
uint16_t vtd_did_implemented(const struct vtd *vtd, uint64_t did)
{
    return (uint16_t)(did & ((1u << (4u + 2u * vtd->params.nd)) - 1u));
}

struct judge {
    const struct vtd *vtd;
    const struct vtd_invalidation *inv;
};

/* Does the page of an entry overlap the 2^AM pages of the invalidation? Large pages are compared by their own tag. */
static bool address_matches(const struct judge *judge, uint64_t page, unsigned page_lg2, unsigned input_bits)
{
    const struct vtd_invalidation *inv = judge->inv;
    unsigned am = inv->am;
    if (on(judge->vtd, inv->kind == VTD_INV_PIOTLB_PAGE ? VTD_E_INV_PIOTLB_AM_NARROW : VTD_E_INV_IOTLB_PAGE_AM_NARROW))
        am = 0;
    uint64_t implemented = (UINT64_C(1) << input_bits) - 1;
    uint64_t mine = page & implemented;
    uint64_t asked = inv->address & implemented;
    unsigned range_lg2 = 12u + am;
    if (range_lg2 >= input_bits)
        return true;
    if (on(judge->vtd, VTD_E_AM_LOW_BITS_KEPT))
        return mine + (UINT64_C(1) << page_lg2) > asked && mine < asked + (UINT64_C(1) << range_lg2);
    unsigned compared_from = page_lg2 > range_lg2 ? page_lg2 : range_lg2;
    return (mine ^ asked) >> compared_from == 0;
}

/* Table 18: first-stage and nested tags go up to bit 47 or 56, the others up to MGAW or HAW. */
static unsigned input_bits(const struct vtd *vtd, const struct vtd_paging *paging)
{
    if (paging->pgtt == VTD_FIRST_STAGE || paging->pgtt == VTD_NESTED)
        return paging->fs_levels == 5 ? 57 : 48;
    if (paging->pgtt == VTD_PASS_THROUGH)
        return vtd->params.haw;
    return vtd->params.mgaw + 1u;
}

/* ---- 6.5.2.1 context cache ---- */

static bool context_matches(void *context, const struct cache_key *key, const void *payload)
{
    const struct judge *judge = context;
    const struct vtd_context_slot *slot = payload;
    const struct vtd_invalidation *inv = judge->inv;
    bool scalable = vtd_root_pointer_now(judge->vtd).mode == VTD_SCALABLE;
    /* In scalable mode the cache has no domain tag: domain-selective becomes global, and the domain-id is ignored. */
    bool did_matches = slot->tag_did == inv->did || (scalable && !on(judge->vtd, VTD_E_CONTEXT_DID_IN_SCALABLE));
    if (inv->kind == VTD_INV_CONTEXT_DOMAIN)
        return did_matches;
    /* Table 21: FM masks function bits from bit 2 of the source-id downwards. */
    static const uint16_t masked[4] = {0, 4, 6, 7};
    uint16_t ignored = on(judge->vtd, VTD_E_INV_CONTEXT_FM_NARROW) ? 0 : masked[inv->fm & 3u];
    return did_matches && ((key->word[0] ^ inv->sid) & (uint16_t)~ignored) == 0;
}

/* ---- 6.5.2.2 PASID cache ---- */

static bool pasid_matches(void *context, const struct cache_key *key, const void *payload)
{
    const struct judge *judge = context;
    const struct vtd_pasid_slot *slot = payload;
    const struct vtd_invalidation *inv = judge->inv;
    uint32_t pasid = (uint32_t)(key->word[0] >> 16);
    if (inv->kind == VTD_INV_PASID_GLOBAL)
        return pasid >> 6 == 0; /* deviation R01: only what hangs on the first directory entry */
    return slot->tag_did == inv->did && (inv->kind == VTD_INV_PASID_DOMAIN || pasid == inv->pasid);
}

/* ---- 6.5.2.3, 6.5.2.4 IOTLB and paging-structure caches ---- */

/* Page-selective by second-stage address: what has a first stage is dropped whatever its address. */
static bool drops_first_stage(const struct judge *judge)
{
    return !on(judge->vtd, VTD_E_INV_IOTLB_FS_ON_PSI_NARROW);
}

/* Deviations: kinds of mapping that an invalidation passes over. */
static bool passes_over(const struct judge *judge, const struct vtd_paging *paging)
{
    static const enum vtd_erratum_id of_pasid[] = {
        [VTD_FIRST_STAGE] = VTD_ERRATA_COUNT,
        [VTD_SECOND_STAGE] = VTD_E_INV_PIOTLB_SECOND_NARROW,
        [VTD_NESTED] = VTD_E_INV_PIOTLB_NESTED_NARROW,
        [VTD_PASS_THROUGH] = VTD_E_INV_PIOTLB_PASS_THROUGH_NARROW,
    };
    bool by_pasid = judge->inv->kind == VTD_INV_PIOTLB_PASID || judge->inv->kind == VTD_INV_PIOTLB_PAGE;
    bool has_first_stage = paging->scalable && (paging->pgtt == VTD_FIRST_STAGE || paging->pgtt == VTD_NESTED);
    if (judge->inv->kind == VTD_INV_IOTLB_DOMAIN)
        return has_first_stage && on(judge->vtd, VTD_E_INV_IOTLB_DOMAIN_FIRST_NARROW);
    return by_pasid && paging->scalable && paging->pgtt != VTD_FIRST_STAGE && on(judge->vtd, of_pasid[paging->pgtt]);
}

static bool iotlb_matches(void *context, const struct cache_key *key, const void *payload)
{
    const struct judge *judge = context;
    const struct vtd_iotlb_slot *slot = payload;
    const struct vtd_invalidation *inv = judge->inv;
    (void)key;
    const struct vtd_paging *paging = &slot->paging;
    if (slot->tag_did != inv->did || passes_over(judge, paging))
        return false;
    bool has_first_stage = paging->scalable && (paging->pgtt == VTD_FIRST_STAGE || paging->pgtt == VTD_NESTED);
    bool page_matches = address_matches(judge, slot->page, slot->result.page_lg2, input_bits(judge->vtd, paging));
    if (inv->kind == VTD_INV_IOTLB_DOMAIN)
        return true;
    if (inv->kind == VTD_INV_IOTLB_PAGE)
        return has_first_stage ? drops_first_stage(judge) : page_matches;
    if (slot->tag_pasid != inv->pasid)
        return false;
    return inv->kind == VTD_INV_PIOTLB_PASID || (has_first_stage && page_matches);
}

static bool first_stage_matches(void *context, const struct cache_key *key, const void *payload)
{
    const struct judge *judge = context;
    const struct vtd_table_slot *slot = payload;
    const struct vtd_invalidation *inv = judge->inv;
    (void)key;
    if (slot->tag_did != inv->did)
        return false;
    if (inv->kind == VTD_INV_IOTLB_DOMAIN)
        return true;
    if (inv->kind == VTD_INV_IOTLB_PAGE)
        return drops_first_stage(judge);
    if (slot->tag_pasid != inv->pasid)
        return false;
    return inv->kind == VTD_INV_PIOTLB_PASID || (!inv->ih && !on(judge->vtd, VTD_E_INV_PIOTLB_NONLEAF_NARROW) &&
                                                 address_matches(judge, slot->page, 12u + 9u * slot->level, 57));
}

static bool second_stage_matches(void *context, const struct cache_key *key, const void *payload)
{
    const struct judge *judge = context;
    const struct vtd_table_slot *slot = payload;
    const struct vtd_invalidation *inv = judge->inv;
    (void)key;
    if (slot->tag_did != inv->did)
        return false;
    if (inv->kind == VTD_INV_IOTLB_DOMAIN)
        return true;
    return !inv->ih && !on(judge->vtd, VTD_E_INV_IOTLB_NONLEAF_NARROW) &&
           address_matches(judge, slot->page, 12u + 9u * slot->level, judge->vtd->params.mgaw + 1u);
}

static void drop_context(struct vtd *vtd, struct judge *judge)
{
    if (judge->inv->kind == VTD_INV_CONTEXT_GLOBAL)
        cache_clear(&vtd->caches.context);
    else
        cache_invalidate_if(&vtd->caches.context, context_matches, judge);
}

static void drop_pasid(struct vtd *vtd, struct judge *judge)
{
    if (judge->inv->kind == VTD_INV_PASID_GLOBAL && !on(vtd, VTD_E_R01))
        cache_clear(&vtd->caches.pasid);
    else
        cache_invalidate_if(&vtd->caches.pasid, pasid_matches, judge);
}

static void drop_iotlb(struct vtd *vtd, struct judge *judge)
{
    struct vtd_caches *caches = &vtd->caches;
    if (judge->inv->kind == VTD_INV_IOTLB_GLOBAL) {
        cache_clear(&caches->iotlb);
        cache_clear(&caches->first_stage);
        cache_clear(&caches->second_stage);
        caches->iotlb_sizes = 0;
        caches->table_levels[VTD_STAGE_FIRST] = caches->table_levels[VTD_STAGE_SECOND] = 0;
        return;
    }
    cache_invalidate_if(&caches->iotlb, iotlb_matches, judge);
    cache_invalidate_if(&caches->first_stage, first_stage_matches, judge);
    /* A PASID-based invalidation leaves second-stage paging-structure caches alone (Table 24). */
    if (judge->inv->kind == VTD_INV_IOTLB_DOMAIN || judge->inv->kind == VTD_INV_IOTLB_PAGE)
        cache_invalidate_if(&caches->second_stage, second_stage_matches, judge);
}

/* ---- 6.5.2.8 ---- */

static bool irte_matches(void *context, const struct cache_key *key, const void *payload)
{
    const struct judge *judge = context;
    (void)payload;
    unsigned am = on(judge->vtd, VTD_E_INV_IEC_MASK_NARROW) ? 0 : judge->inv->am;
    return (key->word[0] ^ judge->inv->index) >> am == 0;
}

static void drop_interrupt(struct vtd *vtd, struct judge *judge)
{
    if (judge->inv->kind == VTD_INV_IEC_GLOBAL)
        cache_clear(&vtd->caches.interrupt);
    else
        cache_invalidate_if(&vtd->caches.interrupt, irte_matches, judge);
}

static const struct kind {
    const char *name;
    void (*drop)(struct vtd *vtd, struct judge *judge);
    enum vtd_erratum_id narrow; /* deviation: nothing is dropped */
} kinds[VTD_INV_KINDS] = {
    [VTD_INV_CONTEXT_GLOBAL] = {"context global", drop_context, VTD_E_INV_CONTEXT_GLOBAL_NARROW},
    [VTD_INV_CONTEXT_DOMAIN] = {"context domain", drop_context, VTD_E_INV_CONTEXT_DOMAIN_NARROW},
    [VTD_INV_CONTEXT_DEVICE] = {"context device", drop_context, VTD_E_INV_CONTEXT_DEVICE_NARROW},
    [VTD_INV_PASID_GLOBAL] = {"pasid global", drop_pasid, VTD_E_INV_PASID_GLOBAL_NARROW},
    [VTD_INV_PASID_DOMAIN] = {"pasid domain", drop_pasid, VTD_E_INV_PASID_DOMAIN_NARROW},
    [VTD_INV_PASID_SELECTIVE] = {"pasid selective", drop_pasid, VTD_E_INV_PASID_SELECTIVE_NARROW},
    [VTD_INV_IOTLB_GLOBAL] = {"iotlb global", drop_iotlb, VTD_E_INV_IOTLB_GLOBAL_NARROW},
    [VTD_INV_IOTLB_DOMAIN] = {"iotlb domain", drop_iotlb, VTD_E_INV_IOTLB_DOMAIN_NARROW},
    [VTD_INV_IOTLB_PAGE] = {"iotlb page", drop_iotlb, VTD_E_INV_IOTLB_PAGE_NARROW},
    [VTD_INV_PIOTLB_PASID] = {"pasid iotlb", drop_iotlb, VTD_E_INV_PIOTLB_PASID_NARROW},
    [VTD_INV_PIOTLB_PAGE] = {"pasid iotlb page", drop_iotlb, VTD_E_INV_PIOTLB_PAGE_NARROW},
    [VTD_INV_IEC_GLOBAL] = {"interrupt global", drop_interrupt, VTD_E_INV_IEC_GLOBAL_NARROW},
    [VTD_INV_IEC_INDEX] = {"interrupt index", drop_interrupt, VTD_E_INV_IEC_INDEX_NARROW},
};

void vtd_invalidate(struct vtd *vtd, const struct vtd_invalidation *invalidation)
{
    const struct kind *kind = &kinds[invalidation->kind];
    VTD_PROBE(vtd, vtd->sim->now_ps, VTD_NO_REQUEST, "invalidate", "%s did=%u sid=%x pasid=%x address=%llx am=%u ih=%d",
              kind->name, invalidation->did, invalidation->sid, invalidation->pasid, (unsigned long long)invalidation->address,
              invalidation->am, invalidation->ih);
    inflight_raise(&vtd->requests.inflight);
    inflight_raise(&vtd->pages.pool.inflight);
    if (on(vtd, kind->narrow))
        return;
    struct judge judge = {vtd, invalidation};
    kind->drop(vtd, &judge);
}

/*
 * 6.5.4 Draining of Requests to Memory: complete when every request that was in flight at the invalidation is finished.
 * *hung: it never will be.
 */
bool vtd_invalidation_drained(struct vtd *vtd, struct inflight_drain *drain, bool *hung)
{
    if (vtd->requests.inflight.count && on(vtd, VTD_E_V03)) {
        *hung = true;
        return false;
    }
    if (on(vtd, VTD_E_COMPLETION_BEFORE_DRAIN))
        return true;
    return inflight_drain(&vtd->requests.inflight, drain);
}
