/* SPDX-License-Identifier: BSD-2-Clause */
/* VMSAv8-64 page tables of both stages, nested ones included (DDI 0487 D8.2, D8.3). */
#include "build/sm_internal.h"

#include <stdlib.h>

enum { TYPE_TABLE = 3, TYPE_BLOCK = 1, TYPE_PAGE = 3, LAST_LEVEL = 3 };

/* ---- geometry ---- */

bool sm_has_granule(struct test *t, uint32_t granule_lg2)
{
    return sm_idr(t, 5, granule_lg2 == 12 ? "GRAN4K" : granule_lg2 == 14 ? "GRAN16K" : "GRAN64K") != 0;
}

/* CD.TG0 and STE.S2TG; TG1 has codes of its own (5.4). */
uint32_t sm_tg0(uint32_t granule_lg2)
{
    return granule_lg2 == 12 ? 0 : granule_lg2 == 14 ? 2 : 1;
}

uint32_t sm_tg1(uint32_t granule_lg2)
{
    return granule_lg2 == 12 ? 2 : granule_lg2 == 14 ? 1 : 3;
}

/* STE.S2SL0 by start level: 4K counts 2, 1, 0, 3; 16K and 64K count 3, 2, 1, 0 (D8.2.8.2, D8.2.9.2, D8.2.10.2). */
uint32_t sm_sl0(const struct sm_table *s2)
{
    if (s2->start_level < 0)
        return 0;
    if (s2->granule_lg2 == 12)
        return s2->start_level == LAST_LEVEL ? 3 : 2 - (uint32_t)s2->start_level;
    return (uint32_t)(LAST_LEVEL - s2->start_level);
}

static uint32_t bits_per_level(const struct sm_table *table)
{
    return table->granule_lg2 - 3;
}

uint32_t sm_level_shift(const struct sm_table *table, int level)
{
    return table->granule_lg2 + (uint32_t)(LAST_LEVEL - level) * bits_per_level(table);
}

static int natural_start(const struct sm_table *table)
{
    int level = LAST_LEVEL;

    while (level > -1 && sm_level_shift(table, level) + bits_per_level(table) < table->input_bits)
        level--;
    return level;
}

/* D8.1.10: the start levels that the size of physical addresses allows; 16K starts at level 0 with DS only (D8.2.2). */
static bool start_allowed(const struct sm *sm, const struct sm_table *table, int level)
{
    if (table->granule_lg2 == 12)
        return level > 0 || sm->oas_bits > 42;
    if (table->granule_lg2 == 14)
        return level > 1 || (level == 1 && sm->oas_bits > 40) || (level == 0 && table->ds);
    return level > 1 || sm->oas_bits > 42;
}

static int choose_start(const struct sm *sm, const struct sm_table *table)
{
    int level = natural_start(table);

    while (table->stage == 2 && level < LAST_LEVEL && !start_allowed(sm, table, level) &&
           table->input_bits <= sm_level_shift(table, level + 1) + bits_per_level(table) + 4) /* 16 tables at most */
        level++;
    return level;
}

static uint32_t smallest_granule(struct test *t)
{
    for (uint32_t granule_lg2 = 12; granule_lg2 <= 16; granule_lg2 += 2)
        if (sm_has_granule(t, granule_lg2))
            return granule_lg2;
    test_skip(t, "no VMSAv8-64 granule");
}

/* ---- memory of tables ---- */

static void map_range(struct sm *sm, struct sm_table *table, uint64_t input, uint64_t output, uint64_t bytes, uint32_t rights);

static void remember(struct sm *sm, struct sm_table *stage2, uint64_t ipa, uint64_t host, uint64_t bytes)
{
    struct sm_guest_page *page = calloc(1, sizeof *page);

    if (!page)
        test_abort(sm->t, "out of memory");
    *page = (struct sm_guest_page){stage2->pages, ipa, host, bytes};
    stage2->pages = page;
}

/* Never contiguous in the guest: one translation too wide would be seen. */
static uint64_t guest_space(struct sm *sm, uint64_t bytes)
{
    uint64_t ipa = (sm->guest_next + bytes - 1) & ~(bytes - 1);

    sm->guest_next = ipa + 2 * bytes;
    return ipa;
}

uint64_t sm_guest_alloc(struct sm *sm, struct sm_table *stage2, uint64_t bytes, uint64_t *host)
{
    uint64_t granule = UINT64_C(1) << stage2->granule_lg2, size = granule, ipa;

    while (size < bytes)
        size *= 2;
    *host = mem_alloc(sm->t, size, size);
    ipa = guest_space(sm, size);
    map_range(sm, stage2, ipa, *host, size, SM_RW);
    remember(sm, stage2, ipa, *host, size);
    return ipa;
}

uint64_t sm_guest_to_host(const struct sm_table *stage2, uint64_t ipa)
{
    for (const struct sm_guest_page *page = stage2->pages; page; page = page->next)
        if (ipa >= page->ipa && ipa < page->ipa + page->bytes)
            return page->host + (ipa - page->ipa);
    return 0;
}

