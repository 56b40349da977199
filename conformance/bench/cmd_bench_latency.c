/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_bench_latency.c - `iotb bench latency`: latency and throughput against the working set, in simulated time.
 */
#include "bench/cli.h"
#include "bench/commands.h"
#include "bench/latency_report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WINDOWS_MAX 64u
#define VALUE_MAX UINT64_C(1000000000000) /* a second */

enum { OPT_PRESET = 1000, OPT_MODEL, OPT_SET, OPT_PAGES, OPT_READS, OPT_SEED, OPT_CSV, OPT_PLOT };

struct latency_bench {
    const struct latency_preset *preset;
    const char *model;
    struct latency_plan plan;
    uint32_t pages[WINDOWS_MAX];
    size_t windows;
    const char *sets[WINDOWS_MAX]; /* NAME=VALUE, in order */
    size_t set_count;
    const char *csv, *plot;
};

/* ---- options ---- */

static int bad_preset(const char *word)
{
    char known[512] = "";

    for (size_t i = 0; i < latency_preset_count; i++)
        snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s", i ? ", " : "", latency_presets[i].name);
    if (word)
        return cli_bad("there is no preset \"%s\". Known: %s", word, known);
    return cli_bad("which machine? --preset NAME. Known: %s", known);
}

static int take_model(struct latency_bench *b, const char *word)
{
    b->model = word;
    b->plan.model = latency_model(word);
    return b->plan.model ? 0 : cli_unknown("model", word, latency_model_name, NULL);
}

static int take_pages(struct latency_bench *b, char *list)
{
    b->windows = 0;
    for (char *rest = list, *word; (word = strsep(&rest, ","));) {
        uint64_t pages;

        if (b->windows == WINDOWS_MAX)
            return cli_bad("--pages takes at most %u working sets", WINDOWS_MAX);
        if (!cli_number("--pages", word, 1, LATENCY_PAGES_MAX, &pages))
            return EXIT_USAGE;
        b->pages[b->windows++] = (uint32_t)pages;
    }
    return 0;
}

static int keep_set(struct latency_bench *b, const char *word)
{
    if (b->set_count == WINDOWS_MAX)
        return cli_bad("--set can be repeated %u times at most", WINDOWS_MAX);
    b->sets[b->set_count++] = word;
    return 0;
}

static int apply_set(struct latency_bench *b, const char *word)
{
    char name[40];
    const char *equals = strchr(word, '=');
    uint64_t value;

    if (!equals || equals == word || (size_t)(equals - word) >= sizeof(name))
        return cli_bad("--set %s: NAME=VALUE is expected", word);
    memcpy(name, word, (size_t)(equals - word));
    name[equals - word] = '\0';
    if (!cli_number(name, equals + 1, 0, VALUE_MAX, &value))
        return EXIT_USAGE;
    return latency_set(&b->plan.params, name, value) ? 0 : cli_unknown("parameter", name, latency_parameter_name, NULL);
}

static int take_option(struct latency_bench *b, int option)
{
    uint64_t number;

    switch (option) {
    case OPT_PRESET:
        b->preset = latency_preset(optarg);
        return b->preset ? 0 : bad_preset(optarg);
    case OPT_MODEL:
        return take_model(b, optarg);
    case OPT_SET:
        return keep_set(b, optarg);
    case OPT_PAGES:
        return take_pages(b, optarg);
    case OPT_READS:
        if (!cli_number("--reads", optarg, 1, LATENCY_READS_MAX, &number))
            return EXIT_USAGE;
        b->plan.reads = (uint32_t)number;
        return 0;
    case OPT_SEED:
        return cli_number("--seed", optarg, 0, UINT64_MAX, &b->plan.seed) ? 0 : EXIT_USAGE;
    case OPT_CSV:
        b->csv = optarg;
        return 0;
    case OPT_PLOT:
        b->plot = optarg;
        return 0;
    default:
        return EXIT_USAGE;
    }
}

static int read_options(struct latency_bench *b, int argc, char **argv)
{
    static const struct option options[] = {{"preset", required_argument, NULL, OPT_PRESET},
                                            {"model", required_argument, NULL, OPT_MODEL},
                                            {"set", required_argument, NULL, OPT_SET},
                                            {"pages", required_argument, NULL, OPT_PAGES},
                                            {"reads", required_argument, NULL, OPT_READS},
                                            {"seed", required_argument, NULL, OPT_SEED},
                                            {"csv", required_argument, NULL, OPT_CSV},
                                            {"plot", required_argument, NULL, OPT_PLOT},
                                            {NULL, 0, NULL, 0}};
    int option, code;

    while ((option = cli_option(argc, argv, ":", options)) != -1)
        if ((code = take_option(b, option)))
            return code;
    if (cli_no_operands(argc, argv))
        return EXIT_USAGE;
    if (!b->preset)
        return bad_preset(NULL);
    b->plan.params = b->preset->params;
    for (size_t i = 0; i < b->set_count; i++)
        if ((code = apply_set(b, b->sets[i])))
            return code;
    return 0;
}

/* ---- measuring ---- */

static int measure(const struct latency_bench *b, struct latency_point *points)
{
    const struct latency_report report = {b->preset, b->model, &b->plan, points, b->windows};

    latency_print_head(&report);
    for (size_t i = 0; i < b->windows; i++) {
        char error[160] = "out of memory";
        int result = latency_measure(&b->plan, b->pages[i], &points[i], error, sizeof(error));

        if (result == -EINVAL)
            return cli_bad("%s", error);
        if (result) {
            cli_say("%s", error);
            return EXIT_FAULT;
        }
        latency_print_point(&report, &points[i]);
        if (points[i].wrong) {
            cli_say("%" PRIu64 " reads did not succeed", points[i].wrong);
            return EXIT_FAULT;
        }
    }
    latency_print_fit(&report);
    return EXIT_CONFORM;
}

int cmd_bench_latency(int argc, char **argv)
{
    struct latency_bench b = {
        .model = latency_model_name(NULL, 0),
        .plan = {.model = latency_model(latency_model_name(NULL, 0)), .reads = 20000, .seed = 1},
        .pages = {2, 4, 8, 16, 32, 64, 96, 112, 128, 160, 192, 256, 384, 512, 768, 1024, 2048, 4096, 8192, 16384},
        .windows = 20,
    };
    struct latency_point points[WINDOWS_MAX];
    struct latency_report report = {.plan = &b.plan, .points = points};
    int code = read_options(&b, argc, argv);

    if (!code)
        code = measure(&b, points);
    if (code)
        return code;
    report.preset = b.preset;
    report.model = b.model;
    report.count = b.windows;
    if (b.csv)
        code = latency_write_csv(&report, b.csv);
    if (b.plot)
        code = exit_code_worse(code, latency_write_plot(&report, b.plot));
    return code;
}
