/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_walk.c - Arm DDI 0487 D8.2 Translation process, D8.3 Translation table descriptor formats: the walk that both stages
 * share; how it is set up from STE and CD; 3.13 what is written back.
 */
#include "smmuv3/smmuv3_errata.h"
#include "smmuv3/smmuv3_formats.h"
#include "smmuv3/smmuv3_stage.h"
#include "smmuv3/smmuv3_steps.h"

/* ---- sizes ---- */

bool smmuv3_granule_supported(const struct smmuv3_params *p, unsigned granule_lg2)
{
    switch (granule_lg2) {
    case 12:
        return p->gran4k;
    case 14:
        return p->gran16k;
    case 16:
        return p->gran64k;
    default:
        return false;
    }
}

unsigned smmuv3_output_bits(const struct smmuv3_params *p, uint8_t encoded)
{
    /* 5.2 S2PS, 5.4 IPS: in SMMUv3.0 values above 0b101 behave as 0b101, up to SMMUv3.3 0b111 behaves as 0b110. */
    unsigned cap = p->minor == 0 ? 48u : p->minor < 4u ? 52u : 56u;
    unsigned bits = smmuv3_size_bits(encoded), oas = smmuv3_oas_bits(p);
    if (bits > cap)
        bits = cap;
    return bits < oas || smmuv3_erratum(p, SMMUV3_E_PS_UNCAPPED) ? bits : oas;
}

int smmuv3_stage1_start(unsigned granule_lg2, unsigned input_bits)
{
    unsigned stride = granule_lg2 - 3u;
    if (input_bits <= granule_lg2) /* only where a deviation lets it pass */
        return 3;
    return 4 - (int)((input_bits - granule_lg2 + stride - 1u) / stride);
}

/* ---- set up ---- */

static unsigned index_bits(const struct smmuv3_table_setup *setup, int level)
{
    if (level == setup->start_level)
        return setup->input_bits - smmuv3_level_shift(setup->granule_lg2, level);
    return setup->granule_lg2 - 3u;
}

/* 5.4 TTB0, 5.2 S2TTB: aligned to the size of the table, and to 64 bytes where 52 bits are output. */
static void align_base(const struct smmuv3_params *p, struct smmuv3_table_setup *setup)
{
    unsigned lg2 = index_bits(setup, setup->start_level) + 3u;
    if (setup->output_bits == 52u && lg2 < 6u)
        lg2 = 6u;
    if (!smmuv3_erratum(p, SMMUV3_E_TTB_UNALIGNED))
        setup->base &= ~smmuv3_low_bits(lg2);
}

static struct smmuv3_table_setup stage1_setup(const struct smmuv3_params *p, const struct smmuv3_cd *cd, unsigned half)
{
    const struct smmuv3_cd_table *table = &cd->table[half];
    bool flags = cd->ha && !smmuv3_erratum(p, SMMUV3_E_HTTU_STAGE1);
    struct smmuv3_table_setup setup = {
        .granule_lg2 = table->granule_lg2,
        .input_bits = (uint8_t)(64u - table->tsz),
        .output_bits = (uint8_t)smmuv3_output_bits(p, cd->ips),
        .start_level = (int8_t)smmuv3_stage1_start(table->granule_lg2, 64u - table->tsz),
        .wide = cd->ds && table->granule_lg2 != 16u,
        .disabled = table->epd, /* what else is set up then is IGNORED, for no walk begins */
        .big_endian = cd->endi && !smmuv3_erratum(p, SMMUV3_E_ENDI_IGNORED),
        .tbi = table->tbi,
        .had = table->had || cd->pie,
        .e0pd = table->e0pd,
        .affd = cd->affd,
        .ha = flags,
        /* 5.4 HA: {HD, HA} = 0b10 behaves as 0b00. */
        .hd = cd->hd && (flags || smmuv3_erratum(p, SMMUV3_E_HD_ALONE)),
        .haft = cd->haft && flags,
        .walk_attributes = smmuv3_walk_attributes(table->ir, table->or_, table->sh),
        .sh = (enum smmuv3_shareability)table->sh,
        .base = table->ttb,
    };
    align_base(p, &setup);
    return setup;
}

