// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* vfio_info.c - what a device says of itself: GET_INFO with capabilities, GET_REGION_INFO. */
#include "ioasid/vfio_internal.h"

#include <linux/minmax.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/uaccess.h>

struct info_answer {
    struct vfio_device_info info;
    struct vfio_device_info_cap_no_snoop no_snoop;
    struct vfio_device_info_cap_pasid pasid;
};

/* The PASID capability is last, for it is the one that may be absent (R-IOASID-081). */
static u32 info_fill(struct vfio_file *vf, struct info_answer *answer)
{
    const struct vfio_description *about = &vf->vdev->about;
    u32 bits = vfio_vpasid_bits(vf);

    memset(answer, 0, sizeof(*answer));
    answer->info.flags = about->flags | VFIO_DEVICE_FLAGS_CAPS;
    answer->info.num_regions = VFIO_PCI_NUM_REGIONS;
    answer->no_snoop.header.id = VFIO_DEVICE_INFO_CAP_NO_SNOOP;
    answer->no_snoop.header.version = 1;
    answer->no_snoop.flags = vfio_may_no_snoop(vf->vdev) ? VFIO_DEVICE_NO_SNOOP_POSSIBLE : 0;
    if (!bits)
        return offsetof(struct info_answer, pasid);
    answer->no_snoop.header.next = offsetof(struct info_answer, pasid);
    answer->pasid.header.id = VFIO_DEVICE_INFO_CAP_PASID;
    answer->pasid.header.version = 1;
    answer->pasid.flags = vfio_pasid_flags(vf);
    answer->pasid.vpasid_bits = bits;
    return sizeof(*answer);
}

/* Under the lock only what can change: whether the fd is bound, and to what. */
static int info_answer(struct vfio_file *vf, struct info_answer *answer, u32 *bytes)
{
    struct vfio_device *vdev = vf->vdev;
    int ret = 0;

    mutex_lock(&vdev->lock);
    if (vdev->gone)
        ret = -ENODEV;
    else if (vdev->user != vf)
        ret = -EINVAL;
    else
        *bytes = info_fill(vf, answer);
    mutex_unlock(&vdev->lock);
    return ret;
}

int vfio_info_device(struct vfio_file *vf, void __user *arg)
{
    struct info_answer answer;
    u32 argsz, bytes;
    int ret;

    if (get_user(argsz, (u32 __user *)arg))
        return -EFAULT;
    if (argsz < offsetofend(struct vfio_device_info, num_irqs))
        return -EINVAL; /* R-IOASID-028 */
    ret = info_answer(vf, &answer, &bytes);
    if (ret)
        return ret;
    answer.info.argsz = max(argsz, bytes);
    if (argsz >= bytes)
        answer.info.cap_offset = sizeof(answer.info);
    else
        bytes = min_t(u32, argsz, sizeof(answer.info)); /* R-IOASID-027: the fixed part, and how much is needed */
    return copy_to_user(arg, &answer, bytes) ? -EFAULT : 0;
}

int vfio_info_region(struct vfio_file *vf, void __user *arg)
{
    struct vfio_device *vdev = vf->vdev;
    struct vfio_region_info info;
    int ret = 0;

    if (copy_from_user(&info, arg, sizeof(info)))
        return -EFAULT;
    if (info.argsz < sizeof(info) || info.index >= VFIO_PCI_NUM_REGIONS)
        return -EINVAL;
    info.flags = 0;
    info.cap_offset = 0;
    info.offset = (u64)info.index << VFIO_REGION_SHIFT;
    mutex_lock(&vdev->access);
    if (vdev->gone)
        ret = -ENODEV;
    else if (vdev->user != vf)
        ret = -EINVAL;
    else
        info.size = vdev->about.ops->region(vdev, info.index, &info.flags);
    mutex_unlock(&vdev->access);
    if (ret)
        return ret;
    return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}
