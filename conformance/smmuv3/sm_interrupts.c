/* SPDX-License-Identifier: BSD-2-Clause */
/* Global errors and interrupts: GERROR and GERRORN, IRQ_CTRL, messages and their aborts (3.18, 6.3.16 to 6.3.23, 7.5). */
#include "sm_queue_rig.h"

#include "sm_chapters.h"

#include <stdio.h>

#define EVENT_MSI 0x10u /* offsets in the case's MSI page */
#define GERROR_MSI 0x20u
#define EVENT_DATA 0xe0e0e0e0u
#define GERROR_DATA 0x9e9e9e9eu

static bool message(struct sm *sm, uint32_t offset, uint32_t want)
{
    uint32_t data = 0;

    return sm_msi_take(sm, sm->msi + offset, &data) && data == want;
}

static bool quiet(struct sm *sm, uint32_t offset)
{
    uint32_t data = 0;

    return !sm_msi_take(sm, sm->msi + offset, &data);
}

static void command_error(struct sm *sm)
{
    struct sm_command ill = rig_illegal();

    sm_issue(sm, &ill, 1);
}

static void open_both(struct sm *sm)
{
    sm_irq_open(sm, "EVENTQ", sm->msi + EVENT_MSI, EVENT_DATA);
    sm_irq_open(sm, "GERROR", sm->msi + GERROR_MSI, GERROR_DATA);
}

/* ---- each source ---- */

static void sources(struct test *t)
{
    struct sm_command c;
    struct iotb_request bad;
    uint32_t data = 0;
    struct sm sm;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    open_both(&sm);
    CHECK(t, "SMMU-3-200", quiet(&sm, EVENT_MSI) && quiet(&sm, GERROR_MSI), "no message before anything happens");
    rig_faults(&sm, &bad, 1);
    CHECK(t, "SMMU-3-200", message(&sm, EVENT_MSI, EVENT_DATA), "an event sends the Event queue's message");
    CHECK(t, "SMMU-3-200", quiet(&sm, GERROR_MSI), "an event sends no other message");
    command_error(&sm);
    CHECK(t, "SMMU-3-023", message(&sm, GERROR_MSI, GERROR_DATA), "a command error sends the message of GERROR");
    CHECK(t, "SMMU-3-200", quiet(&sm, EVENT_MSI), "a command error sends no other message");
    sm_command_repair(&sm);
    c = sm_cmd_sync_msi(sm.msi + 0x30, 0x55);
    sm_expect_consumed(&sm, "SMMU-3-200", &c);
    CHECK(t, "SMMU-3-200", sm_msi_take(&sm, sm.msi + 0x30, &data) && data == 0x55, "CMD_SYNC sends its message");
    CHECK(t, "SMMU-3-200", quiet(&sm, EVENT_MSI) && quiet(&sm, GERROR_MSI), "CMD_SYNC sends no other message");
    CHECK_EQ(t, "SMMU-3-203", 0,
             mem_read32(t, sm.msi + EVENT_MSI + 4) | mem_read32(t, sm.msi + GERROR_MSI + 4) |
                 mem_read32(t, sm.msi + EVENT_MSI - 4),
             "words beside the messages");
    sm_event_clear(&sm);
    sm_close(&sm);
}

/* Exactly this wire was pulsed. */
static void one_wire(struct sm *sm, uint32_t wire, bool *any)
{
    static const char *const names[] = {"EVENTQ", "PRIQ", "CMD_SYNC", "GERROR"};
    struct rig_pulses pulses = rig_pulses(sm);

    for (uint32_t i = 0; i < 4; i++)
        *any = *any || pulses.of[i];
    for (uint32_t i = 0; i < 4 && *any; i++) {
        test_context(sm->t, "%s is the source", names[wire]);
        CHECK_EQ(sm->t, "SMMU-3-200", i == wire, pulses.of[i] > 0, "a pulse on the wire of %s", names[i]);
    }
}

