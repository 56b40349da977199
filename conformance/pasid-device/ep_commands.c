/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands: in which state each is refused, what each changes, and what it leaves alone. */
#include "pasid_device_chapters.h"

#define WQCFG(wq) (0x500u + 64u * (wq))
#define GRPCFG(n) (0x400u + 64u * (n))
#define QUEUES_MAX 8u

static const struct ep_wq two[] = {{.size = 4, .priority = 1}, {.size = 4, .priority = 1}};

static uint32_t queue_state(struct ep *ep, uint32_t wq)
{
    return (uint32_t)(ep_bar0_read(ep, WQCFG(wq) + 24, 8) >> 30) & 3;
}

static uint32_t device_state(struct ep *ep)
{
    return (uint32_t)ep_get(ep, "BAR0_GENSTS", "STATE");
}

/* ---- states ---- */

enum state { OFF, ON }; /* ON: queue 0 is on, queue 1 is not */

struct refusal {
    enum state state;
    uint32_t code, operand, error;
};
#define EITHER 0x3132u /* 31h or 32h: the programming model has both for a wrong state */

static void bring(struct ep *ep, struct test *t, enum state state)
{
    ep_open(ep, t);
    ep_configure(ep, two, 2);
    if (state == OFF)
        return;
    CHECK_EQ(t, "DEV-SUB-010", 0, ep_command(ep, EP_CMD_ENABLE, 0), "error of enabling the device");
    CHECK_EQ(t, "DEV-SUB-010", 0, ep_command(ep, EP_CMD_ENABLE_WQ, 0), "error of enabling queue 0");
}

static void check_refusal(struct ep *ep, const struct refusal *c)
{
    uint32_t device = device_state(ep), error = ep_command(ep, c->code, c->operand);

    CHECK(ep->t, "DEV-SUB-010", error == c->error || (c->error == EITHER && (error == 0x31 || error == 0x32)),
          "error 0x%02x of command %u with operand 0x%x while the device is %s, expected 0x%02x", error, c->code, c->operand,
          c->state == OFF ? "off" : "on", c->error);
    CHECK_EQ(ep->t, "DEV-SUB-010", 0, ep_get(ep, "BAR0_CMDSTS", "RESULT"), "its result");
    if (!error)
        return;
    CHECK_EQ(ep->t, "DEV-SUB-951", device, device_state(ep), "state of the device after a refused command");
    for (uint32_t wq = 0; wq < 2; wq++)
        CHECK_EQ(ep->t, "DEV-SUB-951", c->state == ON && wq == 0, queue_state(ep, wq), "state of queue %u after it", wq);
}

static void states(struct test *t)
{
    static const struct refusal table[] = {
        {OFF, EP_CMD_DISABLE, 0, 0x31},
        {OFF, EP_CMD_DRAIN_ALL, 0, EITHER},
        {OFF, EP_CMD_ABORT_ALL, 0, EITHER},
        {OFF, EP_CMD_RESET, 0, 0},
        {OFF, EP_CMD_ENABLE_WQ, 0, 0x20},
        {OFF, EP_CMD_DISABLE_WQ, 1, 0x32},
        {OFF, EP_CMD_DRAIN_WQ, 1, 0x32},
        {OFF, EP_CMD_ABORT_WQ, 1, 0x32},
        {OFF, EP_CMD_RESET_WQ, 1, 0x32},
        {OFF, EP_CMD_DRAIN_PASID, 5, EITHER},
        {OFF, EP_CMD_ABORT_PASID, 5, EITHER},
        {OFF, 0, 0, 0x01},
        {OFF, 13, 0, 0x01},
        {OFF, 14, 0, 0x01},
        {OFF, 31, 0, 0x01},
        {ON, EP_CMD_ENABLE, 0, 0x10},
        {ON, EP_CMD_DRAIN_ALL, 0, 0},
        {ON, EP_CMD_ABORT_ALL, 0, 0},
        {ON, EP_CMD_ENABLE_WQ, 0, 0x21},
        {ON, EP_CMD_ENABLE_WQ, 0x10000, 0x02},
        {ON, EP_CMD_ENABLE_WQ, 0xfffff, 0x02},
        {ON, EP_CMD_DRAIN_PASID, 5, 0},
        {ON, EP_CMD_ABORT_PASID, 5, 0},
        {ON, EP_CMD_DRAIN_PASID, 0xfffff, 0},
        {ON, EP_CMD_ABORT_PASID, 0xfffff, 0},
        {ON, 0, 0, 0x01},
        {ON, 13, 0, 0x01},
        {ON, 14, 0, 0x01},
        {ON, 31, 0, 0x01},
        {ON, EP_CMD_DRAIN_WQ, 1, 0},
        {ON, EP_CMD_ABORT_WQ, 1, 0},
        {ON, EP_CMD_DRAIN_WQ, 3, 0},
        {ON, EP_CMD_ABORT_WQ, 3, 0},
    };
    struct ep ep;

    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (i)
            test_reset(t, IOTB_RESET_COLD);
        bring(&ep, t, table[i].state);
        check_refusal(&ep, &table[i]);
        if (table[i].state == ON)
            ep_expect_move(&ep, "DEV-SUB-951", 0, EP_NONE, "a move after the command");
        ep_close(&ep);
    }
}

