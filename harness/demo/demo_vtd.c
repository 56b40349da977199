/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * demo_vtd.c - VT-d for the demonstration: scalable mode, first-stage tables for each PASID, invalidation queue with 256-bit
 * descriptors, page request queue. Document: D51397 revision 5.10, chapters 6, 7, 9 and 11.
 */
#include "demo/demo.h"

#include <stdlib.h>

enum {
    GCMD = 0x18,
    GSTS = 0x1c,
    RTADDR = 0x20,
    IQT = 0x88,
    IQA = 0x90,
    PQH = 0xc0,
    PQT = 0xc8,
    PQA = 0xd0,
};
#define GCMD_TE (UINT32_C(1) << 31)
#define GCMD_SRTP (UINT32_C(1) << 30)
#define GCMD_QIE (UINT32_C(1) << 26)

#define SPACES 8u
#define QUEUE_BYTES 4096u /* of both queues; entries of 32 bytes */
#define PRESENT UINT64_C(1)
#define TABLE UINT64_C(0x27) /* P, R/W, U/S, A */
#define LEAF UINT64_C(0x67)  /* and D */

struct vtd_side {
    struct demo *demo;
    uint64_t invalidations, requests, status; /* queues; where waits write */
    uint64_t directory;
    uint32_t tail, head; /* bytes */
    uint32_t waits;
    uint32_t pasids[SPACES];
    uint64_t roots[SPACES];
    uint32_t count;
};

static void command(struct demo *demo, uint32_t bit)
{
    /* 11.4.4.1: one-shot commands are not repeated, so GSTS is read first. */
    uint32_t lasting = (uint32_t)board_register_read(demo->board, 0, GSTS, 4) & (GCMD_TE | GCMD_QIE);

    board_register_write(demo->board, 0, GCMD, 4, lasting | bit);
    if (!(board_register_read(demo->board, 0, GSTS, 4) & bit))
        demo_fail(demo, "a global command was not taken");
}

static void submit(struct vtd_side *side, uint64_t low, uint64_t high)
{
    uint64_t at = side->invalidations + side->tail;

    demo_write64(side->demo, at, low);
    demo_write64(side->demo, at + 8, high);
    demo_write64(side->demo, at + 16, 0);
    demo_write64(side->demo, at + 24, 0);
    side->tail = (side->tail + 32) % QUEUE_BYTES;
    board_register_write(side->demo->board, 0, IQT, 8, side->tail);
}

/* 6.5.2.9 Invalidation Wait Descriptor: all before it is done when the status is there. */
static void wait(struct vtd_side *side)
{
    uint32_t number = ++side->waits;

    submit(side, UINT64_C(5) | 1u << 5 | (uint64_t)number << 32, side->status);
    while ((uint32_t)demo_read64(side->demo, side->status) != number)
        if (!board_step(side->demo->board, UINT64_MAX)) {
            demo_fail(side->demo, "a wait descriptor does not end");
            return;
        }
}

static void build_tables(struct vtd_side *side)
{
    struct demo *demo = side->demo;
    uint64_t root = demo_frame(demo), context = demo_frame(demo), table = 0;

    side->directory = demo_frame(demo);
    /* 9.2 Scalable-Mode Root Entry: devices 0 to 15 of bus 0. */
    demo_write64(demo, root, context | PRESENT);
    /* 9.4 Scalable-Mode Context Entry: P, DTE, PASIDE, PRE; PDTS 0: 128 entries of the directory. */
    demo_write64(demo, context + DEMO_REQUESTER * 32, side->directory | 1u << 4 | 1u << 3 | 1u << 2 | PRESENT);
    for (uint32_t i = 0; i < side->count; i++) {
        uint64_t slot = side->directory + side->pasids[i] / 64 * 8, entry;

        side->roots[i] = demo_frame(demo);
        if (!demo_read64(demo, slot))
            demo_write64(demo, slot, demo_frame(demo) | PRESENT);
        table = demo_read64(demo, slot) & ~UINT64_C(0xfff);
        entry = table + side->pasids[i] % 64 * 64;
        /* 9.6 Scalable-Mode PASID Table Entry: first stage, four levels, a domain of its own. */
        demo_write64(demo, entry + 8, i + 1);
        demo_write64(demo, entry + 16, side->roots[i]);
        demo_write64(demo, entry, UINT64_C(1) << 6 | PRESENT);
    }
    board_register_write(demo->board, 0, RTADDR, 8, root | UINT64_C(1) << 10); /* TTM: scalable */
}

