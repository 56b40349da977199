/* SPDX-License-Identifier: BSD-2-Clause */
/* iommu_device.c - units that drivers register, and devices that get one of them. */
#include "iommu_internal.h"

#include <linux/errno.h>
#include <linux/pci-ats.h>
#include <linux/pci.h>
#include <linux/slab.h>

static LIST_HEAD(units);
static DEFINE_SPINLOCK(units_lock);
static DEFINE_MUTEX(probe_lock);
static bool translate_by_default;

void iommu_set_default_passthrough(bool cmd_line)
{
    translate_by_default = false;
}
EXPORT_SYMBOL_GPL(iommu_set_default_passthrough);

void iommu_set_default_translated(bool cmd_line)
{
    translate_by_default = true;
}
EXPORT_SYMBOL_GPL(iommu_set_default_translated);

bool iommu_default_passthrough(void)
{
    return !translate_by_default;
}
EXPORT_SYMBOL_GPL(iommu_default_passthrough);

/* ---- struct dev_iommu ---- */

struct dev_iommu *dev_iommu_get(struct device *dev)
{
    if (dev->iommu)
        return dev->iommu;
    dev->iommu = kzalloc(sizeof(*dev->iommu), GFP_KERNEL);
    if (dev->iommu)
        mutex_init(&dev->iommu->lock);
    return dev->iommu;
}

static void dev_iommu_free(struct device *dev)
{
    struct dev_iommu *iommu = dev->iommu;

    dev->iommu = NULL;
    if (!iommu)
        return;
    WARN_ON(iommu->fault_param);
    kfree(iommu->fwspec);
    mutex_destroy(&iommu->lock);
    kfree(iommu);
}

void dev_iommu_priv_set(struct device *dev, void *priv)
{
    dev->iommu->priv = priv;
}
EXPORT_SYMBOL_GPL(dev_iommu_priv_set);

int iommu_fwspec_init(struct device *dev, struct fwnode_handle *iommu_fwnode)
{
    struct iommu_fwspec *fwspec = dev_iommu_fwspec_get(dev);

    if (fwspec)
        return fwspec->iommu_fwnode == iommu_fwnode ? 0 : -EINVAL;
    if (!dev_iommu_get(dev))
        return -ENOMEM;
    fwspec = kzalloc(sizeof(*fwspec), GFP_KERNEL);
    if (!fwspec)
        return -ENOMEM;
    fwspec->iommu_fwnode = iommu_fwnode;
    dev->iommu->fwspec = fwspec;
    return 0;
}
EXPORT_SYMBOL_GPL(iommu_fwspec_init);

void iommu_fwspec_free(struct device *dev)
{
    if (!dev_iommu_fwspec_get(dev))
        return;
    kfree(dev->iommu->fwspec);
    dev->iommu->fwspec = NULL;
}
EXPORT_SYMBOL_GPL(iommu_fwspec_free);

int iommu_fwspec_add_ids(struct device *dev, const u32 *ids, int num_ids)
{
    struct iommu_fwspec *fwspec = dev_iommu_fwspec_get(dev);
    struct iommu_fwspec *longer;

    if (!fwspec)
        return -EINVAL;
    longer = kzalloc(sizeof(*fwspec) + (fwspec->num_ids + num_ids) * sizeof(ids[0]), GFP_KERNEL);
    if (!longer)
        return -ENOMEM;
    *longer = *fwspec;
    for (unsigned int i = 0; i < fwspec->num_ids; i++)
        longer->ids[i] = fwspec->ids[i];
    for (int i = 0; i < num_ids; i++)
        longer->ids[longer->num_ids++] = ids[i];
    dev->iommu->fwspec = longer;
    kfree(fwspec);
    return 0;
}
EXPORT_SYMBOL_GPL(iommu_fwspec_add_ids);

/* ---- default domain ---- */

static unsigned int default_type(struct device *dev)
{
    const struct iommu_ops *ops = dev_iommu_ops(dev);
    int wish = ops->def_domain_type ? ops->def_domain_type(dev) : 0;

    if (wish)
        return (unsigned int)wish;
    return translate_by_default ? IOMMU_DOMAIN_DMA : IOMMU_DOMAIN_IDENTITY;
}

