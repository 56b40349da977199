/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What makes two events alike (7.3.1 Event record merging, 3.12.2.1 Suppression of duplicate Stall event records): two requests
 * that differ in one thing alone are recorded each.
 */
#include "sm_chapters.h"
#include "sm_stall_rig.h"

#define INPUT UINT64_C(0x5a340000)

enum what { PAGE_BIT, KIND, PRIVILEGE, INSTRUCTION, STREAM, SUBSTREAM };

struct difference {
    enum what what;
    uint32_t bit; /* of the address */
};

struct alike {
    struct sm *sm;
    struct sm_path path, other_stream, other_substream;
};

static void open_paths(struct alike *a, struct sm *sm, bool stall)
{
    bool substreams = sm_has_flavour(sm->t, SM_F_S1_SSID);
    struct sm_cd cd = {.stall = stall};

    a->sm = sm;
    sm_path_open(sm, &a->path, substreams ? SM_F_S1_SSID : SM_F_S1, sm_sid(sm, 0), 5, 0x11, 0x22);
    a->other_stream = a->other_substream = a->path;
    if (sm_sid_count(sm) > 1) {
        sm_path_share(&a->other_stream, &a->path, sm_sid(sm, 1));
        sm_ste_set(sm, a->other_stream.sid, "MEV", !stall);
    }
    sm_ste_set(sm, a->path.sid, "MEV", !stall);
    if (substreams)
        sm_path_add_ssid(&a->other_substream, &a->path, 0x45 & ((1u << sm->ssid_bits) - 1), 0x12);
    for (uint32_t i = 0; i < 2 && stall; i++) {
        const struct sm_path *p = i ? &a->other_substream : &a->path;

        cd.ttb0 = p->s1;
        cd.asid = p->asid;
        sm_set_cd(sm, p->sid, p->ssid, &cd);
    }
    sm_invalidate_all(sm);
}

/* The first and the second request of a pair. False: the adapter or the unit has no such difference. */
static bool pair_of(const struct alike *a, struct difference d, struct iotb_request r[2])
{
    bool read = d.what == INSTRUCTION;

    r[0] = r[1] = sm_request(&a->path, read ? IOTB_READ : IOTB_WRITE, INPUT + 0x48, 8);
    switch (d.what) {
    case PAGE_BIT:
        r[1].address ^= UINT64_C(1) << d.bit;
        return true;
    case KIND:
        r[1].kind = IOTB_READ;
        return true;
    case PRIVILEGE:
        r[1].flags |= IOTB_RQ_PRIVILEGED;
        return a->path.flavour->with_ssid && test_has(a->sm->t, IOTB_F_PRIVILEGE); /* dut.h: in the prefix */
    case INSTRUCTION:
        r[1].flags |= IOTB_RQ_EXECUTE;
        return a->path.flavour->with_ssid && test_has(a->sm->t, IOTB_F_PRIVILEGE);
    case STREAM:
        r[1].requester_id = (uint16_t)a->other_stream.sid;
        return a->other_stream.sid != a->path.sid;
    case SUBSTREAM:
    default:
        r[1].pasid = a->other_substream.ssid;
        return a->other_substream.ssid != a->path.ssid;
    }
}

static bool next_difference(struct difference *d, uint32_t address_bits)
{
    if (d->what == PAGE_BIT && d->bit + 1 < address_bits) {
        d->bit++;
        return true;
    }
    d->what++;
    return d->what <= SUBSTREAM;
}

static void say_pair(struct test *t, struct difference d, uint32_t order)
{
    static const char *const names[] = {"address", "read or write", "privilege", "instruction", "StreamID", "SubstreamID"};

    test_context(t, "%s%s%u, order %u", names[d.what], d.what == PAGE_BIT ? " bit " : " ", d.bit, order);
}

static uint32_t input_bits(const struct alike *a)
{
    uint32_t bits = sm_address_bits(a->sm);

    return bits < a->path.s1->input_bits ? bits : a->path.s1->input_bits;
}

static bool is_of(const struct sm_event *event, const struct iotb_request *r)
{
    return event->sid == r->requester_id && event->input == r->address && event->rnw == (r->kind == IOTB_READ) &&
           event->pnu == ((r->flags & IOTB_RQ_PRIVILEGED) != 0) && event->ind == ((r->flags & IOTB_RQ_EXECUTE) != 0) &&
           (!event->ssv || event->ssid == r->pasid);
}

/* ---- merging ---- */

