/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iommu.h - v2: user-controlled I/O address spaces through /dev/iommu. What every command shares stands in ioasid_format.h.
 *
 * The node is open to everyone (mode 0666) and may be opened several times (R-IOASID-002); each open file has its own IOASIDs,
 * mappings, pins and charges (R-IOASID-012). Without a bound device it affects nothing but the caller's own memory
 * (R-IOASID-003). The order of things: open; VFIO_DEVICE_BIND_IOMMUFD with a cookie; DEVICE_GET_INFO; IOASID_ALLOC;
 * VFIO_DEVICE_ATTACH_IOASID; MAP. A bound device keeps all of it alive after the file is closed (R-IOASID-045); else closing
 * releases everything (R-IOASID-011).
 *
 * Profiles (parameter `profile` of the module): v2, the text of July 2021, is the default; s20 is the code of September 2021;
 * up is what was merged later. Where they differ the command says so.
 */
#ifndef _UAPI_IOASID_IOMMU_H
#define _UAPI_IOASID_IOMMU_H

#include <linux/ioctl.h>
#include <linux/types.h>

#include "ioasid_format.h"

#define IOMMU_TYPE ';'
#define IOMMU_BASE 100

/*
 * IOMMU_CHECK_EXTENSION - is it there?
 * In: the argument itself, IOMMU_EXT_*. The value of ioctl() is 1 when this kernel implements it and 0 otherwise, for an unknown
 * number too (R-IOASID-014, -015). What a certain device can do is asked with DEVICE_GET_INFO. Profile s20: 1 for MAP_TYPE1V2
 * only (R-IOASID-016). DIRTY_TRACKING is 1 when a present IOMMU implements it (R-IOASID-210). MAP_NEWTYPE is 0 always. Errors:
 * none.
 */
#define IOMMU_CHECK_EXTENSION _IO(IOMMU_TYPE, IOMMU_BASE + 0)

enum iommu_extension {
    IOMMU_EXT_MAP_TYPE1V2 = 1,
    IOMMU_EXT_DMA_NO_SNOOP = 2,
    IOMMU_EXT_MAP_NEWTYPE = 3,
    IOMMU_EXT_IOASID_NESTING = 4,
    IOMMU_EXT_USER_PAGE_TABLE = 5,
    IOMMU_EXT_USER_PASID_TABLE = 6,
    IOMMU_EXT_MULTIDEV_GROUP = 7,
    IOMMU_EXT_DIRTY_TRACKING = 8,
};

/*
 * IOMMU_DEVICE_GET_INFO - what the IOMMU can do for a bound device, before any IOASID exists (R-IOASID-020)
 * In: argsz, dev_cookie. Out: everything else; flags and the tail are not looked at on the way in.
 * pgsize_bitmap: bit n is set when pages of 2^n bytes can be mapped, n >= 12 (R-IOASID-022). addr_width: of an IOVA.
 * cap_offset: of the first capability, 0: none: IOVA_RANGES are what may be mapped, without reserved regions and without what
 * lies beyond addr_width (R-IOASID-023, -024); USER_PGTABLE and USER_PASID_TABLE are formats for IOASID_ALLOC (R-IOASID-026).
 * NESTING_HW: tables of the user can be nested on an IOASID with kernel-managed mappings; NESTING_SW: a child with mappings can.
 * A software mdev has page size 4096, width 64, one range, no nesting and ENFORCE_SNOOP.
 * When argsz has no room for the chain, argsz is set to what is needed, cap_offset to 0, CAPS stays set, and nothing beyond the
 * fixed part is written (R-IOASID-027). With equal cookies (profile up) the device bound first answers. Errors: -EINVAL: no bound
 * device has this cookie (R-IOASID-021); argsz. -EFAULT. -ENOMEM.
 */
#define IOMMU_DEVICE_GET_INFO _IO(IOMMU_TYPE, IOMMU_BASE + 1)

