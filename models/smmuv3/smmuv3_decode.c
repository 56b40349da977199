/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_decode.c - 4.1.3 Command errors, 4.2 to 4.7: what each command says, and which are illegal.
 *
 * Reserved fields are ignored (4.1.5). Parameters that are out of range are cut to what is implemented (4.1.7).
 */
#include "smmuv3/smmuv3_internal.h"

static uint64_t field(const uint64_t words[2], unsigned high, unsigned low)
{
    unsigned word = low / 64u;
    return (words[word] & SMMUV3_MASK_OF(high - 64u * word, low - 64u * word)) >> (low - 64u * word);
}

/* ---- the table of commands ---- */

enum { S1 = 1, S2 = 2, HYP = 4, STALL = 8, SSEC = 16, VA = 32, IPA = 64, ATS = 128, PRI = 256 };

static const struct facts {
    uint8_t opcode;
    uint16_t flags;
    enum smmuv3_invalidation_kind kind; /* SMMUV3_INVALIDATION_KINDS: none */
} commands[] = {
    {SMMUV3_CMD_PREFETCH_CONFIG, SSEC, SMMUV3_INVALIDATION_KINDS},
    {SMMUV3_CMD_PREFETCH_ADDR, SSEC, SMMUV3_INVALIDATION_KINDS},
    {SMMUV3_CMD_CFGI_STE, SSEC, SMMUV3_CFGI_STE},
    {SMMUV3_CMD_CFGI_STE_RANGE, SSEC, SMMUV3_CFGI_STE_RANGE},
    {SMMUV3_CMD_CFGI_CD, SSEC | S1, SMMUV3_CFGI_CD},
    {SMMUV3_CMD_CFGI_CD_ALL, SSEC | S1, SMMUV3_CFGI_CD_ALL},
    {SMMUV3_CMD_TLBI_NH_ALL, S1, SMMUV3_TLBI_NH_ALL},
    {SMMUV3_CMD_TLBI_NH_ASID, S1, SMMUV3_TLBI_NH_ASID},
    {SMMUV3_CMD_TLBI_NH_VA, S1 | VA, SMMUV3_TLBI_NH_VA},
    {SMMUV3_CMD_TLBI_NH_VAA, S1 | VA, SMMUV3_TLBI_NH_VAA},
    {SMMUV3_CMD_TLBI_EL2_ALL, S1 | HYP, SMMUV3_TLBI_EL2_ALL},
    {SMMUV3_CMD_TLBI_EL2_ASID, S1 | HYP, SMMUV3_TLBI_EL2_ASID},
    {SMMUV3_CMD_TLBI_EL2_VA, S1 | HYP | VA, SMMUV3_TLBI_EL2_VA},
    {SMMUV3_CMD_TLBI_EL2_VAA, S1 | HYP | VA, SMMUV3_TLBI_EL2_VAA},
    {SMMUV3_CMD_TLBI_S12_VMALL, S2, SMMUV3_TLBI_S12_VMALL},
    {SMMUV3_CMD_TLBI_S2_IPA, S2 | IPA, SMMUV3_TLBI_S2_IPA},
    {SMMUV3_CMD_TLBI_NSNH_ALL, 0, SMMUV3_TLBI_NSNH_ALL},
    {SMMUV3_CMD_ATC_INV, ATS | SSEC, SMMUV3_INVALIDATION_KINDS},
    {SMMUV3_CMD_PRI_RESP, PRI | SSEC, SMMUV3_INVALIDATION_KINDS},
    {SMMUV3_CMD_RESUME, STALL | SSEC, SMMUV3_INVALIDATION_KINDS},
    {SMMUV3_CMD_STALL_TERM, STALL | SSEC, SMMUV3_INVALIDATION_KINDS},
    {SMMUV3_CMD_SYNC, 0, SMMUV3_INVALIDATION_KINDS},
};

static const struct facts *facts_of(uint64_t opcode)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (commands[i].opcode == opcode)
            return &commands[i];
    return NULL;
}

