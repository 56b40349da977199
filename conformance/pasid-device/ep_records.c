/* SPDX-License-Identifier: BSD-2-Clause */
/* Completion records, their interrupts, and the reporting of events. */
#include "pasid_device_chapters.h"

#define LOG_ENTRY 64u

static void records(struct test *t)
{
    struct ep ep;
    uint64_t a, record;

    ep_scene(&ep, t, EP_NONE);
    a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    record = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    for (uint32_t i = 0; i < 8; i++) {
        bool wanted = i & 1, requested = i & 2, fails = i & 4;
        struct ep_work work = ep_read_work(EP_NONE, a, fails ? 0 : 64);
        uint64_t at = record + 64 * i, descriptor[8];
        uint32_t mark = ep_mark(&ep), writes = 0;

        work.record = at;
        work.flags = requested ? EP_RCR : 0;
        ep_encode(&work, descriptor);
        if (!wanted)
            descriptor[0] &= ~ep_bits("ep_descriptor", "CRAV", 1);
        bar_write(t, 2, ep_portal(&ep, 0), descriptor, 64);
        (void)test_settle(t);
        for (uint32_t n = mark; n < ep.log_count; n++)
            writes += ep.log[n].kind == EP_WRITE;
        if (wanted || !requested)
            CHECK_EQ(t, "DEV-REC-001", wanted && (requested || fails), writes, "records with CRAV %u, RCR %u, %s", wanted,
                     requested, fails ? "failure" : "success");
        else
            CHECK_EQ(t, "DEV-REC-001", 0, writes, "records without CRAV");
        if (wanted && (requested || fails))
            CHECK_EQ(t, "DEV-REC-001", fails ? 0x13 : 1, ep_peek(&ep, EP_NONE, at) & 0xff, "its status");
    }
    ep_close(&ep);
}

static void one_write(struct test *t)
{
    struct ep ep;

    ep_scene(&ep, t, EP_NONE);
    for (uint32_t i = 0; i < 6; i++) {
        struct ep_work work =
            ep_move(EP_NONE, ep_buffer(&ep, EP_NONE, 4096, EP_RW), ep_buffer(&ep, EP_NONE, 4096, EP_RW), 200 + i);
        uint32_t mark = ep_mark(&ep), found = 0;
        uint64_t pa;

        ep_expect(&ep, "DEV-REC-002", 0, &work, 1, "a move");
        pa = ep_pa(&ep, EP_NONE, work.record);
        for (uint32_t n = mark; n < ep.log_count; n++) {
            const struct iotb_request *tlp = &ep.log[n].tlp;

            if (ep.log[n].kind != EP_WRITE || (tlp->address != pa && tlp->address != work.record))
                continue;
            found++;
            CHECK_EQ(t, "DEV-REC-002", 32, tlp->bytes, "bytes of the record's write");
            CHECK(t, "DEV-REC-002", tlp->data[0], "its status byte is 0");
        }
        CHECK_EQ(t, "DEV-REC-002", 1, found, "writes to the record");
    }
    ep_close(&ep);
}

static void record_space(struct test *t)
{
    static const struct ep_wq wq = {.size = 16, .threshold = 16, .priority = 1, .shared = true, .pasid_en = true, .priv = true};
    struct ep ep;

    ep_scene_with(&ep, t, ON_PASID, &wq, 1);
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t space = 0x31 + 0x10000 * i, mark = ep_mark(&ep);
        struct ep_work work = ep_read_work(space, 0x7000000, 64);
        const struct ep_event *event;

        ep_map(&ep, space, 0x7000000, mem_alloc(t, 4096, 4096), 12, EP_RW);
        work.record = 0x7000800;
        work.flags = EP_RCR;
        work.privileged = i & 1;
        ep_expect(&ep, "DEV-REC-003", 0, &work, 1, "a read");
        event = ep_event(&ep, mark, EP_WRITE, 0x7000800, 0x700081f, 0);
        CHECK_EQ(t, "DEV-REC-003", space, event && event->tlp.flags & IOTB_RQ_PASID ? event->tlp.pasid : EP_NONE,
                 "PASID of the record");
        CHECK_EQ(t, "DEV-REC-003", i & 1, event && event->tlp.flags & IOTB_RQ_PRIVILEGED, "Privileged of the record");
    }
    ep_close(&ep);
}

