/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walks_records.c - 5.5 Fault configuration, 7.3 Event records.
 */
#include "walks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* ---- 5.5 ---- */

void fault_terms(void **state)
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

void event_records(void **state)
{
    (void)state;
    bench_init(&b, "max", "");
    struct smmuv3_event e = {
        .stream_id = 0x89abcdef,
        .substream_id = 0x54321,
        .ssv = true,
        .stall = true,
        .stag = 0xfedc,
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
        {SMMUV3_F_STE_FETCH, {head | 3u, 0, 0, fetch}},
        {SMMUV3_C_BAD_STE, {head | 4u, 0, 0, 0}},
        {SMMUV3_F_STREAM_DISABLED, {head | 6u, 0, 0, 0}},
        {SMMUV3_C_BAD_SUBSTREAMID, {(head & ~UINT64_C(0x800)) | 8u, 0, 0, 0}},
        {SMMUV3_F_CD_FETCH, {head | 9u, 0, 0, fetch}},
        {SMMUV3_C_BAD_CD, {head | 10u, 0, 0, 0}},
        {SMMUV3_F_WALK_EABT, {head | 11u, access | stage, e.input, fetch}},
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
