/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_rules.c - rules of the specification that the engine keeps around the step functions, one test to a clause.
 */
#include "world.h"

#include "sim/port.h"
#include "vtd/vtd_formats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { GCMD = 0x18, GSTS = 0x1c, FSTS = 0x34, FECTL = 0x38, PMEN = 0x64, IQH = 0x80, IQT = 0x88, IQA = 0x90, ICS = 0x9c };
enum { IECTL = 0xa0, IQERCD = 0xb0, MTRRDEF = 0x108, PHYSBASE0 = 0x180, PHYSMASK0 = 0x188 };

#define TE (UINT64_C(1) << 31)
#define QIE (UINT64_C(1) << 26)

static struct pcie_request run(struct world *world, struct pcie_request request)
{
    world_run(world, &request);
    return request;
}

/* The reason of record 0, which must be the only one; -1: none. Cleared. */
static int only_fault(struct world *world)
{
    uint64_t high = world_record(world, 0, true);
    if (world->params.nfr)
        assert_int_equal(world_record(world, 1, true) >> 63, 0);
    int reason = high >> 63 ? (int)(high >> 32 & 0xff) : -1;
    world_clear_faults(world);
    /* The next one goes to record 0 again: the index starts over while translation is disabled (7.2.1). */
    vtd_register_write(world->vtd, GCMD, 4, world->params.qi ? QIE : 0);
    vtd_register_write(world->vtd, GCMD, 4, TE | (world->params.qi ? QIE : 0));
    return reason;
}

/* ---- 4.2.1, 7.1.3: translation and translated requests to a unit without Device-TLB support ---- */

static void refused(struct world *world, enum pcie_kind kind, enum pcie_at at, uint32_t pasid, int reason)
{
    struct pcie_request request = world_request(kind, WORLD_IOVA, 8);
    request.at = at;
    request.has_pasid = pasid != 0;
    request.pasid = pasid;
    unsigned before = world->accesses[PORT_DMA];
    assert_int_equal(run(world, request).status, PCIE_UR);
    assert_int_equal(world->accesses[PORT_DMA], before);
    assert_int_equal(only_fault(world), reason);
}

static void test_ats_requests_are_refused(void **state)
{
    (void)state;
    for (unsigned warm = 0; warm < 2; warm++) {
        struct world world;
        world_init(&world, "legacy", NULL, WORLD_LEGACY, 0);
        if (warm)
            assert_int_equal(run(&world, world_request(PCIE_READ, WORLD_IOVA, 8)).status, PCIE_SC);
        refused(&world, PCIE_READ, PCIE_AT_TRANSLATION, 0, 0x0d);
        refused(&world, PCIE_READ, PCIE_AT_TRANSLATED, 0, 0x0d);
        refused(&world, PCIE_WRITE, PCIE_AT_TRANSLATED, 0, 0x0d);
        refused(&world, PCIE_READ, PCIE_AT_TRANSLATION, 1, 0x31);
        refused(&world, PCIE_WRITE, PCIE_AT_TRANSLATION, 0, -1); /* 4.2.1: no fault */
        refused(&world, PCIE_READ, PCIE_AT_RESERVED, 0, -1);
        world_fini(&world);

        world_init(&world, "scalable-nest", NULL, WORLD_SCALABLE, 0);
        if (warm)
            assert_int_equal(run(&world, world_request(PCIE_READ, WORLD_IOVA, 8)).status, PCIE_SC);
        refused(&world, PCIE_READ, PCIE_AT_TRANSLATION, 0, 0x44);
        refused(&world, PCIE_READ, PCIE_AT_TRANSLATION, 1, 0x44);
        refused(&world, PCIE_WRITE, PCIE_AT_TRANSLATED, 0, 0x44);
        refused(&world, PCIE_READ, PCIE_AT_TRANSLATED, 1, -1);
        world_fini(&world);
    }
}

static void test_ats_requests_while_disabled(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "legacy", NULL, WORLD_LEGACY, 0);
    vtd_register_write(world.vtd, GCMD, 4, QIE);
    for (unsigned at = PCIE_AT_TRANSLATION; at <= PCIE_AT_RESERVED; at++) {
        struct pcie_request request = world_request(PCIE_READ, WORLD_DATA, 8);
        request.at = (enum pcie_at)at;
        assert_int_equal(run(&world, request).status, PCIE_UR);
    }
    assert_int_equal(world.accesses[PORT_DMA], 0);
    assert_int_equal(run(&world, world_request(PCIE_READ, WORLD_DATA, 8)).status, PCIE_SC);
    assert_int_equal(world_record(&world, 0, true), 0);
    world_fini(&world);
}

