/* SPDX-License-Identifier: BSD-2-Clause */
/* device_internal.h - what the parts of the device model share. */
#ifndef KERNEL_DEVICE_INTERNAL_H
#define KERNEL_DEVICE_INTERNAL_H

#include <linux/device.h>
#include <linux/msi.h>
#include <linux/pci.h>

/* A registered bus. */
struct subsys_private {
    struct mutex mutex; /* of the lists; nobody is called with it held */
    struct list_head devices, drivers;
    void (*added)(struct device *dev); /* before a driver is looked for */
    void (*removed)(struct device *dev);
};

/* ---- interrupts (irq.c) ---- */

/* An interrupt with a message of its own, or the one of a wire; < 0. */
int irq_alloc_message(struct msi_msg *msg);
int irq_alloc_wire(unsigned int number);
void irq_free(unsigned int irq);

/* After a reset of the function (pci_msi.c). */
void pci_restore_vectors(struct pci_dev *dev);

/* ---- firmware (acpi.c) ---- */

/* Gives a PCI function its struct iommu_fwspec when a table names its unit and that is registered: 0; -ENODEV: none does. */
int acpi_iommu_configure(struct device *dev);

/* ---- the iommu core as the bus sees it ---- */

void iommu_device_added(struct device *dev);
void iommu_device_removed(struct device *dev);
/* Message interrupts that the IOMMU translates: makes a place for the doorbell, and puts it into a message. */
int iommu_dma_prepare_msi_for(struct device *dev, const struct msi_msg *msg);
void iommu_dma_compose_msi(struct device *dev, struct msi_msg *msg);

#endif
