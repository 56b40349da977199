/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_ats.c - 3.9.1, 13.6, 13.7: Translation Requests, their completions, Translated transactions.
 */
#include "world.h"

#include "pcie/ats.h"
#include "smmuv3/smmuv3_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define IPA(n) (WORLD_IPA + HOST(n))
#define CMD_CFGI_ALL UINT64_C(0x04)
#define CMD_TLBI_NSNH_ALL UINT64_C(0x30)
#define CR0_ATSCHK 0x10u
#define FULL 1u
#define SPLIT 2u

enum { NW = 1, PASID_1 = 2, EXE = 4, PRIV = 8 };

static void change(struct world *world, uint64_t address, uint64_t clear, uint64_t set)
{
    world_write64(world, address, (world_read64(world, address) & ~clear) | set);
}

/* What the tables say now is what holds. */
static void refresh(struct world *world)
{
    world_invalidate(world, CMD_CFGI_ALL, 31);
    world_invalidate(world, CMD_TLBI_NSNH_ALL, 0);
}

/* The descriptor that leads to an address. */
static uint64_t entry_for(struct world *world, uint64_t address)
{
    for (uint64_t at = 0x100000; at < world->next_table; at += 8)
        if ((world_read64(world, at) & UINT64_C(0xfffffffff001)) == (address | 1u))
            return at;
    fail_msg("nothing leads to %llx", (unsigned long long)address);
    return 0;
}

static void eats(struct world *world, enum world_stream stream, uint64_t value)
{
    change(world, world_ste(stream) + 8, UINT64_C(3) << 28, value << 28);
}

static void open_ats(struct world *world, const char *settings, uint64_t latency_ps)
{
    world_init(world, "max-ats", settings, latency_ps);
    for (enum world_stream stream = WORLD_S1; stream <= WORLD_NESTED; stream++)
        eats(world, stream, FULL);
    refresh(world);
}

static struct pcie_request ask(struct world *world, enum world_stream stream, uint64_t address, unsigned flags)
{
    struct pcie_request request = world_request(stream, PCIE_READ, address, 8);
    request.at = PCIE_AT_TRANSLATION;
    request.no_write = flags & NW;
    request.has_pasid = flags & PASID_1;
    request.pasid = flags & PASID_1 ? 1 : 0;
    request.execute = flags & EXE;
    request.privileged = flags & PRIV;
    assert_true(world_run(world, &request));
    return request;
}

static struct pcie_translation answer(struct world *world, enum world_stream stream, uint64_t address, unsigned flags)
{
    struct pcie_request request = ask(world, stream, address, flags);
    assert_int_equal(request.status, PCIE_SC);
    assert_int_equal(request.data_bytes, 8);
    return pcie_translation_decode(load_le64(request.data));
}

static struct pcie_request translated(struct world *world, enum world_stream stream, enum pcie_kind kind, uint64_t address)
{
    struct pcie_request request = world_request(stream, kind, address, 8);
    request.at = PCIE_AT_TRANSLATED;
    assert_true(world_run(world, &request));
    return request;
}

static void assert_event(struct world *world, unsigned type)
{
    uint64_t record[4];
    assert_true(world_event(world, record));
    assert_int_equal(record[0] & 0xff, type);
    assert_false(world_event(world, record));
}

static void assert_no_event(struct world *world)
{
    uint64_t record[4];
    assert_false(world_event(world, record));
}

/* ---- 3.9.1.2 ---- */

static void test_pages(void **state)
{
    (void)state;
    for (uint64_t latency_ps = 0; latency_ps <= 5000; latency_ps += 5000) {
        struct world world;
        open_ats(&world, NULL, latency_ps);
        for (unsigned twice = 0; twice < 2; twice++) {
            struct pcie_translation got = answer(&world, WORLD_S2, IPA(3), 0);
            assert_int_equal(got.address, HOST(3));
            assert_int_equal(got.size_lg2, 12);
            assert_true(got.read && got.write && !got.execute && !got.privileged && !got.global && !got.non_snooped);
            got = answer(&world, WORLD_NESTED, PAGE(2) + 0x123, NW);
            assert_int_equal(got.address, HOST(2));
            assert_true(got.read && got.write); /* granted, for the page is writable */
            got = answer(&world, WORLD_S1, PAGE(1), PASID_1 | EXE);
            assert_int_equal(got.address, HOST(1) + 0x100000);
            assert_true(got.read && got.write && got.execute);
        }
        assert_no_event(&world);
        world_fini(&world);
    }
}

