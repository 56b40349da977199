/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_source.c - root and context entries for the requester ids of a device: its own, and those that a bridge above it puts in
 * place of it (9.1 to 9.4, 6.2.2.1).
 *
 * Devices behind one bridge share its id, so a requester id counts its users, and in scalable mode all devices that share an id
 * share one PASID table: what is set for one holds for all, and goes with the last.
 */
#include "vtd.h"
#include "vtd_trace.h"

#include <linux/bitfield.h>
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/slab.h>

#define BUS(rid) ((rid) >> 8)
#define DEVFN(rid) ((rid)&0xffu)

/* Scalable mode: 128 devfn and 32 bytes in each of two tables (9.2); legacy: 256 and 16 in one (9.1). */
static u64 *root_word(struct vtd_unit *unit, u16 rid)
{
    return &unit->root[BUS(rid) * ROOT_WORDS + (unit->scalable && DEVFN(rid) & 0x80 ? 1 : 0)];
}

static u64 *context_words(struct vtd_unit *unit, u16 rid)
{
    u64 root = *root_word(unit, rid);
    u64 *table = root & VTD_PRESENT ? phys_to_virt(root & VTD_ADDRESS) : NULL;

    if (!table)
        return NULL;
    return unit->scalable ? table + (DEVFN(rid) & 0x7f) * SM_CONTEXT_WORDS : table + DEVFN(rid) * CONTEXT_WORDS;
}

static void invalidate_context(struct vtd_unit *unit, const struct vtd_device *device, u16 rid, u16 did)
{
    struct vtd_batch batch = {.unit = unit};
    u16 sid = driver_bug(ALIAS_WRONG_SID) ? device->rids[0] : rid;

    vtd_batch_add(&batch, vtd_desc_context_device(did, sid));
    /* 6.5.2.1: PASID cache and IOTLB as wide as the context invalidation, or wider; 9.4 leads to every domain of the table. */
    if (unit->scalable)
        vtd_batch_add(&batch, vtd_desc_pasid_global());
    vtd_batch_add(&batch, unit->scalable ? vtd_desc_iotlb_global() : vtd_desc_iotlb_domain(did));
    if (rid == device->rids[0])
        vtd_cache_devtlb_all(&batch, device, IOMMU_NO_PASID);
    vtd_batch_commit(&batch);
}

static int make_context_table(struct vtd_unit *unit, u16 rid)
{
    u64 *root = root_word(unit, rid), *table;

    if (*root & VTD_PRESENT)
        return 0;
    table = vtd_alloc(VTD_PAGE_BYTES);
    if (!table)
        return -ENOMEM;
    WRITE_ONCE(*root, virt_to_phys(table) | VTD_PRESENT);
    vtd_unit_publish(unit);
    if (unit->cap & CAP_CM) {
        struct vtd_batch batch = {.unit = unit};

        vtd_batch_add(&batch, vtd_desc_context_global());
        if (unit->scalable)
            vtd_batch_add(&batch, vtd_desc_pasid_global());
        vtd_batch_add(&batch, vtd_desc_iotlb_global());
        vtd_batch_commit(&batch);
    }
    return 0;
}

static void write_context(struct vtd_unit *unit, const struct vtd_device *device, u16 rid, const u64 *words, unsigned int count)
{
    u64 *entry = context_words(unit, rid);

    for (unsigned int i = count; i-- > 0;) {
        if (i == 0)
            wmb(); /* Present comes last: the entry is whole when it can be used */
        WRITE_ONCE(entry[i], words[i]);
    }
    trace_vtd_entry(rid, -1, virt_to_phys(entry), words[0], words[1]);
    vtd_unit_publish(unit);
    if (unit->cap & CAP_CM)
        invalidate_context(unit, device, rid, 0);
}

/* Present goes first; the rest only when no cache holds the entry any more (6.5.3.3). */
static void clear_context(struct vtd_unit *unit, const struct vtd_device *device, u16 rid, unsigned int count, u16 did)
{
    u64 *entry = context_words(unit, rid);

    if (!driver_bug(TORN_ENTRY))
        WRITE_ONCE(entry[0], entry[0] & ~VTD_PRESENT);
    else
        for (unsigned int i = 1; i <= count; i++, readl(unit->registers + VTD_GSTS))
            WRITE_ONCE(entry[i % count], 0);
    trace_vtd_entry(rid, -1, virt_to_phys(entry), entry[0], entry[1]);
    vtd_unit_publish(unit);
    invalidate_context(unit, device, rid, did);
    for (unsigned int i = 0; i < count; i++)
        WRITE_ONCE(entry[i], 0);
    vtd_unit_publish(unit);
}

/* ---- scalable mode ---- */

static u64 context_flags(const struct vtd_device *device, u16 rid)
{
    u64 flags = 0;

    if (rid != device->rids[0])
        return 0;
    /* 4.5.1: the entry lets ATS requests through before ATS is enabled in the device. */
    if (device->ats_supported)
        flags |= SM_CONTEXT0_DTE;
    if (device->pasid_supported)
        flags |= SM_CONTEXT0_PASIDE;
    return flags;
}

static void set_sm_context(struct vtd_device *device, struct vtd_source *source)
{
    u64 words[SM_CONTEXT_WORDS];

    vtd_entry_sm_context(words, virt_to_phys(source->table->directory), source->table->pdts, context_flags(device, source->rid));
    write_context(device->unit, device, source->rid, words, SM_CONTEXT_WORDS);
}

void vtd_source_requests(struct vtd_device *device, bool on)
{
    u64 *entry = context_words(device->unit, device->rids[0]);

    WRITE_ONCE(entry[0], on ? entry[0] | SM_CONTEXT0_PRE : entry[0] & ~SM_CONTEXT0_PRE);
    vtd_unit_publish(device->unit);
    invalidate_context(device->unit, device, device->rids[0], 0);
}

