/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_dma.c - devices do DMA, and memory tells what came of it. */
#include "vtd_dma.h"

#include "../vtd_pt.h"
#include "../vtd_regs.h"
#include "shim.h"

#include "kernel/hardware.h"

#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <uapi/linux/iommufd.h>

#define WIDE 0x10
#define WIDE_TOO 0x100
#define NO_ATS 0x20
#define PLAIN 0x28
#define BEHIND_BRIDGE 0x508
#define BEHIND_BRIDGE_TOO 0x510
#define ALIAS 0x500
#define NARROW 0x30
#define RESERVED 0x38

extern const struct hardware *hardware;
extern const struct kernel_param __start_kparam_vtd[];

static void expect(bool right, const char *what, u64 value)
{
    if (!right)
        host_fail(what, value);
}

void dma_begin(const void *machine, const char *bug)
{
    hardware = machine;
    *(const char **)__start_kparam_vtd[0].arg = bug;
    shim_add_device(0x08, 0, 0xffff);
    shim_add_device(0xe0, 0, 0xffff);
    shim_add_device(WIDE, 0, 0xffff);
    shim_add_device(WIDE_TOO, 0x08, 0xffff);
    shim_add_device(NO_ATS, 0, 0xffff);
    shim_add_device(PLAIN, 0, 0xffff);
    shim_add_device(BEHIND_BRIDGE, 0xe0, ALIAS);
    shim_add_device(BEHIND_BRIDGE_TOO, 0xe0, ALIAS);
    shim_add_device(NARROW, 0, 0xffff);
    shim_add_device(RESERVED, 0, 0xffff);
    shim_start();
}

void dma_end(void)
{
    shim_stop();
    hardware = NULL;
}

/* ---- the exerciser of the device: requests as they are asked for ---- */

enum { READ, WRITE };
#define SLOT 0x100ul
#define BUFFER 0x1000ul
#define COMPLETION 0x80ul
#define PRIV (1u << 3)
#define PASID_V (1u << 4)
#define USE_ATC (1u << 15)

static unsigned long bar(u16 rid, unsigned int number)
{
    unsigned int at = 0x10 + 4 * number;
    const struct hardware_ops *ops = hardware->ops;
    u64 low = ops->config_read(hardware->context, 0, rid, at, 4), high = ops->config_read(hardware->context, 0, rid, at + 4, 4);

    return (low & ~15ull) | high << 32;
}

static void put(unsigned long at, unsigned int bytes, u64 value)
{
    mmio_write((void __iomem *)at, bytes, value);
}

struct slot_request {
    int type;
    u32 pasid;
    u64 address, value;
    bool through_atc, privileged;
    u32 repeat; /* so many more of it, to the same address */
};

static unsigned long start(u16 rid, const struct slot_request *asked)
{
    unsigned long exerciser = bar(rid, 4), slot = exerciser + SLOT;

    put(exerciser, 4, 0x52455845);
    put(exerciser, 4, 0x4b434c55);
    put(slot + 4, 4, (asked->pasid ? PASID_V : 0) | (asked->through_atc ? USE_ATC : 0) | (asked->privileged ? PRIV : 0));
    put(slot + 8, 4, asked->pasid);
    put(slot + 16, 8, asked->address);
    put(slot + 24, 4, 8);
    put(slot + 64, 4, asked->repeat);
    put(slot + 68, 4, 0);
    put(exerciser + BUFFER, 8, asked->value);
    put(slot, 4, 1 | (u32)asked->type << 4);
    return slot;
}

static void wait(unsigned long slot)
{
    while (!(mmio_read((void __iomem *)slot, 4) & 4))
        if (!hardware->ops->step(hardware->context, ~0ul))
            break;
    put(slot, 4, 4);
}

/* The status of the completion: 0 success. A posted write has none. */
static u64 request(u16 rid, const struct slot_request *asked, u64 *data)
{
    unsigned long slot = start(rid, asked);
    u64 status;

    wait(slot);
    status = mmio_read((void __iomem *)(slot + 32), 4);
    *data = mmio_read((void __iomem *)(bar(rid, 4) + BUFFER + COMPLETION), 8);
    shim_idle();
    return status & 0x17;
}

static bool reads(u16 rid, u32 pasid, u64 address, u64 wanted, bool through_atc)
{
    struct slot_request asked = {READ, pasid, address, 0, through_atc, false, 0};
    u64 data;

    return !request(rid, &asked, &data) && data == wanted;
}

