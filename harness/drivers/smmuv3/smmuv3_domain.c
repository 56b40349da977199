/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_domain.c - paging domains: of stage 1, or of stage 2 where user tables are to be nested on them.
 *
 * Document: Arm IHI 0070 3.4 (sizes), 3.13 (hardware updates), 3.17 (ASID and VMID). A domain belongs to one unit.
 */
#include "smmuv3.h"
#include "smmuv3_trace.h"

#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <uapi/linux/iommufd.h>

#define ADDRESS_BITS 48 /* with granules of 4 KiB and without IDR5.DS */

/* ---- the table's owner ---- */

static struct smmu_domain *of_table(struct smmu_pgtable *table)
{
    return container_of(table, struct smmu_domain, table);
}

static void flush_table(struct smmu_pgtable *table, unsigned long iova, size_t size)
{
    smmu_domain_invalidate(of_table(table), iova, size, 0, false);
}

static void unmapped(struct smmu_pgtable *table, struct iommu_iotlb_gather *gather, unsigned long iova, size_t size)
{
    struct smmu_domain *domain = of_table(table);

    if (!gather)
        smmu_domain_invalidate(domain, iova, size, size, true);
    else if (!iommu_iotlb_gather_queued(gather))
        iommu_iotlb_gather_add_page(&domain->domain, gather, iova, size);
}

static const struct smmu_pgtable_owner_ops table_owner = {flush_table, unmapped};

/* ---- operations ---- */

static int map_pages(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr, size_t pgsize, size_t pgcount, int prot,
                     gfp_t gfp, size_t *mapped)
{
    struct smmu_pgtable *table = &to_smmu_domain(domain)->table;

    trace_smmuv3_map(virt_to_phys(table->top), iova, paddr, pgsize * pgcount, prot);
    return smmu_pgtable_map(table, iova, paddr, pgsize, pgcount, prot, gfp, mapped);
}

static size_t unmap_pages(struct iommu_domain *domain, unsigned long iova, size_t pgsize, size_t pgcount,
                          struct iommu_iotlb_gather *gather)
{
    struct smmu_pgtable *table = &to_smmu_domain(domain)->table;

    trace_smmuv3_unmap(virt_to_phys(table->top), iova, pgsize * pgcount);
    return smmu_pgtable_unmap(table, iova, pgsize, pgcount, gather);
}

static phys_addr_t iova_to_phys(struct iommu_domain *domain, dma_addr_t iova)
{
    return smmu_pgtable_lookup(&to_smmu_domain(domain)->table, iova);
}

static void flush_iotlb_all(struct iommu_domain *domain)
{
    smmu_domain_invalidate_all(to_smmu_domain(domain));
}

static void iotlb_sync(struct iommu_domain *domain, struct iommu_iotlb_gather *gather)
{
    if (gather->start <= gather->end)
        smmu_domain_invalidate(to_smmu_domain(domain), gather->start, gather->end - gather->start + 1, gather->pgsize, true);
}

/*
 * What an SMMUv3 can enforce: that the memory type of every access is write-back, by its own tables at stage 1, or by S2FWB at
 * stage 2 where the tables of stage 1 are the user's (5.2, STE.S2FWB). It cannot make No Snoop of PCIe ineffective: that
 * applies after S2FWB (13.6.1.1), so it is taken from the function, as the note there says: Enable No Snoop is cleared while
 * the function is attached, and who hands its configuration space out must not let it be set. S2FWB is asked for in any case,
 * so that the promise of a parent holds for its children.
 */
bool smmu_enforce_cache_coherency(struct iommu_domain *domain)
{
    struct smmu_domain *smmu_domain = to_smmu_domain(domain);
    struct smmu_attachment *attachment;
    bool can = smmu_domain->smmu->features.stage2_fwb && !smmu_domain->table.non_coherent;
    unsigned long flags;

    spin_lock_irqsave(&smmu_domain->lock, flags);
    list_for_each_entry(attachment, &smmu_domain->attachments, of_domain) can &= smmu_master_can_enforce(attachment->master);
    list_for_each_entry(attachment, &smmu_domain->children, of_parent) can &= smmu_master_can_enforce(attachment->master);
    if (can) {
        smmu_domain->enforce_coherency = true;
        smmu_domain->table.coherent = true;
        list_for_each_entry(attachment, &smmu_domain->attachments, of_domain) smmu_attachment_enforce(attachment, true);
        list_for_each_entry(attachment, &smmu_domain->children, of_parent) smmu_attachment_enforce(attachment, true);
    }
    spin_unlock_irqrestore(&smmu_domain->lock, flags);
    return can;
}

