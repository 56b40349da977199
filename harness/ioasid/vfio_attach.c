// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* vfio_attach.c - address spaces of a device: attach and detach, without a vPASID and with one; which PASID is on the bus. */
#include "ioasid/vfio_internal.h"

#include <linux/err.h>
#include <linux/export.h>
#include <linux/iommu.h>
#include <linux/slab.h>

/* R-IOASID-071: the fd names a context that the device is bound to. */
static struct vfio_bind *find_bind(struct vfio_file *vf, int fd)
{
    struct vfio_bind *bind, *found = NULL;
    struct ioasid_ctx *ctx;

    if (fd < 0)
        return list_first_entry_or_null(&vf->binds, struct vfio_bind, node);
    ctx = ioasid_ctx_fdget(fd);
    if (IS_ERR(ctx))
        return NULL;
    list_for_each_entry(bind, &vf->binds, node)
    {
        if (bind->ctx == ctx)
            found = bind;
    }
    ioasid_ctx_put(ctx);
    return found;
}

/* A child and its parent may both be attached without a vPASID (R-IOASID-073). ioasid 0: any. */
static struct vfio_space *find_space(struct vfio_bind *bind, u32 ioasid, u32 vpasid)
{
    struct vfio_space *space;

    list_for_each_entry(space, &bind->spaces, node)
    {
        if (space->vpasid == vpasid && (!ioasid || space->ioasid == ioasid))
            return space;
    }
    return NULL;
}

/* The driver's table of an mdev; under the lock of its functions. */
static void tell_driver(struct vfio_device *vdev, u32 vpasid, u32 pasid)
{
    if (!vdev->about.ops->space)
        return;
    mutex_lock(&vdev->access);
    vdev->about.ops->space(vdev, vpasid, pasid);
    mutex_unlock(&vdev->access);
}

static void drain_driver(struct vfio_device *vdev, u32 pasid)
{
    if (!vdev->about.ops->drain)
        return;
    mutex_lock(&vdev->access);
    vdev->about.ops->drain(vdev, pasid);
    mutex_unlock(&vdev->access);
}

/*
 * The PASID on the bus: of a function with its own RID the vPASID (R-IOASID-086); of an mdev the default one, which has no name
 * (-094), one that is the same for the whole VM where the CPU translates (-091), else any (-087, -092).
 */
static int pasid_get(struct vfio_file *vf, struct vfio_bind *bind, struct vfio_space *space)
{
    const struct vfio_description *about = &vf->vdev->about;
    int ret;

    space->pasid = space->vpasid;
    if (about->kind != VFIO_MDEV)
        return 0;
    if (!space->vpasid) {
        space->pasid = about->default_pasid;
        return 0;
    }
    if (about->pasid_flags & VFIO_DEVICE_PASID_CPU_VIRT)
        return vfio_pool_get(bind->ctx, about->dev, space);
    mutex_lock(&vf->vdev->access);
    ret = about->ops->pasid_get(vf->vdev, &space->pasid);
    mutex_unlock(&vf->vdev->access);
    return ret;
}

static void pasid_put(struct vfio_file *vf, struct vfio_space *space)
{
    struct vfio_device *vdev = vf->vdev;

    if (space->pool) {
        vfio_pool_put(space);
    } else if (vdev->about.kind == VFIO_MDEV && space->vpasid) {
        mutex_lock(&vdev->access);
        vdev->about.ops->pasid_put(vdev, space->pasid);
        mutex_unlock(&vdev->access);
    }
}

/* Whether a PASID table of the user is in the way the core knows (R-IOASID-085). */
static int check_vpasid(struct vfio_file *vf, u32 vpasid)
{
    u32 bits = vfio_vpasid_bits(vf);

    if (!vpasid)
        return 0;
    if (!bits || vpasid >> bits)
        return -EINVAL; /* R-IOASID-081 */
    return 0;
}

/* KVM learns of it before the attach takes effect, and after the detach has (R-IOASID-185, -191). */
static void set_incoherent(struct vfio_file *vf, struct vfio_space *space, bool incoherent)
{
    if (space->incoherent == incoherent)
        return;
    space->incoherent = incoherent;
    if (incoherent ? atomic_inc_return(&vf->incoherent) == 1 : atomic_dec_and_test(&vf->incoherent))
        vfio_coherency_changed();
}

static void space_end(struct vfio_file *vf, struct vfio_space *space)
{
    set_incoherent(vf, space, false);
    pasid_put(vf, space);
    kfree(space);
}

static struct vfio_space *space_make(struct vfio_file *vf, struct vfio_bind *bind, u32 ioasid, u32 vpasid)
{
    struct vfio_space *space = kzalloc(sizeof(*space), GFP_KERNEL);
    int ret;

