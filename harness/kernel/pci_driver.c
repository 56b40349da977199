/* SPDX-License-Identifier: BSD-2-Clause */
/* pci_driver.c - drivers of PCI functions, and what they do with one: enable, reset, map. */
#include "core.h"
#include "device_internal.h"

#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/iommu.h>
#include <linux/slab.h>
#include <linux/string.h>

static bool id_matches(const struct pci_device_id *id, const struct pci_dev *dev)
{
    return (id->vendor == (u32)PCI_ANY_ID || id->vendor == dev->vendor) &&
           (id->device == (u32)PCI_ANY_ID || id->device == dev->device) &&
           (id->subvendor == (u32)PCI_ANY_ID || id->subvendor == dev->subsystem_vendor) &&
           (id->subdevice == (u32)PCI_ANY_ID || id->subdevice == dev->subsystem_device) &&
           !((id->class ^ dev->class) & id->class_mask);
}

static const struct pci_device_id *match(const struct pci_driver *drv, const struct pci_dev *dev)
{
    static const struct pci_device_id any = {.vendor = (u32)PCI_ANY_ID, .device = (u32)PCI_ANY_ID};

    if (dev->hdr_type != PCI_HEADER_TYPE_NORMAL || (dev->driver_override && strcmp(dev->driver_override, drv->name)))
        return NULL;
    for (const struct pci_device_id *id = drv->id_table; id && (id->vendor || id->subvendor || id->class_mask); id++)
        if (id_matches(id, dev) && (!id->override_only || dev->driver_override))
            return id;
    return dev->driver_override ? &any : NULL;
}

static int pci_match(struct device *dev, const struct device_driver *drv)
{
    return match(to_pci_driver(drv), to_pci_dev(dev)) != NULL;
}

static int pci_probe(struct device *dev)
{
    struct pci_dev *pdev = to_pci_dev(dev);
    struct pci_driver *drv = to_pci_driver(dev->driver);
    const struct pci_device_id *id = match(drv, pdev);
    int result;

    if (!id)
        return -ENODEV;
    pdev->driver = drv;
    result = drv->probe(pdev, id);
    if (result < 0)
        pdev->driver = NULL;
    return result < 0 ? result : 0;
}

static void pci_remove(struct device *dev)
{
    struct pci_dev *pdev = to_pci_dev(dev);

    if (pdev->driver && pdev->driver->remove)
        pdev->driver->remove(pdev);
    pdev->driver = NULL;
}

static int pci_dma_configure(struct device *dev)
{
    return to_pci_driver(dev->driver)->driver_managed_dma ? 0 : iommu_device_use_default_domain(dev);
}

static void pci_dma_cleanup(struct device *dev)
{
    if (!to_pci_driver(dev->driver)->driver_managed_dma)
        iommu_device_unuse_default_domain(dev);
}

struct bus_type pci_bus_type = {.name = "pci",
                                .match = pci_match,
                                .probe = pci_probe,
                                .remove = pci_remove,
                                .dma_configure = pci_dma_configure,
                                .dma_cleanup = pci_dma_cleanup};
EXPORT_SYMBOL_GPL(pci_bus_type);

int __pci_register_driver(struct pci_driver *drv, struct module *owner, const char *mod_name)
{
    drv->driver.name = drv->name;
    drv->driver.bus = &pci_bus_type;
    drv->driver.owner = owner;
    return driver_register(&drv->driver);
}
EXPORT_SYMBOL_GPL(__pci_register_driver);

void pci_unregister_driver(struct pci_driver *drv)
{
    driver_unregister(&drv->driver);
}
EXPORT_SYMBOL_GPL(pci_unregister_driver);

int pci_set_driver_override(struct pci_dev *dev, const char *name)
{
    char *copy = name && *name ? kstrdup(name, GFP_KERNEL) : NULL;

    if (name && *name && !copy)
        return -ENOMEM;
    device_lock(&dev->dev);
    swap(dev->driver_override, *(const char **)&copy);
    device_unlock(&dev->dev);
    kfree(copy);
    return 0;
}
EXPORT_SYMBOL_GPL(pci_set_driver_override);

/* ---- use ---- */

static void change_command(struct pci_dev *dev, u16 clear, u16 set)
{
    u16 command;

    pci_read_config_word(dev, PCI_COMMAND, &command);
    pci_write_config_word(dev, PCI_COMMAND, (command & ~clear) | set);
}

int pci_enable_device(struct pci_dev *dev)
{
    if (fault_inject_should_fail("pci_enable_device"))
        return -EINVAL;
    if (dev->enable_cnt++ == 0)
        change_command(dev, 0, PCI_COMMAND_MEMORY);
    return 0;
}
EXPORT_SYMBOL_GPL(pci_enable_device);

void pci_disable_device(struct pci_dev *dev)
{
    if (WARN_ON(!dev->enable_cnt) || --dev->enable_cnt)
        return;
    pci_clear_master(dev);
}
EXPORT_SYMBOL_GPL(pci_disable_device);

