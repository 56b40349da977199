/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_conditions.c - the facts of smmuv3_conditions.def.
 */
#include "smmuv3/smmuv3_conditions.h"

#include "smmuv3/smmuv3_errata.h"

static const struct smmuv3_condition_facts facts[SMMUV3_CONDITION_COUNT] = {
    [SMMUV3_OK] = {"OK", "", "", SMMUV3_NO_EVENT, false},
#define SMMUV3_CONDITION(name, clause, title, event, ...) \
    [SMMUV3_##name] = {#name, clause, title, SMMUV3_##event, SMMUV3_##name >= SMMUV3_S2_RANGE},
#include "smmuv3/smmuv3_conditions.def"
#undef SMMUV3_CONDITION
};

_Static_assert((int)SMMUV3_E_NO_SID_RANGE + 1 == (int)SMMUV3_SID_RANGE && (int)SMMUV3_E_NO_S2_PTW + 1 == (int)SMMUV3_S2_PTW,
               "the deviations start with one per condition, in the same order");

const struct smmuv3_condition_facts *smmuv3_condition_facts(enum smmuv3_condition condition)
{
    return &facts[condition];
}

bool smmuv3_condition_is_missed(const struct smmuv3_params *p, enum smmuv3_condition condition)
{
    return smmuv3_erratum(p, (enum smmuv3_erratum_id)((unsigned)condition - 1u));
}

enum smmuv3_condition smmuv3_first_found(const struct smmuv3_params *p, const struct smmuv3_check *checks, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (smmuv3_found(p, checks[i].condition, checks[i].met))
            return checks[i].condition;
    return SMMUV3_OK;
}
