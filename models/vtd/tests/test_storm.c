/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_storm.c - everything at once, at random: requests of all address types, interrupts, page requests, invalidations, devices that
 * complete them, twice or never, and resets. Every request ends, every last page request of a group has one answer or one place in the
 * queue, the queue of invalidations comes to its tail, and at the end nothing is left.
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

enum { GCMD = 0x18, FSTS = 0x34, IQH = 0x80, IQT = 0x88, IQA = 0x90, PQH = 0xc0, PQT = 0xc8, PRS = 0xdc };

#define TE (UINT64_C(1) << 31)
#define QIE (UINT64_C(1) << 26)
#define IRE (UINT64_C(1) << 25)
#define ERRORS (7u << 4)
#define REQUESTS 16u
#define STEPS 3000u

struct storm {
    struct world world;
    struct sim_rng rng;
    struct pcie_request requests[REQUESTS];
    bool busy[REQUESTS];
    unsigned begun, ended, resets;
    unsigned pages_owed; /* last page requests sent */
    unsigned pages_answered, pages_queued;
    uint64_t queue_seen;
    uint32_t lost; /* invalidations that are never completed */
};

static uint64_t choose(struct storm *storm, uint64_t below)
{
    return sim_rng_below(&storm->rng, below);
}

static void done(struct pcie_request *request)
{
    struct storm *storm = request->owner;
    storm->busy[request->id] = false;
    storm->ended++;
}

static void begin_request(struct storm *storm)
{
    unsigned n = (unsigned)choose(storm, REQUESTS);
    if (storm->busy[n])
        return;
    static const enum pcie_kind kinds[] = {PCIE_READ, PCIE_WRITE, PCIE_FETCH_ADD, PCIE_READ};
    struct pcie_request *request = &storm->requests[n];
    *request = world_request(kinds[choose(storm, 4)], WORLD_IOVA + choose(storm, WORLD_PAGES + 2) * 4096u, 8);
    request->id = n;
    request->owner = storm;
    request->done = done;
    request->requester_id = choose(storm, 2) ? WORLD_RID : WORLD_RID_2;
    request->pasid = (uint32_t)choose(storm, 5);
    request->has_pasid = request->pasid != 0;
    request->at = (enum pcie_at)choose(storm, 3);
    request->no_write = choose(storm, 2);
    if (request->at == PCIE_AT_TRANSLATED) /* not where the tables are */
        request->address = WORLD_DATA + choose(storm, WORLD_PAGES) * 4096u;
    if (choose(storm, 4) == 0) { /* an interrupt */
        *request = (struct pcie_request){.id = n,
                                         .owner = storm,
                                         .done = done,
                                         .requester_id = WORLD_RID,
                                         .kind = PCIE_WRITE,
                                         .bytes = 4,
                                         .address = 0xfee00010 | choose(storm, 20) << 5};
    }
    request->issue_ps = storm->world.sim.now_ps;
    storm->begun++;
    storm->busy[n] = true;
    if (vtd_request(storm->world.vtd, request))
        done(request);
}

static void begin_page_request(struct storm *storm)
{
    bool last = choose(storm, 2);
    const struct pcie_message message = {.kind = PCIE_PAGE_REQUEST,
                                         .device_id = WORLD_RID,
                                         .has_pasid = true,
                                         .pasid = (uint32_t)choose(storm, 5),
                                         .address = WORLD_IOVA,
                                         .group_index = (uint16_t)choose(storm, 512),
                                         .read = true,
                                         .last = last};
    storm->pages_owed += last;
    vtd_message(storm->world.vtd, &message);
}

static void queue_something(struct storm *storm)
{
    struct world *world = &storm->world;
    uint64_t head = vtd_register_read(world->vtd, IQH, 8), tail = vtd_register_read(world->vtd, IQT, 8);
    if ((tail + 64u) % 4096u == head || (tail + 32u) % 4096u == head)
        return;
    switch (choose(storm, 6)) {
    case 0:
        world_queue(world, 2u | 1u << 4, 0);
        break;
    case 1:
        world_queue(world, 4u, 0);
        break;
    case 2:
        world_queue(world, 3u | 2u << 16 | (uint64_t)WORLD_RID << 32 | 1u << 12 | UINT64_C(1) << 52, WORLD_IOVA);
        break;
    case 3:
        world_queue(world, 8u | (uint64_t)WORLD_RID_2 << 16 | UINT64_C(1) << 32, WORLD_IOVA);
        break;
    case 4:
        world_begin_wait(world, choose(storm, 4) << 6);
        break;
    default:
        world_queue(world, 7u | 3u << 4, 0);
        break;
    }
}

