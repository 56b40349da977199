/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_queue_rig.h - what the cases on the invalidation queue share: waits that can be asked for, refused and accepted
 * descriptors, event messages. */
#ifndef VTD_VTD_QUEUE_RIG_H
#define VTD_VTD_QUEUE_RIG_H

#include "build/vt.h"

/* A status wait: done when its dword is at its address. */
struct waiter {
    uint64_t address;
    uint32_t data;
};
struct waiter waiter_put(struct vt *vt, bool interrupt, bool fence);
bool waiter_done(struct vt *vt, struct waiter w);

/* Reasons of IQERCD.IQEI (11.4.9.9) as a set. */
#define IQEI(N) (1u << (N))
enum { IQEI_TAIL = 1, IQEI_FETCH, IQEI_TYPE, IQEI_RESERVED, IQEI_WIDTH, IQEI_ALIGNMENT, IQEI_TTM };

/*
 * Puts the descriptor between two waits. It must stop the queue with one of the reasons, so that the wait behind it is not
 * done. Where the case has these rows: IQH stays at it (VTD-6-607), the wait before it is done (VTD-6-608), and replaced by a
 * wait it lets the queue go on when IQE is cleared (VTD-6-610). The queue runs again afterwards in any case.
 */
bool queue_refuses(struct vt *vt, const char *row, const struct vt_descriptor *d, uint32_t reasons);
/* The descriptor and a wait behind it complete without IQE. */
bool queue_accepts(struct vt *vt, const char *row, const struct vt_descriptor *d);
/* The reason now recorded is one of the set. 11.4.9.9: 0 is right only for a unit that never gives one and is older than
 * major version 6. */
bool queue_reason(struct vt *vt, const char *row, uint32_t reasons);
void queue_clear_error(struct vt *vt);
/* After IQE: the queue runs again, by repair (true) or on a fresh ring, so that what follows is judged on its own. */
bool queue_go_on(struct vt *vt);

/* Stops the queue and starts it with these registers; false when a status bit does not follow. */
bool queue_restart(struct vt *vt, uint64_t queue, uint32_t lg2_pages, bool wide);
bool queue_wide_possible(struct test *t);

/* Fault events (FE) and invalidation events (IE) to an address and data of their own, unmasked. */
enum { EVENT_FAULT_DATA = 0x41, EVENT_COMPLETION_DATA = 0x52 };
void events_open(struct vt *vt);
/* Takes all event messages seen so far and counts those with this data. */
uint32_t events_take(struct vt *vt, uint32_t data);

const char *rig_row(struct vt *vt, const char *specific, const char *row);

#endif
