/* SPDX-License-Identifier: BSD-2-Clause */
/* pci.c - configuration accesses by ports 0xcf8 and 0xcfc (PCI Local Bus 3.2.2.3.2). */
#include "dut/qemu/pci.h"

#define CONFIG_ADDRESS 0xcf8u
#define CONFIG_DATA 0xcfcu
#define BRIDGE_BUS_NUMBERS 0x18u
#define BRIDGE_MEMORY_WINDOW 0x20u
#define COMMAND_MEMORY_AND_MASTER 0x6u

static void select_register(struct qtest *qtest, uint16_t requester_id, uint8_t offset)
{
    qtest_out32(qtest, CONFIG_ADDRESS, 1u << 31 | (uint32_t)requester_id << 8 | (offset & 0xfcu));
}

void pci_write(struct qtest *qtest, uint16_t requester_id, uint8_t offset, uint32_t value)
{
    select_register(qtest, requester_id, offset);
    qtest_out32(qtest, CONFIG_DATA, value);
}

void pci_set_bar(struct qtest *qtest, uint16_t requester_id, uint32_t bar, uint32_t address)
{
    pci_write(qtest, requester_id, (uint8_t)(PCI_BAR0 + 4 * bar), address);
}

void pci_enable(struct qtest *qtest, uint16_t requester_id)
{
    pci_write(qtest, requester_id, PCI_COMMAND, COMMAND_MEMORY_AND_MASTER);
}

void pci_set_bridge(struct qtest *qtest, uint16_t bridge_id, uint8_t secondary_bus, uint32_t window, uint32_t window_last)
{
    pci_write(qtest, bridge_id, BRIDGE_BUS_NUMBERS, (uint32_t)secondary_bus << 16 | (uint32_t)secondary_bus << 8);
    pci_write(qtest, bridge_id, BRIDGE_MEMORY_WINDOW, (window_last & 0xfff00000u) | window >> 16);
    pci_enable(qtest, bridge_id);
}
