/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_DELAY_H
#define _LINUX_DELAY_H

#include <linux/sched.h>
#include <linux/types.h>

/* Delays let the machine go on: simulated time passes. udelay may be used in atomic context. */
void udelay(unsigned long us);
void ndelay(unsigned long ns);
#define mdelay(ms) udelay((ms)*1000ul)
void msleep(unsigned int ms);
unsigned long msleep_interruptible(unsigned int ms);
void usleep_range(unsigned long from_us, unsigned long to_us);
#define fsleep(us) usleep_range(us, (us)*2)
#define ssleep(s) msleep((s)*1000u)

#endif
