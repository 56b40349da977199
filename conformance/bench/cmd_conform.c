/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_conform.c - `iotb conform`: judge DUTs by the suite. */
#include "bench/cli.h"
#include "bench/commands.h"
#include "bench/expect.h"
#include "bench/plan.h"
#include "bench/progress.h"
#include "bench/reports.h"
#include "bench/results.h"
#include "bench/shrink.h"
#include "bench/tally.h"
#include "bench/waivers.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define UPDATE_TICKS 15u /* seconds between two writes of the results while the run is going on */

struct conform {
    struct run_options options;
    struct selection selection;
    struct reports reports;
    bool no_report;
    const char *waivers_path;
    struct waivers waivers;
    uint64_t expect_fail; /* 0: not a negative control */
    json_t *expected;     /* --expect, or NULL */
    const char *expect_write_path;
    struct plan plan;
    json_t *head; /* the document without cases */
    struct progress progress;
    uint32_t ticks;
};

/* ---- options ---- */

enum {
    OPT_DUT = 1000,
    OPT_CASE,
    OPT_REQ,
    OPT_TIER,
    OPT_SEED,
    OPT_REQUESTS,
    OPT_TIMEOUT,
    OPT_JSON,
    OPT_JUNIT,
    OPT_HTML,
    OPT_TRACE,
    OPT_WAIVERS,
    OPT_NO_REPORT,
    OPT_EXPECT_FAIL,
    OPT_EXPECT,
    OPT_EXPECT_WRITE
};

static const struct option long_options[] = {{"dut", required_argument, NULL, OPT_DUT},
                                             {"case", required_argument, NULL, OPT_CASE},
                                             {"req", required_argument, NULL, OPT_REQ},
                                             {"tier", required_argument, NULL, OPT_TIER},
                                             {"seed", required_argument, NULL, OPT_SEED},
                                             {"requests", required_argument, NULL, OPT_REQUESTS},
                                             {"jobs", required_argument, NULL, 'j'},
                                             {"timeout", required_argument, NULL, OPT_TIMEOUT},
                                             {"json", required_argument, NULL, OPT_JSON},
                                             {"junit", required_argument, NULL, OPT_JUNIT},
                                             {"html", required_argument, NULL, OPT_HTML},
                                             {"trace", required_argument, NULL, OPT_TRACE},
                                             {"waivers", required_argument, NULL, OPT_WAIVERS},
                                             {"no-report", no_argument, NULL, OPT_NO_REPORT},
                                             {"expect-fail", required_argument, NULL, OPT_EXPECT_FAIL},
                                             {"expect", required_argument, NULL, OPT_EXPECT},
                                             {"expect-write", required_argument, NULL, OPT_EXPECT_WRITE},
                                             {NULL, 0, NULL, 0}};

static bool take_number(const char *option, uint64_t min, uint64_t max, uint64_t *value)
{
    return cli_number(option, optarg, min, max, value);
}

static bool take_tier(struct conform *c)
{
    static const char *const names[] = {"smoke", "full", "nightly", NULL};

    if (tier_find(optarg, &c->selection.tier))
        return true;
    (void)cli_unknown("tier", optarg, cli_string_at, names);
    return false;
}

