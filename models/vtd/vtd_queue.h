/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_queue.h - between the files that a descriptor of the invalidation queue passes through.
 */
#ifndef VTD_VTD_QUEUE_H
#define VTD_VTD_QUEUE_H

#include "vtd/vtd_internal.h"

/* 11.4.9.9 IQEI: what was wrong. */
enum vtd_queue_error {
    VTD_QUEUE_OK = 0,
    VTD_INVALID_TAIL = 1,
    VTD_FETCH_FAILED = 2,
    VTD_INVALID_TYPE = 3,
    VTD_RESERVED_FIELD = 4,
    VTD_INVALID_WIDTH = 5,
    VTD_TAIL_NOT_ALIGNED = 6,
    VTD_INVALID_TTM = 7,
};

enum vtd_descriptor_type {
    VTD_TYPE_CONTEXT = 1,
    VTD_TYPE_IOTLB = 2,
    VTD_TYPE_DEVICE_TLB = 3,
    VTD_TYPE_IEC = 4,
    VTD_TYPE_WAIT = 5,
    VTD_TYPE_PIOTLB = 6,
    VTD_TYPE_PASID = 7,
    VTD_TYPE_PASID_DEVICE_TLB = 8,
    VTD_TYPE_PAGE_RESPONSE = 9,
    VTD_TYPES
};

static inline uint64_t vtd_bits(uint64_t word, unsigned high, unsigned low)
{
    return (word & VTD_BITS(high, low)) >> low;
}

static inline bool vtd_queue_is_wide(const struct vtd *vtd)
{
    return VTD_GET(vtd_reg(vtd, VTD_REG_IQA), IQA_DW);
}

/* vtd_descriptors.c: checks the descriptor; *inv is what it asks for, of types that are carried out by vtd_invalidate(). */
enum vtd_queue_error vtd_descriptor_decode(const struct vtd *vtd, const uint64_t d[4], unsigned *type,
                                           struct vtd_invalidation *inv);

/* vtd_wait.c */
void vtd_wait_begin(struct vtd *vtd, const uint64_t d[4]);
bool vtd_waits_hold(const struct vtd *vtd); /* no descriptor may be taken now */
void vtd_waits_init(struct vtd *vtd);
void vtd_waits_reset(struct vtd *vtd);

/* vtd_device_tlb.c. False: not now; vtd_queue_retry() will be called. */
bool vtd_device_tlb_invalidate(struct vtd *vtd, unsigned type, const uint64_t d[4]);

/* vtd_page_requests.c */
void vtd_page_respond(struct vtd *vtd, const uint64_t d[4]);

#endif
