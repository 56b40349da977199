/* SPDX-License-Identifier: BSD-2-Clause */
/* Page requests and page group responses (7.4 Recoverable Fault Reporting, 7.6 Servicing Recoverable Faults). */
#include "build/record.h"
#include "build/vt_internal.h"

#include <string.h>

enum { TYPE_PAGE_RESPONSE = 9 }; /* 7.6.1 Page Group Response Descriptor */

#define ENTRY_BYTES 32u
#define INVALID_REQUEST 1u

void vt_prq_open(struct vt *vt, uint32_t lg2_pages)
{
    uint64_t bytes = UINT64_C(4096) << lg2_pages;

    vt->prq = mem_alloc(vt->t, bytes, 4096);
    vt->prq_bytes = bytes;
    mem_fill(vt->t, vt->prq, bytes, 0xff);
    vt_reg_set(vt->t, "PQH_REG", 0);
    vt_reg_set(vt->t, "PQT_REG", 0);
    vt_reg_set(vt->t, "PQA_REG", vt->prq | vt_reg_bits("PQA_REG", "PQS", lg2_pages));
}

uint64_t vt_prq_address(struct vt *vt, uint64_t offset)
{
    return vt->prq + offset % vt->prq_bytes;
}

static uint64_t get(const uint64_t *words, const char *field)
{
    return spec_get(spec_struct_field("page_req_dsc", field), words);
}

static void decode(struct vt_page_request *r)
{
    r->type = (uint32_t)get(r->words, "TYPE");
    r->rid = (uint32_t)get(r->words, "RID");
    r->pasid = (uint32_t)get(r->words, "PASID");
    r->prgi = (uint32_t)get(r->words, "PRGI");
    r->pp = get(r->words, "PP");
    r->exr = get(r->words, "EXR");
    r->pmr = get(r->words, "PMR");
    r->rdr = get(r->words, "RDR");
    r->wrr = get(r->words, "WRR");
    r->lpig = get(r->words, "LPIG");
    r->address = get(r->words, "ADDR") << 12;
}

bool vt_prq_take(struct vt *vt, struct vt_page_request *request)
{
    uint64_t head = vt_reg(vt->t, "PQH_REG");

    if (head == vt_reg(vt->t, "PQT_REG"))
        return false;
    memset(request, 0, sizeof *request);
    vt_read_entry(vt, vt_prq_address(vt, head), request->words, 4);
    decode(request);
    vt_reg_set(vt->t, "PQH_REG", (head + ENTRY_BYTES) % vt->prq_bytes);
    return true;
}

uint32_t vt_prq_count(struct vt *vt)
{
    uint64_t head = vt_reg(vt->t, "PQH_REG"), tail = vt_reg(vt->t, "PQT_REG");

    return (uint32_t)((tail + vt->prq_bytes - head) % vt->prq_bytes / ENTRY_BYTES);
}

struct iotb_message vt_page_request_of(const struct vt_path *path, uint64_t input, bool read, bool write, bool last,
                                       uint32_t prgi)
{
    struct iotb_message m = {.size = sizeof m,
                             .kind = IOTB_MSG_PAGE_REQUEST,
                             .device_id = path->rid,
                             .flags = path->flavour->with_pasid ? IOTB_RQ_PASID : 0,
                             .pasid = path->flavour->with_pasid ? path->pasid : 0,
                             .address = input & ~UINT64_C(0xfff),
                             .group_index = (uint16_t)prgi,
                             .read = read,
                             .write = write,
                             .last = last};

    return m;
}

void vt_page_request_send(struct vt *vt, const struct iotb_message *request)
{
    struct iotb_message m = *request;

    message_send(vt->t, &m);
    test_run(vt->t, VT_MESSAGE_PS);
}

struct vt_descriptor vt_desc_page_response(uint16_t rid, bool pp, uint32_t pasid, uint32_t prgi, uint32_t rc)
{
    static const char s[] = "page_grp_resp_dsc";
    struct vt_descriptor d = {{0}};

    spec_set(spec_struct_field(s, "TYPE[3:0]"), d.word, TYPE_PAGE_RESPONSE);
    spec_set(spec_struct_field(s, "PP"), d.word, pp);
    spec_set(spec_struct_field(s, "RC"), d.word, rc);
    spec_set(spec_struct_field(s, "RID"), d.word, rid);
    spec_set(spec_struct_field(s, "PASID"), d.word, pasid);
    spec_set(spec_struct_field(s, "PRGI"), d.word, prgi);
    return d;
}

/* ---- expectations ---- */

bool vt_expect_page_response(struct vt *vt, const char *row, const struct iotb_message *request, uint32_t code)
{
    struct iotb_message m;
    bool ok = true, seen = vt_message(vt, IOTB_MSG_PAGE_RESPONSE, &m);

    if (code >= VT_NO_RESPONSE)
        return CHECK(vt->t, row, !seen, "no page group response (one with code %u has come)", seen ? m.response_code : 0u);
    if (!CHECK(vt->t, row, seen, "a page group response"))
        return false;
    ok &= CHECK_EQ(vt->t, row, code, m.response_code, "response code");
    ok &= CHECK_EQ(vt->t, row, request->device_id, m.device_id, "requester that the response goes to");
    ok &= CHECK_EQ(vt->t, row, request->group_index, m.group_index, "PRGI of the response");
    ok &= CHECK_EQ(vt->t, row, request->flags & IOTB_RQ_PASID, m.flags & IOTB_RQ_PASID, "PASID prefix of the response");
    if (request->flags & IOTB_RQ_PASID)
        ok &= CHECK_EQ(vt->t, row, request->pasid, m.pasid, "PASID of the response");
    return CHECK(vt->t, row, !vt_message(vt, IOTB_MSG_PAGE_RESPONSE, &m), "a second page group response") && ok;
}

