/* SPDX-License-Identifier: BSD-2-Clause */
/* html_test.c - the HTML report: well formed whatever the texts are, complete, each row and case once, what fails first. */
#include "bench/html.h"
#include "bench/results.h"
#include "spec/spec.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NASTY "</pre><script>alert(1)</script>\"'&amp;\001"

/* ---- a document ---- */

static json_t *row(const char *id, const char *verdict, json_t *failures)
{
    return json_pack("{s:s, s:s, s:i, s:o, s:[]}", "id", id, "verdict", verdict, "checks", 3, "failures", failures, "observed");
}

static json_t *failure(const char *text)
{
    return json_pack("[{s:s, s:s, s:s, s:s, s:s, s:i}]", "where", "a.c:1", "text", text, "expected", "0xf0", "seen", "0x1",
                     "context", NASTY, "count", 2);
}

static void add(json_t *results, const char *name, size_t dut, const char *verdict, const char *reason, json_t *rows)
{
    results_add(results, json_pack("{s:s, s:s, s:b, s:I, s:s, s:s, s:I, s:o, s:[s], s:s}", "name", name, "summary", NASTY,
                                   "functional", 1, "dut", (json_int_t)dut, "verdict", verdict, "reason", reason, "seed",
                                   (json_int_t)7, "rows", rows, "notes", NASTY, "replay", "case=x seed=7 dut=vtd"));
}

static json_t *document(void)
{
    char *words[] = {"conform", "--case", NASTY};
    json_t *results = results_new(UINT64_C(0x8000000000000000), TIER_FULL, 3, words);

    for (size_t i = 0; i < 4; i++) {
        char parameters[16];

        snprintf(parameters, sizeof(parameters), "preset=p%zu", i);
        results_dut(results, "vtd", NASTY, "vtd", parameters);
    }
    for (size_t i = 0; i < 3; i++)
        add(results, "vtd.mode.alpha", i, "FAIL", "",
            json_pack("[o]", row("VTD-3-002", "FAIL", failure(i < 2 ? NASTY : "other"))));
    add(results, "vtd.mode.alpha", 3, "HANG", "no answer after 300 s",
        json_pack("[o]", row("VTD-3-002", "UNTESTED", json_array())));
    add(results, "vtd.mode.beta", 0, "PASS", "", json_pack("[o]", row("VTD-3-001", "PASS", json_array())));
    add(results, "vtd.mode.beta", 1, "SKIP", "needs ECAP.SMTS", json_pack("[o]", row("VTD-3-001", "UNTESTED", json_array())));
    return results;
}

static char *page_of(const json_t *results)
{
    const char *path = "html_test.html";
    FILE *file;
    long bytes;
    char *text;

    assert_int_equal(report_html(results, path), 0);
    file = fopen(path, "r");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    bytes = ftell(file);
    rewind(file);
    text = calloc(1, (size_t)bytes + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)bytes, file), bytes);
    fclose(file);
    remove(path);
    return text;
}

static size_t count_of(const char *text, const char *what)
{
    size_t count = 0;

    for (text = strstr(text, what); text; text = strstr(text + 1, what))
        count++;
    return count;
}

/* ---- tests ---- */

static void test_escaping(void **state)
{
    char text[256] = "";
    FILE *out = fmemopen(text, sizeof(text), "w");

    (void)state;
    html_put(out, "<b title=\"%s\">%zu%%</b>", "<>&\"'\n\t\001\177x", (size_t)12);
    fclose(out);
    assert_string_equal(text, "<b title=\"&lt;&gt;&amp;&quot;&#39;\n\t??x\">12%</b>");
}

static bool has_no_end(const char *tag)
{
    static const char *const none[] = {"!DOCTYPE", "br", "input", "meta"};

    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        if (strcmp(tag, none[i]) == 0)
            return true;
    return false;
}

