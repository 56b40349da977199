// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * vfio_group.c - as much of the legacy path as is needed to tell it apart: /dev/vfio/vfio (containers), /dev/vfio/GROUP, and
 * device fds from there, which cannot be bound (R-IOASID-039). A container maps nothing: all DMA of its groups stays blocked.
 */
#include "ioasid/vfio_internal.h"

#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/iommu.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <linux/uaccess.h>

struct vfio_container {
    struct kref kref; /* its file, and each group in it */
    bool iommu_set;
    unsigned int groups;
};

struct vfio_group {
    struct kref kref;               /* each device, each open file */
    struct list_head node, devices; /* devices: struct group_member */
    struct iommu_group *iommu_group;
    struct miscdevice misc;
    char path[20], name[12];
    bool listed;
    struct vfio_container *container; /* NULL: not set */
    atomic_t files;                   /* opened under the lock of all nodes: not counted under groups_lock, which is outside it */
    unsigned int device_files;
    unsigned int incoherent; /* members whose IOMMU cannot enforce snoop; read without the lock */
};

struct group_member {
    struct list_head node;
    struct vfio_device *vdev;
};

static LIST_HEAD(groups);
static DEFINE_MUTEX(groups_lock); /* all of this file; never under a lock of a device */
static const struct file_operations group_fops;
static const struct file_operations container_fops;

static void container_release(struct kref *kref)
{
    kfree(container_of(kref, struct vfio_container, kref));
}

static void group_release(struct kref *kref)
{
    struct vfio_group *group = container_of(kref, struct vfio_group, kref);

    iommu_group_put(group->iommu_group);
    kfree(group);
}

/* ---- which groups there are ---- */

static struct vfio_group *group_find(struct iommu_group *iommu_group)
{
    struct vfio_group *group;

    list_for_each_entry(group, &groups, node)
    {
        if (group->iommu_group == iommu_group)
            return group;
    }
    return NULL;
}

static struct vfio_group *group_make(struct iommu_group *iommu_group)
{
    struct vfio_group *group = kzalloc(sizeof(*group), GFP_KERNEL);
    int ret;

    if (!group)
        return ERR_PTR(-ENOMEM);
    kref_init(&group->kref);
    INIT_LIST_HEAD(&group->devices);
    group->iommu_group = iommu_group_ref_get(iommu_group);
    snprintf(group->name, sizeof(group->name), "vfio-%d", iommu_group_id(iommu_group));
    snprintf(group->path, sizeof(group->path), "vfio/%d", iommu_group_id(iommu_group));
    group->misc.minor = MISC_DYNAMIC_MINOR;
    group->misc.name = group->name;
    group->misc.nodename = group->path;
    group->misc.mode = 0666;
    group->misc.fops = &group_fops;
    ret = misc_register(&group->misc);
    if (ret) {
        kref_put(&group->kref, group_release);
        return ERR_PTR(ret);
    }
    list_add_tail(&group->node, &groups);
    group->listed = true;
    return group;
}

static int group_add(struct vfio_device *vdev, struct iommu_group *iommu_group)
{
    struct vfio_group *group = group_find(iommu_group);
    struct group_member *member = kzalloc(sizeof(*member), GFP_KERNEL);

    if (!member)
        return -ENOMEM;
    if (group)
        kref_get(&group->kref);
    else
        group = group_make(iommu_group);
    if (IS_ERR(group)) {
        kfree(member);
        return PTR_ERR(group);
    }
    member->vdev = vdev;
    list_add_tail(&member->node, &group->devices);
    vdev->group = group;
    if (!device_iommu_capable(vdev->about.dev, IOMMU_CAP_ENFORCE_CACHE_COHERENCY))
        WRITE_ONCE(group->incoherent, group->incoherent + 1);
    return 0;
}

/* Mdevs are told apart below the group: the legacy path has none of them here. */
int vfio_group_join(struct vfio_device *vdev)
{
    struct iommu_group *iommu_group;
    int ret;

    if (vdev->about.kind != VFIO_PDEV)
        return 0;
    iommu_group = iommu_group_get(vdev->about.dev);
    if (!iommu_group)
        return 0;
    mutex_lock(&groups_lock);
    ret = group_add(vdev, iommu_group);
    mutex_unlock(&groups_lock);
    iommu_group_put(iommu_group);
    return ret;
}

