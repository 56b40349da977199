/* SPDX-License-Identifier: BSD-2-Clause */
/* smmuv3_dma_faults.c - page requests, events, traffic during changes, errors. */
#include "smmuv3_dma.h"

#include "dma_device.h"

#include <linux/mm.h>

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

static void device_command(unsigned long registers, u32 code, u32 operand)
{
    put(registers + 0xa0, 4, code << 20 | operand);
    while (mmio_read((void __iomem *)(registers + 0xa8), 4) >> 31)
        ;
}

static void queue_start(unsigned long registers, u32 pasid)
{
    put(registers + 0x130, 8, 16 | 8ull << 12 | 3ull << 16 | 1ull << 24 | 1ull << 25);
    put(registers + 0x400, 8, 1);
    put(registers + 0x420, 8, 3);
    put(registers + 0x500, 8, 8);
    put(registers + 0x508, 8, 1 | 1 << 1 | 1 << 4 | (u64)pasid << 8 | 1ull << 28 | 21ull << 32 | 1ull << 37);
    put(registers + 0x520, 8, 1ull << 3);
    device_command(registers, 1, 0);
    device_command(registers, 6, 0);
}

static void move(unsigned long portal, u64 from, u64 to, u32 bytes, u64 record)
{
    u64 words[8] = {(u64)(2 | 4 | 8 | 3u << 24) << 32, record, from, to, bytes};

    hardware->ops->mmio_write(hardware->context, portal, words, sizeof(words));
}

void dma_requests(void)
{
    struct device *dev = device(WIDE);
    int result = ops_of(WIDE)->dev_enable_feat(dev, IOMMU_DEV_FEAT_IOPF);

    expect(!result, "page requests cannot be enabled", (u64)-result);
    memset(lazy_frames, 0, sizeof(lazy_frames));
    lazy = paging(WIDE, 0, true);
    attach_pasid(lazy, WIDE, 5);
    shim_request_handler = give_page;
    lazy_frames[1] = frame_with(0x123456789);
    map(lazy, 0x1000, lazy_frames[1], 4096, RW);
    queue_start(bar(WIDE, 0), 5);
    move(bar(WIDE, 2), 0x1000, 0x4000, 8192, 0x6000);
    shim_idle();
    expect(shim_request_count, "no page request", 0);
    expect(lazy_frames[6] && (*memory(lazy_frames[6]) & 0xff) == 1, "the move does not end well",
           lazy_frames[6] ? *memory(lazy_frames[6]) : 0);
    expect(lazy_frames[4] && *memory(lazy_frames[4]) == 0x123456789, "the data has not arrived", 0);
    device_command(bar(WIDE, 0), 11, 5); /* drain the PASID: ends with a Stop Marker */
    shim_idle();
    for (unsigned int i = 0; i < shim_request_count; i++)
        expect(shim_requests[i].perm, "a Stop Marker taken for a request", i);
    ops_of(WIDE)->remove_dev_pasid(dev, 5, lazy);
    expect(!ops_of(WIDE)->dev_disable_feat(dev, IOMMU_DEV_FEAT_IOPF), "page requests cannot be disabled", 0);
    drop(lazy);
}

/* ---- while the device goes on ---- */

/* One slot reads one address again and again, from now on; the other one is free. */
static void traffic_start(u16 rid, u32 pasid, u64 address, bool through_atc)
{
    unsigned long exerciser = bar(rid, 4), slot = exerciser + SLOT + 0x80;

    put(exerciser, 4, 0x52455845);
    put(exerciser, 4, 0x4b434c55);
    put(slot + 4, 4, (pasid ? PASID_V : 0) | (through_atc ? USE_ATC : 0));
    put(slot + 8, 4, pasid);
    put(slot + 16, 8, address);
    put(slot + 24, 4, 8);
    put(slot + 64, 4, 5000);
    put(slot + 68, 4, 0);
    put(slot, 4, 1 | READ << 4);
}

/* 4.5.1: an ATC that asks again while it is being invalidated must not get what goes. */
void dma_busy_unmap(void)
{
    struct iommu_domain *domain = paging(WIDE, 0, true);
    unsigned long frame = frame_with(0x31);

    attach(domain, WIDE);
    map(domain, 0x5000, frame, 4096, RW);
    expect(reads(WIDE, 0, 0x5000, 0x31, false) && reads(WIDE, 0, 0x5000, 0x31, true), "read", 0);
    traffic_start(WIDE, 0, 0x5000, true);
    unmap(domain, 0x5000, 4096);
    shim_idle();
    expect(!reads(WIDE, 0, 0x5000, 0x31, true), "read through the ATC after unmap under traffic", 0);
    block(WIDE);
    drop(domain);
}

/* A descriptor changes under traffic: no translation of one domain is ever found in the other's. */
void dma_busy_replace(void)
{
    struct iommu_domain *one = paging(WIDE, 0, true), *other = paging(WIDE, 0, true);
    unsigned long frame = frame_with(0x41);

    map(other, 0x7000, frame, 4096, RW);
    attach_pasid(one, WIDE, 5);
    attach_pasid(one, NO_ATS, 9);
    traffic_start(WIDE, 5, 0x7000, false);
    attach_pasid(other, WIDE, 5);
    shim_idle();
    expect(reads(WIDE, 5, 0x7000, 0x41, false), "the new domain", 0);
    expect(!reads(NO_ATS, 9, 0x7000, 0x41, false), "the old domain on another device", 0);
    ops_of(WIDE)->remove_dev_pasid(device(WIDE), 5, other);
    ops_of(NO_ATS)->remove_dev_pasid(device(NO_ATS), 9, one);
    drop(one);
    drop(other);
}

