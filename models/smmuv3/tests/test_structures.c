/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_structures.c - parameters, Stream tables, STEs, CD tables and CDs: every condition is met, and what is IGNORED is.
 */
#include "steps_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CD_AT (BENCH_CDS + 5u * 64u) /* where a plain CD is put */

static struct bench b;

/* ---- default structures ---- */

static uint64_t ste_address(void)
{
    return BENCH_STRTAB + b.query.stream_id * 64u;
}

/* A legal STE of this Config; stage 2 of 40-bit IPAs by 4 KiB pages from level 1 on, two concatenated tables. */
static void put_ste(unsigned config)
{
    uint64_t at = ste_address();
    bench_set(&b, at, STE_V, 1);
    bench_set(&b, at, STE_CONFIG, config);
    bench_set(&b, at, STE_SHCFG, 1);
    bench_set(&b, at, STE_S1CONTEXTPTR, CD_AT >> 6);
    bench_set(&b, at, STE_S2T0SZ, smmuv3_ias_bits(&b.params) < 40u ? 64u - smmuv3_ias_bits(&b.params) : 24u);
    bench_set(&b, at, STE_S2SL0, 1);
    bench_set(&b, at, STE_S2PS, 2);
    bench_set(&b, at, STE_S2AA64, 1);
    bench_set(&b, at, STE_S2R, 1);
    bench_set(&b, at, STE_S2TTB, 0x40000 >> 4);
    bench_set(&b, at, STE_S2S, b.params.stall_model == 2u);
}

/* A legal CD: both halves of 39 bits by 4 KiB pages. */
static void put_cd(uint64_t at)
{
    for (unsigned half = 0; half < 2u; half++) {
        bench_set(&b, at, CD_TSZ(half), 25);
        bench_set(&b, at, CD_TG(half), half ? 2 : 0);
        bench_set(&b, at, CD_TTB(half), (0x50000 + 0x1000 * half) >> 4);
    }
    bench_set(&b, at, CD_V, 1);
    bench_set(&b, at, CD_IPS, 2);
    bench_set(&b, at, CD_AA64, 1);
    bench_set(&b, at, CD_A, 1);
    bench_set(&b, at, CD_R, 1);
    bench_set(&b, at, CD_S, b.params.stall_model == 2u);
}

static void start(const char *preset, const char *settings, unsigned config)
{
    bench_init(&b, preset, settings);
    assert_int_equal(smmuv3_params_check(&b.params, NULL, 0), 0);
    put_ste(config);
    put_cd(CD_AT);
}

/* ---- parameters ---- */

static void presets_are_legal(void **state)
{
    (void)state;
    for (unsigned i = 0; smmuv3_preset_names[i]; i++) {
        struct smmuv3_params p;
        char error[128] = "";
        assert_true(smmuv3_preset(smmuv3_preset_names[i], &p));
        if (smmuv3_params_check(&p, error, sizeof error) != 0)
            fail_msg("%s: %s", smmuv3_preset_names[i], error);
        /* Fields that other fields of the identification registers depend on. */
        uint32_t idr0 = smmuv3_idr_value(&p, 0), idr1 = smmuv3_idr_value(&p, 1), idr5 = smmuv3_idr_value(&p, 5);
        assert_int_not_equal(idr0 & 3u, 0);
        assert_int_equal(idr0 >> 2 & 3u, 2);
        assert_true((idr1 & 63u) < 7u || (idr0 >> 27 & 3u) == 1u);
        assert_true((idr0 >> 24 & 3u) != 1u || idr5 >> 16 == 0);
        assert_int_equal(smmuv3_idr_value(&p, 2), 0);
        assert_int_equal(smmuv3_idr_value(&p, 4), 0);
        assert_int_equal(smmuv3_aidr_value(&p), p.minor);
        assert_int_equal(smmuv3_oas_bits(&p), smmuv3_ias_bits(&p));
    }
    struct smmuv3_params p;
    assert_false(smmuv3_preset("", &p));
}