/* Wires, where there are any: one for each source. */
static void wires(struct test *t)
{
    struct sm_command c = sm_cmd_sync_msi(0, 0);
    struct iotb_request bad;
    bool any = false;
    struct sm sm;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    sm_irq_open(&sm, "EVENTQ", 0, 0);
    sm_irq_open(&sm, "GERROR", 0, 0);
    (void)rig_pulses(&sm);
    rig_faults(&sm, &bad, 1);
    one_wire(&sm, IOTB_WIRE_EVENTQ, &any);
    if (!any)
        test_not_testable(t, "the adapter shows no wires");
    command_error(&sm);
    one_wire(&sm, IOTB_WIRE_GERROR, &any);
    sm_command_repair(&sm);
    (void)rig_pulses(&sm);
    sm_issue(&sm, &c, 1);
    one_wire(&sm, IOTB_WIRE_CMD_SYNC, &any);
    sm_event_clear(&sm);
    sm_close(&sm);
}

/* Empty to non-empty, and only that. */
static void event_edge(struct test *t)
{
    struct iotb_request bad;
    struct sm sm;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    open_both(&sm);
    for (int round = 0; round < 4; round++) {
        rig_faults(&sm, &bad, 1);
        CHECK(t, "SMMU-3-201", message(&sm, EVENT_MSI, EVENT_DATA), "round %d: the first record sends a message", round);
        rig_faults(&sm, &bad, 2);
        /* 3.18.2: the trigger is the transition; the queue has not been empty in between. */
        CHECK(t, "SMMU-3-201", quiet(&sm, EVENT_MSI), "round %d: records in a queue that is not empty send none", round);
        sm_event_clear(&sm);
    }
    sm_close(&sm);
}

static void disabled_source(struct test *t)
{
    struct iotb_request bad;
    struct sm sm;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    open_both(&sm);
    CHECK(t, "SMMU-6-932", sm_irq_enable(&sm, "EVENTQ", false), "IRQ_CTRLACK.EVENTQ_IRQEN follows 0");
    CHECK(t, "SMMU-6-932", sm_irq_enable(&sm, "GERROR", false), "IRQ_CTRLACK.GERROR_IRQEN follows 0");
    rig_faults(&sm, &bad, 1);
    command_error(&sm);
    CHECK(t, "SMMU-6-930", quiet(&sm, EVENT_MSI) && quiet(&sm, GERROR_MSI), "no message while the sources are off");
    sm_irq_enable(&sm, "EVENTQ", true);
    sm_irq_enable(&sm, "GERROR", true);
    CHECK(t, "SMMU-6-930", quiet(&sm, EVENT_MSI) && quiet(&sm, GERROR_MSI), "what happened before is not made up for");
    sm_command_repair(&sm);
    sm_event_clear(&sm);
    rig_faults(&sm, &bad, 1);
    CHECK(t, "SMMU-6-930", message(&sm, EVENT_MSI, EVENT_DATA), "a new record sends a message");
    command_error(&sm);
    CHECK(t, "SMMU-6-930", message(&sm, GERROR_MSI, GERROR_DATA), "a new error sends a message");
    sm_command_repair(&sm);
    sm_event_clear(&sm);
    sm_close(&sm);
}

/* Each of the two enables alone. */
static void enabled_alone(struct test *t)
{
    struct iotb_request bad;
    struct sm sm;

    for (int gerror = 0; gerror < 2; gerror++) {
        if (gerror)
            test_reset(t, IOTB_RESET_COLD);
        sm_open(&sm, t, NULL);
        bad = rig_bad_stream(&sm, 1);
        open_both(&sm);
        sm_irq_enable(&sm, gerror ? "EVENTQ" : "GERROR", false);
        rig_faults(&sm, &bad, 1);
        command_error(&sm);
        CHECK_EQ(t, "SMMU-3-202", !gerror, message(&sm, EVENT_MSI, EVENT_DATA), "the Event queue's message");
        CHECK_EQ(t, "SMMU-3-202", gerror, message(&sm, GERROR_MSI, GERROR_DATA), "the message of GERROR");
        sm_command_repair(&sm);
        sm_event_clear(&sm);
        sm_close(&sm);
    }
}

