/* SPDX-License-Identifier: BSD-2-Clause */
/* Which work a drain waits for, and which an abort takes. */
#include "pasid_device_chapters.h"

static const struct ep_wq two[] = {{.size = 4, .priority = 1}, {.size = 4, .priority = 1}};

struct scope {
    uint32_t code, operand;
    bool ours[3]; /* of PASID 5, of 6, and without PASID */
};

static const struct ep_wq three[] = {{.size = 4, .priority = 1, .pasid_en = true, .pasid = 5},
                                     {.size = 4, .priority = 1, .pasid_en = true, .pasid = 6},
                                     {.size = 4, .priority = 1}};
static const uint32_t three_spaces[] = {5, 6, EP_NONE};

static void abort_scope(struct test *t)
{
    static const struct scope table[] = {
        {EP_CMD_ABORT_WQ, 1, {true, false, false}},    {EP_CMD_ABORT_WQ, 2, {false, true, false}},
        {EP_CMD_ABORT_WQ, 4, {false, false, true}},    {EP_CMD_ABORT_WQ, 5, {true, false, true}},
        {EP_CMD_ABORT_ALL, 0, {true, true, true}},     {EP_CMD_ABORT_PASID, 5, {true, false, false}},
        {EP_CMD_ABORT_PASID, 6, {false, true, false}}, {EP_CMD_ABORT_PASID, 0, {false, false, false}},
        {EP_CMD_RESET_WQ, 2, {false, true, false}},
    };
    struct ep ep;

    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct scope *c = &table[i];
        struct ep_work works[3][3];
        uint64_t aborted, a[3];
        uint32_t rule, count = 0;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, ON_PASID, three, 3);
        for (uint32_t wq = 0; wq < 3; wq++)
            a[wq] = ep_buffer(&ep, three_spaces[wq], 4096, EP_RW);
        rule = ep_rule(&ep, EP_READ, a[0], a[2] + 4095, EP_HOLD, 0, UINT32_MAX);
        for (uint32_t n = 0; n < 3; n++)
            for (uint32_t wq = 0; wq < 3; wq++) {
                works[wq][n] = ep_read_work(three_spaces[wq], a[wq] + 64 * n, 64);
                (void)ep_submit(&ep, wq, &works[wq][n]);
                count += c->ours[wq];
            }
        (void)test_settle(t);
        aborted = ep_counter(&ep, 5);
        ep_command_begin(&ep, c->code, c->operand);
        (void)test_settle(t);
        ep_release(&ep, rule);
        (void)test_settle(t);
        CHECK(t, "DEV-DRN-003", !ep_command_active(&ep), "command %u does not end", c->code);
        for (uint32_t wq = 0; wq < 3; wq++)
            for (uint32_t n = 0; n < 3; n++)
                CHECK_EQ(t, "DEV-DRN-003", !c->ours[wq], ep_wait(&ep, &works[wq][n]).status,
                         "status of work %u of queue %u after command %u, operand 0x%x", n, wq, c->code, c->operand);
        CHECK_EQ(t, "DEV-CNT-950", aborted + count, ep_counter(&ep, 5), "works counted as aborted by command %u", c->code);
        for (uint32_t wq = 0; wq < 3; wq++)
            if (c->code != EP_CMD_RESET_WQ || !c->ours[wq])
                ep_expect_move(&ep, "DEV-DRN-003", wq, three_spaces[wq], "a move afterwards");
        ep_close(&ep);
    }
}

