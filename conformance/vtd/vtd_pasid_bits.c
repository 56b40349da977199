/* SPDX-License-Identifier: BSD-2-Clause */
/* Reserved and ignored bits of PASID directory and PASID table entries, one by one (9.5, 9.6). */
#include "vtd_bits.h"
#include "vtd_chapters.h"

#define ALL VT_SCALABLE_FLAVOURS
#define FIRST_ONLY VT_FS_FLAVOURS
#define SECOND_ONLY (VT_SCALABLE_FLAVOURS & VT_SS_FLAVOURS)
#define PASS (VT_SCALABLE_FLAVOURS & VT_PT_FLAVOURS)
#define NESTED VT_NESTED_FLAVOURS

#define ENTRY(NAME, SUMMARY, ROW, ROWS, GATE, ...) \
    VTD_BITS_CASE(vtd_run_bits, "vtd.pasid." NAME, SUMMARY, ROW, ROWS, GATE, 0, .entry = VTD_PASID, __VA_ARGS__)
#define RESERVED(NAME, SUMMARY, ROW, GATE, FLAVOURS, FIRST, LAST) \
    ENTRY(NAME, SUMMARY, ROW, VTD_SCALABLE_ROWS, GATE, .flavours = FLAVOURS, .first = FIRST, .last = LAST, .fr = 0x5a)
/* The same where one kind of translation tells all. */
#define FEW_RESERVED(NAME, SUMMARY, ROW, GATE, FLAVOURS, FIRST, LAST)                                                  \
    ENTRY(NAME, SUMMARY, ROW, VTD_SCALABLE_ROWS, GATE, .flavours = FLAVOURS, .first = FIRST, .last = LAST, .fr = 0x5a, \
          .few = true)
#define FREE(NAME, SUMMARY, ROW, GATE, FLAVOURS, FIRST, LAST) \
    ENTRY(NAME, SUMMARY, ROW, VTD_PLAIN_ROWS, GATE, .flavours = FLAVOURS, .first = FIRST, .last = LAST)
#define DIRECTORY(NAME, SUMMARY, ROW, ...)                                                                                  \
    VTD_BITS_CASE(vtd_run_bits, "vtd.pasid." NAME, SUMMARY, ROW, VTD_SCALABLE_ROWS, "ECAP.SMTS", 0, .entry = VTD_DIRECTORY, \
                  .few = true, .flavours = ALL, __VA_ARGS__)
#define POINTER(NAME, SUMMARY, ROW, GATE, ...) \
    VTD_BITS_CASE(vtd_run_pointer, "vtd.pasid." NAME, SUMMARY, ROW, " VTD-3-003 VTD-7-062", GATE, 0, .few = true, __VA_ARGS__)

