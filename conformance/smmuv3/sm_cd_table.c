/* SPDX-License-Identifier: BSD-2-Clause */
/* CD tables: S1Fmt, S1ContextPtr, L1CD and what a fetch of them meets (3.3.2, 5.2, 5.3). */
#include "sm_cd_rig.h"
#include "sm_chapters.h"

/* ---- S1Fmt ---- */

/* SubstreamIDs with every bit, and their neighbours, each with a CD of its own. */
static void check_index(struct cd_rig *rig, const char *row, uint32_t s1cdmax)
{
    uint32_t ssids[44], count = 0;
    uint64_t hosts[44];

    ssids[count++] = 0;
    for (uint32_t bit = 0; bit < s1cdmax; bit++) {
        ssids[count++] = UINT32_C(1) << bit;
        if (bit > 1)
            ssids[count++] = (UINT32_C(1) << bit) | 1;
    }
    for (uint32_t i = 0; i < count; i++)
        hosts[i] = cd_rig_substream(rig, ssids[i]);
    sm_invalidate_all(rig->sm);
    for (uint32_t i = 0; i < count; i++) {
        test_context(rig->sm->t, "S1Fmt=%u, S1CDMax=%u, SubstreamID=%x", rig->ste.s1fmt, s1cdmax, ssids[i]);
        cd_rig_arrives(rig, row, ssids[i], hosts[i]);
    }
}

static void format(struct test *t, uint32_t s1fmt, uint32_t most, const char *row)
{
    uint32_t ssid_bits = (uint32_t)sm_idr(t, 1, "SSIDSIZE");
    uint32_t sizes[] = {cd_rig_least(ssid_bits, 3), cd_rig_least(ssid_bits, 7), cd_rig_least(ssid_bits, 11),
                        cd_rig_least(ssid_bits, most)};

    for (uint32_t i = 0; i < 8; i++) {
        uint32_t max = sizes[i / 2], config = i % 2 ? SM_NESTED : SM_S1;
        struct cd_rig rig;
        struct sm sm;

        if ((i > 1 && max == sizes[i / 2 - 1]) || (config == SM_NESTED && !sm_idr(t, 0, "S2P")))
            continue;
        if (i)
            test_reset(t, IOTB_RESET_COLD);
        sm_open(&sm, t, NULL);
        cd_rig_open(&rig, &sm, config, s1fmt, max, SM_S1DSS_TERMINATE);
        check_index(&rig, row, max);
        sm_close(&sm);
    }
}

static void linear(struct test *t)
{
    format(t, SM_CD_LINEAR, 12, "SMMU-5-024");
}

static void leaf_4k(struct test *t)
{
    format(t, SM_CD_4K, 20, "SMMU-5-025");
}

static void leaf_64k(struct test *t)
{
    format(t, SM_CD_64K, 20, "SMMU-5-026");
}

/* S1Fmt=11 is linear. */
static void reserved_format(struct test *t)
{
    struct cd_rig rig;
    struct sm sm;

    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, cd_rig_least((uint32_t)sm_idr(t, 1, "SSIDSIZE"), 8), SM_S1DSS_TERMINATE);
    sm_ste_set(&sm, rig.sid, "S1Fmt", 3);
    check_index(&rig, "SMMU-5-027", rig.ste.s1cdmax);
    sm_close(&sm);
}

/* Without two-level tables the two-level formats are ILLEGAL; of 11 the text says ILLEGAL and the pseudocode linear. */
static void format_unsupported(struct test *t)
{
    struct iotb_request r;
    struct sm_seen seen;
    struct cd_rig rig;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 1, SM_S1DSS_TERMINATE);
    host = cd_rig_substream(&rig, 1);
    cd_rig_arrives(&rig, "SMMU-5-028", 1, host);
    for (uint32_t s1fmt = 1; s1fmt < 3; s1fmt++) {
        sm_ste_set(&sm, rig.sid, "S1Fmt", s1fmt);
        sm_invalidate_all(&sm);
        cd_rig_refused(&rig, "SMMU-5-028", 1, SM_C_BAD_STE);
    }
    sm_ste_set(&sm, rig.sid, "S1Fmt", 3);
    sm_invalidate_all(&sm);
    r = cd_rig_request(&rig, 1);
    r.address = CD_RIG_INPUT;
    seen = sm_try(&sm, &r, &host, 1);
    CHECK(t, "SMMU-5-028", seen.result == SM_ARRIVED || (seen.result == SM_REFUSED && seen.type == SM_C_BAD_STE),
          "S1Fmt=11: result %d, event %02xh", (int)seen.result, seen.type);
    sm_close(&sm);
}

