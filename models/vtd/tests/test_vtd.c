/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vtd.c - unit tests of the engine: modes of memory, allocation, overlap of requests and invalidation, events.
 *
 * Not a conformance test: it looks at what a black box cannot see (allocation, events), and compares the model with itself
 * (functional against split-phase memory, with deviations compiled in against without).
 */
#include "world.h"

#include "sim/port.h"
#include "vtd/vtd_internal.h"
#include "sim/tests/allocations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- simple requests ---- */

static const char *const legacy_presets[] = {"legacy-min", "legacy", "legacy-57"};
static const char *const scalable_presets[] = {"scalable-nest", "max", "hoard", "nocache", "cm"};

static void check_read_write(struct world *world, struct pcie_request like, uint64_t host)
{
    struct pcie_request request = like;
    request.kind = PCIE_WRITE;
    request.bytes = 40;
    for (unsigned i = 0; i < 40; i++)
        request.data[i] = (uint8_t)(i + 1);
    world_run(world, &request);
    assert_int_equal(request.status, PCIE_SC);
    assert_true(world_read64(world, host) == UINT64_C(0x0807060504030201));
    struct pcie_request read = like;
    read.kind = PCIE_READ;
    read.bytes = 40;
    world_run(world, &read);
    assert_int_equal(read.status, PCIE_SC);
    assert_int_equal(read.data_bytes, 40);
    assert_memory_equal(read.data, request.data, 40);
}

static void test_legacy_translates(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof legacy_presets / sizeof legacy_presets[0]; i++) {
        struct world world;
        world_init(&world, legacy_presets[i], NULL, WORLD_LEGACY, 0);
        struct pcie_request like = world_request(PCIE_READ, WORLD_IOVA + 0x1020, 8);
        check_read_write(&world, like, WORLD_DATA + 0x1020);
        check_read_write(&world, like, WORLD_DATA + 0x1020);
        like.address = WORLD_IOVA + 0x1ff0; /* crosses a page and two lines */
        check_read_write(&world, like, WORLD_DATA + 0x1ff0);
        world_fini(&world);
    }
}

static void test_scalable_translates(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scalable_presets / sizeof scalable_presets[0]; i++) {
        struct world world;
        world_init(&world, scalable_presets[i], NULL, WORLD_SCALABLE, 0);
        for (uint32_t pasid = 0; pasid < 4; pasid++) {
            uint64_t base = pasid == 3 ? WORLD_DATA : WORLD_IOVA;
            struct pcie_request like = world_request(PCIE_READ, base + 0x2020, 8);
            like.has_pasid = pasid != 0;
            like.pasid = pasid;
            check_read_write(&world, like, WORLD_DATA + 0x2020);
            check_read_write(&world, like, WORLD_DATA + 0x2020);
        }
        world_fini(&world);
    }
}

static void test_atomics(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "legacy", NULL, WORLD_LEGACY, 0);
    world_write64(&world, WORLD_DATA + 8, 40);
    struct pcie_request add = world_request(PCIE_FETCH_ADD, WORLD_IOVA + 8, 8);
    add.data[0] = 2;
    world_run(&world, &add);
    assert_int_equal(add.status, PCIE_SC);
    assert_int_equal(add.data[0], 40);
    assert_true(world_read64(&world, WORLD_DATA + 8) == 42);
    struct pcie_request cas = world_request(PCIE_CAS, WORLD_IOVA + 8, 8);
    cas.data[0] = 42;
    cas.data[8] = 7;
    world_run(&world, &cas);
    assert_int_equal(cas.data[0], 42);
    assert_true(world_read64(&world, WORLD_DATA + 8) == 7);
    world_fini(&world);
}

/* ---- faults and events ---- */