/* ADDR = 0: no message. */
static void zero_address(struct test *t)
{
    struct iotb_request bad;
    uint32_t data;
    struct sm sm;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    sm_irq_open(&sm, "EVENTQ", 0, 0x77777777);
    sm_irq_open(&sm, "GERROR", 0, 0x88888888);
    rig_faults(&sm, &bad, 1);
    command_error(&sm);
    CHECK(t, "SMMU-3-202", !sm_msi_take(&sm, 0, &data), "no message with ADDR = 0");
    CHECK_EQ(t, "SMMU-3-202", 1, sm_reg(t, "SMMU_GERROR"), "GERROR: only the command error");
    sm_command_repair(&sm);
    sm_event_clear(&sm);
    sm_close(&sm);
}

/* Address and data, bit by bit; the two low bits and what lies above OAS do not count. */
static void address_bits(struct test *t)
{
    static const char *const source_names[] = {"EVENTQ", "GERROR"};
    struct iotb_request bad;
    struct sm sm;
    uint32_t data;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    for (uint32_t s = 0; s < 2; s++) {
        for (uint32_t bit = 2; bit < sm.oas_bits; bit++) {
            uint64_t target = bit < 12 ? sm.msi + (UINT64_C(1) << bit) : UINT64_C(1) << bit | 0x10;
            uint32_t value = UINT32_C(1) << bit % 32 | 0x20;

            if (bit >= 12 &&
                (!mem_exists(t, target & ~UINT64_C(0xfff), 4096) || (s == 0 && !mem_claim(t, target & ~UINT64_C(0xfff), 4096))))
                continue;
            test_context(t, "%s, address bit %u", source_names[s], bit);
            sm_irq_enable(&sm, source_names[s], false);
            sm_irq_open(&sm, source_names[s], target | 3, value);
            if (s) {
                command_error(&sm);
                sm_command_repair(&sm);
            } else {
                rig_faults(&sm, &bad, 1);
                sm_event_clear(&sm);
            }
            data = 0;
            CHECK(t, "SMMU-6-062", sm_msi_take(&sm, target, &data) && data == value, "the message at 0x%llx",
                  (unsigned long long)target);
            CHECK_EQ(t, "SMMU-3-203", 0, mem_read32(t, target + 4) | mem_read32(t, target - 4), "words beside the message");
        }
        sm_irq_enable(&sm, source_names[s], false);
    }
    sm_close(&sm);
}

/* What the message is about can be seen when the message can. */
static void cause_first(struct test *t)
{
    struct sm_command ill = rig_illegal();
    struct iotb_request bad;
    struct sm sm;
    uint32_t id;
    bool event = false, gerror = false;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    open_both(&sm);
    test_latency(t, 1000, 40000, true);
    id = request_send(t, &bad);
    sm_put(&sm, &ill);
    sm_ring(&sm);
    for (uint32_t guard = 0; guard < 100000; guard++) {
        if (!event && message(&sm, EVENT_MSI, EVENT_DATA)) {
            event = true;
            CHECK_EQ(t, "SMMU-3-010", 1, sm_event_pending(&sm), "records when the Event queue's message is seen");
        }
        if (!gerror && message(&sm, GERROR_MSI, GERROR_DATA)) {
            gerror = true;
            CHECK(t, "SMMU-3-206", sm_command_error(&sm, NULL), "the error is active when its message is seen");
        }
        if (!test_step(t))
            break;
    }
    request_wait(t, id);
    test_settle(t);
    CHECK(t, "SMMU-3-205", event || message(&sm, EVENT_MSI, EVENT_DATA), "the Event queue's message comes");
    CHECK(t, "SMMU-3-205", gerror || message(&sm, GERROR_MSI, GERROR_DATA), "the message of GERROR comes");
    test_latency(t, 0, 0, false);
    sm_command_repair(&sm);
    sm_event_clear(&sm);
    sm_close(&sm);
}

