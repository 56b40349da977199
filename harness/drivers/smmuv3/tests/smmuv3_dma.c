/* SPDX-License-Identifier: BSD-2-Clause */
/* smmuv3_dma.c - devices do DMA, and memory tells what came of it. */
#include "smmuv3_dma.h"

#include "../smmuv3.h"
#include "drivers/tests/dma_alike.h"
#include "shim_platform.h"

#include <linux/mm.h>
#include <linux/moduleparam.h>

extern const struct kernel_param __start_kparam_arm_smmu_v3[];

void dma_begin(const void *machine, const char *bug)
{
    enum { NARROW_UNIT, WIDE_UNIT };
    static const struct {
        u16 rid, bridge, unit, alias;
        bool ats;
    } devices[] = {{WIDE, 0, WIDE_UNIT, NO_ALIAS, true},
                   {WIDE_TOO, ROOT_PORT, WIDE_UNIT, NO_ALIAS, true},
                   {NO_ATS, 0, WIDE_UNIT, NO_ALIAS, false},
                   {PLAIN, 0, WIDE_UNIT, NO_ALIAS, false},
                   {BEHIND_BRIDGE, BRIDGE, WIDE_UNIT, ALIAS, false},
                   {BEHIND_BRIDGE_TOO, BRIDGE, WIDE_UNIT, ALIAS, false},
                   {NARROW, 0, NARROW_UNIT, NO_ALIAS, false}};

    hardware = machine;
    *(const char **)__start_kparam_arm_smmu_v3[0].arg = bug;
    shim_specs_forget();
    shim_add_device(ROOT_PORT, 0, NO_ALIAS);
    shim_add_device(BRIDGE, 0, NO_ALIAS);
    for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
        shim_add_device(devices[i].rid, devices[i].bridge, devices[i].alias);
        shim_describe_device(devices[i].rid, devices[i].unit, devices[i].alias, devices[i].ats);
    }
    shim_start();
}

void dma_end(void)
{
    shim_stop();
    hardware = NULL;
}

static void check_rid(u16 rid, u32 flags, bool atc)
{
    struct iommu_domain *domain = paging(rid, flags, true);
    unsigned long frame = frame_with(0x77);

    attach(domain, rid);
    check_paging(domain, rid, 0, atc);
    map(domain, 0x5000, frame, 4096, RW);
    expect(reads(rid, 0, 0x5000, 0x77, atc), "read before detach", 0);
    block(rid);
    expect(!reads(rid, 0, 0x5000, 0x77, atc), "read after detach", 0);
    drop(domain);
}

void dma_second_stage(void)
{
    check_rid(WIDE, IOMMU_HWPT_ALLOC_NEST_PARENT, false);
    check_rid(WIDE, IOMMU_HWPT_ALLOC_NEST_PARENT, true);
    check_rid(WIDE_TOO, IOMMU_HWPT_ALLOC_NEST_PARENT, true);
    check_rid(PLAIN, IOMMU_HWPT_ALLOC_NEST_PARENT, false);
    check_rid(NARROW, IOMMU_HWPT_ALLOC_NEST_PARENT, false);
}

void dma_first_stage(void)
{
    check_rid(WIDE, 0, false);
    check_rid(WIDE, 0, true);
    check_rid(NO_ATS, 0, false);
    check_rid(PLAIN, 0, false);
    check_rid(NARROW, 0, false);
}

