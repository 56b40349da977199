/* SPDX-License-Identifier: BSD-2-Clause */
/* Data movement: results, sizes, order. */
#include "pasid_device_chapters.h"

#include <string.h>

static const struct ep_wq queue = {.size = 16, .priority = 1, .pasid_en = true, .pasid = 5};

/* CRC32C (Castagnoli), reflected, with the inversions of iSCSI. */
static uint32_t crc32c(uint32_t seed, const uint8_t *data, uint32_t bytes)
{
    uint32_t crc = ~seed;

    for (uint32_t i = 0; i < bytes; i++) {
        crc ^= data[i];
        for (uint32_t bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
    }
    return ~crc;
}

static void get(struct ep *ep, uint64_t va, uint8_t *data, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        mem_read(ep->t, ep_pa(ep, 5, va + i), &data[i], 1);
}

static void put(struct ep *ep, uint64_t va, const uint8_t *data, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        mem_write(ep->t, ep_pa(ep, 5, va + i), &data[i], 1);
}

static void moves(struct test *t)
{
    struct ep ep;
    uint64_t a, b;
    uint8_t before[8192], after[8192];

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, &queue, 1);
    a = ep_buffer(&ep, 5, 8192, EP_RW);
    b = ep_buffer(&ep, 5, 8192, EP_RW);
    ep_fill(&ep, 5, a, 8192, 11);
    for (uint32_t i = 0; i < 96; i++) {
        uint32_t src = i < 64 ? i : (uint32_t)test_random_below(t, 64),
                 dst = i < 64 ? 63 - i : (uint32_t)test_random_below(t, 64);
        uint32_t bytes = i < 8 ? i + 1 : (uint32_t)(1 + test_random_below(t, i % 8 ? 300 : 8000));
        struct ep_work work = ep_move(5, a + src, b + dst, bytes);

        ep_fill(&ep, 5, b, 8192, 1000 + i);
        get(&ep, b, before, 8192);
        ep_expect(&ep, "DEV-DMA-001", 0, &work, 1, "a move");
        get(&ep, a + src, before + dst, bytes);
        get(&ep, b, after, 8192);
        CHECK(t, "DEV-DMA-001", memcmp(before, after, 8192) == 0,
              "a move of %u bytes from offset %u to %u, or what lies around it", bytes, src, dst);
    }
    ep_close(&ep);
}

static void fills(struct test *t)
{
    struct ep ep;
    uint64_t b;
    uint8_t before[1024], after[1024];

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, &queue, 1);
    b = ep_buffer(&ep, 5, 4096, EP_RW);
    for (uint32_t i = 0; i < 72; i++) {
        uint32_t dst = i % 65, bytes = i < 10 ? i + 1 : (uint32_t)(1 + test_random_below(t, 900));
        uint64_t pattern = test_random(t);
        struct ep_work work = ep_write_work(5, b + dst, bytes, pattern);

        ep_fill(&ep, 5, b, 1024, 2000 + i);
        get(&ep, b, before, 1024);
        ep_expect(&ep, "DEV-DMA-001", 0, &work, 1, "a fill");
        for (uint32_t n = 0; n < bytes; n++)
            before[dst + n] = (uint8_t)(pattern >> 8 * (n % 8));
        get(&ep, b, after, 1024);
        CHECK(t, "DEV-DMA-001", memcmp(before, after, 1024) == 0, "a fill of %u bytes at offset %u, or what lies around it",
              bytes, dst);
    }
    ep_close(&ep);
}

