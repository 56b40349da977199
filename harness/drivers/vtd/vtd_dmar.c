/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_dmar.c - what the DMAR table says (chapter 8 BIOS Considerations): units and which devices are theirs, reserved memory
 * regions, root ports with ATS. The table stays; scopes are looked up in it whenever a device comes.
 */
#include "vtd.h"

#include <linux/dmar.h>
#include <linux/printk.h>

static struct acpi_table_header *table;

static const struct acpi_dmar_header *first(void)
{
    return (const void *)((const u8 *)table + sizeof(struct acpi_table_dmar));
}

static bool inside(const struct acpi_dmar_header *at)
{
    const u8 *end = (const u8 *)table + table->length;

    return (const u8 *)(at + 1) <= end && at->length >= sizeof(*at) && (const u8 *)at + at->length <= end;
}

#define for_each_structure(at) for ((at) = first(); inside(at); (at) = (const void *)((const u8 *)(at) + (at)->length))

int vtd_dmar_parse(int (*found)(const struct acpi_dmar_hardware_unit *drhd))
{
    const struct acpi_dmar_header *at;
    int result = 0;

    if (ACPI_FAILURE(acpi_get_table(ACPI_SIG_DMAR, 0, &table)))
        return -ENODEV;
    for_each_structure(at) if (at->type == ACPI_DMAR_TYPE_HARDWARE_UNIT && !result) result = found((const void *)at);
    return result;
}

void vtd_dmar_done(void)
{
    if (table)
        acpi_put_table(table);
    table = NULL;
}

/* 8.3.1: each step of the path is on the bus behind the bridge that the step before names. NULL: there is no such device. */
static struct pci_dev *scope_device(const struct acpi_dmar_device_scope *scope, u16 segment)
{
    const struct acpi_dmar_pci_path *path = (const void *)(scope + 1);
    unsigned int steps = (scope->length - sizeof(*scope)) / sizeof(*path), bus = scope->bus;
    struct pci_dev *at = NULL;

    for (unsigned int i = 0; i < steps; i++) {
        pci_dev_put(at);
        at = pci_get_domain_bus_and_slot(segment, bus, PCI_DEVFN(path[i].device, path[i].function));
        if (!at)
            return NULL;
        if (at->subordinate)
            bus = at->subordinate->number;
    }
    return at;
}

static bool scope_has(const struct acpi_dmar_device_scope *scope, u16 segment, struct pci_dev *pdev)
{
    struct pci_dev *named;
    bool found = false;

    if (scope->entry_type != ACPI_DMAR_SCOPE_TYPE_ENDPOINT && scope->entry_type != ACPI_DMAR_SCOPE_TYPE_BRIDGE)
        return false;
    named = scope_device(scope, segment);
    for (struct pci_dev *at = pdev; at && named && !found; at = pci_upstream_bridge(at)) {
        found = at == named;
        if (scope->entry_type == ACPI_DMAR_SCOPE_TYPE_ENDPOINT)
            break;
    }
    pci_dev_put(named);
    return found;
}

/* Scopes stand behind the fixed part of the structure. */
static bool scopes_have(const struct acpi_dmar_header *structure, size_t fixed, u16 segment, struct pci_dev *pdev)
{
    const u8 *end = (const u8 *)structure + structure->length;

    for (const u8 *at = (const u8 *)structure + fixed; at + sizeof(struct acpi_dmar_device_scope) <= end;) {
        const struct acpi_dmar_device_scope *scope = (const void *)at;

        if (scope->length < sizeof(*scope) || at + scope->length > end)
            break;
        if (scope_has(scope, segment, pdev))
            return true;
        at += scope->length;
    }
    return false;
}

static struct vtd_unit *unit_at(u64 base)
{
    struct vtd_unit *unit;

    list_for_each_entry(unit, &vtd_units, node) if (unit->base == base) return unit;
    return NULL;
}

struct vtd_unit *vtd_dmar_unit(struct pci_dev *pdev)
{
    const struct acpi_dmar_header *at;
    struct vtd_unit *rest = NULL;

    for_each_structure(at)
    {
        const struct acpi_dmar_hardware_unit *drhd = (const void *)at;

        if (at->type != ACPI_DMAR_TYPE_HARDWARE_UNIT || drhd->segment != pci_domain_nr(pdev->bus))
            continue;
        if (scopes_have(at, sizeof(*drhd), drhd->segment, pdev))
            return unit_at(drhd->address);
        if (drhd->flags & ACPI_DMAR_INCLUDE_ALL)
            rest = unit_at(drhd->address);
    }
    return rest;
}

/*
 * 8.5: behind a root port only where that supports ATS; what is integrated into the root complex has none above it. 8.8: a device
 * of SATC may have its translations cached.
 */
bool vtd_dmar_ats(struct pci_dev *pdev)
{
    const struct acpi_dmar_header *at;
    struct pci_dev *port = pdev;

    while (pci_upstream_bridge(port))
        port = pci_upstream_bridge(port);
    if (port == pdev)
        return true;
    for_each_structure(at)
    {
        const struct acpi_dmar_atsr *atsr = (const void *)at;

        if (at->type == ACPI_DMAR_TYPE_SATC && atsr->segment == pci_domain_nr(pdev->bus) &&
            scopes_have(at, sizeof(*atsr), atsr->segment, pdev))
            return true;
        if (at->type != ACPI_DMAR_TYPE_ROOT_ATS || atsr->segment != pci_domain_nr(pdev->bus))
            continue;
        if (atsr->flags & ACPI_DMAR_ALL_PORTS || scopes_have(at, sizeof(*atsr), atsr->segment, port))
            return true;
    }
    return false;
}

void vtd_dmar_reserved(struct pci_dev *pdev, struct list_head *regions)
{
    const struct acpi_dmar_header *at;

    for_each_structure(at)
    {
        const struct acpi_dmar_reserved_memory *rmrr = (const void *)at;
        struct iommu_resv_region *region;

        if (at->type != ACPI_DMAR_TYPE_RESERVED_MEMORY || rmrr->segment != pci_domain_nr(pdev->bus) ||
            !scopes_have(at, sizeof(*rmrr), rmrr->segment, pdev))
            continue;
        region = iommu_alloc_resv_region(rmrr->base_address, rmrr->end_address - rmrr->base_address + 1, IOMMU_READ | IOMMU_WRITE,
                                         IOMMU_RESV_DIRECT, GFP_KERNEL);
        if (region)
            list_add_tail(&region->list, regions);
    }
}
