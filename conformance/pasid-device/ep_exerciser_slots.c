/* SPDX-License-Identifier: BSD-2-Clause */
/* Raw slots: what they send is what their registers say, and what came back is what they tell. */
#include "build/ep_exerciser.h"
#include "pasid_device_chapters.h"

#include <string.h>

#define NOWHERE 0x00003abcd1230000ull /* not mapped: the header is what matters */
#define OWN_FLAGS (IOTB_RQ_EXECUTE | IOTB_RQ_PRIVILEGED)

static const uint8_t kinds[] = {IOTB_READ, IOTB_WRITE, IOTB_FETCH_ADD, IOTB_SWAP, IOTB_CAS, IOTB_READ};

static void open_unlocked(struct ep *ep, struct test *t)
{
    ep_open(ep, t);
    ep_unlock(ep);
    CHECK_EQ(t, test_first_row(t), 1, ep_get(ep, "BAR4_XSTAT", "UNLOCKED"), "BAR4 unlocked");
}

/* ---- headers ---- */

static uint32_t expected_flags(const struct ep_raw *raw, bool treq)
{
    uint32_t snoop = treq ? IOTB_RQ_NO_WRITE : IOTB_RQ_NO_SNOOP, flags = raw->flags & ~(IOTB_RQ_NO_WRITE | IOTB_RQ_NO_SNOOP);

    if (raw->flags & (IOTB_RQ_NO_WRITE | IOTB_RQ_NO_SNOOP))
        flags |= snoop;
    return raw->flags & IOTB_RQ_PASID ? flags : flags & ~OWN_FLAGS; /* which are in the prefix */
}

static void expect_header(struct ep *ep, const struct ep_raw *raw, uint32_t mark)
{
    const struct ep_event *event = ep_event(ep, mark, EP_DATA | EP_TREQ | EP_MSI, 0, UINT64_MAX, 0);
    uint32_t at = raw->type == EP_RAW_TREQ ? IOTB_AT_TRANSLATION : raw->at;
    uint32_t bytes = raw->length == 0 ? 4 : raw->length > 64 ? 64 : raw->length;
    const struct iotb_request *tlp;
    uint32_t flags;

    CHECK_EQ(ep->t, "DEV-EXR-004", 1, ep_count(ep, mark, EP_ANY, 0, UINT64_MAX), "TLPs sent");
    if (!event)
        return;
    tlp = &event->tlp;
    flags = tlp->flags & IOTB_RQ_PASID ? tlp->flags : tlp->flags & ~OWN_FLAGS;
    CHECK_EQ(ep->t, "DEV-EXR-004", kinds[raw->type], tlp->kind, "kind");
    CHECK_EQ(ep->t, "DEV-EXR-004", at, tlp->address_type, "address type");
    CHECK_EQ(ep->t, "DEV-EXR-004", expected_flags(raw, at == IOTB_AT_TRANSLATION), flags, "PASID, permissions, attributes, EP");
    if (raw->flags & IOTB_RQ_PASID)
        CHECK_EQ(ep->t, "DEV-EXR-004", raw->pasid, tlp->pasid, "PASID");
    CHECK_EQ(ep->t, "DEV-EXR-004", raw->own_rid ? raw->rid : ep->rid, tlp->requester_id, "Requester ID");
    if (raw->type != EP_RAW_WRITE)
        CHECK_EQ(ep->t, "DEV-EXR-004", raw->own_tag ? raw->tag : 0, tlp->id, "tag: its own, or the lowest that is free");
    CHECK_EQ(ep->t, "DEV-EXR-004", bytes, tlp->bytes, "bytes");
    CHECK_EQ(ep->t, "DEV-EXR-004", raw->address, tlp->address, "address");
}

static void send_one(struct ep *ep, uint32_t slot, const struct ep_raw *raw, const char *what)
{
    uint32_t mark = ep_mark(ep);

    test_context(ep->t, "%s, type %u, slot %u", what, raw->type, slot);
    CHECK(ep->t, "DEV-EXR-004", ep_raw_run(ep, slot, raw).done, "the slot is not done");
    expect_header(ep, raw, mark);
    test_context(ep->t, NULL);
}

static uint32_t legal_flags(enum ep_raw_type type)
{
    uint32_t flags =
        IOTB_RQ_PASID | IOTB_RQ_EXECUTE | IOTB_RQ_PRIVILEGED | IOTB_RQ_NO_SNOOP | IOTB_RQ_RELAXED | IOTB_RQ_ID_ORDERED;

    if (type == EP_RAW_READ)
        flags |= IOTB_RQ_ZERO_LENGTH;
    return type == EP_RAW_WRITE || type == EP_RAW_SWAP ? flags | IOTB_RQ_POISONED : flags;
}

