/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_defects.h - the fault conditions of 7.1.3 Table 30 that a path can be given: one defect each, what it is recorded as, and
 * the answers of Table 30 to each kind of request. One table under two suites: untranslated requests, and ATS and page requests.
 */
#ifndef VTD_VTD_DEFECTS_H
#define VTD_VTD_DEFECTS_H

#include "build/vt.h"

/* Where the path has its page. */
#define DEFECT_INPUT UINT64_C(0x2345000)

struct scene {
    struct vt *vt;
    struct vt_path *path;
    struct iotb_request r; /* what is sent; arrange() may change it */
    uint64_t host;
    uint64_t saved_address[4], saved_value[4];
    uint32_t saved;
};

struct condition {
    const char *name;
    const char *row;
    uint32_t fr;
    uint32_t flavours;
    void (*arrange)(struct scene *s); /* makes the defect */
    bool qualified;
    uint8_t kinds;                         /* READS, WRITES, BOTH: of the untranslated requests that meet it */
    uint8_t translation, translated, page; /* enum answer */
    const char *gate;
    uint64_t features;
};

enum { READS = 1, WRITES = 2, BOTH = 3 };

/* Columns of Table 30: translation request, translated request without PASID (host permission table off), page request. */
enum answer {
    ANSWER_NA, /* not this kind of request, or not said */
    ANSWER_UR,
    ANSWER_CA,
    ANSWER_ZERO,   /* Success with R = W = U = S = 0, not recorded */
    ANSWER_LOGGED, /* the same, recorded */
    ANSWER_READ,   /* Success with effective permission: R */
    ANSWER_WRITE,  /* the same: W */
    ANSWER_GOOD,   /* does not meet the condition */
    ANSWER_IR,     /* Invalid Request, or dropped */
};

#define LEGACY (1u << VT_LEGACY_SS)
#define LEGACY_ALL (1u << VT_LEGACY_SS | 1u << VT_LEGACY_PT)
#define SCALABLE_SS (1u << VT_RID_SS | 1u << VT_PASID_SS)
#define FIRST (VT_FS_FLAVOURS | VT_NESTED_FLAVOURS)
#define SECOND (SCALABLE_SS | VT_NESTED_FLAVOURS)
#define SCALABLE VT_SCALABLE_FLAVOURS
#define WITH_PASID VT_PASID_FLAVOURS
#define MEMORY IOTB_F_BENCH_MEMORY
#define WIDE IOTB_F_WIDE_ADDRESS

/* X(name, row, FR, flavours, defect, qualified, kinds, translation, translated, page, gate, features) */
/* clang-format off */
#define LEGACY_CONDITIONS(X)                                                                                 \
    X(LRT_1, "VTD-7-032", 0x08, LEGACY_ALL, root_abort, false, BOTH, CA, UR, NA, NULL, MEMORY)               \
    X(LRT_2, "VTD-7-033", 0x01, LEGACY_ALL, root_zero, false, BOTH, UR, UR, NA, NULL, 0)                     \
    X(LRT_3, "VTD-7-034", 0x0a, LEGACY_ALL, root_reserved, false, BOTH, CA, UR, NA, NULL, 0)                 \
    X(LRT_3_high, "VTD-7-034", 0x0a, LEGACY_ALL, root_reserved_high, false, BOTH, CA, UR, NA, NULL, 0)       \
    X(LCT_1, "VTD-7-035", 0x09, LEGACY_ALL, context_abort, false, BOTH, CA, UR, NA, NULL, MEMORY)            \
    X(LCT_2, "VTD-7-036", 0x02, LEGACY_ALL, context_zero, true, BOTH, UR, UR, NA, NULL, 0)                   \
    X(LCT_3, "VTD-7-037", 0x0b, LEGACY_ALL, context_reserved_4, true, BOTH, CA, UR, NA, NULL, 0)             \
    X(LCT_3_high, "VTD-7-037", 0x0b, LEGACY_ALL, context_reserved_71, true, BOTH, CA, UR, NA, NULL, 0)       \
    X(LCT_4_1, "VTD-7-038", 0x03, LEGACY, context_aw, true, BOTH, CA, UR, NA, NULL, 0)                       \
    X(LCT_4_2, "VTD-7-039", 0x03, LEGACY_ALL, context_tt, true, BOTH, CA, UR, NA, NULL, 0)                   \
    X(LCT_4_3, "VTD-7-040", 0x03, LEGACY, ss_top_abort, true, BOTH, CA, GOOD, NA, NULL, MEMORY)              \
    X(LSS_1, "VTD-7-042", 0x07, LEGACY, ss_lower_abort, true, BOTH, CA, GOOD, NA, NULL, MEMORY)              \
    X(LSS_2, "VTD-7-043", 0x0c, LEGACY, ss_reserved, true, BOTH, CA, GOOD, NA, NULL, 0)                      \
    X(LGN_1_1, "VTD-7-044", 0x04, LEGACY, input_beyond_second_stage, true, BOTH, ZERO, GOOD, NA, NULL, WIDE) \
    X(LGN_2, "VTD-7-047", 0x05, LEGACY, ss_no_write, true, WRITES, READ, GOOD, NA, NULL, 0)                  \
    X(LGN_3, "VTD-7-048", 0x06, LEGACY, ss_no_read, true, READS, WRITE, GOOD, NA, NULL, 0)                   \
    X(LGN_4, "VTD-7-049", 0x0e, LEGACY, leaf_to_interrupts, true, BOTH, CA, GOOD, NA, NULL, 0)

