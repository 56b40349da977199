/* SPDX-License-Identifier: BSD-2-Clause */
/* Reserved, ignored and address bits of first-stage entries of every kind, one by one (3.6, 9.7). */
#include "vtd_chapters.h"
#include "vtd_first_stage.h"

#define GATE "ECAP.SMTS&ECAP.FSTS"
#define GATE_5 GATE "&CAP.FS5LP"
#define GATE_1G GATE "&CAP.FS1GP"

#define CASE(RUN, NAME, SUMMARY, ROW, ROWS, GATES, LEVEL, PAGE_LG2, ...)                                           \
    VTD_BITS_CASE(RUN, "vtd.first_stage." NAME, SUMMARY, ROW, ROWS, GATES, 0, .entry = VTD_PAGING, .level = LEVEL, \
                  .page_lg2 = PAGE_LG2, __VA_ARGS__)
#define RESERVED(NAME, ROW, GATES, FLAVOURS, LEVEL, PAGE_LG2, FIRST, LAST)                                           \
    CASE(vtd_run_bits, NAME, "Each of the bits " #LAST ":" #FIRST " of this entry, when present, is reserved.", ROW, \
         VTD_SCALABLE_ROWS, GATES, LEVEL, PAGE_LG2, .flavours = FLAVOURS, .first = FIRST, .last = LAST, .fr = 0x72)
#define IGNORED(NAME, ROW, GATES, FLAVOURS, LEVEL, PAGE_LG2, FIRST, LAST)                                                        \
    CASE(vtd_run_bits, NAME, "Each of the bits " #LAST ":" #FIRST " of this entry changes nothing.", ROW, VTD_PLAIN_ROWS, GATES, \
         LEVEL, PAGE_LG2, .flavours = FLAVOURS, .first = FIRST, .last = LAST)
#define ABSENT(NAME, GATES, LEVEL)                                                                                             \
    CASE(vtd_run_bits, NAME, "P=0 makes every other bit of this entry ignored.", "VTD-9-080", VTD_SCALABLE_ROWS, GATES, LEVEL, \
         12, .flavours = ALL, .few = true, .words = 1, .first = 1, .last = 63, .fr = 0x71)
#define POINTER(NAME, ROW, GATES, LEVEL, PAGE_LG2)                                                                               \
    CASE(vtd_run_pointer, NAME, "The address of this entry has every bit below HAW.", ROW, " VTD-3-003 VTD-7-062", GATES, LEVEL, \
         PAGE_LG2, .flavours = FIRST_ONLY, .few = true)
#define HAW VTD_HAW
#define FIRST_ONLY VT_FS_FLAVOURS
/* The rule holds for the first stage of nested translation too. */
#define ALL VTD_FS_FLAVOURS_ALL

