/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* attach.c - attaching devices to spaces, detaching them, and what others of the kernel ask about it. */
#include "core.h"
#include "place.h"

#include <linux/err.h>
#include <linux/export.h>
#include <linux/slab.h>

/* ---- finding ---- */

struct ioasid_attach *ioasid_attach_find(struct ioasid_dev *idev, u32 ioasid, u32 vpasid)
{
    struct ioasid_attach *attach;

    list_for_each_entry(attach, &idev->attaches,
                        in_dev) if (attach->space->id == ioasid && attach->vpasid == vpasid) return attach;
    return NULL;
}

bool ioasid_attached_to(const struct ioasid_dev *idev, const struct ioasid_space *space)
{
    const struct ioasid_attach *attach;

    list_for_each_entry(attach, &idev->attaches,
                        in_dev) if (attach->space == space && attach->vpasid == IOASID_NO_PASID) return true;
    return false;
}

bool ioasid_attached(struct ioasid_dev *idev, u32 ioasid, u32 vpasid)
{
    bool found;

    mutex_lock(&idev->ctx->lock);
    found = ioasid_attach_find(idev, ioasid, vpasid);
    mutex_unlock(&idev->ctx->lock);
    return found;
}
EXPORT_SYMBOL_GPL(ioasid_attached);

/* ---- does it fit? ---- */

/* One attach that is being made. */
struct request {
    struct ioasid_dev *idev;
    struct ioasid_space *space;
    u32 vpasid, pasid;
    bool no_snoop;
    bool tracked; /* the hardware finds the table by itself */
};

/* The device's requests without PASID go through a PASID table of the user. */
static bool under_user_table(const struct ioasid_dev *idev)
{
    const struct ioasid_attach *attach;

    list_for_each_entry(attach, &idev->attaches, in_dev) if (attach->space->kind == IOASID_KIND_PASIDS) return true;
    return false;
}

/* R-IOASID-081, -085, -086 */
static int check_vpasid(struct request *request)
{
    const struct ioasid_dev *idev = request->idev;
    const struct ioasid_rules *rules = idev->ctx->rules;
    const struct ioasid_space *space = request->space;

    if (request->vpasid == IOASID_NO_PASID)
        return space->kind == IOASID_KIND_MM && idev->kind == IOASID_DEV_PHYSICAL ? -EINVAL : 0;
    if (request->vpasid > IOASID_VPASID_MAX || space->kind == IOASID_KIND_PASIDS)
        return -EINVAL;
    if (idev->kind == IOASID_DEV_SOFTWARE)
        return 0;
    if (!request->pasid || request->pasid >= idev->caps.max_pasids)
        return -EINVAL;
    if (idev->kind != IOASID_DEV_PHYSICAL)
        return 0;
    if (request->pasid != request->vpasid)
        return -EINVAL;
    if (!idev->caps.delegated)
        return 0;
    request->tracked = rules->tracked_tables && under_user_table(idev);
    if (request->tracked || (rules->kernel_pasid_spaces && !ioasid_space_user(space) && !under_user_table(idev)))
        return 0;
    return -EINVAL;
}

/* R-IOASID-177, also when enforcement was decided by the first device; R-IOASID-178 */
static int check_snoop(const struct request *request)
{
    const struct ioasid_space *space = request->space;

    if (request->idev->caps.enforce_snoop || ioasid_bug(SNOOP_UNCHECKED))
        return 0;
    return space->snoop == IOASID_SNOOP_ENFORCE || ioasid_space_enforced(space) ? -EINVAL : 0;
}

/* R-IOASID-068, -069: of the space, and of its parent, whose table is walked as well. */
static int check_format(const struct request *request)
{
    struct ioasid_space *space = request->space;
    const struct ioasid_caps *caps = &request->idev->caps;

    if (request->idev->kind == IOASID_DEV_SOFTWARE)
        return space->kind == IOASID_KIND_KERNEL ? 0 : -EINVAL;
    if (ioasid_bug(WIDTH_UNCHECKED))
        return 0;
    if (space->addr_width > caps->addr_width || (ioasid_space_user(space) && space->parent->addr_width > caps->addr_width))
        return -EINVAL;
    if (space->dirty && !caps->dirty)
        return -EINVAL;
    if (ioasid_space_user(space) && !request->tracked && !ioasid_caps_format(caps, &space->format))
        return -EINVAL;
    return ioasid_maps_fit(space, request->idev) ? 0 : -EINVAL;
}

