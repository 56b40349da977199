/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_BITMAP_H
#define _LINUX_BITMAP_H

#include <linux/bitops.h>
#include <linux/string.h>
#include <linux/types.h>

#define bitmap_size(bits) (BITS_TO_LONGS(bits) * sizeof(unsigned long))

unsigned long *bitmap_alloc(unsigned int bits, gfp_t gfp);
unsigned long *bitmap_zalloc(unsigned int bits, gfp_t gfp);
void bitmap_free(const unsigned long *words);
void bitmap_set(unsigned long *words, unsigned int start, unsigned int bits);
void bitmap_clear(unsigned long *words, unsigned int start, unsigned int bits);
unsigned long bitmap_find_next_zero_area(unsigned long *words, unsigned long bits, unsigned long start, unsigned int count,
                                         unsigned long align_mask);
unsigned int bitmap_weight(const unsigned long *words, unsigned int bits);
static inline void bitmap_zero(unsigned long *words, unsigned int bits)
{
    memset(words, 0, bitmap_size(bits));
}
static inline void bitmap_fill(unsigned long *words, unsigned int bits)
{
    memset(words, 0xff, bitmap_size(bits));
}
static inline void bitmap_copy(unsigned long *to, const unsigned long *from, unsigned int bits)
{
    memcpy(to, from, bitmap_size(bits));
}
static inline bool bitmap_empty(const unsigned long *words, unsigned int bits)
{
    return find_first_bit(words, bits) >= bits;
}
static inline bool bitmap_full(const unsigned long *words, unsigned int bits)
{
    return find_first_zero_bit(words, bits) >= bits;
}
static inline void bitmap_or(unsigned long *to, const unsigned long *a, const unsigned long *b, unsigned int bits)
{
    for (unsigned int i = 0; i < BITS_TO_LONGS(bits); i++)
        to[i] = a[i] | b[i];
}

#endif