/* What the unit has sent: invalidations are completed in time, twice, or never; responses are counted. */
static void hear_messages(struct storm *storm)
{
    struct world *world = &storm->world;
    for (uint32_t i = 0; i < world->message_count; i++) {
        const struct pcie_message *message = &world->messages[i];
        if (message->kind == PCIE_PAGE_RESPONSE) {
            storm->pages_answered++;
            continue;
        }
        assert_int_equal(message->kind, PCIE_INVALIDATE_REQUEST);
        const struct pcie_message completion = {.kind = PCIE_INVALIDATE_COMPLETION,
                                                .device_id = message->device_id,
                                                .itag = UINT32_C(1) << message->itag,
                                                .completion_count = 1};
        unsigned times = choose(storm, 8) ? 1 : choose(storm, 2) ? 2 : 0;
        for (unsigned n = 0; n < times; n++)
            vtd_message(world->vtd, &completion);
        storm->lost += times == 0;
    }
    world->message_count = 0;
}

/* Software: takes what is in the page request queue, and clears errors. */
static void serve(struct storm *storm)
{
    struct world *world = &storm->world;
    uint64_t tail = vtd_register_read(world->vtd, PQT, 8);
    for (; storm->queue_seen != tail; storm->queue_seen = (storm->queue_seen + 32u) % 4096u)
        storm->pages_queued += (unsigned)(world_read64(world, WORLD_PAGE_QUEUE + storm->queue_seen + 8) >> 2 & 1u);
    vtd_register_write(world->vtd, PQH, 8, tail);
    vtd_register_write(world->vtd, PRS, 4, 3);
    vtd_register_write(world->vtd, FSTS, 4, ERRORS);
    world_clear_faults(world);
}

static void start(struct world *world)
{
    vtd_register_write(world->vtd, GCMD, 4, TE | QIE | IRE);
    for (uint32_t i = 0; i < 16; i++) {
        bool posted = i % 2;
        world_write64(world, WORLD_IRT + i * 16u, 1 | i << 16 | (posted ? 1u << 15 | (WORLD_PID >> 6) << 38 : 0));
    }
}

/* After a reset nothing of before is heard of again. */
static void reset(struct storm *storm)
{
    struct world *world = &storm->world;
    vtd_reset(world->vtd, choose(storm, 2));
    for (unsigned n = 0; n < REQUESTS; n++) {
        storm->ended += storm->busy[n];
        storm->busy[n] = false;
    }
    world->message_count = 0;
    world->tail = 0;
    storm->queue_seen = 0;
    storm->pages_owed = storm->pages_answered = storm->pages_queued = 0;
    storm->resets++;
    world_start(world);
    start(world);
}

static void settle(struct storm *storm)
{
    struct world *world = &storm->world;
    for (unsigned rounds = 0; rounds < 200; rounds++) {
        world_pass(world, world->sim.now_ps + 100000000);
        hear_messages(storm);
        serve(storm);
    }
}

static void run(uint64_t seed)
{
    static struct storm storm;
    storm = (struct storm){.queue_seen = 0};
    world_init(&storm.world, "max-ats", "device_tlb_timeout_ps=5000000,nfr=7", WORLD_SCALABLE, 20000);
    sim_rng_seed(&storm.rng, seed);
    start(&storm.world);
    for (unsigned step = 0; step < STEPS; step++) {
        uint64_t what = choose(&storm, 1000);
        if (what < 500)
            begin_request(&storm);
        else if (what < 700)
            queue_something(&storm);
        else if (what < 780)
            begin_page_request(&storm);
        else if (what < 800)
            serve(&storm);
        else if (what == 800)
            reset(&storm);
        else
            for (unsigned n = 0; n < 8; n++)
                sim_step(&storm.world.sim, UINT64_MAX);
        if (choose(&storm, 4) == 0 || storm.world.message_count > WORLD_MESSAGES / 2)
            hear_messages(&storm);
    }
    settle(&storm);
    assert_int_equal(storm.begun, storm.ended);
    assert_int_equal(storm.pages_owed, storm.pages_answered + storm.pages_queued);
    assert_int_equal(vtd_register_read(storm.world.vtd, IQH, 8), vtd_register_read(storm.world.vtd, IQT, 8));
    assert_true(vtd_idle(storm.world.vtd));
    world_fini(&storm.world);
}

static void test_storm(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++)
        run(seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_storm)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
