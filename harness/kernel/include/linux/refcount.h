/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_REFCOUNT_H
#define _LINUX_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/types.h>

struct mutex;
typedef struct refcount_struct {
    atomic_t refs;
} refcount_t;
#define REFCOUNT_INIT(count) \
    { \
        .refs = ATOMIC_INIT(count) \
    }

/* Saturating, as in Linux: increment of 0, decrement below 0 and overflow are a WARN and the count stays out of the way. */
void refcount_add(int by, refcount_t *count);
bool __must_check refcount_add_not_zero(int by, refcount_t *count);
bool __must_check refcount_sub_and_test(int by, refcount_t *count);
void refcount_dec(refcount_t *count);
bool __must_check refcount_dec_if_one(refcount_t *count);
bool __must_check refcount_dec_not_one(refcount_t *count);
bool __must_check refcount_dec_and_mutex_lock(refcount_t *count, struct mutex *lock);
static inline void refcount_set(refcount_t *count, int value)
{
    atomic_set(&count->refs, value);
}
static inline unsigned int refcount_read(const refcount_t *count)
{
    return (unsigned int)atomic_read(&count->refs);
}
static inline void refcount_inc(refcount_t *count)
{
    refcount_add(1, count);
}
static inline bool __must_check refcount_inc_not_zero(refcount_t *count)
{
    return refcount_add_not_zero(1, count);
}
static inline bool __must_check refcount_dec_and_test(refcount_t *count)
{
    return refcount_sub_and_test(1, count);
}

#endif