void vfio_group_leave(struct vfio_device *vdev)
{
    struct vfio_group *group = vdev->group;
    struct group_member *member, *next;
    bool last;

    if (!group)
        return;
    mutex_lock(&groups_lock);
    list_for_each_entry_safe(member, next, &group->devices, node)
    {
        if (member->vdev != vdev)
            continue;
        list_del(&member->node);
        kfree(member);
        if (!device_iommu_capable(vdev->about.dev, IOMMU_CAP_ENFORCE_CACHE_COHERENCY))
            WRITE_ONCE(group->incoherent, group->incoherent - 1);
    }
    vdev->group = NULL;
    last = list_empty(&group->devices) && group->listed;
    if (last) {
        list_del(&group->node);
        group->listed = false;
    }
    mutex_unlock(&groups_lock);
    if (last)
        misc_deregister(&group->misc);
    kref_put(&group->kref, group_release);
}

bool vfio_group_is_file(struct file *file)
{
    return file->f_op == &group_fops;
}

/* Whether devices use no-snoop is not known here, so it is the IOMMU alone that counts (R-IOASID-184). */
bool vfio_group_coherent(struct file *file)
{
    struct vfio_group *group = file->private_data;

    return READ_ONCE(group->incoherent) == 0;
}

/* The group leaves its container when nothing of it is open any more. */
static void group_unset(struct vfio_group *group)
{
    struct vfio_container *container = group->container;

    iommu_group_release_dma_owner(group->iommu_group);
    group->container = NULL;
    if (--container->groups == 0)
        container->iommu_set = false;
    kref_put(&container->kref, container_release);
}

static void unset_when_closed(struct vfio_group *group)
{
    if (group->container && !atomic_read(&group->files) && !group->device_files)
        group_unset(group);
}

/* ---- device fds ---- */

void vfio_group_file_closed(struct vfio_file *vf)
{
    struct vfio_group *group = vf->legacy;

    if (!group)
        return;
    mutex_lock(&groups_lock);
    group->device_files--;
    unset_when_closed(group);
    mutex_unlock(&groups_lock);
    kref_put(&group->kref, group_release);
}

static struct vfio_device *member_named(struct vfio_group *group, const char *name)
{
    struct group_member *member;

    list_for_each_entry(member, &group->devices, node)
    {
        if (strcmp(member->vdev->name, name) == 0)
            return member->vdev;
    }
    return NULL;
}

static int begin_access(struct vfio_file *vf)
{
    struct vfio_device *vdev = vf->vdev;
    int ret;

    mutex_lock(&vdev->lock);
    ret = vdev->gone ? -ENODEV : vdev->user ? -EBUSY : vfio_access_begin(vf);
    mutex_unlock(&vdev->lock);
    return ret;
}

static void end_access(struct vfio_file *vf)
{
    mutex_lock(&vf->vdev->lock);
    if (vf->vdev->user == vf)
        vfio_file_withdraw(vf);
    mutex_unlock(&vf->vdev->lock);
}

/* A file that has no struct file yet: what it needs of it is set before it is shown. */
static int install_device_file(struct vfio_device *vdev, struct vfio_group *group)
{
    struct vfio_file *vf = vfio_file_open(vdev, NULL);
    struct file *file;
    int fd, ret;

    if (!vf)
        return -ENOMEM;
    fd = get_unused_fd_flags(O_CLOEXEC);
    ret = fd < 0 ? fd : begin_access(vf);
    if (ret)
        goto free;
    file = anon_inode_create_getfile("[vfio-device]", &vfio_legacy_fops, vf, O_RDWR, NULL);
    if (IS_ERR(file)) {
        ret = PTR_ERR(file);
        goto end;
    }
    vf->file = file;
    vf->legacy = group;
    kref_get(&group->kref);
    group->device_files++;
    fd_install((unsigned int)fd, file);
    return fd;

end:
    end_access(vf);
free:
    if (fd >= 0)
        put_unused_fd((unsigned int)fd);
    vfio_device_put(vdev);
    kfree(vf);
    return ret;
}

static int group_device_fd(struct vfio_group *group, const char __user *arg)
{
    struct vfio_device *vdev;
    char name[32];
    long length = strncpy_from_user(name, arg, sizeof(name));
    int ret = -ENODEV;

    if (length < 0)
        return (int)length;
    if (length == sizeof(name))
        return -ENODEV;
    mutex_lock(&groups_lock);
    if (!group->container || !group->container->iommu_set) {
        ret = -EINVAL;
    } else {
        vdev = member_named(group, name);
        if (vdev)
            ret = install_device_file(vdev, group);
    }
    mutex_unlock(&groups_lock);
    return ret;
}

/* ---- groups and containers ---- */

