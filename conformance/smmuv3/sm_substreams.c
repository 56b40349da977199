/* SPDX-License-Identifier: BSD-2-Clause */
/* Substreams: S1CDMax, S1DSS (3.3.2, 5.2). */
#include "sm_cd_rig.h"
#include "sm_chapters.h"

/* ---- S1CDMax ---- */

/* 2^S1CDMax CDs: the last SubstreamID is used, the next is C_BAD_SUBSTREAMID although there is a CD in memory. */
static void range(struct test *t)
{
    uint32_t ssid_bits = (uint32_t)sm_idr(t, 1, "SSIDSIZE");
    uint32_t most = cd_rig_least(ssid_bits, 12); /* a linear table of 2^12 CDs is 256 KiB */

    for (uint32_t max = 1; max <= most; max++) {
        struct cd_rig rig;
        struct sm sm;
        uint64_t last;

        if (max > 1)
            test_reset(t, IOTB_RESET_COLD);
        sm_open(&sm, t, NULL);
        cd_rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, max + 1, SM_S1DSS_TERMINATE);
        if (max < 20)
            cd_rig_substream(&rig, UINT32_C(1) << max);
        last = cd_rig_substream(&rig, (UINT32_C(1) << max) - 1);
        sm_ste_set(&sm, rig.sid, "S1CDMax", max);
        sm_invalidate_all(&sm);
        test_context(t, "S1CDMax=%u", max);
        cd_rig_arrives(&rig, "SMMU-5-036", (INT64_C(1) << max) - 1, last);
        cd_rig_refused(&rig, "SMMU-5-036", INT64_C(1) << max, SM_C_BAD_SUBSTREAMID);
        cd_rig_refused(&rig, "SMMU-5-036", 0xfffff, SM_C_BAD_SUBSTREAMID);
        sm_close(&sm);
    }
}

/* A page aligned as a table of 2^20 CDs must be; 0 when there is none. */
static uint64_t aligned_page(struct test *t)
{
    uint64_t step = UINT64_C(64) << 20, first = test_desc(t)->ram_base / step;

    for (uint64_t n = first ? first : 1; n < first + 64; n++)
        if (mem_claim(t, n * step, 4096))
            return n * step;
    return 0;
}

/* Above SSIDSIZE: ILLEGAL; at it: legal. */
static void too_many(struct test *t)
{
    uint32_t ssid_bits = (uint32_t)sm_idr(t, 1, "SSIDSIZE");
    struct cd_rig rig;
    struct sm sm;
    uint64_t host, table = aligned_page(t);

    if (!table)
        test_not_testable(t, "no memory at a multiple of 64 MiB");
    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 1, SM_S1DSS_TERMINATE);
    sm_ste_set(&sm, rig.sid, "S1ContextPtr", table);
    host = cd_rig_substream(&rig, 1);
    for (uint32_t max = 1; max < 32; max++) {
        if (max > 3 && max < ssid_bits)
            continue;
        test_context(t, "S1CDMax=%u, SSIDSIZE=%u", max, ssid_bits);
        sm_ste_set(&sm, rig.sid, "S1CDMax", max);
        sm_invalidate_all(&sm);
        if (max > ssid_bits)
            cd_rig_refused(&rig, "SMMU-5-033", 1, SM_C_BAD_STE);
        else
            cd_rig_arrives(&rig, "SMMU-5-033", 1, host);
    }
    sm_close(&sm);
}

