/* SPDX-License-Identifier: BSD-2-Clause */
/* linux/acpi.h - the tables of the firmware, and the structures of DMAR (D51397 chapter 8). */
#ifndef _LINUX_ACPI_H
#define _LINUX_ACPI_H

#include <linux/errno.h>
#include <linux/types.h>

typedef u32 acpi_status;
#define AE_OK 0
#define AE_NOT_FOUND 5
#define ACPI_SUCCESS(status) ((status) == AE_OK)
#define ACPI_FAILURE(status) ((status) != AE_OK)

#define ACPI_SIG_DMAR "DMAR"
#define ACPI_SIG_IORT "IORT"

struct acpi_table_header {
    char signature[4];
    u32 length;
    u8 revision;
    u8 checksum;
    char oem_id[6];
    char oem_table_id[8];
    u32 oem_revision;
    char asl_compiler_id[4];
    u32 asl_compiler_revision;
} __packed;

acpi_status acpi_get_table(const char *signature, u32 instance, struct acpi_table_header **out);
void acpi_put_table(struct acpi_table_header *table);

struct acpi_table_dmar {
    struct acpi_table_header header;
    u8 width; /* host address width - 1 */
    u8 flags;
    u8 reserved[10];
} __packed;

#define ACPI_DMAR_INTR_REMAP 1
#define ACPI_DMAR_X2APIC_OPT_OUT 2
#define ACPI_DMAR_X2APIC_MODE 4

struct acpi_dmar_header {
    u16 type;
    u16 length;
} __packed;

enum acpi_dmar_type {
    ACPI_DMAR_TYPE_HARDWARE_UNIT = 0,
    ACPI_DMAR_TYPE_RESERVED_MEMORY = 1,
    ACPI_DMAR_TYPE_ROOT_ATS = 2,
    ACPI_DMAR_TYPE_HARDWARE_AFFINITY = 3,
    ACPI_DMAR_TYPE_NAMESPACE = 4,
    ACPI_DMAR_TYPE_SATC = 5,
};

struct acpi_dmar_device_scope {
    u8 entry_type;
    u8 length;
    u16 reserved;
    u8 enumeration_id;
    u8 bus;
} __packed; /* then pairs of struct acpi_dmar_pci_path */

enum acpi_dmar_scope_type {
    ACPI_DMAR_SCOPE_TYPE_NOT_USED = 0,
    ACPI_DMAR_SCOPE_TYPE_ENDPOINT = 1,
    ACPI_DMAR_SCOPE_TYPE_BRIDGE = 2,
    ACPI_DMAR_SCOPE_TYPE_IOAPIC = 3,
    ACPI_DMAR_SCOPE_TYPE_HPET = 4,
    ACPI_DMAR_SCOPE_TYPE_NAMESPACE = 5,
};

struct acpi_dmar_pci_path {
    u8 device;
    u8 function;
} __packed;

struct acpi_dmar_hardware_unit {
    struct acpi_dmar_header header;
    u8 flags;
    u8 size;
    u16 segment;
    u64 address;
} __packed;
#define ACPI_DMAR_INCLUDE_ALL 1

struct acpi_dmar_reserved_memory {
    struct acpi_dmar_header header;
    u16 reserved;
    u16 segment;
    u64 base_address;
    u64 end_address;
} __packed;

struct acpi_dmar_atsr {
    struct acpi_dmar_header header;
    u8 flags;
    u8 reserved;
    u16 segment;
} __packed;
#define ACPI_DMAR_ALL_PORTS 1

#endif
