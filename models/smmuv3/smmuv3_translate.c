/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_translate.c - 3.3.3 Configuration and Translation lookup, chapter 15 Translation procedure: from a request to its STE,
 * its CD, and what the TLB knows.
 *
 * Phases in the order in which a request that hits nothing passes through them.
 */
#include "smmuv3/smmuv3_flight.h"
#include "xlate/data.h"

#include <string.h>

#define PAGE_LG2 12u
#define PAGE_BYTES (1u << PAGE_LG2)

static const struct smmuv3_fault by_input = {.class = SMMUV3_CLASS_IN};

static enum walk_progress fault(struct smmuv3_flight *flight, enum smmuv3_condition condition)
{
    return smmuv3_flight_fault(flight, condition, &by_input);
}

static enum walk_progress fetch_fault(struct smmuv3_flight *flight, enum smmuv3_condition condition, uint64_t address)
{
    const struct smmuv3_fault where = {.class = SMMUV3_CLASS_CD, .fetch = address};
    return smmuv3_flight_fault(flight, condition, &where);
}

static const struct smmuv3_params *params_of(const struct smmuv3_flight *flight)
{
    return &flight->smmu->params;
}

/* ---- structures: read whole ---- */

static enum walk_progress structure_piece(struct smmuv3_flight *flight);

static enum walk_progress structure_got(struct smmuv3_flight *flight)
{
    const struct port_request *access = &flight->work.job.access;
    if (access->status != PORT_OK) {
        flight->structure_failed = true;
        memset(flight->structure, 0, sizeof flight->structure);
        return smmuv3_flight_go(flight, flight->structure_next);
    }
    for (uint32_t i = 0; i < access->bytes; i += 4) {
        uint32_t at = flight->structure_have + i;
        uint64_t word = load_le32(access->data + i);
        flight->structure[at / 8u] |= word << (at % 8u * 8u);
        if (at % 8u)
            smmuv3_flight_source(flight, access->address + i - 4u, flight->structure[at / 8u]);
    }
    flight->structure_have += access->bytes;
    bool more = flight->structure_have < flight->structure_bytes;
    return smmuv3_flight_go(flight, more ? structure_piece : flight->structure_next);
}

/* 3.21.3: doublewords may be read one by one, but each of them at once. Deviation S19 reads words. */
static enum walk_progress structure_piece(struct smmuv3_flight *flight)
{
    const struct smmuv3_port_access what = {
        .kind = PORT_READ,
        .origin = PORT_STRUCTURE,
        .address = flight->structure_address + flight->structure_have,
        .bytes = smmuv3_flight_on(flight, SMMUV3_E_S19) ? 4 : flight->structure_bytes,
        .attributes = &flight->structure_attributes,
    };
    return smmuv3_flight_access(flight, &what, structure_got);
}

static enum walk_progress structure_fetch(struct smmuv3_flight *flight, uint64_t address, uint32_t bytes, smmuv3_phase next)
{
    SMMUV3_PROBE(flight->smmu, flight->work.job.now_ps, smmuv3_flight_id(flight), "fetch", "structure address=%llx bytes=%u",
                 (unsigned long long)address, bytes);
    flight->structure_address = address;
    flight->structure_bytes = bytes;
    flight->structure_have = 0;
    flight->structure_failed = false;
    memset(flight->structure, 0, sizeof flight->structure);
    flight->structure_next = next;
    return smmuv3_flight_go(flight, structure_piece);
}

static bool fetch_failed(const struct smmuv3_flight *flight, enum smmuv3_condition condition)
{
    return smmuv3_found(params_of(flight), condition, flight->structure_failed);
}

/* 6.3.11 TABLE_*: attributes of the Stream table. */
static struct smmuv3_attributes stream_table_attributes(const struct smmuv3 *smmu)
{
    uint64_t cr1 = smmuv3_reg(smmu, SMMUV3_REG_CR1);
    return smmuv3_queue_attributes((uint8_t)SMMUV3_GET(cr1, CR1_TABLE_IC), (uint8_t)SMMUV3_GET(cr1, CR1_TABLE_OC),
                                   (uint8_t)SMMUV3_GET(cr1, CR1_TABLE_SH),
                                   SMMUV3_GET(smmuv3_reg(smmu, SMMUV3_REG_STRTAB_BASE), STRTAB_BASE_RA), false);
}

