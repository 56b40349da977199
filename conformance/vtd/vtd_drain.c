/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Draining and order of completion (6.5.2.9, 6.5.2.12, 6.5.4): an invalidation is complete, as its wait tells, only when the
 * requests that used the translation are; waits, fences, status writes and events come in their order. The bench withholds
 * the answer to one access and looks at what the unit says meanwhile.
 */
#include "vtd_queue_rig.h"
#include "vtd_stale.h"

#include "vtd_chapters.h"

#include <string.h>

#define INPUT UINT64_C(0x2345000)
#define PASID 0x45u
#define STEPS_MAX 20000u /* a unit that never comes to rest is not followed for ever */

/* IOTLB invalidations of old units drain only what DR and DW ask for (6.5.2.3). */
static struct vt_descriptor draining(const struct stale *s, enum stale_drop drop)
{
    struct vt_descriptor d = stale_descriptor(s, drop, s->input);

    if (drop <= DROP_GLOBAL && s->vt->ver_max < 2)
        d.word[0] |= 3u << 6;
    return d;
}

static bool drains(struct vt *vt, enum stale_drop drop, enum iotb_request_kind kind)
{
    if (drop > DROP_GLOBAL || vt->ver_max >= 2)
        return true;
    return (kind == IOTB_WRITE || vt_cap(vt->t, "DRD")) && (kind == IOTB_READ || vt_cap(vt->t, "DWD"));
}

/* Drops that cover every request of the path at its input. */
static uint32_t covering(const struct stale *s, enum stale_drop *drops)
{
    static const enum stale_drop first[] = {DROP_P_PAGE, DROP_P_PAGE_HINT, DROP_P_PASID, DROP_DOMAIN, DROP_GLOBAL};
    static const enum stale_drop second[] = {DROP_PAGE, DROP_PAGE_HINT, DROP_DOMAIN, DROP_GLOBAL, DROP_P_PASID};
    uint32_t n = 0;

    for (size_t i = 0; i < 5; i++) {
        enum stale_drop drop = s->path.fs ? first[i] : second[i];

        if (stale_can_drop(s, drop))
            drops[n++] = drop;
    }
    return n;
}

/* A path of any kind; pass-through has no tables, its input is its page. */
static void open_path(struct stale *s, struct vt *vt, enum vt_flavour_id id)
{
    if (vt_flavours[id].pgtt != 4) {
        stale_open(s, vt, id, vt_rid(vt, 0), PASID, 4, INPUT);
        return;
    }
    *s = (struct stale){.vt = vt};
    vt_path_open(vt, &s->path, id, vt_rid(vt, 0), PASID, 4);
    s->input = s->host[0] = mem_alloc(vt->t, 4096, 4096);
    s->r = vt_request(&s->path, IOTB_WRITE, s->input + 0x48, 8);
}

/* ---- requests whose data access is still on its way ---- */

struct in_flight {
    uint32_t id, hold;
    uint64_t before;
    struct iotb_request r;
};

static bool launch(struct stale *s, struct in_flight *f, enum iotb_request_kind kind, uint32_t slot)
{
    uint64_t at = s->host[0] + 0x100 * slot;

    f->r = s->r;
    f->r.kind = (uint8_t)kind;
    f->r.address = s->input + 0x100 * slot;
    f->before = test_random(s->vt->t);
    mem_write64(s->vt->t, at, f->before);
    for (int i = 0; i < 16; i++)
        f->r.data[i] = (uint8_t)test_random(s->vt->t);
    if (kind == IOTB_CAS)
        for (int i = 0; i < 8; i++)
            f->r.data[i] = (uint8_t)(f->before >> (8 * i));
    f->hold = hold_accesses(s->vt->t, at, at + 7, ACC_ANY);
    f->id = request_send(s->vt->t, &f->r);
    test_settle(s->vt->t);
    return hold_count(s->vt->t, f->hold) > 0;
}

