/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iova_bitmap.c - a bitmap in the memory of the user, collected in the kernel and merged at the end of each piece: bits that are
 * set there stay set.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/iova_bitmap.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define WORDS 512u /* of one piece */

struct iova_bitmap {
    unsigned long iova;
    size_t length;
    unsigned int page_lg2;
    u64 __user *data;
    unsigned long piece; /* first page, from iova */
    u64 words[WORDS];
};

struct iova_bitmap *iova_bitmap_alloc(unsigned long iova, size_t length, unsigned long page_size, u64 __user *data)
{
    struct iova_bitmap *bitmap = kzalloc(sizeof(*bitmap), GFP_KERNEL);

    if (!bitmap)
        return ERR_PTR(-ENOMEM);
    bitmap->iova = iova;
    bitmap->length = length;
    bitmap->page_lg2 = __ffs(page_size);
    bitmap->data = data;
    return bitmap;
}
EXPORT_SYMBOL_NS_GPL(iova_bitmap_alloc, IOMMUFD);

void iova_bitmap_free(struct iova_bitmap *bitmap)
{
    kfree(bitmap);
}
EXPORT_SYMBOL_NS_GPL(iova_bitmap_free, IOMMUFD);

static int merge(struct iova_bitmap *bitmap, unsigned long pages)
{
    u64 __user *to = bitmap->data + bitmap->piece / 64;

    for (unsigned long i = 0; i < (pages + 63) / 64; i++) {
        u64 old;

        if (copy_from_user(&old, to + i, sizeof(old)))
            return -EFAULT;
        old |= bitmap->words[i];
        if (copy_to_user(to + i, &old, sizeof(old)))
            return -EFAULT;
    }
    return 0;
}

int iova_bitmap_for_each(struct iova_bitmap *bitmap, void *opaque, iova_bitmap_fn_t fn)
{
    unsigned long pages = (bitmap->length + (1UL << bitmap->page_lg2) - 1) >> bitmap->page_lg2;
    int result = 0;

    for (bitmap->piece = 0; bitmap->piece < pages && !result; bitmap->piece += WORDS * 64) {
        unsigned long count = min_t(unsigned long, pages - bitmap->piece, WORDS * 64);
        unsigned long first = bitmap->iova + (bitmap->piece << bitmap->page_lg2);
        size_t left = bitmap->length - (bitmap->piece << bitmap->page_lg2);

        memset(bitmap->words, 0, sizeof(bitmap->words));
        result = fn(bitmap, first, min_t(size_t, left, count << bitmap->page_lg2), opaque);
        if (!result)
            result = merge(bitmap, count);
    }
    return result;
}
EXPORT_SYMBOL_NS_GPL(iova_bitmap_for_each, IOMMUFD);

void iova_bitmap_set(struct iova_bitmap *bitmap, unsigned long iova, size_t length)
{
    unsigned long first = ((iova - bitmap->iova) >> bitmap->page_lg2) - bitmap->piece;
    unsigned long last = ((iova - bitmap->iova + length - 1) >> bitmap->page_lg2) - bitmap->piece;

    for (unsigned long page = first; page <= last && page < WORDS * 64; page++)
        bitmap->words[page / 64] |= 1ull << page % 64;
}
EXPORT_SYMBOL_NS_GPL(iova_bitmap_set, IOMMUFD);
