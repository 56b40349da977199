/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_nested.c - the user's table of context descriptors above a parent's stage 2, and the user's invalidations.
 *
 * Document: Arm IHI 0070 4.3.7, 5.2 (Config 0b111; S1ContextPtr is an IPA). What the user writes is believed in nothing but what
 * stage 2 contains: the fields of the entry are rebuilt, commands get the parent's VMID and the StreamIDs of the domain's
 * devices.
 */
#include "smmuv3.h"

#include <asm/byteorder.h>
#include <linux/slab.h>
#include <uapi/linux/iommufd.h>

/* ---- invalidation ---- */

/* 4.4.1.1: without a granule the fields of ranges are RES0; a single granule without a level is reserved and needs none. */
static u64 user_range(const struct smmu_cmd *cmd)
{
    u64 fields = TLBI_0_NUM | (TLBI_0_SCALE & GENMASK_ULL(24, 20));

    return cmd->word[1] & TLBI_1_TG && (cmd->word[0] & fields || cmd->word[1] & TLBI_1_TTL) ? fields : 0;
}

static bool user_tlbi(const struct smmu_domain *domain, struct smmu_cmd *cmd)
{
    u64 range;
    u16 vmid = smmu_bug(SMMU_BUG_NESTED_VMID) ? 0 : domain->parent->vmid;
    u64 tags = CMD_0_OPCODE;

    if (!domain->smmu->features.ranges && cmd->word[1] & (TLBI_1_TG | TLBI_1_TTL))
        return false;
    /* A granule of 16 KiB has no blocks at level 1. */
    if (FIELD_GET(TLBI_1_TG, cmd->word[1]) == 2 && FIELD_GET(TLBI_1_TTL, cmd->word[1]) == 1)
        cmd->word[1] &= ~TLBI_1_TTL;
    range = user_range(cmd);
    switch (FIELD_GET(CMD_0_OPCODE, cmd->word[0])) {
    case CMD_TLBI_NH_ALL:
        cmd->word[1] = 0;
        break;
    case CMD_TLBI_NH_ASID:
        tags |= TLBI_0_ASID;
        cmd->word[1] = 0;
        break;
    case CMD_TLBI_NH_VA:
        tags |= TLBI_0_ASID;
        fallthrough;
    case CMD_TLBI_NH_VAA:
        tags |= range;
        cmd->word[1] &= TLBI_1_ADDRESS | TLBI_1_LEAF | (range ? TLBI_1_TG | TLBI_1_TTL : 0);
        break;
    }
    cmd->word[0] = (cmd->word[0] & tags) | FIELD_PREP(TLBI_0_VMID, (u64)vmid);
    return true;
}

static bool user_substream(const struct smmu_domain *domain, u64 word)
{
    return !(FIELD_GET(CMD_0_SSID, word) >> domain->smmu->features.ssid_bits);
}

static bool user_cfgi(const struct smmu_domain *domain, struct smmu_cmd *cmd)
{
    bool all = FIELD_GET(CMD_0_OPCODE, cmd->word[0]) == CMD_CFGI_CD_ALL;

    if (!all && !user_substream(domain, cmd->word[0]))
        return false;
    cmd->word[0] &= CMD_0_OPCODE | (all ? 0 : CMD_0_SSID);
    cmd->word[1] &= all ? 0 : CFGI_1_LEAF;
    return true;
}

static bool user_atc(const struct smmu_domain *domain, struct smmu_cmd *cmd)
{
    u64 size = FIELD_GET(ATC_1_SIZE, cmd->word[1]);

    if (size > ATC_SIZE_ALL || (cmd->word[0] & CMD_0_SSV && !user_substream(domain, cmd->word[0])))
        return false;
    cmd->word[0] &= cmd->word[0] & CMD_0_SSV ? CMD_0_OPCODE | CMD_0_SSV | CMD_0_SSID | ATC_0_GLOBAL : CMD_0_OPCODE;
    cmd->word[1] &= size == ATC_SIZE_ALL ? ATC_1_SIZE : ATC_1_SIZE | ATC_1_ADDRESS;
    return true;
}

/* Once for each stream of each device that has the domain. */
static void add_per_stream(struct smmu_batch *batch, struct smmu_domain *domain, struct smmu_cmd cmd, bool atc)
{
    struct smmu_attachment *attachment;
    unsigned long flags;

    spin_lock_irqsave(&domain->lock, flags);
    list_for_each_entry(attachment, &domain->attachments, of_domain)
    {
        if (atc && !READ_ONCE(attachment->master->ats_enabled))
            continue;
        for (unsigned int i = 0; i < attachment->master->stream_count; i++) {
            struct smmu_cmd one = cmd;

            one.word[0] |= FIELD_PREP(CMD_0_SID, (u64)attachment->master->streams[i].stream->sid);
            smmu_batch_add(batch, one);
        }
    }
    spin_unlock_irqrestore(&domain->lock, flags);
}

/* 4.5.1: the TLBs first; what came before an invalidation of an ATC is complete when that begins. */
static int user_command(struct smmu_batch *batch, struct smmu_domain *domain, struct smmu_cmd cmd, bool *tlbs)
{
    switch (FIELD_GET(CMD_0_OPCODE, cmd.word[0])) {
    case CMD_TLBI_NH_ALL:
    case CMD_TLBI_NH_ASID:
    case CMD_TLBI_NH_VA:
    case CMD_TLBI_NH_VAA:
        if (!user_tlbi(domain, &cmd))
            return -EINVAL;
        smmu_batch_add(batch, cmd);
        *tlbs = true;
        return 0;
    case CMD_CFGI_CD:
    case CMD_CFGI_CD_ALL:
        if (!user_cfgi(domain, &cmd))
            return -EINVAL;
        add_per_stream(batch, domain, cmd, false);
        *tlbs = true;
        return 0;
    case CMD_ATC_INV:
        if (!user_atc(domain, &cmd))
            return -EINVAL;
        if (*tlbs)
            smmu_batch_sync(batch);
        *tlbs = false;
        add_per_stream(batch, domain, cmd, true);
        return 0;
    default:
        return -EIO;
    }
}

