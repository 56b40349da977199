/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * systemc_test.c - the SystemC platform beside the C model: the same requests, at the same times, end at the same times with
 * the same status and data; and what one kernel in a process means.
 *
 * Each test opens a platform, hence has a process of its own.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dut/systemc/systemc_dut.h"

#include "dut/dut_registry.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define REQUESTS 6u
#define ROUND_PS 100000u
#define ANSWER_PS 30000u /* of each access to memory */
#define WAITING_MAX 64u

/* What a run leaves behind: per request its end. */
struct trace {
    uint64_t done_ps[REQUESTS];
    uint32_t status[REQUESTS];
    uint8_t data[REQUESTS][8];
    uint64_t accesses;
};

struct world {
    const struct iotb_dut_ops *ops;
    struct iotb_dut *dut;
    struct iotb_access waiting[WAITING_MAX];
    uint32_t waiting_count;
    uint64_t now_ps;
    struct trace *trace;
};

static void answer(struct world *w, uint32_t n)
{
    const struct iotb_access *access = &w->waiting[n];
    struct iotb_answer reply = {.size = sizeof(reply), .tag = access->tag};

    if (access->kind != IOTB_ACC_WRITE) {
        reply.bytes = access->bytes;
        memset(reply.data, (int)(access->address >> 12 & 0xff), access->bytes);
    }
    w->waiting[n] = w->waiting[--w->waiting_count];
    assert_int_equal(w->ops->iommu->answer_access(w->dut, &reply), IOTB_OK);
}

static void collect(struct world *w)
{
    struct iotb_completion completion;

    while (w->waiting_count < WAITING_MAX && w->ops->iommu->next_access(w->dut, &w->waiting[w->waiting_count]) == IOTB_OK) {
        w->waiting_count++;
        w->trace->accesses++;
    }
    while (w->ops->iommu->poll_completion(w->dut, &completion) == IOTB_OK) {
        assert_true(completion.id < REQUESTS);
        w->trace->done_ps[completion.id] = completion.done_ps;
        w->trace->status[completion.id] = completion.status;
        memcpy(w->trace->data[completion.id], completion.data, 8);
    }
}

/* To this time, answering each access ANSWER_PS after it was issued. */
static void run_to(struct world *w, uint64_t end_ps)
{
    for (;;) {
        struct iotb_advance advance = {.size = sizeof(advance), .until_ps = end_ps};
        uint32_t due = WAITING_MAX;

        collect(w);
        for (uint32_t i = 0; i < w->waiting_count; i++)
            if (w->waiting[i].issue_ps + ANSWER_PS <= advance.until_ps) {
                advance.until_ps = w->waiting[i].issue_ps + ANSWER_PS;
                due = i;
            }
        if (due < WAITING_MAX && advance.until_ps <= w->now_ps) {
            answer(w, due);
            continue;
        }
        if (w->now_ps == end_ps)
            return;
        assert_int_equal(w->ops->advance(w->dut, &advance), IOTB_OK);
        assert_true(advance.reached_ps >= w->now_ps && advance.reached_ps <= end_ps);
        w->now_ps = advance.reached_ps;
    }
}

static void open_world(struct world *w, const char *spec, struct trace *trace)
{
    struct dut_found found;
    char error[256] = "";
    struct iotb_open_args args = {.size = sizeof(args), .error = error, .error_bytes = sizeof(error)};

    *w = (struct world){.trace = trace};
    *trace = (struct trace){0};
    if (!dut_find(spec, &found, error, sizeof(error)))
        fail_msg("%s", error);
    args.parameters = found.parameters;
    w->ops = found.ops;
    if (w->ops->open(&args, &w->dut) != IOTB_OK)
        fail_msg("%s: %s", spec, error);
    assert_int_equal(w->ops->reset(w->dut, IOTB_RESET_COLD), IOTB_OK);
}

