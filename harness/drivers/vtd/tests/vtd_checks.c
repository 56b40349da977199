/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_checks.c - the driver's formats against their definition: ranges by brute force, structures bit by bit. */
#include "vtd_checks.h"

#include "../vtd_bugs.h"
#include "../vtd_desc.h"
#include "../vtd_entry.h"
#include "../vtd_pt.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>

bool vtd_bug(enum vtd_bug bug)
{
    (void)bug;
    return false;
}

/* Frames of these checks are at the same address for processor and unit. */
unsigned long kernel_get_free_pages(gfp_t gfp, unsigned int order, const char *where)
{
    (void)gfp, (void)order, (void)where;
    return (unsigned long)check_page();
}

void free_pages(unsigned long address, unsigned int order)
{
    (void)order;
    check_page_free((void *)address);
}

phys_addr_t virt_to_phys(const volatile void *address)
{
    return (unsigned long)address;
}

void *phys_to_virt(phys_addr_t address)
{
    return (void *)(unsigned long)address;
}

static void expect(bool right, const char *what, u64 value)
{
    if (!right)
        check_failed(what, value);
}

/* ---- ranges ---- */

/* What hardware does with a block: it ignores the masked bits (6.5.2.3). */
static bool hits(const struct vtd_block *block, u64 page)
{
    return block->mask >= 52 || page >> block->mask == block->address >> 12 >> block->mask;
}

static bool covered(const struct vtd_block *blocks, unsigned int count, u64 page)
{
    for (unsigned int i = 0; i < count; i++)
        if (hits(&blocks[i], page))
            return true;
    return false;
}

#define FEW 40

static void check_range(u64 base, u64 first, u64 last)
{
    struct vtd_block blocks[2];
    unsigned int count = vtd_range_blocks((base + first) << 12, ((base + last) << 12) + 4095, blocks);

    expect(count == 1 || count == 2, "number of blocks", count);
    for (unsigned int i = 0; i < count; i++)
        expect(!(blocks[i].address & ((4096ull << blocks[i].mask) - 1)), "a block is not aligned", blocks[i].address);
    for (u64 page = first; page <= last; page++)
        expect(covered(blocks, count, base + page), "a page is not covered", base + page);
}

void check_blocks_cover(void)
{
    static const u64 bases[] = {0, 1, 511, 0x7ffff, (1ull << 36) - FEW / 2, (1ull << 47) - FEW, (1ull << 52) - FEW};

    for (unsigned int i = 0; i < ARRAY_SIZE(bases); i++)
        for (u64 first = 0; first < FEW; first++)
            for (u64 last = first; last < FEW; last++)
                check_range(bases[i], first, last);
}

void check_blocks_are_small(void)
{
    struct vtd_block blocks[2];

    for (u64 first = 0; first < 300; first++)
        for (u64 last = first; last < 300; last++) {
            unsigned int count = vtd_range_blocks(first << 12, last << 12, blocks);
            u64 pages = 0;

            for (unsigned int i = 0; i < count; i++)
                pages += 1ull << blocks[i].mask;
            expect(pages <= 4 * (last - first + 1), "blocks are more than four times the range", first << 32 | last);
        }
    expect(vtd_range_blocks(0x5000, 0x5fff, blocks) == 1 && blocks[0].mask == 0, "one page", blocks[0].mask);
    expect(vtd_range_blocks(0x200000, 0x3fffff, blocks) == 1 && blocks[0].mask == 9, "2 MiB", blocks[0].mask);
}

void check_devtlb_addresses(void)
{
    struct vtd_block block = {.address = 0x5000};
    bool size;

    expect(vtd_range_devtlb(&block, &size) == 0x5000 && !size, "one page: S clear", block.mask);
    block = (struct vtd_block){.address = 0x6000, .mask = 1};
    expect(vtd_range_devtlb(&block, &size) == 0x6000 && size, "8 KiB: bit 12 clear", block.mask);
    block = (struct vtd_block){.address = 0x8000, .mask = 3};
    expect(vtd_range_devtlb(&block, &size) == 0xb000 && size, "32 KiB: bits 13:12 set, 14 clear", block.mask);
    block = (struct vtd_block){.mask = 52};
    expect(vtd_range_devtlb(&block, &size) == 0x7ffffffffffff000ull && size, "everything (6.5.3.3, note)", block.mask);
}

/* ---- paging structures ---- */

static u64 entry_at(const struct vtd_pt *pt, u64 iova, unsigned int level)
{
    u64 *table = pt->root;

    for (unsigned int at = pt->levels; at > level; at--)
        table = phys_to_virt(table[iova >> vtd_pt_shift(at) & 511] & PAGING_ADDRESS);
    return table[iova >> vtd_pt_shift(level) & 511];
}

static void map(struct vtd_pt *pt, u64 iova, u64 address, unsigned int level, unsigned int rights, int wanted)
{
    u64 *replaced;
    int result = vtd_pt_map(pt, iova, address, level, rights, GFP_KERNEL, &replaced);

    expect(result == wanted && !replaced, "result of mapping", iova);
}

