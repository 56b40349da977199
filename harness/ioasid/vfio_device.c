// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* vfio_device.c - the fd of a device: inert until bound, its commands, and its end. */
#include "ioasid/vfio_internal.h"

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

int vfio_copy_in(void *to, size_t known, const void __user *from)
{
    u32 argsz;

    if (get_user(argsz, (const u32 __user *)from))
        return -EFAULT;
    if (argsz < known)
        return -EINVAL; /* R-IOASID-028 */
    if (argsz > PAGE_SIZE)
        return -E2BIG;
    return copy_struct_from_user(to, known, from, argsz); /* R-IOASID-029 */
}

/* With vdev->lock held at 0. version 0: any. */
static int file_enter(struct vfio_file *vf, unsigned int version)
{
    struct vfio_device *vdev = vf->vdev;
    int ret = 0;

    mutex_lock(&vdev->lock);
    if (vdev->gone)
        ret = -ENODEV;
    else if (vdev->user != vf)
        ret = -EINVAL; /* R-IOASID-040: inert */
    else if (version && vf->version != version)
        ret = -ENOTTY; /* R-IOASID-043: the other interface's commands are not there */
    if (ret)
        mutex_unlock(&vdev->lock);
    return ret;
}

static int file_leave(struct vfio_file *vf, int ret)
{
    mutex_unlock(&vf->vdev->lock);
    return ret;
}

static int bind_common(struct vfio_file *vf, unsigned int version, int fd, u64 cookie)
{
    int ret;

    if (fd < 0)
        return -EINVAL; /* R-IOASID-037 */
    mutex_lock(&vf->vdev->lock);
    ret = vfio_bind(vf, version, fd, cookie);
    return file_leave(vf, ret);
}

static int ioctl_bind(struct vfio_file *vf, const void __user *arg)
{
    struct vfio_device_bind_iommufd bind;
    int ret = vfio_copy_in(&bind, sizeof(bind), arg);

    if (ret)
        return ret;
    if (bind.flags || bind.pad)
        return -EINVAL; /* R-IOASID-037 */
    return bind_common(vf, 2, bind.iommu_fd, bind.dev_cookie);
}

static int ioctl_bind_v1(struct vfio_file *vf, const void __user *arg)
{
    struct vfio_bind_ioasid_fd bind;
    int ret = vfio_copy_in(&bind, sizeof(bind), arg);

    if (ret)
        return ret;
    if (bind.flags || bind.pad)
        return -EINVAL;
    return bind_common(vf, 1, bind.ioasid_fd, 0);
}

static int ioctl_unbind_v1(struct vfio_file *vf, const void __user *arg)
{
    struct vfio_unbind_ioasid_fd unbind;
    int ret = vfio_copy_in(&unbind, sizeof(unbind), arg);

    if (ret)
        return ret;
    if (unbind.flags)
        return -EINVAL;
    ret = file_enter(vf, 1);
    if (ret)
        return ret;
    vfio_file_withdraw(vf); /* R-IOASID-046 */
    return file_leave(vf, 0);
}

static int ioctl_attach(struct vfio_file *vf, const void __user *arg, bool attach)
{
    const u32 flags = VFIO_IOASID_VPASID | (attach ? VFIO_IOASID_SNOOP_UNUSED : 0);
    struct vfio_device_attach_ioasid a;
    int ret = vfio_copy_in(&a, sizeof(a), arg);

    if (ret)
        return ret;
    if (a.flags & ~flags || a.pad || a.iommu_fd < 0 || !!(a.flags & VFIO_IOASID_VPASID) != !!a.vpasid)
        return -EINVAL;
    ret = file_enter(vf, 2);
    if (ret)
        return ret;
    if (attach)
        ret = vfio_attach(vf, a.iommu_fd, a.ioasid, a.vpasid, !(a.flags & VFIO_IOASID_SNOOP_UNUSED));
    else
        ret = vfio_detach(vf, a.iommu_fd, a.ioasid, a.vpasid);
    return file_leave(vf, ret);
}

static int ioctl_attach_v1(struct vfio_file *vf, const void __user *arg, bool attach)
{
    struct vfio_attach_ioasid a;
    int ret = vfio_copy_in(&a, sizeof(a), arg);

    if (ret)
        return ret;
    if (a.flags & ~VFIO_IOASID_USER_PASID || !!(a.flags & VFIO_IOASID_USER_PASID) != !!a.user_pasid)
        return -EINVAL;
    ret = file_enter(vf, 1);
    if (ret)
        return ret;
    ret = attach ? vfio_attach(vf, -1, a.ioasid, a.user_pasid, true) : vfio_detach(vf, -1, a.ioasid, a.user_pasid);
    return file_leave(vf, ret);
}

static int ioctl_reset(struct vfio_file *vf)
{
    struct vfio_device *vdev = vf->vdev;
    int ret = file_enter(vf, 0);

    if (ret)
        return ret;
    mutex_lock(&vdev->access);
    ret = vdev->about.ops->reset ? vdev->about.ops->reset(vdev) : -EOPNOTSUPP;
    mutex_unlock(&vdev->access);
    return file_leave(vf, ret);
}

