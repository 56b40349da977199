/* SPDX-License-Identifier: BSD-2-Clause */
#include "sm_stall_rig.h"

#include <string.h>

static void skip_without_stalls(struct test *t)
{
    if (sm_idr(t, 0, "STALL_MODEL") == 1)
        test_skip(t, "IDR0.STALL_MODEL is 1: no stalls");
}

void stall_need(struct stall_rig *s, uint32_t count)
{
    uint32_t most = (uint32_t)sm_idr(s->sm->t, 5, "STALL_MAX");

    if (most < count)
        test_skip(s->sm->t, "IDR5.STALL_MAX is %u: not %u stalls at once", most, count);
}

void stall_configure(struct stall_rig *s)
{
    struct sm_cd cd = {.ttb0 = s->path.s1, .asid = s->path.asid, .stall = true};

    if (s->path.s1)
        sm_set_cd(s->sm, s->path.sid, s->path.ssid, &cd);
    sm_path_invalidate(&s->path);
}

void stall_open_config(struct stall_rig *s, struct test *t, const struct sm_config *config)
{
    skip_without_stalls(t);
    s->sm = &s->own;
    sm_open(s->sm, t, config);
    sm_path_open(s->sm, &s->path, SM_F_S1, sm_sid(s->sm, 0), 0, 0x11, 0x22);
    stall_configure(s);
}

void stall_open(struct stall_rig *s, struct test *t)
{
    stall_open_config(s, t, NULL);
}

void stall_open_stage_2(struct stall_rig *s, struct test *t)
{
    skip_without_stalls(t);
    s->sm = &s->own;
    sm_open(s->sm, t, NULL);
    sm_path_open(s->sm, &s->path, SM_F_S2, sm_sid(s->sm, 0), 0, 0x11, 0x22);
    sm_ste_set(s->sm, s->path.sid, "S2S", 1);
    sm_path_invalidate(&s->path);
}

void stall_also(struct stall_rig *other, const struct stall_rig *s, uint32_t sid)
{
    other->sm = s->sm;
    sm_path_share(&other->path, &s->path, sid);
    stall_configure(other);
}

static struct iotb_request make_request(struct stall_rig *s, enum iotb_request_kind kind, uint64_t input)
{
    struct iotb_request r = sm_request(&s->path, kind, input, 8);

    for (uint32_t b = 0; b < 8; b++)
        r.data[b] = (uint8_t)(0x91 + 7 * b + (input >> 12));
    return r;
}

struct stalled stall_send(struct stall_rig *s, enum iotb_request_kind kind, uint64_t input)
{
    struct stalled x = {.r = make_request(s, kind, input)};

    x.id = request_send(s->sm->t, &x.r);
    test_settle(s->sm->t);
    return x;
}

struct stalled stall_expect(struct stall_rig *s, const char *row, enum iotb_request_kind kind, uint64_t input,
                            const struct sm_expected *e)
{
    struct stalled x = stall_send(s, kind, input);
    struct test *t = s->sm->t;

    CHECK(t, row, !request_outcome(t, x.id).done, "a request that must stall got a response");
    if (!CHECK(t, row, sm_event_take(s->sm, &x.event), "no record of a stalled request"))
        return x;
    CHECK_EQ(t, row, e->type, x.event.type, "type of the record");
    CHECK(t, row, x.event.stall, "Stall of the record");
    CHECK_EQ(t, row, s->path.sid, x.event.sid, "StreamID of the record");
    CHECK_EQ(t, row, input, x.event.input, "InputAddr of the record");
    CHECK_EQ(t, row, e->s2, x.event.s2, "S2 of the record");
    CHECK_EQ(t, row, e->class, x.event.class, "CLASS of the record");
    CHECK_EQ(t, row, kind == IOTB_READ, x.event.rnw, "RnW of the record");
    return x;
}

struct stalled stall_write(struct stall_rig *s, const char *row, uint64_t input)
{
    struct sm_expected e = sm_s1_event(SM_F_TRANSLATION);

    return stall_expect(s, row, IOTB_WRITE, input, &e);
}

struct stalled stall_read(struct stall_rig *s, const char *row, uint64_t input)
{
    struct sm_expected e = sm_s1_event(SM_F_TRANSLATION);

    return stall_expect(s, row, IOTB_READ, input, &e);
}

uint64_t stall_value(const struct stalled *x)
{
    uint64_t value = 0;

    for (uint32_t b = 0; b < 8; b++)
        value |= (uint64_t)x->r.data[b] << (8 * b);
    return value;
}

static struct outcome ended(struct stall_rig *s, const char *row, const struct stalled *x)
{
    struct outcome o = request_wait(s->sm->t, x->id);

    CHECK(s->sm->t, row, o.done, "the request ends");
    return o;
}

bool stall_arrived(struct stall_rig *s, const char *row, const struct stalled *x, uint64_t host)
{
    struct outcome o = ended(s, row, x);
    uint64_t seen = 0;
    bool ok = true;

    if (!o.done)
        return false;
    if (o.has_status)
        ok &= CHECK_EQ(s->sm->t, row, IOTB_SC, o.status, "completion status after the retry");
    if (x->r.kind == IOTB_WRITE)
        return CHECK_EQ(s->sm->t, row, stall_value(x), mem_read64(s->sm->t, host), "the write of a retried request") && ok;
    memcpy(&seen, o.data, sizeof seen);
    return CHECK_EQ(s->sm->t, row, mem_read64(s->sm->t, host), seen, "the data of a retried read") && ok;
}

bool stall_aborted(struct stall_rig *s, const char *row, const struct stalled *x)
{
    struct outcome o = ended(s, row, x);

    return sm_check_aborted(s->sm, row, &x->r, &o);
}

bool stall_razwi(struct stall_rig *s, const char *row, const struct stalled *x)
{
    struct outcome o = ended(s, row, x);
    bool ok = o.done;

    if (o.has_status)
        ok &= CHECK_EQ(s->sm->t, row, IOTB_SC, o.status, "completion status of a request that is RAZ/WI");
    if (x->r.kind == IOTB_READ)
        for (uint32_t b = 0; b < x->r.bytes; b++)
            ok &= CHECK_EQ(s->sm->t, row, 0, o.data[b], "byte %u of a read that is RAZ/WI", b);
    return ok;
}
