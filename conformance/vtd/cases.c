/* SPDX-License-Identifier: BSD-2-Clause */
/* All VT-d cases, in the order in which they are run and reported. */
#include "vtd/vtd_chapters.h"

const struct iotb_case_list *const vtd_case_lists[] = {
    &vtd_registers_cases,
    &vtd_commands_cases,
    &vtd_mode_cases,
    &vtd_context_cases,
    &vtd_context_scalable_cases,
    &vtd_pasid_cases,
    &vtd_pasid_bits_cases,
    &vtd_first_stage_cases,
    &vtd_first_stage_bits_cases,
    &vtd_first_stage_rights_cases,
    &vtd_first_stage_flags_cases,
    &vtd_conditions_cases,
    &vtd_second_stage_cases,
    &vtd_second_stage_rights_cases,
    &vtd_second_stage_bits_cases,
    &vtd_second_stage_flags_cases,
    &vtd_nested_cases,
    &vtd_nested_faults_cases,
    &vtd_nested_flags_cases,
    &vtd_pass_through_cases,
    &vtd_caches_cases,
    &vtd_caches_tags_cases,
    &vtd_caches_range_cases,
    &vtd_caches_mode_cases,
    &vtd_fault_log_cases,
    &vtd_register_invalidation_cases,
    &vtd_torture_cases,
    NULL,
};