static void test_sizes(void **state)
{
    (void)state;
    struct world world;
    open_ats(&world, NULL, 0);
    /* A block of 2 MiB of stage 1, alone and over pages of stage 2. */
    uint64_t table = world_leaf(&world, world.first[WORLD_S1], 0, WORLD_VA) & ~UINT64_C(0xfff);
    world_write64(&world, entry_for(&world, table), WORLD_DATA | 0x741);
    table = entry_for(&world, IPA(0)) & ~UINT64_C(0xfff);
    world_write64(&world, entry_for(&world, WORLD_IPA + table), (WORLD_IPA + WORLD_DATA) | 0x741);
    refresh(&world);
    struct pcie_translation got = answer(&world, WORLD_S1, PAGE(5), NW);
    assert_int_equal(got.size_lg2, 21);
    assert_int_equal(got.address, WORLD_DATA);
    got = answer(&world, WORLD_NESTED, PAGE(5), NW);
    assert_int_equal(got.size_lg2, 12);
    assert_int_equal(got.address, HOST(5));
    world_fini(&world);
}

static void test_refusals(void **state)
{
    (void)state;
    struct world world;
    open_ats(&world, NULL, 0);
    static const enum world_stream streams[] = {WORLD_BYPASS, WORLD_STALL};
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(ask(&world, streams[i], PAGE(0), 0).status, PCIE_UR);
        assert_event(&world, 0x05);
    }
    assert_int_equal(ask(&world, WORLD_ABORT, PAGE(0), 0).status, PCIE_UR);
    assert_no_event(&world);
    assert_int_equal(ask(&world, 31, PAGE(0), 0).status, PCIE_CA); /* V is 0 */
    assert_int_equal(ask(&world, 40, PAGE(0), 0).status, PCIE_CA);
    assert_no_event(&world);
    world_restart(&world, 2 | 8, 0xd);
    assert_int_equal(ask(&world, 31, PAGE(0), 0).status, PCIE_CA);
    assert_event(&world, 0x04);
    assert_int_equal(ask(&world, 40, PAGE(0), 0).status, PCIE_CA);
    assert_event(&world, 0x02);
    world_restart(&world, 8, 0xd);
    assert_int_equal(ask(&world, 40, PAGE(0), 0).status, PCIE_CA);
    assert_no_event(&world);
    world_restart(&world, 0, 0xc);
    assert_int_equal(ask(&world, WORLD_S1, PAGE(0), 0).status, PCIE_UR);
    assert_event(&world, 0x05);
    world_fini(&world);
}

static void test_record(void **state)
{
    (void)state;
    struct world world;
    open_ats(&world, NULL, 0);
    eats(&world, WORLD_S1, 0);
    refresh(&world);
    struct pcie_request request = world_request(WORLD_S1, PCIE_READ, PAGE(3), 24);
    request.at = PCIE_AT_TRANSLATION;
    request.has_pasid = request.execute = request.privileged = true;
    request.pasid = 1;
    assert_true(world_run(&world, &request));
    uint64_t record[4];
    assert_true(world_event(&world, record));
    assert_true(record[0] == (0x05 | 1u << 11 | 1u << 12 | (uint64_t)WORLD_S1 << 32));
    assert_true(record[1] == (UINT64_C(0xf) << 28 | 3u));
    assert_true(record[2] == PAGE(3) && record[3] == 0);
    request.no_write = true;
    request.has_pasid = request.execute = request.privileged = false;
    assert_true(world_run(&world, &request));
    assert_true(world_event(&world, record));
    assert_true(record[0] == (0x05 | (uint64_t)WORLD_S1 << 32));
    assert_true(record[1] == (UINT64_C(8) << 28 | 3u));
    world_fini(&world);
}