/* ---- S1ContextPtr ---- */

/* Bits of S1ContextPtr inside the table: taken as 0, or another CD of the table. */
static void pointer_low_bits(struct test *t)
{
    uint64_t hosts[8], ste;
    struct iotb_request r;
    struct cd_rig rig;
    struct sm sm;

    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 3, SM_S1DSS_TERMINATE);
    for (uint32_t ssid = 0; ssid < 8; ssid++)
        hosts[(ssid - 2) & 7] = cd_rig_substream(&rig, ssid); /* SubstreamID 2 first */
    ste = sm_ste_address(&sm, rig.sid);
    r = cd_rig_request(&rig, 2);
    r.address = CD_RIG_INPUT;
    for (uint32_t bit = 6; bit < 9; bit++) {
        struct sm_seen seen;

        sm_set_bits(&sm, ste, bit, bit, 1);
        sm_invalidate_all(&sm);
        seen = sm_try(&sm, &r, hosts, 8);
        CHECK(t, "SMMU-5-030", seen.result == SM_ARRIVED || seen.result == SM_ARRIVED_OTHER,
              "S1ContextPtr bit %u set in a table of 8 CDs: result %d, event %02xh", bit, (int)seen.result, seen.type);
        sm_set_bits(&sm, ste, bit, bit, 0);
    }
    sm_invalidate_all(&sm);
    sm_expect_ok(&sm, "SMMU-5-030", &r, hosts[0]);
    sm_close(&sm);
}

/* Every bit below OAS counts; a pointer above OAS is a bad STE from v3.1 on. */
static void pointer_bits(struct test *t)
{
    struct iotb_request r;
    struct cd_rig rig;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 0, 0);
    host = cd_rig_substream(&rig, 0);
    r = cd_rig_request(&rig, -1);
    if (test_has(t, IOTB_F_BENCH_MEMORY))
        sm_walk_pointer_field(&sm, "SMMU-5-031", sm_ste_address(&sm, rig.sid), "STE", "S1ContextPtr", 6, 64, &r,
                              host + CD_RIG_OFFSET);
    for (uint32_t bit = sm.oas_bits; bit < 56; bit++) {
        test_context(t, "S1ContextPtr bit %u, OAS %u", bit, sm.oas_bits);
        sm_ste_set(&sm, rig.sid, "S1ContextPtr", rig.ste.s1contextptr | UINT64_C(1) << bit);
        sm_invalidate_all(&sm);
        sm_once(&sm);
        sm_expect_config(&sm, "SMMU-5-031", &r, SM_C_BAD_STE, host + CD_RIG_OFFSET);
    }
    sm_close(&sm);
}

/* Through an STE that is ILLEGAL for its pointer no CD is fetched. */
static void pointer_unused(struct test *t)
{
    struct iotb_request r;
    struct cd_rig rig;
    struct sm sm;
    uint64_t host;
    size_t mark;

    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 0, 0);
    host = cd_rig_substream(&rig, 0);
    r = cd_rig_request(&rig, -1);
    sm_expect_ok(&sm, "SMMU-3-080", &r, host + CD_RIG_OFFSET);
    mark = trace_mark(t);
    for (uint32_t bit = sm.oas_bits; bit < 52; bit++) {
        struct sm_seen seen;

        sm_ste_set(&sm, rig.sid, "S1ContextPtr", rig.ste.s1contextptr | UINT64_C(1) << bit);
        sm_invalidate_all(&sm);
        seen = sm_try(&sm, &r, &host, 1);
        CHECK(t, "SMMU-3-080", seen.result == SM_REFUSED, "S1ContextPtr bit %u: the request is not refused", bit);
    }
    CHECK_EQ(t, "SMMU-3-080", 0, trace_count(t, mark, UINT64_C(1) << sm.oas_bits, UINT64_MAX, ACC_ANY),
             "accesses beyond the OAS");
    sm_close(&sm);
}

/* Nested: above IAS a bad STE, or the stage 2 fault of the whole IPA. */
static void pointer_above_ias(struct test *t)
{
    struct iotb_request r;
    struct cd_rig rig;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_NESTED, SM_CD_LINEAR, 0, 0);
    host = cd_rig_substream(&rig, 0);
    r = cd_rig_request(&rig, -1);
    sm_expect_ok(&sm, "SMMU-5-032", &r, host + CD_RIG_OFFSET);
    for (uint32_t bit = sm.ias_bits; bit < 56; bit++) {
        uint64_t pointer = rig.ste.s1contextptr | UINT64_C(1) << bit;
        struct sm_expected legal[] = {sm_config_event(SM_C_BAD_STE), sm_s2_event(SM_F_TRANSLATION, SM_CLASS_CD, pointer)};

        legal[1].set = SM_E_NO_IPA; /* bits above OAS are RES0 in the record, but the text wants the address whole */
        test_context(t, "S1ContextPtr bit %u, IAS %u", bit, sm.ias_bits);
        sm_ste_set(&sm, rig.sid, "S1ContextPtr", pointer);
        sm_invalidate_all(&sm);
        sm_once(&sm);
        sm_expect_event_any(&sm, "SMMU-5-032", &r, legal, 2, host + CD_RIG_OFFSET);
    }
    sm_close(&sm);
}

