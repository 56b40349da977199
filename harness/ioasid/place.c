/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * place.c - places: the ways into an IOMMU (requests of a group, with one PASID or none), the attaches that share one, and what
 * is in effect there. A place holds attaches of one space, or of a child on top of its parent; the topmost is in effect.
 * Switching goes from one table to the other, or through blocked, never through the default domain (R-IOASID-055, -054).
 */
#include "place.h"
#include "core.h"
#include "trace.h"

#include <linux/err.h>
#include <linux/slab.h>

/* ---- page requests: on while some install of a device wants them ---- */

/* A device that cannot make page requests is none the worse; one that could, had there been memory, is: -ENOMEM. */
static int requests_on(struct ioasid_install *install)
{
    struct ioasid_group *group = install->place->group;
    unsigned long key = (unsigned long)install->idev->dev;
    void *entry = xa_load(&group->iopf, key);
    unsigned long count = entry ? xa_to_value(entry) : 0;
    int error;

    if (!install->own_domain)
        return 0; /* R-IOASID-171 */
    error = xa_err(xa_store(&group->iopf, key, xa_mk_value(count + 1), GFP_KERNEL));
    if (error)
        return error;
    error = count ? 0 : iommu_dev_enable_feature(install->idev->dev, IOMMU_DEV_FEAT_IOPF);
    install->iopf = !error;
    if (error)
        xa_erase(&group->iopf, key);
    return error == -ENOMEM ? error : 0;
}

static void requests_off(struct ioasid_install *install)
{
    struct ioasid_group *group = install->place->group;
    unsigned long key = (unsigned long)install->idev->dev;
    unsigned long count;

    if (!install->iopf)
        return;
    count = xa_to_value(xa_load(&group->iopf, key)) - 1;
    if (count) {
        (void)xa_store(&group->iopf, key, xa_mk_value(count), GFP_KERNEL); /* in its place: needs no memory */
        return;
    }
    xa_erase(&group->iopf, key);
    iommu_dev_disable_feature(install->idev->dev, IOMMU_DEV_FEAT_IOPF);
}

/* ---- hardware ---- */

static int hardware_attach(struct ioasid_install *install)
{
    struct ioasid_place *place = install->place;

    if (place->pasid == IOMMU_NO_PASID)
        return iommu_attach_group_handle(install->domain, place->group->group, &install->handle);
    return iommu_attach_device_pasid(install->domain, place->dev, place->pasid, &install->handle);
}

/* Blocked: of a group that is claimed, detaching means the blocking domain; a PASID has no entry then (R-IOASID-075). */
static void hardware_detach(struct ioasid_install *install)
{
    struct ioasid_place *place = install->place;

    if (place->pasid == IOMMU_NO_PASID)
        iommu_detach_group_handle(install->domain, place->group->group);
    else
        iommu_detach_device_pasid(install->domain, place->dev, place->pasid);
}

/* Of a PASID: blocked in between. */
static int hardware_replace(struct ioasid_install *install, struct ioasid_install *old)
{
    struct ioasid_place *place = install->place;
    int error;

    if (place->pasid == IOMMU_NO_PASID)
        return iommu_replace_group_handle(place->group->group, install->domain, &install->handle);
    hardware_detach(old);
    error = hardware_attach(install);
    if (error && hardware_attach(old))
        old->place->install = NULL; /* as it was is not to be had: blocked */
    return error;
}

/* The old one is out of the hardware: no fault comes from it any more; answers what waits (R-IOASID-168). */
static void install_retire(struct ioasid_install *install)
{
    ioasid_faults_purge(install, NULL);
    requests_off(install);
    ioasid_install_free(install);
}

int ioasid_place_switch(struct ioasid_place *place, struct ioasid_install *install)
{
    struct ioasid_install *old = place->install;
    int error;

    if (!install && !old)
        return 0;
    if (!install) {
        hardware_detach(old);
        place->install = NULL;
        install_retire(old);
        trace_ioasid_place(place->pasid, 0, 0);
        return 0;
    }
    error = requests_on(install);
    if (!error)
        error = old ? hardware_replace(install, old) : hardware_attach(install);
    trace_ioasid_place(place->pasid, install->space->id, error);
    if (error) {
        install_retire(install);
        if (old && place->install && ioasid_bug(ATTACH_FAILED_BLOCKS)) {
            hardware_detach(old);
            place->install = NULL;
        }
        if (old && !place->install)
            install_retire(old);
        return error;
    }
    place->install = install;
    if (old)
        install_retire(old);
    return 0;
}

