/* SPDX-License-Identifier: BSD-2-Clause */
/* What a completion record says: results, and of a fault where and how. What has no record is an event. */
#include "pasid_device_chapters.h"

static const struct ep_wq wqs[] = {{.size = 8, .priority = 1, .pasid_en = true, .pasid = 5}, {.size = 8, .priority = 1}};
static const uint32_t spaces[] = {5, EP_NONE};

enum { SOURCE, DESTINATION, RECORD, OPERAND_LIST };

/* ---- faults ---- */

struct fault {
    uint32_t op, flags;
    uint32_t operand; /* that lies on the missing page */
    bool write;
    uint32_t before; /* bytes of it that lie on the page before */
    uint32_t rights; /* of the missing page: what it lacks is asked for; 0: it is not there at all */
};

static void check_info(struct ep *ep, const char *row, const struct fault *c, uint32_t space, const struct ep_result *result,
                       uint64_t address)
{
    CHECK_EQ(ep->t, row, c->write, result->info & 1, "write bit of operation 0x%02x, operand %u", c->op, c->operand);
    CHECK_EQ(ep->t, row, c->operand, result->info >> 1 & 3, "operand of operation 0x%02x", c->op);
    CHECK_EQ(ep->t, row, !!(c->flags & EP_XEXEC) && !c->write, result->info >> 3 & 1, "execute bit of operation 0x%02x", c->op);
    CHECK_EQ(ep->t, row, space != EP_NONE, result->info >> 6 & 1, "PASID bit of operation 0x%02x", c->op);
    CHECK_EQ(ep->t, row, address, result->address, "fault address of operation 0x%02x, operand %u", c->op, c->operand);
}

/* A buffer whose second page is missing, or lacks a right; the transfer begins so far before its end. */
static uint64_t half_there(struct ep *ep, uint32_t space, uint32_t rights)
{
    uint64_t va = ep_buffer(ep, space, 8192, EP_RW);

    if (rights)
        ep_find(ep, space, va + 4096)->rights = rights;
    else
        ep_unmap(ep, space, va + 4096);
    return va + 4096;
}

static void faults(struct test *t)
{
    static const struct fault table[] = {
        {EP_OP_MEMMOVE, 0, SOURCE, false, 100, 0},
        {EP_OP_MEMMOVE, 0, DESTINATION, true, 100, 0},
        {EP_OP_MEMMOVE, 0, SOURCE, false, 0, EP_W},
        {EP_OP_MEMMOVE, 0, DESTINATION, true, 0, EP_R},
        {EP_OP_FILL, 0, DESTINATION, true, 7, 0},
        {EP_OP_FILL, 0, DESTINATION, true, 64, EP_R},
        {EP_OP_COMPARE, 0, SOURCE, false, 1, 0},
        {EP_OP_COMPARE, 0, DESTINATION, false, 130, 0},
        {EP_OP_COMPARE, 0, DESTINATION, false, 0, EP_W},
        {EP_OP_COMPVAL, 0, SOURCE, false, 63, 0},
        {EP_OP_CRC, 0, SOURCE, false, 65, 0},
        {EP_OP_CRC, 0, SOURCE, false, 0, EP_W},
        {EP_OP_XFETCH, 0, SOURCE, false, 32, 0},
        {EP_OP_ATOMIC, 0, DESTINATION, true, 0, 0},
        {EP_OP_ATOMIC, 0, DESTINATION, true, 0, EP_R},
        {EP_OP_ATOMIC, 0, DESTINATION, true, 0, EP_W},
        {EP_OP_FILL, EP_DRDBK, DESTINATION, false, 0, EP_W},
    };
    struct ep ep;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 2);
    ep_set(&ep, "CFG_PCIE_DEVCTL2", "ATOMICREQ", 1);
    for (uint32_t i = 0; i < 2 * sizeof(table) / sizeof(table[0]); i++) {
        const struct fault *c = &table[i / 2];
        uint32_t wq = i & 1, space = spaces[wq], done = c->before;
        uint64_t bad = half_there(&ep, space, c->rights), good = ep_buffer(&ep, space, 4096, EP_RW), address = bad;
        struct ep_work work = {.op = c->op, .flags = c->flags, .space = space, .size = 200};
        struct ep_result result;

        work.src = c->operand == SOURCE ? bad - c->before : good;
        work.dst = c->operand == DESTINATION ? bad - c->before : good;
        if (c->op == EP_OP_COMPVAL || c->op == EP_OP_FILL)
            *(c->op == EP_OP_FILL ? &work.src : &work.dst) = 0;
        if (c->op == EP_OP_ATOMIC)
            work.data[2] = 8;
        if (c->op == EP_OP_XFETCH) /* counted in what was asked for */
            done = c->before;
        if (c->flags & EP_DRDBK) { /* the last byte is read back; all are written */
            address = work.dst + work.size - 1;
            done = work.size;
        }
        result = ep_expect(&ep, "DEV-REC-950", wq, &work, 3, "an operand that is not there");
        check_info(&ep, "DEV-REC-950", c, space, &result, address);
        CHECK_EQ(t, "DEV-DMA-012", done, result.completed, "bytes completed by operation 0x%02x, operand %u", c->op, c->operand);
        (void)ep_invalidate(&ep, EP_NONE, 0, 64);
        ep.map_count = ep.map_count > 200 ? 0 : ep.map_count;
        if (!ep.map_count)
            ep.record_pages = 0;
    }
    ep_close(&ep);
}

