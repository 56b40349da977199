/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_steps.c - relations that the step functions must keep: every fault condition can be produced, and by nothing else
 * than its own check; every deviation can be seen; every reserved bit alone faults and no other bit does; every bit of an
 * input address selects at one level or passes through; a capability that is taken away takes its fields with it.
 */
#include "steps_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BIT(n) (UINT64_C(1) << (n))
#define BITS(high, low) ((UINT64_MAX >> (63u - (high))) & (UINT64_MAX << (low)))
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#define FS .type = VTD_FIRST_STAGE
#define SS .type = VTD_SECOND_STAGE
#define NESTED .type = VTD_NESTED
#define PT .type = VTD_PASS_THROUGH
#define LEGACY .preset = "legacy", .legacy = true
#define EDIT(...) .edits = {__VA_ARGS__}

/* clang-format off */
static const struct scenario scenarios[] = {
    /* What goes through. */
    {LEGACY},
    {LEGACY, .write = true},
    {LEGACY, .type = 2},
    {LEGACY, .ss_leaf = 2},
    {LEGACY, .ss_leaf = 3},
    {LEGACY, .atomic = true},
    {LEGACY, .no_snoop = true},
    {LEGACY, .no_snoop = true, EDIT({SS1, 0, BIT(11)})},
    {LEGACY, .type = 2, .address = BIT(47), EDIT({CTX1, 7, 1})},
    {LEGACY, .devfn = 0x12},
    {LEGACY, .ss_leaf = 2, EDIT({SS2, BITS(51, 12), 0xfee00000})},
    {.preset = "legacy-57", .legacy = true, .zero_length = true, EDIT({SS1, 1, 0})},
    {.preset = "scalable", FS},
    {.preset = "scalable", FS, .write = true},
    {.preset = "scalable", FS, .fs_leaf = 2},
    {.preset = "scalable", FS, .fs_leaf = 2, EDIT({FS2, 0, BIT(12)})},
    {.preset = "scalable", FS, .fs_leaf = 3},
    {.preset = "scalable", FS, EDIT({FS1, 0, BIT(63)})},
    {.preset = "scalable", FS, EDIT({PASID2, 0, BIT(7)})},
    {.preset = "scalable", FS, .privileged = true, .pasid = BENCH_PASID, .write = true, EDIT({FS1, 2, 0})},
    {.preset = "scalable", FS, .devfn = 0x12, EDIT({ROOT_HIGH, 1, BIT(5)})},
    {.preset = "scalable", FS, .pasid = BENCH_PASID},
    {.preset = "scalable", SS},
    {.preset = "scalable", SS, .no_snoop = true},
    {.preset = "scalable", SS, .no_snoop = true, EDIT({PASID1, 0, BIT(24)})},
    {.preset = "scalable", SS, .write = true, EDIT({PASID0, 0, BIT(9)})},
    {.preset = "scalable", PT},
    {.preset = "max", FS},
    {.preset = "max", NESTED},
    {.preset = "max", NESTED, .fs_leaf = 3, .ss_leaf = 1},
    {.preset = "max", NESTED, .fs_leaf = 1, .ss_leaf = 3},
    {.preset = "max", SS, .ssirwe = true},
    {.preset = "max", SS, EDIT({PASID1, 0, BIT(26)}, {SS1, 0, 5u << 3})},

    /* Every condition. */
    {LEGACY, EDIT({ROOT_LOW, 1, 0}), .expected = VTD_LRT_2},
    {LEGACY, EDIT({ROOT_LOW, 0, BIT(5)}), .expected = VTD_LRT_3},
    {LEGACY, EDIT({CTX0, 1, 0}), .expected = VTD_LCT_2},
    {LEGACY, EDIT({CTX0, 0, BIT(7)}), .expected = VTD_LCT_3},
    {LEGACY, EDIT({CTX1, 7, 4}), .expected = VTD_LCT_4_1},
    {LEGACY, EDIT({CTX0, 0, 3u << 2}), .expected = VTD_LCT_4_2},
    {LEGACY, .fail_read = SS4, .expected = VTD_LCT_4_3},
    {LEGACY, .at = PCIE_AT_TRANSLATION, .expected = VTD_LCT_5},
    {LEGACY, .fail_read = SS1, .expected = VTD_LSS_1},
    {LEGACY, EDIT({SS1, 0, BIT(51)}), .expected = VTD_LSS_2},
    {LEGACY, .address = BIT(48), .expected = VTD_LGN_1_1},
    {LEGACY, .aw = 1, .address = BIT(39), .expected = VTD_LGN_1_1},
    {LEGACY, .settings = "dt=1", .type = 1, .at = PCIE_AT_TRANSLATED, .address = BIT(48), .expected = VTD_LGN_1_2},
    {LEGACY, .type = 2, .address = BIT(48), .expected = VTD_LGN_1_3},
    {LEGACY, .write = true, EDIT({SS1, 2, 0}), .expected = VTD_LGN_2},
    {LEGACY, .write = true, EDIT({SS4, 3, 0}), .expected = VTD_LGN_2},
    {LEGACY, .atomic = true, EDIT({SS2, 2, 0}), .expected = VTD_LGN_2},
    {LEGACY, EDIT({SS1, 1, 0}), .expected = VTD_LGN_3},
    {LEGACY, EDIT({SS3, 3, 0}), .expected = VTD_LGN_3},
    {LEGACY, .zero_length = true, EDIT({SS1, 1, 0}), .expected = VTD_LGN_3},
    {LEGACY, EDIT({SS1, BITS(51, 12), 0xfee00000}), .expected = VTD_LGN_4},
    {LEGACY, .ttm_xor = 3, .expected = VTD_RTA_1_1},
    {LEGACY, .ttm_xor = 2, .expected = VTD_RTA_1_2},
    {LEGACY, .ttm_xor = 1, .expected = VTD_RTA_1_3},
    {.preset = "max", .legacy = true, .ssirwe = true, .expected = VTD_RTA_1_4},
    {LEGACY, .pasid = 5, .expected = VTD_RTA_2},
    {LEGACY, .page_request = true, .expected = VTD_RTA_3},
    {.preset = "max", .legacy = true, .ttm_xor = 3, .expected = VTD_RTA_4},
    {.preset = "ver8", FS, .pasid = BENCH_PASID, .execute = true, .expected = VTD_RTA_5},
    {.preset = "scalable", FS, EDIT({ROOT_HIGH, 1, 0}), .expected = VTD_SRT_2},
    {.preset = "scalable", FS, EDIT({ROOT_HIGH, 0, BIT(5)}), .expected = VTD_SRT_3},
    {.preset = "scalable", FS, EDIT({CTX0, 1, 0}), .expected = VTD_SCT_2},
    {.preset = "scalable", FS, EDIT({CTX0, 0, BIT(8)}), .expected = VTD_SCT_3},
    {.preset = "scalable", .settings = "dt=1 prs=1", FS, EDIT({CTX0, BIT(2), BIT(4)}), .expected = VTD_SCT_4_1},
    {.preset = "scalable", FS, EDIT({CTX0, BITS(11, 9), 0}), .expected = VTD_SCT_4_2},
    {.preset = "scalable", .settings = "dt=1 ptrs=1", FS, EDIT({CTX0, BIT(3), BIT(6)}), .expected = VTD_SCT_4_3},
    {.preset = "scalable", FS, .at = PCIE_AT_TRANSLATION, .expected = VTD_SCT_5},
    {.preset = "scalable", FS, .pasid = BENCH_PASID, EDIT({CTX0, BIT(3), 0}), .expected = VTD_SCT_6},
    {.preset = "scalable", FS, .pasid = BENCH_PASID, EDIT({CTX0, BITS(11, 9), 0}), .expected = VTD_SCT_7},
    {.preset = "scalable", FS, .pasid = BENCH_PASID, EDIT({CTX0, BITS(11, 9), 6u << 9}), .expected = VTD_SCT_7},
    {.preset = "scalable", .settings = "dt=1 prs=1", FS, .page_request = true, .pasid = BENCH_PASID, .expected = VTD_SCT_8},
    {.preset = "scalable", FS, .pasid = BENCH_PASID, EDIT({CTX1, BITS(19, 0), BENCH_PASID}), .expected = VTD_SCT_9},
    {.preset = "scalable", .settings = "dt=1", FS, .pasid = BENCH_PASID, .at = PCIE_AT_TRANSLATED, .expected = VTD_SCT_10},
    {.preset = "scalable", FS, EDIT({DIRENTRY, 1, 0}), .expected = VTD_SPD_2},
    {.preset = "scalable", FS, EDIT({DIRENTRY, 0, BIT(5)}), .expected = VTD_SPD_3},
    {.preset = "scalable", FS, EDIT({PASID0, 1, 0}), .expected = VTD_SPT_2},
    {.preset = "scalable", FS, EDIT({PASID3, 0, BIT(5)}), .expected = VTD_SPT_3},
    {.preset = "scalable", SS, EDIT({PASID0, BITS(4, 2), 0}), .expected = VTD_SPT_4_1},
    {.preset = "scalable", FS, EDIT({PASID0, BITS(8, 6), 7u << 6}), .expected = VTD_SPT_4_2},
    {.preset = "scalable", NESTED, .expected = VTD_SPT_4_2},
    {.preset = "scalable", FS, EDIT({PASID2, 0, BIT(2)}), .expected = VTD_SPT_4_3},
    {.preset = "max", NESTED, .aw = 1, EDIT({PASID2, 0, BIT(40)}), .expected = VTD_SPT_4_4},
    {.preset = "scalable", FS, .pasid = BENCH_PASID, .execute = true, .expected = VTD_SPT_5},
    {.preset = "scalable", FS, .pasid = BENCH_PASID, .privileged = true, EDIT({PASID2, 1, 0}), .expected = VTD_SPT_6},
    {.preset = "scalable", FS, EDIT({CTX1, 0, BIT(20)}, {PASID2, 1, 0}), .expected = VTD_SPT_6},
    {.preset = "scalable", FS, .fail_read = FS1, .expected = VTD_SFS_1},
    {.preset = "scalable", FS, EDIT({FS2, 1, 0}), .expected = VTD_SFS_2},
    {.preset = "scalable", FS, EDIT({FS1, 0, BIT(51)}), .expected = VTD_SFS_3},
    {.preset = "scalable", FS, .fail_read = FS4, .expected = VTD_SFS_4},
    {.preset = "max", NESTED, .aw = 1, EDIT({FS1, 0, BIT(40)}), .expected = VTD_SFS_5},
    {.preset = "max", NESTED, EDIT({MAP_FS5, 1, 0}), .expected = VTD_SFS_6},
    {.preset = "max", NESTED, EDIT({MAP_FS1, 1, 0}), .expected = VTD_SFS_7},
    {.preset = "max", NESTED, EDIT({MAP_FS1, 2, 0}, {PASID0, 0, BIT(9)}), .expected = VTD_SFS_7},
    {.preset = "max", NESTED, EDIT({MAP_FS1, 2, 0}), .expected = VTD_SFS_8},
    {.preset = "scalable", FS, EDIT({PASID1, BIT(23), 0}), .expected = VTD_SFS_9},
    {.preset = "scalable", FS, .fail_update = FS1, .expected = VTD_SFS_10},
    {.preset = "scalable", SS, .fail_read = SS1, .expected = VTD_SSS_1},
    {.preset = "scalable", SS, EDIT({SS2, 3, 0}), .expected = VTD_SSS_2},
    {.preset = "scalable", SS, EDIT({SS2, 1, 0}, {SS1, 2, 0}), .expected = VTD_SSS_2},
    {.preset = "max", NESTED, EDIT({MAP_FS2, 3, 0}), .expected = VTD_SSS_2},
    {.preset = "scalable", SS, EDIT({SS2, 0, BIT(11)}), .expected = VTD_SSS_3},
    {.preset = "scalable", SS, .fail_read = SS4, .expected = VTD_SSS_4},
    {.preset = "scalable", SS, EDIT({PASID0, 0, BIT(9)}, {PASID1, BIT(23), 0}), .expected = VTD_SSS_5},
    {.preset = "scalable", SS, EDIT({PASID0, 0, BIT(9)}), .fail_update = SS1, .expected = VTD_SSS_6},
    {.preset = "scalable", FS, .address = BIT(47), .expected = VTD_SGN_1},
    {.preset = "scalable", FS, EDIT({FS2, 4, 0}), .expected = VTD_SGN_2},
    {.preset = "scalable", .settings = "dt=1", FS, .at = PCIE_AT_TRANSLATED, .address = BIT(48), .expected = VTD_SGN_4_1},
    {.preset = "scalable", PT, .address = BIT(48), .expected = VTD_SGN_4_2},
    {.preset = "scalable", SS, .address = BIT(48), .expected = VTD_SGN_5},
    {.preset = "scalable", FS, .write = true, EDIT({FS3, 2, 0}), .expected = VTD_SGN_6},
    {.preset = "scalable", SS, .atomic = true, EDIT({SS1, 2, 0}), .expected = VTD_SGN_6},
    {.preset = "scalable", FS, .privileged = true, .pasid = BENCH_PASID, .write = true,
     EDIT({FS1, 2, 0}, {PASID2, 0, BIT(4)}), .expected = VTD_SGN_6},
    {.preset = "scalable", SS, EDIT({SS3, 1, 0}), .expected = VTD_SGN_7},
    {.preset = "scalable", FS, EDIT({FS1, BITS(51, 12), 0xfeeab000}), .expected = VTD_SGN_8_1},
    {.preset = "scalable", PT, .pasid = BENCH_PASID, .address = 0xfee00008, .expected = VTD_SGN_8_1},
    {.preset = "scalable", .settings = "dt=1", FS, .at = PCIE_AT_TRANSLATION, EDIT({FS1, BITS(51, 12), 0xfeeab000}),
     .expected = VTD_SGN_8_2},
    {.preset = "scalable", .settings = "dt=1", FS, .at = PCIE_AT_TRANSLATED, .address = 0xfeefffff, .expected = VTD_SGN_8_3},
    {.preset = "small-pss", FS, .pasid = 1024, .expected = VTD_SGN_10},

    /* Which of two wins, and what a deviation would do. */
    {LEGACY, EDIT({SS2, 3, BIT(11)}), .expected = VTD_LGN_3},
    {LEGACY, .ss_leaf = 2, EDIT({SS2, 0, BIT(12)}), .expected = VTD_LSS_2},
    {LEGACY, .write = true, EDIT({SS3, 2, 0}, {SS1, 0, BIT(51)}), .expected = VTD_LSS_2},
    {.preset = "small-pss", .legacy = true, EDIT({CTX1, 0, BIT(16)}), .expected = VTD_LCT_3},
    {.preset = "scalable", FS, EDIT({CTX0, 1, BIT(8)}), .expected = VTD_SCT_2},
    {.preset = "scalable-ss", SS, EDIT({CTX0, 0, BIT(4)}), .expected = VTD_SCT_3},
    {.preset = "scalable-ss", SS, EDIT({PASID2, 0, BIT(0)}), .expected = VTD_SPT_3},
    {.preset = "small-pss", FS, EDIT({CTX1, 0, 64}), .expected = VTD_SCT_3},
    {.preset = "max", NESTED, .address = BIT(56), .expected = VTD_SGN_1},
    {.preset = "max", NESTED, .aw = 2, .address = BIT(47), .expected = VTD_SFS_2},
};

