/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sched.c - tasks and who runs next. Both backends have the same states and the same loop in the host's context: it lets ready
 * tasks run (coroutines) or waits while any runs (threads), and when none can, it steps the machine to its next event.
 */
#include "kernel/sched.h"

#include "kernel/hardware.h"

struct sched sched;

/* Of the part that has processes. Tests of the core have none. */
extern void process_enter(struct process *process, struct task_struct *task) __weak;
extern void process_leave(struct task_struct *task) __weak;

enum { POLLS_MAX = 5000000 }; /* registers read, or delays, without sleeping: who does more waits for what never comes */
enum { STEP_CHANCE = 16 };    /* with exploration: one choice in so many lets the machine go on while tasks could run */
#define EXPLORE_STEP_PS 1000000ull

struct task_struct *get_current(void)
{
    return port_current();
}

u64 sched_random(void)
{
    u64 z = __atomic_add_fetch(&sched.random, 0x9e3779b97f4a7c15ull, __ATOMIC_RELAXED);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

static void note_choice(u64 value)
{
    sched.choices++;
    sched.hash = (sched.hash ^ value) * 0x100000001b3ull;
}

/* ---- time ---- */

void sched_clock_to(u64 ps)
{
    u64 now = READ_ONCE(sched.clock_ps);

    while (now < ps && !try_cmpxchg(&sched.clock_ps, &now, ps)) {
    }
}

u64 time_now_ps(void)
{
    return READ_ONCE(sched.clock_ps);
}

void sched_timer_arm(struct sched_timer *timer, u64 due_ps)
{
    struct list_head *at;

    sched_timer_cancel(timer);
    timer->due_ps = due_ps ? due_ps : 1;
    for (at = sched.timers.prev; at != &sched.timers; at = at->prev)
        if (list_entry(at, struct sched_timer, entry)->due_ps <= timer->due_ps)
            break;
    list_add(&timer->entry, at);
}

void sched_timer_cancel(struct sched_timer *timer)
{
    if (timer->due_ps)
        list_del(&timer->entry);
    timer->due_ps = 0;
}

void sched_fire_timers(void)
{
    while (!list_empty(&sched.timers)) {
        struct sched_timer *timer = list_first_entry(&sched.timers, struct sched_timer, entry);

        if (timer->due_ps > time_now_ps())
            break;
        sched_timer_cancel(timer);
        timer->fire(timer);
    }
}

/* The next event of the machine up to last_ps. The scheduler's lock is not held: interrupts may follow. */
static bool step_machine(u64 last_ps)
{
    bool stepped;

    if (!hardware)
        return false;
    sched.backend->machine_lock();
    stepped = hardware->ops->step(hardware->context, last_ps);
    sched_clock_to(hardware->ops->now_ps(hardware->context));
    sched.backend->machine_unlock();
    if (stepped)
        irq_kick();
    return stepped;
}

/* No task can run: time goes on to the next thing that happens, which is at until_ps or before, or there is none (false). */
static bool idle(u64 until_ps)
{
    u64 next = until_ps;
    bool armed;

    sched_lock();
    armed = !list_empty(&sched.timers);
    if (armed)
        next = min(next, list_first_entry(&sched.timers, struct sched_timer, entry)->due_ps);
    sched_unlock();
    if (step_machine(next)) {
        sched_lock();
        sched_fire_timers();
        sched_unlock();
        return true;
    }
    if (next == U64_MAX)
        return false;
    sched_clock_to(next);
    sched_lock();
    armed = armed && next < until_ps;
    if (!list_empty(&sched.timers) && list_first_entry(&sched.timers, struct sched_timer, entry)->due_ps <= next)
        armed = true;
    sched_fire_timers();
    sched_unlock();
    return armed;
}

/* ---- states ---- */

void sched_ready(struct sched_task *task)
{
    if (task->run_state == RUN_READY || task->run_state == RUN_RUNNING || task->run_state == RUN_DEAD)
        return;
    sched_timer_cancel(&task->timer);
    sched.backend->release(task);
    if (sched.trace)
        sched_trace(2, task, task->why, 0);
    if (sched.backend == &port_threads) {
        task->run_state = RUN_RUNNING;
        sched.running++;
        sched.backend->wake(task->context);
        return;
    }
    task->run_state = RUN_READY;
    list_add_tail(&task->run, &sched.ready);
}

/* Gives the processor away; the state of the task says whether it comes back by itself. */
static void leave_processor(struct sched_task *me)
{
    if (sched.backend != &port_threads) {
        sched.backend->suspend();
        return;
    }
    if (--sched.running == 0)
        sched.backend->wake(sched.backend->host());
    sched.backend->wait(me->context);
}

void sched_park(const char *why, const void *what, const char *file, int line)
{
    struct sched_task *me = sched_me();

    if (!me)
        port_abort("harness kernel: something that waits was called from outside of all tasks");
    me->why = why;
    me->what = what;
    me->why_file = file;
    me->why_line = line;
    me->run_state = RUN_WAITING;
    if (sched.trace)
        sched_trace(1, me, why, 0);
    leave_processor(me);
    me->why = NULL;
    me->polls = 0;
    sched.backend->acquire(me);
}

void sched_yield_now(void)
{
    struct sched_task *me = sched_me();

    if (!me || sched.backend == &port_threads || list_empty(&sched.ready))
        return;
    me->run_state = RUN_READY;
    list_add_tail(&me->run, &sched.ready);
    sched.backend->suspend();
}

void sched_point(void)
{
    if (!sched.explore || !sched_me() || sched_random() % 100 >= sched.preempt_percent)
        return;
    sched.backend->pause();
    sched_yield_now();
}

/* ---- birth and death ---- */

static void task_main(void *argument)
{
    struct sched_task *me = argument;

    port_set_current(&me->task);
    if (sched.backend == &port_threads) {
        sched_lock();
        sched_unlock();
    }
    sched.backend->acquire(me);
    if (me->process) {
        process_enter(me->process, &me->task);
        me->entered = true;
    }
    me->function(me->argument);
    sched_exit(false);
}

struct task_struct *task_new(const char *comm)
{
    struct sched_task *task = port_alloc(sizeof(*task));

    refcount_set(&task->task.usage, 1);
    task->task.group_leader = &task->task;
    strscpy(task->task.comm, comm, sizeof(task->task.comm));
    INIT_LIST_HEAD(&task->run);
    INIT_LIST_HEAD(&task->all);
    task->run_state = RUN_NEW;
    sched_lock();
    task->task.pid = task->task.tgid = sched.next_pid++;
    sched_unlock();
    return &task->task;
}

static void wake_after_timeout(struct sched_timer *timer)
{
    struct sched_task *task = container_of(timer, struct sched_task, timer);

    task->timed_out = true;
    WRITE_ONCE(task->task.__state, TASK_RUNNING);
    sched_ready(task);
}

/* Two references: of the task while it lives, and of the caller. */
struct sched_task *sched_create(struct process *process, const char *name, void (*function)(void *argument), void *argument)
{
    struct sched_task *task = sched_of(task_new(name));

    refcount_inc(&task->task.usage);
    task->process = process;
    task->function = function;
    task->argument = argument;
    task->timer.fire = wake_after_timeout;
    if (!process)
        task->task.flags |= PF_KTHREAD;
    task->context = sched.backend->create(task_main, task, task->task.comm);
    sched_lock();
    list_add_tail(&task->all, &sched.tasks);
    sched_unlock();
    return task;
}

void sched_start(struct sched_task *task)
{
    sched_lock();
    if (task->run_state == RUN_NEW) {
        task->created = false;
        sched.backend->release(task);
        if (sched.backend == &port_threads) {
            task->run_state = RUN_RUNNING;
            sched.running++;
            sched.backend->start(task->context);
        } else {
            task->run_state = RUN_READY;
            list_add_tail(&task->run, &sched.ready);
        }
    }
    sched_unlock();
}

void sched_exit(bool killed)
{
    struct sched_task *me = sched_me();

    me->killed = killed;
    if (me->entered && !killed)
        process_leave(&me->task);
    sched_lock();
    me->run_state = RUN_DEAD;
    me->task.flags |= PF_EXITING;
    list_move_tail(&me->all, &sched.graves);
    sched.backend->release(me);
    if (sched.backend == &port_threads) {
        sched.running--;
        sched.backend->wake(sched.backend->host());
    }
    sched_unlock();
    port_set_current(NULL);
    sched.backend->finish();
    unreachable();
}

void put_task_struct(struct task_struct *task)
{
    if (refcount_dec_and_test(&task->usage))
        port_free(sched_of(task));
}

void sched_reap(void)
{
    for (;;) {
        struct sched_task *task;

        sched_lock();
        task = list_first_entry_or_null(&sched.graves, struct sched_task, all);
        if (task)
            list_del_init(&task->all);
        sched_unlock();
        if (!task)
            return;
        sched.backend->destroy(task->context);
        task->context = NULL;
        put_task_struct(&task->task);
    }
}

/* ---- the loop ---- */

static struct sched_task *pick(void)
{
    struct list_head *at = sched.ready.next;
    unsigned int count = 0, which;

    if (sched.explore) {
        list_for_each(at, &sched.ready) count++;
        which = (unsigned int)(sched_random() % count);
        for (at = sched.ready.next; which; which--)
            at = at->next;
    }
    return list_entry(at, struct sched_task, run);
}

static void run_one(void)
{
    struct sched_task *task = pick();

    list_del_init(&task->run);
    task->run_state = RUN_RUNNING;
    note_choice((u64)task->task.pid);
    if (sched.trace)
        sched_trace(0, task, "", 0);
    port_set_current(&task->task);
    sched.backend->resume(task->context);
    port_set_current(NULL);
}

static bool loop_cooperative(bool (*done)(void *argument), void *argument, u64 until_ps)
{
    while (!done(argument) && !sched.livelock) {
        if (!list_empty(&sched.graves))
            sched_reap();
        if (list_empty(&sched.ready)) {
            if (!idle(until_ps))
                return done(argument);
            continue;
        }
        if (time_now_ps() > until_ps)
            return false;
        if (sched.explore && sched_random() % STEP_CHANCE == 0)
            step_machine(time_now_ps() + EXPLORE_STEP_PS);
        run_one();
        if (!list_empty(&sched.timers))
            sched_fire_timers();
    }
    return done(argument);
}

static bool loop_threads(bool (*done)(void *argument), void *argument, u64 until_ps)
{
    while (!done(argument) && !READ_ONCE(sched.livelock)) {
        bool busy;

        sched_reap();
        sched_lock();
        busy = sched.running != 0;
        if (busy)
            sched.backend->wait(sched.backend->host());
        sched_unlock();
        if (!busy && !idle(until_ps)) {
            sched_lock();
            busy = sched.running != 0;
            sched_unlock();
            if (!busy)
                return done(argument);
        }
    }
    return done(argument);
}

bool sched_loop(bool (*done)(void *argument), void *argument, u64 until_ps)
{
    return sched.backend == &port_threads ? loop_threads(done, argument, until_ps) : loop_cooperative(done, argument, until_ps);
}

/* ---- interrupts ---- */

void irq_kick(void)
{
    if (!sched.irq_task)
        return;
    sched_lock();
    sched.irq_pending = true;
    if (sched.irq_task->run_state == RUN_WAITING)
        sched_ready(sched.irq_task);
    sched_unlock();
}

/* ---- delays ---- */

/* It never comes back; the caller is told of a hang. */
static void give_up(struct sched_task *me)
{
    sched_lock();
    sched.livelock = true;
    sched_park("something that it polls without end", NULL, me->why_file, me->why_line);
    sched_unlock();
}

static void pass(u64 until_ps)
{
    struct sched_task *me = sched_me();
    u64 now;

    do {
        now = time_now_ps();
    } while (now < until_ps && step_machine(until_ps));
    sched_clock_to(until_ps);
    sched_lock();
    sched_fire_timers();
    sched_unlock();
    if (me && ++me->polls > POLLS_MAX)
        give_up(me);
    if (me && !me->hardirq)
        sched_yield_now();
}

void time_pass_ns(u64 ns)
{
    pass(time_now_ps() + ns * 1000);
}

void hardware_relax(void)
{
    pass(time_now_ps() + 100000);
}

void machine_lock(void)
{
    sched.backend->machine_lock();
}

void machine_unlock(void)
{
    sched.backend->machine_unlock();
}
