/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_tlb.c - what has changed leaves the TLBs, then the ATCs of the devices.
 *
 * Document: Arm IHI 0070 4.4, 4.5.1, 3.9.1.4, 3.17. An ATC is invalidated only when the invalidation of the TLBs is complete
 * (CMD_SYNC), or it could be filled again from a TLB with what was to go.
 */
#include "smmuv3.h"

#include <linux/atomic.h>
#include <linux/io.h>
#include <linux/kernel.h>

/* More commands than that: all of the ASID or VMID goes. */
#define COMMANDS_MAX 64

/* ---- TLBs ---- */

static unsigned int opcode_range(const struct smmu_domain *domain)
{
    return domain->kind == SMMU_S2 ? CMD_TLBI_S2_IPA : CMD_TLBI_NH_VA;
}

static unsigned int opcode_all(const struct smmu_domain *domain)
{
    return domain->kind == SMMU_S2 ? CMD_TLBI_S12_VMALL : CMD_TLBI_NH_ASID;
}

static bool has_children(struct smmu_domain *domain)
{
    return !list_empty_careful(&domain->children);
}

/* 4.4.3.1: TLBI_S2_IPA need not remove entries of both stages together; what a nested domain has of the VMID goes whole. */
static void tlb_invalidate(struct smmu_domain *domain, unsigned long iova, size_t size, size_t granule, bool leaf)
{
    struct smmu_batch batch = {.smmu = domain->smmu};
    struct smmu_tlbi_range range = {.base = smmu_cmd_tlbi(opcode_range(domain), domain->vmid, domain->asid),
                                    .iova = iova,
                                    .size = size,
                                    .granule = leaf ? granule : 0,
                                    .leaf = leaf,
                                    .ranges = domain->smmu->features.ranges};
    struct smmu_cmd cmd;

    if (smmu_tlbi_range_count(&range) > COMMANDS_MAX)
        smmu_batch_add(&batch, smmu_cmd_tlbi(opcode_all(domain), domain->vmid, domain->asid));
    else
        while (smmu_tlbi_range_next(&range, &cmd))
            smmu_batch_add(&batch, cmd);
    if (has_children(domain))
        smmu_batch_add(&batch, smmu_cmd_tlbi(CMD_TLBI_NH_ALL, domain->vmid, 0));
    smmu_batch_sync(&batch);
}

/* ---- ATCs ---- */

static void atc_add(struct smmu_batch *batch, struct smmu_master *master, u32 ssid, unsigned long iova, unsigned long last)
{
    for (unsigned int i = 0; i < master->stream_count; i++)
        smmu_batch_add(batch, smmu_cmd_atc_inv(master->streams[i].stream->sid, ssid != IOMMU_NO_PASID, ssid, iova, last));
}

/*
 * 3.9.1.4: what the device still holds must not be used. ATSCHK makes the SMMU look at EATS when a request is marked translated:
 * with EATS 0 those end in F_TRANSL_FORBIDDEN.
 */
static void atc_quarantine(struct smmu_master *master)
{
    dev_err(master->dev, "an ATS invalidation timed out, no more ATS\n");
    smmu_streams_forbid_ats(master);
    WRITE_ONCE(master->ats_enabled, false);
    master->ats_supported = false;
}

/* Of a child's addresses nothing is known to the parent; without PASID the entries of every PASID go too (PCIe 10.3.8). */
static void atc_add_attachments(struct smmu_batch *batch, struct smmu_domain *domain, unsigned long iova, unsigned long last)
{
    struct smmu_attachment *attachment;

    list_for_each_entry(attachment, &domain->attachments, of_domain)
    {
        if (READ_ONCE(attachment->master->ats_enabled))
            atc_add(batch, attachment->master, attachment->ssid, iova, last);
        if (smmu_bug(SMMU_BUG_ATC_FIRST_DEVICE))
            break;
    }
    list_for_each_entry(attachment, &domain->children, of_parent) if (READ_ONCE(attachment->master->ats_enabled))
        atc_add(batch, attachment->master, IOMMU_NO_PASID, 0, ULONG_MAX);
}

/* Which device did not answer is not said: each is asked once more, alone. */
static void atc_find_lost(struct smmu_domain *domain)
{
    struct smmu_attachment *attachment;

    list_for_each_entry(attachment, &domain->attachments, of_domain) smmu_atc_invalidate_all(attachment->master, IOMMU_NO_PASID);
    list_for_each_entry(attachment, &domain->children, of_parent) smmu_atc_invalidate_all(attachment->master, IOMMU_NO_PASID);
}

/*
 * A device joins the list before its stream can use the domain and leaves it after, so whoever may have an entry is there. The
 * count spares the lock where no device of the domain has ATS.
 */
static void atc_invalidate(struct smmu_domain *domain, unsigned long iova, unsigned long last)
{
    struct smmu_batch batch = {.smmu = domain->smmu};
    unsigned long flags;

    smp_mb(); /* the change of the table before the look at the count */
    if (atomic_read(&domain->ats_count) <= 0)
        return;
    spin_lock_irqsave(&domain->lock, flags);
    atc_add_attachments(&batch, domain, iova, last);
    if (batch.count && smmu_batch_sync(&batch) == -ETIMEDOUT)
        atc_find_lost(domain);
    spin_unlock_irqrestore(&domain->lock, flags);
}

void smmu_atc_invalidate_all(struct smmu_master *master, u32 ssid)
{
    struct smmu_batch batch = {.smmu = master->smmu};

    if (!master->ats_enabled)
        return;
    atc_add(&batch, master, ssid, 0, ULONG_MAX);
    if (smmu_batch_sync(&batch) == -ETIMEDOUT)
        atc_quarantine(master);
}

/* ---- domains ---- */

void smmu_domain_invalidate(struct smmu_domain *domain, unsigned long iova, size_t size, size_t granule, bool leaf)
{
    if (!size)
        return;
    if (smmu_bug(SMMU_BUG_ATC_BEFORE_TLB)) {
        atc_invalidate(domain, iova, iova + size - 1);
        for (unsigned int i = 0; i < 100; i++) /* a processor is not that fast */
            readl(domain->smmu->cmdq.cons_reg);
    }
    tlb_invalidate(domain, iova, size, granule, leaf);
    if (!smmu_bug(SMMU_BUG_ATC_BEFORE_TLB))
        atc_invalidate(domain, iova, iova + size - 1);
}

void smmu_domain_invalidate_all(struct smmu_domain *domain)
{
    struct smmu_cmd cmd = smmu_cmd_tlbi(opcode_all(domain), domain->vmid, domain->asid);

    smmu_issue(domain->smmu, &cmd, 1, true);
    atc_invalidate(domain, 0, ULONG_MAX);
}
