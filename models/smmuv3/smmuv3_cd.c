/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_cd.c - 5.3 Level 1 Context Descriptor, 5.4 Context Descriptor, 5.4.2 Validity of CD.
 */
#include "smmuv3/smmuv3_errata.h"
#include "smmuv3/smmuv3_formats.h"
#include "smmuv3/smmuv3_stage.h"
#include "smmuv3/smmuv3_steps.h"

#define CD_LG2 6u
#define L1CD_LG2 3u

/* ---- 5.2 S1Fmt: the table ---- */

/* SubstreamID bits that index a level 2 table: 4 KiB hold 64 CDs, 64 KiB hold 1024. */
static unsigned leaf_bits(const struct smmuv3_params *p, const struct smmuv3_ste *ste)
{
    bool large = ste->s1fmt == STE_S1FMT_64K && !smmuv3_erratum(p, SMMUV3_E_S1FMT_64K_AS_4K);
    return large ? 10u : 6u;
}

static bool beyond(const struct smmuv3_params *p, const struct smmuv3_ste *ste, uint64_t address)
{
    return (address & ~smmuv3_low_bits(ste->s2 ? smmuv3_ias_bits(p) : smmuv3_oas_bits(p))) != 0;
}

enum smmuv3_condition smmuv3_cd_locate(const struct smmuv3_params *p, const struct smmuv3_ste *ste, uint32_t index,
                                       uint64_t *address, bool *level1)
{
    *level1 = ste->s1fmt != 0;
    unsigned entry_lg2 = CD_LG2, table_lg2 = CD_LG2 + ste->s1cdmax;
    uint64_t entry = index;
    if (*level1) {
        unsigned below = leaf_bits(p, ste);
        entry >>= below;
        entry_lg2 = L1CD_LG2;
        /* S1Fmt: level 1 tables are aligned to their size or 64 bytes, whichever is greater. */
        table_lg2 = ste->s1cdmax > below + 3u ? ste->s1cdmax - below + L1CD_LG2 : 6u;
    }
    *address = (ste->s1contextptr & ~smmuv3_low_bits(table_lg2)) + (entry << entry_lg2);
    /* 3.4.3: reached where the pointer itself was not refused as STE_S1CONTEXTPTR. */
    bool wide = !ste->s2 && beyond(p, ste, *address);
    return smmuv3_found(p, SMMUV3_CD_FETCH_RANGE, wide) ? SMMUV3_CD_FETCH_RANGE : SMMUV3_OK;
}

enum smmuv3_condition smmuv3_l1cd_decode(const struct smmuv3_params *p, const struct smmuv3_ste *ste, uint32_t index,
                                         uint64_t l1cd, uint64_t *cd_address)
{
    if (smmuv3_found(p, SMMUV3_L1CD_V, !smmuv3_flag(&l1cd, L1CD_V)))
        return smmuv3_erratum(p, SMMUV3_E_L1CD_AS_BAD_CD) ? SMMUV3_CD_V : SMMUV3_L1CD_V;
    uint64_t table = smmuv3_get_address(&l1cd, L1CD_L2PTR);
    /* 3.4.3, notes 3 and 4: of the permitted behaviors C_BAD_SUBSTREAMID. */
    if (smmuv3_found(p, SMMUV3_L1CD_L2PTR, beyond(p, ste, table)))
        return SMMUV3_L1CD_L2PTR;
    unsigned bits = leaf_bits(p, ste);
    /* S1Fmt: 64 KiB tables are aligned; L2Ptr[15:12] are RES0 there. */
    *cd_address = (table & ~smmuv3_low_bits(bits + CD_LG2)) + ((index & smmuv3_low_bits(bits)) << CD_LG2);
    return SMMUV3_OK;
}

/* ---- fields ---- */

/* 5.4 TG1 has another encoding than TG0. */
static uint8_t tg1_granule_lg2(uint8_t tg)
{
    return tg == 1u ? 14u : tg == 2u ? 12u : tg == 3u ? 16u : 0;
}

