/* SPDX-License-Identifier: BSD-2-Clause */
/* ATS Translation Requests and Translated transactions (3.9.1 ATS Interface, 13.7 PCIe permission attribute interpretation). */
#include "build/sm_ats.h"
#include "build/ats.h"
#include "build/sm_internal.h"

void sm_path_eats(struct sm_path *path, enum sm_eats eats)
{
    sm_ste_set(path->sm, path->sid, "EATS", eats);
    sm_cfgi_ste(path->sm, path->sid);
}

struct iotb_request sm_translation_request(const struct sm_path *path, uint64_t input)
{
    struct iotb_request r = sm_request(path, IOTB_READ, input, ATS_ENTRY_BYTES);

    r.address_type = IOTB_AT_TRANSLATION;
    return r;
}

struct iotb_request sm_translated_request(const struct sm_path *path, enum iotb_request_kind kind, uint64_t address)
{
    struct iotb_request r = sm_request(path, kind, address, 8);

    r.address_type = IOTB_AT_TRANSLATED;
    r.flags &= ~IOTB_RQ_PASID;
    r.pasid = 0;
    return r;
}

static uint32_t rounds(struct sm *sm)
{
    uint32_t n = sm->once ? 1 : 2;

    sm->once = false;
    return n;
}

static bool check_quiet(struct sm *sm, const char *row, const struct iotb_request *r)
{
    struct sm_event event;
    bool quiet = !sm_event_read(sm, 0, &event);

    if (!quiet)
        sm_note_event(sm, &event);
    sm_event_clear(sm);
    return CHECK(sm->t, row, quiet, "a record of a translation request for 0x%llx that must not have one",
                 (unsigned long long)r->address);
}

/* The one entry of a completion with status SC. */
static bool run_translation(struct sm *sm, const char *row, const struct iotb_request *request, uint64_t *raw)
{
    struct iotb_request r = *request;
    struct outcome o = request_run(sm->t, &r);

    test_settle(sm->t);
    if (!CHECK(sm->t, row, o.done, "translation request for 0x%llx never completed", (unsigned long long)r.address))
        return false;
    if (o.has_status && !CHECK_EQ(sm->t, row, IOTB_SC, o.status, "completion status of the translation request for 0x%llx",
                                  (unsigned long long)r.address))
        return false;
    if (!CHECK_EQ(sm->t, row, ATS_ENTRY_BYTES, o.bytes, "bytes of the translation completion"))
        return false;
    *raw = ats_entry_raw(&o, 0);
    return true;
}

static bool check_flags(struct sm *sm, const char *row, const struct iotb_request *r, uint64_t raw)
{
    bool priv = r->flags & IOTB_RQ_PASID && r->flags & IOTB_RQ_PRIVILEGED, ok;

    ok = CHECK_EQ(sm->t, sm_row_or(sm, "SMMU-13-908", row), 0, raw >> 10 & 1, "N of the translation completion");
    ok &= CHECK_EQ(sm->t, sm_row_or(sm, "SMMU-3-173", row), 0, raw >> 5 & 1, "Global of the translation completion");
    ok &= CHECK_EQ(sm->t, sm_row_or(sm, priv ? "SMMU-13-906" : "SMMU-13-907", row), priv, raw >> 4 & 1,
                   "Priv of the translation completion");
    return ok;
}

static bool translation_round(struct sm *sm, const char *row, const struct iotb_request *r, uint64_t address, uint32_t rights,
                              uint32_t page_lg2)
{
    uint64_t raw = 0, within;
    uint32_t lg2;
    bool ok;

    if (!run_translation(sm, row, r, &raw))
        return false;
    lg2 = ats_size_lg2(raw);
    within = sm_ones(lg2);
    ok = CHECK_EQ(sm->t, row, (rights & SM_R) != 0, raw & 1, "R of the translation of 0x%llx", (unsigned long long)r->address);
    ok &= CHECK_EQ(sm->t, row, (rights & SM_W) != 0, raw >> 1 & 1, "W of the translation of 0x%llx",
                   (unsigned long long)r->address);
    ok &= CHECK_EQ(sm->t, row, (rights & SM_X) != 0, raw >> 3 & 1, "Exe of the translation of 0x%llx",
                   (unsigned long long)r->address);
    ok &= CHECK_EQ(sm->t, row, 0, raw >> 2 & 1, "U of the translation of 0x%llx", (unsigned long long)r->address);
    ok &= check_flags(sm, row, r, raw);
    ok &= CHECK_EQ(sm->t, row, address >> 12, ((raw & ~within) | (r->address & within)) >> 12,
                   "page that 0x%llx is translated to (entry 0x%llx)", (unsigned long long)r->address, (unsigned long long)raw);
    ok &= CHECK(sm->t, sm_row_or(sm, "SMMU-13-026", row), lg2 <= page_lg2, "the translation covers 2^%u bytes, the page has 2^%u",
                lg2, page_lg2);
    return check_quiet(sm, row, r) && ok;
}

