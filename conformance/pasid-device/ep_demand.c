/* SPDX-License-Identifier: BSD-2-Clause */
/* Translations on demand: XLATE, XFETCH, who waits for whose request, what of an answer is kept. */
#include "pasid_device_chapters.h"

#define ANYWHERE 0, UINT64_MAX
enum { NW = 1, EXEC = 2, FILL = 4, ASK = 8 };

static const struct ep_wq wqs[] = {{.size = 2, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5},
                                   {.size = 2, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5},
                                   {.size = 2, .priority = 1, .bof = true, .pasid_en = true, .pasid = 6},
                                   {.size = 2, .priority = 1, .bof = true}};
static const uint32_t spaces[] = {5, 5, 6, EP_NONE};

/* An aligned region of 4 MiB of its own. */
static uint64_t fresh(struct ep *ep)
{
    uint64_t va = (ep->next_va + 0x3fffff) & ~0x3fffffull;

    ep->next_va = va + 0x400000;
    return va;
}

static struct ep_work xlate(uint32_t wq, uint64_t va, uint32_t count, uint32_t options)
{
    return (struct ep_work){.op = EP_OP_XLATE, .space = spaces[wq], .src = va, .size = count, .data = {options}};
}

/* One page after the other in a space, each with its own memory. */
static void map_pages(struct ep *ep, uint32_t space, uint64_t va, uint32_t count, uint32_t size_lg2, uint32_t rights)
{
    for (uint32_t i = 0; i < count; i++)
        ep_map(ep, space, va + ((uint64_t)i << size_lg2), mem_alloc(ep->t, 1ull << size_lg2, 1ull << size_lg2), size_lg2, rights);
}

static const struct iotb_request *treq(struct ep *ep, uint32_t mark, uint64_t va)
{
    static const struct iotb_request none;
    const struct ep_event *event = ep_event(ep, mark, EP_TREQ, va & ~0xfffull, va | 0xfff, 0);

    return event ? &event->tlp : &none;
}

/* ---- XLATE ---- */

static void options(struct test *t)
{
    struct ep ep;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 4);
    ep_require_entries(&ep, 4);
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t wq = i & 1 ? 3 : 0, chosen = i >> 1 & 7, count = i < 32 ? 1 : 3, mark, space = spaces[wq];
        uint64_t va = fresh(&ep);
        struct ep_work work = xlate(wq, va + 0x123, count, chosen);
        bool exec = chosen & EXEC && space != EP_NONE && ep_get(&ep, "CFG_PASID_CTL", "EXEC");

        map_pages(&ep, space, va, 4, 12, EP_RW | EP_X);
        mark = ep_mark(&ep);
        ep_expect(&ep, "DEV-DMA-952", wq, &work, 1, "a translation");
        CHECK_EQ(t, "DEV-DMA-952", 1, ep_count(&ep, mark, EP_TREQ, va, va + 0x3fff), "translation requests");
        CHECK_EQ(t, "DEV-DMA-952", 8 * count, treq(&ep, mark, va)->bytes, "bytes of its request");
        CHECK_EQ(t, "DEV-DMA-952", !!(chosen & NW), !!(treq(&ep, mark, va)->flags & IOTB_RQ_NO_WRITE), "NW, options %u", chosen);
        CHECK_EQ(t, "DEV-DMA-952", exec, !!(treq(&ep, mark, va)->flags & IOTB_RQ_EXECUTE), "Execute, options %u", chosen);
        CHECK_EQ(t, "DEV-DMA-952", 0, ep_count(&ep, mark, EP_DATA, va, va + 0x3fff), "requests to the page");
        for (uint32_t n = 0; n < 4; n++)
            CHECK_EQ(t, "DEV-DMA-952", chosen & FILL && n < count, ep_cached(&ep, wq, space, va + 4096 * n),
                     "page %u of %u is kept, options %u", n, count, chosen);
        (void)ep_invalidate(&ep, EP_NONE, 0, 64);
        ep.map_count = ep.map_count > 200 ? 0 : ep.map_count;
        if (!ep.map_count)
            ep.record_pages = 0;
    }
    ep_close(&ep);
}

static void check_record(struct ep *ep, const struct ep_result *result, uint32_t rights, uint32_t size_lg2, uint32_t got)
{
    CHECK_EQ(ep->t, "DEV-DMA-952", rights, result->data[0] & 0x7ff, "bits 10:0 of the entry in the record");
    CHECK_EQ(ep->t, "DEV-DMA-952", 0, result->data[0] >> 12, "its address, BAR4 being locked");
    CHECK_EQ(ep->t, "DEV-DMA-952", size_lg2 > 12, result->data[0] >> 11 & 1, "its S");
    CHECK_EQ(ep->t, "DEV-DMA-952", 0, result->data[1] & 0xff, "completion status in the record");
    CHECK_EQ(ep->t, "DEV-DMA-952", size_lg2, result->data[1] >> 8 & 0xff, "log2 of the size in the record");
    CHECK_EQ(ep->t, "DEV-DMA-952", got, result->data[1] >> 16 & 0xff, "entries in the record");
    CHECK_EQ(ep->t, "DEV-DMA-952", 0, result->data[1] >> 24, "what follows them");
}

