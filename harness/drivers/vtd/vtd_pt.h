/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_pt.h - paging structures of both stages (9.7 First-Stage Paging Entries, 9.8 Second-Stage Paging Entries). Nothing here
 * knows of units and caches. There are no locks: calls for different addresses may overlap; a table stays until the tree is
 * freed.
 */
#ifndef VTD_PT_H
#define VTD_PT_H

#include <linux/types.h>

enum vtd_stage { VTD_FIRST_STAGE, VTD_SECOND_STAGE };

struct vtd_pt {
    enum vtd_stage stage;
    unsigned int levels; /* 3, 4 or 5 */
    u64 *root;
};

/* Rights of a mapping. */
#define VTD_PT_READ 1u
#define VTD_PT_WRITE 2u
#define VTD_PT_SNOOP 4u /* second stage: the SNP bit */

int vtd_pt_init(struct vtd_pt *pt, enum vtd_stage stage, unsigned int levels, gfp_t gfp); /* -ENOMEM */
void vtd_pt_free(struct vtd_pt *pt);
u64 vtd_pt_root(const struct vtd_pt *pt); /* physical address */

/* log2 of the bytes that an entry of this level (1: the lowest) covers. */
unsigned int vtd_pt_shift(unsigned int level);

/*
 * One page of 4 KiB, 2 MiB or 1 GiB (level 1, 2, 3). -EEXIST: something is mapped there; -ENOMEM. *replaced: an empty table stood
 * where a large page is to be; nothing was mapped, the table is out of the tree and in *replaced: invalidate, vtd_pt_drop(),
 * again.
 */
int vtd_pt_map(struct vtd_pt *pt, u64 iova, u64 address, unsigned int level, unsigned int rights, gfp_t gfp, u64 **replaced);
void vtd_pt_drop(u64 *table, unsigned int level);

/* Clears the leaf over iova. Returns its level, with its entry in *old; 0: there is none, with in *hole the level of the gap. */
unsigned int vtd_pt_unmap(struct vtd_pt *pt, u64 iova, u64 *old, unsigned int *hole);

/* The leaf over iova: its level, or 0 with the level of the gap in *hole. */
unsigned int vtd_pt_find(const struct vtd_pt *pt, u64 iova, u64 **entry, unsigned int *hole);

/* Where iova leads; false: nowhere. */
bool vtd_pt_translate(const struct vtd_pt *pt, u64 iova, u64 *address);

/* The D bit of the leaf, cleared when clear; the IOMMU may set it at the same time (3.7.2). */
bool vtd_pt_dirty(const struct vtd_pt *pt, u64 *entry, bool clear);

bool vtd_pt_writable(const struct vtd_pt *pt, u64 entry);

#endif
