/* SPDX-License-Identifier: BSD-2-Clause */
/* The chapters of SMMUv3 cases. A new chapter is declared here and listed in cases.c and CMakeLists.txt. */
#ifndef SMMUV3_SM_CHAPTERS_H
#define SMMUV3_SM_CHAPTERS_H

#include "bench/case.h"

extern const struct iotb_case_list sm_smoke_cases;        /* one request along every path, each basic refusal */
extern const struct iotb_case_list sm_stream_table_cases; /* linear and two-level stream tables, L1STD */
extern const struct iotb_case_list sm_ste_cases;          /* STE: V, Config, substreams, StreamWorld */
extern const struct iotb_case_list sm_ste_stage2_cases;   /* STE: stage 2 fields */
extern const struct iotb_case_list sm_substreams_cases;   /* S1CDMax, S1DSS */
extern const struct iotb_case_list sm_cd_table_cases;     /* CD tables, L1CD */
extern const struct iotb_case_list sm_cd_cases;           /* CD fields */
extern const struct iotb_case_list sm_walk_stage1_cases;  /* the stage 1 walk: sizes, halves, levels, descriptors, faults */
extern const struct iotb_case_list sm_walk_stage2_cases;  /* the stage 2 walk: start levels, sizes, descriptors, faults */
extern const struct iotb_case_list sm_nested_cases;       /* each place where stage 2 can fault */
extern const struct iotb_case_list sm_permissions_cases;  /* who may read, write and execute */
extern const struct iotb_case_list sm_indirection_cases;  /* permissions by PIIP and PIIU */
extern const struct iotb_case_list sm_httu_cases;         /* Access flag and dirty state by hardware */
extern const struct iotb_case_list
    sm_registers_cases; /* what is constant, what is not there, how it may be accessed, what a reset leaves */
extern const struct iotb_case_list sm_register_file_cases;  /* registers bit by bit */
extern const struct iotb_case_list sm_identification_cases; /* what the identification registers may say together */
extern const struct iotb_case_list sm_control_cases;        /* CR0, CR1, CR2, GBPA: enables and guards */
extern const struct iotb_case_list sm_queues_cases;         /* the Command queue as a ring */
extern const struct iotb_case_list sm_queue_errors_cases;   /* command errors and restart */
extern const struct iotb_case_list sm_commands_cases;       /* which commands are legal */
extern const struct iotb_case_list sm_prefetch_cases;       /* CMD_PREFETCH_CONFIG, CMD_PREFETCH_ADDR */
extern const struct iotb_case_list sm_sync_cases;           /* CMD_SYNC: signals and completion */
extern const struct iotb_case_list sm_events_cases;         /* every record with every field */
extern const struct iotb_case_list sm_event_bits_cases;     /* addresses and identifiers of records bit by bit */
extern const struct iotb_case_list sm_event_queue_cases;  /* the Event queue: fullness, overflow, aborts, merging, termination */
extern const struct iotb_case_list sm_event_order_cases;  /* two defects at once */
extern const struct iotb_case_list sm_interrupts_cases;   /* GERROR, messages and their aborts */
extern const struct iotb_case_list sm_stalls_cases;       /* stalls, CMD_RESUME, CMD_STALL_TERM */
extern const struct iotb_case_list sm_alike_cases;        /* what makes two events alike */
extern const struct iotb_case_list sm_tlb_cases;          /* TLB invalidation: commands, levels, operands */
extern const struct iotb_case_list sm_tlb_range_cases;    /* range-based invalidation and level hints */
extern const struct iotb_case_list sm_tlb_tags_cases;     /* what separates TLB entries */
extern const struct iotb_case_list sm_stall_rules_cases;  /* stalls against the Event queue, duplicates, two stages */
extern const struct iotb_case_list sm_tlb_config_cases;   /* configuration caches */
extern const struct iotb_case_list sm_tags_cases;         /* what tells entries of caches apart, bit by bit */
extern const struct iotb_case_list sm_conflicts_cases;    /* overlapping and contradicting entries */
extern const struct iotb_case_list sm_modes_cases;        /* E2H, VMW and tables that change between two times of work */
extern const struct iotb_case_list sm_updates_cases;      /* STEs and CDs store by store */
extern const struct iotb_case_list sm_bypass_cases;       /* SMMUEN and the global bypass */
extern const struct iotb_case_list sm_terminate_cases;    /* how faulting requests end and whether they are recorded */
extern const struct iotb_case_list sm_lookup_cases;       /* what the lookup depends on, StreamWorlds, byte order, sizes */
extern const struct iotb_case_list sm_attributes_cases;   /* memory types */
extern const struct iotb_case_list sm_own_accesses_cases; /* memory types of structures, walks and queues */
extern const struct iotb_case_list sm_bus_cases;          /* attributes as a bus carries them */
extern const struct iotb_case_list sm_reset_cases;        /* a reset while something is under way */
extern const struct iotb_case_list sm_drain_cases;        /* CMD_SYNC and requests in flight */
extern const struct iotb_case_list sm_ats_cases;          /* translation requests */
extern const struct iotb_case_list sm_ats_translated_cases;   /* translated requests, split stage */
extern const struct iotb_case_list sm_ats_rules_cases;        /* errors, flags and fields of Translation Requests */
extern const struct iotb_case_list sm_ats_rights_cases;       /* what Translation Requests are granted */
extern const struct iotb_case_list sm_translated_rules_cases; /* Translated transactions: PASIDs, errors, overrides */
extern const struct iotb_case_list sm_atc_cases;              /* CMD_ATC_INV */
extern const struct iotb_case_list sm_pri_cases;              /* the PRI queue */
extern const struct iotb_case_list sm_pri_responses_cases;    /* CMD_PRI_RESP */
extern const struct iotb_case_list sm_torture_cases;          /* random traffic against random edits and invalidations */
extern const struct iotb_case_list sm_torture_ats_cases;      /* the same with a device-TLB and page requests */

/* All of the above, NULL at the end: what the runner knows. */
extern const struct iotb_case_list *const smmuv3_case_lists[];

#endif
