/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_master.c - a device behind an SMMU: what it can do, its streams, ATS and page requests at its end, its group, addresses
 * that it has for something else.
 *
 * Documents: Arm IHI 0070 3.9, 8; PCI Express: PASID is enabled before ATS, ATS before PRI; disabled the other way round.
 */
#include "smmuv3.h"

#include <linux/delay.h>
#include <linux/log2.h>
#include <linux/pci-ats.h>
#include <linux/pci.h>
#include <linux/slab.h>

#define MSI_WINDOW_BASE 0x8000000 /* as Linux: where software maps the doorbell of message interrupts */
#define MSI_WINDOW_BYTES 0x100000
#define REQUESTERS 8 /* devices that share a PRI queue, at most: the sum of their credits is its size (chapter 8) */
#define STOP_TRIES 1000
#define DEVCTL 8
#define DEVCTL_NO_SNOOP 0x0800

/* ---- ATS and PRI ---- */

/* -EBUSY: of its last use the device is not stopped; the answers that it waits for are on their way. */
static void master_enable_pri(struct smmu_master *master)
{
    struct pci_dev *pdev = to_pci_dev(master->dev);
    u32 credits = (1u << master->smmu->priq.lg2) / REQUESTERS;
    int result = -EBUSY;

    if (master->pri_enabled || !master->pri_supported || !master->iopf_users || !master->ats_enabled)
        return;
    for (unsigned int i = 0; i < STOP_TRIES && result == -EBUSY; i++) {
        result = pci_reset_pri(pdev);
        if (!result)
            result = pci_enable_pri(pdev, credits ? credits : 1);
        if (result == -EBUSY)
            usleep_range(1, 2);
    }
    if (result)
        dev_err(master->dev, "page requests cannot be enabled: %d\n", result);
    master->pri_enabled = !result;
}

static void master_disable_pri(struct smmu_master *master)
{
    if (!master->pri_enabled)
        return;
    pci_disable_pri(to_pci_dev(master->dev));
    master->pri_enabled = false;
}

/* EATS of its streams is set, and no cache has it otherwise (3.9.2). From here on invalidations reach the ATC. */
void smmu_master_enable_ats(struct smmu_master *master)
{
    WRITE_ONCE(master->ats_enabled, true);
    if (pci_enable_ats(to_pci_dev(master->dev), PAGE_SHIFT)) {
        WRITE_ONCE(master->ats_enabled, false);
        dev_err(master->dev, "ATS cannot be enabled\n");
        return;
    }
    master_enable_pri(master);
}

/* The endpoint, its ATC, and with the CMD_SYNC also what was translated by it; EATS is the caller's then. */
void smmu_master_disable_ats(struct smmu_master *master)
{
    if (!master->ats_enabled)
        return;
    master_disable_pri(master);
    pci_disable_ats(to_pci_dev(master->dev));
    smmu_atc_invalidate_all(master, IOMMU_NO_PASID);
    WRITE_ONCE(master->ats_enabled, false);
}

int smmu_enable_feat(struct device *dev, enum iommu_dev_features feat)
{
    struct smmu_master *master = dev_iommu_priv_get(dev);
    int result;

    if (!master)
        return -ENODEV;
    if (feat == IOMMU_DEV_FEAT_SVA)
        return master->ssid_bits && master->smmu->features.stage1 && master->smmu->features.coherent ? 0 : -ENODEV;
    if (feat != IOMMU_DEV_FEAT_IOPF || !(master->pri_supported || master->stall))
        return -ENODEV;
    if (master->iopf_users) {
        master->iopf_users++;
        return 0;
    }
    result = iopf_queue_add_device(master->smmu->iopf, dev);
    if (result)
        return result;
    master->iopf_users = 1;
    master_enable_pri(master);
    return 0;
}

int smmu_disable_feat(struct device *dev, enum iommu_dev_features feat)
{
    struct smmu_master *master = dev_iommu_priv_get(dev);

    if (!master)
        return -EINVAL;
    if (feat == IOMMU_DEV_FEAT_SVA)
        return 0;
    if (feat != IOMMU_DEV_FEAT_IOPF || !master->iopf_users)
        return -EINVAL;
    if (--master->iopf_users)
        return 0;
    master_disable_pri(master);
    smmu_master_drain_faults(master);
    iopf_queue_remove_device(master->smmu->iopf, dev);
    return 0;
}

/* ---- No Snoop ---- */

bool smmu_master_can_enforce(const struct smmu_master *master)
{
    return master->smmu->features.stage2_fwb && dev_is_pci(master->dev) && pci_is_pcie(to_pci_dev(master->dev));
}