static uint64_t word_of(const uint8_t *bytes)
{
    uint64_t value = 0;

    for (int i = 0; i < 8; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

/* What the request did, after its hold was released. */
static void land(struct stale *s, struct in_flight *f, const char *row, uint32_t slot)
{
    struct outcome o = request_outcome(s->vt->t, f->id);
    uint64_t now = mem_read64(s->vt->t, s->host[0] + 0x100 * slot), wanted = f->before;

    if (f->r.kind == IOTB_WRITE || f->r.kind == IOTB_SWAP)
        wanted = word_of(f->r.data);
    if (f->r.kind == IOTB_FETCH_ADD)
        wanted = f->before + word_of(f->r.data);
    if (f->r.kind == IOTB_CAS)
        wanted = word_of(f->r.data + 8);
    CHECK(s->vt->t, row, o.done, "the request is done when the wait is");
    CHECK_EQ(s->vt->t, row, wanted, now, "memory when the wait is done");
    if (f->r.kind != IOTB_WRITE && o.done)
        CHECK_EQ(s->vt->t, row, f->before, word_of(o.data), "data that the requester got");
}

static void data_round(struct stale *s, enum stale_drop drop, enum iotb_request_kind kind)
{
    struct test *t = s->vt->t;
    const char *row = kind == IOTB_READ ? "VTD-6-044" : "VTD-6-642";
    struct vt_descriptor d = draining(s, drop);
    struct in_flight f;
    struct waiter w;

    test_context(t, "%s, %s, request kind %d", s->path.flavour->name, stale_drop_name(drop), kind);
    vt_once(s->vt);
    stale_warm(s, row);
    if (!launch(s, &f, kind, 1)) { /* done without memory having answered, or not even asked */
        CHECK(t, row, false, "the request makes an access to its page");
        hold_release(t, f.hold);
        return;
    }
    vt_put(s->vt, &d);
    w = waiter_put(s->vt, false, false);
    vt_ring(s->vt);
    test_settle(t);
    CHECK(t, row, !waiter_done(s->vt, w), "the wait is not done while memory withholds the access of the request");
    hold_release(t, f.hold);
    test_settle(t);
    CHECK(t, row, waiter_done(s->vt, w), "the wait is done when memory has answered");
    land(s, &f, row, 1);
}

static void data_body(struct vt *vt, struct vt_path *path)
{
    uint32_t kinds = test_has(vt->t, IOTB_F_ATOMIC) ? IOTB_CAS : IOTB_WRITE;
    enum stale_drop drops[5];
    struct stale s;
    uint32_t count;

    open_path(&s, vt, path->flavour->id);
    count = covering(&s, drops);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t kind = IOTB_READ; kind <= kinds; kind++)
            if (drains(vt, drops[i], (enum iotb_request_kind)kind))
                data_round(&s, drops[i], (enum iotb_request_kind)kind);
}

static void data_held(struct test *t)
{
    vt_each_flavour(t, VT_ALL_FLAVOURS, data_body);
}

/* Several requests, released one by one in the order of `order`: the wait is done after the last. */
static void several_body(struct vt *vt, struct vt_path *path)
{
    static const uint32_t orders[3][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}};
    enum stale_drop drops[5];
    struct stale s;

    open_path(&s, vt, path->flavour->id);
    for (uint32_t n = 0; n < 3; n++) {
        struct vt_descriptor d;
        struct in_flight f[4];
        struct waiter w;
        uint32_t held = 0;

        covering(&s, drops);
        d = draining(&s, drops[n]);
        if (!drains(vt, drops[n], IOTB_READ) || !drains(vt, drops[n], IOTB_WRITE))
            continue;
        for (uint32_t i = 0; i < 4; i++)
            held += launch(&s, &f[i], i % 2 ? IOTB_WRITE : IOTB_READ, i + 1);
        CHECK_EQ(vt->t, "VTD-6-642", 4, held, "requests that wait for memory");
        vt_put(vt, &d);
        w = waiter_put(vt, false, false);
        vt_ring(vt);
        test_settle(vt->t);
        for (uint32_t i = 0; i < 4; i++) {
            CHECK(vt->t, "VTD-6-642", !waiter_done(vt, w), "the wait is not done with %u requests outstanding", 4 - i);
            hold_release(vt->t, f[orders[n][i]].hold);
            test_settle(vt->t);
        }
        CHECK(vt->t, "VTD-6-642", waiter_done(vt, w), "the wait is done after the last request");
        for (uint32_t i = 0; i < 4; i++)
            land(&s, &f[i], i % 2 ? "VTD-6-642" : "VTD-6-044", i + 1);
    }
}

