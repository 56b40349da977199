/* SPDX-License-Identifier: BSD-2-Clause */
/* Page request groups: which pages are in one, who waits for it, its index, its credits, its end. */
#include "pasid_device_chapters.h"

static const struct ep_wq wqs[] = {{.size = 2, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5},
                                   {.size = 2, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5},
                                   {.size = 2, .priority = 1, .bof = true, .pasid_en = true, .pasid = 6},
                                   {.size = 2, .priority = 1, .bof = true}};
static const uint32_t spaces[] = {5, 5, 6, EP_NONE};

static void scene(struct ep *ep, struct test *t, uint32_t pages, uint32_t retry)
{
    ep_open(ep, t);
    ep_all(ep);
    ep_set(ep, "BAR0_PRICFG", "GROUP", pages);
    ep_set(ep, "BAR0_PRICFG", "RETRY", retry);
    ep_start(ep, wqs, 4);
}

static uint64_t fresh(struct ep *ep)
{
    uint64_t va = ep->next_va;

    ep->next_va += 0x40000;
    return va;
}

static void submit(struct ep *ep, uint32_t wq, struct ep_work *work)
{
    work->flags |= EP_BOF;
    (void)ep_submit(ep, wq, work);
    (void)test_settle(ep->t);
}

static const struct iotb_message *request(struct ep *ep, uint32_t mark, uint32_t n)
{
    static const struct iotb_message none;
    const struct ep_event *event = ep_message(ep, mark, IOTB_MSG_PAGE_REQUEST, n);

    return event ? &event->message : &none;
}

static uint32_t requests(struct ep *ep, uint32_t mark)
{
    return ep_message_count(ep, mark, IOTB_MSG_PAGE_REQUEST);
}

static uint32_t capacity(struct ep *ep)
{
    return (uint32_t)ep_read(ep, "CFG_PRI_CAPACITY");
}

static void map_and_respond(struct ep *ep, uint32_t index)
{
    struct ep_group *group = &ep->groups[index];

    for (uint32_t n = 0; n < group->messages; n++)
        if (!ep_find(ep, group->space, group->pages[n]))
            ep_map(ep, group->space, group->pages[n], mem_alloc(ep->t, 4096, 4096), 12, EP_RW | EP_X);
        else
            ep_find(ep, group->space, group->pages[n])->rights = EP_RW | EP_X;
    ep_respond(ep, index, 0);
    (void)test_settle(ep->t);
}

/* Answers what waits, and what comes of it, until nothing waits. */
static void finish(struct ep *ep)
{
    uint32_t index[32];

    for (uint32_t round = 0; round < 64 && ep_groups(ep, index, 32); round++)
        map_and_respond(ep, index[0]);
}

static void check_outstanding(struct ep *ep, const char *row, uint32_t groups, uint32_t messages, const char *what)
{
    CHECK_EQ(ep->t, row, groups, ep_get(ep, "BAR0_PRISTS", "GROUPS"), "groups outstanding %s", what);
    CHECK_EQ(ep->t, row, messages, ep_get(ep, "BAR0_PRISTS", "MESSAGES"), "messages outstanding %s", what);
}

/* ---- PAGEREQ ---- */

static void on_demand(struct test *t)
{
    struct ep ep;

    scene(&ep, t, 8, 0);
    for (uint32_t i = 0; i < 24; i++) {
        uint32_t pages = 1 + i % 8, rights = 1 + i / 8, wq = i % 4, mark = ep_mark(&ep), most = capacity(&ep), index[8];
        static const uint32_t codes[] = {0, 1, 0};
        uint32_t code = codes[i % 3];
        uint64_t va = fresh(&ep) + (i & 1 ? 0xabc : 0), early, late, ticks;
        struct ep_work work = {.op = EP_OP_PAGEREQ, .space = spaces[wq], .src = va, .size = pages, .data = {rights}};
        struct ep_result result;

        most = pages < most ? pages : most;
        early = ep_read(&ep, "BAR0_TICK");
        submit(&ep, wq, &work);
        CHECK_EQ(t, "DEV-DMA-951", most, requests(&ep, mark), "messages for %u pages", pages);
        for (uint32_t n = 0; n < most; n++) {
            const struct iotb_message *message = request(&ep, mark, n);

            CHECK_EQ(t, "DEV-DMA-951", (va & ~0xfffull) + 4096 * n, message->address, "page %u of %u", n, pages);
            CHECK_EQ(t, "DEV-DMA-951", rights, (uint32_t)message->read | (uint32_t)message->write << 1, "its R and W");
            CHECK_EQ(t, "DEV-DMA-951", 0, message->flags & IOTB_RQ_EXECUTE, "its Execute");
        }
        if (!CHECK(t, "DEV-DMA-951", ep_groups(&ep, index, 8) == 1, "not one group waits"))
            break;
        check_outstanding(&ep, "DEV-PRI-007", 1, most, "for a group of its own");
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
        check_outstanding(&ep, "DEV-PRI-010", 0, 0, "after the response");
    }
    ep_close(&ep);
}