/* ---- the event log ---- */

static uint64_t start_log(struct ep *ep, uint32_t entries, bool with_pasid)
{
    uint64_t base = ep_buffer(ep, with_pasid ? 0x40 : EP_NONE, 8192, EP_RW);

    ep_write(ep, "BAR0_EVLCFG0", base | with_pasid);
    ep_write(ep, "BAR0_EVLCFG1", entries | (with_pasid ? 0x40ull << 16 : 0));
    ep_set(ep, "BAR0_GENCFG", "EVL_EN", 1);
    ep_write(ep, "BAR0_GENCTRL", 7);
    return base;
}

static uint64_t entry(struct ep *ep, uint32_t space, uint64_t base, uint32_t n, uint32_t word)
{
    return ep_peek(ep, space, base + LOG_ENTRY * n + 8 * word);
}

static uint32_t tail(struct ep *ep)
{
    return (uint32_t)ep_get(ep, "BAR0_EVLSTATUS", "TAIL");
}

static void bad_record_address(struct test *t)
{
    struct ep ep;

    for (uint32_t log = 0; log < 2; log++)
        for (uint32_t way = 0; way < 2; way++) {
            uint64_t base = 0, a, bad;
            struct ep_work work;
            uint32_t code = way ? 0x1a : 0x1b, mark;

            if (log || way)
                test_reset(t, IOTB_RESET_COLD);
            ep_open(&ep, t);
            ep_pasid(&ep, true, false, false);
            ep_ats(&ep, true);
            if (log)
                base = start_log(&ep, 64, false);
            ep_start(&ep, &(struct ep_wq){.size = 8, .priority = 1}, 1);
            a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
            bad = way ? ep.next_va + 0x700000 : a + 2048 + 8;
            ep_write(&ep, "BAR0_SWERR0", 3);
            mark = ep_mark(&ep);
            work = ep_read_work(EP_NONE, a, 64);
            work.record = bad;
            work.flags = EP_RCR;
            (void)ep_submit(&ep, 0, &work);
            (void)test_settle(t);
            CHECK_EQ(t, "DEV-REC-004", 0, ep_count(&ep, mark, EP_WRITE, bad & ~31ull, bad + 31),
                     "writes to the bad record address");
            if (log) {
                uint64_t word = entry(&ep, EP_NONE, base, 0, 0);

                CHECK_EQ(t, "DEV-REC-004", 1, tail(&ep), "entries in the log");
                CHECK_EQ(t, "DEV-REC-004", code, spec_get(spec_struct_field("ep_event", "ERROR"), &word), "error in the log");
                if (way)
                    CHECK_EQ(t, "DEV-REC-004", 1, entry(&ep, EP_NONE, base, 0, 4) & 0xff, "status of the record in the log");
            } else {
                CHECK_EQ(t, "DEV-REC-004", code, ep_get(&ep, "BAR0_SWERR0", "ERROR"), "SWERR");
            }
            ep_expect_move(&ep, "DEV-REC-004", 0, EP_NONE, "a move afterwards");
            ep_close(&ep);
        }
}