static void several_held(struct test *t)
{
    vt_each_flavour(t, VT_ALL_FLAVOURS, several_body);
}

/* Requests that come after the invalidation do not hold it up for ever: a wait under constant load completes. */
static void load_body(struct vt *vt, struct vt_path *path)
{
    enum stale_drop drops[5];
    struct vt_descriptor d;
    struct stale s;
    struct waiter w;
    uint32_t steps = 0;

    open_path(&s, vt, path->flavour->id);
    covering(&s, drops);
    test_latency(vt->t, 1000, 50000, true);
    for (uint32_t n = 0; n < 3; n++) {
        d = draining(&s, drops[n]);
        for (uint32_t i = 0; i < 8; i++)
            request_send(vt->t, &s.r);
        vt_put(vt, &d);
        w = waiter_put(vt, false, false);
        vt_ring(vt);
        for (steps = 0; !waiter_done(vt, w) && steps < STEPS_MAX; steps++) {
            if (request_outstanding(vt->t) < 8)
                request_send(vt->t, &s.r);
            if (!test_step(vt->t))
                break;
        }
        CHECK(vt->t, "VTD-6-639", waiter_done(vt, w), "the wait completes under constant load");
        test_settle(vt->t);
        CHECK_EQ(vt->t, "VTD-6-639", 0, request_outstanding(vt->t), "requests that never complete");
    }
    test_latency(vt->t, 0, 0, false);
}

static void under_load(struct test *t)
{
    vt_each_flavour(t, VT_ALL_FLAVOURS, load_body);
}

/* ---- fences and the order of waits ---- */

