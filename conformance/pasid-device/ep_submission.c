/* SPDX-License-Identifier: BSD-2-Clause */
/* Work submission: portals, queues, commands, checks of descriptors. */
#include "pasid_device_chapters.h"

#define SHARED(size_, threshold_)                                                                   \
    {                                                                                               \
        .size = (size_), .threshold = (threshold_), .priority = 1, .shared = true, .pasid_en = true \
    }

static uint64_t submitted(struct ep *ep)
{
    return ep_counter(ep, 0);
}

static uint32_t error_code(struct ep *ep)
{
    return (uint32_t)ep_get(ep, "BAR0_SWERR0", "ERROR");
}

static void acknowledge(struct ep *ep)
{
    ep_write(ep, "BAR0_SWERR0", 3);
}

static void offsets(struct test *t)
{
    struct ep ep;
    uint64_t a, before;

    ep_scene(&ep, t, EP_NONE);
    a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    before = submitted(&ep);
    for (uint32_t i = 0; i < 128; i++) { /* both pages of the queue */
        struct ep_work work = {.op = EP_OP_NOP, .space = EP_NONE, .record = a + 32 * (i % 128), .flags = EP_RCR};
        uint64_t descriptor[8];

        ep_encode(&work, descriptor);
        bar_write(t, 2, ep_portal(&ep, 0) + 64 * i, descriptor, 64);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-SUB-001", 1, ep_result(&ep, &work).status, "status of work sent at offset 0x%x", 64 * i);
        CHECK_EQ(t, "DEV-SUB-001", before + i + 1, submitted(&ep), "descriptors accepted");
    }
    for (uint32_t page = 2; page < 4; page++) {
        uint64_t zeroes[8] = {0};

        bar_write(t, 2, ep_portal(&ep, 0) + 4096 * page, zeroes, 64);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-SUB-001", before + 128, submitted(&ep), "descriptors accepted after a write to page %u", page);
    }
    ep_close(&ep);
}

static void wrong_size(struct test *t)
{
    static const uint32_t sizes[] = {4, 8, 16, 32, 60, 64};
    struct ep ep;
    uint64_t before, data[8] = {0};

    ep_scene(&ep, t, EP_NONE);
    ep_expect_move(&ep, "DEV-SUB-002", 0, EP_NONE, "a move sent by a write of 64 bytes");
    before = submitted(&ep);
    for (uint32_t i = 0; i < 6; i++) {
        acknowledge(&ep);
        bar_write(t, 2, ep_portal(&ep, 0) + (sizes[i] == 64 ? 4 : 0), data, sizes[i]);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-SUB-002", 0x50, error_code(&ep), "SWERR after a portal write of %u bytes%s", sizes[i],
                 sizes[i] == 64 ? " at offset 4" : "");
        CHECK_EQ(t, "DEV-SUB-002", 1, ep_get(&ep, "BAR0_SWERR0", "VALID"), "SWERR.valid");
        CHECK_EQ(t, "DEV-SUB-002", before, submitted(&ep), "descriptors accepted");
    }
    acknowledge(&ep);
    ep_expect_move(&ep, "DEV-SUB-002", 0, EP_NONE, "a move afterwards");
    ep_close(&ep);
}

/* Reads that are held keep the engines busy: `count` more descriptors fill the queue. */
static uint32_t jam(struct ep *ep, uint32_t wq, uint32_t space, uint32_t count, struct ep_work *works)
{
    uint64_t a = ep_buffer(ep, space, 4096, EP_RW);
    uint32_t rule = ep_rule(ep, EP_READ, a, a + 4095, EP_HOLD, 0, UINT32_MAX);

    for (uint32_t i = 0; i < count; i++) {
        works[i] = ep_read_work(space, a + 64 * (i % 64), 64);
        (void)ep_submit(ep, wq, &works[i]);
        (void)test_settle(ep->t);
    }
    return rule;
}

static void full(struct test *t)
{
    struct ep ep;
    struct ep_wq wq = {.size = 4, .priority = 1};
    struct ep_work works[24];
    uint32_t rule, done = 0;

    ep_scene_with(&ep, t, 0, &wq, 1);
    acknowledge(&ep);
    rule = jam(&ep, 0, EP_NONE, 24, works);
    CHECK_EQ(t, "DEV-SUB-003", 0x52, error_code(&ep), "SWERR when the queue is full");
    ep_release(&ep, rule);
    (void)test_settle(t);
    for (uint32_t i = 0; i < 24; i++) {
        bool ended = ep_wait(&ep, &works[i]).status == 1;

        CHECK(t, "DEV-SUB-003", !ended || done == i, "work %u ends although work %u was dropped", i, done);
        done += ended;
    }
    CHECK(t, "DEV-SUB-003", done >= 4 && done < 24, "%u of 24 ended in a queue of 4", done);
    CHECK_EQ(t, "DEV-SUB-003", done, submitted(&ep), "descriptors accepted");
    ep_close(&ep);
}

