/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ATS Translation Requests against what else a translation does: errors of configuration (3.9.1.2), flags by hardware (3.13.7.1),
 * overrides (13.7), sizes; Translated addresses beyond the OAS (3.9.1.1).
 */
#include "build/ats.h"
#include "build/sm_ats.h"
#include "sm_chapters.h"

#define INPUT UINT64_C(0x02c47000)
#define AF (UINT64_C(1) << SM_BIT_AF)
#define DBM (UINT64_C(1) << SM_BIT_DBM)
#define AP2 (UINT64_C(1) << SM_BIT_AP2)
#define S2AP1 (UINT64_C(1) << SM_BIT_S2AP1)

/* ---- errors of configuration: Completer Abort, and nothing is recorded without REC_CFG_ATS ---- */

static void make_none(struct sm_path *path)
{
    (void)path;
}

static void make_invalid_cd(struct sm_path *path)
{
    sm_cd_set(path->sm, path->sid, path->ssid, "V", 0);
}

static void make_cd_abort(struct sm_path *path)
{
    uint64_t cd = sm_cd_address(path->sm, path->sid, path->ssid);

    inject_fault(path->sm->t, INJECT_ABORT, cd, cd + 63, ACC_READS, 1, 1000);
}

static void make_ste_abort(struct sm_path *path)
{
    uint64_t ste = sm_ste_address(path->sm, path->sid);

    inject_fault(path->sm->t, INJECT_ABORT, ste, ste + 63, ACC_READS, 1, 1000);
}

static void make_walk_abort(struct sm_path *path)
{
    uint64_t leaf = sm_path_leaf(path, INPUT);

    inject_fault(path->sm->t, INJECT_ABORT, leaf, leaf + 7, ACC_ANY, 1, 1000);
}

static void make_illegal_ste(struct sm_path *path)
{
    sm_ste_set(path->sm, path->sid, "S1CDMax", path->sm->ssid_bits + 1);
}

static void make_no_ssid(struct sm_path *path)
{
    sm_ste_set(path->sm, path->sid, "S1DSS", SM_S1DSS_TERMINATE);
}

static const struct trouble {
    const char *name;
    void (*make)(struct sm_path *path);
    uint32_t ssid_or; /* of the request */
    bool no_ssid;
} troubles[] = {
    {"C_BAD_CD", make_invalid_cd, 0, false},      {"F_CD_FETCH", make_cd_abort, 0, false},
    {"F_STE_FETCH", make_ste_abort, 0, false},    {"F_WALK_EABT", make_walk_abort, 0, false},
    {"C_BAD_STE", make_illegal_ste, 0, false},    {"C_BAD_SUBSTREAMID", make_none, 0x80, false},
    {"F_STREAM_DISABLED", make_no_ssid, 0, true},
};

static void config_errors(struct test *t)
{
    for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++) {
        struct iotb_request r;
        struct sm_path path;
        struct sm sm;
        uint64_t host;

        test_reset(t, IOTB_RESET_COLD);
        test_context(t, "%s", troubles[i].name);
        sm_open(&sm, t, NULL);
        sm_path_open(&sm, &path, SM_F_S1_SSID, sm_sid(&sm, 0), 5, 0x11, 0x22);
        host = sm_path_page(&path, INPUT, SM_RW);
        sm_path_eats(&path, SM_EATS_FULL);
        r = sm_translation_request(&path, INPUT);
        sm_expect_translation(&sm, "SMMU-3-166", &r, host, SM_R | SM_W, 16);
        troubles[i].make(&path);
        sm_invalidate_all(&sm);
        r.pasid |= troubles[i].ssid_or;
        if (troubles[i].no_ssid)
            r.flags = 0;
        sm_expect_ats_status(&sm, "SMMU-3-166", &r, IOTB_CA, 0);
        inject_clear(t);
        sm_close(&sm);
    }
}

/* ---- flags by hardware ---- */

/* A leaf, what a request for it gets, and what the leaf is afterwards. */
struct flag_rule {
    const char *row;
    bool ha, hd, no_write;
    uint64_t clear, set; /* of a leaf that is accessed and writable */
    uint32_t rights;     /* 0: none */
    uint64_t after_clear, after_set;
};

