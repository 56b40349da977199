/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* space.c - IOASIDs: their numbers, kinds, parents, and their end. */
#include "core.h"

#include <linux/array_size.h>
#include <linux/err.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

struct ioasid_space *ioasid_space_find(struct ioasid_ctx *ctx, u32 id)
{
    lockdep_assert_held(&ctx->lock);
    return id && id <= IOASID_ID_MAX ? xa_load(&ctx->spaces, id) : NULL;
}

bool ioasid_space_mappable(const struct ioasid_space *space)
{
    return space->kind == IOASID_KIND_KERNEL || space->kind == IOASID_KIND_DUMMY || space->kind == IOASID_KIND_UNDECIDED;
}

bool ioasid_space_user(const struct ioasid_space *space)
{
    return space->kind == IOASID_KIND_PGTABLE || space->kind == IOASID_KIND_PASIDS;
}

bool ioasid_space_enforced(const struct ioasid_space *space)
{
    return space->parent && space->kind != IOASID_KIND_KERNEL ? space->parent->enforced : space->enforced;
}

/* ---- v1: are all members of the groups there? ---- */

static bool group_complete(const struct ioasid_space *space, const struct ioasid_group *group)
{
    const struct ioasid_attach *attach;
    unsigned int members = 0;

    list_for_each_entry(attach, &space->attaches, in_space) members +=
        attach->idev->group == group && attach->vpasid == IOASID_NO_PASID;
    return members >= group->device_count;
}

int ioasid_space_ready(const struct ioasid_space *space)
{
    const struct ioasid_rules *rules = space->ctx->rules;
    const struct ioasid_attach *attach;

    if (rules->commands_need_attach && list_empty(&space->attaches))
        return -EINVAL; /* R-IOASID-106, -017 */
    if (!rules->partial_groups || ioasid_bug(PARTIAL_GROUP_WORKS))
        return 0;
    list_for_each_entry(attach, &space->attaches,
                        in_space) if (attach->idev->kind == IOASID_DEV_PHYSICAL && attach->vpasid == IOASID_NO_PASID &&
                                      !group_complete(space, attach->idev->group)) return -EDEADLK; /* R-IOASID-058, -059 */
    return 0;
}

/* ---- beginning and end ---- */

static void space_init(struct ioasid_space *space, struct ioasid_ctx *ctx, enum ioasid_kind kind, struct ioasid_space *parent)
{
    kref_init(&space->kref);
    space->ctx = ctx;
    space->kind = kind;
    space->parent = parent;
    space->maps = RB_ROOT_CACHED;
    space->by_vaddr = RB_ROOT_CACHED;
    INIT_LIST_HEAD(&space->child_list);
    INIT_LIST_HEAD(&space->attaches);
    INIT_LIST_HEAD(&space->installs);
}

struct ioasid_space *ioasid_space_new(struct ioasid_ctx *ctx, enum ioasid_kind kind, struct ioasid_space *parent)
{
    struct ioasid_space *space = kzalloc(sizeof(*space), GFP_KERNEL_ACCOUNT);
    int error;

    lockdep_assert_held(&ctx->lock);
    if (!space)
        return ERR_PTR(-ENOMEM);
    space_init(space, ctx, kind, parent);
    error = xa_alloc(&ctx->spaces, &space->id, space, XA_LIMIT(1, IOASID_ID_MAX), GFP_KERNEL_ACCOUNT);
    if (error) {
        kfree(space);
        return ERR_PTR(error == -EBUSY ? -ENOSPC : error);
    }
    if (parent) {
        list_add_tail(&space->sibling, &parent->child_list);
        parent->children++;
    }
    return space;
}

static void space_release(struct kref *kref)
{
    struct ioasid_space *space = container_of(kref, struct ioasid_space, kref);

    if (space->mm)
        mmdrop(space->mm);
    kfree(space);
}

void ioasid_space_put(struct ioasid_space *space)
{
    kref_put(&space->kref, space_release);
}