static void interrupts(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t a;

    ep_scene(&ep, t, EP_NONE);
    ep_vectors(&ep, 4);
    a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    for (uint32_t n = 1; n < 4; n++) {
        uint32_t mark = ep_mark(&ep), record = 0, msi = 0;

        work = ep_read_work(EP_NONE, a, 64);
        work.flags = EP_RCI;
        work.handle = n;
        ep_expect(&ep, "DEV-REC-005", 0, &work, 1, "a read with an interrupt");
        for (uint32_t i = mark; i < ep.log_count; i++) {
            record = ep.log[i].kind == EP_WRITE ? i : record;
            msi = ep.log[i].kind == EP_MSI ? i : msi;
        }
        CHECK_EQ(t, "DEV-REC-005", 1, ep_interrupts(&ep, mark, n), "interrupts of vector %u", n);
        CHECK(t, "DEV-REC-005", record < msi, "the interrupt comes before the record");
        if (msi)
            CHECK_EQ(t, "DEV-REC-005", n, ep.log[msi].tlp.data[0], "its data");
    }
    work = ep_read_work(EP_NONE, a, 64);
    work.flags = EP_RCI;
    work.handle = 99;
    ep_expect(&ep, "DEV-REC-005", 0, &work, 0x19, "handle 99");
    ep_close(&ep);
}

static void permission(struct test *t)
{
    static const struct ep_wq wq = {.size = 16, .threshold = 16, .priority = 1, .shared = true, .pasid_en = true};
    struct ep ep;
    struct ep_work work;

    ep_open(&ep, t);
    ep_pasid(&ep, true, false, false);
    ep_set(&ep, "BAR0_GENCFG", "USER_INT_EN", 1);
    ep_start(&ep, &wq, 1);
    ep_vectors(&ep, 3);
    ep_bar0_write(&ep, 0x700 + 8, 4, ep_bits("ep_msixperm", "PASID_EN", 1) | ep_bits("ep_msixperm", "PASID", 5));
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t space = i ? 6 : 5, mark = ep_mark(&ep);

        work = ep_read_work(space, ep_buffer(&ep, space, 4096, EP_RW), 64);
        work.flags = EP_RCI;
        work.handle = 1;
        ep_expect(&ep, "DEV-REC-006", 0, &work, i ? 0x19 : 1, "an interrupt of a vector that belongs to PASID 5");
        CHECK_EQ(t, "DEV-REC-006", !i, ep_interrupts(&ep, mark, 1), "interrupts for PASID %u", space);
    }
    ep_close(&ep);
}

/* Work whose record address cannot be translated: one event each. */
static void make_event(struct ep *ep)
{
    struct ep_work work = {.op = EP_OP_NOP, .space = EP_NONE, .flags = EP_RCR};

    work.record = ep->next_va + 0x900000 + 8;
    (void)ep_submit(ep, 0, &work);
    (void)test_settle(ep->t);
}

static void event_order(struct test *t)
{
    struct ep ep;
    uint64_t base;

    for (uint32_t with_pasid = 0; with_pasid < 2; with_pasid++) {
        uint32_t space = with_pasid ? 0x40 : EP_NONE;

        if (with_pasid)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, false, false);
        base = start_log(&ep, 64, with_pasid);
        ep_vectors(&ep, 2);
        ep_start(&ep, &(struct ep_wq){.size = 8, .priority = 1}, 1);
        for (uint32_t i = 0; i < 4; i++) {
            uint32_t mark, write = 0, msi = 0;
            uint64_t word;

            ep_write(&ep, "BAR0_INTCAUSE", UINT32_MAX);
            ep_write(&ep, "BAR0_EVLSTATUS", 1ull << 62 | tail(&ep));
            mark = ep_mark(&ep);
            make_event(&ep);
            for (uint32_t n = mark; n < ep.log_count; n++) {
                if (ep.log[n].kind == EP_WRITE && ep.log[n].tlp.address - base - LOG_ENTRY * i < LOG_ENTRY) {
                    write = n + 1;
                    CHECK_EQ(t, "DEV-EVT-001", space, ep.log[n].tlp.flags & IOTB_RQ_PASID ? ep.log[n].tlp.pasid : EP_NONE,
                             "PASID of the log");
                }
                msi = ep.log[n].kind == EP_MSI ? n + 1 : msi;
            }
            CHECK(t, "DEV-EVT-001", write, "entry %u is not written", i);
            CHECK(t, "DEV-EVT-001", msi > write, "the interrupt comes before the entry");
            CHECK_EQ(t, "DEV-EVT-001", i + 1, tail(&ep), "tail");
            word = entry(&ep, space, base, i, 0);
            CHECK_EQ(t, "DEV-EVT-001", 0x1b, spec_get(spec_struct_field("ep_event", "ERROR"), &word), "error of entry %u", i);
        }
        ep_close(&ep);
    }
}

