/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_RATELIMIT_H
#define _LINUX_RATELIMIT_H

#include <linux/printk.h>
#include <linux/ratelimit_types.h>

#endif
