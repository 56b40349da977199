/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_flow.c - `iotb flow`: the end-to-end flows of the IOASID proposals, told step by step. A flow is a case of
 * conformance/ioasid/ioasid_flows.c with somebody who watches; what it checks decides the exit code.
 */
#include "bench/cli.h"
#include "bench/commands.h"
#include "bench/plan.h"
#include "bench/reports.h"
#include "bench/results.h"
#include "bench/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Memory answers after 100 ns, so that what happens inside of the machine has an order to be seen. */
#define MACHINE "ioasid,iommu=%s,profile=%s,latency_ps=100000"

enum { VTD, SMMUV3, IOMMUS };

struct flow {
    const char *name;
    const char *v2[IOMMUS], *v1[IOMMUS]; /* cases, by node; NULL: see why */
    const char *up;                      /* with this profile, if not as v2 */
    const char *why[IOMMUS];             /* it cannot run there */
};

#define SAME(name) \
    {              \
        name, name \
    }
#define NO_V1 "it is of the proposals after v1"
static const struct flow flows[] = {
    {"F1", SAME("flows.F1.v2"), SAME("flows.F1.v1"), NULL, {NULL, NULL}},
    {"F2", SAME("flows.F2.v2"), SAME("flows.F2.v1"), NULL, {NULL, NULL}},
    {"F3", SAME("flows.F3.v2"), SAME("flows.F3.v1"), NULL, {NULL, NULL}},
    {"F4", SAME("flows.F4.v2"), SAME("flows.F4.v1"), NULL, {NULL, NULL}},
    {"F5",
     {"flows.F5.v2", "flows.F5_delegated"},
     {"flows.F5.v1", NULL},
     NULL,
     {NULL, "the PASID table of an SMMUv3 is the user's, which in v1 is flow F7"}},
    {"F6", SAME("flows.F6.v2"), SAME("flows.F6.v1"), NULL, {NULL, NULL}},
    {"F7",
     {NULL, "flows.F7"},
     {NULL, "flows.F7"},
     NULL,
     {"it binds a PASID table of the user, and the PASID tables of VT-d are the kernel's: F5 is its flow", NULL}},
    {"F8", SAME("flows.F8"), {NULL, NULL}, NULL, SAME(NO_V1)},
    {"F9", {"flows.F9", "flows.F9_delegated"}, {NULL, NULL}, NULL, SAME(NO_V1)},
    {"F10", SAME("flows.F10"), {NULL, NULL}, "flows.F10_pasid", SAME(NO_V1)},
};
#define FLOWS (sizeof(flows) / sizeof(flows[0]))

static const char *const iommus[] = {"vtd", "smmuv3", NULL}, *const profiles[] = {"v2", "s20", "up", "v1", NULL};

struct flow_run {
    const struct flow *flow;
    const struct iotb_case *what;
    int iommu, profile;
    const char *trace_path;
    uint64_t seed, timeout_s;
};

static const char *flow_name_at(const void *unused, size_t n)
{
    (void)unused;
    return n < FLOWS ? flows[n].name : NULL;
}

static const struct iotb_case *case_of(const char *name)
{
    char full[64];

    snprintf(full, sizeof(full), "ioasid.%s", name);
    return suite_find(full);
}

/* ---- the list ---- */

static int list(void)
{
    for (size_t i = 0; i < FLOWS; i++) {
        const struct flow *flow = &flows[i];
        const struct iotb_case *vtd = flow->v2[VTD] ? case_of(flow->v2[VTD]) : NULL, *arm = case_of(flow->v2[SMMUV3]);

        printf("%-4s %s\n", flow->name, vtd ? vtd->summary : arm->summary);
        if (!vtd)
            printf("     not on vtd: %s\n", flow->why[VTD]);
        else if (strcmp(vtd->summary, arm->summary) != 0)
            printf("     on smmuv3: %s\n", arm->summary);
        if (flow->up)
            printf("     --profile up: %s\n", case_of(flow->up)->summary);
    }
    return EXIT_CONFORM;
}

/* ---- options ---- */

/* Which of the words; -1 after a sentence. */
static int choice(const char *option, const char *const *words, const char *word)
{
    char known[64] = "";

    for (int i = 0; words[i]; i++) {
        size_t length = strlen(known);

        if (strcmp(words[i], word) == 0)
            return i;
        snprintf(known + length, sizeof(known) - length, "%s%s", !i ? "" : words[i + 1] ? ", " : " or ", words[i]);
    }
    (void)cli_bad("%s is %s, not \"%s\"", option, known, word);
    return -1;
}

static int take_flow(struct flow_run *run, const char *word)
{
    for (size_t i = 0; i < FLOWS; i++)
        if (strcmp(flows[i].name, word) == 0)
            run->flow = &flows[i];
    return run->flow ? 0 : cli_unknown("flow", word, flow_name_at, NULL);
}

static int take_option(struct flow_run *run, int option)
{
    switch (option) {
    case 'd':
        run->iommu = choice("--dut", iommus, optarg);
        return run->iommu < 0 ? EXIT_USAGE : 0;
    case 'p':
        run->profile = choice("--profile", profiles, optarg);
        return run->profile < 0 ? EXIT_USAGE : 0;
    case 't':
        run->trace_path = optarg;
        return 0;
    case 's':
        return cli_number("--seed", optarg, 0, INT64_MAX, &run->seed) ? 0 : EXIT_USAGE;
    case 'T':
        return cli_number("--timeout", optarg, 1, 1000000, &run->timeout_s) ? 0 : EXIT_USAGE;
    default:
        return EXIT_USAGE;
    }
}

