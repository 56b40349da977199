/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_first_stage.c - 3.6 First-Stage Translation, 9.7 First-Stage Paging Entries.
 */
#include "vtd/vtd_errata.h"
#include "vtd/vtd_formats.h"
#include "vtd/vtd_stage.h"

/* 3.6: reserved bits of an entry that maps a large page, besides the address bits from HAW on. Bit 12 is PAT. */
static const uint64_t reserved_in_page[VTD_LEVELS_END] = {
    [3] = VTD_FMT(29u, 13u),
    [2] = VTD_FMT(20u, 13u),
};

/* 2 MiB pages are mandatory, 1 GiB pages are reported by FS1GP. */
static bool large_page_supported(const struct vtd_params *p, uint8_t level)
{
    return level == 2u || (level == 3u && p->fs1gp);
}

struct vtd_entry_facts vtd_first_stage_facts(const struct vtd_params *p, const struct vtd_paging *paging, uint8_t level,
                                             uint64_t entry)
{
    bool large = level > 1u && (entry & VTD_FS_PS) != 0 && large_page_supported(p, level);
    struct vtd_entry_facts facts = {
        .leaf = large || level == 1u,
        .present = VTD_FS_P,
        .accessed = VTD_FS_A | (paging->eafe ? VTD_FS_EA : 0),
        .dirty = VTD_FS_D,
    };
    /* 3.6: PS is reserved where there are no pages of the size; where there are, the entry would not refer to a table. */
    facts.reserved = facts.leaf ? reserved_in_page[level] : VTD_FS_PS;
    if (!vtd_erratum(p, VTD_E_HAW_BITS_OK))
        facts.reserved |= VTD_PAGING_ADDRESS & vtd_beyond_haw(p);
    if (large && vtd_erratum(p, VTD_E_FS_LARGE_BIT12_RESERVED))
        facts.reserved |= VTD_FS_PAT_LARGE;
    if (vtd_erratum(p, VTD_E_XD_RESERVED))
        facts.reserved |= VTD_FS_XD;
    if (!facts.leaf && vtd_erratum(p, VTD_E_R02))
        facts.reserved = 0;
    return facts;
}

/* 3.6.1 Access Rights: a present entry is readable. */
struct vtd_rights vtd_first_stage_rights(uint64_t entry)
{
    return (struct vtd_rights){.read = true, .write = (entry & VTD_FS_RW) != 0, .user = (entry & VTD_FS_US) != 0};
}

/* 3.11.1 Selecting Memory Type from Page Attribute Table: index 4 * PAT + 2 * PCD + PWT. */
void vtd_first_stage_leaf(uint64_t entry, struct vtd_walk *walk)
{
    uint64_t pat = walk->level == 1u ? VTD_FS_PAT_4K : VTD_FS_PAT_LARGE;
    unsigned index = (entry & pat ? 4u : 0u) + (entry & VTD_FS_PCD ? 2u : 0u) + (entry & VTD_FS_PWT ? 1u : 0u);
    walk->pat_index = (uint8_t)index;
}
