/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt posting (5.2): the posted interrupt descriptor, notifications, what blocks an interrupt that is to be posted. */
#include "vtd_chapters.h"
#include "vtd_interrupts.h"
#include "vtd_queue_rig.h"

#include <string.h>

#define INDEX 0x13u
#define S_SMALL 7u
#define PID_BYTES 64u
#define NOTIFICATION 0xf2u

enum { ON = 256, SN = 257 }; /* bits of the descriptor, 9.11 */

static struct iotb_request request(struct vt *vt)
{
    return vt_interrupt_request(vt_rid(vt, 0), INDEX, false, 0);
}

static uint32_t destination(const struct vt *vt)
{
    return vt->eime ? 0x76543210u : 0x35u;
}

/* A descriptor with NV and NDST and nothing posted. */
static uint64_t descriptor_new(struct vt *vt)
{
    uint64_t pid = mem_alloc(vt->t, PID_BYTES, PID_BYTES);
    uint32_t dst = destination(vt);

    vt_set_field(vt, pid, "posted_interrupt_descriptor", "NV", NOTIFICATION);
    vt_set_bits(vt, pid, 319, 288, vt->eime ? dst : dst << 8);
    return pid;
}

static void point_at(struct vt *vt, uint64_t pid, uint32_t vector, bool urgent)
{
    struct vt_irte_posted e = {.vector = vector, .descriptor = pid, .urgent = urgent};

    vt_set_irte_posted(vt, INDEX, &e);
}

static void clear_pid(struct vt *vt, uint64_t pid)
{
    for (uint32_t i = 0; i < 4; i++)
        mem_write64(vt->t, pid + 8 * i, 0);
    vt_set_bits(vt, pid, ON, ON, 0);
}

/* Exactly these bits are posted. */
static void pir_is(struct vt *vt, const char *row, uint64_t pid, const uint64_t *pir)
{
    for (uint32_t i = 0; i < 4; i++)
        CHECK_EQ(vt->t, row, pir[i], mem_read64(vt->t, pid + 8 * i), "PIR bits %u to %u", 64 * i, 64 * i + 63);
}

/* Sends the request once: accepted, no record; was it notified? */
static bool post(struct vt *vt, const char *row)
{
    struct vt_message expected = vt_notification(NOTIFICATION, destination(vt)), seen;
    struct iotb_request r = request(vt);
    struct vt_fault fault;
    struct outcome o;

    interrupts_drop(vt);
    o = request_run(vt->t, &r);
    test_settle(vt->t);
    CHECK(vt->t, row, o.done && (!o.has_status || o.status == IOTB_SC), "the interrupt request is accepted");
    CHECK(vt->t, row, !vt_fault_take(vt, &fault), "a fault record of an interrupt that is posted");
    if (!vt_interrupt_take(vt, &seen))
        return false;
    CHECK_EQ(vt->t, vt->eime ? "VTD-5-540" : "VTD-5-539", expected.address, seen.address, "address of the notification");
    CHECK_EQ(vt->t, "VTD-5-539", expected.data, seen.data, "data of the notification");
    CHECK(vt->t, "VTD-5-537", !vt_interrupt_take(vt, &seen), "a second notification");
    return true;
}

/* ---- PIR ---- */

/* Every vector, then into a descriptor where others are posted. */
static void vectors_body(struct vt *vt)
{
    uint64_t pid = descriptor_new(vt);

    for (uint32_t vector = 0; vector < 256; vector++) {
        uint64_t pir[4] = {0};

        if (vector % 32 > 1 && vector % 32 < 30 && vector % 5) /* both ends of each word, and a fifth of the rest */
            continue;
        test_context(vt->t, "EIME %d, vector %u", vt->eime, vector);
        clear_pid(vt, pid);
        point_at(vt, pid, vector, false);
        CHECK(vt->t, "VTD-5-537", post(vt, "VTD-5-536"), "a notification");
        pir[vector / 64] |= UINT64_C(1) << (vector % 64);
        pir_is(vt, "VTD-5-536", pid, pir);
        /* Again, with everything else set: nothing is lost. */
        for (uint32_t i = 0; i < 4; i++)
            mem_write64(vt->t, pid + 8 * i, ~pir[i]);
        post(vt, "VTD-5-536");
        for (uint32_t i = 0; i < 4; i++)
            pir[i] = ~UINT64_C(0);
        pir_is(vt, "VTD-5-536", pid, pir);
    }
    test_context(vt->t, NULL);
    CHECK_EQ(vt->t, "VTD-5-536", NOTIFICATION, vt_get_field(vt, pid, "posted_interrupt_descriptor", "NV"), "NV after all this");
}

