/* SPDX-License-Identifier: BSD-2-Clause */
/* ATS (chapter 4 Support For Device-TLBs): translation requests, translated requests, invalidation of device-TLBs. */
#include "build/ats.h"
#include "build/record.h"
#include "build/vt_internal.h"

enum { TYPE_DEVICE_TLB = 3, TYPE_PASID_DEVICE_TLB = 8 }; /* 6.5.2.5, 6.5.2.6 */

void vt_path_allow_ats(struct vt_path *path, bool page_requests)
{
    struct vt *vt = path->vt;
    uint64_t entry = vt_context_address(vt, path->rid);

    if (path->flavour->mode == VT_LEGACY) {
        vt_set_field(vt, entry, "context_entry_legacy", "TT", 1);
    } else {
        vt_set_field(vt, entry, "context_entry_scalable", "DTE", 1);
        vt_set_field(vt, entry, "context_entry_scalable", "PRE", page_requests);
    }
    vt_refresh(vt);
}

struct iotb_request vt_translation_request(const struct vt_path *path, uint64_t input)
{
    struct iotb_request r = vt_request(path, IOTB_READ, input, ATS_ENTRY_BYTES);

    r.address_type = IOTB_AT_TRANSLATION;
    return r;
}

struct iotb_request vt_translated_request(const struct vt_path *path, enum iotb_request_kind kind, uint64_t host, uint32_t bytes,
                                          bool with_pasid)
{
    struct iotb_request r = vt_request(path, kind, host, bytes);

    r.address_type = IOTB_AT_TRANSLATED;
    if (!with_pasid) {
        r.flags &= ~IOTB_RQ_PASID;
        r.pasid = 0;
    }
    return r;
}

/* ---- completions ---- */

/* 4.1.2 Translation Completion. */
static struct vt_translation_entry decode(uint64_t raw)
{
    struct vt_translation_entry e = {.raw = raw,
                                     .size_lg2 = ats_size_lg2(raw),
                                     .s = raw >> 11 & 1,
                                     .n = raw >> 10 & 1,
                                     .g = raw >> 5 & 1,
                                     .priv = raw >> 4 & 1,
                                     .exe = raw >> 3 & 1,
                                     .u = raw >> 2 & 1,
                                     .w = raw >> 1 & 1,
                                     .r = raw & 1};

    e.base = e.size_lg2 < 64 ? raw >> e.size_lg2 << e.size_lg2 : 0;
    return e;
}

uint64_t vt_translation_output(const struct vt_translation_entry *entry, uint64_t input)
{
    uint64_t within = entry->size_lg2 < 64 ? (UINT64_C(1) << entry->size_lg2) - 1 : UINT64_MAX;

    return entry->base | (input & within);
}

struct vt_translation vt_translation_of(const struct outcome *outcome)
{
    struct vt_translation t = {.outcome = *outcome};

    if (!outcome->done || (outcome->has_status && outcome->status != IOTB_SC))
        return t;
    for (uint32_t i = 0; i + ATS_ENTRY_BYTES <= outcome->bytes && t.count < VT_TRANSLATIONS_MAX; i += 8)
        t.entries[t.count++] = decode(ats_entry_raw(outcome, i / 8));
    return t;
}

struct vt_translation vt_translate(struct vt *vt, const struct iotb_request *request)
{
    struct iotb_request r = *request;
    struct outcome outcome = request_run(vt->t, &r);

    return vt_translation_of(&outcome);
}

/* ---- expectations ---- */

#define COMPLETION_ROWS "VTD-4-012 VTD-4-013 VTD-4-015"

/* Success with one to as many entries as were asked for. */
static bool check_success(struct vt *vt, const char *row, const struct iotb_request *r, const struct vt_translation *t)
{
    if (!CHECK(vt->t, row, t->outcome.done, "translation request for 0x%llx never completed", (unsigned long long)r->address))
        return false;
    if (t->outcome.has_status &&
        !CHECK_EQ(vt->t, row, IOTB_SC, t->outcome.status, "completion status of the translation request for 0x%llx",
                  (unsigned long long)r->address))
        return false;
    return CHECK(vt->t, row, t->count >= 1 && t->count <= r->bytes / ATS_ENTRY_BYTES,
                 "translation completion with %u entries, %u were asked for", t->count, r->bytes / ATS_ENTRY_BYTES);
}

