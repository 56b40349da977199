/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mm_area.c - address spaces of processes: their areas, mmap(), munmap(), mprotect(). Areas that the kernel places are never
 * neighbours, so that the page after the last of one is not mapped.
 */
#include "kernel/core.h"
#include "kernel/mm_internal.h"

#include <linux/export.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/mman.h>
#include <linux/mmu_notifier.h>
#include <linux/sched/mm.h>
#include <linux/sched/user.h>
#include <linux/uaccess.h>

#define PLACE_FIRST 0x10000000UL
#define PLACE_LAST (PLACE_FIRST + (1UL << 40)) /* where the search begins again */
#define ADDRESS_MIN 0x10000UL                  /* below nobody maps */

/* ---- areas ---- */

struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
    struct vm_area_struct *vma;

    mmap_assert_locked(mm);
    list_for_each_entry(vma, &mm->vmas, node) if (addr < vma->vm_end) return vma;
    return NULL;
}
EXPORT_SYMBOL_GPL(find_vma);

struct vm_area_struct *find_vma_intersection(struct mm_struct *mm, unsigned long start, unsigned long end)
{
    struct vm_area_struct *vma = find_vma(mm, start);

    return vma && vma->vm_start < end ? vma : NULL;
}
EXPORT_SYMBOL_GPL(find_vma_intersection);

struct vm_area_struct *vma_lookup(struct mm_struct *mm, unsigned long addr)
{
    return find_vma_intersection(mm, addr, addr + 1);
}
EXPORT_SYMBOL_GPL(vma_lookup);

/* Who goes over the mappings of a file has only this lock. */
static void mapping_lock(struct vm_area_struct *vma)
{
    if (vma->vm_file)
        mutex_lock(&vma->vm_file->f_mapping->i_mmap_lock);
}

static void mapping_unlock(struct vm_area_struct *vma)
{
    if (vma->vm_file)
        mutex_unlock(&vma->vm_file->f_mapping->i_mmap_lock);
}

void area_link(struct mm_struct *mm, struct vm_area_struct *vma)
{
    struct vm_area_struct *next = find_vma(mm, vma->vm_start);

    list_add_tail(&vma->node, next ? &next->node : &mm->vmas);
    mm->map_count++;
    mm->total_vm += vma_pages(vma);
    mapping_lock(vma);
    if (vma->vm_file)
        list_add_tail(&vma->shared, &vma->vm_file->f_mapping->i_mmap);
    mapping_unlock(vma);
}

static void area_unlink(struct vm_area_struct *vma)
{
    list_del(&vma->node);
    vma->vm_mm->map_count--;
    vma->vm_mm->total_vm -= vma_pages(vma);
    mapping_lock(vma);
    if (vma->vm_file)
        list_del(&vma->shared);
    mapping_unlock(vma);
}

void area_remove(struct vm_area_struct *vma)
{
    area_unlink(vma);
    if (vma->vm_ops && vma->vm_ops->close)
        vma->vm_ops->close(vma);
    if (vma->vm_file)
        fput(vma->vm_file);
    kfree(vma);
}

/* Of the whole area; not linked. */
struct vm_area_struct *area_copy(const struct vm_area_struct *vma, struct mm_struct *mm)
{
    struct vm_area_struct *copy = kmemdup(vma, sizeof(*vma), GFP_KERNEL);

    if (!copy)
        return NULL;
    copy->vm_mm = mm;
    if (copy->vm_file)
        get_file(copy->vm_file);
    return copy;
}

/* The area ends at `at`, a new one begins there. */
static int split_area(struct vm_area_struct *vma, unsigned long at)
{
    struct vm_area_struct *upper;
    int result = vma->vm_ops && vma->vm_ops->may_split ? vma->vm_ops->may_split(vma, at) : 0;

    if (result)
        return result;
    upper = area_copy(vma, vma->vm_mm);
    if (!upper)
        return -ENOMEM;
    upper->vm_start = at;
    upper->vm_pgoff += (at - vma->vm_start) >> PAGE_SHIFT;
    vma->vm_mm->total_vm -= vma_pages(upper);
    mapping_lock(vma);
    vma->vm_end = at;
    mapping_unlock(vma);
    area_link(vma->vm_mm, upper);
    if (upper->vm_ops && upper->vm_ops->open)
        upper->vm_ops->open(upper);
    return 0;
}