static void skip_where_all_stalls(struct test *t)
{
    if (sm_idr(t, 0, "STALL_MODEL") == 2)
        test_skip(t, "IDR0.STALL_MODEL is 2: translation faults stall, and stalls are not merged");
}

static void merged(struct test *t)
{
    struct difference d = {PAGE_BIT, 12};
    struct alike a;
    struct sm sm;

    skip_where_all_stalls(t);
    sm_open(&sm, t, NULL);
    open_paths(&a, &sm, false);
    do {
        for (uint32_t order = 0; order < 2; order++) {
            struct iotb_request r[2];
            struct sm_event event;

            if (!pair_of(&a, d, r))
                continue;
            say_pair(t, d, order);
            sm_event_clear(&sm);
            for (uint32_t n = 0; n < 2; n++)
                request_run(t, &r[n ^ order]);
            test_settle(t);
            CHECK_EQ(t, "SMMU-7-034", 2, sm_event_pending(&sm), "records of two requests that differ");
            for (uint32_t n = 0; n < 2 && sm_event_read(&sm, n, &event); n++)
                if (!CHECK(t, "SMMU-7-034", is_of(&event, &r[n ^ order]), "record %u is that of its request", n))
                    sm_note_event(&sm, &event);
        }
    } while (next_difference(&d, input_bits(&a)));
    sm_event_clear(&sm);
    sm_close(&sm);
}

/* The same page faults for another reason each time. */
static void reasons(struct test *t)
{
    static const struct {
        uint64_t flip; /* of a leaf with all rights */
        uint32_t type;
    } leaves[] = {{1, SM_F_TRANSLATION}, {1u << SM_BIT_AF, SM_F_ACCESS}, {1u << SM_BIT_AP2, SM_F_PERMISSION}};
    uint64_t leaf, entry;
    struct iotb_request r;
    struct sm_path path;
    bool known[3];
    struct sm sm;

    skip_where_all_stalls(t);
    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    sm_ste_set(&sm, path.sid, "MEV", 1);
    sm_path_page(&path, INPUT, SM_RW);
    entry = sm_path_leaf(&path, INPUT);
    leaf = mem_read64(t, entry);
    r = sm_request(&path, IOTB_WRITE, INPUT + 0x48, 8);
    for (uint32_t i = 0; i < 3; i++) {
        mem_write64(t, entry, leaf ^ leaves[i].flip);
        sm_invalidate_all(&sm);
        known[i] = sm_try(&sm, &r, NULL, 0).type == leaves[i].type;
    }
    for (uint32_t i = 0; i < 9; i++) {
        const uint32_t pair[2] = {i % 3, (i % 3 + 1 + i / 3 % 2) % 3};
        struct sm_event event[2];

        /* Which fault each leaf is, is the matter of others: here it is whether the second is recorded. */
        test_context(t, "faults %02xh and %02xh", leaves[pair[0]].type, leaves[pair[1]].type);
        sm_event_clear(&sm);
        for (uint32_t n = 0; n < 2; n++) {
            mem_write64(t, entry, leaf ^ leaves[pair[n]].flip);
            sm_invalidate_all(&sm);
            request_run(t, &r);
            test_settle(t);
            if (!sm_event_read(&sm, n, &event[n]))
                event[n] = (struct sm_event){.type = 0};
        }
        if (known[pair[0]] && known[pair[1]])
            CHECK_EQ(t, "SMMU-7-034", leaves[pair[1]].type, event[1].type, "type of the second record");
    }
    sm_event_clear(&sm);
    sm_close(&sm);
}

/* ---- what does not come from the request ---- */

struct changed {
    struct sm *sm;
    struct sm_path path;
    struct iotb_request r;
};

static struct sm_event fault_of(struct changed *c, const char *what)
{
    struct sm_event event = {.type = 0};
    uint32_t before = sm_event_pending(c->sm);

    sm_invalidate_all(c->sm);
    request_run(c->sm->t, &c->r);
    test_settle(c->sm->t);
    if (CHECK_EQ(c->sm->t, "SMMU-7-034", before + 1, sm_event_pending(c->sm), "records, with one of %s", what))
        sm_event_read(c->sm, before, &event);
    return event;
}

