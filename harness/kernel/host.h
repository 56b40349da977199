/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host.h - the harness kernel from outside: boot it on a machine, run tasks in it, halt it, ask what went wrong. For the adapter,
 * the tests and the fuzzer (hosted C), and for kernel code through a bridge.
 *
 * One kernel at a time in a process. Functions marked [task] are called by a task, all others from outside of the kernel (the
 * thread that booted it). Processes, files and system calls: process.h and what it names.
 */
#ifndef KERNEL_HOST_H
#define KERNEL_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hardware;
struct module;
struct process;
struct task_struct;

enum kernel_backend {
    KERNEL_COOPERATIVE, /* every task a coroutine; the same seed gives the same trace */
    KERNEL_THREADS,     /* every task a thread, one lock around the machine: for the thread sanitizer; no promise on the trace */
};

struct kernel_module_config {
    const char *name;
    enum kernel_module_state { MODULE_LOADABLE, MODULE_BUILTIN, MODULE_FORBIDDEN, MODULE_ABSENT } state;
    const char *parameters; /* "profile=s20 other=1", for each load; NULL: none */
};

/* One line of what the kernel does, for time lines. `what` is static text. */
struct kernel_trace_event {
    uint64_t at_ps;
    int pid;
    const char *task;
    enum kernel_trace_kind {
        TRACE_RUN,   /* the task goes on */
        TRACE_WAIT,  /* it waits: for `what` */
        TRACE_WAKE,  /* it was woken */
        TRACE_ENTER, /* a system call: `what`, `value` a number of it */
        TRACE_LEAVE, /* its result is `value` */
        TRACE_PRINT, /* printk: what */
        TRACE_NOTE,  /* kernel_trace() */
        TRACE_POINT, /* a trace point of kernel code: `what` is its system, `text` "NAME FIELD=VALUE.." */
    } kind;
    const char *what;
    int64_t value;
    const char *text; /* lives for the call */
};

struct kernel_config {
    enum kernel_backend backend;
    uint64_t seed;
    /* Which task goes on is a seeded choice at each lock, unlock and wake-up; else first in, first out. Threads pause there. */
    bool explore;
    unsigned int preempt_percent; /* with explore: how often a task that could go on is changed for another; 0: seeds differ */
    const struct hardware *hardware; /* NULL: no machine, time moves by itself (tests of the core) */
    const struct kernel_module_config *modules; /* those that are not named are loadable */
    size_t module_count;
    void (*trace)(void *context, const struct kernel_trace_event *event); /* NULL: none */
    void (*print)(void *context, int level, const char *line);            /* printk as it comes; NULL: only recorded */
    void *context;
    uint64_t
        hang_after_ps; /* a caller that waits longer than this is a hang although timers still run; 0: 600 simulated seconds */
};

/* 0, or a negative errno with everything taken down again. Built-in modules are loaded. */
int kernel_boot(const struct kernel_config *config);
/*
 * Unloads the modules, ends the kernel's own tasks, takes the subsystems down, and audits: what is left is a splat of kind
 * KERNEL_SPLAT_LEAK. All user tasks must have ended (one that hangs is a splat and is thrown away). Splats stay until the next
 * boot.
 */
void kernel_halt(void);

/* ---- tasks ---- */

/* A new task that runs function(argument): of `process` (its system calls are those of process.h), or of the kernel with NULL. */
struct task_struct *kernel_spawn(struct process *process, const char *name, void (*function)(void *argument), void *argument);
enum kernel_outcome {
    KERNEL_DONE,
    KERNEL_RUNNING,
    KERNEL_HANG,   /* nothing can ever run again, or hang_after_ps is over: kernel_hang_text() */
    KERNEL_KILLED, /* the task ended in a BUG */
};
/* Until it has ended. */
enum kernel_outcome kernel_wait(struct task_struct *task);
/* The task has ended or not; nothing is run. */
enum kernel_outcome kernel_poll(struct task_struct *task);
/* Every spawned task is given back once. */
void kernel_release(struct task_struct *task);
/* Spawn, wait, release. */
enum kernel_outcome kernel_run(struct process *process, const char *name, void (*function)(void *argument), void *argument);
/* Until no task can run and the machine has no event before `until_ps` (simulated, absolute; UINT64_MAX: no limit, timers
 * included). */
