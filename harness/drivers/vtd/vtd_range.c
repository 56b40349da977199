/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_range.c - from a range to the blocks that hold it. Hardware ignores the address bits below the mask (6.5.2.3), so a range
 * that is not aligned needs a larger block, or two; a block that starts at the range and has its size would miss the tail.
 */
#include "vtd_range.h"

#include "vtd_bugs.h"
#include "vtd_regs.h"

#include <linux/bitops.h>

#define PAGE_LG2 12
#define EVERY_PAGE 52u

/* The smallest aligned block that holds both pages. */
static struct vtd_block cover(u64 first, u64 last)
{
    unsigned int mask = (unsigned int)fls64(first ^ last);

    return (struct vtd_block){.address = mask < EVERY_PAGE ? first >> mask << mask << PAGE_LG2 : 0, .mask = mask};
}

static struct vtd_block by_size_only(u64 first, u64 last)
{
    struct vtd_block block = {.address = first << PAGE_LG2, .mask = (unsigned int)fls64(last - first)};

    return block;
}

unsigned int vtd_range_blocks(u64 first, u64 last, struct vtd_block blocks[2])
{
    u64 middle;

    first >>= PAGE_LG2;
    last >>= PAGE_LG2;
    if (driver_bug(UNALIGNED_MASK)) {
        blocks[0] = by_size_only(first, last);
        return 1;
    }
    blocks[0] = cover(first, last);
    if (!blocks[0].mask || 1ull << blocks[0].mask <= 2 * (last - first + 1))
        return 1;
    /* The range crosses the middle of its block: a part that ends there, and one that begins there. */
    middle = last >> (blocks[0].mask - 1) << (blocks[0].mask - 1);
    blocks[0] = cover(first, middle - 1);
    blocks[1] = cover(middle, last);
    return 2;
}

u64 vtd_range_devtlb(const struct vtd_block *block, bool *size_flag)
{
    *size_flag = block->mask > 0;
    if (block->mask >= EVERY_PAGE)
        return DEVTLB_EVERYTHING;
    if (!block->mask)
        return block->address;
    return block->address | (((1ull << (block->mask - 1)) - 1) << PAGE_LG2);
}
