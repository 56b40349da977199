/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_TIMER_H
#define _LINUX_TIMER_H

#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/types.h>

/* The function runs in interrupt context. */
struct timer_list {
    struct list_head entry;
    unsigned long expires;
    void (*function)(struct timer_list *timer);
    u32 flags;
    bool pending;
    u64 due_ns;
};
#define TIMER_DEFERRABLE 0x1u
#define TIMER_IRQSAFE 0x2u
#define DEFINE_TIMER(name, handler) struct timer_list name = {.function = (handler)}
#define timer_setup(timer, handler, timer_flags) kernel_timer_init(timer, handler, timer_flags)
#define timer_setup_on_stack(timer, handler, timer_flags) kernel_timer_init(timer, handler, timer_flags)
#define destroy_timer_on_stack(timer) ((void)(timer))
#define from_timer(variable, timer, member) container_of(timer, typeof(*(variable)), member)
#define timer_container_of(variable, timer, member) container_of(timer, typeof(*(variable)), member)
void kernel_timer_init(struct timer_list *timer, void (*function)(struct timer_list *timer), unsigned int flags);
int mod_timer(struct timer_list *timer, unsigned long expires);
void add_timer(struct timer_list *timer);
int timer_delete(struct timer_list *timer);
int timer_delete_sync(struct timer_list *timer);
int timer_shutdown_sync(struct timer_list *timer);
int timer_pending(const struct timer_list *timer);
#define del_timer(timer) timer_delete(timer)
#define del_timer_sync(timer) timer_delete_sync(timer)

#endif