static void open_queue(struct vt *vt, struct test *t)
{
    vt_open_mode(vt, t, vt_has_mode(t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY);
    if (!vt->queue_on)
        test_abort(t, "the case needs queued invalidation");
}

/* The status write of a fenced wait is withheld: what follows must not be seen. Without fence it may be. */
static void fence_status(struct test *t)
{
    struct vt vt;

    open_queue(&vt, t);
    events_open(&vt);
    for (int fence = 1; fence >= 0; fence--) {
        struct waiter first = waiter_put(&vt, false, fence), second = waiter_put(&vt, true, false);
        uint32_t hold = hold_accesses(t, first.address, first.address + 3, ACC_WRITES);
        const char *row = fence ? "VTD-6-641" : "VTD-6-640";

        test_context(t, "FN = %d", fence);
        vt_ring(&vt);
        test_settle(t);
        CHECK_EQ(t, row, 1, hold_count(t, hold), "status writes of the first wait on their way");
        if (fence) {
            CHECK(t, row, !waiter_done(&vt, second), "the wait behind a fence is not completed before the fence is");
            CHECK_EQ(t, row, 0, vt_field(t, "ICS_REG", "IWC"), "ICS.IWC of the wait behind a fence");
            CHECK_EQ(t, row, 0, interrupt_count(t, IOTB_IRQ_EVENT), "event of the wait behind a fence");
        }
        hold_release(t, hold);
        test_settle(t);
        CHECK(t, row, waiter_done(&vt, first) && waiter_done(&vt, second), "both waits complete");
        vt_reg_set(t, "ICS_REG", vt_reg_bits("ICS_REG", "IWC", 1));
        events_take(&vt, 0);
    }
    vt_close(&vt);
}

/* A fenced wait that waits for a request: nothing behind it is executed. */
static void fence_body(struct vt *vt, struct vt_path *path)
{
    enum stale_drop drops[5];
    struct stale s;

    open_path(&s, vt, path->flavour->id);
    covering(&s, drops);
    for (int fence = 1; fence >= 0; fence--) {
        struct vt_descriptor d = draining(&s, drops[0]);
        const char *row = fence ? "VTD-6-641" : "VTD-6-640";
        struct in_flight f;
        struct waiter first, second;

        if (!drains(vt, drops[0], IOTB_WRITE))
            return;
        test_context(vt->t, "%s, FN = %d", path->flavour->name, fence);
        CHECK(vt->t, row, launch(&s, &f, IOTB_WRITE, 1), "the request makes an access to its page");
        vt_put(vt, &d);
        first = waiter_put(vt, false, fence);
        second = waiter_put(vt, false, false);
        vt_ring(vt);
        test_settle(vt->t);
        CHECK(vt->t, row, !waiter_done(vt, first), "the first wait is not done while a request is outstanding");
        if (fence)
            CHECK(vt->t, row, !waiter_done(vt, second), "nothing behind the fence is executed");
        hold_release(vt->t, f.hold);
        test_settle(vt->t);
        CHECK(vt->t, row, waiter_done(vt, first) && waiter_done(vt, second), "both waits complete");
        land(&s, &f, row, 1);
    }
}

static void fence_data(struct test *t)
{
    vt_each_flavour(t, VT_ALL_FLAVOURS, fence_body);
}

/* A fence that writes no status lets the queue go on all the same when the request is done: a mere fence, and one with IF. */
static void fence_bare_body(struct vt *vt, struct vt_path *path)
{
    enum stale_drop drops[5];
    struct stale s;

    open_path(&s, vt, path->flavour->id);
    covering(&s, drops);
    for (uint32_t interrupt = 0; interrupt < 2 && drains(vt, drops[0], IOTB_WRITE); interrupt++) {
        struct vt_descriptor d = draining(&s, drops[0]), bare = vt_desc_wait(interrupt, false, true, 0, 0);
        struct in_flight f;
        struct waiter behind;

        test_context(vt->t, "%s, fence with IF %u and without status", path->flavour->name, interrupt);
        vt_reg_set(vt->t, "ICS_REG", vt_reg_bits("ICS_REG", "IWC", 1));
        CHECK(vt->t, "VTD-6-641", launch(&s, &f, IOTB_WRITE, 1), "the request makes an access to its page");
        vt_put(vt, &d);
        vt_put(vt, &bare);
        behind = waiter_put(vt, false, false);
        vt_ring(vt);
        test_settle(vt->t);
        CHECK(vt->t, "VTD-6-641", !waiter_done(vt, behind), "nothing behind the fence is executed");
        CHECK_EQ(vt->t, "VTD-6-641", 0, vt_field(vt->t, "ICS_REG", "IWC"), "ICS.IWC while the fence waits");
        hold_release(vt->t, f.hold);
        test_settle(vt->t);
        CHECK(vt->t, "VTD-6-601", waiter_done(vt, behind), "what is behind the fence is executed when the request is done");
        CHECK_EQ(vt->t, "VTD-6-601", interrupt, vt_field(vt->t, "ICS_REG", "IWC"), "ICS.IWC when the fence is complete");
        land(&s, &f, "VTD-6-641", 1);
    }
}

static void fence_bare(struct test *t)
{
    vt_each_flavour(t, VT_ALL_FLAVOURS, fence_bare_body);
}

/*
 * What stands behind a fence is executed after it, not with it: a translation that is used and changed while the fence waits
 * is dropped by the invalidation behind the fence, although that was submitted before.
 */
static void fence_order_body(struct vt *vt, struct vt_path *path)
{
    static const enum stale_drop behind[] = {DROP_DOMAIN, DROP_GLOBAL, DROP_P_PASID, DROP_PAGE_HINT};
    enum stale_drop drops[5];

    for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++) {
        struct stale a, b;
        struct vt_descriptor d[2];
        struct waiter first, second;
        struct in_flight f;
        struct outcome o;
        struct iotb_request r;

        open_path(&a, vt, path->flavour->id);
        stale_open(&b, vt, path->flavour->id, vt_rid(vt, 1), PASID, 6, INPUT);
        covering(&a, drops);
        if (!drains(vt, drops[0], IOTB_WRITE) || !stale_can_drop(&b, behind[i]))
            continue;
        test_context(vt->t, "%s, %s behind the fence", path->flavour->name, stale_drop_name(behind[i]));
        CHECK(vt->t, "VTD-6-641", launch(&a, &f, IOTB_WRITE, 1), "the request makes an access to its page");
        d[0] = draining(&a, drops[0]);
        d[1] = draining(&b, behind[i]);
        vt_put(vt, &d[0]);
        first = waiter_put(vt, false, true);
        vt_put(vt, &d[1]);
        second = waiter_put(vt, false, false);
        vt_ring(vt);
        test_settle(vt->t);
        r = b.r;
        r.kind = IOTB_READ;
        o = request_run(vt->t, &r); /* a unit may keep new requests waiting while it drains */
        if (o.done)
            stale_change(&b, b.path.fs ? STALE_FIRST : STALE_SECOND, 1, 6);
        hold_release(vt->t, f.hold);
        test_settle(vt->t);
        CHECK(vt->t, "VTD-6-641", waiter_done(vt, first) && waiter_done(vt, second), "both waits complete");
        if (o.done)
            stale_gone(&b, "VTD-6-641");
    }
}

