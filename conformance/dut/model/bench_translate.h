/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_translate.h - what a translation costs in functional mode: the VT-d model called through its own interface, once as
 * it is built by default and once without its deviations.
 */
#ifndef DUT_MODEL_BENCH_TRANSLATE_H
#define DUT_MODEL_BENCH_TRANSLATE_H

#include <stdint.h>

/* Four-level tables, 4 KiB pages, device and PASID known to their caches. */
enum bench_part {
    BENCH_HIT,         /* served from the IOTLB */
    BENCH_MISS,        /* second stage; neither IOTLB nor paging-structure caches */
    BENCH_NESTED_MISS, /* first stage over second stage, likewise */
    BENCH_PARTS
};

struct bench_rig;

/* Since the rig was opened. */
struct bench_counts {
    uint64_t translations, events, accesses; /* of memory */
    uint64_t wrong;                          /* translations with another result than the tables give */
};

struct bench_library {
    const char *name;
    struct bench_rig *(*open)(enum bench_part part); /* warm; NULL when out of memory */
    void (*run)(struct bench_rig *rig, uint64_t count);
    struct bench_counts (*counts)(const struct bench_rig *rig);
    void (*close)(struct bench_rig *rig);
};
extern const struct bench_library bench_library_errata, bench_library_noerrata;

/* The function that run() spends its time in, for callgrind's --toggle-collect. */
#define BENCH_LOOP "bench_translate_loop"

#endif
