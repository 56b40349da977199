/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_KTIME_H
#define _LINUX_KTIME_H

#include <linux/jiffies.h>
#include <linux/time64.h>
#include <linux/types.h>

typedef s64 ktime_t;
#define KTIME_MAX S64_MAX
u64 ktime_get_ns(void);
static inline ktime_t ktime_get(void)
{
    return (ktime_t)ktime_get_ns();
}
#define ktime_get_boottime() ktime_get()
#define ktime_get_mono_fast_ns() ktime_get_ns()
#define ktime_get_real() ktime_get()
#define local_clock() ktime_get_ns()
#define ktime_set(s, ns) ((ktime_t)(s)*NSEC_PER_SEC + (ktime_t)(ns))
#define ktime_add(a, b) ((a) + (b))
#define ktime_sub(a, b) ((a) - (b))
#define ktime_add_ns(a, ns) ((a) + (s64)(ns))
#define ktime_add_us(a, us) ((a) + (s64)(us)*NSEC_PER_USEC)
#define ktime_add_ms(a, ms) ((a) + (s64)(ms)*NSEC_PER_MSEC)
#define ktime_to_ns(a) (a)
#define ktime_to_us(a) ((a) / NSEC_PER_USEC)
#define ktime_to_ms(a) ((a) / NSEC_PER_MSEC)
#define ns_to_ktime(ns) ((ktime_t)(ns))
#define us_to_ktime(us) ((ktime_t)(us)*NSEC_PER_USEC)
#define ms_to_ktime(ms) ((ktime_t)(ms)*NSEC_PER_MSEC)
#define ktime_compare(a, b) (((a) > (b)) - ((a) < (b)))
#define ktime_after(a, b) ((a) > (b))
#define ktime_before(a, b) ((a) < (b))
#define ktime_us_delta(later, earlier) (((later) - (earlier)) / NSEC_PER_USEC)
#define ktime_ms_delta(later, earlier) (((later) - (earlier)) / NSEC_PER_MSEC)

#endif
