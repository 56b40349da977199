/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walks_flags.c - 3.13: Access flags and dirty state in hardware.
 */
#include "walks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* ---- 3.13: Access flags and dirty state ---- */

void hardware_updates(void **state)
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

void table_access_flags(void **state)
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
