/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_coverage.c - `iotb coverage`: every requirement row of a specification, and where it stands.
 *
 * The suite is run on the model over its default parameter sets. A row is checked when a check of it passes on at least one
 * set and fails on none; it is proven when, besides, a recorded deviation makes it fail (faults/proof.h).
 */
#include "bench/cli.h"
#include "bench/commands.h"
#include "bench/plan.h"
#include "bench/results.h"
#include "faults/proof.h"
#include "spec/spec.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPT_SPEC = 1000, OPT_OPEN, OPT_SEED };

struct coverage {
    const char *architecture;
    bool open_only;
    uint64_t seed, parallel;
    size_t decidable, checked, proven, listed;
};

static int read_options(struct coverage *c, int argc, char **argv)
{
    static const struct option options[] = {{"spec", required_argument, NULL, OPT_SPEC},
                                            {"open", no_argument, NULL, OPT_OPEN},
                                            {"seed", required_argument, NULL, OPT_SEED},
                                            {"jobs", required_argument, NULL, 'j'},
                                            {NULL, 0, NULL, 0}};
    int option;

    while ((option = cli_option(argc, argv, ":j:", options)) != -1) {
        bool ok = true;

        if (option == OPT_SPEC)
            c->architecture = optarg;
        else if (option == OPT_OPEN)
            c->open_only = true;
        else if (option == OPT_SEED)
            ok = cli_number("--seed", optarg, 0, INT64_MAX, &c->seed);
        else if (option == 'j')
            ok = cli_number("-j", optarg, 1, 64, &c->parallel);
        else
            ok = false;
        if (!ok)
            return EXIT_USAGE;
    }
    if (cli_no_operands(argc, argv))
        return EXIT_USAGE;
    for (const char *const *known = spec_architectures(); *known; known++)
        if (!strcmp(*known, c->architecture))
            return 0;
    return cli_unknown("specification", c->architecture, cli_string_at, spec_architectures());
}

static void on_done(void *context, struct run_job *job)
{
    (void)context;
    run_pack(job);
}

/* The suite over the default sets of the model of that name. */
static int run(const struct coverage *c, json_t *results)
{
    struct run_options options = {
        .seed = c->seed, .tier = TIER_FULL, .parallel = (uint32_t)c->parallel, .timeout_ms = 300000, .on_done = on_done};
    struct selection selection = {.tier = TIER_FULL};
    struct plan plan = {0};
    int code = plan_dut(&plan, c->architecture);

    if (!code)
        code = plan_inspect(&plan, options.timeout_ms, results);
    if (!code) {
        plan_jobs(&plan, &selection);
        if (!run_jobs(&options, plan.jobs, plan.job_count))
            code = EXIT_FAULT;
        for (size_t i = 0; i < plan.job_count; i++)
            if (plan.jobs[i].entry || plan.jobs[i].text)
                results_add(results, run_entry(&plan.jobs[i]));
    }
    plan_free(&plan);
    return code;
}

static bool passes(enum verdict verdict)
{
    return verdict == VERDICT_PASS || verdict == VERDICT_WARN || verdict == VERDICT_OBSERVED;
}

static const char *scope_word(enum spec_scope scope)
{
    static const char *const words[] = {
        [SPEC_DECIDABLE] = "open", [SPEC_LATER] = "later", [SPEC_UNDECIDABLE] = "undecidable", [SPEC_OUT] = "out"};

    return words[scope];
}

static void print_row(struct coverage *c, const struct row_summary *summary)
{
    const struct spec_row *row = spec_row(summary->id);
    const char *deviation = proof_of(row->id), *state, *detail = "";

    if (row->scope == SPEC_UNDECIDABLE || row->scope == SPEC_OUT) {
        c->listed++;
        state = scope_word(row->scope);
        detail = row->reason;
    } else {
        c->decidable++; /* rows of parts that come later count: what is not there yet is not checked */
        state = summary->verdict == VERDICT_UNTESTED ? scope_word(row->scope) : passes(summary->verdict) ? "checked" : "failing";
        detail = row->scope == SPEC_LATER ? row->reason : row->requirement;
        if (passes(summary->verdict)) {
            c->checked++;
            if (deviation) {
                c->proven++;
                state = "proven";
                detail = deviation;
            }
        }
    }
    if (!c->open_only || !strcmp(state, "open") || !strcmp(state, "failing"))
        printf("%-12s %-12s cases %-3u checks %-7llu %s\n", row->id, state, summary->cases, (unsigned long long)summary->checks,
               detail);
}

static void print(struct coverage *c, const json_t *results)
{
    const char *chapter = "";
    size_t count;
    struct row_summary *rows = results_by_row(results, c->architecture, &count);

    for (size_t i = 0; i < count; i++) {
        const struct spec_row *row = spec_row(rows[i].id);

        if (strcmp(chapter, row->chapter) && !c->open_only)
            printf("\n%s\n", row->chapter);
        chapter = row->chapter;
        print_row(c, &rows[i]);
    }
    free(rows);
    printf("checked %zu, proven %zu of %zu decidable; %zu listed\n", c->checked, c->proven, c->decidable, c->listed);
}

int cmd_coverage(int argc, char **argv)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct coverage c = {.architecture = "vtd", .seed = 1, .parallel = processors > 0 ? (uint64_t)processors : 1};
    int code = read_options(&c, argc, argv);
    json_t *results;

    if (code)
        return code;
    results = results_new(c.seed, TIER_FULL, argc, argv);
    code = run(&c, results);
    if (!code)
        print(&c, results);
    json_decref(results);
    return code;
}
