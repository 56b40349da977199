/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_root.c - 11.4.5 Root Table Address Register; 9.1 Root Entry, 9.2 Scalable-mode Root Entry.
 */
#include "vtd/vtd_errata.h"
#include "vtd/vtd_formats.h"
#include "vtd/vtd_steps.h"

#define ROOT_ENTRY_BYTES 16u

struct vtd_root_pointer vtd_root_pointer_decode(uint64_t rtaddr)
{
    return (struct vtd_root_pointer){
        .mode = (enum vtd_table_mode)VTD_FMT_GET(VTD_RTADDR_TTM, rtaddr),
        .ssirwe = VTD_FMT_GET(VTD_RTADDR_SSIRWE, rtaddr) != 0,
        .table = rtaddr & VTD_RTADDR_RTA,
    };
}

/* RTA.2, RTA.3 and RTA.5: what a request may not be in the mode at hand. */
static enum vtd_condition kind_check(const struct vtd_params *p, enum vtd_table_mode mode, const struct vtd_query *q)
{
    if (vtd_found(p, VTD_RTA_3, q->page_request && mode == VTD_LEGACY))
        return VTD_RTA_3;
    if (!q->has_pasid || q->page_request)
        return VTD_OK;
    if (vtd_found(p, VTD_RTA_2, mode == VTD_LEGACY))
        return VTD_RTA_2;
    if (vtd_found(p, VTD_RTA_5, q->execute && p->ver_max >= 8u))
        return VTD_RTA_5;
    return VTD_OK;
}

enum vtd_condition vtd_root_pointer_check(const struct vtd_params *p, const struct vtd_root_pointer *rtp,
                                          const struct vtd_query *q)
{
    bool abort_dma = rtp->mode == VTD_ABORT_DMA;
    if (vtd_found(p, VTD_RTA_1_1, abort_dma && !p->adms))
        return VTD_RTA_1_1;
    if (vtd_found(p, VTD_RTA_1_2, rtp->mode == VTD_RESERVED_MODE))
        return VTD_RTA_1_2;
    if (vtd_found(p, VTD_RTA_1_3, rtp->mode == VTD_SCALABLE && !p->smts))
        return VTD_RTA_1_3;
    if (vtd_found(p, VTD_RTA_4, abort_dma && p->adms))
        return VTD_RTA_4;
    /* Table 30 has RTA.1.4 for requests without PASID only; with PASID legacy mode is RTA.2 anyway. SSIRWE is reserved
     * where SSIRWS is not reported. */
    bool plain = !q->has_pasid && !q->page_request;
    if (vtd_found(p, VTD_RTA_1_4, rtp->mode == VTD_LEGACY && rtp->ssirwe && p->ssirws && plain))
        return VTD_RTA_1_4;
    return kind_check(p, rtp->mode, q);
}

uint64_t vtd_root_entry_address(const struct vtd_root_pointer *rtp, uint16_t requester_id)
{
    return rtp->table + (uint64_t)pcie_bus(requester_id) * ROOT_ENTRY_BYTES;
}

static enum vtd_condition legacy_decode(const struct vtd_params *p, uint8_t devfn, const uint64_t entry[2],
                                        uint64_t *context_entry_address)
{
    uint64_t reserved = entry[0] & (VTD_ROOT_W0_RESERVED | vtd_beyond_haw(p));
    reserved |= entry[1] & VTD_ROOT_W1_RESERVED;
    bool early = vtd_erratum(p, VTD_E_PRESENT_AFTER_RESERVED) && reserved != 0;
    if (vtd_found(p, VTD_LRT_2, !early && !(entry[0] & VTD_ROOT_W0_P)))
        return VTD_LRT_2;
    if (vtd_found(p, VTD_LRT_3, reserved != 0))
        return VTD_LRT_3;
    *context_entry_address = (entry[0] & VTD_ROOT_W0_CTP & ~vtd_beyond_haw(p)) + (uint64_t)devfn * VTD_CONTEXT_BYTES;
    return VTD_OK;
}

/* SRT.3 names both halves: a present half with reserved bits spoils the entry, whichever half the request uses. */
static bool half_spoilt(const struct vtd_params *p, const uint64_t entry[2], unsigned half)
{
    bool judged = (entry[half] & VTD_SMROOT_P) != 0;
    if (half == 1u)
        judged |= vtd_erratum(p, VTD_E_UPPER_RESERVED);
    judged |= vtd_erratum(p, VTD_E_PRESENT_AFTER_RESERVED);
    return judged && (entry[half] & (VTD_SMROOT_RESERVED | vtd_beyond_haw(p))) != 0;
}

static enum vtd_condition scalable_decode(const struct vtd_params *p, uint8_t devfn, const uint64_t entry[2],
                                          uint64_t *context_entry_address)
{
    /* 3.4.3 Scalable Mode Address Translation: devices 0 to 15 have the lower table, 16 to 31 the upper one. */
    unsigned half = vtd_erratum(p, VTD_E_V15) ? 0u : devfn >> 7;
    bool spoilt = half_spoilt(p, entry, 0u) || half_spoilt(p, entry, 1u);
    bool early = vtd_erratum(p, VTD_E_PRESENT_AFTER_RESERVED) && spoilt;
    if (vtd_found(p, VTD_SRT_2, !early && !(entry[half] & VTD_SMROOT_P)))
        return VTD_SRT_2;
    if (vtd_found(p, VTD_SRT_3, spoilt))
        return VTD_SRT_3;
    uint64_t table = entry[half] & VTD_SMROOT_CTP & ~vtd_beyond_haw(p);
    *context_entry_address = table + (uint64_t)(devfn & 0x7fu) * VTD_SMCONTEXT_BYTES;
    return VTD_OK;
}

enum vtd_condition vtd_root_entry_decode(const struct vtd_params *p, const struct vtd_root_pointer *rtp, uint16_t requester_id,
                                         const uint64_t entry[2], uint64_t *context_entry_address)
{
    uint8_t devfn = pcie_devfn(requester_id);
    if (rtp->mode == VTD_LEGACY)
        return legacy_decode(p, devfn, entry, context_entry_address);
    return scalable_decode(p, devfn, entry, context_entry_address);
}
