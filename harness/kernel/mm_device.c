/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mm_device.c - entries that go, change, or come from a driver: zapping, protection, frames of devices, the mappings of a file. A
 * page is let go only after the hardware that shares the table was told.
 */
#include "kernel/mm_internal.h"

#include <linux/export.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/mmu_notifier.h>

#define BATCH 64u

/* Takes up to BATCH entries out from *at on. */
static unsigned int take_batch(struct vm_area_struct *vma, unsigned long *at, unsigned long end, struct page **pages)
{
    struct mm_struct *mm = vma->vm_mm;
    unsigned long first = *at;
    unsigned int count = 0;
    bool changed = false;

    spin_lock(&mm->page_table_lock);
    while (count < BATCH && (*at = table_next(mm, *at, end)) < end) {
        pte_t old = entry_take(table_entry(mm, *at));
        struct page *page = entry_page(vma, old);

        changed |= !entry_none(old);
        if (page) {
            atomic_dec(&page->_mapcount);
            pages[count++] = page;
        }
        *at += PAGE_SIZE;
    }
    if (changed)
        mmu_notifier_arch_invalidate_secondary_tlbs(mm, first, *at);
    spin_unlock(&mm->page_table_lock);
    return count;
}

static void zap(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
    struct page *pages[BATCH];

    while (start < end) {
        unsigned int count = take_batch(vma, &start, end, pages);

        while (count)
            put_page(pages[--count]);
    }
}

void zap_range(struct vm_area_struct *vma, unsigned long start, unsigned long end, unsigned int event)
{
    struct mmu_notifier_range range = {
        .mm = vma->vm_mm, .start = start, .end = end, .flags = MMU_NOTIFIER_RANGE_BLOCKABLE, .event = event};

    mmu_notifier_invalidate_range_start(&range);
    zap(vma, start, end);
    mmu_notifier_invalidate_range_end(&range);
}

/* Write access comes back at the next write, so that a page that is shared is copied then. */
void protect_range(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
    struct mm_struct *mm = vma->vm_mm;
    struct mmu_notifier_range range = {
        .mm = mm, .start = start, .end = end, .flags = MMU_NOTIFIER_RANGE_BLOCKABLE, .event = MMU_NOTIFY_PROTECTION_VMA};

    mmu_notifier_invalidate_range_start(&range);
    spin_lock(&mm->page_table_lock);
    for (unsigned long at = start; (at = table_next(mm, at, end)) < end; at += PAGE_SIZE) {
        pte_t *entry = table_entry(mm, at);

        if (!entry_none(*entry))
            entry_set(entry, entry_make(entry_pfn(*entry), vma, false));
    }
    mmu_notifier_arch_invalidate_secondary_tlbs(mm, start, end);
    spin_unlock(&mm->page_table_lock);
    mmu_notifier_invalidate_range_end(&range);
}

/* ---- frames that a driver gives ---- */

static int insert_pfn(struct vm_area_struct *vma, unsigned long address, unsigned long pfn, bool again)
{
    struct mm_struct *mm = vma->vm_mm;
    int result = table_prepare(mm, address);
    pte_t *at;

    if (result)
        return result;
    spin_lock(&mm->page_table_lock);
    at = table_entry(mm, address);
    if (entry_none(*at))
        entry_set(at, entry_make(pfn, vma, vma->vm_flags & VM_WRITE));
    else if (!again || entry_pfn(*at) != pfn)
        result = -EBUSY;
    spin_unlock(&mm->page_table_lock);
    return result;
}

int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn, unsigned long size, pgprot_t prot)
{
    int result = 0;

    if (WARN_ON(!PAGE_ALIGNED(addr)) || addr < vma->vm_start || addr + PAGE_ALIGN(size) > vma->vm_end)
        return -EINVAL;
    vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
    for (unsigned long offset = 0; offset < size && !result; offset += PAGE_SIZE)
        result = insert_pfn(vma, addr + offset, pfn + (offset >> PAGE_SHIFT), false);
    return result;
}
EXPORT_SYMBOL_GPL(remap_pfn_range);

vm_fault_t vmf_insert_pfn(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn)
{
    int result;

    if (WARN_ON(!(vma->vm_flags & VM_PFNMAP)) || addr < vma->vm_start || addr >= vma->vm_end)
        return VM_FAULT_SIGBUS;
    result = insert_pfn(vma, addr & PAGE_MASK, pfn, true);
    return result ? vmf_error(result) : VM_FAULT_NOPAGE;
}
EXPORT_SYMBOL_GPL(vmf_insert_pfn);

int vm_insert_page(struct vm_area_struct *vma, unsigned long addr, struct page *page)
{
    if (addr < vma->vm_start || addr >= vma->vm_end)
        return -EFAULT;
    if (WARN_ON(vma->vm_flags & VM_PFNMAP))
        return -EINVAL;
    vm_flags_set(vma, VM_MIXEDMAP);
    get_page(page);
    return fault_install(vma, addr, page);
}
EXPORT_SYMBOL_GPL(vm_insert_page);

int zap_vma_ptes(struct vm_area_struct *vma, unsigned long address, unsigned long size)
{
    if (address < vma->vm_start || address + size > vma->vm_end || !(vma->vm_flags & VM_PFNMAP))
        return -EINVAL;
    zap_range(vma, address, address + size, MMU_NOTIFY_CLEAR);
    return 0;
}
EXPORT_SYMBOL_GPL(zap_vma_ptes);

/* ---- the mappings of a file ---- */

static void zap_part(struct vm_area_struct *vma, unsigned long first, unsigned long last)
{
    unsigned long from = max(first, vma->vm_pgoff), to = min(last, vma->vm_pgoff + vma_pages(vma) - 1);

    if (from <= to)
        zap_range(vma, vma->vm_start + ((from - vma->vm_pgoff) << PAGE_SHIFT),
                  vma->vm_start + ((to + 1 - vma->vm_pgoff) << PAGE_SHIFT), MMU_NOTIFY_CLEAR);
}

void unmap_mapping_range(struct address_space *mapping, loff_t const holebegin, loff_t const holelen, int even_cows)
{
    unsigned long first = (unsigned long)holebegin >> PAGE_SHIFT;
    unsigned long last = holelen ? (unsigned long)(holebegin + holelen - 1) >> PAGE_SHIFT : ULONG_MAX;
    struct vm_area_struct *vma;

    mutex_lock(&mapping->i_mmap_lock);
    list_for_each_entry(vma, &mapping->i_mmap, shared) zap_part(vma, first, last);
    mutex_unlock(&mapping->i_mmap_lock);
}
EXPORT_SYMBOL_GPL(unmap_mapping_range);
