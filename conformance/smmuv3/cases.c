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
    &sm_registers_cases,
    &sm_identification_cases,
    &sm_control_cases,
    &sm_queues_cases,
    &sm_queue_errors_cases,
    &sm_commands_cases,
    &sm_prefetch_cases,
    &sm_sync_cases,
    &sm_events_cases,
    &sm_event_queue_cases,
    &sm_event_order_cases,
    &sm_interrupts_cases,
    &sm_stalls_cases,
    NULL,
};