/* ---- the front door ---- */

/* 6.3.14: SMMUEN is 0. 3.4: what is beyond the OAS is aborted, and nothing recorded. */
static enum walk_progress global_bypass(struct smmuv3_flight *flight)
{
    const struct smmuv3_params *p = params_of(flight);
    bool too_wide = flight->query.address >> smmuv3_oas_bits(p) != 0;
    if (!smmuv3_gbpa_apply(p, flight->smmu->gbpa, &flight->query) || (too_wide && !smmuv3_flight_on(flight, SMMUV3_E_GBPA_UNCUT)))
        return smmuv3_flight_end(flight, SMMUV3_END_ABORT);
    flight->output = flight->query.address;
    flight->attributes = smmuv3_bypass_attributes(&flight->query);
    return smmuv3_flight_go(flight, smmuv3_flight_data);
}

/* Deviation S06: writes to the page that the unit's own MSIs go to are not translated. */
static bool is_doorbell(const struct smmuv3_flight *flight)
{
    uint64_t doorbell = smmuv3_reg(flight->smmu, SMMUV3_REG_EVENTQ_IRQ_CFG0) & SMMUV3_MASK(EVENTQ_IRQ_CFG0_ADDR);
    bool write = flight->query.write && !flight->query.read;
    return write && doorbell && doorbell / PAGE_BYTES == flight->query.address / PAGE_BYTES &&
           smmuv3_flight_on(flight, SMMUV3_E_S06);
}

/* 16.7.1: what crosses a 4 KiB boundary is unsupported, as with AMBA downstream. */
static bool is_unsupported(const struct smmuv3_flight *flight)
{
    const struct pcie_request *request = flight->work.request;
    return request && (!data_well_formed(request) || request->address % PAGE_BYTES + request->bytes > PAGE_BYTES);
}

enum walk_progress smmuv3_flight_start(struct smmuv3_flight *flight)
{
    const struct pcie_request *request = flight->work.request;
    bool ats = params_of(flight)->ats && request && request->at != PCIE_AT_RESERVED;
    if (request && request->at != PCIE_AT_UNTRANSLATED && !ats)
        return smmuv3_flight_end(flight, SMMUV3_END_ABORT);
    if (flight->purpose == SMMUV3_FOR_TRANSLATION)
        return smmuv3_ats_request(flight);
    if (flight->purpose == SMMUV3_FOR_TRANSLATED && is_unsupported(flight))
        return smmuv3_flight_end(flight, SMMUV3_END_ABORT);
    if (flight->purpose == SMMUV3_FOR_TRANSLATED)
        return smmuv3_ats_translated(flight);
    if (flight->purpose == SMMUV3_FOR_PPAR)
        return flight->was_enabled ? smmuv3_flight_find_ste(flight) : smmuv3_flight_end(flight, SMMUV3_END_ABORT);
    if (is_unsupported(flight))
        return smmuv3_flight_unsupported(flight);
    if (!flight->was_enabled || is_doorbell(flight))
        return global_bypass(flight);
    return smmuv3_flight_find_ste(flight);
}

/* ---- 3.3.1 Stream table lookup ---- */

static enum walk_progress judge_ste(struct smmuv3_flight *flight);

static enum walk_progress ste_got(struct smmuv3_flight *flight)
{
    const struct smmuv3_params *p = params_of(flight);
    if (fetch_failed(flight, SMMUV3_STE_FETCH))
        return fetch_fault(flight, SMMUV3_STE_FETCH, flight->structure_address);
    bool e2h = SMMUV3_GET(smmuv3_reg(flight->smmu, SMMUV3_REG_CR2), CR2_E2H) != 0;
    enum smmuv3_condition condition = smmuv3_ste_decode(p, flight->structure, e2h, &flight->ste);
    smmuv3_ste_keep(flight, condition);
    if (condition != SMMUV3_OK)
        return fault(flight, condition);
    return judge_ste(flight);
}

