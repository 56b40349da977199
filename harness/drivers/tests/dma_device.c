/* SPDX-License-Identifier: BSD-2-Clause */
/* dma_device.c - see dma_device.h. */
#include "dma_device.h"

void expect(bool right, const char *what, u64 value)
{
    if (!right)
        host_fail(what, value);
}

/* ---- the exerciser of a device: requests as they are asked for ---- */

#define SLOT 0x100ul
#define SLOT_BYTES 0x80ul
#define BUFFER 0x1000ul
#define COMPLETION 0x80ul
#define INVHOLD 0xc08ul
#define DONE 4u
#define PRIV (1u << 3)
#define PASID_V (1u << 4)
#define USE_ATC (1u << 15)

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

unsigned long start(u16 rid, unsigned int number, const struct slot_request *asked)
{
    unsigned long exerciser = bar(rid, 4), slot = exerciser + SLOT + SLOT_BYTES * number;

    put(exerciser, 4, 0x52455845);
    put(exerciser, 4, 0x4b434c55);
    put(slot + 4, 4, (asked->pasid ? PASID_V : 0) | (asked->through_atc ? USE_ATC : 0) | (asked->privileged ? PRIV : 0));
    put(slot + 8, 4, asked->pasid);
    put(slot + 16, 8, asked->address);
    put(slot + 24, 4, 8);
    put(slot + 28, 4, asked->type == MESSAGE ? 4 : 0); /* message code 04h: page request */
    put(slot + 64, 4, asked->repeat);
    put(slot + 68, 4, asked->step_bytes);
    put(exerciser + BUFFER, 8, asked->value);
    put(slot, 4, 1 | (u32)asked->type << 4);
    return slot;
}

/* What stalls ends when the driver has answered; what nobody answers is given up. */
void wait_for(unsigned long slot)
{
    unsigned int idle = 0;

    while (!(mmio_read((void __iomem *)slot, 4) & DONE) && idle < 1000)
        if (!hardware->ops->step(hardware->context, ~0ul)) {
            shim_idle();
            idle++;
        }
    put(slot, 4, DONE);
}

u64 request(u16 rid, const struct slot_request *asked, u64 *data)
{
    unsigned long slot = start(rid, 0, asked);
    u64 status;

    wait_for(slot);
    status = mmio_read((void __iomem *)(slot + 32), 4);
    *data = mmio_read((void __iomem *)(bar(rid, 4) + BUFFER + COMPLETION), 8);
    shim_idle();
    return status & 0x17;
}

bool reads(u16 rid, u32 pasid, u64 address, u64 wanted, bool through_atc)
{
    struct slot_request asked = {.type = READ, .pasid = pasid, .address = address, .through_atc = through_atc};
    u64 data;

    return !request(rid, &asked, &data) && data == wanted;
}

void writes(u16 rid, u32 pasid, u64 address, u64 value, bool through_atc)
{
    struct slot_request asked = {.type = WRITE, .pasid = pasid, .address = address, .value = value, .through_atc = through_atc};
    u64 data;

    request(rid, &asked, &data);
}

void stop_answering_invalidations(u16 rid, bool stop)
{
    put(bar(rid, 4) + INVHOLD, 4, stop ? 0xffffffff : 0);
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

void detach_pasid(struct iommu_domain *domain, u16 rid, u32 pasid)
{
    ops_of(rid)->remove_dev_pasid(device(rid), pasid, domain);
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
    if (domain->ops->iotlb_sync_map)
        domain->ops->iotlb_sync_map(domain, iova, bytes);
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
