/* SPDX-License-Identifier: BSD-2-Clause */
/* pci_ats.c - ATS, PRI and PASID of a function: see linux/pci-ats.h for the order. */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/fault-inject.h>
#include <linux/pci-ats.h>

/* ---- ATS ---- */

bool pci_ats_supported(struct pci_dev *dev)
{
    return dev->ats_cap && !dev->untrusted;
}
EXPORT_SYMBOL_GPL(pci_ats_supported);

int pci_prepare_ats(struct pci_dev *dev, int ps)
{
    if (!pci_ats_supported(dev) || WARN_ON(dev->ats_enabled) || ps < PCI_ATS_MIN_STU)
        return -EINVAL;
    dev->ats_stu = (u8)ps;
    return 0;
}
EXPORT_SYMBOL_GPL(pci_prepare_ats);

int pci_enable_ats(struct pci_dev *dev, int ps)
{
    int result;

    if (!pci_ats_supported(dev))
        return -EINVAL;
    if (WARN_ON(dev->ats_enabled))
        return -EBUSY;
    result = pci_prepare_ats(dev, ps);
    if (result || fault_inject_should_fail("pci_enable_ats"))
        return -EINVAL;
    pci_write_config_word(dev, dev->ats_cap + PCI_ATS_CTRL, PCI_ATS_CTRL_ENABLE | PCI_ATS_CTRL_STU(ps - PCI_ATS_MIN_STU));
    dev->ats_enabled = 1;
    return 0;
}
EXPORT_SYMBOL_GPL(pci_enable_ats);

void pci_disable_ats(struct pci_dev *dev)
{
    u16 control;

    if (WARN_ON(!dev->ats_enabled))
        return;
    pci_read_config_word(dev, dev->ats_cap + PCI_ATS_CTRL, &control);
    pci_write_config_word(dev, dev->ats_cap + PCI_ATS_CTRL, control & ~PCI_ATS_CTRL_ENABLE);
    dev->ats_enabled = 0;
}
EXPORT_SYMBOL_GPL(pci_disable_ats);

int pci_ats_queue_depth(struct pci_dev *dev)
{
    u16 cap;

    if (!dev->ats_cap)
        return -EINVAL;
    pci_read_config_word(dev, dev->ats_cap + PCI_ATS_CAP, &cap);
    return PCI_ATS_CAP_QDEP(cap) ? PCI_ATS_CAP_QDEP(cap) : PCI_ATS_MAX_QDEP;
}
EXPORT_SYMBOL_GPL(pci_ats_queue_depth);

int pci_ats_page_aligned(struct pci_dev *dev)
{
    u16 cap = 0;

    if (dev->ats_cap)
        pci_read_config_word(dev, dev->ats_cap + PCI_ATS_CAP, &cap);
    return !!(cap & PCI_ATS_CAP_PAGE_ALIGNED);
}
EXPORT_SYMBOL_GPL(pci_ats_page_aligned);

/* ---- PRI ---- */

bool pci_pri_supported(struct pci_dev *pdev)
{
    return pdev->pri_cap;
}
EXPORT_SYMBOL_GPL(pci_pri_supported);

int pci_enable_pri(struct pci_dev *pdev, u32 reqs)
{
    u32 capacity;
    u16 status;

    if (!pdev->pri_cap)
        return -EINVAL;
    if (WARN_ON(pdev->pri_enabled))
        return -EBUSY;
    pci_read_config_word(pdev, pdev->pri_cap + PCI_PRI_STATUS, &status);
    if (!(status & PCI_PRI_STATUS_STOPPED) || fault_inject_should_fail("pci_enable_pri"))
        return -EBUSY;
    pci_read_config_dword(pdev, pdev->pri_cap + PCI_PRI_MAX_REQ, &capacity);
    pdev->pri_reqs_alloc = reqs < capacity ? reqs : capacity;
    pci_write_config_dword(pdev, pdev->pri_cap + PCI_PRI_ALLOC_REQ, pdev->pri_reqs_alloc);
    pci_write_config_word(pdev, pdev->pri_cap + PCI_PRI_CTRL, PCI_PRI_CTRL_ENABLE);
    pdev->pri_enabled = 1;
    return 0;
}
EXPORT_SYMBOL_GPL(pci_enable_pri);

void pci_disable_pri(struct pci_dev *pdev)
{
    u16 control;

    if (WARN_ON(!pdev->pri_enabled))
        return;
    pci_read_config_word(pdev, pdev->pri_cap + PCI_PRI_CTRL, &control);
    pci_write_config_word(pdev, pdev->pri_cap + PCI_PRI_CTRL, control & ~PCI_PRI_CTRL_ENABLE);
    pdev->pri_enabled = 0;
}
EXPORT_SYMBOL_GPL(pci_disable_pri);

int pci_reset_pri(struct pci_dev *pdev)
{
    if (!pdev->pri_cap)
        return -EINVAL;
    if (WARN_ON(pdev->pri_enabled))
        return -EBUSY;
    pci_write_config_word(pdev, pdev->pri_cap + PCI_PRI_CTRL, PCI_PRI_CTRL_RESET);
    return 0;
}
EXPORT_SYMBOL_GPL(pci_reset_pri);

