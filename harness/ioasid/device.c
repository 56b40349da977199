/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * device.c - binding, and the security context that it makes: the DMA of a whole group belongs to user space, blocked, from the
 * first bind of a member to the last unbind, which is what claiming the group's DMA from the iommu core means.
 */
#include "core.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/slab.h>

DEFINE_MUTEX(ioasid_groups_lock);
static LIST_HEAD(groups);

/* ---- groups ---- */

static int count_device(struct device *dev, void *count)
{
    /* Bridges make no requests of their own. */
    if (!dev_is_pci(dev) || to_pci_dev(dev)->hdr_type == PCI_HEADER_TYPE_NORMAL)
        ++*(unsigned int *)count;
    return 0;
}

static unsigned int group_devices(struct iommu_group *group)
{
    unsigned int count = 0;

    iommu_group_for_each_dev(group, &count, count_device);
    return count;
}

static unsigned int count_regions(const struct list_head *regions)
{
    const struct list_head *region;
    unsigned int count = 0;

    list_for_each(region, regions) count++;
    return count;
}

/* R-IOASID-024; R-IOASID-062: what must be mapped one to one at all times cannot be in block-DMA. */
static int take_regions(struct ioasid_group *group, const struct list_head *regions)
{
    const struct iommu_resv_region *region;

    group->reserved = kcalloc(count_regions(regions) + 1, sizeof(*group->reserved), GFP_KERNEL);
    if (!group->reserved)
        return -ENOMEM;
    list_for_each_entry(region, regions, list)
    {
        if (region->type == IOMMU_RESV_DIRECT && !ioasid_bug(RMRR_BOUND))
            return -EPERM;
        if (region->type == IOMMU_RESV_DIRECT_RELAXABLE || !region->length)
            continue;
        group->reserved[group->reserved_count++] =
            (struct ioasid_span){region->start & PAGE_MASK, (region->start + region->length - 1) | ~PAGE_MASK};
    }
    group->reserved_count = ioasid_spans_normalize(group->reserved, group->reserved_count);
    return 0;
}

static int read_regions(struct ioasid_group *group)
{
    struct iommu_resv_region *region, *next;
    LIST_HEAD(regions);
    int error = iommu_get_group_resv_regions(group->group, &regions);

    if (!error)
        error = take_regions(group, &regions);
    list_for_each_entry_safe(region, next, &regions, list) kfree(region); /* a copy of ours */
    return error;
}

static void group_free(struct ioasid_group *group)
{
    xa_destroy(&group->places);
    xa_destroy(&group->iopf);
    mutex_destroy(&group->lock);
    iommu_group_put(group->group);
    kfree(group->reserved);
    kfree(group);
}

static struct ioasid_group *group_new(struct iommu_group *iommu_group)
{
    struct ioasid_group *group = kzalloc(sizeof(*group), GFP_KERNEL);
    int error;

    if (!group)
        return ERR_PTR(-ENOMEM);
    group->group = iommu_group_ref_get(iommu_group);
    INIT_LIST_HEAD(&group->members);
    mutex_init(&group->lock);
    xa_init(&group->places);
    xa_init(&group->iopf);
    group->device_count = group_devices(iommu_group);
    error = read_regions(group);
    if (error) {
        group_free(group);
        return ERR_PTR(error);
    }
    list_add_tail(&group->node, &groups);
    return group;
}

struct ioasid_group *ioasid_group_get(struct device *dev)
{
    struct iommu_group *iommu_group = iommu_group_get(dev);
    struct ioasid_group *group;

    lockdep_assert_held(&ioasid_groups_lock);
    if (!iommu_group)
        return ERR_PTR(-ENODEV);
    list_for_each_entry(group, &groups, node) if (group->group == iommu_group) goto out;
    group = group_new(iommu_group);
out:
    iommu_group_put(iommu_group);
    return group;
}

void ioasid_group_release(struct ioasid_group *group)
{
    lockdep_assert_held(&ioasid_groups_lock);
    if (!list_empty(&group->members))
        return;
    list_del(&group->node);
    group_free(group);
}

/* ---- may it be bound? ---- */

/* Against the others of its group: R-IOASID-038, -032, -034, -033, -051. */
static int check_members(const struct ioasid_group *group, const struct ioasid_ctx *ctx, const struct ioasid_bind_info *info)
{
    const struct ioasid_dev *other;

    if (info->kind != IOASID_DEV_PHYSICAL)
        return 0; /* parts of one device are told apart by PASID, and may serve different users */
    list_for_each_entry(other, &group->members, group_node)
    {
        if (other->kind != IOASID_DEV_PHYSICAL)
            return -EPERM;
        if (other->dev == info->dev && (other->ctx == ctx || !ctx->rules->several_contexts))
            return -EBUSY;
        if (other->dev != info->dev && other->ctx != ctx)
            return -EPERM;
    }
    return 0;
}

static bool stage_allows(const struct ioasid_rules *rules, unsigned int devices, bool enforces)
{
    return (!rules->singleton_groups_only || devices == 1) && (!rules->enforced_devices_only || enforces);
}

bool ioasid_offers(struct device *dev)
{
    const struct ioasid_rules *rules = ioasid_v2_rules();
    struct iommu_group *group = iommu_group_get(dev);
    bool offers =
        group && stage_allows(rules, group_devices(group), device_iommu_capable(dev, IOMMU_CAP_ENFORCE_CACHE_COHERENCY));

    iommu_group_put(group);
    return offers;
}
EXPORT_SYMBOL_GPL(ioasid_offers);