static int check_request(struct request *request)
{
    const struct ioasid_rules *rules = request->idev->ctx->rules;
    const struct ioasid_space *space = request->space;
    int error;

    if (space->kind == IOASID_KIND_DUMMY && !ioasid_bug(DUMMY_ATTACHED))
        return -EINVAL; /* R-IOASID-121 */
    if (rules->one_space_per_device && !list_empty(&request->idev->attaches))
        return -EBUSY; /* R-IOASID-065 */
    if (rules->parent_attach_first && space->parent && !ioasid_attached_to(request->idev, space->parent))
        return -EINVAL; /* R-IOASID-073 */
    error = check_vpasid(request);
    if (!error)
        error = check_snoop(request);
    return error ? error : check_format(request);
}

/* ---- is there room? ---- */

static bool only_of(const struct ioasid_place *place, const struct ioasid_dev *idev)
{
    const struct ioasid_attach *attach;

    list_for_each_entry(attach, &place->attaches, in_place) if (attach->idev != idev) return false;
    return true;
}

/* Another member of the group joins a space that some are attached to (R-IOASID-056). A part of a device is not another device:
 * two of them would be one for the IOMMU (R-IOASID-096). */
static bool may_join(const struct ioasid_place *place, const struct request *request, struct ioasid_attach **after)
{
    struct ioasid_attach *attach;

    *after = NULL;
    list_for_each_entry(attach, &place->attaches, in_place)
    {
        if (attach->space != request->space)
            continue;
        if (attach->idev->dev == request->idev->dev)
            return false;
        *after = attach;
    }
    return *after;
}

/* -EBUSY: R-IOASID-066. *after: behind whom it comes; NULL: on top. *replaced: those that it takes the place of. */
static int check_place(const struct ioasid_place *place, const struct request *request, struct ioasid_attach **after,
                       bool *replace)
{
    const struct ioasid_rules *rules = request->idev->ctx->rules;
    const struct ioasid_attach *top = ioasid_place_top(place);
    bool own = only_of(place, request->idev);

    *after = NULL;
    *replace = false;
    if (!top || may_join(place, request, after))
        return 0;
    if (ioasid_attach_find(request->idev, request->space->id, request->vpasid))
        return -EBUSY;
    if (request->vpasid == IOASID_NO_PASID && request->space->parent == top->space && (own || rules->partial_groups))
        return 0;                                                                     /* a child on its parent */
    *replace = rules->replace_on_attach && own && request->vpasid == IOASID_NO_PASID; /* R-IOASID-080 */
    return *replace ? 0 : -EBUSY;
}

/* ---- records ---- */

static struct ioasid_attach *attach_new(const struct request *request)
{
    struct ioasid_attach *attach = kzalloc(sizeof(*attach), GFP_KERNEL_ACCOUNT);

    if (!attach)
        return NULL;
    attach->idev = request->idev;
    attach->space = request->space;
    attach->vpasid = request->vpasid;
    attach->pasid = request->pasid;
    INIT_LIST_HEAD(&attach->in_place);
    return attach;
}

static void attach_link(struct ioasid_attach *attach)
{
    struct ioasid_faults *faults = &attach->idev->ctx->faults;
    unsigned long flags;

    list_add_tail(&attach->in_space, &attach->space->attaches);
    spin_lock_irqsave(&faults->lock, flags);
    list_add_tail(&attach->in_dev, &attach->idev->attaches);
    spin_unlock_irqrestore(&faults->lock, flags);
}

static void attach_unlink(struct ioasid_attach *attach)
{
    struct ioasid_faults *faults = &attach->idev->ctx->faults;
    unsigned long flags;

    list_del(&attach->in_space);
    spin_lock_irqsave(&faults->lock, flags);
    list_del(&attach->in_dev);
    spin_unlock_irqrestore(&faults->lock, flags);
    list_del_init(&attach->in_place);
}

