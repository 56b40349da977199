/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walks_attributes.c - chapter 13: attributes of accesses and of walks.
 */
#include "walks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* ---- chapter 13 ---- */

static bool same_domain(const struct smmuv3_domain *x, const struct smmuv3_domain *y)
{
    return x->cacheability == y->cacheability && x->read_allocate == y->read_allocate && x->write_allocate == y->write_allocate &&
           x->transient == y->transient;
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

void stage1_attributes(void **state)
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
void stage2_attributes(void **state)
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

void overrides_of_types(void **state)
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

void ports(void **state)
{
    (void)state;
    struct smmuv3_attributes a = smmuv3_pcie_attributes();
    struct port_request access = {0};
    smmuv3_port_attributes(&a, &access);
    assert_true(access.snoop);
    assert_int_equal(access.memory_type, 6);
    assert_int_equal(access.bus, 0xf << 0 | 0xf << 5 | 3 << 10 | PORT_BUS_PRIVILEGED);
    a = smmuv3_no_snoop(a);
    assert_true(is_consistent(&a));
    smmuv3_port_attributes(&a, &access);
    assert_false(access.snoop);
    a = smmuv3_memattr_decode(3, SMMUV3_ISH);
    struct smmuv3_attributes device = smmuv3_no_snoop(a);
    assert_true(same(&a, &device));
    smmuv3_port_attributes(&a, &access);
    assert_false(access.snoop);
    assert_int_equal(access.memory_type, 0);
    assert_int_equal(access.bus, 2 << 10 | 3 << 12 | PORT_BUS_PRIVILEGED);
}

void walk_attributes(void **state)
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
