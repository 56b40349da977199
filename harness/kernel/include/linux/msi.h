/* SPDX-License-Identifier: BSD-2-Clause */
/* linux/msi.h - message interrupts of devices that are no PCI functions: the driver writes address and data where its device
 * wants them. */
#ifndef _LINUX_MSI_H
#define _LINUX_MSI_H

#include <linux/interrupt.h>
#include <linux/types.h>

struct device;

struct msi_msg {
    u32 address_lo;
    u32 address_hi;
    u32 data;
};

struct msi_desc {
    unsigned int irq;
    unsigned int msi_index;
    struct device *dev;
    struct msi_msg msg;
};

int platform_device_msi_init_and_alloc_irqs(struct device *dev, unsigned int nvec,
                                            void (*write_msi_msg)(struct msi_desc *desc, struct msi_msg *msg));
void platform_device_msi_free_irqs_all(struct device *dev);
unsigned int msi_get_virq(struct device *dev, unsigned int index); /* 0: none */
void get_cached_msi_msg(unsigned int irq, struct msi_msg *msg);

static inline struct device *msi_desc_to_dev(struct msi_desc *desc)
{
    return desc->dev;
}

#endif
