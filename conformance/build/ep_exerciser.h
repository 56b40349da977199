/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ep_exerciser.h - BAR4 of the pasid-device: unlocking it, raw slots. From unlocking on the endpoint may send anything, and the
 * monitors judge nothing.
 */
#ifndef BUILD_EP_EXERCISER_H
#define BUILD_EP_EXERCISER_H

#include "build/ep.h"

#define EP_SLOTS 8u

enum ep_raw_type { EP_RAW_READ, EP_RAW_WRITE, EP_RAW_FETCH_ADD, EP_RAW_SWAP, EP_RAW_CAS, EP_RAW_TREQ, EP_RAW_MESSAGE };
enum { EP_RAW_INVALIDATE_COMPLETION = 0x02, EP_RAW_PAGE_REQUEST = 0x04 }; /* message codes */

/* What a raw slot is to send. */
struct ep_raw {
    enum ep_raw_type type;
    uint32_t at;
    uint32_t flags; /* IOTB_RQ_*: PASID, EXECUTE, PRIVILEGED, NO_SNOOP or NO_WRITE, RELAXED, ID_ORDERED, POISONED, ZERO_LENGTH */
    uint32_t pasid;
    bool own_rid, own_tag, use_atc;
    uint32_t rid, tag;
    uint64_t address; /* or the header of a message */
    uint32_t length;
    uint32_t code, itag, cc;
    uint64_t operand, compare;
    uint32_t repeat, stride;
    uint64_t seed;
};

struct ep_raw_result {
    bool busy, done, ep_seen, timed_out;
    uint32_t status, bytes, tlps;
    uint64_t ticks, checksum;
};

void ep_unlock(struct ep *ep);
void ep_raw_start(struct ep *ep, uint32_t slot, const struct ep_raw *raw);
struct ep_raw_result ep_raw_result(struct ep *ep, uint32_t slot);
/* Starts it and runs until nothing more happens. */
struct ep_raw_result ep_raw_run(struct ep *ep, uint32_t slot, const struct ep_raw *raw);
/* The buffer of a slot: payload in its first half, what came in the second. */
void ep_raw_fill(struct ep *ep, uint32_t slot, uint64_t seed); /* the first half */
void ep_raw_data(struct ep *ep, uint32_t slot, bool received, uint8_t data[64]);
/* The payload of TLP number n of a slot with a DATA_SEED (docs/pasid-device.md). */
void ep_raw_pattern(uint64_t seeds, uint32_t n, uint8_t data[64]);
/* A raw read that is answered as the tables say, then ep_close(). */
void ep_raw_close(struct ep *ep);
uint64_t ep_raw_checksum(uint64_t before, const uint8_t *data, uint32_t bytes);

#endif
