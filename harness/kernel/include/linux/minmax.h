/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_MINMAX_H
#define _LINUX_MINMAX_H

#include <linux/build_bug.h>
#include <linux/compiler.h>

#define __pick_once(op, x, y) \
    ({ \
        __auto_type __pick_x = (x); \
        __auto_type __pick_y = (y); \
        __pick_x op __pick_y ? __pick_x : __pick_y; \
    })
#define min(x, y) __pick_once(<, x, y)
#define max(x, y) __pick_once(>, x, y)
#define min_t(type, x, y) \
    ({ \
        type __pick_x = (x); \
        type __pick_y = (y); \
        __pick_x < __pick_y ? __pick_x : __pick_y; \
    })
#define max_t(type, x, y) \
    ({ \
        type __pick_x = (x); \
        type __pick_y = (y); \
        __pick_x > __pick_y ? __pick_x : __pick_y; \
    })
#define umin(x, y) min((x) + 0u + 0ul + 0ull, (y) + 0u + 0ul + 0ull)
#define umax(x, y) max((x) + 0u + 0ul + 0ull, (y) + 0u + 0ul + 0ull)
#define min3(x, y, z) min((typeof(x))min(x, y), z)
#define max3(x, y, z) max((typeof(x))max(x, y), z)
#define min_not_zero(x, y) \
    ({ \
        typeof(x) __nz_x = (x); \
        typeof(y) __nz_y = (y); \
        __nz_x == 0 ? __nz_y : (__nz_y == 0 ? __nz_x : min(__nz_x, __nz_y)); \
    })
#define clamp(value, low, high) min((typeof(value))max(value, low), high)
#define clamp_t(type, value, low, high) min_t(type, max_t(type, value, low), high)
#define clamp_val(value, low, high) clamp_t(typeof(value), value, low, high)
#define in_range(value, start, length) \
    ({ \
        u64 __range_start = (start); \
        (u64)(value) >= __range_start && (u64)(value) - __range_start < (u64)(length); \
    })
#define swap(a, b) \
    do { \
        typeof(a) __swap = (a); \
        (a) = (b); \
        (b) = __swap; \
    } while (0)
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

#endif
