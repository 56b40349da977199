/* SPDX-License-Identifier: BSD-2-Clause */
/* pci.h - PCI configuration of a machine that runs no firmware: configuration mechanism #1, BARs and bridges. */
#ifndef DUT_QEMU_PCI_H
#define DUT_QEMU_PCI_H

#include "dut/qemu/qtest.h"

#define PCI_COMMAND 0x04u /* Command in 15:0, Status in 31:16 */
#define PCI_BAR0 0x10u

void pci_write(struct qtest *qtest, uint16_t requester_id, uint8_t offset, uint32_t value);

/* Places a BAR; of a 64-bit BAR the upper half is zero. */
void pci_set_bar(struct qtest *qtest, uint16_t requester_id, uint32_t bar, uint32_t address);
/* Memory Space Enable and Bus Master Enable. */
void pci_enable(struct qtest *qtest, uint16_t requester_id);
/* A bridge that forwards one secondary bus and one memory window, `last` inclusive, 1 MiB granules. */
void pci_set_bridge(struct qtest *qtest, uint16_t bridge_id, uint8_t secondary_bus, uint32_t window, uint32_t window_last);

#endif