#define IOMMU_DEVICE_INFO_ENFORCE_SNOOP (1 << 0) /* the IOMMU can make no-snoop requests snoop (R-IOASID-025) */
#define IOMMU_DEVICE_INFO_PGSIZES (1 << 1)       /* pgsize_bitmap is valid */
#define IOMMU_DEVICE_INFO_ADDR_WIDTH (1 << 2)    /* addr_width is valid */
#define IOMMU_DEVICE_INFO_CAPS (1 << 3)          /* there are capabilities */
#define IOMMU_DEVICE_INFO_NESTING_HW (1 << 4)
#define IOMMU_DEVICE_INFO_NESTING_SW (1 << 5)
#define IOMMU_DEVICE_INFO_DIRTY (1 << 6) /* IOMMU_IOASID_ALLOC_DIRTY works for it */

struct iommu_device_info {
    __u32 argsz;
    __u32 flags;
    __aligned_u64 dev_cookie;
    __aligned_u64 pgsize_bitmap;
    __u32 addr_width;
    __u32 cap_offset;
};

/*
 * IOMMU_IOASID_ALLOC - a new I/O address space, which permits no DMA until it is attached and filled (R-IOASID-007)
 * In: type, the kind of space, fixed for its life; flags; addr_width; parent with flag PARENT, an IOASID of this file
 * (R-IOASID-008), else 0; for tables of the user format, data_len, data_uptr: one of struct ioasid_format_*. Out: ioasid.
 *
 * - KERNEL_TYPE1V2: MAP, UNMAP, dirty; addr_width 1..64. Without parent: a root, user memory is pinned and charged here
 *   (R-IOASID-119). Parent DUMMY_ROOT: a root whose pages the dummy root has charged (R-IOASID-120). Parent KERNEL_TYPE1V2: a
 * child nested in software: vaddr of MAP is an address of the parent, nothing more is charged (R-IOASID-133, -119).
 * - DUMMY_ROOT: MAP, UNMAP; addr_width 0, no parent. Pins and charges, is never attached (R-IOASID-121).
 * - USER_PGTABLE: INVALIDATE, faults; addr_width 0, parent KERNEL_TYPE1V2. A page table of the user, nested in hardware
 *   (R-IOASID-130).
 * - USER_PASID_TABLE: INVALIDATE, faults; addr_width 0, parent KERNEL_TYPE1V2. A PASID table of the user, which covers all PASIDs
 * of a device through an attach without vPASID (R-IOASID-084).
 * - SHARED_MM: no command; addr_width 0, no parent. The address space of the calling process, attached with a vPASID.
 *
 * A parent takes any number of children of any type (R-IOASID-137). Nesting in software goes down any number of levels, nesting
 * in hardware one level, below a KERNEL_TYPE1V2 space. A table of the user is never a root (R-IOASID-129). A table of the user is
 * made for the IOMMU of a device attached to the parent, else of a device bound to this file.
 *
 * Snoop: ENFORCE_SNOOP: no-snoop requests of its devices snoop (R-IOASID-179), devices whose IOMMU cannot do that cannot be
 * attached (R-IOASID-177); NO_SNOOP: not enforced, every device can be attached (R-IOASID-178); neither: enforced when the IOMMU
 * of the first device that is attached can (R-IOASID-174, -175). Both: -EINVAL. A child with a table of the user is as its parent
 * is, and takes neither flag; so do DUMMY_ROOT and SHARED_MM. Profile s20: KERNEL_TYPE1V2 without ENFORCE_SNOOP is -EINVAL
 * (R-IOASID-176). DIRTY (KERNEL_TYPE1V2 only): only devices whose IOMMU tracks dirty pages can be attached.
 *
 * Errors: -EINVAL: type, flags, addr_width, parent unknown or of a kind that cannot be this parent, data_len or values of the
 * format that the driver refuses. -EOPNOTSUPP: no bound device has this format, or hardware nesting, or DIRTY (R-IOASID-138:
 * software nesting is then the way); profile s20: any type but KERNEL_TYPE1V2, PARENT, DIRTY are -EINVAL. -ENODEV: a table of the
 * user while no device is bound. -ENOMEM. -ENOSPC: no number is left. -EFAULT: also when the answer cannot be written, and then
 * nothing was allocated. -E2BIG.
 */
