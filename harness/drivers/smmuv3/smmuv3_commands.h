/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_commands.h - commands as two words, and how a range of addresses becomes commands.
 *
 * Document: Arm IHI 0070 chapter 4.
 */
#ifndef SMMUV3_COMMANDS_H
#define SMMUV3_COMMANDS_H

#include "smmuv3_regs.h"

#include <linux/bitfield.h>
#include <linux/types.h>

struct smmu_cmd {
    u64 word[CMD_WORDS];
};

static inline struct smmu_cmd smmu_cmd_sync(void)
{
    return (struct smmu_cmd){{CMD_SYNC}};
}

/* Leaf: the entry alone changed; else the descriptor above it did too (4.3.1). */
static inline struct smmu_cmd smmu_cmd_cfgi_ste(u32 sid, bool leaf)
{
    return (struct smmu_cmd){{CMD_CFGI_STE | FIELD_PREP(CMD_0_SID, (u64)sid), leaf ? CFGI_1_LEAF : 0}};
}

static inline struct smmu_cmd smmu_cmd_cfgi_all(void)
{
    return (struct smmu_cmd){{CMD_CFGI_ALL, CFGI_RANGE_ALL}};
}

static inline struct smmu_cmd smmu_cmd_cfgi_cd(u32 sid, u32 ssid, bool leaf)
{
    return (struct smmu_cmd){
        {CMD_CFGI_CD | FIELD_PREP(CMD_0_SID, (u64)sid) | FIELD_PREP(CMD_0_SSID, (u64)ssid), leaf ? CFGI_1_LEAF : 0}};
}

static inline struct smmu_cmd smmu_cmd_cfgi_cd_all(u32 sid)
{
    return (struct smmu_cmd){{CMD_CFGI_CD_ALL | FIELD_PREP(CMD_0_SID, (u64)sid)}};
}

static inline struct smmu_cmd smmu_cmd_tlbi(unsigned int opcode, u16 vmid, u16 asid)
{
    return (struct smmu_cmd){{opcode | FIELD_PREP(TLBI_0_VMID, (u64)vmid) | FIELD_PREP(TLBI_0_ASID, (u64)asid)}};
}

/* 4.5.2: code is a PRI_RESP_*. */
static inline struct smmu_cmd smmu_cmd_pri_resp(u32 sid, bool ssv, u32 ssid, u32 group, unsigned int code)
{
    return (struct smmu_cmd){
        {CMD_PRI_RESP | (ssv ? CMD_0_SSV | FIELD_PREP(CMD_0_SSID, (u64)ssid) : 0) | FIELD_PREP(CMD_0_SID, (u64)sid),
         FIELD_PREP(PRI_1_PRGI, (u64)group) | FIELD_PREP(PRI_1_RESP, (u64)code)}};
}

/* 4.7.1: again, or an abort. */
static inline struct smmu_cmd smmu_cmd_resume(u32 sid, u16 tag, bool retry)
{
    return (struct smmu_cmd){{CMD_RESUME | FIELD_PREP(CMD_0_SID, (u64)sid) | (retry ? RESUME_0_RETRY : RESUME_0_ABORT), tag}};
}

static inline struct smmu_cmd smmu_cmd_stall_term(u32 sid)
{
    return (struct smmu_cmd){{CMD_STALL_TERM | FIELD_PREP(CMD_0_SID, (u64)sid)}};
}

/*
 * 4.5.1: the aligned power of two of pages that holds iova..last, of one substream or of requests without; last is inclusive.
 * All of them with 0..ULONG_MAX.
 */
struct smmu_cmd smmu_cmd_atc_inv(u32 sid, bool ssv, u32 ssid, unsigned long iova, unsigned long last);

/* ---- invalidation of a range of addresses in the TLBs (4.4.1.1) ---- */

struct smmu_tlbi_range {
    struct smmu_cmd base; /* opcode and tags */
    unsigned long iova;   /* what is left */
    size_t size;
    size_t granule; /* all that is to go are pages or blocks of this size; 0: any, and tables too */
    bool leaf;      /* no table was removed */
    bool ranges;    /* IDR3.RIL */
};

bool smmu_tlbi_range_next(struct smmu_tlbi_range *range, struct smmu_cmd *cmd); /* false: there is no more */
/* Commands that it will be; the caller has a limit beyond which everything of the ASID or VMID goes. */
size_t smmu_tlbi_range_count(const struct smmu_tlbi_range *range);

#endif
