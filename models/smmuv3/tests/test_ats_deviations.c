/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_ats_deviations.c - every deviation of ATS and PRI shows: a fixed course of requests, commands and messages ends in another
 * way with it than without.
 */
#include "world.h"

#include "pcie/ats.h"
#include "smmuv3/smmuv3_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define SID(sid) ((uint64_t)(sid) << 32)
#define SSID(ssid) (UINT64_C(1) << 11 | (uint64_t)(ssid) << 12)
#define CR0_ATSCHK 0x10u
#define CR2_BOTH 0xau
#define OVERFLOW UINT32_C(0x80000000)

struct course {
    struct world world;
    uint64_t guest_leaf; /* of a page that the host lets nobody write */
    uint64_t hash;
};

static void note(struct course *course, uint64_t value)
{
    course->hash = (course->hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    course->hash ^= course->hash >> 29;
}

static void set_bits(struct world *world, uint64_t address, uint64_t clear, uint64_t set)
{
    world_write64(world, address, (world_read64(world, address) & ~clear) | set);
}

/* Whatever has come out of the unit. */
static void look(struct course *course)
{
    struct world *world = &course->world;
    struct pcie_message message;
    uint64_t record[4];
    static const uint64_t registers[] = {0x24, 0x60, 0x9c, 0x100c8};
    sim_run(&world->sim, world->sim.now_ps + 10000000);
    while (world_event(world, record))
        for (unsigned i = 0; i < 4; i++)
            note(course, record[i]);
    while (world_message(world, &message)) {
        note(course, (uint64_t)message.kind << 56 | (uint64_t)message.device_id << 32 | message.itag);
        note(course, message.address);
        note(course, (uint64_t)message.has_pasid << 63 | (uint64_t)message.pasid << 32 | (uint64_t)message.group_index << 8 |
                         message.response_code);
    }
    for (unsigned i = 0; i < 4; i++)
        note(course, world_register(world, registers[i]));
    for (unsigned i = 0; i < 4; i++)
        note(course, world->lines[i]);
    note(course, world->reads[PORT_DMA]);
    note(course, world->reads[PORT_QUEUE]);
    note(course, world_read64(world, course->guest_leaf));
    for (uint64_t at = WORLD_PRIQ; at < WORLD_PRIQ + 64; at += 8)
        note(course, world_read64(world, at));
}

enum { NW = 1, WITH_PASID = 2, EXE = 4, PRIV = 8, WRITE = 16 };

static void request(struct course *course, enum pcie_at at, enum world_stream stream, uint64_t address, unsigned flags)
{
    struct pcie_request request = world_request(stream, flags & WRITE ? PCIE_WRITE : PCIE_READ, address, 8);
    request.at = at;
    request.no_write = flags & NW;
    request.has_pasid = flags & WITH_PASID;
    request.pasid = 1;
    request.execute = flags & EXE;
    request.privileged = flags & PRIV;
    note(course, world_run(&course->world, &request));
    note(course, request.status);
    note(course, request.status == PCIE_SC ? load_le64(request.data) : 0);
    look(course);
}

static void requests(struct course *course)
{
    static const uint64_t addresses[] = {PAGE(0), PAGE(1), PAGE(2), PAGE(3), PAGE(WORLD_PAGES), HOST(0), UINT64_C(1) << 50};
    static const unsigned flags[] = {NW, 0, WITH_PASID | EXE | NW, WITH_PASID, WITH_PASID | PRIV, WITH_PASID | EXE | PRIV};
    request(course, PCIE_AT_TRANSLATION, WORLD_NESTED, PAGE(1), 0); /* nothing is cached yet */
    for (enum world_stream stream = WORLD_S1; stream <= WORLD_ABORT; stream++)
        for (unsigned i = 0; i < 7; i++) {
            for (unsigned j = 0; j < 6; j++)
                request(course, PCIE_AT_TRANSLATION, stream, addresses[i], flags[j]);
            request(course, PCIE_AT_TRANSLATED, stream, addresses[i], i & 1u ? WRITE : 0);
            request(course, PCIE_AT_TRANSLATED, stream, addresses[i] + WORLD_IPA, 0);
        }
    request(course, PCIE_AT_TRANSLATION, 31, PAGE(0), 0);
    request(course, PCIE_AT_TRANSLATED, 31, PAGE(0), 0);
}

/* Pages of all kinds, for users and privileged, clean and dirty; global ones. */
static void prepare(struct course *course)
{
    struct world *world = &course->world;
    uint64_t top = world_read64(world, world_cd(WORLD_S1, 1) + 8);
    set_bits(world, world_leaf(world, top, 0, PAGE(0)), UINT64_C(1) << 11, 0);
    set_bits(world, world_leaf(world, top, 0, PAGE(1)), UINT64_C(1) << 6, 0);
    set_bits(world, world_leaf(world, top, 0, PAGE(2)), 0, UINT64_C(1) << 7 | UINT64_C(1) << 51);
    set_bits(world, world_leaf(world, world->first[WORLD_S1], 0, PAGE(2)), 0, UINT64_C(1) << 7 | UINT64_C(1) << 51);
    set_bits(world, world_leaf(world, top, 0, PAGE(3)), 0, UINT64_C(1) << 7);
    for (uint32_t i = 0; i < 2; i++)
        set_bits(world, world_cd(WORLD_S1, i), 0, UINT64_C(3) << 42);
    set_bits(world, world_ste(WORLD_S1) + 8, 0, UINT64_C(1) << 28 | UINT64_C(2) << 48);
    set_bits(world, world_ste(WORLD_S2) + 8, 0, UINT64_C(1) << 18);
    set_bits(world, world_ste(WORLD_NESTED) + 8, 0, UINT64_C(2) << 28);
    /* Writable-clean for the guest, read-only for the host. */
    set_bits(world, world_cd(WORLD_NESTED, 0), 0, UINT64_C(3) << 42);
    for (uint64_t at = 0x100000; at < world->next_table; at += 8)
        if ((world_read64(world, at) & UINT64_C(0xfffffffff001)) == (WORLD_IPA + HOST(1)) + 1u)
            set_bits(world, course->guest_leaf = at, 0, UINT64_C(1) << 7 | UINT64_C(1) << 51);
    set_bits(world, world_leaf(world, world->second[WORLD_NESTED], 1, WORLD_IPA + HOST(1)), UINT64_C(1) << 7, 0);
}

static void control(struct course *course, uint32_t cr2, uint32_t cr0)
{
    world_restart(&course->world, cr2, cr0);
    look(course);
}

static void command(struct course *course, uint64_t low, uint64_t high)
{
    world_command(&course->world, low, high);
    look(course);
    world_set(&course->world, 0x64, world_register(&course->world, 0x60)); /* GERRORN */
    if (!world_consumed(&course->world) && world_register(&course->world, 0x9c) >> 24 == 1) {
        world_set(&course->world, 0x20, world_register(&course->world, 0x20) & ~8u);
        course->world.command = 0;
        world_set(&course->world, 0x98, 0);
        world_set(&course->world, 0x9c, 0);
        world_set(&course->world, 0x20, world_register(&course->world, 0x20) | 8u);
    }
    look(course);
}

static void complete(struct course *course, enum world_stream stream, uint32_t tags)
{
    const struct pcie_message completion = {
        .kind = PCIE_INVALIDATE_COMPLETION, .device_id = (uint16_t)stream, .itag = tags, .completion_count = 1};
    smmuv3_message(course->world.smmu, &completion);
    look(course);
}

static void commands(struct course *course)
{
    struct world *world = &course->world;
    for (unsigned enabled = 0; enabled < 2; enabled++) {
        control(course, 2, 0xe | enabled);
        for (unsigned i = 0; i < 4; i++) {
            command(course, 0x40 | SID(1) | (i & 1u ? SSID(5) : 0) | (i & 2u) << 8, UINT64_C(0x123456789000) | 4);
            command(course, 0x41 | SID(1) | (i & 1u ? SSID(5) : 0), (uint64_t)i << 12 | 0x155);
        }
        complete(course, WORLD_S1, UINT32_MAX);
    }
    command(course, 0x40 | SID(1), 0);
    world_command(world, 0x46, 0);
    look(course);
    complete(course, WORLD_S1, UINT32_MAX);
    command(course, 0x40 | SID(1), 0);
    world_command(world, 0x46, 0);
    sim_run(&world->sim, world->sim.now_ps + UINT64_C(61000000000000));
    look(course);
    world_set(world, 0x64, world_register(world, 0x60));
    look(course);
}

static void page_request(struct course *course, enum world_stream stream, unsigned group, unsigned flags, bool last, bool stop)
{
    const struct pcie_message message = {.kind = PCIE_PAGE_REQUEST,
                                         .device_id = (uint16_t)stream,
                                         .has_pasid = flags & WITH_PASID || stop,
                                         .pasid = 0xabcde,
                                         .execute = flags & EXE,
                                         .privileged = flags & PRIV,
                                         .address = PAGE(group),
                                         .group_index = (uint16_t)(0x100 + group),
                                         .read = !stop,
                                         .write = flags & WRITE && !stop,
                                         .last = last};
    smmuv3_message(course->world.smmu, &message);
    look(course);
}

static void consume(struct world *world)
{
    world_set(world, 0x100cc, world_register(world, 0x100c8));
}

static void page_requests(struct course *course)
{
    consume(&course->world);
    for (unsigned i = 0; i < 7; i++) {
        page_request(course, WORLD_S1, i, i & 1u ? WITH_PASID | EXE | PRIV : WRITE, false, false);
        page_request(course, WORLD_S2, i, WITH_PASID, true, false);
        page_request(course, WORLD_S1, i, WITH_PASID, true, false);
        page_request(course, WORLD_S1, i, 0, true, false);
        page_request(course, WORLD_S1, 0, 0, true, true);
        if (i == 3)
            world_set(&course->world, 0x100cc, world_register(&course->world, 0x100c8) ^ OVERFLOW);
        if (i == 4)
            consume(&course->world);
    }
}

static void queue(struct course *course, uint64_t base, uint32_t last_only, uint32_t irqen)
{
    struct world *world = &course->world;
    control(course, 2, 0xc);
    smmuv3_register_write(world->smmu, 0xc0, 8, base | 2u);
    world_set(world, 0x100c8, 0);
    world_set(world, 0x100cc, 0);
    world_set(world, 0x50, 5);
    world_set(world, 0xdc, last_only << 31);
    world_set(world, 0x50, 5 | irqen);
    for (uint32_t cr0 = 0xc; cr0 <= 0xf; cr0++) {
        control(course, 2, cr0);
        page_requests(course);
        world_set(world, 0x64, world_register(world, 0x60));
    }
}

static uint64_t run(const char *preset, const char *settings, uint64_t latency_ps)
{
    struct course course = {.hash = 1};
    world_init(&course.world, preset, settings, latency_ps);
    prepare(&course);
    for (uint32_t cr0 = 0xc; cr0 <= 0xd; cr0++)
        for (uint32_t checked = 0; checked <= CR0_ATSCHK; checked += CR0_ATSCHK) {
            control(&course, 2, cr0 | checked);
            requests(&course);
        }
    commands(&course);
    queue(&course, WORLD_PRIQ, 0, 2);
    queue(&course, WORLD_PRIQ, 1, 2);
    queue(&course, WORLD_PRIQ, 0, 0);
    queue(&course, WORLD_BYTES, 0, 2);
    world_fini(&course.world);
    return course.hash;
}

static void came(struct pcie_request *request)
{
    *(bool *)request->owner = true;
}

/* What came through before a completion is over when the CMD_SYNC is. */
static uint64_t race(const char *settings)
{
    struct world world;
    world_init(&world, "max-ats", settings, 100000);
    world_command(&world, 0x40 | SID(1), 0);
    world_command(&world, 0x46, 0);
    sim_run(&world.sim, world.sim.now_ps + 1000000);
    struct pcie_request write = world_request(WORLD_S1, PCIE_WRITE, HOST(5), 8);
    bool done = false;
    write.at = PCIE_AT_TRANSLATED;
    write.issue_ps = world.sim.now_ps;
    write.owner = &done;
    write.done = came;
    assert_false(smmuv3_request(world.smmu, &write));
    const struct pcie_message completion = {
        .kind = PCIE_INVALIDATE_COMPLETION, .device_id = 1, .itag = UINT32_MAX, .completion_count = 1};
    smmuv3_message(world.smmu, &completion);
    bool early = world_consumed(&world) && !done;
    world_fini(&world);
    return early;
}

static void every_deviation_shows(void **state)
{
    (void)state;
    static const char *const sets[][2] = {{"max-ats", ""}, {"ats-nested", ""}, {"max-ats", "oas=4,vax=0,ds=0"}};
    uint64_t plain[3];
    unsigned missing = 0;
    for (unsigned i = 0; i < 3; i++)
        plain[i] = run(sets[i][0], sets[i][1], 0);
    for (unsigned i = 0; i < 3; i++)
        assert_true(run(sets[i][0], sets[i][1], 0) == plain[i]);
    uint64_t in_order = race("");
    for (unsigned id = SMMUV3_E_SPLIT_WITHOUT_ATSCHK; id < SMMUV3_ERRATA_COUNT; id++) {
        char settings[128];
        bool shown = false;
        for (unsigned i = 0; i < 3 && !shown; i++) {
            snprintf(settings, sizeof settings, "%s%serratum=%s", sets[i][1], sets[i][1][0] ? "," : "", smmuv3_errata[id].name);
            shown = run(sets[i][0], settings, 0) != plain[i];
        }
        snprintf(settings, sizeof settings, "erratum=%s", smmuv3_errata[id].name);
        shown = shown || race(settings) != in_order;
        if (!shown)
            fprintf(stderr, "%s does not show\n", smmuv3_errata[id].name);
        missing += !shown;
    }
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_deviation_shows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
