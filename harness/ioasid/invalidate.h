/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* invalidate.h - an invalidation at one place, and what it is in terms of the hardware: no state, no lock. */
#ifndef IOASID_INVALIDATE_H
#define IOASID_INVALIDATE_H

#include <linux/types.h>

struct ioasid_operation {
    u32 cache;       /* IOMMU_CACHE_* */
    bool whole;      /* all addresses, else first..last */
    bool all_pasids; /* of a PASID table */
    bool has_vpasid, has_archid, leaf;
    u64 first, last;
    u32 vpasid, archid;
};

/* struct iommu_hwpt_vtd_s1_invalidate */
struct ioasid_vtd_entry {
    u64 addr, npages;
    u32 flags, reserved;
};
void ioasid_vtd_invalidation(const struct ioasid_operation *operation, struct ioasid_vtd_entry *entry);

/* Commands of the SMMUv3 without VMID and StreamID, which the driver knows. */
struct ioasid_smmu_command {
    u64 word[2];
};
#define IOASID_SMMU_COMMANDS 68
/* Returns how many. */
unsigned int ioasid_smmu_invalidation(const struct ioasid_operation *operation, struct ioasid_smmu_command *commands);

#endif