static void test_faults(void **state)
{
    (void)state;
    struct world world;
    open_ats(&world, NULL, 0);
    change(&world, world_cd(WORLD_S1, 0), UINT64_C(3) << 45, UINT64_C(1) << 44); /* A, R: 0; S: 1 */
    refresh(&world);
    static const uint64_t addresses[] = {PAGE(WORLD_PAGES), WORLD_VA << 4};
    for (unsigned i = 0; i < 2; i++) {
        struct pcie_translation got = answer(&world, WORLD_S1, addresses[i], 0);
        assert_int_equal(got.size_lg2, 12);
        assert_false(got.read || got.write || got.execute);
    }
    /* Stage 2 of a table, of the CD, of the page. */
    change(&world, world_leaf(&world, world.second[WORLD_NESTED], 1, WORLD_IPA + world_cd(WORLD_NESTED, 0)), 1, 0);
    refresh(&world);
    assert_false(answer(&world, WORLD_NESTED, PAGE(0), 0).read);
    change(&world, world_leaf(&world, world.second[WORLD_NESTED], 1, WORLD_IPA + world_cd(WORLD_NESTED, 0)), 0, 1);
    change(&world, world_leaf(&world, world.second[WORLD_NESTED], 1, IPA(4)), 1u << 10, 0); /* AF */
    refresh(&world);
    assert_true(answer(&world, WORLD_NESTED, PAGE(3), 0).read);
    assert_false(answer(&world, WORLD_NESTED, PAGE(4), 0).read);
    assert_no_event(&world);
    world_fini(&world);
}

/* ---- 13.7.1 ---- */

static void test_rights(void **state)
{
    (void)state;
    struct world world;
    open_ats(&world, NULL, 0);
    uint64_t top = world_read64(&world, world_cd(WORLD_S1, 1) + 8), leaf = world_leaf(&world, top, 0, PAGE(0));
    change(&world, leaf, 0, 1u << 7); /* read-only */
    refresh(&world);
    struct pcie_translation got = answer(&world, WORLD_S1, PAGE(0), PASID_1);
    assert_true(got.read && !got.write && !got.execute);
    change(&world, leaf, 3u << 6, 0); /* privileged only */
    refresh(&world);
    got = answer(&world, WORLD_S1, PAGE(0), PASID_1);
    assert_true(!got.read && !got.write && !got.privileged);
    got = answer(&world, WORLD_S1, PAGE(0), PASID_1 | PRIV);
    assert_true(got.read && got.write && got.privileged);
    change(&world, world_ste(WORLD_S1) + 8, 0, UINT64_C(2) << 48); /* PRIVCFG: unprivileged */
    refresh(&world);
    got = answer(&world, WORLD_S1, PAGE(0), PASID_1 | PRIV);
    assert_true(!got.read && !got.write && got.privileged);
    change(&world, world_ste(WORLD_S1) + 8, UINT64_C(3) << 48, UINT64_C(3) << 50); /* INSTCFG: instruction */
    change(&world, leaf, 0, UINT64_C(1) << 6 | UINT64_C(1) << 54);                 /* for users too, UXN */
    refresh(&world);
    got = answer(&world, WORLD_S1, PAGE(0), PASID_1 | EXE);
    assert_true(!got.read && got.write && !got.execute);
    change(&world, world_ste(WORLD_S1) + 8, UINT64_C(3) << 50, UINT64_C(2) << 50); /* data */
    refresh(&world);
    got = answer(&world, WORLD_S1, PAGE(0), PASID_1 | EXE);
    assert_true(got.read && got.write && got.execute);
    world_fini(&world);
}

