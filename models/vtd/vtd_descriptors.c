/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_descriptors.c - 6.5.2 Queued Invalidation Interface: the descriptors, which types are valid, and which bits are reserved in
 * each; from a descriptor to what it asks for.
 */
#include "vtd/vtd_queue.h"

static bool on(const struct vtd *vtd, enum vtd_erratum_id id)
{
    return vtd_erratum(&vtd->params, id);
}

struct type_facts {
    bool beyond_legacy; /* Table 26: only in scalable and abort-dma mode; a 256-bit descriptor */
    uint64_t used[4];   /* bits that are not reserved */
};

#define TYPE (VTD_BITS(3, 0) | VTD_BITS(11, 9))
#define PFSID (VTD_BITS(15, 12) | VTD_BITS(63, 52))
#define PAGE_DRAIN VTD_BITS(7, 7)

static const struct type_facts types[VTD_TYPES] = {
    [VTD_TYPE_CONTEXT] = {false, {TYPE | VTD_BITS(5, 4) | VTD_BITS(49, 16)}},
    [VTD_TYPE_IOTLB] = {false, {TYPE | VTD_BITS(7, 4) | VTD_BITS(31, 16), VTD_BITS(6, 0) | VTD_BITS(63, 12)}},
    [VTD_TYPE_DEVICE_TLB] = {false, {TYPE | PFSID | VTD_BITS(20, 16) | VTD_BITS(47, 32), VTD_BITS(0, 0) | VTD_BITS(63, 12)}},
    [VTD_TYPE_IEC] = {false, {TYPE | VTD_BITS(4, 4) | VTD_BITS(47, 27)}},
    [VTD_TYPE_WAIT] = {false, {TYPE | VTD_BITS(6, 4) | PAGE_DRAIN | VTD_BITS(63, 32), VTD_BITS(63, 2)}},
    [VTD_TYPE_PIOTLB] = {true, {TYPE | VTD_BITS(5, 4) | VTD_BITS(51, 16), VTD_BITS(6, 0) | VTD_BITS(63, 12)}},
    [VTD_TYPE_PASID] = {true, {TYPE | VTD_BITS(5, 4) | VTD_BITS(51, 16)}},
    [VTD_TYPE_PASID_DEVICE_TLB] = {true,
                                   {TYPE | VTD_BITS(8, 4) | PFSID | VTD_BITS(51, 16),
                                    VTD_BITS(0, 0) | VTD_BITS(11, 11) | VTD_BITS(63, 12)}},
    [VTD_TYPE_PAGE_RESPONSE] = {true, {TYPE | VTD_BITS(4, 4) | VTD_BITS(15, 12) | VTD_BITS(51, 16), VTD_BITS(11, 2)}},
};

static unsigned type_of(const struct vtd *vtd, const uint64_t descriptor[4])
{
    unsigned low = (unsigned)vtd_bits(descriptor[0], 3, 0);
    return on(vtd, VTD_E_TYPE_LOW_NIBBLE) ? low : low | (unsigned)vtd_bits(descriptor[0], 11, 9) << 4;
}

/* Types of a capability that is not reported are invalid types. */
static bool is_supported(const struct vtd_params *p, unsigned type)
{
    if (type == VTD_TYPE_DEVICE_TLB || type == VTD_TYPE_PASID_DEVICE_TLB)
        return p->dt || vtd_erratum(p, VTD_E_TYPE_WITHOUT_DT);
    if (type == VTD_TYPE_IEC)
        return p->ir;
    return type != VTD_TYPE_PAGE_RESPONSE || p->prs;
}

/* Table 26 "List of Valid Descriptor Types for Each Mode". Host permission tables (Ah) are not supported. */
static bool type_is_valid(const struct vtd *vtd, unsigned type)
{
    if (type >= VTD_TYPES || !types[type].used[0] || !is_supported(&vtd->params, type))
        return false;
    if (!types[type].beyond_legacy)
        return true;
    return vtd_queue_is_wide(vtd) && (vtd_root_pointer_now(vtd).mode != VTD_LEGACY || on(vtd, VTD_E_MODE_TYPES_IGNORED));
}

/* Fields of a type that exist with a capability only. */
static uint64_t absent_fields(const struct vtd_params *p, unsigned type)
{
    if (type == VTD_TYPE_DEVICE_TLB || type == VTD_TYPE_PASID_DEVICE_TLB)
        return p->dit ? 0 : PFSID;
    return type == VTD_TYPE_WAIT && !p->pds && !vtd_erratum(p, VTD_E_PD_NOT_CHECKED) ? PAGE_DRAIN : 0;
}

static bool reserved_set(const struct vtd *vtd, unsigned type, const uint64_t descriptor[4])
{
    uint64_t set = descriptor[0] & absent_fields(&vtd->params, type);
    for (unsigned i = 0; i < (vtd_queue_is_wide(vtd) ? 4u : 2u); i++)
        set |= descriptor[i] & ~types[type].used[i];
    return set && !on(vtd, VTD_E_RESERVED_QI_IGNORED);
}

/* ---- from a descriptor to what it asks for; false: a granularity or mask that the unit does not have ---- */

