/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/compiler.h>
#include <linux/printk.h>

/*
 * A warning is recorded as a splat and the call goes on. A BUG is recorded too and ends the task, as an oops does: its locks stay
 * held and the host is told that the call was killed.
 */
bool kernel_warn(const char *file, int line, const char *condition);
__printf(3, 4) bool kernel_warn_text(const char *file, int line, const char *format, ...);
__noreturn void kernel_bug(const char *file, int line, const char *condition);

#define BUG() kernel_bug(__FILE__, __LINE__, "BUG()")
#define BUG_ON(condition) \
    do { \
        if (unlikely(condition)) \
            kernel_bug(__FILE__, __LINE__, #condition); \
    } while (0)
#define WARN_ON(condition) \
    ({ \
        bool __warn = !!(condition); \
        if (unlikely(__warn)) \
            kernel_warn(__FILE__, __LINE__, #condition); \
        unlikely(__warn); \
    })
#define WARN(condition, ...) \
    ({ \
        bool __warn = !!(condition); \
        if (unlikely(__warn)) \
            kernel_warn_text(__FILE__, __LINE__, __VA_ARGS__); \
        unlikely(__warn); \
    })
#define WARN_ON_ONCE(condition) WARN_ON(condition)
#define WARN_ONCE(condition, ...) WARN(condition, __VA_ARGS__)
#define VM_BUG_ON(condition) BUG_ON(condition)
#define CHECK_DATA_CORRUPTION(condition, ...) WARN(condition, __VA_ARGS__)

#endif