static struct smmuv3_table_setup stage2_setup(const struct smmuv3_params *p, const struct smmuv3_ste *ste)
{
    int level = 0;
    if (!smmuv3_stage2_start(p, ste, &level)) /* only where a deviation let the STE pass */
        level = smmuv3_stage1_start(smmuv3_granule_lg2(ste->s2tg), 64u - ste->s2t0sz);
    struct smmuv3_table_setup setup = {
        .granule_lg2 = (uint8_t)smmuv3_granule_lg2(ste->s2tg),
        .input_bits = (uint8_t)(64u - ste->s2t0sz),
        .output_bits = (uint8_t)smmuv3_output_bits(p, ste->s2ps),
        .start_level = (int8_t)level,
        .wide = ste->s2ds,
        .big_endian = ste->s2endi,
        .affd = ste->s2affd,
        .ha = ste->s2ha,
        .hd = ste->s2hd && ste->s2ha,
        .haft = ste->s2haft && ste->s2ha,
        .walk_attributes = smmuv3_walk_attributes(ste->s2ir0, ste->s2or0, ste->s2sh0),
        .sh = (enum smmuv3_shareability)ste->s2sh0,
        .base = ste->s2ttb,
    };
    align_base(p, &setup);
    return setup;
}

struct smmuv3_regime smmuv3_regime_make(const struct smmuv3_params *p, const struct smmuv3_ste *ste, const struct smmuv3_cd *cd)
{
    struct smmuv3_regime regime = {
        .params = p,
        .world = ste->world,
        .s1 = cd != NULL,
        .s2 = ste->s2,
        .vmid = ste->s2vmid,
        .a = true,
        .r = true,
        .s2r = ste->s2r,
        .s2s = ste->s2s,
        .s2ptw = ste->s2ptw,
        .s2fwb = ste->s2fwb,
        .s1_bypass_bits = (uint8_t)(ste->s1 || ste->s2 ? smmuv3_ias_bits(p) : smmuv3_oas_bits(p)),
    };
    if (ste->s2)
        regime.stage2 = stage2_setup(p, ste);
    if (!cd)
        return regime;
    for (unsigned half = 0; half < 2u; half++)
        regime.tt[half] = stage1_setup(p, cd, half);
    regime.asid = ste->world == SMMUV3_EL2 ? 0 : cd->asid;
    regime.aset = cd->aset;
    regime.a = cd->a;
    regime.r = cd->r;
    regime.s = cd->s;
    regime.wxn = cd->wxn;
    regime.pan = cd->pan;
    regime.epan = cd->epan;
    regime.pie = cd->pie;
    regime.mair = cd->mair;
    regime.piiu = cd->piiu;
    regime.piip = cd->piip;
    return regime;
}

enum smmuv3_condition smmuv3_bypass_check(const struct smmuv3_params *p, const struct smmuv3_regime *regime, uint64_t address)
{
    bool wide = (address & ~smmuv3_low_bits(regime->s1_bypass_bits)) != 0;
    return smmuv3_found(p, SMMUV3_S1_BYPASS_SIZE, wide) ? SMMUV3_S1_BYPASS_SIZE : SMMUV3_OK;
}

/* ---- the walk of one stage ---- */

struct smmuv3_access smmuv3_access_of_query(const struct smmuv3_query *q)
{
    return (struct smmuv3_access){
        .read = q->read, .write = q->write, .privileged = q->privileged, .instruction = q->instruction, .class = SMMUV3_CLASS_IN};
}

struct smmuv3_access smmuv3_access_of_unit(enum smmuv3_class class, bool update)
{
    return (struct smmuv3_access){.read = true, .write = update, .privileged = true, .class = class};
}

const struct smmuv3_table_setup *smmuv3_walk_setup(const struct smmuv3_regime *regime, const struct smmuv3_walk *walk)
{
    return walk->stage == SMMUV3_STAGE1 ? &regime->tt[walk->tt] : &regime->stage2;
}

