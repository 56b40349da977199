/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_invalidate.c - 4.3 Configuration structure invalidation, 4.4 TLB invalidation: which entries each command drops, and
 * when that is complete (3.21.1, 3.21.3).
 *
 * Nothing beyond the required scope is dropped: whatever a driver fails to ask for stays.
 */
#include "smmuv3/smmuv3_internal.h"

struct judge {
    const struct smmuv3 *smmu;
    const struct smmuv3_invalidation *inv;
};

/* ---- 4.3 configuration ---- */

static bool stream_matches(const struct judge *judge, uint32_t stream_id)
{
    const struct smmuv3_invalidation *inv = judge->inv;
    uint32_t differ = stream_id ^ inv->stream_id;
    if (inv->kind != SMMUV3_CFGI_STE_RANGE)
        return differ == 0;
    unsigned lg2 = inv->range_lg2;
    if (smmuv3_on(judge->smmu, SMMUV3_E_CFGI_RANGE_NARROW))
        lg2--;
    return (uint64_t)differ >> lg2 == 0;
}

/* An L1STD serves 2^SPLIT StreamIDs: the upper part of the StreamID decides, whoever brought it in. */
static bool l1std_matches(const struct judge *judge, const struct smmuv3_ste_slot *slot)
{
    const struct smmuv3_invalidation *inv = judge->inv;
    unsigned lg2 = smmuv3_l1std_bits(judge->smmu);
    if (inv->kind == SMMUV3_CFGI_STE_RANGE && inv->range_lg2 > lg2)
        lg2 = inv->range_lg2;
    bool kept = inv->kind == SMMUV3_CFGI_STE && (inv->leaf || smmuv3_on(judge->smmu, SMMUV3_E_CFGI_L1STD_NARROW));
    return !kept && (uint64_t)(slot->stream_id ^ inv->stream_id) >> lg2 == 0;
}

static bool ste_matches(void *context, const struct cache_key *key, const void *payload)
{
    const struct smmuv3_ste_slot *slot = payload;
    (void)key;
    return slot->level1 ? l1std_matches(context, slot) : stream_matches(context, slot->stream_id);
}

/* CFGI_STE drops all CDs and L1CDs of the stream; CFGI_CD one CD, and with Leaf = 0 the L1CD that locates it. */
static bool cd_matches(void *context, const struct cache_key *key, const void *payload)
{
    const struct judge *judge = context;
    const struct smmuv3_cd_slot *slot = payload;
    const struct smmuv3_invalidation *inv = judge->inv;
    (void)key;
    if (!stream_matches(judge, slot->stream_id))
        return false;
    if (inv->kind != SMMUV3_CFGI_CD)
        return inv->kind == SMMUV3_CFGI_CD_ALL || !smmuv3_on(judge->smmu, SMMUV3_E_CFGI_STE_KEEPS_CDS);
    if (!slot->level1)
        return slot->index == inv->substream_id;
    bool kept = inv->leaf || smmuv3_on(judge->smmu, SMMUV3_E_CFGI_L1CD_NARROW);
    return !kept && slot->index >> slot->leaf_bits == inv->substream_id >> slot->leaf_bits;
}

static void drop_configuration(struct smmuv3 *smmu, struct judge *judge)
{
    if (judge->inv->kind == SMMUV3_CFGI_STE || judge->inv->kind == SMMUV3_CFGI_STE_RANGE)
        cache_invalidate_if(&smmu->caches.ste, ste_matches, judge);
    cache_invalidate_if(&smmu->caches.cd, cd_matches, judge);
}

/* ---- 4.4 TLB: which tags a command compares ---- */

enum { EL1 = 1, EL2 = 2, E2H = 4, BY_VMID = 8, BY_ASID = 16, BY_ADDRESS = 32, GLOBAL_TOO = 64, OF_VA = 128, OF_IPA = 256 };

