/* SPDX-License-Identifier: BSD-2-Clause */
/* Translated requests, ATSCHK, and split-stage ATS (3.9.1.3 Handling of ATS Translated transactions, 13.6.3 Split-stage ATS). */
#include "build/sm_ats.h"
#include "sm_chapters.h"

#define INPUT UINT64_C(0x02c47000)

/* ---- ATSCHK = 0 ---- */

static void unchecked(struct test *t)
{
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = mem_alloc(t, 4096, 4096);
    r = sm_translated_request(&path, IOTB_WRITE, host + 0x40);
    sm_expect_ok(&sm, "SMMU-5-051", &r, host + 0x40);
    sm_path_eats(&path, SM_EATS_FULL);
    sm_expect_ok(&sm, "SMMU-5-052", &r, host + 0x40);
    sm_ste_set(&sm, path.sid, "V", 0);
    sm_cfgi_ste(&sm, path.sid);
    sm_expect_ok(&sm, "SMMU-5-014", &r, host + 0x40);
    r.kind = IOTB_READ;
    sm_expect_ok(&sm, "SMMU-3-181", &r, host + 0x40);
    sm_close(&sm);
}

/* ---- ATSCHK = 1 ---- */

struct check {
    uint32_t eats, config;
    bool invalid, record;
    const char *row, *also;
};

static const struct check checks[] = {
    {SM_EATS_NONE, SM_S1, false, true, "SMMU-3-183", "SMMU-6-036"},
    {SM_EATS_FULL, SM_BYPASS, false, true, "SMMU-5-019", "SMMU-3-183"},
    {SM_EATS_NONE, SM_S1, false, true, "SMMU-5-051", "SMMU-7-043"},
    {SM_EATS_FULL, SM_ABORT, false, false, "SMMU-3-182", "SMMU-5-017"},
    {SM_EATS_FULL, SM_S1, true, false, "SMMU-5-014", "SMMU-3-186"},
};

static void try_check(struct sm *sm, const struct check *c, const char *row, struct iotb_request *r, uint64_t host)
{
    for (uint32_t write = 0; write < 2; write++) {
        r->kind = write ? IOTB_WRITE : IOTB_READ;
        if (c->record)
            sm_expect_config(sm, row, r, SM_F_TRANSL_FORBIDDEN, host);
        else
            sm_expect_silent_abort(sm, row, r, host);
    }
}

static void checked(struct test *t)
{
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    CHECK(t, "SMMU-6-036", sm_enable(&sm, "ATSCHK", 1), "CR0ACK.ATSCHK follows");
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = mem_alloc(t, 4096, 4096);
    r = sm_translated_request(&path, IOTB_WRITE, host + 0x40);
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        const struct check *c = &checks[i];

        test_context(t, "EATS=%u Config=%u V=%u", c->eats, c->config, !c->invalid);
        sm_ste_set(&sm, path.sid, "Config", c->config);
        sm_ste_set(&sm, path.sid, "V", !c->invalid);
        sm_path_eats(&path, (enum sm_eats)c->eats);
        try_check(&sm, c, c->row, &r, host);
        try_check(&sm, c, c->also, &r, host);
        sm_ste_set(&sm, path.sid, "Config", SM_S1);
        sm_ste_set(&sm, path.sid, "V", 1);
        sm_path_eats(&path, SM_EATS_FULL);
        sm_expect_ok(&sm, "SMMU-3-184", &r, host + 0x40);
    }
    sm_close(&sm);
}

/* ---- EATS = 10 ---- */

static void split_open(struct sm *sm, struct sm_path *path, struct test *t, uint64_t *host)
{
    sm_open(sm, t, NULL);
    sm_enable(sm, "ATSCHK", 1);
    sm_path_open(sm, path, SM_F_NESTED, sm_sid(sm, 0), 0, 0x11, 0x22);
    *host = sm_path_page(path, INPUT, SM_RW);
    sm_path_eats(path, SM_EATS_SPLIT);
}

/* The completion has the IPA; a translated request with it goes through stage 2, and faults there. */
static void split(struct test *t)
{
    struct iotb_request r, translated;
    struct sm_expected e;
    struct sm_path path;
    struct sm sm;
    uint64_t host, ipa;

    split_open(&sm, &path, t, &host);
    ipa = sm_path_ipa(&path, INPUT);
    r = sm_translation_request(&path, INPUT);
    sm_expect_translation(&sm, "SMMU-13-902", &r, ipa, SM_R | SM_W, 16);
    translated = sm_translated_request(&path, IOTB_WRITE, ipa + 0x40);
    sm_expect_ok(&sm, "SMMU-13-025", &translated, host + 0x40);
    sm_expect_ok(&sm, "SMMU-3-185", &translated, host + 0x40);
    sm_unmap(&sm, path.s2, ipa, 0);
    sm_path_invalidate(&path);
    e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, ipa + 0x40);
    sm_expect_event(&sm, "SMMU-13-025", &translated, &e, host);
    sm_expect_event(&sm, "SMMU-3-185", &translated, &e, host);
    sm_expect_no_translation(&sm, "SMMU-3-168", &r);
    sm_map(&sm, path.s2, ipa, host, 0, SM_R);
    sm_path_invalidate(&path);
    sm_expect_translation(&sm, "SMMU-13-024", &r, ipa, SM_R, 16);
    e = sm_s2_event(SM_F_PERMISSION, SM_CLASS_IN, ipa + 0x40);
    sm_expect_event(&sm, "SMMU-3-185", &translated, &e, host);
    sm_close(&sm);
}

