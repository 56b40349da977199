/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iommu_dma.c - DMA of the kernel's own drivers over the default domain; reserved regions; a place for the doorbell of message
 * interrupts where the IOMMU translates those.
 */
#include "hardware.h"
#include "iommu_internal.h"

#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/slab.h>

/* Where I/O virtual addresses of a domain of the DMA API come from, or (msi only) of the one page for the doorbell. */
struct iommu_dma_cookie {
    struct mutex lock;
    struct list_head ranges; /* taken, in order */
    bool msi_only;
    dma_addr_t msi_iova; /* 0: the doorbell is not mapped */
    dma_addr_t msi_base; /* with msi_only: where it may be mapped */
};

struct range {
    struct list_head node;
    u64 first, last;
};

/* ---- cookies ---- */

static int new_cookie(struct iommu_domain *domain)
{
    struct iommu_dma_cookie *cookie = kzalloc(sizeof(*cookie), GFP_KERNEL);

    if (!cookie)
        return -ENOMEM;
    mutex_init(&cookie->lock);
    INIT_LIST_HEAD(&cookie->ranges);
    domain->iova_cookie = cookie;
    return 0;
}

int iommu_get_dma_cookie(struct iommu_domain *domain)
{
    return domain->iova_cookie ? -EEXIST : new_cookie(domain);
}

int iommu_get_msi_cookie(struct iommu_domain *domain, dma_addr_t base)
{
    int result;

    if (domain->type != IOMMU_DOMAIN_UNMANAGED)
        return -EINVAL;
    if (domain->iova_cookie)
        return -EEXIST;
    result = new_cookie(domain);
    if (!result) {
        domain->iova_cookie->msi_only = true;
        domain->iova_cookie->msi_base = base;
    }
    return result;
}
EXPORT_SYMBOL_GPL(iommu_get_msi_cookie);

void iommu_put_dma_cookie(struct iommu_domain *domain)
{
    struct iommu_dma_cookie *cookie = domain->iova_cookie;
    struct range *range, *next;

    if (!cookie)
        return;
    list_for_each_entry_safe(range, next, &cookie->ranges, node)
    {
        list_del(&range->node);
        kfree(range);
    }
    mutex_destroy(&cookie->lock);
    kfree(cookie);
    domain->iova_cookie = NULL;
}

/* ---- ranges ---- */

static u64 last_iova(const struct iommu_domain *domain, struct device *dev)
{
    u64 last = dev->dma_mask ? *dev->dma_mask : ~0ull;

    return domain->geometry.force_aperture ? min_t(u64, last, domain->geometry.aperture_end) : last;
}

/* The lowest free range above page 0 that is long enough; with cookie->lock held. 0: none. */
static u64 take_range(struct iommu_dma_cookie *cookie, u64 bytes, u64 last)
{
    struct range *range, *made = kzalloc(sizeof(*made), GFP_KERNEL);
    struct list_head *before = &cookie->ranges;
    u64 first = PAGE_SIZE;

    if (!made)
        return 0;
    list_for_each_entry(range, &cookie->ranges, node)
    {
        if (range->first - first >= bytes && range->first > first) {
            before = &range->node;
            break;
        }
        first = range->last + 1;
    }
    if (first + bytes - 1 > last) {
        kfree(made);
        return 0;
    }
    made->first = first;
    made->last = first + bytes - 1;
    list_add_tail(&made->node, before);
    return first;
}

static int reserve_range(struct iommu_dma_cookie *cookie, u64 first, u64 last)
{
    struct range *range, *made = kzalloc(sizeof(*made), GFP_KERNEL);

    if (!made)
        return -ENOMEM;
    made->first = first;
    made->last = last;
    list_for_each_entry(range, &cookie->ranges, node) if (range->first > first) break;
    list_add_tail(&made->node, &range->node);
    return 0;
}

static void give_range(struct iommu_dma_cookie *cookie, u64 first)
{
    struct range *range;

    list_for_each_entry(range, &cookie->ranges, node) if (range->first == first)
    {
        list_del(&range->node);
        kfree(range);
        return;
    }
    WARN_ON(1);
}

/* ---- the DMA API ---- */

static struct iommu_domain *translating(struct device *dev)
{
    struct iommu_domain *domain = dev->iommu_group ? dev->iommu_group->default_domain : NULL;

    return domain && iommu_is_dma_domain(domain) ? domain : NULL;
}

static dma_addr_t map_phys(struct device *dev, phys_addr_t paddr, size_t size, int prot)
{
    struct iommu_domain *domain = translating(dev);
    size_t offset = paddr & (PAGE_SIZE - 1), bytes = PAGE_ALIGN(size + offset);
    u64 iova;

    if (fault_inject_should_fail("dma_map"))
        return DMA_MAPPING_ERROR;
    if (!domain)
        return paddr;
    mutex_lock(&domain->iova_cookie->lock);
    iova = take_range(domain->iova_cookie, bytes, last_iova(domain, dev));
    if (iova && iommu_map(domain, iova, paddr - offset, bytes, prot, GFP_KERNEL)) {
        give_range(domain->iova_cookie, iova);
        iova = 0;
    }
    mutex_unlock(&domain->iova_cookie->lock);
    return iova ? iova + offset : DMA_MAPPING_ERROR;
}

