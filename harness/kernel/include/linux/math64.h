/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_MATH64_H
#define _LINUX_MATH64_H

#include <linux/math.h>

#define do_div(n, base) \
    ({ \
        u32 __remainder = (u32)((n) % (u32)(base)); \
        (n) /= (u32)(base); \
        __remainder; \
    })
static inline u64 div64_u64(u64 dividend, u64 divisor)
{
    return dividend / divisor;
}
static inline u64 div_u64(u64 dividend, u32 divisor)
{
    return dividend / divisor;
}
static inline u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 divisor)
{
    return (u64)((unsigned __int128)a * b / divisor);
}

#endif
