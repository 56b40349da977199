/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_stage2.c - stage 2 of VMSAv8-64: the start level with concatenated tables (D8.2.2), leaves.
 */
#include "smmuv3/smmuv3_errata.h"
#include "smmuv3/smmuv3_formats.h"
#include "smmuv3/smmuv3_stage.h"
#include "smmuv3/smmuv3_steps.h"

#define NO_LEVEL 9

/* Tables D8-19, D8-29, D8-38: SL0 with SL2 as bit 2. */
static const int8_t start_levels[3][8] = {
    {2, 1, 0, 3, -1, NO_LEVEL, NO_LEVEL, NO_LEVEL},
    {3, 2, 1, 0, NO_LEVEL, NO_LEVEL, NO_LEVEL, NO_LEVEL},
    {3, 2, 1, NO_LEVEL, NO_LEVEL, NO_LEVEL, NO_LEVEL, NO_LEVEL},
};

/* Table D8-9: bits of physical address that an initial lookup at this level needs. */
static unsigned oas_needed(unsigned granule_lg2, int level)
{
    switch (granule_lg2) {
    case 12:
        return level < 0 ? 52u : level == 0 ? 44u : 0;
    case 14:
        return level == 0 ? 52u : level == 1 ? 42u : 0;
    default:
        return level == 1 ? 44u : 0;
    }
}

bool smmuv3_stage2_start(const struct smmuv3_params *p, const struct smmuv3_ste *ste, int *level)
{
    unsigned granule_lg2 = smmuv3_granule_lg2(ste->s2tg);
    if (granule_lg2 == 0)
        return false;
    *level = start_levels[(granule_lg2 - 12u) / 2u][ste->s2sl0 & 7u];
    if (*level == NO_LEVEL || smmuv3_oas_bits(p) < oas_needed(granule_lg2, *level))
        return false;
    /* Level 3 of 4 KiB is of small translation tables; level 0 of 16 KiB needs DS (a rule of D8.2.2). */
    if (granule_lg2 == 12u && *level == 3 && !p->stt)
        return false;
    if (granule_lg2 == 14u && *level == 0 && !ste->s2ds)
        return false;
    /* D8.2.2: the table of the initial lookup is one entry at least, and up to 16 tables are concatenated. */
    int bits = 64 - (int)ste->s2t0sz - (int)smmuv3_level_shift(granule_lg2, *level);
    int most = (int)granule_lg2 - 3 + 4;
    return bits >= 1 && bits <= most;
}

/* D8.4.2.1: with XNX XN[1:0] is 00 both, 01 unprivileged only, 10 none, 11 privileged only. */
static void execute_rights(const struct smmuv3_params *p, uint64_t descriptor, struct smmuv3_rights *rights)
{
    bool xn1 = (descriptor & TTD_UXN) != 0;
    bool xn0 = p->xnx && (descriptor & TTD_PXN) && !smmuv3_erratum(p, SMMUV3_E_XNX_IGNORED);
    rights->px = xn1 == xn0;
    rights->ux = !xn1;
}

void smmuv3_stage2_leaf(const struct smmuv3_regime *regime, struct smmuv3_walk *walk)
{
    const struct smmuv3_params *p = regime->params;
    const struct smmuv3_table_setup *setup = &regime->stage2;
    uint64_t descriptor = walk->descriptor;
    bool read = (descriptor & TTD_S2AP_READ) != 0, write = (descriptor & TTD_S2AP_WRITE) != 0;
    walk->clean = setup->hd && (descriptor & TTD_DBM) && !write;
    write = write || walk->clean;
    if (smmuv3_erratum(p, SMMUV3_E_S2AP_READ_OF_WRITE)) /* older tables: what can be written can be read */
        read = read || write;
    walk->rights = (struct smmuv3_rights){.pr = read, .pw = write, .ur = read, .uw = write};
    execute_rights(p, descriptor, &walk->rights);
    enum smmuv3_shareability sh = setup->wide ? setup->sh : (enum smmuv3_shareability)smmuv3_get(&descriptor, TTD_SH);
    walk->s2_memattr = smmuv3_get8(&descriptor, TTD_MEMATTR);
    walk->attributes = smmuv3_stage2_attributes(regime, walk->s2_memattr, sh);
}
