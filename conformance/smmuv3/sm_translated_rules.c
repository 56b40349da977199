/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Translated transactions against what else a transaction meets (3.9.1.3 Handling of ATS Translated transactions): PASIDs, errors
 * of configuration and whether they are recorded, the IAS, the overrides before stage 2.
 */
#include "build/sm_ats.h"
#include "sm_chapters.h"
#include "sm_spot.h"

#define INPUT UINT64_C(0x02c47000)

static void with_record(struct sm *sm, uint32_t on)
{
    sm_enable(sm, "SMMUEN", 0);
    sm_field_set(sm->t, "SMMU_CR2", "REC_CFG_ATS", on);
    sm_enable(sm, "SMMUEN", 1);
    sm_invalidate_all(sm);
}

static struct iotb_request with_pasid(struct iotb_request r, uint32_t pasid)
{
    r.flags |= IOTB_RQ_PASID;
    r.pasid = pasid;
    return r;
}

/* ---- substreams ---- */

/* Refused, with a record where errors of configuration are recorded. */
static void expect_refused(struct sm *sm, const char *row, const struct iotb_request *r, uint32_t type, uint64_t guard,
                           bool recorded)
{
    if (recorded)
        sm_expect_config(sm, row, r, type, guard);
    else
        sm_expect_silent_abort(sm, row, r, guard);
}

/* Without PASIDTT the prefix counts as absent; with it the SubstreamID is judged like that of others. */
static void pasids_body(struct sm *sm, struct sm_path *path, bool recorded)
{
    bool judged = sm_idr(sm->t, 3, "PASIDTT") != 0;
    uint32_t first_beyond = 1u << sm_get_field(sm, sm_ste_address(sm, path->sid), "STE", "S1CDMax");
    uint64_t host = mem_alloc(sm->t, 4096, 4096);

    sm_path_page(path, INPUT, SM_RW);
    for (uint32_t write = 0; write < 2; write++) {
        struct iotb_request plain = sm_translated_request(path, write ? IOTB_WRITE : IOTB_READ, host + 0x40);
        struct iotb_request r = with_pasid(plain, path->ssid);

        test_context(sm->t, "%s, REC_CFG_ATS %d", write ? "write" : "read", recorded);
        sm_ste_set(sm, path->sid, "S1DSS", SM_S1DSS_TERMINATE);
        sm_invalidate_all(sm);
        sm_expect_ok(sm, "SMMU-3-188", &plain, host + 0x40);
        sm_expect_ok(sm, judged ? "SMMU-3-189" : "SMMU-3-188", &r, host + 0x40);
        r.pasid = first_beyond;
        if (judged)
            expect_refused(sm, "SMMU-3-189", &r, SM_C_BAD_SUBSTREAMID, host, recorded);
        else
            sm_expect_ok(sm, "SMMU-3-188", &r, host + 0x40);
        r.pasid = 0;
        sm_ste_set(sm, path->sid, "S1DSS", SM_S1DSS_SSID0);
        sm_invalidate_all(sm);
        sm_expect_ok(sm, "SMMU-3-188", &plain, host + 0x40);
        if (judged)
            expect_refused(sm, "SMMU-3-189", &r, SM_F_STREAM_DISABLED, host, recorded);
        else
            sm_expect_ok(sm, "SMMU-3-188", &r, host + 0x40);
    }
}

static void pasids(struct test *t)
{
    struct sm_path path;
    struct sm sm;

    for (uint32_t recorded = 0; recorded < (sm_idr(t, 0, "ATSRECERR") ? 2 : 1); recorded++) {
        sm_open(&sm, t, NULL);
        sm_enable(&sm, "ATSCHK", 1);
        sm_path_open(&sm, &path, SM_F_S1_SSID, sm_sid(&sm, 0), 5, 0x11, 0x22);
        sm_path_eats(&path, SM_EATS_FULL);
        if (recorded)
            with_record(&sm, 1);
        pasids_body(&sm, &path, recorded);
        sm_close(&sm);
        test_reset(t, IOTB_RESET_COLD);
    }
}

