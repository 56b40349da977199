/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_pasid.c - PASID directories and tables (9.5, 9.6, 6.2.3.1). A unit may fetch an entry at any moment: it is whole whenever
 * it is present, and nothing of it changes before no cache holds it any more.
 */
#include "vtd.h"
#include "vtd_trace.h"

#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/io.h>
#include <linux/log2.h>
#include <linux/slab.h>

/* 9.4 PDTS: the directory has 2^(PDTS + 7) entries of 8 bytes. */
static size_t directory_bytes(const struct vtd_pasid_table *table)
{
    return sizeof(u64) << (table->pdts + PASID_DIRECTORY_LG2);
}

struct vtd_pasid_table *vtd_pasid_table_new(u32 pasids)
{
    struct vtd_pasid_table *table = kzalloc(sizeof(*table), GFP_KERNEL);
    u32 most = PASIDS_PER_TABLE << PASID_DIRECTORY_LG2;

    if (!table)
        return NULL;
    spin_lock_init(&table->lock);
    table->pdts = pasids > most ? ilog2(roundup_pow_of_two(pasids)) - ilog2(most) : 0;
    table->pasids = most << table->pdts;
    table->directory = vtd_alloc(directory_bytes(table));
    if (table->directory)
        return table;
    kfree(table);
    return NULL;
}

void vtd_pasid_table_free(struct vtd_pasid_table *table)
{
    for (size_t i = 0; i < directory_bytes(table) / sizeof(u64); i++)
        if (table->directory[i] & VTD_PRESENT)
            vtd_free(phys_to_virt(table->directory[i] & VTD_ADDRESS), VTD_PAGE_BYTES);
    vtd_free(table->directory, directory_bytes(table));
    kfree(table);
}

static u64 *entry_of(struct vtd_pasid_table *table, u32 pasid)
{
    u64 directory = READ_ONCE(table->directory[pasid / PASIDS_PER_TABLE]);

    if (!(directory & VTD_PRESENT))
        return NULL;
    return (u64 *)phys_to_virt(directory & VTD_ADDRESS) + pasid % PASIDS_PER_TABLE * PASID_WORDS;
}

int vtd_pasid_prepare(struct vtd_device *device, u32 pasid)
{
    struct vtd_pasid_table *table = device->table;
    void *entries;
    bool unused = false;

    if (pasid >= table->pasids)
        return -EINVAL;
    if (entry_of(table, pasid))
        return 0;
    entries = vtd_alloc(VTD_PAGE_BYTES);
    if (!entries)
        return -ENOMEM;
    spin_lock(&table->lock);
    if (entry_of(table, pasid))
        unused = true;
    else
        WRITE_ONCE(table->directory[pasid / PASIDS_PER_TABLE], virt_to_phys(entries) | VTD_PRESENT);
    spin_unlock(&table->lock);
    if (unused)
        vtd_free(entries, VTD_PAGE_BYTES);
    vtd_unit_publish(device->unit);
    return 0;
}

/* Table 28: which IOTLB invalidation an entry needs depends on what it was. */
static void add_iotlb(struct vtd_batch *batch, u64 pgtt, u16 did, u32 pasid)
{
    bool by_pasid = pgtt == PGTT_FIRST || pgtt == PGTT_PASS;

    if (by_pasid || driver_bug(TEARDOWN_PASID_IOTLB))
        vtd_batch_add(batch, vtd_desc_piotlb(did, pasid));
    else
        vtd_batch_add(batch, vtd_desc_iotlb_domain(did));
}

static void invalidate(struct vtd_device *device, u32 pasid, u64 pgtt, u16 did)
{
    struct vtd_batch batch = {.unit = device->unit};

    vtd_batch_add(&batch, vtd_desc_pasid(did, pasid));
    add_iotlb(&batch, pgtt, did, pasid);
    if (!driver_bug(DEVTLB_NOT_AT_TEARDOWN))
        vtd_cache_devtlb_all(&batch, device, pasid);
    vtd_batch_commit(&batch);
}

static void clear_words(struct vtd_device *device, u64 *entry)
{
    if (!driver_bug(TORN_ENTRY)) {
        WRITE_ONCE(entry[0], entry[0] & ~VTD_PRESENT);
        return;
    }
    for (unsigned int i = 1; i <= PASID_WORDS; i++, readl(device->unit->registers + VTD_GSTS))
        WRITE_ONCE(entry[i % PASID_WORDS], 0);
}

