/* SPDX-License-Identifier: BSD-2-Clause */
/* dma_device.h - what the tests do: a device sends requests, the iommu core calls the driver. See dma_device.c. */
#ifndef SMMUV3_DMA_DEVICE_H
#define SMMUV3_DMA_DEVICE_H

#include "../../vtd/tests/shim.h"
#include "../smmuv3.h"

#include "kernel/hardware.h"

#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <uapi/linux/iommufd.h>

/* Devices of the standard machine. */
#define WIDE 0x10
#define WIDE_TOO 0x100
#define NO_ATS 0x20
#define PLAIN 0x28
#define BEHIND_BRIDGE 0x508
#define BEHIND_BRIDGE_TOO 0x510
#define ALIAS 0x500
#define NARROW 0x30

enum { READ, WRITE, MESSAGE = 6 };
#define SLOT 0x100ul
#define PASID_V (1u << 4)
#define USE_ATC (1u << 15)
#define RW (IOMMU_READ | IOMMU_WRITE)

extern const struct hardware *hardware;

void expect(bool right, const char *what, u64 value);
unsigned long bar(u16 rid, unsigned int number);
void put(unsigned long at, unsigned int bytes, u64 value);
u64 request(u16 rid, int type, u32 pasid, u64 address, u64 *data, bool through_atc);
bool reads(u16 rid, u32 pasid, u64 address, u64 wanted, bool through_atc);
void writes(u16 rid, u32 pasid, u64 address, u64 value, bool through_atc);
u64 *memory(unsigned long frame);
unsigned long frame_with(u64 value);
struct device *device(u16 rid);
const struct iommu_ops *ops_of(u16 rid);
struct iommu_domain *paging(u16 rid, u32 flags, bool user);
void attach(struct iommu_domain *domain, u16 rid);
void attach_pasid(struct iommu_domain *domain, u16 rid, u32 pasid);
void block(u16 rid);
void map(struct iommu_domain *domain, u64 iova, u64 address, size_t bytes, int prot);
void unmap(struct iommu_domain *domain, u64 iova, size_t bytes);
void drop(struct iommu_domain *domain);
void expect_fault(struct iommu_domain *domain, u16 rid, u64 iova, int flags);

#endif
