/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_errata.c - the catalogue of deviations as data, in the order of their ids.
 */
#include "vtd/vtd_errata.h"

const struct vtd_erratum vtd_errata[] = {
#define VTD_CONDITION(name, code, reason, qualified, untranslated, translation, translated, page_request, title, rows, preset) \
    {"NO_" #name, "the fault condition " code " is detected: " title, "7.1.3, Table 30: one entry per condition", rows, preset},
#include "vtd/vtd_conditions.def"
#undef VTD_CONDITION
#define ERRATUM(name, rule, source, rows, preset) {#name, rule, source, rows, preset},
#include "vtd/vtd_errata.def"
#undef ERRATUM
};

const size_t vtd_errata_count = sizeof vtd_errata / sizeof vtd_errata[0];
