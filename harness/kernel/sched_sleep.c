/* SPDX-License-Identifier: BSD-2-Clause */
/* sched_sleep.c - sleeping and waking, signals, kernel threads, contexts that must not sleep. */
#include "kernel/sched.h"

#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#define PS_PER_MS 1000000000ull

/* ---- states ---- */

void kernel_set_state(unsigned int state)
{
    sched_lock();
    WRITE_ONCE(sched_me()->task.__state, state);
    sched_unlock();
}

bool sched_signal_pending(struct sched_task *task, unsigned int state)
{
    return ((state & TASK_INTERRUPTIBLE) && task->signal) || ((state & (TASK_WAKEKILL | TASK_INTERRUPTIBLE)) && task->fatal);
}

int kernel_signal_pending_state(unsigned int state, struct task_struct *task)
{
    bool pending;

    sched_lock();
    pending = sched_signal_pending(sched_of(task), state);
    sched_unlock();
    return pending;
}

int signal_pending(struct task_struct *task)
{
    return READ_ONCE(sched_of(task)->signal) || READ_ONCE(sched_of(task)->fatal);
}

int fatal_signal_pending(struct task_struct *task)
{
    return READ_ONCE(sched_of(task)->fatal);
}

static bool wake_locked(struct sched_task *task, unsigned int states)
{
    unsigned int state = task->task.__state;

    if (!(state & states))
        return false;
    WRITE_ONCE(task->task.__state, TASK_RUNNING);
    if (task->run_state == RUN_WAITING && !task->lock_wait)
        sched_ready(task);
    return true;
}

int wake_up_state(struct task_struct *task, unsigned int state)
{
    struct sched_task *it = sched_of(task);
    bool woken = false;

    if (it->run_state == RUN_NEW && it->created && it->function) {
        sched_start(it);
        woken = true;
    } else {
        sched_lock();
        woken = wake_locked(it, state);
        sched_unlock();
    }
    if (woken)
        sched_point();
    return woken;
}

int wake_up_process(struct task_struct *task)
{
    return wake_up_state(task, TASK_NORMAL);
}

void sched_signal_task(struct sched_task *task, bool fatal)
{
    sched_lock();
    WRITE_ONCE(task->signal, true);
    if (fatal)
        WRITE_ONCE(task->fatal, true);
    if (task->lock_wait && task->run_state == RUN_WAITING)
        sched_ready(task); /* it looks itself whether its wait can be interrupted */
    else
        wake_locked(task, fatal ? TASK_INTERRUPTIBLE | TASK_WAKEKILL : TASK_INTERRUPTIBLE);
    sched_unlock();
}

void task_signal_process(struct process *process, bool fatal)
{
    struct sched_task *task;

    for (;;) {
        struct sched_task *found = NULL;

        sched_lock();
        list_for_each_entry(task, &sched.tasks, all) if (task->process == process && !(fatal ? task->fatal : task->signal))
            found = task;
        sched_unlock();
        if (!found)
            return;
        sched_signal_task(found, fatal);
    }
}

unsigned int task_count_of_process(struct process *process)
{
    struct sched_task *task;
    unsigned int count = 0;

    sched_lock();
    list_for_each_entry(task, &sched.tasks, all) count += task->process == process;
    sched_unlock();
    return count;
}

/* ---- schedule ---- */

static void sleep_now(u64 due_ps, const char *why)
{
    struct sched_task *me = sched_me();

    if (sched_atomic(me)) {
        char text[256];

        sched_describe(me, text, sizeof(text));
        splat(SPLAT_LOCK, "scheduling in atomic context: %s", text);
    }
    sched_lock();
    me->timed_out = false;
    if (me->task.__state != TASK_RUNNING && sched_signal_pending(me, me->task.__state))
        WRITE_ONCE(me->task.__state, TASK_RUNNING);
    if (me->task.__state != TASK_RUNNING) {
        if (due_ps != U64_MAX)
            sched_timer_arm(&me->timer, due_ps);
        sched_park(why, NULL, me->why_file, me->why_line);
    }
    sched_unlock();
}

void schedule(void)
{
    if (get_current_state() == TASK_RUNNING)
        sched_yield_now();
    else
        sleep_now(U64_MAX, "schedule");
}

void yield(void)
{
    sched_yield_now();
}

int cond_resched(void)
{
    might_sleep();
    sched_point();
    return 0;
}

long schedule_timeout(long timeout)
{
    u64 due = time_now_ps() + (u64)timeout * PS_PER_MS, now;

    if (timeout == MAX_SCHEDULE_TIMEOUT) {
        schedule();
        return timeout;
    }
    if (get_current_state() != TASK_RUNNING)
        sleep_now(due, "schedule_timeout");
    else
        sched_yield_now();
    now = time_now_ps();
    return now >= due ? 0 : (long)((due - now + PS_PER_MS - 1) / PS_PER_MS);
}

long schedule_timeout_interruptible(long timeout)
{
    kernel_set_state(TASK_INTERRUPTIBLE);
    return schedule_timeout(timeout);
}

long schedule_timeout_uninterruptible(long timeout)
{
    kernel_set_state(TASK_UNINTERRUPTIBLE);
    return schedule_timeout(timeout);
}

long schedule_timeout_killable(long timeout)
{
    kernel_set_state(TASK_KILLABLE);
    return schedule_timeout(timeout);
}

void msleep(unsigned int ms)
{
    long left = ms;

    while (left)
        left = schedule_timeout_uninterruptible(left);
}

