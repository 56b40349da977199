/* SPDX-License-Identifier: BSD-2-Clause */
/* smmuv3_dma.c - devices do DMA, and memory tells what came of it. */
#include "smmuv3_dma.h"

#include "../../vtd/tests/shim.h"
#include "../smmuv3.h"
#include "shim_platform.h"

#include "kernel/hardware.h"

#include <linux/bitfield.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sizes.h>
#include <linux/slab.h>
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
#define NARROW_UNIT 0
#define WIDE_UNIT 1

extern const struct hardware *hardware;
extern const struct kernel_param __start_kparam_arm_smmu_v3[];

static void expect(bool right, const char *what, u64 value)
{
    if (!right)
        host_fail(what, value);
}

static void add(u16 rid, u16 bridge, unsigned int unit, u16 alias, bool ats)
{
    shim_add_device(rid, bridge, alias);
    shim_describe_device(rid, unit, alias, ats);
}

void dma_begin(const void *machine, const char *bug)
{
    hardware = machine;
    *(const char **)__start_kparam_arm_smmu_v3[0].arg = bug;
    shim_specs_forget();
    shim_add_device(0x08, 0, 0xffff);
    shim_add_device(0xe0, 0, 0xffff);
    add(WIDE, 0, WIDE_UNIT, 0xffff, true);
    add(WIDE_TOO, 0x08, WIDE_UNIT, 0xffff, true);
    add(NO_ATS, 0, WIDE_UNIT, 0xffff, false);
    add(PLAIN, 0, WIDE_UNIT, 0xffff, false);
    add(BEHIND_BRIDGE, 0xe0, WIDE_UNIT, ALIAS, false);
    add(BEHIND_BRIDGE_TOO, 0xe0, WIDE_UNIT, ALIAS, false);
    add(NARROW, 0, NARROW_UNIT, 0xffff, false);
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

/* The status of the completion: 0 success. A posted write has none. */
static u64 request(u16 rid, int type, u32 pasid, u64 address, u64 *data, bool through_atc)
{
    unsigned long exerciser = bar(rid, 4), slot = exerciser + SLOT;
    u64 status;

    put(exerciser, 4, 0x52455845);
    put(exerciser, 4, 0x4b434c55);
    put(slot + 4, 4, (pasid ? PASID_V : 0) | (through_atc ? USE_ATC : 0));
    put(slot + 8, 4, pasid);
    put(slot + 16, 8, address);
    put(slot + 24, 4, 8);
    put(exerciser + BUFFER, 8, *data);
    put(slot, 4, 1 | (u32)type << 4);
    /* What stalls ends when the driver has answered. */
    for (int i = 0; i < 1000 && !(mmio_read((void __iomem *)slot, 4) & 4); i++)
        if (!hardware->ops->step(hardware->context, ~0ul))
            shim_idle();
    put(slot, 4, 4);
    status = mmio_read((void __iomem *)(slot + 32), 4);
    if (type == READ)
        *data = mmio_read((void __iomem *)(exerciser + BUFFER + COMPLETION), 8);
    shim_idle();
    return status & 0x17;
}

static bool reads(u16 rid, u32 pasid, u64 address, u64 wanted, bool through_atc)
{
    u64 data = 0;

    return !request(rid, READ, pasid, address, &data, through_atc) && data == wanted;
}

static void write(u16 rid, u32 pasid, u64 address, u64 value, bool through_atc)
{
    request(rid, WRITE, pasid, address, &value, through_atc);
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

    expect(shim_fault_count && last->domain == domain && last->dev == device(rid) && last->iova == iova && last->flags == flags,
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
    ops_of(WIDE)->remove_dev_pasid(device(WIDE), 5, one);
    expect(!reads(WIDE, 5, 0x5000, 0x88, true) && reads(WIDE, 300, 0x5000, 0x99, true), "one PASID removed", 0);
    expect(reads(NO_ATS, 9, 0x5000, 0x88, false), "the domain on the other device", 0);
    attach_pasid(other, WIDE, 5);
    expect(reads(WIDE, 5, 0x5000, 0x99, true), "PASID used anew", 0);
    attach_pasid(one, WIDE, 5);
    expect(reads(WIDE, 5, 0x5000, 0x88, true), "PASID replaced", 0);
    unmap(one, 0x5000, 4096);
    expect(!reads(WIDE, 5, 0x5000, 0x88, true) && !reads(NO_ATS, 9, 0x5000, 0x88, false), "unmapped for both devices", 0);
    expect(other->ops->set_dev_pasid(other, device(WIDE), 0, NULL) == -EINVAL, "PASID 0", 0);
    ops_of(WIDE)->remove_dev_pasid(device(WIDE), 5, one);
    ops_of(WIDE)->remove_dev_pasid(device(WIDE), 300, other);
    ops_of(NO_ATS)->remove_dev_pasid(device(NO_ATS), 9, one);
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
    ops_of(WIDE)->remove_dev_pasid(device(WIDE), 3, domain);
    drop(domain);
    smmu_pgtable_free(&table);
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
    put(slot, 4, 1 | 6 << 4);
    while (hardware->ops->step(hardware->context, ~0ul))
        ;
    shim_idle();
    expect(shim_request_count >= 1 && shim_request_count < 200, "requests that were queued", shim_request_count);
    expect(shim_discards == 1, "parts of groups are to be forgotten", shim_discards);
    shim_request_count = 0;
    put(slot + 16, 8, 0x5000 | 9 << 3 | 5); /* the last of the group */
    put(slot + 64, 4, 0);
    put(slot, 4, 1 | 6 << 4);
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
