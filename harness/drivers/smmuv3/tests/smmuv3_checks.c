/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_checks.c - the driver's formats against their definition: ranges by brute force, entries between any two stores, tables
 * by a walk of their own.
 */
#include "smmuv3_checks.h"

#include "../smmuv3_commands.h"
#include "../smmuv3_entry.h"
#include "../smmuv3_pgtable.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/iommu.h>
#include <linux/kernel.h>
#include <linux/string.h>

/* Frames of these checks are at the same address for processor and unit. */
void *kernel_alloc_pages_exact(size_t size, gfp_t gfp, const char *where)
{
    (void)gfp, (void)where;
    return check_pages(size);
}

void free_pages_exact(void *address, size_t size)
{
    (void)size;
    check_pages_free(address);
}

unsigned long kernel_get_free_pages(gfp_t gfp, unsigned int order, const char *where)
{
    (void)gfp, (void)where;
    return (unsigned long)check_pages(4096ul << order);
}

void free_pages(unsigned long address, unsigned int order)
{
    (void)order;
    check_pages_free((void *)address);
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

/* ---- TLB invalidation (4.4.1.1) ---- */

/* (NUM + 1) * 2^SCALE granules from the address; without TG one page or block, by any address in it. */
static u64 command_end(const struct smmu_cmd *cmd, size_t granule)
{
    u64 start = cmd->word[1] & TLBI_1_ADDRESS;

    if (!(cmd->word[1] & TLBI_1_TG))
        return start + granule;
    return start + (((FIELD_GET(TLBI_0_NUM, cmd->word[0]) + 1) << FIELD_GET(TLBI_0_SCALE, cmd->word[0])) << 12);
}

/* Contiguous from the first byte to beyond the last one, in few commands, and aligned to what the TTL says (4.4.1.1). */
static void range_try(u64 start, u64 size, size_t granule, bool ranges)
{
    struct smmu_tlbi_range range = {.base = smmu_cmd_tlbi(CMD_TLBI_NH_VA, 0, 7),
                                    .iova = start,
                                    .size = size,
                                    .granule = granule,
                                    .leaf = true,
                                    .ranges = ranges};
    size_t count = smmu_tlbi_range_count(&range), seen = 0, step = granule ? granule : SZ_4K;
    u64 at = start;
    struct smmu_cmd cmd;

    while (smmu_tlbi_range_next(&range, &cmd)) {
        u64 ttl = FIELD_GET(TLBI_1_TTL, cmd.word[1]);

        expect((cmd.word[1] & TLBI_1_ADDRESS) == at, "a gap before", at);
        expect(!(cmd.word[1] & TLBI_1_TG) || ttl || cmd.word[0] & (TLBI_0_NUM | TLBI_0_SCALE), "reserved, CERROR_ILL", at);
        expect(FIELD_GET(TLBI_0_SCALE, cmd.word[0]) < 32, "SCALE has five bits without DS", cmd.word[0]);
        expect(!ttl || !(at & ((1ULL << (12 + 9 * (3 - ttl))) - 1)), "the address is not aligned to the TTL", at);
        at = command_end(&cmd, step);
        seen++;
    }
    expect(at >= start + size && at - (start + size) < step, "the range ends elsewhere", at);
    expect(seen <= count, "more commands than counted", seen);
}

void check_range_commands(void)
{
    static const size_t granules[] = {0, SZ_4K, SZ_2M, SZ_1G};

    for (unsigned int i = 0; i < ARRAY_SIZE(granules); i++) {
        size_t step = granules[i] ? granules[i] : SZ_4K;

        for (u64 pages = 1; pages < 300; pages++)
            range_try(5 * (u64)step, pages * step, granules[i], true);
        for (unsigned int bit = 0; bit < 17; bit++)
            range_try(3 * (u64)step, (((u64)1 << bit) + 1) * step, granules[i], true);
    }
    range_try(0, 1ULL << 48, 0, true);
    range_try((1ULL << 48) - SZ_4K, SZ_4K, SZ_4K, true); /* the last page there is */
}

void check_range_pages(void)
{
    range_try(SZ_2M, 7 * SZ_4K, SZ_4K, false);
    range_try(SZ_1G, 3 * SZ_2M, SZ_2M, false);
    range_try((1ULL << 48) - SZ_4K, SZ_4K, 0, false);
}

/* 4.5.1: 4096 * 2^Size bytes, aligned to that; the smallest block that holds both ends. */
void check_atc_spans(void)
{
    static const u64 starts[] = {0, 0x1000, 0x7000, 0x1ff000, (1ULL << 48) - 0x1000, ~0ULL - 0xfff};

    for (unsigned int i = 0; i < ARRAY_SIZE(starts); i++)
        for (u64 bytes = 0x1000; bytes && starts[i] + bytes - 1 >= starts[i]; bytes *= 3) {
            struct smmu_cmd cmd = smmu_cmd_atc_inv(1, true, 9, starts[i], starts[i] + bytes - 1);
            unsigned int size = FIELD_GET(ATC_1_SIZE, cmd.word[1]) + 12;
            u64 mask = size < 64 ? (1ULL << size) - 1 : ~0ULL, address = cmd.word[1] & ATC_1_ADDRESS;

            expect(!(address & mask), "the span is not aligned", cmd.word[1]);
            expect(address <= starts[i] && address + mask >= starts[i] + bytes - 1, "the span is too short", cmd.word[1]);
            expect(size == 12 || (starts[i] ^ (starts[i] + bytes - 1)) >> (size - 1), "the span is longer than needed", size);
            if (bytes > 1ULL << 62)
                break;
        }
    expect(smmu_cmd_atc_inv(1, false, 0, 0, ~0UL).word[1] == ATC_SIZE_ALL, "all is Size 52 and address 0", 0);
}

/* ---- entries (3.21.3) ---- */

struct sampler {
    struct smmu_entry_writer writer;
    u64 *entry;
    const u64 *old, *fresh;
    u64 cached[SMMU_ENTRY_WORDS]; /* as the SMMU may have read it since the last invalidation: any store's outcome */
    bool stored, went_invalid;
    unsigned int syncs;
};

static bool same_where_used(void (*used)(const u64 *, u64 *), const u64 *seen, const u64 *reference)
{
    u64 mask[SMMU_ENTRY_WORDS];

    used(reference, mask);
    for (unsigned int i = 0; i < SMMU_ENTRY_WORDS; i++)
        if ((seen[i] ^ reference[i]) & mask[i])
            return false;
    return true;
}

/*
 * What the SMMU has may be each word as it was before or after any store since the last invalidation. It must then be invalid,
 * or mean what the old or the new entry means.
 */
static void sampler_look(struct sampler *sampler, const u64 *now)
{
    for (unsigned int mix = 0; mix < 1u << SMMU_ENTRY_WORDS; mix++) {
        u64 seen[SMMU_ENTRY_WORDS];

        for (unsigned int i = 0; i < SMMU_ENTRY_WORDS; i++)
            seen[i] = mix >> i & 1 ? now[i] : sampler->cached[i];
        if (!(seen[0] & sampler->writer.valid)) {
            sampler->went_invalid = true;
            continue;
        }
        expect(same_where_used(sampler->writer.used, seen, sampler->old) ||
                   same_where_used(sampler->writer.used, seen, sampler->fresh),
               "an entry that is neither the old nor the new one, and valid", mix);
    }
}

static void sampler_store(struct smmu_entry_writer *writer, u64 *word, u64 value)
{
    struct sampler *sampler = container_of(writer, struct sampler, writer);

    *word = value;
    sampler->stored = true;
    sampler_look(sampler, sampler->entry);
}

static void sampler_sync(struct smmu_entry_writer *writer)
{
    struct sampler *sampler = container_of(writer, struct sampler, writer);

    memcpy(sampler->cached, sampler->entry, sizeof(sampler->cached));
    sampler->stored = false;
    sampler->syncs++;
}

static struct sampler change(bool ste, const u64 *old, const u64 *fresh)
{
    u64 entry[SMMU_ENTRY_WORDS];
    struct sampler sampler = {.writer = {.used = ste ? smmu_ste_used : smmu_cd_used,
                                         .store = sampler_store,
                                         .sync = sampler_sync,
                                         .valid = ste ? STE_0_V : CD_0_V},
                              .entry = entry,
                              .old = old,
                              .fresh = fresh};

    memcpy(entry, old, sizeof(entry));
    memcpy(sampler.cached, old, sizeof(entry));
    smmu_entry_write(&sampler.writer, entry, fresh);
    expect(!memcmp(entry, fresh, sizeof(entry)), "the entry is not what was asked for", 0);
    expect(!sampler.stored, "a store without an invalidation after it", 0);
    return sampler;
}

#define STES 9
static void stes_make(u64 stes[STES][SMMU_ENTRY_WORDS])
{
    struct smmu_stream_traits plain = {.shareability = true}, ats = {.ats = true, .pri_pasid = true, .no_stall = true};
    struct smmu_cd_table_ref cds = {0x40000, 8, 1, S1DSS_SSID0}, others = {0x80000, 0, 0, S1DSS_BYPASS};
    struct smmu_stage2_ref stage2 = {0x100000, 5, 44, 0, 5, true, true, true},
                           narrow = {0x200000, 6, 40, 1, 2, false, false, false};

    memset(stes[0], 0, STE_BYTES);
    smmu_ste_abort(stes[1]);
    smmu_ste_bypass(stes[2], &plain);
    smmu_ste_stage1(stes[3], &plain, &cds);
    smmu_ste_stage1(stes[4], &ats, &others);
    smmu_ste_stage2(stes[5], &plain, &stage2);
    smmu_ste_stage2(stes[6], &ats, &narrow);
    smmu_ste_nested(stes[7], &ats, &cds, &stage2);
    smmu_ste_nested(stes[8], &plain, &others, &narrow);
}

#define CDS 5
static void cds_make(u64 cds[CDS][SMMU_ENTRY_WORDS])
{
    struct smmu_stage1_ref one = {.table = 0x1000, .mair = SMMU_MAIR, .asid = 1, .input_bits = 48, .output_size = 5};
    struct smmu_stage1_ref two = {0x2000, SMMU_MAIR, 2, 48, 2, true, true, true};

    memset(cds[0], 0, CD_BYTES);
    smmu_cd_stage1(cds[1], &one);
    smmu_cd_stage1(cds[2], &two);
    smmu_cd_no_walk(cds[3], &one);
    smmu_cd_no_walk(cds[4], &two);
}

void check_entry_never_mixed(void)
{
    u64 stes[STES][SMMU_ENTRY_WORDS], cds[CDS][SMMU_ENTRY_WORDS];

    stes_make(stes);
    cds_make(cds);
    for (unsigned int from = 0; from < STES; from++)
        for (unsigned int to = 0; to < STES; to++)
            change(true, stes[from], stes[to]);
    for (unsigned int from = 0; from < CDS; from++)
        for (unsigned int to = 0; to < CDS; to++)
            change(false, cds[from], cds[to]);
}

/* Where one word decides, nothing is aborted meanwhile. */
void check_entry_hitless(void)
{
    u64 stes[STES][SMMU_ENTRY_WORDS], cds[CDS][SMMU_ENTRY_WORDS], fresh[SMMU_ENTRY_WORDS];

    stes_make(stes);
    cds_make(cds);
    expect(!change(true, stes[2], stes[3]).went_invalid, "from bypass to stage 1", 0);
    expect(!change(true, stes[3], stes[2]).went_invalid, "from stage 1 to bypass", 0);
    memcpy(fresh, stes[3], sizeof(fresh));
    fresh[1] |= FIELD_PREP(STE_1_EATS, EATS_FULL);
    expect(!change(true, stes[3], fresh).went_invalid, "EATS alone", 0);
    expect(!change(false, cds[1], cds[3]).went_invalid, "a process that ends", 0);
    expect(change(true, stes[5], stes[6]).went_invalid, "another stage 2 is two words", 0);
}

void check_entry_equal(void)
{
    u64 stes[STES][SMMU_ENTRY_WORDS];

    stes_make(stes);
    for (unsigned int i = 0; i < STES; i++)
        expect(!change(true, stes[i], stes[i]).syncs, "nothing changed, and was invalidated", i);
}

/* ---- tables (DDI 0487 D8.3) ---- */

struct unmap_log {
    unsigned int pages, tables;
    u64 last;
};
static struct unmap_log unmap_log;

static void log_table(struct smmu_pgtable *table, unsigned long iova, size_t size)
{
    (void)table, (void)size;
    unmap_log.tables++;
    unmap_log.last = iova;
}

static void log_page(struct smmu_pgtable *table, struct iommu_iotlb_gather *gather, unsigned long iova, size_t size)
{
    (void)table, (void)gather, (void)size;
    unmap_log.pages++;
    unmap_log.last = iova;
}

static const struct smmu_pgtable_owner_ops logging = {log_table, log_page};

static struct smmu_pgtable table_make(u8 stage, u8 input_bits)
{
    struct smmu_pgtable table = {.owner = &logging, .stage = stage, .input_bits = input_bits, .output_bits = 48};

    unmap_log = (struct unmap_log){0};
    expect(!smmu_pgtable_init(&table, GFP_KERNEL), "no memory", 0);
    return table;
}

/* The descriptor of an address, read as hardware does: level by level from the top, 9 bits each below it. */
static u64 *walk(const struct smmu_pgtable *table, u64 iova, unsigned int *level)
{
    u64 *entries = table->top;

    for (*level = table->start_level;; ++*level) {
        unsigned int shift = 39 - 9 * *level;
        u64 index = *level == table->start_level ? iova >> shift : iova >> shift & 511;

        if ((entries[index] & 3) != 3 || *level == 3)
            return &entries[index];
        entries = (u64 *)(unsigned long)(entries[index] & GENMASK_ULL(47, 12));
    }
}

static int map(struct smmu_pgtable *table, u64 iova, u64 paddr, size_t pgsize, size_t count, int prot)
{
    size_t mapped = 0;
    int result = smmu_pgtable_map(table, iova, paddr, pgsize, count, prot, GFP_KERNEL, &mapped);

    expect(result || mapped == pgsize * count, "bytes mapped", mapped);
    return result;
}

void check_paging_both_stages(void)
{
    struct smmu_pgtable one = table_make(1, 48), two = table_make(2, 44);
    unsigned int level = 0;
    u64 pte;

    map(&one, 0x7fff00000000, 0x123456000, SZ_4K, 3, IOMMU_READ | IOMMU_CACHE);
    pte = *walk(&one, 0x7fff00001000, &level);
    /* Page, AttrIndx 0, AP 0b11 read-only for both, inner shareable, AF, nG. */
    expect(level == 3 && pte == (0x123457000 | 3 | 1 << 6 | 1 << 7 | 3 << 8 | 1 << 10 | 1 << 11), "stage 1 page", pte);
    map(&two, 0xfff00000000, 0x456000, SZ_4K, 1, IOMMU_READ | IOMMU_WRITE | IOMMU_CACHE);
    pte = *walk(&two, 0xfff00000000, &level);
    /* Page, MemAttr 0b1111, S2AP 0b11, inner shareable, AF. */
    expect(level == 3 && pte == (0x456000 | 3 | 0xf << 2 | 3 << 6 | 3 << 8 | 1 << 10), "stage 2 page", pte);
    expect(smmu_pgtable_lookup(&one, 0x7fff00002abc) == 0x123458abc, "lookup", 0);
    expect(!smmu_pgtable_lookup(&one, 0x7fff00003000), "lookup beyond", 0);
    expect(smmu_pgtable_unmap(&one, 0x7fff00000000, SZ_4K, 4, NULL) == 3 * SZ_4K, "unmap ends where nothing is mapped", 0);
    expect(unmap_log.pages == 3, "pages to be invalidated", unmap_log.pages);
    smmu_pgtable_free(&one);
    smmu_pgtable_free(&two);
}

void check_paging_large_pages(void)
{
    struct smmu_pgtable table = table_make(1, 48);
    unsigned int level = 0;

    map(&table, SZ_2M, 0x40000000, SZ_2M, 2, IOMMU_READ | IOMMU_WRITE | IOMMU_CACHE);
    map(&table, 2ull * SZ_1G, 0x80000000, SZ_1G, 1, IOMMU_READ | IOMMU_WRITE | IOMMU_CACHE);
    expect((*walk(&table, SZ_2M + 0x1234, &level) & 3) == 1 && level == 2, "a block of 2 MiB", level);
    expect((*walk(&table, 2ull * SZ_1G, &level) & 3) == 1 && level == 1, "a block of 1 GiB", level);
    expect(smmu_pgtable_lookup(&table, 2ull * SZ_1G + 0x12345678) == 0x92345678, "in the block", 0);
    expect(!smmu_pgtable_unmap(&table, SZ_2M, SZ_4K, 1, NULL), "a block is not split", 0);
    expect(smmu_pgtable_lookup(&table, SZ_2M), "and stays", 0);
    expect(smmu_pgtable_unmap(&table, 2ull * SZ_1G, SZ_1G, 1, NULL) == SZ_1G, "1 GiB unmapped", 0);
    smmu_pgtable_free(&table);
}

/* D8.2.8: 40 bits at level 1 are two tables, one after the other. */
void check_paging_concatenated(void)
{
    struct smmu_pgtable table = table_make(2, 40);
    unsigned int level = 0;

    expect(table.start_level == 1 && table.top_entries == 1024, "two concatenated tables", table.top_entries);
    map(&table, 0x1000, 0x1000, SZ_4K, 1, IOMMU_READ);
    map(&table, (1ull << 39) + 0x1000, 0x2000, SZ_4K, 1, IOMMU_READ);
    expect((*walk(&table, 0x1000, &level) & 0xfffff000) == 0x1000, "in the first", 0);
    expect((*walk(&table, (1ull << 39) + 0x1000, &level) & 0xfffff000) == 0x2000, "in the second", 0);
    expect(map(&table, 1ull << 40, 0, SZ_4K, 1, IOMMU_READ) == -ERANGE, "beyond", 0);
    smmu_pgtable_free(&table);
}

/* Break-before-make: the entry that points to a table is gone everywhere before the table is another's. */
void check_paging_table_replaced(void)
{
    struct smmu_pgtable table = table_make(1, 48);

    map(&table, SZ_2M, 0x1000, SZ_4K, 1, IOMMU_READ);
    expect(map(&table, SZ_2M, 0x400000, SZ_2M, 1, IOMMU_READ) == -EEXIST, "a table with a page in it", 0);
    smmu_pgtable_unmap(&table, SZ_2M, SZ_4K, 1, NULL);
    expect(!map(&table, SZ_2M, 0x400000, SZ_2M, 1, IOMMU_READ), "an empty table gives way", 0);
    expect(unmap_log.tables == 1 && unmap_log.last == SZ_2M, "and was invalidated", unmap_log.tables);
    map(&table, 2 * SZ_2M, 0x1000, SZ_4K, 512, IOMMU_READ);
    expect(smmu_pgtable_unmap(&table, 2 * SZ_2M, SZ_2M, 1, NULL) == SZ_2M, "a table goes whole", 0);
    expect(unmap_log.tables == 2, "invalidated as a table", unmap_log.tables);
    expect(!map(&table, 2 * SZ_2M, 0x400000, SZ_2M, 1, IOMMU_READ), "free for a block", 0);
    smmu_pgtable_free(&table);
}

void check_paging_refusals(void)
{
    struct smmu_pgtable table = table_make(1, 48);

    expect(map(&table, 0, 0, SZ_4K, 1, 0) == -EINVAL, "neither read nor write", 0);
    expect(map(&table, 0x800, 0, SZ_4K, 1, IOMMU_READ) == -EINVAL, "not aligned", 0);
    expect(map(&table, (1ull << 48) - SZ_4K, 0, SZ_4K, 2, IOMMU_READ) == -ERANGE, "beyond the input", 0);
    expect(map(&table, ~0xfffull, 0, SZ_4K, 2, IOMMU_READ) == -ERANGE, "round the end", 0);
    expect(map(&table, 0, 1ull << 48, SZ_4K, 1, IOMMU_READ) == -ERANGE, "beyond the output", 0);
    expect(!map(&table, (1ull << 48) - SZ_4K, 0x1000, SZ_4K, 1, IOMMU_READ), "the last page", 0);
    expect(map(&table, (1ull << 48) - SZ_4K, 0x1000, SZ_4K, 1, IOMMU_READ) == -EEXIST, "twice", 0);
    smmu_pgtable_free(&table);
}

static u64 dirty_seen;

void iova_bitmap_set(struct iova_bitmap *bitmap, unsigned long iova, size_t length)
{
    (void)bitmap, (void)length;
    dirty_seen |= 1ull << (iova >> 12 & 63);
}

static u64 dirty_of(struct smmu_pgtable *table, unsigned long flags)
{
    struct iommu_dirty_bitmap dirty = {.bitmap = (struct iova_bitmap *)1};

    dirty_seen = 0;
    smmu_pgtable_read_dirty(table, 0, 64 * SZ_4K, flags, &dirty);
    return dirty_seen;
}

/* D8.5.3: hardware clears AP[2] at stage 1, sets S2AP[1] at stage 2, where DBM lets it. */
void check_paging_dirty(void)
{
    for (u8 stage = 1; stage <= 2; stage++) {
        struct smmu_pgtable table = table_make(stage, 44);
        unsigned int level = 0;

        table.dirty = true;
        map(&table, 0, 0x10000, SZ_4K, 8, IOMMU_READ | IOMMU_WRITE);
        map(&table, 8 * SZ_4K, 0x20000, SZ_4K, 8, IOMMU_READ);
        expect(!dirty_of(&table, 0), "clean from the start", stage);
        for (unsigned int page = 2; page <= 5; page += 3)
            *walk(&table, page * SZ_4K, &level) ^= 1ull << 7; /* the same bit at either stage */
        expect(dirty_of(&table, IOMMU_DIRTY_NO_CLEAR) == 0x24, "two pages", dirty_seen);
        expect(dirty_of(&table, 0) == 0x24, "still", dirty_seen);
        expect(!dirty_of(&table, 0), "clean again", dirty_seen);
        smmu_pgtable_free(&table);
    }
}