static void test_fault_record(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "scalable-nest", NULL, WORLD_SCALABLE, 0);
    struct pcie_request request = world_request(PCIE_WRITE, WORLD_IOVA + WORLD_PAGES * 4096u + 0x123, 4);
    request.has_pasid = true;
    request.pasid = 1;
    world_run(&world, &request);
    assert_int_equal(request.status, PCIE_UR);
    assert_int_equal(vtd_register_read(world.vtd, 0x34, 4), 2);
    uint64_t high = world_record(&world, 0, true);
    assert_int_equal(high >> 63, 1);
    assert_int_equal(high >> 32 & 0xff, 0x71);
    assert_int_equal(high >> 40 & 0xfffff, 1);
    assert_int_equal(high >> 31 & 1, 1);
    assert_int_equal(high & 0xffff, WORLD_RID);
    assert_true(world_record(&world, 0, false) == WORLD_IOVA + WORLD_PAGES * 4096u);
    assert_int_equal(world.interrupts, 1);
    assert_true(world.interrupt_address == 0xfee00000 && world.interrupt_data == 0x31);
    world_clear_faults(&world);
    assert_int_equal(vtd_register_read(world.vtd, 0x34, 4) & 3, 0);
    world_fini(&world);
}

static void test_masked_event_is_kept(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "legacy", NULL, WORLD_LEGACY, 0);
    vtd_register_write(world.vtd, 0x38, 4, UINT64_C(1) << 31);
    struct pcie_request request = world_request(PCIE_READ, 0, 4);
    world_run(&world, &request);
    assert_int_equal(world.interrupts, 0);
    assert_int_equal(vtd_register_read(world.vtd, 0x38, 4) >> 30, 3);
    vtd_register_write(world.vtd, 0x38, 4, 0);
    assert_int_equal(world.interrupts, 1);
    assert_int_equal(vtd_register_read(world.vtd, 0x38, 4), 0);
    vtd_register_write(world.vtd, 0x38, 4, UINT64_C(1) << 31);
    world_clear_faults(&world);
    world_run(&world, &request);
    world_clear_faults(&world);
    assert_int_equal(vtd_register_read(world.vtd, 0x38, 4) >> 30, 2);
    world_fini(&world);
}

static void test_overflow_and_reset(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "legacy", NULL, WORLD_LEGACY, 0);
    for (unsigned i = 0; i < 10; i++) {
        struct pcie_request request = world_request(PCIE_READ, i * 4096u, 4);
        world_run(&world, &request);
    }
    assert_int_equal(vtd_register_read(world.vtd, 0x34, 4), 3);
    assert_int_equal(world.interrupts, 1);
    vtd_reset(world.vtd, true);
    assert_int_equal(vtd_register_read(world.vtd, 0x34, 4), 3);
    assert_int_equal(world_record(&world, 7, true) >> 63, 1);
    assert_int_equal(vtd_register_read(world.vtd, 0x38, 4) >> 31, 1);
    vtd_reset(world.vtd, false);
    assert_int_equal(vtd_register_read(world.vtd, 0x34, 4), 0);
    assert_int_equal(world_record(&world, 7, true), 0);
    world_fini(&world);
}

/* ---- queue ---- */

static void test_queue_invalidates(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "legacy", NULL, WORLD_LEGACY, 0);
    struct pcie_request request = world_request(PCIE_READ, WORLD_IOVA, 8);
    world_write64(&world, WORLD_DATA, 1);
    world_write64(&world, WORLD_DATA + 4096, 2);
    world_run(&world, &request);
    assert_int_equal(request.data[0], 1);
    uint64_t leaf = world_leaf(&world, world.second_stage, WORLD_IOVA);
    world_write64(&world, leaf, world_read64(&world, leaf) + 4096);
    world_run(&world, &request);
    assert_int_equal(request.data[0], 1); /* still from the IOTLB */
    world_queue(&world, 2u | 3u << 4 | 5u << 16, WORLD_IOVA);
    assert_true(world_wait(&world));
    world_run(&world, &request);
    assert_int_equal(request.data[0], 2);
    world_fini(&world);
}

