/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_nested.c - first-stage tables of a user over the second stage of a parent (3.8). The user tells what it has changed; what
 * the parent changes reaches the domain through the parent's list of children (vtd_cache.c).
 */
#include "vtd.h"

#include <linux/bitfield.h>
#include <linux/slab.h>

#define NESTED_FLAGS (IOMMU_VTD_S1_SRE | IOMMU_VTD_S1_EAFE | IOMMU_VTD_S1_WPE)

int vtd_nested_compatible(const struct vtd_domain *domain, const struct vtd_unit *unit)
{
    const struct iommu_hwpt_vtd_s1 *user = &domain->user;

    if (!vtd_nested_possible(unit))
        return -EINVAL;
    /* What the unit does not support would be reserved: the host must not write it for the user (6.2.3.1). */
    if ((user->flags & IOMMU_VTD_S1_SRE && !vtd_has(unit, ECAP_SRS)) ||
        (user->flags & IOMMU_VTD_S1_EAFE && !vtd_has(unit, ECAP_EAFS)) || (user->addr_width == 57 && !(unit->cap & CAP_FS5LP)))
        return -EINVAL;
    return vtd_paging_compatible(domain->parent, unit);
}

static int check_user(const struct iommu_hwpt_vtd_s1 *user, const struct vtd_domain *parent)
{
    if (user->flags & ~(u64)NESTED_FLAGS || user->__reserved)
        return -EOPNOTSUPP;
    if (user->addr_width != 48 && user->addr_width != 57)
        return -EINVAL;
    /* SPT.4.4: the pointer is an address of the second stage. */
    if (user->pgtbl_addr & (VTD_PAGE_BYTES - 1) || user->pgtbl_addr >> parent->width)
        return -EINVAL;
    return 0;
}

static void nested_free(struct iommu_domain *iommu_domain)
{
    struct vtd_domain *domain = to_vtd_domain(iommu_domain);
    unsigned long flags;

    WARN_ON(!list_empty(&domain->attachments) || !xa_empty(&domain->dids));
    spin_lock_irqsave(&domain->parent->lock, flags);
    list_del(&domain->sibling);
    spin_unlock_irqrestore(&domain->parent->lock, flags);
    xa_destroy(&domain->dids);
    kfree(domain);
}

/* 0 with first and last, or what is wrong with the request. */
static int invalidation_range(const struct iommu_hwpt_vtd_s1_invalidate *request, u64 *first, u64 *last)
{
    if (request->flags & ~(u32)IOMMU_VTD_INV_FLAGS_LEAF || request->__reserved)
        return -EOPNOTSUPP;
    if (request->addr & (VTD_PAGE_BYTES - 1) || (request->npages == U64_MAX && request->addr))
        return -EINVAL;
    *first = request->addr;
    if (request->npages == U64_MAX) {
        *last = U64_MAX;
        return 0;
    }
    if (!request->npages || request->npages - 1 > (U64_MAX - request->addr) >> 12)
        return -EINVAL;
    *last = request->addr + ((request->npages - 1) << 12) + VTD_PAGE_BYTES - 1;
    return 0;
}

static int cache_invalidate_user(struct iommu_domain *domain, struct iommu_user_data_array *array)
{
    u32 done = 0;
    int result = array->type == IOMMU_HWPT_INVALIDATE_DATA_VTD_S1 ? 0 : -EINVAL;

    for (; !result && done < array->entry_num; done++) {
        struct iommu_hwpt_vtd_s1_invalidate request;
        u64 first, last;

        result = iommu_copy_struct_from_user_array(&request, array, IOMMU_HWPT_INVALIDATE_DATA_VTD_S1, done, __reserved);
        if (!result)
            result = invalidation_range(&request, &first, &last);
        if (result)
            break;
        vtd_cache_range(to_vtd_domain(domain), first, last, request.flags & IOMMU_VTD_INV_FLAGS_LEAF);
    }
    array->entry_num = done;
    return result;
}

static const struct iommu_domain_ops nested_ops = {
    .attach_dev = vtd_attach_dev,
    .set_dev_pasid = vtd_attach_pasid,
    .cache_invalidate_user = cache_invalidate_user,
    .free = nested_free,
};

struct iommu_domain *vtd_nested_alloc(struct vtd_unit *unit, struct vtd_domain *parent, const struct iommu_user_data *data)
{
    static const struct lock_class_key child_key;
    struct iommu_hwpt_vtd_s1 user;
    struct vtd_domain *domain;
    unsigned long flags;
    int result;

    if (!data || data->type != IOMMU_HWPT_DATA_VTD_S1)
        return ERR_PTR(-EOPNOTSUPP);
    result = iommu_copy_struct_from_user(&user, data, IOMMU_HWPT_DATA_VTD_S1, __reserved);
    if (!result)
        result = check_user(&user, parent);
    if (result)
        return ERR_PTR(result);
    domain = kzalloc(sizeof(*domain), GFP_KERNEL);
    if (!domain)
        return ERR_PTR(-ENOMEM);
    vtd_domain_init(domain, VTD_NESTED);
    lockdep_set_class(&domain->lock, &child_key); /* taken inside the parent's */
    domain->domain.type = IOMMU_DOMAIN_NESTED;
    domain->domain.ops = &nested_ops;
    domain->domain.owner = &vtd_ops;
    domain->parent = parent;
    domain->user = user;
    result = vtd_nested_compatible(domain, unit);
    if (result) {
        kfree(domain);
        return ERR_PTR(result);
    }
    spin_lock_irqsave(&parent->lock, flags);
    list_add_tail(&domain->sibling, &parent->children);
    spin_unlock_irqrestore(&parent->lock, flags);
    return &domain->domain;
}