/* Works of two PASIDs alternate in one queue. */
static void abort_within(struct test *t)
{
    static const struct ep_wq wq = {.size = 8, .threshold = 8, .priority = 1, .shared = true, .pasid_en = true};
    struct ep ep;

    for (uint32_t first = 5; first <= 6; first++) {
        struct ep_work held[4], works[8];
        uint64_t a;
        uint32_t rule, spaces[8];

        if (first > 5)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, ON_PASID, &wq, 1);
        a = ep_buffer(&ep, 7, 4096, EP_RW);
        rule = ep_rule(&ep, EP_READ, a, a + 4095, EP_HOLD, 0, UINT32_MAX);
        for (uint32_t i = 0; i < 4; i++) { /* the engines are busy with a third */
            held[i] = ep_read_work(7, a + 64 * i, 64);
            (void)ep_submit(&ep, 0, &held[i]);
            (void)test_settle(t);
        }
        for (uint32_t i = 0; i < 4; i++) {
            spaces[i] = (i & 1) == (first & 1) ? 6 : 5;
            works[i] = ep_read_work(spaces[i], ep_buffer(&ep, spaces[i], 4096, EP_RW), 64);
            CHECK_EQ(t, test_first_row(t), DEFERRED_ACCEPTED, ep_submit(&ep, 0, &works[i]),
                     "answer to work for a queue with room");
        }
        (void)test_settle(t);
        ep_command_begin(&ep, EP_CMD_ABORT_PASID, 5);
        (void)test_settle(t);
        for (uint32_t i = 4; i < 6; i++) {
            spaces[i] = i == 4 ? 5 : 6;
            works[i] = ep_read_work(spaces[i], ep_buffer(&ep, spaces[i], 4096, EP_RW), 64);
            CHECK_EQ(t, test_first_row(t), DEFERRED_ACCEPTED, ep_submit(&ep, 0, &works[i]),
                     "answer to work for a queue with room");
        }
        ep_release(&ep, rule);
        (void)test_settle(t);
        CHECK(t, "DEV-DRN-003", !ep_command_active(&ep), "the abort does not end");
        for (uint32_t i = 0; i < 6; i++)
            CHECK_EQ(t, "DEV-DRN-003", spaces[i] == 6 || i >= 4, ep_wait(&ep, &works[i]).status,
                     "status of work %u, PASID %u, after an abort of PASID 5 that came before work 4", i, spaces[i]);
        for (uint32_t i = 0; i < 4; i++)
            CHECK_EQ(t, "DEV-DRN-003", 1, ep_wait(&ep, &held[i]).status, "status of work of PASID 7");
        ep_close(&ep);
    }
}

/* A batch is one work: an abort takes what is left of it, a drain waits for all of it. */
static void batch(struct test *t)
{
    struct ep ep;

    for (uint32_t way = 0; way < 4; way++) { /* held: the second descriptor, or the second fetch; aborted or drained */
        bool fetch = way & 1, drained = way & 2;
        uint64_t list, a, descriptor[8], aborted;
        struct ep_work work = {.op = EP_OP_BATCH, .space = EP_NONE, .size = 4}, members[4],
                       drain = {.op = EP_OP_DRAIN, .space = EP_NONE};
        uint32_t rule;

        if (way)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, 0, two, 2);
        list = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
        a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
        for (uint32_t i = 0; i < 4; i++) {
            members[i] = ep_read_work(EP_NONE, a + 64 * i, 64);
            members[i].record = a + 1024 + 32 * i;
            members[i].flags = EP_RCR;
            ep_encode(&members[i], descriptor);
            mem_write(t, ep_pa(&ep, EP_NONE, list + 64 * i), descriptor, 64);
        }
        work.src = list;
        rule = ep_rule(&ep, EP_READ, (fetch ? list : a) + 64, (fetch ? list : a) + 127, EP_HOLD, 0, UINT32_MAX);
        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-DRN-003", 1, ep_wait(&ep, &members[0]).status, "status of the first descriptor");
        aborted = ep_counter(&ep, 5);
        ep_command_begin(&ep, drained ? EP_CMD_DRAIN_WQ : EP_CMD_ABORT_WQ, 1);
        if (drained) {
            drain.record = EP_NO_RECORD;
            drain.flags = 0;
            (void)ep_submit(&ep, 0, &drain);
        }
        (void)test_settle(t);
        CHECK(t, "DEV-DRN-001", ep_command_active(&ep), "the command is over while a batch waits, way %u", way);
        ep_release(&ep, rule);
        (void)test_settle(t);
        CHECK(t, "DEV-DRN-001", !ep_command_active(&ep), "the command does not end, way %u", way);
        for (uint32_t i = 1; i < 4; i++)
            CHECK_EQ(t, drained ? "DEV-DRN-001" : "DEV-DRN-003", drained, ep_wait(&ep, &members[i]).status,
                     "status of descriptor %u of the batch, way %u", i, way);
        CHECK_EQ(t, drained ? "DEV-DRN-001" : "DEV-DRN-003", drained, ep_wait(&ep, &work).status, "status of the batch, way %u",
                 way);
        CHECK_EQ(t, "DEV-DRN-003", drained, ep_count(&ep, 0, EP_READ, a + 128, a + 255) > 0, "later descriptors are carried out");
        CHECK(t, "DEV-CNT-950", drained ? aborted == ep_counter(&ep, 5) : ep_counter(&ep, 5) > aborted,
              "works counted as aborted, way %u", way);
        ep_expect_move(&ep, "DEV-DRN-003", 0, EP_NONE, "a move afterwards");
        ep_close(&ep);
    }
}