static void header_flags(struct test *t)
{
    struct ep ep;

    open_unlocked(&ep, t);
    for (uint32_t type = EP_RAW_READ; type <= EP_RAW_TREQ; type++) {
        uint32_t flags = legal_flags(type);
        struct ep_raw raw = {.type = type, .address = NOWHERE, .length = 8, .pasid = 0x5a5a5};

        for (uint32_t bit = 0; bit < 16; bit++) { /* each alone, alone with a PASID, all others */
            raw.flags = flags & 1u << bit;
            send_one(&ep, bit % EP_SLOTS, &raw, "one flag");
            raw.flags |= IOTB_RQ_PASID;
            send_one(&ep, bit % EP_SLOTS, &raw, "one flag and a PASID");
            raw.flags = flags & ~(1u << bit);
            send_one(&ep, bit % EP_SLOTS, &raw, "all flags but one");
        }
        raw.flags = flags;
        send_one(&ep, type, &raw, "all flags");
    }
    ep_raw_close(&ep);
}

static void header_fields(struct test *t)
{
    static const uint32_t tags[] = {0, 1, 2, 0x55, 0x80, 0xff};
    struct ep ep;

    open_unlocked(&ep, t);
    for (uint32_t type = EP_RAW_READ; type <= EP_RAW_TREQ; type++) {
        struct ep_raw raw = {.type = type, .address = NOWHERE, .length = 8};

        for (raw.at = 0; raw.at < 4; raw.at++)
            send_one(&ep, type, &raw, "address type");
        raw.at = 0;
        raw.flags = IOTB_RQ_PASID;
        for (uint32_t bit = 0; bit <= 20; bit++) {
            raw.pasid = bit == 20 ? 0xfffff : 1u << bit;
            send_one(&ep, bit % EP_SLOTS, &raw, "PASID");
        }
        raw.flags = 0;
        for (uint32_t bit = 0; bit < 16; bit++) {
            raw.rid = 1u << bit;
            raw.own_rid = true;
            send_one(&ep, bit % EP_SLOTS, &raw, "Requester ID");
            raw.own_rid = false;
            send_one(&ep, bit % EP_SLOTS, &raw, "a Requester ID that is not to be used");
        }
        for (uint32_t i = 0; i < 6 && type != EP_RAW_WRITE; i++) {
            raw.tag = tags[i];
            raw.own_tag = true;
            send_one(&ep, i, &raw, "tag");
            raw.own_tag = false;
            send_one(&ep, i, &raw, "a tag that is not to be used");
        }
        for (uint32_t bit = 0; bit < 64; bit++) {
            raw.address = 1ull << bit;
            send_one(&ep, bit % EP_SLOTS, &raw, "address");
        }
        raw.address = NOWHERE;
        for (raw.length = 0; raw.length < 128; raw.length += raw.length < 9 || raw.length >= 62 ? 1 : 7)
            send_one(&ep, raw.length % EP_SLOTS, &raw, "length");
    }
    ep_raw_close(&ep);
}

/* All slots at once, each with everything of its own. */
static void all_slots(struct test *t)
{
    struct ep ep;
    struct ep_raw raws[EP_SLOTS];
    uint32_t hold, mark, busy = 0;

    open_unlocked(&ep, t);
    hold = ep_rule(&ep, EP_ANY, 0, UINT64_MAX, EP_HOLD, 0, UINT32_MAX);
    mark = ep_mark(&ep);
    for (uint32_t n = 0; n < EP_SLOTS; n++) {
        raws[n] = (struct ep_raw){.type = n % 6 == EP_RAW_WRITE ? EP_RAW_READ : n % 6,
                                  .at = n & 3,
                                  .flags = IOTB_RQ_PASID | (n & 1 ? IOTB_RQ_RELAXED : IOTB_RQ_ID_ORDERED),
                                  .pasid = 0x10001 * n + 1,
                                  .own_rid = true,
                                  .rid = 0x1234 + 0x100 * n,
                                  .own_tag = true,
                                  .tag = 31 - n,
                                  .address = NOWHERE + 0x1040 * n,
                                  .length = 8};
        ep_raw_start(&ep, n, &raws[n]);
    }
    (void)test_settle(t);
    if (!ep_get(&ep, "BAR0_XSTRAP", "SERIAL")) {
        CHECK_EQ(t, "DEV-EXR-006", 0xff, ep_get(&ep, "BAR4_XSTAT", "BUSY"), "XSTAT.BUSY with all slots at work");
        CHECK_EQ(t, "DEV-EXR-004", EP_SLOTS, ep_count(&ep, mark, EP_ANY, 0, UINT64_MAX), "TLPs of eight slots");
    }
    for (uint32_t left = EP_SLOTS; left; left--) {
        ep_release_one(&ep, hold);
        (void)test_settle(t);
        busy = 0;
        for (uint32_t n = 0; n < EP_SLOTS; n++)
            busy |= (uint32_t)ep_raw_result(&ep, n).busy << n;
        CHECK_EQ(t, "DEV-EXR-006", busy, ep_get(&ep, "BAR4_XSTAT", "BUSY"), "XSTAT.BUSY, as the slots say it");
        CHECK_EQ(t, "DEV-EXR-006", left - 1, __builtin_popcount(busy), "slots at work when %u are not answered", left - 1);
    }
    ep_end_rule(&ep, hold);
    for (uint32_t n = 0; n < EP_SLOTS; n++) {
        const struct ep_event *event = NULL;

        test_context(t, "slot %u", n);
        for (uint32_t i = 0; (event = ep_event(&ep, mark, EP_ANY, 0, UINT64_MAX, i)) != NULL; i++)
            if (event->tlp.pasid == raws[n].pasid)
                break;
        if (!CHECK(t, "DEV-EXR-004", event, "no TLP with its PASID"))
            continue;
        CHECK_EQ(t, "DEV-EXR-004", raws[n].rid, event->tlp.requester_id, "Requester ID");
        CHECK_EQ(t, "DEV-EXR-004", raws[n].tag, event->tlp.id, "tag");
        CHECK_EQ(t, "DEV-EXR-004", raws[n].address, event->tlp.address, "address");
    }
    ep_raw_close(&ep);
}