int pci_prg_resp_pasid_required(struct pci_dev *pdev)
{
    return pdev->pasid_required;
}
EXPORT_SYMBOL_GPL(pci_prg_resp_pasid_required);

/* ---- PASID ---- */

int pci_enable_pasid(struct pci_dev *pdev, int features)
{
    u16 supported;

    if (WARN_ON(pdev->pasid_enabled))
        return -EBUSY;
    if (!pdev->pasid_cap || !pdev->eetlp_prefix_path || WARN_ON(pdev->ats_enabled))
        return -EINVAL;
    if (!pci_acs_path_enabled(pdev, NULL, PCI_ACS_RR | PCI_ACS_UF))
        return -EINVAL;
    pci_read_config_word(pdev, pdev->pasid_cap + PCI_PASID_CAP, &supported);
    supported &= PCI_PASID_CAP_EXEC | PCI_PASID_CAP_PRIV;
    if ((supported & features) != features || fault_inject_should_fail("pci_enable_pasid"))
        return -EINVAL;
    pdev->pasid_features = (u16)features;
    pci_write_config_word(pdev, pdev->pasid_cap + PCI_PASID_CTRL, PCI_PASID_CTRL_ENABLE | features);
    pdev->pasid_enabled = 1;
    return 0;
}
EXPORT_SYMBOL_GPL(pci_enable_pasid);

void pci_disable_pasid(struct pci_dev *pdev)
{
    if (WARN_ON(!pdev->pasid_enabled) || WARN_ON(pdev->ats_enabled))
        return;
    pci_write_config_word(pdev, pdev->pasid_cap + PCI_PASID_CTRL, 0);
    pdev->pasid_enabled = 0;
}
EXPORT_SYMBOL_GPL(pci_disable_pasid);

int pci_pasid_features(struct pci_dev *pdev)
{
    u16 supported;

    if (!pdev->pasid_cap)
        return -EINVAL;
    pci_read_config_word(pdev, pdev->pasid_cap + PCI_PASID_CAP, &supported);
    return supported & (PCI_PASID_CAP_EXEC | PCI_PASID_CAP_PRIV);
}
EXPORT_SYMBOL_GPL(pci_pasid_features);

int pci_max_pasids(struct pci_dev *pdev)
{
    u16 supported;

    if (!pdev->pasid_cap)
        return -EINVAL;
    pci_read_config_word(pdev, pdev->pasid_cap + PCI_PASID_CAP, &supported);
    return 1 << ((supported & PCI_PASID_CAP_WIDTH) >> 8);
}
EXPORT_SYMBOL_GPL(pci_max_pasids);

int pci_pasid_status(struct pci_dev *pdev)
{
    u16 control;

    if (!pdev->pasid_cap)
        return -EINVAL;
    pci_read_config_word(pdev, pdev->pasid_cap + PCI_PASID_CTRL, &control);
    return control & (PCI_PASID_CTRL_ENABLE | PCI_PASID_CTRL_EXEC | PCI_PASID_CTRL_PRIV);
}
EXPORT_SYMBOL_GPL(pci_pasid_status);

/* ---- who can be told apart ---- */

/* A bridge to conventional PCI takes ownership of what passes it: secondary bus, devfn 0. */
int pci_for_each_dma_alias(struct pci_dev *pdev, int (*fn)(struct pci_dev *pdev, u16 alias, void *data), void *data)
{
    int result = fn(pdev, pci_dev_id(pdev), data);

    for (struct pci_dev *bridge = pdev->bus->self; bridge && !result; bridge = bridge->bus->self)
        if (!pci_is_pcie(bridge))
            result = fn(bridge, pci_dev_id(bridge), data);
        else if (pci_pcie_type(bridge) == PCI_EXP_TYPE_PCI_BRIDGE)
            result = fn(bridge, (u16)PCI_DEVID(bridge->subordinate->number, 0), data);
    return result;
}
EXPORT_SYMBOL_GPL(pci_for_each_dma_alias);

/* Ports must have the services on; functions that talk to nobody but the root complex need none. */
static bool acs_enabled(struct pci_dev *dev, u16 flags)
{
    u16 at, control;

    if (!pci_is_pcie(dev))
        return false;
    switch (pci_pcie_type(dev)) {
    case PCI_EXP_TYPE_PCI_BRIDGE:
    case PCI_EXP_TYPE_PCIE_BRIDGE:
        return false;
    case PCI_EXP_TYPE_ROOT_PORT:
    case PCI_EXP_TYPE_DOWNSTREAM:
        at = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_ACS);
        if (!at)
            return false;
        pci_read_config_word(dev, at + PCI_ACS_CTRL, &control);
        return (control & flags) == flags;
    default:
        return true;
    }
}

bool pci_acs_path_enabled(struct pci_dev *start, struct pci_dev *end, u16 acs_flags)
{
    struct pci_dev *dev = start;

    for (;;) {
        if (!acs_enabled(dev, acs_flags))
            return false;
        if (pci_is_root_bus(dev->bus))
            return end == NULL;
        dev = dev->bus->self;
        if (dev == end)
            return true;
    }
}
EXPORT_SYMBOL_GPL(pci_acs_path_enabled);
