/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory types and shareability of the accesses that an SMMU makes for itself (13.8, 5.2 S1CIR, 5.4 IR0, 5.2 S2IR0, 6.3.11
 * SMMU_CR1): structures, table walks, queues. Inner and outer cacheability are the same here, so that one type says both.
 */
#include "sm_chapters.h"
#include "sm_queue_rig.h"

#include <stdio.h>

#define INPUT UINT64_C(0x03c47000)
#define ROW "SMMU-13-022"

/* As dut.h has them. */
enum { NC = 1, WT = 4, WB = 6 };

/* 5.4 IR0 and 5.2 S1CIR; CR1 has the first three, and 3 as 0. */
static const uint32_t types[4] = {NC, WB, WT, WB};
static const uint32_t shareabilities[3] = {0, 2, 3}; /* Non-shareable, Outer, Inner */

/* 13.1: Normal Non-cacheable is Outer Shareable whatever it says, and no cache is asked. */
static void check_access(struct test *t, const char *what, size_t mark, uint64_t address, uint32_t bytes, uint32_t kinds,
                         uint32_t type, uint32_t sh)
{
    const struct iotb_access *a = trace_find(t, mark, address, address + bytes - 1, kinds);

    if (!CHECK(t, ROW, a != NULL, "an access of the %s", what))
        return;
    if (a->memory_type != IOTB_ATTR_UNKNOWN)
        CHECK_EQ(t, ROW, type, a->memory_type, "memory type of the access of the %s", what);
    if (a->snoop != IOTB_ATTR_UNKNOWN)
        CHECK_EQ(t, ROW, type != NC && sh != 0, a->snoop, "snoop of the access of the %s", what);
}

/* ---- walks and CDs ---- */

static void set_stage1(struct sm_path *path, const char *const fields[3], bool of_ste, uint32_t code, uint32_t sh)
{
    const uint32_t values[3] = {code, code, sh};

    for (uint32_t i = 0; i < 3; i++) {
        if (of_ste)
            sm_ste_set(path->sm, path->sid, fields[i], values[i]);
        else
            sm_cd_set(path->sm, path->sid, path->ssid, fields[i], values[i]);
    }
}

static void walks_body(struct sm *sm, struct sm_path *path)
{
    static const char *const s1c[] = {"S1CIR", "S1COR", "S1CSH"}, *const cd[] = {"IR0", "OR0", "SH0"};
    static const char *const s2[] = {"S2IR0", "S2OR0", "S2SH0"};
    uint64_t host = sm_path_page(path, INPUT, SM_RW), leaf1 = 0, leaf2 = 0;
    struct iotb_request r = sm_request(path, IOTB_READ, INPUT, 8);

    if (path->s1)
        leaf1 = sm_entry(sm, path->s1, INPUT, 3);
    if (path->s2)
        leaf2 = sm_entry(sm, path->s2, path->s1 ? sm_path_ipa(path, INPUT) : INPUT, 3);
    for (uint32_t i = 0; i < 4 * 3; i++) {
        uint32_t code = i & 3, sh = shareabilities[i >> 2];
        size_t mark;

        test_context(sm->t, "%s, cacheability %u, shareability %u", sm_path_name(path), code, sh);
        if (path->s1) {
            set_stage1(path, s1c, true, code, sh);
            set_stage1(path, cd, false, code, sh);
        }
        if (path->s2)
            set_stage1(path, s2, true, code, sh);
        sm_invalidate_all(sm);
        mark = trace_mark(sm->t);
        sm_once(sm);
        sm_expect_ok(sm, ROW, &r, host);
        if (path->s1 && !path->s2) { /* nested ones are combined with stage 2 */
            check_access(sm->t, "CD", mark, sm_cd_address(sm, path->sid, path->ssid), 64, ACC_READS, types[code], sh);
            check_access(sm->t, "stage 1 leaf", mark, leaf1, 8, ACC_READS, types[code], sh);
        }
        if (path->s2)
            check_access(sm->t, "stage 2 leaf", mark, leaf2, 8, ACC_READS, types[code], sh);
    }
}

static void walks(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_NESTED), walks_body);
}

