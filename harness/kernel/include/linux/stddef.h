/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_STDDEF_H
#define _LINUX_STDDEF_H

#include <linux/compiler.h>

#undef NULL
#define NULL ((void *)0)

enum { false = 0, true = 1 };

#define offsetof(type, member) __builtin_offsetof(type, member)
#define sizeof_field(type, member) sizeof(((type *)0)->member)
#define offsetofend(type, member) (offsetof(type, member) + sizeof_field(type, member))
#define struct_group(name, ...) \
    union { \
        struct { \
            __VA_ARGS__ \
        }; \
        struct { \
            __VA_ARGS__ \
        } name; \
    }
#define DECLARE_FLEX_ARRAY(type, name) \
    struct { \
        struct { \
        } __empty_##name; \
        type name[]; \
    }
#define __DECLARE_FLEX_ARRAY(type, name) DECLARE_FLEX_ARRAY(type, name)

#endif
