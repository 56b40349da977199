/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_SCHED_USER_H
#define _LINUX_SCHED_USER_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/types.h>

/* One per user id, while somebody refers to it. */
struct user_struct {
    refcount_t __count;
    uid_t uid;
    atomic_long_t locked_vm; /* pages charged to the user */
    struct list_head node;
};

struct user_struct *get_uid(struct user_struct *user);
void free_uid(struct user_struct *user);

#endif
