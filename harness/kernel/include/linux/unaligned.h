/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_UNALIGNED_H
#define _LINUX_UNALIGNED_H

#include <linux/byteorder.h>
#include <linux/types.h>

#define get_unaligned(pointer) \
    ({ \
        typeof(*(pointer)) __unaligned; \
        __builtin_memcpy(&__unaligned, (pointer), sizeof(__unaligned)); \
        __unaligned; \
    })
#define put_unaligned(value, pointer) \
    do { \
        typeof(*(pointer)) __unaligned = (value); \
        __builtin_memcpy((pointer), &__unaligned, sizeof(__unaligned)); \
    } while (0)

#endif
