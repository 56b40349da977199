/* SPDX-License-Identifier: BSD-2-Clause */
/* device.c - devices, buses, drivers, and which drives which. */
#include "device_internal.h"

#include <linux/cdev.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/string.h>

static LIST_HEAD(classes);
static DEFINE_MUTEX(classes_lock);

/* ---- devices ---- */

void device_initialize(struct device *dev)
{
    kref_init(&dev->kref);
    mutex_init(&dev->mutex);
    lockdep_set_class(&dev->mutex, NULL); /* devices nest as they lie below each other: each is a class */
    INIT_LIST_HEAD(&dev->devres);
    INIT_LIST_HEAD(&dev->bus_node);
}
EXPORT_SYMBOL_GPL(device_initialize);

static void device_release(struct kref *kref)
{
    struct device *dev = container_of(kref, struct device, kref);
    const char *name = dev->name;

    devres_release_all(dev);
    if (dev->release)
        dev->release(dev);
    else
        WARN(1, "device %s has no release()", name);
    kfree(name);
}

struct device *get_device(struct device *dev)
{
    if (dev)
        kref_get(&dev->kref);
    return dev;
}
EXPORT_SYMBOL_GPL(get_device);

void put_device(struct device *dev)
{
    if (dev)
        kref_put(&dev->kref, device_release);
}
EXPORT_SYMBOL_GPL(put_device);

int dev_set_name(struct device *dev, const char *fmt, ...)
{
    va_list args;
    char *name;

    va_start(args, fmt);
    name = kvasprintf(GFP_KERNEL, fmt, args);
    va_end(args);
    if (!name)
        return -ENOMEM;
    kfree(dev->name);
    dev->name = name;
    return 0;
}
EXPORT_SYMBOL_GPL(dev_set_name);

int device_add(struct device *dev)
{
    struct subsys_private *p = dev->bus ? dev->bus->p : NULL;

    if (!dev->name)
        return -EINVAL;
    if (MAJOR(dev->devt)) {
        int result = devtmpfs_create_node(dev);

        if (result)
            return result;
    }
    get_device(dev->parent);
    get_device(dev);
    dev->registered = true;
    if (!p)
        return 0;
    mutex_lock(&p->mutex);
    list_add_tail(&dev->bus_node, &p->devices);
    mutex_unlock(&p->mutex);
    if (dev->bus->p->added)
        dev->bus->p->added(dev);
    device_attach(dev);
    return 0;
}
EXPORT_SYMBOL_GPL(device_add);

void device_del(struct device *dev)
{
    struct subsys_private *p = dev->bus ? dev->bus->p : NULL;
    struct device *parent = dev->parent;

    if (p)
        device_release_driver(dev);
    if (MAJOR(dev->devt))
        devtmpfs_delete_node(dev);
    dev->registered = false;
    if (p) {
        mutex_lock(&p->mutex);
        list_del_init(&dev->bus_node);
        mutex_unlock(&p->mutex);
        if (p->removed)
            p->removed(dev);
    }
    put_device(parent);
    put_device(dev);
}
EXPORT_SYMBOL_GPL(device_del);

int device_register(struct device *dev)
{
    device_initialize(dev);
    return device_add(dev);
}
EXPORT_SYMBOL_GPL(device_register);

void device_unregister(struct device *dev)
{
    device_del(dev);
    put_device(dev);
}
EXPORT_SYMBOL_GPL(device_unregister);

int dev_err_probe(const struct device *dev, int err, const char *fmt, ...)
{
    char text[160];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    dev_err(dev, "error %d: %s", err, text);
    return err;
}
EXPORT_SYMBOL_GPL(dev_err_probe);

/* ---- buses ---- */

int bus_register(struct bus_type *bus)
{
    struct subsys_private *p = kzalloc(sizeof(*p), GFP_KERNEL);

    if (!p)
        return -ENOMEM;
    mutex_init(&p->mutex);
    INIT_LIST_HEAD(&p->devices);
    INIT_LIST_HEAD(&p->drivers);
    bus->p = p;
    return 0;
}
EXPORT_SYMBOL_GPL(bus_register);

void bus_unregister(struct bus_type *bus)
{
    WARN_ON(!list_empty(&bus->p->devices) || !list_empty(&bus->p->drivers));
    mutex_destroy(&bus->p->mutex);
    kfree(bus->p);
    bus->p = NULL;
}
EXPORT_SYMBOL_GPL(bus_unregister);

/* The next device of the bus after `after`, with a reference; that of `after` is dropped. */
static struct device *next_device(struct subsys_private *p, struct device *after)
{
    struct device *next = NULL;

    mutex_lock(&p->mutex);
    if (!after && !list_empty(&p->devices))
        next = list_first_entry(&p->devices, struct device, bus_node);
    else if (after && !list_empty(&after->bus_node) && !list_is_last(&after->bus_node, &p->devices))
        next = list_next_entry(after, bus_node);
    get_device(next);
    mutex_unlock(&p->mutex);
    put_device(after);
    return next;
}

