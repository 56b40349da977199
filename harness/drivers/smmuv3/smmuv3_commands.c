/* SPDX-License-Identifier: BSD-2-Clause */
/* smmuv3_commands.c - see smmuv3_commands.h. */
#include "smmuv3_commands.h"

#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/sizes.h>

#define NUM_MAX 32u     /* (NUM + 1) * 2^SCALE granules */
#define SCALE_MAX 31u   /* without IDR5.DS */
#define GRANULE_LG2 12u /* of the tables */

struct smmu_cmd smmu_cmd_atc_inv(u32 sid, bool ssv, u32 ssid, unsigned long iova, unsigned long last)
{
    struct smmu_cmd cmd = {{CMD_ATC_INV | FIELD_PREP(CMD_0_SID, (u64)sid)}};
    unsigned int size_lg2 = fls_long((iova ^ last) >> GRANULE_LG2);

    if (ssv)
        cmd.word[0] |= CMD_0_SSV | FIELD_PREP(CMD_0_SSID, (u64)ssid);
    cmd.word[1] = FIELD_PREP(ATC_1_SIZE, (u64)size_lg2);
    if (size_lg2 < ATC_SIZE_ALL)
        cmd.word[1] |= iova & ~((1ULL << (size_lg2 + GRANULE_LG2)) - 1);
    return cmd;
}

static size_t step_of(const struct smmu_tlbi_range *range)
{
    return range->granule ? range->granule : SZ_4K;
}

/* Most significant part first: what is left is less than 1/16 of what there was. */
static size_t take_range(const struct smmu_tlbi_range *range, struct smmu_cmd *cmd)
{
    unsigned int unit_lg2 = ilog2(step_of(range)) - GRANULE_LG2;
    unsigned long units = DIV_ROUND_UP(range->size, step_of(range));
    unsigned int bits = (unsigned int)fls_long(units), scale = bits > 5 ? bits - 5 : 0;
    unsigned long num = units >> scale;

    if (scale + unit_lg2 > SCALE_MAX)
        scale = SCALE_MAX - unit_lg2, num = NUM_MAX - 1;
    cmd->word[0] |= FIELD_PREP(TLBI_0_NUM, (u64)num - 1) | FIELD_PREP(TLBI_0_SCALE, (u64)scale + unit_lg2);
    cmd->word[1] |= FIELD_PREP(TLBI_1_TG, (u64)TLBI_TG_4K);
    /* The level of what is to go, which also promises that the address is aligned to it. */
    if (range->leaf && range->granule)
        cmd->word[1] |= FIELD_PREP(TLBI_1_TTL, (u64)(3 - unit_lg2 / 9));
    else if (units == 1)
        cmd->word[1] &= ~TLBI_1_TG; /* one granule without a level is reserved, and CERROR_ILL */
    return (size_t)(num << scale) * step_of(range);
}

bool smmu_tlbi_range_next(struct smmu_tlbi_range *range, struct smmu_cmd *cmd)
{
    size_t taken;

    if (!range->size)
        return false;
    *cmd = range->base;
    cmd->word[1] |= (range->iova & TLBI_1_ADDRESS) | (range->leaf ? TLBI_1_LEAF : 0);
    taken = range->ranges ? take_range(range, cmd) : step_of(range);
    range->iova += taken;
    range->size -= min(taken, range->size);
    return true;
}

size_t smmu_tlbi_range_count(const struct smmu_tlbi_range *range)
{
    /* Five bits of the count in each. */
    if (range->ranges)
        return DIV_ROUND_UP(BITS_PER_LONG - GRANULE_LG2, 5);
    return DIV_ROUND_UP(range->size, step_of(range));
}
