/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_translate.c - from a request to its translation: interrupt range, root, context and PASID tables, IOTLB, faults.
 *
 * 3.15 Interrupt Address Range, 3.4 mapping of devices to domains, 6.2.7 use of the caches, 7.1 behaviour on faults.
 * Phases in the order in which a request that hits nothing passes through them.
 */
#include "vtd/vtd_flight.h"
#include "xlate/data.h"

#include <string.h>

#define PAGE_LG2 12u
#define PAGE_BYTES (1u << PAGE_LG2)

static bool on(const struct vtd_flight *flight, enum vtd_erratum_id id)
{
    return vtd_erratum(&flight->vtd->params, id);
}

static enum walk_progress finish(struct vtd_flight *flight, enum pcie_status status)
{
    flight->status = status;
    return WALK_END;
}

/* 7.1.1: how a blocked untranslated request is answered is the implementation's choice; for others see Table 30. */
static enum walk_progress block(struct vtd_flight *flight, const struct vtd_condition_facts *facts)
{
    struct pcie_request *request = flight->work.request;
    if (flight->page)
        return vtd_flight_page_fault(flight);
    if (flight->query.at == PCIE_AT_TRANSLATION)
        return vtd_flight_translation_fault(flight, facts);
    if (flight->query.at == PCIE_AT_TRANSLATED)
        return finish(flight, facts->translated == VTD_ANSWER_CA ? PCIE_CA : PCIE_UR);
    if (flight->vtd->params.blocked_read_dummy && request && request->kind == PCIE_READ) {
        memset(request->data, 0xff, request->bytes);
        request->data_bytes = request->bytes;
        return finish(flight, PCIE_SC);
    }
    return finish(flight, PCIE_UR);
}

/* An FPD field of 1 in any table entry met hides qualified faults of the request (7.1.1). */
static void meet_fpd(struct vtd_flight *flight, bool fpd, bool last_table)
{
    if (last_table || !on(flight, VTD_E_FPD_LEAF_ONLY))
        flight->fpd = flight->fpd || fpd;
}

/* Of an entry that is itself at fault. */
static bool own_fpd(const struct vtd_flight *flight, bool fpd, enum vtd_condition condition)
{
    return fpd && !(condition != VTD_OK && on(flight, VTD_E_FPD_OWN_ENTRY));
}

/* Table 30: each table mode has reasons of its own. */
static uint8_t reason_of(const struct vtd_flight *flight, const struct vtd_condition_facts *facts)
{
    static const uint8_t legacy[][2] = {{0x39, 0x01}, {0x41, 0x02}, {0x85, 0x05}, {0x86, 0x06}};
    for (size_t i = 0; i < sizeof legacy / sizeof legacy[0]; i++)
        if (facts->fault_reason == legacy[i][0] && on(flight, VTD_E_LEGACY_REASONS))
            return legacy[i][1];
    return facts->fault_reason;
}

/* 7.1.2 Recoverable faults: a translation completion says all there is to say. */
static bool is_recoverable(const struct vtd_flight *flight, const struct vtd_condition_facts *facts)
{
    bool answered = facts->translation == VTD_ANSWER_ZERO || facts->translation == VTD_ANSWER_EFFECTIVE;
    return flight->query.at == PCIE_AT_TRANSLATION && answered && !on(flight, VTD_E_ATS_RECOVERABLE_RECORDED);
}

enum walk_progress vtd_flight_fault(struct vtd_flight *flight, enum vtd_condition condition)
{
    struct vtd *vtd = flight->vtd;
    const struct vtd_condition_facts *facts = vtd_condition_facts(condition);
    bool hidden = flight->fpd && (facts->qualified || on(flight, VTD_E_FPD_HIDES_UNQUALIFIED));
    hidden = hidden || is_recoverable(flight, facts);
    VTD_PROBE(vtd, flight->work.job.now_ps, vtd_flight_id(flight), "fault", "%s reason=%x%s", facts->code, facts->fault_reason,
              hidden ? " not reported" : "");
    vtd_flight_walked(flight);
    if (!hidden)
        vtd_fault_record(flight, reason_of(flight, facts));
    if (hidden && flight->query.at == PCIE_AT_UNTRANSLATED && !flight->page && on(flight, VTD_E_FPD_ANSWERS_OK))
        return finish(flight, PCIE_SC);
    return block(flight, facts);
}