static void vectors(struct test *t)
{
    interrupts_each_mode(t, S_SMALL, vectors_body);
}

/* The descriptor at each address bit. */
static void address_body(struct vt *vt)
{
    for (uint32_t bit = 6; bit < vt->haw; bit++) {
        uint64_t page = (UINT64_C(1) << bit & ~UINT64_C(0xfff)) | (bit < 16 ? UINT64_C(0x60000000) : 0x9000), pid;
        uint64_t pir[4] = {0, 0, UINT64_C(1) << 13, 0};

        page |= bit < 12 ? (uint64_t)bit << 16 : 0;
        pid = page | (bit < 12 ? UINT64_C(1) << bit : 0);
        if (!mem_claim(vt->t, page, 4096))
            continue;
        test_context(vt->t, "descriptor at 0x%llx", (unsigned long long)pid);
        mem_fill(vt->t, pid, PID_BYTES, 0);
        vt_set_field(vt, pid, "posted_interrupt_descriptor", "NV", NOTIFICATION);
        vt_set_bits(vt, pid, 319, 288, vt->eime ? destination(vt) : destination(vt) << 8);
        point_at(vt, pid, 141, false);
        CHECK(vt->t, "VTD-5-536", post(vt, "VTD-5-536"), "a notification");
        pir_is(vt, "VTD-5-536", pid, pir);
    }
    test_context(vt->t, NULL);
}

static void address(struct test *t)
{
    interrupts_each_mode(t, S_SMALL, address_body);
}

/* Software sets and clears other bits between the unit's read and its update. */
struct race {
    uint64_t pid;
    uint32_t edits;
};

static void edit(struct test *t, void *context, const struct iotb_access *a)
{
    struct race *race = context;

    if (a->kind == IOTB_ACC_READ || a->address + a->bytes <= race->pid || a->address >= race->pid + PID_BYTES || race->edits == 3)
        return;
    mem_write64(t, race->pid + 8 * (race->edits & 3), UINT64_C(0x8000000000000001) << race->edits);
    race->edits++;
}

static void race_body(struct vt *vt)
{
    struct race race = {.pid = descriptor_new(vt)};
    uint64_t expected[4] = {0};

    point_at(vt, race.pid, 9, false);
    test_on_access(vt->t, edit, &race);
    post(vt, "VTD-5-536");
    test_on_access(vt->t, NULL, NULL);
    for (uint32_t i = 0; i < race.edits; i++)
        expected[i] = UINT64_C(0x8000000000000001) << i;
    expected[0] |= UINT64_C(1) << 9;
    pir_is(vt, "VTD-5-536", race.pid, expected);
    CHECK(vt->t, "VTD-5-536", race.edits > 0, "the descriptor is updated");
}

static void races(struct test *t)
{
    interrupts_each_mode(t, S_SMALL, race_body);
}

/* ---- notification ---- */

