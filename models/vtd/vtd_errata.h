/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_errata.h - deviations on order: which there are, and whether one is on.
 *
 * The first ids are made from the table of fault conditions (one per condition: "is not checked"), the others from
 * vtd_errata.def. Every deviation is asked for at exactly one place of the model. Compiled with VTD_NO_ERRATA the question
 * is a constant, and the places vanish.
 */
#ifndef VTD_VTD_ERRATA_H
#define VTD_VTD_ERRATA_H

#include "vtd/vtd.h"

#include <stdbool.h>

enum vtd_erratum_id {
#define VTD_CONDITION(name, ...) VTD_E_NO_##name,
#include "vtd/vtd_conditions.def"
#undef VTD_CONDITION
#define ERRATUM(name, rule, source, rows, preset) VTD_E_##name,
#include "vtd/vtd_errata.def"
#undef ERRATUM
    VTD_ERRATA_COUNT
};

_Static_assert(VTD_ERRATA_COUNT <= 64 * VTD_ERRATA_WORDS, "vtd_params.errata is too small");

static inline bool vtd_erratum(const struct vtd_params *p, enum vtd_erratum_id id)
{
#ifdef VTD_NO_ERRATA
    (void)p;
    (void)id;
    return false;
#else
    return (p->errata[(unsigned)id / 64u] >> ((unsigned)id % 64u)) & 1u;
#endif
}

#endif
