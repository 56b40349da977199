/* SPDX-License-Identifier: BSD-2-Clause */
/* html_view.c - see html_view.h. */
#include "bench/html_view.h"

#include "bench/html.h"

#include <stdlib.h>
#include <string.h>

const enum verdict verdicts_by_severity[VERDICT_COUNT] = {VERDICT_ERROR,    VERDICT_CRASH,      VERDICT_HANG,   VERDICT_FAIL,
                                                          VERDICT_UNTESTED, VERDICT_WARN,       VERDICT_WAIVED, VERDICT_PASS,
                                                          VERDICT_OBSERVED, VERDICT_NOTESTABLE, VERDICT_SKIP};

bool verdict_is_wrong(enum verdict verdict)
{
    return verdict == VERDICT_FAIL || verdict == VERDICT_WARN || verdict == VERDICT_HANG || verdict == VERDICT_CRASH ||
           verdict == VERDICT_UNTESTED || verdict == VERDICT_ERROR;
}

static size_t severity(enum verdict verdict)
{
    size_t place = 0;

    while (place < VERDICT_COUNT && verdicts_by_severity[place] != verdict)
        place++;
    return place;
}

/* ---- members ---- */

const char *member_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

enum verdict member_verdict(const json_t *object)
{
    return verdict_of(member_text(object, "verdict"));
}

size_t entry_dut(const json_t *entry)
{
    return (size_t)json_integer_value(json_object_get(entry, "dut"));
}

const json_t *entry_row(const json_t *entry, const char *id)
{
    const json_t *rows = json_object_get(entry, "rows");

    for (size_t i = 0; i < json_array_size(rows); i++)
        if (strcmp(member_text(json_array_get(rows, i), "id"), id) == 0)
            return json_array_get(rows, i);
    return NULL;
}

enum verdict row_outcome(const json_t *entry, const json_t *row)
{
    enum verdict of_row = member_verdict(row), of_case = member_verdict(entry);

    if (of_row != VERDICT_UNTESTED || of_case == VERDICT_FAIL || of_case == VERDICT_WARN || of_case == VERDICT_WAIVED ||
        of_case == VERDICT_PASS || of_case == VERDICT_OBSERVED)
        return of_row;
    return of_case;
}

/* ---- cases ---- */

static void *grown(void *array, size_t count, size_t *room, size_t item_bytes)
{
    if (count < *room)
        return array;
    *room = *room ? *room * 2 : 16;
    array = realloc(array, *room * item_bytes);
    if (!array)
        abort();
    return array;
}

static void add_entry(struct case_view *what, const json_t *entry)
{
    what->entries = grown(what->entries, what->entry_count, &what->entry_room, sizeof(*what->entries));
    what->entries[what->entry_count++] = entry;
    if (what->entry_count == 1 || severity(member_verdict(entry)) < severity(what->worst))
        what->worst = member_verdict(entry);
}

static json_t *rows_of(const json_t *entry)
{
    json_t *ids = json_object(), *row;
    size_t i;

    json_array_foreach(json_object_get(entry, "rows"), i, row) json_object_set_new(ids, member_text(row, "id"), json_true());
    return ids;
}

void view_init(struct view *view, const json_t *results)
{
    const json_t *entries = json_object_get(results, "cases"), *place;
    json_t *index = json_object();
    size_t room = 0;

    *view = (struct view){.results = results, .duts = json_object_get(results, "duts")};
    view->dut_count = json_array_size(view->duts);
    view->on = calloc(view->dut_count + 1, sizeof(*view->on));
    view->outcomes = calloc(view->dut_count + 1, sizeof(*view->outcomes));
    if (!view->on || !view->outcomes)
        abort();
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        const char *name = member_text(entry, "name");

        place = json_object_get(index, name);
        if (!place) {
            view->cases = grown(view->cases, view->case_count, &room, sizeof(*view->cases));
            view->cases[view->case_count] = (struct case_view){.name = name, .rows = rows_of(entry)};
            json_object_set_new(index, name, json_integer((json_int_t)view->case_count++));
            place = json_object_get(index, name);
        }
        add_entry(&view->cases[json_integer_value(place)], entry);
    }
    json_decref(index);
}

void view_fini(struct view *view)
{
    for (size_t i = 0; i < view->case_count; i++) {
        free(view->cases[i].entries);
        json_decref(view->cases[i].rows);
    }
    free(view->cases);
    free(view->on);
    free(view->outcomes);
}

/* ---- which DUTs ---- */

void view_clear_on(struct view *view)
{
    memset(view->on, 0, view->dut_count * sizeof(*view->on));
}

void view_put_on(const struct view *view, FILE *out)
{
    size_t count = 0, end;
    const char *before = "on ";

    for (size_t i = 0; i < view->dut_count; i++)
        count += view->on[i];
    if (view->dut_count < 2 || !count)
        return;
    if (count == view->dut_count) {
        html_put(out, " <i class=\"soft\">on all %zu</i>", count);
        return;
    }
    html_put(out, " <i class=\"sets\">");
    for (size_t i = 0; i < view->dut_count; i = end + 1) {
        for (end = i; end + 1 < view->dut_count && view->on[end + 1]; end++)
            ;
        if (!view->on[i]) {
            end = i;
            continue;
        }
        html_put(out, "%s%zu", before, i + 1);
        if (end > i)
            html_put(out, "-%zu", end + 1);
        before = ", ";
    }
    html_put(out, "</i>");
}

/* ---- different items ---- */

/* Failures are the same when all but their count is. */
static bool same_item(const json_t *a, const json_t *b)
{
    static const char *const members[] = {"where", "text", "expected", "seen", "context"};

    if (!json_is_object(a) || !json_is_object(b))
        return json_equal(a, b);
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        if (strcmp(member_text(a, members[i]), member_text(b, members[i])) != 0)
            return false;
    return true;
}

static bool entry_has(const json_t *entry, const char *id, const char *member, const json_t *item)
{
    const json_t *items = json_object_get(entry_row(entry, id), member);

    for (size_t i = 0; i < json_array_size(items); i++)
        if (same_item(json_array_get(items, i), item))
            return true;
    return false;
}

static bool seen_before(const struct case_view *what, size_t entry, const char *id, const char *member, const json_t *item)
{
    for (size_t i = 0; i < entry; i++)
        if (entry_has(what->entries[i], id, member, item))
            return true;
    return false;
}

size_t view_each_item(struct view *view, FILE *out, const struct case_view *what, const char *id, const char *member, size_t most,
                      item_function *put)
{
    size_t different = 0;

    for (size_t e = 0; e < what->entry_count; e++) {
        const json_t *row = entry_row(what->entries[e], id), *items = json_object_get(row, member);

        for (size_t i = 0; i < json_array_size(items); i++) {
            const json_t *item = json_array_get(items, i);

            if (seen_before(what, e, id, member, item) || different++ >= most)
                continue;
            view_clear_on(view);
            for (size_t later = e; later < what->entry_count; later++)
                view->on[entry_dut(what->entries[later])] |= entry_has(what->entries[later], id, member, item);
            put(view, out, row, item);
        }
    }
    return different > most ? different - most : 0;
}