static void record(struct test *t)
{
    static const uint32_t sizes[] = {12, 13, 16, 21},
                          rights[] = {EP_RW, EP_R, EP_W, EP_RW | EP_U, EP_RW | EP_N, EP_RW | EP_OTHER};
    struct ep ep;
    struct ep_result result;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 1);
    for (uint32_t i = 0; i < 24; i++) {
        uint32_t size_lg2 = sizes[i % 4], entry = rights[i / 4] & 0x7ff;
        uint64_t va = fresh(&ep);
        struct ep_work work = xlate(0, va + 0x1000, 1, 0);

        if (rights[i / 4] & EP_OTHER)
            entry = EP_RW | 0x3c0;
        map_pages(&ep, 5, va, 1, size_lg2, rights[i / 4]);
        result = ep_expect(&ep, "DEV-DMA-952", 0, &work, 1, "a translation");
        if (size_lg2 == 12) /* the next page is not there */
            check_record(&ep, &result, 0, 12, 1);
        else
            check_record(&ep, &result, entry, size_lg2, 1);
        work = xlate(0, va, 1, 0);
        result = ep_expect(&ep, "DEV-DMA-952", 0, &work, 1, "a translation");
        check_record(&ep, &result, entry, size_lg2, 1);
    }
    for (uint32_t count = 1; count <= 8; count++) {
        uint64_t va = fresh(&ep);
        struct ep_work work = xlate(0, va, 8, 0);

        map_pages(&ep, 5, va, count, 12, EP_RW);
        result = ep_expect(&ep, "DEV-DMA-952", 0, &work, 1, "eight translations");
        check_record(&ep, &result, EP_RW, 12, count);
        CHECK_EQ(t, "DEV-DMA-952", 0, result.address, "fault address of a good translation");
    }
    ep_close(&ep);
}

static void unlocked(struct test *t)
{
    struct ep ep;
    uint64_t va, pa;
    struct ep_work work;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 1);
    va = fresh(&ep);
    pa = mem_alloc(t, 4096, 4096);
    ep_map(&ep, 5, va, pa, 12, EP_RW);
    work = xlate(0, va, 1, 0);
    CHECK_EQ(t, "DEV-DMA-952", EP_RW, ep_expect(&ep, "DEV-DMA-952", 0, &work, 1, "a translation").data[0], "entry while locked");
    ep_write(&ep, "BAR4_XKEY", 0x52455845);
    ep_write(&ep, "BAR4_XKEY", 0x4b434c55);
    work = xlate(0, va, 1, 0);
    CHECK_EQ(t, "DEV-DMA-952", pa | EP_RW, ep_expect(&ep, "DEV-DMA-952", 0, &work, 1, "a translation").data[0],
             "entry with BAR4 unlocked");
    ep_close(&ep);
}

struct refusal {
    enum ep_action action;
    uint32_t status, completion;
};

static void refused(struct test *t)
{
    static const struct refusal table[] = {
        {EP_CA, 0x42, 4}, {EP_POISON, 0x43, 0}, {EP_DROP, 0x44, 0}, {EP_RESERVED, 0x41, 3}, {EP_UR, 0x41, 1}};
    struct ep ep;
    uint64_t va;
    struct ep_work work;
    struct ep_result result;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 1);
    ep_set(&ep, "BAR0_TIMEOUT", "NP", 1000);
    va = fresh(&ep);
    map_pages(&ep, 5, va, 2, 12, EP_RW);
    (void)ep_touch(&ep, 0, 5, va + 4096);
    for (uint32_t i = 0; i < 5; i++) {
        (void)ep_rule(&ep, EP_TREQ, va, va + 4095, table[i].action, 0, 1);
        work = xlate(0, va + 8, 1, FILL);
        work.record = va + 4096 + 64 * i; /* on a page that is cached */
        work.flags = EP_RCR;
        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        if (table[i].action == EP_DROP)
            test_run(t, 10000000000ull);
        ep_write(&ep, "BAR0_ATCCTL", 2);
        result = ep_wait(&ep, &work);
        if (table[i].status == 0x41 && !result.done) /* the record may need ATS too */
            continue;
        CHECK_EQ(t, "DEV-DMA-952", table[i].status, result.status, "status of a translation that is refused");
        CHECK_EQ(t, "DEV-DMA-952", va + 8, result.address, "its address");
        if (table[i].action != EP_DROP)
            CHECK_EQ(t, "DEV-DMA-952", table[i].completion, result.data[1] & 0xff, "completion status in the record");
        CHECK_EQ(t, "DEV-DMA-952", 0, result.data[1] >> 16, "entries in the record");
        CHECK(t, "DEV-DMA-952", !ep_cached(&ep, 0, 5, va), "a translation that was refused is kept");
        (void)ep_invalidate(&ep, 5, va, 12);
    }
    ep_close(&ep);
}

