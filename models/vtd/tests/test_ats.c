/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_ats.c - chapter 4: what translation requests are answered, which of it is a fault, and what translated requests may do.
 */
#include "world.h"

#include "pcie/ats.h"
#include "sim/port.h"
#include "vtd/vtd_formats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { GCMD = 0x18, FSTS = 0x34, IQA = 0x90 };

#define NW 1u
#define PRIVILEGED 2u

/* In PASID 0 (none): domain 5; see world.h. */
static struct pcie_request ask(struct world *world, uint32_t pasid, uint64_t address, unsigned flags)
{
    struct pcie_request request = world_request(PCIE_READ, address, 8);
    request.at = PCIE_AT_TRANSLATION;
    request.has_pasid = pasid != 0;
    request.pasid = pasid;
    request.no_write = flags & NW;
    request.privileged = flags & PRIVILEGED;
    world_run(world, &request);
    return request;
}

static uint64_t entry_of(const struct pcie_request *request)
{
    assert_int_equal(request->status, PCIE_SC);
    assert_int_equal(request->data_bytes, 8);
    return load_le64(request->data);
}

static uint64_t translate(struct world *world, uint32_t pasid, uint64_t address, unsigned flags)
{
    struct pcie_request request = ask(world, pasid, address, flags);
    return entry_of(&request);
}

static void no_fault(struct world *world)
{
    assert_int_equal(vtd_register_read(world->vtd, FSTS, 4), 0);
}

/* One record: reason, AT and type of the request. */
static void fault(struct world *world, unsigned reason, unsigned at, unsigned t1, unsigned t2)
{
    uint64_t high = world_record(world, 0, true);
    assert_int_equal(high >> 63, 1);
    assert_int_equal(high >> 32 & 0xff, reason);
    assert_int_equal(high >> 60 & 3, at);
    assert_int_equal(high >> 62 & 1, t1);
    assert_int_equal(high >> 28 & 1, t2);
    if (world->params.nfr)
        assert_int_equal(world_record(world, 1, true) >> 63, 0);
    world_clear_faults(world);
    vtd_register_write(world->vtd, GCMD, 4, UINT64_C(1) << 26);
    vtd_register_write(world->vtd, GCMD, 4, UINT64_C(1) << 31 | UINT64_C(1) << 26);
}

static void change(struct world *world, uint64_t address, uint64_t clear, uint64_t set)
{
    world_write64(world, address, (world_read64(world, address) & ~clear) | set);
}

static void flush(struct world *world)
{
    bool wide = vtd_register_read(world->vtd, IQA, 8) >> 11 & 1u;
    world_queue(world, 1u | 1u << 4, 0);
    if (wide)
        world_queue(world, 7u | 3u << 4, 0);
    world_queue(world, 2u | 1u << 4, 0);
    assert_true(world_wait(world));
}

/* ---- 4.2.3 ---- */

#define R 1u
#define W 2u
#define U 4u
#define PRIV 16u
#define N (1u << 10)

static void test_legacy(void **state)
{
    (void)state;
    for (unsigned late = 0; late < 2; late++) {
        struct world world;
        world_init(&world, "ats-legacy", NULL, WORLD_LEGACY, late * 70000u);
        for (unsigned again = 0; again < 2; again++) /* from the tables, from the IOTLB */
            assert_true(translate(&world, 0, WORLD_IOVA + 0x3123, 0) == (WORLD_DATA + 0x3000) + R + W);
        assert_true(translate(&world, 0, WORLD_IOVA + WORLD_PAGES * 4096u, 0) == 0); /* not mapped */
        assert_true(translate(&world, 0, UINT64_C(1) << 48, 0) == 0);                /* LGN.1.1 */
        change(&world, world_leaf(&world, world.second_stage, WORLD_IOVA + 0x1000), VTD_SS_W, 0);
        change(&world, world_leaf(&world, world.second_stage, WORLD_IOVA + 0x2000), VTD_SS_R, VTD_SS_SNP);
        assert_true(translate(&world, 0, WORLD_IOVA + 0x1000, 0) == (WORLD_DATA + 0x1000) + R);
        assert_true(translate(&world, 0, WORLD_IOVA + 0x2000, 0) == (WORLD_DATA + 0x2000) + W + N);
        assert_true(translate(&world, 0, WORLD_IOVA + 0x3000, NW) == (WORLD_DATA + 0x3000) + R + W); /* NWFS=0 */
        no_fault(&world);
        assert_int_equal(world.accesses[PORT_DMA], 0);
        world_fini(&world);
    }
}