static enum walk_progress fetch_ste(struct smmuv3_flight *flight, uint64_t l1std)
{
    struct smmuv3_stream_table table = smmuv3_stream_table_now(flight->smmu);
    uint64_t address = 0;
    enum smmuv3_condition condition = smmuv3_l1std_decode(params_of(flight), &table, flight->query.stream_id, l1std, &address);
    if (condition != SMMUV3_OK)
        return fetch_fault(flight, condition, address);
    smmuv3_l1std_keep(flight, l1std);
    return structure_fetch(flight, address, SMMUV3_STE_BYTES, ste_got);
}

static enum walk_progress l1std_got(struct smmuv3_flight *flight)
{
    if (fetch_failed(flight, SMMUV3_STE_FETCH))
        return fetch_fault(flight, SMMUV3_STE_FETCH, flight->structure_address);
    return fetch_ste(flight, flight->structure[0]);
}

static enum walk_progress locate_ste(struct smmuv3_flight *flight)
{
    struct smmuv3 *smmu = flight->smmu;
    struct smmuv3_stream_table table = smmuv3_stream_table_now(smmu);
    uint64_t address = 0;
    bool level1 = false;
    enum smmuv3_condition condition = smmuv3_stream_locate(&smmu->params, &table, flight->query.stream_id, &address, &level1);
    if (condition != SMMUV3_OK)
        return fetch_fault(flight, condition, address);
    flight->structure_attributes = stream_table_attributes(smmu);
    if (!level1)
        return structure_fetch(flight, address, SMMUV3_STE_BYTES, ste_got);
    const struct smmuv3_ste_slot *slot = smmuv3_ste_find(smmu, flight->query.stream_id, true);
    if (slot)
        return fetch_ste(flight, slot->l1std);
    return structure_fetch(flight, address, SMMUV3_L1STD_BYTES, l1std_got);
}

enum walk_progress smmuv3_flight_find_ste(struct smmuv3_flight *flight)
{
    struct smmuv3 *smmu = flight->smmu;
    const struct smmuv3_ste_slot *slot = smmuv3_ste_find(smmu, flight->query.stream_id, false);
    SMMUV3_PROBE(smmu, flight->work.job.now_ps, smmuv3_flight_id(flight), "ste", slot ? "hit" : "miss");
    if (!slot)
        return locate_ste(flight);
    flight->ste = slot->ste;
    flight->ste_stamp = slot->stamp;
    if (slot->condition != SMMUV3_OK)
        return fault(flight, slot->condition);
    return judge_ste(flight);
}

/* ---- 5.2 what the STE makes of the request ---- */

static enum walk_progress find_cd(struct smmuv3_flight *flight);

enum walk_progress smmuv3_flight_without_stage1(struct smmuv3_flight *flight, bool stage2)
{
    const struct smmuv3_params *p = params_of(flight);
    flight->regime = smmuv3_regime_make(p, &flight->ste, NULL);
    flight->regime.s2 = flight->regime.s2 && stage2;
    enum smmuv3_condition condition = smmuv3_bypass_check(p, &flight->regime, flight->query.address);
    if (condition != SMMUV3_OK)
        return fault(flight, condition);
    if (stage2)
        return smmuv3_flight_find_tlb(flight);
    if (flight->purpose == SMMUV3_FOR_TRANSLATION)
        return smmuv3_ats_identity(flight);
    flight->output = flight->query.address;
    flight->attributes = smmuv3_bypass_attributes(&flight->query);
    return smmuv3_flight_go(flight, smmuv3_flight_data);
}