static void coherency_add(struct ioasid_attach *attach)
{
    attach->noncoherent = true;
    attach->idev->noncoherent++;
    ioasid_noncoherent_add(attach->idev->ctx);
}

/* Its hardware does not know it any more (R-IOASID-191). */
static void attach_free(struct ioasid_attach *attach)
{
    if (attach->noncoherent) {
        attach->idev->noncoherent--;
        ioasid_noncoherent_drop(attach->idev->ctx);
    }
    kfree(attach);
}

/* ---- attach ---- */

/* Profile up: the new one is in effect; the old ones are history. */
static void drop_replaced(struct ioasid_place *place, const struct ioasid_attach *keep)
{
    struct ioasid_attach *attach, *next;

    list_for_each_entry_safe(attach, next, &place->attaches, in_place)
    {
        if (attach == keep)
            continue;
        attach_unlink(attach);
        attach_free(attach);
    }
}

/* Not in effect yet, or in effect already because another member of the group is attached. */
static int attach_effect(struct ioasid_attach *attach, struct ioasid_place *place, const struct request *request, bool joins)
{
    struct ioasid_install *install = joins ? NULL : ioasid_install_make(place, attach->space, attach->idev);

    if (IS_ERR(install))
        return PTR_ERR(install);
    if (request->no_snoop && !ioasid_space_enforced(attach->space))
        coherency_add(attach); /* before it can happen */
    return joins ? 0 : ioasid_place_switch(place, install);
}

static int attach_at(struct ioasid_attach *attach, struct ioasid_place *place, const struct request *request)
{
    struct ioasid_attach *after;
    bool replace;
    int error = check_place(place, request, &after, &replace);

    if (!error)
        error = attach_effect(attach, place, request, after);
    if (error)
        return error;
    attach->place = place;
    list_add(&attach->in_place, after ? &after->in_place : place->attaches.prev);
    attach_link(attach);
    if (replace)
        drop_replaced(place, attach);
    return 0;
}

static int attach_hardware(struct ioasid_attach *attach, const struct request *request)
{
    struct ioasid_group *group = request->idev->group;
    struct ioasid_place *place;
    int error;

    mutex_lock(&group->lock);
    place = ioasid_place_get(group, request->pasid, request->idev->dev);
    error = PTR_ERR_OR_ZERO(place);
    if (!error) {
        error = attach_at(attach, place, request);
        ioasid_place_put(place);
    }
    mutex_unlock(&group->lock);
    return error;
}

/* No hardware has to know. */
static int attach_record(struct ioasid_attach *attach)
{
    const struct ioasid_attach *other;

    list_for_each_entry(other, &attach->idev->attaches, in_dev) if (other->vpasid == attach->vpasid) return -EBUSY;
    attach_link(attach);
    return 0;
}

static int attach_locked(struct request *request)
{
    struct ioasid_attach *attach;
    int error = check_request(request);

    if (error)
        return error;
    attach = attach_new(request);
    if (!attach)
        return -ENOMEM;
    if (request->idev->kind == IOASID_DEV_SOFTWARE || request->tracked)
        error = attach_record(attach);
    else
        error = attach_hardware(attach, request);
    if (error)
        attach_free(attach);
    return error;
}

static u32 bus_pasid(const struct ioasid_dev *idev, u32 vpasid, u32 ppasid)
{
    if (vpasid != IOASID_NO_PASID)
        return ppasid;
    return idev->kind == IOASID_DEV_MDEV ? idev->default_pasid : IOMMU_NO_PASID;
}

int ioasid_attach(struct ioasid_dev *idev, u32 ioasid, u32 vpasid, u32 ppasid, unsigned int flags)
{
    struct request request = {
        .idev = idev,
        .vpasid = vpasid,
        .pasid = bus_pasid(idev, vpasid, ppasid),
        .no_snoop = flags & IOASID_ATTACH_NO_SNOOP,
    };
    int error = -EINVAL; /* R-IOASID-072 */

    mutex_lock(&idev->ctx->lock);
    request.space = ioasid_space_find(idev->ctx, ioasid);
    if (request.space)
        error = attach_locked(&request);
    mutex_unlock(&idev->ctx->lock);
    return error;
}
EXPORT_SYMBOL_GPL(ioasid_attach);

