/* SPDX-License-Identifier: BSD-2-Clause */
/* How requests that fault are ended and whether they are recorded: CD.A, CD.R, S2R, merging (3.12.1, 5.5, 7.3.1). */
#include "sm_queue_rig.h"

#include "sm_chapters.h"

#define INPUT UINT64_C(0x3345000)

/* ---- which requests are recorded, and how they end: CD.A and CD.R ---- */

struct ending {
    const char *row;
    bool no_abort, no_record;
};

static void terminated(struct test *t)
{
    const struct ending *x = test_argument(t);
    enum { FAULTS = 3 };
    struct sm_path path;
    struct iotb_request r;
    struct sm_expected e;
    struct sm_cd cd;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW & ~SM_W);
    sm_map(&sm, path.s1, INPUT + 0x10000, mem_alloc(t, 65536, 65536), 0, SM_RW | SM_NO_AF);
    cd = (struct sm_cd){.ttb0 = path.s1, .asid = 0x11, .no_abort = x->no_abort, .no_record = x->no_record};
    sm_set_cd(&sm, path.sid, 0, &cd);
    sm_path_invalidate(&path);
    for (uint32_t f = 0; f < FAULTS; f++) {
        static const uint32_t types[FAULTS] = {SM_F_TRANSLATION, SM_F_ACCESS, SM_F_PERMISSION};
        static const uint64_t inputs[FAULTS] = {INPUT + 0x1000000, INPUT + 0x10000, INPUT};

        e = sm_s1_event(types[f]);
        e.razwi = x->no_abort;
        e.silent = x->no_record;
        test_context(t, "%s", sm_event_name(types[f]));
        r = sm_request(&path, IOTB_WRITE, inputs[f] + 0x48, 8);
        sm_expect_event(&sm, x->row, &r, &e, host + 0x48);
        r.kind = IOTB_READ;
        if (f != 2)
            sm_expect_event(&sm, x->row, &r, &e, host + 0x48);
    }
    /* 5.5: configuration errors and fetch aborts do not ask A and R. */
    r = sm_request(&path, IOTB_READ, INPUT + 0x48, 8);
    sm_expect_ok(&sm, x->row, &r, host + 0x48);
    sm_cd_set(&sm, path.sid, 0, "V", 0);
    sm_cfgi_cd(&sm, path.sid, 0);
    sm_expect_config(&sm, "SMMU-5-170", &r, SM_C_BAD_CD, host);
    sm_path_write_cd(&path);
    sm_set_cd(&sm, path.sid, 0, &cd);
    if (test_has(t, IOTB_F_BENCH_MEMORY)) {
        uint64_t leaf = sm_path_leaf(&path, INPUT);

        sm_path_invalidate(&path);
        inject_fault(t, INJECT_ABORT, leaf, leaf + 7, ACC_READS, 1, UINT64_MAX);
        e = sm_walk_abort(false, SM_CLASS_TT, leaf);
        sm_expect_event(&sm, "SMMU-5-170", &r, &e, host);
        inject_clear(t);
    }
    sm_close(&sm);
}

static const struct ending endings[] = {
    {"SMMU-5-163", false, false}, {"SMMU-5-164", false, true}, {"SMMU-5-165", true, false}, {"SMMU-5-166", true, true}};

/* Stage 2 faults do not ask the CD, and S2R decides on the record. */
static void stage_2_terminated(struct test *t)
{
    struct sm_path path;
    struct iotb_request r;
    struct sm_expected e;
    struct sm_cd cd;
    struct sm sm;
    uint64_t host, entry, ipa;

    for (int record = 0; record < 2; record++) {
        if (record)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "S2R = %d", record);
        sm_open(&sm, t, NULL);
        sm_path_open(&sm, &path, SM_F_NESTED, sm_sid(&sm, 0), 0, 0x11, 0x22);
        host = sm_path_page(&path, INPUT, SM_RW);
        cd = (struct sm_cd){.ttb0 = path.s1, .asid = 0x11, .no_abort = !sm_idr(t, 0, "TERM_MODEL"), .no_record = true};
        sm_set_cd(&sm, path.sid, 0, &cd);
        sm_ste_set(&sm, path.sid, "S2R", (uint64_t)record);
        sm_path_invalidate(&path);
        r = sm_request(&path, IOTB_WRITE, INPUT + 0x48, 8);
        sm_expect_ok(&sm, "SMMU-5-171", &r, host + 0x48);
        ipa = sm_path_ipa(&path, INPUT);
        entry = sm_entry(&sm, path.s2, ipa, 3);
        mem_write64(t, entry, 0);
        sm_path_invalidate(&path);
        e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, ipa);
        e.silent = !record;
        sm_expect_event(&sm, "SMMU-5-171", &r, &e, host + 0x48);
        /* A stage 1 table that stage 2 does not map counts as a stage 2 fault. */
        ipa = sm_entry_pointer(&sm, path.s1, INPUT, 3);
        entry = sm_entry(&sm, path.s2, ipa, 3);
        mem_write64(t, entry, 0);
        sm_path_invalidate(&path);
        e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_TT, ipa);
        e.silent = !record;
        sm_expect_event(&sm, "SMMU-3-118", &r, &e, host + 0x48);
        sm_close(&sm);
    }
}