/* ---- the part of a request within one page (3.13 Handling Requests Crossing Page Boundaries: each is translated) ---- */

/* 4.2.3: a translation request asks for write permission too, unless it has NW and that counts. */
static bool asks_for_write(const struct vtd_flight *flight)
{
    const struct pcie_request *request = flight->work.request;
    if (request->at != PCIE_AT_TRANSLATION)
        return request->kind != PCIE_READ;
    return !(request->no_write && (flight->vtd->params.nwfs != on(flight, VTD_E_NW_CONFUSED)));
}

static void query_of_request(struct vtd_flight *flight)
{
    const struct pcie_request *request = flight->work.request;
    bool atomic = pcie_is_atomic(request->kind);
    uint64_t address = request->address + flight->offset;
    uint32_t to_page_end = PAGE_BYTES - (uint32_t)(address & (PAGE_BYTES - 1u));
    uint32_t rest = request->bytes - flight->offset;
    flight->part_bytes = rest < to_page_end || request->at == PCIE_AT_TRANSLATION ? rest : to_page_end;
    flight->query = (struct vtd_query){
        .requester_id = request->requester_id,
        .has_pasid = request->has_pasid,
        .pasid = request->has_pasid ? request->pasid : 0,
        .privileged = request->has_pasid && request->privileged,
        .execute = request->has_pasid && request->execute,
        .write = asks_for_write(flight),
        .read = atomic || request->kind == PCIE_READ,
        .zero_length = request->kind == PCIE_READ && request->zero_length,
        .at = request->at,
        .address = address,
    };
}

static struct vtd_query query_of_translation(const struct vtd_translation *translation)
{
    return (struct vtd_query){
        .requester_id = translation->requester_id,
        .has_pasid = translation->has_pasid,
        .pasid = translation->has_pasid ? translation->pasid : 0,
        .privileged = translation->has_pasid && translation->privileged,
        .write = translation->write,
        .read = !translation->write,
        .at = PCIE_AT_UNTRANSLATED,
        .address = translation->address,
    };
}

static enum walk_progress untranslated(struct vtd_flight *flight)
{
    flight->output = flight->query.address;
    flight->snoop = !(flight->work.request && flight->work.request->no_snoop);
    flight->memory_type = PORT_MEMORY_TYPE_ANY;
    flight->phase = vtd_flight_data;
    return WALK_GO;
}

static enum walk_progress check_root(struct vtd_flight *flight);

static enum walk_progress remapped(struct vtd_flight *flight)
{
    flight->root = vtd_root_pointer_now(flight->vtd);
    flight->phase = check_root;
    return WALK_GO;
}

/* 3.15: DWORD writes are interrupts, zero-length reads bypass remapping, the rest is illegal. */
static enum walk_progress interrupt_range(struct vtd_flight *flight)
{
    struct vtd *vtd = flight->vtd;
    struct pcie_request *request = flight->work.request;
    if (request && request->kind == PCIE_WRITE && request->bytes == 4 && !(request->address & 3u))
        return vtd_flight_interrupt(flight);
    if (flight->query.zero_length && !on(flight, VTD_E_FEE_ZERO_LENGTH)) {
        memset(request->data, 0, request->bytes);
        request->data_bytes = request->bytes;
        return finish(flight, PCIE_SC);
    }
    if (!vtd->translating)
        return untranslated(flight);
    if (!vtd_found(&vtd->params, VTD_INTERRUPT_RANGE, true))
        return remapped(flight);
    return vtd_flight_fault(flight, VTD_INTERRUPT_RANGE);
}

