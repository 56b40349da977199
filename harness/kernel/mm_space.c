/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mm_space.c - the life of an address space: two counts (users of the addresses, holders of the struct), fork, the end. The
 * charges of locked and pinned pages must be gone with the last holder.
 */
#include "kernel/core.h"
#include "kernel/mm_internal.h"

#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/mmu_notifier.h>
#include <linux/sched/mm.h>
#include <linux/sched/user.h>

static LIST_HEAD(spaces);
static DEFINE_SPINLOCK(spaces_lock);

/* A kernel without shared address spaces. */
void __weak mm_pasid_drop(struct mm_struct *mm)
{
    WARN_ON(mm->iommu_mm);
}

struct mm_struct *mm_create(struct user_struct *user)
{
    struct mm_struct *mm = kzalloc(sizeof(*mm), GFP_KERNEL);

    if (!mm)
        return NULL;
    atomic_set(&mm->mm_users, 1);
    atomic_set(&mm->mm_count, 1);
    init_rwsem(&mm->mmap_lock);
    spin_lock_init(&mm->page_table_lock);
    INIT_LIST_HEAD(&mm->vmas);
    if (table_create(mm)) {
        kfree(mm);
        return NULL;
    }
    mm->user = get_uid(user);
    spin_lock(&spaces_lock);
    list_add_tail(&mm->audit, &spaces);
    spin_unlock(&spaces_lock);
    return mm;
}

/* ---- counts ---- */

void mmgrab(struct mm_struct *mm)
{
    if (atomic_read(&mm->mm_count) <= 0)
        splat(SPLAT_REFCOUNT, "mmgrab of a mm_struct that nobody holds");
    atomic_inc(&mm->mm_count);
}
EXPORT_SYMBOL_GPL(mmgrab);

static void mm_free(struct mm_struct *mm)
{
    if (mm->locked_vm || atomic64_read(&mm->pinned_vm))
        splat(SPLAT_LEAK, "a mm_struct goes with %lu locked and %lld pinned pages charged to it", mm->locked_vm,
              (long long)atomic64_read(&mm->pinned_vm));
    mmu_notifier_subscriptions_destroy(mm);
    mm_pasid_drop(mm);
    table_destroy_top(mm);
    free_uid(mm->user);
    spin_lock(&spaces_lock);
    list_del(&mm->audit);
    spin_unlock(&spaces_lock);
    kfree(mm);
}

void mmdrop(struct mm_struct *mm)
{
    if (atomic_read(&mm->mm_count) <= 0)
        splat(SPLAT_REFCOUNT, "mmdrop of a mm_struct that nobody holds");
    else if (atomic_dec_and_test(&mm->mm_count))
        mm_free(mm);
}
EXPORT_SYMBOL_GPL(mmdrop);

void mmget(struct mm_struct *mm)
{
    if (atomic_read(&mm->mm_users) <= 0)
        splat(SPLAT_REFCOUNT, "mmget of a mm_struct without users");
    atomic_inc(&mm->mm_users);
}
EXPORT_SYMBOL_GPL(mmget);

bool mmget_not_zero(struct mm_struct *mm)
{
    return atomic_inc_not_zero(&mm->mm_users);
}
EXPORT_SYMBOL_GPL(mmget_not_zero);

static void take_down(struct mm_struct *mm)
{
    struct vm_area_struct *vma, *next;

    mmu_notifier_release(mm);
    mmap_write_lock(mm);
    list_for_each_entry_safe(vma, next, &mm->vmas, node)
    {
        zap_range(vma, vma->vm_start, vma->vm_end, MMU_NOTIFY_UNMAP);
        area_remove(vma);
    }
    table_destroy_lower(mm);
    mmap_write_unlock(mm);
}

void mmput(struct mm_struct *mm)
{
    might_sleep();
    if (atomic_read(&mm->mm_users) <= 0)
        splat(SPLAT_REFCOUNT, "mmput of a mm_struct without users");
    else if (atomic_dec_and_test(&mm->mm_users)) {
        take_down(mm);
        mmdrop(mm);
    }
}
EXPORT_SYMBOL_GPL(mmput);

void mmput_async(struct mm_struct *mm)
{
    mmput(mm);
}
EXPORT_SYMBOL_GPL(mmput_async);

struct mm_struct *get_task_mm(struct task_struct *task)
{
    struct mm_struct *mm = READ_ONCE(task->mm);

