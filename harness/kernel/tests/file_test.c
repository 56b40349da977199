/* SPDX-License-Identifier: BSD-2-Clause */
/* file_test.c - fds, files, ioctl arguments, blocking and poll, eventfd, mappings of a device. */
#include "kernel/tests/fake_machine.h"
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

static int open_check(void)
{
    int64_t fd = process_open(process, "/dev/check", PROCESS_O_RDWR);

    assert_true(fd >= 0);
    return (int)fd;
}

static int name(int fd, unsigned int value)
{
    assert_int_equal(process_ioctl_raw(process, fd, CHECK_NAME, value), 0);
    return fd;
}

/* ---- fds ---- */

static void numbers(void **state)
{
    int a = open_check(), b = open_check(), c = open_check();

    (void)state;
    assert_int_equal(a, 0);
    assert_int_equal(b, 1);
    assert_int_equal(c, 2);
    assert_int_equal(process_close(process, b), 0);
    assert_int_equal(process_close(process, b), -EBADF);
    assert_int_equal(check_device.releases, 1);
    assert_int_equal(open_check(), b); /* the lowest that is free */
    assert_int_equal(process_open(process, "/dev/nothing", PROCESS_O_RDWR), -ENOENT);
    assert_int_equal(process_open(process, "check", PROCESS_O_RDWR), -ENOENT);
    assert_int_equal(process_ioctl(process, 17, CHECK_WAKE, NULL, 0), -EBADF);
    assert_int_equal(process_ioctl(process, -1, CHECK_WAKE, NULL, 0), -EBADF);
    assert_int_equal(process_close(process, 1 << 20), -EBADF);
    assert_int_equal(process_ioctl(process, a, 0x12340000, NULL, 0), -ENOTTY);
}

static void dup_and_send(void **state)
{
    struct process *other = fixture_process(5, 0);
    int fd = name(open_check(), 3);
    int64_t second = process_dup(process, fd), sent = process_send_fd(process, fd, other);

    (void)state;
    assert_true(second > fd);
    assert_int_equal(process_open_files(), 1);
    assert_int_equal(sent, 0);
    assert_int_equal(process_close(process, fd), 0);
    assert_int_equal(process_close(process, (int)second), 0);
    assert_int_equal(check_device.releases, 0);
    assert_int_equal(process_ioctl(other, (int)sent, CHECK_COPY_IN(0), NULL, 0), 0);
    process_exit(other);
    assert_int_equal(check_device.releases, 1);
    assert_int_equal(check_device.released[0], 3);
}

static void fork_shares_files(void **state)
{
    int fd = open_check();
    struct process *child = process_fork(process);

    (void)state;
    assert_int_equal(process_close(process, fd), 0);
    assert_int_equal(check_device.releases, 0);
    assert_int_equal(process_ioctl(child, fd, CHECK_ALLOW, NULL, 0), 0);
    process_exit(child);
    assert_int_equal(check_device.releases, 1);
}

static void exit_closes_in_order(void **state)
{
    (void)state;
    for (unsigned int i = 1; i <= 4; i++)
        name(open_check(), i);
    process_close(process, 1);
    name(open_check(), 5); /* as fd 1 again */
    process_exit(process);
    process = NULL;
    assert_int_equal(check_device.releases, 5);
    assert_int_equal(check_device.released[0], 2);
    assert_int_equal(check_device.released[1], 1);
    assert_int_equal(check_device.released[2], 5);
    assert_int_equal(check_device.released[3], 3);
    assert_int_equal(check_device.released[4], 4);
}

static void too_many_files(void **state)
{
    int fd = open_check();

    (void)state;
    for (int i = 1; i < 1024; i++)
        assert_int_equal(process_dup(process, fd), i);
    assert_int_equal(process_dup(process, fd), -EMFILE);
}

/* ---- arguments ---- */