static void compares(struct test *t)
{
    static const uint32_t at[] = {0, 1, 7, 8, 63, 64, 65, 127, 128, 299};
    struct ep ep;
    uint64_t a, b;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, &queue, 1);
    a = ep_buffer(&ep, 5, 4096, EP_RW);
    b = ep_buffer(&ep, 5, 4096, EP_RW);
    for (uint32_t kind = 0; kind < 2; kind++)
        for (uint32_t i = 0; i <= 10; i++) {
            struct ep_work work = {.op = kind ? EP_OP_COMPVAL : EP_OP_COMPARE,
                                   .space = 5,
                                   .src = a + 5,
                                   .dst = kind ? 0x0807060504030201 : b + 29,
                                   .size = 300};
            struct ep_result result;
            uint8_t data[300], wrong;

            for (uint32_t n = 0; n < 300; n++)
                data[n] = kind ? (uint8_t)(n % 8 + 1) : (uint8_t)(n * 7);
            put(&ep, a + 5, data, 300);
            if (i < 10)
                data[at[i]] ^= 0x10;
            if (kind) {
                wrong = data[at[i % 10]];
                put(&ep, a + 5 + at[i % 10], &wrong, 1);
            } else {
                put(&ep, b + 29, data, 300);
            }
            result = ep_expect(&ep, "DEV-DMA-001", 0, &work, 1, "a comparison");
            CHECK_EQ(t, "DEV-DMA-001", i < 10, result.result, "result of comparing, difference at %u of 300",
                     i < 10 ? at[i] : 300);
            if (i < 10)
                CHECK_EQ(t, "DEV-DMA-001", at[i], result.completed, "bytes compared up to the difference");
            work.flags = EP_CHECK; /* with an expectation: 02 when it is not met */
            work.data[0] = 1;
            work.record = 0;
            ep_expect(&ep, "DEV-DMA-001", 0, &work, i < 10 ? 1 : 2, "a comparison that expects a difference");
        }
    ep_close(&ep);
}

static void checksums(struct test *t)
{
    static const uint8_t digits[] = "123456789";
    struct ep ep;
    struct ep_work work;
    uint64_t a;
    uint8_t data[1024];
    uint32_t first;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, &queue, 1);
    a = ep_buffer(&ep, 5, 4096, EP_RW);
    put(&ep, a, digits, 9);
    work = ep_read_work(5, a, 9);
    CHECK_EQ(t, "DEV-DMA-001", 0xe3069283, ep_expect(&ep, "DEV-DMA-001", 0, &work, 1, "a checksum").data[0] & 0xffffffff,
             "CRC32C of 123456789");
    ep_fill(&ep, 5, a, 1024, 77);
    get(&ep, a, data, 1024);
    for (uint32_t i = 0; i < 24; i++) {
        uint32_t offset = (uint32_t)test_random_below(t, 64), bytes = 1 + (uint32_t)test_random_below(t, 900), cut = bytes / 2;

        work = ep_read_work(5, a + offset, bytes);
        CHECK_EQ(t, "DEV-DMA-001", crc32c(0, data + offset, bytes),
                 ep_expect(&ep, "DEV-DMA-001", 0, &work, 1, "a checksum").data[0] & 0xffffffff, "CRC32C of %u bytes at offset %u",
                 bytes, offset);
        if (!cut)
            continue;
        work = ep_read_work(5, a + offset, cut);
        first = (uint32_t)ep_expect(&ep, "DEV-DMA-001", 0, &work, 1, "a checksum").data[0];
        work = ep_read_work(5, a + offset + cut, bytes - cut);
        work.data[0] = first;
        CHECK_EQ(t, "DEV-DMA-001", crc32c(0, data + offset, bytes),
                 ep_expect(&ep, "DEV-DMA-001", 0, &work, 1, "a checksum").data[0] & 0xffffffff, "the same in two parts");
    }
    ep_close(&ep);
}

static void shape(struct test *t)
{
    struct ep ep;
    uint64_t a, b;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, &queue, 1);
    a = ep_buffer(&ep, 5, 8192, EP_RW);
    b = ep_buffer(&ep, 5, 8192, EP_RW);
    for (uint32_t i = 0; i < 64; i += 3) {
        struct ep_work work = ep_move(5, a + i, b + 2 * i, 65 + i);

        ep_expect(&ep, "DEV-DMA-002", 0, &work, 1, "a move");
    }
    for (uint32_t i = 0; i < ep.log_count; i++) {
        const struct iotb_request *tlp = &ep.log[i].tlp;

        if (ep.log[i].kind & EP_DATA)
            CHECK(t, "DEV-DMA-002",
                  tlp->bytes >= 1 && tlp->bytes <= 64 && tlp->address >> 6 == (tlp->address + tlp->bytes - 1) >> 6,
                  "a request of %u bytes at 0x%llx", tlp->bytes, (unsigned long long)tlp->address);
    }
    CHECK(t, "DEV-DMA-002", ep_count(&ep, 0, EP_DATA, 0, UINT64_MAX) > 60, "too few requests");
    ep_close(&ep);
}

