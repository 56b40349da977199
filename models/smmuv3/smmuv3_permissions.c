/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_permissions.c - 7.3.16 F_PERMISSION: an access against the rights of one stage; and finished translations, as TLBs keep
 * them, against an access.
 */
#include "smmuv3/smmuv3_errata.h"
#include "smmuv3/smmuv3_formats.h"
#include "smmuv3/smmuv3_stage.h"
#include "smmuv3/smmuv3_steps.h"

enum smmuv3_condition smmuv3_rights_check(const struct smmuv3_params *p, enum smmuv3_stage stage,
                                          const struct smmuv3_rights *rights, const struct smmuv3_access *access)
{
    bool first = stage == SMMUV3_STAGE1;
    bool privileged = access->privileged;
    bool execute = access->instruction; /* 13.1.2: of a write it is not set */
    /* 13.1.1: an atomic is a read and a write, and write permission is checked first. */
    const struct smmuv3_check checks[] = {
        {first ? SMMUV3_S1_EXECUTE : SMMUV3_S2_EXECUTE, execute && !(privileged ? rights->px : rights->ux)},
        {first ? SMMUV3_S1_WRITE : SMMUV3_S2_WRITE, access->write && !(privileged ? rights->pw : rights->uw)},
        {first ? SMMUV3_S1_READ : SMMUV3_S2_READ, access->read && !execute && !(privileged ? rights->pr : rights->ur)},
    };
    return SMMUV3_FIRST_FOUND(p, checks);
}

/* ---- 13.7.1 Permission attributes granted in ATS Translation Completions ---- */

enum { INSTCFG_DATA = 2, INSTCFG_INSTRUCTION = 3 };

struct smmuv3_rights smmuv3_rights_both(const struct smmuv3_rights *a, const struct smmuv3_rights *b)
{
    return (struct smmuv3_rights){a->pr && b->pr, a->pw && b->pw, a->px && b->px, a->ur && b->ur, a->uw && b->uw, a->ux && b->ux};
}

struct smmuv3_grant smmuv3_ats_grant(const struct smmuv3_ste *ste, const struct smmuv3_query *q, bool execute,
                                     const struct smmuv3_rights *rights)
{
    bool r = q->privileged ? rights->pr : rights->ur;
    bool w = q->privileged ? rights->pw : rights->uw;
    bool x = q->privileged ? rights->px : rights->ux;
    if (ste->instcfg == INSTCFG_INSTRUCTION)
        return (struct smmuv3_grant){.read = x, .write = w, .execute = execute && x};
    if (ste->instcfg == INSTCFG_DATA)
        return (struct smmuv3_grant){.read = r, .write = w, .execute = execute && r};
    return (struct smmuv3_grant){.read = r, .write = w, .execute = execute && r && x};
}

struct smmuv3_access smmuv3_ats_access(const struct smmuv3_ste *ste, const struct smmuv3_query *q,
                                       const struct smmuv3_grant *grant)
{
    return (struct smmuv3_access){
        .read = grant->read,
        .write = q->write && grant->write,
        .privileged = q->privileged,
        .instruction = grant->read && ste->instcfg == INSTCFG_INSTRUCTION,
        .class = SMMUV3_CLASS_IN,
    };
}

struct smmuv3_result smmuv3_result_make(const struct smmuv3_regime *regime, const struct smmuv3_walk *first,
                                        const struct smmuv3_walk *second, uint64_t input)
{
    const struct smmuv3_walk *last = second ? second : first;
    struct smmuv3_result result = {.s1 = first != NULL, .s2 = second != NULL};
    if (first) {
        const struct smmuv3_table_setup *setup = smmuv3_walk_setup(regime, first);
        result.page_lg2 = first->page_lg2;
        result.span1_lg2 = first->span_lg2;
        result.level1 = first->level;
        result.level1_tg_lg2 = setup->granule_lg2;
        result.global = first->global;
        result.rights1 = first->rights;
        result.clean1 = first->clean;
        result.attributes1 = first->attributes;
    }
    if (second) {
        if (!first || second->page_lg2 < result.page_lg2 || smmuv3_erratum(regime->params, SMMUV3_E_NESTED_SIZE))
            result.page_lg2 = second->page_lg2;
        result.span2_lg2 = second->span_lg2;
        result.level2 = second->level;
        result.level2_tg_lg2 = regime->stage2.granule_lg2;
        result.rights2 = second->rights;
        result.clean2 = second->clean;
        result.attributes2 = second->attributes;
        result.s2_memattr = second->s2_memattr;
    }
    uint64_t offset = smmuv3_low_bits(result.page_lg2);
    result.page = last->output & ~offset;
    result.ipa_page = (first ? first->output : input) & ~offset;
    return result;
}

enum smmuv3_condition smmuv3_result_check(const struct smmuv3_regime *regime, const struct smmuv3_result *result,
                                          const struct smmuv3_access *access, uint64_t address, bool *walk)
{
    const struct smmuv3_params *p = regime->params;
    enum smmuv3_condition condition = SMMUV3_OK;
    *walk = false;
    if (result->s1) {
        uint8_t tt;
        condition = smmuv3_stage1_range(regime, address, access, &tt);
        if (condition == SMMUV3_OK)
            condition = smmuv3_rights_check(p, SMMUV3_STAGE1, &result->rights1, access);
    }
    if (condition == SMMUV3_OK && result->s2)
        condition = smmuv3_rights_check(p, SMMUV3_STAGE2, &result->rights2, access);
    bool clean = (result->s1 && result->clean1) || (result->s2 && result->clean2);
    *walk = condition == SMMUV3_OK && access->write && clean;
    return condition;
}