void check_paging_both_stages(void)
{
    struct vtd_pt first, second;
    u64 iova = 0x123456789000, at, old;
    unsigned int hole;

    expect(!vtd_pt_init(&first, VTD_FIRST_STAGE, 4, GFP_KERNEL) && !vtd_pt_init(&second, VTD_SECOND_STAGE, 4, GFP_KERNEL),
           "new trees", 0);
    map(&first, iova, 0xabcd000, 1, VTD_PT_READ | VTD_PT_WRITE, 0);
    map(&second, iova, 0xabcd000, 1, VTD_PT_READ | VTD_PT_SNOOP, 0);
    expect(entry_at(&first, iova, 1) == (0xabcd000 | 0x67), "9.7: P, R/W, U/S, A, D", entry_at(&first, iova, 1));
    expect((entry_at(&first, iova, 2) & 0xfff) == 0x27, "9.7: a table", entry_at(&first, iova, 2));
    expect(entry_at(&second, iova, 1) == (0xabcd000 | 0x801), "9.8: R, SNP", entry_at(&second, iova, 1));
    expect((entry_at(&second, iova, 4) & 0xfff) == 3, "9.8: a table", entry_at(&second, iova, 4));
    expect(vtd_pt_translate(&second, iova + 0x123, &at) && at == 0xabcd123, "translation", iova);
    expect(!vtd_pt_translate(&second, iova + 0x1000, &at) && !vtd_pt_translate(&second, 1ull << 48, &at), "nothing there", iova);
    map(&second, iova, 0x1000, 1, VTD_PT_READ, -EEXIST);
    expect(vtd_pt_unmap(&second, iova, &old, &hole) == 1 && old == (0xabcd000 | 0x801), "unmapped", iova);
    expect(!vtd_pt_unmap(&second, iova, &old, &hole) && hole == 1, "unmapped twice", iova);
    vtd_pt_free(&first);
    vtd_pt_free(&second);
}

void check_paging_large_pages(void)
{
    struct vtd_pt pt;
    u64 at;

    vtd_pt_init(&pt, VTD_SECOND_STAGE, 3, GFP_KERNEL);
    map(&pt, 0x40000000, 0x80000000, 3, VTD_PT_READ | VTD_PT_WRITE, 0);
    map(&pt, 0x00200000, 0x00600000, 2, VTD_PT_READ, 0);
    map(&pt, 0x00201000, 0x00600000, 1, VTD_PT_READ, -EEXIST);
    expect(entry_at(&pt, 0x40000000, 3) == (0x80000000 | 0x83), "9.8: PS of 1 GiB", entry_at(&pt, 0x40000000, 3));
    expect(vtd_pt_translate(&pt, 0x7fffffff, &at) && at == 0xbfffffff, "end of 1 GiB", 0);
    expect(vtd_pt_translate(&pt, 0x00234567, &at) && at == 0x00634567, "inside 2 MiB", 0);
    vtd_pt_free(&pt);
}

void check_paging_replaces_table(void)
{
    struct vtd_pt pt;
    u64 *replaced, old;
    unsigned int hole;

    vtd_pt_init(&pt, VTD_SECOND_STAGE, 4, GFP_KERNEL);
    map(&pt, 0x201000, 0x1000, 1, VTD_PT_READ, 0);
    map(&pt, 0x200000, 0x400000, 2, VTD_PT_READ, -EEXIST);
    vtd_pt_unmap(&pt, 0x201000, &old, &hole);
    expect(!vtd_pt_map(&pt, 0x200000, 0x400000, 2, VTD_PT_READ, GFP_KERNEL, &replaced) && replaced, "an empty table", 0);
    expect(!entry_at(&pt, 0x200000, 2), "6.5.3.3: not present in between", entry_at(&pt, 0x200000, 2));
    vtd_pt_drop(replaced, 1);
    map(&pt, 0x200000, 0x400000, 2, VTD_PT_READ, 0);
    vtd_pt_free(&pt);
}

void check_paging_dirty(void)
{
    struct vtd_pt pt;
    u64 *entry;
    unsigned int hole;

    vtd_pt_init(&pt, VTD_SECOND_STAGE, 4, GFP_KERNEL);
    map(&pt, 0x5000, 0x9000, 1, VTD_PT_READ | VTD_PT_WRITE, 0);
    expect(vtd_pt_find(&pt, 0x5fff, &entry, &hole) == 1 && !vtd_pt_dirty(&pt, entry, true), "clean", 0);
    *entry |= 1ull << 9 | 1ull << 8;
    expect(vtd_pt_dirty(&pt, entry, false) && vtd_pt_dirty(&pt, entry, true), "dirty", *entry);
    expect(!vtd_pt_dirty(&pt, entry, true) && *entry == (0x9000 | 0x103), "clean again, A stays", 0);
    vtd_pt_free(&pt);
}