static const uint16_t scopes[SMMUV3_INVALIDATION_KINDS] = {
    [SMMUV3_TLBI_NH_ALL] = EL1 | OF_VA | BY_VMID | GLOBAL_TOO,
    [SMMUV3_TLBI_NH_ASID] = EL1 | OF_VA | BY_VMID | BY_ASID,
    [SMMUV3_TLBI_NH_VA] = EL1 | OF_VA | BY_VMID | BY_ASID | BY_ADDRESS | GLOBAL_TOO,
    [SMMUV3_TLBI_NH_VAA] = EL1 | OF_VA | BY_VMID | BY_ADDRESS | GLOBAL_TOO,
    [SMMUV3_TLBI_EL2_ALL] = EL2 | E2H | OF_VA | GLOBAL_TOO,
    [SMMUV3_TLBI_EL2_ASID] = E2H | OF_VA | BY_ASID,
    [SMMUV3_TLBI_EL2_VA] = EL2 | E2H | OF_VA | BY_ASID | BY_ADDRESS | GLOBAL_TOO,
    [SMMUV3_TLBI_EL2_VAA] = EL2 | E2H | OF_VA | BY_ADDRESS | GLOBAL_TOO,
    [SMMUV3_TLBI_S12_VMALL] = EL1 | OF_VA | OF_IPA | BY_VMID | GLOBAL_TOO,
    [SMMUV3_TLBI_S2_IPA] = EL1 | OF_IPA | BY_VMID | BY_ADDRESS | GLOBAL_TOO,
    [SMMUV3_TLBI_NSNH_ALL] = EL1 | OF_VA | OF_IPA | GLOBAL_TOO,
};

static uint16_t scope_of(const struct judge *judge)
{
    const struct smmuv3_invalidation *inv = judge->inv;
    uint16_t scope = scopes[inv->kind];
    /* 4.4.2.8, 4.4.2.9: CR2.E2H says which of the two regimes is meant. */
    if (inv->kind == SMMUV3_TLBI_EL2_VA || inv->kind == SMMUV3_TLBI_EL2_VAA) {
        bool e2h = SMMUV3_GET(smmuv3_reg(judge->smmu, SMMUV3_REG_CR2), CR2_E2H) != 0;
        scope &= (uint16_t) ~(e2h != smmuv3_on(judge->smmu, SMMUV3_E_TLBI_E2H_INVERTED) ? EL2 : E2H | BY_ASID);
    }
    if (inv->kind == SMMUV3_TLBI_NH_VA && smmuv3_on(judge->smmu, SMMUV3_E_TLBI_VA_KEEPS_GLOBAL))
        scope &= (uint16_t)~GLOBAL_TOO;
    return scope;
}

/* 3.17.6: VMW ignores low bits of the VMID. */
static bool vmid_matches(const struct judge *judge, uint16_t vmid)
{
    uint64_t vmw = SMMUV3_GET(smmuv3_reg(judge->smmu, SMMUV3_REG_CR0), CR0_VMW);
    unsigned ignored = vmw <= 4 && !smmuv3_on(judge->smmu, SMMUV3_E_VMW_IGNORED) ? (unsigned)vmw : 0u;
    return ((vmid ^ judge->inv->vmid) & 0xffffu) >> ignored == 0;
}

static bool world_matches(uint16_t scope, enum smmuv3_stream_world world)
{
    return (world == SMMUV3_NS_EL1 && scope & EL1) || (world == SMMUV3_EL2 && scope & EL2) ||
           (world == SMMUV3_EL2_E2H && scope & E2H);
}

/* Everything but the address. */
static bool tags_match(const struct judge *judge, const struct smmuv3_tag *tag)
{
    uint16_t scope = scope_of(judge);
    if (!world_matches(scope, tag->world) || !(scope & (tag->ipa ? OF_IPA : OF_VA)))
        return false;
    if (scope & BY_VMID && !vmid_matches(judge, tag->vmid))
        return false;
    if (tag->global)
        return scope & GLOBAL_TOO;
    return !(scope & BY_ASID) || tag->world == SMMUV3_EL2 || tag->asid == judge->inv->asid;
}

