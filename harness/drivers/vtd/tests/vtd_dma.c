/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_dma.c - devices do DMA, and memory tells what came of it. */
#include "vtd_dma.h"

#include "drivers/tests/dma_alike.h"

#include <linux/moduleparam.h>

extern const struct kernel_param __start_kparam_vtd[];

void dma_begin(const void *machine, const char *bug)
{
    static const struct {
        u16 rid, bridge, alias;
    } devices[] = {{ROOT_PORT, 0, NO_ALIAS},
                   {BRIDGE, 0, NO_ALIAS},
                   {WIDE, 0, NO_ALIAS},
                   {WIDE_TOO, ROOT_PORT, NO_ALIAS},
                   {NO_ATS, 0, NO_ALIAS},
                   {PLAIN, 0, NO_ALIAS},
                   {BEHIND_BRIDGE, BRIDGE, ALIAS},
                   {BEHIND_BRIDGE_TOO, BRIDGE, ALIAS},
                   {NARROW, 0, NO_ALIAS},
                   {RESERVED, 0, NO_ALIAS}};

    hardware = machine;
    *(const char **)__start_kparam_vtd[0].arg = bug;
    for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
        shim_add_device(devices[i].rid, devices[i].bridge, devices[i].alias);
    shim_start();
}

void dma_end(void)
{
    shim_stop();
    hardware = NULL;
}

/* 3 pages from the 7th on: their aligned block is of 16, and half of it does not hold them. */
static void check_odd_range(struct iommu_domain *domain, u16 rid, u32 pasid, bool atc)
{
    unsigned long frames[3];

    for (u64 i = 0; i < 3; i++)
        map(domain, 0x7000 + 0x1000 * i, frames[i] = frame_with(0x700 + i), 4096, RW);
    for (u64 i = 0; i < 3; i++)
        expect(reads(rid, pasid, 0x7000 + 0x1000 * i, 0x700 + i, atc), "odd range", i);
    unmap(domain, 0x7000, 0x3000);
    for (u64 i = 0; i < 3; i++)
        expect(!reads(rid, pasid, 0x7000 + 0x1000 * i, 0x700 + i, atc), "odd range after unmap", i);
}

/* Reads through the Device-TLB are under way all the time while the page goes. */
static void check_unmap_under_load(struct iommu_domain *domain, u16 rid)
{
    struct slot_request load = {.type = READ, .address = 0x20000, .through_atc = true, .repeat = 3000};
    unsigned long slot;

    map(domain, 0x20000, frame_with(0x10ad), 4096, RW);
    expect(reads(rid, 0, 0x20000, 0x10ad, true), "read before the load", 0);
    slot = start(rid, 0, &load);
    unmap(domain, 0x20000, 4096);
    wait_for(slot);
    shim_idle();
    expect(!reads(rid, 0, 0x20000, 0x10ad, true), "read after unmap under load", 0);
}

/* Untranslated reads are under way while the domain is left. */
static void check_detach_under_load(struct iommu_domain *domain, u16 rid)
{
    struct slot_request load = {.type = READ, .address = 0x20000, .repeat = 200};
    unsigned long slot;

    map(domain, 0x20000, frame_with(0x10ad), 4096, RW);
    block(rid);
    attach(domain, rid); /* no cache knows it yet */
    shim_fault_count = 0;
    slot = start(rid, 0, &load);
    block(rid);
    wait_for(slot);
    shim_idle();
    expect(!reads(rid, 0, 0x20000, 0x10ad, false), "read after detach under load", 0);
    for (unsigned int i = 0; i < shim_fault_count; i++)
        expect(shim_faults[i].iova == 0x20000, "a fault elsewhere", shim_faults[i].iova);
    attach(domain, rid);
    expect(reads(rid, 0, 0x20000, 0x10ad, false), "read after attach", 0);
    unmap(domain, 0x20000, 4096);
    expect(!reads(rid, 0, 0x20000, 0x10ad, false), "read after unmap", 0);
}

