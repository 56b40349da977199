/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * process_calls.c - system calls of processes for the host: each is packed, run by a task of the process (or at once, when the
 * caller is one), and its result unpacked. Here: those on files. On memory: process_memory.c.
 */
#include "kernel/core.h"
#include "kernel/host.h"
#include "kernel/mm_internal.h"
#include "kernel/process.h"
#include "kernel/process_call.h"
#include "kernel/process_internal.h"

#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/kernel.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

static void run(void *argument)
{
    struct call *call = argument;

    syscall_enter(call->name, (s64)call->a[0]);
    call->result = call->function(call);
    if (call->result == -ERESTARTSYS || call->result == -ERESTARTNOINTR)
        call->result = -EINTR;
    syscall_leave(call->result);
}

s64 process_run_in(struct process *process, struct call *call)
{
    switch (kernel_run(process, call->name, run, call)) {
    case KERNEL_DONE:
        return call->result;
    case KERNEL_KILLED:
        return -EIO;
    default:
        return -ETIMEDOUT;
    }
}

s64 process_run_call(struct call *call)
{
    if (READ_ONCE(call->process->exiting))
        return -ESRCH;
    if (!current)
        return process_run_in(call->process, call);
    if (WARN_ON(current->process != call->process))
        return -EINVAL;
    run(call);
    return call->result;
}

/* ---- arguments in user memory: so that the byte after the last one is not mapped ---- */

#define GUARD 64u
#define GUARD_BYTE 0xc3

struct argument {
    struct scratch *scratch; /* NULL: address is as given */
    unsigned long address, bytes;
};

static bool touch(unsigned long address, void *data, unsigned long bytes, bool write)
{
    return access_remote_vm(current->mm, address, data, (int)bytes, write ? FOLL_WRITE : 0) == (int)bytes;
}

static unsigned long guard_bytes(const struct argument *argument)
{
    return min(argument->scratch->bytes - argument->bytes, (unsigned long)GUARD);
}

static int argument_put(struct argument *argument, const void *data, unsigned long bytes)
{
    u8 guard[GUARD];

    *argument = (struct argument){.bytes = bytes};
    if (!data || !bytes)
        return 0;
    argument->scratch = scratch_get(bytes);
    if (IS_ERR(argument->scratch))
        return (int)PTR_ERR(argument->scratch);
    memset(guard, GUARD_BYTE, sizeof(guard));
    argument->address = argument->scratch->start + argument->scratch->bytes - bytes;
    if (touch(argument->address - guard_bytes(argument), guard, guard_bytes(argument), true) &&
        touch(argument->address, (void *)data, bytes, true))
        return 0;
    scratch_put(argument->scratch);
    return -ENOMEM;
}

/* What the kernel wrote before the argument was not its to write. */
static void argument_take(struct argument *argument, void *data)
{
    u8 guard[GUARD];
    unsigned long before;

    if (!argument->scratch)
        return;
    before = guard_bytes(argument);
    if (before && touch(argument->address - before, guard, before, false) && memchr_inv(guard, GUARD_BYTE, before))
        splat(SPLAT_MEMORY, "user memory before the argument of a system call was written");
    if (data)
        touch(argument->address, data, argument->bytes, false);
    scratch_put(argument->scratch);
}

/* ---- files ---- */

static s64 open_file(struct call *call)
{
    struct file *file = file_open_path((const char *)call->a[0], call->a[1]);

    return IS_ERR(file) ? PTR_ERR(file) : fd_create(file, call->a[1]);
}

int64_t process_open(struct process *process, const char *path, unsigned int flags)
{
    return CALL(process, open_file, P(path), flags);
}

static s64 close_one(struct call *call)
{
    return close_fd((unsigned int)call->a[0]);
}

int64_t process_close(struct process *process, int fd)
{
    return CALL(process, close_one, fd);
}

static s64 dup_one(struct call *call)
{
    struct file *file = fget((unsigned int)call->a[0]);

    return file ? fd_create(file, 0) : -EBADF;
}

int64_t process_dup(struct process *process, int fd)
{
    return CALL(process, dup_one, fd);
}