/* Commands 7 to 10 take a mask of sixteen queues and the number of the block of sixteen. */
static void masks(struct test *t)
{
    struct ep ep;
    uint32_t queues;

    bring(&ep, t, ON);
    queues = (uint32_t)ep_get(&ep, "BAR0_WQCAP", "WQS");
    for (uint32_t code = EP_CMD_DISABLE_WQ; code <= EP_CMD_RESET_WQ; code++) {
        const struct refusal table[] = {
            {ON, code, 0, 0x02},       {ON, code, 0x10001, 0x02},
            {ON, code, 0x80001, 0x02}, {ON, code, 0xf0001, 0x02},
            {ON, code, 2, 0x32},       {ON, code, 1u << queues, 0x02},
            {ON, code, 0x8000, 0x02},  {ON, code, 1u | 1u << queues, 0x02},
            {ON, code, 0x8001, 0x02},
        };

        for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
            check_refusal(&ep, &table[i]);
    }
    for (uint32_t wq = queues; wq < 20; wq++)
        check_refusal(&ep, &(struct refusal){ON, EP_CMD_ENABLE_WQ, wq, 0x02});
    ep_expect_move(&ep, "DEV-SUB-010", 0, EP_NONE, "a move after all of them");
    ep_close(&ep);
}

/* ---- what makes a queue or the device impossible to enable ---- */

struct config {
    struct ep_wq wq;
    uint32_t error, other; /* of ENABLE_WQ; `other` is as good */
    bool pasid_on;
    const char *why;
};

static uint32_t enable_queue(struct ep *ep, uint32_t wq)
{
    uint32_t error = ep_command(ep, EP_CMD_ENABLE_WQ, wq);

    CHECK_EQ(ep->t, "DEV-SUB-010", !error, queue_state(ep, wq), "state of the queue after ENABLE_WQ");
    return error;
}

static void queue_settings(struct test *t)
{
    static const struct config table[] = {
        {{.size = 0, .priority = 1}, 0x22, 0x22, false, "size 0"},
        {{.size = 1, .priority = 1}, 0, 0, false, "size 1"},
        {{.size = 4, .priority = 0}, 0x23, 0x23, false, "priority 0"},
        {{.size = 4, .priority = 15}, 0, 0, false, "priority 15"},
        {{.size = 4, .priority = 1, .threshold = 5}, 0, 0, false, "a dedicated queue with a threshold"},
        {{.size = 4, .priority = 1, .shared = true}, 0x24, 0x22, false, "threshold 0"},
        {{.size = 4, .priority = 1, .threshold = 1, .shared = true}, 0, 0, false, "threshold 1"},
        {{.size = 4, .priority = 1, .threshold = 4, .shared = true}, 0, 0, false, "threshold as large as the size"},
        {{.size = 4, .priority = 1, .threshold = 5, .shared = true}, 0x24, 0x22, false, "threshold above the size"},
        {{.size = 4, .priority = 1, .pasid_en = true, .pasid = 1}, 0x26, 0x26, false, "a PASID while PASID is off"},
        {{.size = 4, .priority = 1, .pasid_en = true, .pasid = 1}, 0, 0, true, "a PASID while PASID is on"},
        {{.size = 4, .priority = 1, .threshold = 1, .shared = true, .pasid_en = true},
         0x26,
         0x26,
         false,
         "a shared queue with PASIDs while PASID is off"},
        {{.size = 4, .priority = 1, .threshold = 1, .shared = true, .pasid_en = true, .pasid = 0xfffff},
         0,
         0,
         true,
         "a shared queue, whose PASID is not used"},
        {{.size = 4, .priority = 1, .pasid = 0xfffff}, 0, 0, true, "a PASID that is not enabled"},
    };
    struct ep ep;

    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct config *c = &table[i];
        uint32_t error;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        if (c->pasid_on)
            ep_pasid(&ep, true, false, false);
        ep_configure(&ep, &c->wq, 1);
        CHECK_EQ(t, "DEV-SUB-010", 0, ep_command(&ep, EP_CMD_ENABLE, 0), "error of enabling the device: %s", c->why);
        error = enable_queue(&ep, 0);
        CHECK(t, "DEV-SUB-010", error == c->error || error == c->other, "error 0x%02x of enabling the queue, expected 0x%02x: %s",
              error, c->error, c->why);
        ep_close(&ep);
    }
}

