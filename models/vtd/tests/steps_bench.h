/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * steps_bench.h - for test_steps.c: a set of translation structures in a flat memory, and the shortest engine that can be
 * put around the step functions: no caches, no time, no updates of memory.
 */
#ifndef STEPS_BENCH_H
#define STEPS_BENCH_H

#include "vtd/vtd_conditions.h"
#include "vtd/vtd_errata.h"
#include "vtd/vtd_steps.h"

#define BENCH_BYTES 0x80000u
#define BENCH_EDITS 3u

/* Words of the structures that the request of a scenario meets. SS*: of the walk that ends in the final page. */
enum place {
    /* clang-format off */
    NOPLACE,
    ROOT_LOW, ROOT_HIGH,
    CTX0, CTX1, CTX2, CTX3,
    DIRENTRY,
    PASID0, PASID1, PASID2, PASID3, PASID4, PASID5, PASID6, PASID7,
    FS1, FS2, FS3, FS4, FS5,
    SS1, SS2, SS3, SS4, SS5,
    MAP_FS1, MAP_FS2, MAP_FS3, MAP_FS4, MAP_FS5, /* second-stage leaves that map the first-stage tables */
    PLACE_END
    /* clang-format on */
};

struct edit {
    enum place place;
    uint64_t clear, set;
};

struct scenario {
    const char *preset, *settings; /* settings: NAME=VALUE with single spaces between */
    bool legacy;
    uint8_t type;                 /* TT of legacy mode, PGTT of scalable mode */
    uint8_t aw, fs_leaf, ss_leaf; /* 0: the widest, 4 KiB */
    bool ssirwe;
    uint8_t ttm_xor;
    uint64_t address; /* of the request; 0: the one that the tables map */
    bool write, atomic, zero_length, privileged, execute, no_snoop, page_request;
    uint32_t pasid; /* 0: without PASID */
    uint8_t devfn;  /* 0: 85h */
    enum pcie_at at;
    struct edit edits[BENCH_EDITS];
    enum place fail_read, fail_update;
    enum vtd_condition expected;
};

#define BENCH_PASID 0x92365u /* uses the highest bit of either index */

struct bench {
    const struct scenario *scenario;
    struct vtd_params params;
    uint64_t rtaddr;
    uint64_t mapped, final; /* address that the tables map; guest address of its page where nested */
    struct vtd_query query;
    uint8_t ss_levels, fs_levels;
    uint64_t place[PLACE_END]; /* address of each place */
    uint64_t word[BENCH_BYTES / 8u];
};

struct outcome {
    enum vtd_condition condition;
    uint64_t output;
    uint8_t page_lg2, memory_type;
    bool snoop;
    uint64_t trace; /* of all entries read: address and the value with the flags wanted */
};

/* Aborts for a scenario that cannot be built. */
void bench_build(struct bench *bench, const struct scenario *scenario);
struct outcome bench_run(const struct bench *bench);
bool outcome_same(const struct outcome *a, const struct outcome *b);

/* A place as a word of memory; NULL if the request does not meet it. */
uint64_t *bench_word(struct bench *bench, enum place place);

#endif
