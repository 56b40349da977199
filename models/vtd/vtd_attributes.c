/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_attributes.c - 3.10 Snoop Behavior, 3.11 Memory Type: of the access to the final page.
 */
#include "vtd/vtd_errata.h"
#include "vtd/vtd_formats.h"
#include "vtd/vtd_stage.h"
#include "vtd/vtd_steps.h"

/* Table 6: the final page is snooped unless the request says no-snoop and neither PGSNP nor SNP overrules it. */
bool vtd_final_snoop(const struct vtd_params *p, const struct vtd_paging *paging, const struct vtd_result *result, bool no_snoop)
{
    bool asked = vtd_erratum(p, VTD_E_SNOOP_INVERTED) ? no_snoop : !no_snoop;
    return asked || (paging->scalable && paging->pgsnp) || result->snp;
}

#define UNCACHED_MINUS 7u /* UC-, in a PAT only */
#define TYPES 8u

static uint8_t defined_type(uint64_t type)
{
    switch (type) {
    case PORT_WC:
    case PORT_WT:
    case PORT_WP:
    case PORT_WB:
    case UNCACHED_MINUS:
        return (uint8_t)type;
    default:
        return PORT_UC;
    }
}

/* 3.11.3 Selecting Effective Memory Type, Table 7: by MTRR or EMT type, then by PAT type. What is not named is UC. */
static const uint8_t effective[TYPES][TYPES] = {
    [PORT_UC] = {[PORT_WC] = PORT_WC},
    [PORT_WC] = {[UNCACHED_MINUS] = PORT_WC, [PORT_WC] = PORT_WC, [PORT_WB] = PORT_WC},
    [PORT_WT] = {[PORT_WC] = PORT_WC, [PORT_WT] = PORT_WT, [PORT_WB] = PORT_WT, [PORT_WP] = PORT_WP},
    [PORT_WB] = {[PORT_WC] = PORT_WC, [PORT_WT] = PORT_WT, [PORT_WB] = PORT_WB, [PORT_WP] = PORT_WP},
    [PORT_WP] = {[UNCACHED_MINUS] = PORT_WC, [PORT_WC] = PORT_WC, [PORT_WT] = PORT_WT, [PORT_WB] = PORT_WP, [PORT_WP] = PORT_WP},
};

/* ---- 3.11.2 Selecting Memory Type from Memory Type Range Registers ---- */

/* Encodings that are reserved are taken for uncacheable; UC- is none of an MTRR or of EMT. */
static uint8_t range_type(uint64_t type)
{
    uint8_t defined = defined_type(type);
    return defined == UNCACHED_MINUS ? PORT_UC : defined;
}

/* Table 50: eight ranges to a register, of 64, 16 and 4 KiB. */
static uint8_t fixed_type(const struct vtd_mtrrs *mtrrs, uint64_t address)
{
    uint64_t range = address < 0x80000   ? address >> 16
                     : address < 0xc0000 ? 8u + ((address - 0x80000) >> 14)
                                         : 24u + ((address - 0xc0000) >> 12);
    return range_type(mtrrs->fixed[range / 8u] >> range % 8u * 8u & 0xffu);
}

/* Of two ranges that overlap: UC wins, then WT over WB; other mixtures are undefined and taken for uncacheable. */
static uint8_t overlap_type(uint8_t a, uint8_t b)
{
    if (a == b)
        return a;
    bool through = (a == PORT_WT && b == PORT_WB) || (a == PORT_WB && b == PORT_WT);
    return through ? PORT_WT : PORT_UC;
}

uint8_t vtd_mtrr_type(const struct vtd_mtrrs *mtrrs, uint64_t address)
{
    if (!mtrrs->enabled)
        return PORT_UC;
    if (address < 0x100000 && mtrrs->fixed_enabled)
        return fixed_type(mtrrs, address);
    bool found = false;
    uint8_t type = range_type(mtrrs->default_type);
    for (unsigned i = 0; i < VTD_MTRR_VARIABLE; i++) {
        if (!mtrrs->variable[i].valid || (address ^ mtrrs->variable[i].base) & mtrrs->variable[i].mask)
            continue;
        uint8_t mine = range_type(mtrrs->variable[i].type);
        type = found ? overlap_type(type, mine) : mine;
        found = true;
    }
    return type;
}

/* ---- 3.11.1, 3.11.4 ---- */

static uint8_t pat_type(const struct vtd_paging *paging, const struct vtd_walk *first)
{
    return defined_type((uint64_t)paging->pat >> (4u * first->pat_index) & 7u);
}

/* 3.11.4 Determining Memory Type, Table 9. */
uint8_t vtd_memory_type(const struct vtd_params *p, const struct vtd_paging *paging, const struct vtd_walk *first,
                        const struct vtd_walk *second, uint8_t mtrr_type)
{
    if (!paging->scalable || !p->mts)
        return PORT_WB;
    if (paging->cd)
        return PORT_UC;
    if (!first)
        return second && paging->emte ? range_type(second->emt) : PORT_WB;
    if (!second || !paging->emte)
        return effective[mtrr_type][pat_type(paging, first)];
    return second->ipat ? range_type(second->emt) : effective[range_type(second->emt)][pat_type(paging, first)];
}
