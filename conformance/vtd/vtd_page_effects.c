/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What page requests do besides their entry: status and event (7.5 Recoverable Fault Event), implicit invalidation (6.5.3.1),
 * draining (7.7), and where they are refused by the table mode.
 */
#include "vtd_bits.h"
#include "vtd_chapters.h"
#include "vtd_nested.h"
#include "vtd_queue_rig.h"

#define INPUT VTD_BITS_INPUT
#define EVENT_ADDRESS 0xfee01000u
#define EVENT_DATA 0x63u
#define ENTRY_BYTES 32u

static void send(struct vt_path *path, bool last)
{
    struct iotb_message m = vt_page_request_of(path, INPUT, true, false, last, 0x21);

    vt_page_request_send(path->vt, &m);
}

static void allow(struct vt_path *path)
{
    vt_path_page(path, INPUT, VT_RW);
    vt_path_allow_ats(path, true);
    vt_prq_open(path->vt, 0);
}

/* ---- status and event ---- */

static void events_on(struct vt *vt, bool mask)
{
    vt_reg_set(vt->t, "PEDATA_REG", EVENT_DATA);
    vt_reg_set(vt->t, "PEADDR_REG", EVENT_ADDRESS);
    vt_reg_set(vt->t, "PEUADDR_REG", 0);
    vt_reg_set(vt->t, "PECTL_REG", vt_reg_bits("PECTL_REG", "IM", mask));
}

static uint32_t events(struct vt *vt)
{
    uint32_t count = 0;
    struct vt_message m;

    test_run(vt->t, VT_MESSAGE_PS);
    while (vt_interrupt_take(vt, &m))
        count += m.data == EVENT_DATA && m.address == EVENT_ADDRESS;
    return count;
}

static bool pending(struct vt *vt)
{
    return vt_field(vt->t, "PECTL_REG", "IP") != 0;
}

static bool status(struct vt *vt, const char *field)
{
    return vt_field(vt->t, "PRS_REG", field) != 0;
}

static void clear(struct vt *vt, const char *field)
{
    vt_reg_set(vt->t, "PRS_REG", vt_reg_bits("PRS_REG", field, 1));
}

static void make_full(struct vt *vt)
{
    vt_reg_set(vt->t, "PQH_REG", (vt_reg(vt->t, "PQT_REG") + ENTRY_BYTES) % vt->prq_bytes);
}

static void make_empty(struct vt *vt)
{
    vt_reg_set(vt->t, "PQH_REG", vt_reg(vt->t, "PQT_REG"));
}

static void status_body(struct vt *vt, struct vt_path *path)
{
    allow(path);
    CHECK(vt->t, "VTD-7-512", !status(vt, "PPR") && !status(vt, "PRO"), "PRS before any page request");
    for (uint32_t i = 0; i < 2; i++) {
        send(path, true);
        CHECK(vt->t, "VTD-7-512", status(vt, "PPR"), "PRS.PPR after an entry");
        vt_reg_set(vt->t, "PRS_REG", 0);
        CHECK(vt->t, "VTD-7-512", status(vt, "PPR"), "PRS.PPR after writing 0");
        make_empty(vt);
        CHECK(vt->t, "VTD-7-512", status(vt, "PPR"), "PRS.PPR when the entry is taken");
        clear(vt, "PPR");
        CHECK(vt->t, "VTD-7-512", !status(vt, "PPR"), "PRS.PPR is cleared by writing 1");
    }
    send(path, false); /* a request that is not the last of its group: older parts leave PPR */
    if (vt->ver_max >= 6)
        CHECK(vt->t, "VTD-7-513", status(vt, "PPR"), "PRS.PPR after an entry without LPIG");
    else
        test_observe(vt->t, "VTD-7-513", "PRS.PPR is %d after an entry without LPIG", status(vt, "PPR"));
    make_full(vt);
    send(path, false);
    CHECK(vt->t, "VTD-7-514", status(vt, "PRO"), "PRS.PRO after an overflow");
    clear(vt, "PPR");
    CHECK(vt->t, "VTD-7-514", status(vt, "PRO") && !status(vt, "PPR"), "PPR is cleared alone");
    vt_reg_set(vt->t, "PRS_REG", 0);
    CHECK(vt->t, "VTD-7-514", status(vt, "PRO"), "PRO after writing 0");
    make_empty(vt);
    send(path, true); /* dropped: PRO */
    CHECK(vt->t, "VTD-7-514", !status(vt, "PPR"), "PPR after a request that is dropped");
    clear(vt, "PRO");
    send(path, true);
    CHECK(vt->t, "VTD-7-514", status(vt, "PPR") && !status(vt, "PRO"), "PPR without PRO");
    make_full(vt);
    send(path, true);
    clear(vt, "PRO");
    CHECK(vt->t, "VTD-7-514", status(vt, "PPR") && !status(vt, "PRO"), "PRO is cleared alone");
}

