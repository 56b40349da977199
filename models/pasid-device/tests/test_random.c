/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_random.c - random moves between random pages under three PASIDs, while pages come and go: page requests, invalidations,
 * drains. The data must be right; the log of all TLPs is the same on every compiler, and with deviations compiled in or not.
 *
 *   test_pasid_device_random [--trace FILE | --compare FILE]
 */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PASIDS 3u
#define PAGES 6u /* of each PASID */
#define VA UINT64_C(0x7f0000000000)
#define RECORDS 0x3e0000u
#define WORKS 4u

static const char *trace_path, *compare_path;

/* What each address space must hold: page n of a PASID has a frame of its own, so that no data is shared. */
struct model {
    uint8_t bytes[PASIDS][PAGES * 4096u];
    bool mapped[PASIDS][PAGES];
};

static uint64_t frame(uint32_t pasid, uint32_t page, uint32_t generation)
{
    return 0x10000u + ((pasid * PAGES + page) * 2u + generation % 2u) * 4096u;
}

static uint64_t hash(uint64_t h, uint64_t word)
{
    return (h ^ word) * UINT64_C(0x100000001b3);
}

static uint64_t hash_log(const struct world *w)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (uint32_t i = 0; i < w->logged; i++) {
        const struct pcie_request *r = &w->log[i];
        h = hash(h, w->log_tick[i]);
        h = hash(h, r->address);
        h = hash(h, (uint64_t)r->kind << 40 | (uint64_t)r->at << 36 | (uint64_t)r->has_pasid << 35 | (uint64_t)r->bytes << 20 |
                        r->pasid);
        h = hash(h, r->kind == PCIE_WRITE ? 0 : r->id);
    }
    for (uint32_t i = 0; i < w->messages; i++)
        h = hash(h, (uint64_t)w->message[i].kind << 60 | w->message[i].itag | w->message[i].address | w->message[i].group_index);
    return h;
}

static void set_entry(struct world *w, uint32_t pasid, uint32_t page, uint64_t entry)
{
    for (uint32_t i = 0; i < w->pages; i++)
        if (w->page[i].pasid == pasid + 1u && w->page[i].va == VA + 4096u * page)
            w->page[i].entry = entry;
}

/* The page moves to its other frame; what is under way may still use the old one until the invalidation is complete. */
static void move_page(struct world *w, uint32_t pasid, uint32_t page, uint32_t *generation)
{
    uint32_t before = w->messages;
    uint64_t from = frame(pasid, page, *generation), to = frame(pasid, page, *generation + 1u);
    set_entry(w, pasid, page, 0);
    invalidate(w, true, pasid + 1u, VA + 4096u * page, page);
    for (uint32_t i = 0; i < 2000u; i++) {
        world_run(w, 20);
        for (uint32_t m = before; m < w->messages; m++) {
            if (w->message[m].kind != PCIE_INVALIDATE_COMPLETION || w->message[m].itag != 1u << page)
                continue;
            memcpy(w->ram + to, w->ram + from, 4096); /* nobody writes to the old frame any more */
            memset(w->ram + from, 0xee, 4096);
            set_entry(w, pasid, page, to | R | W);
            ++*generation;
            return;
        }
    }
    fail_msg("an invalidation does not end");
}

/* Answers page requests; those of pages that are on the move wait for a later call. */
static uint32_t answer_requests(struct world *w, uint32_t from)
{
    uint32_t m = from;
    for (; m < w->messages; m++) {
        const struct pcie_message *request = &w->message[m];
        struct pcie_message response = {.kind = PCIE_PAGE_RESPONSE,
                                        .has_pasid = request->has_pasid,
                                        .pasid = request->pasid,
                                        .group_index = request->group_index};
        if (request->kind == PCIE_PAGE_REQUEST && request->last && (request->read || request->write))
            pasid_device_message(w->device, &response);
    }
    return m;
}