static void *vtd_start(struct demo *demo, const uint32_t *pasids, uint32_t count)
{
    struct vtd_side *side = calloc(1, sizeof(*side));

    if (!side)
        return NULL;
    *side = (struct vtd_side){.demo = demo, .count = count};
    for (uint32_t i = 0; i < count; i++)
        side->pasids[i] = pasids[i];
    build_tables(side);
    side->invalidations = demo_area(demo, QUEUE_BYTES);
    side->requests = demo_area(demo, QUEUE_BYTES);
    side->status = demo_frame(demo);
    command(demo, GCMD_SRTP);
    board_register_write(demo->board, 0, IQA, 8, side->invalidations | UINT64_C(1) << 11); /* DW, QS 0 */
    command(demo, GCMD_QIE);
    submit(side, UINT64_C(1) | 1u << 4, 0); /* context cache, global */
    submit(side, UINT64_C(7) | 3u << 4, 0); /* PASID cache, global */
    submit(side, UINT64_C(2) | 1u << 4, 0); /* IOTLB, global */
    wait(side);
    board_register_write(demo->board, 0, PQA, 8, side->requests);
    command(demo, GCMD_TE);
    return side;
}

static void vtd_stop(void *iommu)
{
    free(iommu);
}

/* CAP.CM is 0: what was not present is in no cache, so nothing is to be invalidated (6.1). */
static void vtd_map(void *iommu, uint32_t pasid, uint64_t address, uint64_t frame)
{
    struct vtd_side *side = iommu;

    for (uint32_t i = 0; i < side->count; i++)
        if (side->pasids[i] == pasid)
            demo_write64(side->demo, demo_leaf(side->demo, side->roots[i], address, TABLE), frame | LEAF);
}

/* 7.4.1 Page Request Descriptor. */
static bool vtd_next(void *iommu, struct demo_request *request)
{
    struct vtd_side *side = iommu;
    struct demo *demo = side->demo;
    uint64_t low, high;

    if (board_register_read(demo->board, 0, PQT, 8) == side->head)
        return false;
    low = demo_read64(demo, side->requests + side->head);
    high = demo_read64(demo, side->requests + side->head + 8);
    side->head = (side->head + 32) % QUEUE_BYTES;
    board_register_write(demo->board, 0, PQH, 8, side->head);
    if ((low & 0xff) != 1 || !(low >> 8 & 1) || (low >> 16 & 0xffff) != DEMO_REQUESTER)
        demo_fail(demo, "a page request is not what the device has sent");
    *request = (struct demo_request){.pasid = low >> 32 & 0xfffff,
                                     .address = high & ~UINT64_C(0xfff),
                                     .write = high >> 1 & 1,
                                     .last = high >> 2 & 1,
                                     .group = high >> 3 & 0x1ff};
    return true;
}

/* 7.6.1 Page Group Response Descriptor: code 0, success. */
static void vtd_respond(void *iommu, const struct demo_request *request)
{
    submit(iommu, UINT64_C(9) | 1u << 4 | (uint64_t)DEMO_REQUESTER << 16 | (uint64_t)request->pasid << 32,
           (uint64_t)request->group << 3 | 1u << 2);
}

const struct demo_iommu demo_vtd = {"vtd", PLATFORM_VTD, "preset=ats", vtd_start, vtd_stop, vtd_map, vtd_next, vtd_respond};
