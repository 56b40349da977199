/* SPDX-License-Identifier: BSD-2-Clause */
/* machine_pci.c - bridges, and the addresses that firmware gives to BARs. */
#include "platform/machine_internal.h"

#define MMIO_BASE UINT64_C(0xc0000000)
#define BAR0 0x10u
#define IS_64 0x4u
#define COMMAND 0x04u

/*
 * Type 1 header (7.5.1.3) with its bus numbers set by firmware. A root port has Access Control Services and uses them; a bridge
 * to conventional PCI can tell nobody apart.
 */
void machine_bridge_init(struct pcie_config *config, const struct machine_bridge *bridge)
{
    static const struct pcie_config_identity identity = {
        .vendor_id = 0x1234, .device_id = 0xa5b0, .subsystem_vendor_id = 0x1234, .class_code = 0x060400};
    uint32_t buses = (uint32_t)(bridge->requester_id >> 8) | (uint32_t)bridge->secondary << 8 | (uint32_t)bridge->secondary << 16;
    uint32_t type = bridge->pci ? 7 : 4;
    const struct pcie_config_field header[] = {{.offset = COMMAND, .bytes = 2, .reset = 0x6, .writable = 0x0546},
                                               {.offset = 0x0e, .bytes = 1, .reset = 1},
                                               {.offset = 0x18, .bytes = 4, .reset = buses}};
    const struct pcie_config_field express[] = {{.offset = 0x02, .bytes = 2, .reset = 0x0002 | type << 4},
                                                {.offset = 0x24, .bytes = 4, .reset = 0x00700000}};
    static const struct pcie_config_field services[] = {{.offset = 0x04, .bytes = 2, .reset = 0x1d},
                                                        {.offset = 0x06, .bytes = 2, .reset = 0x1d, .writable = 0x1d}};

    pcie_config_init(config, &identity);
    pcie_config_add_fields(config, 0, header, 3);
    pcie_config_add_capability(config, 0x40, 0x10);
    pcie_config_add_fields(config, 0x40, express, bridge->pci ? 1 : 2);
    if (!bridge->pci) {
        pcie_config_add_extended(config, 0x100, 0x000d, 1);
        pcie_config_add_fields(config, 0x100, services, 2);
    }
    pcie_config_reset(config, false);
}

static uint64_t bar_value(struct board *board, uint32_t device, uint32_t bar)
{
    uint32_t at = BAR0 + 4 * bar;

    return board_config_read(board, device, at, 4) | (uint64_t)board_config_read(board, device, at + 4, 4) << 32;
}

static void put_bar(struct board *board, uint32_t device, uint32_t bar, uint64_t value)
{
    board_config_write(board, device, BAR0 + 4 * bar, 4, (uint32_t)value);
    board_config_write(board, device, BAR0 + 4 * bar + 4, 4, (uint32_t)(value >> 32));
}

void machine_assign_bars(struct machine *machine)
{
    uint64_t next = MMIO_BASE;

    for (uint32_t device = 0; device < machine->description.device_count; device++) {
        for (uint32_t bar = 0; bar < MACHINE_BARS; bar += 2) { /* the devices of this bench have 64-bit BARs */
            uint64_t mask, bytes;

            put_bar(machine->board, device, bar, UINT64_MAX);
            mask = bar_value(machine->board, device, bar) & ~UINT64_C(0xf);
            if (!mask)
                continue;
            bytes = ~mask + 1;
            next = (next + bytes - 1) & mask;
            put_bar(machine->board, device, bar, next);
            machine->bars[device][bar] = (struct machine_window){next, bytes};
            next += bytes;
        }
    }
}

void machine_follow_bars(struct machine *machine, uint32_t device)
{
    for (uint32_t bar = 0; bar < MACHINE_BARS; bar += 2)
        if (machine->bars[device][bar].bytes)
            machine->bars[device][bar].base = bar_value(machine->board, device, bar) & ~UINT64_C(0xf);
}