/* Does what lies within 2^lg2 bytes around `page` overlap the range of the command? */
static bool address_matches(const struct judge *judge, uint64_t page, unsigned lg2)
{
    uint64_t first = smmuv3_tag_address(page) >> lg2 << lg2;
    uint64_t last = first + ((UINT64_C(1) << lg2) - 1u);
    uint64_t asked_first = smmuv3_tag_address(judge->inv->first);
    uint64_t asked_last = asked_first + (judge->inv->last - judge->inv->first);
    if (asked_last < asked_first)
        asked_last = UINT64_MAX;
    return first <= asked_last && asked_first <= last;
}

static bool by_address(const struct judge *judge)
{
    return scopes[judge->inv->kind] & BY_ADDRESS;
}

/* 4.4.1.1: with TG only entries of that granule, with TTL only leaves of that level have to go. */
static bool hint_matches(const struct judge *judge, unsigned granule_lg2, int level)
{
    const struct smmuv3_invalidation *inv = judge->inv;
    return !inv->granule_lg2 || (inv->granule_lg2 == granule_lg2 && (!inv->ttl || inv->ttl == level));
}

static bool tlb_matches(void *context, const struct cache_key *key, const void *payload)
{
    const struct judge *judge = context;
    const struct smmuv3_tlb_slot *slot = payload;
    (void)key;
    if (!tags_match(judge, &slot->tag))
        return false;
    /* Deviation S02: entries made from both stages are passed over. */
    if (slot->result.s1 && slot->result.s2 && judge->inv->kind == SMMUV3_TLBI_NH_VA && smmuv3_on(judge->smmu, SMMUV3_E_S02))
        return false;
    if (!by_address(judge))
        return true;
    bool ipa = slot->tag.ipa;
    const struct smmuv3_result *result = &slot->result;
    /* An entry may be smaller than the block it came from: the block's own size counts. */
    unsigned own = ipa ? result->span2_lg2 : result->span1_lg2;
    unsigned lg2 = own > slot->tag.page_lg2 && !smmuv3_on(judge->smmu, SMMUV3_E_TLBI_BLOCK_SPLIT) ? own : slot->tag.page_lg2;
    return hint_matches(judge, ipa ? result->level2_tg_lg2 : result->level1_tg_lg2, ipa ? result->level2 : result->level1) &&
           address_matches(judge, slot->tag.page, lg2);
}

/* Walk caches: Leaf = 1 leaves them alone; TG counts, TTL says that tables at its own level and below may stay. */
static bool table_matches(void *context, const struct cache_key *key, const void *payload)
{
    const struct judge *judge = context;
    const struct smmuv3_table_slot *slot = payload;
    const struct smmuv3_invalidation *inv = judge->inv;
    (void)key;
    if (!tags_match(judge, &slot->tag))
        return false;
    if (!by_address(judge))
        return true;
    /* Deviation S14: the walk cache is indexed differently for invalidations. */
    if (inv->leaf || smmuv3_on(judge->smmu, SMMUV3_E_S14))
        return false;
    if (inv->granule_lg2 && inv->granule_lg2 != slot->granule_lg2)
        return false;
    if (inv->ttl && slot->walk.level > inv->ttl)
        return false;
    return address_matches(judge, slot->tag.page, slot->tag.page_lg2);
}

static void drop_translations(struct smmuv3 *smmu, struct judge *judge)
{
    cache_invalidate_if(&smmu->caches.tlb, tlb_matches, judge);
    cache_invalidate_if(&smmu->caches.stage1, table_matches, judge);
    cache_invalidate_if(&smmu->caches.stage2, table_matches, judge);
}

/* ---- the commands ---- */

