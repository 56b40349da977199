/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_KMOD_H
#define _LINUX_KMOD_H

#include <linux/types.h>

__printf(2, 3) int __request_module(bool wait, const char *format, ...);
#define request_module(...) __request_module(true, __VA_ARGS__)

#endif
