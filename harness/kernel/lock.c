/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock.c - every lock of the kernel is one of these: it knows its owner and who waits. A release wakes all that wait, who try
 * again: that who was quicker is a choice of the scheduler, as on a machine with many processors.
 */
#include "kernel/sched.h"

#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>

struct lock_waiter {
    struct lock_waiter *next;
    struct sched_task *task;
};

void kernel_lock_init(struct kernel_lock *lock, const char *name, const struct lock_class_key *key)
{
    *lock = (struct kernel_lock){.name = name, .key = key};
}

static struct held_lock *held_entry(struct sched_task *me, const struct kernel_lock *lock)
{
    for (unsigned int i = me->held_count; i--;)
        if (me->held[i].lock == lock)
            return &me->held[i];
    return NULL;
}

static bool available(const struct kernel_lock *lock, unsigned int mode)
{
    return !lock->owner && ((mode & LOCK_READ) || !lock->readers);
}

static void join(struct kernel_lock *lock, struct lock_waiter *waiter)
{
    waiter->next = NULL;
    if (lock->last)
        lock->last->next = waiter;
    else
        lock->first = waiter;
    lock->last = waiter;
}

static void leave(struct kernel_lock *lock, struct lock_waiter *waiter)
{
    struct lock_waiter **at = &lock->first, *before = NULL;

    while (*at && *at != waiter) {
        before = *at;
        at = &(*at)->next;
    }
    if (*at)
        *at = waiter->next;
    if (lock->last == waiter)
        lock->last = before;
}

static bool interrupted(struct sched_task *me, unsigned int mode)
{
    unsigned int state = mode & LOCK_INTERRUPTIBLE ? TASK_INTERRUPTIBLE : mode & LOCK_KILLABLE ? TASK_WAKEKILL : 0;

    return state && sched_signal_pending(me, state);
}

/* The scheduler's lock is held. */
static int wait_for(struct sched_task *me, struct kernel_lock *lock, unsigned int mode, const char *file, int line)
{
    struct lock_waiter waiter = {.task = me};
    int error = 0;

    while (!available(lock, mode)) {
        if (interrupted(me, mode)) {
            error = -EINTR;
            break;
        }
        join(lock, &waiter);
        me->lock_wait = true;
        sched_park(lock->name ? lock->name : "a lock", lock, file, line);
        me->lock_wait = false;
        leave(lock, &waiter);
    }
    return error;
}

static void take(struct sched_task *me, struct kernel_lock *lock, unsigned int mode, unsigned int class, const char *file,
                 int line)
{
    if (mode & LOCK_READ)
        lock->readers++;
    else
        lock->owner = &me->task;
    sched.backend->acquire(lock);
    if (me->held_count < HELD_MAX)
        me->held[me->held_count++] = (struct held_lock){lock, mode, class, file, line};
    else
        port_abort("harness kernel: a task holds too many locks");
}

int kernel_lock_acquire(struct kernel_lock *lock, unsigned int mode, unsigned int subclass, const char *file, int line)
{
    struct sched_task *me = sched_me();
    unsigned int class;
    int error = 0;

    if (!me)
        port_abort("harness kernel: a lock is taken outside of all tasks");
    if ((mode & LOCK_SLEEP) && !(mode & LOCK_TRY))
        might_sleep_at(file, line);
    else
        sched_point();
    sched_lock();
    class = lockdep_class(lock, subclass);
    if (!(mode & LOCK_TRY))
        lockdep_acquire(me, lock, class, mode, file, line);
    if (!available(lock, mode)) {
        struct held_lock *mine = held_entry(me, lock);

        if (mode & LOCK_TRY) {
            error = -EBUSY;
        } else if (mine && !((mode & LOCK_READ) && (mine->mode & LOCK_READ))) {
            sched_unlock();
            splat(SPLAT_LOCK, "%s:%d: %s is taken again by its owner, who took it at %s:%d", file, line,
                  lockdep_class_name(class), mine->file, mine->line);
            kernel_bug(file, line, "recursive lock");
        } else {
            error = wait_for(me, lock, mode, file, line);
        }
    }
    if (!error)
        take(me, lock, mode, class, file, line);
    sched_unlock();
    return error;
}

static void wake_waiters(struct kernel_lock *lock)
{
    for (struct lock_waiter *waiter = lock->first; waiter; waiter = waiter->next)
        sched_ready(waiter->task);
}

void kernel_lock_release(struct kernel_lock *lock, unsigned int mode, const char *file, int line)
{
    struct sched_task *me = sched_me();
    struct held_lock *mine = me ? held_entry(me, lock) : NULL;

    if (!mine || ((mine->mode ^ mode) & LOCK_READ)) {
        splat(SPLAT_LOCK, "%s:%d: unlock of %s, which this task does not hold so", file, line,
              lock->name ? lock->name : "a lock");
        return;
    }
    sched_lock();
    if (mode & LOCK_READ)
        lock->readers--;
    else
        lock->owner = NULL;
    sched.backend->release(lock);
    for (struct held_lock *at = mine; at + 1 < me->held + me->held_count; at++)
        at[0] = at[1];
    me->held_count--;
    wake_waiters(lock);
    sched_unlock();
    sched_point();
}

void kernel_lock_downgrade(struct kernel_lock *lock)
{
    struct sched_task *me = sched_me();
    struct held_lock *mine = held_entry(me, lock);

    if (!mine || lock->owner != &me->task) {
        splat(SPLAT_LOCK, "downgrade of %s, which this task does not hold to write", lock->name ? lock->name : "a lock");
        return;
    }
    sched_lock();
    lock->owner = NULL;
    lock->readers = 1;
    mine->mode |= LOCK_READ;
    sched.backend->release(lock);
    wake_waiters(lock);
    sched_unlock();
}

bool kernel_lock_held(const struct kernel_lock *lock)
{
    struct sched_task *me = sched_me();

    return me && held_entry(me, lock);
}

bool kernel_lock_held_write(const struct kernel_lock *lock)
{
    struct sched_task *me = sched_me();
    struct held_lock *mine = me ? held_entry(me, lock) : NULL;

    return mine && !(mine->mode & LOCK_READ);
}

bool kernel_lock_taken(const struct kernel_lock *lock)
{
    bool taken;

    sched_lock();
    taken = lock->owner || lock->readers;
    sched_unlock();
    return taken;
}

void mutex_destroy(struct mutex *lock)
{
    if (kernel_lock_taken(&lock->core))
        splat(SPLAT_LOCK, "mutex_destroy of %s, which is held", lock->core.name ? lock->core.name : "a mutex");
}
