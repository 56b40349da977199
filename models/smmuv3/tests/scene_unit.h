/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scene_unit.h - a unit in a scenario: its memory is the words of a bench, which answer at once. What a transaction itself does
 * leaves no trace there; where it arrived is noted.
 */
#ifndef SCENE_UNIT_H
#define SCENE_UNIT_H

#include "scenes.h"

#include "sim/sim.h"

#define SCENE_EVENTQ UINT64_C(0x70000000)
#define SCENE_EVENTQ_LG2 3u

struct scene_unit {
    struct sim sim;
    struct smmuv3 *smmu;
    struct bench *memory;
    bool reached;               /* the access of the transaction itself was made: */
    struct port_request access; /* the last of them */
};

/* With its Stream table and Event queue; cr0: SMMU_CR0 in addition to SMMUEN and EVENTQEN. The bench must outlive it. */
void scene_unit_open(struct scene_unit *unit, struct bench *memory, uint32_t cr0);
void scene_unit_close(struct scene_unit *unit);

/* What a request from PCIe cannot say is not asked. */
void scene_as_pcie(struct smmuv3_query *q);
struct pcie_request scene_request(const struct smmuv3_query *q);

#endif