static void contradictions_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *preset, *name, *value;
    } cases[] = {
        {"min", "s1p", "0"},         {"max", "ttf", "1"},           {"max", "ttendian", "1"},
        {"nested", "sidsize", "32"}, {"min", "gran4k", "0"},        {"max", "vax", "2"},
        {"max", "oas", "7"},         {"nested", "oas", "7"},        {"nested", "stall_max_lg2", "0"},
        {"v30", "httu", "3"},        {"v30", "xnx", "1"},           {"v31", "e0pd", "1"},
        {"nested", "epan", "1"},     {"nested", "xnx", "0"},        {"nested", "had", "0"},
        {"nested", "ril", "0"},      {"nested", "fwb", "0"},        {"nested", "bbml", "0"},
        {"nested", "hyp", "0"},      {"v33", "e0pd", "0"},          {"v33", "ptwnnc", "0"},
        {"max", "epan", "0"},        {"max", "mteperm", "0"},       {"stage1", "hyp", "1"},
        {"stage1", "vmw", "1"},      {"stage2", "had", "1"},        {"max", "btm", "1"},
        {"max", "pbha", "1"},        {"max", "tables_preset", "1"}, {"max", "queues_preset", "1"},
        {"max", "rel", "1"},         {"stage1", "mteperm", "1"},    {"stage1", "ptwnnc", "1"},
        {"stage2", "s1pi", "1"},     {"max", "vax", "0"},           {"max", "tlb.sets", "3"},
        {"max", "tlb.ways", "0"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct smmuv3_params p;
        char error[128] = "";
        assert_true(smmuv3_preset(cases[i].preset, &p));
        assert_true(smmuv3_set_parameter(&p, cases[i].name, cases[i].value));
        bool refused = smmuv3_params_check(&p, error, sizeof error) != 0;
        if (strcmp(cases[i].name, "sidsize") == 0) {
            assert_false(refused);
            continue;
        }
        if (!refused || !error[0])
            fail_msg("%s with %s=%s is not refused", cases[i].preset, cases[i].name, cases[i].value);
    }
}

static void parameters_by_name(void **state)
{
    (void)state;
    struct smmuv3_params p, before;
    assert_true(smmuv3_preset("max", &p));
    before = p;
    static const char *const wrong[][2] = {{"", "1"},
                                           {"nothing", "1"},
                                           {"oas", "8"},
                                           {"oas", "-1"},
                                           {"oas", "1x"},
                                           {"oas", ""},
                                           {"tlb.depth", "1"},
                                           {"tlb.sets", "x"},
                                           {"tlb", "1"},
                                           {"erratum", ""},
                                           {"erratum", "X"},
                                           {"erratum", "NO_STE_V+X"},
                                           {"tlb.replacement", "newest"}};
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(smmuv3_set_parameter(&p, wrong[i][0], wrong[i][1]));
        assert_memory_equal(&p, &before, sizeof p);
    }
    assert_true(smmuv3_set_parameter(&p, "tlb.replacement", "pseudo-lru"));
    assert_true(smmuv3_set_parameter(&p, "erratum", "NO_STE_V+NO_CD_V"));
    assert_true(smmuv3_erratum(&p, SMMUV3_E_NO_STE_V) && smmuv3_erratum(&p, SMMUV3_E_NO_CD_V));
    assert_false(smmuv3_erratum(&p, SMMUV3_E_NO_L1CD_V));
}

/* ---- Stream tables ---- */

static void linear_stream_table(void **state)
{
    (void)state;
    bench_init(&b, "max", "");
    for (unsigned log2size = 0; log2size <= 16u; log2size++) {
        struct smmuv3_stream_table table = smmuv3_stream_table_decode(&b.params, 0xfff << 12 | 1u << 6, log2size);
        uint64_t base = (UINT64_C(0xfff) << 12 | 64u) >> (log2size + 6u) << (log2size + 6u);
        for (unsigned bit = 0; bit < 17u; bit++) {
            uint32_t sid = (1u << bit) - 1u;
            uint64_t address;
            bool level1;
            enum smmuv3_condition condition = smmuv3_stream_locate(&b.params, &table, sid, &address, &level1);
            bench_note(condition);
            assert_int_equal(condition, bit > log2size ? SMMUV3_SID_RANGE : SMMUV3_OK);
            if (condition == SMMUV3_OK) {
                assert_false(level1);
                assert_int_equal(address, base + sid * 64u);
            }
        }
    }
    /* The effective size is capped to SIDSIZE, the alignment is not. */
    struct smmuv3_stream_table table = smmuv3_stream_table_decode(&b.params, UINT64_C(0x7fffffffc0), 20);
    uint64_t address;
    bool level1;
    assert_int_equal(smmuv3_stream_locate(&b.params, &table, 0x10000, &address, &level1), SMMUV3_SID_RANGE);
    assert_int_equal(smmuv3_stream_locate(&b.params, &table, 0xffff, &address, &level1), SMMUV3_OK);
    assert_int_equal(address, UINT64_C(0x7ffc000000) + 0xffff * 64);
}

