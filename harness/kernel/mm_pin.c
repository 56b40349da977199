/* SPDX-License-Identifier: BSD-2-Clause */
/* mm_pin.c - pages of a process for devices: pin, unpin, and what is charged for it. */
#include "kernel/core.h"
#include "kernel/mm_internal.h"

#include <linux/capability.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

/*
 * A pinned private page belongs to this address space alone, also when it is only read: else a later write of the process would
 * go to a copy, and the device would go on with the old page.
 */
static bool may_take(const struct vm_area_struct *vma, pte_t entry, const struct page *page, unsigned int flags)
{
    if (!page || !entry_valid(entry) || (flags & FOLL_WRITE && !entry_writable(entry)))
        return false;
    return !(flags & FOLL_PIN) || vma->vm_flags & VM_SHARED || page_mapcount(page) == 1;
}

static struct page *take(struct vm_area_struct *vma, unsigned long address, unsigned int flags)
{
    struct mm_struct *mm = vma->vm_mm;
    struct page *page = NULL;
    pte_t *at;

    spin_lock(&mm->page_table_lock);
    at = table_entry(mm, address);
    if (at && may_take(vma, *at, entry_page(vma, *at), flags)) {
        page = entry_page(vma, *at);
        get_page(page);
        if (flags & FOLL_PIN)
            atomic_inc(&page->_pincount);
    }
    spin_unlock(&mm->page_table_lock);
    return page;
}

static int take_or_fault(struct mm_struct *mm, unsigned long address, unsigned int flags, struct page **page)
{
    struct vm_area_struct *vma = vma_lookup(mm, address);
    unsigned int how = (flags & FOLL_WRITE ? FAULT_FLAG_WRITE : FAULT_FLAG_UNSHARE) | FAULT_FLAG_REMOTE;
    int result;

    if (!vma || vma->vm_flags & (VM_IO | VM_PFNMAP))
        return -EFAULT;
    if (!(vma->vm_flags & (flags & FOLL_WRITE ? VM_WRITE : VM_READ)))
        return -EFAULT;
    for (;;) {
        *page = take(vma, address, flags);
        if (*page)
            return 0;
        if (fatal_signal_pending(current))
            return -EINTR;
        result = vm_fault_to_errno(handle_mm_fault(vma, address, how, NULL), 0);
        if (result)
            return result;
    }
}

static long pin_locked(struct mm_struct *mm, unsigned long start, unsigned long count, unsigned int flags, struct page **pages)
{
    unsigned long done = 0;
    int result = 0;

    might_sleep();
    if (!count)
        return 0;
    start = start & PAGE_MASK;
    if (start >= TASK_SIZE_MAX || fault_inject_should_fail("pin_user_pages"))
        return start >= TASK_SIZE_MAX ? -EFAULT : -ENOMEM;
    while (done < count && !result) {
        result = take_or_fault(mm, start + done * PAGE_SIZE, flags, &pages[done]);
        done += !result;
    }
    return done ? (long)done : result;
}

static long pin_unlocked(struct mm_struct *mm, unsigned long start, unsigned long count, unsigned int flags, struct page **pages)
{
    long result;

    if (!mm)
        return -EFAULT;
    if (down_read_killable(&mm->mmap_lock))
        return -EINTR;
    result = pin_locked(mm, start, count, flags, pages);
    mmap_read_unlock(mm);
    return result;
}

long pin_user_pages(unsigned long start, unsigned long nr_pages, unsigned int gup_flags, struct page **pages)
{
    return pin_user_pages_remote(current->mm, start, nr_pages, gup_flags, pages, NULL);
}
EXPORT_SYMBOL_GPL(pin_user_pages);

long pin_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long nr_pages, unsigned int gup_flags,
                           struct page **pages, int *locked)
{
    mmap_assert_locked(mm);
    WARN_ON(locked && !*locked);
    return pin_locked(mm, start, nr_pages, gup_flags | FOLL_PIN, pages);
}
EXPORT_SYMBOL_GPL(pin_user_pages_remote);