static void write(u16 rid, u32 pasid, u64 address, u64 value, bool through_atc)
{
    struct slot_request asked = {WRITE, pasid, address, value, through_atc, false, 0};
    u64 data;

    request(rid, &asked, &data);
}

static u64 *memory(unsigned long frame)
{
    return hardware->ops->memory(hardware->context, frame, 4096);
}

static unsigned long frame_with(u64 value)
{
    unsigned long frame = shim_frame();

    *memory(frame) = value;
    return frame;
}

/* ---- the iommu core's part ---- */

static struct device *device(u16 rid)
{
    return &shim_device(rid)->dev;
}

static const struct iommu_ops *ops_of(u16 rid)
{
    return device(rid)->iommu->iommu_dev->ops;
}

static struct iommu_domain *paging(u16 rid, u32 flags, bool user)
{
    struct iommu_domain *domain =
        user ? ops_of(rid)->domain_alloc_user(device(rid), flags, NULL, NULL) : ops_of(rid)->domain_alloc_paging(device(rid));

    if (IS_ERR(domain))
        host_fail("no domain", (u64)-PTR_ERR(domain));
    return domain;
}

static void attach(struct iommu_domain *domain, u16 rid)
{
    int result = domain->ops->attach_dev(domain, device(rid));

    expect(!result, "attach", (u64)-result);
}

static void attach_pasid(struct iommu_domain *domain, u16 rid, u32 pasid)
{
    int result = domain->ops->set_dev_pasid(domain, device(rid), pasid, NULL);

    expect(!result, "attach of a PASID", (u64)-result);
}

static void block(u16 rid)
{
    struct iommu_domain *blocked = ops_of(rid)->blocked_domain;

    blocked->ops->attach_dev(blocked, device(rid));
}

static void map(struct iommu_domain *domain, u64 iova, u64 address, size_t bytes, int prot)
{
    size_t mapped = 0;
    int result = domain->ops->map_pages(domain, iova, address, 4096, bytes / 4096, prot, GFP_KERNEL, &mapped);

    expect(!result && mapped == bytes, "map", iova);
    domain->ops->iotlb_sync_map(domain, iova, bytes);
}

static void unmap(struct iommu_domain *domain, u64 iova, size_t bytes)
{
    struct iommu_iotlb_gather gather;

    iommu_iotlb_gather_init(&gather);
    expect(domain->ops->unmap_pages(domain, iova, 4096, bytes / 4096, &gather) == bytes, "unmap", iova);
    domain->ops->iotlb_sync(domain, &gather);
}

static void drop(struct iommu_domain *domain)
{
    domain->ops->free(domain);
}

static void expect_fault(struct iommu_domain *domain, u16 rid, u64 iova, int flags)
{
    struct shim_report *last = &shim_faults[shim_fault_count - 1];

    expect(shim_fault_count && last->domain == domain && last->dev == device(rid) && last->iova == (iova & ~0xfffull) &&
               last->flags == flags,
           "a fault is not reported", iova);
    shim_fault_count = 0;
}

#define RW (IOMMU_READ | IOMMU_WRITE)

