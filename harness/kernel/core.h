/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * core.h - what the parts of the harness kernel use of its core beside the Linux names. Kernel code (nostdinc); not for modules.
 */
#ifndef KERNEL_CORE_H
#define KERNEL_CORE_H

#include <linux/compiler.h>
#include <linux/fault-inject.h>
#include <linux/kernel_subsystem.h>
#include <linux/types.h>

struct process;
struct task_struct;

/* ---- tasks ---- */

/* A task that is never run: the leader of a process. One reference. */
struct task_struct *task_new(const char *comm);
/* Given by the part that has processes (process.h): called on the new task before it runs, and when it has ended, by itself. */
void process_enter(struct process *process, struct task_struct *task);
void process_leave(struct task_struct *task);
/* One that has not exited; NULL: there is none. */
struct process *process_first(void);
/* Every task of the process gets a signal. */
void task_signal_process(struct process *process, bool fatal);
/* How many tasks of the process have not ended. */
unsigned int task_count_of_process(struct process *process);

/* A system call begins and ends: what a task must not take to user space with it (locks, atomic context) is a splat. */
void syscall_enter(const char *what, s64 value);
void syscall_leave(s64 result);

/* A place where another processor may be faster: with exploration on, another task may run now. Never in the scheduler itself. */
void sched_point(void);
/* Of this boot, for choices. */
u64 kernel_seed(void);

/* ---- machine ---- */

/* One lock around the machine (threads backend; nothing else in the cooperative one). Recursive; no sleep inside. */
void machine_lock(void);
void machine_unlock(void);
/* Interrupts may be pending: irq_poll() is called soon, by a task in hard-interrupt context. Any context. */
void irq_kick(void);
/* Given by the device model: takes what the machine has and runs the handlers. */
void irq_poll(void);
/* Simulated time goes on for at least that long; tasks in other contexts run meanwhile (exploration). Any context. */
void time_pass_ns(u64 ns);
u64 time_now_ps(void);
/* Each MMIO read: time goes on a little. */
void hardware_relax(void);

/* ---- audit ---- */

enum splat_kind { /* as enum kernel_splat_kind */
                  SPLAT_WARN,
                  SPLAT_BUG,
                  SPLAT_LOCK,
                  SPLAT_LEAK,
                  SPLAT_REFCOUNT,
                  SPLAT_LIST,
                  SPLAT_MEMORY,
                  SPLAT_HANG,
                  SPLAT_MODULE,
};
__printf(2, 3) void splat(enum splat_kind kind, const char *format, ...);
/* One line of the leak audit at halt. */
#define audit(...) splat(SPLAT_LEAK, __VA_ARGS__)

#endif
