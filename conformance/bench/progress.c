/* SPDX-License-Identifier: BSD-2-Clause */
/* progress.c - see progress.h. */
#include "bench/progress.h"

#include "bench/results.h"

#include <sys/ioctl.h>
#include <unistd.h>

#define PLAIN_EVERY 500u

void progress_begin(struct progress *progress, const struct run_job *jobs, size_t count)
{
    *progress = (struct progress){.jobs = jobs, .count = count, .terminal = isatty(STDERR_FILENO) == 1};
}

static void print_verdicts(const size_t *verdicts)
{
    for (int i = 0; i < VERDICT_COUNT; i++)
        if (verdicts[i])
            printf(" %s %zu", verdict_name((enum verdict)i), verdicts[i]);
}

/* When the last case of a set is over: how the set stands. */
static void print_set(const struct progress *progress, const struct run_dut *dut)
{
    size_t verdicts[VERDICT_COUNT] = {0};

    for (size_t i = 0; i < progress->count; i++) {
        const struct run_job *job = &progress->jobs[i];

        if (job->dut != dut)
            continue;
        if (!job->entry && !job->text)
            return;
        verdicts[job->text ? job->verdict : verdict_of(json_string_value(json_object_get(job->entry, "verdict")))]++;
    }
    printf("[%zu/%zu] %s%s%s:", progress->done, progress->count, dut->found.name, dut->found.parameters[0] ? "," : "",
           dut->found.parameters);
    print_verdicts(verdicts);
    putchar('\n');
    fflush(stdout);
}

static void print_plain(const struct progress *progress, const struct run_job *job)
{
    print_set(progress, job->dut);
    if (progress->done % PLAIN_EVERY)
        return;
    printf("[%zu/%zu]", progress->done, progress->count);
    print_verdicts(progress->verdicts);
    putchar('\n');
    fflush(stdout);
}

static int columns(void)
{
    struct winsize size;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

/* One line, cut where the terminal would wrap it. */
static void draw(const struct progress *progress, const struct run_job *job)
{
    char line[512];
    size_t used = (size_t)snprintf(line, sizeof(line), "[%zu/%zu]", progress->done, progress->count);

    for (int i = 0; i < VERDICT_COUNT; i++)
        if (progress->verdicts[i])
            used += (size_t)snprintf(line + used, sizeof(line) - used, " %s %zu", verdict_name((enum verdict)i),
                                     progress->verdicts[i]);
    snprintf(line + used, sizeof(line) - used, "  %s %.40s", job->what->name, job->dut->found.parameters);
    fprintf(stderr, "\r\033[K%.*s", columns() - 1, line);
    fflush(stderr);
}

void progress_done(struct progress *progress, const struct run_job *job)
{
    progress->done++;
    progress->verdicts[verdict_of(json_string_value(json_object_get(job->entry, "verdict")))]++;
    if (progress->terminal)
        draw(progress, job);
    else
        print_plain(progress, job);
}

void progress_end(struct progress *progress)
{
    if (progress->terminal)
        fprintf(stderr, "\r\033[K");
}
