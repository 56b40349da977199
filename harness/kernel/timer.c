/* SPDX-License-Identifier: BSD-2-Clause */
/* timer.c - timers that call a function: it runs in a task of interrupt context. */
#include "kernel/sched.h"

#include <linux/timer.h>

#define PS_PER_MS 1000000000ull

static struct sched_task *timer_task;
static struct timer_list *running_timer;
static bool timers_stop;

/* Pending timers sort themselves into one list (the scheduler's lock is held); one alarm of the scheduler stands for the first.
 */
static LIST_HEAD(pending);
static struct sched_timer alarm;

static void set_alarm(void)
{
    sched_timer_cancel(&alarm);
    if (!list_empty(&pending))
        sched_timer_arm(&alarm, list_first_entry(&pending, struct timer_list, entry)->due_ns * 1000);
}

static void alarm_fires(struct sched_timer *timer)
{
    if (timer_task->run_state == RUN_WAITING)
        sched_ready(timer_task);
}

void kernel_timer_init(struct timer_list *timer, void (*function)(struct timer_list *timer), unsigned int flags)
{
    *timer = (struct timer_list){.function = function, .flags = flags};
}

int mod_timer(struct timer_list *timer, unsigned long expires)
{
    struct list_head *at;
    int was;

    sched_lock();
    was = timer->pending;
    if (was)
        list_del(&timer->entry);
    timer->expires = expires;
    timer->due_ns = expires > kernel_jiffies() ? expires * (PS_PER_MS / 1000) : time_now_ps() / 1000 + 1;
    timer->pending = timer->function != NULL;
    if (timer->pending) {
        for (at = pending.prev; at != &pending; at = at->prev)
            if (list_entry(at, struct timer_list, entry)->due_ns <= timer->due_ns)
                break;
        list_add(&timer->entry, at);
    }
    sched.backend->release(timer);
    set_alarm();
    sched_unlock();
    return was;
}

void add_timer(struct timer_list *timer)
{
    WARN_ON(timer_pending(timer));
    mod_timer(timer, timer->expires);
}

int timer_pending(const struct timer_list *timer)
{
    return READ_ONCE(timer->pending);
}

int timer_delete(struct timer_list *timer)
{
    int was;

    sched_lock();
    was = timer->pending;
    if (was)
        list_del(&timer->entry);
    timer->pending = false;
    set_alarm();
    sched_unlock();
    return was;
}

int timer_delete_sync(struct timer_list *timer)
{
    int was = timer_delete(timer);

    for (;;) {
        bool running;

        sched_lock();
        running = running_timer == timer && sched_me() != timer_task;
        if (!running)
            sched.backend->acquire(timer);
        sched_unlock();
        if (!running)
            return was;
        kernel_cpu_relax();
    }
}

int timer_shutdown_sync(struct timer_list *timer)
{
    int was = timer_delete_sync(timer);

    timer->function = NULL;
    return was;
}

static void timer_main(void *unused)
{
    struct sched_task *me = sched_me();

    sched_lock();
    while (!timers_stop) {
        struct timer_list *timer = list_first_entry_or_null(&pending, struct timer_list, entry);

        if (!timer || timer->due_ns * 1000 > time_now_ps()) {
            set_alarm();
            sched_park("timers", NULL, __FILE__, __LINE__);
            continue;
        }
        list_del(&timer->entry);
        timer->pending = false;
        running_timer = timer;
        sched.backend->acquire(timer);
        sched_unlock();
        me->hardirq = true;
        timer->function(timer);
        me->hardirq = false;
        sched_lock();
        sched.backend->release(timer); /* its address only: the function may have freed it */
        running_timer = NULL;
    }
    sched_unlock();
}

int timers_begin(void)
{
    INIT_LIST_HEAD(&pending);
    alarm = (struct sched_timer){.fire = alarm_fires};
    timers_stop = false;
    timer_task = sched_create(NULL, "timers", timer_main, NULL);
    timer_task->service = true;
    put_task_struct(&timer_task->task);
    sched_start(timer_task);
    return 0;
}

void timers_end(void)
{
    struct timer_list *timer;

    sched_lock();
    list_for_each_entry(timer, &pending, entry)
        splat(SPLAT_LEAK, "a timer is still pending (function %ps)", (void *)(unsigned long)timer->function);
    INIT_LIST_HEAD(&pending);
    set_alarm();
    timers_stop = true;
    if (timer_task->run_state == RUN_WAITING)
        sched_ready(timer_task);
    sched_unlock();
}
