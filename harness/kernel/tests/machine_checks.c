/* SPDX-License-Identifier: BSD-2-Clause */
/* machine_checks.c - devices of the standard machine do DMA through the domains that the iommu core gave its driver. */
#include "machine_checks.h"

#include "device_checks_internal.h"

#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#define DEVICES 8
#define IOVA 0x10000000ul
#define RW (IOMMU_READ | IOMMU_WRITE)

static struct device *device(unsigned int index)
{
    return &check_device(index)->dev;
}

/* ---- the exerciser of a device: requests as they are asked for ---- */

enum { READ, WRITE };
#define SLOT 0x100
#define BUFFER 0x1000
#define COMPLETION 0x80
#define SLOT_PASID (1u << 4)
#define SLOT_DONE (1u << 2)

/* True: a completion with success, or a posted write, which has none. */
static bool request(unsigned int index, int type, u32 pasid, u64 address, u64 *data)
{
    struct pci_dev *pdev = check_device(index);
    char __iomem *bar = pci_iomap(pdev, 4, 0);
    char __iomem *slot = bar + SLOT;
    bool success;

    CHECK(bar && !pci_enable_device(pdev));
    pci_set_master(pdev);
    writel(0x52455845, bar); /* KEY, in two halves */
    writel(0x4b434c55, bar);
    writel(pasid ? SLOT_PASID : 0, slot + 4);
    writel(pasid, slot + 8);
    writeq(address, slot + 16);
    writel(sizeof(*data), slot + 24);
    writeq(*data, bar + BUFFER);
    writel(1 | (u32)type << 4, slot);
    for (int i = 0; i < 1000 && !(readl(slot) & SLOT_DONE); i++)
        usleep_range(10, 20);
    CHECK(readl(slot) & SLOT_DONE);
    writel(SLOT_DONE, slot);
    success = !(readl(slot + 32) & 0x17);
    if (type == READ)
        *data = readq(bar + BUFFER + COMPLETION);
    pci_disable_device(pdev);
    pci_iounmap(pdev, bar);
    return success;
}

static bool reads(unsigned int index, u32 pasid, u64 address, u64 wanted)
{
    u64 data = 0;

    return request(index, READ, pasid, address, &data) && data == wanted;
}

static void writes(unsigned int index, u32 pasid, u64 address, u64 value)
{
    request(index, WRITE, pasid, address, &value);
    msleep(1); /* posted */
}

/* ---- checks ---- */

void check_machine_groups(void *unused)
{
    for (unsigned int i = 0; i < DEVICES; i++) {
        struct iommu_group *group = iommu_group_get(device(i));

        CHECK(group && iommu_group_default_domain(group));
        for (unsigned int k = 0; k < i; k++)
            CHECK((device(k)->iommu_group == group) == (i == 5 && k == 4));
        iommu_group_put(group);
    }
    CHECK(device(6)->iommu->iommu_dev != device(0)->iommu->iommu_dev);
    CHECK(device(3)->iommu->iommu_dev == device(0)->iommu->iommu_dev);
    CHECK(device(0)->iommu->max_pasids && device(2)->iommu->max_pasids && !device(3)->iommu->max_pasids);
}

/* A domain with one page, and that page. */
static struct iommu_domain *one_page(unsigned int index, u64 **memory)
{
    struct iommu_domain *domain = iommu_paging_domain_alloc(device(index));

    *memory = (void *)get_zeroed_page(GFP_KERNEL);
    CHECK(!IS_ERR(domain) && *memory);
    CHECK(!iommu_map(domain, IOVA, virt_to_phys(*memory), SZ_4K, RW, GFP_KERNEL));
    CHECK(iommu_iova_to_phys(domain, IOVA + 8) == virt_to_phys(*memory) + 8);
    **memory = 0x1111;
    return domain;
}

static void gone(struct iommu_domain *domain, u64 *memory)
{
    iommu_domain_free(domain);
    free_page((unsigned long)memory);
}

static void check_page(unsigned int index, u32 pasid, u64 *memory)
{
    *memory = 0x1111;
    CHECK(reads(index, pasid, IOVA, 0x1111));
    writes(index, pasid, IOVA, 0x2222);
    CHECK(*memory == 0x2222);
    CHECK(!reads(index, pasid, IOVA + SZ_4K, 0));
}

