/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_bars.c - memory requests to the BARs: which are supported, and where they go.
 */
#include "pasid-device/pd_internal.h"

#include <stdlib.h>
#include <string.h>

#define BAR0_BYTES 0x10000u
#define BAR2_BYTES 0x20000u

static uint64_t bar_bytes(const struct pasid_device *device, uint32_t bar)
{
    return bar == 0 ? BAR0_BYTES : bar == 2u ? BAR2_BYTES : bar == 4u && device->params.exer ? BAR0_BYTES : 0;
}

static bool reaches(const struct pasid_device *device, uint32_t bar, uint64_t offset, uint32_t bytes)
{
    uint64_t size = bar_bytes(device, bar);
    return pd_memory_enabled(device) && bytes <= size && offset <= size - bytes;
}

static bool register_access(uint64_t offset, uint32_t bytes)
{
    return (bytes == 4u || bytes == 8u) && offset % 4u == 0;
}

enum pcie_status pasid_device_bar_read(struct pasid_device *device, uint32_t bar, uint64_t offset, uint32_t bytes,
                                       uint64_t *value)
{
    pd_transmit_posted(device); /* 2.4.1: a completion does not pass posted requests */
    if (!reaches(device, bar, offset, bytes) || !register_access(offset, bytes)) {
        pd_config_error(device, PD_ERROR_UNSUPPORTED);
        *value = UINT64_MAX;
        return PCIE_UR;
    }
    if (bar == 0)
        *value = pd_bar0_read(device, (uint32_t)offset, bytes);
    else if (bar == 2u)
        *value = pd_portal_read(device, offset, bytes);
    else
        *value = pd_exerciser_read(device, (uint32_t)offset, bytes);
    return PCIE_SC;
}

static uint64_t number(const uint8_t *data, uint32_t bytes)
{
    uint64_t value = 0;
    for (uint32_t i = bytes; i--;)
        value = value << 8 | data[i];
    return value;
}

void pasid_device_bar_write(struct pasid_device *device, uint32_t bar, uint64_t offset, const void *data, uint32_t bytes)
{
    if (bytes == 0 || bytes > PD_PAGE)
        abort();
    bool supported = reaches(device, bar, offset, bytes) && (bar == 2u || register_access(offset, bytes));
    if (!supported) {
        pd_config_error(device, PD_ERROR_UNSUPPORTED_POSTED);
        return;
    }
    if (bar == 0)
        pd_bar0_write(device, (uint32_t)offset, bytes, number(data, bytes));
    else if (bar == 2u)
        pd_portal_write(device, offset, data, bytes);
    else
        pd_exerciser_write(device, (uint32_t)offset, bytes, number(data, bytes));
}

enum pasid_device_deferred pasid_device_deferrable_write(struct pasid_device *device, uint64_t address, const void *data,
                                                         uint32_t bytes)
{
    uint64_t base = pcie_config_bar64(&device->config, 2);
    if (address < base || !reaches(device, 2, address - base, bytes)) {
        pd_config_error(device, PD_ERROR_UNSUPPORTED);
        return PASID_DEVICE_UNSUPPORTED;
    }
    return pd_portal_deferrable(device, address - base, data, bytes);
}