static struct smmuv3_cd_table table_fields(const struct smmuv3_params *p, const struct smmuv3_ste *ste, const uint64_t *entry,
                                           unsigned half)
{
    bool two_ranges = ste->world != SMMUV3_EL2;
    uint8_t tg = smmuv3_get8(entry, CD_TG(half));
    unsigned switches = smmuv3_erratum(p, SMMUV3_E_HALVES_SWAPPED) ? 1u - half : half;
    bool other_encoding = half == 1u && !smmuv3_erratum(p, SMMUV3_E_TG1_AS_TG0);
    return (struct smmuv3_cd_table){
        .tsz = smmuv3_get8(entry, CD_TSZ(smmuv3_erratum(p, SMMUV3_E_T0SZ_FOR_BOTH) ? 0u : half)),
        .ir = smmuv3_get8(entry, CD_IR(half)),
        .or_ = smmuv3_get8(entry, CD_OR(half)),
        .sh = smmuv3_get8(entry, CD_SH(half)),
        .granule_lg2 = other_encoding ? tg1_granule_lg2(tg) : (uint8_t)smmuv3_granule_lg2(tg),
        /* 5.4 EPD0: IGNORED with an effective value of 0 in EL2; 5.4.1: there TTB1 is unreachable. */
        .epd = two_ranges ? smmuv3_flag(entry, CD_EPD(half)) : half == 1u,
        .tbi = smmuv3_flag(entry, CD_TBI(switches)) && !smmuv3_erratum(p, SMMUV3_E_TBI_IGNORED),
        .had = p->had && smmuv3_flag(entry, CD_HAD(switches)) && !smmuv3_erratum(p, SMMUV3_E_HAD_IGNORED),
        .e0pd = p->e0pd && two_ranges && smmuv3_flag(entry, CD_E0PD(half)),
        .ttb = smmuv3_get_address(entry, CD_TTB(half)) & smmuv3_low_bits(p->minor ? 52u : 48u),
    };
}

static void fields(const struct smmuv3_params *p, const struct smmuv3_ste *ste, const uint64_t *entry, struct smmuv3_cd *cd)
{
    bool two_privileges = ste->world != SMMUV3_EL2;
    for (unsigned half = 0; half < 2u; half++)
        cd->table[half] = table_fields(p, ste, entry, half);
    cd->endi = smmuv3_flag(entry, CD_ENDI);
    cd->affd = smmuv3_flag(entry, CD_AFFD);
    cd->wxn = smmuv3_flag(entry, CD_WXN);
    cd->pan = two_privileges && smmuv3_flag(entry, CD_PAN);
    cd->epan = p->epan && two_privileges && !smmuv3_erratum(p, SMMUV3_E_EPAN_IGNORED) && smmuv3_flag(entry, CD_EPAN);
    cd->aa64 = smmuv3_flag(entry, CD_AA64);
    cd->hd = smmuv3_flag(entry, CD_HD);
    cd->ha = smmuv3_flag(entry, CD_HA);
    cd->haft = p->httu == 3u && smmuv3_flag(entry, CD_HAFT);
    cd->ds = p->ds && smmuv3_flag(entry, CD_DS);
    cd->a = smmuv3_flag(entry, CD_A);
    cd->r = smmuv3_flag(entry, CD_R);
    cd->s = smmuv3_flag(entry, CD_S);
    cd->aset = smmuv3_flag(entry, CD_ASET);
    cd->ips = smmuv3_get8(entry, CD_IPS);
    cd->asid = (uint16_t)smmuv3_get(entry, CD_ASID);
    cd->mair = smmuv3_get(entry, CD_MAIR);
    cd->pie = ste->s1pie && smmuv3_flag(entry, CD_PIE);
    cd->piiu = smmuv3_get(entry, CD_PIIU);
    cd->piip = smmuv3_get(entry, CD_PIIP);
}

/* ---- 5.4.2 Validity of CD, in the order of the pseudocode ---- */

/* CDTxSZInvalid() */
static bool tsz_wrong(const struct smmuv3_params *p, const struct smmuv3_cd *cd, const struct smmuv3_cd_table *table)
{
    bool large = table->granule_lg2 == 16u;
    unsigned max = !p->stt ? 39u : table->granule_lg2 == 12u || table->granule_lg2 == 14u ? 48u : 47u;
    unsigned min = p->vax && (large || cd->ds) ? 12u : 16u;
    return table->tsz < min || table->tsz > max;
}