static void test_scalable(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats", NULL, WORLD_SCALABLE, 0);
    uint64_t page = WORLD_DATA + 0x4000;
    assert_true(translate(&world, 0, WORLD_IOVA + 0x4000, 0) == page + R + W);
    assert_true(translate(&world, 1, WORLD_IOVA + 0x4000, 0) == page + R + W);
    assert_true(translate(&world, 1, WORLD_IOVA + 0x4000, NW) == page + R);
    assert_true(translate(&world, 1, WORLD_IOVA + 0x4000, PRIVILEGED) == page + R + W + PRIV);
    assert_true(translate(&world, 1, UINT64_C(1) << 60, PRIVILEGED) == PRIV); /* not canonical */
    uint64_t leaf = world_leaf(&world, world.first_stage, WORLD_IOVA + 0x5000);
    change(&world, leaf, VTD_FS_RW | VTD_FS_US, 0);
    assert_true(translate(&world, 1, WORLD_IOVA + 0x5000, 0) == 0);                                 /* SGN.2 */
    assert_true(translate(&world, 1, WORLD_IOVA + 0x5000, PRIVILEGED) == page + 0x1000 + R + PRIV); /* WPE */
    change(&world, leaf, 0, VTD_FS_US);
    flush(&world);
    assert_true(translate(&world, 1, WORLD_IOVA + 0x5000, 0) == page + 0x1000 + R);
    /* SRE=0: SPT.6 is no fault of a translation request. */
    change(&world, world.pasid_table + 64 + 16, VTD_PASID_W2_SRE, 0);
    flush(&world);
    assert_true(translate(&world, 1, WORLD_IOVA + 0x4000, PRIVILEGED) == PRIV);
    assert_true(translate(&world, 1, WORLD_IOVA + 0x4000, 0) == page + R + W);
    /* PGSNP, and RID_PRIV: supervisor permissions, PRIV clear. */
    change(&world, world.pasid_table + 8, 0, VTD_PASID_W1_PGSNP);
    flush(&world);
    assert_true(translate(&world, 0, WORLD_IOVA + 0x4000, 0) == page + R + W + N);
    no_fault(&world);
    world_fini(&world);
}

static void test_rid_priv(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats", NULL, WORLD_SCALABLE, 0);
    /* RID_PASID 4: the first stage of PASID 1. */
    for (unsigned word = 0; word < 8; word++)
        world_write64(&world, world.pasid_table + 4 * 64 + word * 8, world_read64(&world, world.pasid_table + 64 + word * 8));
    change(&world, world.context + 8, 0, 4 | VTD_SMCONTEXT_W1_RID_PRIV);
    change(&world, world_leaf(&world, world.first_stage, WORLD_IOVA), VTD_FS_US, 0);
    for (unsigned again = 0; again < 2; again++)
        assert_true(translate(&world, 0, WORLD_IOVA, 0) == WORLD_DATA + R + W);
    assert_true(translate(&world, 1, WORLD_IOVA, 0) == 0);
    world_fini(&world);
}

static void test_sizes(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats-nest", NULL, WORLD_SCALABLE, 0);
    /* Pass-through: the largest page of the unit, 2 MiB here. */
    struct pcie_translation t = pcie_translation_decode(translate(&world, 3, UINT64_C(0x87654321), 0));
    assert_int_equal(t.size_lg2, 21);
    assert_true(t.address == 0x87600000 && t.read && t.write && !t.privileged);
    /* A first stage of 4 KiB pages over a second stage of both sizes. */
    t = pcie_translation_decode(translate(&world, 2, WORLD_IOVA + 0x2000, 0));
    assert_int_equal(t.size_lg2, 12);
    assert_true(t.address == WORLD_DATA + 0x2000);
    world_fini(&world);

    world_init(&world, "ats", NULL, WORLD_SCALABLE, 0);
    uint64_t large = UINT64_C(0x1200000);
    uint64_t table = world_read64(&world, world.second_stage + (WORLD_IOVA >> 39 & 511u) * 8u) & VTD_TABLE_ADDRESS;
    table = world_read64(&world, table + (WORLD_IOVA >> 30 & 511u) * 8u) & VTD_TABLE_ADDRESS;
    world_write64(&world, table + 9u * 8u, large | VTD_SS_R | VTD_SS_W | VTD_SS_PS);
    uint64_t entry = translate(&world, 0, WORLD_IOVA + (UINT64_C(9) << 21) + 0x12345, 0);
    assert_true(entry == (large | 0xff000u | 0x800u | R | W)); /* bits 19:12 ones, bit 20 zero, S */
    world_fini(&world);
}

