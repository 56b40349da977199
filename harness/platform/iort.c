/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iort.c - the IO Remapping Table (Arm DEN 0049): one SMMUv3 node per unit, one root complex node per segment with the
 * mapping of its requester ids to StreamIDs.
 *
 * StreamID = requester id on every unit of this bench, so a mapping covers runs of requester ids and changes nothing but the
 * node. Nodes: SMMUv3 (type 4) revision 2, root complex (type 2) revision 1. Memory that must stay mapped (RMR) is the device
 * tree's and the DMAR's only: revision 3 of the table has no node for it.
 */
#include "platform/acpi.h"
#include "platform/description.h"

#include <stdio.h>

enum node { ROOT_COMPLEX = 2, SMMUV3 = 4 };
#define HEADER_BYTES 48u
#define SMMUV3_BYTES 68u
#define ROOT_COMPLEX_BYTES 36u
#define MAPPING_BYTES 20u

struct run {
    uint16_t first, last;
    uint32_t iommu;
};

static void begin(struct acpi *acpi, enum node type, uint32_t length, uint8_t revision, uint32_t mappings, uint32_t mapping_at)
{
    acpi_put(acpi, type, 1);
    acpi_put(acpi, length, 2);
    acpi_put(acpi, revision, 1);
    acpi_put(acpi, 0, 4); /* reserved in table revision 0 to 2, identifier later */
    acpi_put(acpi, mappings, 4);
    acpi_put(acpi, mappings ? mapping_at : 0, 4);
}

static void put_smmu(struct acpi *acpi, const struct platform_iommu *iommu)
{
    enum { COHACC_OVERRIDE = 1, PROXIMITY_VALID = 8, GENERIC = 0 };
    bool near = iommu->proximity != UINT32_MAX;

    begin(acpi, SMMUV3, SMMUV3_BYTES, 2, 0, 0);
    acpi_put(acpi, iommu->base, 8);
    acpi_put(acpi, (iommu->coherent ? COHACC_OVERRIDE : 0) | (near ? PROXIMITY_VALID : 0), 4);
    acpi_put(acpi, 0, 4);
    acpi_put(acpi, 0, 8); /* no VATOS page */
    acpi_put(acpi, GENERIC, 4);
    for (int i = 0; i < 4; i++)
        acpi_put(acpi, iommu->interrupt[i], 4);
    acpi_put(acpi, near ? iommu->proximity : 0, 4);
    acpi_put(acpi, 0, 4); /* no mapping for its own messages */
}

/* The requester ids of a segment in order, neighbours of one unit joined; at most room runs are kept, the count is whole. */
static size_t runs_of(const struct platform_machine *machine, uint16_t segment, struct run *runs, size_t room)
{
    uint32_t next = 0;
    size_t count = 0;

    for (;;) {
        const struct platform_device *best = NULL;

        for (size_t i = 0; i < machine->device_count; i++) {
            const struct platform_device *d = &machine->devices[i];

            if (d->segment == segment && d->requester_id >= next && (!best || d->requester_id < best->requester_id))
                best = d;
        }
        if (!best)
            return count;
        if (count && count <= room && runs[count - 1].last + 1u == best->requester_id && runs[count - 1].iommu == best->iommu)
            runs[count - 1].last = best->requester_id;
        else if (count++ < room)
            runs[count - 1] = (struct run){best->requester_id, best->requester_id, best->iommu};
        next = best->requester_id + 1u;
    }
}

static void put_root_complex(struct acpi *acpi, const struct platform_machine *machine, uint16_t segment, const struct run *runs,
                             size_t count)
{
    enum { COHERENT = 1, ATS_SUPPORTED = 1, CPM = 1 };
    bool ats = false;

    for (size_t i = 0; i < machine->device_count; i++)
        ats |= machine->devices[i].segment == segment && machine->devices[i].ats;
    begin(acpi, ROOT_COMPLEX, (uint32_t)(ROOT_COMPLEX_BYTES + MAPPING_BYTES * count), 1, (uint32_t)count, ROOT_COMPLEX_BYTES);
    acpi_put(acpi, COHERENT, 4);
    acpi_put(acpi, 0, 1);
    acpi_put(acpi, 0, 2);
    acpi_put(acpi, CPM, 1);
    acpi_put(acpi, ats ? ATS_SUPPORTED : 0, 4);
    acpi_put(acpi, segment, 4);
    acpi_put(acpi, 64, 1); /* memory address size limit */
    acpi_put(acpi, 0, 3);
    for (size_t i = 0; i < count; i++) {
        acpi_put(acpi, runs[i].first, 4);
        acpi_put(acpi, (uint32_t)(runs[i].last - runs[i].first), 4); /* number of ids, less one */
        acpi_put(acpi, runs[i].first, 4);
        acpi_put(acpi, HEADER_BYTES + SMMUV3_BYTES * runs[i].iommu, 4);
        acpi_put(acpi, 0, 4);
    }
}

static bool check(const struct platform_machine *machine, char *error, size_t error_bytes)
{
    for (size_t i = 0; i < machine->iommu_count; i++)
        if (machine->iommus[i].architecture != PLATFORM_SMMUV3 || machine->iommus[i].base & 0xffff) {
            snprintf(error, error_bytes, "an IORT describes SMMUv3 units with registers on a 64 KiB boundary (unit %zu)", i);
            return false;
        }
    for (size_t i = 0; i < machine->device_count; i++) {
        const struct platform_device *d = &machine->devices[i];

        if (d->kind != PLATFORM_ENDPOINT && d->kind != PLATFORM_BRIDGE) {
            snprintf(error, error_bytes, "an IORT of this bench describes PCI devices only (device %zu)", i);
            return false;
        }
        if (d->iommu >= machine->iommu_count) {
            snprintf(error, error_bytes, "device %zu has no unit", i);
            return false;
        }
    }
    return true;
}

static bool first_of_segment(const struct platform_machine *machine, size_t device)
{
    for (size_t i = 0; i < device; i++)
        if (machine->devices[i].segment == machine->devices[device].segment)
            return false;
    return true;
}

size_t platform_iort(const struct platform_machine *machine, uint8_t *out, size_t room, char *error, size_t error_bytes)
{
    struct acpi acpi = {.out = out, .room = room};
    size_t segments = 0;
    struct run runs[64];

    if (!check(machine, error, error_bytes))
        return 0;
    for (size_t i = 0; i < machine->device_count; i++)
        segments += first_of_segment(machine, i);
    acpi_header(&acpi, "IORT", 0);
    acpi_put(&acpi, machine->iommu_count + segments, 4);
    acpi_put(&acpi, HEADER_BYTES, 4);
    acpi_put(&acpi, 0, 4);
    for (size_t i = 0; i < machine->iommu_count; i++)
        put_smmu(&acpi, &machine->iommus[i]);
    for (size_t i = 0; i < machine->device_count; i++)
        if (first_of_segment(machine, i)) {
            size_t count = runs_of(machine, machine->devices[i].segment, runs, sizeof runs / sizeof runs[0]);

            if (count > sizeof runs / sizeof runs[0]) {
                snprintf(error, error_bytes, "segment %u needs more than %zu mappings", machine->devices[i].segment,
                         sizeof runs / sizeof runs[0]);
                return 0;
            }
            put_root_complex(&acpi, machine, machine->devices[i].segment, runs, count);
        }
    return acpi_finish(&acpi);
}
