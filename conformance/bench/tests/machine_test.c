/* SPDX-License-Identifier: BSD-2-Clause */
/* machine_test.c - the machine with a fake DUT: memory, pump, holds, injections, hangs, verdicts, the time line. */
#include "bench/tests/fake_dut.h"
#include "bench/tests/run_case.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- memory ---- */

static void allocates(struct test *t)
{
    uint64_t a = mem_alloc(t, 4096, 4096), b = mem_alloc(t, 16, 16), c = mem_alloc(t, 1 << 21, 1 << 21);
    uint64_t high = mem_alloc_above(t, 4096, 4096, 1ull << 32), hole = mem_hole(t);
    uint8_t block[8192];

    assert_true(a >= 0x10000000 && a % 4096 == 0 && c % (1 << 21) == 0);
    assert_true(b >= a + 4096 || b + 16 <= a);
    assert_true(high >= 1ull << 32 && high < 1ull << 40);
    assert_int_equal(mem_alloc_above(t, 4096, 4096, 1ull << 40), 0);
    assert_false(mem_claim(t, a, 16));
    assert_true(mem_claim(t, 0x1234567000, 4096));
    assert_false(mem_claim(t, 0x1234567ff0, 32));
    assert_false(mem_claim(t, 0xfee00000, 4096));
    assert_false(mem_claim(t, (1ull << 40) - 4096, 8192));
    assert_false(mem_claim(t, hole, 4096));
    assert_int_equal(mem_alloc_above(t, 4096, 4096, 0xfedff800) >= 0xfef00000, 1);
    assert_int_equal(mem_read64(t, a), 0);
    mem_write64(t, a + 4092, 0x1122334455667788); /* across a page */
    assert_int_equal(mem_read32(t, a + 4096), 0x11223344);
    mem_fill(t, c + 100, 5000, 0xab);
    mem_read(t, c, block, sizeof(block));
    assert_int_equal(block[99], 0);
    assert_int_equal(block[100], 0xab);
    assert_int_equal(block[5099], 0xab);
    assert_int_equal(block[5100], 0);
    CHECK(t, "ROW-1", true, "allocated");
}

static void never_overlaps(struct test *t)
{
    uint64_t first[300], last[300];

    for (uint32_t i = 0; i < 300; i++) {
        uint64_t bytes = 1 + test_random_below(t, 9000), align = 1ull << test_random_below(t, 14);
        uint64_t floor = test_random_below(t, 3) ? 0 : 0xfedf0000 + test_random_below(t, 0x200000);

        first[i] = mem_alloc_above(t, bytes, align, floor);
        last[i] = first[i] + bytes - 1;
        assert_true(first[i] && first[i] >= floor && first[i] % align == 0);
        assert_true(last[i] < 0xfee00000 || first[i] > 0xfeefffff);
        for (uint32_t k = 0; k < i; k++)
            assert_true(last[k] < first[i] || last[i] < first[k]);
    }
    CHECK(t, "ROW-1", true, "no overlap");
}

static void test_memory(void **state)
{
    (void)state;
    run_case(fake_dut(), "", allocates, NULL);
    expect_verdict("PASS");
    run_case(fake_dut(), "", never_overlaps, NULL);
    expect_verdict("PASS");
}

static void reads_hole(struct test *t)
{
    (void)mem_read32(t, mem_hole(t));
}

static void test_case_errors(void **state)
{
    (void)state;
    run_case(fake_dut(), "", reads_hole, NULL);
    expect_verdict("ERROR");
    expect("where there is no memory");
}

/* ---- requests ---- */

static void injects(struct test *t)
{
    uint64_t page = mem_alloc(t, 4096, 4096);
    uint32_t second = inject_fault(t, INJECT_ABORT, page, page + 63, ACC_READS, 2, 1), poison;
    uint32_t expected[] = {IOTB_SC, IOTB_UR, IOTB_SC};

    for (uint32_t i = 0; i < 3; i++) {
        struct iotb_request write = request_at(IOTB_WRITE, page, 8), read = request_at(IOTB_READ, page, 8);

        assert_int_equal(request_run(t, &write).status, IOTB_SC);
        assert_int_equal(request_run(t, &read).status, expected[i]);
    }
    assert_int_equal(inject_hits(t, second), 1);
    poison = inject_fault(t, INJECT_POISON, page, page, ACC_ANY, 1, UINT64_MAX);
    for (uint32_t i = 0; i < 3; i++) {
        struct iotb_request write = request_at(IOTB_WRITE, page, 8);

        write.data[0] = 9;
        assert_int_equal(request_run(t, &write).status, IOTB_UR);
    }
    assert_int_equal(inject_hits(t, poison), 3);
    inject_clear(t);
    assert_int_equal(mem_read32(t, page), 0);
    CHECK(t, "ROW-1", true, "injected");
}

static void hook_counts(struct test *t, void *context, const struct iotb_access *access)
{
    mem_write64(t, access->address, 77);
    ++*(uint32_t *)context;
}

static void hooked(struct test *t)
{
    struct iotb_request request = request_at(IOTB_READ, mem_alloc(t, 64, 64), 8);
    uint32_t count = 0;

    test_on_access(t, hook_counts, &count);
    assert_int_equal(request_run(t, &request).data[0], 77);
    test_on_access(t, NULL, NULL);
    assert_int_equal(request_run(t, &request).data[0], 77);
    CHECK_EQ(t, "ROW-1", 1, count, "hook calls");
}