/* C_BAD_STE comes before C_BAD_SUBSTREAMID, that before F_STREAM_DISABLED and C_BAD_CD (7.3.22). */
static void priority(struct test *t)
{
    uint32_t ssid_bits = (uint32_t)sm_idr(t, 1, "SSIDSIZE");
    struct cd_rig rig;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 1, SM_S1DSS_SSID0);
    host = cd_rig_substream(&rig, 1);
    cd_rig_arrives(&rig, "SMMU-7-062", 1, host);
    sm_cd_set(&sm, rig.sid, 1, "V", 0);
    sm_invalidate_all(&sm);
    cd_rig_refused(&rig, "SMMU-7-062", 1, SM_C_BAD_CD);
    cd_rig_refused(&rig, "SMMU-7-064", 2, SM_C_BAD_SUBSTREAMID);
    cd_rig_refused(&rig, "SMMU-7-062", 0, SM_F_STREAM_DISABLED); /* CD 0 is invalid too */
    if (ssid_bits < 20) {
        sm_ste_set(&sm, rig.sid, "S1CDMax", ssid_bits + 1);
        sm_invalidate_all(&sm);
        cd_rig_refused(&rig, "SMMU-7-063", 2, SM_C_BAD_STE);
        cd_rig_refused(&rig, "SMMU-7-063", 0xfffff, SM_C_BAD_STE);
    }
    sm_close(&sm);
}

/* S1CDMax=0: no substreams. S1DSS and S1Fmt mean nothing then, a SubstreamID is refused. */
static void without(struct test *t)
{
    struct cd_rig rig;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 0, 0);
    host = cd_rig_substream(&rig, 0);
    for (uint32_t code = 0; code < 16; code++) {
        test_context(t, "S1CDMax=0, S1DSS=%u, S1Fmt=%u", code % 4, code / 4);
        sm_ste_set(&sm, rig.sid, "S1DSS", code % 4);
        sm_ste_set(&sm, rig.sid, "S1Fmt", code / 4);
        sm_invalidate_all(&sm);
        cd_rig_arrives(&rig, code / 4 ? "SMMU-5-029" : "SMMU-5-042", -1, host);
        if (sm.ssid_bits && test_has(t, IOTB_F_PASID)) {
            cd_rig_refused(&rig, "SMMU-5-035", 0, SM_C_BAD_SUBSTREAMID);
            cd_rig_refused(&rig, "SMMU-5-035", 1, SM_C_BAD_SUBSTREAMID);
        }
    }
    sm_close(&sm);
}

/* SSIDSIZE=0: S1CDMax means nothing. */
static void unsupported(struct test *t)
{
    struct cd_rig rig;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 0, 0);
    host = cd_rig_substream(&rig, 0);
    for (uint32_t max = 0; max < 32; max++) {
        test_context(t, "SSIDSIZE=0, S1CDMax=%u", max);
        sm_ste_set(&sm, rig.sid, "S1CDMax", max);
        sm_ste_set(&sm, rig.sid, "S1Fmt", max % 4);
        sm_invalidate_all(&sm);
        cd_rig_arrives(&rig, "SMMU-5-034", -1, host);
    }
    if (test_has(t, IOTB_F_PASID))
        cd_rig_refused(&rig, "SMMU-7-045", 1, SM_C_BAD_SUBSTREAMID);
    sm_close(&sm);
}

/* A SubstreamID where stage 1 is not on. */
static void without_stage1_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, CD_RIG_INPUT, SM_RW);
    struct iotb_request r = sm_request(path, IOTB_WRITE, CD_RIG_INPUT + CD_RIG_OFFSET, 8);

    if (!sm_path_table(path))
        r.address = host + CD_RIG_OFFSET;
    sm_expect_ok(sm, "SMMU-5-037", &r, host + CD_RIG_OFFSET);
    r.flags |= IOTB_RQ_PASID;
    for (uint32_t n = 0; n <= sm->ssid_bits; n++) {
        r.pasid = n ? UINT32_C(1) << (n - 1) : 0;
        sm_expect_config(sm, "SMMU-5-037", &r, SM_C_BAD_SUBSTREAMID, host + CD_RIG_OFFSET);
    }
    r.flags &= ~IOTB_RQ_PASID;
    r.pasid = 0;
    sm_expect_ok(sm, "SMMU-5-037", &r, host + CD_RIG_OFFSET);
}

static void without_stage1(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_BYPASS) | SM_FLAVOUR(SM_F_S2), without_stage1_body);
}

/* ---- S1DSS ---- */

