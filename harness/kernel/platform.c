/* SPDX-License-Identifier: BSD-2-Clause */
/* platform.c - the platform bus: devices that firmware describes, found by name. */
#include "core.h"
#include "device_internal.h"
#include "hardware.h"

#include <linux/err.h>
#include <linux/io.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>

static int platform_match(struct device *dev, const struct device_driver *drv)
{
    return !strcmp(to_platform_device(dev)->name, drv->name);
}

static int platform_probe(struct device *dev)
{
    struct platform_driver *drv = to_platform_driver(dev->driver);

    return drv->probe ? drv->probe(to_platform_device(dev)) : 0;
}

static void platform_remove(struct device *dev)
{
    struct platform_driver *drv = to_platform_driver(dev->driver);

    if (drv->remove)
        drv->remove(to_platform_device(dev));
}

struct bus_type platform_bus_type = {
    .name = "platform", .match = platform_match, .probe = platform_probe, .remove = platform_remove};
EXPORT_SYMBOL_GPL(platform_bus_type);

int __platform_driver_register(struct platform_driver *drv, struct module *owner)
{
    drv->driver.bus = &platform_bus_type;
    drv->driver.owner = owner;
    return driver_register(&drv->driver);
}
EXPORT_SYMBOL_GPL(__platform_driver_register);

void platform_driver_unregister(struct platform_driver *drv)
{
    driver_unregister(&drv->driver);
}
EXPORT_SYMBOL_GPL(platform_driver_unregister);

static void platform_release(struct device *dev)
{
    struct platform_device *pdev = to_platform_device(dev);

    kfree(dev->fwnode);
    kfree(pdev->resource);
    kfree(pdev);
}

/* Its firmware node is its own. */
struct platform_device *platform_device_register_simple(const char *name, int id, const struct resource *res, unsigned int num)
{
    struct platform_device *pdev = kzalloc(sizeof(*pdev), GFP_KERNEL);
    int result;

    if (!pdev)
        return ERR_PTR(-ENOMEM);
    device_initialize(&pdev->dev);
    pdev->name = name;
    pdev->id = id;
    pdev->dev.bus = &platform_bus_type;
    pdev->dev.release = platform_release;
    pdev->dma_mask = pdev->dev.coherent_dma_mask = ~0ull;
    pdev->dev.dma_mask = &pdev->dma_mask;
    pdev->dev.fwnode = kzalloc(sizeof(*pdev->dev.fwnode), GFP_KERNEL);
    pdev->resource = kmemdup(res, num * sizeof(*res), GFP_KERNEL);
    pdev->num_resources = num;
    result = pdev->dev.fwnode && pdev->resource ? dev_set_name(&pdev->dev, "%s.%d", name, id) : -ENOMEM;
    if (!result) {
        pdev->dev.fwnode->dev = &pdev->dev;
        result = device_add(&pdev->dev);
    }
    if (result) {
        put_device(&pdev->dev);
        return ERR_PTR(result);
    }
    return pdev;
}
EXPORT_SYMBOL_GPL(platform_device_register_simple);

void platform_device_unregister(struct platform_device *pdev)
{
    device_unregister(&pdev->dev);
}
EXPORT_SYMBOL_GPL(platform_device_unregister);

struct resource *platform_get_resource(struct platform_device *pdev, unsigned int type, unsigned int num)
{
    for (u32 i = 0; i < pdev->num_resources; i++)
        if (pdev->resource[i].flags == type && num-- == 0)
            return &pdev->resource[i];
    return NULL;
}
EXPORT_SYMBOL_GPL(platform_get_resource);

int platform_get_irq_byname_optional(struct platform_device *pdev, const char *name)
{
    for (u32 i = 0; i < pdev->num_resources; i++)
        if (pdev->resource[i].flags == IORESOURCE_IRQ && !strcmp(pdev->resource[i].name, name))
            return (int)pdev->resource[i].start;
    return -ENXIO;
}
EXPORT_SYMBOL_GPL(platform_get_irq_byname_optional);

void __iomem *devm_platform_ioremap_resource(struct platform_device *pdev, unsigned int index)
{
    struct resource *res = platform_get_resource(pdev, IORESOURCE_MEM, index);
    void __iomem *base;

    if (!res)
        return (void __iomem *)ERR_PTR(-EINVAL);
    base = devm_ioremap(&pdev->dev, res->start, resource_size(res));
    return base ? base : (void __iomem *)ERR_PTR(-ENOMEM);
}
EXPORT_SYMBOL_GPL(devm_platform_ioremap_resource);

/* ---- what the machine has ---- */

#define DEVICES_MAX 16
static struct platform_device *found[DEVICES_MAX];
static unsigned int found_count;

static int add(const struct hardware_platform_device *device)
{
    static const char *const names[] = {"eventq", "priq", "gerror", "cmdq-sync"};
    struct resource resources[5] = {
        {.start = device->base, .end = device->base + device->bytes - 1, .name = device->name, .flags = IORESOURCE_MEM}};
    unsigned int count = 1;
    struct platform_device *pdev;

    for (unsigned int i = 0; i < 4; i++) {
        int irq = device->interrupts[i] ? irq_alloc_wire(device->interrupts[i]) : 0;

        if (irq < 0)
            return irq;
        if (irq)
            resources[count++] = (struct resource){.start = irq, .end = irq, .name = names[i], .flags = IORESOURCE_IRQ};
    }
    pdev = platform_device_register_simple(device->name, device->id, resources, count);
    if (IS_ERR(pdev))
        return (int)PTR_ERR(pdev);
    found[found_count++] = pdev;
    return 0;
}

static void platform_halt(void)
{
    while (found_count)
        platform_device_unregister(found[--found_count]);
    bus_unregister(&platform_bus_type);
}

static int platform_boot(void)
{
    const struct hardware_platform_device *device;
    int result = bus_register(&platform_bus_type);

    for (unsigned int i = 0; !result && hardware && i < DEVICES_MAX; i++) {
        device = hardware->ops->platform_device(hardware->context, i);
        if (!device)
            break;
        result = add(device);
    }
    return result;
}
KERNEL_SUBSYSTEM(platform_devices, 3, platform_boot, platform_halt);
