/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_caches.c - 6.2 Address Translation Caches: what is looked up by which tags, and what may be filled in.
 *
 * The key of an entry holds the lookup tags of Table 17 "Cache Tagging"; the tags that only invalidation compares are in
 * the entry itself. A fill is refused when anything was invalidated since the request began to read (6.5).
 */
#include "vtd/vtd_internal.h"

#include <errno.h>

static bool on(const struct vtd *vtd, enum vtd_erratum_id id)
{
    return vtd_erratum(&vtd->params, id);
}

int vtd_caches_init(struct vtd *vtd)
{
    const struct vtd_params *p = &vtd->params;
    const struct {
        struct cache *cache;
        struct cache_geometry geometry;
        size_t bytes;
    } table[] = {
        {&vtd->caches.context, p->context_cache, sizeof(struct vtd_context_slot)},
        {&vtd->caches.pasid, p->pasid_cache, sizeof(struct vtd_pasid_slot)},
        {&vtd->caches.iotlb, p->iotlb, sizeof(struct vtd_iotlb_slot)},
        {&vtd->caches.first_stage, p->first_stage_cache, sizeof(struct vtd_table_slot)},
        {&vtd->caches.second_stage, p->second_stage_cache, sizeof(struct vtd_table_slot)},
        {&vtd->caches.interrupt, p->interrupt_cache, 2 * sizeof(uint64_t)},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        int error = cache_init(table[i].cache, table[i].geometry, table[i].bytes, p->provenance, &vtd->sim->rng);
        if (error)
            return error;
    }
    return 0;
}

void vtd_caches_fini(struct vtd *vtd)
{
    cache_fini(&vtd->caches.context);
    cache_fini(&vtd->caches.pasid);
    cache_fini(&vtd->caches.iotlb);
    cache_fini(&vtd->caches.first_stage);
    cache_fini(&vtd->caches.second_stage);
    cache_fini(&vtd->caches.interrupt);
}

/* All of DMA remapping. */
void vtd_caches_clear(struct vtd *vtd)
{
    cache_clear(&vtd->caches.context);
    cache_clear(&vtd->caches.pasid);
    cache_clear(&vtd->caches.iotlb);
    cache_clear(&vtd->caches.first_stage);
    cache_clear(&vtd->caches.second_stage);
    vtd->caches.iotlb_sizes = 0;
    vtd->caches.table_levels[VTD_STAGE_FIRST] = vtd->caches.table_levels[VTD_STAGE_SECOND] = 0;
}

/* 6.1 Caching Mode: with CM=0 nothing that faults is kept. */
bool vtd_keeps_faulting(const struct vtd *vtd)
{
    return (vtd->params.cm && vtd->params.cache_faulting) || on(vtd, VTD_E_V16) || on(vtd, VTD_E_V01);
}

/* ---- keys: the lookup tags of Table 17 ---- */

static struct cache_key context_key(const struct vtd *vtd, uint16_t requester_id)
{
    return (struct cache_key){{on(vtd, VTD_E_TAG_DROPPED_CONTEXT_SID) ? 0 : requester_id}};
}

static struct cache_key pasid_key(const struct vtd *vtd, uint16_t requester_id, uint32_t pasid)
{
    uint64_t sid = on(vtd, VTD_E_TAG_DROPPED_PASID_SID) ? 0 : requester_id;
    uint64_t tag = on(vtd, VTD_E_TAG_DROPPED_PASID_PASID) ? 0 : pasid;
    return (struct cache_key){{sid | tag << 16}};
}

/* Requests with and without PASID have entries of their own; of the latter the PASID is no lookup tag. */
static struct cache_key iotlb_key(const struct vtd *vtd, const struct vtd_query *query, bool with_pasid, unsigned page_lg2)
{
    uint64_t sid = on(vtd, VTD_E_TAG_DROPPED_IOTLB_SID) ? 0 : query->requester_id;
    bool marked = with_pasid && !on(vtd, VTD_E_TAG_DROPPED_IOTLB_PP);
    uint64_t pasid = with_pasid && !on(vtd, VTD_E_TAG_DROPPED_IOTLB_PASID) ? query->pasid : 0;
    uint64_t address = on(vtd, VTD_E_TAG_DROPPED_IOTLB_ADDRESS_HIGH) ? (uint32_t)query->address : query->address;
    return (struct cache_key){{sid | (uint64_t)marked << 16 | pasid << 32, address >> page_lg2 << page_lg2 | page_lg2}};
}