/* clang-format on */
/* These come from the engine: reads of structures that fail, and requests to the interrupt range (test_interrupts.c). */
static const enum vtd_condition of_the_engine[] = {
    VTD_LRT_1,  VTD_LCT_1,  VTD_SRT_1,  VTD_SCT_1,  VTD_SPD_1,  VTD_SPT_1,  VTD_INTERRUPT_RANGE, VTD_IR_20H, VTD_IR_21H,
    VTD_IR_22H, VTD_IR_23H, VTD_IR_24H, VTD_IR_25H, VTD_IR_26H, VTD_IR_27H, VTD_IR_28H,          VTD_IR_2AH, VTD_IR_2BH,
};

static struct bench *bench; /* half a megabyte: not for the stack */

static int setup(void **state)
{
    (void)state;
    bench = malloc(sizeof *bench);
    return bench ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    free(bench);
    return 0;
}

static const char *name_of(enum vtd_condition condition)
{
    return vtd_condition_facts(condition)->name;
}

static void scenarios_end_as_expected(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(scenarios); i++) {
        bench_build(bench, &scenarios[i]);
        enum vtd_condition condition = bench_run(bench).condition;
        if (condition != scenarios[i].expected)
            fail_msg("scenario %zu: %s instead of %s", i, name_of(condition), name_of(scenarios[i].expected));
    }
}

