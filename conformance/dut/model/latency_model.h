/* SPDX-License-Identifier: BSD-2-Clause */
/* latency_model.h - what latency.c needs of a model to put it under load: one table for each. */
#ifndef DUT_MODEL_LATENCY_MODEL_H
#define DUT_MODEL_LATENCY_MODEL_H

#include "dut/model/latency.h"

#include "pcie/pcie.h"
#include "sim/memory.h"
#include "sim/sim.h"

#define LATENCY_IOVA UINT64_C(0) /* page n of the window is here + 4096 * n */
#define LATENCY_DATA UINT64_C(0x100000000)
#define LATENCY_RID 0x0100u

struct latency_model {
    const char *name;
    /*
     * A unit that maps `pages` pages of 4 KiB to memory at LATENCY_DATA. Tables and queues are to lie below. -EINVAL, with one
     * sentence in error; -ENOMEM. *unit is to be closed after 0 only.
     */
    int (*open)(struct sim *sim, struct memory *memory, const struct memory_port *port, const struct latency_params *params,
                uint32_t pages, void **unit, char *error, size_t error_bytes);
    bool (*request)(void *unit, struct pcie_request *request); /* as pcie.h has it */
    /* Invalidates what the load does not use, and waits: ends in a PORT_STATUS_WRITE. Not before the last one has ended. */
    void (*invalidate)(void *unit);
    void (*close)(void *unit);
};
extern const struct latency_model latency_vtd, latency_smmuv3;

#endif
