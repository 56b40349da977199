/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reset while something is under way (3.11 Reset, Enable and initialization): nothing of before is left, and the unit works as
 * ever after the recommended sequence.
 */
#include "build/ats.h"
#include "build/sm_ats.h"
#include "sm_chapters.h"
#include "sm_pri_rig.h"
#include "sm_stall_rig.h"

#define INPUT UINT64_C(0x05c46000)
#define EVENT_MSI 0x10u
#define GERROR_MSI 0x20u
#define SYNC_MSI 0x30u
#define WAIT_PS UINT64_C(20000000)

/* ---- a unit in use ---- */

struct used {
    struct sm sm;
    struct sm_path path;
    struct iotb_request good, bad;
    uint64_t host;
    bool msi;
};

static void use(struct used *u, struct test *t)
{
    sm_open(&u->sm, t, NULL);
    sm_path_open(&u->sm, &u->path, sm_has_flavour(t, SM_F_S1) ? SM_F_S1 : SM_F_S2, sm_sid(&u->sm, 0), 0, 0x11, 0x22);
    u->host = sm_path_page(&u->path, INPUT, SM_RW);
    u->good = sm_request(&u->path, IOTB_WRITE, INPUT + 0x48, 8);
    u->bad = rig_bad_stream(&u->sm, 1);
    u->msi = sm_idr(t, 0, "MSI") != 0;
    sm_irq_open(&u->sm, "EVENTQ", u->msi ? u->sm.msi + EVENT_MSI : 0, 0xe5);
    sm_irq_open(&u->sm, "GERROR", u->msi ? u->sm.msi + GERROR_MSI : 0, 0x96);
}

static void expect_message(struct used *u, uint32_t offset, uint32_t want, const char *what)
{
    uint32_t data = 0;

    if (u->msi)
        CHECK(u->sm.t, "SMMU-3-200", sm_msi_take(&u->sm, u->sm.msi + offset, &data) && data == want, "the message of %s", what);
}

static void expect_nothing(struct used *u)
{
    static const uint32_t offsets[] = {EVENT_MSI, GERROR_MSI, SYNC_MSI};
    uint32_t data;

    CHECK_EQ(u->sm.t, "SMMU-3-211", 0, sm_event_pending(&u->sm), "records of before the reset");
    CHECK_EQ(u->sm.t, "SMMU-6-958", 0, sm_reg(u->sm.t, "SMMU_GERROR"), "GERROR after a reset");
    for (uint32_t i = 0; i < 3; i++)
        CHECK(u->sm.t, "SMMU-3-200", !sm_msi_take(&u->sm, u->sm.msi + offsets[i], &data), "no message of before the reset");
}

/* A request, a record, a command error and a CMD_SYNC, with their messages. */
static void expect_works(struct used *u)
{
    struct sm_command ill = rig_illegal(), sync = sm_cmd_sync_msi(u->msi ? u->sm.msi + SYNC_MSI : 0, 0x57);
    struct sm_event event;

    sm_expect_ok(&u->sm, "SMMU-3-208", &u->good, u->host + 0x48);
    rig_faults(&u->sm, &u->bad, 1);
    CHECK_EQ(u->sm.t, "SMMU-3-211", 1, sm_event_pending(&u->sm), "records of one fault");
    CHECK(u->sm.t, "SMMU-3-211", sm_event_take(&u->sm, &event) && event.type == rig_bad_type(&u->sm), "the record of the fault");
    expect_message(u, EVENT_MSI, 0xe5, "the Event queue");
    sm_issue(&u->sm, &ill, 1);
    CHECK(u->sm.t, "SMMU-3-208", sm_gerror_active(&u->sm, "CMDQ_ERR"), "a command error");
    expect_message(u, GERROR_MSI, 0x96, "the global error");
    CHECK(u->sm.t, "SMMU-3-208", sm_command_repair(&u->sm), "the Command queue goes on");
    sm_expect_consumed(&u->sm, "SMMU-3-208", &sync);
    expect_message(u, SYNC_MSI, 0x57, "CMD_SYNC");
}

static void after(struct test *t, struct used *u)
{
    static const char *const cleared[] = {"SMMU_CR0",         "SMMU_CR0ACK", "SMMU_IRQ_CTRL",
                                          "SMMU_IRQ_CTRLACK", "SMMU_GERROR", "SMMU_GERRORN"};

    test_reset(t, IOTB_RESET_COLD);
    for (uint32_t i = 0; i < 6; i++)
        CHECK_EQ(t, "SMMU-6-958", 0, sm_reg(t, cleared[i]), "%s after a reset", cleared[i]);
    test_settle(t);
    use(u, t);
    expect_nothing(u);
    expect_works(u);
}

/* ---- with an access withheld ---- */

enum place { STE, CD, LEAF, DATA, COMMAND, RECORD, EVENT_MESSAGE, GERROR_MESSAGE, SYNC_MESSAGE, PLACES };
static const char *const places[] = {
    "STE", "CD", "leaf", "data", "command", "record", "message of the Event queue", "message of GERROR", "message of CMD_SYNC"};

