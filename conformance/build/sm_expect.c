/* SPDX-License-Identifier: BSD-2-Clause */
/* What a request is expected to do, judged by the memory it touched and by the event records. */
#include "build/data.h"
#include "build/sm_internal.h"

#include <string.h>

void sm_once(struct sm *sm)
{
    sm->once = true;
}

static uint32_t rounds(struct sm *sm)
{
    uint32_t n = sm->once ? 1 : 2;

    sm->once = false;
    return n;
}

const char *sm_row_or(struct sm *sm, const char *specific, const char *row)
{
    return test_row_known(sm->t, specific) ? specific : row;
}

/* The first failure of a case brings the evidence along. */
static bool judged(struct sm *sm, const struct iotb_request *request, bool first, bool ok)
{
    if (!ok && first)
        sm_evidence(sm, request);
    return ok;
}

static bool check_no_record(struct sm *sm, const char *row, const char *what)
{
    struct sm_event event;
    bool ok = true;

    while (sm_event_take(sm, &event)) {
        ok =
            CHECK(sm->t, row, false, "%s: event %02xh %s of StreamID %x", what, event.type, sm_event_name(event.type), event.sid);
        sm_note_event(sm, &event);
        if (event.stall)
            sm_resume(sm, event.sid, event.stag, false, true);
    }
    ok &= CHECK(sm->t, row, !sm_event_overflow(sm), "%s: event queue overflow", what);
    return ok;
}

/* ---- what must be carried out ---- */

bool sm_expect_ok(struct sm *sm, const char *row, const struct iotb_request *request, uint64_t host)
{
    bool first = !test_failed(sm->t), ok = true;

    sm_event_clear(sm);
    for (uint32_t n = rounds(sm); n > 0; n--) {
        struct iotb_request r = *request;
        uint8_t before[DATA_BYTES_MAX];
        struct outcome o;

        data_prepare(sm->t, &r, host, before);
        o = request_run(sm->t, &r);
        test_settle(sm->t);
        ok &= CHECK(sm->t, row, o.done, "%s at 0x%llx never completed", data_kind_name(&r), (unsigned long long)r.address);
        if (o.done && o.has_status)
            ok &= CHECK_EQ(sm->t, row, IOTB_SC, o.status, "completion status of the %s at 0x%llx", data_kind_name(&r),
                           (unsigned long long)r.address);
        if (o.done)
            ok &= data_check(sm->t, row, &r, host, before, &o);
        ok &= check_no_record(sm, row, "after an allowed request");
        if (!o.done)
            break;
    }
    return judged(sm, request, first, ok);
}

/* ---- what must be refused ---- */

struct sm_expected sm_config_event(uint32_t type)
{
    return (struct sm_expected){.type = type};
}

struct sm_expected sm_s1_event(uint32_t type)
{
    return (struct sm_expected){.type = type, .class = SM_CLASS_IN};
}

struct sm_expected sm_s2_event(uint32_t type, uint32_t class, uint64_t ipa)
{
    return (struct sm_expected){.type = type, .s2 = true, .class = class, .ipa = ipa};
}

struct sm_expected sm_walk_abort(bool s2, uint32_t class, uint64_t fetch)
{
    return (struct sm_expected){.type = SM_F_WALK_EABT, .s2 = s2, .class = class, .fetch = fetch, .set = SM_E_NO_IPA};
}

bool sm_check_aborted(struct sm *sm, const char *row, const struct iotb_request *r, const struct outcome *o)
{
    if (!CHECK(sm->t, row, o->done, "%s at 0x%llx never completed", data_kind_name(r), (unsigned long long)r->address))
        return false;
    return !o->has_status || CHECK(sm->t, row, o->status != IOTB_SC, "refused %s at 0x%llx completed successfully",
                                   data_kind_name(r), (unsigned long long)r->address);
}

/* 3.12: reads as zero, writes ignored. */
static bool check_razwi(struct sm *sm, const char *row, const struct iotb_request *r, const struct outcome *o)
{
    static const uint8_t zero[DATA_BYTES_MAX];
    bool ok = CHECK(sm->t, row, o->done, "%s at 0x%llx never completed", data_kind_name(r), (unsigned long long)r->address);

    if (!ok)
        return false;
    if (o->has_status)
        ok &= CHECK_EQ(sm->t, row, IOTB_SC, o->status, "completion status of a %s that is RAZ/WI", data_kind_name(r));
    if (r->kind != IOTB_WRITE)
        ok &= CHECK(sm->t, row, !memcmp(o->data, zero, r->bytes), "a read that is RAZ/WI returned other than zero");
    return ok;
}

