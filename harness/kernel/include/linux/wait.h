/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_WAIT_H
#define _LINUX_WAIT_H

#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

typedef struct wait_queue_entry wait_queue_entry_t;
typedef int (*wait_queue_func_t)(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key);
#define WQ_FLAG_EXCLUSIVE 0x01u
struct wait_queue_entry {
    unsigned int flags;
    void *private;
    wait_queue_func_t func;
    struct list_head entry;
};
typedef struct wait_queue_head {
    spinlock_t lock;
    struct list_head head;
} wait_queue_head_t;

#define __WAIT_QUEUE_HEAD_INITIALIZER(name) \
    { \
        .lock = __SPIN_LOCK_UNLOCKED(name.lock), .head = LIST_HEAD_INIT((name).head) \
    }
#define DECLARE_WAIT_QUEUE_HEAD(name) struct wait_queue_head name = __WAIT_QUEUE_HEAD_INITIALIZER(name)
#define DECLARE_WAIT_QUEUE_HEAD_ONSTACK(name) DECLARE_WAIT_QUEUE_HEAD(name)
#define init_waitqueue_head(queue) \
    do { \
        spin_lock_init(&(queue)->lock); \
        INIT_LIST_HEAD(&(queue)->head); \
    } while (0)

int default_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key);
int autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key);
#define DEFINE_WAIT_FUNC(name, function) \
    struct wait_queue_entry name = {.private = current, .func = function, .entry = LIST_HEAD_INIT((name).entry)}
#define DEFINE_WAIT(name) DEFINE_WAIT_FUNC(name, autoremove_wake_function)
#define DECLARE_WAITQUEUE(name, task) \
    struct wait_queue_entry name = {.private = task, .func = default_wake_function}
static inline void init_waitqueue_entry(struct wait_queue_entry *entry, struct task_struct *task)
{
    entry->flags = 0;
    entry->private = task;
    entry->func = default_wake_function;
}
static inline void init_waitqueue_func_entry(struct wait_queue_entry *entry, wait_queue_func_t function)
{
    entry->flags = 0;
    entry->private = NULL;
    entry->func = function;
}
static inline int waitqueue_active(struct wait_queue_head *queue)
{
    return !list_empty(&queue->head);
}
#define wq_has_sleeper(queue) (smp_mb(), waitqueue_active(queue))
void add_wait_queue(struct wait_queue_head *queue, struct wait_queue_entry *entry);
void add_wait_queue_exclusive(struct wait_queue_head *queue, struct wait_queue_entry *entry);
void add_wait_queue_priority(struct wait_queue_head *queue, struct wait_queue_entry *entry);
void remove_wait_queue(struct wait_queue_head *queue, struct wait_queue_entry *entry);
static inline void __add_wait_queue(struct wait_queue_head *queue, struct wait_queue_entry *entry)
{
    list_add(&entry->entry, &queue->head);
}
static inline void __remove_wait_queue(struct wait_queue_head *queue, struct wait_queue_entry *entry)
{
    (void)queue;
    list_del(&entry->entry);
}
void prepare_to_wait(struct wait_queue_head *queue, struct wait_queue_entry *entry, int state);
bool prepare_to_wait_exclusive(struct wait_queue_head *queue, struct wait_queue_entry *entry, int state);
long prepare_to_wait_event(struct wait_queue_head *queue, struct wait_queue_entry *entry, int state);
void finish_wait(struct wait_queue_head *queue, struct wait_queue_entry *entry);

