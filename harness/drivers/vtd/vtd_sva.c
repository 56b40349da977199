/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_sva.c - address spaces of processes: the page table of the processor is the first stage (3.6, 9.7). The memory management
 * says when it has changed an entry, and when the process ends.
 */
#include "vtd.h"

#include <linux/mm.h>
#include <linux/slab.h>

static void sva_invalidate(struct mmu_notifier *notifier, struct mm_struct *mm, unsigned long start, unsigned long end)
{
    struct vtd_domain *domain = container_of(notifier, struct vtd_domain, notifier);

    (void)mm;
    if (start == 0 && end == ULONG_MAX)
        vtd_cache_all(domain);
    else
        vtd_cache_range(domain, start, end - 1, false); /* end is the first byte behind */
}

/*
 * The table goes away while devices may still use it: their entries lose Present, with faults not recorded, until the domain is
 * detached. No draining here: page requests are answered, and drained, at detach.
 */
static void sva_release(struct mmu_notifier *notifier, struct mm_struct *mm)
{
    struct vtd_domain *domain = container_of(notifier, struct vtd_domain, notifier);
    struct vtd_attachment *at;
    unsigned long flags;

    (void)mm;
    spin_lock_irqsave(&domain->lock, flags);
    domain->released = true;
    list_for_each_entry(at, &domain->attachments, node) vtd_pasid_clear(at->device, at->pasid, at->did, true);
    spin_unlock_irqrestore(&domain->lock, flags);
}

static void sva_notifier_free(struct mmu_notifier *notifier)
{
    kfree(container_of(notifier, struct vtd_domain, notifier));
}

static const struct mmu_notifier_ops notifier_ops = {
    .release = sva_release,
    .arch_invalidate_secondary_tlbs = sva_invalidate,
    .free_notifier = sva_notifier_free,
};

static void sva_free(struct iommu_domain *iommu_domain)
{
    struct vtd_domain *domain = to_vtd_domain(iommu_domain);

    WARN_ON(!list_empty(&domain->attachments) || !xa_empty(&domain->dids));
    xa_destroy(&domain->dids);
    mmu_notifier_put(&domain->notifier); /* frees the domain when no callback runs any more */
}

static const struct iommu_domain_ops sva_ops = {.set_dev_pasid = vtd_attach_pasid, .free = sva_free};

/* SFS.9: the unit sets A and D in tables of the processor, so it must snoop (SMPWCS). */
bool vtd_sva_possible(const struct vtd_unit *unit)
{
    return unit->scalable && vtd_has(unit, ECAP_FSTS | ECAP_PASID | ECAP_SMPWCS) && mm_table_format() == MM_TABLE_X86;
}

struct iommu_domain *vtd_sva_alloc(struct device *dev, struct mm_struct *mm)
{
    struct vtd_device *device = dev_iommu_priv_get(dev);
    struct vtd_domain *domain;
    int result;

    if (!vtd_sva_possible(device->unit))
        return ERR_PTR(-EOPNOTSUPP);
    domain = kzalloc(sizeof(*domain), GFP_KERNEL);
    if (!domain)
        return ERR_PTR(-ENOMEM);
    vtd_domain_init(domain, VTD_PROCESS);
    domain->domain.ops = &sva_ops;
    domain->domain.owner = &vtd_ops;
    domain->domain.type = IOMMU_DOMAIN_SVA;
    domain->domain.mm = mm;
    domain->notifier.ops = &notifier_ops;
    result = mmu_notifier_register(&domain->notifier, mm);
    if (result) {
        kfree(domain);
        return ERR_PTR(result);
    }
    return &domain->domain;
}
