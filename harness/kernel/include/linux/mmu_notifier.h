/* SPDX-License-Identifier: BSD-2-Clause */
/* linux/mmu_notifier.h - who keeps translations of a process is told before they change. */
#ifndef _LINUX_MMU_NOTIFIER_H
#define _LINUX_MMU_NOTIFIER_H

#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/types.h>

struct mmu_notifier;

enum mmu_notifier_event {
    MMU_NOTIFY_UNMAP = 0,
    MMU_NOTIFY_CLEAR,
    MMU_NOTIFY_PROTECTION_VMA,
    MMU_NOTIFY_PROTECTION_PAGE,
    MMU_NOTIFY_SOFT_DIRTY,
    MMU_NOTIFY_RELEASE,
};

#define MMU_NOTIFIER_RANGE_BLOCKABLE (1 << 0)

struct mmu_notifier_range {
    struct mm_struct *mm;
    unsigned long start, end;
    unsigned int flags;
    enum mmu_notifier_event event;
    void *owner;
};

/*
 * release: the addresses go away, once; no page may be used afterwards. invalidate_range_start .. _end: between them no new
 * translation of the range may be made. arch_invalidate_secondary_tlbs: after entries of the table that the hardware shares have
 * changed, under the lock of the page table: it must not sleep.
 */
struct mmu_notifier_ops {
    void (*release)(struct mmu_notifier *subscription, struct mm_struct *mm);
    int (*invalidate_range_start)(struct mmu_notifier *subscription, const struct mmu_notifier_range *range);
    void (*invalidate_range_end)(struct mmu_notifier *subscription, const struct mmu_notifier_range *range);
    void (*arch_invalidate_secondary_tlbs)(struct mmu_notifier *subscription, struct mm_struct *mm, unsigned long start,
                                           unsigned long end);
    struct mmu_notifier *(*alloc_notifier)(struct mm_struct *mm);
    void (*free_notifier)(struct mmu_notifier *subscription);
};

struct mmu_notifier {
    struct hlist_node hlist;
    const struct mmu_notifier_ops *ops;
    struct mm_struct *mm;
    struct list_head free_node;
    unsigned int users;
};

/* The subscription holds mm (mmgrab) until it is unregistered; the caller of register holds a user of mm. */
int mmu_notifier_register(struct mmu_notifier *subscription, struct mm_struct *mm);
int __mmu_notifier_register(struct mmu_notifier *subscription, struct mm_struct *mm); /* mmap_lock held for writing */
/* Calls release() if that was not yet called; no callback runs any more when it returns. */
void mmu_notifier_unregister(struct mmu_notifier *subscription, struct mm_struct *mm);
struct mmu_notifier *mmu_notifier_get(const struct mmu_notifier_ops *ops, struct mm_struct *mm);
void mmu_notifier_put(struct mmu_notifier *subscription);
void mmu_notifier_synchronize(void);

bool mm_has_notifiers(struct mm_struct *mm);

static inline bool mmu_notifier_range_blockable(const struct mmu_notifier_range *range)
{
    return range->flags & MMU_NOTIFIER_RANGE_BLOCKABLE;
}

/* ---- what the memory management calls ---- */

void mmu_notifier_release(struct mm_struct *mm);
void mmu_notifier_invalidate_range_start(struct mmu_notifier_range *range);
void mmu_notifier_invalidate_range_end(struct mmu_notifier_range *range);
void mmu_notifier_arch_invalidate_secondary_tlbs(struct mm_struct *mm, unsigned long start, unsigned long end);
void mmu_notifier_subscriptions_destroy(struct mm_struct *mm);

#endif
