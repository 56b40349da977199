/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_stale.h - what the chapters on caches, the queue and draining share: a translation that has been used, a structure on
 * its way that is then changed, an invalidation, and the judgement that the old value is gone.
 *
 * Every translation has a second set of tables beside the first, built beforehand, that takes the same input to another
 * page: changing an entry at level L means copying the entry of the second set over the first.
 */
#ifndef VTD_VTD_STALE_H
#define VTD_VTD_STALE_H

#include "build/vt.h"

struct stale {
    struct vt *vt;
    struct vt_path path;   /* as programmed at first */
    struct vt_table *fs;   /* the other first stage, NULL where there is none */
    struct vt_table *ss;   /* the other second stage: of the input, or nested of `guest` */
    uint64_t input;        /* page address */
    uint64_t guest;        /* nested: what the first stage makes of input */
    uint64_t host[2];      /* page that input leads to before and after the change */
    struct iotb_request r; /* 8 bytes at input + 0x48 */
};

/* What can change. The level of STALE_FIRST and STALE_SECOND runs from 1 (the leaf) to the levels of the table. */
enum stale_change {
    STALE_FIRST,     /* first-stage entry at a level */
    STALE_SECOND,    /* second-stage entry at a level; nested: the one that translates the page itself */
    STALE_FS_PAGE,   /* nested: second-stage leaf of the guest page that holds the first-stage leaf entry */
    STALE_PASID,     /* the PASID entry points to the other tables under another domain */
    STALE_DIRECTORY, /* the PASID directory entry points to a table with such an entry */
    STALE_CONTEXT,   /* the context entry: other table and domain, or other PASID directory */
    STALE_ROOT,      /* the root entry points to a table with such a context entry */
};

/* Opens the path (vt_path_open), forgets everything that the unit may have cached of it before, and maps. */
void stale_open(struct stale *s, struct vt *vt, enum vt_flavour_id flavour, uint16_t rid, uint32_t pasid, uint32_t did,
                uint64_t input);
/* Uses the translation twice; both times it must lead to host[0]. */
bool stale_warm(struct stale *s, const char *row);
/* `did` is the domain of the new PASID or context entry. */
void stale_change(struct stale *s, enum stale_change change, uint32_t level, uint32_t did);
/* Between change and invalidation: the old or the new page, and no fault. */
bool stale_between(struct stale *s, const char *row);
/* After the invalidation: the new page, on a miss and on a hit. */
bool stale_gone(struct stale *s, const char *row);
/* The other way of a nested change at STALE_FS_PAGE: guest address of the page that was moved. */
uint64_t stale_fs_page(struct stale *s);
/* Width of the input addresses of a path that the adapter can send (3.6, 3.7). */
uint32_t stale_input_bits(struct vt *vt, const struct vt_path *path);
uint32_t stale_levels(const struct stale *s, enum stale_change change);

/* Invalidations. */
enum stale_drop {
    DROP_PAGE,        /* IOTLB page-selective, AM 0, IH 0 */
    DROP_PAGE_HINT,   /* the same with IH 1 */
    DROP_PAGE_FAR,    /* IOTLB page-selective of another page of the domain */
    DROP_DOMAIN,      /* IOTLB domain-selective */
    DROP_GLOBAL,      /* IOTLB global */
    DROP_P_PAGE,      /* PASID-based IOTLB page-selective, AM 0, IH 0 */
    DROP_P_PAGE_HINT, /* the same with IH 1 */
    DROP_P_PASID,     /* PASID-based IOTLB PASID-selective */
    DROP_PC_PASID,    /* PASID cache, one PASID of the domain */
    DROP_PC_DOMAIN,
    DROP_PC_GLOBAL,
    DROP_CC_DEVICE,
    DROP_CC_DOMAIN,
    DROP_CC_GLOBAL,
    DROP_COUNT,
};
/* The DUT has it in the mode of the path. */
bool stale_can_drop(const struct stale *s, enum stale_drop drop);
/* Domain, PASID and device are those of the path; `address` of page-selective ones. True when it completed. */
bool stale_drop(const struct stale *s, enum stale_drop drop, uint64_t address);
const char *stale_drop_name(enum stale_drop drop);
/* Its descriptor. */
struct vt_descriptor stale_descriptor(const struct stale *s, enum stale_drop drop, uint64_t address);

/* Entries on the way of the request, in the order in which a walk without caches comes to them; the second stage of a nested
 * path is that of the page itself. */
enum stale_spot_kind { SPOT_ROOT, SPOT_CONTEXT, SPOT_DIRECTORY, SPOT_PASID, SPOT_SECOND, SPOT_FIRST };
struct stale_spot {
    enum stale_spot_kind kind;
    uint32_t level;   /* of paging entries */
    uint64_t address; /* of its first word */
    uint32_t bytes;
    uint32_t reserved; /* a bit of the first word that is reserved; 0: none is tried */
};
#define STALE_SPOTS_MAX 16
uint32_t stale_spots(struct stale *s, struct stale_spot *spots);
const char *stale_spot_name(const struct stale_spot *spot);

#endif