static void test_queue_error_and_restart(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "legacy", NULL, WORLD_LEGACY, 0);
    world_queue(&world, 2u, 0); /* granularity 00b */
    assert_int_equal(vtd_register_read(world.vtd, 0x34, 4), 0x10);
    assert_int_equal(vtd_register_read(world.vtd, 0xb0, 8), 4);
    assert_int_equal(vtd_register_read(world.vtd, 0x80, 8), 0);
    assert_int_equal(world.interrupts, 1);
    world_write64(&world, WORLD_QUEUE, 2u | 1u << 4);
    vtd_register_write(world.vtd, 0x34, 4, 0x10);
    assert_int_equal(vtd_register_read(world.vtd, 0x80, 8), 16);
    assert_true(world_wait(&world));
    for (unsigned i = 0; i < 600; i++) /* around the ring of 256 */
        assert_true(world_wait(&world));
    world_fini(&world);
}

/* ---- requests and invalidations overlap ---- */

static void note_done(struct pcie_request *request)
{
    *(bool *)request->owner = true;
}

/* Was the request in flight complete when the status of the wait arrived? */
static bool wait_drains(const char *settings)
{
    struct world world;
    world_init(&world, "legacy", settings, WORLD_LEGACY, 50000);
    bool complete = false;
    struct pcie_request request = world_request(PCIE_READ, WORLD_IOVA, 8);
    request.done = note_done;
    request.owner = &complete;
    assert_false(vtd_request(world.vtd, &request));
    world_queue(&world, 2u | 1u << 4, 0);
    uint64_t status = ++world.status;
    world_queue(&world, 5u | 1u << 5 | status << 32, WORLD_STATUS);
    while ((uint32_t)world_read64(&world, WORLD_STATUS) != status && sim_step(&world.sim, UINT64_MAX))
        continue;
    bool drained = complete;
    assert_int_equal((uint32_t)world_read64(&world, WORLD_STATUS), status);
    while (sim_step(&world.sim, UINT64_MAX))
        continue;
    assert_true(complete);
    world_fini(&world);
    return drained;
}

/* An invalidation after `steps` events of a nested walk: does a later request see the new first-stage mapping? */
static bool fill_is_refused(const char *settings, unsigned steps)
{
    struct world world;
    world_init(&world, "scalable-nest", settings, WORLD_SCALABLE, 50000);
    uint64_t leaf = world_leaf(&world, world.nested_first, WORLD_IOVA);
    world_write64(&world, WORLD_DATA, 1);
    world_write64(&world, WORLD_DATA + 4096, 2);
    bool complete = false;
    struct pcie_request request = world_request(PCIE_READ, WORLD_IOVA, 8);
    request.has_pasid = true;
    request.pasid = 2;
    request.done = note_done;
    request.owner = &complete;
    struct pcie_request after = request;
    assert_false(vtd_request(world.vtd, &request));
    for (unsigned i = 0; i < steps; i++)
        sim_step(&world.sim, UINT64_MAX);
    world_write64(&world, leaf, world_read64(&world, leaf) + 4096);
    world_queue(&world, 2u | 2u << 4 | 7u << 16, 0);
    assert_true(world_wait(&world));
    world_run(&world, &after);
    assert_true(after.data[0] == 1 || after.data[0] == 2);
    world_fini(&world);
    return after.data[0] == 2;
}

static void test_wait_drains(void **state)
{
    (void)state;
    assert_true(wait_drains(NULL));
#ifndef VTD_NO_ERRATA
    assert_false(wait_drains("erratum=COMPLETION_BEFORE_DRAIN"));
#endif
}

static void test_stale_fill_is_refused(void **state)
{
    (void)state;
    bool always = true;
    for (unsigned steps = 0; steps < 40; steps++) {
        assert_true(fill_is_refused(NULL, steps));
#ifndef VTD_NO_ERRATA
        always = fill_is_refused("erratum=FILL_AFTER_INVALIDATION", steps) && always;
#else
        always = false;
#endif
    }
    assert_false(always);
}