/* Errors of configuration are recorded with REC_CFG_ATS only, and F_TRANSL_FORBIDDEN whatever it is. */
static void errors(struct test *t)
{
    for (uint32_t recorded = 0; recorded < (sm_idr(t, 0, "ATSRECERR") ? 2 : 1); recorded++) {
        struct iotb_request r;
        struct sm_path path;
        struct sm sm;
        uint64_t host;

        sm_open(&sm, t, NULL);
        sm_enable(&sm, "ATSCHK", 1);
        sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
        sm_path_eats(&path, SM_EATS_FULL);
        if (recorded)
            with_record(&sm, 1);
        host = mem_alloc(t, 4096, 4096);
        r = sm_translated_request(&path, IOTB_WRITE, host + 0x40);
        test_context(t, "REC_CFG_ATS %u", recorded);
        sm_expect_ok(&sm, "SMMU-3-184", &r, host + 0x40);
        sm_path_eats(&path, SM_EATS_NONE);
        sm_expect_config(&sm, "SMMU-3-183", &r, SM_F_TRANSL_FORBIDDEN, host);
        sm_path_eats(&path, SM_EATS_FULL);
        sm_ste_set(&sm, path.sid, "V", 0);
        sm_cfgi_ste(&sm, path.sid);
        expect_refused(&sm, "SMMU-3-186", &r, SM_C_BAD_STE, host, recorded);
        sm_ste_set(&sm, path.sid, "V", 1);
        sm_cfgi_ste(&sm, path.sid);
        r.requester_id = (uint16_t)(1u << sm.strtab_log2size);
        if (sm_sid_usable(&sm, 1u << sm.strtab_log2size) && sm.strtab_log2size < 16)
            expect_refused(&sm, "SMMU-3-186", &r, SM_C_BAD_STREAMID, host, recorded);
        sm_close(&sm);
        test_reset(t, IOTB_RESET_COLD);
    }
}

/* ---- split stage ---- */

static void split_open(struct sm_spot *s, struct sm_path *path)
{
    sm_enable(s->sm, "ATSCHK", 1);
    sm_path_eats(path, SM_EATS_SPLIT);
}

/* PRIVCFG and INSTCFG apply before stage 2; without PASID (or PASIDTT) what comes in is unprivileged Data. */
static void split_overrides_body(struct sm *sm, struct sm_path *path)
{
    bool there = sm_idr(sm->t, 1, "ATTR_PERMS_OVR") != 0, xnx = sm_idr(sm->t, 3, "XNX") != 0;
    uint64_t ipa, leaf;
    struct sm_spot s;

    sm_spot_open(&s, path, 2, SPOT_INPUT);
    split_open(&s, path);
    ipa = sm_path_ipa(path, s.input);
    leaf = sm_spot_leaf(&s);
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t priv = i & 3, inst = i >> 2 & 3, xn = i >> 4 & 3, s2ap = i >> 6;
        struct iotb_request r = sm_translated_request(path, IOTB_READ, ipa + SPOT_OFFSET);
        struct sm_expected e = sm_s2_event(SM_F_PERMISSION, SM_CLASS_IN, ipa);
        bool privileged = there && priv == 3, instruction = there && inst == 3;
        bool execute = xnx ? xn == 0 || xn == (privileged ? 3 : 1) : !(xn & 2);

        test_context(sm->t, "PRIVCFG %u, INSTCFG %u, S2AP %u, XN %u", priv, inst, s2ap, xn);
        sm_set_bits(sm, leaf, SM_BIT_S2AP1, SM_BIT_S2AP0, s2ap);
        sm_set_bits(sm, leaf, SM_BIT_UXN, SM_BIT_PXN, xn);
        sm_ste_set(sm, path->sid, "PRIVCFG", priv);
        sm_ste_set(sm, path->sid, "INSTCFG", inst);
        sm_invalidate_all(sm);
        e.set = SM_E_PNU | SM_E_IND;
        e.pnu = privileged;
        e.ind = instruction;
        if (instruction ? execute : s2ap & 1)
            sm_expect_ok(sm, "SMMU-13-909", &r, s.host + SPOT_OFFSET);
        else
            sm_expect_event(sm, "SMMU-13-909", &r, &e, s.host);
        r.kind = IOTB_WRITE;
        e.ind = false;
        if (s2ap & 2)
            sm_expect_ok(sm, "SMMU-13-909", &r, s.host + SPOT_OFFSET);
        else
            sm_expect_event(sm, "SMMU-13-909", &r, &e, s.host);
    }
    sm_enable(sm, "ATSCHK", 0);
}