/* The tail is seen with the entry: a reader that polls never finds an entry of before. */
static void event_visible(struct test *t)
{
    struct ep ep;
    struct ep_work work = {.op = EP_OP_NOP, .space = EP_NONE, .flags = EP_RCR};
    uint64_t base;
    uint32_t steps = 0;

    ep_open(&ep, t);
    base = start_log(&ep, 64, false);
    ep_start(&ep, &(struct ep_wq){.size = 8, .priority = 1}, 1);
    work.record = ep.next_va + 0x900000 + 8;
    (void)ep_submit(&ep, 0, &work);
    while (!tail(&ep) && steps++ < 100000 && test_step(t))
        ;
    (void)ep_mark(&ep);
    CHECK_EQ(t, "DEV-EVT-001", 1, tail(&ep), "tail");
    CHECK(t, "DEV-EVT-001", entry(&ep, EP_NONE, base, 0, 0) & 0xff00, "the tail moved before its entry was written");
    ep_close(&ep);
}

static void log_full(struct test *t)
{
    struct ep ep;
    uint64_t base;
    uint32_t end;

    ep_open(&ep, t);
    base = start_log(&ep, 64, false);
    ep_start(&ep, &(struct ep_wq){.size = 8, .priority = 1}, 1);
    ep_write(&ep, "BAR0_SWERR0", 3);
    make_event(&ep);
    for (uint32_t i = 1; i < 70; i++)
        make_event(&ep);
    end = tail(&ep);
    CHECK(t, "DEV-EVT-002", end == 63 || end == 0, "tail is %u with 70 events in a log of 64", end);
    CHECK_EQ(t, "DEV-EVT-002", 1, ep_get(&ep, "BAR0_SWERR0", "OVERFLOW"), "SWERR.overflow");
    CHECK_EQ(t, "DEV-EVT-002", 63 + (end == 0), ep_counter(&ep, 41), "entries counted");
    for (uint32_t i = 0; i < 63; i++)
        CHECK(t, "DEV-EVT-002", entry(&ep, EP_NONE, base, i, 0) & 0xff00, "entry %u is empty", i);
    ep_expect_move(&ep, "DEV-EVT-002", 0, EP_NONE, "a move while the log is full");
    ep_write(&ep, "BAR0_EVLSTATUS", 10); /* ten are read */
    make_event(&ep);
    CHECK(t, "DEV-EVT-002", tail(&ep) != end, "the log does not go on when there is room again");
    ep_close(&ep);
}

/* Each entry is read as it comes; sizes need not be powers of two. */
static void log_wraps(struct test *t)
{
    static const uint32_t sizes[] = {64, 70};
    struct ep ep;

    for (uint32_t way = 0; way < 2; way++) {
        uint64_t base;

        if (way)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        base = start_log(&ep, sizes[way], false);
        ep_start(&ep, &(struct ep_wq){.size = 4, .priority = 1}, 1);
        for (uint32_t i = 0; i < 2 * sizes[way] + 5; i++) {
            uint32_t mark = ep_mark(&ep), at = i % sizes[way], next = (i + 1) % sizes[way];

            make_event(&ep);
            CHECK_EQ(t, "DEV-EVT-001", 1,
                     ep_count(&ep, mark, EP_WRITE, base + LOG_ENTRY * at, base + LOG_ENTRY * at + LOG_ENTRY - 1),
                     "writes of event %u to its entry, of %u", i, sizes[way]);
            CHECK_EQ(t, "DEV-EVT-001", next, tail(&ep), "tail after event %u, of %u", i, sizes[way]);
            ep_write(&ep, "BAR0_EVLSTATUS", next);
        }
        CHECK_EQ(t, "DEV-EVT-001", 0, ep_count(&ep, 0, EP_WRITE, base + LOG_ENTRY * sizes[way], base + 8191),
                 "writes behind the log");
        ep_close(&ep);
    }
}

