/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * config.h - a configuration space of 4096 bytes: built from capabilities, read and written as the link does.
 *
 * Every byte has a value after reset, bits that a write stores (RW), bits that a write of 1 clears (RW1C), and bits that
 * survive a reset of the function (sticky). What no field names reads 0 and ignores writes (7.4 Configuration Register Types).
 *
 * Source: PCI Express Base Specification, chapter 7 (Software Initialization and Configuration).
 */
#ifndef PCIE_CONFIG_H
#define PCIE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#define PCIE_CONFIG_BYTES 4096u
#define PCIE_CONFIG_EXTENDED 0x100u /* where the list of extended capabilities begins */

struct pcie_config {
    uint8_t value[PCIE_CONFIG_BYTES];
    uint8_t reset[PCIE_CONFIG_BYTES];
    uint8_t writable[PCIE_CONFIG_BYTES];
    uint8_t write_one_clear[PCIE_CONFIG_BYTES];
    uint8_t sticky[PCIE_CONFIG_BYTES];
    uint16_t last, last_extended; /* the capability that the next one is linked to; 0: none yet */
};

/* How a field of up to 4 bytes behaves, lowest byte first. */
struct pcie_config_field {
    uint16_t offset;
    uint8_t bytes;
    uint32_t reset, writable, write_one_clear, sticky;
};

/* Type 0 header (7.5.1.2); what it holds besides is added as fields. */
struct pcie_config_identity {
    uint16_t vendor_id, device_id, subsystem_vendor_id, subsystem_id;
    uint32_t class_code; /* 24 bits */
    uint8_t revision;
};

void pcie_config_init(struct pcie_config *config, const struct pcie_config_identity *identity);

void pcie_config_add_field(struct pcie_config *config, const struct pcie_config_field *field);
/* Fields of a capability at `base`: offsets are relative to it. */
void pcie_config_add_fields(struct pcie_config *config, uint32_t base, const struct pcie_config_field *fields, uint32_t count);

/* A 64-bit non-prefetchable memory BAR in registers index and index + 1; bytes is a power of two, 16 or more (7.5.1.2.1). */
void pcie_config_add_bar64(struct pcie_config *config, uint32_t index, uint64_t bytes);
uint64_t pcie_config_bar64(const struct pcie_config *config, uint32_t index); /* the address that was assigned */

/* Link a capability into its list, in order of calls: 7.5.3 (id in byte 0), 7.6.3 (the first extended one is at 100h). */
void pcie_config_add_capability(struct pcie_config *config, uint32_t offset, uint8_t id);
void pcie_config_add_extended(struct pcie_config *config, uint32_t offset, uint16_t id, uint8_t version);

/* Values as after a conventional reset; with keep_sticky as after a reset of the function. */
void pcie_config_reset(struct pcie_config *config, bool keep_sticky);

/*
 * Configuration requests: bytes is 1, 2 or 4 and the offset is a multiple of it (aborts otherwise). A write with fewer than 4
 * bytes is one with these byte enables.
 */
uint32_t pcie_config_read(const struct pcie_config *config, uint32_t offset, uint32_t bytes);
void pcie_config_write(struct pcie_config *config, uint32_t offset, uint32_t bytes, uint32_t value);

/* The function's own hand: status bits, read-only fields. */
void pcie_config_put(struct pcie_config *config, uint32_t offset, uint32_t bytes, uint32_t value);
void pcie_config_change(struct pcie_config *config, uint32_t offset, uint32_t bytes, uint32_t clear, uint32_t set);

#endif
