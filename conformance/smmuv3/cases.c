/* SPDX-License-Identifier: BSD-2-Clause */
/* All SMMUv3 cases, in the order in which they are run and reported. */
#include "sm_chapters.h"

const struct iotb_case_list *const smmuv3_case_lists[] = {
    &sm_smoke_cases,         &sm_stream_table_cases, &sm_lookup_cases,        &sm_ste_cases,
    &sm_ste_stage2_cases,    &sm_substreams_cases,   &sm_cd_table_cases,      &sm_cd_cases,
    &sm_attributes_cases,    &sm_own_accesses_cases, &sm_bus_cases,           &sm_walk_stage1_cases,
    &sm_walk_stage2_cases,   &sm_nested_cases,       &sm_permissions_cases,   &sm_indirection_cases,
    &sm_httu_cases,          &sm_registers_cases,    &sm_register_file_cases, &sm_identification_cases,
    &sm_control_cases,       &sm_queues_cases,       &sm_queue_errors_cases,  &sm_commands_cases,
    &sm_prefetch_cases,      &sm_sync_cases,         &sm_events_cases,        &sm_event_bits_cases,
    &sm_event_queue_cases,   &sm_event_order_cases,  &sm_interrupts_cases,    &sm_stalls_cases,
    &sm_alike_cases,         &sm_tlb_cases,          &sm_tlb_range_cases,     &sm_tlb_tags_cases,
    &sm_stall_rules_cases,   &sm_tlb_config_cases,   &sm_updates_cases,       &sm_tags_cases,
    &sm_conflicts_cases,     &sm_modes_cases,        &sm_bypass_cases,        &sm_terminate_cases,
    &sm_drain_cases,         &sm_reset_cases,        &sm_ats_cases,           &sm_ats_translated_cases,
    &sm_ats_rules_cases,     &sm_ats_rights_cases,   &sm_atc_cases,           &sm_pri_cases,
    &sm_pri_responses_cases, &sm_torture_cases,      &sm_torture_ats_cases,   NULL,
};
