/* SPDX-License-Identifier: BSD-2-Clause */
/* All cases of endpoints, in the order in which they are run and reported. */
#include "pasid_device_chapters.h"

const struct iotb_case_list *const pasid_device_case_lists[] = {
    &ep_config_cases,
    &ep_config_pri_cases,
    &ep_reset_cases,
    &ep_requests_cases,
    &ep_completions_cases,
    &ep_cache_cases,
    &ep_invalidation_cases,
    &ep_invalidation_order_cases,
    &ep_pages_cases,
    &ep_pages_responses_cases,
    &ep_groups_cases,
    &ep_spaces_cases,
    &ep_data_cases,
    &ep_errors_cases,
    &ep_submission_cases,
    &ep_descriptors_cases,
    &ep_checks_cases,
    &ep_commands_cases,
    &ep_results_cases,
    &ep_counters_cases,
    &ep_records_cases,
    &ep_drain_cases,
    &ep_registers_cases,
    &ep_exerciser_cases,
    &ep_exerciser_slots_cases,
    &ep_exerciser_hold_cases,
    &ep_exerciser_windows_cases,
    NULL,
};
