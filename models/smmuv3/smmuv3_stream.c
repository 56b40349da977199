/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_stream.c - 3.3.1 Stream table lookup, 5.1 Level 1 Stream Table Descriptor.
 */
#include "smmuv3/smmuv3_errata.h"
#include "smmuv3/smmuv3_formats.h"
#include "smmuv3/smmuv3_steps.h"

#define STE_LG2 6u
#define L1STD_LG2 3u
#define SPAN_MAX 11u /* 5.1: 12 to 31 are Reserved */

static uint64_t align_down(uint64_t address, unsigned lg2)
{
    return address & ~smmuv3_low_bits(lg2);
}

struct smmuv3_stream_table smmuv3_stream_table_decode(const struct smmuv3_params *p, uint64_t strtab_base,
                                                      uint32_t strtab_base_cfg)
{
    const uint64_t base = strtab_base, cfg = strtab_base_cfg;
    uint8_t split = smmuv3_get8(&cfg, STRTAB_CFG_SPLIT);
    /* 6.3.25: other values are reserved and behave as 6. */
    if (split != 6u && split != 8u && split != 10u)
        split = smmuv3_erratum(p, SMMUV3_E_SPLIT_RESERVED) ? 8u : 6u;
    return (struct smmuv3_stream_table){
        .two_level = p->st_level && smmuv3_get(&cfg, STRTAB_CFG_FMT) == 1u,
        .log2size = smmuv3_get8(&cfg, STRTAB_CFG_LOG2SIZE),
        .split = split,
        /* 6.3.24: bits of ADDR above the physical address size are RES0. */
        .base = smmuv3_get_address(&base, STRTAB_BASE_ADDR) & smmuv3_low_bits(smmuv3_oas_bits(p)),
    };
}

/* 6.3.25: except for readback the effective LOG2SIZE is the smaller of LOG2SIZE and IDR1.SIDSIZE. */
static unsigned effective_log2size(const struct smmuv3_params *p, const struct smmuv3_stream_table *table)
{
    return table->log2size < p->sidsize || smmuv3_erratum(p, SMMUV3_E_LOG2SIZE_LITERAL) ? table->log2size : p->sidsize;
}

/* 6.3.24: the base is aligned to the size of the table by the literal LOG2SIZE. */
static uint64_t aligned_base(const struct smmuv3_params *p, const struct smmuv3_stream_table *table)
{
    unsigned lg2 = table->log2size + STE_LG2;
    if (table->two_level) {
        lg2 = table->log2size > table->split ? table->log2size - table->split + L1STD_LG2 : L1STD_LG2;
        if (lg2 < STE_LG2)
            lg2 = STE_LG2;
    }
    return smmuv3_erratum(p, SMMUV3_E_STRTAB_UNALIGNED) ? table->base : align_down(table->base, lg2);
}

static enum smmuv3_condition address_check(const struct smmuv3_params *p, uint64_t address)
{
    bool wide = (address & ~smmuv3_low_bits(smmuv3_oas_bits(p))) != 0;
    return smmuv3_found(p, SMMUV3_STE_FETCH_RANGE, wide) ? SMMUV3_STE_FETCH_RANGE : SMMUV3_OK;
}

enum smmuv3_condition smmuv3_stream_locate(const struct smmuv3_params *p, const struct smmuv3_stream_table *table,
                                           uint32_t stream_id, uint64_t *address, bool *level1)
{
    bool outside = ((uint64_t)stream_id >> effective_log2size(p, table)) != 0;
    if (smmuv3_found(p, SMMUV3_SID_RANGE, outside))
        return SMMUV3_SID_RANGE;
    *level1 = table->two_level;
    uint64_t base = aligned_base(p, table);
    if (table->two_level)
        *address = base + ((uint64_t)(stream_id >> table->split) << L1STD_LG2);
    else
        *address = base + ((uint64_t)stream_id << STE_LG2);
    return address_check(p, *address);
}

enum smmuv3_condition smmuv3_l1std_decode(const struct smmuv3_params *p, const struct smmuv3_stream_table *table,
                                          uint32_t stream_id, uint64_t l1std, uint64_t *ste_address)
{
    unsigned span = (unsigned)smmuv3_get(&l1std, L1STD_SPAN);
    if (smmuv3_found(p, SMMUV3_L1STD_SPAN_0, span == 0))
        return SMMUV3_L1STD_SPAN_0;
    if (smmuv3_found(p, SMMUV3_L1STD_SPAN_RESERVED, span > SPAN_MAX))
        return SMMUV3_L1STD_SPAN_RESERVED;
    if (smmuv3_found(p, SMMUV3_L1STD_SPAN_SPLIT, span <= SPAN_MAX && span > table->split + 1u))
        return SMMUV3_L1STD_SPAN_SPLIT;
    uint64_t index = stream_id & smmuv3_low_bits(table->split);
    unsigned size_lg2 = span ? span - 1u : 0;
    if (smmuv3_found(p, SMMUV3_L1STD_INDEX, (index >> size_lg2) != 0))
        return SMMUV3_L1STD_INDEX;
    /* 5.1: L2Ptr[N:0] are treated as 0, N = 5 + (Span - 1). */
    uint64_t array = smmuv3_get_address(&l1std, L1STD_L2PTR);
    if (!smmuv3_erratum(p, SMMUV3_E_L1STD_UNALIGNED))
        array = align_down(array, STE_LG2 + size_lg2);
    *ste_address = array + (index << STE_LG2);
    return address_check(p, *ste_address);
}
