/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_rights.c - 3.6.1, 3.7.1, 3.8.1 Access Rights, 3.14 Handling of Zero-Length Reads, 3.15 Handling Requests to Interrupt
 * Address Range: what a finished translation lets a request do.
 */
#include "vtd/vtd_errata.h"
#include "vtd/vtd_formats.h"
#include "vtd/vtd_stage.h"
#include "vtd/vtd_steps.h"

#define INTERRUPT_FIRST UINT64_C(0xfee00000)
#define INTERRUPT_LAST UINT64_C(0xfeefffff)

struct vtd_result vtd_result_make(const struct vtd_params *p, const struct vtd_paging *paging, const struct vtd_walk *first,
                                  const struct vtd_walk *second, uint64_t input, uint8_t mtrr_type)
{
    struct vtd_result result = {
        .page_lg2 = 12,
        .did = paging->did,
        .fs = first != NULL,
        .ss = second != NULL,
        .fs_write = first ? first->write : true,
        .fs_user = first ? first->user : true,
        .ss_read = second ? second->read : true,
        .ss_write = second ? second->write : true,
        .fs_dirty = first ? first->dirty : true,
        .ss_dirty = second ? second->dirty : true,
        .snp = second && second->snp,
        .memory_type = vtd_memory_type(p, paging, first, second, mtrr_type),
    };
    uint64_t output = input;
    if (first) {
        output = first->output;
        result.page_lg2 = first->page_lg2;
    }
    if (second) {
        output = second->output;
        /* 3.8: a nested mapping is uniform only over the smaller of the two pages. */
        bool smaller = !first || second->page_lg2 < first->page_lg2;
        if (smaller && !(first && vtd_erratum(p, VTD_E_NEST_SIZE)))
            result.page_lg2 = second->page_lg2;
    }
    result.page = output & ~vtd_low_bits(result.page_lg2);
    return result;
}

/* An atomic reads and writes; of a translation request both bits say what permissions it is about. */
static bool needs_write(const struct vtd_params *p, const struct vtd_query *q)
{
    bool atomic = q->read && q->write && q->at == PCIE_AT_UNTRANSLATED;
    return q->write && !(atomic && vtd_erratum(p, VTD_E_ATOMIC_READ_ONLY));
}

static enum vtd_condition first_stage_check(const struct vtd_params *p, const struct vtd_paging *paging,
                                            const struct vtd_result *result, const struct vtd_query *q, bool privileged)
{
    bool write = needs_write(p, q);
    bool needs_user = !privileged && (write || !vtd_erratum(p, VTD_E_USER_READ_NO_US));
    if (vtd_found(p, VTD_SGN_2, needs_user && !result->fs_user))
        return VTD_SGN_2;
    /* 3.6.1: supervisor writes respect R/W only with WPE. */
    bool writable = result->fs_write || (privileged && !paging->wpe);
    if (vtd_found(p, VTD_SGN_6, write && !writable))
        return VTD_SGN_6;
    return VTD_OK;
}

/* 4.2.3: of a translation request the permission that is missing is left out of the answer, and is no fault. */
static enum vtd_condition effective(const struct vtd_query *q, enum vtd_condition condition)
{
    bool counts = q->at != PCIE_AT_TRANSLATION || vtd_condition_facts(condition)->translation != VTD_ANSWER_EFFECTIVE;
    return counts ? condition : VTD_OK;
}

struct vtd_permissions vtd_effective_permissions(const struct vtd_params *p, const struct vtd_paging *paging,
                                                 const struct vtd_result *result, const struct vtd_query *q, bool privileged)
{
    bool first_stage_write = !result->fs || result->fs_write || (privileged && !paging->wpe);
    if (vtd_erratum(p, VTD_E_ATS_WRITE_OF_SECOND_STAGE) && result->ss)
        first_stage_write = true;
    return (struct vtd_permissions){
        .read = result->ss_read || vtd_erratum(p, VTD_E_ATS_READ_GRANTED),
        .write = q->write && first_stage_write && result->ss_write,
    };
}

/* 3.14: with ZLR a zero-length read may go to a page that is write-only. */
static bool readable(const struct vtd_params *p, const struct vtd_result *result, const struct vtd_query *q)
{
    if (result->ss_read)
        return true;
    return q->zero_length && p->zlr && result->ss_write && !vtd_erratum(p, VTD_E_ZLR_NEEDS_READ);
}

static enum vtd_condition second_stage_check(const struct vtd_params *p, const struct vtd_paging *paging,
                                             const struct vtd_result *result, const struct vtd_query *q)
{
    enum vtd_condition no_write = paging->scalable ? VTD_SGN_6 : VTD_LGN_2;
    enum vtd_condition no_read = paging->scalable ? VTD_SGN_7 : VTD_LGN_3;
    if (vtd_found(p, no_write, needs_write(p, q) && !result->ss_write))
        return no_write;
    if (vtd_found(p, no_read, q->read && !readable(p, result, q)))
        return no_read;
    return VTD_OK;
}

bool vtd_in_interrupt_range(uint64_t address)
{
    return address >= INTERRUPT_FIRST && address <= INTERRUPT_LAST;
}

/*
 * LGN.4, SGN.8.1, SGN.8.2. What counts is the address of the access; of a translation request it is all of the page that
 * the answer would cover, and with scalable-mode pass-through it does not count at all.
 */
static enum vtd_condition output_check(const struct vtd_params *p, const struct vtd_paging *paging,
                                       const struct vtd_result *result, const struct vtd_query *q)
{
    bool translation = q->at == PCIE_AT_TRANSLATION;
    enum vtd_condition condition = VTD_LGN_4;
    if (paging->scalable) {
        if (translation && paging->pgtt == VTD_PASS_THROUGH)
            return VTD_OK;
        condition = translation ? VTD_SGN_8_2 : VTD_SGN_8_1;
    }
    uint64_t offset = vtd_low_bits(result->page_lg2);
    bool hit = vtd_in_interrupt_range(result->page | (q->address & offset));
    if (translation || vtd_erratum(p, VTD_E_FEE_WHOLE_PAGE))
        hit = result->page <= INTERRUPT_LAST && (result->page | offset) >= INTERRUPT_FIRST;
    return vtd_found(p, condition, hit) ? condition : VTD_OK;
}

enum vtd_condition vtd_rights_check(const struct vtd_params *p, const struct vtd_paging *paging, const struct vtd_result *result,
                                    const struct vtd_query *q, bool privileged)
{
    /* SSS.2: no right left after the AND is no translation, and so comes before any comparison with the request. */
    bool neither = result->ss && paging->scalable && !result->ss_read && !result->ss_write;
    if (vtd_found(p, VTD_SSS_2, neither && !vtd_erratum(p, VTD_E_SS_NEITHER_AS_86)))
        return VTD_SSS_2;
    enum vtd_condition condition = VTD_OK;
    if (result->fs)
        condition = effective(q, first_stage_check(p, paging, result, q, privileged));
    if (condition == VTD_OK && result->ss)
        condition = effective(q, second_stage_check(p, paging, result, q));
    if (condition == VTD_OK)
        condition = output_check(p, paging, result, q);
    return condition;
}
