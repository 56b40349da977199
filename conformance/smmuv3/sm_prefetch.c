/* SPDX-License-Identifier: BSD-2-Clause */
/* CMD_PREFETCH_CONFIG and CMD_PREFETCH_ADDR: hints without consequences (4.2). */
#include "sm_queue_rig.h"

#include "sm_chapters.h"

#define INPUT UINT64_C(0x4567000)

static void prefetch_all(struct sm *sm, const char *row, uint32_t sid, bool ssv, uint32_t ssid, uint64_t address)
{
    for (uint32_t size = 0; size < 32; size += 5) {
        struct sm_command c[2] = {sm_cmd_prefetch_config(sid, ssv, ssid), sm_cmd_prefetch_addr(sid, ssv, ssid, address, size)};

        CHECK(sm->t, row, sm_submit(sm, c, 2), "prefetches of size %u are consumed", size);
    }
    CHECK_EQ(sm->t, row, 0, sm_event_pending(sm), "records of prefetches");
    CHECK(sm->t, row, !sm_event_overflow(sm), "no overflow by prefetches");
    sm_event_clear(sm);
}

/* The result of a request is that without the prefetch. */
static void harmless_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW), input = sm_path_table(path) ? INPUT : host;
    bool ssv = path->flavour->with_ssid;
    struct iotb_request r;

    prefetch_all(sm, "SMMU-4-024", path->sid, ssv, path->ssid, input);
    r = sm_request(path, IOTB_WRITE, input + 0x20, 8);
    sm_expect_ok(sm, "SMMU-4-024", &r, host + 0x20);
    prefetch_all(sm, "SMMU-4-015", path->sid, ssv, path->ssid, input);
    prefetch_all(sm, "SMMU-4-016", path->sid, ssv, path->ssid, input + 0x100000);
    sm_expect_ok(sm, "SMMU-4-024", &r, host + 0x20);
}

static void harmless(struct test *t)
{
    sm_each_flavour(t, SM_ALL_FLAVOURS, harmless_body);
}

/* What a prefetch has cached goes with the invalidation. */
static void invalidated_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW), other;
    struct sm_command c;
    struct iotb_request r;

    for (int round = 0; round < 2; round++) {
        c = sm_cmd_prefetch_addr(path->sid, path->flavour->with_ssid, path->ssid, INPUT, 1);
        sm_issue(sm, &c, 1);
        other = sm_path_page(path, INPUT, SM_RW);
        CHECK(sm->t, "SMMU-4-025", sm_path_invalidate_page(path, INPUT, true), "invalidation and CMD_SYNC complete");
        r = sm_request(path, IOTB_WRITE, INPUT + 0x20, 8);
        sm_expect_ok(sm, "SMMU-4-025", &r, other + 0x20);
        CHECK_EQ(sm->t, "SMMU-4-025", 0, mem_read64(sm->t, host + 0x20), "the page of before");
        host = mem_alloc(sm->t, 4096, 4096);
    }
}

static void invalidated(struct test *t)
{
    sm_each_flavour(t, SM_PAGED_FLAVOURS, invalidated_body);
}

/* Nothing that is broken is recorded: no request has met it. */
static void silent(struct test *t)
{
    struct sm_path path;
    struct sm_ste broken = {.config = SM_BYPASS, .invalid = true};
    struct iotb_request r;
    struct sm sm;
    uint32_t sid;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sid = sm_sid(&sm, 1);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW & ~SM_W);
    prefetch_all(&sm, "SMMU-4-018", path.sid, false, 0, INPUT + 0x1000000); /* F_TRANSLATION */
    sm_set_ste(&sm, sid, &broken);
    prefetch_all(&sm, "SMMU-4-018", sid, false, 0, INPUT);           /* C_BAD_STE */
    prefetch_all(&sm, "SMMU-4-018", UINT32_MAX, false, 0, INPUT);    /* C_BAD_STREAMID */
    prefetch_all(&sm, "SMMU-4-018", path.sid, true, 0xfffff, INPUT); /* C_BAD_SUBSTREAMID */
    sm_cd_set(&sm, path.sid, 0, "V", 0);
    sm_cfgi_cd(&sm, path.sid, 0);
    prefetch_all(&sm, "SMMU-4-018", path.sid, false, 0, INPUT); /* C_BAD_CD */
    sm_ste_set(&sm, path.sid, "S1ContextPtr", rig_hole(t));
    sm_cfgi_ste(&sm, path.sid);
    prefetch_all(&sm, "SMMU-4-018", path.sid, false, 0, INPUT); /* F_CD_FETCH */
    sm_path_write_ste(&path);
    sm_path_write_cd(&path);
    sm_path_invalidate(&path);
    r = sm_request(&path, IOTB_READ, INPUT + 0x20, 8);
    sm_expect_ok(&sm, "SMMU-4-018", &r, host + 0x20);
    sm_close(&sm);
}

/* A full Event queue does not overflow by prefetches. */
static void silent_when_full(struct test *t)
{
    struct sm_config config = {.eventq_log2size = 1};
    struct iotb_request bad;
    struct sm_command c;
    struct sm sm;

    sm_open(&sm, t, &config);
    bad = rig_bad_stream(&sm, 1);
    rig_faults(&sm, &bad, 2);
    CHECK_EQ(t, "SMMU-7-079", 2, sm_event_pending(&sm), "records in the queue of two");
    c = sm_cmd_prefetch_config(bad.requester_id, false, 0);
    CHECK(t, "SMMU-7-079", sm_submit_one(&sm, c), "the prefetch is consumed");
    CHECK(t, "SMMU-7-079", !sm_event_overflow(&sm), "no overflow by a prefetch");
    sm_event_clear(&sm);
    sm_close(&sm);
}

