/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_desc.h - descriptors of the invalidation queue (6.5.2, 7.6.1), without hardware. */
#ifndef VTD_DESC_H
#define VTD_DESC_H

#include "vtd_range.h"

struct vtd_desc {
    u64 word[4]; /* of 128 bits: the upper two are 0, and do not exist in a queue of 128-bit descriptors */
};

/* Whose Device-TLB. */
struct vtd_endpoint {
    u16 rid;
    u16 pfsid; /* 0 where the unit has no DIT: reserved */
    u8 depth;  /* MIP: invalidations that it takes at once; 0: 32 */
};

struct vtd_desc vtd_desc_context_global(void);
struct vtd_desc vtd_desc_context_device(u16 did, u16 sid);
struct vtd_desc vtd_desc_pasid_global(void);
struct vtd_desc vtd_desc_pasid_domain(u16 did);
struct vtd_desc vtd_desc_pasid(u16 did, u32 pasid);
struct vtd_desc vtd_desc_iotlb_global(void);
struct vtd_desc vtd_desc_iotlb_domain(u16 did);
/* hint: only leaf entries were changed. */
struct vtd_desc vtd_desc_iotlb_pages(u16 did, const struct vtd_block *block, bool hint);
struct vtd_desc vtd_desc_piotlb(u16 did, u32 pasid);
struct vtd_desc vtd_desc_piotlb_pages(u16 did, u32 pasid, const struct vtd_block *block, bool hint);
/* mask 52 in block: everything. pasid 0: requests without PASID. */
struct vtd_desc vtd_desc_devtlb(const struct vtd_endpoint *endpoint, u32 pasid, const struct vtd_block *block);
struct vtd_desc vtd_desc_fence(void);
struct vtd_desc vtd_desc_wait(u64 status_address, u32 data, bool drain_requests);
struct vtd_desc vtd_desc_response(u16 rid, bool pasid_present, u32 pasid, u16 group, u8 code);

static inline unsigned int vtd_desc_type(const struct vtd_desc *desc)
{
    return desc->word[0] & 0xf;
}

#endif
