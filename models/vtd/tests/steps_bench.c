/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * steps_bench.c - see steps_bench.h.
 */
#include "steps_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOT_TABLE UINT64_C(0x1000)
#define LOWER_CONTEXTS UINT64_C(0x2000)
#define UPPER_CONTEXTS UINT64_C(0x3000)
#define PASID_TABLE UINT64_C(0x4000)
#define FIRST_STAGE_TABLE(level) (UINT64_C(0x10000) + UINT64_C(0x1000) * (level))
#define SECOND_STAGE_TABLE(level) (UINT64_C(0x20000) + UINT64_C(0x1000) * (level))
#define PASID_DIRECTORY UINT64_C(0x40000)

#define BUS 1u
#define IN(n, mask) ((uint64_t)(n) & (mask))

static uint64_t low_bits(unsigned n)
{
    return n >= 64u ? UINT64_MAX : (UINT64_C(1) << n) - 1u;
}

static void require(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "steps_bench: %s\n", what);
        abort();
    }
}

/* ---- building ---- */

static uint64_t index_of(uint64_t input, unsigned level)
{
    return input >> (12u + 9u * (level - 1u)) & 0x1ffu;
}

/* Page frames, by level of the leaf. Guest frames lie in the second GiB, out of the way of the tables' own pages. */
static const uint64_t guest_frame[] = {0, 0x45670000, 0x46600000, 0x40000000};
static const uint64_t host_frame[] = {0, 0x99000, 0xa00000, 0x80000000};

struct mapping {
    bool second;
    unsigned levels, leaf;
    uint64_t input, frame, rights;
};

/* Returns the address of the leaf. `places`, if any, get the address of the entry of each level, level 1 first. */
static uint64_t map(struct bench *bench, const struct mapping *mapping, uint64_t *places)
{
    uint64_t address = 0;
    for (unsigned level = mapping->levels; level >= mapping->leaf; level--) {
        uint64_t table = mapping->second ? SECOND_STAGE_TABLE(level) : FIRST_STAGE_TABLE(level);
        uint64_t next = mapping->second ? SECOND_STAGE_TABLE(level - 1u) : FIRST_STAGE_TABLE(level - 1u);
        bool leaf = level == mapping->leaf;
        address = table + index_of(mapping->input, level) * 8u;
        uint64_t large = leaf && level > 1u ? 0x80u : 0;
        bench->word[address / 8u] = (leaf ? mapping->frame | large : next) | mapping->rights;
        if (places)
            places[level - 1u] = address;
    }
    return address;
}

static void settings_apply(struct vtd_params *params, const char *settings)
{
    char name[48], value[48];
    int used;
    for (; sscanf(settings, " %47[^=]=%47[^ ]%n", name, value, &used) == 2; settings += used)
        require(vtd_set_parameter(params, name, value), name);
}

static bool uses_first(const struct scenario *s)
{
    return !s->legacy && (s->type == VTD_FIRST_STAGE || s->type == VTD_NESTED);
}

static bool uses_second(const struct scenario *s)
{
    return s->legacy ? s->type < 2u : s->type == VTD_SECOND_STAGE || s->type == VTD_NESTED;
}

static uint64_t widest_aw(const struct vtd_params *p)
{
    for (unsigned aw = 3; aw > 0; aw--)
        if (p->sagaw >> aw & 1u)
            return aw;
    return 0;
}

static void build_paging(struct bench *bench, const struct scenario *s, uint64_t aw)
{
    unsigned fs_leaf = s->fs_leaf ? s->fs_leaf : 1u;
    unsigned ss_leaf = s->ss_leaf ? s->ss_leaf : 1u;
    bench->fs_levels = uses_first(s) ? (bench->params.fs5lp ? 5 : 4) : 0;
    bench->ss_levels = (uint8_t)(aw + 2u);
    unsigned bits = 12u + 9u * (uses_first(s) ? bench->fs_levels : bench->ss_levels);
    if (bits > bench->params.mgaw + 1u)
        bits = bench->params.mgaw + 1u;
    /* Another index at every level, and the highest bit of every page offset. Bit bits-1 is 0: canonical. */
    bench->mapped = UINT64_C(0x002dab6db6f5f678) & low_bits(bits - 1u);
    bench->final = bench->mapped;
    uint64_t rights = s->ssirwe ? UINT64_C(3) << 61 : 3u;
    if (uses_first(s)) {
        bool nested = s->type == VTD_NESTED;
        const uint64_t *frame = nested ? guest_frame : host_frame;
        const struct mapping own = {false, bench->fs_levels, fs_leaf, bench->mapped, frame[fs_leaf], 7u};
        map(bench, &own, &bench->place[FS1]);
        bench->final = frame[fs_leaf] | IN(bench->mapped, low_bits(12u + 9u * (fs_leaf - 1u)));
        for (unsigned level = 1; nested && level <= bench->fs_levels; level++) {
            const uint64_t table = FIRST_STAGE_TABLE(level);
            const struct mapping page = {true, bench->ss_levels, 1, table, table, rights};
            bench->place[MAP_FS1 + level - 1u] = map(bench, &page, NULL);
        }
    }
    if (uses_second(s)) {
        const struct mapping page = {true, bench->ss_levels, ss_leaf, bench->final, host_frame[ss_leaf], rights};
        map(bench, &page, &bench->place[SS1]);
    }
}

