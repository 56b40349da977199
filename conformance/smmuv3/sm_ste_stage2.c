/* SPDX-License-Identifier: BSD-2-Clause */
/* STE: which values of the stage 2 fields are ILLEGAL, and when they count (5.2). */
#include "build/sm.h"
#include "sm_chapters.h"

#define INPUT UINT64_C(0x1000) /* inside the smallest input range */
#define TABLE_BYTES (UINT64_C(1) << 20)

/* A stage 2 stream whose tables are empty: a legal STE gives F_TRANSLATION of stage 2, an ILLEGAL one C_BAD_STE. */
struct rig {
    struct sm sm;
    struct sm_path path;
    struct iotb_request r;
};

static void rig_open(struct rig *rig, struct test *t)
{
    sm_open(&rig->sm, t, NULL);
    sm_path_open(&rig->sm, &rig->path, SM_F_S2, sm_sid(&rig->sm, 0), 0, 0, 0x21);
    rig->path.s2->root_pointer = rig->path.s2->root = mem_alloc(t, TABLE_BYTES, TABLE_BYTES);
    sm_path_write_ste(&rig->path);
    sm_invalidate_all(&rig->sm);
    rig->r = sm_request(&rig->path, IOTB_READ, INPUT, 8);
}

static void set(struct rig *rig, const char *field, uint64_t value)
{
    sm_ste_set(&rig->sm, rig->path.sid, field, value);
}

static void check_legal(struct rig *rig, const char *row)
{
    struct sm_expected e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, INPUT);

    sm_invalidate_all(&rig->sm);
    sm_once(&rig->sm);
    sm_expect_event(&rig->sm, row, &rig->r, &e, 0);
}

static void check_illegal(struct rig *rig, const char *row)
{
    sm_invalidate_all(&rig->sm);
    sm_once(&rig->sm);
    sm_expect_config(&rig->sm, row, &rig->r, SM_C_BAD_STE, 0);
}

static void check(struct rig *rig, const char *row, bool legal)
{
    if (legal)
        check_legal(rig, row);
    else
        check_illegal(rig, row);
}

/* ---- T0SZ, start level, granule ---- */

static const uint32_t granules[] = {12, 16, 14, 0}; /* by S2TG */

/* Start level by S2SL0; 9: Reserved (D8.2.8.2, D8.2.9.2, D8.2.10.2, DS = 0). */
static uint32_t start_level(struct test *t, uint32_t granule_lg2, uint32_t sl0)
{
    if (granule_lg2 == 12)
        return sl0 < 3 ? 2 - sl0 : sm_idr(t, 3, "STT") ? 3 : 9;
    return sl0 < 3 ? 3 - sl0 : 9;
}

/* Input bits that the start level resolves: at least 1; more than a table has take concatenated ones, 16 at most. */
static bool consistent(uint32_t granule_lg2, uint32_t level, uint32_t t0sz)
{
    uint32_t shift = granule_lg2 + (3 - level) * (granule_lg2 - 3), bits = 64 - t0sz;

    return bits > shift && bits - shift <= granule_lg2 - 3 + 4;
}

static uint32_t least_t0sz(const struct rig *rig, uint32_t granule_lg2)
{
    uint32_t floor = granule_lg2 == 16 ? 12 : 16, ias = 64 - rig->sm.ias_bits;

    return floor > ias ? floor : ias;
}

static uint32_t most_t0sz(struct test *t, uint32_t granule_lg2)
{
    return !sm_idr(t, 3, "STT") ? 39 : granule_lg2 == 16 ? 47 : 48;
}

/* D8.1.10 Table D8-9: whether OAS restricts the start level is not in the SMMU's text itself. */
static bool beyond_oas(const struct rig *rig, uint32_t granule_lg2, uint32_t level)
{
    uint32_t oas = rig->sm.oas_bits;

    return (granule_lg2 == 12 && level == 0 && oas <= 42) || (granule_lg2 == 14 && level == 1 && oas <= 40) ||
           (granule_lg2 == 16 && level == 1 && oas <= 42);
}

