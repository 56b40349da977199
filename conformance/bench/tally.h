/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tally.h - the last line of `iotb conform`, one for each DUT by name, and the exit code.
 *
 * It counts cases over all parameter sets of the DUT. An OBSERVED case counts as PASS: it had nothing to judge and recorded
 * what it saw. An UNTESTED case counts as ERROR: a case that makes no check is wrong.
 */
#ifndef BENCH_TALLY_H
#define BENCH_TALLY_H

#include "bench/run.h"

#include <jansson.h>

struct tally {
    const char *name; /* of the DUT */
    size_t counts[VERDICT_COUNT];
};

/* One for each DUT name, in order of first appearance; the array is the caller's to free(). */
struct tally *tally_results(const json_t *results, size_t *count);
void tally_print(const struct tally *tally, FILE *out);
int tally_exit_code(const struct tally *tally); /* enum exit_code */

/*
 * Of a negative control: every functional case that is neither SKIP nor NOTESTABLE must be FAIL or HANG, and at least
 * `least` different ones must be. Prints the offenders and a line of totals; true if it holds.
 */
bool tally_expect_fail(const json_t *results, size_t least, FILE *out);

#endif
