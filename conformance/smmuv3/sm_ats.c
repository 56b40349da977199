/* SPDX-License-Identifier: BSD-2-Clause */
/* ATS Translation Requests: who is served, and with what (3.9.1.2 Responses to ATS Translation Requests, 5.2 STE.EATS, 13.7). */
#include "build/sm_ats.h"
#include "sm_chapters.h"

#define INPUT UINT64_C(0x02c47000)

#define SERVED                                                                                        \
    (SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_NESTED) | SM_FLAVOUR(SM_F_S1_SSID) | \
     SM_FLAVOUR(SM_F_NESTED_SSID))

/* ---- EATS = 01: all stages ---- */

static void full_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW), read_only = sm_path_page(path, INPUT + 0x10000, SM_RW & ~SM_W);
    struct iotb_request r = sm_translation_request(path, INPUT), other = sm_translation_request(path, INPUT + 0x10000);
    uint32_t page_lg2 = 16; /* the larger granule of two stages is 64 KiB at most */

    sm_path_eats(path, SM_EATS_FULL);
    sm_expect_translation(sm, "SMMU-5-052", &r, host, SM_R | SM_W, page_lg2);
    sm_expect_translation(sm, "SMMU-3-169", &other, read_only, SM_R, page_lg2);
    other.flags |= IOTB_RQ_NO_WRITE;
    sm_expect_translation(sm, "SMMU-13-033", &other, read_only, SM_R, page_lg2);
    r.address = INPUT + 0x200000;
    sm_expect_no_translation(sm, "SMMU-3-168", &r);
    r.flags |= IOTB_RQ_NO_WRITE;
    sm_expect_no_translation(sm, "SMMU-3-168", &r);
}

static void full(struct test *t)
{
    sm_each_flavour(t, SERVED, full_body);
}

/* 13.7: Exe only if asked for; Priv is the request's. */
static void rights(struct test *t)
{
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1_SSID, sm_sid(&sm, 0), 5, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_R | SM_U | SM_X);
    sm_path_eats(&path, SM_EATS_FULL);
    r = sm_translation_request(&path, INPUT);
    sm_expect_translation(&sm, "SMMU-13-905", &r, host, SM_R, 16);
    r.flags |= IOTB_RQ_EXECUTE;
    sm_expect_translation(&sm, "SMMU-13-029", &r, host, SM_R | SM_X, 16);
    r.address = INPUT + 0x10000;
    host = sm_path_page(&path, r.address, SM_R | SM_W);
    r.flags &= ~IOTB_RQ_EXECUTE;
    sm_expect_no_translation(&sm, "SMMU-3-169", &r);
    r.flags |= IOTB_RQ_PRIVILEGED;
    sm_expect_translation(&sm, "SMMU-3-169", &r, host, SM_R | SM_W, 16);
    r.flags |= IOTB_RQ_EXECUTE;
    sm_expect_translation(&sm, "SMMU-13-905", &r, host, SM_R | SM_W, 16);
    sm_close(&sm);
}

/* 3.12: whatever CD.A and CD.S say. */
static void fault_model(struct test *t)
{
    static const char *const fields[] = {"A", "S"};
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW);
    sm_path_eats(&path, SM_EATS_FULL);
    r = sm_translation_request(&path, INPUT);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (*fields[i] == 'A' && !sm_idr(t, 0, "TERM_MODEL"))
            sm_cd_set(&sm, path.sid, 0, "A", 0);
        else if (*fields[i] == 'S' && sm.stall_model == 0)
            sm_cd_set(&sm, path.sid, 0, "S", 1);
        sm_cfgi_cd(&sm, path.sid, 0);
        r.address = INPUT;
        sm_expect_translation(&sm, "SMMU-5-172", &r, host, SM_R | SM_W, 16);
        r.address = INPUT + 0x200000;
        sm_expect_no_translation(&sm, "SMMU-5-172", &r);
        sm_expect_no_translation(&sm, "SMMU-5-914", &r);
    }
    sm_close(&sm);
}

/* ---- who is refused ---- */

