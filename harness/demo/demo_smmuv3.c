/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * demo_smmuv3.c - SMMUv3 for the demonstration: a linear stream table, a linear table of CDs, stage 1 with 4 KiB granule for each
 * SubstreamID, command queue and PRI queue. Document: Arm IHI 0070, chapters 4, 5, 6 and 8.
 */
#include "demo/demo.h"

#include <stdlib.h>

enum {
    CR0 = 0x20,
    CR0ACK = 0x24,
    STRTAB_BASE = 0x80,
    STRTAB_BASE_CFG = 0x88,
    CMDQ_BASE = 0x90,
    CMDQ_PROD = 0x98,
    CMDQ_CONS = 0x9c,
    PRIQ_BASE = 0xc0,
    PRIQ_PROD = 0x100c8,
    PRIQ_CONS = 0x100cc,
};
#define CR0_SMMUEN 1u
#define CR0_PRIQEN 2u
#define CR0_CMDQEN 8u

#define STREAMS_LG2 8u
#define SUBSTREAMS_LG2 8u
#define COMMANDS_LG2 6u
#define REQUESTS_LG2 4u /* IDR1.PRIQS of the parameter set */
#define ENTRY_BYTES 16u
#define SPACES 8u
#define TABLE UINT64_C(3)
/* Page, AttrIndx 0, AP[1]: unprivileged, inner shareable, AF, nG. */
#define LEAF (UINT64_C(3) | 1u << 6 | 3u << 8 | 1u << 10 | 1u << 11)

struct smmuv3_side {
    struct demo *demo;
    uint64_t commands, requests;
    uint32_t produced, consumed; /* indices with their wrap bit */
    uint32_t pasids[SPACES];
    uint64_t roots[SPACES];
    uint32_t count;
};

static void command(struct smmuv3_side *side, uint64_t low, uint64_t high)
{
    uint64_t at = side->commands + (side->produced & ((1u << COMMANDS_LG2) - 1)) * ENTRY_BYTES;

    demo_write64(side->demo, at, low);
    demo_write64(side->demo, at + 8, high);
    side->produced = (side->produced + 1) & ((2u << COMMANDS_LG2) - 1);
    board_register_write(side->demo->board, 0, CMDQ_PROD, 4, side->produced);
}

/* 4.7.3 CMD_SYNC(ComplSignal), without a signal: done when it is consumed. */
static void sync(struct smmuv3_side *side)
{
    command(side, 0x46, 0);
    while ((uint32_t)board_register_read(side->demo->board, 0, CMDQ_CONS, 4) != side->produced)
        if (!board_step(side->demo->board, UINT64_MAX)) {
            demo_fail(side->demo, "a CMD_SYNC does not end");
            return;
        }
}

static void build_tables(struct smmuv3_side *side)
{
    struct demo *demo = side->demo;
    uint64_t streams = demo_area(demo, UINT64_C(64) << STREAMS_LG2), substreams = demo_area(demo, UINT64_C(64) << SUBSTREAMS_LG2);
    uint64_t ste = streams + DEMO_REQUESTER * 64;

    for (uint32_t i = 0; i < side->count; i++) {
        uint64_t cd = substreams + side->pasids[i] * 64;

        side->roots[i] = demo_frame(demo);
        demo_write64(demo, cd + 8, side->roots[i]); /* TTB0 */
        demo_write64(demo, cd + 24, 0xff);          /* MAIR: attribute 0 is normal write-back memory */
        /* 5.4 Context Descriptor: T0SZ 16, walks in write-back inner shareable memory, EPD1, V, IPS of the OAS, AA64, R, A, ASID.
         */
        demo_write64(demo, cd,
                     UINT64_C(16) | 1u << 8 | 1u << 10 | 3u << 12 | 1u << 30 | UINT64_C(1) << 31 |
                         (board_register_read(demo->board, 0, 0x14, 4) & 7) << 32 | UINT64_C(1) << 41 | UINT64_C(3) << 45 |
                         (uint64_t)(i + 1) << 48);
    }
    /* 5.2 Stream Table Entry: EATS 1, S1DSS terminate; then Config 5 (stage 1), S1Fmt linear, S1CDMax, V. */
    demo_write64(demo, ste + 8, UINT64_C(1) << 28 | 1u << 2 | 1u << 4 | 3u << 6 | UINT64_C(1) << 44);
    demo_write64(demo, ste, substreams | (uint64_t)SUBSTREAMS_LG2 << 59 | 5u << 1 | 1u);
    board_register_write(demo->board, 0, STRTAB_BASE, 8, streams);
    board_register_write(demo->board, 0, STRTAB_BASE_CFG, 4, STREAMS_LG2);
}

