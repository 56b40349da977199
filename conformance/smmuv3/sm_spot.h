/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sm_spot.h - what the chapters on walks, permissions, attributes and flags share: one leaf under test in one stage of a path,
 * and a request that uses it.
 */
#ifndef SMMUV3_SM_SPOT_H
#define SMMUV3_SM_SPOT_H

#include "build/sm.h"

#define SPOT_OFFSET 0x48u
#define SPOT_INPUT UINT64_C(0x62340000) /* aligned to every granule, below 2^32, no index of it 0 at the lower levels */

struct sm_spot {
    struct sm *sm;
    struct sm_path *path;
    struct sm_table *table; /* of the stage under test */
    int level;              /* of its leaf */
    uint64_t input;         /* of the request, without SPOT_OFFSET */
    uint64_t at;            /* what the stage under test translates: the input, or nested the IPA */
    uint64_t host;          /* where the page of the request is */
    struct iotb_request r;  /* writes 8 bytes at input + SPOT_OFFSET */
};

/* A case that is one body for every granule and flavour. */
struct sm_spot_case {
    uint32_t flavours;
    uint32_t stage; /* under test: 1 or 2 */
    sm_body *body;
};
/* run of such a case: with every granule (nested: every pair), or with the smallest only. */
void sm_spot_run(struct test *t);
void sm_spot_run_once(struct test *t);
/* The stage under test in a case with a struct sm_spot_case. */
uint32_t sm_spot_stage(const struct sm *sm);

/* A page with all rights. */
void sm_spot_open(struct sm_spot *s, struct sm_path *path, uint32_t stage, uint64_t input);
/* A block (or page) with all rights at a level of the stage under test; the other stage has a page. False: no room for it. */
bool sm_spot_block(struct sm_spot *s, struct sm_path *path, uint32_t stage, uint64_t input, int level);
/* The request of a spot, of another kind. */
struct iotb_request sm_spot_request(const struct sm_spot *s, enum iotb_request_kind kind);
uint64_t sm_spot_entry(const struct sm_spot *s, int level); /* host address of the descriptor */
uint64_t sm_spot_leaf(const struct sm_spot *s);
/* The first level whose descriptor nothing else of the path uses: nested, structures share the upper levels of stage 2. */
int sm_spot_top(const struct sm_spot *s);
/* Writes a descriptor and forgets everything that was cached. */
void sm_spot_write(const struct sm_spot *s, int level, uint64_t value);
void sm_spot_set(const struct sm_spot *s, int level, uint32_t hi, uint32_t lo, uint64_t value);
/* The record of a fault of this stage for the access itself. */
struct sm_expected sm_spot_fault(const struct sm_spot *s, uint32_t type);
bool sm_spot_ok(const struct sm_spot *s, const char *row);
bool sm_spot_refused(const struct sm_spot *s, const char *row, uint32_t type);
/* One of three by granule: 4K, 16K, 64K. */
const char *sm_by_granule(const struct sm_table *table, const char *of_4k, const char *of_16k, const char *of_64k);
/* Sets a field of the CD (stage 1) of the path, or of its STE, and forgets everything. */
void sm_spot_cd(const struct sm_spot *s, const char *field, uint64_t value);
void sm_spot_ste(const struct sm_spot *s, const char *field, uint64_t value);
/* Addresses below 2^this can be sent and are inputs of the stage 1 or, alone, of the stage 2. */
uint32_t sm_input_bits(struct sm *sm, const struct sm_table *table);
/* Size of the start level's tables, to which their base is aligned: at least 64 bytes with more than 48 address bits. */
uint32_t sm_base_lg2(struct sm *sm, const struct sm_table *table);

#define SM_GATE_S1 "IDR0.S1P&IDR0.TTF:1"
#define SM_GATE_S2 "IDR0.S2P&IDR0.TTF:1"
#define SM_GATE_NESTED "IDR0.S1P&IDR0.S2P&IDR0.TTF:1"

#endif
