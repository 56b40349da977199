/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_pt.c - paging structures. Both stages are the same tree; they differ in the bits of an entry, which are a row of facts.
 */
#include "vtd_pt.h"

#include "vtd_bugs.h"
#include "vtd_regs.h"

#include <asm/cmpxchg.h>
#include <asm/page.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/gfp.h>

#define INDEX_BITS 9u
#define ENTRIES (1u << INDEX_BITS)

/*
 * First stage: A is set beforehand, and D where writing is allowed, for a unit that does not snoop page walks would fault in want
 * of setting them (7.1.3, SFS.9). U/S is set at every level: requests are of user privilege (3.6.1; a 0 is SGN.2).
 */
static const struct format {
    u64 present; /* an entry with none of these is a hole */
    u64 table;
    u64 leaf;
    u64 read, write, snoop;
    u64 writable, dirty;
} formats[] = {
    [VTD_FIRST_STAGE] = {.present = FS_P,
                         .table = FS_P | FS_RW | FS_US | FS_A,
                         .leaf = FS_P | FS_US | FS_A,
                         .write = FS_RW | FS_D,
                         .writable = FS_RW,
                         .dirty = FS_D},
    [VTD_SECOND_STAGE] = {.present = SS_R | SS_W,
                          .table = SS_R | SS_W,
                          .read = SS_R,
                          .write = SS_W,
                          .snoop = SS_SNP,
                          .writable = SS_W,
                          .dirty = SS_D},
};

static u64 *new_table(gfp_t gfp)
{
    return (u64 *)get_zeroed_page(gfp);
}

int vtd_pt_init(struct vtd_pt *pt, enum vtd_stage stage, unsigned int levels, gfp_t gfp)
{
    *pt = (struct vtd_pt){.stage = stage, .levels = levels, .root = new_table(gfp)};
    return pt->root ? 0 : -ENOMEM;
}

u64 vtd_pt_root(const struct vtd_pt *pt)
{
    return virt_to_phys(pt->root);
}

unsigned int vtd_pt_shift(unsigned int level)
{
    return 12 + INDEX_BITS * (level - 1);
}

static u64 *slot(u64 *table, u64 iova, unsigned int level)
{
    return table + (iova >> vtd_pt_shift(level) & (ENTRIES - 1));
}

static u64 *next_table(u64 entry)
{
    return phys_to_virt(entry & PAGING_ADDRESS);
}

static bool is_leaf(u64 entry, unsigned int level)
{
    return level == 1 || entry & PAGING_PS;
}

void vtd_pt_drop(u64 *table, unsigned int level)
{
    for (unsigned int i = 0; level > 1 && i < ENTRIES; i++)
        if (table[i] && !is_leaf(table[i], level))
            vtd_pt_drop(next_table(table[i]), level - 1);
    free_page((unsigned long)table);
}

void vtd_pt_free(struct vtd_pt *pt)
{
    if (pt->root)
        vtd_pt_drop(pt->root, pt->levels);
    pt->root = NULL;
}

static bool is_empty(const u64 *table, unsigned int level)
{
    for (unsigned int i = 0; i < ENTRIES; i++)
        if (table[i] && (is_leaf(table[i], level) || !is_empty(next_table(table[i]), level - 1)))
            return false;
    return true;
}

static u64 leaf_entry(const struct format *format, u64 address, unsigned int level, unsigned int rights)
{
    u64 entry = address | format->leaf;

    if (rights & VTD_PT_READ)
        entry |= format->read;
    if (rights & VTD_PT_WRITE)
        entry |= format->write;
    if (rights & VTD_PT_SNOOP)
        entry |= format->snoop;
    return level > 1 ? entry | PAGING_PS : entry;
}

int vtd_pt_map(struct vtd_pt *pt, u64 iova, u64 address, unsigned int level, unsigned int rights, gfp_t gfp, u64 **replaced)
{
    const struct format *format = &formats[pt->stage];
    u64 table_bits = driver_bug(FIRST_STAGE_SUPERVISOR) ? format->table & ~FS_US : format->table;
    u64 *table = pt->root, *entry;

    *replaced = NULL;
    for (unsigned int at = pt->levels;; at--) {
        entry = slot(table, iova, at);
        if (at == level)
            break;
        if (!*entry) {
            u64 *below = new_table(gfp);

            if (!below)
                return -ENOMEM;
            if (cmpxchg(entry, 0, virt_to_phys(below) | table_bits))
                free_page((unsigned long)below); /* another one was faster */
        }
        if (is_leaf(*entry, at))
            return -EEXIST;
        table = next_table(*entry);
    }
    if (*entry) {
        /* 6.5.3.3: between a table and a page of another size stands an entry that is not present, and its invalidation. */
        if (is_leaf(*entry, level) || !is_empty(next_table(*entry), level - 1))
            return -EEXIST;
        *replaced = next_table(*entry);
        WRITE_ONCE(*entry, 0);
        return 0;
    }
    return cmpxchg(entry, 0, leaf_entry(format, address, level, rights)) ? -EEXIST : 0;
}

unsigned int vtd_pt_find(const struct vtd_pt *pt, u64 iova, u64 **entry, unsigned int *hole)
{
    u64 *table = pt->root;
    unsigned int level = pt->levels;

    for (;; level--) {
        *entry = slot(table, iova, level);
        if (!**entry)
            break;
        if (is_leaf(**entry, level))
            return level;
        table = next_table(**entry);
    }
    *hole = level;
    return 0;
}

unsigned int vtd_pt_unmap(struct vtd_pt *pt, u64 iova, u64 *old, unsigned int *hole)
{
    u64 *entry;
    unsigned int level = vtd_pt_find(pt, iova, &entry, hole);

    if (level)
        *old = xchg(entry, 0);
    return level;
}

bool vtd_pt_translate(const struct vtd_pt *pt, u64 iova, u64 *address)
{
    u64 *entry, inside;
    unsigned int hole, level;

    if (iova >> vtd_pt_shift(pt->levels + 1))
        return false;
    level = vtd_pt_find(pt, iova, &entry, &hole);
    if (!level)
        return false;
    inside = (1ull << vtd_pt_shift(level)) - 1;
    *address = (*entry & PAGING_ADDRESS & ~inside) | (iova & inside);
    return true;
}

bool vtd_pt_dirty(const struct vtd_pt *pt, u64 *entry, bool clear)
{
    u64 dirty = formats[pt->stage].dirty, seen = READ_ONCE(*entry);

    while (clear && seen & dirty) {
        u64 before = cmpxchg(entry, seen, seen & ~dirty);

        if (before == seen)
            break;
        seen = before;
    }
    return seen & dirty;
}

bool vtd_pt_writable(const struct vtd_pt *pt, u64 entry)
{
    return entry & formats[pt->stage].writable;
}
