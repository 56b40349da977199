/* SPDX-License-Identifier: BSD-2-Clause */
/* Substreams and CD tables: S1CDMax, S1DSS, S1Fmt, S1ContextPtr, L1CD (3.3.2, 5.2, 5.3). */
#include "build/sm.h"
#include "sm_chapters.h"

#define INPUT UINT64_C(0x01e63000)
#define OFFSET 0xa8u

/* A stream with substreams: stage 1 tables of its own for each SubstreamID that is opened. */
struct rig {
    struct sm *sm;
    struct sm_ste ste;
    struct sm_table *s2;
    uint32_t sid, opened;
};

static void rig_open(struct rig *rig, struct sm *sm, uint32_t config, uint32_t s1fmt, uint32_t s1cdmax, uint32_t s1dss)
{
    *rig = (struct rig){.sm = sm, .sid = sm_sid(sm, 0)};
    rig->s2 = config == SM_NESTED ? sm_table_new(sm, 2, NULL) : NULL;
    rig->ste = (struct sm_ste){.config = config, .s1fmt = s1fmt, .s1cdmax = s1cdmax, .s1dss = s1dss, .vmid = 9, .s2 = rig->s2};
    rig->ste.s1contextptr = sm_cd_table_new(sm, s1fmt, s1cdmax, rig->s2);
    sm_set_ste(sm, rig->sid, &rig->ste);
    sm_invalidate_all(sm);
}

/* What requests of a SubstreamID reach: a page of its own at INPUT. */
static uint64_t substream_open(struct rig *rig, uint32_t ssid)
{
    struct sm_path path = {.sm = rig->sm, .flavour = &sm_flavours[rig->s2 ? SM_F_NESTED_SSID : SM_F_S1_SSID], .s2 = rig->s2};
    struct sm_cd cd = {.asid = ++rig->opened};

    path.s1 = rig->s2 ? sm_table_new_nested(rig->sm, NULL, rig->s2, false) : sm_table_new(rig->sm, 1, NULL);
    cd.ttb0 = path.s1;
    sm_set_cd(rig->sm, rig->sid, ssid, &cd);
    return sm_path_page(&path, INPUT, SM_RW);
}

/* ssid < 0: without SubstreamID. */
static struct iotb_request request(const struct rig *rig, int64_t ssid)
{
    struct iotb_request r = sm_plain_request(rig->sm, rig->sid, INPUT + OFFSET);

    if (ssid >= 0) {
        r.flags = IOTB_RQ_PASID;
        r.pasid = (uint32_t)ssid;
    }
    return r;
}

static bool arrives(const struct rig *rig, const char *row, int64_t ssid, uint64_t host)
{
    struct iotb_request r = request(rig, ssid);

    return sm_expect_ok(rig->sm, row, &r, host + OFFSET);
}

