/* SPDX-License-Identifier: BSD-2-Clause */
/* linux/iova_bitmap.h - a bitmap in the memory of the user, one bit for each page of a range of I/O virtual addresses. */
#ifndef _LINUX_IOVA_BITMAP_H
#define _LINUX_IOVA_BITMAP_H

#include <linux/types.h>

struct iova_bitmap;

typedef int (*iova_bitmap_fn_t)(struct iova_bitmap *bitmap, unsigned long iova, size_t length, void *opaque);

struct iova_bitmap *iova_bitmap_alloc(unsigned long iova, size_t length, unsigned long page_size, u64 __user *data); /* ERR_PTR */
void iova_bitmap_free(struct iova_bitmap *bitmap);
/* Calls fn for the whole range, in pieces if it must; the bits that it sets are in the user's memory afterwards. */
int iova_bitmap_for_each(struct iova_bitmap *bitmap, void *opaque, iova_bitmap_fn_t fn);
void iova_bitmap_set(struct iova_bitmap *bitmap, unsigned long iova, size_t length);

#endif