/* Tags of its own do not stay in use: the lowest free one is that of before. */
static void tags_return(struct test *t)
{
    struct ep ep;

    open_unlocked(&ep, t);
    for (uint32_t i = 0; i < 300; i++) {
        struct ep_raw raw = {.type = EP_RAW_READ, .address = NOWHERE, .length = 8, .own_tag = true, .tag = i % 40};

        send_one(&ep, i % EP_SLOTS, &raw, "a tag of its own");
        raw.own_tag = false;
        if (i % 30 == 29)
            send_one(&ep, i % EP_SLOTS, &raw, "after tags of its own");
    }
    CHECK_EQ(t, "DEV-EXR-004", 0, ep_get(&ep, "BAR0_LIMITS", "NP"), "requests outstanding at the end");
    ep_raw_close(&ep);
}

/* ---- payload ---- */

static const struct iotb_request *written(struct ep *ep, uint32_t mark, uint32_t n)
{
    const struct ep_event *event = ep_event(ep, mark, EP_WRITE | EP_ATOMIC, 0, UINT64_MAX, n);

    return event ? &event->tlp : NULL;
}

static void payload(struct test *t)
{
    static const uint64_t seeds[] = {1, 2, 0x3ffffe, 0x3fffff, 0x400000, 0x123456789abcdef0, UINT64_MAX};
    struct ep ep;
    uint8_t expected[64];

    open_unlocked(&ep, t);
    for (uint32_t n = 0; n < EP_SLOTS; n++)
        ep_raw_fill(&ep, n, 0x100 * n);
    for (uint32_t slot = 0; slot < EP_SLOTS; slot++) {
        struct ep_raw raw = {.type = EP_RAW_WRITE, .address = NOWHERE, .length = 64 - slot};
        uint32_t mark = ep_mark(&ep);

        (void)ep_raw_run(&ep, slot, &raw);
        ep_raw_data(&ep, slot, false, expected);
        CHECK(t, "DEV-EXR-005", written(&ep, mark, 0) && !memcmp(written(&ep, mark, 0)->data, expected, raw.length),
              "slot %u does not send its buffer", slot);
    }
    for (uint32_t way = 0; way < 14; way++) {
        uint64_t common = way & 1 ? 0x0f1e2d3c4b5a6978 : 0;
        struct ep_raw raw = {.type = EP_RAW_WRITE, .address = NOWHERE, .length = 64, .seed = seeds[way / 2], .repeat = 3};
        uint32_t mark = ep_mark(&ep);

        ep_write(&ep, "BAR4_SEED", common);
        (void)ep_raw_run(&ep, way % EP_SLOTS, &raw);
        for (uint32_t n = 0; n < 4; n++) {
            ep_raw_pattern(raw.seed ^ common, n, expected);
            CHECK(t, "DEV-EXR-005", written(&ep, mark, n) && !memcmp(written(&ep, mark, n)->data, expected, 64),
                  "TLP %u with DATA_SEED 0x%llx and SEED 0x%llx is not the pattern", n, (unsigned long long)raw.seed,
                  (unsigned long long)common);
        }
    }
    ep_raw_close(&ep);
}

static void expect_number(struct test *t, uint64_t expected, const uint8_t *data, uint32_t bytes, const char *what)
{
    uint64_t value = 0;

    memcpy(&value, data, bytes);
    CHECK_EQ(t, "DEV-EXR-005", bytes == 8 ? expected : (uint32_t)expected, value, "%s of %u bytes", what, bytes);
}

static void atomics(struct test *t)
{
    struct ep ep;
    uint64_t va;

    open_unlocked(&ep, t);
    va = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    for (uint32_t type = EP_RAW_FETCH_ADD; type <= EP_RAW_CAS; type++)
        for (uint32_t bytes = 4; bytes <= 8; bytes += 4) {
            const uint64_t old = 0x1122334455667788, operand = 0xf0e1d2c3b4a59687;
            uint64_t left = type == EP_RAW_FETCH_ADD ? old + operand : operand;
            struct ep_raw raw = {.type = type, .address = va + 16 * type, .length = bytes, .operand = operand, .compare = old};
            uint32_t mark = ep_mark(&ep);
            uint8_t data[64];
            const struct iotb_request *tlp;

            mem_write64(t, ep_pa(&ep, EP_NONE, raw.address), old);
            CHECK_EQ(t, "DEV-EXR-005", IOTB_SC, ep_raw_run(&ep, type, &raw).status, "status");
            tlp = written(&ep, mark, 0);
            if (!CHECK(t, "DEV-EXR-005", tlp, "no atomic is sent"))
                continue;
            expect_number(t, type == EP_RAW_CAS ? old : operand, tlp->data, bytes, type == EP_RAW_CAS ? "compare" : "operand");
            if (type == EP_RAW_CAS)
                expect_number(t, operand, tlp->data + bytes, bytes, "new value");
            ep_raw_data(&ep, type, true, data);
            expect_number(t, old, data, bytes, "what came back");
            CHECK_EQ(t, "DEV-EXR-005", bytes == 8 ? left : (old & ~(uint64_t)UINT32_MAX) | (uint32_t)left,
                     ep_peek(&ep, EP_NONE, raw.address), "memory after it");
        }
    ep_raw_close(&ep);
}

