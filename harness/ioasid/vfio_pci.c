// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * vfio_pci.c - the passthrough driver of PCI functions: its registers are the user's, its configuration space is the user's where
 * it cannot move the device or turn anything on that the IOMMU's driver decides.
 */
#include "ioasid/uapi/vfio.h"
#include "ioasid/vfio.h"

#include <linux/bits.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci-ats.h>
#include <linux/pci.h>
#include <linux/slab.h>

#define BARS 6

struct passthrough {
    struct pci_dev *pdev;
    struct vfio_device *vdev;
    void __iomem *bars[BARS]; /* of those the user has touched */
};

static struct passthrough *of(struct vfio_device *vdev)
{
    return vfio_device_data(vdev);
}

static bool is_bar(struct pci_dev *pdev, unsigned int index)
{
    return index < BARS && pci_resource_len(pdev, index) && (pci_resource_flags(pdev, index) & IORESOURCE_MEM);
}

static u64 region(struct vfio_device *vdev, unsigned int index, u32 *flags)
{
    struct pci_dev *pdev = of(vdev)->pdev;
    u64 bytes = 0;

    *flags = 0;
    if (index == VFIO_PCI_CONFIG_REGION_INDEX) {
        *flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
        return PCI_CFG_SPACE_EXP_SIZE;
    }
    if (!is_bar(pdev, index))
        return 0;
    bytes = pci_resource_len(pdev, index);
    *flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
    if (!(bytes & ~PAGE_MASK))
        *flags |= VFIO_REGION_INFO_FLAG_MMAP;
    return bytes;
}

/* ---- configuration space ---- */

static int config_read(struct pci_dev *pdev, u64 offset, u8 *data, size_t bytes)
{
    size_t i;

    if (bytes > 4)
        return -EINVAL;
    for (i = 0; i < bytes; i++)
        if (pci_read_config_byte(pdev, (int)offset + (int)i, &data[i]))
            return -EIO;
    return 0;
}

/*
 * Bits of the word at that offset that are the user's: Bus Master and interrupt disable of Command. BARs, MSI-X, ATS, PASID, PRI
 * belong to the kernel, and so does "Enable No Snoop", by which an SMMU's driver enforces snooping.
 */
static u16 users_bits(u64 offset)
{
    return offset == PCI_COMMAND ? PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE : 0;
}

static int config_write(struct pci_dev *pdev, u64 offset, const u8 *data, size_t bytes)
{
    size_t i;

    if (bytes > 4)
        return -EINVAL;
    for (i = 0; i < bytes; i++) {
        u64 at = offset + i;
        u8 mask = (u8)(users_bits(at & ~1ull) >> (at & 1 ? 8 : 0)), old;

        if (!mask)
            continue;
        if (pci_read_config_byte(pdev, (int)at, &old))
            return -EIO;
        pci_write_config_byte(pdev, (int)at, (u8)((old & ~mask) | (data[i] & mask)));
    }
    return 0;
}

/* ---- registers ---- */

static void __iomem *bar_of(struct passthrough *p, unsigned int index)
{
    if (!p->bars[index])
        p->bars[index] = pci_iomap(p->pdev, (int)index, 0);
    return p->bars[index];
}

static int read_registers(struct vfio_device *vdev, unsigned int index, u64 offset, void *data, size_t bytes)
{
    struct passthrough *p = of(vdev);
    void __iomem *at;

    if (index == VFIO_PCI_CONFIG_REGION_INDEX)
        return config_read(p->pdev, offset, data, bytes);
    at = bar_of(p, index);
    if (!at)
        return -ENOMEM;
    at += offset;
    switch (bytes) {
    case 1:
        *(u8 *)data = readb(at);
        return 0;
    case 2:
        *(u16 *)data = readw(at);
        return 0;
    case 4:
        *(u32 *)data = readl(at);
        return 0;
    case 8:
        *(u64 *)data = readq(at);
        return 0;
    default:
        return -EINVAL;
    }
}

static int write_registers(struct vfio_device *vdev, unsigned int index, u64 offset, const void *data, size_t bytes)
{
    struct passthrough *p = of(vdev);
    void __iomem *at;

    if (index == VFIO_PCI_CONFIG_REGION_INDEX)
        return config_write(p->pdev, offset, data, bytes);
    at = bar_of(p, index);
    if (!at)
        return -ENOMEM;
    at += offset;
    switch (bytes) {
    case 1:
        writeb(*(const u8 *)data, at);
        return 0;
    case 2:
        writew(*(const u16 *)data, at);
        return 0;
    case 4:
        writel(*(const u32 *)data, at);
        return 0;
    case 8:
        writeq(*(const u64 *)data, at);
        return 0;
    case 64:
        iosubmit_cmds512(at, data, 1);
        return 0;
    default:
        return -EINVAL;
    }
}

static int map_registers(struct vfio_device *vdev, unsigned int index, u64 offset, struct vm_area_struct *vma)
{
    struct pci_dev *pdev = of(vdev)->pdev;
    unsigned long bytes = vma->vm_end - vma->vm_start;

    if (!is_bar(pdev, index))
        return -EINVAL;
    vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
    return io_remap_pfn_range(vma, vma->vm_start, (pci_resource_start(pdev, index) + offset) >> PAGE_SHIFT, bytes,
                              vma->vm_page_prot);
}