/* IRQEN = 0 is acknowledged when the messages of before are written; none comes afterwards. */
static void disabling_waits(struct test *t)
{
    struct iotb_request bad;
    uint32_t hold, data = 0;
    struct sm sm;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    open_both(&sm);
    hold = hold_accesses(t, sm.msi, sm.msi + 4095, ACC_WRITES);
    rig_faults(&sm, &bad, 1);
    if (!hold_count(t, hold))
        test_not_testable(t, "the message is no write that can be withheld");
    CHECK(t, "SMMU-6-931", !sm_irq_enable(&sm, "EVENTQ", false), "the acknowledge waits for the message");
    /* 3.18.1: a CMD_SYNC does not wait for it. */
    sm_sync(&sm);
    hold_release(t, hold);
    test_settle(t);
    CHECK_EQ(t, "SMMU-6-931", 0, sm_field(t, "SMMU_IRQ_CTRLACK", "EVENTQ_IRQEN"), "the acknowledge comes with the message");
    CHECK(t, "SMMU-6-931", sm_msi_take(&sm, sm.msi + EVENT_MSI, &data) && data == EVENT_DATA, "the message is there");
    CHECK(t, "SMMU-3-207", sm_sync(&sm), "CMD_SYNC completes");
    sm_event_clear(&sm);
    rig_faults(&sm, &bad, 1);
    CHECK(t, "SMMU-6-931", quiet(&sm, EVENT_MSI), "no message after the acknowledge");
    sm_irq_open(&sm, "EVENTQ", sm.msi + 0x80, 0x8080);
    sm_event_clear(&sm);
    rig_faults(&sm, &bad, 1);
    CHECK(t, "SMMU-6-930", message(&sm, 0x80, 0x8080), "the new message");
    CHECK(t, "SMMU-6-930", quiet(&sm, EVENT_MSI), "the old message does not come again");
    sm_event_clear(&sm);
    sm_close(&sm);
}

/* ---- messages that are aborted ---- */

static void aborted(struct test *t)
{
    struct iotb_request bad;
    uint64_t hole = rig_hole(t);
    struct sm sm;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    sm_irq_open(&sm, "GERROR", sm.msi + GERROR_MSI, GERROR_DATA);
    sm_irq_open(&sm, "EVENTQ", hole + 0x10, EVENT_DATA);
    rig_faults(&sm, &bad, 1);
    CHECK(t, "SMMU-7-094", sm_gerror_active(&sm, "MSI_EVENTQ_ABT_ERR"), "MSI_EVENTQ_ABT_ERR is active");
    CHECK_EQ(t, "SMMU-7-091", sm_reg_bits("SMMU_GERROR", "MSI_EVENTQ_ABT_ERR", 1), sm_reg(t, "SMMU_GERROR"),
             "GERROR: that bit alone");
    CHECK(t, "SMMU-7-093", message(&sm, GERROR_MSI, GERROR_DATA), "its activation sends the message of GERROR");
    rig_faults(&sm, &bad, 1);
    CHECK_EQ(t, "SMMU-7-094", 2, sm_event_pending(&sm), "records go on");
    sm_event_clear(&sm);
    rig_faults(&sm, &bad, 1);
    CHECK(t, "SMMU-7-090", sm_gerror_active(&sm, "MSI_EVENTQ_ABT_ERR"), "a second abort does not toggle it back");
    CHECK(t, "SMMU-7-093", quiet(&sm, GERROR_MSI), "a second abort is no activation");
    sm_irq_enable(&sm, "EVENTQ", false);
    sm_irq_open(&sm, "EVENTQ", sm.msi + EVENT_MSI, EVENT_DATA);
    sm_event_clear(&sm);
    rig_faults(&sm, &bad, 1);
    CHECK(t, "SMMU-7-094", message(&sm, EVENT_MSI, EVENT_DATA), "later messages are sent while the error is active");
    sm_event_clear(&sm);
    sm_gerror_ack(&sm, "MSI_EVENTQ_ABT_ERR");
    /* The message of GERROR itself aborted: flagged, and no message about it. */
    sm_irq_enable(&sm, "GERROR", false);
    sm_irq_open(&sm, "GERROR", hole + 0x20, GERROR_DATA);
    command_error(&sm);
    CHECK(t, "SMMU-7-093", sm_gerror_active(&sm, "MSI_GERROR_ABT_ERR"), "MSI_GERROR_ABT_ERR is active");
    CHECK(t, "SMMU-7-093", sm_gerror_active(&sm, "CMDQ_ERR"), "the error that the message was about is active");
    sm_command_repair(&sm);
    CHECK(t, "SMMU-7-092", sm_gerror_active(&sm, "MSI_GERROR_ABT_ERR"), "the acknowledge of one error leaves the other");
    sm_gerror_ack(&sm, "MSI_GERROR_ABT_ERR");
    CHECK(t, "SMMU-7-092", !sm_gerror_active(&sm, "MSI_GERROR_ABT_ERR"), "acknowledged");
    sm_close(&sm);
}