static s64 send_fd(struct call *call)
{
    struct task_struct *to = ((struct process *)call->a[1])->leader;
    struct file *file = fget((unsigned int)call->a[0]);
    int fd;

    if (!file)
        return -EBADF;
    fd = to->files ? fd_reserve(to->files, 0, task_rlimit(to, RLIMIT_NOFILE)) : -ESRCH;
    if (fd < 0)
        fput(file);
    else
        fd_fill(to->files, (unsigned int)fd, file);
    return fd;
}

int64_t process_send_fd(struct process *process, int fd, struct process *to)
{
    return CALL(process, send_fd, fd, P(to));
}

static s64 set_nonblock(struct call *call)
{
    struct file *file = fget((unsigned int)call->a[0]);

    if (!file)
        return -EBADF;
    file->f_flags = (file->f_flags & ~O_NONBLOCK) | (call->a[1] ? O_NONBLOCK : 0);
    fput(file);
    return 0;
}

int64_t process_set_nonblock(struct process *process, int fd, bool nonblock)
{
    return CALL(process, set_nonblock, fd, nonblock);
}

/* ---- ioctl, read, write: a[0] fd; a[2] data or user address, a[3] bytes ---- */

enum kind { IOCTL, READ, WRITE };

static s64 do_file(struct file *file, enum kind kind, unsigned long address, const struct call *call)
{
    switch (kind) {
    case IOCTL:
        return file_ioctl(file, (unsigned int)call->a[1], address);
    case READ:
        return file_read(file, (char __user *)address, call->a[3], (s64)call->a[4]);
    default:
        return file_write(file, (const char __user *)address, call->a[3], (s64)call->a[4]);
    }
}

static s64 with_file(struct call *call, enum kind kind, unsigned long address)
{
    struct file *file = fget((unsigned int)call->a[0]);
    s64 result;

    if (!file)
        return -EBADF;
    result = do_file(file, kind, address, call);
    fput(file);
    return result;
}

static s64 with_argument(struct call *call, enum kind kind)
{
    void *data = (void *)call->a[2];
    struct argument argument;
    s64 result = argument_put(&argument, data, call->a[3]);

    if (result)
        return result;
    result = with_file(call, kind, argument.address);
    argument_take(&argument, kind == WRITE ? NULL : data);
    return result;
}

static s64 ioctl(struct call *call)
{
    return with_argument(call, IOCTL);
}

int64_t process_ioctl(struct process *process, int fd, unsigned int command, void *argument, size_t bytes)
{
    return CALL(process, ioctl, fd, command, P(argument), bytes);
}

static s64 ioctl_raw(struct call *call)
{
    return with_file(call, IOCTL, call->a[2]);
}

int64_t process_ioctl_raw(struct process *process, int fd, unsigned int command, uint64_t argument)
{
    return CALL(process, ioctl_raw, fd, command, argument);
}

static s64 read(struct call *call)
{
    return with_argument(call, READ);
}

int64_t process_read(struct process *process, int fd, void *data, size_t bytes, int64_t offset)
{
    return CALL(process, read, fd, 0, P(data), bytes, offset);
}

static s64 write(struct call *call)
{
    return with_argument(call, WRITE);
}

int64_t process_write(struct process *process, int fd, const void *data, size_t bytes, int64_t offset)
{
    return CALL(process, write, fd, 0, P(data), bytes, offset);
}

static s64 read_raw(struct call *call)
{
    return with_file(call, READ, call->a[2]);
}

int64_t process_read_raw(struct process *process, int fd, uint64_t address, size_t bytes, int64_t offset)
{
    return CALL(process, read_raw, fd, 0, address, bytes, offset);
}

static s64 write_raw(struct call *call)
{
    return with_file(call, WRITE, call->a[2]);
}

int64_t process_write_raw(struct process *process, int fd, uint64_t address, size_t bytes, int64_t offset)
{
    return CALL(process, write_raw, fd, 0, address, bytes, offset);
}

static s64 poll(struct call *call)
{
    return file_poll((struct process_poll *)call->a[0], call->a[1], (s64)call->a[2]);
}

int64_t process_poll(struct process *process, struct process_poll *fds, size_t count, int64_t timeout_ns)
{
    return CALL(process, poll, P(fds), count, timeout_ns);
}

static s64 eventfd(struct call *call)
{
    return eventfd_create((unsigned int)call->a[0], (unsigned int)call->a[1]);
}

int64_t process_eventfd(struct process *process, unsigned int initial, unsigned int flags)
{
    return CALL(process, eventfd, initial, flags);
}
