/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* fake_iommu.c - see fake_iommu.h: the iommu core and one driver. */
#include "fake_internal.h"

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/fault-inject.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <uapi/linux/iommufd.h>

struct fake fakes[FAKE_DEVICES];
static struct iommu_group groups[FAKE_DEVICES];
static atomic_t domains;

int fake_domains(void)
{
    return atomic_read(&domains);
}

/* ---- domains ---- */

static const struct iommu_domain_ops paging_ops, nested_ops;
static struct fake_domain blocking = {.domain = {.type = IOMMU_DOMAIN_BLOCKED}};
static struct fake_domain identity = {.domain = {.type = IOMMU_DOMAIN_IDENTITY}};

static struct iommu_domain *domain_new(unsigned int type, const struct iommu_domain_ops *ops, bool narrow)
{
    struct fake_domain *domain = kzalloc(sizeof(*domain), GFP_KERNEL);

    if (!domain)
        return ERR_PTR(-ENOMEM);
    domain->domain.type = type;
    domain->domain.ops = ops;
    domain->domain.pgsize_bitmap = PAGE_SIZE | 1UL << 21;
    domain->domain.geometry.aperture_end = narrow ? (1ULL << 39) - 1 : (1ULL << 48) - 1;
    domain->narrow = narrow;
    xa_init(&domain->pages);
    atomic_inc(&domains);
    return &domain->domain;
}

static void domain_free(struct iommu_domain *domain)
{
    xa_destroy(&to_fake(domain)->pages);
    kfree(domain);
    atomic_dec(&domains);
}

static bool enforce(struct iommu_domain *domain)
{
    to_fake(domain)->snoop = !to_fake(domain)->narrow;
    return to_fake(domain)->snoop;
}

static int invalidate_user(struct iommu_domain *domain, struct iommu_user_data_array *array)
{
    struct iommu_hwpt_vtd_s1_invalidate entry;
    int error = iommu_copy_struct_from_user_array(&entry, array, IOMMU_HWPT_INVALIDATE_DATA_VTD_S1, 0, __reserved);

    if (!error && to_fake(domain)->device)
        to_fake(domain)->device->invalidations += 1, to_fake(domain)->device->invalidated_pages = entry.npages;
    return error;
}

static const struct iommu_domain_ops paging_ops = {.free = domain_free, .enforce_cache_coherency = enforce};
static const struct iommu_domain_ops nested_ops = {.free = domain_free, .cache_invalidate_user = invalidate_user};

static struct iommu_domain *alloc_user(struct device *dev, u32 flags, struct iommu_domain *parent,
                                       const struct iommu_user_data *data)
{
    struct iommu_hwpt_vtd_s1 table;
    struct iommu_domain *domain;
    int error;

    if (flags & IOMMU_HWPT_ALLOC_DIRTY_TRACKING || !to_device(dev)->wide)
        return ERR_PTR(-EOPNOTSUPP);
    if (!parent)
        return domain_new(IOMMU_DOMAIN_UNMANAGED, &paging_ops, false);
    error = iommu_copy_struct_from_user(&table, data, IOMMU_HWPT_DATA_VTD_S1, __reserved);
    if (error)
        return ERR_PTR(error);
    domain = domain_new(IOMMU_DOMAIN_NESTED, &nested_ops, false);
    if (IS_ERR(domain))
        return domain;
    to_fake(domain)->parent = to_fake(parent);
    to_fake(domain)->table = table.pgtbl_addr;
    to_fake(domain)->device = to_device(dev);
    return domain;
}

static void *hw_info(struct device *dev, u32 *length, u32 *type)
{
    struct iommu_hw_info_vtd *info = kzalloc(sizeof(*info), GFP_KERNEL);

    if (!info)
        return ERR_PTR(-ENOMEM);
    if (to_device(dev)->wide)
        info->ecap_reg = 1ULL << 26 | 1ULL << 43 | 1ULL << 47;
    *length = sizeof(*info);
    *type = IOMMU_HW_INFO_TYPE_INTEL_VTD;
    return info;
}

