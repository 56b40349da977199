/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * domain.c - what a space is in hardware. A space with mappings has one domain, made for the first device that uses it and given
 * up with the last; incompatible devices need another IOASID. A table of the user has one nested domain for every place where it
 * is attached, which is how an invalidation for one device or vPASID leaves the others alone (R-IOASID-149); a process likewise.
 */
#include "core.h"

#include <asm/byteorder.h>
#include <linux/bitfield.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <uapi/linux/iommufd.h>

/* ---- data for drivers ---- */

/*
 * domain_alloc_user() and cache_invalidate_user() read their data from memory of the calling process, and from nowhere else. What
 * the kernel has to say to them (a table that was allocated long before the attach, an invalidation in terms of the hardware)
 * goes through a page that is mapped into the process for the time of the call. The process can meanwhile change it: drivers
 * expect no less.
 */
int ioasid_scratch_put(const void *data, size_t size, unsigned long *address)
{
    unsigned long at;

    if (!current->mm)
        return -EFAULT;
    at = vm_mmap(NULL, 0, PAGE_ALIGN(size), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, 0);
    if (IS_ERR_VALUE(at))
        return (int)at;
    if (copy_to_user((void __user *)at, data, size)) {
        vm_munmap(at, PAGE_ALIGN(size));
        return -EFAULT;
    }
    *address = at;
    return 0;
}

void ioasid_scratch_drop(unsigned long address)
{
    if (current->mm)
        vm_munmap(address, PAGE_SIZE);
}

/* Words 0 and 1 of a stream table entry, SMMUv3 5.2: as much of it as is the user's. 6.12 has no name for this data; 6.13's. */
#define HWPT_DATA_SMMUV3 2
#define STE_V BIT_ULL(0)
#define STE_CONFIG GENMASK_ULL(3, 1)
#define STE_CONFIG_S1 5
#define STE_S1FMT GENMASK_ULL(5, 4)
#define STE_S1CONTEXTPTR GENMASK_ULL(51, 6)
#define STE_S1CDMAX GENMASK_ULL(63, 59)
#define STE_S1DSS GENMASK_ULL(1, 0)

static void make_ste(const struct ioasid_format_arm_pasid_table *table, __le64 *ste)
{
    ste[0] = cpu_to_le64(STE_V | FIELD_PREP(STE_CONFIG, STE_CONFIG_S1) | FIELD_PREP(STE_S1FMT, table->s1fmt) |
                         (table->table_addr & STE_S1CONTEXTPTR) | FIELD_PREP(STE_S1CDMAX, (u64)table->s1cdmax));
    ste[1] = cpu_to_le64(FIELD_PREP(STE_S1DSS, (u64)table->s1dss));
}

static int put_format(const struct ioasid_table *format, struct iommu_user_data *data, unsigned long *address)
{
    struct iommu_hwpt_vtd_s1 vtd = {};
    __le64 ste[2];
    int error;

    if (format->format == IOASID_FORMAT_VTD_S1) {
        vtd.flags = format->vtd_s1.flags;
        vtd.pgtbl_addr = format->vtd_s1.pgtbl_addr;
        vtd.addr_width = format->vtd_s1.addr_width;
        *data = (struct iommu_user_data){.type = IOMMU_HWPT_DATA_VTD_S1, .len = sizeof(vtd)};
        error = ioasid_scratch_put(&vtd, sizeof(vtd), address);
    } else {
        make_ste(&format->arm_pasid_table, ste);
        *data = (struct iommu_user_data){.type = HWPT_DATA_SMMUV3, .len = sizeof(ste)};
        error = ioasid_scratch_put(ste, sizeof(ste), address);
    }
    if (!error)
        data->uptr = (void __user *)*address;
    return error;
}

/* ---- domains of mappings ---- */

/*
 * A parent of hardware nesting if the hardware can: any space may become one. Where the user has the PASID table (SMMUv3) such a
 * domain is the stage that has no PASIDs: for a PASID a domain of the other kind is made.
 */
