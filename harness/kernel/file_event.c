/* SPDX-License-Identifier: BSD-2-Clause */
/* file_event.c - eventfd: a counter that read() takes and resets (or, as a semaphore, takes one of), and write() and kernels add
 * to. */
#include "kernel/process_internal.h"

#include <linux/anon_inodes.h>
#include <linux/eventfd.h>
#include <linux/export.h>
#include <linux/file.h>
#include <linux/kernel.h>
#include <linux/kref.h>
#include <linux/poll.h>
#include <linux/slab.h>

struct eventfd_ctx {
    struct kref kref;
    wait_queue_head_t wqh; /* its lock guards the counter */
    u64 count;
    unsigned int flags;
};

void eventfd_signal_mask(struct eventfd_ctx *ctx, __poll_t mask)
{
    spin_lock(&ctx->wqh.lock);
    if (ctx->count < ULLONG_MAX)
        ctx->count++;
    if (waitqueue_active(&ctx->wqh))
        wake_up_locked_poll(&ctx->wqh, EPOLLIN | mask);
    spin_unlock(&ctx->wqh.lock);
}
EXPORT_SYMBOL_GPL(eventfd_signal_mask);

static void eventfd_free(struct kref *kref)
{
    kfree(container_of(kref, struct eventfd_ctx, kref));
}

void eventfd_ctx_put(struct eventfd_ctx *ctx)
{
    kref_put(&ctx->kref, eventfd_free);
}
EXPORT_SYMBOL_GPL(eventfd_ctx_put);

static int eventfd_release(struct inode *inode, struct file *file)
{
    struct eventfd_ctx *ctx = file->private_data;

    wake_up_poll(&ctx->wqh, EPOLLHUP);
    eventfd_ctx_put(ctx);
    return 0;
}

static __poll_t eventfd_poll(struct file *file, poll_table *wait)
{
    struct eventfd_ctx *ctx = file->private_data;
    u64 count;

    poll_wait(file, &ctx->wqh, wait);
    spin_lock(&ctx->wqh.lock);
    count = ctx->count;
    spin_unlock(&ctx->wqh.lock);
    return (count ? EPOLLIN : 0) | (count == ULLONG_MAX ? EPOLLERR : 0) | (count < ULLONG_MAX - 1 ? EPOLLOUT : 0);
}

void eventfd_ctx_do_read(struct eventfd_ctx *ctx, __u64 *cnt)
{
    *cnt = ctx->flags & EFD_SEMAPHORE && ctx->count ? 1 : ctx->count;
    ctx->count -= *cnt;
}
EXPORT_SYMBOL_GPL(eventfd_ctx_do_read);

int eventfd_ctx_remove_wait_queue(struct eventfd_ctx *ctx, wait_queue_entry_t *wait, __u64 *cnt)
{
    spin_lock(&ctx->wqh.lock);
    eventfd_ctx_do_read(ctx, cnt);
    __remove_wait_queue(&ctx->wqh, wait);
    if (*cnt && waitqueue_active(&ctx->wqh))
        wake_up_locked_poll(&ctx->wqh, EPOLLOUT);
    spin_unlock(&ctx->wqh.lock);
    return *cnt ? 0 : -EAGAIN;
}
EXPORT_SYMBOL_GPL(eventfd_ctx_remove_wait_queue);

static bool take(struct eventfd_ctx *ctx, u64 *value)
{
    spin_lock(&ctx->wqh.lock);
    eventfd_ctx_do_read(ctx, value);
    if (*value && waitqueue_active(&ctx->wqh))
        wake_up_locked_poll(&ctx->wqh, EPOLLOUT);
    spin_unlock(&ctx->wqh.lock);
    return *value;
}

static bool add(struct eventfd_ctx *ctx, u64 value)
{
    bool room;

    spin_lock(&ctx->wqh.lock);
    room = ULLONG_MAX - ctx->count > value;
    if (room)
        ctx->count += value;
    if (room && waitqueue_active(&ctx->wqh))
        wake_up_locked_poll(&ctx->wqh, EPOLLIN);
    spin_unlock(&ctx->wqh.lock);
    return room;
}

static ssize_t eventfd_read(struct file *file, char __user *to, size_t bytes, loff_t *at)
{
    struct eventfd_ctx *ctx = file->private_data;
    u64 value;

    if (bytes < sizeof(value))
        return -EINVAL;
    if (!take(ctx, &value)) {
        int result = file->f_flags & O_NONBLOCK ? -EAGAIN : wait_event_interruptible(ctx->wqh, take(ctx, &value));

        if (result)
            return result;
    }
    return copy_to_user(to, &value, sizeof(value)) ? -EFAULT : (ssize_t)sizeof(value);
}

static ssize_t eventfd_write(struct file *file, const char __user *from, size_t bytes, loff_t *at)
{
    struct eventfd_ctx *ctx = file->private_data;
    u64 value;

    if (bytes != sizeof(value))
        return -EINVAL;
    if (copy_from_user(&value, from, sizeof(value)))
        return -EFAULT;
    if (value == ULLONG_MAX)
        return -EINVAL;
    if (!add(ctx, value)) {
        int result = file->f_flags & O_NONBLOCK ? -EAGAIN : wait_event_interruptible(ctx->wqh, add(ctx, value));

        if (result)
            return result;
    }
    return sizeof(value);
}

static const struct file_operations eventfd_fops = {
    .llseek = noop_llseek,
    .read = eventfd_read,
    .write = eventfd_write,
    .poll = eventfd_poll,
    .release = eventfd_release,
};

struct file *eventfd_fget(int fd)
{
    struct file *file = fget(fd);

    if (!file)
        return ERR_PTR(-EBADF);
    if (file->f_op == &eventfd_fops)
        return file;
    fput(file);
    return ERR_PTR(-EINVAL);
}
EXPORT_SYMBOL_GPL(eventfd_fget);

struct eventfd_ctx *eventfd_ctx_fileget(struct file *file)
{
    struct eventfd_ctx *ctx = file->private_data;

    if (file->f_op != &eventfd_fops)
        return ERR_PTR(-EINVAL);
    kref_get(&ctx->kref);
    return ctx;
}
EXPORT_SYMBOL_GPL(eventfd_ctx_fileget);

struct eventfd_ctx *eventfd_ctx_fdget(int fd)
{
    struct file *file = eventfd_fget(fd);
    struct eventfd_ctx *ctx;

    if (IS_ERR(file))
        return ERR_CAST(file);
    ctx = eventfd_ctx_fileget(file);
    fput(file);
    return ctx;
}
EXPORT_SYMBOL_GPL(eventfd_ctx_fdget);

int eventfd_create(unsigned int initial, unsigned int flags)
{
    struct eventfd_ctx *ctx;
    int fd;

    if (flags & ~(EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK))
        return -EINVAL;
    ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
    if (!ctx)
        return -ENOMEM;
    kref_init(&ctx->kref);
    init_waitqueue_head(&ctx->wqh);
    ctx->count = initial;
    ctx->flags = flags;
    fd = anon_inode_getfd("[eventfd]", &eventfd_fops, ctx, O_RDWR | (flags & (O_CLOEXEC | O_NONBLOCK)));
    if (fd < 0)
        eventfd_ctx_put(ctx);
    return fd;
}