#define AF (UINT64_C(1) << 10)
#define READ_ONLY (UINT64_C(1) << 7)
#define DBM (UINT64_C(1) << 51)
#define S2AP_WRITE (UINT64_C(1) << 7)

static void test_flags(void **state)
{
    (void)state;
    struct world world;
    open_ats(&world, NULL, 0);
    change(&world, world_cd(WORLD_NESTED, 0), 0, UINT64_C(3) << 42);    /* HA, HD */
    change(&world, world_ste(WORLD_NESTED) + 16, 0, UINT64_C(3) << 55); /* S2HA, S2HD */
    uint64_t second = world_leaf(&world, world.second[WORLD_NESTED], 1, IPA(0));
    change(&world, second, S2AP_WRITE | AF, DBM);
    refresh(&world);
    struct pcie_translation got = answer(&world, WORLD_NESTED, PAGE(0), NW);
    assert_true(got.read && !got.write);
    assert_true((world_read64(&world, second) & (AF | S2AP_WRITE)) == AF);
    got = answer(&world, WORLD_NESTED, PAGE(0), 0);
    assert_true(got.read && got.write);
    assert_true(world_read64(&world, second) & S2AP_WRITE);
    got = answer(&world, WORLD_NESTED, PAGE(0), NW);
    assert_true(got.write);
    world_fini(&world);
}

/* 3.13.7.1: what one stage refuses leaves no dirty state in the other. */
static void test_no_dirty_state_of_refused(void **state)
{
    (void)state;
    struct world world;
    open_ats(&world, NULL, 0);
    change(&world, world_cd(WORLD_NESTED, 0), 0, UINT64_C(3) << 42);
    change(&world, world_ste(WORLD_NESTED) + 16, 0, UINT64_C(3) << 55);
    uint64_t second = world_leaf(&world, world.second[WORLD_NESTED], 1, IPA(0));
    uint64_t first = entry_for(&world, IPA(0));
    change(&world, first, 0, READ_ONLY);
    change(&world, second, S2AP_WRITE, DBM);
    refresh(&world);
    struct pcie_translation got = answer(&world, WORLD_NESTED, PAGE(0), 0);
    assert_true(got.read && !got.write);
    assert_false(world_read64(&world, second) & S2AP_WRITE);
    change(&world, first, AF, DBM);
    change(&world, second, DBM, 0);
    refresh(&world);
    got = answer(&world, WORLD_NESTED, PAGE(0), 0);
    assert_true(got.read && !got.write);
    assert_true((world_read64(&world, first) & (AF | READ_ONLY)) == (AF | READ_ONLY));
    world_fini(&world);
}

static void test_skipped_stage(void **state)
{
    (void)state;
    struct world world;
    open_ats(&world, NULL, 0);
    change(&world, world_ste(WORLD_S1) + 8, 3, 1); /* S1DSS: bypass */
    refresh(&world);
    struct pcie_translation got = answer(&world, WORLD_S1, HOST(1) + 0x234, NW);
    assert_int_equal(got.address, HOST(1));
    assert_true(got.read && got.write && !got.execute && !got.untranslated_only);
    change(&world, world_ste(WORLD_S1) + 8, 3, 0); /* terminated */
    refresh(&world);
    assert_int_equal(ask(&world, WORLD_S1, PAGE(0), 0).status, PCIE_CA);
    assert_no_event(&world);
    world_fini(&world);
}

/* ---- 13.6.3 split-stage, 3.9.1.3 Translated transactions ---- */