/* 7.3.12: of aborted walks FetchAddr differs. */
static void walks_body(struct sm *sm, struct sm_path *path)
{
    struct changed c = {.sm = sm, .path = *path};
    const struct sm_table *table = path->s1 ? path->s1 : path->s2;

    sm_ste_set(sm, path->sid, "MEV", 1);
    sm_path_page(path, INPUT, SM_RW);
    c.r = sm_request(path, IOTB_WRITE, INPUT + 0x48, 8);
    for (uint32_t n = 0; n < 4; n++) {
        uint64_t entry = sm_entry(sm, table, INPUT, n & 1 ? 2 : 3);
        struct sm_event event;

        test_context(sm->t, "%s, the walk is aborted at level %u", sm_path_name(path), n & 1 ? 2 : 3);
        inject_fault(sm->t, INJECT_ABORT, entry, entry + 7, ACC_ANY, 1, 1);
        event = fault_of(&c, "a walk that is aborted at another descriptor");
        inject_clear(sm->t);
        if (event.type)
            CHECK_EQ(sm->t, "SMMU-7-034", entry & ~UINT64_C(7), event.fetch, "FetchAddr of the record");
    }
    sm_event_clear(sm);
}

static void walks(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2), walks_body);
}

/* 7.3.13: the stage, and of stage 2 the IPA, in each of its bits from 12 up; 7.3.16: the class. */
static void stages_body(struct sm *sm, struct sm_path *path)
{
    struct changed c = {.sm = sm, .path = *path};
    uint32_t bits = sm->oas_bits < path->s2->input_bits ? sm->oas_bits : path->s2->input_bits;
    uint64_t leaf, page;

    skip_where_all_stalls(sm->t);
    sm_ste_set(sm, path->sid, "MEV", 1);
    sm_path_page(path, INPUT, SM_RW);
    c.r = sm_request(path, IOTB_WRITE, INPUT + 0x48, 8);
    leaf = sm_entry(sm, path->s1, INPUT, 3);
    page = mem_read64(sm->t, leaf);
    for (uint32_t bit = path->s1->granule_lg2; bit < bits; bit++) {
        const uint64_t ipas[2] = {UINT64_C(3) << (bits - 2), (UINT64_C(3) << (bits - 2)) ^ UINT64_C(1) << bit};

        for (uint32_t n = 0; n < 2; n++) {
            struct sm_event event;

            test_context(sm->t, "%s, IPAs that differ in bit %u, %u", sm_path_name(path), bit, n);
            mem_write64(sm->t, leaf, sm_with_address(path->s1, page, ipas[n]));
            event = fault_of(&c, "another IPA");
            if (event.type)
                CHECK_EQ(sm->t, "SMMU-7-034", ipas[n] >> 12, event.ipa >> 12, "IPA of the record");
        }
        mem_write64(sm->t, leaf, page & ~UINT64_C(1));
        CHECK(sm->t, "SMMU-7-034", !fault_of(&c, "the other stage").s2, "S2 of a fault of stage 1");
        sm_event_clear(sm);
    }
}

static void stages(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_NESTED), stages_body);
}

/* A SubstreamID of 0 is not the same as none. */
static void substream_0(struct test *t)
{
    struct sm_ste ste = {.config = SM_BYPASS, .invalid = true};
    struct iotb_request r;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_set_ste(&sm, sm_sid(&sm, 0), &ste);
    sm_cfgi_ste(&sm, sm_sid(&sm, 0));
    r = sm_plain_request(&sm, sm_sid(&sm, 0), INPUT);
    for (uint32_t n = 0; n < 4; n++) {
        struct sm_event event = {.type = 0};

        r.flags = n & 1 ? IOTB_RQ_PASID : 0;
        request_run(t, &r);
        test_settle(t);
        CHECK_EQ(t, "SMMU-7-034", n + 1, sm_event_pending(&sm), "records with and without SubstreamID");
        if (sm_event_read(&sm, n, &event))
            CHECK_EQ(t, "SMMU-7-034", n & 1, event.ssv, "SSV of the record");
    }
    sm_event_clear(&sm);
    sm_close(&sm);
}

/* ---- stalls ---- */