struct ioasid_dev *ioasid_dev_find(struct ioasid_ctx *ctx, u64 cookie)
{
    struct ioasid_dev *idev;

    lockdep_assert_held(&ctx->lock);
    list_for_each_entry(idev, &ctx->devices, node) if (idev->cookie == cookie) return idev;
    return NULL;
}

/* ---- bind ---- */

static struct ioasid_dev *dev_new(struct ioasid_ctx *ctx, const struct ioasid_bind_info *info)
{
    struct ioasid_dev *idev = kzalloc(sizeof(*idev), GFP_KERNEL);

    if (!idev)
        return NULL;
    idev->ctx = ctx;
    idev->kind = info->kind;
    idev->dev = info->dev;
    idev->cookie = info->cookie;
    idev->default_pasid = info->default_pasid;
    INIT_LIST_HEAD(&idev->attaches);
    INIT_LIST_HEAD(&idev->group_node);
    return idev;
}

/* Its driver does as it is told by the mappings, through the processor's caches. */
static void software_caps(struct ioasid_caps *caps)
{
    *caps = (struct ioasid_caps){
        .pgsize_bitmap = PAGE_SIZE, .addr_width = 64, .enforce_snoop = true, .max_pasids = IOASID_VPASID_MAX + 1};
}

/* The caller's hold of the group counts until the device is a member. */
static int bind_hardware(struct ioasid_dev *idev, const struct ioasid_bind_info *info)
{
    struct ioasid_ctx *ctx = idev->ctx;
    int error;

    idev->group = ioasid_group_get(info->dev);
    if (IS_ERR(idev->group)) {
        error = PTR_ERR(idev->group);
        idev->group = NULL;
        return error;
    }
    error = check_members(idev->group, ctx, info);
    if (!error)
        error = ioasid_caps_probe(info->dev, &idev->caps);
    if (!error && info->kind == IOASID_DEV_PHYSICAL &&
        !stage_allows(ctx->rules, idev->group->device_count, idev->caps.enforce_snoop))
        error = -EINVAL;
    /* R-IOASID-048, -049: viability, and block-DMA for all of the group. */
    if (!error && info->kind == IOASID_DEV_PHYSICAL)
        error = iommu_device_claim_dma_owner(info->dev, idev->group);
    if (!error)
        list_add_tail(&idev->group_node, &idev->group->members);
    else
        ioasid_group_release(idev->group);
    return error;
}

static int bind_locked(struct ioasid_dev *idev, const struct ioasid_bind_info *info)
{
    struct ioasid_ctx *ctx = idev->ctx;
    struct ioasid_faults *faults = &ctx->faults;
    unsigned long flags;
    int error = 0;

    if (!ctx->rules->equal_cookies && ioasid_dev_find(ctx, info->cookie))
        return -EBUSY; /* R-IOASID-035; equal ones: R-IOASID-036 */
    if (info->kind == IOASID_DEV_SOFTWARE)
        software_caps(&idev->caps);
    else
        error = bind_hardware(idev, info);
    if (error)
        return error;
    spin_lock_irqsave(&faults->lock, flags);
    list_add_tail(&idev->node, &ctx->devices);
    spin_unlock_irqrestore(&faults->lock, flags);
    return 0;
}

struct ioasid_dev *ioasid_bind(struct ioasid_ctx *ctx, const struct ioasid_bind_info *info)
{
    struct ioasid_dev *idev = dev_new(ctx, info);
    int error;

    if (!idev)
        return ERR_PTR(-ENOMEM);
    mutex_lock(&ioasid_groups_lock);
    mutex_lock(&ctx->lock);
    error = bind_locked(idev, info);
    mutex_unlock(&ctx->lock);
    mutex_unlock(&ioasid_groups_lock);
    if (error) {
        kfree(idev);
        return ERR_PTR(error);
    }
    ioasid_ctx_get(ctx); /* R-IOASID-045 */
    return idev;
}
EXPORT_SYMBOL_GPL(ioasid_bind);

static void unbind_hardware(struct ioasid_dev *idev)
{
    list_del(&idev->group_node);
    if (idev->kind == IOASID_DEV_PHYSICAL)
        iommu_device_release_dma_owner(idev->dev); /* R-IOASID-053: the last one gives the group back; -054 */
    ioasid_group_release(idev->group);
}

void ioasid_unbind(struct ioasid_dev *idev)
{
    struct ioasid_ctx *ctx = idev->ctx;
    struct ioasid_faults *faults = &ctx->faults;
    unsigned long flags;

    mutex_lock(&ioasid_groups_lock);
    mutex_lock(&ctx->lock);
    ioasid_detach_all(idev);
    spin_lock_irqsave(&faults->lock, flags);
    list_del(&idev->node);
    spin_unlock_irqrestore(&faults->lock, flags);
    if (idev->group)
        unbind_hardware(idev);
    mutex_unlock(&ctx->lock);
    mutex_unlock(&ioasid_groups_lock);
    kfree(idev);
    ioasid_ctx_put(ctx);
}
EXPORT_SYMBOL_GPL(ioasid_unbind);

bool ioasid_dev_delegated(const struct ioasid_dev *idev)
{
    return idev->kind == IOASID_DEV_PHYSICAL && idev->caps.delegated;
}
EXPORT_SYMBOL_GPL(ioasid_dev_delegated);

u32 ioasid_dev_max_pasids(const struct ioasid_dev *idev)
{
    return idev->caps.max_pasids;
}
EXPORT_SYMBOL_GPL(ioasid_dev_max_pasids);