/* An execute read that may not execute. */
static void execute_fault(struct test *t)
{
    struct ep ep;
    static const uint32_t ops[] = {EP_OP_CRC, EP_OP_COMPARE, EP_OP_COMPVAL, EP_OP_MEMMOVE};

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 1);
    for (uint32_t i = 0; i < 5; i++) {
        uint64_t src = ep_buffer(&ep, 5, 4096, i == 4 ? EP_RW | EP_X : EP_RW), dst = ep_buffer(&ep, 5, 4096, EP_RW);
        struct ep_work work = {.op = ops[i % 4], .flags = EP_XEXEC, .space = 5, .src = src, .dst = dst, .size = 8};
        struct fault c = {.op = work.op, .flags = EP_XEXEC, .operand = i == 4 ? DESTINATION : SOURCE};
        struct ep_result result;

        if (i == 4) { /* the second source is read for Execute too */
            work.op = c.op = EP_OP_COMPARE;
        }
        result = ep_expect(&ep, "DEV-REC-950", 0, &work, 3, "an execute read with Exe=0");
        check_info(&ep, "DEV-REC-950", &c, 5, &result, i == 4 ? dst : src);
    }
    ep_close(&ep);
}

/* A request that was sent and failed: with what address type. */
static void failed_requests(struct test *t)
{
    static const enum ep_action actions[] = {EP_UR, EP_CA, EP_POISON, EP_RESERVED};
    static const uint32_t statuses[] = {0x31, 0x32, 0x33, 0x31};
    struct ep ep;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 2);
    ep_set(&ep, "CFG_PCIE_DEVCTL2", "ATOMICREQ", 1);
    for (uint32_t i = 0; i < 48; i++) {
        uint32_t wq = i & 1, how = i >> 1 & 3, way = i >> 3 & 1, kind = i / 16, space = spaces[wq];
        uint64_t a = ep_buffer(&ep, space, 4096, way ? EP_RW | EP_U : EP_RW), b = ep_buffer(&ep, space, 4096, EP_RW);
        struct ep_work work = kind == 0 ? ep_move(space, a, b, 256)
                              : kind == 1
                                  ? (struct ep_work){.op = EP_OP_COMPARE, .space = space, .src = b, .dst = a, .size = 256}
                                  : (struct ep_work){.op = EP_OP_ATOMIC, .space = space, .dst = a + 128, .data = {1, 0, 8}};
        struct fault c = {.op = work.op, .operand = kind == 0 ? SOURCE : DESTINATION, .write = kind == 2};
        struct ep_result result;

        (void)ep_rule(&ep, EP_READ | EP_ATOMIC, a + 128, a + 191, actions[how], 0, 1);
        result = ep_expect(&ep, "DEV-REC-950", wq, &work, statuses[how], "a request that fails");
        ep.rule_count--;
        check_info(&ep, "DEV-REC-950", &c, space, &result, a + 128);
        CHECK_EQ(t, "DEV-REC-950", way ? 0 : 2, result.info >> 4 & 3, "AT of the request that failed, operation 0x%02x", work.op);
        CHECK_EQ(t, "DEV-DMA-012", kind == 2 ? 0 : 128, result.completed, "bytes completed");
        (void)ep_invalidate(&ep, EP_NONE, 0, 64);
        ep.map_count = ep.map_count > 200 ? 0 : ep.map_count;
        if (!ep.map_count)
            ep.record_pages = 0;
    }
    ep_close(&ep);
}

