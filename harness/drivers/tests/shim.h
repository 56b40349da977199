/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shim.h - the least kernel that the driver runs on: one task, no scheduler, PCI devices from a list, an iommu core that only
 * forwards. Interrupts are handled when the task waits or calls shim_idle(). For the driver's own tests on the modelled machine.
 */
#ifndef VTD_SHIM_H
#define VTD_SHIM_H

#include <linux/iommu.h>
#include <linux/pci.h>

/* ---- given by the program ---- */

void *host_alloc(unsigned long bytes);
void host_free(void *memory);
void host_print(const char *format, __builtin_va_list arguments);
int host_format(char *buffer, unsigned long bytes, const char *format, __builtin_va_list arguments);
void host_fail(const char *what, unsigned long value);

/* ---- the shim ---- */

void shim_start(void);
void shim_stop(void);                                                  /* fails when memory is left */
void shim_add_device(u16 rid, unsigned int bus_bridge_rid, u16 alias); /* alias 0xffff: none */
struct pci_dev *shim_device(u16 rid);
void shim_remove_device(u16 rid);
void shim_probe(u16 rid); /* once more, after it was removed or was not accepted */
void shim_idle(void);     /* time goes on until nothing happens any more */
u64 shim_now_ps(void);
unsigned long shim_frame(void);
extern unsigned int shim_fail_at; /* the n-th allocation from now on fails; 0: none */
void shim_notify_release(void);
void shim_notify_invalidate(unsigned long start, unsigned long end);

/* 0 unless a program with wired interrupts says otherwise. */
unsigned int shim_irq_of_line(unsigned int number);

/* What the driver has reported, newest last. */
struct shim_report {
    struct iommu_domain *domain;
    struct device *dev;
    u64 iova;
    int flags;
};
extern struct shim_report shim_faults[64];
extern unsigned int shim_fault_count;
extern struct iommu_fault_page_request shim_requests[256];
extern unsigned int shim_request_count;
extern unsigned int shim_discards; /* how often parts of groups were to be forgotten */
/* Called for each page request; its answer goes to the device when the request is the last of its group. NULL: invalid. */
extern enum iommu_page_response_code (*shim_request_handler)(struct device *dev, const struct iommu_fault_page_request *request);

#endif