struct refusal {
    uint32_t eats;
    uint32_t config; /* SM_S1 or what replaces it */
    bool invalid;
    uint32_t status, type;
    const char *rows[4];
};

static const struct refusal refusals[] = {
    {SM_EATS_NONE, SM_S1, false, IOTB_UR, SM_F_BAD_ATS_TREQ, {"SMMU-5-051", "SMMU-3-165", "SMMU-5-916", "SMMU-7-040"}},
    {SM_EATS_FULL, SM_BYPASS, false, IOTB_UR, SM_F_BAD_ATS_TREQ, {"SMMU-5-019", "SMMU-3-164", NULL}},
    {SM_EATS_NONE, SM_BYPASS, false, IOTB_UR, SM_F_BAD_ATS_TREQ, {"SMMU-5-019", "SMMU-3-164", NULL}},
    {SM_EATS_FULL, SM_ABORT, false, IOTB_UR, 0, {"SMMU-5-017", "SMMU-3-163", NULL}},
    {SM_EATS_FULL, SM_S1, true, IOTB_CA, 0, {"SMMU-5-013", "SMMU-7-041", "SMMU-15-001"}},
};

static void refused(struct test *t)
{
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW);
    r = sm_translation_request(&path, INPUT);
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *c = &refusals[i];

        test_context(t, "EATS=%u Config=%u V=%u", c->eats, c->config, !c->invalid);
        sm_ste_set(&sm, path.sid, "Config", c->config);
        sm_ste_set(&sm, path.sid, "V", !c->invalid);
        sm_path_eats(&path, (enum sm_eats)c->eats);
        for (size_t k = 0; k < 4 && c->rows[k]; k++) {
            r.flags = k & 1 ? IOTB_RQ_NO_WRITE : 0;
            sm_expect_ats_status(&sm, c->rows[k], &r, c->status, c->type);
        }
        sm_ste_set(&sm, path.sid, "Config", SM_S1);
        sm_ste_set(&sm, path.sid, "V", 1);
        sm_path_eats(&path, SM_EATS_FULL);
        r.flags = 0;
        sm_expect_translation(&sm, "SMMU-3-194", &r, host, SM_R | SM_W, 16);
    }
    sm_close(&sm);
}

/* EATS = 11 without a Device Permission Table is 00. */
static void no_dpt(struct test *t)
{
    struct iotb_request r, plain;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW);
    r = sm_translation_request(&path, INPUT);
    plain = sm_request(&path, IOTB_WRITE, INPUT + 8, 8);
    sm_path_eats(&path, SM_EATS_DPT);
    sm_expect_ats_status(&sm, "SMMU-5-056", &r, IOTB_UR, SM_F_BAD_ATS_TREQ);
    sm_expect_ats_status(&sm, "SMMU-5-918", &r, IOTB_UR, SM_F_BAD_ATS_TREQ);
    sm_expect_ok(&sm, "SMMU-5-056", &plain, host + 8);
    sm_close(&sm);
}

/* SMMUEN = 0, and GBPA would let everything pass. */
static void off(struct test *t)
{
    struct sm_config config = {.stay_off = true};
    struct iotb_request r, translated;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, &config);
    host = mem_alloc(t, 4096, 4096);
    r = sm_plain_request(&sm, sm_sid(&sm, 0), host);
    r.kind = IOTB_READ;
    r.bytes = 8;
    translated = r;
    r.address_type = IOTB_AT_TRANSLATION;
    sm_expect_ats_status(&sm, "SMMU-3-162", &r, IOTB_UR, SM_F_BAD_ATS_TREQ);
    r.flags = IOTB_RQ_NO_WRITE;
    sm_expect_ats_status(&sm, "SMMU-6-026", &r, IOTB_UR, SM_F_BAD_ATS_TREQ);
    translated.address_type = IOTB_AT_TRANSLATED;
    sm_expect_config(&sm, "SMMU-3-180", &translated, SM_F_TRANSL_FORBIDDEN, host);
    translated.kind = IOTB_WRITE;
    sm_expect_config(&sm, "SMMU-7-043", &translated, SM_F_TRANSL_FORBIDDEN, host);
    sm_close(&sm);
}