/* Splits so that no area crosses start or end. */
static int split_at(struct mm_struct *mm, unsigned long start, unsigned long end)
{
    struct vm_area_struct *vma = vma_lookup(mm, start);
    int result = vma && vma->vm_start < start ? split_area(vma, start) : 0;

    vma = result ? NULL : vma_lookup(mm, end);
    return vma && vma->vm_start < end ? split_area(vma, end) : result;
}

/* ---- munmap, mprotect: mmap_lock held for writing ---- */

static bool range_right(unsigned long start, unsigned long bytes)
{
    return PAGE_ALIGNED(start) && bytes && start < TASK_SIZE_MAX && PAGE_ALIGN(bytes) <= TASK_SIZE_MAX - start;
}

int area_unmap(struct mm_struct *mm, unsigned long start, unsigned long bytes)
{
    unsigned long end = start + PAGE_ALIGN(bytes);
    struct vm_area_struct *vma;
    int result;

    if (!range_right(start, bytes))
        return -EINVAL;
    result = split_at(mm, start, end);
    while (!result && (vma = find_vma_intersection(mm, start, end))) {
        zap_range(vma, vma->vm_start, vma->vm_end, MMU_NOTIFY_UNMAP);
        area_remove(vma);
    }
    return result;
}

static vm_flags_t flags_of(unsigned int protection)
{
    return (protection & PROT_READ ? VM_READ : 0) | (protection & PROT_WRITE ? VM_WRITE : 0) |
           (protection & PROT_EXEC ? VM_EXEC : 0);
}

int area_protect(struct mm_struct *mm, unsigned long start, unsigned long bytes, unsigned int protection)
{
    unsigned long end = start + PAGE_ALIGN(bytes), at = start;
    vm_flags_t flags = flags_of(protection);
    struct vm_area_struct *vma;
    int result;

    if (!range_right(start, bytes))
        return -EINVAL;
    result = split_at(mm, start, end);
    while (!result && at < end) {
        vma = vma_lookup(mm, at);
        if (!vma)
            return -ENOMEM;
        if (flags & ~(vma->vm_flags >> 4))
            return -EACCES;
        vm_flags_mod(vma, flags, VM_READ | VM_WRITE | VM_EXEC);
        vm_flags_set(vma, flags);
        protect_range(vma, vma->vm_start, vma->vm_end);
        at = vma->vm_end;
    }
    return result;
}

/* ---- mmap ---- */

static bool is_free(struct mm_struct *mm, unsigned long start, unsigned long bytes)
{
    return !find_vma_intersection(mm, start - PAGE_SIZE, start + bytes + PAGE_SIZE);
}

/* The next free place after the last one that was given, with a page before and after it that is not mapped. */
static unsigned long choose_place(struct mm_struct *mm, unsigned long bytes, unsigned long align)
{
    struct vm_area_struct *vma;

    for (unsigned int round = 0; round < 2; round++) {
        unsigned long at = ALIGN(round ? PLACE_FIRST : max(mm->next_place, PLACE_FIRST), align);

        while (at + bytes <= PLACE_LAST) {
            if (is_free(mm, at, bytes)) {
                mm->next_place = at + bytes + PAGE_SIZE;
                return at;
            }
            vma = find_vma_intersection(mm, at - PAGE_SIZE, at + bytes + PAGE_SIZE);
            at = ALIGN(vma->vm_end + PAGE_SIZE, align);
        }
    }
    return -ENOMEM;
}

static unsigned long place(struct mm_struct *mm, unsigned long address, unsigned long bytes, unsigned int flags)
{
    int result;

    if (!(flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)))
        return choose_place(mm, bytes, flags & MAP_HUGETLB ? PMD_SIZE : PAGE_SIZE);
    if (!range_right(address, bytes))
        return -EINVAL;
    if (address < ADDRESS_MIN)
        return -EPERM;
    if (flags & MAP_FIXED_NOREPLACE)
        return find_vma_intersection(mm, address, address + bytes) ? -EEXIST : address;
    result = area_unmap(mm, address, bytes);
    return result ? (unsigned long)result : address;
}

