/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_JIFFIES_H
#define _LINUX_JIFFIES_H

#include <linux/limits.h>
#include <linux/types.h>

/* Simulated time. A jiffy is a millisecond. */
#define HZ 1000
unsigned long kernel_jiffies(void);
#define jiffies kernel_jiffies()
#define get_jiffies_64() ((u64)jiffies)
#define MAX_JIFFY_OFFSET ((LONG_MAX >> 1) - 1)
#define msecs_to_jiffies(ms) ((unsigned long)(ms))
#define usecs_to_jiffies(us) (((unsigned long)(us) + 999) / 1000)
#define nsecs_to_jiffies(ns) ((unsigned long)((ns) / 1000000))
#define secs_to_jiffies(s) ((unsigned long)(s)*HZ)
#define jiffies_to_msecs(j) ((unsigned int)(j))
#define jiffies_to_usecs(j) ((unsigned int)(j)*1000u)
#define time_after(a, b) ((long)((b) - (a)) < 0)
#define time_before(a, b) time_after(b, a)
#define time_after_eq(a, b) ((long)((a) - (b)) >= 0)
#define time_before_eq(a, b) time_after_eq(b, a)
#define time_is_before_jiffies(a) time_after(jiffies, a)
#define time_is_after_jiffies(a) time_before(jiffies, a)

#endif