/* Downwards, what is done lies above the fault. */
static void downwards(struct test *t)
{
    struct ep ep;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 1);
    for (uint32_t side = 0; side < 2; side++) {
        uint64_t va = ep_buffer(&ep, 5, 4 * 4096, EP_RW);
        struct ep_work work = ep_move(5, va + 100, va + 4096 + 228, 2 * 4096); /* by 4224 bytes, over three pages each */
        uint64_t missing = va + 4096, end, done;
        struct ep_result result;

        ep_find(&ep, 5, missing)->rights = side ? EP_R : EP_W;
        end = (side ? work.dst : work.src) + work.size;
        done = end - (missing + 4096);
        result = ep_expect(&ep, "DEV-DMA-012", 0, &work, 3, "a move downwards over a page that lacks a right");
        CHECK_EQ(t, "DEV-DMA-012", done, result.completed, "bytes completed from the end down, side %u", side);
        CHECK_EQ(t, "DEV-REC-950", side, result.info & 1, "write bit");
        CHECK(t, "DEV-REC-950", result.address >= missing && result.address < missing + 4096, "fault address 0x%llx",
              (unsigned long long)result.address);
        CHECK_EQ(t, "DEV-DMA-012", 0, ep_count(&ep, 0, EP_WRITE, work.dst, work.dst + work.size - done - 1),
                 "writes below the fault");
        (void)ep_invalidate(&ep, EP_NONE, 0, 64);
    }
    ep_close(&ep);
}

/* ---- lists ---- */

static void list_faults(struct test *t)
{
    struct ep ep;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 2);
    for (uint32_t i = 0; i < 8; i++) {
        uint32_t wq = i & 1, space = spaces[wq], before = i < 4 ? 0 : 3, way = i >> 1 & 1;
        uint64_t bad = half_there(&ep, space, way ? EP_W : 0), at = bad - 64 * before;
        struct ep_work work = {.op = EP_OP_BATCH, .space = space, .src = at, .size = 5};
        struct fault c = {.op = EP_OP_BATCH, .operand = OPERAND_LIST};
        struct ep_result result = ep_expect(&ep, "DEV-REC-950", wq, &work, 0x1f, "a list that is not there");

        check_info(&ep, "DEV-REC-950", &c, space, &result, bad);
        CHECK_EQ(t, "DEV-SUB-012", before, result.completed, "descriptors completed");
        ep_expect_move(&ep, "DEV-SUB-012", wq, space, "a move afterwards");
        (void)ep_invalidate(&ep, EP_NONE, 0, 64);
    }
    ep_close(&ep);
}