bool sm_expect_translation(struct sm *sm, const char *row, const struct iotb_request *request, uint64_t address, uint32_t rights,
                           uint32_t page_lg2)
{
    bool ok = true;

    sm_event_clear(sm);
    for (uint32_t n = rounds(sm); n > 0; n--)
        ok &= translation_round(sm, row, request, address, rights, page_lg2);
    return ok;
}

/* 3.9.1: the Smallest Translation Unit is the smallest granule that the SMMU implements. */
static uint32_t stu_lg2(struct sm *sm)
{
    return sm_has_granule(sm->t, 12) ? 12 : sm_has_granule(sm->t, 14) ? 14 : 16;
}

bool sm_expect_no_translation(struct sm *sm, const char *row, const struct iotb_request *request)
{
    bool ok = true;

    sm_event_clear(sm);
    for (uint32_t n = rounds(sm); n > 0; n--) {
        uint64_t raw = 0;

        if (run_translation(sm, row, request, &raw)) {
            ok &= CHECK(sm->t, row, !(raw & 3), "R and W of the translation of 0x%llx are 0 (entry 0x%llx)",
                        (unsigned long long)request->address, (unsigned long long)raw);
            ok &= CHECK_EQ(sm->t, sm_row_or(sm, "SMMU-3-170", row), stu_lg2(sm), ats_size_lg2(raw),
                           "log2 of the bytes of an entry without rights");
            ok &= check_flags(sm, row, request, raw);
        } else {
            ok = false;
        }
        ok &= check_quiet(sm, row, request);
    }
    return ok;
}

/* 7.3.6 F_BAD_ATS_TREQ: rights as requested, number of STUs. */
static bool check_bad_request(struct sm *sm, const char *row, const struct iotb_request *r, const struct sm_event *event)
{
    static const char s[] = "F_BAD_ATS_TREQ";
    const struct {
        const char *field;
        uint64_t value;
    } fields[] = {
        {"Read", 1},
        {"Write", !(r->flags & IOTB_RQ_NO_WRITE)},
        {"Execute", (r->flags & IOTB_RQ_EXECUTE) != 0},
        {"Privilege", (r->flags & IOTB_RQ_PRIVILEGED) != 0},
    };
    bool ok = CHECK_EQ(sm->t, sm_row_or(sm, "SMMU-7-040", row), r->bytes / ATS_ENTRY_BYTES,
                       spec_get(spec_struct_find(s, "Span"), event->word), "%s.Span", s);

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        ok &= CHECK_EQ(sm->t, sm_row_or(sm, "SMMU-7-040", row), fields[i].value,
                       spec_get(spec_struct_find(s, fields[i].field), event->word), "%s.%s", s, fields[i].field);
    return ok;
}

static bool status_round(struct sm *sm, const char *row, const struct iotb_request *request, uint32_t status, uint32_t type)
{
    /* RnW of what a translation request has recorded is UNKNOWN (3.9.1.2): of these types none has it. */
    struct sm_expected e = sm_config_event(type);
    struct iotb_request r = *request;
    struct sm_event event;
    struct outcome o = request_run(sm->t, &r);
    bool ok;

    test_settle(sm->t);
    if (!CHECK(sm->t, row, o.done, "translation request for 0x%llx never completed", (unsigned long long)r.address))
        return false;
    ok = !o.has_status || CHECK_EQ(sm->t, row, status, o.status, "completion status of the translation request for 0x%llx",
                                   (unsigned long long)r.address);
    if (!type)
        return check_quiet(sm, row, &r) && ok;
    if (!CHECK(sm->t, row, sm_event_take(sm, &event), "a record of %s", sm_event_name(type)))
        return false;
    ok &= CHECK_EQ(sm->t, row, type, event.type, "event of a translation request");
    test_carry(sm->t, SM_RECORD_ROWS);
    if (event.type == type) {
        r.address &= ~UINT64_C(0xfff);
        ok &= sm_check_record(sm, row, &r, &e, &event);
        ok &= type != SM_F_BAD_ATS_TREQ || check_bad_request(sm, row, &r, &event);
    }
    return check_quiet(sm, row, &r) && ok;
}

bool sm_expect_ats_status(struct sm *sm, const char *row, const struct iotb_request *request, uint32_t status, uint32_t type)
{
    bool ok = true;

    sm_event_clear(sm);
    for (uint32_t n = rounds(sm); n > 0; n--)
        ok &= status_round(sm, row, request, status, type);
    return ok;
}
