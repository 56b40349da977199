/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * uapi_control.h - negative controls that are user interfaces. A functional case that passes on one of them has not looked at
 * DMA.
 *
 *   uapi-yes     every call succeeds and does nothing; all DMA is refused
 *   uapi-no      every call but those on memory is refused; all DMA is refused
 *   uapi-bypass  every call succeeds, and mappings are remembered: DMA reaches what was ever mapped at its address, by anyone,
 * and elsewhere user memory at that very address, or nothing in particular; none is refused
 */
#ifndef DUT_CONTROL_UAPI_CONTROL_H
#define DUT_CONTROL_UAPI_CONTROL_H

#include "dut/dut.h"

const struct iotb_dut_ops *iotb_dut_uapi_yes(void);
const struct iotb_dut_ops *iotb_dut_uapi_no(void);
const struct iotb_dut_ops *iotb_dut_uapi_bypass(void);

#endif