/* ---- L1CD ---- */

/* V=0 refuses the SubstreamIDs of the leaf table, whatever the pointer; the record names the index used. */
static void l1cd_invalid(struct test *t)
{
    struct sm_expected zero = sm_config_event(SM_C_BAD_SUBSTREAMID);
    uint64_t first, second;
    struct iotb_request r;
    struct cd_rig rig;
    struct sm sm;

    zero.set = SM_E_SSID;
    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_S1, SM_CD_4K, 7, SM_S1DSS_SSID0);
    first = cd_rig_substream(&rig, 0);
    second = cd_rig_substream(&rig, 0x41);
    cd_rig_arrives(&rig, "SMMU-7-013", -1, first);
    cd_rig_arrives(&rig, "SMMU-7-013", 0x41, second);
    for (uint32_t i = 0; i < 2; i++) {
        mem_write64(t, sm_l1cd_address(&sm, rig.sid, 0x40), i ? UINT64_C(0x00fffffffffff000) : 0);
        sm_invalidate_all(&sm);
        cd_rig_refused(&rig, "SMMU-7-013", 0x41, SM_C_BAD_SUBSTREAMID);
        cd_rig_refused(&rig, "SMMU-7-044", 0x7f, SM_C_BAD_SUBSTREAMID);
        cd_rig_arrives(&rig, "SMMU-7-013", -1, first);
    }
    mem_write64(t, sm_l1cd_address(&sm, rig.sid, 0), 0);
    sm_invalidate_all(&sm);
    r = cd_rig_request(&rig, -1);
    sm_expect_event(&sm, "SMMU-7-013", &r, &zero, first + CD_RIG_OFFSET);
    sm_close(&sm);
}

static void l1cd_pointer(struct test *t)
{
    struct iotb_request r;
    struct cd_rig rig;
    struct sm sm;
    uint64_t host, l1cd, word;

    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_S1, SM_CD_4K, 7, SM_S1DSS_TERMINATE);
    host = cd_rig_substream(&rig, 0x41);
    r = cd_rig_request(&rig, 0x41);
    l1cd = sm_l1cd_address(&sm, rig.sid, 0x41);
    word = mem_read64(t, l1cd);
    if (test_has(t, IOTB_F_BENCH_MEMORY))
        sm_walk_pointer_field(&sm, "SMMU-5-025", l1cd, "L1CD", "L2Ptr", 12, 4096, &r, host + CD_RIG_OFFSET);
    for (uint32_t bit = sm.oas_bits; bit < 56; bit++) {
        test_context(t, "L1CD.L2Ptr bit %u, OAS %u", bit, sm.oas_bits);
        mem_write64(t, l1cd, word | UINT64_C(1) << bit);
        sm_invalidate_all(&sm);
        sm_once(&sm);
        if (sm.minor >= 1)
            sm_expect_config(&sm, "SMMU-5-107", &r, SM_C_BAD_SUBSTREAMID, host + CD_RIG_OFFSET);
    }
    sm_close(&sm);
}

/* Nested: above IAS C_BAD_SUBSTREAMID, or the stage 2 fault. */
static void l1cd_pointer_nested(struct test *t)
{
    struct iotb_request r;
    struct cd_rig rig;
    struct sm sm;
    uint64_t host, l1cd, word;

    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_NESTED, SM_CD_4K, 7, SM_S1DSS_TERMINATE);
    host = cd_rig_substream(&rig, 0x41);
    r = cd_rig_request(&rig, 0x41);
    sm_expect_ok(&sm, "SMMU-5-108", &r, host + CD_RIG_OFFSET);
    l1cd = sm_l1cd_address(&sm, rig.sid, 0x41);
    word = mem_read64(t, l1cd);
    for (uint32_t bit = sm.ias_bits; bit < 56; bit++) {
        struct sm_expected legal[] = {sm_config_event(SM_C_BAD_SUBSTREAMID), sm_s2_event(SM_F_TRANSLATION, SM_CLASS_CD, 0)};

        legal[1].set = SM_E_NO_IPA;
        test_context(t, "L1CD.L2Ptr bit %u, IAS %u", bit, sm.ias_bits);
        mem_write64(t, l1cd, word | UINT64_C(1) << bit);
        sm_invalidate_all(&sm);
        sm_once(&sm);
        sm_expect_event_any(&sm, "SMMU-5-108", &r, legal, 2, host + CD_RIG_OFFSET);
    }
    sm_close(&sm);
}

