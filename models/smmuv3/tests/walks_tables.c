/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walks_tables.c - where walks start, every granule, size and leaf, ranges, address sizes, the Contiguous bit.
 */
#include "walks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* ---- D8.2: where walks start ---- */

void stage1_start_levels(void **state)
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

void stage2_start_levels(void **state)
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

void every_stage1_walk(void **state)
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

void every_stage2_walk(void **state)
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

void input_ranges(void **state)
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

void disabled_and_hidden_tables(void **state)
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

void address_sizes(void **state)
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

/* ---- span of the Contiguous bit ---- */

void contiguous(void **state)
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
