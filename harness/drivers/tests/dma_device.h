/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dma_device.h - what the tests of a driver do: a device of the standard machine sends requests, the iommu core calls the
 * driver. See dma_device.c.
 */
#ifndef DRIVER_DMA_DEVICE_H
#define DRIVER_DMA_DEVICE_H

#include "shim.h"

#include "kernel/hardware.h"

#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <uapi/linux/iommufd.h>

/* Devices of the standard machine, and bridges above some of them. */
#define ROOT_PORT 0x08
#define BRIDGE 0xe0
#define WIDE 0x10
#define WIDE_TOO 0x100
#define NO_ATS 0x20
#define PLAIN 0x28
#define BEHIND_BRIDGE 0x508
#define BEHIND_BRIDGE_TOO 0x510
#define ALIAS 0x500
#define NO_ALIAS 0xffff
#define NARROW 0x30
#define RESERVED 0x38

#define RW (IOMMU_READ | IOMMU_WRITE)

extern const struct hardware *hardware;

void expect(bool right, const char *what, u64 value);

/* ---- the exerciser of a device ---- */

enum slot_type { READ, WRITE, MESSAGE = 6 };

struct slot_request {
    enum slot_type type;
    u32 pasid; /* 0: none */
    u64 address, value;
    bool through_atc, privileged;
    u32 repeat, step_bytes; /* so many more of it, each at an address so much higher */
};

unsigned long bar(u16 rid, unsigned int number);
void put(unsigned long at, unsigned int bytes, u64 value);
/* Begins; slot 0 or 1. Then time has to pass: wait_for() what it returns, or shim_idle(). */
unsigned long start(u16 rid, unsigned int slot, const struct slot_request *asked);
void wait_for(unsigned long slot);
/* The status of the completion: 0 success. A posted write has none. */
u64 request(u16 rid, const struct slot_request *asked, u64 *data);
bool reads(u16 rid, u32 pasid, u64 address, u64 wanted, bool through_atc);
void writes(u16 rid, u32 pasid, u64 address, u64 value, bool through_atc);
void stop_answering_invalidations(u16 rid, bool stop);

u64 *memory(unsigned long frame);
unsigned long frame_with(u64 value);

/* ---- the iommu core's part ---- */

struct device *device(u16 rid);
const struct iommu_ops *ops_of(u16 rid);
struct iommu_domain *paging(u16 rid, u32 flags, bool user);
void attach(struct iommu_domain *domain, u16 rid);
void attach_pasid(struct iommu_domain *domain, u16 rid, u32 pasid);
void detach_pasid(struct iommu_domain *domain, u16 rid, u32 pasid);
void block(u16 rid);
void map(struct iommu_domain *domain, u64 iova, u64 address, size_t bytes, int prot);
void unmap(struct iommu_domain *domain, u64 iova, size_t bytes);
void drop(struct iommu_domain *domain);
void expect_fault(struct iommu_domain *domain, u16 rid, u64 iova, int flags); /* iova: of a page */

#endif
