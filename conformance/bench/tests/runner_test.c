/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * runner_test.c - gates, aggregation of checks, waivers, totals and exit codes, replay lines; and the runner on a fake DUT
 * that hangs, crashes and overtakes.
 */
#include "bench/cli.h"
#include "bench/collect.h"
#include "bench/gate.h"
#include "bench/probe.h"
#include "bench/results.h"
#include "bench/runner.h"
#include "bench/suite.h"
#include "bench/tally.h"
#include "bench/tests/fake_dut.h"
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

/* ---- gates ---- */

/* ECAP.SMTS 1, ECAP.PSS 19, CAP.SAGAW 0xe, AIDR.ArchMinorRev 2, IDR0.TTF 2, everything else 0. */
static uint64_t some_fields(void *context, const char *reg, const char *field)
{
    (void)context;
    if (strcmp(reg, "ECAP_REG") == 0 && strcmp(field, "SMTS") == 0)
        return 1;
    if (strcmp(reg, "ECAP_REG") == 0 && strcmp(field, "PSS") == 0)
        return 19;
    if (strcmp(field, "ArchMinorRev") == 0 || strcmp(field, "TTF") == 0)
        return 2;
    return strcmp(reg, "CAP_REG") == 0 && strcmp(field, "SAGAW") == 0 ? 0xe : 0;
}

static void gate_grammar(void **state)
{
    static const struct {
        const char *gate;
        enum gate_result result;
        const char *text; /* NULL: any */
    } gates[] = {
        {NULL, GATE_OPEN, NULL},
        {"ECAP.SMTS", GATE_OPEN, NULL},
        {"!ECAP.SMTS", GATE_SHUT, "needs !ECAP.SMTS, and ECAP_REG.SMTS is 1"},
        {"CAP.CM", GATE_SHUT, "needs CAP.CM, and CAP_REG.CM is 0"},
        {"!CAP.CM", GATE_OPEN, NULL},
        {"ECAP.PSS>=19", GATE_OPEN, NULL},
        {"ECAP.PSS>=20", GATE_SHUT, "needs ECAP.PSS>=20, and ECAP_REG.PSS is 19"},
        {"ECAP.PSS=19", GATE_OPEN, NULL},
        {"ECAP.PSS=18", GATE_SHUT, NULL},
        {"ECAP.PSS<20", GATE_OPEN, NULL},
        {"ECAP.PSS<19", GATE_SHUT, NULL},
        {"ECAP.PSS>=0x13", GATE_OPEN, NULL},
        {"CAP.SAGAW:1", GATE_OPEN, NULL},
        {"CAP.SAGAW:0", GATE_SHUT, "needs CAP.SAGAW:0, and CAP_REG.SAGAW is 14"},
        {"CAP.SAGAW:4", GATE_SHUT, NULL},
        {"HAW<52", GATE_OPEN, NULL},
        {"HAW>=52", GATE_SHUT, "needs HAW>=52, and HAW is 46"},
        {"VER.MAX>=0", GATE_OPEN, NULL},
        {"AIDR>=2", GATE_OPEN, NULL},
        {"AIDR>=3", GATE_SHUT, "needs AIDR>=3, and SMMU_AIDR.ArchMinorRev is 2"},
        {"AIDR.ArchMajorRev=0&IDR0.TTF:1", GATE_OPEN, NULL},
        {"IDR0.TTF:0", GATE_SHUT, NULL},
        {"ECAP.SMTS&CAP.SAGAW:2", GATE_OPEN, NULL},
        {"ECAP.SMTS&CAP.CM&ECAP.PSS>=20", GATE_SHUT, "needs CAP.CM, and CAP_REG.CM is 0"},
        {"CAP.CM&nonsense", GATE_SHUT, NULL}, /* the first term that does not hold decides */
        {"", GATE_MALFORMED, NULL},
        {"ECAP", GATE_MALFORMED, NULL},
        {"IDR0", GATE_MALFORMED, NULL},
        {"IDR0.SMTS", GATE_MALFORMED, NULL},
        {"SMMU_IDR0.TTF", GATE_MALFORMED, NULL},
        {"AIDR", GATE_OPEN, NULL},
        {"ECAP.", GATE_MALFORMED, NULL},
        {"ECAP.NOSUCH", GATE_MALFORMED, NULL},
        {"GSTS.TES", GATE_MALFORMED, NULL},
        {"ECAP.SMTS&", GATE_MALFORMED, NULL},
        {"ECAP.SMTS>1", GATE_MALFORMED, NULL},
        {"ECAP.SMTS=", GATE_MALFORMED, NULL},
        {"ECAP.SMTS=1x", GATE_MALFORMED, NULL},
        {"ECAP.PSS:64", GATE_MALFORMED, NULL},
        {"!ECAP.PSS=1", GATE_MALFORMED, NULL},
        {"HAW", GATE_MALFORMED, NULL},
        {"!HAW<3", GATE_MALFORMED, NULL},
        {" ECAP.SMTS", GATE_MALFORMED, NULL},
    };
    const struct gate_source source = {.field = some_fields, .haw = 46};

    (void)state;
    for (size_t i = 0; i < sizeof(gates) / sizeof(gates[0]); i++) {
        char text[160] = "";
        enum gate_result result = gate_judge(gates[i].gate, &source, text, sizeof(text));

        if (result != gates[i].result || (gates[i].text && strcmp(text, gates[i].text) != 0))
            fail_msg("gate \"%s\": %d \"%s\"", gates[i].gate, (int)result, text);
    }
}

