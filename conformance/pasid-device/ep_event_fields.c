/* SPDX-License-Identifier: BSD-2-Clause */
/* Events field by field, the registers of the event log, and the registers that say what is going on. */
#include "pasid_device_chapters.h"

#define RESET_PS 1000000000ull
#define ANY UINT64_MAX

/* ---- what an event says ---- */

struct event {
    uint32_t error;
    bool desc, queue_valid, batch, write, priv, with_record;
    uint32_t queue, operation, pasid, index, flags;
    uint64_t address; /* ANY: not said */
};

static uint64_t first_word(const struct event *e)
{
    return ep_bits("ep_event", "DESC_VALID", e->desc) | ep_bits("ep_event", "WQ_VALID", e->queue_valid) |
           ep_bits("ep_event", "BATCH", e->batch) | ep_bits("ep_event", "RW", e->write) | ep_bits("ep_event", "PRIV", e->priv) |
           ep_bits("ep_event", "ERROR", e->error) | ep_bits("ep_event", "WQ", e->queue) |
           ep_bits("ep_event", "OPERATION", e->operation) | ep_bits("ep_event", "PASID", e->pasid);
}

/* `word`: the first three of SWERR or of a log entry. */
static void check_words(struct ep *ep, const uint64_t word[3], const struct event *e, uint64_t besides, const char *where)
{
    CHECK_EQ(ep->t, "DEV-EVT-007", first_word(e), word[0] & ~besides, "first word %s", where);
    CHECK_EQ(ep->t, "DEV-EVT-007", (uint64_t)e->flags << 32 | e->index, word[1], "flags and batch index %s", where);
    if (e->address != ANY)
        CHECK_EQ(ep->t, "DEV-EVT-007", e->address, word[2], "address %s", where);
}

static void check_swerr(struct ep *ep, const struct event *e)
{
    uint64_t word[3] = {ep_read(ep, "BAR0_SWERR0"), ep_read(ep, "BAR0_SWERR1"), ep_read(ep, "BAR0_SWERR2")};

    CHECK_EQ(ep->t, "DEV-EVT-007", 1, word[0] & 3, "SWERR is valid, nothing was lost");
    check_words(ep, word, e, 3, "of SWERR");
    CHECK_EQ(ep->t, "DEV-EVT-007", 0, ep_bar0_read(ep, 0xd8, 8), "last word of SWERR");
    CHECK_EQ(ep->t, "DEV-EVT-007", 0, ep_read(ep, "BAR0_EVLCFG0") & 0xfff, "EVLCFG beside it");
    CHECK_EQ(ep->t, "DEV-EVT-007", 1, ep_get(ep, "BAR0_INTCAUSE", "ERR"), "INTCAUSE.ERR");
}

static void check_log(struct ep *ep, uint64_t base, uint32_t n, const struct event *e)
{
    uint64_t word[8];

    for (uint32_t i = 0; i < 8; i++)
        word[i] = ep_peek(ep, EP_NONE, base + 64 * n + 8 * i);
    check_words(ep, word, e, ep_bits("ep_event", "INFO_VALID", 1), "of the entry");
    CHECK_EQ(ep->t, "DEV-EVT-007", e->desc, word[0] >> 7 & 1, "INFO_VALID");
    CHECK_EQ(ep->t, "DEV-EVT-007", 0, word[3], "fourth word of the entry");
    if (!e->desc)
        CHECK_EQ(ep->t, "DEV-EVT-007", 0, word[4] | word[5] | word[6] | word[7], "record of what has none");
    CHECK_EQ(ep->t, "DEV-EVT-007", 1, ep_get(ep, "BAR0_EVLSTATUS", "PENDING"), "EVLSTATUS.PENDING");
    CHECK_EQ(ep->t, "DEV-EVT-007", 1, ep_get(ep, "BAR0_INTCAUSE", "EVL"), "INTCAUSE.EVL");
    CHECK_EQ(ep->t, "DEV-EVT-007", n + 1, ep_get(ep, "BAR0_EVLSTATUS", "TAIL"), "tail");
}

/* ---- what makes one ---- */