static void respond(struct device *dev, struct iopf_fault *fault, struct iommu_page_response *response)
{
}

static const struct iommu_ops ops = {.domain_alloc_user = alloc_user, .hw_info = hw_info, .page_response = respond};
static struct iommu_device unit = {.ops = &ops};

/* ---- the iommu core, as 6.12's ---- */

bool device_iommu_capable(struct device *dev, enum iommu_cap cap)
{
    return cap == IOMMU_CAP_ENFORCE_CACHE_COHERENCY && !to_device(dev)->narrow;
}

struct iommu_domain *iommu_paging_domain_alloc(struct device *dev)
{
    return domain_new(IOMMU_DOMAIN_UNMANAGED, &paging_ops, to_device(dev)->narrow);
}

void iommu_domain_free(struct iommu_domain *domain)
{
    domain->ops->free(domain);
}

void iommu_set_fault_handler(struct iommu_domain *domain, iommu_fault_handler_t handler, void *token)
{
    domain->handler = handler;
    domain->handler_token = token;
}

int iommu_map(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr, size_t size, int prot, gfp_t gfp)
{
    for (size_t at = 0; at < size; at += PAGE_SIZE) {
        void *entry = xa_mk_value((paddr + at) | prot);
        int error = xa_insert(&to_fake(domain)->pages, (iova + at) >> PAGE_SHIFT, entry, GFP_KERNEL);

        if (error) {
            iommu_unmap(domain, iova, at);
            return error == -EBUSY ? -EADDRINUSE : error;
        }
    }
    return 0;
}

size_t iommu_unmap(struct iommu_domain *domain, unsigned long iova, size_t size)
{
    for (size_t at = 0; at < size; at += PAGE_SIZE)
        WARN_ON(!xa_erase(&to_fake(domain)->pages, (iova + at) >> PAGE_SHIFT));
    return size;
}

struct iommu_group *iommu_group_get(struct device *dev)
{
    dev->iommu_group->references++;
    return dev->iommu_group;
}

struct iommu_group *iommu_group_ref_get(struct iommu_group *group)
{
    group->references++;
    return group;
}

void iommu_group_put(struct iommu_group *group)
{
    if (group)
        WARN_ON(group->references-- == 0);
}

int iommu_group_for_each_dev(struct iommu_group *group, void *data, int (*fn)(struct device *, void *))
{
    int result = 0;

    for (int i = 0; i < FAKE_DEVICES && !result; i++)
        if (fakes[i].dev.iommu_group == group)
            result = fn(&fakes[i].dev, data);
    return result;
}

int iommu_get_group_resv_regions(struct iommu_group *group, struct list_head *list)
{
    struct iommu_resv_region *region = kzalloc(sizeof(*region), GFP_KERNEL);

    if (!region)
        return -ENOMEM;
    region->start = FAKE_RESERVED_FIRST;
    region->length = FAKE_RESERVED_LAST - FAKE_RESERVED_FIRST + 1;
    region->type = group == fakes[FAKE_RMRR].dev.iommu_group ? IOMMU_RESV_DIRECT : IOMMU_RESV_MSI;
    list_add(&region->list, list);
    return 0;
}

int iommu_device_claim_dma_owner(struct device *dev, void *owner)
{
    struct iommu_group *group = dev->iommu_group;

    if (group->owner_count && group->owner != owner)
        return -EPERM;
    if (!group->owner_count && should_fail_here())
        return -ENOMEM;
    if (!group->owner_count)
        group->domain = &blocking.domain;
    group->owner = owner;
    group->owner_count++;
    return 0;
}

void iommu_device_release_dma_owner(struct device *dev)
{
    struct iommu_group *group = dev->iommu_group;

    WARN_ON(!group->owner_count);
    if (--group->owner_count)
        return;
    WARN_ON(group->domain != &blocking.domain || !xa_empty(&group->handles));
    group->domain = &identity.domain;
}

