/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_errata.c - the catalogue of deviations as data, in the order of their ids.
 */
#include "smmuv3/smmuv3_errata.h"

/* Parameter sets in which deviations of ATS and PRI show. Not named while the suite makes no requests that meet them. */
#define WITH_ATS(preset) preset

const struct smmuv3_erratum smmuv3_errata[] = {
#define SMMUV3_CONDITION(name, clause, title, event, rows, preset) \
    {"NO_" #name, "the condition is detected: " title, clause ": one entry per condition", rows, preset},
#include "smmuv3/smmuv3_conditions.def"
#undef SMMUV3_CONDITION
#define ERRATUM(name, rule, source, rows, preset) {#name, rule, source, rows, preset},
#include "smmuv3/smmuv3_errata.def"
#undef ERRATUM
};

const size_t smmuv3_errata_count = sizeof smmuv3_errata / sizeof smmuv3_errata[0];