/* ON, SN, URG: eight rows of 5.2.3. */
static void notification_body(struct vt *vt)
{
    for (uint32_t i = 0; i < 8; i++) {
        bool on = i & 1, sn = i & 2, urgent = i & 4, notified = !on && (urgent || !sn), seen;
        uint64_t pid = descriptor_new(vt), pir[4] = {0, UINT64_C(1) << 3, 0, 0};

        test_context(vt->t, "EIME %d, ON %d, SN %d, URG %d", vt->eime, on, sn, urgent);
        vt_set_bits(vt, pid, SN, ON, (sn ? 2u : 0u) | on);
        point_at(vt, pid, 67, urgent);
        seen = post(vt, "VTD-5-537");
        CHECK_EQ(vt->t, "VTD-5-537", notified, seen, "a notification");
        CHECK_EQ(vt->t, notified ? "VTD-5-537" : "VTD-5-538", on || notified, vt_get_bits(vt, pid, ON, ON), "ON afterwards");
        CHECK_EQ(vt->t, "VTD-5-538", sn, vt_get_bits(vt, pid, SN, SN), "SN afterwards");
        pir_is(vt, "VTD-5-536", pid, pir);
        /* Once more: now ON stands, if a notification was sent. */
        seen = post(vt, "VTD-5-537");
        CHECK_EQ(vt->t, "VTD-5-537", false, seen, "a second notification");
        /* When software has taken what was posted, it starts again. */
        clear_pid(vt, pid);
        seen = post(vt, "VTD-5-537");
        CHECK_EQ(vt->t, "VTD-5-537", urgent || !sn, seen, "a notification after ON was cleared");
    }
    test_context(vt->t, NULL);
}

static void notification(struct test *t)
{
    interrupts_each_mode(t, S_SMALL, notification_body);
}

/* NV and NDST, bit by bit. */
static void message_body(struct vt *vt)
{
    uint64_t pid = descriptor_new(vt);
    struct iotb_request r = request(vt);

    point_at(vt, pid, 1, false);
    for (uint32_t bit = 0; bit < 40; bit++) {
        uint32_t vector = bit < 8 ? 1u << bit : NOTIFICATION, dst = bit < 8 ? 2u : 1u << (bit - 8);
        struct vt_message expected = vt_notification(vector, dst), seen;

        if (bit >= 16 && !vt->eime)
            break;
        test_context(vt->t, "EIME %d, NV 0x%x, NDST 0x%x", vt->eime, vector, dst);
        clear_pid(vt, pid);
        vt_set_field(vt, pid, "posted_interrupt_descriptor", "NV", vector);
        vt_set_bits(vt, pid, 319, 288, vt->eime ? dst : dst << 8);
        interrupts_drop(vt);
        request_run(vt->t, &r);
        test_settle(vt->t);
        if (!CHECK(vt->t, "VTD-5-539", vt_interrupt_take(vt, &seen), "a notification"))
            continue;
        CHECK_EQ(vt->t, "VTD-5-539", expected.data, seen.data, "data: fixed, edge, asserted, vector NV");
        CHECK_EQ(vt->t, "VTD-5-540", expected.address, seen.address, "address: physical, RH 0, destination NDST");
    }
    test_context(vt->t, NULL);
}

static void message(struct test *t)
{
    interrupts_each_mode(t, S_SMALL, message_body);
}

/* The trigger mode of the request has no part in it: one post each (5.2.6). */
static void level_body(struct vt *vt)
{
    uint64_t pid = descriptor_new(vt);

    point_at(vt, pid, 20, false);
    for (uint32_t i = 0; i < 4; i++) {
        static const uint32_t data[] = {0, 0x8000, 0xc000, 0x4000}; /* trigger mode and level of compatibility format */
        struct iotb_request r = vt_interrupt_request(vt_rid(vt, 0), INDEX, false, data[i]);
        struct vt_message seen;

        clear_pid(vt, pid);
        interrupts_drop(vt);
        request_run(vt->t, &r);
        test_settle(vt->t);
        CHECK_EQ(vt->t, "VTD-5-545", UINT64_C(1) << 20, mem_read64(vt->t, pid), "PIR for data 0x%x", data[i]);
        CHECK(vt->t, "VTD-5-545", vt_interrupt_take(vt, &seen) && !vt_interrupt_take(vt, &seen), "one notification");
    }
}

static void level(struct test *t)
{
    interrupts_each_mode(t, S_SMALL, level_body);
}

/* ---- blocked ---- */

