/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_BOTTOM_HALF_H
#define _LINUX_BOTTOM_HALF_H

#include <linux/preempt.h>

#define local_bh_disable() preempt_disable()
#define local_bh_enable() preempt_enable()

#endif
