/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_paging.c - 3.3.2 Translation table lookup, 3.13 Translation tables and Access flag/Dirty state: which descriptor to read
 * next, setting its flags, and what to keep of it.
 *
 * With both stages every stage 1 table and the final IPA go through a stage 2 walk of their own. Flags of stage 2 pages that
 * hold tables or CDs are set at once; those of the leaves of the transaction when the whole translation has been judged, so that
 * what is refused leaves no dirty state behind.
 */
#include "smmuv3/smmuv3_flight.h"

static const struct smmuv3_params *params_of(const struct smmuv3_flight *flight)
{
    return &flight->smmu->params;
}

static bool is_nested(const struct smmuv3_flight *flight)
{
    return flight->regime.s1 && flight->regime.s2;
}

/* A fault of stage 2: the IPA that it was translating, and why. */
static enum walk_progress second_fault(struct smmuv3_flight *flight, enum smmuv3_condition condition)
{
    const struct smmuv3_fault where = {.class = flight->second_access.class,
                                       .ipa = flight->second.input,
                                       .fetch = flight->entry_address,
                                       .update = flight->second_access.write};
    return smmuv3_flight_fault(flight, condition, &where);
}

static enum walk_progress first_fault(struct smmuv3_flight *flight, enum smmuv3_condition condition)
{
    const struct smmuv3_fault where = {.class = SMMUV3_CLASS_IN, .fetch = flight->entry_address};
    return smmuv3_flight_fault(flight, condition, &where);
}

static enum walk_progress table_page_fault(struct smmuv3_flight *flight, enum smmuv3_condition condition)
{
    const struct smmuv3_fault where = {
        .class = SMMUV3_CLASS_TT, .ipa = flight->table_page.input, .fetch = flight->table_page_entry.address, .update = true};
    return smmuv3_flight_fault(flight, condition, &where);
}

static enum walk_progress stage_fault(struct smmuv3_flight *flight, const struct smmuv3_walk *walk,
                                      enum smmuv3_condition condition)
{
    if (walk == &flight->table_page)
        return table_page_fault(flight, condition);
    return walk->stage == SMMUV3_STAGE1 ? first_fault(flight, condition) : second_fault(flight, condition);
}

/* ---- one descriptor: reading it ---- */

static enum walk_progress read_entry(struct smmuv3_flight *flight, uint64_t address, const struct smmuv3_attributes *attributes,
                                     smmuv3_phase next)
{
    flight->entry_address = address;
    flight->work.job.now_ps += flight->smmu->params.walk_step_ps;
    const struct smmuv3_port_access what = {PORT_READ, PORT_WALK, address, 8, attributes};
    return smmuv3_flight_access(flight, &what, next);
}

/* Was it aborted? Where that goes unnoticed (a deviation) the descriptor reads as 0. */
static bool entry_failed(struct smmuv3_flight *flight, const struct smmuv3_walk *walk)
{
    const struct port_request *access = &flight->work.job.access;
    flight->entry_loaded = access->status == PORT_OK ? load_le64(access->data) : 0;
    smmuv3_flight_source(flight, flight->entry_address, flight->entry_loaded);
    SMMUV3_PROBE(flight->smmu, flight->work.job.now_ps, smmuv3_flight_id(flight), "walk", "stage=%d address=%llx value=%llx",
                 walk->stage == SMMUV3_STAGE1 ? 1 : 2, (unsigned long long)flight->entry_address,
                 (unsigned long long)flight->entry_loaded);
    return smmuv3_found(params_of(flight), smmuv3_walk_aborted(walk), access->status != PORT_OK);
}

static uint64_t in_order(const struct smmuv3_flight *flight, const struct smmuv3_walk *walk, uint64_t value)
{
    return smmuv3_descriptor_order(smmuv3_walk_setup(&flight->regime, walk), value);
}

static struct walk_update update_of(const struct smmuv3_flight *flight, const struct smmuv3_walk *walk, uint64_t wanted)
{
    return (struct walk_update){flight->entry_address, flight->entry_loaded, in_order(flight, walk, wanted)};
}

/* ---- setting its flags: a compare-exchange; a descriptor that has changed since is judged anew, from the top ---- */