static void test_split(void **state)
{
    (void)state;
    struct world world;
    open_ats(&world, NULL, 0);
    eats(&world, WORLD_NESTED, SPLIT);
    refresh(&world);
    assert_int_equal(ask(&world, WORLD_NESTED, PAGE(1), 0).status, PCIE_UR);
    assert_event(&world, 0x05);
    assert_int_equal(world_touch(&world, WORLD_NESTED, PCIE_READ, PAGE(1)), PCIE_SC);
    world_restart(&world, 2, 0xd | CR0_ATSCHK);
    struct pcie_translation got = answer(&world, WORLD_NESTED, PAGE(1), 0);
    assert_int_equal(got.address, IPA(1));
    assert_true(got.read && got.write);
    world_write64(&world, HOST(1), 0x1111);
    struct pcie_request request = translated(&world, WORLD_NESTED, PCIE_READ, IPA(1));
    assert_int_equal(request.status, PCIE_SC);
    assert_int_equal(load_le64(request.data), 0x1111);
    assert_int_equal(translated(&world, WORLD_NESTED, PCIE_READ, HOST(1)).status, PCIE_UR);
    assert_event(&world, 0x10);
    assert_int_equal(translated(&world, WORLD_NESTED, PCIE_READ, UINT64_C(1) << 60).status, PCIE_UR);
    assert_event(&world, 0x11);
    eats(&world, WORLD_S1, SPLIT);
    refresh(&world);
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(1)), PCIE_UR);
    assert_event(&world, 0x04);
    world_fini(&world);
}

static void test_translated(void **state)
{
    (void)state;
    struct world world;
    open_ats(&world, NULL, 0);
    world_write64(&world, HOST(2), 0x2222);
    static const enum world_stream streams[] = {WORLD_S1, WORLD_S2, WORLD_NESTED, WORLD_BYPASS, WORLD_ABORT, 31};
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(load_le64(translated(&world, streams[i], PCIE_READ, HOST(2)).data), 0x2222);
    assert_int_equal(translated(&world, WORLD_S1, PCIE_READ, UINT64_C(1) << 55).status, PCIE_UR);
    assert_no_event(&world);
    world_restart(&world, 2, 0xd | CR0_ATSCHK);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(load_le64(translated(&world, streams[i], PCIE_READ, HOST(2)).data), 0x2222);
    assert_int_equal(translated(&world, WORLD_BYPASS, PCIE_WRITE, HOST(2)).status, PCIE_UR);
    uint64_t record[4];
    assert_true(world_event(&world, record));
    assert_true(record[0] == (0x07 | (uint64_t)WORLD_BYPASS << 32) && record[1] == 0 && record[2] == HOST(2));
    assert_int_equal(translated(&world, WORLD_ABORT, PCIE_READ, HOST(2)).status, PCIE_UR);
    assert_int_equal(translated(&world, 31, PCIE_READ, HOST(2)).status, PCIE_UR);
    assert_int_equal(translated(&world, 40, PCIE_READ, HOST(2)).status, PCIE_UR);
    assert_int_equal(translated(&world, WORLD_S1, PCIE_READ, HOST(2) + 0xffc).status, PCIE_UR); /* F_UUT otherwise */
    assert_no_event(&world);
    world_restart(&world, 8, 0xd | CR0_ATSCHK); /* REC_CFG_ATS without RECINVSID */
    assert_int_equal(translated(&world, 40, PCIE_READ, HOST(2)).status, PCIE_UR);
    assert_event(&world, 0x02);
    struct pcie_request request = world_request(WORLD_S1, PCIE_READ, HOST(2), 8);
    request.at = PCIE_AT_TRANSLATED;
    request.has_pasid = true;
    request.pasid = 0x100;
    assert_true(world_run(&world, &request));
    assert_int_equal(request.status, PCIE_UR);
    assert_event(&world, 0x08);
    world_restart(&world, 0, 0xc);
    assert_int_equal(translated(&world, WORLD_S1, PCIE_READ, HOST(2)).status, PCIE_UR);
    assert_event(&world, 0x07);
    world_fini(&world);
}

/* ---- many at once ---- */

enum { COUNT = 300 };

static void count(struct pcie_request *request)
{
    ++*(unsigned *)request->owner;
}