/* ---- results ---- */

static void read_result(struct test *t)
{
    struct ep ep;
    uint64_t va;
    uint8_t memory[64], seen[64];

    open_unlocked(&ep, t);
    va = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    ep_fill(&ep, EP_NONE, va, 4096, 77);
    for (uint32_t slot = 0; slot < EP_SLOTS; slot++) {
        uint32_t bytes = 64 - 9 * slot;
        struct ep_raw raw = {.type = EP_RAW_READ, .address = va + 256 * slot, .length = bytes};
        struct ep_raw_result result = ep_raw_run(&ep, slot, &raw);

        test_context(t, "slot %u", slot);
        mem_read(t, ep_pa(&ep, EP_NONE, raw.address), memory, bytes);
        ep_raw_data(&ep, slot, true, seen);
        CHECK(t, "DEV-EXR-006", !memcmp(memory, seen, bytes), "the data that came are not in the buffer");
        CHECK_EQ(t, "DEV-EXR-006", bytes, result.bytes, "BYTES");
        CHECK_EQ(t, "DEV-EXR-006", 1, result.tlps, "TLPS");
        CHECK_EQ(t, "DEV-EXR-006", IOTB_SC, result.status, "STATUS");
        CHECK_EQ(t, "DEV-EXR-006", 0, result.timed_out | result.ep_seen, "TIMED_OUT or EP_SEEN");
        CHECK_EQ(t, "DEV-EXR-006", ep_raw_checksum(0, memory, bytes), result.checksum, "CHECKSUM");
    }
    for (uint32_t slot = 0; slot < EP_SLOTS; slot++) /* none has touched the buffer of another */
        CHECK_EQ(t, "DEV-EXR-006", ep_peek(&ep, EP_NONE, va + 256 * slot) & 0xff,
                 ep_read_at(&ep, "BAR4_BUFFER", 0x100 * slot + 0x80) & 0xff, "first byte in the buffer of slot %u", slot);
    ep_raw_close(&ep);
}

struct answer {
    enum ep_action action;
    uint32_t status;
    bool ep_seen, timed_out;
};

static void answers(struct test *t)
{
    static const struct answer all[] = {{EP_UR, IOTB_UR, false, false},
                                        {EP_CA, IOTB_CA, false, false},
                                        {EP_RESERVED, 3, false, false},
                                        {EP_POISON, IOTB_SC, true, false},
                                        {EP_DROP, IOTB_SC, false, true}};
    struct ep ep;
    uint64_t va;

    open_unlocked(&ep, t);
    va = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    ep_set(&ep, "BAR0_TIMEOUT", "NP", 1000);
    for (uint32_t i = 0; i < 2 * sizeof(all) / sizeof(all[0]); i++) {
        const struct answer *answer = &all[i / 2];
        struct ep_raw raw = {.type = i & 1 ? EP_RAW_TREQ : EP_RAW_READ, .address = va, .length = 8};
        struct ep_raw_result result;

        test_context(t, "answer %u", i);
        (void)ep_rule(&ep, EP_READ | EP_TREQ, va, va + 63, answer->action, 0, 1);
        ep_raw_start(&ep, i % EP_SLOTS, &raw);
        test_run(t, 10000000000ull);
        result = ep_raw_result(&ep, i % EP_SLOTS);
        CHECK(t, "DEV-EXR-006", result.done && !result.busy, "the slot is not done");
        if (!answer->timed_out)
            CHECK_EQ(t, "DEV-EXR-006", answer->status, result.status, "STATUS");
        CHECK_EQ(t, "DEV-EXR-006", answer->ep_seen, result.ep_seen, "EP_SEEN");
        CHECK_EQ(t, "DEV-EXR-006", answer->timed_out, result.timed_out, "TIMED_OUT");
        CHECK_EQ(t, "DEV-EXR-006", answer->ep_seen ? 8 : 0, result.bytes, "BYTES");
        result = ep_raw_run(&ep, i % EP_SLOTS, &raw);
        CHECK_EQ(t, "DEV-EXR-006", IOTB_SC, result.status, "STATUS of the next one");
        CHECK_EQ(t, "DEV-EXR-006", 0, result.timed_out | result.ep_seen, "TIMED_OUT or EP_SEEN of the next one");
    }
    ep_raw_close(&ep);
}

