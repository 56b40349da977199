/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_EVENTFD_H
#define _LINUX_EVENTFD_H

#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/types.h>
#include <linux/wait.h>

#define EFD_SEMAPHORE 1
#define EFD_CLOEXEC O_CLOEXEC
#define EFD_NONBLOCK O_NONBLOCK

struct eventfd_ctx;
struct file;

struct file *eventfd_fget(int fd);
struct eventfd_ctx *eventfd_ctx_fdget(int fd); /* -EBADF, -EINVAL: not an eventfd */
struct eventfd_ctx *eventfd_ctx_fileget(struct file *file);
void eventfd_ctx_put(struct eventfd_ctx *ctx);

/* Also from interrupts. At ULLONG_MAX the counter stays, and poll says EPOLLERR. */
void eventfd_signal_mask(struct eventfd_ctx *ctx, __poll_t mask);
static inline void eventfd_signal(struct eventfd_ctx *ctx)
{
    eventfd_signal_mask(ctx, 0);
}
int eventfd_ctx_remove_wait_queue(struct eventfd_ctx *ctx, wait_queue_entry_t *wait, __u64 *cnt);
void eventfd_ctx_do_read(struct eventfd_ctx *ctx, __u64 *cnt);

#endif