static void build_legacy(struct bench *bench, const struct scenario *s, uint64_t aw)
{
    uint64_t *root = &bench->word[bench->place[ROOT_LOW] / 8u];
    root[0] = LOWER_CONTEXTS | 1u;
    for (unsigned i = 0; i < 2u; i++)
        bench->place[CTX0 + i] = LOWER_CONTEXTS + pcie_devfn(bench->query.requester_id) * 16u + i * 8u;
    uint64_t *context = bench_word(bench, CTX0);
    context[0] = SECOND_STAGE_TABLE(bench->ss_levels) | (uint64_t)s->type << 2 | 1u;
    context[1] = aw | 5u << 8;
}

static void build_pasid_entry(struct bench *bench, const struct scenario *s, uint64_t aw)
{
    const struct vtd_params *p = &bench->params;
    uint64_t *entry = bench_word(bench, PASID0);
    entry[0] = (uint64_t)s->type << 6 | 1u;
    entry[1] = 5u | (p->smpwcs ? UINT64_C(1) << 23 : 0);
    entry[2] = p->srs;
    if (uses_second(s))
        entry[0] |= SECOND_STAGE_TABLE(bench->ss_levels) | aw << 2;
    if (uses_first(s))
        entry[2] |= FIRST_STAGE_TABLE(bench->fs_levels) | (bench->fs_levels == 5u ? 1u << 2 : 0u);
}

static void build_scalable(struct bench *bench, const struct scenario *s, uint64_t aw)
{
    const struct vtd_params *p = &bench->params;
    uint8_t devfn = pcie_devfn(bench->query.requester_id);
    uint64_t *root = &bench->word[bench->place[ROOT_LOW] / 8u];
    root[0] = LOWER_CONTEXTS | 1u;
    root[1] = UPPER_CONTEXTS | 1u;
    uint64_t contexts = devfn >= 0x80u ? UPPER_CONTEXTS : LOWER_CONTEXTS;
    for (unsigned i = 0; i < 4u; i++)
        bench->place[CTX0 + i] = contexts + (devfn & 0x7fu) * 32u + i * 8u;

    uint32_t pasid = s->pasid ? s->pasid : p->rps ? BENCH_PASID : 0;
    uint64_t rid_pasid = s->pasid || !p->rps ? 0 : BENCH_PASID;
    /* Without RPS requests without PASID use 0 and requests with PASID cannot. */
    if (s->pasid && p->rps)
        rid_pasid = 1;
    uint64_t *context = bench_word(bench, CTX0);
    context[0] = PASID_DIRECTORY | 7u << 9 | (p->pasid ? 8u : 0u) | (p->dt ? 4u : 0u) | 1u;
    context[1] = rid_pasid;

    bench->place[DIRENTRY] = PASID_DIRECTORY + (pasid >> 6) * 8u;
    *bench_word(bench, DIRENTRY) = PASID_TABLE | 1u;
    for (unsigned i = 0; i < 8u; i++)
        bench->place[PASID0 + i] = PASID_TABLE + (pasid & 0x3fu) * 64u + i * 8u;
    build_pasid_entry(bench, s, aw);
}

static void build_query(struct bench *bench, const struct scenario *s)
{
    bench->query = (struct vtd_query){
        .requester_id = (uint16_t)(BUS << 8 | (s->devfn ? s->devfn : 0x85u)),
        .has_pasid = s->pasid != 0,
        .pasid = s->pasid,
        .privileged = s->privileged,
        .execute = s->execute,
        .write = s->write || s->atomic,
        .read = !s->write || s->atomic,
        .zero_length = s->zero_length,
        .at = s->at,
        .page_request = s->page_request,
    };
}

