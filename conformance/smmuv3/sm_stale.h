/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sm_stale.h - what the chapters on invalidation and draining share: a translation in use, a descriptor on its way that changes
 * between two values, a command, and the judgement that the old value is gone.
 */
#ifndef SMMUV3_SM_STALE_H
#define SMMUV3_SM_STALE_H

#include "build/sm.h"

struct sm_stale {
    struct sm *sm;
    struct sm_path path;
    uint32_t stage;     /* of the tables that change */
    uint64_t input, at; /* page addresses: of the request, and what `stage` translates */
    uint64_t host[2];
    int level; /* of the descriptor that changes */
    uint64_t entry, value[2];
    struct sm_table *table, *other; /* of `stage`; other leads to host[1] */
    uint32_t now;                   /* which value and host are in memory */
    struct iotb_request r;
};

/* Opens a path for a stream; stage 0: the stage that decides. input: a page. */
void sm_stale_open(struct sm_stale *s, struct sm *sm, enum sm_flavour_id flavour, uint32_t sid, uint32_t ssid, uint32_t asid,
                   uint32_t vmid, uint32_t stage, uint64_t input);
/* The same on a path that is open already. */
void sm_stale_on(struct sm_stale *s, const struct sm_path *path, uint32_t stage, uint64_t input);
/* From now on the descriptor at this level changes; back to the first value. Of a nested stage 2 only level 3. Forgets
 * everything. */
void sm_stale_level(struct sm_stale *s, int level);
bool sm_stale_warm(struct sm_stale *s, const char *row);    /* the page that memory says */
void sm_stale_change(struct sm_stale *s);                   /* to the other value; no invalidation */
bool sm_stale_between(struct sm_stale *s, const char *row); /* the old or the new page, no event */
bool sm_stale_gone(struct sm_stale *s, const char *row);    /* the page that memory says now, twice */

/* Invalidations of TLBs. Operands are those of the path. */
enum sm_drop {
    DROP_NH_ALL,
    DROP_NH_ASID,
    DROP_NH_VA,
    DROP_NH_VA_LEAF,
    DROP_NH_VAA,
    DROP_NH_VAA_LEAF,
    DROP_EL2_ALL,
    DROP_EL2_ASID,
    DROP_EL2_VA,
    DROP_EL2_VA_LEAF,
    DROP_EL2_VAA,
    DROP_EL2_VAA_LEAF,
    DROP_S12_VMALL,
    DROP_S2_IPA,
    DROP_S2_IPA_LEAF,
    DROP_NSNH_ALL,
    DROP_COUNT
};
const char *sm_drop_name(enum sm_drop drop);
const char *sm_drop_row(enum sm_drop drop);
struct sm_command sm_drop_command(const struct sm_stale *s, enum sm_drop drop);
/* Must it remove what was cached of the descriptor that changes? A stage 2 change of a nested path needs a pair: see
 * sm_drop_pair. */
bool sm_drop_covers(const struct sm_stale *s, enum sm_drop drop);
/* Submits it, with a stage 1 invalidation after S2_IPA on nested paths, and CMD_SYNC. */
bool sm_drop(const struct sm_stale *s, enum sm_drop drop);

#define SM_DROP_ROWS                                                                                                            \
    "SMMU-4-055 SMMU-4-057 SMMU-4-058 SMMU-4-059 SMMU-4-067 SMMU-4-068 SMMU-4-069 SMMU-4-070 SMMU-4-071 SMMU-4-072 SMMU-4-073 " \
    "SMMU-4-075 SMMU-4-076"

#endif
