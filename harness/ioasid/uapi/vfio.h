/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * vfio.h - device fds: /dev/vfio/devices/vfioN, and as much of the legacy path /dev/vfio/vfio, /dev/vfio/GROUP as is needed to
 * tell the two apart. Numbers and layouts of what Linux has are Linux's; bind and attach are the proposals' (v1 and v2).
 *
 * All structures: argsz is set by the caller to the bytes it passes. Shorter than the structure: EINVAL. Longer: accepted when
 * what follows is zero, else E2BIG (R-IOASID-028, -029). Unknown flags, or padding that is not zero: EINVAL. A bad pointer:
 * EFAULT, and nothing happened (R-IOASID-204). An unknown command: ENOTTY (R-IOASID-203). Layouts are the same for 32-bit and
 * 64-bit callers (R-IOASID-206). All commands return 0 or -1 with errno; none returns a number in any other way.
 *
 * Life of a device fd (R-IOASID-040, -041, -043, -047):
 *
 *   open (inert) --BIND--> bound, all DMA blocked --ATTACH--> DMA as the IOASID says --DETACH--> all DMA blocked
 *
 * While inert it does BIND and nothing else: every other ioctl, known or not, read, write and mmap give EINVAL. close() takes
 * away the user's mappings of registers, then detaches, then unbinds (R-IOASID-044); the fd of the next open() is inert again.
 * Several fds of one device may be open; of these at most one is bound (R-IOASID-208).
 */
#ifndef IOTB_UAPI_VFIO_H
#define IOTB_UAPI_VFIO_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define VFIO_TYPE (';')
#define VFIO_BASE 100

/* One capability of a chain; `next` counts from the start of the info structure, 0 ends the chain. */
struct vfio_info_cap_header {
    __u16 id;
    __u16 version;
    __u32 next;
};

/*
 * VFIO_DEVICE_GET_INFO. flags, num_regions and num_irqs are what the device has; FLAGS_CAPS and cap_offset: capabilities follow.
 * argsz too small for the chain: success, cap_offset 0, and argsz says how much is needed; nothing is written past the given
 * argsz (as R-IOASID-027). A caller may stop after num_irqs (16 bytes). Regions are those of VFIO's PCI devices: BAR n is
 * region n, the configuration space region 7.
 *   EINVAL  argsz < 16
 *   EFAULT  bad pointer
 */
struct vfio_device_info {
    __u32 argsz;
    __u32 flags;
#define VFIO_DEVICE_FLAGS_RESET (1 << 0)
#define VFIO_DEVICE_FLAGS_PCI (1 << 1)
#define VFIO_DEVICE_FLAGS_CAPS (1 << 7)
    __u32 num_regions;
    __u32 num_irqs;
    __u32 cap_offset;
    __u32 pad;
};
#define VFIO_DEVICE_GET_INFO _IO(VFIO_TYPE, VFIO_BASE + 7)

#define VFIO_PCI_BAR0_REGION_INDEX 0
#define VFIO_PCI_BAR2_REGION_INDEX 2
#define VFIO_PCI_BAR4_REGION_INDEX 4
#define VFIO_PCI_CONFIG_REGION_INDEX 7
#define VFIO_PCI_NUM_REGIONS 9

/*
 * The device can do DMA in address spaces chosen by a PASID. Without this capability an attach with a vPASID fails
 * (R-IOASID-081). The flags do not change while the device is open (R-IOASID-082).
 *
 *   DELEGATED  the PASID table is the user's: one IOASID of type USER_PASID_TABLE, attached without a vPASID, is all address
 *              spaces (R-IOASID-084). Clear: each address space is an IOASID of its own, attached with its vPASID (-083).
 *   CPU        work reaches the device by an instruction that takes the PASID from the CPU (ENQCMD). Not beside DELEGATED.
 *   CPU_VIRT   and the CPU must translate it: the PASID on the bus differs from the vPASID (mdev). The portal stays shut until
 *              KVM_CAP_PASID_TRANSLATION is enabled for a VM with which the device fd is registered (-102).
 *
 *     type (v2 1.4)              flags                 PASID on the bus
 *     1, 2, 3  no vPASID         no capability         -
 *     4  pdev, user's table      DELEGATED             = vPASID
 *     5  pdev, kernel's table    -                     = vPASID (R-IOASID-086)
 *     6  mdev                    -                     != vPASID, hidden (R-IOASID-087)
 *     7  5 + ENQCMD              CPU                   = vPASID (R-IOASID-103)
 *     8  6 + ENQCMD              CPU, CPU_VIRT         != vPASID, one per VM and vPASID (R-IOASID-091)
 *
 * One VM with devices of which some say CPU_VIRT and some CPU alone is not supported; that is the user's to see (-093).
 * (Linux 6.12 gave id 5 to another capability of vfio-pci; here it is the proposal's.)
 */
