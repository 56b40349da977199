/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_entry.h - stream table entries and context descriptors: what stands in them, and how one becomes another while the SMMU
 * may read it at any moment.
 *
 * Document: Arm IHI 0070, 3.21.3, 5.2, 5.4. No function here touches hardware: a writer is told how to store and how to
 * invalidate, so that a test can look between any two stores.
 */
#ifndef SMMUV3_ENTRY_H
#define SMMUV3_ENTRY_H

#include <linux/types.h>

#define SMMU_ENTRY_WORDS 8

struct smmu_entry_writer {
    /* Bits that the SMMU looks at in this entry: all that decides what it does with a transaction. */
    void (*used)(const u64 *entry, u64 *used);
    void (*store)(struct smmu_entry_writer *writer, u64 *word, u64 value);
    /* CMD_CFGI_STE or CMD_CFGI_CD, then CMD_SYNC, waited for. */
    void (*sync)(struct smmu_entry_writer *writer);
    u64 valid; /* the V bit in word 0 */
    /* Deviation K19: the entry stays valid while it is rewritten. */
    bool torn;
};

/* Makes *entry (little-endian words) what target (words of the CPU) says. Target may equal the entry: then nothing happens. */
void smmu_entry_write(struct smmu_entry_writer *writer, u64 *entry, const u64 *target);

void smmu_ste_used(const u64 *ste, u64 *used);
void smmu_cd_used(const u64 *cd, u64 *used);

/* What a stream has whatever its translation. */
struct smmu_stream_traits {
    bool ats;          /* STE.EATS: full ATS */
    bool pri_pasid;    /* STE.PPAR: the device wants a PASID on its responses */
    bool shareability; /* IDR1.ATTR_TYPES_OVR: SHCFG counts */
    bool no_stall;     /* STE.S1STALLD */
};

/* A table of CDs: of the kernel (physical address) or of the user (IPA). */
struct smmu_cd_table_ref {
    u64 address;
    u8 max_lg2; /* S1CDMax */
    u8 format;  /* S1Fmt */
    u8 dss;     /* S1DSS */
};

struct smmu_stage2_ref {
    u64 table;
    u16 vmid;
    u8 input_bits, start_level, output_size; /* S2T0SZ = 64 - input_bits; output_size as S2PS */
    bool access_flag, dirty;                 /* S2HA, S2HD */
    bool force_write_back;                   /* S2FWB */
    bool stall;                              /* S2S */
};

struct smmu_stage1_ref {
    u64 table, mair;
    u16 asid;
    u8 input_bits, output_size; /* output_size as IPS */
    bool access_flag, dirty;    /* HA, HD */
    bool stall;
};

void smmu_ste_abort(u64 *ste);
void smmu_ste_bypass(u64 *ste, const struct smmu_stream_traits *traits);
void smmu_ste_stage1(u64 *ste, const struct smmu_stream_traits *traits, const struct smmu_cd_table_ref *cds);
void smmu_ste_stage2(u64 *ste, const struct smmu_stream_traits *traits, const struct smmu_stage2_ref *stage2);
void smmu_ste_nested(u64 *ste, const struct smmu_stream_traits *traits, const struct smmu_cd_table_ref *cds,
                     const struct smmu_stage2_ref *stage2);
void smmu_cd_stage1(u64 *cd, const struct smmu_stage1_ref *stage1);
/* The address space is gone: no walk, and every access is a translation fault. The ASID stays for what is in the TLBs. */
void smmu_cd_no_walk(u64 *cd, const struct smmu_stage1_ref *stage1);

#endif
