/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_device.c - a PCI device below a unit: requester ids, PASID, ATS and page requests in the order of 4.5 and PCIe chapter 10,
 * its group, its reserved regions, what can be done with it.
 */
#include "vtd.h"

#include <linux/bitfield.h>
#include <linux/minmax.h>
#include <linux/pci-ats.h>
#include <linux/slab.h>
#include <linux/string.h>

#define PAGE_LG2 12
#define REQUESTS_OUTSTANDING 32u
#define MSI_FIRST 0xfee00000u /* 3.15: this range is interrupts, and never translated */
#define MSI_BYTES 0x100000u

/* ---- ATS, PASID, page requests ---- */

int vtd_device_ats_start(struct vtd_device *device)
{
    if (!device->ats_supported || device->ats_enabled)
        return 0;
    if (pci_enable_ats(device->pdev, PAGE_LG2))
        return -ENODEV;
    device->ats_enabled = true;
    return 0;
}

/* 4.5.2: the device stops, then what it holds is invalidated, then (the caller) the entry lets nothing through any more. */
void vtd_device_ats_stop(struct vtd_device *device)
{
    struct vtd_batch batch = {.unit = device->unit};

    if (device->ats_barred)
        pci_disable_ats(device->pdev);
    device->ats_barred = false;
    if (!device->ats_enabled)
        return;
    pci_disable_ats(device->pdev);
    vtd_cache_devtlb_all(&batch, device, IOMMU_NO_PASID);
    vtd_batch_commit(&batch);
    device->ats_enabled = false;
}

/* PCIe 10.5.1.3: PASID before ATS. Requests for execution are not supported any more (ECAP.ERS); privileged ones with SRS. */
static void pasid_start(struct vtd_device *device)
{
    int features;

    if (!device->pasid_supported)
        return;
    features = pci_pasid_features(device->pdev) & (vtd_has(device->unit, ECAP_SRS) ? PCI_PASID_CAP_PRIV : 0);
    device->pasid_enabled = !pci_enable_pasid(device->pdev, features);
}

/* 7.4.1: the queue is there, then the entry lets page requests through, then the device may send them. */
static int requests_start(struct vtd_device *device)
{
    struct device *dev = device->dev;
    int result;

    if (!device->pri_supported || !device->ats_enabled)
        return -ENODEV;
    if (device->pri_enabled)
        return -EBUSY;
    /* 7.6.1: the response has a PASID if the request has one. */
    if (device->pasid_enabled && !pci_prg_resp_pasid_required(device->pdev))
        return -EINVAL;
    result = pci_reset_pri(device->pdev);
    if (!result)
        result = iopf_queue_add_device(device->unit->iopf, dev);
    if (result)
        return result;
    vtd_source_requests(device, true);
    result = pci_enable_pri(device->pdev, REQUESTS_OUTSTANDING);
    if (result) {
        vtd_source_requests(device, false);
        iopf_queue_remove_device(device->unit->iopf, dev);
        return result;
    }
    device->pri_enabled = true;
    return 0;
}

static int requests_stop(struct vtd_device *device)
{
    struct vtd_attachment *at;

    if (!device->pri_enabled)
        return -EINVAL;
    pci_disable_pri(device->pdev);
    at = vtd_attachment(device, IOMMU_NO_PASID);
    vtd_request_drain(device, IOMMU_NO_PASID, at ? at->did : 0);
    mutex_lock(&device->unit->request_lock);
    device->pri_enabled = false; /* what still comes is refused */
    mutex_unlock(&device->unit->request_lock);
    iopf_queue_remove_device(device->unit->iopf, device->dev);
    vtd_source_requests(device, false);
    return 0;
}

int vtd_device_enable(struct device *dev, enum iommu_dev_features feature)
{
    struct vtd_device *device = dev_iommu_priv_get(dev);

    if (feature == IOMMU_DEV_FEAT_IOPF)
        return requests_start(device);
    if (feature != IOMMU_DEV_FEAT_SVA)
        return -ENODEV;
    if (!vtd_sva_possible(device->unit))
        return -ENODEV;
    if (!device->pasid_enabled || !device->ats_enabled || (device->pri_supported && !device->pri_enabled))
        return -EINVAL;
    return 0;
}

int vtd_device_disable(struct device *dev, enum iommu_dev_features feature)
{
    if (feature == IOMMU_DEV_FEAT_IOPF)
        return requests_stop(dev_iommu_priv_get(dev));
    return feature == IOMMU_DEV_FEAT_SVA ? 0 : -ENODEV;
}

/* ---- coming and leaving ---- */

static int add_rid(struct pci_dev *pdev, u16 rid, void *data)
{
    struct vtd_device *device = data;

    (void)pdev;
    for (unsigned int i = 0; i < device->rid_count; i++)
        if (device->rids[i] == rid)
            return 0;
    if (device->rid_count == VTD_RIDS_MAX)
        return -ENOSPC;
    device->rids[device->rid_count++] = rid;
    return 0;
}

static void find_features(struct vtd_device *device)
{
    struct vtd_unit *unit = device->unit;
    struct pci_dev *pdev = device->pdev;
    bool alone = device->rid_count == 1; /* behind a bridge the ids of requests are not the device's */

    device->pasid_supported = alone && unit->scalable && vtd_has(unit, ECAP_PASID) && pci_max_pasids(pdev) > 0;
    device->ats_supported = alone && vtd_has(unit, ECAP_DT) && pci_ats_supported(pdev) && vtd_dmar_ats(pdev);
    device->pri_supported = device->ats_supported && unit->scalable && vtd_has(unit, ECAP_PRS) && pci_pri_supported(pdev);
    device->pasids = device->pasid_supported ? min((u32)pci_max_pasids(pdev), unit->iommu.max_pasids) : 1;
    device->endpoint.rid = device->rids[0];
    if (!device->ats_supported)
        return;
    device->endpoint.depth = pci_ats_queue_depth(pdev) & 0x1f;
    if (vtd_has(unit, ECAP_DIT))
        device->endpoint.pfsid = pci_dev_id(pci_physfn(pdev));
}

