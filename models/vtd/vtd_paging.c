/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_paging.c - the walk: which paging entry to read next, setting its flags, and what to keep of it.
 *
 * 3.6 First-Stage, 3.7 Second-Stage, 3.8 Nested Translation. With nesting every first-stage table address and the final
 * address go through a second-stage walk of their own. Flags of non-leaf entries are set as the walk passes them; those
 * of the leaves of the final page only when the whole translation has been judged, so that a request that is refused
 * leaves no dirty flag behind.
 */
#include "vtd/vtd_flight.h"

enum { LEAF_FIRST, LEAF_SECOND };

static bool on(const struct vtd_flight *flight, enum vtd_erratum_id id)
{
    return vtd_erratum(&flight->vtd->params, id);
}

static bool has_first_stage(const struct vtd_flight *flight)
{
    return flight->paging.pgtt == VTD_FIRST_STAGE || flight->paging.pgtt == VTD_NESTED;
}

static bool is_nested(const struct vtd_flight *flight)
{
    return flight->paging.pgtt == VTD_NESTED;
}

static enum walk_progress next_phase(struct vtd_flight *flight, vtd_phase phase)
{
    flight->phase = phase;
    return WALK_GO;
}

/* ---- one entry: reading it, and setting its flags ---- */

static enum walk_progress read_entry(struct vtd_flight *flight, uint64_t address, vtd_phase next)
{
    flight->entry_address = address;
    flight->work.job.now_ps += flight->vtd->params.walk_step_ps;
    const struct vtd_access what = {PORT_READ, PORT_WALK, address, 8, flight->paging.snoop_walk, PORT_WB};
    return vtd_flight_access(flight, &what, next);
}

/* An access that failed is a fault; where that goes unnoticed (a deviation) the entry reads as 0. */
static bool access_faults(const struct vtd_flight *flight, enum vtd_condition condition)
{
    return vtd_found(&flight->vtd->params, condition, flight->work.job.access.status != PORT_OK);
}

static uint64_t entry_read(struct vtd_flight *flight)
{
    flight->entry_value = flight->work.job.access.status == PORT_OK ? load_le64(flight->work.job.access.data) : 0;
    vtd_flight_source(flight, flight->entry_address, flight->entry_value);
    VTD_PROBE(flight->vtd, flight->work.job.now_ps, vtd_flight_id(flight), "walk", "entry address=%llx value=%llx",
              (unsigned long long)flight->entry_address, (unsigned long long)flight->entry_value);
    return flight->entry_value;
}

static enum walk_progress walk_begin(struct vtd_flight *flight);

/* 3.6.2, 3.7.2: flags are set atomically. An entry that has changed since it was read is read and judged again. */
static enum walk_progress flags_set(struct vtd_flight *flight)
{
    enum vtd_condition failed = vtd_walk_update_failed(&flight->paging, flight->update_walk);
    if (access_faults(flight, failed))
        return vtd_flight_fault(flight, failed);
    if (walk_update_lost(&flight->work.job))
        return next_phase(flight, walk_begin);
    return next_phase(flight, flight->update_next);
}

static enum walk_progress set_flags(struct vtd_flight *flight, const struct vtd_walk *walk, const struct walk_update *entry,
                                    vtd_phase next)
{
    if (entry->value == entry->wanted)
        return next_phase(flight, next);
    flight->update_next = next;
    flight->update_walk = walk;
    return vtd_flight_update(flight, entry, flags_set);
}

static enum walk_progress set_flags_here(struct vtd_flight *flight, vtd_phase next)
{
    const struct walk_update entry = {flight->entry_address, flight->entry_value, flight->wanted};
    return set_flags(flight, &flight->before, &entry, next);
}

/* ---- when the walk is over ---- */

void vtd_flight_walked(struct vtd_flight *flight)
{
    walk_drop_walker(&flight->work.job);
    hazard_leave(&flight->vtd->hazards, &flight->hazard);
    merge_end(&flight->vtd->merges, &flight->merge, &flight->work.job);
}

static enum walk_progress walk_done(struct vtd_flight *flight)
{
    if (flight->query.write && flight->query.at != PCIE_AT_TRANSLATION) {
        flight->result.fs_dirty = flight->result.fs;
        flight->result.ss_dirty = flight->result.ss;
    }
    vtd_iotlb_keep(flight, VTD_OK);
    vtd_flight_walked(flight);
    if (flight->query.at == PCIE_AT_TRANSLATION)
        return vtd_flight_translation_found(flight, &flight->paging, flight->context.rid_priv);
    return vtd_flight_translated(flight, &flight->paging);
}

static enum walk_progress second_leaf_flags(struct vtd_flight *flight)
{
    return set_flags(flight, &flight->second, &flight->leaf[LEAF_SECOND], walk_done);
}