static void check_combination(struct rig *rig, uint32_t granule_lg2, uint32_t sl0, uint32_t t0sz)
{
    struct test *t = rig->sm.t;
    uint32_t level = start_level(t, granule_lg2, sl0), most = most_t0sz(t, granule_lg2);
    bool small = t0sz<least_t0sz(rig, granule_lg2), large = t0sz> most;

    test_context(t, "granule 2^%u, S2SL0=%u, S2T0SZ=%u", granule_lg2, sl0, t0sz);
    set(rig, "S2SL0", sl0);
    set(rig, "S2T0SZ", t0sz);
    if ((small || large) && rig->sm.minor == 0)
        return; /* out_of_range_v30 */
    if (large)
        check_illegal(rig, most == 39 ? "SMMU-5-070" : "SMMU-5-071");
    else if (small)
        check_illegal(rig, granule_lg2 == 16 ? "SMMU-5-073" : "SMMU-5-072");
    else if (level == 9)
        check_illegal(rig, "SMMU-5-076");
    else if (!consistent(granule_lg2, level, t0sz))
        check_illegal(rig, "SMMU-5-075");
    else if (beyond_oas(rig, granule_lg2, level))
        check_illegal(rig, "SMMU-D8-024");
    else
        check_legal(rig, t0sz == most ? (most == 39 ? "SMMU-5-070" : "SMMU-5-071") : "SMMU-5-075");
}

/* Every granule, start level and size. */
static void start_levels(struct test *t)
{
    struct rig rig;

    rig_open(&rig, t);
    for (uint32_t tg = 0; tg < 3; tg++) {
        if (!sm_has_granule(t, granules[tg]))
            continue;
        set(&rig, "S2TG", tg);
        for (uint32_t sl0 = 0; sl0 < 4; sl0++)
            for (uint32_t t0sz = 0; t0sz < 64; t0sz++)
                check_combination(&rig, granules[tg], sl0, t0sz);
    }
    sm_close(&rig.sm);
}

/* v3.0: out of range is ILLEGAL, or acts as the nearest value in range. */
static void out_of_range_v30(struct test *t)
{
    struct sm_expected legal[2] = {sm_config_event(SM_C_BAD_STE), sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, INPUT)};
    struct rig rig;

    rig_open(&rig, t);
    set(&rig, "S2TG", 0);
    set(&rig, "S2SL0", 0);
    for (uint32_t t0sz = 40; t0sz < 64; t0sz++) {
        test_context(t, "S2T0SZ=%u", t0sz);
        set(&rig, "S2T0SZ", t0sz);
        sm_invalidate_all(&rig.sm);
        sm_once(&rig.sm);
        sm_expect_event_any(&rig.sm, "SMMU-5-074", &rig.r, legal, 2, 0);
    }
    sm_close(&rig.sm);
}

/* A size that suits the granule, from level 2. */
static void suit(struct rig *rig, uint32_t tg)
{
    uint32_t granule_lg2 = granules[tg] ? granules[tg] : 12;

    set(rig, "S2TG", tg);
    set(rig, "S2SL0", granule_lg2 == 12 ? 0 : 1);
    set(rig, "S2T0SZ", granule_lg2 == 12 ? 33 : 32);
}

static void granule_codes(struct test *t)
{
    struct rig rig;

    rig_open(&rig, t);
    for (uint32_t tg = 0; tg < 4; tg++) {
        test_context(t, "S2TG=%u", tg);
        suit(&rig, tg);
        check(&rig, "SMMU-5-078", granules[tg] && sm_has_granule(t, granules[tg]));
    }
    sm_close(&rig.sm);
}

/* S2SL0_2 means something with S2DS = 1 and 4K only; S2DS means nothing without IDR5.DS. */
static void extended_start(struct test *t)
{
    bool ds = sm_idr(t, 5, "DS") != 0;
    struct rig rig;

    rig_open(&rig, t);
    suit(&rig, 0);
    set(&rig, "S2SL0_2", 1);
    check_legal(&rig, "SMMU-5-077");
    set(&rig, "S2DS", 1);
    for (uint32_t sl0 = 0; sl0 < 4; sl0++) {
        test_context(t, "IDR5.DS=%u, S2DS=1, S2SL0_2=1, S2SL0=%u", ds, sl0);
        set(&rig, "S2SL0", ds ? sl0 : 0);
        if (ds && sl0 == 0)
            continue; /* level -1: extended_start_level */
        check(&rig, "SMMU-5-077", !ds);
    }
    sm_close(&rig.sm);
}