#define SCALABLE_CONDITIONS(X)                                                                                                      \
    X(RTA_5, "VTD-7-057", 0x34, WITH_PASID, execute, false, READS, UR, NA, NA, "VER.MAX>=8", IOTB_F_PRIVILEGE)                      \
    X(SRT_1, "VTD-7-058", 0x38, SCALABLE, root_abort, false, BOTH, CA, UR, IR, NULL, MEMORY)                                        \
    X(SRT_2, "VTD-7-059", 0x39, SCALABLE, root_zero, false, BOTH, UR, UR, IR, NULL, 0)                                              \
    X(SRT_3, "VTD-7-060", 0x3a, SCALABLE, root_reserved, false, BOTH, CA, UR, IR, NULL, 0)                                          \
    X(SRT_3_high, "VTD-7-060", 0x3a, SCALABLE, root_reserved_11, false, BOTH, CA, UR, IR, NULL, 0)                                  \
    X(SCT_1, "VTD-7-061", 0x40, SCALABLE, context_abort, false, BOTH, CA, UR, IR, NULL, MEMORY)                                     \
    X(SCT_2, "VTD-7-062", 0x41, SCALABLE, context_zero, true, BOTH, UR, UR, IR, NULL, 0)                                            \
    X(SCT_3, "VTD-7-063", 0x42, SCALABLE, context_reserved_7, true, BOTH, CA, UR, IR, NULL, 0)                                      \
    X(SCT_4_2, "VTD-7-065", 0x43, SCALABLE, context_rid_pasid, true, BOTH, CA, UR, IR, "ECAP.RPS", 0)                               \
    X(SCT_6, "VTD-7-068", 0x45, WITH_PASID, context_paside, true, BOTH, UR, GOOD, IR, NULL, 0)                                      \
    X(SCT_7, "VTD-7-069", 0x46, WITH_PASID, pasid_beyond_directory, true, BOTH, UR, GOOD, IR, "ECAP.PSS>=13", 0)                    \
    X(SCT_9, "VTD-7-071", 0x48, WITH_PASID, pasid_is_rid_pasid, true, BOTH, UR, GOOD, IR, "ECAP.RPS", 0)                            \
    X(SCT_9_zero, "VTD-7-071", 0x48, WITH_PASID, pasid_is_zero, true, BOTH, UR, GOOD, IR, "!ECAP.RPS", 0)                           \
    X(SPD_1, "VTD-7-073", 0x50, SCALABLE, directory_abort, false, BOTH, CA, GOOD, IR, NULL, MEMORY)                                 \
    X(SPD_2, "VTD-7-074", 0x51, SCALABLE, directory_zero, true, BOTH, ZERO, GOOD, IR, NULL, 0)                                      \
    X(SPD_3, "VTD-7-075", 0x52, SCALABLE, directory_reserved, true, BOTH, CA, GOOD, IR, NULL, 0)                                    \
    X(SPT_1, "VTD-7-076", 0x58, SCALABLE, pasid_abort, false, BOTH, CA, GOOD, IR, NULL, MEMORY)                                     \
    X(SPT_2, "VTD-7-077", 0x59, SCALABLE, pasid_zero, true, BOTH, ZERO, GOOD, IR, NULL, 0)                                          \
    X(SPT_3, "VTD-7-078", 0x5a, SCALABLE, pasid_reserved_5, true, BOTH, CA, GOOD, IR, NULL, 0)                                      \
    X(SPT_3_high, "VTD-7-078", 0x5a, SCALABLE, pasid_reserved_511, true, BOTH, CA, GOOD, IR, NULL, 0)                               \
    X(SPT_4_1, "VTD-7-079", 0x5b, SECOND, pasid_aw, true, BOTH, CA, GOOD, IR, NULL, 0)                                              \
    X(SPT_4_2, "VTD-7-080", 0x5b, SCALABLE, pasid_pgtt, true, BOTH, CA, GOOD, IR, NULL, 0)                                          \
    X(SPT_4_3, "VTD-7-081", 0x5b, FIRST, pasid_fspm, true, BOTH, CA, GOOD, IR, NULL, 0)                                             \
    X(SPT_4_4, "VTD-7-082", 0x5b, VT_NESTED_FLAVOURS, pasid_fsptptr, true, BOTH, CA, GOOD, IR, NULL, 0)                             \
    X(SPT_5, "VTD-7-083", 0x5c, WITH_PASID, execute, true, READS, ZERO, NA, NA, "VER.MAX<8&!ECAP.ERS", IOTB_F_PRIVILEGE)            \
    X(SPT_6, "VTD-7-084", 0x5d, WITH_PASID, privileged, true, BOTH, ZERO, NA, GOOD, NULL, IOTB_F_PRIVILEGE)                         \
    X(SFS_1, "VTD-7-086", 0x70, FIRST, fs_lower_abort, true, BOTH, ZERO, GOOD, GOOD, NULL, MEMORY)                                  \
    X(SFS_2, "VTD-7-087", 0x71, FIRST, fs_not_present, true, BOTH, ZERO, GOOD, GOOD, NULL, 0)                                       \
    X(SFS_2_upper, "VTD-7-087", 0x71, FIRST, fs_not_present_2, true, BOTH, ZERO, GOOD, GOOD, NULL, 0)                               \
    X(SFS_3, "VTD-7-088", 0x72, FIRST, fs_reserved, true, BOTH, ZERO, GOOD, GOOD, NULL, 0)                                          \
    X(SFS_4, "VTD-7-089", 0x73, FIRST, fs_top_abort, true, BOTH, ZERO, GOOD, GOOD, NULL, MEMORY)                                    \
    X(SFS_5, "VTD-7-090", 0x74, VT_NESTED_FLAVOURS, fs_address_wide, true, BOTH, ZERO, GOOD, GOOD, NULL, 0)                         \
    X(SFS_6, "VTD-7-091", 0x75, VT_NESTED_FLAVOURS, fs_top_unreadable, true, BOTH, ZERO, GOOD, GOOD, NULL, 0)                       \
    X(SFS_7, "VTD-7-092", 0x76, VT_NESTED_FLAVOURS, fs_lower_unreadable, true, BOTH, ZERO, GOOD, GOOD, NULL, 0)                     \
    X(SFS_8, "VTD-7-093", 0x77, VT_NESTED_FLAVOURS, fs_flags_unwritable, true, BOTH, ZERO, GOOD, GOOD, "ECAP.SMPWCS", 0)            \
    X(SFS_9, "VTD-7-094", 0x90, FIRST, fs_flags_unsnooped, true, BOTH, ZERO, GOOD, GOOD, "ECAP.SMPWCS", 0)                          \
    X(SFS_9_never, "VTD-7-094", 0x90, FIRST, unsnooped_no_capability, true, BOTH, ZERO, GOOD, GOOD, "!ECAP.SMPWCS", 0)              \
    X(SFS_10, "VTD-7-095", 0x91, FIRST, fs_update_abort, true, BOTH, LOGGED, GOOD, GOOD, "ECAP.SMPWCS", MEMORY)                     \
    X(SSS_1, "VTD-7-096", 0x78, SCALABLE_SS, ss_lower_abort, true, BOTH, CA, GOOD, GOOD, NULL, MEMORY)                              \
    X(SSS_2, "VTD-7-097", 0x79, SCALABLE_SS, ss_not_present, true, BOTH, ZERO, GOOD, GOOD, NULL, 0)                                 \
    X(SSS_2_upper, "VTD-7-097", 0x79, SCALABLE_SS, ss_not_present_2, true, BOTH, ZERO, GOOD, GOOD, NULL, 0)                         \
    X(SSS_2_cancel, "VTD-7-097", 0x79, SCALABLE_SS, ss_rights_cancel, true, BOTH, ZERO, GOOD, GOOD, NULL, 0)                        \
    X(SSS_2_nested, "VTD-7-097", 0x79, VT_NESTED_FLAVOURS, nested_absent, true, BOTH, ZERO, GOOD, GOOD, NULL, 0)                    \
    X(SSS_3, "VTD-7-098", 0x7a, SCALABLE_SS, ss_reserved, true, BOTH, CA, GOOD, GOOD, NULL, 0)                                      \
    X(SSS_3_nested, "VTD-7-098", 0x7a, VT_NESTED_FLAVOURS, nested_reserved, true, BOTH, CA, GOOD, GOOD, NULL, 0)                    \
    X(SSS_4, "VTD-7-099", 0x7b, SECOND, ss_top_abort, true, BOTH, CA, GOOD, GOOD, NULL, MEMORY)                                     \
    X(SSS_5, "VTD-7-100", 0x7c, SCALABLE_SS, ss_flags_unsnooped, true, BOTH, CA, GOOD, GOOD, "ECAP.SSADS", 0)                       \
    X(SSS_6, "VTD-7-101", 0x7d, SCALABLE_SS, ss_update_abort, true, BOTH, CA, GOOD, GOOD, "ECAP.SSADS", MEMORY)                     \
    X(SGN_1, "VTD-7-102", 0x80, FIRST, input_not_canonical, true, BOTH, ZERO, GOOD, GOOD, NULL, WIDE)                               \
    X(SGN_2, "VTD-7-103", 0x81, FIRST, fs_user, true, READS, ZERO, GOOD, GOOD, NULL, 0)                                             \
    X(SGN_2_upper, "VTD-7-103", 0x81, FIRST, fs_user_3, true, READS, ZERO, GOOD, GOOD, NULL, 0)                                     \
    X(SGN_4_2, "VTD-7-106", 0x83, 1u << VT_RID_PT | 1u << VT_PASID_PT, input_beyond_host, true, BOTH, ZERO, GOOD, GOOD, NULL, WIDE) \
    X(SGN_5, "VTD-7-107", 0x84, SCALABLE_SS, input_beyond_second_stage, true, BOTH, ZERO, GOOD, GOOD, NULL, WIDE)                   \
    X(SGN_6_fs, "VTD-7-108", 0x85, FIRST, fs_no_write, true, WRITES, READ, GOOD, GOOD, NULL, 0)                                     \
    X(SGN_6_top, "VTD-7-108", 0x85, FIRST, fs_no_write_top, true, WRITES, READ, GOOD, GOOD, NULL, 0)                                \
    X(SGN_6_ss, "VTD-7-108", 0x85, SCALABLE_SS, ss_no_write, true, WRITES, READ, GOOD, GOOD, NULL, 0)                               \
    X(SGN_6_nested, "VTD-7-108", 0x85, VT_NESTED_FLAVOURS, nested_no_write, true, WRITES, READ, GOOD, GOOD, NULL, 0)                \
    X(SGN_7, "VTD-7-109", 0x86, SCALABLE_SS, ss_no_read, true, READS, WRITE, GOOD, GOOD, NULL, 0)                                   \
    X(SGN_7_nested, "VTD-7-109", 0x86, VT_NESTED_FLAVOURS, nested_no_read, true, READS, WRITE, GOOD, GOOD, NULL, 0)                 \
    X(SGN_8_1, "VTD-7-110", 0x87, VT_FS_FLAVOURS | SCALABLE_SS, leaf_to_interrupts, true, BOTH, CA, GOOD, GOOD, NULL, 0)            \
    X(SGN_8_1_nested, "VTD-7-110", 0x87, VT_NESTED_FLAVOURS, nested_to_interrupts, true, BOTH, CA, GOOD, GOOD, NULL, 0)             \
    X(SGN_10, "VTD-7-113", 0x89, WITH_PASID, pasid_wide, true, BOTH, UR, GOOD, NA, "ECAP.PSS<19", 0)

/* Of untranslated requests only. */
#define PLAIN_CONDITIONS(X)                                                                                      \
    X(LGN_1_3, "VTD-7-046", 0x04, 1u << VT_LEGACY_PT, input_beyond_host, true, BOTH, NA, NA, NA, NULL, WIDE)     \
    X(SGN_8_1_pass, "VTD-7-110", 0x87, 1u << VT_PASID_PT, pass_to_interrupts, true, WRITES, NA, NA, NA, NULL, 0)
/* clang-format on */

#define CONDITION_DECLARED(NAME, ...) extern const struct condition condition_##NAME;
LEGACY_CONDITIONS(CONDITION_DECLARED)
SCALABLE_CONDITIONS(CONDITION_DECLARED)
PLAIN_CONDITIONS(CONDITION_DECLARED)

/* Makes the defect of a path that works, and invalidates. */
void defect_make(const struct condition *c, struct scene *s);
void defect_undo(struct scene *s);
/* The context entry can be reached, so that its FPD counts. */
bool defect_has_context(const struct condition *c);
/* FPD in the context entry of the path, which may be absent or broken otherwise. */
void defect_set_fpd(struct scene *s, bool fpd);

#endif