static uint64_t address_of(struct used *u, enum place place)
{
    const uint64_t addresses[PLACES] = {
        [STE] = sm_ste_address(&u->sm, u->path.sid),
        [CD] = u->path.s1 ? sm_cd_address(&u->sm, u->path.sid, 0) : 0,
        [LEAF] = sm_path_leaf(&u->path, INPUT),
        [DATA] = u->host + 0x48,
        [COMMAND] = sm_command_slot(&u->sm, u->sm.cmdq_prod),
        [RECORD] = sm_event_slot(&u->sm, u->sm.eventq_cons),
        [EVENT_MESSAGE] = u->msi ? u->sm.msi + EVENT_MSI : 0,
        [GERROR_MESSAGE] = u->msi ? u->sm.msi + GERROR_MSI : 0,
        [SYNC_MESSAGE] = u->msi ? u->sm.msi + SYNC_MSI : 0,
    };

    return addresses[place];
}

static void provoke(struct used *u, enum place place)
{
    struct sm_command c = place == GERROR_MESSAGE ? rig_illegal() : sm_cmd_sync_msi(u->msi ? u->sm.msi + SYNC_MSI : 0, 0x99);

    if (place == COMMAND || place == GERROR_MESSAGE || place == SYNC_MESSAGE) {
        sm_put(&u->sm, &c);
        sm_ring(&u->sm);
    } else {
        (void)request_send(u->sm.t, place == RECORD || place == EVENT_MESSAGE ? &u->bad : &u->good);
    }
    test_settle(u->sm.t);
}

static void in_flight(struct test *t)
{
    struct used u;

    use(&u, t);
    for (enum place place = 0; place < PLACES; place++) {
        uint64_t address = address_of(&u, place);
        uint32_t hold;

        if (!address)
            continue;
        test_context(t, "a reset while the access to the %s is withheld", places[place]);
        sm_invalidate_all(&u.sm);
        address = address_of(&u, place);
        hold = hold_accesses(t, address, address + 3, ACC_ANY);
        provoke(&u, place);
        test_reset(t, IOTB_RESET_COLD);
        hold_release(t, hold);
        after(t, &u);
    }
    sm_close(&u.sm);
}

/* ---- with stalled requests ---- */

static void stalled(struct test *t)
{
    for (uint32_t round = 0; round < 2; round++) {
        struct stall_rig s;
        struct stalled x;

        stall_open(&s, t);
        stall_write(&s, "SMMU-3-127", STALL_INPUT + 0x48);
        sm_enable(s.sm, "EVENTQEN", round); /* another one waits without a record */
        (void)stall_send(&s, IOTB_WRITE, STALL_INPUT + 0x10048);
        test_reset(t, IOTB_RESET_COLD);
        stall_open(&s, t);
        CHECK_EQ(t, "SMMU-3-211", 0, sm_event_pending(s.sm), "records of requests that a reset has ended");
        x = stall_write(&s, "SMMU-3-127", STALL_INPUT + 0x48);
        CHECK_EQ(t, "SMMU-3-211", 0, sm_event_pending(s.sm), "records of requests that a reset has ended");
        sm_resume(s.sm, x.event.sid, x.event.stag, false, true);
        stall_aborted(&s, "SMMU-3-127", &x);
        sm_close(s.sm);
        test_reset(t, IOTB_RESET_COLD);
    }
}

/* ---- with an Event queue that has overflown, and an Update under way ---- */

static void full(struct test *t)
{
    struct sm_config config = {.eventq_log2size = 1};
    struct used u;

    sm_open(&u.sm, t, &config);
    u.bad = rig_bad_stream(&u.sm, 1);
    rig_faults(&u.sm, &u.bad, 4);
    sm_enable_start(&u.sm, "SMMUEN", 0);
    after(t, &u);
    sm_close(&u.sm);
}

/* ---- ATS and PRI ---- */