void bench_build(struct bench *bench, const struct scenario *s)
{
    memset(bench, 0, sizeof *bench);
    bench->scenario = s;
    require(vtd_preset(s->preset, &bench->params), s->preset);
    if (s->settings)
        settings_apply(&bench->params, s->settings);
    build_query(bench, s);
    bench->rtaddr = ROOT_TABLE | (s->legacy ? 0 : 1u << 10) | (s->ssirwe ? 1u << 7 : 0u);
    bench->rtaddr ^= (uint64_t)s->ttm_xor << 10;
    bench->place[ROOT_LOW] = ROOT_TABLE + BUS * 16u;
    bench->place[ROOT_HIGH] = bench->place[ROOT_LOW] + 8u;
    uint64_t aw = s->aw ? s->aw : widest_aw(&bench->params);
    build_paging(bench, s, aw);
    if (s->legacy)
        build_legacy(bench, s, aw);
    else
        build_scalable(bench, s, aw);
    bench->query.address = s->address ? s->address : bench->mapped;
    for (unsigned i = 0; i < BENCH_EDITS && s->edits[i].place; i++) {
        uint64_t *word = bench_word(bench, s->edits[i].place);
        require(word != NULL, "an edit of a place that is not there");
        *word = (*word & ~s->edits[i].clear) | s->edits[i].set;
    }
}

uint64_t *bench_word(struct bench *bench, enum place place)
{
    return bench->place[place] ? &bench->word[bench->place[place] / 8u] : NULL;
}

/* ---- running ---- */

struct run {
    const struct bench *bench;
    const struct vtd_params *p;
    struct vtd_paging paging;
    bool privileged;
    struct outcome outcome;
};

static uint64_t read_word(struct run *run, uint64_t address)
{
    run->outcome.trace = (run->outcome.trace ^ address) * UINT64_C(0x9e3779b97f4a7c15);
    return address < BENCH_BYTES ? run->bench->word[address / 8u] : 0;
}

static bool fails(const struct run *run, enum place place, uint64_t address)
{
    return place != NOPLACE && run->bench->place[place] == address;
}

/* One entry: read, judged, its flags written. */
static enum vtd_step step(struct run *run, struct vtd_walk *walk, uint64_t address, bool for_write, uint64_t *wanted,
                          enum vtd_condition *condition)
{
    const struct scenario *s = run->bench->scenario;
    bool lost = fails(run, s->fail_read, address);
    *condition = vtd_walk_read_failed(&run->paging, walk);
    if (vtd_found(run->p, *condition, lost))
        return VTD_STEP_FAULT;
    uint64_t entry = read_word(run, address);
    struct vtd_walk before = *walk;
    enum vtd_step next = vtd_walk_step(run->p, &run->paging, walk, entry, for_write, run->privileged, wanted, condition);
    enum vtd_condition failed = vtd_walk_update_failed(&run->paging, &before);
    lost = next != VTD_STEP_FAULT && *wanted != entry && fails(run, s->fail_update, address);
    if (vtd_found(run->p, failed, lost)) {
        *condition = failed;
        return VTD_STEP_FAULT;
    }
    run->outcome.trace = (run->outcome.trace ^ *wanted) * UINT64_C(0x9e3779b97f4a7c15);
    *wanted ^= entry;
    return next;
}

static enum vtd_condition second_stage(struct run *run, uint64_t input, bool for_write, struct vtd_walk *walk)
{
    enum vtd_condition condition = VTD_OK;
    vtd_walk_begin(&run->paging, VTD_STAGE_SECOND, input, walk);
    for (;;) {
        uint64_t flags;
        switch (step(run, walk, vtd_walk_entry_address(walk), for_write, &flags, &condition)) {
        case VTD_STEP_FAULT:
            return condition;
        case VTD_STEP_LEAF:
            return VTD_OK;
        case VTD_STEP_TABLE:
            break;
        }
    }
}

static enum vtd_condition first_stage(struct run *run, struct vtd_walk *walk)
{
    bool nested = run->paging.pgtt == VTD_NESTED;
    enum vtd_condition condition = VTD_OK;
    vtd_walk_begin(&run->paging, VTD_STAGE_FIRST, run->bench->query.address, walk);
    for (;;) {
        struct vtd_walk page = {.stage = VTD_STAGE_SECOND};
        uint64_t flags, address = vtd_walk_entry_address(walk);
        struct vtd_walk before = *walk;
        if (nested) {
            condition = second_stage(run, address, run->paging.ssade, &page);
            if (condition == VTD_OK)
                condition = vtd_nested_table_rights(&run->paging, walk, &page, false);
            if (condition != VTD_OK)
                return condition;
            address = page.output;
        }
        enum vtd_step next = step(run, walk, address, run->bench->query.write, &flags, &condition);
        if (next == VTD_STEP_FAULT)
            return condition;
        if (nested) {
            condition = vtd_nested_width(run->p, &run->paging, next == VTD_STEP_LEAF ? walk->output : walk->table);
            if (condition == VTD_OK && flags)
                condition = vtd_nested_table_rights(&run->paging, &before, &page, true);
            if (condition != VTD_OK)
                return condition;
        }
        if (next == VTD_STEP_LEAF)
            return VTD_OK;
    }
}

