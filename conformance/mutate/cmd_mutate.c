/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_mutate.c - `iotb mutate`: how strong is the suite? A seeded sample of the first-order mutants of a model's sources, each
 * built as a plug-in and judged until a case fails.
 */
#include "bench/child.h"
#include "bench/cli.h"
#include "bench/commands.h"
#include "bench/trial.h"
#include "dut/dut_registry.h"
#include "faults/proof.h"
#include "mutate/mutate.h"

#include <fnmatch.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORKERS_MAX 16u
#define WORKER_TIMEOUT_MS UINT64_C(86400000)

enum { OPT_MODEL = 1000, OPT_SAMPLE, OPT_SEED, OPT_FILE, OPT_RECORD, OPT_SETS, OPT_LINE, OPT_AGAIN, OPT_CASE };

struct mutate {
    uint64_t sample, seed, workers;
    uint64_t sets; /* a mutant meets each case on at most so many of them */
    uint64_t line; /* only of this line of a file; 0: all */
    const struct mutate_model *model;
    struct workshop *originals;
    struct survey survey;
    const char *file_glob, *record;
    const char *again; /* what an earlier run has printed: only what survived there; or NULL */
    char directory[200];
    struct mutation_list points;
    size_t *order; /* a permutation of the points */
};

/* ---- options ---- */

static const char *model_name_at(const void *unused, size_t n)
{
    (void)unused;
    return mutate_models[n].name;
}

static bool find_model(struct mutate *m, const char *name)
{
    m->model = mutate_models;
    while (m->model->name && strcmp(name, m->model->name))
        m->model++;
    return m->model->name;
}

static int read_options(struct mutate *m, int argc, char **argv)
{
    static const struct option options[] = {{"model", required_argument, NULL, OPT_MODEL},
                                            {"sample", required_argument, NULL, OPT_SAMPLE},
                                            {"seed", required_argument, NULL, OPT_SEED},
                                            {"file", required_argument, NULL, OPT_FILE},
                                            {"record", required_argument, NULL, OPT_RECORD},
                                            {"sets", required_argument, NULL, OPT_SETS},
                                            {"jobs", required_argument, NULL, 'j'},
                                            {"line", required_argument, NULL, OPT_LINE},
                                            {"again", required_argument, NULL, OPT_AGAIN},
                                            {"case", required_argument, NULL, OPT_CASE},
                                            {NULL, 0, NULL, 0}};
    int option;

    while ((option = cli_option(argc, argv, ":j:", options)) != -1) {
        bool ok = true;

        if (option == OPT_MODEL && !find_model(m, optarg))
            return cli_unknown("model", optarg, model_name_at, NULL);
        if (option == OPT_SAMPLE)
            ok = cli_number("--sample", optarg, 1, 1000000, &m->sample);
        else if (option == OPT_SEED)
            ok = cli_number("--seed", optarg, 0, INT64_MAX, &m->seed);
        else if (option == 'j')
            ok = cli_number("-j", optarg, 1, WORKERS_MAX, &m->workers);
        else if (option == OPT_FILE)
            m->file_glob = optarg;
        else if (option == OPT_SETS)
            ok = cli_number("--sets", optarg, 1, SURVEY_SETS_MAX, &m->sets);
        else if (option == OPT_LINE)
            ok = cli_number("--line", optarg, 1, 1000000, &m->line);
        else if (option == OPT_AGAIN)
            m->again = optarg;
        else if (option == OPT_CASE)
            m->survey.glob = optarg;
        else if (option == OPT_RECORD)
            m->record = optarg;
        else if (option != OPT_MODEL)
            ok = false;
        if (!ok)
            return EXIT_USAGE;
    }
    return cli_no_operands(argc, argv);
}

/* ---- the sample ---- */

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static bool is_candidate(const struct mutate *m, const char *name, const char *text)
{
    /* The list of deviations is compiled out of what is mutated; what was made from a description has a test of its own. */
    return !strstr(name, "_errata.") && !strstr(text, "; do not edit.") && (!m->file_glob || !fnmatch(m->file_glob, name, 0));
}

static void keep_line(struct mutation_list *points, uint64_t line)
{
    size_t kept = 0;

    for (size_t i = 0; i < points->count; i++)
        if (points->items[i].line == line)
            points->items[kept++] = points->items[i];
    points->count = kept;
}

/* Keeps the points that `text`, the output of an earlier run on the same sources, says have survived. */
static void keep_survivors(struct mutation_list *points, const struct workshop *workshop, const char *text)
{
    size_t kept = 0;

    for (size_t i = 0; i < points->count; i++) {
        const struct mutation *mutation = &points->items[i];
        char what[160], line[320];
        size_t length;
        const char *source = workshop_text(workshop, mutation->file, &length);

        mutate_describe(source, length, mutation, what, sizeof(what));
        snprintf(line, sizeof(line), "SURVIVES  %s:%u %s\n", workshop_file_name(workshop, mutation->file), mutation->line, what);
        if (strstr(text, line))
            points->items[kept++] = *mutation;
    }
    points->count = kept;
}

