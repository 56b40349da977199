/* SPDX-License-Identifier: BSD-2-Clause */
/* report_table.c - what a reader of the terminal sees: rows by chapter, why cases did not run, what failed, the totals. */
#include "bench/results.h"

#include "spec/spec.h"

#include <stdlib.h>
#include <string.h>

#define GROUPS_SHOWN 25u /* of failing cases; the reports have all */
#define NOTES_SHOWN 40u
#define FAILURES_SHOWN 6u /* of one row */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static enum verdict entry_verdict(const json_t *entry)
{
    return verdict_of(text_of(entry, "verdict"));
}

static const json_t *entry_dut(const json_t *results, const json_t *entry)
{
    return json_array_get(json_object_get(results, "duts"), (size_t)json_integer_value(json_object_get(entry, "dut")));
}

/* ---- rows by chapter ---- */

static const enum verdict columns[] = {VERDICT_PASS,     VERDICT_FAIL,   VERDICT_WARN,
                                       VERDICT_OBSERVED, VERDICT_WAIVED, VERDICT_UNTESTED};
#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

static void print_counts(FILE *out, const char *chapter, size_t rows, const size_t *counts)
{
    fprintf(out, "%-60.60s %5zu", chapter, rows);
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        fprintf(out, " %8zu", counts[columns[i]]);
    fputc('\n', out);
}

struct chapter {
    const char *name;
    size_t rows, counts[VERDICT_COUNT];
};

/* Adds up the decidable rows from i on that stand under one heading; returns where the next heading begins. */
static size_t count_chapter(const char *architecture, const struct row_summary *rows, size_t count, size_t i,
                            struct chapter *chapter)
{
    *chapter = (struct chapter){.name = spec_row_at(architecture, i)->chapter};
    for (; i < count && strcmp(spec_row_at(architecture, i)->chapter, chapter->name) == 0; i++) {
        if (spec_row_at(architecture, i)->scope != SPEC_DECIDABLE)
            continue;
        chapter->rows++;
        chapter->counts[rows[i].verdict]++;
    }
    return i;
}

static void add_chapter(struct chapter *sum, const struct chapter *chapter)
{
    sum->rows += chapter->rows;
    for (size_t i = 0; i < VERDICT_COUNT; i++)
        sum->counts[i] += chapter->counts[i];
}

/* Rows that are not decidable are in the catalogue, not in this table: `iotb coverage` lists them with the reasons. */
static void print_chapters(FILE *out, const char *architecture, const struct row_summary *rows, size_t count)
{
    struct chapter all = {0}, silent = {0}, chapter;

    fprintf(out, "\n%-60s %5s", "requirements by chapter", "rows");
    for (size_t c = 0; c < COLUMN_COUNT; c++)
        fprintf(out, " %8s", verdict_name(columns[c]));
    fputc('\n', out);
    for (size_t i = 0; i < count;) {
        i = count_chapter(architecture, rows, count, i, &chapter);
        add_chapter(&all, &chapter);
        if (chapter.rows == chapter.counts[VERDICT_UNTESTED])
            add_chapter(&silent, &chapter);
        else
            print_counts(out, chapter.name, chapter.rows, chapter.counts);
    }
    if (silent.rows)
        print_counts(out, "chapters of which no row was checked", silent.rows, silent.counts);
    print_counts(out, "all", all.rows, all.counts);
}

static void print_requirements(const json_t *results, FILE *out)
{
    for (const char *const *name = spec_architectures(); *name; name++) {
        size_t count;
        struct row_summary *rows;

        if (!results_judges(results, *name))
            continue;
        rows = results_by_row(results, *name, &count);
        print_chapters(out, *name, rows, count);
        free(rows);
    }
}

/* ---- groups of entries that a reader wants to see once ---- */

struct group {
    const json_t *first;
    size_t entries;
    char also[160]; /* the other parameter sets or cases */
    size_t also_left;
};

static bool fails(enum verdict verdict)
{
    return verdict == VERDICT_FAIL || verdict == VERDICT_WARN;
}

/* What failed a check is grouped by case, over the parameter sets; what could not run or died, by reason. */
static bool same_group(const json_t *a, const json_t *b)
{
    if (entry_verdict(a) != entry_verdict(b))
        return false;
    if (fails(entry_verdict(a)))
        return strcmp(text_of(a, "name"), text_of(b, "name")) == 0;
    return strcmp(text_of(a, "reason"), text_of(b, "reason")) == 0;
}

static void add_to(struct group *group, const json_t *results, const json_t *entry)
{
    bool same_case = strcmp(text_of(group->first, "name"), text_of(entry, "name")) == 0;
    const char *word = same_case ? text_of(entry_dut(results, entry), "parameters") : text_of(entry, "name");
    size_t used = strlen(group->also);

    group->entries++;
    if (group->entries == 1)
        return;
    if (group->also_left || used + strlen(word) + 3 > sizeof(group->also))
        group->also_left++;
    else
        snprintf(group->also + used, sizeof(group->also) - used, "%s%s", used ? "  " : "", word);
}

