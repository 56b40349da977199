/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mm_fault.c - an address becomes a page: memory that comes at first use, copies of what is shared for writing, pages and frames
 * that a driver gives.
 */
#include "kernel/mm_internal.h"

#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/mmu_notifier.h>

int fault_install(struct vm_area_struct *vma, unsigned long address, struct page *page)
{
    struct mm_struct *mm = vma->vm_mm;
    int result = table_prepare(mm, address);
    pte_t *at;

    if (result) {
        put_page(page);
        return result;
    }
    spin_lock(&mm->page_table_lock);
    at = table_entry(mm, address);
    if (entry_none(*at)) {
        atomic_inc(&page->_mapcount);
        entry_set(at, entry_make(page_to_pfn(page), vma, vma->vm_flags & VM_WRITE));
    } else {
        result = -EBUSY;
    }
    spin_unlock(&mm->page_table_lock);
    if (result)
        put_page(page);
    return result;
}

/* The page of a neighbouring address, only to be compared. */
static const struct page *page_at(struct vm_area_struct *vma, unsigned long address)
{
    pte_t *at = table_entry(vma->vm_mm, address);

    return at ? entry_page(vma, *at) : NULL;
}

static vm_fault_t fault_anonymous(struct vm_area_struct *vma, unsigned long address)
{
    const struct page *before, *after;
    struct page *page;
    int result;

    spin_lock(&vma->vm_mm->page_table_lock);
    before = address > vma->vm_start ? page_at(vma, address - PAGE_SIZE) : NULL;
    after = address + PAGE_SIZE < vma->vm_end ? page_at(vma, address + PAGE_SIZE) : NULL;
    spin_unlock(&vma->vm_mm->page_table_lock);
    page = page_alloc_user(before, after);
    result = page ? fault_install(vma, address, page) : -ENOMEM;
    return result == -ENOMEM ? VM_FAULT_OOM : 0;
}

static vm_fault_t fault_driver(struct vm_area_struct *vma, unsigned long address, unsigned int flags)
{
    struct vm_fault vmf = {.vma = vma,
                           .address = address,
                           .real_address = address,
                           .flags = flags,
                           .pgoff = vma->vm_pgoff + ((address - vma->vm_start) >> PAGE_SHIFT)};
    vm_fault_t result;

    if (!vma->vm_ops->fault)
        return VM_FAULT_SIGBUS;
    result = vma->vm_ops->fault(&vmf);
    if (result & (VM_FAULT_ERROR | VM_FAULT_NOPAGE | VM_FAULT_RETRY))
        return result;
    if (WARN_ON(!vmf.page))
        return VM_FAULT_SIGBUS;
    return fault_install(vma, address, vmf.page) == -ENOMEM ? VM_FAULT_OOM : 0;
}

/* Another page takes the place of `old`: nobody may use old's translation when its reference goes. */
static vm_fault_t replace(struct vm_area_struct *vma, unsigned long address, struct page *old, struct page *page)
{
    struct mm_struct *mm = vma->vm_mm;
    struct mmu_notifier_range range = {
        .mm = mm, .start = address, .end = address + PAGE_SIZE, .flags = MMU_NOTIFIER_RANGE_BLOCKABLE, .event = MMU_NOTIFY_CLEAR};
    bool done = false;
    pte_t *at;

    mmu_notifier_invalidate_range_start(&range);
    spin_lock(&mm->page_table_lock);
    at = table_entry(mm, address);
    if (entry_page(vma, *at) == old) {
        entry_take(at);
        mmu_notifier_arch_invalidate_secondary_tlbs(mm, address, address + PAGE_SIZE);
        atomic_inc(&page->_mapcount);
        entry_set(at, entry_make(page_to_pfn(page), vma, vma->vm_flags & VM_WRITE));
        atomic_dec(&old->_mapcount);
        done = true;
    }
    spin_unlock(&mm->page_table_lock);
    mmu_notifier_invalidate_range_end(&range);
    put_page(done ? old : page);
    return 0;
}

