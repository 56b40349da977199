/* SPDX-License-Identifier: BSD-2-Clause */
#include "xlate/ring.h"

#include <stdlib.h>

static uint32_t wrap_of(const struct ring *ring, uint32_t position)
{
    return ring->wrap_bit ? position & ring->lap : 0;
}

uint32_t ring_next(const struct ring *ring, uint32_t position)
{
    uint32_t wrap = wrap_of(ring, position);
    uint32_t next = position - wrap + ring->step;
    if (next < ring->lap)
        return next | wrap;
    return ring->wrap_bit ? wrap ^ ring->lap : 0;
}

uint64_t ring_address(const struct ring *ring, uint32_t position)
{
    return ring->base + (uint64_t)(position - wrap_of(ring, position)) * ring->unit_bytes;
}

bool ring_full(const struct ring *ring, uint32_t producer, uint32_t consumer)
{
    if (ring->wrap_bit)
        return producer == (consumer ^ ring->lap);
    return ring_next(ring, producer) == consumer;
}

/* ---- one access under way ---- */

static void answered(struct port_request *request)
{
    struct ring_port *port = request->owner;
    bool stale = port->stale;
    port->busy = port->stale = false;
    port->done(port, stale);
}

void ring_port_init(struct ring_port *port, const struct memory_port *memory, void (*done)(struct ring_port *port, bool stale),
                    void *owner)
{
    port->memory = memory;
    port->done = done;
    port->owner = owner;
    port->request.done = answered;
    port->request.owner = port;
    port->request.request_id = UINT32_MAX;
}

static bool start(struct ring_port *port, const struct ring *ring, uint32_t position, enum port_kind kind, uint64_t issue_ps)
{
    struct port_request *request = &port->request;
    if (port->busy)
        abort();
    request->kind = kind;
    request->address = ring_address(ring, position);
    request->bytes = ring->step * ring->unit_bytes;
    request->issue_ps = request->done_ps = issue_ps;
    port->busy = true;
    if (memory_access(port->memory, request) == PORT_LATER)
        return false;
    port->busy = false;
    return true;
}

bool ring_read(struct ring_port *port, const struct ring *ring, uint32_t position, uint64_t issue_ps)
{
    return start(port, ring, position, PORT_READ, issue_ps);
}

bool ring_write(struct ring_port *port, const struct ring *ring, uint32_t position, uint64_t issue_ps)
{
    return start(port, ring, position, PORT_WRITE, issue_ps);
}

void ring_port_forget(struct ring_port *port)
{
    port->stale = port->busy;
}
