/* SPDX-License-Identifier: BSD-2-Clause */
/* runner_test.c - gates, the tables of cases, and the runner on a fake DUT that hangs, crashes and overtakes. */
#include "bench/cli.h"
#include "bench/gate.h"
#include "bench/results.h"
#include "bench/runner.h"
#include "bench/suite.h"
#include "bench/tests/fake_dut.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gate_grammar),    cmocka_unit_test(case_tables),
        cmocka_unit_test(runner_survives), cmocka_unit_test(dead_dut_is_not_opened_again),
        cmocka_unit_test(inspection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