static struct iommu_domain *paging_domain(struct ioasid_space *space, struct ioasid_dev *idev, bool by_pasid)
{
    const struct iommu_ops *ops = ioasid_iommu_ops(idev->dev);
    u32 dirty = space->dirty ? IOMMU_HWPT_ALLOC_DIRTY_TRACKING : 0;
    struct iommu_domain *domain = ERR_PTR(-EOPNOTSUPP);

    if (space->dirty && !idev->caps.dirty)
        return ERR_PTR(-EINVAL);
    if (idev->caps.nest_parent && !(by_pasid && idev->caps.delegated))
        domain = ops->domain_alloc_user(idev->dev, IOMMU_HWPT_ALLOC_NEST_PARENT | dirty, NULL, NULL);
    if (IS_ERR(domain) && PTR_ERR(domain) == -EOPNOTSUPP && dirty)
        domain = ops->domain_alloc_user(idev->dev, dirty, NULL, NULL);
    if (IS_ERR(domain) && PTR_ERR(domain) != -ENOMEM && !dirty)
        domain = iommu_paging_domain_alloc(idev->dev);
    if (!IS_ERR(domain))
        domain->owner = ops;
    return domain;
}

/* R-IOASID-175, -177, -179; before anything is mapped, for it is a property of each entry. */
static int enforce(struct ioasid_space *space, struct iommu_domain *domain, const struct ioasid_dev *idev)
{
    bool can = idev->caps.enforce_snoop && domain->ops->enforce_cache_coherency;

    if (ioasid_bug(SNOOP_NOT_ENFORCED)) {
        space->enforced = can && space->snoop != IOASID_SNOOP_FREE;
        return 0;
    }
    space->enforced = space->snoop != IOASID_SNOOP_FREE && can && domain->ops->enforce_cache_coherency(domain);
    return space->snoop == IOASID_SNOOP_ENFORCE && !space->enforced && !ioasid_bug(SNOOP_UNCHECKED) ? -EINVAL : 0;
}

static bool width_fits(const struct ioasid_space *space, const struct iommu_domain *domain)
{
    return !space->addr_width || space->addr_width > 63 || ioasid_bug(WIDTH_UNCHECKED) ||
           ioasid_width_last(space->addr_width) <= domain->geometry.aperture_end;
}

static int domain_make(struct ioasid_space *space, struct ioasid_dev *idev, bool by_pasid)
{
    struct iommu_domain *domain = paging_domain(space, idev, by_pasid);
    int error;

    if (IS_ERR(domain))
        return PTR_ERR(domain);
    error = width_fits(space, domain) ? enforce(space, domain, idev) : -EINVAL;
    if (!error)
        error = ioasid_maps_load(space, domain);
    if (error) {
        iommu_domain_free(domain);
        space->enforced = false;
        return error;
    }
    iommu_set_fault_handler(domain, ioasid_fault_unrecoverable, space);
    space->domain = domain;
    return 0;
}

int ioasid_domain_get(struct ioasid_space *space, struct ioasid_dev *idev, bool by_pasid)
{
    int error = space->domain ? 0 : domain_make(space, idev, by_pasid);

    if (!error)
        space->domain_users++;
    return error;
}

void ioasid_domain_put(struct ioasid_space *space)
{
    if (--space->domain_users || space->tracking)
        return;
    iommu_domain_free(space->domain);
    space->domain = NULL;
    space->enforced = false;
}

/* ---- domains of one place ---- */

static struct iommu_domain *nested_domain(struct ioasid_space *parent, const struct ioasid_table *format, struct device *dev)
{
    const struct iommu_ops *ops = ioasid_iommu_ops(dev);
    struct iommu_user_data data;
    struct iommu_domain *domain;
    unsigned long scratch;
    int error;

