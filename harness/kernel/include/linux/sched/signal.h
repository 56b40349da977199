/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_SCHED_SIGNAL_H
#define _LINUX_SCHED_SIGNAL_H

#include <linux/refcount.h>
#include <linux/resource.h>
#include <linux/sched.h>

/* What the threads of a process share beside memory and files. */
struct signal_struct {
    refcount_t sigcnt;
    struct rlimit rlim[RLIM_NLIMITS];
};

int signal_pending(struct task_struct *task);
int fatal_signal_pending(struct task_struct *task);

static inline unsigned long task_rlimit(const struct task_struct *task, unsigned int limit)
{
    return task->signal ? READ_ONCE(task->signal->rlim[limit].rlim_cur) : RLIM_INFINITY;
}

static inline unsigned long rlimit(unsigned int limit)
{
    return task_rlimit(current, limit);
}

#endif
