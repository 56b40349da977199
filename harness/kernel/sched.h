/* SPDX-License-Identifier: BSD-2-Clause */
/* sched.h - tasks as the scheduler sees them, and what the files of the core share. Not for other parts. */
#ifndef KERNEL_SCHED_H
#define KERNEL_SCHED_H

#include "kernel/core.h"
#include "kernel/port.h"

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/string.h>

enum run_state { RUN_NEW, RUN_READY, RUN_RUNNING, RUN_WAITING, RUN_DEAD };
enum { HELD_MAX = 24 };

struct held_lock {
    struct kernel_lock *lock;
    unsigned int mode, class;
    const char *file;
    int line;
};

struct sched_timer {
    struct list_head entry;
    u64 due_ps;                              /* 0: not armed */
    void (*fire)(struct sched_timer *timer); /* the scheduler's lock held */
};

struct sched_task {
    struct task_struct task;
    struct list_head all, run;
    enum run_state run_state;
    struct port_context *context;
    void (*function)(void *argument);
    void *argument;
    struct process *process;
    bool service;         /* the kernel's own: its waiting for ever is no hang */
    bool killed, entered; /* ended in a BUG; belongs to a process */
    bool signal, fatal;
    bool lock_wait;     /* waits for a lock, not in schedule() */
    bool stop, created; /* kthreads: should stop; waits for its first wake-up */
    int result;
    struct sched_timer timer;
    bool timed_out;
    unsigned long polls; /* since it slept */
    const char *why;     /* it waits */
    const void *what;
    const char *why_file;
    int why_line;
    /* contexts that must not sleep */
    unsigned int preempt_depth, rcu_depth, rcu_index;
    bool hardirq, irqs_off;
    struct held_lock held[HELD_MAX];
    unsigned int held_count;
    const char *system_call;
    unsigned int fail_nth, fail_asked;
    char fail_what[96];
};

struct sched {
    const struct port_backend *backend;
    struct list_head tasks, ready, timers, graves;
    unsigned int running; /* threads */
    int next_pid;
    bool explore, on, halting;
    bool livelock; /* a task polls for ever */
    unsigned int preempt_percent;
    u64 random, hash, clock_ps, hang_after_ps, choices;
    struct sched_task *irq_task;
    bool irq_pending;
    void (*trace)(void *context, const void *event);
    void *trace_context;
};
extern struct sched sched;

static inline struct sched_task *sched_of(struct task_struct *task)
{
    return container_of(task, struct sched_task, task);
}
static inline struct sched_task *sched_me(void)
{
    struct task_struct *task = get_current();

    return task ? sched_of(task) : NULL;
}
static inline void sched_lock(void)
{
    sched.backend->lock();
}
static inline void sched_unlock(void)
{
    sched.backend->unlock();
}

/* The lock is held: */
void sched_park(const char *why, const void *what, const char *file, int line); /* the current task, until it is made ready */
void sched_ready(struct sched_task *task);
void sched_timer_arm(struct sched_timer *timer, u64 due_ps);
void sched_timer_cancel(struct sched_timer *timer);
void sched_fire_timers(void);
void sched_trace(int kind, struct sched_task *task, const char *what, s64 value);

/* The lock is not held: */
struct sched_task *sched_create(struct process *process, const char *name, void (*function)(void *argument), void *argument);
void sched_start(struct sched_task *task);
__noreturn void sched_exit(bool killed);
/* The host's loop; false: the time is over or nothing can run. */
bool sched_loop(bool (*done)(void *argument), void *argument, u64 until_ps);
void sched_yield_now(void);
void sched_reap(void);
bool sched_signal_pending(struct sched_task *task, unsigned int state);
void sched_signal_task(struct sched_task *task, bool fatal);
u64 sched_random(void);
void sched_clock_to(u64 ps);
bool sched_atomic(struct sched_task *task);
void sched_describe(struct sched_task *task, char *text, unsigned long bytes);

/* ---- audit.c, lockdep.c ---- */
void audit_begin(void);
unsigned int lockdep_class(struct kernel_lock *lock, unsigned int subclass);
void lockdep_acquire(struct sched_task *me, struct kernel_lock *lock, unsigned int class, unsigned int mode, const char *file,
                     int line);
void lockdep_begin(void);
const char *lockdep_class_name(unsigned int class);

/* ---- subsystems of the core ---- */
int rcu_begin(void);
void rcu_end(void);
int timers_begin(void);
void timers_end(void);
int workqueue_begin(void);
void workqueue_end(void);
void slab_begin(void);
void slab_audit(void);
int modules_begin(void);
void modules_end(void);
void print_begin(void);
void print_end(void);

#endif
