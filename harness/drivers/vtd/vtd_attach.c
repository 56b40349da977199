/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_attach.c - devices and PASIDs come into domains and leave them. What can fail is done before the old domain is left;
 * between the old entry and the new one there is none, so nothing gets through that belongs to neither.
 */
#include "vtd.h"

#include <linux/bitfield.h>
#include <linux/slab.h>

struct vtd_attachment *vtd_attachment(struct vtd_device *device, u32 pasid)
{
    return xa_load(&device->attachments, pasid);
}

/* ---- domain ids; unit->mutex is held ---- */

static int get_did(struct vtd_domain *domain, struct vtd_unit *unit)
{
    struct vtd_domain_did *record = xa_load(&domain->dids, unit->id);
    unsigned int bits = 4 + 2 * FIELD_GET(CAP_ND, unit->cap);
    int did;

    if (record) {
        record->users++;
        return record->did;
    }
    record = kzalloc(sizeof(*record), GFP_KERNEL);
    if (!record)
        return -ENOMEM;
    did = ida_alloc_range(&unit->dids, 1, (1u << bits) - 1, GFP_KERNEL); /* 6.2.2: 0 is reserved with CM */
    if (did > 0)
        *record = (struct vtd_domain_did){.did = (u16)did, .users = 1};
    if (did > 0 && xa_err(xa_store(&domain->dids, unit->id, record, GFP_KERNEL))) {
        ida_free(&unit->dids, (unsigned int)did);
        did = -ENOMEM;
    }
    if (did < 0)
        kfree(record);
    return did;
}

/* Table 28, re-use of a domain id: nothing of it is left when it is given back. */
static void put_did(struct vtd_domain *domain, struct vtd_unit *unit)
{
    struct vtd_domain_did *record = xa_load(&domain->dids, unit->id);
    struct vtd_batch batch = {.unit = unit};

    if (--record->users)
        return;
    if (unit->scalable)
        vtd_batch_add(&batch, vtd_desc_pasid_domain(record->did));
    vtd_batch_add(&batch, vtd_desc_iotlb_domain(record->did));
    if (!driver_bug(TEARDOWN_PASID_IOTLB))
        vtd_batch_commit(&batch);
    xa_erase(&domain->dids, unit->id);
    if (!(driver_bug(DID_LEAK) && domain->kind == VTD_PROCESS))
        ida_free(&unit->dids, record->did);
    kfree(record);
}

/* ---- what an entry says; domain->lock is held, of a nested domain the parent's too ---- */

static void describe_nested(const struct vtd_domain *domain, struct vtd_translation *translation)
{
    const struct vtd_domain *parent = domain->parent;

    translation->pgtt = PGTT_NESTED;
    translation->first = domain->user.pgtbl_addr;
    translation->first_levels = domain->user.addr_width == 57 ? 5 : 4;
    translation->second = vtd_pt_root(&parent->table);
    translation->second_levels = parent->table.levels;
    translation->dirty = parent->dirty;
    translation->snoop = parent->snoop;
    translation->supervisor = domain->user.flags & IOMMU_VTD_S1_SRE;
    translation->write_protect = domain->user.flags & IOMMU_VTD_S1_WPE;
    translation->extended_accessed = domain->user.flags & IOMMU_VTD_S1_EAFE;
}

static void describe_paging(const struct vtd_domain *domain, struct vtd_translation *translation)
{
    if (domain->table.stage == VTD_FIRST_STAGE) {
        translation->pgtt = PGTT_FIRST;
        translation->first = vtd_pt_root(&domain->table);
        translation->first_levels = domain->table.levels;
        translation->snoop = domain->snoop;
        return;
    }
    translation->pgtt = PGTT_SECOND;
    translation->second = vtd_pt_root(&domain->table);
    translation->second_levels = domain->table.levels;
    translation->dirty = domain->dirty;
}

