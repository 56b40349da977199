/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

#include <linux/atomic.h>
#include <linux/bottom_half.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/spinlock_types.h>
#include <linux/cleanup.h>

#define __kernel_lock_init(lock) \
    do { \
        static const struct lock_class_key __key; \
        kernel_lock_init(&(lock)->core, #lock, &__key); \
    } while (0)
#define spin_lock_init(lock) __kernel_lock_init(lock)
#define raw_spin_lock_init(lock) __kernel_lock_init(lock)
#define rwlock_init(lock) __kernel_lock_init(lock)

/* Interrupts run as tasks of their own, on another processor so to say: disabling them is only noted, for the audit. */
#define spin_lock(lock) ((void)kernel_lock_acquire(&(lock)->core, LOCK_SPIN, 0, __FILE__, __LINE__))
#define spin_lock_nested(lock, subclass) \
    ((void)kernel_lock_acquire(&(lock)->core, LOCK_SPIN, (unsigned int)(subclass), __FILE__, __LINE__))
#define spin_trylock(lock) (kernel_lock_acquire(&(lock)->core, LOCK_SPIN | LOCK_TRY, 0, __FILE__, __LINE__) == 0)
#define spin_unlock(lock) kernel_lock_release(&(lock)->core, LOCK_SPIN, __FILE__, __LINE__)
#define spin_lock_irq(lock) (local_irq_disable(), spin_lock(lock))
#define spin_unlock_irq(lock) (spin_unlock(lock), local_irq_enable())
#define spin_lock_bh(lock) (local_bh_disable(), spin_lock(lock))
#define spin_unlock_bh(lock) (spin_unlock(lock), local_bh_enable())
#define spin_lock_irqsave(lock, flags) \
    do { \
        local_irq_save(flags); \
        spin_lock(lock); \
    } while (0)
#define spin_unlock_irqrestore(lock, flags) \
    do { \
        spin_unlock(lock); \
        local_irq_restore(flags); \
    } while (0)
#define spin_is_locked(lock) kernel_lock_taken(&(lock)->core)
#define assert_spin_locked(lock) BUG_ON(!kernel_lock_held(&(lock)->core))
#define raw_spin_lock(lock) spin_lock(lock)
#define raw_spin_unlock(lock) spin_unlock(lock)
#define raw_spin_lock_irqsave(lock, flags) spin_lock_irqsave(lock, flags)
#define raw_spin_unlock_irqrestore(lock, flags) spin_unlock_irqrestore(lock, flags)
#define read_lock(lock) ((void)kernel_lock_acquire(&(lock)->core, LOCK_SPIN | LOCK_READ, 0, __FILE__, __LINE__))
#define read_unlock(lock) kernel_lock_release(&(lock)->core, LOCK_SPIN | LOCK_READ, __FILE__, __LINE__)
#define write_lock(lock) spin_lock(lock)
#define write_unlock(lock) spin_unlock(lock)
#define write_lock_irq(lock) spin_lock_irq(lock)
#define write_unlock_irq(lock) spin_unlock_irq(lock)
#define read_lock_irqsave(lock, flags) \
    do { \
        local_irq_save(flags); \
        read_lock(lock); \
    } while (0)
#define read_unlock_irqrestore(lock, flags) \
    do { \
        read_unlock(lock); \
        local_irq_restore(flags); \
    } while (0)
#define write_lock_irqsave(lock, flags) spin_lock_irqsave(lock, flags)
#define write_unlock_irqrestore(lock, flags) spin_unlock_irqrestore(lock, flags)

DEFINE_LOCK_GUARD_1(spinlock, spinlock_t, spin_lock(_T->lock), spin_unlock(_T->lock))
DEFINE_LOCK_GUARD_1(spinlock_irq, spinlock_t, spin_lock_irq(_T->lock), spin_unlock_irq(_T->lock))
DEFINE_LOCK_GUARD_1(spinlock_irqsave, spinlock_t, spin_lock_irqsave(_T->lock, _T->flags),
                    spin_unlock_irqrestore(_T->lock, _T->flags))

#endif
