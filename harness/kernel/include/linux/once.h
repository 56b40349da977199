/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_ONCE_H
#define _LINUX_ONCE_H

#define DO_ONCE_LITE(function, ...) \
    do { \
        static bool __once_done; \
        if (!__once_done) { \
            __once_done = true; \
            function(__VA_ARGS__); \
        } \
    } while (0)

#endif
