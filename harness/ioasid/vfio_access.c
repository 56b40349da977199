// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* vfio_access.c - registers of a device for its user: read, write, mmap; who has access, and the end of it. */
#include "ioasid/vfio_internal.h"

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define ACCESS_MAX 64

/* Under vdev->access. R-IOASID-040: who is not bound has none. */
static int may_access(const struct vfio_file *vf)
{
    if (vf->vdev->gone)
        return -ENODEV;
    return vf->vdev->user == vf ? 0 : -EINVAL;
}

static int check_range(struct vfio_device *vdev, u64 position, u64 bytes, u32 wanted)
{
    u64 offset = position & VFIO_REGION_MASK, size;
    u64 index = position >> VFIO_REGION_SHIFT;
    u32 flags = 0;

    if (index >= VFIO_PCI_NUM_REGIONS)
        return -EINVAL;
    size = vdev->about.ops->region(vdev, (unsigned int)index, &flags);
    if (!(flags & wanted) || bytes > size || offset > size - bytes)
        return -EINVAL;
    return 0;
}

static bool good_size(u64 position, size_t bytes, bool write)
{
    return (bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8 || (write && bytes == ACCESS_MAX)) && !(position & (bytes - 1));
}

ssize_t vfio_access_read(struct vfio_file *vf, char __user *buffer, size_t bytes, u64 position)
{
    struct vfio_device *vdev = vf->vdev;
    u8 data[ACCESS_MAX];
    int ret;

    memset(data, 0, sizeof(data));
    mutex_lock(&vdev->access);
    ret = may_access(vf);
    if (!ret && !good_size(position, bytes, false))
        ret = -EINVAL;
    if (!ret)
        ret = check_range(vdev, position, bytes, VFIO_REGION_INFO_FLAG_READ);
    if (!ret)
        ret =
            vdev->about.ops->read(vdev, (unsigned int)(position >> VFIO_REGION_SHIFT), position & VFIO_REGION_MASK, data, bytes);
    mutex_unlock(&vdev->access);
    if (ret)
        return ret;
    return copy_to_user(buffer, data, bytes) ? -EFAULT : (ssize_t)bytes;
}

ssize_t vfio_access_write(struct vfio_file *vf, const char __user *buffer, size_t bytes, u64 position)
{
    struct vfio_device *vdev = vf->vdev;
    u8 data[ACCESS_MAX];
    int ret;

    if (READ_ONCE(vdev->user) != vf || !good_size(position, bytes, true))
        return -EINVAL;
    if (copy_from_user(data, buffer, bytes))
        return -EFAULT;
    mutex_lock(&vdev->access);
    ret = may_access(vf);
    if (!ret)
        ret = check_range(vdev, position, bytes, VFIO_REGION_INFO_FLAG_WRITE);
    if (!ret)
        ret =
            vdev->about.ops->write(vdev, (unsigned int)(position >> VFIO_REGION_SHIFT), position & VFIO_REGION_MASK, data, bytes);
    mutex_unlock(&vdev->access);
    return ret ? ret : (ssize_t)bytes;
}

int vfio_access_mmap(struct vfio_file *vf, struct vm_area_struct *vma)
{
    u64 position = (u64)vma->vm_pgoff << PAGE_SHIFT, bytes = vma->vm_end - vma->vm_start;
    struct vfio_device *vdev = vf->vdev;
    int ret;

    /* Drivers that have no mmap() may go to the core in their other functions: their lock is not to be below mmap_lock. */
    if (!(vma->vm_flags & VM_SHARED) || !vdev->about.ops->mmap)
        return -EINVAL;
    mutex_lock(&vdev->access);
    ret = may_access(vf);
    if (!ret)
        ret = check_range(vdev, position, bytes, VFIO_REGION_INFO_FLAG_MMAP);
    if (!ret)
        ret = vdev->about.ops->mmap(vdev, (unsigned int)(position >> VFIO_REGION_SHIFT), position & VFIO_REGION_MASK, vma);
    mutex_unlock(&vdev->access);
    return ret;
}

int vfio_access_begin(struct vfio_file *vf)
{
    struct vfio_device *vdev = vf->vdev;
    int ret;

    mutex_lock(&vdev->access);
    ret = vdev->about.ops->open ? vdev->about.ops->open(vdev) : 0;
    if (!ret)
        WRITE_ONCE(vdev->user, vf);
    mutex_unlock(&vdev->access);
    return ret;
}

/*
 * The user's mappings go before anything else does (R-IOASID-044): who still had one could program DMA into what comes next.
 * They do not come back: pages are put in at mmap() only.
 */
void vfio_access_end(struct vfio_file *vf)
{
    struct vfio_device *vdev = vf->vdev;

    mutex_lock(&vdev->access);
    unmap_mapping_range(vf->file->f_mapping, 0, 0, 1);
    if (vdev->about.ops->close)
        vdev->about.ops->close(vdev);
    WRITE_ONCE(vdev->user, NULL);
    mutex_unlock(&vdev->access);
}