/* False after a sentence. */
static bool take_option(struct conform *c, int option)
{
    uint64_t number;

    switch (option) {
    case OPT_DUT:
        return plan_dut(&c->plan, optarg) == 0;
    case OPT_CASE:
        c->selection.glob = optarg;
        return true;
    case OPT_REQ:
        c->selection.row = optarg;
        return true;
    case OPT_TIER:
        return take_tier(c);
    case OPT_SEED:
        return take_number("--seed", 0, INT64_MAX, &c->options.seed);
    case OPT_REQUESTS:
        return take_number("--requests", 1, INT64_MAX, &c->options.request_budget);
    case 'j':
        if (!take_number("-j", 1, 64, &number))
            return false;
        c->options.parallel = (uint32_t)number;
        return true;
    case OPT_TIMEOUT:
        if (!take_number("--timeout", 1, 1000000, &number))
            return false;
        c->options.timeout_ms = number * 1000;
        return true;
    case OPT_EXPECT_FAIL:
        return take_number("--expect-fail", 1, 1000000, &c->expect_fail);
    case OPT_EXPECT:
        return expect_load(optarg, &c->expected) == 0;
    case OPT_EXPECT_WRITE:
        c->expect_write_path = optarg;
        return true;
    case OPT_JSON:
        c->reports.json = optarg;
        return true;
    case OPT_JUNIT:
        c->reports.junit = optarg;
        return true;
    case OPT_HTML:
        c->reports.html = optarg;
        return true;
    case OPT_TRACE:
        c->options.trace_path = optarg;
        return true;
    case OPT_WAIVERS:
        c->waivers_path = optarg;
        return true;
    case OPT_NO_REPORT:
        c->no_report = true;
        return true;
    default:
        return false; /* CLI_BAD */
    }
}

static uint32_t processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);

    return count < 1 ? 1 : count > 64 ? 64 : (uint32_t)count;
}

static int load_waivers(struct conform *c)
{
    time_t now = time(NULL);
    char today[16];

    strftime(today, sizeof(today), "%Y-%m-%d", gmtime(&now));
    return waivers_load(&c->waivers, c->waivers_path, today);
}

static int read_options(struct conform *c, int argc, char **argv)
{
    int option;

    c->options = (struct run_options){.seed = 1, .parallel = processors(), .timeout_ms = 300000};
    c->selection.tier = TIER_FULL;
    while ((option = cli_option(argc, argv, ":j:", long_options)) != -1)
        if (!take_option(c, option))
            return EXIT_USAGE;
    if (cli_no_operands(argc, argv) || selection_check(&c->selection))
        return EXIT_USAGE;
    if (!c->plan.dut_count && plan_dut(&c->plan, NULL))
        return EXIT_USAGE;
    if (c->waivers_path && load_waivers(c))
        return EXIT_USAGE;
    c->options.tier = c->selection.tier;
    if (!c->no_report && !c->reports.json && !c->reports.junit && !c->reports.html)
        reports_default(&c->reports);
    return 0;
}

/* ---- the run ---- */

/* The document as it stands: cases in order, whatever the order in which they were over. */
static json_t *document(const struct conform *c, bool complete)
{
    json_t *results = json_deep_copy(c->head);

    for (size_t i = 0; i < c->plan.job_count; i++)
        if (c->plan.jobs[i].entry || c->plan.jobs[i].text)
            results_add(results, run_entry(&c->plan.jobs[i]));
    json_object_set_new(results, "complete", json_boolean(complete));
    return results;
}

static void on_done(void *context, struct run_job *job)
{
    struct conform *c = context;
    char dut[640];

    snprintf(dut, sizeof(dut), "%s%s%s", job->dut->found.name, job->dut->found.parameters[0] ? "," : "",
             job->dut->found.parameters);
    waivers_apply(&c->waivers, job->entry, dut);
    progress_done(&c->progress, job);
    run_pack(job);
}

/* In a process of its own: what the trees of all results take would stay with the heap that each case's fork copies. */
static void on_tick(void *context)
{
    struct conform *c = context;
    pid_t writer;

    if (!c->reports.json || c->ticks++ % UPDATE_TICKS)
        return;
    writer = fork();
    if (writer == 0) {
        reports_update(&c->reports, document(c, false));
        _exit(0);
    }
    while (writer > 0 && waitpid(writer, NULL, 0) < 0 && errno == EINTR)
        ;
}

static bool selects_everything(const struct conform *c)
{
    return !c->selection.glob && !c->selection.row;
}

