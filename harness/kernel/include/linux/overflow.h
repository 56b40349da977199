/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_OVERFLOW_H
#define _LINUX_OVERFLOW_H

#include <linux/limits.h>
#include <linux/types.h>

#define check_add_overflow(a, b, result) unlikely(__builtin_add_overflow(a, b, result))
#define check_sub_overflow(a, b, result) unlikely(__builtin_sub_overflow(a, b, result))
#define check_mul_overflow(a, b, result) unlikely(__builtin_mul_overflow(a, b, result))
#define check_shl_overflow(a, shift, result) \
    ({ \
        typeof(*(result)) __shl_a = (typeof(*(result)))(a); \
        unsigned __shl_by = (unsigned)(shift); \
        bool __shl_bad = __shl_by >= 8 * sizeof(*(result)) || (a) < 0 || (typeof(a))__shl_a != (a); \
        *(result) = __shl_bad ? 0 : (typeof(*(result)))(__shl_a << __shl_by); \
        __shl_bad || *(result) < 0 || (*(result) >> __shl_by) != __shl_a; \
    })
#define type_max(type) ((type)~(type)0 > (type)0 ? (type)~(type)0 : (type)(((type)1 << (8 * sizeof(type) - 2)) - 1 + ((type)1 << (8 * sizeof(type) - 2))))
#define overflows_type(value, type) \
    ({ \
        typeof(type) __overflow_result; \
        __builtin_add_overflow(value, 0, &__overflow_result); \
    })

static inline size_t __must_check size_mul(size_t a, size_t b)
{
    size_t bytes;
    return check_mul_overflow(a, b, &bytes) ? SIZE_MAX : bytes;
}
static inline size_t __must_check size_add(size_t a, size_t b)
{
    size_t bytes;
    return check_add_overflow(a, b, &bytes) ? SIZE_MAX : bytes;
}
static inline size_t __must_check size_sub(size_t a, size_t b)
{
    size_t bytes;
    return a == SIZE_MAX || b == SIZE_MAX || check_sub_overflow(a, b, &bytes) ? SIZE_MAX : bytes;
}
#define array_size(a, b) size_mul(a, b)
#define array3_size(a, b, c) size_mul(size_mul(a, b), c)
#define flex_array_size(pointer, member, count) size_mul(count, sizeof(*(pointer)->member))
#define struct_size(pointer, member, count) size_add(sizeof(*(pointer)), flex_array_size(pointer, member, count))
#define struct_size_t(type, member, count) struct_size((type *)NULL, member, count)

#endif