void kernel_settle(uint64_t until_ps);
/* Runs the kernel until function(argument) says true (asked when tasks had their turn), the time is over, or nothing can run. */
bool kernel_run_until(bool (*function)(void *argument), void *argument, uint64_t until_ps);
/* A signal: interruptible sleeps of the task end with -ERESTARTSYS, with `fatal` killable ones too. Also [task]. */
void kernel_signal(struct task_struct *task, bool fatal);
uint64_t kernel_now_ps(void);
/* Around what the caller does with the machine past the kernel, and what its hooks in the machine share with it: with threads, tasks
 * run meanwhile. Recursive; nothing that waits inside. */
void kernel_machine_lock(void);
void kernel_machine_unlock(void);
/* Of every task: its name, state, what it waits for, and since where. */
const char *kernel_hang_text(void);
/* Of all choices so far: equal seeds give equal hashes (cooperative). */
uint64_t kernel_trace_hash(void);
/* Whether trace points are told (TRACE_POINT); off after each boot. */
void kernel_trace_points(bool on);
/* [task] An entry of the time line. */
void kernel_trace(const char *what, int64_t value);

/* ---- fail-nth ---- */

/* The n-th (from 1) fallible call of the task from now on fails; 0: none. As /proc/self/fail-nth. [task] with NULL: the caller.
 */
void kernel_fail_nth(struct task_struct *task, unsigned int n);
/* What is left; 0: the failure happened (or none was asked for). */
unsigned int kernel_fail_nth_left(struct task_struct *task);
/* What failed last: "kmalloc at core/map.c:120"; "" if nothing did. */
const char *kernel_fail_nth_what(struct task_struct *task);

/* ---- what went wrong ---- */

enum kernel_splat_kind {
    KERNEL_SPLAT_WARN,
    KERNEL_SPLAT_BUG,
    KERNEL_SPLAT_LOCK, /* held at return to user, double unlock, order, recursion, sleep in atomic context */
    KERNEL_SPLAT_LEAK, /* found at halt */
    KERNEL_SPLAT_REFCOUNT,
    KERNEL_SPLAT_LIST,
    KERNEL_SPLAT_MEMORY, /* double free, free of what is none, written past the end */
    KERNEL_SPLAT_HANG,
    KERNEL_SPLAT_MODULE,
};
struct kernel_splat {
    enum kernel_splat_kind kind;
    int pid;
    const char *text; /* one line with its place; may name more after newlines */
};
size_t kernel_splat_count(void);
const struct kernel_splat *kernel_splat(size_t index);
void kernel_splats_clear(void);
/* Lines of printk so far, those of pr_err and worse, and of these the ones that no rate limit holds back. */
struct kernel_print_counts {
    uint64_t lines, errors, errors_unlimited;
};
struct kernel_print_counts kernel_print_counts(void);
/* The last lines (some hundred), the oldest first; NULL past the end. */
const char *kernel_log_line(size_t index);
/* Objects and bytes of the slab that are alive. */
void kernel_memory_use(uint64_t *objects, uint64_t *bytes);

/* ---- modules ---- (from outside; each runs a task of its own) */

/* modprobe: dependencies first. 0 also if it is there already. -ENOENT absent, -EPERM forbidden, else what init said. */
int kernel_module_load(const char *name, const char *parameters);
/* rmmod: -EWOULDBLOCK while in use or others depend on it, -EBUSY built in, -ENOENT not loaded. */
int kernel_module_unload(const char *name);
int kernel_module_set_state(const char *name, enum kernel_module_state state); /* while it is not loaded */
bool kernel_module_loaded(const char *name);
int kernel_module_references(const char *name);

#endif
