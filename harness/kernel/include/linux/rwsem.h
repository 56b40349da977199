/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_RWSEM_H
#define _LINUX_RWSEM_H

#include <linux/cleanup.h>
#include <linux/lockdep.h>

struct rw_semaphore {
    struct kernel_lock core;
};
#define DECLARE_RWSEM(name) \
    struct rw_semaphore name = {.core = __KERNEL_LOCK_INIT(name)}
#define init_rwsem(lock) \
    do { \
        static const struct lock_class_key __key; \
        kernel_lock_init(&(lock)->core, #lock, &__key); \
    } while (0)
#define down_read(lock) ((void)kernel_lock_acquire(&(lock)->core, LOCK_SLEEP | LOCK_READ, 0, __FILE__, __LINE__))
#define down_read_nested(lock, subclass) \
    ((void)kernel_lock_acquire(&(lock)->core, LOCK_SLEEP | LOCK_READ, subclass, __FILE__, __LINE__))
#define down_read_interruptible(lock) \
    kernel_lock_acquire(&(lock)->core, LOCK_SLEEP | LOCK_READ | LOCK_INTERRUPTIBLE, 0, __FILE__, __LINE__)
#define down_read_killable(lock) \
    kernel_lock_acquire(&(lock)->core, LOCK_SLEEP | LOCK_READ | LOCK_KILLABLE, 0, __FILE__, __LINE__)
#define down_read_trylock(lock) \
    (kernel_lock_acquire(&(lock)->core, LOCK_SLEEP | LOCK_READ | LOCK_TRY, 0, __FILE__, __LINE__) == 0)
#define up_read(lock) kernel_lock_release(&(lock)->core, LOCK_SLEEP | LOCK_READ, __FILE__, __LINE__)
#define down_write(lock) ((void)kernel_lock_acquire(&(lock)->core, LOCK_SLEEP, 0, __FILE__, __LINE__))
#define down_write_nested(lock, subclass) \
    ((void)kernel_lock_acquire(&(lock)->core, LOCK_SLEEP, subclass, __FILE__, __LINE__))
#define down_write_killable(lock) kernel_lock_acquire(&(lock)->core, LOCK_SLEEP | LOCK_KILLABLE, 0, __FILE__, __LINE__)
#define down_write_trylock(lock) (kernel_lock_acquire(&(lock)->core, LOCK_SLEEP | LOCK_TRY, 0, __FILE__, __LINE__) == 0)
#define up_write(lock) kernel_lock_release(&(lock)->core, LOCK_SLEEP, __FILE__, __LINE__)
#define downgrade_write(lock) kernel_lock_downgrade(&(lock)->core)
#define rwsem_is_locked(lock) kernel_lock_taken(&(lock)->core)

DEFINE_LOCK_GUARD_1(rwsem_read, struct rw_semaphore, down_read(_T->lock), up_read(_T->lock))
DEFINE_LOCK_GUARD_1(rwsem_write, struct rw_semaphore, down_write(_T->lock), up_write(_T->lock))

#endif