static enum walk_progress judge_ste(struct smmuv3_flight *flight)
{
    const struct smmuv3_params *p = params_of(flight);
    enum smmuv3_condition condition = SMMUV3_OK;
    if (flight->purpose == SMMUV3_FOR_PPAR) {
        flight->smmu->priq.ppar = flight->ste.ppar;
        return smmuv3_flight_end(flight, SMMUV3_END_OK);
    }
    if (smmuv3_ats_forbidden(flight))
        return smmuv3_ats_forbid(flight);
    if (flight->purpose == SMMUV3_FOR_TRANSLATED)
        return smmuv3_ats_pass(flight);
    smmuv3_ste_override(p, &flight->ste, &flight->query);
    switch (smmuv3_ste_route(p, &flight->ste, &flight->query, &flight->cd_index, &condition)) {
    case SMMUV3_ROUTE_END:
        return fault(flight, condition);
    case SMMUV3_ROUTE_BYPASS:
        if (smmuv3_flight_on(flight, SMMUV3_E_S16))
            return smmuv3_flight_end(flight, SMMUV3_END_ABORT);
        return smmuv3_flight_without_stage1(flight, false);
    case SMMUV3_ROUTE_STAGE2:
        return smmuv3_flight_without_stage1(flight, true);
    case SMMUV3_ROUTE_CD:
        break;
    }
    return find_cd(flight);
}

/* ---- 5.3, 5.4 the CD: behind stage 2, if there is one ---- */

static enum walk_progress cd_got(struct smmuv3_flight *flight)
{
    const struct smmuv3_params *p = params_of(flight);
    if (fetch_failed(flight, SMMUV3_CD_FETCH))
        return fetch_fault(flight, SMMUV3_CD_FETCH, flight->structure_address);
    enum smmuv3_condition condition = smmuv3_cd_decode(p, &flight->ste, flight->structure, &flight->cd);
    if (condition == SMMUV3_OK)
        flight->regime = smmuv3_regime_make(p, &flight->ste, &flight->cd);
    smmuv3_cd_keep(flight, condition);
    if (condition != SMMUV3_OK)
        return fault(flight, condition);
    return smmuv3_flight_find_tlb(flight);
}

static enum walk_progress l1cd_got(struct smmuv3_flight *flight);

static enum walk_progress cd_page_found(struct smmuv3_flight *flight)
{
    walk_drop_walker(&flight->work.job);
    flight->structure_attributes = smmuv3_nested_attributes(&flight->regime, smmuv3_cd_attributes(&flight->ste), &flight->second);
    bool cd = flight->structure_bytes == SMMUV3_CD_BYTES;
    return structure_fetch(flight, flight->second.output, flight->structure_bytes, cd ? cd_got : l1cd_got);
}

/* 3.3.2: with stage 2, S1ContextPtr and L1CD.L2Ptr are IPAs. */
static enum walk_progress fetch_cd(struct smmuv3_flight *flight, uint64_t address, uint32_t bytes, smmuv3_phase next)
{
    if (flight->ste.s2) {
        flight->regime = smmuv3_regime_make(params_of(flight), &flight->ste, NULL);
        flight->structure_bytes = bytes;
        return smmuv3_flight_second(flight, address, smmuv3_access_of_unit(SMMUV3_CLASS_CD, false), cd_page_found);
    }
    flight->structure_attributes = smmuv3_cd_attributes(&flight->ste);
    return structure_fetch(flight, address, bytes, next);
}

static enum walk_progress follow_l1cd(struct smmuv3_flight *flight, uint64_t l1cd)
{
    uint64_t address = 0;
    enum smmuv3_condition condition = smmuv3_l1cd_decode(params_of(flight), &flight->ste, flight->cd_index, l1cd, &address);
    if (condition != SMMUV3_OK)
        return fetch_fault(flight, condition, address);
    smmuv3_l1cd_keep(flight, l1cd);
    return fetch_cd(flight, address, SMMUV3_CD_BYTES, cd_got);
}

static enum walk_progress l1cd_got(struct smmuv3_flight *flight)
{
    if (fetch_failed(flight, SMMUV3_CD_FETCH))
        return fetch_fault(flight, SMMUV3_CD_FETCH, flight->structure_address);
    return follow_l1cd(flight, flight->structure[0]);
}

