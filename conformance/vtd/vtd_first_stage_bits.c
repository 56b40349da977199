/* SPDX-License-Identifier: BSD-2-Clause */
/* Reserved, ignored and address bits of first-stage entries of every kind, one by one (3.6, 9.7). */
#include "vtd/vtd_chapters.h"
#include "vtd/vtd_first_stage.h"

/* What 7.1.3 gives for a reserved bit in a first-stage entry, and for one that is not present. */
#define RESERVED 0x72
#define ABSENT 0x71

#define GATE "ECAP.SMTS&ECAP.FSTS"
#define GATE_5 GATE "&CAP.FS5LP"
#define GATE_1G GATE "&CAP.FS1GP"

#define CASE(RUN, NAME, ROW, GATES, LEVEL, PAGE_LG2, ...)                                                                  \
    VTD_BITS_CASE(RUN, "vtd.first_stage." NAME, "Bits of a first-stage entry are reserved, ignored or address bits.", ROW, \
                  VTD_SCALABLE_ROWS, GATES, 0, .entry = VTD_PAGING, .level = LEVEL, .page_lg2 = PAGE_LG2, __VA_ARGS__)
#define BITS(NAME, ROW, GATES, LEVEL, PAGE_LG2, FIRST, LAST, FR) \
    CASE(vtd_run_bits, NAME, ROW, GATES, LEVEL, PAGE_LG2, .flavours = VT_FS_FLAVOURS, .first = FIRST, .last = LAST, .fr = FR)
/* The rule holds for the first stage of nested translation too. */
#define BOTH_BITS(NAME, ROW, GATES, LEVEL, PAGE_LG2, FIRST, LAST, FR) \
    CASE(vtd_run_bits, NAME, ROW, GATES, LEVEL, PAGE_LG2, .flavours = VTD_FS_FLAVOURS_ALL, .first = FIRST, .last = LAST, .fr = FR)
#define ABSENT_BITS(NAME, GATES, LEVEL)                                                                               \
    CASE(vtd_run_bits, NAME, "VTD-9-080", GATES, LEVEL, 12, .flavours = VTD_FS_FLAVOURS_ALL, .few = true, .words = 1, \
         .first = 1, .last = 63, .fr = ABSENT)
#define POINTER(NAME, ROW, GATES, LEVEL, PAGE_LG2) \
    CASE(vtd_run_pointer, NAME, ROW, GATES, LEVEL, PAGE_LG2, .flavours = VT_FS_FLAVOURS, .few = true)