/* The second one of a pair is recorded while the first is stalled. */
static void suppressed(struct test *t)
{
    struct difference d = {PAGE_BIT, 12};
    struct alike a;
    struct sm sm;

    if (sm_idr(t, 0, "STALL_MODEL") == 1)
        test_skip(t, "IDR0.STALL_MODEL is 1: no stalls");
    sm_open(&sm, t, NULL);
    if (sm_idr(t, 5, "STALL_MAX") < 2)
        test_skip(t, "IDR5.STALL_MAX is below 2");
    open_paths(&a, &sm, true);
    do {
        for (uint32_t order = 0; order < 2; order++) {
            struct sm_event event[2] = {{.type = 0}, {.type = 0}};
            struct iotb_request r[2];
            uint32_t id[2];

            if (!pair_of(&a, d, r))
                continue;
            say_pair(t, d, order);
            sm_event_clear(&sm);
            for (uint32_t n = 0; n < 2; n++) {
                id[n] = request_send(t, &r[n ^ order]);
                test_settle(t);
                CHECK(t, n ? "SMMU-3-127" : "SMMU-3-130", sm_event_take(&sm, &event[n]) && is_of(&event[n], &r[n ^ order]),
                      "stalled request %u is recorded", n);
            }
            CHECK_EQ(t, "SMMU-3-130", 0, sm_event_pending(&sm), "further records");
            for (uint32_t n = 0; n < 2; n++) {
                sm_resume(&sm, event[n].sid, event[n].stag, false, true);
                CHECK(t, "SMMU-3-130", request_wait(t, id[n]).done, "request %u ends by its CMD_RESUME", n);
            }
        }
    } while (next_difference(&d, input_bits(&a)));
    sm_event_clear(&sm);
    sm_close(&sm);
}

/* ---- names of stalled requests, bit by bit ---- */

/* A StreamID or STAG that is wrong in one bit names no request. */
static void names(struct test *t)
{
    struct stall_rig s;
    struct stalled x;

    stall_open(&s, t);
    x = stall_write(&s, "SMMU-4-121", STALL_INPUT + 0x48);
    for (uint32_t bit = 0; bit < 16 + s.sm->sid_bits; bit++) {
        uint32_t sid = x.event.sid, stag = x.event.stag;

        if (bit < 16)
            stag ^= 1u << bit;
        else
            sid ^= 1u << (bit - 16);
        for (uint32_t way = 0; way < 3; way++) {
            struct sm_command c = sm_cmd_resume(sid, stag, way == 1, way == 2);

            test_context(t, "StreamID %x, STAG %x, way %u, of StreamID %x, STAG %x", sid, stag, way, x.event.sid, x.event.stag);
            sm_expect_consumed(s.sm, "SMMU-4-121", &c);
            CHECK(t, "SMMU-4-121", !request_outcome(t, x.id).done, "the stalled request stays");
        }
        if (bit >= 16) {
            struct sm_command c = sm_cmd_stall_term(sid);

            sm_expect_consumed(s.sm, "SMMU-4-132", &c);
            CHECK(t, "SMMU-4-132", !request_outcome(t, x.id).done, "the stalled request stays");
        }
        CHECK_EQ(t, "SMMU-4-121", 0, sm_event_pending(s.sm), "records");
    }
    sm_resume(s.sm, x.event.sid, x.event.stag, false, true);
    stall_aborted(&s, "SMMU-4-112", &x);
    sm_close(s.sm);
}

#define CASE(n, text, function, r, needs)                                                                      \
    {                                                                                                          \
        .name = "smmuv3.alike." n, .summary = text, .run = function, .rows = r, .gate = "IDR0.S1P&IDR0.TTF:1", \
        .features = needs, .functional = true, .tier = TIER_FULL                                               \
    }

static const struct iotb_case cases[] = {
    CASE("merged", "Events that differ in one field are not merged: each address bit, kind, privilege, instruction, stream.",
         merged, "SMMU-7-034", 0),
    CASE("reasons", "Faults of one page that differ in their type are not merged.", reasons, "SMMU-7-034", 0),
    {.name = "smmuv3.alike.walks",
     .summary = "Walks that are aborted at different descriptors are recorded each",
     .run = walks,
     .rows = "SMMU-7-034",
     .gate = "IDR0.TTF:1",
     .features = IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.alike.stages",
     .summary = "Faults of one address are not merged where the stage or the IPA differs",
     .run = stages,
     .rows = "SMMU-7-034",
     .gate = "IDR0.S1P&IDR0.S2P&IDR0.TTF:1",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.alike.substream_0",
     .summary = "Events with SubstreamID 0 and without are not merged",
     .run = substream_0,
     .rows = "SMMU-7-034",
     .gate = "IDR1.SSIDSIZE>=1",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    CASE("suppressed", "A stall that differs in one thing from one that is recorded is recorded.", suppressed,
         "SMMU-3-127 SMMU-3-130", IOTB_F_OVERLAP),
    CASE("names", "CMD_RESUME and CMD_STALL_TERM name a request by every bit of StreamID and STAG.", names,
         "SMMU-4-112 SMMU-4-121 SMMU-4-132", IOTB_F_OVERLAP),
};

const struct iotb_case_list sm_alike_cases = {cases, sizeof cases / sizeof cases[0]};