#define IOMMU_IOASID_ALLOC _IO(IOMMU_TYPE, IOMMU_BASE + 2)

enum iommu_ioasid_type {
    IOMMU_IOASID_KERNEL_TYPE1V2 = 1,
    IOMMU_IOASID_DUMMY_ROOT = 2,
    IOMMU_IOASID_USER_PGTABLE = 3,
    IOMMU_IOASID_USER_PASID_TABLE = 4,
    IOMMU_IOASID_SHARED_MM = 5,
};

#define IOMMU_IOASID_ALLOC_PARENT (1 << 0)
#define IOMMU_IOASID_ALLOC_ENFORCE_SNOOP (1 << 1)
#define IOMMU_IOASID_ALLOC_NO_SNOOP (1 << 2)
#define IOMMU_IOASID_ALLOC_DIRTY (1 << 3)

struct iommu_ioasid_alloc {
    __u32 argsz;
    __u32 flags;
    __u32 type;
    __u32 addr_width;
    __u32 parent;
    __u32 ioasid; /* out */
    __u32 format; /* enum ioasid_format */
    __u32 data_len;
    __aligned_u64 data_uptr;
};

/*
 * IOMMU_IOASID_FREE - the end of an IOASID
 * In: ioasid. Its number is unknown from then on and can come back from a later ALLOC (R-IOASID-009). Mappings go with it, pins
 * and charges are returned; a table of the user is not walked any more (R-IOASID-141). A command under way on it completes
 * before, or fails with -EINVAL (R-IOASID-207). Errors: -EINVAL: unknown. -EBUSY: a device is attached (R-IOASID-010) or a child
 * exists (R-IOASID-136); nothing has changed. -EFAULT.
 */
#define IOMMU_IOASID_FREE _IO(IOMMU_TYPE, IOMMU_BASE + 3)

struct iommu_ioasid_free {
    __u32 argsz;
    __u32 flags; /* 0 */
    __u32 ioasid;
    __u32 __reserved;
};

/*
 * IOMMU_MAP_DMA - make memory reachable (R-IOASID-107)
 * In: ioasid; flags READ and WRITE: at least one, what devices may do (WRITE alone lets them read too where the entries of the
 * table know no other way: a first stage); iova, size: multiples of 4096 and of the smallest page of the IOMMU (R-IOASID-114),
 * size > 0; vaddr, a multiple likewise: of a root the caller's memory, of a child an address of the parent. DUMMY_ROOT: iova
 * equals vaddr. AUTO_IOVA: iova is 0, the kernel chooses, and returns it in iova (R-IOASID-126). Memory is pinned and charged to
 * the caller's RLIMIT_MEMLOCK at once, also while nothing is attached (R-IOASID-123, -124: pinned at MAP), and stays so until
 * UNMAP, FREE or the end. Pages of a child or of a root below a DUMMY_ROOT are held and charged above. Permitted is what every
 * attached device permits (R-IOASID-113) and addr_width allows; what was mapped before an attach is checked then. Errors, after
 * each of which there is no pin, no charge, no part of a mapping (R-IOASID-122): -EINVAL: unknown IOASID (R-IOASID-125); flags;
 * alignment; size 0; a range that wraps or is not permitted; DUMMY_ROOT with iova != vaddr; profile s20: no device is attached
 * (R-IOASID-106). -EOPNOTSUPP: a space whose table is not the kernel's (R-IOASID-111). -EEXIST: overlaps a mapping
 * (R-IOASID-115). -EFAULT: memory of the caller that is not there or not writable; on a child: an address that the parent does
 * not map. -EPERM: WRITE or READ that the parent's mapping does not have. -ENOMEM: memory, or RLIMIT_MEMLOCK. -ENOSPC: AUTO_IOVA
 * finds no room.
 */
