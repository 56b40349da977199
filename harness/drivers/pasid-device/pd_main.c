// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * pd_main.c - the driver pasid-device: two mdevs with a dedicated queue (type 6), two with a shared queue and a portal (type 8),
 * one in software (type 2). Not the device's first choice: whoever wants it sets driver_override.
 */
#include "drivers/pasid-device/pd.h"

#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/pci-ats.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sprintf.h>

static const u32 kinds[PD_MDEVS] = {PMDEV_KIND_DEDICATED, PMDEV_KIND_DEDICATED, PMDEV_KIND_SHARED, PMDEV_KIND_SOFTWARE,
                                    PMDEV_KIND_SHARED};

static enum vfio_kind vfio_kind_of(const struct pd_mdev *mdev)
{
    return mdev->kind == PMDEV_KIND_SOFTWARE ? VFIO_SOFTWARE : VFIO_MDEV;
}

static int mdev_register(struct pd_mdev *mdev)
{
    struct device *dev = &mdev->parent->pdev->dev;
    bool shared = mdev->kind == PMDEV_KIND_SHARED;
    char name[32];
    struct vfio_description about = {
        .ops = &pd_mdev_ops,
        .dev = dev,
        .name = name,
        .kind = vfio_kind_of(mdev),
        .flags = VFIO_DEVICE_FLAGS_RESET,
        .pasid_flags = shared ? VFIO_DEVICE_PASID_CPU | VFIO_DEVICE_PASID_CPU_VIRT : 0,
        .vpasid_bits = PD_VPASID_BITS,
        .default_pasid = mdev->default_pasid,
        .no_snoop = mdev->kind != PMDEV_KIND_SOFTWARE,
        .data = mdev,
    };

    snprintf(name, sizeof(name), "%s.%u", pci_name(mdev->parent->pdev), mdev->number);
    mdev->vdev = vfio_device_register(&about);
    return PTR_ERR_OR_ZERO(mdev->vdev);
}

static int mdev_create(struct pd_parent *parent, unsigned int number)
{
    struct pd_mdev *mdev = &parent->mdevs[number];
    int ret = 0;

    mdev->parent = parent;
    mdev->number = number;
    mdev->kind = kinds[number];
    xa_init(&mdev->pasids);
    if (mdev->kind != PMDEV_KIND_SOFTWARE) {
        mdev->default_pasid = iommu_alloc_global_pasid(&parent->pdev->dev);
        if (mdev->default_pasid == IOMMU_PASID_INVALID)
            return -ENOSPC;
    }
    mutex_lock(&parent->lock);
    if (mdev->kind == PMDEV_KIND_SHARED)
        ret = pd_queue_setup(parent, number, true, 0);
    mutex_unlock(&parent->lock);
    if (!ret)
        ret = mdev_register(mdev);
    if (ret && mdev->kind != PMDEV_KIND_SOFTWARE)
        iommu_free_global_pasid(mdev->default_pasid);
    return ret;
}

static void mdevs_destroy(struct pd_parent *parent)
{
    while (parent->mdev_count) {
        struct pd_mdev *mdev = &parent->mdevs[--parent->mdev_count];

        vfio_device_unregister(mdev->vdev);
        if (mdev->kind != PMDEV_KIND_SOFTWARE)
            iommu_free_global_pasid(mdev->default_pasid);
        xa_destroy(&mdev->pasids);
    }
}

static int mdevs_create(struct pd_parent *parent)
{
    int ret = 0;

    while (!ret && parent->mdev_count < PD_MDEVS) {
        ret = mdev_create(parent, parent->mdev_count);
        if (!ret)
            parent->mdev_count++;
    }
    if (ret)
        mdevs_destroy(parent);
    return ret;
}

static void unmap_all(struct pd_parent *parent)
{
    struct pci_dev *pdev = parent->pdev;

    if (parent->masters)
        pci_iounmap(pdev, parent->masters);
    if (parent->portals)
        pci_iounmap(pdev, parent->portals);
    if (parent->control)
        pci_iounmap(pdev, parent->control);
}

static int map_all(struct pd_parent *parent)
{
    struct pci_dev *pdev = parent->pdev;

    parent->control = pci_iomap(pdev, 0, 0);
    parent->portals = pci_iomap(pdev, 2, 0);
    if (pci_resource_len(pdev, 4))
        parent->masters = pci_iomap(pdev, 4, 0);
    if (parent->control && parent->portals)
        return 0;
    unmap_all(parent);
    return -ENOMEM;
}

static int start(struct pd_parent *parent)
{
    int ret;

    mutex_lock(&parent->lock);
    ret = pd_device_start(parent);
    mutex_unlock(&parent->lock);
    return ret;
}

static void stop(struct pd_parent *parent)
{
    mutex_lock(&parent->lock);
    pd_device_stop(parent);
    mutex_unlock(&parent->lock);
}

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
    struct pd_parent *parent;
    int ret;

    (void)id;
    if (!pdev->pasid_enabled)
        return -ENODEV; /* nothing would tell its mdevs apart */
    parent = kzalloc(sizeof(*parent), GFP_KERNEL);
    if (!parent)
        return -ENOMEM;
    parent->pdev = pdev;
    mutex_init(&parent->lock);
    ret = pci_enable_device(pdev);
    if (ret)
        goto free;
    pci_set_master(pdev);
    ret = map_all(parent);
    if (ret)
        goto disable;
    ret = start(parent);
    if (ret)
        goto unmap;
    ret = mdevs_create(parent);
    if (ret)
        goto stop;
    pci_set_drvdata(pdev, parent);
    return 0;

stop:
    stop(parent);
unmap:
    unmap_all(parent);
disable:
    pci_clear_master(pdev);
    pci_disable_device(pdev);
free:
    kfree(parent);
    return ret;
}

static void remove(struct pci_dev *pdev)
{
    struct pd_parent *parent = pci_get_drvdata(pdev);

    mdevs_destroy(parent);
    stop(parent);
    unmap_all(parent);
    pci_clear_master(pdev);
    pci_disable_device(pdev);
    mutex_destroy(&parent->lock);
    kfree(parent);
}

/* By driver_override only: the passthrough driver is what devices have else. */
static const struct pci_device_id ids[] = {
    {PCI_DRIVER_OVERRIDE_DEVICE_VFIO(0x1234, 0xa51d)},
    {},
};

static struct pci_driver driver = {
    .name = "pasid-device",
    .id_table = ids,
    .probe = probe,
    .remove = remove,
};

module_pci_driver(driver);
MODULE_DESCRIPTION("The PASID device's own driver, which offers parts of it");
MODULE_LICENSE("Dual BSD/GPL");