static void two_level_stream_table(void **state)
{
    (void)state;
    static const unsigned splits[][2] = {{6, 6}, {8, 8}, {10, 10}, {7, 6}, {0, 6}, {31, 6}};
    bench_init(&b, "max", "");
    for (unsigned s = 0; s < 6u; s++) {
        unsigned split = splits[s][1];
        struct smmuv3_stream_table table = smmuv3_stream_table_decode(&b.params, 0x123456c0, 1u << 16 | splits[s][0] << 6 | 12u);
        assert_int_equal(table.split, split);
        for (unsigned span = 0; span < 32u; span++) {
            for (uint32_t sid = 0; sid < 4096u; sid += 61u) {
                uint64_t l1, ste = 0, l1std = UINT64_C(0xff000fffffc0) | span;
                bool level1;
                assert_int_equal(smmuv3_stream_locate(&b.params, &table, sid, &l1, &level1), SMMUV3_OK);
                assert_true(level1);
                unsigned l1_lg2 = 12u - split + 3u;
                assert_int_equal(l1, (UINT64_C(0x123456c0) >> l1_lg2 << l1_lg2) + (sid >> split) * 8u);
                enum smmuv3_condition condition = smmuv3_l1std_decode(&b.params, &table, sid, l1std, &ste);
                bench_note(condition);
                uint32_t index = sid & ((1u << split) - 1u);
                enum smmuv3_condition expected = span == 0              ? SMMUV3_L1STD_SPAN_0
                                                 : span > 11u           ? SMMUV3_L1STD_SPAN_RESERVED
                                                 : span > split + 1u    ? SMMUV3_L1STD_SPAN_SPLIT
                                                 : index >> (span - 1u) ? SMMUV3_L1STD_INDEX
                                                                        : SMMUV3_OK;
                assert_int_equal(condition, expected);
                if (condition == SMMUV3_OK)
                    assert_int_equal(ste, (UINT64_C(0xff000fffffc0) >> (span + 5u) << (span + 5u)) + index * 64u);
            }
        }
    }
    /* FMT is RES0 without ST_LEVEL. */
    bench_init(&b, "min", "");
    assert_false(smmuv3_stream_table_decode(&b.params, 0, 1u << 16 | 6u << 6 | 5u).two_level);
    /* A level 2 pointer beyond the OAS. */
    bench_init(&b, "nested", "oas=1");
    struct smmuv3_stream_table table = smmuv3_stream_table_decode(&b.params, 0, 1u << 16 | 6u << 6 | 8u);
    uint64_t ste;
    enum smmuv3_condition condition = smmuv3_l1std_decode(&b.params, &table, 0, UINT64_C(1) << 36 | 7u, &ste);
    bench_note(condition);
    assert_int_equal(condition, SMMUV3_STE_FETCH_RANGE);
    assert_int_equal(ste, UINT64_C(1) << 36);
}

/* ---- STE and CD: one change that makes a legal structure ILLEGAL, or does not ---- */

struct change {
    const char *preset, *settings;
    unsigned config;
    bool cd; /* the field is of the CD */
    uint32_t field;
    uint64_t value;
    uint32_t field2; /* 0: none */
    uint64_t value2;
    enum smmuv3_condition expected; /* SMMUV3_OK: whatever comes after the structure */
};

