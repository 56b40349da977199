/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * steps_bench.h - a sparse memory and the shortest engine that can be put around the step functions: no caches, no time, one
 * transaction at a time.
 */
#ifndef STEPS_BENCH_H
#define STEPS_BENCH_H

#include "smmuv3/smmuv3_conditions.h"
#include "smmuv3/smmuv3_errata.h"
#include "smmuv3/smmuv3_formats.h"
#include "smmuv3/smmuv3_stage.h"
#include "smmuv3/smmuv3_steps.h"

#define BENCH_WORDS 2048u
#define BENCH_READS 64u

/* Where the default structures lie. */
#define BENCH_STRTAB UINT64_C(0x10000)
#define BENCH_CDS UINT64_C(0x20000)

struct bench {
    struct smmuv3_params params;
    uint64_t strtab_base;
    uint32_t strtab_cfg;
    bool e2h;
    struct smmuv3_query query;
    uint64_t abort_at; /* accesses to this word are aborted; 0: none */

    /* memory */
    uint64_t key[BENCH_WORDS], value[BENCH_WORDS];

    /* out, of bench_run */
    enum smmuv3_condition condition;
    struct smmuv3_query effective; /* with the overrides of the STE */
    struct smmuv3_ste ste;
    struct smmuv3_cd cd;
    struct smmuv3_regime regime;
    struct smmuv3_walk first, second;
    struct smmuv3_result result;
    struct smmuv3_attributes attributes;
    struct smmuv3_event event;
    struct smmuv3_terms terms;
    uint64_t output;
    uint64_t reads[BENCH_READS]; /* of descriptors and structures, in order */
    unsigned read_count, updates;
    /* of the access that failed */
    enum smmuv3_class class;
    uint64_t ipa, fetch;
    bool update;
};

void bench_init(struct bench *b, const char *preset, const char *settings);
void bench_write(struct bench *b, uint64_t address, uint64_t value);
uint64_t bench_read(const struct bench *b, uint64_t address);
/* Set a field of the structure at `address`, leaving the rest. */
void bench_set(struct bench *b, uint64_t address, uint32_t field, uint64_t value);

/* Write the descriptors that map `input` to `output` with a leaf of this level; returns the address of the leaf. */
uint64_t bench_map(struct bench *b, const struct smmuv3_table_setup *setup, uint64_t *free_page, uint64_t input, uint64_t output,
                   int leaf_level, uint64_t leaf_bits);

/* The whole procedure of 3.3.3. */
enum smmuv3_condition bench_run(struct bench *b);

/* Which conditions have been seen, over all runs of a program. */
void bench_note(enum smmuv3_condition condition);
bool bench_noted(enum smmuv3_condition condition);

#endif