static void arguments_end_with_their_page(void **state)
{
    static const unsigned int sizes[] = {1, 7, 8, 24, 255};
    int fd = open_check();
    uint8_t data[256];

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        memset(data, 1, sizeof(data));
        assert_int_equal(process_ioctl(process, fd, CHECK_COPY_IN(sizes[i]), data, sizes[i]), 0);
        assert_int_equal(process_ioctl(process, fd, CHECK_COPY_IN(sizes[i] + 1), data, sizes[i]), 1);
        assert_int_equal(process_ioctl(process, fd, CHECK_COPY_OUT(sizes[i]), data, sizes[i]), 0);
        assert_int_equal(data[0], 0x99);
        assert_int_equal(data[sizes[i] - 1], 0x99);
        assert_int_equal(data[sizes[i]], 1);
    }
    assert_int_equal(process_ioctl(process, fd, CHECK_COPY_IN(8), NULL, 8), 8);
}

static void raw_arguments(void **state)
{
    int fd = open_check();
    int64_t at = process_map(process, 2 * PAGE, ALL);
    uint64_t end = (uint64_t)at + 2 * PAGE;

    (void)state;
    for (unsigned int before = 0; before <= 16; before++) {
        assert_int_equal(process_ioctl_raw(process, fd, CHECK_COPY_IN(16), end - before), 16 - before);
        assert_int_equal(process_ioctl_raw(process, fd, CHECK_COPY_OUT(16), end - before), 16 - before);
    }
    assert_int_equal(process_mprotect(process, (uint64_t)at + PAGE, PAGE, PROCESS_READ), 0);
    assert_int_equal(process_ioctl_raw(process, fd, CHECK_COPY_OUT(16), (uint64_t)at + PAGE - 6), 10);
    assert_int_equal(process_ioctl_raw(process, fd, CHECK_COPY_IN(16), (uint64_t)at + PAGE - 6), 0);
}

static void read_and_write(void **state)
{
    int fd = open_check();
    int64_t read_only = process_open(process, "/dev/check", PROCESS_O_RDONLY);
    int64_t write_only = process_open(process, "/dev/check", PROCESS_O_WRONLY);
    uint32_t value = 0;

    (void)state;
    assert_int_equal(process_ioctl(process, fd, CHECK_WAKE, NULL, 0), 0);
    assert_int_equal(process_read(process, fd, &value, 4, PROCESS_HERE), 4);
    assert_int_equal(value, 0x600df11e);
    assert_int_equal(process_ioctl(process, fd, CHECK_WAKE, NULL, 0), 0);
    assert_int_equal(process_read_raw(process, fd, 0x1000, 4, PROCESS_HERE), -EFAULT);
    assert_int_equal(process_read(process, (int)write_only, &value, 4, PROCESS_HERE), -EBADF);
    assert_int_equal(process_write(process, (int)read_only, &value, 4, PROCESS_HERE), -EBADF);
    assert_int_equal(process_write(process, fd, &value, 4, PROCESS_HERE), -EINVAL);
    assert_int_equal(process_read(process, fd, &value, 4, -1), -EINVAL);
}

/* ---- waiting ---- */

struct sleeper {
    int fd;
    unsigned int command;
    int64_t result;
    struct process_poll poll;
    uint64_t value;
};

static void sleep_in_ioctl(void *argument)
{
    struct sleeper *sleeper = argument;

    sleeper->result = process_ioctl(process, sleeper->fd, sleeper->command, NULL, 0);
}

static void sleep_in_read(void *argument)
{
    struct sleeper *sleeper = argument;

    sleeper->result = process_read(process, sleeper->fd, &sleeper->value, sizeof(sleeper->value), PROCESS_HERE);
}

static void sleep_in_write(void *argument)
{
    struct sleeper *sleeper = argument;

    sleeper->result = process_write(process, sleeper->fd, &sleeper->value, sizeof(sleeper->value), PROCESS_HERE);
}

static void sleep_in_poll(void *argument)
{
    struct sleeper *sleeper = argument;

    sleeper->result = process_poll(process, &sleeper->poll, 1, -1);
}