static bool is_interrupt_range(const struct vtd_flight *flight)
{
    uint64_t address = on(flight, VTD_E_R11) ? (uint32_t)flight->query.address : flight->query.address;
    if (!vtd_in_interrupt_range(address) || flight->query.at != PCIE_AT_UNTRANSLATED ||
        (flight->query.has_pasid && !on(flight, VTD_E_FEE_PASID_INTERRUPT)))
        return false;
    return !(flight->query.write && !flight->query.read && on(flight, VTD_E_FEE_TRANSLATED));
}

static void begin_tables(struct vtd_flight *flight)
{
    flight->moved = 0;
    flight->fpd = flight->privileged = flight->directory_fpd = false;
    flight->pasid = 0;
}

enum walk_progress vtd_flight_part(struct vtd_flight *flight)
{
    struct vtd *vtd = flight->vtd;
    if (flight->work.request)
        query_of_request(flight);
    else
        flight->query = query_of_translation(flight->translation);
    /* 3.1: where remapping is not enabled the PASID is ignored. */
    flight->query.has_pasid = flight->query.has_pasid && vtd->translating;
    begin_tables(flight);
    if (flight->work.request && vtd_flight_is_ats_error(flight))
        return finish(flight, PCIE_UR);
    if (flight->work.request && !data_well_formed(flight->work.request))
        return finish(flight, PCIE_UR);
    if (is_interrupt_range(flight))
        return interrupt_range(flight);
    if (!vtd->translating || ((flight->query.requester_id & 0xffu) == 0x10 && on(flight, VTD_E_V02)))
        return untranslated(flight);
    return remapped(flight);
}

/* 7.4.1: through the same tables, up to the PASID table entry. */
enum walk_progress vtd_flight_page_request(struct vtd_flight *flight)
{
    const struct pcie_message *message = &flight->page->message;
    flight->query = (struct vtd_query){
        .requester_id = message->device_id,
        .has_pasid = message->has_pasid,
        .pasid = message->has_pasid ? message->pasid : 0,
        .privileged = message->has_pasid && message->privileged,
        .execute = message->has_pasid && message->execute,
        .read = message->read,
        .write = message->write,
        .at = PCIE_AT_UNTRANSLATED,
        .page_request = true,
        .address = message->address & ~(uint64_t)(PAGE_BYTES - 1u),
    };
    begin_tables(flight);
    return remapped(flight);
}

/* ---- structure entries: read whole, so that no entry is seen half changed ---- */

static enum walk_progress structure_piece(struct vtd_flight *flight);

static enum walk_progress structure_got(struct vtd_flight *flight)
{
    const struct port_request *access = &flight->work.job.access;
    if (access->status != PORT_OK) {
        flight->structure_failed = true;
        flight->phase = flight->structure_next;
        return WALK_GO;
    }
    for (uint32_t i = 0; i < access->bytes; i += 8) {
        uint64_t word = load_le64(access->data + i);
        flight->structure[(flight->structure_have + i) / 8] = word;
        vtd_flight_source(flight, access->address + i, word);
    }
    flight->structure_have += access->bytes;
    flight->phase = flight->structure_have < flight->structure_bytes ? structure_piece : flight->structure_next;
    return WALK_GO;
}

static enum walk_progress structure_piece(struct vtd_flight *flight)
{
    uint32_t bytes = on(flight, VTD_E_TORN_ENTRY) ? 8 : flight->structure_bytes;
    const struct vtd_access what = {
        .kind = PORT_READ,
        .origin = PORT_STRUCTURE,
        .address = flight->structure_address + flight->structure_have,
        .bytes = bytes,
        .snoop = flight->vtd->params.c != 0, /* 3.10, Table 5 */
        .memory_type = PORT_WB,
    };
    return vtd_flight_access(flight, &what, structure_got);
}

/* A fetch that failed is a fault; where that goes unnoticed (a deviation) the entry reads as zeros. */
static bool fetch_faults(const struct vtd_flight *flight, enum vtd_condition condition)
{
    return vtd_found(&flight->vtd->params, condition, flight->structure_failed);
}

