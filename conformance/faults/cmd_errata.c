/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_errata.c - `iotb errata`: every deviation of a model switched on alone. Does the suite fail, and for the right clause?
 *
 * Killed: some case fails that passes without the deviation. For the right clause: every requirement row that the model's
 * list names for the deviation is among those that fail.
 */
#include "bench/cli.h"
#include "bench/commands.h"
#include "bench/trial.h"
#include "dut/dut_registry.h"
#include "faults/proof.h"
#include "faults/reprove.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPT_DUT = 1000, OPT_ERRATUM, OPT_SEED, OPT_TIMEOUT, OPT_RECORD, OPT_EVERY, OPT_REPROVE, OPT_NAMED };

struct errata {
    const char *dut, *only, *record;
    uint64_t seed, parallel, timeout_s, every, reprove;
    bool named;       /* only the cases that decide the rows that are named */
    json_t *baseline; /* parameters, and a row or none, to [the names of cases that fail without any deviation, and those that are
                         skipped as well] */
    json_t *proof;
    size_t tried, killed, right, later;
};

static bool take_option(struct errata *e, int option)
{
    switch (option) {
    case OPT_DUT:
        e->dut = optarg;
        return true;
    case OPT_ERRATUM:
        e->only = optarg;
        return true;
    case OPT_SEED:
        return cli_number("--seed", optarg, 0, INT64_MAX, &e->seed);
    case OPT_TIMEOUT:
        return cli_number("--timeout", optarg, 1, 1000000, &e->timeout_s);
    case OPT_EVERY:
        return cli_number("--every", optarg, 1, 1000000, &e->every);
    case OPT_REPROVE:
        return cli_number("--reprove", optarg, 1, 1000000, &e->reprove);
    case 'j':
        return cli_number("-j", optarg, 1, 64, &e->parallel);
    case OPT_RECORD:
        e->record = optarg;
        return true;
    case OPT_NAMED:
        e->named = true;
        return true;
    default:
        return false;
    }
}

/* --erratum: names, or patterns of names as of the shell, separated by commas. */
static bool is_among(const char *patterns, const char *name)
{
    bool found = false;

    while (*patterns && !found) {
        size_t length = strcspn(patterns, ",");
        char *pattern = strndup(patterns, length);

        if (!pattern)
            abort();
        found = !fnmatch(pattern, name, 0);
        free(pattern);
        patterns += length + (patterns[length] == ',');
    }
    return found;
}

static const char *deviation_at(const void *context, size_t n)
{
    static struct dut_deviation deviation;

    return dut_deviation(context, n, &deviation) ? deviation.name : NULL;
}

static int read_options(struct errata *e, int argc, char **argv)
{
    static const struct option options[] = {{"dut", required_argument, NULL, OPT_DUT},
                                            {"erratum", required_argument, NULL, OPT_ERRATUM},
                                            {"seed", required_argument, NULL, OPT_SEED},
                                            {"timeout", required_argument, NULL, OPT_TIMEOUT},
                                            {"record", required_argument, NULL, OPT_RECORD},
                                            {"every", required_argument, NULL, OPT_EVERY},
                                            {"reprove", required_argument, NULL, OPT_REPROVE},
                                            {"named", no_argument, NULL, OPT_NAMED},
                                            {"jobs", required_argument, NULL, 'j'},
                                            {NULL, 0, NULL, 0}};
    struct dut_deviation deviation;
    bool found;
    int option;

    while ((option = cli_option(argc, argv, ":j:", options)) != -1)
        if (!take_option(e, option))
            return EXIT_USAGE;
    if (cli_no_operands(argc, argv))
        return EXIT_USAGE;
    if (!dut_deviation(e->dut, 0, &deviation))
        return cli_bad("the DUT \"%s\" has no list of deviations", e->dut);
    found = !e->only;
    for (size_t n = 0; !found && dut_deviation(e->dut, n, &deviation); n++)
        found = is_among(e->only, deviation.name);
    return found ? 0 : cli_unknown("erratum", e->only, deviation_at, e->dut);
}

static struct trial trial_of(const struct errata *e, const char *dut)
{
    return (struct trial){
        .dut = dut, .seed = e->seed, .timeout_ms = e->timeout_s * 1000, .tier = TIER_FULL, .parallel = (uint32_t)e->parallel};
}

/* What fails anyway on these parameters proves nothing; what cannot run there cannot fail there, unless the deviation lets it. */
static int baseline_of(struct errata *e, const struct dut_deviation *deviation, const char *row, const json_t **ignore)
{
    char dut[640], key[sizeof(dut) + 80];
    struct trial trial;
    int code = 0;

    snprintf(dut, sizeof(dut), "%s,%s", e->dut, deviation->parameters);
    snprintf(key, sizeof(key), "%s %s", dut, row ? row : "");
    *ignore = json_array_get(json_object_get(e->baseline, key), !deviation->other_cases);
    if (*ignore)
        return 0;
    trial = trial_of(e, dut);
    trial.row = row;
    code = trial_run(&trial);
    if (trial.failed)
        cli_say("%s fails without any deviation, first in %s; what fails there is not counted", dut, trial.by);
    json_object_update(trial.skipped, trial.failures);
    json_object_set_new(e->baseline, key, json_pack("[O, O]", trial.failures, trial.skipped));
    *ignore = json_array_get(json_object_get(e->baseline, key), !deviation->other_cases);
    trial_free(&trial);
    return code;
}

