/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sm_pri_rig.h - page requests of an SMMUv3: the case is the device that asks and the software that reads the PRI queue
 * (chapter 8 Page request queue).
 */
#ifndef SMMUV3_SM_PRI_RIG_H
#define SMMUV3_SM_PRI_RIG_H

#include "build/ats.h"
#include "build/sm.h"

#define PRI_WAIT_PS UINT64_C(20000000)

struct pri {
    struct sm *sm;
    uint64_t base;
    uint32_t lg2;  /* log2 of the entries */
    uint32_t prod; /* where the next entry must go, and what has been consumed: with the wrap flag */
    uint32_t cons;
};

struct page_request {
    uint32_t sid, ssid, prgi;
    bool ssv, priv, exe, read, write, last;
    uint64_t address;
};

/* PRIQEN = 0, a queue of 2^lg2 entries filled with ones, both indices at `start`, no overflow, PRIQEN = 1. */
void pri_open(struct pri *q, struct sm *sm, uint32_t lg2, uint32_t start);
void pri_open_at(struct pri *q, struct sm *sm, uint64_t base, uint32_t lg2, uint32_t start);
uint32_t pri_most_lg2(struct sm *sm);                       /* IDR1.PRIQS, no more than 4 */
struct page_request pri_request(struct sm *sm, uint32_t n); /* the n-th of many different ones: W, Last, no PASID */

void pri_send(struct pri *q, const struct page_request *r);
/* The entry is in the slot that PROD named, with every field, and PROD has moved by one. */
bool pri_expect_entry(struct pri *q, const char *row, const struct page_request *r);
/* PROD has not moved. */
bool pri_expect_none(struct pri *q, const char *row);
/* One PRG Response for this request, and no other message. */
bool pri_expect_response(struct pri *q, const char *row, const struct page_request *r, uint32_t code, bool pasid);
bool pri_expect_silence(struct pri *q, const char *row);
bool pri_overflow(struct pri *q); /* OVFLG differs from OVACKFLG */
/* Consumes up to `count` entries; acknowledges an overflow at the same time if `acknowledge`. */
void pri_consume(struct pri *q, uint32_t count, bool acknowledge);
/* The oldest entry, which is consumed; false: the queue is empty. */
struct pri_entry {
    uint64_t address;
    bool read, write, last;
};
bool pri_take(struct pri *q, struct pri_entry *entry);
/* Fills the queue: entries that are checked and answered by nobody. */
void pri_fill(struct pri *q, const char *row);

enum { PRI_SUCCESS = 0, PRI_INVALID = 1, PRI_FAILURE = 15 };

#endif
