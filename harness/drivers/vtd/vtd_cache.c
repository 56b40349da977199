/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_cache.c - which invalidations a change of page tables needs (6.5.3.3, Table 28): in every unit where the domain is in use
 * the IOTLB first, then the Device-TLB of every device and PASID that uses it, for a Device-TLB fills itself from the IOTLB.
 *
 * A nested domain caches what comes of both stages: a change of the parent concerns it too, and since addresses of the parent are
 * not those that the devices use, their Device-TLBs are invalidated as a whole.
 */
#include "vtd.h"

#include <linux/bitfield.h>
#include <linux/io.h>
#include <linux/limits.h>
#include <linux/slab.h>

#define EVERY_PAGE 52u

struct change {
    u64 first, last; /* inclusive; everything: 0..U64_MAX */
    bool hint;
};

static const struct vtd_block everything = {.mask = EVERY_PAGE};

static bool is_everything(const struct change *change)
{
    return change->first == 0 && change->last == U64_MAX;
}

static void add_devtlb(struct vtd_batch *batch, const struct vtd_device *device, u32 pasid, const struct vtd_block *block)
{
    if (device->ats_enabled)
        vtd_batch_add(batch, vtd_desc_devtlb(&device->endpoint, pasid, block));
}

void vtd_cache_devtlb_all(struct vtd_batch *batch, const struct vtd_device *device, u32 pasid)
{
    add_devtlb(batch, device, pasid, &everything);
}

/* By PASID for what translates through a first stage, by domain for the second stage (6.5.2.3, 6.5.2.4). */
static bool by_pasid(const struct vtd_domain *domain)
{
    return domain->kind == VTD_NESTED || domain->kind == VTD_PROCESS ||
           (domain->kind == VTD_PAGING && domain->table.stage == VTD_FIRST_STAGE);
}

static unsigned int blocks_of(const struct vtd_domain *domain, const struct change *change, struct vtd_block blocks[2])
{
    bool broken = (driver_bug(SVM_RANGE_LOW_BITS) && domain->kind == VTD_PROCESS) ||
                  (driver_bug(PIOTLB_NO_ALIGN) && domain->kind == VTD_NESTED);
    u64 last = change->last;

    if (!broken)
        return vtd_range_blocks(change->first, last, blocks);
    /* One block of the size of the range, wherever it begins: hardware ignores the address bits below the mask. */
    blocks[0] = (struct vtd_block){.address = change->first & VTD_ADDRESS,
                                   .mask = (unsigned int)fls64((last >> 12) - (change->first >> 12))};
    return 1;
}

static void add_iotlb_pasid(struct vtd_batch *batch, const struct vtd_attachment *at, const struct change *change)
{
    struct vtd_block blocks[2];
    unsigned int count;

    if (is_everything(change)) {
        vtd_batch_add(batch, vtd_desc_piotlb(at->did, at->pasid));
        return;
    }
    count = blocks_of(at->domain, change, blocks);
    for (unsigned int i = 0; i < count; i++)
        vtd_batch_add(batch, vtd_desc_piotlb_pages(at->did, at->pasid, &blocks[i], change->hint));
}

/* CAP.PSI and MAMV bound what can be named by address; the domain as a whole always can. */
static void add_iotlb_domain(struct vtd_batch *batch, const struct vtd_attachment *at, const struct change *change)
{
    const struct vtd_unit *unit = batch->unit;
    struct vtd_block blocks[2];
    unsigned int count = is_everything(change) ? 0 : vtd_range_blocks(change->first, change->last, blocks);
    bool pages = count && unit->cap & CAP_PSI;

    for (unsigned int i = 0; i < count; i++)
        pages = pages && blocks[i].mask <= FIELD_GET(CAP_MAMV, unit->cap);
    if (!pages)
        vtd_batch_add(batch, vtd_desc_iotlb_domain(at->did));
    for (unsigned int i = 0; pages && i < count; i++)
        vtd_batch_add(batch, vtd_desc_iotlb_pages(at->did, &blocks[i], change->hint));
}