enum walk_progress vtd_flight_structure(struct vtd_flight *flight, uint64_t address, uint32_t bytes, vtd_phase next)
{
    VTD_PROBE(flight->vtd, flight->work.job.now_ps, vtd_flight_id(flight), "fetch", "structure address=%llx bytes=%u",
              (unsigned long long)address, bytes);
    flight->work.job.now_ps += flight->vtd->params.fetch_ps;
    flight->structure_address = address;
    flight->structure_bytes = bytes;
    flight->structure_have = 0;
    flight->structure_failed = false;
    memset(flight->structure, 0, sizeof flight->structure);
    flight->structure_next = next;
    flight->phase = structure_piece;
    return WALK_GO;
}

/* ---- root pointer, then the IOTLB ---- */

static enum walk_progress find_iotlb(struct vtd_flight *flight);
static enum walk_progress find_context(struct vtd_flight *flight);

static enum walk_progress judge_root(struct vtd_flight *flight)
{
    enum vtd_condition condition = vtd_root_pointer_check(&flight->vtd->params, &flight->root, &flight->query);
    if (condition != VTD_OK)
        return vtd_flight_fault(flight, condition);
    /* What the IOTLB holds says nothing of the right to make translation and translated requests. */
    flight->phase = flight->query.at == PCIE_AT_UNTRANSLATED && !flight->page ? find_iotlb : find_context;
    return WALK_GO;
}

static enum walk_progress check_root(struct vtd_flight *flight)
{
    if (flight->root.mode == VTD_ABORT_DMA && on(flight, VTD_E_ABORT_READS_ROOT))
        return vtd_flight_structure(flight, vtd_root_entry_address(&flight->root, flight->query.requester_id), 16, judge_root);
    return judge_root(flight);
}

/* What is to be written through the entry; of a translation request the permission that it will get. */
static bool writes(const struct vtd *vtd, const struct vtd_iotlb_slot *slot, const struct vtd_query *query)
{
    if (query->at != PCIE_AT_TRANSLATION)
        return query->write;
    bool privileged = query->privileged || (!query->has_pasid && slot->rid_priv);
    return vtd_effective_permissions(&vtd->params, &slot->paging, &slot->result, query, privileged).write;
}

/* May this request use the entry as it is? A first write through a clean entry has to set the dirty flag in memory. */
static bool serves(const struct vtd *vtd, const struct vtd_iotlb_slot *slot, const struct vtd_query *query)
{
    const struct vtd_result *result = &slot->result;
    bool clean = (result->fs && !result->fs_dirty) || (result->ss && !result->ss_dirty);
    return !(clean && writes(vtd, slot, query)) || vtd_erratum(&vtd->params, VTD_E_DIRTY_ON_HIT_SKIPPED);
}

static enum vtd_condition judge_hit(const struct vtd *vtd, const struct vtd_iotlb_slot *slot, const struct vtd_query *query)
{
    const struct vtd_params *p = &vtd->params;
    bool privileged = query->privileged || (!query->has_pasid && slot->rid_priv) || vtd_erratum(p, VTD_E_R18);
    if (slot->paging.scalable) {
        enum vtd_condition condition =
            vtd_pasid_entry_check(p, &slot->entry, query, query->privileged || (!query->has_pasid && slot->rid_priv));
        if (condition != VTD_OK)
            return condition;
    }
    if (slot->fault != VTD_OK)
        return slot->fault;
    return vtd_rights_check(p, &slot->paging, &slot->result, query, privileged);
}

static uint64_t output_of(const struct vtd_result *result, uint64_t address)
{
    return result->page | (address & ((UINT64_C(1) << result->page_lg2) - 1u));
}

static enum walk_progress look_up(struct vtd_flight *flight);
static enum walk_progress past_context(struct vtd_flight *flight);

/* Who waits for the walk of another looks the page up again, whatever has become of that walk. */
static enum walk_progress missed(struct vtd_flight *flight)
{
    struct vtd *vtd = flight->vtd;
    flight->phase = flight->context_known ? past_context : find_context;
    if (vtd->params.miss_merge == MERGE_NONE)
        return WALK_GO;
    if (merge_join(&vtd->merges, &flight->merge, vtd_flight_tag(flight, PAGE_LG2), &flight->work.job) == WALK_GO)
        return WALK_GO;
    VTD_PROBE(vtd, flight->work.job.now_ps, vtd_flight_id(flight), "iotlb", "wait for the walk of the same page");
    flight->phase = vtd->params.miss_merge == MERGE_WAIT ? find_iotlb : look_up;
    return WALK_WAIT;
}

