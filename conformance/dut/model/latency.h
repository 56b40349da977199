/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * latency.h - how long DMA reads take through a model of an IOMMU, and how many it serves, against the working set.
 *
 * A device behind a link reads 64 bytes of a random 4 KiB page, again and again, one read or many under way. All time is
 * simulated: same parameters, same seed, same figures. What is modelled and where the presets come from: docs/timing.md.
 */
#ifndef DUT_MODEL_LATENCY_H
#define DUT_MODEL_LATENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LATENCY_PAGES_MAX (1u << 18)
#define LATENCY_READS_MAX 1000000u
#define LATENCY_FIT_PAGES_MIN 256u /* the fits and the measured rates are of windows of this size and above */

/* All by name through latency_set(). Time in picoseconds. */
struct latency_params {
    /* The unit, in words that every architecture has. */
    uint64_t clock_ps;
    uint64_t lookup_ps, lookup_ports; /* of the TLB; 0 ports: no limit */
    uint64_t tlb_sets, tlb_ways;      /* replaces the entry used longest ago */
    uint64_t config_ps;               /* context or stream: looked up after a miss, before a walker is taken */
    uint64_t table_ps, table_entries; /* walk caches, of each stage */
    uint64_t walk_step_ps;            /* per paging entry, besides its fetch */
    uint64_t walkers, in_flight;      /* 0 walkers: no limit */
    uint64_t miss_merge;              /* enum merge_policy */
    uint64_t walk_hazard_lg2;         /* walks within 2^n bytes follow one another, in order; 0: no such rule */
    uint64_t invalidate_ps;           /* per entry of the invalidation queue */
    /* Memory as the unit sees it; service: an access begins each so many ps; 0: no limit. */
    uint64_t fetch_ps, fetch_service_ps; /* tables and queues */
    uint64_t data_ps, data_service_ps;   /* what the device reads */
    /* The link, each way, and the device. */
    uint64_t link_ps, link_service_ps;
    uint64_t outstanding; /* reads under way at most, for the rate and the drain; 1..256 */
};

#define LATENCY_MEASURED_RATES 9u

/* What was measured of a real machine; see docs/timing.md. All 0: nothing was. */
struct latency_measured {
    /* latency = base + (1 - entries / pages) * miss, fitted; walks = rate * miss rate * miss at 16384 pages. */
    double base_ns, entries, miss_ns, walks;
    double rate[LATENCY_MEASURED_RATES]; /* reads per microsecond with many outstanding, at latency_measured_pages */
};
extern const uint32_t latency_measured_pages[LATENCY_MEASURED_RATES];

struct latency_preset {
    const char *name, *title;
    struct latency_params params;
    struct latency_measured measured;
};
extern const struct latency_preset latency_presets[];
extern const size_t latency_preset_count;
const struct latency_preset *latency_preset(const char *name); /* NULL: there is none of that name */
const char *latency_preset_name(const void *unused, size_t n); /* NULL behind the last */

/* False if there is no parameter of that name. Names: NULL behind the last. */
bool latency_set(struct latency_params *params, const char *name, uint64_t value);
const char *latency_parameter_name(const void *unused, size_t n);

/* ---- measuring ---- */

struct latency_model;                                         /* latency_model.h */
const struct latency_model *latency_model(const char *name);  /* NULL: there is none of that name */
const char *latency_model_name(const void *unused, size_t n); /* NULL behind the last; the first is the default */

struct latency_plan {
    const struct latency_model *model;
    struct latency_params params;
    uint32_t reads; /* per figure */
    uint64_t seed;
};

struct latency_point {
    uint32_t pages;
    double min_ns, median_ns, mean_ns, p99_ns; /* one read under way */
    double fetches;                            /* paging entries fetched per read, one read under way */
    double rate;                               /* reads per microsecond, `outstanding` under way */
    double drain_ns;                           /* mean of an invalidation and its wait, `outstanding` reads under way */
    uint64_t wrong;                            /* reads that did not succeed */
};

/* -EINVAL with one sentence in error; -ENOMEM. Every page is read once before anything is measured. */
int latency_measure(const struct latency_plan *plan, uint32_t pages, struct latency_point *point, char *error,
                    size_t error_bytes);

/* base, entries and miss, least squares over points of LATENCY_FIT_PAGES_MIN pages and above, of which two differ. */
struct latency_measured latency_fit(const struct latency_point *points, size_t count);

#endif
