/* SPDX-License-Identifier: BSD-2-Clause */
/* dma_alike.c - see dma_alike.h. */
#include "dma_alike.h"

#include "dma_tests.h"

void check_paging(struct iommu_domain *domain, u16 rid, u32 pasid, bool atc)
{
    unsigned long frame = frame_with(0x1111), other = frame_with(0x2222);

    map(domain, 0x10000000, frame, 4096, IOMMU_READ);
    map(domain, 0x10001000, other, 4096, RW);
    expect(reads(rid, pasid, 0x10000000, 0x1111, atc), "read", atc);
    expect(reads(rid, pasid, 0x10001000, 0x2222, atc), "read of the next page", atc);
    writes(rid, pasid, 0x10001000, 0x3333, atc);
    expect(*memory(other) == 0x3333, "write", *memory(other));
    shim_fault_count = 0;
    writes(rid, pasid, 0x10000000, 0x4444, false);
    expect(*memory(frame) == 0x1111, "a write to a page without writing", *memory(frame));
    expect_fault(domain, rid, 0x10000000, IOMMU_FAULT_WRITE);
    unmap(domain, 0x10000000, 8192);
    expect(!reads(rid, pasid, 0x10000000, 0x1111, atc), "read after unmap", 0);
    shim_fault_count = 0;
    expect(!reads(rid, pasid, 0x10001000, 0x3333, false), "read of the next page after unmap", 0);
    expect_fault(domain, rid, 0x10001000, IOMMU_FAULT_READ);
    map(domain, 0x10000000, other, 4096, RW);
    expect(reads(rid, pasid, 0x10000000, 0x3333, atc), "read after mapping anew", 0);
    unmap(domain, 0x10000000, 4096);
}

/* ---- page requests: a work queue of the device moves data through pages that come when they are asked for ---- */

static struct iommu_domain *lazy;
static unsigned long lazy_frames[8];

static enum iommu_page_response_code give_page(struct device *dev, const struct iommu_fault_page_request *asked)
{
    u64 page = asked->addr >> 12;

    (void)dev;
    if (page >= ARRAY_SIZE(lazy_frames))
        return IOMMU_PAGE_RESP_INVALID;
    if (!lazy_frames[page]) {
        lazy_frames[page] = shim_frame();
        map(lazy, page << 12, lazy_frames[page], 4096, RW);
    }
    return IOMMU_PAGE_RESP_SUCCESS;
}

void device_command(u16 rid, u32 code, u32 operand)
{
    unsigned long registers = bar(rid, 0);

    put(registers + 0xa0, 4, code << 20 | operand);
    while (mmio_read((void __iomem *)(registers + 0xa8), 4) >> 31)
        ;
}

static void queue_start(u16 rid, u32 pasid)
{
    unsigned long registers = bar(rid, 0);

    put(registers + 0x130, 8, 16 | 8ull << 12 | 3ull << 16 | 1ull << 24 | 1ull << 25);
    put(registers + 0x400, 8, 1);
    put(registers + 0x420, 8, 3);
    put(registers + 0x500, 8, 8);
    put(registers + 0x508, 8, 1 | 1 << 1 | 1 << 4 | (u64)pasid << 8 | 1ull << 28 | 21ull << 32 | 1ull << 37);
    put(registers + 0x520, 8, 1ull << 3);
    device_command(rid, 1, 0);
    device_command(rid, 6, 0);
}

static void move(unsigned long portal, u64 from, u64 to, u32 bytes, u64 record)
{
    u64 words[8] = {(u64)(2 | 4 | 8 | 3u << 24) << 32, record, from, to, bytes};

    hardware->ops->mmio_write(hardware->context, portal, words, sizeof(words));
}

struct iommu_domain *move_through_page_requests(void)
{
    int result = ops_of(WIDE)->dev_enable_feat(device(WIDE), IOMMU_DEV_FEAT_IOPF);