/* Level -1 takes 49 to 52 bits of input. */
static void extended_start_level(struct test *t)
{
    struct rig rig;

    rig_open(&rig, t);
    if (rig.sm.ias_bits < 52)
        test_skip(t, "IAS is %u bits", rig.sm.ias_bits);
    suit(&rig, 0);
    set(&rig, "S2DS", 1);
    set(&rig, "S2SL0", 0);
    set(&rig, "S2SL0_2", 1);
    for (uint32_t t0sz = 8; t0sz < 24; t0sz++) {
        test_context(t, "level -1, S2T0SZ=%u", t0sz);
        set(&rig, "S2T0SZ", t0sz);
        check(&rig, "SMMU-5-077", t0sz >= 12 && t0sz < 16);
    }
    sm_close(&rig.sm);
}

/* ---- S2TTB ---- */

/* Beyond the effective S2PS: ILLEGAL, not F_ADDR_SIZE. Below it any table that has memory. */
static void base_range(struct test *t)
{
    struct rig rig;

    rig_open(&rig, t);
    for (uint32_t code = 0; code < 8; code++) {
        uint32_t bits = sm_size_bits(code), granule = rig.path.s2->granule_lg2;

        bits = bits < rig.sm.oas_bits ? bits : rig.sm.oas_bits;
        set(&rig, "S2PS", code);
        set(&rig, "S2TTB", rig.path.s2->root_pointer);
        if (rig.path.s2->root_pointer >> bits == 0)
            check_legal(&rig, "SMMU-5-095");
        for (uint32_t bit = bits; bit < (rig.sm.minor ? 52u : 48u); bit++) { /* v3.0: S2TTB ends at bit 47 */
            bool narrow = granule != 16 && bit >= 48 && bits > 48;

            test_context(t, "S2PS=%u, S2TTB bit %u, OAS %u", code, bit, rig.sm.oas_bits);
            set(&rig, "S2TTB", UINT64_C(1) << bit);
            check_illegal(&rig, narrow ? "SMMU-5-096" : "SMMU-5-095");
        }
    }
    sm_close(&rig.sm);
}

/* 52-bit output: above 48 bits with 64K only. */
static void base_above_48(struct test *t)
{
    struct rig rig;

    rig_open(&rig, t);
    if (rig.sm.oas_bits < 52)
        test_skip(t, "OAS is %u bits", rig.sm.oas_bits);
    for (uint32_t tg = 0; tg < 3; tg++) {
        if (!sm_has_granule(t, granules[tg]))
            continue;
        suit(&rig, tg);
        for (uint32_t bit = 48; bit < 52; bit++) {
            if (tg == 1 && !mem_claim(t, UINT64_C(1) << bit, 65536))
                continue;
            test_context(t, "S2TG=%u, S2TTB bit %u", tg, bit);
            set(&rig, "S2TTB", UINT64_C(1) << bit);
            check(&rig, "SMMU-5-096", tg == 1);
        }
    }
    sm_close(&rig.sm);
}

/* Every bit of S2TTB below OAS counts; 64K is the granule that has them all. */
static void base_bits(struct test *t)
{
    struct sm_geometry wide = {.granule_lg2 = sm_has_granule(t, 16) ? 16 : 0};
    struct sm_path path;
    struct iotb_request r;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open_geometry(&sm, &path, SM_F_S2, sm_sid(&sm, 0), 0, 0, 0x21, NULL, &wide);
    host = sm_path_page(&path, UINT64_C(0x2340000), SM_RW);
    r = sm_request(&path, IOTB_WRITE, UINT64_C(0x2340000), 8);
    sm_walk_pointer_field(&sm, "SMMU-5-095", sm_ste_address(&sm, path.sid), "STE", "S2TTB", 16, 65536, &r, host);
    sm_close(&sm);
}

/* ---- formats and features ---- */

static void format(struct test *t)
{
    struct rig rig;

    rig_open(&rig, t);
    check_legal(&rig, "SMMU-5-080");
    set(&rig, "S2AA64", 0);
    check_illegal(&rig, "SMMU-5-080");
    sm_close(&rig.sm);
}

static void endianness(struct test *t)
{
    struct rig rig;

    rig_open(&rig, t);
    check_legal(&rig, "SMMU-5-082");
    set(&rig, "S2ENDI", 1);
    check_illegal(&rig, "SMMU-5-082");
    sm_close(&rig.sm);
}

