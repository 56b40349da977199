/* SPDX-License-Identifier: BSD-2-Clause */
/* sm_walk.h - the rules of the VMSAv8-64 walk (DDI 0487 D8.2, D8.3) that are the same in both stages: bodies of cases that have a
 * struct sm_spot_case as argument. */
#ifndef SMMUV3_SM_WALK_H
#define SMMUV3_SM_WALK_H

#include "sm_spot.h"

void sm_walk_invalid(struct sm *sm, struct sm_path *path);        /* bit 0 clear, at each level */
void sm_walk_encodings(struct sm *sm, struct sm_path *path);      /* blocks where there are none, level 3 without bit 1 */
void sm_walk_ignored(struct sm *sm, struct sm_path *path);        /* bits of leaf and table descriptors that mean nothing */
void sm_walk_index_bits(struct sm *sm, struct sm_path *path);     /* each input bit selects */
void sm_walk_blocks(struct sm *sm, struct sm_path *path);         /* each block size, each offset bit */
void sm_walk_outputs(struct sm *sm, struct sm_path *path);        /* each address bit of leaf and table descriptors */
void sm_walk_contiguous(struct sm *sm, struct sm_path *path);     /* consistent groups */
void sm_walk_conflicting(struct sm *sm, struct sm_path *path);    /* inconsistent groups: one of the entries, or a conflict */
void sm_walk_no_translation(struct sm *sm, struct sm_path *path); /* nT */
void sm_walk_sizes(struct sm *sm, struct sm_path *path);          /* addresses above IPS or S2PS, at each level */
void sm_walk_capped(struct sm *sm, struct sm_path *path);         /* IPS, S2PS above OAS */
void sm_walk_aborts(struct sm *sm, struct sm_path *path);         /* external aborts of each level */
void sm_walk_priority(struct sm *sm, struct sm_path *path);       /* which of several faults */
void sm_walk_unaligned(struct sm *sm, struct sm_path *path);
void sm_walk_not_cached(struct sm *sm, struct sm_path *path);    /* faults are not cached */
void sm_walk_input_address(struct sm *sm, struct sm_path *path); /* the whole input is recorded */

#define SM_WALK_ROWS_LEAF "SMMU-D8-006 SMMU-D8-007 SMMU-D8-008"

#endif
