/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/refcount.h>
#include <linux/types.h>

#define TASK_RUNNING 0x0
#define TASK_INTERRUPTIBLE 0x1
#define TASK_UNINTERRUPTIBLE 0x2
#define TASK_DEAD 0x80
#define TASK_WAKEKILL 0x100
#define TASK_KILLABLE (TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_NORMAL (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)
#define TASK_IDLE TASK_UNINTERRUPTIBLE
#define TASK_COMM_LEN 16
#define PF_KTHREAD 0x00200000u
#define PF_EXITING 0x00000004u
#define MAX_SCHEDULE_TIMEOUT LONG_MAX

struct mm_struct;
struct files_struct;
struct cred;
struct signal_struct;
struct process;

struct task_struct {
    unsigned int __state;
    unsigned int flags;
    pid_t pid, tgid;
    char comm[TASK_COMM_LEN];
    refcount_t usage;
    struct task_struct *group_leader;
    struct mm_struct *mm, *active_mm; /* these four belong to the process (harness/kernel memory and files) */
    struct files_struct *files;
    struct signal_struct *signal;
    struct process *process;
    const struct cred *cred;
    int exit_code;
};
struct task_struct *get_current(void);
#define current get_current()

void schedule(void);
long schedule_timeout(long timeout);
long schedule_timeout_interruptible(long timeout);
long schedule_timeout_uninterruptible(long timeout);
long schedule_timeout_killable(long timeout);
int wake_up_process(struct task_struct *task);
int wake_up_state(struct task_struct *task, unsigned int state);
void yield(void);
int cond_resched(void);
#define cond_resched_lock(lock) cond_resched()
#define need_resched() false
#define signal_pending_state(state, task) kernel_signal_pending_state(state, task)
int kernel_signal_pending_state(unsigned int state, struct task_struct *task);
void kernel_set_state(unsigned int state);
#define set_current_state(state) kernel_set_state(state)
#define __set_current_state(state) kernel_set_state(state)
#define get_current_state() READ_ONCE(current->__state)
#define task_pid_nr(task) ((task)->pid)
#define task_tgid_nr(task) ((task)->tgid)
#define same_thread_group(a, b) ((a)->tgid == (b)->tgid)
#define smp_processor_id() 0
#define raw_smp_processor_id() 0
#define io_schedule() schedule()

#endif