int ioasid_space_free(struct ioasid_space *space)
{
    lockdep_assert_held(&space->ctx->lock);
    if (!list_empty(&space->attaches))
        return -EBUSY; /* R-IOASID-010 */
    if (space->children)
        return -EBUSY; /* R-IOASID-136 */
    space->tracking = false;
    if (space->domain) { /* of tracking: no hardware uses it any more */
        space->domain_users = 1;
        ioasid_domain_put(space);
    }
    ioasid_unmap_all(space);
    if (space->parent) {
        list_del(&space->sibling);
        space->parent->children--;
    }
    xa_erase(&space->ctx->spaces, space->id);
    space->dead = true;
    ioasid_space_put(space);
    return 0;
}

/* The end of the context: nothing is attached; children before their parents. */
void ioasid_spaces_free(struct ioasid_ctx *ctx)
{
    struct ioasid_space *space;
    unsigned long id;

    while (!xa_empty(&ctx->spaces))
        xa_for_each(&ctx->spaces, id, space)(void) ioasid_space_free(space);
}

/* ---- ALLOC ---- */

static int format_copy(struct ioasid_table *format, u32 kind, u64 user, u32 length)
{
    static const u32 lengths[] = {
        [IOASID_FORMAT_VTD_S1] = sizeof(struct ioasid_format_vtd_s1),
        [IOASID_FORMAT_ARM_PASID_TABLE] = sizeof(struct ioasid_format_arm_pasid_table),
        [IOASID_FORMAT_ARM_S1] = sizeof(struct ioasid_format_arm_s1),
    };

    if (kind == IOASID_FORMAT_NONE || kind >= ARRAY_SIZE(lengths) || length < lengths[kind])
        return -EINVAL;
    if (length > PAGE_SIZE)
        return -E2BIG;
    format->format = kind;
    format->length = lengths[kind];
    return copy_struct_from_user(&format->vtd_s1, lengths[kind], (void __user *)(unsigned long)user, length);
}

/* Padding and values that no driver would see. */
static int format_check(const struct ioasid_table *format, enum ioasid_kind kind)
{
    const struct ioasid_format_arm_pasid_table *table = &format->arm_pasid_table;

    switch (format->format) {
    case IOASID_FORMAT_VTD_S1:
        return kind != IOASID_KIND_PGTABLE || format->vtd_s1.__reserved ? -EINVAL : 0;
    case IOASID_FORMAT_ARM_PASID_TABLE:
        if (kind != IOASID_KIND_PASIDS || table->flags || table->__reserved || table->s1fmt > 2 || table->s1dss > 2 ||
            table->s1cdmax > 20 || table->table_addr & 63 || table->table_addr >> 52)
            return -EINVAL;
        return 0;
    case IOASID_FORMAT_ARM_S1:
        return kind != IOASID_KIND_PGTABLE ? -EINVAL : 0;
    default:
        return -EINVAL;
    }
}

/* R-IOASID-138: some device must take it: of those attached to the parent if there are such, else of those bound. */
static int format_probe(struct ioasid_space *parent, const struct ioasid_table *format)
{
    struct ioasid_ctx *ctx = parent->ctx;
    struct ioasid_dev *idev;
    int error = -ENODEV;

    list_for_each_entry(idev, &ctx->devices, node)
    {
        if (idev->kind == IOASID_DEV_SOFTWARE || (!list_empty(&parent->attaches) && !ioasid_attached_to(idev, parent)))
            continue;
        error = ioasid_caps_format(&idev->caps, format) ? ioasid_format_try(parent, format, idev) : -EOPNOTSUPP;
        if (!error)
            return 0;
    }
    return error;
}

struct alloc_kind {
    enum ioasid_kind kind;
    bool takes_width, takes_snoop, needs_parent, takes_parent, takes_format;
};

