/* SPDX-License-Identifier: BSD-2-Clause */
/* dma_device.c - see dma_device.h. */
#include "dma_device.h"

#include "shim_platform.h"
#include "smmuv3_dma.h"

#include <linux/moduleparam.h>

#define NARROW_UNIT 0
#define WIDE_UNIT 1

extern const struct kernel_param __start_kparam_arm_smmu_v3[];

void expect(bool right, const char *what, u64 value)
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

#define BUFFER 0x1000ul
#define COMPLETION 0x80ul

unsigned long bar(u16 rid, unsigned int number)
{
    unsigned int at = 0x10 + 4 * number;
    const struct hardware_ops *ops = hardware->ops;
    u64 low = ops->config_read(hardware->context, 0, rid, at, 4), high = ops->config_read(hardware->context, 0, rid, at + 4, 4);

    return (low & ~15ull) | high << 32;
}

void put(unsigned long at, unsigned int bytes, u64 value)
{
    mmio_write((void __iomem *)at, bytes, value);
}

/* The status of the completion: 0 success. A posted write has none. */
u64 request(u16 rid, int type, u32 pasid, u64 address, u64 *data, bool through_atc)
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

bool reads(u16 rid, u32 pasid, u64 address, u64 wanted, bool through_atc)
{
    u64 data = 0;

    return !request(rid, READ, pasid, address, &data, through_atc) && data == wanted;
}

void writes(u16 rid, u32 pasid, u64 address, u64 value, bool through_atc)
{
    request(rid, WRITE, pasid, address, &value, through_atc);
}

u64 *memory(unsigned long frame)
{
    return hardware->ops->memory(hardware->context, frame, 4096);
}

unsigned long frame_with(u64 value)
{
    unsigned long frame = shim_frame();

    *memory(frame) = value;
    return frame;
}

/* ---- the iommu core's part ---- */

struct device *device(u16 rid)
{
    return &shim_device(rid)->dev;
}

const struct iommu_ops *ops_of(u16 rid)
{
    return device(rid)->iommu->iommu_dev->ops;
}

struct iommu_domain *paging(u16 rid, u32 flags, bool user)
{
    struct iommu_domain *domain =
        user ? ops_of(rid)->domain_alloc_user(device(rid), flags, NULL, NULL) : ops_of(rid)->domain_alloc_paging(device(rid));

    if (IS_ERR(domain))
        host_fail("no domain", (u64)-PTR_ERR(domain));
    return domain;
}

void attach(struct iommu_domain *domain, u16 rid)
{
    int result = domain->ops->attach_dev(domain, device(rid));

    expect(!result, "attach", (u64)-result);
}

void attach_pasid(struct iommu_domain *domain, u16 rid, u32 pasid)
{
    int result = domain->ops->set_dev_pasid(domain, device(rid), pasid, NULL);

    expect(!result, "attach of a PASID", (u64)-result);
}

void block(u16 rid)
{
    struct iommu_domain *blocked = ops_of(rid)->blocked_domain;

    blocked->ops->attach_dev(blocked, device(rid));
}

void map(struct iommu_domain *domain, u64 iova, u64 address, size_t bytes, int prot)
{
    size_t mapped = 0;
    int result = domain->ops->map_pages(domain, iova, address, 4096, bytes / 4096, prot, GFP_KERNEL, &mapped);

    expect(!result && mapped == bytes, "map", iova);
}

void unmap(struct iommu_domain *domain, u64 iova, size_t bytes)
{
    struct iommu_iotlb_gather gather;

    iommu_iotlb_gather_init(&gather);
    expect(domain->ops->unmap_pages(domain, iova, 4096, bytes / 4096, &gather) == bytes, "unmap", iova);
    domain->ops->iotlb_sync(domain, &gather);
}

void drop(struct iommu_domain *domain)
{
    domain->ops->free(domain);
}

void expect_fault(struct iommu_domain *domain, u16 rid, u64 iova, int flags)
{
    struct shim_report *last = &shim_faults[shim_fault_count - 1];

    expect(shim_fault_count && last->domain == domain && last->dev == device(rid) && last->iova == iova && last->flags == flags,
           "a fault is not reported", iova);
    shim_fault_count = 0;
}