/* 4.2.3: fields that do not depend on the tables. */
static bool check_fixed(struct vt *vt, const char *row, const struct iotb_request *r, const struct vt_translation_entry *e)
{
    static const struct record_field g = {"VTD-4-012", NULL}, priv = {"VTD-4-013", "VTD-4-014"}, u = {"VTD-4-015", "VTD-4-009"};
    bool privileged = (r->flags & IOTB_RQ_PASID) && (r->flags & IOTB_RQ_PRIVILEGED), ok;

    test_carry(vt->t, COMPLETION_ROWS);
    ok = RECORD_FIELD(vt->t, &g, row, 0, e->g, "Global of the translation completion");
    ok &= RECORD_FIELD(vt->t, &g, row, 0, e->exe, "Exe of the translation completion");
    ok &= RECORD_FIELD(vt->t, &priv, row, privileged, e->priv, "Priv of the translation completion");
    ok &= RECORD_FIELD(vt->t, &u, row, 0, e->u, "U of the translation completion");
    return ok;
}

static bool translation_round(struct vt *vt, const char *row, const struct iotb_request *r, uint64_t host, uint32_t rights,
                              uint32_t page_lg2, struct vt_translation *t)
{
    const struct vt_translation_entry *e = &t->entries[0];
    bool ok;

    *t = vt_translate(vt, r);
    if (!check_success(vt, row, r, t))
        return false;
    ok = CHECK_EQ(vt->t, row, (rights & VT_R) != 0, e->r, "R of the translation of 0x%llx", (unsigned long long)r->address);
    ok &= CHECK_EQ(vt->t, row, (rights & VT_W) != 0, e->w, "W of the translation of 0x%llx", (unsigned long long)r->address);
    ok &= check_fixed(vt, row, r, e);
    ok &=
        CHECK_EQ(vt->t, row, host & ~UINT64_C(0xfff), vt_translation_output(e, r->address) & ~UINT64_C(0xfff),
                 "page that 0x%llx is translated to (entry 0x%llx)", (unsigned long long)r->address, (unsigned long long)e->raw);
    ok &=
        CHECK(vt->t, row, e->size_lg2 <= page_lg2, "the translation covers 2^%u bytes, the page has 2^%u", e->size_lg2, page_lg2);
    return vt_check_no_record(vt, row, "after a successful translation request") && ok;
}

bool vt_expect_translation(struct vt *vt, const char *row, const struct iotb_request *request, uint64_t host, uint32_t rights,
                           uint32_t page_lg2, struct vt_translation *translation)
{
    bool first = !test_failed(vt->t), ok = true;
    struct vt_translation t;

    vt_fault_clear(vt);
    for (uint32_t n = vt_rounds(vt); n > 0; n--)
        ok &= translation_round(vt, row, request, host, rights, page_lg2, &t);
    if (translation)
        *translation = t;
    return vt_judged(vt, request, first, ok);
}

bool vt_expect_no_translation(struct vt *vt, const char *row, const struct iotb_request *request)
{
    bool first = !test_failed(vt->t), ok = true;

    vt_fault_clear(vt);
    for (uint32_t n = vt_rounds(vt); n > 0; n--) {
        struct vt_translation t = vt_translate(vt, request);
        const struct vt_translation_entry *e = &t.entries[0];

        if (!check_success(vt, row, request, &t)) {
            ok = false;
            vt_fault_clear(vt);
            continue;
        }
        ok &= CHECK(vt->t, row, !e->r && !e->w && !e->s, "R, W and S of the translation of 0x%llx are 0 (entry 0x%llx)",
                    (unsigned long long)request->address, (unsigned long long)e->raw);
        ok &= check_fixed(vt, row, request, e);
        ok &= vt_check_no_record(vt, row, "after a recoverable fault");
    }
    return vt_judged(vt, request, first, ok);
}

static bool refused_round(struct vt *vt, const char *row, const struct iotb_request *request, uint32_t status, uint32_t fr)
{
    struct iotb_request r = *request;
    struct outcome o = request_run(vt->t, &r);
    bool ok;

    if (!CHECK(vt->t, row, o.done, "request at 0x%llx never completed", (unsigned long long)r.address))
        return false;
    ok = !o.has_status ||
         CHECK_EQ(vt->t, row, status, o.status, "completion status of the request at 0x%llx", (unsigned long long)r.address);
    if (fr)
        return vt_check_record(vt, row, &r, fr) && ok;
    return vt_check_no_record(vt, row, "after a request whose fault must not be recorded") && ok;
}