/* A private page: who is the only one that has it writes to it, another gets a copy. */
static vm_fault_t fault_private(struct vm_area_struct *vma, unsigned long address, unsigned int flags)
{
    struct mm_struct *mm = vma->vm_mm;
    struct page *page, *copy;
    vm_fault_t result;
    pte_t *at;

    spin_lock(&mm->page_table_lock);
    at = table_entry(mm, address);
    page = at ? entry_page(vma, *at) : NULL;
    if (!page || !entry_valid(*at) || (flags & FAULT_FLAG_WRITE && entry_writable(*at)) || page_mapcount(page) == 1) {
        if (page && entry_valid(*at) && vma->vm_flags & VM_WRITE)
            entry_set(at, entry_make(page_to_pfn(page), vma, true));
        spin_unlock(&mm->page_table_lock);
        return 0;
    }
    get_page(page);
    spin_unlock(&mm->page_table_lock);
    copy = page_alloc_user(page, NULL);
    if (copy)
        copy_page(page_address(copy), page_address(page));
    result = copy ? replace(vma, address, page, copy) : VM_FAULT_OOM;
    put_page(page);
    return result;
}

static vm_fault_t fault_present(struct vm_area_struct *vma, unsigned long address, unsigned int flags)
{
    struct mm_struct *mm = vma->vm_mm;
    pte_t *at;

    if (!(vma->vm_flags & VM_SHARED))
        return flags & (FAULT_FLAG_WRITE | FAULT_FLAG_UNSHARE) ? fault_private(vma, address, flags) : 0;
    spin_lock(&mm->page_table_lock);
    at = table_entry(mm, address);
    if (at && !entry_none(*at))
        entry_set(at, entry_make(entry_pfn(*at), vma, vma->vm_flags & VM_WRITE));
    spin_unlock(&mm->page_table_lock);
    return 0;
}

vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags, void *regs)
{
    bool present;
    pte_t *at;

    mmap_assert_locked(vma->vm_mm);
    address &= PAGE_MASK;
    if (!(vma->vm_flags & (flags & FAULT_FLAG_WRITE ? VM_WRITE : VM_READ | VM_WRITE | VM_EXEC)))
        return VM_FAULT_SIGSEGV;
    if (flags & FAULT_FLAG_INSTRUCTION && !(vma->vm_flags & VM_EXEC))
        return VM_FAULT_SIGSEGV;
    spin_lock(&vma->vm_mm->page_table_lock);
    at = table_entry(vma->vm_mm, address);
    present = at && !entry_none(*at);
    spin_unlock(&vma->vm_mm->page_table_lock);
    if (present)
        return fault_present(vma, address, flags);
    if (vma->vm_ops)
        return fault_driver(vma, address, flags);
    return vma->vm_file ? VM_FAULT_SIGBUS : fault_anonymous(vma, address);
}
EXPORT_SYMBOL_GPL(handle_mm_fault);

int fixup_user_fault(struct mm_struct *mm, unsigned long address, unsigned int fault_flags, bool *unlocked)
{
    struct vm_area_struct *vma = vma_lookup(mm, address);

    if (!vma)
        return -EFAULT;
    return vm_fault_to_errno(handle_mm_fault(vma, address, fault_flags, NULL), 0);
}
EXPORT_SYMBOL_GPL(fixup_user_fault);

/* ---- all at once ---- */

static int populate_huge(struct vm_area_struct *vma, unsigned long address)
{
    unsigned int order = PMD_SHIFT - PAGE_SHIFT;
    struct page *block = alloc_pages(GFP_USER | __GFP_ZERO, order);
    int result = 0;

    if (!block)
        return -ENOMEM;
    split_page(block, order);
    for (unsigned long i = 0; i < 1UL << order; i++)
        if (!result)
            result = fault_install(vma, address + i * PAGE_SIZE, &block[i]);
        else
            put_page(&block[i]);
    return result;
}

int area_populate(struct vm_area_struct *vma, bool huge)
{
    for (unsigned long at = vma->vm_start; at < vma->vm_end;) {
        bool block = huge && IS_ALIGNED(at, PMD_SIZE) && vma->vm_end - at >= PMD_SIZE;

        if (block ? populate_huge(vma, at) : (int)fault_anonymous(vma, at))
            return -ENOMEM;
        at += block ? PMD_SIZE : PAGE_SIZE;
    }
    return 0;
}