/* Bits 11:1 are reserved: no part of the address. With 64K leaf tables bits 15:12 are taken as 0 as well. */
static void l1cd_reserved(struct test *t)
{
    uint64_t host, l1cd, word;
    struct iotb_request r;
    struct cd_rig rig;
    struct sm sm;

    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_S1, SM_CD_4K, 7, SM_S1DSS_TERMINATE);
    host = cd_rig_substream(&rig, 0x41);
    r = cd_rig_request(&rig, 0x41);
    r.address = CD_RIG_INPUT;
    l1cd = sm_l1cd_address(&sm, rig.sid, 0x41);
    word = mem_read64(t, l1cd);
    for (uint32_t bit = 1; bit < 64; bit = bit == 11 ? 56 : bit + 1) {
        struct sm_seen seen;

        mem_write64(t, l1cd, word | UINT64_C(1) << bit);
        sm_invalidate_all(&sm);
        seen = sm_try(&sm, &r, &host, 1);
        CHECK(t, "SMMU-5-109",
              seen.result == SM_ARRIVED ||
                  (seen.result == SM_REFUSED && (seen.type == SM_C_BAD_SUBSTREAMID || seen.type == SM_C_BAD_CD)),
              "L1CD bit %u: result %d, event %02xh", bit, (int)seen.result, seen.type);
    }
    sm_close(&sm);
}

/* ---- fetches ---- */

/* An abort of the CD or L1CD is recorded with its address and is not cached; A, R and S have no say. */
static void fetch_aborts(struct test *t)
{
    uint64_t host, entries[2];
    struct iotb_request r;
    struct cd_rig rig;
    struct sm sm;

    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_S1, sm_idr(t, 0, "CD2L") ? SM_CD_4K : SM_CD_LINEAR,
                cd_rig_least((uint32_t)sm_idr(t, 1, "SSIDSIZE"), 7), SM_S1DSS_TERMINATE);
    host = cd_rig_substream(&rig, 1);
    r = cd_rig_request(&rig, 1);
    entries[0] = sm_cd_address(&sm, rig.sid, 1);
    entries[1] = sm_l1cd_address(&sm, rig.sid, 1);
    for (uint32_t i = 0; i < (entries[1] ? 2u : 1u); i++) {
        struct sm_expected e = {.type = SM_F_CD_FETCH, .fetch = entries[i]};

        test_context(t, "%s", i ? "L1CD" : "CD");
        inject_fault(t, INJECT_ABORT, entries[i], entries[i] + (i ? 7 : 63), ACC_READS, 1, UINT64_MAX);
        sm_invalidate_all(&sm);
        sm_expect_event(&sm, "SMMU-7-046", &r, &e, host + CD_RIG_OFFSET);
        inject_clear(t);
        sm_expect_ok(&sm, "SMMU-5-160", &r, host + CD_RIG_OFFSET);
    }
    sm_close(&sm);
}

/* Nested: the address is the physical one; a stage 2 fault of the fetch is not cached either. */
static void fetch_aborts_nested(struct test *t)
{
    struct sm_expected e = {.type = SM_F_CD_FETCH};
    uint64_t host, cd, leaf, word;
    struct iotb_request r;
    struct cd_rig rig;
    struct sm sm;

    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_NESTED, SM_CD_LINEAR, 0, 0);
    host = cd_rig_substream(&rig, 0);
    r = cd_rig_request(&rig, -1);
    cd = sm_cd_address(&sm, rig.sid, 0);
    e.fetch = cd;
    inject_fault(t, INJECT_ABORT, cd, cd + 63, ACC_READS, 1, UINT64_MAX);
    sm_invalidate_all(&sm);
    sm_expect_event(&sm, "SMMU-7-046", &r, &e, host + CD_RIG_OFFSET);
    inject_clear(t);
    sm_expect_ok(&sm, "SMMU-5-160", &r, host + CD_RIG_OFFSET);
    leaf = sm_entry(&sm, rig.s2, rig.ste.s1contextptr, 3);
    word = mem_read64(t, leaf);
    e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_CD, rig.ste.s1contextptr);
    mem_write64(t, leaf, 0);
    sm_invalidate_all(&sm);
    sm_expect_event(&sm, "SMMU-D8-027", &r, &e, host + CD_RIG_OFFSET);
    mem_write64(t, leaf, word);
    sm_expect_ok(&sm, "SMMU-5-160", &r, host + CD_RIG_OFFSET);
    sm_close(&sm);
}

