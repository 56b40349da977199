/* SPDX-License-Identifier: BSD-2-Clause */
/* plan.h - what a run of `iotb conform` consists of: DUTs with their parameter sets, and the cases on each. */
#ifndef BENCH_PLAN_H
#define BENCH_PLAN_H

#include "bench/runner.h"
#include "bench/suite.h"

struct plan {
    struct run_dut *duts;
    size_t dut_count;
    struct run_job *jobs;
    size_t job_count;
};

/*
 * Adds "NAME" (over its default sets), "NAME,PARAMETER=VALUE.." (this one), or with NULL all embedded models over theirs.
 * Returns 0, or EXIT_USAGE after a sentence.
 */
int plan_dut(struct plan *plan, const char *spec);
/* The same, taking "NAME" alone as this DUT without parameters. */
int plan_exact(struct plan *plan, const char *spec);
/*
 * Opens each DUT once and adds it to the results. Says of each that cannot be opened why; returns the worst exit code of
 * these. EXIT_USAGE: nothing can be run.
 */
int plan_inspect(struct plan *plan, uint64_t timeout_ms, json_t *results);
/* The selected cases on every DUT of their architecture, DUT by DUT. */
void plan_jobs(struct plan *plan, const struct selection *selection);
void plan_free(struct plan *plan);

#endif
