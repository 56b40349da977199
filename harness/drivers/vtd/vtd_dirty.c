/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_dirty.c - dirty tracking by the D bits of second-stage leaves (3.7.2). SSADE belongs to the table: every entry that leads
 * to it, nested ones too, says the same (6.2.3.1).
 */
#include "vtd.h"

static void set_all(struct vtd_domain *domain, bool on)
{
    struct vtd_attachment *at;

    list_for_each_entry(at, &domain->attachments, node) vtd_pasid_flag(at, 0, PASID0_SSADE, on);
}

static int set_tracking(struct iommu_domain *iommu_domain, bool on)
{
    struct vtd_domain *domain = to_vtd_domain(iommu_domain), *child;
    unsigned long flags;

    spin_lock_irqsave(&domain->lock, flags);
    if (domain->dirty != on) {
        domain->dirty = on;
        set_all(domain, on);
        list_for_each_entry(child, &domain->children, sibling)
        {
            spin_lock(&child->lock);
            set_all(child, on);
            spin_unlock(&child->lock);
        }
    }
    spin_unlock_irqrestore(&domain->lock, flags);
    return 0;
}

/*
 * What is cached as writable and dirty is written without D being set anew: the caller syncs what was gathered (6.2.4, the dirty
 * flag is an attribute of an IOTLB entry).
 */
static int read_dirty(struct iommu_domain *iommu_domain, unsigned long iova, size_t size, unsigned long flags,
                      struct iommu_dirty_bitmap *dirty)
{
    struct vtd_domain *domain = to_vtd_domain(iommu_domain);
    u64 last = iova + size - 1;

    if (!domain->dirty && dirty->bitmap)
        return -EINVAL; /* without tracking only clearing makes sense */
    for (u64 at = iova; at <= last;) {
        u64 *entry, bytes;
        unsigned int hole, level = vtd_pt_find(&domain->table, at, &entry, &hole);

        bytes = 1ull << vtd_pt_shift(level ? level : hole);
        if (level && vtd_pt_dirty(&domain->table, entry, !(flags & IOMMU_DIRTY_NO_CLEAR))) {
            u64 first = at & ~(bytes - 1);

            iommu_dirty_bitmap_record(dirty, first, bytes);
        }
        if (!(at = (at | (bytes - 1)) + 1))
            break;
    }
    return 0;
}

const struct iommu_dirty_ops vtd_dirty_ops = {.set_dirty_tracking = set_tracking, .read_and_clear_dirty = read_dirty};