static const struct ep_wq queues[] = {{.size = 4, .priority = 1, .pasid_en = true, .pasid = 0xa5, .priv = true},
                                      {.size = 4, .priority = 1, .pasid_en = true, .pasid = 0x3c}};

struct scene {
    struct ep ep;
    uint64_t log; /* 0: off */
    uint32_t entries;
};

/* `portal`: it concerns a portal or the translation interface, and is in SWERR whether or not there is a log. */
static void expect_event(struct scene *s, const struct event *e, bool portal)
{
    struct ep *ep = &s->ep;

    (void)test_settle(ep->t);
    if (portal || !s->log)
        check_swerr(ep, e);
    else
        CHECK_EQ(ep->t, "DEV-EVT-007", 0, ep_get(ep, "BAR0_SWERR0", "VALID"), "SWERR besides the log");
    if (s->log)
        check_log(ep, s->log, s->entries++, e);
    ep_write(ep, "BAR0_SWERR0", 3);
    ep_write(ep, "BAR0_INTCAUSE", UINT32_MAX);
    ep_write(ep, "BAR0_EVLSTATUS", 1ull << 62);
    CHECK_EQ(ep->t, "DEV-EVT-007", 0, ep_get(ep, "BAR0_EVLSTATUS", "PENDING"), "EVLSTATUS.PENDING after a one");
    CHECK_EQ(ep->t, "DEV-EVT-007", 0, ep_read(ep, "BAR0_INTCAUSE"), "INTCAUSE after ones");
}

static void submit_raw(struct ep *ep, uint32_t wq, const struct ep_work *work)
{
    uint64_t descriptor[8];

    ep_encode(work, descriptor);
    bar_write(ep->t, 2, ep_portal(ep, wq), descriptor, 64);
}

/* Of the descriptors: what the queue says of PASID and privilege, not the descriptor. */
static void descriptor_events(struct scene *s)
{
    struct ep *ep = &s->ep;

    for (uint32_t wq = 0; wq < 2; wq++) {
        struct ep_work work = {.op = EP_OP_NOP, .flags = 1u << 21, .space = 0x77, .record = EP_NO_RECORD};
        struct event e = {.desc = true, .queue_valid = true, .queue = wq, .pasid = queues[wq].pasid, .priv = queues[wq].priv};

        test_context(ep->t, "queue %u", wq);
        e.error = 0x11; /* flags */
        e.flags = 1u << 21;
        submit_raw(ep, wq, &work);
        expect_event(s, &e, false);
        e.error = 0x10; /* operation */
        e.flags = 0;
        work = (struct ep_work){.op = e.operation = 0x7f, .record = EP_NO_RECORD};
        submit_raw(ep, wq, &work);
        expect_event(s, &e, false);
        e.error = 0x13; /* size */
        work = (struct ep_work){.op = e.operation = EP_OP_FILL, .record = EP_NO_RECORD};
        submit_raw(ep, wq, &work);
        expect_event(s, &e, false);
        e.error = 0x1b; /* where the record should go */
        e.write = true;
        work = (struct ep_work){.op = e.operation = EP_OP_NOP, .flags = EP_RCR, .record = e.address = 0x123456789ab008};
        submit_raw(ep, wq, &work);
        expect_event(s, &e, false);
    }
    test_context(ep->t, NULL);
}

/* The third descriptor of a batch fails. */
static void batch_event(struct scene *s)
{
    struct ep *ep = &s->ep;
    uint32_t space = queues[1].pasid;
    uint64_t list = ep_buffer(ep, space, 4096, EP_RW), descriptor[8];
    struct event e = {.error = 0x13,
                      .desc = true,
                      .queue_valid = true,
                      .queue = 1,
                      .pasid = space,
                      .batch = true,
                      .index = 2,
                      .operation = EP_OP_CRC};
    struct ep_work work = {.op = EP_OP_BATCH, .space = space, .src = list, .size = 4, .record = 0};

    for (uint32_t i = 0; i < 4; i++) {
        struct ep_work member = {.op = i == 2 ? EP_OP_CRC : EP_OP_NOP, .record = EP_NO_RECORD};

        ep_encode(&member, descriptor);
        for (uint32_t n = 0; n < 8; n++)
            mem_write64(ep->t, ep_pa(ep, space, list) + 64 * i + 8 * n, descriptor[n]);
    }
    (void)ep_submit(ep, 1, &work);
    expect_event(s, &e, false);
    CHECK_EQ(ep->t, "DEV-EVT-007", 5, ep_result(ep, &work).status, "status of the batch");
}

