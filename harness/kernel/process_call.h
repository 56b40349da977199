/* SPDX-License-Identifier: BSD-2-Clause */
/* process_call.h - a function of process.h, packed for a task. */
#ifndef KERNEL_PROCESS_CALL_H
#define KERNEL_PROCESS_CALL_H

#include <linux/types.h>

struct process;

struct call {
    struct process *process;
    const char *name;
    s64 (*function)(struct call *call);
    u64 a[6];
    s64 result;
};

/* By a task of call->process, or by the caller if it is one. */
s64 process_run_call(struct call *call);
/* By a new task of process; NULL: of the kernel. From outside only. */
s64 process_run_in(struct process *process, struct call *call);

#define CALL(process_, function_, ...) process_run_call(&(struct call){process_, #function_, function_, {__VA_ARGS__}, 0})
#define P(pointer) ((u64)(unsigned long)(pointer))

#endif
