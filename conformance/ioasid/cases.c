/* SPDX-License-Identifier: BSD-2-Clause */
/* All cases of the IOASID user interfaces, in the order in which they are run and reported. */
#include "ioasid_chapters.h"

const struct iotb_case_list *const ioasid_case_lists[] = {
    &ioasid_fd_cases,         &ioasid_info_cases,    &ioasid_bind_cases,
    &ioasid_groups_cases,     &ioasid_attach_cases,  &ioasid_detach_cases,
    &ioasid_pasid_cases,      &ioasid_kvm_cases,     &ioasid_map_cases,
    &ioasid_charge_cases,     &ioasid_nesting_cases, &ioasid_shadow_cases,
    &ioasid_invalidate_cases, &ioasid_tlb_cases,     &ioasid_faults_cases,
    &ioasid_flows_cases,      &ioasid_snoop_cases,   &ioasid_modules_cases,
    &ioasid_robust_cases,     &ioasid_process_cases, NULL,
};
