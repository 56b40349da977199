/* SPDX-License-Identifier: BSD-2-Clause */
/* The stream table: linear and two-level, its size, L1STD, what is fetched and what is not (3.3.1, 5.1, 6.3.24, 6.3.25). */
#include "build/sm.h"
#include "sm_chapters.h"

#define INPUT UINT64_C(0x00745000)
#define OFFSET 0x58u

/* A stream whose requests are told from those of every other stream by where they land. */
struct stream {
    struct sm_path path;
    uint64_t host;
};

static enum sm_flavour_id paged_flavour(struct test *t)
{
    return sm_has_flavour(t, SM_F_S1) ? SM_F_S1 : SM_F_S2;
}

static void stream_open(struct sm *sm, struct stream *s, uint32_t sid)
{
    uint32_t tag = 1; /* of its own: nothing is shared in a TLB */

    for (const struct sm_table *table = sm->tables; table; table = table->next)
        tag++;
    sm_path_open(sm, &s->path, paged_flavour(sm->t), sid, 0, tag, tag);
    s->host = sm_path_page(&s->path, INPUT, SM_RW);
}

static bool stream_arrives(struct sm *sm, const char *row, const struct stream *s)
{
    struct iotb_request r = sm_request(&s->path, IOTB_WRITE, INPUT + OFFSET, 8);

    return sm_expect_ok(sm, row, &r, s->host + OFFSET);
}

/* What a StreamID without a stream does: abort, and C_BAD_STREAMID. */
static bool bad_stream(struct sm *sm, const char *row, uint32_t sid)
{
    struct iotb_request r = sm_plain_request(sm, sid, INPUT + OFFSET);

    return sm_expect_config(sm, row, &r, SM_C_BAD_STREAMID, 0);
}

/* Registers of the stream table can be written with SMMUEN = 0 only. */
static void set_base(struct sm *sm, uint64_t base, uint64_t config)
{
    sm_enable(sm, "SMMUEN", 0);
    sm_reg_set(sm->t, "SMMU_STRTAB_BASE", base);
    sm_reg_set(sm->t, "SMMU_STRTAB_BASE_CFG", config);
    sm_invalidate_all(sm);
    sm_enable(sm, "SMMUEN", 1);
}

#define STREAMS_MAX 16u

/* Every StreamID that fits gets its own tables, then each is used. */
static void check_streams(struct sm *sm, const char *row, uint32_t log2size)
{
    struct stream streams[STREAMS_MAX];
    uint32_t count = 0;

    for (uint32_t n = 0; n < sm_sid_count(sm) && count < STREAMS_MAX; n++)
        if (sm_sid(sm, n) >> log2size == 0)
            stream_open(sm, &streams[count++], sm_sid(sm, n));
    for (uint32_t i = 0; i < count; i++)
        stream_arrives(sm, row, &streams[i]);
}

/* ---- formats ---- */

static void linear(struct test *t)
{
    struct sm_config config = {.format = SM_LINEAR};
    struct sm sm;

    /* A linear table of all 16-bit StreamIDs is 4 MiB: only where memory is the bench's. */
    if (!test_has(t, IOTB_F_BENCH_MEMORY))
        config.log2size = 8;
    sm_open(&sm, t, &config);
    check_streams(&sm, "SMMU-3-031", sm.strtab_log2size);
    sm_close(&sm);
}

static void two_level(struct test *t)
{
    static const uint32_t splits[] = {6, 8, 10};

    for (size_t i = 0; i < sizeof splits / sizeof splits[0]; i++) {
        struct sm_config config = {.format = SM_TWO_LEVEL, .split = splits[i]};
        struct sm sm;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "SPLIT=%u", splits[i]);
        sm_open(&sm, t, &config);
        check_streams(&sm, "SMMU-3-032", sm.strtab_log2size);
        sm_close(&sm);
    }
}

