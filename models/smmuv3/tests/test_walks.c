/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_walks.c - walks of either stage and of both, permissions, hardware updates, attributes, event records: relations over all
 * inputs, and every condition of translation.
 */
#include "steps_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CD_AT UINT64_C(0x20000)
#define S1_BASE UINT64_C(0x4000000)
#define S2_BASE UINT64_C(0x8000000)
#define S1_AF (UINT64_C(1) << 10)
#define RW_S2 (UINT64_C(3) << 6)
#define WB_S2 (UINT64_C(15) << 2)

static struct bench b;
static uint64_t free_page;

static uint64_t ste_address(void)
{
    return BENCH_STRTAB + b.query.stream_id * 64u;
}

/* ---- structures ---- */

static unsigned tg_code(unsigned granule_lg2, unsigned half)
{
    if (half)
        return granule_lg2 == 12u ? 2u : granule_lg2 == 14u ? 1u : 3u;
    return granule_lg2 == 12u ? 0 : granule_lg2 == 14u ? 2u : 1u;
}

static void put_cd(unsigned granule_lg2, unsigned tsz, bool ds)
{
    for (unsigned half = 0; half < 2u; half++) {
        bench_set(&b, CD_AT, CD_TSZ(half), tsz);
        bench_set(&b, CD_AT, CD_TG(half), tg_code(granule_lg2, half));
        bench_set(&b, CD_AT, CD_TTB(half), (S1_BASE + half * UINT64_C(0x1000000)) >> 4);
        bench_set(&b, CD_AT, CD_IR(half), 1);
        bench_set(&b, CD_AT, CD_OR(half), 1);
        bench_set(&b, CD_AT, CD_SH(half), 3);
    }
    bench_set(&b, CD_AT, CD_DS, ds);
    bench_set(&b, CD_AT, CD_V, 1);
    bench_set(&b, CD_AT, CD_IPS, b.params.oas);
    bench_set(&b, CD_AT, CD_AA64, 1);
    bench_set(&b, CD_AT, CD_A, 1);
    bench_set(&b, CD_AT, CD_R, 1);
    bench_set(&b, CD_AT, CD_ASID, 7);
    bench_set(&b, CD_AT, CD_MAIR, 0xff);
}

static void put_ste(unsigned config, unsigned granule_lg2, unsigned t0sz, unsigned sl, bool ds)
{
    uint64_t at = ste_address();
    bench_set(&b, at, STE_V, 1);
    bench_set(&b, at, STE_CONFIG, config);
    bench_set(&b, at, STE_SHCFG, 1);
    bench_set(&b, at, STE_S1CONTEXTPTR, CD_AT >> 6);
    bench_set(&b, at, STE_S1CIR, 1);
    bench_set(&b, at, STE_S1COR, 1);
    bench_set(&b, at, STE_S1CSH, 3);
    bench_set(&b, at, STE_S2VMID, 9);
    bench_set(&b, at, STE_S2T0SZ, t0sz);
    bench_set(&b, at, STE_S2SL0, sl & 3u);
    bench_set(&b, at, STE_S2SL0_2, sl >> 2);
    bench_set(&b, at, STE_S2DS, ds);
    bench_set(&b, at, STE_S2TG, tg_code(granule_lg2, 0));
    bench_set(&b, at, STE_S2PS, b.params.oas);
    bench_set(&b, at, STE_S2AA64, 1);
    bench_set(&b, at, STE_S2R, 1);
    bench_set(&b, at, STE_S2TTB, S2_BASE >> 4);
    bench_set(&b, at, STE_S2IR0, 1);
    bench_set(&b, at, STE_S2OR0, 1);
    bench_set(&b, at, STE_S2SH0, 3);
}

/* A run that ends somewhere in the tables leaves the regime in b.regime. */
static void start(const char *settings, unsigned config)
{
    bench_init(&b, "max", settings);
    put_ste(config, 12, 24, 1, false);
    put_cd(12, 25, false);
    free_page = 0x10000000;
}

/* A plain mapping of stage 2 that is where it is: 1 GiB blocks, read, write, execute, write-back. */
static void identity_stage2(uint64_t address)
{
    struct smmuv3_ste ste;
    uint64_t words[8];
    for (unsigned i = 0; i < 8u; i++)
        words[i] = bench_read(&b, ste_address() + 8u * i);
    assert_int_equal(smmuv3_ste_decode(&b.params, words, false, &ste), SMMUV3_OK);
    struct smmuv3_regime regime = smmuv3_regime_make(&b.params, &ste, NULL);
    bench_map(&b, &regime.stage2, &free_page, address, address, 1, S1_AF | RW_S2 | WB_S2);
}

static struct smmuv3_table_setup stage1_setup(unsigned half)
{
    struct smmuv3_ste ste;
    struct smmuv3_cd cd;
    uint64_t words[8];
    for (unsigned i = 0; i < 8u; i++)
        words[i] = bench_read(&b, ste_address() + 8u * i);
    assert_int_equal(smmuv3_ste_decode(&b.params, words, b.e2h, &ste), SMMUV3_OK);
    for (unsigned i = 0; i < 8u; i++)
        words[i] = bench_read(&b, CD_AT + 8u * i);
    assert_int_equal(smmuv3_cd_decode(&b.params, &ste, words, &cd), SMMUV3_OK);
    return smmuv3_regime_make(&b.params, &ste, &cd).tt[half];
}

static uint64_t map1(uint64_t input, uint64_t output, int leaf, uint64_t bits)
{
    struct smmuv3_table_setup setup = stage1_setup(input >> 55 & 1u);
    return bench_map(&b, &setup, &free_page, input, output, leaf, bits);
}

static uint64_t map2(uint64_t input, uint64_t output, int leaf, uint64_t bits)
{
    struct smmuv3_ste ste;
    uint64_t words[8];
    for (unsigned i = 0; i < 8u; i++)
        words[i] = bench_read(&b, ste_address() + 8u * i);
    assert_int_equal(smmuv3_ste_decode(&b.params, words, b.e2h, &ste), SMMUV3_OK);
    struct smmuv3_regime regime = smmuv3_regime_make(&b.params, &ste, NULL);
    return bench_map(&b, &regime.stage2, &free_page, input, output, leaf, bits);
}

/* ---- D8.2: where walks start ---- */

