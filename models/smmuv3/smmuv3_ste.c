/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_ste.c - 5.2 Stream Table Entry: its fields, 5.2.2 Validity of STE, which way a transaction goes, and the overrides of
 * attributes (3.3.4, 13.1.4).
 */
#include "smmuv3/smmuv3_errata.h"
#include "smmuv3/smmuv3_formats.h"
#include "smmuv3/smmuv3_stage.h"
#include "smmuv3/smmuv3_steps.h"

/* ---- fields ---- */

/* 5.2 STRW: where it is RES0 or IGNORED the StreamWorld is NS-EL1. */
static bool strw_used(const struct smmuv3_params *p, uint8_t config)
{
    return p->s1p && p->hyp && config == (STE_CONFIG_PASS | STE_CONFIG_S1);
}

static enum smmuv3_stream_world stream_world(const struct smmuv3_params *p, const struct smmuv3_ste *ste, bool cr2_e2h)
{
    if (!strw_used(p, ste->config) || ste->strw != 2u)
        return SMMUV3_NS_EL1;
    return cr2_e2h && !smmuv3_erratum(p, SMMUV3_E_E2H_IGNORED) ? SMMUV3_EL2_E2H : SMMUV3_EL2;
}

static void stage1_fields(const struct smmuv3_params *p, const uint64_t *entry, struct smmuv3_ste *ste)
{
    ste->s1fmt = smmuv3_get8(entry, STE_S1FMT);
    ste->s1contextptr = smmuv3_get_address(entry, STE_S1CONTEXTPTR);
    /* IGNORED where no substreams are supported. */
    ste->s1cdmax = p->ssidsize ? smmuv3_get8(entry, STE_S1CDMAX) : 0;
    if (ste->s1cdmax == 0 || (ste->s1fmt == 3u && !smmuv3_erratum(p, SMMUV3_E_S1FMT_RESERVED)))
        ste->s1fmt = 0;
    ste->s1dss = smmuv3_get8(entry, STE_S1DSS);
    ste->s1cir = smmuv3_get8(entry, STE_S1CIR);
    ste->s1cor = smmuv3_get8(entry, STE_S1COR);
    ste->s1csh = smmuv3_get8(entry, STE_S1CSH);
    ste->s1stalld = smmuv3_flag(entry, STE_S1STALLD);
    ste->s1pie = p->s1pi && smmuv3_flag(entry, STE_S1PIE);
}

static void stage2_fields(const struct smmuv3_params *p, const uint64_t *entry, struct smmuv3_ste *ste)
{
    ste->s2t0sz = smmuv3_get8(entry, STE_S2T0SZ);
    ste->s2ir0 = smmuv3_get8(entry, STE_S2IR0);
    ste->s2or0 = smmuv3_get8(entry, STE_S2OR0);
    ste->s2sh0 = smmuv3_get8(entry, STE_S2SH0);
    ste->s2tg = smmuv3_get8(entry, STE_S2TG);
    ste->s2ps = smmuv3_get8(entry, STE_S2PS);
    ste->s2aa64 = smmuv3_flag(entry, STE_S2AA64);
    ste->s2endi = smmuv3_flag(entry, STE_S2ENDI);
    ste->s2affd = smmuv3_flag(entry, STE_S2AFFD);
    ste->s2ptw = smmuv3_flag(entry, STE_S2PTW);
    ste->s2hd = smmuv3_flag(entry, STE_S2HD);
    ste->s2ha = smmuv3_flag(entry, STE_S2HA);
    ste->s2s = smmuv3_flag(entry, STE_S2S);
    ste->s2r = smmuv3_flag(entry, STE_S2R);
    ste->s2haft = p->httu == 3u && smmuv3_flag(entry, STE_S2HAFT);
    /* 5.2 S2DS: RES0 without IDR5.DS, and with a 64 KiB granule. */
    ste->s2ds = p->ds && smmuv3_granule_lg2(ste->s2tg) != 16u && smmuv3_flag(entry, STE_S2DS);
    ste->s2sl0 = smmuv3_get8(entry, STE_S2SL0);
    /* 5.2 S2SL0: with S2DS and a 4 KiB granule in combination with S2SL0_2. */
    if (ste->s2ds && smmuv3_granule_lg2(ste->s2tg) == 12u && !smmuv3_erratum(p, SMMUV3_E_S2SL0_2_IGNORED))
        ste->s2sl0 = (uint8_t)(ste->s2sl0 | (smmuv3_get8(entry, STE_S2SL0_2) << 2));
    ste->s2ttb = smmuv3_get_address(entry, STE_S2TTB) & smmuv3_low_bits(p->minor ? 52u : 48u);
    ste->s2fwb = p->fwb && smmuv3_flag(entry, STE_S2FWB) && !smmuv3_erratum(p, SMMUV3_E_FWB_IGNORED);
}

