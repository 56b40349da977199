/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_UNALIGNED_H
#define _LINUX_UNALIGNED_H

#include <linux/byteorder.h>
#include <linux/types.h>

#define get_unaligned(pointer) \
    (((const struct { \
        typeof(*(pointer)) value; \
    } __packed *)(pointer)) \
         ->value)
#define put_unaligned(value, pointer) \
    do { \
        typeof(*(pointer)) __unaligned = (value); \
        __builtin_memcpy((pointer), &__unaligned, sizeof(__unaligned)); \
    } while (0)

static inline u16 get_unaligned_le16(const void *pointer)
{
    __le16 value;

    __builtin_memcpy(&value, pointer, sizeof(value));
    return le16_to_cpu(value);
}

static inline u32 get_unaligned_le32(const void *pointer)
{
    __le32 value;

    __builtin_memcpy(&value, pointer, sizeof(value));
    return le32_to_cpu(value);
}

static inline u64 get_unaligned_le64(const void *pointer)
{
    __le64 value;

    __builtin_memcpy(&value, pointer, sizeof(value));
    return le64_to_cpu(value);
}

#endif
