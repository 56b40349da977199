/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * steps_bench.c - see steps_bench.h.
 */
#include "steps_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool seen[SMMUV3_CONDITION_COUNT];

void bench_note(enum smmuv3_condition condition)
{
    seen[condition] = true;
}

bool bench_noted(enum smmuv3_condition condition)
{
    return seen[condition];
}

/* ---- memory ---- */

static unsigned slot(const struct bench *b, uint64_t address)
{
    unsigned at = (unsigned)((address >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> 40);
    for (unsigned tries = 0; b->key[at % BENCH_WORDS] != 0 && b->key[at % BENCH_WORDS] != address + 1u; tries++, at++)
        if (tries == BENCH_WORDS)
            abort();
    return at % BENCH_WORDS;
}

void bench_write(struct bench *b, uint64_t address, uint64_t value)
{
    unsigned at = slot(b, address);
    b->key[at] = address + 1u;
    b->value[at] = value;
}

uint64_t bench_read(const struct bench *b, uint64_t address)
{
    unsigned at = slot(b, address);
    return b->key[at] ? b->value[at] : 0;
}

void bench_set(struct bench *b, uint64_t address, uint32_t field, uint64_t value)
{
    uint64_t at = address + (field >> 16) * 8u;
    uint32_t in_word = field & 0xffffu;
    uint64_t word = bench_read(b, at);
    word &= ~(smmuv3_low_bits(field & 127u) << ((field >> 8) & 63u));
    smmuv3_put(&word, in_word, value);
    bench_write(b, at, word);
}

void bench_init(struct bench *b, const char *preset, const char *settings)
{
    *b = (struct bench){.strtab_base = BENCH_STRTAB, .strtab_cfg = 5};
    if (!smmuv3_preset(preset, &b->params))
        abort();
    char name[48], value[32];
    for (int used; sscanf(settings, " %47[^=]=%31[^ ]%n", name, value, &used) == 2; settings += used) {
        if (!smmuv3_set_parameter(&b->params, name, value)) {
            fprintf(stderr, "no parameter %s=%s\n", name, value);
            abort();
        }
    }
    b->query = (struct smmuv3_query){.stream_id = 3, .read = true, .attributes = smmuv3_pcie_attributes()};
}

uint64_t bench_map(struct bench *b, const struct smmuv3_table_setup *setup, uint64_t *free_page, uint64_t input, uint64_t output,
                   int leaf_level, uint64_t leaf_bits)
{
    uint64_t table = setup->base;
    input &= smmuv3_low_bits(setup->input_bits);
    for (int level = setup->start_level;; level++) {
        unsigned shift = smmuv3_level_shift(setup->granule_lg2, level);
        unsigned top = level == setup->start_level ? setup->input_bits : shift + setup->granule_lg2 - 3u;
        uint64_t at = table + ((input & smmuv3_low_bits(top)) >> shift) * 8u;
        uint64_t entry = level == leaf_level ? leaf_bits | 1u | (level == 3 ? 2u : 0) : 3u;
        uint64_t target = level == leaf_level ? output : *free_page;
        uint64_t old = smmuv3_descriptor_order(setup, bench_read(b, at));
        if (level != leaf_level && (old & 3u) == 3u) {
            table = old & smmuv3_low_bits(48) & ~smmuv3_low_bits(setup->granule_lg2);
            continue;
        }
        entry |= target & smmuv3_low_bits(48) & ~smmuv3_low_bits(level == leaf_level ? shift : setup->granule_lg2);
        if (setup->wide)
            entry |= (target & (UINT64_C(3) << 48)) | (target >> 50 & 3u) << 8;
        else if (setup->granule_lg2 == 16u)
            entry |= (target >> 48 & 15u) << 12;
        bench_write(b, at, smmuv3_descriptor_order(setup, entry));
        if (level == leaf_level)
            return at;
        table = *free_page;
        *free_page += UINT64_C(1) << setup->granule_lg2;
    }
}

/* ---- the engine ---- */

/* Was it aborted, and did that count? Where it did not, it reads as 0. */
static bool fetch(struct bench *b, uint64_t address, uint64_t *value, enum smmuv3_condition aborted)
{
    if (b->read_count < BENCH_READS)
        b->reads[b->read_count++] = address;
    b->fetch = address;
    bool ok = b->abort_at == 0 || address != b->abort_at;
    *value = ok ? bench_read(b, address) : 0;
    return !smmuv3_found(&b->params, aborted, !ok);
}

static enum smmuv3_condition walk(struct bench *b, const struct smmuv3_regime *regime, enum smmuv3_stage stage, uint64_t input,
                                  const struct smmuv3_access *access, struct smmuv3_walk *w);

static enum smmuv3_condition fail(struct bench *b, enum smmuv3_condition condition, const struct smmuv3_access *access,
                                  uint64_t input)
{
    b->class = access->class;
    b->update = access->write;
    b->ipa = input;
    return condition;
}

/* The physical address of a stage 1 descriptor. */
static enum smmuv3_condition place(struct bench *b, const struct smmuv3_regime *regime, uint64_t address, bool update,
                                   uint64_t *physical)
{
    *physical = address;
    if (!regime->s2)
        return SMMUV3_OK;
    struct smmuv3_access unit = smmuv3_access_of_unit(SMMUV3_CLASS_TT, update);
    struct smmuv3_walk second;
    enum smmuv3_condition condition = walk(b, regime, SMMUV3_STAGE2, address, &unit, &second);
    *physical = second.output;
    return condition;
}

static enum smmuv3_condition put_back(struct bench *b, const struct smmuv3_regime *regime, const struct smmuv3_walk *w,
                                      uint64_t address, uint64_t wanted)
{
    uint64_t physical = address;
    if (w->stage == SMMUV3_STAGE1) {
        enum smmuv3_condition condition = place(b, regime, address, true, &physical);
        if (condition != SMMUV3_OK)
            return condition;
    }
    bench_write(b, physical, smmuv3_descriptor_order(smmuv3_walk_setup(regime, w), wanted));
    b->updates++;
    return SMMUV3_OK;
}

static enum smmuv3_condition walk(struct bench *b, const struct smmuv3_regime *regime, enum smmuv3_stage stage, uint64_t input,
                                  const struct smmuv3_access *access, struct smmuv3_walk *w)
{
    enum smmuv3_condition condition = smmuv3_walk_begin(regime, stage, input, access, w);
    while (condition == SMMUV3_OK) {
        uint64_t address = smmuv3_walk_address(regime, w), physical = address, loaded, wanted;
        if (stage == SMMUV3_STAGE1) {
            condition = place(b, regime, address, false, &physical);
            if (condition != SMMUV3_OK)
                return condition;
        }
        if (!fetch(b, physical, &loaded, smmuv3_walk_aborted(w)))
            return fail(b, smmuv3_walk_aborted(w), access, input);
        uint64_t descriptor = smmuv3_descriptor_order(smmuv3_walk_setup(regime, w), loaded);
        struct smmuv3_walk at = *w;
        enum smmuv3_step step = smmuv3_walk_step(regime, w, descriptor, &wanted, &condition);
        if (step == SMMUV3_STEP_LEAF)
            condition = smmuv3_walk_leaf(regime, w, access, &wanted);
        if (condition != SMMUV3_OK)
            break;
        if (wanted != descriptor) {
            condition = put_back(b, regime, &at, address, wanted);
            if (condition != SMMUV3_OK)
                return condition;
        }
        if (step == SMMUV3_STEP_LEAF) {
            smmuv3_walk_updated(w, wanted);
            return SMMUV3_OK;
        }
    }
    return fail(b, condition, access, input);
}

static enum smmuv3_condition read_structure(struct bench *b, uint64_t address, unsigned words, uint64_t *out,
                                            enum smmuv3_condition aborted)
{
    bool ok = fetch(b, address, &out[0], aborted);
    for (unsigned i = 1; i < words; i++)
        out[i] = b->abort_at && b->abort_at == address ? 0 : bench_read(b, address + 8u * i);
    return ok ? SMMUV3_OK : aborted;
}

static enum smmuv3_condition get_ste(struct bench *b)
{
    const struct smmuv3_params *p = &b->params;
    struct smmuv3_stream_table table = smmuv3_stream_table_decode(p, b->strtab_base, b->strtab_cfg);
    uint64_t address, entry[8];
    bool level1;
    enum smmuv3_condition condition = smmuv3_stream_locate(p, &table, b->query.stream_id, &address, &level1);
    if (condition == SMMUV3_OK && level1) {
        condition = read_structure(b, address, 1, entry, SMMUV3_STE_FETCH);
        if (condition == SMMUV3_OK)
            condition = smmuv3_l1std_decode(p, &table, b->query.stream_id, entry[0], &address);
    }
    if (condition == SMMUV3_STE_FETCH_RANGE)
        b->fetch = address;
    if (condition == SMMUV3_OK)
        condition = read_structure(b, address, 8, entry, SMMUV3_STE_FETCH);
    return condition == SMMUV3_OK ? smmuv3_ste_decode(p, entry, b->e2h, &b->ste) : condition;
}

static enum smmuv3_condition read_cd(struct bench *b, uint64_t address, unsigned words, uint64_t *out)
{
    if (b->ste.s2) {
        struct smmuv3_regime regime = smmuv3_regime_make(&b->params, &b->ste, NULL);
        struct smmuv3_access unit = smmuv3_access_of_unit(SMMUV3_CLASS_CD, false);
        struct smmuv3_walk second;
        b->regime = regime;
        enum smmuv3_condition condition = walk(b, &regime, SMMUV3_STAGE2, address, &unit, &second);
        if (condition != SMMUV3_OK)
            return condition;
        address = second.output;
    }
    return read_structure(b, address, words, out, SMMUV3_CD_FETCH);
}

static enum smmuv3_condition get_cd(struct bench *b, uint32_t index)
{
    const struct smmuv3_params *p = &b->params;
    uint64_t address, entry[8];
    bool level1;
    enum smmuv3_condition condition = smmuv3_cd_locate(p, &b->ste, index, &address, &level1);
    if (condition == SMMUV3_OK && level1) {
        condition = read_cd(b, address, 1, entry);
        if (condition == SMMUV3_OK)
            condition = smmuv3_l1cd_decode(p, &b->ste, index, entry[0], &address);
    }
    if (condition == SMMUV3_OK)
        condition = read_cd(b, address, 8, entry);
    return condition == SMMUV3_OK ? smmuv3_cd_decode(p, &b->ste, entry, &b->cd) : condition;
}

static enum smmuv3_condition translate(struct bench *b, bool stage1)
{
    struct smmuv3_access access = smmuv3_access_of_query(&b->effective);
    uint64_t address = b->query.address;
    enum smmuv3_condition condition = SMMUV3_OK;
    if (stage1) {
        condition = walk(b, &b->regime, SMMUV3_STAGE1, address, &access, &b->first);
        address = b->first.output;
    } else {
        condition = smmuv3_bypass_check(&b->params, &b->regime, address);
    }
    if (condition == SMMUV3_OK && b->regime.s2) {
        condition = walk(b, &b->regime, SMMUV3_STAGE2, address, &access, &b->second);
        address = b->second.output;
    }
    b->output = address;
    if (condition == SMMUV3_OK && (stage1 || b->regime.s2)) {
        b->result = smmuv3_result_make(&b->regime, stage1 ? &b->first : NULL, b->regime.s2 ? &b->second : NULL, b->query.address);
        b->attributes = smmuv3_result_attributes(&b->regime, &b->result, &b->effective);
    }
    return condition;
}

static enum smmuv3_condition procedure(struct bench *b)
{
    enum smmuv3_condition condition = get_ste(b);
    if (condition != SMMUV3_OK)
        return condition;
    smmuv3_ste_override(&b->params, &b->ste, &b->effective);
    uint32_t index;
    enum smmuv3_route route = smmuv3_ste_route(&b->params, &b->ste, &b->query, &index, &condition);
    if (route == SMMUV3_ROUTE_END)
        return condition;
    if (route == SMMUV3_ROUTE_CD) {
        condition = get_cd(b, index);
        if (condition != SMMUV3_OK)
            return condition;
    }
    b->regime = smmuv3_regime_make(&b->params, &b->ste, route == SMMUV3_ROUTE_CD ? &b->cd : NULL);
    return translate(b, route == SMMUV3_ROUTE_CD);
}

enum smmuv3_condition bench_run(struct bench *b)
{
    b->read_count = b->updates = 0;
    b->class = SMMUV3_CLASS_IN;
    b->ipa = b->fetch = 0;
    b->update = false;
    b->effective = b->query;
    b->condition = procedure(b);
    bench_note(b->condition);
    b->terms = smmuv3_fault_terms(&b->params, &b->regime, b->condition);
    smmuv3_event_make(&b->params, b->condition, &b->effective, b->class, b->ipa, b->fetch, b->update, &b->event);
    return b->condition;
}