static const struct alloc_kind alloc_kinds[] = {
    [IOMMU_IOASID_KERNEL_TYPE1V2] = {IOASID_KIND_KERNEL, .takes_width = true, .takes_snoop = true, .takes_parent = true},
    [IOMMU_IOASID_DUMMY_ROOT] = {IOASID_KIND_DUMMY},
    [IOMMU_IOASID_USER_PGTABLE] = {IOASID_KIND_PGTABLE, .needs_parent = true, .takes_parent = true, .takes_format = true},
    [IOMMU_IOASID_USER_PASID_TABLE] = {IOASID_KIND_PASIDS, .needs_parent = true, .takes_parent = true, .takes_format = true},
    [IOMMU_IOASID_SHARED_MM] = {IOASID_KIND_MM},
};

static int check_alloc(struct ioasid_ctx *ctx, const struct iommu_ioasid_alloc *alloc)
{
    const u32 snoop = IOMMU_IOASID_ALLOC_ENFORCE_SNOOP | IOMMU_IOASID_ALLOC_NO_SNOOP;
    const struct alloc_kind *kind = &alloc_kinds[alloc->type];
    bool parent = alloc->flags & IOMMU_IOASID_ALLOC_PARENT;

    if (kind->takes_width ? !alloc->addr_width || alloc->addr_width > 64 : alloc->addr_width != 0)
        return -EINVAL;
    if ((alloc->flags & snoop) == snoop || (alloc->flags & (snoop | IOMMU_IOASID_ALLOC_DIRTY) && !kind->takes_snoop))
        return -EINVAL;
    if (parent ? !kind->takes_parent : kind->needs_parent || alloc->parent) /* R-IOASID-129 */
        return -EINVAL;
    if (!kind->takes_format && (alloc->format || alloc->data_len || alloc->data_uptr))
        return -EINVAL;
    if (ctx->rules->kernel_type_only &&
        (kind->kind != IOASID_KIND_KERNEL || alloc->flags & (IOMMU_IOASID_ALLOC_PARENT | IOMMU_IOASID_ALLOC_DIRTY)))
        return -EINVAL;
    if (ctx->rules->enforced_spaces_only && !(alloc->flags & IOMMU_IOASID_ALLOC_ENFORCE_SNOOP))
        return -EINVAL; /* R-IOASID-176 */
    return 0;
}

static bool parent_fits(const struct ioasid_space *parent, enum ioasid_kind kind)
{
    return parent->kind == IOASID_KIND_KERNEL || (parent->kind == IOASID_KIND_DUMMY && kind == IOASID_KIND_KERNEL);
}

static bool someone_tracks_dirty(struct ioasid_ctx *ctx)
{
    struct ioasid_dev *idev;

    list_for_each_entry(idev, &ctx->devices, node) if (idev->caps.dirty) return true;
    return false;
}

static int alloc_locked(struct ioasid_ctx *ctx, struct iommu_ioasid_alloc *alloc, const struct ioasid_table *format)
{
    enum ioasid_kind kind = alloc_kinds[alloc->type].kind;
    struct ioasid_space *space, *parent = NULL;
    int error = 0;

    if (alloc->flags & IOMMU_IOASID_ALLOC_PARENT) {
        parent = ioasid_space_find(ctx, alloc->parent); /* R-IOASID-008 */
        if (!parent || !parent_fits(parent, kind))
            return -EINVAL;
    }
    if (format->format)
        error = format_probe(parent, format);
    else if (alloc->flags & IOMMU_IOASID_ALLOC_DIRTY && !someone_tracks_dirty(ctx))
        error = -EOPNOTSUPP;
    if (error)
        return error;
    space = ioasid_space_new(ctx, kind, parent);
    if (IS_ERR(space))
        return PTR_ERR(space);
    space->addr_width = alloc->addr_width;
    space->format = *format;
    space->dirty = alloc->flags & IOMMU_IOASID_ALLOC_DIRTY;
    space->snoop = alloc->flags & IOMMU_IOASID_ALLOC_ENFORCE_SNOOP ? IOASID_SNOOP_ENFORCE
                   : alloc->flags & IOMMU_IOASID_ALLOC_NO_SNOOP    ? IOASID_SNOOP_FREE
                                                                   : IOASID_SNOOP_AUTO; /* R-IOASID-174 */
    if (kind == IOASID_KIND_MM) {
        space->mm = current->mm;
        mmgrab(space->mm);
    }
    alloc->ioasid = space->id;
    return 0;
}