static void every_condition_is_produced(void **state)
{
    (void)state;
    bool met[VTD_CONDITION_COUNT] = {[VTD_OK] = true};
    for (size_t i = 0; i < COUNT(scenarios); i++)
        met[scenarios[i].expected] = true;
    for (size_t i = 0; i < COUNT(of_the_engine); i++)
        met[of_the_engine[i]] = true;
    for (unsigned c = 0; c < VTD_CONDITION_COUNT; c++)
        if (!met[c])
            fail_msg("%s is produced by no scenario", name_of((enum vtd_condition)c));
}

static void facts_are_complete(void **state)
{
    (void)state;
    for (unsigned c = 1; c < VTD_CONDITION_COUNT; c++) {
        const struct vtd_condition_facts *facts = vtd_condition_facts((enum vtd_condition)c);
        assert_non_null(facts->title);
        assert_int_not_equal(facts->fault_reason, 0);
        bool answered = facts->untranslated || facts->translation || facts->translated || facts->page_request;
        assert_true(answered);
        for (unsigned d = 1; d < c; d++)
            assert_string_not_equal(facts->code, vtd_condition_facts((enum vtd_condition)d)->code);
    }
}

#ifndef VTD_NO_ERRATA
static void erratum_only(enum vtd_erratum_id id)
{
    memset(bench->params.errata, 0, sizeof bench->params.errata);
    bench->params.errata[id / 64u] |= BIT(id % 64u);
}