static enum walk_progress locate_cd(struct smmuv3_flight *flight)
{
    struct smmuv3 *smmu = flight->smmu;
    uint64_t address = 0;
    bool level1 = false;
    enum smmuv3_condition condition = smmuv3_cd_locate(&smmu->params, &flight->ste, flight->cd_index, &address, &level1);
    if (condition != SMMUV3_OK)
        return fetch_fault(flight, condition, address);
    if (!level1)
        return fetch_cd(flight, address, SMMUV3_CD_BYTES, cd_got);
    const struct smmuv3_cd_slot *slot = smmuv3_cd_find(smmu, flight->query.stream_id, flight->cd_index, &flight->ste);
    if (slot)
        return follow_l1cd(flight, slot->l1cd);
    return fetch_cd(flight, address, SMMUV3_L1CD_BYTES, l1cd_got);
}

static enum walk_progress find_cd(struct smmuv3_flight *flight)
{
    struct smmuv3 *smmu = flight->smmu;
    const struct smmuv3_cd_slot *slot = smmuv3_cd_find(smmu, flight->query.stream_id, flight->cd_index, NULL);
    SMMUV3_PROBE(smmu, flight->work.job.now_ps, smmuv3_flight_id(flight), "cd", slot ? "hit ssid=%x" : "miss ssid=%x",
                 flight->cd_index);
    if (!slot)
        return locate_cd(flight);
    if (slot->condition != SMMUV3_OK)
        return fault(flight, slot->condition);
    flight->cd = slot->cd;
    /* The STE may have been read anew since. */
    flight->regime =
        slot->ste_stamp == flight->ste_stamp ? slot->regime : smmuv3_regime_make(&smmu->params, &flight->ste, &flight->cd);
    return smmuv3_flight_find_tlb(flight);
}

/* ---- the TLB ---- */

static enum walk_progress use_tlb(struct smmuv3_flight *flight);

/* Who waits for the walk of another looks the page up again, whatever has become of that walk. */
static enum walk_progress missed(struct smmuv3_flight *flight)
{
    struct smmuv3 *smmu = flight->smmu;
    enum merge_policy policy = (enum merge_policy)smmu->params.miss_merge;
    flight->phase = smmuv3_flight_walk;
    if (policy == MERGE_NONE ||
        merge_join(&smmu->merges, &flight->merge, smmuv3_flight_tag(flight, PAGE_LG2), &flight->work.job) == WALK_GO)
        return WALK_GO;
    SMMUV3_PROBE(smmu, flight->work.job.now_ps, smmuv3_flight_id(flight), "tlb", "wait for the walk of the same page");
    flight->phase = policy == MERGE_WAIT ? smmuv3_flight_find_tlb : use_tlb;
    return WALK_WAIT;
}

static void wait_for_fill(struct smmuv3_flight *flight, const struct smmuv3_tlb_slot *slot)
{
    const struct smmuv3 *smmu = flight->smmu;
    flight->work.job.now_ps = merge_usable_ps((enum merge_policy)smmu->params.miss_merge, flight->work.job.now_ps,
                                              cache_entry_of(&smmu->caches.tlb, slot)->filled_ps, smmu->params.lookup_ps);
}

static enum walk_progress use_tlb(struct smmuv3_flight *flight)
{
    struct smmuv3 *smmu = flight->smmu;
    struct smmuv3_access access = smmuv3_access_of_query(&flight->query);
    flight->sources_before_walk = flight->source_count;
    const struct smmuv3_tlb_slot *slot = smmuv3_tlb_find(smmu, &flight->regime, flight->query.address);
    if (!slot) {
        SMMUV3_PROBE(smmu, flight->work.job.now_ps, smmuv3_flight_id(flight), "tlb", "miss");
        return missed(flight);
    }
    wait_for_fill(flight, slot);
    const struct smmuv3_result *result = &slot->result;
    if (!smmuv3_ats_narrow(flight, result->s1 ? &result->rights1 : NULL, result->s2 ? &result->rights2 : NULL, &access))
        return smmuv3_ats_no_access(flight);
    SMMUV3_PROBE(smmu, flight->work.job.now_ps, smmuv3_flight_id(flight), "tlb", "hit page=%llx size_lg2=%u filled_by=%u",
                 (unsigned long long)slot->tag.page, slot->tag.page_lg2, cache_entry_of(&smmu->caches.tlb, slot)->filler_id);
    bool walk = false;
    enum smmuv3_condition condition = smmuv3_result_check(&flight->regime, &slot->result, &access, flight->query.address, &walk);
    if (walk && !smmuv3_flight_on(flight, SMMUV3_E_DIRTY_ON_HIT_SKIPPED))
        return missed(flight);
    flight->result = slot->result;
    uint64_t offset = flight->query.address & ((UINT64_C(1) << slot->result.page_lg2) - 1u);
    const struct smmuv3_fault where = {.class = SMMUV3_CLASS_IN, .ipa = slot->result.ipa_page | offset};
    if (condition != SMMUV3_OK)
        return smmuv3_flight_fault(flight, condition, &where);
    return smmuv3_flight_translated(flight);
}