static void deferred(struct test *t)
{
    static const struct ep_wq wq = SHARED(8, 3);
    struct ep ep;
    struct ep_work works[24];
    uint64_t a;
    uint32_t rule, accepted[2] = {0}, ended = 0, total = 0;

    ep_scene_with(&ep, t, ON_PASID, &wq, 1);
    ep_expect_move(&ep, "DEV-SUB-004", 0, 5, "a move sent to a shared queue");
    total = (uint32_t)submitted(&ep);
    a = ep_buffer(&ep, 5, 4096, EP_RW);
    rule = ep_rule(&ep, EP_READ, a, a + 4095, EP_HOLD, 0, UINT32_MAX);
    for (uint32_t i = 0; i < 4; i++) { /* the engines are busy */
        works[i] = ep_read_work(5, a + 64 * i, 64);
        (void)ep_submit(&ep, 0, &works[i]);
        (void)test_settle(t);
    }
    for (uint32_t i = 4; i < 24; i++) {
        uint64_t descriptor[8], occupancy = ep_bar0_read(&ep, 0x518, 8) & 0xffff;
        uint32_t page = i < 14 ? 1 : 0; /* limited first, then unlimited */
        enum deferred answer;

        works[i] = ep_read_work(5, a + 64 * i, 64);
        works[i].record = a + 2048 + 32 * i;
        works[i].flags = EP_RCR;
        ep_encode(&works[i], descriptor);
        answer = deferrable_write(t, ep.bar[2] + ep_portal(&ep, 0) + 4096 * page, descriptor, 64);
        CHECK_EQ(t, "DEV-SUB-004", occupancy < (page ? 3u : 8u) ? DEFERRED_ACCEPTED : DEFERRED_RETRY, answer,
                 "answer with %u in the queue, %s page", (uint32_t)occupancy, page ? "limited" : "unlimited");
        accepted[page] += answer == DEFERRED_ACCEPTED;
        if (answer != DEFERRED_ACCEPTED)
            works[i].op = EP_OP_NOP;
        (void)test_settle(t);
    }
    CHECK(t, "DEV-SUB-004", accepted[0] >= 4 && accepted[0] + accepted[1] <= 8, "%u and %u accepted", accepted[1], accepted[0]);
    ep_release(&ep, rule);
    (void)test_settle(t);
    for (uint32_t i = 0; i < 24; i++)
        ended += works[i].op != EP_OP_NOP ? ep_wait(&ep, &works[i]).status == 1 : ep_result(&ep, &works[i]).done ? 100 : 0;
    CHECK_EQ(t, "DEV-SUB-004", 4 + accepted[0] + accepted[1], ended, "works ended, each accepted one once");
    CHECK_EQ(t, "DEV-SUB-004", total + 4 + accepted[0] + accepted[1], submitted(&ep), "descriptors accepted");
    ep_close(&ep);
}

/* From four sources, by and by. */
static void exactly_once(struct test *t)
{
    static const struct ep_wq wq = SHARED(8, 8);
    struct ep ep;
    uint64_t counters, count = test_request_budget(t) < 1000 ? 200 : 1000;

    ep_scene_with(&ep, t, ON_PASID, &wq, 1);
    ep.delay_max_ps = 200000;
    for (uint32_t i = 0; i < 4; i++)
        ep_map(&ep, 11 + i, 0x10000, mem_alloc(t, 4096, 4096), 12, EP_RW);
    ep_set(&ep, "CFG_PCIE_DEVCTL2", "ATOMICREQ", 1);
    for (uint64_t i = 0; i < count; i++) {
        struct ep_work work = {
            .op = EP_OP_ATOMIC, .space = 11 + (uint32_t)(i % 4), .dst = 0x10000, .data = {1, 0, 8}, .record = EP_NO_RECORD};
        uint32_t tries = 0;

        while (ep_submit(&ep, 0, &work) == DEFERRED_RETRY && tries++ < 1000)
            if (!test_step(t))
                break;
        if (!CHECK(t, "DEV-SUB-004", tries < 1000, "a submission is never accepted"))
            break;
    }
    (void)test_settle(t);
    counters = 0;
    for (uint32_t i = 0; i < 4; i++) {
        CHECK_EQ(t, "DEV-SUB-004", count / 4, ep_peek(&ep, 11 + i, 0x10000), "additions of source %u", i);
        counters += ep_peek(&ep, 11 + i, 0x10000);
    }
    CHECK_EQ(t, "DEV-SUB-004", count, counters, "additions");
    ep_close(&ep);
}