/* A translation request meets errors of the tables as CA where Table 30 says so. */
static void test_translation_request_meets_bad_table(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "legacy", NULL, WORLD_LEGACY, 0);
    world_write64(&world, WORLD_ROOT + 8, 1); /* reserved */
    struct pcie_request request = world_request(PCIE_READ, WORLD_IOVA, 8);
    request.at = PCIE_AT_TRANSLATION;
    assert_int_equal(run(&world, request).status, PCIE_CA);
    assert_int_equal(only_fault(&world), 0x0a);
    world_fini(&world);
}

/* 7.1.1, Table 30: SGN.10 is qualified: FPD of the context entry hides it. */
static void test_wide_pasid_is_qualified(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "scalable-nest", "pss=9", WORLD_SCALABLE, 0);
    struct pcie_request request = world_request(PCIE_READ, WORLD_IOVA, 8);
    request.has_pasid = true;
    request.pasid = 1024;
    assert_int_equal(run(&world, request).status, PCIE_UR);
    assert_int_equal(only_fault(&world), 0x89);
    uint64_t context = (world_read64(&world, WORLD_ROOT) & VTD_TABLE_ADDRESS) + WORLD_RID * 32u;
    world_write64(&world, context, world_read64(&world, context) | VTD_SMCONTEXT_W0_FPD);
    world_queue(&world, 1u | 1u << 4, 0);
    assert_true(world_wait(&world));
    assert_int_equal(run(&world, request).status, PCIE_UR);
    assert_int_equal(only_fault(&world), -1);
    world_fini(&world);
}

/* ---- 3.11.2: the MTRRs of the unit ---- */

static uint8_t type_of_read(struct world *world, uint32_t pasid)
{
    /* Cached memory types are forgotten. */
    world_queue(world, 2u | 1u << 4, 0);
    assert_true(world_wait(world));
    struct pcie_request request = world_request(PCIE_READ, WORLD_IOVA, 8);
    request.has_pasid = true;
    request.pasid = pasid;
    assert_int_equal(run(world, request).status, PCIE_SC);
    return world->last[PORT_DMA].memory_type;
}

static void test_mtrrs(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "max", NULL, WORLD_SCALABLE, 0);
    /* PAT is all 0 in these PASID entries: UC whatever the MTRRs say. Make it all WB. */
    uint64_t contexts = world_read64(&world, WORLD_ROOT) & VTD_TABLE_ADDRESS;
    uint64_t directory = world_read64(&world, contexts + WORLD_RID * 32u) & VTD_TABLE_ADDRESS;
    uint64_t entry = (world_read64(&world, directory) & VTD_TABLE_ADDRESS) + 64u;
    world_write64(&world, entry + 8, world_read64(&world, entry + 8) | UINT64_C(0x66666666) << 32);
    assert_int_equal(type_of_read(&world, 1), PORT_UC); /* MTRRs not enabled */
    vtd_register_write(world.vtd, MTRRDEF, 8, UINT64_C(1) << 11 | PORT_WB);
    assert_int_equal(type_of_read(&world, 1), PORT_WB);
    vtd_register_write(world.vtd, PHYSBASE0, 8, WORLD_DATA | PORT_WT);
    vtd_register_write(world.vtd, PHYSMASK0, 8, (UINT64_MAX << 12) | UINT64_C(1) << 11);
    assert_int_equal(type_of_read(&world, 1), PORT_WT);
    vtd_register_write(world.vtd, PHYSBASE0, 8, (WORLD_DATA + 4096) | PORT_WT);
    assert_int_equal(type_of_read(&world, 1), PORT_WB);
    world_fini(&world);
}

/* ---- 11.4.9.9: each error of the queue ---- */

static unsigned queue_error(struct world *world)
{
    assert_int_equal(vtd_register_read(world->vtd, FSTS, 4) & 0x10, 0x10);
    return (unsigned)vtd_register_read(world->vtd, IQERCD, 8) & 15u;
}