void pci_set_master(struct pci_dev *dev)
{
    change_command(dev, 0, PCI_COMMAND_MASTER);
    dev->is_busmaster = 1;
}
EXPORT_SYMBOL_GPL(pci_set_master);

void pci_clear_master(struct pci_dev *dev)
{
    change_command(dev, PCI_COMMAND_MASTER, 0);
    dev->is_busmaster = 0;
}
EXPORT_SYMBOL_GPL(pci_clear_master);

int pci_wait_for_pending_transaction(struct pci_dev *dev)
{
    u16 status;

    for (int ms = 1; ms <= 1000; ms += ms) {
        pci_read_config_word(dev, dev->pcie_cap + PCI_EXP_DEVSTA, &status);
        if (!(status & PCI_EXP_DEVSTA_TRPND))
            return 1;
        msleep(ms);
    }
    return 0;
}
EXPORT_SYMBOL_GPL(pci_wait_for_pending_transaction);

int pci_save_state(struct pci_dev *dev)
{
    for (int i = 0; i < 16; i++)
        pci_read_config_dword(dev, 4 * i, &dev->saved_config[i]);
    dev->state_saved = true;
    return 0;
}
EXPORT_SYMBOL_GPL(pci_save_state);

static void restore_translation(struct pci_dev *dev)
{
    u16 pri = PCI_PRI_CTRL_ENABLE;

    if (dev->pasid_enabled)
        pci_write_config_word(dev, dev->pasid_cap + PCI_PASID_CTRL, PCI_PASID_CTRL_ENABLE | dev->pasid_features);
    if (dev->pri_enabled)
        pci_write_config_dword(dev, dev->pri_cap + PCI_PRI_ALLOC_REQ, dev->pri_reqs_alloc);
    if (dev->pri_enabled)
        pci_write_config_word(dev, dev->pri_cap + PCI_PRI_CTRL, pri);
    if (dev->ats_enabled)
        pci_write_config_word(dev, dev->ats_cap + PCI_ATS_CTRL,
                              PCI_ATS_CTRL_ENABLE | PCI_ATS_CTRL_STU(dev->ats_stu - PCI_ATS_MIN_STU));
}

void pci_restore_state(struct pci_dev *dev)
{
    if (!dev->state_saved)
        return;
    for (int at = PCI_BASE_ADDRESS_5; at >= PCI_BASE_ADDRESS_0; at -= 4)
        pci_write_config_dword(dev, at, dev->saved_config[at / 4]);
    restore_translation(dev);
    pci_write_config_word(dev, PCI_COMMAND, (u16)dev->saved_config[1]);
    pci_restore_vectors(dev);
    dev->state_saved = false;
}
EXPORT_SYMBOL_GPL(pci_restore_state);

int pci_reset_function_locked(struct pci_dev *dev)
{
    u32 capabilities = 0;
    u16 control;

    pci_read_config_dword(dev, dev->pcie_cap + PCI_EXP_DEVCAP, &capabilities);
    if (!dev->pcie_cap || !(capabilities & PCI_EXP_DEVCAP_FLR))
        return -ENOTTY;
    pci_save_state(dev);
    change_command(dev, PCI_COMMAND_MASTER, 0);
    if (!pci_wait_for_pending_transaction(dev))
        pci_err(dev, "transactions still pending, resetting anyway\n");
    pci_read_config_word(dev, dev->pcie_cap + PCI_EXP_DEVCTL, &control);
    pci_write_config_word(dev, dev->pcie_cap + PCI_EXP_DEVCTL, control | PCI_EXP_DEVCTL_BCR_FLR);
    msleep(100); /* 6.6.2: ready within 100 ms */
    pci_restore_state(dev);
    return 0;
}
EXPORT_SYMBOL_GPL(pci_reset_function_locked);

int pci_reset_function(struct pci_dev *dev)
{
    int result;

    pci_dev_lock(dev);
    result = pci_reset_function_locked(dev);
    pci_dev_unlock(dev);
    return result;
}
EXPORT_SYMBOL_GPL(pci_reset_function);

int pci_try_reset_function(struct pci_dev *dev)
{
    int result;

    if (!device_trylock(&dev->dev))
        return -EAGAIN;
    result = pci_reset_function_locked(dev);
    pci_dev_unlock(dev);
    return result;
}
EXPORT_SYMBOL_GPL(pci_try_reset_function);

/* ---- BARs ---- */

void __iomem *pci_iomap(struct pci_dev *dev, int bar, unsigned long max)
{
    unsigned long bytes = bar >= 0 && bar < PCI_NUM_RESOURCES ? pci_resource_len(dev, bar) : 0;

    if (!bytes)
        return NULL;
    return ioremap(pci_resource_start(dev, bar), max && max < bytes ? max : bytes);
}
EXPORT_SYMBOL_GPL(pci_iomap);

void pci_iounmap(struct pci_dev *dev, void __iomem *addr)
{
    iounmap(addr);
}
EXPORT_SYMBOL_GPL(pci_iounmap);

void __iomem *pci_ioremap_bar(struct pci_dev *dev, int bar)
{
    return pci_iomap(dev, bar, 0);
}
EXPORT_SYMBOL_GPL(pci_ioremap_bar);