static bool refused(const struct rig *rig, const char *row, int64_t ssid, uint32_t type)
{
    struct iotb_request r = request(rig, ssid);

    return sm_expect_config(rig->sm, row, &r, type, 0);
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* ---- S1CDMax ---- */

/* 2^S1CDMax CDs: the last SubstreamID is used, the next is C_BAD_SUBSTREAMID although there is a CD in memory. */
static void range(struct test *t)
{
    uint32_t ssid_bits = (uint32_t)sm_idr(t, 1, "SSIDSIZE");
    uint32_t most = least(ssid_bits, 12); /* a linear table of 2^12 CDs is 256 KiB */

    for (uint32_t max = 1; max <= most; max++) {
        struct rig rig;
        struct sm sm;
        uint64_t last;

        if (max > 1)
            test_reset(t, IOTB_RESET_COLD);
        sm_open(&sm, t, NULL);
        rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, max + 1, SM_S1DSS_TERMINATE);
        if (max < 20)
            substream_open(&rig, UINT32_C(1) << max);
        last = substream_open(&rig, (UINT32_C(1) << max) - 1);
        sm_ste_set(&sm, rig.sid, "S1CDMax", max);
        sm_invalidate_all(&sm);
        test_context(t, "S1CDMax=%u", max);
        arrives(&rig, "SMMU-5-036", (INT64_C(1) << max) - 1, last);
        refused(&rig, "SMMU-5-036", INT64_C(1) << max, SM_C_BAD_SUBSTREAMID);
        refused(&rig, "SMMU-5-036", 0xfffff, SM_C_BAD_SUBSTREAMID);
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
    struct rig rig;
    struct sm sm;
    uint64_t host, table = aligned_page(t);

    if (!table)
        test_not_testable(t, "no memory at a multiple of 64 MiB");
    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 1, SM_S1DSS_TERMINATE);
    sm_ste_set(&sm, rig.sid, "S1ContextPtr", table);
    host = substream_open(&rig, 1);
    for (uint32_t max = 1; max < 32; max++) {
        if (max > 3 && max < ssid_bits)
            continue;
        test_context(t, "S1CDMax=%u, SSIDSIZE=%u", max, ssid_bits);
        sm_ste_set(&sm, rig.sid, "S1CDMax", max);
        sm_invalidate_all(&sm);
        if (max > ssid_bits)
            refused(&rig, "SMMU-5-033", 1, SM_C_BAD_STE);
        else
            arrives(&rig, "SMMU-5-033", 1, host);
    }
    sm_close(&sm);
}

/* C_BAD_STE comes before C_BAD_SUBSTREAMID, that before F_STREAM_DISABLED and C_BAD_CD (7.3.22). */
static void priority(struct test *t)
{
    uint32_t ssid_bits = (uint32_t)sm_idr(t, 1, "SSIDSIZE");
    struct rig rig;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 1, SM_S1DSS_SSID0);
    host = substream_open(&rig, 1);
    arrives(&rig, "SMMU-7-062", 1, host);
    sm_cd_set(&sm, rig.sid, 1, "V", 0);
    sm_invalidate_all(&sm);
    refused(&rig, "SMMU-7-062", 1, SM_C_BAD_CD);
    refused(&rig, "SMMU-7-064", 2, SM_C_BAD_SUBSTREAMID);
    refused(&rig, "SMMU-7-062", 0, SM_F_STREAM_DISABLED); /* CD 0 is invalid too */
    if (ssid_bits < 20) {
        sm_ste_set(&sm, rig.sid, "S1CDMax", ssid_bits + 1);
        sm_invalidate_all(&sm);
        refused(&rig, "SMMU-7-063", 2, SM_C_BAD_STE);
        refused(&rig, "SMMU-7-063", 0xfffff, SM_C_BAD_STE);
    }
    sm_close(&sm);
}

/* S1CDMax=0: no substreams. S1DSS and S1Fmt mean nothing then, a SubstreamID is refused. */
static void without(struct test *t)
{
    struct rig rig;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 0, 0);
    host = substream_open(&rig, 0);
    for (uint32_t code = 0; code < 16; code++) {
        test_context(t, "S1CDMax=0, S1DSS=%u, S1Fmt=%u", code % 4, code / 4);
        sm_ste_set(&sm, rig.sid, "S1DSS", code % 4);
        sm_ste_set(&sm, rig.sid, "S1Fmt", code / 4);
        sm_invalidate_all(&sm);
        arrives(&rig, code / 4 ? "SMMU-5-029" : "SMMU-5-042", -1, host);
        if (sm.ssid_bits && test_has(t, IOTB_F_PASID)) {
            refused(&rig, "SMMU-5-035", 0, SM_C_BAD_SUBSTREAMID);
            refused(&rig, "SMMU-5-035", 1, SM_C_BAD_SUBSTREAMID);
        }
    }
    sm_close(&sm);
}

