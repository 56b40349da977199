/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * linux/pci-ats.h - ATS, PRI and PASID of a function. PASID is enabled before ATS and disabled after it (PCIe 10.5.1.3: its
 * control is not to be changed while ATS is enabled); PRI is enabled last, with its reset done before.
 */
#ifndef _LINUX_PCI_ATS_H
#define _LINUX_PCI_ATS_H

#include <linux/pci.h>

bool pci_ats_supported(struct pci_dev *dev);
int pci_enable_ats(struct pci_dev *dev, int ps); /* ps: log2 of the smallest translation unit */
int pci_prepare_ats(struct pci_dev *dev, int ps);
void pci_disable_ats(struct pci_dev *dev);
int pci_ats_queue_depth(struct pci_dev *dev);
int pci_ats_page_aligned(struct pci_dev *dev);

bool pci_pri_supported(struct pci_dev *pdev);
int pci_enable_pri(struct pci_dev *pdev, u32 reqs); /* -EBUSY: of its last use it is not stopped yet */
void pci_disable_pri(struct pci_dev *pdev);
int pci_reset_pri(struct pci_dev *pdev); /* -EBUSY while it is enabled */
int pci_prg_resp_pasid_required(struct pci_dev *pdev);

int pci_enable_pasid(struct pci_dev *pdev, int features);
void pci_disable_pasid(struct pci_dev *pdev);
int pci_pasid_features(struct pci_dev *pdev);
int pci_max_pasids(struct pci_dev *pdev);
int pci_pasid_status(struct pci_dev *pdev);

#endif
