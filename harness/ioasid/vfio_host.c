// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* vfio_host.c - see vfio_host.h. */
#include "ioasid/vfio_host.h"

#include "ioasid/vfio_internal.h"

#include <linux/device.h>
#include <linux/iommu.h>
#include <linux/string.h>

static unsigned int group_of(struct device *dev)
{
    struct iommu_group *group = iommu_group_get(dev);
    unsigned int id = group ? (unsigned int)iommu_group_id(group) : ~0u;

    iommu_group_put(group);
    return id;
}

int vfio_host_device(unsigned int n, struct vfio_host_device *device)
{
    struct vfio_device *vdev = vfio_device_nth(n);

    memset(device, 0, sizeof(*device));
    if (!vdev)
        return 0;
    strscpy(device->name, vfio_device_name(vdev), sizeof(device->name));
    strscpy(device->node, vfio_device_node(vdev), sizeof(device->node));
    device->kind = vfio_device_kind(vdev);
    device->vpasid_bits = vdev->about.vpasid_bits;
    device->pasid_flags = vdev->about.pasid_flags;
    device->group = group_of(vfio_device_dev(vdev));
    if (device->kind != VFIO_PDEV)
        strscpy(device->parent, dev_name(vfio_device_dev(vdev)), sizeof(device->parent));
    return 1;
}