/* SSIDSIZE=0: S1CDMax means nothing. */
static void unsupported(struct test *t)
{
    struct rig rig;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 0, 0);
    host = substream_open(&rig, 0);
    for (uint32_t max = 0; max < 32; max++) {
        test_context(t, "SSIDSIZE=0, S1CDMax=%u", max);
        sm_ste_set(&sm, rig.sid, "S1CDMax", max);
        sm_ste_set(&sm, rig.sid, "S1Fmt", max % 4);
        sm_invalidate_all(&sm);
        arrives(&rig, "SMMU-5-034", -1, host);
    }
    if (test_has(t, IOTB_F_PASID))
        refused(&rig, "SMMU-7-045", 1, SM_C_BAD_SUBSTREAMID);
    sm_close(&sm);
}

/* A SubstreamID where stage 1 is not on. */
static void without_stage1_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + OFFSET, 8);

    if (!sm_path_table(path))
        r.address = host + OFFSET;
    sm_expect_ok(sm, "SMMU-5-037", &r, host + OFFSET);
    r.flags |= IOTB_RQ_PASID;
    for (uint32_t n = 0; n <= sm->ssid_bits; n++) {
        r.pasid = n ? UINT32_C(1) << (n - 1) : 0;
        sm_expect_config(sm, "SMMU-5-037", &r, SM_C_BAD_SUBSTREAMID, host + OFFSET);
    }
    r.flags &= ~IOTB_RQ_PASID;
    r.pasid = 0;
    sm_expect_ok(sm, "SMMU-5-037", &r, host + OFFSET);
}

static void without_stage1(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_BYPASS) | SM_FLAVOUR(SM_F_S2), without_stage1_body);
}

/* ---- S1DSS ---- */

static void terminated(struct test *t)
{
    struct rig rig;
    struct sm sm;
    uint64_t zero, one;

    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 2, 0);
    zero = substream_open(&rig, 0);
    one = substream_open(&rig, 1);
    for (uint32_t s1dss = 0; s1dss < 4; s1dss += 3) {
        test_context(t, "S1DSS=%u", s1dss);
        sm_ste_set(&sm, rig.sid, "S1DSS", s1dss);
        sm_invalidate_all(&sm);
        refused(&rig, "SMMU-5-038", -1, SM_F_STREAM_DISABLED);
        arrives(&rig, "SMMU-5-038", 0, zero);
        arrives(&rig, "SMMU-5-038", 1, one);
        refused(&rig, "SMMU-5-038", -1, SM_F_STREAM_DISABLED); /* whatever came before */
    }
    sm_close(&sm);
}

/* S1DSS=10: CD 0 belongs to requests without SubstreamID. */
static void cd0(struct test *t)
{
    struct rig rig;
    struct sm sm;
    uint64_t zero, one;

    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 2, SM_S1DSS_SSID0);
    zero = substream_open(&rig, 0);
    one = substream_open(&rig, 1);
    for (uint32_t i = 0; i < 2; i++) { /* whatever came before */
        arrives(&rig, "SMMU-5-041", -1, zero);
        refused(&rig, "SMMU-5-041", 0, SM_F_STREAM_DISABLED);
        arrives(&rig, "SMMU-3-053", 1, one);
    }
    refused(&rig, "SMMU-7-042", 0, SM_F_STREAM_DISABLED);
    sm_close(&sm);
}

/* S1DSS=01: requests without SubstreamID skip stage 1, and no CD is read for them. */
static void skipped(struct test *t)
{
    uint64_t host, one, context;
    struct iotb_request r;
    struct rig rig;
    struct sm sm;
    size_t mark;

    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 2, SM_S1DSS_BYPASS);
    one = substream_open(&rig, 1);
    host = mem_alloc(t, 4096, 4096);
    context = rig.ste.s1contextptr;
    r = request(&rig, -1);
    r.address = host + OFFSET;
    mark = trace_mark(t);
    sm_expect_ok(&sm, "SMMU-5-039", &r, host + OFFSET); /* CD 0 is invalid */
    if (test_has(t, IOTB_F_BENCH_MEMORY))
        CHECK_EQ(t, "SMMU-5-039", 0, trace_count(t, mark, context, context + 63, ACC_READS), "reads of CD 0");
    arrives(&rig, "SMMU-5-039", 1, one);
    sm_expect_ok(&sm, "SMMU-5-039", &r, host + OFFSET);
    sm_close(&sm);
}

