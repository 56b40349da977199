/* SPDX-License-Identifier: BSD-2-Clause */
/* iommu_checks.c - the iommu core, over a driver that notes what it is asked. */
#include "device_checks_internal.h"

#include "kernel/iommu_internal.h"

#include <linux/slab.h>

/* ---- the driver ---- */

#define CALLS 32
static struct {
    unsigned long iova;
    size_t page, count;
} calls[CALLS];
static unsigned int call_count, fail_map_at, unmapped_pages, syncs, domains;
static struct device *fails; /* whose attach, or whose PASID, fails */
static unsigned int pasids_set;
static struct iommu_page_response responses[8];
static unsigned int response_count;

static int attach(struct iommu_domain *domain, struct device *dev)
{
    if (dev == fails)
        return -EIO;
    dev_iommu_priv_set(dev, domain);
    return 0;
}

static int set_pasid(struct iommu_domain *domain, struct device *dev, ioasid_t pasid, struct iommu_domain *old)
{
    if (dev == fails)
        return -EIO;
    pasids_set++;
    return 0;
}

static void remove_pasid(struct device *dev, ioasid_t pasid, struct iommu_domain *domain)
{
    pasids_set--;
}

static int map_pages(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr, size_t page, size_t count, int prot,
                     gfp_t gfp, size_t *mapped)
{
    if (fail_map_at && iova + page * count > fail_map_at) {
        *mapped = fail_map_at > iova ? fail_map_at - iova : 0;
        return -ENOMEM;
    }
    if (call_count < CALLS) {
        calls[call_count].iova = iova;
        calls[call_count].page = page;
        calls[call_count].count = count;
    }
    call_count++;
    *mapped = page * count;
    return 0;
}

static size_t unmap_pages(struct iommu_domain *domain, unsigned long iova, size_t page, size_t count,
                          struct iommu_iotlb_gather *gather)
{
    unmapped_pages += (unsigned int)(page * count / 4096);
    iommu_iotlb_gather_add_page(domain, gather, iova, page * count);
    return page * count;
}

static void sync(struct iommu_domain *domain, struct iommu_iotlb_gather *gather)
{
    syncs++;
}

static void free_domain(struct iommu_domain *domain)
{
    domains--;
    kfree(domain);
}

static const struct iommu_domain_ops paging_ops = {.attach_dev = attach,
                                                   .set_dev_pasid = set_pasid,
                                                   .map_pages = map_pages,
                                                   .unmap_pages = unmap_pages,
                                                   .iotlb_sync = sync,
                                                   .free = free_domain};
static const struct iommu_domain_ops fixed_ops = {.attach_dev = attach};
static struct iommu_domain identity = {.type = IOMMU_DOMAIN_IDENTITY, .ops = &fixed_ops};
static struct iommu_domain blocked = {.type = IOMMU_DOMAIN_BLOCKED, .ops = &fixed_ops};

static struct iommu_domain *alloc_paging(struct device *dev)
{
    struct iommu_domain *domain = kzalloc(sizeof(*domain), GFP_KERNEL);

    if (domain) {
        domain->ops = &paging_ops;
        domains++;
    }
    return domain;
}

static struct iommu_device unit = {.max_pasids = 1 << 16};

static struct iommu_device *probe_device(struct device *dev)
{
    return &unit;
}

static void get_resv_regions(struct device *dev, struct list_head *list)
{
    struct iommu_resv_region *region;

    if (dev != &check_device(7)->dev)
        return;
    region = iommu_alloc_resv_region(0x3f000000, 0x10000, IOMMU_READ | IOMMU_WRITE, IOMMU_RESV_DIRECT, GFP_KERNEL);
    if (region)
        list_add_tail(&region->list, list);
}

static void page_response(struct device *dev, struct iopf_fault *evt, struct iommu_page_response *msg)
{
    if (response_count < ARRAY_SIZE(responses))
        responses[response_count] = *msg;
    response_count++;
}

static const struct iommu_ops ops = {.probe_device = probe_device,
                                     .device_group = pci_device_group,
                                     .domain_alloc_paging = alloc_paging,
                                     .get_resv_regions = get_resv_regions,
                                     .page_response = page_response,
                                     .remove_dev_pasid = remove_pasid,
                                     .identity_domain = &identity,
                                     .blocked_domain = &blocked,
                                     .pgsize_bitmap = 0x40201000};

static struct device *device(unsigned int index)
{
    return &check_device(index)->dev;
}

static void begin(void)
{
    fails = NULL;
    call_count = fail_map_at = unmapped_pages = syncs = domains = pasids_set = response_count = 0;
    CHECK(!iommu_device_register(&unit, &ops, NULL));
}

static void end(void)
{
    iommu_device_unregister(&unit);
    CHECK(!domains && !pasids_set);
}

/* ---- checks ---- */

static int count_device(struct device *dev, void *data)
{
    ++*(unsigned int *)data;
    return 0;
}