static enum walk_progress flags_set(struct smmuv3_flight *flight)
{
    enum smmuv3_condition aborted = smmuv3_walk_aborted(flight->update_walk);
    flight->entry_address = flight->update.address;
    if (smmuv3_found(params_of(flight), aborted, flight->work.job.access.status != PORT_OK))
        return stage_fault(flight, flight->update_walk, aborted);
    if (walk_update_lost(&flight->work.job))
        return smmuv3_flight_go(flight, flight->walk_restart);
    if (flight->update_is_leaf)
        smmuv3_walk_updated(flight->update_walk, in_order(flight, flight->update_walk, flight->update.wanted));
    flight->entry_loaded = flight->update.wanted;
    return smmuv3_flight_go(flight, flight->update_next);
}

/* 13.8: where stage 1 is nested, combined with the page that holds the descriptor. */
static struct smmuv3_attributes attributes_of(const struct smmuv3_flight *flight, const struct smmuv3_walk *walk)
{
    struct smmuv3_attributes own = smmuv3_walk_setup(&flight->regime, walk)->walk_attributes;
    bool combined = walk->stage == SMMUV3_STAGE1 && is_nested(flight);
    return combined ? smmuv3_nested_attributes(&flight->regime, own, &flight->table_page) : own;
}

static enum walk_progress set_flags(struct smmuv3_flight *flight, struct smmuv3_walk *walk, const struct walk_update *update,
                                    bool is_leaf, smmuv3_phase next)
{
    if (update->value == update->wanted)
        return smmuv3_flight_go(flight, next);
    flight->update = *update;
    flight->update_walk = walk;
    flight->update_is_leaf = is_leaf;
    flight->update_next = next;
    walk_update(&flight->work.job, update);
    const struct smmuv3_attributes attributes = attributes_of(flight, walk);
    const struct smmuv3_port_access what = {
        .kind = smmuv3_flight_on(flight, SMMUV3_E_FLAGS_NOT_ATOMIC) ? PORT_WRITE : PORT_CMPXCHG,
        .origin = PORT_WALK,
        .address = update->address,
        .bytes = 8,
        .attributes = &attributes,
    };
    return smmuv3_flight_access(flight, &what, flags_set);
}

/* ---- stage 2 ---- */

static enum walk_progress second_next(struct smmuv3_flight *flight);

/* The page of a table or CD is used at once; the one of the transaction when all is judged. */
static enum walk_progress second_leaf(struct smmuv3_flight *flight)
{
    uint64_t wanted = 0;
    const struct smmuv3_rights *first = flight->regime.s1 ? &flight->first.rights : NULL;
    if (flight->second_access.class == SMMUV3_CLASS_IN &&
        !smmuv3_ats_narrow(flight, first, &flight->second.rights, &flight->second_access))
        return smmuv3_ats_no_access(flight);
    enum smmuv3_condition condition = smmuv3_walk_leaf(&flight->regime, &flight->second, &flight->second_access, &wanted);
    if (condition != SMMUV3_OK)
        return second_fault(flight, condition);
    struct walk_update update = update_of(flight, &flight->second, wanted);
    if (flight->second_access.class != SMMUV3_CLASS_IN)
        return set_flags(flight, &flight->second, &update, true, flight->second_next);
    flight->leaf[SMMUV3_STAGE2] = update;
    return smmuv3_flight_go(flight, flight->second_next);
}

static enum walk_progress second_table(struct smmuv3_flight *flight)
{
    smmuv3_table_keep(flight, &flight->second);
    return second_next(flight);
}

static enum walk_progress second_got(struct smmuv3_flight *flight)
{
    struct smmuv3_walk *walk = &flight->second;
    if (entry_failed(flight, walk))
        return second_fault(flight, smmuv3_walk_aborted(walk));
    enum smmuv3_condition condition = SMMUV3_OK;
    uint64_t wanted = 0;
    switch (smmuv3_walk_step(&flight->regime, walk, in_order(flight, walk, flight->entry_loaded), &wanted, &condition)) {
    case SMMUV3_STEP_FAULT:
        return second_fault(flight, condition);
    case SMMUV3_STEP_LEAF:
        return second_leaf(flight);
    case SMMUV3_STEP_TABLE:
        break;
    }
    struct walk_update update = update_of(flight, walk, wanted);
    return set_flags(flight, walk, &update, false, second_table);
}

static enum walk_progress second_next(struct smmuv3_flight *flight)
{
    const struct smmuv3_table_setup *setup = smmuv3_walk_setup(&flight->regime, &flight->second);
    return read_entry(flight, smmuv3_walk_address(&flight->regime, &flight->second), &setup->walk_attributes, second_got);
}