static void stage1_start_levels(void **state)
{
    (void)state;
    /* Tables D8-18, D8-28, D8-37: the largest TxSZ of each start level. */
    static const struct {
        unsigned granule_lg2;
        int level;
        unsigned first, last;
    } rows[] = {
        {12, -1, 12, 15}, {12, 0, 16, 24}, {12, 1, 25, 33}, {12, 2, 34, 42}, {12, 3, 43, 48}, {14, 0, 12, 16},
        {14, 1, 17, 27},  {14, 2, 28, 38}, {14, 3, 39, 48}, {16, 1, 12, 21}, {16, 2, 22, 34}, {16, 3, 35, 47},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (unsigned tsz = rows[i].first; tsz <= rows[i].last; tsz++)
            assert_int_equal(smmuv3_stage1_start(rows[i].granule_lg2, 64u - tsz), rows[i].level);
}

static void stage2_start_levels(void **state)
{
    (void)state;
    /* Tables D8-20 to D8-24, D8-30 to D8-33, D8-39 to D8-41; OAS of Table D8-9. */
    static const struct {
        unsigned granule_lg2, sl;
        int level;
        unsigned first, last, oas_bits;
        bool ds, stt;
    } rows[] = {
        {12, 4, -1, 12, 15, 52, true, false}, {12, 2, 0, 12, 24, 44, false, false}, {12, 1, 1, 21, 33, 0, false, false},
        {12, 0, 2, 30, 42, 0, false, false},  {12, 3, 3, 39, 48, 0, false, true},   {14, 3, 0, 12, 16, 52, true, false},
        {14, 2, 1, 13, 27, 42, false, false}, {14, 1, 2, 24, 38, 0, false, false},  {14, 0, 3, 35, 48, 0, false, false},
        {16, 2, 1, 12, 21, 44, false, false}, {16, 1, 2, 18, 34, 0, false, false},  {16, 0, 3, 31, 47, 0, false, false},
    };
    static const unsigned oas[] = {32, 36, 40, 42, 44, 48, 52};
    for (unsigned granule = 12; granule <= 16u; granule += 2u) {
        for (unsigned sl = 0; sl < 8u; sl++) {
            for (unsigned t0sz = 12; t0sz <= (granule == 16u ? 47u : 48u); t0sz++) {
                for (unsigned variant = 0; variant < 28u; variant++) {
                    bool ds = variant & 1u, stt = variant & 2u;
                    bench_init(&b, "max", "");
                    b.params.oas = (uint8_t)(variant >> 2);
                    b.params.stt = stt;
                    struct smmuv3_ste ste = {
                        .s2tg = (uint8_t)tg_code(granule, 0), .s2sl0 = (uint8_t)sl, .s2t0sz = (uint8_t)t0sz, .s2ds = ds};
                    bool expected = false;
                    int level = 9, want = 9;
                    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
                        if (rows[i].granule_lg2 == granule && rows[i].sl == sl && t0sz >= rows[i].first && t0sz <= rows[i].last &&
                            oas[variant >> 2] >= rows[i].oas_bits && (ds || !rows[i].ds || sl == 4u) && (stt || !rows[i].stt)) {
                            expected = true;
                            want = rows[i].level;
                        }
                    }
                    bool got = smmuv3_stage2_start(&b.params, &ste, &level);
                    if (got != expected || (got && level != want))
                        fail_msg("granule %u SL %u T0SZ %u DS %d STT %d OAS %u", granule, sl, t0sz, ds, stt, oas[variant >> 2]);
                }
            }
        }
    }
}

/* ---- walks of one stage: every granule, size of the range, leaf ---- */

static bool leaf_legal(unsigned granule_lg2, int level, bool ds)
{
    if (level >= 2)
        return true;
    if (granule_lg2 == 12u)
        return level == 1 || (level == 0 && ds);
    return level == 1 && (granule_lg2 == 16u || ds);
}

static void one_walk(unsigned stage, unsigned granule, unsigned tsz, unsigned sl, bool ds, int leaf, bool big, unsigned half)
{
    bench_init(&b, "max", "");
    put_ste(stage == 1u ? 5u : 6u, granule, tsz, sl, ds);
    put_cd(granule, tsz, ds);
    bench_set(&b, CD_AT, CD_ENDI, big);
    bench_set(&b, ste_address(), STE_S2ENDI, big);
    free_page = 0x10000000;
    bool wide = granule == 16u || ds;
    uint64_t mask = smmuv3_low_bits(64u - tsz);
    uint64_t input = (UINT64_C(0x000a5f5a5a5a5a57) & mask) | UINT64_C(0x678);
    if (half)
        input |= ~mask;
    uint64_t output = UINT64_C(0x000b123456789000) & smmuv3_low_bits(wide ? 52 : 48);
    if (stage == 1u)
        map1(input, output, leaf, S1_AF | (UINT64_C(1) << 6));
    else
        map2(input, output, leaf, S1_AF | RW_S2 | WB_S2);
    b.query.address = input;
    enum smmuv3_condition condition = bench_run(&b);
    const struct smmuv3_walk *walk = stage == 1u ? &b.first : &b.second;
    if ((condition == SMMUV3_OK) != leaf_legal(granule, leaf, ds))
        fail_msg("stage %u granule %u TSZ %u DS %d leaf %d: %s", stage, granule, tsz, ds, leaf,
                 smmuv3_condition_facts(condition)->name);
    if (condition != SMMUV3_OK) {
        assert_int_equal(condition, stage == 1u ? SMMUV3_S1_BLOCK : SMMUV3_S2_BLOCK);
        return;
    }
    unsigned lg2 = smmuv3_level_shift(granule, leaf);
    assert_int_equal(walk->page_lg2, lg2);
    uint64_t expected = (output & ~smmuv3_low_bits(lg2)) | (input & smmuv3_low_bits(lg2));
    if (b.output != expected)
        fail_msg("stage %u granule %u TSZ %u DS %d leaf %d: %llx, not %llx", stage, granule, tsz, ds, leaf,
                 (unsigned long long)b.output, (unsigned long long)expected);
    /* One read per level: structures first. */
    assert_int_equal(b.read_count, (stage == 1u ? 2 : 1) + leaf - walk->start_level + 1);
    assert_int_equal(b.result.page, b.output & ~smmuv3_low_bits(lg2));
    assert_int_equal(b.result.page_lg2, lg2);
    bool again;
    struct smmuv3_access access = smmuv3_access_of_query(&b.effective);
    assert_int_equal(smmuv3_result_check(&b.regime, &b.result, &access, input, &again), SMMUV3_OK);
    assert_false(again);
}

static void every_stage1_walk(void **state)
{
    (void)state;
    for (unsigned granule = 12; granule <= 16u; granule += 2u)
        for (unsigned ds = 0; ds < 2u; ds++)
            for (unsigned tsz = ds || granule == 16u ? 12u : 16u; tsz <= (granule == 16u ? 47u : 48u); tsz++)
                for (int leaf = smmuv3_stage1_start(granule, 64u - tsz); leaf <= 3; leaf++)
                    for (unsigned variant = 0; variant < 4u; variant++)
                        if (leaf >= 0)
                            one_walk(1, granule, tsz, 0, ds && granule != 16u, leaf, variant & 1u, variant >> 1);
}

static void every_stage2_walk(void **state)
{
    (void)state;
    bench_init(&b, "max", "");
    for (unsigned granule = 12; granule <= 16u; granule += 2u) {
        for (unsigned sl = 0; sl < 5u; sl++) {
            for (unsigned t0sz = 12; t0sz <= (granule == 16u ? 47u : 48u); t0sz++) {
                for (unsigned ds = 0; ds < 2u; ds++) {
                    struct smmuv3_params p;
                    smmuv3_preset("max", &p);
                    struct smmuv3_ste ste = {.s2tg = (uint8_t)tg_code(granule, 0),
                                             .s2sl0 = (uint8_t)sl,
                                             .s2t0sz = (uint8_t)t0sz,
                                             .s2ds = ds && granule != 16u};
                    int level;
                    bool legal = smmuv3_stage2_start(&p, &ste, &level);
                    if (!legal || (sl == 4u && !ds) || (t0sz < 16u && !ds && granule != 16u))
                        continue;
                    for (int leaf = level < 0 ? 0 : level; leaf <= 3; leaf++)
                        one_walk(2, granule, t0sz, sl, ds, leaf, t0sz & 1u, 0);
                }
            }
        }
    }
}

/* ---- 3.4.1: ranges ---- */