static const struct kind {
    const char *name;
    void (*drop)(struct smmuv3 *smmu, struct judge *judge);
    enum smmuv3_erratum_id narrow; /* deviation: nothing is dropped */
} kinds[SMMUV3_INVALIDATION_KINDS] = {
    [SMMUV3_CFGI_STE] = {"cfgi_ste", drop_configuration, SMMUV3_E_INV_CFGI_STE_NARROW},
    [SMMUV3_CFGI_STE_RANGE] = {"cfgi_ste_range", drop_configuration, SMMUV3_E_INV_CFGI_STE_RANGE_NARROW},
    [SMMUV3_CFGI_CD] = {"cfgi_cd", drop_configuration, SMMUV3_E_INV_CFGI_CD_NARROW},
    [SMMUV3_CFGI_CD_ALL] = {"cfgi_cd_all", drop_configuration, SMMUV3_E_INV_CFGI_CD_ALL_NARROW},
    [SMMUV3_TLBI_NH_ALL] = {"tlbi_nh_all", drop_translations, SMMUV3_E_INV_NH_ALL_NARROW},
    [SMMUV3_TLBI_NH_ASID] = {"tlbi_nh_asid", drop_translations, SMMUV3_E_INV_NH_ASID_NARROW},
    [SMMUV3_TLBI_NH_VA] = {"tlbi_nh_va", drop_translations, SMMUV3_E_INV_NH_VA_NARROW},
    [SMMUV3_TLBI_NH_VAA] = {"tlbi_nh_vaa", drop_translations, SMMUV3_E_INV_NH_VAA_NARROW},
    [SMMUV3_TLBI_EL2_ALL] = {"tlbi_el2_all", drop_translations, SMMUV3_E_INV_EL2_ALL_NARROW},
    [SMMUV3_TLBI_EL2_ASID] = {"tlbi_el2_asid", drop_translations, SMMUV3_E_INV_EL2_ASID_NARROW},
    [SMMUV3_TLBI_EL2_VA] = {"tlbi_el2_va", drop_translations, SMMUV3_E_INV_EL2_VA_NARROW},
    [SMMUV3_TLBI_EL2_VAA] = {"tlbi_el2_vaa", drop_translations, SMMUV3_E_INV_EL2_VAA_NARROW},
    [SMMUV3_TLBI_S12_VMALL] = {"tlbi_s12_vmall", drop_translations, SMMUV3_E_INV_S12_VMALL_NARROW},
    [SMMUV3_TLBI_S2_IPA] = {"tlbi_s2_ipa", drop_translations, SMMUV3_E_INV_S2_IPA_NARROW},
    [SMMUV3_TLBI_NSNH_ALL] = {"tlbi_nsnh_all", drop_translations, SMMUV3_E_INV_NSNH_ALL_NARROW},
};

void smmuv3_invalidate(struct smmuv3 *smmu, const struct smmuv3_invalidation *invalidation)
{
    const struct kind *kind = &kinds[invalidation->kind];
    SMMUV3_PROBE(smmu, smmu->sim->now_ps, SMMUV3_NO_REQUEST, "invalidate",
                 "%s sid=%x ssid=%x vmid=%x asid=%x first=%llx last=%llx leaf=%d", kind->name, invalidation->stream_id,
                 invalidation->substream_id, invalidation->vmid, invalidation->asid, (unsigned long long)invalidation->first,
                 (unsigned long long)invalidation->last, invalidation->leaf);
    inflight_raise(&smmu->requests.inflight);
    if (smmuv3_on(smmu, kind->narrow))
        return;
    struct judge judge = {smmu, invalidation};
    kind->drop(smmu, &judge);
}

/* True: every request that could have used what was dropped is done. False: drain->drained() will be called. */
bool smmuv3_invalidation_drained(struct smmuv3 *smmu, struct inflight_drain *drain)
{
    if (smmuv3_on(smmu, SMMUV3_E_SYNC_BEFORE_DRAIN))
        return true;
    return inflight_drain(&smmu->requests.inflight, drain);
}
