/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walks.h - between the files of test_walks: the bench, the structures of its one stream, mappings; and the tests themselves.
 */
#ifndef WALKS_H
#define WALKS_H

#include "steps_bench.h"

#define CD_AT UINT64_C(0x20000)
#define S1_BASE UINT64_C(0x4000000)
#define S2_BASE UINT64_C(0x8000000)
#define S1_AF (UINT64_C(1) << 10)
#define RW_S2 (UINT64_C(3) << 6)
#define WB_S2 (UINT64_C(15) << 2)

extern struct bench b;
extern uint64_t free_page;

uint64_t ste_address(void);
unsigned tg_code(unsigned granule_lg2, unsigned half);
void put_cd(unsigned granule_lg2, unsigned tsz, bool ds);
void put_ste(unsigned config, unsigned granule_lg2, unsigned t0sz, unsigned sl, bool ds);
/* A run that ends somewhere in the tables leaves the regime in b.regime. */
void start(const char *settings, unsigned config);
/* A plain mapping of stage 2 that is where it is: 1 GiB blocks, read, write, execute, write-back. */
void identity_stage2(uint64_t address);
struct smmuv3_table_setup stage1_setup(unsigned half);
/* Of stage 1, of stage 2: as bench_map(). */
uint64_t map1(uint64_t input, uint64_t output, int leaf, uint64_t bits);
uint64_t map2(uint64_t input, uint64_t output, int leaf, uint64_t bits);

/* walks_tables.c */
void stage1_start_levels(void **state);
void stage2_start_levels(void **state);
void every_stage1_walk(void **state);
void every_stage2_walk(void **state);
void input_ranges(void **state);
void disabled_and_hidden_tables(void **state);
void address_sizes(void **state);
void contiguous(void **state);

/* walks_permissions.c */
void stage1_permissions(void **state);
void el2_permissions(void **state);
void privileged_access_never(void **state);
void indirect_permissions(void **state);
void stage2_permissions(void **state);
void overrides_of_permissions(void **state);
void clean_is_writable(void **state);

/* walks_flags.c */
void hardware_updates(void **state);
void table_access_flags(void **state);

/* walks_nested.c */
void nested_walk(void **state);
void nested_faults(void **state);
void order_within_a_stage(void **state);

/* walks_records.c */
void fault_terms(void **state);
void event_records(void **state);

/* walks_attributes.c */
void stage1_attributes(void **state);
void stage2_attributes(void **state);
void overrides_of_types(void **state);
void ports(void **state);
void walk_attributes(void **state);

#endif