#define IOMMU_MAP_DMA _IO(IOMMU_TYPE, IOMMU_BASE + 4)

#define IOMMU_MAP_DMA_READ (1 << 0)
#define IOMMU_MAP_DMA_WRITE (1 << 1)
#define IOMMU_MAP_DMA_AUTO_IOVA (1 << 2)

struct iommu_map_dma {
    __u32 argsz;
    __u32 flags;
    __u32 ioasid;
    __u32 __reserved;
    __aligned_u64 vaddr;
    __aligned_u64 iova; /* out with AUTO_IOVA */
    __aligned_u64 size;
};

/*
 * IOMMU_UNMAP_DMA - take mappings away; on return no device reaches the memory through them any more (R-IOASID-108)
 * In: ioasid, iova, size: the range of one or several whole mappings, gaps between them allowed (R-IOASID-110, -127). ALL: iova
 * and size are 0, everything. Out: size, the bytes of the mappings that were removed; 0 when the range held none, which is no
 * error. Errors, with nothing changed: -EINVAL: unknown IOASID; flags; alignment; size 0 without ALL; a range that wraps or cuts
 * a mapping (R-IOASID-109); profile s20: no device attached (R-IOASID-106). -EOPNOTSUPP: a space whose table is not the kernel's.
 * -EBUSY: a child nested in software still maps a part of it (R-IOASID-134: refused); children nested in hardware are never in
 * the way (R-IOASID-135). -EFAULT: also when size could not be written back; the mappings are gone then.
 */
#define IOMMU_UNMAP_DMA _IO(IOMMU_TYPE, IOMMU_BASE + 5)

#define IOMMU_UNMAP_DMA_ALL (1 << 0)

struct iommu_unmap_dma {
    __u32 argsz;
    __u32 flags;
    __u32 ioasid;
    __u32 __reserved;
    __aligned_u64 iova;
    __aligned_u64 size; /* in and out */
};

/*
 * IOMMU_INVALIDATE_CACHE - a table of the user has changed (R-IOASID-143, -144, -148)
 * Always required after a change, not-present to present included; a device on which NESTING_HW shows needs none for that one
 * (R-IOASID-153, -154).
 * In, one struct iommu_invalidate_entry:
 * ioasid: a USER_PGTABLE or USER_PASID_TABLE space. With granularity DEVICE it may be 0: all such spaces of the device
 * (R-IOASID-150). cache: a set of IOTLB, DEV_IOTLB (nothing happens where it is not enabled, R-IOASID-145), PASID
 * (USER_PASID_TABLE only, R-IOASID-151). granularity: DEVICE: all of it that belongs to the device dev_cookie; PASID: one address
 * space; RANGE: iova..iova+size-1 of it. flag COOKIE: only for this device, required with DEVICE; flag VPASID: only for this
 * vPASID: of a USER_PGTABLE space one that it is attached with, of a USER_PASID_TABLE space an index into the table, required
 * there with PASID and RANGE for requests with PASID, without it requests without PASID are meant (R-IOASID-149). vPASIDs become
 * pPASIDs in the kernel. flag ARCHID: archid is the tag of the space in the IOTLB (Arm: ASID), without it every tag. flag LEAF:
 * only entries of the last level were changed. More may be dropped than was asked for; never less. Errors, with no effect
 * (R-IOASID-152): -EINVAL: unknown IOASID, cache, granularity, flags; a cookie that no device attached to the space has; a vPASID
 * that is not there; RANGE with size 0 or wrapping, iova or size not multiples of 4096; PASID cache of a plain page table.
 * -EOPNOTSUPP: a space with mappings or of the process (R-IOASID-146). -EIO: the driver could not. -EFAULT.
 */
#define IOMMU_INVALIDATE_CACHE _IO(IOMMU_TYPE, IOMMU_BASE + 6)

#define IOMMU_CACHE_IOTLB (1 << 0)
#define IOMMU_CACHE_DEV_IOTLB (1 << 1)
#define IOMMU_CACHE_PASID (1 << 2)

