/* SPDX-License-Identifier: BSD-2-Clause */
/* Page request groups: which pages are in one, and who waits for it. */
#include "ep_groups.h"

/* ---- PAGEREQ ---- */

static void on_demand(struct test *t)
{
    struct ep ep;

    pg_scene(&ep, t, 8, 0);
    for (uint32_t i = 0; i < 24; i++) {
        uint32_t pages = 1 + i % 8, rights = 1 + i / 8, wq = i % 4, mark = ep_mark(&ep), most = pg_capacity(&ep), index[8];
        static const uint32_t codes[] = {0, 1, 0};
        uint32_t code = codes[i % 3];
        uint64_t va = pg_fresh(&ep) + (i & 1 ? 0xabc : 0), early, late, ticks;
        struct ep_work work = {.op = EP_OP_PAGEREQ, .space = pg_spaces[wq], .src = va, .size = pages, .data = {rights}};
        struct ep_result result;

        most = pages < most ? pages : most;
        early = ep_read(&ep, "BAR0_TICK");
        pg_submit(&ep, wq, &work);
        CHECK_EQ(t, "DEV-DMA-951", most, pg_requests(&ep, mark), "messages for %u pages", pages);
        for (uint32_t n = 0; n < most; n++) {
            const struct iotb_message *message = pg_request(&ep, mark, n);

            CHECK_EQ(t, "DEV-DMA-951", (va & ~0xfffull) + 4096 * n, message->address, "page %u of %u", n, pages);
            CHECK_EQ(t, "DEV-DMA-951", rights, (uint32_t)message->read | (uint32_t)message->write << 1, "its R and W");
            CHECK_EQ(t, "DEV-DMA-951", 0, message->flags & IOTB_RQ_EXECUTE, "its Execute");
        }
        if (!CHECK(t, "DEV-DMA-951", ep_groups(&ep, index, 8) == 1, "not one group waits"))
            break;
        pg_check_outstanding(&ep, "DEV-PRI-007", 1, most, "for a group of its own");
        late = ep_read(&ep, "BAR0_TICK");
        test_run(t, 5000000);
        ticks = ep_read(&ep, "BAR0_TICK");
        CHECK(t, "DEV-DMA-951", !ep_result(&ep, &work).done, "the work ends without a response");
        ep_respond(&ep, index[0], code);
        result = ep_wait(&ep, &work);
        CHECK_EQ(t, "DEV-DMA-951", code ? 4 : 1, result.status, "status after response code %u", code);
        CHECK_EQ(t, "DEV-DMA-951", code, result.data[0] & 0xffff, "response code in the record");
        CHECK_EQ(t, "DEV-DMA-951", index[0], result.data[0] >> 16 & 0xffff, "group index in the record");
        CHECK(t, "DEV-DMA-951", result.data[0] >> 32 >= ticks - late && result.data[0] >> 32 <= ep_read(&ep, "BAR0_TICK") - early,
              "%llu ticks in the record, between %llu and %llu have gone by", (unsigned long long)(result.data[0] >> 32),
              (unsigned long long)(ticks - late), (unsigned long long)(ep_read(&ep, "BAR0_TICK") - early));
        pg_check_outstanding(&ep, "DEV-PRI-010", 0, 0, "after the response");
    }
    ep_close(&ep);
}

/* Response Failure, and codes that count as such, stand in the record as they came. */
static void failure_code(struct test *t)
{
    struct ep ep;

    pg_scene(&ep, t, 1, 0);
    for (uint32_t code = 2; code < 16; code++) {
        uint32_t index[8];
        struct ep_work work = {.op = EP_OP_PAGEREQ, .space = 5, .src = pg_fresh(&ep), .size = 1, .data = {1}};

        pg_submit(&ep, 0, &work);
        if (!CHECK(t, "DEV-DMA-951", ep_groups(&ep, index, 8) == 1, "no group waits"))
            break;
        ep_respond(&ep, index[0], code);
        CHECK_EQ(t, "DEV-DMA-951", 0x45, ep_wait(&ep, &work).status, "status after response code %u", code);
        CHECK_EQ(t, "DEV-DMA-951", code, ep_result(&ep, &work).data[0] & 0xffff, "response code in the record");
        ep_pri(&ep, 16);
    }
    ep_close(&ep);
}