/* Every named row failed; there must be one. */
static bool for_the_right_clause(const struct dut_deviation *deviation, const json_t *rows)
{
    char copy[256], *save = NULL;
    bool any = false;

    snprintf(copy, sizeof(copy), "%s", deviation->rows);
    for (char *id = strtok_r(copy, " ", &save); id; id = strtok_r(NULL, " ", &save)) {
        any = true;
        if (!json_object_get(rows, id))
            return false;
    }
    return any;
}

/* Is the id among the rows, or does one of their beginnings begin it? */
static bool is_named(const char *rows, const char *id)
{
    for (const char *at = rows; *at; at += strcspn(at, " ")) {
        size_t length = strcspn(at += strspn(at, " "), " ");

        if (length && !strncmp(at, id, length))
            return true;
    }
    return false;
}

/* A row that failed and has nothing to do with the deviation; NULL if there is none or nobody says what has. */
static const char *unrelated_row(const struct dut_deviation *deviation, const char *besides, const json_t *rows)
{
    const char *id;
    json_t *unused;

    json_object_foreach((json_t *)rows, id, unused)
    {
        if (besides && !is_named(deviation->rows, id) && !is_named(besides, id))
            return id;
    }
    return NULL;
}

static void print_rows(const json_t *rows)
{
    size_t shown = 0, count = json_object_size(rows);
    const char *id;
    json_t *unused;

    json_object_foreach((json_t *)rows, id, unused)
    {
        if (shown++ == 6)
            break;
        printf(" %s", id);
    }
    if (count > 6)
        printf(" and %zu more", count - 6);
    putchar('\n');
}

/* With every case, or with those that decide a row. */
static int trial_of_row(struct errata *e, const struct dut_deviation *deviation, const char *row, struct trial *trial)
{
    char dut[640];
    const json_t *ignore;
    int code = baseline_of(e, deviation, row, &ignore);

    snprintf(dut, sizeof(dut), "%s,%s,erratum=%s", e->dut, deviation->parameters, deviation->name);
    *trial = trial_of(e, dut);
    trial->row = row;
    trial->ignore = ignore;
    trial->opens = true;
    if (!code)
        code = trial_run(trial);
    trial->dut = NULL;
    return code;
}

/* One named row after the other; what is found comes together. */
static int trial_of_named(struct errata *e, const struct dut_deviation *deviation, struct trial *all)
{
    char copy[256], *save = NULL;
    int code = 0;

    *all = (struct trial){.rows = json_object(), .failures = json_object(), .skipped = json_object()};
    snprintf(copy, sizeof(copy), "%s", deviation->rows);
    for (char *id = strtok_r(copy, " ", &save); id && !code; id = strtok_r(NULL, " ", &save)) {
        struct trial one;

        code = trial_of_row(e, deviation, id, &one);
        all->failed |= one.failed;
        json_object_update(all->rows, one.rows);
        json_object_update(all->failures, one.failures);
        trial_free(&one);
    }
    return code;
}

static int try_one(struct errata *e, const struct dut_deviation *deviation, const char *besides)
{
    bool named = e->named && deviation->rows[0], right;
    struct trial trial;
    const char *unrelated;
    int code = named ? trial_of_named(e, deviation, &trial) : trial_of_row(e, deviation, NULL, &trial);

    unrelated = unrelated_row(deviation, besides, trial.rows);
    right = trial.failed && for_the_right_clause(deviation, trial.rows) && !unrelated;
    e->tried++;
    e->killed += trial.failed;
    e->right += right;
    printf("%-32s %-8s %-5s cases %-4zu rows", deviation->name, trial.failed ? "killed" : "SURVIVES", right ? "right" : "-",
           json_object_size(trial.failures));
    print_rows(trial.rows);
    if (!right && trial.failed)
        printf("%32s expected rows: %s\n", "", deviation->rows[0] ? deviation->rows : "(none named)");
    if (unrelated)
        printf("%32s %s has nothing to do with it\n", "", unrelated);
    fflush(stdout);
    proof_add(e->proof, deviation->name, trial.rows);
    trial_free(&trial);
    return code;
}

/* A deviation that no request of today's suite can meet is listed and not counted. */
static int try_or_tell(struct errata *e, const struct dut_deviation *deviation, const char *besides)
{
    if (deviation->parameters)
        return try_one(e, deviation, besides);
    e->later++;
    printf("%-32s later    no request that can be made here meets it\n", deviation->name);
    return 0;
}

int cmd_errata(int argc, char **argv)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct errata e = {
        .dut = "vtd", .seed = 1, .parallel = processors > 0 ? (uint64_t)processors : 1, .timeout_s = 60, .every = 1};
    struct dut_deviation deviation;
    int code = read_options(&e, argc, argv);

    if (code)
        return code;
    if (e.reprove) {
        struct trial how = trial_of(&e, NULL);

        return reprove(&how, e.dut, e.reprove);
    }
    e.baseline = json_object();
    e.proof = json_object();
    for (size_t n = 0; !code && dut_deviation(e.dut, n, &deviation); n++)
        if (e.only ? is_among(e.only, deviation.name) : n % e.every == e.seed % e.every)
            code = try_or_tell(&e, &deviation, dut_deviation_besides(e.dut, n));
    if (!code && e.record)
        code = proof_write(e.proof, e.record);
    if (!code && e.later)
        printf("%zu that nothing here can meet are not counted\n", e.later);
    if (!code)
        printf("killed %zu of %zu, for the right clause %zu of %zu\n", e.killed, e.tried, e.right, e.tried);
    json_decref(e.baseline);
    json_decref(e.proof);
    return code ? code : e.right == e.tried ? EXIT_CONFORM : EXIT_NOT_CONFORM;
}
