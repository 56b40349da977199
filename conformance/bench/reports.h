/* SPDX-License-Identifier: BSD-2-Clause */
/* reports.h - the report files of a run: checked before it, the results kept up to date during it, all written after it. */
#ifndef BENCH_REPORTS_H
#define BENCH_REPORTS_H

#include <jansson.h>
#include <stdbool.h>

#define REPORT_DIRECTORY "iotb-report"

struct reports {
    const char *json, *junit, *html; /* paths; NULL: not wanted */
};

/* All of them in REPORT_DIRECTORY. */
void reports_default(struct reports *reports);
/* Each path can be written: true, or false after a sentence. Nothing that is there is touched. */
bool reports_check(const struct reports *reports, const json_t *results);
/* The same for one file that is none of them, with something to try it with. */
bool reports_check_place(const char *path, const json_t *something);
/* During the run. A failure is said by reports_write(), at the end. */
void reports_update(const struct reports *reports, const json_t *results);
/* After it: false after a sentence for each that could not be written. */
bool reports_write(const struct reports *reports, const json_t *results);

#endif
