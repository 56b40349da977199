/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * workqueue.c - work is run by the tasks of its queue: as many as may be active at a time, made when there is work. A work item
 * is never run by two tasks at once.
 */
#include "kernel/sched.h"

#include <linux/kthread.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

enum { WORKERS_MAX = 4 };

struct worker {
    struct workqueue_struct *queue;
    struct task_struct *task;
    struct work_struct *running; /* its address only: the function may free it */
};

struct workqueue_struct {
    char name[24];
    unsigned int workers_max, workers_count;
    struct worker workers[WORKERS_MAX];
    spinlock_t lock;
    struct list_head todo;
    struct wait_queue_head wait; /* for work, and for its end */
    bool stopping;
    unsigned long queued;
};

struct workqueue_struct *system_wq, *system_unbound_wq, *system_long_wq, *system_highpri_wq;

static struct worker *worker_of(struct workqueue_struct *queue, struct work_struct *work)
{
    for (unsigned int i = 0; i < queue->workers_count; i++)
        if (queue->workers[i].running == work)
            return &queue->workers[i];
    return NULL;
}

/* The lock is held: the first item that no other worker runs at this moment. */
static struct work_struct *next_work(struct worker *worker)
{
    struct work_struct *work;

    list_for_each_entry(work, &worker->queue->todo, entry)
    {
        if (worker_of(worker->queue, work))
            continue;
        list_del_init(&work->entry);
        WRITE_ONCE(work->pending, false);
        worker->running = work;
        return work;
    }
    return NULL;
}

static struct work_struct *take_work(struct worker *worker)
{
    struct work_struct *work;
    unsigned long flags;

    spin_lock_irqsave(&worker->queue->lock, flags);
    work = next_work(worker);
    spin_unlock_irqrestore(&worker->queue->lock, flags);
    return work;
}

static int worker_main(void *data)
{
    struct worker *worker = data;
    struct workqueue_struct *queue = worker->queue;

    for (;;) {
        struct work_struct *work = NULL;
        work_func_t function;
        unsigned long flags;

        wait_event(queue->wait, (work = take_work(worker)) != NULL || kthread_should_stop());
        if (!work)
            return 0;
        function = work->func;
        function(work);
        if (in_atomic())
            splat(SPLAT_LOCK, "workqueue %s: work returned in atomic context", queue->name);
        spin_lock_irqsave(&queue->lock, flags);
        worker->running = NULL;
        spin_unlock_irqrestore(&queue->lock, flags);
        wake_up_all(&queue->wait);
    }
}

struct workqueue_struct *alloc_workqueue(const char *format, unsigned int flags, int max_active, ...)
{
    struct workqueue_struct *queue = kzalloc(sizeof(*queue), GFP_KERNEL);
    va_list arguments;

    if (!queue)
        return NULL;
    va_start(arguments, max_active);
    vsnprintf(queue->name, sizeof(queue->name), format, arguments);
    va_end(arguments);
    queue->workers_max = flags & __WQ_ORDERED                         ? 1
                         : max_active > 0 && max_active < WORKERS_MAX ? (unsigned int)max_active
                                                                      : WORKERS_MAX;
    spin_lock_init(&queue->lock);
    INIT_LIST_HEAD(&queue->todo);
    init_waitqueue_head(&queue->wait);
    for (unsigned int i = 0; i < queue->workers_max; i++) {
        struct worker *worker = &queue->workers[i];

        worker->queue = queue;
        worker->task = kthread_create(worker_main, worker, "%s/%u", queue->name, i);
        if (IS_ERR(worker->task)) {
            destroy_workqueue(queue);
            return NULL;
        }
        queue->workers_count++;
        wake_up_process(worker->task);
    }
    return queue;
}

static bool idle_queue(struct workqueue_struct *queue)
{
    bool idle;
    unsigned long flags;

    spin_lock_irqsave(&queue->lock, flags);
    idle = list_empty(&queue->todo);
    for (unsigned int i = 0; i < queue->workers_count; i++)
        idle = idle && !queue->workers[i].running;
    spin_unlock_irqrestore(&queue->lock, flags);
    return idle;
}

/* Waits for all, also for what comes meanwhile: more than Linux promises, never less. */
void flush_workqueue(struct workqueue_struct *queue)
{
    might_sleep();
    wait_event(queue->wait, idle_queue(queue));
}

void drain_workqueue(struct workqueue_struct *queue)
{
    flush_workqueue(queue);
}

void destroy_workqueue(struct workqueue_struct *queue)
{
    if (queue->workers_count)
        flush_workqueue(queue);
    for (unsigned int i = 0; i < queue->workers_count; i++)
        kthread_stop(queue->workers[i].task);
    kfree(queue);
}

