/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pci.h - PCI configuration of a machine that runs no firmware: BARs and bridges, by configuration mechanism #1 or the
 * enhanced configuration access mechanism (ECAM).
 */
#ifndef DUT_QEMU_PCI_H
#define DUT_QEMU_PCI_H

#include "dut/qemu/qtest.h"

struct pci_host {
    struct qtest *qtest;
    uint64_t ecam; /* of bus 0; 0: mechanism #1 */
};

/* Places a BAR; of a 64-bit BAR the upper half is zero. */
void pci_set_bar(const struct pci_host *host, uint16_t requester_id, uint32_t bar, uint32_t address);
/* Memory Space Enable and Bus Master Enable. */
void pci_enable(const struct pci_host *host, uint16_t requester_id);
/* A bridge that forwards one secondary bus and one memory window, `last` inclusive, 1 MiB granules. */
void pci_set_bridge(const struct pci_host *host, uint16_t bridge_id, uint8_t secondary_bus, uint32_t window,
                    uint32_t window_last);

#endif