/* Response Failure, and codes that count as such, stand in the record as they came. */
static void failure_code(struct test *t)
{
    struct ep ep;

    scene(&ep, t, 1, 0);
    for (uint32_t code = 2; code < 16; code++) {
        uint32_t index[8];
        struct ep_work work = {.op = EP_OP_PAGEREQ, .space = 5, .src = fresh(&ep), .size = 1, .data = {1}};

        submit(&ep, 0, &work);
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

    for (uint32_t n = 0; n < requests(ep, mark); n++)
        count += request(ep, mark, n)->group_index == request(ep, mark, 0)->group_index;
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
        scene(&ep, t, most, 3);
        va = fresh(&ep) + c->offset;
        other = ep_buffer(&ep, 5, 9 * 4096, EP_RW);
        work.src = c->destination ? other : va;
        work.dst = c->destination ? va : other;
        if (c->op == EP_OP_FILL)
            work.src = 0;
        first = va & ~0xfffull;
        last = (va + c->bytes - 1) & ~0xfffull;
        expected = (uint32_t)((last - first) / 4096) + 1;
        expected = expected < most ? expected : most;
        expected = expected < capacity(&ep) ? expected : capacity(&ep);
        mark = ep_mark(&ep);
        submit(&ep, 0, &work);
        CHECK_EQ(t, "DEV-PRI-950", expected, of_first(&ep, mark),
                 "messages for %u bytes at offset %u, at most %u pages in a group", c->bytes, c->offset, most);
        for (uint32_t n = 0; n < expected; n++) {
            CHECK_EQ(t, "DEV-PRI-950", first + 4096 * n, request(&ep, mark, n)->address, "page %u of the group", n);
            CHECK_EQ(t, "DEV-PRI-003", c->write, request(&ep, mark, n)->write, "its W, operation 0x%02x", c->op);
            CHECK_EQ(t, "DEV-PRI-003", !c->write, request(&ep, mark, n)->read, "its R");
        }
        finish(&ep);
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

    scene(&ep, t, 8, 3);
    list = fresh(&ep) + 4096 - 64;
    work = (struct ep_work){.op = EP_OP_BATCH, .space = 5, .src = list, .size = 3};
    mark = ep_mark(&ep);
    submit(&ep, 0, &work);
    CHECK_EQ(t, "DEV-PRI-950", 2, requests(&ep, mark), "messages for a list over two pages");
    CHECK_EQ(t, "DEV-PRI-950", list & ~0xfffull, request(&ep, mark, 0)->address, "the first page");
    CHECK_EQ(t, "DEV-PRI-950", (list & ~0xfffull) + 4096, request(&ep, mark, 1)->address, "the second page");
    finish(&ep);
    CHECK_EQ(t, "DEV-PRI-950", 1, ep_wait(&ep, &work).status, "status of the batch");
    work = (struct ep_work){.op = EP_OP_NOP, .space = 5, .record = fresh(&ep) + 4064, .flags = EP_RCR};
    mark = ep_mark(&ep);
    submit(&ep, 0, &work);
    CHECK_EQ(t, "DEV-PRI-950", 1, requests(&ep, mark), "messages for a record");
    CHECK_EQ(t, "DEV-PRI-003", 1, request(&ep, mark, 0)->write, "its W");
    finish(&ep);
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
        scene(&ep, t, 4, 3);
        va = fresh(&ep);
        ep_map(&ep, 5, va + 2 * 4096, mem_alloc(t, 4096, 4096), 12, c->rights);
        work = c->rights & EP_W ? ep_write_work(5, va + 2 * 4096, 64, 1) : ep_read_work(5, va + 2 * 4096, 64);
        work.record = EP_NO_RECORD;
        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        mark = ep_mark(&ep);
        work = c->write ? ep_write_work(5, va, 4 * 4096, 1) : ep_read_work(5, va, 4 * 4096);
        submit(&ep, 0, &work);
        CHECK_EQ(t, "DEV-PRI-950", c->ends ? 2 : 4, requests(&ep, mark),
                 "messages of a group for %s of four pages, the third being cached with R=%u W=%u",
                 c->write ? "a write" : "a read", c->rights & EP_R ? 1 : 0, c->rights & EP_W ? 1 : 0);
        finish(&ep);
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
        scene(&ep, t, settings[i], 3);
        most = most < capacity(&ep) ? most : capacity(&ep);
        work = ep_read_work(5, fresh(&ep), 16 * 4096);
        mark = ep_mark(&ep);
        submit(&ep, 0, &work);
        CHECK_EQ(t, "DEV-PRI-950", most, of_first(&ep, mark), "messages of a group with PRICFG.pages %u", settings[i]);
        finish(&ep);
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
        ep_start(&ep, wqs, 4);
        first = (struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = fresh(&ep), .size = 4 - left, .data = {1}};
        submit(&ep, 0, &first);
        mark = ep_mark(&ep);
        second = ep_read_work(5, fresh(&ep), 8 * 4096);
        submit(&ep, 1, &second);
        CHECK_EQ(t, "DEV-PRI-007", left, requests(&ep, mark), "messages of a group of up to 8 with %u credits left", left);
        check_outstanding(&ep, "DEV-PRI-007", 2, 4, "with all credits in use");
        CHECK_EQ(t, "DEV-PRI-006", 2, ep_groups(&ep, index, 8), "groups with their last message");
        finish(&ep);
        CHECK_EQ(t, "DEV-PRI-007", 1, ep_wait(&ep, &second).status, "status when all pages are there");
        check_outstanding(&ep, "DEV-PRI-010", 0, 0, "in the end");
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
        scene(&ep, t, 1, 3);
        if ((c->flags[0] | c->flags[1]) & EP_XEXEC && !ep_get(&ep, "CFG_PASID_CTL", "EXEC")) {
            ep_close(&ep);
            continue;
        }
        va = fresh(&ep);
        for (uint32_t n = 0; n < 2; n++) {
            works[n] = c->ops[n] == EP_OP_CRC ? ep_read_work(spaces[queues[n]], va + 64 * n, 64)
                                              : ep_write_work(spaces[queues[n]], va + 64 * n, 64, 1);
            works[n].flags = c->flags[n];
            submit(&ep, queues[n], &works[n]);
        }
        CHECK_EQ(t, "DEV-PRI-951", c->joined ? 1 : 2, ep_groups(&ep, index, 8), "groups of two works for one page, pair %u", i);
        finish(&ep);
        for (uint32_t n = 0; n < 2; n++)
            CHECK_EQ(t, "DEV-PRI-951", 1, ep_wait(&ep, &works[n]).status, "status of work %u of pair %u", n, i);
        check_outstanding(&ep, "DEV-PRI-951", 0, 0, "in the end");
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

    scene(&ep, t, 4, 3);
    va = fresh(&ep);
    works[0] = ep_read_work(5, va, 4 * 4096);
    submit(&ep, 0, &works[0]);
    CHECK_EQ(t, "DEV-PRI-951", 1, ep_groups(&ep, index, 8), "groups of one read of four pages");
    for (uint32_t page = 1; page < 4; page++) {
        works[1] = ep_read_work(5, va + 4096 * page, 64);
        submit(&ep, 1, &works[1]);
        CHECK_EQ(t, "DEV-PRI-951", 1, ep_groups(&ep, index, 8), "groups with a read of page %u besides", page);
        CHECK_EQ(t, "DEV-PRI-951", 4, requests(&ep, 0), "messages");
        if (page < 3)
            (void)ep_command(&ep, EP_CMD_ABORT_WQ, 2);
    }
    finish(&ep);
    for (uint32_t n = 0; n < 2; n++)
        CHECK_EQ(t, "DEV-PRI-951", 1, ep_wait(&ep, &works[n]).status, "status of work %u", n);
    ep_close(&ep);
}

/* ---- indices ---- */

static void index_order(struct test *t)
{
    struct ep ep;

    for (uint32_t zero = 0; zero < 2; zero++) {
        uint32_t last = 0;

        if (zero)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_all(&ep);
        ep_set(&ep, "BAR0_PRICFG", "GROUP", 1);
        ep_set(&ep, "BAR0_PRICFG", "USE_INDEX_0", zero);
        ep_start(&ep, wqs, 4);
        ep.pages = EP_PAGES_INVALID;
        for (uint32_t i = 0; i < 1030; i++) {
            uint32_t mark = ep_mark(&ep), index;
            struct ep_work work = {
                .op = EP_OP_PAGEREQ, .space = 5, .src = 0x300000000ull, .size = 1, .data = {1}, .record = EP_NO_RECORD};

            submit(&ep, 0, &work);
            index = request(&ep, mark, 0)->group_index;
            if (!CHECK(t, "DEV-PRI-952", index == (i ? last == 511 ? !zero : last + 1 : !zero), "index %u follows %u, 0 being %s",
                       index, last, zero ? "in use" : "not in use"))
                break;
            last = index;
        }
        ep_close(&ep);
    }
}

/* Indices of groups that wait are passed over, and no other. */
static void index_live(struct test *t)
{
    struct ep ep;
    uint32_t live[] = {1, 2, 4, 511}, last = 0, held = 0;

    ep_open(&ep, t);
    ep_all(&ep);
    ep_set(&ep, "BAR0_PRICFG", "GROUP", 1);
    ep_start(&ep, wqs, 4);
    if (capacity(&ep) < 5)
        test_skip(t, "needs five page requests at a time");
    for (uint32_t i = 1; i < 1100; i++) {
        uint32_t mark = ep_mark(&ep), index, expected = i <= 511 ? i : last >= 510 ? 3 : last == 3 ? 5 : last + 1;
        struct ep_work work = {
            .op = EP_OP_PAGEREQ, .space = 5, .src = fresh(&ep), .size = 1, .data = {1}, .record = EP_NO_RECORD};

        submit(&ep, 0, &work);
        index = request(&ep, mark, 0)->group_index;
        if (!CHECK_EQ(t, "DEV-PRI-952", expected, index, "index of group %u, after %u, with 1, 2, 4 and 511 waiting", i, last))
            break;
        last = index;
        if (held < 4 && index == live[held]) { /* its work is given up, the index stays */
            held++;
            (void)ep_command(&ep, EP_CMD_ABORT_ALL, 0);
        } else {
            ep_respond(&ep, index, 1);
            (void)test_settle(t);
        }
        ep.next_va = 0x0000456700000000ull + 0x100000ull * (i % 64);
    }
    check_outstanding(&ep, "DEV-PRI-952", 4, 4, "in the end");
    ep_close(&ep);
}

/* ---- ends ---- */

static void retries(struct test *t)
{
    struct ep ep;

    for (uint32_t retry = 0; retry < 4; retry++)
        for (uint32_t good = 0; good <= retry + 1; good++) { /* the page comes with this response */
            struct ep_work work;
            uint32_t index[8], count = 0;

            if (retry || good)
                test_reset(t, IOTB_RESET_COLD);
            scene(&ep, t, 1, retry);
            work = ep_read_work(5, fresh(&ep), 64);
            submit(&ep, 0, &work);
            while (ep_groups(&ep, index, 8) == 1 && count < 10) {
                if (count == good)
                    ep_map(&ep, 5, work.src, mem_alloc(t, 4096, 4096), 12, EP_RW);
                ep_respond(&ep, index[0], 0);
                count++;
                (void)test_settle(t);
            }
            CHECK_EQ(t, "DEV-PRI-012", good <= retry ? 1 : 3, ep_wait(&ep, &work).status,
                     "status with %u retries, the page coming with response %u", retry, good + 1);
            CHECK_EQ(t, "DEV-PRI-012", good <= retry ? good + 1 : retry + 1, count, "page requests");
            ep_close(&ep);
        }
}

/* The reset of a device or of PRI, an abort, and Response Failure: what becomes of index and credit. */
static void given_up(struct test *t)
{
    enum { ABORTED, DEVICE_RESET, PRI_RESET, FAILED, WAYS };
    struct ep ep;

    for (uint32_t way = 0; way < WAYS; way++) {
        struct ep_work works[2];
        uint32_t index[8], mark;
        bool kept = way == ABORTED || way == DEVICE_RESET;

        if (way)
            test_reset(t, IOTB_RESET_COLD);
        scene(&ep, t, 2, 0);
        for (uint32_t i = 0; i < 2; i++) {
            works[i] = (struct ep_work){.op = EP_OP_PAGEREQ, .space = i ? 6 : 5, .src = fresh(&ep), .size = 2, .data = {1}};
            submit(&ep, i ? 2 : 0, &works[i]);
        }
        if (!CHECK(t, "DEV-PRI-953", ep_groups(&ep, index, 8) == 2, "not two groups wait"))
            break;
        check_outstanding(&ep, "DEV-PRI-953", 2, 4, "before");
        if (way == ABORTED || way == FAILED) /* of the first, nobody waits any more */
            CHECK_EQ(t, "DEV-PRI-953", 0, ep_command(&ep, EP_CMD_ABORT_PASID, 5), "error of ABORT_PASID");
        if (way == DEVICE_RESET)
            CHECK_EQ(t, "DEV-PRI-953", 0, ep_command(&ep, EP_CMD_RESET, 0), "error of RESET_DEVICE");
        if (way == PRI_RESET) {
            ep_set(&ep, "CFG_PRI_CTL", "ENABLE", 0);
            ep_set(&ep, "CFG_PRI_CTL", "RESET", 1);
        }
        if (way == FAILED)
            ep_respond(&ep, index[1], 15);
        (void)test_settle(t);
        check_outstanding(&ep, kept ? "DEV-DRN-004" : "DEV-PRI-953", kept ? 2 : 0, kept ? 4 : 0, "afterwards");
        for (uint32_t i = 0; i < 2; i++)
            CHECK_EQ(t, "DEV-PRI-953", i ? way == PRI_RESET || way == FAILED : way == PRI_RESET, ep_result(&ep, &works[i]).done,
                     "work %u has ended, way %u", i, way);
        mark = ep_mark(&ep);
        if (kept) {
            ep_respond(&ep, index[0], 0);
            (void)test_settle(t);
            check_outstanding(&ep, "DEV-DRN-004", 1, 2, "after the first late response");
            CHECK_EQ(t, "DEV-DRN-004", 0, ep_get(&ep, "CFG_PRI_CTL", "UPRGI"), "UPRGI after it");
            ep_respond(&ep, index[1], 1);
            (void)test_settle(t);
            check_outstanding(&ep, "DEV-DRN-004", 0, 0, "after the second");
            CHECK_EQ(t, "DEV-DRN-004", 0, ep_get(&ep, "CFG_PRI_CTL", "UPRGI"), "UPRGI after it");
            if (way == ABORTED)
                CHECK_EQ(t, "DEV-DRN-004", 4, ep_wait(&ep, &works[1]).status, "status of the work that was not aborted");
        } else {
            for (uint32_t i = 0; i < 512; i++)
                ep.groups[i].outstanding = false;
            ep.page_messages = 0;
            ep_pri(&ep, 16);
            check_outstanding(&ep, "DEV-PRI-953", 0, 0, "after PRI was enabled again");
            works[0] = (struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = fresh(&ep), .size = 2, .data = {1}};
            submit(&ep, 0, &works[0]);
            CHECK_EQ(t, "DEV-PRI-953", 2, requests(&ep, mark), "messages of the next work");
            finish(&ep);
            CHECK_EQ(t, "DEV-PRI-953", 1, ep_wait(&ep, &works[0]).status, "its status");
        }
        ep_close(&ep);
    }
}

/* DRAIN_PASID waits for responses to work that is long gone, of its PASID. */
static void drained(struct test *t)
{
    struct ep ep;
    struct ep_work works[4];
    uint32_t index[8];

    scene(&ep, t, 1, 0);
    for (uint32_t i = 0; i < 4; i++) { /* PASIDs 6, 5, none and 5 in the slots */
        static const uint32_t queues[] = {2, 0, 3, 1};

        works[i] = (struct ep_work){
            .op = EP_OP_PAGEREQ, .space = spaces[queues[i]], .src = fresh(&ep), .size = 1, .data = {1}, .flags = EP_BOF};
        submit(&ep, queues[i], &works[i]);
        CHECK_EQ(t, "DEV-PRI-022", 0, ep_command(&ep, EP_CMD_ABORT_ALL, 0), "error of ABORT_ALL");
    }
    if (!CHECK(t, "DEV-PRI-022", ep_groups(&ep, index, 8) == 4, "not four groups wait"))
        return;
    CHECK_EQ(t, "DEV-PRI-022", 0, ep_command(&ep, EP_CMD_DRAIN_PASID, 7), "error of draining a PASID without groups");
    ep_command_begin(&ep, EP_CMD_DRAIN_PASID, 5);
    for (uint32_t i = 0; i < 4; i++) {
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-PRI-022", i < 2, ep_command_active(&ep), "DRAIN_PASID runs, %u of its responses being missing", 2 - i);
        ep_respond(&ep, index[i < 2 ? 3 - 2 * i : i == 2 ? 0 : 2], 0);
    }
    (void)test_settle(t);
    check_outstanding(&ep, "DEV-DRN-004", 0, 0, "in the end");
    ep_close(&ep);
}

/* What nobody waits for any more does not time out. */
static void no_deadline(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t timed_out;
    uint32_t index[8];

    scene(&ep, t, 1, 0);
    ep_set(&ep, "BAR0_TIMEOUT", "PRG", 2000);
    timed_out = ep_counter(&ep, 31);
    work = (struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = fresh(&ep), .size = 1, .data = {1}, .flags = EP_BOF};
    (void)ep_submit(&ep, 0, &work);
    test_run(t, 200000);
    CHECK_EQ(t, "DEV-DRN-004", 0, ep_command(&ep, EP_CMD_ABORT_ALL, 0), "error of ABORT_ALL");
    test_run(t, 10000000);
    CHECK_EQ(t, "DEV-DRN-004", timed_out, ep_counter(&ep, 31), "groups counted as timed out");
    check_outstanding(&ep, "DEV-DRN-004", 1, 1, "of work that was aborted");
    if (CHECK(t, "DEV-DRN-004", ep_groups(&ep, index, 8) == 1, "no group waits"))
        ep_respond(&ep, index[0], 0);
    (void)test_settle(t);
    check_outstanding(&ep, "DEV-DRN-004", 0, 0, "after the late response");
    ep_close(&ep);
}

/* Each group has a deadline of its own, and none without the time. */
static void deadlines(struct test *t)
{
    struct ep ep;
    struct ep_work works[3], again;
    uint64_t began;
    uint32_t index[8], first = 0;

    scene(&ep, t, 1, 3);
    for (uint32_t i = 0; i < 3; i++) { /* never; in 2000 ticks; in 2000 ticks, a thousand later */
        if (i == 1)
            ep_set(&ep, "BAR0_TIMEOUT", "PRG", 2000);
        works[i] = ep_read_work(i == 2 ? 6 : 5, fresh(&ep), 64);
        works[i].flags = EP_BOF;
        if (i == 2) {
            began = ep_read(&ep, "BAR0_TICK");
            while (ep_read(&ep, "BAR0_TICK") < began + 1000)
                test_run(t, 100000);
        }
        (void)ep_submit(&ep, i, &works[i]);
        if (i < 2)
            test_run(t, 200000);
    }
    if (ep_get(&ep, "BAR0_ENGCAP", "ENGINES") < 3) { /* the third waits for an engine */
        CHECK(t, "DEV-PRI-024", !ep_result(&ep, &works[1]).done, "a group times out before its time");
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-PRI-024", 0x47, ep_wait(&ep, &works[1]).status, "status of the group that timed out");
    } else {
        test_run(t, 1200000);
        CHECK_EQ(t, "DEV-PRI-024", 0x47, ep_result(&ep, &works[1]).status, "status of the group that timed out");
        CHECK(t, "DEV-PRI-024", !ep_result(&ep, &works[2]).done, "a group times out before its time");
    }
    (void)test_settle(t);
    test_run(t, 10000000);
    CHECK_EQ(t, "DEV-PRI-024", 0x47, ep_wait(&ep, &works[2]).status, "status of the next that timed out");
    CHECK(t, "DEV-PRI-024", !ep_result(&ep, &works[0]).done, "a group of before the time was set times out");
    CHECK_EQ(t, "DEV-PRI-024", 3, ep_groups(&ep, index, 8), "groups that wait for a response");
    for (uint32_t i = 0; i < 3; i++)
        first = ep.groups[index[i]].message.address == works[1].src ? index[i] : first;
    check_outstanding(&ep, "DEV-PRI-024", 3, 3, "of which two have timed out");
    ep_set(&ep, "BAR0_TIMEOUT", "PRG", 0);
    again = ep_read_work(5, works[1].src, 64); /* nobody can wait for what has timed out */
    submit(&ep, 1, &again);
    CHECK_EQ(t, "DEV-PRI-951", 4, ep_groups(&ep, index, 8), "groups with another for the page that timed out");
    for (uint32_t i = 0; i < 4; i++)
        if (ep.groups[index[i]].message.address == works[1].src && index[i] != first)
            ep_respond(&ep, index[i], 1);
    CHECK_EQ(t, "DEV-PRI-951", 4, ep_wait(&ep, &again).status, "status of the work that asked again");
    CHECK_EQ(t, "DEV-PRI-024", 3, ep_groups(&ep, index, 8), "groups that wait for a response");
    for (uint32_t i = 0; i < 3; i++)
        ep_respond(&ep, index[i], 1);
    CHECK_EQ(t, "DEV-PRI-024", 4, ep_wait(&ep, &works[0]).status, "status of the one that waits for ever");
    check_outstanding(&ep, "DEV-PRI-024", 0, 0, "in the end");
    CHECK_EQ(t, "DEV-PRI-024", 0, ep_get(&ep, "CFG_PRI_CTL", "UPRGI"), "UPRGI");
    ep_close(&ep);
}

/* A response is matched by index and, in strict mode, PASID. */
static void lenient(struct test *t)
{
    struct ep ep;

    for (uint32_t code = 0; code < 2; code++)
        for (uint32_t way = 0; way < 2; way++) {
            uint32_t index[8];
            struct ep_work work;

            if (code || way)
                test_reset(t, IOTB_RESET_COLD);
            ep_open(&ep, t);
            ep_all(&ep);
            ep_set(&ep, "BAR0_PRICFG", "STRICT", 0);
            ep_start(&ep, wqs, 4);
            work = (struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = fresh(&ep), .size = 1, .data = {1}};
            submit(&ep, 0, &work);
            if (!CHECK(t, "DEV-PRI-954", ep_groups(&ep, index, 8) == 1, "no group waits"))
                break;
            ep_respond_as(&ep, index[0], code, way ? 9 : EP_NONE);
            ep.groups[index[0]].outstanding = false;
            ep.page_messages = 0;
            CHECK_EQ(t, "DEV-PRI-954", code ? 4 : 1, ep_wait(&ep, &work).status, "status after code %u under another PASID",
                     code);
            ep_close(&ep);
        }
}

/* In marker mode a drain cuts the waits of its PASID, and of what was there when it began. */
static void cut(struct test *t)
{
    struct ep ep;
    struct ep_work works[3], held;
    uint32_t rule, index[8], count, others;

    ep_open(&ep, t);
    ep_all(&ep);
    ep_set(&ep, "BAR0_PRICFG", "MARKER", 1);
    ep_start(&ep, wqs, 4);
    others = ep_get(&ep, "BAR0_ENGCAP", "ENGINES") > 2; /* else no engine is left for later work */
    works[0] = ep_read_work(6, fresh(&ep), 64);
    if (others)
        submit(&ep, 2, &works[0]);
    held = ep_read_work(5, ep_buffer(&ep, 5, 4096, EP_RW), 64);
    rule = ep_rule(&ep, EP_READ, held.src, held.src + 63, EP_HOLD, 0, UINT32_MAX);
    (void)ep_submit(&ep, 0, &held);
    (void)test_settle(t);
    ep_command_begin(&ep, EP_CMD_DRAIN_PASID, 5);
    (void)test_settle(t);
    CHECK(t, "DEV-PRI-020", ep_command_active(&ep), "the drain is over with work of its PASID held");
    CHECK_EQ(t, "DEV-PRI-020", 0, ep.stop_markers, "Stop Markers before it is over");
    works[1] = ep_read_work(5, fresh(&ep), 64); /* came later: not the drain's */
    submit(&ep, 1, &works[1]);
    ep_release(&ep, rule);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-PRI-020", 1, ep_wait(&ep, &held).status, "status of the work held");
    CHECK(t, "DEV-PRI-020", !ep_command_active(&ep), "the drain does not end");
    CHECK_EQ(t, "DEV-PRI-020", 1, ep.stop_markers, "Stop Markers");
    ep.stopped_count = 0; /* the later work is new work */
    CHECK(t, "DEV-DRN-002", !ep_result(&ep, &works[0]).done, "the wait of another PASID was cut");
    CHECK(t, "DEV-DRN-001", !ep_result(&ep, &works[1]).done, "the wait of later work was cut: status 0x%02x",
          ep_result(&ep, &works[1]).status);
    count = ep_groups(&ep, index, 8);
    for (uint32_t i = 0; i < count; i++)
        map_and_respond(&ep, index[i]);
    finish(&ep);
    for (uint32_t i = !others; i < 2; i++)
        CHECK_EQ(t, "DEV-DRN-002", 1, ep_wait(&ep, &works[i]).status, "status of work %u in the end", i);
    ep_close(&ep);
}

/* Block on fault takes the descriptor, its queue, and a queue that may ask. */
static void blocking(struct test *t)
{
    struct ep ep;

    for (uint32_t i = 0; i < 8; i++) {
        struct ep_wq wq = {.size = 4, .priority = 1, .pasid_en = true, .pasid = 5, .bof = i & 1, .prs_disable = i & 2};
        bool asks = (i & 1) && !(i & 2) && (i & 4);
        struct ep_work work;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_all(&ep);
        ep_start(&ep, &wq, 1);
        ep.pages = EP_PAGES_MAP;
        work = ep_read_work(5, fresh(&ep), 64);
        work.flags = i & 4 ? EP_BOF : 0;
        CHECK_EQ(t, "DEV-PRI-955", asks ? 1 : 3, ep_run(&ep, 0, &work).status,
                 "status of a fault: block on fault of the queue %u, of the descriptor %u, prs_disable %u", i & 1, i >> 2 & 1,
                 i >> 1 & 1);
        CHECK_EQ(t, "DEV-PRI-955", asks, requests(&ep, 0), "page requests");
        ep_close(&ep);
    }
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
    SENDS("groups.index_order", index_order, "DEV-PRI-952", "&ATS&PASID&PRI", "Indices are counted up, 0 left out"),
    SENDS("groups.index_live", index_live, "DEV-PRI-952", "&ATS&PASID&PRI", "Indices of groups that wait are passed over"),
    SENDS("groups.retries", retries, "DEV-PRI-012", "&ATS&PASID&PRI", "Success is believed as often as PRICFG.retry says"),
    SENDS("groups.given_up", given_up, "DEV-PRI-953 DEV-DRN-004", "&ATS&PASID&PRI&!SERIAL",
          "Index and credit of a group that nobody waits for"),
    SENDS("groups.drained", drained, "DEV-PRI-022 DEV-DRN-004", "&ATS&PASID&PRI",
          "DRAIN_PASID waits for responses to aborted work"),
    SENDS("groups.no_deadline", no_deadline, "DEV-DRN-004", "&ATS&PASID&PRI", "What was given up does not time out"),
    SENDS("groups.deadlines", deadlines, "DEV-PRI-024 DEV-PRI-951", "&ATS&PASID&PRI&!SERIAL", "Each group has its own deadline"),
    SENDS("groups.lenient", lenient, "DEV-PRI-954", "&ATS&PASID&PRI", "Without strict mode any PASID answers"),
    SENDS("groups.cut", cut, "DEV-PRI-020 DEV-DRN-002 DEV-DRN-001", "&ATS&PASID&PRI&!SERIAL",
          "A marker cuts the waits of its PASID, of earlier work"),
    SENDS("groups.blocking", blocking, "DEV-PRI-955", "&ATS&PASID&PRI", "Block on fault takes descriptor and queue"),
};

LIST(ep_groups_cases, cases);
