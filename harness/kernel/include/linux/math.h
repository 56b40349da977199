/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_MATH_H
#define _LINUX_MATH_H

#include <linux/types.h>

#define __round_mask(x, y) ((typeof(x))((y)-1))
#define round_up(x, y) ((((x)-1) | __round_mask(x, y)) + 1)
#define round_down(x, y) ((x) & ~__round_mask(x, y))
#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
#define DIV_ROUND_UP_ULL(n, d) DIV_ROUND_UP((unsigned long long)(n), d)
#define DIV_ROUND_DOWN_ULL(n, d) ((unsigned long long)(n) / (d))
#define DIV_ROUND_CLOSEST(n, d) (((n) + (d) / 2) / (d))
#define roundup(x, y) ((((x) + (y)-1) / (y)) * (y))
#define rounddown(x, y) ((x) - ((x) % (y)))
#define abs(x) \
    ({ \
        typeof(x) __abs = (x); \
        __abs < 0 ? -__abs : __abs; \
    })
#define abs_diff(a, b) \
    ({ \
        typeof(a) __abs_a = (a); \
        typeof(b) __abs_b = (b); \
        __abs_a > __abs_b ? __abs_a - __abs_b : __abs_b - __abs_a; \
    })

#endif