static void status_bits(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS), status_body);
}

static void event_body(struct vt *vt, struct vt_path *path)
{
    allow(path);
    events_on(vt, false);
    CHECK_EQ(vt->t, "VTD-11-609", 0, events(vt), "page request events before any page request");
    for (uint32_t i = 0; i < 2; i++) {
        send(path, true);
        CHECK_EQ(vt->t, "VTD-11-609", 1, events(vt), "page request events of the first entry");
        CHECK(vt->t, "VTD-11-609", !pending(vt), "PECTL.IP after the message");
        send(path, true);
        CHECK_EQ(vt->t, "VTD-11-610", 0, events(vt), "page request events while PPR is set");
        make_full(vt);
        send(path, true);
        CHECK(vt->t, "VTD-11-610", status(vt, "PRO"), "PRS.PRO");
        CHECK_EQ(vt->t, "VTD-11-610", 0, events(vt), "page request events of an overflow while PPR is set");
        clear(vt, "PPR");
        send(path, true); /* PRO still set: dropped */
        CHECK_EQ(vt->t, "VTD-11-610", 0, events(vt), "page request events while PRO is set");
        make_empty(vt);
        clear(vt, "PRO");
        /* PRO alone is an event too. */
        make_full(vt);
        send(path, true);
        CHECK_EQ(vt->t, "VTD-11-609", 1, events(vt), "page request events of an overflow with PPR clear");
        make_empty(vt);
        clear(vt, "PRO");
    }
    /* Entries that are still there raise nothing by themselves. */
    send(path, true);
    (void)events(vt);
    clear(vt, "PPR");
    CHECK_EQ(vt->t, "VTD-11-612", 0, events(vt), "page request events of PPR being cleared, with entries left");
    CHECK(vt->t, "VTD-11-612", !status(vt, "PPR"), "PRS.PPR with entries left");
    send(path, true);
    CHECK_EQ(vt->t, "VTD-11-612", 1, events(vt), "page request events of the next entry");
    CHECK(vt->t, "VTD-11-612", status(vt, "PPR"), "PRS.PPR of the next entry");
}

static void event(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS & ~VT_PASID_FLAVOURS), event_body);
}

static void masked_body(struct vt *vt, struct vt_path *path)
{
    allow(path);
    for (uint32_t overflow = 0; overflow < 2; overflow++) {
        const char *field = overflow ? "PRO" : "PPR";

        test_context(vt->t, "%s", field);
        events_on(vt, true);
        if (overflow)
            make_full(vt);
        send(path, true);
        CHECK_EQ(vt->t, "VTD-11-611", 0, events(vt), "page request events while masked");
        CHECK(vt->t, "VTD-11-611", pending(vt), "PECTL.IP while masked");
        vt_reg_set(vt->t, "PECTL_REG", 0);
        CHECK_EQ(vt->t, "VTD-11-611", 1, events(vt), "page request events on unmasking");
        CHECK(vt->t, "VTD-11-611", !pending(vt), "PECTL.IP after the message");
        vt_reg_set(vt->t, "PECTL_REG", 0);
        CHECK_EQ(vt->t, "VTD-11-611", 0, events(vt), "page request events on unmasking again");
        make_empty(vt);
        clear(vt, field);
        /* Serviced while masked: nothing is left to send. */
        events_on(vt, true);
        if (overflow)
            make_full(vt);
        send(path, true);
        CHECK(vt->t, "VTD-11-611", pending(vt), "PECTL.IP while masked");
        make_empty(vt);
        clear(vt, field);
        CHECK(vt->t, "VTD-11-611", !pending(vt), "PECTL.IP when %s is cleared while masked", field);
        vt_reg_set(vt->t, "PECTL_REG", 0);
        CHECK_EQ(vt->t, "VTD-11-611", 0, events(vt), "page request events of what was serviced");
    }
    /* One of two conditions serviced: the message stays pending. */
    events_on(vt, true);
    send(path, true);
    make_full(vt);
    send(path, true);
    clear(vt, "PPR");
    CHECK(vt->t, "VTD-11-611", pending(vt), "PECTL.IP with PRO left");
    vt_reg_set(vt->t, "PECTL_REG", 0);
    CHECK_EQ(vt->t, "VTD-11-611", 1, events(vt), "page request events with PRO left");
}