static void queue_pasid(struct test *t)
{
    struct ep ep;

    for (uint32_t beyond = 0; beyond < 2; beyond++) {
        uint32_t error;

        if (beyond)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        if (beyond && ep.width >= 20)
            break;
        ep_pasid(&ep, true, false, false);
        ep_configure(&ep, &(struct ep_wq){.size = 4, .priority = 1, .pasid_en = true, .pasid = (1u << ep.width) - 1 + beyond}, 1);
        CHECK_EQ(t, "DEV-PAS-002", 0, ep_command(&ep, EP_CMD_ENABLE, 0), "error of enabling the device");
        error = ep_command(&ep, EP_CMD_ENABLE_WQ, 0);
        CHECK_EQ(t, "DEV-PAS-002", beyond ? 0x26 : 0, error, "error of enabling a queue of PASID 0x%x",
                 (1u << ep.width) - 1 + beyond);
        ep_close(&ep);
    }
}

/* Limits of a queue against those of the device. */
static void queue_limits(struct test *t)
{
    struct ep ep;

    for (uint32_t i = 0; i < 6; i++) {
        uint32_t xfer, batch, expected = i == 1 ? 0x28 : i == 2 ? 0x27 : 0;
        uint64_t word;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        xfer = (uint32_t)ep_get(&ep, "BAR0_GENCAP", "MAX_XFER") + (i == 1) - (i == 3);
        batch = (uint32_t)ep_get(&ep, "BAR0_GENCAP", "MAX_BATCH") + (i == 2) - (i == 4);
        ep_configure(&ep, &(struct ep_wq){.size = 4, .priority = 1, .bof = i == 5}, 1);
        if (i == 5)
            expected = ep_get(&ep, "BAR0_GENCAP", "BLOCK_ON_FAULT") ? 0 : 0x25;
        word = ep_bar0_read(&ep, WQCFG(0) + 8, 8) & UINT32_MAX;
        ep_bar0_write(&ep, WQCFG(0) + 8, 8,
                      word | ep_bits("ep_wqcfg", "MAX_XFER", xfer) | ep_bits("ep_wqcfg", "MAX_BATCH", batch));
        CHECK_EQ(t, "DEV-SUB-010", 0, ep_command(&ep, EP_CMD_ENABLE, 0), "error of enabling the device");
        CHECK_EQ(t, "DEV-SUB-010", expected, enable_queue(&ep, 0),
                 "error of enabling a queue with transfers of 2^%u, batches of 2^%u, block on fault %u", xfer, batch, i == 5);
        ep_close(&ep);
    }
}

