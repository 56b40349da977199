/* SPDX-License-Identifier: BSD-2-Clause */
/* Page requests (7.4.1): what is written to the page request queue, where, and what happens when it is full. */
#include "vtd_bits.h"
#include "vtd_chapters.h"

#define INPUT VTD_BITS_INPUT
#define ENTRY_BYTES 32u
#define FLOOD 400u /* fewer than groups, and than entries of a queue of four pages */
#define ENTRIES(LG2_PAGES) ((4096u << (LG2_PAGES)) / ENTRY_BYTES)

/* The first page of a path that may send page requests. */
static void allow(struct vt_path *path, uint32_t lg2_pages)
{
    vt_path_page(path, INPUT, VT_RW);
    vt_path_allow_ats(path, true);
    vt_prq_open(path->vt, lg2_pages);
}

static void send(struct vt_path *path, bool last, uint32_t prgi)
{
    struct iotb_message m = vt_page_request_of(path, INPUT, true, false, last, prgi);

    vt_page_request_send(path->vt, &m);
}

/* ---- fields of an entry ---- */

static void fields_body(struct vt *vt, struct vt_path *path)
{
    const char *row = path->flavour->with_pasid ? "VTD-7-502" : "VTD-7-504";
    struct iotb_message m = vt_page_request_of(path, INPUT, true, true, true, 0x0aa);
    struct vt_page_request seen;

    allow(path, 0);
    for (uint32_t i = 0; i < 8; i++) { /* the stop marker has R = W = 0 and L = 1: vtd.page_requests.stop_marker */
        struct iotb_message flags = m;

        flags.read = i & 1;
        flags.write = i >> 1 & 1;
        flags.last = i >> 2 & 1;
        if (flags.read || flags.write)
            vt_expect_queued(vt, "VTD-7-502", &flags);
    }
    for (uint32_t bit = 0; bit < 9; bit++) {
        m.group_index = (uint16_t)(1u << bit);
        m.last = bit & 1;
        vt_expect_queued(vt, "VTD-7-502", &m);
    }
    for (uint32_t bit = 12; bit < 64; bit++) { /* no table is walked for it: not canonical, not mapped */
        m.address = UINT64_C(1) << bit;
        vt_expect_queued(vt, "VTD-7-502", &m);
    }
    m.address = INPUT;
    vt_expect_queued(vt, row, &m);
    vt_expect_queued(vt, "VTD-7-529", &m); /* present, readable, writable */
    if (path->flavour->with_pasid)
        for (uint32_t i = 1; i < 4; i++) {
            m.flags = IOTB_RQ_PASID | (i & 1 ? IOTB_RQ_PRIVILEGED : 0) | (i & 2 ? IOTB_RQ_EXECUTE : 0);
            m.read = 1;
            vt_expect_queued(vt, "VTD-7-503", &m);
        }
    vt_page_request_send(vt, &m);
    if (CHECK(vt->t, "VTD-7-505", vt_prq_take(vt, &seen), "an entry for the page request"))
        CHECK(vt->t, "VTD-7-505", !(seen.words[0] >> 9 & 0x7f) && !seen.words[2] && !seen.words[3],
              "no private data: bits 15:9 and the upper half of the entry are 0");
}

static void fields(struct test *t)
{
    vt_each_flavour(t, VT_SCALABLE_FLAVOURS, fields_body);
}

/* Requester ids and PASIDs, bit by bit; each has a context entry and a PASID entry of its own. */
static void sources_body(struct vt *vt, struct vt_path *path)
{
    uint32_t width = path->flavour->with_pasid ? (uint32_t)vt_ecap(vt->t, "PSS") + 1 : 0;
    struct iotb_message m;

    allow(path, 0);
    for (uint32_t i = 1; i + 1 < vt_rid_count(vt); i++) { /* the last is for vt_close() */
        struct vt_path other;

        vt_path_share(&other, path, vt_rid(vt, i), path->pasid);
        vt_path_allow_ats(&other, true);
        m = vt_page_request_of(&other, INPUT, true, false, true, i);
        vt_expect_queued(vt, "VTD-7-502", &m);
    }
    for (uint32_t bit = 0; bit < width; bit++) {
        struct vt_path other;

        vt_path_share(&other, path, path->rid, 1u << bit);
        vt_refresh(vt);
        m = vt_page_request_of(&other, INPUT, true, false, true, bit);
        vt_expect_queued(vt, "VTD-7-502", &m);
    }
}

