/* SPDX-License-Identifier: BSD-2-Clause */
/* linux/mod_devicetable.h - what a driver is for. */
#ifndef _LINUX_MOD_DEVICETABLE_H
#define _LINUX_MOD_DEVICETABLE_H

#include <linux/types.h>

typedef unsigned long kernel_ulong_t;

#define PCI_ANY_ID (~0)

struct pci_device_id {
    __u32 vendor, device;
    __u32 subvendor, subdevice;
    __u32 class, class_mask;
    kernel_ulong_t driver_data;
    __u32 override_only; /* only a device whose driver_override names the driver */
};
enum { PCI_ID_F_VFIO_DRIVER_OVERRIDE = 1 };

struct platform_device_id {
    char name[24];
    kernel_ulong_t driver_data;
};

struct of_device_id {
    char name[32];
    char type[32];
    char compatible[128];
    const void *data;
};

#endif
