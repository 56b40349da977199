/* SPDX-License-Identifier: BSD-2-Clause */
/* linux/device.h - devices, their drivers and buses; driver data, managed resources, messages with the device's name. */
#ifndef _LINUX_DEVICE_H
#define _LINUX_DEVICE_H

#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kref.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/types.h>

struct device;
struct device_driver;
struct bus_type;
struct class;
struct subsys_private;
struct dev_iommu;
struct iommu_group;
struct msi_device_data;

/* What firmware calls a device; only its identity counts. */
struct fwnode_handle {
    struct device *dev;
};

struct bus_type {
    const char *name;
    int (*match)(struct device *dev, const struct device_driver *drv);
    int (*probe)(struct device *dev);
    void (*remove)(struct device *dev);
    int (*dma_configure)(struct device *dev);
    void (*dma_cleanup)(struct device *dev);
    struct subsys_private *p; /* from bus_register() */
};

struct device_driver {
    const char *name;
    const struct bus_type *bus;
    struct module *owner;
    bool suppress_bind_attrs;
    int (*probe)(struct device *dev);
    void (*remove)(struct device *dev);
    struct list_head bus_node;
};

struct class
{
    const char *name;
    char *(*devnode)(const struct device *dev, umode_t *mode);
};

struct device {
    struct device *parent;
    const char *name;
    struct kref kref;
    struct mutex mutex; /* device_lock() */
    const struct bus_type *bus;
    struct device_driver *driver;
    const struct class *class;
    dev_t devt;
    void (*release)(struct device *dev);
    void *driver_data;
    void *platform_data;
    u64 *dma_mask;
    u64 coherent_dma_mask;
    struct fwnode_handle *fwnode;
    struct iommu_group *iommu_group;
    struct dev_iommu *iommu;
    struct msi_device_data *msi;
    struct list_head devres;
    struct list_head bus_node;
    bool registered;
};

int bus_register(struct bus_type *bus);
void bus_unregister(struct bus_type *bus);
int bus_for_each_dev(const struct bus_type *bus, struct device *start, void *data, int (*fn)(struct device *dev, void *data));

int driver_register(struct device_driver *drv);
void driver_unregister(struct device_driver *drv);

struct class *class_create(const char *name); /* ERR_PTR */
void class_destroy(const struct class *class);

void device_initialize(struct device *dev);
int device_add(struct device *dev);
void device_del(struct device *dev);
int device_register(struct device *dev);
void device_unregister(struct device *dev);
struct device *get_device(struct device *dev);
void put_device(struct device *dev);
int dev_set_name(struct device *dev, const char *fmt, ...) __printf(2, 3);

/* Binding: device_attach() finds a driver, 1 with one, 0 without. The other two are what writing to sysfs "bind" and "unbind"
 * does. */
int device_attach(struct device *dev);
int device_driver_attach(const struct device_driver *drv, struct device *dev);
void device_release_driver(struct device *dev);

static inline const char *dev_name(const struct device *dev)
{
    return dev->name ? dev->name : "(none)";
}

static inline void *dev_get_drvdata(const struct device *dev)
{
    return dev->driver_data;
}

static inline void dev_set_drvdata(struct device *dev, void *data)
{
    dev->driver_data = data;
}

static inline struct fwnode_handle *dev_fwnode(const struct device *dev)
{
    return dev->fwnode;
}

static inline bool device_is_registered(struct device *dev)
{
    return dev->registered;
}

static inline int dev_to_node(struct device *dev)
{
    (void)dev;
    return -1;
}

static inline void device_lock(struct device *dev)
{
    mutex_lock(&dev->mutex);
}

static inline int device_trylock(struct device *dev)
{
    return mutex_trylock(&dev->mutex);
}

static inline void device_unlock(struct device *dev)
{
    mutex_unlock(&dev->mutex);
}

#define dev_emerg(dev, fmt, ...) printk(KERN_EMERG "%s: " fmt, dev_name(dev), ##__VA_ARGS__)
#define dev_err(dev, fmt, ...) printk(KERN_ERR "%s: " fmt, dev_name(dev), ##__VA_ARGS__)
#define dev_warn(dev, fmt, ...) printk(KERN_WARNING "%s: " fmt, dev_name(dev), ##__VA_ARGS__)
#define dev_notice(dev, fmt, ...) printk(KERN_NOTICE "%s: " fmt, dev_name(dev), ##__VA_ARGS__)
#define dev_info(dev, fmt, ...) printk(KERN_INFO "%s: " fmt, dev_name(dev), ##__VA_ARGS__)
#define dev_dbg(dev, fmt, ...) no_printk("%s: " fmt, dev_name(dev), ##__VA_ARGS__)
#define dev_err_ratelimited dev_err
#define dev_warn_ratelimited dev_warn
#define dev_info_ratelimited dev_info
#define dev_dbg_ratelimited dev_dbg
int dev_err_probe(const struct device *dev, int err, const char *fmt, ...) __printf(3, 4);

/* ---- managed resources: released in reverse order when the driver lets go of the device ---- */

void *devm_kmalloc(struct device *dev, size_t bytes, gfp_t gfp);
void devm_kfree(struct device *dev, const void *data);
int __devm_add_action(struct device *dev, void (*action)(void *), void *data);
void devm_remove_action(struct device *dev, void (*action)(void *), void *data);
void devres_release_all(struct device *dev);

#define devm_add_action(dev, action, data) __devm_add_action(dev, action, data)

static inline void *devm_kzalloc(struct device *dev, size_t bytes, gfp_t gfp)
{
    return devm_kmalloc(dev, bytes, gfp | __GFP_ZERO);
}

static inline void *devm_kcalloc(struct device *dev, size_t count, size_t bytes, gfp_t gfp)
{
    return bytes && count > SIZE_MAX / bytes ? NULL : devm_kzalloc(dev, count * bytes, gfp);
}

static inline int devm_add_action_or_reset(struct device *dev, void (*action)(void *), void *data)
{
    int result = devm_add_action(dev, action, data);

    if (result)
        action(data);
    return result;
}

#endif