/* ---- merging: MEV = 0 gives one record each, whatever is alike ---- */

static void merging(struct test *t)
{
    struct sm_path path;
    struct iotb_request r;
    struct sm sm;

    for (uint32_t mev = 0; mev < 2; mev++) {
        enum { COUNT = 6 };
        uint32_t seen;

        if (mev)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "MEV = %u", mev);
        sm_open(&sm, t, NULL);
        sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
        sm_ste_set(&sm, path.sid, "MEV", mev);
        sm_path_invalidate(&path);
        r = sm_request(&path, IOTB_WRITE, INPUT + 0x48, 8);
        rig_faults(&sm, &r, COUNT);
        seen = sm_event_pending(&sm);
        if (mev)
            CHECK(t, "SMMU-7-033", seen >= 1 && seen <= COUNT, "%u records of %u alike requests", seen, (uint32_t)COUNT);
        else
            CHECK_EQ(t, "SMMU-3-114", COUNT, seen, "records of requests that are all alike");
        sm_event_clear(&sm);
        /* They differ in the place within the page, which counts for nothing where merging is allowed. */
        for (int i = 0; i < COUNT; i++) {
            struct iotb_request one = r;

            one.address = INPUT + 8 * (uint64_t)i;
            rig_faults(&sm, &one, 1);
        }
        seen = sm_event_pending(&sm);
        if (mev)
            CHECK(t, "SMMU-7-035", seen >= 1 && seen <= COUNT, "%u records of %u requests for one page", seen, (uint32_t)COUNT);
        else
            CHECK_EQ(t, "SMMU-7-035", COUNT, seen, "records of requests for one page");
        sm_event_clear(&sm);
        /* Each differs from the one before in one field: page, kind. */
        for (uint32_t i = 0; i < 4; i++) {
            struct iotb_request one = r;

            one.address += i == 1 || i == 2 ? 0x1000 : 0;
            one.kind = i & 2 ? IOTB_READ : IOTB_WRITE;
            rig_faults(&sm, &one, 1);
        }
        CHECK_EQ(t, "SMMU-7-034", 4, sm_event_pending(&sm), "records of requests that differ in page or kind");
        sm_event_clear(&sm);
        sm_close(&sm);
    }
}

/* ---- other requests, other events ---- */

/* 7.3.16: bits of features that are not there are 0. */
static void permission_flags(struct test *t)
{
    static const char *const flags[] = {"DirtyBit", "AssuredOnly", "Overlay"};
    struct sm_path path;
    struct iotb_request r;
    struct sm_event event;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW & ~SM_W);
    r = sm_request(&path, IOTB_WRITE, INPUT + 0x48, 8);
    mem_fill(t, sm.eventq, UINT64_C(32) << sm.eventq_log2size, 0xff);
    sm_once(&sm);
    sm_expect_s1(&sm, "SMMU-7-055", &r, SM_F_PERMISSION, host + 0x48);
    for (uint32_t w = 0; w < 4; w++)
        event.word[w] = mem_read64(t, sm_event_slot(&sm, 0) + 8 * w);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        CHECK_EQ(t, "SMMU-7-055", 0, spec_get(spec_struct_field("F_PERMISSION", flags[i]), event.word), "F_PERMISSION.%s",
                 flags[i]);
    sm_close(&sm);
}

