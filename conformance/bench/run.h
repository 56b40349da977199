/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run.h - between the runner (processes, reports, command line) and the machine (one DUT, one case).
 *
 * The runner forks; in the child, test_execute opens the DUT, runs the case and streams results to a file descriptor as
 * JSON lines; the parent adds HANG and CRASH.
 */
#ifndef BENCH_RUN_H
#define BENCH_RUN_H

#include "bench/case.h"

#include <stdio.h>

enum verdict {
    VERDICT_PASS,
    VERDICT_FAIL,
    VERDICT_WARN,
    VERDICT_OBSERVED,
    VERDICT_SKIP,
    VERDICT_NOTESTABLE,
    VERDICT_WAIVED,
    VERDICT_HANG,
    VERDICT_CRASH,
    VERDICT_UNTESTED,
    VERDICT_ERROR,
    VERDICT_COUNT
};
const char *verdict_name(enum verdict verdict);

struct test_setup {
    const struct iotb_dut_ops *ops;
    const char *parameters; /* for open() */
    const struct iotb_case *what;
    uint64_t seed;
    enum iotb_tier tier;
    uint64_t request_budget; /* 0: by tier */
    const char *trace_path;  /* --trace, or NULL */
    const char *script;      /* for test_script(), or NULL */
    bool narrate;            /* tell what the case says and what is called: test_say(), test_tell() */
    bool every_check;        /* tell every check, not only the first passing and the first failing one of each place */
    /* From the requirement catalogue; NULL: no row is marked U, and no gate is judged. */
    bool (*row_is_undefined)(const char *row); /* marked U: a failed check warns */
    void (*gate)(struct test *t);              /* judges what->gate after the cold reset; ends the case by test_skip() */
};

/*
 * Runs the case to its end in this process. One JSON object per line goes to `out`, flushed line by line:
 *   {"type":"check","row":ID,"ok":BOOL,"where":"file:line","text":..,"expected":..,"seen":..,"context":..}
 *   {"type":"checks","row":ID,"where":"file:line","passed":N,"failed":N}  so many more of the same place
 *   {"type":"observe","row":ID,"text":..}   {"type":"note","text":..}
 *   {"type":"say","text":..}   {"type":"tell","at_ps":N,"who":..,"text":..}   with narrate
 *   {"type":"script","text":..}
 *   {"type":"dut","name":..,"version":..,"parameters":..,"architecture":..}
 *   {"type":"end","verdict":..,"reason":..,"requests":N,"accesses":N,"time_ps":N}
 */
void test_execute(const struct test_setup *setup, FILE *out);

/* The case that runs. */
const struct iotb_case *test_case(const struct test *t);
/* "PASID, OVERLAP": the IOTB_F_* of a set by name. */
void features_text(uint64_t features, char *text, size_t text_bytes);
/* "the adapter lacks PASID": why a case that needs them is NOTESTABLE. */
void features_missing(uint64_t missing, char *text, size_t text_bytes);

#endif