static void split_overrides(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_NESTED), split_overrides_body);
}

/* An address beyond the IAS is a fault of stage 1, which it skips. */
static void split_beyond_body(struct sm *sm, struct sm_path *path)
{
    uint64_t ipa;
    struct sm_spot s;

    sm_spot_open(&s, path, 2, SPOT_INPUT);
    split_open(&s, path);
    ipa = sm_path_ipa(path, s.input);
    for (uint32_t bit = sm->ias_bits; bit < 64 && bit < sm_address_bits(sm); bit++) {
        struct iotb_request r = sm_translated_request(path, IOTB_WRITE, (ipa + SPOT_OFFSET) | UINT64_C(1) << bit);
        struct sm_expected e = sm_s1_event(SM_F_ADDR_SIZE);

        e.set = SM_E_NO_STALL;
        test_context(sm->t, "IPA bit %u, IAS %u", bit, sm->ias_bits);
        sm_expect_event(sm, "SMMU-3-191", &r, &e, s.host);
    }
    sm_enable(sm, "ATSCHK", 0);
}

static void split_beyond(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_NESTED), split_beyond_body);
}

/* The SubstreamID of what stage 2 refuses is recorded with PASIDTT. */
static void split_records_body(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;
    uint64_t ipa;

    sm_spot_open(&s, path, 2, SPOT_INPUT);
    split_open(&s, path);
    ipa = sm_path_ipa(path, s.input);
    sm_spot_set(&s, 3, 0, 0, 0);
    for (uint32_t n = 0; n < 8; n++) {
        struct iotb_request r = sm_translated_request(path, n & 1 ? IOTB_WRITE : IOTB_READ, ipa + SPOT_OFFSET);
        struct sm_expected e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, ipa);

        if (n >= 2)
            r = with_pasid(r, path->ssid);
        r.flags |= (n & 2 ? IOTB_RQ_PRIVILEGED : 0) | (n >= 6 ? IOTB_RQ_EXECUTE : 0);
        if (n < 2)
            r.flags &= ~(IOTB_RQ_PRIVILEGED | IOTB_RQ_EXECUTE);
        test_context(sm->t, "request flags %x", r.flags);
        sm_expect_event(sm, "SMMU-3-189", &r, &e, s.host);
    }
    sm_enable(sm, "ATSCHK", 0);
}

static void split_records(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_NESTED_SSID), split_records_body);
}

#define SPLIT "!IDR0.NS1ATS&IDR0.TTF:1&IDR0.S1P&IDR0.S2P&IDR0.STALL_MODEL<2"
#define CASE(n, text, function, r, gated, needs)                                                                \
    {                                                                                                           \
        .name = "smmuv3.translated." n, .summary = text, .run = function, .rows = r, .gate = "IDR0.ATS&" gated, \
        .features = IOTB_F_ATS | (needs), .functional = true, .tier = TIER_FULL                                 \
    }

static const struct iotb_case cases[] = {
    CASE("pasids", "PASIDs of Translated transactions count with PASIDTT, and as absent without", pasids, "SMMU-3-188 SMMU-3-189",
         "IDR0.TTF:1&IDR0.S1P&IDR1.SSIDSIZE>=4", IOTB_F_PASID),
    CASE("errors", "Errors of configuration are recorded with REC_CFG_ATS only", errors, "SMMU-3-183 SMMU-3-184 SMMU-3-186",
         "IDR0.TTF:1&IDR0.S1P", 0),
    CASE("split_overrides", "Overrides apply before stage 2", split_overrides, "SMMU-13-909", SPLIT, 0),
    CASE("split_beyond", "An address beyond the IAS is F_ADDR_SIZE of stage 1", split_beyond, "SMMU-3-191", SPLIT,
         IOTB_F_WIDE_ADDRESS),
    CASE("split_records", "What stage 2 refuses is recorded with what the prefix says", split_records, "SMMU-3-189",
         SPLIT "&IDR3.PASIDTT&IDR1.SSIDSIZE>=4", IOTB_F_PASID | IOTB_F_PRIVILEGE),
};

const struct iotb_case_list sm_translated_rules_cases = {cases, sizeof cases / sizeof cases[0]};
