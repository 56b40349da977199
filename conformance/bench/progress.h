/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * progress.h - how far the run is: one line that is redrawn on a terminal (stderr); else a plain line on stdout for each
 * finished parameter set and every 500 cases.
 */
#ifndef BENCH_PROGRESS_H
#define BENCH_PROGRESS_H

#include "bench/runner.h"

struct progress {
    const struct run_job *jobs;
    size_t count, done;
    size_t verdicts[VERDICT_COUNT];
    bool terminal;
};

void progress_begin(struct progress *progress, const struct run_job *jobs, size_t count);
void progress_done(struct progress *progress, const struct run_job *job);
void progress_end(struct progress *progress); /* clears the line */

#endif
