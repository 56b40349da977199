/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dma_program.h - the program around the tests of a driver: the host's side of the shim, and a machine for each test.
 */
#ifndef DRIVER_DMA_PROGRAM_H
#define DRIVER_DMA_PROGRAM_H

#include "drivers/tests/dma_tests.h"
#include "platform/machine.h"

/* One test on a new standard machine. units: parameters of its wide unit, NULL as they are; DRIVER_UNIT in the environment
 * otherwise. */
void dma_program_run(enum platform_architecture architecture, void (*test)(void), const char *bug, const char *units);

#endif