static bool is_supported(const struct smmuv3 *smmu, const struct facts *facts)
{
    const struct smmuv3_params *p = &smmu->params;
    /* Deviation S05: prefetch commands are taken for illegal. */
    if (facts->opcode <= SMMUV3_CMD_PREFETCH_ADDR && smmuv3_on(smmu, SMMUV3_E_S05))
        return false;
    bool lacks_stage = (facts->flags & S1 && !p->s1p) || (facts->flags & S2 && !p->s2p);
    if (lacks_stage && !smmuv3_on(smmu, SMMUV3_E_TLBI_STAGE_UNCHECKED))
        return false;
    bool lacks_ats = (facts->flags & ATS && !p->ats) || (facts->flags & PRI && !p->pri);
    if (lacks_ats && !smmuv3_on(smmu, SMMUV3_E_ATS_COMMANDS_UNCHECKED))
        return false;
    if (facts->flags & HYP && !p->hyp && !smmuv3_on(smmu, SMMUV3_E_TLBI_HYP_UNCHECKED))
        return false;
    return !(facts->flags & STALL && p->stall_model == 1 && !smmuv3_on(smmu, SMMUV3_E_RESUME_MODEL_UNCHECKED));
}

/* ---- 4.4.1.1 Range-based invalidation and level hint ---- */

static unsigned granule_of(uint64_t tg)
{
    return tg == 0 ? 0u : 10u + 2u * (unsigned)tg;
}

static bool has_ds(const struct smmuv3_params *p)
{
    return (smmuv3_idr_value(p, 5) >> 7) & 1u;
}

/* False: the Reserved combination. */
static bool decode_range(const struct smmuv3 *smmu, const uint64_t words[2], struct smmuv3_invalidation *inv)
{
    uint64_t tg = smmu->params.ril ? field(words, 75, 74) : 0;
    uint64_t num = field(words, 16, 12);
    uint64_t scale = field(words, has_ds(&smmu->params) ? 25 : 24, 20);
    uint64_t ttl = field(words, 73, 72);
    if (smmuv3_on(smmu, SMMUV3_E_RIL_IGNORED))
        tg = 0;
    inv->granule_lg2 = (uint8_t)granule_of(tg);
    inv->ttl = 0;
    inv->last = inv->first;
    if (!tg)
        return true;
    if (tg == 2 && ttl == 1 && !has_ds(&smmu->params))
        ttl = 0;
    if (num == 0 && scale == 0 && ttl == 0)
        return smmuv3_on(smmu, SMMUV3_E_S17);
    if (scale > 39)
        scale = 39;
    if (smmuv3_on(smmu, SMMUV3_E_RIL_NUM_SHORT) && num)
        num--;
    inv->ttl = smmuv3_on(smmu, SMMUV3_E_TTL_SHIFTED) && ttl ? (uint8_t)(ttl % 3u + 1u) : (uint8_t)ttl;
    unsigned shift = (unsigned)scale + inv->granule_lg2;
    uint64_t bytes = shift < 58 ? (num + 1u) << shift : UINT64_MAX;
    /* It does not wrap at the top of the address space. */
    inv->last = inv->first + (bytes - 1u) < inv->first ? UINT64_MAX : inv->first + (bytes - 1u);
    return true;
}

static bool decode_invalidation(const struct smmuv3 *smmu, const struct facts *facts, const uint64_t words[2],
                                struct smmuv3_invalidation *inv)
{
    const struct smmuv3_params *p = &smmu->params;
    *inv = (struct smmuv3_invalidation){
        .kind = facts->kind,
        .stream_id = (uint32_t)field(words, 63, 32),
        .substream_id = (uint32_t)field(words, 31, 12),
        .range_lg2 = (uint8_t)(field(words, 68, 64) + 1u),
        .leaf = field(words, 64, 64),
        .vmid = p->s2p ? (uint16_t)(field(words, 47, 32) & (p->vmid16 ? 0xffffu : 0xffu)) : 0,
        .asid = (uint16_t)(field(words, 63, 48) & (p->asid16 ? 0xffffu : 0xffu)),
    };
    if (facts->flags & VA)
        inv->first = field(words, 127, 76) << 12;
    if (facts->flags & IPA) /* 4.1.6: bits 55:52 need SMMUv3.4, bits 51:48 SMMUv3.1 */
        inv->first = field(words, 64u + (p->minor >= 4 ? 55u : p->minor >= 1 ? 51u : 47u), 76) << 12;
    inv->last = inv->first;
    return !(facts->flags & (VA | IPA)) || decode_range(smmu, words, inv);
}