static void input_ranges(void **state)
{
    (void)state;
    for (unsigned tsz = 16; tsz <= 48u; tsz += 4u) {
        for (unsigned variant = 0; variant < 8u; variant++) {
            bool el2 = variant & 1u, tbi = variant & 2u, e2h = variant & 4u;
            start("", 5);
            put_cd(12, tsz, false);
            bench_set(&b, ste_address(), STE_STRW, el2 ? 2 : 0);
            b.e2h = e2h;
            bool two = !el2 || e2h;
            bench_set(&b, CD_AT, CD_TBI(0), tbi);
            bench_set(&b, CD_AT, CD_TBI(1), tbi);
            for (unsigned bit = 0; bit < 64u; bit++) {
                for (unsigned flip = 0; flip < 2u; flip++) {
                    uint64_t address = (flip ? UINT64_MAX : 0) ^ UINT64_C(1) << bit;
                    b.query.address = address;
                    bench_run(&b);
                    /* Sign-extend from bit 55, or take bits above as they are. */
                    uint64_t effective = address;
                    if (tbi)
                        effective = two && (address >> 55 & 1u) ? address | UINT64_C(0xff) << 56 : address & smmuv3_low_bits(56);
                    bool high = two && (effective >> 55 & 1u);
                    uint64_t above = effective >> (64u - tsz);
                    bool inside = high ? above == smmuv3_low_bits(tsz) : above == 0;
                    assert_int_equal(b.condition, inside ? SMMUV3_S1_INVALID : SMMUV3_S1_RANGE);
                    assert_int_equal(b.event.input, address);
                    if (inside)
                        assert_int_equal(b.reads[2] & ~UINT64_C(0xfff), S1_BASE + (high ? 0x1000000 : 0));
                    assert_int_equal(b.read_count, inside ? 3 : 2);
                }
            }
        }
    }
    start("", 6);
    b.query.address = UINT64_C(1) << 40;
    assert_int_equal(bench_run(&b), SMMUV3_S2_RANGE);
    b.query.address--;
    assert_int_equal(bench_run(&b), SMMUV3_S2_INVALID);
}

static void disabled_and_hidden_tables(void **state)
{
    (void)state;
    start("", 5);
    bench_set(&b, CD_AT, CD_EPD(0), 1);
    assert_int_equal(bench_run(&b), SMMUV3_S1_EPD);
    assert_int_equal(b.read_count, 2);
    bench_set(&b, CD_AT, CD_EPD(0), 0);
    bench_set(&b, CD_AT, CD_E0PD(0), 1);
    assert_int_equal(bench_run(&b), SMMUV3_S1_E0PD);
    assert_int_equal(b.event.type, SMMUV3_F_TRANSLATION);
    b.query.privileged = true;
    assert_int_equal(bench_run(&b), SMMUV3_S1_INVALID);
    b.query.privileged = false;
    b.query.address = UINT64_MAX;
    assert_int_equal(bench_run(&b), SMMUV3_S1_INVALID);
    /* RES0 without IDR3.E0PD. */
    bench_init(&b, "nested", "");
    put_ste(5, 12, 24, 1, false);
    put_cd(12, 25, false);
    bench_set(&b, CD_AT, CD_E0PD(0), 1);
    assert_int_equal(bench_run(&b), SMMUV3_S1_INVALID);
}

static void address_sizes(void **state)
{
    (void)state;
    for (unsigned stage = 1; stage <= 2u; stage++) {
        for (unsigned ps = 0; ps <= 7u; ps++) {
            for (unsigned bit = 30; bit < 52u; bit++) {
                start("oas=5", stage == 1u ? 5 : 6);
                bench_set(&b, CD_AT, CD_IPS, ps);
                bench_set(&b, ste_address(), STE_S2PS, ps);
                unsigned bits = ps >= 5u ? 48u : smmuv3_size_bits(ps);
                bool wide = bit >= bits && bit < 48u;
                if (stage == 1u)
                    map1(0x1000, UINT64_C(1) << bit, 3, S1_AF | 64u);
                else
                    map2(0x1000, UINT64_C(1) << bit, 3, S1_AF | RW_S2);
                b.query.address = 0x1000;
                bench_run(&b);
                enum smmuv3_condition leaf = stage == 1u ? SMMUV3_S1_LEAF_SIZE : SMMUV3_S2_LEAF_SIZE;
                assert_int_equal(b.condition, wide ? leaf : SMMUV3_OK);
                /* The same in the table descriptor of level 1. */
                uint64_t table = b.reads[stage == 1u ? 2 : 1];
                bench_write(&b, table, UINT64_C(1) << bit | 3u);
                bench_run(&b);
                leaf = stage == 1u ? SMMUV3_S1_TABLE_SIZE : SMMUV3_S2_TABLE_SIZE;
                assert_int_equal(b.condition, wide ? leaf : stage == 1u ? SMMUV3_S1_INVALID : SMMUV3_S2_INVALID);
                assert_int_equal(b.event.s2, stage == 2u);
            }
        }
    }
    start("oas=2", 4);
    b.query.address = UINT64_C(1) << 40;
    assert_int_equal(bench_run(&b), SMMUV3_S1_BYPASS_SIZE);
    assert_true(b.terms.record && b.terms.abort && !b.terms.stall);
    assert_int_equal(b.event.type, SMMUV3_F_ADDR_SIZE);
    assert_false(b.event.s2);
    b.query.address--;
    assert_int_equal(bench_run(&b), SMMUV3_OK);
    assert_int_equal(b.output, b.query.address);
}

/* ---- D8.4.1.2: Tables D8-64, D8-65 and D8-66 ---- */

enum { PR = 1, PW = 2, PX = 4, UR = 8, UW = 16, UX = 32 };

/* Table D8-65, [UXN][PXN][AP][WXN] */
static const unsigned table_d8_65[2][2][4][2] = {
    {{{PR | PW | PX | UX, PR | PW | UX},
      {PR | PW | UR | UW | UX, PR | PW | UR | UW},
      {PR | PX | UX, PR | PX | UX},
      {PR | PX | UR | UX, PR | PX | UR | UX}},
     {{PR | PW | UX, PR | PW | UX},
      {PR | PW | UR | UW | UX, PR | PW | UR | UW},
      {PR | UX, PR | UX},
      {PR | UR | UX, PR | UR | UX}}},
    {{{PR | PW | PX, PR | PW}, {PR | PW | UR | UW, PR | PW | UR | UW}, {PR | PX, PR | PX}, {PR | PX | UR, PR | PX | UR}},
     {{PR | PW, PR | PW}, {PR | PW | UR | UW, PR | PW | UR | UW}, {PR, PR}, {PR | UR, PR | UR}}},
};

static bool allowed(unsigned rights, bool privileged, bool write, bool read, bool execute)
{
    unsigned shift = privileged ? 0u : 3u;
    if (execute)
        return rights >> shift & PX;
    return (!write || (rights >> shift & PW)) && (!read || (rights >> shift & PR));
}

static void check_accesses(unsigned rights, unsigned stage)
{
    for (unsigned access = 0; access < 8u; access++) {
        unsigned kind = access & 3u; /* read, write, atomic, instruction */
        b.query.privileged = access & 4u;
        b.query.write = kind == 1u || kind == 2u;
        b.query.read = kind != 1u;
        b.query.instruction = kind == 3u;
        bench_run(&b);
        bool ok = allowed(rights, b.query.privileged, b.query.write, b.query.read, b.query.instruction);
        if ((b.condition == SMMUV3_OK) != ok)
            fail_msg("rights %x access %u: %s", rights, access, smmuv3_condition_facts(b.condition)->name);
        if (ok)
            continue;
        assert_int_equal(b.event.type, SMMUV3_F_PERMISSION);
        assert_int_equal(b.event.s2, stage == 2u);
        assert_int_equal(b.event.class, SMMUV3_CLASS_IN);
        assert_int_equal(b.event.pnu, b.query.privileged);
        assert_int_equal(b.event.ind, kind == 3u);
        /* 13.1.1: an atomic that may write but not read is recorded as a read. */
        bool lacks_read = kind == 2u && allowed(rights, b.query.privileged, true, false, false);
        assert_int_equal(b.event.rnw, kind == 0 || kind == 3u || lacks_read);
    }
}

