/* SPDX-License-Identifier: BSD-2-Clause */
/* linux/platform_device.h - devices that firmware describes. */
#ifndef _LINUX_PLATFORM_DEVICE_H
#define _LINUX_PLATFORM_DEVICE_H

#include <linux/device.h>
#include <linux/ioport.h>
#include <linux/mod_devicetable.h>

struct platform_device {
    const char *name;
    int id;
    struct device dev;
    u64 dma_mask;
    u32 num_resources;
    struct resource *resource;
};

struct platform_driver {
    int (*probe)(struct platform_device *pdev);
    void (*remove)(struct platform_device *pdev);
    void (*shutdown)(struct platform_device *pdev);
    struct device_driver driver; /* for the platform devices of its name */
    const struct platform_device_id *id_table;
};

extern struct bus_type platform_bus_type;

#define to_platform_device(x) container_of((x), struct platform_device, dev)
#define to_platform_driver(drv) container_of((drv), struct platform_driver, driver)

int __platform_driver_register(struct platform_driver *drv, struct module *owner);
void platform_driver_unregister(struct platform_driver *drv);
#define platform_driver_register(drv) __platform_driver_register(drv, THIS_MODULE)

struct platform_device *platform_device_register_simple(const char *name, int id, const struct resource *res, unsigned int num);
void platform_device_unregister(struct platform_device *pdev);

struct resource *platform_get_resource(struct platform_device *pdev, unsigned int type, unsigned int num);
int platform_get_irq_byname_optional(struct platform_device *pdev, const char *name);           /* -ENXIO */
void __iomem *devm_platform_ioremap_resource(struct platform_device *pdev, unsigned int index); /* ERR_PTR */

static inline void *platform_get_drvdata(const struct platform_device *pdev)
{
    return dev_get_drvdata(&pdev->dev);
}

static inline void platform_set_drvdata(struct platform_device *pdev, void *data)
{
    dev_set_drvdata(&pdev->dev, data);
}

#endif
