/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_stage1.c - stage 1 of VMSAv8-64: which table an address selects (3.4.1), hierarchical controls, leaves.
 */
#include "smmuv3/smmuv3_errata.h"
#include "smmuv3/smmuv3_formats.h"
#include "smmuv3/smmuv3_stage.h"
#include "smmuv3/smmuv3_steps.h"

static bool two_ranges(const struct smmuv3_regime *regime)
{
    return regime->world != SMMUV3_EL2;
}

/* 3.4.1: bits from the size of the range up to AddrTop are identical: like VA[55] with two ranges, 0 with one. */
static bool in_range(const struct smmuv3_regime *regime, const struct smmuv3_table_setup *setup, uint64_t address)
{
    unsigned top = setup->tbi ? 55u : 63u;
    uint64_t above = smmuv3_from_bit(address & smmuv3_low_bits(top + 1u), setup->input_bits);
    if (above == 0)
        return !two_ranges(regime) || !(address >> 55 & 1u);
    return two_ranges(regime) && (address >> 55 & 1u) && above == smmuv3_low_bits(top + 1u - setup->input_bits);
}

enum smmuv3_condition smmuv3_stage1_range(const struct smmuv3_regime *regime, uint64_t address,
                                          const struct smmuv3_access *access, uint8_t *tt)
{
    const struct smmuv3_params *p = regime->params;
    unsigned select = smmuv3_erratum(p, SMMUV3_E_TTB_BY_BIT_63) ? 63u : 55u;
    *tt = two_ranges(regime) && (address >> select & 1u) ? 1u : 0;
    const struct smmuv3_table_setup *setup = &regime->tt[*tt];
    /* 5.4.1.1: TxSZ of a disabled table is IGNORED; either way the fault is a Translation fault. */
    if (!setup->disabled && smmuv3_found(p, SMMUV3_S1_RANGE, !in_range(regime, setup, address)))
        return SMMUV3_S1_RANGE;
    if (smmuv3_found(p, SMMUV3_S1_E0PD, setup->e0pd && !access->privileged))
        return smmuv3_erratum(p, SMMUV3_E_E0PD_AS_PERMISSION) ? SMMUV3_S1_READ : SMMUV3_S1_E0PD;
    return SMMUV3_OK;
}

void smmuv3_stage1_table(const struct smmuv3_regime *regime, struct smmuv3_walk *walk, uint64_t descriptor)
{
    /* 5.4 HAD0: the hierarchical controls become IGNORED. */
    if (regime->tt[walk->tt].had || smmuv3_erratum(regime->params, SMMUV3_E_APTABLE_IGNORED))
        return;
    walk->ap_no_write |= (descriptor & TTD_APTABLE1) != 0;
    walk->uxn_table |= (descriptor & TTD_UXNTABLE) != 0;
    /* With one privilege level APTable[0] and PXNTable are RES0. */
    if (two_ranges(regime)) {
        walk->ap_no_user |= (descriptor & TTD_APTABLE0) != 0;
        walk->pxn_table |= (descriptor & TTD_PXNTABLE) != 0;
    }
}

/* 3.13.3.1: DBM marks a page as one that may be written; with HD AP[2] then means that it has not been. */
static bool writable_clean(const struct smmuv3_regime *regime, const struct smmuv3_walk *walk)
{
    bool marked = (walk->descriptor & TTD_DBM) || smmuv3_erratum(regime->params, SMMUV3_E_DBM_IGNORED);
    return regime->tt[walk->tt].hd && marked && (walk->descriptor & TTD_AP2);
}

/* D8.4.1.2 with one privilege level: AP[1] is taken as 1, bit 54 is XN. */
static struct smmuv3_rights single_rights(const struct smmuv3_regime *regime, const struct smmuv3_walk *walk, bool writable)
{
    bool write = writable && !walk->ap_no_write;
    bool execute = !(walk->descriptor & TTD_UXN) && !walk->uxn_table && !(regime->wxn && write);
    return (struct smmuv3_rights){.pr = true, .pw = write, .px = execute, .ur = true, .uw = write, .ux = execute};
}