/* GO and BUSY and DONE over the life of a read, with the ticks that it takes. */
static void life(struct test *t)
{
    struct ep ep;
    struct ep_raw raw = {.type = EP_RAW_READ, .length = 8};
    struct ep_raw_result result;
    uint64_t began, sent, released;
    uint32_t hold, mark;

    open_unlocked(&ep, t);
    raw.address = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    for (uint32_t slot = 0; slot < EP_SLOTS; slot++) {
        test_context(t, "slot %u", slot);
        hold = ep_rule(&ep, EP_READ, 0, UINT64_MAX, EP_HOLD, 0, UINT32_MAX);
        mark = ep_mark(&ep);
        began = ep_read(&ep, "BAR0_TICK");
        ep_raw_start(&ep, slot, &raw);
        CHECK_EQ(t, "DEV-EXR-006", 0, ep_get_at(&ep, "BAR4_SLOT_CTL", 0x80 * slot, "GO"), "GO");
        CHECK_EQ(t, "DEV-EXR-006", 1, ep_raw_result(&ep, slot).busy, "BUSY as soon as it is started");
        (void)test_settle(t);
        result = ep_raw_result(&ep, slot);
        CHECK(t, "DEV-EXR-006", result.busy && !result.done, "BUSY %u, DONE %u before the completion", result.busy, result.done);
        sent = ep_read(&ep, "BAR0_TICK");
        ep_raw_start(&ep, slot, &raw); /* is at work: GO has no effect */
        test_run(t, 50000000 + 10000000 * slot);
        CHECK_EQ(t, "DEV-EXR-006", 1, ep_count(&ep, mark, EP_ANY, 0, UINT64_MAX), "TLPs when GO is written twice");
        released = ep_read(&ep, "BAR0_TICK");
        ep_release(&ep, hold);
        (void)test_settle(t);
        result = ep_raw_result(&ep, slot);
        CHECK(t, "DEV-EXR-006", !result.busy && result.done, "BUSY %u, DONE %u after it", result.busy, result.done);
        CHECK(t, "DEV-EXR-006", result.ticks >= released - sent && result.ticks <= ep_read(&ep, "BAR0_TICK") - began,
              "TICKS is %llu, and %llu to %llu have passed", (unsigned long long)result.ticks,
              (unsigned long long)(released - sent), (unsigned long long)(ep_read(&ep, "BAR0_TICK") - began));
        ep_write_at(&ep, "BAR4_SLOT_CTL", 0x80 * slot, 0);
        CHECK_EQ(t, "DEV-EXR-006", 1, ep_raw_result(&ep, slot).done, "DONE after a zero was written");
        ep_write_at(&ep, "BAR4_SLOT_CTL", 0x80 * slot, ep_reg_bits("BAR4_SLOT_CTL", "DONE", 1));
        CHECK_EQ(t, "DEV-EXR-006", 0, ep_raw_result(&ep, slot).done, "DONE after a one was written");
    }
    ep_raw_close(&ep);
}

/* Without Bus Master Enable a slot waits; in the end the device does product work as before. */
static void gated(struct test *t)
{
    struct ep ep;
    uint64_t va;
    uint32_t mark;

    ep_scene(&ep, t, EP_NONE);
    ep_unlock(&ep);
    va = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    for (uint32_t type = EP_RAW_READ; type <= EP_RAW_TREQ; type++) {
        struct ep_raw raw = {.type = type, .address = va, .length = 8};

        ep_set(&ep, "CFG_COMMAND", "BME", 0);
        mark = ep_mark(&ep);
        CHECK(t, "DEV-EXR-006", ep_raw_run(&ep, type, &raw).busy, "type %u does not wait for Bus Master Enable", type);
        CHECK_EQ(t, "DEV-EXR-006", 0, ep_count(&ep, mark, EP_ANY, 0, UINT64_MAX), "TLPs of type %u without it", type);
        ep_set(&ep, "CFG_COMMAND", "BME", 1);
        (void)test_settle(t);
        CHECK(t, "DEV-EXR-006", ep_raw_result(&ep, type).done, "type %u is not sent when it may", type);
        CHECK_EQ(t, "DEV-EXR-006", 1, ep_count(&ep, mark, EP_ANY, 0, UINT64_MAX), "TLPs of type %u with it", type);
    }
    ep_expect_move(&ep, "DEV-EXR-006", 0, EP_NONE, "a move after all slots");
    ep_raw_close(&ep);
}

/* ---- repeating ---- */

