/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dmar.c - the DMA Remapping Reporting table (D51397 chapter 8 BIOS Considerations).
 *
 * Remapping structures stand in the order of their types (8.2 Remapping Structure Types): DRHD, RMRR, ATSR, RHSA, ANDD, SATC.
 */
#include "platform/acpi.h"
#include "platform/description.h"

#include <stdio.h>
#include <string.h>

enum structure { DRHD = 0, RMRR = 1, ATSR = 2, RHSA = 3, ANDD = 4, SATC = 5 };
/* 8.3.1 Device Scope Structure: type, by kind of device. */
static const uint8_t scope_type[] = {
    [PLATFORM_ENDPOINT] = 1, [PLATFORM_BRIDGE] = 2, [PLATFORM_IOAPIC] = 3, [PLATFORM_HPET] = 4, [PLATFORM_NAMESPACE] = 5};

static size_t begin(struct acpi *acpi, enum structure type)
{
    size_t at = acpi->bytes;

    acpi_put(acpi, type, 2);
    acpi_put(acpi, 0, 2); /* length */
    return at;
}

static void end(struct acpi *acpi, size_t at)
{
    acpi_patch(acpi, at + 2, acpi->bytes - at, 2);
}

static void put_scope(struct acpi *acpi, const struct platform_device *device)
{
    acpi_put(acpi, scope_type[device->kind], 1);
    acpi_put(acpi, 8, 1); /* 6 and one pair of device and function */
    acpi_put(acpi, 0, 2); /* flags, reserved */
    acpi_put(acpi, device->enumeration_id, 1);
    acpi_put(acpi, device->requester_id >> 8, 1);
    acpi_put(acpi, device->requester_id >> 3 & 0x1f, 1);
    acpi_put(acpi, device->requester_id & 7, 1);
}

static bool is_pci(const struct platform_device *device)
{
    return device->kind == PLATFORM_ENDPOINT || device->kind == PLATFORM_BRIDGE;
}

/* 8.3: a unit with INCLUDE_PCI_ALL lists no PCI endpoints and bridges, for it has whatever the others do not list. */
static void put_drhd(struct acpi *acpi, const struct platform_machine *machine, uint32_t n)
{
    const struct platform_iommu *iommu = &machine->iommus[n];
    size_t at = begin(acpi, DRHD);

    acpi_put(acpi, iommu->everything_else, 1);
    acpi_put(acpi, iommu->pages_lg2, 1);
    acpi_put(acpi, iommu->segment, 2);
    acpi_put(acpi, iommu->base, 8);
    for (size_t i = 0; i < machine->device_count; i++)
        if (machine->devices[i].iommu == n && !(iommu->everything_else && is_pci(&machine->devices[i])))
            put_scope(acpi, &machine->devices[i]);
    end(acpi, at);
}

static void put_rmrr(struct acpi *acpi, const struct platform_machine *machine, const struct platform_reserved *reserved)
{
    const struct platform_device *device = &machine->devices[reserved->device];
    size_t at = begin(acpi, RMRR);

    acpi_put(acpi, 0, 2);
    acpi_put(acpi, device->segment, 2);
    acpi_put(acpi, reserved->base, 8);
    acpi_put(acpi, reserved->last, 8);
    put_scope(acpi, device);
    end(acpi, at);
}

/* On bus 0 an endpoint is integrated in the root complex; others are below a root port. */
static bool integrated(const struct platform_device *device)
{
    return !(device->requester_id >> 8);
}

/* 8.5 ATSR: below every root port of the segment ATS may be used. */
static void put_atsr(struct acpi *acpi, uint16_t segment)
{
    enum { ALL_PORTS = 1 };
    size_t at = begin(acpi, ATSR);

    acpi_put(acpi, ALL_PORTS, 1);
    acpi_put(acpi, 0, 1);
    acpi_put(acpi, segment, 2);
    end(acpi, at);
}

/* 8.8 SATC: one structure a segment, listing the integrated endpoints that have a Device-TLB. */
static void put_satc(struct acpi *acpi, const struct platform_machine *machine, uint16_t segment)
{
    size_t at = begin(acpi, SATC);

    acpi_put(acpi, 0, 2);
    acpi_put(acpi, segment, 2);
    for (size_t i = 0; i < machine->device_count; i++)
        if (machine->devices[i].ats && machine->devices[i].segment == segment && integrated(&machine->devices[i]))
            put_scope(acpi, &machine->devices[i]);
    end(acpi, at);
}

static void put_andd(struct acpi *acpi, const struct platform_device *device)
{
    size_t at = begin(acpi, ANDD);

    acpi_put(acpi, 0, 3);
    acpi_put(acpi, device->enumeration_id, 1);
    acpi_put_text(acpi, device->object, strlen(device->object) + 1);
    end(acpi, at);
}

static void put_rhsa(struct acpi *acpi, const struct platform_iommu *iommu)
{
    size_t at = begin(acpi, RHSA);

    acpi_put(acpi, 0, 4);
    acpi_put(acpi, iommu->base, 8);
    acpi_put(acpi, iommu->proximity, 4);
    end(acpi, at);
}