static void entries(struct test *t)
{
    struct ep ep;
    uint32_t total, queues;

    for (uint32_t more = 0; more < 2; more++) {
        struct ep_wq wqs[QUEUES_MAX];

        if (more)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        total = (uint32_t)ep_get(&ep, "BAR0_WQCAP", "ENTRIES");
        queues = (uint32_t)ep_get(&ep, "BAR0_WQCAP", "WQS");
        for (uint32_t wq = 0; wq < queues; wq++) /* the last one gets what is left */
            wqs[wq] = (struct ep_wq){.size = 1, .priority = 1, .too_large = true};
        wqs[queues - 1].size = total - (queues - 1) + more;
        ep_configure(&ep, wqs, queues);
        CHECK_EQ(t, "DEV-SUB-010", more ? 0x14 : 0, ep_command(&ep, EP_CMD_ENABLE, 0), "error of enabling %u entries of %u",
                 total + more, total);
        CHECK_EQ(t, "DEV-SUB-010", !more, device_state(&ep), "state of the device");
        for (uint32_t wq = 0; wq < queues && !more; wq++)
            CHECK_EQ(t, "DEV-SUB-010", 0, enable_queue(&ep, wq), "error of enabling queue %u", wq);
        for (uint32_t wq = 0; wq < queues && !more; wq++) {
            ep_expect_move(&ep, "DEV-SUB-010", wq, EP_NONE, "a move through each queue");
            ep.map_count = 0;
            ep.record_pages = 0;
        }
        ep_close(&ep);
    }
    test_reset(t, IOTB_RESET_COLD); /* a queue that is off can still grow */
    ep_open(&ep, t);
    if (queues >= 2) {
        ep_configure(&ep, two, 2);
        CHECK_EQ(t, "DEV-SUB-010", 0, ep_command(&ep, EP_CMD_ENABLE, 0), "error of enabling the device");
        CHECK_EQ(t, "DEV-SUB-010", 0, enable_queue(&ep, 0), "error of enabling queue 0");
        ep_wqcfg(&ep, 1, &(struct ep_wq){.size = total - 3, .priority = 1});
        CHECK_EQ(t, "DEV-SUB-010", 0x22, enable_queue(&ep, 1), "error of enabling a queue that has grown too large");
        ep_wqcfg(&ep, 1, &(struct ep_wq){.size = total - 4, .priority = 1});
        CHECK_EQ(t, "DEV-SUB-010", 0, enable_queue(&ep, 1), "error of enabling a queue that takes what is left");
    }
    ep_close(&ep);
}

/* ---- groups ---- */

struct grouping {
    uint64_t wqs[2], engines[2]; /* of the first and the last group; HIGH: a bit that does not exist */
    uint32_t error;
};

static void groups(struct test *t)
{
    static const struct grouping table[] = {
        {{3, 0}, {1, 0}, 0},    {{3, 0}, {1, 2}, 0},    {{1, 2}, {1, 2}, 0},    {{2, 1}, {2, 1}, 0},    {{0, 3}, {0, 3}, 0},
        {{3, 1}, {1, 2}, 0x15}, {{2, 2}, {1, 2}, 0x15}, {{3, 2}, {1, 2}, 0x15}, {{1, 2}, {1, 1}, 0x16}, {{1, 2}, {2, 3}, 0x16},
        {{3, 0}, {3, 2}, 0x16}, {{3, 0}, {0, 1}, 0x17}, {{1, 2}, {1, 0}, 0x17}, {{0, 3}, {1, 0}, 0x17}, {{1, 0}, {1, 0}, 0x18},
        {{2, 0}, {1, 0}, 0x18}, {{0, 2}, {0, 1}, 0x18}, {{0, 0}, {1, 2}, 0x18},
    };
    struct ep ep;

    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]) + 8; i++) {
        uint32_t n = sizeof(table) / sizeof(table[0]), last, queues, engines;
        struct grouping c = i < n ? table[i] : table[2];

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        last = (uint32_t)ep_get(&ep, "BAR0_GRPCAP", "GROUPS") - 1;
        queues = (uint32_t)ep_get(&ep, "BAR0_WQCAP", "WQS");
        engines = (uint32_t)ep_get(&ep, "BAR0_ENGCAP", "ENGINES");
        if (last < 1 || engines < 2)
            test_skip(t, "needs two groups and two engines, and there are %u and %u", last + 1, engines);
        if (i >= n) { /* one that does not exist: just behind the last, or the highest of the register */
            uint64_t bit = 1ull << ((i - n) & 1 ? 63 : (i - n) & 4 ? engines : queues);

            *((i - n) & 4 ? &c.engines[(i - n) >> 1 & 1] : &c.wqs[(i - n) >> 1 & 1]) |= bit;
            c.error = (i - n) & 4 ? 0x16 : 0x15;
        }
        ep_configure(&ep, two, 2);
        for (uint32_t side = 0; side < 2; side++) {
            ep_bar0_write(&ep, GRPCFG(side ? last : 0), 8, c.wqs[side]);
            ep_bar0_write(&ep, GRPCFG(side ? last : 0) + 0x20, 8, c.engines[side]);
        }
        CHECK_EQ(t, "DEV-SUB-010", c.error, ep_command(&ep, EP_CMD_ENABLE, 0),
                 "error with queues 0x%llx and 0x%llx, engines 0x%llx and 0x%llx in two groups", (unsigned long long)c.wqs[0],
                 (unsigned long long)c.wqs[1], (unsigned long long)c.engines[0], (unsigned long long)c.engines[1]);
        CHECK_EQ(t, "DEV-SUB-010", !c.error, device_state(&ep), "state of the device");
        for (uint32_t wq = 0; wq < 2 && !c.error; wq++) {
            CHECK_EQ(t, "DEV-SUB-010", 0, enable_queue(&ep, wq), "error of enabling queue %u", wq);
            ep_expect_move(&ep, "DEV-SUB-010", wq, EP_NONE, "a move through a queue of either group");
        }
        ep_close(&ep);
    }
}