/* ---- entries and descriptors, bit by bit as 9.3, 9.4, 9.6 and 6.5.2 number them ---- */

void check_entries(void)
{
    struct vtd_translation nested = {.pgtt = 3,
                                     .did = 0x1234,
                                     .first = 0x7000,
                                     .second = 0x9000,
                                     .first_levels = 5,
                                     .second_levels = 4,
                                     .second_stage_exists = true,
                                     .dirty = true,
                                     .snoop = true,
                                     .walk_snoop = true,
                                     .supervisor = true,
                                     .write_protect = true,
                                     .extended_accessed = true};
    struct vtd_translation first = {.pgtt = 1, .did = 7, .first = 0x7000, .first_levels = 4, .second_levels = 4};
    u64 words[8];

    vtd_entry_pasid(words, &nested);
    expect(words[0] == (0x9000 | 1 | 2 << 2 | 3 << 6 | 1 << 9), "9.6: P, AW, PGTT, SSADE, SSPTPTR", words[0]);
    expect(words[1] == (0x1234 | 1 << 23 | 1 << 24), "9.6: DID, PWSNP (87), PGSNP (88)", words[1]);
    expect(words[2] == (0x7000 | 1 | 1 << 2 | 1 << 4 | 1 << 7), "9.6: SRE, FSPM, WPE, EAFE, FSPTPTR", words[2]);
    vtd_entry_pasid(words, &first);
    expect(words[0] == (1 | 1 << 6) && words[1] == 7 && words[2] == 0x7000, "9.6: first stage alone", words[0]);
    vtd_entry_context(words, &nested, true);
    expect(words[0] == (0x9000 | 1 | 1 << 2) && words[1] == (2 | 0x1234 << 8), "9.3: TT 01b, AW, DID (87:72)", words[1]);
    nested.pgtt = 4;
    vtd_entry_context(words, &nested, false);
    expect(words[0] == (1 | 2 << 2), "9.3: pass-through has no pointer", words[0]);
    vtd_entry_sm_context(words, 0x5000, 3, 1 << 2 | 1 << 3);
    expect(words[0] == (0x5000 | 1 | 3 << 2 | 3 << 9) && !words[1], "9.4: DTE, PASIDE, PDTS", words[0]);
}

static void expect_desc(struct vtd_desc desc, u64 low, u64 high, const char *what)
{
    expect(desc.word[0] == low && desc.word[1] == high && !desc.word[2] && !desc.word[3], what, desc.word[0]);
}

void check_descriptors(void)
{
    struct vtd_block block = {.address = 0x8000, .mask = 3};
    struct vtd_endpoint endpoint = {.rid = 0xabcd, .pfsid = 0x1234, .depth = 31};

    expect_desc(vtd_desc_context_device(0x5566, 0xabcd), 1 | 3 << 4 | 0x5566ull << 16 | 0xabcdull << 32, 0, "6.5.2.1");
    expect_desc(vtd_desc_pasid(0x5566, 0xfffff), 7 | 1 << 4 | 0x5566ull << 16 | 0xfffffull << 32, 0, "6.5.2.2");
    expect_desc(vtd_desc_pasid_domain(3), 7 | 3 << 16, 0, "6.5.2.2, domain");
    expect_desc(vtd_desc_pasid_global(), 7 | 3 << 4, 0, "6.5.2.2, global");
    expect_desc(vtd_desc_iotlb_pages(3, &block, true), 2 | 3 << 4 | 3 << 6 | 3 << 16, 0x8000 | 3 | 1 << 6, "6.5.2.3");
    expect_desc(vtd_desc_piotlb_pages(3, 5, &block, false), 6 | 3 << 4 | 3 << 16 | 5ull << 32, 0x8000 | 3, "6.5.2.4");
    expect_desc(vtd_desc_piotlb(3, 5), 6 | 2 << 4 | 3 << 16 | 5ull << 32, 0, "6.5.2.4, PASID");
    expect_desc(vtd_desc_devtlb(&endpoint, 0, &block), 3 | 4ull << 12 | 31ull << 16 | 0xabcdull << 32 | 0x123ull << 52,
                0xb000 | 1, "6.5.2.5: PFSID in two parts");
    expect_desc(vtd_desc_devtlb(&endpoint, 5, &block),
                8 | 31ull << 4 | 4ull << 12 | 0xabcdull << 16 | 5ull << 32 | 0x123ull << 52, 0xb000 | 1 << 11, "6.5.2.6");
    expect_desc(vtd_desc_wait(0x7004, 0x99, true), 5 | 1 << 5 | 1 << 7 | 0x99ull << 32, 0x7004, "6.5.2.9");
    expect_desc(vtd_desc_response(0xabcd, true, 5, 0x1ff, 1), 9 | 1 << 4 | 1 << 12 | 0xabcdull << 16 | 5ull << 32, 0x1ff << 3,
                "7.6.1");
}