enum smmuv3_condition smmuv3_walk_begin(const struct smmuv3_regime *regime, enum smmuv3_stage stage, uint64_t input,
                                        const struct smmuv3_access *access, struct smmuv3_walk *walk)
{
    const struct smmuv3_params *p = regime->params;
    *walk = (struct smmuv3_walk){.stage = stage, .input = input};
    if (stage == SMMUV3_STAGE1) {
        enum smmuv3_condition condition = smmuv3_stage1_range(regime, input, access, &walk->tt);
        if (condition != SMMUV3_OK)
            return condition;
        if (smmuv3_found(p, SMMUV3_S1_EPD, regime->tt[walk->tt].disabled))
            return SMMUV3_S1_EPD;
    } else if (smmuv3_found(p, SMMUV3_S2_RANGE, (input & ~smmuv3_low_bits(regime->stage2.input_bits)) != 0)) {
        return SMMUV3_S2_RANGE;
    }
    const struct smmuv3_table_setup *setup = smmuv3_walk_setup(regime, walk);
    if (setup->granule_lg2 == 0) /* only where a deviation let it pass: no table to walk */
        return stage == SMMUV3_STAGE1 ? SMMUV3_S1_EPD : SMMUV3_S2_RANGE;
    walk->start_level = walk->level = setup->start_level;
    walk->table = setup->base;
    return SMMUV3_OK;
}

void smmuv3_walk_resume(struct smmuv3_walk *walk, const struct smmuv3_walk *from)
{
    walk->level = from->level;
    walk->table = from->table;
    walk->ap_no_user = from->ap_no_user;
    walk->ap_no_write = from->ap_no_write;
    walk->pxn_table = from->pxn_table;
    walk->uxn_table = from->uxn_table;
}

/* Bits of the input that the walk uses: for TTB1 and with TBI those above the range are like its highest, or ignored. */
static uint64_t effective_input(const struct smmuv3_table_setup *setup, const struct smmuv3_walk *walk)
{
    return walk->input & smmuv3_low_bits(setup->input_bits);
}

uint64_t smmuv3_walk_address(const struct smmuv3_regime *regime, const struct smmuv3_walk *walk)
{
    const struct smmuv3_table_setup *setup = smmuv3_walk_setup(regime, walk);
    unsigned shift = smmuv3_level_shift(setup->granule_lg2, walk->level);
    unsigned bits = index_bits(setup, walk->level);
    if (smmuv3_erratum(regime->params, SMMUV3_E_NO_CONCATENATION) && bits > setup->granule_lg2 - 3u)
        bits = setup->granule_lg2 - 3u;
    return walk->table + ((smmuv3_from_bit(effective_input(setup, walk), shift) & smmuv3_low_bits(bits)) << 3);
}

unsigned smmuv3_walk_shift(const struct smmuv3_regime *regime, const struct smmuv3_walk *walk)
{
    const struct smmuv3_table_setup *setup = smmuv3_walk_setup(regime, walk);
    return smmuv3_level_shift(setup->granule_lg2, walk->level) + index_bits(setup, walk->level);
}

uint64_t smmuv3_descriptor_order(const struct smmuv3_table_setup *setup, uint64_t loaded)
{
    if (!setup->big_endian)
        return loaded;
    uint64_t swapped = 0;
    for (unsigned byte = 0; byte < 8u; byte++)
        swapped |= ((loaded >> (8u * byte)) & 0xffu) << (56u - 8u * byte);
    return swapped;
}

/* D8.3.1: where the address bits of a descriptor are. */
static uint64_t descriptor_address(const struct smmuv3_params *p, const struct smmuv3_table_setup *setup, uint64_t descriptor,
                                   unsigned low)
{
    uint64_t address = descriptor & smmuv3_low_bits(48) & ~smmuv3_low_bits(low);
    if (setup->wide && !smmuv3_erratum(p, SMMUV3_E_DS_HIGH_BITS))
        address |= (descriptor & (UINT64_C(3) << 48)) | ((descriptor >> 8 & 3u) << 50);
    /* With 52-bit output (FEAT_LPA); without it descriptor bits 15:12 are RES0, and ignored here. */
    if (setup->granule_lg2 == 16u && smmuv3_oas_bits(p) >= 52u && !smmuv3_erratum(p, SMMUV3_E_LPA_HIGH_BITS))
        address |= (descriptor >> 12 & 15u) << 48;
    return address;
}

/* Tables D8-16, D8-26, D8-35: levels that can hold a block. */
static bool block_level(const struct smmuv3_params *p, const struct smmuv3_table_setup *setup, int level)
{
    if (level == 2)
        return true;
    switch (setup->granule_lg2) {
    case 12:
        return level == 1 || (level == 0 && setup->wide);
    case 14:
        return level == 1 && setup->wide;
    default:
        return level == 1 && smmuv3_oas_bits(p) >= 52u;
    }
}

