/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_KTHREAD_H
#define _LINUX_KTHREAD_H

#include <linux/err.h>
#include <linux/sched.h>

__printf(3, 4) struct task_struct *kthread_create(int (*function)(void *data), void *data, const char *format, ...);
#define kthread_run(function, data, ...) \
    ({ \
        struct task_struct *__kthread = kthread_create(function, data, __VA_ARGS__); \
        if (!IS_ERR(__kthread)) \
            wake_up_process(__kthread); \
        __kthread; \
    })
int kthread_stop(struct task_struct *task);
int kthread_stop_put(struct task_struct *task);
bool kthread_should_stop(void);
void kthread_use_mm(struct mm_struct *mm);
void kthread_unuse_mm(struct mm_struct *mm);

#endif
