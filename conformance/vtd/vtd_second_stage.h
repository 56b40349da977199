/* SPDX-License-Identifier: BSD-2-Clause */
/* What the second-stage chapters share: fault reasons by table mode, and what follows a change of a second-stage table. */
#ifndef VTD_VTD_SECOND_STAGE_H
#define VTD_VTD_SECOND_STAGE_H

#include "build/vt.h"

static inline bool ss_legacy(const struct vt_path *path)
{
    return path->flavour->mode == VT_LEGACY;
}

/* 7.1.3 Table 30: the same second-stage condition has one reason with TTM = 00b and another with TTM = 01b. */
static inline uint32_t ss_reason(const struct vt_path *path, uint32_t legacy, uint32_t scalable)
{
    return ss_legacy(path) ? legacy : scalable;
}

/* Reason for R = W = 0 on the way of a read or a write: legacy mode names the permission that the request lacks (LGN.2, LGN.3).
 */
static inline uint32_t ss_absent(const struct vt_path *path, enum iotb_request_kind kind)
{
    return ss_reason(path, kind == IOTB_WRITE ? 0x05 : 0x06, 0x79);
}

/* After any change of second-stage tables of the path's domain (6.5.3.3 Guidance to Software for Invalidations). */
static inline void ss_changed(struct vt_path *path)
{
    vt_flush_writes(path->vt);
    vt_invalidate_iotlb(path->vt, VT_IOTLB_DOMAIN, path->did, 0, 0, false);
}

/* CAP.SSLPS has this page size, 12 always. */
static inline bool ss_page_size(struct vt *vt, uint32_t page_lg2)
{
    return page_lg2 == 12 || vt_cap(vt->t, "SSLPS") & (page_lg2 == 21 ? 1u : 2u);
}

static inline uint32_t ss_level(uint32_t page_lg2)
{
    return (page_lg2 - 12) / 9 + 1;
}

/*
 * A frame of 2^page_lg2 bytes for one mapping. Bench memory gives a whole one; of a DUT's own memory the frame around a page
 * that is ours, and ss_frame_page() tells which of its pages can be used.
 */
static inline uint64_t ss_frame(struct vt *vt, uint32_t page_lg2)
{
    uint64_t size = UINT64_C(1) << page_lg2;

    if (test_has(vt->t, IOTB_F_BENCH_MEMORY))
        return mem_alloc(vt->t, size, size);
    return mem_alloc(vt->t, 4096, 4096) & ~(size - 1);
}

static inline bool ss_frame_page(struct vt *vt, uint64_t page)
{
    return test_has(vt->t, IOTB_F_BENCH_MEMORY) || mem_claim(vt->t, page, 4096);
}

#endif