void check_groups(void *unused)
{
    unsigned int devices = 0;

    begin();
    CHECK(iommu_present(&pci_bus_type));
    CHECK(device(4)->iommu_group == device(5)->iommu_group && device(0)->iommu_group != device(1)->iommu_group);
    CHECK(!iommu_group_for_each_dev(device(4)->iommu_group, &devices, count_device) && devices == 2);
    CHECK(iommu_get_domain_for_dev(device(0)) == &identity);
    CHECK(device(0)->iommu->max_pasids == 1 << 16 && !device(3)->iommu->max_pasids);
    end();
    CHECK(!device(0)->iommu_group && !device(0)->iommu && !iommu_present(&pci_bus_type));
}

void check_owners(void *unused)
{
    int me, other;

    begin();
    CHECK(!iommu_device_use_default_domain(device(4)));
    CHECK(iommu_device_claim_dma_owner(device(5), &me) == -EPERM);
    iommu_device_unuse_default_domain(device(4));
    CHECK(!iommu_device_claim_dma_owner(device(5), &me) && dev_iommu_priv_get(device(4)) == &blocked);
    CHECK(iommu_device_use_default_domain(device(4)) == -EBUSY);
    CHECK(iommu_device_claim_dma_owner(device(4), &other) == -EPERM && !iommu_device_claim_dma_owner(device(4), &me));
    CHECK(iommu_group_claim_dma_owner(device(4)->iommu_group, &me) == -EPERM);
    iommu_device_release_dma_owner(device(4));
    CHECK(dev_iommu_priv_get(device(4)) == &blocked && iommu_group_dma_owner_claimed(device(4)->iommu_group));
    iommu_device_release_dma_owner(device(5));
    CHECK(dev_iommu_priv_get(device(4)) == &identity && !iommu_group_dma_owner_claimed(device(4)->iommu_group));
    CHECK(iommu_device_claim_dma_owner(device(7), &me) == -EINVAL); /* what must stay mapped */
    fails = device(5);
    CHECK(iommu_device_claim_dma_owner(device(4), &me) == -EIO && dev_iommu_priv_get(device(4)) == &identity);
    fails = NULL;
    end();
}

void check_attach(void *unused)
{
    struct iommu_domain *first, *second;
    struct iommu_attach_handle handle;
    struct iommu_group *group;
    int me;

    begin();
    group = device(4)->iommu_group;
    first = iommu_paging_domain_alloc(device(4));
    second = iommu_paging_domain_alloc(device(4));
    CHECK(!iommu_device_claim_dma_owner(device(4), &me));
    CHECK(iommu_attach_device(first, device(4)) == -EINVAL);
    CHECK(!iommu_attach_group_handle(first, group, &handle) && handle.domain == first);
    CHECK(iommu_attach_group(second, group) == -EBUSY);
    CHECK(iommu_attach_handle_get(group, IOMMU_NO_PASID, 0) == &handle);
    CHECK(PTR_ERR(iommu_attach_handle_get(group, IOMMU_NO_PASID, IOMMU_DOMAIN_NESTED)) == -EBUSY);
    fails = device(5);
    CHECK(iommu_replace_group_handle(group, second, &handle) == -EIO && dev_iommu_priv_get(device(4)) == first);
    fails = NULL;
    CHECK(!iommu_replace_group_handle(group, second, &handle) && dev_iommu_priv_get(device(5)) == second);
    iommu_detach_group_handle(second, group);
    CHECK(dev_iommu_priv_get(device(5)) == &blocked && IS_ERR(iommu_attach_handle_get(group, IOMMU_NO_PASID, 0)));
    fails = device(5);
    CHECK(iommu_attach_group_handle(first, group, &handle) == -EIO && dev_iommu_priv_get(device(4)) == &blocked);
    fails = NULL;
    iommu_device_release_dma_owner(device(4));
    iommu_domain_free(first);
    iommu_domain_free(second);
    end();
}

void check_pasids(void *unused)
{
    struct iommu_attach_handle handle;
    struct iommu_domain *domain;
    ioasid_t pasid;

    begin();
    domain = iommu_paging_domain_alloc(device(0));
    CHECK(iommu_attach_device_pasid(domain, device(0), IOMMU_NO_PASID, &handle) == -EINVAL);
    CHECK(iommu_attach_device_pasid(domain, device(0), 1 << 16, &handle) == -EINVAL);
    CHECK(iommu_attach_device_pasid(domain, device(3), 5, &handle) == -EINVAL);
    CHECK(!iommu_attach_device_pasid(domain, device(0), 5, &handle) && pasids_set == 1);
    CHECK(iommu_attach_device_pasid(domain, device(0), 5, &handle) == -EBUSY);
    CHECK(iommu_group_claim_dma_owner(device(0)->iommu_group, &pasid) == -EBUSY);
    fails = device(0);
    CHECK(iommu_attach_device_pasid(domain, device(0), 6, &handle) == -EIO);
    CHECK(IS_ERR(iommu_attach_handle_get(device(0)->iommu_group, 6, 0)));
    fails = NULL;
    iommu_detach_device_pasid(domain, device(0), 5);
    iommu_domain_free(domain);
    pasid = iommu_alloc_global_pasid(device(0));
    CHECK(pasid == IOMMU_FIRST_GLOBAL_PASID && iommu_alloc_global_pasid(device(3)) == IOMMU_PASID_INVALID);
    iommu_free_global_pasid(pasid);
    end();
}