static void check_paging(struct iommu_domain *domain, u16 rid, u32 pasid, bool atc)
{
    unsigned long frame = frame_with(0x1111), other = frame_with(0x2222);

    map(domain, 0x10000000, frame, 4096, IOMMU_READ);
    map(domain, 0x10001000, other, 4096, RW);
    expect(reads(rid, pasid, 0x10000000, 0x1111, atc), "read", atc);
    expect(reads(rid, pasid, 0x10001000, 0x2222, atc), "read of the next page", atc);
    write(rid, pasid, 0x10001000, 0x3333, atc);
    expect(*memory(other) == 0x3333, "write", *memory(other));
    shim_fault_count = 0;
    write(rid, pasid, 0x10000000, 0x4444, false);
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
    slot = start(rid, &load);
    unmap(domain, 0x20000, 4096);
    wait(slot);
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
    slot = start(rid, &load);
    block(rid);
    wait(slot);
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
    unsigned long exerciser = bar(rid, 4);

    attach(domain, rid);
    map(domain, 0x5000, frame_with(0x51), 4096, RW);
    map(domain, 0x6000, frame_with(0x52), 4096, RW);
    expect(reads(rid, 0, 0x5000, 0x51, true) && reads(rid, 0, 0x6000, 0x52, true), "read", 0);
    put(exerciser + 0xc08, 4, 0xffffffff);
    unmap(domain, 0x5000, 4096);
    expect(!reads(rid, 0, 0x5000, 0x51, true), "read after an invalidation that was not answered", 0);
    expect(!reads(rid, 0, 0x6000, 0x52, true) && reads(rid, 0, 0x6000, 0x52, false), "translated, and not", 0);
    put(exerciser + 0xc08, 4, 0);
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
        ops_of(WIDE)->remove_dev_pasid(device(WIDE), pasid, domain);
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
    ops_of(WIDE)->remove_dev_pasid(device(WIDE), 5, one);
    expect(!reads(WIDE, 5, 0x5000, 0x88, true) && reads(WIDE, 0xffff, 0x5000, 0x99, true), "one PASID removed", 0);
    expect(reads(NO_ATS, 9, 0x5000, 0x88, false), "the domain on the other device", 0);
    attach_pasid(other, WIDE, 5);
    expect(reads(WIDE, 5, 0x5000, 0x99, true), "PASID used anew", 0);
    ops_of(WIDE)->remove_dev_pasid(device(WIDE), 5, other);
    ops_of(WIDE)->remove_dev_pasid(device(WIDE), 0xffff, other);
    ops_of(NO_ATS)->remove_dev_pasid(device(NO_ATS), 9, one);
    drop(one);
    drop(other);
}

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
        ops_of(WIDE)->remove_dev_pasid(device(WIDE), pasid, domain);
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
    ops_of(WIDE)->remove_dev_pasid(device(WIDE), 3, domain);
    drop(domain);
    vtd_pt_free(&table);
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

static void device_command(unsigned long registers, u32 code, u32 operand)
{
    put(registers + 0xa0, 4, code << 20 | operand);
    while (mmio_read((void __iomem *)(registers + 0xa8), 4) >> 31)
        ;
}