static void test_reset_with_requests_in_flight(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "legacy", "in_flight_max=4", WORLD_LEGACY, 50000);
    bool complete = false;
    struct pcie_request requests[8];
    for (unsigned i = 0; i < 8; i++) {
        requests[i] = world_request(PCIE_READ, WORLD_IOVA, 8);
        requests[i].done = note_done;
        requests[i].owner = &complete;
        assert_false(vtd_request(world.vtd, &requests[i]));
    }
    vtd_reset(world.vtd, false);
    assert_true(vtd_idle(world.vtd));
    bool after = false;
    struct pcie_request request = world_request(PCIE_READ, WORLD_DATA, 8);
    request.done = note_done;
    request.owner = &after;
    assert_false(vtd_request(world.vtd, &request)); /* no place until memory has answered */
    while (sim_step(&world.sim, UINT64_MAX))
        continue;
    assert_false(complete);
    assert_true(after);
    world_fini(&world);
}

static void reset_when_done(struct pcie_request *request)
{
    struct world *world = request->owner;
    world->status++;
    vtd_reset(world->vtd, false);
}

static void test_reset_from_a_completion(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "legacy", "in_flight_max=4", WORLD_LEGACY, 50000);
    struct pcie_request requests[8];
    for (unsigned i = 0; i < 8; i++) {
        requests[i] = world_request(PCIE_READ, WORLD_IOVA, 8);
        requests[i].done = reset_when_done;
        requests[i].owner = &world;
        assert_false(vtd_request(world.vtd, &requests[i]));
    }
    while (sim_step(&world.sim, UINT64_MAX))
        continue;
    assert_int_equal(world.status, 1); /* the others were dropped */
    assert_true(vtd_idle(world.vtd));
    struct pcie_request request = world_request(PCIE_READ, WORLD_DATA, 8);
    for (unsigned i = 0; i < 8; i++) {
        world_run(&world, &request);
        assert_int_equal(request.status, PCIE_SC);
    }
    world_fini(&world);
}

/* ---- functional mode: a hit allocates nothing and schedules nothing ---- */

static uint64_t iotlb_hits(const struct world *world)
{
    return world->vtd->caches.iotlb.stats.hits;
}

static void three_spaces(struct world *world)
{
    for (uint32_t pasid = 0; pasid < 3; pasid++) {
        struct pcie_request request = world_request(PCIE_READ, WORLD_IOVA, 8);
        request.has_pasid = pasid != 0;
        request.pasid = pasid;
        assert_true(vtd_request(world->vtd, &request));
        assert_int_equal(request.status, PCIE_SC);
        struct vtd_translation translation = {
            .requester_id = WORLD_RID, .has_pasid = pasid != 0, .pasid = pasid, .address = WORLD_IOVA + 5};
        vtd_translate(world->vtd, &translation);
        assert_true(translation.allowed && translation.translated == WORLD_DATA + 5);
    }
}

static void test_hit_costs_nothing(void **state)
{
    (void)state;
    struct world world;
    unsigned none = allocations;
    world_init(&world, "scalable-nest", NULL, WORLD_SCALABLE, 0);
    assert_true(allocations > none); /* the counter counts */
    for (unsigned round = 0; round < 2; round++) {
        unsigned before = allocations;
        uint64_t events = world.sim.scheduled_count;
        uint64_t hits = iotlb_hits(&world);
        three_spaces(&world);
        assert_int_equal(iotlb_hits(&world) - hits, round ? 6 : 3);
        assert_int_equal(allocations, before);
        assert_true(world.sim.scheduled_count == events);
    }
    world_fini(&world);
    world_init(&world, "scalable-nest", NULL, WORLD_SCALABLE, 1000);
    struct pcie_request request = world_request(PCIE_READ, WORLD_IOVA, 8);
    world_run(&world, &request);
    assert_true(world.sim.scheduled_count > 0); /* and so does this one */
    world_fini(&world);
}

/* ---- random work, as a trace ---- */

struct trace {
    uint64_t hash;
    FILE *out;
};

static void trace_word(struct trace *trace, uint64_t word)
{
    trace->hash = (trace->hash ^ word) * UINT64_C(0x100000001b3);
    if (trace->out)
        fprintf(trace->out, "%llx\n", (unsigned long long)word);
}