int ioasid_alloc(struct ioasid_ctx *ctx, struct iommu_ioasid_alloc *alloc)
{
    struct ioasid_table format = {};
    int error;

    if (alloc->type >= ARRAY_SIZE(alloc_kinds) || !alloc->type)
        return -EINVAL;
    error = check_alloc(ctx, alloc);
    if (!error && alloc_kinds[alloc->type].takes_format)
        error = format_copy(&format, alloc->format, alloc->data_uptr, alloc->data_len);
    if (!error && alloc_kinds[alloc->type].takes_format)
        error = format.format == IOASID_FORMAT_ARM_S1 ? -EINVAL : format_check(&format, alloc_kinds[alloc->type].kind);
    if (error)
        return error;
    mutex_lock(&ctx->lock);
    error = alloc_locked(ctx, alloc, &format);
    mutex_unlock(&ctx->lock);
    return error;
}

/* ---- v1: children that become something by what is done with them ---- */

int ioasid_create_nesting(struct ioasid_ctx *ctx, struct ioasid_create_nesting *nesting)
{
    struct ioasid_space *parent, *child;
    int error = -EINVAL;

    mutex_lock(&ctx->lock);
    parent = ioasid_space_find(ctx, nesting->parent);
    if (parent && !parent->parent) /* one level: R-IOASID-128, -142 */
        error = ioasid_space_ready(parent);
    if (!error) {
        child = ioasid_space_new(ctx, IOASID_KIND_UNDECIDED, parent);
        error = PTR_ERR_OR_ZERO(child);
        if (!error)
            nesting->ioasid = child->id;
    }
    mutex_unlock(&ctx->lock);
    return error;
}

static int bind_locked(struct ioasid_space *space, const struct ioasid_table *format, enum ioasid_kind kind)
{
    enum ioasid_kind before = space->kind;
    struct ioasid_attach *attach;
    int error;

    if (!space->parent)
        return -EINVAL; /* R-IOASID-139 */
    error = ioasid_space_ready(space);
    if (error)
        return error;
    if (before == IOASID_KIND_KERNEL && !ioasid_space_has_maps(space)) {
        ioasid_space_uninstall(space);
        space->kind = IOASID_KIND_UNDECIDED;
    }
    if (space->kind != IOASID_KIND_UNDECIDED)
        return -EBUSY;
    list_for_each_entry(attach, &space->attaches,
                        in_space) if (!ioasid_caps_format(&attach->idev->caps, format)) return -EOPNOTSUPP;
    space->kind = kind;
    space->format = *format;
    error = ioasid_space_install(space);
    if (error)
        space->kind = IOASID_KIND_UNDECIDED;
    return error;
}

int ioasid_bind_table(struct ioasid_ctx *ctx, const struct ioasid_bind_table *bind, enum ioasid_kind kind)
{
    struct ioasid_table format = {};
    struct ioasid_space *space;
    int error = bind->__reserved ? -EINVAL : format_copy(&format, bind->format, bind->data_uptr, bind->data_len);

    if (!error)
        error = format_check(&format, kind);
    if (error)
        return error;
    mutex_lock(&ctx->lock);
    space = ioasid_space_find(ctx, bind->ioasid);
    error = space ? bind_locked(space, &format, kind) : -EINVAL;
    mutex_unlock(&ctx->lock);
    return error;
}

int ioasid_unbind_table(struct ioasid_ctx *ctx, u32 ioasid, enum ioasid_kind kind)
{
    struct ioasid_space *space;
    int error = -EINVAL;

    mutex_lock(&ctx->lock);
    space = ioasid_space_find(ctx, ioasid);
    if (space && space->parent && space->kind == kind)
        error = ioasid_space_ready(space);
    if (!error) {
        ioasid_space_uninstall(space); /* R-IOASID-140 */
        space->kind = IOASID_KIND_UNDECIDED;
        memset(&space->format, 0, sizeof(space->format));
    }
    mutex_unlock(&ctx->lock);
    return error;
}