long pin_user_pages_unlocked(unsigned long start, unsigned long nr_pages, struct page **pages, unsigned int gup_flags)
{
    return pin_unlocked(current->mm, start, nr_pages, gup_flags | FOLL_PIN, pages);
}
EXPORT_SYMBOL_GPL(pin_user_pages_unlocked);

int pin_user_pages_fast(unsigned long start, int nr_pages, unsigned int gup_flags, struct page **pages)
{
    return (int)pin_unlocked(current->mm, start, nr_pages, gup_flags | FOLL_PIN, pages);
}
EXPORT_SYMBOL_GPL(pin_user_pages_fast);

long get_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long nr_pages, unsigned int gup_flags,
                           struct page **pages, int *locked)
{
    mmap_assert_locked(mm);
    return pin_locked(mm, start, nr_pages, gup_flags | FOLL_GET, pages);
}
EXPORT_SYMBOL_GPL(get_user_pages_remote);

int get_user_pages_fast(unsigned long start, int nr_pages, unsigned int gup_flags, struct page **pages)
{
    return (int)pin_unlocked(current->mm, start, nr_pages, gup_flags | FOLL_GET, pages);
}
EXPORT_SYMBOL_GPL(get_user_pages_fast);

/* ---- unpin ---- */

void unpin_user_page(struct page *page)
{
    if (!page_maybe_dma_pinned(page)) {
        splat(SPLAT_REFCOUNT, "frame %#lx is unpinned and was not pinned: %d references, allocated at %s", page_to_pfn(page),
              page_ref_count(page), page->allocated_at);
        return;
    }
    atomic_dec(&page->_pincount);
    put_page(page);
}
EXPORT_SYMBOL_GPL(unpin_user_page);

void unpin_user_pages_dirty_lock(struct page **pages, unsigned long npages, bool make_dirty)
{
    for (unsigned long i = 0; i < npages; i++)
        unpin_user_page_range_dirty_lock(pages[i], 1, make_dirty);
}
EXPORT_SYMBOL_GPL(unpin_user_pages_dirty_lock);

void unpin_user_pages(struct page **pages, unsigned long npages)
{
    unpin_user_pages_dirty_lock(pages, npages, false);
}
EXPORT_SYMBOL_GPL(unpin_user_pages);

void unpin_user_page_range_dirty_lock(struct page *page, unsigned long npages, bool make_dirty)
{
    for (unsigned long i = 0; i < npages; i++) {
        if (make_dirty)
            set_page_dirty_lock(&page[i]);
        unpin_user_page(&page[i]);
    }
}
EXPORT_SYMBOL_GPL(unpin_user_page_range_dirty_lock);

/* ---- charges ---- */

int __account_locked_vm(struct mm_struct *mm, unsigned long pages, bool inc, struct task_struct *task, bool bypass_rlim)
{
    mmap_assert_write_locked(mm);
    if (inc && !bypass_rlim && mm->locked_vm + pages > task_rlimit(task, RLIMIT_MEMLOCK) >> PAGE_SHIFT)
        return -ENOMEM;
    if (!inc && pages > mm->locked_vm) {
        splat(SPLAT_REFCOUNT, "%lu locked pages are uncharged of %lu", pages, mm->locked_vm);
        pages = mm->locked_vm;
    }
    mm->locked_vm += inc ? pages : -pages;
    return 0;
}
EXPORT_SYMBOL_GPL(__account_locked_vm);

int account_locked_vm(struct mm_struct *mm, unsigned long pages, bool inc)
{
    int result;

    if (!pages || !mm)
        return 0;
    mmap_write_lock(mm);
    result = __account_locked_vm(mm, pages, inc, current, capable(CAP_IPC_LOCK));
    mmap_write_unlock(mm);
    return result;
}
EXPORT_SYMBOL_GPL(account_locked_vm);
