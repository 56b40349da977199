/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * io_table.c - page tables of users: VT-d first stage; context descriptors and VMSAv8-64 stage 1 of SMMUv3. Formats are those of
 * conformance/spec, addresses in them those of the parent IOASID.
 */
#include "build/io.h"

#include "spec/spec.h"

#define CD_BYTES 64u

static uint64_t take_page(struct io_table *table, uint64_t bytes)
{
    uint64_t at = (table->used + IO_PAGE - 1) & ~UINT64_C(0xfff);
    uint8_t zero[IO_PAGE] = {0};

    if (at + bytes > table->m->bytes)
        test_abort(table->io->t, "no room for another page of the user's table");
    table->used = at + bytes;
    for (uint64_t done = 0; done < bytes; done += IO_PAGE)
        io_store(table->io, table->m, at + done, zero, IO_PAGE);
    return table->base + at;
}

static uint64_t entry(const struct io_table *table, uint64_t address)
{
    return io_load64(table->io, table->m, address - table->base);
}

static void set_entry(struct io_table *table, uint64_t address, uint64_t value)
{
    io_store64(table->io, table->m, address - table->base, value);
}

static void put(uint64_t *words, const char *structure, const char *field, uint64_t value)
{
    spec_set(spec_struct_field(structure, field), words, value);
}

/* ---- VT-d ---- */

void io_table_vtd(struct io_table *table, struct io *io, struct io_memory *m, uint64_t base)
{
    *table = (struct io_table){.io = io, .m = m, .base = base};
    table->root = take_page(table, IO_PAGE);
}

/* Accessed (and in map() dirty), as software may set them: else the IOMMU does, in watched memory. */
static uint64_t vtd_word(const char *structure, uint64_t address, uint32_t rights)
{
    uint64_t word = 0;

    put(&word, structure, "P", rights != 0);
    put(&word, structure, "R/W", (rights & IO_W) != 0);
    put(&word, structure, "U/S", 1);
    put(&word, structure, "A", 1);
    put(&word, structure, "ADDR", address >> spec_struct_field(structure, "ADDR")->lo);
    return word;
}

static uint64_t vtd_page(uint64_t address, uint32_t rights)
{
    uint64_t word = vtd_word("fs_pte", address, rights);

    put(&word, "fs_pte", "D", (rights & IO_W) != 0);
    return rights ? word : 0;
}

/* ---- Arm ---- */

/* DDI 0487 D8.3: table and page descriptors have type 3. AttrIndx 0, AP[1] for EL0, AP[2] read-only, SH inner, AF, nG. */
enum { ARM_TYPE = 3, ARM_USER = 1 << 6, ARM_READ_ONLY = 1 << 7, ARM_SHAREABLE = 3 << 8, ARM_AF = 1 << 10, ARM_NG = 1 << 11 };

static uint64_t arm_page(uint64_t address, uint32_t rights)
{
    if (!rights)
        return 0;
    return address | ARM_TYPE | ARM_USER | (rights & IO_W ? 0 : ARM_READ_ONLY) | ARM_SHAREABLE | ARM_AF | ARM_NG;
}

static void set_space(struct io_table *table, uint64_t cd, uint64_t ttb, uint32_t asid)
{
    uint64_t words[8] = {0};

    put(words, "CD", "T0SZ", 16); /* 48 bits, 4 KiB granule: starts at level 0 */
    put(words, "CD", "IR0", 1);
    put(words, "CD", "OR0", 1);
    put(words, "CD", "SH0", 3);
    put(words, "CD", "EPD1", 1);
    put(words, "CD", "IPS", 5);
    put(words, "CD", "AA64", 1);
    put(words, "CD", "R", 1);
    put(words, "CD", "A", 1);
    put(words, "CD", "ASET", 1);
    put(words, "CD", "ASID", asid);
    put(words, "CD", "TTB0", ttb >> 4);
    put(words, "CD", "MAIR0", 0xff);
    for (uint32_t i = 1; i < 8; i++)
        set_entry(table, cd + 8 * i, words[i]);
    put(words, "CD", "V", 1); /* last */
    set_entry(table, cd, words[0]);
}

void io_table_arm(struct io_table *table, struct io *io, struct io_memory *m, uint64_t base, uint32_t cdmax)
{
    uint64_t bytes = ((CD_BYTES << cdmax) + IO_PAGE - 1) & ~UINT64_C(0xfff);

    *table = (struct io_table){.io = io, .arm = true, .m = m, .base = base};
    table->root = take_page(table, bytes);
}

void io_table_arm_space(struct io_table *table, uint32_t ssid, uint32_t asid)
{
    table->s1 = take_page(table, IO_PAGE);
    set_space(table, table->root + CD_BYTES * ssid, table->s1, asid);
}

/* ---- both ---- */

static uint64_t descend(struct io_table *table, uint64_t at, uint32_t level)
{
    static const char *const names[] = {NULL, NULL, "fs_pde_table", "fs_pdpe_table", "fs_pml4e"};
    uint64_t word = entry(table, at), next, mask = UINT64_C(0xffffffffff000);

    if (word & 1)
        return word & mask;
    next = take_page(table, IO_PAGE);
    set_entry(table, at, table->arm ? next | ARM_TYPE : vtd_word(names[level], next, IO_RW));
    return next;
}

void io_table_map(struct io_table *table, uint64_t va, uint64_t address, uint32_t rights)
{
    uint64_t at = table->arm ? table->s1 : table->root;

    for (uint32_t level = 4; level > 1; level--)
        at = descend(table, at + 8 * (va >> (12 + 9 * (level - 1)) & 511), level);
    at += 8 * (va >> 12 & 511);
    set_entry(table, at, table->arm ? arm_page(address, rights) : vtd_page(address, rights));
    if (rights)
        test_tell(table->io->t, "guest", "its table: 0x%llx leads to 0x%llx", (unsigned long long)va,
                  (unsigned long long)address);
    else
        test_tell(table->io->t, "guest", "its table: nothing at 0x%llx", (unsigned long long)va);
}