/* The four words that 7.4.1.1 asks for; undefined ones are taken from the entry. */
static void expected_words(const struct iotb_message *m, const struct vt_page_request *seen, uint64_t *words)
{
    bool pasid = m->flags & IOTB_RQ_PASID;
    const struct {
        const char *field;
        uint64_t value;
    } fields[] = {
        {"TYPE", 1},
        {"PP", pasid},
        {"RID", m->device_id},
        {"PASID", pasid ? m->pasid : seen->pasid},
        {"EXR", pasid && (m->flags & IOTB_RQ_EXECUTE)},
        {"PMR", pasid && (m->flags & IOTB_RQ_PRIVILEGED)},
        {"RDR", m->read},
        {"WRR", m->write},
        {"LPIG", m->last},
        {"PRGI", m->read || m->write ? m->group_index : seen->prgi},
        {"ADDR", m->address >> 12},
    };

    memset(words, 0, 32);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        spec_set(spec_struct_field("page_req_dsc", fields[i].field), words, fields[i].value);
}

bool vt_expect_queued(struct vt *vt, const char *row, const struct iotb_message *request)
{
    struct vt_page_request seen;
    struct iotb_message m;
    uint64_t words[4];
    bool ok = true;

    vt_fault_clear(vt);
    vt_page_request_send(vt, request);
    if (!CHECK_EQ(vt->t, row, 1, vt_prq_count(vt), "entries that the page request adds to the queue") || !vt_prq_take(vt, &seen))
        return false;
    expected_words(request, &seen, words);
    for (uint32_t i = 0; i < 4; i++)
        ok &= CHECK_EQ(vt->t, row, words[i], seen.words[i], "64-bit word %u of the page request descriptor", i);
    ok &= vt_check_no_record(vt, row, "after a page request that is queued");
    return CHECK(vt->t, row, !vt_message(vt, IOTB_MSG_PAGE_RESPONSE, &m), "a response that nobody gave") && ok;
}

/* 11.4.7.6: T1, T2 = 01b is a page request. Of its record PV, PP, PRIV and FI are as of any other. */
static bool check_record(struct vt *vt, const char *row, const struct iotb_message *m, uint32_t fr)
{
    static const struct record_field sid = {"VTD-11-020", NULL}, type = {"VTD-11-012", "VTD-7-157"}, pp = {"VTD-11-015", NULL},
                                     pv = {"VTD-11-016", NULL}, fi = {"VTD-11-021", NULL};
    struct test *t = vt->t;
    bool pasid = m->flags & IOTB_RQ_PASID, ok;
    struct vt_fault f;

    if (!CHECK(t, row, vt_fault_take(vt, &f), "a fault record of the page request, reason %02xh", fr))
        return false;
    test_carry(t, "VTD-11-012 VTD-11-015 VTD-11-016 VTD-11-020 VTD-11-021 VTD-7-146");
    ok = CHECK_EQ(t, row, fr, f.fr, "FRCD.FR of the page request");
    ok &= RECORD_FIELD(t, &sid, row, m->device_id, f.sid, "FRCD.SID");
    ok &= RECORD_FIELD(t, &type, row, 0, f.t1, "FRCD.T1 of a page request");
    ok &= RECORD_FIELD(t, &type, row, 1, f.t2, "FRCD.T2 of a page request");
    ok &= RECORD_FIELD(t, &pp, row, pasid, f.pp, "FRCD.PP");
    if (pasid)
        ok &= RECORD_FIELD(t, &pv, row, m->pasid, f.pv, "FRCD.PV");
    ok &= RECORD_FIELD(t, &fi, row, vt_fault_information(vt, m->address), f.fi & ~UINT64_C(0xfff), "FRCD.FI");
    ok &= CHECK_EQ(t, "VTD-7-146", 0, vt_fault_pending(vt), "records besides the one of the page request");
    vt_fault_clear(vt);
    return ok;
}

bool vt_expect_page_refused(struct vt *vt, const char *row, const struct iotb_message *request, uint32_t fr)
{
    uint64_t tail = vt_reg(vt->t, "PQT_REG");
    struct vt_page_request entry;
    bool ok;

    vt_fault_clear(vt);
    vt_page_request_send(vt, request);
    ok = CHECK_EQ(vt->t, row, tail, vt_reg(vt->t, "PQT_REG"), "PQT after a page request that must not be queued");
    while (!ok && vt_prq_take(vt, &entry))
        ; /* what follows is judged on its own */
    ok &= fr ? check_record(vt, row, request, fr) : vt_check_no_record(vt, row, "after a page request without a record");
    return vt_expect_page_response(vt, row, request, request->last ? INVALID_REQUEST : VT_NO_RESPONSE) && ok;
}