/* MSI_GERROR_ABT_ERR sends no message: one write goes to the hole, not two. */
static void aborted_once(struct test *t)
{
    uint64_t hole = rig_hole(t);
    size_t mark;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_irq_open(&sm, "GERROR", hole + 0x20, GERROR_DATA);
    mark = trace_mark(t);
    command_error(&sm);
    test_settle(t);
    CHECK_EQ(t, "SMMU-7-093", 1, trace_count(t, mark, hole, hole + 4095, ACC_WRITES), "writes of the message of GERROR");
    sm_command_repair(&sm);
    sm_gerror_ack(&sm, "MSI_GERROR_ABT_ERR");
    sm_close(&sm);
}

/* ---- GERROR and GERRORN ---- */

static void toggles(struct test *t)
{
    struct sm_command to_hole = sm_cmd_sync_msi(rig_hole(t) + 8, 1);
    bool msi = sm_idr(t, 0, "MSI");
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t round = 0; round < 4; round++) {
        uint64_t n = sm_reg(t, "SMMU_GERRORN"), want = sm_reg_bits("SMMU_GERROR", "CMDQ_ERR", 1);

        test_context(t, "round %u", round);
        if (msi) {
            sm_expect_consumed(&sm, "SMMU-7-091", &to_hole);
            sm_sync(&sm);
            CHECK_EQ(t, "SMMU-7-091", n ^ sm_reg_bits("SMMU_GERROR", "MSI_CMDQ_ABT_ERR", 1), sm_reg(t, "SMMU_GERROR"),
                     "GERROR after an aborted message of a CMD_SYNC");
            want |= sm_reg_bits("SMMU_GERROR", "MSI_CMDQ_ABT_ERR", 1);
        }
        command_error(&sm);
        CHECK_EQ(t, "SMMU-7-091", n ^ want, sm_reg(t, "SMMU_GERROR"), "GERROR after a command error");
        CHECK_EQ(t, "SMMU-6-935", n, sm_reg(t, "SMMU_GERRORN"), "GERRORN is not changed by errors");
        if (msi) {
            sm_gerror_ack(&sm, "MSI_CMDQ_ABT_ERR");
            CHECK(t, "SMMU-7-092", !sm_gerror_active(&sm, "MSI_CMDQ_ABT_ERR"), "the acknowledged error");
            CHECK(t, "SMMU-7-092", sm_gerror_active(&sm, "CMDQ_ERR"), "the other error");
        }
        CHECK(t, "SMMU-7-090", sm_command_repair(&sm), "the queue is repaired");
        CHECK_EQ(t, "SMMU-7-090", sm_reg(t, "SMMU_GERRORN"), sm_reg(t, "SMMU_GERROR"), "no error is active");
        CHECK_EQ(t, "SMMU-6-935", n ^ want, sm_reg(t, "SMMU_GERRORN"), "GERRORN reads back");
    }
    sm_close(&sm);
}

/* A flag of GERRORN that is toggled without an error: whatever follows, a new set-up helps. */
static void acknowledged_in_vain(struct test *t)
{
    struct sm_command ill = rig_illegal();
    struct sm sm;
    uint64_t seen;

    sm_open(&sm, t, NULL);
    reg_write32(t, sm_offset("SMMU_GERRORN"), 1);
    test_settle(t);
    sm_put(&sm, &ill);
    sm_ring(&sm);
    test_settle(t);
    seen = sm_reg(t, "SMMU_GERROR");
    CHECK(t, "SMMU-6-936", (seen & ~UINT64_C(1)) == 0, "GERROR is 0x%llx", (unsigned long long)seen);
    rig_close(&sm);
}