/* From one domain to the next, without a block between: nothing of the old one is used. */
void dma_switch(void)
{
    static const u32 kinds[] = {0, IOMMU_HWPT_ALLOC_NEST_PARENT};
    unsigned long frame = frame_with(0x11), other = frame_with(0x22);

    for (unsigned int from = 0; from < 2; from++)
        for (unsigned int to = 0; to < 2; to++) {
            struct iommu_domain *old = paging(WIDE, kinds[from], true), *new = paging(WIDE, kinds[to], true);

            map(old, 0x5000, frame, 4096, RW);
            map(new, 0x6000, other, 4096, RW);
            attach(old, WIDE);
            expect(reads(WIDE, 0, 0x5000, 0x11, true), "the old domain", from);
            attach(new, WIDE);
            expect(reads(WIDE, 0, 0x6000, 0x22, true), "the new domain", to);
            expect(!reads(WIDE, 0, 0x5000, 0x11, true), "the old domain through the ATC", to);
            expect(!reads(WIDE, 0, 0x5000, 0x11, false), "the old domain", to);
            drop(old);
            block(WIDE);
            drop(new);
        }
}

void dma_pasids(void)
{
    struct iommu_domain *one = paging(WIDE, 0, true), *other = paging(WIDE, 0, false);
    unsigned long frame = frame_with(0x88), frame2 = frame_with(0x99);

    attach_pasid(one, WIDE, 5);
    attach_pasid(one, NO_ATS, 9);
    attach_pasid(other, WIDE, 300);
    check_paging(one, WIDE, 5, false);
    check_paging(one, WIDE, 5, true);
    check_paging(one, NO_ATS, 9, false);
    check_paging(other, WIDE, 300, true);
    map(one, 0x5000, frame, 4096, RW);
    map(other, 0x5000, frame2, 4096, RW);
    expect(reads(WIDE, 5, 0x5000, 0x88, true) && reads(WIDE, 300, 0x5000, 0x99, true), "two PASIDs", 0);
    expect(!reads(WIDE, 0, 0x5000, 0x88, false) && !reads(WIDE, 6, 0x5000, 0x88, false), "another PASID, or none", 0);
    attach(other, WIDE);
    expect(reads(WIDE, 0, 0x5000, 0x99, true) && reads(WIDE, 5, 0x5000, 0x88, true), "with and without PASID", 0);
    attach(ops_of(WIDE)->identity_domain, WIDE);
    expect(reads(WIDE, 0, frame, 0x88, false) && reads(WIDE, 5, 0x5000, 0x88, true), "identity without PASID", 0);
    block(WIDE);
    expect(!reads(WIDE, 0, frame, 0x88, false) && reads(WIDE, 5, 0x5000, 0x88, true), "blocked without PASID", 0);
    detach_pasid(one, WIDE, 5);
    expect(!reads(WIDE, 5, 0x5000, 0x88, true) && reads(WIDE, 300, 0x5000, 0x99, true), "one PASID removed", 0);
    expect(reads(NO_ATS, 9, 0x5000, 0x88, false), "the domain on the other device", 0);
    attach_pasid(other, WIDE, 5);
    expect(reads(WIDE, 5, 0x5000, 0x99, true), "PASID used anew", 0);
    attach_pasid(one, WIDE, 5);
    expect(reads(WIDE, 5, 0x5000, 0x88, true), "PASID replaced", 0);
    unmap(one, 0x5000, 4096);
    expect(!reads(WIDE, 5, 0x5000, 0x88, true) && !reads(NO_ATS, 9, 0x5000, 0x88, false), "unmapped for both devices", 0);
    expect(other->ops->set_dev_pasid(other, device(WIDE), 0, NULL) == -EINVAL, "PASID 0", 0);
    detach_pasid(one, WIDE, 5);
    detach_pasid(other, WIDE, 300);
    detach_pasid(one, NO_ATS, 9);
    drop(one);
    drop(other);
}

/* ---- nested: a guest's memory is one piece at 0x40000000 of the parent; page 0 has its descriptors, 1 to 4 its tables ---- */

#define GUEST 0x40000000ull
#define GUEST_PAGES 16
#define GUEST_DATA 8
/* 5.4: T0SZ 16, write-back inner shareable walks, EPD1, V, IPS 48 bits, AA64, R, A. */
#define GUEST_CD (16ull | 1 << 8 | 1 << 10 | 3 << 12 | 1ull << 30 | 1ull << 31 | 5ull << 32 | 1ull << 41 | 3ull << 45)
#define GUEST_LEAF (3ull | 1 << 6 | 3 << 8 | 1 << 10 | 1 << 11)