/* The alternative that the record claims to be; the first if it is none of them. */
static const struct sm_expected *pick(const struct sm_expected *expected, uint32_t count, const struct sm_event *event)
{
    const struct sm_expected *best = NULL;

    for (uint32_t i = 0; i < count; i++) {
        if (expected[i].type != event->type)
            continue;
        if (!best || (expected[i].s2 == event->s2 && expected[i].class == event->class))
            best = &expected[i];
    }
    return best;
}

static bool judge_record(struct sm *sm, const char *row, const struct iotb_request *r, const struct sm_expected *expected,
                         uint32_t count, const struct sm_event *event)
{
    const struct sm_expected *e = pick(expected, count, event);
    struct sm_event further;
    bool ok;

    test_carry(sm->t, SM_RECORD_ROWS);
    if (count == 1)
        ok = CHECK_EQ(sm->t, row, expected->type, event->type, "event of the %s at 0x%llx: expected %s, seen %s",
                      data_kind_name(r), (unsigned long long)r->address, sm_event_name(expected->type),
                      sm_event_name(event->type));
    else
        ok = CHECK(sm->t, row, e != NULL, "%s (%02xh) is not one of the legal events", sm_event_name(event->type), event->type);
    if (e)
        ok &= sm_check_record(sm, row, r, e, event);
    else
        sm_note_event(sm, event);
    ok &= CHECK(sm->t, "SMMU-7-017", !sm_event_read(sm, 0, &further), "more than one record of one request");
    sm_event_clear(sm);
    return ok;
}

static bool ending(struct sm *sm, const char *row, const struct iotb_request *r, const struct sm_expected *e,
                   const struct outcome *o)
{
    return e->razwi ? check_razwi(sm, row, r, o) : sm_check_aborted(sm, row, r, o);
}

/* Runs a request that may stall, and ends it if it does. Is there a record? */
static bool run_refused(struct sm *sm, struct iotb_request *r, struct sm_event *event, struct outcome *o)
{
    uint32_t id = request_send(sm->t, r);
    bool recorded;

    test_settle(sm->t);
    recorded = sm_event_take(sm, event);
    if (recorded && event->stall && !request_outcome(sm->t, id).done)
        sm_resume(sm, event->sid, event->stag, false, true);
    *o = request_wait(sm->t, id);
    return recorded;
}

static bool event_round(struct sm *sm, const char *row, const struct iotb_request *request, const struct sm_expected *expected,
                        uint32_t count, uint64_t guard_host, uint32_t *type)
{
    struct iotb_request r = *request;
    struct sm_event event;
    struct data_guard g;
    struct outcome o;
    bool recorded, ok;

    data_guard_set(sm->t, &g, &r, guard_host, sm->oas_bits);
    data_random(sm->t, r.data, DATA_BYTES_MAX);
    recorded = run_refused(sm, &r, &event, &o);
    *type = recorded ? event.type : 0;
    ok = ending(sm, row, &r, expected, &o) && data_guard_check(sm->t, row, &g, &r, &o);
    if (expected->silent) {
        if (recorded)
            sm_note_event(sm, &event);
        ok &= CHECK(sm->t, row, !recorded, "a record although none must be written");
        return ok & check_no_record(sm, row, "after a request that must not be recorded");
    }
    if (!recorded)
        return CHECK(sm->t, row, false, "no event for the %s at 0x%llx, expected %s", data_kind_name(&r),
                     (unsigned long long)r.address, sm_event_name(expected->type));
    return judge_record(sm, row, &r, expected, count, &event) && ok;
}

uint32_t sm_expect_event_any(struct sm *sm, const char *row, const struct iotb_request *request,
                             const struct sm_expected *expected, uint32_t count, uint64_t guard_host)
{
    bool first = !test_failed(sm->t), ok = true;
    uint32_t type = 0;

    sm_event_clear(sm);
    for (uint32_t n = rounds(sm); n > 0; n--)
        ok &= event_round(sm, row, request, expected, count, guard_host, &type);
    judged(sm, request, first, ok);
    return type;
}

bool sm_expect_event(struct sm *sm, const char *row, const struct iotb_request *request, const struct sm_expected *expected,
                     uint64_t guard_host)
{
    bool first = !test_failed(sm->t), ok = true;
    uint32_t type;

    sm_event_clear(sm);
    for (uint32_t n = rounds(sm); n > 0; n--)
        ok &= event_round(sm, row, request, expected, 1, guard_host, &type);
    return judged(sm, request, first, ok);
}

bool sm_expect_config(struct sm *sm, const char *row, const struct iotb_request *request, uint32_t type, uint64_t guard_host)
{
    struct sm_expected e = sm_config_event(type);

    return sm_expect_event(sm, row, request, &e, guard_host);
}

bool sm_expect_s1(struct sm *sm, const char *row, const struct iotb_request *request, uint32_t type, uint64_t guard_host)
{
    struct sm_expected e = sm_s1_event(type);

    return sm_expect_event(sm, row, request, &e, guard_host);
}