/* 6.3.25: other values of SPLIT act as 6, other values of FMT as linear; SPLIT means nothing to a linear table. */
static void reserved_codes(struct test *t)
{
    struct sm_config config = {.format = SM_TWO_LEVEL, .split = 6};
    struct stream streams[4]; /* with different upper and lower bits of the StreamID */
    uint32_t count;
    struct sm sm;
    uint64_t cfg;

    sm_open(&sm, t, &config);
    count = sm_sid_count(&sm) < 4 ? sm_sid_count(&sm) : 4;
    for (uint32_t n = 0; n < count; n++)
        stream_open(&sm, &streams[n], sm_sid(&sm, n));
    cfg = sm_reg(t, "SMMU_STRTAB_BASE_CFG");
    for (uint32_t split = 0; split < 32; split++) {
        if (split == 8 || split == 10)
            continue;
        test_context(t, "two-level, SPLIT=%u", split);
        spec_set(spec_reg_field("SMMU_STRTAB_BASE_CFG", "SPLIT"), &cfg, split);
        set_base(&sm, sm_reg(t, "SMMU_STRTAB_BASE"), cfg);
        for (uint32_t n = 0; n < count; n++)
            stream_arrives(&sm, "SMMU-3-032", &streams[n]);
    }
    sm_close(&sm);
}

static void reserved_formats(struct test *t)
{
    struct sm_config config = {.format = SM_LINEAR, .log2size = 8};
    struct stream stream;
    struct sm sm;
    uint64_t cfg;

    sm_open(&sm, t, &config);
    stream_open(&sm, &stream, sm_sid(&sm, 0));
    cfg = sm_reg(t, "SMMU_STRTAB_BASE_CFG");
    for (uint32_t code = 0; code < 4 * 4; code++) {
        static const uint32_t splits[] = {6, 8, 10, 31};

        if (code / 4 == 1)
            continue;
        test_context(t, "FMT=%u, SPLIT=%u", code / 4, splits[code % 4]);
        spec_set(spec_reg_field("SMMU_STRTAB_BASE_CFG", "FMT"), &cfg, code / 4);
        spec_set(spec_reg_field("SMMU_STRTAB_BASE_CFG", "SPLIT"), &cfg, splits[code % 4]);
        set_base(&sm, sm_reg(t, "SMMU_STRTAB_BASE"), cfg);
        stream_arrives(&sm, "SMMU-6-951", &stream);
    }
    sm_close(&sm);
}

/* ---- size ---- */

static void check_size(struct test *t, enum sm_format format, uint32_t log2size, const char *row)
{
    struct sm_config config = {.format = format, .log2size = log2size, .split = 6};
    uint32_t beyond = UINT32_C(1) << log2size;
    struct stream last;
    struct sm sm;

    sm_open(&sm, t, &config);
    test_context(t, "%s table of 2^%u", format == SM_LINEAR ? "linear" : "two-level", log2size);
    stream_open(&sm, &last, beyond - 1);
    stream_arrives(&sm, row, &last);
    if (sm_sid_usable(&sm, beyond)) {
        bad_stream(&sm, row, beyond);
        bad_stream(&sm, row, beyond | (beyond >> 1));
    }
    if (beyond <= 0x8000)
        bad_stream(&sm, row, 0x8000 | (beyond - 1));
    sm_enable(&sm, "SMMUEN", 0);
    CHECK_EQ(t, "SMMU-6-951", log2size, sm_field(t, "SMMU_STRTAB_BASE_CFG", "LOG2SIZE"), "STRTAB_BASE_CFG.LOG2SIZE");
    sm_close(&sm);
}

