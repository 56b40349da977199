/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walks_permissions.c - D8.4, 7.3.16: permissions of either stage, and what overrides them.
 */
#include "walks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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

void stage1_permissions(void **state)
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

void el2_permissions(void **state)
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

void privileged_access_never(void **state)
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

void indirect_permissions(void **state)
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

void stage2_permissions(void **state)
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
void overrides_of_permissions(void **state)
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

/* 3.13.3.1, D8.5.2.2: what is writable-clean counts as writable for WXN and for PXN. */
void clean_is_writable(void **state)
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
