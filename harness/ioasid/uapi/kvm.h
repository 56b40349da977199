/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * kvm.h - what of /dev/kvm concerns devices: VMs, the kvm-vfio device with the no-snoop contract, translation of PASIDs by the
 * CPU. Numbers and layouts of what Linux has are Linux's. Guests are not run: what a guest's instruction would do is asked by the
 * bench.
 *
 * KVM depends on nobody: it loads where the ioasid and vfio modules are not built, or must not be loaded, and does not load them
 * (R-IOASID-195 to -197, -200). What then needs them fails, with nothing done (-198).
 *
 * Common to all: EFAULT for a bad pointer, ENOTTY for an unknown command (R-IOASID-203), ENOMEM.
 */
#ifndef IOTB_UAPI_KVM_H
#define IOTB_UAPI_KVM_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define KVMIO 0xAE
#define KVM_API_VERSION 12

/* ---- /dev/kvm ---- */

#define KVM_GET_API_VERSION _IO(KVMIO, 0x00) /* returns KVM_API_VERSION */
#define KVM_CREATE_VM _IO(KVMIO, 0x01)       /* argument: machine type, 0; returns an fd. EINVAL: another type */
/* On /dev/kvm and on a VM: argument: a capability; returns 1 when there is such a thing, else 0. */
#define KVM_CHECK_EXTENSION _IO(KVMIO, 0x03)

#define KVM_CAP_DEVICE_CTRL 89
#define KVM_CAP_ENABLE_CAP_VM 98
/*
 * The CPU can translate the PASID of ENQCMD (R-IOASID-105). CHECK_EXTENSION: whether it could be enabled. It is off until the
 * user enables it, and never enabled for another reason (-104).
 */
#define KVM_CAP_PASID_TRANSLATION 206
/*
 * Enabled with args[0] = 1: guest WBINVD is a no-op for this VM from now on, whatever devices do; args[0] = 0: as devices need.
 * Asks for no proof, for it gives nothing (R-IOASID-190); there is no counterpart that switches WBINVD on (-188).
 */
#define KVM_CAP_DISABLE_WBINVD 207

/* ---- VM fd ---- */

/*
 * KVM_ENABLE_CAP: PASID_TRANSLATION (no args) and DISABLE_WBINVD.
 *   EINVAL  another capability; flags; args that have no meaning and are not 0
 * Enabling PASID translation opens the portals of CPU_VIRT devices whose fds are registered with the VM, and of those that are
 * registered later (R-IOASID-102). It cannot be disabled.
 */
struct kvm_enable_cap {
    __u32 cap;
    __u32 flags;
    __u64 args[4];
    __u8 pad[64];
};
#define KVM_ENABLE_CAP _IOW(KVMIO, 0xa3, struct kvm_enable_cap)

/*
 * KVM_CREATE_DEVICE: type KVM_DEV_TYPE_VFIO; fd is written. With flags TEST only whether it could.
 *   ENODEV  another type;  EBUSY  the VM has one;  EINVAL  flags
 */
struct kvm_create_device {
    __u32 type;
    __u32 fd;
    __u32 flags;
#define KVM_CREATE_DEVICE_TEST 1
};
#define KVM_DEV_TYPE_VFIO 4
#define KVM_CREATE_DEVICE _IOWR(KVMIO, 0xe0, struct kvm_create_device)