static void check_rid(u16 rid, bool user, bool atc)
{
    struct iommu_domain *domain = paging(rid, 0, user);
    unsigned long frame = frame_with(0x77);

    attach(domain, rid);
    check_paging(domain, rid, 0, atc);
    check_odd_range(domain, rid, 0, atc);
    if (atc)
        check_unmap_under_load(domain, rid);
    check_detach_under_load(domain, rid);
    map(domain, 0x5000, frame, 4096, RW);
    expect(reads(rid, 0, 0x5000, 0x77, atc), "read before detach", 0);
    block(rid);
    expect(!reads(rid, 0, 0x5000, 0x77, atc), "read after detach", 0);
    drop(domain);
}

/* INVHOLD: the device keeps its answers to invalidations. What it holds is of no use once unmap has returned. */
static void check_silent_device(u16 rid)
{
    struct iommu_domain *domain = paging(rid, 0, true);

    attach(domain, rid);
    map(domain, 0x5000, frame_with(0x51), 4096, RW);
    map(domain, 0x6000, frame_with(0x52), 4096, RW);
    expect(reads(rid, 0, 0x5000, 0x51, true) && reads(rid, 0, 0x6000, 0x52, true), "read", 0);
    stop_answering_invalidations(rid, true);
    unmap(domain, 0x5000, 4096);
    expect(!reads(rid, 0, 0x5000, 0x51, true), "read after an invalidation that was not answered", 0);
    expect(!reads(rid, 0, 0x6000, 0x52, true) && reads(rid, 0, 0x6000, 0x52, false), "translated, and not", 0);
    stop_answering_invalidations(rid, false);
    block(rid);
    expect(!reads(rid, 0, 0x6000, 0x52, false), "read after detach", 0);
    drop(domain);
}

static void check_two_devices(void)
{
    struct iommu_domain *domain = paging(WIDE, 0, true);

    attach(domain, WIDE);
    attach(domain, WIDE_TOO);
    map(domain, 0x5000, frame_with(0x22), 4096, RW);
    expect(reads(WIDE, 0, 0x5000, 0x22, true) && reads(WIDE_TOO, 0, 0x5000, 0x22, true), "two devices", 0);
    unmap(domain, 0x5000, 4096);
    expect(!reads(WIDE, 0, 0x5000, 0x22, true) && !reads(WIDE_TOO, 0, 0x5000, 0x22, true), "two devices after unmap", 0);
    block(WIDE);
    block(WIDE_TOO);
    drop(domain);
}

void dma_second_stage(void)
{
    check_rid(WIDE, true, false);
    check_rid(WIDE, true, true);
    check_rid(WIDE_TOO, true, true);
    check_rid(PLAIN, true, false);
    check_two_devices();
    check_silent_device(WIDE_TOO);
}

void dma_first_stage(void)
{
    check_rid(WIDE, false, false);
    check_rid(WIDE, false, true);
    check_rid(NO_ATS, false, false);
}

/* Another domain gets the number of the one that has gone, and nothing of it. */
static void check_reuse(u32 pasid)
{
    for (u64 round = 0; round < 3; round++) {
        struct iommu_domain *domain = paging(WIDE, 0, true);

        attach_pasid(domain, WIDE, pasid);
        map(domain, 0x5000 + 0x1000 * round, frame_with(round), 4096, RW);
        for (u64 i = 0; i < 3; i++)
            expect(reads(WIDE, pasid, 0x5000 + 0x1000 * i, i, i & 1) == (i == round), "domain made anew", i);
        detach_pasid(domain, WIDE, pasid);
        drop(domain);
    }
}

/* 7.1.3 SPT.6: nobody has asked for supervisor requests to be allowed. */
static void check_privilege(struct iommu_domain *domain, u32 pasid)
{
    struct slot_request asked = {.type = READ, .pasid = pasid, .address = 0x5000, .privileged = true};
    u64 data = 0;

    if (domain)
        expect(request(WIDE, &asked, &data), "a privileged request", data);
    shim_fault_count = 0;
}