static void repeats(struct test *t)
{
    static const uint32_t counts[] = {0, 1, 5};
    struct ep ep;
    uint64_t va;

    open_unlocked(&ep, t);
    va = ep_buffer(&ep, EP_NONE, 2 * 4096, EP_RW);
    ep_fill(&ep, EP_NONE, va, 4096, 5);
    for (uint32_t i = 0; i < 12; i++) {
        uint32_t count = counts[i % 3], stride = i & 4 ? 0x143 : 0x80, bytes = 24, mark = ep_mark(&ep);
        struct ep_raw raw = {.type = i < 6 ? EP_RAW_READ : EP_RAW_WRITE,
                             .address = va,
                             .length = bytes,
                             .repeat = count,
                             .stride = stride,
                             .seed = i < 6 ? 0 : i};
        struct ep_raw_result result = ep_raw_run(&ep, i % EP_SLOTS, &raw);
        uint64_t sum = 0;

        test_context(t, "%u further %s, stride 0x%x", count, i < 6 ? "reads" : "writes", stride);
        CHECK(t, "DEV-EXR-007", result.done && !result.busy, "the slot is not done");
        CHECK_EQ(t, "DEV-EXR-007", count + 1, result.tlps, "TLPS");
        CHECK_EQ(t, "DEV-EXR-007", count + 1, ep_count(&ep, mark, EP_ANY, 0, UINT64_MAX), "TLPs sent");
        for (uint32_t n = 0; n <= count; n++) {
            const struct ep_event *event = ep_event(&ep, mark, EP_ANY, 0, UINT64_MAX, n);
            uint8_t data[64];

            CHECK_EQ(t, "DEV-EXR-007", va + n * stride, event ? event->tlp.address : 0, "address of TLP %u", n);
            if (i < 6) {
                mem_read(t, ep_pa(&ep, EP_NONE, va + n * stride), data, bytes);
                sum = ep_raw_checksum(sum, data, bytes);
            } else {
                ep_raw_pattern(raw.seed, n, data);
                CHECK(t, "DEV-EXR-007", event && !memcmp(event->tlp.data, data, bytes), "data of TLP %u", n);
            }
        }
        CHECK_EQ(t, "DEV-EXR-007", sum, result.checksum, "CHECKSUM of all that came");
    }
    ep_raw_close(&ep);
}

/* ---- messages ---- */

static const struct iotb_message *send_message(struct ep *ep, uint32_t slot, const struct ep_raw *raw, bool completion)
{
    uint32_t mark = ep_mark(ep);
    const struct ep_event *event;

    CHECK(ep->t, "DEV-EXR-008", ep_raw_run(ep, slot, raw).done, "the slot is not done");
    event = ep_message(ep, mark, completion ? IOTB_MSG_INVALIDATE_COMPLETION : IOTB_MSG_PAGE_REQUEST, 0);
    CHECK_EQ(ep->t, "DEV-EXR-008", 1, ep_count(ep, mark, EP_ANY, 0, UINT64_MAX), "TLPs and messages sent");
    if (!CHECK(ep->t, "DEV-EXR-008", event, "no such message"))
        return NULL;
    CHECK_EQ(ep->t, "DEV-EXR-008", raw->own_rid ? raw->rid : ep->rid, event->message.device_id, "Requester ID");
    CHECK_EQ(ep->t, "DEV-EXR-008", raw->flags & IOTB_RQ_PASID, event->message.flags & IOTB_RQ_PASID, "PASID present");
    if (raw->flags & IOTB_RQ_PASID) {
        CHECK_EQ(ep->t, "DEV-EXR-008", raw->pasid, event->message.pasid, "PASID");
        CHECK_EQ(ep->t, "DEV-EXR-008", raw->flags & OWN_FLAGS, event->message.flags & OWN_FLAGS, "Execute and Privileged");
    }
    return &event->message;
}

/* Who sends it, and with which PASID. */
static void own_sender(struct ep_raw *raw, uint32_t n)
{
    raw->own_rid = n & 1;
    raw->rid = 0x4321 + n;
    raw->flags = (n & 2 ? IOTB_RQ_PASID : 0) | (n & 4 ? IOTB_RQ_EXECUTE : 0) | (n & 8 ? IOTB_RQ_PRIVILEGED : 0);
    raw->pasid = 0xf0f00 + n;
}

static void completions(struct test *t)
{
    struct ep ep;

    open_unlocked(&ep, t);
    for (uint32_t n = 0; n < 64; n++) {
        uint32_t vector = n < 32 ? 1u << n : 0xf000000f ^ n << 8, agent = 0x8001 ^ n << 5;
        struct ep_raw raw = {.type = EP_RAW_MESSAGE, .code = EP_RAW_INVALIDATE_COMPLETION, .cc = n & 7};
        const struct iotb_message *message;

        own_sender(&raw, n);
        raw.address = (uint64_t)agent << 48 | vector;
        message = send_message(&ep, n % EP_SLOTS, &raw, true);
        if (message) {
            CHECK_EQ(t, "DEV-EXR-008", vector, message->itag, "ITag vector of the header");
            CHECK_EQ(t, "DEV-EXR-008", n & 7, message->completion_count, "completion count");
            CHECK_EQ(t, "DEV-EXR-008", agent, message->agent_id, "destination");
        }
        raw.itag = n & 31;
        message = n & 31 ? send_message(&ep, n % EP_SLOTS, &raw, true) : NULL;
        if (message)
            CHECK_EQ(t, "DEV-EXR-008", 1u << (n & 31), message->itag, "ITag vector of ITAG");
    }
    ep_raw_close(&ep);
}

