/* SPDX-License-Identifier: BSD-2-Clause */
/* First-stage and second-stage page tables, nested ones included (3.6, 3.7, 3.8, 9.7, 9.8). */
#include "build/vt_internal.h"

#include <stdlib.h>
#include <string.h>

uint32_t vt_field_shift(const struct spec_field *field)
{
    size_t length = strlen(field->name);
    bool address = !strcmp(field->name, "ADDR") || !strcmp(field->name, "CTP") || !strcmp(field->name, "LCTP") ||
                   !strcmp(field->name, "UCTP") || (length > 3 && !strcmp(field->name + length - 3, "PTR") && field->lo == 12);

    return address ? field->lo : 0;
}

void vt_put_field(uint64_t *words, const char *structure, const char *field, uint64_t value)
{
    const struct spec_field *f = spec_struct_field(structure, field);

    spec_set(f, words, value >> vt_field_shift(f));
}

const char *vt_entry_structure(enum vt_table_kind kind, uint32_t level, bool leaf)
{
    static const char *const names[2][6][2] = {
        {{0}, {"fs_pte", "fs_pte"}, {"fs_pde_table", "fs_pde_2m"}, {"fs_pdpe_table", "fs_pdpe_1g"}, {"fs_pml4e", "fs_pml4e"},
         {"fs_pml5e", "fs_pml5e"}},
        {{0}, {"ss_pte", "ss_pte"}, {"ss_pde_table", "ss_pde_2m"}, {"ss_pdpe_table", "ss_pdpe_1g"}, {"ss_pml4e", "ss_pml4e"},
         {"ss_pml5e", "ss_pml5e"}},
    };

    return names[kind][level][leaf];
}

uint32_t vt_levels_max(struct test *t, enum vt_table_kind kind)
{
    if (kind == VT_FS)
        return vt_cap(t, "FS5LP") ? 5 : 4;
    return vt_widest_aw(t) + 2;
}

uint32_t vt_aw(const struct vt_table *table)
{
    return table->levels - 2;
}

uint64_t vt_guest_to_host(const struct vt_table *table, uint64_t guest)
{
    for (const struct vt_guest_page *page = table->pages; page; page = page->next)
        if (page->guest == (guest & ~UINT64_C(0xfff)))
            return page->host | (guest & 0xfff);
    return 0;
}

void vt_map_guest_pages(struct vt *vt, const struct vt_table *first, struct vt_table *second)
{
    for (const struct vt_guest_page *page = first->pages; page; page = page->next)
        vt_map(vt, second, page->guest, page->host, 12, VT_RW);
}

uint64_t vt_pointer_to_host(const struct vt_table *table, uint64_t pointer)
{
    return table->under ? vt_guest_to_host(table, pointer) : pointer;
}

uint64_t vt_table_page(struct vt *vt, struct vt_table *table, uint64_t *pointer)
{
    uint64_t host = mem_alloc(vt->t, VT_PAGE, VT_PAGE);
    struct vt_guest_page *page;

    *pointer = host;
    if (!table->under)
        return host;
    page = calloc(1, sizeof *page);
    if (!page)
        test_abort(vt->t, "out of memory");
    page->host = host;
    page->guest = vt->guest_next;
    vt->guest_next += 3 * VT_PAGE; /* never contiguous in the guest: one translation too wide would be seen */
    page->next = table->pages;
    table->pages = page;
    vt_map(vt, table->under, page->guest, host, 12, VT_RW);
    *pointer = page->guest;
    return host;
}

static struct vt_table *table_new(struct vt *vt, enum vt_table_kind kind, uint32_t levels, struct vt_table *under)
{
    struct vt_table *table = calloc(1, sizeof *table);

    if (!table)
        test_abort(vt->t, "out of memory");
    table->kind = kind;
    table->levels = levels ? levels : vt_levels_max(vt->t, kind);
    table->under = under;
    table->ssirwe = kind == VT_SS && vt->config.ssirwe;
    table->next = vt->tables;
    vt->tables = table;
    table->root = vt_table_page(vt, table, &table->root_pointer);
    return table;
}

