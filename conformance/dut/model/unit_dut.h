/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unit_dut.h - what every IOMMU model of ours needs to be a DUT, over a table of what is the model's own.
 *
 * The adapter has the requests in flight, the accesses that the bench pulls and answers (memory=bench) or memory that answers
 * at once (memory=dut), interrupts, probes and parameters: preset=NAME, erratum=NAME+NAME, and what the model takes by name.
 * The unit has the architecture, and may have another master of time than sim itself.
 */
#ifndef DUT_MODEL_UNIT_DUT_H
#define DUT_MODEL_UNIT_DUT_H

#include "dut/dut.h"

#include "pcie/pcie.h"
#include "sim/port.h"
#include "sim/probe.h"
#include "sim/sim.h"

#include <stddef.h>

/* All that a unit reaches. */
struct unit_ports {
    struct memory_port memory;
    struct message_port interrupt;               /* the unit's own */
    struct pcie_interrupt_port device_interrupt; /* a requester's, let through */
    struct pcie_message_port message;            /* down to the endpoints */
    struct probe probe;
};

/* Who moves time when it is not sim itself; see sim.h for the meaning of each. */
struct unit_time {
    bool (*step)(void *unit, uint64_t last_ps);
    void (*run)(void *unit, uint64_t last_ps);
    bool (*next)(void *unit, uint64_t *when_ps);
    void (*settle)(void *unit); /* after an answer of memory: to the end of this moment */
};

/* As the model's own create: 0, -EINVAL with one sentence in error, -ENOMEM. sim and ports outlive the unit. */
typedef int unit_create(struct sim *sim, const void *params, const struct unit_ports *ports, void **unit, char *error,
                        size_t error_bytes);

struct unit_ops {
    const char *name, *version; /* of the DUT */
    uint32_t architecture;
    uint64_t features;   /* besides those of every model: IOTB_F_* */
    uint64_t (*features_of)(const void *params); /* likewise, what the parameters decide; NULL: nothing */
    size_t params_bytes; /* of the model's parameters */
    bool (*preset)(const char *name, void *params);
    bool (*set)(void *params, const char *name, const char *value);
    uint32_t (*address_bits)(const void *params); /* of physical addresses */
    unit_create *create;
    void (*destroy)(void *unit);
    void (*reset)(void *unit, bool warm);
    bool (*request)(void *unit, struct pcie_request *request); /* true: complete; else done() will be called */
    void (*message)(void *unit, const struct pcie_message *message); /* from an endpoint; NULL: it takes none */
    uint64_t (*register_read)(void *unit, uint64_t offset, uint32_t bytes);
    void (*register_write)(void *unit, uint64_t offset, uint32_t bytes, uint64_t value);
    const struct unit_time *time; /* NULL: sim */
};

/* For the ops tables of the DUTs. */
int unit_dut_open(const struct unit_ops *ops, const struct iotb_open_args *args, struct iotb_dut **out);
int unit_dut_describe(struct iotb_dut *dut, struct iotb_desc *desc);
int unit_dut_reset(struct iotb_dut *dut, uint32_t kind);
int unit_dut_advance(struct iotb_dut *dut, struct iotb_advance *advance);
void unit_dut_close(struct iotb_dut *dut);
extern const struct iotb_iommu_ops unit_dut_iommu_ops;

/* The models, for whoever makes such a unit in another way: what differs from it there is replaced. */
struct smmuv3_ports;
struct vtd_ports;
extern const struct unit_ops smmuv3_unit_ops, vtd_unit_ops;
struct smmuv3_ports smmuv3_ports_of(const struct unit_ports *ports);
struct vtd_ports vtd_ports_of(const struct unit_ports *ports);

#endif