/* Hardware update that IDR0.HTTU does not have. */
static void hardware_update(struct test *t)
{
    uint64_t httu = sm_idr(t, 0, "HTTU");
    struct rig rig;

    rig_open(&rig, t);
    for (uint32_t code = 0; code < 8; code++) {
        bool ha = code & 1, hd = code & 2, haft = code & 4;
        bool unsupported = (ha && httu == 0) || (hd && httu < 2);
        bool table = httu == 3 && haft && !ha;

        test_context(t, "HTTU=%u, S2HA=%u, S2HD=%u, S2HAFT=%u", (uint32_t)httu, ha, hd, haft);
        set(&rig, "S2HA", ha);
        set(&rig, "S2HD", hd);
        set(&rig, "S2HAFT", haft);
        check(&rig, haft ? "SMMU-5-091" : "SMMU-5-088", !unsupported && !table);
    }
    sm_close(&rig.sm);
}

/* S2S must be what a fixed stall model has; where stage 2 does not act it is ignored (ste.stage1_ignores_stage2). */
static void stalling(struct test *t)
{
    struct rig rig;

    rig_open(&rig, t);
    check_legal(&rig, "SMMU-5-090");
    set(&rig, "S2S", rig.sm.stall_model == 1);
    check_illegal(&rig, "SMMU-5-090");
    sm_close(&rig.sm);
}

#define S2 "IDR0.TTF:1&IDR0.S2P"

static const struct iotb_case cases[] = {
    {.name = "smmuv3.ste_stage2.start_levels",
     .summary = "every combination of granule, S2SL0 and S2T0SZ is legal or C_BAD_STE as the tables of the walk say",
     .run = start_levels,
     .rows = "SMMU-5-070 SMMU-5-071 SMMU-5-072 SMMU-5-073 SMMU-5-075 SMMU-5-076 SMMU-D8-024",
     .gate = S2,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste_stage2.out_of_range_v30",
     .summary = "v3.0: an S2T0SZ out of range is ILLEGAL or clamped",
     .run = out_of_range_v30,
     .rows = "SMMU-5-074",
     .gate = S2 "&AIDR=0&IDR5.GRAN4K",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste_stage2.granules",
     .summary = "a granule that is not there, and S2TG=11, are ILLEGAL",
     .run = granule_codes,
     .rows = "SMMU-5-078",
     .gate = S2,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste_stage2.extended_start",
     .summary = "S2SL0_2 counts with S2DS and 4K only, its Reserved combinations are ILLEGAL",
     .run = extended_start,
     .rows = "SMMU-5-077",
     .gate = S2 "&IDR5.GRAN4K",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste_stage2.extended_start_level",
     .summary = "level -1 takes sizes of 49 to 52 bits",
     .run = extended_start_level,
     .rows = "SMMU-5-077",
     .gate = S2 "&IDR5.GRAN4K&IDR5.DS",
     .features = IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste_stage2.base_range",
     .summary = "S2TTB beyond the effective S2PS is ILLEGAL",
     .run = base_range,
     .rows = "SMMU-5-095 SMMU-5-096",
     .gate = S2,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste_stage2.base_above_48",
     .summary = "S2TTB above 48 bits is ILLEGAL with 4K and 16K, legal with 64K",
     .run = base_above_48,
     .rows = "SMMU-5-096",
     .gate = S2 "&IDR5.OAS>=6",
     .features = IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste_stage2.base_bits",
     .summary = "every bit of S2TTB below OAS counts",
     .run = base_bits,
     .rows = "SMMU-5-095",
     .gate = S2,
     .features = IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste_stage2.format",
     .summary = "S2AA64=0 is ILLEGAL where there is neither VMSAv8-32 LPAE nor VMSAv9-128",
     .run = format,
     .rows = "SMMU-5-080",
     .gate = S2 "&IDR0.TTF=2&!IDR5.D128",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste_stage2.endianness",
     .summary = "S2ENDI=1 is ILLEGAL on a little-endian SMMU",
     .run = endianness,
     .rows = "SMMU-5-082",
     .gate = S2 "&IDR0.TTENDIAN=2",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste_stage2.hardware_update",
     .summary = "hardware update that IDR0.HTTU does not have is ILLEGAL, S2HAFT without S2HA too where it exists",
     .run = hardware_update,
     .rows = "SMMU-5-088 SMMU-5-091",
     .gate = S2,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste_stage2.stalling",
     .summary = "S2S other than a fixed stall model has it is ILLEGAL",
     .run = stalling,
     .rows = "SMMU-5-090",
     .gate = S2 "&IDR0.STALL_MODEL>=1",
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list sm_ste_stage2_cases = {cases, sizeof cases / sizeof cases[0]};
