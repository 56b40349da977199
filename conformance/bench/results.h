/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * results.h - the results document of docs/results.md, built by the runner and read by every report.
 *
 * It is a jansson value; the functions here are the only ones that know how its members are spelled where more than one
 * file needs them.
 */
#ifndef BENCH_RESULTS_H
#define BENCH_RESULTS_H

#include "bench/run.h"

#include <jansson.h>
#include <stdio.h>

/* An empty document. */
json_t *results_new(uint64_t seed, enum iotb_tier tier, int argc, char *const argv[]);
/* Index of the DUT in "duts", added if it is new. */
size_t results_dut(json_t *results, const char *name, const char *version, const char *architecture, const char *parameters);
/* Adds a case's entry (steals the reference) and counts it in "totals". */
void results_add(json_t *results, json_t *entry);
/* Verdict by name; VERDICT_COUNT if there is none of that name. */
enum verdict verdict_of(const char *name);

/* Each report: 0, or -errno with nothing lost that was there before (written beside and renamed). */
int report_json(const json_t *results, const char *path);
int report_junit(const json_t *results, const char *path);
int report_html(const json_t *results, const char *path);
/* The table by chapter of the catalogue, then failures with what was expected and seen and the replay line. */
void report_table(const json_t *results, FILE *out);

/* Some DUT of the document has this architecture. */
bool results_judges(const json_t *results, const char *architecture);

/* Per requirement row over all entries: the worst verdict, how many cases checked it. For the table, HTML and coverage. */
struct row_summary {
    const char *id;
    enum verdict verdict; /* VERDICT_UNTESTED: no case made a check */
    uint64_t checks;
    uint32_t cases;
};
/* Over all rows of an architecture, in the catalogue's order; the array is the caller's to free(). */
struct row_summary *results_by_row(const json_t *results, const char *architecture, size_t *count);

#endif