static void override_fields(const struct smmuv3_params *p, const uint64_t *entry, struct smmuv3_ste *ste)
{
    if (p->attr_types_ovr) {
        ste->memattr = smmuv3_get8(entry, STE_MEMATTR);
        ste->mtcfg = smmuv3_flag(entry, STE_MTCFG);
        ste->alloccfg = smmuv3_get8(entry, STE_ALLOCCFG);
        ste->shcfg = smmuv3_get8(entry, STE_SHCFG);
    } else {
        ste->shcfg = 1; /* use incoming */
    }
    if (p->attr_perms_ovr || smmuv3_erratum(p, SMMUV3_E_PERMS_OVR_ALWAYS)) {
        ste->privcfg = smmuv3_get8(entry, STE_PRIVCFG);
        ste->instcfg = smmuv3_get8(entry, STE_INSTCFG);
    }
}

/* ---- 5.2.2 Validity of STE, in the order of the pseudocode ---- */

/* 3.4.3: a PA beyond the OAS, an IPA beyond the IAS; of the permitted behaviors C_BAD_STE. */
static bool context_pointer_wide(const struct smmuv3_params *p, const struct smmuv3_ste *ste)
{
    unsigned bits = ste->s2 ? smmuv3_ias_bits(p) : smmuv3_oas_bits(p);
    return (ste->s1contextptr & ~smmuv3_low_bits(bits)) != 0;
}

static enum smmuv3_condition stage1_check(const struct smmuv3_params *p, const struct smmuv3_ste *ste)
{
    const struct smmuv3_check checks[] = {
        {SMMUV3_STE_S1STALLD, ste->s1stalld && p->stall_model != 0},
        {SMMUV3_STE_S1CDMAX, ste->s1cdmax > p->ssidsize},
        {SMMUV3_STE_S1FMT, ste->s1fmt != 0 && !p->cd2l},
        {SMMUV3_STE_S1CONTEXTPTR, context_pointer_wide(p, ste)},
    };
    return SMMUV3_FIRST_FOUND(p, checks);
}

static unsigned s2_output_bits(const struct smmuv3_params *p, const struct smmuv3_ste *ste)
{
    return smmuv3_output_bits(p, ste->s2ps);
}

/* 5.2 S2TTB: within the effective S2PS, and within 48 bits where the descriptors are. */
static bool s2ttb_wide(const struct smmuv3_params *p, const struct smmuv3_ste *ste)
{
    unsigned bits = s2_output_bits(p, ste);
    if (bits > 48u && smmuv3_granule_lg2(ste->s2tg) != 16u && !ste->s2ds)
        bits = 48u;
    return (ste->s2ttb & ~smmuv3_low_bits(bits)) != 0;
}

/* STES2T0SZInvalid() */
static bool s2t0sz_wrong(const struct smmuv3_params *p, const struct smmuv3_ste *ste)
{
    bool large = smmuv3_granule_lg2(ste->s2tg) == 16u;
    unsigned max = !p->stt ? 39u : large ? 47u : 48u;
    unsigned min = 64u - smmuv3_ias_bits(p);
    unsigned floor = large || ste->s2ds ? 12u : 16u;
    if (p->minor && min < floor)
        min = floor;
    return ste->s2t0sz < min || ste->s2t0sz > max;
}