static void size(struct test *t, enum sm_format format, const char *row)
{
    uint32_t sid_bits = (uint32_t)sm_idr(t, 1, "SIDSIZE");
    bool ran = false;

    for (uint32_t log2size = 1; log2size < 16 && log2size < sid_bits; log2size++) {
        if (log2size > 8 && log2size < 13) /* the ends are enough */
            continue;
        if (ran)
            test_reset(t, IOTB_RESET_COLD);
        ran = true;
        check_size(t, format, log2size, row);
    }
    if (!ran)
        test_skip(t, "IDR1.SIDSIZE is %u", sid_bits);
}

static void linear_size(struct test *t)
{
    size(t, SM_LINEAR, "SMMU-3-030");
}

static void two_level_size(struct test *t)
{
    size(t, SM_TWO_LEVEL, "SMMU-6-071");
}

/* 6.3.25: what is stored may be more than SIDSIZE; what acts is not, except for the alignment of the base. */
static void oversized(struct test *t)
{
    uint32_t sid_bits = (uint32_t)sm_idr(t, 1, "SIDSIZE"), log2size = sid_bits + 1;
    struct sm_config config = {.format = SM_LINEAR};
    struct stream stream;
    struct sm sm;
    uint64_t big;

    if (sid_bits > 14)
        test_skip(t, "IDR1.SIDSIZE is %u: a linear table of one more bit is too large for this case", sid_bits);
    config.log2size = log2size;
    sm_open(&sm, t, &config);
    big = mem_alloc(t, UINT64_C(64) << log2size, UINT64_C(64) << log2size);
    sm.strtab = big;
    set_base(&sm, big | UINT64_C(64) << sid_bits, sm_reg_bits("SMMU_STRTAB_BASE_CFG", "LOG2SIZE", log2size));
    stream_open(&sm, &stream, sm_sid(&sm, 0));
    stream_arrives(&sm, "SMMU-6-065", &stream);
    bad_stream(&sm, "SMMU-6-951", UINT32_C(1) << sid_bits);
    sm_close(&sm);
}

/* CR2.RECINVSID decides whether it is recorded; the rest of the records it leaves alone (6.3.12.2). */
static void unrecorded(struct test *t)
{
    struct sm_config config = {.format = SM_LINEAR, .log2size = 4, .no_recinvsid = true};
    struct stream stream;
    struct iotb_request r;
    struct sm sm;

    sm_open(&sm, t, &config);
    stream_open(&sm, &stream, 5);
    r = sm_request(&stream.path, IOTB_READ, INPUT + OFFSET, 8);
    sm_expect_ok(&sm, "SMMU-6-042", &r, stream.host + OFFSET);
    r.requester_id = 0x15;
    sm_expect_silent_abort(&sm, "SMMU-6-042", &r, stream.host + OFFSET);
    r.requester_id = 6;
    sm_expect_config(&sm, "SMMU-6-042", &r, SM_C_BAD_STE, stream.host + OFFSET);
    sm_close(&sm);
}

/* ---- L1STD ---- */

#define SPLIT 8u

static void span_open(struct sm *sm, struct stream *s, uint32_t low)
{
    stream_open(sm, s, 3u << SPLIT | low);
}

static void set_span(struct sm *sm, uint64_t span)
{
    sm_set_field(sm, sm_l1std_address(sm, 3u << SPLIT), "L1STD", "Span", span);
    sm_invalidate_all(sm);
}

/* Span=n: 2^(n-1) STEs. The last one is used, the next is not although there is one in memory. */
static void span(struct test *t)
{
    struct sm_config config = {.format = SM_TWO_LEVEL, .split = SPLIT, .log2size = 11};
    struct stream in[SPLIT + 1], out[SPLIT];
    struct sm sm;

    sm_open(&sm, t, &config);
    for (uint32_t n = 0; n <= SPLIT; n++)
        span_open(&sm, &in[n], (UINT32_C(1) << n) - 1);
    out[0] = in[1];
    for (uint32_t n = 1; n < SPLIT; n++)
        span_open(&sm, &out[n], UINT32_C(1) << n);
    for (uint32_t n = 0; n <= SPLIT; n++) {
        test_context(t, "Span=%u", n + 1);
        set_span(&sm, n + 1);
        stream_arrives(&sm, "SMMU-5-005", &in[n]);
        if (n == SPLIT)
            continue;
        bad_stream(&sm, "SMMU-5-005", out[n].path.sid);
        bad_stream(&sm, "SMMU-5-005", in[SPLIT].path.sid);
    }
    sm_close(&sm);
}

