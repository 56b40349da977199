/* SPDX-License-Identifier: BSD-2-Clause */
/* machine_hardware.c - a machine as its operating system sees it. */
#include "platform/machine_internal.h"

#include <string.h>

static unsigned long now_ps(void *context)
{
    struct machine *machine = context;

    return board_now_ps(machine->board);
}

static bool step(void *context, unsigned long last_ps)
{
    struct machine *machine = context;

    if (board_step(machine->board, last_ps))
        return true;
    if (last_ps != UINT64_MAX)
        board_run(machine->board, last_ps);
    return false;
}

static void *memory(void *context, unsigned long address, unsigned long bytes)
{
    struct machine *machine = context;

    return board_memory_pointer(machine->board, address, bytes);
}

static const struct hardware_ram *rams(void *context, unsigned *count)
{
    struct machine *machine = context;

    *count = machine->ram_count;
    return machine->rams;
}

/* ---- registers ---- */

enum target_kind { NOTHING, UNIT, BAR };
struct target {
    enum target_kind kind;
    uint32_t index, bar;
    uint64_t offset;
};

static struct target target_of(const struct machine *machine, uint64_t address, uint32_t bytes)
{
    uint64_t registers = machine_registers_bytes(machine->description.architecture);

    for (uint32_t i = 0; i < machine->description.iommu_count; i++) {
        uint64_t offset = address - machine->description.iommus[i].base;

        if (offset < registers && bytes <= registers - offset)
            return (struct target){.kind = UNIT, .index = i, .offset = offset};
    }
    for (uint32_t i = 0; i < machine->description.device_count; i++)
        for (uint32_t bar = 0; bar < MACHINE_BARS; bar++) {
            const struct machine_window *window = &machine->bars[i][bar];
            uint64_t offset = address - window->base;

            if (offset < window->bytes && bytes <= window->bytes - offset)
                return (struct target){.kind = BAR, .index = i, .bar = bar, .offset = offset};
        }
    return (struct target){.kind = NOTHING};
}

static unsigned long mmio_read(void *context, unsigned long address, unsigned bytes)
{
    struct machine *machine = context;
    struct target to = target_of(machine, address, bytes);
    uint64_t value = UINT64_MAX;

    if (to.kind == UNIT)
        return board_register_read(machine->board, to.index, to.offset, bytes);
    if (to.kind == BAR)
        board_bar_read(machine->board, to.index, to.bar, to.offset, bytes, &value);
    return bytes < 8 ? value & ((UINT64_C(1) << 8 * bytes) - 1) : value;
}

static void mmio_write(void *context, unsigned long address, const void *data, unsigned bytes)
{
    struct machine *machine = context;
    struct target to = target_of(machine, address, bytes);
    uint64_t value = 0;

    if (to.kind == BAR) {
        board_bar_write(machine->board, to.index, to.bar, to.offset, data, bytes);
    } else if (to.kind == UNIT && bytes <= 8) {
        memcpy(&value, data, bytes);
        board_register_write(machine->board, to.index, to.offset, bytes, value);
    }
}

static int mmio_deferrable(void *context, unsigned long address, const void *data)
{
    struct machine *machine = context;
    struct target to = target_of(machine, address, 64);

    if (to.kind != BAR)
        return -1;
    switch (board_deferrable_write(machine->board, to.index, address, data, 64)) {
    case BOARD_ACCEPTED:
        return 0;
    case BOARD_RETRY:
        return 1;
    case BOARD_UNSUPPORTED:
        break;
    }
    return -1;
}

/* ---- configuration space ---- */

static unsigned config_read(void *context, unsigned segment, unsigned requester_id, unsigned offset, unsigned bytes)
{
    struct machine *machine = context;

    for (uint32_t i = 0; i < machine->description.device_count && !segment; i++)
        if (machine->description.devices[i].requester_id == requester_id)
            return board_config_read(machine->board, i, offset, bytes);
    for (size_t i = 0; i < machine->description.bridge_count && !segment; i++)
        if (machine->description.bridges[i].requester_id == requester_id)
            return pcie_config_read(&machine->bridges[i], offset, bytes);
    return UINT32_MAX >> (32 - 8 * bytes);
}

static void config_write(void *context, unsigned segment, unsigned requester_id, unsigned offset, unsigned bytes, unsigned value)
{
    struct machine *machine = context;

    for (uint32_t i = 0; i < machine->description.device_count && !segment; i++)
        if (machine->description.devices[i].requester_id == requester_id) {
            board_config_write(machine->board, i, offset, bytes, value);
            machine_follow_bars(machine, i);
        }
    for (size_t i = 0; i < machine->description.bridge_count && !segment; i++)
        if (machine->description.bridges[i].requester_id == requester_id)
            pcie_config_write(&machine->bridges[i], offset, bytes, value);
}

/* ---- interrupts, firmware ---- */

/* Wires of an SMMUv3 by enum smmuv3_line: event queue, page requests, CMD_SYNC, global errors; firmware lists sync last. */
static bool interrupt(void *context, struct hardware_interrupt *out)
{
    static const unsigned place[] = {0, 1, 3, 2};
    struct machine *machine = context;
    struct board_interrupt taken;

    if (!board_interrupt_take(machine->board, &taken))
        return false;
    *out = (struct hardware_interrupt){.line = taken.line, .address = taken.address, .data = taken.data};
    if (taken.line)
        out->number = MACHINE_WIRES_FIRST + 4 * taken.iommu + place[taken.data & 3];
    return true;
}

static const void *table(void *context, const char signature[4], unsigned long *bytes)
{
    struct machine *machine = context;

    if (memcmp(machine->table, signature, 4))
        return NULL;
    *bytes = machine->table_bytes;
    return machine->table;
}

static const struct hardware_platform_device *platform_device(void *context, unsigned index)
{
    struct machine *machine = context;

    if (machine->description.architecture != PLATFORM_SMMUV3 || index >= machine->description.iommu_count)
        return NULL;
    return &machine->units[index];
}

/* The IORT of this bench has no node for it; of VT-d it is in the DMAR table. */
static const struct hardware_reserved *reserved(void *context, unsigned index)
{
    struct machine *machine = context;

    if (machine->description.architecture != PLATFORM_SMMUV3 || index >= machine->reserved_count)
        return NULL;
    return &machine->reserved[index];
}

static unsigned long doorbell(void *context, bool *translated)
{
    struct machine *machine = context;

    *translated = machine->description.architecture == PLATFORM_SMMUV3;
    return machine_doorbell(machine->description.architecture);
}

const struct hardware_ops machine_hardware_ops = {.now_ps = now_ps,
                                                  .step = step,
                                                  .memory = memory,
                                                  .rams = rams,
                                                  .mmio_read = mmio_read,
                                                  .mmio_write = mmio_write,
                                                  .mmio_deferrable = mmio_deferrable,
                                                  .config_read = config_read,
                                                  .config_write = config_write,
                                                  .interrupt = interrupt,
                                                  .table = table,
                                                  .platform_device = platform_device,
                                                  .reserved = reserved,
                                                  .doorbell = doorbell};
