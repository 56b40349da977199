/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_dma_failures.c - the n-th allocation fails, for every n. */
#include "vtd_dma.h"

#include "drivers/tests/dma_alike.h"

#include <linux/mm.h>

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
        detach_pasid(process, WIDE, 70);
        drop(process);
    }
    detach_pasid(to, WIDE, 5);
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