static void unmap_iova(struct device *dev, dma_addr_t addr, size_t size)
{
    struct iommu_domain *domain = translating(dev);
    size_t offset = addr & (PAGE_SIZE - 1), bytes = PAGE_ALIGN(size + offset);

    if (!domain)
        return;
    WARN_ON(iommu_unmap(domain, addr - offset, bytes) != bytes);
    mutex_lock(&domain->iova_cookie->lock);
    give_range(domain->iova_cookie, addr - offset);
    mutex_unlock(&domain->iova_cookie->lock);
}

dma_addr_t dma_map_single(struct device *dev, void *ptr, size_t size, enum dma_data_direction dir)
{
    int prot = IOMMU_CACHE | (dir != DMA_FROM_DEVICE ? IOMMU_READ : 0) | (dir != DMA_TO_DEVICE ? IOMMU_WRITE : 0);

    return map_phys(dev, virt_to_phys(ptr), size, prot);
}
EXPORT_SYMBOL_GPL(dma_map_single);

void dma_unmap_single(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir)
{
    unmap_iova(dev, addr, size);
}
EXPORT_SYMBOL_GPL(dma_unmap_single);

void *dma_alloc_coherent(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp)
{
    void *memory = alloc_pages_exact(PAGE_ALIGN(size), gfp | __GFP_ZERO);

    if (!memory)
        return NULL;
    *dma_handle = map_phys(dev, virt_to_phys(memory), size, IOMMU_READ | IOMMU_WRITE | IOMMU_CACHE);
    if (*dma_handle == DMA_MAPPING_ERROR) {
        free_pages_exact(memory, PAGE_ALIGN(size));
        return NULL;
    }
    return memory;
}
EXPORT_SYMBOL_GPL(dma_alloc_coherent);

void dma_free_coherent(struct device *dev, size_t size, void *cpu_addr, dma_addr_t dma_handle)
{
    if (!cpu_addr)
        return;
    unmap_iova(dev, dma_handle, size);
    free_pages_exact(cpu_addr, PAGE_ALIGN(size));
}
EXPORT_SYMBOL_GPL(dma_free_coherent);

struct managed {
    struct device *dev;
    size_t size;
    void *cpu_addr;
    dma_addr_t dma_handle;
};

static void free_managed(void *data)
{
    struct managed *managed = data;

    dma_free_coherent(managed->dev, managed->size, managed->cpu_addr, managed->dma_handle);
    kfree(managed);
}

void *dmam_alloc_coherent(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp)
{
    struct managed *managed = kzalloc(sizeof(*managed), GFP_KERNEL);
    void *memory = managed ? dma_alloc_coherent(dev, size, dma_handle, gfp) : NULL;

    if (!memory) {
        kfree(managed);
        return NULL;
    }
    *managed = (struct managed){dev, size, memory, *dma_handle};
    return devm_add_action_or_reset(dev, free_managed, managed) ? NULL : memory;
}
EXPORT_SYMBOL_GPL(dmam_alloc_coherent);

/* ---- reserved regions ---- */

struct iommu_resv_region *iommu_alloc_resv_region(phys_addr_t start, size_t length, int prot, enum iommu_resv_type type,
                                                  gfp_t gfp)
{
    struct iommu_resv_region *region = kzalloc(sizeof(*region), gfp);

    if (!region)
        return NULL;
    INIT_LIST_HEAD(&region->list);
    region->start = start;
    region->length = length;
    region->prot = prot;
    region->type = type;
    return region;
}
EXPORT_SYMBOL_GPL(iommu_alloc_resv_region);

void iommu_get_resv_regions(struct device *dev, struct list_head *list)
{
    if (dev_has_iommu(dev) && dev_iommu_ops(dev)->get_resv_regions)
        dev_iommu_ops(dev)->get_resv_regions(dev, list);
}
EXPORT_SYMBOL_GPL(iommu_get_resv_regions);

void iommu_put_resv_regions(struct device *dev, struct list_head *list)
{
    struct iommu_resv_region *region, *next;

    list_for_each_entry_safe(region, next, list, list) if (region->free) region->free(dev, region);
    else kfree(region);
}
EXPORT_SYMBOL_GPL(iommu_put_resv_regions);

/* A region of the same type that is already there, whole. */
static bool covered(const struct list_head *list, const struct iommu_resv_region *region)
{
    const struct iommu_resv_region *other;

    list_for_each_entry(other, list, list) if (other->type == region->type && other->start <= region->start &&
                                               other->start + other->length >= region->start + region->length) return true;
    return false;
}

