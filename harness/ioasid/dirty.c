/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* dirty.c - which pages devices have written: noted by the hardware in the entries of the domain, asked of its driver. */
#include "core.h"

#include <linux/err.h>
#include <linux/log2.h>
#include <linux/mm.h>

static struct iommu_domain *dirty_domain(struct ioasid_ctx *ctx, u32 ioasid, struct ioasid_space **space)
{
    *space = ioasid_space_find(ctx, ioasid);
    if (!*space)
        return ERR_PTR(-EINVAL);
    if (!(*space)->dirty)
        return ERR_PTR(-EOPNOTSUPP);
    if (!(*space)->domain)
        return ERR_PTR(-EINVAL);
    return (*space)->domain->dirty_ops ? (*space)->domain : ERR_PTR(-EOPNOTSUPP);
}

/* One mapping after the other: where nothing is mapped nothing was written. bitmap NULL: forget. */
static int read_dirty(struct ioasid_space *space, u64 start, u64 last, unsigned long flags, struct iova_bitmap *bitmap)
{
    struct iommu_domain *domain = space->domain;
    struct iommu_iotlb_gather gather;
    struct iommu_dirty_bitmap dirty;
    struct ioasid_map *map;
    int error = 0;

    iommu_dirty_bitmap_init(&dirty, bitmap, &gather);
    for (map = ioasid_map_first(space, start, last); map && !error; map = ioasid_map_next(map, start, last)) {
        u64 from = max_t(u64, start, map->iova.start), to = min_t(u64, last, map->iova.last);

        error = domain->dirty_ops->read_and_clear_dirty(domain, from, to - from + 1, flags, &dirty);
    }
    /* What was cleared must not be cached as set: a later write would not be noted. */
    if (!(flags & IOMMU_DIRTY_NO_CLEAR))
        iommu_iotlb_sync(domain, &gather);
    return error;
}

static int set_locked(struct ioasid_ctx *ctx, u32 ioasid, bool enable)
{
    struct ioasid_space *space;
    struct iommu_domain *domain = dirty_domain(ctx, ioasid, &space);
    int error = 0;

    if (IS_ERR(domain))
        return PTR_ERR(domain);
    if (enable)
        error = read_dirty(space, 0, U64_MAX, 0, NULL);
    if (!error)
        error = domain->dirty_ops->set_dirty_tracking(domain, enable);
    if (error)
        return error;
    space->tracking = enable;
    if (!enable && !space->domain_users) { /* nobody was attached any more */
        space->domain_users = 1;
        ioasid_domain_put(space);
    }
    return 0;
}

int ioasid_dirty_set(struct ioasid_ctx *ctx, const struct iommu_set_dirty_tracking *set)
{
    int error;

    if (set->__reserved)
        return -EINVAL;
    mutex_lock(&ctx->lock);
    error = set_locked(ctx, set->ioasid, set->flags & IOMMU_DIRTY_TRACKING_ENABLE);
    mutex_unlock(&ctx->lock);
    return error;
}

struct dirty_read {
    struct ioasid_space *space;
    unsigned long flags;
};

static int read_piece(struct iova_bitmap *bitmap, unsigned long iova, size_t length, void *opaque)
{
    struct dirty_read *read = opaque;

    return read_dirty(read->space, iova, iova + length - 1, read->flags, bitmap);
}

static int get_locked(struct ioasid_ctx *ctx, const struct iommu_get_dirty_bitmap *get)
{
    struct dirty_read read = {.flags = get->flags & IOMMU_DIRTY_BITMAP_NO_CLEAR ? IOMMU_DIRTY_NO_CLEAR : 0};
    struct iommu_domain *domain = dirty_domain(ctx, get->ioasid, &read.space);
    struct iova_bitmap *bitmap;
    int error;

    if (IS_ERR(domain))
        return PTR_ERR(domain);
    if (!read.space->tracking || get->page_size < (domain->pgsize_bitmap & -domain->pgsize_bitmap))
        return -EINVAL;
    bitmap = iova_bitmap_alloc(get->iova, get->size, get->page_size, (u64 __user *)(unsigned long)get->data_uptr);
    if (IS_ERR(bitmap))
        return PTR_ERR(bitmap);
    error = iova_bitmap_for_each(bitmap, &read, read_piece);
    iova_bitmap_free(bitmap);
    return error;
}

int ioasid_dirty_get(struct ioasid_ctx *ctx, const struct iommu_get_dirty_bitmap *get)
{
    struct ioasid_span span;
    int error;

    if (get->__reserved || !is_power_of_2(get->page_size) || (get->iova | get->size) & (get->page_size - 1) ||
        !ioasid_span_make(get->iova, get->size, &span))
        return -EINVAL;
    mutex_lock(&ctx->lock);
    error = get_locked(ctx, get);
    mutex_unlock(&ctx->lock);
    return error;
}
