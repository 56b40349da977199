/* SPDX-License-Identifier: BSD-2-Clause */
/* What a request is expected to do, judged by the memory it touched and by the fault records. */
#include "build/data.h"
#include "build/record.h"
#include "build/vt_internal.h"

void vt_once(struct vt *vt)
{
    vt->once = true;
}

uint32_t vt_rounds(struct vt *vt)
{
    uint32_t n = vt->once ? 1 : 2;

    vt->once = false;
    return n;
}

/* The specific row when the case declares it, else the row of the expectation. */
static const char *row_or(struct vt *vt, const char *specific, const char *row)
{
    return test_row_known(vt->t, specific) ? specific : row;
}

bool vt_check_no_record(struct vt *vt, const char *row, const char *what)
{
    struct vt_fault fault;
    bool ok;

    if (vt_fault_take(vt, &fault)) {
        ok = CHECK(vt->t, row, false, "%s: fault record FR=%02xh SID=%04x FI=0x%llx PP=%u PV=%05x", what, fault.fr, fault.sid,
                   (unsigned long long)fault.fi, fault.pp, fault.pv);
        vt_fault_clear(vt);
        return ok;
    }
    return CHECK_EQ(vt->t, row, 0, vt_field(vt->t, "FSTS_REG", "PFO"), "%s: FSTS.PFO", what);
}

/* The first failure of a case brings the evidence along. */
bool vt_judged(struct vt *vt, const struct iotb_request *request, bool first, bool ok)
{
    if (!ok && first)
        vt_evidence(vt, request);
    return ok;
}

bool vt_expect_ok(struct vt *vt, const char *row, const struct iotb_request *request, uint64_t host)
{
    bool first = !test_failed(vt->t), ok = true;

    for (uint32_t n = vt_rounds(vt); n > 0; n--) {
        struct iotb_request r = *request;
        uint8_t before[64];
        struct outcome o;

        data_prepare(vt->t, &r, host, before);
        o = request_run(vt->t, &r);
        ok &= CHECK(vt->t, row, o.done, "request at 0x%llx never completed", (unsigned long long)r.address);
        if (!o.done)
            break;
        if (o.has_status)
            ok &= CHECK_EQ(vt->t, row, IOTB_SC, o.status, "completion status of the request at 0x%llx",
                           (unsigned long long)r.address);
        ok &= data_check(vt->t, row, &r, host, before, &o);
        ok &= vt_check_no_record(vt, row, "after an allowed request");
    }
    return vt_judged(vt, request, first, ok);
}

/* 7.1.1: a blocked read or atomic ends with UR or CA, or completes with dummy data; a write tells its requester nothing,
 * so that the adapter's status of it is what the unit answered internally. */
static bool check_refused(struct vt *vt, const char *row, const struct iotb_request *r, const struct outcome *o)
{
    if (!CHECK(vt->t, row, o->done, "request at 0x%llx never completed", (unsigned long long)r->address))
        return false;
    if (!o->has_status || (r->kind == IOTB_READ && o->status == IOTB_SC && !(r->flags & IOTB_RQ_ZERO_LENGTH)))
        return true;
    return CHECK(vt->t, row, o->status == IOTB_UR || o->status == IOTB_CA, "refused request at 0x%llx completed with status %u",
                 (unsigned long long)r->address, o->status);
}

/* Rows that the fields and the number of records decide, whatever the case is about. */
#define RECORD_ROWS                                                                                                    \
    "VTD-7-146 VTD-11-012 VTD-11-014 VTD-11-015 VTD-11-016 VTD-11-018 VTD-11-019 VTD-11-020 VTD-11-021 VTD-11-022"