static void describe(const struct vtd_domain *domain, const struct vtd_unit *unit, u16 did, struct vtd_translation *translation)
{
    *translation = (struct vtd_translation){.pgtt = PGTT_PASS,
                                            .did = did,
                                            .second_levels = unit->largest_levels,
                                            .second_stage_exists = vtd_has(unit, ECAP_SSTS),
                                            .walk_snoop = vtd_has(unit, ECAP_SMPWCS)};
    if (domain->kind == VTD_PAGING)
        describe_paging(domain, translation);
    if (domain->kind == VTD_NESTED)
        describe_nested(domain, translation);
    if (domain->kind == VTD_PROCESS) {
        translation->pgtt = PGTT_FIRST;
        translation->first = virt_to_phys(domain->domain.mm->pgd);
        translation->first_levels = 4;
    }
    if (!vtd_has(unit, ECAP_SC))
        translation->snoop = false; /* reserved */
}

static int compatible(const struct vtd_domain *domain, const struct vtd_device *device)
{
    const struct vtd_unit *unit = device->unit;

    switch (domain->kind) {
    case VTD_IDENTITY:
        return vtd_has(unit, ECAP_PT) ? 0 : -EINVAL;
    case VTD_PAGING:
        return vtd_paging_compatible(domain, unit);
    case VTD_NESTED:
        return vtd_nested_compatible(domain, unit);
    case VTD_PROCESS:
        return vtd_sva_possible(unit) && !domain->released ? 0 : -EINVAL;
    }
    return -EINVAL;
}

/* ---- leaving ---- */

/* Cannot fail: the place is reserved, or taken. */
static void replace(struct vtd_device *device, u32 pasid, struct vtd_attachment *by)
{
    mutex_lock(&device->unit->mutex);
    if (by)
        WARN_ON(xa_err(xa_store(&device->attachments, pasid, by, GFP_KERNEL)));
    else
        xa_erase(&device->attachments, pasid);
    mutex_unlock(&device->unit->mutex);
}

static void clear_entry(struct vtd_attachment *attachment)
{
    struct vtd_device *device = attachment->device;

    if (device->unit->scalable) {
        vtd_pasid_clear(device, attachment->pasid, attachment->did, false);
        return;
    }
    vtd_device_ats_stop(device);
    vtd_context_clear(device, attachment->did);
}

/*
 * The entry goes first, with everything that was cached of it; then what the device had recorded and asked for under it is dealt
 * with while its domain is still known.
 */
static void leave(struct vtd_attachment *attachment, struct vtd_attachment *next)
{
    struct vtd_device *device = attachment->device;
    struct vtd_domain *domain = attachment->domain;
    unsigned long flags;

    clear_entry(attachment);
    vtd_fault_collect(device->unit);
    if (device->pri_enabled && !driver_bug(NO_DRAIN))
        vtd_request_drain(device, attachment->pasid, attachment->did);
    spin_lock_irqsave(&domain->lock, flags);
    list_del(&attachment->node);
    spin_unlock_irqrestore(&domain->lock, flags);
    replace(device, attachment->pasid, next);
    mutex_lock(&device->unit->mutex);
    put_did(domain, device->unit);
    mutex_unlock(&device->unit->mutex);
    kfree(attachment);
}

void vtd_detach(struct vtd_device *device, u32 pasid)
{
    struct vtd_attachment *attachment = vtd_attachment(device, pasid);

    if (attachment)
        leave(attachment, NULL);
}

/* ---- coming ---- */

