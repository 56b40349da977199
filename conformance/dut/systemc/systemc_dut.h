/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * systemc_dut.h - our models in SystemC modules as DUTs: the adapter of the C models (model/unit_dut.h), with TLM-2.0 sockets
 * and SystemC's time between it and the model.
 *
 * Same parameters as the model's own DUT. SystemC has one kernel in a process: such a DUT can be opened once in each.
 */
#ifndef DUT_SYSTEMC_SYSTEMC_DUT_H
#define DUT_SYSTEMC_SYSTEMC_DUT_H

#include "dut/dut.h"

const struct iotb_dut_ops *iotb_dut_systemc_vtd(void);
const struct iotb_dut_ops *iotb_dut_systemc_smmuv3(void);

#endif