/* Each descriptor of a batch is one of its queue: PASID, flags, record. */
static void batch_members(struct test *t)
{
    struct ep ep;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 2);
    for (uint32_t wq = 0; wq < 2; wq++)
        for (uint32_t failing = 0; failing < 5; failing++) { /* 4: none */
            uint32_t space = spaces[wq], mark;
            uint64_t list = ep_buffer(&ep, space, 4096, EP_RW), a = ep_buffer(&ep, space, 4096, EP_RW);
            struct ep_work batch = {.op = EP_OP_BATCH, .space = space, .src = list, .size = 4}, works[4];
            struct ep_result result;

            for (uint32_t i = 0; i < 4; i++) {
                uint64_t descriptor[8];

                works[i] = ep_write_work(0x77, a + 64 * i, i == failing ? 0 : 64, 0x0101010101010101ull * (i + 1));
                works[i].record = a + 1024 + 32 * i;
                works[i].flags = i & 1 ? EP_RCR : 0; /* a record of those that fail, and of 1 and 3 */
                works[i].privileged = true;
                ep_encode(&works[i], descriptor);
                works[i].space = space;
                mem_write(t, ep_pa(&ep, space, list + 64 * i), descriptor, 64);
            }
            mark = ep_mark(&ep);
            result = ep_expect(&ep, "DEV-SUB-012", wq, &batch, failing < 4 ? 5 : 1, "a batch");
            CHECK_EQ(t, "DEV-SUB-012", 4, result.completed, "descriptors completed, number %u fails", failing);
            for (uint32_t i = 0; i < 4; i++) {
                CHECK_EQ(t, "DEV-SUB-012", i == failing ? 0x13 : i & 1, ep_result(&ep, &works[i]).status,
                         "status of descriptor %u, number %u fails", i, failing);
                CHECK_EQ(t, "DEV-SUB-012", i == failing ? 0 : i + 1, ep_peek(&ep, space, a + 64 * i) & 0xff, "what it wrote");
            }
            for (uint32_t n = mark; n < ep.log_count; n++)
                if (ep.log[n].kind == EP_TREQ || (ep.log[n].kind & EP_DATA && !ep.log[n].tlp.address_type))
                    CHECK_EQ(t, "DEV-PAS-009", space, ep.log[n].tlp.flags & IOTB_RQ_PASID ? ep.log[n].tlp.pasid : EP_NONE,
                             "PASID of a request of the batch");
        }
    ep_close(&ep);
}

static void batch_records(struct test *t)
{
    struct ep ep;

    ep_scene_with(&ep, t, 0, &wqs[1], 1);
    for (uint32_t i = 0; i < 8; i++) { /* CRAV, RCR, a failure within */
        bool valid = i & 1, wanted = i & 2, fails = i & 4;
        uint64_t list = ep_buffer(&ep, EP_NONE, 4096, EP_RW), descriptor[8];
        struct ep_work batch = {.op = EP_OP_BATCH, .space = EP_NONE, .src = list, .size = 2, .record = list + 2048};
        uint32_t mark;

        batch.flags = wanted ? EP_RCR : 0;
        if (fails)
            mem_write64(t, ep_pa(&ep, EP_NONE, list + 64), 0x7full << 56);
        ep_encode(&batch, descriptor);
        if (!valid)
            descriptor[0] &= ~ep_bits("ep_descriptor", "CRAV", 1);
        ep_write(&ep, "BAR0_SWERR0", 3);
        mark = ep_mark(&ep);
        bar_write(t, 2, ep_portal(&ep, 0), descriptor, 64);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-REC-001", valid && (wanted || fails), ep_count(&ep, mark, EP_WRITE, 0, UINT64_MAX),
                 "records of a batch with CRAV %u, RCR %u, a failure %u", valid, wanted, fails);
        CHECK_EQ(t, "DEV-REC-001", valid && (wanted || fails) ? fails ? 5 : 1 : 0, ep_peek(&ep, EP_NONE, list + 2048) & 0xff,
                 "its status");
    }
    ep_close(&ep);
}

/* ---- results ---- */

