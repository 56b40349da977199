/* SPDX-License-Identifier: BSD-2-Clause */
/* allocations.h - how often a program has asked for memory: iotb_count_allocations() in its CMakeLists.txt. */
#ifndef SIM_TESTS_ALLOCATIONS_H
#define SIM_TESTS_ALLOCATIONS_H

extern unsigned allocations;

#endif