/* clang-format off */
static const struct change changes[] = {
    {"max", "", 7, false, STE_V, 0, 0, 0, SMMUV3_STE_V},
    {"max", "", 0, false, STE_CONFIG, 3, 0, 0, SMMUV3_CONFIG_ABORT},
    {"stage2", "", 6, false, STE_CONFIG, 5, 0, 0, SMMUV3_STE_CONFIG_S1},
    {"stage1", "", 5, false, STE_CONFIG, 6, 0, 0, SMMUV3_STE_CONFIG_S2},
    {"max", "", 5, false, STE_STRW, 1, 0, 0, SMMUV3_STE_STRW},
    {"max", "", 5, false, STE_STRW, 3, 0, 0, SMMUV3_STE_STRW},
    {"stage1", "", 5, false, STE_STRW, 3, 0, 0, SMMUV3_OK}, /* Hyp is 0: RES0 */
    {"max", "", 7, false, STE_STRW, 3, 0, 0, SMMUV3_OK},    /* IGNORED with stage 2 */
    {"max-ats", "", 7, false, STE_EATS, 2, 0, 0, SMMUV3_OK},
    {"max-ats", "", 7, false, STE_EATS, 2, STE_S2S, 1, SMMUV3_STE_EATS_SPLIT},
    {"max-ats", "ns1ats=1", 7, false, STE_EATS, 2, 0, 0, SMMUV3_STE_EATS_SPLIT},
    {"max-ats", "", 6, false, STE_EATS, 2, 0, 0, SMMUV3_STE_EATS_SPLIT},
    {"max-ats", "", 5, false, STE_EATS, 2, 0, 0, SMMUV3_STE_EATS_SPLIT},
    {"max-ats", "", 4, false, STE_EATS, 2, STE_S2S, 1, SMMUV3_OK}, /* IGNORED */
    {"max", "", 5, false, STE_EATS, 2, 0, 0, SMMUV3_OK},
    {"max-ats", "", 6, false, STE_EATS, 1, STE_S2S, 1, SMMUV3_STE_EATS_S2S},
    {"max-ats", "", 5, false, STE_EATS, 1, STE_S2S, 1, SMMUV3_OK},
    {"max-ats", "", 7, false, STE_EATS, 1, 0, 0, SMMUV3_OK},
    {"max-ats", "", 7, false, STE_EATS, 3, STE_S2S, 1, SMMUV3_OK}, /* without DPT as 0b00 */
    {"max", "stall_model=1", 5, false, STE_S1STALLD, 1, 0, 0, SMMUV3_STE_S1STALLD},
    {"v33", "", 5, false, STE_S1STALLD, 1, 0, 0, SMMUV3_STE_S1STALLD},
    {"max", "", 5, false, STE_S1STALLD, 1, 0, 0, SMMUV3_OK},
    {"max", "", 5, true, CD_S, 1, 0, 0, SMMUV3_OK},
    {"max", "stall_model=1", 6, false, STE_S1STALLD, 1, 0, 0, SMMUV3_OK},
    {"max", "", 5, false, STE_S1CDMAX, 21, 0, 0, SMMUV3_STE_S1CDMAX},
    {"narrow", "", 5, false, STE_S1CDMAX, 9, STE_S1DSS, 2, SMMUV3_STE_S1CDMAX},
    {"min", "", 5, false, STE_S1CDMAX, 31, 0, 0, SMMUV3_OK}, /* SSIDSIZE is 0: IGNORED */
    {"max", "", 6, false, STE_S1CDMAX, 31, 0, 0, SMMUV3_OK},
    {"narrow", "", 5, false, STE_S1CDMAX, 4, STE_S1FMT, 1, SMMUV3_STE_S1FMT},
    {"narrow", "", 5, false, STE_S1CDMAX, 4, STE_S1FMT, 2, SMMUV3_STE_S1FMT},
    {"narrow", "", 5, false, STE_S1CDMAX, 0, STE_S1FMT, 1, SMMUV3_OK},
    {"narrow", "", 5, false, STE_S1CONTEXTPTR, UINT64_C(1) << 30, 0, 0, SMMUV3_STE_S1CONTEXTPTR},
    {"narrow", "", 7, false, STE_S1CONTEXTPTR, UINT64_C(1) << 30, 0, 0, SMMUV3_STE_S1CONTEXTPTR},
    {"narrow", "", 6, false, STE_S1CONTEXTPTR, UINT64_C(1) << 30, 0, 0, SMMUV3_OK},
    {"max", "stall_model=1", 6, false, STE_S2S, 1, 0, 0, SMMUV3_STE_S2S_MODEL_01},
    {"v33", "", 6, false, STE_S2S, 0, 0, 0, SMMUV3_STE_S2S_MODEL_10},
    {"v33", "", 5, false, STE_S2S, 0, 0, 0, SMMUV3_OK},
    {"max", "", 6, false, STE_S2AA64, 0, 0, 0, SMMUV3_STE_S2AA64},
    {"max", "httu=0", 6, false, STE_S2HA, 1, 0, 0, SMMUV3_STE_S2HA},
    {"max", "httu=0", 6, false, STE_S2HD, 1, 0, 0, SMMUV3_STE_S2HA},
    {"max", "httu=1", 6, false, STE_S2HD, 1, 0, 0, SMMUV3_STE_S2HD},
    {"max", "httu=1", 6, false, STE_S2HA, 1, 0, 0, SMMUV3_OK},
    {"max", "httu=2", 6, false, STE_S2HAFT, 1, 0, 0, SMMUV3_OK},
    {"max", "", 6, false, STE_S2HAFT, 1, 0, 0, SMMUV3_STE_S2HAFT},
    {"max", "", 6, false, STE_S2HAFT, 1, STE_S2HA, 1, SMMUV3_OK},
    {"max", "", 6, false, STE_S2TG, 3, 0, 0, SMMUV3_STE_S2TG},
    {"max", "gran16k=0", 6, false, STE_S2TG, 2, 0, 0, SMMUV3_STE_S2TG},
    {"max", "gran64k=0", 6, false, STE_S2TG, 1, 0, 0, SMMUV3_STE_S2TG},
    {"max", "", 6, false, STE_S2TTB, UINT64_C(1) << 36, 0, 0, SMMUV3_STE_S2TTB},
    {"max", "", 6, false, STE_S2TTB, UINT64_C(1) << 35, 0, 0, SMMUV3_OK},
    {"max", "", 6, false, STE_S2TTB, UINT64_C(1) << 44, STE_S2PS, 6, SMMUV3_STE_S2TTB}, /* 48 bits without DS */
    {"max", "", 6, false, STE_S2TTB, UINT64_C(1) << 43, STE_S2PS, 6, SMMUV3_OK},
    {"max", "", 6, false, STE_S2T0SZ, 49, 0, 0, SMMUV3_STE_S2T0SZ},
    {"max", "", 6, false, STE_S2T0SZ, 15, STE_S2SL0, 2, SMMUV3_STE_S2T0SZ},
    {"max", "stt=0", 6, false, STE_S2T0SZ, 40, STE_S2SL0, 0, SMMUV3_STE_S2T0SZ},
    {"max", "stt=0", 6, false, STE_S2T0SZ, 39, STE_S2SL0, 0, SMMUV3_OK},
    {"narrow", "", 6, false, STE_S2T0SZ, 27, 0, 0, SMMUV3_STE_S2T0SZ}, /* 64 - IAS is 28 */
    {"max", "", 6, false, STE_S2SL0, 0, 0, 0, SMMUV3_STE_S2SL0},
    {"max", "", 6, false, STE_S2SL0, 3, 0, 0, SMMUV3_STE_S2SL0},
    {"max", "", 6, false, STE_S2SL0, 2, 0, 0, SMMUV3_OK}, /* T0SZ 24 leaves one bit to level 0 */
    {"max", "", 6, false, STE_S2T0SZ, 25, STE_S2SL0, 2, SMMUV3_STE_S2SL0},
    {"nested", "", 6, false, STE_S2ENDI, 1, 0, 0, SMMUV3_OK},
    {"narrow", "", 6, false, STE_S2ENDI, 1, STE_S2T0SZ, 30, SMMUV3_STE_S2ENDI},
    {"max", "ttendian=3", 6, false, STE_S2ENDI, 0, 0, 0, SMMUV3_STE_S2ENDI},
    {"narrow", "", 5, false, STE_S2VMID, 0x100, 0, 0, SMMUV3_STE_S2VMID},
    {"narrow", "", 6, false, STE_S2VMID, 0x100, STE_S2T0SZ, 30, SMMUV3_STE_S2VMID},
    {"narrow", "", 4, false, STE_S2VMID, 0x100, 0, 0, SMMUV3_OK},
    {"narrow", "", 5, false, STE_S2VMID, 0x100, STE_STRW, 2, SMMUV3_OK},
    {"stage1", "", 5, false, STE_S2VMID, 0x100, 0, 0, SMMUV3_OK},

    {"max", "", 5, true, CD_V, 0, 0, 0, SMMUV3_CD_V},
    {"max", "", 5, true, CD_A, 0, 0, 0, SMMUV3_OK},
    {"min", "", 5, true, CD_A, 0, 0, 0, SMMUV3_CD_A},
    {"max", "stall_model=1", 5, true, CD_S, 1, 0, 0, SMMUV3_CD_S_MODEL_01},
    {"v33", "", 5, true, CD_S, 0, 0, 0, SMMUV3_CD_S_MODEL_10},
    {"narrow", "", 5, true, CD_ENDI, 1, 0, 0, SMMUV3_CD_ENDI},
    {"max", "ttendian=3", 5, true, CD_ENDI, 0, 0, 0, SMMUV3_CD_ENDI},
    {"max", "", 5, true, CD_AA64, 0, 0, 0, SMMUV3_CD_AA64},
    {"max", "httu=0", 5, true, CD_HA, 1, 0, 0, SMMUV3_CD_HA},
    {"max", "httu=0", 5, true, CD_HD, 1, 0, 0, SMMUV3_CD_HA},
    {"max", "httu=1", 5, true, CD_HD, 1, 0, 0, SMMUV3_CD_HD},
    {"max", "", 5, true, CD_HAFT, 1, 0, 0, SMMUV3_CD_HAFT},
    {"max", "", 5, true, CD_HAFT, 1, CD_HA, 1, SMMUV3_OK},
    {"narrow", "", 5, true, CD_ASID, 0x100, 0, 0, SMMUV3_CD_ASID},
    {"narrow", "", 5, true, CD_ASID, 0xff, 0, 0, SMMUV3_OK},
    {"max", "", 5, true, CD_TSZ(0), 15, 0, 0, SMMUV3_CD_T0SZ},
    {"max", "", 5, true, CD_TSZ(0), 15, CD_DS, 1, SMMUV3_OK},
    {"max", "", 5, true, CD_TSZ(0), 11, CD_DS, 1, SMMUV3_CD_T0SZ},
    {"max", "", 5, true, CD_TSZ(0), 12, CD_TG(0), 1, SMMUV3_OK},
    {"nested", "", 5, true, CD_TSZ(0), 15, CD_TG(0), 1, SMMUV3_CD_T0SZ}, /* VAX is 0 */
    {"max", "", 5, true, CD_TSZ(0), 49, 0, 0, SMMUV3_CD_T0SZ},
    {"max", "", 5, true, CD_TSZ(0), 48, CD_TG(0), 1, SMMUV3_CD_T0SZ},
    {"stage1", "", 5, true, CD_TSZ(0), 40, 0, 0, SMMUV3_CD_T0SZ},
    {"stage1", "", 5, true, CD_TSZ(0), 39, 0, 0, SMMUV3_OK},
    {"max", "", 5, true, CD_TSZ(1), 15, 0, 0, SMMUV3_CD_T1SZ},
    {"max", "", 5, true, CD_TSZ(1), 15, CD_EPD(1), 1, SMMUV3_OK},
    {"max", "", 5, true, CD_TG(0), 3, 0, 0, SMMUV3_CD_TG0},
    {"max", "gran16k=0", 5, true, CD_TG(0), 2, 0, 0, SMMUV3_CD_TG0},
    {"max", "", 5, true, CD_TTB(0), UINT64_C(1) << 36, 0, 0, SMMUV3_CD_TTB0},
    {"max", "", 5, true, CD_TTB(0), UINT64_C(1) << 44, CD_IPS, 6, SMMUV3_CD_TTB0},
    {"max", "", 5, true, CD_TTB(0), UINT64_C(1) << 35, 0, 0, SMMUV3_OK},
    {"max", "", 5, true, CD_TG(1), 0, 0, 0, SMMUV3_CD_TG1},
    {"max", "", 5, true, CD_TG(1), 0, CD_EPD(1), 1, SMMUV3_OK},
    {"max", "gran16k=0", 5, true, CD_TG(1), 1, 0, 0, SMMUV3_CD_TG1},
    {"max", "", 5, true, CD_TTB(1), UINT64_C(1) << 36, 0, 0, SMMUV3_CD_TTB1},
    {"max", "", 5, true, CD_TTB(1), UINT64_C(1) << 36, CD_EPD(1), 1, SMMUV3_OK},
};
/* clang-format on */