static void unchecked_conditions_do_not_occur(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(scenarios); i++) {
        if (scenarios[i].expected == VTD_OK)
            continue;
        bench_build(bench, &scenarios[i]);
        erratum_only((enum vtd_erratum_id)(scenarios[i].expected - 1));
        enum vtd_condition condition = bench_run(bench).condition;
        if (condition == scenarios[i].expected)
            fail_msg("scenario %zu: %s although it is not checked", i, name_of(condition));
    }
}

/* clang-format off */
#define DEVIATION(name) {VTD_E_##name, #name}
static const struct {
    enum vtd_erratum_id id;
    const char *name;
} deviations[] = {
    DEVIATION(V08), DEVIATION(V11), DEVIATION(V14), DEVIATION(V15), DEVIATION(V18), DEVIATION(DIRTY_SKIPPED), DEVIATION(R02),
    DEVIATION(UPPER_RESERVED), DEVIATION(PDTS_AFTER_DIRECTORY), DEVIATION(RID_PASID_EQUAL_OK), DEVIATION(RPS_IGNORED),
    DEVIATION(SS_NEITHER_AS_86), DEVIATION(RIGHTS_EARLY), DEVIATION(SS_RESERVED_BEFORE_PRESENT), DEVIATION(SNP_NONLEAF_OK),
    DEVIATION(SS_LARGE_BIT12_OK), DEVIATION(FS_LARGE_BIT12_RESERVED), DEVIATION(XD_RESERVED), DEVIATION(AD_UNSNOOPED),
    DEVIATION(NEST_WIDTH_84), DEVIATION(NEST_ABSENT_75), DEVIATION(CANONICAL_BY_AW), DEVIATION(FEE_WHOLE_PAGE),
    DEVIATION(PRESENT_AFTER_RESERVED), DEVIATION(EAFE_IGNORED), DEVIATION(WPE_IGNORED), DEVIATION(USER_READ_NO_US),
    DEVIATION(ZLR_NEEDS_READ), DEVIATION(ATOMIC_READ_ONLY), DEVIATION(SSADE_LEGACY), DEVIATION(IR_IW_IGNORED),
    DEVIATION(AND_LEAF_ONLY), DEVIATION(PDTS_SHIFT), DEVIATION(PASID_INDEX_5), DEVIATION(DIR_INDEX),
    DEVIATION(FIVE_LEVEL_SHIFT), DEVIATION(PAGE_2M_OFFSET), DEVIATION(PAGE_1G_OFFSET), DEVIATION(NEST_SIZE),
    DEVIATION(SNOOP_INVERTED), DEVIATION(PGSNP_IGNORED), DEVIATION(EMT_IGNORED), DEVIATION(PASS_THROUGH_AW),
    DEVIATION(DID_WIDE_OK), DEVIATION(HAW_BITS_OK),
};