static void invalid_span(struct test *t)
{
    struct sm_config config = {.format = SM_TWO_LEVEL, .split = SPLIT, .log2size = 11};
    struct stream stream, other;
    struct sm sm;

    sm_open(&sm, t, &config);
    span_open(&sm, &stream, 0);
    stream_open(&sm, &other, 2u << SPLIT);
    for (uint32_t span = 0; span < 32; span++) {
        const char *row = span == 0 ? "SMMU-5-003" : span >= 12 ? "SMMU-5-004" : "SMMU-5-006";

        if (span >= 1 && span <= SPLIT + 1)
            continue;
        test_context(t, "SPLIT=%u, Span=%u", SPLIT, span);
        set_span(&sm, span);
        bad_stream(&sm, row, stream.path.sid);
        stream_arrives(&sm, row, &other);
    }
    set_span(&sm, SPLIT + 1);
    stream_arrives(&sm, "SMMU-5-006", &stream);
    sm_close(&sm);
}

/* The level 2 table is aligned to its size: 5 + Span - 1 bits of L2Ptr and below are taken as 0. */
static void pointer_alignment(struct test *t)
{
    struct sm_config config = {.format = SM_TWO_LEVEL, .split = SPLIT, .log2size = 11};
    struct stream stream;
    struct sm sm;
    uint64_t l1std;

    sm_open(&sm, t, &config);
    span_open(&sm, &stream, 0);
    l1std = sm_l1std_address(&sm, stream.path.sid);
    for (uint32_t span = 2; span <= SPLIT + 1; span++) {
        set_span(&sm, span);
        for (uint32_t bit = 6; bit < 5 + span; bit++) {
            test_context(t, "Span=%u, bit %u of L2Ptr", span, bit);
            sm_set_bits(&sm, l1std, bit, bit, 1);
            sm_invalidate_all(&sm);
            sm_once(&sm);
            stream_arrives(&sm, "SMMU-5-007", &stream);
            sm_set_bits(&sm, l1std, bit, bit, 0);
        }
    }
    sm_close(&sm);
}

/* Each address bit of L2Ptr, and of STRTAB_BASE of a two-level table. */
static void pointer_bits(struct test *t)
{
    struct sm_config config = {.format = SM_TWO_LEVEL, .split = 6, .log2size = 8};
    struct stream stream;
    struct iotb_request r;
    struct sm sm;

    sm_open(&sm, t, &config);
    stream_open(&sm, &stream, 0x57);
    r = sm_request(&stream.path, IOTB_WRITE, INPUT + OFFSET, 8);
    sm_walk_pointer_field(&sm, "SMMU-3-032", sm_l1std_address(&sm, 0x57), "L1STD", "L2Ptr", 12, 4096, &r, stream.host + OFFSET);
    sm_close(&sm);
}