static struct pcie_request any_request(struct sim_rng *rng)
{
    static const enum world_stream streams[] = {WORLD_S1, WORLD_S2, WORLD_NESTED, WORLD_BYPASS, WORLD_ABORT};
    enum world_stream stream = streams[sim_rng_below(rng, 5)];
    uint64_t base = stream == WORLD_S2 ? IPA(0) : stream == WORLD_BYPASS ? HOST(0) : WORLD_VA;
    struct pcie_request request = world_request(stream, PCIE_READ, base + sim_rng_below(rng, WORLD_PAGES + 2u) * 4096u, 8);
    static const enum pcie_at types[] = {PCIE_AT_UNTRANSLATED, PCIE_AT_TRANSLATION, PCIE_AT_TRANSLATION, PCIE_AT_TRANSLATED};
    request.at = types[sim_rng_below(rng, 4)];
    request.no_write = sim_rng_below(rng, 2);
    request.has_pasid = stream == WORLD_S1 && sim_rng_below(rng, 2);
    request.pasid = request.has_pasid ? (uint32_t)sim_rng_below(rng, 5) : 0;
    return request;
}

/* Walks that are shared or must wait change no answer. */
static void test_together(void **state)
{
    (void)state;
    static struct pcie_request alone[COUNT], together[COUNT];
    static const char *const settings[] = {"walkers=3", "miss_merge=1,in_flight_max=20",
                                           "miss_merge=2,walk_hazard_lg2=21,walkers=2"};
    for (unsigned s = 0; s < 3; s++) {
        struct world one, many;
        struct sim_rng rng;
        unsigned completed = 0;
        open_ats(&one, NULL, 0);
        open_ats(&many, settings[s], 5000);
        sim_rng_seed(&rng, 3 + s);
        for (unsigned i = 0; i < COUNT; i++) {
            alone[i] = together[i] = any_request(&rng);
            together[i].done = count;
            together[i].owner = &completed;
            together[i].issue_ps = many.sim.now_ps;
            assert_true(world_run(&one, &alone[i]));
            completed += smmuv3_request(many.smmu, &together[i]);
        }
        world_settle(&many);
        assert_int_equal(completed, COUNT);
        for (unsigned i = 0; i < COUNT; i++) {
            assert_int_equal(together[i].status, alone[i].status);
            if (alone[i].status == PCIE_SC)
                assert_memory_equal(together[i].data, alone[i].data, 8);
        }
        world_fini(&one);
        world_fini(&many);
    }
}

/* 3.9.1: what a translation request has found is answered before the CMD_SYNC that removes it is complete. */
static void test_sync_waits_for_requests(void **state)
{
    (void)state;
    struct world world;
    open_ats(&world, NULL, 100000);
    uint64_t done_ps = 0;
    struct pcie_request request = world_request(WORLD_NESTED, PCIE_READ, PAGE(1), 8);
    request.at = PCIE_AT_TRANSLATION;
    request.issue_ps = world.sim.now_ps;
    request.done = world_note_done;
    request.owner = &done_ps;
    assert_false(smmuv3_request(world.smmu, &request));
    world_command(&world, CMD_TLBI_NSNH_ALL, 0);
    world_command(&world, CMD_SYNC, 0);
    assert_true(world_consumed(&world));
    assert_true(done_ps != 0 && request.status == PCIE_SC);
    world_fini(&world);
}

static void test_without_ats(void **state)
{
    (void)state;
    struct world world;
    world_init(&world, "max", NULL, 0);
    eats(&world, WORLD_S1, SPLIT); /* IGNORED */
    refresh(&world);
    assert_int_equal(world_touch(&world, WORLD_S1, PCIE_READ, PAGE(1)), PCIE_SC);
    assert_int_equal(ask(&world, WORLD_S1, PAGE(1), 0).status, PCIE_UR);
    assert_int_equal(translated(&world, WORLD_S1, PCIE_READ, HOST(1)).status, PCIE_UR);
    assert_no_event(&world);
    world_fini(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_rights),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_no_dirty_state_of_refused),
        cmocka_unit_test(test_skipped_stage),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_translated),
        cmocka_unit_test(test_together),
        cmocka_unit_test(test_sync_waits_for_requests),
        cmocka_unit_test(test_without_ats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