/* Each engine serves the queues of its group only. */
static void engines_of_groups(struct test *t)
{
    static const struct ep_wq threes[] = {{.size = 3, .priority = 1}, {.size = 3, .priority = 1}};
    struct ep ep;
    struct ep_work held[3], work;
    uint64_t a;
    uint32_t rule;

    ep_open(&ep, t);
    if (ep_get(&ep, "BAR0_GRPCAP", "GROUPS") < 2 || ep_get(&ep, "BAR0_ENGCAP", "ENGINES") < 2)
        test_skip(t, "needs two groups and two engines");
    ep_configure(&ep, threes, 2);
    for (uint32_t n = 0; n < 2; n++) {
        ep_bar0_write(&ep, GRPCFG(n), 8, 1u << n);
        ep_bar0_write(&ep, GRPCFG(n) + 0x20, 8, 1u << n);
    }
    CHECK_EQ(t, "DEV-SUB-010", 0, ep_command(&ep, EP_CMD_ENABLE, 0), "error of enabling the device");
    for (uint32_t wq = 0; wq < 2; wq++)
        CHECK_EQ(t, "DEV-SUB-010", 0, enable_queue(&ep, wq), "error of enabling queue %u", wq);
    a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    for (uint32_t jammed = 0; jammed < 2; jammed++) {
        rule = ep_rule(&ep, EP_READ, a, a + 1023, EP_HOLD, 0, UINT32_MAX);
        for (uint32_t i = 0; i < 3; i++) {
            held[i] = ep_read_work(EP_NONE, a + 64 * i, 64);
            (void)ep_submit(&ep, jammed, &held[i]);
        }
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-SUB-952", 1, ep_held(&ep, rule), "works that one engine has begun");
        CHECK_EQ(t, "DEV-SUB-952", 2, ep_bar0_read(&ep, WQCFG(jammed) + 24, 8) & 0xffff, "occupancy of the queue");
        work = ep_read_work(EP_NONE, a + 2048, 64);
        CHECK_EQ(t, "DEV-SUB-952", 1, ep_run(&ep, !jammed, &work).status, "status of work of the other group");
        ep_release(&ep, rule);
        for (uint32_t i = 0; i < 3; i++)
            CHECK_EQ(t, "DEV-SUB-952", 1, ep_wait(&ep, &held[i]).status, "status of work %u of the jammed group", i);
    }
    ep_close(&ep);
}

/* ---- effects ---- */

struct snapshot {
    uint64_t wqcfg[2][8], wqs, engines;
};

static struct snapshot look(struct ep *ep)
{
    struct snapshot s = {.wqs = ep_bar0_read(ep, GRPCFG(0), 8), .engines = ep_bar0_read(ep, GRPCFG(0) + 0x20, 8)};

    for (uint32_t wq = 0; wq < 2; wq++)
        for (uint32_t i = 0; i < 8; i++)
            s.wqcfg[wq][i] = i == 3 ? 0 : ep_bar0_read(ep, WQCFG(wq) + 8 * i, 8);
    return s;
}

struct effect {
    uint32_t code, operand;
    bool device_on, on[2], cleared[2];
};

