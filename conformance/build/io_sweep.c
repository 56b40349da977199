/* SPDX-License-Identifier: BSD-2-Clause */
/* io_sweep.c - scenarios in which every call fails everywhere before it succeeds. */
#include "build/io.h"

#include <setjmp.h>
#include <string.h>

#define CALLS 256u
#define FAILURES_MAX 400u
#define ROUNDS 64u
#define ARGUMENT_MAX 256u

/*
 * A case has a process of its own, and one scenario. A call may succeed although something in it has failed, and do without: a
 * device whose page requests cannot be switched on makes none. The scenario need not end as always then: it begins anew, and what
 * lies behind such a failure is tried.
 */
static struct {
    bool on;
    uint32_t call, failures, rounds;
    jmp_buf anew;
    uint16_t from[CALLS]; /* the first failure to be tried in the n-th call */
} sweep;

struct call {
    uint32_t process;
    int32_t fd;
    uint64_t command;
    void *argument;
    uint32_t bytes;
    const char *path; /* open() */
    uint32_t flags;
};

static int64_t make(struct test *t, const struct call *call)
{
    return call->path ? sys_open(t, call->process, call->path, call->flags)
                      : sys_ioctl(t, call->process, call->fd, call->command, call->argument, call->bytes);
}

static void expect_same(struct test *t, const struct iotb_uapi_audit *before, uint32_t process)
{
    const char *row = test_first_row(t);
    struct iotb_uapi_audit now;

    sys_audit(t, process, &now);
    CHECK_EQ(t, row, before->memlock_bytes, now.memlock_bytes, "charge after a call that failed");
    CHECK_EQ(t, row, before->pinned_pages, now.pinned_pages, "pinned pages after a call that failed");
    CHECK_EQ(t, row, before->files, now.files, "open files after a call that failed");
}

static int64_t failing(struct test *t, const struct call *call)
{
    uint16_t *from = &sweep.from[sweep.call < CALLS ? sweep.call++ : CALLS - 1];
    struct iotb_uapi_audit before;
    uint8_t asked[ARGUMENT_MAX];
    int64_t result = 0;

    if (call->bytes > sizeof(asked))
        return make(t, call);
    memcpy(asked, call->argument ? call->argument : asked, call->bytes);
    sys_audit(t, call->process, &before);
    for (uint32_t n = *from ? *from : 1; n < FAILURES_MAX && !test_failed(t); n++) {
        bool used;

        if (call->bytes)
            memcpy(call->argument, asked, call->bytes);
        sys_fail_nth(t, call->process, n);
        result = make(t, call);
        used = sys_fail_nth(t, call->process, 0) == 1;
        if (!used)
            break;
        if (result >= 0) {
            *from = (uint16_t)(n + 1);
            longjmp(sweep.anew, 1);
        }
        sweep.failures++;
        test_context(t, "call %u of the scenario, failure %u", sweep.call, n);
        expect_same(t, &before, call->process);
        test_context(t, NULL);
    }
    return result;
}

int64_t io_ioctl(struct io *io, uint32_t process, int32_t fd, uint64_t command, void *argument, uint32_t bytes)
{
    struct call call = {.process = process, .fd = fd, .command = command, .argument = argument, .bytes = bytes};

    return sweep.on ? failing(io->t, &call) : make(io->t, &call);
}

int64_t io_open_path(struct io *io, uint32_t process, const char *path, uint32_t flags)
{
    struct call call = {.process = process, .path = path, .flags = flags};

    return sweep.on ? failing(io->t, &call) : make(io->t, &call);
}

void io_sweep(struct test *t, void (*scenario)(struct test *t))
{
    const char *row = test_first_row(t);
    struct iotb_uapi_audit audit;

    memset(&sweep, 0, sizeof(sweep));
    sweep.on = true;
    if (setjmp(sweep.anew)) {
        sys_quiesce(t);
        sys_audit(t, 0, &audit);
        CHECK(t, row, audit.splats == IOTB_UAPI_UNKNOWN || !audit.splats, "the kernel has complained: %s", audit.text);
        sweep.rounds++;
    }
    if (!CHECK(t, row, sweep.rounds < ROUNDS, "fewer than %u failures do no harm to a call", ROUNDS) || test_failed(t))
        return;
    test_reset(t, IOTB_RESET_COLD);
    sweep.call = 0;
    scenario(t);
    sweep.on = false;
    CHECK(t, row, sweep.failures, "calls have failed when something in them did");
    test_note(t, "%u failures in %u calls, %u rounds", sweep.failures, sweep.call, sweep.rounds + 1);
}