static int read_options(struct flow_run *run, int argc, char **argv)
{
    static const struct option options[] = {{"dut", required_argument, NULL, 'd'},     {"profile", required_argument, NULL, 'p'},
                                            {"trace", required_argument, NULL, 't'},   {"seed", required_argument, NULL, 's'},
                                            {"timeout", required_argument, NULL, 'T'}, {NULL, 0, NULL, 0}};
    int option, code;

    while ((option = cli_option(argc, argv, ":", options)) != -1)
        if ((code = take_option(run, option)))
            return code;
    if (optind == argc)
        return argc > 1 ? cli_bad("which flow? `iotb flow` lists them") : 0;
    if (optind != argc - 1)
        return cli_bad("flow takes one flow, not \"%s\" too", argv[optind + 1]);
    return take_flow(run, argv[optind]);
}

static bool is_profile(const struct flow_run *run, const char *name)
{
    return strcmp(profiles[run->profile], name) == 0;
}

static int find_case(struct flow_run *run)
{
    const struct flow *flow = run->flow;
    const char *name = is_profile(run, "v1")               ? flow->v1[run->iommu]
                       : is_profile(run, "up") && flow->up ? flow->up
                                                           : flow->v2[run->iommu];

    if (!name)
        return cli_bad("%s cannot run on %s%s: %s", flow->name, iommus[run->iommu], is_profile(run, "v1") ? " in v1" : "",
                       flow->why[run->iommu]);
    run->what = case_of(name);
    return 0;
}

/* ---- what is told ---- */

/* F7 is of v1 whatever the profile of /dev/iommu is. */
static const char *profile_name(const struct flow_run *run)
{
    return run->what->argument ? "v1" : profiles[run->profile];
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static void print_line(void *context, const struct run_job *job, const json_t *line)
{
    const char *type = text_of(line, "type");

    (void)context;
    (void)job;
    if (strcmp(type, "say") == 0)
        printf("\n# %s\n", text_of(line, "text"));
    else if (strcmp(type, "tell") == 0)
        printf("%14.3f us  %-11s  %s\n", (double)json_integer_value(json_object_get(line, "at_ps")) / 1e6, text_of(line, "who"),
               text_of(line, "text"));
    else if (strcmp(type, "check") == 0 && !json_is_true(json_object_get(line, "ok")))
        printf("FAIL %s %s: expected %s, seen %s\n", text_of(line, "row"), text_of(line, "text"), text_of(line, "expected"),
               text_of(line, "seen"));
}

static void keep(void *context, struct run_job *job)
{
    (void)context;
    (void)job;
}

static int report(const struct flow_run *run, const struct run_job *job, json_t *results)
{
    const char *verdict, *reason;
    struct tally *tallies;
    size_t count;
    int code;

    if (!job->entry) {
        cli_say("interrupted");
        return EXIT_FAULT;
    }
    verdict = text_of(job->entry, "verdict");
    reason = text_of(job->entry, "reason");
    if (strcmp(verdict, "SKIP") == 0 || strcmp(verdict, "NOTESTABLE") == 0)
        return cli_bad("%s cannot run on %s with profile %s: %s", run->flow->name, iommus[run->iommu], profile_name(run), reason);
    printf("\n%s %s on %s, profile %s%s%s, %lld requests of devices\n", verdict, run->flow->name, iommus[run->iommu],
           profile_name(run), reason[0] ? ": " : "", reason,
           (long long)json_integer_value(json_object_get(job->entry, "requests")));
    results_add(results, json_incref(job->entry));
    tallies = tally_results(results, &count);
    code = tally_exit_code(&tallies[0]);
    free(tallies);
    if (run->trace_path && code == EXIT_CONFORM)
        printf("time line: %s, for ui.perfetto.dev\n", run->trace_path);
    return code;
}

/* ---- the run ---- */

static int run_flow(const struct flow_run *run, struct plan *plan, json_t *results)
{
    struct run_options options = {.seed = run->seed,
                                  .exact_seed = true,
                                  .tier = TIER_FULL,
                                  .parallel = 1,
                                  .timeout_ms = run->timeout_s * 1000,
                                  .trace_path = run->trace_path,
                                  .narrate = true,
                                  .on_line = print_line,
                                  .on_done = keep};
    struct run_job job = {.what = run->what, .dut = &plan->duts[0]};
    int code = plan_inspect(plan, options.timeout_ms, results);

    if (code)
        return code;
    if (run->trace_path && !reports_check_place(run->trace_path, results))
        return EXIT_FAULT;
    printf("%s on %s, profile %s, seed %llu: %s\n", run->flow->name, iommus[run->iommu], profile_name(run),
           (unsigned long long)run->seed, run->what->summary);
    (void)run_jobs(&options, &job, 1);
    code = report(run, &job, results);
    json_decref(job.entry);
    return code;
}

int cmd_flow(int argc, char **argv)
{
    struct flow_run run = {.seed = 1, .timeout_s = 300};
    struct plan plan = {0};
    char dut[128];
    json_t *results;
    int code = read_options(&run, argc, argv);

    if (!code && !run.flow)
        return list();
    code = code ? code : find_case(&run);
    if (code)
        return code;
    results = results_new(run.seed, TIER_FULL, argc, argv);
    snprintf(dut, sizeof(dut), MACHINE ",seed=%llu", iommus[run.iommu], is_profile(&run, "v1") ? "v2" : profiles[run.profile],
             (unsigned long long)run.seed);
    code = plan_exact(&plan, dut);
    code = code ? code : run_flow(&run, &plan, results);
    json_decref(results);
    plan_free(&plan);
    return code;
}