static enum vtd_condition translate(struct run *run)
{
    const struct vtd_query *q = &run->bench->query;
    bool has_first = run->paging.pgtt == VTD_FIRST_STAGE || run->paging.pgtt == VTD_NESTED;
    bool has_second = run->paging.pgtt == VTD_SECOND_STAGE || run->paging.pgtt == VTD_NESTED;
    struct vtd_walk first, second;
    enum vtd_condition condition = vtd_input_check(run->p, &run->paging, q->address);
    if (condition == VTD_OK && has_first)
        condition = first_stage(run, &first);
    if (condition == VTD_OK && has_second)
        condition = second_stage(run, has_first ? first.output : q->address, q->write, &second);
    if (condition != VTD_OK)
        return condition;
    struct vtd_result result =
        vtd_result_make(run->p, &run->paging, has_first ? &first : NULL, has_second ? &second : NULL, q->address, PORT_WB);
    run->outcome.page_lg2 = result.page_lg2;
    run->outcome.memory_type = result.memory_type;
    run->outcome.output = result.page | IN(q->address, low_bits(result.page_lg2));
    run->outcome.snoop = vtd_final_snoop(run->p, &run->paging, &result, run->bench->scenario->no_snoop);
    /* Where only part of the offset gets into the output the page address shows nothing: look at the walks as well. */
    run->outcome.trace ^= has_first ? first.output : 0;
    run->outcome.trace ^= has_second ? second.output << 1 : 0;
    return vtd_rights_check(run->p, &run->paging, &result, q, run->privileged);
}

static enum vtd_condition scalable(struct run *run, const struct vtd_context *context, const struct vtd_root_pointer *rtp)
{
    const struct vtd_query *q = &run->bench->query;
    uint32_t pasid = vtd_effective_pasid(run->p, context, q);
    uint64_t address = 0, entry[8];
    bool fpd;
    uint64_t directory_entry = read_word(run, vtd_pasid_directory_entry_address(context, pasid));
    enum vtd_condition condition = vtd_pasid_directory_decode(run->p, directory_entry, pasid, &fpd, &address);
    if (condition != VTD_OK)
        return condition;
    for (unsigned i = 0; i < 8u; i++)
        entry[i] = read_word(run, address + i * 8u);
    struct vtd_pasid_entry decoded;
    condition = vtd_pasid_entry_decode(run->p, entry, &decoded);
    run->privileged = q->privileged || (!q->has_pasid && context->rid_priv);
    if (condition == VTD_OK)
        condition = vtd_pasid_entry_check(run->p, &decoded, q, run->privileged);
    if (condition != VTD_OK)
        return condition;
    run->paging = vtd_paging_of_pasid_entry(run->p, &decoded, rtp);
    return translate(run);
}

static enum vtd_condition request(struct run *run)
{
    const struct vtd_query *q = &run->bench->query;
    struct vtd_root_pointer rtp = vtd_root_pointer_decode(run->bench->rtaddr);
    enum vtd_condition condition = vtd_root_pointer_check(run->p, &rtp, q);
    if (condition != VTD_OK)
        return condition;
    uint64_t entry[VTD_CONTEXT_WORDS_MAX], address = vtd_root_entry_address(&rtp, q->requester_id);
    entry[0] = read_word(run, address);
    entry[1] = read_word(run, address + 8u);
    condition = vtd_root_entry_decode(run->p, &rtp, q->requester_id, entry, &address);
    if (condition != VTD_OK)
        return condition;
    for (unsigned i = 0; i < vtd_context_entry_bytes(rtp.mode) / 8u; i++)
        entry[i] = read_word(run, address + i * 8u);
    struct vtd_context context;
    condition = vtd_context_decode(run->p, rtp.mode, entry, &context);
    if (condition == VTD_OK)
        condition = vtd_context_check(run->p, &context, q);
    if (condition != VTD_OK || q->at == PCIE_AT_TRANSLATED || q->page_request)
        return condition;
    if (rtp.mode != VTD_LEGACY)
        return scalable(run, &context, &rtp);
    run->paging = vtd_paging_of_context(run->p, &context, &rtp);
    return translate(run);
}

struct outcome bench_run(const struct bench *bench)
{
    struct run run = {.bench = bench, .p = &bench->params};
    run.outcome.condition = request(&run);
    return run.outcome;
}

bool outcome_same(const struct outcome *a, const struct outcome *b)
{
    return a->condition == b->condition && a->output == b->output && a->page_lg2 == b->page_lg2 &&
           a->memory_type == b->memory_type && a->snoop == b->snoop && a->trace == b->trace;
}
