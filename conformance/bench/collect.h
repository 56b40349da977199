/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * collect.h - from the JSON lines of test_execute() to an entry of "cases" in the results document (docs/results.md).
 */
#ifndef BENCH_COLLECT_H
#define BENCH_COLLECT_H

#include "bench/run.h"

#include <jansson.h>

struct collector {
    const struct iotb_case *what;
    json_t *entry; /* the collector's until collect_end() */
    json_t *rows;  /* borrowed: id to row object */
    json_t *notes;
    size_t notes_dropped;
    bool ended; /* the line "end" was seen */
};

/* An entry with every row of the case, none checked yet. */
void collect_begin(struct collector *collector, const struct iotb_case *what, size_t dut, uint64_t seed, const char *replay);
void collect_line(struct collector *collector, const json_t *line);
/* What the DUT's process wrote to stdout and stderr; becomes notes. */
void collect_words(struct collector *collector, const char *words);
/* The verdict stands unless `verdict` (of what the runner saw: HANG, CRASH, ERROR) is not VERDICT_PASS. Returns the entry. */
json_t *collect_end(struct collector *collector, enum verdict verdict, const char *reason);

#endif
