/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * linux/pgtable.h - page tables of processes: four levels of 512 entries over 48 bits, in RAM, in the format that the machine's
 * IOMMU walks too (x86-64 beside VT-d, Armv8 with 4 KiB granule beside SMMUv3), so that a shared address space is the table
 * itself.
 */
#ifndef _LINUX_PGTABLE_H
#define _LINUX_PGTABLE_H

#include <linux/mm_types.h>

enum mm_table_format { MM_TABLE_X86, MM_TABLE_ARM };
/* Of all processes, from boot on. Arm: AttrIndx 0, inner shareable, nG, AP for EL0; ASID-tagged. */
enum mm_table_format mm_table_format(void);

#define PMD_SHIFT 21
#define PMD_SIZE (1UL << PMD_SHIFT)

static inline pgprot_t pgprot_noncached(pgprot_t prot)
{
    return prot;
}
#define pgprot_writecombine pgprot_noncached
#define pgprot_decrypted pgprot_noncached
#define pgprot_val(prot) ((prot).pgprot)
#define __pgprot(value) ((pgprot_t){(value)})

#endif
