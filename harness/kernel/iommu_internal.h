/* SPDX-License-Identifier: BSD-2-Clause */
/* iommu_internal.h - what the parts of the iommu core share. */
#ifndef KERNEL_IOMMU_INTERNAL_H
#define KERNEL_IOMMU_INTERNAL_H

#include "core.h"
#include "device_internal.h"

#include <linux/iommu.h>
#include <linux/xarray.h>

/* Devices that the hardware cannot tell apart, and what they are attached to, together. */
struct iommu_group {
    struct kref kref;
    int id;
    struct mutex mutex; /* of all below */
    struct list_head devices;
    struct xarray pasid_array; /* PASID -> struct iommu_attach_handle, or reserved for a caller without one */
    struct iommu_domain *domain, *default_domain, *blocking_domain;
    unsigned int owner_cnt;
    void *owner; /* NULL with owner_cnt: drivers of the kernel */
    void *iommu_data;
    void (*iommu_data_release)(void *iommu_data);
    const char *name;
};

struct group_device {
    struct list_head list;
    struct device *dev;
};

#define for_each_group_device(group, pos) list_for_each_entry(pos, &(group)->devices, list)

static inline bool dev_has_iommu(struct device *dev)
{
    return dev->iommu && dev->iommu->iommu_dev;
}

static inline const struct iommu_ops *dev_iommu_ops(struct device *dev)
{
    return dev->iommu->iommu_dev->ops;
}

static inline struct device *iommu_group_first_dev(struct iommu_group *group)
{
    return list_first_entry(&group->devices, struct group_device, list)->dev;
}

/* Units (iommu_device.c). */
extern struct mutex iommu_devices_lock;
const struct iommu_ops *iommu_ops_from_fwnode(const struct fwnode_handle *fwnode);
struct dev_iommu *dev_iommu_get(struct device *dev);
int iommu_group_add(struct iommu_group *group, struct device *dev);
void iommu_group_drop(struct device *dev);

/* With group->mutex held (iommu_domain.c). */
struct iommu_domain *iommu_domain_make(const struct iommu_ops *ops, struct device *dev, unsigned int type);
int iommu_group_set_domain(struct iommu_group *group, struct iommu_domain *domain);
void iommu_group_set_domain_nofail(struct iommu_group *group, struct iommu_domain *domain);
void iommu_group_set_core_domain(struct iommu_group *group);
int iommu_attach_group_locked(struct iommu_domain *domain, struct iommu_group *group);
int iommu_device_set_domain(struct iommu_group *group, struct device *dev, struct iommu_domain *domain, bool must_succeed);

/* Default domain, and what firmware wants mapped (iommu_dma.c). */
int iommu_map_direct_regions(struct iommu_domain *domain, struct device *dev);
int iommu_get_dma_cookie(struct iommu_domain *domain);
void iommu_put_dma_cookie(struct iommu_domain *domain);

int iommu_attach_group_handle(struct iommu_domain *domain, struct iommu_group *group, struct iommu_attach_handle *handle);
void iommu_detach_group_handle(struct iommu_domain *domain, struct iommu_group *group);
int iommu_replace_group_handle(struct iommu_group *group, struct iommu_domain *domain, struct iommu_attach_handle *handle);
struct iommu_attach_handle *iommu_attach_handle_get(struct iommu_group *group, ioasid_t pasid, unsigned int type);

#endif