void check_maps(void *unused)
{
    struct iommu_domain *domain;

    begin();
    domain = iommu_paging_domain_alloc(device(0));
    CHECK(iommu_map(domain, 0x1000, 0x2800, 0x1000, IOMMU_READ, GFP_KERNEL) == -EINVAL);
    CHECK(iommu_map(domain, 0x1000, 0x2000, 0x800, IOMMU_READ, GFP_KERNEL) == -EINVAL);
    CHECK(iommu_map(domain, -0x1000ul, 0x2000, 0x2000, IOMMU_READ, GFP_KERNEL) == -EINVAL && !call_count);
    /* Small pages until a large one fits both addresses, large ones, and the rest. */
    CHECK(!iommu_map(domain, 0x1ff000, 0x5ff000, 0x402000, IOMMU_READ, GFP_KERNEL) && call_count == 3);
    CHECK(calls[0].page == 0x1000 && calls[0].count == 1);
    CHECK(calls[1].page == 0x200000 && calls[1].count == 2 && calls[2].page == 0x1000 && calls[2].count == 1);
    call_count = 0;
    CHECK(!iommu_map(domain, 0x200000, 0x201000, 0x400000, IOMMU_READ, GFP_KERNEL));
    CHECK(call_count == 1 && calls[0].page == 0x1000 && calls[0].count == 0x400);
    CHECK(iommu_unmap(domain, 0x200000, 0x400000) == 0x400000 && unmapped_pages == 0x400 && syncs == 1);
    unmapped_pages = 0;
    fail_map_at = 0x203000;
    CHECK(iommu_map(domain, 0x201000, 0x1000, 0x4000, IOMMU_READ, GFP_KERNEL) == -ENOMEM && unmapped_pages == 2);
    fail_map_at = 0;
    iommu_domain_free(domain);
    end();
}

static struct iopf_group *seen;

static int take_group(struct iopf_group *group)
{
    seen = group;
    return 0;
}

static int report(struct device *dev, u32 pasid, u32 group, u64 address, bool last)
{
    struct iopf_fault fault = {
        .fault = {.type = IOMMU_FAULT_PAGE_REQ,
                  .prm = {.flags = IOMMU_FAULT_PAGE_REQUEST_PASID_VALID | (last ? IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE : 0),
                          .pasid = pasid,
                          .grpid = group,
                          .addr = address}}};

    return iommu_report_device_fault(dev, &fault);
}

void check_faults(void *unused)
{
    struct iopf_queue *queue = iopf_queue_alloc("check");
    struct iommu_attach_handle handle;
    struct iommu_domain *domain;
    struct iopf_group *kept;

    begin();
    domain = iommu_paging_domain_alloc(device(0));
    domain->iopf_handler = take_group;
    CHECK(!iommu_attach_device_pasid(domain, device(0), 5, &handle));
    CHECK(report(device(0), 5, 1, 0x1000, true) == -EINVAL); /* not in a queue */
    CHECK(!iopf_queue_add_device(queue, device(0)) && iopf_queue_add_device(queue, device(0)) == -EBUSY);
    CHECK(!report(device(0), 5, 1, 0x1000, false) && !report(device(0), 5, 2, 0x9000, false) && !seen);
    CHECK(!report(device(0), 5, 1, 0x2000, true) && seen && seen->fault_count == 2 && seen->attach_handle == &handle);
    CHECK(list_first_entry(&seen->faults, struct iopf_fault, list)->fault.prm.addr == 0x1000);
    iopf_group_response(seen, IOMMU_PAGE_RESP_SUCCESS);
    iopf_group_response(seen, IOMMU_PAGE_RESP_FAILURE); /* once */
    CHECK(response_count == 1 && responses[0].grpid == 1 && responses[0].code == IOMMU_PAGE_RESP_SUCCESS);
    iopf_free_group(seen);
    CHECK(!report(device(0), 77, 3, 0x1000, true)); /* nobody's */
    CHECK(response_count == 2 && responses[1].code == IOMMU_PAGE_RESP_FAILURE && responses[1].pasid == 77);
    CHECK(!report(device(0), 5, 4, 0x1000, true));
    kept = seen;
    iopf_queue_remove_device(queue, device(0)); /* what is pending is answered */
    CHECK(response_count == 3 && responses[2].grpid == 4 && responses[2].code == IOMMU_PAGE_RESP_INVALID);
    iopf_free_group(kept);
    iommu_detach_device_pasid(domain, device(0), 5);
    iommu_domain_free(domain);
    iopf_queue_free(queue);
    seen = NULL;
    end();
}
