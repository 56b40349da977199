/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_stage.h - what the step functions ask of each other: sizes, granules, start levels, what each stage adds to the one
 * walk algorithm (smmuv3_walk.c), and the override of attributes that STEs and SMMU_GBPA have in common.
 */
#ifndef SMMUV3_SMMUV3_STAGE_H
#define SMMUV3_SMMUV3_STAGE_H

#include "smmuv3/smmuv3_steps.h"

/* 5.2 S2TG, 5.4 TG0: 0 for the Reserved value. */
static inline unsigned smmuv3_granule_lg2(uint8_t tg)
{
    return tg == 0 ? 12u : tg == 1u ? 16u : tg == 2u ? 14u : 0;
}
bool smmuv3_granule_supported(const struct smmuv3_params *p, unsigned granule_lg2);

/* 5.4 IPS, 5.2 S2PS: effective size in bits, capped to the OAS; reserved values of older versions considered. */
unsigned smmuv3_output_bits(const struct smmuv3_params *p, uint8_t encoded);

/* Lowest input address bit that indexes a table of this level. */
static inline unsigned smmuv3_level_shift(unsigned granule_lg2, int level)
{
    return granule_lg2 + (unsigned)(3 - level) * (granule_lg2 - 3u);
}
/* D8.2.8 to D8.2.10: level at which a stage 1 walk starts. */
int smmuv3_stage1_start(unsigned granule_lg2, unsigned input_bits);
/* D8.2.2, D8.2.8.2, D8.2.9.2, D8.2.10.2, D8.1.10: false if S2SL0 is inconsistent with S2T0SZ and S2TG. */
bool smmuv3_stage2_start(const struct smmuv3_params *p, const struct smmuv3_ste *ste, int *level);

/* Access rights, attributes and writable-clean state of a leaf of one stage. */
void smmuv3_stage1_leaf(const struct smmuv3_regime *regime, struct smmuv3_walk *walk);
void smmuv3_stage2_leaf(const struct smmuv3_regime *regime, struct smmuv3_walk *walk);
/* Hierarchical controls of a stage 1 table descriptor. */
void smmuv3_stage1_table(const struct smmuv3_regime *regime, struct smmuv3_walk *walk, uint64_t descriptor);

/* 7.3.16: what the rights lack for the access; SMMUV3_OK if nothing. */
enum smmuv3_condition smmuv3_rights_check(const struct smmuv3_params *p, enum smmuv3_stage stage,
                                          const struct smmuv3_rights *rights, const struct smmuv3_access *access);

/* 3.4.1: the address is in the range of the table that it selects. */
enum smmuv3_condition smmuv3_stage1_range(const struct smmuv3_regime *regime, uint64_t address,
                                          const struct smmuv3_access *access, uint8_t *tt);

/* CD.MAIR, AttrIndx. */
struct smmuv3_attributes smmuv3_mair_decode(uint64_t mair, unsigned index, enum smmuv3_shareability sh);
/* Of a stage 2 descriptor's MemAttr[3:0], by S2FWB. */
struct smmuv3_attributes smmuv3_stage2_attributes(const struct smmuv3_regime *regime, uint8_t memattr,
                                                  enum smmuv3_shareability sh);
/* IRx, ORx, SHx of CD and STE. */
struct smmuv3_attributes smmuv3_walk_attributes(uint8_t inner, uint8_t outer, uint8_t sh);

struct smmuv3_override { /* fields of 5.2 and 6.3.14 of the same names */
    bool mtcfg;
    uint8_t memattr, alloccfg, shcfg, privcfg, instcfg;
};
void smmuv3_override_apply(const struct smmuv3_params *p, const struct smmuv3_override *override, struct smmuv3_query *q);

#endif