static struct pcie_request random_request(struct sim_rng *rng, bool scalable)
{
    static const enum pcie_kind kinds[] = {PCIE_READ, PCIE_READ, PCIE_WRITE, PCIE_WRITE, PCIE_FETCH_ADD};
    uint32_t pasid = scalable ? (uint32_t)sim_rng_below(rng, 5) : 0;
    uint64_t page = sim_rng_below(rng, WORLD_PAGES + 2);
    enum pcie_kind kind = kinds[sim_rng_below(rng, 5)];
    uint32_t bytes = 1u + (uint32_t)sim_rng_below(rng, 64);
    struct pcie_request request = world_request(kind, WORLD_IOVA + page * 4096u, bytes);
    request.address += pcie_is_atomic(request.kind) ? 8u * sim_rng_below(rng, 512) : sim_rng_below(rng, 4096);
    if (pcie_is_atomic(request.kind))
        request.bytes = 8;
    request.requester_id = sim_rng_below(rng, 4) ? WORLD_RID : WORLD_RID_2;
    request.has_pasid = pasid != 0;
    request.pasid = pasid;
    request.privileged = pasid && sim_rng_below(rng, 2);
    if (pasid == 3)
        request.address += WORLD_DATA - WORLD_IOVA;
    for (unsigned i = 0; i < PCIE_DATA_BYTES_MAX; i++)
        request.data[i] = (uint8_t)sim_rng_next(rng);
    return request;
}

/* Software changes a leaf and invalidates what may hold it. */
static void random_edit(struct world *world, struct sim_rng *rng, bool scalable)
{
    unsigned space = scalable ? (unsigned)sim_rng_below(rng, 3) : 0;
    const uint64_t tables[] = {world->second_stage, world->first_stage, world->nested_first};
    uint64_t leaf = world_leaf(world, tables[space], WORLD_IOVA + sim_rng_below(rng, WORLD_PAGES) * 4096u);
    uint64_t address = world_read64(world, leaf) & ~UINT64_C(0xfff);
    world_write64(world, leaf, address | sim_rng_below(rng, 8));
    world_queue(world, 2u | 2u << 4 | (5u + space) << 16, 0);
    assert_true(world_wait(world));
}

static void trace_faults(struct world *world, struct trace *trace)
{
    trace_word(trace, vtd_register_read(world->vtd, 0x34, 4));
    for (uint32_t i = 0; i <= world->params.nfr && i < 8; i++) {
        trace_word(trace, world_record(world, i, false));
        trace_word(trace, world_record(world, i, true));
    }
    world_clear_faults(world);
}

static void random_step(struct world *world, struct sim_rng *rng, bool scalable, struct trace *trace)
{
    if (sim_rng_below(rng, 8) == 0) {
        random_edit(world, rng, scalable);
        return;
    }
    struct pcie_request request = random_request(rng, scalable);
    world_run(world, &request);
    trace_word(trace, (uint64_t)request.status);
    for (unsigned i = 0; request.kind == PCIE_READ && request.status == PCIE_SC && i < request.bytes; i++)
        trace_word(trace, request.data[i]);
    if (request.status != PCIE_SC)
        trace_faults(world, trace);
}

static uint64_t random_work(const char *preset, enum world_mode mode, uint64_t latency_ps, FILE *out)
{
    struct world world;
    world_init(&world, preset, NULL, mode, latency_ps);
    struct sim_rng rng;
    sim_rng_seed(&rng, 7);
    struct trace trace = {.out = out};
    for (unsigned i = 0; i < 2000; i++)
        random_step(&world, &rng, mode == WORLD_SCALABLE, &trace);
    for (uint64_t at = 0; at < 0x200000; at += 8)
        trace.hash = (trace.hash ^ world_read64(&world, at)) * UINT64_C(0x100000001b3);
    for (uint64_t at = WORLD_DATA; at < WORLD_DATA + (WORLD_PAGES + 2) * 4096u; at += 8)
        trace.hash = (trace.hash ^ world_read64(&world, at)) * UINT64_C(0x100000001b3);
    assert_true(vtd_idle(world.vtd));
    world_fini(&world);
    if (out)
        fprintf(out, "%s %llx\n", preset, (unsigned long long)trace.hash);
    return trace.hash;
}