static void one_change(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const struct change *c = &changes[i];
        bool last = c->expected == SMMUV3_OK;
        start(c->preset, c->settings, c->config);
        if (strcmp(c->settings, "ttendian=3") == 0) { /* all else is big-endian */
            bench_set(&b, ste_address(), STE_S2ENDI, 1);
            bench_set(&b, CD_AT, CD_ENDI, 1);
        }
        bench_set(&b, c->cd ? CD_AT : ste_address(), c->field, c->value);
        if (c->field2)
            bench_set(&b, c->cd ? CD_AT : ste_address(), c->field2, c->value2);
        enum smmuv3_condition condition = bench_run(&b);
        enum smmuv3_event_type event = smmuv3_condition_facts(condition)->event;
        bool configuration = event == SMMUV3_C_BAD_STE || event == SMMUV3_C_BAD_CD;
        if (last ? configuration : condition != c->expected)
            fail_msg("change %u: %s instead of %s", i, smmuv3_condition_facts(condition)->name,
                     smmuv3_condition_facts(c->expected)->name);
    }
}

static void stall_disabled_for_the_stream(void **state)
{
    (void)state;
    start("max", "", 5);
    bench_set(&b, ste_address(), STE_S1STALLD, 1);
    bench_set(&b, CD_AT, CD_S, 1);
    assert_int_equal(bench_run(&b), SMMUV3_CD_S_S1STALLD);
}

