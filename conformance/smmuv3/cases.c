/* SPDX-License-Identifier: BSD-2-Clause */
/* All SMMUv3 cases, in the order in which they are run and reported. */
#include "sm_chapters.h"

const struct iotb_case_list *const smmuv3_case_lists[] = {
    &sm_smoke_cases,
    &sm_stream_table_cases,
    &sm_ste_cases,
    &sm_ste_stage2_cases,
    &sm_cd_table_cases,
    &sm_cd_cases,
    &sm_walk_stage1_cases,
    &sm_walk_stage2_cases,
    &sm_nested_cases,
    &sm_permissions_cases,
    &sm_httu_cases,
    NULL,
};