/* Groups of the entries whose verdict is in the mask, in order of first appearance; the array is the caller's. */
static struct group *groups_of(const json_t *results, uint32_t verdict_mask, size_t *count)
{
    struct group *groups = NULL;
    json_t *entry;
    size_t i, g;

    *count = 0;
    json_array_foreach(json_object_get(results, "cases"), i, entry)
    {
        if (!(verdict_mask >> entry_verdict(entry) & 1))
            continue;
        for (g = 0; g < *count && !same_group(groups[g].first, entry); g++)
            ;
        if (g == *count) {
            groups = realloc(groups, (*count + 1) * sizeof(*groups));
            if (!groups)
                abort();
            groups[(*count)++] = (struct group){.first = entry};
        }
        add_to(&groups[g], results, entry);
    }
    return groups;
}

static int larger_first(const void *a, const void *b)
{
    size_t left = ((const struct group *)a)->entries, right = ((const struct group *)b)->entries;

    return (left < right) - (left > right);
}

static void print_not_run(const json_t *results, FILE *out)
{
    size_t count;
    struct group *groups = groups_of(results, 1u << VERDICT_SKIP | 1u << VERDICT_NOTESTABLE, &count);

    if (count) {
        qsort(groups, count, sizeof(*groups), larger_first);
        fprintf(out, "\nnot run\n");
    }
    for (size_t i = 0; i < count; i++)
        fprintf(out, "  %-10s %5zu  %s\n", text_of(groups[i].first, "verdict"), groups[i].entries,
                text_of(groups[i].first, "reason"));
    free(groups);
}

/* ---- what went wrong ---- */

static void print_failure(const json_t *row, const json_t *failure, FILE *out)
{
    json_int_t times = json_integer_value(json_object_get(failure, "count"));

    fprintf(out, "  %-11s %s\n", text_of(row, "id"), text_of(failure, "text"));
    if (json_object_get(failure, "expected"))
        fprintf(out, "  %-11s expected %s, seen %s\n", "", text_of(failure, "expected"), text_of(failure, "seen"));
    if (json_object_get(failure, "context"))
        fprintf(out, "  %-11s with %s\n", "", text_of(failure, "context"));
    fprintf(out, "  %-11s at %s", "", text_of(failure, "where"));
    if (times > 1)
        fprintf(out, ", %lld times", (long long)times);
    fputc('\n', out);
}

static void print_row_failures(const json_t *row, FILE *out)
{
    const json_t *failures = json_object_get(row, "failures"), *failure;
    const struct spec_row *requirement = spec_row(text_of(row, "id"));
    size_t i;

    if (!json_array_size(failures))
        return;
    if (requirement)
        fprintf(out, "  %-11s [%s] %s\n", requirement->id, requirement->clause, requirement->requirement);
    json_array_foreach(failures, i, failure) if (i < FAILURES_SHOWN) print_failure(row, failure, out);
    if (i > FAILURES_SHOWN)
        fprintf(out, "  %-11s and %zu other checks of this row\n", "", i - FAILURES_SHOWN);
}

static void print_notes(const json_t *entry, FILE *out)
{
    const json_t *notes = json_object_get(entry, "notes"), *note;
    size_t i;

    json_array_foreach(notes, i, note) if (i < NOTES_SHOWN) fprintf(out, "  | %s\n", json_string_value(note));
    if (i > NOTES_SHOWN)
        fprintf(out, "  | (%zu more lines in the reports)\n", i - NOTES_SHOWN);
}

static void print_group(const json_t *results, const struct group *group, FILE *out)
{
    const json_t *entry = group->first, *dut = entry_dut(results, entry), *row;
    size_t i;

    fprintf(out, "\n%s %s on %s%s%s: %s\n", text_of(entry, "verdict"), text_of(entry, "name"), text_of(dut, "name"),
            text_of(dut, "parameters")[0] ? "," : "", text_of(dut, "parameters"), text_of(entry, "summary"));
    if (group->entries > 1)
        fprintf(out, "  the same for %zu more: %s%s\n", group->entries - 1, group->also, group->also_left ? "  ..." : "");
    if (text_of(entry, "reason")[0])
        fprintf(out, "  %s\n", text_of(entry, "reason"));
    json_array_foreach(json_object_get(entry, "rows"), i, row) print_row_failures(row, out);
    print_notes(entry, out);
    fprintf(out, "  iotb replay '%s'\n", text_of(entry, "replay"));
}

static void print_failures(const json_t *results, FILE *out)
{
    const uint32_t wrong = 1u << VERDICT_FAIL | 1u << VERDICT_WARN | 1u << VERDICT_HANG | 1u << VERDICT_CRASH |
                           1u << VERDICT_UNTESTED | 1u << VERDICT_ERROR;
    size_t count;
    struct group *groups = groups_of(results, wrong, &count);

    for (size_t i = 0; i < count && i < GROUPS_SHOWN; i++)
        print_group(results, &groups[i], out);
    if (count > GROUPS_SHOWN)
        fprintf(out, "\n%zu more of these are in the reports\n", count - GROUPS_SHOWN);
    free(groups);
}

void report_table(const json_t *results, FILE *out)
{
    print_failures(results, out);
    print_not_run(results, out);
    print_requirements(results, out);
}
