/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_dut.h - our C models as DUTs.
 */
#ifndef DUT_MODEL_MODEL_DUT_H
#define DUT_MODEL_MODEL_DUT_H

#include "dut/dut.h"
#include "dut/dut_registry.h"

/*
 * The VT-d model. Parameters, in this order or any other: preset=NAME (default max), memory=bench|dut, erratum=NAME+NAME,
 * and every name that vtd_set_parameter() takes. memory=dut is the functional mode: memory of the adapter's own, which
 * answers at once.
 */
const struct iotb_dut_ops *iotb_dut_vtd(void);
bool iotb_dut_vtd_deviation(size_t n, struct dut_deviation *deviation); /* as dut_deviation() */

/* The SMMUv3 model, with the same parameters and those that smmuv3_set_parameter() takes. */
const struct iotb_dut_ops *iotb_dut_smmuv3(void);
bool iotb_dut_smmuv3_deviation(size_t n, struct dut_deviation *deviation);

/* The endpoint: preset=NAME (default max), erratum=NAME+NAME, and every name that pasid_device_set_parameter() takes. */
const struct iotb_dut_ops *iotb_dut_pasid_device(void);
bool iotb_dut_pasid_device_deviation(size_t n, struct dut_deviation *deviation);

#endif
