/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_arm.c - BAR4: the DMA registers of Arm's exerciser (ARM-software/sysarch-acs docs/pcie/Exerciser.md) over raw slot 7.
 */
#include "pasid-device/pd_internal.h"

#define SLOT (7u * PD_STRIDE_SLOT)
#define CONTROL 0x08u
#define CONTROL_TRIGGER 0x0fu
#define CONTROL_WRITE 0x10u
#define ADDRESS 0x10u /* two doublewords */
#define STATUS 0x1cu
#define STATUS_ERROR 2u
#define STATUS_CLEAR 4u
#define ADDRESS_TYPE_DEFAULT 0u
#define ADDRESS_TYPE_UNTRANSLATED 1u

static const struct {
    uint32_t offset, bit, field;
} map[] = {
    {CONTROL, 5, PD_SLOT_NS},      {CONTROL, 6, PD_SLOT_PASID_V}, {CONTROL, 7, PD_SLOT_PRIV}, {CONTROL, 8, PD_SLOT_EXEC},
    {CONTROL, 9, PD_SLOT_USE_ATC}, {CONTROL, 10, PD_SLOT_AT},     {0x18, 0, PD_SLOT_LENGTH},  {0x20, 0, PD_SLOT_PASID},
    {0x3c, 0, PD_SLOT_RID},        {0x3c, 31, PD_SLOT_RID_V},
};

static uint64_t get(const struct pasid_device *device, uint32_t field)
{
    return pd_get(&device->bar4, field, SLOT);
}

static uint32_t read_word(const struct pasid_device *device, uint32_t offset)
{
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof map / sizeof map[0]; i++)
        if (map[i].offset == offset)
            value |= get(device, map[i].field) << map[i].bit;
    if (offset == CONTROL)
        value |= get(device, PD_SLOT_BUSY) | (get(device, PD_SLOT_TYPE) == PD_RAW_WRITE ? CONTROL_WRITE : 0);
    if ((offset & ~4u) == ADDRESS)
        value = get(device, PD_SLOT_ADDRESS) >> (offset - ADDRESS) * 8u;
    if (offset == STATUS && (get(device, PD_SLOT_STATUS) || get(device, PD_SLOT_EP_SEEN) || get(device, PD_SLOT_TIMED_OUT)))
        value = STATUS_ERROR;
    return (uint32_t)value;
}

uint64_t pd_arm_read(struct pasid_device *device, uint32_t offset, uint32_t bytes)
{
    uint64_t upper = bytes > 4u ? read_word(device, offset + 4u) : 0;
    return upper << 32 | read_word(device, offset);
}

static void control(struct pasid_device *device, uint32_t value)
{
    if (get(device, PD_SLOT_AT) == ADDRESS_TYPE_UNTRANSLATED)
        pd_put(&device->bar4, PD_SLOT_AT, SLOT, ADDRESS_TYPE_DEFAULT);
    pd_put(&device->bar4, PD_SLOT_TYPE, SLOT, value & CONTROL_WRITE ? PD_RAW_WRITE : PD_RAW_READ);
    if ((value & CONTROL_TRIGGER) == 1u)
        pd_slot_go(device, 7);
}

static void clear_status(struct pasid_device *device)
{
    pd_put(&device->bar4, PD_SLOT_STATUS, SLOT, 0);
    pd_put(&device->bar4, PD_SLOT_EP_SEEN, SLOT, 0);
    pd_put(&device->bar4, PD_SLOT_TIMED_OUT, SLOT, 0);
}

void pd_arm_write(struct pasid_device *device, uint32_t offset, uint32_t value)
{
    for (size_t i = 0; i < sizeof map / sizeof map[0]; i++)
        if (map[i].offset == offset)
            pd_put(&device->bar4, map[i].field, SLOT, value >> map[i].bit);
    if (offset == CONTROL)
        control(device, value);
    if ((offset & ~4u) == ADDRESS)
        pd_regs_write(&device->bar4, PD_AT_SLOT + SLOT + 0x10u + (offset & 4u), 4, value);
    if (offset == STATUS && (value & STATUS_CLEAR))
        clear_status(device);
}