/* The first promise clears Enable No Snoop, the last one that ends puts it back. */
void smmu_attachment_enforce(struct smmu_attachment *attachment, bool enforce)
{
    struct smmu_master *master = attachment->master;
    struct pci_dev *pdev;
    unsigned long flags;
    u16 control;

    if (attachment->enforced == enforce)
        return;
    attachment->enforced = enforce;
    pdev = to_pci_dev(master->dev);
    spin_lock_irqsave(&master->smmu->entries_lock, flags);
    pci_read_config_word(pdev, pdev->pcie_cap + DEVCTL, &control);
    if (enforce && !master->enforced++) {
        master->no_snoop_was = control & DEVCTL_NO_SNOOP;
        pci_write_config_word(pdev, pdev->pcie_cap + DEVCTL, control & (u16)~DEVCTL_NO_SNOOP);
    } else if (!enforce && !--master->enforced && master->no_snoop_was) {
        pci_write_config_word(pdev, pdev->pcie_cap + DEVCTL, control | DEVCTL_NO_SNOOP);
    }
    spin_unlock_irqrestore(&master->smmu->entries_lock, flags);
}

bool smmu_capable(struct device *dev, enum iommu_cap cap)
{
    struct smmu_master *master = dev_iommu_priv_get(dev);

    if (!master)
        return false;
    switch (cap) {
    case IOMMU_CAP_CACHE_COHERENCY:
        return true; /* of the device's accesses; COHACC is about the SMMU's own */
    case IOMMU_CAP_ENFORCE_CACHE_COHERENCY:
        return smmu_master_can_enforce(master);
    case IOMMU_CAP_NOEXEC:
    case IOMMU_CAP_DEFERRED_FLUSH:
        return true;
    case IOMMU_CAP_DIRTY_TRACKING:
        return master->smmu->features.httu >= IDR0_HTTU_DIRTY;
    case IOMMU_CAP_PRE_BOOT_PROTECTION:
    default:
        return false;
    }
}

/* ---- a device comes and goes ---- */

static void master_learn(struct smmu_master *master, const struct iommu_fwspec *fwspec)
{
    const struct smmu_features *features = &master->smmu->features;
    struct pci_dev *pdev;
    int pasids;

    if (!dev_is_pci(master->dev))
        return;
    pdev = to_pci_dev(master->dev);
    pasids = features->ssid_bits ? pci_max_pasids(pdev) : 0;
    if (pasids > 1 && !pci_enable_pasid(pdev, pci_pasid_features(pdev)))
        master->ssid_bits = min_t(u8, (u8)ilog2((u32)pasids), features->ssid_bits);
    /* One stream: what has another's id is behind a bridge, and there is no ATS. */
    /* 5.2: EATS with S2S is ILLEGAL, and where every fault stalls S2S must be set. */
    master->ats_supported =
        features->ats && !features->stall_forced && fwspec->flags & IOMMU_FWSPEC_PCI_RC_ATS && pci_ats_supported(pdev);
    master->ats_counted = master->ats_supported;
    master->pri_supported = master->ats_supported && features->pri && pci_pri_supported(pdev);
    master->pri_pasid = master->pri_supported && pci_prg_resp_pasid_required(pdev);
}

struct iommu_device *smmu_probe_device(struct device *dev)
{
    struct iommu_fwspec *fwspec = dev_iommu_fwspec_get(dev);
    struct smmu_device *smmu;
    struct smmu_master *master;
    int result;

    if (!fwspec || !fwspec->iommu_fwnode || !fwspec->iommu_fwnode->dev)
        return ERR_PTR(-ENODEV);
    smmu = dev_get_drvdata(fwspec->iommu_fwnode->dev);
    if (!smmu)
        return ERR_PTR(-ENODEV);
    master = kzalloc(sizeof(*master), GFP_KERNEL);
    if (!master)
        return ERR_PTR(-ENOMEM);
    master->smmu = smmu;
    master->dev = dev;
    master->domain = &smmu_blocked_domain;
    xa_init(&master->pasids);
    result = smmu_master_add_streams(master, fwspec);
    if (result) {
        kfree(master);
        return ERR_PTR(result);
    }
    master_learn(master, fwspec);
    dev_iommu_priv_set(dev, master);
    return &smmu->iommu;
}

void smmu_release_device(struct device *dev)
{
    struct smmu_master *master = dev_iommu_priv_get(dev);

    WARN_ON(master->pasid_count);
    smmu_blocked_domain.ops->attach_dev(&smmu_blocked_domain, dev);
    if (master->iopf_users)
        iopf_queue_remove_device(master->smmu->iopf, dev);
    if (master->ssid_bits)
        pci_disable_pasid(to_pci_dev(dev));
    smmu_master_remove_streams(master);
    smmu_cds_free(master);
    xa_destroy(&master->pasids);
    dev_iommu_priv_set(dev, NULL);
    kfree(master);
}

struct iommu_group *smmu_device_group(struct device *dev)
{
    return dev_is_pci(dev) ? pci_device_group(dev) : generic_device_group(dev);
}

/* Message interrupts are writes that are translated like others (3.18): an address is kept free for them. */
void smmu_get_resv_regions(struct device *dev, struct list_head *list)
{
    struct iommu_resv_region *region = iommu_alloc_resv_region(
        MSI_WINDOW_BASE, MSI_WINDOW_BYTES, IOMMU_WRITE | IOMMU_NOEXEC | IOMMU_MMIO, IOMMU_RESV_SW_MSI, GFP_KERNEL);

    if (region)
        list_add_tail(&region->list, list);
    iommu_dma_get_resv_regions(dev, list);
}
