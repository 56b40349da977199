/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ioasid_calls.c - system calls. Each is a task of its process, so that several can be under way; one that is waited for and
 * cannot end by itself is ended by a signal.
 */
#include "dut/ioasid/ioasid_breaches.h"
#include "dut/ioasid/ioasid_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CALL_IOCTL_RAW 0x1000       /* a kind of our own: the argument is `address` */
#define WAIT_PS (10000 * PS_PER_MS) /* as long as a call may take when something still happens */

/* ---- one call, as a task ---- */

static int64_t poll_until(struct process *process, const struct iotb_uapi_call *call)
{
    struct process_poll one = {.fd = call->fd, .events = (short)call->flags};
    int64_t result = process_poll(process, &one, 1, -1);

    return result < 0 ? result : one.revents;
}

static int64_t make(struct task *task)
{
    struct iotb_uapi_call *call = &task->call;
    struct process *process = task->process;

    switch (call->kind) {
    case IOTB_UAPI_CALL_OPEN:
        return process_open(process, (const char *)task->argument, call->flags);
    case IOTB_UAPI_CALL_CLOSE:
        return process_close(process, call->fd);
    case IOTB_UAPI_CALL_IOCTL:
        return process_ioctl(process, call->fd, (unsigned int)call->command, call->bytes ? task->argument : NULL, call->bytes);
    case CALL_IOCTL_RAW:
        return process_ioctl_raw(process, call->fd, (unsigned int)call->command, call->address);
    case IOTB_UAPI_CALL_READ:
        return process_read(process, call->fd, task->argument, call->bytes, PROCESS_HERE);
    case IOTB_UAPI_CALL_WRITE:
        return process_write(process, call->fd, task->argument, call->bytes, PROCESS_HERE);
    case IOTB_UAPI_CALL_POLL:
        return poll_until(process, call);
    case IOTB_UAPI_CALL_UNMAP:
        return process_munmap(process, call->address, call->length);
    default:
        return -ENOSYS;
    }
}

static void run(void *context)
{
    struct task *task = context;

    if (task->fail_nth) /* armed by the task itself: a thread runs from the moment it is made */
        kernel_fail_nth(NULL, task->fail_nth);
    task->call.result = make(task);
}

static bool is_done(void *context)
{
    struct task *task = context;

    dma_pump(task->dut);
    return kernel_poll(task->task) != KERNEL_RUNNING;
}

static struct task *new_task(struct iotb_dut *dut, const struct iotb_uapi_call *call)
{
    struct task *task = dut->tasks;

    while (task < &dut->tasks[TASKS] && task->used)
        task++;
    if (task == &dut->tasks[TASKS] || call->bytes > IOTB_UAPI_ARGUMENT_MAX)
        return NULL;
    *task = (struct task){.used = true, .dut = dut, .call = *call, .process = process_of(dut, call->process)};
    task->argument = calloc(1, call->bytes ? call->bytes : 1u);
    if (!task->argument)
        abort();
    if (call->argument && call->bytes)
        memcpy(task->argument, call->argument, call->bytes);
    return task;
}

/* The failure that was armed goes with the next call of the process. */
static void begin(struct iotb_dut *dut, struct task *task)
{
    task->fail_nth = task->call.process < PROCESSES ? dut->fail[task->call.process] : 0;
    task->task = kernel_spawn(task->process, "call", run, task);
    if (!task->task)
        abort();
}

static void end(struct iotb_dut *dut, struct task *task)
{
    uint32_t process = task->call.process;

    if (process < PROCESSES && dut->fail[process]) {
        dut->fail_used[process] = kernel_fail_nth_left(task->task) == 0;
        dut->fail[process] = 0;
    }
    kernel_release(task->task);
    free(task->argument);
    task->used = false;
}

int64_t dut_call(struct iotb_dut *dut, const struct iotb_uapi_call *call)
{
    struct task *task = new_task(dut, call);
    int64_t result;

    if (!task)
        return IOTB_UAPI_BENCH(IOTB_E_UNSUPPORTED);
    if (!task->process) {
        free(task->argument);
        task->used = false;
        return -ESRCH;
    }
    begin(dut, task);
    if (!kernel_run_until(is_done, task, kernel_now_ps() + WAIT_PS))
        kernel_signal(task->task, false);
    switch (kernel_wait(task->task)) {
    case KERNEL_DONE:
        result = task->call.result == -512 ? -EINTR : task->call.result; /* -ERESTARTSYS */
        break;
    case KERNEL_HANG: /* the audit tells */
        result = -ETIMEDOUT;
        break;
    case KERNEL_RUNNING:
    case KERNEL_KILLED:
    default:
        result = -EIO;
    }
    if (call->argument && call->bytes)
        memcpy(call->argument, task->argument, call->bytes);
    end(dut, task);
    return result;
}