static const struct flag_rule flag_rules[] = {
    {"SMMU-3-178", false, false, false, AF, 0, 0, 0, 0},
    {"SMMU-3-178", false, false, false, 0, AP2, SM_R, 0, 0},
    {"SMMU-3-178", false, false, false, 0, AP2 | DBM, SM_R, 0, 0},
    {"SMMU-3-174", true, false, false, AF, 0, SM_R | SM_W, 0, AF},
    {"SMMU-3-174", true, false, true, AF, AP2, SM_R, 0, AF},
    {"SMMU-3-175", true, false, false, AF, AP2 | DBM, SM_R, 0, AF},
    {"SMMU-3-175", true, false, false, 0, AP2, SM_R, 0, 0},
    {"SMMU-3-174", true, true, false, 0, AP2 | DBM, SM_R | SM_W, AP2, 0},
    {"SMMU-13-904", true, true, false, AF, AP2 | DBM, SM_R | SM_W, AP2, AF},
    {"SMMU-13-904", true, true, true, 0, AP2 | DBM, SM_R, 0, 0},
    {"SMMU-13-904", true, true, false, 0, AP2, SM_R, 0, 0},
    {"SMMU-13-904", true, true, true, 0, AP2, SM_R, 0, 0},
};

static void try_flags(struct sm_path *path, const struct flag_rule *rule, uint64_t writable, uint64_t host)
{
    struct sm *sm = path->sm;
    struct iotb_request r = sm_translation_request(path, INPUT);
    uint64_t leaf = (writable & ~rule->clear) | rule->set, address = sm_path_leaf(path, INPUT);

    test_context(sm->t, "HA=%u HD=%u NW=%u leaf %016llx", rule->ha, rule->hd, rule->no_write, (unsigned long long)leaf);
    sm_cd_set(sm, path->sid, path->ssid, "HA", rule->ha);
    sm_cd_set(sm, path->sid, path->ssid, "HD", rule->hd);
    mem_write64(sm->t, address, leaf);
    sm_invalidate_all(sm);
    r.flags |= rule->no_write ? IOTB_RQ_NO_WRITE : 0;
    if (rule->rights)
        sm_expect_translation(sm, rule->row, &r, host, rule->rights, 16);
    else
        sm_expect_no_translation(sm, rule->row, &r);
    sm_sync(sm);
    CHECK_EQ(sm->t, rule->row, (leaf & ~rule->after_clear) | rule->after_set, mem_read64(sm->t, address), "the leaf afterwards");
}

static void flags(struct test *t)
{
    uint64_t httu = sm_idr(t, 0, "HTTU");
    struct sm_path path;
    struct sm sm;
    uint64_t host, writable;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW);
    sm_path_eats(&path, SM_EATS_FULL);
    writable = mem_read64(t, sm_path_leaf(&path, INPUT));
    for (size_t i = 0; i < sizeof flag_rules / sizeof flag_rules[0]; i++)
        if ((!flag_rules[i].ha || httu >= 1) && (!flag_rules[i].hd || httu >= 2))
            try_flags(&path, &flag_rules[i], writable, host);
    test_context(t, NULL);
    sm_close(&sm);
}

/* Write permission needs both stages; without it neither is dirtied: pages are not marked dirty on speculation. */
enum stage_state { WRITABLE, CLEAN, READ_ONLY };

static const struct {
    enum stage_state first, second;
} pairs[] = {{WRITABLE, CLEAN}, {READ_ONLY, CLEAN}, {CLEAN, READ_ONLY}, {CLEAN, CLEAN}, {CLEAN, WRITABLE}};

