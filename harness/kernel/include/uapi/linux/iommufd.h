/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * uapi/linux/iommufd.h - data of the user that goes through the iommu core to the driver of the IOMMU. Numbers and layouts are
 * Linux 6.12's; those of the SMMUv3, whose nesting came later, are 6.13's.
 */
#ifndef _UAPI_IOMMUFD_H
#define _UAPI_IOMMUFD_H

#include <linux/types.h>

/* Flags of iommu_ops::domain_alloc_user. */
enum iommufd_hwpt_alloc_flags {
    IOMMU_HWPT_ALLOC_NEST_PARENT = 1 << 0,    /* user-managed tables will be nested on it */
    IOMMU_HWPT_ALLOC_DIRTY_TRACKING = 1 << 1, /* fails where the hardware cannot */
};

enum iommu_hwpt_data_type {
    IOMMU_HWPT_DATA_NONE = 0,
    IOMMU_HWPT_DATA_VTD_S1 = 1,
    IOMMU_HWPT_DATA_ARM_SMMUV3 = 2,
};

enum iommu_hwpt_vtd_s1_flags {
    IOMMU_VTD_S1_SRE = 1 << 0,  /* supervisor requests are allowed */
    IOMMU_VTD_S1_EAFE = 1 << 1, /* extended-accessed flag */
    IOMMU_VTD_S1_WPE = 1 << 2,  /* supervisor requests obey write protection */
};

struct iommu_hwpt_vtd_s1 {
    __aligned_u64 flags;
    __aligned_u64 pgtbl_addr; /* an address of the parent */
    __u32 addr_width;
    __u32 __reserved;
};

/* Words 0 and 1 of a stream table entry; of them V, Config, S1Fmt, S1ContextPtr, S1CDMax, S1DSS, S1CIR, S1COR, S1CSH, S1STALLD. */
struct iommu_hwpt_arm_smmuv3 {
    __aligned_le64 ste[2];
};

enum iommu_hw_info_type {
    IOMMU_HW_INFO_TYPE_NONE = 0,
    IOMMU_HW_INFO_TYPE_INTEL_VTD = 1,
    IOMMU_HW_INFO_TYPE_ARM_SMMUV3 = 2,
};

enum iommu_hw_info_vtd_flags {
    IOMMU_HW_INFO_VTD_ERRATA_772415_SPR17 = 1 << 0, /* a parent of nesting must not have read-only mappings */
};

struct iommu_hw_info_vtd {
    __u32 flags;
    __u32 __reserved;
    __aligned_u64 cap_reg;
    __aligned_u64 ecap_reg;
};

struct iommu_hw_info_arm_smmuv3 {
    __u32 flags;
    __u32 __reserved;
    __u32 idr[6];
    __u32 iidr;
    __u32 aidr;
};

enum iommu_hwpt_invalidate_data_type {
    IOMMU_HWPT_INVALIDATE_DATA_VTD_S1 = 0,
    IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3 = 1,
};

enum iommu_hwpt_vtd_s1_invalidate_flags {
    IOMMU_VTD_INV_FLAGS_LEAF = 1 << 0, /* only leaves were changed */
};

/* addr 0 with npages U64_MAX: everything. */
struct iommu_hwpt_vtd_s1_invalidate {
    __aligned_u64 addr;
    __aligned_u64 npages;
    __u32 flags;
    __u32 __reserved;
};

/* A command of the SMMU's queue, without VMID and StreamID. */
struct iommu_viommu_arm_smmuv3_invalidate {
    __aligned_le64 cmd[2];
};

#endif
