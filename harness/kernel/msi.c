/* SPDX-License-Identifier: BSD-2-Clause */
/* msi.c - message interrupts of platform devices and of VT-d units. */
#include "device_internal.h"

#include <linux/dmar.h>
#include <linux/slab.h>

struct msi_device_data {
    unsigned int count;
    struct msi_desc descs[];
};

static void free_all(struct msi_device_data *msi)
{
    while (msi->count)
        irq_free(msi->descs[--msi->count].irq);
    kfree(msi);
}

int platform_device_msi_init_and_alloc_irqs(struct device *dev, unsigned int nvec,
                                            void (*write_msi_msg)(struct msi_desc *desc, struct msi_msg *msg))
{
    struct msi_device_data *msi;

    if (dev->msi)
        return -EEXIST;
    msi = kzalloc(sizeof(*msi) + nvec * sizeof(msi->descs[0]), GFP_KERNEL);
    if (!msi)
        return -ENOMEM;
    while (msi->count < nvec) {
        struct msi_desc *desc = &msi->descs[msi->count];
        int irq = irq_alloc_message(&desc->msg);

        if (irq < 0) {
            free_all(msi);
            return irq;
        }
        desc->irq = (unsigned int)irq;
        desc->msi_index = msi->count++;
        desc->dev = dev;
    }
    dev->msi = msi;
    for (unsigned int i = 0; i < nvec; i++)
        write_msi_msg(&msi->descs[i], &msi->descs[i].msg);
    return 0;
}
EXPORT_SYMBOL_GPL(platform_device_msi_init_and_alloc_irqs);

void platform_device_msi_free_irqs_all(struct device *dev)
{
    if (!dev->msi)
        return;
    free_all(dev->msi);
    dev->msi = NULL;
}
EXPORT_SYMBOL_GPL(platform_device_msi_free_irqs_all);

unsigned int msi_get_virq(struct device *dev, unsigned int index)
{
    return dev->msi && index < dev->msi->count ? dev->msi->descs[index].irq : 0;
}
EXPORT_SYMBOL_GPL(msi_get_virq);

int dmar_alloc_hwirq(int id, int node, void *arg)
{
    struct msi_msg msg;
    int irq = irq_alloc_message(&msg);

    if (irq >= 0)
        irq_set_handler_data((unsigned int)irq, arg);
    return irq;
}
EXPORT_SYMBOL_GPL(dmar_alloc_hwirq);

void dmar_free_hwirq(int irq)
{
    irq_free((unsigned int)irq);
}
EXPORT_SYMBOL_GPL(dmar_free_hwirq);