/* Many events at once: each is reported, and once. */
void dma_events(void)
{
    struct iommu_domain *domain = paging(NO_ATS, 0, true);
    unsigned long exerciser = bar(NO_ATS, 4), slot = exerciser + SLOT;

    attach(domain, NO_ATS);
    shim_fault_count = 0;
    put(exerciser, 4, 0x52455845);
    put(exerciser, 4, 0x4b434c55);
    put(slot + 4, 4, 0);
    put(slot + 16, 8, 0x10000);
    put(slot + 24, 4, 8);
    put(slot + 64, 4, 9);
    put(slot + 68, 4, 4096);
    put(slot, 4, 1 | WRITE << 4);
    while (hardware->ops->step(hardware->context, ~0ul))
        ;
    shim_idle();
    expect(shim_fault_count == 10, "faults reported", shim_fault_count);
    for (unsigned int i = 0; i < 10; i++)
        expect(shim_faults[i].domain == domain && shim_faults[i].iova == 0x10000 + 4096 * i &&
                   shim_faults[i].flags == IOMMU_FAULT_WRITE,
               "a fault", i);
    block(NO_ATS);
    drop(domain);
}

/* 3.9.1.4: a device that does not answer an invalidation is not believed any more; the others do not notice. */
void dma_lost_atc(void)
{
    struct iommu_domain *domain = paging(WIDE, 0, true);
    unsigned long exerciser = bar(WIDE, 4), frame = frame_with(0x51);

    attach(domain, WIDE);
    attach(domain, WIDE_TOO);
    map(domain, 0x5000, frame, 4096, RW);
    map(domain, 0x6000, frame, 4096, RW);
    expect(reads(WIDE, 0, 0x5000, 0x51, true) && reads(WIDE, 0, 0x6000, 0x51, true), "read", 0);
    put(exerciser + 0xc08, 4, 0xffffffff); /* INVHOLD: no completion is sent */
    unmap(domain, 0x5000, 4096);
    expect(!reads(WIDE, 0, 0x5000, 0x51, true), "read after unmap", 0);
    expect(!reads(WIDE, 0, 0x6000, 0x51, true), "what the device calls translated", 0);
    expect(reads(WIDE, 0, 0x6000, 0x51, false), "what the SMMU translates", 0);
    expect(reads(WIDE_TOO, 0, 0x6000, 0x51, true), "the other device", 0);
    block(WIDE);
    block(WIDE_TOO);
    drop(domain);
}

/* 8.1.1: more page requests than the queue holds, none of them the last of its group: what is there of it is forgotten. */
void dma_overflow(void)
{
    unsigned long slot = bar(WIDE, 4) + SLOT;
    struct iommu_domain *domain = paging(WIDE, 0, true);
    struct device *dev = device(WIDE);

    attach(domain, WIDE);
    expect(!ops_of(WIDE)->dev_enable_feat(dev, IOMMU_DEV_FEAT_IOPF), "page requests cannot be enabled", 0);
    put(bar(WIDE, 4), 4, 0x52455845);
    put(bar(WIDE, 4), 4, 0x4b434c55);
    put(slot + 4, 4, 0);
    put(slot + 16, 8, 0x5000 | 9 << 3 | 1); /* group 9, read */
    put(slot + 28, 4, 4);
    put(slot + 64, 4, 199);
    put(slot + 68, 4, 4096);
    put(slot, 4, 1 | MESSAGE << 4);
    while (hardware->ops->step(hardware->context, ~0ul))
        ;
    shim_idle();
    expect(shim_request_count >= 1 && shim_request_count < 200, "requests that were queued", shim_request_count);
    expect(shim_discards == 1, "parts of groups are to be forgotten", shim_discards);
    shim_request_count = 0;
    put(slot + 16, 8, 0x5000 | 9 << 3 | 5); /* the last of the group */
    put(slot + 64, 4, 0);
    put(slot, 4, 1 | MESSAGE << 4);
    shim_idle();
    expect(shim_request_count == 1 && shim_requests[0].flags & IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE, "a request afterwards",
           shim_request_count);
    expect(!ops_of(WIDE)->dev_disable_feat(dev, IOMMU_DEV_FEAT_IOPF), "page requests cannot be disabled", 0);
    block(WIDE);
    drop(domain);
}

/* 7.1: after a command that the unit refuses, those before and behind it have had their effect. */
void dma_refused_command(void)
{
    struct iommu_domain *domain = paging(WIDE, 0, true);
    struct smmu_device *smmu = container_of(device(WIDE)->iommu->iommu_dev, struct smmu_device, iommu);
    struct smmu_cmd cmds[3] = {smmu_cmd_tlbi(CMD_TLBI_NH_ALL, 0, 0), {{0x9f}}, smmu_cmd_tlbi(CMD_TLBI_NH_ALL, 0, 0)};
    unsigned long frame = frame_with(0x61);

    attach(domain, WIDE);
    map(domain, 0x5000, frame, 4096, RW);
    for (unsigned int i = 0; i < 300; i++) /* round the ring, too */
        expect(!smmu_issue(smmu, cmds, 3, i & 1), "commands", i);
    expect(reads(WIDE, 0, 0x5000, 0x61, true), "read", 0);
    unmap(domain, 0x5000, 4096);
    expect(!reads(WIDE, 0, 0x5000, 0x61, true), "read after unmap", 0);
    block(WIDE);
    drop(domain);
}