/* ---- the rules of chapter 8 that a description can break ---- */

static bool refuse(char *error, size_t error_bytes, const char *sentence, size_t index)
{
    snprintf(error, error_bytes, "%s (entry %zu)", sentence, index);
    return false;
}

static bool check_iommu(const struct platform_machine *machine, size_t i, char *error, size_t error_bytes)
{
    const struct platform_iommu *iommu = &machine->iommus[i];

    if (iommu->architecture != PLATFORM_VTD)
        return refuse(error, error_bytes, "a DMAR table describes VT-d units only", i);
    if (iommu->base & 0xfff)
        return refuse(error, error_bytes, "registers begin on a 4 KiB boundary", i);
    for (size_t k = i + 1; k < machine->iommu_count && iommu->everything_else; k++)
        if (machine->iommus[k].segment == iommu->segment)
            return refuse(error, error_bytes, "the unit with INCLUDE_PCI_ALL is the last of its segment, and the only such", i);
    return true;
}

static bool check(const struct platform_machine *machine, char *error, size_t error_bytes)
{
    if (machine->host_address_bits < 1 || machine->host_address_bits > 64)
        return refuse(error, error_bytes, "the host address width is 1 to 64 bits", 0);
    if (machine->x2apic_opt_out && !machine->interrupt_remapping)
        return refuse(error, error_bytes, "X2APIC_OPT_OUT goes with INTR_REMAP only", 0);
    for (size_t i = 0; i < machine->iommu_count; i++)
        if (!check_iommu(machine, i, error, error_bytes))
            return false;
    for (size_t i = 0; i < machine->device_count; i++) {
        const struct platform_device *device = &machine->devices[i];

        if (device->iommu >= machine->iommu_count || machine->iommus[device->iommu].segment != device->segment)
            return refuse(error, error_bytes, "a device belongs to a unit of its own segment", i);
        if ((device->kind == PLATFORM_NAMESPACE) != (device->object != NULL))
            return refuse(error, error_bytes, "a namespace device, and only it, has an object name", i);
        if (device->ats && device->kind != PLATFORM_ENDPOINT)
            return refuse(error, error_bytes, "only an endpoint has a Device-TLB", i);
    }
    for (size_t i = 0; i < machine->reserved_count; i++) {
        const struct platform_reserved *r = &machine->reserved[i];

        if (r->device >= machine->device_count || !is_pci(&machine->devices[r->device]))
            return refuse(error, error_bytes, "reserved memory belongs to an endpoint or bridge", i);
        if (r->base & 0xfff || (r->last + 1) & 0xfff || r->last < r->base)
            return refuse(error, error_bytes, "reserved memory is whole 4 KiB pages", i);
    }
    return true;
}

/* The first endpoint with a Device-TLB of its segment, of the integrated ones or of those below root ports. */
static bool first_with_ats(const struct platform_machine *machine, size_t device, bool is_integrated)
{
    const struct platform_device *this = &machine->devices[device];

    if (!this->ats || integrated(this) != is_integrated)
        return false;
    for (size_t i = 0; i < device; i++)
        if (machine->devices[i].ats && machine->devices[i].segment == this->segment &&
            integrated(&machine->devices[i]) == is_integrated)
            return false;
    return true;
}

size_t platform_dmar(const struct platform_machine *machine, uint8_t *out, size_t room, char *error, size_t error_bytes)
{
    struct acpi acpi = {.out = out, .room = room};

    if (!check(machine, error, error_bytes))
        return 0;
    acpi_header(&acpi, "DMAR", 1);
    acpi_put(&acpi, machine->host_address_bits - 1u, 1);
    acpi_put(&acpi, (machine->interrupt_remapping ? 1u : 0) | (machine->x2apic_opt_out ? 2u : 0) | (machine->dma_opt_in ? 4u : 0),
             1);
    acpi_put_text(&acpi, "", 10);
    for (uint32_t i = 0; i < machine->iommu_count; i++)
        put_drhd(&acpi, machine, i);
    for (size_t i = 0; i < machine->reserved_count; i++)
        put_rmrr(&acpi, machine, &machine->reserved[i]);
    for (size_t i = 0; i < machine->device_count; i++)
        if (first_with_ats(machine, i, false))
            put_atsr(&acpi, machine->devices[i].segment);
    for (size_t i = 0; i < machine->iommu_count; i++)
        if (machine->iommus[i].proximity != UINT32_MAX)
            put_rhsa(&acpi, &machine->iommus[i]);
    for (size_t i = 0; i < machine->device_count; i++)
        if (machine->devices[i].kind == PLATFORM_NAMESPACE)
            put_andd(&acpi, &machine->devices[i]);
    for (size_t i = 0; i < machine->device_count; i++)
        if (first_with_ats(machine, i, true))
            put_satc(&acpi, machine, machine->devices[i].segment);
    return acpi_finish(&acpi);
}