static void results(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    struct ep_result result;
    uint64_t a, b;

    ep_scene_with(&ep, t, 0, &wqs[1], 1);
    a = ep_buffer(&ep, EP_NONE, 8192, EP_RW);
    b = ep_buffer(&ep, EP_NONE, 8192, EP_RW);
    ep_fill(&ep, EP_NONE, a, 4096, 7);
    for (uint32_t way = 0; way < 6; way++) { /* downwards only where upwards would overwrite what is still to be read */
        static const int32_t by[] = {0, -64, 64, -1, 299, 300};

        work = ep_move(EP_NONE, a + 1024, a + 1024 + (uint64_t)(int64_t)by[way], 300);
        result = ep_expect(&ep, "DEV-DMA-950", 0, &work, 1, "a move");
        CHECK_EQ(t, "DEV-DMA-950", by[way] > 0 && by[way] < 300, result.result, "direction of a move by %d", by[way]);
        CHECK_EQ(t, "DEV-DMA-950", 300, result.completed, "bytes completed");
    }
    work = ep_write_work(EP_NONE, b, 321, 0);
    CHECK_EQ(t, "DEV-DMA-950", 321, ep_expect(&ep, "DEV-DMA-950", 0, &work, 1, "a fill").completed, "bytes completed by a fill");
    work = ep_read_work(EP_NONE, a, 222);
    CHECK_EQ(t, "DEV-DMA-950", 222, ep_expect(&ep, "DEV-DMA-950", 0, &work, 1, "a checksum").completed, "bytes of a checksum");
    ep_fill(&ep, EP_NONE, a, 512, 9);
    ep_fill(&ep, EP_NONE, b, 512, 9);
    for (uint32_t i = 0; i < 24; i++) {
        bool value = i & 1, differs = i & 2, checked = i & 4;
        uint32_t expected = i / 8, outcome;

        if (value)
            for (uint32_t n = 0; n < 512; n += 8)
                mem_write64(t, ep_pa(&ep, EP_NONE, a + n), 0x8877665544332211ull);
        else
            ep_fill(&ep, EP_NONE, a, 512, 9);
        if (differs)
            mem_write64(t, ep_pa(&ep, EP_NONE, a + 200), 0);
        work = (struct ep_work){.op = value ? EP_OP_COMPVAL : EP_OP_COMPARE,
                                .flags = checked ? EP_CHECK : 0,
                                .space = EP_NONE,
                                .src = a,
                                .dst = value ? 0x8877665544332211ull : b,
                                .size = 256,
                                .data = {expected}};
        outcome = checked && expected != differs ? 2 : 1;
        result = ep_expect(&ep, "DEV-DMA-950", 0, &work, outcome, "a comparison");
        CHECK_EQ(t, "DEV-DMA-950", differs, result.result, "result of a comparison, %u expected", expected);
        CHECK_EQ(t, "DEV-DMA-950", differs ? 200 : 256, result.completed, "first difference, or bytes compared");
    }
    ep_close(&ep);
}

/* The byte that is read back is the last of the destination, and it is read when all is written. */
static void read_back(struct test *t)
{
    static const uint32_t sizes[] = {1, 63, 64, 65, 4096, 5000};
    struct ep ep;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 1);
    for (uint32_t i = 0; i < 24; i++) {
        uint32_t size = sizes[i % 6], mark, last = 0, read = 0, writes = 0;
        uint64_t dst = ep_buffer(&ep, 5, 3 * 4096, EP_RW), src = ep_buffer(&ep, 5, 3 * 4096, EP_RW), end;
        bool move = i >= 12, back = i / 6 & 1;
        struct ep_work work = move ? ep_move(5, src, dst + 40, size) : ep_write_work(5, dst + 40, size, 3);

        work.flags = back ? EP_DRDBK : 0;
        end = dst + 40 + size - 1;
        mark = ep_mark(&ep);
        CHECK_EQ(t, "DEV-DMA-011", size, ep_expect(&ep, "DEV-DMA-011", 0, &work, 1, "a write").completed, "bytes completed");
        for (uint32_t n = mark; n < ep.log_count; n++) {
            const struct ep_event *event = &ep.log[n];

            if (event->kind == EP_WRITE && event->va >= dst && event->va < dst + 3 * 4096) {
                last = n;
                writes++;
            }
            if (event->kind == EP_READ && event->va <= end && event->va + event->tlp.bytes > end) {
                read = n;
                CHECK_EQ(t, "DEV-DMA-011", 2, event->tlp.address_type, "AT of the read-back");
            }
        }
        CHECK(t, "DEV-DMA-011", writes >= (size + 63) / 64, "%u writes of %u bytes", writes, size);
        CHECK_EQ(t, "DEV-DMA-011", back, read != 0, "the last byte is read back, DRDBK %u", back);
        if (back)
            CHECK(t, "DEV-DMA-011", read > last, "it is read before all is written");
        (void)ep_invalidate(&ep, EP_NONE, 0, 64);
        ep.map_count = ep.map_count > 200 ? 0 : ep.map_count;
        if (!ep.map_count)
            ep.record_pages = 0;
    }
    ep_close(&ep);
}