static void shared_message(struct test *t)
{
    struct sm_command c[2] = {sm_cmd_sync_msi(rig_hole(t) + 8, 1), rig_illegal()};
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_irq_open(&sm, "GERROR", sm.msi + GERROR_MSI, GERROR_DATA);
    sm_issue(&sm, c, 2);
    test_settle(t);
    CHECK(t, "SMMU-7-097", sm_gerror_active(&sm, "CMDQ_ERR"), "the command error is active");
    CHECK(t, "SMMU-7-097", message(&sm, GERROR_MSI, GERROR_DATA), "at least one message of GERROR");
    sm_command_repair(&sm);
    sm_gerror_ack(&sm, "MSI_CMDQ_ABT_ERR");
    sm_close(&sm);
}

/* ---- registers ---- */

static void control(struct test *t)
{
    struct sm_config config = {.stay_off = true};
    struct sm sm;
    uint64_t want;

    sm_open(&sm, t, &config);
    want = sm_reg_bits("SMMU_IRQ_CTRL", "EVENTQ_IRQEN", 1) | sm_reg_bits("SMMU_IRQ_CTRL", "GERROR_IRQEN", 1);
    if (sm_idr(t, 0, "PRI"))
        want |= sm_reg_bits("SMMU_IRQ_CTRL", "PRIQ_IRQEN", 1);
    reg_write32(t, sm_offset("SMMU_IRQ_CTRL"), ~0u);
    CHECK_EQ(t, "SMMU-6-932", want, sm_reg(t, "SMMU_IRQ_CTRL"), "IRQ_CTRL at once after a write of ones");
    test_settle(t);
    CHECK_EQ(t, "SMMU-6-932", want, sm_reg(t, "SMMU_IRQ_CTRLACK"), "IRQ_CTRLACK");
    for (uint32_t bit = 0; bit < 3; bit++) {
        reg_write32(t, sm_offset("SMMU_IRQ_CTRL"), UINT32_C(1) << bit);
        test_settle(t);
        CHECK_EQ(t, "SMMU-6-932", want & UINT64_C(1) << bit, sm_reg(t, "SMMU_IRQ_CTRLACK"), "IRQ_CTRLACK, bit %u alone", bit);
    }
    reg_write32(t, sm_offset("SMMU_IRQ_CTRL"), 0);
    test_settle(t);
    CHECK_EQ(t, "SMMU-6-932", 0, sm_reg(t, "SMMU_IRQ_CTRLACK"), "IRQ_CTRLACK after a write of 0");
    sm_close(&sm);
}

/* The configuration of a source is locked while the source is on (v3.2). */
static void locked(struct test *t)
{
    static const char *const source_names[] = {"EVENTQ", "GERROR"};
    static const struct {
        const char *suffix;
        uint64_t change;
    } parts[] = {{"CFG0", 0x1000}, {"CFG1", 0xff}, {"CFG2", 0x10}};
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t s = 0; s < 2; s++) {
        for (uint32_t p = 0; p < 3; p++) {
            char reg[48];
            uint64_t before;

            snprintf(reg, sizeof reg, "SMMU_%s_IRQ_%s", source_names[s], parts[p].suffix);
            sm_irq_enable(&sm, source_names[s], false);
            sm_reg_set(t, reg, 0);
            CHECK_EQ(t, "SMMU-6-933", 0, sm_reg(t, reg), "%s with the source off", reg);
            sm_reg_set(t, reg, parts[p].change);
            CHECK_EQ(t, "SMMU-6-933", parts[p].change, sm_reg(t, reg), "%s with the source off", reg);
            sm_irq_enable(&sm, source_names[s], true);
            before = sm_reg(t, reg);
            if (sm.minor >= 2) {
                sm_reg_set(t, reg, 0);
                CHECK_EQ(t, "SMMU-6-933", before, sm_reg(t, reg), "%s with the source on", reg);
            }
            sm_irq_enable(&sm, source_names[s], false);
            sm_reg_set(t, reg, 0);
            CHECK_EQ(t, "SMMU-6-933", 0, sm_reg(t, reg), "%s after the source was switched off", reg);
        }
    }
    sm_close(&sm);
}

