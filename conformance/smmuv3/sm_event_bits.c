/* SPDX-License-Identifier: BSD-2-Clause */
/* Each bit of the addresses and identifiers of event records (7.3): InputAddr, IPA, FetchAddr, SubstreamID. */
#include "sm_chapters.h"
#include "sm_spot.h"

#include <string.h>

#define INPUT UINT64_C(0x62340000)
#define OFFSET 0x48u

/* ---- InputAddr ---- */

/* Inputs without a page: each bit that a request can have, alone and missing from all ones, with every place within a page. */
static void input_body(struct sm *sm, struct sm_path *path)
{
    uint32_t bits = sm_address_bits(sm);

    sm_path_page(path, INPUT, SM_RW);
    sm_invalidate_all(sm);
    for (uint32_t i = 0; i < 2 * bits; i++) {
        uint64_t ones = bits == 64 ? ~UINT64_C(0) : (UINT64_C(1) << bits) - 1, one = UINT64_C(1) << i % bits;
        uint64_t address = i < bits ? one : ones & ~one & ~UINT64_C(7);
        struct sm_expected e[2] = {sm_s1_event(SM_F_TRANSLATION), sm_s1_event(SM_F_ADDR_SIZE)};
        struct iotb_request r = sm_request(path, i & 1 ? IOTB_READ : IOTB_WRITE, address, 1);

        /* 3.4: without stage 1 an input beyond IAS is a stage 1 Address Size fault. */
        if (path->s2)
            e[0] = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, address);
        e[1].set = SM_E_NO_STALL;
        test_context(sm->t, "%s, input %016llx", sm_path_name(path), (unsigned long long)address);
        sm_once(sm);
        sm_expect_event_any(sm, "SMMU-3-512", &r, e, path->s2 ? 2 : 1, 0);
    }
}

static void inputs(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2), input_body);
}

/* ---- IPA ---- */

/* Stage 1 leads the input to an IPA that stage 2 does not map: each bit that a stage 1 output can have. */
static void ipa_body(struct sm *sm, struct sm_path *path)
{
    uint32_t bits = sm->oas_bits < 48 ? sm->oas_bits : 48, first = path->s1->granule_lg2;
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + OFFSET, 8);

    sm_path_page(path, INPUT, SM_RW);
    for (uint32_t i = 2 * first; i < 2 * bits; i++) {
        uint64_t ones = ((UINT64_C(1) << bits) - 1) & ~((UINT64_C(1) << first) - 1), one = UINT64_C(1) << i / 2;
        uint64_t ipa = i & 1 ? ones & ~one : one;
        struct sm_expected e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, ipa | OFFSET);

        if (sm_guest_to_host(path->s2, ipa) || sm_entry(sm, path->s2, ipa, 3))
            continue;
        sm_map(sm, path->s1, INPUT, ipa, 0, SM_RW);
        sm_invalidate_all(sm);
        test_context(sm->t, "%s, IPA %llx", sm_path_name(path), (unsigned long long)ipa);
        sm_once(sm);
        sm_expect_event(sm, "SMMU-7-050", &r, &e, 0);
    }
}

static void ipas(struct test *t)
{
    sm_each_granule(t, SM_FLAVOUR(SM_F_NESTED), NULL, ipa_body);
}

/* ---- FetchAddr ---- */

/* Memory whose address has this bit and few others, with room for `bytes`; 0: there is none. */
static uint64_t at_bit(struct sm *sm, uint32_t bit, uint64_t bytes)
{
    uint64_t address = UINT64_C(1) << bit;

    bytes = bytes < 4096 ? 4096 : bytes;
    if (address < bytes || !mem_exists(sm->t, address, bytes) || !mem_claim(sm->t, address, bytes))
        return 0;
    return address;
}

static void refuse_fetch(struct sm *sm, const char *row, const struct iotb_request *r, struct sm_expected *e, uint64_t address,
                         uint32_t bytes)
{
    inject_clear(sm->t);
    inject_fault(sm->t, INJECT_ABORT, address, address + bytes - 1, ACC_READS, 1, UINT64_MAX);
    sm_invalidate_all(sm);
    e->fetch = address;
    test_context(sm->t, "fetch of %llx", (unsigned long long)address);
    sm_once(sm);
    sm_expect_event(sm, row, r, e, 0);
    inject_clear(sm->t);
}

