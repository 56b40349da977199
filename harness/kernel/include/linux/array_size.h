/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_ARRAY_SIZE_H
#define _LINUX_ARRAY_SIZE_H

#include <linux/compiler.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