static int copy_regions(struct list_head *head, const struct list_head *regions)
{
    const struct iommu_resv_region *region;

    list_for_each_entry(region, regions, list)
    {
        struct iommu_resv_region *copy;

        if (covered(head, region))
            continue;
        copy = iommu_alloc_resv_region(region->start, region->length, region->prot, region->type, GFP_KERNEL);
        if (!copy)
            return -ENOMEM;
        list_add_tail(&copy->list, head);
    }
    return 0;
}

int iommu_get_group_resv_regions(struct iommu_group *group, struct list_head *head)
{
    struct group_device *device;
    int result = 0;

    mutex_lock(&group->mutex);
    for_each_group_device(group, device)
    {
        LIST_HEAD(regions);

        iommu_get_resv_regions(device->dev, &regions);
        result = copy_regions(head, &regions);
        iommu_put_resv_regions(device->dev, &regions);
        if (result)
            break;
    }
    mutex_unlock(&group->mutex);
    return result;
}
EXPORT_SYMBOL_GPL(iommu_get_group_resv_regions);

void iommu_dma_get_resv_regions(struct device *dev, struct list_head *list)
{
    const struct hardware_reserved *reserved;

    for (unsigned int i = 0; dev_is_pci(dev) && (reserved = hardware->ops->reserved(hardware->context, i)); i++) {
        struct iommu_resv_region *region;

        if (reserved->requester_id != pci_dev_id(to_pci_dev(dev)) || reserved->segment != pci_domain_nr(to_pci_dev(dev)->bus))
            continue;
        region = iommu_alloc_resv_region(reserved->base, reserved->bytes, IOMMU_READ | IOMMU_WRITE | IOMMU_CACHE,
                                         IOMMU_RESV_DIRECT, GFP_KERNEL);
        if (region)
            list_add_tail(&region->list, list);
    }
}
EXPORT_SYMBOL_GPL(iommu_dma_get_resv_regions);

/* What firmware wants mapped is mapped in a domain of the DMA API; nothing else is mapped there over a reserved region. */
static int map_region(struct iommu_domain *domain, const struct iommu_resv_region *region)
{
    struct iommu_dma_cookie *cookie = domain->iova_cookie;
    int result;

    if (!iommu_is_dma_domain(domain))
        return 0;
    mutex_lock(&cookie->lock);
    result = reserve_range(cookie, region->start, region->start + region->length - 1);
    mutex_unlock(&cookie->lock);
    if (result || (region->type != IOMMU_RESV_DIRECT && region->type != IOMMU_RESV_DIRECT_RELAXABLE))
        return result;
    if (iommu_iova_to_phys(domain, region->start) == region->start)
        return 0; /* of another device of the group */
    return iommu_map(domain, region->start, region->start, region->length, region->prot, GFP_KERNEL);
}

int iommu_map_direct_regions(struct iommu_domain *domain, struct device *dev)
{
    struct iommu_resv_region *region;
    LIST_HEAD(regions);
    int result = 0;

    iommu_get_resv_regions(dev, &regions);
    list_for_each_entry(region, &regions, list)
    {
        if (region->type == IOMMU_RESV_DIRECT)
            dev->iommu->require_direct = 1;
        if (!result)
            result = map_region(domain, region);
    }
    iommu_put_resv_regions(dev, &regions);
    return result;
}

/* ---- the doorbell ---- */

static struct iommu_dma_cookie *doorbell_cookie(struct device *dev, struct iommu_domain **domain)
{
    bool translated;

    hardware->ops->doorbell(hardware->context, &translated);
    *domain = iommu_get_domain_for_dev(dev);
    return translated && *domain ? (*domain)->iova_cookie : NULL;
}

int iommu_dma_prepare_msi_for(struct device *dev, const struct msi_msg *msg)
{
    struct iommu_domain *domain;
    struct iommu_dma_cookie *cookie = doorbell_cookie(dev, &domain);
    phys_addr_t page = ((u64)msg->address_hi << 32 | msg->address_lo) & PAGE_MASK;
    int result = 0;
    u64 iova;

    if (!cookie)
        return 0;
    mutex_lock(&cookie->lock);
    if (!cookie->msi_iova) {
        iova = cookie->msi_only ? cookie->msi_base : take_range(cookie, PAGE_SIZE, last_iova(domain, dev));
        result = iova ? iommu_map(domain, iova, page, PAGE_SIZE, IOMMU_WRITE | IOMMU_NOEXEC | IOMMU_MMIO, GFP_KERNEL) : -ENOMEM;
        if (!result)
            cookie->msi_iova = iova;
    }
    mutex_unlock(&cookie->lock);
    return result;
}

void iommu_dma_compose_msi(struct device *dev, struct msi_msg *msg)
{
    struct iommu_domain *domain;
    struct iommu_dma_cookie *cookie = doorbell_cookie(dev, &domain);
    u64 address;

    if (!cookie || !cookie->msi_iova)
        return;
    address = cookie->msi_iova | (msg->address_lo & (PAGE_SIZE - 1));
    msg->address_lo = (u32)address;
    msg->address_hi = (u32)(address >> 32);
}