static void terminated(struct test *t)
{
    struct cd_rig rig;
    struct sm sm;
    uint64_t zero, one;

    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 2, 0);
    zero = cd_rig_substream(&rig, 0);
    one = cd_rig_substream(&rig, 1);
    for (uint32_t s1dss = 0; s1dss < 4; s1dss += 3) {
        test_context(t, "S1DSS=%u", s1dss);
        sm_ste_set(&sm, rig.sid, "S1DSS", s1dss);
        sm_invalidate_all(&sm);
        cd_rig_refused(&rig, "SMMU-5-038", -1, SM_F_STREAM_DISABLED);
        cd_rig_arrives(&rig, "SMMU-5-038", 0, zero);
        cd_rig_arrives(&rig, "SMMU-5-038", 1, one);
        cd_rig_refused(&rig, "SMMU-5-038", -1, SM_F_STREAM_DISABLED); /* whatever came before */
    }
    sm_close(&sm);
}

/* S1DSS=10: CD 0 belongs to requests without SubstreamID. */
static void cd0(struct test *t)
{
    struct cd_rig rig;
    struct sm sm;
    uint64_t zero, one;

    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 2, SM_S1DSS_SSID0);
    zero = cd_rig_substream(&rig, 0);
    one = cd_rig_substream(&rig, 1);
    for (uint32_t i = 0; i < 2; i++) { /* whatever came before */
        cd_rig_arrives(&rig, "SMMU-5-041", -1, zero);
        cd_rig_refused(&rig, "SMMU-5-041", 0, SM_F_STREAM_DISABLED);
        cd_rig_arrives(&rig, "SMMU-3-053", 1, one);
    }
    cd_rig_refused(&rig, "SMMU-7-042", 0, SM_F_STREAM_DISABLED);
    sm_close(&sm);
}

/* S1DSS=01: requests without SubstreamID skip stage 1, and no CD is read for them. */
static void skipped(struct test *t)
{
    uint64_t host, one, context;
    struct iotb_request r;
    struct cd_rig rig;
    struct sm sm;
    size_t mark;

    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 2, SM_S1DSS_BYPASS);
    one = cd_rig_substream(&rig, 1);
    host = mem_alloc(t, 4096, 4096);
    context = rig.ste.s1contextptr;
    r = cd_rig_request(&rig, -1);
    r.address = host + CD_RIG_OFFSET;
    mark = trace_mark(t);
    sm_expect_ok(&sm, "SMMU-5-039", &r, host + CD_RIG_OFFSET); /* CD 0 is invalid */
    if (test_has(t, IOTB_F_BENCH_MEMORY))
        CHECK_EQ(t, "SMMU-5-039", 0, trace_count(t, mark, context, context + 63, ACC_READS), "reads of CD 0");
    cd_rig_arrives(&rig, "SMMU-5-039", 1, one);
    sm_expect_ok(&sm, "SMMU-5-039", &r, host + CD_RIG_OFFSET);
    sm_close(&sm);
}

static void skipped_nested(struct test *t)
{
    uint64_t host, one;
    struct iotb_request r;
    struct cd_rig rig;
    struct sm sm;

    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_NESTED, SM_CD_LINEAR, 2, SM_S1DSS_BYPASS);
    one = cd_rig_substream(&rig, 1);
    host = mem_alloc(t, 65536, 65536);
    sm_map(&sm, rig.s2, UINT64_C(0x03450000), host, 0, SM_RW);
    r = cd_rig_request(&rig, -1);
    r.address = UINT64_C(0x03450000) + CD_RIG_OFFSET;
    sm_expect_ok(&sm, "SMMU-5-039", &r, host + CD_RIG_OFFSET);
    cd_rig_arrives(&rig, "SMMU-5-039", 1, one);
    sm_close(&sm);
}

