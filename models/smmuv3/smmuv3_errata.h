/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_errata.h - deviations on order: which there are, and whether one is on.
 *
 * The first ids are made from the table of conditions (one per condition: "is not checked"), the others from
 * smmuv3_errata.def. Every deviation is asked for at exactly one place of the model. Compiled with SMMUV3_NO_ERRATA the
 * question is a constant, and the places vanish.
 */
#ifndef SMMUV3_SMMUV3_ERRATA_H
#define SMMUV3_SMMUV3_ERRATA_H

#include "smmuv3/smmuv3.h"

#include <stdbool.h>

enum smmuv3_erratum_id {
#define SMMUV3_CONDITION(name, ...) SMMUV3_E_NO_##name,
#include "smmuv3/smmuv3_conditions.def"
#undef SMMUV3_CONDITION
#define ERRATUM(name, rule, source, rows, preset) SMMUV3_E_##name,
#include "smmuv3/smmuv3_errata.def"
#undef ERRATUM
    SMMUV3_ERRATA_COUNT
};

_Static_assert(SMMUV3_ERRATA_COUNT <= 64 * SMMUV3_ERRATA_WORDS, "smmuv3_params.errata is too small");

static inline bool smmuv3_erratum(const struct smmuv3_params *p, enum smmuv3_erratum_id id)
{
#ifdef SMMUV3_NO_ERRATA
    (void)p;
    (void)id;
    return false;
#else
    return (p->errata[(unsigned)id / 64u] >> ((unsigned)id % 64u)) & 1u;
#endif
}

#endif