/* EL2: one range, one privilege level, no ASID; T1SZ, TG1, TTB1, EPD and PAN mean nothing. */
static void el2_context(void **state)
{
    (void)state;
    start("narrow", "", 5);
    bench_set(&b, ste_address(), STE_STRW, 2);
    bench_set(&b, CD_AT, CD_ASID, 0x1234);
    bench_set(&b, CD_AT, CD_TSZ(1), 0);
    bench_set(&b, CD_AT, CD_TG(1), 0);
    bench_set(&b, CD_AT, CD_TTB(1), UINT64_C(1) << 47);
    bench_set(&b, CD_AT, CD_EPD(0), 1);
    bench_set(&b, CD_AT, CD_PAN, 1);
    bench_set(&b, CD_AT, CD_IPS, 1);
    bench_run(&b);
    assert_int_equal(b.condition, SMMUV3_S1_INVALID); /* the table is empty */
    assert_int_equal(b.regime.world, SMMUV3_EL2);
    assert_int_equal(b.regime.asid, 0);
    assert_int_equal(b.regime.vmid, 0);
    assert_false(b.regime.pan || b.regime.tt[0].disabled);
    b.e2h = true;
    bench_run(&b);
    assert_int_equal(b.ste.world, SMMUV3_EL2_E2H);
    assert_int_equal(b.condition, SMMUV3_CD_ASID);
}