static enum walk_progress judge_walk(struct vtd_flight *flight)
{
    const struct vtd_params *p = &flight->vtd->params;
    const struct vtd_walk *first = has_first_stage(flight) ? &flight->first : NULL;
    const struct vtd_walk *second = flight->paging.pgtt == VTD_FIRST_STAGE ? NULL : &flight->second;
    if (flight->paging.pgtt == VTD_PASS_THROUGH)
        second = NULL;
    uint8_t mtrr_type = first ? vtd_mtrr_type_now(flight->vtd, second ? second->output : first->output) : PORT_WB;
    flight->result = vtd_result_make(p, &flight->paging, first, second, flight->query.address, mtrr_type);
    enum vtd_condition condition = vtd_rights_check(p, &flight->paging, &flight->result, &flight->query, flight->privileged);
    if (condition != VTD_OK)
        return vtd_flight_fault(flight, condition);
    vtd_flight_keep_clean(flight);
    return set_flags(flight, &flight->first, &flight->leaf[LEAF_FIRST], second_leaf_flags);
}

/* ---- second stage ---- */

static enum walk_progress second_next(struct vtd_flight *flight);
static enum walk_progress read_first_entry(struct vtd_flight *flight);

/* 6.2.4.1: with CM=1 a second-stage fault may be kept; never one of the first stage. */
static enum walk_progress second_fault(struct vtd_flight *flight, enum vtd_condition condition)
{
    if (flight->paging.pgtt == VTD_SECOND_STAGE && vtd_keeps_faulting(flight->vtd)) {
        flight->result = (struct vtd_result){.page_lg2 = 12, .did = flight->paging.did, .ss = true, .ss_dirty = true};
        bool by_rights = condition == VTD_LGN_2 || condition == VTD_LGN_3;
        vtd_iotlb_keep(flight, by_rights ? VTD_OK : condition);
    }
    if (flight->paging.pgtt == VTD_NESTED && on(flight, VTD_E_R03))
        flight->query.address = flight->second.input;
    return vtd_flight_fault(flight, condition);
}

static enum walk_progress second_table_kept(struct vtd_flight *flight)
{
    vtd_table_keep(flight, &flight->second);
    return next_phase(flight, second_next);
}

static enum walk_progress table_page_found(struct vtd_flight *flight)
{
    flight->table_page = flight->second;
    return next_phase(flight, read_first_entry);
}

static enum walk_progress second_leaf(struct vtd_flight *flight)
{
    if (flight->for_table) {
        enum vtd_condition condition = vtd_nested_table_rights(&flight->paging, &flight->first, &flight->second, false);
        if (condition != VTD_OK)
            return second_fault(flight, condition);
        return set_flags_here(flight, table_page_found);
    }
    flight->leaf[LEAF_SECOND] = (struct walk_update){flight->entry_address, flight->entry_value, flight->wanted};
    return next_phase(flight, judge_walk);
}

static enum walk_progress second_got(struct vtd_flight *flight)
{
    const struct vtd_params *p = &flight->vtd->params;
    enum vtd_condition failed = vtd_walk_read_failed(&flight->paging, &flight->second);
    if (access_faults(flight, failed))
        return second_fault(flight, failed);
    uint64_t entry = entry_read(flight);
    enum vtd_condition condition = VTD_OK;
    flight->before = flight->second;
    enum vtd_step step = vtd_walk_step(p, &flight->paging, &flight->second, entry, flight->second_for_write, flight->privileged,
                                       &flight->wanted, &condition);
    if (flight->for_table && on(flight, VTD_E_R09))
        flight->wanted = entry;
    if (step == VTD_STEP_FAULT)
        return second_fault(flight, condition);
    return step == VTD_STEP_LEAF ? second_leaf(flight) : set_flags_here(flight, second_table_kept);
}

static enum walk_progress second_next(struct vtd_flight *flight)
{
    return read_entry(flight, vtd_walk_entry_address(&flight->second), second_got);
}

static enum walk_progress second_begin(struct vtd_flight *flight, uint64_t input, bool for_table, bool for_write)
{
    flight->for_table = for_table;
    flight->second_for_write = for_write;
    flight->work.job.now_ps += flight->vtd->params.table_ps;
    vtd_walk_begin(&flight->paging, VTD_STAGE_SECOND, input, &flight->second);
    const struct vtd_table_slot *slot = vtd_table_find(flight->vtd, VTD_STAGE_SECOND, flight->paging.did, 0, &flight->second);
    if (slot)
        vtd_walk_resume(&flight->second, slot->level, slot->table, slot->read, slot->write, slot->user);
    return next_phase(flight, second_next);
}

/* ---- first stage ---- */

static enum walk_progress first_got(struct vtd_flight *flight);

static enum walk_progress read_first_entry(struct vtd_flight *flight)
{
    uint64_t address = is_nested(flight) ? flight->table_page.output : vtd_walk_entry_address(&flight->first);
    return read_entry(flight, address, first_got);
}

