/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sweep_test.c - every fallible step of system calls on memory and files fails once; and tasks of one process work against each
 * other in seeded orders. Nothing may be left, and nobody may see what is not his.
 */
#include "kernel/tests/process_fixture.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

static int start(void **state)
{
    int result = fixture_start(state);

    if (!result)
        fixture_check(NULL, check_device_start, NULL);
    return result;
}

static int stop(void **state)
{
    if (process)
        process_exit(process);
    process = NULL;
    fixture_check(NULL, check_device_stop, NULL);
    return fixture_stop(state);
}

/* ---- fail-nth ---- */

struct sweep {
    void (*scenario)(struct sweep *sweep);
    unsigned int failures, most;
    struct process *children[128];
    unsigned int child_count;
};

static void use_memory(struct sweep *sweep)
{
    int64_t at = process_map(process, 3 * PAGE, ALL);
    struct check_range range = {.address = (uint64_t)at, .pages = 3, .write = 1};

    (void)sweep;
    if (at < 0)
        return;
    process_mprotect(process, range.address + PAGE, PAGE, PROCESS_READ);
    process_mprotect(process, range.address + PAGE, PAGE, ALL);
    check_pin(&range);
    check_unpin(&range);
    process_munmap(process, range.address + PAGE, PAGE);
    process_munmap(process, range.address, 3 * PAGE);
}

static void use_files(struct sweep *sweep)
{
    int64_t fd = process_open(process, "/dev/check", PROCESS_O_RDWR), event = process_eventfd(process, 0, 0);
    int64_t second = process_dup(process, (int)fd);
    struct process_poll fds[2] = {{.fd = (int)fd, .events = POLLIN}, {.fd = (int)event, .events = POLLIN}};
    int64_t at = process_mmap(process, 0, PAGE, ALL, PROCESS_SHARED, (int)fd, 0);
    uint8_t data[24] = {0};

    (void)sweep;
    process_ioctl(process, (int)fd, CHECK_COPY_IN(24), data, sizeof(data));
    process_ioctl(process, (int)fd, CHECK_COPY_OUT(24), data, sizeof(data));
    process_ioctl_raw(process, (int)fd, CHECK_SIGNAL, (uint64_t)event);
    process_poll(process, fds, 2, 1000000);
    if (at > 0) {
        process_memory_read(process, (uint64_t)at, data, 4);
        process_munmap(process, (uint64_t)at, PAGE);
    }
    process_close(process, (int)second);
    process_close(process, (int)event);
    process_close(process, (int)fd);
}

static void use_fork(struct sweep *sweep)
{
    struct process *child = process_fork(process);

    if (child)
        sweep->children[sweep->child_count++] = child;
}

static void run_sweep(void *argument)
{
    struct sweep *sweep = argument;

    for (unsigned int n = 1; n < 100; n++) {
        unsigned int left;

        kernel_fail_nth(NULL, n);
        sweep->scenario(sweep);
        left = kernel_fail_nth_left(NULL);
        kernel_fail_nth(NULL, 0);
        if (left)
            return;
        sweep->failures++;
    }
}

static void sweep_over(void (*scenario)(struct sweep *sweep), unsigned int least)
{
    struct sweep sweep = {.scenario = scenario};

    assert_int_equal(kernel_run(process, "sweep", run_sweep, &sweep), KERNEL_DONE);
    while (sweep.child_count)
        process_exit(sweep.children[--sweep.child_count]);
    if (sweep.failures < least || sweep.failures == 99)
        fail_msg("%u failures", sweep.failures);
}

static void memory_sweep(void **state)
{
    (void)state;
    sweep_over(use_memory, 5);
}

static void file_sweep(void **state)
{
    (void)state;
    sweep_over(use_files, 8);
}

static void fork_sweep(void **state)
{
    (void)state;
    process_map(process, 4 * PAGE, ALL);
    sweep_over(use_fork, 6);
}

/* ---- tasks against each other: each writes its number to all of its page and must find it ---- */

#define TASKS 4u
#define ROUNDS 12u

struct worker {
    unsigned int number;
    uint64_t shared; /* pages that all of them pin, read, write */
    bool wrong;
};

static void work(void *argument)
{
    struct worker *worker = argument;

    for (unsigned int round = 0; round < ROUNDS; round++) {
        int64_t at = process_mmap(process, 0, 2 * PAGE, ALL, PROCESS_PRIVATE, -1, 0), fd;
        struct check_range range = {.address = worker->shared, .pages = 2, .write = 1};
        uint8_t wrote[64], found[64];

        memset(wrote, (int)(worker->number + 1), sizeof(wrote));
        worker->wrong |= process_memory_write(process, (uint64_t)at + PAGE - 32, wrote, sizeof(wrote)) != 0;
        check_pin(&range);
        worker->wrong |= range.result != 2;
        fd = process_open(process, "/dev/check", PROCESS_O_RDWR);
        worker->wrong |= process_ioctl(process, (int)fd, CHECK_COPY_IN(64), found, 64) != 0;
        worker->wrong |= process_memory_read(process, (uint64_t)at + PAGE - 32, found, sizeof(found)) != 0;
        worker->wrong |= memcmp(wrote, found, sizeof(wrote)) != 0;
        check_unpin(&range);
        worker->wrong |= process_munmap(process, (uint64_t)at, 2 * PAGE) != 0;
        worker->wrong |= process_close(process, (int)fd) != 0;
    }
}

static void fork_meanwhile(void *argument)
{
    struct sweep *sweep = argument;

    for (unsigned int i = 0; i < 3; i++)
        use_fork(sweep);
}

static void against_each_other(void **state)
{
    struct worker workers[TASKS];
    struct task_struct *tasks[TASKS + 1];
    struct sweep sweep = {0};
    int64_t shared = process_map(process, 2 * PAGE, ALL);

    (void)state;
    for (unsigned int i = 0; i < TASKS; i++) {
        workers[i] = (struct worker){.number = i, .shared = (uint64_t)shared};
        tasks[i] = kernel_spawn(process, "worker", work, &workers[i]);
    }
    tasks[TASKS] = kernel_spawn(process, "forker", fork_meanwhile, &sweep);
    for (unsigned int i = 0; i <= TASKS; i++)
        fixture_end(tasks[i]);
    for (unsigned int i = 0; i < TASKS; i++)
        assert_false(workers[i].wrong);
    while (sweep.child_count)
        process_exit(sweep.children[--sweep.child_count]);
}

#define T(function) cmocka_unit_test_setup_teardown(function, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {T(memory_sweep), T(file_sweep), T(fork_sweep), T(against_each_other)};

    return cmocka_run_group_tests_name("sweeps", tests, NULL, NULL);
}
