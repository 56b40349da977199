/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * board_trace.h - the time line of a board: requests from the moment they leave a device until they are complete, messages,
 * interrupts, and what the models say of themselves. Without a listener nothing is noted.
 */
#ifndef PLATFORM_BOARD_TRACE_H
#define PLATFORM_BOARD_TRACE_H

#include "pcie/pcie.h"
#include "platform/board.h"
#include "sim/port.h"
#include "sim/probe.h"
#include "sim/sim.h"

struct board_tracer {
    struct board_trace to;
    struct sim *sim;
    struct traced *records; /* of requests; to be used again */
};

/* Who speaks: a unit, as "iommu/0" or "device/0010". Stays where it is as long as the unit lives. */
struct board_speaker {
    struct board_tracer *tracer;
    uint32_t index; /* of an IOMMU */
    char name[16];
};

void board_tracer_init(struct board_tracer *tracer, const struct board_trace *to, struct sim *sim);
void board_tracer_fini(struct board_tracer *tracer); /* every request is complete, or will never be */

/* Passes the request on, and notes it when it is complete. */
bool board_trace_request(struct board_tracer *tracer, struct pcie_request *request,
                         bool (*pass_on)(void *unit, struct pcie_request *request), void *unit);
/* An access of this IOMMU to memory. */
enum port_reply board_trace_access(struct board_speaker *iommu, const struct memory_port *port, struct port_request *request);
void board_trace_message(struct board_tracer *tracer, const struct pcie_message *message, uint64_t at_ps);
void board_trace_interrupt(struct board_tracer *tracer, const struct board_interrupt *interrupt);
struct probe board_trace_probe(struct board_speaker *speaker);

#endif