/* 11.4.7.6 Fault Recording Registers: every field that is defined for this fault. */
static bool check_record(struct vt *vt, const char *row, const struct iotb_request *r, const struct vt_fault *f)
{
    static const struct record_field sid = {"VTD-11-020", "VTD-3-009 VTD-3-010"}, type = {"VTD-11-012", "VTD-3-025 VTD-11-013"},
                                     at = {"VTD-11-014", "VTD-9-017"}, pp = {"VTD-11-015", "VTD-3-022 VTD-3-071 VTD-9-083"},
                                     pv = {"VTD-11-016", NULL}, priv = {"VTD-11-018", "VTD-9-082"}, exe = {"VTD-11-019", NULL},
                                     fi = {"VTD-11-021", "VTD-7-013"}, low = {"VTD-11-022", NULL};
    struct test *t = vt->t;
    bool pasid = (r->flags & IOTB_RQ_PASID) != 0;
    bool ok = RECORD_FIELD(t, &sid, row, r->requester_id, f->sid, "FRCD.SID");

    /* The other fields are defined for address translation faults only; 20h to 2Bh are interrupt faults (5.1.4.1 Table 15). */
    if (f->fr >= 0x20 && f->fr <= 0x2b)
        return ok;
    ok &= RECORD_FIELD(t, &type, row, r->kind == IOTB_READ || data_is_atomic(r), f->t1, "FRCD.T1");
    ok &= RECORD_FIELD(t, &type, row, data_is_atomic(r), f->t2, "FRCD.T2");
    ok &= RECORD_FIELD(t, &at, row, vt_ecap(t, "DT") ? r->address_type : 0, f->at, "FRCD.AT");
    ok &= RECORD_FIELD(t, &pp, row, pasid, f->pp, "FRCD.PP");
    if (pasid) {
        ok &= RECORD_FIELD(t, &pv, row, r->pasid, f->pv, "FRCD.PV");
        ok &= RECORD_FIELD(t, &priv, row, (r->flags & IOTB_RQ_PRIVILEGED) != 0, f->priv, "FRCD.PRIV");
        if (r->kind == IOTB_READ)
            ok &= RECORD_FIELD(t, &exe, row, (r->flags & IOTB_RQ_EXECUTE) != 0, f->exe, "FRCD.EXE");
    }
    ok &= RECORD_FIELD(t, &fi, row, vt_fault_information(vt, r->address), f->fi & ~UINT64_C(0xfff), "FRCD.FI");
    ok &= RECORD_FIELD(t, &low, row, 0, f->fi & 0xfff, "FRCD bits 11:0");
    return ok;
}

static bool listed(uint32_t fr, const uint32_t *frs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (frs[i] == fr)
            return true;
    return false;
}

/* Exactly one record, of one of these reasons, and of this request; it is cleared. */
static bool take_record(struct vt *vt, const char *row, const struct iotb_request *r, const uint32_t *frs, uint32_t count,
                        uint32_t *seen_fr)
{
    struct vt_fault fault;
    bool ok;

    *seen_fr = 0;
    if (!vt_fault_take(vt, &fault)) {
        CHECK(vt->t, row, false, "no fault record for the request at 0x%llx, expected FR=%02xh", (unsigned long long)r->address,
              frs[0]);
        return false;
    }
    *seen_fr = fault.fr;
    test_carry(vt->t, RECORD_ROWS);
    if (count == 1)
        ok = CHECK_EQ(vt->t, row, frs[0], fault.fr, "FRCD.FR of the request at 0x%llx", (unsigned long long)r->address);
    else
        ok = CHECK(vt->t, row, listed(fault.fr, frs, count), "FRCD.FR is %02xh, not one of the legal reasons", fault.fr);
    ok &= check_record(vt, row, r, &fault);
    ok &= CHECK_EQ(vt->t, "VTD-7-146", 0, vt_fault_pending(vt), "records besides the one of the request");
    vt_fault_clear(vt);
    return ok;
}

bool vt_check_record(struct vt *vt, const char *row, const struct iotb_request *request, uint32_t fr)
{
    uint32_t seen;

    return take_record(vt, row, request, &fr, 1, &seen);
}

static bool fault_round(struct vt *vt, const char *row, const struct iotb_request *request, const uint32_t *frs, uint32_t count,
                        uint64_t guard_host, uint32_t *seen_fr)
{
    struct iotb_request r = *request;
    struct outcome o;
    struct data_guard g;
    bool ok;

    data_guard_set(vt->t, &g, &r, guard_host, vt->haw);
    data_random(vt->t, r.data, DATA_BYTES_MAX);
    o = request_run(vt->t, &r);
    ok = check_refused(vt, row, &r, &o) && data_guard_check(vt->t, row, &g, &r, &o);
    return take_record(vt, row, &r, frs, count, seen_fr) && ok;
}

uint32_t vt_expect_fault_any(struct vt *vt, const char *row, const struct iotb_request *request, const uint32_t *frs,
                             uint32_t count, uint64_t guard_host)
{
    bool first = !test_failed(vt->t), ok = true;
    uint32_t fr = 0;

    vt_fault_clear(vt);
    for (uint32_t n = vt_rounds(vt); n > 0; n--)
        ok &= fault_round(vt, row, request, frs, count, guard_host, &fr);
    vt_judged(vt, request, first, ok);
    return fr;
}

bool vt_expect_fault(struct vt *vt, const char *row, const struct iotb_request *request, uint32_t fr, uint64_t guard_host)
{
    bool first = !test_failed(vt->t), ok = true;
    uint32_t seen;

    vt_fault_clear(vt);
    for (uint32_t n = vt_rounds(vt); n > 0; n--)
        ok &= fault_round(vt, row, request, &fr, 1, guard_host, &seen);
    return vt_judged(vt, request, first, ok);
}

