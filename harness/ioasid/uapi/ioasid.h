/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ioasid.h - v1: user-controlled I/O address spaces through /dev/ioasid, as proposed in May 2021. What every command shares
 * stands in ioasid_format.h. Rules that v2 overturned hold here, whatever the profile:
 *
 * - One device is bound to one file (R-IOASID-032), several devices to one file (R-IOASID-031), and unbinding is a command
 * (R-IOASID-046).
 * - An IOASID is but a number until a device is attached: every command on it except FREE and attaching is -EINVAL before
 *   (R-IOASID-017, -106), and -EDEADLK while only some devices of a group are attached (R-IOASID-058, -059).
 * - A child is made by CREATE_NESTING; what is done first on it decides what it is: MAP_DMA: nested in software; BIND_PGTABLE or
 *   BIND_PASID_TABLE: in hardware. Devices are attached to the parent first (R-IOASID-073) and stay so (R-IOASID-074).
 * - Nothing names a device: records of faults and invalidations are about an IOASID.
 */
#ifndef _UAPI_IOASID_IOASID_H
#define _UAPI_IOASID_IOASID_H

#include <linux/ioctl.h>
#include <linux/types.h>

#include "ioasid_format.h"

#define IOASID_TYPE ';'
#define IOASID_BASE 160

/*
 * IOASID_CHECK_EXTENSION - the argument is IOASID_EXT_*; the value of ioctl() 1: there, 0: not there or unknown (R-IOASID-014)
 */
#define IOASID_CHECK_EXTENSION _IO(IOASID_TYPE, IOASID_BASE + 0)

enum ioasid_extension {
    IOASID_EXT_REGISTER_MEMORY = 1, /* 1 */
    IOASID_EXT_FAULT = 2,           /* 1 */
    IOASID_EXT_DIRTY_TRACKING = 3,  /* 0 (R-IOASID-210) */
};

/*
 * IOASID_REGISTER_MEMORY - pin and charge memory once, for all IOASIDs of the file (R-IOASID-118)
 * In: vaddr, size: multiples of 4096, size > 0. From the first registration on MAP_DMA of a root takes registered memory only
 * (R-IOASID-116), and mappings that use it are not charged. Errors: -EINVAL: alignment, size, wrap. -EEXIST: overlaps a
 * registered range. -EFAULT: not there or not writable. -ENOMEM: memory, RLIMIT_MEMLOCK.
 *
 * IOASID_UNREGISTER_MEMORY - In: vaddr, size, as registered. Pins that mappings use stay, with their charge, until the last of
 * these is gone (R-IOASID-117); nothing new can be mapped from the range. Errors: -EINVAL: alignment, size, wrap. -ENOENT: no
 * such range. -EFAULT.
 */
#define IOASID_REGISTER_MEMORY _IO(IOASID_TYPE, IOASID_BASE + 1)
#define IOASID_UNREGISTER_MEMORY _IO(IOASID_TYPE, IOASID_BASE + 2)

struct ioasid_memory {
    __u32 argsz;
    __u32 flags; /* 0 */
    __aligned_u64 vaddr;
    __aligned_u64 size;
};

/*
 * IOASID_ALLOC - Out: ioasid, a new root. Errors: -ENOMEM, -ENOSPC; -EFAULT, also when the answer cannot be written: nothing was
 * allocated. IOASID_FREE - In: ioasid. Errors: -EINVAL: unknown (R-IOASID-009). -EBUSY: a device is attached or a child exists
 * (R-IOASID-136). -EFAULT.
 */
#define IOASID_ALLOC _IO(IOASID_TYPE, IOASID_BASE + 3)
#define IOASID_FREE _IO(IOASID_TYPE, IOASID_BASE + 4)

struct ioasid_handle {
    __u32 argsz;
    __u32 flags; /* 0 */
    __u32 ioasid;
    __u32 __reserved;
};

