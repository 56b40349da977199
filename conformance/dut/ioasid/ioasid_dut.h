/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ioasid_dut.h - the DUT `ioasid`: harness/ioasid on the harness kernel, its drivers and the standard machine, in this process.
 *
 * Parameters: iommu=vtd|smmuv3, profile=v2|s20|up, backend=coop|threads, explore=0|1, latency_ps=N (of memory), bug=NAME (a
 * mistake of the IOMMU's driver, or ioasid.NAME of the core), erratum=NAME (of the IOMMU's model).
 */
#ifndef DUT_IOASID_DUT_H
#define DUT_IOASID_DUT_H

#include "dut/dut.h"

const struct iotb_dut_ops *iotb_dut_ioasid(void);

#endif