/* ---- CR1 ---- */

static void set_cr1(struct sm *sm, const char *of, uint32_t code, uint32_t sh)
{
    static const char *const what[] = {"IC", "OC", "SH"};
    const uint32_t values[3] = {code, code, sh};
    char field[16];

    for (uint32_t i = 0; i < 3; i++) {
        snprintf(field, sizeof field, "%s_%s", of, what[i]);
        sm_field_set(sm->t, "SMMU_CR1", field, values[i]);
    }
}

static uint32_t cr1_type(uint32_t code)
{
    return code == 3 ? NC : types[code];
}

static void tables(struct test *t)
{
    struct iotb_request r;
    struct sm_ste ste = {.config = SM_BYPASS};
    struct sm sm;
    uint64_t host;
    size_t mark;

    sm_open(&sm, t, NULL);
    sm_set_ste(&sm, sm_sid(&sm, 0), &ste);
    host = mem_alloc(t, 4096, 4096);
    r = sm_plain_request(&sm, sm_sid(&sm, 0), host);
    for (uint32_t i = 0; i < 4 * 3; i++) {
        uint32_t code = i & 3, sh = shareabilities[i >> 2];

        test_context(t, "TABLE_IC = TABLE_OC = %u, TABLE_SH = %u", code, sh);
        sm_enable(&sm, "SMMUEN", 0);
        set_cr1(&sm, "TABLE", code, sh);
        sm_enable(&sm, "SMMUEN", 1);
        sm_invalidate_all(&sm);
        mark = trace_mark(t);
        sm_once(&sm);
        sm_expect_ok(&sm, ROW, &r, host);
        check_access(t, "STE", mark, sm_ste_address(&sm, sm_sid(&sm, 0)), 64, ACC_READS, cr1_type(code), sh);
        if (sm.two_level)
            check_access(t, "L1STD", mark, sm_l1std_address(&sm, sm_sid(&sm, 0)), 8, ACC_READS, cr1_type(code), sh);
    }
    sm_close(&sm);
}

static void queues(struct test *t)
{
    struct iotb_request bad;
    struct sm sm;
    uint64_t command, event;
    size_t mark;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    for (uint32_t i = 0; i < 4 * 3; i++) {
        uint32_t code = i & 3, sh = shareabilities[i >> 2];

        test_context(t, "QUEUE_IC = QUEUE_OC = %u, QUEUE_SH = %u", code, sh);
        sm_event_clear(&sm);
        sm_enable(&sm, "EVENTQEN", 0);
        sm_enable(&sm, "CMDQEN", 0);
        set_cr1(&sm, "QUEUE", code, sh);
        sm_enable(&sm, "CMDQEN", 1);
        sm_enable(&sm, "EVENTQEN", 1);
        command = sm_command_slot(&sm, sm.cmdq_prod);
        event = sm_event_slot(&sm, sm.eventq_cons);
        mark = trace_mark(t);
        CHECK(t, ROW, sm_sync(&sm), "the queue works");
        rig_faults(&sm, &bad, 1);
        check_access(t, "command", mark, command, 16, ACC_READS, cr1_type(code), sh);
        check_access(t, "record", mark, event, 32, ACC_WRITES, cr1_type(code), sh);
    }
    sm_event_clear(&sm);
    sm_close(&sm);
}

#define CASE(n, text, function)                                                                                \
    {                                                                                                          \
        .name = "smmuv3.own_accesses." n, .summary = text, .run = function, .rows = ROW, .gate = "IDR0.TTF:1", \
        .features = IOTB_F_ATTRIBUTES | IOTB_F_BENCH_MEMORY, .functional = true, .tier = TIER_FULL             \
    }

static const struct iotb_case cases[] = {
    CASE("walks", "Walks and fetches of CDs have the cacheability and shareability of the STE and of the CD.", walks),
    CASE("tables", "Fetches of STEs have those of CR1.TABLE_*.", tables),
    CASE("queues", "Accesses of queues have those of CR1.QUEUE_*.", queues),
};

const struct iotb_case_list sm_own_accesses_cases = {cases, sizeof cases / sizeof cases[0]};