/* ---- composition ---- */

struct operand {
    uint32_t op, offset, bytes; /* of its first page that is there; the rest is not */
    bool destination, write;
};

/* Messages of the first group; what is read ahead may ask for itself. */
static uint32_t of_first(struct ep *ep, uint32_t mark)
{
    uint32_t count = 0;

    for (uint32_t n = 0; n < pg_requests(ep, mark); n++)
        count += pg_request(ep, mark, n)->group_index == pg_request(ep, mark, 0)->group_index;
    return count;
}

static void composition(struct test *t)
{
    static const struct operand table[] = {
        {EP_OP_CRC, 0, 4096, false, false},        {EP_OP_CRC, 0, 4097, false, false},
        {EP_OP_CRC, 4095, 2, false, false},        {EP_OP_CRC, 4095, 4097, false, false},
        {EP_OP_CRC, 4095, 4098, false, false},     {EP_OP_CRC, 64, 8 * 4096, false, false},
        {EP_OP_FILL, 4000, 8192, true, true},      {EP_OP_FILL, 0, 3 * 4096, true, true},
        {EP_OP_MEMMOVE, 100, 9000, false, false},  {EP_OP_MEMMOVE, 100, 9000, true, true},
        {EP_OP_COMPARE, 0, 12288, true, false},    {EP_OP_COMPARE, 0, 12289, false, false},
        {EP_OP_COMPVAL, 4032, 4096, false, false},
    };
    struct ep ep;

    for (uint32_t i = 0; i < 3 * sizeof(table) / sizeof(table[0]); i++) {
        const struct operand *c = &table[i / 3];
        uint32_t most = i % 3 == 0 ? 8 : i % 3, mark, expected;
        uint64_t va, other, first, last;
        struct ep_work work = {.op = c->op, .space = 5, .size = c->bytes};

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        pg_scene(&ep, t, most, 3);
        va = pg_fresh(&ep) + c->offset;
        other = ep_buffer(&ep, 5, 9 * 4096, EP_RW);
        work.src = c->destination ? other : va;
        work.dst = c->destination ? va : other;
        if (c->op == EP_OP_FILL)
            work.src = 0;
        first = va & ~0xfffull;
        last = (va + c->bytes - 1) & ~0xfffull;
        expected = (uint32_t)((last - first) / 4096) + 1;
        expected = expected < most ? expected : most;
        expected = expected < pg_capacity(&ep) ? expected : pg_capacity(&ep);
        mark = ep_mark(&ep);
        pg_submit(&ep, 0, &work);
        CHECK_EQ(t, "DEV-PRI-950", expected, of_first(&ep, mark),
                 "messages for %u bytes at offset %u, at most %u pages in a group", c->bytes, c->offset, most);
        for (uint32_t n = 0; n < expected; n++) {
            CHECK_EQ(t, "DEV-PRI-950", first + 4096 * n, pg_request(&ep, mark, n)->address, "page %u of the group", n);
            CHECK_EQ(t, "DEV-PRI-003", c->write, pg_request(&ep, mark, n)->write, "its W, operation 0x%02x", c->op);
            CHECK_EQ(t, "DEV-PRI-003", !c->write, pg_request(&ep, mark, n)->read, "its R");
        }
        pg_finish(&ep);
        CHECK(t, "DEV-PRI-950", ep_wait(&ep, &work).status == 1, "status 0x%02x when all pages are there",
              ep_result(&ep, &work).status);
        ep_close(&ep);
    }
}

