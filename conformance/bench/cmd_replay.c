/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_replay.c - `iotb replay LINE`: exactly this run of this case again, with everything that it says. */
#include "bench/cli.h"
#include "bench/commands.h"
#include "bench/plan.h"
#include "bench/reports.h"
#include "bench/results.h"
#include "bench/tally.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct replay_run {
    struct replay replay;
    const char *trace_path;
    uint64_t timeout_s;
    bool here;
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static void print_check(const json_t *line)
{
    printf("%-4s %-11s %s", json_is_true(json_object_get(line, "ok")) ? "ok" : "FAIL", text_of(line, "row"),
           text_of(line, "text"));
    if (json_object_get(line, "expected"))
        printf(": expected %s, seen %s", text_of(line, "expected"), text_of(line, "seen"));
    if (json_object_get(line, "context"))
        printf("; %s", text_of(line, "context"));
    printf("  (%s)\n", text_of(line, "where"));
}

static void print_line(void *context, const struct run_job *job, const json_t *line)
{
    const char *type = text_of(line, "type");

    (void)context;
    (void)job;
    if (strcmp(type, "check") == 0)
        print_check(line);
    else if (strcmp(type, "observe") == 0)
        printf("seen %-11s %s\n", text_of(line, "row"), text_of(line, "text"));
    else if (strcmp(type, "note") == 0)
        printf("     %s\n", text_of(line, "text"));
    else if (strcmp(type, "dut") == 0)
        printf("DUT  %s %s, %s\n", text_of(line, "name"), text_of(line, "version"), text_of(line, "parameters"));
}

/* ---- options ---- */

/* The line may come in one argument or, unquoted, in several. */
static int read_line(struct replay_run *run, int argc, char **argv)
{
    char line[REPLAY_LINE_BYTES] = "", error[256];
    size_t used = 0;

    for (int i = optind; i < argc && used < sizeof(line); i++)
        used += (size_t)snprintf(line + used, sizeof(line) - used, "%s%s", used ? " " : "", argv[i]);
    if (used >= sizeof(line))
        return cli_bad("the replay line is longer than %zu characters", sizeof(line) - 1);
    if (!replay_read(line, &run->replay, error, sizeof(error)))
        return cli_bad("%s", error);
    return 0;
}

static int read_options(struct replay_run *run, int argc, char **argv)
{
    static const struct option options[] = {{"trace", required_argument, NULL, 't'},
                                            {"timeout", required_argument, NULL, 'T'},
                                            {"here", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    int option;

    while ((option = cli_option(argc, argv, ":", options)) != -1) {
        if (option == CLI_BAD)
            return EXIT_USAGE;
        if (option == 't')
            run->trace_path = optarg;
        else if (option == 'h')
            run->here = true;
        else if (!cli_number("--timeout", optarg, 1, 1000000, &run->timeout_s))
            return EXIT_USAGE;
    }
    return read_line(run, argc, argv);
}

/* ---- the run ---- */

static void keep(void *context, struct run_job *job)
{
    (void)context;
    (void)job;
}

static int report(const struct run_job *job, json_t *results)
{
    size_t count;
    struct tally *tallies;
    int code;

    if (!job->entry) {
        cli_say("interrupted");
        return EXIT_FAULT;
    }
    printf("\n%s %s%s%s: %lld requests, %lld accesses, %lld ps\n", text_of(job->entry, "verdict"), job->what->name,
           text_of(job->entry, "reason")[0] ? ": " : "", text_of(job->entry, "reason"),
           (long long)json_integer_value(json_object_get(job->entry, "requests")),
           (long long)json_integer_value(json_object_get(job->entry, "accesses")),
           (long long)json_integer_value(json_object_get(job->entry, "time_ps")));
    results_add(results, json_incref(job->entry));
    tallies = tally_results(results, &count);
    code = tally_exit_code(&tallies[0]);
    free(tallies);
    return code;
}

static int replay(const struct replay_run *run, struct plan *plan, json_t *results)
{
    struct run_options options = {.seed = run->replay.seed,
                                  .exact_seed = true,
                                  .tier = run->replay.tier,
                                  .request_budget = run->replay.requests,
                                  .parallel = 1,
                                  .timeout_ms = run->timeout_s * 1000,
                                  .trace_path = run->trace_path,
                                  .script = run->replay.script,
                                  .every_check = true,
                                  .on_line = print_line,
                                  .on_done = keep};
    struct run_job job = {.what = run->replay.what, .dut = &plan->duts[0]};
    int code = plan_inspect(plan, options.timeout_ms, results);

    if (code)
        return code;
    if (run->trace_path && !reports_check_place(run->trace_path, results))
        return EXIT_FAULT;
    if (run->here) {
        run_here(&run->replay, job.dut, &(struct run_here_options){run->trace_path, true, false}, stdout);
        return EXIT_CONFORM;
    }
    (void)run_jobs(&options, &job, 1);
    code = report(&job, results);
    json_decref(job.entry);
    return code;
}

int cmd_replay(int argc, char **argv)
{
    struct replay_run run = {.timeout_s = 300};
    struct plan plan = {0};
    int code = read_options(&run, argc, argv);
    json_t *results = results_new(run.replay.seed, run.replay.tier, argc, argv);

    code = code ? code : plan_exact(&plan, run.replay.dut);
    code = code ? code : replay(&run, &plan, results);
    json_decref(results);
    plan_free(&plan);
    free((char *)run.replay.script);
    return code;
}
