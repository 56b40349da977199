/* SPDX-License-Identifier: BSD-2-Clause */
/* A stream that stalls, and requests that are stalled on it. */
#ifndef SMMUV3_SM_STALL_RIG_H
#define SMMUV3_SM_STALL_RIG_H

#include "sm_queue_rig.h"

#define STALL_INPUT UINT64_C(0x8345000) /* not mapped; some 64 KiB pages above it neither */

struct stall_rig {
    struct sm own, *sm; /* rigs of several streams share the first one's */
    struct sm_path path;
};

struct stalled {
    uint32_t id;
    struct iotb_request r; /* with its data */
    struct sm_event event; /* type 0: there was none */
};

/* SKIP without stalls. A stage 1 stream with S = 1; a stage 2 stream with S2S = 1. config NULL: defaults. */
void stall_open(struct stall_rig *s, struct test *t);
void stall_open_config(struct stall_rig *s, struct test *t, const struct sm_config *config);
void stall_open_stage_2(struct stall_rig *s, struct test *t);
/* SKIP where the DUT does not promise so many stalls at once (IDR5.STALL_MAX). */
void stall_need(struct stall_rig *s, uint32_t count);
/* Makes the CD of the path a stalling one, and invalidates. */
void stall_configure(struct stall_rig *s);
/* Another stream on the same unit and the same tables. */
void stall_also(struct stall_rig *other, const struct stall_rig *s, uint32_t sid);
/* A request that must stall, with this record. */
struct stalled stall_expect(struct stall_rig *s, const char *row, enum iotb_request_kind kind, uint64_t input,
                            const struct sm_expected *e);
/* A stage 1 F_TRANSLATION. */
struct stalled stall_write(struct stall_rig *s, const char *row, uint64_t input);
struct stalled stall_read(struct stall_rig *s, const char *row, uint64_t input);
/* Sends it without looking for a record. */
struct stalled stall_send(struct stall_rig *s, enum iotb_request_kind kind, uint64_t input);
uint64_t stall_value(const struct stalled *x); /* what a write of 8 bytes leaves in memory */
/* How it has ended. */
bool stall_arrived(struct stall_rig *s, const char *row, const struct stalled *x, uint64_t host);
bool stall_aborted(struct stall_rig *s, const char *row, const struct stalled *x);
bool stall_razwi(struct stall_rig *s, const char *row, const struct stalled *x);

#endif
