/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_conditions.h - 7.1.3 Fault Conditions and Remapping Hardware Behavior for Various Requests: the conditions by name.
 */
#ifndef VTD_VTD_CONDITIONS_H
#define VTD_VTD_CONDITIONS_H

#include "vtd/vtd.h"

#include <stdbool.h>
#include <stdint.h>

enum vtd_condition {
    VTD_OK,
#define VTD_CONDITION(name, ...) VTD_##name,
#include "vtd/vtd_conditions.def"
#undef VTD_CONDITION
    VTD_CONDITION_COUNT
};

/* What the requester sees. */
enum vtd_answer {
    VTD_ANSWER_NA, /* the condition does not arise for this kind of request */
    VTD_ANSWER_UR,
    VTD_ANSWER_CA,
    VTD_ANSWER_ZERO,      /* translation completion, success, no permission */
    VTD_ANSWER_EFFECTIVE, /* translation completion, success, the permission that there is */
    VTD_ANSWER_ZERO_LOG,  /* as ZERO, and recorded as a non-recoverable fault too */
    VTD_ANSWER_IR,        /* page group response Invalid Request, or dropped if no response is wanted */
};

struct vtd_condition_facts {
    const char *name; /* "LRT_1" */
    const char *code; /* "LRT.1", as Table 30 spells it */
    const char *title;
    uint8_t fault_reason;
    bool qualified; /* not recorded where FPD is set */
    enum vtd_answer untranslated, translation, translated, page_request;
};

/* Of VTD_OK: fault reason 0 and all answers NA. */
const struct vtd_condition_facts *vtd_condition_facts(enum vtd_condition condition);

/* Is the deviation "NO_<condition>" on? */
bool vtd_condition_is_missed(const struct vtd_params *p, enum vtd_condition condition);

/* Is the condition met? `detected` as the architecture says. Inline: every request asks dozens of times, and nearly always no. */
static inline bool vtd_found(const struct vtd_params *p, enum vtd_condition condition, bool detected)
{
    return detected && !vtd_condition_is_missed(p, condition);
}

#endif