static long device_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    struct vfio_file *vf = file->private_data;
    void __user *argp = (void __user *)arg;

    if (cmd == VFIO_DEVICE_BIND_IOMMUFD)
        return vf->legacy ? -ENOTTY : ioctl_bind(vf, argp); /* R-IOASID-039 */
    if (cmd == VFIO_BIND_IOASID_FD)
        return vf->legacy ? -ENOTTY : ioctl_bind_v1(vf, argp);
    if (READ_ONCE(vf->vdev->user) != vf)
        return READ_ONCE(vf->vdev->gone) ? -ENODEV : -EINVAL; /* R-IOASID-040, before anything is looked at */

    switch (cmd) {
    case VFIO_DEVICE_ATTACH_IOASID:
    case VFIO_DEVICE_DETACH_IOASID:
        return ioctl_attach(vf, argp, cmd == VFIO_DEVICE_ATTACH_IOASID);
    case VFIO_UNBIND_IOASID_FD:
        return ioctl_unbind_v1(vf, argp);
    case VFIO_ATTACH_IOASID:
    case VFIO_DETACH_IOASID:
        return ioctl_attach_v1(vf, argp, cmd == VFIO_ATTACH_IOASID);
    case VFIO_DEVICE_GET_INFO:
        return vfio_info_device(vf, argp);
    case VFIO_DEVICE_GET_REGION_INFO:
        return vfio_info_region(vf, argp);
    case VFIO_DEVICE_RESET:
        return ioctl_reset(vf);
    }
    return -ENOTTY; /* R-IOASID-203 */
}

static ssize_t device_read(struct file *file, char __user *buffer, size_t bytes, loff_t *position)
{
    ssize_t ret = vfio_access_read(file->private_data, buffer, bytes, (u64)*position);

    if (ret > 0)
        *position += ret;
    return ret;
}

static ssize_t device_write(struct file *file, const char __user *buffer, size_t bytes, loff_t *position)
{
    ssize_t ret = vfio_access_write(file->private_data, buffer, bytes, (u64)*position);

    if (ret > 0)
        *position += ret;
    return ret;
}

static int device_mmap(struct file *file, struct vm_area_struct *vma)
{
    return vfio_access_mmap(file->private_data, vma);
}

struct vfio_file *vfio_file_open(struct vfio_device *vdev, struct file *file)
{
    struct vfio_file *vf = kzalloc(sizeof(*vf), GFP_KERNEL);

    if (!vf)
        return NULL;
    INIT_LIST_HEAD(&vf->binds);
    vf->vdev = vdev;
    vf->file = file;
    vfio_device_get(vdev);
    return vf;
}

static int device_open(struct inode *inode, struct file *file)
{
    struct vfio_device *vdev = container_of(file->private_data, struct vfio_device, misc);
    struct vfio_file *vf = vfio_file_open(vdev, file);

    (void)inode;
    if (!vf)
        return -ENOMEM;
    file->private_data = vf;
    return 0;
}

/* The user's access goes first, the DMA context after it (R-IOASID-044); the fd is inert then (R-IOASID-047). */
void vfio_file_withdraw(struct vfio_file *vf)
{
    vfio_access_end(vf);
    vfio_unbind_all(vf);
}

int vfio_file_release(struct inode *inode, struct file *file)
{
    struct vfio_file *vf = file->private_data;
    struct vfio_device *vdev = vf->vdev;

    (void)inode;
    mutex_lock(&vdev->lock);
    if (vdev->user == vf)
        vfio_file_withdraw(vf); /* R-IOASID-043 */
    mutex_unlock(&vdev->lock);
    vfio_group_file_closed(vf);
    kfree(vf);
    vfio_device_put(vdev);
    return 0;
}

/* Regions lie at positions that are no length of anything, so there is no end to count from. */
static loff_t device_llseek(struct file *file, loff_t offset, int whence)
{
    if (whence == SEEK_CUR)
        offset += file->f_pos;
    else if (whence != SEEK_SET)
        return -EINVAL;
    if (offset < 0)
        return -EINVAL;
    file->f_pos = offset;
    return offset;
}

const struct file_operations vfio_device_fops = {
    .owner = THIS_MODULE,
    .open = device_open,
    .release = vfio_file_release,
    .llseek = device_llseek,
    .read = device_read,
    .write = device_write,
    .unlocked_ioctl = device_ioctl,
    .mmap = device_mmap,
};

/* Device fds of legacy groups differ in how they begin. */
const struct file_operations vfio_legacy_fops = {
    .owner = THIS_MODULE,
    .release = vfio_file_release,
    .llseek = device_llseek,
    .read = device_read,
    .write = device_write,
    .unlocked_ioctl = device_ioctl,
    .mmap = device_mmap,
};