    expect(!result, "page requests cannot be enabled", (u64)-result);
    memset(lazy_frames, 0, sizeof(lazy_frames));
    lazy = paging(WIDE, 0, true);
    attach_pasid(lazy, WIDE, 5);
    shim_request_handler = give_page;
    lazy_frames[1] = frame_with(0x123456789);
    map(lazy, 0x1000, lazy_frames[1], 4096, RW);
    queue_start(WIDE, 5);
    move(bar(WIDE, 2), 0x1000, 0x4000, 8192, 0x6000);
    shim_idle();
    expect(shim_request_count, "no page request", 0);
    expect(lazy_frames[6] && (*memory(lazy_frames[6]) & 0xff) == 1, "the move does not end well",
           lazy_frames[6] ? *memory(lazy_frames[6]) : 0);
    expect(lazy_frames[4] && *memory(lazy_frames[4]) == 0x123456789, "the data has not arrived", 0);
    return lazy;
}

void page_requests_end(struct iommu_domain *domain)
{
    expect(!ops_of(WIDE)->dev_disable_feat(device(WIDE), IOMMU_DEV_FEAT_IOPF), "page requests cannot be disabled", 0);
    drop(domain);
}

/* ---- devices behind one bridge ---- */

void dma_aliases(void)
{
    struct iommu_domain *domain = paging(BEHIND_BRIDGE, 0, true);
    unsigned long frame = frame_with(0x5a5a);

    attach(domain, BEHIND_BRIDGE);
    attach(domain, BEHIND_BRIDGE_TOO);
    map(domain, 0x5000, frame, 4096, RW);
    expect(reads(BEHIND_BRIDGE, 0, 0x5000, 0x5a5a, false), "the first behind the bridge", 0);
    expect(reads(BEHIND_BRIDGE_TOO, 0, 0x5000, 0x5a5a, false), "the second behind the bridge", 0);
    shim_remove_device(BEHIND_BRIDGE);
    expect(reads(BEHIND_BRIDGE_TOO, 0, 0x5000, 0x5a5a, false), "the second after the first has left", 0);
    unmap(domain, 0x5000, 4096);
    expect(!reads(BEHIND_BRIDGE_TOO, 0, 0x5000, 0x5a5a, false), "the second after unmap", 0);
    map(domain, 0x5000, frame, 4096, RW);
    block(BEHIND_BRIDGE_TOO);
    expect(!reads(BEHIND_BRIDGE_TOO, 0, 0x5000, 0x5a5a, false), "the second after detach", 0);
    drop(domain);
}

/* ---- what is dirty ---- */

void dma_dirty(void)
{
    struct iommu_domain *domain;
    struct iommu_iotlb_gather gather;
    struct iommu_dirty_bitmap dirty;
    u64 bits[1] = {0};
    unsigned long frame = frame_with(0), other = frame_with(0);

    if (!ops_of(WIDE)->capable(device(WIDE), IOMMU_CAP_DIRTY_TRACKING))
        return;
    domain = paging(WIDE, IOMMU_HWPT_ALLOC_DIRTY_TRACKING, true);
    attach(domain, WIDE);
    map(domain, 0x1000, frame, 4096, RW);
    map(domain, 0x3000, other, 4096, RW);
    expect(!domain->dirty_ops->set_dirty_tracking(domain, true), "dirty tracking", 0);
    for (int round = 0; round < 3; round++) {
        writes(WIDE, 0, 0x3000, 5, true);
        bits[0] = 0;
        iommu_iotlb_gather_init(&gather);
        dirty = (struct iommu_dirty_bitmap){.bitmap = (void *)bits, .gather = &gather};
        expect(!domain->dirty_ops->read_and_clear_dirty(domain, 0, 0x10000, 0, &dirty), "reading what is dirty", 0);
        expect(bits[0] == 1 << 3, "which page is dirty", bits[0]);
        domain->ops->iotlb_sync(domain, &gather);
    }
    block(WIDE);
    drop(domain);
}

void dma_identity_and_blocked(void)
{
    struct iommu_domain *identity = ops_of(WIDE)->identity_domain;
    unsigned long frame = frame_with(0x1d);

    expect(!reads(WIDE, 0, frame, 0x1d, false), "nothing attached", 0);
    attach(identity, WIDE);
    attach(identity, NO_ATS);
    expect(reads(WIDE, 0, frame, 0x1d, false) && reads(WIDE, 0, frame, 0x1d, true), "identity", 0);
    block(WIDE);
    expect(!reads(WIDE, 0, frame, 0x1d, false) && !reads(WIDE, 0, frame, 0x1d, true), "blocked", 0);
    expect(reads(NO_ATS, 0, frame, 0x1d, false), "the other one stays", 0);
    block(NO_ATS);
}