/* Reserved bits make the descriptor invalid or mean nothing; they are no address bits (5.1). */
static void reserved_bits(struct test *t)
{
    static const uint8_t bits[] = {5, 56, 57, 58, 59, 60, 61, 62, 63};
    struct sm_config config = {.format = SM_TWO_LEVEL, .split = 6, .log2size = 8};
    struct stream stream;
    struct iotb_request r;
    struct sm sm;

    sm_open(&sm, t, &config);
    stream_open(&sm, &stream, 0x57);
    r = sm_request(&stream.path, IOTB_WRITE, INPUT, 8);
    for (size_t i = 0; i < sizeof bits; i++) {
        struct sm_seen seen;

        sm_set_bits(&sm, sm_l1std_address(&sm, 0x57), bits[i], bits[i], 1);
        sm_invalidate_all(&sm);
        seen = sm_try(&sm, &r, &stream.host, 1);
        CHECK(t, "SMMU-5-008",
              (seen.result == SM_ARRIVED && !seen.type) || (seen.result == SM_REFUSED && seen.type == SM_C_BAD_STREAMID),
              "L1STD bit %u: neither the STE nor C_BAD_STREAMID (event %02xh)", bits[i], seen.type);
        sm_set_bits(&sm, sm_l1std_address(&sm, 0x57), bits[i], bits[i], 0);
    }
    sm_close(&sm);
}

/* 3.4.3: an address of an STE above OAS is truncated, or its fetch fails. */
static void pointer_above_oas(struct test *t)
{
    struct sm_config config = {.format = SM_TWO_LEVEL, .split = 6, .log2size = 8};
    struct stream stream;
    struct iotb_request r;
    struct sm sm;
    uint64_t l1std;

    sm_open(&sm, t, &config);
    stream_open(&sm, &stream, 0x57);
    l1std = sm_l1std_address(&sm, 0x57);
    r = sm_request(&stream.path, IOTB_WRITE, INPUT, 8);
    for (uint32_t bit = sm.oas_bits; bit < 56; bit++) {
        size_t mark = trace_mark(t);
        struct sm_seen seen;

        sm_set_bits(&sm, l1std, bit, bit, 1);
        sm_invalidate_all(&sm);
        seen = sm_try(&sm, &r, &stream.host, 1);
        CHECK_EQ(t, "SMMU-5-009", 0, trace_count(t, mark, UINT64_C(1) << sm.oas_bits, UINT64_MAX, ACC_ANY),
                 "accesses beyond the OAS with L2Ptr bit %u", bit);
        CHECK(t, "SMMU-5-009",
              (seen.result == SM_ARRIVED && !seen.type) || (seen.result == SM_REFUSED && seen.type == SM_F_STE_FETCH),
              "L2Ptr bit %u: neither the STE at the truncated address nor F_STE_FETCH (event %02xh)", bit, seen.type);
        sm_set_bits(&sm, l1std, bit, bit, 0);
    }
    sm_invalidate_all(&sm);
    sm_expect_ok(&sm, "SMMU-5-009", &r, stream.host);
    sm_close(&sm);
}

/* ---- the base ---- */

/* The linear base is aligned to the table's size, whatever its low bits say. */
static void base_alignment(struct test *t)
{
    struct sm_config config = {.format = SM_LINEAR, .log2size = 6};
    struct stream stream;
    struct sm sm;

    sm_open(&sm, t, &config);
    stream_open(&sm, &stream, 0x15);
    for (uint32_t bit = 6; bit < 6 + config.log2size; bit++) {
        test_context(t, "STRTAB_BASE bit %u", bit);
        set_base(&sm, sm.strtab | UINT64_C(1) << bit, sm_reg(t, "SMMU_STRTAB_BASE_CFG"));
        sm_once(&sm);
        stream_arrives(&sm, "SMMU-6-065", &stream);
    }
    sm_close(&sm);
}

/* The two-level base is aligned to 64 bytes or to the size of the level 1 table. */
static void base_alignment_two_level(struct test *t)
{
    struct sm_config config = {.format = SM_TWO_LEVEL, .log2size = 12, .split = 6};
    struct stream stream;
    struct sm sm;

    sm_open(&sm, t, &config);
    stream_open(&sm, &stream, 0x915);
    for (uint32_t bit = 6; bit < 12 - 6 + 3; bit++) {
        test_context(t, "STRTAB_BASE bit %u", bit);
        set_base(&sm, sm.strtab | UINT64_C(1) << bit, sm_reg(t, "SMMU_STRTAB_BASE_CFG"));
        sm_once(&sm);
        stream_arrives(&sm, "SMMU-6-066", &stream);
    }
    sm_close(&sm);
}