static bool decode_context(const struct vtd *vtd, const uint64_t d[4], struct vtd_invalidation *inv)
{
    static const enum vtd_invalidation_kind kinds[4] = {0, VTD_INV_CONTEXT_GLOBAL, VTD_INV_CONTEXT_DOMAIN,
                                                        VTD_INV_CONTEXT_DEVICE};
    unsigned g = (unsigned)vtd_bits(d[0], 5, 4);
    *inv = (struct vtd_invalidation){.kind = kinds[g],
                                     .did = vtd_did_implemented(vtd, vtd_bits(d[0], 31, 16)),
                                     .sid = (uint16_t)vtd_bits(d[0], 47, 32),
                                     .fm = (uint8_t)vtd_bits(d[0], 49, 48)};
    return g != 0;
}

static bool decode_pasid(const struct vtd *vtd, const uint64_t d[4], struct vtd_invalidation *inv)
{
    static const enum vtd_invalidation_kind kinds[4] = {VTD_INV_PASID_DOMAIN, VTD_INV_PASID_SELECTIVE, 0, VTD_INV_PASID_GLOBAL};
    static const enum vtd_invalidation_kind confused[4] = {0, VTD_INV_PASID_GLOBAL, VTD_INV_PASID_DOMAIN,
                                                           VTD_INV_PASID_SELECTIVE};
    unsigned g = (unsigned)vtd_bits(d[0], 5, 4);
    bool as_context = on(vtd, VTD_E_G_CONFUSED);
    *inv = (struct vtd_invalidation){.kind = as_context ? confused[g] : kinds[g],
                                     .did = vtd_did_implemented(vtd, vtd_bits(d[0], 31, 16)),
                                     .pasid = (uint32_t)vtd_bits(d[0], 51, 32)};
    return g != (as_context ? 0u : 2u);
}

static bool decode_iotlb(const struct vtd *vtd, const uint64_t d[4], struct vtd_invalidation *inv)
{
    static const enum vtd_invalidation_kind kinds[4] = {0, VTD_INV_IOTLB_GLOBAL, VTD_INV_IOTLB_DOMAIN, VTD_INV_IOTLB_PAGE};
    unsigned g = (unsigned)vtd_bits(d[0], 5, 4);
    *inv = (struct vtd_invalidation){.kind = kinds[g],
                                     .did = vtd_did_implemented(vtd, vtd_bits(d[0], 31, 16)),
                                     .am = (uint8_t)vtd_bits(d[1], 5, 0),
                                     .ih = vtd_bits(d[1], 6, 6),
                                     .address = d[1] & VTD_BITS(63, 12)};
    bool by_page = g == 3;
    bool mask_counts = by_page || on(vtd, VTD_E_AM_CHECKED_GLOBAL);
    if (g == 0 || (by_page && !vtd->params.psi))
        return false;
    return !(mask_counts && inv->am > vtd->params.mamv);
}

static bool decode_piotlb(const struct vtd *vtd, const uint64_t d[4], struct vtd_invalidation *inv)
{
    unsigned g = (unsigned)vtd_bits(d[0], 5, 4);
    *inv = (struct vtd_invalidation){.kind = g == 3 ? VTD_INV_PIOTLB_PAGE : VTD_INV_PIOTLB_PASID,
                                     .did = vtd_did_implemented(vtd, vtd_bits(d[0], 31, 16)),
                                     .pasid = (uint32_t)vtd_bits(d[0], 51, 32),
                                     .am = (uint8_t)vtd_bits(d[1], 5, 0),
                                     .ih = vtd_bits(d[1], 6, 6),
                                     .address = d[1] & VTD_BITS(63, 12)};
    if (g < 2) {
        inv->kind = VTD_INV_IOTLB_GLOBAL;
        return on(vtd, VTD_E_V09);
    }
    return !(g == 3 && inv->am > vtd->params.mamv && on(vtd, VTD_E_MAMV_ON_PIOTLB));
}

/* 6.5.2.8: G of 0 is global, and then index and mask mean nothing. */
static bool decode_iec(const struct vtd *vtd, const uint64_t d[4], struct vtd_invalidation *inv)
{
    bool by_index = vtd_bits(d[0], 4, 4) != on(vtd, VTD_E_IEC_G_INVERTED);
    *inv = (struct vtd_invalidation){.kind = by_index ? VTD_INV_IEC_INDEX : VTD_INV_IEC_GLOBAL,
                                     .index = (uint16_t)vtd_bits(d[0], 47, 32),
                                     .am = (uint8_t)vtd_bits(d[0], 31, 27)};
    return !(by_index && inv->am > vtd->params.mhmv && !on(vtd, VTD_E_MHMV_IGNORED));
}

enum vtd_queue_error vtd_descriptor_decode(const struct vtd *vtd, const uint64_t d[4], unsigned *type,
                                           struct vtd_invalidation *inv)
{
    static bool (*const decoders[VTD_TYPES])(const struct vtd *, const uint64_t[4], struct vtd_invalidation *) = {
        [VTD_TYPE_CONTEXT] = decode_context, [VTD_TYPE_IOTLB] = decode_iotlb, [VTD_TYPE_IEC] = decode_iec,
        [VTD_TYPE_PIOTLB] = decode_piotlb,   [VTD_TYPE_PASID] = decode_pasid,
    };
    *type = type_of(vtd, d);
    if (!type_is_valid(vtd, *type))
        return VTD_INVALID_TYPE;
    if (reserved_set(vtd, *type, d))
        return VTD_RESERVED_FIELD;
    if (decoders[*type] && !decoders[*type](vtd, d, inv))
        return VTD_RESERVED_FIELD;
    return VTD_QUEUE_OK;
}