static struct iommu_domain *nested(struct iommu_domain *parent, u64 cds, u64 cdmax, u64 dss)
{
    struct iommu_hwpt_arm_smmuv3 user = {
        {STE_0_V | FIELD_PREP(STE_0_CONFIG, STE_CONFIG_S1) | cds | FIELD_PREP(STE_0_S1CDMAX, cdmax), dss}};
    struct iommu_user_data data = {.type = IOMMU_HWPT_DATA_ARM_SMMUV3, .uptr = &user, .len = sizeof(user)};

    return ops_of(WIDE)->domain_alloc_user(device(WIDE), 0, parent, &data);
}

static void guest_command(struct iommu_domain *domain, u64 low, u64 high)
{
    struct iommu_viommu_arm_smmuv3_invalidate entry = {{low, high}};
    struct iommu_user_data_array array = {
        .type = IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3, .uptr = &entry, .entry_len = sizeof(entry), .entry_num = 1};
    int result = domain->ops->cache_invalidate_user(domain, &array);

    expect(!result && array.entry_num == 1, "invalidation by the user", low);
}

static bool has_ranges(void)
{
    u32 length, type;
    struct iommu_hw_info_arm_smmuv3 *info = ops_of(WIDE)->hw_info(device(WIDE), &length, &type);
    bool has = info->idr[3] & IDR3_RIL;

    kfree(info);
    return has;
}

/* ASID 3 for requests without PASID, 4 for PASID 7: the same tables. */
static void guest_tables(unsigned long *frames)
{
    u64 *cds = memory(frames[0]), *leaf = memory(frames[4]);

    memset(cds, 0, 4096);
    cds[0] = GUEST_CD | 3ull << 48;
    cds[7 * 8] = GUEST_CD | 4ull << 48;
    cds[1] = cds[7 * 8 + 1] = GUEST + 0x1000;
    cds[3] = cds[7 * 8 + 3] = 0xff;
    memory(frames[1])[0] = (GUEST + 0x2000) | 3;
    memory(frames[2])[0] = (GUEST + 0x3000) | 3;
    memory(frames[3])[0] = (GUEST + 0x4000) | 3;
    memset(leaf, 0, 4096);
    for (u64 i = 0; i < 4; i++)
        leaf[8 + i] = (GUEST + 0x1000 * (GUEST_DATA + i)) | GUEST_LEAF;
}