/* Every bit of the base: the level 1 table moves there. */
static void base_bits(struct test *t)
{
    struct sm_config config = {.format = SM_TWO_LEVEL, .log2size = 8, .split = 6};
    struct stream stream;
    struct sm sm;
    uint64_t l1std;

    sm_open(&sm, t, &config);
    stream_open(&sm, &stream, 0x57);
    l1std = mem_read64(t, sm_l1std_address(&sm, 0x57));
    for (uint32_t bit = 12; bit < sm.oas_bits; bit++) {
        uint64_t place = UINT64_C(1) << bit;

        if (!mem_claim(t, place, 4096))
            continue;
        test_context(t, "STRTAB_BASE=0x%llx", (unsigned long long)place);
        mem_write64(t, place + 8, l1std);
        set_base(&sm, place, sm_reg(t, "SMMU_STRTAB_BASE_CFG"));
        stream_arrives(&sm, "SMMU-3-032", &stream);
    }
    sm_close(&sm);
}

/* ---- fetches ---- */

/* An abort of the STE or of the L1STD is recorded with its address, and nothing of it is cached (7.3.4, 5.2.1). */
static void fetch_aborts(struct test *t)
{
    struct sm_config config = {.format = sm_idr(t, 0, "ST_LEVEL") == 1 ? SM_TWO_LEVEL : SM_LINEAR, .split = 6, .log2size = 8};
    struct stream stream;
    struct iotb_request r;
    struct sm sm;

    sm_open(&sm, t, &config);
    stream_open(&sm, &stream, 0x57);
    r = sm_request(&stream.path, IOTB_READ, INPUT + OFFSET, 8);
    for (uint32_t level = sm.two_level ? 1 : 2; level <= 2; level++) {
        uint64_t entry = level == 1 ? sm_l1std_address(&sm, 0x57) : sm_ste_address(&sm, 0x57);
        struct sm_expected e = {.type = SM_F_STE_FETCH, .fetch = entry};

        test_context(t, "%s", level == 1 ? "L1STD" : "STE");
        inject_fault(t, INJECT_ABORT, entry, entry + (level == 1 ? 7 : 63), ACC_READS, 1, UINT64_MAX);
        sm_invalidate_all(&sm);
        sm_expect_event(&sm, "SMMU-7-038", &r, &e, stream.host + OFFSET);
        inject_clear(t);
        sm_expect_ok(&sm, "SMMU-5-011", &r, stream.host + OFFSET);
    }
    sm_close(&sm);
}

/* Nothing outside the table is read, not even for StreamIDs outside it; nothing below an invalid L1STD. */
static void bounds(struct test *t)
{
    struct sm_config config = {.format = SM_LINEAR, .log2size = 4};
    uint64_t bytes = 64u << 4, area;
    struct stream stream;
    struct sm sm;
    size_t mark;

    sm_open(&sm, t, &config);
    area = mem_alloc(t, 4 * bytes, 4 * bytes);
    sm.strtab = area + bytes;
    set_base(&sm, sm.strtab, sm_reg(t, "SMMU_STRTAB_BASE_CFG"));
    mark = trace_mark(t);
    stream_open(&sm, &stream, 15);
    stream_arrives(&sm, "SMMU-3-081", &stream);
    bad_stream(&sm, "SMMU-3-081", 16);
    bad_stream(&sm, "SMMU-3-081", 0xffff);
    CHECK_EQ(t, "SMMU-3-081", 0, trace_count(t, mark, area, area + bytes - 1, ACC_ANY), "accesses below the stream table");
    CHECK_EQ(t, "SMMU-3-081", 0, trace_count(t, mark, area + 2 * bytes, area + 4 * bytes - 1, ACC_ANY),
             "accesses above the stream table");
    sm_close(&sm);
}

