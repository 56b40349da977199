/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_BITOPS_H
#define _LINUX_BITOPS_H

#include <linux/bits.h>
#include <linux/types.h>

#define __ffs(word) ((unsigned long)__builtin_ctzl(word))
#define __fls(word) ((unsigned long)(63 - __builtin_clzl(word)))
#define ffz(word) __ffs(~(word))
#define __ffs64(word) ((unsigned long)__builtin_ctzll(word))
static inline int ffs(int word)
{
    return __builtin_ffs(word);
}
static inline int fls(unsigned int word)
{
    return word ? 32 - __builtin_clz(word) : 0;
}
static inline int fls64(u64 word)
{
    return word ? 64 - __builtin_clzll(word) : 0;
}
static inline int fls_long(unsigned long word)
{
    return fls64(word);
}
static inline unsigned int hweight32(u32 word)
{
    return (unsigned int)__builtin_popcount(word);
}
#define hweight8(word) hweight32((u8)(word))
#define hweight16(word) hweight32((u16)(word))
static inline unsigned long hweight64(u64 word)
{
    return (unsigned long)__builtin_popcountll(word);
}
#define hweight_long(word) hweight64(word)

static inline void set_bit(long bit, volatile unsigned long *words)
{
    __atomic_fetch_or(&words[BIT_WORD(bit)], BIT_MASK(bit), __ATOMIC_RELAXED);
}
static inline void clear_bit(long bit, volatile unsigned long *words)
{
    __atomic_fetch_and(&words[BIT_WORD(bit)], ~BIT_MASK(bit), __ATOMIC_RELAXED);
}
static inline void change_bit(long bit, volatile unsigned long *words)
{
    __atomic_fetch_xor(&words[BIT_WORD(bit)], BIT_MASK(bit), __ATOMIC_RELAXED);
}
static inline bool test_bit(long bit, const volatile unsigned long *words)
{
    return (__atomic_load_n(&words[BIT_WORD(bit)], __ATOMIC_RELAXED) & BIT_MASK(bit)) != 0;
}
static inline bool test_and_set_bit(long bit, volatile unsigned long *words)
{
    return (__atomic_fetch_or(&words[BIT_WORD(bit)], BIT_MASK(bit), __ATOMIC_SEQ_CST) & BIT_MASK(bit)) != 0;
}
static inline bool test_and_clear_bit(long bit, volatile unsigned long *words)
{
    return (__atomic_fetch_and(&words[BIT_WORD(bit)], ~BIT_MASK(bit), __ATOMIC_SEQ_CST) & BIT_MASK(bit)) != 0;
}
static inline void __set_bit(unsigned long bit, unsigned long *words)
{
    words[BIT_WORD(bit)] |= BIT_MASK(bit);
}
static inline void __clear_bit(unsigned long bit, unsigned long *words)
{
    words[BIT_WORD(bit)] &= ~BIT_MASK(bit);
}
static inline bool __test_and_set_bit(unsigned long bit, unsigned long *words)
{
    bool old = (words[BIT_WORD(bit)] & BIT_MASK(bit)) != 0;
    __set_bit(bit, words);
    return old;
}
static inline bool __test_and_clear_bit(unsigned long bit, unsigned long *words)
{
    bool old = (words[BIT_WORD(bit)] & BIT_MASK(bit)) != 0;
    __clear_bit(bit, words);
    return old;
}
static inline void assign_bit(long bit, volatile unsigned long *words, bool value)
{
    if (value)
        set_bit(bit, words);
    else
        clear_bit(bit, words);
}
static inline void __assign_bit(unsigned long bit, unsigned long *words, bool value)
{
    if (value)
        __set_bit(bit, words);
    else
        __clear_bit(bit, words);
}
#define clear_bit_unlock(bit, words) clear_bit(bit, words)
static inline s32 sign_extend32(u32 value, int index)
{
    return (s32)(value << (31 - index)) >> (31 - index);
}
static inline s64 sign_extend64(u64 value, int index)
{
    return (s64)(value << (63 - index)) >> (63 - index);
}
static inline u64 rol64(u64 word, unsigned int shift)
{
    return (word << (shift & 63)) | (word >> (-shift & 63));
}
#include <linux/find.h>

#endif
