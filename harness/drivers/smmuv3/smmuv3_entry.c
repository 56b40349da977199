/* SPDX-License-Identifier: BSD-2-Clause */
/* smmuv3_entry.c - see smmuv3_entry.h. */
#include "smmuv3_entry.h"

#include "smmuv3_regs.h"

#include <asm/byteorder.h>
#include <linux/bitfield.h>
#include <linux/string.h>

/* ---- which bits count (5.2, 5.4) ---- */

void smmu_ste_used(const u64 *ste, u64 *used)
{
    u64 config = FIELD_GET(STE_0_CONFIG, ste[0]);

    memset(used, 0, SMMU_ENTRY_WORDS * sizeof(*used));
    used[0] = STE_0_V;
    if (!(ste[0] & STE_0_V))
        return; /* V: other fields are IGNORED */
    used[0] |= STE_0_CONFIG;
    used[1] |= STE_1_PPAR | STE_1_MEV; /* 8.1: PPAR counts in every valid STE */
    if (!(config & STE_CONFIG_BYPASS))
        return;
    used[1] |= STE_1_SHCFG | STE_1_ATTRIBUTES | STE_1_STRW;
    used[2] |= STE_2_S2VMID; /* a tag even where stage 2 is bypassed */
    if (config & 1) {
        used[0] |= STE_0_S1FMT | STE_0_S1CONTEXTPTR | STE_0_S1CDMAX;
        used[1] |= STE_1_S1DSS | STE_1_S1CIR | STE_1_S1COR | STE_1_S1CSH | STE_1_S1STALLD | STE_1_EATS;
    }
    if (config & 2) {
        used[1] |= STE_1_S2FWB | STE_1_EATS;
        used[2] |= GENMASK_ULL(63, 32);
        used[3] |= STE_3_S2TTB;
    }
}

void smmu_cd_used(const u64 *cd, u64 *used)
{
    memset(used, 0, SMMU_ENTRY_WORDS * sizeof(*used));
    used[0] = CD_0_V;
    if (!(cd[0] & CD_0_V))
        return;
    used[0] = ~0ULL;
    used[3] = CD_3_MAIR0;
    if (cd[0] & CD_0_EPD0) /* no walk through TTB0 */
        used[0] &= ~(CD_0_T0SZ | CD_0_TG0 | CD_0_IR0 | CD_0_OR0 | CD_0_SH0);
    else
        used[1] = CD_1_TTB0;
}

/* ---- from one to the other (3.21.3.1) ---- */

static bool store_changed(struct smmu_entry_writer *writer, u64 *entry, const u64 *target, unsigned int first, unsigned int end)
{
    bool changed = false;

    for (unsigned int i = first; i < end; i++)
        if (le64_to_cpu((__le64)entry[i]) != target[i]) {
            writer->store(writer, &entry[i], target[i]);
            changed = true;
        }
    return changed;
}

static void load(const u64 *entry, u64 *words)
{
    for (unsigned int i = 0; i < SMMU_ENTRY_WORDS; i++)
        words[i] = le64_to_cpu((__le64)entry[i]);
}

/* 3.21.3: a single word may change in a valid structure, with an invalidation after it. Others must not be in use then. */
static bool write_hitless(struct smmu_entry_writer *writer, u64 *entry, const u64 *target)
{
    u64 now[SMMU_ENTRY_WORDS], used_now[SMMU_ENTRY_WORDS], used_then[SMMU_ENTRY_WORDS], step[SMMU_ENTRY_WORDS];
    unsigned int critical = 0, count = 0;

    load(entry, now);
    writer->used(now, used_now);
    writer->used(target, used_then);
    for (unsigned int i = 0; i < SMMU_ENTRY_WORDS; i++) {
        step[i] = (now[i] & used_now[i]) | (target[i] & ~used_now[i]);
        if ((step[i] ^ target[i]) & used_then[i]) {
            critical = i;
            count++;
        }
    }
    if (count > 1)
        return false;
    if (store_changed(writer, entry, step, 0, SMMU_ENTRY_WORDS))
        writer->sync(writer);
    if (count && store_changed(writer, entry, target, critical, critical + 1))
        writer->sync(writer);
    if (store_changed(writer, entry, target, 0, SMMU_ENTRY_WORDS)) /* what only the old one used */
        writer->sync(writer);
    return true;
}

void smmu_entry_write(struct smmu_entry_writer *writer, u64 *entry, const u64 *target)
{
    for (unsigned int i = 1; writer->torn && i <= SMMU_ENTRY_WORDS; i++)
        if (store_changed(writer, entry, target, i % SMMU_ENTRY_WORDS, i % SMMU_ENTRY_WORDS + 1))
            writer->sync(writer);
    if (writer->torn)
        return;
    if (write_hitless(writer, entry, target))
        return;
    /*
     * The words are not read in order, nor once: invalid; then all but V, which may be in caches only as invalid; then V. There
     * is an invalidation after each, for a valid flag could be seen together with old words, and an old flag with new ones.
     */
    writer->store(writer, &entry[0], le64_to_cpu((__le64)entry[0]) & ~writer->valid);
    writer->sync(writer);
    if (store_changed(writer, entry, target, 1, SMMU_ENTRY_WORDS))
        writer->sync(writer);
    if (store_changed(writer, entry, target, 0, 1))
        writer->sync(writer);
}

/* ---- contents ---- */