uint64_t sm_pointer_to_host(const struct sm_table *table, uint64_t pointer)
{
    return table->under ? sm_guest_to_host(table->under, pointer) : pointer;
}

static uint64_t table_memory(struct sm *sm, struct sm_table *table, uint64_t bytes, uint64_t *pointer)
{
    uint64_t host;

    if (table->under) {
        *pointer = sm_guest_alloc(sm, table->under, bytes, &host);
        return host;
    }
    return *pointer = mem_alloc(sm->t, bytes, bytes < 64 ? 64 : bytes);
}

static struct sm_table *table_new(struct sm *sm, uint32_t stage, const struct sm_geometry *geometry, struct sm_table *under,
                                  bool high)
{
    struct sm_table *table = calloc(1, sizeof *table);
    struct sm_geometry g = geometry ? *geometry : (struct sm_geometry){0};
    uint32_t widest = stage == 2 && sm->ias_bits < 48 ? sm->ias_bits : 48;

    if (!table)
        test_abort(sm->t, "out of memory");
    table->stage = stage;
    table->high = high;
    table->granule_lg2 = g.granule_lg2 ? g.granule_lg2 : smallest_granule(sm->t);
    table->input_bits = g.input_bits ? g.input_bits : widest;
    table->ds = g.ds;
    table->under = under;
    table->start_level = g.start_given ? g.start_level : choose_start(sm, table);
    table->next = sm->tables;
    sm->tables = table;
    table->root = table_memory(sm, table, UINT64_C(8) << (table->input_bits - sm_level_shift(table, table->start_level)),
                               &table->root_pointer);
    return table;
}

struct sm_table *sm_table_new(struct sm *sm, uint32_t stage, const struct sm_geometry *geometry)
{
    return table_new(sm, stage, geometry, NULL, false);
}

struct sm_table *sm_table_new_high(struct sm *sm, const struct sm_geometry *geometry)
{
    return table_new(sm, 1, geometry, NULL, true);
}

struct sm_table *sm_table_new_nested(struct sm *sm, const struct sm_geometry *geometry, struct sm_table *under, bool high)
{
    return table_new(sm, 1, geometry, under, high);
}

/* ---- descriptors ---- */

/* D8.3.1: address bits by granule; with 52-bit addresses 64K takes 51:48 from 15:12, DS takes 51:50 from 9:8. */
uint64_t sm_descriptor_address(const struct sm_table *table, uint64_t descriptor)
{
    uint64_t address = descriptor & sm_ones(table->ds ? 50 : 48) & ~sm_ones(table->granule_lg2);

    if (table->ds)
        return address | (descriptor >> 8 & 3) << 50;
    return table->granule_lg2 == 16 ? address | (descriptor >> 12 & 0xf) << 48 : address;
}

uint64_t sm_with_address(const struct sm_table *table, uint64_t descriptor, uint64_t address)
{
    uint64_t mask = sm_ones(table->ds ? 50 : 48) & ~sm_ones(table->granule_lg2);

    descriptor = (descriptor & ~mask) | (address & mask);
    if (table->ds)
        return (descriptor & ~(UINT64_C(3) << 8)) | (address >> 50 & 3) << 8;
    if (table->granule_lg2 == 16)
        return (descriptor & ~(UINT64_C(0xf) << 12)) | (address >> 48 & 0xf) << 12;
    return descriptor;
}

uint64_t sm_table_descriptor(const struct sm_table *table, uint64_t next_table_pointer)
{
    return sm_with_address(table, TYPE_TABLE, next_table_pointer);
}

static uint64_t stage1_bits(uint32_t rights)
{
    uint64_t word = (uint64_t)(rights >> 8 & 7) << 2;

    word |= (uint64_t)((rights & SM_U) != 0) << SM_BIT_AP1;
    word |= (uint64_t)((rights & SM_W) == 0) << SM_BIT_AP2;
    word |= (uint64_t)((rights & SM_GLOBAL) == 0) << SM_BIT_NG;
    if (!(rights & SM_X))
        word |= UINT64_C(1) << SM_BIT_PXN | UINT64_C(1) << SM_BIT_UXN;
    return word;
}

static uint64_t stage2_bits(uint32_t rights)
{
    uint64_t word = UINT64_C(0xf) << 2; /* MemAttr: inner and outer write-back */

    word |= (uint64_t)((rights & SM_R) != 0) << SM_BIT_S2AP0;
    word |= (uint64_t)((rights & SM_W) != 0) << SM_BIT_S2AP1;
    if (!(rights & SM_X))
        word |= UINT64_C(1) << SM_BIT_UXN; /* XN[1:0] = 10: nobody */
    return word;
}