static void test_functional_equals_split_phase(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof legacy_presets / sizeof legacy_presets[0]; i++)
        if (strcmp(legacy_presets[i], "legacy-min") != 0) /* has no queue */
            assert_true(random_work(legacy_presets[i], WORLD_LEGACY, 0, NULL) ==
                        random_work(legacy_presets[i], WORLD_LEGACY, 30000, NULL));
    for (size_t i = 0; i < sizeof scalable_presets / sizeof scalable_presets[0]; i++)
        assert_true(random_work(scalable_presets[i], WORLD_SCALABLE, 0, NULL) ==
                    random_work(scalable_presets[i], WORLD_SCALABLE, 30000, NULL));
}

/* Many at once, on tables that stand still: every answer as if it had been alone. */
static void test_overlap_changes_no_answer(void **state)
{
    (void)state;
    enum { COUNT = 200 };
    static struct pcie_request alone[COUNT], together[COUNT];
    struct world one, many;
    world_init(&one, "scalable-nest", NULL, WORLD_SCALABLE, 0);
    world_init(&many, "scalable-nest", "walkers=2,lookup_ps=1000,lookup_ports=2,walk_step_ps=500", WORLD_SCALABLE, 40000);
    struct sim_rng rng;
    sim_rng_seed(&rng, 3);
    bool complete[COUNT] = {false};
    for (unsigned i = 0; i < COUNT; i++) {
        alone[i] = random_request(&rng, true);
        alone[i].kind = PCIE_READ;
        together[i] = alone[i];
        together[i].done = note_done;
        together[i].owner = &complete[i];
        world_run(&one, &alone[i]);
        complete[i] = vtd_request(many.vtd, &together[i]);
    }
    while (sim_step(&many.sim, UINT64_MAX))
        continue;
    for (unsigned i = 0; i < COUNT; i++) {
        assert_true(complete[i]);
        assert_int_equal(together[i].status, alone[i].status);
        if (alone[i].status == PCIE_SC)
            assert_memory_equal(together[i].data, alone[i].data, alone[i].bytes);
    }
    assert_true(vtd_idle(many.vtd));
    world_fini(&one);
    world_fini(&many);
}

/* Two units in one process: each as if it were alone. */
static void test_two_units(void **state)
{
    (void)state;
    struct world a, b, c;
    struct sim_rng ra, rb, rc;
    struct trace ta = {0}, tb = {0}, tc = {0};
    world_init(&a, "scalable-nest", NULL, WORLD_SCALABLE, 0);
    world_init(&b, "legacy", NULL, WORLD_LEGACY, 0);
    world_init(&c, "scalable-nest", NULL, WORLD_SCALABLE, 0);
    sim_rng_seed(&ra, 11);
    sim_rng_seed(&rb, 12);
    sim_rng_seed(&rc, 11);
    for (unsigned i = 0; i < 500; i++) {
        random_step(&a, &ra, true, &ta);
        random_step(&b, &rb, false, &tb);
    }
    for (unsigned i = 0; i < 500; i++)
        random_step(&c, &rc, true, &tc);
    assert_true(ta.hash == tc.hash);
    world_fini(&a);
    world_fini(&b);
    world_fini(&c);
}

/* ---- with deviations compiled in (all off) and without: the same trace ---- */

static const char *trace_path, *compare_path;

/* What comes out changes with what the model does, and then is to be put here anew; with a compiler it never does. */
static const struct {
    const char *preset;
    enum world_mode mode;
    uint64_t latency_ps, hash;
} traces[] = {
    {"legacy", WORLD_LEGACY, 0, UINT64_C(0xe0e04ee1156ac8d5)},
    {"scalable-nest", WORLD_SCALABLE, 0, UINT64_C(0x91cc10f9a54a6926)},
    {"max", WORLD_SCALABLE, 20000, UINT64_C(0x6c43f4c621de5217)},
};

static void write_trace(FILE *out)
{
    for (size_t i = 0; i < sizeof traces / sizeof traces[0]; i++)
        assert_true(random_work(traces[i].preset, traces[i].mode, traces[i].latency_ps, out) == traces[i].hash);
}

