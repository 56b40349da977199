/* SPDX-License-Identifier: BSD-2-Clause */
/* collect.c - see collect.h. */
#include "bench/collect.h"

#include "bench/results.h"
#include "bench/suite.h"
#include "spec/spec.h"

#include <string.h>

#define NOTES_MAX 400u    /* lines kept of one case */
#define OBSERVED_MAX 50u  /* texts kept of one row */
#define FAILURES_MAX 100u /* different failed checks kept of one row */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static void count_up(json_t *object, const char *key, json_int_t by)
{
    json_object_set_new(object, key, json_integer(json_integer_value(json_object_get(object, key)) + by));
}

static json_t *add_row(struct collector *collector, json_t *rows, const char *id)
{
    json_t *row = json_pack("{s:s, s:s, s:i, s:[], s:[]}", "id", id, "verdict", verdict_name(VERDICT_UNTESTED), "checks", 0,
                            "failures", "observed");

    json_array_append_new(rows, row);
    json_object_set(collector->rows, id, row);
    return row;
}

void collect_begin(struct collector *collector, const struct iotb_case *what, size_t dut, uint64_t seed, const char *replay)
{
    json_t *rows = json_array();
    char id[64];

    *collector = (struct collector){.what = what, .rows = json_object(), .notes = json_array()};
    for (size_t n = 0; case_row_at(what, n, id, sizeof(id)); n++)
        add_row(collector, rows, id);
    collector->entry =
        json_pack("{s:s, s:s, s:b, s:I, s:s, s:s, s:I, s:o, s:O, s:i, s:i, s:i, s:s}", "name", what->name, "summary",
                  what->summary ? what->summary : "", "functional", what->functional, "dut", (json_int_t)dut, "verdict",
                  verdict_name(VERDICT_UNTESTED), "reason", "", "seed", (json_int_t)seed, "rows", rows, "notes", collector->notes,
                  "requests", 0, "accesses", 0, "time_ps", 0, "replay", replay);
}

/* ---- lines ---- */

/* The same check that failed before, if it did: same row, same place in the source. */
static json_t *same_failure(const json_t *failures, const char *where)
{
    json_t *failure;
    size_t i;

    json_array_foreach(failures, i, failure) if (strcmp(text_of(failure, "where"), where) == 0) return failure;
    return NULL;
}

static void add_failure(json_t *row, const json_t *line)
{
    static const char *const members[] = {"where", "text", "expected", "seen", "context"};
    json_t *failures = json_object_get(row, "failures"), *failure = same_failure(failures, text_of(line, "where"));

    if (!failure && json_array_size(failures) < FAILURES_MAX) {
        failure = json_object();
        for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
            if (json_object_get(line, members[i]))
                json_object_set(failure, members[i], json_object_get(line, members[i]));
        json_array_append_new(failures, failure);
    }
    if (failure)
        count_up(failure, "count", 1);
}

static void add_counts(json_t *row, const json_t *line)
{
    json_int_t failed = json_integer_value(json_object_get(line, "failed"));
    json_t *failure = same_failure(json_object_get(row, "failures"), text_of(line, "where"));

    count_up(row, "checks", failed + json_integer_value(json_object_get(line, "passed")));
    if (failure)
        count_up(failure, "count", failed);
}

static void add_note(struct collector *collector, const char *text)
{
    if (json_array_size(collector->notes) < NOTES_MAX)
        json_array_append_new(collector->notes, json_string(text));
    else
        collector->notes_dropped++;
}

static void take_end(struct collector *collector, const json_t *line)
{
    static const char *const members[] = {"verdict", "reason", "requests", "accesses", "time_ps"};

    collector->ended = verdict_of(text_of(line, "verdict")) != VERDICT_COUNT;
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        if (json_object_get(line, members[i]))
            json_object_set(collector->entry, members[i], json_object_get(line, members[i]));
}

void collect_line(struct collector *collector, const json_t *line)
{
    const char *type = text_of(line, "type"), *id = text_of(line, "row");
    json_t *row = json_object_get(collector->rows, id);

    if (!row && spec_row(id)) /* one that the case carries */
        row = add_row(collector, json_object_get(collector->entry, "rows"), id);
    if (strcmp(type, "check") == 0 && row) {
        count_up(row, "checks", 1);
        if (!json_is_true(json_object_get(line, "ok")))
            add_failure(row, line);
    } else if (strcmp(type, "checks") == 0 && row) {
        add_counts(row, line);
    } else if (strcmp(type, "observe") == 0 && row) {
        json_t *observed = json_object_get(row, "observed");

        if (json_array_size(observed) < OBSERVED_MAX)
            json_array_append_new(observed, json_string(text_of(line, "text")));
    } else if (strcmp(type, "note") == 0) {
        add_note(collector, text_of(line, "text"));
    } else if (strcmp(type, "script") == 0) {
        json_object_set(collector->entry, "script", json_object_get(line, "text"));
    } else if (strcmp(type, "end") == 0) {
        take_end(collector, line);
    }
}

void collect_words(struct collector *collector, const char *words)
{
    while (*words) {
        int length = (int)strcspn(words, "\n");
        char line[256];

        snprintf(line, sizeof(line), "DUT's output: %.*s", length, words);
        if (length)
            add_note(collector, line);
        words += length + (words[length] == '\n');
    }
}

/* ---- the end ---- */

static enum verdict judge_row(const json_t *row)
{
    if (json_array_size(json_object_get(row, "failures")))
        return spec_row_unsure(text_of(row, "id")) ? VERDICT_WARN : VERDICT_FAIL;
    if (json_integer_value(json_object_get(row, "checks")))
        return VERDICT_PASS;
    return json_array_size(json_object_get(row, "observed")) ? VERDICT_OBSERVED : VERDICT_UNTESTED;
}

/* Evidence is for what went wrong. */
static bool is_quiet(enum verdict verdict)
{
    return verdict == VERDICT_PASS || verdict == VERDICT_OBSERVED || verdict == VERDICT_SKIP || verdict == VERDICT_NOTESTABLE;
}

json_t *collect_end(struct collector *collector, enum verdict verdict, const char *reason)
{
    json_t *entry = collector->entry, *row;
    const char *id;

    json_object_foreach(collector->rows, id, row) json_object_set_new(row, "verdict", json_string(verdict_name(judge_row(row))));
    if (verdict != VERDICT_PASS) {
        json_object_set_new(entry, "verdict", json_string(verdict_name(verdict)));
        json_object_set_new(entry, "reason", json_string(reason));
    }
    if (is_quiet(verdict_of(text_of(entry, "verdict"))))
        json_array_clear(collector->notes);
    else if (collector->notes_dropped)
        json_array_append_new(collector->notes, json_sprintf("(%zu more lines)", collector->notes_dropped));
    json_decref(collector->rows);
    json_decref(collector->notes);
    *collector = (struct collector){0};
    return entry;
}
