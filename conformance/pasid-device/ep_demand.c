/* SPDX-License-Identifier: BSD-2-Clause */
/* Translations on demand: XLATE, XFETCH. */
#include "pasid_device_chapters.h"

#define ANYWHERE 0, UINT64_MAX
enum { NW = 1, EXEC = 2, FILL = 4, ASK = 8 };

static const struct ep_wq wqs[] = {{.size = 2, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5},
                                   {.size = 2, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5},
                                   {.size = 2, .priority = 1, .bof = true, .pasid_en = true, .pasid = 6},
                                   {.size = 2, .priority = 1, .bof = true}};
static const uint32_t spaces[] = {5, 5, 6, EP_NONE};

static struct ep_work xlate(uint32_t wq, uint64_t va, uint32_t count, uint32_t options)
{
    return (struct ep_work){.op = EP_OP_XLATE, .space = spaces[wq], .src = va, .size = count, .data = {options}};
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
        uint64_t va = ep_region(&ep);
        struct ep_work work = xlate(wq, va + 0x123, count, chosen);
        bool exec = chosen & EXEC && space != EP_NONE && ep_get(&ep, "CFG_PASID_CTL", "EXEC");

        ep_map_pages(&ep, space, va, 4, 12, EP_RW | EP_X);
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
        uint64_t va = ep_region(&ep);
        struct ep_work work = xlate(0, va + 0x1000, 1, 0);

        if (rights[i / 4] & EP_OTHER)
            entry = EP_RW | 0x3c0;
        ep_map_pages(&ep, 5, va, 1, size_lg2, rights[i / 4]);
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
        uint64_t va = ep_region(&ep);
        struct ep_work work = xlate(0, va, 8, 0);

        ep_map_pages(&ep, 5, va, count, 12, EP_RW);
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
    va = ep_region(&ep);
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
    va = ep_region(&ep);
    ep_map_pages(&ep, 5, va, 2, 12, EP_RW);
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
        va = ep_region(&ep);
        ep_map_pages(&ep, 5, va, 1, 12, EP_RW);
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
        va = ep_region(&ep);
        ep_map_pages(&ep, 5, va, 1, 12, EP_R);
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
        va = ep_region(&ep);
        if (c->before)
            ep_map_pages(&ep, 5, va, 1, 12, c->before);
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
                ep_map_pages(&ep, 5, va, 1, 12, c->after);
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
        uint64_t va = ep_region(&ep);
        uint32_t mark;
        struct ep_work work = {.op = EP_OP_XFETCH, .space = 5, .src = va + c->offset, .size = c->bytes, .data = {0, c->stride}};

        ep_map_pages(&ep, 5, va, 10, 12, EP_RW);
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

static const struct iotb_case cases[] = {
    SENDS("demand.options", options, "DEV-DMA-952", "&ATS&PASID", "XLATE asks, and keeps, as its options say"),
    SENDS("demand.record", record, "DEV-DMA-952", "&ATS&PASID", "Its record has entry, status, size and number"),
    SENDS("demand.unlocked", unlocked, "DEV-DMA-952", "&ATS&PASID&EXER", "The address is told with BAR4 unlocked only"),
    SENDS("demand.refused", refused, "DEV-DMA-952", "&ATS&PASID", "A refusal is in its record"),
    SENDS("demand.without_ats", without_ats, "DEV-DMA-952", "&ATS&PASID", "Without ATS nothing is translated"),
    SENDS("demand.overtaken", overtaken, "DEV-DMA-952", "&ATS&PASID", "An overtaken answer is asked for again"),
    SENDS("demand.asked_for", asked_for, "DEV-DMA-953", "&ATS&PASID&PRI", "XLATE asks for a page once, when told to"),
    SENDS("demand.strides", strides, "DEV-ATSQ-950", "&ATS&PASID", "XFETCH asks for the pages on its way, each once"),
};

LIST(ep_demand_cases, cases);