static struct cache_key table_key(const struct vtd *vtd, enum vtd_stage stage, uint16_t did, uint32_t pasid, uint64_t address,
                                  unsigned level)
{
    uint64_t domain = did;
    uint64_t space = 0;
    if (stage == VTD_STAGE_FIRST) {
        domain = on(vtd, VTD_E_TAG_DROPPED_FS_DID) ? 0 : domain;
        space = on(vtd, VTD_E_TAG_DROPPED_FS_PASID) ? 0 : pasid;
        address = on(vtd, VTD_E_TAG_DROPPED_FS_ADDRESS_HIGH) ? (uint32_t)address : address;
    } else {
        domain = on(vtd, VTD_E_TAG_DROPPED_SS_DID) ? 0 : domain;
        address = on(vtd, VTD_E_TAG_DROPPED_SS_ADDRESS_HIGH) ? (uint32_t)address : address;
    }
    unsigned covers_lg2 = 12u + 9u * level;
    return (struct cache_key){{domain | space << 16, address >> covers_lg2 << covers_lg2 | level}};
}

/* ---- lookup ---- */

struct vtd_context_slot *vtd_context_find(struct vtd *vtd, uint16_t requester_id)
{
    struct cache_key key = context_key(vtd, requester_id);
    return cache_lookup(&vtd->caches.context, &key);
}

struct vtd_pasid_slot *vtd_pasid_find(struct vtd *vtd, uint16_t requester_id, uint32_t pasid)
{
    struct cache_key key = pasid_key(vtd, requester_id, pasid);
    return cache_lookup(&vtd->caches.pasid, &key);
}

static struct vtd_iotlb_slot *iotlb_find(struct vtd *vtd, const struct vtd_query *query, bool with_pasid)
{
    uint32_t sizes = vtd->caches.iotlb_sizes;
    for (unsigned page_lg2 = 12; sizes; page_lg2 += 9, sizes >>= 1) {
        if (!(sizes & 1u))
            continue;
        struct cache_key key = iotlb_key(vtd, query, with_pasid, page_lg2);
        struct vtd_iotlb_slot *slot = cache_lookup(&vtd->caches.iotlb, &key);
        if (slot)
            return slot;
    }
    return NULL;
}

struct vtd_iotlb_slot *vtd_iotlb_find(struct vtd *vtd, const struct vtd_query *query)
{
    struct vtd_iotlb_slot *slot = iotlb_find(vtd, query, query->has_pasid);
    /* 6.2.1: an implementation may let requests with PASID use what plain requests of the same device brought in. */
    if (!slot && query->has_pasid && vtd->params.pasid_hit_by_rid) {
        slot = iotlb_find(vtd, query, false);
        if (slot && slot->tag_pasid != query->pasid)
            slot = NULL;
    }
    return slot;
}

/* 6.2.7: the entry closest to the leaf first. */
struct vtd_table_slot *vtd_table_find(struct vtd *vtd, enum vtd_stage stage, uint16_t did, uint32_t pasid,
                                      const struct vtd_walk *walk)
{
    struct cache *cache = stage == VTD_STAGE_FIRST ? &vtd->caches.first_stage : &vtd->caches.second_stage;
    for (unsigned level = 1; level < walk->top_level; level++) {
        if (!(vtd->caches.table_levels[stage] >> level & 1u))
            continue;
        struct cache_key key = table_key(vtd, stage, did, pasid, walk->input, level);
        struct vtd_table_slot *slot = cache_lookup(cache, &key);
        if (slot)
            return slot;
    }
    return NULL;
}

/* ---- fill ---- */

static bool may_fill(const struct vtd_flight *flight)
{
    const struct inflight *inflight = &flight->work.pool->inflight;
    return inflight_current(inflight, &flight->work.entry) || on(flight->vtd, VTD_E_FILL_AFTER_INVALIDATION);
}

static void *fill(struct vtd_flight *flight, struct cache *cache, const struct cache_key *key)
{
    uint32_t id = flight->work.request ? flight->work.request->id : VTD_NO_REQUEST;
    return cache_insert(cache, key, flight->work.job.now_ps, id, flight->sources, flight->source_count);
}

/* 6.2.2, 6.2.3: a faulting entry is tagged with the reserved domain-id 0. */
static uint16_t tag_did(const struct vtd *vtd, enum vtd_condition fault, uint16_t did)
{
    return fault == VTD_OK || on(vtd, VTD_E_CM_FAULT_DID) ? did : 0;
}

