/* SPDX-License-Identifier: BSD-2-Clause */
/* bitmap.c - search and change of bits in arrays of words. */
#include <linux/align.h>
#include <linux/bitmap.h>
#include <linux/slab.h>

static unsigned long find_from(const unsigned long *words, unsigned long bits, unsigned long start, unsigned long flip)
{
    unsigned long word;

    if (start >= bits)
        return bits;
    word = (READ_ONCE(words[start / 64]) ^ flip) & (~0ul << (start % 64));
    for (start = start / 64 * 64; !word;) {
        start += 64;
        if (start >= bits)
            return bits;
        word = READ_ONCE(words[start / 64]) ^ flip;
    }
    start += __ffs(word);
    return start < bits ? start : bits;
}

unsigned long find_next_bit(const unsigned long *words, unsigned long bits, unsigned long start)
{
    return find_from(words, bits, start, 0);
}

unsigned long find_next_zero_bit(const unsigned long *words, unsigned long bits, unsigned long start)
{
    return find_from(words, bits, start, ~0ul);
}

unsigned long find_last_bit(const unsigned long *words, unsigned long bits)
{
    for (unsigned long bit = bits; bit--;)
        if (test_bit((long)bit, words))
            return bit;
    return bits;
}

unsigned long *bitmap_alloc(unsigned int bits, gfp_t gfp)
{
    return kmalloc_array(BITS_TO_LONGS(bits), sizeof(unsigned long), gfp);
}

unsigned long *bitmap_zalloc(unsigned int bits, gfp_t gfp)
{
    return bitmap_alloc(bits, gfp | __GFP_ZERO);
}

void bitmap_free(const unsigned long *words)
{
    kfree(words);
}

void bitmap_set(unsigned long *words, unsigned int start, unsigned int bits)
{
    for (; bits; bits--, start++) {
        if (start % 64 == 0 && bits >= 64) {
            words[start / 64] = ~0ul;
            start += 63;
            bits -= 63;
        } else {
            __set_bit(start, words);
        }
    }
}

void bitmap_clear(unsigned long *words, unsigned int start, unsigned int bits)
{
    for (; bits; bits--, start++) {
        if (start % 64 == 0 && bits >= 64) {
            words[start / 64] = 0;
            start += 63;
            bits -= 63;
        } else {
            __clear_bit(start, words);
        }
    }
}

unsigned long bitmap_find_next_zero_area(unsigned long *words, unsigned long bits, unsigned long start, unsigned int count,
                                         unsigned long align_mask)
{
    for (;;) {
        unsigned long used;

        start = __ALIGN_KERNEL_MASK(find_next_zero_bit(words, bits, start), align_mask);
        if (start + count > bits)
            return start + count;
        used = find_next_bit(words, start + count, start);
        if (used >= start + count)
            return start;
        start = used + 1;
    }
}

unsigned int bitmap_weight(const unsigned long *words, unsigned int bits)
{
    unsigned int count = 0;

    for (unsigned int bit = 0; bit < bits; bit++)
        count += test_bit(bit, words);
    return count;
}