static void check_nested(struct iommu_domain *parent, unsigned long *frames, u32 pasid, bool atc)
{
    struct iommu_domain *domain = nested(parent, GUEST, 6, S1DSS_SSID0);
    u64 *leaf = memory(frames[4]), asid = pasid ? 4ull << 48 : 3ull << 48;
    u64 ssid = pasid ? 1 << 11 | (u64)pasid << 12 : 0;

    expect(!IS_ERR(domain), "no nested domain", 0);
    guest_tables(frames);
    attach(domain, WIDE);
    for (u64 i = 0; i < 4; i++)
        expect(reads(WIDE, pasid, 0x8000 + 0x1000 * i, 0x100 + i, atc), "nested read", i);
    leaf[9] = leaf[10] = 0;
    guest_command(domain, 0x12 | asid, 0x9000 | 1);
    guest_command(domain, 0x12 | asid, 0xa000 | (has_ranges() ? 1 << 10 | 3 << 8 : 0) | 1); /* as a range of one page */
    guest_command(domain, 0x40 | ssid, 0x9000);
    guest_command(domain, 0x40 | ssid, 0xa000);
    for (u64 i = 0; i < 4; i++)
        expect(reads(WIDE, pasid, 0x8000 + 0x1000 * i, 0x100 + i, atc) == (i == 0 || i == 3), "after the user's TLBI", i);
    shim_fault_count = 0;
    expect(!reads(WIDE, pasid, 0xa000, 0x102, false), "not mapped by the user", 0);
    expect_fault(domain, WIDE, 0xa000, IOMMU_FAULT_READ);
    /* The parent moves the page under the guest's feet. */
    unmap(parent, GUEST + 0x1000 * GUEST_DATA, 4096);
    expect(!reads(WIDE, pasid, 0x8000, 0x100, atc), "nested read after the parent's unmap", 0);
    map(parent, GUEST + 0x1000 * GUEST_DATA, frames[GUEST_DATA], 4096, RW);
    expect(reads(WIDE, pasid, 0x8000, 0x100, atc), "nested read after the parent's map", 0);
    memory(frames[0])[pasid * 8] = 0;
    guest_command(domain, 0x05 | (u64)pasid << 12, 1);
    guest_command(domain, 0x11 | asid, 0);
    guest_command(domain, 0x40 | ssid, 52);
    expect(!reads(WIDE, pasid, 0x8000, 0x100, atc), "after the descriptor has gone", 0);
    block(WIDE);
    expect(!reads(WIDE, pasid, 0xb000, 0x103, atc), "nested read after detach", 0);
    drop(domain);
}

static void refused(struct iommu_domain *parent, u64 cds, u64 cdmax, u64 dss)
{
    struct iommu_domain *domain = nested(parent, cds, cdmax, dss);

    expect(IS_ERR(domain), "a user's table that should be refused", cds | cdmax);
}

void dma_nested(void)
{
    struct iommu_domain *parent = paging(WIDE, IOMMU_HWPT_ALLOC_NEST_PARENT, true), *stage1 = paging(WIDE, 0, true);
    unsigned long frames[GUEST_PAGES];

    for (u64 i = 0; i < GUEST_PAGES; i++) {
        frames[i] = i >= GUEST_DATA ? frame_with(0x100 + i - GUEST_DATA) : shim_frame();
        map(parent, GUEST + 4096 * i, frames[i], 4096, RW);
    }
    check_nested(parent, frames, 0, false);
    check_nested(parent, frames, 0, true);
    check_nested(parent, frames, 7, false);
    check_nested(parent, frames, 7, true);
    refused(stage1, GUEST, 6, S1DSS_SSID0);
    refused(parent, GUEST + 0x40, 6, S1DSS_SSID0); /* not aligned to its size */
    refused(parent, 1ull << 50, 0, S1DSS_SSID0);   /* no IPA */
    refused(parent, GUEST, 31, S1DSS_SSID0);
    refused(parent, GUEST, 6, 3);
    drop(stage1);
    drop(parent);
}

/* ---- a process ---- */

static void process_flush(struct smmu_pgtable *table, unsigned long iova, size_t size)
{
    (void)table, (void)iova, (void)size;
}

static void process_unmapped(struct smmu_pgtable *table, struct iommu_iotlb_gather *gather, unsigned long iova, size_t size)
{
    (void)table, (void)gather, (void)iova, (void)size;
}

#define PROCESS 0x7f0000001000ul