/* Where no translation can be asked for. */
static void without_ats(struct test *t)
{
    struct ep ep;

    for (uint32_t way = 0; way < 4; way++) { /* ATS on; off; the flag; the queue */
        uint64_t va;
        struct ep_work work;
        struct ep_wq wq = {.size = 4, .priority = 1, .pasid_en = true, .pasid = 5, .ats_disable = way == 3};

        if (way)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, way == 1 ? ON_PASID : ON_ATS | ON_PASID, &wq, 1);
        va = fresh(&ep);
        map_pages(&ep, 5, va, 1, 12, EP_RW);
        for (uint32_t fetch = 0; fetch < 2; fetch++) {
            work =
                fetch ? (struct ep_work){.op = EP_OP_XFETCH, .space = 5, .src = va + 8, .size = 64} : xlate(0, va + 8, 1, FILL);
            work.flags = way == 2 ? EP_XUNTR : 0;
            CHECK_EQ(t, "DEV-DMA-952", way ? va + 8 : 0,
                     ep_expect(&ep, "DEV-DMA-952", 0, &work, way ? 0x46 : 1, "a translation, with ATS or without").address,
                     "its fault address");
        }
        CHECK_EQ(t, "DEV-DMA-952", 0, ep_count(&ep, 0, EP_DATA, va, va + 4095), "requests to the page");
        ep_close(&ep);
    }
}

/* An answer that was overtaken is asked for again; one that comes with ATS off is none. */
static void overtaken(struct test *t)
{
    struct ep ep;

    for (uint32_t off = 0; off < 2; off++) {
        uint64_t va;
        struct ep_work work;
        uint32_t hold;

        if (off)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 1);
        va = fresh(&ep);
        map_pages(&ep, 5, va, 1, 12, EP_R);
        hold = ep_rule(&ep, EP_TREQ, va, va + 4095, EP_HOLD, 0, 1);
        work = xlate(0, va, 1, FILL);
        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        ep_find(&ep, 5, va)->rights = EP_RW;
        if (off)
            ep_ats(&ep, false);
        else
            CHECK(t, "DEV-DMA-952", ep_invalidate(&ep, 5, va, 12), "no completion");
        ep_release(&ep, hold);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-DMA-952", off ? 0x46 : 1, ep_wait(&ep, &work).status, "status of an overtaken translation");
        CHECK_EQ(t, "DEV-DMA-952", off ? 1 : 2, ep_count(&ep, 0, EP_TREQ, va, va + 4095), "translation requests");
        if (!off)
            CHECK_EQ(t, "DEV-DMA-952", EP_RW, ep_result(&ep, &work).data[0], "its entry");
        ep_close(&ep);
    }
}

struct page {
    uint32_t before, after; /* rights, 0: not there */
    uint32_t options, code;
    uint32_t asked, status;
    bool write;
};

