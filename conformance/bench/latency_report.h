/* SPDX-License-Identifier: BSD-2-Clause */
/* latency_report.h - the figures of `iotb bench latency` as text, as CSV and as a picture. */
#ifndef BENCH_LATENCY_REPORT_H
#define BENCH_LATENCY_REPORT_H

#include "dut/model/latency.h"

#include <stddef.h>

struct latency_report {
    const struct latency_preset *preset;
    const char *model;
    const struct latency_plan *plan;
    const struct latency_point *points;
    size_t count;
};

void latency_print_head(const struct latency_report *report);
void latency_print_point(const struct latency_report *report, const struct latency_point *point);
void latency_print_fit(const struct latency_report *report);

/* Exit codes; what went wrong has been said. */
int latency_write_csv(const struct latency_report *report, const char *path);
int latency_write_plot(const struct latency_report *report, const char *path);

#endif
