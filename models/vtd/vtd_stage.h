/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_stage.h - what the one walk algorithm (vtd_walk.c) asks of each stage (vtd_first_stage.c, vtd_second_stage.c).
 */
#ifndef VTD_VTD_STAGE_H
#define VTD_VTD_STAGE_H

#include "vtd/vtd_steps.h"

#define VTD_LEVELS_END 6u /* levels are 1 to 5 */

/* One entry as it stands at one level, in one unit, under one paging setup: masks over the entry. */
struct vtd_entry_facts {
    bool leaf;
    uint64_t present;  /* present if any of these is set */
    uint64_t reserved; /* must be 0 in a present entry */
    uint64_t accessed; /* to be set in an entry that is used */
    uint64_t dirty;    /* to be set in a leaf that is written through */
};

struct vtd_entry_facts vtd_first_stage_facts(const struct vtd_params *p, const struct vtd_paging *paging, uint8_t level,
                                             uint64_t entry);
struct vtd_entry_facts vtd_second_stage_facts(const struct vtd_params *p, const struct vtd_paging *paging, uint8_t level,
                                              uint64_t entry);

/* The rights that one entry grants, as struct vtd_walk has them. */
struct vtd_rights {
    bool read, write, user;
};
struct vtd_rights vtd_first_stage_rights(uint64_t entry);
struct vtd_rights vtd_second_stage_rights(const struct vtd_paging *paging, uint64_t entry);

/* Memory type and snoop fields of a leaf. */
void vtd_first_stage_leaf(uint64_t entry, struct vtd_walk *walk);
void vtd_second_stage_leaf(const struct vtd_params *p, uint64_t entry, struct vtd_walk *walk);

/* 3.11 Memory Type: of the final page. `mtrr_type`: what the MTRRs say of it. */
uint8_t vtd_memory_type(const struct vtd_params *p, const struct vtd_paging *paging, const struct vtd_walk *first,
                        const struct vtd_walk *second, uint8_t mtrr_type);

#endif
