/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trial.h - the suite against one DUT with one set of parameters, quietly: what fails? For deviations and mutants, of which
 * only the failures are of interest.
 */
#ifndef BENCH_TRIAL_H
#define BENCH_TRIAL_H

#include "bench/run.h"

#include <jansson.h>

struct trial {
    const char *dut;  /* "NAME,PARAMETER=VALUE.." */
    const char *glob; /* cases, or NULL: all */
    const char *row;  /* of those only the ones that list this row, or NULL */
    uint64_t seed, timeout_ms;
    uint64_t request_budget; /* 0: by tier */
    enum iotb_tier tier;
    uint32_t parallel;
    bool stop_at_failure;
    bool opens;           /* it is known to open when it is as it should be: not to open is a failure */
    const json_t *ignore; /* names of cases that are not run, as keys of an object; or NULL */
    const json_t *first;  /* names of cases to run before the others, an array; or NULL */

    /* Results. */
    bool interrupted;     /* by a signal: nothing follows from it */
    bool failed;          /* some case FAILs, HANGs or CRASHes */
    char by[128];         /* the first of these in the order of the suite */
    enum verdict verdict; /* of it */
    json_t *rows;         /* ids of the rows that failed, as keys of an object; to json_decref() */
    json_t *failures;     /* names of the cases that failed, as keys */
    json_t *skipped;      /* of those that were SKIP or NOTESTABLE */
    size_t run;           /* cases that were run and were neither SKIP nor NOTESTABLE */
};

/*
 * 0, or an exit code after a sentence: the DUT cannot be opened, a case is in ERROR, or a signal ended it.
 */
int trial_run(struct trial *trial);
void trial_free(struct trial *trial);

#endif