/* 3.8.1: with SSADE the access to a first-stage table counts as a write to its page. */
static enum walk_progress first_next(struct vtd_flight *flight)
{
    if (is_nested(flight))
        return second_begin(flight, vtd_walk_entry_address(&flight->first), true, flight->paging.ssade);
    return next_phase(flight, read_first_entry);
}

static enum walk_progress first_table_kept(struct vtd_flight *flight)
{
    vtd_table_keep(flight, &flight->first);
    return next_phase(flight, first_next);
}

/* Does the first stage alone let the request through? If not, the second stage must not be marked dirty. */
static bool first_stage_allows(const struct vtd_flight *flight)
{
    const struct vtd_params *p = &flight->vtd->params;
    struct vtd_walk all = flight->first;
    all.stage = VTD_STAGE_SECOND;
    all.read = all.write = all.dirty = true;
    all.output = flight->query.address & 0xfff;
    struct vtd_result result = vtd_result_make(p, &flight->paging, &flight->first, &all, flight->query.address, PORT_WB);
    if (vtd_rights_check(p, &flight->paging, &result, &flight->query, flight->privileged) != VTD_OK)
        return false;
    return flight->query.at != PCIE_AT_TRANSLATION ||
           vtd_effective_permissions(p, &flight->paging, &result, &flight->query, flight->privileged).write;
}

static enum walk_progress first_leaf(struct vtd_flight *flight)
{
    flight->leaf[LEAF_FIRST] = (struct walk_update){flight->entry_address, flight->entry_value, flight->wanted};
    if (!is_nested(flight))
        return next_phase(flight, judge_walk);
    bool for_write = flight->query.write && first_stage_allows(flight);
    return second_begin(flight, flight->first.output, false, for_write);
}

static enum walk_progress first_got(struct vtd_flight *flight)
{
    const struct vtd_params *p = &flight->vtd->params;
    const struct vtd_paging *paging = &flight->paging;
    enum vtd_condition failed = vtd_walk_read_failed(paging, &flight->first);
    if (access_faults(flight, failed))
        return vtd_flight_fault(flight, failed);
    uint64_t entry = entry_read(flight);
    enum vtd_condition condition = VTD_OK;
    flight->before = flight->first;
    enum vtd_step step =
        vtd_walk_step(p, paging, &flight->first, entry, flight->query.write, flight->privileged, &flight->wanted, &condition);
    if (step == VTD_STEP_FAULT)
        return vtd_flight_fault(flight, condition);
    if (is_nested(flight)) {
        condition = vtd_nested_width(p, paging, step == VTD_STEP_LEAF ? flight->first.output : flight->first.table);
        if (condition == VTD_OK && flight->wanted != entry)
            condition = vtd_nested_table_rights(paging, &flight->before, &flight->table_page, true);
        if (condition != VTD_OK)
            return vtd_flight_fault(flight, condition);
    }
    return step == VTD_STEP_LEAF ? first_leaf(flight) : set_flags_here(flight, first_table_kept);
}

static enum walk_progress first_begin(struct vtd_flight *flight)
{
    flight->work.job.now_ps += flight->vtd->params.table_ps;
    vtd_walk_begin(&flight->paging, VTD_STAGE_FIRST, flight->query.address, &flight->first);
    const struct vtd_table_slot *slot =
        vtd_table_find(flight->vtd, VTD_STAGE_FIRST, flight->paging.did, flight->pasid, &flight->first);
    if (slot)
        vtd_walk_resume(&flight->first, slot->level, slot->table, slot->read, slot->write, slot->user);
    return next_phase(flight, first_next);
}

static enum walk_progress walk_begin(struct vtd_flight *flight)
{
    flight->source_count = flight->sources_before_walk;
    flight->leaf[LEAF_FIRST] = flight->leaf[LEAF_SECOND] = (struct walk_update){0};
    if (has_first_stage(flight))
        return first_begin(flight);
    return second_begin(flight, flight->query.address, false, flight->query.write);
}

static enum walk_progress take_walker(struct vtd_flight *flight)
{
    flight->phase = walk_begin;
    return walk_take_walker(&flight->work.job);
}

enum walk_progress vtd_flight_walk(struct vtd_flight *flight)
{
    flight->leaf[LEAF_FIRST] = flight->leaf[LEAF_SECOND] = (struct walk_update){0};
    if (flight->paging.pgtt == VTD_PASS_THROUGH)
        return judge_walk(flight);
    flight->phase = take_walker;
    if (!flight->vtd->params.walk_hazard_lg2)
        return WALK_GO;
    struct merge_tag tag = vtd_flight_tag(flight, flight->vtd->params.walk_hazard_lg2);
    return hazard_enter(&flight->vtd->hazards, &flight->hazard, tag, &flight->work.job);
}
