/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memory.h - sparse physical memory with holes, and ports that can be put in front of any memory port:
 * latency, bandwidth, faults (n-th access aborted, poisoned, flipped, delayed), recorder.
 */
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

#include "sim/port.h"
#include "sim/sim.h"

#include <stddef.h>

/* Sparse memory: 4 KiB frames, allocated at the first write; unwritten bytes read 0. */
struct memory;

struct memory *memory_create(void); /* NULL when out of memory */
void memory_destroy(struct memory *memory);

/* Only addresses in an added region answer; others end in PORT_ABORT. Regions must not overlap. 0 or -errno. */
int memory_add_region(struct memory *memory, uint64_t base, uint64_t bytes);

/* The owner's view, without a port. False when any byte lies in a hole; then nothing is copied. */
bool memory_read(struct memory *memory, uint64_t address, void *data, size_t bytes);
bool memory_write(struct memory *memory, uint64_t address, const void *data, size_t bytes);

/* A port that always answers now, with done_ps = issue_ps. */
struct memory_port memory_port_of(struct memory *memory);

/* ---- wrappers: each is a port in front of another; initialise, then hand out its port. The struct must stay put. ---- */

/* Answers later: after latency_ps, and one access per service_ps (0: no bandwidth limit). Jitter is seeded. */
struct delay_port {
    struct memory_port inner;
    struct sim *sim;
    uint64_t latency_ps, jitter_ps, service_ps;
    uint64_t free_ps; /* when the next access can be served */
    struct delay_slot *slots;
    uint32_t slot_count;
    bool reorder; /* with jitter: later accesses may overtake; without, answers keep the order of requests */
    uint64_t last_done_ps;
};
int delay_port_init(struct delay_port *port, struct sim *sim, struct memory_port inner, uint32_t slots_max); /* -ENOMEM */
void delay_port_fini(struct delay_port *port);
struct memory_port delay_port_of(struct delay_port *port);

/* Decoupled time: answers now, stamped latency_ps later over a resource that serves one access per service_ps. */
struct stamp_port {
    struct memory_port inner;
    uint64_t latency_ps, service_ps, free_ps;
};
struct memory_port stamp_port_of(struct stamp_port *port);

enum fault_action { FAULT_NONE, FAULT_ABORT, FAULT_POISON, FAULT_FLIP };

/* Does something to the n-th access (first is 1) that matches; `matched` counts. */
struct fault_port {
    struct memory_port inner;
    enum fault_action action;
    uint64_t nth, count;            /* accesses nth .. nth+count-1 are hit */
    uint64_t first, last;           /* address range, inclusive */
    uint32_t kinds;                 /* bit mask of 1 << enum port_kind */
    uint32_t flip_bit;              /* FAULT_FLIP: bit of the data returned or stored */
    uint64_t matched, injected;     /* out */
    struct port_request *pending;   /* requests passed on whose answer has to be changed */
};
struct memory_port fault_port_of(struct fault_port *port);

/* Calls back for every access when it is complete. */
struct record_port {
    struct memory_port inner;
    void (*record)(void *context, const struct port_request *request);
    void *context;
};
struct memory_port record_port_of(struct record_port *port);

#endif
