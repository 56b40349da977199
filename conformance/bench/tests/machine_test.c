/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine_test.c - the machine with a fake DUT: memory, pump, holds, injections, hangs, and every lie that a DUT may tell.
 */
#include "bench/run.h"
#include "bench/tests/fake_dut.h"

#include "dut/dut_registry.h"
#include "dut/guard.h"
#include "dut/plugin/plugin.h"
#include "dut/plugin/wire.h"

#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char output[65536];

/* Runs one case and leaves the lines of results in `output`. */
static void run(const struct iotb_dut_ops *ops, const char *parameters, void (*body)(struct test *t), const char *trace_path)
{
    struct iotb_case what = {.name = "unit.machine", .summary = "", .run = body, .rows = "ROW-1 ROW-10 ROW-U"};
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

static void expect(const char *text)
{
    if (!strstr(output, text))
        fail_msg("expected \"%s\" in:\n%s", text, output);
}

static void expect_verdict(const char *verdict)
{
    char text[64];

    snprintf(text, sizeof(text), "\"type\":\"end\",\"verdict\":\"%s\"", verdict);
    expect(text);
}

static struct iotb_request request_at(enum iotb_request_kind kind, uint64_t address, uint32_t bytes)
{
    struct iotb_request request = {.kind = (uint8_t)kind, .address = address, .bytes = bytes, .requester_id = 8};

    return request;
}

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
    run(fake_dut(), "", allocates, NULL);
    expect_verdict("PASS");
    run(fake_dut(), "", never_overlaps, NULL);
    expect_verdict("PASS");
}

static void reads_hole(struct test *t)
{
    (void)mem_read32(t, mem_hole(t));
}

static void test_case_errors(void **state)
{
    (void)state;
    run(fake_dut(), "", reads_hole, NULL);
    expect_verdict("ERROR");
    expect("where there is no memory");
}

/* ---- requests ---- */

static void all_kinds(struct test *t)
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

static void holds(struct test *t)
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

static void reorders(struct test *t)
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
static void keeps_line_order(struct test *t)
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
        run(fake_dut(), "", bodies[i], NULL);
        expect_verdict("PASS");
    }
    run(fake_dut(), "mode=no_time", holds, NULL);
    expect_verdict("PASS");
}

static void settles_not(struct test *t)
{
    CHECK(t, "ROW-1", !test_settle(t), "a DUT that is never idle uses the time up");
}

static void test_budget(void **state)
{
    (void)state;
    run(fake_dut(), "mode=never_idle", settles_not, NULL);
    expect_verdict("PASS");
    expect("\"time_ps\":100000000000");
    run(fake_dut(), "mode=standstill", settles_not, NULL);
    expect_verdict("PASS");
}

/* ---- verdicts ---- */

static void one_request(struct test *t)
{
    struct iotb_request request = request_at(IOTB_WRITE, mem_alloc(t, 64, 64), 8);

    (void)reg_read32(t, 0);
    (void)request_run(t, &request);
    CHECK(t, "ROW-1", true, "reached");
}

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
        run(fake_dut(), runs[i].parameters, runs[i].body, NULL);
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
    run(fake_dut(), "", traced, path);
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
    run(fake_dut(), "", traced, "/nowhere/at/all.json");
    expect_verdict("ERROR");
    expect("could not be written");
}

/* ---- lies ---- */

static void two_requests(struct test *t)
{
    uint64_t page = mem_alloc(t, 4096, 4096);
    struct iotb_request request = request_at(IOTB_WRITE, page, 8);

    (void)reg_read32(t, 0);
    test_latency(t, 10, 10, false);
    for (uint32_t i = 0; i < 2; i++) {
        request.address = page + 64 * i;
        (void)request_send(t, &request);
    }
    (void)test_settle(t);
    test_run(t, 100);
    test_run(t, 100);
}

