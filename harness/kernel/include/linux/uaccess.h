/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * linux/uaccess.h - memory of the calling process, through its page table. A user pointer is a number of that process, never
 * one that could be followed. Copies stop at the first byte that cannot be reached and say how many were left.
 */
#ifndef _LINUX_UACCESS_H
#define _LINUX_UACCESS_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#define TASK_SIZE_MAX ((1UL << 47) - 4096)
#define TASK_SIZE TASK_SIZE_MAX

static inline bool access_ok(const void __user *ptr, unsigned long size)
{
    return size <= TASK_SIZE_MAX && (unsigned long)ptr <= TASK_SIZE_MAX - size;
}

unsigned long __must_check copy_from_user(void *to, const void __user *from, unsigned long n); /* what was left is zeroed */
unsigned long __must_check copy_to_user(void __user *to, const void *from, unsigned long n);
unsigned long __must_check clear_user(void __user *to, unsigned long n);
#define __copy_from_user copy_from_user
#define __copy_to_user copy_to_user
#define __clear_user clear_user

#define get_user(x, ptr)                                                            \
    ({                                                                              \
        unsigned char __gu[sizeof(*(ptr))] __aligned(8);                            \
        int __gu_error = copy_from_user(__gu, (ptr), sizeof(*(ptr))) ? -EFAULT : 0; \
        if (__gu_error)                                                             \
            memset(__gu, 0, sizeof(__gu));                                          \
        (x) = *(typeof(*(ptr)) *)__gu;                                              \
        __gu_error;                                                                 \
    })
#define put_user(x, ptr)                                        \
    ({                                                          \
        typeof(*(ptr)) __pu = (x);                              \
        copy_to_user((ptr), &__pu, sizeof(__pu)) ? -EFAULT : 0; \
    })
#define __get_user get_user
#define __put_user put_user

/* 1: all zero, 0: not, -EFAULT. */
int check_zeroed_user(const void __user *from, size_t size);
/* Length without its end, count when there is no end in count bytes, -EFAULT. */
long strncpy_from_user(char *dst, const char __user *src, long count);

/* A structure that may be older (shorter: the rest is 0) or newer (longer: the rest must be 0, else -E2BIG) than the kernel's. */
static inline int copy_struct_from_user(void *dst, size_t ksize, const void __user *src, size_t usize)
{
    size_t size = min(ksize, usize);

    if (usize < ksize) {
        memset((char *)dst + size, 0, ksize - size);
    } else if (usize > ksize) {
        int zero = check_zeroed_user((const char __user *)src + size, usize - ksize);

        if (zero <= 0)
            return zero ? zero : -E2BIG;
    }
    return copy_from_user(dst, src, size) ? -EFAULT : 0;
}

static inline void pagefault_disable(void)
{
}

static inline void pagefault_enable(void)
{
}

#endif
