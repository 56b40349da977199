/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ring.h - queues in memory that are rings: positions, and the reading or writing of one entry at a time.
 *
 * A position is what the head and tail registers of an architecture hold. Where these have a wrap bit, equal positions are an
 * empty ring and positions that differ in that bit alone a full one; where they have none, a ring is full with one entry left.
 */
#ifndef XLATE_RING_H
#define XLATE_RING_H

#include "sim/port.h"

#include <stdbool.h>
#include <stdint.h>

struct ring {
    uint64_t base;       /* address of position 0 */
    uint32_t lap;        /* positions of one lap; with a wrap bit a power of two, and the value of that bit */
    uint32_t step;       /* positions from one entry to the next */
    uint32_t unit_bytes; /* bytes of one position */
    bool wrap_bit;
};

uint32_t ring_next(const struct ring *ring, uint32_t position);
uint64_t ring_address(const struct ring *ring, uint32_t position);

/* producer: where the next entry will be put; consumer: from where the next one will be taken. */
static inline bool ring_empty(uint32_t producer, uint32_t consumer)
{
    return producer == consumer;
}
bool ring_full(const struct ring *ring, uint32_t producer, uint32_t consumer);

/* ---- one access under way ---- */

/*
 * Zero-initialise it, then ring_port_init. Attributes of the accesses (request.snoop, .memory_type, .origin) are the owner's to
 * set. The memory port must outlive it.
 */
struct ring_port {
    struct port_request request;
    const struct memory_port *memory;
    void (*done)(struct ring_port *port, bool stale); /* stale: ring_port_forget() came in between */
    void *owner;
    bool busy; /* memory owns the request */
    bool stale;
};

void ring_port_init(struct ring_port *port, const struct memory_port *memory, void (*done)(struct ring_port *port, bool stale),
                    void *owner);

/*
 * Read or write (the data are in port->request.data) the entry at a position: ring->step * ring->unit_bytes, at most
 * PORT_BYTES_MAX. True: complete, see port->request.status. False: done() will be called. Must not be busy.
 */
bool ring_read(struct ring_port *port, const struct ring *ring, uint32_t position, uint64_t issue_ps);
bool ring_write(struct ring_port *port, const struct ring *ring, uint32_t position, uint64_t issue_ps);

/* What is under way belongs to the past: a reset, a queue switched off. It stays busy until memory has answered. */
void ring_port_forget(struct ring_port *port);

#endif