static void wait_for_fill(struct vtd_flight *flight, const struct vtd_iotlb_slot *slot)
{
    const struct vtd *vtd = flight->vtd;
    flight->work.job.now_ps = merge_usable_ps((enum merge_policy)vtd->params.miss_merge, flight->work.job.now_ps,
                                              cache_entry_of(&vtd->caches.iotlb, slot)->filled_ps, vtd->params.lookup_ps);
}

static enum walk_progress look_up(struct vtd_flight *flight)
{
    struct vtd *vtd = flight->vtd;
    struct vtd_iotlb_slot *slot = vtd_iotlb_find(vtd, &flight->query);
    if (!slot) {
        VTD_PROBE(vtd, flight->work.job.now_ps, vtd_flight_id(flight), "iotlb", "miss");
        return missed(flight);
    }
    wait_for_fill(flight, slot);
    VTD_PROBE(vtd, flight->work.job.now_ps, vtd_flight_id(flight), "iotlb", "hit page=%llx size_lg2=%u filled_by=%u",
              (unsigned long long)slot->page, slot->result.page_lg2, cache_entry_of(&vtd->caches.iotlb, slot)->filler_id);
    enum vtd_condition condition = judge_hit(vtd, slot, &flight->query);
    if (condition != VTD_OK) {
        flight->fpd = slot->fpd && !on(flight, VTD_E_FPD_MISS_ONLY);
        return vtd_flight_fault(flight, condition);
    }
    if (!serves(vtd, slot, &flight->query))
        return missed(flight);
    flight->result = slot->result;
    if (flight->query.at == PCIE_AT_TRANSLATION)
        return vtd_flight_translation_found(flight, &slot->paging, slot->rid_priv);
    return vtd_flight_translated(flight, &slot->paging);
}

static enum walk_progress find_iotlb(struct vtd_flight *flight)
{
    struct vtd *vtd = flight->vtd;
    if (vtd->params.lookup_ps)
        flight->work.job.now_ps = lookup_spend(&vtd->lookups, flight->work.job.now_ps);
    return look_up(flight);
}

enum walk_progress vtd_flight_translated(struct vtd_flight *flight, const struct vtd_paging *paging)
{
    flight->output = output_of(&flight->result, flight->query.address);
    bool no_snoop = flight->work.request && flight->work.request->no_snoop;
    flight->snoop = vtd_final_snoop(&flight->vtd->params, paging, &flight->result, no_snoop);
    flight->memory_type = flight->result.memory_type;
    flight->phase = vtd_flight_data;
    return WALK_GO;
}

/* The hit of a translation without access, without taking a place in flight. False: go the long way. */
bool vtd_flight_quick(struct vtd *vtd, struct vtd_translation *translation)
{
    const struct vtd_params *p = &vtd->params;
    if (!vtd->translating || p->lookup_ps || p->clock_ps || p->miss_merge || vtd->protecting || probe_heard(&vtd->ports.probe))
        return false;
    struct vtd_query query = query_of_translation(translation);
    struct vtd_root_pointer root = vtd_root_pointer_now(vtd);
    if ((!query.has_pasid && (query.address & 0xffffffff) >> 20 == 0xfee) || vtd_root_pointer_check(p, &root, &query) != VTD_OK)
        return false;
    const struct vtd_iotlb_slot *slot = vtd_iotlb_find(vtd, &query);
    if (!slot || !serves(vtd, slot, &query) || judge_hit(vtd, slot, &query) != VTD_OK)
        return false;
    translation->translated = output_of(&slot->result, query.address);
    translation->allowed = true;
    translation->done_ps = translation->issue_ps > vtd->sim->now_ps ? translation->issue_ps : vtd->sim->now_ps;
    return true;
}

/* ---- 9.1 to 9.4: root and context entry ---- */