static void stage1_permissions(void **state)
{
    (void)state;
    for (unsigned v = 0; v < 1024u; v++) {
        unsigned uxn = v & 1u, pxn = v >> 1 & 1u, ap = v >> 2 & 3u, wxn = v >> 4 & 1u;
        unsigned aptable = v >> 5 & 3u, uxnt = v >> 7 & 1u, pxnt = v >> 8 & 1u, had = v >> 9 & 1u;
        start("", 5);
        bench_set(&b, CD_AT, CD_WXN, wxn);
        bench_set(&b, CD_AT, CD_HAD(0), had);
        map1(0x1000, 0x5000, 3, S1_AF | ap << 6 | (uint64_t)pxn << 53 | (uint64_t)uxn << 54);
        b.query.address = 0x1000;
        bench_run(&b);
        uint64_t table = b.reads[2];
        bench_write(&b, table, bench_read(&b, table) | (uint64_t)aptable << 61 | (uint64_t)uxnt << 60 | (uint64_t)pxnt << 59);
        /* APTable[0] hides from users, APTable[1] forbids writes. */
        unsigned eff_ap = ap;
        if (!had && (aptable & 1u))
            eff_ap &= 2u;
        if (!had && (aptable & 2u))
            eff_ap |= 2u;
        unsigned rights = table_d8_65[uxn | (!had && uxnt)][pxn | (!had && pxnt)][eff_ap][wxn];
        check_accesses(rights, 1);
    }
}

static void el2_permissions(void **state)
{
    (void)state;
    for (unsigned v = 0; v < 64u; v++) {
        unsigned xn = v & 1u, ap = v >> 1 & 3u, wxn = v >> 3 & 1u, aptable = v >> 4 & 3u;
        start("", 5);
        bench_set(&b, ste_address(), STE_STRW, 2);
        bench_set(&b, CD_AT, CD_WXN, wxn);
        map1(0x1000, 0x5000, 3, S1_AF | ap << 6 | (uint64_t)xn << 54 | UINT64_C(1) << 53);
        b.query.address = 0x1000;
        bench_run(&b);
        bench_write(&b, b.reads[2], bench_read(&b, b.reads[2]) | (uint64_t)aptable << 61 | UINT64_C(1) << 59);
        bool write = !(ap & 2u) && !(aptable & 2u), execute = !xn && !(wxn && write);
        check_accesses(UR | PR | (write ? PW | UW : 0u) | (execute ? PX | UX : 0u), 1);
    }
}

static void privileged_access_never(void **state)
{
    (void)state;
    for (unsigned v = 0; v < 64u; v++) {
        unsigned ap = v & 3u, uxn = v >> 2 & 1u, pan = v >> 3 & 1u, epan = v >> 4 & 1u, has = v >> 5;
        start(has ? "" : "minor=3 epan=0 mteperm=0 s1pi=0 ds=0 httu=2", 5);
        bench_set(&b, CD_AT, CD_PAN, pan);
        bench_set(&b, CD_AT, CD_EPAN, epan);
        map1(0x1000, 0x5000, 3, S1_AF | ap << 6 | (uint64_t)uxn << 54);
        b.query.address = 0x1000;
        unsigned rights = table_d8_65[uxn][0][ap][0];
        bool user = (ap & 1u) || (epan && has && !uxn);
        if (pan && user)
            rights &= ~(unsigned)(PR | PW);
        check_accesses(rights, 1);
    }
}

static void indirect_permissions(void **state)
{
    (void)state;
    static const unsigned meaning[8] = {0, PR, PX, PR | PX, 0, PR | PW, 0, PR | PW | PX};
    for (unsigned index = 0; index < 16u; index++) {
        for (unsigned v = 0; v < 64u; v++) {
            unsigned privileged = v & 7u, user = v >> 3;
            if (privileged == 4u || privileged == 6u || user == 4u || user == 6u || ((privileged & 2u) && (user & 4u)))
                continue;
            start("", 5);
            bench_set(&b, ste_address(), STE_S1PIE, 1);
            bench_set(&b, CD_AT, CD_PIE, 1);
            bench_set(&b, CD_AT, CD_PIIP, (uint64_t)privileged << (3u * index));
            bench_set(&b, CD_AT, CD_PIIU, (uint64_t)user << (3u * index));
            map1(0x1000, 0x5000, 3,
                 S1_AF | (index & 1u) << 6 | (uint64_t)(index >> 1 & 1u) << 51 | (uint64_t)(index >> 2 & 1u) << 53 |
                     (uint64_t)(index >> 3) << 54);
            b.query.address = 0x1000;
            check_accesses(meaning[privileged] | meaning[user] << 3, 1);
        }
    }
}

static void stage2_permissions(void **state)
{
    (void)state;
    static const unsigned execute[2][4] = {{PX | UX, PX | UX, 0, 0}, {PX | UX, UX, 0, PX}}; /* [XNX][XN]: bits 54:53 */
    for (unsigned v = 0; v < 32u; v++) {
        unsigned s2ap = v & 3u, xn = v >> 2 & 3u, xnx = v >> 4;
        start(xnx ? "" : "minor=0 xnx=0", 6);
        map2(0x1000, 0x5000, 3, S1_AF | s2ap << 6 | (uint64_t)xn << 53 | WB_S2);
        b.query.address = 0x1000;
        check_accesses((s2ap & 1u ? PR | UR : 0u) | (s2ap & 2u ? PW | UW : 0u) | execute[xnx][xn], 2);
        assert_int_equal(b.event.type == SMMUV3_F_PERMISSION ? b.event.ipa : 0x1000, 0x1000);
    }
}

/* 3.3.4: PRIVCFG and INSTCFG; a write is Data. */
static void overrides_of_permissions(void **state)
{
    (void)state;
    for (unsigned v = 0; v < 512u; v++) {
        unsigned privcfg = v & 3u, instcfg = v >> 2 & 3u, ovr = v >> 4 & 1u, in_priv = v >> 5 & 1u, in_inst = v >> 6 & 1u;
        unsigned kind = v >> 7; /* read, write, atomic */
        start(ovr ? "" : "attr_perms_ovr=0", 5);
        bench_set(&b, ste_address(), STE_PRIVCFG, privcfg);
        bench_set(&b, ste_address(), STE_INSTCFG, instcfg);
        b.query.privileged = in_priv;
        b.query.instruction = in_inst;
        b.query.read = kind != 1u;
        b.query.write = kind == 1u || kind == 2u;
        bench_run(&b);
        bool privileged = ovr && privcfg >= 2u ? privcfg & 1u : in_priv;
        bool instruction = !b.query.write && (ovr && instcfg >= 2u ? instcfg & 1u : in_inst);
        assert_int_equal(b.effective.privileged, privileged);
        assert_int_equal(b.effective.instruction, instruction);
        assert_int_equal(b.event.pnu, privileged);
        assert_int_equal(b.event.ind, instruction);
    }
}

/* ---- 3.13: Access flags and dirty state ---- */