/* A list is an operand; a record is one, of a page. */
static void list_and_record(struct test *t)
{
    struct ep ep;
    uint32_t index[8], mark;
    struct ep_work work;
    uint64_t list;

    pg_scene(&ep, t, 8, 3);
    list = pg_fresh(&ep) + 4096 - 64;
    work = (struct ep_work){.op = EP_OP_BATCH, .space = 5, .src = list, .size = 3};
    mark = ep_mark(&ep);
    pg_submit(&ep, 0, &work);
    CHECK_EQ(t, "DEV-PRI-950", 2, pg_requests(&ep, mark), "messages for a list over two pages");
    CHECK_EQ(t, "DEV-PRI-950", list & ~0xfffull, pg_request(&ep, mark, 0)->address, "the first page");
    CHECK_EQ(t, "DEV-PRI-950", (list & ~0xfffull) + 4096, pg_request(&ep, mark, 1)->address, "the second page");
    pg_finish(&ep);
    CHECK_EQ(t, "DEV-PRI-950", 1, ep_wait(&ep, &work).status, "status of the batch");
    list = pg_fresh(&ep) + 4096 - 128; /* it ends with the page */
    work = (struct ep_work){.op = EP_OP_BATCH, .space = 5, .src = list, .size = 2};
    mark = ep_mark(&ep);
    pg_submit(&ep, 0, &work);
    CHECK_EQ(t, "DEV-PRI-950", 1, pg_requests(&ep, mark), "messages for a list up to the end of its page");
    pg_finish(&ep);
    CHECK_EQ(t, "DEV-PRI-950", 1, ep_wait(&ep, &work).status, "status of the batch");
    work = (struct ep_work){.op = EP_OP_NOP, .space = 5, .record = pg_fresh(&ep) + 4064, .flags = EP_RCR};
    mark = ep_mark(&ep);
    pg_submit(&ep, 0, &work);
    CHECK_EQ(t, "DEV-PRI-950", 1, pg_requests(&ep, mark), "messages for a record");
    CHECK_EQ(t, "DEV-PRI-003", 1, pg_request(&ep, mark, 0)->write, "its W");
    pg_finish(&ep);
    CHECK_EQ(t, "DEV-PRI-950", 1, ep_wait(&ep, &work).status, "status in the record");
    CHECK_EQ(t, "DEV-PRI-950", 0, ep_groups(&ep, index, 8), "groups that still wait");
    ep_close(&ep);
}

struct known {
    uint32_t rights; /* of the page in the cache */
    bool write;      /* the work writes */
    bool ends;       /* the group ends before it */
};

/* The group ends before a page that the cache has, with the rights that are needed. */
static void known_pages(struct test *t)
{
    static const struct known table[] = {{EP_RW, false, true}, {EP_R, false, true}, {EP_W, false, false},
                                         {EP_RW, true, true},  {EP_R, true, false}, {EP_W, true, true}};
    struct ep ep;

    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct known *c = &table[i];
        uint64_t va;
        struct ep_work work;
        uint32_t mark;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        pg_scene(&ep, t, 4, 3);
        va = pg_fresh(&ep);
        ep_map(&ep, 5, va + 2 * 4096, mem_alloc(t, 4096, 4096), 12, c->rights);
        work = c->rights & EP_W ? ep_write_work(5, va + 2 * 4096, 64, 1) : ep_read_work(5, va + 2 * 4096, 64);
        work.record = EP_NO_RECORD;
        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        mark = ep_mark(&ep);
        work = c->write ? ep_write_work(5, va, 4 * 4096, 1) : ep_read_work(5, va, 4 * 4096);
        pg_submit(&ep, 0, &work);
        CHECK_EQ(t, "DEV-PRI-950", c->ends ? 2 : 4, pg_requests(&ep, mark),
                 "messages of a group for %s of four pages, the third being cached with R=%u W=%u",
                 c->write ? "a write" : "a read", c->rights & EP_R ? 1 : 0, c->rights & EP_W ? 1 : 0);
        pg_finish(&ep);
        CHECK_EQ(t, "DEV-PRI-950", 1, ep_wait(&ep, &work).status, "status when all pages are there");
        ep_close(&ep);
    }
}

