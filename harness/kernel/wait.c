/* SPDX-License-Identifier: BSD-2-Clause */
/* wait.c - wait queues, completions, counting semaphores. */
#include "kernel/sched.h"

#include <linux/completion.h>
#include <linux/semaphore.h>
#include <linux/wait.h>

int default_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
    return wake_up_state(entry->private, mode);
}

int autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
    int woken = default_wake_function(entry, mode, flags, key);

    if (woken)
        list_del_init(&entry->entry);
    return woken;
}

static void add(struct wait_queue_head *queue, struct wait_queue_entry *entry, unsigned int set, bool tail)
{
    unsigned long flags;

    spin_lock_irqsave(&queue->lock, flags);
    entry->flags |= set;
    if (tail)
        list_add_tail(&entry->entry, &queue->head);
    else
        list_add(&entry->entry, &queue->head);
    spin_unlock_irqrestore(&queue->lock, flags);
}

void add_wait_queue(struct wait_queue_head *queue, struct wait_queue_entry *entry)
{
    entry->flags &= ~WQ_FLAG_EXCLUSIVE;
    add(queue, entry, 0, false);
}

void add_wait_queue_exclusive(struct wait_queue_head *queue, struct wait_queue_entry *entry)
{
    add(queue, entry, WQ_FLAG_EXCLUSIVE, true);
}

void add_wait_queue_priority(struct wait_queue_head *queue, struct wait_queue_entry *entry)
{
    add(queue, entry, 0, false);
}

void remove_wait_queue(struct wait_queue_head *queue, struct wait_queue_entry *entry)
{
    unsigned long flags;

    spin_lock_irqsave(&queue->lock, flags);
    list_del(&entry->entry);
    spin_unlock_irqrestore(&queue->lock, flags);
}

static void prepare(struct wait_queue_head *queue, struct wait_queue_entry *entry, int state)
{
    if (list_empty(&entry->entry)) {
        if (entry->flags & WQ_FLAG_EXCLUSIVE)
            list_add_tail(&entry->entry, &queue->head);
        else
            list_add(&entry->entry, &queue->head);
    }
    kernel_set_state((unsigned int)state);
}

void prepare_to_wait(struct wait_queue_head *queue, struct wait_queue_entry *entry, int state)
{
    unsigned long flags;

    spin_lock_irqsave(&queue->lock, flags);
    entry->flags &= ~WQ_FLAG_EXCLUSIVE;
    prepare(queue, entry, state);
    spin_unlock_irqrestore(&queue->lock, flags);
}

bool prepare_to_wait_exclusive(struct wait_queue_head *queue, struct wait_queue_entry *entry, int state)
{
    unsigned long flags;
    bool empty;

    spin_lock_irqsave(&queue->lock, flags);
    empty = list_empty(&queue->head);
    entry->flags |= WQ_FLAG_EXCLUSIVE;
    prepare(queue, entry, state);
    spin_unlock_irqrestore(&queue->lock, flags);
    return empty;
}

/* -ERESTARTSYS: a signal is there, and the entry is no longer queued. */
long prepare_to_wait_event(struct wait_queue_head *queue, struct wait_queue_entry *entry, int state)
{
    unsigned long flags;
    long result = 0;

    spin_lock_irqsave(&queue->lock, flags);
    if (kernel_signal_pending_state((unsigned int)state, current)) {
        list_del_init(&entry->entry);
        result = -ERESTARTSYS;
    } else {
        prepare(queue, entry, state);
    }
    spin_unlock_irqrestore(&queue->lock, flags);
    return result;
}

void finish_wait(struct wait_queue_head *queue, struct wait_queue_entry *entry)
{
    unsigned long flags;

    kernel_set_state(TASK_RUNNING);
    spin_lock_irqsave(&queue->lock, flags);
    if (!list_empty(&entry->entry))
        list_del_init(&entry->entry);
    spin_unlock_irqrestore(&queue->lock, flags);
}

static void wake_up_common(struct wait_queue_head *queue, unsigned int mode, int how_many, void *key)
{
    struct wait_queue_entry *entry, *next;

    list_for_each_entry_safe(entry, next, &queue->head, entry)
    {
        unsigned int flags = entry->flags;
        int woken = entry->func(entry, mode, 0, key);

        if (woken < 0)
            break;
        if (woken && (flags & WQ_FLAG_EXCLUSIVE) && --how_many == 0)
            break;
    }
}

void __wake_up_locked_key(struct wait_queue_head *queue, unsigned int mode, void *key)
{
    wake_up_common(queue, mode, 1, key);
}

void __wake_up(struct wait_queue_head *queue, unsigned int mode, int how_many, void *key)
{
    unsigned long flags;

    spin_lock_irqsave(&queue->lock, flags);
    wake_up_common(queue, mode, how_many, key);
    spin_unlock_irqrestore(&queue->lock, flags);
}