/* clang-format on */

static void every_deviation_shows(void **state)
{
    (void)state;
    bool shown[COUNT(deviations)] = {false};
    for (size_t i = 0; i < COUNT(scenarios); i++) {
        bench_build(bench, &scenarios[i]);
        struct outcome right = bench_run(bench);
        for (size_t d = 0; d < COUNT(deviations); d++) {
            erratum_only(deviations[d].id);
            struct outcome wrong = bench_run(bench);
            shown[d] |= !outcome_same(&right, &wrong);
        }
    }
    for (size_t d = 0; d < COUNT(deviations); d++)
        if (!shown[d])
            fail_msg("%s changes no scenario", deviations[d].name);
}
#endif

/* ---- reserved bits ---- */

/* clang-format off */
#define ALL BITS(63, 0)
static const struct {
    struct scenario scenario;
    enum place place;
    enum vtd_condition condition;
    uint64_t reserved;
    uint64_t format; /* bits that make it an entry of another format */
} reserved_words[] = {
    {{LEGACY}, ROOT_LOW, VTD_LRT_3, BITS(63, 48) | BITS(11, 1), 0},
    {{LEGACY}, ROOT_HIGH, VTD_LRT_3, ALL, 0},
    {{LEGACY}, CTX0, VTD_LCT_3, BITS(63, 48) | BITS(11, 4), BIT(3)},
    {{LEGACY}, CTX1, VTD_LCT_3, BITS(63, 24) | BIT(7), 0},
    {{LEGACY, .type = 2}, CTX0, VTD_LCT_3, BITS(11, 4), BIT(2)},
    {{.preset = "small-pss", .legacy = true}, CTX1, VTD_LCT_3, BITS(63, 16) | BIT(7), 0},
    {{LEGACY}, SS4, VTD_LSS_2, BIT(62) | BITS(51, 48) | BIT(11) | BIT(7), 0},
    {{LEGACY}, SS3, VTD_LSS_2, BIT(62) | BITS(51, 48) | BIT(11), BIT(7)},
    {{LEGACY}, SS2, VTD_LSS_2, BIT(62) | BITS(51, 48) | BIT(11), BIT(7)},
    {{LEGACY}, SS1, VTD_LSS_2, BIT(62) | BITS(51, 48), 0},
    {{LEGACY, .ss_leaf = 2}, SS2, VTD_LSS_2, BIT(62) | BITS(51, 48) | BITS(20, 12), 0},
    {{LEGACY, .ss_leaf = 3}, SS3, VTD_LSS_2, BIT(62) | BITS(51, 48) | BITS(29, 12), 0},
    {{.preset = "legacy-min", .legacy = true}, SS3, VTD_LSS_2, BIT(62) | BITS(51, 39) | BIT(11) | BIT(7), 0},
    {{.preset = "legacy-min", .legacy = true}, SS1, VTD_LSS_2, BIT(62) | BITS(51, 39) | BIT(11), 0},
    {{.preset = "scalable", FS}, ROOT_HIGH, VTD_SRT_3, BITS(63, 48) | BITS(11, 1), 0},
    {{.preset = "scalable", FS, .devfn = 8}, ROOT_LOW, VTD_SRT_3, BITS(63, 48) | BITS(11, 1), 0},
    {{.preset = "max", NESTED}, CTX0, VTD_SCT_3, BITS(63, 52) | BITS(8, 4) | BIT(2), 0},
    {{.preset = "max", NESTED}, CTX1, VTD_SCT_3, BITS(63, 21), 0},
    {{.preset = "max", NESTED}, CTX2, VTD_SCT_3, ALL, 0},
    {{.preset = "max", NESTED}, CTX3, VTD_SCT_3, ALL, 0},
    {{.preset = "max", NESTED}, DIRENTRY, VTD_SPD_3, BITS(63, 52) | BITS(11, 2), 0},
    {{.preset = "max", NESTED}, PASID0, VTD_SPT_3, BITS(63, 52) | BITS(11, 10) | BIT(5), 0},
    {{.preset = "max", NESTED}, PASID1, VTD_SPT_3, BITS(31, 27) | BITS(22, 16), 0},
    {{.preset = "max", NESTED}, PASID2, VTD_SPT_3, BITS(63, 52) | BITS(11, 8) | BIT(1), 0},
    {{.preset = "max", NESTED}, PASID3, VTD_SPT_3, ALL, 0},
    {{.preset = "max", NESTED}, PASID4, VTD_SPT_3, ALL, 0},
    {{.preset = "max", NESTED}, PASID5, VTD_SPT_3, ALL, 0},
    {{.preset = "max", NESTED}, PASID6, VTD_SPT_3, ALL, 0},
    {{.preset = "max", NESTED}, PASID7, VTD_SPT_3, ALL, 0},
    {{.preset = "small-pss", NESTED}, PASID1, VTD_SPT_3, BITS(63, 25) | BITS(22, 8), 0},
    {{.preset = "max", FS}, FS5, VTD_SFS_3, BIT(7), 0},
    {{.preset = "scalable", FS}, FS4, VTD_SFS_3, BITS(51, 48) | BIT(7), 0},
    {{.preset = "scalable", FS}, FS3, VTD_SFS_3, BITS(51, 48), BIT(7)},
    {{.preset = "scalable-fs", FS}, FS3, VTD_SFS_3, BITS(51, 46) | BIT(7), 0},
    {{.preset = "scalable", FS}, FS2, VTD_SFS_3, BITS(51, 48), BIT(7)},
    {{.preset = "scalable", FS}, FS1, VTD_SFS_3, BITS(51, 48), 0},
    {{.preset = "scalable", FS, .fs_leaf = 2}, FS2, VTD_SFS_3, BITS(51, 48) | BITS(20, 13), 0},
    {{.preset = "scalable", FS, .fs_leaf = 3}, FS3, VTD_SFS_3, BITS(51, 48) | BITS(29, 13), 0},
    {{.preset = "max", SS}, SS5, VTD_SSS_3, BIT(62) | BIT(11) | BIT(7), 0},
    {{.preset = "max", SS, .ssirwe = true}, SS5, VTD_SSS_3, BIT(11) | BIT(7), 0},
    {{.preset = "max", SS, .ssirwe = true}, SS1, VTD_SSS_3, 0, 0},
};