/* A device that does not answer loses ATS: the user's table is no reason to trust it. */
static void find_lost(struct smmu_domain *domain)
{
    struct smmu_attachment *attachment;
    unsigned long flags;

    spin_lock_irqsave(&domain->lock, flags);
    list_for_each_entry(attachment, &domain->attachments, of_domain) smmu_atc_invalidate_all(attachment->master, IOMMU_NO_PASID);
    spin_unlock_irqrestore(&domain->lock, flags);
}

static int cache_invalidate_user(struct iommu_domain *iommu_domain, struct iommu_user_data_array *array)
{
    struct smmu_domain *domain = to_smmu_domain(iommu_domain);
    struct smmu_batch batch = {.smmu = domain->smmu};
    bool tlbs = false;
    int result = 0, complete;
    u32 done = 0;

    for (; done < array->entry_num; done++) {
        struct iommu_viommu_arm_smmuv3_invalidate entry;
        struct smmu_cmd cmd;

        result = iommu_copy_struct_from_user_array(&entry, array, IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3, done, cmd);
        if (result)
            break;
        cmd = (struct smmu_cmd){{le64_to_cpu(entry.cmd[0]), le64_to_cpu(entry.cmd[1])}};
        result = user_command(&batch, domain, cmd, &tlbs);
        if (result)
            break;
    }
    complete = smmu_batch_sync(&batch);
    if (complete == -ETIMEDOUT)
        find_lost(domain);
    array->entry_num = done;
    return result ? result : complete == -EIO ? -EIO : 0;
}

/* ---- domains ---- */

static void nested_free(struct iommu_domain *domain)
{
    kfree(to_smmu_domain(domain));
}

const struct iommu_domain_ops smmu_nested_ops = {
    .attach_dev = smmu_attach_dev,
    .cache_invalidate_user = cache_invalidate_user,
    .free = nested_free,
};

/* 5.2: alignment by S1Fmt and S1CDMax, the range of the IPA, what the unit can. The attributes are the kernel's. */
static int user_cds_check(const struct smmu_domain *parent, const struct smmu_cd_table_ref *cds)
{
    const struct smmu_features *features = &parent->smmu->features;
    unsigned int aligned = 6;

    if (cds->max_lg2 > features->ssid_bits || cds->format > S1FMT_64K_L2 || cds->dss > S1DSS_SSID0)
        return -EINVAL;
    if (cds->max_lg2 && cds->format != S1FMT_LINEAR && !features->two_level_cds)
        return -EINVAL;
    if (cds->max_lg2 && cds->format == S1FMT_LINEAR)
        aligned += cds->max_lg2;
    else if (cds->format == S1FMT_4K_L2 && cds->max_lg2 > 9)
        aligned = cds->max_lg2 - 3;
    else if (cds->format == S1FMT_64K_L2 && cds->max_lg2 > 13)
        aligned = cds->max_lg2 - 7;
    if (cds->address & ((1ULL << aligned) - 1) || cds->address >> parent->table.input_bits)
        return -EINVAL;
    return 0;
}

struct iommu_domain *smmu_domain_alloc_nested(struct smmu_device *smmu, struct iommu_domain *parent,
                                              const struct iommu_user_data *data)
{
    struct iommu_hwpt_arm_smmuv3 user;
    struct smmu_cd_table_ref cds;
    struct smmu_domain *domain;
    u64 word[2];
    int result;

    if (parent->owner != &smmu_ops || to_smmu_domain(parent)->kind != SMMU_S2 || to_smmu_domain(parent)->smmu != smmu || !data ||
        !smmu->features.stage1)
        return ERR_PTR(-EINVAL);
    if (data->type != IOMMU_HWPT_DATA_ARM_SMMUV3)
        return ERR_PTR(-EOPNOTSUPP);
    result = iommu_copy_struct_from_user(&user, data, IOMMU_HWPT_DATA_ARM_SMMUV3, ste);
    if (result)
        return ERR_PTR(result);
    word[0] = le64_to_cpu(user.ste[0]);
    word[1] = le64_to_cpu(user.ste[1]);
    if (!(word[0] & STE_0_V) || FIELD_GET(STE_0_CONFIG, word[0]) != STE_CONFIG_S1 ||
        word[1] & ~(STE_1_S1DSS | STE_1_S1CIR | STE_1_S1COR | STE_1_S1CSH | STE_1_S1STALLD))
        return ERR_PTR(-EINVAL);
    cds = (struct smmu_cd_table_ref){.address = word[0] & STE_0_S1CONTEXTPTR,
                                     .max_lg2 = FIELD_GET(STE_0_S1CDMAX, word[0]),
                                     .format = FIELD_GET(STE_0_S1FMT, word[0]),
                                     .dss = FIELD_GET(STE_1_S1DSS, word[1])};
    result = user_cds_check(to_smmu_domain(parent), &cds);
    if (result)
        return ERR_PTR(result);
    domain = smmu_domain_new(smmu, SMMU_NESTED);
    if (!domain)
        return ERR_PTR(-ENOMEM);
    domain->domain.type = IOMMU_DOMAIN_NESTED;
    domain->domain.ops = &smmu_nested_ops;
    domain->parent = to_smmu_domain(parent);
    domain->user_cds = cds;
    return &domain->domain;
}