static void portal_events(struct scene *s)
{
    struct ep *ep = &s->ep;
    uint64_t data[8] = {0};

    if (ep_get(ep, "BAR0_XSTRAP", "NARROW"))
        return;
    for (uint32_t wq = 0; wq < 2; wq++) {
        bar_write(ep->t, 2, ep_portal(ep, wq), data, 32);
        expect_event(s, &(struct event){.error = 0x50, .queue_valid = true, .queue = wq, .address = ANY}, true);
    }
}

static void interface_events(struct scene *s)
{
    struct ep *ep = &s->ep;
    struct iotb_completion stray = {.id = 900, .status = IOTB_SC, .bytes = 4};

    completion_queue(ep->t, &stray, 0);
    expect_event(s, &(struct event){.error = 0x70, .address = ANY}, true);
    if (!ep->ats)
        return;
    ep_set(ep, "CFG_ATS_CTL", "STU", 1);
    expect_event(s, &(struct event){.error = 0x74, .address = ANY}, true);
    ep_set(ep, "CFG_ATS_CTL", "STU", 0);
    expect_event(s, &(struct event){.error = 0x74, .address = ANY}, true);
}

static void fields(struct test *t)
{
    for (uint32_t log = 0; log < 2; log++) {
        struct scene s = {.log = 0};
        struct ep *ep = &s.ep;

        if (log)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(ep, t);
        ep_pasid(ep, true, false, true);
        if (ep->ats)
            ep_ats(ep, true);
        if (log) {
            s.log = ep_buffer(ep, EP_NONE, 8192, EP_RW);
            ep_write(ep, "BAR0_EVLCFG0", s.log);
            ep_write(ep, "BAR0_EVLCFG1", 100);
            ep_set(ep, "BAR0_GENCFG", "EVL_EN", 1);
        }
        ep_start(ep, queues, 2);
        CHECK_EQ(t, "DEV-EVT-007", 0, ep_read(ep, "BAR0_SWERR0") | ep_read(ep, "BAR0_INTCAUSE"), "events before the first");
        descriptor_events(&s);
        batch_event(&s);
        portal_events(&s);
        interface_events(&s);
        ep_expect_move(ep, "DEV-EVT-007", 1, queues[1].pasid, "a move afterwards");
        ep_close(ep);
    }
}

/* ---- the log's registers ---- */

static void one_event(struct ep *ep)
{
    struct ep_work work = {.op = EP_OP_NOP, .space = EP_NONE, .flags = 1u << 21, .record = EP_NO_RECORD};

    submit_raw(ep, 0, &work);
    (void)test_settle(ep->t);
}