static void attributes(struct test *t)
{
    struct ep ep;
    struct ep_work work;

    for (uint32_t enables = 0; enables < 8; enables++) {
        uint32_t seen = 0, mark;

        if (enables)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, false, false);
        ep_set(&ep, "CFG_PCIE_DEVCTL", "RO", enables & 1);
        ep_set(&ep, "CFG_PCIE_DEVCTL", "NOSNOOP", enables >> 1 & 1);
        ep_set(&ep, "CFG_PCIE_DEVCTL2", "IDOREQ", enables >> 2 & 1);
        ep_start(&ep, &queue, 1);
        mark = ep_mark(&ep);
        work = ep_move(5, ep_buffer(&ep, 5, 4096, EP_RW), ep_buffer(&ep, 5, 4096, EP_RW), 256);
        work.flags = EP_XNS;
        ep_expect(&ep, "DEV-DMA-003", 0, &work, 1, "a move");
        for (uint32_t i = mark; i < ep.log_count; i++)
            if (ep.log[i].kind & EP_DATA)
                seen |= ep.log[i].tlp.flags;
        CHECK_EQ(t, "DEV-DMA-003", enables & 1, (seen & IOTB_RQ_RELAXED) != 0, "Relaxed Ordering of reads by its enable");
        CHECK_EQ(t, "DEV-DMA-003", enables >> 1 & 1, (seen & IOTB_RQ_NO_SNOOP) != 0,
                 "No Snoop by its enable, which the descriptor asks for");
        CHECK_EQ(t, "DEV-DMA-003", enables >> 2 & 1, (seen & IOTB_RQ_ID_ORDERED) != 0, "ID-based Ordering by its enable");
        ep_close(&ep);
    }
}

static void overlaps(struct test *t)
{
    static const int32_t distances[] = {-4096, -300, -129, -128, -65, -64, -63, -8, -1, 0, 1, 8, 63, 64, 65, 128, 129, 300, 4096};
    struct ep ep;
    uint64_t a;
    uint8_t before[16384], after[16384];

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, &queue, 1);
    a = ep_buffer(&ep, 5, 16384, EP_RW);
    for (uint32_t i = 0; i < sizeof(distances) / sizeof(distances[0]); i++)
        for (uint32_t bytes = 100; bytes <= 5000; bytes += 4900) {
            uint64_t src = 6000 + i, dst = (uint64_t)((int64_t)src + distances[i]);
            struct ep_work work = ep_move(5, a + src, a + dst, bytes);

            ep_fill(&ep, 5, a, 16384, 3000 + i);
            get(&ep, a, before, 16384);
            memmove(before + dst, before + src, bytes);
            ep_expect(&ep, "DEV-DMA-004", 0, &work, 1, "a move that overlaps itself");
            get(&ep, a, after, 16384);
            CHECK(t, "DEV-DMA-004", memcmp(before, after, 16384) == 0, "a move of %u bytes by %d", bytes, distances[i]);
        }
    ep_close(&ep);
}

struct atomic {
    uint32_t kind, width;
    uint64_t before, operand, compare, after;
};