static void skipped_nested(struct test *t)
{
    uint64_t host, one;
    struct iotb_request r;
    struct rig rig;
    struct sm sm;

    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_NESTED, SM_CD_LINEAR, 2, SM_S1DSS_BYPASS);
    one = substream_open(&rig, 1);
    host = mem_alloc(t, 65536, 65536);
    sm_map(&sm, rig.s2, UINT64_C(0x03450000), host, 0, SM_RW);
    r = request(&rig, -1);
    r.address = UINT64_C(0x03450000) + OFFSET;
    sm_expect_ok(&sm, "SMMU-5-039", &r, host + OFFSET);
    arrives(&rig, "SMMU-5-039", 1, one);
    sm_close(&sm);
}

/* Where stage 1 is skipped the input is checked against IAS, and the top byte is never ignored. */
static void skipped_range(struct test *t)
{
    struct sm_expected e = sm_s1_event(SM_F_ADDR_SIZE);
    struct iotb_request r;
    struct rig rig;
    struct sm sm;
    uint64_t one;

    e.set = SM_E_NO_STALL;
    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 2, SM_S1DSS_BYPASS);
    one = substream_open(&rig, 1);
    arrives(&rig, "SMMU-5-040", 1, one);
    r = request(&rig, -1);
    for (uint32_t bit = sm.ias_bits; bit < 64; bit++) {
        test_context(t, "S1DSS=01, input bit %u, IAS %u", bit, sm.ias_bits);
        r.address = UINT64_C(1) << bit | OFFSET;
        sm_once(&sm);
        sm_expect_event(&sm, bit < 56 ? "SMMU-5-040" : "SMMU-5-132", &r, &e, 0);
    }
    r.address = (UINT64_C(1) << (sm.ias_bits - 1)) | OFFSET;
    if (mem_claim(t, r.address & ~UINT64_C(0xfff), 4096))
        sm_expect_ok(&sm, "SMMU-5-040", &r, r.address);
    sm_close(&sm);
}

/* ---- S1Fmt ---- */

/* SubstreamIDs with every bit, and their neighbours, each with a CD of its own. */
static void check_index(struct rig *rig, const char *row, uint32_t s1cdmax)
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
        hosts[i] = substream_open(rig, ssids[i]);
    sm_invalidate_all(rig->sm);
    for (uint32_t i = 0; i < count; i++) {
        test_context(rig->sm->t, "S1Fmt=%u, S1CDMax=%u, SubstreamID=%x", rig->ste.s1fmt, s1cdmax, ssids[i]);
        arrives(rig, row, ssids[i], hosts[i]);
    }
}

static void format(struct test *t, uint32_t s1fmt, uint32_t most, const char *row)
{
    uint32_t ssid_bits = (uint32_t)sm_idr(t, 1, "SSIDSIZE");
    uint32_t sizes[] = {least(ssid_bits, 3), least(ssid_bits, 7), least(ssid_bits, 11), least(ssid_bits, most)};

    for (uint32_t i = 0; i < 8; i++) {
        uint32_t max = sizes[i / 2], config = i % 2 ? SM_NESTED : SM_S1;
        struct rig rig;
        struct sm sm;

        if ((i > 1 && max == sizes[i / 2 - 1]) || (config == SM_NESTED && !sm_idr(t, 0, "S2P")))
            continue;
        if (i)
            test_reset(t, IOTB_RESET_COLD);
        sm_open(&sm, t, NULL);
        rig_open(&rig, &sm, config, s1fmt, max, SM_S1DSS_TERMINATE);
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
    struct rig rig;
    struct sm sm;

    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, least((uint32_t)sm_idr(t, 1, "SSIDSIZE"), 8), SM_S1DSS_TERMINATE);
    sm_ste_set(&sm, rig.sid, "S1Fmt", 3);
    check_index(&rig, "SMMU-5-027", rig.ste.s1cdmax);
    sm_close(&sm);
}