static enum walk_progress context_got(struct vtd_flight *flight);
static enum walk_progress judge_context(struct vtd_flight *flight);

static enum walk_progress root_got(struct vtd_flight *flight)
{
    const struct vtd_params *p = &flight->vtd->params;
    enum vtd_table_mode mode = flight->root.mode;
    enum vtd_condition failed = mode == VTD_LEGACY ? VTD_LRT_1 : VTD_SRT_1;
    if (fetch_faults(flight, failed))
        return vtd_flight_fault(flight, failed);
    uint64_t address = 0;
    enum vtd_condition condition =
        vtd_root_entry_decode(p, &flight->root, flight->query.requester_id, flight->structure, &address);
    if (condition != VTD_OK)
        return vtd_flight_fault(flight, condition);
    return vtd_flight_structure(flight, address, vtd_context_entry_bytes(mode), context_got);
}

static enum walk_progress find_context(struct vtd_flight *flight)
{
    struct vtd *vtd = flight->vtd;
    flight->work.job.now_ps += vtd->params.context_ps;
    const struct vtd_context_slot *slot = vtd_context_find(vtd, flight->query.requester_id);
    VTD_PROBE(vtd, flight->work.job.now_ps, vtd_flight_id(flight), "context", slot ? "hit" : "miss");
    if (!slot)
        return vtd_flight_structure(flight, vtd_root_entry_address(&flight->root, flight->query.requester_id), 16, root_got);
    flight->context = slot->context;
    meet_fpd(flight, slot->context.fpd, flight->root.mode == VTD_LEGACY);
    if (slot->fault != VTD_OK)
        return vtd_flight_fault(flight, slot->fault);
    flight->phase = judge_context;
    return WALK_GO;
}

static enum walk_progress context_got(struct vtd_flight *flight)
{
    enum vtd_table_mode mode = flight->root.mode;
    enum vtd_condition failed = mode == VTD_LEGACY ? VTD_LCT_1 : VTD_SCT_1;
    if (fetch_faults(flight, failed))
        return vtd_flight_fault(flight, failed);
    enum vtd_condition condition = vtd_context_decode(&flight->vtd->params, mode, flight->structure, &flight->context);
    meet_fpd(flight, own_fpd(flight, flight->context.fpd, condition), mode == VTD_LEGACY);
    vtd_context_keep(flight, condition);
    if (condition != VTD_OK)
        return vtd_flight_fault(flight, condition);
    flight->phase = judge_context;
    return WALK_GO;
}

static enum walk_progress find_pasid(struct vtd_flight *flight);
static enum walk_progress check_input(struct vtd_flight *flight);

/* 4.2.5: the address is the output; write-back. */
static enum walk_progress translated(struct vtd_flight *flight)
{
    enum walk_progress progress = untranslated(flight);
    flight->memory_type = on(flight, VTD_E_TRANSLATED_UNCACHED) ? PORT_UC : PORT_WB;
    return progress;
}

static enum walk_progress judge_context(struct vtd_flight *flight)
{
    const struct vtd_params *p = &flight->vtd->params;
    enum vtd_condition condition = vtd_context_check(p, &flight->context, &flight->query);
    if (condition != VTD_OK)
        return vtd_flight_fault(flight, condition);
    if (flight->query.at == PCIE_AT_TRANSLATED && !on(flight, VTD_E_TRANSLATED_WALKED))
        return translated(flight);
    if (flight->query.at != PCIE_AT_TRANSLATION)
        return past_context(flight);
    if (vtd_flight_asks_for_interrupt_range(flight))
        return vtd_flight_interrupt_range_answer(flight);
    flight->context_known = true;
    flight->phase = find_iotlb;
    return WALK_GO;
}

