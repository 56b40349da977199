/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * qemu_dut.h - QEMU's IOMMUs as DUTs, for a bench on the same machine.
 *
 * Parameters: binary=PATH, source=edu, and the properties of the IOMMU by QEMU's names (docs/qemu-vtd.md).
 */
#ifndef DUT_QEMU_QEMU_DUT_H
#define DUT_QEMU_QEMU_DUT_H

#include "dut/dut.h"

/* intel-iommu of the q35 machine. */
const struct iotb_dut_ops *iotb_dut_qemu_vtd(void);

/* smmuv3 of the virt machine (docs/qemu-smmuv3.md). */
const struct iotb_dut_ops *iotb_dut_qemu_smmuv3(void);

#endif