/* Option 3 asks for the page once, where the answer lacks what the request was for. */
static void asked_for(struct test *t)
{
    static const struct page table[] = {
        {0, EP_RW, ASK, 0, 1, 1, true},          {0, EP_RW, ASK | NW, 0, 1, 1, false}, {EP_R, EP_RW, ASK, 0, 1, 1, true},
        {EP_R, EP_R, ASK | NW, 0, 0, 1, false},  {EP_RW, EP_RW, ASK, 0, 0, 1, false},  {EP_W, EP_RW, ASK, 0, 1, 1, true},
        {EP_W, EP_RW, ASK | NW, 0, 1, 1, false}, {0, 0, ASK, 0, 1, 1, true},           {0, EP_RW, 0, 0, 0, 1, false},
        {0, EP_RW, NW, 0, 0, 1, false},          {0, 0, ASK, 1, 1, 4, true},           {0, 0, ASK, 15, 1, 0x45, true},
        {0, EP_RW, ASK | EXEC, 0, 1, 1, true},
    };
    struct ep ep;

    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct page *c = &table[i];
        uint64_t va;
        uint32_t mark, index[4];
        struct ep_work work;
        const struct ep_event *message;
        struct ep_result result;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, ON_ALL, wqs, 1);
        va = fresh(&ep);
        if (c->before)
            map_pages(&ep, 5, va, 1, 12, c->before);
        work = xlate(0, va + 0x10, 1, c->options);
        work.flags = EP_BOF;
        mark = ep_mark(&ep);
        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-DMA-953", c->asked, ep_message_count(&ep, mark, IOTB_MSG_PAGE_REQUEST), "page requests, line %u", i);
        message = ep_message(&ep, mark, IOTB_MSG_PAGE_REQUEST, 0);
        if (message && ep_groups(&ep, index, 4) == 1) {
            CHECK_EQ(t, "DEV-DMA-953", va, message->message.address, "page asked for");
            CHECK_EQ(t, "DEV-DMA-953", c->write, message->message.write, "its W, line %u", i);
            CHECK_EQ(t, "DEV-DMA-953", 1, message->message.read, "its R");
            CHECK_EQ(t, "DEV-DMA-953", c->options & EXEC && ep_get(&ep, "CFG_PASID_CTL", "EXEC"),
                     !!(message->message.flags & IOTB_RQ_EXECUTE), "its Execute");
            if (c->after && ep_find(&ep, 5, va))
                ep_find(&ep, 5, va)->rights = c->after;
            else if (c->after)
                map_pages(&ep, 5, va, 1, 12, c->after);
            ep_respond(&ep, index[0], c->code);
        }
        result = ep_wait(&ep, &work);
        CHECK_EQ(t, "DEV-DMA-953", c->status, result.status, "status, line %u", i);
        CHECK_EQ(t, "DEV-DMA-953", c->asked, ep_message_count(&ep, mark, IOTB_MSG_PAGE_REQUEST), "page requests in the end");
        CHECK_EQ(t, "DEV-DMA-953", 1 + (c->asked && !c->code), ep_count(&ep, mark, EP_TREQ, va, va + 4095),
                 "translation requests");
        if (c->status == 1)
            CHECK_EQ(t, "DEV-DMA-953", c->asked ? c->after : c->before, result.data[0] & 3, "rights in the record, line %u", i);
        ep_close(&ep);
    }
}

/* ---- XFETCH ---- */

struct region {
    uint32_t offset, bytes, stride;
    uint32_t pages; /* one bit for each page that is asked for */
};

static void strides(struct test *t)
{
    static const struct region table[] = {
        {0, 4096, 0, 1},
        {0, 4097, 0, 3},
        {0, 1, 0, 1},
        {4095, 1, 0, 1},
        {4095, 2, 0, 3},
        {100, 8192, 0, 7},
        {100, 8092, 0, 3},
        {0, 0x8000, 0, 0xff},
        {0, 0x8000, 4096, 0xff},
        {0, 0x8000, 8192, 0x55},
        {0, 0x8000, 0x3000, 0x49},
        {0x800, 0x8000, 0x1000, 0xff},
        {0, 0x3000, 512, 7},
        {0, 0x8000, 0x10000, 1},
        {64, 0x6000, 0x2000, 0x15},
        {0, 0x8000, 0x8000, 1},
        {0, 0x8001, 0x8000, 0x101},
    };
    struct ep ep;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 1);
    ep_require_entries(&ep, 10);
    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct region *c = &table[i];
        uint64_t va = fresh(&ep);
        uint32_t mark;
        struct ep_work work = {.op = EP_OP_XFETCH, .space = 5, .src = va + c->offset, .size = c->bytes, .data = {0, c->stride}};

        map_pages(&ep, 5, va, 10, 12, EP_RW);
        mark = ep_mark(&ep);
        CHECK_EQ(t, "DEV-ATSQ-950", c->bytes, ep_expect(&ep, "DEV-ATSQ-950", 0, &work, 1, "a prefetch").completed,
                 "bytes completed, line %u", i);
        for (uint32_t page = 0; page < 10; page++)
            CHECK_EQ(t, "DEV-ATSQ-950", c->pages >> page & 1,
                     ep_count(&ep, mark, EP_TREQ, va + 4096 * page, va + 4096 * page + 4095),
                     "requests for page %u of a region at 0x%x, 0x%x bytes, stride 0x%x", page, c->offset, c->bytes, c->stride);
        CHECK_EQ(t, "DEV-ATSQ-950", 0, ep_count(&ep, mark, EP_DATA, va, va + 0xffff), "requests to the region");
        (void)ep_invalidate(&ep, EP_NONE, 0, 64);
        ep.map_count = 0;
        ep.record_pages = 0;
    }
    ep_close(&ep);
}

/* ---- who waits for whose request ---- */

