/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_dma_requests.c - page requests. */
#include "vtd_dma.h"

#include "drivers/tests/dma_alike.h"

static struct iommu_domain *lazy;

/* PCIe 10.4: page request messages as the exerciser sends them; header: address, group 11:3, last, writing, reading. */
static void messages(u32 pasid, u64 header, u32 more)
{
    struct slot_request asked = {.type = MESSAGE, .pasid = pasid, .address = header, .repeat = more, .step_bytes = 4096};

    wait_for(start(WIDE, 1, &asked));
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
    detach_pasid(lazy, WIDE, 5);
    before = shim_request_count;
    expect(before == 1, "a page request when its PASID is removed", before);
    attach_pasid(other, WIDE, 5);
    shim_idle();
    expect(shim_request_count == before, "a page request after its PASID was used anew", shim_request_count);
    detach_pasid(other, WIDE, 5);
    drop(other);
}

void dma_requests(void)
{
    lazy = move_through_page_requests();
    check_marker();
    check_requests_together();
    check_overflow();
    check_drain();
    page_requests_end(lazy);
}
