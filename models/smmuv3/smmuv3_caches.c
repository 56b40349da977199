/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_caches.c - 16.2 Caching, 3.17 TLB tagging, VMIDs, ASIDs: what is looked up by which tags, and what may be filled in.
 *
 * Configuration caches are indexed by StreamID and SubstreamID. Translations are tagged with StreamWorld, VMID, ASID or "global"
 * with ASET, and address; entries made from stage 2 alone are IPAs. A fill is refused when anything was invalidated since the
 * request began to read (3.21).
 */
#include "smmuv3/smmuv3_internal.h"

#define ADDRESS_BITS 56u /* TBI: the top byte is no part of the address; bit 55 tells TTB0 from TTB1 */

int smmuv3_caches_init(struct smmuv3 *smmu)
{
    const struct smmuv3_params *p = &smmu->params;
    const struct {
        struct cache *cache;
        struct cache_geometry geometry;
        size_t bytes;
    } table[] = {
        {&smmu->caches.ste, p->ste_cache, sizeof(struct smmuv3_ste_slot)},
        {&smmu->caches.cd, p->cd_cache, sizeof(struct smmuv3_cd_slot)},
        {&smmu->caches.tlb, p->tlb, sizeof(struct smmuv3_tlb_slot)},
        {&smmu->caches.stage1, p->stage1_walk_cache, sizeof(struct smmuv3_table_slot)},
        {&smmu->caches.stage2, p->stage2_walk_cache, sizeof(struct smmuv3_table_slot)},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        int error = cache_init(table[i].cache, table[i].geometry, table[i].bytes, p->provenance, &smmu->sim->rng);
        if (error)
            return error;
    }
    return 0;
}

void smmuv3_caches_fini(struct smmuv3 *smmu)
{
    cache_fini(&smmu->caches.ste);
    cache_fini(&smmu->caches.cd);
    cache_fini(&smmu->caches.tlb);
    cache_fini(&smmu->caches.stage1);
    cache_fini(&smmu->caches.stage2);
}

void smmuv3_caches_clear(struct smmuv3 *smmu)
{
    struct smmuv3_caches *caches = &smmu->caches;
    cache_clear(&caches->ste);
    cache_clear(&caches->cd);
    cache_clear(&caches->tlb);
    cache_clear(&caches->stage1);
    cache_clear(&caches->stage2);
    for (unsigned i = 0; i < 2; i++)
        caches->tlb_sizes[i] = caches->table_sizes[i] = 0;
}

uint64_t smmuv3_tag_address(uint64_t address)
{
    return address & ((UINT64_C(1) << ADDRESS_BITS) - 1u);
}

struct smmuv3_stream_table smmuv3_stream_table_now(const struct smmuv3 *smmu)
{
    return smmuv3_stream_table_decode(&smmu->params, smmuv3_reg(smmu, SMMUV3_REG_STRTAB_BASE),
                                      (uint32_t)smmuv3_reg(smmu, SMMUV3_REG_STRTAB_BASE_CFG));
}

unsigned smmuv3_l1std_bits(const struct smmuv3 *smmu)
{
    struct smmuv3_stream_table table = smmuv3_stream_table_now(smmu);
    return table.split == 8 || table.split == 10 ? table.split : 6;
}

/* 5.3: S1Fmt 0b01 has leaf tables of 64 CDs, 0b10 of 1024. */
static unsigned l1cd_bits(const struct smmuv3_ste *ste)
{
    return ste->s1fmt == 1 ? 6 : 10;
}

/* ---- keys ---- */

static struct cache_key ste_key(const struct smmuv3 *smmu, uint32_t stream_id, bool level1)
{
    uint32_t index = level1 ? stream_id >> smmuv3_l1std_bits(smmu) : stream_id;
    return (struct cache_key){{smmuv3_on(smmu, SMMUV3_E_TAG_DROPPED_STE_SID) ? 0 : index, level1}};
}

static struct cache_key cd_key(const struct smmuv3 *smmu, uint32_t stream_id, uint32_t index, bool level1, unsigned leaf_bits)
{
    uint64_t sid = smmuv3_on(smmu, SMMUV3_E_TAG_DROPPED_CD_SID) ? 0 : stream_id;
    uint64_t ssid = smmuv3_on(smmu, SMMUV3_E_TAG_DROPPED_CD_SSID) ? 0 : index;
    return (struct cache_key){{sid, level1 ? ssid >> leaf_bits : ssid, level1}};
}