/* Nothing but the owner's domain leads to memory: not before attach, not after unmap, not after detach. */
static void check_owned(unsigned int index)
{
    struct iommu_group *group = iommu_group_get(device(index));
    u64 *memory;
    struct iommu_domain *domain = one_page(index, &memory);

    CHECK(!iommu_group_claim_dma_owner(group, &memory));
    CHECK(!reads(index, 0, IOVA, 0x1111) && !reads(index, 0, virt_to_phys(memory), 0x1111));
    CHECK(!iommu_attach_group(domain, group));
    check_page(index, 0, memory);
    if (index == 4)
        check_page(5, 0, memory); /* the same requester id */
    CHECK(iommu_unmap(domain, IOVA, SZ_4K) == SZ_4K);
    CHECK(!reads(index, 0, IOVA, 0x2222));
    CHECK(!iommu_map(domain, IOVA, virt_to_phys(memory), SZ_4K, IOMMU_READ, GFP_KERNEL));
    CHECK(reads(index, 0, IOVA, 0x2222));
    writes(index, 0, IOVA, 0x3333);
    CHECK(*memory == 0x2222);
    iommu_detach_group(domain, group);
    CHECK(!reads(index, 0, IOVA, 0x2222));
    iommu_group_release_dma_owner(group);
    iommu_group_put(group);
    gone(domain, memory);
}

void check_machine_dma(void *unused)
{
    static const unsigned int owned[] = {3, 0, 1, 2, 4, 6};

    for (unsigned int i = 0; i < ARRAY_SIZE(owned); i++)
        check_owned(owned[i]);
}

void check_machine_pasid(void *unused)
{
    for (unsigned int index = 0; index < 3; index++) {
        struct iommu_attach_handle handle;
        u64 *memory;
        struct iommu_domain *domain = one_page(index, &memory);

        CHECK(!iommu_attach_device_pasid(domain, device(index), 5, &handle));
        check_page(index, 5, memory);
        CHECK(!reads(index, 6, IOVA, 0x2222));
        iommu_detach_device_pasid(domain, device(index), 5);
        CHECK(!reads(index, 5, IOVA, 0x2222));
        gone(domain, memory);
    }
}

/* Device 6 alone cannot be made to snoop. */
void check_machine_snoop(void *unused)
{
    for (unsigned int index = 3; index < 7; index += 3) {
        struct iommu_domain *domain = iommu_paging_domain_alloc(device(index));

        CHECK(!IS_ERR(domain));
        CHECK(device_iommu_capable(device(index), IOMMU_CAP_ENFORCE_CACHE_COHERENCY) == (index == 3));
        if (!iommu_attach_device(domain, device(index))) {
            CHECK(domain->ops->enforce_cache_coherency);
            CHECK(domain->ops->enforce_cache_coherency(domain) == (index == 3));
            iommu_detach_device(domain, device(index));
        } else {
            device_check_fail(__FILE__, __LINE__, "attach");
        }
        iommu_domain_free(domain);
    }
}

/* What firmware reserves for device 7 stays mapped one to one, and forbids another owner (a direct region that is not relaxable).
 */
void check_machine_reserved(void *unused)
{
    struct iommu_resv_region *region;
    phys_addr_t direct = 0;
    LIST_HEAD(regions);
    int me;

    iommu_get_resv_regions(device(7), &regions);
    list_for_each_entry(region, &regions, list) if (region->type == IOMMU_RESV_DIRECT) direct = region->start;
    iommu_put_resv_regions(device(7), &regions);
    CHECK(direct);
    writes(7, 0, direct, 0x7777);
    CHECK(reads(7, 0, direct, 0x7777));
    CHECK(iommu_device_claim_dma_owner(device(7), &me) == -EINVAL);
    writes(7, 0, direct, 0x8888);
    CHECK(reads(7, 0, direct, 0x8888));
}

void default_translated(void *unused)
{
    iommu_set_default_translated(false);
}

void default_passthrough(void *unused)
{
    iommu_set_default_passthrough(false);
}

/* Memory of a driver that leaves DMA to the kernel. Addresses fit the device's mask where the IOMMU makes them. */
void check_machine_coherent(void *unused)
{
    for (unsigned int index = 0; index < DEVICES; index++) {
        bool translated = iommu_is_dma_domain(iommu_get_domain_for_dev(device(index)));
        u64 *memory, mask = translated ? DMA_BIT_MASK(32) : DMA_BIT_MASK(64);
        dma_addr_t bus = 0;

        CHECK(translated == !iommu_default_passthrough());
        CHECK(!dma_set_mask_and_coherent(device(index), mask));
        memory = dma_alloc_coherent(device(index), SZ_4K, &bus, GFP_KERNEL);
        if (!memory) {
            device_check_fail(__FILE__, __LINE__, "dma_alloc_coherent");
            continue;
        }
        CHECK(!(bus & ~mask));
        *memory = 0x5555;
        CHECK(reads(index, 0, bus, 0x5555));
        writes(index, 0, bus + 8, 0x6666);
        CHECK(memory[1] == 0x6666);
        dma_free_coherent(device(index), SZ_4K, memory, bus);
        CHECK(!translated || !reads(index, 0, bus, 0x5555));
    }
}