static void reserved_bits_fault_and_others_do_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(reserved_words); i++) {
        bench_build(bench, &reserved_words[i].scenario);
        uint64_t *word = bench_word(bench, reserved_words[i].place);
        assert_non_null(word);
        const uint64_t before = *word;
        assert_int_equal(before & reserved_words[i].reserved, 0);
        assert_int_equal(bench_run(bench).condition, VTD_OK);
        for (unsigned bit = 0; bit < 64u; bit++) {
            if (BIT(bit) & (before | reserved_words[i].format))
                continue;
            *word = before | BIT(bit);
            bool faulted = bench_run(bench).condition == reserved_words[i].condition;
            bool wanted = (reserved_words[i].reserved & BIT(bit)) != 0;
            if (faulted != wanted)
                fail_msg("row %zu: bit %u %s", i, bit, faulted ? "faults" : "does not fault");
            *word = before;
        }
    }
}

/* 9.3 to 9.6: a field whose capability is not reported is reserved. With pass-through nothing else looks at most fields. */
static const struct {
    const char *capability;
    enum place place;
    uint64_t fields;
} gates[] = {
    {"pasid", CTX0, BIT(3)},          {"dt", CTX0, BIT(2)},
    {"prs", CTX0, BIT(4)},            {"ptrs", CTX0, BIT(6)},
    {"rps", CTX1, BITS(19, 0)},       {"rprivs", CTX1, BIT(20)},
    {"ssads", PASID0, BIT(9)},        {"ssts", PASID0, BITS(51, 12) | BIT(9) | BITS(4, 2)},
    {"smpwcs", PASID1, BIT(23)},      {"sc", PASID1, BIT(24)},
    {"mts", PASID1, BITS(63, 32) | BITS(26, 25)},
    {"srs", PASID2, BIT(0)},          {"eafs", PASID2, BIT(7)},
    {"fsts", PASID2, BITS(51, 12) | BITS(4, 2)},
};

