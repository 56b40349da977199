/* SPDX-License-Identifier: BSD-2-Clause */
/* machine.c - see machine.h. */
#include "platform/machine_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t machine_doorbell(enum platform_architecture architecture)
{
    return architecture == PLATFORM_VTD ? UINT64_C(0xfee00000) : UINT64_C(0x08020040);
}

uint64_t machine_registers_bytes(enum platform_architecture architecture)
{
    return architecture == PLATFORM_VTD ? 0x2000 : 0x20000; /* the fault records of VT-d may need a second page */
}

/* The bridge above a device that cannot hand its requester id on; NULL: none. */
static const struct machine_bridge *pci_bridge_above(const struct machine_description *description, uint16_t requester_id)
{
    for (size_t i = 0; i < description->bridge_count; i++)
        if (description->bridges[i].pci && description->bridges[i].secondary == requester_id >> 8)
            return &description->bridges[i];
    return NULL;
}

static int create_board(struct machine *machine, char *error, size_t error_bytes)
{
    const struct machine_description *d = &machine->description;
    struct board_ram board_rams[MACHINE_RAMS_MAX];
    struct board_iommu board_iommus[BOARD_UNITS_MAX];
    struct board_device board_devices[BOARD_UNITS_MAX];
    struct board_config config = {.seed = d->seed,
                                  .memory_latency_ps = d->memory_latency_ps,
                                  .doorbell = d->architecture == PLATFORM_VTD ? UINT64_MAX : machine_doorbell(d->architecture),
                                  .rams = board_rams,
                                  .ram_count = d->ram_count,
                                  .direct_ram = true,
                                  .iommus = board_iommus,
                                  .iommu_count = d->iommu_count,
                                  .devices = board_devices,
                                  .device_count = d->device_count,
                                  .trace = d->trace};

    for (size_t i = 0; i < d->ram_count; i++)
        board_rams[i] = (struct board_ram){d->rams[i].base, d->rams[i].bytes};
    for (size_t i = 0; i < d->iommu_count; i++)
        board_iommus[i] = (struct board_iommu){d->architecture, d->iommus[i].parameters};
    for (size_t i = 0; i < d->device_count; i++) {
        const struct machine_device *device = &d->devices[i];
        const struct machine_bridge *bridge = pci_bridge_above(d, device->requester_id);

        board_devices[i] = (struct board_device){.requester_id = device->requester_id,
                                                 .iommu = device->iommu,
                                                 .parameters = device->parameters,
                                                 .aliased = bridge,
                                                 .alias = (uint16_t)(bridge ? bridge->secondary << 8 : 0)};
    }
    return board_create(&config, &machine->board, error, error_bytes);
}

static void list_units(struct machine *machine)
{
    const struct machine_description *d = &machine->description;

    for (uint32_t i = 0; i < d->iommu_count; i++) {
        struct hardware_platform_device *unit = &machine->units[i];

        *unit = (struct hardware_platform_device){
            .name = "arm-smmu-v3", .id = (int)i, .base = d->iommus[i].base, .bytes = machine_registers_bytes(d->architecture)};
        for (uint32_t k = 0; k < 4 && d->iommus[i].wired; k++)
            unit->interrupts[k] = MACHINE_WIRES_FIRST + 4 * i + k;
    }
}

static void list_memory(struct machine *machine)
{
    const struct machine_description *d = &machine->description;

    for (size_t i = 0; i < d->ram_count; i++)
        if (!d->rams[i].reserved)
            machine->rams[machine->ram_count++] = (struct hardware_ram){d->rams[i].base, d->rams[i].bytes};
    for (size_t i = 0; i < d->device_count; i++)
        if (d->devices[i].reserved_bytes)
            machine->reserved[machine->reserved_count++] = (struct hardware_reserved){.requester_id = d->devices[i].requester_id,
                                                                                      .base = d->devices[i].reserved_base,
                                                                                      .bytes = d->devices[i].reserved_bytes};
}

int machine_create(const struct machine_description *description, struct machine **out, char *error, size_t error_bytes)
{
    struct machine *machine = calloc(1, sizeof(*machine));
    int result;

    snprintf(error, error_bytes, "out of memory");
    if (!machine)
        return -ENOMEM;
    machine->description = *description;
    machine->hardware = (struct hardware){&machine_hardware_ops, machine};
    result = create_board(machine, error, error_bytes);
    if (!result)
        result = machine_write_tables(machine, error, error_bytes);
    if (result) {
        machine_destroy(machine);
        return result;
    }
    for (size_t i = 0; i < description->bridge_count; i++)
        machine_bridge_init(&machine->bridges[i], &description->bridges[i]);
    machine_assign_bars(machine);
    list_units(machine);
    list_memory(machine);
    *out = machine;
    return 0;
}

void machine_destroy(struct machine *machine)
{
    if (!machine)
        return;
    board_destroy(machine->board);
    free(machine);
}

struct board *machine_board(struct machine *machine)
{
    return machine->board;
}

const struct hardware *machine_hardware(struct machine *machine)
{
    return &machine->hardware;
}

const struct machine_description *machine_describes(const struct machine *machine)
{
    return &machine->description;
}
