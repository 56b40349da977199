/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* fake_device.c - what the files of the harness kernel want of a device model, and never get in the tests of the core. */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/iova_bitmap.h>
#include <linux/pci.h>

#include "kernel/hardware.h"

const struct hardware *hardware;
struct bus_type pci_bus_type;

int device_add(struct device *dev)
{
    return -ENODEV;
}

void device_del(struct device *dev)
{
}

struct device *get_device(struct device *dev)
{
    return dev;
}

void put_device(struct device *dev)
{
}

struct pci_dev *pci_get_device(unsigned int vendor, unsigned int device, struct pci_dev *from)
{
    return NULL;
}

void __iomem *ioremap(phys_addr_t offset, size_t size)
{
    return NULL;
}

void iounmap(volatile void __iomem *addr)
{
}

u64 mmio_read(const volatile void __iomem *addr, unsigned int bytes)
{
    return ~0ULL;
}

void mmio_write(volatile void __iomem *addr, unsigned int bytes, u64 value)
{
}

void iosubmit_cmds512(void __iomem *dst, const void *src, size_t count)
{
}

int enqcmds(void __iomem *dst, const void *src)
{
    return -EFAULT;
}

struct iova_bitmap *iova_bitmap_alloc(unsigned long iova, size_t length, unsigned long page_size, u64 __user *data)
{
    return ERR_PTR(-EOPNOTSUPP);
}

void iova_bitmap_free(struct iova_bitmap *bitmap)
{
}

int iova_bitmap_for_each(struct iova_bitmap *bitmap, void *opaque, iova_bitmap_fn_t fn)
{
    return -EOPNOTSUPP;
}

void iova_bitmap_set(struct iova_bitmap *bitmap, unsigned long iova, size_t length)
{
}
