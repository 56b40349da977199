/* SPDX-License-Identifier: BSD-2-Clause */
/* results_test.c - aggregation of checks, waivers, totals and exit codes, replay lines, seeds and names. */
#include "bench/cli.h"
#include "bench/collect.h"
#include "bench/results.h"
#include "bench/runner.h"
#include "bench/suite.h"
#include "bench/tally.h"
#include "bench/waivers.h"
#include "spec/spec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* ---- aggregation ---- */

static const struct iotb_case sample = {
    .name = "vtd.sample", .summary = "A sample.", .rows = "VTD-3-001 VTD-3-002 VTD-3-003 VTD-3-004", .functional = true};

static json_t *collect(const char *const *lines, enum verdict verdict, const char *reason)
{
    struct collector collector;

    collect_begin(&collector, &sample, 0, 7, "case=vtd.sample");
    for (; *lines; lines++) {
        json_t *line = json_loads(*lines, 0, NULL);

        assert_non_null(line);
        collect_line(&collector, line);
        json_decref(line);
    }
    return collect_end(&collector, verdict, reason);
}

static const json_t *row_of(const json_t *entry, const char *id)
{
    json_t *row;
    size_t i;

    json_array_foreach(json_object_get(entry, "rows"), i, row) if (strcmp(text_of(row, "id"), id) == 0) return row;
    fail_msg("no row %s", id);
    return NULL;
}

static const char *const failing_lines[] = {
    "{\"type\":\"dut\",\"name\":\"x\"}",
    "{\"type\":\"note\",\"text\":\"decoded\"}",
    "{\"type\":\"check\",\"row\":\"VTD-3-001\",\"ok\":true,\"where\":\"a.c:1\",\"text\":\"t\"}",
    "{\"type\":\"check\",\"row\":\"VTD-3-001\",\"ok\":true,\"where\":\"a.c:1\",\"text\":\"t\"}",
    "{\"type\":\"check\",\"row\":\"VTD-3-002\",\"ok\":false,\"where\":\"a.c:2\",\"text\":\"t\",\"expected\":\"0x1\","
    "\"seen\":\"0x2\",\"context\":\"first\"}",
    "{\"type\":\"check\",\"row\":\"VTD-3-002\",\"ok\":false,\"where\":\"a.c:2\",\"text\":\"t\",\"expected\":\"0x1\","
    "\"seen\":\"0x3\",\"context\":\"second\"}",
    "{\"type\":\"check\",\"row\":\"VTD-3-002\",\"ok\":false,\"where\":\"a.c:3\",\"text\":\"other\"}",
    "{\"type\":\"check\",\"row\":\"VTD-3-002\",\"ok\":true,\"where\":\"a.c:3\",\"text\":\"other\"}",
    "{\"type\":\"observe\",\"row\":\"VTD-3-003\",\"text\":\"seen\"}",
    "{\"type\":\"checks\",\"row\":\"VTD-3-002\",\"where\":\"a.c:2\",\"passed\":10,\"failed\":3}",
    "{\"type\":\"end\",\"verdict\":\"FAIL\",\"reason\":\"\",\"requests\":5,\"accesses\":6,\"time_ps\":7}",
    NULL,
};

static void aggregation(void **state)
{
    json_t *entry = collect(failing_lines, VERDICT_PASS, "");
    const json_t *failures = json_object_get(row_of(entry, "VTD-3-002"), "failures"), *first = json_array_get(failures, 0);

    (void)state;
    assert_string_equal(text_of(entry, "verdict"), "FAIL");
    assert_true(json_is_true(json_object_get(entry, "functional")));
    assert_int_equal(json_integer_value(json_object_get(entry, "requests")), 5);
    assert_int_equal(json_integer_value(json_object_get(entry, "accesses")), 6);
    assert_int_equal(json_integer_value(json_object_get(entry, "time_ps")), 7);
    assert_string_equal(text_of(row_of(entry, "VTD-3-001"), "verdict"), "PASS");
    assert_int_equal(json_integer_value(json_object_get(row_of(entry, "VTD-3-001"), "checks")), 2);
    assert_string_equal(text_of(row_of(entry, "VTD-3-002"), "verdict"), "FAIL");
    assert_int_equal(json_integer_value(json_object_get(row_of(entry, "VTD-3-002"), "checks")), 17);
    assert_string_equal(text_of(row_of(entry, "VTD-3-003"), "verdict"), "OBSERVED");
    assert_string_equal(text_of(row_of(entry, "VTD-3-004"), "verdict"), "UNTESTED");
    assert_int_equal(json_array_size(failures), 2); /* two places; the first failed five times, its values are the first's */
    assert_int_equal(json_integer_value(json_object_get(first, "count")), 5);
    assert_string_equal(text_of(first, "seen"), "0x2");
    assert_string_equal(text_of(first, "context"), "first");
    assert_int_equal(json_array_size(json_object_get(entry, "notes")), 1);
    json_decref(entry);
}