enum walk_progress smmuv3_flight_find_tlb(struct smmuv3_flight *flight)
{
    if (flight->purpose == SMMUV3_FOR_PREFETCH_CONFIG)
        return smmuv3_flight_end(flight, SMMUV3_END_OK);
    if (flight->smmu->params.lookup_ps)
        flight->work.job.now_ps = lookup_spend(&flight->smmu->lookups, flight->work.job.now_ps);
    return use_tlb(flight);
}

static uint64_t output_of(const struct smmuv3_result *result, uint64_t address)
{
    return result->page | (address & ((UINT64_C(1) << result->page_lg2) - 1u));
}

enum walk_progress smmuv3_flight_translated(struct smmuv3_flight *flight)
{
    if (flight->purpose == SMMUV3_FOR_TRANSLATION)
        return smmuv3_ats_answer(flight);
    flight->output = output_of(&flight->result, flight->query.address);
    flight->attributes = smmuv3_result_attributes(&flight->regime, &flight->result, &flight->query);
    return smmuv3_flight_go(flight, smmuv3_flight_data);
}

/* ---- the hit of a translation without access, without taking a place in flight ---- */

static const struct smmuv3_regime *quick_regime(struct smmuv3 *smmu, struct smmuv3_query *query)
{
    struct smmuv3_ste_slot *ste = smmuv3_ste_find(smmu, query->stream_id, false);
    if (!ste || ste->condition != SMMUV3_OK)
        return NULL;
    uint32_t index = 0;
    enum smmuv3_condition condition = SMMUV3_OK;
    smmuv3_ste_override(&smmu->params, &ste->ste, query);
    enum smmuv3_route route = smmuv3_ste_route(&smmu->params, &ste->ste, query, &index, &condition);
    if (route == SMMUV3_ROUTE_STAGE2)
        return smmuv3_bypass_check(&smmu->params, &ste->regime, query->address) == SMMUV3_OK ? &ste->regime : NULL;
    const struct smmuv3_cd_slot *cd = route == SMMUV3_ROUTE_CD ? smmuv3_cd_find(smmu, query->stream_id, index, NULL) : NULL;
    return cd && cd->condition == SMMUV3_OK && cd->ste_stamp == ste->stamp ? &cd->regime : NULL;
}

bool smmuv3_flight_quick(struct smmuv3 *smmu, struct smmuv3_translation *translation)
{
    if (!smmu->enabled || smmu->params.lookup_ps || smmu->params.clock_ps || smmu->params.miss_merge ||
        probe_heard(&smmu->ports.probe))
        return false;
    struct smmuv3_query query = smmuv3_query_of_translation(translation);
    const struct smmuv3_regime *regime = quick_regime(smmu, &query);
    const struct smmuv3_tlb_slot *slot = regime ? smmuv3_tlb_find(smmu, regime, query.address) : NULL;
    struct smmuv3_access access = smmuv3_access_of_query(&query);
    bool walk = false;
    if (!slot || smmuv3_result_check(regime, &slot->result, &access, query.address, &walk) != SMMUV3_OK || walk)
        return false;
    translation->translated = output_of(&slot->result, query.address);
    translation->allowed = true;
    translation->done_ps = translation->issue_ps > smmu->sim->now_ps ? translation->issue_ps : smmu->sim->now_ps;
    return true;
}