static void queue_start(unsigned long registers, u32 pasid)
{
    put(registers + 0x130, 8, 16 | 8ull << 12 | 3ull << 16 | 1ull << 25);
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

/* PCIe 10.4: page request messages as the exerciser sends them; header: address, group 11:3, last, writing, reading. */
static void messages(u32 pasid, u64 header, u32 more)
{
    unsigned long exerciser = bar(WIDE, 4), slot = exerciser + SLOT + 0x80;

    put(exerciser, 4, 0x52455845);
    put(exerciser, 4, 0x4b434c55);
    put(slot + 4, 4, PASID_V);
    put(slot + 8, 4, pasid);
    put(slot + 16, 8, header);
    put(slot + 28, 4, 4);
    put(slot + 64, 4, more);
    put(slot + 68, 4, 0x1000);
    put(slot, 4, 1 | 6u << 4);
    wait(slot);
}

static void message(u32 pasid, u64 header)
{
    messages(pasid, header, 0);
}

static void check_requests_together(void)
{
    shim_request_count = 0;
    message(5, 0x1000 | 7 << 3 | 1);
    message(5, 0x2000 | 7 << 3 | 3);
    message(5, 0x3000 | 7 << 3 | 4 | 1);
    shim_idle();
    expect(shim_request_count == 3, "page requests", shim_request_count);
    for (unsigned int i = 0; i < 3; i++)
        expect(shim_requests[i].addr == 0x1000 * (i + 1) && shim_requests[i].grpid == 7 && shim_requests[i].pasid == 5 &&
                   shim_requests[i].perm == (IOMMU_FAULT_PERM_READ | (i == 1 ? IOMMU_FAULT_PERM_WRITE : 0u)) &&
                   shim_requests[i].flags & IOMMU_FAULT_PAGE_REQUEST_PASID_VALID &&
                   !(shim_requests[i].flags & IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE) == (i < 2),
               "a page request", i);
}

/* More than the queue holds (256 - 1): what is lost cuts groups, which the iommu core is told; then requests come as before. */
static void check_overflow(void)
{
    shim_request_count = 0;
    messages(5, 3 << 3 | 1, 299);
    shim_idle();
    expect(shim_request_count == 255, "page requests of a full queue", shim_request_count);
    expect(shim_discards == 1, "groups that were cut", shim_discards);
    check_requests_together();
}

static void check_marker(void)
{
    shim_request_count = 0;
    message(5, 4); /* last, and neither reading nor writing */
    shim_idle();
    expect(!shim_request_count, "a stop marker is passed up", shim_request_count);
}

/* What was asked for before the PASID lost its domain is dealt with before that has returned. */
static void check_drain(void)
{
    struct iommu_domain *other = paging(WIDE, 0, true);
    unsigned int before;

    shim_request_count = 0;
    message(5, 0x1000 | 9 << 3 | 4 | 1);
    ops_of(WIDE)->remove_dev_pasid(device(WIDE), 5, lazy);
    before = shim_request_count;
    expect(before == 1, "a page request when its PASID is removed", before);
    attach_pasid(other, WIDE, 5);
    shim_idle();
    expect(shim_request_count == before, "a page request after its PASID was used anew", shim_request_count);
    ops_of(WIDE)->remove_dev_pasid(device(WIDE), 5, other);
    drop(other);
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
    check_marker();
    check_requests_together();
    check_overflow();
    check_drain();
    expect(!ops_of(WIDE)->dev_disable_feat(dev, IOMMU_DEV_FEAT_IOPF), "page requests cannot be disabled", 0);
    drop(lazy);
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
        write(WIDE, 0, 0x3000, 5, true);
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

void dma_compatibility(void)
{
    struct iommu_domain *wide = paging(WIDE, 0, true), *narrow = paging(NARROW, 0, true);

    expect(wide->ops->attach_dev(wide, device(NARROW)) == -EINVAL, "four levels below a unit with three", 0);
    expect(!narrow->ops->enforce_cache_coherency(narrow) || ops_of(NARROW)->capable(device(WIDE), 0) || true, "", 0);
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

/* ---- the n-th allocation fails, for every n ---- */

static int quietly(int result)
{
    if (result)
        expect(result == -ENOMEM, "an error that is not for want of memory", (u64)-result);
    return result;
}

static int map_quietly(struct iommu_domain *domain, u64 iova, u64 address)
{
    size_t mapped = 0;

    return quietly(domain->ops->map_pages(domain, iova, address, 4096, 1, RW, GFP_KERNEL, &mapped));
}

/* From one domain to another: what fails leaves the first in place. */
static int change_domain(struct iommu_domain *from, struct iommu_domain *to, unsigned long frame)
{
    int result = quietly(from->ops->attach_dev(from, device(WIDE)));
    unsigned int left;

    if (result)
        return result;
    result = map_quietly(from, 0x5000, frame);
    if (!result)
        result = quietly(to->ops->attach_dev(to, device(WIDE)));
    left = shim_fail_at;
    shim_fail_at = 0;
    if (!from->ops->iova_to_phys(from, 0x5000))
        return result;
    expect(reads(WIDE, 0, 0x5000, 0xfa11, true) == (result != 0), "the old domain after a failure", (u64)-result);
    shim_fail_at = left;
    if (!result)
        result = quietly(to->ops->set_dev_pasid(to, device(WIDE), 5, NULL));
    return result;
}

static int one_round(unsigned long frame)
{
    struct iommu_domain *from = ops_of(WIDE)->domain_alloc_user(device(WIDE), 0, NULL, NULL), *to;
    struct mm_struct mm = {.pgd = (pgd_t *)memory(frame)};
    struct iommu_domain *process;
    int result;

    if (IS_ERR(from))
        return quietly((int)PTR_ERR(from));
    to = ops_of(WIDE)->domain_alloc_paging(device(WIDE));
    result = IS_ERR(to) ? quietly((int)PTR_ERR(to)) : change_domain(from, to, frame);
    process = ops_of(WIDE)->domain_alloc_sva(device(WIDE), &mm);
    if (IS_ERR(process)) {
        result = quietly((int)PTR_ERR(process));
    } else {
        int attached = quietly(process->ops->set_dev_pasid(process, device(WIDE), 70, NULL));

        result = result ? result : attached;
        ops_of(WIDE)->remove_dev_pasid(device(WIDE), 70, process);
        drop(process);
    }
    ops_of(WIDE)->remove_dev_pasid(device(WIDE), 5, to);
    block(WIDE);
    drop(from);
    if (!IS_ERR(to))
        drop(to);
    return result;
}

void dma_failures(void)
{
    unsigned long frame = frame_with(0xfa11);
    unsigned int n, left;

    for (n = 1; n < 200; n++) {
        shim_fail_at = n;
        one_round(frame);
        left = shim_fail_at;
        shim_fail_at = 0;
        if (left)
            break;
        shim_remove_device(WIDE);
        shim_fail_at = n;
        shim_probe(WIDE);
        shim_fail_at = 0;
        shim_probe(WIDE);
    }
    expect(n > 10 && n < 200, "how many allocations there are", n);
}