static void page_requests(struct test *t)
{
    struct ep ep;

    open_unlocked(&ep, t);
    for (uint32_t n = 0; n < 64; n++) {
        uint64_t page = n < 52 ? 0x1000ull << n : 0xfedcba9876543000 ^ (uint64_t)n << 20;
        uint32_t index = n < 9 ? 1u << n : n * 7 & 511;
        struct ep_raw raw = {.type = EP_RAW_MESSAGE, .code = EP_RAW_PAGE_REQUEST, .address = page | index << 3 | (n & 7)};
        const struct iotb_message *message;

        own_sender(&raw, n);
        message = send_message(&ep, n % EP_SLOTS, &raw, false);
        if (!message)
            continue;
        CHECK_EQ(t, "DEV-EXR-008", page, message->address, "page address");
        CHECK_EQ(t, "DEV-EXR-008", index, message->group_index, "PRG index");
        CHECK_EQ(t, "DEV-EXR-008", n & 1, message->read, "R");
        CHECK_EQ(t, "DEV-EXR-008", n >> 1 & 1, message->write, "W");
        CHECK_EQ(t, "DEV-EXR-008", n >> 2 & 1, message->last, "L");
    }
    for (uint32_t i = 0; i < 512; i++) /* nobody owes a response to what was made up */
        ep.groups[i].outstanding = false;
    ep_raw_close(&ep);
}

/* ---- through the ATC ---- */

static void check_translated(struct ep *ep, const struct ep_raw *raw, uint32_t mark)
{
    const struct ep_event *treq = ep_event(ep, mark, EP_TREQ, 0, UINT64_MAX, 0);
    const struct ep_event *data = ep_event(ep, mark, EP_DATA, 0, UINT64_MAX, 0);
    uint32_t space = raw->flags & IOTB_RQ_PASID ? raw->pasid : EP_NONE;
    bool writes = raw->type != EP_RAW_READ;

    if (!CHECK(ep->t, "DEV-EXR-009", treq && data, "no translation request, or no access after it"))
        return;
    CHECK_EQ(ep->t, "DEV-EXR-009", raw->address & ~0xfffull, treq->tlp.address, "address of the translation request");
    CHECK_EQ(ep->t, "DEV-EXR-009", raw->flags & (IOTB_RQ_PASID | OWN_FLAGS), treq->tlp.flags & (IOTB_RQ_PASID | OWN_FLAGS),
             "PASID and permissions that it has");
    CHECK_EQ(ep->t, "DEV-EXR-009", space, treq->tlp.flags & IOTB_RQ_PASID ? treq->tlp.pasid : EP_NONE, "PASID");
    CHECK_EQ(ep->t, "DEV-EXR-009", !writes, (treq->tlp.flags & IOTB_RQ_NO_WRITE) != 0, "NW");
    CHECK_EQ(ep->t, "DEV-EXR-009", kinds[raw->type], data->tlp.kind, "kind of the access");
    CHECK_EQ(ep->t, "DEV-EXR-009", IOTB_AT_TRANSLATED, data->tlp.address_type, "address type of the access");
    CHECK_EQ(ep->t, "DEV-EXR-009", ep_pa(ep, space, raw->address), data->tlp.address, "address of the access");
    CHECK_EQ(ep->t, "DEV-EXR-009", raw->length, data->tlp.bytes, "bytes of the access");
    CHECK_EQ(ep->t, "DEV-EXR-009", raw->flags & IOTB_RQ_NO_SNOOP, data->tlp.flags & IOTB_RQ_NO_SNOOP, "No Snoop");
}

static void through_cache(struct test *t)
{
    struct ep ep;

    open_unlocked(&ep, t);
    ep_all(&ep);
    for (uint32_t i = 0; i < 30; i++) {
        static const uint32_t sets[] = {0, IOTB_RQ_NO_SNOOP, IOTB_RQ_PASID, IOTB_RQ_PASID | IOTB_RQ_PRIVILEGED,
                                        IOTB_RQ_PASID | IOTB_RQ_PRIVILEGED | IOTB_RQ_EXECUTE | IOTB_RQ_NO_SNOOP};
        enum ep_raw_type type = i % 5;
        uint32_t flags = sets[i / 5 % 5], space, length = type < EP_RAW_FETCH_ADD ? 24 : i < 25 ? 8 : 4, mark;
        struct ep_raw raw = {.type = type,
                             .at = i & 3,
                             .flags = flags,
                             .pasid = 9 + i,
                             .use_atc = true,
                             .length = length,
                             .operand = 0x0102030405060708 + i,
                             .compare = 0x1111222233334444};
        struct ep_raw_result result;
        uint8_t memory[64], seen[64];

        test_context(t, "type %u, flags 0x%x", type, flags);
        if (type != EP_RAW_READ)
            raw.flags &= ~IOTB_RQ_EXECUTE;
        if (raw.flags & IOTB_RQ_PASID && (!ep.pasid || !ep.priv_on || !ep.exec_on))
            continue;
        space = raw.flags & IOTB_RQ_PASID ? raw.pasid : EP_NONE;
        raw.address = ep_buffer(&ep, space, 4096, EP_RW | EP_X) + 64 * i;
        ep_fill(&ep, space, raw.address, 64, i);
        mem_write64(t, ep_pa(&ep, space, raw.address), raw.compare);
        mem_read(t, ep_pa(&ep, space, raw.address), memory, 64);
        ep_raw_fill(&ep, i % EP_SLOTS, i);
        mark = ep_mark(&ep);
        result = ep_raw_run(&ep, i % EP_SLOTS, &raw);
        CHECK(t, "DEV-EXR-009", result.done && result.status == IOTB_SC, "DONE %u, STATUS %u", result.done, result.status);
        check_translated(&ep, &raw, mark);
        if (type != EP_RAW_WRITE) {
            ep_raw_data(&ep, i % EP_SLOTS, true, seen);
            CHECK_EQ(t, "DEV-EXR-009", length, result.bytes, "BYTES");
            CHECK(t, "DEV-EXR-009", !memcmp(seen, memory, length), "the data that came");
        }
        ep_raw_data(&ep, i % EP_SLOTS, false, seen);
        mem_read(t, ep_pa(&ep, space, raw.address), memory, 64);
        if (type == EP_RAW_WRITE)
            CHECK(t, "DEV-EXR-009", !memcmp(seen, memory, length), "the data written");
        if (type == EP_RAW_SWAP || type == EP_RAW_CAS)
            CHECK(t, "DEV-EXR-009", !memcmp(&raw.operand, memory, length), "the operand in memory");
    }
    ep_raw_close(&ep);
}