/* 4.2.3.1 */
static void test_flags(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats-nest", "nwfs=1", WORLD_SCALABLE, 0);
    uint64_t leaf = world_leaf(&world, world.first_stage, WORLD_IOVA);
    assert_true(translate(&world, 1, WORLD_IOVA, NW) == WORLD_DATA + R);
    assert_true((world_read64(&world, leaf) & (VTD_FS_A | VTD_FS_D)) == VTD_FS_A);
    assert_true(translate(&world, 1, WORLD_IOVA, 0) == WORLD_DATA + R + W); /* though the IOTLB has it */
    assert_true((world_read64(&world, leaf) & (VTD_FS_A | VTD_FS_D)) == (VTD_FS_A | VTD_FS_D));
    /* Nested: what one stage forbids leaves both clean. */
    uint64_t first = world_leaf(&world, world.nested_first, WORLD_IOVA + 0x1000);
    uint64_t second = world_leaf(&world, world.nested_second, WORLD_GUEST + WORLD_DATA + 0x1000);
    change(&world, second, VTD_SS_W, 0);
    for (unsigned again = 0; again < 2; again++)
        assert_true(translate(&world, 2, WORLD_IOVA + 0x1000, 0) == WORLD_DATA + 0x1000 + R);
    assert_false(world_read64(&world, first) & VTD_FS_D);
    assert_false(world_read64(&world, second) & VTD_SS_D);
    first = world_leaf(&world, world.nested_first, WORLD_IOVA + 0x2000);
    second = world_leaf(&world, world.nested_second, WORLD_GUEST + WORLD_DATA + 0x2000);
    change(&world, first, VTD_FS_RW, 0);
    assert_true(translate(&world, 2, WORLD_IOVA + 0x2000, 0) == WORLD_DATA + 0x2000 + R);
    assert_false(world_read64(&world, second) & VTD_SS_D);
    first = world_leaf(&world, world.nested_first, WORLD_IOVA + 0x3000);
    second = world_leaf(&world, world.nested_second, WORLD_GUEST + WORLD_DATA + 0x3000);
    assert_true(translate(&world, 2, WORLD_IOVA + 0x3000, 0) == WORLD_DATA + 0x3000 + R + W);
    assert_true(world_read64(&world, first) & VTD_FS_D);
    assert_true(world_read64(&world, second) & VTD_SS_D);
    no_fault(&world);
    world_fini(&world);
}

/* Table 30, S.1 and S.2 */
static void test_interrupt_range(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats", NULL, WORLD_SCALABLE, 0);
    assert_true(translate(&world, 0, 0xfee01000, 0) == W + U);
    assert_true(translate(&world, 0, 0xfee01000, NW) == 0);
    assert_true(translate(&world, 1, 0xfee01000, 0) == 0); /* with PASID an address like any other */
    no_fault(&world);
    change(&world, world_leaf(&world, world.second_stage, WORLD_IOVA), VTD_TABLE_ADDRESS, 0xfee00000);
    assert_int_equal(ask(&world, 0, WORLD_IOVA, 0).status, PCIE_CA);
    fault(&world, 0x87, 1, 1, 0);
    world_fini(&world);
}

/* ---- 4.2.1, 7.1.3 ---- */

static void test_faults(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats", NULL, WORLD_SCALABLE, 0);
    uint64_t leaf = world_leaf(&world, world.second_stage, WORLD_IOVA);
    change(&world, leaf, 0, UINT64_C(1) << 51);
    assert_int_equal(ask(&world, 0, WORLD_IOVA, 0).status, PCIE_CA);
    fault(&world, 0x7a, 1, 1, 0);
    leaf = world_leaf(&world, world.first_stage, WORLD_IOVA);
    change(&world, leaf, 0, UINT64_C(1) << 51);
    assert_true(translate(&world, 1, WORLD_IOVA, 0) == 0);
    no_fault(&world);
    change(&world, world.pasid_table + 64, VTD_PASID_W0_P, 0);
    flush(&world);
    assert_true(translate(&world, 1, WORLD_IOVA, 0) == 0); /* SPT.2 */
    change(&world, world.pasid_table + 64, 0, VTD_PASID_W0_P | VTD_FMT(5u, 5u));
    assert_int_equal(ask(&world, 1, WORLD_IOVA, 0).status, PCIE_CA);
    fault(&world, 0x5a, 1, 1, 0);
    change(&world, world.context, VTD_SMCONTEXT_W0_DTE | VTD_SMCONTEXT_W0_PRE, 0);
    flush(&world);
    assert_int_equal(ask(&world, 0, WORLD_IOVA, 0).status, PCIE_UR);
    fault(&world, 0x44, 1, 1, 0);
    /* SCT.4.1 and SCT.4.3 spoil the entry for everybody. */
    change(&world, world.context, 0, VTD_SMCONTEXT_W0_PRE);
    flush(&world);
    struct pcie_request plain = world_request(PCIE_READ, WORLD_IOVA + 0x1000, 8);
    world_run(&world, &plain);
    fault(&world, 0x43, 0, 1, 0);
    change(&world, world.context, VTD_SMCONTEXT_W0_PASIDE, VTD_SMCONTEXT_W0_DTE);
    flush(&world);
    assert_int_equal(ask(&world, 0, WORLD_IOVA, 0).status, PCIE_CA);
    fault(&world, 0x43, 1, 1, 0);
    /* Malformed, or not a read: nobody's fault. */
    struct pcie_request request = world_request(PCIE_READ, WORLD_IOVA, 12);
    request.at = PCIE_AT_TRANSLATION;
    world_run(&world, &request);
    assert_int_equal(request.status, PCIE_UR);
    request = world_request(PCIE_WRITE, WORLD_IOVA, 8);
    request.at = PCIE_AT_TRANSLATION;
    world_run(&world, &request);
    assert_int_equal(request.status, PCIE_UR);
    no_fault(&world);
    world_fini(&world);
}

