/* SPDX-License-Identifier: BSD-2-Clause */
/* What the first-stage chapters share: a mapped page, its entries at every level, the fields of the PASID table entry. */
#ifndef VTD_VTD_FIRST_STAGE_H
#define VTD_VTD_FIRST_STAGE_H

#include "vtd_bits.h"

#define VTD_FS_FLAVOURS_ALL (VT_FS_FLAVOURS | VT_NESTED_FLAVOURS)

/* Bits of a first-stage entry (9.7). */
#define FS_P (UINT64_C(1) << 0)
#define FS_RW (UINT64_C(1) << 1)
#define FS_US (UINT64_C(1) << 2)
#define FS_A (UINT64_C(1) << 5)
#define FS_D (UINT64_C(1) << 6)
#define FS_EA (UINT64_C(1) << 10)

struct fs_page {
    struct vt *vt;
    struct vt_path *path;
    uint64_t input; /* of the access, within the page */
    uint64_t host;  /* where it leads */
    uint32_t leaf;  /* level of the entry that maps the page: 1, 2, 3 */
    uint32_t levels;
    uint64_t entry[6]; /* host addresses of the entries by level, leaf..levels */
};

/* Maps a page of 2^page_lg2 bytes around input with rights (VT_CLEAN: no flags) in a table of `levels` (0: as it is). */
void fs_page_open(struct fs_page *page, struct vt_path *path, uint64_t input, uint32_t page_lg2, uint32_t rights);
/* A table of so many levels for the path in place of its own; not for nested paths. */
void fs_set_levels(struct vt_path *path, uint32_t levels);
/* Clears and sets bits in the entry of a level; no invalidation. */
void fs_change(struct fs_page *page, uint32_t level, uint64_t clear, uint64_t set);
uint64_t fs_value(struct fs_page *page, uint32_t level);
/* A field of the path's PASID table entry; no invalidation. */
void fs_pasid_field(struct vt_path *path, const char *field, uint64_t value);
struct iotb_request fs_request(const struct fs_page *page, enum iotb_request_kind kind);

#endif