static const struct iotb_case cases[] = {
    BOTH_BITS("pml5_ps", "VTD-3-016", GATE_5, 5, 12, 7, 7, RESERVED),
    BOTH_BITS("pml4_ps", "VTD-3-016", GATE, 4, 12, 7, 7, RESERVED),
    BITS("leaf_1g_reserved", "VTD-3-017", GATE_1G, 3, 30, 13, 29, RESERVED),
    BITS("leaf_1g_pat", "VTD-3-017", GATE_1G, 3, 30, 12, 12, 0),
    BITS("leaf_2m_reserved", "VTD-3-017", GATE, 2, 21, 13, 20, RESERVED),
    BITS("leaf_2m_pat", "VTD-3-017", GATE, 2, 21, 12, 12, 0),
    BOTH_BITS("pte_pat", "VTD-9-081", GATE, 1, 12, 7, 7, 0),

    BITS("pml5_width", "VTD-3-018", GATE_5 "&HAW<52", 5, 12, VTD_HAW, 51, RESERVED),
    BITS("pml4_width", "VTD-3-018", GATE "&HAW<52", 4, 12, VTD_HAW, 51, RESERVED),
    BITS("pdpe_width", "VTD-3-018", GATE "&HAW<52", 3, 12, VTD_HAW, 51, RESERVED),
    BITS("pde_width", "VTD-3-018", GATE "&HAW<52", 2, 12, VTD_HAW, 51, RESERVED),
    BITS("pte_width", "VTD-3-018", GATE "&HAW<52", 1, 12, VTD_HAW, 51, RESERVED),
    BITS("leaf_1g_width", "VTD-3-018", GATE_1G "&HAW<52", 3, 30, VTD_HAW, 51, RESERVED),
    BITS("leaf_2m_width", "VTD-3-018", GATE "&HAW<52", 2, 21, VTD_HAW, 51, RESERVED),

    BOTH_BITS("pml5_ignored_high", "VTD-9-077", GATE_5 "&!ECAP.ERS", 5, 12, 52, 63, 0),
    BOTH_BITS("pml4_ignored_high", "VTD-9-077", GATE "&!ECAP.ERS", 4, 12, 52, 63, 0),
    BOTH_BITS("pdpe_ignored_high", "VTD-9-077", GATE "&!ECAP.ERS", 3, 12, 52, 63, 0),
    BOTH_BITS("pde_ignored_high", "VTD-9-077", GATE "&!ECAP.ERS", 2, 12, 52, 63, 0),
    BOTH_BITS("pte_ignored_high", "VTD-9-077", GATE "&!ECAP.ERS", 1, 12, 52, 63, 0),
    BITS("leaf_1g_ignored_high", "VTD-9-077", GATE_1G "&!ECAP.ERS", 3, 30, 52, 63, 0),
    BITS("leaf_2m_ignored_high", "VTD-9-077", GATE "&!ECAP.ERS", 2, 21, 52, 63, 0),

    /* Non-leaf: 4:3, 6, 9:8 and 11; bit 10 is EA, which EAFE = 0 ignores (VTD-9-085). */
    BOTH_BITS("pml5_ignored_4_3", "VTD-9-079", GATE_5, 5, 12, 3, 4, 0),
    BOTH_BITS("pml5_ignored_6", "VTD-9-079", GATE_5, 5, 12, 6, 6, 0),
    BOTH_BITS("pml5_ignored_11_8", "VTD-9-079", GATE_5, 5, 12, 8, 11, 0),
    BOTH_BITS("pml4_ignored_4_3", "VTD-9-079", GATE, 4, 12, 3, 4, 0),
    BOTH_BITS("pml4_ignored_6", "VTD-9-079", GATE, 4, 12, 6, 6, 0),
    BOTH_BITS("pml4_ignored_11_8", "VTD-9-079", GATE, 4, 12, 8, 11, 0),
    BOTH_BITS("pdpe_ignored_4_3", "VTD-9-079", GATE, 3, 12, 3, 4, 0),
    BOTH_BITS("pdpe_ignored_6", "VTD-9-079", GATE, 3, 12, 6, 6, 0),
    BOTH_BITS("pdpe_ignored_11_8", "VTD-9-079", GATE, 3, 12, 8, 11, 0),
    BOTH_BITS("pde_ignored_4_3", "VTD-9-079", GATE, 2, 12, 3, 4, 0),
    BOTH_BITS("pde_ignored_6", "VTD-9-079", GATE, 2, 12, 6, 6, 0),
    BOTH_BITS("pde_ignored_11_8", "VTD-9-079", GATE, 2, 12, 8, 11, 0),
    /* Leaves: PWT and PCD say nothing to a device outside the coherency domain; 8 is G, 9 and 11 ignored. */
    BOTH_BITS("pte_ignored_4_3", "VTD-9-079", GATE, 1, 12, 3, 4, 0),
    BOTH_BITS("pte_ignored_11_8", "VTD-9-079", GATE, 1, 12, 8, 11, 0),
    BITS("leaf_2m_ignored_4_3", "VTD-9-079", GATE, 2, 21, 3, 4, 0),
    BITS("leaf_2m_ignored_11_8", "VTD-9-079", GATE, 2, 21, 8, 11, 0),
    BITS("leaf_1g_ignored_4_3", "VTD-9-079", GATE_1G, 3, 30, 3, 4, 0),
    BITS("leaf_1g_ignored_11_8", "VTD-9-079", GATE_1G, 3, 30, 8, 11, 0),

    ABSENT_BITS("pml5_absent", GATE_5, 5),
    ABSENT_BITS("pml4_absent", GATE, 4),
    ABSENT_BITS("pdpe_absent", GATE, 3),
    ABSENT_BITS("pde_absent", GATE, 2),
    ABSENT_BITS("pte_absent", GATE, 1),

    POINTER("pml5_pointer", "VTD-3-013", GATE_5, 5, 12),
    POINTER("pml4_pointer", "VTD-3-012", GATE, 4, 12),
    POINTER("pdpe_pointer", "VTD-3-012", GATE, 3, 12),
    POINTER("pde_pointer", "VTD-3-012", GATE, 2, 12),
    POINTER("pte_pointer", "VTD-3-012", GATE, 1, 12),
    POINTER("leaf_2m_pointer", "VTD-3-014", GATE, 2, 21),
    POINTER("leaf_1g_pointer", "VTD-3-015", GATE_1G, 3, 30),
};

const struct iotb_case_list vtd_first_stage_bits_cases = {cases, sizeof cases / sizeof cases[0]};
