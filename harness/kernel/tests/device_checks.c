/* SPDX-License-Identifier: BSD-2-Clause */
/* device_checks.c - PCI functions of the standard machine, their drivers and interrupts. */
#include "device_checks_internal.h"

#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/pci-ats.h>
#include <linux/string.h>

unsigned int device_check_failures;
char device_check_text[256];

void device_check_fail(const char *file, int line, const char *what)
{
    if (!device_check_failures++)
        snprintf(device_check_text, sizeof(device_check_text), "%s:%d: %s", file, line, what);
}

struct pci_dev *check_device(unsigned int index)
{
    static const u16 ids[] = {0x0010, 0x0100, 0x0020, 0x0028, 0x0508, 0x0510, 0x0030, 0x0038};
    struct pci_dev *pdev = pci_get_domain_bus_and_slot(0, PCI_BUS_NUM(ids[index]), ids[index] & 0xff);

    pci_dev_put(pdev); /* the bus keeps it */
    return pdev;
}

static int note_alias(struct pci_dev *pdev, u16 alias, void *data)
{
    u16 *last = data;

    *last = alias;
    return 0;
}

void check_pci_devices(void *unused)
{
    struct pci_dev *dev = NULL;
    unsigned int count = 0;
    u16 alias = 0;

    for_each_pci_dev(dev) count++;
    CHECK(count == 10); /* two bridges */
    dev = check_device(1);
    CHECK(dev->bus->self && pci_pcie_type(dev->bus->self) == PCI_EXP_TYPE_ROOT_PORT);
    CHECK(!strcmp(pci_name(dev), "0000:01:00.0"));
    CHECK(pci_resource_len(dev, 0) == 0x10000 && pci_resource_len(dev, 2) == 0x20000 && !pci_resource_len(dev, 1));
    pci_for_each_dma_alias(check_device(4), note_alias, &alias);
    CHECK(alias == 0x0500);
    pci_for_each_dma_alias(dev, note_alias, &alias);
    CHECK(alias == 0x0100);
    CHECK(!pci_acs_path_enabled(check_device(4), NULL, PCI_ACS_RR));
    CHECK(pci_acs_path_enabled(dev, NULL, PCI_ACS_RR | PCI_ACS_UF));
}

void check_pci_translation(void *unused)
{
    struct pci_dev *dev = check_device(0);

    CHECK(pci_max_pasids(dev) == 1 << 20 && pci_max_pasids(check_device(3)) == -EINVAL);
    CHECK(pci_ats_supported(dev) && !pci_ats_supported(check_device(2)));
    CHECK(pci_enable_pasid(check_device(4), 0) == -EINVAL);
    CHECK(!pci_enable_pasid(dev, 0) && pci_pasid_status(dev) == PCI_PASID_CTRL_ENABLE);
    CHECK(!pci_reset_pri(dev) && !pci_enable_pri(dev, 1000) && dev->pri_reqs_alloc == 16);
    CHECK(!pci_enable_ats(dev, 12) && pci_ats_queue_depth(dev) == 32);
    CHECK(!pci_reset_function(dev)); /* what was enabled is enabled again */
    CHECK(pci_pasid_status(dev) == PCI_PASID_CTRL_ENABLE);
    pci_disable_ats(dev);
    pci_disable_pri(dev);
    pci_disable_pasid(dev);
    CHECK(!pci_pasid_status(dev));
}

/* ---- drivers ---- */

static unsigned int probed, removed, refuse;

static int probe(struct pci_dev *dev, const struct pci_device_id *id)
{
    if (refuse)
        return -EIO;
    probed++;
    return devm_kzalloc(&dev->dev, 100, GFP_KERNEL) ? 0 : -ENOMEM;
}

static void remove(struct pci_dev *dev)
{
    removed++;
}

static const struct pci_device_id ids[] = {{PCI_DRIVER_OVERRIDE_DEVICE_VFIO(0x1234, 0xa51d)}, {}};
static struct pci_driver driver = {
    .name = "check", .id_table = ids, .probe = probe, .remove = remove, .driver_managed_dma = true};

void check_drivers(void *unused)
{
    struct pci_dev *dev = check_device(2);

    probed = removed = refuse = 0;
    CHECK(!__pci_register_driver(&driver, NULL, "check") && !probed);
    CHECK(device_driver_attach(&driver.driver, &dev->dev) == -ENODEV);
    CHECK(!pci_set_driver_override(dev, "check"));
    refuse = 1;
    CHECK(device_driver_attach(&driver.driver, &dev->dev) == -EIO && !dev->dev.driver);
    refuse = 0;
    CHECK(!device_driver_attach(&driver.driver, &dev->dev) && probed == 1 && dev->driver == &driver);
    CHECK(device_driver_attach(&driver.driver, &dev->dev) == -EBUSY);
    device_release_driver(&dev->dev);
    CHECK(removed == 1 && !dev->dev.driver && !dev->driver);
    CHECK(!device_driver_attach(&driver.driver, &dev->dev));
    pci_unregister_driver(&driver);
    CHECK(removed == 2);
    CHECK(!pci_set_driver_override(dev, NULL));
}

/* ---- interrupts ---- */

static atomic_t first_halves, second_halves;

static irqreturn_t first_half(int irq, void *data)
{
    atomic_inc(&first_halves);
    return IRQ_WAKE_THREAD;
}

static irqreturn_t second_half(int irq, void *data)
{
    msleep(1);
    atomic_inc(&second_halves);
    return IRQ_HANDLED;
}

/* A command of the device that ends with vector 0: DISABLE_DEVICE of a disabled one is an error, and an interrupt all the same.
 */
static void ring(void __iomem *bar)
{
    writel(1u << 31 | 2u << 20, (char __iomem *)bar + 0xa0);
    msleep(1);
}

void check_interrupts(void *unused)
{
    struct pci_dev *dev = check_device(0);
    void __iomem *bar = pci_iomap(dev, 0, 0);
    int irq;

    atomic_set(&first_halves, 0);
    atomic_set(&second_halves, 0);
    CHECK(!pci_enable_device(dev));
    pci_set_master(dev);
    CHECK(pci_alloc_irq_vectors(dev, 1, 4, PCI_IRQ_MSIX) == 4);
    irq = pci_irq_vector(dev, 0);
    CHECK(irq > 0 && pci_irq_vector(dev, 4) == -EINVAL);
    CHECK(!request_threaded_irq(irq, first_half, second_half, 0, "check", bar));
    CHECK(request_irq(irq, first_half, 0, "second", dev) == -EBUSY);
    ring(bar);
    CHECK(atomic_read(&first_halves) == 1);
    synchronize_irq(irq);
    CHECK(atomic_read(&second_halves) == 1);
    writeq(~0ull, (char __iomem *)bar + 0x98); /* INTCAUSE */
    disable_irq(irq);
    ring(bar);
    CHECK(atomic_read(&first_halves) == 1);
    enable_irq(irq);
    msleep(5);
    CHECK(atomic_read(&first_halves) == 2 && atomic_read(&second_halves) == 2);
    free_irq(irq, bar);
    pci_free_irq_vectors(dev);
    pci_disable_device(dev);
    pci_iounmap(dev, bar);
}
