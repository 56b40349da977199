/* SPDX-License-Identifier: BSD-2-Clause */
/* machine_tables.c - what firmware says of a machine: DMAR, or IORT and device tree. */
#include "platform/machine_internal.h"

#include <errno.h>
#include <stdio.h>

#define DEVICES_MAX (BOARD_UNITS_MAX + 2u * MACHINE_BRIDGES_MAX)

/* The description of description.h, from ours. */
struct firmware {
    struct platform_iommu iommus[BOARD_UNITS_MAX];
    struct platform_device devices[DEVICES_MAX];
    struct platform_reserved reserved[BOARD_UNITS_MAX];
    struct platform_machine machine;
};

static uint32_t everything_else(const struct machine_description *description)
{
    for (uint32_t i = 0; i < description->iommu_count; i++)
        if (description->iommus[i].everything_else)
            return i;
    return 0;
}

static void describe_units(struct firmware *firmware, const struct machine_description *description)
{
    for (uint32_t i = 0; i < description->iommu_count; i++) {
        const struct machine_iommu *iommu = &description->iommus[i];
        struct platform_iommu *out = &firmware->iommus[i];

        *out = (struct platform_iommu){.architecture = description->architecture,
                                       .base = iommu->base,
                                       .pages_lg2 = description->architecture == PLATFORM_VTD ? 1 : 0,
                                       .everything_else = iommu->everything_else && description->architecture == PLATFORM_VTD,
                                       .proximity = UINT32_MAX};
        for (uint32_t k = 0; k < 4 && iommu->wired; k++)
            out->interrupt[k] = MACHINE_WIRES_FIRST + 4 * i + k;
    }
}

/* Bridges are listed too, and the ids that they put on requests from below. */
static void describe_bridges(struct firmware *firmware, const struct machine_description *description)
{
    size_t *count = &firmware->machine.device_count;

    for (size_t i = 0; i < description->bridge_count; i++) {
        const struct machine_bridge *bridge = &description->bridges[i];
        struct platform_device device = {
            .kind = PLATFORM_BRIDGE, .requester_id = bridge->requester_id, .iommu = everything_else(description)};

        firmware->devices[(*count)++] = device;
        device.requester_id = (uint16_t)(bridge->secondary << 8);
        if (bridge->pci && description->architecture == PLATFORM_SMMUV3)
            firmware->devices[(*count)++] = device;
    }
}

static void describe(struct firmware *firmware, const struct machine_description *description)
{
    *firmware = (struct firmware){.machine = {.host_address_bits = 48,
                                              .iommus = firmware->iommus,
                                              .iommu_count = description->iommu_count,
                                              .devices = firmware->devices,
                                              .reserved = firmware->reserved}};
    describe_units(firmware, description);
    for (uint32_t i = 0; i < description->device_count; i++) {
        const struct machine_device *device = &description->devices[i];

        firmware->devices[i] = (struct platform_device){
            .kind = PLATFORM_ENDPOINT, .requester_id = device->requester_id, .iommu = device->iommu, .ats = device->ats};
        if (device->reserved_bytes)
            firmware->reserved[firmware->machine.reserved_count++] = (struct platform_reserved){
                .base = device->reserved_base, .last = device->reserved_base + device->reserved_bytes - 1, .device = i};
    }
    firmware->machine.device_count = description->device_count;
    describe_bridges(firmware, description);
}

int machine_write_tables(struct machine *machine, char *error, size_t error_bytes)
{
    struct firmware firmware;
    size_t bytes;

    describe(&firmware, &machine->description);
    bytes = (machine->description.architecture == PLATFORM_VTD ? platform_dmar : platform_iort)(
        &firmware.machine, machine->table, sizeof(machine->table), error, error_bytes);
    if (!bytes)
        return -EINVAL;
    if (bytes > sizeof(machine->table)) {
        snprintf(error, error_bytes, "the firmware table is too long");
        return -EINVAL;
    }
    machine->table_bytes = bytes;
    return 0;
}

size_t machine_device_tree(const struct machine *machine, uint8_t *out, size_t room, char *error, size_t error_bytes)
{
    struct firmware firmware;

    describe(&firmware, &machine->description);
    return platform_device_tree(&firmware.machine, out, room, error, error_bytes);
}
