/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_HASH_H
#define _LINUX_HASH_H

#include <linux/types.h>

static inline u32 hash_64(u64 value, unsigned int bits)
{
    return (u32)((value * 0x61c8864680b583ebULL) >> (64 - bits));
}
#define hash_long(value, bits) hash_64(value, bits)
#define hash_32(value, bits) ((u32)((u32)(value) * 0x61c88647u) >> (32 - (bits)))
static inline u32 hash_ptr(const void *pointer, unsigned int bits)
{
    return hash_64((unsigned long)pointer, bits);
}

#endif