static const struct iommu_domain_ops paging_ops = {
    .attach_dev = smmu_attach_dev,
    .set_dev_pasid = smmu_set_dev_pasid,
    .map_pages = map_pages,
    .unmap_pages = unmap_pages,
    .flush_iotlb_all = flush_iotlb_all,
    .iotlb_sync = iotlb_sync,
    .iova_to_phys = iova_to_phys,
    .enforce_cache_coherency = smmu_enforce_cache_coherency,
    .free = smmu_domain_free,
};

/* ---- dirty pages (3.13.3) ---- */

/* Hardware marks from the first mapping on: a page is clean until it is written. */
static int set_dirty_tracking(struct iommu_domain *domain, bool enabled)
{
    (void)domain, (void)enabled;
    return 0;
}

/*
 * What is clean again in the table must be so in the TLBs and ATCs too, before a write through them goes unmarked: the caller
 * synchronises dirty->gather.
 */
static int read_and_clear_dirty(struct iommu_domain *domain, unsigned long iova, size_t size, unsigned long flags,
                                struct iommu_dirty_bitmap *dirty)
{
    struct smmu_domain *smmu_domain = to_smmu_domain(domain);

    if (!smmu_domain->table.dirty || !size || (iova + size - 1) >> smmu_domain->table.input_bits)
        return -EINVAL;
    smmu_pgtable_read_dirty(&smmu_domain->table, iova, size, flags, dirty);
    return 0;
}

static const struct iommu_dirty_ops dirty_ops = {set_dirty_tracking, read_and_clear_dirty};

/* ---- life ---- */

struct smmu_domain *smmu_domain_new(struct smmu_device *smmu, enum smmu_domain_kind kind)
{
    struct smmu_domain *domain = kzalloc(sizeof(*domain), GFP_KERNEL);

    if (!domain)
        return NULL;
    domain->smmu = smmu;
    domain->kind = kind;
    domain->domain.owner = &smmu_ops;
    spin_lock_init(&domain->lock);
    INIT_LIST_HEAD(&domain->attachments);
    INIT_LIST_HEAD(&domain->children);
    return domain;
}

/* 3.17: 0 is the ASID of nobody, and the VMID of all that has no stage 2. */
static int domain_tag(struct smmu_domain *domain)
{
    struct smmu_device *smmu = domain->smmu;
    bool stage2 = domain->kind == SMMU_S2;
    u8 bits = stage2 ? smmu->features.vmid_bits : smmu->features.asid_bits;
    int tag = ida_alloc_range(stage2 ? &smmu->vmids : &smmu->asids, 1, (1u << bits) - 1, GFP_KERNEL);

    if (tag < 0)
        return tag;
    *(stage2 ? &domain->vmid : &domain->asid) = (u16)tag;
    return 0;
}

static void domain_untag(struct smmu_domain *domain)
{
    if (domain->vmid)
        ida_free(&domain->smmu->vmids, domain->vmid);
    if (domain->asid)
        ida_free(&domain->smmu->asids, domain->asid);
}

int smmu_domain_init_table(struct smmu_domain *domain, bool dirty)
{
    const struct smmu_features *features = &domain->smmu->features;
    struct smmu_pgtable *table = &domain->table;
    int result = domain_tag(domain);

    if (result || domain->kind == SMMU_SVA)
        return result;
    table->owner = &table_owner;
    table->stage = domain->kind == SMMU_S2 ? 2 : 1;
    table->output_bits = min_t(u8, features->oas_bits, ADDRESS_BITS);
    table->input_bits = table->stage == 2 ? table->output_bits : ADDRESS_BITS; /* 3.4: an IPA is no wider than a PA */
    table->dirty = dirty;
    table->force_write_back = table->stage == 2 && features->stage2_fwb;
    table->cut_top = smmu_bug(SMMU_BUG_CONCATENATED_TOP);
    domain->domain.pgsize_bitmap = SMMU_PGSIZES;
    domain->domain.geometry = (struct iommu_domain_geometry){0, (1ULL << table->input_bits) - 1, true};
    if (dirty)
        domain->domain.dirty_ops = &dirty_ops;
    return smmu_pgtable_init(table, GFP_KERNEL);
}

/* Nothing refers to the domain; its tag may be another's soon, so what the TLBs have under it goes first. */
void smmu_domain_free(struct iommu_domain *iommu_domain)
{
    struct smmu_domain *domain = to_smmu_domain(iommu_domain);

    if (domain->table.top || (domain->kind == SMMU_SVA && domain->asid))
        smmu_domain_invalidate_all(domain);
    smmu_pgtable_free(&domain->table);
    domain_untag(domain);
    kfree(domain);
}