/* A log of two entries holds one; with fewer there is none, and SWERR has the event. PASID and privilege are those of EVLCFG. */
static void log_sizes(struct test *t)
{
    static const struct {
        uint32_t size;
        bool pasid_en, priv;
    } ways[] = {{0, false, false}, {1, false, false}, {2, false, false}, {2, true, false}, {3, true, true}, {3, false, true}};

    for (uint32_t way = 0; way < 6; way++) {
        uint32_t space = ways[way].pasid_en ? 0x5c : EP_NONE, size = ways[way].size, mark;
        struct ep ep;
        uint64_t base;

        if (way)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "a log of %u entries, PASID_EN %u, PRIV %u", size, ways[way].pasid_en, ways[way].priv);
        ep_open(&ep, t);
        ep_pasid(&ep, true, false, true);
        base = ep_buffer(&ep, space, 4096, EP_RW);
        ep_write(&ep, "BAR0_EVLCFG0",
                 base | ep_reg_bits("BAR0_EVLCFG0", "PASID_EN", ways[way].pasid_en) |
                     ep_reg_bits("BAR0_EVLCFG0", "PRIV", ways[way].priv));
        ep_write(&ep, "BAR0_EVLCFG1", ep_reg_bits("BAR0_EVLCFG1", "SIZE", size) | ep_reg_bits("BAR0_EVLCFG1", "PASID", 0x5c));
        ep_set(&ep, "BAR0_GENCFG", "EVL_EN", 1);
        ep_start(&ep, &(struct ep_wq){.size = 4, .priority = 1}, 1);
        mark = ep_mark(&ep);
        one_event(&ep);
        CHECK_EQ(t, "DEV-EVT-007", size < 2, ep_get(&ep, "BAR0_SWERR0", "VALID"), "SWERR");
        CHECK_EQ(t, "DEV-EVT-007", size < 2 ? 0 : 1, ep_get(&ep, "BAR0_EVLSTATUS", "TAIL"), "tail");
        for (uint32_t n = 0; n < 4; n++)
            one_event(&ep);
        if (size >= 2) {
            const struct ep_event *event = ep_event(&ep, mark, EP_WRITE, base, base + 63, 0);

            CHECK_EQ(t, "DEV-EVT-007", size - 1, ep_get(&ep, "BAR0_EVLSTATUS", "TAIL"), "tail of a log that is full");
            CHECK_EQ(t, "DEV-EVT-007", size - 1, ep_count(&ep, mark, EP_WRITE, base, base + 4095), "entries written");
            CHECK_EQ(t, "DEV-EVT-007", space, event && event->tlp.flags & IOTB_RQ_PASID ? event->tlp.pasid : EP_NONE,
                     "their PASID");
            CHECK_EQ(t, "DEV-EVT-007", ways[way].pasid_en && ways[way].priv && ep.priv_on,
                     event && event->tlp.flags & IOTB_RQ_PRIVILEGED, "their privilege");
            CHECK_EQ(t, "DEV-EVT-007", 1, ep_get(&ep, "BAR0_SWERR0", "OVERFLOW"), "overflow");
            CHECK_EQ(t, "DEV-EVT-007", 0, ep_get(&ep, "BAR0_SWERR0", "VALID"), "SWERR.VALID besides");
        }
        ep_close(&ep);
    }
}

/* More events than wait anywhere while the log cannot be written: each is in the log, once and in order, or counted as lost. */
static void burst(struct test *t)
{
    const uint32_t sent = 80;
    struct ep ep;
    uint64_t base, last = 0;
    uint32_t hold, logged, lost;

    ep_open(&ep, t);
    ep_ats(&ep, true);
    base = ep_buffer(&ep, EP_NONE, 8192, EP_RW);
    ep_write(&ep, "BAR0_EVLCFG0", base);
    ep_write(&ep, "BAR0_EVLCFG1", 128);
    ep_set(&ep, "BAR0_GENCFG", "EVL_EN", 1);
    ep_start(&ep, &(struct ep_wq){.size = 4, .priority = 1}, 1);
    hold = ep_rule(&ep, EP_TREQ, base, base + 4095, EP_HOLD, 0, 1);
    for (uint32_t n = 0; n < sent; n++) {
        struct ep_work work = {.op = EP_OP_NOP, .flags = EP_RCR, .space = EP_NONE, .record = 0x10008 + 0x100ull * n};

        submit_raw(&ep, 0, &work);
        (void)test_settle(t);
    }
    ep_release(&ep, hold);
    (void)test_settle(t);
    logged = (uint32_t)ep_get(&ep, "BAR0_EVLSTATUS", "TAIL");
    lost = (uint32_t)ep_counter(&ep, 42);
    CHECK_EQ(t, "DEV-EVT-002", sent, logged + lost, "events logged and events lost");
    CHECK_EQ(t, "DEV-EVT-002", lost != 0, ep_get(&ep, "BAR0_SWERR0", "OVERFLOW"), "overflow");
    for (uint32_t n = 0; n < logged; n++) {
        uint64_t address = ep_peek(&ep, EP_NONE, base + 64 * n + 16);

        CHECK(t, "DEV-EVT-002", address > last, "entry %u is of 0x%llx, the one before of 0x%llx", n, (unsigned long long)address,
              (unsigned long long)last);
        last = address;
    }
    ep_expect_move(&ep, "DEV-EVT-002", 0, EP_NONE, "a move afterwards");
    ep_close(&ep);
}