    if (!space)
        return ERR_PTR(-ENOMEM);
    space->ioasid = ioasid;
    space->vpasid = vpasid;
    ret = pasid_get(vf, bind, space);
    if (ret) {
        kfree(space);
        return ERR_PTR(ret);
    }
    return space;
}

/* Profile up: an attach without a vPASID may have taken the place of an earlier one (R-IOASID-080). */
static void forget_replaced(struct vfio_file *vf, struct vfio_bind *bind, u32 vpasid)
{
    struct vfio_space *space, *next;

    list_for_each_entry_safe(space, next, &bind->spaces, node)
    {
        if (vpasid != IOASID_NO_PASID || space->vpasid || ioasid_attached(bind->idev, space->ioasid, vpasid))
            continue;
        list_del(&space->node);
        space_end(vf, space);
    }
}

static int space_attach(struct vfio_file *vf, struct vfio_bind *bind, struct vfio_space *space, bool no_snoop)
{
    u32 vpasid = space->vpasid ? space->vpasid : IOASID_NO_PASID;
    int ret;

    if (no_snoop && ioasid_enforces_snoop(bind->idev, space->ioasid) == 0)
        set_incoherent(vf, space, true);
    ret = ioasid_attach(bind->idev, space->ioasid, vpasid, space->pasid, no_snoop ? IOASID_ATTACH_NO_SNOOP : 0);
    if (ret)
        return ret;
    forget_replaced(vf, bind, vpasid);
    list_add_tail(&space->node, &bind->spaces);
    vfio_pool_show(space, true);
    tell_driver(vf->vdev, space->vpasid, space->pasid);
    return 0;
}

int vfio_attach(struct vfio_file *vf, int fd, u32 ioasid, u32 vpasid, bool no_snoop)
{
    struct vfio_bind *bind = find_bind(vf, fd);
    struct vfio_space *space;
    int ret;

    if (!bind)
        return -EINVAL;
    ret = check_vpasid(vf, vpasid);
    if (ret)
        return ret;
    if (vpasid && find_space(bind, 0, vpasid))
        return -EBUSY; /* one vPASID, one space, whatever PASID would be on the bus */
    space = space_make(vf, bind, ioasid, vpasid);
    if (IS_ERR(space))
        return PTR_ERR(space);
    ret = space_attach(vf, bind, space, no_snoop && vfio_may_no_snoop(vf->vdev));
    if (ret)
        space_end(vf, space);
    return ret;
}

/*
 * No new work goes out, then the IOMMU refuses what is under way and answers its faults (R-IOASID-075, -168), then the device is
 * waited for; only then the PASID may be another's.
 */
static int space_detach(struct vfio_file *vf, struct vfio_bind *bind, struct vfio_space *space)
{
    int ret;

    tell_driver(vf->vdev, space->vpasid, IOMMU_PASID_INVALID);
    vfio_pool_show(space, false);
    ret = ioasid_detach(bind->idev, space->ioasid, space->vpasid ? space->vpasid : IOASID_NO_PASID);
    if (ret) {
        vfio_pool_show(space, true);
        tell_driver(vf->vdev, space->vpasid, space->pasid);
        return ret;
    }
    drain_driver(vf->vdev, space->pasid);
    list_del(&space->node);
    if (find_space(bind, 0, space->vpasid)) /* the parent, which is attached in the same place */
        tell_driver(vf->vdev, space->vpasid, space->pasid);
    space_end(vf, space);
    return 0;
}

int vfio_detach(struct vfio_file *vf, int fd, u32 ioasid, u32 vpasid)
{
    struct vfio_bind *bind = find_bind(vf, fd);
    struct vfio_space *space = bind && ioasid ? find_space(bind, ioasid, vpasid) : NULL;

    if (!space)
        return -EINVAL; /* R-IOASID-076 */
    return space_detach(vf, bind, space);
}

/* The last attached first: children leave before their parents (v1). What profile up replaced is only forgotten. */
void vfio_detach_all(struct vfio_file *vf, struct vfio_bind *bind)
{
    while (!list_empty(&bind->spaces)) {
        struct vfio_space *space = list_last_entry(&bind->spaces, struct vfio_space, node);

        if (space_detach(vf, bind, space)) {
            list_del(&space->node);
            space_end(vf, space);
        }
    }
}

int vfio_device_copy(struct vfio_device *vdev, u32 vpasid, u64 iova, void *data, size_t bytes, bool write)
{
    struct vfio_bind *bind;

    lockdep_assert_held(&vdev->access);
    if (!vdev->user)
        return -EINVAL;
    bind = list_first_entry_or_null(&vdev->user->binds, struct vfio_bind, node);
    if (!bind)
        return -EINVAL;
    return ioasid_rw(bind->idev, vpasid ? vpasid : IOASID_NO_PASID, iova, data, bytes, write);
}
EXPORT_SYMBOL_GPL(vfio_device_copy);