static DECLARE_WAIT_QUEUE_HEAD(variables);

struct wait_queue_head *__var_waitqueue(void *variable)
{
    return &variables;
}

void wake_up_var(void *variable)
{
    wake_up_all(&variables);
}

/* ---- completions ---- */

void complete(struct completion *completion)
{
    unsigned long flags;

    spin_lock_irqsave(&completion->wait.lock, flags);
    if (completion->done != UINT_MAX)
        completion->done++;
    wake_up_common(&completion->wait, TASK_NORMAL | TASK_WAKEKILL, 1, NULL);
    spin_unlock_irqrestore(&completion->wait.lock, flags);
}

void complete_all(struct completion *completion)
{
    unsigned long flags;

    spin_lock_irqsave(&completion->wait.lock, flags);
    completion->done = UINT_MAX;
    wake_up_common(&completion->wait, TASK_NORMAL | TASK_WAKEKILL, 0, NULL);
    spin_unlock_irqrestore(&completion->wait.lock, flags);
}

bool try_wait_for_completion(struct completion *completion)
{
    unsigned long flags;
    bool done;

    spin_lock_irqsave(&completion->wait.lock, flags);
    done = completion->done != 0;
    if (done && completion->done != UINT_MAX)
        completion->done--;
    spin_unlock_irqrestore(&completion->wait.lock, flags);
    return done;
}

bool completion_done(struct completion *completion)
{
    unsigned long flags;
    bool done;

    spin_lock_irqsave(&completion->wait.lock, flags);
    done = completion->done != 0;
    spin_unlock_irqrestore(&completion->wait.lock, flags);
    return done;
}

/*
 * One entry for the whole wait, exclusive. A waiter that was woken but finds nothing goes to sleep again; when a waiter leaves
 * with an error, the completion that it may have been woken for wakes the next one.
 */
static long wait_common(struct completion *completion, long timeout, unsigned int state)
{
    struct wait_queue_entry entry = {
        .private = current, .func = autoremove_wake_function, .flags = WQ_FLAG_EXCLUSIVE, .entry = LIST_HEAD_INIT(entry.entry)};
    long result = timeout;

    might_sleep();
    for (;;) {
        long interrupted = prepare_to_wait_event(&completion->wait, &entry, (int)state);

        if (try_wait_for_completion(completion)) {
            result = result ? result : 1;
            break;
        }
        if (interrupted || !result) {
            result = interrupted ? interrupted : 0;
            break;
        }
        result = schedule_timeout(result);
    }
    finish_wait(&completion->wait, &entry);
    return result;
}

void wait_for_completion(struct completion *completion)
{
    wait_common(completion, MAX_SCHEDULE_TIMEOUT, TASK_UNINTERRUPTIBLE);
}

int wait_for_completion_interruptible(struct completion *completion)
{
    long result = wait_common(completion, MAX_SCHEDULE_TIMEOUT, TASK_INTERRUPTIBLE);

    return result < 0 ? (int)result : 0;
}

int wait_for_completion_killable(struct completion *completion)
{
    long result = wait_common(completion, MAX_SCHEDULE_TIMEOUT, TASK_KILLABLE);

    return result < 0 ? (int)result : 0;
}

unsigned long wait_for_completion_timeout(struct completion *completion, unsigned long timeout)
{
    return (unsigned long)wait_common(completion, (long)timeout, TASK_UNINTERRUPTIBLE);
}

long wait_for_completion_interruptible_timeout(struct completion *completion, unsigned long timeout)
{
    return wait_common(completion, (long)timeout, TASK_INTERRUPTIBLE);
}

long wait_for_completion_killable_timeout(struct completion *completion, unsigned long timeout)
{
    return wait_common(completion, (long)timeout, TASK_KILLABLE);
}

/* ---- semaphores ---- */

int down_trylock(struct semaphore *semaphore)
{
    unsigned long flags;
    bool got;

    spin_lock_irqsave(&semaphore->wait.lock, flags);
    got = semaphore->count != 0;
    semaphore->count -= got;
    spin_unlock_irqrestore(&semaphore->wait.lock, flags);
    return !got;
}

void down(struct semaphore *semaphore)
{
    wait_event(semaphore->wait, down_trylock(semaphore) == 0);
}

int down_interruptible(struct semaphore *semaphore)
{
    return wait_event_interruptible(semaphore->wait, down_trylock(semaphore) == 0) ? -EINTR : 0;
}

void up(struct semaphore *semaphore)
{
    unsigned long flags;

    spin_lock_irqsave(&semaphore->wait.lock, flags);
    semaphore->count++;
    wake_up_common(&semaphore->wait, TASK_NORMAL, 0, NULL);
    spin_unlock_irqrestore(&semaphore->wait.lock, flags);
}