static void hardware_updates(void **state)
{
    (void)state;
    for (unsigned v = 0; v < 512u; v++) {
        unsigned stage = v & 1u ? 2u : 1u;
        bool ha = v & 2u, hd = v & 4u, af = v & 8u, dbm = v & 16u, writable = v & 32u, write = v & 64u, affd = v & 128u;
        bool atomic = v & 256u;
        start("", stage == 1u ? 5 : 6);
        bench_set(&b, CD_AT, CD_HA, ha);
        bench_set(&b, CD_AT, CD_HD, hd);
        bench_set(&b, CD_AT, CD_AFFD, affd);
        bench_set(&b, ste_address(), STE_S2HA, ha);
        bench_set(&b, ste_address(), STE_S2HD, hd);
        bench_set(&b, ste_address(), STE_S2AFFD, affd);
        uint64_t flags = (af ? S1_AF : 0) | (dbm ? UINT64_C(1) << 51 : 0);
        uint64_t at = stage == 1u ? map1(0x1000, 0x5000, 3, flags | 64u | (writable ? 0u : 128u))
                                  : map2(0x1000, 0x5000, 3, flags | 64u | (writable ? 128u : 0u) | WB_S2);
        uint64_t before = bench_read(&b, at);
        b.query.address = 0x1000;
        b.query.write = write;
        b.query.read = !write || atomic;
        bench_run(&b);
        uint64_t after = bench_read(&b, at);
        bool fault_af = !af && !ha && !affd;
        bool may = writable || (dbm && ha && hd);
        enum smmuv3_event_type expected = fault_af ? SMMUV3_F_ACCESS : write && !may ? SMMUV3_F_PERMISSION : SMMUV3_NO_EVENT;
        assert_int_equal(smmuv3_condition_facts(b.condition)->event, expected);
        uint64_t want = before;
        if (expected == SMMUV3_NO_EVENT) {
            if (ha)
                want |= S1_AF;
            if (write && !writable)
                want ^= 128u;
        }
        assert_int_equal(after, want);
        assert_int_equal(b.updates, after != before);
        if (expected == SMMUV3_NO_EVENT) {
            /* A later write may use what was learnt only if the page is dirty in memory. */
            bool again;
            struct smmuv3_access access = {.write = true, .class = SMMUV3_CLASS_IN};
            enum smmuv3_condition hit = smmuv3_result_check(&b.regime, &b.result, &access, 0x1000, &again);
            assert_int_equal(hit == SMMUV3_OK && !again, writable || write);
            assert_int_equal(again, may && !writable && !write);
        }
    }
}

/* 3.13.3.1, D8.5.2.2: what is writable-clean counts as writable for WXN and for PXN. */
static void clean_is_writable(void **state)
{
    (void)state;
    for (unsigned v = 0; v < 64u; v++) {
        unsigned uxn = v & 1u, pxn = v >> 1 & 1u, ap1 = v >> 2 & 1u, wxn = v >> 3 & 1u, no_write = v >> 4 & 1u, pan = v >> 5;
        start("", 5);
        bench_set(&b, CD_AT, CD_HA, 1);
        bench_set(&b, CD_AT, CD_HD, 1);
        bench_set(&b, CD_AT, CD_WXN, wxn);
        bench_set(&b, CD_AT, CD_PAN, pan);
        uint64_t leaf =
            map1(0x1000, 0x5000, 3, S1_AF | ap1 << 6 | 128u | UINT64_C(1) << 51 | (uint64_t)pxn << 53 | (uint64_t)uxn << 54);
        uint64_t descriptor = bench_read(&b, leaf);
        b.query.address = 0x1000;
        bench_run(&b);
        bench_write(&b, b.reads[2], bench_read(&b, b.reads[2]) | (uint64_t)no_write << 62);
        unsigned rights = table_d8_65[uxn][pxn][ap1 | (no_write ? 2u : 0u)][wxn];
        if (pan && ap1)
            rights &= ~(unsigned)(PR | PW);
        for (unsigned access = 0; access < 8u; access++) {
            b.query.privileged = access & 4u;
            unsigned kind = access & 3u;
            b.query.write = kind == 1u || kind == 2u;
            b.query.read = kind != 1u;
            b.query.instruction = kind == 3u;
            bench_write(&b, leaf, descriptor);
            bench_run(&b);
            bool ok = allowed(rights, b.query.privileged, b.query.write, b.query.read, b.query.instruction);
            assert_int_equal(b.condition == SMMUV3_OK, ok);
            /* Nothing is made dirty by an access that is refused, or that does not write. */
            assert_int_equal(bench_read(&b, leaf), ok && b.query.write ? descriptor & ~UINT64_C(128) : descriptor);
        }
    }
}

static void table_access_flags(void **state)
{
    (void)state;
    for (unsigned haft = 0; haft < 2u; haft++) {
        start("", 5);
        bench_set(&b, CD_AT, CD_HA, 1);
        bench_set(&b, CD_AT, CD_HAFT, haft);
        map1(0x1000, 0x5000, 3, 64u);
        b.query.address = 0x1000;
        assert_int_equal(bench_run(&b), SMMUV3_OK);
        for (unsigned i = 2; i < 5u; i++)
            assert_int_equal(bench_read(&b, b.reads[i]) >> 10 & 1u, haft || i == 4u);
        assert_int_equal(b.updates, haft ? 3 : 1);
        bench_run(&b);
        assert_int_equal(b.updates, 0);
    }
}

/* ---- nested ---- */

static void nested_walk(void **state)
{
    (void)state;
    start("", 7);
    identity_stage2(0);
    uint64_t leaf = map1(0x7f00001000, 0x80005000, 3, S1_AF | 64u);
    uint64_t leaf2 = map2(0x80005000, 0x123456000, 3, S1_AF | RW_S2 | WB_S2);
    b.query.address = 0x7f00001678;
    assert_int_equal(bench_run(&b), SMMUV3_OK);
    assert_int_equal(b.output, 0x123456678);
    assert_int_equal(b.result.ipa_page, 0x80005000);
    assert_true(b.result.s1 && b.result.s2);
    /* STE; CD by a block of level 1; three levels of stage 1, each by a block; three levels of stage 2. */
    assert_int_equal(b.read_count, 1 + 2 + 6 + 3);

    /* Stage 1 denies before stage 2 is asked. */
    bench_write(&b, leaf, bench_read(&b, leaf) | 128u);
    bench_write(&b, leaf2, 0);
    b.query.write = true;
    b.query.read = false;
    assert_int_equal(bench_run(&b), SMMUV3_S1_WRITE);
    b.query.read = true;
    b.query.write = false;
    assert_int_equal(bench_run(&b), SMMUV3_S2_INVALID);
    assert_int_equal(b.event.class, SMMUV3_CLASS_IN);
    assert_int_equal(b.event.ipa & ~UINT64_C(0xfff), 0x80005000);

    /* A smaller page of either stage is that of both. */
    start("", 7);
    identity_stage2(0);
    map1(0x200000, 0x40000000, 2, S1_AF | 64u);
    map2(0x40000000, 0x80000000, 3, S1_AF | RW_S2 | WB_S2);
    b.query.address = 0x200010;
    assert_int_equal(bench_run(&b), SMMUV3_OK);
    assert_int_equal(b.result.page_lg2, 12);
    assert_int_equal(b.result.span1_lg2, 21);
}