static void test_trace(void **state)
{
    (void)state;
    FILE *mine = tmpfile();
    assert_non_null(mine);
    write_trace(mine);
    const char *path = trace_path ? trace_path : compare_path;
    FILE *other = path ? fopen(path, trace_path ? "w" : "r") : NULL;
    if (!path) {
        fclose(mine);
        skip();
    }
    assert_non_null(other);
    rewind(mine);
    unsigned long lines = 0;
    char a[64], b[64];
    while (fgets(a, sizeof a, mine)) {
        lines++;
        if (trace_path) {
            fputs(a, other);
        } else {
            assert_non_null(fgets(b, sizeof b, other));
            assert_string_equal(a, b);
        }
    }
    assert_true(lines > 1000);
    if (!trace_path)
        assert_null(fgets(b, sizeof b, other));
    fclose(other);
    fclose(mine);
}

/* ---- registers ---- */

static void test_register_file(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "legacy", NULL, WORLD_LEGACY, 0);
    struct vtd *vtd = world.vtd;
    assert_int_equal(vtd_register_read(vtd, 0x38, 8) >> 32, 0x31); /* one quadword over two doublewords */
    vtd_register_write(vtd, 0x3c, 1, 0x77);
    assert_int_equal(vtd_register_read(vtd, 0x3c, 2), 0x77);
    vtd_register_write(vtd, 0x20, 4, UINT32_MAX);
    vtd_register_write(vtd, 0x24, 4, UINT32_MAX);
    assert_true(vtd_register_read(vtd, 0x20, 8) == UINT64_C(0x0000fffffffffc00));
    for (uint64_t at = 0; at < vtd_register_bytes(vtd) + 64; at += 4)
        if (at < 0x18 || at > 0xff)
            vtd_register_write(vtd, at, 4, UINT32_MAX);
    assert_int_equal(vtd_register_read(vtd, 0x100, 8), 0); /* no MTRRs here */
    assert_int_equal(vtd_register_read(vtd, vtd_register_bytes(vtd), 8), 0);
    world_fini(&world);
}

static void test_register_invalidation(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "legacy-min", NULL, WORLD_LEGACY, 0);
    struct vtd *vtd = world.vtd;
    vtd_register_write(vtd, 0x28, 8, UINT64_C(1) << 63 | UINT64_C(1) << 61);
    assert_int_equal(vtd_register_read(vtd, 0x28, 8) >> 59, 4 | 1);
    uint64_t iotlb = (vtd_register_read(vtd, 0x10, 8) >> 8 & 0x3ff) * 16u + 8u;
    vtd_register_write(vtd, iotlb, 8, UINT64_C(1) << 63 | UINT64_C(3) << 60);
    assert_int_equal(vtd_register_read(vtd, iotlb, 8) >> 57 & 3, 2); /* PSI=0: the domain instead of the page */
    assert_int_equal(vtd_register_read(vtd, iotlb, 8) >> 63, 0);
    world_fini(&world);
}

int main(int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--trace") == 0)
            trace_path = argv[i + 1];
        if (strcmp(argv[i], "--compare") == 0)
            compare_path = argv[i + 1];
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_register_file),
        cmocka_unit_test(test_register_invalidation),
        cmocka_unit_test(test_legacy_translates),
        cmocka_unit_test(test_scalable_translates),
        cmocka_unit_test(test_atomics),
        cmocka_unit_test(test_fault_record),
        cmocka_unit_test(test_masked_event_is_kept),
        cmocka_unit_test(test_overflow_and_reset),
        cmocka_unit_test(test_queue_invalidates),
        cmocka_unit_test(test_queue_error_and_restart),
        cmocka_unit_test(test_wait_drains),
        cmocka_unit_test(test_stale_fill_is_refused),
        cmocka_unit_test(test_reset_with_requests_in_flight),
        cmocka_unit_test(test_reset_from_a_completion),
        cmocka_unit_test(test_hit_costs_nothing),
        cmocka_unit_test(test_functional_equals_split_phase),
        cmocka_unit_test(test_overlap_changes_no_answer),
        cmocka_unit_test(test_two_units),
        cmocka_unit_test(test_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