/* Events that wait for the log when the function is reset are not written by the next one. */
static void forgotten_events(struct test *t)
{
    for (uint32_t way = 0; way < 2; way++) { /* Function Level Reset, RESET_DEVICE */
        const char *row = "DEV-FLR-003";
        struct ep ep;
        uint64_t base;
        uint32_t hold = 0;

        if (way)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        base = ep_buffer(&ep, EP_NONE, 8192, EP_RW);
        for (uint32_t life = 0; life < 2; life++) {
            ep_ats(&ep, true);
            ep_write(&ep, "BAR0_EVLCFG0", base + 4096 * life);
            ep_write(&ep, "BAR0_EVLCFG1", 32);
            ep_set(&ep, "BAR0_GENCFG", "EVL_EN", 1);
            ep_start(&ep, &(struct ep_wq){.size = 4, .priority = 1}, 1);
            if (life)
                break;
            hold = ep_rule(&ep, EP_TREQ, base, base + 4095, EP_HOLD, 0, 1);
            for (uint32_t n = 0; n < 4; n++)
                one_event(&ep);
            CHECK_EQ(t, row, 1, ep_held(&ep, hold), "translation requests of the log");
            if (way == 0) {
                ep_flr(&ep);
                ep_release(&ep, hold);
                test_run(t, RESET_PS);
                ep_restore(&ep);
            } else {
                ep_command_begin(&ep, EP_CMD_RESET, 0);
                (void)test_settle(t);
                ep_release(&ep, hold);
                (void)test_settle(t);
                CHECK(t, row, !ep_command_active(&ep), "RESET_DEVICE does not end");
                ep_ats(&ep, false);
            }
        }
        CHECK_EQ(t, row, 0, ep_get(&ep, "BAR0_EVLSTATUS", "TAIL"), "tail before the first event of the new life");
        one_event(&ep);
        CHECK_EQ(t, row, 1, ep_get(&ep, "BAR0_EVLSTATUS", "TAIL"), "tail after the first event of the new life");
        CHECK_EQ(t, row, 1, ep_count(&ep, 0, EP_WRITE, base, base + 8191), "entries written in both lives");
        CHECK_EQ(t, row, 0x11, ep_peek(&ep, EP_NONE, base + 4096) >> 8 & 0xff, "the event of the new life");
        ep_close(&ep);
    }
}

/* ---- registers that say what there is ---- */

