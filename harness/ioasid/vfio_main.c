// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* vfio_main.c - the vfio module: which devices there are, and their nodes. */
#include "ioasid/vfio_internal.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/string.h>

static LIST_HEAD(devices);
static DEFINE_MUTEX(devices_lock);
static DEFINE_IDA(numbers);

void vfio_device_get(struct vfio_device *vdev)
{
    kref_get(&vdev->kref);
}

static void device_release(struct kref *kref)
{
    struct vfio_device *vdev = container_of(kref, struct vfio_device, kref);

    put_device(vdev->about.dev);
    mutex_destroy(&vdev->access);
    mutex_destroy(&vdev->lock);
    kfree(vdev);
}

void vfio_device_put(struct vfio_device *vdev)
{
    kref_put(&vdev->kref, device_release);
}

static int device_name(struct vfio_device *vdev)
{
    vdev->number = ida_alloc(&numbers, GFP_KERNEL);
    if (vdev->number < 0)
        return vdev->number;
    snprintf(vdev->devname, sizeof(vdev->devname), "vfio%d", vdev->number);
    snprintf(vdev->path, sizeof(vdev->path), "vfio/devices/vfio%d", vdev->number);
    vdev->misc.minor = MISC_DYNAMIC_MINOR;
    vdev->misc.name = vdev->devname;
    vdev->misc.nodename = vdev->path;
    vdev->misc.mode = 0666;
    vdev->misc.fops = &vfio_device_fops;
    vdev->misc.parent = vdev->about.dev;
    return 0;
}

static struct vfio_device *device_alloc(const struct vfio_description *about)
{
    struct vfio_device *vdev = kzalloc(sizeof(*vdev), GFP_KERNEL);

    if (!vdev)
        return NULL;
    kref_init(&vdev->kref);
    INIT_LIST_HEAD(&vdev->node);
    mutex_init(&vdev->lock);
    mutex_init(&vdev->access);
    vdev->about = *about;
    strscpy(vdev->name, about->name, sizeof(vdev->name));
    vdev->about.name = vdev->name;
    vdev->offered = ioasid_offers(about->dev);
    get_device(about->dev);
    return vdev;
}

struct vfio_device *vfio_device_register(const struct vfio_description *about)
{
    struct vfio_device *vdev = device_alloc(about);
    int ret;

    if (!vdev)
        return ERR_PTR(-ENOMEM);
    ret = device_name(vdev);
    if (ret)
        goto put;
    ret = vfio_group_join(vdev);
    if (ret)
        goto number;
    ret = vdev->offered ? misc_register(&vdev->misc) : 0;
    if (ret)
        goto leave;
    mutex_lock(&devices_lock);
    list_add_tail(&vdev->node, &devices);
    mutex_unlock(&devices_lock);
    return vdev;

leave:
    vfio_group_leave(vdev);
number:
    ida_free(&numbers, (unsigned int)vdev->number);
put:
    vfio_device_put(vdev);
    return ERR_PTR(ret);
}
EXPORT_SYMBOL_GPL(vfio_device_register);

void vfio_device_unregister(struct vfio_device *vdev)
{
    mutex_lock(&devices_lock);
    list_del(&vdev->node);
    mutex_unlock(&devices_lock);
    if (vdev->offered)
        misc_deregister(&vdev->misc);
    vfio_group_leave(vdev);

    mutex_lock(&vdev->lock);
    if (vdev->user)
        vfio_file_withdraw(vdev->user);
    mutex_lock(&vdev->access);
    vdev->gone = true;
    mutex_unlock(&vdev->access);
    mutex_unlock(&vdev->lock);

    ida_free(&numbers, (unsigned int)vdev->number);
    vfio_device_put(vdev);
}
EXPORT_SYMBOL_GPL(vfio_device_unregister);

void *vfio_device_data(struct vfio_device *vdev)
{
    return vdev->about.data;
}
EXPORT_SYMBOL_GPL(vfio_device_data);

struct vfio_device *vfio_device_nth(unsigned int n)
{
    struct vfio_device *vdev, *found = NULL;

    mutex_lock(&devices_lock);
    list_for_each_entry(vdev, &devices, node)
    {
        if (n--)
            continue;
        found = vdev;
        break;
    }
    mutex_unlock(&devices_lock);
    return found;
}
EXPORT_SYMBOL_GPL(vfio_device_nth);

const char *vfio_device_node(struct vfio_device *vdev)
{
    return vdev->offered ? vdev->path : "";
}
EXPORT_SYMBOL_GPL(vfio_device_node);

const char *vfio_device_name(struct vfio_device *vdev)
{
    return vdev->name;
}
EXPORT_SYMBOL_GPL(vfio_device_name);

struct device *vfio_device_dev(struct vfio_device *vdev)
{
    return vdev->about.dev;
}
EXPORT_SYMBOL_GPL(vfio_device_dev);

enum vfio_kind vfio_device_kind(struct vfio_device *vdev)
{
    return vdev->about.kind;
}
EXPORT_SYMBOL_GPL(vfio_device_kind);

static int __init vfio_init(void)
{
    return vfio_group_init();
}

static void __exit vfio_exit(void)
{
    vfio_group_exit();
    ida_destroy(&numbers);
}

module_init(vfio_init);
module_exit(vfio_exit);
MODULE_DESCRIPTION("Device fds for user-controlled I/O address spaces");
MODULE_LICENSE("Dual BSD/GPL");