/* Without two-level tables the two-level formats are ILLEGAL; of 11 the text says ILLEGAL and the pseudocode linear. */
static void format_unsupported(struct test *t)
{
    struct iotb_request r;
    struct sm_seen seen;
    struct rig rig;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 1, SM_S1DSS_TERMINATE);
    host = substream_open(&rig, 1);
    arrives(&rig, "SMMU-5-028", 1, host);
    for (uint32_t s1fmt = 1; s1fmt < 3; s1fmt++) {
        sm_ste_set(&sm, rig.sid, "S1Fmt", s1fmt);
        sm_invalidate_all(&sm);
        refused(&rig, "SMMU-5-028", 1, SM_C_BAD_STE);
    }
    sm_ste_set(&sm, rig.sid, "S1Fmt", 3);
    sm_invalidate_all(&sm);
    r = request(&rig, 1);
    r.address = INPUT;
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
    struct rig rig;
    struct sm sm;

    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 3, SM_S1DSS_TERMINATE);
    for (uint32_t ssid = 0; ssid < 8; ssid++)
        hosts[(ssid - 2) & 7] = substream_open(&rig, ssid); /* SubstreamID 2 first */
    ste = sm_ste_address(&sm, rig.sid);
    r = request(&rig, 2);
    r.address = INPUT;
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
    struct rig rig;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 0, 0);
    host = substream_open(&rig, 0);
    r = request(&rig, -1);
    if (test_has(t, IOTB_F_BENCH_MEMORY))
        sm_walk_pointer_field(&sm, "SMMU-5-031", sm_ste_address(&sm, rig.sid), "STE", "S1ContextPtr", 6, 64, &r, host + OFFSET);
    for (uint32_t bit = sm.oas_bits; bit < 56; bit++) {
        test_context(t, "S1ContextPtr bit %u, OAS %u", bit, sm.oas_bits);
        sm_ste_set(&sm, rig.sid, "S1ContextPtr", rig.ste.s1contextptr | UINT64_C(1) << bit);
        sm_invalidate_all(&sm);
        sm_once(&sm);
        sm_expect_config(&sm, "SMMU-5-031", &r, SM_C_BAD_STE, host + OFFSET);
    }
    sm_close(&sm);
}

