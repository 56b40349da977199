// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* vfio_bind.c - a device joins the security context of an fd of /dev/ioasid or /dev/iommu, and leaves it. */
#include "ioasid/vfio_internal.h"

#include <linux/err.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/slab.h>

static const enum ioasid_dev_kind kinds[] = {
    [VFIO_PDEV] = IOASID_DEV_PHYSICAL,
    [VFIO_MDEV] = IOASID_DEV_MDEV,
    [VFIO_SOFTWARE] = IOASID_DEV_SOFTWARE,
};

static struct vfio_bind *first_bind(struct vfio_file *vf)
{
    return list_first_entry_or_null(&vf->binds, struct vfio_bind, node);
}

bool vfio_delegated(struct vfio_file *vf)
{
    struct vfio_bind *bind = first_bind(vf);

    return bind && vf->vdev->about.kind == VFIO_PDEV && ioasid_dev_delegated(bind->idev);
}

/* Type 4 or types 5 to 8: who has the table of the user has nothing for the CPU (uapi/vfio.h). */
u32 vfio_pasid_flags(struct vfio_file *vf)
{
    return vfio_delegated(vf) ? VFIO_DEVICE_PASID_DELEGATED : vf->vdev->about.pasid_flags;
}

/* What the device has, and its IOMMU too. */
u32 vfio_vpasid_bits(struct vfio_file *vf)
{
    struct vfio_bind *bind = first_bind(vf);
    u32 pasids;

    if (!bind || !vf->vdev->about.vpasid_bits)
        return 0;
    if (vf->vdev->about.kind == VFIO_SOFTWARE)
        return vf->vdev->about.vpasid_bits;
    pasids = ioasid_dev_max_pasids(bind->idev);
    return pasids > 1 ? min_t(u32, (u32)ilog2(pasids), vf->vdev->about.vpasid_bits) : 0;
}

/* Who has a bind may make another only where the profile lets ioasid_bind() say so (R-IOASID-033), and only of version 2. */
static int bind_allowed(const struct vfio_file *vf, unsigned int version)
{
    const struct vfio_device *vdev = vf->vdev;

    if (vdev->gone)
        return -ENODEV;
    if (vdev->user && vdev->user != vf)
        return -EBUSY; /* R-IOASID-208 */
    if (vf->version && (vf->version != 2 || version != 2))
        return -EBUSY; /* R-IOASID-032, -038 */
    return 0;
}

static struct vfio_bind *bind_make(struct vfio_file *vf, struct ioasid_ctx *ctx, u64 cookie)
{
    const struct vfio_description *about = &vf->vdev->about;
    const struct ioasid_bind_info info = {
        .kind = kinds[about->kind],
        .dev = about->dev,
        .cookie = cookie,
        .default_pasid = about->default_pasid,
    };
    struct vfio_bind *bind = kzalloc(sizeof(*bind), GFP_KERNEL);
    struct ioasid_dev *idev;

    if (!bind)
        return ERR_PTR(-ENOMEM);
    idev = ioasid_bind(ctx, &info);
    if (IS_ERR(idev)) {
        kfree(bind);
        return ERR_CAST(idev);
    }
    ioasid_ctx_get(ctx);
    bind->ctx = ctx;
    bind->idev = idev;
    INIT_LIST_HEAD(&bind->spaces);
    return bind;
}

static void bind_end(struct vfio_file *vf, struct vfio_bind *bind)
{
    vfio_detach_all(vf, bind);
    ioasid_unbind(bind->idev);
    ioasid_ctx_put(bind->ctx);
    kfree(bind);
}

/* The first bind gives access, but only after all DMA of the group is blocked (R-IOASID-040, -041). */
static int bind_context(struct vfio_file *vf, struct ioasid_ctx *ctx, unsigned int version, u64 cookie)
{
    struct vfio_bind *bind;
    int ret;

    if (ioasid_ctx_version(ctx) != version)
        return -EINVAL; /* R-IOASID-037 */
    bind = bind_make(vf, ctx, cookie);
    if (IS_ERR(bind))
        return PTR_ERR(bind);
    ret = vf->version ? 0 : vfio_access_begin(vf);
    if (ret) {
        bind_end(vf, bind); /* R-IOASID-042 */
        return ret;
    }
    list_add_tail(&bind->node, &vf->binds);
    vf->version = version;
    return 0;
}

int vfio_bind(struct vfio_file *vf, unsigned int version, int fd, u64 cookie)
{
    int ret = bind_allowed(vf, version);
    struct ioasid_ctx *ctx;

    if (ret)
        return ret;
    ctx = ioasid_ctx_fdget(fd);
    if (IS_ERR(ctx))
        return -EINVAL; /* R-IOASID-037: closed, or of another kind */
    ret = bind_context(vf, ctx, version, cookie);
    ioasid_ctx_put(ctx);
    return ret;
}

void vfio_unbind_all(struct vfio_file *vf)
{
    struct vfio_bind *bind, *next;

    list_for_each_entry_safe(bind, next, &vf->binds, node)
    {
        list_del(&bind->node);
        bind_end(vf, bind);
    }
    vf->version = 0;
}