struct pair {
    uint32_t first, second; /* queues */
    uint32_t ops[2], flags[2];
    bool joined;
};

static void joined(struct test *t)
{
    static const struct pair table[] = {
        {0, 1, {EP_OP_CRC, EP_OP_CRC}, {0, 0}, true},
        {0, 1, {EP_OP_FILL, EP_OP_CRC}, {0, 0}, true},
        {0, 1, {EP_OP_FILL, EP_OP_FILL}, {0, 0}, true},
        {0, 1, {EP_OP_CRC, EP_OP_FILL}, {0, 0}, false},
        {0, 2, {EP_OP_CRC, EP_OP_CRC}, {0, 0}, false},
        {0, 3, {EP_OP_CRC, EP_OP_CRC}, {0, 0}, false},
        {3, 0, {EP_OP_CRC, EP_OP_CRC}, {0, 0}, false},
        {2, 0, {EP_OP_CRC, EP_OP_CRC}, {0, 0}, false},
        {0, 1, {EP_OP_CRC, EP_OP_CRC}, {EP_XEXEC, 0}, true},
        {0, 1, {EP_OP_CRC, EP_OP_CRC}, {0, EP_XEXEC}, false},
        {0, 1, {EP_OP_CRC, EP_OP_CRC}, {EP_XEXEC, EP_XEXEC}, true},
    };
    struct ep ep;

    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct pair *c = &table[i];
        uint32_t queues[] = {c->first, c->second}, rule;
        struct ep_work works[2];
        uint64_t va;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 4);
        if (ep_get(&ep, "BAR0_ATCCAP", "TREQ_MAX") < 2)
            test_skip(t, "needs two translation requests at a time");
        if ((c->flags[0] | c->flags[1]) & EP_XEXEC && !ep_get(&ep, "CFG_PASID_CTL", "EXEC")) {
            ep_close(&ep);
            continue;
        }
        va = fresh(&ep);
        for (uint32_t n = 0; n < 2; n++)
            if (!n || spaces[queues[1]] != spaces[queues[0]])
                map_pages(&ep, spaces[queues[n]], va, 1, 12, EP_RW | EP_X);
        rule = ep_rule(&ep, EP_TREQ, va, va + 4095, EP_HOLD, 0, UINT32_MAX);
        for (uint32_t n = 0; n < 2; n++) {
            works[n] = c->ops[n] == EP_OP_CRC ? ep_read_work(spaces[queues[n]], va + 64 * n, 64)
                                              : ep_write_work(spaces[queues[n]], va + 64 * n, 64, 1);
            works[n].flags = c->flags[n];
            (void)ep_submit(&ep, queues[n], &works[n]);
            (void)test_settle(t);
        }
        CHECK_EQ(t, "DEV-ATSQ-009", c->joined ? 1 : 2, ep_held(&ep, rule), "translation requests for one page, pair %u", i);
        ep_release(&ep, rule);
        for (uint32_t n = 0; n < 2; n++)
            CHECK_EQ(t, "DEV-ATSQ-009", 1, ep_wait(&ep, &works[n]).status, "status of work %u of pair %u", n, i);
        ep_close(&ep);
    }
}

static void joined_privilege(struct test *t)
{
    static const struct ep_wq privileged[] = {{.size = 2, .priority = 1, .pasid_en = true, .pasid = 5},
                                              {.size = 2, .priority = 1, .pasid_en = true, .pasid = 5, .priv = true},
                                              {.size = 2, .priority = 1, .pasid_en = true, .pasid = 5, .priv = true}};
    struct ep ep;

    for (uint32_t first = 0; first < 3; first++) { /* user then privileged, privileged then user, both privileged */
        uint32_t queues[] = {first == 0 ? 0 : 1, first == 0 ? 1 : first == 1 ? 0 : 2}, rule;
        struct ep_work works[2];
        uint64_t va;

        if (first)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene_with(&ep, t, ON_ATS | ON_PASID, privileged, 3);
        if (ep_get(&ep, "BAR0_ATCCAP", "TREQ_MAX") < 2)
            test_skip(t, "needs two translation requests at a time");
        va = fresh(&ep);
        map_pages(&ep, 5, va, 1, 12, EP_RW);
        rule = ep_rule(&ep, EP_TREQ, va, va + 4095, EP_HOLD, 0, UINT32_MAX);
        for (uint32_t n = 0; n < 2; n++) {
            works[n] = ep_read_work(5, va + 64 * n, 64);
            (void)ep_submit(&ep, queues[n], &works[n]);
            (void)test_settle(t);
        }
        CHECK_EQ(t, "DEV-ATSQ-009", first == 2 ? 1 : 2, ep_held(&ep, rule), "translation requests of queues %u and %u", queues[0],
                 queues[1]);
        ep_release(&ep, rule);
        for (uint32_t n = 0; n < 2; n++)
            CHECK_EQ(t, "DEV-ATSQ-009", 1, ep_wait(&ep, &works[n]).status, "status of work %u", n);
        ep_close(&ep);
    }
}