static void sources(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS), sources_body);
}

/* R = W = 0 with L: queued, and nothing answers it, full queue or not. */
static void stop_marker_body(struct vt *vt, struct vt_path *path)
{
    struct iotb_message m = vt_page_request_of(path, INPUT, false, false, true, 0);

    allow(path, 0);
    vt_expect_queued(vt, "VTD-7-521", &m);
    vt_reg_set(vt->t, "PQH_REG", (vt_reg(vt->t, "PQT_REG") + ENTRY_BYTES) % vt->prq_bytes); /* full */
    vt_page_request_send(vt, &m);
    CHECK(vt->t, "VTD-7-521", vt_field(vt->t, "PRS_REG", "PRO"), "PRS.PRO for a stop marker that finds the queue full");
    vt_expect_page_response(vt, "VTD-7-521", &m, VT_NO_RESPONSE);
}

static void stop_marker(struct test *t)
{
    vt_each_flavour(t, VT_PASID_FLAVOURS, stop_marker_body);
}

/* ---- the ring ---- */

/* Where the n-th entry goes, and that PQT follows; the words around it stay as they were. */
static void placed(struct vt_path *path, uint64_t offset, uint32_t prgi)
{
    struct vt *vt = path->vt;
    uint64_t entry = vt->prq + offset, next = (offset + ENTRY_BYTES) % vt->prq_bytes, before, behind;

    mem_fill(vt->t, entry, ENTRY_BYTES, 0xff);
    before = mem_read64(vt->t, offset ? entry - 8 : vt->prq + vt->prq_bytes - 8);
    behind = mem_read64(vt->t, vt->prq + next);
    send(path, false, prgi);
    CHECK_EQ(vt->t, "VTD-7-507", next, vt_reg(vt->t, "PQT_REG"), "PQT behind the entry at 0x%llx", (unsigned long long)offset);
    CHECK_EQ(vt->t, "VTD-7-507", 1, mem_read64(vt->t, entry) & 0xff, "type of the entry at 0x%llx", (unsigned long long)offset);
    CHECK_EQ(vt->t, "VTD-7-507", prgi, mem_read64(vt->t, entry + 8) >> 3 & 0x1ff, "PRGI of the entry at 0x%llx",
             (unsigned long long)offset);
    CHECK_EQ(vt->t, "VTD-7-507", before, mem_read64(vt->t, offset ? entry - 8 : vt->prq + vt->prq_bytes - 8), "word before it");
    CHECK_EQ(vt->t, "VTD-7-507", behind, mem_read64(vt->t, vt->prq + next), "word behind it");
    vt_reg_set(vt->t, "PQH_REG", next);
}

static void ring_body(struct vt *vt, struct vt_path *path)
{
    vt_path_page(path, INPUT, VT_RW);
    vt_path_allow_ats(path, true);
    for (uint32_t lg2_pages = 0; lg2_pages < 8; lg2_pages++) {
        uint32_t entries = ENTRIES(lg2_pages);

        test_context(vt->t, "PQS %u", lg2_pages);
        vt_prq_open(vt, lg2_pages);
        placed(path, 0, 1); /* PQT was written */
        placed(path, ENTRY_BYTES, 2);
        /* A queue that is set up further on; it wraps at its own size. */
        vt_reg_set(vt->t, "PQT_REG", (entries - 2) * (uint64_t)ENTRY_BYTES);
        vt_reg_set(vt->t, "PQH_REG", (entries - 2) * (uint64_t)ENTRY_BYTES);
        CHECK_EQ(vt->t, "VTD-7-531", (entries - 2) * (uint64_t)ENTRY_BYTES, vt_reg(vt->t, "PQT_REG"), "PQT as written");
        placed(path, (entries - 2) * (uint64_t)ENTRY_BYTES, 3);
        placed(path, (entries - 1) * (uint64_t)ENTRY_BYTES, 4);
        CHECK_EQ(vt->t, "VTD-7-506", 0, vt_reg(vt->t, "PQT_REG"), "PQT behind the last of %u entries", entries);
        placed(path, 0, 5);
        vt_reg_set(vt->t, "PQT_REG", 0);
        vt_reg_set(vt->t, "PQH_REG", 0);
        placed(path, 0, 6);
        CHECK_EQ(vt->t, "VTD-7-531", ENTRY_BYTES, vt_reg(vt->t, "PQT_REG"), "PQT after an entry in a queue that starts at 0");
    }
    test_context(vt->t, NULL);
}