static void wrong_queue(struct test *t)
{
    static const struct ep_wq wqs[] = {{.size = 8, .priority = 1}, SHARED(8, 8)};
    struct ep ep;
    struct ep_work work = {.op = EP_OP_NOP, .space = 5, .flags = EP_RCR};
    uint64_t descriptor[8], before;

    ep_open(&ep, t);
    ep_pasid(&ep, true, false, false);
    work.record = ep_buffer(&ep, 5, 4096, EP_RW);
    ep_encode(&work, descriptor);
    ep_configure(&ep, wqs, 2);
    CHECK_EQ(t, "DEV-SUB-005", DEFERRED_RETRY, deferrable_write(t, ep.bar[2] + ep_portal(&ep, 1), descriptor, 64),
             "with the device off");
    ep_start(&ep, wqs, 2);
    before = submitted(&ep);
    CHECK_EQ(t, "DEV-SUB-005", DEFERRED_RETRY, deferrable_write(t, ep.bar[2] + ep_portal(&ep, 0), descriptor, 64),
             "to a dedicated queue");
    CHECK_EQ(t, "DEV-SUB-005", DEFERRED_ACCEPTED, deferrable_write(t, ep.bar[2] + ep_portal(&ep, 1), descriptor, 64),
             "to a shared queue");
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-SUB-005", 1, ep_result(&ep, &work).status, "status of the accepted one");
    CHECK_EQ(t, "DEV-SUB-005", 0, ep_command(&ep, EP_CMD_DISABLE_WQ, 2), "error of disabling the shared queue");
    CHECK_EQ(t, "DEV-SUB-005", DEFERRED_RETRY, deferrable_write(t, ep.bar[2] + ep_portal(&ep, 1), descriptor, 64),
             "to a disabled queue");
    CHECK_EQ(t, "DEV-SUB-005", DEFERRED_RETRY, deferrable_write(t, ep.bar[2] + ep_portal(&ep, 5), descriptor, 64),
             "to a queue not configured");
    CHECK_EQ(t, "DEV-SUB-005", 0, ep_command(&ep, EP_CMD_ENABLE_WQ, 1), "error of enabling it again");
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-SUB-005", before + 1, submitted(&ep), "descriptors accepted in all");
    ep_close(&ep);
}

static void plain_write(struct test *t)
{
    static const struct ep_wq wq = SHARED(8, 8);
    struct ep ep;
    struct ep_work work = {.op = EP_OP_NOP, .space = 5};
    uint64_t descriptor[8], before;

    ep_scene_with(&ep, t, ON_PASID, &wq, 1);
    ep_expect_move(&ep, "DEV-SUB-006", 0, 5, "a move sent by a deferrable write");
    acknowledge(&ep);
    before = submitted(&ep);
    work.record = ep_buffer(&ep, 5, 4096, EP_RW);
    ep_encode(&work, descriptor);
    bar_write(t, 2, ep_portal(&ep, 0), descriptor, 64);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-SUB-006", 0x51, error_code(&ep), "SWERR after a plain write to a shared queue");
    CHECK_EQ(t, "DEV-SUB-006", before, submitted(&ep), "descriptors accepted");
    CHECK(t, "DEV-SUB-006", !ep_result(&ep, &work).done, "it was carried out");
    ep_close(&ep);
}

/* ---- staging slots ---- */

static uint64_t enqueue(struct ep *ep, uint32_t slot)
{
    uint64_t value;

    (void)bar_read(ep->t, 2, ep_portal(ep, 0) + 64 * slot, 4, &value);
    return value;
}

