/* SPDX-License-Identifier: BSD-2-Clause */
/* iommu_pasid.c - domains of PASIDs, and PASIDs that mean the same on every device. */
#include "iommu_internal.h"

#include <linux/errno.h>
#include <linux/idr.h>

static DEFINE_IDA(global_pasids);

static void remove_pasid(struct device *dev, ioasid_t pasid, struct iommu_domain *domain)
{
    dev_iommu_ops(dev)->remove_dev_pasid(dev, pasid, domain);
}

static int set_group_pasid(struct iommu_domain *domain, struct iommu_group *group, ioasid_t pasid)
{
    struct group_device *device, *failed;
    int result = 0;

    for_each_group_device(group, device)
    {
        result = domain->ops->set_dev_pasid(domain, device->dev, pasid, NULL);
        if (result)
            break;
    }
    if (!result)
        return 0;
    failed = device;
    for_each_group_device(group, device)
    {
        if (device == failed)
            break;
        remove_pasid(device->dev, pasid, domain);
    }
    return result;
}

static bool pasid_fits(struct iommu_group *group, ioasid_t pasid)
{
    struct group_device *device;

    for_each_group_device(group, device) if (pasid >= device->dev->iommu->max_pasids) return false;
    return true;
}

int iommu_attach_device_pasid(struct iommu_domain *domain, struct device *dev, ioasid_t pasid, struct iommu_attach_handle *handle)
{
    struct iommu_group *group = dev->iommu_group;
    int result;

    if (!domain->ops->set_dev_pasid)
        return -EOPNOTSUPP;
    if (!group)
        return -ENODEV;
    if (!dev_has_iommu(dev) || dev_iommu_ops(dev) != domain->owner || pasid == IOMMU_NO_PASID)
        return -EINVAL;
    mutex_lock(&group->mutex);
    result = pasid_fits(group, pasid) ? 0 : -EINVAL;
    if (handle)
        handle->domain = domain;
    if (!result)
        result = xa_insert(&group->pasid_array, pasid, handle, GFP_KERNEL);
    if (!result) {
        result = set_group_pasid(domain, group, pasid);
        if (result)
            xa_erase(&group->pasid_array, pasid);
    }
    mutex_unlock(&group->mutex);
    return result;
}
EXPORT_SYMBOL_GPL(iommu_attach_device_pasid);

void iommu_detach_device_pasid(struct iommu_domain *domain, struct device *dev, ioasid_t pasid)
{
    struct iommu_group *group = dev->iommu_group;
    struct group_device *device;

    mutex_lock(&group->mutex);
    for_each_group_device(group, device) remove_pasid(device->dev, pasid, domain);
    xa_erase(&group->pasid_array, pasid);
    mutex_unlock(&group->mutex);
}
EXPORT_SYMBOL_GPL(iommu_detach_device_pasid);

ioasid_t iommu_alloc_global_pasid(struct device *dev)
{
    int pasid;

    if (!dev->iommu || dev->iommu->max_pasids < 2)
        return IOMMU_PASID_INVALID;
    pasid = ida_alloc_range(&global_pasids, IOMMU_FIRST_GLOBAL_PASID, dev->iommu->max_pasids - 1, GFP_KERNEL);
    return pasid < 0 ? IOMMU_PASID_INVALID : (ioasid_t)pasid;
}
EXPORT_SYMBOL_GPL(iommu_alloc_global_pasid);

void iommu_free_global_pasid(ioasid_t pasid)
{
    if (!WARN_ON(pasid == IOMMU_PASID_INVALID || pasid == IOMMU_NO_PASID))
        ida_free(&global_pasids, pasid);
}
EXPORT_SYMBOL_GPL(iommu_free_global_pasid);