static enum smmuv3_condition stage2_check(const struct smmuv3_params *p, const struct smmuv3_ste *ste)
{
    unsigned granule_lg2 = smmuv3_granule_lg2(ste->s2tg);
    bool granule = smmuv3_granule_supported(p, granule_lg2);
    int level;
    const struct smmuv3_check checks[] = {
        {SMMUV3_STE_S2S_MODEL_01, ste->s2s && p->stall_model == 1u},
        {SMMUV3_STE_S2S_MODEL_10, !ste->s2s && p->stall_model == 2u},
        {SMMUV3_STE_S2AA64, !ste->s2aa64 || !(p->ttf & 2u)},
        {SMMUV3_STE_S2HA, (ste->s2ha || ste->s2hd) && p->httu == 0},
        {SMMUV3_STE_S2HD, ste->s2hd && p->httu == 1u},
        {SMMUV3_STE_S2HAFT, ste->s2haft && !ste->s2ha},
        {SMMUV3_STE_S2TG, !granule},
        {SMMUV3_STE_S2TTB, s2ttb_wide(p, ste)},
        {SMMUV3_STE_S2T0SZ, s2t0sz_wrong(p, ste)},
        {SMMUV3_STE_S2SL0, !smmuv3_stage2_start(p, ste, &level)},
        {SMMUV3_STE_S2ENDI, (p->ttendian == 2u && ste->s2endi) || (p->ttendian == 3u && !ste->s2endi)},
    };
    return SMMUV3_FIRST_FOUND(p, checks);
}

enum smmuv3_condition smmuv3_ste_decode(const struct smmuv3_params *p, const uint64_t entry[8], bool cr2_e2h,
                                        struct smmuv3_ste *out)
{
    *out = (struct smmuv3_ste){.config = smmuv3_get8(entry, STE_CONFIG)};
    if (smmuv3_found(p, SMMUV3_STE_V, !smmuv3_flag(entry, STE_V)))
        return SMMUV3_STE_V;
    out->cont = smmuv3_get8(entry, STE_CONT);
    out->mev = smmuv3_flag(entry, STE_MEV);
    out->ppar = smmuv3_flag(entry, STE_PPAR);
    if (!(out->config & STE_CONFIG_PASS))
        return SMMUV3_OK;
    out->s1 = (out->config & STE_CONFIG_S1) != 0;
    out->s2 = (out->config & STE_CONFIG_S2) != 0;
    out->strw = smmuv3_get8(entry, STE_STRW);
    out->world = stream_world(p, out, cr2_e2h);
    override_fields(p, entry, out);
    /* 5.2 EATS: IGNORED without ATS, and where no stage translates; 0b11 needs DPT. */
    uint8_t eats = smmuv3_get8(entry, STE_EATS);
    out->eats = p->ats && (out->s1 || out->s2) && eats != 3u ? eats : 0;
    bool s2s = smmuv3_flag(entry, STE_S2S); /* not IGNORED here */

    const struct smmuv3_check config[] = {
        {SMMUV3_STE_CONFIG_S1, out->s1 && !p->s1p},
        {SMMUV3_STE_CONFIG_S2, out->s2 && !p->s2p},
        {SMMUV3_STE_EATS_SPLIT, out->eats == STE_EATS_SPLIT && (!out->s1 || !out->s2 || s2s || p->ns1ats)},
        {SMMUV3_STE_EATS_S2S, out->eats == STE_EATS_FULL && out->s2 && s2s},
        {SMMUV3_STE_STRW, strw_used(p, out->config) && (out->strw & 1u)},
    };
    enum smmuv3_condition condition = SMMUV3_FIRST_FOUND(p, config);
    if (condition == SMMUV3_OK && out->s1) {
        stage1_fields(p, entry, out);
        condition = stage1_check(p, out);
    }
    if (condition == SMMUV3_OK && out->s2) {
        stage2_fields(p, entry, out);
        condition = stage2_check(p, out);
    }
    if (condition != SMMUV3_OK)
        return condition;

    /* IgnoreSTES2VMID(): it tags NS-EL1 only, and only where stage 2 exists. */
    bool tags = p->s2p && (out->s1 || out->s2) && out->world == SMMUV3_NS_EL1;
    uint16_t vmid = (uint16_t)smmuv3_get(entry, STE_S2VMID);
    if (smmuv3_found(p, SMMUV3_STE_S2VMID, tags && !p->vmid16 && vmid > 0xffu))
        return SMMUV3_STE_S2VMID;
    out->s2vmid = tags ? vmid : 0;
    return SMMUV3_OK;
}

uint8_t smmuv3_ste_eats(const struct smmuv3_params *p, const struct smmuv3_ste *ste, bool atschk)
{
    if (ste->eats == STE_EATS_SPLIT && !atschk && !smmuv3_erratum(p, SMMUV3_E_SPLIT_WITHOUT_ATSCHK))
        return 0;
    return ste->eats;
}

