/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * invalidate.c - INVALIDATE: which places are meant, and one invalidation at each. All is checked before the first is done
 * (R-IOASID-152). vPASIDs of page tables choose among the places of the space, each of which has its own domain; those of a PASID
 * table go into the command.
 */
#include "invalidate.h"
#include "core.h"
#include "place.h"

#include <linux/mm.h>
#include <linux/uaccess.h>

#include <uapi/linux/iommufd.h>

#define INVALIDATE_DATA_SMMUV3 1 /* 6.13's number */

/* ---- at one place ---- */

static int drive(struct ioasid_install *install, struct iommu_user_data_array *array, const void *data)
{
    unsigned long scratch;
    int error;

    if (ioasid_bug(INVALIDATE_NOTHING))
        return 0;
    if (!install->domain->ops->cache_invalidate_user)
        return -EOPNOTSUPP;
    error = ioasid_scratch_put(data, array->entry_len * array->entry_num, &scratch);
    if (error)
        return error;
    array->uptr = (void __user *)scratch;
    error = install->domain->ops->cache_invalidate_user(install->domain, array);
    ioasid_scratch_drop(scratch);
    return error && error != -ENOMEM && error != -EFAULT ? -EIO : error;
}

static int invalidate_at(struct ioasid_install *install, const struct ioasid_operation *operation)
{
    struct ioasid_smmu_command commands[IOASID_SMMU_COMMANDS];
    struct iommu_user_data_array array = {.type = INVALIDATE_DATA_SMMUV3, .entry_len = sizeof(commands[0])};
    struct ioasid_vtd_entry entry;

    if (install->space->kind == IOASID_KIND_PASIDS) {
        array.entry_num = ioasid_smmu_invalidation(operation, commands);
        return drive(install, &array, commands);
    }
    array = (struct iommu_user_data_array){.type = IOMMU_HWPT_INVALIDATE_DATA_VTD_S1, .entry_len = sizeof(entry), .entry_num = 1};
    ioasid_vtd_invalidation(operation, &entry);
    return drive(install, &array, &entry);
}

/* ---- which places ---- */

struct scope {
    bool by_cookie, by_vpasid;
    u64 cookie;
    u32 vpasid;
};

static bool in_scope(const struct scope *scope, const struct ioasid_attach *attach)
{
    return (!scope->by_cookie || attach->idev->cookie == scope->cookie) &&
           (!scope->by_vpasid || attach->vpasid == scope->vpasid || attach->space->kind == IOASID_KIND_PASIDS);
}

/* v1: the table is found by the hardware through the device's PASID table: there it is invalidated, for its vPASID. */
static struct ioasid_install *tracking_install(const struct ioasid_attach *attach)
{
    const struct ioasid_attach *other;

    list_for_each_entry(other, &attach->idev->attaches,
                        in_dev) if (other->space->kind == IOASID_KIND_PASIDS && other->place) return other->place->install;
    return NULL;
}

static int invalidate_attach(const struct ioasid_attach *attach, struct ioasid_operation operation)
{
    struct ioasid_install *install;

    if (attach->place) {
        install = attach->place->install;
        return install && install->space == attach->space ? invalidate_at(install, &operation) : 0;
    }
    install = tracking_install(attach);
    operation.has_vpasid = true;
    operation.vpasid = attach->vpasid;
    operation.all_pasids = false;
    operation.has_archid = attach->space->format.format == IOASID_FORMAT_ARM_S1;
    operation.archid = attach->space->format.arm_s1.asid & 0xffff;
    return install ? invalidate_at(install, &operation) : 0;
}

static unsigned int count_scope(const struct ioasid_space *space, const struct scope *scope)
{
    const struct ioasid_attach *attach;
    unsigned int count = 0;

    list_for_each_entry(attach, &space->attaches, in_space) count += in_scope(scope, attach);
    return count;
}

/* Members of a group share a place: it is done for each of them, which is more often than needed. */
static int invalidate_space(struct ioasid_space *space, const struct scope *scope, const struct ioasid_operation *operation)
{
    struct ioasid_attach *attach;

    list_for_each_entry(attach, &space->attaches, in_space)
    {
        int error = in_scope(scope, attach) ? invalidate_attach(attach, *operation) : 0;

        if (error || ioasid_bug(INVALIDATE_FIRST_DEVICE))
            return error;
    }
    return 0;
}

/* R-IOASID-150: one request for all that the device uses. */
static int invalidate_device(struct ioasid_ctx *ctx, const struct scope *scope, const struct ioasid_operation *operation)
{
    struct ioasid_space *space;
    unsigned long id;

    if (!ioasid_dev_find(ctx, scope->cookie))
        return -EINVAL;
    xa_for_each(&ctx->spaces, id, space)
    {
        int error = ioasid_space_user(space) ? invalidate_space(space, scope, operation) : 0;

        if (error)
            return error;
    }
    return 0;
}

/* ---- v2 ---- */