    if (!ops->domain_alloc_user)
        return ERR_PTR(-EOPNOTSUPP);
    error = put_format(format, &data, &scratch);
    if (error)
        return ERR_PTR(error);
    domain = ops->domain_alloc_user(dev, 0, parent->domain, &data);
    ioasid_scratch_drop(scratch);
    if (!IS_ERR(domain))
        domain->owner = ops;
    return domain;
}

static struct iommu_domain *mm_domain(struct mm_struct *mm, struct device *dev)
{
    const struct iommu_ops *ops = ioasid_iommu_ops(dev);
    struct iommu_domain *domain;

    if (!ops->domain_alloc_sva)
        return ERR_PTR(-EOPNOTSUPP);
    domain = ops->domain_alloc_sva(dev, mm);
    if (!domain)
        return ERR_PTR(-ENOMEM);
    if (IS_ERR(domain))
        return domain;
    domain->type = IOMMU_DOMAIN_SVA;
    domain->owner = ops;
    domain->mm = mm;
    mmgrab(mm); /* dropped by iommu_domain_free() */
    return domain;
}

int ioasid_format_try(struct ioasid_space *parent, const struct ioasid_table *format, struct ioasid_dev *idev)
{
    struct iommu_domain *domain;
    int error = ioasid_domain_get(parent, idev, false);

    if (error)
        return error;
    domain = nested_domain(parent, format, idev->dev);
    if (!IS_ERR(domain))
        iommu_domain_free(domain);
    ioasid_domain_put(parent);
    return PTR_ERR_OR_ZERO(domain);
}

/* ---- installs ---- */

static int install_domain(struct ioasid_install *install, struct ioasid_space *space, struct ioasid_dev *idev)
{
    int error;

    if (space->kind == IOASID_KIND_KERNEL) {
        error = ioasid_domain_get(space, idev, install->place->pasid != IOMMU_NO_PASID);
        install->domain = space->domain;
        return error;
    }
    if (space->kind == IOASID_KIND_MM) {
        install->domain = mm_domain(space->mm, idev->dev);
    } else {
        error = ioasid_domain_get(space->parent, idev, false);
        if (error)
            return error;
        install->domain = nested_domain(space->parent, &space->format, idev->dev);
        if (IS_ERR(install->domain))
            ioasid_domain_put(space->parent);
    }
    if (IS_ERR(install->domain))
        return PTR_ERR(install->domain);
    install->own_domain = true;
    install->domain->iopf_handler = ioasid_fault_iopf;
    if (space->kind != IOASID_KIND_MM) /* its mm is where the handler would be */
        iommu_set_fault_handler(install->domain, ioasid_fault_unrecoverable, space);
    return 0;
}

/* NULL: the space puts nothing into hardware, or not yet. */
struct ioasid_install *ioasid_install_make(struct ioasid_place *place, struct ioasid_space *space, struct ioasid_dev *idev)
{
    struct ioasid_install *install;
    int error;

    if (space->kind == IOASID_KIND_UNDECIDED || space->kind == IOASID_KIND_DUMMY ||
        (space->kind == IOASID_KIND_PGTABLE && space->format.format == IOASID_FORMAT_ARM_S1))
        return NULL;
    install = kzalloc(sizeof(*install), GFP_KERNEL_ACCOUNT);
    if (!install)
        return ERR_PTR(-ENOMEM);
    install->place = place;
    install->space = space;
    install->idev = idev;
    error = install_domain(install, space, idev);
    if (error) {
        kfree(install);
        return ERR_PTR(error);
    }
    list_add_tail(&install->in_space, &space->installs);
    return install;
}

void ioasid_install_free(struct ioasid_install *install)
{
    struct ioasid_space *space = install->space;

    list_del(&install->in_space);
    if (install->own_domain)
        iommu_domain_free(install->domain);
    if (space->kind == IOASID_KIND_KERNEL)
        ioasid_domain_put(space);
    else if (space->kind != IOASID_KIND_MM)
        ioasid_domain_put(space->parent);
    kfree(install);
}