static void atomics(struct test *t)
{
    static const struct atomic table[] = {
        {0, 8, 0xffffffffffffffff, 2, 0, 1},
        {0, 4, 0x11111111ffffffff, 3, 0, 0x1111111100000002},
        {1, 8, 0x123456789abcdef0, 0xfedcba9876543210, 0, 0xfedcba9876543210},
        {1, 4, 0x1234567811111111, 0xaaaaaaaa, 0, 0x12345678aaaaaaaa},
        {2, 8, 5, 9, 5, 9},
        {2, 8, 5, 9, 6, 5},
        {2, 4, 0x7777777700000005, 9, 5, 0x7777777700000009},
        {2, 4, 0x7777777700000005, 9, 4, 0x7777777700000005},
    };
    struct ep ep;
    uint64_t a;
    struct ep_work work;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, &queue, 1);
    a = ep_buffer(&ep, 5, 4096, EP_RW);
    work = (struct ep_work){.op = EP_OP_ATOMIC, .space = 5, .dst = a, .data = {1, 0, 8}};
    ep_expect(&ep, "DEV-DMA-005", 0, &work, 0x10, "an atomic without AtomicOp Requester Enable");
    ep_set(&ep, "CFG_PCIE_DEVCTL2", "ATOMICREQ", 1);
    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        uint64_t at = a + 64 * i + 8, mask = table[i].width == 4 ? 0xffffffff : UINT64_MAX;
        struct ep_result result;

        mem_write64(t, ep_pa(&ep, 5, at), table[i].before);
        work = (struct ep_work){.op = EP_OP_ATOMIC,
                                .space = 5,
                                .dst = at,
                                .data = {table[i].operand, table[i].compare, table[i].width | table[i].kind << 8}};
        result = ep_expect(&ep, "DEV-DMA-005", 0, &work, 1, "an atomic");
        CHECK_EQ(t, "DEV-DMA-005", table[i].after, ep_peek(&ep, 5, at), "memory after atomic %u", i);
        CHECK_EQ(t, "DEV-DMA-005", table[i].before & mask, result.data[0] & mask, "old value of atomic %u", i);
    }
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t width = i < 3 ? 8 : 4;

        work = (struct ep_work){.op = EP_OP_ATOMIC, .space = 5, .dst = a + (i < 3 ? 1u << i : 2), .data = {1, 0, width}};
        ep_expect(&ep, "DEV-DMA-005", 0, &work, 0x1c, "an atomic that is not aligned");
    }
    CHECK_EQ(t, "DEV-DMA-005", 8, ep_count(&ep, 0, EP_ATOMIC, 0, UINT64_MAX), "atomics sent");
    ep_close(&ep);
}

static void wraps(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t a, top = UINT64_MAX - 4095;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, &queue, 1);
    a = ep_buffer(&ep, 5, 4096, EP_RW);
    ep_map(&ep, 5, top, mem_alloc(t, 4096, 4096), 12, EP_RW);
    work = ep_read_work(5, UINT64_MAX, 1);
    ep_expect(&ep, "DEV-DMA-006", 0, &work, 1, "a read of the last byte of all");
    work = ep_read_work(5, UINT64_MAX, 2);
    ep_expect(&ep, "DEV-DMA-006", 0, &work, 0x13, "a read over the end of all");
    work = ep_move(5, a, UINT64_MAX - 62, 64);
    ep_expect(&ep, "DEV-DMA-006", 0, &work, 0x13, "a write over the end of all");
    work = ep_move(5, a, UINT64_MAX - 63, 64);
    ep_expect(&ep, "DEV-DMA-006", 0, &work, 1, "a write up to the end of all");
    ep_close(&ep);
}

static void order(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t a, b, record = 0;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, &queue, 1);
    a = ep_buffer(&ep, 5, 8192, EP_RW);
    b = ep_buffer(&ep, 5, 8192, EP_RW);
    ep_delay(&ep, 0, 1000000);
    for (uint32_t i = 0; i < 12; i++) {
        uint32_t mark = ep_mark(&ep), last = 0, at = 0;

        work = i % 2 ? ep_move(5, a + i, b + 3 * i, 4000) : ep_write_work(5, b, 2000, i);
        ep_expect(&ep, "DEV-DMA-014", 0, &work, 1, "a write");
        record = ep_pa(&ep, 5, work.record);
        for (uint32_t n = mark; n < ep.log_count; n++) {
            const struct ep_event *event = &ep.log[n];

            if (event->kind != EP_WRITE)
                continue;
            if (event->tlp.address == record || event->tlp.address == work.record)
                at = n;
            else
                last = n;
            CHECK(t, "DEV-DMA-014", !(event->tlp.flags & IOTB_RQ_RELAXED), "Relaxed Ordering on a write of data or of a record");
        }
        CHECK(t, "DEV-DMA-014", at && last && last < at, "data follow the record");
    }
    ep_close(&ep);
}

