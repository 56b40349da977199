/* SPDX-License-Identifier: BSD-2-Clause */
/* smmuv3_dma_faults.c - page requests, events, traffic during changes, errors. */
#include "smmuv3_dma.h"

#include "../smmuv3.h"
#include "drivers/tests/dma_alike.h"

void dma_requests(void)
{
    struct iommu_domain *lazy = move_through_page_requests();

    device_command(WIDE, 11, 5); /* drain the PASID: ends with a Stop Marker */
    shim_idle();
    for (unsigned int i = 0; i < shim_request_count; i++)
        expect(shim_requests[i].perm, "a Stop Marker taken for a request", i);
    detach_pasid(lazy, WIDE, 5);
    page_requests_end(lazy);
}

/* ---- while the device goes on ---- */

/* One slot reads one address again and again, from now on; the other one is free. */
static void traffic_start(u16 rid, u32 pasid, u64 address, bool through_atc)
{
    struct slot_request asked = {.type = READ, .pasid = pasid, .address = address, .through_atc = through_atc, .repeat = 5000};

    start(rid, 1, &asked);
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
    detach_pasid(other, WIDE, 5);
    detach_pasid(one, NO_ATS, 9);
    drop(one);
    drop(other);
}

/* Many events at once: each is reported, and once. */
void dma_events(void)
{
    struct iommu_domain *domain = paging(NO_ATS, 0, true);
    struct slot_request asked = {.type = WRITE, .address = 0x10000, .repeat = 9, .step_bytes = 4096};

    attach(domain, NO_ATS);
    shim_fault_count = 0;
    start(NO_ATS, 0, &asked);
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
    unsigned long frame = frame_with(0x51);

    attach(domain, WIDE);
    attach(domain, WIDE_TOO);
    map(domain, 0x5000, frame, 4096, RW);
    map(domain, 0x6000, frame, 4096, RW);
    expect(reads(WIDE, 0, 0x5000, 0x51, true) && reads(WIDE, 0, 0x6000, 0x51, true), "read", 0);
    stop_answering_invalidations(WIDE, true);
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
    /* 200 of group 9, to read; then one that is the last of its group. */
    struct slot_request many = {.type = MESSAGE, .address = 0x5000 | 9 << 3 | 1, .repeat = 199, .step_bytes = 4096};
    struct slot_request last = {.type = MESSAGE, .address = 0x5000 | 9 << 3 | 5};
    struct iommu_domain *domain = paging(WIDE, 0, true);

    attach(domain, WIDE);
    expect(!ops_of(WIDE)->dev_enable_feat(device(WIDE), IOMMU_DEV_FEAT_IOPF), "page requests cannot be enabled", 0);
    wait_for(start(WIDE, 0, &many));
    shim_idle();
    expect(shim_request_count >= 1 && shim_request_count < 200, "requests that were queued", shim_request_count);
    expect(shim_discards == 1, "parts of groups are to be forgotten", shim_discards);
    shim_request_count = 0;
    start(WIDE, 0, &last);
    shim_idle();
    expect(shim_request_count == 1 && shim_requests[0].flags & IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE, "a request afterwards",
           shim_request_count);
    block(WIDE);
    page_requests_end(domain);
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
