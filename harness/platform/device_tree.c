/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * device_tree.c - SMMUv3 units and PCI hosts as a flattened device tree, by libfdt.
 *
 * Bindings: iommu/arm,smmu-v3 (compatible, reg, #iommu-cells, interrupts, dma-coherent) and pci/pci-iommu (iommu-map: first
 * requester id, unit, first StreamID, length).
 */
#include "platform/description.h"

#include <stdio.h>

#ifdef PLATFORM_HAVE_LIBFDT
#include <libfdt.h>

enum { GIC = 1, FIRST_UNIT = 2 }; /* phandles */
enum { SPI = 0, EDGE = 1, SPI_BASE = 32 };

static int put_interrupts(void *fdt, const struct platform_iommu *iommu)
{
    static const char names[] = "eventq\0priq\0gerror\0cmdq-sync";
    fdt32_t cells[12];

    for (int i = 0; i < 4; i++) {
        if (!iommu->interrupt[i])
            return 0; /* message interrupts */
        cells[3 * i] = cpu_to_fdt32(SPI);
        cells[3 * i + 1] = cpu_to_fdt32(iommu->interrupt[i] - SPI_BASE);
        cells[3 * i + 2] = cpu_to_fdt32(EDGE);
    }
    return fdt_property(fdt, "interrupts", cells, sizeof cells) | fdt_property_u32(fdt, "interrupt-parent", GIC) |
           fdt_property(fdt, "interrupt-names", names, sizeof names);
}

static int put_unit(void *fdt, const struct platform_iommu *iommu, uint32_t phandle)
{
    fdt64_t reg[2] = {cpu_to_fdt64(iommu->base), cpu_to_fdt64(0x20000)};
    char name[40];
    int result;

    snprintf(name, sizeof name, "iommu@%llx", (unsigned long long)iommu->base);
    result = fdt_begin_node(fdt, name) | fdt_property_string(fdt, "compatible", "arm,smmu-v3") |
             fdt_property(fdt, "reg", reg, sizeof reg) | fdt_property_u32(fdt, "#iommu-cells", 1) |
             fdt_property_u32(fdt, "phandle", phandle) | put_interrupts(fdt, iommu);
    if (iommu->coherent)
        result |= fdt_property(fdt, "dma-coherent", NULL, 0);
    return result | fdt_end_node(fdt);
}

static int put_host(void *fdt, const struct platform_machine *machine, uint16_t segment)
{
    fdt32_t map[4 * 256];
    size_t count = 0;
    char name[40];

    for (size_t i = 0; i < machine->device_count && count < 256; i++)
        if (machine->devices[i].segment == segment) {
            const struct platform_device *d = &machine->devices[i];

            map[4 * count] = cpu_to_fdt32(d->requester_id);
            map[4 * count + 1] = cpu_to_fdt32(FIRST_UNIT + d->iommu);
            map[4 * count + 2] = cpu_to_fdt32(d->requester_id);
            map[4 * count++ + 3] = cpu_to_fdt32(1);
        }
    snprintf(name, sizeof name, "pcie-%u", segment);
    return fdt_begin_node(fdt, name) | fdt_property_string(fdt, "compatible", "pci-host-ecam-generic") |
           fdt_property_string(fdt, "device_type", "pci") | fdt_property_u32(fdt, "#address-cells", 3) |
           fdt_property_u32(fdt, "#size-cells", 2) | fdt_property_u32(fdt, "linux,pci-domain", segment) |
           fdt_property(fdt, "iommu-map", map, (int)(16 * count)) | fdt_end_node(fdt);
}

static bool first_of_segment(const struct platform_machine *machine, size_t device)
{
    for (size_t i = 0; i < device; i++)
        if (machine->devices[i].segment == machine->devices[device].segment)
            return false;
    return true;
}

static int put_tree(void *fdt, const struct platform_machine *machine)
{
    int result = fdt_begin_node(fdt, "") | fdt_property_string(fdt, "compatible", "iotb,machine") |
                 fdt_property_u32(fdt, "#address-cells", 2) | fdt_property_u32(fdt, "#size-cells", 2);

    result |= fdt_begin_node(fdt, "interrupt-controller") | fdt_property_string(fdt, "compatible", "arm,gic-v3") |
              fdt_property_u32(fdt, "#interrupt-cells", 3) | fdt_property(fdt, "interrupt-controller", NULL, 0) |
              fdt_property_u32(fdt, "phandle", GIC) | fdt_end_node(fdt);
    for (uint32_t i = 0; i < machine->iommu_count; i++)
        result |= put_unit(fdt, &machine->iommus[i], FIRST_UNIT + i);
    for (size_t i = 0; i < machine->device_count; i++)
        if (first_of_segment(machine, i))
            result |= put_host(fdt, machine, machine->devices[i].segment);
    return result | fdt_end_node(fdt);
}

size_t platform_device_tree(const struct platform_machine *machine, uint8_t *out, size_t room, char *error, size_t error_bytes)
{
    for (size_t i = 0; i < machine->iommu_count; i++)
        if (machine->iommus[i].architecture != PLATFORM_SMMUV3) {
            snprintf(error, error_bytes, "the device tree describes SMMUv3 units only (unit %zu)", i);
            return 0;
        }
    if (fdt_create(out, (int)room) || fdt_finish_reservemap(out) || put_tree(out, machine) || fdt_finish(out)) {
        snprintf(error, error_bytes, "the device tree does not fit into %zu bytes", room);
        return 0;
    }
    return fdt_totalsize(out);
}

#else

size_t platform_device_tree(const struct platform_machine *machine, uint8_t *out, size_t room, char *error, size_t error_bytes)
{
    (void)machine;
    (void)out;
    (void)room;
    snprintf(error, error_bytes, "this build has no libfdt (Debian: libfdt-dev)");
    return 0;
}

#endif