int iommu_attach_group_handle(struct iommu_domain *domain, struct iommu_group *group, struct iommu_attach_handle *handle)
{
    int error;

    WARN_ON(!group->owner_count);
    if (group->domain != &blocking.domain)
        return -EBUSY;
    handle->domain = domain;
    error = xa_insert(&group->handles, 0, handle, GFP_KERNEL);
    if (!error)
        group->domain = domain;
    return error;
}

void iommu_detach_group_handle(struct iommu_domain *domain, struct iommu_group *group)
{
    WARN_ON(group->domain != domain);
    xa_erase(&group->handles, 0);
    group->domain = &blocking.domain;
}

int iommu_replace_group_handle(struct iommu_group *group, struct iommu_domain *domain, struct iommu_attach_handle *handle)
{
    void *old;

    if (should_fail_here())
        return -ENOMEM;
    handle->domain = domain;
    old = xa_store(&group->handles, 0, handle, GFP_KERNEL);
    if (xa_is_err(old))
        return xa_err(old);
    WARN_ON(!old);
    group->domain = domain;
    return 0;
}

int iommu_attach_device_pasid(struct iommu_domain *domain, struct device *dev, ioasid_t pasid, struct iommu_attach_handle *handle)
{
    if (pasid >= dev->iommu->max_pasids || !pasid)
        return -EINVAL;
    handle->domain = domain;
    return xa_insert(&dev->iommu_group->handles, pasid, handle, GFP_KERNEL);
}

void iommu_detach_device_pasid(struct iommu_domain *domain, struct device *dev, ioasid_t pasid)
{
    struct iommu_attach_handle *handle = xa_erase(&dev->iommu_group->handles, pasid);

    WARN_ON(!handle || handle->domain != domain);
}

int iommu_dev_enable_feature(struct device *dev, enum iommu_dev_features feat)
{
    if (!to_device(dev)->wide)
        return -ENODEV;
    if (to_device(dev)->requests)
        return -EBUSY;
    to_device(dev)->requests = true;
    return 0;
}

int iommu_dev_disable_feature(struct device *dev, enum iommu_dev_features feat)
{
    WARN_ON(!to_device(dev)->requests);
    to_device(dev)->requests = false;
    return 0;
}

/* ---- the machine ---- */

static void group_of(enum fake_device device, enum fake_device group)
{
    fakes[device].dev.iommu_group = &groups[group];
}

void fake_start(void)
{
    for (int i = 0; i < FAKE_DEVICES; i++) {
        memset(&fakes[i], 0, sizeof(fakes[i]));
        memset(&groups[i], 0, sizeof(groups[i]));
        xa_init(&groups[i].handles);
        groups[i].domain = &identity.domain;
        fakes[i].wide = i == FAKE_WIDE || i == FAKE_WIDE2;
        fakes[i].narrow = i == FAKE_NARROW;
        fakes[i].iommu.iommu_dev = &unit;
        fakes[i].iommu.max_pasids = fakes[i].wide ? 1u << 20 : 0;
        fakes[i].dev.iommu = &fakes[i].iommu;
        group_of(i, i == FAKE_TWIN_B ? FAKE_TWIN_A : i);
    }
    atomic_set(&domains, 0);
}

void fake_stop(void *unused)
{
    for (int i = 0; i < FAKE_DEVICES; i++) {
        WARN_ON(groups[i].references);
        xa_destroy(&groups[i].handles);
    }
}

int fake_is_free(enum fake_device device)
{
    struct iommu_group *group = fakes[device].dev.iommu_group;

    return !group->owner_count && group->domain == &identity.domain && !group->references;
}

int fake_is_blocked(enum fake_device device)
{
    return fakes[device].dev.iommu_group->domain == &blocking.domain;
}

unsigned long fake_invalidated_pages(enum fake_device device)
{
    return fakes[device].invalidated_pages;
}

int fake_snoops(enum fake_device device)
{
    return to_fake(fakes[device].dev.iommu_group->domain)->snoop;
}

int fake_invalidations(enum fake_device device)
{
    return fakes[device].invalidations;
}