bool queue_work(struct workqueue_struct *queue, struct work_struct *work)
{
    unsigned long flags;
    bool queued;

    spin_lock_irqsave(&queue->lock, flags);
    queued = !READ_ONCE(work->cancelling) && !xchg(&work->pending, true);
    if (queued) {
        WRITE_ONCE(work->queue, queue);
        list_add_tail(&work->entry, &queue->todo);
    }
    spin_unlock_irqrestore(&queue->lock, flags);
    if (queued)
        wake_up_all(&queue->wait);
    return queued;
}

void kernel_delayed_work_timer(struct timer_list *timer)
{
    struct delayed_work *delayed = container_of(timer, struct delayed_work, timer);
    unsigned long flags;

    spin_lock_irqsave(&delayed->wq->lock, flags);
    if (READ_ONCE(delayed->work.pending) && list_empty(&delayed->work.entry))
        list_add_tail(&delayed->work.entry, &delayed->wq->todo);
    spin_unlock_irqrestore(&delayed->wq->lock, flags);
    wake_up_all(&delayed->wq->wait);
}

bool queue_delayed_work(struct workqueue_struct *queue, struct delayed_work *work, unsigned long delay)
{
    if (!delay)
        return queue_work(queue, &work->work);
    if (READ_ONCE(work->work.cancelling) || xchg(&work->work.pending, true))
        return false;
    work->wq = queue;
    WRITE_ONCE(work->work.queue, queue);
    mod_timer(&work->timer, kernel_jiffies() + delay);
    return true;
}

bool cancel_work(struct work_struct *work)
{
    struct workqueue_struct *queue = READ_ONCE(work->queue);
    unsigned long flags;
    bool was = false;

    if (!queue)
        return false;
    spin_lock_irqsave(&queue->lock, flags);
    if (!list_empty(&work->entry)) {
        list_del_init(&work->entry);
        WRITE_ONCE(work->pending, false);
        was = true;
    }
    spin_unlock_irqrestore(&queue->lock, flags);
    if (was)
        wake_up_all(&queue->wait);
    return was;
}

static bool is_running(struct workqueue_struct *queue, struct work_struct *work, bool or_queued)
{
    unsigned long flags;
    struct worker *worker;
    bool busy;

    spin_lock_irqsave(&queue->lock, flags);
    worker = worker_of(queue, work);
    busy = worker && worker->task != current;
    if (worker && worker->task == current)
        splat(SPLAT_LOCK, "work waits for itself (workqueue %s)", queue->name);
    if (or_queued && READ_ONCE(work->pending))
        busy = true;
    spin_unlock_irqrestore(&queue->lock, flags);
    return busy;
}

bool flush_work(struct work_struct *work)
{
    struct workqueue_struct *queue = READ_ONCE(work->queue);

    might_sleep();
    if (!queue || !is_running(queue, work, true))
        return false;
    wait_event(queue->wait, !is_running(queue, work, true));
    return true;
}

bool cancel_work_sync(struct work_struct *work)
{
    struct workqueue_struct *queue = READ_ONCE(work->queue);
    bool was;

    might_sleep();
    if (!queue)
        return false;
    __atomic_fetch_add(&work->cancelling, 1, __ATOMIC_SEQ_CST); /* work that queues itself again does not */
    was = cancel_work(work);
    wait_event(queue->wait, !is_running(queue, work, false));
    __atomic_fetch_sub(&work->cancelling, 1, __ATOMIC_SEQ_CST);
    return was;
}

bool cancel_delayed_work(struct delayed_work *work)
{
    if (timer_delete(&work->timer)) {
        WRITE_ONCE(work->work.pending, false);
        return true;
    }
    return cancel_work(&work->work);
}

bool cancel_delayed_work_sync(struct delayed_work *work)
{
    bool was;

    might_sleep();
    __atomic_fetch_add(&work->work.cancelling, 1, __ATOMIC_SEQ_CST);
    was = timer_delete_sync(&work->timer);
    if (was)
        WRITE_ONCE(work->work.pending, false);
    was |= cancel_work_sync(&work->work);
    __atomic_fetch_sub(&work->work.cancelling, 1, __ATOMIC_SEQ_CST);
    return was;
}

bool mod_delayed_work(struct workqueue_struct *queue, struct delayed_work *work, unsigned long delay)
{
    bool was = cancel_delayed_work(work);

    queue_delayed_work(queue, work, delay);
    return was;
}

bool flush_delayed_work(struct delayed_work *work)
{
    if (timer_delete(&work->timer))
        kernel_delayed_work_timer(&work->timer);
    return flush_work(&work->work);
}

bool work_busy(struct work_struct *work)
{
    struct workqueue_struct *queue = READ_ONCE(work->queue);

    return READ_ONCE(work->pending) || (queue && is_running(queue, work, false));
}

int workqueue_begin(void)
{
    system_wq = alloc_workqueue("events", 0, WORKERS_MAX);
    system_unbound_wq = system_long_wq = system_highpri_wq = system_wq;
    return system_wq ? 0 : -ENOMEM;
}

void workqueue_end(void)
{
    destroy_workqueue(system_wq);
    system_wq = NULL;
}
