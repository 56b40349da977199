/* SPDX-License-Identifier: BSD-2-Clause */
/* progress.c - see progress.h. */
#include "bench/progress.h"

#include "bench/results.h"

#include <string.h>
#include <unistd.h>

#define PLAIN_EVERY 500u

void progress_begin(struct progress *progress, const struct run_job *jobs, size_t count)
{
    *progress = (struct progress){.jobs = jobs, .count = count, .terminal = isatty(STDERR_FILENO) == 1};
}

static void print_verdicts(const size_t *verdicts, FILE *out)
{
    for (int i = 0; i < VERDICT_COUNT; i++)
        if (verdicts[i])
            fprintf(out, " %s %zu", verdict_name((enum verdict)i), verdicts[i]);
}

/* When the last case of a set is over: how the set stands. */
static void print_set(const struct progress *progress, const struct run_dut *dut)
{
    size_t verdicts[VERDICT_COUNT] = {0};

    for (size_t i = 0; i < progress->count; i++) {
        if (progress->jobs[i].dut != dut)
            continue;
        if (!progress->jobs[i].entry)
            return;
        verdicts[verdict_of(json_string_value(json_object_get(progress->jobs[i].entry, "verdict")))]++;
    }
    printf("[%zu/%zu] %s%s%s:", progress->done, progress->count, dut->found.name, dut->found.parameters[0] ? "," : "",
           dut->found.parameters);
    print_verdicts(verdicts, stdout);
    putchar('\n');
    fflush(stdout);
}

static void print_plain(const struct progress *progress, const struct run_job *job)
{
    print_set(progress, job->dut);
    if (progress->done % PLAIN_EVERY)
        return;
    printf("[%zu/%zu]", progress->done, progress->count);
    print_verdicts(progress->verdicts, stdout);
    putchar('\n');
    fflush(stdout);
}

void progress_done(struct progress *progress, const struct run_job *job)
{
    progress->done++;
    progress->verdicts[verdict_of(json_string_value(json_object_get(job->entry, "verdict")))]++;
    if (!progress->terminal) {
        print_plain(progress, job);
        return;
    }
    fprintf(stderr, "\r\033[K[%zu/%zu]", progress->done, progress->count);
    print_verdicts(progress->verdicts, stderr);
    fprintf(stderr, "  %.24s %.40s", job->dut->found.parameters, job->what->name);
    fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->terminal)
        fprintf(stderr, "\r\033[K");
}