/* ---- events, interrupts ---- */

struct event {
    uint32_t flags, size, status; /* of a read; status 0: a page that is not there */
    bool list;
};

/* Without a record, what failed is in SWERR, or in the log where that is on. What ended well is nowhere. */
static void events(struct test *t)
{
    struct ep ep;

    for (uint32_t log = 0; log < 2; log++) {
        uint64_t base = 0, a, word;
        uint32_t entries = 0;

        if (log)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        if (log) {
            base = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
            ep_write(&ep, "BAR0_EVLCFG0", base);
            ep_write(&ep, "BAR0_EVLCFG1", 64);
            ep_set(&ep, "BAR0_GENCFG", "EVL_EN", 1);
        }
        ep_start(&ep, &wqs[1], 1);
        a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
        for (uint32_t i = 0; i < 8; i++) {
            uint32_t bad = i & 3, status = bad == 0 ? 0 : bad == 1 ? 0x13 : bad == 2 ? 0x31 : 0x11;
            struct ep_work work = bad == 2 ? ep_move(EP_NONE, a - 4096, a, 64) : ep_read_work(EP_NONE, a, bad == 1 ? 0 : 64);
            bool recorded = i & 4;
            uint64_t descriptor[8];

            if (bad == 3)
                work.flags = 1u << 21;
            work.record = recorded ? a + 1024 + 32 * i : EP_NO_RECORD;
            ep_write(&ep, "BAR0_SWERR0", 3);
            ep_encode(&work, descriptor);
            bar_write(t, 2, ep_portal(&ep, 0), descriptor, 64);
            (void)test_settle(t);
            if (recorded)
                CHECK_EQ(t, "DEV-REC-951", status, ep_result(&ep, &work).status, "status of the record");
            entries += log && status && !recorded;
            if (log) {
                CHECK_EQ(t, "DEV-REC-951", entries, ep_get(&ep, "BAR0_EVLSTATUS", "TAIL"), "entries in the log, work %u", i);
                CHECK_EQ(t, "DEV-REC-951", 0, ep_get(&ep, "BAR0_SWERR0", "VALID"), "SWERR besides the log");
            } else {
                CHECK_EQ(t, "DEV-REC-951", status && !recorded, ep_get(&ep, "BAR0_SWERR0", "VALID"), "SWERR, work %u", i);
            }
            if (!status || recorded)
                continue;
            word = log ? ep_peek(&ep, EP_NONE, base + 64 * (entries - 1)) : ep_read(&ep, "BAR0_SWERR0");
            CHECK_EQ(t, "DEV-REC-951", status, word >> 8 & 0xff, "error of the event");
            CHECK_EQ(t, "DEV-REC-951", 0, word >> 5 & 1, "its write bit");
            CHECK_EQ(t, "DEV-REC-951", 3, word >> 2 & 3, "it is of a descriptor, of a queue");
            CHECK_EQ(t, "DEV-REC-951", 0, word >> 16 & 0xff, "its queue");
            CHECK_EQ(t, "DEV-REC-951", work.op, word >> 32 & 0xff, "its operation");
            word = log ? ep_peek(&ep, EP_NONE, base + 64 * (entries - 1) + 16) : ep_read(&ep, "BAR0_SWERR2");
            CHECK_EQ(t, "DEV-REC-951", bad == 2 ? a - 4096 : 0, word, "its address");
        }
        ep_close(&ep);
    }
}