static void aggregation_of_the_dead(void **state)
{
    json_t *entry = collect(failing_lines, VERDICT_CRASH, "died");

    (void)state;
    assert_string_equal(text_of(entry, "verdict"), "CRASH");
    assert_string_equal(text_of(entry, "reason"), "died");
    assert_string_equal(text_of(row_of(entry, "VTD-3-002"), "verdict"), "FAIL"); /* what was measured stays */
    json_decref(entry);
}

static void a_passing_case_keeps_no_notes(void **state)
{
    static const char *const lines[] = {
        "{\"type\":\"note\",\"text\":\"decoded\"}",
        "{\"type\":\"check\",\"row\":\"VTD-3-001\",\"ok\":true,\"where\":\"a.c:1\",\"text\":\"t\"}",
        "{\"type\":\"end\",\"verdict\":\"PASS\",\"reason\":\"\"}", NULL};
    json_t *entry = collect(lines, VERDICT_PASS, "");

    (void)state;
    assert_int_equal(json_array_size(json_object_get(entry, "notes")), 0);
    json_decref(entry);
}

/* ---- waivers ---- */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

#define WAIVERS "waivers_of_unit_test.json"

static int load(struct waivers *waivers, const char *text)
{
    write_file(WAIVERS, text);
    return waivers_load(waivers, WAIVERS, "2026-06-15");
}

static void waivers_malformed(void **state)
{
    static const char *const texts[] = {
        "[",
        "{}",
        "[1]",
        "[{\"id\":\"VTD-3-001\",\"reason\":\"r\",\"owner\":\"o\"}]",
        "[{\"id\":\"VTD-3-001\",\"reason\":\"\",\"owner\":\"o\",\"expires\":\"2027-01-01\"}]",
        "[{\"id\":\"VTD-3-001\",\"reason\":\"r\",\"owner\":\"o\",\"expires\":\"1.1.2027\"}]",
        "[{\"id\":\"VTD-3-001\",\"reason\":\"r\",\"owner\":\"o\",\"expires\":\"2027-01-011\"}]",
        "[{\"id\":\"VTD-3-xyz\",\"reason\":\"r\",\"owner\":\"o\",\"expires\":\"2027-01-01\"}]",
        "[{\"id\":\"VTD-3-001\",\"reason\":\"r\",\"owner\":\"o\",\"expires\":\"2027-01-01\",\"typo\":\"x\"}]",
    };
    struct waivers waivers;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (load(&waivers, texts[i]) != EXIT_USAGE)
            fail_msg("taken: %s", texts[i]);
        waivers_free(&waivers);
    }
    assert_int_equal(waivers_load(&waivers, "no_such_directory/waivers.json", "2026-06-15"), EXIT_USAGE);
    waivers_free(&waivers);
}

#define WAIVER(id, more) "{\"id\":\"" id "\",\"reason\":\"known\",\"owner\":\"me\",\"expires\":\"2026-06-15\"" more "}"

static const char *verdict_with(const char *text, enum verdict own, bool *used)
{
    static json_t *entry;
    struct waivers waivers;

    json_decref(entry);
    entry = collect(failing_lines, own, own == VERDICT_PASS ? "" : "reason");
    assert_int_equal(load(&waivers, text), 0);
    waivers_apply(&waivers, entry, "vtd,preset=max");
    *used = waivers_conclude(&waivers, false);
    waivers_free(&waivers);
    return text_of(entry, "verdict");
}

