/* SPDX-License-Identifier: BSD-2-Clause */
/* foreign_test.c - every lie that a DUT may tell, plug-ins and peers of a socket that are wrong or die, and DUTs by name. */
#include "bench/tests/fake_dut.h"
#include "bench/tests/run_case.h"

#include "dut/dut_registry.h"
#include "dut/guard.h"
#include "dut/plugin/plugin.h"
#include "dut/plugin/wire.h"

#include <errno.h>
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
        run_case(fake_dut(), parameters, two_requests, "/dev/null");
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
        run_case(iotb_dut_plugin(), parameters, one_request, NULL);
        expect_verdict(plugins[i].verdict);
        expect(plugins[i].text);
    }
    run_case(iotb_dut_plugin(), "", one_request, NULL);
    expect("needs the parameter path=FILE");
    run_case(iotb_dut_plugin(), "mode=stuck,path=" PLUGIN_DIRECTORY "/bad_14.so", one_request, NULL);
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
            run_case(iotb_dut_plugin(), parameters, one_request, NULL);
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
    run_case(iotb_dut_socket(), parameters, body, NULL);
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
    run_case(iotb_dut_socket(), "path=/nowhere/at/all.sock", one_request, NULL);
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
        cmocka_unit_test(test_lies),     cmocka_unit_test(test_plugins),       cmocka_unit_test(test_plugin_dies),
        cmocka_unit_test(test_socket),   cmocka_unit_test(test_socket_broken), cmocka_unit_test(test_server_broken_peer),
        cmocka_unit_test(test_registry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
