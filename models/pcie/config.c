/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * config.c - a configuration space: building it, resetting it, requests to it.
 */
#include "pcie/config.h"

#include <stdlib.h>
#include <string.h>

#define STATUS 0x06u
#define STATUS_CAPABILITIES 0x10u
#define BAR0 0x10u
#define CAPABILITIES_POINTER 0x34u
#define BAR_64_BIT 0x4u

static void check_range(uint32_t offset, uint32_t bytes)
{
    if (bytes == 0 || bytes > 4u || offset > PCIE_CONFIG_BYTES - bytes)
        abort();
}

static uint32_t load(const uint8_t *from, uint32_t bytes)
{
    uint32_t value = 0;
    for (uint32_t i = bytes; i--;)
        value = value << 8 | from[i];
    return value;
}

static void store(uint8_t *to, uint32_t bytes, uint32_t value)
{
    for (uint32_t i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> 8u * i);
}

/* ---- building ---- */

void pcie_config_add_field(struct pcie_config *config, const struct pcie_config_field *field)
{
    uint32_t at = field->offset, bytes = field->bytes;
    check_range(at, bytes);
    store(config->reset + at, bytes, field->reset);
    store(config->value + at, bytes, field->reset);
    store(config->writable + at, bytes, field->writable);
    store(config->write_one_clear + at, bytes, field->write_one_clear);
    store(config->sticky + at, bytes, field->sticky);
}

void pcie_config_add_fields(struct pcie_config *config, uint32_t base, const struct pcie_config_field *fields, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct pcie_config_field field = fields[i];
        field.offset = (uint16_t)(field.offset + base);
        pcie_config_add_field(config, &field);
    }
}

static void fix(struct pcie_config *config, uint32_t offset, uint32_t bytes, uint32_t value)
{
    pcie_config_add_field(config,
                          &(struct pcie_config_field){.offset = (uint16_t)offset, .bytes = (uint8_t)bytes, .reset = value});
}

void pcie_config_init(struct pcie_config *config, const struct pcie_config_identity *identity)
{
    memset(config, 0, sizeof *config);
    fix(config, 0x00, 2, identity->vendor_id);
    fix(config, 0x02, 2, identity->device_id);
    fix(config, 0x08, 4, identity->class_code << 8 | identity->revision);
    fix(config, 0x2c, 2, identity->subsystem_vendor_id);
    fix(config, 0x2e, 2, identity->subsystem_id);
}

void pcie_config_add_bar64(struct pcie_config *config, uint32_t index, uint64_t bytes)
{
    if (bytes < 16u || (bytes & (bytes - 1u)) != 0 || index > 4u)
        abort();
    uint64_t writable = ~(bytes - 1u);
    uint16_t at = (uint16_t)(BAR0 + 4u * index);
    pcie_config_add_field(
        config, &(struct pcie_config_field){.offset = at, .bytes = 4, .reset = BAR_64_BIT, .writable = (uint32_t)writable});
    pcie_config_add_field(
        config, &(struct pcie_config_field){.offset = (uint16_t)(at + 4u), .bytes = 4, .writable = (uint32_t)(writable >> 32)});
}

uint64_t pcie_config_bar64(const struct pcie_config *config, uint32_t index)
{
    const uint8_t *bar = config->value + BAR0 + 4u * index;
    return ((uint64_t)load(bar + 4, 4) << 32 | load(bar, 4)) & ~UINT64_C(0xf);
}

void pcie_config_add_capability(struct pcie_config *config, uint32_t offset, uint8_t id)
{
    uint32_t from = config->last ? config->last + 1u : CAPABILITIES_POINTER;
    if (offset % 4u || offset < 0x40u || offset >= PCIE_CONFIG_EXTENDED)
        abort();
    fix(config, from, 1, offset);
    fix(config, offset, 1, id);
    fix(config, STATUS, 1, STATUS_CAPABILITIES);
    config->last = (uint16_t)offset;
}

void pcie_config_add_extended(struct pcie_config *config, uint32_t offset, uint16_t id, uint8_t version)
{
    if (offset % 4u || offset < PCIE_CONFIG_EXTENDED || offset >= PCIE_CONFIG_BYTES ||
        (config->last_extended == 0) != (offset == PCIE_CONFIG_EXTENDED))
        abort();
    /* 7.6.3: id 15:0, version 19:16, next 31:20 */
    if (config->last_extended)
        fix(config, config->last_extended, 4, load(config->reset + config->last_extended, 4) | offset << 20);
    fix(config, offset, 4, (uint32_t)version << 16 | id);
    config->last_extended = (uint16_t)offset;
}

/* ---- use ---- */

void pcie_config_reset(struct pcie_config *config, bool keep_sticky)
{
    for (uint32_t i = 0; i < PCIE_CONFIG_BYTES; i++) {
        uint8_t keep = keep_sticky ? config->sticky[i] : 0;
        config->value[i] = (uint8_t)((config->value[i] & keep) | (config->reset[i] & ~keep));
    }
}

uint32_t pcie_config_read(const struct pcie_config *config, uint32_t offset, uint32_t bytes)
{
    check_range(offset, bytes);
    if (bytes == 3u || offset % bytes)
        abort();
    return load(config->value + offset, bytes);
}

void pcie_config_write(struct pcie_config *config, uint32_t offset, uint32_t bytes, uint32_t value)
{
    check_range(offset, bytes);
    if (bytes == 3u || offset % bytes)
        abort();
    for (uint32_t i = 0; i < bytes; i++) {
        uint8_t given = (uint8_t)(value >> 8u * i), *byte = &config->value[offset + i];
        uint8_t writable = config->writable[offset + i];
        *byte = (uint8_t)((*byte & ~writable) | (given & writable));
        *byte &= (uint8_t) ~(given & config->write_one_clear[offset + i]);
    }
}

void pcie_config_put(struct pcie_config *config, uint32_t offset, uint32_t bytes, uint32_t value)
{
    check_range(offset, bytes);
    store(config->value + offset, bytes, value);
}

void pcie_config_change(struct pcie_config *config, uint32_t offset, uint32_t bytes, uint32_t clear, uint32_t set)
{
    check_range(offset, bytes);
    store(config->value + offset, bytes, (load(config->value + offset, bytes) & ~clear) | set);
}