static void install(struct vtd_domain *domain, struct vtd_attachment *attachment)
{
    struct vtd_device *device = attachment->device;
    struct vtd_translation translation;
    unsigned long flags, parent_flags = 0;

    if (domain->parent)
        spin_lock_irqsave(&domain->parent->lock, parent_flags);
    spin_lock_irqsave(&domain->lock, flags);
    list_add_tail(&attachment->node, &domain->attachments);
    describe(domain, device->unit, attachment->did, &translation);
    if (device->unit->scalable && !domain->released)
        vtd_pasid_set(device, attachment->pasid, &translation);
    else if (!device->unit->scalable)
        vtd_context_set(device, &translation);
    spin_unlock_irqrestore(&domain->lock, flags);
    if (domain->parent)
        spin_unlock_irqrestore(&domain->parent->lock, parent_flags);
    /* 4.5.1: ATS is enabled once the entry lets its requests through: legacy entries of pass-through do not. */
    if (!device->unit->scalable && domain->kind != VTD_IDENTITY)
        vtd_device_ats_start(device);
}

static int prepare(struct vtd_domain *domain, struct vtd_device *device, u32 pasid, struct vtd_attachment **made)
{
    struct vtd_attachment *attachment = kzalloc(sizeof(*attachment), GFP_KERNEL);
    int result = attachment ? 0 : -ENOMEM, did = 0;

    if (!result && device->unit->scalable)
        result = vtd_pasid_prepare(device, pasid);
    mutex_lock(&device->unit->mutex);
    if (!result && !vtd_attachment(device, pasid))
        result = xa_reserve(&device->attachments, pasid, GFP_KERNEL);
    if (!result)
        did = get_did(domain, device->unit);
    if (did < 0) {
        result = did;
        xa_release(&device->attachments, pasid);
    }
    mutex_unlock(&device->unit->mutex);
    if (result) {
        kfree(attachment);
        return result;
    }
    *attachment = (struct vtd_attachment){.domain = domain, .device = device, .pasid = pasid, .did = (u16)did};
    *made = attachment;
    return 0;
}

static int attach(struct vtd_domain *domain, struct vtd_device *device, u32 pasid)
{
    struct vtd_attachment *attachment, *old = vtd_attachment(device, pasid);
    int result = compatible(domain, device);

    if (result || (old && old->domain == domain))
        return result;
    result = prepare(domain, device, pasid, &attachment);
    if (result)
        return result;
    if (old)
        leave(old, attachment);
    else
        replace(device, pasid, attachment);
    install(domain, attachment);
    return 0;
}

int vtd_attach_dev(struct iommu_domain *domain, struct device *dev)
{
    return attach(to_vtd_domain(domain), dev_iommu_priv_get(dev), IOMMU_NO_PASID);
}

/* The core has checked that the PASID is in range, and free unless old is given. */
int vtd_attach_pasid(struct iommu_domain *domain, struct device *dev, ioasid_t pasid, struct iommu_domain *old)
{
    struct vtd_device *device = dev_iommu_priv_get(dev);

    (void)old;
    if (!device->pasid_enabled)
        return -EOPNOTSUPP;
    if (pasid == IOMMU_NO_PASID) /* 9.4: RID_PASID, which no request may carry (SCT.9) */
        return -EINVAL;
    return attach(to_vtd_domain(domain), device, pasid);
}

/* ---- the core's ways out ---- */

void vtd_remove_pasid(struct device *dev, ioasid_t pasid, struct iommu_domain *domain)
{
    (void)domain;
    vtd_detach(dev_iommu_priv_get(dev), pasid);
}

static int block(struct iommu_domain *domain, struct device *dev)
{
    (void)domain;
    vtd_detach(dev_iommu_priv_get(dev), IOMMU_NO_PASID);
    return 0;
}

static const struct iommu_domain_ops blocked_ops = {.attach_dev = block};
struct iommu_domain vtd_blocked = {.type = IOMMU_DOMAIN_BLOCKED, .ops = &blocked_ops, .owner = &vtd_ops};

static const struct iommu_domain_ops identity_ops = {.attach_dev = vtd_attach_dev, .set_dev_pasid = vtd_attach_pasid};
struct vtd_domain vtd_identity = {.domain = {.type = IOMMU_DOMAIN_IDENTITY, .ops = &identity_ops, .owner = &vtd_ops},
                                  .kind = VTD_IDENTITY};
