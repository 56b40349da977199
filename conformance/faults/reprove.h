/* SPDX-License-Identifier: BSD-2-Clause */
/* reprove.h - the record of proofs against the suite as it is now. */
#ifndef FAULTS_REPROVE_H
#define FAULTS_REPROVE_H

#include "bench/trial.h"

#include <stdint.h>

/* Each `every`-th line of the record that a deviation of the DUT proves; `how`: seed, tier, time. Returns an exit code. */
int reprove(const struct trial *how, const char *dut, uint64_t every);

#endif