/* A request for several pages serves misses of each of them, and of no other. */
static void joined_pages(struct test *t)
{
    struct ep ep;

    for (int32_t page = -1; page <= 4; page++) {
        struct ep_work works[2];
        uint64_t va;
        uint32_t rule;

        if (page >= 0)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, false, false);
        ep_ats(&ep, true);
        ep_set(&ep, "BAR0_ATCCFG", "N_XLAT", 3);
        ep_start(&ep, wqs, 4);
        if (ep_get(&ep, "BAR0_ATCCAP", "TREQ_MAX") < 2)
            test_skip(t, "needs two translation requests at a time");
        va = fresh(&ep) + 4096;
        map_pages(&ep, 5, va - 4096, 6, 12, EP_RW);
        rule = ep_rule(&ep, EP_TREQ, va - 4096, va + 0x4fff, EP_HOLD, 0, UINT32_MAX);
        works[0] = ep_read_work(5, va, 64);
        works[1] = ep_read_work(5, (uint64_t)((int64_t)va + 4096 * page) + 4032, 64);
        for (uint32_t n = 0; n < 2; n++) {
            (void)ep_submit(&ep, n, &works[n]);
            (void)test_settle(t);
        }
        CHECK_EQ(t, "DEV-ATSQ-009", page >= 0 && page < 4 ? 1 : 2, ep_held(&ep, rule),
                 "translation requests, one for four pages, and a miss of page %d", page);
        ep_release(&ep, rule);
        for (uint32_t n = 0; n < 2; n++)
            CHECK_EQ(t, "DEV-ATSQ-009", 1, ep_wait(&ep, &works[n]).status, "status of work %u", n);
        ep_close(&ep);
    }
}

/* ---- what is kept ---- */

/* Of a larger page the part that was asked for. */
static void largest_kept(struct test *t)
{
    static const uint32_t kept[] = {12, 13, 16, 20, 21, 30};
    struct ep ep;

    for (uint32_t i = 0; i < 6; i++) {
        uint64_t va, at, size = 1ull << (kept[i] < 21 ? kept[i] : 21), first;
        const struct ep_event *read;
        uint32_t mark;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, false, false);
        ep_ats(&ep, true);
        ep_set(&ep, "BAR0_ATCCFG", "LARGEST", kept[i]);
        ep_start(&ep, wqs, 1);
        va = fresh(&ep) + 0x200000;
        map_pages(&ep, 5, va, 1, 21, EP_RW);
        at = va + 0x135680;
        first = at & ~(size - 1);
        (void)ep_touch(&ep, 0, 5, at);
        CHECK(t, "DEV-ATC-950", ep_cached(&ep, 0, 5, at), "what was asked for is not kept, at most 2^%u bytes", kept[i]);
        CHECK(t, "DEV-ATC-950", ep_cached(&ep, 0, 5, first), "the first byte of its part is not kept, 2^%u bytes", kept[i]);
        CHECK(t, "DEV-ATC-950", ep_cached(&ep, 0, 5, first + size - 64), "the last one is not, 2^%u bytes", kept[i]);
        for (uint32_t side = 0; side < 2; side++) {
            uint64_t other = side ? first + size : first - 64;

            if (other - va < 0x200000)
                CHECK(t, "DEV-ATC-950", !ep_cached(&ep, 0, 5, other), "more is kept than 2^%u bytes", kept[i]);
        }
        for (uint32_t n = 0; n < 8; n++) {
            uint64_t offset = 0x40000ull * n + 0x1fc0;

            (void)ep_touch(&ep, 0, 5, va + offset);
            mark = ep_mark(&ep);
            (void)ep_touch(&ep, 0, 5, va + offset);
            read = ep_event(&ep, mark, EP_READ, ANYWHERE, 0);
            CHECK_EQ(t, "DEV-ATC-950", ep_pa(&ep, 5, va + offset), read ? read->tlp.address : 0,
                     "where offset 0x%llx is read, kept 2^%u", (unsigned long long)offset, kept[i]);
        }
        ep_close(&ep);
    }
}