#define VFIO_DEVICE_INFO_CAP_PASID 5
struct vfio_device_info_cap_pasid {
    struct vfio_info_cap_header header; /* version 1 */
    __u32 flags;
#define VFIO_DEVICE_PASID_DELEGATED (1 << 0)
#define VFIO_DEVICE_PASID_CPU (1 << 1)
#define VFIO_DEVICE_PASID_CPU_VIRT (1 << 2)
    __u32 vpasid_bits; /* vPASIDs are 1 .. 2^vpasid_bits - 1 */
};

/*
 * Whether the device may ask for DMA without snooping, as far as is known: POSSIBLE is set when "Enable No Snoop" of the
 * device can be set, or when nobody can tell (R-IOASID-184). Behind an IOASID that does not enforce snoop such a device needs a
 * guest's WBINVD to work (box 3).
 */
#define VFIO_DEVICE_INFO_CAP_NO_SNOOP 6
struct vfio_device_info_cap_no_snoop {
    struct vfio_info_cap_header header; /* version 1 */
    __u32 flags;
#define VFIO_DEVICE_NO_SNOOP_POSSIBLE (1 << 0)
    __u32 pad;
};

/*
 * VFIO_DEVICE_GET_REGION_INFO: in index, out the rest. A region that is not there has size 0. `offset` is where the region is for
 * read(), write() and mmap() on the device fd.
 *   EINVAL  short argsz; index >= num_regions
 *   EFAULT  bad pointer
 *
 * read(), write() at offset + n: 1, 2, 4, 8 bytes, aligned; of a BAR also 64 bytes written at once. They return the bytes moved.
 *   EINVAL  not bound; no such region, or outside of it; size or alignment
 *   EFAULT  bad pointer
 *   EIO     the device is gone or does not answer
 * mmap() of whole pages of a region with FLAG_MMAP, shared.
 *   EINVAL  not bound; no such region, or outside of it, or not FLAG_MMAP; private mapping
 * Configuration space: what would move the device, or its ATS, PASID or PRI, is the kernel's: such writes are dropped.
 */
struct vfio_region_info {
    __u32 argsz;
    __u32 flags;
#define VFIO_REGION_INFO_FLAG_READ (1 << 0)
#define VFIO_REGION_INFO_FLAG_WRITE (1 << 1)
#define VFIO_REGION_INFO_FLAG_MMAP (1 << 2)
    __u32 index;
    __u32 cap_offset; /* 0 */
    __aligned_u64 size;
    __aligned_u64 offset;
};
#define VFIO_DEVICE_GET_REGION_INFO _IO(VFIO_TYPE, VFIO_BASE + 8)

/*
 * VFIO_DEVICE_RESET: no argument. Function level reset of the device, or of the mdev's queue; attachments stay.
 *   EOPNOTSUPP  FLAGS_RESET is clear
 *   EIO         the device did not come back
 */
#define VFIO_DEVICE_RESET _IO(VFIO_TYPE, VFIO_BASE + 11)

/* ---- v2: iommu_fd is an fd of /dev/iommu ---- */

