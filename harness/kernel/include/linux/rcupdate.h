/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/types.h>

/* A real grace period: synchronize_rcu waits for the readers that were there, callbacks run after one. Readers must not sleep. */
void rcu_read_lock(void);
void rcu_read_unlock(void);
bool rcu_read_lock_held(void);
void synchronize_rcu(void);
void call_rcu(struct rcu_head *head, rcu_callback_t function);
void call_rcu_free(struct rcu_head *head, void *object);
void rcu_barrier(void);
#define synchronize_rcu_expedited() synchronize_rcu()
#define synchronize_net() synchronize_rcu()

#define rcu_dereference(pointer) smp_load_acquire(&(pointer))
#define rcu_dereference_raw(pointer) smp_load_acquire(&(pointer))
#define rcu_dereference_check(pointer, condition) smp_load_acquire(&(pointer))
#define rcu_dereference_protected(pointer, condition) \
    ({ \
        WARN_ON(!(condition)); \
        READ_ONCE(pointer); \
    })
#define rcu_access_pointer(pointer) READ_ONCE(pointer)
#define rcu_assign_pointer(pointer, value) smp_store_release(&(pointer), value)
#define rcu_replace_pointer(pointer, value, condition) xchg(&(pointer), value)
#define RCU_INIT_POINTER(pointer, value) WRITE_ONCE(pointer, value)
#define init_rcu_head(head) ((void)(head))
#define destroy_rcu_head(head) ((void)(head))

DEFINE_LOCK_GUARD_0(rcu, rcu_read_lock(), rcu_read_unlock())

#endif