static uint64_t regime_word(const struct smmuv3 *smmu, const struct smmuv3_regime *regime, bool ipa, bool global)
{
    uint64_t world = smmuv3_on(smmu, SMMUV3_E_TAG_DROPPED_WORLD) ? 0 : (uint64_t)regime->world;
    uint64_t vmid = smmuv3_on(smmu, SMMUV3_E_TAG_DROPPED_VMID) ? 0 : regime->vmid;
    uint64_t asid = ipa || global || smmuv3_on(smmu, SMMUV3_E_TAG_DROPPED_ASID) ? 0 : regime->asid;
    /* 3.17.1: a global entry matches within its ASID set only. */
    uint64_t aset = global && regime->aset && !smmuv3_on(smmu, SMMUV3_E_TAG_DROPPED_ASET);
    uint64_t kind = ipa && !smmuv3_on(smmu, SMMUV3_E_TAG_DROPPED_IPA);
    return world | kind << 2 | (uint64_t)global << 3 | aset << 4 | vmid << 16 | asid << 32;
}

static struct cache_key address_key(const struct smmuv3 *smmu, uint64_t regime, uint64_t address, unsigned lg2)
{
    uint64_t tag = smmuv3_tag_address(address);
    if (smmuv3_on(smmu, SMMUV3_E_TAG_DROPPED_ADDRESS_HIGH))
        tag = (uint32_t)tag;
    return (struct cache_key){{regime, tag >> lg2 << lg2 | lg2}};
}

/* ---- lookup ---- */

struct smmuv3_ste_slot *smmuv3_ste_find(struct smmuv3 *smmu, uint32_t stream_id, bool level1)
{
    struct cache_key key = ste_key(smmu, stream_id, level1);
    return cache_lookup(&smmu->caches.ste, &key);
}

struct smmuv3_cd_slot *smmuv3_cd_find(struct smmuv3 *smmu, uint32_t stream_id, uint32_t index, const struct smmuv3_ste *level1)
{
    struct cache_key key = cd_key(smmu, stream_id, index, level1 != NULL, level1 ? l1cd_bits(level1) : 0);
    return cache_lookup(&smmu->caches.cd, &key);
}

struct smmuv3_tlb_slot *smmuv3_tlb_find(struct smmuv3 *smmu, const struct smmuv3_regime *regime, uint64_t address)
{
    bool ipa = !regime->s1;
    for (unsigned global = 0; global < 2; global++) {
        uint64_t word = regime_word(smmu, regime, ipa, global);
        for (uint64_t sizes = smmu->caches.tlb_sizes[global]; sizes; sizes &= sizes - 1u) {
            struct cache_key key = address_key(smmu, word, address, (unsigned)__builtin_ctzll(sizes));
            struct smmuv3_tlb_slot *slot = cache_lookup(&smmu->caches.tlb, &key);
            if (slot)
                return slot;
        }
    }
    return NULL;
}

/* The entry closest to the leaf first. */
struct smmuv3_table_slot *smmuv3_table_find(struct smmuv3 *smmu, const struct smmuv3_regime *regime,
                                            const struct smmuv3_walk *walk)
{
    bool ipa = walk->stage == SMMUV3_STAGE2;
    struct cache *cache = ipa ? &smmu->caches.stage2 : &smmu->caches.stage1;
    uint64_t word = regime_word(smmu, regime, ipa, false);
    for (uint64_t sizes = smmu->caches.table_sizes[ipa]; sizes; sizes &= sizes - 1u) {
        struct cache_key key = address_key(smmu, word, walk->input, (unsigned)__builtin_ctzll(sizes));
        struct smmuv3_table_slot *slot = cache_lookup(cache, &key);
        if (slot && slot->granule_lg2 == smmuv3_walk_setup(regime, walk)->granule_lg2 && slot->walk.level > walk->level)
            return slot;
    }
    return NULL;
}

/* ---- fill ---- */

static bool may_fill(const struct smmuv3_flight *flight)
{
    const struct smmuv3 *smmu = flight->smmu;
    return inflight_current(&smmu->requests.inflight, &flight->work.entry) || smmuv3_on(smmu, SMMUV3_E_FILL_AFTER_INVALIDATION);
}

static void *fill(struct smmuv3_flight *flight, struct cache *cache, const struct cache_key *key)
{
    if (!may_fill(flight))
        return NULL;
    uint32_t id = flight->work.request ? flight->work.request->id : SMMUV3_NO_REQUEST;
    return cache_insert(cache, key, flight->work.job.now_ps, id, flight->sources, flight->source_count);
}

/* Only an L1STD that led to an STE is kept: software may fill in others without telling. */
void smmuv3_l1std_keep(struct smmuv3_flight *flight, uint64_t l1std)
{
    struct smmuv3 *smmu = flight->smmu;
    struct cache_key key = ste_key(smmu, flight->query.stream_id, true);
    struct smmuv3_ste_slot *slot = fill(flight, &smmu->caches.ste, &key);
    if (slot)
        *slot = (struct smmuv3_ste_slot){.l1std = l1std, .stream_id = flight->query.stream_id, .level1 = true};
}

