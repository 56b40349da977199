/* SPDX-License-Identifier: BSD-2-Clause */
/* What the chapters on queues, commands, events and interrupts share: queues of any geometry, faults at will, MSIs as witnesses.
 */
#ifndef SMMUV3_SM_QUEUE_RIG_H
#define SMMUV3_SM_QUEUE_RIG_H

#include "build/sm.h"

/* A Command queue that the case programs by itself. */
struct rig_queue {
    struct sm *sm;
    uint64_t base; /* as the SMMU uses it */
    uint32_t lg2;  /* as the SMMU uses it */
    uint32_t prod; /* with the wrap flag */
};

/* CMDQEN = 0, base, both indices, CMDQEN = 1. */
bool rig_open(struct rig_queue *q, struct sm *sm, uint64_t base, uint32_t lg2, uint32_t prod, uint32_t cons);
/* The same without CMDQEN = 1. */
void rig_program(struct rig_queue *q, struct sm *sm, uint64_t base, uint32_t lg2, uint32_t prod, uint32_t cons);
bool rig_enable(struct rig_queue *q, bool on);
uint64_t rig_memory(struct sm *sm, uint32_t lg2, uint32_t entry_bytes);
void rig_write(struct rig_queue *q, uint32_t position, struct sm_command command); /* into a slot; wrap flag ignored */
void rig_put(struct rig_queue *q, struct sm_command command);                      /* at prod; moves it */
void rig_ring(struct rig_queue *q);                                                /* writes CMDQ_PROD */
uint32_t rig_cons(struct sm *sm);
uint32_t rig_next(const struct rig_queue *q, uint32_t position, uint32_t steps); /* with the wrap flag */
/* The n-th word of the case's MSI page, and a CMD_SYNC that writes value there where there are MSIs. */
uint64_t rig_word(struct sm *sm, uint32_t n);
struct sm_command rig_sync(struct sm *sm, uint32_t n, uint32_t value);
/* Was it written? Without MSIs: true, nothing can be seen. Consumes it. */
bool rig_signalled(struct sm *sm, uint32_t n, uint32_t value);
bool rig_silent(struct sm *sm, uint32_t n); /* nothing was written there; without MSIs: true */
/* Pulses of each wire (enum iotb_wire) since the last call. */
struct rig_pulses {
    uint32_t of[IOTB_WIRE_EVENT + 1];
};
struct rig_pulses rig_pulses(struct sm *sm);
/* A command that no implementation has (opcode 00h). */
struct sm_command rig_illegal(void);
/* Afterwards nothing of the case's own queue is left: a cold reset, a bring-up, sm_close(). */
void rig_close(struct sm *sm);

/*
 * A stream each of whose requests gives one record that neither stalls nor is ever merged (3.5.5: C_BAD_STE might be): a CD with
 * V = 0, or where there is no stage 1 an address that stage 2 does not map. SKIP where only stalls are left.
 */
struct iotb_request rig_bad_stream(struct sm *sm, uint32_t n);
uint32_t rig_bad_type(struct sm *sm); /* of these records */
/* `count` such requests one after the other. */
void rig_faults(struct sm *sm, const struct iotb_request *bad, uint32_t count);
/* The adapter's hole; ends the case when there is none. */
uint64_t rig_hole(struct test *t);

#endif