struct vt_table *vt_table_new(struct vt *vt, enum vt_table_kind kind, uint32_t levels)
{
    return table_new(vt, kind, levels, NULL);
}

struct vt_table *vt_table_new_nested(struct vt *vt, uint32_t levels, struct vt_table *under)
{
    return table_new(vt, VT_FS, levels, under);
}

static uint64_t rights_bits(const struct vt_table *table, const char *structure, uint32_t rights, bool leaf)
{
    uint64_t word = 0;
    bool first = table->kind == VT_FS;

    if (first) {
        vt_put_field(&word, structure, "P", (rights & VT_R) != 0);
        vt_put_field(&word, structure, "R/W", (rights & VT_W) != 0);
        vt_put_field(&word, structure, "U/S", (rights & VT_U) != 0);
    } else {
        vt_put_field(&word, structure, table->ssirwe ? "IR" : "R", (rights & VT_R) != 0);
        vt_put_field(&word, structure, table->ssirwe ? "IW" : "W", (rights & VT_W) != 0);
    }
    if (first && !(rights & VT_CLEAN)) {
        vt_put_field(&word, structure, "A", 1);
        if (leaf)
            vt_put_field(&word, structure, "D", 1);
    }
    return word;
}

uint64_t vt_leaf(const struct vt_table *table, uint64_t output, uint32_t page_lg2, uint32_t rights)
{
    const char *structure = vt_entry_structure(table->kind, (page_lg2 - 12) / 9 + 1, true);
    uint64_t word = rights_bits(table, structure, rights, true);

    vt_put_field(&word, structure, "ADDR", output);
    if (page_lg2 > 12)
        vt_put_field(&word, structure, "PS", 1);
    return word;
}

uint64_t vt_nonleaf(const struct vt_table *table, uint64_t next_table_pointer)
{
    const char *structure = vt_entry_structure(table->kind, 2, false);
    uint64_t word = rights_bits(table, structure, VT_RW, false);

    vt_put_field(&word, structure, "ADDR", next_table_pointer);
    return word;
}

static uint64_t entry_in(uint64_t table_host, uint64_t input, uint32_t level)
{
    return table_host + 8 * ((input >> vt_level_shift(level)) & 0x1ff);
}

uint64_t vt_entry(struct vt *vt, const struct vt_table *table, uint64_t input, uint32_t level)
{
    uint64_t host = table->root;

    for (uint32_t l = table->levels; l > level; l--) {
        uint64_t pointer = mem_read64(vt->t, entry_in(host, input, l));

        pointer &= UINT64_C(0x000ffffffffff000);
        if (!pointer)
            return 0;
        host = vt_pointer_to_host(table, pointer);
        if (!host)
            return 0;
    }
    return entry_in(host, input, level);
}

static void make_tables(struct vt *vt, struct vt_table *table, uint64_t input, uint32_t level, uint32_t rights)
{
    uint64_t host = table->root;

    for (uint32_t l = table->levels; l > level; l--) {
        uint64_t entry = entry_in(host, input, l);
        uint64_t value = mem_read64(vt->t, entry);
        uint64_t pointer = value & UINT64_C(0x000ffffffffff000);

        if (!value) {
            host = vt_table_page(vt, table, &pointer);
            value = vt_nonleaf(table, pointer);
            if (rights & VT_CLEAN && table->kind == VT_FS)
                value &= ~spec_mask(spec_struct_field("fs_pde_table", "A"));
            mem_write64(vt->t, entry, value);
        } else {
            host = vt_pointer_to_host(table, pointer);
        }
    }
}

void vt_make_tables(struct vt *vt, struct vt_table *table, uint64_t input, uint32_t level)
{
    make_tables(vt, table, input, level, 0);
}

void vt_map(struct vt *vt, struct vt_table *table, uint64_t input, uint64_t output, uint32_t page_lg2, uint32_t rights)
{
    uint32_t level = (page_lg2 - 12) / 9 + 1;

    make_tables(vt, table, input, level, rights);
    mem_write64(vt->t, vt_entry(vt, table, input, level), vt_leaf(table, output, page_lg2, rights));
    vt_flush_writes(vt);
}
