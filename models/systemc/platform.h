/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * platform.h - a SystemC platform with one IOMMU, for a user who is C and has a loop of its own.
 *
 * The same calls as those of the models' own headers, but a request, a register access and an access to memory each cross a
 * TLM-2.0 socket, and time is the kernel's. Between two calls the kernel stands; each call runs it to the end of the present
 * moment, only systemc_step() and systemc_run() further.
 *
 * There is one kernel in a process, and no way to start it anew: one platform per process, ever. An error that SystemC reports
 * ends the process.
 */
#ifndef SYSTEMC_PLATFORM_H
#define SYSTEMC_PLATFORM_H

#include "pcie/pcie.h"
#include "sim/sim.h"
#include "smmuv3/smmuv3.h"
#include "vtd/vtd.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct systemc_platform;

/*
 * As the models' own create(); sim is slaved to the kernel. The ports are what answers behind the sockets: they are called from
 * SystemC's threads, and memory may answer later, from any other call. -EBUSY: this process has had its platform.
 */
int systemc_vtd_create(struct sim *sim, const struct vtd_params *params, const struct vtd_ports *ports,
                       struct systemc_platform **out, char *error, size_t error_bytes);
int systemc_smmuv3_create(struct sim *sim, const struct smmuv3_params *params, const struct smmuv3_ports *ports,
                          struct systemc_platform **out, char *error, size_t error_bytes);
void systemc_destroy(struct systemc_platform *platform);

void systemc_reset(struct systemc_platform *platform, bool warm);
bool systemc_request(struct systemc_platform *platform, struct pcie_request *request);
uint64_t systemc_register_read(struct systemc_platform *platform, uint64_t offset, uint32_t bytes);
void systemc_register_write(struct systemc_platform *platform, uint64_t offset, uint32_t bytes, uint64_t value);

/* To the end of the present moment; due after done() of an access to memory. */
void systemc_settle(struct systemc_platform *platform);
/* The next delta cycle, or up to the next moment at which something happens, if that is at or before last_ps. False: it is not.
 */
bool systemc_step(struct systemc_platform *platform, uint64_t last_ps);
/* All up to and including last_ps; then that is the time. */
void systemc_run(struct systemc_platform *platform, uint64_t last_ps);
bool systemc_next_ps(const struct systemc_platform *platform, uint64_t *when_ps);

#ifdef __cplusplus
}
#endif
#endif
