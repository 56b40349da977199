/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_pmr.c - 11.4.8 Protected Memory Range Registers: two regions of host memory that no DMA request reaches.
 */
#include "vtd/vtd_internal.h"

#define REGION_GRAIN (UINT64_C(1) << 21) /* bits 20:0 of base and limit are reserved */

static bool region_covers(uint64_t base, uint64_t limit, uint64_t first, uint64_t last)
{
    uint64_t region_last = limit | (REGION_GRAIN - 1); /* decoded as all ones below the grain */
    return limit >= base && first <= region_last && last >= base;
}

bool vtd_pmr_covers(const struct vtd *vtd, uint64_t address, uint32_t bytes)
{
    if (!vtd->protecting)
        return false;
    uint64_t last = address + bytes - 1u;
    const struct vtd_params *p = &vtd->params;
    return (p->plmr && region_covers(vtd_reg(vtd, VTD_REG_PLMBASE), vtd_reg(vtd, VTD_REG_PLMLIMIT), address, last)) ||
           (p->phmr && region_covers(vtd_reg(vtd, VTD_REG_PHMBASE), vtd_reg(vtd, VTD_REG_PHMLIMIT), address, last));
}

static void apply(struct vtd *vtd)
{
    vtd->protecting = VTD_GET(vtd_reg(vtd, VTD_REG_PMEN), PMEN_EPM);
    inflight_raise(&vtd->requests.inflight);
}

static void complete(struct vtd *vtd)
{
    vtd_reg_change(vtd, VTD_REG_PMEN, VTD_MASK(PMEN_PRS), VTD_PUT(PMEN_PRS, vtd->protecting));
    VTD_PROBE(vtd, vtd->sim->now_ps, VTD_NO_REQUEST, "pmr", "protected=%d", vtd->protecting);
}

void vtd_pmr_init(struct vtd *vtd)
{
    vtd->operations[VTD_OP_PROTECT].apply = apply;
    vtd->operations[VTD_OP_PROTECT].complete = complete;
}

/* PRS follows EPM when the requests that were translated before are drained. */
void vtd_pmr_written(struct vtd *vtd)
{
    bool wanted = VTD_GET(vtd_reg(vtd, VTD_REG_PMEN), PMEN_EPM);
    vtd_level_command(vtd, wanted, vtd->protecting, VTD_OP_PROTECT);
}