static void invalidations(struct test *t)
{
    struct sm_command c = sm_cmd("CMD_ATC_INV"), sync = sm_cmd_sync();
    struct iotb_message m;
    struct sm sm;

    for (uint32_t round = 0; round < 3; round++) {
        sm_open(&sm, t, NULL);
        sm_cmd_field(&c, "CMD_ATC_INV", "StreamID", sm_sid(&sm, 0));
        /* Of before the reset nobody waits, whatever number of ITags was in use. */
        for (uint32_t n = 0; n < (round == 1 ? 40u : 1u); n++)
            sm_put(&sm, &c);
        sm_put(&sm, &sync);
        sm_ring(&sm);
        CHECK(t, "SMMU-3-208", ats_message(t, IOTB_MSG_INVALIDATE_REQUEST, &m, WAIT_PS), "an Invalidate Request");
        CHECK(t, "SMMU-4-100", sm_cons(&sm) != sm.cmdq_prod, "CMD_SYNC waits for the completion of CMD_ATC_INV");
        test_reset(t, IOTB_RESET_COLD);
        while (ats_message(t, IOTB_MSG_INVALIDATE_REQUEST, &m, 0)) /* that were sent before the reset */
            ;
    }
    sm_open(&sm, t, NULL);
    CHECK(t, "SMMU-3-208", !ats_message(t, IOTB_MSG_INVALIDATE_REQUEST, &m, WAIT_PS),
          "no Invalidate Request of before the reset");
    CHECK(t, "SMMU-3-208", sm_sync(&sm), "CMD_SYNC does not wait for invalidations of before the reset");
    sm_put(&sm, &c);
    sm_put(&sm, &sync);
    sm_ring(&sm);
    CHECK(t, "SMMU-3-208", ats_message(t, IOTB_MSG_INVALIDATE_REQUEST, &m, WAIT_PS), "an Invalidate Request");
    CHECK(t, "SMMU-4-100", sm_cons(&sm) != sm.cmdq_prod, "CMD_SYNC waits for the completion of CMD_ATC_INV");
    ats_invalidate_completion(t, m.device_id, 1u << (m.itag & 31), 1);
    test_run(t, WAIT_PS);
    CHECK_EQ(t, "SMMU-4-100", sm.cmdq_prod, sm_cons(&sm), "CMDQ_CONS after the Invalidate Completion");
    sm_close(&sm);
}

/* place 0: the record of a page request; 1: the message of the PRI queue; 2: an overflow. */
static void page_requests_at(struct test *t, uint32_t place)
{
    struct page_request r;
    uint32_t hold = 0;
    struct sm sm;
    struct pri q;

    sm_open(&sm, t, NULL);
    pri_open(&q, &sm, 1, 0);
    r = pri_request(&sm, 0);
    sm_irq_open(&sm, "PRIQ", sm_idr(t, 0, "MSI") ? sm.msi + 0x40 : 0, 0x88);
    if (place < 2)
        hold = hold_accesses(t, place ? sm.msi + 0x40 : q.base, place ? sm.msi + 0x43 : q.base + 15, ACC_WRITES);
    for (uint32_t n = 0; n < 4; n++)
        pri_send(&q, &r);
    test_reset(t, IOTB_RESET_COLD);
    if (hold)
        hold_release(t, hold);
    CHECK_EQ(t, "SMMU-6-084", 0, sm_field(t, "SMMU_PRIQ_PROD", "OVFLG"), "PRIQ_PROD.OVFLG after a reset");
}

static void page_requests(struct test *t)
{
    struct page_request r;
    struct iotb_message m;
    uint32_t data = 0;
    struct sm sm;
    struct pri q;

    for (uint32_t place = 0; place < 3; place++) {
        test_context(t, "place %u", place);
        page_requests_at(t, place);
        sm_open(&sm, t, NULL);
        pri_open(&q, &sm, 1, 0);
        while (ats_message(t, IOTB_MSG_PAGE_RESPONSE, &m, WAIT_PS)) /* that were given before the reset */
            ;
        r = pri_request(&sm, 1);
        sm_irq_open(&sm, "PRIQ", sm_idr(t, 0, "MSI") ? sm.msi + 0x40 : 0, 0x89);
        pri_send(&q, &r);
        pri_expect_entry(&q, "SMMU-8-001", &r);
        pri_expect_silence(&q, "SMMU-8-018");
        if (sm_idr(t, 0, "MSI"))
            CHECK(t, "SMMU-6-928", sm_msi_take(&sm, sm.msi + 0x40, &data) && data == 0x89, "the message of the PRI queue");
        sm_close(&sm);
        test_reset(t, IOTB_RESET_COLD);
    }
}

#define CASE(n, text, function, r, gated, needs)                                                                  \
    {                                                                                                             \
        .name = "smmuv3.reset." n, .summary = text, .run = function, .rows = r, .gate = gated, .features = needs, \
        .functional = true, .tier = TIER_FULL                                                                     \
    }

static const struct iotb_case cases[] = {
    CASE("in_flight", "Whatever access is withheld, a reset ends it and the unit works again", in_flight,
         "SMMU-3-200 SMMU-3-208 SMMU-3-211 SMMU-6-958", "IDR0.TTF:1", IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP),
    CASE("stalled", "A reset ends stalled requests and frees their STAGs", stalled, "SMMU-3-127 SMMU-3-211",
         "IDR0.S1P&IDR0.TTF:1", IOTB_F_OVERLAP),
    CASE("full", "A reset ends an overflow and an Update", full, "SMMU-3-200 SMMU-3-208 SMMU-3-211 SMMU-6-958", "IDR0.TTF:1", 0),
    CASE("invalidations", "A reset ends invalidations of ATCs", invalidations, "SMMU-3-208 SMMU-4-100", "IDR0.ATS", IOTB_F_ATS),
    CASE("page_requests", "A reset ends page requests", page_requests, "SMMU-6-084 SMMU-6-928 SMMU-8-001 SMMU-8-018", "IDR0.PRI",
         IOTB_F_PRI | IOTB_F_BENCH_MEMORY),
};

const struct iotb_case_list sm_reset_cases = {cases, sizeof cases / sizeof cases[0]};
