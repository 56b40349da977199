/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_walks.c - walks of either stage and of both, permissions, hardware updates, attributes, event records: relations over all
 * inputs, and every condition of translation. The tests are in walks_*.c.
 */
#include "walks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct bench b;
uint64_t free_page;

uint64_t ste_address(void)
{
    return BENCH_STRTAB + b.query.stream_id * 64u;
}

/* ---- structures ---- */

unsigned tg_code(unsigned granule_lg2, unsigned half)
{
    if (half)
        return granule_lg2 == 12u ? 2u : granule_lg2 == 14u ? 1u : 3u;
    return granule_lg2 == 12u ? 0 : granule_lg2 == 14u ? 2u : 1u;
}

void put_cd(unsigned granule_lg2, unsigned tsz, bool ds)
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

void put_ste(unsigned config, unsigned granule_lg2, unsigned t0sz, unsigned sl, bool ds)
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

void start(const char *settings, unsigned config)
{
    bench_init(&b, "max", settings);
    put_ste(config, 12, 24, 1, false);
    put_cd(12, 25, false);
    free_page = 0x10000000;
}

void identity_stage2(uint64_t address)
{
    struct smmuv3_ste ste;
    uint64_t words[8];
    for (unsigned i = 0; i < 8u; i++)
        words[i] = bench_read(&b, ste_address() + 8u * i);
    assert_int_equal(smmuv3_ste_decode(&b.params, words, false, &ste), SMMUV3_OK);
    struct smmuv3_regime regime = smmuv3_regime_make(&b.params, &ste, NULL);
    bench_map(&b, &regime.stage2, &free_page, address, address, 1, S1_AF | RW_S2 | WB_S2);
}

struct smmuv3_table_setup stage1_setup(unsigned half)
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

uint64_t map1(uint64_t input, uint64_t output, int leaf, uint64_t bits)
{
    struct smmuv3_table_setup setup = stage1_setup(input >> 55 & 1u);
    return bench_map(&b, &setup, &free_page, input, output, leaf, bits);
}

uint64_t map2(uint64_t input, uint64_t output, int leaf, uint64_t bits)
{
    struct smmuv3_ste ste;
    uint64_t words[8];
    for (unsigned i = 0; i < 8u; i++)
        words[i] = bench_read(&b, ste_address() + 8u * i);
    assert_int_equal(smmuv3_ste_decode(&b.params, words, b.e2h, &ste), SMMUV3_OK);
    struct smmuv3_regime regime = smmuv3_regime_make(&b.params, &ste, NULL);
    return bench_map(&b, &regime.stage2, &free_page, input, output, leaf, bits);
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
