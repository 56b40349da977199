/* SPDX-License-Identifier: BSD-2-Clause */
/* run_case.h - one case on one DUT in this process, and what it has found; cases that more than one test runs. */
#ifndef BENCH_TESTS_RUN_CASE_H
#define BENCH_TESTS_RUN_CASE_H

#include "bench/run.h"

/* Runs one case, which may decide ROW-1, ROW-10 and ROW-U, and keeps the lines of results. trace_path: or NULL. */
void run_case(const struct iotb_dut_ops *ops, const char *parameters, void (*body)(struct test *t), const char *trace_path);
/* In these lines. */
void expect(const char *text);
void expect_verdict(const char *verdict);

struct iotb_request request_at(enum iotb_request_kind kind, uint64_t address, uint32_t bytes);

/* Requests of every kind; accesses that are held; requests that overtake each other, and those to one line that do not. */
void all_kinds(struct test *t);
void holds(struct test *t);
void reorders(struct test *t);
void keeps_line_order(struct test *t);
void one_request(struct test *t);

#endif