static void cache_status(struct test *t)
{
    struct ep ep;
    uint64_t pages;
    uint32_t hold, count, mark;

    ep_scene(&ep, t, EP_NONE);
    count = (uint32_t)ep_get(&ep, "BAR0_ATCCAP", "ENTRIES") < 4 ? 2 : 4;
    pages = ep_buffer(&ep, EP_NONE, 8 * 4096, EP_RW);
    CHECK_EQ(t, "DEV-REG-005", 1, ep_get(&ep, "BAR0_ATCSTS", "STATE"), "STATE with ATS on");
    for (uint32_t n = 0; n < count; n++) {
        CHECK_EQ(t, "DEV-REG-005", n, ep_get(&ep, "BAR0_ATCSTS", "USED"), "USED");
        (void)ep_touch(&ep, 0, EP_NONE, pages + 4096 * n);
    }
    ep_write(&ep, "BAR0_ATCCTL", 2); /* leaves a state that it is not in, and empties nothing */
    CHECK_EQ(t, "DEV-REG-005", count, ep_get(&ep, "BAR0_ATCSTS", "USED"), "USED of the full working set");
    ep_write(&ep, "BAR0_ATCCTL", 1);
    CHECK_EQ(t, "DEV-REG-005", 0, ep_get(&ep, "BAR0_ATCSTS", "USED"), "USED after FLUSH");
    CHECK(t, "DEV-REG-005", !ep_cached(&ep, 0, EP_NONE, pages), "a page is cached after FLUSH");
    ep_bar0_write(&ep, 0x12c, 4, 1); /* beside ATCCTL */
    CHECK(t, "DEV-REG-005", ep_cached(&ep, 0, EP_NONE, pages), "a page is not cached any more");
    hold = ep_rule(&ep, EP_TREQ, pages + 4096 * 5, pages + 4096 * 6 - 1, EP_HOLD, 0, UINT32_MAX);
    mark = ep_mark(&ep);
    (void)ep_touch(&ep, 0, EP_NONE, pages + 4096 * 5);
    CHECK_EQ(t, "DEV-REG-005", ep_count(&ep, mark, EP_TREQ, 0, UINT64_MAX), ep_get(&ep, "BAR0_ATCSTS", "TREQS"), "TREQS");
    CHECK_EQ(t, "DEV-REG-005", 1, ep_get(&ep, "BAR0_LIMITS", "NP"), "LIMITS.NP");
    ep_release(&ep, hold);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-REG-005", 0, ep_get(&ep, "BAR0_ATCSTS", "TREQS"), "TREQS in the end");
    (void)ep_rule(&ep, EP_TREQ, pages + 4096 * 7, pages + 4096 * 8 - 1, EP_UR, 0, 1);
    (void)ep_touch(&ep, 0, EP_NONE, pages + 4096 * 7);
    CHECK_EQ(t, "DEV-REG-005", 2, ep_get(&ep, "BAR0_ATCSTS", "STATE"), "STATE after a completion with UR");
    ep_write(&ep, "BAR0_ATCCTL", 1);
    CHECK_EQ(t, "DEV-REG-005", 2, ep_get(&ep, "BAR0_ATCSTS", "STATE"), "STATE after FLUSH alone");
    ep_bar0_write(&ep, 0x12c, 4, 2);
    CHECK_EQ(t, "DEV-REG-005", 2, ep_get(&ep, "BAR0_ATCSTS", "STATE"), "STATE after a write beside ATCCTL");
    ep_write(&ep, "BAR0_ATCCTL", 2);
    CHECK_EQ(t, "DEV-REG-005", 1, ep_get(&ep, "BAR0_ATCSTS", "STATE"), "STATE after leaving the shut state");
    CHECK(t, "DEV-REG-005", !ep_cached(&ep, 0, EP_NONE, pages + 4096 * 7), "no translation request after it");
    ep_ats(&ep, false);
    CHECK_EQ(t, "DEV-REG-005", 0, ep_get(&ep, "BAR0_ATCSTS", "STATE"), "STATE with ATS off");
    ep_close(&ep);
}

static void page_status(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint32_t index, groups;

    ep_scene(&ep, t, 5);
    CHECK_EQ(t, "DEV-REG-005", 1, ep_get(&ep, "BAR0_PRISTS", "STATE"), "STATE with page requests enabled");
    CHECK_EQ(t, "DEV-REG-005", 0, ep_read(&ep, "BAR0_PRISTS") & UINT32_MAX, "messages and groups outstanding");
    for (uint32_t way = 0; way < 3; way++) {
        test_context(t, "way %u", way);
        ep.pages = EP_PAGES_HOLD;
        work = ep_read_work(5, ep.next_va, 64);
        ep.next_va += 0x10000;
        work.flags = EP_BOF;
        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        groups = ep_groups(&ep, &index, 1);
        CHECK_EQ(t, "DEV-REG-005", groups, ep_get(&ep, "BAR0_PRISTS", "GROUPS"), "GROUPS");
        CHECK_EQ(t, "DEV-REG-005", ep.page_messages, ep_get(&ep, "BAR0_PRISTS", "MESSAGES"), "MESSAGES");
        CHECK_EQ(t, "DEV-REG-005", index + 1, ep_get(&ep, "BAR0_PRISTS", "NEXT_INDEX"), "NEXT_INDEX: counted up");
        if (way == 1) { /* stopping until the last response */
            config_write(t, ep.pri + 4, 2, 0);
            ep_forget_enables(&ep);
            CHECK_EQ(t, "DEV-REG-005", 2, ep_get(&ep, "BAR0_PRISTS", "STATE"), "STATE while it stops");
        }
        ep_respond(&ep, index, way == 2 ? 15 : 1);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-REG-005",
                 way == 2   ? 3
                 : way == 1 ? 0
                            : 1,
                 ep_get(&ep, "BAR0_PRISTS", "STATE"), "STATE after the response");
        CHECK_EQ(t, "DEV-REG-005", 0, ep_read(&ep, "BAR0_PRISTS") & UINT32_MAX, "messages and groups after it");
        if (way == 1)
            ep_pri(&ep, 4);
    }
    config_write(t, ep.pri + 4, 2, 0);
    ep_pri(&ep, 4);
    CHECK_EQ(t, "DEV-REG-005", 1, ep_get(&ep, "BAR0_PRISTS", "STATE"), "STATE when it is enabled anew");
    ep_close(&ep);
}