static void permission_indirection(void **state)
{
    (void)state;
    static const struct {
        uint64_t piip, piiu;
        bool pie;
        enum smmuv3_condition expected;
    } cases[] = {
        {4, 0, true, SMMUV3_CD_PIIP},      {UINT64_C(6) << 45, 0, true, SMMUV3_CD_PIIP},
        {0, 4, true, SMMUV3_CD_PIIU},      {0, UINT64_C(6) << 45, true, SMMUV3_CD_PIIU},
        {2, 5, true, SMMUV3_CD_PIIP_PIIU}, {3, 3, true, SMMUV3_OK},
        {4, 4, false, SMMUV3_OK},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        start("max", "", 5);
        bench_set(&b, ste_address(), STE_S1PIE, 1);
        bench_set(&b, CD_AT, CD_PIE, cases[i].pie);
        bench_set(&b, CD_AT, CD_PIIP, cases[i].piip);
        bench_set(&b, CD_AT, CD_PIIU, cases[i].piiu);
        enum smmuv3_condition condition = bench_run(&b);
        assert_int_equal(condition, cases[i].expected == SMMUV3_OK ? SMMUV3_S1_INVALID : cases[i].expected);
    }
    /* RES0 without STE.S1PIE. */
    start("max", "", 5);
    bench_set(&b, CD_AT, CD_PIE, 1);
    bench_set(&b, CD_AT, CD_PIIP, 4);
    assert_int_equal(bench_run(&b), SMMUV3_S1_INVALID);
}

/* ---- which CD ---- */

static void substreams(void **state)
{
    (void)state;
    for (unsigned config = 4; config < 8u; config++) {
        for (unsigned cdmax = 0; cdmax < 4u; cdmax++) {
            for (unsigned dss = 0; dss < 4u; dss++) {
                for (int ssid = -1; ssid < 9; ssid++) {
                    start("max", "", config);
                    bench_set(&b, ste_address(), STE_S1CDMAX, cdmax);
                    bench_set(&b, ste_address(), STE_S1DSS, dss);
                    b.query.has_substream_id = ssid >= 0;
                    b.query.substream_id = ssid >= 0 ? (uint32_t)ssid : 0;
                    bool s1 = config & 1u;
                    enum smmuv3_condition expected = SMMUV3_OK;
                    if (ssid >= 0 && !s1)
                        expected = SMMUV3_SSID_STAGE1;
                    else if (ssid >= 0 && cdmax == 0)
                        expected = SMMUV3_SSID_DISABLED;
                    else if (ssid >= 0 && ssid >= 1 << cdmax)
                        expected = SMMUV3_SSID_RANGE;
                    else if (s1 && cdmax && ssid < 0 && (dss == 0 || dss == 3u))
                        expected = SMMUV3_S1DSS_TERMINATE;
                    else if (s1 && cdmax && ssid == 0 && dss == 2u)
                        expected = SMMUV3_S1DSS_SSID_0;
                    enum smmuv3_condition got;
                    uint32_t index;
                    uint64_t words[8];
                    for (unsigned i = 0; i < 8u; i++)
                        words[i] = bench_read(&b, ste_address() + 8u * i);
                    assert_int_equal(smmuv3_ste_decode(&b.params, words, false, &b.ste), SMMUV3_OK);
                    enum smmuv3_route route = smmuv3_ste_route(&b.params, &b.ste, &b.query, &index, &got);
                    bench_note(got);
                    assert_int_equal(got, expected);
                    if (got != SMMUV3_OK) {
                        assert_int_equal(route, SMMUV3_ROUTE_END);
                        continue;
                    }
                    bool skip = !s1 || (cdmax && ssid < 0 && dss == 1u);
                    assert_int_equal(route, !skip ? SMMUV3_ROUTE_CD : config & 2u ? SMMUV3_ROUTE_STAGE2 : SMMUV3_ROUTE_BYPASS);
                    assert_int_equal(index, !skip && ssid > 0 ? (unsigned)ssid : 0);
                }
            }
        }
    }
    start("min", "", 5);
    b.query.has_substream_id = true;
    assert_int_equal(bench_run(&b), SMMUV3_SSID_UNSUPPORTED);
    assert_int_equal(b.event.type, SMMUV3_C_BAD_SUBSTREAMID);
}

