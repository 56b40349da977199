/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

#include <linux/compiler.h>
#include <linux/types.h>

/* A read-modify-write that returns a value is fully ordered, one that does not is relaxed, as in Linux. */
#define __ATOMIC_FAMILY(prefix, type, value_type) \
    static inline value_type prefix##_read(const type *v) \
    { \
        return __atomic_load_n(&v->counter, __ATOMIC_RELAXED); \
    } \
    static inline value_type prefix##_read_acquire(const type *v) \
    { \
        return __atomic_load_n(&v->counter, __ATOMIC_ACQUIRE); \
    } \
    static inline void prefix##_set(type *v, value_type value) \
    { \
        __atomic_store_n(&v->counter, value, __ATOMIC_RELAXED); \
    } \
    static inline void prefix##_set_release(type *v, value_type value) \
    { \
        __atomic_store_n(&v->counter, value, __ATOMIC_RELEASE); \
    } \
    static inline value_type prefix##_fetch_add(value_type by, type *v) \
    { \
        return __atomic_fetch_add(&v->counter, by, __ATOMIC_SEQ_CST); \
    } \
    static inline value_type prefix##_fetch_sub(value_type by, type *v) \
    { \
        return __atomic_fetch_sub(&v->counter, by, __ATOMIC_SEQ_CST); \
    } \
    static inline value_type prefix##_add_return(value_type by, type *v) \
    { \
        return __atomic_add_fetch(&v->counter, by, __ATOMIC_SEQ_CST); \
    } \
    static inline value_type prefix##_sub_return(value_type by, type *v) \
    { \
        return __atomic_sub_fetch(&v->counter, by, __ATOMIC_SEQ_CST); \
    } \
    static inline void prefix##_add(value_type by, type *v) \
    { \
        __atomic_fetch_add(&v->counter, by, __ATOMIC_RELAXED); \
    } \
    static inline void prefix##_sub(value_type by, type *v) \
    { \
        __atomic_fetch_sub(&v->counter, by, __ATOMIC_RELAXED); \
    } \
    static inline void prefix##_or(value_type bits, type *v) \
    { \
        __atomic_fetch_or(&v->counter, bits, __ATOMIC_RELAXED); \
    } \
    static inline void prefix##_and(value_type bits, type *v) \
    { \
        __atomic_fetch_and(&v->counter, bits, __ATOMIC_RELAXED); \
    } \
    static inline void prefix##_andnot(value_type bits, type *v) \
    { \
        __atomic_fetch_and(&v->counter, ~bits, __ATOMIC_RELAXED); \
    } \
    static inline value_type prefix##_xchg(type *v, value_type value) \
    { \
        return __atomic_exchange_n(&v->counter, value, __ATOMIC_SEQ_CST); \
    } \
    static inline value_type prefix##_cmpxchg(type *v, value_type old, value_type value) \
    { \
        __atomic_compare_exchange_n(&v->counter, &old, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
        return old; \
    } \
    static inline bool prefix##_try_cmpxchg(type *v, value_type *old, value_type value) \
    { \
        return __atomic_compare_exchange_n(&v->counter, old, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
    } \
    static inline void prefix##_inc(type *v) \
    { \
        prefix##_add(1, v); \
    } \
    static inline void prefix##_dec(type *v) \
    { \
        prefix##_sub(1, v); \
    } \
    static inline value_type prefix##_inc_return(type *v) \
    { \
        return prefix##_add_return(1, v); \
    } \
    static inline value_type prefix##_dec_return(type *v) \
    { \
        return prefix##_sub_return(1, v); \
    } \
    static inline bool prefix##_inc_and_test(type *v) \
    { \
        return prefix##_add_return(1, v) == 0; \
    } \
    static inline bool prefix##_dec_and_test(type *v) \
    { \
        return prefix##_sub_return(1, v) == 0; \
    } \
    static inline bool prefix##_sub_and_test(value_type by, type *v) \
    { \
        return prefix##_sub_return(by, v) == 0; \
    } \
    static inline bool prefix##_add_unless(type *v, value_type by, value_type unless) \
    { \
        value_type old = prefix##_read(v); \
        do { \
            if (old == unless) \
                return false; \
        } while (!prefix##_try_cmpxchg(v, &old, old + by)); \
        return true; \
    } \
    static inline bool prefix##_inc_not_zero(type *v) \
    { \
        return prefix##_add_unless(v, 1, 0); \
    } \
    static inline bool prefix##_inc_unless_negative(type *v) \
    { \
        value_type old = prefix##_read(v); \
        do { \
            if (old < 0) \
                return false; \
        } while (!prefix##_try_cmpxchg(v, &old, old + 1)); \
        return true; \
    } \
    static inline value_type prefix##_dec_if_positive(type *v) \
    { \
        value_type old = prefix##_read(v); \
        do { \
            if (old <= 0) \
                return old - 1; \
        } while (!prefix##_try_cmpxchg(v, &old, old - 1)); \
        return old - 1; \
    }
__ATOMIC_FAMILY(atomic, atomic_t, int)
__ATOMIC_FAMILY(atomic64, atomic64_t, s64)

typedef atomic64_t atomic_long_t;
#define ATOMIC_LONG_INIT(value) ATOMIC64_INIT(value)
#define atomic_long_read(v) ((long)atomic64_read(v))
#define atomic_long_set(v, value) atomic64_set(v, value)
#define atomic_long_add(by, v) atomic64_add(by, v)
#define atomic_long_sub(by, v) atomic64_sub(by, v)
#define atomic_long_inc(v) atomic64_inc(v)
#define atomic_long_dec(v) atomic64_dec(v)
#define atomic_long_add_return(by, v) ((long)atomic64_add_return(by, v))
#define atomic_long_sub_return(by, v) ((long)atomic64_sub_return(by, v))
#define atomic_long_inc_return(v) ((long)atomic64_inc_return(v))
#define atomic_long_dec_and_test(v) atomic64_dec_and_test(v)
#define atomic_long_cmpxchg(v, old, value) ((long)atomic64_cmpxchg(v, old, value))
#define atomic_long_try_cmpxchg(v, old, value) \
    ({ \
        s64 __long_old = *(old); \
        bool __long_done = atomic64_try_cmpxchg(v, &__long_old, value); \
        *(old) = __long_old; \
        __long_done; \
    })

#define smp_mb() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb() __atomic_thread_fence(__ATOMIC_RELEASE)
#define mb() smp_mb()
#define rmb() smp_rmb()
#define wmb() smp_wmb()
#define dma_mb() smp_mb()
#define dma_rmb() smp_rmb()
#define dma_wmb() smp_wmb()
#define smp_mb__before_atomic() smp_mb()
#define smp_mb__after_atomic() smp_mb()
#define smp_load_acquire(pointer) __atomic_load_n(pointer, __ATOMIC_ACQUIRE)
#define smp_store_release(pointer, value) __atomic_store_n(pointer, (value), __ATOMIC_RELEASE)
#define smp_store_mb(variable, value) \
    do { \
        WRITE_ONCE(variable, value); \
        smp_mb(); \
    } while (0)
#define xchg(pointer, value) \
    ({ \
        typeof(*(pointer)) __xchg_new = (value), __xchg_old; \
        __atomic_exchange(pointer, &__xchg_new, &__xchg_old, __ATOMIC_SEQ_CST); \
        __xchg_old; \
    })
#define xchg_relaxed(pointer, value) xchg(pointer, value)
#define cmpxchg(pointer, old, value) \
    ({ \
        typeof(*(pointer)) __cmpxchg_old = (old), __cmpxchg_new = (value); \
        __atomic_compare_exchange(pointer, &__cmpxchg_old, &__cmpxchg_new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
        __cmpxchg_old; \
    })
#define try_cmpxchg(pointer, old_pointer, value) \
    ({ \
        typeof(*(pointer)) __cmpxchg_new = (value); \
        __atomic_compare_exchange(pointer, old_pointer, &__cmpxchg_new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
    })
#define cmpxchg64(pointer, old, value) cmpxchg(pointer, old, value)
#define cmpxchg_relaxed(pointer, old, value) cmpxchg(pointer, old, value)
#define try_cmpxchg64(pointer, old_pointer, value) try_cmpxchg(pointer, old_pointer, value)
void kernel_cpu_relax(void); /* time goes on a little, others run */
static inline void cpu_relax(void)
{
    kernel_cpu_relax();
}

#endif