static const struct iotb_case cases[] = {
    DIRECTORY("directory_reserved", "Bits 11:2 of a present directory entry are reserved.", "VTD-9-049", .first = 2, .last = 11,
              .fr = 0x52),
    DIRECTORY("directory_width", "Bits 63:HAW of a present directory entry are reserved.", "VTD-9-049", .first = VTD_HAW,
              .last = 63, .fr = 0x52),
    DIRECTORY("directory_absent", "P=0 makes every bit of a directory entry but FPD ignored.", "VTD-9-048", .words = 1,
              .first = 2, .last = 63, .fr = 0x51),
    POINTER("directory_pointer", "SMPTBLPTR has every address bit below HAW.", "VTD-9-050", "ECAP.SMTS", .flavours = ALL,
            .entry = VTD_DIRECTORY),
    POINTER("second_pointer", "SSPTPTR has every address bit below HAW.", "VTD-9-056", "ECAP.SMTS&ECAP.SSTS",
            .flavours = SECOND_ONLY, .entry = VTD_PASID),
    POINTER("first_pointer", "FSPTPTR has every address bit below HAW.", "VTD-9-057", "ECAP.SMTS&ECAP.FSTS",
            .flavours = FIRST_ONLY, .entry = VTD_PASID, .first = 128),

    VTD_BITS_CASE(vtd_run_bits, "vtd.pasid.absent", "P=0 makes every bit of a table entry but FPD ignored.", "VTD-9-051",
                  VTD_SCALABLE_ROWS, "ECAP.SMTS", 0, .entry = VTD_PASID, .few = true, .flavours = ALL, .words = 8, .first = 2,
                  .last = 511, .fr = 0x59),
    RESERVED("reserved_5", "Bit 5 is reserved.", "VTD-9-052", "ECAP.SMTS", ALL, 5, 5),
    RESERVED("reserved_11_10", "Bits 11:10 are reserved.", "VTD-9-052", "ECAP.SMTS", ALL, 10, 11),
    RESERVED("reserved_86_80", "Bits 86:80 are reserved.", "VTD-9-052", "ECAP.SMTS", ALL, 80, 86),
    RESERVED("reserved_95_91", "Bits 95:91 are reserved.", "VTD-9-052", "ECAP.SMTS", ALL, 91, 95),
    RESERVED("reserved_129", "Bit 129 is reserved.", "VTD-9-053", "ECAP.SMTS&!ECAP.ERS", ALL, 129, 129),
    RESERVED("reserved_139_136", "Bits 139:136 are reserved.", "VTD-9-052", "ECAP.SMTS", ALL, 136, 139),
    FEW_RESERVED("reserved_255_192", "Bits 255:192 are reserved.", "VTD-9-052", "ECAP.SMTS", ALL, 192, 255),
    RESERVED("reserved_267_259", "Bits 267:259 are reserved.", "VTD-9-052", "ECAP.SMTS", ALL, 259, 267),
    FEW_RESERVED("reserved_511_336", "Bits 511:336 are reserved.", "VTD-9-052", "ECAP.SMTS", ALL, 336, 511),
    FREE("ignored_134_133", "Bits 134:133 are ignored.", "VTD-9-054", "ECAP.SMTS", ALL, 133, 134),
    RESERVED("did_width", "DID bits above the width of CAP.ND are reserved.", "VTD-9-055", "ECAP.SMTS&CAP.ND<6", ALL, VTD_ND + 64,
             79),
    FREE("did_bits", "Every DID bit within the width of CAP.ND may be set.", "VTD-9-055", "ECAP.SMTS", ALL, 64, VTD_ND + 63),
    RESERVED("second_width", "Bits 63:HAW are reserved in every PGTT.", "VTD-9-056", "ECAP.SMTS&HAW<64", ALL, VTD_HAW, 63),
    RESERVED("first_width", "Bits 191:HAW+128 are reserved in every PGTT.", "VTD-9-057", "ECAP.SMTS&HAW<64", ALL, VTD_HAW + 128,
             191),
    RESERVED("hpt_width", "Bits 319:HAW+256 are reserved in every PGTT.", "VTD-9-066", "ECAP.SMTS&HAW<64&!ECAP.HPTS", ALL,
             VTD_HAW + 256, 319),

    RESERVED("no_pwsnp", "PWSNP is reserved without page-walk coherency.", "VTD-9-058", "ECAP.SMTS&!ECAP.SMPWCS", ALL, 87, 87),
    FREE("pwsnp", "PWSNP may be 0 or 1 with page-walk coherency.", "VTD-9-058", "ECAP.SMTS&ECAP.SMPWCS", ALL, 87, 87),
    RESERVED("no_pgsnp", "PGSNP is reserved without snoop control.", "VTD-9-059", "ECAP.SMTS&!ECAP.SC", ALL, 88, 88),
    FREE("pgsnp", "PGSNP may be 0 or 1 with snoop control.", "VTD-9-059", "ECAP.SMTS&ECAP.SC", ALL, 88, 88),
    RESERVED("no_cd_emte", "CD and EMTE are reserved without memory types.", "VTD-9-060", "ECAP.SMTS&!ECAP.MTS", ALL, 89, 90),
    FEW_RESERVED("no_pat", "PAT is reserved without memory types.", "VTD-9-060", "ECAP.SMTS&!ECAP.MTS", ALL, 96, 127),
    FREE("cd_emte", "CD and EMTE may be 0 or 1 with memory types.", "VTD-9-060", "ECAP.SMTS&ECAP.MTS", ALL, 89, 90),
    RESERVED("no_sre", "SRE is reserved without supervisor requests.", "VTD-9-061", "ECAP.SMTS&!ECAP.SRS", ALL, 128, 128),
    FREE("sre", "SRE may be 0 or 1 with supervisor requests.", "VTD-9-061", "ECAP.SMTS&ECAP.SRS", ALL, 128, 128),
    RESERVED("no_eafe", "EAFE is reserved without extended accessed flags.", "VTD-9-062", "ECAP.SMTS&!ECAP.EAFS", ALL, 135, 135),
    FREE("eafe", "EAFE may be 0 or 1 with extended accessed flags.", "VTD-9-062", "ECAP.SMTS&ECAP.EAFS", ALL, 135, 135),
    RESERVED("no_ssade", "SSADE is reserved without second-stage flags.", "VTD-9-063", "ECAP.SMTS&!ECAP.SSADS", ALL, 9, 9),
    FREE("ssade", "SSADE may be 0 or 1 with second-stage flags.", "VTD-9-063", "ECAP.SMTS&ECAP.SSADS", ALL, 9, 9),
    RESERVED("no_aw", "AW is reserved without a second stage.", "VTD-9-064", "ECAP.SMTS&!ECAP.SSTS", FIRST_ONLY | PASS, 2, 4),
    RESERVED("no_ssptptr", "SSPTPTR is reserved without a second stage.", "VTD-9-064", "ECAP.SMTS&!ECAP.SSTS", FIRST_ONLY | PASS,
             12, 63),
    RESERVED("no_fspm", "FSPM and WPE are reserved without a first stage.", "VTD-9-065", "ECAP.SMTS&!ECAP.FSTS",
             SECOND_ONLY | PASS, 130, 132),
    RESERVED("no_fsptptr", "FSPTPTR is reserved without a first stage.", "VTD-9-065", "ECAP.SMTS&!ECAP.FSTS", SECOND_ONLY | PASS,
             140, 191),
    RESERVED("no_hpt_fields", "HPTSZ and HPTPFD are reserved without host permission tables.", "VTD-9-066",
             "ECAP.SMTS&!ECAP.HPTS", ALL, 256, 258),
    FEW_RESERVED("no_hptptr", "HPTPTR and HPTDID are reserved without host permission tables.", "VTD-9-066",
                 "ECAP.SMTS&!ECAP.HPTS", ALL, 268, 335),

    FREE("ignored_aw", "AW is ignored where no second stage is used.", "VTD-9-071", "ECAP.SMTS&ECAP.SSTS", FIRST_ONLY | PASS, 2,
         4),
    FREE("ignored_ssade", "SSADE is ignored where no second stage is used.", "VTD-9-071", "ECAP.SMTS&ECAP.SSADS",
         FIRST_ONLY | PASS, 9, 9),
    FREE("ignored_ssptptr", "SSPTPTR is ignored where no second stage is used.", "VTD-9-071", "ECAP.SMTS&ECAP.SSTS",
         FIRST_ONLY | PASS, 12, VTD_HAW - 1),
    FREE("ignored_fsptptr", "FSPTPTR is ignored where no first stage is used.", "VTD-9-072", "ECAP.SMTS&ECAP.FSTS",
         SECOND_ONLY | PASS, 140, VTD_HAW + 127),
    FREE("ignored_wpe", "WPE is ignored where no first stage is used.", "VTD-9-072", "ECAP.SMTS&ECAP.FSTS", SECOND_ONLY | PASS,
         132, 132),
    FREE("wpe_user", "WPE does not concern requests of users.", "VTD-3-031", "ECAP.SMTS&ECAP.FSTS", FIRST_ONLY | NESTED, 132,
         132),
};

const struct iotb_case_list vtd_pasid_bits_cases = {cases, sizeof cases / sizeof cases[0]};