static void first_error(struct test *t)
{
    static const struct ep_wq wqs[] = {{.size = 4, .priority = 1}, {.size = 4, .priority = 1}};
    struct ep ep;
    uint64_t data[8] = {0};

    ep_open(&ep, t);
    ep_configure(&ep, wqs, 2);
    CHECK_EQ(t, "DEV-EVT-003", 0, ep_command(&ep, EP_CMD_ENABLE, 0), "error of enabling the device");
    CHECK_EQ(t, "DEV-EVT-003", 0, ep_command(&ep, EP_CMD_ENABLE_WQ, 0), "error of enabling the first queue");
    ep_write(&ep, "BAR0_SWERR0", 3);
    bar_write(t, 2, ep_portal(&ep, 0), data, 32); /* 50 */
    CHECK_EQ(t, "DEV-EVT-003", 0x50, ep_get(&ep, "BAR0_SWERR0", "ERROR"), "first error");
    bar_write(t, 2, ep_portal(&ep, 1), data, 64); /* 53: the queue is off */
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-EVT-003", 0x50, ep_get(&ep, "BAR0_SWERR0", "ERROR"), "the error after a second one");
    CHECK_EQ(t, "DEV-EVT-003", 1, ep_get(&ep, "BAR0_SWERR0", "OVERFLOW"), "overflow after a second one");
    ep_bar0_write(&ep, 0xc0, 8, 0);
    CHECK_EQ(t, "DEV-EVT-003", 1, ep_get(&ep, "BAR0_SWERR0", "VALID"), "valid after zeroes were written");
    ep_bar0_write(&ep, 0xc0, 8, 2);
    CHECK_EQ(t, "DEV-EVT-003", 1, ep_get(&ep, "BAR0_SWERR0", "VALID"), "valid after a one for overflow");
    CHECK_EQ(t, "DEV-EVT-003", 0, ep_get(&ep, "BAR0_SWERR0", "OVERFLOW"), "overflow after a one for it");
    ep_bar0_write(&ep, 0xc0, 8, 1);
    CHECK_EQ(t, "DEV-EVT-003", 0, ep_get(&ep, "BAR0_SWERR0", "VALID"), "valid after a one for it");
    bar_write(t, 2, ep_portal(&ep, 1), data, 64);
    CHECK_EQ(t, "DEV-EVT-003", 0x53, ep_get(&ep, "BAR0_SWERR0", "ERROR"), "the next error");
    ep_expect_move(&ep, "DEV-EVT-003", 0, EP_NONE, "a move");
    ep_close(&ep);
}

