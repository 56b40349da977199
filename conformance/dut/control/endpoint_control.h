/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * endpoint_control.h - the pasid-device with something wrong outside it: negative controls, whose registers and queues are right
 * and whose TLPs are wrong, and the exerciser's hooks as deviations.
 *
 *   endpoint-silent    nothing is ever sent
 *   endpoint-noise     seeded: TLPs and messages spoilt, moved to another page, dropped; never right
 *   endpoint-identity  every request is sent as if its address were a translated one; nothing is asked for
 *   hooked             erratum=Hnn or Hnn.m arms hook nn of the exerciser, with parameter m, whenever memory space is enabled
 */
#ifndef DUT_CONTROL_ENDPOINT_CONTROL_H
#define DUT_CONTROL_ENDPOINT_CONTROL_H

#include "dut/dut_registry.h"

const struct iotb_dut_ops *iotb_dut_endpoint_silent(void);
const struct iotb_dut_ops *iotb_dut_endpoint_noise(void);
const struct iotb_dut_ops *iotb_dut_endpoint_identity(void);
const struct iotb_dut_ops *iotb_dut_hooked(void);
bool iotb_dut_hooked_deviation(size_t n, struct dut_deviation *deviation); /* as dut_deviation() */
const char *iotb_dut_hooked_besides(size_t n);                             /* as dut_deviation_besides() */

#endif
