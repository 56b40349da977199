/* SPDX-License-Identifier: BSD-2-Clause */
/* linux/mm.h - pages, address spaces of processes, pinning. Implementation: harness/kernel/mm_*.c. */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/bug.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/mm_types.h>
#include <linux/pgtable.h>
#include <linux/resource.h>
#include <linux/slab.h>

struct vm_fault {
    struct vm_area_struct *vma;
    unsigned long pgoff;
    unsigned long address; /* of the page */
    unsigned long real_address;
    unsigned int flags; /* enum fault_flag */
    struct page *page;  /* out, with a reference: unless VM_FAULT_NOPAGE or an error is returned */
};

struct vm_operations_struct {
    void (*open)(struct vm_area_struct *area); /* a copy by fork or a split; not for mmap() itself */
    void (*close)(struct vm_area_struct *area);
    int (*may_split)(struct vm_area_struct *area, unsigned long addr);
    vm_fault_t (*fault)(struct vm_fault *vmf);
    int (*access)(struct vm_area_struct *vma, unsigned long addr, void *buf, int len, int write);
};

#define VM_NONE 0x00000000UL
#define VM_READ 0x00000001UL
#define VM_WRITE 0x00000002UL
#define VM_EXEC 0x00000004UL
#define VM_SHARED 0x00000008UL
#define VM_MAYREAD 0x00000010UL
#define VM_MAYWRITE 0x00000020UL
#define VM_MAYEXEC 0x00000040UL
#define VM_MAYSHARE 0x00000080UL
#define VM_PFNMAP 0x00000400UL
#define VM_LOCKED 0x00002000UL
#define VM_IO 0x00004000UL
#define VM_DONTCOPY 0x00020000UL
#define VM_DONTEXPAND 0x00040000UL
#define VM_ACCOUNT 0x00100000UL
#define VM_DONTDUMP 0x04000000UL
#define VM_MIXEDMAP 0x10000000UL
#define VM_POPULATE (1UL << 40) /* of the harness: pages come at once */

static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
    vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)
{
    vma->vm_flags &= ~flags;
}

static inline void vm_flags_mod(struct vm_area_struct *vma, vm_flags_t set, vm_flags_t clear)
{
    vma->vm_flags = (vma->vm_flags | set) & ~clear;
}

static inline unsigned long vma_pages(const struct vm_area_struct *vma)
{
    return (vma->vm_end - vma->vm_start) >> PAGE_SHIFT;
}

static inline void mmap_read_lock(struct mm_struct *mm)
{
    down_read(&mm->mmap_lock);
}

static inline int mmap_read_trylock(struct mm_struct *mm)
{
    return down_read_trylock(&mm->mmap_lock);
}

static inline void mmap_read_unlock(struct mm_struct *mm)
{
    up_read(&mm->mmap_lock);
}

static inline void mmap_write_lock(struct mm_struct *mm)
{
    down_write(&mm->mmap_lock);
}

static inline int mmap_write_lock_killable(struct mm_struct *mm)
{
    return down_write_killable(&mm->mmap_lock);
}

static inline void mmap_write_unlock(struct mm_struct *mm)
{
    up_write(&mm->mmap_lock);
}

#define mmap_assert_locked(mm) lockdep_assert_held(&(mm)->mmap_lock)
#define mmap_assert_write_locked(mm) lockdep_assert_held_write(&(mm)->mmap_lock)

/* With mmap_lock held. find_vma(): the first that ends after addr; vma_lookup(): the one that holds it. */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr);
struct vm_area_struct *find_vma_intersection(struct mm_struct *mm, unsigned long start, unsigned long end);
struct vm_area_struct *vma_lookup(struct mm_struct *mm, unsigned long addr);

/* ---- pages ---- */

static inline int page_ref_count(const struct page *page)
{
    return atomic_read(&page->_refcount);
}
#define page_count(page) page_ref_count(page)

static inline int page_mapcount(const struct page *page)
{
    return atomic_read(&page->_mapcount);
}

static inline int page_to_nid(const struct page *page)
{
    (void)page;
    return 0;
}

