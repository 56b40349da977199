/* SPDX-License-Identifier: BSD-2-Clause */
/* board_units.h - what the models have in common for the board, over a table for each. */
#ifndef PLATFORM_BOARD_UNITS_H
#define PLATFORM_BOARD_UNITS_H

#include "pcie/pcie.h"
#include "platform/description.h"
#include "sim/port.h"
#include "sim/probe.h"
#include "sim/sim.h"

#include <stddef.h>

/* What a unit reaches. line: a wire of an SMMUv3, with the context of message. */
struct board_ports {
    struct memory_port memory;
    struct message_port interrupt;
    struct pcie_interrupt_port device_interrupt;
    struct pcie_message_port message;
    void (*line)(void *context, uint32_t line);
    struct probe probe;
};

/* 0; -EINVAL or -ENOMEM with one sentence in error. */
struct board_unit_ops {
    int (*create)(struct sim *sim, const char *parameters, const struct board_ports *ports, void **unit, char *error,
                  size_t error_bytes);
    void (*destroy)(void *unit);
    bool (*request)(void *unit, struct pcie_request *request);
    void (*message)(void *unit, const struct pcie_message *message);
    uint64_t (*register_read)(void *unit, uint64_t offset, uint32_t bytes);
    void (*register_write)(void *unit, uint64_t offset, uint32_t bytes, uint64_t value);
};
extern const struct board_unit_ops board_vtd_ops, board_smmuv3_ops;

/* Applies "NAME=VALUE,.." through a model's own functions. 0, or -EINVAL with one sentence in error. */
struct board_parameters {
    bool (*preset)(const char *name, void *params);
    bool (*set)(void *params, const char *name, const char *value);
};
int board_parameters_read(const struct board_parameters *ops, const char *text, void *params, char *error, size_t error_bytes);

#endif