static void staged(struct test *t)
{
    static const struct ep_wq wq = SHARED(2, 2);
    struct ep ep;
    struct ep_work works[2];
    uint64_t descriptor[2][8], a;
    uint32_t rule;

    ep_scene_with(&ep, t, ON_PASID, &wq, 1);
    CHECK_EQ(t, "DEV-SUB-007", 2, enqueue(&ep, 0), "read of an empty slot");
    for (uint32_t i = 0; i < 2; i++) {
        works[i] = ep_read_work(5, ep_buffer(&ep, 5, 4096, EP_RW), 64);
        works[i].record = works[i].src + 1024;
        works[i].flags = EP_RCR;
        ep_encode(&works[i], descriptor[i]);
        bar_write(t, 2, ep_portal(&ep, 0) + 64 * i, descriptor[i], 64);
    }
    (void)test_settle(t);
    CHECK(t, "DEV-SUB-007", !ep_result(&ep, &works[0]).done, "the write alone submits");
    for (uint32_t i = 2; i-- > 0;) {
        CHECK_EQ(t, "DEV-SUB-007", 0, enqueue(&ep, i), "read of full slot %u", i);
        CHECK_EQ(t, "DEV-SUB-007", 2, enqueue(&ep, i), "read of slot %u again", i);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-SUB-007", 1, ep_result(&ep, &works[i]).status, "status of the work of slot %u", i);
    }
    a = ep_buffer(&ep, 5, 4096, EP_RW);
    rule = ep_rule(&ep, EP_READ, a, a + 4095, EP_HOLD, 0, UINT32_MAX);
    works[0] = ep_read_work(5, a, 64);
    works[0].record = EP_NO_RECORD;
    ep_encode(&works[0], descriptor[0]);
    for (uint32_t i = 0; i < 12; i++) {
        bar_write(t, 2, ep_portal(&ep, 0), descriptor[0], 64);
        if (enqueue(&ep, 0) == 1)
            break;
        (void)test_settle(t);
        CHECK(t, "DEV-SUB-007", i < 11, "a full queue never answers retry");
    }
    CHECK_EQ(t, "DEV-SUB-007", 2, enqueue(&ep, 0), "the slot after a retry");
    ep_release(&ep, rule);
    ep_close(&ep);
}

static void collected(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t descriptor[8];
    const uint32_t *dwords = (const uint32_t *)descriptor;

    ep_scene(&ep, t, EP_NONE);
    for (uint32_t i = 0; i < 8; i++) {
        work = ep_read_work(EP_NONE, ep_buffer(&ep, EP_NONE, 4096, EP_RW), 64);
        work.record = work.src + 1024;
        work.flags = EP_RCR;
        ep_encode(&work, descriptor);
        for (uint32_t n = 0; n < 16; n++) {
            uint32_t at = (n * 5 + i) % 16;

            CHECK(t, "DEV-SUB-008", !ep_result(&ep, &work).done, "%u dwords of 16 submit", n);
            bar_write(t, 2, ep_portal(&ep, 0) + 64 * (i % 4) + 4 * at, &dwords[at], 4);
            (void)test_settle(t);
        }
        CHECK_EQ(t, "DEV-SUB-008", 1, ep_result(&ep, &work).status, "status of work sent in 16 dwords, order %u", i);
    }
    for (uint32_t n = 0; n < 8; n++) {
        if (!n) {
            work.record = work.src + 2048;
            ep_encode(&work, descriptor);
        }
        bar_write(t, 2, ep_portal(&ep, 0) + 8 * (7 - n), &descriptor[7 - n], 8);
    }
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-SUB-008", 1, ep_result(&ep, &work).status, "status of work sent in 8 halves of a line");
    ep_close(&ep);
}

/* ---- configuration and commands ---- */

static void locked(struct test *t)
{
    struct ep ep;
    uint64_t before[8], group;
    struct ep_wq other = {.size = 3, .priority = 9, .pasid_en = true, .pasid = 0x77};

    ep_scene(&ep, t, EP_NONE);
    for (uint32_t i = 0; i < 8; i++)
        before[i] = ep_bar0_read(&ep, 0x500 + 8 * i, 8);
    group = ep_bar0_read(&ep, 0x400, 8);
    acknowledge(&ep);
    ep_wqcfg(&ep, 0, &other);
    ep_bar0_write(&ep, 0x400, 8, 0xfe);
    ep_bar0_write(&ep, 0x518, 8, UINT64_MAX); /* occupancy and state */
    for (uint32_t i = 0; i < 8; i++)
        CHECK_EQ(t, "DEV-SUB-009", before[i], ep_bar0_read(&ep, 0x500 + 8 * i, 8), "WQCFG word %u of an enabled queue, written",
                 i);
    CHECK_EQ(t, "DEV-SUB-009", group, ep_bar0_read(&ep, 0x400, 8), "GRPCFG of an enabled device, written");
    CHECK_EQ(t, "DEV-SUB-009", 0, ep_get(&ep, "BAR0_SWERR0", "VALID"), "SWERR after these writes");
    ep_expect_move(&ep, "DEV-SUB-009", 0, EP_NONE, "a move through the queue");
    ep_close(&ep);
}