/* With S1CDMax = 0 SSV must be 0; SSV = 1 is as SSV = 0 or nothing. */
static void substreams(struct test *t)
{
    struct sm_path path;
    struct iotb_request r;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW);
    prefetch_all(&sm, "SMMU-4-021", path.sid, true, 3, INPUT);
    prefetch_all(&sm, "SMMU-4-021", path.sid, true, 0, INPUT);
    r = sm_request(&path, IOTB_WRITE, INPUT + 0x20, 8);
    sm_expect_ok(&sm, "SMMU-4-021", &r, host + 0x20);
    sm_close(&sm);
}

/* Prefetches may set an Access flag, never the dirty state. */
static void never_dirty(struct test *t)
{
    struct sm_path path;
    struct iotb_request r;
    struct sm sm;
    uint64_t host, leaf, before;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = mem_alloc(t, 65536, 65536);
    sm_map(&sm, path.s1, INPUT, host, 0, (SM_RW & ~SM_W) | SM_DBM);
    sm_cd_set(&sm, path.sid, 0, "HA", 1);
    sm_cd_set(&sm, path.sid, 0, "HD", 1);
    sm_path_invalidate(&path);
    leaf = sm_path_leaf(&path, INPUT);
    before = mem_read64(t, leaf);
    prefetch_all(&sm, "SMMU-4-023", path.sid, false, 0, INPUT);
    CHECK_EQ(t, "SMMU-4-023", before >> SM_BIT_AP2 & 1, mem_read64(t, leaf) >> SM_BIT_AP2 & 1, "AP[2] after prefetches");
    r = sm_request(&path, IOTB_WRITE, INPUT + 0x20, 8);
    sm_expect_ok(&sm, "SMMU-4-023", &r, host + 0x20);
    CHECK_EQ(t, "SMMU-4-023", 0, mem_read64(t, leaf) >> SM_BIT_AP2 & 1, "AP[2] after a write");
    sm_close(&sm);
}

/* The Access flag of the page that a CD lies in: set only if the CD is fetched. */
static void access_flag_of_cd(struct test *t)
{
    struct sm_path path;
    struct iotb_request r;
    struct sm_command c;
    struct sm sm;
    uint64_t host, entry, before, after;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_NESTED, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW);
    sm_ste_set(&sm, path.sid, "S2HA", 1);
    entry = sm_entry(&sm, path.s2, sm_ste_address(&sm, path.sid) ? path.cd_table : 0, 3);
    if (!entry)
        test_skip(t, "the CD table has no page descriptor of its own");
    before = mem_read64(t, entry);
    mem_write64(t, entry, before & ~(UINT64_C(1) << SM_BIT_AF));
    sm_path_invalidate(&path);
    c = sm_cmd_prefetch_config(path.sid, false, 0);
    CHECK(t, "SMMU-4-022", sm_submit_one(&sm, c), "the prefetch is consumed");
    after = mem_read64(t, entry);
    CHECK(t, "SMMU-4-022", after == before || after == (before & ~(UINT64_C(1) << SM_BIT_AF)),
          "descriptor of the CD's page 0x%llx", (unsigned long long)after);
    r = sm_request(&path, IOTB_WRITE, INPUT + 0x20, 8);
    sm_expect_ok(&sm, "SMMU-4-022", &r, host + 0x20);
    CHECK_EQ(t, "SMMU-4-022", before, mem_read64(t, entry), "descriptor of the CD's page after a request");
    sm_close(&sm);
}

#define CASE(n, text, function, row_ids, condition)                                                                             \
    {                                                                                                                           \
        .name = "smmuv3.prefetch." n, .summary = text, .run = function, .rows = row_ids, .gate = condition, .functional = true, \
        .tier = TIER_FULL                                                                                                       \
    }

static const struct iotb_case cases[] = {
    CASE("harmless", "A request has the same result with and without prefetches", harmless, "SMMU-4-015 SMMU-4-016 SMMU-4-024",
         NULL),
    CASE("invalidated", "What a prefetch has fetched goes with the next invalidation", invalidated, "SMMU-4-025", NULL),
    CASE("silent", "Prefetches of broken configurations record nothing", silent, "SMMU-4-018", "IDR0.S1P"),
    CASE("silent_when_full", "Prefetches do not overflow a full Event queue", silent_when_full, "SMMU-7-079", "IDR1.EVENTQS>=1"),
    CASE("substreams", "SSV = 1 on a stream without substreams does no harm", substreams, "SMMU-4-021", "IDR0.S1P"),
    CASE("never_dirty", "Prefetches never set the dirty state", never_dirty, "SMMU-4-023", "IDR0.S1P&IDR0.HTTU>=2"),
    CASE("access_flag_of_cd", "A prefetch may set the stage 2 Access flag of a CD's page and nothing else", access_flag_of_cd,
         "SMMU-4-022", "IDR0.S1P&IDR0.S2P&IDR0.HTTU>=1"),
};

const struct iotb_case_list sm_prefetch_cases = {cases, sizeof cases / sizeof cases[0]};