int bus_for_each_dev(const struct bus_type *bus, struct device *start, void *data, int (*fn)(struct device *dev, void *data))
{
    struct device *dev = get_device(start);
    int result = 0;

    if (!bus->p)
        return -EINVAL;
    while (!result && (dev = next_device(bus->p, dev)))
        result = fn(dev, data);
    put_device(dev);
    return result;
}
EXPORT_SYMBOL_GPL(bus_for_each_dev);

/* ---- drivers ---- */

static int probe(struct device *dev, struct device_driver *drv)
{
    const struct bus_type *bus = dev->bus;
    int result;

    dev->driver = drv;
    result = bus->dma_configure ? bus->dma_configure(dev) : 0;
    if (result) {
        dev->driver = NULL;
        return result;
    }
    result = bus->probe ? bus->probe(dev) : drv->probe ? drv->probe(dev) : 0;
    if (!result)
        return 0;
    devres_release_all(dev);
    if (bus->dma_cleanup)
        bus->dma_cleanup(dev);
    dev_set_drvdata(dev, NULL);
    dev->driver = NULL;
    return result;
}

static void release_driver(struct device *dev)
{
    struct device_driver *drv = dev->driver;

    if (!drv)
        return;
    if (dev->bus->remove)
        dev->bus->remove(dev);
    else if (drv->remove)
        drv->remove(dev);
    if (dev->bus->dma_cleanup)
        dev->bus->dma_cleanup(dev);
    devres_release_all(dev);
    dev_set_drvdata(dev, NULL);
    dev->driver = NULL;
}

static bool matches(const struct device_driver *drv, struct device *dev)
{
    return !dev->bus->match || dev->bus->match(dev, drv) > 0;
}

int device_driver_attach(const struct device_driver *drv, struct device *dev)
{
    int result = -ENODEV;

    device_lock(dev);
    if (dev->driver)
        result = -EBUSY;
    else if (matches(drv, dev))
        result = probe(dev, (struct device_driver *)drv);
    device_unlock(dev);
    return result;
}
EXPORT_SYMBOL_GPL(device_driver_attach);

void device_release_driver(struct device *dev)
{
    device_lock(dev);
    release_driver(dev);
    device_unlock(dev);
}
EXPORT_SYMBOL_GPL(device_release_driver);

int device_attach(struct device *dev)
{
    struct subsys_private *p = dev->bus->p;
    struct device_driver *drv;
    int result = 0;

    device_lock(dev);
    mutex_lock(&p->mutex);
    list_for_each_entry(drv, &p->drivers, bus_node) if (!dev->driver && matches(drv, dev)) break;
    mutex_unlock(&p->mutex);
    if (dev->driver)
        result = 1;
    else if (!list_entry_is_head(drv, &p->drivers, bus_node))
        result = probe(dev, drv) ? 0 : 1;
    device_unlock(dev);
    return result;
}
EXPORT_SYMBOL_GPL(device_attach);

static int offer(struct device *dev, void *drv)
{
    device_driver_attach(drv, dev);
    return 0; /* whoever takes none of the devices is still a driver */
}

int driver_register(struct device_driver *drv)
{
    struct subsys_private *p = drv->bus->p;

    if (!p)
        return -EINVAL;
    mutex_lock(&p->mutex);
    list_add_tail(&drv->bus_node, &p->drivers);
    mutex_unlock(&p->mutex);
    return bus_for_each_dev(drv->bus, NULL, drv, offer);
}
EXPORT_SYMBOL_GPL(driver_register);

static int withdraw(struct device *dev, void *drv)
{
    device_lock(dev);
    if (dev->driver == drv)
        release_driver(dev);
    device_unlock(dev);
    return 0;
}

void driver_unregister(struct device_driver *drv)
{
    struct subsys_private *p = drv->bus->p;

    mutex_lock(&p->mutex);
    list_del_init(&drv->bus_node);
    mutex_unlock(&p->mutex);
    bus_for_each_dev(drv->bus, NULL, drv, withdraw);
}
EXPORT_SYMBOL_GPL(driver_unregister);

/* ---- classes ---- */

struct class_node {
    struct class class;
    struct list_head node;
};

struct class *class_create(const char *name)
{
    struct class_node *class = kzalloc(sizeof(*class), GFP_KERNEL);

    if (!class)
        return ERR_PTR(-ENOMEM);
    class->class.name = name;
    mutex_lock(&classes_lock);
    list_add(&class->node, &classes);
    mutex_unlock(&classes_lock);
    return &class->class;
}
EXPORT_SYMBOL_GPL(class_create);

void class_destroy(const struct class *class)
{
    struct class_node *node = container_of(class, struct class_node, class);

    mutex_lock(&classes_lock);
    list_del(&node->node);
    mutex_unlock(&classes_lock);
    kfree(node);
}
EXPORT_SYMBOL_GPL(class_destroy);