static int read_again(struct mutate *m, const struct workshop *workshop)
{
    char *text = NULL;
    size_t room = 0;
    FILE *file = fopen(m->again, "r");
    bool ok = file && getdelim(&text, &room, '\0', file) >= 0;

    if (ok)
        keep_survivors(&m->points, workshop, text);
    if (file)
        fclose(file);
    free(text);
    if (!ok)
        return cli_bad("%s cannot be read", m->again);
    return m->points.count ? 0 : cli_bad("%s names no survivor of these sources", m->again);
}

static int find_points(struct mutate *m, const struct workshop *workshop)
{
    uint64_t state = m->seed;

    for (size_t file = 0; file < workshop_file_count(workshop); file++) {
        size_t length;
        const char *text = workshop_text(workshop, file, &length);

        if (is_candidate(m, workshop_file_name(workshop, file), text) && !mutate_find(text, length, (uint32_t)file, &m->points))
            abort();
    }
    if (m->again) {
        int code = read_again(m, workshop);

        if (code)
            return code;
    }
    if (m->line)
        keep_line(&m->points, m->line);
    if (!m->points.count && m->line)
        return cli_bad("nothing to change in line %llu of the files", (unsigned long long)m->line);
    if (!m->points.count)
        return cli_bad("no source file of the model matches \"%s\"", m->file_glob);
    m->order = calloc(m->points.count, sizeof(*m->order));
    if (!m->order)
        abort();
    for (size_t i = 0; i < m->points.count; i++) {
        size_t k = (size_t)(splitmix64(&state) % (i + 1));

        m->order[i] = m->order[k];
        m->order[k] = i;
    }
    return 0;
}

/* ---- a worker: a process with a workshop of its own ---- */

struct worker {
    struct mutate *m;
    uint32_t number;
    struct workshop *workshop;
    json_t *first; /* by file: cases that killed before, an array each */
    FILE *out;
};

static void tell(struct worker *w, json_t *line)
{
    json_dumpf(line, w->out, JSON_COMPACT);
    fputc('\n', w->out);
    fflush(w->out);
    json_decref(line);
}

static void tell_fault(struct worker *w, const char *text)
{
    tell(w, json_pack("{s:s, s:s}", "type", "fault", "text", text));
}

/* The set and the case that killed most and last are tried first. */
static void remember(struct worker *w, size_t set, json_t *first, const char *by)
{
    struct survey_set *sets = w->m->survey.sets;
    json_t *name;
    size_t i;
    sets[set].kills++;
    for (; set > 0 && sets[set].kills > sets[set - 1].kills; set--) {
        struct survey_set swap = sets[set];

        sets[set] = sets[set - 1];
        sets[set - 1] = swap;
    }
    json_array_foreach(first, i, name)
    {
        if (!strcmp(json_string_value(name), by)) {
            json_array_remove(first, i);
            break;
        }
    }
    json_array_insert_new(first, 0, json_string(by));
    if (json_array_size(first) > 12)
        json_array_remove(first, 12);
}

/* Killed by a case, or by not opening at all. *interrupted: it is not known. */
static bool judge_mutant(struct worker *w, const struct mutation *mutation, json_t **rows, char *by, size_t by_bytes,
                         bool *interrupted)
{
    const char *file = workshop_file_name(w->workshop, mutation->file);
    json_t *first = json_object_get(w->first, file);

    if (!first) {
        first = json_array();
        json_object_set_new(w->first, file, first);
    }
    for (size_t i = 0; i < w->m->survey.count && !*interrupted; i++) {
        struct trial trial;
        char dut[640];
        bool failed;

        survey_trial(&w->m->survey, i, workshop_plugin(w->workshop), &trial, dut, sizeof(dut));
        trial.first = first;
        trial.stop_at_failure = true;
        trial.opens = true;
        failed = !trial_run(&trial) && trial.failed;
        *interrupted = trial.interrupted;
        if (failed) {
            *rows = json_incref(trial.rows);
            snprintf(by, by_bytes, "%s", trial.by);
            remember(w, i, first, trial.by);
        }
        trial_free(&trial);
        if (failed)
            return true;
    }
    return false;
}