static void unreachable(struct test *t)
{
    struct sm_config config = {.format = SM_TWO_LEVEL, .split = SPLIT, .log2size = 11};
    struct stream stream;
    struct sm sm;
    uint64_t level2;
    size_t mark;

    sm_open(&sm, t, &config);
    span_open(&sm, &stream, 1);
    level2 = sm_get_field(&sm, sm_l1std_address(&sm, stream.path.sid), "L1STD", "L2Ptr");
    stream_arrives(&sm, "SMMU-3-080", &stream);
    set_span(&sm, 0);
    mark = trace_mark(t);
    bad_stream(&sm, "SMMU-3-080", stream.path.sid);
    CHECK_EQ(t, "SMMU-3-080", 0, trace_count(t, mark, level2, level2 + (64u << SPLIT) - 1, ACC_ANY),
             "accesses to the level 2 table of an invalid L1STD");
    set_span(&sm, 1);
    mark = trace_mark(t);
    bad_stream(&sm, "SMMU-3-080", stream.path.sid);
    CHECK_EQ(t, "SMMU-3-081", 0, trace_count(t, mark, level2 + 64, level2 + (64u << SPLIT) - 1, ACC_ANY),
             "accesses to STEs beyond the Span");
    sm_close(&sm);
}

#define ANY_SID IOTB_F_ANY_REQUESTER
#define PAGED "IDR0.TTF:1"

