/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_desc.c - descriptors of the invalidation queue. */
#include "vtd_desc.h"

#include "vtd_bugs.h"
#include "vtd_regs.h"

#include <linux/bitfield.h>

static struct vtd_desc desc(u64 type, u64 granularity)
{
    return (struct vtd_desc){{FIELD_PREP(QUEUE0_TYPE, type) | FIELD_PREP(QUEUE0_G, granularity)}};
}

struct vtd_desc vtd_desc_context_global(void)
{
    return desc(QUEUE_TYPE_CONTEXT, CONTEXT_G_GLOBAL);
}

struct vtd_desc vtd_desc_context_device(u16 did, u16 sid)
{
    struct vtd_desc made = desc(QUEUE_TYPE_CONTEXT, CONTEXT_G_DEVICE);

    made.word[0] |= FIELD_PREP(QUEUE0_DID, did) | FIELD_PREP(CONTEXT0_SID, sid);
    return made;
}

struct vtd_desc vtd_desc_pasid_global(void)
{
    return desc(QUEUE_TYPE_PASID, PASID_G_GLOBAL);
}

struct vtd_desc vtd_desc_pasid_domain(u16 did)
{
    struct vtd_desc made = desc(QUEUE_TYPE_PASID, PASID_G_DOMAIN);

    made.word[0] |= FIELD_PREP(QUEUE0_DID, did);
    return made;
}

struct vtd_desc vtd_desc_pasid(u16 did, u32 pasid)
{
    struct vtd_desc made = driver_bug(PASID_CACHE_NO_TYPE) ? desc(0, 0) : desc(QUEUE_TYPE_PASID, PASID_G_PASID);

    made.word[0] |= FIELD_PREP(QUEUE0_DID, did) | FIELD_PREP(QUEUE0_PASID, pasid);
    return made;
}

/* 6.5.2.3: what was translated is drained; a unit of major version 2 and above does so anyway and ignores the flags. */
static struct vtd_desc iotlb(u64 granularity, u16 did)
{
    struct vtd_desc made = desc(QUEUE_TYPE_IOTLB, granularity);

    made.word[0] |= IOTLB0_DR | IOTLB0_DW | FIELD_PREP(QUEUE0_DID, did);
    return made;
}

struct vtd_desc vtd_desc_iotlb_global(void)
{
    return iotlb(IOTLB_G_GLOBAL, 0);
}

struct vtd_desc vtd_desc_iotlb_domain(u16 did)
{
    return iotlb(IOTLB_G_DOMAIN, did);
}

static u64 by_pages(const struct vtd_block *block, bool hint)
{
    return block->address | FIELD_PREP(QUEUE1_AM, block->mask) | (hint || driver_bug(HINT_ALWAYS) ? QUEUE1_IH : 0);
}

struct vtd_desc vtd_desc_iotlb_pages(u16 did, const struct vtd_block *block, bool hint)
{
    struct vtd_desc made = iotlb(IOTLB_G_PAGE, did);

    made.word[1] = by_pages(block, hint);
    return made;
}

struct vtd_desc vtd_desc_piotlb(u16 did, u32 pasid)
{
    struct vtd_desc made = desc(QUEUE_TYPE_PIOTLB, PIOTLB_G_PASID);

    made.word[0] |= FIELD_PREP(QUEUE0_DID, did) | FIELD_PREP(QUEUE0_PASID, pasid);
    return made;
}

struct vtd_desc vtd_desc_piotlb_pages(u16 did, u32 pasid, const struct vtd_block *block, bool hint)
{
    struct vtd_desc made = desc(QUEUE_TYPE_PIOTLB, PIOTLB_G_PAGE);

    made.word[0] |= FIELD_PREP(QUEUE0_DID, did) | FIELD_PREP(QUEUE0_PASID, pasid);
    made.word[1] = by_pages(block, hint);
    return made;
}

struct vtd_desc vtd_desc_devtlb(const struct vtd_endpoint *endpoint, u32 pasid, const struct vtd_block *block)
{
    static const struct vtd_block first_page;
    bool size;
    u64 address = vtd_range_devtlb(driver_bug(DEVTLB_NO_PASID) && pasid ? &first_page : block, &size);
    u64 word = FIELD_PREP(DEVTLB0_PFSID_LOW, endpoint->pfsid & 0xf) | FIELD_PREP(DEVTLB0_PFSID_HIGH, endpoint->pfsid >> 4);

    if (driver_bug(DEVTLB_NO_PASID))
        pasid = 0;
    if (!pasid) {
        word |= QUEUE_TYPE_DEVTLB | FIELD_PREP(DEVTLB0_MIP, endpoint->depth) | FIELD_PREP(DEVTLB0_SID, endpoint->rid);
        return (struct vtd_desc){{word, address | (size ? DEVTLB1_S : 0)}};
    }
    word |= QUEUE_TYPE_PDEVTLB | FIELD_PREP(PDEVTLB0_MIP, endpoint->depth) | FIELD_PREP(PDEVTLB0_SID, endpoint->rid) |
            FIELD_PREP(QUEUE0_PASID, pasid);
    return (struct vtd_desc){{word, address | (size ? PDEVTLB1_S : 0)}};
}

struct vtd_desc vtd_desc_fence(void)
{
    return (struct vtd_desc){{QUEUE_TYPE_WAIT | WAIT0_FN}};
}

struct vtd_desc vtd_desc_wait(u64 status_address, u32 data, bool drain_requests)
{
    return (struct vtd_desc){
        {QUEUE_TYPE_WAIT | WAIT0_SW | FIELD_PREP(WAIT0_DATA, data) | (drain_requests ? WAIT0_PD : 0), status_address}};
}

struct vtd_desc vtd_desc_response(u16 rid, bool pasid_present, u32 pasid, u16 group, u8 code)
{
    return (struct vtd_desc){{QUEUE_TYPE_RESPONSE | (pasid_present && !driver_bug(RESPONSE_NO_PASID) ? RESPONSE0_PP : 0) |
                                  FIELD_PREP(RESPONSE0_RC, code) | FIELD_PREP(RESPONSE0_RID, rid) |
                                  FIELD_PREP(QUEUE0_PASID, pasid_present ? pasid : 0),
                              FIELD_PREP(RESPONSE1_PRGI, group)}};
}