/* PRICFG.pages of 0 and above 8: one, and eight. */
static void odd_sizes(struct test *t)
{
    static const uint32_t settings[] = {0, 8, 9, 15};
    struct ep ep;

    for (uint32_t i = 0; i < 4; i++) {
        struct ep_work work;
        uint32_t mark, most = settings[i] ? 8 : 1;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        pg_scene(&ep, t, settings[i], 3);
        most = most < pg_capacity(&ep) ? most : pg_capacity(&ep);
        work = ep_read_work(5, pg_fresh(&ep), 16 * 4096);
        mark = ep_mark(&ep);
        pg_submit(&ep, 0, &work);
        CHECK_EQ(t, "DEV-PRI-950", most, of_first(&ep, mark), "messages of a group with PRICFG.pages %u", settings[i]);
        pg_finish(&ep);
        CHECK_EQ(t, "DEV-PRI-950", 1, ep_wait(&ep, &work).status, "status when all pages are there");
        ep_close(&ep);
    }
}

/* What is left of the credit bounds the group. */
static void clipped(struct test *t)
{
    struct ep ep;

    for (uint32_t left = 1; left <= 3; left++) {
        struct ep_work first, second;
        uint32_t mark, index[8];

        if (left > 1)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, true, true);
        ep_ats(&ep, true);
        ep_pri(&ep, 4);
        ep_set(&ep, "BAR0_PRICFG", "GROUP", 8);
        ep_start(&ep, pg_wqs, 4);
        first = (struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = pg_fresh(&ep), .size = 4 - left, .data = {1}};
        pg_submit(&ep, 0, &first);
        mark = ep_mark(&ep);
        second = ep_read_work(5, pg_fresh(&ep), 8 * 4096);
        pg_submit(&ep, 1, &second);
        CHECK_EQ(t, "DEV-PRI-007", left, pg_requests(&ep, mark), "messages of a group of up to 8 with %u credits left", left);
        pg_check_outstanding(&ep, "DEV-PRI-007", 2, 4, "with all credits in use");
        CHECK_EQ(t, "DEV-PRI-006", 2, ep_groups(&ep, index, 8), "groups with their last message");
        pg_finish(&ep);
        CHECK_EQ(t, "DEV-PRI-007", 1, ep_wait(&ep, &second).status, "status when all pages are there");
        pg_check_outstanding(&ep, "DEV-PRI-010", 0, 0, "in the end");
        ep_close(&ep);
    }
}

/* ---- who waits for one ---- */

struct pair {
    uint32_t first, second; /* queues */
    uint32_t ops[2], flags[2];
    bool joined;
};

static void joined(struct test *t)
{
    static const struct pair table[] = {
        {0, 1, {EP_OP_CRC, EP_OP_CRC}, {0, 0}, true},        {0, 1, {EP_OP_FILL, EP_OP_FILL}, {0, 0}, true},
        {0, 1, {EP_OP_FILL, EP_OP_CRC}, {0, 0}, true},       {0, 1, {EP_OP_CRC, EP_OP_FILL}, {0, 0}, false},
        {0, 2, {EP_OP_CRC, EP_OP_CRC}, {0, 0}, false},       {0, 3, {EP_OP_CRC, EP_OP_CRC}, {0, 0}, false},
        {3, 0, {EP_OP_CRC, EP_OP_CRC}, {0, 0}, false},       {0, 1, {EP_OP_CRC, EP_OP_CRC}, {EP_XEXEC, EP_XEXEC}, true},
        {0, 1, {EP_OP_CRC, EP_OP_CRC}, {EP_XEXEC, 0}, true}, {0, 1, {EP_OP_CRC, EP_OP_CRC}, {0, EP_XEXEC}, false},
    };
    struct ep ep;

    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct pair *c = &table[i];
        struct ep_work works[2];
        uint64_t va;
        uint32_t index[8], queues[] = {c->first, c->second};

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        pg_scene(&ep, t, 1, 3);
        if ((c->flags[0] | c->flags[1]) & EP_XEXEC && !ep_get(&ep, "CFG_PASID_CTL", "EXEC")) {
            ep_close(&ep);
            continue;
        }
        va = pg_fresh(&ep);
        for (uint32_t n = 0; n < 2; n++) {
            works[n] = c->ops[n] == EP_OP_CRC ? ep_read_work(pg_spaces[queues[n]], va + 64 * n, 64)
                                              : ep_write_work(pg_spaces[queues[n]], va + 64 * n, 64, 1);
            works[n].flags = c->flags[n];
            pg_submit(&ep, queues[n], &works[n]);
        }
        CHECK_EQ(t, "DEV-PRI-951", c->joined ? 1 : 2, ep_groups(&ep, index, 8), "groups of two works for one page, pair %u", i);
        pg_finish(&ep);
        for (uint32_t n = 0; n < 2; n++)
            CHECK_EQ(t, "DEV-PRI-951", 1, ep_wait(&ep, &works[n]).status, "status of work %u of pair %u", n, i);
        pg_check_outstanding(&ep, "DEV-PRI-951", 0, 0, "in the end");
        ep_close(&ep);
    }
}