void get_page(struct page *page);
bool try_get_page(struct page *page);
void put_page(struct page *page);
void split_page(struct page *page, unsigned int order);
/* User and others alike; a page is not told from its block. */
#define compound_head(page) (page)
#define compound_order(page) ((unsigned int)(page)->order)

int set_page_dirty(struct page *page);
int set_page_dirty_lock(struct page *page);
bool PageDirty(const struct page *page);
bool PageReserved(const struct page *page);
void SetPageReserved(struct page *page);
void ClearPageReserved(struct page *page);
bool page_maybe_dma_pinned(struct page *page);

static inline void set_page_private(struct page *page, unsigned long private)
{
    page->private = private;
}
#define page_private(page) ((page)->private)

unsigned long totalram_pages(void);

#define untagged_addr(addr) (addr)
#define untagged_addr_remote(mm, addr) (addr)

/* ---- pinning: how many pages, from the first, were pinned; a negative error when the first could not be ---- */

long pin_user_pages(unsigned long start, unsigned long nr_pages, unsigned int gup_flags, struct page **pages);
long pin_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long nr_pages, unsigned int gup_flags,
                           struct page **pages, int *locked);
long pin_user_pages_unlocked(unsigned long start, unsigned long nr_pages, struct page **pages, unsigned int gup_flags);
int pin_user_pages_fast(unsigned long start, int nr_pages, unsigned int gup_flags, struct page **pages);
long get_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long nr_pages, unsigned int gup_flags,
                           struct page **pages, int *locked);
int get_user_pages_fast(unsigned long start, int nr_pages, unsigned int gup_flags, struct page **pages);
void unpin_user_page(struct page *page);
void unpin_user_pages(struct page **pages, unsigned long npages);
void unpin_user_pages_dirty_lock(struct page **pages, unsigned long npages, bool make_dirty);
void unpin_user_page_range_dirty_lock(struct page *page, unsigned long npages, bool make_dirty);

/* 0, or -ENOMEM when the limit of mm's locked pages (RLIMIT_MEMLOCK of task) would be passed. */
int account_locked_vm(struct mm_struct *mm, unsigned long pages, bool inc);
int __account_locked_vm(struct mm_struct *mm, unsigned long pages, bool inc, struct task_struct *task, bool bypass_rlim);

/* ---- faults and mappings ---- */

/* With mmap_lock held for reading; on return still held. */
vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags, void *regs);
/* Faults the page in; with *unlocked the lock may have been dropped. 0, -ENOMEM, -EFAULT. */
int fixup_user_fault(struct mm_struct *mm, unsigned long address, unsigned int fault_flags, bool *unlocked);

int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn, unsigned long size, pgprot_t prot);
#define io_remap_pfn_range remap_pfn_range
vm_fault_t vmf_insert_pfn(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn);
int vm_insert_page(struct vm_area_struct *vma, unsigned long addr, struct page *page);
int zap_vma_ptes(struct vm_area_struct *vma, unsigned long address, unsigned long size);
/* Bytes holebegin .. +holelen of a file (holelen 0: to its end) leave all page tables. */
void unmap_mapping_range(struct address_space *mapping, loff_t const holebegin, loff_t const holelen, int even_cows);

static inline vm_fault_t vmf_error(int error)
{
    return error == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
}

static inline int vm_fault_to_errno(vm_fault_t fault, int foll_flags)
{
    (void)foll_flags;
    if (fault & VM_FAULT_OOM)
        return -ENOMEM;
    return fault & VM_FAULT_ERROR ? -EFAULT : 0;
}

/* In the current process: an address, or a negative error. file NULL: anonymous. */
unsigned long vm_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot, unsigned long flag,
                      unsigned long offset);
int vm_munmap(unsigned long start, size_t len);

/* How many bytes were copied, from the first. */
int access_process_vm(struct task_struct *task, unsigned long addr, void *buf, int len, unsigned int gup_flags);
int access_remote_vm(struct mm_struct *mm, unsigned long addr, void *buf, int len, unsigned int gup_flags);

#endif