/* Where stage 2 fails for the CD, for a stage 1 table, for the page: CLASS and IPA; TTRnW for updates. */
static void nested_faults(void **state)
{
    (void)state;
    for (unsigned stage1_ha = 0; stage1_ha < 2u; stage1_ha++) {
        for (unsigned what = 0; what < 3u; what++) {
            for (unsigned how = 0; how < 5u; how++) {
                start("", 7);
                bench_set(&b, CD_AT, CD_HA, stage1_ha);
                bench_set(&b, ste_address(), STE_S2PTW, how == 4u);
                uint64_t page[3] = {CD_AT, S1_BASE, 0x80005000};
                uint64_t leaf[3];
                leaf[0] = map2(CD_AT, CD_AT, 3, S1_AF | RW_S2 | WB_S2);
                leaf[1] = map2(S1_BASE, S1_BASE, 3, S1_AF | RW_S2 | WB_S2);
                leaf[2] = map2(0x80005000, 0x5000, 3, S1_AF | RW_S2 | WB_S2);
                uint64_t tables = free_page;
                map1(0x1000, 0x80005000, 3, stage1_ha ? 64u : S1_AF | 64u);
                for (uint64_t at = tables; at < free_page; at += 0x1000)
                    map2(at, at, 3, S1_AF | RW_S2 | WB_S2);
                b.query.address = 0x1abc;
                assert_int_equal(bench_run(&b), SMMUV3_OK);
                uint64_t good = bench_read(&b, leaf[what]);
                enum smmuv3_condition expected = SMMUV3_OK;
                switch (how) {
                case 0:
                    bench_write(&b, leaf[what], 0);
                    expected = SMMUV3_S2_INVALID;
                    break;
                case 1:
                    bench_write(&b, leaf[what], good & ~S1_AF);
                    expected = SMMUV3_S2_AF;
                    break;
                case 2:
                    bench_write(&b, leaf[what], good & ~UINT64_C(64));
                    expected = SMMUV3_S2_READ;
                    break;
                case 3:
                    b.abort_at = leaf[what];
                    expected = SMMUV3_S2_WALK_EABT;
                    break;
                default:
                    bench_write(&b, leaf[what], good & ~WB_S2);
                    expected = what == 2u ? SMMUV3_OK : SMMUV3_S2_PTW;
                    break;
                }
                assert_int_equal(bench_run(&b), expected);
                if (expected == SMMUV3_OK)
                    continue;
                assert_int_equal(b.event.class, what);
                assert_true(b.event.s2);
                assert_int_equal(b.event.ipa & ~UINT64_C(0xfff), page[what]);
                assert_int_equal(b.event.input, 0x1abc);
                assert_int_equal(b.event.ttrnw, what == 1u);
                if (how == 3u)
                    assert_int_equal(b.event.fetch, leaf[what]);
            }
        }
    }
    /* 3.13.5: the update of a stage 1 descriptor needs write permission of stage 2; a clean page becomes dirty by it. */
    for (unsigned clean = 0; clean < 2u; clean++) {
        start("", 7);
        bench_set(&b, CD_AT, CD_HA, 1);
        bench_set(&b, ste_address(), STE_S2HA, clean);
        bench_set(&b, ste_address(), STE_S2HD, clean);
        uint64_t cd = map2(CD_AT, CD_AT, 3, S1_AF | 64u | UINT64_C(1) << 51 | WB_S2);
        map2(0x80005000, 0x5000, 3, S1_AF | RW_S2 | WB_S2);
        uint64_t leaf1 = map1(0x1000, 0x80005000, 3, 64u), leaf2 = 0;
        map2(S1_BASE, S1_BASE, 3, S1_AF | RW_S2 | WB_S2);
        for (uint64_t at = 0x10000000; at < 0x10010000; at += 0x1000) {
            uint64_t entry = map2(at, at, 3, S1_AF | 64u | UINT64_C(1) << 51 | WB_S2);
            if (at == (leaf1 & ~UINT64_C(0xfff)))
                leaf2 = entry;
        }
        b.query.address = 0x1000;
        bench_run(&b);
        if (clean) {
            assert_int_equal(b.condition, SMMUV3_OK);
            assert_int_equal(bench_read(&b, leaf1) & S1_AF, S1_AF);
            assert_int_equal(bench_read(&b, leaf2) & 128u, 128u);
            assert_int_equal(bench_read(&b, cd) & 128u, 0);
        } else {
            assert_int_equal(b.condition, SMMUV3_S2_WRITE);
            assert_int_equal(b.event.class, SMMUV3_CLASS_TT);
            assert_false(b.event.ttrnw);
            assert_true(b.event.rnw);
            assert_int_equal(b.event.ipa, leaf1);
            assert_int_equal(bench_read(&b, leaf1) & S1_AF, 0);
        }
    }
}

static void order_within_a_stage(void **state)
{
    (void)state;
    start("", 5);
    bench_set(&b, CD_AT, CD_IPS, 1);
    uint64_t leaf = map1(0x1000, UINT64_C(1) << 40, 3, 128u); /* too wide, AF 0, not for users */
    b.query.address = 0x1000;
    b.abort_at = leaf;
    assert_int_equal(bench_run(&b), SMMUV3_S1_WALK_EABT);
    assert_int_equal(b.event.class, SMMUV3_CLASS_TT);
    assert_int_equal(b.event.fetch, leaf);
    assert_false(b.event.s2);
    b.abort_at = 0;
    uint64_t good = bench_read(&b, leaf);
    bench_write(&b, leaf, good & ~UINT64_C(1));
    assert_int_equal(bench_run(&b), SMMUV3_S1_INVALID);
    bench_write(&b, leaf, good & ~UINT64_C(2));
    assert_int_equal(bench_run(&b), SMMUV3_S1_BLOCK);
    bench_write(&b, leaf, good);
    assert_int_equal(bench_run(&b), SMMUV3_S1_LEAF_SIZE);
    bench_write(&b, leaf, (good & ~(UINT64_C(1) << 40)) | 0x5000);
    assert_int_equal(bench_run(&b), SMMUV3_S1_AF);
    bench_write(&b, leaf, bench_read(&b, leaf) | S1_AF);
    assert_int_equal(bench_run(&b), SMMUV3_S1_READ);
    b.query.privileged = true;
    assert_int_equal(bench_run(&b), SMMUV3_OK);
}

/* ---- 5.5 ---- */

static void fault_terms(void **state)
{
    (void)state;
    for (unsigned v = 0; v < 32u; v++) {
        struct smmuv3_regime regime = {.a = v & 1u, .r = v & 2u, .s = v & 4u, .s2r = v & 8u, .s2s = v & 16u};
        bench_init(&b, "max", "");
        for (unsigned c = 1; c < SMMUV3_CONDITION_COUNT; c++) {
            const struct smmuv3_condition_facts *facts = smmuv3_condition_facts((enum smmuv3_condition)c);
            struct smmuv3_terms terms = smmuv3_fault_terms(&b.params, &regime, (enum smmuv3_condition)c);
            bool four = facts->event >= SMMUV3_F_TRANSLATION && facts->event <= SMMUV3_F_PERMISSION && c != SMMUV3_S1_BYPASS_SIZE;
            assert_int_equal(terms.stall, four && (facts->stage2 ? regime.s2s : regime.s));
            assert_int_equal(terms.record,
                             four ? terms.stall || (facts->stage2 ? regime.s2r : regime.r) : c != SMMUV3_CONFIG_ABORT);
            assert_int_equal(terms.abort, !four || facts->stage2 || regime.a);
        }
    }
}

/* ---- 7.3 ---- */

