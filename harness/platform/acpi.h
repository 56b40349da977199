/* SPDX-License-Identifier: BSD-2-Clause */
/* acpi.h - bytes of an ACPI table: little-endian values appended in order, lengths and the checksum filled in afterwards. */
#ifndef PLATFORM_ACPI_H
#define PLATFORM_ACPI_H

#include <stddef.h>
#include <stdint.h>

struct acpi {
    uint8_t *out;
    size_t room, bytes; /* bytes counts on beyond room */
};

void acpi_put(struct acpi *acpi, uint64_t value, uint32_t value_bytes);
void acpi_put_text(struct acpi *acpi, const char *text, size_t text_bytes); /* padded with NUL */
void acpi_patch(struct acpi *acpi, size_t offset, uint64_t value, uint32_t value_bytes);

/* 36 bytes: ACPI 5.2.6 System Description Table Header. */
void acpi_header(struct acpi *acpi, const char *signature, uint8_t revision);
/* Length and checksum; the table's length. */
size_t acpi_finish(struct acpi *acpi);

#endif