static void try_pair(struct sm_path *path, enum stage_state first, enum stage_state second, uint64_t host)
{
    struct sm *sm = path->sm;
    struct iotb_request r = sm_translation_request(path, INPUT);
    uint64_t at1 = sm_entry(sm, path->s1, INPUT, 3), at2 = sm_entry(sm, path->s2, sm_path_ipa(path, INPUT), 3);
    uint64_t leaf1 = (mem_read64(sm->t, at1) & ~(AP2 | DBM)) | (first != WRITABLE ? AP2 : 0) | (first == CLEAN ? DBM : 0);
    uint64_t leaf2 = (mem_read64(sm->t, at2) & ~(S2AP1 | DBM)) | (second == WRITABLE ? S2AP1 : 0) | (second == CLEAN ? DBM : 0);
    bool granted = first != READ_ONLY && second != READ_ONLY;

    mem_write64(sm->t, at1, leaf1);
    mem_write64(sm->t, at2, leaf2);
    sm_invalidate_all(sm);
    sm_expect_translation(sm, "SMMU-3-176", &r, host, granted ? SM_R | SM_W : SM_R, 16);
    sm_sync(sm);
    CHECK_EQ(sm->t, "SMMU-3-176", granted ? leaf1 & ~AP2 : leaf1, mem_read64(sm->t, at1), "stage 1 leaf afterwards");
    CHECK_EQ(sm->t, "SMMU-3-176", granted ? leaf2 | S2AP1 : leaf2, mem_read64(sm->t, at2), "stage 2 leaf afterwards");
}

static void nested_flags(struct test *t)
{
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_NESTED, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW);
    sm_path_eats(&path, SM_EATS_FULL);
    sm_ste_set(&sm, path.sid, "S2HA", 1);
    sm_ste_set(&sm, path.sid, "S2HD", 1);
    sm_cd_set(&sm, path.sid, 0, "HA", 1);
    sm_cd_set(&sm, path.sid, 0, "HD", 1);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        test_context(t, "stage 1 %d, stage 2 %d (0 writable, 1 clean, 2 read-only)", pairs[i].first, pairs[i].second);
        try_pair(&path, pairs[i].first, pairs[i].second, host);
    }
    sm_close(&sm);
}

/* ---- fields of completions and records ---- */

/* STE.PRIVCFG decides the rights, not what the completion says of the request. */
static void override(struct test *t)
{
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;
    uint64_t host, privileged;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1_SSID, sm_sid(&sm, 0), 5, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_R | SM_W | SM_U);
    privileged = sm_path_page(&path, INPUT + 0x10000, SM_R | SM_W);
    sm_path_eats(&path, SM_EATS_FULL);
    for (uint32_t cfg = 2; cfg < 4; cfg++)
        for (uint32_t asked = 0; asked < 2; asked++) {
            test_context(t, "PRIVCFG=%u, Priv=%u", cfg, asked);
            sm_ste_set(&sm, path.sid, "PRIVCFG", cfg);
            sm_cfgi_ste(&sm, path.sid);
            sm_invalidate_all(&sm);
            r = sm_translation_request(&path, INPUT);
            r.flags |= asked ? IOTB_RQ_PRIVILEGED : 0;
            sm_expect_translation(&sm, "SMMU-13-906", &r, host, SM_R | SM_W, 16);
            r.address = INPUT + 0x10000;
            if (cfg == 2)
                sm_expect_no_translation(&sm, "SMMU-13-906", &r);
            else
                sm_expect_translation(&sm, "SMMU-13-906", &r, privileged, SM_R | SM_W, 16);
        }
    sm_close(&sm);
}

static void global_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW | SM_GLOBAL);
    struct iotb_request r = sm_translation_request(path, INPUT);

    sm_path_eats(path, SM_EATS_FULL);
    sm_expect_translation(sm, "SMMU-3-173", &r, host, SM_R | SM_W, 16);
    r.address = INPUT + 0x200000;
    sm_expect_no_translation(sm, "SMMU-3-170", &r);
    r.address = INPUT + 0x400000; /* no table either */
    sm_expect_no_translation(sm, "SMMU-3-170", &r);
}

static void global(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_NESTED) | SM_FLAVOUR(SM_F_S1_SSID), global_body);
}