static void fence_order(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, fence_order_body);
}

/* The event of a wait comes after its status is in memory. */
static void status_before_event(struct test *t)
{
    struct vt vt;

    open_queue(&vt, t);
    events_open(&vt);
    for (int round = 0; round < 3; round++) {
        struct waiter w = waiter_put(&vt, true, round == 1);
        uint32_t hold = round < 2 ? hold_accesses(t, w.address, w.address + 3, ACC_WRITES) : 0;

        vt_ring(&vt);
        if (hold) {
            test_settle(t);
            CHECK_EQ(t, "VTD-6-600", 0, interrupt_count(t, IOTB_IRQ_EVENT), "events before the status is in memory");
            hold_release(t, hold);
            test_settle(t);
        } else {
            for (uint32_t n = 0; n < STEPS_MAX && !interrupt_count(t, IOTB_IRQ_EVENT) && test_step(t); n++)
                ;
            CHECK(t, "VTD-5-503", waiter_done(&vt, w), "the status is in memory when the event is seen");
        }
        CHECK(t, "VTD-6-600", waiter_done(&vt, w), "the wait completes");
        CHECK_EQ(t, "VTD-6-600", 1, events_take(&vt, EVENT_COMPLETION_DATA), "events of the wait");
        vt_reg_set(t, "ICS_REG", vt_reg_bits("ICS_REG", "IWC", 1));
    }
    vt_close(&vt);
}

/* At the very moment of the status write every effect of what stands before the wait is there. */
static void effect_body(struct vt *vt, struct vt_path *path)
{
    static const enum stale_change changes[] = {STALE_FIRST, STALE_SECOND, STALE_PASID};
    bool legacy = path->flavour->mode == VT_LEGACY;

    for (size_t i = 0; i < 3; i++) {
        struct stale s;
        struct waiter w;
        struct vt_descriptor d[3];

        stale_open(&s, vt, path->flavour->id, path->rid, path->pasid, 4 + (uint32_t)i % 2, INPUT);
        if ((changes[i] == STALE_FIRST && !s.path.fs) || (changes[i] == STALE_SECOND && !s.path.ss) ||
            (changes[i] == STALE_PASID && legacy))
            continue;
        test_context(vt->t, "%s, change %zu", path->flavour->name, i);
        stale_warm(&s, "VTD-6-639");
        stale_change(&s, changes[i], 1, s.path.did + 2);
        d[0] = stale_descriptor(&s, DROP_CC_DEVICE, 0);
        d[1] = stale_descriptor(&s, legacy ? DROP_CC_DEVICE : DROP_PC_PASID, 0);
        d[2] = stale_descriptor(&s, DROP_DOMAIN, 0);
        for (int k = 0; k < 3; k++)
            vt_put(vt, &d[k]);
        w = waiter_put(vt, false, false);
        vt_ring(vt);
        for (uint32_t n = 0; n < STEPS_MAX && !waiter_done(vt, w) && test_step(vt->t); n++)
            ;
        CHECK(vt->t, "VTD-6-639", waiter_done(vt, w), "the wait completes");
        stale_gone(&s, "VTD-6-639");
    }
}

