/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* fake_internal.h - between the files of the fake. */
#ifndef FAKE_INTERNAL_H
#define FAKE_INTERNAL_H

#include "fake_iommu.h"
#include "ioasid/core.h"

#include <linux/device.h>
#include <linux/xarray.h>

struct fake {
    struct device dev;
    struct dev_iommu iommu;
    bool wide, narrow;
    bool requests; /* page requests are enabled */
    int invalidations;
    unsigned long invalidated_pages; /* by the last one */
};
extern struct fake fakes[FAKE_DEVICES];
#define to_device(device) container_of(device, struct fake, dev)

struct iommu_group {
    int references;
    void *owner;
    int owner_count;
    struct iommu_domain *domain;
    struct xarray handles; /* by PASID */
};

struct fake_domain {
    struct iommu_domain domain;
    struct xarray pages; /* physical address | IOMMU_READ | IOMMU_WRITE, as value */
    bool narrow, snoop;
    struct fake_domain *parent; /* of a nested one */
    u64 table;
    struct fake *device;
};
#define to_fake(at) container_of(at, struct fake_domain, domain)

#define should_fail_here() fault_inject_should_fail(__func__)

#endif