/* clang-format on */

static const enum place structure_words[] = {CTX0,   CTX1,   CTX2,   CTX3,   DIRENTRY, PASID0, PASID1,
                                             PASID2, PASID3, PASID4, PASID5, PASID6,   PASID7};

static uint64_t reserved_in(enum place place)
{
    uint64_t *word = bench_word(bench, place);
    const uint64_t before = *word;
    uint64_t mask = 0;
    for (unsigned bit = 0; bit < 64u; bit++) {
        *word = before | BIT(bit);
        enum vtd_condition condition = bench_run(bench).condition;
        if (condition == VTD_SCT_3 || condition == VTD_SPD_3 || condition == VTD_SPT_3)
            mask |= BIT(bit);
    }
    *word = before;
    return mask;
}

static void a_capability_takes_its_fields_with_it(void **state)
{
    (void)state;
    for (size_t g = 0; g < COUNT(gates); g++) {
        char without[64];
        snprintf(without, sizeof without, "dt=1 prs=1 ptrs=1 %s=0", gates[g].capability);
        struct scenario scenario = {.preset = "max", .settings = "dt=1 prs=1 ptrs=1", PT};
        for (size_t w = 0; w < COUNT(structure_words); w++) {
            enum place place = structure_words[w];
            scenario.settings = "dt=1 prs=1 ptrs=1";
            bench_build(bench, &scenario);
            uint64_t with_it = reserved_in(place);
            scenario.settings = without;
            bench_build(bench, &scenario);
            uint64_t without_it = reserved_in(place);
            uint64_t expected = with_it | (place == gates[g].place ? gates[g].fields : 0);
            if (without_it != expected)
                fail_msg("%s=0: reserved bits of word %d are %016llx instead of %016llx", gates[g].capability, (int)place,
                         (unsigned long long)without_it, (unsigned long long)expected);
        }
    }
}

/* ---- input address ---- */