/* Through an STE that is ILLEGAL for its pointer no CD is fetched. */
static void pointer_unused(struct test *t)
{
    struct iotb_request r;
    struct rig rig;
    struct sm sm;
    uint64_t host;
    size_t mark;

    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_S1, SM_CD_LINEAR, 0, 0);
    host = substream_open(&rig, 0);
    r = request(&rig, -1);
    sm_expect_ok(&sm, "SMMU-3-080", &r, host + OFFSET);
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
    struct rig rig;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_NESTED, SM_CD_LINEAR, 0, 0);
    host = substream_open(&rig, 0);
    r = request(&rig, -1);
    sm_expect_ok(&sm, "SMMU-5-032", &r, host + OFFSET);
    for (uint32_t bit = sm.ias_bits; bit < 56; bit++) {
        uint64_t pointer = rig.ste.s1contextptr | UINT64_C(1) << bit;
        struct sm_expected legal[] = {sm_config_event(SM_C_BAD_STE), sm_s2_event(SM_F_TRANSLATION, SM_CLASS_CD, pointer)};

        legal[1].set = SM_E_NO_IPA; /* bits above OAS are RES0 in the record, but the text wants the address whole */
        test_context(t, "S1ContextPtr bit %u, IAS %u", bit, sm.ias_bits);
        sm_ste_set(&sm, rig.sid, "S1ContextPtr", pointer);
        sm_invalidate_all(&sm);
        sm_once(&sm);
        sm_expect_event_any(&sm, "SMMU-5-032", &r, legal, 2, host + OFFSET);
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
    struct rig rig;
    struct sm sm;

    zero.set = SM_E_SSID;
    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_S1, SM_CD_4K, 7, SM_S1DSS_SSID0);
    first = substream_open(&rig, 0);
    second = substream_open(&rig, 0x41);
    arrives(&rig, "SMMU-7-013", -1, first);
    arrives(&rig, "SMMU-7-013", 0x41, second);
    for (uint32_t i = 0; i < 2; i++) {
        mem_write64(t, sm_l1cd_address(&sm, rig.sid, 0x40), i ? UINT64_C(0x00fffffffffff000) : 0);
        sm_invalidate_all(&sm);
        refused(&rig, "SMMU-7-013", 0x41, SM_C_BAD_SUBSTREAMID);
        refused(&rig, "SMMU-7-044", 0x7f, SM_C_BAD_SUBSTREAMID);
        arrives(&rig, "SMMU-7-013", -1, first);
    }
    mem_write64(t, sm_l1cd_address(&sm, rig.sid, 0), 0);
    sm_invalidate_all(&sm);
    r = request(&rig, -1);
    sm_expect_event(&sm, "SMMU-7-013", &r, &zero, first + OFFSET);
    sm_close(&sm);
}

static void l1cd_pointer(struct test *t)
{
    struct iotb_request r;
    struct rig rig;
    struct sm sm;
    uint64_t host, l1cd, word;

    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_S1, SM_CD_4K, 7, SM_S1DSS_TERMINATE);
    host = substream_open(&rig, 0x41);
    r = request(&rig, 0x41);
    l1cd = sm_l1cd_address(&sm, rig.sid, 0x41);
    word = mem_read64(t, l1cd);
    if (test_has(t, IOTB_F_BENCH_MEMORY))
        sm_walk_pointer_field(&sm, "SMMU-5-025", l1cd, "L1CD", "L2Ptr", 12, 4096, &r, host + OFFSET);
    for (uint32_t bit = sm.oas_bits; bit < 56; bit++) {
        test_context(t, "L1CD.L2Ptr bit %u, OAS %u", bit, sm.oas_bits);
        mem_write64(t, l1cd, word | UINT64_C(1) << bit);
        sm_invalidate_all(&sm);
        sm_once(&sm);
        if (sm.minor >= 1)
            sm_expect_config(&sm, "SMMU-5-107", &r, SM_C_BAD_SUBSTREAMID, host + OFFSET);
    }
    sm_close(&sm);
}

/* Nested: above IAS C_BAD_SUBSTREAMID, or the stage 2 fault. */
static void l1cd_pointer_nested(struct test *t)
{
    struct iotb_request r;
    struct rig rig;
    struct sm sm;
    uint64_t host, l1cd, word;

    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_NESTED, SM_CD_4K, 7, SM_S1DSS_TERMINATE);
    host = substream_open(&rig, 0x41);
    r = request(&rig, 0x41);
    sm_expect_ok(&sm, "SMMU-5-108", &r, host + OFFSET);
    l1cd = sm_l1cd_address(&sm, rig.sid, 0x41);
    word = mem_read64(t, l1cd);
    for (uint32_t bit = sm.ias_bits; bit < 56; bit++) {
        struct sm_expected legal[] = {sm_config_event(SM_C_BAD_SUBSTREAMID), sm_s2_event(SM_F_TRANSLATION, SM_CLASS_CD, 0)};

        legal[1].set = SM_E_NO_IPA;
        test_context(t, "L1CD.L2Ptr bit %u, IAS %u", bit, sm.ias_bits);
        mem_write64(t, l1cd, word | UINT64_C(1) << bit);
        sm_invalidate_all(&sm);
        sm_once(&sm);
        sm_expect_event_any(&sm, "SMMU-5-108", &r, legal, 2, host + OFFSET);
    }
    sm_close(&sm);
}