static void test_lies(void **state)
{
    static const char *const lies[][2] = {
        {"desc_string", "a string has no end"},
        {"desc_kind", "kind is 2"},
        {"desc_size", "says it has 8 bytes"},
        {"desc_none", "describe"},
        {"time_back", "time ran back"},
        {"time_far", "it ran to"},
        {"idle_2", "idle is 2"},
        {"reg_57", "reg_read returned 57"},
        {"reg_wide", "which has more"},
        {"completion_twice", "which is not outstanding"},
        {"completion_unknown", "which is not outstanding"},
        {"completion_bytes", "more than 64"},
        {"completion_status", "status 3"},
        {"completion_size", "says it has 0 bytes"},
        {"tag_twice", "not answered yet"},
        {"access_kind", "kind is not known"},
        {"access_crosses", "crosses a 64-byte boundary"},
        {"access_bytes", "size is not 1 to 64"},
        {"access_request", "never submitted"},
        {"access_size", "says it has 100000 bytes"},
        {"interrupt_origin", "origin 9"},
        {"probe_string", "next_probe: a string has no end"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        char parameters[64];

        snprintf(parameters, sizeof(parameters), "mode=%s", lies[i][0]);
        run(fake_dut(), parameters, two_requests, "/dev/null");
        expect_verdict("CRASH");
        expect(lies[i][1]);
    }
}

/* ---- plug-ins ---- */

static void test_plugins(void **state)
{
    static const struct {
        const char *file, *verdict, *text;
    } plugins[] = {
        {"nowhere", "ERROR", "cannot open shared object"},
        {"bad_1", "ERROR", "does not export the symbol iotb_dut_entry"},
        {"bad_2", "ERROR", "returned NULL"},
        {"bad_3", "ERROR", "version 99 of the interface"},
        {"bad_4", "ERROR", "says that it has 0 bytes"},
        {"bad_5", "ERROR", "says that it has 8 bytes"},
        {"bad_6", "ERROR", "required function reset is missing"},
        {"bad_7", "ERROR", "exactly one"},
        {"bad_8", "ERROR", "exactly one"},
        {"bad_9", "ERROR", "the iommu table says that it has 16 bytes"},
        {"bad_10", "ERROR", "iommu.submit is missing"},
        {"bad_11", "ERROR", "is missing"},
        {"bad_12", "ERROR", "at most 65536"},
        {"bad_13", "PASS", "fake"},
        {"bad_14", "PASS", "fake"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(plugins) / sizeof(plugins[0]); i++) {
        char parameters[256];

        snprintf(parameters, sizeof(parameters), "path=%s/%s.so", PLUGIN_DIRECTORY, plugins[i].file);
        run(iotb_dut_plugin(), parameters, one_request, NULL);
        expect_verdict(plugins[i].verdict);
        expect(plugins[i].text);
    }
    run(iotb_dut_plugin(), "", one_request, NULL);
    expect("needs the parameter path=FILE");
    run(iotb_dut_plugin(), "mode=stuck,path=" PLUGIN_DIRECTORY "/bad_14.so", one_request, NULL);
    expect_verdict("HANG");
}

/* A plug-in may crash or hang its process; that it does not take the bench with it is the runner's work. */
static void test_plugin_dies(void **state)
{
    static const struct {
        const char *mode;
        int signal;
    } deaths[] = {{"crash", SIGABRT}, {"hang", SIGALRM}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        pid_t child = fork();
        int status = 0;

        if (!child) {
            char parameters[256];

            signal(SIGABRT, SIG_DFL);
            alarm(1);
            snprintf(parameters, sizeof(parameters), "mode=%s,path=%s/bad_14.so", deaths[i].mode, PLUGIN_DIRECTORY);
            run(iotb_dut_plugin(), parameters, one_request, NULL);
            _exit(0);
        }
        assert_true(child > 0 && waitpid(child, &status, 0) == child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == deaths[i].signal);
    }
}

/* ---- socket ---- */

struct peer {
    char path[108];
    int listening;
    pid_t child;
};

static void peer_listen(struct peer *peer)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    snprintf(peer->path, sizeof(peer->path), "./unit-machine-%d.sock", (int)getpid());
    strcpy(address.sun_path, peer->path);
    unlink(peer->path);
    peer->listening = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(peer->listening >= 0);
    assert_int_equal(bind(peer->listening, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(peer->listening, 4), 0);
}

/* The peer's process: behaves for one connection, then exits with what serve returned. */
static void peer_start(struct peer *peer, void (*behave)(int fd))
{
    peer_listen(peer);
    fflush(NULL);
    peer->child = fork();
    assert_true(peer->child >= 0);
    if (!peer->child) {
        alarm(10);
        behave(accept(peer->listening, NULL, NULL));
        _exit(9);
    }
    close(peer->listening);
}

static int peer_end(struct peer *peer)
{
    int status = 0;

    assert_int_equal(waitpid(peer->child, &status, 0), peer->child);
    unlink(peer->path);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void serves(int fd)
{
    int result = iotb_dut_serve(fd, fake_dut());

    _exit(result ? 1 : 0);
}

static void says_nothing(int fd)
{
    char byte;

    while (read(fd, &byte, 1) == 1)
        ;
    _exit(0);
}

static void hangs_up(int fd)
{
    close(fd);
    _exit(0);
}

static void says_half(int fd)
{
    static const char half[] = {16, 0, 0, 0, 0, 0};

    assert_int_equal(write(fd, half, sizeof(half)), sizeof(half));
    _exit(0);
}

static void announces_too_much(int fd)
{
    static const unsigned char header[] = {0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0};

    assert_int_equal(write(fd, header, sizeof(header)), sizeof(header));
    says_nothing(fd);
}

static void dies_later(int fd)
{
    static uint8_t payload[WIRE_PAYLOAD_MAX];
    struct wire_header header;
    struct wire_hello hello = {WIRE_MAGIC, WIRE_VERSION, IOTB_DUT_ABI, 0xfff};

    (void)wire_receive(fd, &header, payload, sizeof(payload), 1000);
    (void)wire_send(fd, IOTB_OK, &hello, sizeof(hello), 1000);
    (void)wire_receive(fd, &header, payload, sizeof(payload), 1000);
    (void)wire_send(fd, IOTB_OK, NULL, 0, 1000);
    (void)wire_receive(fd, &header, payload, sizeof(payload), 1000);
    _exit(0);
}

static void through_socket(const char *more, void (*behave)(int fd), void (*body)(struct test *t), int *ended)
{
    struct peer peer;
    char parameters[256];

    peer_start(&peer, behave);
    snprintf(parameters, sizeof(parameters), "path=%s,timeout_ms=500%s", peer.path, more);
    run(iotb_dut_socket(), parameters, body, NULL);
    *ended = peer_end(&peer);
}

static void test_socket(void **state)
{
    static void (*const bodies[])(struct test *) = {all_kinds, holds, reorders, keeps_line_order};
    int ended;

    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        through_socket("", serves, bodies[i], &ended);
        expect_verdict("PASS");
        assert_int_equal(ended, 0);
    }
    through_socket(",color=red", serves, one_request, &ended);
    expect_verdict("ERROR");
    expect("no parameter color=red");
    through_socket(",mode=tag_twice", serves, two_requests, &ended);
    expect_verdict("CRASH");
}

static void test_socket_broken(void **state)
{
    static const struct {
        void (*behave)(int fd);
        const char *verdict, *text;
    } peers[] = {
        {says_nothing, "ERROR", "does not answer"}, {hangs_up, "ERROR", "hung up"},           {says_half, "ERROR", "hung up"},
        {announces_too_much, "ERROR", "hung up"},   {dies_later, "CRASH", "the DUT is gone"},
    };
    int ended;

    (void)state;
    for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
        through_socket("", peers[i].behave, one_request, &ended);
        expect_verdict(peers[i].verdict);
        expect(peers[i].text);
    }
    run(iotb_dut_socket(), "path=/nowhere/at/all.sock", one_request, NULL);
    expect_verdict("ERROR");
    expect("No such file");
}

/* The server survives a peer that talks nonsense. */
static void test_server_broken_peer(void **state)
{
    static const uint32_t questions[][3] = {
        {4, WIRE_RESET, 0}, {0, WIRE_REG_READ, 0}, {4, WIRE_OPEN, 0}, {0, 999, 0}, {4, WIRE_SUBMIT, 7},
    };
    int pair[2];
    pid_t child;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    child = fork();
    if (!child) {
        close(pair[0]);
        _exit(iotb_dut_serve(pair[1], fake_dut()) == -ECONNRESET ? 0 : 1);
    }
    close(pair[1]);
    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
        struct wire_header header;
        uint8_t reply[64];

        assert_int_equal(wire_send(pair[0], questions[i][1], &questions[i][2], questions[i][0], 1000), 0);
        assert_int_equal(wire_receive(pair[0], &header, reply, sizeof(reply), 1000), 1);
        assert_true((int32_t)header.code < 0);
    }
    assert_int_equal(write(pair[0], "abc", 3), 3);
    close(pair[0]);
    {
        int status = 0;

        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

/* ---- registry ---- */

static void test_registry(void **state)
{
    struct dut_found found;
    char error[256] = "", rest[64], value[8];
    const char *const *sets = dut_default_sets("vtd");
    size_t count = 0;

    (void)state;
    assert_true(dut_find("vtd,preset=max,cm=1", &found, error, sizeof(error)));
    assert_string_equal(found.name, "vtd");
    assert_string_equal(found.parameters, "preset=max,cm=1");
    assert_false(dut_find("vtdd", &found, error, sizeof(error)));
    assert_non_null(strstr(error, "no DUT named \"vtdd\""));
    assert_non_null(strstr(error, "bypass"));
    for (const char *const *name = dut_names(); *name; name++) {
        assert_true(dut_find(*name, &found, error, sizeof(error)));
        assert_non_null(found.ops);
        assert_string_equal(found.ops->name, *name);
    }
    while (sets[count])
        count++;
    assert_true(count >= 10);
    assert_true(parameters_take("a=1,path=x,b=2", "path", value, sizeof(value), rest, sizeof(rest)));
    assert_string_equal(value, "x");
    assert_string_equal(rest, "a=1,b=2");
    assert_false(parameters_take("paths=1", "path", value, sizeof(value), rest, sizeof(rest)));
    assert_string_equal(rest, "paths=1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory),   cmocka_unit_test(test_case_errors),   cmocka_unit_test(test_pump),
        cmocka_unit_test(test_budget),   cmocka_unit_test(test_verdicts),      cmocka_unit_test(test_trace),
        cmocka_unit_test(test_lies),     cmocka_unit_test(test_plugins),       cmocka_unit_test(test_plugin_dies),
        cmocka_unit_test(test_socket),   cmocka_unit_test(test_socket_broken), cmocka_unit_test(test_server_broken_peer),
        cmocka_unit_test(test_registry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