static void try_mutant(struct worker *w, size_t point, uint64_t *left)
{
    const struct mutation *mutation = &w->m->points.items[point];
    char error[400], what[160], by[128] = "";
    size_t length;
    const char *text = workshop_text(w->workshop, mutation->file, &length), *result = "survived";
    bool interrupted = false;
    json_t *rows = NULL;

    mutate_describe(text, length, mutation, what, sizeof(what));
    switch (workshop_build(w->workshop, mutation, error, sizeof(error))) {
    case WORKSHOP_FAULT:
        tell_fault(w, error);
        *left = 0;
        return;
    case WORKSHOP_STILLBORN:
        result = "stillborn";
        break;
    case WORKSHOP_SAME:
        result = "same";
        break;
    case WORKSHOP_PLUGIN:
        --*left;
        if (judge_mutant(w, mutation, &rows, by, sizeof(by), &interrupted))
            result = "killed";
        break;
    }
    if (interrupted) {
        tell_fault(w, "interrupted");
        *left = 0;
        return;
    }
    tell(w, json_pack("{s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:o}", "type", "mutant", "result", result, "file",
                      workshop_file_name(w->workshop, mutation->file), "line", (int)mutation->line, "operator",
                      (int)mutation->operator, "what", what, "by", by, "rows", rows ? rows : json_object()));
}

/* Every n-th point of the order, until its share of the sample is judged. */
static void work(void *context, FILE *out)
{
    struct worker *w = context;
    uint64_t left = w->m->sample / w->m->workers + (w->number < w->m->sample % w->m->workers);
    char directory[240], error[400];

    w->out = out;
    w->first = json_object();
    snprintf(directory, sizeof(directory), "%s/%u", w->m->directory, w->number);
    w->workshop = workshop_open(directory, w->m->model, w->m->originals, error, sizeof(error));
    if (!w->workshop)
        tell_fault(w, error);
    else
        for (size_t i = w->number; i < w->m->points.count && left; i += w->m->workers)
            try_mutant(w, w->m->order[i], &left);
    workshop_close(w->workshop);
}

/* ---- counting ---- */

struct count {
    uint64_t killed, judged;
};

struct totals {
    struct count all, by_operator[MUTATE_OPERATORS];
    json_t *by_file; /* name to [killed, judged] */
    json_t *proof;   /* row to mutant */
    uint64_t stillborn, same, proving;
    int code;
    const struct mutate *m;
};

static void count_file(json_t *by_file, const char *file, bool killed)
{
    json_t *pair = json_object_get(by_file, file);

    if (!pair) {
        pair = json_pack("[i, i]", 0, 0);
        json_object_set_new(by_file, file, pair);
    }
    json_array_set_new(pair, 0, json_integer(json_integer_value(json_array_get(pair, 0)) + killed));
    json_array_set_new(pair, 1, json_integer(json_integer_value(json_array_get(pair, 1)) + 1));
}

static void count_mutant(struct totals *t, const json_t *line)
{
    const char *result, *file, *what, *by;
    char name[120];
    json_t *rows;
    int number, operator;
    bool killed;

    json_unpack((json_t *)line, "{s:s, s:s, s:i, s:i, s:s, s:s, s:o}", "result", &result, "file", &file, "line", &number,
                "operator", &operator, "what", &what, "by", &by, "rows", &rows);
    t->stillborn += !strcmp(result, "stillborn");
    t->same += !strcmp(result, "same");
    killed = !strcmp(result, "killed");
    if (!killed && strcmp(result, "survived"))
        return;
    t->all.judged++;
    t->all.killed += killed;
    t->by_operator[operator].judged++;
    t->by_operator[operator].killed += killed;
    count_file(t->by_file, file, killed);
    snprintf(name, sizeof(name), "mutant of %s (%s)", file, mutation_operator_names[operator]);
    proof_add(t->proof, name, rows);
    if (killed)
        printf("killed    %s:%d %s; %s, rows %zu\n", file, number, what, by, json_object_size(rows));
    else
        printf("SURVIVES  %s:%d %s\n", file, number, what);
    fflush(stdout);
}

static void on_line(void *context, json_t *line)
{
    struct totals *t = context;
    const char *type = json_string_value(json_object_get(line, "type"));

    if (!strcmp(type, "mutant")) {
        count_mutant(t, line);
    } else {
        cli_say("%s", json_string_value(json_object_get(line, "text")));
        t->code = EXIT_FAULT;
    }
}

/* Wilson's interval for a proportion at 95 %. */
static void interval(const struct count *c, double *low, double *high)
{
    double n = (double)c->judged, p = n > 0 ? (double)c->killed / n : 0, z = 1.959964;
    double middle = p + z * z / (2 * n), half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)), scale = 1 + z * z / n;

    *low = n > 0 ? 100 * (middle - half) / scale : 0;
    *high = n > 0 ? 100 * (middle + half) / scale : 100;
}

