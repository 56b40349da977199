/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_XARRAY_H
#define _LINUX_XARRAY_H

#include <linux/bug.h>
#include <linux/err.h>
#include <linux/gfp_types.h>
#include <linux/limits.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>

typedef unsigned int xa_mark_t;
#define XA_MARK_0 0u
#define XA_MARK_1 1u
#define XA_MARK_2 2u
#define XA_PRESENT 8u
#define XA_FREE_MARK XA_MARK_0
#define XA_FLAGS_ALLOC 0x04u
#define XA_FLAGS_ALLOC1 0x0cu
#define XA_FLAGS_LOCK_IRQ 0x1u
#define XA_FLAGS_LOCK_BH 0x2u
#define XA_FLAGS_ACCOUNT 0x20u
#define XA_FLAGS_TRACK_FREE 0x4u
struct xa_node;
struct xarray {
    spinlock_t xa_lock;
    gfp_t xa_flags;
    struct xa_node *root;
    unsigned int height; /* levels; 0: empty */
};
struct xa_limit {
    u32 max, min;
};
#define XA_LIMIT(low, high) \
    (struct xa_limit) \
    { \
        .min = (low), .max = (high) \
    }
#define xa_limit_32b XA_LIMIT(0, UINT_MAX)
#define xa_limit_31b XA_LIMIT(0, INT_MAX)
#define xa_limit_16b XA_LIMIT(0, USHRT_MAX)

#define XARRAY_INIT(name, flags) \
    { \
        .xa_lock = __SPIN_LOCK_UNLOCKED(name.xa_lock), .xa_flags = (flags) \
    }
#define DEFINE_XARRAY_FLAGS(name, flags) struct xarray name = XARRAY_INIT(name, flags)
#define DEFINE_XARRAY(name) DEFINE_XARRAY_FLAGS(name, 0)
#define DEFINE_XARRAY_ALLOC(name) DEFINE_XARRAY_FLAGS(name, XA_FLAGS_ALLOC)
#define DEFINE_XARRAY_ALLOC1(name) DEFINE_XARRAY_FLAGS(name, XA_FLAGS_ALLOC1)
#define xa_init_flags(array, flags) \
    do { \
        (array)->root = NULL; \
        (array)->height = 0; \
        (array)->xa_flags = (flags); \
        spin_lock_init(&(array)->xa_lock); \
    } while (0)
#define xa_init(array) xa_init_flags(array, 0)

static inline void *xa_mk_value(unsigned long value)
{
    return (void *)((value << 1) | 1);
}
static inline unsigned long xa_to_value(const void *entry)
{
    return (unsigned long)entry >> 1;
}
static inline bool xa_is_value(const void *entry)
{
    return ((unsigned long)entry & 1) != 0;
}
static inline void *xa_tag_pointer(void *pointer, unsigned long tag)
{
    return (void *)((unsigned long)pointer | tag);
}
static inline void *xa_untag_pointer(void *entry)
{
    return (void *)((unsigned long)entry & ~3UL);
}
static inline unsigned int xa_pointer_tag(void *entry)
{
    return (unsigned long)entry & 3UL;
}
#define XA_ZERO_ENTRY ((void *)1030UL) /* reserved: there, and read as NULL */
static inline bool xa_is_zero(const void *entry)
{
    return entry == XA_ZERO_ENTRY;
}
static inline bool xa_is_err(const void *entry)
{
    return ((unsigned long)entry & 3) == 2 && (unsigned long)entry >= (unsigned long)-4 * 4096;
}
static inline int xa_err(void *entry)
{
    return xa_is_err(entry) ? (int)((long)entry >> 2) : 0;
}
static inline void *xa_mk_err(long error)
{
    return (void *)(((unsigned long)error << 2) | 2);
}