/* D8.7.1: how many neighbours the Contiguous bit joins. It is RES0 in the largest blocks. */
static unsigned contiguous_lg2(const struct smmuv3_table_setup *setup, int level)
{
    switch (setup->granule_lg2) {
    case 12:
        return level > 0 ? 4u : 0;
    case 14:
        return level == 3 ? 7u : level == 2 ? 5u : 0;
    default:
        return level >= 2 ? 5u : 0;
    }
}

static enum smmuv3_step fault(enum smmuv3_condition *condition, const struct smmuv3_walk *walk, enum smmuv3_condition stage1,
                              enum smmuv3_condition stage2)
{
    *condition = walk->stage == SMMUV3_STAGE1 ? stage1 : stage2;
    return SMMUV3_STEP_FAULT;
}

static bool found(const struct smmuv3_regime *regime, const struct smmuv3_walk *walk, enum smmuv3_condition stage1,
                  enum smmuv3_condition stage2, bool detected)
{
    return smmuv3_found(regime->params, walk->stage == SMMUV3_STAGE1 ? stage1 : stage2, detected);
}

static bool wider_than(uint64_t address, unsigned bits)
{
    return (address & ~smmuv3_low_bits(bits)) != 0;
}

static enum smmuv3_step table_step(const struct smmuv3_regime *regime, struct smmuv3_walk *walk, uint64_t descriptor,
                                   uint64_t *wanted, enum smmuv3_condition *condition)
{
    const struct smmuv3_table_setup *setup = smmuv3_walk_setup(regime, walk);
    uint64_t table = descriptor_address(regime->params, setup, descriptor, setup->granule_lg2);
    bool wide = wider_than(table, setup->output_bits);
    if (found(regime, walk, SMMUV3_S1_TABLE_SIZE, SMMUV3_S2_TABLE_SIZE, wide))
        return fault(condition, walk, SMMUV3_S1_TABLE_SIZE, SMMUV3_S2_TABLE_SIZE);
    if (setup->haft)
        *wanted |= TTD_AF;
    if (walk->stage == SMMUV3_STAGE1)
        smmuv3_stage1_table(regime, walk, descriptor);
    walk->table = table;
    walk->level++;
    return SMMUV3_STEP_TABLE;
}

static enum smmuv3_step leaf_step(const struct smmuv3_regime *regime, struct smmuv3_walk *walk, uint64_t descriptor,
                                  enum smmuv3_condition *condition)
{
    const struct smmuv3_params *p = regime->params;
    const struct smmuv3_table_setup *setup = smmuv3_walk_setup(regime, walk);
    unsigned lg2 = smmuv3_level_shift(setup->granule_lg2, walk->level);
    uint64_t page = descriptor_address(p, setup, descriptor, lg2);
    if (found(regime, walk, SMMUV3_S1_LEAF_SIZE, SMMUV3_S2_LEAF_SIZE, wider_than(page, setup->output_bits)))
        return fault(condition, walk, SMMUV3_S1_LEAF_SIZE, SMMUV3_S2_LEAF_SIZE);
    walk->descriptor = descriptor;
    walk->page_lg2 = (uint8_t)lg2;
    walk->span_lg2 = (uint8_t)(lg2 + (descriptor & TTD_CONTIGUOUS ? contiguous_lg2(setup, walk->level) : 0));
    if (smmuv3_erratum(p, SMMUV3_E_BLOCK_OFFSET) && walk->level < 3)
        lg2 = setup->granule_lg2;
    walk->output = page | (walk->input & smmuv3_low_bits(lg2));
    if (walk->stage == SMMUV3_STAGE1)
        smmuv3_stage1_leaf(regime, walk);
    else
        smmuv3_stage2_leaf(regime, walk);
    return SMMUV3_STEP_LEAF;
}