/* More translations than one may be asked for, across a page boundary too; one is given. */
static void test_one_translation(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats", NULL, WORLD_SCALABLE, 0);
    struct pcie_request request = world_request(PCIE_READ, WORLD_IOVA + 0xff0, 64);
    request.at = PCIE_AT_TRANSLATION;
    world_run(&world, &request);
    assert_true(entry_of(&request) == WORLD_DATA + R + W);
    world_fini(&world);
}

/* ---- 4.2.5 ---- */

static struct pcie_request translated(struct world *world, enum pcie_kind kind, uint64_t address, uint32_t pasid)
{
    struct pcie_request request = world_request(kind, address, 8);
    request.at = PCIE_AT_TRANSLATED;
    request.has_pasid = pasid != 0;
    request.pasid = pasid;
    store_le64(request.data, UINT64_C(0x1122334455667788));
    world_run(world, &request);
    return request;
}

static void test_translated(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "ats", NULL, WORLD_SCALABLE, 0);
    assert_int_equal(translated(&world, PCIE_WRITE, WORLD_DATA + 8, 0).status, PCIE_SC);
    assert_true(world_read64(&world, WORLD_DATA + 8) == UINT64_C(0x1122334455667788));
    assert_int_equal(world.last[PORT_DMA].memory_type, PORT_WB);
    assert_int_equal(translated(&world, PCIE_READ, WORLD_DATA + 8, 1).status, PCIE_SC);
    assert_int_equal(world.accesses[PORT_WALK], 0);
    no_fault(&world);
    assert_int_equal(translated(&world, PCIE_READ, UINT64_C(1) << 48, 0).status, PCIE_UR);
    fault(&world, 0x83, 2, 1, 0);
    assert_int_equal(translated(&world, PCIE_WRITE, 0xfee00000, 0).status, PCIE_UR);
    fault(&world, 0x87, 2, 0, 0);
    change(&world, world.context, VTD_SMCONTEXT_W0_EPTR, 0);
    flush(&world);
    assert_int_equal(translated(&world, PCIE_WRITE, WORLD_DATA, 1).status, PCIE_UR);
    fault(&world, 0x49, 2, 0, 0);
    world_fini(&world);

    world_init(&world, "ats-nest", NULL, WORLD_SCALABLE, 0); /* without PTRS: not even looked at */
    assert_int_equal(translated(&world, PCIE_WRITE, WORLD_DATA, 1).status, PCIE_UR);
    no_fault(&world);
    world_fini(&world);

    world_init(&world, "ats-legacy", NULL, WORLD_LEGACY, 0);
    assert_int_equal(translated(&world, PCIE_WRITE, WORLD_DATA, 0).status, PCIE_SC);
    assert_int_equal(translated(&world, PCIE_WRITE, UINT64_C(1) << 48, 0).status, PCIE_UR);
    fault(&world, 0x04, 2, 0, 0);
    assert_int_equal(ask(&world, 1, WORLD_IOVA, 0).status, PCIE_UR);
    fault(&world, 0x31, 1, 1, 0);
    world_fini(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_legacy), cmocka_unit_test(test_scalable),        cmocka_unit_test(test_rid_priv),
        cmocka_unit_test(test_sizes),  cmocka_unit_test(test_flags),           cmocka_unit_test(test_interrupt_range),
        cmocka_unit_test(test_faults), cmocka_unit_test(test_one_translation), cmocka_unit_test(test_translated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
