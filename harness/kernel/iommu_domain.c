/* SPDX-License-Identifier: BSD-2-Clause */
/* iommu_domain.c - domains, and groups that change theirs: all devices of a group, or none. */
#include "iommu_internal.h"

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

/* ---- made and freed ---- */

static struct iommu_domain *make(const struct iommu_ops *ops, struct device *dev, unsigned int type)
{
    if (type == IOMMU_DOMAIN_IDENTITY && ops->identity_domain)
        return ops->identity_domain;
    if (type == IOMMU_DOMAIN_BLOCKED && ops->blocked_domain)
        return ops->blocked_domain;
    if ((type & __IOMMU_DOMAIN_PAGING) && ops->domain_alloc_paging)
        return ops->domain_alloc_paging(dev);
    return ops->domain_alloc ? ops->domain_alloc(type) : ERR_PTR(-EOPNOTSUPP);
}

struct iommu_domain *iommu_domain_make(const struct iommu_ops *ops, struct device *dev, unsigned int type)
{
    struct iommu_domain *domain = make(ops, dev, type);

    if (IS_ERR(domain))
        return domain;
    if (!domain)
        return ERR_PTR(-ENOMEM);
    domain->type = type;
    domain->owner = ops;
    if (!domain->ops)
        domain->ops = ops->default_domain_ops;
    if (!domain->pgsize_bitmap)
        domain->pgsize_bitmap = ops->pgsize_bitmap;
    if (iommu_is_dma_domain(domain) && iommu_get_dma_cookie(domain)) {
        iommu_domain_free(domain);
        return ERR_PTR(-ENOMEM);
    }
    return domain;
}

struct iommu_domain *iommu_paging_domain_alloc(struct device *dev)
{
    return dev_has_iommu(dev) ? iommu_domain_make(dev_iommu_ops(dev), dev, IOMMU_DOMAIN_UNMANAGED) : ERR_PTR(-ENODEV);
}
EXPORT_SYMBOL_GPL(iommu_paging_domain_alloc);

static int first_with_iommu(struct device *dev, void *data)
{
    *(struct device **)data = dev;
    return dev_has_iommu(dev);
}

struct iommu_domain *iommu_domain_alloc(const struct bus_type *bus)
{
    struct device *dev = NULL;
    struct iommu_domain *domain;

    if (bus_for_each_dev(bus, NULL, &dev, first_with_iommu) <= 0)
        return NULL;
    domain = iommu_paging_domain_alloc(dev);
    return IS_ERR(domain) ? NULL : domain;
}
EXPORT_SYMBOL_GPL(iommu_domain_alloc);

void iommu_domain_free(struct iommu_domain *domain)
{
    if (domain->type == IOMMU_DOMAIN_SVA)
        mmdrop(domain->mm);
    iommu_put_dma_cookie(domain);
    if (domain->ops->free)
        domain->ops->free(domain);
}
EXPORT_SYMBOL_GPL(iommu_domain_free);

void iommu_set_fault_handler(struct iommu_domain *domain, iommu_fault_handler_t handler, void *token)
{
    domain->handler = handler;
    domain->handler_token = token;
}
EXPORT_SYMBOL_GPL(iommu_set_fault_handler);

int iommu_enable_nesting(struct iommu_domain *domain)
{
    if (domain->type != IOMMU_DOMAIN_UNMANAGED || !domain->ops->enable_nesting)
        return -EINVAL;
    return domain->ops->enable_nesting(domain);
}
EXPORT_SYMBOL_GPL(iommu_enable_nesting);

/* ---- a group changes its domain ---- */

static int attach_device(struct iommu_domain *domain, struct device *dev)
{
    if (!domain->ops->attach_dev)
        return -ENODEV;
    return domain->ops->attach_dev(domain, dev);
}

/*
 * A device with memory that must stay mapped (RMRR) is never blocked. must_succeed: when the driver refuses, block the device if
 * that is possible, rather than leave it with a translation that is about to go.
 */
int iommu_device_set_domain(struct iommu_group *group, struct device *dev, struct iommu_domain *domain, bool must_succeed)
{
    int result;

    if (dev->iommu->require_direct && (domain->type == IOMMU_DOMAIN_BLOCKED || domain == group->blocking_domain))
        return -EINVAL;
    result = attach_device(domain, dev);
    if (result && must_succeed && group->blocking_domain && group->blocking_domain != domain)
        attach_device(group->blocking_domain, dev);
    return result;
}

static void go_back(struct iommu_group *group, const struct group_device *failed)
{
    struct group_device *device;

    for_each_group_device(group, device)
    {
        if (device == failed)
            break;
        if (group->domain)
            WARN_ON(iommu_device_set_domain(group, device->dev, group->domain, true));
    }
}

int iommu_group_set_domain(struct iommu_group *group, struct iommu_domain *domain)
{
    struct group_device *device;

    lockdep_assert_held(&group->mutex);
    if (group->domain == domain)
        return 0;
    if (WARN_ON(!domain))
        return -EINVAL;
    for_each_group_device(group, device)
    {
        int result = iommu_device_set_domain(group, device->dev, domain, false);

        if (result) {
            go_back(group, device);
            return result;
        }
    }
    group->domain = domain;
    return 0;
}

void iommu_group_set_domain_nofail(struct iommu_group *group, struct iommu_domain *domain)
{
    struct group_device *device;
    int result = 0;

    lockdep_assert_held(&group->mutex);
    if (group->domain == domain || WARN_ON(!domain))
        return;
    for_each_group_device(group, device) result |= iommu_device_set_domain(group, device->dev, domain, true);
    WARN_ON(result);
    group->domain = domain;
}