static void requests_status(struct test *t)
{
    struct ep ep;
    struct ep_work works[3];
    uint64_t page, first, second, third;
    uint32_t hold, mark;

    ep_scene_with(&ep, t, 0, &(struct ep_wq){.size = 4, .priority = 1}, 1);
    page = ep_buffer(&ep, EP_NONE, 8192, EP_RW);
    hold = ep_rule(&ep, EP_READ, page, page + 4095, EP_HOLD, 0, UINT32_MAX);
    mark = ep_mark(&ep);
    for (uint32_t i = 0; i < 3; i++) {
        works[i] = ep_move(EP_NONE, page + 512 * i, page + 4096 + 512 * i, 128);
        (void)ep_submit(&ep, 0, &works[i]);
    }
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-REG-005", ep_count(&ep, mark, EP_READ, 0, UINT64_MAX), ep_get(&ep, "BAR0_LIMITS", "NP"), "LIMITS.NP");
    CHECK_EQ(t, "DEV-REG-005", 1, ep_get_at(&ep, "BAR0_WQCFG3", 0, "STATE"), "state of the queue");
    CHECK(t, "DEV-REG-005", ep_get_at(&ep, "BAR0_WQCFG3", 0, "OCCUPANCY") < 3, "occupancy of a queue whose work has begun");
    CHECK_EQ(t, "DEV-REG-005", 0, ep_get(&ep, "BAR0_LIMITS", "POSTED"), "LIMITS.POSTED");
    endpoint_block(t, IOTB_BLOCK_POSTED);
    ep_release(&ep, hold);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-REG-005", 0, ep_get(&ep, "BAR0_LIMITS", "NP"), "LIMITS.NP when all is read");
    CHECK(t, "DEV-REG-005", ep_get(&ep, "BAR0_LIMITS", "POSTED") >= 1, "LIMITS.POSTED is %u with writes that may not leave",
          (unsigned)ep_get(&ep, "BAR0_LIMITS", "POSTED"));
    endpoint_block(t, 0);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-REG-005", 0, ep_get(&ep, "BAR0_LIMITS", "POSTED"), "LIMITS.POSTED in the end");
    first = ep_read(&ep, "BAR0_TICK");
    test_run(t, 12345678000);
    second = ep_read(&ep, "BAR0_TICK");
    test_run(t, 2 * 12345678000ull);
    third = ep_read(&ep, "BAR0_TICK");
    CHECK(t, "DEV-REG-005",
          second > first && third - second >= 2 * (second - first) - 2 && third - second <= 2 * (second - first) + 2,
          "TICK: %llu, %llu, %llu", (unsigned long long)first, (unsigned long long)second, (unsigned long long)third);
    ep_close(&ep);
}

