/* SPDX-License-Identifier: BSD-2-Clause */
/* smmuv3_pgtable.c - see smmuv3_pgtable.h. */
#include "smmuv3_pgtable.h"

#include <asm/barrier.h>
#include <asm/byteorder.h>
#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/iommu.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#define LEVEL_BITS 9
#define LAST_LEVEL 3
#define PTES (1u << LEVEL_BITS)
#define TABLE_BYTES SZ_4K

/* ---- descriptors (D8.3) ---- */

#define PTE_VALID BIT_ULL(0)
#define PTE_TYPE BIT_ULL(1) /* table above level 3, page in it */
#define PTE_ADDRESS GENMASK_ULL(47, 12)
#define PTE_SH_OUTER (2ULL << 8)
#define PTE_SH_INNER (3ULL << 8)
#define PTE_AF BIT_ULL(10)
#define PTE_DBM BIT_ULL(51)
#define S1_ATTRINDEX(n) ((u64)(n) << 2)
#define S1_UNPRIVILEGED BIT_ULL(6)
#define S1_READ_ONLY BIT_ULL(7)
#define S1_NG BIT_ULL(11)
#define S1_PXN BIT_ULL(53)
#define S1_UXN BIT_ULL(54)
#define S2_READ BIT_ULL(6)
#define S2_WRITE BIT_ULL(7)
#define S2_XN BIT_ULL(54)
#define S2_DEVICE (0x1ULL << 2)
#define S2_NON_CACHEABLE (0x5ULL << 2)
#define S2_WRITE_BACK (0xfULL << 2)
/* With S2FWB (D8.6.6): bit 4 says that stage 2 decides. */
#define S2_FWB_NON_CACHEABLE (0x5ULL << 2)
#define S2_FWB_WRITE_BACK (0x6ULL << 2)
#define S2_FWB_DEVICE (0x1ULL << 2)

static unsigned int level_shift(unsigned int level)
{
    return PAGE_SHIFT + (LAST_LEVEL - level) * LEVEL_BITS;
}

static size_t level_size(unsigned int level)
{
    return (size_t)1 << level_shift(level);
}

static unsigned int level_of(size_t pgsize)
{
    return pgsize == SZ_1G ? 1 : pgsize == SZ_2M ? 2 : LAST_LEVEL;
}

static u64 pte_read(const u64 *pte)
{
    return le64_to_cpu((__le64)READ_ONCE(*pte));
}

static bool pte_is_table(u64 pte, unsigned int level)
{
    return level < LAST_LEVEL && (pte & (PTE_VALID | PTE_TYPE)) == (PTE_VALID | PTE_TYPE);
}

static u64 *pte_table(u64 pte)
{
    return phys_to_virt(pte & PTE_ADDRESS);
}

static unsigned int entries_at(const struct smmu_pgtable *table, unsigned int level)
{
    return level == table->start_level ? table->top_entries : PTES;
}

static unsigned int index_at(const struct smmu_pgtable *table, unsigned long iova, unsigned int level)
{
    unsigned int entries = table->cut_top ? PTES : entries_at(table, level);

    return (unsigned int)(iova >> level_shift(level)) & (entries - 1);
}

static u64 stage1_attributes(const struct smmu_pgtable *table, int prot)
{
    u64 pte = S1_NG | S1_ATTRINDEX(prot & IOMMU_MMIO ? 2 : prot & IOMMU_CACHE ? 0 : 1);

    if (!(prot & IOMMU_PRIV))
        pte |= S1_UNPRIVILEGED;
    /* There is no write-only page at stage 1. */
    if (!(prot & IOMMU_WRITE))
        pte |= S1_READ_ONLY;
    else if (table->dirty)
        pte |= PTE_DBM | S1_READ_ONLY;
    if (prot & (IOMMU_NOEXEC | IOMMU_MMIO))
        pte |= S1_PXN | S1_UXN;
    return pte;
}

static u64 stage2_attributes(const struct smmu_pgtable *table, int prot)
{
    bool fwb = table->force_write_back;
    u64 pte = 0;

    if (prot & IOMMU_MMIO)
        pte |= fwb ? S2_FWB_DEVICE : S2_DEVICE;
    else if (prot & IOMMU_CACHE)
        pte |= fwb ? S2_FWB_WRITE_BACK : S2_WRITE_BACK;
    else
        pte |= fwb ? S2_FWB_NON_CACHEABLE : S2_NON_CACHEABLE;
    if (prot & IOMMU_READ)
        pte |= S2_READ;
    if (prot & IOMMU_WRITE)
        pte |= table->dirty ? PTE_DBM : S2_WRITE;
    if (prot & (IOMMU_NOEXEC | IOMMU_MMIO))
        pte |= S2_XN;
    return pte;
}

