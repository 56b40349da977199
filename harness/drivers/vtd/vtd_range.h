/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_range.h - ranges of addresses as invalidations name them: size-aligned blocks of 2^mask pages (6.5.2.3 Address Mask; for
 * Device-TLBs PCIe 10.3.1: the size is where the lowest 0 of the address is).
 */
#ifndef VTD_RANGE_H
#define VTD_RANGE_H

#include <linux/types.h>

struct vtd_block {
    u64 address;
    unsigned int mask; /* 2^mask pages of 4 KiB; 52: every address */
};

/*
 * One or two blocks that cover the pages of first..last (bytes, both inclusive) and are less than twice as large as a block must
 * be to hold its half of the range. Returns how many.
 */
unsigned int vtd_range_blocks(u64 first, u64 last, struct vtd_block blocks[2]);

/* Address field of a Device-TLB invalidation, without its S flag; *size_flag is S. */
u64 vtd_range_devtlb(const struct vtd_block *block, bool *size_flag);

#endif