void tasks_forget(struct iotb_dut *dut)
{
    for (uint32_t i = 0; i < TASKS; i++)
        if (dut->tasks[i].used)
            end(dut, &dut->tasks[i]);
}

int64_t uapi_spawn(struct iotb_dut *dut, const struct iotb_uapi_call *call)
{
    struct task *task = new_task(dut, call);

    if (!task)
        return IOTB_UAPI_BENCH(IOTB_E_UNSUPPORTED);
    if (!task->process) {
        free(task->argument);
        task->used = false;
        return -ESRCH;
    }
    begin(dut, task);
    return task - dut->tasks;
}

int uapi_collect(struct iotb_dut *dut, uint32_t number, struct iotb_uapi_call *call)
{
    struct task *task = &dut->tasks[number < TASKS ? number : 0];
    enum kernel_outcome outcome;

    if (number >= TASKS || !task->used)
        return IOTB_E_PROTOCOL;
    outcome = kernel_poll(task->task);
    if (outcome == KERNEL_RUNNING)
        return IOTB_NONE;
    call->result = outcome == KERNEL_DONE ? task->call.result == -512 ? -EINTR : task->call.result : -EIO;
    if (call->argument)
        memcpy(call->argument, task->argument, call->bytes < task->call.bytes ? call->bytes : task->call.bytes);
    end(dut, task);
    return IOTB_OK;
}

/* ---- calls by name ---- */

#define CALL(...) \
    breach_call(dut, &(struct iotb_uapi_call){.size = sizeof(struct iotb_uapi_call), .process = process, __VA_ARGS__})

int64_t uapi_open(struct iotb_dut *dut, uint32_t process, const char *path, uint32_t flags)
{
    char copy[256];
    int64_t fd;

    if (strlen(path) >= sizeof(copy))
        return -ENAMETOOLONG;
    strcpy(copy, path);
    fd = CALL(.kind = IOTB_UAPI_CALL_OPEN, .argument = copy, .bytes = sizeof(copy), .flags = flags);
    device_opened(dut, process, path, fd);
    breach_opened(dut, process, path, fd);
    return fd;
}

int64_t uapi_close(struct iotb_dut *dut, uint32_t process, int32_t fd)
{
    device_closed(dut, process, fd);
    return CALL(.kind = IOTB_UAPI_CALL_CLOSE, .fd = fd);
}

int64_t uapi_ioctl(struct iotb_dut *dut, uint32_t process, int32_t fd, uint64_t command, void *argument, uint32_t bytes)
{
    return CALL(.kind = IOTB_UAPI_CALL_IOCTL, .fd = fd, .command = command, .argument = argument, .bytes = bytes);
}

int64_t uapi_read(struct iotb_dut *dut, uint32_t process, int32_t fd, void *data, uint32_t bytes)
{
    return CALL(.kind = IOTB_UAPI_CALL_READ, .fd = fd, .argument = data, .bytes = bytes);
}

int64_t uapi_write(struct iotb_dut *dut, uint32_t process, int32_t fd, const void *data, uint32_t bytes)
{
    union {
        const void *in;
        void *out;
    } argument = {.in = data}; /* not changed by a write */

    return CALL(.kind = IOTB_UAPI_CALL_WRITE, .fd = fd, .argument = argument.out, .bytes = bytes);
}

int64_t uapi_ioctl_raw(struct iotb_dut *dut, uint32_t process, int32_t fd, uint64_t command, uint64_t argument)
{
    return CALL(.kind = CALL_IOCTL_RAW, .fd = fd, .command = command, .address = argument);
}

/* What follows does not sleep for long: as a call from outside of the kernel. */

int64_t uapi_poll(struct iotb_dut *dut, uint32_t process, int32_t fd, uint32_t events)
{
    struct process *of = process_of(dut, process);
    struct process_poll one = {.fd = fd, .events = (short)events};
    int64_t result = of ? process_poll(of, &one, 1, 0) : -ESRCH;

    return result < 0 ? result : one.revents;
}

int64_t uapi_eventfd(struct iotb_dut *dut, uint32_t process, uint32_t initial)
{
    struct process *of = process_of(dut, process);

    return of ? process_eventfd(of, initial, PROCESS_O_NONBLOCK) : -ESRCH;
}