static int setup_default_domain(struct iommu_group *group)
{
    struct device *dev = iommu_group_first_dev(group);
    const struct iommu_ops *ops = dev_iommu_ops(dev);
    struct iommu_domain *domain = iommu_domain_make(ops, dev, default_type(dev));
    int result;

    if (IS_ERR(domain) && PTR_ERR(domain) != -ENOMEM)
        domain = iommu_domain_make(ops, dev, IOMMU_DOMAIN_DMA);
    if (IS_ERR(domain))
        return (int)PTR_ERR(domain);
    result = iommu_map_direct_regions(domain, dev);
    if (!result)
        result = iommu_group_set_domain(group, domain);
    if (result) {
        iommu_domain_free(domain);
        return result;
    }
    group->default_domain = domain;
    return 0;
}

static int join_domain(struct iommu_group *group, struct device *dev)
{
    int result = 0;

    if (!group->domain)
        return setup_default_domain(group);
    if (group->default_domain)
        result = iommu_map_direct_regions(group->default_domain, dev);
    return result ? result : iommu_device_set_domain(group, dev, group->domain, false);
}

/* ---- a device gets its unit ---- */

const struct iommu_ops *iommu_ops_from_fwnode(const struct fwnode_handle *fwnode)
{
    const struct iommu_ops *ops = NULL;
    struct iommu_device *unit;

    spin_lock(&units_lock);
    list_for_each_entry(unit, &units, list) if (unit->fwnode == fwnode)
    {
        ops = unit->ops;
        break;
    }
    spin_unlock(&units_lock);
    return ops;
}

static u32 max_pasids(struct device *dev)
{
    int bits = dev_is_pci(dev) ? pci_max_pasids(to_pci_dev(dev)) : 0;

    return bits > 0 ? min_t(u32, (u32)bits, dev->iommu->iommu_dev->max_pasids) : 0;
}

static void forget(struct device *dev, const struct iommu_ops *ops)
{
    if (ops->release_device)
        ops->release_device(dev);
    dev->iommu->iommu_dev = NULL;
    module_put(ops->owner);
}

static int init_device(struct device *dev, const struct iommu_ops *ops)
{
    struct iommu_device *unit;
    struct iommu_group *group;

    if (!dev_iommu_get(dev))
        return -ENOMEM;
    if (!try_module_get(ops->owner)) {
        dev_iommu_free(dev);
        return -EINVAL;
    }
    unit = ops->probe_device(dev);
    if (IS_ERR(unit)) {
        module_put(ops->owner);
        dev_iommu_free(dev);
        return (int)PTR_ERR(unit);
    }
    dev->iommu->iommu_dev = unit;
    dev->iommu->max_pasids = max_pasids(dev);
    group = ops->device_group(dev);
    if (IS_ERR_OR_NULL(group)) {
        forget(dev, ops);
        dev_iommu_free(dev);
        return group ? (int)PTR_ERR(group) : -EINVAL;
    }
    dev->iommu_group = group;
    return 0;
}

static void deinit_device(struct device *dev)
{
    const struct iommu_ops *ops = dev_iommu_ops(dev);
    struct iommu_group *group = dev->iommu_group;

    mutex_lock(&group->mutex);
    iommu_group_drop(dev);
    if (ops->release_domain && list_empty(&group->devices))
        ops->release_domain->ops->attach_dev(ops->release_domain, dev);
    if (list_empty(&group->devices)) {
        WARN_ON(group->owner_cnt || !xa_empty(&group->pasid_array));
        group->domain = NULL;
    }
    mutex_unlock(&group->mutex);
    dev->iommu_group = NULL;
    forget(dev, ops);
    if (list_empty(&group->devices)) { /* domains go while their driver is there */
        if (group->default_domain)
            iommu_domain_free(group->default_domain);
        if (group->blocking_domain)
            iommu_domain_free(group->blocking_domain);
        group->default_domain = group->blocking_domain = NULL;
    }
    iommu_group_put(group);
    dev_iommu_free(dev);
}

static int probe_device(struct device *dev)
{
    const struct iommu_ops *ops;
    struct iommu_group *group;
    int result;

    if (dev->iommu_group)
        return 0;
    result = acpi_iommu_configure(dev);
    if (result && result != -ENODEV)
        return result;
    ops = iommu_ops_from_fwnode(dev_iommu_fwspec_get(dev) ? dev_iommu_fwspec_get(dev)->iommu_fwnode : NULL);
    if (!ops)
        return -ENODEV;
    result = init_device(dev, ops);
    if (result)
        return result;
    group = dev->iommu_group;
    mutex_lock(&group->mutex);
    result = iommu_group_add(group, dev);
    if (!result)
        result = join_domain(group, dev);
    mutex_unlock(&group->mutex);
    if (result)
        deinit_device(dev);
    else if (ops->probe_finalize)
        ops->probe_finalize(dev);
    return result;
}