static void effect(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, effect_body);
}

/* ---- disabling under traffic ---- */

static void disable_body(struct vt *vt, struct vt_path *path)
{
    for (uint32_t kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
        const char *row = kind == IOTB_READ ? "VTD-11-563" : "VTD-11-564";
        struct iotb_request plain = {.size = sizeof plain, .kind = IOTB_WRITE, .bytes = 8, .requester_id = path->rid};
        struct in_flight f;
        struct stale s;

        test_context(vt->t, "%s, request kind %u", path->flavour->name, kind);
        open_path(&s, vt, path->flavour->id);
        CHECK(vt->t, row, launch(&s, &f, (enum iotb_request_kind)kind, 1), "the request makes an access to its page");
        vt_reg_set(vt->t, "GCMD_REG", vt_reg(vt->t, "GSTS_REG") & vt_reg_bits("GCMD_REG", "QIE", 1));
        test_settle(vt->t);
        hold_release(vt->t, f.hold);
        test_settle(vt->t);
        CHECK_EQ(vt->t, row, 0, vt_field(vt->t, "GSTS_REG", "TES"), "GSTS.TES after the request is done");
        land(&s, &f, row, 1);
        plain.address = mem_alloc(vt->t, 4096, 4096) + 0x40;
        vt_expect_ok(vt, row, &plain, plain.address);
        vt_command(vt, "TE", true);
    }
}

static void disable_traffic(struct test *t)
{
    vt_each_flavour(t, VT_ALL_FLAVOURS, disable_body);
}

#define FEATURES (IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP)
#define DRAIN(NAME, SUMMARY, RUN, ROWS, GATE, F)                                                                  \
    {                                                                                                             \
        .name = "vtd.drain." NAME, .summary = SUMMARY, .run = (RUN), .rows = ROWS, .gate = GATE, .features = (F), \
        .functional = true, .tier = TIER_FULL                                                                     \
    }

static const struct iotb_case cases[] = {
    {.name = "vtd.drain.data",
     .summary = "A wait completes only after the data access of each request that the invalidation covers.",
     .run = data_held,
     .rows = "VTD-6-642 VTD-6-044",
     .gate = "ECAP.QI",
     .features = FEATURES,
     .functional = true,
     .tier = TIER_SMOKE},
    DRAIN("several", "With several requests outstanding a wait completes after the last.", several_held, "VTD-6-642 VTD-6-044",
          "ECAP.QI", FEATURES),
    DRAIN("under_load", "A wait completes although new requests keep coming.", under_load, "VTD-6-639", "ECAP.QI", FEATURES),
    DRAIN("fence_status", "Nothing behind a fence is seen before the fence's status write.", fence_status, "VTD-6-640 VTD-6-641",
          "ECAP.QI", IOTB_F_BENCH_MEMORY | IOTB_F_INTERRUPTS),
    DRAIN("fence_data", "Nothing behind a fence is executed while the fence waits for a request.", fence_data,
          "VTD-6-640 VTD-6-641", "ECAP.QI", FEATURES),
    DRAIN("fence_bare", "A fence without status holds the queue as long as it waits, and no longer.", fence_bare,
          "VTD-6-601 VTD-6-641", "ECAP.QI", FEATURES),
    DRAIN("fence_order", "What stands behind a fence is executed after the fence is complete, not before.", fence_order,
          "VTD-6-641", "ECAP.QI", FEATURES),
    DRAIN("status_before_event", "The status of a wait is in memory before its event is sent.", status_before_event,
          "VTD-6-600 VTD-5-503", "ECAP.QI", IOTB_F_BENCH_MEMORY | IOTB_F_INTERRUPTS),
    DRAIN("effect", "When the status of a wait is seen all that stands before it has taken effect.", effect, "VTD-6-639",
          "ECAP.QI", 0),
    DRAIN("disable", "Translation can be disabled under traffic; what was in flight ends as it began.", disable_traffic,
          "VTD-11-563 VTD-11-564", NULL, FEATURES),
};

const struct iotb_case_list vtd_drain_cases = {cases, sizeof cases / sizeof cases[0]};
