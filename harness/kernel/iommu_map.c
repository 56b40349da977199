/* SPDX-License-Identifier: BSD-2-Clause */
/* iommu_map.c - mappings of paging domains, in the largest pages that fit. */
#include "iommu_internal.h"

#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/minmax.h>

static bool pages(const struct iommu_domain *domain)
{
    return (domain->type & __IOMMU_DOMAIN_PAGING) && domain->pgsize_bitmap && domain->ops->map_pages;
}

/*
 * The largest page size that both addresses are aligned to and that is not longer than size; and how many of them until a larger
 * one would fit both addresses, if that can happen at all.
 */
static size_t best_page(const struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr, size_t size, size_t *count)
{
    unsigned long merged = iova | paddr, sizes = domain->pgsize_bitmap & GENMASK(__fls(size), 0);
    unsigned long larger;
    size_t page, next, offset;

    if (merged)
        sizes &= GENMASK(__ffs(merged), 0);
    BUG_ON(!sizes); /* the caller has aligned everything to the smallest */
    page = BIT(__fls(sizes));
    larger = domain->pgsize_bitmap & ~GENMASK(__fls(sizes), 0);
    if (larger) {
        next = BIT(__ffs(larger));
        offset = next - (merged & (next - 1));
        if (!((iova ^ paddr) & (next - 1))) {
            offset = next - (iova & (next - 1));
            if (offset + next <= size)
                size = offset;
        }
    }
    *count = size / page;
    return page;
}

static int map(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr, size_t size, int prot, gfp_t gfp, size_t *done)
{
    int result = 0;

    while (size && !result) {
        size_t count, mapped = 0, page = best_page(domain, iova, paddr, size, &count);

        result = domain->ops->map_pages(domain, iova, paddr, page, count, prot, gfp, &mapped);
        iova += mapped;
        paddr += mapped;
        size -= mapped;
        *done += mapped; /* of a failure too */
    }
    return result;
}

int iommu_map(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr, size_t size, int prot, gfp_t gfp)
{
    unsigned long smallest;
    size_t done = 0;
    int result;

    if (WARN_ON(!pages(domain)))
        return -EINVAL;
    smallest = 1UL << __ffs(domain->pgsize_bitmap);
    if (!size || ((iova | paddr | size) & (smallest - 1)) || iova + (size - 1) < iova)
        return -EINVAL;
    result = map(domain, iova, paddr, size, prot, gfp, &done);
    if (!result && domain->ops->iotlb_sync_map)
        result = domain->ops->iotlb_sync_map(domain, iova, size);
    if (result && done)
        iommu_unmap(domain, iova, done);
    return result;
}
EXPORT_SYMBOL_GPL(iommu_map);

static size_t unmap(struct iommu_domain *domain, unsigned long iova, size_t size, struct iommu_iotlb_gather *gather)
{
    unsigned long smallest;
    size_t done = 0;

    if (WARN_ON(!pages(domain)))
        return 0;
    smallest = 1UL << __ffs(domain->pgsize_bitmap);
    if ((iova | size) & (smallest - 1))
        return 0;
    while (done < size) {
        size_t count, page = best_page(domain, iova, iova, size - done, &count);
        size_t unmapped = domain->ops->unmap_pages(domain, iova, page, count, gather);

        if (!unmapped)
            break;
        iova += unmapped;
        done += unmapped; /* more than was asked for, when a larger page lay there */
    }
    return done;
}

size_t iommu_unmap(struct iommu_domain *domain, unsigned long iova, size_t size)
{
    struct iommu_iotlb_gather gather;
    size_t done;

    iommu_iotlb_gather_init(&gather);
    done = unmap(domain, iova, size, &gather);
    iommu_iotlb_sync(domain, &gather);
    return done;
}
EXPORT_SYMBOL_GPL(iommu_unmap);

size_t iommu_unmap_fast(struct iommu_domain *domain, unsigned long iova, size_t size, struct iommu_iotlb_gather *gather)
{
    return unmap(domain, iova, size, gather);
}
EXPORT_SYMBOL_GPL(iommu_unmap_fast);

phys_addr_t iommu_iova_to_phys(struct iommu_domain *domain, dma_addr_t iova)
{
    if (domain->type == IOMMU_DOMAIN_IDENTITY)
        return iova;
    return domain->type == IOMMU_DOMAIN_BLOCKED ? 0 : domain->ops->iova_to_phys(domain, iova);
}
EXPORT_SYMBOL_GPL(iommu_iova_to_phys);
