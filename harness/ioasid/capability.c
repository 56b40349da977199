/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* capability.c - what the IOMMU of a device can do: asked of its driver when the device is bound. */
#include "core.h"

#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <uapi/linux/iommufd.h>

const struct iommu_ops *ioasid_iommu_ops(struct device *dev)
{
    return dev->iommu && dev->iommu->iommu_dev ? dev->iommu->iommu_dev->ops : NULL;
}

/* ---- VT-d: CAP and ECAP, 11.4.2, 11.4.3 ---- */

enum {
    VTD_CAP_FL5LP = 60,
    VTD_ECAP_NEST = 26,
    VTD_ECAP_SRS = 31,
    VTD_ECAP_EAFS = 34,
    VTD_ECAP_SMTS = 43,
    VTD_ECAP_FLTS = 47,
};

static void probe_vtd(const struct iommu_hw_info_vtd *info, struct ioasid_caps *caps)
{
    const u64 needs = BIT_ULL(VTD_ECAP_NEST) | BIT_ULL(VTD_ECAP_SMTS) | BIT_ULL(VTD_ECAP_FLTS);

    caps->vtd_s1 = (info->ecap_reg & needs) == needs;
    caps->vtd_s1_width = info->cap_reg & BIT_ULL(VTD_CAP_FL5LP) ? 57 : 48;
    caps->vtd_s1_flags = IOASID_VTD_S1_WPE;
    if (info->ecap_reg & BIT_ULL(VTD_ECAP_SRS))
        caps->vtd_s1_flags |= IOASID_VTD_S1_SRE;
    if (info->ecap_reg & BIT_ULL(VTD_ECAP_EAFS))
        caps->vtd_s1_flags |= IOASID_VTD_S1_EAFE;
}

/* ---- SMMUv3: IDR0, IDR1, 6.3.1, 6.3.2. 6.12 has no name for this information; the number and the layout are 6.13's ---- */

#define HW_INFO_TYPE_SMMUV3 2

struct hw_info_smmuv3 {
    u32 flags, reserved, idr[6], iidr, aidr;
};

enum {
    SMMU_IDR0_S2P = 0,
    SMMU_IDR0_S1P = 1,
    SMMU_IDR0_CD2L = 19,
};
#define SMMU_IDR1_SSIDSIZE GENMASK(10, 6)

static void probe_smmuv3(const struct hw_info_smmuv3 *info, struct ioasid_caps *caps)
{
    const u32 needs = BIT(SMMU_IDR0_S1P) | BIT(SMMU_IDR0_S2P);

    caps->arm_pasids = (info->idr[0] & needs) == needs;
    caps->arm_pasid_bits = FIELD_GET(SMMU_IDR1_SSIDSIZE, info->idr[1]);
    caps->arm_s1fmts = info->idr[0] & BIT(SMMU_IDR0_CD2L) ? 7 : 1;
}

static int probe_hardware(struct device *dev, const struct iommu_ops *ops, struct ioasid_caps *caps)
{
    u32 length = 0, type = IOMMU_HW_INFO_TYPE_NONE;
    void *info;

    if (!ops->hw_info)
        return 0;
    info = ops->hw_info(dev, &length, &type);
    if (IS_ERR(info))
        return PTR_ERR(info) == -ENOMEM ? -ENOMEM : 0;
    if (type == IOMMU_HW_INFO_TYPE_INTEL_VTD && length >= sizeof(struct iommu_hw_info_vtd))
        probe_vtd(info, caps);
    else if (type == HW_INFO_TYPE_SMMUV3 && length >= sizeof(struct hw_info_smmuv3))
        probe_smmuv3(info, caps);
    kfree(info);
    return 0;
}

/* ---- what a domain looks like that is made for the device ---- */

static void take_geometry(struct iommu_domain *domain, struct ioasid_caps *caps)
{
    caps->pgsize_bitmap = domain->pgsize_bitmap & PAGE_MASK; /* R-IOASID-022 */
    caps->addr_width = fls64(domain->geometry.aperture_end);
    iommu_domain_free(domain);
}

static int probe_domain(struct device *dev, const struct iommu_ops *ops, struct ioasid_caps *caps)
{
    struct iommu_domain *domain = ERR_PTR(-EOPNOTSUPP);

    if (ops->domain_alloc_user)
        domain = ops->domain_alloc_user(dev, IOMMU_HWPT_ALLOC_NEST_PARENT, NULL, NULL);
    caps->nest_parent = !IS_ERR(domain);
    if (IS_ERR(domain) && PTR_ERR(domain) != -ENOMEM)
        domain = iommu_paging_domain_alloc(dev);
    if (IS_ERR(domain))
        return PTR_ERR(domain);
    take_geometry(domain, caps);
    return 0;
}

int ioasid_caps_probe(struct device *dev, struct ioasid_caps *caps)
{
    const struct iommu_ops *ops = ioasid_iommu_ops(dev);
    int error;

    if (!ops)
        return -ENODEV;
    caps->max_pasids = dev->iommu->max_pasids;
    caps->enforce_snoop = device_iommu_capable(dev, IOMMU_CAP_ENFORCE_CACHE_COHERENCY);
    caps->dirty = device_iommu_capable(dev, IOMMU_CAP_DIRTY_TRACKING);
    caps->delegated = ops->user_pasid_table;
    error = probe_domain(dev, ops, caps);
    return error ? error : probe_hardware(dev, ops, caps);
}

bool ioasid_caps_nesting(const struct ioasid_caps *caps)
{
    return caps->nest_parent && (caps->vtd_s1 || caps->arm_pasids);
}

/* What the driver would refuse too, but for a reason that the user shall be able to tell: the hardware has no such thing. */
bool ioasid_caps_format(const struct ioasid_caps *caps, const struct ioasid_table *format)
{
    switch (format->format) {
    case IOASID_FORMAT_VTD_S1:
        return caps->nest_parent && caps->vtd_s1 && format->vtd_s1.addr_width <= caps->vtd_s1_width &&
               !(format->vtd_s1.flags & ~(u64)caps->vtd_s1_flags);
    case IOASID_FORMAT_ARM_PASID_TABLE:
        return caps->nest_parent && caps->arm_pasids && format->arm_pasid_table.s1cdmax <= caps->arm_pasid_bits &&
               (!format->arm_pasid_table.s1cdmax || caps->arm_s1fmts & BIT(format->arm_pasid_table.s1fmt));
    case IOASID_FORMAT_ARM_S1:
        return caps->nest_parent && caps->arm_pasids;
    default:
        return false;
    }
}