static void effects(struct test *t)
{
    static const struct effect table[] = {
        {EP_CMD_DISABLE, 0, false, {false, false}, {false, false}},   {EP_CMD_RESET, 0, false, {false, false}, {true, true}},
        {EP_CMD_DRAIN_ALL, 0, true, {true, true}, {false, false}},    {EP_CMD_ABORT_ALL, 0, true, {true, true}, {false, false}},
        {EP_CMD_DISABLE_WQ, 1, true, {false, true}, {false, false}},  {EP_CMD_DISABLE_WQ, 2, true, {true, false}, {false, false}},
        {EP_CMD_DISABLE_WQ, 3, true, {false, false}, {false, false}}, {EP_CMD_RESET_WQ, 1, true, {false, true}, {true, false}},
        {EP_CMD_RESET_WQ, 2, true, {true, false}, {false, true}},     {EP_CMD_RESET_WQ, 3, true, {false, false}, {true, true}},
        {EP_CMD_DRAIN_WQ, 1, true, {true, true}, {false, false}},     {EP_CMD_ABORT_WQ, 2, true, {true, true}, {false, false}},
        {EP_CMD_DRAIN_PASID, 5, true, {true, true}, {false, false}},  {EP_CMD_ABORT_PASID, 5, true, {true, true}, {false, false}},
    };
    struct ep ep;

    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct effect *c = &table[i];
        struct snapshot before, after;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, 0, two, 2);
        before = look(&ep);
        CHECK_EQ(t, "DEV-SUB-951", 0, ep_command(&ep, c->code, c->operand), "error of command %u, operand 0x%x", c->code,
                 c->operand);
        after = look(&ep);
        CHECK_EQ(t, "DEV-SUB-951", c->device_on, device_state(&ep), "state of the device after command %u", c->code);
        for (uint32_t wq = 0; wq < 2; wq++) {
            CHECK_EQ(t, "DEV-SUB-951", c->on[wq], queue_state(&ep, wq), "state of queue %u after command %u, operand 0x%x", wq,
                     c->code, c->operand);
            for (uint32_t word = 0; word < 8; word++)
                CHECK_EQ(t, "DEV-SUB-951", c->cleared[wq] ? 0 : before.wqcfg[wq][word], after.wqcfg[wq][word],
                         "WQCFG word %u of queue %u after command %u, operand 0x%x", word, wq, c->code, c->operand);
            if (c->on[wq])
                ep_expect_move(&ep, "DEV-SUB-951", wq, EP_NONE, "a move through a queue that stays on");
        }
        CHECK_EQ(t, "DEV-SUB-951", c->code == EP_CMD_RESET ? 0 : before.wqs, after.wqs, "queues of the group, command %u",
                 c->code);
        CHECK_EQ(t, "DEV-SUB-951", c->code == EP_CMD_RESET ? 0 : before.engines, after.engines, "its engines");
        if (c->code == EP_CMD_RESET)
            ep_configure(&ep, two, 2);
        for (uint32_t wq = 0; wq < 2; wq++)
            if (c->cleared[wq])
                ep_wqcfg(&ep, wq, &two[wq]);
        if (!c->device_on)
            CHECK_EQ(t, "DEV-SUB-951", 0, ep_command(&ep, EP_CMD_ENABLE, 0), "error of enabling the device again");
        for (uint32_t wq = 0; wq < 2; wq++) {
            if (!c->on[wq])
                CHECK_EQ(t, "DEV-SUB-951", 0, ep_command(&ep, EP_CMD_ENABLE_WQ, wq), "error of enabling queue %u again", wq);
            ep_expect_move(&ep, "DEV-SUB-951", wq, EP_NONE, "a move in the end");
        }
        ep_close(&ep);
    }
}