/* Blocked, the descriptor as it was; with FPD no record. */
static void blocked(struct vt *vt, const char *row, uint64_t pid, uint32_t fr)
{
    struct iotb_request r = request(vt);
    uint64_t before[8], entry = vt_irte(vt, INDEX);

    for (uint32_t i = 0; i < 8; i++)
        before[i] = mem_read64(vt->t, pid + 8 * i);
    vt_expect_interrupt_fault(vt, row, &r, fr, INDEX);
    vt_set_bits(vt, entry, 1, 1, 1);
    vt_invalidate_interrupts(vt, VT_IEC_INDEX, 0, INDEX);
    vt_expect_interrupt_fault(vt, fr == 0x24 ? row : "VTD-5-547", &r, 0, INDEX);
    vt_set_bits(vt, entry, 1, 1, 0);
    vt_invalidate_interrupts(vt, VT_IEC_INDEX, 0, INDEX);
    for (uint32_t i = 0; i < 8; i++)
        CHECK_EQ(vt->t, row, before[i], mem_read64(vt->t, pid + 8 * i), "64-bit word %u of the descriptor", i);
}

static void entry_body(struct vt *vt)
{
    uint64_t pid = descriptor_new(vt);

    for (uint32_t bit = 2; bit < 128; bit++) {
        bool reserved = bit < 8 || bit == 12 || bit == 13 || (bit >= 24 && bit < 38) || (bit >= 84 && bit < 96) ||
                        (bit >= 96 && bit - 64 >= vt->haw);

        if (!reserved)
            continue;
        test_context(vt->t, "EIME %d, bit %u", vt->eime, bit);
        point_at(vt, pid, 5, false);
        vt_toggle_irte(vt, INDEX, bit);
        blocked(vt, "VTD-5-535", pid, 0x24);
    }
    test_context(vt->t, NULL);
    point_at(vt, pid, 5, false);
    vt_set_bits(vt, vt_irte(vt, INDEX), 11, 8, 0xf); /* available to software */
    vt_invalidate_interrupts(vt, VT_IEC_INDEX, 0, INDEX);
    CHECK(vt->t, "VTD-5-535", post(vt, "VTD-5-535"), "a notification with all bits of AVAIL set");
}

static void entry(struct test *t)
{
    interrupts_each_mode(t, S_SMALL, entry_body);
}

static void descriptor_body(struct vt *vt)
{
    uint64_t pid = descriptor_new(vt);
    struct iotb_request r = request(vt);

    point_at(vt, pid, 5, false);
    for (uint32_t bit = 258; bit < 512; bit++) {
        bool reserved =
            bit < 272 || (bit >= 280 && bit < 288) || bit >= 320 || (!vt->eime && bit >= 288 && (bit < 296 || bit >= 304));

        if (!reserved)
            continue;
        test_context(vt->t, "EIME %d, descriptor bit %u", vt->eime, bit);
        vt_set_bits(vt, pid, bit, bit, 1);
        vt_once(vt);
        vt_expect_interrupt_fault(vt, "VTD-5-541", &r, 0x28, INDEX);
        if (bit % 32 == 2 || bit == 319 || bit == 295) {
            blocked(vt, "VTD-5-541", pid, 0x28);
            blocked(vt, "VTD-5-011", pid, 0x28);
        }
        CHECK_EQ(vt->t, "VTD-5-541", 0, mem_read64(vt->t, pid), "PIR after an interrupt that is blocked");
        vt_set_bits(vt, pid, bit, bit, 0);
    }
    test_context(vt->t, NULL);
    CHECK(vt->t, "VTD-5-541", post(vt, "VTD-5-541"), "a notification");
}

static void descriptor(struct test *t)
{
    interrupts_each_mode(t, S_SMALL, descriptor_body);
}

static void access_body(struct vt *vt)
{
    uint64_t pid = descriptor_new(vt);

    point_at(vt, pid, 5, false);
    CHECK(vt->t, "VTD-5-542", post(vt, "VTD-5-542"), "a notification");
    clear_pid(vt, pid);
    inject_fault(vt->t, INJECT_ABORT, pid, pid + PID_BYTES - 1, ACC_ANY, 1, UINT64_MAX);
    blocked(vt, "VTD-5-542", pid, 0x27);
    blocked(vt, "VTD-5-010", pid, 0x27);
    inject_clear(vt->t);
    CHECK(vt->t, "VTD-5-542", post(vt, "VTD-5-542"), "a notification");
}