static u64 leaf_attributes(const struct smmu_pgtable *table, unsigned int level, int prot)
{
    u64 pte = PTE_VALID | PTE_AF;

    if (table->coherent && !(prot & IOMMU_MMIO))
        prot |= IOMMU_CACHE;
    if (level == LAST_LEVEL)
        pte |= PTE_TYPE;
    pte |= prot & IOMMU_CACHE ? PTE_SH_INNER : PTE_SH_OUTER;
    return pte | (table->stage == 1 ? stage1_attributes(table, prot) : stage2_attributes(table, prot));
}

/* D8.5.3: writable by hardware's own update, and updated. */
static bool pte_is_dirty(const struct smmu_pgtable *table, u64 pte)
{
    if (!(pte & PTE_DBM))
        return false;
    return table->stage == 1 ? !(pte & S1_READ_ONLY) : !!(pte & S2_WRITE);
}

/* ---- life ---- */

/*
 * Stage 2 begins at level 1 with up to 16 concatenated tables where 43 bits suffice (D8.2.8), else at level 0; stage 1 with 48
 * bits at level 0.
 */
int smmu_pgtable_init(struct smmu_pgtable *table, gfp_t gfp)
{
    table->start_level = table->stage == 2 && table->input_bits <= 43 ? 1 : 0;
    table->top_entries = 1u << (table->input_bits - level_shift(table->start_level));
    table->top = alloc_pages_exact(max_t(size_t, table->top_entries * sizeof(u64), TABLE_BYTES), gfp | __GFP_ZERO);
    return table->top ? 0 : -ENOMEM;
}

static void free_below(u64 *entries, unsigned int count, unsigned int level)
{
    for (unsigned int i = 0; i < count; i++) {
        u64 pte = pte_read(&entries[i]);

        if (pte_is_table(pte, level)) {
            free_below(pte_table(pte), PTES, level + 1);
            free_page((unsigned long)pte_table(pte));
        }
    }
}

void smmu_pgtable_free(struct smmu_pgtable *table)
{
    if (!table->top)
        return;
    free_below(table->top, table->top_entries, table->start_level);
    free_pages_exact(table->top, max_t(size_t, table->top_entries * sizeof(u64), TABLE_BYTES));
    table->top = NULL;
}

/* ---- map ---- */

/* Two callers may miss the same table: the first to link one wins. */
static u64 *table_link(u64 *slot, gfp_t gfp)
{
    u64 *fresh = (u64 *)get_zeroed_page(gfp), pte, was;

    if (!fresh)
        return NULL;
    pte = (virt_to_phys(fresh) & PTE_ADDRESS) | PTE_VALID | PTE_TYPE;
    dma_wmb(); /* the zeroes before the pointer to them */
    was = cmpxchg64(slot, 0, (__force u64)cpu_to_le64(pte));
    if (!was)
        return fresh;
    free_page((unsigned long)fresh);
    return pte_table(le64_to_cpu((__le64)was));
}

/* The slot for iova at the level; tables on the way are made. */
static int slot_make(struct smmu_pgtable *table, unsigned long iova, unsigned int level, gfp_t gfp, u64 **slot)
{
    u64 *entries = table->top;

    for (unsigned int at = table->start_level; at < level; at++) {
        u64 *way = &entries[index_at(table, iova, at)], pte = pte_read(way);

        if (pte && !pte_is_table(pte, at))
            return -EEXIST;
        entries = pte ? pte_table(pte) : table_link(way, gfp);
        if (!entries)
            return -ENOMEM;
    }
    *slot = &entries[index_at(table, iova, level)];
    return 0;
}

static bool table_is_empty(const u64 *entries)
{
    for (unsigned int i = 0; i < PTES; i++)
        if (READ_ONCE(entries[i]))
            return false;
    return true;
}

/* 3.21.1.1: a table gives way to a block by break-before-make, and only if nothing is mapped through it. */
static int slot_clear_table(struct smmu_pgtable *table, u64 *slot, unsigned long iova, unsigned int level)
{
    u64 pte = pte_read(slot);

    if (!pte_is_table(pte, level) || !table_is_empty(pte_table(pte)))
        return -EEXIST;
    WRITE_ONCE(*slot, 0);
    table->owner->flush_table(table, iova & ~(level_size(level) - 1), level_size(level));
    free_page((unsigned long)pte_table(pte));
    return 0;
}

static int slot_set(struct smmu_pgtable *table, u64 *slot, unsigned long iova, unsigned int level, u64 pte)
{
    int result = pte_read(slot) ? slot_clear_table(table, slot, iova, level) : 0;

    if (result)
        return result;
    WRITE_ONCE(*slot, (__force u64)cpu_to_le64(pte));
    return 0;
}