static void masked(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS & ~VT_PASID_FLAVOURS), masked_body);
}

/* ---- implicit invalidation ---- */

/* Read-only is cached; W is granted in memory; a page request for the page is all that tells the unit. */
static void implicit_body(struct vt *vt, struct vt_path *path)
{
    bool nested = path->flavour->pgtt == 3;
    uint64_t host = nested ? nest_far_page(path, INPUT, VT_RW) : vt_path_page(path, INPUT, VT_RW);
    uint64_t first = path->fs ? vt_entry(vt, path->fs, INPUT, 1) : 0;
    uint64_t second = nested ? nest_final_entry(path, INPUT, 1) : path->ss ? vt_entry(vt, path->ss, INPUT, 1) : 0;
    struct iotb_request r = vt_translation_request(path, INPUT);
    struct iotb_message m = vt_page_request_of(path, INPUT, true, true, true, 0x12);

    vt_path_allow_ats(path, true);
    vt_prq_open(vt, 0);
    for (uint32_t stage = 0; stage < 2; stage++) {
        uint64_t leaf = stage ? second : first;
        struct vt_descriptor response = vt_desc_page_response(path->rid, path->flavour->with_pasid, path->pasid, 0x12, 0);

        if (!leaf)
            continue;
        test_context(vt->t, "%s, %s-stage leaf", path->flavour->name, stage ? "second" : "first");
        vt_set_bits(vt, leaf, 1, 1, 0);
        vt_refresh(vt);
        vt_expect_translation(vt, "VTD-6-042", &r, host, VT_R, 12, NULL);
        vt_set_bits(vt, leaf, 1, 1, 1);
        vt_page_request_send(vt, &m);
        vt_expect_translation(vt, "VTD-6-042", &r, host, VT_RW, 12, NULL);
        vt_expect_translation(vt, "VTD-6-043", &r, host, VT_RW, 12, NULL);
        if (path->fs && !stage)
            vt_expect_translation(vt, "VTD-6-655", &r, host, VT_RW, 12, NULL);
        /* The same between request and response. */
        vt_set_bits(vt, leaf, 1, 1, 0);
        vt_refresh(vt);
        vt_expect_translation(vt, "VTD-7-160", &r, host, VT_R, 12, NULL);
        vt_page_request_send(vt, &m);
        vt_set_bits(vt, leaf, 1, 1, 1);
        CHECK(vt->t, "VTD-7-160", vt_submit_one(vt, response), "the response is sent");
        vt_expect_page_response(vt, "VTD-7-160", &m, 0);
        vt_expect_translation(vt, "VTD-7-160", &r, host, VT_RW, 12, NULL);
        vt_refresh(vt);
    }
}

static void implicit(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS & VT_SCALABLE_FLAVOURS, implicit_body);
}

/* Of a request that cannot reach its PASID entry nothing is known: what is cached may stay, and may go. */
static void unreached_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW), leaf = vt_path_leaf(path, INPUT);
    struct iotb_request r = vt_translation_request(path, INPUT);
    struct iotb_message m = vt_page_request_of(path, INPUT, true, true, true, 0x12);
    struct vt_path other;
    struct vt_translation t;

    vt_path_allow_ats(path, true);
    vt_prq_open(vt, 0);
    vt_path_share(&other, path, vt_rid(vt, 1), path->pasid);
    vt_path_allow_ats(&other, true);
    vt_set_bits(vt, vt_pasid_address(vt, other.rid, other.pasid), 0, 0, 0);
    vt_set_bits(vt, leaf, 1, 1, 0);
    vt_refresh(vt);
    vt_expect_translation(vt, "VTD-6-047", &r, host, VT_R, 12, NULL);
    vt_set_bits(vt, leaf, 1, 1, 1);
    m.device_id = other.rid;
    vt_expect_page_refused(vt, "VTD-6-047", &m, 0x59);
    t = vt_translate(vt, &r);
    CHECK(vt->t, "VTD-6-047", t.count == 1 && t.entries[0].r, "the old or the new translation");
    vt_refresh(vt);
    vt_expect_translation(vt, "VTD-6-047", &r, host, VT_RW, 12, NULL);
}

static void unreached(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS & VT_SCALABLE_FLAVOURS, unreached_body);
}

/* ---- draining ---- */

static struct waiter drain_put(struct vt *vt)
{
    struct waiter w = {vt->status + 8 * (++vt->wait_count % 500), vt->wait_count};
    struct vt_descriptor d = vt_desc_wait(false, true, false, w.data, w.address);