/* ---- detach ---- */

static void detach_locked(struct ioasid_attach *attach)
{
    struct ioasid_group *group = attach->idev->group;
    struct ioasid_place *place = attach->place;

    if (!place) {
        attach_unlink(attach);
        attach_free(attach);
        return;
    }
    mutex_lock(&group->lock);
    attach_unlink(attach);
    ioasid_place_update(place, attach->idev);
    attach_free(attach);
    ioasid_place_put(place);
    mutex_unlock(&group->lock);
}

/* v1: the children first. */
static bool child_attached(const struct ioasid_attach *attach)
{
    const struct ioasid_attach *other;

    list_for_each_entry(other, &attach->idev->attaches, in_dev) if (other->space->parent == attach->space) return true;
    return false;
}

int ioasid_detach(struct ioasid_dev *idev, u32 ioasid, u32 vpasid)
{
    struct ioasid_attach *attach;
    int error = 0;

    mutex_lock(&idev->ctx->lock);
    attach = ioasid_attach_find(idev, ioasid, vpasid);
    if (!attach)
        error = -EINVAL; /* R-IOASID-076 */
    else if (idev->ctx->rules->parent_attach_first && child_attached(attach))
        error = -EBUSY;
    else
        detach_locked(attach);
    mutex_unlock(&idev->ctx->lock);
    return error;
}
EXPORT_SYMBOL_GPL(ioasid_detach);

/* From below upwards in its places, so that none comes into effect again on the way. */
void ioasid_detach_all(struct ioasid_dev *idev)
{
    while (!list_empty(&idev->attaches))
        detach_locked(list_first_entry(&idev->attaches, struct ioasid_attach, in_dev));
}

/* ---- questions ---- */

bool ioasid_dev_coherent(struct ioasid_dev *idev)
{
    bool coherent;

    mutex_lock(&idev->ctx->lock);
    coherent = !idev->noncoherent;
    mutex_unlock(&idev->ctx->lock);
    return coherent;
}
EXPORT_SYMBOL_GPL(ioasid_dev_coherent);

/* A space without domain gets one by the attach (R-IOASID-175). */
static int would_enforce(const struct ioasid_space *space, const struct ioasid_dev *idev)
{
    if (space->parent && space->kind != IOASID_KIND_KERNEL)
        space = space->parent;
    return space->domain ? space->enforced : space->snoop != IOASID_SNOOP_FREE && idev->caps.enforce_snoop;
}

int ioasid_enforces_snoop(struct ioasid_dev *idev, u32 ioasid)
{
    struct ioasid_space *space;
    int answer;

    mutex_lock(&idev->ctx->lock);
    space = ioasid_space_find(idev->ctx, ioasid);
    answer = space ? would_enforce(space, idev) : -EINVAL;
    mutex_unlock(&idev->ctx->lock);
    return answer;
}
EXPORT_SYMBOL_GPL(ioasid_enforces_snoop);

static int space_ppasid(const struct ioasid_space *space, u32 vpasid, u32 *ppasid)
{
    const struct ioasid_attach *attach;
    bool found = false;

    list_for_each_entry(attach, &space->attaches, in_space)
    {
        if (attach->vpasid != vpasid || !attach->place)
            continue;
        if (found && attach->pasid != *ppasid)
            return -EINVAL;
        *ppasid = attach->pasid;
        found = true;
    }
    return found ? 0 : -EINVAL;
}

int ioasid_find_ppasid(struct ioasid_ctx *ctx, u32 ioasid, u32 vpasid, u32 *ppasid)
{
    struct ioasid_space *space;
    int error = -EINVAL; /* R-IOASID-099 */

    mutex_lock(&ctx->lock);
    space = ioasid_space_find(ctx, ioasid);
    if (space && vpasid != IOASID_NO_PASID)
        error = space_ppasid(space, vpasid, ppasid);
    mutex_unlock(&ctx->lock);
    return error;
}
EXPORT_SYMBOL_GPL(ioasid_find_ppasid);