void dma_process(void)
{
    static const struct smmu_pgtable_owner_ops owner = {process_flush, process_unmapped};
    struct smmu_pgtable table = {.owner = &owner, .stage = 1, .input_bits = 48, .output_bits = 48};
    unsigned long frames[3] = {frame_with(0xaaaa), frame_with(0xbbbb), frame_with(0xcccc)};
    struct iommu_domain *domain;
    struct mm_struct mm = {0};
    size_t mapped = 0;

    smmu_pgtable_init(&table, GFP_KERNEL);
    mm.pgd = (pgd_t *)table.top;
    for (u64 i = 0; i < 3; i++)
        smmu_pgtable_map(&table, PROCESS + 4096 * i, frames[i], 4096, 1, RW | IOMMU_CACHE, GFP_KERNEL, &mapped);
    domain = ops_of(WIDE)->domain_alloc_sva(device(WIDE), &mm);
    expect(!IS_ERR(domain), "no domain of a process", 0);
    attach_pasid(domain, WIDE, 3);
    for (u64 i = 0; i < 3; i++)
        expect(reads(WIDE, 3, PROCESS + 4096 * i, *memory(frames[i]), true), "read of a process", i);
    smmu_pgtable_unmap(&table, PROCESS + 4096, 4096, 2, NULL);
    shim_notify_invalidate(PROCESS + 4096, PROCESS + 3 * 4096);
    for (u64 i = 0; i < 3; i++)
        expect(reads(WIDE, 3, PROCESS + 4096 * i, *memory(frames[i]), true) == (i == 0), "after the process's unmap", i);
    shim_notify_release();
    expect(!reads(WIDE, 3, PROCESS, 0xaaaa, true) && !reads(WIDE, 3, PROCESS, 0xaaaa, false), "after the process's end", 0);
    detach_pasid(domain, WIDE, 3);
    drop(domain);
    smmu_pgtable_free(&table);
}

void dma_compatibility(void)
{
    struct iommu_domain *wide = paging(WIDE, 0, true), *narrow = paging(NARROW, 0, true);

    expect(wide->ops->attach_dev(wide, device(NARROW)) == -EINVAL, "a domain of another unit", 0);
    expect(!ops_of(NARROW)->capable(device(NARROW), IOMMU_CAP_ENFORCE_CACHE_COHERENCY), "coherency without FWB", 0);
    expect(!narrow->ops->enforce_cache_coherency(narrow), "coherency on a unit without FWB", 0);
    expect(ops_of(WIDE)->capable(device(WIDE), IOMMU_CAP_ENFORCE_CACHE_COHERENCY), "coherency with FWB", 0);
    expect(wide->ops->enforce_cache_coherency(wide), "coherency of a domain", 0);
    attach(wide, WIDE);
    attach(narrow, NARROW);
    check_paging(wide, WIDE, 0, true);
    check_paging(narrow, NARROW, 0, false);
    block(WIDE);
    block(NARROW);
    drop(narrow);
    drop(wide);
}

/* 4 GiB in blocks; a part of a block is not unmapped. */
void dma_blocks(void)
{
    static const u32 kinds[] = {0, IOMMU_HWPT_ALLOC_NEST_PARENT};
    unsigned long frame = 0x140000000;

    *memory(frame + 0x1ff000) = 0x2222;
    for (unsigned int i = 0; i < 2; i++) {
        struct iommu_domain *domain = paging(NARROW, kinds[i], true);
        struct iommu_iotlb_gather gather;
        u64 iova = domain->geometry.aperture_end + 1 - SZ_2M;
        size_t mapped = 0;

        iommu_iotlb_gather_init(&gather);
        attach(domain, NARROW);
        expect(!domain->ops->map_pages(domain, iova, frame, SZ_2M, 1, RW | IOMMU_CACHE, GFP_KERNEL, &mapped), "map a block", i);
        expect(reads(NARROW, 0, iova + 0x1ff000, 0x2222, false), "read in a block at the end of the addresses", iova);
        expect(domain->ops->iova_to_phys(domain, iova + 0x1ff123) == frame + 0x1ff123, "where it goes", i);
        expect(!domain->ops->unmap_pages(domain, iova, SZ_4K, 1, &gather), "a part of a block", i);
        expect(domain->ops->unmap_pages(domain, iova, SZ_2M, 1, &gather) == SZ_2M, "the block", i);
        domain->ops->iotlb_sync(domain, &gather);
        expect(!reads(NARROW, 0, iova + 0x1ff000, 0x2222, false), "read after unmap", iova);
        block(NARROW);
        drop(domain);
    }
}