static void without_messages(struct test *t)
{
    static const char *const regs[] = {"SMMU_EVENTQ_IRQ_CFG0", "SMMU_EVENTQ_IRQ_CFG1", "SMMU_EVENTQ_IRQ_CFG2",
                                       "SMMU_GERROR_IRQ_CFG0", "SMMU_GERROR_IRQ_CFG1", "SMMU_GERROR_IRQ_CFG2"};
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (size_t i = 0; i < sizeof regs / sizeof regs[0]; i++) {
        sm_reg_set(t, regs[i], UINT32_MAX);
        CHECK_EQ(t, "SMMU-6-934", 0, sm_reg(t, regs[i]), "%s without messages", regs[i]);
    }
    sm_close(&sm);
}

#define CASE(n, text, function, row_ids, condition, feature_bits)                                             \
    {                                                                                                         \
        .name = "smmuv3.interrupts." n, .summary = text, .run = function, .rows = row_ids, .gate = condition, \
        .features = feature_bits, .functional = true, .tier = TIER_FULL                                       \
    }

static const struct iotb_case cases[] = {
    {.name = "smmuv3.interrupts.sources",
     .summary = "Each source sends its own message and no other",
     .run = sources,
     .rows = "SMMU-3-023 SMMU-3-200 SMMU-3-203",
     .gate = "IDR0.MSI",
     .functional = true,
     .tier = TIER_SMOKE},
    CASE("wires", "Each source pulses its own wire and no other", wires, "SMMU-3-200", NULL, IOTB_F_INTERRUPTS),
    CASE("event_edge", "The Event queue's message comes when the queue becomes non-empty", event_edge, "SMMU-3-201", "IDR0.MSI",
         0),
    CASE("disabled_source", "A source that is off sends nothing, then or later", disabled_source, "SMMU-6-930 SMMU-6-932",
         "IDR0.MSI", 0),
    CASE("enabled_alone", "Each enable is its source's own", enabled_alone, "SMMU-3-202", "IDR0.MSI", 0),
    CASE("zero_address", "ADDR = 0 sends nothing", zero_address, "SMMU-3-202", "IDR0.MSI", 0),
    CASE("address_bits", "Every bit of a message's address, and its data", address_bits, "SMMU-3-203 SMMU-6-062", "IDR0.MSI", 0),
    CASE("cause_first", "The cause of a message is seen before it", cause_first, "SMMU-3-010 SMMU-3-205 SMMU-3-206", "IDR0.MSI",
         IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP),
    CASE("disabling_waits", "A source is off when its messages are written", disabling_waits, "SMMU-3-207 SMMU-6-930 SMMU-6-931",
         "IDR0.MSI", IOTB_F_BENCH_MEMORY),
    CASE("aborted", "Messages that are aborted are global errors and stop nothing", aborted,
         "SMMU-7-090 SMMU-7-091 SMMU-7-092 SMMU-7-093 SMMU-7-094", "IDR0.MSI", 0),
    CASE("aborted_once", "An aborted message of GERROR sends no other", aborted_once, "SMMU-7-093", "IDR0.MSI",
         IOTB_F_BENCH_MEMORY),
    CASE("toggles", "GERROR toggles once for an error and belongs to the SMMU, GERRORN to software", toggles,
         "SMMU-6-935 SMMU-7-090 SMMU-7-091 SMMU-7-092", NULL, 0),
    CASE("acknowledged_in_vain", "An acknowledge without an error is healed by a new set-up", acknowledged_in_vain, "SMMU-6-936",
         NULL, 0),
    CASE("shared_message", "Errors together send at least one message", shared_message, "SMMU-7-097", "IDR0.MSI", 0),
    CASE("control", "IRQ_CTRL and its acknowledge", control, "SMMU-6-932", NULL, 0),
    CASE("locked", "The configuration of a source is locked while it is on", locked, "SMMU-6-933", "IDR0.MSI", 0),
    CASE("without_messages", "Without messages their registers are RES0", without_messages, "SMMU-6-934", "!IDR0.MSI", 0),
};

const struct iotb_case_list sm_interrupts_cases = {cases, sizeof cases / sizeof cases[0]};
