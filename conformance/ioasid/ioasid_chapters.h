/* SPDX-License-Identifier: BSD-2-Clause */
/* ioasid_chapters.h - the cases of the IOASID user interfaces, one list for each chapter of the catalogue. See README.md. */
#ifndef IOASID_CHAPTERS_H
#define IOASID_CHAPTERS_H

#include "bench/case.h"
#include "build/io.h"

#include <string.h>

extern const struct iotb_case_list *const ioasid_case_lists[]; /* NULL at the end */

extern const struct iotb_case_list ioasid_fd_cases;
extern const struct iotb_case_list ioasid_info_cases;
extern const struct iotb_case_list ioasid_bind_cases;
extern const struct iotb_case_list ioasid_groups_cases;
extern const struct iotb_case_list ioasid_faults_cases;
extern const struct iotb_case_list ioasid_flows_cases;
extern const struct iotb_case_list ioasid_snoop_cases;
extern const struct iotb_case_list ioasid_modules_cases;
extern const struct iotb_case_list ioasid_robust_cases;
extern const struct iotb_case_list ioasid_process_cases;
extern const struct iotb_case_list ioasid_attach_cases;
extern const struct iotb_case_list ioasid_detach_cases;
extern const struct iotb_case_list ioasid_pasid_cases;
extern const struct iotb_case_list ioasid_kvm_cases;
extern const struct iotb_case_list ioasid_map_cases;
extern const struct iotb_case_list ioasid_charge_cases;
extern const struct iotb_case_list ioasid_nesting_cases;
extern const struct iotb_case_list ioasid_shadow_cases;
extern const struct iotb_case_list ioasid_invalidate_cases;
extern const struct iotb_case_list ioasid_tlb_cases;

/* For test_argument(), words: "v1" is the node of a case that is for both; others are the chapter's. */
static inline bool case_says(const struct test *t, const char *word)
{
    const char *words = test_argument(t);

    return words && strstr(words, word);
}

static inline bool on_v1(const struct test *t)
{
    return case_says(t, "v1");
}

#define CASE_ON(name_, run_, rows_, gate_, summary_, functional_, argument_)                                        \
    {                                                                                                               \
        .name = "ioasid." name_, .summary = summary_, .run = run_, .rows = rows_, .gate = gate_, .tier = TIER_FULL, \
        .functional = functional_, .argument = argument_                                                            \
    }
/* Decided by calls alone, and by DMA (it must then fail on every negative control); on /dev/iommu unless the name says v1. */
#define CALLS(name_, run_, rows_, gate_, summary_) CASE_ON(name_, run_, rows_, gate_, summary_, false, NULL)
#define MOVES(name_, run_, rows_, gate_, summary_) CASE_ON(name_, run_, rows_, gate_, summary_, true, NULL)
/* A case for each node. */
#define BOTH_CALLS(name_, run_, rows_, gate_, summary_)              \
    CASE_ON(name_ ".v2", run_, rows_, gate_, summary_, false, NULL), \
        CASE_ON(name_ ".v1", run_, rows_, gate_, summary_, false, "v1")
#define BOTH_MOVE(name_, run_, rows_, gate_, summary_) \
    CASE_ON(name_ ".v2", run_, rows_, gate_, summary_, true, NULL), CASE_ON(name_ ".v1", run_, rows_, gate_, summary_, true, "v1")
/* The same where v2 needs tables of the user, which its skeleton of September 2021 does not have. */
#define V2_TABLES "!RULE.s20_extensions&"
#define BOTH_NEST(name_, run_, rows_, gate_, summary_)                        \
    CASE_ON(name_ ".v2", run_, rows_, V2_TABLES gate_, summary_, true, NULL), \
        CASE_ON(name_ ".v1", run_, rows_, gate_, summary_, true, "v1")
#define NESTS(name_, run_, rows_, gate_, summary_) MOVES(name_, run_, rows_, V2_TABLES gate_, summary_)
#define LIST(name_, cases_) const struct iotb_case_list name_ = {cases_, sizeof(cases_) / sizeof((cases_)[0])}

#endif