static void event_records(void **state)
{
    (void)state;
    bench_init(&b, "max", "");
    struct smmuv3_event e = {
        .stream_id = 0x89abcdef,
        .substream_id = 0x54321,
        .ssv = true,
        .stall = true,
        .stag = 0xfedc,
        .reason = 0x1234,
        .rnw = true,
        .ind = true,
        .pnu = true,
        .s2 = true,
        .ttrnw = true,
        .class = SMMUV3_CLASS_IN,
        .input = UINT64_C(0xfedcba9876543210),
        .ipa = UINT64_C(0xfffabcdef1234567),
        .fetch = UINT64_C(0xfff123456789abcd),
    };
    const uint64_t head = UINT64_C(0x89abcdef54321800), access = UINT64_C(0xe00000000), stage = UINT64_C(0x28000000000);
    const uint64_t stall = UINT64_C(0x8000fedc), ipa = UINT64_C(0xabcdef1234000), fetch = UINT64_C(0x123456789abc8);
    const struct {
        enum smmuv3_event_type type;
        uint64_t record[4];
    } cases[] = {
        {SMMUV3_C_BAD_STREAMID, {head | 2u, 0, 0, 0}},
        {SMMUV3_F_STE_FETCH, {head | 3u, 0x1234, 0, fetch}},
        {SMMUV3_C_BAD_STE, {head | 4u, 0, 0, 0}},
        {SMMUV3_F_STREAM_DISABLED, {head | 6u, 0, 0, 0}},
        {SMMUV3_C_BAD_SUBSTREAMID, {(head & ~UINT64_C(0x800)) | 8u, 0, 0, 0}},
        {SMMUV3_F_CD_FETCH, {head | 9u, 0x1234, 0, fetch}},
        {SMMUV3_C_BAD_CD, {head | 10u, 0, 0, 0}},
        {SMMUV3_F_WALK_EABT, {head | 11u, 0x1234 | access | stage, e.input, fetch}},
        {SMMUV3_F_TRANSLATION, {head | 16u, stall | access | stage, e.input, ipa}},
        {SMMUV3_F_ADDR_SIZE, {head | 17u, stall | access | stage, e.input, ipa}},
        {SMMUV3_F_ACCESS, {head | 18u, stall | access | stage, e.input, ipa}},
        {SMMUV3_F_PERMISSION, {head | 19u, stall | access | stage | UINT64_C(1) << 44, e.input, ipa}},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t record[4];
        e.type = cases[i].type;
        smmuv3_event_encode(&b.params, &e, record);
        for (unsigned w = 0; w < 4u; w++)
            if (record[w] != cases[i].record[w])
                fail_msg("event %x word %u: %llx, not %llx", (unsigned)e.type, w, (unsigned long long)record[w],
                         (unsigned long long)cases[i].record[w]);
    }
    struct smmuv3_event other = e;
    assert_false(smmuv3_event_mergeable(&e, &other)); /* they stall */
    e.stall = other.stall = false;
    other.input ^= 0xfff;
    assert_true(smmuv3_event_mergeable(&e, &other));
    other.input ^= 0x1000;
    assert_false(smmuv3_event_mergeable(&e, &other));
}

/* ---- chapter 13 ---- */

static bool same_domain(const struct smmuv3_domain *x, const struct smmuv3_domain *y)
{
    return x->cacheability == y->cacheability && x->read_allocate == y->read_allocate &&
           x->write_allocate == y->write_allocate && x->transient == y->transient;
}

static bool same(const struct smmuv3_attributes *x, const struct smmuv3_attributes *y)
{
    return x->device == y->device && x->shareability == y->shareability &&
           (x->device ? x->device_type == y->device_type
                      : same_domain(&x->inner, &y->inner) && same_domain(&x->outer, &y->outer));
}

static bool is_consistent(const struct smmuv3_attributes *a)
{
    bool uncached = a->inner.cacheability == SMMUV3_NON_CACHEABLE && a->outer.cacheability == SMMUV3_NON_CACHEABLE;
    const struct smmuv3_domain *domains[] = {&a->inner, &a->outer};
    for (unsigned i = 0; i < 2u; i++) {
        const struct smmuv3_domain *d = domains[i];
        if (d->cacheability == SMMUV3_NON_CACHEABLE && (d->read_allocate || d->write_allocate))
            return false;
        if (d->transient && !d->read_allocate && !d->write_allocate)
            return false;
    }
    return a->shareability != SMMUV3_SH_RESERVED && ((!a->device && !uncached) || a->shareability == SMMUV3_OSH);
}

static void stage1_attributes(void **state)
{
    (void)state;
    for (unsigned attr = 0; attr < 256u; attr++) {
        for (unsigned sh = 0; sh < 4u; sh++) {
            start("", 5);
            bench_set(&b, CD_AT, CD_MAIR, (uint64_t)attr << 40);
            map1(0x1000, 0x5000, 3, S1_AF | 64u | 5u << 2 | sh << 8);
            b.query.address = 0x1000;
            assert_int_equal(bench_run(&b), SMMUV3_OK);
            const struct smmuv3_attributes *a = &b.attributes;
            assert_true(is_consistent(a));
            assert_int_equal(a->device, attr < 16u);
            if (attr < 16u) {
                assert_int_equal(a->device_type, attr >> 2);
                continue;
            }
            unsigned outer = attr >> 4, inner = attr & 15u;
            assert_int_equal(a->outer.cacheability, outer == 4u              ? SMMUV3_NON_CACHEABLE
                                                    : (outer >> 2 & 1u) == 0 ? SMMUV3_WRITE_THROUGH
                                                                             : SMMUV3_WRITE_BACK);
            /* The input allocates and is not transient, so hints are those of MAIR. */
            if (outer != 4u) {
                assert_int_equal(a->outer.read_allocate, outer >> 1 & 1u);
                assert_int_equal(a->outer.write_allocate, outer & 1u);
                assert_int_equal(a->outer.transient, outer < 8u && (outer & 3u));
            }
            if (inner == 0) { /* Reserved */
                assert_int_equal(a->inner.cacheability, SMMUV3_WRITE_THROUGH);
                assert_true(a->inner.transient && a->inner.read_allocate && a->inner.write_allocate);
            }
            if (attr != 0x44)
                assert_int_equal(a->shareability, sh == 1u ? 0 : sh);
        }
    }
}

/* Table D8-101, and 13.1.5 without FWB: stage 1 write-back, write-through, non-cacheable, Device-GRE by each MemAttr. */
static void stage2_attributes(void **state)
{
    (void)state;
    static const unsigned mair[4] = {0xff, 0xbb, 0x44, 0x0c};
    enum { WB, WT, NC, DEV };
    for (unsigned fwb = 0; fwb < 2u; fwb++) {
        for (unsigned first = 0; first < 4u; first++) {
            for (unsigned memattr = 0; memattr < 16u; memattr++) {
                for (unsigned sh = 0; sh < 4u; sh++) {
                    start("", 7);
                    bench_set(&b, ste_address(), STE_S2FWB, fwb);
                    identity_stage2(0);
                    bench_set(&b, CD_AT, CD_MAIR, mair[first]);
                    map1(0x1000, 0x80005000, 3, S1_AF | 64u | 3u << 8);
                    map2(0x80005000, 0x5000, 3, S1_AF | RW_S2 | memattr << 2 | sh << 8);
                    b.query.address = 0x1000;
                    assert_int_equal(bench_run(&b), SMMUV3_OK);
                    const struct smmuv3_attributes *a = &b.attributes;
                    assert_true(is_consistent(a));
                    int outer, inner;
                    if (fwb) {
                        unsigned low = memattr & 3u;
                        if (!(memattr & 4u))
                            outer = inner = DEV;
                        else if (low == 0) /* Reserved: Device */
                            outer = inner = DEV;
                        else if (low == 1u)
                            outer = inner = first == DEV ? DEV : NC;
                        else if (low == 2u)
                            outer = inner = WB;
                        else
                            outer = inner = (int)first;
                    } else {
                        static const int code[4] = {DEV, NC, WT, WB};
                        unsigned effective = memattr == 4u ? 15u : memattr; /* MTEPERM */
                        outer = code[effective >> 2];
                        inner = outer == DEV || (effective & 3u) == 0 ? DEV : code[effective & 3u];
                        if (inner == DEV || first == DEV)
                            outer = inner = DEV;
                        outer = outer > (int)first ? outer : (int)first;
                        inner = inner > (int)first ? inner : (int)first;
                    }
                    assert_int_equal(a->device, outer == DEV);
                    if (outer == DEV)
                        continue;
                    static const enum smmuv3_cacheability expected[] = {SMMUV3_WRITE_BACK, SMMUV3_WRITE_THROUGH,
                                                                        SMMUV3_NON_CACHEABLE};
                    assert_int_equal(a->outer.cacheability, expected[outer]);
                    assert_int_equal(a->inner.cacheability, expected[inner]);
                    if (outer != NC && first != DEV)
                        assert_int_equal(a->shareability, sh == 2u ? SMMUV3_OSH : SMMUV3_ISH);
                }
            }
        }
    }
}