static void through_cache_refused(struct test *t)
{
    static const struct {
        uint32_t kinds;
        enum ep_action action;
        uint32_t status;
    } ways[] = {{EP_READ, EP_UR, IOTB_UR}, {EP_READ, EP_CA, IOTB_CA}, {EP_TREQ, EP_CA, IOTB_UR}, {EP_TREQ, EP_UR, IOTB_UR}};
    struct ep ep;
    struct ep_raw raw = {.type = EP_RAW_READ, .use_atc = true, .length = 8};
    uint32_t mark;

    open_unlocked(&ep, t);
    ep_all(&ep);
    for (uint32_t i = 0; i < 4; i++) {
        raw.address = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
        (void)ep_rule(&ep, ways[i].kinds, raw.address, raw.address + 63, ways[i].action, 0, 1);
        CHECK_EQ(t, "DEV-EXR-009", ways[i].status, ep_raw_run(&ep, i, &raw).status, "STATUS, way %u", i);
    }
    ep_ats(&ep, false);
    mark = ep_mark(&ep);
    raw.address = ep_buffer(&ep, EP_NONE, 4096, EP_R);
    CHECK_EQ(t, "DEV-EXR-009", IOTB_SC, ep_raw_run(&ep, 5, &raw).status, "STATUS with ATS off");
    CHECK_EQ(t, "DEV-EXR-009", 1, ep_count_at(&ep, mark, IOTB_AT_UNTRANSLATED), "untranslated requests with ATS off");
    ep_ats(&ep, true);
    raw.type = EP_RAW_WRITE; /* R only, and no page request: the slot is not to wait */
    CHECK_EQ(t, "DEV-EXR-009", IOTB_UR, ep_raw_run(&ep, 6, &raw).status, "STATUS of a write that is not allowed");
    raw.type = EP_RAW_TREQ; /* a translation request itself does not go through the ATC */
    raw.address += 8;
    mark = ep_mark(&ep);
    CHECK_EQ(t, "DEV-EXR-009", IOTB_SC, ep_raw_run(&ep, 7, &raw).status, "STATUS of a translation request");
    CHECK_EQ(t, "DEV-EXR-009", 1, ep_count(&ep, mark, EP_ANY, 0, UINT64_MAX), "TLPs of a translation request");
    ep_raw_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("exerciser.header_flags", header_flags, "DEV-EXR-004", "&EXER", "A raw TLP has the flags of its slot"),
    SENDS("exerciser.header_fields", header_fields, "DEV-EXR-004", "&EXER", "A raw TLP has the fields of its slot"),
    SENDS("exerciser.all_slots", all_slots, "DEV-EXR-004 DEV-EXR-006", "&EXER", "Eight slots work at once, each for itself"),
    SENDS("exerciser.tags", tags_return, "DEV-EXR-004", "&EXER", "A tag of its own is free again after the completion"),
    SENDS("exerciser.payload", payload, "DEV-EXR-005", "&EXER", "Raw writes carry the buffer or the pattern"),
    SENDS("exerciser.atomics", atomics, "DEV-EXR-005", "&EXER", "Raw atomics carry their operands"),
    SENDS("exerciser.read", read_result, "DEV-EXR-006", "&EXER", "A raw read tells what came"),
    SENDS("exerciser.answers", answers, "DEV-EXR-006", "&EXER", "A raw request tells how it was answered"),
    SENDS("exerciser.life", life, "DEV-EXR-006", "&EXER", "GO, BUSY, DONE and TICKS over the life of a request"),
    SENDS("exerciser.gated", gated, "DEV-EXR-006", "&EXER", "Raw requests too wait for Bus Master Enable"),
    SENDS("exerciser.repeats", repeats, "DEV-EXR-007", "&EXER", "A slot repeats its TLP along a stride"),
    SENDS("exerciser.completions", completions, "DEV-EXR-008", "&EXER", "Raw Invalidate Completions are as programmed"),
    SENDS("exerciser.page_requests", page_requests, "DEV-EXR-008", "&EXER", "Raw Page Requests are as programmed"),
    SENDS("exerciser.through_cache", through_cache, "DEV-EXR-009", "&EXER&ATS", "USE_ATC translates first"),
    SENDS("exerciser.through_cache_refused", through_cache_refused, "DEV-EXR-009", "&EXER&ATS", "USE_ATC tells what was refused"),
};

LIST(ep_exerciser_slots_cases, cases);
