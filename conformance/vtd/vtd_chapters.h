/* SPDX-License-Identifier: BSD-2-Clause */
/* The chapters of VT-d cases. A new chapter is declared here and listed in cases.c. */
#ifndef VTD_VTD_CHAPTERS_H
#define VTD_VTD_CHAPTERS_H

#include "bench/case.h"

extern const struct iotb_case_list vtd_registers_reset_cases;  /* register file: reset, constants, what is not there */
extern const struct iotb_case_list vtd_registers_cases;        /* register file: which bits hold and which do not */
extern const struct iotb_case_list vtd_commands_cases;         /* GCMD and GSTS, protected memory and MTRR registers */
extern const struct iotb_case_list vtd_capabilities_cases;     /* CAP and ECAP consistency */
extern const struct iotb_case_list vtd_mode_cases;             /* translation on and off, table mode, root pointer */
extern const struct iotb_case_list vtd_context_cases;          /* root entries, legacy context entries */
extern const struct iotb_case_list vtd_context_scalable_cases; /* scalable root and context entries */
extern const struct iotb_case_list vtd_pasid_cases;            /* PASID directory and table entries: fields */
extern const struct iotb_case_list vtd_pasid_bits_cases;       /* their reserved and ignored bits */
extern const struct iotb_case_list vtd_first_stage_cases;      /* first-stage walks: indices, page sizes, canonical addresses */
extern const struct iotb_case_list vtd_first_stage_bits_cases;
extern const struct iotb_case_list vtd_first_stage_rights_cases;
extern const struct iotb_case_list vtd_first_stage_flags_cases; /* accessed, extended accessed, dirty */
extern const struct iotb_case_list vtd_second_stage_cases;      /* second-stage walks: indices, page sizes, widths */
extern const struct iotb_case_list vtd_second_stage_rights_cases;
extern const struct iotb_case_list vtd_second_stage_bits_cases;  /* reserved and ignored bits */
extern const struct iotb_case_list vtd_second_stage_flags_cases; /* accessed and dirty */
extern const struct iotb_case_list vtd_nested_cases;             /* nested translation: walks, page sizes, rights */
extern const struct iotb_case_list vtd_nested_faults_cases;
extern const struct iotb_case_list vtd_nested_flags_cases; /* accessed and dirty, both stages */
extern const struct iotb_case_list vtd_flags_needed_cases; /* when flags need an update, both stages */
extern const struct iotb_case_list vtd_pass_through_cases;
extern const struct iotb_case_list vtd_attributes_cases; /* snooping */
extern const struct iotb_case_list vtd_memory_type_cases;
extern const struct iotb_case_list vtd_ranges_cases;       /* interrupt address range */
extern const struct iotb_case_list vtd_ranges_first_cases; /* what is decided before any table is read */
extern const struct iotb_case_list vtd_protected_memory_cases;
extern const struct iotb_case_list vtd_caches_cases;        /* caches, tags, what each invalidation removes */
extern const struct iotb_case_list vtd_caches_lookup_cases; /* context and PASID cache by requester and PASID */
extern const struct iotb_case_list vtd_caches_tags_cases;
extern const struct iotb_case_list vtd_caches_range_cases;     /* masks of invalidations, large pages */
extern const struct iotb_case_list vtd_caches_operands_cases;  /* what an invalidation names */
extern const struct iotb_case_list vtd_caches_mode_cases;      /* caching mode, rights, root pointer and disabling */
extern const struct iotb_case_list vtd_conditions_cases;       /* one row per fault condition; order; qualified faults */
extern const struct iotb_case_list vtd_conditions_mode_cases;  /* those of the mode, of ATS requests, of narrow second stages */
extern const struct iotb_case_list vtd_order_cases;            /* two defects at once */
extern const struct iotb_case_list vtd_fault_log_cases;        /* which fault goes to which record, overflow, clearing */
extern const struct iotb_case_list vtd_fault_records_cases;    /* fields of a record, refused requests, reset */
extern const struct iotb_case_list vtd_fault_processing_cases; /* Fault Processing Disable */
extern const struct iotb_case_list vtd_events_cases;           /* fault event, invalidation completion event */
extern const struct iotb_case_list vtd_register_invalidation_cases; /* CCMD_REG; where the registers are refused */
extern const struct iotb_case_list vtd_register_iotlb_cases;        /* IVA_REG and IOTLB_REG */
extern const struct iotb_case_list vtd_queue_cases;                 /* the queue as a ring */
extern const struct iotb_case_list vtd_queue_descriptors_cases;     /* types, reserved bits, granularities */
extern const struct iotb_case_list vtd_queue_waits_cases;           /* wait descriptors, completion events */
extern const struct iotb_case_list vtd_queue_errors_cases;          /* IQE */
extern const struct iotb_case_list vtd_drain_cases;                 /* ordering, draining, requests in flight */
extern const struct iotb_case_list vtd_drain_walks_cases;           /* walks that an invalidation overtakes */
extern const struct iotb_case_list vtd_drain_races_cases;           /* flag updates and entry reads against edits */
extern const struct iotb_case_list vtd_ats_requests_cases;          /* translation requests: rights, sizes, N */
extern const struct iotb_case_list vtd_ats_flags_cases;             /* accessed and dirty flags, NW */
extern const struct iotb_case_list vtd_ats_range_cases;      /* interrupt range, several at once, broken protocol, caches */
extern const struct iotb_case_list vtd_ats_translated_cases; /* translated requests */
extern const struct iotb_case_list vtd_ats_conditions_cases; /* fault conditions of translation, translated and page requests */
extern const struct iotb_case_list vtd_device_tlb_cases;     /* invalidation of device-TLBs */
extern const struct iotb_case_list vtd_device_tlb_order_cases;
extern const struct iotb_case_list vtd_device_tlb_errors_cases; /* ITE, ICE */
extern const struct iotb_case_list vtd_page_requests_cases;     /* the page request queue */
extern const struct iotb_case_list vtd_page_effects_cases;      /* status, event, implicit invalidation, draining */
extern const struct iotb_case_list vtd_page_responses_cases;
extern const struct iotb_case_list vtd_interrupt_remapping_cases; /* formats, index, message */
extern const struct iotb_case_list vtd_interrupt_faults_cases;    /* what blocks an interrupt; who may use an entry */
extern const struct iotb_case_list vtd_posted_interrupts_cases;
extern const struct iotb_case_list vtd_iec_cases;           /* interrupt entry cache */
extern const struct iotb_case_list vtd_reset_pending_cases; /* resets in the middle of something */
extern const struct iotb_case_list vtd_torture_cases;       /* random traffic against random edits */
extern const struct iotb_case_list vtd_torture_ats_cases;   /* the same with a device-TLB that answers late */

/* All of the above, NULL at the end: what the runner knows. */
extern const struct iotb_case_list *const vtd_case_lists[];

#endif