int smmu_pgtable_map(struct smmu_pgtable *table, unsigned long iova, phys_addr_t paddr, size_t pgsize, size_t pgcount, int prot,
                     gfp_t gfp, size_t *mapped)
{
    unsigned int level = level_of(pgsize);
    size_t bytes;

    if (pgsize != level_size(level) || !pgcount || !IS_ALIGNED(iova | paddr, pgsize) || !(prot & (IOMMU_READ | IOMMU_WRITE)))
        return -EINVAL;
    if (check_mul_overflow(pgsize, pgcount, &bytes) || (iova + bytes - 1) >> table->input_bits || iova + bytes - 1 < iova ||
        (paddr + bytes - 1) >> table->output_bits || paddr + bytes - 1 < paddr)
        return -ERANGE;
    if (!(prot & (IOMMU_CACHE | IOMMU_MMIO)) && !table->coherent)
        table->non_coherent = true;
    for (; pgcount; pgcount--, iova += pgsize, paddr += pgsize) {
        u64 *slot;
        int result = slot_make(table, iova, level, gfp, &slot);

        if (!result)
            result = slot_set(table, slot, iova, level, (paddr & PTE_ADDRESS) | leaf_attributes(table, level, prot));
        if (result)
            return result;
        *mapped += pgsize;
    }
    dma_wmb();
    return 0;
}

/* ---- unmap ---- */

/* The slot for iova at the level, or NULL; *block: a larger one covers it. */
static u64 *slot_find(struct smmu_pgtable *table, unsigned long iova, unsigned int *level)
{
    unsigned int last = *level;
    u64 *entries = table->top;

    if (iova >> table->input_bits)
        return NULL;
    for (unsigned int at = table->start_level;; at++) {
        u64 *slot = &entries[index_at(table, iova, at)], pte = pte_read(slot);

        *level = at;
        if (!pte)
            return NULL;
        if (at == last || !pte_is_table(pte, at))
            return slot;
        entries = pte_table(pte);
    }
}

static void subtree_unmap(struct smmu_pgtable *table, u64 pte, unsigned long iova, unsigned int level)
{
    table->owner->flush_table(table, iova, level_size(level));
    free_below(pte_table(pte), PTES, level + 1);
    free_page((unsigned long)pte_table(pte));
}

size_t smmu_pgtable_unmap(struct smmu_pgtable *table, unsigned long iova, size_t pgsize, size_t pgcount,
                          struct iommu_iotlb_gather *gather)
{
    unsigned int wanted = level_of(pgsize);
    size_t done = 0;

    if (pgsize != level_size(wanted) || !IS_ALIGNED(iova, pgsize))
        return 0;
    for (; pgcount; pgcount--, iova += pgsize, done += pgsize) {
        unsigned int level = wanted;
        u64 *slot = slot_find(table, iova, &level), pte;

        if (!slot || level != wanted)
            break;
        pte = le64_to_cpu((__le64)xchg(slot, 0));
        if (pte_is_table(pte, level))
            subtree_unmap(table, pte, iova, level);
        else
            table->owner->unmapped(table, gather, iova, pgsize);
    }
    return done;
}

/* ---- look ---- */

phys_addr_t smmu_pgtable_lookup(struct smmu_pgtable *table, unsigned long iova)
{
    unsigned int level = LAST_LEVEL;
    u64 *slot = slot_find(table, iova, &level);

    if (!slot)
        return 0;
    return (pte_read(slot) & PTE_ADDRESS & ~(level_size(level) - 1)) | (iova & (level_size(level) - 1));
}

/* Hardware may write the same descriptor: the bit changes atomically, and what it said before decides. */
static bool slot_clean(struct smmu_pgtable *table, u64 *slot)
{
    u64 was = pte_read(slot), now;

    do {
        if (!pte_is_dirty(table, was))
            return false;
        now = table->stage == 1 ? was | S1_READ_ONLY : was & ~S2_WRITE;
    } while (!try_cmpxchg64(slot, (__force u64 *)&was, (__force u64)cpu_to_le64(now)));
    return true;
}

static bool slot_take_dirty(struct smmu_pgtable *table, u64 *slot, unsigned long flags)
{
    return flags & IOMMU_DIRTY_NO_CLEAR ? pte_is_dirty(table, pte_read(slot)) : slot_clean(table, slot);
}

void smmu_pgtable_read_dirty(struct smmu_pgtable *table, unsigned long iova, size_t size, unsigned long flags,
                             struct iommu_dirty_bitmap *dirty)
{
    unsigned long last = iova + size - 1;

    for (;;) {
        unsigned int level = LAST_LEVEL;
        u64 *slot = slot_find(table, iova, &level);
        unsigned long start = iova & ~(level_size(level) - 1);

        if (slot && slot_take_dirty(table, slot, flags))
            iommu_dirty_bitmap_record(dirty, start, level_size(level));
        if (last - start < level_size(level))
            return;
        iova = start + level_size(level);
    }
}