static void enable(struct demo *demo, uint32_t bits)
{
    board_register_write(demo->board, 0, CR0, 4, bits);
    if (board_register_read(demo->board, 0, CR0ACK, 4) != bits)
        demo_fail(demo, "CR0 was not acknowledged");
}

static void *smmuv3_start(struct demo *demo, const uint32_t *pasids, uint32_t count)
{
    struct smmuv3_side *side = calloc(1, sizeof(*side));

    if (!side)
        return NULL;
    *side = (struct smmuv3_side){.demo = demo, .count = count};
    for (uint32_t i = 0; i < count; i++)
        side->pasids[i] = pasids[i];
    build_tables(side);
    side->commands = demo_area(demo, ENTRY_BYTES << COMMANDS_LG2);
    side->requests = demo_area(demo, ENTRY_BYTES << REQUESTS_LG2);
    board_register_write(demo->board, 0, CMDQ_BASE, 8, side->commands | COMMANDS_LG2);
    board_register_write(demo->board, 0, PRIQ_BASE, 8, side->requests | REQUESTS_LG2);
    enable(demo, CR0_CMDQEN);
    command(side, 0x04, 31); /* CMD_CFGI_ALL */
    command(side, 0x30, 0);  /* CMD_TLBI_NSNH_ALL */
    sync(side);
    enable(demo, CR0_CMDQEN | CR0_PRIQEN);
    enable(demo, CR0_CMDQEN | CR0_PRIQEN | CR0_SMMUEN);
    return side;
}

static void smmuv3_stop(void *iommu)
{
    free(iommu);
}

/* 3.17: what was not valid is in no TLB, so nothing is to be invalidated. */
static void smmuv3_map(void *iommu, uint32_t pasid, uint64_t address, uint64_t frame)
{
    struct smmuv3_side *side = iommu;

    for (uint32_t i = 0; i < side->count; i++)
        if (side->pasids[i] == pasid)
            demo_write64(side->demo, demo_leaf(side->demo, side->roots[i], address, TABLE), frame | LEAF);
}

/* 8.1 PRI queue overflow is none here: the device has fewer credits than the queue has entries. */
static bool smmuv3_next(void *iommu, struct demo_request *request)
{
    struct smmuv3_side *side = iommu;
    struct demo *demo = side->demo;
    uint64_t at, low, high;

    if ((uint32_t)board_register_read(demo->board, 0, PRIQ_PROD, 4) == side->consumed)
        return false;
    at = side->requests + (side->consumed & ((1u << REQUESTS_LG2) - 1)) * ENTRY_BYTES;
    low = demo_read64(demo, at);
    high = demo_read64(demo, at + 8);
    side->consumed = (side->consumed + 1) & ((2u << REQUESTS_LG2) - 1);
    board_register_write(demo->board, 0, PRIQ_CONS, 4, side->consumed);
    if ((uint32_t)low != DEMO_REQUESTER || !(low >> 63))
        demo_fail(demo, "a page request is not what the device has sent");
    *request = (struct demo_request){.pasid = low >> 32 & 0xfffff,
                                     .address = high & ~UINT64_C(0xfff),
                                     .write = low >> 61 & 1,
                                     .last = low >> 62 & 1,
                                     .group = high & 0x1ff};
    return true;
}

/* 4.6.1 CMD_PRI_RESP, Resp 2: success. */
static void smmuv3_respond(void *iommu, const struct demo_request *request)
{
    command(iommu, UINT64_C(0x41) | 1u << 11 | (uint64_t)request->pasid << 12 | (uint64_t)DEMO_REQUESTER << 32,
            request->group | 2u << 12);
}

const struct demo_iommu demo_smmuv3 = {"smmuv3",    PLATFORM_SMMUV3, "preset=ats", smmuv3_start,
                                       smmuv3_stop, smmuv3_map,      smmuv3_next,  smmuv3_respond};
