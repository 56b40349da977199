/* SPDX-License-Identifier: BSD-2-Clause */
/* suite.h - all cases of all chapters, in the order in which they are run and reported. */
#ifndef BENCH_SUITE_H
#define BENCH_SUITE_H

#include "bench/case.h"

const struct iotb_case *suite_at(size_t n); /* NULL behind the last */
const struct iotb_case *suite_find(const char *name);
const char *suite_name_at(const void *unused, size_t n); /* for cli_unknown() */

const char *case_or_requirement_at(const void *unused, size_t n); /* the same over cases, then requirements */

bool case_has_row(const struct iotb_case *what, const char *row);
/* The n-th row of the case; false behind the last. */
bool case_row_at(const struct iotb_case *what, size_t n, char *row, size_t row_bytes);
/* A case belongs to the architecture that its name begins with. */
bool case_is_for(const struct iotb_case *what, uint32_t architecture);

const char *tier_name(enum iotb_tier tier);
bool tier_find(const char *name, enum iotb_tier *tier);

/* What of the suite a command works on. */
struct selection {
    const char *glob; /* NULL: all */
    const char *row;  /* NULL: all */
    enum iotb_tier tier;
};
bool selection_has(const struct selection *selection, const struct iotb_case *what);
/* Is there such a requirement, and such a case at all? 0, or EXIT_USAGE after a sentence that says what is wrong. */
int selection_check(const struct selection *selection);

#endif
