// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * vfio_pool.c - PASIDs on the bus for devices that need the CPU to translate (type 8). The CPU's table is one per VM, so one
 * vPASID has one PASID on all devices of the VM, whatever their parents (R-IOASID-091). The VM is known here as the context of
 * its address spaces. Two parts of one parent cannot both have it: the attach of the second is refused by its slot (-096).
 */
#include "ioasid/vfio_internal.h"

#include <linux/iommu.h>
#include <linux/slab.h>

struct vfio_pool {
    struct list_head node;
    struct ioasid_ctx *ctx; /* held by each bind of a space here */
    u32 vpasid, pasid;
    struct list_head spaces;
};

static LIST_HEAD(pools);
static DEFINE_MUTEX(pools_lock);

static struct vfio_pool *pool_lookup(const struct ioasid_ctx *ctx, u32 vpasid)
{
    struct vfio_pool *pool;

    list_for_each_entry(pool, &pools, node)
    {
        if (pool->ctx == ctx && pool->vpasid == vpasid)
            return pool;
    }
    return NULL;
}

static struct vfio_pool *pool_make(struct ioasid_ctx *ctx, struct device *dev, u32 vpasid)
{
    struct vfio_pool *pool = kzalloc(sizeof(*pool), GFP_KERNEL);

    if (!pool)
        return NULL;
    pool->pasid = iommu_alloc_global_pasid(dev);
    if (pool->pasid == IOMMU_PASID_INVALID) {
        kfree(pool);
        return NULL;
    }
    pool->ctx = ctx;
    pool->vpasid = vpasid;
    INIT_LIST_HEAD(&pool->spaces);
    list_add(&pool->node, &pools);
    return pool;
}

int vfio_pool_get(struct ioasid_ctx *ctx, struct device *dev, struct vfio_space *space)
{
    struct vfio_pool *pool;

    mutex_lock(&pools_lock);
    pool = pool_lookup(ctx, space->vpasid);
    if (!pool)
        pool = pool_make(ctx, dev, space->vpasid);
    if (pool) {
        list_add(&space->pool_node, &pool->spaces);
        space->pool = pool;
        space->pasid = pool->pasid;
    }
    mutex_unlock(&pools_lock);
    return pool ? 0 : -ENOSPC;
}

void vfio_pool_put(struct vfio_space *space)
{
    struct vfio_pool *pool = space->pool;

    mutex_lock(&pools_lock);
    list_del(&space->pool_node);
    space->pool = NULL;
    if (list_empty(&pool->spaces)) {
        list_del(&pool->node);
        iommu_free_global_pasid(pool->pasid);
        kfree(pool);
    }
    mutex_unlock(&pools_lock);
}

int vfio_pool_find(struct ioasid_ctx *ctx, u32 ioasid, u32 vpasid, u32 *pasid)
{
    struct vfio_space *space;
    struct vfio_pool *pool;
    int ret = -EINVAL;

    mutex_lock(&pools_lock);
    pool = pool_lookup(ctx, vpasid);
    if (pool) {
        list_for_each_entry(space, &pool->spaces, pool_node)
        {
            if (!space->attached || space->ioasid != ioasid)
                continue;
            *pasid = pool->pasid;
            ret = 0;
        }
    }
    mutex_unlock(&pools_lock);
    return ret;
}

void vfio_pool_show(struct vfio_space *space, bool attached)
{
    if (!space->pool)
        return;
    mutex_lock(&pools_lock);
    space->attached = attached;
    mutex_unlock(&pools_lock);
}