/* What is no portal is refused by the device itself: such a write is not deferrable there. */
static int enqueue(struct vfio_device *vdev, unsigned int index, u64 offset, const void *descriptor)
{
    struct passthrough *p = of(vdev);
    void __iomem *at;

    if (index != VFIO_PCI_BAR2_REGION_INDEX || !is_bar(p->pdev, index) || offset % 64 ||
        offset >= pci_resource_len(p->pdev, index))
        return -EFAULT;
    at = bar_of(p, index);
    if (!at)
        return -ENOMEM;
    return enqcmds(at + offset, descriptor) ? -EAGAIN : 0;
}

/* ---- the user comes and goes ---- */

static int begin_access(struct vfio_device *vdev)
{
    struct pci_dev *pdev = of(vdev)->pdev;
    int ret = pci_enable_device(pdev);

    if (ret)
        return ret;
    (void)pci_try_reset_function(pdev); /* what end_access() could not do */
    pci_set_master(pdev);
    return 0;
}

static int reset_device(struct vfio_device *vdev)
{
    int ret = pci_try_reset_function(of(vdev)->pdev);

    return ret && ret != -EAGAIN ? -EIO : ret;
}

static void end_access(struct vfio_device *vdev)
{
    struct passthrough *p = of(vdev);
    unsigned int i;

    pci_clear_master(p->pdev);             /* what the user has started ends here */
    (void)pci_try_reset_function(p->pdev); /* remove() has the device's lock, which is outside of ours, and does it itself */
    for (i = 0; i < BARS; i++) {
        if (p->bars[i])
            pci_iounmap(p->pdev, p->bars[i]);
        p->bars[i] = NULL;
    }
    pci_disable_device(p->pdev);
}

static const struct vfio_device_ops ops = {
    .region = region,
    .read = read_registers,
    .write = write_registers,
    .mmap = map_registers,
    .reset = reset_device,
    .open = begin_access,
    .close = end_access,
    .enqcmd = enqueue,
};

/* ---- the driver ---- */

/* "Enable No Snoop" that cannot be set says that the device does not ask for it. */
static bool may_ask_for_no_snoop(struct pci_dev *pdev)
{
    u16 control, probe;

    if (!pdev->pcie_cap)
        return true;
    pci_read_config_word(pdev, pdev->pcie_cap + PCI_EXP_DEVCTL, &control);
    if (control & PCI_EXP_DEVCTL_NOSNOOP_EN)
        return true;
    pci_write_config_word(pdev, pdev->pcie_cap + PCI_EXP_DEVCTL, control | PCI_EXP_DEVCTL_NOSNOOP_EN);
    pci_read_config_word(pdev, pdev->pcie_cap + PCI_EXP_DEVCTL, &probe);
    pci_write_config_word(pdev, pdev->pcie_cap + PCI_EXP_DEVCTL, control);
    return probe & PCI_EXP_DEVCTL_NOSNOOP_EN;
}

/* Only who knows the device knows that its queues can be shared by ENQCMD (type 7); its register WQCAP says it. */
static bool takes_enqcmd(struct pci_dev *pdev)
{
    bool takes = false;
    void __iomem *bar;

    if (pdev->vendor != 0x1234 || pdev->device != 0xa51d || pci_enable_device(pdev))
        return false;
    bar = pci_iomap(pdev, 0, 0);
    if (bar) {
        takes = readq(bar + 0x20) & BIT_ULL(48);
        pci_iounmap(pdev, bar);
    }
    pci_disable_device(pdev);
    return takes;
}

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
    int pasids = pci_max_pasids(pdev);
    struct vfio_description about = {
        .ops = &ops,
        .dev = &pdev->dev,
        .name = pci_name(pdev),
        .kind = VFIO_PDEV,
        .flags = VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET,
        .pasid_flags = takes_enqcmd(pdev) ? VFIO_DEVICE_PASID_CPU : 0,
        .vpasid_bits = pasids > 1 ? (u32)ilog2(pasids) : 0,
        .no_snoop = may_ask_for_no_snoop(pdev),
    };
    struct passthrough *p = kzalloc(sizeof(*p), GFP_KERNEL);

    if (!p)
        return -ENOMEM;
    p->pdev = pdev;
    about.data = p;
    p->vdev = vfio_device_register(&about);
    if (IS_ERR(p->vdev)) {
        int ret = (int)PTR_ERR(p->vdev);

        kfree(p);
        return ret;
    }
    pci_set_drvdata(pdev, p);
    return 0;
}

static void remove(struct pci_dev *pdev)
{
    struct passthrough *p = pci_get_drvdata(pdev);

    vfio_device_unregister(p->vdev);
    (void)pci_reset_function_locked(pdev);
    kfree(p);
}

/* System peripherals of no other class, as the PASID device is. */
static const struct pci_device_id ids[] = {
    {.vendor = PCI_ANY_ID,
     .device = PCI_ANY_ID,
     .subvendor = PCI_ANY_ID,
     .subdevice = PCI_ANY_ID,
     .class = 0x088000,
     .class_mask = 0xffff00},
    {0},
};
MODULE_DEVICE_TABLE(pci, ids);

static struct pci_driver driver = {
    .name = "vfio-pci",
    .id_table = ids,
    .probe = probe,
    .remove = remove,
    .driver_managed_dma = true,
};
module_pci_driver(driver);

MODULE_DESCRIPTION("Passthrough of PCI functions");
MODULE_LICENSE("Dual BSD/GPL");
