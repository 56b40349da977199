/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_pgtable.h - translation tables in the VMSAv8-64 format with a granule of 4 KiB, for either stage.
 *
 * Documents: Arm DDI 0487 D8.3 (formats), D8.5 (hardware updates); Arm IHI 0070 3.13, 3.21.1. Levels are numbered as there: 3 is
 * the level of pages. The tables know nothing of TLBs; whoever owns them is told what has to be invalidated.
 */
#ifndef SMMUV3_PGTABLE_H
#define SMMUV3_PGTABLE_H

#include <linux/sizes.h>
#include <linux/types.h>

struct iommu_dirty_bitmap;
struct iommu_iotlb_gather;
struct smmu_pgtable;

struct smmu_pgtable_owner_ops {
    /* A table was unlinked: entries that point to it must be gone, everywhere, on return. */
    void (*flush_table)(struct smmu_pgtable *table, unsigned long iova, size_t size);
    /* A page or block was unmapped; it may be invalidated later, with others. */
    void (*unmapped)(struct smmu_pgtable *table, struct iommu_iotlb_gather *gather, unsigned long iova, size_t size);
};

struct smmu_pgtable {
    const struct smmu_pgtable_owner_ops *owner;
    u8 stage; /* 1 or 2 */
    u8 input_bits, output_bits;
    bool dirty;            /* hardware marks what is written: a fresh page is writable and clean */
    bool force_write_back; /* stage 2 with S2FWB: its memory type wins */
    bool coherent;         /* all memory is mapped write-back, whatever the caller says */
    bool cut_top;          /* deviation K26: the index into concatenated tables has nine bits */
    /* Set by smmu_pgtable_init(). */
    u8 start_level;
    unsigned int top_entries; /* with concatenated tables at stage 2 more than 512 */
    u64 *top;
    bool non_coherent; /* something was mapped that does not look into the CPU's caches */
};

#define SMMU_PGSIZES (SZ_4K | SZ_2M | SZ_1G)
/* Attribute 0 normal write-back, 1 normal non-cacheable, 2 device nGnRE: what leaves of stage 1 refer to. */
#define SMMU_MAIR 0x0444ffULL

int smmu_pgtable_init(struct smmu_pgtable *table, gfp_t gfp);
void smmu_pgtable_free(struct smmu_pgtable *table);

/* 0; -EINVAL, -ERANGE, -EEXIST, -ENOMEM with *mapped the bytes that are mapped nevertheless. */
int smmu_pgtable_map(struct smmu_pgtable *table, unsigned long iova, phys_addr_t paddr, size_t pgsize, size_t pgcount, int prot,
                     gfp_t gfp, size_t *mapped);
/* Bytes unmapped: it ends before what is not mapped and before a block that would have to be split. */
size_t smmu_pgtable_unmap(struct smmu_pgtable *table, unsigned long iova, size_t pgsize, size_t pgcount,
                          struct iommu_iotlb_gather *gather);
phys_addr_t smmu_pgtable_lookup(struct smmu_pgtable *table, unsigned long iova); /* 0: nothing */
/* 3.13: the pages of the range that were written; each is clean afterwards, unless flags has IOMMU_DIRTY_NO_CLEAR. */
void smmu_pgtable_read_dirty(struct smmu_pgtable *table, unsigned long iova, size_t size, unsigned long flags,
                             struct iommu_dirty_bitmap *dirty);

#endif
