/* SPDX-License-Identifier: BSD-2-Clause */
/* run_case.c - see run_case.h. */
#include "bench/tests/run_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char output[65536];

/* Runs one case and leaves the lines of results in `output`. */
void run_case(const struct iotb_dut_ops *ops, const char *parameters, void (*body)(struct test *t), const char *trace_path)
{
    struct iotb_case what = {.name = "unit.case", .summary = "", .run = body, .rows = "ROW-1 ROW-10 ROW-U"};
    struct test_setup setup = {
        .ops = ops, .parameters = parameters, .what = &what, .seed = 1, .tier = TIER_SMOKE, .trace_path = trace_path};
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    assert_non_null(out);
    test_execute(&setup, out);
    fclose(out);
    assert_true(bytes < sizeof(output));
    memcpy(output, text, bytes + 1);
    free(text);
}

void expect(const char *text)
{
    if (!strstr(output, text))
        fail_msg("expected \"%s\" in:\n%s", text, output);
}

void expect_verdict(const char *verdict)
{
    char text[64];

    snprintf(text, sizeof(text), "\"type\":\"end\",\"verdict\":\"%s\"", verdict);
    expect(text);
}

struct iotb_request request_at(enum iotb_request_kind kind, uint64_t address, uint32_t bytes)
{
    struct iotb_request request = {.kind = (uint8_t)kind, .address = address, .bytes = bytes, .requester_id = 8};

    return request;
}

void all_kinds(struct test *t)
{
    uint64_t page = mem_alloc(t, 4096, 4096);
    struct iotb_request request = request_at(IOTB_WRITE, page, 8);
    struct outcome outcome;

    memcpy(request.data, "\1\2\3\4\5\6\7\10", 8);
    outcome = request_run(t, &request);
    assert_true(outcome.done && outcome.has_status && outcome.status == IOTB_SC);
    assert_true(mem_read64(t, page) == 0x0807060504030201);
    request = request_at(IOTB_FETCH_ADD, page, 4);
    request.data[0] = 0xff;
    outcome = request_run(t, &request);
    assert_int_equal(outcome.bytes, 4);
    assert_memory_equal(outcome.data, "\1\2\3\4", 4);
    assert_int_equal(mem_read64(t, page), 0x0807060504030300);
    request = request_at(IOTB_CAS, page, 4);
    memcpy(request.data, "\0\3\3\4\xaa\xbb\xcc\xdd", 8);
    (void)request_run(t, &request);
    assert_int_equal(mem_read32(t, page), 0xddccbbaa);
    (void)request_run(t, &request); /* does not compare now */
    assert_int_equal(mem_read32(t, page), 0xddccbbaa);
    request = request_at(IOTB_READ, mem_hole(t), 64);
    outcome = request_run(t, &request);
    assert_int_equal(outcome.status, IOTB_UR);
    request = request_at(IOTB_READ, 1ull << 40, 4);
    assert_int_equal(request_run(t, &request).status, IOTB_UR);
    request = request_at(IOTB_WRITE, 0xfee00000, 4);
    assert_int_equal(request_run(t, &request).status, IOTB_UR);
    assert_int_equal(trace_count(t, 0, page, page + 7, ACC_ATOMICS), 3);
    assert_int_equal(trace_find(t, 0, page, page, ACC_WRITES)->data[0], 1);
    assert_int_equal(test_now_ps(t), 0);
    CHECK_EQ(t, "ROW-10", 7, trace_length(t), "accesses");
}

void holds(struct test *t)
{
    uint64_t page = mem_alloc(t, 4096, 4096);
    struct iotb_request request = request_at(IOTB_READ, page, 8), other = request_at(IOTB_READ, page + 64, 8);
    uint32_t hold = hold_accesses(t, page, page + 7, ACC_READS), id;

    id = request_send(t, &request);
    assert_true(test_settle(t));
    assert_int_equal(hold_count(t, hold), 1);
    assert_false(request_wait(t, id).done);
    assert_true(request_run(t, &other).done);
    mem_write64(t, page, 42);
    hold_release(t, hold);
    mem_write64(t, page, 43);
    assert_int_equal(request_wait(t, id).data[0], 42);
    request = request_at(IOTB_READ, page, 8);
    assert_true(request_run(t, &request).done);
    CHECK(t, "ROW-1", true, "held");
}

void reorders(struct test *t)
{
    uint64_t page = mem_alloc(t, 4096, 4096), done[16];
    bool overtaken = false;

    for (uint32_t round = 0; round < 2; round++) {
        uint32_t id[16];

        test_latency(t, 1000, 50000, round);
        for (uint32_t i = 0; i < 16; i++) {
            struct iotb_request request = request_at(IOTB_READ, page + 64 * i, 8);

            id[i] = request_send(t, &request);
        }
        assert_int_equal(request_outstanding(t), 16);
        assert_true(test_settle(t));
        assert_int_equal(request_outstanding(t), 0);
        for (uint32_t i = 0; i < 16; i++)
            done[i] = request_outcome(t, id[i]).done_ps;
        for (uint32_t i = 1; i < 16; i++)
            overtaken = overtaken || done[i] < done[i - 1];
        assert_int_equal(overtaken, round);
    }
    CHECK(t, "ROW-1", done[0] >= 1000, "latency");
}

/* Whatever the latency, writes to one line arrive in order. */
void keeps_line_order(struct test *t)
{
    uint64_t line = mem_alloc(t, 64, 64);

    test_latency(t, 0, 100000, true);
    for (uint32_t i = 1; i <= 30; i++) {
        struct iotb_request request = request_at(IOTB_WRITE, line, 4);

        request.data[0] = (uint8_t)i;
        (void)request_send(t, &request);
    }
    assert_true(test_settle(t));
    test_run(t, 5000);
    CHECK_EQ(t, "ROW-1", 30, mem_read32(t, line), "last write");
}

void one_request(struct test *t)
{
    struct iotb_request request = request_at(IOTB_WRITE, mem_alloc(t, 64, 64), 8);

    (void)reg_read32(t, 0);
    (void)request_run(t, &request);
    CHECK(t, "ROW-1", true, "reached");
}
