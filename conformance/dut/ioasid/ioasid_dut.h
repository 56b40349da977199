/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ioasid_dut.h - the DUT `ioasid`: harness/ioasid on the harness kernel, its drivers and the standard machine, in this process.
 *
 * Parameters: iommu=vtd|smmuv3, profile=v2|s20|up, backend=coop|threads, explore=0|1, seed=N, latency_ps=N (of memory), and
 * erratum=NAME: a deviation of the IOMMU's model, or vtd.NAME, smmuv3.NAME: a mistake of its driver, or core.NAME: one of
 * harness/ioasid.
 */
#ifndef DUT_IOASID_DUT_H
#define DUT_IOASID_DUT_H

#include "dut/dut_registry.h"

const struct iotb_dut_ops *iotb_dut_ioasid(void);
bool iotb_dut_ioasid_deviation(size_t n, struct dut_deviation *deviation);

#endif