/*
 * IOASID_GET_INFO - what the devices attached to an IOASID can do together (R-IOASID-018)
 * In: argsz, ioasid. Out: everything else. NESTING_HW and NESTING_SW: CREATE_NESTING works; a child never has them, there is one
 * level (R-IOASID-019). MAP: MAP_DMA works. children: how many there are. Capabilities: RESERVED_RANGES, USER_PGTABLE,
 * USER_PASID_TABLE. With argsz too small for them it is set to what is needed, cap_offset to 0, and nothing beyond the fixed part
 * is written. Errors: -EINVAL: unknown, or no device is attached (R-IOASID-017). -EDEADLK: a group is attached in part. -EFAULT.
 * -ENOMEM.
 */
#define IOASID_GET_INFO _IO(IOASID_TYPE, IOASID_BASE + 5)

#define IOASID_INFO_MAP (1 << 0)
#define IOASID_INFO_NESTING_HW (1 << 1)
#define IOASID_INFO_NESTING_SW (1 << 2)
#define IOASID_INFO_CAPS (1 << 3)

struct ioasid_info {
    __u32 argsz;
    __u32 flags;
    __u32 ioasid;
    __u32 children;
    __aligned_u64 pgsize_bitmap;
    __u32 addr_width;
    __u32 cap_offset;
};

/*
 * IOASID_MAP_DMA - as IOMMU_MAP_DMA of v2, but: a device is attached (R-IOASID-106); with registered memory, memory outside it is
 * -EFAULT (R-IOASID-116); on a child vaddr is an address of the parent (R-IOASID-133). Roots are charged each (R-IOASID-118).
 * IOASID_UNMAP_DMA - as IOMMU_UNMAP_DMA of v2, without ALL.
 * Errors: as there; -EINVAL: no device attached. -EDEADLK. -EBUSY: a child with a table of the user is no obstacle, a table bound
 * to this child is.
 */
#define IOASID_MAP_DMA _IO(IOASID_TYPE, IOASID_BASE + 6)
#define IOASID_UNMAP_DMA _IO(IOASID_TYPE, IOASID_BASE + 7)

#define IOASID_MAP_DMA_READ (1 << 0)
#define IOASID_MAP_DMA_WRITE (1 << 1)

struct ioasid_map_dma {
    __u32 argsz;
    __u32 flags; /* READ, WRITE */
    __u32 ioasid;
    __u32 __reserved;
    __aligned_u64 vaddr;
    __aligned_u64 iova;
    __aligned_u64 size;
};

struct ioasid_unmap_dma {
    __u32 argsz;
    __u32 flags; /* 0 */
    __u32 ioasid;
    __u32 __reserved;
    __aligned_u64 iova;
    __aligned_u64 size; /* in and out */
};

/*
 * IOASID_CREATE_NESTING - In: parent, attached. Out: ioasid, its child.
 * Errors: -EINVAL: unknown, nothing attached, or a child itself: one level (R-IOASID-128, -142). -EDEADLK. -ENOMEM, -ENOSPC,
 * -EFAULT.
 */
#define IOASID_CREATE_NESTING _IO(IOASID_TYPE, IOASID_BASE + 8)

struct ioasid_create_nesting {
    __u32 argsz;
    __u32 flags; /* 0 */
    __u32 parent;
    __u32 ioasid; /* out */
};

/*
 * IOASID_BIND_PGTABLE - from now on devices attached to this child walk the user's page table, then the parent's
 * In: ioasid, a child with a device attached and no mappings; format, data_len, data_uptr: VTD_S1, or, where the device's PASID
 * table is the user's, ARM_S1, which the kernel only tracks. IOASID_UNBIND_PGTABLE - no longer (R-IOASID-140): requests that came
 * this way are blocked. IOASID_BIND_PASID_TABLE, IOASID_UNBIND_PASID_TABLE - likewise, a PASID table in memory of the parent:
 * ARM_PASID_TABLE. Devices are attached to this child without vPASID. Errors: -EINVAL: unknown; a root (R-IOASID-139); nothing
 * attached (R-IOASID-017); format unknown or data that the driver refuses; unbinding what is not bound. -EOPNOTSUPP: the IOMMU of
 * an attached device has no such format. -EBUSY: something is bound, or mapped. -EDEADLK. -ENOMEM, -EFAULT, -E2BIG.
 */