/* Where stage 1 is skipped the input is checked against IAS, and the top byte is never ignored. */
static void skipped_range(struct test *t)
{
    struct sm_expected e = sm_s1_event(SM_F_ADDR_SIZE);
    struct iotb_request r;
    struct cd_rig rig;
    struct sm sm;
    uint64_t one;

    e.set = SM_E_NO_STALL;
    sm_open(&sm, t, NULL);
    cd_rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 2, SM_S1DSS_BYPASS);
    one = cd_rig_substream(&rig, 1);
    cd_rig_arrives(&rig, "SMMU-5-040", 1, one);
    r = cd_rig_request(&rig, -1);
    for (uint32_t bit = sm.ias_bits; bit < 64; bit++) {
        test_context(t, "S1DSS=01, input bit %u, IAS %u", bit, sm.ias_bits);
        r.address = UINT64_C(1) << bit | CD_RIG_OFFSET;
        sm_once(&sm);
        sm_expect_event(&sm, bit < 56 ? "SMMU-5-040" : "SMMU-5-132", &r, &e, 0);
    }
    r.address = (UINT64_C(1) << (sm.ias_bits - 1)) | CD_RIG_OFFSET;
    if (mem_claim(t, r.address & ~UINT64_C(0xfff), 4096))
        sm_expect_ok(&sm, "SMMU-5-040", &r, r.address);
    sm_close(&sm);
}

#define S1 "IDR0.TTF:1&IDR0.S1P"
#define SSID S1 "&IDR1.SSIDSIZE>=2"

static const struct iotb_case cases[] = {
    {.name = "smmuv3.cd_table.range",
     .summary = "SubstreamIDs below 2^S1CDMax are used, those above are C_BAD_SUBSTREAMID",
     .run = range,
     .rows = "SMMU-5-036",
     .gate = SSID,
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "smmuv3.cd_table.s1cdmax_illegal",
     .summary = "S1CDMax above SSIDSIZE is ILLEGAL, at it legal",
     .run = too_many,
     .rows = "SMMU-5-033",
     .gate = SSID,
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.priority",
     .summary = "C_BAD_STE before C_BAD_SUBSTREAMID before F_STREAM_DISABLED before C_BAD_CD",
     .run = priority,
     .rows = "SMMU-7-062 SMMU-7-063 SMMU-7-064",
     .gate = SSID,
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.without",
     .summary = "with S1CDMax=0 S1DSS and S1Fmt mean nothing and a SubstreamID is refused",
     .run = without,
     .rows = "SMMU-5-029 SMMU-5-035 SMMU-5-042",
     .gate = S1,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.unsupported",
     .summary = "with SSIDSIZE=0 S1CDMax means nothing",
     .run = unsupported,
     .rows = "SMMU-5-034 SMMU-7-045",
     .gate = S1 "&!IDR1.SSIDSIZE",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.without_stage1",
     .summary = "a SubstreamID is C_BAD_SUBSTREAMID on a stream without stage 1",
     .run = without_stage1,
     .rows = "SMMU-5-037",
     .gate = "IDR1.SSIDSIZE",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.s1dss_terminate",
     .summary = "S1DSS=00 and 11: requests without SubstreamID are F_STREAM_DISABLED, the others are served",
     .run = terminated,
     .rows = "SMMU-5-038",
     .gate = SSID,
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "smmuv3.cd_table.s1dss_cd0",
     .summary = "S1DSS=10: CD 0 is for requests without SubstreamID, SubstreamID 0 is F_STREAM_DISABLED",
     .run = cd0,
     .rows = "SMMU-5-041 SMMU-3-053 SMMU-7-042",
     .gate = SSID,
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.s1dss_skip",
     .summary = "S1DSS=01: requests without SubstreamID skip stage 1 and read no CD",
     .run = skipped,
     .rows = "SMMU-5-039",
     .gate = SSID,
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.s1dss_skip_nested",
     .summary = "S1DSS=01 with both stages: stage 2 alone",
     .run = skipped_nested,
     .rows = "SMMU-5-039",
     .gate = SSID "&IDR0.S2P",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd_table.s1dss_skip_range",
     .summary = "S1DSS=01: an input above IAS is F_ADDR_SIZE of stage 1, tagged addresses too",
     .run = skipped_range,
     .rows = "SMMU-5-040 SMMU-5-132",
     .gate = SSID,
     .features = IOTB_F_PASID | IOTB_F_WIDE_ADDRESS,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list sm_substreams_cases = {cases, sizeof cases / sizeof cases[0]};
