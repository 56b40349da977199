/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <linux/align.h>
#include <linux/array_size.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/container_of.h>
#include <linux/export.h>
#include <linux/kconfig.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/sprintf.h>
#include <linux/stdarg.h>
#include <linux/stddef.h>
#include <linux/types.h>

#define upper_32_bits(n) ((u32)(((u64)(n)) >> 32))
#define lower_32_bits(n) ((u32)((n)&0xffffffffu))
#define upper_16_bits(n) ((u16)((n) >> 16))
#define lower_16_bits(n) ((u16)((n)&0xffff))
#define u64_to_user_ptr(x) ((void __user *)(unsigned long)(u64)(x))
#define PTR_IF(condition, pointer) ((condition) ? (pointer) : NULL)

void might_sleep_at(const char *file, int line);
#define might_sleep() might_sleep_at(__FILE__, __LINE__)
#define might_sleep_if(condition) \
    do { \
        if (condition) \
            might_sleep(); \
    } while (0)
#define might_fault() might_sleep()
#define cant_sleep() ((void)0)

__noreturn __printf(1, 2) void panic(const char *format, ...);

#endif