enum smmuv3_step smmuv3_walk_step(const struct smmuv3_regime *regime, struct smmuv3_walk *walk, uint64_t descriptor,
                                  uint64_t *wanted, enum smmuv3_condition *condition)
{
    *wanted = descriptor;
    *condition = SMMUV3_OK;
    if (found(regime, walk, SMMUV3_S1_INVALID, SMMUV3_S2_INVALID, !(descriptor & TTD_VALID)))
        return fault(condition, walk, SMMUV3_S1_INVALID, SMMUV3_S2_INVALID);
    bool table_bit = (descriptor & TTD_TABLE) != 0;
    if (walk->level < 3 && table_bit)
        return table_step(regime, walk, descriptor, wanted, condition);
    bool legal = walk->level == 3 ? table_bit : block_level(regime->params, smmuv3_walk_setup(regime, walk), walk->level);
    if (found(regime, walk, SMMUV3_S1_BLOCK, SMMUV3_S2_BLOCK, !legal))
        return fault(condition, walk, SMMUV3_S1_BLOCK, SMMUV3_S2_BLOCK);
    return leaf_step(regime, walk, descriptor, condition);
}

/* ---- 3.13: the leaf is judged, and what must be written back ---- */

/* 5.2 S2PTW: a walk of stage 1 or a CD fetch to what stage 2 maps as any Device type. */
static bool protected_walk(const struct smmuv3_regime *regime, const struct smmuv3_walk *walk, const struct smmuv3_access *access)
{
    return walk->stage == SMMUV3_STAGE2 && access->class != SMMUV3_CLASS_IN && regime->s2ptw && walk->attributes.device;
}

enum smmuv3_condition smmuv3_walk_leaf(const struct smmuv3_regime *regime, struct smmuv3_walk *walk,
                                       const struct smmuv3_access *access, uint64_t *wanted)
{
    const struct smmuv3_params *p = regime->params;
    const struct smmuv3_table_setup *setup = smmuv3_walk_setup(regime, walk);
    bool first = walk->stage == SMMUV3_STAGE1;
    bool unused = !(walk->descriptor & TTD_AF);
    *wanted = walk->descriptor;
    bool affd = setup->affd && !smmuv3_erratum(p, SMMUV3_E_AFFD_IGNORED);
    bool fault_af = found(regime, walk, SMMUV3_S1_AF, SMMUV3_S2_AF, unused && !setup->ha && !affd);
    enum smmuv3_condition condition = smmuv3_rights_check(p, walk->stage, &walk->rights, access);
    /* 3.13.1: an Access flag fault takes priority over a Permission fault. */
    if (fault_af && (condition == SMMUV3_OK || !smmuv3_erratum(p, SMMUV3_E_AF_AFTER_PERMISSION)))
        return first ? SMMUV3_S1_AF : SMMUV3_S2_AF;
    if (condition != SMMUV3_OK)
        return condition;
    if (smmuv3_found(p, SMMUV3_S2_PTW, protected_walk(regime, walk, access)))
        return SMMUV3_S2_PTW;
    bool left = setup->affd && smmuv3_erratum(p, SMMUV3_E_AFFD_OVER_HA);
    if (setup->ha && !left && !smmuv3_erratum(p, SMMUV3_E_AF_NOT_SET))
        *wanted |= TTD_AF;
    bool dirty = access->write || (access->class == SMMUV3_CLASS_IN && smmuv3_erratum(p, SMMUV3_E_DIRTY_ON_READ)) ||
                 (access->class == SMMUV3_CLASS_CD && smmuv3_erratum(p, SMMUV3_E_DIRTY_ON_CD_FETCH));
    if (walk->clean && dirty && !smmuv3_erratum(p, SMMUV3_E_DIRTY_SKIPPED)) {
        if (first)
            *wanted &= ~TTD_AP2;
        else
            *wanted |= TTD_S2AP_WRITE;
    }
    return SMMUV3_OK;
}

void smmuv3_walk_updated(struct smmuv3_walk *walk, uint64_t wanted)
{
    uint64_t changed = walk->descriptor ^ wanted;
    /* AP[2] and S2AP[1] are the same bit. */
    if (changed & TTD_AP2)
        walk->clean = false;
    walk->descriptor = wanted;
}

enum smmuv3_condition smmuv3_walk_aborted(const struct smmuv3_walk *walk)
{
    return walk->stage == SMMUV3_STAGE1 ? SMMUV3_S1_WALK_EABT : SMMUV3_S2_WALK_EABT;
}
