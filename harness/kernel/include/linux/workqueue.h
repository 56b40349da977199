/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_WORKQUEUE_H
#define _LINUX_WORKQUEUE_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/timer.h>
#include <linux/types.h>

struct workqueue_struct;
struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);
struct work_struct {
    struct list_head entry;
    work_func_t func;
    struct workqueue_struct *queue; /* where it is queued or ran last */
    bool pending;
    unsigned int cancelling;
};
struct delayed_work {
    struct work_struct work;
    struct timer_list timer;
    struct workqueue_struct *wq;
};
void kernel_delayed_work_timer(struct timer_list *timer);
#define __WORK_INITIALIZER(name, function) \
    { \
        .entry = LIST_HEAD_INIT((name).entry), .func = (function) \
    }
#define DECLARE_WORK(name, function) struct work_struct name = __WORK_INITIALIZER(name, function)
#define DECLARE_DELAYED_WORK(name, function) \
    struct delayed_work name = {.work = __WORK_INITIALIZER(name.work, function), \
                                .timer = {.function = kernel_delayed_work_timer}}
#define INIT_WORK(pointer, function) \
    do { \
        *(pointer) = (struct work_struct){.func = (function)}; \
        INIT_LIST_HEAD(&(pointer)->entry); \
    } while (0)
#define INIT_WORK_ONSTACK(pointer, function) INIT_WORK(pointer, function)
#define destroy_work_on_stack(pointer) ((void)(pointer))
#define INIT_DELAYED_WORK(pointer, function) \
    do { \
        INIT_WORK(&(pointer)->work, function); \
        kernel_timer_init(&(pointer)->timer, kernel_delayed_work_timer, TIMER_IRQSAFE); \
    } while (0)
static inline struct delayed_work *to_delayed_work(struct work_struct *work)
{
    return container_of(work, struct delayed_work, work);
}

#define WQ_UNBOUND 0x2u
#define WQ_FREEZABLE 0x4u
#define WQ_MEM_RECLAIM 0x8u
#define WQ_HIGHPRI 0x10u
#define WQ_SYSFS 0x40u
#define __WQ_ORDERED 0x20000u
#define WQ_MAX_ACTIVE 512
__printf(1, 4) struct workqueue_struct *alloc_workqueue(const char *format, unsigned int flags, int max_active, ...);
#define alloc_ordered_workqueue(format, flags, ...) alloc_workqueue(format, (flags) | __WQ_ORDERED, 1, ##__VA_ARGS__)
#define create_singlethread_workqueue(name) alloc_ordered_workqueue("%s", 0, name)
#define create_workqueue(name) alloc_workqueue("%s", 0, 1, name)
void destroy_workqueue(struct workqueue_struct *queue);
bool queue_work(struct workqueue_struct *queue, struct work_struct *work);
bool queue_delayed_work(struct workqueue_struct *queue, struct delayed_work *work, unsigned long delay);
bool mod_delayed_work(struct workqueue_struct *queue, struct delayed_work *work, unsigned long delay);
bool flush_work(struct work_struct *work);
bool flush_delayed_work(struct delayed_work *work);
bool cancel_work(struct work_struct *work);
bool cancel_work_sync(struct work_struct *work);
bool cancel_delayed_work(struct delayed_work *work);
bool cancel_delayed_work_sync(struct delayed_work *work);
void flush_workqueue(struct workqueue_struct *queue);
void drain_workqueue(struct workqueue_struct *queue);
bool work_busy(struct work_struct *work);
#define __flush_workqueue(queue) flush_workqueue(queue)
#define work_pending(work) READ_ONCE((work)->pending)
#define delayed_work_pending(delayed) work_pending(&(delayed)->work)
extern struct workqueue_struct *system_wq, *system_unbound_wq, *system_long_wq, *system_highpri_wq;
#define schedule_work(work) queue_work(system_wq, work)
#define schedule_delayed_work(work, delay) queue_delayed_work(system_wq, work, delay)

#endif