void vtd_pasid_clear(struct vtd_device *device, u32 pasid, u16 did, bool quiet)
{
    u64 *entry = entry_of(device->table, pasid), pgtt;
    bool mine;

    if (!entry)
        return;
    spin_lock(&device->table->lock);
    mine = entry[0] & VTD_PRESENT && FIELD_GET(PASID1_DID, entry[1]) == did && !(device->leaving && device->table->devices > 1);
    pgtt = FIELD_GET(PASID0_PGTT, entry[0]);
    if (mine)
        clear_words(device, entry);
    else if (!(entry[0] & VTD_PRESENT))
        WRITE_ONCE(entry[0], 0); /* after quiet: faults are recorded again */
    if (mine)
        trace_vtd_entry(device->rids[0], pasid, virt_to_phys(entry), entry[0], entry[1]);
    spin_unlock(&device->table->lock);
    if (!mine) {
        /* Another device of the table has replaced the entry; what this one has cached of it is its own matter. */
        struct vtd_batch batch = {.unit = device->unit};

        vtd_cache_devtlb_all(&batch, device, pasid);
        vtd_batch_commit(&batch);
        return;
    }
    vtd_unit_publish(device->unit);
    invalidate(device, pasid, pgtt, did);
    spin_lock(&device->table->lock);
    for (unsigned int i = PASID_WORDS; i-- > 0;)
        WRITE_ONCE(entry[i], i == 0 && quiet ? VTD_FPD : 0);
    spin_unlock(&device->table->lock);
    vtd_unit_publish(device->unit);
}

static bool same(const u64 *entry, const u64 *words)
{
    for (unsigned int i = 0; i < PASID_WORDS; i++)
        if (entry[i] != words[i])
            return false;
    return true;
}

void vtd_pasid_set(struct vtd_device *device, u32 pasid, const struct vtd_translation *translation)
{
    struct vtd_pasid_table *table = device->table;
    u64 words[PASID_WORDS], *entry = entry_of(table, pasid);

    vtd_entry_pasid(words, translation);
    if (entry[0] & VTD_PRESENT) {
        if (same(entry, words))
            return; /* another device of the table has set it */
        vtd_pasid_clear(device, pasid, FIELD_GET(PASID1_DID, entry[1]), false);
    }
    spin_lock(&table->lock);
    for (unsigned int i = PASID_WORDS; i-- > 0;) {
        if (i == 0)
            wmb(); /* the entry is whole when Present is there */
        WRITE_ONCE(entry[i], words[i]);
    }
    trace_vtd_entry(device->rids[0], pasid, virt_to_phys(entry), words[0], words[1]);
    spin_unlock(&table->lock);
    vtd_unit_publish(device->unit);
    /* 6.2.3: with CM the absence may be cached, under domain id 0. */
    if (device->unit->cap & CAP_CM) {
        struct vtd_batch batch = {.unit = device->unit};

        vtd_batch_add(&batch, vtd_desc_pasid(0, pasid));
        vtd_batch_add(&batch, vtd_desc_piotlb(0, pasid));
        vtd_batch_add(&batch, vtd_desc_iotlb_domain(0));
        vtd_batch_commit(&batch);
    }
}

void vtd_pasid_flag(const struct vtd_attachment *attachment, unsigned int word, u64 flag, bool on)
{
    struct vtd_device *device = attachment->device;
    u64 *entry = entry_of(device->table, attachment->pasid), pgtt = 0;

    spin_lock(&device->table->lock);
    if (entry[0] & VTD_PRESENT) {
        pgtt = FIELD_GET(PASID0_PGTT, entry[0]);
        WRITE_ONCE(entry[word], on ? entry[word] | flag : entry[word] & ~flag);
        trace_vtd_entry(device->rids[0], attachment->pasid, virt_to_phys(entry), entry[0], entry[1]);
    }
    spin_unlock(&device->table->lock);
    vtd_unit_publish(device->unit);
    if (pgtt)
        invalidate(device, attachment->pasid, pgtt, attachment->did);
}