/* By its aliases too, unless another device has them: a fault record names no more than a requester id. */
static int remember(struct vtd_device *device)
{
    for (unsigned int i = 0; i < device->rid_count; i++) {
        int result = xa_insert(&device->unit->devices, device->rids[i], device, GFP_KERNEL);

        if (result && (result != -EBUSY || i == 0))
            return result;
    }
    return 0;
}

static void forget(struct vtd_device *device)
{
    for (unsigned int i = 0; i < device->rid_count; i++)
        if (xa_load(&device->unit->devices, device->rids[i]) == device)
            xa_erase(&device->unit->devices, device->rids[i]);
}

static struct vtd_device *new_device(struct device *dev, struct vtd_unit *unit)
{
    struct vtd_device *device = kzalloc(sizeof(*device), GFP_KERNEL);

    if (!device)
        return NULL;
    device->dev = dev;
    device->pdev = to_pci_dev(dev);
    device->unit = unit;
    xa_init(&device->attachments);
    return device;
}

static int enter(struct vtd_device *device)
{
    int result = pci_for_each_dma_alias(device->pdev, add_rid, device);

    if (result)
        return result;
    find_features(device);
    mutex_lock(&device->unit->mutex);
    result = remember(device);
    if (!result)
        result = vtd_sources_get(device);
    if (result)
        forget(device);
    mutex_unlock(&device->unit->mutex);
    return result;
}

struct iommu_device *vtd_device_probe(struct device *dev)
{
    struct vtd_unit *unit = dev_is_pci(dev) ? vtd_dmar_unit(to_pci_dev(dev)) : NULL;
    struct vtd_device *device;
    int result;

    if (!unit || !unit->root)
        return ERR_PTR(-ENODEV);
    device = new_device(dev, unit);
    if (!device)
        return ERR_PTR(-ENOMEM);
    result = enter(device);
    if (result) {
        xa_destroy(&device->attachments);
        kfree(device);
        return ERR_PTR(result);
    }
    dev_iommu_priv_set(dev, device);
    pasid_start(device);
    if (unit->scalable) /* legacy mode: with the context entry of a domain */
        vtd_device_ats_start(device);
    return &unit->iommu;
}

void vtd_device_release(struct device *dev)
{
    struct vtd_device *device = dev_iommu_priv_get(dev);
    struct vtd_attachment *at;
    unsigned long pasid;

    device->leaving = true;
    xa_for_each(&device->attachments, pasid, at) vtd_detach(device, (u32)pasid);
    if (device->pri_enabled)
        requests_stop(device);
    vtd_device_ats_stop(device);
    if (device->pasid_enabled)
        pci_disable_pasid(device->pdev);
    mutex_lock(&device->unit->request_lock);
    mutex_lock(&device->unit->mutex);
    vtd_sources_put(device);
    forget(device);
    mutex_unlock(&device->unit->mutex);
    mutex_unlock(&device->unit->request_lock);
    xa_destroy(&device->attachments);
    dev_iommu_priv_set(dev, NULL);
    kfree(device);
}

/* ---- what the core asks ---- */

struct iommu_group *vtd_device_group(struct device *dev)
{
    return dev_is_pci(dev) ? pci_device_group(dev) : generic_device_group(dev);
}

void vtd_device_reserved(struct device *dev, struct list_head *regions)
{
    struct iommu_resv_region *msi;

    vtd_dmar_reserved(to_pci_dev(dev), regions);
    msi = iommu_alloc_resv_region(MSI_FIRST, MSI_BYTES, 0, IOMMU_RESV_MSI, GFP_KERNEL);
    if (msi)
        list_add_tail(&msi->list, regions);
}

bool vtd_device_capable(struct device *dev, enum iommu_cap cap)
{
    struct vtd_device *device = dev_iommu_priv_get(dev);

    switch (cap) {
    case IOMMU_CAP_CACHE_COHERENCY:
    case IOMMU_CAP_DEFERRED_FLUSH:
        return true;
    case IOMMU_CAP_ENFORCE_CACHE_COHERENCY:
        return vtd_has(device->unit, ECAP_SC) || driver_bug(SNOOP_CLAIMED);
    case IOMMU_CAP_DIRTY_TRACKING:
        return vtd_has(device->unit, ECAP_SMTS | ECAP_SSTS | ECAP_SSADS);
    default:
        return false;
    }
}

void *vtd_device_info(struct device *dev, u32 *length, u32 *type)
{
    struct vtd_device *device = dev_iommu_priv_get(dev);
    struct iommu_hw_info_vtd *info = kzalloc(sizeof(*info), GFP_KERNEL);

    if (!info)
        return ERR_PTR(-ENOMEM);
    info->cap_reg = device->unit->cap;
    info->ecap_reg = device->unit->ecap;
    *length = sizeof(*info);
    *type = IOMMU_HW_INFO_TYPE_INTEL_VTD;
    return info;
}

/* Without ECAP.PT nothing passes untranslated. */
int vtd_device_default(struct device *dev)
{
    struct vtd_device *device = dev_iommu_priv_get(dev);

    return vtd_has(device->unit, ECAP_PT) ? 0 : IOMMU_DOMAIN_DMA;
}