static enum walk_progress second_begin(struct smmuv3_flight *flight, uint64_t ipa, struct smmuv3_access access, smmuv3_phase next)
{
    flight->second_access = access;
    flight->second_next = next;
    flight->entry_address = 0;
    flight->work.job.now_ps += flight->smmu->params.table_ps;
    enum smmuv3_condition condition = smmuv3_walk_begin(&flight->regime, SMMUV3_STAGE2, ipa, &access, &flight->second);
    flight->second.input = ipa;
    if (condition != SMMUV3_OK)
        return second_fault(flight, condition);
    const struct smmuv3_table_slot *slot = smmuv3_table_find(flight->smmu, &flight->regime, &flight->second);
    if (slot)
        smmuv3_walk_resume(&flight->second, &slot->walk);
    return second_next(flight);
}

/* ---- of a CD ---- */

static enum walk_progress cd_walk_again(struct smmuv3_flight *flight)
{
    return second_begin(flight, flight->second.input, flight->second_access, flight->second_next);
}

static enum walk_progress cd_walk(struct smmuv3_flight *flight)
{
    flight->walk_restart = cd_walk_again;
    return cd_walk_again(flight);
}

enum walk_progress smmuv3_flight_second(struct smmuv3_flight *flight, uint64_t ipa, struct smmuv3_access access,
                                        smmuv3_phase next)
{
    flight->second.input = ipa;
    flight->second_access = access;
    flight->second_next = next;
    flight->phase = cd_walk;
    return walk_take_walker(&flight->work.job);
}

/* ---- when the walk is over ---- */

void smmuv3_flight_walked(struct smmuv3_flight *flight)
{
    walk_drop_walker(&flight->work.job);
    hazard_leave(&flight->smmu->hazards, &flight->hazard);
    merge_end(&flight->smmu->merges, &flight->merge, &flight->work.job);
}

static enum walk_progress walk_done(struct smmuv3_flight *flight)
{
    flight->result = smmuv3_result_make(&flight->regime, flight->regime.s1 ? &flight->first : NULL,
                                        flight->regime.s2 ? &flight->second : NULL, flight->query.address);
    smmuv3_tlb_keep(flight);
    smmuv3_flight_walked(flight);
    return smmuv3_flight_translated(flight);
}

static enum walk_progress second_leaf_flags(struct smmuv3_flight *flight)
{
    return set_flags(flight, &flight->second, &flight->leaf[SMMUV3_STAGE2], true, walk_done);
}

/* ---- flags of a stage 1 descriptor ---- */

static enum walk_progress first_flags(struct smmuv3_flight *flight)
{
    bool is_leaf = flight->first_update_next == second_leaf_flags;
    return set_flags(flight, &flight->first, &flight->first_update, is_leaf, flight->first_update_next);
}

/* 3.13.5: setting them is a write to the page that holds the descriptor, as stage 2 sees it. */
static enum walk_progress update_first(struct smmuv3_flight *flight, const struct walk_update *update, smmuv3_phase next)
{
    flight->first_update = *update;
    flight->first_update_next = next;
    if (!is_nested(flight) || update->value == update->wanted || smmuv3_flight_on(flight, SMMUV3_E_FLAGS_STAGE2_UNCHECKED))
        return first_flags(flight);
    struct smmuv3_access access = smmuv3_access_of_unit(SMMUV3_CLASS_TT, true);
    uint64_t wanted = 0;
    enum smmuv3_condition condition = smmuv3_walk_leaf(&flight->regime, &flight->table_page, &access, &wanted);
    if (condition != SMMUV3_OK)
        return table_page_fault(flight, condition);
    flight->table_page_entry.wanted = in_order(flight, &flight->table_page, wanted);
    return set_flags(flight, &flight->table_page, &flight->table_page_entry, true, first_flags);
}

/* 3.13.7.1: a translation request that is not granted write permission by both stages leaves no dirty state in either. */
static enum walk_progress judge_walk(struct smmuv3_flight *flight)
{
    struct smmuv3_walk *first = &flight->first;
    bool judged_again = flight->purpose == SMMUV3_FOR_TRANSLATION && is_nested(flight);
    if (judged_again && !smmuv3_flight_on(flight, SMMUV3_E_TREQ_DIRTIES_REFUSED)) {
        uint64_t wanted = 0;
        smmuv3_walk_leaf(&flight->regime, first, &flight->second_access, &wanted);
        flight->leaf[SMMUV3_STAGE1].wanted = in_order(flight, first, wanted);
    }
    return update_first(flight, &flight->leaf[SMMUV3_STAGE1], second_leaf_flags);
}

/* ---- stage 1 ---- */

