/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_LOCKDEP_H
#define _LINUX_LOCKDEP_H

#include <linux/bug.h>
#include <linux/types.h>

struct task_struct;
struct lock_class_key {
    char unused;
};

/*
 * What every lock of this kernel is made of. A lock knows its owner, a class (order is checked between classes), and who waits.
 * A lock without a key (static) is its own class.
 */
struct lock_waiter;
struct kernel_lock {
    struct task_struct *owner; /* the writer */
    unsigned int readers;
    struct lock_waiter *first, *last;
    const struct lock_class_key *key;
    const char *name;
};
#define __KERNEL_LOCK_INIT(lock_name) \
    { \
        .name = #lock_name \
    }
enum kernel_lock_mode { LOCK_SPIN = 1, LOCK_SLEEP = 2, LOCK_READ = 4, LOCK_TRY = 8, LOCK_INTERRUPTIBLE = 16, LOCK_KILLABLE = 32 };

void kernel_lock_init(struct kernel_lock *lock, const char *name, const struct lock_class_key *key);
/* 0; -EINTR with LOCK_INTERRUPTIBLE or LOCK_KILLABLE; -EBUSY with LOCK_TRY. */
int kernel_lock_acquire(struct kernel_lock *lock, unsigned int mode, unsigned int subclass, const char *file, int line);
void kernel_lock_release(struct kernel_lock *lock, unsigned int mode, const char *file, int line);
void kernel_lock_downgrade(struct kernel_lock *lock);
bool kernel_lock_held(const struct kernel_lock *lock); /* by the current task, to read or to write */
bool kernel_lock_held_write(const struct kernel_lock *lock);
bool kernel_lock_taken(const struct kernel_lock *lock); /* by anyone */

#define lockdep_is_held(lock) kernel_lock_held(&(lock)->core)
#define lockdep_assert_held(lock) WARN_ON(!kernel_lock_held(&(lock)->core))
#define lockdep_assert_held_write(lock) WARN_ON(!kernel_lock_held_write(&(lock)->core))
#define lockdep_assert_held_read(lock) lockdep_assert_held(lock)
#define lockdep_assert_not_held(lock) WARN_ON(kernel_lock_held(&(lock)->core))
#define lockdep_assert(condition) WARN_ON(!(condition))
#define lockdep_set_class(lock, class_key) ((lock)->core.key = (class_key))
#define lockdep_set_class_and_name(lock, class_key, class_name) \
    ((lock)->core.key = (class_key), (lock)->core.name = (class_name))
#define lockdep_register_key(key) ((void)(key))
#define lockdep_unregister_key(key) ((void)(key))
#define SINGLE_DEPTH_NESTING 1

#endif
