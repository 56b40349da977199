/* SPDX-License-Identifier: BSD-2-Clause */
/* tally.c - see tally.h. */
#include "bench/tally.h"

#include "bench/cli.h"
#include "bench/results.h"

#include <stdlib.h>
#include <string.h>

static enum verdict counted_as(enum verdict verdict)
{
    if (verdict == VERDICT_OBSERVED)
        return VERDICT_PASS;
    return verdict == VERDICT_UNTESTED || verdict == VERDICT_COUNT ? VERDICT_ERROR : verdict;
}

static enum verdict entry_verdict(const json_t *entry)
{
    return verdict_of(json_string_value(json_object_get(entry, "verdict")));
}

static struct tally *tally_of(struct tally *tallies, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(tallies[i].name, name) == 0)
            return &tallies[i];
    return NULL;
}

struct tally *tally_results(const json_t *results, size_t *count)
{
    const json_t *duts = json_object_get(results, "duts"), *value;
    struct tally *tallies = calloc(json_array_size(duts) + 1, sizeof(*tallies));
    size_t i;

    if (!tallies)
        abort();
    *count = 0;
    json_array_foreach(duts, i, value)
    {
        const char *name = json_string_value(json_object_get(value, "name"));

        if (!tally_of(tallies, *count, name))
            tallies[(*count)++].name = name;
    }
    json_array_foreach(json_object_get(results, "cases"), i, value)
    {
        const json_t *dut = json_array_get(duts, (size_t)json_integer_value(json_object_get(value, "dut")));

        tally_of(tallies, *count, json_string_value(json_object_get(dut, "name")))->counts[counted_as(entry_verdict(value))]++;
    }
    return tallies;
}

static const enum verdict columns[] = {VERDICT_PASS,   VERDICT_FAIL, VERDICT_WARN,  VERDICT_SKIP, VERDICT_NOTESTABLE,
                                       VERDICT_WAIVED, VERDICT_HANG, VERDICT_CRASH, VERDICT_ERROR};

void tally_print(const struct tally *tally, FILE *out)
{
    fprintf(out, "%s:", tally->name);
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        fprintf(out, " %s %zu", verdict_name(columns[i]), tally->counts[columns[i]]);
    fputc('\n', out);
}

int tally_exit_code(const struct tally *tally)
{
    if (tally->counts[VERDICT_ERROR])
        return EXIT_FAULT;
    if (tally->counts[VERDICT_HANG] || tally->counts[VERDICT_CRASH])
        return EXIT_DUT_DEAD;
    return tally->counts[VERDICT_FAIL] ? EXIT_NOT_CONFORM : EXIT_CONFORM;
}

/* ---- negative controls ---- */

bool tally_expect_fail(const json_t *results, size_t least, FILE *out)
{
    json_t *entry, *failed = json_object();
    size_t i, offenders = 0, distinct;

    json_array_foreach(json_object_get(results, "cases"), i, entry)
    {
        enum verdict verdict = entry_verdict(entry);
        const char *name = json_string_value(json_object_get(entry, "name"));

        if (!json_is_true(json_object_get(entry, "functional")) || verdict == VERDICT_SKIP || verdict == VERDICT_NOTESTABLE)
            continue;
        if (verdict == VERDICT_FAIL || verdict == VERDICT_HANG) {
            json_object_set_new(failed, name, json_true());
            continue;
        }
        offenders++;
        fprintf(out, "%s on a negative control: %s  (iotb replay '%s')\n", verdict_name(verdict), name,
                json_string_value(json_object_get(entry, "replay")));
    }
    distinct = json_object_size(failed);
    json_decref(failed);
    fprintf(out, "negative control: %zu functional cases FAIL or HANG (at least %zu wanted), %zu do not\n", distinct, least,
            offenders);
    return !offenders && distinct >= least;
}
