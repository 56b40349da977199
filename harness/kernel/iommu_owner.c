/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iommu_owner.c - who may say where devices of a group do DMA: drivers of the kernel, over the default domain, any number of
 * them; or one owner, and then whatever it does not attach is blocked.
 */
#include "iommu_internal.h"

#include <linux/errno.h>

static bool in_default_domain(const struct iommu_group *group)
{
    return (!group->domain || group->domain == group->default_domain) && xa_empty(&group->pasid_array);
}

int iommu_device_use_default_domain(struct device *dev)
{
    struct iommu_group *group = dev->iommu_group;
    int result = 0;

    if (!group)
        return 0;
    mutex_lock(&group->mutex);
    if (group->owner_cnt && (group->owner || !in_default_domain(group)))
        result = -EBUSY;
    else
        group->owner_cnt++;
    mutex_unlock(&group->mutex);
    return result;
}
EXPORT_SYMBOL_GPL(iommu_device_use_default_domain);

void iommu_device_unuse_default_domain(struct device *dev)
{
    struct iommu_group *group = dev->iommu_group;

    if (!group)
        return;
    mutex_lock(&group->mutex);
    if (!WARN_ON(!group->owner_cnt || !xa_empty(&group->pasid_array)))
        group->owner_cnt--;
    mutex_unlock(&group->mutex);
}
EXPORT_SYMBOL_GPL(iommu_device_unuse_default_domain);

/* Where the driver has no domain that blocks, one that maps nothing does. */
static int make_blocking_domain(struct iommu_group *group)
{
    struct device *dev = iommu_group_first_dev(group);
    struct iommu_domain *domain;

    if (group->blocking_domain)
        return 0;
    domain = iommu_domain_make(dev_iommu_ops(dev), dev, IOMMU_DOMAIN_BLOCKED);
    if (IS_ERR(domain))
        domain = iommu_domain_make(dev_iommu_ops(dev), dev, IOMMU_DOMAIN_UNMANAGED);
    if (IS_ERR(domain))
        return (int)PTR_ERR(domain);
    group->blocking_domain = domain;
    return 0;
}

static int take(struct iommu_group *group, void *owner)
{
    int result;

    if (!in_default_domain(group))
        return -EBUSY;
    result = make_blocking_domain(group);
    if (!result)
        result = iommu_group_set_domain(group, group->blocking_domain);
    if (result)
        return result;
    group->owner = owner;
    group->owner_cnt++;
    return 0;
}

int iommu_group_claim_dma_owner(struct iommu_group *group, void *owner)
{
    int result;

    if (WARN_ON(!owner))
        return -EINVAL;
    mutex_lock(&group->mutex);
    result = group->owner_cnt ? -EPERM : take(group, owner);
    mutex_unlock(&group->mutex);
    return result;
}
EXPORT_SYMBOL_GPL(iommu_group_claim_dma_owner);

int iommu_device_claim_dma_owner(struct device *dev, void *owner)
{
    struct iommu_group *group = dev->iommu_group;
    int result = 0;

    if (WARN_ON(!owner))
        return -EINVAL;
    if (!group)
        return -ENODEV;
    mutex_lock(&group->mutex);
    if (!group->owner_cnt)
        result = take(group, owner);
    else if (group->owner != owner)
        result = -EPERM;
    else
        group->owner_cnt++;
    mutex_unlock(&group->mutex);
    return result;
}
EXPORT_SYMBOL_GPL(iommu_device_claim_dma_owner);

static void release(struct iommu_group *group)
{
    if (WARN_ON(!group->owner_cnt || !group->owner || !xa_empty(&group->pasid_array)))
        return;
    group->owner_cnt = 0;
    group->owner = NULL;
    iommu_group_set_domain_nofail(group, group->default_domain);
}

void iommu_group_release_dma_owner(struct iommu_group *group)
{
    mutex_lock(&group->mutex);
    release(group);
    mutex_unlock(&group->mutex);
}
EXPORT_SYMBOL_GPL(iommu_group_release_dma_owner);

void iommu_device_release_dma_owner(struct device *dev)
{
    struct iommu_group *group = dev->iommu_group;

    if (!group)
        return;
    mutex_lock(&group->mutex);
    if (group->owner_cnt > 1)
        group->owner_cnt--;
    else
        release(group);
    mutex_unlock(&group->mutex);
}
EXPORT_SYMBOL_GPL(iommu_device_release_dma_owner);

bool iommu_group_dma_owner_claimed(struct iommu_group *group)
{
    unsigned int owners;

    mutex_lock(&group->mutex);
    owners = group->owner_cnt;
    mutex_unlock(&group->mutex);
    return owners;
}
EXPORT_SYMBOL_GPL(iommu_group_dma_owner_claimed);
