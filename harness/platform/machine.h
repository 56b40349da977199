/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine.h - a whole machine from a description: a board, bridges, addresses that firmware has assigned, firmware tables; and
 * the way an operating system sees all that (harness/kernel/hardware.h).
 */
#ifndef PLATFORM_MACHINE_H
#define PLATFORM_MACHINE_H

#include "platform/board.h"
#include "platform/description.h"

struct hardware;

#define MACHINE_BRIDGES_MAX 4u
#define MACHINE_RAMS_MAX 8u

struct machine_ram {
    uint64_t base, bytes;
    bool reserved; /* for devices from the start: the operating system does not use it */
};

struct machine_iommu {
    uint64_t base;          /* of the registers */
    const char *parameters; /* of the model, see struct board_iommu */
    bool everything_else;   /* whatever no other unit lists; such a unit is the last */
    bool wired;             /* SMMUv3: its interrupts are wires */
};

struct machine_device {
    uint16_t requester_id;
    uint32_t iommu;
    const char *parameters;
    bool ats;                               /* firmware allows ATS */
    uint64_t reserved_base, reserved_bytes; /* must stay mapped one to one; 0 bytes: nothing */
};

/* A root port, or with `pci` a bridge to conventional PCI: what is below it sends requests with the id secondary:00.0. */
struct machine_bridge {
    uint16_t requester_id;
    uint8_t secondary;
    bool pci;
};

struct machine_description {
    enum platform_architecture architecture;
    uint64_t seed, memory_latency_ps;
    struct machine_ram rams[MACHINE_RAMS_MAX];
    size_t ram_count;
    struct machine_iommu iommus[BOARD_UNITS_MAX];
    size_t iommu_count;
    struct machine_device devices[BOARD_UNITS_MAX];
    size_t device_count;
    struct machine_bridge bridges[MACHINE_BRIDGES_MAX];
    size_t bridge_count;
    struct board_trace trace;
};

/*
 * The machine that the conformance cases of the IOASID interface are made for. Devices by index: 0 and 1 have PASID, ATS and PRI
 * (1 is below a root port); 2 has PASID only; 3 has nothing of the kind; 4 and 5 are below one bridge and cannot be told
 * apart; 6 is below a unit of its own, narrower and without snoop control; 7 is like 0 and has reserved memory.
 */
void machine_standard(enum platform_architecture architecture, struct machine_description *out);

struct machine;

/* 0; -EINVAL or -ENOMEM with one sentence in error. The strings of the description must outlive the call only. */
int machine_create(const struct machine_description *description, struct machine **out, char *error, size_t error_bytes);
void machine_destroy(struct machine *machine); /* NULL is allowed */

struct board *machine_board(struct machine *machine);
const struct hardware *machine_hardware(struct machine *machine);
const struct machine_description *machine_describes(const struct machine *machine);

/* The flattened device tree of a machine with SMMUv3 units; as platform_device_tree(). */
size_t machine_device_tree(const struct machine *machine, uint8_t *out, size_t room, char *error, size_t error_bytes);

#endif