/* Bits 11:1 are reserved: no part of the address. With 64K leaf tables bits 15:12 are taken as 0 as well. */
static void l1cd_reserved(struct test *t)
{
    uint64_t host, l1cd, word;
    struct iotb_request r;
    struct rig rig;
    struct sm sm;

    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_S1, SM_CD_4K, 7, SM_S1DSS_TERMINATE);
    host = substream_open(&rig, 0x41);
    r = request(&rig, 0x41);
    r.address = INPUT;
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
    struct rig rig;
    struct sm sm;

    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_S1, sm_idr(t, 0, "CD2L") ? SM_CD_4K : SM_CD_LINEAR, least((uint32_t)sm_idr(t, 1, "SSIDSIZE"), 7),
             SM_S1DSS_TERMINATE);
    host = substream_open(&rig, 1);
    r = request(&rig, 1);
    entries[0] = sm_cd_address(&sm, rig.sid, 1);
    entries[1] = sm_l1cd_address(&sm, rig.sid, 1);
    for (uint32_t i = 0; i < (entries[1] ? 2u : 1u); i++) {
        struct sm_expected e = {.type = SM_F_CD_FETCH, .fetch = entries[i]};

        test_context(t, "%s", i ? "L1CD" : "CD");
        inject_fault(t, INJECT_ABORT, entries[i], entries[i] + (i ? 7 : 63), ACC_READS, 1, UINT64_MAX);
        sm_invalidate_all(&sm);
        sm_expect_event(&sm, "SMMU-7-046", &r, &e, host + OFFSET);
        inject_clear(t);
        sm_expect_ok(&sm, "SMMU-5-160", &r, host + OFFSET);
    }
    sm_close(&sm);
}

/* Nested: the address is the physical one; a stage 2 fault of the fetch is not cached either. */
static void fetch_aborts_nested(struct test *t)
{
    struct sm_expected e = {.type = SM_F_CD_FETCH};
    uint64_t host, cd, leaf, word;
    struct iotb_request r;
    struct rig rig;
    struct sm sm;

    sm_open(&sm, t, NULL);
    rig_open(&rig, &sm, SM_NESTED, SM_CD_LINEAR, 0, 0);
    host = substream_open(&rig, 0);
    r = request(&rig, -1);
    cd = sm_cd_address(&sm, rig.sid, 0);
    e.fetch = cd;
    inject_fault(t, INJECT_ABORT, cd, cd + 63, ACC_READS, 1, UINT64_MAX);
    sm_invalidate_all(&sm);
    sm_expect_event(&sm, "SMMU-7-046", &r, &e, host + OFFSET);
    inject_clear(t);
    sm_expect_ok(&sm, "SMMU-5-160", &r, host + OFFSET);
    leaf = sm_entry(&sm, rig.s2, rig.ste.s1contextptr, 3);
    word = mem_read64(t, leaf);
    e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_CD, rig.ste.s1contextptr);
    mem_write64(t, leaf, 0);
    sm_invalidate_all(&sm);
    sm_expect_event(&sm, "SMMU-D8-027", &r, &e, host + OFFSET);
    mem_write64(t, leaf, word);
    sm_expect_ok(&sm, "SMMU-5-160", &r, host + OFFSET);
    sm_close(&sm);
}

#define S1 "IDR0.TTF:1&IDR0.S1P"
#define SSID S1 "&IDR1.SSIDSIZE>=2"
#define NESTED S1 "&IDR0.S2P"

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