static const struct iotb_case cases[] = {
    {.name = "smmuv3.stream_table.linear",
     .summary = "in a linear table the STE of StreamID n is the n-th",
     .run = linear,
     .rows = "SMMU-3-031",
     .gate = PAGED,
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "smmuv3.stream_table.two_level",
     .summary = "with SPLIT 6, 8 and 10 the upper bits select the L1STD, the lower ones the STE",
     .run = two_level,
     .rows = "SMMU-3-032",
     .gate = PAGED "&IDR0.ST_LEVEL=1",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "smmuv3.stream_table.reserved_split",
     .summary = "every other SPLIT acts as 6",
     .run = reserved_codes,
     .rows = "SMMU-3-032",
     .gate = PAGED "&IDR0.ST_LEVEL=1&IDR1.SIDSIZE>=7",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.stream_table.reserved_format",
     .summary = "a Reserved FMT acts as linear, and SPLIT means nothing to a linear table",
     .run = reserved_formats,
     .rows = "SMMU-6-951",
     .gate = PAGED "&IDR1.SIDSIZE>=8",
     .features = ANY_SID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.stream_table.linear_size",
     .summary = "the last StreamID of a linear table is served, those beyond it are C_BAD_STREAMID",
     .run = linear_size,
     .rows = "SMMU-3-030 SMMU-6-951",
     .gate = PAGED,
     .features = ANY_SID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.stream_table.two_level_size",
     .summary = "the same of two-level tables, with fewer StreamID bits than SPLIT too",
     .run = two_level_size,
     .rows = "SMMU-6-071 SMMU-6-951",
     .gate = PAGED "&IDR0.ST_LEVEL=1",
     .features = ANY_SID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.stream_table.oversized",
     .summary = "a LOG2SIZE above SIDSIZE is kept, aligns the base and does not admit more StreamIDs",
     .run = oversized,
     .rows = "SMMU-6-951 SMMU-6-065",
     .gate = PAGED,
     .features = ANY_SID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.stream_table.recinvsid",
     .summary = "CR2.RECINVSID=0 keeps C_BAD_STREAMID from being recorded, and nothing else",
     .run = unrecorded,
     .rows = "SMMU-6-042",
     .gate = PAGED "&IDR1.SIDSIZE>=5",
     .features = ANY_SID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.stream_table.span",
     .summary = "Span n covers 2^(n-1) STEs, the next one is C_BAD_STREAMID",
     .run = span,
     .rows = "SMMU-5-005",
     .gate = PAGED "&IDR0.ST_LEVEL=1&IDR1.SIDSIZE>=11",
     .features = ANY_SID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.stream_table.invalid_span",
     .summary = "Span 0, above SPLIT+1 and 12 to 31 make the StreamIDs of the descriptor C_BAD_STREAMID, and no others",
     .run = invalid_span,
     .rows = "SMMU-5-003 SMMU-5-004 SMMU-5-006",
     .gate = PAGED "&IDR0.ST_LEVEL=1&IDR1.SIDSIZE>=11",
     .features = ANY_SID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.stream_table.l2ptr_alignment",
     .summary = "bits of L2Ptr below the size of the level 2 table are taken as 0",
     .run = pointer_alignment,
     .rows = "SMMU-5-007",
     .gate = PAGED "&IDR0.ST_LEVEL=1&IDR1.SIDSIZE>=11",
     .features = ANY_SID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.stream_table.l2ptr_bits",
     .summary = "every address bit of L2Ptr below OAS counts",
     .run = pointer_bits,
     .rows = "SMMU-3-032",
     .gate = PAGED "&IDR0.ST_LEVEL=1&IDR1.SIDSIZE>=8",
     .features = ANY_SID | IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.stream_table.l1std_reserved",
     .summary = "a reserved bit of an L1STD is ignored or makes it invalid",
     .run = reserved_bits,
     .rows = "SMMU-5-008",
     .gate = PAGED "&IDR0.ST_LEVEL=1&IDR1.SIDSIZE>=8",
     .features = ANY_SID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.stream_table.l2ptr_above_oas",
     .summary = "an L2Ptr above OAS is truncated, or the fetch fails",
     .run = pointer_above_oas,
     .rows = "SMMU-5-009",
     .gate = PAGED "&IDR0.ST_LEVEL=1&IDR1.SIDSIZE>=8&IDR5.OAS<7",
     .features = ANY_SID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.stream_table.base_alignment",
     .summary = "the base of a linear table is aligned to the table's size",
     .run = base_alignment,
     .rows = "SMMU-6-065",
     .gate = PAGED "&IDR1.SIDSIZE>=6",
     .features = ANY_SID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.stream_table.base_alignment_two_level",
     .summary = "the base of a two-level table is aligned to the size of level 1, at least 64 bytes",
     .run = base_alignment_two_level,
     .rows = "SMMU-6-066",
     .gate = PAGED "&IDR0.ST_LEVEL=1&IDR1.SIDSIZE>=12",
     .features = ANY_SID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.stream_table.base_bits",
     .summary = "every address bit of STRTAB_BASE below OAS counts",
     .run = base_bits,
     .rows = "SMMU-3-032",
     .gate = PAGED "&IDR0.ST_LEVEL=1&IDR1.SIDSIZE>=8",
     .features = ANY_SID | IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.stream_table.fetch_aborts",
     .summary = "an aborted fetch of an STE or L1STD is F_STE_FETCH with its address and is not cached",
     .run = fetch_aborts,
     .rows = "SMMU-7-038 SMMU-5-011",
     .gate = PAGED "&IDR1.SIDSIZE>=8",
     .features = ANY_SID | IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.stream_table.bounds",
     .summary = "nothing outside the stream table is read",
     .run = bounds,
     .rows = "SMMU-3-081",
     .gate = PAGED "&IDR1.SIDSIZE>=5",
     .features = ANY_SID | IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.stream_table.unreachable",
     .summary = "nothing below an invalid L1STD or beyond its Span is read",
     .run = unreachable,
     .rows = "SMMU-3-080 SMMU-3-081",
     .gate = PAGED "&IDR0.ST_LEVEL=1&IDR1.SIDSIZE>=11",
     .features = ANY_SID | IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list sm_stream_table_cases = {cases, sizeof cases / sizeof cases[0]};