bool sm_expect_silent_abort(struct sm *sm, const char *row, const struct iotb_request *request, uint64_t guard_host)
{
    struct sm_expected e = {.silent = true};

    return sm_expect_event(sm, row, request, &e, guard_host);
}

bool sm_expect_stall(struct sm *sm, const char *row, const struct iotb_request *request, const struct sm_expected *expected,
                     uint32_t *id, struct sm_event *event)
{
    bool first = !test_failed(sm->t), ok;
    struct sm_expected e = *expected;
    struct iotb_request r = *request;

    e.stall = true;
    sm_event_clear(sm);
    data_random(sm->t, r.data, DATA_BYTES_MAX);
    *id = request_send(sm->t, &r);
    test_settle(sm->t);
    ok = CHECK(sm->t, row, !request_outcome(sm->t, *id).done, "a request that must stall got a response");
    if (!sm_event_take(sm, event)) {
        *event = (struct sm_event){.type = 0};
        ok = CHECK(sm->t, row, false, "no record of a stalled request");
    } else {
        ok &= judge_record(sm, row, &r, &e, 1, event);
    }
    return judged(sm, request, first, ok);
}

struct sm_seen sm_try(struct sm *sm, const struct iotb_request *request, const uint64_t *hosts, uint32_t host_count)
{
    struct sm_seen seen = {.result = SM_REFUSED};
    struct iotb_request r = *request;
    struct data_places places;
    int hit;

    sm_event_clear(sm);
    data_places_mark(sm->t, &places, &r, hosts, host_count);
    if (run_refused(sm, &r, &seen.event, &seen.outcome))
        seen.type = seen.event.type;
    sm_event_clear(sm);
    if (!seen.outcome.done) {
        seen.result = SM_HANG;
        return seen;
    }
    hit = data_places_hit(sm->t, &places, &r, &seen.outcome);
    if (hit >= 0) {
        seen.result = hit ? SM_ARRIVED_OTHER : SM_ARRIVED;
        seen.host = hosts[hit];
    }
    return seen;
}

/* ---- the end of every functional case ---- */

#define CLOSE_INPUT UINT64_C(0x35a7000)

static enum sm_flavour_id close_flavour(struct sm *sm)
{
    static const enum sm_flavour_id order[] = {SM_F_S1, SM_F_S2, SM_F_BYPASS};

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (sm_has_flavour(sm->t, order[i]))
            return order[i];
    return SM_F_BYPASS;
}

/* Which event is recorded decides the row of that event, not the rows of a case that is about something else. */
static void close_refused(struct sm *sm, const struct iotb_request *r, uint64_t host)
{
    struct sm_seen seen;

    if (test_row_known(sm->t, "SMMU-5-012")) {
        sm_expect_config(sm, "SMMU-5-012", r, SM_C_BAD_STE, host);
        return;
    }
    test_count_failures_only(sm->t, true);
    seen = sm_try(sm, r, &host, 1);
    CHECK(sm->t, test_first_row(sm->t), seen.result == SM_REFUSED && seen.type,
          "a request of a stream without valid STE must be refused with a record (event seen %02xh)", seen.type);
}

void sm_close(struct sm *sm)
{
    const char *arrives = sm_row_or(sm, "SMMU-3-211", test_first_row(sm->t));
    uint64_t input = CLOSE_INPUT, host;
    struct iotb_request r;
    struct sm_path path;

    test_context(sm->t, "at the end of the case");
    inject_clear(sm->t);
    sm->config = (struct sm_config){.e2h = sm->config.e2h};
    sm_make_stream_table(sm);
    sm_restart(sm);
    sm_path_open(sm, &path, close_flavour(sm), sm_sid(sm, sm_sid_count(sm) - 1), 0, 0x3, 0x3);
    host = sm_path_page(&path, input, SM_RW);
    if (!sm_path_table(&path))
        input = host;
    test_count_failures_only(sm->t, !test_row_known(sm->t, "SMMU-3-211"));
    r = sm_request(&path, IOTB_WRITE, input + 0x40, 8);
    sm_expect_ok(sm, arrives, &r, host + 0x40);
    r = sm_request(&path, IOTB_READ, input + 0x80, 8);
    sm_expect_ok(sm, arrives, &r, host + 0x80);
    test_count_failures_only(sm->t, false);
    sm_ste_set(sm, path.sid, "V", 0);
    sm_cfgi_ste(sm, path.sid);
    r = sm_request(&path, IOTB_WRITE, input + 0x40, 8);
    close_refused(sm, &r, host + 0x40);
    test_count_failures_only(sm->t, false);
    test_context(sm->t, NULL);
}