/* The CD at every multiple of 64 within a page, and at each address bit. */
static void cd(struct test *t)
{
    struct sm_expected e = sm_config_event(SM_F_CD_FETCH);
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    r = sm_request(&path, IOTB_WRITE, INPUT + OFFSET, 8);
    for (uint32_t bit = 6; bit < sm.oas_bits; bit++) {
        uint64_t page = bit < 12 ? mem_alloc(t, 4096, 4096) : at_bit(&sm, bit, 4096), at = page | (bit < 12 ? 1u << bit : 0);

        if (!page)
            continue;
        sm_ste_set(&sm, path.sid, "S1ContextPtr", at);
        refuse_fetch(&sm, "SMMU-7-046", &r, &e, at, 64);
    }
    sm_close(&sm);
}

/* The level 3 table at each address bit, and each index within it. */
static void table(struct test *t)
{
    struct sm_expected e = sm_walk_abort(false, SM_CLASS_TT, 0);
    uint32_t granule;
    struct sm_path path;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    sm_path_page(&path, INPUT, SM_RW);
    granule = path.s1->granule_lg2;
    for (uint32_t bit = 3; bit < sm.oas_bits && bit < 48; bit++) { /* without DS descriptors have 48 address bits */
        uint64_t bytes = UINT64_C(1) << granule, above = sm_entry(&sm, path.s1, INPUT, 2);
        uint64_t base = bit < granule ? mem_alloc(t, bytes, bytes) : at_bit(&sm, bit, bytes);
        uint64_t input = INPUT & ~((UINT64_C(1) << (2 * granule - 3)) - 1);
        struct iotb_request r;

        if (!base)
            continue;
        if (bit < granule)
            input |= UINT64_C(1) << (bit - 3 + granule);
        r = sm_request(&path, IOTB_WRITE, input + OFFSET, 8);
        mem_write64(t, above, sm_table_descriptor(path.s1, base));
        refuse_fetch(&sm, "SMMU-7-048", &r, &e, base | (bit < granule ? UINT64_C(1) << bit : 0), 8);
    }
    sm_close(&sm);
}

/* The level 2 array of STEs at each address bit, and each index within it. */
static void ste(struct test *t)
{
    struct sm_config config = {.format = SM_TWO_LEVEL};
    struct sm_expected e = sm_config_event(SM_F_STE_FETCH);
    struct sm sm;

    sm_open(&sm, t, &config);
    for (uint32_t n = 0; n < sm_sid_count(&sm) && n < 8; n++) {
        uint32_t sid = sm_sid(&sm, n);
        struct sm_ste bypass = {.config = SM_BYPASS};
        uint64_t bytes = UINT64_C(64) << sm.split, low = 64 * (uint64_t)(sid & ((1u << sm.split) - 1));
        struct iotb_request r = sm_plain_request(&sm, sid, mem_alloc(t, 4096, 4096));

        sm_set_ste(&sm, sid, &bypass);
        refuse_fetch(&sm, "SMMU-7-038", &r, &e, sm_ste_address(&sm, sid), 64);
        for (uint32_t bit = 14; bit < sm.oas_bits && !n; bit++) {
            uint64_t base = at_bit(&sm, bit, bytes);

            if (!base)
                continue;
            sm_set_field(&sm, sm_l1std_address(&sm, sid), "L1STD", "L2Ptr", base);
            refuse_fetch(&sm, "SMMU-7-038", &r, &e, base + low, 64);
        }
    }
    sm_close(&sm);
}

/* ---- SubstreamID ---- */

