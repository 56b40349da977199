/* SPDX-License-Identifier: BSD-2-Clause */
/* shrink.c - delta debugging (Zeller, "Simplifying and Isolating Failure-Inducing Input") over the words of a script. */
#include "bench/shrink.h"

#include "bench/results.h"

#include <stdlib.h>
#include <string.h>

#define RUNS_MAX 600u   /* of one failure */
#define FAILURES_MAX 4u /* that are shrunk; the others keep their seed */
#define NOTE_WORDS 400u /* a longer script is not printed */

struct shrinker {
    struct run_options options;
    const struct run_job *job;
    const char *row; /* that must go on failing */
    uint32_t runs;
    bool failed; /* the last run */
};

struct words {
    char **items;
    size_t count;
};

static const char *first_failed_row(const json_t *entry)
{
    const json_t *row;
    size_t i;

    json_array_foreach(json_object_get(entry, "rows"), i, row)
    {
        if (verdict_of(json_string_value(json_object_get(row, "verdict"))) == VERDICT_FAIL)
            return json_string_value(json_object_get(row, "id"));
    }
    return NULL;
}

static bool row_failed(const json_t *entry, const char *id)
{
    const json_t *row;
    size_t i;

    json_array_foreach(json_object_get(entry, "rows"), i, row)
    {
        if (!strcmp(json_string_value(json_object_get(row, "id")), id))
            return verdict_of(json_string_value(json_object_get(row, "verdict"))) == VERDICT_FAIL;
    }
    return false;
}

static void on_done(void *context, struct run_job *job)
{
    struct shrinker *s = context;

    s->failed = row_failed(job->entry, s->row);
}

/* words[0..count) without [first, end), as one text. */
static char *joined(const struct words *words, size_t first, size_t end)
{
    size_t bytes = 1;
    char *text, *at;

    for (size_t i = 0; i < words->count; i++)
        bytes += strlen(words->items[i]) + 1;
    text = at = malloc(bytes);
    if (!text)
        abort();
    *at = '\0';
    for (size_t i = 0; i < words->count; i++)
        if (i < first || i >= end)
            at += sprintf(at, "%s%s", at == text ? "" : " ", words->items[i]);
    return text;
}

static bool still_fails(struct shrinker *s, const struct words *words, size_t first, size_t end)
{
    char *script = joined(words, first, end);
    struct run_job job = {.what = s->job->what, .dut = s->job->dut};

    s->options.script = script;
    s->failed = false;
    s->runs++;
    run_jobs(&s->options, &job, 1);
    json_decref(job.entry);
    free(script);
    return s->failed;
}

static void leave_out(struct words *words, size_t first, size_t end)
{
    memmove(&words->items[first], &words->items[end], (words->count - end) * sizeof(*words->items));
    words->count -= end - first;
}

/* The failure is at the end: what lies long before it goes first, in pieces that halve until they are single words. */
static void reduce(struct shrinker *s, struct words *words)
{
    for (size_t piece = words->count / 2; piece > 0 && s->runs < RUNS_MAX;) {
        bool less = false;

        for (size_t first = 0; first < words->count && s->runs < RUNS_MAX;) {
            size_t end = first + piece < words->count ? first + piece : words->count;

            if (still_fails(s, words, first, end)) {
                leave_out(words, first, end);
                less = true;
            } else {
                first = end;
            }
        }
        if (!less || piece > words->count)
            piece = piece / 2 < words->count ? piece / 2 : words->count / 2;
    }
}

static void report(const struct shrinker *s, json_t *entry, const struct words *words, size_t before)
{
    char *script = joined(words, 0, 0), line[REPLAY_LINE_BYTES];
    struct replay replay = {.what = s->job->what,
                            .tier = s->options.tier,
                            .requests = s->options.request_budget,
                            .seed = s->options.seed,
                            .script = script};

    snprintf(replay.dut, sizeof(replay.dut), "%s%s%s", s->job->dut->found.name, s->job->dut->found.parameters[0] ? "," : "",
             s->job->dut->found.parameters);
    replay_write(&replay, line, sizeof(line));
    json_object_set_new(entry, "replay", json_string(line));
    json_object_set_new(entry, "script", json_string(words->count <= NOTE_WORDS ? script : ""));
    json_array_append_new(json_object_get(entry, "notes"),
                          json_sprintf("shrunk from %zu to %zu actions in %u runs: %s", before, words->count, s->runs,
                                       words->count <= NOTE_WORDS ? script : "(too long to print)"));
    free(script);
}

static void shrink(const struct run_options *options, struct run_job *job)
{
    struct shrinker s = {.options = *options, .job = job, .row = first_failed_row(job->entry)};
    char *text = strdup(json_string_value(json_object_get(job->entry, "script"))), *save = NULL;
    struct words words = {0};
    size_t before;

    if (!text || !(words.items = malloc((strlen(text) / 2 + 1) * sizeof(*words.items))))
        abort();
    for (char *word = strtok_r(text, " +", &save); word; word = strtok_r(NULL, " +", &save))
        words.items[words.count++] = word;
    before = words.count;
    s.options.seed = (uint64_t)json_integer_value(json_object_get(job->entry, "seed"));
    s.options.exact_seed = true;
    s.options.parallel = 1;
    s.options.on_line = NULL;
    s.options.on_tick = NULL;
    s.options.on_done = on_done;
    s.options.context = &s;
    if (s.row && still_fails(&s, &words, 0, 0)) {
        reduce(&s, &words);
        report(&s, job->entry, &words, before);
    }
    free(words.items);
    free(text);
}

void shrink_failures(const struct run_options *options, struct run_job *jobs, size_t count)
{
    uint32_t done = 0;

    for (size_t i = 0; i < count; i++) {
        if (!jobs[i].text || !strstr(jobs[i].text, "\"script\":"))
            continue;
        run_unpack(&jobs[i]);
        if (!json_object_get(jobs[i].entry, "script"))
            continue;
        if (done++ < FAILURES_MAX)
            shrink(options, &jobs[i]);
        if (json_string_length(json_object_get(jobs[i].entry, "script")) > 65536)
            json_object_del(jobs[i].entry, "script");
    }
}
