/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_BSEARCH_H
#define _LINUX_BSEARCH_H

#include <linux/types.h>

void *bsearch(const void *key, const void *base, size_t count, size_t bytes, int (*compare)(const void *, const void *))
    __asm__("kapi_bsearch");

#endif
