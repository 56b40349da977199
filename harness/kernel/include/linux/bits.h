/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_BITS_H
#define _LINUX_BITS_H

#include <linux/build_bug.h>
#include <linux/const.h>

#define BITS_PER_BYTE 8
#define BITS_PER_LONG 64
#define BITS_PER_LONG_LONG 64
#define BITS_PER_TYPE(type) (sizeof(type) * BITS_PER_BYTE)
#define BITS_TO_LONGS(bits) (((bits) + BITS_PER_LONG - 1) / BITS_PER_LONG)
#define BITS_TO_BYTES(bits) (((bits) + 7) / 8)
#define BIT(bit) (UL(1) << (bit))
#define BIT_ULL(bit) (ULL(1) << (bit))
#define BIT_MASK(bit) (UL(1) << ((bit) % BITS_PER_LONG))
#define BIT_WORD(bit) ((bit) / BITS_PER_LONG)
#define BIT_ULL_MASK(bit) (ULL(1) << ((bit) % BITS_PER_LONG_LONG))
#define GENMASK(high, low) (((~UL(0)) << (low)) & (~UL(0) >> (BITS_PER_LONG - 1 - (high))))
#define GENMASK_ULL(high, low) (((~ULL(0)) << (low)) & (~ULL(0) >> (BITS_PER_LONG_LONG - 1 - (high))))

#endif