    spec_set(spec_struct_field("inv_wait_dsc", "PD"), d.word, 1);
    mem_write64(vt->t, w.address, 0);
    vt_put(vt, &d);
    return w;
}

/* A wait with PD is not done before entries of requests that had come are in memory. */
static void drain_body(struct vt *vt, struct vt_path *path)
{
    struct iotb_message m = vt_page_request_of(path, INPUT, true, false, true, 0x77), invalidate;
    struct vt_descriptor d[2] = {
        path->flavour->pgtt == 2 || path->flavour->pgtt == 3
            ? vt_desc_iotlb(VT_IOTLB_DOMAIN, path->did, 0, 0, false)
            : vt_desc_piotlb(VT_PIOTLB_PASID, path->did, path->pasid, 0, 0, false),
        vt_desc_device_tlb(path->rid, INPUT, false, 0, 0),
    };
    struct waiter w;
    uint32_t hold;

    allow(path);
    for (uint32_t way = 0; way < 2; way++) { /* the wait alone; the steps of 7.10 */
        hold = hold_accesses(vt->t, vt->prq, vt->prq + 4095, ACC_WRITES);
        if (!way)
            vt_page_request_send(vt, &m);
        for (uint32_t i = 0; way && i < 2; i++)
            vt_put(vt, &d[i]);
        w = drain_put(vt);
        vt_ring(vt);
        if (way && CHECK(vt->t, "VTD-7-527", vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &invalidate), "an Invalidate Request")) {
            struct iotb_message late = m;

            message_send(vt->t, &late); /* posted ahead of the completion */
            vt_invalidate_completion(vt, &invalidate, 1);
        }
        test_run(vt->t, VT_MESSAGE_PS);
        CHECK(vt->t, way ? "VTD-7-527" : "VTD-6-604", hold_count(vt->t, hold) == 0 || !waiter_done(vt, w),
              "the wait with PD is done although the entry is not in memory");
        hold_release(vt->t, hold);
        test_run(vt->t, VT_MESSAGE_PS);
        CHECK(vt->t, way ? "VTD-7-527" : "VTD-6-604", waiter_done(vt, w), "the wait with PD is done in the end");
        CHECK_EQ(vt->t, way ? "VTD-7-527" : "VTD-6-604", way + 1, vt_prq_count(vt), "entries when the wait is done");
    }
    /* An overflow on the way does not hold it up. */
    make_full(vt);
    message_send(vt->t, &m);
    w = drain_put(vt);
    vt_ring(vt);
    test_run(vt->t, VT_MESSAGE_PS);
    CHECK(vt->t, "VTD-7-528", waiter_done(vt, w), "the wait with PD is done after an overflow");
    CHECK(vt->t, "VTD-7-528", status(vt, "PRO"), "PRS.PRO");
    vt_expect_page_response(vt, "VTD-7-528", &m, 0);
}

static void drain(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS), drain_body);
}

/* ---- translation disabled ---- */

/*
 * 11.4.4.1 TE: with scalable mode nothing that was cached survives it, and that goes for what a page request brings in that was
 * on its way through the tables.
 */
static void disabled_body(struct vt *vt, struct vt_path *path)
{
    struct iotb_message m = vt_page_request_of(path, INPUT, true, false, false, 0x42);
    uint64_t entry = vt_pasid_address(vt, path->rid, path->pasid), host;
    struct vt_path other;
    struct iotb_request r;
    uint32_t hold;

    allow(path);
    hold = hold_accesses(vt->t, entry, entry + 63, ACC_READS);
    vt_page_request_send(vt, &m);
    CHECK_EQ(vt->t, "VTD-11-566", 1, hold_count(vt->t, hold), "reads of the PASID table entry that wait");
    reg_write32(vt->t, vt_offset("GCMD_REG"), (uint32_t)vt_reg(vt->t, "GSTS_REG") & 0x7fffffffu & ~(1u << 30 | 1u << 24));
    test_settle(vt->t);
    hold_release(vt->t, hold);
    test_run(vt->t, VT_MESSAGE_PS);
    CHECK_EQ(vt->t, "VTD-11-566", 0, vt_field(vt->t, "GSTS_REG", "TES"), "GSTS.TES");
    vt_path_open(vt, &other, path->flavour->id, path->rid, path->pasid, path->did);
    host = vt_path_page(&other, INPUT, VT_RW);
    CHECK(vt->t, "VTD-11-566", vt_command(vt, "TE", true), "translation is enabled again");
    r = vt_request(&other, IOTB_WRITE, vtd_input(&other, INPUT, host) + 0x48, 8);
    vt_expect_ok(vt, "VTD-11-566", &r, host + 0x48);
}

