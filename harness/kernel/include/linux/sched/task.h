/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_SCHED_TASK_H
#define _LINUX_SCHED_TASK_H

#include <linux/sched.h>

static inline struct task_struct *get_task_struct(struct task_struct *task)
{
    refcount_inc(&task->usage);
    return task;
}
void put_task_struct(struct task_struct *task);

#endif