static unsigned error_of(const char *preset, enum world_mode mode, uint64_t low, uint64_t high)
{
    struct world world;
    world_init(&world, preset, NULL, mode, 0);
    world_queue(&world, low, high);
    unsigned error = vtd_register_read(world.vtd, FSTS, 4) & 0x10 ? queue_error(&world) : 0;
    assert_int_equal(vtd_register_read(world.vtd, IQH, 8), error ? 0 : mode == WORLD_SCALABLE ? 32 : 16);
    world_fini(&world);
    return error;
}

static void test_descriptor_errors(void **state)
{
    (void)state;
    static const struct {
        uint64_t low, high;
        unsigned legacy, scalable;
    } table[] = {
        {0x0, 0, 3, 3},   /* type 0 */
        {0x3, 0, 3, 3},   /* Device-TLB: not supported */
        {0x4, 0, 3, 3},   /* interrupt entry cache: not supported */
        {0x11, 0, 0, 0},  /* context, global */
        {0x51, 0, 4, 4},  /* bit 6 */
        {0x211, 0, 3, 3}, /* type bits 11:9 */
        {0x11, 1, 4, 4},  /* second quadword */
        {0x1, 0, 4, 4},   /* granularity 00b */
        {0x31 | UINT64_C(1) << 50, 0, 4, 4},
        {0x12, 0, 0, 0},                /* IOTLB, global */
        {0xd2, 0, 0, 0},                /* with DR and DW */
        {0x112, 0, 4, 4},               /* bit 8 */
        {0x32, 18, 0, 0},               /* page, AM = MAMV */
        {0x32, 19, 4, 4},               /* page, AM > MAMV */
        {0x12, 19, 0, 0},               /* AM does not count */
        {0x12, 0x80, 4, 4},             /* bit 71 */
        {0x25, WORLD_STATUS, 0, 0},     /* wait with status */
        {0xa5, WORLD_STATUS, 4, 4},     /* PD without PDS */
        {0x25, WORLD_STATUS | 1, 4, 4}, /* bit 64 */
        {0x07, 0, 3, 0},                /* PASID cache, domain */
        {0x27, 0, 3, 4},                /* granularity 10b */
        {0x37, 0, 3, 0},                /* global */
        {0x26, 0, 3, 0},                /* PASID-based IOTLB, by PASID */
        {0x36, 63, 3, 0},               /* any AM */
        {0x06, 0, 3, 4},                /* granularity 00b */
        {0x16, 0, 3, 4},                /* granularity 01b */
        {0x08, 0, 3, 3},                /* PASID-based Device-TLB */
        {0x0a, 0, 3, 3},                /* HPT */
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        assert_int_equal(error_of("legacy", WORLD_LEGACY, table[i].low, table[i].high), table[i].legacy);
        assert_int_equal(error_of("scalable-nest", WORLD_SCALABLE, table[i].low, table[i].high), table[i].scalable);
    }
}

static void test_queue_setup_errors(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "legacy", NULL, WORLD_LEGACY, 0);
    vtd_register_write(world.vtd, IQT, 8, 4096); /* beyond the ring of 4 KiB */
    assert_int_equal(queue_error(&world), 1);
    world_fini(&world);
    world_init(&world, "legacy", NULL, WORLD_LEGACY, 0);
    vtd_register_write(world.vtd, GCMD, 4, TE);
    vtd_register_write(world.vtd, IQA, 8, UINT64_C(1) << 11 | WORLD_QUEUE); /* wide, without scalable mode */
    vtd_register_write(world.vtd, GCMD, 4, TE | QIE);
    vtd_register_write(world.vtd, IQT, 8, 32);
    assert_int_equal(queue_error(&world), 5);
    world_fini(&world);
    world_init(&world, "scalable-nest", NULL, WORLD_SCALABLE, 0);
    vtd_register_write(world.vtd, IQT, 8, 16); /* not a multiple of 32 */
    assert_int_equal(queue_error(&world), 6);
    world_fini(&world);
    world_init(&world, "scalable-nest", NULL, WORLD_SCALABLE, 0);
    vtd_register_write(world.vtd, GCMD, 4, TE);
    vtd_register_write(world.vtd, IQA, 8, WORLD_QUEUE); /* narrow, in scalable mode */
    vtd_register_write(world.vtd, GCMD, 4, TE | QIE);
    vtd_register_write(world.vtd, IQT, 8, 16);
    assert_int_equal(queue_error(&world), 5);
    world_fini(&world);
    world_init(&world, "legacy", NULL, WORLD_LEGACY, 0);
    vtd_register_write(world.vtd, GCMD, 4, TE);
    vtd_register_write(world.vtd, IQA, 8, UINT64_C(0xff0000000000)); /* a hole */
    vtd_register_write(world.vtd, GCMD, 4, TE | QIE);
    vtd_register_write(world.vtd, IQT, 8, 16);
    assert_int_equal(queue_error(&world), 2);
    world_fini(&world);
}

