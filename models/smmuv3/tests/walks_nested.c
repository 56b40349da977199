/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walks_nested.c - both stages, and the order of what can go wrong.
 */
#include "walks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* ---- nested ---- */

void nested_walk(void **state)
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
void nested_faults(void **state)
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

void order_within_a_stage(void **state)
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