static void overrides_of_types(void **state)
{
    (void)state;
    for (unsigned v = 0; v < 1u << 12; v++) {
        unsigned memattr = v & 15u, mtcfg = v >> 4 & 1u, alloccfg = v >> 5 & 15u, shcfg = v >> 9 & 3u, ovr = v >> 11;
        start(ovr ? "" : "attr_types_ovr=0", 4);
        bench_set(&b, ste_address(), STE_MEMATTR, memattr);
        bench_set(&b, ste_address(), STE_MTCFG, mtcfg);
        bench_set(&b, ste_address(), STE_ALLOCCFG, alloccfg);
        bench_set(&b, ste_address(), STE_SHCFG, shcfg);
        assert_int_equal(bench_run(&b), SMMUV3_OK);
        struct smmuv3_attributes a = smmuv3_bypass_attributes(&b.effective);
        assert_true(is_consistent(&a));
        if (!ovr) {
            assert_true(same(&a, &b.query.attributes));
            continue;
        }
        /* 5.2 MemAttr: 0b0100, 0b1000, 0b1100 are Device-nGnRnE. */
        bool device = mtcfg && (memattr < 4u || (memattr & 3u) == 0);
        assert_int_equal(a.device, device);
        if (device) {
            assert_int_equal(a.device_type, memattr < 4u ? memattr : 0);
            continue;
        }
        if (mtcfg && memattr == 5u)
            continue;
        assert_int_equal(a.shareability, shcfg == 1u ? SMMUV3_ISH : shcfg);
        const struct smmuv3_domain *d = a.outer.cacheability != SMMUV3_NON_CACHEABLE ? &a.outer : &a.inner;
        bool forced = alloccfg & 8u;
        assert_int_equal(d->read_allocate, forced ? alloccfg >> 2 & 1u : 1);
        assert_int_equal(d->write_allocate, forced ? alloccfg >> 1 & 1u : 1);
        assert_int_equal(d->transient, forced && (alloccfg & 6u) ? alloccfg & 1u : 0);
        /* SMMU_GBPA has the same fields. */
        struct smmuv3_query q = b.query;
        assert_true(smmuv3_gbpa_apply(&b.params, memattr | mtcfg << 4 | alloccfg << 8 | shcfg << 12, &q));
        assert_true(same(&q.attributes, &b.effective.attributes));
        assert_false(smmuv3_gbpa_apply(&b.params, 1u << 20, &q));
    }
}

static void ports(void **state)
{
    (void)state;
    struct smmuv3_attributes a = smmuv3_pcie_attributes();
    bool snoop;
    uint8_t type;
    smmuv3_port_attributes(&a, &snoop, &type);
    assert_true(snoop);
    assert_int_equal(type, 6);
    a = smmuv3_no_snoop(a);
    assert_true(is_consistent(&a));
    smmuv3_port_attributes(&a, &snoop, &type);
    assert_false(snoop);
    a = smmuv3_memattr_decode(3, SMMUV3_ISH);
    struct smmuv3_attributes device = smmuv3_no_snoop(a);
    assert_true(same(&a, &device));
    smmuv3_port_attributes(&a, &snoop, &type);
    assert_false(snoop);
    assert_int_equal(type, 0);
}

static void walk_attributes(void **state)
{
    (void)state;
    start("", 7);
    identity_stage2(0);
    map1(0x1000, 0x5000, 3, S1_AF | 64u);
    b.query.address = 0x1000;
    bench_run(&b);
    struct smmuv3_attributes own = b.regime.tt[0].walk_attributes;
    assert_int_equal(own.inner.cacheability, SMMUV3_WRITE_BACK);
    assert_int_equal(own.shareability, SMMUV3_ISH);
    struct smmuv3_walk second = {.attributes = {.device = true, .device_type = SMMUV3_GRE, .shareability = SMMUV3_OSH}};
    struct smmuv3_attributes through = smmuv3_nested_attributes(&b.regime, own, &second);
    assert_false(through.device); /* PTWNNC */
    assert_int_equal(through.outer.cacheability, SMMUV3_NON_CACHEABLE);
    b.params.ptwnnc = 0;
    through = smmuv3_nested_attributes(&b.regime, own, &second);
    assert_true(through.device);
}

/* ---- span of the Contiguous bit ---- */

static void contiguous(void **state)
{
    (void)state;
    static const struct {
        unsigned granule_lg2;
        int level;
        unsigned span_lg2;
    } rows[] = {{12, 3, 16}, {12, 2, 25}, {12, 1, 34}, {12, 0, 39}, {14, 3, 21},
                {14, 2, 30}, {14, 1, 36}, {16, 3, 21}, {16, 2, 34}, {16, 1, 42}};
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bench_init(&b, "max", "");
        free_page = 0x10000000;
        put_ste(5, 12, 24, 1, false);
        put_cd(rows[i].granule_lg2, 16, rows[i].granule_lg2 != 16u);
        map1(0x1000, 0, rows[i].level, S1_AF | 64u | UINT64_C(1) << 52);
        b.query.address = 0x1000;
        assert_int_equal(bench_run(&b), SMMUV3_OK);
        assert_int_equal(b.first.span_lg2, rows[i].span_lg2);
    }
}

static void every_condition_was_met(void **state)
{
    (void)state;
    for (unsigned c = SMMUV3_S1_BYPASS_SIZE; c < SMMUV3_CONDITION_COUNT; c++)
        if (!bench_noted((enum smmuv3_condition)c))
            fail_msg("%s was never met", smmuv3_condition_facts((enum smmuv3_condition)c)->name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stage1_start_levels),
        cmocka_unit_test(stage2_start_levels),
        cmocka_unit_test(every_stage1_walk),
        cmocka_unit_test(every_stage2_walk),
        cmocka_unit_test(input_ranges),
        cmocka_unit_test(disabled_and_hidden_tables),
        cmocka_unit_test(address_sizes),
        cmocka_unit_test(stage1_permissions),
        cmocka_unit_test(el2_permissions),
        cmocka_unit_test(privileged_access_never),
        cmocka_unit_test(indirect_permissions),
        cmocka_unit_test(stage2_permissions),
        cmocka_unit_test(overrides_of_permissions),
        cmocka_unit_test(hardware_updates),
        cmocka_unit_test(clean_is_writable),
        cmocka_unit_test(table_access_flags),
        cmocka_unit_test(nested_walk),
        cmocka_unit_test(nested_faults),
        cmocka_unit_test(order_within_a_stage),
        cmocka_unit_test(fault_terms),
        cmocka_unit_test(event_records),
        cmocka_unit_test(stage1_attributes),
        cmocka_unit_test(stage2_attributes),
        cmocka_unit_test(overrides_of_types),
        cmocka_unit_test(ports),
        cmocka_unit_test(walk_attributes),
        cmocka_unit_test(contiguous),
        cmocka_unit_test(every_condition_was_met),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