/* CR2.REC_CFG_ATS: configuration errors of translation requests are recorded. */
static void recorded(struct test *t)
{
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW);
    r = sm_translation_request(&path, INPUT);
    for (uint32_t on = 0; on < 2; on++) {
        sm_enable(&sm, "SMMUEN", 0);
        sm_field_set(t, "SMMU_CR2", "REC_CFG_ATS", on);
        sm_enable(&sm, "SMMUEN", 1);
        sm_ste_set(&sm, path.sid, "V", 1);
        sm_path_eats(&path, SM_EATS_FULL);
        sm_expect_translation(&sm, "SMMU-3-167", &r, host, SM_R | SM_W, 16);
        sm_ste_set(&sm, path.sid, "V", 0);
        sm_cfgi_ste(&sm, path.sid);
        sm_expect_ats_status(&sm, "SMMU-6-043", &r, IOTB_CA, on ? SM_C_BAD_STE : 0);
        sm_expect_ats_status(&sm, "SMMU-3-167", &r, IOTB_CA, on ? SM_C_BAD_STE : 0);
        sm_expect_ats_status(&sm, "SMMU-5-013", &r, IOTB_CA, on ? SM_C_BAD_STE : 0);
    }
    sm_close(&sm);
}

/* ---- the list ---- */

#define CASE(NAME, SUMMARY, RUN, ROWS, GATE, FEATURES)                                                      \
    {                                                                                                       \
        .name = "smmuv3.ats." NAME, .summary = SUMMARY, .run = RUN, .rows = ROWS, .gate = "IDR0.ATS&" GATE, \
        .features = IOTB_F_ATS | (FEATURES), .functional = true, .tier = TIER_FULL                          \
    }

static const struct iotb_case cases[] = {
    CASE("full", "EATS=01 gives the address of all stages, the rights of the tables, and none where nothing is mapped", full,
         "SMMU-5-052 SMMU-3-169 SMMU-3-168 SMMU-13-033 SMMU-3-173 SMMU-13-908 SMMU-13-907", "IDR0.TTF:1&IDR0.STALL_MODEL<2", 0),
    CASE("rights", "Exe only if asked for and allowed; rights by privilege; Priv as in the request", rights,
         "SMMU-13-905 SMMU-13-029 SMMU-3-169", "IDR0.TTF:1&IDR0.S1P&IDR1.SSIDSIZE>=3", IOTB_F_PASID | IOTB_F_PRIVILEGE),
    CASE("fault_model", "CD.A and CD.S make no difference to a translation request", fault_model, "SMMU-5-172 SMMU-5-914",
         "IDR0.TTF:1&IDR0.S1P", 0),
    CASE("refused", "who may not use ATS gets Unsupported Request, who is badly configured Completer Abort", refused,
         "SMMU-5-051 SMMU-3-165 SMMU-5-916 SMMU-5-019 SMMU-3-164 SMMU-5-017 SMMU-3-163 SMMU-5-013 SMMU-7-041 SMMU-15-001 "
         "SMMU-3-194 SMMU-7-040 SMMU-7-089",
         "IDR0.TTF:1&IDR0.S1P", 0),
    CASE("no_dpt", "EATS=11 is 00 without a Device Permission Table, and not ILLEGAL", no_dpt, "SMMU-5-056 SMMU-5-918 SMMU-7-040",
         "IDR0.TTF:1&IDR0.S1P&!IDR3.DPT", 0),
    CASE("off", "with SMMUEN=0 translation requests and translated requests are refused and recorded", off,
         "SMMU-3-162 SMMU-6-026 SMMU-3-180 SMMU-7-040 SMMU-7-043 SMMU-7-089", "IDR0.TTF:1", 0),
    CASE("recorded", "configuration errors of translation requests are recorded with REC_CFG_ATS=1 only", recorded,
         "SMMU-6-043 SMMU-3-167 SMMU-5-013", "IDR0.ATSRECERR&IDR0.TTF:1&IDR0.S1P", 0),
};

const struct iotb_case_list sm_ats_cases = {cases, sizeof cases / sizeof cases[0]};