/* F_BAD_ATS_TREQ has the request's rights as they were asked for. */
static void asked_rights(struct test *t)
{
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1_SSID, sm_sid(&sm, 0), 5, 0x11, 0x22);
    sm_path_page(&path, INPUT, SM_RW);
    sm_path_eats(&path, SM_EATS_NONE);
    for (uint32_t n = 0; n < 8; n++) {
        r = sm_translation_request(&path, INPUT);
        r.flags |= (n & 1 ? IOTB_RQ_NO_WRITE : 0) | (n & 2 ? IOTB_RQ_EXECUTE : 0) | (n & 4 ? IOTB_RQ_PRIVILEGED : 0);
        test_context(t, "NW=%u Exe=%u Priv=%u", n & 1, n >> 1 & 1, n >> 2);
        sm_expect_ats_status(&sm, "SMMU-7-040", &r, IOTB_UR, SM_F_BAD_ATS_TREQ);
    }
    sm_close(&sm);
}

/* One request may ask for several translations, and gets one to as many, the first of them its own. */
static void entries(struct test *t)
{
    struct iotb_request r;
    struct sm_path path;
    struct outcome o;
    struct sm sm;
    uint64_t host, raw, within;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW);
    sm_path_eats(&path, SM_EATS_FULL);
    for (uint32_t n = 1; n <= 64 / ATS_ENTRY_BYTES; n++) {
        test_context(t, "%u translations asked for", n);
        r = sm_translation_request(&path, INPUT);
        r.bytes = n * ATS_ENTRY_BYTES;
        o = request_run(t, &r);
        if (!CHECK(t, "SMMU-3-169", o.done && (!o.has_status || o.status == IOTB_SC), "the request completes with success") ||
            !CHECK(t, "SMMU-3-169", o.bytes >= ATS_ENTRY_BYTES && o.bytes <= r.bytes && o.bytes % ATS_ENTRY_BYTES == 0,
                   "%u bytes of entries", o.bytes))
            continue;
        raw = ats_entry_raw(&o, 0);
        within = (UINT64_C(1) << ats_size_lg2(raw)) - 1;
        CHECK_EQ(t, "SMMU-3-169", host >> 12, ((raw & ~within) | (INPUT & within)) >> 12, "page of the first entry");
        CHECK_EQ(t, "SMMU-3-169", 3, raw & 3, "R and W of the first entry");
    }
    sm_close(&sm);
}

/* S1DSS = 01: without PASID the address is its own translation. */
static void skipped(struct test *t)
{
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1_SKIP, sm_sid(&sm, 0), 0, 0x11, 0x22);
    sm_path_eats(&path, SM_EATS_FULL);
    r = sm_translation_request(&path, INPUT);
    sm_expect_translation(&sm, "SMMU-3-172", &r, INPUT, SM_R | SM_W, 64);
    sm_close(&sm);
}

/* What stage 1 refuses does not come to stage 2: no flag there. */
static void no_second_stage(struct test *t)
{
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;
    uint64_t at2, leaf2;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_NESTED, sm_sid(&sm, 0), 0, 0x11, 0x22);
    sm_path_page(&path, INPUT, SM_R | SM_W); /* for privileged ones alone */
    sm_path_eats(&path, SM_EATS_FULL);
    at2 = sm_entry(&sm, path.s2, sm_path_ipa(&path, INPUT), 3);
    leaf2 = mem_read64(t, at2) & ~AF;
    mem_write64(t, at2, leaf2);
    sm_ste_set(&sm, path.sid, "S2HA", 1);
    sm_invalidate_all(&sm);
    r = sm_translation_request(&path, INPUT);
    sm_expect_no_translation(&sm, "SMMU-3-171", &r);
    sm_sync(&sm);
    CHECK_EQ(t, "SMMU-3-171", leaf2, mem_read64(t, at2), "stage 2 leaf afterwards");
    sm_close(&sm);
}

/* ---- Translated addresses beyond the OAS ---- */