/* A read that fails takes its own entry along, and no other. */
static void dropped(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID, wqs, 4);
    ep_require_entries(&ep, 4);
    for (uint32_t failing = 0; failing < 4; failing++) { /* of PASID 5, a large page of 5, of PASID 6, of none */
        static const uint32_t queue[] = {0, 0, 2, 3};
        bool large = failing == 1;

        va = fresh(&ep);
        map_pages(&ep, 5, va, 1, large ? 21 : 12, EP_RW);
        map_pages(&ep, 6, va, 1, 12, EP_RW);
        map_pages(&ep, EP_NONE, va, 1, 12, EP_RW);
        map_pages(&ep, 5, va + 0x200000, 1, 12, EP_RW);
        for (uint32_t n = 0; n < 4; n++) {
            uint64_t at = n == 1 ? va + 0x200000 : va;

            (void)ep_touch(&ep, queue[n], spaces[queue[n]], at);
            CHECK(t, "DEV-DMA-013", ep_cached(&ep, queue[n], spaces[queue[n]], at), "page %u is not cached", n);
        }
        (void)ep_rule(&ep, EP_READ, va + (large ? 0x3000 : 0), va + 0x3fff, EP_UR, 0, 1);
        work = ep_read_work(spaces[queue[failing]], va + (large ? 0x3000 : 0), 64);
        work.record = EP_NO_RECORD;
        (void)ep_submit(&ep, queue[failing], &work);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-DMA-013", failing != 1 && failing != 0, ep_cached(&ep, 0, 5, va), "the page of PASID 5 hits, %u failed",
                 failing);
        CHECK_EQ(t, "DEV-DMA-013", failing != 2, ep_cached(&ep, 2, 6, va), "the page of PASID 6 hits, %u failed", failing);
        CHECK_EQ(t, "DEV-DMA-013", failing != 3, ep_cached(&ep, 3, EP_NONE, va), "the page of no PASID hits, %u failed", failing);
        CHECK(t, "DEV-DMA-013", ep_cached(&ep, 0, 5, va + 0x200000), "another page of PASID 5 is gone, %u failed", failing);
        (void)ep_invalidate(&ep, EP_NONE, 0, 64);
    }
    ep_close(&ep);
}

/* ---- after UR ---- */

static void after_refusal(struct test *t)
{
    struct ep ep;

    for (uint32_t fallback = 0; fallback < 2; fallback++) {
        struct ep_work work;
        uint64_t va;
        uint32_t mark;

        if (fallback)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, false, false);
        ep_ats(&ep, true);
        ep_set(&ep, "BAR0_ATCCFG", "UR_FALLBACK", fallback);
        ep_start(&ep, wqs, 4);
        va = ep_buffer(&ep, 5, 2 * 4096, EP_RW);
        (void)ep_touch(&ep, 0, 5, va + 4096);
        (void)ep_rule(&ep, EP_TREQ, va, va + 4095, EP_UR, 0, 1);
        ep_write(&ep, "BAR0_SWERR0", 3);
        mark = ep_mark(&ep);
        work = ep_read_work(5, va, 64);
        work.record = EP_NO_RECORD;
        (void)ep_submit(&ep, 0, &work);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-ATC-951", fallback, ep_count(&ep, mark, EP_READ, va, va + 4095), "reads of the page, fallback %u",
                 fallback);
        CHECK_EQ(t, "DEV-ATC-951", 2, ep_get(&ep, "BAR0_ATCSTS", "STATE"), "state after UR");
        CHECK_EQ(t, "DEV-ATC-951", 0x73, ep_get(&ep, "BAR0_SWERR0", "ERROR"), "SWERR after UR");
        for (uint32_t i = 0; i < 4; i++) {
            struct ep_work others[] = {ep_read_work(5, va, 64),
                                       ep_read_work(5, va + 4096, 64),
                                       xlate(0, va, 1, 0),
                                       {.op = EP_OP_XFETCH, .space = 5, .src = va, .size = 64}};
            uint64_t failed = ep_counter(&ep, 2);

            mark = ep_mark(&ep);
            others[i].record = EP_NO_RECORD;
            (void)ep_submit(&ep, 0, &others[i]);
            (void)test_settle(t);
            CHECK_EQ(t, "DEV-ATC-951", 0, ep_count(&ep, mark, EP_TREQ, ANYWHERE), "translation requests of work %u", i);
            CHECK_EQ(t, "DEV-ATC-951", 0, ep_count_at(&ep, mark, 2), "translated requests of work %u", i);
            CHECK_EQ(t, "DEV-ATC-951", fallback && i < 2, ep_count(&ep, mark, EP_READ, va, va + 8191), "reads of work %u", i);
            CHECK_EQ(t, "DEV-ATC-951", failed + !(fallback && i < 2), ep_counter(&ep, 2), "works failed");
        }
        ep_write(&ep, "BAR0_ATCCTL", 2);
        CHECK_EQ(t, "DEV-ATC-951", 1, ep_get(&ep, "BAR0_ATCSTS", "STATE"), "state after ATCCTL.1");
        CHECK(t, "DEV-ATC-951", !ep_cached(&ep, 0, 5, va), "no translation request after ATCCTL.1");
        work = ep_read_work(5, va, 64);
        ep_expect(&ep, "DEV-ATC-951", 0, &work, 1, "a read after ATCCTL.1");
        ep_write(&ep, "BAR0_ATCCTL", 1);
        CHECK(t, "DEV-ATC-951", !ep_cached(&ep, 0, 5, va), "an entry outlives ATCCTL.0");
        ep_close(&ep);
    }
}