/*
 * Pages that are given back may still be in the Device-TLB. Translated requests are blocked from now on (9.3 TT, 9.4 DTE), until
 * the device is released; no further invalidation is sent to it.
 */
void vtd_source_bar(struct vtd_unit *unit, u16 rid)
{
    struct vtd_device *device = xa_load(&unit->devices, rid);
    u64 *entry = context_words(unit, rid);
    struct vtd_desc descs[3] = {vtd_desc_context_device(0, rid), vtd_desc_iotlb_global(), vtd_desc_pasid_global()};

    if (!device || !device->ats_enabled || !entry)
        return;
    pr_err("vtd%u: %04x: no translated requests any more\n", unit->id, rid);
    device->ats_enabled = false;
    device->ats_barred = true;
    WRITE_ONCE(entry[0], entry[0] & ~(unit->scalable ? SM_CONTEXT0_DTE | SM_CONTEXT0_PRE : CONTEXT0_TT));
    vtd_unit_publish(unit);
    if (unit->scalable)
        swap(descs[1], descs[2]); /* the PASID cache before the IOTLB (6.2.2.1) */
    else
        descs[0] = vtd_desc_context_device((u16)FIELD_GET(CONTEXT1_DID, entry[1]), rid);
    vtd_queue_submit(unit, descs, unit->scalable ? 3 : 2, false);
}

/* ---- users of a requester id; unit->mutex is held ---- */

static struct vtd_source *get_source(struct vtd_device *device, u16 rid)
{
    struct vtd_unit *unit = device->unit;
    struct vtd_source *source = xa_load(&unit->sources, rid);
    int result;

    if (source) {
        source->users++;
        return source;
    }
    result = make_context_table(unit, rid);
    source = result ? NULL : kzalloc(sizeof(*source), GFP_KERNEL);
    if (!source)
        return ERR_PTR(-ENOMEM);
    *source = (struct vtd_source){.rid = rid, .users = 1};
    result = xa_err(xa_store(&unit->sources, rid, source, GFP_KERNEL));
    if (result) {
        kfree(source);
        return ERR_PTR(result);
    }
    if (device->table) {
        source->table = device->table;
        source->table->users++;
        set_sm_context(device, source);
    }
    return source;
}

static void put_table(struct vtd_pasid_table *table)
{
    if (table && --table->users == 0)
        vtd_pasid_table_free(table);
}

static void put_source(struct vtd_device *device, u16 rid)
{
    struct vtd_source *source = xa_load(&device->unit->sources, rid);

    if (!source || (--source->users && !(driver_bug(ALIAS_CLEARED) && rid != device->rids[0])))
        return;
    if (source->table)
        clear_context(device->unit, device, rid, SM_CONTEXT_WORDS, 0);
    if (source->users)
        return; /* ALIAS_CLEARED */
    put_table(source->table);
    xa_erase(&device->unit->sources, rid);
    kfree(source);
}

/* The table that another device behind the same bridge has, or a new one. */
static int choose_table(struct vtd_device *device)
{
    struct vtd_unit *unit = device->unit;

    for (unsigned int i = 0; i < device->rid_count && !device->table; i++) {
        struct vtd_source *source = xa_load(&unit->sources, device->rids[i]);

        device->table = source ? source->table : NULL;
    }
    if (!device->table)
        device->table = vtd_pasid_table_new(device->pasids);
    if (!device->table)
        return -ENOMEM;
    device->table->users++;
    device->table->devices++;
    return 0;
}

static void leave_table(struct vtd_device *device)
{
    if (device->table)
        device->table->devices--;
    put_table(device->table);
    device->table = NULL;
}

int vtd_sources_get(struct vtd_device *device)
{
    int result = device->unit->scalable ? choose_table(device) : 0;

    for (unsigned int i = 0; !result && i < device->rid_count; i++) {
        struct vtd_source *source = get_source(device, device->rids[i]);

        if (!IS_ERR(source))
            continue;
        result = PTR_ERR(source);
        while (i-- > 0)
            put_source(device, device->rids[i]);
        leave_table(device);
        break;
    }
    return result;
}

void vtd_sources_put(struct vtd_device *device)
{
    for (unsigned int i = device->rid_count; i-- > 0;)
        put_source(device, device->rids[i]);
    leave_table(device);
}

/* ---- legacy mode ---- */

void vtd_context_set(struct vtd_device *device, const struct vtd_translation *translation)
{
    for (unsigned int i = 0; i < device->rid_count; i++) {
        u64 words[CONTEXT_WORDS], *entry = context_words(device->unit, device->rids[i]);

        vtd_entry_context(words, translation, i == 0 && device->ats_supported);
        if (entry[0] == words[0] && entry[1] == words[1])
            continue; /* another device behind the bridge has set it */
        if (entry[0] & VTD_PRESENT)
            clear_context(device->unit, device, device->rids[i], CONTEXT_WORDS, FIELD_GET(CONTEXT1_DID, entry[1]));
        write_context(device->unit, device, device->rids[i], words, CONTEXT_WORDS);
    }
}

void vtd_context_clear(struct vtd_device *device, u16 did)
{
    for (unsigned int i = 0; i < device->rid_count; i++) {
        u64 *entry = context_words(device->unit, device->rids[i]);
        struct vtd_source *source = xa_load(&device->unit->sources, device->rids[i]);

        if (device->leaving && source && source->users > 1)
            continue;
        if (entry[0] & VTD_PRESENT && FIELD_GET(CONTEXT1_DID, entry[1]) == did)
            clear_context(device->unit, device, device->rids[i], CONTEXT_WORDS, did);
    }
}
