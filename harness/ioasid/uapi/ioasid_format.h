/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ioasid_format.h - what /dev/ioasid (v1) and /dev/iommu (v2) say alike: formats of user-managed tables, capability chains, and
 * rules that hold for every command of both.
 *
 * Every structure starts with argsz, its length as the caller knows it. Shorter than the fixed part: -EINVAL (R-IOASID-028).
 * Longer: accepted when the tail is zero, else -E2BIG (R-IOASID-029); of the two queries, whose tail is room for the answer, the
 * tail is not looked at. Unknown flags and non-zero padding: -EINVAL. Memory that cannot be read or written: -EFAULT
 * (R-IOASID-204). An unknown command: -ENOTTY (R-IOASID-203). In each case nothing has happened. Layouts are the same for 32 and
 * 64 bits (R-IOASID-206).
 *
 * An IOASID is a number 1..0x7fffffff of one open file, comes back in the structure and never as the value of ioctl()
 * (R-IOASID-005), and means nothing to another open file (R-IOASID-004): an unknown one is -EINVAL, always.
 */
#ifndef _UAPI_IOASID_FORMAT_H
#define _UAPI_IOASID_FORMAT_H

#include <linux/types.h>

#define IOASID_ID_MAX 0x7fffffff
#define IOASID_VPASID_MAX 0xfffff

/* ---- formats of tables of the user; addresses in them are addresses of the parent ---- */

enum ioasid_format {
    IOASID_FORMAT_NONE = 0,
    IOASID_FORMAT_VTD_S1 = 1,          /* a page table, struct ioasid_format_vtd_s1 */
    IOASID_FORMAT_ARM_PASID_TABLE = 2, /* a PASID table (of context descriptors), struct ioasid_format_arm_pasid_table */
    IOASID_FORMAT_ARM_S1 = 3,          /* v1: a page table below a PASID table of the user, struct ioasid_format_arm_s1 */
};

#define IOASID_VTD_S1_SRE (1 << 0)  /* supervisor requests are allowed */
#define IOASID_VTD_S1_EAFE (1 << 1) /* extended-accessed flag */
#define IOASID_VTD_S1_WPE (1 << 2)  /* supervisor requests obey write protection */

struct ioasid_format_vtd_s1 {
    __aligned_u64 flags; /* IOASID_VTD_S1_* */
    __aligned_u64 pgtbl_addr;
    __u32 addr_width; /* 48 or 57 */
    __u32 __reserved;
};

struct ioasid_format_arm_pasid_table {
    __u32 flags;  /* 0 */
    __u8 s1fmt;   /* 0 linear, 1 two levels with leaves of 4 KiB, 2 with leaves of 64 KiB */
    __u8 s1cdmax; /* log2 of the number of PASIDs */
    __u8 s1dss;   /* requests without PASID: 0 end, 1 bypass stage 1, 2 use entry 0 */
    __u8 __reserved;
    __aligned_u64 table_addr; /* aligned to 64 bytes */
};

/* Tracked only: the SMMU finds the table through the PASID table. asid scopes what INVALIDATE does. */
struct ioasid_format_arm_s1 {
    __aligned_u64 pgtbl_addr;
    __u32 addr_width;
    __u32 asid;
};

/* ---- capability chains of the queries: offsets from the start of the structure, 0 ends, every entry aligned to 8 ---- */

struct ioasid_cap_header {
    __u16 id;
    __u16 version;
    __u32 next;
};

enum ioasid_cap {
    IOASID_CAP_IOVA_RANGES = 1,      /* struct ioasid_cap_ranges, permitted (v2) */
    IOASID_CAP_USER_PGTABLE = 2,     /* struct ioasid_cap_formats */
    IOASID_CAP_USER_PASID_TABLE = 3, /* struct ioasid_cap_formats */
    IOASID_CAP_RESERVED_RANGES = 4,  /* struct ioasid_cap_ranges, reserved (v1) */
};

struct ioasid_range {
    __aligned_u64 start;
    __aligned_u64 last; /* inclusive */
};

struct ioasid_cap_ranges {
    struct ioasid_cap_header header;
    __u32 count;
    __u32 __reserved;
    struct ioasid_range ranges[];
};

struct ioasid_cap_format {
    __u32 format;         /* enum ioasid_format */
    __u32 addr_width;     /* of a page table: the widest; of a PASID table: bits of a PASID */
    __aligned_u64 detail; /* VTD_S1: flags that are allowed; ARM_PASID_TABLE: bit n: s1fmt n is allowed */
};

struct ioasid_cap_formats {
    struct ioasid_cap_header header;
    __u32 count;
    __u32 __reserved;
    struct ioasid_cap_format formats[];
};

#endif
