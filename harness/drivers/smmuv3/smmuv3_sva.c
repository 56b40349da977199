/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_sva.c - address spaces of processes: the SMMU walks the table of the process itself, whose format is its own.
 *
 * Document: Arm IHI 0070 3.17 (ASIDs), 3.21.1. The ASID is the driver's, so the CPU's broadcasts do not reach it (ASET): the
 * notifier invalidates. Pages come by page faults, which the iommu core handles.
 */
#include "smmuv3.h"

#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/slab.h>

/* Under the lock of the page table. Tables may be freed together with pages: not the leaves alone. */
static void invalidate_secondary_tlbs(struct mmu_notifier *notifier, struct mm_struct *mm, unsigned long start, unsigned long end)
{
    struct smmu_domain *domain = container_of(notifier, struct smmu_domain, notifier);
    bool wrong_size = smmu_bug(SMMU_BUG_SVA_PAGE_SIZE);
    size_t size = end - start; /* end is exclusive; 2^48 and beyond become one invalidation of the ASID */

    (void)mm;
    if (smmu_bug(SMMU_BUG_MM_RANGE_END))
        size -= PAGE_SIZE;
    smmu_domain_invalidate(domain, start, size, wrong_size ? SZ_2M : 0, wrong_size);
}

/* The table is about to be freed: no walk of it begins, and none goes on, when this returns. */
static void release(struct mmu_notifier *notifier, struct mm_struct *mm)
{
    struct smmu_domain *domain = container_of(notifier, struct smmu_domain, notifier);
    struct smmu_attachment *attachment;
    u64 cd[SMMU_ENTRY_WORDS];
    unsigned long flags;

    (void)mm;
    spin_lock_irqsave(&domain->lock, flags);
    domain->dying = true;
    list_for_each_entry(attachment, &domain->attachments, of_domain)
    {
        if (attachment->closed)
            continue;
        smmu_cd_of_domain(domain, attachment->master, cd);
        smmu_cds_write(attachment->master, attachment->ssid, cd);
    }
    spin_unlock_irqrestore(&domain->lock, flags);
    smmu_domain_invalidate_all(domain);
}

static const struct mmu_notifier_ops notifier_ops = {
    .release = release,
    .arch_invalidate_secondary_tlbs = invalidate_secondary_tlbs,
};

static void sva_free(struct iommu_domain *iommu_domain)
{
    struct smmu_domain *domain = to_smmu_domain(iommu_domain);

    mmu_notifier_unregister(&domain->notifier, domain->mm);
    smmu_domain_free(iommu_domain);
}

const struct iommu_domain_ops smmu_sva_ops = {
    .set_dev_pasid = smmu_set_dev_pasid,
    .free = sva_free,
};

struct iommu_domain *smmu_domain_alloc_sva(struct device *dev, struct mm_struct *mm)
{
    struct smmu_master *master = dev_iommu_priv_get(dev);
    struct smmu_domain *domain;
    int result;

    /* The table is written by the CPU through its caches, in the format of stage 1. */
    if (!master->smmu->features.stage1 || !master->smmu->features.coherent || mm_table_format() != MM_TABLE_ARM)
        return ERR_PTR(-EOPNOTSUPP);
    domain = smmu_domain_new(master->smmu, SMMU_SVA);
    if (!domain)
        return ERR_PTR(-ENOMEM);
    domain->domain.type = IOMMU_DOMAIN_SVA;
    domain->domain.ops = &smmu_sva_ops;
    domain->mm = mm;
    result = smmu_domain_init_table(domain, false);
    if (!result) {
        domain->notifier.ops = &notifier_ops;
        result = mmu_notifier_register(&domain->notifier, mm);
    }
    if (result) {
        smmu_domain_free(&domain->domain);
        return ERR_PTR(result);
    }
    return &domain->domain;
}
