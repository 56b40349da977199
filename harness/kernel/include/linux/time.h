/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_TIME_H
#define _LINUX_TIME_H

#include <linux/ktime.h>

#endif
