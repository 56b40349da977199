/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_second_stage.c - 3.7 Second-Stage Translation, 9.8 Second-Stage Paging Entries.
 */
#include "vtd/vtd_errata.h"
#include "vtd/vtd_formats.h"
#include "vtd/vtd_stage.h"

/* 3.7: reserved bits of an entry that maps a large page, besides the address bits from HAW on. */
static const uint64_t reserved_in_page[VTD_LEVELS_END] = {
    [3] = VTD_FMT(29u, 12u),
    [2] = VTD_FMT(20u, 12u),
};

/* 11.4.2 SSLPS: bit 0 is 2 MiB, bit 1 is 1 GiB. */
static bool large_page_supported(const struct vtd_params *p, uint8_t level)
{
    return (level == 2u && p->sslps & 1u) || (level == 3u && p->sslps & 2u);
}

static uint64_t leaf_reserved(const struct vtd_params *p, uint8_t level)
{
    uint64_t mask = reserved_in_page[level];
    if (level > 1u && vtd_erratum(p, VTD_E_SS_LARGE_BIT12_OK))
        mask &= ~VTD_FMT(12u, 12u);
    return mask | (p->sc ? 0 : VTD_SS_SNP);
}

/* 3.7: PS is reserved where there are no pages of the size; where there are, the entry would not refer to a table. */
static uint64_t table_reserved(const struct vtd_params *p)
{
    return VTD_SS_PS | (vtd_erratum(p, VTD_E_SNP_NONLEAF_OK) ? 0 : VTD_SS_SNP);
}

struct vtd_entry_facts vtd_second_stage_facts(const struct vtd_params *p, const struct vtd_paging *paging, uint8_t level,
                                              uint64_t entry)
{
    bool large = level > 1u && (entry & VTD_SS_PS) != 0 && large_page_supported(p, level);
    struct vtd_entry_facts facts = {
        .leaf = large || level == 1u,
        .present = paging->ssirwe ? VTD_SS_IR | VTD_SS_IW : VTD_SS_R | VTD_SS_W,
        .accessed = paging->ssade ? VTD_SS_A : 0,
        .dirty = paging->ssade ? VTD_SS_D : 0,
    };
    facts.reserved = facts.leaf ? leaf_reserved(p, level) : table_reserved(p);
    /* 9.8: IW is reserved, IR ignored, where the I/O permission bits are not enabled. */
    if (!paging->ssirwe && !vtd_erratum(p, VTD_E_SS_BIT62_OK))
        facts.reserved |= VTD_SS_IW;
    if (!vtd_erratum(p, VTD_E_HAW_BITS_OK))
        facts.reserved |= VTD_PAGING_ADDRESS & vtd_beyond_haw(p);
    if (!facts.leaf && vtd_erratum(p, VTD_E_R02))
        facts.reserved = 0;
    return facts;
}

/* 11.4.5 SSIRWE: the permissions are IR and IW instead of R and W. */
struct vtd_rights vtd_second_stage_rights(const struct vtd_paging *paging, uint64_t entry)
{
    return (struct vtd_rights){
        .read = (entry & (paging->ssirwe ? VTD_SS_IR : VTD_SS_R)) != 0,
        .write = (entry & (paging->ssirwe ? VTD_SS_IW : VTD_SS_W)) != 0,
        .user = true,
    };
}

void vtd_second_stage_leaf(const struct vtd_params *p, uint64_t entry, struct vtd_walk *walk)
{
    walk->snp = p->sc && (entry & VTD_SS_SNP) != 0;
    walk->emt = (uint8_t)VTD_FMT_GET(VTD_SS_EMT, entry);
    walk->ipat = (uint8_t)VTD_FMT_GET(VTD_SS_IPAT, entry);
}