void dma_pasids(void)
{
    struct iommu_domain *one = paging(WIDE, 0, true), *other = paging(WIDE, 0, false);
    unsigned long frame = frame_with(0x88), frame2 = frame_with(0x99);

    attach_pasid(one, WIDE, 5);
    attach_pasid(one, NO_ATS, 9);
    attach_pasid(other, WIDE, 0xffff);
    check_paging(one, WIDE, 5, false);
    check_paging(one, WIDE, 5, true);
    check_paging(one, NO_ATS, 9, false);
    check_paging(other, WIDE, 0xffff, true);
    map(one, 0x5000, frame, 4096, RW);
    map(other, 0x5000, frame2, 4096, RW);
    expect(reads(WIDE, 5, 0x5000, 0x88, true) && reads(WIDE, 0xffff, 0x5000, 0x99, true), "two PASIDs", 0);
    expect(!reads(WIDE, 0, 0x5000, 0x88, false) && !reads(WIDE, 6, 0x5000, 0x88, false), "another PASID, or none", 0);
    check_privilege(other, 0xffff);
    check_reuse(11);
    detach_pasid(one, WIDE, 5);
    expect(!reads(WIDE, 5, 0x5000, 0x88, true) && reads(WIDE, 0xffff, 0x5000, 0x99, true), "one PASID removed", 0);
    expect(reads(NO_ATS, 9, 0x5000, 0x88, false), "the domain on the other device", 0);
    attach_pasid(other, WIDE, 5);
    expect(reads(WIDE, 5, 0x5000, 0x99, true), "PASID used anew", 0);
    detach_pasid(other, WIDE, 5);
    detach_pasid(other, WIDE, 0xffff);
    detach_pasid(one, NO_ATS, 9);
    drop(one);
    drop(other);
}

void dma_compatibility(void)
{
    struct iommu_domain *wide = paging(WIDE, 0, true), *narrow = paging(NARROW, 0, true);

    expect(wide->ops->attach_dev(wide, device(NARROW)) == -EINVAL, "four levels below a unit with three", 0);
    expect(!ops_of(NARROW)->capable(device(NARROW), IOMMU_CAP_ENFORCE_CACHE_COHERENCY), "snoop without SC", 0);
    drop(narrow);
    drop(wide);
    wide = paging(WIDE, 0, true);
    narrow = paging(NARROW, 0, true);
    expect(wide->ops->enforce_cache_coherency(wide), "snoop with SC", 0);
    attach(narrow, NARROW);
    expect(!narrow->ops->enforce_cache_coherency(narrow), "snoop on a unit without SC", 0);
    attach(wide, WIDE);
    check_paging(wide, WIDE, 0, true);
    check_paging(narrow, NARROW, 0, false);
    block(WIDE);
    block(NARROW);
    drop(narrow);
    drop(wide);
}

void dma_regions(void)
{
    LIST_HEAD(regions);
    struct iommu_resv_region *region, *next;
    unsigned int direct = 0, msi = 0;

    ops_of(RESERVED)->get_resv_regions(device(RESERVED), &regions);
    list_for_each_entry_safe(region, next, &regions, list)
    {
        direct += region->type == IOMMU_RESV_DIRECT && region->start == 0x3f000000 && region->length == 0x10000;
        msi += region->type == IOMMU_RESV_MSI && region->start == 0xfee00000 && region->length == 0x100000;
        list_del(&region->list);
        kfree(region);
    }
    expect(direct == 1 && msi == 1, "reserved regions", direct);
    ops_of(WIDE)->get_resv_regions(device(WIDE), &regions);
    list_for_each_entry_safe(region, next, &regions, list)
    {
        expect(region->type == IOMMU_RESV_MSI, "a region of another device", region->start);
        list_del(&region->list);
        kfree(region);
    }
}
