/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pci.c - configuration accesses by ports 0xcf8 and 0xcfc (PCI Local Bus 3.2.2.3.2) or by ECAM (PCI Express 7.2.2).
 */
#include "dut/qemu/pci.h"

#define CONFIG_ADDRESS 0xcf8u
#define CONFIG_DATA 0xcfcu
#define ECAM_FUNCTION_LG2 12u
#define COMMAND 0x04u /* Command in 15:0, Status in 31:16 */
#define COMMAND_MEMORY_AND_MASTER 0x6u
#define BAR0 0x10u
#define BRIDGE_BUS_NUMBERS 0x18u
#define BRIDGE_MEMORY_WINDOW 0x20u

static void config_write(const struct pci_host *host, uint16_t requester_id, uint32_t offset, uint32_t value)
{
    if (host->ecam) {
        qtest_write(host->qtest, host->ecam + ((uint64_t)requester_id << ECAM_FUNCTION_LG2) + offset, 4, value);
        return;
    }
    qtest_out32(host->qtest, CONFIG_ADDRESS, 1u << 31 | (uint32_t)requester_id << 8 | offset);
    qtest_out32(host->qtest, CONFIG_DATA, value);
}

void pci_set_bar(const struct pci_host *host, uint16_t requester_id, uint32_t bar, uint32_t address)
{
    config_write(host, requester_id, BAR0 + 4 * bar, address);
}

void pci_enable(const struct pci_host *host, uint16_t requester_id)
{
    config_write(host, requester_id, COMMAND, COMMAND_MEMORY_AND_MASTER);
}

void pci_set_bridge(const struct pci_host *host, uint16_t bridge_id, uint8_t secondary_bus, uint32_t window, uint32_t window_last)
{
    config_write(host, bridge_id, BRIDGE_BUS_NUMBERS, (uint32_t)secondary_bus << 16 | (uint32_t)secondary_bus << 8);
    config_write(host, bridge_id, BRIDGE_MEMORY_WINDOW, (window_last & 0xfff00000u) | window >> 16);
    pci_enable(host, bridge_id);
}