/* Reads and writes that overlap, with translation off; each in a page of its own. */
static void trace_of(const char *spec, struct trace *trace)
{
    struct world w;

    open_world(&w, spec, trace);
    for (uint32_t i = 0; i < REQUESTS; i++) {
        struct iotb_request request = {.size = sizeof(request),
                                       .id = i,
                                       .requester_id = 0x0018,
                                       .kind = i % 3 ? IOTB_READ : IOTB_WRITE,
                                       .bytes = 8,
                                       .address = 0x20000000u + 0x1000u * i};

        run_to(&w, i * ROUND_PS / 8);
        assert_int_equal(w.ops->iommu->submit(w.dut, &request), IOTB_OK);
    }
    run_to(&w, 20 * ROUND_PS);
    w.ops->close(w.dut);
}

/* The body in a child; its assertions show as its exit status. */
static void in_child(void (*body)(const char *), const char *argument)
{
    int status = 0;
    pid_t child;

    fflush(NULL);
    child = fork();
    assert_true(child >= 0);
    if (!child) {
        body(argument);
        fflush(NULL);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* A failed assertion would go on in the parent's test: here it ends the process. */
static void compare(const char *spec)
{
    struct trace sim, systemc;
    char other[128];

    snprintf(other, sizeof(other), "systemc:%s", spec);
    trace_of(spec, &sim);
    trace_of(other, &systemc);
    if (sim.accesses != REQUESTS)
        _exit(2);
    for (uint32_t i = 0; i < REQUESTS; i++) {
        if (sim.done_ps[i] != systemc.done_ps[i] || sim.status[i] != systemc.status[i] ||
            memcmp(sim.data[i], systemc.data[i], 8) != 0) {
            fprintf(stderr, "%s, request %u: %llu ps and %llu ps, status %u and %u\n", spec, i,
                    (unsigned long long)sim.done_ps[i], (unsigned long long)systemc.done_ps[i], sim.status[i], systemc.status[i]);
            _exit(1);
        }
        if (sim.done_ps[i] < i * ROUND_PS / 8 + ANSWER_PS)
            _exit(3);
    }
    if (sim.accesses != systemc.accesses)
        _exit(4);
}

static void same_times(void **state)
{
    (void)state;
    in_child(compare, "vtd,preset=max");
    in_child(compare, "vtd,preset=max,clock_ps=1500,lookup_ps=2000,lookup_ports=1");
    in_child(compare, "smmuv3,preset=max");
}

static void open_twice(const char *spec)
{
    struct trace trace;
    struct world w;
    struct dut_found found;
    struct iotb_dut *second = NULL;
    char error[256] = "";
    struct iotb_open_args args = {.size = sizeof(args), .error = error, .error_bytes = sizeof(error)};

    open_world(&w, spec, &trace);
    if (!dut_find(spec, &found, error, sizeof(error)))
        _exit(1);
    args.parameters = found.parameters;
    if (found.ops->open(&args, &second) >= 0 || !strstr(error, "one kernel in a process"))
        _exit(2);
    w.ops->close(w.dut);
    if (found.ops->open(&args, &second) >= 0)
        _exit(3);
}

static void one_kernel(void **state)
{
    (void)state;
    in_child(open_twice, "systemc:vtd");
    in_child(open_twice, "systemc:smmuv3");
}

/* Parameters that contradict each other are refused with the model's sentence. */
static void refused(const char *spec)
{
    struct dut_found found;
    struct iotb_dut *dut = NULL;
    char error[256] = "";
    struct iotb_open_args args = {.size = sizeof(args), .error = error, .error_bytes = sizeof(error)};

    if (!dut_find(spec, &found, error, sizeof(error)))
        _exit(1);
    args.parameters = found.parameters;
    if (found.ops->open(&args, &dut) != IOTB_E_ARGUMENT || !*error)
        _exit(2);
}

static void bad_parameters(void **state)
{
    (void)state;
    in_child(refused, "systemc:vtd,preset=nonsense");
    in_child(refused, "systemc:vtd,preset=legacy,nest=1");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_times),
        cmocka_unit_test(one_kernel),
        cmocka_unit_test(bad_parameters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