/* 5.4 TTB0: within the effective IPS, and within 48 bits where the descriptors are. */
static bool ttb_wide(const struct smmuv3_params *p, const struct smmuv3_cd *cd, const struct smmuv3_cd_table *table)
{
    unsigned bits = smmuv3_output_bits(p, cd->ips);
    if (bits > 48u && table->granule_lg2 != 16u && !cd->ds)
        bits = 48u;
    return (table->ttb & ~smmuv3_low_bits(bits)) != 0;
}

static enum smmuv3_condition indirection_check(const struct smmuv3_params *p, const struct smmuv3_ste *ste,
                                               const struct smmuv3_cd *cd)
{
    bool users = ste->world != SMMUV3_EL2;
    for (unsigned i = 0; cd->pie && i < 16u; i++) {
        unsigned privileged = (unsigned)(cd->piip >> (3u * i)) & 7u, user = (unsigned)(cd->piiu >> (3u * i)) & 7u;
        if (smmuv3_found(p, SMMUV3_CD_PIIP, privileged == 4u || privileged == 6u))
            return SMMUV3_CD_PIIP;
        if (smmuv3_found(p, SMMUV3_CD_PIIU, users && (user == 4u || user == 6u)))
            return SMMUV3_CD_PIIU;
        if (smmuv3_found(p, SMMUV3_CD_PIIP_PIIU, users && (privileged & 2u) && (user & 4u)))
            return SMMUV3_CD_PIIP_PIIU;
    }
    return SMMUV3_OK;
}

enum smmuv3_condition smmuv3_cd_decode(const struct smmuv3_params *p, const struct smmuv3_ste *ste, const uint64_t entry[8],
                                       struct smmuv3_cd *out)
{
    *out = (struct smmuv3_cd){.a = true};
    if (smmuv3_found(p, SMMUV3_CD_V, !smmuv3_flag(entry, CD_V)))
        return SMMUV3_CD_V;
    fields(p, ste, entry, out);
    const struct smmuv3_cd_table *low = &out->table[0], *high = &out->table[1];
    bool any = !low->epd || !high->epd;
    const struct smmuv3_check checks[] = {
        {SMMUV3_CD_S_S1STALLD, ste->s1stalld && out->s},
        {SMMUV3_CD_A, p->term_model && !out->a},
        {SMMUV3_CD_S_MODEL_01, p->stall_model == 1u && out->s},
        {SMMUV3_CD_S_MODEL_10, p->stall_model == 2u && !out->s},
        {SMMUV3_CD_ENDI, any && ((p->ttendian == 2u && out->endi) || (p->ttendian == 3u && !out->endi))},
        {SMMUV3_CD_AA64, !out->aa64 || !(p->ttf & 2u)},
        {SMMUV3_CD_HA, (out->ha || out->hd) && p->httu == 0},
        {SMMUV3_CD_HD, out->hd && p->httu == 1u},
        {SMMUV3_CD_HAFT, out->haft && !out->ha},
        {SMMUV3_CD_ASID, ste->world != SMMUV3_EL2 && !p->asid16 && out->asid > 0xffu},
        {SMMUV3_CD_T0SZ, !low->epd && tsz_wrong(p, out, low)},
        {SMMUV3_CD_T1SZ, !high->epd && tsz_wrong(p, out, high)},
        {SMMUV3_CD_TG0, !low->epd && !smmuv3_granule_supported(p, low->granule_lg2)},
        {SMMUV3_CD_TTB0, !low->epd && ttb_wide(p, out, low)},
        {SMMUV3_CD_TG1, !high->epd && !smmuv3_granule_supported(p, high->granule_lg2)},
        {SMMUV3_CD_TTB1, !high->epd && ttb_wide(p, out, high)},
    };
    enum smmuv3_condition condition = SMMUV3_FIRST_FOUND(p, checks);
    return condition != SMMUV3_OK ? condition : indirection_check(p, ste, out);
}