enum iommu_invalidate_granularity {
    IOMMU_INVALIDATE_DEVICE = 1,
    IOMMU_INVALIDATE_PASID = 2,
    IOMMU_INVALIDATE_RANGE = 3,
};

#define IOMMU_INVALIDATE_COOKIE (1 << 0)
#define IOMMU_INVALIDATE_VPASID (1 << 1)
#define IOMMU_INVALIDATE_ARCHID (1 << 2)
#define IOMMU_INVALIDATE_LEAF (1 << 3)

struct iommu_invalidate_entry {
    __u32 flags;
    __u32 ioasid;
    __u32 cache;
    __u32 granularity;
    __u32 vpasid;
    __u32 archid;
    __aligned_u64 dev_cookie;
    __aligned_u64 iova;
    __aligned_u64 size;
};

struct iommu_invalidate_cache {
    __u32 argsz;
    __u32 flags; /* 0 */
    struct iommu_invalidate_entry entry;
};

/*
 * IOMMU_INVALIDATE_ARRAY - several of them, in order, up to the first that fails (R-IOASID-155)
 * In: entries_uptr, entry_size (sizeof(struct iommu_invalidate_entry), or longer with a zero tail each), entry_num, at most
 * 65536. Out: entry_num: how many were completed, on success and on failure. Errors: as above, of the entry that failed; -EINVAL:
 * entry_size, entry_num 0 or too many. -EFAULT. -E2BIG.
 */
#define IOMMU_INVALIDATE_ARRAY _IO(IOMMU_TYPE, IOMMU_BASE + 7)

struct iommu_invalidate_array {
    __u32 argsz;
    __u32 flags; /* 0 */
    __u32 entry_size;
    __u32 entry_num; /* in and out */
    __aligned_u64 entries_uptr;
};

/*
 * Faults: read(), poll() and the eventfd of the file
 * read() copies whole records, oldest first, each exactly once (R-IOASID-162), as many as fit; waits when there is none, with
 * O_NONBLOCK -EAGAIN. -EINVAL: room for less than one record. -EFAULT: what was not copied stays. -EINTR. poll() says EPOLLIN
 * while records wait.
 *
 * A record names the space, the device, the address and what was asked for (R-IOASID-157), never a PASID or requester of the bus
 * (R-IOASID-160). VPASID: a request with PASID through a USER_PASID_TABLE space; other spaces do not say it (R-IOASID-158).
 * RESPONSE: a page request that waits for an answer: the pages of one group have one fault_id; the last has LAST and makes the
 * group answerable. Without RESPONSE the access is over and the record tells who it was (R-IOASID-170). Spaces of mappings or of
 * the process never have page requests (R-IOASID-171). LOST: records were thrown away for lack of room, page requests among them
 * answered INVALID; addr is their number, all else 0 (R-IOASID-172). A full queue (parameter fault_limit, 256 groups) loses the
 * newest.
 */
#define IOMMU_FAULT_RECORD_RESPONSE (1 << 0)
#define IOMMU_FAULT_RECORD_LAST (1 << 1)
#define IOMMU_FAULT_RECORD_VPASID (1 << 2)
#define IOMMU_FAULT_RECORD_LOST (1 << 3)

#define IOMMU_FAULT_RECORD_READ (1 << 0)
#define IOMMU_FAULT_RECORD_WRITE (1 << 1)
#define IOMMU_FAULT_RECORD_EXEC (1 << 2)
#define IOMMU_FAULT_RECORD_PRIV (1 << 3)

struct iommu_fault_record {
    __u32 flags;
    __u32 ioasid;
    __aligned_u64 dev_cookie;
    __aligned_u64 addr;
    __u32 perm; /* IOMMU_FAULT_RECORD_READ.. */
    __u32 vpasid;
    __u32 fault_id;
    __u32 __reserved;
};