#define S1 "IDR0.TTF:1&IDR0.S1P"
#define SSID S1 "&IDR1.SSIDSIZE>=2"
#define NESTED S1 "&IDR0.S2P"

static const struct iotb_case cases[] = {
    {.name = "smmuv3.cd_table.linear",
     .summary = "in a linear table every SubstreamID bit selects a CD",
     .run = linear,
     .rows = "SMMU-5-024",
     .gate = SSID,
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.leaf_4k",
     .summary = "with 4K leaf tables SubstreamID bits 5:0 select the CD, the others the L1CD",
     .run = leaf_4k,
     .rows = "SMMU-5-025",
     .gate = SSID "&IDR0.CD2L",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.leaf_64k",
     .summary = "with 64K leaf tables SubstreamID bits 9:0 select the CD, the others the L1CD",
     .run = leaf_64k,
     .rows = "SMMU-5-026",
     .gate = SSID "&IDR0.CD2L",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.reserved_format",
     .summary = "S1Fmt=11 acts as linear",
     .run = reserved_format,
     .rows = "SMMU-5-027",
     .gate = SSID "&IDR0.CD2L",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.format_unsupported",
     .summary = "two-level formats are ILLEGAL where there are none",
     .run = format_unsupported,
     .rows = "SMMU-5-028",
     .gate = SSID "&!IDR0.CD2L",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.pointer_low_bits",
     .summary = "bits of S1ContextPtr inside the table lead to no CD outside it",
     .run = pointer_low_bits,
     .rows = "SMMU-5-030",
     .gate = S1 "&IDR1.SSIDSIZE>=4",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.pointer_bits",
     .summary = "every bit of S1ContextPtr below OAS counts, one above it is ILLEGAL",
     .run = pointer_bits,
     .rows = "SMMU-5-031",
     .gate = S1 "&AIDR>=1",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.pointer_unused",
     .summary = "an S1ContextPtr above OAS is not followed",
     .run = pointer_unused,
     .rows = "SMMU-3-080",
     .gate = S1 "&AIDR>=1&IDR5.OAS<6",
     .features = IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.pointer_above_ias",
     .summary = "nested: an S1ContextPtr above IAS is ILLEGAL or a stage 2 fault",
     .run = pointer_above_ias,
     .rows = "SMMU-5-032",
     .gate = NESTED "&AIDR>=1&IDR5.OAS<7",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.l1cd_invalid",
     .summary = "an invalid L1CD is C_BAD_SUBSTREAMID with the index that was used",
     .run = l1cd_invalid,
     .rows = "SMMU-7-013 SMMU-7-044",
     .gate = S1 "&IDR0.CD2L&IDR1.SSIDSIZE>=7",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.l1cd_pointer",
     .summary = "every bit of L2Ptr below OAS counts, one above it is C_BAD_SUBSTREAMID",
     .run = l1cd_pointer,
     .rows = "SMMU-5-025 SMMU-5-107",
     .gate = S1 "&IDR0.CD2L&IDR1.SSIDSIZE>=7",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.l1cd_pointer_nested",
     .summary = "nested: an L2Ptr above IAS is C_BAD_SUBSTREAMID or a stage 2 fault",
     .run = l1cd_pointer_nested,
     .rows = "SMMU-5-108",
     .gate = NESTED "&AIDR>=1&IDR0.CD2L&IDR1.SSIDSIZE>=7&IDR5.OAS<7",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.l1cd_reserved",
     .summary = "reserved bits of an L1CD are no part of the address",
     .run = l1cd_reserved,
     .rows = "SMMU-5-109",
     .gate = S1 "&IDR0.CD2L&IDR1.SSIDSIZE>=7",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.fetch_aborts",
     .summary = "an aborted fetch of a CD or L1CD is F_CD_FETCH with its address and is not cached",
     .run = fetch_aborts,
     .rows = "SMMU-7-046 SMMU-5-160",
     .gate = SSID,
     .features = IOTB_F_PASID | IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.fetch_aborts_nested",
     .summary = "nested: F_CD_FETCH has the physical address, a stage 2 fault of the fetch is not cached",
     .run = fetch_aborts_nested,
     .rows = "SMMU-7-046 SMMU-5-160 SMMU-D8-027",
     .gate = NESTED,
     .features = IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list sm_cd_table_cases = {cases, sizeof cases / sizeof cases[0]};