static int parse(const struct iommu_invalidate_entry *entry, struct scope *scope, struct ioasid_operation *operation)
{
    struct ioasid_span span = {};

    if (entry->flags & ~0xfu || !entry->cache || entry->cache & ~7u)
        return -EINVAL;
    if (entry->granularity < IOMMU_INVALIDATE_DEVICE || entry->granularity > IOMMU_INVALIDATE_RANGE)
        return -EINVAL;
    if (entry->granularity == IOMMU_INVALIDATE_DEVICE && !(entry->flags & IOMMU_INVALIDATE_COOKIE))
        return -EINVAL;
    if (entry->granularity == IOMMU_INVALIDATE_RANGE &&
        ((entry->iova | entry->size) & ~PAGE_MASK || !ioasid_span_make(entry->iova, entry->size, &span)))
        return -EINVAL;
    if (entry->flags & IOMMU_INVALIDATE_VPASID && entry->vpasid > IOASID_VPASID_MAX)
        return -EINVAL;
    *scope = (struct scope){
        .by_cookie = entry->flags & IOMMU_INVALIDATE_COOKIE,
        .by_vpasid = entry->flags & IOMMU_INVALIDATE_VPASID,
        .cookie = entry->dev_cookie,
        .vpasid = entry->vpasid,
    };
    *operation = (struct ioasid_operation){
        .cache = entry->cache,
        .whole = entry->granularity != IOMMU_INVALIDATE_RANGE,
        .all_pasids = entry->granularity == IOMMU_INVALIDATE_DEVICE,
        .has_vpasid = scope->by_vpasid,
        .has_archid = entry->flags & IOMMU_INVALIDATE_ARCHID,
        .leaf = entry->flags & IOMMU_INVALIDATE_LEAF,
        .first = span.start,
        .last = span.last - (ioasid_bug(RANGE_ONE_LESS) && span.last - span.start >= PAGE_SIZE ? PAGE_SIZE : 0),
        .vpasid = scope->by_vpasid ? entry->vpasid : 0,
        .archid = entry->archid & 0xffff,
    };
    return 0;
}

static int check_space(const struct ioasid_space *space, const struct scope *scope, const struct ioasid_operation *operation)
{
    if (!space)
        return -EINVAL;
    if (!ioasid_space_user(space))
        return ioasid_bug(INVALIDATE_ROOT) ? 0 : -EOPNOTSUPP; /* R-IOASID-146 */
    if (space->kind == IOASID_KIND_PGTABLE && operation->cache & IOMMU_CACHE_PASID)
        return -EINVAL;
    if (space->kind == IOASID_KIND_PASIDS && scope->by_vpasid && scope->vpasid >> space->format.arm_pasid_table.s1cdmax)
        return -EINVAL;
    if ((scope->by_cookie || scope->by_vpasid) && !count_scope(space, scope))
        return -EINVAL;
    return 0;
}

int ioasid_invalidate(struct ioasid_ctx *ctx, const struct iommu_invalidate_entry *entry)
{
    struct ioasid_operation operation;
    struct ioasid_space *space;
    struct scope scope;
    int error = parse(entry, &scope, &operation);

    if (error)
        return error;
    mutex_lock(&ctx->lock);
    if (!entry->ioasid && operation.all_pasids) {
        error = invalidate_device(ctx, &scope, &operation);
    } else {
        space = ioasid_space_find(ctx, entry->ioasid);
        error = check_space(space, &scope, &operation);
        if (!error && ioasid_space_user(space))
            error = invalidate_space(space, &scope, &operation);
    }
    mutex_unlock(&ctx->lock);
    return error;
}

int ioasid_invalidate_array(struct ioasid_ctx *ctx, struct iommu_invalidate_array *array)
{
    const char __user *user = (const char __user *)(unsigned long)array->entries_uptr;
    u32 count = array->entry_num;
    int error = 0;

    array->entry_num = 0;
    if (array->entry_size < sizeof(struct iommu_invalidate_entry) || array->entry_size > PAGE_SIZE || !count || count > 65536)
        return -EINVAL;
    while (array->entry_num < count) {
        struct iommu_invalidate_entry entry;

        error =
            copy_struct_from_user(&entry, sizeof(entry), user + (size_t)array->entry_num * array->entry_size, array->entry_size);
        if (!error)
            error = ioasid_invalidate(ctx, &entry);
        if (error) {
            array->entry_num = ioasid_bug(ARRAY_COUNT) ? 0 : array->entry_num;
            break;
        }
        array->entry_num++; /* R-IOASID-155 */
    }
    return error;
}

/* ---- v1: all, or a range; all caches, all devices (R-IOASID-147) ---- */

static int invalidate_v1_locked(struct ioasid_space *space, struct ioasid_operation *operation)
{
    const struct scope everyone = {};
    int error;

    if (!space || !space->parent)
        return -EINVAL;
    error = ioasid_space_ready(space);
    if (error)
        return error;
    if (!ioasid_space_user(space))
        return space->kind == IOASID_KIND_UNDECIDED ? -EINVAL : -EOPNOTSUPP;
    if (space->kind == IOASID_KIND_PASIDS)
        operation->cache |= IOMMU_CACHE_PASID; /* R-IOASID-151 */
    operation->all_pasids = space->kind == IOASID_KIND_PASIDS;
    return invalidate_space(space, &everyone, operation);
}

int ioasid_invalidate_v1(struct ioasid_ctx *ctx, const struct ioasid_invalidate_cache *cache)
{
    struct ioasid_operation operation = {.cache = IOMMU_CACHE_IOTLB | IOMMU_CACHE_DEV_IOTLB,
                                         .whole = cache->granularity == IOASID_INVALIDATE_ALL};
    struct ioasid_span span = {};
    int error;

    if (cache->granularity != IOASID_INVALIDATE_ALL && cache->granularity != IOASID_INVALIDATE_RANGE)
        return -EINVAL;
    if (operation.whole ? cache->iova || cache->size
                        : (cache->iova | cache->size) & ~PAGE_MASK || !ioasid_span_make(cache->iova, cache->size, &span))
        return -EINVAL;
    operation.first = span.start;
    operation.last = span.last;
    mutex_lock(&ctx->lock);
    error = invalidate_v1_locked(ioasid_space_find(ctx, cache->ioasid), &operation);
    mutex_unlock(&ctx->lock);
    return error;
}