/* With PASID turned off under its queue, work of every operation ends with 48h, and nothing is sent. */
static void pasid_off(struct test *t)
{
    static const uint32_t ops[] = {EP_OP_MEMMOVE, EP_OP_FILL,   EP_OP_COMPARE, EP_OP_COMPVAL, EP_OP_XFETCH,
                                   EP_OP_CRC,     EP_OP_ATOMIC, EP_OP_XLATE,   EP_OP_PAGEREQ, EP_OP_BATCH};
    struct ep ep;
    uint64_t a;

    ep_scene_with(&ep, t, ON_ALL, &(struct ep_wq){.size = 8, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5}, 1);
    ep_set(&ep, "CFG_PCIE_DEVCTL2", "ATOMICREQ", 1);
    ep.pages = EP_PAGES_MAP;
    a = ep_buffer(&ep, 5, 4096, EP_RW);
    for (uint32_t on = 2; on-- > 0;) {
        if (!on)
            ep_pasid(&ep, false, false, false);
        for (uint32_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
            struct ep_work work = {.op = ops[i],
                                   .space = 5,
                                   .src = a,
                                   .dst = a + 1024,
                                   .size = i < 6    ? 64
                                           : i == 9 ? 2
                                                    : 1,
                                   .record = EP_NO_RECORD};
            uint32_t mark;

            if (ops[i] == EP_OP_ATOMIC)
                work.data[2] = 8;
            if (ops[i] == EP_OP_PAGEREQ)
                work.data[0] = 1;
            ep_write(&ep, "BAR0_SWERR0", 3);
            mark = ep_mark(&ep);
            (void)ep_submit(&ep, 0, &work);
            (void)test_settle(t);
            CHECK_EQ(t, "DEV-REC-951",
                     on                      ? 0
                     : ops[i] == EP_OP_BATCH ? 0x1f
                                             : 0x48,
                     ep_get(&ep, "BAR0_SWERR0", "VALID") ? ep_get(&ep, "BAR0_SWERR0", "ERROR") : 0,
                     "event of operation 0x%02x, PASID being %s", ops[i], on ? "on" : "off");
            if (!on)
                CHECK_EQ(t, "DEV-PAS-001", mark, ep_mark(&ep), "TLPs and messages of operation 0x%02x", ops[i]);
        }
    }
    ep_close(&ep);
}

/* An atomic that fails is a write; its event says so, and where. */
static void write_event(struct test *t)
{
    struct ep ep;
    uint64_t a, b;
    struct ep_work work;

    ep_scene_with(&ep, t, 0, &wqs[1], 1);
    ep_set(&ep, "CFG_PCIE_DEVCTL2", "ATOMICREQ", 1);
    a = ep_buffer(&ep, EP_NONE, 4096, EP_R);
    b = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    work = (struct ep_work){.op = EP_OP_ATOMIC, .space = EP_NONE, .dst = a + 16, .data = {1, 0, 8}, .record = EP_NO_RECORD};
    ep_write(&ep, "BAR0_SWERR0", 3);
    work.dst = b + 16;
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-REC-951", 1, ep_peek(&ep, EP_NONE, b + 16), "what an atomic that does not fail has added");
    CHECK_EQ(t, "DEV-REC-951", 0, ep_get(&ep, "BAR0_SWERR0", "VALID"), "event of an atomic that does not fail");
    work.dst = a + 16;
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-REC-951", 0x31, ep_get(&ep, "BAR0_SWERR0", "ERROR"), "error of an atomic that fails");
    CHECK_EQ(t, "DEV-REC-951", 1, ep_get(&ep, "BAR0_SWERR0", "RW"), "write bit of its event");
    CHECK_EQ(t, "DEV-REC-951", a + 16, ep_read(&ep, "BAR0_SWERR2"), "address of its event");
    ep_close(&ep);
}