/* Beyond the table: the SubstreamID stands in the record as a whole. */
static void substream(struct test *t)
{
    struct sm_path path;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1_SSID, sm_sid(&sm, 0), 1, 0x11, 0x22);
    sm_ste_set(&sm, path.sid, "S1CDMax", 1);
    sm_ste_set(&sm, path.sid, "S1Fmt", SM_CD_LINEAR);
    sm_invalidate_all(&sm);
    for (uint32_t i = 2; i < 2 * sm.ssid_bits; i++) {
        uint32_t all = (1u << sm.ssid_bits) - 1;
        struct iotb_request r = sm_request(&path, IOTB_WRITE, INPUT, 8);

        r.pasid = i & 1 ? all & ~(1u << i / 2) : 1u << i / 2;
        if (r.pasid < 2)
            continue;
        test_context(t, "SubstreamID %x", r.pasid);
        sm_once(&sm);
        sm_expect_config(&sm, "SMMU-7-044", &r, SM_C_BAD_SUBSTREAMID, 0);
    }
    /* And in the records that have SSV. */
    sm_ste_set(&sm, path.sid, "V", 0);
    sm_invalidate_all(&sm);
    for (uint32_t bit = 0; bit < sm.ssid_bits; bit++) {
        struct iotb_request r = sm_request(&path, IOTB_WRITE, INPUT, 8);

        r.pasid = 1u << bit;
        test_context(t, "SubstreamID %x", r.pasid);
        sm_once(&sm);
        sm_expect_config(&sm, "SMMU-7-024", &r, SM_C_BAD_STE, 0);
    }
    sm_close(&sm);
}

/* ---- EventNumber ---- */

static void number_is_defined(struct sm *sm, const struct iotb_request *r)
{
    uint32_t type = sm_try(sm, r, NULL, 0).type;

    CHECK(sm->t, "SMMU-7-060", !type || strcmp(sm_event_name(type), "reserved event") || (type >= 0xe0 && type <= 0xef),
          "event number %02xh", type);
}

/* One word of memory, each bit inverted by itself. */
static void each_inverted(struct sm *sm, const char *what, uint64_t word, const struct iotb_request *r)
{
    uint64_t before = mem_read64(sm->t, word);

    for (uint32_t bit = 0; bit < 64; bit++) {
        test_context(sm->t, "%s at %llx, bit %u inverted", what, (unsigned long long)word, bit);
        mem_write64(sm->t, word, before ^ UINT64_C(1) << bit);
        sm_invalidate_all(sm);
        number_is_defined(sm, r);
    }
    mem_write64(sm->t, word, before);
    sm_invalidate_all(sm);
}

/* Records of many kinds: each has a number that is defined. */
static void numbers(struct test *t)
{
    struct sm_path path;
    struct iotb_request r;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    sm_path_page(&path, INPUT, SM_RW);
    r = sm_request(&path, IOTB_WRITE, INPUT + OFFSET, 8);
    each_inverted(&sm, "descriptor", sm_entry(&sm, path.s1, INPUT, 2), &r);
    each_inverted(&sm, "descriptor", sm_path_leaf(&path, INPUT), &r);
    for (uint32_t word = 0; word < 8; word++) {
        each_inverted(&sm, "STE", sm_ste_address(&sm, path.sid) + 8 * word, &r);
        each_inverted(&sm, "CD", sm_cd_address(&sm, path.sid, 0) + 8 * word, &r);
    }
    sm_close(&sm);
}

#define CASE(n, text, function, r, gated, needs)                                                                       \
    {                                                                                                                  \
        .name = "smmuv3.event_bits." n, .summary = text, .run = function, .rows = r, .gate = gated, .features = needs, \
        .functional = true, .tier = TIER_FULL                                                                          \
    }
#define S1 "IDR0.S1P&IDR0.TTF:1"

static const struct iotb_case cases[] = {
    CASE("input", "Each bit of InputAddr", inputs, "SMMU-3-512", "IDR0.TTF:1", 0),
    CASE("ipa", "Each bit of IPA", ipas, "SMMU-7-050", "IDR0.S1P&IDR0.S2P&IDR0.TTF:1", 0),
    CASE("fetch_cd", "Each bit of FetchAddr of a CD", cd, "SMMU-7-046", S1, IOTB_F_BENCH_MEMORY),
    CASE("fetch_table", "Each bit of FetchAddr of a table descriptor", table, "SMMU-7-048", S1, IOTB_F_BENCH_MEMORY),
    CASE("fetch_ste", "Each bit of FetchAddr of an STE", ste, "SMMU-7-038", "IDR0.ST_LEVEL", IOTB_F_BENCH_MEMORY),
    CASE("substream", "Each bit of SubstreamID", substream, "SMMU-7-024 SMMU-7-044", S1 "&IDR1.SSIDSIZE>=2", IOTB_F_PASID),
    CASE("numbers", "Whatever is wrong, the number of its record is a defined one", numbers, "SMMU-7-060", S1, 0),
};

const struct iotb_case_list sm_event_bits_cases = {cases, sizeof cases / sizeof cases[0]};
