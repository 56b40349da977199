/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_conditions.c - 7.1.3 Fault Conditions and Remapping Hardware Behavior for Various Requests.
 */
#include "vtd/vtd_conditions.h"
#include "vtd/vtd.h"
#include "vtd/vtd_errata.h"

#define QUALIFIED true
#define UNQUALIFIED false

static const struct vtd_condition_facts facts[VTD_CONDITION_COUNT] = {
    [VTD_OK] = {.name = "OK", .code = "", .title = "no fault"},
#define VTD_CONDITION(id, code_, reason, is_qualified, on_untranslated, on_translation, on_translated, on_page_request, title_, \
                      ...)                                                                                                      \
    [VTD_##id] = {.name = #id,                                                                                                  \
                  .code = code_,                                                                                                \
                  .title = title_,                                                                                              \
                  .fault_reason = reason,                                                                                       \
                  .qualified = is_qualified,                                                                                    \
                  .untranslated = VTD_ANSWER_##on_untranslated,                                                                 \
                  .translation = VTD_ANSWER_##on_translation,                                                                   \
                  .translated = VTD_ANSWER_##on_translated,                                                                     \
                  .page_request = VTD_ANSWER_##on_page_request},
#include "vtd/vtd_conditions.def"
#undef VTD_CONDITION
};

_Static_assert((int)VTD_E_NO_LRT_1 + 1 == (int)VTD_LRT_1 && (int)VTD_E_NO_INTERRUPT_RANGE + 1 == (int)VTD_INTERRUPT_RANGE,
               "the deviations start with one per condition, in the same order");

const struct vtd_condition_facts *vtd_condition_facts(enum vtd_condition condition)
{
    return &facts[(unsigned)condition < VTD_CONDITION_COUNT ? condition : VTD_OK];
}

bool vtd_condition_is_missed(const struct vtd_params *p, enum vtd_condition condition)
{
    return vtd_erratum(p, (enum vtd_erratum_id)((int)condition - 1));
}