/* A domain id is invalidated once, a PASID with it once, however many devices share them. */
static bool named_before(const struct vtd_domain *domain, const struct vtd_attachment *at, bool pasids)
{
    const struct vtd_attachment *other;

    list_for_each_entry(other, &domain->attachments, node)
    {
        if (other == at)
            return false;
        if (other->device->unit == at->device->unit && (!pasids || other->pasid == at->pasid))
            return true;
    }
    return false;
}

static void add_iotlbs(struct vtd_batch *batch, const struct vtd_domain *domain, const struct change *change, bool parent)
{
    bool pasids = by_pasid(domain) && !parent;
    const struct vtd_attachment *at;

    list_for_each_entry(at, &domain->attachments, node)
    {
        if (at->device->unit != batch->unit || named_before(domain, at, pasids))
            continue;
        if (pasids)
            add_iotlb_pasid(batch, at, change);
        else
            add_iotlb_domain(batch, at, change);
    }
}

static void add_devtlbs(struct vtd_batch *batch, const struct vtd_domain *domain, const struct change *change, bool parent)
{
    bool whole = is_everything(change) || (parent && !driver_bug(NESTED_DEVTLB_RANGE));
    const struct vtd_attachment *at;

    list_for_each_entry(at, &domain->attachments, node)
    {
        struct vtd_block blocks[2] = {everything};
        unsigned int count = whole ? 1 : blocks_of(domain, change, blocks);

        for (unsigned int i = 0; i < count && at->device->unit == batch->unit; i++)
            add_devtlb(batch, at->device, at->pasid, &blocks[i]);
        if (driver_bug(DEVTLB_FIRST_DEVICE))
            break;
    }
}

static void add_all(struct vtd_batch *batch, const struct vtd_domain *domain, const struct change *change, bool parent)
{
    if (driver_bug(DEVTLB_BEFORE_IOTLB)) {
        add_devtlbs(batch, domain, change, parent);
        vtd_batch_commit(batch);
        for (unsigned int i = 0; i < 100; i++) /* a processor is not that fast */
            readl(batch->unit->registers + VTD_GSTS);
        add_iotlbs(batch, domain, change, parent);
        return;
    }
    add_iotlbs(batch, domain, change, parent);
    add_devtlbs(batch, domain, change, parent);
}

static void invalidate_in(struct vtd_unit *unit, struct vtd_domain *domain, const struct change *change)
{
    struct vtd_batch batch = {.unit = unit};
    struct vtd_domain *child;

    add_all(&batch, domain, change, false);
    if (domain->nest_parent)
        list_for_each_entry(child, &domain->children, sibling)
        {
            spin_lock(&child->lock);
            add_all(&batch, child, change, true);
            spin_unlock(&child->lock);
        }
    vtd_batch_commit(&batch);
}

static void invalidate(struct vtd_domain *domain, const struct change *change)
{
    struct vtd_unit *unit;
    unsigned long flags;

    spin_lock_irqsave(&domain->lock, flags);
    list_for_each_entry(unit, &vtd_units, node) invalidate_in(unit, domain, change);
    spin_unlock_irqrestore(&domain->lock, flags);
}

void vtd_cache_range(struct vtd_domain *domain, u64 first, u64 last, bool hint)
{
    struct change change = {first, last, hint};

    invalidate(domain, &change);
}

void vtd_cache_all(struct vtd_domain *domain)
{
    vtd_cache_range(domain, 0, U64_MAX, false);
}

/* 6.1: nothing to do without CM, for what is not present is in no cache. The first stage is never cached so (6.2.4.1). */
void vtd_cache_mapped(struct vtd_domain *domain, u64 first, u64 last)
{
    struct vtd_unit *unit;

    list_for_each_entry(unit, &vtd_units, node) vtd_unit_publish(unit);
    if (domain->table.stage == VTD_SECOND_STAGE && domain->invalidate_maps)
        vtd_cache_range(domain, first, last, false);
}