static void print_count(const char *name, const struct count *c)
{
    double low, high;

    interval(c, &low, &high);
    printf("%-32s %5llu / %-5llu %6.1f %%   [%.1f, %.1f]\n", name, (unsigned long long)c->killed, (unsigned long long)c->judged,
           c->judged ? 100.0 * (double)c->killed / (double)c->judged : 0.0, low, high);
}

static void print_totals(const struct totals *t)
{
    const char *file, *row;
    json_t *pair, *by;

    printf("\n%-32s killed / judged    rate   95 %% interval\n", "by operator");
    for (int i = 0; i < MUTATE_OPERATORS; i++)
        print_count(mutation_operator_names[i], &t->by_operator[i]);
    printf("\nby file\n");
    json_object_foreach(t->by_file, file, pair)
        print_count(file, &(struct count){(uint64_t)json_integer_value(json_array_get(pair, 0)),
                                          (uint64_t)json_integer_value(json_array_get(pair, 1))});
    printf("\nrows that these kills prove: %zu\n", json_object_size(t->proof));
    json_object_foreach(t->proof, row, by) printf("  %s %s\n", row, json_string_value(json_array_get(by, 0)));
    printf("\n%zu points; not counted: %llu do not compile, %llu give the same object code\n", t->m->points.count,
           (unsigned long long)t->stillborn, (unsigned long long)t->same);
    print_count("all", &t->all);
}

/* ---- the whole ---- */

static void run_workers(struct mutate *m, struct totals *totals)
{
    struct worker *workers = calloc(m->workers, sizeof(*workers));
    struct child *children = calloc(m->workers, sizeof(*children)), *running[WORKERS_MAX];
    size_t count = 0;

    if (!workers || !children)
        abort();
    for (uint32_t i = 0; i < m->workers; i++) {
        workers[i] = (struct worker){.m = m, .number = i};
        if (child_start(&children[i], work, &workers[i], WORKER_TIMEOUT_MS, false))
            totals->code = EXIT_FAULT;
        else
            running[count++] = &children[i];
    }
    while (count) {
        child_wait_any(running, count, 1000);
        for (size_t i = 0; i < count;)
            if (child_collect(running[i], on_line, totals)) {
                char death[300];

                if (child_death(running[i], death, sizeof(death))) {
                    cli_say("a worker %s", death);
                    totals->code = EXIT_FAULT;
                }
                running[i] = running[--count];
            } else {
                i++;
            }
    }
    free(workers);
    free(children);
}

static void remove_directory(const struct mutate *m)
{
    char command[260];

    snprintf(command, sizeof(command), "rm -rf '%s'", m->directory);
    if (system(command))
        cli_say("%s could not be removed", m->directory);
}

static int prepare(struct mutate *m)
{
    char error[400], directory[240];
    int code;

    snprintf(directory, sizeof(directory), "%s/original", m->directory);
    m->originals = workshop_open(directory, m->model, NULL, error, sizeof(error));
    if (!m->originals) {
        cli_say("%s", error);
        return EXIT_FAULT;
    }
    code = find_points(m, m->originals);
    if (code)
        return code;
    if (workshop_build(m->originals, NULL, error, sizeof(error)) != WORKSHOP_PLUGIN) {
        cli_say("%s", error);
        return EXIT_FAULT;
    }
    code = survey_take(&m->survey, m->model, workshop_plugin(m->originals), (uint32_t)m->workers);
    if (!code)
        survey_limit(&m->survey, m->model, m->sets);
    return code;
}

static int run(struct mutate *m)
{
    struct totals totals = {.m = m, .by_file = json_object(), .proof = json_object()};

    totals.code = prepare(m);
    if (!totals.code)
        run_workers(m, &totals);
    survey_free(&m->survey);
    workshop_close(m->originals);
    if (!totals.code && m->record)
        totals.code = proof_write(totals.proof, m->record);
    if (totals.all.judged)
        print_totals(&totals);
    json_decref(totals.by_file);
    json_decref(totals.proof);
    return totals.code;
}

int cmd_mutate(int argc, char **argv)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct mutate m = {.sample = 500,
                       .seed = 1,
                       .sets = SURVEY_SETS_MAX,
                       .model = mutate_models,
                       .workers = processors > 0 && processors < 16 ? (uint64_t)processors : 2};
    const char *temporary = getenv("TMPDIR");
    int code = read_options(&m, argc, argv);

    if (code)
        return code;
    snprintf(m.directory, sizeof(m.directory), "%s/iotb-mutate-XXXXXX",
             temporary && strlen(temporary) < 150 ? temporary : "/tmp");
    if (!mkdtemp(m.directory)) {
        cli_say("no directory for the mutants can be made in %s", temporary ? temporary : "/tmp");
        return EXIT_FAULT;
    }
    code = run(&m);
    remove_directory(&m);
    free(m.points.items);
    free(m.order);
    return code;
}