static bool write_expected(const struct conform *c, const json_t *results)
{
    int error = c->expect_write_path ? expect_write(results, c->expect_write_path) : 0;

    if (error)
        cli_say("%s cannot be written: %s", c->expect_write_path, strerror(-error));
    return !error;
}

static int exit_code(const struct conform *c, const json_t *results)
{
    size_t count;
    struct tally *tallies = tally_results(results, &count);
    int code = EXIT_CONFORM;

    if (c->expected)
        code = expect_compare(c->expected, results, selects_everything(c), stdout) ? EXIT_CONFORM : EXIT_NOT_CONFORM;
    if (c->expect_fail)
        code = tally_expect_fail(results, c->expect_fail, stdout) ? EXIT_CONFORM : EXIT_NOT_CONFORM;
    for (size_t i = 0; i < count; i++) {
        tally_print(&tallies[i], stdout);
        if (!c->expect_fail && !c->expected)
            code = exit_code_worse(code, tally_exit_code(&tallies[i]));
    }
    free(tallies);
    return code;
}

static void print_places(const struct reports *reports)
{
    const char *const paths[] = {reports->json, reports->junit, reports->html};
    const char *separator = "\nreports: ";

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        if (!paths[i])
            continue;
        printf("%s%s", separator, paths[i]);
        separator = "  ";
    }
    putchar('\n');
}

/* Everything that can be said after the run, reports or not. */
static int conclude(const struct conform *c, bool complete, int code)
{
    json_t *results = document(c, complete);
    bool written = reports_write(&c->reports, results);

    if (!c->expect_fail && !c->expected)
        report_table(results, stdout);
    if (written)
        print_places(&c->reports);
    if (!complete) {
        cli_say("interrupted after %zu of %zu cases", c->progress.done, c->plan.job_count);
        code = exit_code_worse(code, EXIT_FAULT);
    }
    if (!written)
        code = exit_code_worse(code, EXIT_FAULT);
    if (complete && !write_expected(c, results))
        code = exit_code_worse(code, EXIT_FAULT);
    if (complete && !waivers_conclude(&c->waivers, selects_everything(c)))
        code = exit_code_worse(code, EXIT_FAULT);
    code = exit_code_worse(code, exit_code(c, results));
    json_decref(results);
    return code;
}

static int run(struct conform *c)
{
    int code = plan_inspect(&c->plan, c->options.timeout_ms, c->head);
    bool complete;

    if (code == EXIT_USAGE)
        return code;
    plan_jobs(&c->plan, &c->selection);
    if (!c->plan.job_count)
        return cli_bad("none of the selected cases is for an architecture of these DUTs");
    if (c->options.trace_path && c->plan.job_count != 1)
        return cli_bad("--trace wants one case on one DUT, and %zu are selected", c->plan.job_count);
    if (!reports_check(&c->reports, c->head) || (c->options.trace_path && !reports_check_place(c->options.trace_path, c->head)))
        return exit_code_worse(code, EXIT_FAULT);
    progress_begin(&c->progress, c->plan.jobs, c->plan.job_count);
    c->options.on_done = on_done;
    c->options.on_tick = on_tick;
    c->options.context = c;
    on_tick(c); /* from now on what is on the disk is of this run */
    complete = run_jobs(&c->options, c->plan.jobs, c->plan.job_count);
    progress_end(&c->progress);
    if (complete && !c->expect_fail)
        shrink_failures(&c->options, c->plan.jobs, c->plan.job_count);
    return conclude(c, complete, code);
}

int cmd_conform(int argc, char **argv)
{
    struct conform c = {0};
    int code = read_options(&c, argc, argv);

    /* A full disk and a closed pipe are errors of a write, not the end of the run. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (!code) {
        c.head = results_new(c.options.seed, c.options.tier, argc, argv);
        code = run(&c);
        json_decref(c.head);
    }
    waivers_free(&c.waivers);
    json_decref(c.expected);
    plan_free(&c.plan);
    return code;
}
