/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_bits.h - cases that try the bits of one structure entry one at a time: what is reserved faults, what is ignored does
 * nothing. A chapter has tables of struct vtd_bits and gives them to vtd_run_bits() as the arguments of its cases.
 */
#ifndef VTD_VTD_BITS_H
#define VTD_VTD_BITS_H

#include "build/vt.h"

/* Page that these cases map, and where in it they access. */
#define VTD_BITS_INPUT UINT64_C(0x2345000)
#define VTD_BITS_OFFSET UINT64_C(0x48)

enum vtd_entry {
    VTD_ROOT,      /* 16 bytes */
    VTD_ROOT_USED, /* the 8 bytes that serve the requester: scalable mode has two halves */
    VTD_CONTEXT,
    VTD_DIRECTORY,
    VTD_PASID,
    VTD_PAGING, /* entry of the path's page table (first stage where there is one) at `level` */
};

/* Bit numbers relative to what the DUT has: VTD_HAW + n is n plus the host address width, VTD_ND + n n plus the width of DID;
 * n may be negative. */
#define VTD_HAW 0x1000
#define VTD_ND 0x2000

struct vtd_bits {
    const char *row;
    uint32_t flavours;
    enum vtd_entry entry;
    uint32_t first, last; /* from the start of the entry */
    uint32_t fr;          /* expected reason; 0: the bits are ignored */
    uint32_t level;       /* VTD_PAGING: 1 to 5 */
    uint32_t page_lg2;    /* size of the page mapped, 0: 12 */
    uint32_t words;       /* not 0: this many words are 0 first, and at the end all ones from bit `first` on */
    uint16_t rid;         /* another requester than vt_rid(0), or one of its half of the functions; 0: vt_rid(0) */
    bool few;             /* only the first flavour without and the first with PASID that the DUT has */
};

/* Each bit by itself is expected to have its effect, or none. */
void vtd_run_bits(struct test *t);
/* The entry's word that begins at bit `first` is a pointer: every address bit of it counts. */
void vtd_run_pointer(struct test *t);

/* One case of a table. */
#define VTD_BITS_CASE(RUN, NAME, SUMMARY, ROW, ROWS, GATE, FEATURES, ...)                                                       \
    {                                                                                                                           \
        .name = NAME, .summary = SUMMARY, .run = RUN, .rows = ROW ROWS, .gate = GATE, .features = FEATURES, .functional = true, \
        .tier = TIER_FULL, .argument = &(const struct vtd_bits)                                                                 \
        {                                                                                                                       \
            .row = ROW, __VA_ARGS__                                                                                             \
        }                                                                                                                       \
    }

/* Rows that every such case decides besides: the record of a refused request, and vt_close(). */
#define VTD_LEGACY_ROWS " VTD-3-002 VTD-7-036 VTD-11-012 VTD-11-015 VTD-11-020 VTD-11-021 VTD-11-022 VTD-7-146"
#define VTD_SCALABLE_ROWS \
    " VTD-3-003 VTD-7-062 VTD-11-012 VTD-11-015 VTD-11-016 VTD-11-018 VTD-11-020 VTD-11-021 VTD-11-022 VTD-7-146"
/* The same of requests without PASID. */
#define VTD_PLAIN_ROWS " VTD-3-003 VTD-7-062 VTD-11-012 VTD-11-015 VTD-11-020 VTD-11-021 VTD-11-022 VTD-7-146"

#define VTD_LEGACY_FLAVOURS (1u << VT_LEGACY_SS | 1u << VT_LEGACY_PT)
#define VTD_PLAIN_FLAVOURS (VT_SCALABLE_FLAVOURS & ~VT_PASID_FLAVOURS)

/* Of a mask of flavours: the first without and the first with PASID that the DUT has. */
uint32_t vtd_first_flavours(struct test *t, uint32_t mask);
/* Address of an entry on a path; `level` for VTD_PAGING. */
uint64_t vtd_entry_address(struct vt_path *path, enum vtd_entry entry, uint64_t input, uint32_t level);
/* Host address of a page of 2^page_lg2 bytes of which the 4 KiB at offset `within` may be used. Ends the case if there is none.
 */
uint64_t vtd_large_page(struct vt *vt, uint32_t page_lg2, uint64_t within);
/* What a request along the path needs as its address to reach `host` mapped at `input`: pass-through has no mapping. */
uint64_t vtd_input(const struct vt_path *path, uint64_t input, uint64_t host);

/* The wide address where requests can carry it, else the narrow one (below 2^32). */
uint64_t vtd_wide(struct test *t, uint64_t wide, uint64_t narrow);
/* `wanted`, or where the adapter does not offer it a requester that it offers with the same devfn[7]; ends the case if none. */
uint16_t vtd_requester(struct vt *vt, uint16_t wanted);
/* Domain ids that the DUT has. */
uint32_t vtd_domains(struct test *t);

/* A write and a read: both carried out at host, or both refused with fr. */
void vtd_reaches(struct vt *vt, const char *row, struct iotb_request r, uint64_t host);
void vtd_refused(struct vt *vt, const char *row, struct iotb_request r, uint32_t fr, uint64_t host);

#endif