/* Requests that wait are dropped by the reset, and what was outstanding is no more; the lowest tag is free again. */
static void reset_status(struct test *t)
{
    for (uint32_t blocked = IOTB_BLOCK_POSTED; blocked <= IOTB_BLOCK_NON_POSTED; blocked++) {
        struct ep ep;
        struct ep_work work;
        uint64_t page;
        uint32_t mark;
        const struct ep_event *event;

        if (blocked != IOTB_BLOCK_POSTED)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, 0, &(struct ep_wq){.size = 4, .priority = 1}, 1);
        page = ep_buffer(&ep, EP_NONE, 8192, EP_RW);
        endpoint_block(t, blocked);
        mark = ep_mark(&ep);
        work = ep_move(EP_NONE, page, page + 4096, 256);
        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-FLR-003", 0, ep_count(&ep, mark, blocked == IOTB_BLOCK_POSTED ? EP_WRITE : EP_READ, 0, UINT64_MAX),
                 "requests that were sent although they may not leave");
        ep_flr(&ep);
        endpoint_block(t, 0);
        test_run(t, RESET_PS);
        ep_restore(&ep);
        CHECK_EQ(t, "DEV-FLR-003", 0, ep_read(&ep, "BAR0_LIMITS") >> 32, "requests outstanding and waiting after the reset");
        ep_start(&ep, &(struct ep_wq){.size = 4, .priority = 1}, 1);
        mark = ep_mark(&ep);
        ep_expect_move(&ep, "DEV-FLR-003", 0, EP_NONE, "a move after the reset");
        event = ep_event(&ep, mark, EP_READ, 0, UINT64_MAX, 0);
        CHECK_EQ(t, "DEV-FLR-003", 0, event ? event->tlp.id : 1, "tag of its first read: the lowest that is free");
        CHECK_EQ(t, "DEV-FLR-003", 0, ep_peek(&ep, EP_NONE, page + 4096), "what the writes of before would have left");
        ep_close(&ep);
    }
}

/* A translation that was asked for before the control changed is not kept. */
static void control_changes(struct test *t)
{
    struct ep ep;
    uint64_t va;
    uint32_t hold, mark;

    ep_scene(&ep, t, EP_NONE);
    va = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    hold = ep_rule(&ep, EP_TREQ, va, va + 4095, EP_HOLD, 0, 1);
    mark = ep_mark(&ep);
    (void)ep_touch(&ep, 0, EP_NONE, va);
    CHECK_EQ(t, "DEV-ATC-007", 1, ep_held(&ep, hold), "translation requests outstanding");
    ep_set(&ep, "CFG_ATS_CTL", "STU", 1);
    CHECK_EQ(t, "DEV-ATC-007", 0x74, ep_get(&ep, "BAR0_SWERR0", "ERROR"), "SWERR");
    ep_release(&ep, hold);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-ATC-007", 2, ep_count(&ep, mark, EP_TREQ, va, va + 4095), "translation requests: asked for again");
    CHECK_EQ(t, "DEV-ATC-007", 1, ep_count(&ep, mark, EP_READ, va, va + 4095), "reads in the end");
    ep_set(&ep, "CFG_ATS_CTL", "STU", 0);
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("events.fields", fields, "DEV-EVT-007", "&PASID&PRIV", "Every field of an event, in SWERR and in the log"),
    SENDS("events.log_sizes", log_sizes, "DEV-EVT-007", "&PASID", "A log has one entry less than its size"),
    SENDS("events.burst", burst, "DEV-EVT-002", "&ATS", "Of a burst of events each is logged once or counted as lost"),
    SENDS("reset.events", forgotten_events, "DEV-FLR-003", "&FLR&ATS", "Events that wait do not outlive a reset"),
    SENDS("reset.waiting", reset_status, "DEV-FLR-003", "&FLR", "Requests that wait do not outlive a reset, and leave no trace"),
    SENDS("registers.cache_status", cache_status, "DEV-REG-005", "&ATS", "ATCSTS and ATCCTL"),
    SENDS("registers.page_status", page_status, "DEV-REG-005", "&ATS&PASID&PRI", "PRISTS"),
    SENDS("registers.requests_status", requests_status, "DEV-REG-005", "", "LIMITS, TICK and the state of queues"),
    SENDS("cache.control_with_requests", control_changes, "DEV-ATC-007", "&ATS", "A change of control drops what was asked for"),
};

LIST(ep_event_fields_cases, cases);
