/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * runner.h - runs cases, each in a process of its own, several at a time, and judges those that do not come back.
 */
#ifndef BENCH_RUNNER_H
#define BENCH_RUNNER_H

#include "bench/probe.h"
#include "bench/run.h"
#include "dut/dut_registry.h"

#include <jansson.h>

/* One DUT with one set of parameters. */
struct run_dut {
    struct dut_found found;
    /* As the DUT answered when it was opened once before the run. */
    char identity[64], version[64];
    uint32_t architecture, host_address_bits;
    uint64_t features;
    struct probe_facts facts; /* its registers only */
    enum verdict state; /* PASS, or the verdict of every case on it because it cannot be opened */
    int exit_code;      /* that belongs to that */
    char reason[512];
    size_t index; /* in "duts" */
};

struct run_job {
    const struct iotb_case *what;
    const struct run_dut *dut;
    json_t *entry;        /* NULL until it is over, and while it is packed */
    char *text;           /* the entry while it is packed */
    enum verdict verdict; /* of a packed entry */
};

struct run_options {
    uint64_t seed; /* of the run, or with exact_seed of the case */
    bool exact_seed;
    enum iotb_tier tier;
    uint64_t request_budget; /* 0: by tier */
    uint32_t parallel;       /* 1..64 */
    uint64_t timeout_ms;     /* wall clock, of each case */
    const char *trace_path;
    const char *script; /* of a randomised case (test_script), or NULL */
    bool narrate;       /* test_setup.narrate */
    bool every_check;   /* on_line gets every check (test_setup.every_check) */
    const bool *stop;   /* NULL, or: no case is started any more and those that run are dropped once it is true */
    /* Called in the parent: each line of a case as it comes, each case when it is over, and about once a second. */
    void (*on_line)(void *context, const struct run_job *job, const json_t *line);
    void (*on_done)(void *context, struct run_job *job);
    void (*on_tick)(void *context);
    void *context;
};

/* Opens the DUT once, in a process of its own, and fills in what it says of itself or why it cannot be used. */
void run_inspect(struct run_dut *dut, uint64_t timeout_ms);

/*
 * Jobs are started in their order; those never begun keep a NULL entry. False when a signal (SIGINT, SIGTERM, SIGHUP) ended
 * it before the last was over.
 */
bool run_jobs(const struct run_options *options, struct run_job *jobs, size_t count);

/* The entry of a case that is over, packed or not, a new reference; else NULL. */
json_t *run_entry(const struct run_job *job);
/*
 * Turns an entry into text, and back. Each fork copies the parent's page tables, and the trees of many cases are thirty times as
 * large as their text.
 */
void run_pack(struct run_job *job);
void run_unpack(struct run_job *job);
void run_job_free(struct run_job *job);

/* What a case is seeded with: depends on the run's seed, the case and the DUT's parameters, on nothing else. */
uint64_t run_case_seed(uint64_t run_seed, const char *case_name, const struct dut_found *dut);

/* ---- replay lines ---- */

#define REPLAY_LINE_BYTES 12288u

struct replay {
    const struct iotb_case *what;
    uint64_t seed, requests;
    enum iotb_tier tier;
    const char *script; /* NULL: none; of replay_read: to be freed */
    char dut[520]; /* for dut_find() */
};
/* A script that does not fit is left out: the seed leads there too. */
void replay_write(const struct replay *replay, char *line, size_t line_bytes);
/* False with a sentence in error. */
bool replay_read(const char *line, struct replay *replay, char *error, size_t error_bytes);

/* Runs the case here, for a debugger: lines go to out. */
struct run_here_options {
    const char *trace_path;
    bool every_check, narrate;
};
void run_here(const struct replay *replay, const struct run_dut *dut, const struct run_here_options *options, FILE *out);

#endif
