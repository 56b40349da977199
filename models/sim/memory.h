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

/*
 * Sparse memory: 4 KiB frames, allocated at the first write; unwritten bytes read 0. A host that has no memory left for a
 * frame is told so on stderr and the process aborts: no simulated status could stand for it.
 */
struct memory;

struct memory *memory_create(void); /* NULL when out of memory */
void memory_destroy(struct memory *memory);

/*
 * Only addresses in an added region answer; others end in PORT_ABORT. 0, -EINVAL when it is empty, overlaps another or passes
 * the end of the address space, -ENOMEM.
 */
int memory_add_region(struct memory *memory, uint64_t base, uint64_t bytes);

/*
 * Likewise, with the host memory that holds the region's bytes: the caller's, as long as `memory` lives. It is read and written
 * in place, so the caller may use it as the processor of a machine uses its RAM.
 */
int memory_add_region_at(struct memory *memory, uint64_t base, uint64_t bytes, void *backing);

/* Where these bytes are on the host; NULL unless they lie in one region with host memory. */
void *memory_pointer(const struct memory *memory, uint64_t address, uint64_t bytes);

/* The owner's view, without a port. False when any byte lies in a hole; then nothing is copied. */
bool memory_read(struct memory *memory, uint64_t address, void *data, size_t bytes);
bool memory_write(struct memory *memory, uint64_t address, const void *data, size_t bytes);

/*
 * A port that always answers now, with done_ps = issue_ps. Requests that break the contract of port.h (size, 64-byte boundary,
 * size or alignment of an atomic) abort.
 */
struct memory_port memory_port_of(struct memory *memory);

/* ---- wrappers: each is a port in front of another; initialise, then hand out its port. The struct must stay put. ---- */

/*
 * Answers later: latency_ps after an access is begun, and one is begun per service_ps (0: no bandwidth limit). Memory is read
 * or changed at the moment of the answer. At most slots_max accesses are under way, more wait in order of arrival.
 */
struct delay_port {
    struct memory_port inner;
    struct sim *sim;
    uint64_t latency_ps, jitter_ps, service_ps; /* jitter: seeded, uniform in 0 .. jitter_ps */
    bool reorder;                               /* later accesses may overtake; else answers keep the order of requests */
    uint64_t free_ps;                           /* when the next access can be begun */
    uint64_t last_done_ps;
    struct delay_slot *slots, *free_slots;
    uint32_t slot_count;
    struct port_request *line_first, *line_last; /* waiting for a slot, by their link */
};
/* Latency, jitter, service and order are set by the caller before, and may be changed at any time. -ENOMEM. */
int delay_port_init(struct delay_port *port, struct sim *sim, struct memory_port inner, uint32_t slots_max);
void delay_port_fini(struct delay_port *port); /* what is under way is never answered: its owner must be gone */
struct memory_port delay_port_of(struct delay_port *port);

/* Decoupled time: passes on at once, stamped latency_ps later over a resource that serves one access per service_ps. */
struct stamp_port {
    struct memory_port inner;
    uint64_t latency_ps, service_ps, free_ps;
};
struct memory_port stamp_port_of(struct stamp_port *port);

enum fault_action {
    FAULT_NONE,
    FAULT_ABORT,  /* the access does not reach memory */
    FAULT_POISON, /* it does; the answer is poisoned */
    FAULT_FLIP,   /* one bit of what is returned, or of what a write stores, is inverted */
    FAULT_DELAY,  /* the access takes the port `slow` instead of `inner` */
};

/* Does something to the n-th access (first is 1) that matches, and to the count-1 after it. */
struct fault_port {
    struct memory_port inner;
    struct memory_port slow; /* FAULT_DELAY: usually a delay_port or stamp_port in front of `inner` */
    enum fault_action action;
    uint64_t nth, count;
    uint64_t first, last;       /* matches an access that touches this address range, inclusive */
    uint32_t kinds;             /* matches these: bit mask of 1 << enum port_kind; 0: all */
    uint32_t origins;           /* likewise of 1 << enum port_origin */
    uint32_t flip_bit;          /* FAULT_FLIP: modulo the bits of the access */
    uint64_t matched, injected; /* out */
};
struct memory_port fault_port_of(struct fault_port *port);

/* Calls back for every access when it is complete, before its owner hears of it. */
struct record_port {
    struct memory_port inner;
    void (*record)(void *context, const struct port_request *request);
    void *context;
};
struct memory_port record_port_of(struct record_port *port);

#endif
