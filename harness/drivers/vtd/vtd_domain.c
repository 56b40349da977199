/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_domain.c - domains that map addresses: in a second stage (legacy and scalable mode), or in a first stage of the kernel's
 * own (scalable mode). What a domain can do is settled by the unit of the device that it is made for.
 */
#include "vtd.h"
#include "vtd_trace.h"

#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/log2.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#define FIRST_STAGE_LEVELS 4
#define FIRST_STAGE_WIDTH 47 /* 3.6: bits 63:47 are the same; of the two halves the lower */

void vtd_domain_init(struct vtd_domain *domain, enum vtd_domain_kind kind)
{
    domain->kind = kind;
    spin_lock_init(&domain->lock);
    INIT_LIST_HEAD(&domain->attachments);
    INIT_LIST_HEAD(&domain->children);
    xa_init(&domain->dids);
}

static unsigned int second_stage_width(const struct vtd_unit *unit, unsigned int levels)
{
    unsigned int largest = FIELD_GET(CAP_MGAW, unit->cap) + 1, width = 12 + 9 * levels;

    return width < largest ? width : largest;
}

static void set_sizes(struct vtd_domain *domain, const struct vtd_unit *unit)
{
    bool first = domain->table.stage == VTD_FIRST_STAGE;
    bool large = first || unit->cap & CAP_SSLPS_2M, huge = first ? unit->cap & CAP_FS1GP : unit->cap & CAP_SSLPS_1G;

    domain->domain.pgsize_bitmap = SZ_4K | (large ? SZ_2M : 0) | (huge ? SZ_1G : 0);
    domain->largest_level = huge ? 3 : large ? 2 : 1;
    domain->width = first ? FIRST_STAGE_WIDTH : second_stage_width(unit, domain->table.levels);
    domain->domain.geometry = (struct iommu_domain_geometry){
        .aperture_end = domain->width < 64 ? (1ull << domain->width) - 1 : U64_MAX, .force_aperture = true};
    domain->invalidate_maps = unit->cap & CAP_CM;
}

static struct vtd_domain *new_paging(struct vtd_unit *unit, bool first)
{
    struct vtd_domain *domain = kzalloc(sizeof(*domain), GFP_KERNEL);
    int result;

    if (!domain)
        return ERR_PTR(-ENOMEM);
    vtd_domain_init(domain, VTD_PAGING);
    result = vtd_pt_init(&domain->table, first ? VTD_FIRST_STAGE : VTD_SECOND_STAGE,
                         first ? FIRST_STAGE_LEVELS : unit->second_levels, GFP_KERNEL);
    if (result) {
        kfree(domain);
        return ERR_PTR(result);
    }
    domain->domain.ops = &vtd_paging_ops;
    domain->domain.owner = &vtd_ops;
    domain->domain.type = IOMMU_DOMAIN_UNMANAGED;
    set_sizes(domain, unit);
    return domain;
}

static bool second_stage(const struct vtd_unit *unit)
{
    return unit->second_levels && (!unit->scalable || vtd_has(unit, ECAP_SSTS));
}

static bool first_stage(const struct vtd_unit *unit)
{
    return unit->scalable && vtd_has(unit, ECAP_FSTS);
}

/* The kernel's own mappings go through the first stage where there is one, those of users through the second. */
struct iommu_domain *vtd_domain_alloc_paging(struct device *dev)
{
    struct vtd_device *device = dev_iommu_priv_get(dev);
    struct vtd_domain *domain = new_paging(device->unit, first_stage(device->unit));

    return IS_ERR(domain) ? ERR_CAST(domain) : &domain->domain;
}

bool vtd_nested_possible(const struct vtd_unit *unit)
{
    return unit->scalable && vtd_has(unit, ECAP_NEST | ECAP_FSTS | ECAP_SSTS) && unit->second_levels;
}