    return mm && !(task->flags & PF_KTHREAD) && mmget_not_zero(mm) ? mm : NULL;
}
EXPORT_SYMBOL_GPL(get_task_mm);

/* ---- fork ---- */

/*
 * Private pages are shared until one side writes; a pinned one is copied for the child at once: the parent must keep the page
 * that the device has.
 */
static int share_entry(struct vm_area_struct *vma, struct vm_area_struct *child, unsigned long address)
{
    struct mm_struct *mm = vma->vm_mm;
    struct page *page, *copy = NULL;
    pte_t *from, *to, entry;

    if (table_prepare(child->vm_mm, address))
        return -ENOMEM;
    spin_lock(&mm->page_table_lock);
    from = table_entry(mm, address);
    page = from ? entry_page(vma, *from) : NULL;
    if (!from || entry_none(*from) || (page && !(vma->vm_flags & VM_SHARED) && page_maybe_dma_pinned(page))) {
        if (page)
            get_page(page);
        spin_unlock(&mm->page_table_lock);
        if (!page)
            return 0;
        copy = page_alloc_user(page, NULL);
        if (copy)
            copy_page(page_address(copy), page_address(page));
        put_page(page);
        return copy ? fault_install(child, address, copy) : -ENOMEM;
    }
    entry = *from;
    if (page) {
        get_page(page);
        atomic_inc(&page->_mapcount);
        if (!(vma->vm_flags & VM_SHARED)) {
            entry = entry_read_only(entry);
            entry_set(from, entry);
        }
    }
    to = table_entry(child->vm_mm, address);
    entry_set(to, entry);
    spin_unlock(&mm->page_table_lock);
    return 0;
}

static int share_area(struct vm_area_struct *vma, struct mm_struct *child_mm)
{
    struct mmu_notifier_range range = {.mm = vma->vm_mm,
                                       .start = vma->vm_start,
                                       .end = vma->vm_end,
                                       .flags = MMU_NOTIFIER_RANGE_BLOCKABLE,
                                       .event = MMU_NOTIFY_PROTECTION_PAGE};
    struct vm_area_struct *child = area_copy(vma, child_mm);
    unsigned long address = vma->vm_start;
    int result = 0;

    if (!child)
        return -ENOMEM;
    vm_flags_clear(child, VM_LOCKED);
    area_link(child_mm, child);
    mmu_notifier_invalidate_range_start(&range);
    while (!result && (address = table_next(vma->vm_mm, address, vma->vm_end)) < vma->vm_end) {
        result = share_entry(vma, child, address);
        address += PAGE_SIZE;
    }
    spin_lock(&vma->vm_mm->page_table_lock);
    mmu_notifier_arch_invalidate_secondary_tlbs(vma->vm_mm, vma->vm_start, vma->vm_end);
    spin_unlock(&vma->vm_mm->page_table_lock);
    mmu_notifier_invalidate_range_end(&range);
    if (child->vm_ops && child->vm_ops->open)
        child->vm_ops->open(child);
    return result;
}

struct mm_struct *mm_fork(struct mm_struct *mm)
{
    struct mm_struct *child = mm_create(mm->user);
    struct vm_area_struct *vma;
    int result = 0;

    if (!child)
        return NULL;
    mmap_write_lock(mm);
    down_write_nested(&child->mmap_lock, SINGLE_DEPTH_NESTING);
    child->next_place = mm->next_place;
    list_for_each_entry(vma, &mm->vmas, node) if (!result && !(vma->vm_flags & VM_DONTCOPY)) result = share_area(vma, child);
    up_write(&child->mmap_lock);
    mmap_write_unlock(mm);
    if (!result)
        return child;
    mmput(child);
    return NULL;
}

unsigned long mm_count_all(void)
{
    unsigned long count;

    spin_lock(&spaces_lock);
    count = list_count_nodes(&spaces);
    spin_unlock(&spaces_lock);
    return count;
}

static void mm_halt(void)
{
    struct mm_struct *mm;

    list_for_each_entry(mm, &spaces, audit) audit("a mm_struct: %d users, %d holders, %lu locked pages",
                                                  atomic_read(&mm->mm_users), atomic_read(&mm->mm_count), mm->locked_vm);
    INIT_LIST_HEAD(&spaces);
}

KERNEL_SUBSYSTEM(mm_space, 1, NULL, mm_halt);