static void drain_scope(struct test *t)
{
    static const struct scope table[] = {
        {EP_CMD_DRAIN_WQ, 1, {true, false, false}},    {EP_CMD_DRAIN_WQ, 2, {false, true, false}},
        {EP_CMD_DRAIN_WQ, 3, {true, true, false}},     {EP_CMD_DRAIN_WQ, 6, {false, true, true}},
        {EP_CMD_DRAIN_ALL, 0, {true, true, true}},     {EP_CMD_DRAIN_PASID, 5, {true, false, false}},
        {EP_CMD_DRAIN_PASID, 6, {false, true, false}}, {EP_CMD_DRAIN_PASID, 0, {false, false, false}},
    };
    struct ep ep;

    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        for (uint32_t held = 0; held < 3; held++) {
            const struct scope *c = &table[i];
            struct ep_work work;
            uint32_t rule;
            const char *row = c->code == EP_CMD_DRAIN_PASID ? "DEV-DRN-002" : "DEV-DRN-001";

            if (i || held)
                test_reset(t, IOTB_RESET_COLD);
            ep_scene_with(&ep, t, ON_PASID, three, 3);
            work = ep_read_work(three_spaces[held], ep_buffer(&ep, three_spaces[held], 4096, EP_RW), 64);
            rule = ep_rule(&ep, EP_READ, work.src, work.src + 63, EP_HOLD, 0, UINT32_MAX);
            (void)ep_submit(&ep, held, &work);
            (void)test_settle(t);
            ep_command_begin(&ep, c->code, c->operand);
            (void)test_settle(t);
            CHECK_EQ(t, row, c->ours[held], ep_command_active(&ep),
                     "command %u, operand 0x%x, runs while work of queue %u is held", c->code, c->operand, held);
            ep_release(&ep, rule);
            (void)test_settle(t);
            CHECK(t, row, !ep_command_active(&ep), "command %u does not end", c->code);
            CHECK_EQ(t, row, 1, ep_wait(&ep, &work).status, "status of the work");
            ep_close(&ep);
        }
}

/* A DRAIN descriptor waits for its own queue. */
static void drain_other_queue(struct test *t)
{
    struct ep ep;
    struct ep_work held, drain = {.op = EP_OP_DRAIN, .space = EP_NONE};
    uint32_t rule;

    ep_scene_with(&ep, t, 0, two, 2);
    held = ep_read_work(EP_NONE, ep_buffer(&ep, EP_NONE, 4096, EP_RW), 64);
    rule = ep_rule(&ep, EP_READ, held.src, held.src + 63, EP_HOLD, 0, UINT32_MAX);
    (void)ep_submit(&ep, 0, &held);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-DRN-006", 1, ep_run(&ep, 1, &drain).status, "status of DRAIN while the other queue's work is held");
    ep_release(&ep, rule);
    CHECK_EQ(t, "DEV-DRN-006", 1, ep_wait(&ep, &held).status, "status of the other queue's work");
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("commands.abort_scope", abort_scope, "DEV-DRN-003 DEV-CNT-950", "&PASID", "An abort takes the work that it names"),
    SENDS("commands.abort_within", abort_within, "DEV-DRN-003", "&PASID&!SWENQ",
          "An abort takes one PASID's work out of a queue"),
    SENDS("commands.batch", batch, "DEV-DRN-003 DEV-DRN-001 DEV-CNT-950", "", "A batch is aborted and drained as one"),
    SENDS("commands.drain_scope", drain_scope, "DEV-DRN-001 DEV-DRN-002", "&PASID", "A drain waits for the work that it names"),
    SENDS("commands.drain_other_queue", drain_other_queue, "DEV-DRN-006", "&!SERIAL", "DRAIN waits for its own queue"),
};

LIST(ep_commands_scope_cases, cases);