#define IOASID_BIND_PGTABLE _IO(IOASID_TYPE, IOASID_BASE + 9)
#define IOASID_UNBIND_PGTABLE _IO(IOASID_TYPE, IOASID_BASE + 10)
#define IOASID_BIND_PASID_TABLE _IO(IOASID_TYPE, IOASID_BASE + 11)
#define IOASID_UNBIND_PASID_TABLE _IO(IOASID_TYPE, IOASID_BASE + 12)

/* UNBIND takes struct ioasid_handle. */
struct ioasid_bind_table {
    __u32 argsz;
    __u32 flags; /* 0 */
    __u32 ioasid;
    __u32 format; /* enum ioasid_format */
    __u32 data_len;
    __u32 __reserved;
    __aligned_u64 data_uptr;
};

/*
 * IOASID_INVALIDATE_CACHE - a table of the user has changed (R-IOASID-143..-145, -147)
 * In: ioasid, a child with a table bound; granularity ALL (iova and size 0) or RANGE (multiples of 4096, size > 0). All caches of
 * all attached devices; of a PASID table the cached entries too (R-IOASID-151). Errors: -EINVAL: unknown, a root (R-IOASID-146),
 * nothing bound or attached, granularity, range. -EOPNOTSUPP: a child with mappings. -EDEADLK. -EIO: the driver could not.
 * -EFAULT.
 */
#define IOASID_INVALIDATE_CACHE _IO(IOASID_TYPE, IOASID_BASE + 13)

enum ioasid_granularity {
    IOASID_INVALIDATE_ALL = 1,
    IOASID_INVALIDATE_RANGE = 2,
};

struct ioasid_invalidate_cache {
    __u32 argsz;
    __u32 flags; /* 0 */
    __u32 ioasid;
    __u32 granularity;
    __aligned_u64 iova;
    __aligned_u64 size;
};

/*
 * Faults: read(), poll() and an eventfd as in v2, with records of this form: the IOASID and the address (R-IOASID-156). Of a
 * PASID table with tracked page tables the IOASID of the page table is named.
 *
 * IOASID_SET_FAULT_EVENTFD - In: eventfd or -1. Errors: -EBADF, -EINVAL, -EFAULT.
 * IOASID_FAULT_RESPOND - answer the oldest group of page requests of an IOASID that was read. In: ioasid, code: 0 success, 1
 * invalid, 2 failure. Errors: -EINVAL: unknown, code. -ENOENT: none is pending. -EFAULT.
 */
#define IOASID_SET_FAULT_EVENTFD _IO(IOASID_TYPE, IOASID_BASE + 14)
#define IOASID_FAULT_RESPOND _IO(IOASID_TYPE, IOASID_BASE + 15)

#define IOASID_FAULT_RECORD_RESPONSE (1 << 0)
#define IOASID_FAULT_RECORD_LAST (1 << 1)
#define IOASID_FAULT_RECORD_LOST (1 << 3) /* addr: how many records were thrown away */

struct ioasid_fault_record {
    __u32 flags;
    __u32 ioasid;
    __aligned_u64 addr;
};

struct ioasid_set_fault_eventfd {
    __u32 argsz;
    __u32 flags; /* 0 */
    __s32 eventfd;
    __u32 __reserved;
};

struct ioasid_fault_respond {
    __u32 argsz;
    __u32 flags; /* 0 */
    __u32 ioasid;
    __u32 code;
};

#endif
