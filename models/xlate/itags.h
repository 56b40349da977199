/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * itags.h - invalidations of device TLBs that are outstanding: their ITags, the completions that are counted for each, time-outs,
 * and who waits for them.
 *
 * An invalidation takes an ITag and is numbered; it ends with its last completion message, or with its time-out. A drain waits
 * for every invalidation that was sent before it. Sending the message and what a time-out means are the owner's.
 */
#ifndef XLATE_ITAGS_H
#define XLATE_ITAGS_H

#include "pcie/ats.h"
#include "sim/sim.h"

#include <stdbool.h>
#include <stdint.h>

struct itag_drain {
    void (*drained)(struct itag_drain *drain);
    void *owner;
    struct itag_drain *next;
    uint64_t number; /* of the last invalidation that it waits for */
    bool waiting;
};

struct itag {
    uint64_t number; /* in order of sending, from 1; 0: the tag is free */
    uint64_t deadline_ps;
    uint16_t device_id, group; /* group: what is throttled together */
    uint8_t completions;
};

struct itag_table {
    struct sim *sim;
    uint64_t timeout_ps;                                             /* 0: none */
    void (*freed)(struct itag_table *table);                         /* tags have become free: send what had to wait */
    void (*timed_out)(struct itag_table *table, uint16_t device_id); /* before freed() and the drains that this ends */
    void *owner;
    struct itag tags[PCIE_ITAGS];
    uint64_t sent;
    uint32_t next, count; /* tag to try first; tags that are taken */
    struct sim_event timer;
    struct itag_drain *drains; /* in order of arrival */
};

/* freed, timed_out and owner are the owner's to set. */
void itags_init(struct itag_table *table, struct sim *sim, uint64_t timeout_ps);
void itags_fini(struct itag_table *table);

/* A tag for an invalidation that is sent now; -1: none is free, or pending_max (0: no limit) of the group are outstanding. */
int itags_take(struct itag_table *table, uint16_t device_id, uint16_t group, uint32_t pending_max);

/*
 * An Invalidate Completion: itag is the vector of tags, completion_count how many messages there are for each (0: eight). Returns
 * those of its tags that are not outstanding for this device; the others are processed first.
 */
uint32_t itags_complete(struct itag_table *table, const struct pcie_message *completion);

/* True: nothing that was sent before is outstanding. False: drained() will be called, once. */
bool itags_drain(struct itag_table *table, struct itag_drain *drain);
void itags_cancel(struct itag_table *table, struct itag_drain *drain);

/* Reset: everything outstanding and everybody waiting is forgotten, and nobody is called. */
void itags_forget(struct itag_table *table);

#endif