/* Bridges of this machine send nothing of their own: they have no unit and are in no group. */
int iommu_probe_device(struct device *dev)
{
    int result = -ENODEV;

    mutex_lock(&probe_lock);
    if (!dev_is_pci(dev) || to_pci_dev(dev)->hdr_type == PCI_HEADER_TYPE_NORMAL)
        result = probe_device(dev);
    mutex_unlock(&probe_lock);
    return result;
}
EXPORT_SYMBOL_GPL(iommu_probe_device);

void iommu_device_added(struct device *dev)
{
    iommu_probe_device(dev);
}

void iommu_device_removed(struct device *dev)
{
    mutex_lock(&probe_lock);
    if (dev->iommu_group)
        deinit_device(dev);
    else
        dev_iommu_free(dev);
    mutex_unlock(&probe_lock);
}

/* ---- units ---- */

static int probe_one(struct device *dev, void *data)
{
    int result = iommu_probe_device(dev);

    return result == -ENODEV ? 0 : result;
}

int iommu_device_register(struct iommu_device *iommu, const struct iommu_ops *ops, struct device *hwdev)
{
    int result;

    iommu->ops = ops;
    if (hwdev)
        iommu->fwnode = dev_fwnode(hwdev);
    spin_lock(&units_lock);
    list_add_tail(&iommu->list, &units);
    spin_unlock(&units_lock);
    result = bus_for_each_dev(&pci_bus_type, NULL, NULL, probe_one);
    if (result)
        iommu_device_unregister(iommu);
    return result;
}
EXPORT_SYMBOL_GPL(iommu_device_register);

static int release_if_of(struct device *dev, void *iommu)
{
    if (dev->iommu && dev->iommu->iommu_dev == iommu)
        iommu_device_removed(dev);
    return 0;
}

void iommu_device_unregister(struct iommu_device *iommu)
{
    bus_for_each_dev(&pci_bus_type, NULL, iommu, release_if_of);
    spin_lock(&units_lock);
    list_del(&iommu->list);
    spin_unlock(&units_lock);
    iommu_group_put(iommu->singleton_group);
}
EXPORT_SYMBOL_GPL(iommu_device_unregister);

/* ---- what callers ask ---- */

static int has_iommu(struct device *dev, void *data)
{
    return dev_has_iommu(dev);
}

bool iommu_present(const struct bus_type *bus)
{
    return bus_for_each_dev(bus, NULL, NULL, has_iommu) > 0;
}
EXPORT_SYMBOL_GPL(iommu_present);

bool device_iommu_capable(struct device *dev, enum iommu_cap cap)
{
    return dev_has_iommu(dev) && dev_iommu_ops(dev)->capable && dev_iommu_ops(dev)->capable(dev, cap);
}
EXPORT_SYMBOL_GPL(device_iommu_capable);

int iommu_dev_enable_feature(struct device *dev, enum iommu_dev_features feat)
{
    if (!dev_has_iommu(dev) || !dev_iommu_ops(dev)->dev_enable_feat)
        return -ENODEV;
    return dev_iommu_ops(dev)->dev_enable_feat(dev, feat);
}
EXPORT_SYMBOL_GPL(iommu_dev_enable_feature);

int iommu_dev_disable_feature(struct device *dev, enum iommu_dev_features feat)
{
    if (!dev_has_iommu(dev) || !dev_iommu_ops(dev)->dev_disable_feat)
        return -EBUSY;
    return dev_iommu_ops(dev)->dev_disable_feat(dev, feat);
}
EXPORT_SYMBOL_GPL(iommu_dev_disable_feature);

static int iommu_boot(void)
{
    INIT_LIST_HEAD(&units);
    translate_by_default = false;
    return 0;
}

static void iommu_halt(void)
{
    if (!list_empty(&units))
        audit("a unit of an IOMMU driver is still registered");
}
KERNEL_SUBSYSTEM(iommu, 4, iommu_boot, iommu_halt);