/*
 * VFIO_DEVICE_BIND_IOMMUFD: gives the device, and with it its group, to the security context of iommu_fd (R-IOASID-035, -048 to
 * -051). From then on the DMA of every member of the group is blocked until it is attached (-041, -049). dev_cookie is the
 * user's name of the device in faults, invalidations and queries of that iommu fd. iommu_fd may be closed afterwards: its context
 * lives as long as a device is bound (-045). A failed bind changes nothing (-042).
 *   EINVAL  short argsz, flags, pad; iommu_fd negative or not an fd of /dev/iommu (R-IOASID-037)
 *   EINVAL  profile s20 (stage 1): the group has several devices, or the IOMMU cannot enforce snoop (-060, -180)
 *   EBUSY   this fd, or another fd of the device, is bound (-038, -034, -208). Profile v2: a second, different iommu_fd on the
 *           same device fd is accepted (-033), the same one is EBUSY
 *   EBUSY   the cookie names another bound device of that iommu fd; profile up: cookies may repeat (-036)
 *   EPERM   a member of the group is used by a kernel driver that does DMA (-048), or is in another security context (-051);
 *           the device has regions that must stay identity mapped (RMRR) (-062)
 *   ENOTTY  the device fd comes from a legacy container (-039)
 *   EFAULT, ENOMEM, ENODEV (no IOMMU, or the device has been removed)
 */
struct vfio_device_bind_iommufd {
    __u32 argsz;
    __u32 flags;
    __s32 iommu_fd;
    __u32 pad;
    __aligned_u64 dev_cookie;
};
#define VFIO_DEVICE_BIND_IOMMUFD _IO(VFIO_TYPE, VFIO_BASE + 19)

/*
 * VFIO_DEVICE_ATTACH_IOASID: DMA of the device goes through the IOASID. Without VPASID: DMA without a PASID (of an mdev: all that
 * carries no vPASID). With VPASID: DMA that the user marks with that vPASID. An attach that fails changes nothing
 * (R-IOASID-068), and another IOASID can be tried (-070).
 * SNOOP_UNUSED: the user promises that the device will not ask for no-snoop; without it a device that can is taken to do so.
 *   EINVAL  short argsz, flags, pad; vpasid given without VPASID, or 0, or wider than vpasid_bits
 *   EINVAL  the device fd is not bound to iommu_fd (R-IOASID-030, -071)
 *   EINVAL  no such IOASID (R-IOASID-072); a dummy root (-121)
 *   EINVAL  the IOMMU cannot use its format, or is narrower than it, or cannot enforce snoop where it is to (R-IOASID-068, -069,
 *           -177, -078); the device has no PASID capability (-081); DELEGATED and VPASID (-085)
 *   EBUSY   the device is attached in that place: without VPASID to any IOASID (R-IOASID-065), with VPASID under that vPASID;
 *           another device holds the slot RID + PASID on the bus (-066, -096)
 *   EBUSY   another member of the group is attached to another IOASID (R-IOASID-056)
 *   ENOSPC  no PASID for the bus is left (mdev)
 *   ENOTTY  not bound by v2's command
 *   EFAULT, ENOMEM, EIO
 * Profile up (R-IOASID-080): a second attach without VPASID replaces the IOASID instead of EBUSY. DELEGATED and VPASID: while the
 * device has no table of the user, an IOASID with mappings can be attached with a vPASID all the same (R-IOASID-097).
 */
struct vfio_device_attach_ioasid {
    __u32 argsz;
    __u32 flags;
#define VFIO_IOASID_VPASID (1 << 0)
#define VFIO_IOASID_SNOOP_UNUSED (1 << 1) /* ATTACH only */
    __s32 iommu_fd;
    __u32 ioasid;
    __u32 vpasid;
    __u32 pad;
};
#define VFIO_DEVICE_ATTACH_IOASID _IO(VFIO_TYPE, VFIO_BASE + 20)

/*
 * VFIO_DEVICE_DETACH_IOASID: DMA through that place is blocked when it returns (R-IOASID-075); faults of it that wait for a
 * response are answered negatively (-168). Other devices, and other vPASIDs of the device, do not notice (-077). A group
 * leaves the IOASID with its last member (-057); until then DMA of the detached member goes where the group's goes.
 *   EINVAL  short argsz, flags, pad; not bound to iommu_fd; not attached to that IOASID in that place (R-IOASID-076)
 *   ENOTTY  not bound by v2's command
 *   EFAULT
 */
#define VFIO_DEVICE_DETACH_IOASID _IO(VFIO_TYPE, VFIO_BASE + 21)

