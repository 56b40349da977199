/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_SORT_H
#define _LINUX_SORT_H

#include <linux/types.h>

void sort(void *base, size_t count, size_t bytes, int (*compare)(const void *, const void *),
          void (*swap_function)(void *, void *, int));

#endif