unsigned long msleep_interruptible(unsigned int ms)
{
    long left = ms;

    while (left && !signal_pending(current))
        left = schedule_timeout_interruptible(left);
    return (unsigned long)left;
}

void usleep_range(unsigned long from_us, unsigned long to_us)
{
    u64 due = time_now_ps() + from_us * 1000000ull;

    might_sleep();
    while (time_now_ps() < due) {
        kernel_set_state(TASK_UNINTERRUPTIBLE);
        sleep_now(due, "usleep_range");
    }
}

void udelay(unsigned long us)
{
    time_pass_ns(us * 1000);
}

void ndelay(unsigned long ns)
{
    time_pass_ns(ns);
}

void kernel_cpu_relax(void)
{
    time_pass_ns(10);
}

unsigned long kernel_jiffies(void)
{
    return time_now_ps() / PS_PER_MS;
}

u64 ktime_get_ns(void)
{
    return time_now_ps() / 1000;
}

/* ---- contexts that must not sleep ---- */

void preempt_disable(void)
{
    sched_me()->preempt_depth++;
}

void preempt_enable(void)
{
    struct sched_task *me = sched_me();

    if (!me->preempt_depth)
        splat(SPLAT_LOCK, "preempt_enable without preempt_disable");
    else
        me->preempt_depth--;
}

static unsigned int spins_held(const struct sched_task *task)
{
    unsigned int count = 0;

    for (unsigned int i = 0; i < task->held_count; i++)
        count += (task->held[i].mode & LOCK_SPIN) != 0;
    return count;
}

unsigned int preempt_count(void)
{
    struct sched_task *me = sched_me();

    return me ? me->preempt_depth + spins_held(me) + (me->hardirq ? 0x10000u : 0) : 0;
}

bool sched_atomic(struct sched_task *task)
{
    return task->preempt_depth || task->hardirq || task->rcu_depth || task->irqs_off || spins_held(task);
}

bool in_atomic(void)
{
    struct sched_task *me = sched_me();

    return me && sched_atomic(me);
}

bool in_hardirq(void)
{
    struct sched_task *me = sched_me();

    return me && me->hardirq;
}

bool irqs_disabled(void)
{
    struct sched_task *me = sched_me();

    return me && (me->irqs_off || me->hardirq);
}

void local_irq_disable(void)
{
    sched_me()->irqs_off = true;
}

void local_irq_enable(void)
{
    sched_me()->irqs_off = false;
}

unsigned long kernel_irq_save(void)
{
    struct sched_task *me = sched_me();
    bool old = me->irqs_off;

    me->irqs_off = true;
    return old;
}

void kernel_irq_restore(unsigned long flags)
{
    sched_me()->irqs_off = flags != 0;
}

void might_sleep_at(const char *file, int line)
{
    struct sched_task *me = sched_me();

    if (!me)
        return;
    me->why_file = file;
    me->why_line = line;
    if (sched_atomic(me)) {
        char text[256];

        sched_describe(me, text, sizeof(text));
        splat(SPLAT_LOCK, "%s:%d: sleeping function called in atomic context: %s", file, line, text);
    } else if (get_current_state() != TASK_RUNNING) {
        splat(SPLAT_LOCK, "%s:%d: a call that may sleep between set_current_state and schedule", file, line);
    }
    sched_point();
}

/* ---- kernel threads ---- */

struct kthread_start {
    int (*function)(void *data);
    void *data;
};

static void kthread_main(void *argument)
{
    struct kthread_start start = *(struct kthread_start *)argument;
    struct sched_task *me = sched_me();

    port_free(argument);
    if (me->stop) {
        me->result = -EINTR; /* stopped before it ever ran */
        return;
    }
    me->result = start.function(start.data);
}

struct task_struct *kthread_create(int (*function)(void *data), void *data, const char *format, ...)
{
    struct kthread_start *start;
    struct sched_task *task;
    char name[TASK_COMM_LEN];
    va_list arguments;

    if (fault_inject_should_fail("kthread_create"))
        return ERR_PTR(-ENOMEM);
    va_start(arguments, format);
    vsnprintf(name, sizeof(name), format, arguments);
    va_end(arguments);
    start = port_alloc(sizeof(*start));
    *start = (struct kthread_start){function, data};
    task = sched_create(NULL, name, kthread_main, start);
    task->created = true;
    task->service = true;
    /* as in Linux: nothing keeps a kthread's task_struct but the thread itself, until it is stopped */
    put_task_struct(&task->task);
    return &task->task;
}

int kthread_stop(struct task_struct *task)
{
    struct sched_task *it = sched_of(task);
    int result;

    might_sleep();
    refcount_inc(&task->usage);
    sched_lock();
    WRITE_ONCE(it->stop, true);
    sched_unlock();
    if (it->run_state == RUN_NEW)
        sched_start(it);
    else
        wake_up_process(task);
    for (;;) {
        bool dead;

        kernel_set_state(TASK_UNINTERRUPTIBLE);
        sched_lock();
        dead = it->run_state == RUN_DEAD;
        sched_unlock();
        if (dead)
            break;
        wake_up_process(task);
        sleep_now(time_now_ps() + 1000000, "kthread_stop"); /* looks again after a microsecond */
    }
    kernel_set_state(TASK_RUNNING);
    sched.backend->acquire(it);
    result = it->result;
    put_task_struct(task);
    return result;
}

int kthread_stop_put(struct task_struct *task)
{
    int result = kthread_stop(task);

    put_task_struct(task);
    return result;
}

bool kthread_should_stop(void)
{
    return READ_ONCE(sched_me()->stop);
}
