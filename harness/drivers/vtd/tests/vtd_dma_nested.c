/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_dma_nested.c - tables of others: of a guest, of a process. */
#include "vtd_dma.h"

#include "../vtd_pt.h"
#include "../vtd_regs.h"
#include "drivers/tests/dma_alike.h"

#include <linux/mm.h>

/* ---- nested: a guest's memory is one piece at 0x40000000 of the parent ---- */

#define GUEST 0x40000000ull
#define GUEST_PAGES 16

static struct iommu_domain *nested(struct iommu_domain *parent, u64 root)
{
    struct iommu_hwpt_vtd_s1 user = {.pgtbl_addr = root, .addr_width = 48};
    struct iommu_user_data data = {.type = IOMMU_HWPT_DATA_VTD_S1, .uptr = &user, .len = sizeof(user)};
    struct iommu_domain *domain = ops_of(WIDE)->domain_alloc_user(device(WIDE), 0, parent, &data);

    if (IS_ERR(domain))
        host_fail("no nested domain", (u64)-PTR_ERR(domain));
    return domain;
}

static void invalidate(struct iommu_domain *domain, u64 address, u64 pages)
{
    struct iommu_hwpt_vtd_s1_invalidate entry = {.addr = address, .npages = pages};
    struct iommu_user_data_array array = {
        .type = IOMMU_HWPT_INVALIDATE_DATA_VTD_S1, .uptr = &entry, .entry_len = sizeof(entry), .entry_num = 1};

    expect(!domain->ops->cache_invalidate_user(domain, &array) && array.entry_num == 1, "invalidation by the user", pages);
}

static void check_nested(struct iommu_domain *parent, unsigned long *frames, u32 pasid, bool atc)
{
    struct iommu_domain *domain = nested(parent, GUEST);
    u64 *top = memory(frames[0]), *leaf = memory(frames[3]);

    top[0] = (GUEST + 0x1000) | 7;
    memory(frames[1])[0] = (GUEST + 0x2000) | 7;
    memory(frames[2])[0] = (GUEST + 0x3000) | 7;
    memset(leaf, 0, 4096);
    for (u64 i = 0; i < 4; i++)
        leaf[6 + i] = (GUEST + 0x4000 + 0x1000 * i) | 7;
    if (pasid)
        attach_pasid(domain, WIDE, pasid);
    else
        attach(domain, WIDE);
    for (u64 i = 0; i < 4; i++)
        expect(reads(WIDE, pasid, 0x6000 + 0x1000 * i, 0x100 + i, atc), "nested read", i);
    leaf[7] = leaf[8] = leaf[9] = 0;
    invalidate(domain, 0x7000, 3); /* not aligned to its size */
    for (u64 i = 0; i < 4; i++)
        expect(reads(WIDE, pasid, 0x6000 + 0x1000 * i, 0x100 + i, atc) == (i == 0), "after invalidation by the user", i);
    /* Another table of leaves in the place of the first. */
    memory(frames[15])[6] = (GUEST + 0x5000) | 7;
    memory(frames[2])[0] = (GUEST + 0xf000) | 7;
    invalidate(domain, 0x6000, 1);
    expect(reads(WIDE, pasid, 0x6000, 0x101, atc), "another table of leaves", 0);
    memory(frames[2])[0] = (GUEST + 0x3000) | 7;
    invalidate(domain, 0, ~0ull);
    expect(reads(WIDE, pasid, 0x6000, 0x100, atc), "the first table again", 0);
    /* The parent moves the page under the guest's feet. */
    unmap(parent, GUEST + 0x4000, 4096);
    expect(!reads(WIDE, pasid, 0x6000, 0x100, atc), "nested read after the parent's unmap", 0);
    map(parent, GUEST + 0x4000, frames[4], 4096, RW);
    expect(reads(WIDE, pasid, 0x6000, 0x100, atc), "nested read after the parent's map", 0);
    top[0] = 0;
    invalidate(domain, 0, ~0ull);
    expect(!reads(WIDE, pasid, 0x6000, 0x100, atc), "after invalidation of everything", 0);
    top[0] = (GUEST + 0x1000) | 7;
    expect(reads(WIDE, pasid, 0x6000, 0x100, atc), "present again", 0);
    if (pasid)
        detach_pasid(domain, WIDE, pasid);
    else
        block(WIDE);
    expect(!reads(WIDE, pasid, 0x6000, 0x100, atc), "nested read after detach", 0);
    drop(domain);
}

void dma_nested(void)
{
    struct iommu_domain *parent = paging(WIDE, IOMMU_HWPT_ALLOC_NEST_PARENT, true);
    unsigned long frames[GUEST_PAGES];

    for (u64 i = 0; i < GUEST_PAGES; i++) {
        frames[i] = i >= 4 && i < 15 ? frame_with(0x100 + i - 4) : shim_frame();
        map(parent, GUEST + 4096 * i, frames[i], 4096, RW);
    }
    check_nested(parent, frames, 0, false);
    check_nested(parent, frames, 0, true);
    check_nested(parent, frames, 7, false);
    check_nested(parent, frames, 7, true);
    drop(parent);
}

/* ---- a process ---- */

void dma_process(void)
{
    struct mm_struct mm = {0};
    struct iommu_domain *domain;
    struct vtd_pt table;
    unsigned long frames[3] = {frame_with(0xaaaa), frame_with(0xbbbb), frame_with(0xcccc)};
    u64 *replaced, old;
    unsigned int hole;

    vtd_pt_init(&table, VTD_FIRST_STAGE, 4, GFP_KERNEL);
    mm.pgd = (pgd_t *)table.root;
    for (u64 i = 0; i < 3; i++)
        vtd_pt_map(&table, 0x7f0000006000 + 4096 * i, frames[i], 1, VTD_PT_READ | VTD_PT_WRITE, GFP_KERNEL, &replaced);
    domain = ops_of(WIDE)->domain_alloc_sva(device(WIDE), &mm);
    expect(!IS_ERR(domain), "no domain of a process", 0);
    attach_pasid(domain, WIDE, 3);
    for (u64 i = 0; i < 3; i++)
        expect(reads(WIDE, 3, 0x7f0000006000 + 4096 * i, *memory(frames[i]), true), "read of a process", i);
    for (u64 i = 1; i < 3; i++)
        vtd_pt_unmap(&table, 0x7f0000006000 + 4096 * i, &old, &hole);
    shim_notify_invalidate(0x7f0000007000, 0x7f0000009000);
    for (u64 i = 0; i < 3; i++)
        expect(reads(WIDE, 3, 0x7f0000006000 + 4096 * i, *memory(frames[i]), true) == (i == 0), "after the process's unmap", i);
    shim_notify_release();
    expect(!reads(WIDE, 3, 0x7f0000006000, 0xaaaa, true), "after the process's end", 0);
    detach_pasid(domain, WIDE, 3);
    drop(domain);
    vtd_pt_free(&table);
}
