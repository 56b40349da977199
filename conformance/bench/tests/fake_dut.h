/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_dut.h - a tiny IOMMU that translates nothing: each request becomes one access at its own address. Its parameter
 * mode=NAME makes it break the interface in one way.
 */
#ifndef BENCH_TESTS_FAKE_DUT_H
#define BENCH_TESTS_FAKE_DUT_H

#include "dut/dut.h"

const struct iotb_dut_ops *fake_dut(void);

#endif