/* Every element that begins ends, in order. Style and script hold no markup. */
static void check_nesting(const char *text)
{
    char open[64][16], tag[16];
    size_t depth = 0;

    for (text = strchr(text, '<'); text; text = strchr(text + 1, '<')) {
        bool ends = text[1] == '/';

        snprintf(tag, sizeof(tag), "%.*s", (int)strcspn(text + 1 + ends, " >"), text + 1 + ends);
        if (has_no_end(tag))
            continue;
        if (ends) {
            assert_true(depth > 0);
            assert_string_equal(open[--depth], tag);
            continue;
        }
        assert_true(depth < 64);
        strcpy(open[depth++], tag);
        if (strcmp(tag, "script") == 0 || strcmp(tag, "style") == 0) {
            char end[24];

            snprintf(end, sizeof(end), "</%s", tag);
            text = strstr(text, end) - 1;
        }
    }
    assert_int_equal(depth, 0);
}

static void test_page(void **state)
{
    json_t *results = document();
    char *page = page_of(results);

    (void)state;
    check_nesting(page);
    assert_null(strstr(page, "<script>alert"));
    assert_int_equal(count_of(page, "<script>"), 1);
    assert_int_equal(count_of(page, "id=\"case-vtd.mode.alpha\""), 1);
    assert_int_equal(count_of(page, "id=\"case-vtd.mode.beta\""), 1);
    for (size_t i = 0; i < spec_row_count("vtd"); i++) {
        char id[64];

        snprintf(id, sizeof(id), "id=\"%s\"", spec_row_at("vtd", i)->id);
        assert_int_equal(count_of(page, id), 1);
    }
    assert_non_null(strstr(page, "9223372036854775808, full"));
    free(page);
    json_decref(results);
}

static void test_what_fails_is_first(void **state)
{
    json_t *results = document();
    char *page = page_of(results), *failing = strstr(page, "id=\"VTD-3-002\""), *passing = strstr(page, "id=\"VTD-3-001\"");

    (void)state;
    assert_non_null(failing);
    assert_true(failing < passing);
    assert_memory_equal(failing, "id=\"VTD-3-002\" data-v=\"FAIL\" open>", 34);
    assert_memory_equal(passing, "id=\"VTD-3-001\" data-v=\"PASS\">", 29);
    assert_non_null(strstr(page, "id=\"case-vtd.mode.alpha\" data-v=\"HANG\" open>"));
    /* The failure that two DUTs share is told once. */
    assert_int_equal(count_of(page, "<div class=\"fail\">"), 2);
    assert_non_null(strstr(failing, "<i class=\"sets\">on 1-2</i><br>expected <code>0xf0</code>, seen <code>0x1</code>"));
    assert_non_null(strstr(failing, "bits that differ: 7:4, 0<"));
    assert_non_null(strstr(failing, "<b>other</b> <i class=\"sets\">on 3</i>"));
    assert_non_null(strstr(page, "no answer after 300 s"));
    assert_non_null(strstr(page, "needs ECAP.SMTS"));
    assert_non_null(strstr(page, "iotb replay 'case=x seed=7 dut=vtd'"));
    free(page);
    json_decref(results);
}

static void test_empty(void **state)
{
    json_t *results = results_new(1, TIER_SMOKE, 0, NULL);
    char *page = page_of(results);

    (void)state;
    check_nesting(page);
    assert_non_null(strstr(page, "did not come to its end"));
    free(page);
    json_decref(results);
}

static void test_errors(void **state)
{
    json_t *results = document();
    FILE *full = fopen("/dev/full", "w");

    (void)state;
    if (full) {
        fclose(full);
        assert_int_equal(report_html(results, "/dev/full"), -ENOSPC);
    }
    assert_int_equal(report_html(results, "no/such/directory.html"), -ENOENT);
    json_decref(results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escaping), cmocka_unit_test(test_page),   cmocka_unit_test(test_what_fails_is_first),
        cmocka_unit_test(test_empty),    cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
