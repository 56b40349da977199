/* SPDX-License-Identifier: BSD-2-Clause */
/* dma_alike.h - what DMA must do under any driver, on the standard machine. */
#ifndef DRIVER_DMA_ALIKE_H
#define DRIVER_DMA_ALIKE_H

#include "dma_device.h"

/* Map, read, write, refuse, unmap, map anew, through a domain that is attached. atc: where allowed, through the Device-TLB. */
void check_paging(struct iommu_domain *domain, u16 rid, u32 pasid, bool atc);

/* A work queue of WIDE moves data through pages of a new domain of PASID 5, which stays attached and is returned. */
struct iommu_domain *move_through_page_requests(void);
/* The rest of page requests: the PASID has no domain any more, the feature goes. */
void page_requests_end(struct iommu_domain *lazy);
/* A command of the device's own command register; returns when it has ended. */
void device_command(u16 rid, u32 code, u32 operand);

#endif