static void access(struct test *t)
{
    interrupts_each_mode(t, S_SMALL, access_body);
}

/* The requester is checked as for remapped interrupts. */
static void source_body(struct vt *vt)
{
    uint64_t pid = descriptor_new(vt);
    struct vt_irte_posted e = {.vector = 5, .descriptor = pid, .svt = 1, .sid = vt_rid(vt, 0)};

    vt_set_irte_posted(vt, INDEX, &e);
    CHECK(vt->t, "VTD-5-535", post(vt, "VTD-5-535"), "a notification");
    clear_pid(vt, pid);
    e.sid ^= 0x8000;
    vt_set_irte_posted(vt, INDEX, &e);
    blocked(vt, "VTD-5-535", pid, 0x26);
    e.svt = 2; /* start bus to end bus */
    e.sid = (uint32_t)(vt_rid(vt, 0) & 0xff00) | vt_rid(vt, 0) >> 8;
    vt_set_irte_posted(vt, INDEX, &e);
    CHECK(vt->t, "VTD-5-535", post(vt, "VTD-5-535"), "a notification");
}

static void source(struct test *t)
{
    interrupts_each_mode(t, S_SMALL, source_body);
}

/* ---- order ---- */

/* A write of the device ahead of the interrupt is in memory when PIR shows it; PIR is when the notification comes. */
static void order_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, 0x2345000, VT_RW), pid;
    struct iotb_request w = vt_request(path, IOTB_WRITE, path->flavour->pgtt == 4 ? host : 0x2345000, 8), r;
    uint32_t hold, id, message;
    struct vt_message seen;

    vt_irt_open(vt, S_SMALL, vt_ecap(vt->t, "EIMER") != 0);
    pid = descriptor_new(vt);
    point_at(vt, pid, 7, false);
    r = vt_interrupt_request(path->rid, INDEX, false, 0);
    vt_expect_ok(vt, "VTD-5-543", &w, host);
    mem_write64(vt->t, host, 0);
    memset(w.data, 0x99, 8);
    interrupts_drop(vt);
    hold = hold_accesses(vt->t, host, host + 7, ACC_WRITES);
    id = request_send(vt->t, &w);
    test_run(vt->t, VT_MESSAGE_PS);
    message = request_send(vt->t, &r);
    test_run(vt->t, VT_MESSAGE_PS);
    CHECK(vt->t, "VTD-5-543", hold_count(vt->t, hold) == 0 || mem_read64(vt->t, pid) == 0,
          "the interrupt is posted before the write ahead of it is in memory");
    hold_release(vt->t, hold);
    request_wait(vt->t, id);
    request_wait(vt->t, message);
    test_settle(vt->t);
    CHECK_EQ(vt->t, "VTD-5-543", UINT64_C(1) << 7, mem_read64(vt->t, pid), "PIR in the end");
    interrupts_drop(vt);
    clear_pid(vt, pid);
    hold = hold_accesses(vt->t, pid, pid + PID_BYTES - 1, ACC_WRITES | ACC_ATOMICS);
    message = request_send(vt->t, &r);
    test_run(vt->t, VT_MESSAGE_PS);
    CHECK(vt->t, "VTD-5-544", hold_count(vt->t, hold) == 0 || !vt_interrupt_take(vt, &seen),
          "the notification comes before the descriptor is updated");
    hold_release(vt->t, hold);
    request_wait(vt->t, message);
    test_settle(vt->t);
    CHECK(vt->t, "VTD-5-544", vt_interrupt_take(vt, &seen), "the notification follows");
    CHECK_EQ(vt->t, "VTD-5-544", UINT64_C(1) << 7, mem_read64(vt->t, pid), "PIR");
}

static void order(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_SS | 1u << VT_RID_SS | 1u << VT_RID_FS, order_body);
}

