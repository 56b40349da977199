/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report_junit.c - JUnit XML for continuous integration: a test suite for each DUT with its parameters, a test case for each
 * case. FAIL is a failure; HANG, CRASH, ERROR and UNTESTED are errors; SKIP, NOTESTABLE and WAIVED are skipped.
 */
#include "bench/report_file.h"
#include "bench/results.h"

#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

/* XML 1.0, 2.2 Characters: most control characters may not even be escaped. */
static void put_escaped(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '<')
            fputs("&lt;", out);
        else if (*text == '>')
            fputs("&gt;", out);
        else if (*text == '&')
            fputs("&amp;", out);
        else if (*text == '"')
            fputs("&quot;", out);
        else if ((unsigned char)*text < ' ' && *text != '\n' && *text != '\t')
            fputc('?', out);
        else
            fputc(*text, out);
    }
}

static void put_attribute(FILE *out, const char *name, const char *value)
{
    fprintf(out, " %s=\"", name);
    put_escaped(out, value);
    fputc('"', out);
}

/* ---- how JUnit calls a verdict ---- */

static const char *element_of(enum verdict verdict)
{
    static const char *const elements[VERDICT_COUNT] = {
        [VERDICT_FAIL] = "failure",   [VERDICT_HANG] = "error",   [VERDICT_CRASH] = "error",        [VERDICT_ERROR] = "error",
        [VERDICT_UNTESTED] = "error", [VERDICT_SKIP] = "skipped", [VERDICT_NOTESTABLE] = "skipped", [VERDICT_WAIVED] = "skipped"};

    return verdict < VERDICT_COUNT ? elements[verdict] : "error";
}

static size_t count_element(const json_t *results, size_t dut, const char *element)
{
    size_t i, count = 0;
    json_t *entry;

    json_array_foreach(json_object_get(results, "cases"), i, entry)
    {
        const char *own = element_of(verdict_of(text_of(entry, "verdict")));

        if ((size_t)json_integer_value(json_object_get(entry, "dut")) == dut && (!element || (own && strcmp(own, element) == 0)))
            count++;
    }
    return count;
}

/* ---- a case ---- */

static void put_property(FILE *out, const char *name, const char *value)
{
    fputs("      <property", out);
    put_attribute(out, "name", name);
    put_attribute(out, "value", value);
    fputs("/>\n", out);
}

static void put_properties(FILE *out, const json_t *entry)
{
    json_t *row;
    size_t i;

    fputs("    <properties>\n", out);
    put_property(out, "functional", json_is_true(json_object_get(entry, "functional")) ? "true" : "false");
    json_array_foreach(json_object_get(entry, "rows"), i, row) put_property(out, text_of(row, "id"), text_of(row, "verdict"));
    put_property(out, "replay", text_of(entry, "replay"));
    fputs("    </properties>\n", out);
}

static void put_failure(FILE *out, const json_t *row, const json_t *failure)
{
    char line[1024];

    snprintf(line, sizeof(line), "%s: %s", text_of(row, "id"), text_of(failure, "text"));
    put_escaped(out, line);
    if (json_object_get(failure, "expected")) {
        snprintf(line, sizeof(line), ": expected %s, seen %s", text_of(failure, "expected"), text_of(failure, "seen"));
        put_escaped(out, line);
    }
    snprintf(line, sizeof(line), " (%s)\n", text_of(failure, "where"));
    put_escaped(out, line);
}

static void put_outcome(FILE *out, const json_t *entry, const char *element)
{
    json_t *row, *failure;
    size_t i, j;

    fprintf(out, "    <%s", element);
    put_attribute(out, "message", text_of(entry, "reason")[0] ? text_of(entry, "reason") : text_of(entry, "summary"));
    if (strcmp(element, "skipped") == 0) {
        fputs("/>\n", out);
        return;
    }
    put_attribute(out, "type", text_of(entry, "verdict"));
    fputc('>', out);
    json_array_foreach(json_object_get(entry, "rows"), i, row) json_array_foreach(json_object_get(row, "failures"), j, failure)
        put_failure(out, row, failure);
    put_escaped(out, text_of(entry, "replay"));
    fprintf(out, "</%s>\n", element);
}

static void put_case(FILE *out, const json_t *entry, const char *class_name)
{
    const char *element = element_of(verdict_of(text_of(entry, "verdict")));

    fputs("   <testcase", out);
    put_attribute(out, "classname", class_name);
    put_attribute(out, "name", text_of(entry, "name"));
    fputs(">\n", out);
    put_properties(out, entry);
    if (element)
        put_outcome(out, entry, element);
    fputs("   </testcase>\n", out);
}

static void put_suite(FILE *out, const json_t *results, const json_t *dut, size_t index)
{
    char name[640];
    json_t *entry;
    size_t i;

    snprintf(name, sizeof(name), "%s%s%s", text_of(dut, "name"), text_of(dut, "parameters")[0] ? "," : "",
             text_of(dut, "parameters"));
    fputs("  <testsuite", out);
    put_attribute(out, "name", name);
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n", count_element(results, index, NULL),
            count_element(results, index, "failure"), count_element(results, index, "error"),
            count_element(results, index, "skipped"));
    json_array_foreach(json_object_get(results, "cases"), i,
                       entry) if ((size_t)json_integer_value(json_object_get(entry, "dut")) == index) put_case(out, entry, name);
    fputs("  </testsuite>\n", out);
}

int report_junit(const json_t *results, const char *path)
{
    struct report_file file;
    int error = report_file_open(&file, path);
    json_t *dut;
    size_t i;

    if (error)
        return error;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"iotb\">\n", file.stream);
    json_array_foreach(json_object_get(results, "duts"), i, dut) put_suite(file.stream, results, dut, i);
    fputs("</testsuites>\n", file.stream);
    return report_file_close(&file);
}