/* how many: of exclusive ones; 0 is all */
void __wake_up(struct wait_queue_head *queue, unsigned int mode, int how_many, void *key);
void __wake_up_locked_key(struct wait_queue_head *queue, unsigned int mode, void *key);
#define wake_up(queue) __wake_up(queue, TASK_NORMAL, 1, NULL)
#define wake_up_nr(queue, count) __wake_up(queue, TASK_NORMAL, count, NULL)
#define wake_up_all(queue) __wake_up(queue, TASK_NORMAL, 0, NULL)
#define wake_up_interruptible(queue) __wake_up(queue, TASK_INTERRUPTIBLE, 1, NULL)
#define wake_up_interruptible_all(queue) __wake_up(queue, TASK_INTERRUPTIBLE, 0, NULL)
#define wake_up_poll(queue, mask) __wake_up(queue, TASK_NORMAL, 1, (void *)(unsigned long)(mask))
#define wake_up_interruptible_poll(queue, mask) __wake_up(queue, TASK_INTERRUPTIBLE, 1, (void *)(unsigned long)(mask))
#define wake_up_locked_poll(queue, mask) __wake_up_locked_key(queue, TASK_NORMAL, (void *)(unsigned long)(mask))
#define wake_up_pollfree(queue) __wake_up(queue, TASK_NORMAL, 0, (void *)(unsigned long)0x4010u)

#define ___wait_event(queue, condition, state, exclusive, result, sleep) \
    ({ \
        struct wait_queue_entry __wait = {.private = current, .func = autoremove_wake_function, \
                                          .flags = (exclusive) ? WQ_FLAG_EXCLUSIVE : 0, \
                                          .entry = LIST_HEAD_INIT(__wait.entry)}; \
        long __ret = result; \
        might_sleep(); \
        for (;;) { \
            long __interrupted = prepare_to_wait_event(&(queue), &__wait, state); \
            if (condition) \
                break; \
            if (__interrupted) { \
                __ret = __interrupted; \
                break; \
            } \
            sleep; \
        } \
        finish_wait(&(queue), &__wait); \
        __ret; \
    })
#define ___wait_event_timeout(queue, condition, state, timeout) \
    ({ \
        long __left = timeout; \
        if (!(condition)) { \
            long __why = ___wait_event(queue, (condition) || !__left, state, 0, 0, __left = schedule_timeout(__left)); \
            if (__why) \
                __left = __why; \
            else if (!__left && (condition)) \
                __left = 1; \
        } else if (!__left) { \
            __left = 1; \
        } \
        __left; \
    })
#define wait_event(queue, condition) \
    do { \
        if (!(condition)) \
            (void)___wait_event(queue, condition, TASK_UNINTERRUPTIBLE, 0, 0, schedule()); \
    } while (0)
#define wait_event_interruptible(queue, condition) \
    ((condition) ? 0 : (int)___wait_event(queue, condition, TASK_INTERRUPTIBLE, 0, 0, schedule()))
#define wait_event_interruptible_exclusive(queue, condition) \
    ((condition) ? 0 : (int)___wait_event(queue, condition, TASK_INTERRUPTIBLE, 1, 0, schedule()))
#define wait_event_killable(queue, condition) \
    ((condition) ? 0 : (int)___wait_event(queue, condition, TASK_KILLABLE, 0, 0, schedule()))
#define wait_event_timeout(queue, condition, timeout) \
    ___wait_event_timeout(queue, condition, TASK_UNINTERRUPTIBLE, timeout)
#define wait_event_interruptible_timeout(queue, condition, timeout) \
    ___wait_event_timeout(queue, condition, TASK_INTERRUPTIBLE, timeout)
#define wait_event_killable_timeout(queue, condition, timeout) \
    ___wait_event_timeout(queue, condition, TASK_KILLABLE, timeout)
#define wait_event_lock_irq(queue, condition, lock) \
    do { \
        if (!(condition)) \
            (void)___wait_event(queue, condition, TASK_UNINTERRUPTIBLE, 0, 0, spin_unlock_irq(&lock); schedule(); \
                                spin_lock_irq(&lock)); \
    } while (0)
#define wait_event_interruptible_lock_irq(queue, condition, lock) \
    ((condition) ? 0 \
                 : (int)___wait_event(queue, condition, TASK_INTERRUPTIBLE, 0, 0, spin_unlock_irq(&lock); schedule(); \
                                      spin_lock_irq(&lock)))

void wake_up_var(void *variable);
struct wait_queue_head *__var_waitqueue(void *variable);
#define wait_var_event(variable, condition) wait_event(*__var_waitqueue(variable), condition)

#endif
