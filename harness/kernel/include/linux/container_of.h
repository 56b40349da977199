/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_CONTAINER_OF_H
#define _LINUX_CONTAINER_OF_H

#include <linux/build_bug.h>
#include <linux/stddef.h>

#define container_of(pointer, type, member) \
    ({ \
        void *__member_pointer = (void *)(pointer); \
        _Static_assert(__same_type(*(pointer), ((type *)0)->member) || __same_type(*(pointer), void), "container_of: type"); \
        (type *)((char *)__member_pointer - offsetof(type, member)); \
    })
#define container_of_const(pointer, type, member) \
    _Generic(pointer, const typeof(*(pointer)) * : ((const type *)container_of(pointer, type, member)), default \
             : ((type *)container_of(pointer, type, member)))
#define typeof_member(type, member) typeof(((type *)0)->member)

#endif
