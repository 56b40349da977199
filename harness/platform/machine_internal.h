/* SPDX-License-Identifier: BSD-2-Clause */
/* machine_internal.h - the parts of a machine. */
#ifndef PLATFORM_MACHINE_INTERNAL_H
#define PLATFORM_MACHINE_INTERNAL_H

#include "kernel/hardware.h"
#include "pcie/config.h"
#include "platform/machine.h"

#define MACHINE_BARS 6u
#define MACHINE_TABLE_BYTES 4096u
#define MACHINE_WIRES_FIRST 64u /* four of each SMMUv3, in the order of its description */

struct machine_window {
    uint64_t base, bytes; /* 0 bytes: none */
};

struct machine {
    struct machine_description description;
    struct board *board;
    struct hardware hardware;
    struct pcie_config bridges[MACHINE_BRIDGES_MAX];
    struct machine_window bars[BOARD_UNITS_MAX][MACHINE_BARS];
    struct hardware_ram rams[MACHINE_RAMS_MAX];
    unsigned ram_count;
    struct hardware_platform_device units[BOARD_UNITS_MAX];
    struct hardware_reserved reserved[BOARD_UNITS_MAX];
    unsigned reserved_count;
    uint8_t table[MACHINE_TABLE_BYTES]; /* DMAR or IORT */
    size_t table_bytes;
};

extern const struct hardware_ops machine_hardware_ops;

uint64_t machine_doorbell(enum platform_architecture architecture);
uint64_t machine_registers_bytes(enum platform_architecture architecture);
void machine_bridge_init(struct pcie_config *config, const struct machine_bridge *bridge);
/* What firmware does: sizes every BAR and gives it an address. */
void machine_assign_bars(struct machine *machine);
/* The BARs of a device as they are after a write to its configuration space. */
void machine_follow_bars(struct machine *machine, uint32_t device);
int machine_write_tables(struct machine *machine, char *error, size_t error_bytes);

#endif