struct bad_command {
    uint32_t code, operand, error;
    bool device_on, queue_on;
    const char *why;
};

static void commands(struct test *t)
{
    static const struct bad_command table[] = {
        {0, 0, 0x01, true, true, "code 0"},
        {13, 0, 0x01, true, true, "code 13"},
        {31, 0, 0x01, true, true, "code 31"},
        {EP_CMD_ENABLE, 0, 0x10, true, false, "device on already"},
        {EP_CMD_DISABLE, 0, 0x31, false, false, "device off"},
        {EP_CMD_ENABLE_WQ, 0, 0x20, false, false, "device off"},
        {EP_CMD_ENABLE_WQ, 0, 0x21, true, true, "queue on already"},
        {EP_CMD_ENABLE_WQ, 8, 0x02, true, false, "no such queue"},
        {EP_CMD_ENABLE_WQ, 1, 0x22, true, false, "size 0"},
        {EP_CMD_DISABLE_WQ, 1, 0x32, true, false, "queue off"},
        {EP_CMD_DISABLE_WQ, 1, 0x32, false, false, "device off"},
    };
    struct ep ep;

    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct bad_command *c = &table[i];

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_configure(&ep, &(struct ep_wq){.size = 8, .priority = 1}, 1);
        if (c->operand == 1 && ep_get(&ep, "BAR0_WQCAP", "WQS") < 2)
            continue;
        if (c->device_on)
            CHECK_EQ(t, "DEV-SUB-010", 0, ep_command(&ep, EP_CMD_ENABLE, 0), "error of enabling the device");
        if (c->queue_on)
            CHECK_EQ(t, "DEV-SUB-010", 0, ep_command(&ep, EP_CMD_ENABLE_WQ, 0), "error of enabling a queue");
        CHECK_EQ(t, "DEV-SUB-010", c->error, ep_command(&ep, c->code, c->operand), "error of command %u: %s", c->code, c->why);
        if (c->queue_on)
            ep_expect_move(&ep, "DEV-SUB-010", 0, EP_NONE, "a move after the bad command");
        ep_close(&ep);
    }
}

struct bad_queue {
    struct ep_wq wq;
    uint32_t device_error, queue_error;
    const char *why;
};

static void bad_queues(struct test *t)
{
    static const struct bad_queue table[] = {
        {{.size = 8, .priority = 0}, 0, 0x23, "priority 0"},
        {{.size = 8, .threshold = 0, .priority = 1, .shared = true, .pasid_en = true}, 0, 0x22, "threshold 0"},
        {{.size = 8, .threshold = 9, .priority = 1, .shared = true, .pasid_en = true}, 0, 0x22, "threshold above size"},
        {{.size = 8, .priority = 1, .pasid_en = true, .pasid = 1}, 0, 0x26, "PASID while PASID is off"},
        {{.size = 65, .priority = 1}, 0x14, 0, "more entries than there are"},
    };
    struct ep ep;

    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct bad_queue *c = &table[i];
        struct ep_wq wq = c->wq;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        if (wq.size == 65)
            wq.size = (uint32_t)ep_get(&ep, "BAR0_WQCAP", "ENTRIES") + 1;
        wq.too_large = wq.size > 64 || c->wq.size == 65;
        if (wq.shared)
            ep_pasid(&ep, true, false, false);
        ep_configure(&ep, &wq, 1);
        CHECK_EQ(t, "DEV-SUB-010", c->device_error, ep_command(&ep, EP_CMD_ENABLE, 0), "error of enabling the device: %s",
                 c->why);
        if (!c->device_error) {
            uint32_t error = ep_command(&ep, EP_CMD_ENABLE_WQ, 0);

            /* A threshold is part of the size and of the mode: either error says so. */
            CHECK(t, "DEV-SUB-010", error == c->queue_error || (wq.shared && error == 0x24),
                  "error of enabling the queue is 0x%02x, not 0x%02x: %s", error, c->queue_error, c->why);
        }
        ep_close(&ep);
    }
    test_reset(t, IOTB_RESET_COLD);
    ep_open(&ep, t);
    ep_configure(&ep, &(struct ep_wq){.size = 8, .priority = 1}, 1);
    ep_set(&ep, "CFG_COMMAND", "BME", 0);
    CHECK_EQ(t, "DEV-SUB-010", 0x12, ep_command(&ep, EP_CMD_ENABLE, 0), "error of enabling the device without bus mastering");
    ep_close(&ep);
}

