/* SPDX-License-Identifier: BSD-2-Clause */
/* file_calls.c - what system calls do with an open file: read, write, ioctl, poll. */
#include "kernel/process.h"
#include "kernel/process_internal.h"

#include <linux/export.h>
#include <linux/file.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

/* ---- read, write ---- */

static int position(struct file *file, s64 offset, fmode_t mode, loff_t *out)
{
    if (offset == PROCESS_HERE) {
        *out = file->f_pos;
        return 0;
    }
    *out = offset;
    if (offset < 0)
        return -EINVAL;
    return file->f_mode & mode ? 0 : -ESPIPE;
}

ssize_t file_read(struct file *file, char __user *to, size_t bytes, s64 offset)
{
    loff_t at;
    ssize_t result = position(file, offset, FMODE_PREAD, &at);

    if (result)
        return result;
    if (!(file->f_mode & FMODE_READ))
        return -EBADF;
    if (!file->f_op->read)
        return -EINVAL;
    if (!access_ok(to, bytes))
        return -EFAULT;
    result = file->f_op->read(file, to, min(bytes, (size_t)INT_MAX & PAGE_MASK), &at);
    if (offset == PROCESS_HERE && at != file->f_pos)
        file->f_pos = at;
    return result;
}

ssize_t file_write(struct file *file, const char __user *from, size_t bytes, s64 offset)
{
    loff_t at;
    ssize_t result = position(file, offset, FMODE_PWRITE, &at);

    if (result)
        return result;
    if (!(file->f_mode & FMODE_WRITE))
        return -EBADF;
    if (!file->f_op->write)
        return -EINVAL;
    if (!access_ok(from, bytes))
        return -EFAULT;
    result = file->f_op->write(file, from, min(bytes, (size_t)INT_MAX & PAGE_MASK), &at);
    if (offset == PROCESS_HERE && at != file->f_pos)
        file->f_pos = at;
    return result;
}

long file_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
    long result = file->f_op->unlocked_ioctl ? file->f_op->unlocked_ioctl(file, command, argument) : -ENOTTY;

    return result == -ENOIOCTLCMD ? -ENOTTY : result;
}

/* ---- poll ---- */

#define QUEUES_MAX 64u

struct poller {
    poll_table table;
    bool woken;
    unsigned int count;
    struct poll_place {
        struct poller *poller;
        struct file *file;
        wait_queue_head_t *queue;
        wait_queue_entry_t entry;
    } places[QUEUES_MAX];
};

static int poll_wake(wait_queue_entry_t *entry, unsigned int mode, int flags, void *key)
{
    struct poll_place *place = container_of(entry, struct poll_place, entry);

    smp_store_release(&place->poller->woken, true);
    return default_wake_function(entry, mode, flags, key);
}

static void poll_join(struct file *file, wait_queue_head_t *queue, poll_table *table)
{
    struct poller *poller = container_of(table, struct poller, table);
    struct poll_place *place = &poller->places[poller->count];

    if (WARN_ON(poller->count == QUEUES_MAX))
        return;
    poller->count++;
    *place = (struct poll_place){.poller = poller, .file = get_file(file), .queue = queue};
    init_waitqueue_func_entry(&place->entry, poll_wake);
    place->entry.private = current;
    add_wait_queue(queue, &place->entry);
}

static void poll_leave(struct poller *poller)
{
    while (poller->count) {
        struct poll_place *place = &poller->places[--poller->count];

        remove_wait_queue(place->queue, &place->entry);
        fput(place->file);
    }
}

__poll_t vfs_poll(struct file *file, struct poll_table_struct *table)
{
    return file->f_op->poll ? file->f_op->poll(file, table) : DEFAULT_POLLMASK;
}
EXPORT_SYMBOL_GPL(vfs_poll);

static long look(struct process_poll *fds, size_t count, poll_table *table)
{
    long ready = 0;

    for (size_t i = 0; i < count; i++) {
        struct file *file = fds[i].fd >= 0 ? fget(fds[i].fd) : NULL;
        __poll_t wanted = (unsigned short)fds[i].events | EPOLLERR | EPOLLHUP;

        table->_key = wanted;
        fds[i].revents = file ? (short)(vfs_poll(file, table) & wanted) : fds[i].fd >= 0 ? POLLNVAL : 0;
        if (file)
            fput(file);
        if (fds[i].revents) {
            ready++;
            table->_qproc = NULL; /* there is no need to wait any more */
        }
    }
    table->_qproc = NULL;
    return ready;
}

static long poll_sleep(struct poller *poller, long left)
{
    set_current_state(TASK_INTERRUPTIBLE);
    if (!smp_load_acquire(&poller->woken))
        left = schedule_timeout(left);
    __set_current_state(TASK_RUNNING);
    return left;
}

long file_poll(struct process_poll *fds, size_t count, s64 timeout_ns)
{
    struct poller *poller = kzalloc(sizeof(*poller), GFP_KERNEL);
    long left = timeout_ns < 0 ? MAX_SCHEDULE_TIMEOUT : (long)DIV_ROUND_UP(timeout_ns, 1000000000L / HZ), ready;

    if (!poller)
        return -ENOMEM;
    init_poll_funcptr(&poller->table, left ? poll_join : NULL);
    for (;;) {
        WRITE_ONCE(poller->woken, false);
        ready = look(fds, count, &poller->table);
        if (ready || !left)
            break;
        if (signal_pending(current)) {
            ready = -EINTR;
            break;
        }
        left = poll_sleep(poller, left);
    }
    poll_leave(poller);
    kfree(poller);
    return ready;
}
