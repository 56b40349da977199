// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* plain.c - see plain.h. */
#include "drivers/plain/plain.h"

#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>

struct buffer {
    void *memory;
    dma_addr_t bus;
};

static int dma_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
    struct buffer *buffer = kzalloc(sizeof(*buffer), GFP_KERNEL);
    int ret;

    if (!buffer)
        return -ENOMEM;
    ret = pci_enable_device(pdev);
    if (ret)
        goto free;
    pci_set_master(pdev);
    buffer->memory = dma_alloc_coherent(&pdev->dev, PLAIN_BUFFER_BYTES, &buffer->bus, GFP_KERNEL);
    if (!buffer->memory) {
        ret = -ENOMEM;
        goto disable;
    }
    pci_set_drvdata(pdev, buffer);
    return 0;

disable:
    pci_clear_master(pdev);
    pci_disable_device(pdev);
free:
    kfree(buffer);
    return ret;
}

static void dma_remove(struct pci_dev *pdev)
{
    struct buffer *buffer = pci_get_drvdata(pdev);

    pci_clear_master(pdev);
    dma_free_coherent(&pdev->dev, PLAIN_BUFFER_BYTES, buffer->memory, buffer->bus);
    pci_disable_device(pdev);
    kfree(buffer);
}

static int no_dma_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
    return 0;
}

static void no_dma_remove(struct pci_dev *pdev)
{
}

/* Only for devices that have one of them as their override. */
static const struct pci_device_id ids[] = {
    {PCI_DRIVER_OVERRIDE_DEVICE_VFIO(PCI_ANY_ID, PCI_ANY_ID)},
    {0},
};

static struct pci_driver dma_driver = {.name = "plain-dma", .id_table = ids, .probe = dma_probe, .remove = dma_remove};
static struct pci_driver no_dma_driver = {
    .name = "plain-no-dma", .id_table = ids, .probe = no_dma_probe, .remove = no_dma_remove, .driver_managed_dma = true};

static int __init plain_init(void)
{
    int ret = pci_register_driver(&dma_driver);

    if (ret)
        return ret;
    ret = pci_register_driver(&no_dma_driver);
    if (ret)
        pci_unregister_driver(&dma_driver);
    return ret;
}

static void __exit plain_exit(void)
{
    pci_unregister_driver(&no_dma_driver);
    pci_unregister_driver(&dma_driver);
}

module_init(plain_init);
module_exit(plain_exit);
MODULE_DESCRIPTION("Drivers for tests of DMA ownership");
MODULE_LICENSE("Dual BSD/GPL");

/* ---- the host's side ---- */

static struct pci_dev *find(const char *device)
{
    struct pci_dev *pdev = NULL;

    for_each_pci_dev(pdev) if (!strcmp(pci_name(pdev), device)) return pdev;
    return NULL;
}

static const char parent_driver[] = "pasid-device";

static int attach(struct pci_dev *pdev, enum plain_driver driver)
{
    static const char *const overrides[] = {
        [PLAIN_PASSTHROUGH] = NULL, [PLAIN_DMA] = "plain-dma", [PLAIN_NO_DMA] = "plain-no-dma", [PLAIN_PARENT] = parent_driver};
    struct pci_driver *own = driver == PLAIN_DMA ? &dma_driver : &no_dma_driver;
    int ret;

    if (driver == PLAIN_NONE)
        return 0;
    ret = pci_set_driver_override(pdev, overrides[driver]);
    if (ret)
        return ret;
    if (driver == PLAIN_DMA || driver == PLAIN_NO_DMA)
        return device_driver_attach(&own->driver, &pdev->dev);
    ret = device_attach(&pdev->dev);
    return ret < 0 ? ret : ret ? 0 : -ENODEV;
}

int plain_bind(const char *device, enum plain_driver driver)
{
    struct pci_dev *pdev = find(device);
    int ret;

    if (!pdev)
        return -ENODEV;
    if (pdev->dev.driver)
        device_release_driver(&pdev->dev);
    ret = attach(pdev, driver);
    pci_dev_put(pdev);
    return ret;
}

enum plain_driver plain_driver_of(const char *device)
{
    struct pci_dev *pdev = find(device);
    enum plain_driver driver = PLAIN_NONE;

    if (!pdev)
        return PLAIN_NONE;
    if (pdev->dev.driver)
        driver = pdev->driver == &dma_driver                  ? PLAIN_DMA
                 : pdev->driver == &no_dma_driver             ? PLAIN_NO_DMA
                 : !strcmp(pdev->driver->name, parent_driver) ? PLAIN_PARENT
                                                              : PLAIN_PASSTHROUGH;
    pci_dev_put(pdev);
    return driver;
}

int plain_buffer(const char *device, unsigned long *bus_address, unsigned int offset, void *data, unsigned int bytes, int write)
{
    struct pci_dev *pdev = find(device);
    struct buffer *buffer = NULL;

    if (pdev && pdev->dev.driver && pdev->driver == &dma_driver)
        buffer = pci_get_drvdata(pdev);
    pci_dev_put(pdev);
    if (!buffer)
        return -ENODEV;
    if (offset > PLAIN_BUFFER_BYTES || bytes > PLAIN_BUFFER_BYTES - offset)
        return -EINVAL;
    *bus_address = buffer->bus;
    if (write)
        memcpy((u8 *)buffer->memory + offset, data, bytes);
    else
        memcpy(data, (u8 *)buffer->memory + offset, bytes);
    return 0;
}