/* How many lines are read ahead; in serial mode none, and one engine works at a time. */
static void in_flight(struct test *t)
{
    static const struct ep_wq wqs[] = {{.size = 4, .priority = 1}, {.size = 4, .priority = 1}};
    struct ep ep;

    for (uint32_t serial = 0; serial < 2; serial++) {
        struct ep_work works[2];
        uint32_t rule, lines, engines, tags, mark, last = EP_READ, queues;
        uint64_t a, b;

        if (serial)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_set(&ep, "BAR0_MODE", "SERIAL", serial);
        queues = ep_get(&ep, "BAR0_WQCAP", "WQS") < 2 ? 1 : 2;
        ep_start(&ep, wqs, queues);
        lines = (uint32_t)ep_get(&ep, "BAR0_LIMITS", "ENG_RD");
        tags = (uint32_t)ep_get(&ep, "BAR0_LIMITS", "TAGS");
        engines = queues == 2 && ep_get(&ep, "BAR0_ENGCAP", "ENGINES") > 1 ? 2 : 1;
        if (serial || ep_get(&ep, "CFG_DVSEC_STRAPS", "SERIAL"))
            lines = engines = 1;
        a = ep_buffer(&ep, EP_NONE, 8192, EP_RW);
        b = ep_buffer(&ep, EP_NONE, 8192, EP_RW);
        rule = ep_rule(&ep, EP_READ, a, a + 8191, EP_HOLD, 0, UINT32_MAX);
        for (uint32_t i = 0; i < 2; i++) {
            works[i] = ep_move(EP_NONE, a + 4096 * i, b + 4096 * i, 2048);
            (void)ep_submit(&ep, i % queues, &works[i]);
        }
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-DMA-954", lines * engines < tags ? lines * engines : tags, ep_held(&ep, rule),
                 "reads outstanding of %u engines with %u lines each", engines, lines);
        for (uint32_t i = 0; i < 4; i++) { /* one answer makes room for one read */
            ep_release_one(&ep, rule);
            (void)test_settle(t);
            CHECK_EQ(t, "DEV-DMA-954", lines * engines < tags ? lines * engines : tags, ep_held(&ep, rule),
                     "reads outstanding after %u answers", i + 1);
        }
        mark = ep_mark(&ep);
        ep_release(&ep, rule);
        (void)test_settle(t);
        for (uint32_t i = 0; i < 2; i++)
            CHECK_EQ(t, "DEV-DMA-954", 1, ep_wait(&ep, &works[i]).status, "status of move %u", i);
        for (uint32_t n = mark; n < ep.log_count && lines == 1 && engines == 1; n++) { /* line after line */
            if (ep.log[n].tlp.bytes == 32)
                continue;
            CHECK(t, "DEV-DMA-954", ep.log[n].kind != last, "two %s in a row, one line at a time",
                  last == EP_READ ? "reads" : "writes");
            last = ep.log[n].kind;
        }
        ep_close(&ep);
    }
}

static const struct iotb_case cases[] = {
    SENDS("data.moves", moves, "DEV-DMA-001", "&ATS&PASID", "Moves are exact at every alignment"),
    SENDS("data.fills", fills, "DEV-DMA-001", "&ATS&PASID", "Fills are exact at every alignment"),
    SENDS("data.compares", compares, "DEV-DMA-001", "&ATS&PASID", "Comparisons find the first difference"),
    SENDS("data.checksums", checksums, "DEV-DMA-001", "&ATS&PASID", "CRC32C is right, in parts too"),
    SENDS("data.shape", shape, "DEV-DMA-002", "&ATS&PASID", "A request lies in one line"),
    SENDS("data.attributes", attributes, "DEV-DMA-003", "&PASID", "Attributes follow Device Control"),
    SENDS("data.overlaps", overlaps, "DEV-DMA-004", "&ATS&PASID", "A move that overlaps itself keeps move semantics"),
    SENDS("data.atomics", atomics, "DEV-DMA-005", "&ATS&PASID", "Atomics are enabled, aligned and return the old value"),
    SENDS("data.wraps", wraps, "DEV-DMA-006", "&ATS&PASID", "A buffer over the end of all addresses is refused"),
    SENDS("data.in_flight", in_flight, "DEV-DMA-954", "", "An engine reads ahead as far as LIMITS says"),
    SENDS("data.order", order, "DEV-DMA-014", "&ATS&PASID", "The record follows the data"),
};

LIST(ep_data_cases, cases);
