/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * control.h - negative controls: DUTs whose registers and queues are right and whose DMA is wrong. A functional case that
 * passes on one of them has not looked at the DMA.
 *
 *   bypass  every request that is not a translation request goes to the address in it and completes SC; nothing is recorded
 *   deny    every request is refused with UR; nothing is recorded
 *   stuck   no request ever completes
 *   noise   seeded: data spoilt, another page, refused, dropped; never right
 */
#ifndef DUT_CONTROL_CONTROL_H
#define DUT_CONTROL_CONTROL_H

#include "dut/dut.h"

extern const char *const iotb_dut_control_names[]; /* NULL at the end */

/* NULL when there is no control of this name. Parameters are those of the VT-d model; after
 * "model=smmuv3," those of the SMMUv3 model. */
const struct iotb_dut_ops *iotb_dut_control(const char *name);

#endif