static void causes(struct test *t)
{
    struct ep ep;
    uint64_t data[8] = {0};
    uint32_t mark;

    ep_scene(&ep, t, EP_NONE);
    ep_vectors(&ep, 2);
    for (uint32_t enabled = 0; enabled < 2; enabled++) {
        ep_write(&ep, "BAR0_SWERR0", 3);
        ep_write(&ep, "BAR0_INTCAUSE", UINT32_MAX);
        ep_write(&ep, "BAR0_GENCTRL", enabled);
        mark = ep_mark(&ep);
        bar_write(t, 2, ep_portal(&ep, 0), data, 32);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-EVT-004", enabled, ep_interrupts(&ep, mark, 0), "interrupts for a software error, enable %u", enabled);
        if (!enabled)
            continue;
        CHECK_EQ(t, "DEV-EVT-004", 1, ep_get(&ep, "BAR0_INTCAUSE", "ERR"), "cause");
        ep_write(&ep, "BAR0_SWERR0", 3);
        bar_write(t, 2, ep_portal(&ep, 0), data, 32);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-EVT-004", 1, ep_interrupts(&ep, mark, 0), "interrupts while the cause is still set");
        ep_write(&ep, "BAR0_INTCAUSE", 0);
        CHECK_EQ(t, "DEV-EVT-004", 1, ep_get(&ep, "BAR0_INTCAUSE", "ERR"), "cause after zeroes");
        ep_write(&ep, "BAR0_INTCAUSE", 1);
        CHECK_EQ(t, "DEV-EVT-004", 0, ep_get(&ep, "BAR0_INTCAUSE", "ERR"), "cause after a one");
    }
    ep_write(&ep, "BAR0_INTCAUSE", UINT32_MAX);
    mark = ep_mark(&ep);
    ep_write(&ep, "BAR0_CMD", 1u << 31 | EP_CMD_DRAIN_ALL << 20);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-EVT-004", 1, ep_interrupts(&ep, mark, 0), "interrupts of a command that asks for one");
    CHECK_EQ(t, "DEV-EVT-004", 1, ep_get(&ep, "BAR0_INTCAUSE", "CMD"), "cause of a command");
    ep_write(&ep, "BAR0_CMD", 1u << 31 | EP_CMD_DRAIN_ALL << 20);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-EVT-004", 1, ep_interrupts(&ep, mark, 0), "interrupts of a second command while the cause is still set");
    ep_write(&ep, "BAR0_SWERR0", 3);
    bar_write(t, 2, ep_portal(&ep, 0), data, 32);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-EVT-004", 2, ep_interrupts(&ep, mark, 0), "interrupts when another cause rises");
    ep_write(&ep, "BAR0_INTCAUSE", 2);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-EVT-004", 2, ep_interrupts(&ep, mark, 0), "interrupts when one of two causes is cleared");
    ep_write(&ep, "BAR0_CMD", 1u << 31 | EP_CMD_DRAIN_ALL << 20);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-EVT-004", 3, ep_interrupts(&ep, mark, 0), "interrupts when it rises again");
    mark = ep_mark(&ep);
    ep_write(&ep, "BAR0_INTCAUSE", UINT32_MAX);
    (void)ep_command(&ep, EP_CMD_DRAIN_ALL, 0);
    CHECK_EQ(t, "DEV-EVT-004", 0, ep_interrupts(&ep, mark, 0), "interrupts of a command that does not");
    ep_close(&ep);
}

static void message(struct test *t)
{
    struct ep ep;
    const struct ep_event *msi;
    uint32_t mark;

    ep_scene(&ep, t, 5);
    ep_vectors(&ep, 2);
    mark = ep_mark(&ep);
    ep_write(&ep, "BAR0_INTCAUSE", UINT32_MAX);
    ep_write(&ep, "BAR0_CMD", 1u << 31 | EP_CMD_DRAIN_ALL << 20);
    (void)test_settle(t);
    msi = ep_event(&ep, mark, EP_MSI, 0, UINT64_MAX, 0);
    if (CHECK(t, "DEV-EVT-005", msi, "no interrupt")) {
        CHECK_EQ(t, "DEV-EVT-005", VECTOR_ADDRESS(0), msi->tlp.address, "address");
        CHECK_EQ(t, "DEV-EVT-005", 4, msi->tlp.bytes, "bytes");
        CHECK_EQ(t, "DEV-EVT-005", 0, msi->tlp.address_type, "AT");
        CHECK_EQ(t, "DEV-EVT-005", 0, msi->tlp.flags & (IOTB_RQ_RELAXED | IOTB_RQ_PASID | IOTB_RQ_NO_SNOOP), "attributes");
    }
    ep_close(&ep);
}

