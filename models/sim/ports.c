/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ports.c - ports in front of other ports: delay, stamp, fault, record.
 */
#include "sim/memory.h"

#include <errno.h>
#include <stdlib.h>

/* For a wrapper that has nothing to do when the answer comes. */
static void answered(struct port_request *request)
{
    port_returned(request);
    request->done(request);
}

static uint64_t later_of(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* ---- delay ---- */

struct delay_slot {
    struct sim_event event; /* first: the event is the slot */
    struct delay_port *port;
    struct port_request *request;
    struct delay_slot *next; /* of the free ones */
};

static void delay_begin(struct delay_port *port, struct port_request *request)
{
    struct delay_slot *slot = port->free_slots;
    port->free_slots = slot->next;
    slot->request = request;
    uint64_t start_ps = later_of(later_of(request->issue_ps, port->sim->now_ps), port->free_ps);
    port->free_ps = start_ps + port->service_ps;
    uint64_t done_ps = start_ps + port->latency_ps;
    if (port->jitter_ps)
        done_ps += sim_rng_below(&port->sim->rng, port->jitter_ps + 1u);
    /* In exploration mode events of equal time have no order: answers in order then need times of their own. */
    if (!port->reorder)
        done_ps = later_of(done_ps, port->last_done_ps + (port->sim->explore ? 1u : 0u));
    port->last_done_ps = done_ps;
    sim_schedule(port->sim, &slot->event, done_ps);
}

static enum port_reply delay_access(void *context, struct port_request *request)
{
    struct delay_port *port = context;
    if (port->free_slots) {
        delay_begin(port, request);
        return PORT_LATER;
    }
    request->link = NULL;
    if (port->line_first)
        port->line_last->link = request;
    else
        port->line_first = request;
    port->line_last = request;
    return PORT_LATER;
}

static void delay_fired(struct sim_event *event)
{
    struct delay_slot *slot = (struct delay_slot *)event;
    struct delay_port *port = slot->port;
    struct port_request *request = slot->request;
    slot->next = port->free_slots;
    port->free_slots = slot;
    struct port_request *next = port->line_first;
    if (next) {
        port->line_first = next->link;
        delay_begin(port, next);
    }
    if (port_pass_on(&port->inner, request, port->sim->now_ps, answered, port, 0) == PORT_DONE)
        request->done(request);
}

int delay_port_init(struct delay_port *port, struct sim *sim, struct memory_port inner, uint32_t slots_max)
{
    port->sim = sim;
    port->inner = inner;
    port->free_ps = port->last_done_ps = 0;
    port->line_first = port->line_last = NULL;
    port->free_slots = NULL;
    port->slot_count = slots_max ? slots_max : 1u;
    port->slots = calloc(port->slot_count, sizeof *port->slots);
    if (!port->slots)
        return -ENOMEM;
    for (uint32_t i = port->slot_count; i-- > 0;) {
        port->slots[i].event.fire = delay_fired;
        port->slots[i].port = port;
        port->slots[i].next = port->free_slots;
        port->free_slots = &port->slots[i];
    }
    return 0;
}

void delay_port_fini(struct delay_port *port)
{
    for (uint32_t i = 0; port->slots && i < port->slot_count; i++)
        sim_cancel(port->sim, &port->slots[i].event);
    free(port->slots);
    port->slots = port->free_slots = NULL;
}

struct memory_port delay_port_of(struct delay_port *port)
{
    return (struct memory_port){delay_access, port};
}

/* ---- stamp ---- */

static enum port_reply stamp_access(void *context, struct port_request *request)
{
    struct stamp_port *port = context;
    uint64_t start_ps = later_of(request->issue_ps, port->free_ps);
    port->free_ps = start_ps + port->service_ps;
    return port_pass_on(&port->inner, request, start_ps + port->latency_ps, answered, port, 0);
}

struct memory_port stamp_port_of(struct stamp_port *port)
{
    return (struct memory_port){stamp_access, port};
}

/* ---- fault ---- */

static bool fault_matches(const struct fault_port *port, const struct port_request *request)
{
    return (!port->kinds || port->kinds >> request->kind & 1u) && (!port->origins || port->origins >> request->origin & 1u) &&
           request->address <= port->last && request->address + (request->bytes - 1u) >= port->first;
}

static enum fault_action fault_due(struct fault_port *port, const struct port_request *request)
{
    if (port->action == FAULT_NONE || !fault_matches(port, request))
        return FAULT_NONE;
    port->matched++;
    if (port->matched < port->nth || port->matched - port->nth >= port->count)
        return FAULT_NONE;
    port->injected++;
    return port->action;
}

static void flip(const struct fault_port *port, struct port_request *request)
{
    uint32_t bit = port->flip_bit % (8u * request->bytes);
    request->data[bit / 8u] ^= (uint8_t)(1u << bit % 8u);
}

/* The second flip of a write gives the caller its own data back. */
static void fault_after(const struct fault_port *port, struct port_request *request, enum fault_action action)
{
    if (action == FAULT_POISON && request->status == PORT_OK)
        request->status = PORT_POISON;
    if (action == FAULT_FLIP)
        flip(port, request);
}

static void fault_answered(struct port_request *request)
{
    const struct fault_port *port = request->owner;
    fault_after(port, request, (enum fault_action)port_returned(request));
    request->done(request);
}

static enum port_reply fault_access(void *context, struct port_request *request)
{
    struct fault_port *port = context;
    enum fault_action action = fault_due(port, request);
    if (action == FAULT_ABORT) {
        request->status = PORT_ABORT;
        request->done_ps = request->issue_ps;
        return PORT_DONE;
    }
    if (action == FAULT_FLIP && request->kind == PORT_WRITE)
        flip(port, request);
    const struct memory_port *behind = action == FAULT_DELAY ? &port->slow : &port->inner;
    enum port_reply reply = port_pass_on(behind, request, request->issue_ps, fault_answered, port, (uint64_t)action);
    if (reply == PORT_DONE)
        fault_after(port, request, action);
    return reply;
}

struct memory_port fault_port_of(struct fault_port *port)
{
    return (struct memory_port){fault_access, port};
}

/* ---- record ---- */

static void record_answered(struct port_request *request)
{
    const struct record_port *port = request->owner;
    port_returned(request);
    port->record(port->context, request);
    request->done(request);
}

static enum port_reply record_access(void *context, struct port_request *request)
{
    struct record_port *port = context;
    enum port_reply reply = port_pass_on(&port->inner, request, request->issue_ps, record_answered, port, 0);
    if (reply == PORT_DONE)
        port->record(port->context, request);
    return reply;
}

struct memory_port record_port_of(struct record_port *port)
{
    return (struct memory_port){record_access, port};
}