static void ring(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS), ring_body);
}

/* The queue base at each address bit. */
static void base_body(struct vt *vt, struct vt_path *path)
{
    struct iotb_message m = vt_page_request_of(path, INPUT, true, false, false, 9);

    vt_path_page(path, INPUT, VT_RW);
    vt_path_allow_ats(path, true);
    vt_prq_open(vt, 0);
    for (uint32_t bit = 13; bit < vt->haw; bit++) {
        uint64_t place = UINT64_C(1) << bit | (bit > 14 ? 0x2000u : 0);

        if (!mem_claim(vt->t, place, 4096))
            continue;
        test_context(vt->t, "queue at 0x%llx", (unsigned long long)place);
        vt->prq = place;
        vt_reg_set(vt->t, "PQH_REG", 0);
        vt_reg_set(vt->t, "PQT_REG", 0);
        vt_reg_set(vt->t, "PQA_REG", place);
        vt_expect_queued(vt, "VTD-7-507", &m);
    }
    test_context(vt->t, NULL);
}

static void base(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS & ~VT_PASID_FLAVOURS), base_body);
}

/* ---- full ---- */

/* A full queue takes nothing; L is answered with Success, and nothing else happens. */
static void dropped(struct vt_path *path, const char *row, bool last, uint32_t prgi)
{
    struct iotb_message m = vt_page_request_of(path, INPUT, true, true, last, prgi);
    struct vt *vt = path->vt;
    uint64_t tail = vt_reg(vt->t, "PQT_REG"), slot = mem_read64(vt->t, vt_prq_address(vt, tail) + 8);
    struct vt_fault fault;

    vt_page_request_send(vt, &m);
    CHECK_EQ(vt->t, row, tail, vt_reg(vt->t, "PQT_REG"), "PQT after a request that finds no room");
    CHECK_EQ(vt->t, row, slot, mem_read64(vt->t, vt_prq_address(vt, tail) + 8), "memory at PQT");
    CHECK(vt->t, row, vt_field(vt->t, "PRS_REG", "PRO"), "PRS.PRO is set");
    CHECK(vt->t, "VTD-7-159", !vt_fault_take(vt, &fault), "a fault record of a dropped page request");
    vt_expect_page_response(vt, "VTD-7-510", &m, last ? 0 : VT_NO_RESPONSE);
    vt_page_request_send(vt, &m);
    vt_expect_page_response(vt, "VTD-7-159", &m, last ? 0 : VT_NO_RESPONSE);
}

static void clear_overflow(struct vt *vt)
{
    vt_reg_set(vt->t, "PRS_REG", vt_reg_bits("PRS_REG", "PRO", 1));
}

static void full_body(struct vt *vt, struct vt_path *path)
{
    struct iotb_message m = vt_page_request_of(path, INPUT, true, false, true, 0x111);
    uint32_t entries = ENTRIES(0);

    allow(path, 0);
    for (uint32_t i = 0; i + 1 < entries; i++)
        send(path, false, i);
    CHECK_EQ(vt->t, "VTD-7-508", (entries - 1) * (uint64_t)ENTRY_BYTES, vt_reg(vt->t, "PQT_REG"), "PQT with %u entries",
             entries - 1);
    CHECK(vt->t, "VTD-7-508", !vt_field(vt->t, "PRS_REG", "PRO"), "PRS.PRO with all but one entry used");
    for (uint32_t last = 0; last < 2; last++)
        dropped(path, "VTD-7-508", last, 0x1f0 | last);
    /* Room is not enough: PRO has to go. */
    vt_reg_set(vt->t, "PQH_REG", 4 * ENTRY_BYTES);
    for (uint32_t last = 0; last < 2; last++)
        dropped(path, "VTD-7-509", last, 0x0f0 | last);
    /* Nor is it enough that PRO has gone when there is no room. */
    vt_reg_set(vt->t, "PQH_REG", 0);
    clear_overflow(vt);
    CHECK(vt->t, "VTD-7-511", !vt_field(vt->t, "PRS_REG", "PRO"), "PRS.PRO is cleared by writing 1");
    dropped(path, "VTD-7-511", true, 0x35);
    vt_reg_set(vt->t, "PQH_REG", (entries - 1) * (uint64_t)ENTRY_BYTES);
    clear_overflow(vt);
    vt_expect_queued(vt, "VTD-7-511", &m);
    vt_expect_queued(vt, "VTD-7-530", &m); /* at offset 0 */
    CHECK_EQ(vt->t, "VTD-7-530", ENTRY_BYTES, vt_reg(vt->t, "PQT_REG"), "PQT has wrapped");
}