/* ---- the suite itself: what is written in the case tables must be right ---- */

static void case_tables(void **state)
{
    const struct iotb_case *what;
    char text[160], row[64];

    (void)state;
    for (size_t n = 0; (what = suite_at(n)) != NULL; n++) {
        size_t rows = 0;

        if (suite_find(what->name) != what)
            fail_msg("there are two cases %s", what->name);
        if (gate_judge(what->gate, NULL, text, sizeof(text)) == GATE_MALFORMED)
            fail_msg("%s: gate: %s", what->name, text);
        for (; case_row_at(what, rows, row, sizeof(row)); rows++)
            if (!spec_row(row))
                fail_msg("%s checks %s, which is not in the catalogue", what->name, row);
        if (!rows || !what->summary || !what->summary[0] || what->tier > TIER_NIGHTLY)
            fail_msg("%s: no row, no summary or no tier", what->name);
    }
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

/* ---- the runner on a fake DUT ---- */

static void one_request(struct test *t)
{
    struct iotb_request request = {.kind = IOTB_READ, .bytes = 4, .address = mem_alloc(t, 4096, 4096)};

    CHECK(t, "VTD-3-001", request_run(t, &request).done, "it completes");
}

static void slow(struct test *t)
{
    usleep(150000);
    CHECK(t, "VTD-3-001", true, "it is done");
}

static void dies(struct test *t)
{
    CHECK(t, "VTD-3-001", true, "alive");
    fprintf(stderr, "these are my last words\n");
    abort();
}

static void never_ends(struct test *t)
{
    (void)t;
    for (;;)
        pause();
}

static void leaves(struct test *t)
{
    (void)t;
    _exit(9);
}

static void leaves_quietly(struct test *t)
{
    (void)t;
    _exit(0);
}

static void no_check(struct test *t)
{
    (void)t;
}

/* What a DUT may leave behind must die with the case: it holds the pipe of its words open. */
static void leaves_a_process(struct test *t)
{
    CHECK(t, "VTD-3-001", true, "done");
    if (fork() == 0)
        for (;;)
            pause();
}

#define FAKE(body_)                                                                                \
    {                                                                                              \
        .name = "vtd." #body_, .summary = "", .run = body_, .rows = "VTD-3-001", .tier = TIER_FULL \
    }
static const struct iotb_case fakes[] = {FAKE(slow),   FAKE(one_request),    FAKE(dies),     FAKE(never_ends),
                                         FAKE(leaves), FAKE(leaves_quietly), FAKE(no_check), FAKE(leaves_a_process)};
#define FAKE_COUNT (sizeof(fakes) / sizeof(fakes[0]))

static size_t order[FAKE_COUNT], order_count;

static void note_order(void *context, struct run_job *job)
{
    const struct run_job *jobs = context;

    order[order_count++] = (size_t)(job - jobs);
}

static void run_fakes(struct run_job *jobs, struct run_dut *dut, uint32_t parallel)
{
    struct run_options options = {
        .seed = 1, .tier = TIER_FULL, .parallel = parallel, .timeout_ms = 2000, .on_done = note_order, .context = jobs};

    order_count = 0;
    for (size_t i = 0; i < FAKE_COUNT; i++)
        jobs[i] = (struct run_job){.what = &fakes[i], .dut = dut};
    assert_true(run_jobs(&options, jobs, FAKE_COUNT));
    assert_int_equal(order_count, FAKE_COUNT);
}

static void runner_survives(void **state)
{
    static const struct {
        const char *verdict, *reason;
    } expected[FAKE_COUNT] = {
        {"PASS", ""},
        {"PASS", ""},
        {"CRASH", "died by signal 6 (Aborted); last words: these are my last words"},
        {"HANG", "not finished within"},
        {"CRASH", "ended itself with status 9"},
        {"CRASH", "before the case was over"},
        {"UNTESTED", "made no check"},
        {"PASS", ""},
    };
    struct run_dut dut = {.found = {.ops = fake_dut(), .name = "fake"}, .state = VERDICT_PASS};
    struct run_job alone[FAKE_COUNT], together[FAKE_COUNT];

    (void)state;
    run_fakes(alone, &dut, 1);
    for (size_t i = 0; i < FAKE_COUNT; i++) {
        json_t *entry = run_entry(&alone[i]);

        assert_int_equal(order[i], i);
        if (strcmp(text_of(entry, "verdict"), expected[i].verdict) != 0 || !strstr(text_of(entry, "reason"), expected[i].reason))
            fail_msg("%s: %s, %s", fakes[i].name, text_of(entry, "verdict"), text_of(entry, "reason"));
        json_decref(entry);
    }
    run_fakes(together, &dut, 4);
    assert_int_not_equal(order[0], 0); /* the slow one was overtaken, and yet: */
    for (size_t i = 0; i < FAKE_COUNT; i++) {
        assert_true(json_equal(alone[i].entry, together[i].entry));
        run_job_free(&alone[i]);
        run_job_free(&together[i]);
    }
}

static void dead_dut_is_not_opened_again(void **state)
{
    struct run_dut dut = {.found = {.ops = fake_dut(), .name = "fake"}, .state = VERDICT_CRASH, .reason = "it is dead"};
    struct run_job jobs[FAKE_COUNT];

    (void)state;
    run_fakes(jobs, &dut, 2);
    for (size_t i = 0; i < FAKE_COUNT; i++) {
        json_t *entry = run_entry(&jobs[i]);

        assert_string_equal(text_of(entry, "verdict"), "CRASH");
        assert_string_equal(text_of(entry, "reason"), "it is dead");
        json_decref(entry);
        run_job_free(&jobs[i]);
    }
}

static void inspection(void **state)
{
    static const struct {
        const char *parameters;
        int code;
        const char *reason;
    } rows[] = {
        {"", EXIT_CONFORM, ""},
        {"nonsense=1", EXIT_USAGE, "no parameter nonsense=1"},
        {"mode=desc_string", EXIT_DUT_DEAD, ""},
        {"mode=desc_none", EXIT_DUT_DEAD, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct run_dut dut = {.found = {.ops = fake_dut(), .name = "fake"}};

        strcpy(dut.found.parameters, rows[i].parameters);
        run_inspect(&dut, 5000);
        if (dut.exit_code != rows[i].code || !strstr(dut.reason, rows[i].reason))
            fail_msg("%s: %d, %s", rows[i].parameters, dut.exit_code, dut.reason);
        assert_int_equal(dut.state == VERDICT_PASS, rows[i].code == EXIT_CONFORM);
    }
}

/* ---- findings of probe ---- */

static size_t findings(const struct probe_facts *facts, const char *said)
{
    char text[4096] = "";
    FILE *out = fmemopen(text, sizeof(text), "w");
    size_t count = probe_findings(facts, out);

    fclose(out);
    if (!strstr(text, said))
        fail_msg("expected \"%s\" in:\n%s", said, text);
    return count;
}

static size_t contradictions(const struct iotb_desc *desc, uint64_t cap, uint64_t ecap, const char *said)
{
    const struct probe_facts facts = {
        .desc = desc, .register_count = 3, .registers = {{"VER_REG", 0x10}, {"CAP_REG", cap}, {"ECAP_REG", ecap}}};

    return findings(&facts, said);
}

static uint64_t bits(const char *reg, const char *field, uint64_t value)
{
    uint64_t word = 0;

    spec_set(spec_reg_field(reg, field), &word, value);
    return word;
}

static void probe_finds(void **state)
{
    struct iotb_desc good = {.features = IOTB_F_ANY_REQUESTER | IOTB_F_BENCH_MEMORY | IOTB_F_WIDE_ADDRESS,
                             .host_address_bits = 46,
                             .ram_bytes = 1u << 30,
                             .hole_address = UINT64_MAX};
    uint64_t cap = bits("CAP_REG", "SAGAW", 2) | bits("CAP_REG", "MGAW", 38);
    struct iotb_desc bad;

    (void)state;
    assert_int_equal(contradictions(&good, cap, 0, "no contradiction"), 0);
    assert_int_equal(contradictions(&good, cap, bits("ECAP_REG", "SMTS", 1), "SMTS is set without ECAP_REG.QI"), 1);
    assert_int_equal(contradictions(&good, 0, 0, "neither second-stage widths"), 1);
    assert_int_equal(contradictions(&good, cap | 1ull << 23, 0, "CAP_REG bits 23:23 are reserved"), 1);
    assert_int_equal(contradictions(&good, cap | bits("CAP_REG", "ZLR", 1), 0, "limit: CAP_REG.ZLR"), 0);
    bad = good;
    bad.features &= ~IOTB_F_ANY_REQUESTER;
    assert_int_equal(contradictions(&bad, cap, 0, "no requester"), 1);
    bad.requester_count = 2;
    assert_int_equal(contradictions(&bad, cap, 0, "requester id 0000 is there twice"), 1);
    bad = good;
    bad.ram_base = 1ull << 46;
    assert_int_equal(contradictions(&bad, cap, 0, "does not lie below 2^46"), 1);
    bad = good;
    bad.hole_address = 1ull << 50;
    assert_int_equal(contradictions(&bad, cap, 0, "the hole at"), 1);
}

/* A unit with both stages of SMMUv3.2, and one field at a time that does not fit. */
static void probe_finds_smmuv3(void **state)
{
    static const struct {
        const char *reg, *field;
        uint64_t value;
        const char *said;
        size_t count;
    } rows[] = {
        {"SMMU_IDR0", "PRI", 1, "SMMU_IDR0.PRI is set without SMMU_IDR0.ATS", 1},
        {"SMMU_IDR0", "TTF", 0, "no table format", 1},
        {"SMMU_IDR0", "STALL_MODEL", 3, "STALL_MODEL is 3", 1},
        {"SMMU_IDR1", "SIDSIZE", 33, "above 32", 1},
        {"SMMU_IDR1", "SSIDSIZE", 21, "above 20", 1},
        {"SMMU_IDR3", "BBML", 0, "BBML is neither 1 nor 2", 1},
        {"SMMU_IDR3", "RIL", 0, "RIL is 0", 1},
        {"SMMU_IDR3", "S2PO", 1, "S2PO is set without SMMU_IDR3.S2PI", 1},
        {"SMMU_IDR5", "GRAN4K", 0, "without a granule", 1},
        {"SMMU_IDR5", "DS", 1, "DS is set without SMMU_IDR5.VAX", 1},
        {"SMMU_AIDR", "ArchMinorRev", 5, "after SMMUv3.4", 1},
        {"SMMU_IDR0", "MSI", 1, "limit: SMMU_IDR0.MSI", 0},
        {"SMMU_IDR5", "OAS", 6, "limit: IDR5.OAS is 52 bits", 0},
    };
    const struct iotb_desc desc = {.architecture = IOTB_ARCH_SMMUV3,
                                   .features = IOTB_F_ANY_REQUESTER | IOTB_F_BENCH_MEMORY | IOTB_F_WIDE_ADDRESS,
                                   .host_address_bits = 44,
                                   .ram_bytes = 1u << 30,
                                   .hole_address = UINT64_MAX};
    const struct probe_facts good = {
        .desc = &desc,
        .register_count = 5,
        .registers = {{"SMMU_AIDR", 2},
                      {"SMMU_IDR0", bits("SMMU_IDR0", "S1P", 1) | bits("SMMU_IDR0", "S2P", 1) | bits("SMMU_IDR0", "TTF", 2) |
                                        bits("SMMU_IDR0", "ST_LEVEL", 1)},
                      {"SMMU_IDR1", bits("SMMU_IDR1", "SIDSIZE", 16)},
                      {"SMMU_IDR3", bits("SMMU_IDR3", "HAD", 1) | bits("SMMU_IDR3", "XNX", 1) | bits("SMMU_IDR3", "RIL", 1) |
                                        bits("SMMU_IDR3", "BBML", 1)},
                      {"SMMU_IDR5", bits("SMMU_IDR5", "GRAN4K", 1) | bits("SMMU_IDR5", "OAS", 4)}}};

    (void)state;
    assert_int_equal(findings(&good, "no contradiction"), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct probe_facts facts = good;

        for (size_t n = 0; n < facts.register_count; n++)
            if (!strcmp(facts.registers[n].name, rows[i].reg))
                spec_set(spec_reg_field(rows[i].reg, rows[i].field), &facts.registers[n].value, rows[i].value);
        assert_int_equal(findings(&facts, rows[i].said), rows[i].count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gate_grammar),
        cmocka_unit_test(case_tables),
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
        cmocka_unit_test(runner_survives),
        cmocka_unit_test(dead_dut_is_not_opened_again),
        cmocka_unit_test(inspection),
        cmocka_unit_test(probe_finds),
        cmocka_unit_test(probe_finds_smmuv3),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