/* What a group has when nobody attaches it to anything: owned by a user, nothing; else the default domain. */
void iommu_group_set_core_domain(struct iommu_group *group)
{
    iommu_group_set_domain_nofail(group, group->owner ? group->blocking_domain : group->default_domain);
}

int iommu_attach_group_locked(struct iommu_domain *domain, struct iommu_group *group)
{
    struct device *dev;

    if (group->domain && group->domain != group->default_domain && group->domain != group->blocking_domain)
        return -EBUSY;
    if (list_empty(&group->devices))
        return -ENODEV;
    dev = iommu_group_first_dev(group);
    if (!dev_has_iommu(dev) || dev_iommu_ops(dev) != domain->owner)
        return -EINVAL;
    return iommu_group_set_domain(group, domain);
}

int iommu_attach_group(struct iommu_domain *domain, struct iommu_group *group)
{
    int result;

    mutex_lock(&group->mutex);
    result = iommu_attach_group_locked(domain, group);
    mutex_unlock(&group->mutex);
    return result;
}
EXPORT_SYMBOL_GPL(iommu_attach_group);

void iommu_detach_group(struct iommu_domain *domain, struct iommu_group *group)
{
    mutex_lock(&group->mutex);
    iommu_group_set_core_domain(group);
    mutex_unlock(&group->mutex);
}
EXPORT_SYMBOL_GPL(iommu_detach_group);

int iommu_attach_device(struct iommu_domain *domain, struct device *dev)
{
    struct iommu_group *group = dev->iommu_group;
    int result = -EINVAL;

    if (!group)
        return -ENODEV;
    mutex_lock(&group->mutex);
    if (list_is_singular(&group->devices))
        result = iommu_attach_group_locked(domain, group);
    mutex_unlock(&group->mutex);
    return result;
}
EXPORT_SYMBOL_GPL(iommu_attach_device);

void iommu_detach_device(struct iommu_domain *domain, struct device *dev)
{
    struct iommu_group *group = dev->iommu_group;

    if (!group)
        return;
    mutex_lock(&group->mutex);
    if (!WARN_ON(domain != group->domain || !list_is_singular(&group->devices)))
        iommu_group_set_core_domain(group);
    mutex_unlock(&group->mutex);
}
EXPORT_SYMBOL_GPL(iommu_detach_device);

struct iommu_domain *iommu_get_domain_for_dev(struct device *dev)
{
    return dev->iommu_group ? dev->iommu_group->domain : NULL;
}
EXPORT_SYMBOL_GPL(iommu_get_domain_for_dev);

struct iommu_domain *iommu_get_dma_domain(struct device *dev)
{
    return dev->iommu_group->default_domain;
}
EXPORT_SYMBOL_GPL(iommu_get_dma_domain);

/* ---- with a handle, to which faults lead back ---- */

int iommu_attach_group_handle(struct iommu_domain *domain, struct iommu_group *group, struct iommu_attach_handle *handle)
{
    int result;

    if (handle)
        handle->domain = domain;
    mutex_lock(&group->mutex);
    result = xa_insert(&group->pasid_array, IOMMU_NO_PASID, handle, GFP_KERNEL);
    if (!result) {
        result = iommu_attach_group_locked(domain, group);
        if (result)
            xa_erase(&group->pasid_array, IOMMU_NO_PASID);
    }
    mutex_unlock(&group->mutex);
    return result;
}
EXPORT_SYMBOL_NS_GPL(iommu_attach_group_handle, IOMMUFD_INTERNAL);

void iommu_detach_group_handle(struct iommu_domain *domain, struct iommu_group *group)
{
    mutex_lock(&group->mutex);
    iommu_group_set_core_domain(group);
    xa_erase(&group->pasid_array, IOMMU_NO_PASID);
    mutex_unlock(&group->mutex);
}
EXPORT_SYMBOL_NS_GPL(iommu_detach_group_handle, IOMMUFD_INTERNAL);

int iommu_replace_group_handle(struct iommu_group *group, struct iommu_domain *domain, struct iommu_attach_handle *handle)
{
    void *old;
    int result;

    if (!domain)
        return -EINVAL;
    mutex_lock(&group->mutex);
    result = xa_reserve(&group->pasid_array, IOMMU_NO_PASID, GFP_KERNEL);
    if (!result) {
        if (handle)
            handle->domain = domain;
        result = iommu_group_set_domain(group, domain);
        if (result) {
            xa_release(&group->pasid_array, IOMMU_NO_PASID);
        } else {
            old = handle ? xa_store(&group->pasid_array, IOMMU_NO_PASID, handle, GFP_KERNEL)
                         : xa_erase(&group->pasid_array, IOMMU_NO_PASID);
            WARN_ON(xa_is_err(old)); /* its place was reserved */
        }
    }
    mutex_unlock(&group->mutex);
    return result;
}
EXPORT_SYMBOL_NS_GPL(iommu_replace_group_handle, IOMMUFD_INTERNAL);

struct iommu_attach_handle *iommu_attach_handle_get(struct iommu_group *group, ioasid_t pasid, unsigned int type)
{
    struct iommu_attach_handle *handle;

    xa_lock(&group->pasid_array);
    handle = xa_load(&group->pasid_array, pasid);
    if (!handle)
        handle = ERR_PTR(-ENOENT);
    else if (type && handle->domain->type != type)
        handle = ERR_PTR(-EBUSY);
    xa_unlock(&group->pasid_array);
    return handle;
}
EXPORT_SYMBOL_NS_GPL(iommu_attach_handle_get, IOMMUFD_INTERNAL);
