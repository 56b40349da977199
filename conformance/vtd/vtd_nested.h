/* SPDX-License-Identifier: BSD-2-Clause */
/* What the chapters on nested translation share: pages far from the tables in the guest, and the second-stage entries of both. */
#ifndef VTD_VTD_NESTED_H
#define VTD_VTD_NESTED_H

#include "vtd_second_stage.h"

#define NEST_INPUT UINT64_C(0x1234000)
#define NEST_ADDR UINT64_C(0x000ffffffffff000)

/* Guest addresses below 2^this can be mapped: bits 51:HAW of first-stage entries are reserved, whatever the second stage has. */
static inline uint32_t nest_guest_bits(const struct vt_path *path)
{
    uint32_t bits = vt_second_stage_bits(path);

    return bits < path->vt->haw ? bits : path->vt->haw;
}

/* A page whose second-stage walk shares as little as possible with those of the first-stage tables, mapped input -> guest ->
 * host; its host address. */
static inline uint64_t nest_far_guest(const struct vt_path *path)
{
    return UINT64_C(1) << (nest_guest_bits(path) - 1);
}
static inline uint64_t nest_far_page(struct vt_path *path, uint64_t input, uint32_t rights)
{
    uint64_t host = mem_alloc(path->vt->t, 4096, 4096), guest = nest_far_guest(path) + (input & 0x1ff000);

    vt_map(path->vt, path->ss, guest, host, 12, VT_RW);
    vt_map(path->vt, path->fs, input, guest, 12, rights);
    vt_path_invalidate(path);
    return host;
}

/* Guest address of the first-stage table of `level` on the way of input. */
static inline uint64_t nest_table_guest(const struct vt_path *path, uint64_t input, uint32_t level)
{
    if (level == path->fs->levels)
        return path->fs->root_pointer;
    return mem_read64(path->vt->t, vt_entry(path->vt, path->fs, input, level + 1)) & NEST_ADDR;
}

/* Second-stage leaf of the page that holds the first-stage table of `level`. */
static inline uint64_t nest_table_leaf(const struct vt_path *path, uint64_t input, uint32_t level)
{
    return vt_entry(path->vt, path->ss, nest_table_guest(path, input, level), 1);
}

/* Second-stage entry of the page that input leads to; 0 when first-stage tables are reached through the same entry. */
static inline uint64_t nest_final_entry(const struct vt_path *path, uint64_t input, uint32_t level)
{
    uint64_t guest = mem_read64(path->vt->t, vt_entry(path->vt, path->fs, input, 1)) & NEST_ADDR;
    uint64_t entry = vt_entry(path->vt, path->ss, guest, level);

    return entry == vt_entry(path->vt, path->ss, path->fs->root_pointer, level) ? 0 : entry;
}

#endif