/* Those with two underscores are called with xa_lock held (and may release it for a moment if gfp lets them sleep). */
void *xa_load(struct xarray *array, unsigned long index);
void *xa_store(struct xarray *array, unsigned long index, void *entry, gfp_t gfp);
void *__xa_store(struct xarray *array, unsigned long index, void *entry, gfp_t gfp);
void *xa_erase(struct xarray *array, unsigned long index);
void *__xa_erase(struct xarray *array, unsigned long index);
void *xa_cmpxchg(struct xarray *array, unsigned long index, void *old, void *entry, gfp_t gfp);
void *__xa_cmpxchg(struct xarray *array, unsigned long index, void *old, void *entry, gfp_t gfp);
int __must_check xa_insert(struct xarray *array, unsigned long index, void *entry, gfp_t gfp);
int __must_check __xa_insert(struct xarray *array, unsigned long index, void *entry, gfp_t gfp);
int __must_check xa_alloc(struct xarray *array, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp);
int __must_check __xa_alloc(struct xarray *array, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp);
int xa_alloc_cyclic(struct xarray *array, u32 *id, void *entry, struct xa_limit limit, u32 *next, gfp_t gfp);
int __must_check xa_reserve(struct xarray *array, unsigned long index, gfp_t gfp);
void xa_release(struct xarray *array, unsigned long index);
void *xa_find(struct xarray *array, unsigned long *index, unsigned long max, xa_mark_t filter);
void *xa_find_after(struct xarray *array, unsigned long *index, unsigned long max, xa_mark_t filter);
bool xa_get_mark(struct xarray *array, unsigned long index, xa_mark_t mark);
void xa_set_mark(struct xarray *array, unsigned long index, xa_mark_t mark);
void xa_clear_mark(struct xarray *array, unsigned long index, xa_mark_t mark);
void __xa_set_mark(struct xarray *array, unsigned long index, xa_mark_t mark);
void __xa_clear_mark(struct xarray *array, unsigned long index, xa_mark_t mark);
bool xa_marked(const struct xarray *array, xa_mark_t mark);
void xa_destroy(struct xarray *array);
static inline bool xa_empty(const struct xarray *array)
{
    return !READ_ONCE(array->root);
}
#define xa_for_each_range(array, index, entry, start, last) \
    for ((index) = (start), (entry) = xa_find(array, &(index), last, XA_PRESENT); (entry); \
         (entry) = xa_find_after(array, &(index), last, XA_PRESENT))
#define xa_for_each_start(array, index, entry, start) xa_for_each_range(array, index, entry, start, ULONG_MAX)
#define xa_for_each(array, index, entry) xa_for_each_start(array, index, entry, 0)
#define xa_for_each_marked(array, index, entry, filter) \
    for ((index) = 0, (entry) = xa_find(array, &(index), ULONG_MAX, filter); (entry); \
         (entry) = xa_find_after(array, &(index), ULONG_MAX, filter))
#define xa_lock(array) spin_lock(&(array)->xa_lock)
#define xa_unlock(array) spin_unlock(&(array)->xa_lock)
#define xa_trylock(array) spin_trylock(&(array)->xa_lock)
#define xa_lock_irq(array) spin_lock_irq(&(array)->xa_lock)
#define xa_unlock_irq(array) spin_unlock_irq(&(array)->xa_lock)
#define xa_lock_irqsave(array, flags) spin_lock_irqsave(&(array)->xa_lock, flags)
#define xa_unlock_irqrestore(array, flags) spin_unlock_irqrestore(&(array)->xa_lock, flags)
#define xa_lock_bh(array) spin_lock_bh(&(array)->xa_lock)
#define xa_unlock_bh(array) spin_unlock_bh(&(array)->xa_lock)
#define xa_store_irq(array, index, entry, gfp) xa_store(array, index, entry, gfp)
#define xa_erase_irq(array, index) xa_erase(array, index)
#define xa_alloc_irq(array, id, entry, limit, gfp) xa_alloc(array, id, entry, limit, gfp)

#endif