static void ste_start(u64 *ste, const struct smmu_stream_traits *traits, u64 config)
{
    memset(ste, 0, STE_BYTES);
    ste[0] = STE_0_V | FIELD_PREP(STE_0_CONFIG, config);
    /* Attributes come from the transaction. Without ATTR_TYPES_OVR the field is RES0. */
    if (traits->shareability)
        ste[1] |= FIELD_PREP(STE_1_SHCFG, SHCFG_INCOMING);
    if (traits->pri_pasid)
        ste[1] |= STE_1_PPAR;
    if (traits->ats && config != STE_CONFIG_BYPASS)
        ste[1] |= FIELD_PREP(STE_1_EATS, EATS_FULL);
}

void smmu_ste_abort(u64 *ste)
{
    memset(ste, 0, STE_BYTES);
    ste[0] = STE_0_V | FIELD_PREP(STE_0_CONFIG, STE_CONFIG_ABORT);
}

void smmu_ste_bypass(u64 *ste, const struct smmu_stream_traits *traits)
{
    ste_start(ste, traits, STE_CONFIG_BYPASS);
}

static void ste_add_cds(u64 *ste, const struct smmu_stream_traits *traits, const struct smmu_cd_table_ref *cds)
{
    ste[0] |= (cds->address & STE_0_S1CONTEXTPTR) | FIELD_PREP(STE_0_S1CDMAX, (u64)cds->max_lg2) |
              FIELD_PREP(STE_0_S1FMT, (u64)cds->format);
    ste[1] |= FIELD_PREP(STE_1_S1DSS, (u64)cds->dss) | FIELD_PREP(STE_1_S1CIR, (u64)CACHE_WBRA) |
              FIELD_PREP(STE_1_S1COR, (u64)CACHE_WBRA) | FIELD_PREP(STE_1_S1CSH, (u64)SH_INNER);
    if (traits->no_stall)
        ste[1] |= STE_1_S1STALLD;
}

/* S2SL0 for a granule of 4 KiB: 2, 1, 0 are levels 0, 1, 2. Faults are recorded (S2R). Walks are write-back, inner shareable. */
static void ste_add_stage2(u64 *ste, const struct smmu_stage2_ref *stage2)
{
    if (stage2->force_write_back)
        ste[1] |= STE_1_S2FWB;
    ste[2] |= FIELD_PREP(STE_2_S2VMID, (u64)stage2->vmid) | FIELD_PREP(STE_2_S2T0SZ, 64ULL - stage2->input_bits) |
              FIELD_PREP(STE_2_S2SL0, 2ULL - stage2->start_level) | FIELD_PREP(STE_2_S2IR0, (u64)CACHE_WBRA) |
              FIELD_PREP(STE_2_S2OR0, (u64)CACHE_WBRA) | FIELD_PREP(STE_2_S2SH0, (u64)SH_INNER) |
              FIELD_PREP(STE_2_S2PS, (u64)stage2->output_size) | STE_2_S2AA64 | STE_2_S2R;
    /* S2PTW: a table of the user in memory of devices is a fault, not a walk with side effects. */
    ste[2] |= STE_2_S2PTW;
    if (stage2->access_flag)
        ste[2] |= STE_2_S2HA;
    if (stage2->dirty)
        ste[2] |= STE_2_S2HD;
    if (stage2->stall)
        ste[2] |= STE_2_S2S;
    ste[3] |= stage2->table & STE_3_S2TTB;
}

void smmu_ste_stage1(u64 *ste, const struct smmu_stream_traits *traits, const struct smmu_cd_table_ref *cds)
{
    ste_start(ste, traits, STE_CONFIG_S1);
    ste_add_cds(ste, traits, cds);
}

void smmu_ste_stage2(u64 *ste, const struct smmu_stream_traits *traits, const struct smmu_stage2_ref *stage2)
{
    ste_start(ste, traits, STE_CONFIG_S2);
    ste_add_stage2(ste, stage2);
}

void smmu_ste_nested(u64 *ste, const struct smmu_stream_traits *traits, const struct smmu_cd_table_ref *cds,
                     const struct smmu_stage2_ref *stage2)
{
    ste_start(ste, traits, STE_CONFIG_NESTED);
    ste_add_cds(ste, traits, cds);
    ste_add_stage2(ste, stage2);
}

/*
 * A granule of 4 KiB, the table of TTB0 alone. R: faults are recorded; A: they abort rather than read zeroes. ASET: the CPU's
 * broadcasts do not concern this ASID (3.17.5), whose allocator is the driver's.
 */
void smmu_cd_stage1(u64 *cd, const struct smmu_stage1_ref *stage1)
{
    memset(cd, 0, CD_BYTES);
    cd[0] = FIELD_PREP(CD_0_T0SZ, 64ULL - stage1->input_bits) | FIELD_PREP(CD_0_IR0, (u64)CACHE_WBRA) |
            FIELD_PREP(CD_0_OR0, (u64)CACHE_WBRA) | FIELD_PREP(CD_0_SH0, (u64)SH_INNER) | CD_0_EPD1 | CD_0_V |
            FIELD_PREP(CD_0_IPS, (u64)stage1->output_size) | CD_0_AA64 | CD_0_R | CD_0_A | CD_0_ASET |
            FIELD_PREP(CD_0_ASID, (u64)stage1->asid);
    if (stage1->access_flag)
        cd[0] |= CD_0_HA;
    if (stage1->dirty)
        cd[0] |= CD_0_HD;
    if (stage1->stall)
        cd[0] |= CD_0_S;
    cd[1] = stage1->table & CD_1_TTB0;
    cd[3] = stage1->mair & CD_3_MAIR0;
}

/* One word decides, so that accesses between before and after fault as they do afterwards. */
void smmu_cd_no_walk(u64 *cd, const struct smmu_stage1_ref *stage1)
{
    smmu_cd_stage1(cd, stage1);
    cd[0] |= CD_0_EPD0;
    cd[1] = 0;
}