static enum walk_progress first_next(struct smmuv3_flight *flight);

static enum walk_progress first_leaf(struct smmuv3_flight *flight)
{
    struct smmuv3_access access = smmuv3_access_of_query(&flight->query);
    uint64_t wanted = 0;
    if (!smmuv3_ats_narrow(flight, &flight->first.rights, NULL, &access))
        return smmuv3_ats_no_access(flight);
    enum smmuv3_condition condition = smmuv3_walk_leaf(&flight->regime, &flight->first, &access, &wanted);
    if (condition != SMMUV3_OK)
        return first_fault(flight, condition);
    flight->leaf[SMMUV3_STAGE1] = update_of(flight, &flight->first, wanted);
    if (!is_nested(flight))
        return smmuv3_flight_go(flight, judge_walk);
    return second_begin(flight, flight->first.output, access, judge_walk);
}

static enum walk_progress first_table(struct smmuv3_flight *flight)
{
    smmuv3_table_keep(flight, &flight->first);
    return first_next(flight);
}

static enum walk_progress first_got(struct smmuv3_flight *flight)
{
    struct smmuv3_walk *walk = &flight->first;
    if (entry_failed(flight, walk))
        return first_fault(flight, smmuv3_walk_aborted(walk));
    enum smmuv3_condition condition = SMMUV3_OK;
    uint64_t wanted = 0;
    switch (smmuv3_walk_step(&flight->regime, walk, in_order(flight, walk, flight->entry_loaded), &wanted, &condition)) {
    case SMMUV3_STEP_FAULT:
        return first_fault(flight, condition);
    case SMMUV3_STEP_LEAF:
        return first_leaf(flight);
    case SMMUV3_STEP_TABLE:
        break;
    }
    struct walk_update update = update_of(flight, walk, wanted);
    return update_first(flight, &update, first_table);
}

static enum walk_progress table_page_found(struct smmuv3_flight *flight)
{
    flight->table_page = flight->second;
    flight->table_page_entry = (struct walk_update){flight->entry_address, flight->entry_loaded, flight->entry_loaded};
    struct smmuv3_attributes attributes = attributes_of(flight, &flight->first);
    return read_entry(flight, flight->second.output, &attributes, first_got);
}

static enum walk_progress first_next(struct smmuv3_flight *flight)
{
    uint64_t address = smmuv3_walk_address(&flight->regime, &flight->first);
    if (is_nested(flight))
        return second_begin(flight, address, smmuv3_access_of_unit(SMMUV3_CLASS_TT, false), table_page_found);
    return read_entry(flight, address, &smmuv3_walk_setup(&flight->regime, &flight->first)->walk_attributes, first_got);
}

static enum walk_progress first_begin(struct smmuv3_flight *flight)
{
    struct smmuv3_access access = smmuv3_access_of_query(&flight->query);
    flight->entry_address = 0;
    flight->work.job.now_ps += flight->smmu->params.table_ps;
    enum smmuv3_condition condition =
        smmuv3_walk_begin(&flight->regime, SMMUV3_STAGE1, flight->query.address, &access, &flight->first);
    if (condition != SMMUV3_OK)
        return first_fault(flight, condition);
    const struct smmuv3_table_slot *slot = smmuv3_table_find(flight->smmu, &flight->regime, &flight->first);
    if (slot)
        smmuv3_walk_resume(&flight->first, &slot->walk);
    return first_next(flight);
}

/* ---- the transaction ---- */

static enum walk_progress walk_begin(struct smmuv3_flight *flight)
{
    flight->source_count = flight->sources_before_walk;
    flight->leaf[SMMUV3_STAGE1] = flight->leaf[SMMUV3_STAGE2] = (struct walk_update){0};
    if (flight->regime.s1)
        return first_begin(flight);
    return second_begin(flight, flight->query.address, smmuv3_access_of_query(&flight->query), judge_walk);
}

static enum walk_progress take_walker(struct smmuv3_flight *flight)
{
    flight->walk_restart = flight->phase = walk_begin;
    return walk_take_walker(&flight->work.job);
}

enum walk_progress smmuv3_flight_walk(struct smmuv3_flight *flight)
{
    const struct smmuv3_params *p = params_of(flight);
    flight->work.job.now_ps += p->config_ps;
    flight->phase = take_walker;
    if (!p->walk_hazard_lg2)
        return WALK_GO;
    return hazard_enter(&flight->smmu->hazards, &flight->hazard, smmuv3_flight_tag(flight, p->walk_hazard_lg2),
                        &flight->work.job);
}