/* ---- which way ---- */

static enum smmuv3_condition substream_check(const struct smmuv3_params *p, const struct smmuv3_ste *ste,
                                             const struct smmuv3_query *q)
{
    /* 7.3.9: SubstreamID >= 2^S1CDMax. */
    uint32_t compared =
        q->substream_id && smmuv3_erratum(p, SMMUV3_E_SSID_RANGE_OFF_BY_ONE) ? q->substream_id - 1u : q->substream_id;
    const struct smmuv3_check checks[] = {
        {SMMUV3_SSID_UNSUPPORTED, q->has_substream_id && p->ssidsize == 0},
        {SMMUV3_SSID_STAGE1, q->has_substream_id && !ste->s1},
        {SMMUV3_SSID_DISABLED, q->has_substream_id && p->ssidsize != 0 && ste->s1 && ste->s1cdmax == 0},
        {SMMUV3_SSID_RANGE, q->has_substream_id && ste->s1 && ste->s1cdmax != 0 && ((uint64_t)compared >> ste->s1cdmax) != 0},
    };
    return SMMUV3_FIRST_FOUND(p, checks);
}

static enum smmuv3_route without_stage1(const struct smmuv3_ste *ste)
{
    return ste->s2 ? SMMUV3_ROUTE_STAGE2 : SMMUV3_ROUTE_BYPASS;
}

/* 5.2 S1DSS: stage 1 translates and substreams are enabled. */
static enum smmuv3_route default_substream(const struct smmuv3_params *p, const struct smmuv3_ste *ste,
                                           const struct smmuv3_query *q, uint32_t *index, enum smmuv3_condition *condition)
{
    *index = q->has_substream_id ? q->substream_id : 0;
    if (q->has_substream_id) {
        bool reserved = ste->s1dss == STE_S1DSS_SSID0 && q->substream_id == 0;
        *condition = smmuv3_found(p, SMMUV3_S1DSS_SSID_0, reserved) ? SMMUV3_S1DSS_SSID_0 : SMMUV3_OK;
        return *condition == SMMUV3_OK ? SMMUV3_ROUTE_CD : SMMUV3_ROUTE_END;
    }
    if (ste->s1dss == STE_S1DSS_SSID0)
        return SMMUV3_ROUTE_CD;
    if (ste->s1dss == STE_S1DSS_BYPASS)
        return smmuv3_erratum(p, SMMUV3_E_S1DSS_BYPASS_CD) ? SMMUV3_ROUTE_CD : without_stage1(ste);
    if (ste->s1dss == 3u && smmuv3_erratum(p, SMMUV3_E_S1DSS_RESERVED))
        return SMMUV3_ROUTE_CD;
    if (!smmuv3_found(p, SMMUV3_S1DSS_TERMINATE, true))
        return SMMUV3_ROUTE_CD;
    *condition = SMMUV3_S1DSS_TERMINATE;
    return SMMUV3_ROUTE_END;
}

enum smmuv3_route smmuv3_ste_route(const struct smmuv3_params *p, const struct smmuv3_ste *ste, const struct smmuv3_query *q,
                                   uint32_t *index, enum smmuv3_condition *condition)
{
    *index = 0;
    *condition = SMMUV3_OK;
    if (smmuv3_found(p, SMMUV3_CONFIG_ABORT, !(ste->config & STE_CONFIG_PASS))) {
        *condition = SMMUV3_CONFIG_ABORT;
        return SMMUV3_ROUTE_END;
    }
    *condition = substream_check(p, ste, q);
    if (*condition != SMMUV3_OK)
        return SMMUV3_ROUTE_END;
    if (!ste->s1)
        return without_stage1(ste);
    return ste->s1cdmax ? default_substream(p, ste, q, index, condition) : SMMUV3_ROUTE_CD;
}

/* ---- overrides ---- */

void smmuv3_ste_override(const struct smmuv3_params *p, const struct smmuv3_ste *ste, struct smmuv3_query *q)
{
    const struct smmuv3_override override = {
        .mtcfg = ste->mtcfg,
        .memattr = ste->memattr,
        .alloccfg = ste->alloccfg,
        .shcfg = ste->shcfg,
        .privcfg = ste->privcfg,
        .instcfg = ste->instcfg,
    };
    smmuv3_override_apply(p, &override, q);
}