/* RCI: one interrupt, behind the record, however the work ends. */
static void interrupts(struct test *t)
{
    struct ep ep;
    uint64_t a;

    ep_scene_with(&ep, t, 0, &wqs[1], 1);
    ep_vectors(&ep, 3);
    a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    for (uint32_t i = 0; i < 32; i++) {
        static const uint32_t statuses[] = {1, 0x31, 0x13, 2};
        uint32_t status = statuses[i & 3], mark = ep_mark(&ep), msi = 0, record = 0, writes = 0;
        bool wanted = i & 4, recorded = i & 8, requested = i & 16;
        struct ep_work work = ep_read_work(EP_NONE, a, 64);
        uint64_t descriptor[8];

        if (status == 0x31)
            work.src = a - 4096;
        if (status == 0x13)
            work.size = 0;
        if (status == 2)
            work = (struct ep_work){.op = EP_OP_COMPVAL, .space = EP_NONE, .src = a, .size = 8, .flags = EP_CHECK, .data = {1}};
        work.record = recorded ? a + 1024 + 32 * i : EP_NO_RECORD;
        work.flags |= (wanted ? (uint32_t)EP_RCI : 0) | (requested ? (uint32_t)EP_RCR : 0);
        work.handle = 2;
        ep_encode(&work, descriptor);
        bar_write(t, 2, ep_portal(&ep, 0), descriptor, 64);
        (void)test_settle(t);
        for (uint32_t n = mark; n < ep.log_count; n++) {
            msi = ep.log[n].kind == EP_MSI ? n : msi;
            record = ep.log[n].kind == EP_WRITE ? n : record;
            writes += ep.log[n].kind == EP_WRITE;
        }
        CHECK_EQ(t, "DEV-REC-005", wanted, ep_count(&ep, mark, EP_MSI, 0, UINT64_MAX), "interrupts with RCI %u, status 0x%02x",
                 wanted, status);
        CHECK_EQ(t, "DEV-REC-005", wanted, ep_interrupts(&ep, mark, 2), "of its vector");
        CHECK(t, "DEV-REC-005", !wanted || msi > record, "the interrupt comes before the record");
        CHECK_EQ(t, "DEV-REC-001", recorded && (requested || status > 2), writes, "records, status 0x%02x, RCR %u", status,
                 requested);
    }
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("results.faults", faults, "DEV-REC-950 DEV-DMA-012", "&ATS&PASID", "A fault is told with operand, access and address"),
    SENDS("results.execute", execute_fault, "DEV-REC-950", "&ATS&PASID&EXEC", "A fault of an execute read says so"),
    SENDS("results.failed_requests", failed_requests, "DEV-REC-950 DEV-DMA-012", "&ATS&PASID",
          "A request that failed is told with its AT"),
    SENDS("results.downwards", downwards, "DEV-DMA-012 DEV-REC-950", "&ATS&PASID", "A move downwards counts from the end"),
    SENDS("results.list_faults", list_faults, "DEV-REC-950 DEV-SUB-012", "&ATS&PASID", "A fault of a list says so"),
    SENDS("results.batch_members", batch_members, "DEV-SUB-012 DEV-PAS-009", "&ATS&PASID",
          "Descriptors of a batch have PASID, flags and records of their own"),
    SENDS("results.batch_records", batch_records, "DEV-REC-001", "", "A batch has a record as other work has"),
    SENDS("results.values", results, "DEV-DMA-950", "", "Direction, first difference and bytes are told"),
    SENDS("results.read_back", read_back, "DEV-DMA-011", "&ATS&PASID", "The last byte is read back when all is written"),
    SENDS("results.events", events, "DEV-REC-951", "", "What failed without a record is an event"),
    SENDS("results.pasid_off", pasid_off, "DEV-REC-951 DEV-PAS-001", "&ATS&PASID&PRI", "With PASID off, work ends with 48h"),
    SENDS("results.write_event", write_event, "DEV-REC-951", "", "The event of an access says what it was"),
    SENDS("results.interrupts", interrupts, "DEV-REC-005 DEV-REC-001", "&MSIX", "RCI brings one interrupt behind the record"),
};

LIST(ep_results_cases, cases);