static void log_fails(struct test *t)
{
    struct ep ep;
    uint64_t base;

    ep_open(&ep, t);
    ep_ats(&ep, true);
    base = start_log(&ep, 64, false);
    ep_start(&ep, &(struct ep_wq){.size = 8, .priority = 1}, 1);
    ep_expect_move(&ep, "DEV-EVT-006", 0, EP_NONE, "a move");
    ep_unmap(&ep, EP_NONE, base);
    (void)ep_invalidate(&ep, EP_NONE, 0, 64);
    make_event(&ep);
    CHECK_EQ(t, "DEV-EVT-006", 3, ep_get(&ep, "BAR0_GENSTS", "STATE"), "state when the log cannot be written");
    CHECK_EQ(t, "DEV-EVT-006", 0, ep_get(&ep, "BAR0_GENSTS", "RESET_TYPE"), "reset type: software");
    CHECK_EQ(t, "DEV-EVT-006", 0x62, ep_get(&ep, "BAR0_SWERR0", "ERROR"), "SWERR");
    CHECK_EQ(t, "DEV-EVT-006", 1, ep_get(&ep, "BAR0_SWERR0", "RW"), "its write bit");
    CHECK_EQ(t, "DEV-EVT-006", base, ep_read(&ep, "BAR0_SWERR2"), "its address: of the entry");
    CHECK_EQ(t, "DEV-EVT-006", 1, ep_get(&ep, "BAR0_INTCAUSE", "HALT"), "INTCAUSE.HALT");
    CHECK_EQ(t, "DEV-EVT-006", 0, ep_read(&ep, "BAR0_EVLSTATUS"), "head, tail and pending of the log");
    CHECK_EQ(t, "DEV-EVT-006", 0, ep_command(&ep, EP_CMD_RESET, 0), "error of RESET_DEVICE");
    CHECK_EQ(t, "DEV-EVT-006", 0, ep_get(&ep, "BAR0_GENSTS", "STATE"), "state after it");
    ep_set(&ep, "BAR0_GENCFG", "EVL_EN", 0);
    ep_start(&ep, &(struct ep_wq){.size = 8, .priority = 1}, 1);
    ep_expect_move(&ep, "DEV-EVT-006", 0, EP_NONE, "a move after the reset");
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("records.matrix", records, "DEV-REC-001", "", "CRAV and RCR say whether a record is written"),
    SENDS("records.one_write", one_write, "DEV-REC-002", "", "A record is one TLP"),
    SENDS("records.space", record_space, "DEV-REC-003", "&PASID&PRIV&!SWENQ", "A record has the PASID and privilege of its work"),
    SENDS("records.bad_address", bad_record_address, "DEV-REC-004", "&ATS&PASID", "A record that cannot be written is an event"),
    SENDS("records.interrupts", interrupts, "DEV-REC-005", "&MSIX", "The interrupt follows the record"),
    SENDS("records.permission", permission, "DEV-REC-006", "&PASID&MSIX&!SWENQ", "A vector of one PASID serves no other"),
    SENDS("events.order", event_order, "DEV-EVT-001", "&PASID&MSIX", "An entry is written before tail and interrupt"),
    SENDS("events.visible", event_visible, "DEV-EVT-001", "", "The tail never runs ahead of the entry"),
    SENDS("events.wraps", log_wraps, "DEV-EVT-001", "", "The log wraps at its size"),
    SENDS("events.full", log_full, "DEV-EVT-002", "", "A full log keeps what it has and says so"),
    SENDS("events.first_error", first_error, "DEV-EVT-003", "&!NARROW", "SWERR keeps the first error"),
    SENDS("events.causes", causes, "DEV-EVT-004", "&MSIX&!NARROW", "Vector 0 fires when an enabled cause rises"),
    SENDS("events.message", message, "DEV-EVT-005", "&PASID&MSIX", "An interrupt message is a plain write"),
    SENDS("events.log_fails", log_fails, "DEV-EVT-006", "&ATS", "A log that cannot be written halts the device"),
};

LIST(ep_records_cases, cases);