struct iommu_domain *vtd_domain_alloc_user(struct device *dev, u32 flags, struct iommu_domain *parent,
                                           const struct iommu_user_data *data)
{
    struct vtd_device *device = dev_iommu_priv_get(dev);
    struct vtd_unit *unit = device->unit;
    bool dirty = flags & IOMMU_HWPT_ALLOC_DIRTY_TRACKING, nest = flags & IOMMU_HWPT_ALLOC_NEST_PARENT;
    struct vtd_domain *domain;

    if (parent) {
        if (!vtd_nested_possible(unit) || flags)
            return ERR_PTR(-EOPNOTSUPP);
        if (parent->ops != &vtd_paging_ops || !to_vtd_domain(parent)->nest_parent)
            return ERR_PTR(-EINVAL);
        return vtd_nested_alloc(unit, to_vtd_domain(parent), data);
    }
    if (data || flags & ~(u32)(IOMMU_HWPT_ALLOC_DIRTY_TRACKING | IOMMU_HWPT_ALLOC_NEST_PARENT))
        return ERR_PTR(-EOPNOTSUPP);
    if ((nest && !vtd_nested_possible(unit)) || (dirty && !(second_stage(unit) && vtd_has(unit, ECAP_SMTS | ECAP_SSADS))))
        return ERR_PTR(-EOPNOTSUPP);
    domain = new_paging(unit, !second_stage(unit));
    if (IS_ERR(domain))
        return ERR_CAST(domain);
    domain->nest_parent = nest;
    if (dirty)
        domain->domain.dirty_ops = &vtd_dirty_ops;
    return &domain->domain;
}

static void free_paging(struct iommu_domain *iommu_domain)
{
    struct vtd_domain *domain = to_vtd_domain(iommu_domain);

    WARN_ON(!list_empty(&domain->attachments) || !list_empty(&domain->children) || !xa_empty(&domain->dids));
    vtd_pt_free(&domain->table);
    xa_destroy(&domain->dids);
    kfree(domain);
}

/* -EINVAL: the unit would walk the table otherwise, or could not keep what the domain promises. */
int vtd_paging_compatible(const struct vtd_domain *domain, const struct vtd_unit *unit)
{
    unsigned long widths = FIELD_GET(CAP_SAGAW, unit->cap);
    bool first = domain->table.stage == VTD_FIRST_STAGE;

    if (first ? !first_stage(unit) : !second_stage(unit))
        return -EINVAL;
    if (!first && (!(widths & BIT(domain->table.levels - 2)) || domain->width > second_stage_width(unit, domain->table.levels)))
        return -EINVAL;
    if (first ? domain->largest_level > 2 && !(unit->cap & CAP_FS1GP)
              : (domain->largest_level > 1 && !(unit->cap & CAP_SSLPS_2M)) ||
                    (domain->largest_level > 2 && !(unit->cap & CAP_SSLPS_1G)))
        return -EINVAL;
    if (domain->snoop && !vtd_has(unit, ECAP_SC) && !driver_bug(SNOOP_CLAIMED))
        return -EINVAL;
    if (domain->domain.dirty_ops && !vtd_has(unit, ECAP_SMTS | ECAP_SSADS))
        return -EINVAL;
    if (domain->nest_parent && !vtd_nested_possible(unit))
        return -EINVAL;
    if (!first && unit->cap & CAP_CM && !domain->invalidate_maps)
        return -EINVAL; /* what was mapped before was not invalidated for it */
    return 0;
}

/* ---- mapping ---- */

static unsigned int level_of(size_t page)
{
    return (ilog2(page) - 12) / 9 + 1;
}

static int map_page(struct vtd_domain *domain, u64 iova, u64 address, size_t page, unsigned int rights, gfp_t gfp)
{
    for (;;) {
        u64 *replaced;
        int result = vtd_pt_map(&domain->table, iova, address, level_of(page), rights, gfp, &replaced);

        if (result || !replaced)
            return result;
        vtd_cache_range(domain, iova, iova + page - 1, false);
        vtd_pt_drop(replaced, level_of(page) - 1);
    }
}

/* Reading goes with writing in a first stage, which knows no other way (3.6.1). */
static int map_pages(struct iommu_domain *iommu_domain, unsigned long iova, phys_addr_t address, size_t page, size_t count,
                     int prot, gfp_t gfp, size_t *mapped)
{
    struct vtd_domain *domain = to_vtd_domain(iommu_domain);
    bool read = prot & IOMMU_READ || domain->table.stage == VTD_FIRST_STAGE;
    unsigned int rights = (read ? VTD_PT_READ : 0) | (prot & IOMMU_WRITE ? VTD_PT_WRITE : 0) |
                          (domain->snoop && !driver_bug(SNOOP_CLAIMED) ? VTD_PT_SNOOP : 0);

    if (!(prot & (IOMMU_READ | IOMMU_WRITE)))
        return -EINVAL;
    if (iova > iommu_domain->geometry.aperture_end || page * count - 1 > iommu_domain->geometry.aperture_end - iova)
        return -EFAULT;
    domain->mapped = true;
    trace_vtd_map(vtd_pt_root(&domain->table), iova, address, page * count, prot);
    for (size_t i = 0; i < count; i++) {
        int result = map_page(domain, iova, address, page, rights, gfp);

        if (result)
            return result;
        iova += page;
        address += page;
        *mapped += page;
    }
    return 0;
}