static void full(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS), full_body);
}

/*
 * More requests than a unit may have room for while none can be judged, on its tables' account: each is queued or, with PRO set,
 * answered with Success; none is forgotten.
 */
static void flood_body(struct vt *vt, struct vt_path *path)
{
    bool ended[FLOOD] = {false};
    uint32_t queued = 0, answered = 0, hold;
    struct vt_page_request seen;
    struct iotb_message m;
    uint64_t context;

    allow(path, 2);
    context = vt_context_address(vt, path->rid);
    hold = hold_accesses(vt->t, context, context + 31, ACC_READS);
    for (uint32_t i = 0; i < FLOOD; i++) {
        m = vt_page_request_of(path, INPUT, true, false, true, i);
        message_send(vt->t, &m);
    }
    test_run(vt->t, VT_MESSAGE_PS);
    hold_release(vt->t, hold);
    while (vt_message(vt, IOTB_MSG_PAGE_RESPONSE, &m)) {
        CHECK_EQ(vt->t, "VTD-7-510", 0, m.response_code, "code of the response to a request that was dropped");
        if (!CHECK(vt->t, "VTD-7-510", m.group_index < FLOOD && !ended[m.group_index], "a second response for group %u",
                   m.group_index))
            return;
        ended[m.group_index] = true;
        answered++;
    }
    while (vt_prq_take(vt, &seen)) {
        if (!CHECK(vt->t, "VTD-7-508", seen.prgi < FLOOD && !ended[seen.prgi], "group %u is queued and answered", seen.prgi))
            return;
        ended[seen.prgi] = true;
        queued++;
    }
    CHECK_EQ(vt->t, "VTD-7-508", FLOOD, queued + answered, "requests that were queued or answered");
    CHECK_EQ(vt->t, "VTD-7-508", answered != 0, vt_field(vt->t, "PRS_REG", "PRO"), "PRS.PRO with %u dropped", answered);
}

static void flood(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS), flood_body);
}

/* Freed by PQH, the queue is filled again and again; PQH is software's alone. */
static void refilled_body(struct vt *vt, struct vt_path *path)
{
    allow(path, 0);
    for (uint32_t i = 0; i < 3 * ENTRIES(0) / 2; i++) {
        struct vt_page_request seen;

        send(path, i & 1, i & 0x1ff);
        if (i % 3 == 2)
            for (uint32_t k = 0; k < 3; k++) {
                CHECK_EQ(vt->t, "VTD-7-530", (i - 2 + k) % ENTRIES(0) * ENTRY_BYTES, vt_reg(vt->t, "PQH_REG"),
                         "PQH before a take");
                if (!CHECK(vt->t, "VTD-7-530", vt_prq_take(vt, &seen), "an entry"))
                    return;
                CHECK_EQ(vt->t, "VTD-7-530", (i - 2 + k) & 0x1ff, seen.prgi, "PRGI of the entry");
            }
    }
    CHECK_EQ(vt->t, "VTD-7-530", 0, vt_field(vt->t, "PRS_REG", "PRO"), "PRS.PRO");
}

static void refilled(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS & ~VT_PASID_FLAVOURS), refilled_body);
}

/* What is queued is answered by software only. */
static void silent_body(struct vt *vt, struct vt_path *path)
{
    struct iotb_message m = vt_page_request_of(path, INPUT, true, false, true, 7);

    allow(path, 0);
    vt_page_request_send(vt, &m);
    test_run(vt->t, UINT64_C(1000000000));
    vt_expect_page_response(vt, "VTD-7-522", &m, VT_NO_RESPONSE);
    CHECK_EQ(vt->t, "VTD-7-522", 1, vt_prq_count(vt), "entries");
}

static void silent(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS), silent_body);
}

/* ---- memory of the queue ---- */