bool vt_expect_silent(struct vt *vt, const char *row, const struct iotb_request *request, uint64_t guard_host)
{
    bool first = !test_failed(vt->t), ok = true;

    vt_fault_clear(vt);
    for (uint32_t n = vt_rounds(vt); n > 0; n--) {
        struct iotb_request r = *request;
        struct outcome o;
        struct data_guard g;

        data_guard_set(vt->t, &g, &r, guard_host, vt->haw);
        data_random(vt->t, r.data, DATA_BYTES_MAX);
        o = request_run(vt->t, &r);
        ok &= check_refused(vt, row, &r, &o) && data_guard_check(vt->t, row, &g, &r, &o);
        ok &= vt_check_no_record(vt, row, "after a request whose fault must not be recorded");
    }
    return vt_judged(vt, request, first, ok);
}

struct vt_seen vt_try(struct vt *vt, const struct iotb_request *request, const uint64_t *hosts, uint32_t host_count)
{
    struct iotb_request r = *request;
    struct vt_seen seen = {VT_REFUSED, 0, 0};
    struct data_places places;
    struct vt_fault fault;
    struct outcome o;
    int hit;

    vt_fault_clear(vt);
    data_places_mark(vt->t, &places, &r, hosts, host_count);
    o = request_run(vt->t, &r);
    if (!o.done)
        return (struct vt_seen){VT_HANG, 0, 0};
    hit = data_places_hit(vt->t, &places, &r, &o);
    if (hit >= 0)
        seen = (struct vt_seen){hit ? VT_ARRIVED_OTHER : VT_ARRIVED, hosts[hit], 0};
    if (vt_fault_take(vt, &fault))
        seen.fr = fault.fr;
    vt_fault_clear(vt);
    return seen;
}

/* ---- the end of every functional case ---- */

#define CLOSE_INPUT UINT64_C(0x35a7000)

/* A queue in error, a reset root pointer or remapping left off by the case is put right first: what is judged is whether the
 * unit still translates and still refuses. */
static void close_recover(struct vt *vt)
{
    inject_clear(vt->t);
    if (vt->queue_on && vt_queue_error(vt, NULL))
        vt_queue_repair(vt);
    vt_set_root(vt, vt_rtaddr(vt, vt->config.mode));
    vt_command(vt, "TE", true);
    vt_fault_clear(vt);
}

static enum vt_flavour_id close_flavour(struct vt *vt)
{
    for (uint32_t i = 0; i < VT_FLAVOUR_COUNT; i++)
        if (vt_flavours[i].mode == vt->config.mode && !vt_flavours[i].with_pasid && vt_has_flavour(vt->t, vt_flavours[i].id))
            return vt_flavours[i].id;
    return VT_FLAVOUR_COUNT;
}

/* Which reason is recorded decides the row of that reason, not the rows of a case that is about something else. */
static void close_refused(struct vt_path *path, uint64_t input, uint64_t host)
{
    bool legacy = path->vt->config.mode == VT_LEGACY;
    const char *row = legacy ? "VTD-7-036" : "VTD-7-062";
    struct iotb_request r = vt_request(path, IOTB_WRITE, input, 8);
    struct vt *vt = path->vt;
    struct vt_seen seen;

    if (test_row_known(vt->t, row)) {
        vt_expect_fault(vt, row, &r, legacy ? 0x02 : 0x41, host);
        return;
    }
    test_count_failures_only(vt->t, true);
    seen = vt_try(vt, &r, &host, 1);
    CHECK(vt->t, test_first_row(vt->t), seen.result == VT_REFUSED && seen.fr,
          "a request without context entry must be refused with a record (reason seen %02xh)", seen.fr);
}

void vt_close(struct vt *vt)
{
    bool legacy = vt->config.mode == VT_LEGACY;
    enum vt_flavour_id flavour = close_flavour(vt);
    const char *arrives = legacy ? "VTD-3-002" : "VTD-3-003";
    struct iotb_request r;
    struct vt_path path;
    uint64_t input = CLOSE_INPUT, host;

    if (flavour == VT_FLAVOUR_COUNT)
        return;
    test_context(vt->t, "at the end of the case");
    close_recover(vt);
    vt_path_open(vt, &path, flavour, vt_rid(vt, vt_rid_count(vt) - 1), 0, 3);
    vt_invalidate_all(vt);
    host = vt_path_page(&path, input, VT_RW);
    if (path.flavour->pgtt == 4)
        input = host;
    test_count_failures_only(vt->t, !test_row_known(vt->t, arrives));
    r = vt_request(&path, IOTB_WRITE, input + 0x40, 8);
    vt_expect_ok(vt, row_or(vt, arrives, test_first_row(vt->t)), &r, host + 0x40);
    r = vt_request(&path, IOTB_READ, input + 0x80, 8);
    vt_expect_ok(vt, row_or(vt, arrives, test_first_row(vt->t)), &r, host + 0x80);
    test_count_failures_only(vt->t, false);
    mem_write64(vt->t, vt_context_address(vt, path.rid), 0);
    vt_flush_writes(vt);
    vt_invalidate_all(vt);
    close_refused(&path, input + 0x40, host + 0x40);
    test_count_failures_only(vt->t, false);
    test_context(vt->t, NULL);
}
