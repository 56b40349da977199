/* SPDX-License-Identifier: BSD-2-Clause */
/* results.c - the results document: building it, and counting in it. */
#include "bench/results.h"

#include "bench/suite.h"
#include "bench/version.h"
#include "spec/spec.h"

#include <stdlib.h>
#include <string.h>

json_t *results_new(uint64_t seed, enum iotb_tier tier, int argc, char *const argv[])
{
    json_t *command = json_array();

    json_array_append_new(command, json_string("iotb"));
    for (int i = 0; i < argc; i++)
        json_array_append_new(command, json_string(argv[i]));
    return json_pack("{s:i, s:{s:s, s:s}, s:o, s:I, s:s, s:b, s:[], s:[], s:{}}", "schema", 1, "tool", "name", "iotb", "version",
                     IOTB_VERSION, "command", command, "seed", (json_int_t)seed, "tier", tier_name(tier), "complete", 0, "duts",
                     "cases", "totals");
}

static bool member_is(const json_t *object, const char *key, const char *value)
{
    const char *own = json_string_value(json_object_get(object, key));

    return own && strcmp(own, value) == 0;
}

size_t results_dut(json_t *results, const char *name, const char *version, const char *architecture, const char *parameters)
{
    json_t *duts = json_object_get(results, "duts"), *dut;
    size_t i;

    json_array_foreach(duts, i, dut) if (member_is(dut, "name", name) && member_is(dut, "version", version) &&
                                         member_is(dut, "parameters", parameters)) return i;
    json_array_append_new(duts, json_pack("{s:s, s:s, s:s, s:s}", "name", name, "version", version, "architecture", architecture,
                                          "parameters", parameters));
    return i;
}

bool results_judges(const json_t *results, const char *architecture)
{
    const json_t *dut;
    size_t i;

    json_array_foreach(json_object_get(results, "duts"), i, dut) if (member_is(dut, "architecture", architecture)) return true;
    return false;
}

void results_add(json_t *results, json_t *entry)
{
    json_t *totals = json_object_get(results, "totals");
    const char *verdict = json_string_value(json_object_get(entry, "verdict"));

    json_object_set_new(totals, verdict, json_integer(json_integer_value(json_object_get(totals, verdict)) + 1));
    json_array_append_new(json_object_get(results, "cases"), entry);
}

enum verdict verdict_of(const char *name)
{
    for (int i = 0; name && i < VERDICT_COUNT; i++)
        if (strcmp(verdict_name((enum verdict)i), name) == 0)
            return (enum verdict)i;
    return VERDICT_COUNT;
}

/* ---- by requirement ---- */

/* Of two verdicts on one row the one that a reader must see. */
static int weight(enum verdict verdict)
{
    static const int weights[VERDICT_COUNT] = {
        [VERDICT_OBSERVED] = 1, [VERDICT_PASS] = 2, [VERDICT_WAIVED] = 3, [VERDICT_WARN] = 4, [VERDICT_FAIL] = 5};

    return verdict < VERDICT_COUNT ? weights[verdict] : 0;
}

struct by_row {
    struct row_summary *rows;
    json_t *index; /* id to place in rows */
    json_t *seen;  /* "id case": that case is counted for that row */
};

static void add_row(struct by_row *by, const json_t *row, const char *name)
{
    const char *id = json_string_value(json_object_get(row, "id"));
    const json_t *place = json_object_get(by->index, id);
    enum verdict verdict = verdict_of(json_string_value(json_object_get(row, "verdict")));
    struct row_summary *summary = &by->rows[json_integer_value(place)];
    char key[192];

    if (!place || verdict == VERDICT_UNTESTED)
        return;
    summary->checks += (uint64_t)json_integer_value(json_object_get(row, "checks"));
    if (weight(verdict) > weight(summary->verdict))
        summary->verdict = verdict;
    snprintf(key, sizeof(key), "%s %s", id, name);
    if (!json_object_get(by->seen, key)) {
        summary->cases++;
        json_object_set_new(by->seen, key, json_true());
    }
}

struct row_summary *results_by_row(const json_t *results, const char *architecture, size_t *count)
{
    struct by_row by = {calloc(spec_row_count(architecture) + 1, sizeof(*by.rows)), json_object(), json_object()};
    json_t *entry, *row;
    size_t i, j;

    if (!by.rows)
        abort();
    *count = spec_row_count(architecture);
    for (i = 0; i < *count; i++) {
        by.rows[i].id = spec_row_at(architecture, i)->id;
        by.rows[i].verdict = VERDICT_UNTESTED;
        json_object_set_new(by.index, by.rows[i].id, json_integer((json_int_t)i));
    }
    json_array_foreach(json_object_get(results, "cases"), i, entry) json_array_foreach(json_object_get(entry, "rows"), j, row)
        add_row(&by, row, json_string_value(json_object_get(entry, "name")));
    json_decref(by.index);
    json_decref(by.seen);
    return by.rows;
}