void smmuv3_ste_keep(struct smmuv3_flight *flight, enum smmuv3_condition condition)
{
    struct smmuv3 *smmu = flight->smmu;
    flight->ste_stamp = ++smmu->caches.stamp;
    struct cache_key key = ste_key(smmu, flight->query.stream_id, false);
    struct smmuv3_ste_slot *slot = fill(flight, &smmu->caches.ste, &key);
    if (!slot)
        return;
    *slot = (struct smmuv3_ste_slot){
        .ste = flight->ste, .condition = condition, .stamp = flight->ste_stamp, .stream_id = flight->query.stream_id};
    if (condition == SMMUV3_OK)
        slot->regime = smmuv3_regime_make(&smmu->params, &flight->ste, NULL);
}

void smmuv3_l1cd_keep(struct smmuv3_flight *flight, uint64_t l1cd)
{
    struct smmuv3 *smmu = flight->smmu;
    unsigned leaf_bits = l1cd_bits(&flight->ste);
    struct cache_key key = cd_key(smmu, flight->query.stream_id, flight->cd_index, true, leaf_bits);
    struct smmuv3_cd_slot *slot = fill(flight, &smmu->caches.cd, &key);
    if (slot)
        *slot = (struct smmuv3_cd_slot){.l1cd = l1cd,
                                        .stream_id = flight->query.stream_id,
                                        .index = flight->cd_index,
                                        .level1 = true,
                                        .leaf_bits = (uint8_t)leaf_bits};
}

/* With flight->regime made already, if the CD is valid. */
void smmuv3_cd_keep(struct smmuv3_flight *flight, enum smmuv3_condition condition)
{
    struct smmuv3 *smmu = flight->smmu;
    struct cache_key key = cd_key(smmu, flight->query.stream_id, flight->cd_index, false, 0);
    struct smmuv3_cd_slot *slot = fill(flight, &smmu->caches.cd, &key);
    if (slot)
        *slot = (struct smmuv3_cd_slot){.cd = flight->cd,
                                        .condition = condition,
                                        .regime = flight->regime,
                                        .ste_stamp = flight->ste_stamp,
                                        .stream_id = flight->query.stream_id,
                                        .index = flight->cd_index};
}

static struct smmuv3_tag tag_of(const struct smmuv3_regime *regime, uint64_t address, unsigned lg2, bool ipa, bool global)
{
    return (struct smmuv3_tag){.page = smmuv3_tag_address(address) >> lg2 << lg2,
                               .page_lg2 = (uint8_t)lg2,
                               .world = regime->world,
                               .asid = regime->asid,
                               .vmid = regime->vmid,
                               .ipa = ipa,
                               .global = global,
                               .aset = regime->aset};
}

void smmuv3_tlb_keep(struct smmuv3_flight *flight)
{
    struct smmuv3 *smmu = flight->smmu;
    const struct smmuv3_regime *regime = &flight->regime;
    bool ipa = !regime->s1;
    bool global = flight->result.global && !ipa;
    unsigned lg2 = flight->result.page_lg2;
    struct cache_key key = address_key(smmu, regime_word(smmu, regime, ipa, global), flight->query.address, lg2);
    struct smmuv3_tlb_slot *slot = fill(flight, &smmu->caches.tlb, &key);
    if (!slot)
        return;
    smmu->caches.tlb_sizes[global] |= UINT64_C(1) << lg2;
    slot->tag = tag_of(regime, flight->query.address, lg2, ipa, global);
    slot->result = flight->result;
    if (smmuv3_on(smmu, SMMUV3_E_TLB_PRIVILEGE_LEAK))
        slot->result.rights1.ur = slot->result.rights1.uw = true;
}

/* The walk stands behind a table descriptor that was used. */
void smmuv3_table_keep(struct smmuv3_flight *flight, const struct smmuv3_walk *walk)
{
    struct smmuv3 *smmu = flight->smmu;
    const struct smmuv3_regime *regime = &flight->regime;
    bool ipa = walk->stage == SMMUV3_STAGE2;
    unsigned lg2 = smmuv3_walk_shift(regime, walk);
    if (lg2 >= ADDRESS_BITS)
        return;
    struct cache_key key = address_key(smmu, regime_word(smmu, regime, ipa, false), walk->input, lg2);
    struct smmuv3_table_slot *slot = fill(flight, ipa ? &smmu->caches.stage2 : &smmu->caches.stage1, &key);
    if (!slot)
        return;
    smmu->caches.table_sizes[ipa] |= UINT64_C(1) << lg2;
    slot->tag = tag_of(regime, walk->input, lg2, ipa, false);
    slot->walk = *walk;
    slot->granule_lg2 = smmuv3_walk_setup(regime, walk)->granule_lg2;
}