static void cd_tables(void **state)
{
    (void)state;
    bench_init(&b, "max", "");
    for (unsigned fmt = 0; fmt < 3u; fmt++) {
        for (unsigned cdmax = 1; cdmax <= 20u; cdmax++) {
            struct smmuv3_ste ste = {.config = 5,
                                     .s1 = true,
                                     .s1fmt = (uint8_t)fmt,
                                     .s1cdmax = (uint8_t)cdmax,
                                     .s1contextptr = UINT64_C(0x3fffffffc0)};
            unsigned leaf = fmt == 1u ? 6u : 10u;
            unsigned align = fmt == 0 ? cdmax + 6u : cdmax > leaf + 3u ? cdmax - leaf + 3u : 6u;
            uint64_t base = ste.s1contextptr >> align << align;
            for (unsigned bit = 0; bit <= cdmax; bit++) {
                uint32_t index = (1u << bit) - 1u;
                uint64_t address, cd;
                bool level1;
                assert_int_equal(smmuv3_cd_locate(&b.params, &ste, index, &address, &level1), SMMUV3_OK);
                assert_int_equal(level1, fmt != 0);
                assert_int_equal(address, base + (fmt ? (uint64_t)(index >> leaf) * 8u : (uint64_t)index * 64u));
                if (!level1)
                    continue;
                assert_int_equal(smmuv3_l1cd_decode(&b.params, &ste, index, UINT64_C(0xffff001), &cd), SMMUV3_OK);
                assert_int_equal(cd, (UINT64_C(0xffff000) >> (leaf + 6u) << (leaf + 6u)) + (index & ((1u << leaf) - 1u)) * 64u);
                enum smmuv3_condition invalid = smmuv3_l1cd_decode(&b.params, &ste, index, UINT64_C(0xffff000), &cd);
                bench_note(invalid);
                assert_int_equal(invalid, SMMUV3_L1CD_V);
            }
        }
    }
    bench_init(&b, "nested", "oas=1");
    struct smmuv3_ste ste = {.config = 5, .s1 = true, .s1fmt = 1, .s1cdmax = 7, .s1contextptr = UINT64_C(1) << 36};
    uint64_t cd;
    bool level1;
    enum smmuv3_condition wide = smmuv3_l1cd_decode(&b.params, &ste, 0, UINT64_C(1) << 36 | 1u, &cd);
    bench_note(wide);
    assert_int_equal(wide, SMMUV3_L1CD_L2PTR);
    /* Only where a deviation lets the STE pass. */
    wide = smmuv3_cd_locate(&b.params, &ste, 0, &cd, &level1);
    bench_note(wide);
    assert_int_equal(wide, SMMUV3_CD_FETCH_RANGE);
}

static void aborted_fetches(void **state)
{
    (void)state;
    start("max", "", 5);
    b.abort_at = ste_address();
    assert_int_equal(bench_run(&b), SMMUV3_STE_FETCH);
    assert_int_equal(b.event.fetch, ste_address());
    b.abort_at = CD_AT;
    assert_int_equal(bench_run(&b), SMMUV3_CD_FETCH);
    assert_int_equal(b.event.fetch, CD_AT);
    assert_int_equal(b.event.type, SMMUV3_F_CD_FETCH);
}

/* 5.2, "STE fields follow the convention": S1* fields and the CD mean nothing where stage 1 is off, S2* where stage 2 is. */
static bool ignored(unsigned config, unsigned bit)
{
    bool stage1 = bit >= 512u || (bit >= 4u && bit < 72u) || bit == 88u || bit == 91u;
    bool stage2 = (bit >= 160u && bit < 192u) || (bit >= 194u && bit < 248u) || bit == 89u;
    return (stage1 && !(config & 1u)) || (stage2 && !(config & 2u));
}

/* One bit of a legal STE or CD changed: fields that are IGNORED change nothing, and a reason has the event of its structure. */
static void any_bit(void **state)
{
    (void)state;
    for (unsigned i = 0; smmuv3_preset_names[i]; i++) {
        for (unsigned config = 4; config < 8u; config++) {
            start(smmuv3_preset_names[i], "", 4);
            if (((config & 1u) && !b.params.s1p) || ((config & 2u) && !b.params.s2p))
                continue;
            bench_set(&b, ste_address(), STE_CONFIG, config);
            enum smmuv3_condition before = bench_run(&b);
            for (unsigned bit = 0; bit < 1024u; bit++) {
                uint64_t at = (bit < 512u ? ste_address() : CD_AT) + bit % 512u / 64u * 8u;
                bench_write(&b, at, bench_read(&b, at) ^ UINT64_C(1) << bit % 64u);
                enum smmuv3_condition condition = bench_run(&b);
                bench_write(&b, at, bench_read(&b, at) ^ UINT64_C(1) << bit % 64u);
                if (ignored(config, bit))
                    assert_int_equal(condition, before);
                if (bit >= 512u)
                    assert_int_not_equal(smmuv3_condition_facts(condition)->event, SMMUV3_C_BAD_STE);
            }
        }
    }
}

/* The conditions of this file's chapters, all met. */
static void every_condition_was_met(void **state)
{
    (void)state;
    for (unsigned c = SMMUV3_SID_RANGE; c <= SMMUV3_CD_PIIP_PIIU; c++)
        if (!bench_noted((enum smmuv3_condition)c))
            fail_msg("%s was never met", smmuv3_condition_facts((enum smmuv3_condition)c)->name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presets_are_legal),
        cmocka_unit_test(contradictions_are_refused),
        cmocka_unit_test(parameters_by_name),
        cmocka_unit_test(linear_stream_table),
        cmocka_unit_test(two_level_stream_table),
        cmocka_unit_test(one_change),
        cmocka_unit_test(stall_disabled_for_the_stream),
        cmocka_unit_test(el2_context),
        cmocka_unit_test(permission_indirection),
        cmocka_unit_test(substreams),
        cmocka_unit_test(cd_tables),
        cmocka_unit_test(aborted_fetches),
        cmocka_unit_test(any_bit),
        cmocka_unit_test(every_condition_was_met),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