/*
 * KVM_MAP_PASID: ENQCMD of the guest with user_pasid shall go out with the PASID on the bus under which `ioasid` of iommu_fd is
 * attached as user_pasid. The kernel finds that PASID; nobody can give it, and nobody is told (R-IOASID-098). The context of
 * iommu_fd is kept as long as the mapping.
 *   EINVAL  argsz < sizeof, flags, pad, user_pasid 0 or of more than 20 bits
 *   EINVAL  iommu_fd is not an fd of /dev/iommu or /dev/ioasid; no such IOASID in it; no attach of it as user_pasid
 *           (R-IOASID-099)
 *   EINVAL  PASID translation is not enabled for this VM (R-IOASID-104); the attach is of a device without CPU_VIRT: there
 *           the CPU must not translate (R-IOASID-103)
 *   EBADF   iommu_fd is not open
 *   EEXIST  user_pasid is mapped to another PASID; the same once more is success
 *   ENODEV  the ioasid module is not loaded (R-IOASID-198)
 *   E2BIG   longer than known, with a tail that is not zero
 * A detach of the attachment makes the mapping void: ENQCMD with it is refused.
 */
struct kvm_map_pasid {
    __u32 argsz;
    __u32 flags;
    __u32 user_pasid;
    __s32 iommu_fd;
    __u32 ioasid; /* of KVM_UNMAP_PASID: as it was mapped */
    __u32 pad;
};
#define KVM_MAP_PASID _IO(KVMIO, 0xf0)
/*
 * KVM_UNMAP_PASID: from its return ENQCMD with user_pasid does not reach the former address space (R-IOASID-100).
 *   EINVAL  argsz, flags, pad, as above; fd or IOASID are not those of the mapping
 *   ENOENT  user_pasid is not mapped
 *   EBADF   iommu_fd is not open
 */
#define KVM_UNMAP_PASID _IO(KVMIO, 0xf1)

/* ---- the fd of the kvm-vfio device ---- */

/*
 * KVM_SET_DEVICE_ATTR, group FILE, attr ADD or DEL, addr: pointer to an __s32 fd. The fd is one of a device
 * (/dev/vfio/devices/vfioN, legacy device fds too), of a legacy group, or of /dev/iommu or /dev/ioasid.
 * ADD has no policy: it succeeds whatever the coherency of the devices behind it is (R-IOASID-187). While the fd is registered
 * the file, and the module behind it, cannot go away (-193, -202).
 *   EBADF   not open;  EINVAL  another kind of file
 *   EEXIST  registered before (R-IOASID-194);  ENOENT  DEL of one that is not
 *   ENODEV  neither the vfio nor the ioasid module is loaded (R-IOASID-198)
 *   ENXIO   another group or attr
 *
 * Guest WBINVD is a no-op, except while at least one registered fd is not coherent (R-IOASID-181, -182, -192). Not coherent is:
 *   a device fd       while it is attached to an IOASID that does not enforce snoop, and the device may use no-snoop (-183)
 *   an iommu fd       while a device is so attached in it
 *   a legacy group    while its IOMMU cannot enforce snoop: whether devices use no-snoop is not known there (box 4; R-IOASID-184)
 * KVM knows before such an attach takes effect, and forgets after the detach (-185, -191). Module option once=1: it never forgets
 * as long as the VM lives (-186). Module option of vfio nosnoop=legacy: every device counts as one that may use no-snoop.
 */
struct kvm_device_attr {
    __u32 flags; /* 0 */
    __u32 group;
    __u64 attr;
    __u64 addr;
};
#define KVM_DEV_VFIO_FILE 1
#define KVM_DEV_VFIO_FILE_ADD 1
#define KVM_DEV_VFIO_FILE_DEL 2
#define KVM_DEV_VFIO_GROUP KVM_DEV_VFIO_FILE
#define KVM_DEV_VFIO_GROUP_ADD KVM_DEV_VFIO_FILE_ADD
#define KVM_DEV_VFIO_GROUP_DEL KVM_DEV_VFIO_FILE_DEL

#define KVM_SET_DEVICE_ATTR _IOW(KVMIO, 0xe1, struct kvm_device_attr)
#define KVM_GET_DEVICE_ATTR _IOW(KVMIO, 0xe2, struct kvm_device_attr) /* ENXIO: there is nothing to read */
#define KVM_HAS_DEVICE_ATTR _IOW(KVMIO, 0xe3, struct kvm_device_attr) /* 0, or ENXIO */

#endif