/* Number of levels whose entry address differs, plus one if the output does. */
static unsigned differences(const struct vtd_params *p, const struct vtd_paging *paging, enum vtd_stage stage, unsigned leaf,
                            const uint64_t input[2])
{
    struct vtd_walk walk[2];
    unsigned count = 0;
    for (unsigned i = 0; i < 2u; i++)
        vtd_walk_begin(paging, stage, input[i], &walk[i]);
    for (;;) {
        uint64_t entry = BIT(36) * walk[0].level | 7u | (walk[0].level == leaf && leaf > 1u ? 0x80u : 0);
        uint64_t wanted;
        enum vtd_condition condition;
        enum vtd_step step[2];
        count += vtd_walk_entry_address(&walk[0]) != vtd_walk_entry_address(&walk[1]);
        for (unsigned i = 0; i < 2u; i++)
            step[i] = vtd_walk_step(p, paging, &walk[i], entry, false, false, &wanted, &condition);
        assert_int_equal(step[0], step[1]);
        assert_int_not_equal(step[0], VTD_STEP_FAULT);
        if (step[0] == VTD_STEP_LEAF)
            return count + (walk[0].output != walk[1].output);
    }
}

static void input_bits_are_decoded_once(void **state)
{
    (void)state;
    struct vtd_params p;
    assert_true(vtd_preset("max", &p));
    for (unsigned levels = 3; levels <= 5u; levels++) {
        for (unsigned leaf = 1; leaf <= 3u; leaf++) {
            struct vtd_paging paging = {
                .params = &p,
                .scalable = true,
                .pgtt = VTD_NESTED,
                .may_update = true,
                .aw_bits = (uint8_t)(12u + 9u * levels),
                .fs_levels = (uint8_t)levels,
            };
            for (unsigned bit = 0; bit < 12u + 9u * levels; bit++) {
                const uint64_t input[2] = {UINT64_C(0x0029a94b1e5a3478), UINT64_C(0x0029a94b1e5a3478) ^ BIT(bit)};
                if (levels > 3u)
                    assert_int_equal(differences(&p, &paging, VTD_STAGE_FIRST, leaf, input), 1);
                assert_int_equal(differences(&p, &paging, VTD_STAGE_SECOND, leaf, input), 1);
            }
        }
    }
}

static void canonical_addresses(void **state)
{
    (void)state;
    struct vtd_params p;
    assert_true(vtd_preset("max", &p));
    for (unsigned levels = 4; levels <= 5u; levels++) {
        struct vtd_paging paging = {.params = &p, .scalable = true, .pgtt = VTD_FIRST_STAGE, .fs_levels = (uint8_t)levels};
        unsigned top = 11u + 9u * levels; /* the bit that is repeated upwards */
        assert_int_equal(vtd_input_check(&p, &paging, BIT(top) - 1u), VTD_OK);
        assert_int_equal(vtd_input_check(&p, &paging, UINT64_MAX << top), VTD_OK);
        for (unsigned bit = top; bit < 64u; bit++) {
            assert_int_equal(vtd_input_check(&p, &paging, BIT(bit)), VTD_SGN_1);
            assert_int_equal(vtd_input_check(&p, &paging, ~BIT(bit)), VTD_SGN_1);
        }
    }
}

static void width_is_the_smaller_of_mgaw_and_aw(void **state)
{
    (void)state;
    struct vtd_params p;
    assert_true(vtd_preset("max", &p));
    for (unsigned mgaw = 38; mgaw < 57u; mgaw++) {
        for (unsigned aw = 39; aw <= 57u; aw += 9u) {
            p.mgaw = (uint8_t)mgaw;
            struct vtd_paging paging = {.params = &p, .pgtt = VTD_SECOND_STAGE, .aw_bits = (uint8_t)aw};
            unsigned bits = aw < mgaw + 1u ? aw : mgaw + 1u;
            assert_int_equal(vtd_input_check(&p, &paging, BIT(bits) - 1u), VTD_OK);
            assert_int_equal(vtd_input_check(&p, &paging, BIT(bits)), VTD_LGN_1_1);
            assert_int_equal(vtd_input_check(&p, &paging, BIT(63)), VTD_LGN_1_1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_are_complete),
        cmocka_unit_test(scenarios_end_as_expected),
        cmocka_unit_test(every_condition_is_produced),
#ifndef VTD_NO_ERRATA
        cmocka_unit_test(unchecked_conditions_do_not_occur),
        cmocka_unit_test(every_deviation_shows),
#endif
        cmocka_unit_test(reserved_bits_fault_and_others_do_not),
        cmocka_unit_test(a_capability_takes_its_fields_with_it),
        cmocka_unit_test(input_bits_are_decoded_once),
        cmocka_unit_test(canonical_addresses),
        cmocka_unit_test(width_is_the_smaller_of_mgaw_and_aw),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
