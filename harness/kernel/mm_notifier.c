/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mm_notifier.c - who keeps translations of a process is told before they change. Walkers of the list are counted: whoever takes
 * a subscription off the list waits until nobody is in it any more, and its link stays good for those who are.
 */
#include "kernel/mm_internal.h"

#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/mmu_notifier.h>
#include <linux/sched/mm.h>
#include <linux/wait.h>

struct mmu_notifier_subscriptions {
    spinlock_t lock;
    struct hlist_head list;
    unsigned int walkers;
    wait_queue_head_t quiet;
};

/* Of all processes: mmu_notifier_synchronize() waits until there are none. */
static atomic_t puts_pending;
static DECLARE_WAIT_QUEUE_HEAD(puts_done);

bool mm_has_notifiers(struct mm_struct *mm)
{
    return READ_ONCE(mm->notifier_subscriptions) != NULL;
}

/* ---- walking ---- */

static struct mmu_notifier *enter(struct mmu_notifier_subscriptions *all)
{
    struct hlist_node *first;

    spin_lock(&all->lock);
    all->walkers++;
    first = all->list.first;
    spin_unlock(&all->lock);
    return first ? hlist_entry(first, struct mmu_notifier, hlist) : NULL;
}

static struct mmu_notifier *following(struct mmu_notifier_subscriptions *all, struct mmu_notifier *one)
{
    struct hlist_node *next;

    spin_lock(&all->lock);
    next = one->hlist.next;
    spin_unlock(&all->lock);
    return next ? hlist_entry(next, struct mmu_notifier, hlist) : NULL;
}

static void leave(struct mmu_notifier_subscriptions *all)
{
    spin_lock(&all->lock);
    if (!--all->walkers)
        wake_up_all(&all->quiet);
    spin_unlock(&all->lock);
}

static bool is_quiet(struct mmu_notifier_subscriptions *all)
{
    bool quiet;

    spin_lock(&all->lock);
    quiet = !all->walkers;
    spin_unlock(&all->lock);
    return quiet;
}

#define for_each_subscription(all, one) for (one = enter(all); one || (leave(all), false); one = following(all, one))

void mmu_notifier_invalidate_range_start(struct mmu_notifier_range *range)
{
    struct mmu_notifier_subscriptions *all = READ_ONCE(range->mm->notifier_subscriptions);
    struct mmu_notifier *one;

    if (!all)
        return;
    might_sleep();
    for_each_subscription(all, one) if (one->ops->invalidate_range_start)
        WARN_ON(one->ops->invalidate_range_start(one, range) && mmu_notifier_range_blockable(range));
}

void mmu_notifier_invalidate_range_end(struct mmu_notifier_range *range)
{
    struct mmu_notifier_subscriptions *all = READ_ONCE(range->mm->notifier_subscriptions);
    struct mmu_notifier *one;

    if (!all)
        return;
    for_each_subscription(all, one) if (one->ops->invalidate_range_end) one->ops->invalidate_range_end(one, range);
}

void mmu_notifier_arch_invalidate_secondary_tlbs(struct mm_struct *mm, unsigned long start, unsigned long end)
{
    struct mmu_notifier_subscriptions *all = READ_ONCE(mm->notifier_subscriptions);
    struct mmu_notifier *one;

    if (!all)
        return;
    for_each_subscription(all, one) if (one->ops->arch_invalidate_secondary_tlbs)
        one->ops->arch_invalidate_secondary_tlbs(one, mm, start, end);
}

/* ---- coming and going ---- */

int __mmu_notifier_register(struct mmu_notifier *subscription, struct mm_struct *mm)
{
    struct mmu_notifier_subscriptions *all = mm->notifier_subscriptions;

    mmap_assert_write_locked(mm);
    if (WARN_ON(atomic_read(&mm->mm_users) <= 0))
        return -EINVAL;
    if (!all) {
        all = kzalloc(sizeof(*all), GFP_KERNEL);
        if (!all)
            return -ENOMEM;
        spin_lock_init(&all->lock);
        init_waitqueue_head(&all->quiet);
        smp_store_release(&mm->notifier_subscriptions, all);
    }
    mmgrab(mm);
    subscription->mm = mm;
    subscription->users = 1;
    spin_lock(&all->lock);
    hlist_add_head(&subscription->hlist, &all->list);
    spin_unlock(&all->lock);
    return 0;
}
EXPORT_SYMBOL_GPL(__mmu_notifier_register);