/* ---- v1: ioasid_fd is an fd of /dev/ioasid ---- */

/*
 * VFIO_BIND_IOASID_FD: as v2's, without a cookie; one fd at most (R-IOASID-031, -032).
 *   errors as VFIO_DEVICE_BIND_IOMMUFD; EBUSY for every second bind
 */
struct vfio_bind_ioasid_fd {
    __u32 argsz;
    __u32 flags;
    __s32 ioasid_fd;
    __u32 pad;
};
#define VFIO_BIND_IOASID_FD _IO(VFIO_TYPE, VFIO_BASE + 22)

/*
 * VFIO_UNBIND_IOASID_FD: takes away the user's mappings of registers, detaches what is attached, unbinds: the fd is inert again
 * (R-IOASID-046).
 *   EINVAL  short argsz, flags
 *   ENOTTY  bound by v2's command, which has no unbind (R-IOASID-043)
 *   EFAULT
 */
struct vfio_unbind_ioasid_fd {
    __u32 argsz;
    __u32 flags;
};
#define VFIO_UNBIND_IOASID_FD _IO(VFIO_TYPE, VFIO_BASE + 23)

/*
 * VFIO_ATTACH_IOASID, VFIO_DETACH_IOASID: as v2's, in the one fd that the device is bound to. user_pasid is v1's name of vpasid.
 * A child takes only devices that are attached to its parent: EINVAL (R-IOASID-073).
 *   errors as v2's; ENOTTY when not bound by v1's command
 */
struct vfio_attach_ioasid {
    __u32 argsz;
    __u32 flags;
#define VFIO_IOASID_USER_PASID (1 << 0)
    __u32 ioasid;
    __u32 user_pasid;
};
#define VFIO_ATTACH_IOASID _IO(VFIO_TYPE, VFIO_BASE + 24)
#define VFIO_DETACH_IOASID _IO(VFIO_TYPE, VFIO_BASE + 25)

/* ---- the legacy path: a device opened in this way cannot be bound (R-IOASID-039) ---- */

#define VFIO_API_VERSION 0
#define VFIO_TYPE1v2_IOMMU 3

#define VFIO_GET_API_VERSION _IO(VFIO_TYPE, VFIO_BASE + 0) /* container: returns VFIO_API_VERSION */
#define VFIO_CHECK_EXTENSION _IO(VFIO_TYPE, VFIO_BASE + 1) /* container: 1 for VFIO_TYPE1v2_IOMMU, else 0 */
/*
 * Container: VFIO_SET_IOMMU of VFIO_TYPE1v2_IOMMU after a group was added. The container maps nothing: there are no MAP_DMA and
 * UNMAP_DMA, all DMA stays blocked.
 *   EINVAL  no group, another type;  EBUSY  set before
 */
#define VFIO_SET_IOMMU _IO(VFIO_TYPE, VFIO_BASE + 2)

struct vfio_group_status {
    __u32 argsz;
    __u32 flags;
#define VFIO_GROUP_FLAGS_VIABLE (1 << 0)
#define VFIO_GROUP_FLAGS_CONTAINER_SET (1 << 1)
};
#define VFIO_GROUP_GET_STATUS _IO(VFIO_TYPE, VFIO_BASE + 3)
/*
 * Group: in a pointer to the __s32 fd of a container. The group's DMA is blocked and its owner is the container.
 *   EINVAL  set before, or not a container;  EBUSY, EPERM  not viable, or a member is bound by a device fd
 */
#define VFIO_GROUP_SET_CONTAINER _IO(VFIO_TYPE, VFIO_BASE + 4)
#define VFIO_GROUP_UNSET_CONTAINER _IO(VFIO_TYPE, VFIO_BASE + 5) /* EINVAL: not set; EBUSY: device fds are open */
/*
 * Group: in a pointer to the device's name ("0000:00:01.0" or the mdev's), returns the device fd, with full access.
 *   EINVAL  no container, or one without IOMMU;  ENODEV  no such device in the group
 */
#define VFIO_GROUP_GET_DEVICE_FD _IO(VFIO_TYPE, VFIO_BASE + 6)

#endif