/* While it drains the device takes nothing new, and says so. */
static void disabling(struct test *t)
{
    static const struct effect table[] = {{EP_CMD_DISABLE, 0, false, {false, false}, {false, false}},
                                          {EP_CMD_RESET, 0, false, {false, false}, {true, true}},
                                          {EP_CMD_DISABLE_WQ, 1, true, {false, true}, {false, false}},
                                          {EP_CMD_RESET_WQ, 1, true, {false, true}, {true, false}}};
    struct ep ep;

    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct effect *c = &table[i];
        bool drains = c->code == EP_CMD_DISABLE || c->code == EP_CMD_DISABLE_WQ;
        struct ep_work works[3], late[2];
        uint64_t a;
        uint32_t rule;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, 0, two, 2);
        a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
        rule = ep_rule(&ep, EP_READ, a, a + 1023, EP_HOLD, 0, UINT32_MAX);
        for (uint32_t n = 0; n < 3; n++) {
            works[n] = ep_read_work(EP_NONE, a + 64 * n, 64);
            (void)ep_submit(&ep, 0, &works[n]);
        }
        (void)test_settle(t);
        ep_command_begin(&ep, c->code, c->operand);
        (void)test_settle(t);
        CHECK(t, "DEV-DRN-001", ep_command_active(&ep), "command %u is over with reads outstanding", c->code);
        if (c->code == EP_CMD_DISABLE)
            CHECK_EQ(t, "DEV-SUB-951", 2, device_state(&ep), "state of the device while it drains");
        CHECK_EQ(t, "DEV-SUB-951", 2, queue_state(&ep, 0), "state of the queue while command %u runs", c->code);
        for (uint32_t wq = 0; wq < 2; wq++) {
            bool open = c->on[wq];

            ep_write(&ep, "BAR0_SWERR0", 3);
            late[wq] = ep_read_work(EP_NONE, a + 2048, 64);
            (void)ep_submit(&ep, wq, &late[wq]);
            (void)test_settle(t);
            CHECK_EQ(t, "DEV-DRN-001", open ? 0 : 0x53,
                     ep_get(&ep, "BAR0_SWERR0", "VALID") ? ep_get(&ep, "BAR0_SWERR0", "ERROR") : 0,
                     "SWERR of work for queue %u while command %u runs", wq, c->code);
        }
        ep_release(&ep, rule);
        (void)test_settle(t);
        CHECK(t, "DEV-DRN-001", !ep_command_active(&ep), "command %u does not end", c->code);
        CHECK_EQ(t, "DEV-SUB-951", c->device_on, device_state(&ep), "state of the device after command %u", c->code);
        CHECK_EQ(t, "DEV-SUB-951", 0, queue_state(&ep, 0), "state of the queue after command %u", c->code);
        for (uint32_t n = 0; n < 3; n++)
            CHECK_EQ(t, drains ? "DEV-DRN-001" : "DEV-DRN-003", drains, ep_wait(&ep, &works[n]).status,
                     "status of work %u that was there before command %u", n, c->code);
        CHECK(t, "DEV-DRN-001", !ep_wait(&ep, &late[0]).done, "work sent while command %u ran was carried out", c->code);
        if (c->on[1])
            CHECK_EQ(t, "DEV-DRN-001", 1, ep_wait(&ep, &late[1]).status, "status of work of the other queue");
        ep_close(&ep);
    }
}

/* In serial mode the engines take turns: a group that always has work does not keep another waiting. */
static void turns(struct test *t)
{
    struct ep ep;
    struct ep_work works[2];
    uint64_t a;
    uint32_t rule, mark, first = UINT32_MAX, last = 0;

    ep_open(&ep, t);
    if (ep_get(&ep, "BAR0_GRPCAP", "GROUPS") < 2 || ep_get(&ep, "BAR0_ENGCAP", "ENGINES") < 2)
        test_skip(t, "needs two groups and two engines");
    ep_set(&ep, "BAR0_MODE", "SERIAL", 1);
    ep_configure(&ep, two, 2);
    for (uint32_t n = 0; n < 2; n++) {
        ep_bar0_write(&ep, GRPCFG(n), 8, 1u << n);
        ep_bar0_write(&ep, GRPCFG(n) + 0x20, 8, 1u << n);
    }
    CHECK_EQ(t, "DEV-SUB-013", 0, ep_command(&ep, EP_CMD_ENABLE, 0), "error of enabling the device");
    for (uint32_t wq = 0; wq < 2; wq++)
        CHECK_EQ(t, "DEV-SUB-013", 0, enable_queue(&ep, wq), "error of enabling queue %u", wq);
    a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    for (uint32_t busy = 0; busy < 2; busy++) { /* the queue that has three works; the other has one */
        works[0] = ep_read_work(EP_NONE, a, 64);
        works[1] = ep_read_work(EP_NONE, a + 1024, 64);
        works[0].record = works[1].record = EP_NO_RECORD;
        rule = ep_rule(&ep, EP_READ, a, a + 63, EP_HOLD, 0, 1);
        for (uint32_t i = 0; i < 4; i++)
            (void)ep_submit(&ep, busy, &works[0]);
        (void)test_settle(t);
        (void)ep_submit(&ep, !busy, &works[1]);
        (void)test_settle(t);
        mark = ep_mark(&ep);
        ep_release(&ep, rule);
        (void)test_settle(t);
        first = UINT32_MAX;
        for (uint32_t n = mark; n < ep.log_count; n++) {
            if (ep.log[n].kind == EP_READ && ep.log[n].tlp.address == a + 1024)
                first = n;
            last = ep.log[n].kind == EP_READ && ep.log[n].tlp.address == a ? n : last;
        }
        CHECK(t, "DEV-SUB-013", first < last, "queue %u waits for all that queue %u has", !busy, busy);
    }
    ep_close(&ep);
}