static void prepare(struct world *w, struct model *model)
{
    world_start(w);
    world_ats(w, true, true);
    bar0_write(w, PD_AT_PRICFG, 8, (bar0(w, PD_AT_PRICFG, 8) & ~UINT64_C(0xff0000)) | UINT64_C(255) << 16);
    world_device_on(w);
    for (uint32_t pasid = 0; pasid < PASIDS; pasid++) {
        world_queue(w, pasid, (struct queue){.pasid = pasid + 1u, .bof = true, .size = 8});
        for (uint32_t page = 0; page < PAGES; page++)
            world_map(w, true, pasid + 1u, VA + 4096u * page, frame(pasid, page, 0) | R | W);
        world_map(w, true, pasid + 1u, RECORDS, RECORDS | R | W);
    }
    for (uint32_t pasid = 0; pasid < PASIDS; pasid++)
        for (uint32_t i = 0; i < PAGES * 4096u; i++) {
            model->bytes[pasid][i] = (uint8_t)sim_rng_next(&w->sim.rng);
            w->ram[frame(pasid, 0, 0) + (i / 4096u) * 8192u + i % 4096u] = model->bytes[pasid][i];
        }
}

static uint64_t random_work(const char *settings, uint64_t latency)
{
    static struct model model;
    struct world *w = world_make(settings);
    uint32_t generation[PASIDS][PAGES] = {{0}}, answered = 0;
    struct sim_rng rng;
    sim_rng_seed(&rng, latency + 7u);
    prepare(w, &model);
    w->latency_ticks = latency;
    w->jitter_ticks = latency;
    for (uint32_t round = 0; round < 30u; round++) {
        for (uint32_t n = 0; n < WORKS; n++) {
            uint32_t pasid = (uint32_t)sim_rng_below(&rng, PASIDS), size = 1u + (uint32_t)sim_rng_below(&rng, 6000);
            uint32_t src = (uint32_t)sim_rng_below(&rng, PAGES * 4096u - size),
                     dst = (uint32_t)sim_rng_below(&rng, PAGES * 4096u - size);
            w->ram[RECORDS + 32u * n] = 0;
            submit(w, pasid,
                   (struct descriptor){.opcode = PD_OP_MEMMOVE,
                                       .flags = CRAV | RCR | BOF,
                                       .record = RECORDS + 32u * n,
                                       .src = VA + src,
                                       .dst = VA + dst,
                                       .size = size});
            memmove(model.bytes[pasid] + dst, model.bytes[pasid] + src, size);
            world_run(w, sim_rng_below(&rng, 300));
            uint32_t page = (uint32_t)sim_rng_below(&rng, PAGES), whose = (uint32_t)sim_rng_below(&rng, PASIDS);
            if (sim_rng_below(&rng, 2))
                move_page(w, whose, page, &generation[whose][page]);
            answered = answer_requests(w, answered);
            /* Works of one PASID overlap: one after the other. */
            for (uint32_t i = 0; i < 3000u && !w->ram[RECORDS + 32u * n]; i++) {
                world_run(w, 20);
                answered = answer_requests(w, answered);
            }
            assert_int_equal(w->ram[RECORDS + 32u * n], PD_ST_OK);
        }
    }
    for (uint32_t pasid = 0; pasid < PASIDS; pasid++)
        for (uint32_t i = 0; i < PAGES * 4096u; i++)
            assert_int_equal(w->ram[frame(pasid, i / 4096u, generation[pasid][i / 4096u]) + i % 4096u], model.bytes[pasid][i]);
    uint64_t result = hash_log(w);
    world_run(w, 1000);
    assert_true(pasid_device_idle(w->device));
    world_free(w);
    return result;
}

static void data_is_right_and_repeatable(void **state)
{
    static const struct {
        const char *settings;
        uint64_t latency;
    } runs[] = {{"", 0},
                {"", 5},
                {"", 40},
                {"preset=ep", 17},
                {"preset=serial", 3},
                {"preset=pasid8", 11},
                {"atc_entries=2 treq_max=1", 9}};
    (void)state;
    FILE *trace = trace_path ? fopen(trace_path, "w") : NULL, *compare = compare_path ? fopen(compare_path, "r") : NULL;
    assert_true(!trace_path || trace);
    assert_true(!compare_path || compare);
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        uint64_t result = random_work(runs[i].settings, runs[i].latency);
        unsigned long long expected;
        assert_true(result == random_work(runs[i].settings, runs[i].latency));
        if (trace)
            fprintf(trace, "%llx\n", (unsigned long long)result);
        if (compare) {
            assert_int_equal(fscanf(compare, "%llx", &expected), 1);
            assert_true(result == expected);
        }
    }
    if (trace)
        assert_int_equal(fclose(trace), 0);
    if (compare)
        fclose(compare);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(data_is_right_and_repeatable)};
    if (argc == 3 && strcmp(argv[1], "--trace") == 0)
        trace_path = argv[2];
    if (argc == 3 && strcmp(argv[1], "--compare") == 0)
        compare_path = argv[2];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
