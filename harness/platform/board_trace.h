/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * board_trace.h - the time line of a board: requests from the moment they leave a device until they are complete, messages,
 * interrupts, and what the models say of themselves. Without a listener nothing is noted.
 */
#ifndef PLATFORM_BOARD_TRACE_H
#define PLATFORM_BOARD_TRACE_H

#include "pcie/pcie.h"
#include "platform/board.h"
#include "sim/probe.h"
#include "sim/sim.h"

struct board_tracer {
    struct board_trace to;
    struct sim *sim;
    struct traced *records; /* of requests; to be used again */
};

void board_tracer_init(struct board_tracer *tracer, const struct board_trace *to, struct sim *sim);
void board_tracer_fini(struct board_tracer *tracer); /* every request is complete, or will never be */

/* Passes the request on, and notes it when it is complete. */
bool board_trace_request(struct board_tracer *tracer, struct pcie_request *request,
                         bool (*pass_on)(void *unit, struct pcie_request *request), void *unit);
void board_trace_message(struct board_tracer *tracer, const struct pcie_message *message, uint64_t at_ps);
void board_trace_interrupt(struct board_tracer *tracer, const struct board_interrupt *interrupt);
struct probe board_trace_probe(struct board_tracer *tracer);

#endif