static void release_waits_for_the_ioctl(void **state)
{
    struct sleeper sleeper = {.fd = open_check(), .command = CHECK_SLEEP, .result = 1};
    int64_t other = process_dup(process, sleeper.fd);
    struct task_struct *task = fixture_spawn(sleep_in_ioctl, &sleeper);

    (void)state;
    assert_int_equal(__atomic_load_n(&check_device.sleepers, __ATOMIC_RELAXED), 1);
    assert_int_equal(process_close(process, sleeper.fd), 0);
    assert_int_equal(process_ioctl(process, sleeper.fd, CHECK_ALLOW, NULL, 0), -EBADF);
    assert_int_equal(process_ioctl(process, (int)other, CHECK_WAKE, NULL, 0), 0);
    assert_int_equal(process_close(process, (int)other), 0);
    fixture_end(task);
    assert_int_equal(sleeper.result, 0);
    assert_int_equal(check_device.releases, 1);
}

static void exit_ends_what_sleeps(void **state)
{
    struct sleeper sleeper = {.fd = open_check(), .command = CHECK_SLEEP};
    struct task_struct *task = fixture_spawn(sleep_in_ioctl, &sleeper);

    (void)state;
    assert_int_equal(process_exit(process), 0);
    process = NULL;
    fixture_end(task);
    assert_int_equal(sleeper.result, -EINTR);
    assert_int_equal(check_device.releases, 1);
}

static void a_signal_ends_a_read(void **state)
{
    struct sleeper sleeper = {.fd = open_check()};
    struct task_struct *task = fixture_spawn(sleep_in_read, &sleeper);

    (void)state;
    kernel_signal(task, false);
    fixture_end(task);
    assert_int_equal(sleeper.result, -EINTR);
    assert_int_equal(process_set_nonblock(process, sleeper.fd, true), 0);
    assert_int_equal(process_read(process, sleeper.fd, &sleeper.value, 4, PROCESS_HERE), -EAGAIN);
}

static void poll_sees_and_waits(void **state)
{
    int fd = open_check();
    struct process_poll fds[3] = {{.fd = fd, .events = POLLIN}, {.fd = 99, .events = POLLIN}, {.fd = -1, .events = POLLIN}};
    struct sleeper sleeper = {.poll = {.fd = fd, .events = POLLIN}};
    struct task_struct *task;

    (void)state;
    assert_int_equal(process_poll(process, fds, 1, 0), 0);
    assert_int_equal(process_poll(process, fds, 1, 3000000), 0);
    assert_int_equal(process_poll(process, fds, 3, -1), 1);
    assert_int_equal(fds[1].revents, POLLNVAL);
    assert_int_equal(fds[0].revents | fds[2].revents, 0);
    task = fixture_spawn(sleep_in_poll, &sleeper);
    assert_int_equal(process_ioctl(process, fd, CHECK_WAKE, NULL, 0), 0);
    fixture_end(task);
    assert_int_equal(sleeper.result, 1);
    assert_int_equal(sleeper.poll.revents, POLLIN);
}

/* ---- eventfd ---- */

static int64_t event_add(int64_t fd, uint64_t value)
{
    return process_write(process, (int)fd, &value, 8, PROCESS_HERE);
}

static int64_t event_take(int64_t fd)
{
    uint64_t value = 0;
    int64_t result = process_read(process, (int)fd, &value, 8, PROCESS_HERE);

    return result == 8 ? (int64_t)value : result;
}