/* What a file lets be mapped; an anonymous area lets all. */
static int may_flags(const struct file *file, unsigned int protection, unsigned int flags, vm_flags_t *out)
{
    *out = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | (flags & MAP_SHARED ? VM_SHARED | VM_MAYSHARE : 0);
    if (!file)
        return 0;
    if (!(file->f_mode & FMODE_READ))
        return -EACCES;
    if (flags & MAP_SHARED && !(file->f_mode & FMODE_WRITE)) {
        if (protection & PROT_WRITE)
            return -EACCES;
        *out &= ~(VM_MAYWRITE | VM_SHARED);
    }
    return file->f_op->mmap ? 0 : -ENODEV;
}

static struct vm_area_struct *area_create(struct mm_struct *mm, struct file *file, unsigned long start, unsigned long bytes,
                                          vm_flags_t flags, unsigned long offset)
{
    struct vm_area_struct *vma = kzalloc(sizeof(*vma), GFP_KERNEL);

    if (!vma)
        return NULL;
    *vma = (struct vm_area_struct){.vm_mm = mm,
                                   .vm_start = start,
                                   .vm_end = start + bytes,
                                   .vm_flags = flags,
                                   .vm_pgoff = offset >> PAGE_SHIFT,
                                   .vm_file = file ? get_file(file) : NULL};
    return vma;
}

/* A driver that refuses has its entries taken out again, without a close(). */
static int map_file(struct vm_area_struct *vma)
{
    int result = vma->vm_file->f_op->mmap(vma->vm_file, vma);

    if (!result)
        return 0;
    zap_range(vma, vma->vm_start, vma->vm_end, MMU_NOTIFY_UNMAP);
    fput(vma->vm_file);
    kfree(vma);
    return result;
}

unsigned long area_map(struct mm_struct *mm, struct file *file, unsigned long address, unsigned long bytes,
                       unsigned int protection, unsigned int flags, unsigned long offset)
{
    struct vm_area_struct *vma;
    unsigned long start;
    vm_flags_t may;
    int result = may_flags(file, protection, flags, &may);

    if (!bytes || !PAGE_ALIGNED(offset) || !(flags & (MAP_SHARED | MAP_PRIVATE)))
        return -EINVAL;
    if (result)
        return result;
    if (bytes > TASK_SIZE_MAX)
        return -ENOMEM;
    bytes = PAGE_ALIGN(bytes);
    start = place(mm, address, bytes, flags);
    if (IS_ERR_VALUE(start))
        return start;
    vma = area_create(mm, file, start, bytes, may | flags_of(protection), offset);
    if (!vma)
        return -ENOMEM;
    result = file ? map_file(vma) : 0;
    if (result)
        return result;
    area_link(mm, vma);
    /* Pages of shared anonymous memory are the same in every process that it is handed down to: they come now. */
    if (!file && flags & (MAP_SHARED | MAP_POPULATE | MAP_HUGETLB))
        result = area_populate(vma, flags & MAP_HUGETLB);
    if (result)
        area_unmap(mm, start, bytes);
    return result ? (unsigned long)result : start;
}

unsigned long vm_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot, unsigned long flag,
                      unsigned long offset)
{
    unsigned long result;

    if (!current->mm)
        return -EINVAL;
    if (mmap_write_lock_killable(current->mm))
        return -EINTR;
    result = area_map(current->mm, file, addr, len, (unsigned int)prot, (unsigned int)flag, offset);
    mmap_write_unlock(current->mm);
    return result;
}
EXPORT_SYMBOL_GPL(vm_mmap);

int vm_munmap(unsigned long start, size_t len)
{
    int result;

    if (!current->mm)
        return -EINVAL;
    if (mmap_write_lock_killable(current->mm))
        return -EINTR;
    result = area_unmap(current->mm, start, len);
    mmap_write_unlock(current->mm);
    return result;
}
EXPORT_SYMBOL_GPL(vm_munmap);