static enum walk_progress past_context(struct vtd_flight *flight)
{
    const struct vtd_params *p = &flight->vtd->params;
    if (flight->root.mode == VTD_LEGACY && flight->page) {
        /* Only a deviation lets a page request come here: RTA.3. */
        flight->pasid_entry = (struct vtd_pasid_entry){.pgtt = VTD_SECOND_STAGE, .did = flight->context.did};
        return vtd_flight_page_accepted(flight);
    }
    if (flight->root.mode == VTD_LEGACY) {
        flight->paging = vtd_paging_of_context(p, &flight->context, &flight->root);
        flight->phase = check_input;
        return WALK_GO;
    }
    flight->privileged = flight->query.privileged || (!flight->query.has_pasid && flight->context.rid_priv);
    flight->pasid = vtd_effective_pasid(p, &flight->context, &flight->query);
    flight->phase = find_pasid;
    return WALK_GO;
}

/* ---- 9.5, 9.6: PASID directory and PASID table entry ---- */

static enum walk_progress judge_pasid_entry(struct vtd_flight *flight);

static enum walk_progress pasid_entry_got(struct vtd_flight *flight)
{
    if (fetch_faults(flight, VTD_SPT_1))
        return vtd_flight_fault(flight, VTD_SPT_1);
    enum vtd_condition condition = vtd_pasid_entry_decode(&flight->vtd->params, flight->structure, &flight->pasid_entry);
    meet_fpd(flight, own_fpd(flight, flight->pasid_entry.fpd, condition), true);
    vtd_pasid_keep(flight, flight->directory_fpd || flight->pasid_entry.fpd, condition);
    if (condition != VTD_OK)
        return vtd_flight_fault(flight, condition);
    flight->phase = judge_pasid_entry;
    return WALK_GO;
}

static enum walk_progress directory_got(struct vtd_flight *flight)
{
    if (fetch_faults(flight, VTD_SPD_1))
        return vtd_flight_fault(flight, VTD_SPD_1);
    uint64_t address = 0;
    bool fpd = false;
    enum vtd_condition condition =
        vtd_pasid_directory_decode(&flight->vtd->params, flight->structure[0], flight->pasid, &fpd, &address);
    bool before = flight->fpd;
    flight->fpd = false;
    meet_fpd(flight, fpd, false);
    flight->directory_fpd = flight->fpd;
    flight->fpd = before || flight->directory_fpd;
    if (condition != VTD_OK)
        return vtd_flight_fault(flight, condition);
    return vtd_flight_structure(flight, address, 64, pasid_entry_got);
}

static enum walk_progress find_pasid(struct vtd_flight *flight)
{
    struct vtd *vtd = flight->vtd;
    flight->work.job.now_ps += vtd->params.pasid_ps;
    const struct vtd_pasid_slot *slot = vtd_pasid_find(vtd, flight->query.requester_id, flight->pasid);
    VTD_PROBE(vtd, flight->work.job.now_ps, vtd_flight_id(flight), "pasid", slot ? "hit pasid=%x" : "miss pasid=%x",
              flight->pasid);
    if (!slot)
        return vtd_flight_structure(flight, vtd_pasid_directory_entry_address(&flight->context, flight->pasid), 8, directory_got);
    flight->pasid_entry = slot->entry;
    meet_fpd(flight, slot->fpd, true);
    if (slot->fault != VTD_OK)
        return vtd_flight_fault(flight, slot->fault);
    flight->phase = judge_pasid_entry;
    return WALK_GO;
}

static enum walk_progress judge_pasid_entry(struct vtd_flight *flight)
{
    const struct vtd_params *p = &flight->vtd->params;
    enum vtd_condition condition = vtd_pasid_entry_check(p, &flight->pasid_entry, &flight->query, flight->privileged);
    if (condition != VTD_OK)
        return vtd_flight_fault(flight, condition);
    if (flight->page)
        return vtd_flight_page_accepted(flight);
    flight->paging = vtd_paging_of_pasid_entry(p, &flight->pasid_entry, &flight->root);
    flight->phase = check_input;
    return WALK_GO;
}

static enum walk_progress check_input(struct vtd_flight *flight)
{
    enum vtd_condition condition = vtd_input_check(&flight->vtd->params, &flight->paging, flight->query.address);
    if (condition != VTD_OK)
        return vtd_flight_fault(flight, condition);
    flight->sources_before_walk = flight->source_count;
    flight->phase = vtd_flight_walk;
    return WALK_GO;
}