/* Without ATSCHK it is 00. */
static void split_unchecked(struct test *t)
{
    struct iotb_request r, plain;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    split_open(&sm, &path, t, &host);
    r = sm_translation_request(&path, INPUT);
    plain = sm_request(&path, IOTB_WRITE, INPUT + 8, 8);
    sm_expect_translation(&sm, "SMMU-5-055", &r, sm_path_ipa(&path, INPUT), SM_R | SM_W, 16);
    sm_path_eats(&path, SM_EATS_NONE);
    sm_enable(&sm, "ATSCHK", 0);
    sm_path_eats(&path, SM_EATS_SPLIT);
    sm_expect_ats_status(&sm, "SMMU-5-055", &r, IOTB_UR, SM_F_BAD_ATS_TREQ);
    sm_expect_ats_status(&sm, "SMMU-3-165", &r, IOTB_UR, SM_F_BAD_ATS_TREQ);
    sm_expect_ok(&sm, "SMMU-5-055", &plain, host + 8);
    sm_close(&sm);
}

/* ---- what EATS must not be ---- */

struct illegal {
    enum sm_flavour_id flavour;
    enum sm_eats eats;
    bool s2s, split_missing; /* only where IDR0.NS1ATS */
    const char *row;
};

static const struct illegal illegals[] = {
    {SM_F_S1, SM_EATS_SPLIT, false, false, "SMMU-5-054"},    {SM_F_S2, SM_EATS_SPLIT, false, false, "SMMU-5-054"},
    {SM_F_NESTED, SM_EATS_SPLIT, true, false, "SMMU-5-054"}, {SM_F_NESTED, SM_EATS_SPLIT, false, true, "SMMU-5-054"},
    {SM_F_S2, SM_EATS_FULL, true, false, "SMMU-5-053"},      {SM_F_NESTED, SM_EATS_FULL, true, false, "SMMU-5-053"},
};

static void illegal_eats(struct sm *sm, const struct illegal *c, uint32_t n)
{
    struct sm_path path;
    struct iotb_request plain, r;
    uint64_t host;

    test_context(sm->t, "%s, EATS=%u, S2S=%u", sm_flavours[c->flavour].name, c->eats, c->s2s);
    sm_path_open(sm, &path, c->flavour, sm_sid(sm, n), 0, 0x11 + n, 0x22 + n);
    host = sm_path_page(&path, INPUT, SM_RW);
    plain = sm_request(&path, IOTB_WRITE, INPUT + 8, 8);
    r = sm_translation_request(&path, INPUT);
    if (c->s2s)
        sm_ste_set(sm, path.sid, "S2S", 1);
    sm_cfgi_ste(sm, path.sid);
    sm_expect_ok(sm, c->row, &plain, host + 8);
    sm_path_eats(&path, c->eats);
    sm_expect_config(sm, c->row, &plain, SM_C_BAD_STE, host);
    sm_expect_ats_status(sm, "SMMU-5-917", &r, IOTB_CA, 0);
    sm_path_eats(&path, SM_EATS_NONE);
    sm_expect_ok(sm, c->row, &plain, host + 8);
}

static void illegal(struct test *t)
{
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_enable(&sm, "ATSCHK", 1);
    for (uint32_t i = 0; i < sizeof illegals / sizeof illegals[0]; i++) {
        const struct illegal *c = &illegals[i];

        if (!sm_has_flavour(t, c->flavour) || (c->split_missing && !sm_idr(t, 0, "NS1ATS")))
            continue;
        if (c->s2s && sm.stall_model != 0)
            continue;
        illegal_eats(&sm, c, 0);
    }
    sm_close(&sm);
}

/* ---- the list ---- */

#define CASE(NAME, SUMMARY, RUN, ROWS, GATE)                                                                \
    {                                                                                                       \
        .name = "smmuv3.ats." NAME, .summary = SUMMARY, .run = RUN, .rows = ROWS, .gate = "IDR0.ATS&" GATE, \
        .features = IOTB_F_ATS, .functional = true, .tier = TIER_FULL                                       \
    }

static const struct iotb_case cases[] = {
    CASE("unchecked", "without ATSCHK a translated request passes whatever its STE says", unchecked,
         "SMMU-5-051 SMMU-5-052 SMMU-5-014 SMMU-3-181", "IDR0.TTF:1&IDR0.S1P"),
    CASE("checked", "with ATSCHK a translated request needs an STE that allows ATS, and is not translated", checked,
         "SMMU-3-183 SMMU-6-036 SMMU-5-019 SMMU-5-051 SMMU-7-043 SMMU-3-182 SMMU-5-017 SMMU-5-014 SMMU-3-186 SMMU-3-184",
         "IDR0.TTF:1&IDR0.S1P"),
    CASE("split", "EATS=10 gives the IPA with the rights of both stages, and stage 2 translates it later", split,
         "SMMU-13-902 SMMU-13-025 SMMU-3-185 SMMU-13-024 SMMU-3-168",
         "!IDR0.NS1ATS&IDR0.TTF:1&IDR0.S1P&IDR0.S2P&IDR0.STALL_MODEL<2"),
    CASE("split_unchecked", "EATS=10 is 00 without ATSCHK, and not ILLEGAL", split_unchecked, "SMMU-5-055 SMMU-3-165",
         "!IDR0.NS1ATS&IDR0.TTF:1&IDR0.S1P&IDR0.S2P&IDR0.STALL_MODEL<2"),
    CASE("illegal", "EATS=10 unless nested, not stalling and supported, and EATS=01 with a stalling stage 2, are ILLEGAL",
         illegal, "SMMU-5-053 SMMU-5-054 SMMU-5-917", "AIDR>=1&IDR0.TTF:1&IDR0.S1P&IDR0.S2P&IDR0.STALL_MODEL=0"),
};

const struct iotb_case_list sm_ats_translated_cases = {cases, sizeof cases / sizeof cases[0]};