static void steps(struct test *t)
{
    struct iotb_request request = request_at(IOTB_READ, mem_alloc(t, 64, 64), 8);
    uint32_t id = request_send(t, &request);

    assert_false(request_outcome(t, id).done);
    assert_true(test_step(t));
    assert_true(request_outcome(t, id).done);
    assert_false(test_step(t));
    CHECK(t, "ROW-1", true, "stepped");
}

static void test_pump(void **state)
{
    static void (*const bodies[])(struct test *) = {all_kinds, holds, injects, hooked, reorders, keeps_line_order, steps};

    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        run_case(fake_dut(), "", bodies[i], NULL);
        expect_verdict("PASS");
    }
    run_case(fake_dut(), "mode=no_time", holds, NULL);
    expect_verdict("PASS");
}

static void settles_not(struct test *t)
{
    CHECK(t, "ROW-1", !test_settle(t), "a DUT that is never idle uses the time up");
}

static void test_budget(void **state)
{
    (void)state;
    run_case(fake_dut(), "mode=never_idle", settles_not, NULL);
    expect_verdict("PASS");
    expect("\"time_ps\":100000000000");
    run_case(fake_dut(), "mode=standstill", settles_not, NULL);
    expect_verdict("PASS");
}

/* ---- verdicts ---- */

static void failing_request(struct test *t)
{
    one_request(t);
    CHECK_EQ(t, "ROW-10", 1, 2, "it %s", "fails");
}

static void left_alone(struct test *t)
{
    struct iotb_request request = request_at(IOTB_WRITE, mem_alloc(t, 64, 64), 8);

    (void)request_send(t, &request);
    CHECK(t, "ROW-1", true, "reached");
}

static void silent(struct test *t)
{
    (void)t;
}

static void foreign_row(struct test *t)
{
    CHECK(t, "ROW-2", true, "not mine");
}

static void prefix_row(struct test *t)
{
    CHECK(t, "ROW", true, "not mine either");
}

static void skips(struct test *t)
{
    test_skip(t, "CAP.%s is 0", "QI");
}

static void waits_in_hook(struct test *t, void *context, const struct iotb_access *access)
{
    (void)context;
    (void)access;
    (void)test_settle(t);
}

static void recursive(struct test *t)
{
    test_on_access(t, waits_in_hook, NULL);
    one_request(t);
}

static void resets(struct test *t)
{
    left_alone(t);
    (void)hold_accesses(t, 0, UINT64_MAX, ACC_ANY);
    left_alone(t);
    assert_true(test_settle(t));
    test_reset(t, IOTB_RESET_COLD);
    assert_int_equal(request_outstanding(t), 0);
    test_reset(t, IOTB_RESET_WARM);
}

static void test_verdicts(void **state)
{
    static const struct {
        const char *parameters;
        void (*body)(struct test *);
        const char *verdict, *text;
    } runs[] = {
        {"", one_request, "PASS", "\"requests\":1,\"accesses\":1"},
        {"", failing_request, "FAIL", "\"text\":\"it fails\",\"expected\":\"0x1\",\"seen\":\"0x2\""},
        {"mode=stuck", one_request, "HANG", "never completed"},
        {"mode=stuck", left_alone, "HANG", "at the end of the case"},
        {"mode=stuck", failing_request, "FAIL", "it fails"},
        {"", silent, "UNTESTED", "made no check"},
        {"", foreign_row, "ERROR", "ROW-2, which is not among its rows"},
        {"", prefix_row, "ERROR", "not among its rows"},
        {"", skips, "SKIP", "CAP.QI is 0"},
        {"", recursive, "ERROR", "access hook"},
        {"", resets, "NOTESTABLE", "reset"},
        {"mode=reg_gone", one_request, "CRASH", "reg_read: the DUT is gone"},
        {"color=red", one_request, "ERROR", "no parameter color=red"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
        run_case(fake_dut(), runs[i].parameters, runs[i].body, NULL);
        expect_verdict(runs[i].verdict);
        expect(runs[i].text);
    }
}

/* ---- time line ---- */

static void traced(struct test *t)
{
    test_latency(t, 1000000, 2000000, true);
    one_request(t);
    test_mark(t, "case", "step %u", 1u);
    test_mark(t, "case", "step \"2\"");
}

static void test_trace(void **state)
{
    char path[64];
    json_t *file, *events, *event;
    size_t index, spans = 0, marks = 0, tracks = 0;

    (void)state;
    snprintf(path, sizeof(path), "./unit-machine-%d.json", (int)getpid());
    run_case(fake_dut(), "", traced, path);
    expect_verdict("PASS");
    file = json_load_file(path, 0, NULL);
    unlink(path);
    assert_non_null(file);
    events = json_object_get(file, "traceEvents");
    json_array_foreach(events, index, event)
    {
        const char *phase = json_string_value(json_object_get(event, "ph"));

        spans += strcmp(phase, "B") == 0;
        marks += strcmp(phase, "i") == 0;
        tracks += strcmp(phase, "M") == 0;
        if (strcmp(phase, "E") == 0)
            assert_true(json_real_value(json_object_get(event, "ts")) >= 1.0);
    }
    assert_int_equal(spans, 2); /* a request and its access */
    assert_int_equal(marks, 2);
    assert_int_equal(tracks, 8); /* a name and a position: process, requests, memory, case */
    json_decref(file);
    run_case(fake_dut(), "", traced, "/nowhere/at/all.json");
    expect_verdict("ERROR");
    expect("could not be written");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory), cmocka_unit_test(test_case_errors), cmocka_unit_test(test_pump),
        cmocka_unit_test(test_budget), cmocka_unit_test(test_verdicts),    cmocka_unit_test(test_trace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