int mmu_notifier_register(struct mmu_notifier *subscription, struct mm_struct *mm)
{
    int result;

    mmap_write_lock(mm);
    result = __mmu_notifier_register(subscription, mm);
    mmap_write_unlock(mm);
    return result;
}
EXPORT_SYMBOL_GPL(mmu_notifier_register);

/* True: it was on the list; a walker that is in it still finds what follows. */
static bool take_off(struct mmu_notifier_subscriptions *all, struct mmu_notifier *subscription)
{
    bool there;

    spin_lock(&all->lock);
    there = subscription->hlist.pprev != NULL;
    if (there) {
        struct hlist_node *next = subscription->hlist.next;

        hlist_del(&subscription->hlist);
        subscription->hlist.next = next;
        subscription->hlist.pprev = NULL;
    }
    spin_unlock(&all->lock);
    return there;
}

/* release() comes once for each: from here, or from the unregister that was faster. */
void mmu_notifier_release(struct mm_struct *mm)
{
    struct mmu_notifier_subscriptions *all = READ_ONCE(mm->notifier_subscriptions);
    struct mmu_notifier *one;

    if (!all)
        return;
    for_each_subscription(all, one) if (take_off(all, one) && one->ops->release) one->ops->release(one, mm);
    wait_event(all->quiet, is_quiet(all));
}

void mmu_notifier_unregister(struct mmu_notifier *subscription, struct mm_struct *mm)
{
    struct mmu_notifier_subscriptions *all = mm->notifier_subscriptions;

    spin_lock(&all->lock); /* a release() that begins now is waited for */
    all->walkers++;
    spin_unlock(&all->lock);
    if (take_off(all, subscription) && subscription->ops->release)
        subscription->ops->release(subscription, mm);
    leave(all);
    wait_event(all->quiet, is_quiet(all));
    mmdrop(mm);
}
EXPORT_SYMBOL_GPL(mmu_notifier_unregister);

/* ---- one per process and kind ---- */

struct mmu_notifier *mmu_notifier_get(const struct mmu_notifier_ops *ops, struct mm_struct *mm)
{
    struct mmu_notifier *one;
    int result;

    mmap_write_lock(mm);
    if (mm->notifier_subscriptions) {
        hlist_for_each_entry(one, &mm->notifier_subscriptions->list, hlist) if (one->ops == ops)
        {
            one->users++;
            goto out;
        }
    }
    one = ops->alloc_notifier(mm);
    if (IS_ERR(one))
        goto out;
    one->ops = ops;
    result = __mmu_notifier_register(one, mm);
    if (result) {
        one->mm = mm;
        ops->free_notifier(one);
        one = ERR_PTR(result);
    }
out:
    mmap_write_unlock(mm);
    return one;
}
EXPORT_SYMBOL_GPL(mmu_notifier_get);

void mmu_notifier_put(struct mmu_notifier *subscription)
{
    struct mm_struct *mm = subscription->mm;
    struct mmu_notifier_subscriptions *all = mm->notifier_subscriptions;
    bool last;

    mmap_write_lock(mm);
    last = !--subscription->users;
    mmap_write_unlock(mm);
    if (!last)
        return;
    atomic_inc(&puts_pending);
    take_off(all, subscription);
    wait_event(all->quiet, is_quiet(all));
    subscription->ops->free_notifier(subscription);
    mmdrop(mm);
    if (atomic_dec_and_test(&puts_pending))
        wake_up_all(&puts_done);
}
EXPORT_SYMBOL_GPL(mmu_notifier_put);

void mmu_notifier_synchronize(void)
{
    wait_event(puts_done, !atomic_read(&puts_pending));
}
EXPORT_SYMBOL_GPL(mmu_notifier_synchronize);

void mmu_notifier_subscriptions_destroy(struct mm_struct *mm)
{
    if (!mm->notifier_subscriptions)
        return;
    WARN_ON(!hlist_empty(&mm->notifier_subscriptions->list));
    kfree(mm->notifier_subscriptions);
}
