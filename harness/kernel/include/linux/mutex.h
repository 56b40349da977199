/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

#include <linux/cleanup.h>
#include <linux/lockdep.h>

struct mutex {
    struct kernel_lock core;
};
#define DEFINE_MUTEX(name) \
    struct mutex name = {.core = __KERNEL_LOCK_INIT(name)}
#define mutex_init(lock) \
    do { \
        static const struct lock_class_key __key; \
        kernel_lock_init(&(lock)->core, #lock, &__key); \
    } while (0)
#define mutex_lock(lock) ((void)kernel_lock_acquire(&(lock)->core, LOCK_SLEEP, 0, __FILE__, __LINE__))
#define mutex_lock_nested(lock, subclass) \
    ((void)kernel_lock_acquire(&(lock)->core, LOCK_SLEEP, (unsigned int)(subclass), __FILE__, __LINE__))
#define mutex_lock_interruptible(lock) \
    kernel_lock_acquire(&(lock)->core, LOCK_SLEEP | LOCK_INTERRUPTIBLE, 0, __FILE__, __LINE__)
#define mutex_lock_killable(lock) kernel_lock_acquire(&(lock)->core, LOCK_SLEEP | LOCK_KILLABLE, 0, __FILE__, __LINE__)
#define mutex_trylock(lock) (kernel_lock_acquire(&(lock)->core, LOCK_SLEEP | LOCK_TRY, 0, __FILE__, __LINE__) == 0)
#define mutex_unlock(lock) kernel_lock_release(&(lock)->core, LOCK_SLEEP, __FILE__, __LINE__)
#define mutex_is_locked(lock) kernel_lock_taken(&(lock)->core)
void mutex_destroy(struct mutex *lock); /* a held or awaited mutex is a splat */

DEFINE_LOCK_GUARD_1(mutex, struct mutex, mutex_lock(_T->lock), mutex_unlock(_T->lock))
DEFINE_FREE(mutex, struct mutex *, if (_T) mutex_unlock(_T))

#endif
