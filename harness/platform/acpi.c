/* SPDX-License-Identifier: BSD-2-Clause */
/* acpi.c - see acpi.h. */
#include "platform/acpi.h"

#include <string.h>

void acpi_patch(struct acpi *acpi, size_t offset, uint64_t value, uint32_t value_bytes)
{
    for (uint32_t i = 0; i < value_bytes; i++)
        if (offset + i < acpi->room)
            acpi->out[offset + i] = (uint8_t)(value >> (8 * i));
}

void acpi_put(struct acpi *acpi, uint64_t value, uint32_t value_bytes)
{
    acpi_patch(acpi, acpi->bytes, value, value_bytes);
    acpi->bytes += value_bytes;
}

void acpi_put_text(struct acpi *acpi, const char *text, size_t text_bytes)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < text_bytes; i++)
        acpi_put(acpi, i < length ? (uint8_t)text[i] : 0, 1);
}

enum { LENGTH_AT = 4, CHECKSUM_AT = 9 };

void acpi_header(struct acpi *acpi, const char *signature, uint8_t revision)
{
    acpi_put_text(acpi, signature, 4);
    acpi_put(acpi, 0, 4); /* length */
    acpi_put(acpi, revision, 1);
    acpi_put(acpi, 0, 1); /* checksum */
    acpi_put_text(acpi, "IOTB", 6);
    acpi_put_text(acpi, "IOTBENCH", 8);
    acpi_put(acpi, 1, 4); /* OEM revision */
    acpi_put_text(acpi, "IOTB", 4);
    acpi_put(acpi, 1, 4); /* creator revision */
}

size_t acpi_finish(struct acpi *acpi)
{
    uint8_t sum = 0;

    acpi_patch(acpi, LENGTH_AT, acpi->bytes, 4);
    for (size_t i = 0; i < acpi->bytes && i < acpi->room; i++)
        sum = (uint8_t)(sum + acpi->out[i]);
    acpi_patch(acpi, CHECKSUM_AT, (uint8_t)-sum, 1);
    return acpi->bytes;
}
