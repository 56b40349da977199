/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sm_bus_rig.h - memory attributes as the specification writes them down and as a bus carries them (IHI 0070 13.1; dut.h
 * IOTB_BUS_*): the encodings of MAIR, MemAttr and the region fields, Combine, and consistency.
 */
#ifndef SMMUV3_SM_BUS_RIG_H
#define SMMUV3_SM_BUS_RIG_H

#include "build/sm.h"

enum bus_type { BUS_NC = 1, BUS_WT = 2, BUS_WB = 3 }; /* of Normal memory; stronger ones first */

struct bus_level {
    enum bus_type type;
    bool ra, wa, tr;
};
struct bus {
    bool device;
    uint32_t kind; /* of Device: 0 nGnRnE ... 3 GRE; stronger ones first */
    struct bus_level inner, outer;
    uint32_t sh; /* as SH[1:0] */
};

/* What an expectation leaves open: allocation and transient hints, write allocation, Shareability. */
#define BUS_RA 0x0084u
#define BUS_WA 0x0108u
#define BUS_TR 0x0210u
#define BUS_HINTS (BUS_RA | BUS_WA | BUS_TR)
#define BUS_PORT (IOTB_BUS_PRIVILEGED | IOTB_BUS_INSTRUCTION)

struct bus bus_of_mair(uint32_t octet, uint32_t sh);                   /* 5.4 MAIR0 */
struct bus bus_of_memattr(uint32_t code, uint32_t sh);                 /* 5.2 MemAttr, D8.6.5; hints as 13.1.3 has them */
struct bus bus_of_region(uint32_t inner, uint32_t outer, uint32_t sh); /* 5.4 IR0, OR0 */
struct bus bus_of_word(uint32_t word);                                 /* of an access, all of it */
struct bus bus_combine(const struct bus *a, const struct bus *b);      /* 13.1.5 */
struct bus_level bus_combine_hints(struct bus_level type, const struct bus_level *a, const struct bus_level *b);
bool bus_cacheable(const struct bus *b); /* at both levels */
/* 13.1.7: what is output, as privileged data. */
uint32_t bus_word(const struct bus *b);

/* The access has these attributes but for those that are left open or that the DUT's bus does not carry. NULL: there was none. */
bool bus_check(struct test *t, const char *row, const char *what, const struct iotb_access *a, uint32_t expected, uint32_t open);
/* The first access to these 8 bytes since. */
const struct iotb_access *bus_access(struct test *t, size_t mark, uint64_t address);
/* Carries the request out once and gives the access to its data; NULL, with a failure: it was not carried out. */
const struct iotb_access *bus_request(struct sm *sm, const char *row, const struct iotb_request *r, uint64_t host);
/* What requests come in with (13.6.1: a constant of the system): of a bypassed stream, without overrides. */
struct bus bus_incoming(struct sm *sm);

#endif
