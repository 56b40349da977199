/* SPDX-License-Identifier: BSD-2-Clause */
/* mm_internal.h - what the files mm_*.c know of each other. */
#ifndef KERNEL_MM_INTERNAL_H
#define KERNEL_MM_INTERNAL_H

#include <linux/mm.h>

/* ---- mm_page.c ---- */

/* One zeroed page whose frame is no neighbour of the frames of `before` and `after` (NULL: none); NULL: no memory. */
struct page *page_alloc_user(const struct page *before, const struct page *after);
unsigned long memory_free_frames(void);
unsigned long memory_pins(void); /* of all frames */

/* ---- mm_table.c: the page table of a process ----
 * An entry that is not 0 holds a page, or a frame of a device. One without the valid bit is kept for a mapping that may not be
 * accessed now (PROT_NONE). All but table_prepare() and table_create() want page_table_lock held. */

int table_create(struct mm_struct *mm);
void table_destroy_lower(struct mm_struct *mm); /* all but mm->pgd */
void table_destroy_top(struct mm_struct *mm);
int table_prepare(struct mm_struct *mm, unsigned long address);  /* tables down to the entry of address; -ENOMEM */
pte_t *table_entry(struct mm_struct *mm, unsigned long address); /* NULL: no table there */
/* The first address from `address` on, before end, whose entry's table exists; end: there is none. */
unsigned long table_next(struct mm_struct *mm, unsigned long address, unsigned long end);

pte_t entry_make(unsigned long pfn, const struct vm_area_struct *vma, bool writable);
pte_t entry_read_only(pte_t entry);
bool entry_valid(pte_t entry);
bool entry_writable(pte_t entry);
unsigned long entry_pfn(pte_t entry);
void entry_set(pte_t *at, pte_t entry);
pte_t entry_take(pte_t *at); /* and clear it; hardware may set bits in it until then */

static inline bool entry_none(pte_t entry)
{
    return !entry.pte;
}

/* The page that the table holds there; NULL: none, or a frame of a device. */
struct page *entry_page(const struct vm_area_struct *vma, pte_t entry);

/* ---- mm_space.c ---- */

void mm_pasid_drop(struct mm_struct *mm);              /* of the iommu core, where it has one */
struct mm_struct *mm_create(struct user_struct *user); /* one user; NULL: no memory */
unsigned long mm_count_all(void);
struct mm_struct *mm_fork(struct mm_struct *mm); /* likewise */

/* ---- mm_area.c: with mmap_lock held for writing ---- */

void area_link(struct mm_struct *mm, struct vm_area_struct *vma);
void area_remove(struct vm_area_struct *vma); /* zapped already: unlinks, close(), fput() */
struct vm_area_struct *area_copy(const struct vm_area_struct *vma, struct mm_struct *mm);
/* An address, or a negative error. PROT_*, MAP_* */
unsigned long area_map(struct mm_struct *mm, struct file *file, unsigned long address, unsigned long bytes,
                       unsigned int protection, unsigned int flags, unsigned long offset);
int area_unmap(struct mm_struct *mm, unsigned long start, unsigned long bytes);
int area_protect(struct mm_struct *mm, unsigned long start, unsigned long bytes, unsigned int protection);

/* ---- mm_device.c ---- */

/* [start, end) of one area leaves the table; pages are let go after the caches of the hardware were invalidated. */
void zap_range(struct vm_area_struct *vma, unsigned long start, unsigned long end, unsigned int event);
/* The entries of [start, end) say what the flags of the area say now. */
void protect_range(struct vm_area_struct *vma, unsigned long start, unsigned long end);

/* ---- mm_fault.c ---- */

/* Puts page there; takes over the reference, also when it fails. -EBUSY: something is there. */
int fault_install(struct vm_area_struct *vma, unsigned long address, struct page *page);
/* All pages of an anonymous area; huge: 2 MiB of RAM that follow each other, wherever they fit. */
int area_populate(struct vm_area_struct *vma, bool huge);

#endif
