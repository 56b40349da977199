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

/* Encodings that 9.6 and 9.8 do not define are taken for uncacheable. */
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

static uint8_t pat_type(const struct vtd_paging *paging, const struct vtd_walk *first)
{
    return defined_type((uint64_t)paging->pat >> (4u * first->pat_index) & 7u);
}

static uint8_t emt_type(const struct vtd_walk *second)
{
    uint8_t type = defined_type(second->emt);
    return type == UNCACHED_MINUS ? PORT_UC : type;
}

/* 3.11.4 Determining Memory Type, Table 9. The MTRR type is taken to be write-back: memory behind the model is. */
uint8_t vtd_memory_type(const struct vtd_params *p, const struct vtd_paging *paging, const struct vtd_walk *first,
                        const struct vtd_walk *second)
{
    if (!paging->scalable || !p->mts)
        return PORT_WB;
    if (paging->cd)
        return PORT_UC;
    if (!first)
        return second && paging->emte ? emt_type(second) : PORT_WB;
    if (!second || !paging->emte)
        return effective[PORT_WB][pat_type(paging, first)];
    return second->ipat ? emt_type(second) : effective[emt_type(second)][pat_type(paging, first)];
}
