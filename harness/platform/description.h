/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * description.h - what firmware says about a machine with IOMMUs: ACPI DMAR (Intel VT-d), ACPI IORT and a device tree (Arm
 * SMMUv3), written from one description.
 *
 * Documents: D51397 revision 5.10 chapter 8 (DMAR); Arm DEN 0049 (IORT, table revision 3, node revisions as written below);
 * devicetree bindings arm,smmu-v3 and pci-iommu.
 */
#ifndef PLATFORM_DESCRIPTION_H
#define PLATFORM_DESCRIPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum platform_architecture { PLATFORM_VTD, PLATFORM_SMMUV3 };
enum platform_device_kind { PLATFORM_ENDPOINT, PLATFORM_BRIDGE, PLATFORM_IOAPIC, PLATFORM_HPET, PLATFORM_NAMESPACE };

struct platform_device {
    enum platform_device_kind kind;
    uint16_t segment;
    uint16_t requester_id;  /* bus in 15:8, device and function in 7:0; a path of one hop from its bus */
    uint32_t iommu;         /* index in the machine's iommus: who translates for it */
    uint8_t enumeration_id; /* I/O APIC, HPET, namespace device; else 0 */
    const char *object;     /* namespace device: its ACPI path "\\_SB.DMA0", else NULL */
    bool ats;               /* it may use ATS */
};

struct platform_iommu {
    enum platform_architecture architecture;
    uint16_t segment;
    uint64_t base;         /* of the registers, 4 KiB (VT-d) or 64 KiB (SMMUv3) aligned */
    uint8_t pages_lg2;     /* VT-d: size of the register block in 4 KiB pages, as a power of two */
    bool everything_else;  /* VT-d INCLUDE_PCI_ALL: also what no unit of the segment lists */
    bool coherent;         /* SMMUv3: table walks are coherent (COHACC override) */
    uint32_t interrupt[4]; /* SMMUv3: event, PRI, GERROR, sync; 0: none (message interrupts) */
    uint32_t proximity;    /* UINT32_MAX: none */
};

/* RAM that a device uses from the start and that must stay mapped one to one for it. */
struct platform_reserved {
    uint64_t base, last; /* last byte inclusive */
    uint32_t device;     /* index */
};

struct platform_machine {
    uint8_t host_address_bits;
    bool interrupt_remapping, x2apic_opt_out, dma_opt_in; /* DMAR flags */
    const struct platform_iommu *iommus;
    size_t iommu_count;
    const struct platform_device *devices;
    size_t device_count;
    const struct platform_reserved *reserved;
    size_t reserved_count;
};

/*
 * Each writes the table into out[0..room) and returns its length, which may be more than room (then out holds nothing of
 * use), or 0 with one sentence in error when the description contradicts itself or the table's rules.
 */
size_t platform_dmar(const struct platform_machine *machine, uint8_t *out, size_t room, char *error, size_t error_bytes);
size_t platform_iort(const struct platform_machine *machine, uint8_t *out, size_t room, char *error, size_t error_bytes);
/* A flattened device tree with the SMMUv3 units and one PCI host per segment. Needs libfdt; 0 with a sentence without it. */
size_t platform_device_tree(const struct platform_machine *machine, uint8_t *out, size_t room, char *error, size_t error_bytes);

#endif
