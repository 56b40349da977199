/* SPDX-License-Identifier: BSD-2-Clause */
/* The exerciser's windows: entries of the translation cache, the trace of TLPs, Arm's map. */
#include "build/ep_exerciser.h"
#include "pasid_device_chapters.h"

/* ---- the ATC ---- */

struct entry {
    uint64_t page, translated;
    uint32_t space, size_lg2;
    bool priv, global, r, w, u, x, n;
};

static void check_entry(struct ep *ep, uint32_t at, const struct entry *entry)
{
    const struct {
        const char *reg, *field;
        uint64_t value;
    } fields[] = {
        {"BAR4_ATC0", "ADDRESS", entry->page},
        {"BAR4_ATC1", "TRANSLATED", entry->translated},
        {"BAR4_ATC2", "PASID", entry->space == EP_NONE ? ep_get_at(ep, "BAR4_ATC2", at, "PASID") : entry->space},
        {"BAR4_ATC2", "PASID_V", entry->space != EP_NONE},
        {"BAR4_ATC2", "PRIV", entry->priv},
        {"BAR4_ATC2", "GLOBAL", entry->global},
        {"BAR4_ATC2", "SIZE_LG2", entry->size_lg2},
        {"BAR4_ATC3", "READ", entry->r},
        {"BAR4_ATC3", "WRITE", entry->w},
        {"BAR4_ATC3", "U", entry->u},
        {"BAR4_ATC3", "X", entry->x},
        {"BAR4_ATC3", "N", entry->n},
        {"BAR4_ATC3", "VALID", 1},
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        CHECK_EQ(ep->t, "DEV-EXR-013", fields[i].value, ep_get_at(ep, fields[i].reg, at, fields[i].field), "%s of 0x%llx",
                 fields[i].field, (unsigned long long)entry->page);
}

/* Offset of the one entry with this address; UINT32_MAX: none. Counts the valid ones; the others are empty. */
static uint32_t find_entry(struct ep *ep, uint64_t page, uint32_t *valid)
{
    uint32_t entries = (uint32_t)ep_get(ep, "BAR0_ATCCAP", "ENTRIES"), where = UINT32_MAX;

    *valid = 0;
    for (uint32_t n = 0; n < entries; n++) {
        uint32_t at = 0x20 * n;

        if (ep_get_at(ep, "BAR4_ATC3", at, "VALID")) {
            ++*valid;
            where = ep_read_at(ep, "BAR4_ATC0", at) == page ? at : where;
            continue;
        }
        for (uint32_t word = 0; word < 4; word++)
            CHECK_EQ(ep->t, "DEV-EXR-013", 0, ep_read_at(ep, "BAR4_ATC0", at + 8 * word), "word %u of an entry that is not there",
                     word);
    }
    CHECK_EQ(ep->t, "DEV-EXR-013", *valid, ep_get(ep, "BAR0_ATCSTS", "USED"), "ATCSTS.USED and entries that are valid");
    return where;
}

/* Entries that translation completions made. */
static void cache_shown(struct test *t)
{
    static const struct {
        uint32_t rights, flags, size_lg2;
    } kinds[] = {{EP_RW, 0, 12},
                 {EP_R, 0, 12},
                 {EP_RW | EP_U, 0, 12},
                 {EP_RW | EP_N, 0, 14},
                 {EP_RW, IOTB_RQ_PASID, 21},
                 {EP_RW | EP_GLOBAL, IOTB_RQ_PASID, 12},
                 {EP_RW | EP_X, IOTB_RQ_PASID | IOTB_RQ_EXECUTE, 12},
                 {EP_RW, IOTB_RQ_PASID | IOTB_RQ_PRIVILEGED, 12}};
    struct ep ep;
    uint32_t filled = 0, valid, entries;
    struct entry expected[8];

    ep_open(&ep, t);
    ep_all(&ep);
    ep_unlock(&ep);
    entries = (uint32_t)ep_get(&ep, "BAR0_ATCCAP", "ENTRIES");
    for (uint32_t i = 0; i < 8 && filled < entries; i++) {
        uint64_t va = 0x0000765400000000 + 0x40000000ull * i,
                 pa = mem_alloc(t, 1ull << kinds[i].size_lg2, 1ull << kinds[i].size_lg2);
        struct ep_raw raw = {.type = EP_RAW_READ, .use_atc = true, .flags = kinds[i].flags, .pasid = 0x100 + i, .length = 8};
        uint32_t space = raw.flags & IOTB_RQ_PASID ? raw.pasid : EP_NONE;

        if (raw.flags & IOTB_RQ_PASID && (!ep.pasid || ep.width < 20 || !ep.exec_on || !ep.priv_on))
            continue;
        ep_map(&ep, space, va, pa, kinds[i].size_lg2, kinds[i].rights);
        raw.address = va + 0x740;
        (void)ep_raw_run(&ep, i, &raw);
        expected[filled++] = (struct entry){.page = va,
                                            .translated = pa,
                                            .space = space,
                                            .size_lg2 = kinds[i].size_lg2,
                                            .priv = raw.flags & IOTB_RQ_PRIVILEGED,
                                            .global = kinds[i].rights & EP_GLOBAL && ep_get(&ep, "BAR0_XSTRAP", "GLOB"),
                                            .r = true,
                                            .w = kinds[i].rights & EP_W,
                                            .u = kinds[i].rights & EP_U,
                                            .x = raw.flags & IOTB_RQ_EXECUTE,
                                            .n = kinds[i].rights & EP_N};
    }
    for (uint32_t i = 0; i < filled; i++) {
        uint32_t at = find_entry(&ep, expected[i].page, &valid);

        CHECK_EQ(t, "DEV-EXR-013", filled, valid, "valid entries");
        if (CHECK(t, "DEV-EXR-013", at != UINT32_MAX, "no entry of 0x%llx", (unsigned long long)expected[i].page))
            check_entry(&ep, at, &expected[i]);
    }
    (void)ep_invalidate(&ep, EP_NONE, 0, 64);
    (void)find_entry(&ep, 0, &valid);
    CHECK_EQ(t, "DEV-EXR-013", 0, valid, "valid entries after an invalidation of everything");
    ep_raw_close(&ep);
}

static void store(struct ep *ep, uint32_t at, const struct entry *entry, bool valid)
{
    ep_write_at(ep, "BAR4_ATC0", at, entry->page);
    ep_write_at(ep, "BAR4_ATC1", at, entry->translated);
    ep_write_at(ep, "BAR4_ATC2", at,
                ep_reg_bits("BAR4_ATC2", "PASID", entry->space == EP_NONE ? 0 : entry->space) |
                    ep_reg_bits("BAR4_ATC2", "PASID_V", entry->space != EP_NONE) | ep_reg_bits("BAR4_ATC2", "PRIV", entry->priv) |
                    ep_reg_bits("BAR4_ATC2", "GLOBAL", entry->global) | ep_reg_bits("BAR4_ATC2", "SIZE_LG2", entry->size_lg2));
    ep_write_at(ep, "BAR4_ATC3", at,
                ep_reg_bits("BAR4_ATC3", "READ", entry->r) | ep_reg_bits("BAR4_ATC3", "WRITE", entry->w) |
                    ep_reg_bits("BAR4_ATC3", "U", entry->u) | ep_reg_bits("BAR4_ATC3", "X", entry->x) |
                    ep_reg_bits("BAR4_ATC3", "N", entry->n) | ep_reg_bits("BAR4_ATC3", "VALID", valid));
}

/* Entry number n of a list in which each field is alone once. */
static struct entry forged(uint32_t n)
{
    return (struct entry){.page = 0x0000123450000000 + ((uint64_t)n << 22),
                          .translated = 0x000fedcb00000000 + ((uint64_t)n << 23),
                          .space = n & 1 ? 0xa5a50 + n : EP_NONE,
                          .size_lg2 = n == 5   ? 21
                                      : n == 6 ? 16
                                               : 12,
                          .priv = n == 7,
                          .global = n == 8,
                          .r = n != 2 && n != 3,
                          .w = n != 1 && n != 3,
                          .u = n == 9,
                          .x = n == 10 || n == 3,
                          .n = n == 11};
}

static void cache_forged(struct test *t)
{
    struct ep ep;
    struct entry entry = forged(0);
    uint32_t valid, at, entries;

    ep_open(&ep, t);
    ep_all(&ep);
    ep_unlock(&ep);
    entries = (uint32_t)ep_get(&ep, "BAR0_ATCCAP", "ENTRIES");
    for (uint32_t n = 0; n < 12 && n < entries; n++) {
        entry = forged(n);
        store(&ep, 0x20 * n, &entry, true);
        at = find_entry(&ep, entry.page, &valid);
        CHECK_EQ(t, "DEV-EXR-013", n + 1, valid, "valid entries");
        if (CHECK(t, "DEV-EXR-013", at != UINT32_MAX, "entry %u is not there after it was stored", n))
            check_entry(&ep, at, &entry);
    }
    for (uint32_t n = 0; n < 12 && n < entries; n++) { /* in place of it another one, then none */
        entry = forged(n);
        at = find_entry(&ep, entry.page, &valid);
        entry.page += 0x200000;
        entry.page |= 0xabc; /* "of the page": what is below its size does not count */
        store(&ep, at, &entry, true);
        entry.page &= ~((1ull << entry.size_lg2) - 1);
        CHECK(t, "DEV-EXR-013", find_entry(&ep, forged(n).page, &at) == UINT32_MAX, "entry %u is there beside the new one", n);
        CHECK_EQ(t, "DEV-EXR-013", valid, at, "valid entries after one took the place of another");
        at = find_entry(&ep, entry.page, &valid);
        if (!CHECK(t, "DEV-EXR-013", at != UINT32_MAX, "the entry in place of entry %u", n))
            continue;
        check_entry(&ep, at, &entry);
        store(&ep, at, &entry, false);
        CHECK(t, "DEV-EXR-013", find_entry(&ep, entry.page, &at) == UINT32_MAX, "entry %u is there after it was dropped", n);
        CHECK_EQ(t, "DEV-EXR-013", valid - 1, at, "valid entries after one was dropped");
    }
    entry.size_lg2 = 0; /* stands for 12, as anything below it does */
    for (uint32_t n = 0; n < 2; n++, entry.size_lg2 = 11) {
        store(&ep, 0, &entry, true);
        at = find_entry(&ep, entry.page, &valid);
        CHECK(t, "DEV-EXR-013", at != UINT32_MAX && ep_get_at(&ep, "BAR4_ATC2", at, "SIZE_LG2") == 12, "an entry of 2^%u bytes",
              entry.size_lg2);
        store(&ep, at == UINT32_MAX ? 0 : at, &entry, false);
    }
    store(&ep, 0, &entry, false); /* nothing there to drop */
    (void)find_entry(&ep, 0, &valid);
    CHECK_EQ(t, "DEV-EXR-013", 0, valid, "valid entries in the end");
    ep_raw_close(&ep);
}

/* What was forged is used, by the size and the rights that it says. */
static void cache_used(struct test *t)
{
    struct ep ep;
    struct entry entry = {.page = 0x0000222200000000, .space = EP_NONE, .r = true};
    struct ep_raw raw = {.use_atc = true, .length = 8};

    ep_open(&ep, t);
    ep_all(&ep);
    ep_unlock(&ep);
    for (entry.size_lg2 = 12; entry.size_lg2 <= 30; entry.size_lg2 += 3) {
        const struct ep_event *event;
        uint32_t mark;

        entry.translated = 0x000abcd000000000;
        store(&ep, 0, &entry, true);
        for (uint32_t side = 0; side < 2; side++) {
            uint64_t offset = side ? (1ull << entry.size_lg2) - 8 : 0x10;

            test_context(t, "2^%u bytes, offset 0x%llx", entry.size_lg2, (unsigned long long)offset);
            raw.type = EP_RAW_READ;
            raw.address = entry.page + offset;
            mark = ep_mark(&ep);
            (void)ep_raw_run(&ep, 1, &raw);
            event = ep_event(&ep, mark, EP_READ, 0, UINT64_MAX, 0);
            CHECK_EQ(t, "DEV-EXR-013", 0, ep_count(&ep, mark, EP_TREQ, 0, UINT64_MAX), "translation requests");
            CHECK_EQ(t, "DEV-EXR-013", entry.translated + offset, event ? event->tlp.address : 0, "address of the read");
            CHECK_EQ(t, "DEV-EXR-013", IOTB_AT_TRANSLATED, event ? event->tlp.address_type : 0, "its address type");
            store(&ep, 0, &entry, false); /* the read failed: the entry is gone anyway */
            store(&ep, 0, &entry, true);
        }
        raw.address = entry.page + (1ull << entry.size_lg2);
        mark = ep_mark(&ep);
        (void)ep_raw_run(&ep, 1, &raw);
        CHECK_EQ(t, "DEV-EXR-013", 1, ep_count(&ep, mark, EP_TREQ, 0, UINT64_MAX), "translation requests behind the entry");
        raw.type = EP_RAW_WRITE;
        raw.address = entry.page;
        mark = ep_mark(&ep);
        (void)ep_raw_run(&ep, 1, &raw);
        CHECK_EQ(t, "DEV-EXR-013", 1, ep_count(&ep, mark, EP_TREQ, 0, UINT64_MAX), "translation requests of a write, W=0");
    }
    ep_raw_close(&ep);
}

/* ---- the trace ---- */

enum { KIND_READ, KIND_WRITE, KIND_ATOMIC, KIND_TREQ, KIND_COMPLETION, KIND_MESSAGE, KIND_INVALIDATE, KIND_RESPONSE, KINDS };
#define TRACE_ENTRIES 128u
#define TRACE_STRIDE 64u

static void trace_on(struct ep *ep, uint32_t kinds, bool stop)
{
    ep_write(ep, "BAR4_TRACECTL",
             ep_reg_bits("BAR4_TRACECTL", "ENABLE", 1) | ep_reg_bits("BAR4_TRACECTL", "STOP_ON_FULL", stop) |
                 ep_reg_bits("BAR4_TRACECTL", "TYPES", kinds));
}

static uint64_t traced(struct ep *ep, uint32_t n, uint32_t word, const char *field)
{
    static const char *const regs[] = {"BAR4_TRACE0", "BAR4_TRACE1", "BAR4_TRACE2", "BAR4_TRACE3"};

    return ep_get_at(ep, regs[word], TRACE_STRIDE * (n % TRACE_ENTRIES), field);
}

static uint32_t head(struct ep *ep)
{
    return (uint32_t)ep_get(ep, "BAR4_TRACEPTR", "HEAD");
}

static uint32_t trace_tail(struct ep *ep)
{
    return (uint32_t)ep_get(ep, "BAR4_TRACEPTR", "TAIL");
}

/* What the bench knows of a TLP or message, in the fields of a trace entry. */
struct trace {
    uint32_t kind, at, space, flags, status, bytes, rid, id;
    uint64_t address;
};

static void check_trace(struct ep *ep, uint32_t n, const struct trace *expected)
{
    bool has_pasid = expected->space != EP_NONE;
    const struct {
        uint32_t word;
        const char *field;
        uint64_t value;
    } fields[] = {
        {1, "KIND", expected->kind},
        {1, "AT", expected->at},
        {1, "PASID_V", has_pasid},
        {1, "PASID", has_pasid ? expected->space : traced(ep, n, 1, "PASID")},
        {1, "PRIV", has_pasid ? (expected->flags & IOTB_RQ_PRIVILEGED) != 0 : traced(ep, n, 1, "PRIV")},
        {1, "EXEC", has_pasid ? (expected->flags & IOTB_RQ_EXECUTE) != 0 : traced(ep, n, 1, "EXEC")},
        {1, "STATUS", expected->status & 7},
        {1, "BYTES", expected->bytes},
        {2, "RID", expected->rid},
        {2, "ID", expected->kind == KIND_WRITE ? traced(ep, n, 2, "ID") : expected->id},
        {3, "ADDRESS", expected->address},
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        CHECK_EQ(ep->t, "DEV-EXR-014", fields[i].value, traced(ep, n, fields[i].word, fields[i].field), "%s of entry %u",
                 fields[i].field, n);
}

static struct trace of_tlp(const struct iotb_request *tlp)
{
    return (struct trace){.kind = tlp->address_type == IOTB_AT_TRANSLATION ? KIND_TREQ
                                  : tlp->kind == IOTB_READ                 ? KIND_READ
                                  : tlp->kind == IOTB_WRITE                ? KIND_WRITE
                                                                           : KIND_ATOMIC,
                          .at = tlp->address_type,
                          .space = tlp->flags & IOTB_RQ_PASID ? tlp->pasid : EP_NONE,
                          .flags = tlp->flags,
                          .bytes = tlp->bytes,
                          .rid = tlp->requester_id,
                          .id = tlp->id,
                          .address = tlp->address};
}

/* Each TLP of every kind alone, with its completion behind it. */
static void trace_tlps(struct test *t)
{
    static const enum ep_action actions[] = {EP_HOLD, EP_UR, EP_CA}; /* the first of them: as usual */
    struct ep ep;
    uint64_t began, before = 0;
    uint32_t n = 0;

    ep_open(&ep, t);
    ep_unlock(&ep);
    trace_on(&ep, 0xff, false);
    began = ep_read(&ep, "BAR0_TICK");
    for (uint32_t i = 0; i < 36; i++) {
        enum ep_raw_type type = i % 6;
        struct ep_raw raw = {.type = type,
                             .at = i & 2,
                             .flags = i & 1 ? IOTB_RQ_PASID | (i & 4 ? IOTB_RQ_PRIVILEGED : IOTB_RQ_EXECUTE) : 0,
                             .pasid = 0xc3c3c ^ i,
                             .own_rid = i & 8,
                             .rid = 0x7788 + i,
                             .own_tag = true,
                             .tag = 3 * i + 1,
                             .length = 8};
        uint32_t mark, action = type == EP_RAW_WRITE ? 0 : i / 6 % 3;
        const struct ep_event *event;
        struct trace expected;

        raw.address = ep_buffer(&ep, raw.flags & IOTB_RQ_PASID ? raw.pasid : EP_NONE, 4096, EP_RW | EP_X) +
                      (type == EP_RAW_TREQ ? 0 : 8 * i);
        if (raw.at == 2)
            raw.address = ep_pa(&ep, raw.flags & IOTB_RQ_PASID ? raw.pasid : EP_NONE, raw.address);
        if (action)
            (void)ep_rule(&ep, EP_ANY, 0, UINT64_MAX, actions[action], 0, 1);
        mark = ep_mark(&ep);
        (void)ep_raw_run(&ep, i % EP_SLOTS, &raw);
        event = ep_event(&ep, mark, EP_ANY, 0, UINT64_MAX, 0);
        test_context(t, "TLP %u, type %u", i, type);
        if (!CHECK(t, "DEV-EXR-014", event, "nothing is sent"))
            continue;
        expected = of_tlp(&event->tlp);
        check_trace(&ep, n++, &expected);
        if (type != EP_RAW_WRITE) {
            expected.kind = KIND_COMPLETION;
            expected.status = action == 1 ? IOTB_UR : action == 2 ? IOTB_CA : IOTB_SC;
            expected.bytes = action ? 0 : 8;
            check_trace(&ep, n++, &expected);
        }
        CHECK(t, "DEV-EXR-014", traced(&ep, n - 1, 0, "TICK") >= before, "TICK runs back");
        before = traced(&ep, n - 1, 0, "TICK");
        CHECK_EQ(t, "DEV-EXR-014", n, trace_tail(&ep), "TAIL");
    }
    CHECK(t, "DEV-EXR-014", traced(&ep, 0, 0, "TICK") >= began && before <= ep_read(&ep, "BAR0_TICK"), "TICK is out of the time");
    CHECK_EQ(t, "DEV-EXR-014", 0, head(&ep), "HEAD");
    ep_raw_close(&ep);
}

static void trace_messages(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    const struct ep_event *event;
    struct trace expected;
    uint32_t mark;

    ep_scene(&ep, t, 5);
    ep_unlock(&ep);
    trace_on(&ep, 1u << KIND_MESSAGE | 1u << KIND_INVALIDATE | 1u << KIND_RESPONSE, false);
    for (uint32_t i = 0; i < 6; i++) { /* an Invalidate Request and its completion */
        struct ep_range range = {
            .itag = 5 * i, .space = i & 1 ? 5 + i : EP_NONE, .address = 0x9876543000 + 0x1000 * i, .size_lg2 = 12 + i};

        mark = ep_mark(&ep);
        ep_invalidate_send(&ep, &range);
        (void)test_settle(t);
        expected = (struct trace){.kind = KIND_INVALIDATE,
                                  .space = range.space,
                                  .rid = ep.rid,
                                  .id = range.itag,
                                  .address = ep.invalidations[range.itag].message.address};
        check_trace(&ep, 2 * i, &expected);
        event = ep_message(&ep, mark, IOTB_MSG_INVALIDATE_COMPLETION, 0);
        if (!CHECK(t, "DEV-EXR-014", event, "no completion"))
            continue;
        check_trace(&ep, 2 * i + 1,
                    &(struct trace){.kind = KIND_MESSAGE,
                                    .space = EP_NONE,
                                    .rid = ep.rid,
                                    .id = 1u << range.itag,
                                    .address = event->message.address});
    }
    for (uint32_t i = 0; i < 4 && ep.pri; i++) { /* a page request and its response */
        static const enum ep_pages pages[] = {EP_PAGES_INVALID, EP_PAGES_MAP, EP_PAGES_INVALID, EP_PAGES_FAILURE};

        mark = ep_mark(&ep);
        ep.pages = pages[i];
        work = i & 1 ? ep_write_work(5, ep.next_va, 64, 1) : ep_read_work(5, ep.next_va, 64);
        work.flags = EP_BOF;
        ep.next_va += 0x10000;
        (void)ep_run(&ep, 0, &work);
        event = ep_message(&ep, mark, IOTB_MSG_PAGE_REQUEST, 0);
        if (!CHECK(t, "DEV-EXR-014", event, "no page request"))
            continue;
        check_trace(&ep, 12 + 2 * i,
                    &(struct trace){.kind = KIND_MESSAGE,
                                    .space = 5,
                                    .flags = event->message.flags,
                                    .rid = ep.rid,
                                    .bytes = (i & 1 ? 2 : 1) | 4,
                                    .id = event->message.group_index,
                                    .address = event->message.address});
        check_trace(&ep, 13 + 2 * i,
                    &(struct trace){.kind = KIND_RESPONSE,
                                    .space = 5,
                                    .rid = ep.rid,
                                    .id = event->message.group_index,
                                    .status = i == 1   ? 0
                                              : i == 3 ? 15
                                                       : 1});
    }
    CHECK_EQ(t, "DEV-EXR-014", ep.pri ? 20 : 12, trace_tail(&ep), "TAIL");
    ep_raw_close(&ep);
}

/* Of eight kinds one is selected; nothing is when the trace is off. */
static void trace_selected(struct test *t)
{
    struct ep ep;

    ep_open(&ep, t);
    ep_all(&ep);
    ep_unlock(&ep);
    for (uint32_t way = 0; way <= KINDS; way++) {
        uint32_t tail = trace_tail(&ep), entries = way == KIND_COMPLETION ? 5 : 1;

        if (way == KINDS)
            ep_write(&ep, "BAR4_TRACECTL", ep_reg_bits("BAR4_TRACECTL", "TYPES", 0xff));
        else
            trace_on(&ep, 1u << way, false);
        for (enum ep_raw_type type = EP_RAW_READ; type <= EP_RAW_TREQ; type++) {
            struct ep_raw raw = {.type = type, .address = 0x5500000000 + 0x1000 * way, .length = 8};

            (void)ep_raw_run(&ep, type, &raw);
        }
        if (ep.ats)
            (void)ep_invalidate(&ep, EP_NONE, 0x4000, 12);
        ep_respond_as(&ep, 33, 0, EP_NONE);
        (void)test_settle(t);
        if (way == KINDS || ((way == KIND_MESSAGE || way == KIND_INVALIDATE) && !ep.ats))
            entries = 0;
        else if (way == KIND_ATOMIC)
            entries = 3;
        CHECK_EQ(t, "DEV-EXR-014", entries, (trace_tail(&ep) - tail) % TRACE_ENTRIES, "entries of kind %u", way);
        for (uint32_t n = 0; n < entries; n++)
            CHECK_EQ(t, "DEV-EXR-014", way, traced(&ep, tail + n, 1, "KIND"), "KIND of entry %u", tail + n);
    }
    ep_raw_close(&ep);
}

static void write_many(struct ep *ep, uint64_t first, uint32_t count)
{
    struct ep_raw raw = {.type = EP_RAW_WRITE, .address = first, .length = 4, .repeat = count - 1, .stride = 0x10};

    (void)ep_raw_run(ep, 0, &raw);
}

static void trace_full(struct test *t)
{
    struct ep ep;
    const uint64_t base = 0x6600000000;

    ep_open(&ep, t);
    ep_unlock(&ep);
    trace_on(&ep, 1u << KIND_WRITE, true);
    write_many(&ep, base, 100);
    CHECK_EQ(t, "DEV-EXR-014", 100, trace_tail(&ep), "TAIL after 100 writes");
    write_many(&ep, base + 0x640, 100); /* one place is empty, or full and empty would look alike */
    CHECK_EQ(t, "DEV-EXR-014", 127, trace_tail(&ep), "TAIL of a trace that is stopped");
    CHECK_EQ(t, "DEV-EXR-014", 0, head(&ep), "HEAD of it");
    for (uint32_t n = 0; n < 127; n++)
        CHECK_EQ(t, "DEV-EXR-014", base + 0x10 * n, traced(&ep, n, 3, "ADDRESS"), "address of entry %u", n);
    ep_write(&ep, "BAR4_TRACEPTR", 60); /* read: there is room again */
    write_many(&ep, base, 70);
    CHECK_EQ(t, "DEV-EXR-014", 59, trace_tail(&ep), "TAIL after room was made for 60");
    CHECK_EQ(t, "DEV-EXR-014", base + 0x10 * 59, traced(&ep, 58, 3, "ADDRESS"), "address of the last entry");
    ep_write(&ep, "BAR4_TRACEPTR", 59); /* all is read */
    trace_on(&ep, 1u << KIND_WRITE, false);
    write_many(&ep, base, 300);
    CHECK_EQ(t, "DEV-EXR-014", (59 + 300) % 128, trace_tail(&ep), "TAIL of a trace that goes on");
    CHECK_EQ(t, "DEV-EXR-014", (59 + 300 + 1) % 128, head(&ep), "HEAD: the oldest that is there");
    for (uint32_t n = 0; n < 127; n++)
        CHECK_EQ(t, "DEV-EXR-014", base + 0x10 * (173 + n), traced(&ep, 59 + 173 + n, 3, "ADDRESS"), "address of write %u",
                 173 + n);
    ep_raw_close(&ep);
}

/* ---- Arm's map ---- */

static uint64_t arm_control(bool go, uint32_t at, uint32_t flags, bool write)
{
    const char *reg = "BAR4_ARM_CONTROL";

    return ep_reg_bits(reg, "TRIGGER", go) | ep_reg_bits(reg, "WRITE", write) | ep_reg_bits(reg, "AT", at) |
           ep_reg_bits(reg, "NS", (flags & IOTB_RQ_NO_SNOOP) != 0) | ep_reg_bits(reg, "PASID_V", (flags & IOTB_RQ_PASID) != 0) |
           ep_reg_bits(reg, "PRIV", (flags & IOTB_RQ_PRIVILEGED) != 0) | ep_reg_bits(reg, "EXEC", (flags & IOTB_RQ_EXECUTE) != 0);
}

static void arm_dma(struct test *t)
{
    struct ep ep;

    ep_open(&ep, t);
    ep_unlock(&ep);
    for (uint32_t i = 0; i < 32; i++) {
        uint32_t flags = (i & 1 ? IOTB_RQ_PASID : 0) | (i & 2 ? IOTB_RQ_NO_SNOOP : 0), at = i >> 2 & 3, own_rid = i & 1, mark;
        uint64_t address = 0x0123456789abcd00ull ^ 1ull << (8 + i), control;
        const struct ep_event *event;

        if (flags & IOTB_RQ_PASID)
            flags |= i & 4 ? IOTB_RQ_PRIVILEGED : IOTB_RQ_EXECUTE;
        test_context(t, "control %u", i);
        if (i & 1)
            ep_write(&ep, "BAR4_ARM_ADDRESS", address);
        else
            for (uint32_t half = 0; half < 2; half++) {
                uint32_t upper = half ^ (i >> 1 & 1), word = (uint32_t)(address >> 32 * upper);

                bar_write(t, 4, 0x8010 + 4 * upper, &word, 4);
            }
        ep_write(&ep, "BAR4_ARM_LENGTH", 33 + i);
        ep_write(&ep, "BAR4_ARM_PASID", 0x90000 + i);
        ep_write(&ep, "BAR4_ARM_RID", (uint64_t)own_rid << 31 | (0x5000 + i));
        control = arm_control(false, at, flags, i & 16);
        mark = ep_mark(&ep);
        ep_write(&ep, "BAR4_ARM_CONTROL", control);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-EXR-015", 0, ep_count(&ep, mark, EP_ANY, 0, UINT64_MAX), "TLPs before the trigger");
        CHECK_EQ(t, "DEV-EXR-015", control & ~(at == 1 ? ep_reg_bits("BAR4_ARM_CONTROL", "AT", 3) : 0),
                 ep_read(&ep, "BAR4_ARM_CONTROL"), "DMA control");
        CHECK_EQ(t, "DEV-EXR-015", address, ep_read(&ep, "BAR4_ARM_ADDRESS"), "bus address");
        CHECK_EQ(t, "DEV-EXR-015", 33 + i, ep_read(&ep, "BAR4_ARM_LENGTH"), "length");
        CHECK_EQ(t, "DEV-EXR-015", 0x90000 + i, ep_read(&ep, "BAR4_ARM_PASID"), "PASID");
        CHECK_EQ(t, "DEV-EXR-015", (uint64_t)own_rid << 31 | (0x5000 + i), ep_read(&ep, "BAR4_ARM_RID"), "Requester ID");
        ep_write(&ep, "BAR4_ARM_CONTROL", control | 1);
        CHECK_EQ(t, "DEV-EXR-015", 1, ep_get(&ep, "BAR4_ARM_CONTROL", "TRIGGER"), "trigger while it is at work");
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-EXR-015", 0, ep_get(&ep, "BAR4_ARM_CONTROL", "TRIGGER"), "trigger when it is done");
        CHECK(t, "DEV-EXR-015", ep_raw_result(&ep, 7).done, "raw slot 7 is not done");
        event = ep_event(&ep, mark, EP_ANY, 0, UINT64_MAX, 0);
        CHECK_EQ(t, "DEV-EXR-015", 1, ep_count(&ep, mark, EP_ANY, 0, UINT64_MAX), "TLPs");
        if (!event)
            continue;
        CHECK_EQ(t, "DEV-EXR-015", i & 16 ? IOTB_WRITE : IOTB_READ, event->tlp.kind, "kind");
        CHECK_EQ(t, "DEV-EXR-015", at == 1 ? 0 : at, event->tlp.address_type, "address type");
        CHECK_EQ(t, "DEV-EXR-015", flags, event->tlp.flags, "flags");
        CHECK_EQ(t, "DEV-EXR-015", address, event->tlp.address, "address");
        CHECK_EQ(t, "DEV-EXR-015", 33 + i, event->tlp.bytes, "bytes");
        CHECK_EQ(t, "DEV-EXR-015", own_rid ? 0x5000 + i : ep.rid, event->tlp.requester_id, "Requester ID of the TLP");
        if (flags & IOTB_RQ_PASID)
            CHECK_EQ(t, "DEV-EXR-015", 0x90000 + i, event->tlp.pasid, "PASID of the TLP");
    }
    ep_write(&ep, "BAR4_ARM_CONTROL", ep_reg_bits("BAR4_ARM_CONTROL", "USE_ATC", 1));
    CHECK_EQ(t, "DEV-EXR-015", 1, ep_get_at(&ep, "BAR4_SLOT_ATTR", 7 * 0x80, "USE_ATC"), "use of the ATC");
    CHECK_EQ(t, "DEV-EXR-015", 1, ep_get(&ep, "BAR4_ARM_CONTROL", "USE_ATC"), "use of the ATC in the DMA control");
    ep_raw_close(&ep);
}

static void arm_status(struct test *t)
{
    static const enum ep_action actions[] = {EP_UR, EP_CA, EP_POISON, EP_DROP};
    struct ep ep;
    uint64_t va, both;

    ep_open(&ep, t);
    ep_unlock(&ep);
    ep_set(&ep, "BAR0_TIMEOUT", "NP", 1000);
    va = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    ep_write(&ep, "BAR4_ARM_ADDRESS", va);
    ep_write(&ep, "BAR4_ARM_LENGTH", 8);
    for (uint32_t i = 0; i < 4; i++) {
        (void)ep_rule(&ep, EP_READ, va, va + 63, actions[i], 0, 1);
        for (uint32_t good = 0; good < 2; good++) {
            ep_write(&ep, "BAR4_ARM_CONTROL", arm_control(true, 0, 0, false));
            test_run(t, 10000000);
            CHECK_EQ(t, "DEV-EXR-015", good ? 0 : 2, ep_read(&ep, "BAR4_ARM_STATUS"), "status, answer %u", i);
            if (good)
                continue;
            ep_write(&ep, "BAR4_ARM_STATUS", 3);
            CHECK_EQ(t, "DEV-EXR-015", 2, ep_read(&ep, "BAR4_ARM_STATUS"), "status after a write without Clear");
            ep_write(&ep, "BAR4_ARM_STATUS", 4);
            CHECK_EQ(t, "DEV-EXR-015", 0, ep_read(&ep, "BAR4_ARM_STATUS"), "status after Clear");
        }
    }
    (void)bar_read(t, 4, 0x8018, 8, &both);
    CHECK_EQ(t, "DEV-EXR-015", 8, both, "length and status at once");
    for (uint64_t offset = 0x8000; offset < 0x8080; offset += 4) {
        static const uint32_t known[] = {0x08, 0x10, 0x14, 0x18, 0x1c, 0x20, 0x3c};
        const uint32_t ones = UINT32_MAX;
        bool is_known = false;

        for (uint32_t i = 0; i < 7; i++)
            is_known = is_known || offset == 0x8000 + known[i];
        if (is_known)
            continue;
        bar_write(t, 4, offset, &ones, 4);
        (void)bar_read(t, 4, offset, 4, &both);
        CHECK_EQ(t, "DEV-EXR-015", 0, both, "BAR4+0x%llx", (unsigned long long)offset);
    }
    ep_raw_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("exerciser.cache_shown", cache_shown, "DEV-EXR-013", "&EXER&ATS", "The ATC window shows what completions brought"),
    SENDS("exerciser.cache_forged", cache_forged, "DEV-EXR-013", "&EXER&ATS", "The ATC window takes entries and drops them"),
    SENDS("exerciser.cache_used", cache_used, "DEV-EXR-013", "&EXER&ATS", "Entries that were forged are used"),
    SENDS("exerciser.trace_tlps", trace_tlps, "DEV-EXR-014", "&EXER", "The trace has every field of every TLP"),
    SENDS("exerciser.trace_messages", trace_messages, "DEV-EXR-014", "&EXER&ATS&PASID",
          "The trace has every field of every message"),
    SENDS("exerciser.trace_selected", trace_selected, "DEV-EXR-014", "&EXER", "The trace has the kinds that are selected"),
    SENDS("exerciser.trace_full", trace_full, "DEV-EXR-014", "&EXER", "A full trace stops, or its oldest entries give way"),
    SENDS("exerciser.arm_dma", arm_dma, "DEV-EXR-015", "&EXER", "Arm's DMA registers move raw slot 7"),
    SENDS("exerciser.arm_status", arm_status, "DEV-EXR-015", "&EXER", "Arm's DMA status says how it ended"),
};

LIST(ep_exerciser_windows_cases, cases);
