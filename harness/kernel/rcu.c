/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rcu.c - grace periods of RCU and SRCU: readers count themselves in one of two numbers, a grace period turns to the other and
 * waits until the old one is 0. Callbacks run in a task of their own.
 */
#include "kernel/sched.h"

#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/srcu.h>

static struct srcu_struct rcu; /* of rcu_read_lock */
static DEFINE_SPINLOCK(callbacks_lock);
static DECLARE_WAIT_QUEUE_HEAD(callbacks_wait);
static DECLARE_WAIT_QUEUE_HEAD(readers_wait);
static struct rcu_head *callbacks, **callbacks_end = &callbacks;
static unsigned long queued, finished;
static struct task_struct *callbacks_task;

static unsigned int reader_enter(struct srcu_struct *srcu)
{
    unsigned int index;

    sched_lock();
    index = srcu->index & 1;
    srcu->readers[index]++;
    sched.backend->acquire(srcu);
    sched_unlock();
    return index;
}

static void reader_leave(struct srcu_struct *srcu, unsigned int index)
{
    bool last;

    sched_lock();
    last = --srcu->readers[index] == 0;
    sched.backend->release(&srcu->readers);
    sched_unlock();
    if (last && waitqueue_active(&readers_wait))
        wake_up_all(&readers_wait);
}

static unsigned int readers_left(struct srcu_struct *srcu, unsigned int index)
{
    unsigned int left;

    sched_lock();
    left = srcu->readers[index];
    if (!left)
        sched.backend->acquire(&srcu->readers);
    sched_unlock();
    return left;
}

static bool begin_grace_period(struct srcu_struct *srcu)
{
    bool mine;

    sched_lock();
    mine = !srcu->busy;
    srcu->busy = 1;
    sched_unlock();
    return mine;
}

static void grace_period(struct srcu_struct *srcu)
{
    unsigned int old;

    might_sleep();
    wait_event(readers_wait, begin_grace_period(srcu));
    for (int round = 0; round < 2; round++) { /* twice: a reader may have read the index just before it turned */
        sched_lock();
        old = srcu->index++ & 1;
        sched.backend->release(srcu);
        sched_unlock();
        wait_event(readers_wait, readers_left(srcu, old) == 0);
    }
    sched_lock();
    srcu->busy = 0;
    sched_unlock();
    wake_up_all(&readers_wait);
}

void rcu_read_lock(void)
{
    struct sched_task *me = sched_me();

    if (me->rcu_depth++ == 0)
        me->rcu_index = reader_enter(&rcu);
}

void rcu_read_unlock(void)
{
    struct sched_task *me = sched_me();

    if (!me->rcu_depth) {
        splat(SPLAT_LOCK, "rcu_read_unlock without rcu_read_lock");
        return;
    }
    sched_point();
    if (--me->rcu_depth == 0)
        reader_leave(&rcu, me->rcu_index);
}

bool rcu_read_lock_held(void)
{
    return sched_me()->rcu_depth != 0;
}

void synchronize_rcu(void)
{
    grace_period(&rcu);
}

static void add_callback(struct rcu_head *head, rcu_callback_t function)
{
    unsigned long flags;

    head->func = function;
    head->next = NULL;
    spin_lock_irqsave(&callbacks_lock, flags);
    *callbacks_end = head;
    callbacks_end = &head->next;
    queued++;
    spin_unlock_irqrestore(&callbacks_lock, flags);
    wake_up_all(&callbacks_wait);
}

void call_rcu(struct rcu_head *head, rcu_callback_t function)
{
    add_callback(head, function);
}

/* A function below one page is no function but the distance of the head in its object. */
void call_rcu_free(struct rcu_head *head, void *object)
{
    add_callback(head, (rcu_callback_t)((unsigned long)head - (unsigned long)object));
}

void call_srcu(struct srcu_struct *srcu, struct rcu_head *head, rcu_callback_t function)
{
    synchronize_srcu(srcu);
    add_callback(head, function);
}

static int run_callbacks(void *unused)
{
    for (;;) {
        struct rcu_head *batch, *next;
        unsigned long count = 0, flags;

        wait_event_interruptible(callbacks_wait, READ_ONCE(callbacks) || kthread_should_stop());
        spin_lock_irqsave(&callbacks_lock, flags);
        batch = callbacks;
        callbacks = NULL;
        callbacks_end = &callbacks;
        spin_unlock_irqrestore(&callbacks_lock, flags);
        if (!batch && kthread_should_stop())
            return 0;
        if (!batch)
            continue;
        grace_period(&rcu);
        for (; batch; batch = next, count++) {
            unsigned long function = (unsigned long)batch->func;

            next = batch->next;
            if (function < 4096)
                kfree((char *)batch - function);
            else
                batch->func(batch);
        }
        spin_lock_irqsave(&callbacks_lock, flags);
        finished += count;
        spin_unlock_irqrestore(&callbacks_lock, flags);
        wake_up_all(&callbacks_wait);
    }
}

static unsigned long callbacks_finished(void)
{
    unsigned long count, flags;

    spin_lock_irqsave(&callbacks_lock, flags);
    count = finished;
    spin_unlock_irqrestore(&callbacks_lock, flags);
    return count;
}

void rcu_barrier(void)
{
    unsigned long until, flags;

    spin_lock_irqsave(&callbacks_lock, flags);
    until = queued;
    spin_unlock_irqrestore(&callbacks_lock, flags);
    wait_event(callbacks_wait, callbacks_finished() >= until);
}

int rcu_begin(void)
{
    rcu = (struct srcu_struct){0};
    queued = finished = 0;
    callbacks_task = kthread_run(run_callbacks, NULL, "rcu");
    return PTR_ERR_OR_ZERO(callbacks_task);
}

void rcu_end(void)
{
    rcu_barrier();
    kthread_stop(callbacks_task);
}

/* ---- srcu ---- */

int init_srcu_struct(struct srcu_struct *srcu)
{
    *srcu = (struct srcu_struct){.index = 0};
    return 0;
}

void cleanup_srcu_struct(struct srcu_struct *srcu)
{
    if (srcu->readers[0] || srcu->readers[1])
        splat(SPLAT_LOCK, "cleanup_srcu_struct with a reader inside");
}

int srcu_read_lock(struct srcu_struct *srcu)
{
    return (int)reader_enter(srcu);
}

void srcu_read_unlock(struct srcu_struct *srcu, int index)
{
    sched_point();
    reader_leave(srcu, (unsigned int)index);
}

bool srcu_read_lock_held(const struct srcu_struct *srcu)
{
    return srcu->readers[0] || srcu->readers[1];
}

void synchronize_srcu(struct srcu_struct *srcu)
{
    grace_period(srcu);
}

void srcu_barrier(struct srcu_struct *srcu)
{
    rcu_barrier();
}
