/* SPDX-License-Identifier: BSD-2-Clause */
/* pci_msi.c - message interrupts of PCI functions (MSI-X). */
#include "device_internal.h"

#include <linux/errno.h>
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/slab.h>

struct pci_vectors {
    unsigned int count;
    int irqs[];
};

static void write_entry(struct pci_dev *dev, unsigned int n, const struct msi_msg *msg, u32 control)
{
    void __iomem *table, *entry;
    u32 where;

    pci_read_config_dword(dev, dev->msix_cap + PCI_MSIX_TABLE, &where);
    table = pci_iomap(dev, where & PCI_MSIX_TABLE_BIR, 0);
    entry = (char __iomem *)table + (where & PCI_MSIX_TABLE_OFFSET) + n * PCI_MSIX_ENTRY_SIZE;
    writel(msg->address_lo, (char __iomem *)entry + PCI_MSIX_ENTRY_LOWER_ADDR);
    writel(msg->address_hi, (char __iomem *)entry + PCI_MSIX_ENTRY_UPPER_ADDR);
    writel(msg->data, (char __iomem *)entry + PCI_MSIX_ENTRY_DATA);
    writel(control, (char __iomem *)entry + PCI_MSIX_ENTRY_VECTOR_CTRL);
    pci_iounmap(dev, table);
}

static void write_vector(struct pci_dev *dev, unsigned int n)
{
    struct pci_vectors *vectors = dev->vectors;
    struct msi_msg msg;

    get_cached_msi_msg((unsigned int)vectors->irqs[n], &msg);
    iommu_dma_compose_msi(&dev->dev, &msg);
    write_entry(dev, n, &msg, 0);
}

static void set_msix(struct pci_dev *dev, u16 bits)
{
    u16 control;

    pci_read_config_word(dev, dev->msix_cap + PCI_MSIX_FLAGS, &control);
    control &= (u16) ~(PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
    pci_write_config_word(dev, dev->msix_cap + PCI_MSIX_FLAGS, control | bits);
}

int pci_msix_vec_count(struct pci_dev *dev)
{
    u16 control;

    if (!dev->msix_cap)
        return -EINVAL;
    pci_read_config_word(dev, dev->msix_cap + PCI_MSIX_FLAGS, &control);
    return (control & PCI_MSIX_FLAGS_QSIZE) + 1;
}
EXPORT_SYMBOL_GPL(pci_msix_vec_count);

static void free_vectors(struct pci_vectors *vectors)
{
    while (vectors->count)
        irq_free((unsigned int)vectors->irqs[--vectors->count]);
    kfree(vectors);
}

int pci_alloc_irq_vectors(struct pci_dev *dev, unsigned int min_vecs, unsigned int max_vecs, unsigned int flags)
{
    int have = pci_msix_vec_count(dev);
    struct pci_vectors *vectors;
    unsigned int count;

    if (!(flags & PCI_IRQ_MSIX) || have < (int)min_vecs || min_vecs > max_vecs)
        return -ENOSPC;
    if (dev->vectors)
        return -EINVAL;
    count = min_t(unsigned int, max_vecs, have);
    vectors = kzalloc(sizeof(*vectors) + count * sizeof(vectors->irqs[0]), GFP_KERNEL);
    if (!vectors)
        return -ENOMEM;
    while (vectors->count < count) {
        struct msi_msg msg;
        int irq = irq_alloc_message(&msg);

        if (irq < 0) {
            free_vectors(vectors);
            return irq;
        }
        vectors->irqs[vectors->count++] = irq;
        if (iommu_dma_prepare_msi_for(&dev->dev, &msg)) {
            free_vectors(vectors);
            return -ENOMEM;
        }
    }
    dev->vectors = vectors;
    set_msix(dev, PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
    for (unsigned int n = 0; n < count; n++)
        write_vector(dev, n);
    set_msix(dev, PCI_MSIX_FLAGS_ENABLE);
    dev->msix_enabled = 1;
    return (int)count;
}
EXPORT_SYMBOL_GPL(pci_alloc_irq_vectors);

void pci_free_irq_vectors(struct pci_dev *dev)
{
    if (!dev->vectors)
        return;
    set_msix(dev, 0);
    dev->msix_enabled = 0;
    free_vectors(dev->vectors);
    dev->vectors = NULL;
}
EXPORT_SYMBOL_GPL(pci_free_irq_vectors);

int pci_irq_vector(struct pci_dev *dev, unsigned int nr)
{
    return dev->vectors && nr < dev->vectors->count ? dev->vectors->irqs[nr] : -EINVAL;
}
EXPORT_SYMBOL_GPL(pci_irq_vector);

void pci_restore_vectors(struct pci_dev *dev)
{
    if (!dev->vectors)
        return;
    for (unsigned int n = 0; n < dev->vectors->count; n++)
        write_vector(dev, n);
    set_msix(dev, PCI_MSIX_FLAGS_ENABLE);
}