/*
 * IOMMU_SET_FAULT_EVENTFD - signal an eventfd for every group of faults that arrives (R-IOASID-161)
 * In: eventfd, or -1: none. One at a time, a new one replaces the old. When records are waiting it is signalled at once.
 * Errors: -EBADF, -EINVAL: no eventfd; flags. -EFAULT.
 */
#define IOMMU_SET_FAULT_EVENTFD _IO(IOMMU_TYPE, IOMMU_BASE + 8)

struct iommu_set_fault_eventfd {
    __u32 argsz;
    __u32 flags; /* 0 */
    __s32 eventfd;
    __u32 __reserved;
};

/*
 * IOMMU_FAULT_RESPOND - answer a group of page requests, whose LAST record has been read (R-IOASID-163)
 * In: ioasid, dev_cookie; flag VPASID: only one with this vpasid; flag FAULT_ID: only this one; the oldest that matches is meant,
 * and no other device's (R-IOASID-169). code: SUCCESS: the device tries again (R-IOASID-164); INVALID: the request ends without
 * the access; FAILURE: and the device gives up page requests (R-IOASID-165). A fault that is pending when its device is detached
 * or its file closed is answered INVALID by the kernel (R-IOASID-168). There is no time limit (R-IOASID-173). Errors: -EINVAL:
 * unknown IOASID, code, flags. -ENOENT: none is pending that matches, or it was answered before (R-IOASID-166, -167). -EFAULT.
 */
#define IOMMU_FAULT_RESPOND _IO(IOMMU_TYPE, IOMMU_BASE + 9)

enum iommu_fault_code {
    IOMMU_FAULT_CODE_SUCCESS = 0,
    IOMMU_FAULT_CODE_INVALID = 1,
    IOMMU_FAULT_CODE_FAILURE = 2,
};

#define IOMMU_FAULT_RESPOND_VPASID (1 << 0)
#define IOMMU_FAULT_RESPOND_FAULT_ID (1 << 1)

struct iommu_fault_respond {
    __u32 argsz;
    __u32 flags;
    __u32 ioasid;
    __u32 code;
    __aligned_u64 dev_cookie;
    __u32 vpasid;
    __u32 fault_id;
};

/*
 * IOMMU_SET_DIRTY_TRACKING - start or stop to note which pages devices write
 * In: ioasid, allocated with DIRTY and attached; flag ENABLE or not. Starting forgets what was noted before.
 * Errors: -EINVAL: unknown, flags, not attached. -EOPNOTSUPP: not allocated with DIRTY. -EFAULT. -ENOMEM.
 */
#define IOMMU_SET_DIRTY_TRACKING _IO(IOMMU_TYPE, IOMMU_BASE + 10)

#define IOMMU_DIRTY_TRACKING_ENABLE (1 << 0)

struct iommu_set_dirty_tracking {
    __u32 argsz;
    __u32 flags;
    __u32 ioasid;
    __u32 __reserved;
};

/*
 * IOMMU_GET_DIRTY_BITMAP - which pages of a range were written (R-IOASID-211)
 * In: ioasid; iova, size: multiples of page_size; page_size: a power of two, at least the IOMMU's smallest; data_uptr: room for
 * one bit a page, in 64-bit words of which bit 0 of the first is the page at iova. Bits are set, never cleared, in the user's
 * words. What is reported is forgotten unless flag NO_CLEAR. Errors: -EINVAL: unknown, flags, alignment, a range that wraps,
 * tracking is off. -EOPNOTSUPP: not allocated with DIRTY. -EFAULT. -ENOMEM.
 */
#define IOMMU_GET_DIRTY_BITMAP _IO(IOMMU_TYPE, IOMMU_BASE + 11)

#define IOMMU_DIRTY_BITMAP_NO_CLEAR (1 << 0)

struct iommu_get_dirty_bitmap {
    __u32 argsz;
    __u32 flags;
    __u32 ioasid;
    __u32 __reserved;
    __aligned_u64 iova;
    __aligned_u64 size;
    __aligned_u64 page_size;
    __aligned_u64 data_uptr;
};

#endif