static int group_set_container(struct vfio_group *group, const int __user *arg)
{
    struct file *file;
    int fd, ret = -EINVAL;

    if (get_user(fd, arg))
        return -EFAULT;
    file = fd >= 0 ? fget((unsigned int)fd) : NULL;
    if (!file)
        return -EINVAL;
    mutex_lock(&groups_lock);
    if (file->f_op == &container_fops && !group->container) {
        struct vfio_container *container = file->private_data;

        ret = iommu_group_claim_dma_owner(group->iommu_group, container);
        if (!ret) {
            kref_get(&container->kref);
            container->groups++;
            group->container = container;
        }
    }
    mutex_unlock(&groups_lock);
    fput(file);
    return ret;
}

static int group_unset_container(struct vfio_group *group)
{
    int ret = 0;

    mutex_lock(&groups_lock);
    if (!group->container)
        ret = -EINVAL;
    else if (group->device_files)
        ret = -EBUSY;
    else
        group_unset(group);
    mutex_unlock(&groups_lock);
    return ret;
}

static int group_status(struct vfio_group *group, void __user *arg)
{
    struct vfio_group_status status;

    if (copy_from_user(&status, arg, sizeof(status)))
        return -EFAULT;
    if (status.argsz < sizeof(status))
        return -EINVAL;
    mutex_lock(&groups_lock);
    status.flags = group->container                                    ? VFIO_GROUP_FLAGS_CONTAINER_SET | VFIO_GROUP_FLAGS_VIABLE
                   : iommu_group_dma_owner_claimed(group->iommu_group) ? 0
                                                                       : VFIO_GROUP_FLAGS_VIABLE;
    mutex_unlock(&groups_lock);
    return copy_to_user(arg, &status, sizeof(status)) ? -EFAULT : 0;
}

static long group_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    struct vfio_group *group = file->private_data;
    void __user *argp = (void __user *)arg;

    switch (cmd) {
    case VFIO_GROUP_GET_STATUS:
        return group_status(group, argp);
    case VFIO_GROUP_SET_CONTAINER:
        return group_set_container(group, argp);
    case VFIO_GROUP_UNSET_CONTAINER:
        return group_unset_container(group);
    case VFIO_GROUP_GET_DEVICE_FD:
        return group_device_fd(group, argp);
    }
    return -ENOTTY;
}

static int group_open(struct inode *inode, struct file *file)
{
    struct vfio_group *group = container_of(file->private_data, struct vfio_group, misc);

    (void)inode;
    kref_get(&group->kref);
    atomic_inc(&group->files);
    file->private_data = group;
    return 0;
}

static int group_close(struct inode *inode, struct file *file)
{
    struct vfio_group *group = file->private_data;

    (void)inode;
    mutex_lock(&groups_lock);
    atomic_dec(&group->files);
    unset_when_closed(group);
    mutex_unlock(&groups_lock);
    kref_put(&group->kref, group_release);
    return 0;
}

static const struct file_operations group_fops = {
    .owner = THIS_MODULE,
    .open = group_open,
    .release = group_close,
    .unlocked_ioctl = group_ioctl,
};

static int container_open(struct inode *inode, struct file *file)
{
    struct vfio_container *container = kzalloc(sizeof(*container), GFP_KERNEL);

    (void)inode;
    if (!container)
        return -ENOMEM;
    kref_init(&container->kref);
    file->private_data = container;
    return 0;
}

static int container_close(struct inode *inode, struct file *file)
{
    struct vfio_container *container = file->private_data;

    (void)inode;
    kref_put(&container->kref, container_release);
    return 0;
}

static long container_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    struct vfio_container *container = file->private_data;
    int ret = 0;

    switch (cmd) {
    case VFIO_GET_API_VERSION:
        return VFIO_API_VERSION;
    case VFIO_CHECK_EXTENSION:
        return arg == VFIO_TYPE1v2_IOMMU;
    case VFIO_SET_IOMMU:
        mutex_lock(&groups_lock);
        if (arg != VFIO_TYPE1v2_IOMMU || !container->groups)
            ret = -EINVAL;
        else if (container->iommu_set)
            ret = -EBUSY;
        else
            container->iommu_set = true;
        mutex_unlock(&groups_lock);
        return ret;
    }
    return -ENOTTY;
}

static const struct file_operations container_fops = {
    .owner = THIS_MODULE,
    .open = container_open,
    .release = container_close,
    .unlocked_ioctl = container_ioctl,
};

static struct miscdevice container_misc = {
    .minor = MISC_DYNAMIC_MINOR,
    .name = "vfio",
    .nodename = "vfio/vfio",
    .mode = 0666,
    .fops = &container_fops,
};

int vfio_group_init(void)
{
    return misc_register(&container_misc);
}

void vfio_group_exit(void)
{
    misc_deregister(&container_misc);
}