static void eventfd_counts(void **state)
{
    int64_t fd = process_eventfd(process, 3, PROCESS_O_NONBLOCK);
    uint64_t value = 0;

    (void)state;
    assert_int_equal(event_take(fd), 3);
    assert_int_equal(event_take(fd), -EAGAIN);
    assert_int_equal(event_add(fd, 5), 8);
    assert_int_equal(event_add(fd, 6), 8);
    assert_int_equal(event_take(fd), 11);
    assert_int_equal(event_add(fd, UINT64_MAX), -EINVAL);
    assert_int_equal(process_read(process, (int)fd, &value, 7, PROCESS_HERE), -EINVAL);
    assert_int_equal(process_write(process, (int)fd, &value, 4, PROCESS_HERE), -EINVAL);
    assert_int_equal(process_eventfd(process, 0, 0x100), -EINVAL);
    assert_int_equal(process_read(process, (int)fd, &value, 8, 0), -ESPIPE);
}

static void eventfd_as_semaphore(void **state)
{
    int64_t fd = process_eventfd(process, 2, PROCESS_EVENTFD_SEMAPHORE | PROCESS_O_NONBLOCK);

    (void)state;
    assert_int_equal(event_take(fd), 1);
    assert_int_equal(event_take(fd), 1);
    assert_int_equal(event_take(fd), -EAGAIN);
}

static void eventfd_is_full(void **state)
{
    int64_t fd = process_eventfd(process, 0, PROCESS_O_NONBLOCK);
    struct process_poll poll = {.fd = (int)fd, .events = POLLIN | POLLOUT};

    (void)state;
    assert_int_equal(process_poll(process, &poll, 1, 0), 1);
    assert_int_equal(poll.revents, POLLOUT);
    assert_int_equal(event_add(fd, UINT64_MAX - 1), 8);
    assert_int_equal(event_add(fd, 1), -EAGAIN);
    assert_int_equal(process_poll(process, &poll, 1, 0), 1);
    assert_int_equal(poll.revents, POLLIN);
    assert_int_equal(process_ioctl_raw(process, open_check(), CHECK_SIGNAL, (uint64_t)fd), 0);
    assert_int_equal(process_ioctl_raw(process, open_check(), CHECK_SIGNAL, (uint64_t)fd), 0);
    assert_int_equal(process_poll(process, &poll, 1, 0), 1);
    assert_int_equal(poll.revents, POLLIN | POLLERR);
    assert_int_equal((uint64_t)event_take(fd), UINT64_MAX);
}

static void eventfd_waits(void **state)
{
    struct sleeper reader = {.fd = (int)process_eventfd(process, 0, 0)};
    struct sleeper writer = {.fd = (int)process_eventfd(process, 1, 0), .value = UINT64_MAX - 1};
    int fd = open_check();
    struct task_struct *reading = fixture_spawn(sleep_in_read, &reader), *writing = fixture_spawn(sleep_in_write, &writer);

    (void)state;
    assert_int_equal(process_ioctl_raw(process, fd, CHECK_SIGNAL, (uint64_t)reader.fd), 0);
    fixture_end(reading);
    assert_int_equal(reader.result, 8);
    assert_int_equal(reader.value, 1);
    assert_int_equal(event_take(writer.fd), 1);
    fixture_end(writing);
    assert_int_equal(writer.result, 8);
}

static void not_an_eventfd(void **state)
{
    int fd = open_check();

    (void)state;
    assert_int_equal(process_ioctl_raw(process, fd, CHECK_SIGNAL, (uint64_t)fd), -EINVAL);
    assert_int_equal(process_ioctl_raw(process, fd, CHECK_SIGNAL, 77), -EBADF);
}

/* ---- mappings of a device ---- */

static int64_t map_registers(int fd, unsigned int pages, uint64_t offset)
{
    return process_mmap(process, 0, pages * PAGE, ALL, PROCESS_SHARED, fd, offset);
}

