/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shrink.h - from the actions after which a randomised case failed to few that still make it fail.
 */
#ifndef BENCH_SHRINK_H
#define BENCH_SHRINK_H

#include "bench/runner.h"

/*
 * For each failed job whose entry has a script: leaves out actions as long as the case, run anew each time, still fails a
 * row that failed at first. The entry gets the shrunk script, a note with it, and a replay line that plays it. The number of
 * runs is bounded; where it ends the best script so far is kept.
 */
void shrink_failures(const struct run_options *options, struct run_job *jobs, size_t count);

#endif