static void beyond(struct test *t)
{
    struct iotb_request r;
    struct outcome o;
    struct sm_path path;
    struct sm sm;
    uint64_t host;
    size_t mark;

    sm_open(&sm, t, NULL);
    if (sm.oas_bits > 51)
        test_skip(t, "the OAS has %u bits, and a Translated address has no more", sm.oas_bits);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = mem_alloc(t, 4096, 4096);
    for (uint32_t bit = sm.oas_bits; bit < 52; bit++) {
        test_context(t, "address bit %u", bit);
        r = sm_translated_request(&path, IOTB_READ, host | UINT64_C(1) << bit);
        mark = trace_mark(t);
        o = request_run(t, &r);
        CHECK(t, "SMMU-3-514", o.done, "the request completes");
        CHECK_EQ(t, "SMMU-3-514", 0, trace_count(t, mark, UINT64_C(1) << sm.oas_bits, UINT64_MAX, ACC_ANY),
                 "accesses beyond the OAS");
        CHECK_EQ(t, "SMMU-3-514", 0, sm_event_pending(&sm), "records");
        if (o.has_status && o.status == IOTB_SC)
            CHECK(t, "SMMU-3-514", trace_count(t, mark, host, host + 4095, ACC_READS), "it was truncated, then");
    }
    sm_close(&sm);
}

#define CASE(NAME, SUMMARY, RUN, ROWS, GATE, FEATURES)                                                      \
    {                                                                                                       \
        .name = "smmuv3.ats." NAME, .summary = SUMMARY, .run = RUN, .rows = ROWS, .gate = "IDR0.ATS&" GATE, \
        .features = IOTB_F_ATS | (FEATURES), .functional = true, .tier = TIER_FULL                          \
    }

static const struct iotb_case cases[] = {
    CASE("config_errors", "errors of configuration and aborts of structures answer with Completer Abort", config_errors,
         "SMMU-3-166", "IDR0.TTF:1&IDR0.S1P&IDR1.SSIDSIZE>=4", IOTB_F_PASID | IOTB_F_BENCH_MEMORY),
    CASE("flags", "a grant sets the flags that hardware keeps, a refusal none, and NW keeps a page clean", flags,
         "SMMU-3-174 SMMU-3-175 SMMU-3-178 SMMU-13-904", "IDR0.TTF:1&IDR0.S1P", 0),
    CASE("nested_flags", "what stage 1 does not grant dirties nothing in stage 2", nested_flags, "SMMU-3-176",
         "IDR0.TTF:1&IDR0.S1P&IDR0.S2P&IDR0.HTTU>=2&IDR0.STALL_MODEL<2", 0),
    CASE("override", "PRIVCFG decides rights, and Priv of the completion is the request's", override, "SMMU-13-906",
         "IDR0.TTF:1&IDR0.S1P&IDR1.ATTR_PERMS_OVR&IDR1.SSIDSIZE>=3", IOTB_F_PASID | IOTB_F_PRIVILEGE),
    CASE("global", "a completion is never Global, and one without rights covers the smallest granule", global,
         "SMMU-3-173 SMMU-3-170", "IDR0.TTF:1&IDR0.S1P&IDR0.STALL_MODEL<2", 0),
    CASE("entries", "a request for several translations gets at least its own", entries, "SMMU-3-169", "IDR0.TTF:1&IDR0.S1P", 0),
    CASE("skipped", "with S1DSS=01 a Translation Request without PASID gets its own address with all rights", skipped,
         "SMMU-3-172", "IDR0.TTF:1&IDR0.S1P&IDR1.SSIDSIZE>=3", 0),
    CASE("no_second_stage", "a request that stage 1 refuses leaves stage 2 alone", no_second_stage, "SMMU-3-171",
         "IDR0.TTF:1&IDR0.S1P&IDR0.S2P&IDR0.HTTU>=1&IDR0.STALL_MODEL<2", 0),
    CASE("asked_rights", "F_BAD_ATS_TREQ tells the rights that were asked for", asked_rights, "SMMU-7-040",
         "IDR0.TTF:1&IDR0.S1P&IDR1.SSIDSIZE>=3", IOTB_F_PASID | IOTB_F_PRIVILEGE),
    CASE("beyond", "a Translated address beyond the OAS is aborted or cut, without a record", beyond, "SMMU-3-514",
         "IDR0.TTF:1&IDR0.S1P", IOTB_F_BENCH_MEMORY | IOTB_F_WIDE_ADDRESS),
};

const struct iotb_case_list sm_ats_rules_cases = {cases, sizeof cases / sizeof cases[0]};