static void registers(void **state)
{
    int fd = open_check();
    int64_t at = map_registers(fd, 1, PAGE);
    uint32_t value = 0x12345678;
    uint8_t wide[64] = {1};

    (void)state;
    assert_true(at > 0);
    assert_int_equal(process_memory_write(process, (uint64_t)at + 0x10, &value, 4), 0);
    assert_int_equal(fake_widest_write(), 4);
    assert_memory_equal(fake_registers() + PAGE + 0x10, &value, 4);
    value = 0;
    assert_int_equal(process_memory_read(process, (uint64_t)at + 0x10, &value, 4), 0);
    assert_int_equal(value, 0x12345678);
    assert_int_equal(process_memory_write(process, (uint64_t)at + 0x40, wide, 64), 0);
    assert_int_equal(fake_widest_write(), 64);
    assert_int_equal(process_enqcmd(process, (uint64_t)at + 0x80, wide), 1);
    wide[0] = 0;
    assert_int_equal(process_enqcmd(process, (uint64_t)at + 0x80, wide), 0);
    assert_int_equal(process_enqcmd(process, (uint64_t)at + PAGE, wide), -EFAULT);
    assert_int_equal(map_registers(fd, 2, PAGE), -EINVAL);
    assert_int_equal(process_mmap(process, 0, PAGE, ALL, PROCESS_PRIVATE, fd, 0), -EPERM);
    assert_int_equal(map_registers(fd, 1, 12), -EINVAL);
    assert_int_equal(map_registers((int)process_eventfd(process, 0, 0), 1, 0), -ENODEV);
    assert_int_equal(map_registers((int)process_open(process, "/dev/check", PROCESS_O_RDONLY), 1, 0), -EACCES);
    assert_int_equal(map_registers(50, 1, 0), -EBADF);
}

static void zapped_registers(void **state)
{
    int fd = open_check();
    int64_t at = map_registers(fd, 2, 0);
    struct check_range range = {.address = (uint64_t)at, .pages = 1};
    uint32_t value = 1;

    (void)state;
    assert_int_equal(process_memory_write(process, (uint64_t)at, &value, 4), 0);
    fixture_check(process, check_pin, &range);
    assert_int_equal(range.result, -EFAULT); /* registers cannot be pinned */
    fixture_check(process, check_unpin, &range);
    assert_int_equal(process_ioctl(process, fd, CHECK_ZAP, NULL, 0), 0);
    assert_int_equal(process_memory_write(process, (uint64_t)at, &value, 4), -EFAULT);
    assert_int_equal(process_memory_read(process, (uint64_t)at + PAGE, &value, 4), -EFAULT);
    assert_int_equal(process_ioctl(process, fd, CHECK_ALLOW, NULL, 0), 0);
    assert_int_equal(process_memory_read(process, (uint64_t)at, &value, 4), 0);
}

/* A mapping keeps its file. */
static void areas(void **state)
{
    int fd = open_check();
    int64_t at = map_registers(fd, 2, 0);
    struct process *child;

    (void)state;
    assert_int_equal(check_device.areas, 1);
    assert_int_equal(process_close(process, fd), 0);
    assert_int_equal(check_device.releases, 0);
    assert_int_equal(process_munmap(process, (uint64_t)at + PAGE, PAGE), 0);
    assert_int_equal(check_device.areas, 1);
    child = process_fork(process);
    assert_int_equal(check_device.areas, 2);
    process_exit(process);
    process = NULL;
    assert_int_equal(check_device.areas, 1);
    assert_int_equal(check_device.releases, 0);
    process_exit(child);
    assert_int_equal(check_device.areas, 0);
    assert_int_equal(check_device.releases, 1);
}

#define T(function) cmocka_unit_test_setup_teardown(function, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(numbers),
        T(dup_and_send),
        T(fork_shares_files),
        T(exit_closes_in_order),
        T(too_many_files),
        T(arguments_end_with_their_page),
        T(raw_arguments),
        T(read_and_write),
        T(release_waits_for_the_ioctl),
        T(exit_ends_what_sleeps),
        T(a_signal_ends_a_read),
        T(poll_sees_and_waits),
        T(eventfd_counts),
        T(eventfd_as_semaphore),
        T(eventfd_is_full),
        T(eventfd_waits),
        T(not_an_eventfd),
        T(registers),
        T(zapped_registers),
        T(areas),
    };

    return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
