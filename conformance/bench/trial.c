/* SPDX-License-Identifier: BSD-2-Clause */
/* trial.c - see trial.h. */
#include "bench/trial.h"

#include "bench/cli.h"
#include "bench/plan.h"
#include "bench/results.h"

#include <stdlib.h>
#include <string.h>

struct running {
    struct trial *trial;
    bool stop;
    int code;
};

static bool is_failure(enum verdict verdict)
{
    return verdict == VERDICT_FAIL || verdict == VERDICT_HANG || verdict == VERDICT_CRASH;
}

static void take_rows(struct trial *trial, const json_t *entry)
{
    const json_t *row;
    size_t i;

    json_array_foreach(json_object_get(entry, "rows"), i, row)
    {
        if (is_failure(verdict_of(json_string_value(json_object_get(row, "verdict")))))
            json_object_set_new(trial->rows, json_string_value(json_object_get(row, "id")), json_true());
    }
}

static void on_done(void *context, struct run_job *job)
{
    struct running *running = context;
    struct trial *trial = running->trial;
    const char *name = job->what->name;
    enum verdict verdict = verdict_of(json_string_value(json_object_get(job->entry, "verdict")));

    if (verdict == VERDICT_ERROR) {
        cli_say("%s on %s: %s", name, trial->dut, json_string_value(json_object_get(job->entry, "reason")));
        running->code = EXIT_FAULT;
    }
    if (verdict == VERDICT_SKIP || verdict == VERDICT_NOTESTABLE)
        json_object_set_new(trial->skipped, name, json_true());
    else
        trial->run++;
    if (!is_failure(verdict))
        return;
    json_object_set_new(trial->failures, name, json_true());
    take_rows(trial, job->entry);
    if (!trial->failed) {
        snprintf(trial->by, sizeof(trial->by), "%s", name);
        trial->verdict = verdict;
    }
    trial->failed = true;
    running->stop = trial->stop_at_failure;
}

static void leave_out(struct plan *plan, const json_t *names)
{
    size_t kept = 0;

    for (size_t i = 0; i < plan->job_count; i++)
        if (!json_object_get(names, plan->jobs[i].what->name))
            plan->jobs[kept++] = plan->jobs[i];
    plan->job_count = kept;
}

/* Stable: cases that are named come first, in the order of the names. */
static void reorder(struct plan *plan, const json_t *first)
{
    size_t i, done = 0;
    json_t *name;

    json_array_foreach(first, i, name)
    {
        for (size_t k = done; k < plan->job_count; k++)
            if (!strcmp(plan->jobs[k].what->name, json_string_value(name))) {
                struct run_job job = plan->jobs[k];

                memmove(&plan->jobs[done + 1], &plan->jobs[done], (k - done) * sizeof(job));
                plan->jobs[done++] = job;
                break;
            }
    }
}

static int run(struct trial *trial, struct plan *plan)
{
    struct running running = {.trial = trial};
    struct run_options options = {
        .seed = trial->seed,
        .tier = trial->tier,
        .request_budget = trial->request_budget,
        .parallel = trial->parallel,
        .timeout_ms = trial->timeout_ms,
        .stop = &running.stop,
        .on_done = on_done,
        .context = &running,
    };
    struct selection selection = {.glob = trial->glob, .row = trial->row, .tier = trial->tier};
    struct run_dut *dut = &plan->duts[0];

    run_inspect(dut, trial->timeout_ms);
    if (dut->exit_code && trial->opens) {
        trial->failed = true;
        trial->verdict = VERDICT_CRASH;
        snprintf(trial->by, sizeof(trial->by), "opening");
        return 0;
    }
    if (dut->exit_code) {
        cli_say("the DUT %s cannot be used: %s", trial->dut, dut->reason);
        return dut->exit_code;
    }
    plan_jobs(plan, &selection);
    leave_out(plan, trial->ignore);
    reorder(plan, trial->first);
    trial->interrupted = !run_jobs(&options, plan->jobs, plan->job_count);
    return trial->interrupted ? EXIT_FAULT : running.code;
}

int trial_run(struct trial *trial)
{
    struct plan plan = {0};
    int code;

    trial->failed = trial->interrupted = false;
    trial->by[0] = '\0';
    trial->run = 0;
    trial->rows = json_object();
    trial->failures = json_object();
    trial->skipped = json_object();
    code = plan_exact(&plan, trial->dut);
    if (!code)
        code = run(trial, &plan);
    plan_free(&plan);
    return code;
}

void trial_free(struct trial *trial)
{
    json_decref(trial->rows);
    json_decref(trial->failures);
    json_decref(trial->skipped);
    trial->rows = trial->failures = trial->skipped = NULL;
}