/* ---- 4.7 ---- */

static bool decode_sync(const struct smmuv3 *smmu, const uint64_t words[2], struct smmuv3_command *command)
{
    uint64_t signal = field(words, 13, 12);
    if (signal == 3 && !smmuv3_on(smmu, SMMUV3_E_SYNC_CS_UNCHECKED))
        return false;
    command->signal = (enum smmuv3_signal)(signal & 3u);
    /* Deviation S15: only SIG_NONE is known. */
    if (signal == 3 || smmuv3_on(smmu, SMMUV3_E_S15))
        command->signal = SMMUV3_SIG_NONE;
    command->msi_data = (uint32_t)field(words, 63, 32);
    command->msi_address = field(words, 119, 66) << 2;
    command->msi_attributes = smmuv3_message_attributes((uint8_t)field(words, 27, 24), (uint8_t)field(words, 23, 22));
    return true;
}

/* 4.2.2: 2^Size addresses, 2^(12 + Stride) bytes apart; in SMMUv3.0 Stride is ignored. */
static void decode_prefetch(const struct smmuv3 *smmu, const uint64_t words[2], struct smmuv3_command *command)
{
    command->has_substream_id = field(words, 11, 11);
    command->substream_id = (uint32_t)field(words, 31, 12);
    command->prefetch_address = field(words, 127, 76) << 12;
    command->prefetch_count = UINT64_C(1) << field(words, 68, 64);
    command->prefetch_stride_lg2 = smmu->params.minor ? (uint8_t)(12u + field(words, 73, 69)) : 12u;
}

/* ---- 4.5 ---- */

static void decode_atc_inv(const uint64_t words[2], struct smmuv3_command *command)
{
    command->atc_global = field(words, 9, 9);
    command->atc_size = (uint8_t)field(words, 69, 64);
    command->atc_address = field(words, 127, 76) << 12;
}

/* False: Resp is Reserved. */
static bool decode_pri_resp(const struct smmuv3 *smmu, const uint64_t words[2], struct smmuv3_command *command)
{
    static const enum pcie_response_code codes[] = {PCIE_RESPONSE_FAILURE, PCIE_RESPONSE_INVALID, PCIE_RESPONSE_SUCCESS};
    uint64_t response = field(words, 77, 76);
    if (response == 3 && !smmuv3_on(smmu, SMMUV3_E_PRI_RESP_RESERVED_OK))
        return false;
    if (smmuv3_on(smmu, SMMUV3_E_PRI_RESP_CODES))
        response ^= 2u;
    command->response = codes[response % 3u];
    command->group_index = (uint16_t)field(words, 72, 64);
    return true;
}

bool smmuv3_command_decode(const struct smmuv3 *smmu, const uint64_t words[2], struct smmuv3_command *command)
{
    const struct facts *facts = facts_of(field(words, 7, 0));
    *command = (struct smmuv3_command){0};
    if (!facts && smmuv3_on(smmu, SMMUV3_E_RESERVED_OPCODE_OK)) {
        command->opcode = SMMUV3_CMD_PREFETCH_CONFIG;
        return true;
    }
    if (!facts || !is_supported(smmu, facts))
        return false;
    /* 4.1.6: SSec on the Non-secure queue is illegal whatever is supported. */
    if (facts->flags & SSEC && field(words, 10, 10) && !smmuv3_on(smmu, SMMUV3_E_SSEC_UNCHECKED))
        return false;
    command->opcode = (enum smmuv3_opcode)facts->opcode;
    command->invalidates = facts->kind < SMMUV3_INVALIDATION_KINDS;
    command->stream_id = (uint32_t)field(words, 63, 32);
    command->stag = (uint16_t)field(words, 79, 64);
    command->retry = field(words, 12, 12);
    command->abort = field(words, 13, 13);
    decode_prefetch(smmu, words, command);
    if (command->invalidates)
        return decode_invalidation(smmu, facts, words, &command->invalidation);
    if (command->opcode == SMMUV3_CMD_PRI_RESP)
        return decode_pri_resp(smmu, words, command);
    decode_atc_inv(words, command);
    return command->opcode != SMMUV3_CMD_SYNC || decode_sync(smmu, words, command);
}