void smmu_stage2_of_domain(const struct smmu_domain *domain, struct smmu_stage2_ref *stage2)
{
    *stage2 = (struct smmu_stage2_ref){.table = virt_to_phys(domain->table.top),
                                       .vmid = domain->vmid,
                                       .input_bits = domain->table.input_bits,
                                       .start_level = domain->table.start_level,
                                       .output_size = min_t(u8, domain->smmu->features.oas_code, 5),
                                       .access_flag = domain->table.dirty,
                                       .dirty = domain->table.dirty,
                                       .force_write_back = domain->table.force_write_back,
                                       .stall = domain->smmu->features.stall_forced};
}

static struct iommu_domain *domain_alloc(struct smmu_device *smmu, enum smmu_domain_kind kind, bool dirty)
{
    struct smmu_domain *domain = smmu_domain_new(smmu, kind);
    int result;

    if (!domain)
        return ERR_PTR(-ENOMEM);
    domain->domain.type = IOMMU_DOMAIN_UNMANAGED;
    domain->domain.ops = &paging_ops;
    result = smmu_domain_init_table(domain, dirty);
    if (result) {
        smmu_domain_free(&domain->domain);
        return ERR_PTR(result);
    }
    return &domain->domain;
}

static struct iommu_domain *domain_alloc_paging(struct device *dev)
{
    struct smmu_master *master = dev ? dev_iommu_priv_get(dev) : NULL;

    if (!master)
        return ERR_PTR(-ENODEV);
    return domain_alloc(master->smmu, master->smmu->features.stage1 ? SMMU_S1 : SMMU_S2, false);
}

static struct iommu_domain *domain_alloc_user(struct device *dev, u32 flags, struct iommu_domain *parent,
                                              const struct iommu_user_data *data)
{
    struct smmu_device *smmu = ((struct smmu_master *)dev_iommu_priv_get(dev))->smmu;
    bool nest = flags & IOMMU_HWPT_ALLOC_NEST_PARENT, dirty = flags & IOMMU_HWPT_ALLOC_DIRTY_TRACKING;

    if (flags & ~(u32)(IOMMU_HWPT_ALLOC_NEST_PARENT | IOMMU_HWPT_ALLOC_DIRTY_TRACKING))
        return ERR_PTR(-EOPNOTSUPP);
    if (parent)
        return flags ? ERR_PTR(-EOPNOTSUPP) : smmu_domain_alloc_nested(smmu, parent, data);
    if (data)
        return ERR_PTR(-EOPNOTSUPP);
    if (nest && !(smmu->features.stage1 && smmu->features.stage2))
        return ERR_PTR(-EOPNOTSUPP);
    if (dirty && smmu->features.httu < IDR0_HTTU_DIRTY)
        return ERR_PTR(-EOPNOTSUPP);
    return domain_alloc(smmu, nest || !smmu->features.stage1 ? SMMU_S2 : SMMU_S1, dirty);
}

static void *hw_info(struct device *dev, u32 *length, u32 *type)
{
    struct smmu_features *features = &((struct smmu_master *)dev_iommu_priv_get(dev))->smmu->features;
    struct iommu_hw_info_arm_smmuv3 *info = kzalloc(sizeof(*info), GFP_KERNEL);

    if (!info)
        return ERR_PTR(-ENOMEM);
    for (unsigned int i = 0; i < ARRAY_SIZE(info->idr); i++)
        info->idr[i] = features->idr[i];
    info->iidr = features->iidr;
    info->aidr = features->aidr;
    *length = sizeof(*info);
    *type = IOMMU_HW_INFO_TYPE_ARM_SMMUV3;
    return info;
}

const struct iommu_ops smmu_ops = {
    .capable = smmu_capable,
    .hw_info = hw_info,
    .domain_alloc_user = domain_alloc_user,
    .domain_alloc_paging = domain_alloc_paging,
    .domain_alloc_sva = smmu_domain_alloc_sva,
    .probe_device = smmu_probe_device,
    .release_device = smmu_release_device,
    .device_group = smmu_device_group,
    .get_resv_regions = smmu_get_resv_regions,
    .dev_enable_feat = smmu_enable_feat,
    .dev_disable_feat = smmu_disable_feat,
    .page_response = smmu_page_response,
    .remove_dev_pasid = smmu_remove_dev_pasid,
    .default_domain_ops = &paging_ops,
    .pgsize_bitmap = SMMU_PGSIZES,
    .owner = THIS_MODULE,
    .identity_domain = &smmu_identity_domain,
    .blocked_domain = &smmu_blocked_domain,
    .release_domain = &smmu_blocked_domain,
    .user_pasid_table = 1,
};