/* Good requests between bad ones arrive. */
static void independent(struct test *t)
{
    struct sm_path path;
    struct iotb_request good, bad;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW);
    good = sm_request(&path, IOTB_WRITE, INPUT + 0x48, 8);
    bad = sm_request(&path, IOTB_WRITE, INPUT + 0x1000048, 8);
    for (int i = 0; i < 4; i++) {
        sm_expect_ok(&sm, "SMMU-3-122", &good, host + 0x48);
        sm_expect_s1(&sm, "SMMU-3-122", &bad, SM_F_TRANSLATION, host + 0x48);
    }
    sm_close(&sm);
}

/* An abort of the memory behind a good translation is the memory's, not the SMMU's. */
static void data_aborted(struct test *t)
{
    struct sm_path path;
    struct iotb_request r;
    struct sm sm;
    uint64_t hole = rig_hole(t);

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    if (path.s1->granule_lg2 != 12)
        test_skip(t, "the hole is one page of 4 KiB");
    sm_map(&sm, path.s1, INPUT, hole, 0, SM_RW);
    sm_path_invalidate(&path);
    for (int i = 0; i < 2; i++) {
        struct outcome o;

        r = sm_request(&path, i ? IOTB_WRITE : IOTB_READ, INPUT + 0x48, 8);
        o = request_run(t, &r);
        test_settle(t);
        CHECK(t, "SMMU-16-902", o.done, "the request completes");
        if (o.has_status)
            CHECK(t, "SMMU-16-902", o.status != IOTB_SC, "the request is aborted");
        CHECK_EQ(t, "SMMU-16-902", 0, sm_event_pending(&sm), "records of aborts behind the SMMU");
        CHECK_EQ(t, "SMMU-16-902", 0, sm_reg(t, "SMMU_GERROR"), "GERROR");
    }
    sm_close(&sm);
}

#define CASE(n, text, function, row_ids, condition, feature_bits)                                            \
    {                                                                                                        \
        .name = "smmuv3.terminate." n, .summary = text, .run = function, .rows = row_ids, .gate = condition, \
        .features = feature_bits, .functional = true, .tier = TIER_FULL                                      \
    }
#define ENDING(n, text, row_id, condition, index)                                                                           \
    {                                                                                                                       \
        .name = "smmuv3.terminate." n, .summary = text, .run = terminated, .rows = row_id " SMMU-5-170", .gate = condition, \
        .functional = true, .tier = TIER_FULL, .argument = &endings[index]                                                  \
    }

static const struct iotb_case cases[] = {
    ENDING("abort_recorded", "A = 1, R = 1: aborted and recorded", "SMMU-5-163", "IDR0.S1P&IDR0.STALL_MODEL<2", 0),
    ENDING("abort_silent", "A = 1, R = 0: aborted without a record", "SMMU-5-164", "IDR0.S1P&IDR0.STALL_MODEL<2", 1),
    ENDING("razwi_recorded", "A = 0, R = 1: RAZ/WI and recorded", "SMMU-5-165", "IDR0.S1P&IDR0.STALL_MODEL<2&!IDR0.TERM_MODEL",
           2),
    ENDING("razwi_silent", "A = 0, R = 0: RAZ/WI without a record", "SMMU-5-166", "IDR0.S1P&IDR0.STALL_MODEL<2&!IDR0.TERM_MODEL",
           3),
    CASE("stage_2_terminated", "Stage 2 faults abort whatever the CD says, and are recorded with S2R", stage_2_terminated,
         "SMMU-3-118 SMMU-5-171", "IDR0.S1P&IDR0.S2P&IDR0.STALL_MODEL<2", 0),
    CASE("merging", "Without MEV there is a record each; with it only alike ones are merged", merging,
         "SMMU-3-114 SMMU-7-033 SMMU-7-034 SMMU-7-035", "IDR0.S1P&IDR0.STALL_MODEL<2", 0),
    CASE("permission_flags", "Bits of F_PERMISSION that belong to absent features are 0", permission_flags, "SMMU-7-055",
         "IDR0.S1P", 0),
    CASE("independent", "Faults of one request do not concern another", independent, "SMMU-3-122", "IDR0.S1P", 0),
    CASE("data_aborted", "Aborts behind the SMMU are not recorded", data_aborted, "SMMU-16-902", "IDR0.S1P", 0),
};

const struct iotb_case_list sm_terminate_cases = {cases, sizeof cases / sizeof cases[0]};