int64_t uapi_map_memory(struct iotb_dut *dut, uint32_t process, uint64_t bytes, uint64_t *user_address)
{
    struct process *of = process_of(dut, process);
    unsigned int flags = PROCESS_PRIVATE | PROCESS_POPULATE | (*user_address ? PROCESS_FIXED | PROCESS_NO_REPLACE : 0);
    int64_t result =
        of ? process_mmap(of, *user_address, (bytes + 4095) & ~UINT64_C(4095), PROCESS_READ | PROCESS_WRITE, flags, -1, 0)
           : -ESRCH;

    if (result < 0)
        return result;
    *user_address = (uint64_t)result;
    return 0;
}

int64_t uapi_unmap_memory(struct iotb_dut *dut, uint32_t process, uint64_t user_address, uint64_t bytes)
{
    struct process *of = process_of(dut, process);

    return of ? process_munmap(of, user_address, bytes) : -ESRCH;
}

int64_t uapi_map_file(struct iotb_dut *dut, uint32_t process, int32_t fd, uint64_t offset, uint64_t bytes, uint32_t protection,
                      uint64_t *user_address)
{
    struct process *of = process_of(dut, process);
    int64_t result = of ? process_mmap(of, 0, bytes, protection, PROCESS_SHARED, fd, offset) : -ESRCH;

    if (result < 0)
        return result;
    *user_address = (uint64_t)result;
    return 0;
}

int64_t uapi_access_memory(struct iotb_dut *dut, uint32_t process, uint64_t user_address, void *data, uint32_t bytes,
                           uint32_t write)
{
    struct process *of = process_of(dut, process);

    if (!of)
        return -ESRCH;
    return write ? process_memory_write(of, user_address, data, bytes) : process_memory_read(of, user_address, data, bytes);
}

int64_t uapi_fork(struct iotb_dut *dut, uint32_t process)
{
    struct process *of = process_of(dut, process), *child;

    if (!of)
        return -ESRCH;
    if (dut->process_count == PROCESSES)
        return -EAGAIN;
    child = process_fork(of);
    if (!child)
        return -ENOMEM;
    dut->processes[dut->process_count] = child;
    return dut->process_count++;
}

int64_t uapi_exit(struct iotb_dut *dut, uint32_t process)
{
    struct process *of = process_of(dut, process);

    if (!of)
        return -ESRCH;
    for (uint32_t i = 0; i < DEVICES; i++)
        if (dut->devices[i].process == process)
            dut->devices[i].fd = -1;
    dut->processes[process] = NULL;
    return process_exit(of);
}

int64_t uapi_set_memlock(struct iotb_dut *dut, uint32_t process, uint64_t bytes)
{
    struct process *of = process_of(dut, process);

    return of ? process_set_memlock(of, bytes) : -ESRCH;
}

int64_t uapi_share(struct iotb_dut *dut, uint32_t process, int32_t fd, uint32_t to_process)
{
    struct process *of = process_of(dut, process), *to = process_of(dut, to_process);

    int64_t result = of && to ? process_send_fd(of, fd, to) : -ESRCH;

    breach_shared(dut, process, fd, to_process, result);
    return result;
}

const struct iotb_uapi_ops ioasid_uapi = {
    .size = sizeof(ioasid_uapi),
    .open = uapi_open,
    .close = uapi_close,
    .ioctl = uapi_ioctl,
    .read = uapi_read,
    .write = uapi_write,
    .poll = uapi_poll,
    .eventfd = uapi_eventfd,
    .map_memory = uapi_map_memory,
    .access_memory = uapi_access_memory,
    .fork = uapi_fork,
    .exit = uapi_exit,
    .device_submit = uapi_device_submit,
    .machine = uapi_machine_facts,
    .describe_device = uapi_describe_device,
    .device_poll = uapi_device_poll,
    .device_bus = uapi_device_bus,
    .device_repeat = uapi_device_repeat,
    .bind_driver = uapi_bind_driver,
    .driver_buffer = uapi_driver_buffer,
    .unmap_memory = uapi_unmap_memory,
    .set_memlock = uapi_set_memlock,
    .share = uapi_share,
    .map_file = uapi_map_file,
    .ioctl_raw = uapi_ioctl_raw,
    .spawn = uapi_spawn,
    .collect = uapi_collect,
    .quiesce = uapi_quiesce,
    .module = uapi_module,
    .fail_nth = uapi_fail_nth,
    .audit = uapi_audit,
    .guest_wbinvd = uapi_guest_wbinvd,
    .guest_enqcmd = uapi_guest_enqcmd,
    .next_probe = uapi_next_probe,
};
