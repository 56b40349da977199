/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_SPINLOCK_TYPES_H
#define _LINUX_SPINLOCK_TYPES_H

#include <linux/lockdep.h>

typedef struct spinlock {
    struct kernel_lock core;
} spinlock_t;
typedef spinlock_t raw_spinlock_t;
typedef struct {
    struct kernel_lock core;
} rwlock_t;
#define __SPIN_LOCK_UNLOCKED(name) \
    { \
        .core = __KERNEL_LOCK_INIT(name) \
    }
#define DEFINE_SPINLOCK(name) spinlock_t name = __SPIN_LOCK_UNLOCKED(name)
#define DEFINE_RAW_SPINLOCK(name) raw_spinlock_t name = __SPIN_LOCK_UNLOCKED(name)
#define DEFINE_RWLOCK(name) rwlock_t name = __SPIN_LOCK_UNLOCKED(name)

#endif
