/* SPDX-License-Identifier: BSD-2-Clause */
/* iommu_group.c - groups: who is in one, and who refers to it. */
#include "iommu_internal.h"

#include <linux/errno.h>
#include <linux/idr.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>

static DEFINE_IDA(group_ids);

struct iommu_group *iommu_group_alloc(void)
{
    struct iommu_group *group = kzalloc(sizeof(*group), GFP_KERNEL);

    if (!group)
        return ERR_PTR(-ENOMEM);
    group->id = ida_alloc(&group_ids, GFP_KERNEL);
    if (group->id < 0) {
        int result = group->id;

        kfree(group);
        return ERR_PTR(result);
    }
    kref_init(&group->kref);
    mutex_init(&group->mutex);
    INIT_LIST_HEAD(&group->devices);
    xa_init(&group->pasid_array);
    return group;
}
EXPORT_SYMBOL_GPL(iommu_group_alloc);

static void group_release(struct kref *kref)
{
    struct iommu_group *group = container_of(kref, struct iommu_group, kref);

    if (group->iommu_data_release)
        group->iommu_data_release(group->iommu_data);
    ida_free(&group_ids, (unsigned int)group->id);
    if (group->default_domain)
        iommu_domain_free(group->default_domain);
    if (group->blocking_domain)
        iommu_domain_free(group->blocking_domain);
    WARN_ON(!xa_empty(&group->pasid_array));
    xa_destroy(&group->pasid_array);
    mutex_destroy(&group->mutex);
    kfree(group->name);
    kfree(group);
}

void iommu_group_put(struct iommu_group *group)
{
    if (group)
        kref_put(&group->kref, group_release);
}
EXPORT_SYMBOL_GPL(iommu_group_put);

struct iommu_group *iommu_group_ref_get(struct iommu_group *group)
{
    kref_get(&group->kref);
    return group;
}
EXPORT_SYMBOL_GPL(iommu_group_ref_get);

struct iommu_group *iommu_group_get(struct device *dev)
{
    return dev->iommu_group ? iommu_group_ref_get(dev->iommu_group) : NULL;
}
EXPORT_SYMBOL_GPL(iommu_group_get);

int iommu_group_id(struct iommu_group *group)
{
    return group->id;
}
EXPORT_SYMBOL_GPL(iommu_group_id);

void *iommu_group_get_iommudata(struct iommu_group *group)
{
    return group->iommu_data;
}
EXPORT_SYMBOL_GPL(iommu_group_get_iommudata);

void iommu_group_set_iommudata(struct iommu_group *group, void *iommu_data, void (*release)(void *iommu_data))
{
    group->iommu_data = iommu_data;
    group->iommu_data_release = release;
}
EXPORT_SYMBOL_GPL(iommu_group_set_iommudata);

int iommu_group_set_name(struct iommu_group *group, const char *name)
{
    const char *copy = name ? kstrdup(name, GFP_KERNEL) : NULL;

    if (name && !copy)
        return -ENOMEM;
    kfree(group->name);
    group->name = copy;
    return 0;
}
EXPORT_SYMBOL_GPL(iommu_group_set_name);

struct iommu_domain *iommu_group_default_domain(struct iommu_group *group)
{
    return group->default_domain;
}
EXPORT_SYMBOL_GPL(iommu_group_default_domain);

int iommu_group_for_each_dev(struct iommu_group *group, void *data, int (*fn)(struct device *, void *))
{
    struct group_device *device;
    int result = 0;

    mutex_lock(&group->mutex);
    for_each_group_device(group, device)
    {
        result = fn(device->dev, data);
        if (result)
            break;
    }
    mutex_unlock(&group->mutex);
    return result;
}
EXPORT_SYMBOL_GPL(iommu_group_for_each_dev);

/* With group->mutex held. The device's reference to the group was taken by whoever found it. */
int iommu_group_add(struct iommu_group *group, struct device *dev)
{
    struct group_device *device = kzalloc(sizeof(*device), GFP_KERNEL);

    if (!device)
        return -ENOMEM;
    device->dev = dev;
    list_add_tail(&device->list, &group->devices);
    return 0;
}

void iommu_group_drop(struct device *dev)
{
    struct group_device *device;

    for_each_group_device(dev->iommu_group, device) if (device->dev == dev)
    {
        list_del(&device->list);
        kfree(device);
        return;
    }
}

bool iommu_group_has_isolated_msi(struct iommu_group *group)
{
    return true; /* no interrupt of this machine can be forged into anything but a spurious one */
}
EXPORT_SYMBOL_GPL(iommu_group_has_isolated_msi);

/* ---- which group ---- */

struct iommu_group *generic_device_group(struct device *dev)
{
    return iommu_group_alloc();
}
EXPORT_SYMBOL_GPL(generic_device_group);

/* The topmost function that requests of the device cannot be told from; it stands for the group. */
static struct pci_dev *isolated(struct pci_dev *pdev)
{
    struct pci_dev *top = pdev;

    for (struct pci_bus *bus = pdev->bus; !pci_is_root_bus(bus); bus = bus->parent) {
        if (pci_acs_path_enabled(bus->self, NULL, PCI_ACS_SV | PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_UF))
            break;
        top = bus->self;
    }
    return top;
}

static int same_group(struct device *dev, void *data)
{
    struct pci_dev **top = data;

    return dev->iommu_group && isolated(to_pci_dev(dev)) == *top;
}

struct found {
    struct pci_dev *top;
    struct iommu_group *group;
};

static int find_group(struct device *dev, void *data)
{
    struct found *found = data;

    if (!same_group(dev, &found->top))
        return 0;
    found->group = iommu_group_get(dev);
    return 1;
}

struct iommu_group *pci_device_group(struct device *dev)
{
    struct found found = {.top = isolated(to_pci_dev(dev))};

    bus_for_each_dev(&pci_bus_type, NULL, &found, find_group);
    return found.group ? found.group : iommu_group_alloc();
}
EXPORT_SYMBOL_GPL(pci_device_group);

struct iommu_group *generic_single_device_group(struct device *dev)
{
    struct iommu_device *iommu = dev->iommu->iommu_dev;

    if (!iommu->singleton_group) {
        struct iommu_group *group = iommu_group_alloc();

        if (IS_ERR(group))
            return group;
        iommu->singleton_group = group;
    }
    return iommu_group_ref_get(iommu->singleton_group);
}
EXPORT_SYMBOL_GPL(generic_single_device_group);
