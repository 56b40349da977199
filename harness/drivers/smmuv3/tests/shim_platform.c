/* SPDX-License-Identifier: BSD-2-Clause */
/* shim_platform.c - what the SMMUv3 driver needs of the shim besides: platform devices, their interrupts, StreamIDs. */
#include "shim_platform.h"

#include "drivers/tests/shim.h"
#include "kernel/hardware.h"

#include <linux/delay.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/msi.h>
#include <linux/platform_device.h>
#include <linux/sched.h>
#include <linux/string.h>

#define UNITS 2
#define IRQS_OF_UNIT 3 /* events, errors, page requests */

static struct shim_unit {
    struct platform_device pdev;
    struct fwnode_handle fwnode;
    const struct hardware_platform_device *hardware;
    struct msi_desc msi[IRQS_OF_UNIT];
} units[UNITS];
static struct platform_driver *driver;
struct bus_type platform_bus_type = {.name = "platform"};

static struct shim_unit *of_pdev(const struct platform_device *pdev)
{
    return container_of(pdev, struct shim_unit, pdev);
}

static unsigned int irq_number(const struct shim_unit *unit, unsigned int index)
{
    return (unsigned int)(unit - units) * IRQS_OF_UNIT + index + 1;
}

/* ---- devices ---- */

int __platform_driver_register(struct platform_driver *drv, struct module *owner)
{
    int result = 0;

    (void)owner;
    driver = drv;
    for (unsigned int i = 0; !result && i < UNITS; i++) {
        units[i].hardware = hardware->ops->platform_device(hardware->context, i);
        units[i].pdev.dev.name = units[i].hardware->name;
        units[i].fwnode.dev = &units[i].pdev.dev;
        units[i].pdev.dev.fwnode = &units[i].fwnode;
        result = drv->probe(&units[i].pdev);
    }
    return result;
}

void platform_driver_unregister(struct platform_driver *drv)
{
    for (unsigned int i = 0; i < UNITS; i++)
        drv->remove(&units[i].pdev);
}

void __iomem *devm_platform_ioremap_resource(struct platform_device *pdev, unsigned int index)
{
    (void)index;
    return (void __iomem *)of_pdev(pdev)->hardware->base;
}

/* ---- interrupts: wires as firmware has them (events, page requests, errors), or messages ---- */

static const unsigned int wire_of[IRQS_OF_UNIT] = {0, 2, 1};

int platform_get_irq_byname_optional(struct platform_device *pdev, const char *name)
{
    static const char *const names[IRQS_OF_UNIT] = {"eventq", "gerror", "priq"};
    struct shim_unit *unit = of_pdev(pdev);

    for (unsigned int i = 0; i < IRQS_OF_UNIT; i++)
        if (!strcmp(name, names[i]) && unit->hardware->interrupts[wire_of[i]])
            return (int)irq_number(unit, i);
    return -ENXIO;
}

unsigned int shim_irq_of_line(unsigned int number)
{
    for (unsigned int unit = 0; unit < UNITS; unit++)
        for (unsigned int i = 0; i < IRQS_OF_UNIT; i++)
            if (units[unit].hardware && number && units[unit].hardware->interrupts[wire_of[i]] == number)
                return irq_number(&units[unit], i);
    return 0;
}

int platform_device_msi_init_and_alloc_irqs(struct device *dev, unsigned int nvec,
                                            void (*write_msi_msg)(struct msi_desc *desc, struct msi_msg *msg))
{
    struct shim_unit *unit = of_pdev(to_platform_device(dev));
    _Bool translated;
    unsigned long doorbell = hardware->ops->doorbell(hardware->context, &translated);

    for (unsigned int i = 0; i < nvec; i++) {
        struct msi_msg msg = {(u32)doorbell, (u32)(doorbell >> 32), 0x20 + irq_number(unit, i)};

        unit->msi[i] = (struct msi_desc){.msi_index = i, .dev = dev};
        write_msi_msg(&unit->msi[i], &msg);
    }
    return 0;
}

void platform_device_msi_free_irqs_all(struct device *dev)
{
    (void)dev;
}

unsigned int msi_get_virq(struct device *dev, unsigned int index)
{
    return irq_number(of_pdev(to_platform_device(dev)), index);
}

/* ---- StreamIDs ---- */

#define DEVICES 12
static struct {
    struct iommu_fwspec spec;
    u32 ids[2];
} specs[DEVICES];
static unsigned int spec_count;

void shim_specs_forget(void)
{
    spec_count = 0;
}

static u8 pcie_capability(u16 rid)
{
    unsigned int at = hardware->ops->config_read(hardware->context, 0, rid, 0x34, 1);

    for (; at; at = hardware->ops->config_read(hardware->context, 0, rid, at + 1, 1))
        if (hardware->ops->config_read(hardware->context, 0, rid, at, 1) == 0x10)
            return (u8)at;
    return 0;
}

void shim_describe_device(u16 rid, unsigned int unit, u16 alias, bool ats)
{
    struct iommu_fwspec *spec = &specs[spec_count].spec;
    struct pci_dev *pdev = shim_device(rid);
    u32 *ids = (u32 *)spec->ids;

    spec_count++;
    *spec = (struct iommu_fwspec){
        .iommu_fwnode = &units[unit].fwnode, .flags = ats ? IOMMU_FWSPEC_PCI_RC_ATS : 0, .num_ids = alias == 0xffff ? 1 : 2};
    units[unit].fwnode.dev = &units[unit].pdev.dev;
    ids[0] = rid;
    ids[1] = alias;
    pdev->dev.iommu->fwspec = spec;
    pdev->pcie_cap = pcie_capability(rid);
}

int pci_read_config_word(const struct pci_dev *dev, int where, u16 *val)
{
    *val = (u16)hardware->ops->config_read(hardware->context, 0, PCI_DEVID(dev->bus->number, dev->devfn), (unsigned int)where, 2);
    return 0;
}

int pci_write_config_word(const struct pci_dev *dev, int where, u16 val)
{
    hardware->ops->config_write(hardware->context, 0, PCI_DEVID(dev->bus->number, dev->devfn), (unsigned int)where, 2, val);
    return 0;
}

void iommu_dma_get_resv_regions(struct device *dev, struct list_head *list)
{
    (void)dev, (void)list;
}

/* ---- the rest ---- */

void mmu_notifier_unregister(struct mmu_notifier *subscription, struct mm_struct *mm)
{
    subscription->ops->release(subscription, mm);
}

int cond_resched(void)
{
    return 0;
}
