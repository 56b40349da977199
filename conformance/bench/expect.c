/* SPDX-License-Identifier: BSD-2-Clause */
/* expect.c - see expect.h. */
#include "bench/expect.h"

#include "bench/cli.h"
#include "bench/report_file.h"
#include "bench/results.h"

#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* ---- what a run found, in the form of the file ---- */

static char *append(char *text, const char *more)
{
    size_t length = strlen(text);

    text = realloc(text, length + strlen(more) + 2);
    if (!text)
        abort();
    text[length] = ' ';
    strcpy(text + length + 1, more);
    return text;
}

/* "FAIL VTD-7-062 VTD-11-015" */
static json_t *outcome(const json_t *entry)
{
    char *text = strdup(text_of(entry, "verdict"));
    json_t *row, *value;
    size_t i;

    if (!text)
        abort();
    json_array_foreach(json_object_get(entry, "rows"), i, row)
    {
        if (verdict_of(text_of(row, "verdict")) == VERDICT_FAIL)
            text = append(text, text_of(row, "id"));
    }
    value = json_string(text);
    free(text);
    return value;
}

static json_t *dut_entry(const json_t *dut)
{
    const char *parameters = text_of(dut, "parameters");

    return json_pack("{s:o, s:s, s:{}}", "dut", json_sprintf("%s%s%s", text_of(dut, "name"), *parameters ? "," : "", parameters),
                     "version", text_of(dut, "version"), "cases");
}

static json_t *from_results(const json_t *results)
{
    json_t *duts = json_array(), *value;
    size_t i;

    json_array_foreach(json_object_get(results, "duts"), i, value)
    {
        json_array_append_new(duts, dut_entry(value));
    }
    json_array_foreach(json_object_get(results, "cases"), i, value)
    {
        json_t *dut = json_array_get(duts, (size_t)json_integer_value(json_object_get(value, "dut")));

        json_object_set_new(json_object_get(dut, "cases"), text_of(value, "name"), outcome(value));
    }
    return json_pack("{s:i, s:O, s:O, s:o}", "schema", 1, "tier", json_object_get(results, "tier"), "seed",
                     json_object_get(results, "seed"), "duts", duts);
}

int expect_write(const json_t *results, const char *path)
{
    json_t *document = from_results(results);
    struct report_file file;
    int error = report_file_open(&file, path);

    if (!error) {
        if (json_dumpf(document, file.stream, JSON_INDENT(1)) && !ferror(file.stream))
            abort(); /* every text that goes in was checked */
        fputc('\n', file.stream);
        error = report_file_close(&file);
    }
    json_decref(document);
    return error;
}

/* ---- the file ---- */

static bool is_well_formed(const json_t *document)
{
    json_t *dut, *value;
    const char *name;
    size_t i;

    if (json_integer_value(json_object_get(document, "schema")) != 1 || !text_of(document, "tier") ||
        !json_is_integer(json_object_get(document, "seed")) || !json_is_array(json_object_get(document, "duts")))
        return false;
    json_array_foreach(json_object_get(document, "duts"), i, dut)
    {
        if (!text_of(dut, "dut") || !json_is_object(json_object_get(dut, "cases")))
            return false;
        json_object_foreach(json_object_get(dut, "cases"), name, value)
        {
            if (!json_is_string(value))
                return false;
        }
    }
    return true;
}

int expect_load(const char *path, json_t **expected)
{
    json_error_t error;

    *expected = json_load_file(path, 0, &error);
    if (!*expected && error.line < 0)
        return cli_bad("%s", error.text); /* names the file */
    if (!*expected)
        return cli_bad("%s, line %d: %s", path, error.line, error.text);
    if (is_well_formed(*expected))
        return 0;
    json_decref(*expected);
    *expected = NULL;
    return cli_bad("%s does not hold expected verdicts (docs/results.md)", path);
}

/* ---- comparing ---- */

static json_t *cases_of(const json_t *document, const char *dut)
{
    json_t *value;
    size_t i;

    json_array_foreach(json_object_get(document, "duts"), i, value)
    {
        if (strcmp(text_of(value, "dut"), dut) == 0)
            return json_object_get(value, "cases");
    }
    return NULL;
}

static void say(const char *name, const char *dut, const json_t *now, const json_t *expected, FILE *out)
{
    fprintf(out, "CHANGED %s on %s\n  expected  %s\n  now       %s\n", name, dut,
            expected ? json_string_value(expected) : "not in the file", now ? json_string_value(now) : "not in the run");
}

/* Cases of the run that the file holds otherwise or not at all. */
static size_t compare_found(const json_t *expected, const json_t *found, FILE *out)
{
    json_t *dut, *now;
    const char *name;
    size_t i, count = 0;

    json_array_foreach(json_object_get(found, "duts"), i, dut)
    {
        json_t *cases = cases_of(expected, text_of(dut, "dut"));

        json_object_foreach(json_object_get(dut, "cases"), name, now)
        {
            if (json_equal(now, json_object_get(cases, name)))
                continue;
            say(name, text_of(dut, "dut"), now, json_object_get(cases, name), out);
            count++;
        }
    }
    return count;
}

/* Cases of the file that the run has not, on DUTs that it has. */
static size_t compare_missing(const json_t *expected, const json_t *found, FILE *out)
{
    json_t *dut, *before, *cases;
    const char *name;
    size_t i, count = 0;

    json_array_foreach(json_object_get(expected, "duts"), i, dut)
    {
        cases = cases_of(found, text_of(dut, "dut"));
        json_object_foreach(json_object_get(dut, "cases"), name, before)
        {
            if (!cases || json_object_get(cases, name))
                continue;
            say(name, text_of(dut, "dut"), NULL, before, out);
            count++;
        }
    }
    return count;
}

bool expect_compare(const json_t *expected, const json_t *results, bool everything, FILE *out)
{
    json_t *found = from_results(results);
    size_t count = 0;

    if (!json_equal(json_object_get(expected, "tier"), json_object_get(found, "tier")) ||
        !json_equal(json_object_get(expected, "seed"), json_object_get(found, "seed"))) {
        fprintf(out, "the expected verdicts are those of --tier %s --seed %lld\n", text_of(expected, "tier"),
                (long long)json_integer_value(json_object_get(expected, "seed")));
        count++;
    }
    count += compare_found(expected, found, out);
    if (everything)
        count += compare_missing(expected, found, out);
    fprintf(out, "%zu verdicts are not as expected\n", count);
    json_decref(found);
    return count == 0;
}