/* D8.4.1.2 with two: AP[1] for users, UXN and PXN; what users write privileged never executes. */
static struct smmuv3_rights direct_rights(const struct smmuv3_regime *regime, const struct smmuv3_walk *walk, bool writable)
{
    const struct smmuv3_params *p = regime->params;
    bool user = (walk->descriptor & TTD_AP1) && !walk->ap_no_user;
    bool write = writable && !walk->ap_no_write;
    struct smmuv3_rights rights = {.pr = true, .pw = write, .ur = user, .uw = user && write};
    bool swapped = smmuv3_erratum(p, SMMUV3_E_PXN_UXN_SWAPPED);
    rights.ux = !(walk->descriptor & (swapped ? TTD_PXN : TTD_UXN)) && !walk->uxn_table;
    rights.px = !(walk->descriptor & (swapped ? TTD_UXN : TTD_PXN)) && !walk->pxn_table;
    if (rights.uw && !smmuv3_erratum(p, SMMUV3_E_USER_WRITE_PX))
        rights.px = false;
    if (regime->wxn && !smmuv3_erratum(p, SMMUV3_E_WXN_IGNORED)) {
        rights.ux = rights.ux && !rights.uw;
        rights.px = rights.px && !rights.pw;
    }
    return rights;
}

/* 3.26.1: PIIndex is descriptor bits 54, 53, 51 and 6; an interpretation is {write, execute, read}. */
static struct smmuv3_rights indirect_rights(const struct smmuv3_regime *regime, const struct smmuv3_walk *walk)
{
    uint64_t d = walk->descriptor;
    unsigned index = (unsigned)((d >> 54 & 1u) << 3 | (d >> 53 & 1u) << 2 | (d >> 51 & 1u) << 1 | (d >> 6 & 1u));
    unsigned privileged = (unsigned)(regime->piip >> (3u * index)) & 7u;
    unsigned user = two_ranges(regime) ? (unsigned)(regime->piiu >> (3u * index)) & 7u : privileged;
    return (struct smmuv3_rights){
        .pr = privileged & 1u, .px = privileged & 2u, .pw = privileged & 4u, .ur = user & 1u, .ux = user & 2u, .uw = user & 4u};
}

/* 5.4 PAN, EPAN: no privileged data access where users have access. */
static void apply_pan(const struct smmuv3_regime *regime, struct smmuv3_rights *rights)
{
    bool user = rights->ur || rights->uw || ((regime->epan || regime->pie) && rights->ux);
    if (regime->pan && user && !smmuv3_erratum(regime->params, SMMUV3_E_PAN_IGNORED))
        rights->pr = rights->pw = false;
    if (regime->pan && user && smmuv3_erratum(regime->params, SMMUV3_E_PAN_ON_EXECUTE))
        rights->px = false;
}

static void permissions(const struct smmuv3_regime *regime, struct smmuv3_walk *walk)
{
    const struct smmuv3_params *p = regime->params;
    bool read_only = (walk->descriptor & TTD_AP2) != 0;
    if (regime->pie) {
        walk->rights = indirect_rights(regime, walk);
        /* D8.5.2: bit 7 is nDirty. Without HD software manages it: a write to a clean page is a Permission fault. */
        walk->clean = read_only && regime->tt[walk->tt].hd;
        if (read_only && !walk->clean)
            walk->rights.pw = walk->rights.uw = false;
    } else {
        walk->clean = writable_clean(regime, walk) && !walk->ap_no_write;
        bool writable = !read_only || walk->clean;
        bool single = !two_ranges(regime) && !smmuv3_erratum(p, SMMUV3_E_EL2_TWO_PRIVILEGES);
        walk->rights = single ? single_rights(regime, walk, writable) : direct_rights(regime, walk, writable);
    }
    apply_pan(regime, &walk->rights);
}

void smmuv3_stage1_leaf(const struct smmuv3_regime *regime, struct smmuv3_walk *walk)
{
    const struct smmuv3_table_setup *setup = &regime->tt[walk->tt];
    uint64_t descriptor = walk->descriptor;
    permissions(regime, walk);
    walk->global = two_ranges(regime) && !(descriptor & TTD_NG);
    /* 5.4 DS: the Shareability is that of SHx, for bits 9:8 are address bits. */
    enum smmuv3_shareability sh = setup->wide ? setup->sh : (enum smmuv3_shareability)smmuv3_get(&descriptor, TTD_SH);
    walk->attributes = smmuv3_mair_decode(regime->mair, (unsigned)smmuv3_get(&descriptor, TTD_ATTRINDX), sh);
}