/* An entry that turns from remapped to posted and back; after the invalidation only the new mode is used. */
static void turned_body(struct vt *vt)
{
    struct iotb_request r = request(vt);
    uint64_t pid = descriptor_new(vt);
    struct vt_message remapped;

    for (uint32_t i = 0; i < 2; i++) {
        remapped = interrupts_good(vt, INDEX, 0x61);
        vt_expect_interrupt(vt, "VTD-5-546", &r, remapped);
        CHECK_EQ(vt->t, "VTD-5-546", 0, mem_read64(vt->t, pid), "PIR while interrupts are remapped");
        point_at(vt, pid, 4, false);
        CHECK(vt->t, "VTD-5-546", post(vt, "VTD-5-546"), "a notification");
        CHECK_EQ(vt->t, "VTD-5-546", UINT64_C(1) << 4, mem_read64(vt->t, pid), "PIR");
        clear_pid(vt, pid);
    }
}

static void turned(struct test *t)
{
    interrupts_each_mode(t, S_SMALL, turned_body);
}

#define CASE(NAME, SUMMARY, RUN, ROWS, GATE, FEATURES)                                                     \
    {                                                                                                      \
        .name = "vtd.posted_interrupts." NAME, .summary = SUMMARY, .run = RUN, .rows = ROWS, .gate = GATE, \
        .features = IOTB_F_INTERRUPTS | (FEATURES), .functional = true, .tier = TIER_FULL                  \
    }

#define POST_ROWS " VTD-5-537 VTD-5-539 VTD-5-540"
#define RECORD_ROWS POST_ROWS " VTD-5-547 VTD-11-020 VTD-11-023 VTD-7-146"

static const struct iotb_case cases[] = {
    CASE("vectors", "The bit of the vector is set in PIR, and no other is touched.", vectors, "VTD-5-536" POST_ROWS, "CAP.PI", 0),
    CASE("address", "The descriptor at each address bit.", address, "VTD-5-536" POST_ROWS, "CAP.PI", 0),
    CASE("races", "Updates of software between read and update are kept.", races, "VTD-5-536" POST_ROWS, "CAP.PI",
         IOTB_F_BENCH_MEMORY),
    {.name = "vtd.posted_interrupts.notification",
     .summary = "A notification is sent, and ON set, if ON is clear and the interrupt is urgent or SN is clear.",
     .run = notification,
     .rows = "VTD-5-538 VTD-5-536" POST_ROWS,
     .gate = "CAP.PI",
     .features = IOTB_F_INTERRUPTS,
     .functional = true,
     .tier = TIER_SMOKE},
    CASE("message", "The notification has NV and NDST, and the fixed attributes.", message, "VTD-5-539 VTD-5-540", "CAP.PI", 0),
    CASE("level", "Level-triggered requests are posted once each.", level, "VTD-5-545", "CAP.PI", 0),
    CASE("entry", "Each reserved bit of a posted entry blocks with 24h.", entry, "VTD-5-535" RECORD_ROWS, "CAP.PI", 0),
    CASE("descriptor", "Each reserved bit of a descriptor blocks with 28h, and nothing is posted.", descriptor,
         "VTD-5-541 VTD-5-011" RECORD_ROWS, "CAP.PI", 0),
    CASE("access", "A descriptor that cannot be reached blocks with 27h.", access, "VTD-5-542 VTD-5-010" RECORD_ROWS, "CAP.PI",
         IOTB_F_BENCH_MEMORY),
    CASE("source", "The requester is checked before anything is posted.", source, "VTD-5-535" RECORD_ROWS, "CAP.PI", 0),
    CASE("order", "Earlier writes come before PIR, and PIR before the notification.", order, "VTD-5-543 VTD-5-544", "CAP.PI",
         IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP),
    CASE("turned", "After an invalidation an entry is used in its new mode.", turned, "VTD-5-546" POST_ROWS, "CAP.PI", 0),
};

const struct iotb_case_list vtd_posted_interrupts_cases = {cases, sizeof cases / sizeof cases[0]};
