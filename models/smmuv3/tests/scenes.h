/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scenes.h - seeded scenarios: structures, tables and a transaction that mostly make sense.
 */
#ifndef SCENES_H
#define SCENES_H

#include "steps_bench.h"

#define SCENE_FREE UINT64_C(0x60000000) /* nothing of a scenario lies from here to 4 GiB, but what descriptors point to */

void scene_seed(uint64_t seed);
uint64_t scene_any(void);
/*
 * One scenario in `b`, not run yet; `scratch` is overwritten. Structures are placed where a model without deviations looks for
 * them, with parameters `p`.
 */
void scene_make(struct bench *b, struct bench *scratch, const struct smmuv3_params *p);

#endif