static void disabled(struct test *t)
{
    vt_each_flavour(t, VT_SCALABLE_FLAVOURS & VT_PAGED_FLAVOURS, disabled_body);
}

/* ---- table mode ---- */

static void set_mode(struct vt *vt, uint64_t ttm)
{
    vt_set_root(vt, vt->root | vt_reg_bits("RTADDR_REG", "TTM", ttm));
}

/* Abort mode, and values of TTM that the unit does not have: refused before any table is read. */
static void modes_body(struct vt *vt, struct vt_path *path)
{
    static const struct {
        const char *row;
        uint32_t ttm;
        bool abort; /* only with ADMS, or only without */
    } modes[] = {{"VTD-7-056", 3, true}, {"VTD-7-519", 3, true}, {"VTD-7-050", 3, false}, {"VTD-7-051", 2, false}};
    struct iotb_message m = vt_page_request_of(path, INPUT, true, false, true, 0x19);
    bool adms = vt_ecap(vt->t, "ADMS");

    allow(path);
    vt_expect_queued(vt, "VTD-7-051", &m);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        if (modes[i].ttm == 3 && modes[i].abort != adms)
            continue;
        test_context(vt->t, "TTM %u", modes[i].ttm);
        set_mode(vt, modes[i].ttm);
        for (uint32_t last = 0; last < 2; last++) {
            m.last = last != 0;
            vt_expect_page_refused(vt, modes[i].row, &m, modes[i].abort ? 0x33 : 0x30);
        }
        set_mode(vt, 1);
    }
    vt_invalidate_all(vt);
    m.last = 1;
    vt_expect_queued(vt, "VTD-7-051", &m);
    vt_command(vt, "TE", false);
    vt_page_request_send(vt, &m);
    test_observe(vt->t, "VTD-7-520", "with translation off a page request adds %u entries", vt_prq_count(vt));
    vt_message(vt, IOTB_MSG_PAGE_RESPONSE, &m);
    vt_command(vt, "TE", true);
}

static void modes(struct test *t)
{
    if (!vt_cap(t, "ESRTPS"))
        test_skip(t, "CAP.ESRTPS is 0: TTM does not change while translation is on");
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS), modes_body);
}

#define CASE(NAME, SUMMARY, RUN, ROWS, GATE, FEATURES)                                                 \
    {                                                                                                  \
        .name = "vtd.page_requests." NAME, .summary = SUMMARY, .run = RUN, .rows = ROWS, .gate = GATE, \
        .features = IOTB_F_ATS | IOTB_F_PRI | (FEATURES), .functional = true, .tier = TIER_FULL        \
    }

static const struct iotb_case cases[] = {
    CASE("status", "PPR and PRO are set by an entry and by an overflow, and cleared one by one.", status_bits,
         "VTD-7-512 VTD-7-513 VTD-7-514", "ECAP.PRS", 0),
    CASE("event", "The first of PPR and PRO raises the event, and no other.", event, "VTD-11-609 VTD-11-610 VTD-11-612",
         "ECAP.PRS", IOTB_F_INTERRUPTS),
    CASE("masked", "A masked event waits, and is dropped when it is serviced.", masked, "VTD-11-611", "ECAP.PRS",
         IOTB_F_INTERRUPTS),
    CASE("implicit", "A page request drops what is cached of its page, in every kind of translation.", implicit,
         "VTD-6-042 VTD-6-043 VTD-6-655 VTD-7-160", "ECAP.PRS", 0),
    CASE("unreached", "A request that does not reach its PASID entry invalidates nothing that must go.", unreached, "VTD-6-047",
         "ECAP.PRS", 0),
    CASE("drain", "A wait with PD stands behind the entries of requests that had come.", drain, "VTD-6-604 VTD-7-527 VTD-7-528",
         "ECAP.PRS&ECAP.PDS", IOTB_F_BENCH_MEMORY),
    CASE("disabled", "What a page request brings into the caches does not survive the end of translation.", disabled,
         "VTD-11-566", "ECAP.PRS", IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP),
    CASE("modes", "Abort mode and invalid table modes refuse page requests.", modes,
         "VTD-7-051 VTD-7-050 VTD-7-056 VTD-7-519 VTD-7-520", "ECAP.PRS", 0),
};

const struct iotb_case_list vtd_page_effects_cases = {cases, sizeof cases / sizeof cases[0]};