/* PQT moves when the entry can be seen, and the event comes after both. */
static void visible_body(struct vt *vt, struct vt_path *path)
{
    struct vt_message event;
    uint32_t hold;

    allow(path, 0);
    vt_reg_set(vt->t, "PEDATA_REG", 0x63);
    vt_reg_set(vt->t, "PEADDR_REG", 0xfee01000u);
    vt_reg_set(vt->t, "PECTL_REG", 0);
    hold = hold_accesses(vt->t, vt->prq, vt->prq + 4095, ACC_WRITES);
    send(path, true, 5);
    CHECK(vt->t, "VTD-7-507", hold_count(vt->t, hold) == 0 || vt_reg(vt->t, "PQT_REG") == 0,
          "PQT has moved before the entry is in memory");
    CHECK(vt->t, "VTD-5-503", hold_count(vt->t, hold) == 0 || !vt_interrupt_take(vt, &event),
          "the event has come before the entry is in memory");
    hold_release(vt->t, hold);
    test_run(vt->t, VT_MESSAGE_PS);
    CHECK_EQ(vt->t, "VTD-7-507", ENTRY_BYTES, vt_reg(vt->t, "PQT_REG"), "PQT when the entry is in memory");
    CHECK(vt->t, "VTD-5-503", vt_interrupt_take(vt, &event) && event.data == 0x63, "the event follows");
    inject_fault(vt->t, INJECT_ABORT, vt->prq + ENTRY_BYTES, vt->prq + 2 * ENTRY_BYTES - 1, ACC_WRITES, 1, UINT64_MAX);
    send(path, true, 6);
    test_observe(vt->t, "VTD-7-532", "an entry that memory refuses: PQT 0x%llx, PRO %u",
                 (unsigned long long)vt_reg(vt->t, "PQT_REG"), (uint32_t)vt_field(vt->t, "PRS_REG", "PRO"));
    inject_clear(vt->t);
}

static void visible(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS & ~VT_PASID_FLAVOURS), visible_body);
}

#define CASE(NAME, SUMMARY, RUN, ROWS, FEATURES)                                                             \
    {                                                                                                        \
        .name = "vtd.page_requests." NAME, .summary = SUMMARY, .run = RUN, .rows = ROWS, .gate = "ECAP.PRS", \
        .features = IOTB_F_ATS | IOTB_F_PRI | (FEATURES), .functional = true, .tier = TIER_FULL              \
    }

static const struct iotb_case cases[] = {
    {.name = "vtd.page_requests.fields",
     .summary = "A page request becomes an entry with exactly its fields, and no table is walked for it.",
     .run = fields,
     .rows = "VTD-7-502 VTD-7-503 VTD-7-504 VTD-7-505 VTD-7-529",
     .gate = "ECAP.PRS",
     .features = IOTB_F_ATS | IOTB_F_PRI,
     .functional = true,
     .tier = TIER_SMOKE},
    CASE("sources", "Requester id and PASID of an entry, bit by bit.", sources, "VTD-7-502", 0),
    CASE("stop_marker", "A stop marker is queued and never answered.", stop_marker, "VTD-7-521", IOTB_F_PASID),
    CASE("ring", "Entries follow one another from PQT on and wrap at the size of the queue.", ring,
         "VTD-7-506 VTD-7-507 VTD-7-531", 0),
    CASE("base", "The queue at each address bit.", base, "VTD-7-507", 0),
    CASE("full", "A request that finds no room, or PRO set, is dropped and answered with Success.", full,
         "VTD-7-508 VTD-7-509 VTD-7-510 VTD-7-511 VTD-7-159 VTD-7-530", 0),
    CASE("flood", "Of more requests than can be judged at once each is queued or answered.", flood, "VTD-7-508 VTD-7-510",
         IOTB_F_BENCH_MEMORY),
    CASE("refilled", "PQH frees entries.", refilled, "VTD-7-530", 0),
    CASE("unanswered", "A queued request is not answered by hardware.", silent, "VTD-7-522", 0),
    CASE("visible", "PQT and the event follow the entry.", visible, "VTD-7-507 VTD-5-503 VTD-7-532",
         IOTB_F_BENCH_MEMORY | IOTB_F_INTERRUPTS),
};

const struct iotb_case_list vtd_page_requests_cases = {cases, sizeof cases / sizeof cases[0]};