bool vt_expect_ats_refused(struct vt *vt, const char *row, const struct iotb_request *request, uint32_t status, uint32_t fr)
{
    bool first = !test_failed(vt->t), ok = true;

    vt_fault_clear(vt);
    for (uint32_t n = vt_rounds(vt); n > 0; n--)
        ok &= refused_round(vt, row, request, status, fr);
    return vt_judged(vt, request, first, ok);
}

/* ---- invalidation ---- */

static void set(struct vt_descriptor *d, const char *structure, const char *field, uint64_t value)
{
    spec_set(spec_struct_field(structure, field), d->word, value);
}

struct vt_descriptor vt_desc_device_tlb(uint16_t sid, uint64_t address, bool s, uint16_t pfsid, uint32_t mip)
{
    static const char structure[] = "dev_tlb_inv_dsc";
    struct vt_descriptor d = {{0}};

    set(&d, structure, "TYPE[3:0]", TYPE_DEVICE_TLB);
    set(&d, structure, "SID", sid);
    set(&d, structure, "PFSID[3:0]", pfsid & 0xf);
    set(&d, structure, "PFSID[15:4]", pfsid >> 4);
    set(&d, structure, "MIP", mip);
    set(&d, structure, "S", s);
    set(&d, structure, "ADDR", address >> 12);
    return d;
}

struct vt_descriptor vt_desc_pasid_device_tlb(uint16_t sid, uint32_t pasid, bool global, uint64_t address, bool s, uint16_t pfsid,
                                              uint32_t mip)
{
    static const char structure[] = "p_dev_tlb_inv_dsc";
    struct vt_descriptor d = {{0}};

    set(&d, structure, "TYPE[3:0]", TYPE_PASID_DEVICE_TLB);
    set(&d, structure, "SID", sid);
    set(&d, structure, "PASID", pasid);
    set(&d, structure, "PFSID[3:0]", pfsid & 0xf);
    set(&d, structure, "PFSID[15:4]", pfsid >> 4);
    set(&d, structure, "MIP", mip);
    set(&d, structure, "G", global);
    set(&d, structure, "S", s);
    set(&d, structure, "ADDR", address >> 12);
    return d;
}

uint64_t vt_range(uint64_t address, uint32_t size_lg2)
{
    uint64_t low = (UINT64_C(1) << (size_lg2 - 1)) - 1; /* ones below the zero that gives the size */

    return ((size_lg2 < 64 ? address >> size_lg2 << size_lg2 : 0) | low) & ~UINT64_C(0xfff);
}

bool vt_message(struct vt *vt, enum iotb_message_kind kind, struct iotb_message *message)
{
    return ats_message(vt->t, kind, message, VT_MESSAGE_PS);
}

void vt_invalidate_completion_of(struct vt *vt, uint16_t sid, uint32_t itags, uint32_t count)
{
    ats_invalidate_completion(vt->t, sid, itags, count);
}

void vt_invalidate_completion(struct vt *vt, const struct iotb_message *request, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        vt_invalidate_completion_of(vt, request->device_id, 1u << (request->itag & 31), count);
}

bool vt_submit_answering(struct vt *vt, const struct vt_descriptor *descriptors, uint32_t count)
{
    uint32_t data = ++vt->wait_count;
    uint64_t status = vt->status + 8 * (data % 500);
    struct vt_descriptor wait = vt_desc_wait(false, true, false, data, status);
    struct iotb_message m;

    mem_write64(vt->t, status, 0);
    for (uint32_t i = 0; i < count; i++)
        vt_put(vt, &descriptors[i]);
    vt_put(vt, &wait);
    vt_ring(vt);
    while (mem_read32(vt->t, status) != data && vt_message(vt, IOTB_MSG_INVALIDATE_REQUEST, &m))
        vt_invalidate_completion(vt, &m, 1);
    test_run(vt->t, VT_MESSAGE_PS);
    return mem_read32(vt->t, status) == data;
}
