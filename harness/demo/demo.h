/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * demo.h - the whole loop of a page fault of a device, on either IOMMU: a machine, an IOMMU's tables and queues, a device's work
 * queues, and a handler of page requests in the middle (docs/page-requests.md).
 */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

#include "platform/board.h"

#include <stdbool.h>
#include <stdint.h>

#define DEMO_PAGE_BYTES 4096u
#define DEMO_REQUESTER 0x0008u /* 00:01.0 */

struct demo {
    struct board *board;
    uint32_t frames;     /* scattered ones handed out */
    uint64_t area_next;  /* of contiguous memory */
    const char *failure; /* the first thing that went wrong, NULL so far */
};

/* A frame of 4 KiB, zero, its neighbour being somewhere else; contiguous memory, aligned to its size rounded up. */
uint64_t demo_frame(struct demo *demo);
uint64_t demo_area(struct demo *demo, uint64_t bytes);
uint64_t demo_read64(struct demo *demo, uint64_t address);
void demo_write64(struct demo *demo, uint64_t address, uint64_t value);
void demo_fail(struct demo *demo, const char *text);

/* The entry of the last level of a four-level table of 512 entries; missing tables are made, with `table` set in their entry. */
uint64_t demo_leaf(struct demo *demo, uint64_t root, uint64_t address, uint64_t table);

struct demo_request {
    uint32_t pasid;
    uint64_t address;
    bool write, last;
    uint16_t group;
};

/* What a kernel's IOMMU driver does, as far as the demonstration needs it. */
struct demo_iommu {
    const char *name;
    enum platform_architecture architecture;
    const char *parameters;
    /* Tables for DEMO_REQUESTER with an empty space for each PASID, queues, translation on. */
    void *(*start)(struct demo *demo, const uint32_t *pasids, uint32_t count);
    void (*stop)(void *iommu); /* frees what start made */
    void (*map)(void *iommu, uint32_t pasid, uint64_t address, uint64_t frame);
    bool (*next)(void *iommu, struct demo_request *request);          /* from the queue of page requests */
    void (*respond)(void *iommu, const struct demo_request *request); /* success */
};
extern const struct demo_iommu demo_vtd, demo_smmuv3;

/* ---- the device ---- */

void demo_device_start(struct demo *demo, const uint32_t *pasids, uint32_t count); /* work queue n works for pasids[n] */
/* One descriptor that moves bytes, a multiple of 64 up to 2 MiB; all addresses are of the PASID. */
void demo_device_move(struct demo *demo, uint32_t queue, uint64_t from, uint64_t to, uint32_t bytes, uint64_t record);
uint64_t demo_device_counter(struct demo *demo, uint32_t n);

#endif