struct ioasid_attach *ioasid_place_top(const struct ioasid_place *place)
{
    return list_empty(&place->attaches) ? NULL : list_last_entry(&place->attaches, struct ioasid_attach, in_place);
}

/* Of a group: the others go on with what is in effect, which was made for one of them. */
static void install_leave(struct ioasid_install *install, const struct ioasid_dev *gone, struct ioasid_dev *heir)
{
    struct ioasid_faults *faults = &install->space->ctx->faults;
    unsigned long flags;

    ioasid_faults_purge(install, gone);
    if (install->idev != gone)
        return;
    requests_off(install);
    install->iopf = false;
    spin_lock_irqsave(&faults->lock, flags);
    install->idev = heir;
    spin_unlock_irqrestore(&faults->lock, flags);
    (void)requests_on(install); /* the attach of the heir is long made */
}

/* After an attach of `gone` has gone: what is on top now comes into effect; when that cannot be, the place is blocked. */
void ioasid_place_update(struct ioasid_place *place, const struct ioasid_dev *gone)
{
    struct ioasid_attach *top = ioasid_place_top(place);
    struct ioasid_install *install = NULL;

    if (top && place->install && place->install->space == top->space) {
        if (top->idev != gone)
            install_leave(place->install, gone, top->idev);
        return;
    }
    if (top)
        install = ioasid_install_make(place, top->space, top->idev);
    if (IS_ERR(install) || ioasid_place_switch(place, install))
        (void)ioasid_place_switch(place, NULL);
}

/* ---- places of a group ---- */

struct ioasid_place *ioasid_place_get(struct ioasid_group *group, u32 pasid, struct device *dev)
{
    struct ioasid_place *place = xa_load(&group->places, pasid);
    int error;

    lockdep_assert_held(&group->lock);
    if (place)
        return place;
    place = kzalloc(sizeof(*place), GFP_KERNEL_ACCOUNT);
    if (!place)
        return ERR_PTR(-ENOMEM);
    place->group = group;
    place->pasid = pasid;
    place->dev = dev;
    INIT_LIST_HEAD(&place->attaches);
    error = xa_insert(&group->places, pasid, place, GFP_KERNEL_ACCOUNT);
    if (error) {
        kfree(place);
        return ERR_PTR(error);
    }
    return place;
}

void ioasid_place_put(struct ioasid_place *place)
{
    if (!list_empty(&place->attaches))
        return;
    xa_erase(&place->group->places, place->pasid);
    kfree(place);
}

/* ---- a space that has become something else (v1) ---- */

/* Each place once, however many attaches share it: the attach that is on top. */
static bool on_top(const struct ioasid_attach *attach)
{
    return attach->place && ioasid_place_top(attach->place) == attach;
}

static int install_at(struct ioasid_place *place, struct ioasid_space *space, struct ioasid_dev *idev)
{
    struct ioasid_install *install = ioasid_install_make(place, space, idev);

    return IS_ERR(install) ? PTR_ERR(install) : ioasid_place_switch(place, install);
}

int ioasid_space_install(struct ioasid_space *space)
{
    struct ioasid_attach *attach;
    int error = 0;

    list_for_each_entry(attach, &space->attaches, in_space)
    {
        if (!on_top(attach))
            continue;
        mutex_lock(&attach->place->group->lock);
        error = install_at(attach->place, space, attach->idev);
        mutex_unlock(&attach->place->group->lock);
        if (error)
            break;
    }
    if (error)
        ioasid_space_uninstall(space);
    return error;
}

void ioasid_space_uninstall(struct ioasid_space *space)
{
    struct ioasid_attach *attach;

    list_for_each_entry(attach, &space->attaches, in_space)
    {
        if (!on_top(attach))
            continue;
        mutex_lock(&attach->place->group->lock);
        (void)ioasid_place_switch(attach->place, NULL);
        mutex_unlock(&attach->place->group->lock);
    }
}
