/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_BITFIELD_H
#define _LINUX_BITFIELD_H

#include <linux/bits.h>
#include <linux/types.h>

#define __bf_shf(mask) (__builtin_ffsll((long long)(mask)) - 1)
#define FIELD_MAX(mask) ((typeof(mask))((mask) >> __bf_shf(mask)))
#define FIELD_FIT(mask, value) (!((((typeof(mask))(value)) << __bf_shf(mask)) & ~(mask)))
#define FIELD_PREP(mask, value) (((typeof(mask))(value) << __bf_shf(mask)) & (mask))
#define FIELD_PREP_CONST(mask, value) FIELD_PREP(mask, value)
#define FIELD_GET(mask, word) ((typeof(mask))(((word) & (mask)) >> __bf_shf(mask)))
static inline u64 u64_encode_bits(u64 value, u64 mask)
{
    return FIELD_PREP(mask, value);
}
static inline u64 u64_get_bits(u64 word, u64 mask)
{
    return FIELD_GET(mask, word);
}
static inline u32 u32_encode_bits(u32 value, u32 mask)
{
    return FIELD_PREP(mask, value);
}
static inline u32 u32_get_bits(u32 word, u32 mask)
{
    return FIELD_GET(mask, word);
}

#endif