/* ---- 3.10: what is snooped ---- */

static void test_snooping_of_structures(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 2; c++) {
        struct world world;
        world_init(&world, "legacy", c ? "c=1" : "c=0", WORLD_LEGACY, 0);
        struct pcie_request request = world_request(PCIE_READ, WORLD_IOVA, 8);
        request.no_snoop = true;
        assert_int_equal(run(&world, request).status, PCIE_SC);
        assert_int_equal(world.last[PORT_STRUCTURE].snoop, c);
        assert_int_equal(world.last[PORT_WALK].snoop, c);
        assert_false(world.last[PORT_DMA].snoop);
        assert_true(world_wait(&world));
        assert_true(world.last[PORT_QUEUE].snoop && world.last[PORT_STATUS_WRITE].snoop);
        world_fini(&world);
    }
}

/* ---- the timing parameters: each is spent where its comment in vtd.h says ---- */

static uint64_t time_of_read(struct world *world, uint32_t pasid, uint64_t page)
{
    struct pcie_request request = world_request(PCIE_READ, WORLD_IOVA + page * 4096u, 8);
    request.has_pasid = pasid != 0;
    request.pasid = pasid;
    request = run(world, request);
    assert_int_equal(request.status, PCIE_SC);
    return request.done_ps - request.issue_ps;
}

static void test_time_is_spent(void **state)
{
    (void)state;
    enum { LOOKUP = 1, CONTEXT = 10, PASID = 100, TABLE = 1000, FETCH = 10000, STEP = 1000000, LEVELS = 4 };
    struct world world;
    world_init(&world, "scalable-nest",
               "lookup_ps=1,context_ps=10,pasid_ps=100,table_ps=1000,fetch_ps=10000,walk_step_ps=1000000", WORLD_SCALABLE, 0);
    assert_int_equal(time_of_read(&world, 0, 0), LOOKUP + CONTEXT + 2 * FETCH + PASID + 2 * FETCH + TABLE + LEVELS * STEP);
    assert_int_equal(time_of_read(&world, 0, 0), LOOKUP);
    assert_int_equal(time_of_read(&world, 0, 1), LOOKUP + CONTEXT + PASID + TABLE + STEP); /* the leaf alone */
    assert_int_equal(time_of_read(&world, 1, 0), LOOKUP + CONTEXT + PASID + 2 * FETCH + TABLE + LEVELS * STEP);
    world_fini(&world);
}

/* ---- parameters that cannot be built ---- */

static void test_geometries_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[][3] = {
        {"iotlb.ways", "128", "pseudo-lru"},
        {"iotlb.sets", "1048576", "lru"},
        {"iotlb.ways", "0", "random"},
        {"iotlb.sets", "3", "never-evict"},
    };
    struct sim sim;
    sim_init(&sim, 1);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct vtd_params params;
        const struct vtd_ports ports = {0};
        struct vtd *vtd;
        char error[160] = "";
        assert_true(vtd_preset("legacy", &params));
        assert_true(vtd_set_parameter(&params, "iotlb.ways", "32"));
        assert_true(vtd_set_parameter(&params, wrong[i][0], wrong[i][1]));
        assert_true(vtd_set_parameter(&params, "iotlb.replacement", wrong[i][2]));
        assert_true(vtd_create(&sim, &params, &ports, &vtd, error, sizeof error) < 0);
        assert_true(error[0] != 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ats_requests_are_refused),
        cmocka_unit_test(test_ats_requests_while_disabled),
        cmocka_unit_test(test_translation_request_meets_bad_table),
        cmocka_unit_test(test_wide_pasid_is_qualified),
        cmocka_unit_test(test_mtrrs),
        cmocka_unit_test(test_descriptor_errors),
        cmocka_unit_test(test_queue_setup_errors),
        cmocka_unit_test(test_snooping_of_structures),
        cmocka_unit_test(test_time_is_spent),
        cmocka_unit_test(test_geometries_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