uint64_t sm_leaf(const struct sm_table *table, uint64_t output, uint32_t page_lg2, uint32_t rights)
{
    uint64_t word = table->stage == 1 ? stage1_bits(rights) : stage2_bits(rights);

    word |= page_lg2 == 0 || page_lg2 == table->granule_lg2 ? TYPE_PAGE : TYPE_BLOCK;
    word |= table->ds ? 0 : UINT64_C(3) << 8; /* inner shareable */
    word |= (uint64_t)((rights & SM_NO_AF) == 0) << SM_BIT_AF;
    word |= (uint64_t)((rights & SM_DBM) != 0) << SM_BIT_DBM;
    word |= (uint64_t)((rights & SM_CONT) != 0) << SM_BIT_CONT;
    return sm_with_address(table, word, output);
}

bool sm_has_block(struct sm *sm, const struct sm_table *table, int level)
{
    if (level < table->start_level || level >= LAST_LEVEL)
        return false;
    if (table->granule_lg2 == 12)
        return level >= 1 || (level == 0 && table->ds);
    if (table->granule_lg2 == 14)
        return level == 2 || (level == 1 && table->ds);
    return level == 2 || (level == 1 && sm->oas_bits >= 52);
}

int sm_leaf_level(const struct sm_table *table, uint32_t page_lg2)
{
    for (int level = LAST_LEVEL; level >= 0; level--)
        if (page_lg2 == 0 || sm_level_shift(table, level) == page_lg2)
            return level;
    abort();
}

/* ---- walking and mapping ---- */

static uint64_t entry_in(const struct sm_table *table, uint64_t host, uint64_t input, int level)
{
    uint32_t shift = sm_level_shift(table, level);
    uint32_t bits = level == table->start_level ? table->input_bits - shift : bits_per_level(table);

    return host + 8 * (input >> shift & sm_ones(bits));
}

/* Host address of the table that this descriptor names, 0 if it names none. */
static uint64_t next_table(struct sm *sm, const struct sm_table *table, uint64_t entry)
{
    uint64_t descriptor = mem_read64(sm->t, entry);

    return (descriptor & 3) == TYPE_TABLE ? sm_pointer_to_host(table, sm_descriptor_address(table, descriptor)) : 0;
}

uint64_t sm_entry(struct sm *sm, const struct sm_table *table, uint64_t input, int level)
{
    uint64_t host = table->root;

    for (int l = table->start_level; l < level && host; l++)
        host = next_table(sm, table, entry_in(table, host, input, l));
    return host ? entry_in(table, host, input, level) : 0;
}

uint64_t sm_entry_pointer(struct sm *sm, const struct sm_table *table, uint64_t input, int level)
{
    uint64_t pointer = table->root_pointer, host = table->root;

    for (int l = table->start_level; l < level && host; l++) {
        pointer = sm_descriptor_address(table, mem_read64(sm->t, entry_in(table, host, input, l)));
        host = sm_pointer_to_host(table, pointer);
    }
    return host ? entry_in(table, pointer, input, level) : 0;
}

void sm_make_tables(struct sm *sm, struct sm_table *table, uint64_t input, int level)
{
    uint64_t host = table->root, pointer;

    for (int l = table->start_level; l < level; l++) {
        uint64_t entry = entry_in(table, host, input, l);

        host = next_table(sm, table, entry);
        if (host)
            continue;
        host = table_memory(sm, table, UINT64_C(1) << table->granule_lg2, &pointer);
        mem_write64(sm->t, entry, sm_table_descriptor(table, pointer));
    }
}

void sm_map(struct sm *sm, struct sm_table *table, uint64_t input, uint64_t output, uint32_t page_lg2, uint32_t rights)
{
    int level = sm_leaf_level(table, page_lg2);

    sm_make_tables(sm, table, input, level);
    mem_write64(sm->t, sm_entry(sm, table, input, level), sm_leaf(table, output, page_lg2, rights));
}

void sm_unmap(struct sm *sm, struct sm_table *table, uint64_t input, uint32_t page_lg2)
{
    uint64_t entry = sm_entry(sm, table, input, sm_leaf_level(table, page_lg2));

    if (entry)
        mem_write64(sm->t, entry, 0);
}

/* In the largest leaves that fit. */
static void map_range(struct sm *sm, struct sm_table *table, uint64_t input, uint64_t output, uint64_t bytes, uint32_t rights)
{
    while (bytes) {
        int level = LAST_LEVEL;
        uint32_t size_lg2;

        while (sm_has_block(sm, table, level - 1) && bytes >> sm_level_shift(table, level - 1) &&
               !((input | output) & sm_ones(sm_level_shift(table, level - 1))))
            level--;
        size_lg2 = sm_level_shift(table, level);
        sm_map(sm, table, input, output, size_lg2, rights);
        input += UINT64_C(1) << size_lg2;
        output += UINT64_C(1) << size_lg2;
        bytes -= UINT64_C(1) << size_lg2;
    }
}

uint64_t sm_guest_map(struct sm *sm, struct sm_table *stage2, uint64_t host, uint64_t bytes, uint32_t rights)
{
    uint64_t granule = UINT64_C(1) << stage2->granule_lg2, within = host & (granule - 1), size = granule, ipa;

    while (size < bytes + within)
        size *= 2;
    ipa = guest_space(sm, size);
    map_range(sm, stage2, ipa, host - within, size, rights);
    return ipa + within;
}