static int sync_map(struct iommu_domain *domain, unsigned long iova, size_t size)
{
    vtd_cache_mapped(to_vtd_domain(domain), iova, iova + size - 1);
    return 0;
}

static void gather_leaf(struct iommu_domain *domain, struct iommu_iotlb_gather *gather, u64 first, size_t bytes)
{
    if (iommu_iotlb_gather_is_disjoint(gather, first, bytes))
        iommu_iotlb_sync(domain, gather);
    iommu_iotlb_gather_add_range(gather, first, bytes);
}

/* A large page goes as a whole, also when less of it was named; the sum may then be more than what was asked for. */
static size_t unmap_pages(struct iommu_domain *iommu_domain, unsigned long iova, size_t page, size_t count,
                          struct iommu_iotlb_gather *gather)
{
    struct vtd_domain *domain = to_vtd_domain(iommu_domain);
    size_t wanted = page * count, done = 0;

    while (done < wanted && iova + done <= iommu_domain->geometry.aperture_end) {
        unsigned int hole, level;
        size_t bytes;
        u64 old, at = iova + done;

        level = vtd_pt_unmap(&domain->table, at, &old, &hole);
        if (!level)
            break;
        bytes = (size_t)1 << vtd_pt_shift(level);
        gather_leaf(iommu_domain, gather, at & ~(u64)(bytes - 1), bytes);
        done += bytes - (at & (bytes - 1));
    }
    trace_vtd_unmap(vtd_pt_root(&domain->table), iova, done);
    return done;
}

/* 6.5.3.3: tables stay where they are, only leaves were cleared. */
static void sync_unmap(struct iommu_domain *domain, struct iommu_iotlb_gather *gather)
{
    if (gather->start <= gather->end)
        vtd_cache_range(to_vtd_domain(domain), gather->start, gather->end, true);
}

static void flush_all(struct iommu_domain *domain)
{
    vtd_cache_all(to_vtd_domain(domain));
}

static phys_addr_t iova_to_phys(struct iommu_domain *domain, dma_addr_t iova)
{
    u64 address;

    return vtd_pt_translate(&to_vtd_domain(domain)->table, iova, &address) ? address : 0;
}

/* ---- snooping ---- */

/*
 * First stage: PGSNP of every entry that leads to the table (9.6). Second stage: SNP in every leaf (9.8), so it must be decided
 * before the first mapping.
 */
static bool enforce_cache_coherency(struct iommu_domain *iommu_domain)
{
    struct vtd_domain *domain = to_vtd_domain(iommu_domain);
    bool first = domain->table.stage == VTD_FIRST_STAGE, possible;
    struct vtd_attachment *at;
    unsigned long flags;

    spin_lock_irqsave(&domain->lock, flags);
    possible = domain->snoop || first || !domain->mapped;
    list_for_each_entry(at, &domain->attachments, node) if (!vtd_has(at->device->unit, ECAP_SC) && !driver_bug(SNOOP_CLAIMED))
        possible = false;
    if (possible && !domain->snoop && first)
        list_for_each_entry(at, &domain->attachments, node) vtd_pasid_flag(at, 1, PASID1_PGSNP, true);
    domain->snoop = possible;
    spin_unlock_irqrestore(&domain->lock, flags);
    return possible;
}

const struct iommu_domain_ops vtd_paging_ops = {
    .attach_dev = vtd_attach_dev,
    .set_dev_pasid = vtd_attach_pasid,
    .map_pages = map_pages,
    .unmap_pages = unmap_pages,
    .flush_iotlb_all = flush_all,
    .iotlb_sync_map = sync_map,
    .iotlb_sync = sync_unmap,
    .iova_to_phys = iova_to_phys,
    .enforce_cache_coherency = enforce_cache_coherency,
    .free = free_paging,
};