static const struct iotb_case cases[] = {
    RESERVED("pml5_ps", "VTD-3-016", GATE_5, ALL, 5, 12, 7, 7),
    RESERVED("pml4_ps", "VTD-3-016", GATE, ALL, 4, 12, 7, 7),
    RESERVED("leaf_1g_reserved", "VTD-3-017", GATE_1G, FIRST_ONLY, 3, 30, 13, 29),
    IGNORED("leaf_1g_pat", "VTD-3-017", GATE_1G, FIRST_ONLY, 3, 30, 12, 12),
    RESERVED("leaf_2m_reserved", "VTD-3-017", GATE, FIRST_ONLY, 2, 21, 13, 20),
    IGNORED("leaf_2m_pat", "VTD-3-017", GATE, FIRST_ONLY, 2, 21, 12, 12),
    IGNORED("pte_pat", "VTD-9-081", GATE, ALL, 1, 12, 7, 7),

    RESERVED("pml5_width", "VTD-3-018", GATE_5 "&HAW<52", FIRST_ONLY, 5, 12, HAW, 51),
    RESERVED("pml4_width", "VTD-3-018", GATE "&HAW<52", FIRST_ONLY, 4, 12, HAW, 51),
    RESERVED("pdpe_width", "VTD-3-018", GATE "&HAW<52", FIRST_ONLY, 3, 12, HAW, 51),
    RESERVED("pde_width", "VTD-3-018", GATE "&HAW<52", FIRST_ONLY, 2, 12, HAW, 51),
    RESERVED("pte_width", "VTD-3-018", GATE "&HAW<52", FIRST_ONLY, 1, 12, HAW, 51),
    RESERVED("leaf_1g_width", "VTD-3-018", GATE_1G "&HAW<52", FIRST_ONLY, 3, 30, HAW, 51),
    RESERVED("leaf_2m_width", "VTD-3-018", GATE "&HAW<52", FIRST_ONLY, 2, 21, HAW, 51),

    IGNORED("pml5_ignored_high", "VTD-9-077", GATE_5 "&!ECAP.ERS", ALL, 5, 12, 52, 63),
    IGNORED("pml4_ignored_high", "VTD-9-077", GATE "&!ECAP.ERS", ALL, 4, 12, 52, 63),
    IGNORED("pdpe_ignored_high", "VTD-9-077", GATE "&!ECAP.ERS", ALL, 3, 12, 52, 63),
    IGNORED("pde_ignored_high", "VTD-9-077", GATE "&!ECAP.ERS", ALL, 2, 12, 52, 63),
    IGNORED("pte_ignored_high", "VTD-9-077", GATE "&!ECAP.ERS", ALL, 1, 12, 52, 63),
    IGNORED("leaf_1g_ignored_high", "VTD-9-077", GATE_1G "&!ECAP.ERS", FIRST_ONLY, 3, 30, 52, 63),
    IGNORED("leaf_2m_ignored_high", "VTD-9-077", GATE "&!ECAP.ERS", FIRST_ONLY, 2, 21, 52, 63),

    /* Non-leaf: 4:3, 6, 9:8 and 11; bit 10 is EA, which EAFE = 0 ignores (VTD-9-085). */
    IGNORED("pml5_ignored_4_3", "VTD-9-079", GATE_5, ALL, 5, 12, 3, 4),
    IGNORED("pml5_ignored_6", "VTD-9-079", GATE_5, ALL, 5, 12, 6, 6),
    IGNORED("pml5_ignored_11_8", "VTD-9-079", GATE_5, ALL, 5, 12, 8, 11),
    IGNORED("pml4_ignored_4_3", "VTD-9-079", GATE, ALL, 4, 12, 3, 4),
    IGNORED("pml4_ignored_6", "VTD-9-079", GATE, ALL, 4, 12, 6, 6),
    IGNORED("pml4_ignored_11_8", "VTD-9-079", GATE, ALL, 4, 12, 8, 11),
    IGNORED("pdpe_ignored_4_3", "VTD-9-079", GATE, ALL, 3, 12, 3, 4),
    IGNORED("pdpe_ignored_6", "VTD-9-079", GATE, ALL, 3, 12, 6, 6),
    IGNORED("pdpe_ignored_11_8", "VTD-9-079", GATE, ALL, 3, 12, 8, 11),
    IGNORED("pde_ignored_4_3", "VTD-9-079", GATE, ALL, 2, 12, 3, 4),
    IGNORED("pde_ignored_6", "VTD-9-079", GATE, ALL, 2, 12, 6, 6),
    IGNORED("pde_ignored_11_8", "VTD-9-079", GATE, ALL, 2, 12, 8, 11),
    /* Leaves: PWT and PCD say nothing to a device outside the coherency domain; 8 is G, 9 and 11 ignored. */
    IGNORED("pte_ignored_4_3", "VTD-9-079", GATE, ALL, 1, 12, 3, 4),
    IGNORED("pte_ignored_11_8", "VTD-9-079", GATE, ALL, 1, 12, 8, 11),
    IGNORED("leaf_2m_ignored_4_3", "VTD-9-079", GATE, FIRST_ONLY, 2, 21, 3, 4),
    IGNORED("leaf_2m_ignored_11_8", "VTD-9-079", GATE, FIRST_ONLY, 2, 21, 8, 11),
    IGNORED("leaf_1g_ignored_4_3", "VTD-9-079", GATE_1G, FIRST_ONLY, 3, 30, 3, 4),
    IGNORED("leaf_1g_ignored_11_8", "VTD-9-079", GATE_1G, FIRST_ONLY, 3, 30, 8, 11),

    ABSENT("pml5_absent", GATE_5, 5),
    ABSENT("pml4_absent", GATE, 4),
    ABSENT("pdpe_absent", GATE, 3),
    ABSENT("pde_absent", GATE, 2),
    ABSENT("pte_absent", GATE, 1),

    POINTER("pml5_pointer", "VTD-3-013", GATE_5, 5, 12),
    POINTER("pml4_pointer", "VTD-3-012", GATE, 4, 12),
    POINTER("pdpe_pointer", "VTD-3-012", GATE, 3, 12),
    POINTER("pde_pointer", "VTD-3-012", GATE, 2, 12),
    POINTER("pte_pointer", "VTD-3-012", GATE, 1, 12),
    POINTER("leaf_2m_pointer", "VTD-3-014", GATE, 2, 21),
    POINTER("leaf_1g_pointer", "VTD-3-015", GATE_1G, 3, 30),
};

const struct iotb_case_list vtd_first_stage_bits_cases = {cases, sizeof cases / sizeof cases[0]};