static void busy(struct test *t)
{
    struct ep ep;
    struct ep_work works[4];
    uint32_t rule;

    ep_scene(&ep, t, EP_NONE);
    rule = jam(&ep, 0, EP_NONE, 4, works);
    ep_command_begin(&ep, EP_CMD_DRAIN_ALL, 0);
    CHECK(t, "DEV-SUB-010", ep_command_active(&ep), "DRAIN_ALL is over with work held");
    ep_command_begin(&ep, EP_CMD_RESET, 0);
    (void)test_settle(t);
    CHECK(t, "DEV-SUB-010", ep_command_active(&ep), "a command written while another runs ended it");
    ep_release(&ep, rule);
    for (uint32_t i = 0; i < 4; i++)
        CHECK_EQ(t, "DEV-SUB-010", 1, ep_wait(&ep, &works[i]).status, "status of work %u: the RESET was not ignored", i);
    CHECK_EQ(t, "DEV-SUB-010", 1, ep_get(&ep, "BAR0_GENSTS", "STATE"), "state of the device");
    ep_close(&ep);
}

static void fair(struct test *t)
{
    static const struct ep_wq wqs[] = {{.size = 16, .priority = 1}, {.size = 16, .priority = 15}};
    struct ep ep;
    struct ep_work slow, fast;
    uint64_t a;
    uint32_t sent = 0;

    ep_scene_with(&ep, t, 0, wqs, 2);
    a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    fast = ep_read_work(EP_NONE, a, 64);
    fast.record = EP_NO_RECORD;
    slow = ep_read_work(EP_NONE, a + 64, 64);
    for (uint32_t i = 0; i < 12; i++)
        (void)ep_submit(&ep, 1, &fast);
    (void)ep_submit(&ep, 0, &slow);
    while (!ep_result(&ep, &slow).done && sent < 10000) { /* the other queue never runs empty */
        if ((ep_bar0_read(&ep, 0x558, 8) & 0xffff) < 8) {
            (void)ep_submit(&ep, 1, &fast);
            sent++;
        } else if (!test_step(t)) {
            break;
        }
    }
    CHECK(t, "DEV-SUB-013", ep_result(&ep, &slow).status == 1,
          "a queue of priority 1 starves beside one of 15: %u descriptors passed", sent);
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("submission.offsets", offsets, "DEV-SUB-001", "&!NARROW", "64 bytes at any line of the portal are one descriptor"),
    SENDS("submission.wrong_size", wrong_size, "DEV-SUB-002", "&!NARROW", "Other sizes are dropped and told"),
    SENDS("submission.full", full, "DEV-SUB-003", "&!NARROW", "A full queue drops what comes and keeps what it has"),
    SENDS("submission.deferred", deferred, "DEV-SUB-004", "&PASID&!SWENQ",
          "A shared queue accepts up to its limit, then answers retry"),
    SENDS("submission.exactly_once", exactly_once, "DEV-SUB-004", "&PASID&!SWENQ",
          "Each accepted descriptor is carried out once"),
    SENDS("submission.wrong_queue", wrong_queue, "DEV-SUB-005", "&PASID&!SWENQ", "Deferrable writes to other queues get retry"),
    SENDS("submission.plain_write", plain_write, "DEV-SUB-006", "&PASID&!SWENQ&!NARROW",
          "A plain write to a shared queue is dropped and told"),
    SENDS("submission.staged", staged, "DEV-SUB-007", "&PASID&SWENQ", "A slot is written, then a read enqueues it"),
    SENDS("submission.collected", collected, "DEV-SUB-008", "&NARROW", "A slot collects 16 dwords in any order"),
    SENDS("submission.locked", locked, "DEV-SUB-009", "", "The configuration of what is enabled is not writable"),
    SENDS("submission.commands", commands, "DEV-SUB-010", "", "Commands fail with the error of their precondition"),
    QUIET("submission.bad_queues", bad_queues, "DEV-SUB-010", "PRODUCT&PASID",
          "Bad configurations are refused when they are enabled"),
    SENDS("submission.busy", busy, "DEV-SUB-010", "", "A command written while one runs is ignored"),
    SENDS("submission.fair", fair, "DEV-SUB-013", "", "No queue starves"),
};

LIST(ep_submission_cases, cases);
