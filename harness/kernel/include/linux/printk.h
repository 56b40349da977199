/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_PRINTK_H
#define _LINUX_PRINTK_H

#include <linux/compiler.h>
#include <linux/kern_levels.h>
#include <linux/ratelimit_types.h>
#include <linux/stdarg.h>

struct va_format {
    const char *fmt;
    va_list *va;
};

__printf(1, 2) int _printk(const char *format, ...);
__printf(1, 0) int vprintk(const char *format, va_list arguments);
#define printk(...) _printk(__VA_ARGS__)
#ifndef pr_fmt
#define pr_fmt(format) format
#endif
#define no_printk(...) ({ if (0) _printk(__VA_ARGS__); 0; })
#define pr_emerg(format, ...) printk(KERN_EMERG pr_fmt(format), ##__VA_ARGS__)
#define pr_alert(format, ...) printk(KERN_ALERT pr_fmt(format), ##__VA_ARGS__)
#define pr_crit(format, ...) printk(KERN_CRIT pr_fmt(format), ##__VA_ARGS__)
#define pr_err(format, ...) printk(KERN_ERR pr_fmt(format), ##__VA_ARGS__)
#define pr_warn(format, ...) printk(KERN_WARNING pr_fmt(format), ##__VA_ARGS__)
#define pr_notice(format, ...) printk(KERN_NOTICE pr_fmt(format), ##__VA_ARGS__)
#define pr_info(format, ...) printk(KERN_INFO pr_fmt(format), ##__VA_ARGS__)
#define pr_cont(format, ...) printk(KERN_CONT format, ##__VA_ARGS__)
#define pr_debug(format, ...) printk(KERN_DEBUG pr_fmt(format), ##__VA_ARGS__)
#define printk_once(...) \
    ({ \
        static bool __printed; \
        if (!__printed) { \
            __printed = true; \
            printk(__VA_ARGS__); \
        } \
    })
#define pr_err_once(format, ...) printk_once(KERN_ERR pr_fmt(format), ##__VA_ARGS__)
#define pr_warn_once(format, ...) printk_once(KERN_WARNING pr_fmt(format), ##__VA_ARGS__)
#define pr_info_once(format, ...) printk_once(KERN_INFO pr_fmt(format), ##__VA_ARGS__)
/* A limited message is told apart from an unlimited one in the record: only the latter can be used to flood a log. */
#define printk_ratelimited(...) \
    ({ \
        static DEFINE_RATELIMIT_STATE(__limit, 5 * 1000, 10); \
        if (__ratelimit(&__limit)) \
            kernel_printk_limited(__VA_ARGS__); \
    })
__printf(1, 2) int kernel_printk_limited(const char *format, ...);
#define pr_err_ratelimited(format, ...) printk_ratelimited(KERN_ERR pr_fmt(format), ##__VA_ARGS__)
#define pr_warn_ratelimited(format, ...) printk_ratelimited(KERN_WARNING pr_fmt(format), ##__VA_ARGS__)
#define pr_notice_ratelimited(format, ...) printk_ratelimited(KERN_NOTICE pr_fmt(format), ##__VA_ARGS__)
#define pr_info_ratelimited(format, ...) printk_ratelimited(KERN_INFO pr_fmt(format), ##__VA_ARGS__)
#define pr_debug_ratelimited(format, ...) printk_ratelimited(KERN_DEBUG pr_fmt(format), ##__VA_ARGS__)
void dump_stack(void);

#endif