static void waivers_act(void **state)
{
    static const struct {
        const char *text;
        enum verdict own; /* of the runner; PASS: the case's, which is FAIL of VTD-3-002 */
        const char *verdict;
        bool in_order; /* neither expired nor unused */
    } rows[] = {
        {"[]", VERDICT_PASS, "FAIL", true},
        {"[" WAIVER("VTD-3-002", "") "]", VERDICT_PASS, "WAIVED", true},
        {"[" WAIVER("VTD-3-001", "") "]", VERDICT_PASS, "FAIL", false}, /* that row passed */
        {"[" WAIVER("VTD-3-005", "") "]", VERDICT_PASS, "FAIL", true},  /* not of this run */
        {"[" WAIVER("VTD-3-002", ",\"dut\":\"vtd,preset=m*\"") "]", VERDICT_PASS, "WAIVED", true},
        {"[" WAIVER("VTD-3-002", ",\"dut\":\"qemu*\"") "]", VERDICT_PASS, "FAIL", true},
        {"[" WAIVER("VTD-3-002", ",\"case\":\"vtd.other\"") "]", VERDICT_PASS, "FAIL", true},
        {"[" WAIVER("VTD-3-002", "") "]", VERDICT_CRASH, "CRASH", true}, /* the row is waived, the death is not */
        {"[" WAIVER("VTD-3-002", "") "]", VERDICT_ERROR, "ERROR", true},
        {"[{\"id\":\"VTD-3-002\",\"reason\":\"r\",\"owner\":\"o\",\"expires\":\"2026-06-14\"}]", VERDICT_PASS, "FAIL", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool in_order;
        const char *verdict = verdict_with(rows[i].text, rows[i].own, &in_order);

        if (strcmp(verdict, rows[i].verdict) != 0 || in_order != rows[i].in_order)
            fail_msg("%s: %s, in order %d", rows[i].text, verdict, in_order);
    }
}

/* A waiver by the name of a case covers its death. */
static void waiver_of_a_case(void **state)
{
    struct collector collector;
    struct waivers waivers;
    json_t *entry;

    (void)state;
    collect_begin(&collector, suite_at(0), 0, 1, "");
    entry = collect_end(&collector, VERDICT_HANG, "it hung");
    write_file(WAIVERS, "[]");
    waivers.file =
        json_pack("[{s:s, s:s, s:s, s:s}]", "id", suite_at(0)->name, "reason", "known", "owner", "me", "expires", "2030-01-01");
    assert_int_equal(json_dump_file(waivers.file, WAIVERS, 0), 0);
    json_decref(waivers.file);
    assert_int_equal(waivers_load(&waivers, WAIVERS, "2026-06-15"), 0);
    waivers_apply(&waivers, entry, "vtd");
    assert_string_equal(text_of(entry, "verdict"), "WAIVED");
    assert_non_null(strstr(text_of(entry, "reason"), "known"));
    assert_true(waivers_conclude(&waivers, true));
    waivers_free(&waivers);
    json_decref(entry);
}

/* ---- totals and exit codes ---- */

static json_t *results_with(const char *const *verdicts)
{
    json_t *results = results_new(1, TIER_FULL, 0, NULL);

    (void)results_dut(results, "x", "1", "vtd", "");
    for (; *verdicts; verdicts++)
        results_add(results, json_pack("{s:s, s:s, s:b, s:i, s:[], s:s}", "name", *verdicts, "verdict", *verdicts, "functional",
                                       1, "dut", 0, "rows", "replay", ""));
    return results;
}

static void exit_codes(void **state)
{
    static const struct {
        const char *verdicts[5];
        int code;
    } runs[] = {
        {{"PASS", "WARN", "SKIP", "NOTESTABLE"}, EXIT_CONFORM},
        {{"PASS", "OBSERVED", "WAIVED"}, EXIT_CONFORM},
        {{"PASS", "FAIL"}, EXIT_NOT_CONFORM},
        {{"FAIL", "HANG"}, EXIT_DUT_DEAD},
        {{"FAIL", "CRASH"}, EXIT_DUT_DEAD},
        {{"FAIL", "CRASH", "ERROR"}, EXIT_FAULT},
        {{"PASS", "UNTESTED"}, EXIT_FAULT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
        json_t *results = results_with(runs[i].verdicts);
        size_t count;
        struct tally *tally = tally_results(results, &count);

        assert_int_equal(count, 1);
        if (tally_exit_code(tally) != runs[i].code)
            fail_msg("run %zu: exit code %d", i, tally_exit_code(tally));
        free(tally);
        json_decref(results);
    }
    assert_int_equal(exit_code_worse(EXIT_NOT_CONFORM, EXIT_DUT_DEAD), EXIT_DUT_DEAD);
    assert_int_equal(exit_code_worse(EXIT_FAULT, EXIT_DUT_DEAD), EXIT_FAULT);
    assert_int_equal(exit_code_worse(EXIT_FAULT, EXIT_USAGE), EXIT_USAGE);
}

static void last_line(void **state)
{
    static const char *const verdicts[] = {"PASS", "OBSERVED", "FAIL",  "WARN",  "SKIP",     "NOTESTABLE", "WAIVED",
                                           "HANG", "CRASH",    "ERROR", "ERROR", "UNTESTED", NULL};
    json_t *results = results_with(verdicts);
    char line[256] = "";
    size_t count;
    struct tally *tally = tally_results(results, &count);
    FILE *out = fmemopen(line, sizeof(line), "w");

    (void)state;
    tally_print(tally, out);
    fclose(out);
    assert_string_equal(line, "x: PASS 2 FAIL 1 WARN 1 SKIP 1 NOTESTABLE 1 WAIVED 1 HANG 1 CRASH 1 ERROR 3\n");
    free(tally);
    json_decref(results);
}

static bool control_holds(const char *const *verdicts, size_t least)
{
    json_t *results = results_with(verdicts);
    FILE *out = fopen("/dev/null", "w");
    bool holds = tally_expect_fail(results, least, out);

    fclose(out);
    json_decref(results);
    return holds;
}

static void negative_control(void **state)
{
    static const char *const good[] = {"FAIL", "HANG", "FAIL", "SKIP", "NOTESTABLE", NULL};
    static const char *const one_passes[] = {"FAIL", "PASS", NULL}, *const one_warns[] = {"FAIL", "WARN", NULL};

    (void)state;
    assert_true(control_holds(good, 2)); /* FAIL twice is one case */
    assert_false(control_holds(good, 3));
    assert_false(control_holds(one_passes, 1));
    assert_false(control_holds(one_warns, 1));
}

/* ---- replay lines, seeds, names ---- */

static void replay_lines(void **state)
{
    static const char *const bad[] = {"",
                                      "case=vtd.nonsense seed=1 dut=vtd",
                                      "seed=1 dut=vtd",
                                      "case=%s dut=vtd",
                                      "case=%s seed=x dut=vtd",
                                      "case=%s seed=1",
                                      "case=%s seed=1 tier=often dut=vtd",
                                      "case=%s seed=1 what=2 dut=vtd",
                                      "case=%s seed=-1 dut=vtd"};
    struct replay replay = {.what = suite_at(1), .seed = 0x123456789abcull, .requests = 77, .tier = TIER_NIGHTLY}, again;
    char line[1024], error[256];

    (void)state;
    strcpy(replay.dut, "plugin,path=/a dir/x.so,preset=max");
    replay_write(&replay, line, sizeof(line));
    assert_true(replay_read(line, &again, error, sizeof(error)));
    assert_ptr_equal(again.what, replay.what);
    assert_int_equal(again.seed, replay.seed);
    assert_int_equal(again.requests, 77);
    assert_int_equal(again.tier, TIER_NIGHTLY);
    assert_string_equal(again.dut, replay.dut);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const char *mark = strstr(bad[i], "%s");

        snprintf(line, sizeof(line), "%.*s%s%s", mark ? (int)(mark - bad[i]) : 1000, bad[i], mark ? suite_at(0)->name : "",
                 mark ? mark + 2 : "");
        if (replay_read(line, &again, error, sizeof(error)) || !error[0])
            fail_msg("taken: %s", line);
    }
}

static void seeds(void **state)
{
    struct dut_found a = {.parameters = "preset=max"}, b = {.parameters = "preset=legacy"};

    (void)state;
    assert_int_equal(run_case_seed(1, "x", &a), run_case_seed(1, "x", &a));
    assert_int_not_equal(run_case_seed(1, "x", &a), run_case_seed(1, "x", &b));
    assert_int_not_equal(run_case_seed(1, "x", &a), run_case_seed(1, "y", &a));
    assert_int_not_equal(run_case_seed(1, "x", &a), run_case_seed(2, "x", &a));
    assert_true(run_case_seed(3, "x", &a) <= INT64_MAX);
}

static void nearest_names(void **state)
{
    static const char *const names[] = {"conform", "coverage", "probe", NULL};

    (void)state;
    assert_string_equal(cli_nearest("confrom", cli_string_at, names), "conform");
    assert_string_equal(cli_nearest("prob", cli_string_at, names), "probe");
    assert_null(cli_nearest("xyzzyplugh", cli_string_at, names));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aggregation),
        cmocka_unit_test(aggregation_of_the_dead),
        cmocka_unit_test(a_passing_case_keeps_no_notes),
        cmocka_unit_test(waivers_malformed),
        cmocka_unit_test(waivers_act),
        cmocka_unit_test(waiver_of_a_case),
        cmocka_unit_test(exit_codes),
        cmocka_unit_test(last_line),
        cmocka_unit_test(negative_control),
        cmocka_unit_test(replay_lines),
        cmocka_unit_test(seeds),
        cmocka_unit_test(nearest_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
