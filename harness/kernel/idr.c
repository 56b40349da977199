/* SPDX-License-Identifier: BSD-2-Clause */
/* idr.c - small numbers, with or without a pointer behind them: an xarray each. */
#include <linux/idr.h>

int ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max, gfp_t gfp)
{
    u32 id;
    int error;

    if ((int)min < 0)
        return -ENOSPC;
    error = xa_alloc(&ida->xa, &id, xa_mk_value(1), XA_LIMIT(min, max < INT_MAX ? max : INT_MAX), gfp);
    return error == -EBUSY ? -ENOSPC : error ? error : (int)id;
}

void ida_free(struct ida *ida, unsigned int id)
{
    WARN(!xa_erase(&ida->xa, id), "ida_free of %u, which is not allocated", id);
}

void ida_destroy(struct ida *ida)
{
    xa_destroy(&ida->xa);
}

/* end: not included, 0 or less is no limit. A NULL pointer is an allocated number too. */
static int alloc(struct idr *idr, void *pointer, int start, int end, bool cyclic, gfp_t gfp)
{
    struct xa_limit limit = XA_LIMIT((u32)start, end > 0 ? (u32)end - 1 : (u32)INT_MAX);
    u32 id;
    int error;

    if (WARN_ON(start < 0))
        return -EINVAL;
    error =
        cyclic ? xa_alloc_cyclic(&idr->xa, &id, pointer, limit, &idr->next, gfp) : xa_alloc(&idr->xa, &id, pointer, limit, gfp);
    return error == -EBUSY ? -ENOSPC : error < 0 ? error : (int)id;
}

int idr_alloc(struct idr *idr, void *pointer, int start, int end, gfp_t gfp)
{
    return alloc(idr, pointer, start, end, false, gfp);
}

int idr_alloc_cyclic(struct idr *idr, void *pointer, int start, int end, gfp_t gfp)
{
    return alloc(idr, pointer, start, end, true, gfp);
}

void *idr_remove(struct idr *idr, unsigned long id)
{
    return xa_erase(&idr->xa, id);
}

void *idr_find(struct idr *idr, unsigned long id)
{
    return xa_load(&idr->xa, id);
}

void *idr_replace(struct idr *idr, void *pointer, unsigned long id)
{
    void *old = xa_load(&idr->xa, id);

    if (!old)
        return ERR_PTR(-ENOENT);
    return xa_store(&idr->xa, id, pointer, GFP_ATOMIC);
}

void *idr_get_next(struct idr *idr, int *id)
{
    unsigned long at = (unsigned long)*id;
    void *entry = xa_find(&idr->xa, &at, INT_MAX, XA_PRESENT);

    if (entry)
        *id = (int)at;
    return entry;
}

void idr_destroy(struct idr *idr)
{
    xa_destroy(&idr->xa);
}