void vtd_context_keep(struct vtd_flight *flight, enum vtd_condition fault)
{
    struct vtd *vtd = flight->vtd;
    if (!may_fill(flight) || (fault != VTD_OK && !vtd_keeps_faulting(vtd)))
        return;
    struct cache_key key = context_key(vtd, flight->query.requester_id);
    struct vtd_context_slot *slot = fill(flight, &vtd->caches.context, &key);
    if (slot)
        *slot = (struct vtd_context_slot){flight->context, fault, tag_did(vtd, fault, flight->context.did)};
}

void vtd_pasid_keep(struct vtd_flight *flight, bool fpd, enum vtd_condition fault)
{
    struct vtd *vtd = flight->vtd;
    if (!may_fill(flight) || (fault != VTD_OK && !vtd_keeps_faulting(vtd)))
        return;
    struct cache_key key = pasid_key(vtd, flight->query.requester_id, flight->pasid);
    struct vtd_pasid_slot *slot = fill(flight, &vtd->caches.pasid, &key);
    if (slot)
        *slot = (struct vtd_pasid_slot){flight->pasid_entry, fpd, fault, tag_did(vtd, fault, flight->pasid_entry.did)};
}

void vtd_iotlb_keep(struct vtd_flight *flight, enum vtd_condition fault)
{
    struct vtd *vtd = flight->vtd;
    if (!may_fill(flight))
        return;
    unsigned page_lg2 = flight->result.page_lg2;
    struct cache_key key = iotlb_key(vtd, &flight->query, flight->query.has_pasid, page_lg2);
    struct vtd_iotlb_slot *slot = fill(flight, &vtd->caches.iotlb, &key);
    if (!slot)
        return;
    vtd->caches.iotlb_sizes |= 1u << (page_lg2 - 12u) / 9u;
    slot->result = flight->result;
    slot->paging = flight->paging;
    slot->entry = flight->pasid_entry;
    slot->fault = fault;
    slot->page = flight->query.address >> page_lg2 << page_lg2;
    /* 6.2.1 PASID tagging: entries of plain requests carry RID_PASID, for invalidations to find them. */
    slot->tag_pasid = !flight->query.has_pasid && on(vtd, VTD_E_R14) ? UINT32_MAX : flight->pasid;
    slot->tag_did = flight->paging.did;
    slot->fpd = flight->fpd;
    slot->rid_priv = flight->root.mode == VTD_SCALABLE && flight->context.rid_priv;
    if (flight->privileged && on(vtd, VTD_E_SUPERVISOR_LEAK))
        slot->result.fs_user = true;
}

/* 6.2.5: a non-leaf entry that was used, with the rights down to it. */
void vtd_table_keep(struct vtd_flight *flight, const struct vtd_walk *walk)
{
    struct vtd *vtd = flight->vtd;
    if (!may_fill(flight))
        return;
    struct cache *cache = walk->stage == VTD_STAGE_FIRST ? &vtd->caches.first_stage : &vtd->caches.second_stage;
    unsigned covers_lg2 = 12u + 9u * walk->level;
    struct cache_key key = table_key(vtd, walk->stage, flight->paging.did, flight->pasid, walk->input, walk->level);
    struct vtd_table_slot *slot = fill(flight, cache, &key);
    if (!slot)
        return;
    vtd->caches.table_levels[walk->stage] |= 1u << walk->level;
    *slot = (struct vtd_table_slot){.table = walk->table,
                                    .page = walk->input >> covers_lg2 << covers_lg2,
                                    .tag_pasid = flight->pasid,
                                    .tag_did = flight->paging.did,
                                    .level = walk->level,
                                    .read = walk->read,
                                    .write = walk->write,
                                    .user = walk->user};
}

/* ---- 6.4: tagged by index alone ---- */

uint64_t *vtd_irte_find(struct vtd *vtd, uint32_t index)
{
    struct cache_key key = {{on(vtd, VTD_E_TAG_DROPPED_IEC_INDEX) ? index & 0xfu : index}};
    return cache_lookup(&vtd->caches.interrupt, &key);
}

/* With CM=0 nothing that faults is kept. */
void vtd_irte_keep(struct vtd_flight *flight, const uint64_t entry[2], enum vtd_condition fault)
{
    struct vtd *vtd = flight->vtd;
    bool faulting = (vtd->params.cm && vtd->params.cache_faulting) || on(vtd, VTD_E_IEC_KEEPS_FAULTING);
    if (!may_fill(flight) || (fault != VTD_OK && !faulting))
        return;
    struct cache_key key = {{on(vtd, VTD_E_TAG_DROPPED_IEC_INDEX) ? flight->interrupt_index & 0xfu : flight->interrupt_index}};
    uint64_t *slot = fill(flight, &vtd->caches.interrupt, &key);
    if (!slot)
        return;
    slot[0] = entry[0];
    slot[1] = entry[1];
}