/* What RESET_DEVICE is not about: causes of interrupts, counters. */
static void reset_keeps(struct test *t)
{
    struct ep ep;
    uint64_t data[8] = {0}, dropped;

    ep_scene_with(&ep, t, 0, two, 2);
    ep_write(&ep, "BAR0_INTCAUSE", UINT32_MAX);
    for (uint32_t cause = 0; cause < 2; cause++) {
        if (cause) {
            ep_write(&ep, "BAR0_SWERR0", 3);
            bar_write(t, 2, 0x2000, data, 64);
            (void)test_settle(t);
        }
        CHECK_EQ(t, "DEV-SUB-951", cause, ep_read(&ep, "BAR0_INTCAUSE"), "causes before");
        dropped = ep_counter(&ep, 4);
        CHECK_EQ(t, "DEV-SUB-951", 0, ep_command(&ep, EP_CMD_RESET, 0), "error of RESET_DEVICE");
        CHECK_EQ(t, "DEV-SUB-951", cause, ep_read(&ep, "BAR0_INTCAUSE"), "causes after it");
        CHECK_EQ(t, "DEV-SUB-951", dropped, ep_counter(&ep, 4), "a counter after it");
    }
    ep_start(&ep, two, 2);
    ep_expect_move(&ep, "DEV-SUB-951", 0, EP_NONE, "a move in the end");
    ep_close(&ep);
}

/* Aborted while its translation is asked for: it waits for that, and nothing is left behind. */
static void abort_translation(struct test *t)
{
    struct ep ep;

    ep_scene_with(&ep, t, ON_ATS, two, 1);
    for (uint32_t i = 0; i < 24; i++) {
        struct ep_work work = {.op = i & 1 ? EP_OP_XFETCH : EP_OP_XLATE, .space = EP_NONE, .size = 1};
        uint32_t rule;

        work.src = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
        rule = ep_rule(&ep, EP_TREQ, work.src, work.src + 4095, EP_HOLD, 0, 1);
        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        ep_command_begin(&ep, EP_CMD_ABORT_ALL, 0);
        (void)test_settle(t);
        CHECK(t, "DEV-DRN-003", ep_command_active(&ep), "the abort is over with a translation request outstanding");
        ep_release(&ep, rule);
        ep.rule_count--;
        (void)test_settle(t);
        CHECK(t, "DEV-DRN-003", !ep_command_active(&ep), "the abort does not end");
        CHECK(t, "DEV-DRN-003", !ep_result(&ep, &work).done, "aborted work has a record");
        CHECK_EQ(t, "DEV-DRN-003", 0, ep_get(&ep, "BAR0_ATCSTS", "TREQS"), "translation requests outstanding");
    }
    ep_expect_move(&ep, "DEV-DRN-003", 0, EP_NONE, "a move afterwards");
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("commands.states", states, "DEV-SUB-010 DEV-SUB-951", "", "Each command is refused in the states that it is not for"),
    SENDS("commands.masks", masks, "DEV-SUB-010 DEV-SUB-951", "", "Queues that do not exist are refused"),
    QUIET("commands.queue_settings", queue_settings, "DEV-SUB-010", "PRODUCT&PASID", "A queue is enabled with good settings"),
    QUIET("commands.queue_pasid", queue_pasid, "DEV-PAS-002", "PRODUCT&PASID", "A queue is enabled with a PASID in the width"),
    QUIET("commands.queue_limits", queue_limits, "DEV-SUB-010", "PRODUCT", "A queue is enabled with limits of the device"),
    SENDS("commands.entries", entries, "DEV-SUB-010", "", "Queues share the entries that there are"),
    SENDS("commands.groups", groups, "DEV-SUB-010", "", "Each queue and each engine is in one group"),
    SENDS("commands.engines", engines_of_groups, "DEV-SUB-952 DEV-SUB-010", "&!SERIAL", "An engine serves its group"),
    SENDS("commands.turns", turns, "DEV-SUB-013 DEV-SUB-010", "", "In serial mode engines take turns"),
    SENDS("commands.reset_keeps", reset_keeps, "DEV-SUB-951", "&!NARROW", "RESET_DEVICE keeps causes and counters"),
    SENDS("commands.abort_translation", abort_translation, "DEV-DRN-003", "&ATS", "An abort waits for translation requests"),
    SENDS("commands.effects", effects, "DEV-SUB-951", "", "A command changes what it names and nothing else"),
    SENDS("commands.disabling", disabling, "DEV-DRN-001 DEV-DRN-003 DEV-SUB-951", "&!SERIAL",
          "What is being turned off takes no more work"),
};

LIST(ep_commands_cases, cases);
