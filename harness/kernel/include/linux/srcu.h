/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_SRCU_H
#define _LINUX_SRCU_H

#include <linux/rcupdate.h>
#include <linux/spinlock.h>

/* Readers may sleep. */
struct srcu_struct {
    unsigned int index;
    unsigned int readers[2];
    unsigned int busy; /* a grace period is under way */
};
#define DEFINE_SRCU(name) struct srcu_struct name
#define DEFINE_STATIC_SRCU(name) static struct srcu_struct name
int init_srcu_struct(struct srcu_struct *srcu);
void cleanup_srcu_struct(struct srcu_struct *srcu);
int srcu_read_lock(struct srcu_struct *srcu);
void srcu_read_unlock(struct srcu_struct *srcu, int index);
bool srcu_read_lock_held(const struct srcu_struct *srcu);
void synchronize_srcu(struct srcu_struct *srcu);
void call_srcu(struct srcu_struct *srcu, struct rcu_head *head, rcu_callback_t function);
void srcu_barrier(struct srcu_struct *srcu);
#define synchronize_srcu_expedited(srcu) synchronize_srcu(srcu)
#define srcu_dereference(pointer, srcu) smp_load_acquire(&(pointer))
#define srcu_dereference_check(pointer, srcu, condition) smp_load_acquire(&(pointer))

#endif