/* Several lines of one work wait for one page, and work waits for any page of a group. */
static void one_work(struct test *t)
{
    struct ep ep;
    struct ep_work works[2];
    uint32_t index[8];
    uint64_t va;

    pg_scene(&ep, t, 4, 3);
    va = pg_fresh(&ep);
    works[0] = ep_read_work(5, va, 4 * 4096);
    pg_submit(&ep, 0, &works[0]);
    CHECK_EQ(t, "DEV-PRI-951", 1, ep_groups(&ep, index, 8), "groups of one read of four pages");
    for (uint32_t page = 1; page < 4; page++) {
        works[1] = ep_read_work(5, va + 4096 * page, 64);
        pg_submit(&ep, 1, &works[1]);
        CHECK_EQ(t, "DEV-PRI-951", 1, ep_groups(&ep, index, 8), "groups with a read of page %u besides", page);
        CHECK_EQ(t, "DEV-PRI-951", 4, pg_requests(&ep, 0), "messages");
        if (page < 3)
            (void)ep_command(&ep, EP_CMD_ABORT_WQ, 2);
    }
    pg_finish(&ep);
    for (uint32_t n = 0; n < 2; n++)
        CHECK_EQ(t, "DEV-PRI-951", 1, ep_wait(&ep, &works[n]).status, "status of work %u", n);
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("groups.on_demand", on_demand, "DEV-DMA-951 DEV-PRI-007 DEV-PRI-010", "&ATS&PASID&PRI",
          "PAGEREQ asks for the pages named and records the response"),
    SENDS("groups.failure_code", failure_code, "DEV-DMA-951", "&ATS&PASID&PRI", "A response code is recorded as it came"),
    SENDS("groups.composition", composition, "DEV-PRI-950 DEV-PRI-003", "&ATS&PASID&PRI",
          "A group has the pages that the operand needs next"),
    SENDS("groups.list_and_record", list_and_record, "DEV-PRI-950 DEV-PRI-003", "&ATS&PASID&PRI",
          "Lists and records are asked for too"),
    SENDS("groups.known_pages", known_pages, "DEV-PRI-950", "&ATS&PASID&PRI", "Pages that the cache has are not asked for"),
    SENDS("groups.odd_sizes", odd_sizes, "DEV-PRI-950", "&ATS&PASID&PRI", "A group has one page to eight"),
    SENDS("groups.clipped", clipped, "DEV-PRI-007 DEV-PRI-006 DEV-PRI-010", "&ATS&PASID&PRI&!SERIAL",
          "What is left of the credit bounds a group"),
    SENDS("groups.joined", joined, "DEV-PRI-951", "&ATS&PASID&PRI&!SERIAL", "A page is asked for once, in each space"),
    SENDS("groups.one_work", one_work, "DEV-PRI-951", "&ATS&PASID&PRI&!SERIAL", "Any page of a group can be waited for"),
};

LIST(ep_groups_cases, cases);