/* DIS_POLICY is for work that began with ATS on and wants it. */
static void turned_off(struct test *t)
{
    struct ep ep;

    for (uint32_t policy = 0; policy < 2; policy++)
        for (uint32_t way = 0; way < 4; way++) { /* ATS on then off; off from the start; the flag; the queue */
            struct ep_wq wq = {.size = 8, .priority = 1, .pasid_en = true, .pasid = 5, .ats_disable = way == 3};
            struct ep_work work;
            uint64_t va;
            uint32_t rule;

            if (policy || way)
                test_reset(t, IOTB_RESET_COLD);
            ep_open(&ep, t);
            ep_pasid(&ep, true, false, false);
            ep_ats(&ep, way != 1);
            ep_set(&ep, "BAR0_ATCCFG", "DIS_POLICY", policy);
            ep_start(&ep, &wq, 1);
            va = ep_buffer(&ep, 5, 4096, EP_RW);
            rule = ep_rule(&ep, EP_READ, va, va + 4095, EP_HOLD, 0, UINT32_MAX);
            work = ep_read_work(5, va, 2048);
            work.flags = way == 2 ? EP_XUNTR : 0;
            (void)ep_submit(&ep, 0, &work);
            (void)test_settle(t);
            ep_ats(&ep, false);
            ep_release(&ep, rule);
            CHECK_EQ(t, "DEV-ATC-952", policy && way == 0 ? 0x46 : 1, ep_wait(&ep, &work).status,
                     "status of work when ATS is off in the end, policy %u, way %u", policy, way);
            work = ep_read_work(5, va, 64);
            CHECK_EQ(t, "DEV-ATC-952", 1, ep_run(&ep, 0, &work).status, "status of work that begins with ATS off, policy %u",
                     policy);
            ep_close(&ep);
        }
}

static const struct iotb_case cases[] = {
    SENDS("demand.options", options, "DEV-DMA-952", "&ATS&PASID", "XLATE asks, and keeps, as its options say"),
    SENDS("demand.record", record, "DEV-DMA-952", "&ATS&PASID", "Its record has entry, status, size and number"),
    SENDS("demand.unlocked", unlocked, "DEV-DMA-952", "&ATS&PASID&EXER", "The address is told with BAR4 unlocked only"),
    SENDS("demand.refused", refused, "DEV-DMA-952", "&ATS&PASID", "A refusal is in its record"),
    SENDS("demand.without_ats", without_ats, "DEV-DMA-952", "&ATS&PASID", "Without ATS nothing is translated"),
    SENDS("demand.overtaken", overtaken, "DEV-DMA-952", "&ATS&PASID", "An overtaken answer is asked for again"),
    SENDS("demand.asked_for", asked_for, "DEV-DMA-953", "&ATS&PASID&PRI", "XLATE asks for a page once, when told to"),
    SENDS("demand.strides", strides, "DEV-ATSQ-950", "&ATS&PASID", "XFETCH asks for the pages on its way, each once"),
    SENDS("demand.joined", joined, "DEV-ATSQ-009", "&ATS&PASID&!SERIAL", "A request is waited for where it serves"),
    SENDS("demand.joined_privilege", joined_privilege, "DEV-ATSQ-009", "&ATS&PASID&PRIV&!SERIAL",
          "A request serves its own privilege only"),
    SENDS("demand.joined_pages", joined_pages, "DEV-ATSQ-009", "&ATS&PASID&!SERIAL", "A request serves the pages it is for"),
    SENDS("demand.largest_kept", largest_kept, "DEV-ATC-950", "&ATS&PASID", "No more is kept in an entry than ATCCFG.largest"),
    SENDS("demand.dropped", dropped, "DEV-DMA-013", "&ATS&PASID", "A read that fails takes its own entry along"),
    SENDS("demand.after_refusal", after_refusal, "DEV-ATC-951", "&ATS&PASID", "After UR: status 41h, or untranslated"),
    SENDS("demand.turned_off", turned_off, "DEV-ATC-952", "&ATS&PASID", "DIS_POLICY is about work that wants ATS"),
};

LIST(ep_demand_cases, cases);
