// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* vfio_kvm.c - what KVM asks of device fds: coherency and its changes, PASIDs for the CPU's table, the portal of a guest. */
#include "ioasid/vfio_internal.h"

#include <linux/err.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/string.h>

/* R-IOASID-184: what nobody can tell is taken for possible, as legacy VFIO does. */
static char *nosnoop = "device";
module_param(nosnoop, charp, 0444);
MODULE_PARM_DESC(nosnoop, "device: may use no-snoop if its driver says so; legacy: every device may");

static BLOCKING_NOTIFIER_HEAD(listeners);

bool vfio_may_no_snoop(const struct vfio_device *vdev)
{
    return vdev->about.no_snoop || strcmp(nosnoop, "legacy") == 0;
}

void vfio_coherency_changed(void)
{
    blocking_notifier_call_chain(&listeners, 0, NULL);
}

struct vfio_file *vfio_file_of(struct file *file)
{
    return file->f_op == &vfio_device_fops || file->f_op == &vfio_legacy_fops ? file->private_data : NULL;
}

static bool kvm_is_vfio(struct file *file)
{
    return vfio_file_of(file) || vfio_group_is_file(file);
}

static bool kvm_coherent(struct file *file)
{
    struct vfio_file *vf = vfio_file_of(file);

    if (vf)
        return atomic_read(&vf->incoherent) == 0;
    return vfio_group_coherent(file);
}

static int kvm_notify(struct notifier_block *nb)
{
    return blocking_notifier_chain_register(&listeners, nb);
}

static void kvm_unnotify(struct notifier_block *nb)
{
    blocking_notifier_chain_unregister(&listeners, nb);
}

static void kvm_portal(struct file *file, bool open)
{
    struct vfio_file *vf = vfio_file_of(file);

    if (vf)
        WRITE_ONCE(vf->portal, open);
}

/*
 * Asked for devices with CPU_VIRT only: of others the CPU takes the number as it is. The PASID is looked up and the descriptor
 * sent under one lock, so that a detach in between cannot give the PASID to another (R-IOASID-100).
 */
static int kvm_enqcmd(struct file *file, const char *node, u64 position, u32 vpasid, void *descriptor,
                      int (*translate)(void *data, u32 vpasid, u32 *pasid), void *data)
{
    struct vfio_file *vf = vfio_file_of(file);
    struct vfio_device *vdev;
    u32 pasid = vpasid, flags;
    int ret = 0;

    if (!vf || strcmp(vf->vdev->path, node) != 0)
        return -ENXIO;
    vdev = vf->vdev;
    flags = vdev->about.pasid_flags;
    mutex_lock(&vdev->access);
    if (vdev->gone || vdev->user != vf || !vdev->about.ops->enqcmd || !(flags & VFIO_DEVICE_PASID_CPU))
        ret = -EFAULT;
    else if (flags & VFIO_DEVICE_PASID_CPU_VIRT)
        ret = READ_ONCE(vf->portal) ? translate(data, vpasid, &pasid) : -EFAULT; /* R-IOASID-102 */
    if (!ret) {
        u32 *words = descriptor;

        words[0] = (words[0] & 0x7ff00000u) | pasid; /* what ENQCMD puts there: the PASID, and a clear PRIV bit */
        ret =
            vdev->about.ops->enqcmd(vdev, (unsigned int)(position >> VFIO_REGION_SHIFT), position & VFIO_REGION_MASK, descriptor);
    }
    mutex_unlock(&vdev->access);
    return ret;
}

const struct vfio_kvm_ops vfio_kvm_ops = {
    .is_vfio = kvm_is_vfio,
    .coherent = kvm_coherent,
    .notify = kvm_notify,
    .unnotify = kvm_unnotify,
    .find_pasid = vfio_pool_find,
    .portal = kvm_portal,
    .enqcmd = kvm_enqcmd,
};
EXPORT_SYMBOL_GPL(vfio_kvm_ops);
