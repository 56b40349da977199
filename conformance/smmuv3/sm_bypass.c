/* SPDX-License-Identifier: BSD-2-Clause */
/* SMMUEN and the global bypass: GBPA, what works while translation is off, what its acknowledge promises (6.3.9.6, 6.3.14). */
#include "build/sm.h"
#include "sm_chapters.h"

#define INPUT UINT64_C(0x6345000)

static uint32_t gbpa_abort(void)
{
    return (uint32_t)sm_reg_bits("SMMU_GBPA", "ABORT", 1);
}

/* SHCFG = 01, use incoming: what a bypass without overrides is. */
static uint32_t gbpa_bypass(void)
{
    return (uint32_t)sm_reg_bits("SMMU_GBPA", "SHCFG", 1);
}

static struct iotb_request plain(struct sm *sm)
{
    return sm_plain_request(sm, sm_sid(sm, 0), mem_alloc(sm->t, 4096, 4096) + 0x128);
}

static void off_is_bypass(struct test *t)
{
    struct sm_config config = {.stay_off = true};
    struct iotb_request r;
    struct sm sm;

    sm_open(&sm, t, &config);
    sm_reg_set(t, "SMMU_STRTAB_BASE", UINT64_C(0x5a5a5a40) & ((UINT64_C(1) << sm.oas_bits) - 1));
    sm_reg_set(t, "SMMU_STRTAB_BASE_CFG", 0);
    sm_gbpa(&sm, gbpa_bypass());
    r = plain(&sm);
    sm_expect_ok(&sm, "SMMU-6-023", &r, r.address);
    r.kind = IOTB_READ;
    sm_expect_ok(&sm, "SMMU-3-210", &r, r.address);
    if (test_has(t, IOTB_F_PASID)) {
        r.flags = IOTB_RQ_PASID;
        r.pasid = 5;
        sm_expect_ok(&sm, "SMMU-6-023", &r, r.address);
    }
    CHECK_EQ(t, "SMMU-6-023", 0, sm_event_pending(&sm), "records of bypassing requests");
    sm_close(&sm);
}

static void off_aborts(struct test *t)
{
    struct sm_config config = {.stay_off = true};
    struct iotb_request r;
    struct sm sm;

    sm_open(&sm, t, &config);
    CHECK(t, "SMMU-6-952", sm_gbpa(&sm, gbpa_abort()), "GBPA.Update returns to 0");
    r = plain(&sm);
    sm_expect_silent_abort(&sm, "SMMU-6-024", &r, r.address);
    r.kind = IOTB_READ;
    sm_expect_silent_abort(&sm, "SMMU-6-024", &r, r.address);
    if (test_has(t, IOTB_F_PASID)) {
        r.flags = IOTB_RQ_PASID;
        r.pasid = 5;
        sm_expect_silent_abort(&sm, "SMMU-6-024", &r, r.address);
    }
    CHECK(t, "SMMU-6-952", sm_gbpa(&sm, gbpa_bypass()), "GBPA.Update returns to 0");
    r.flags = 0;
    sm_expect_ok(&sm, "SMMU-6-952", &r, r.address);
    sm_close(&sm);
}

/* GBPA has no effect on streams while SMMUEN = 1. */
static void on_ignores_gbpa(struct test *t)
{
    struct sm_path path;
    struct iotb_request r;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_gbpa(&sm, gbpa_abort());
    sm_path_open(&sm, &path, SM_F_BYPASS, sm_sid(&sm, 0), 0, 0, 0);
    host = mem_alloc(t, 4096, 4096);
    r = sm_request(&path, IOTB_WRITE, host + 0x40, 8);
    sm_expect_ok(&sm, "SMMU-6-952", &r, host + 0x40);
    sm_gbpa(&sm, gbpa_bypass());
    sm_ste_set(&sm, path.sid, "V", 0);
    sm_cfgi_ste(&sm, path.sid);
    sm_expect_config(&sm, "SMMU-6-028", &r, SM_C_BAD_STE, host);
    sm_close(&sm);
}

/* 6.3.14.1: Update must be written with the value. */
static void gbpa_update(struct test *t)
{
    struct sm_config config = {.stay_off = true};
    uint32_t update = (uint32_t)sm_reg_bits("SMMU_GBPA", "Update", 1);
    struct iotb_request r;
    struct sm sm;

    sm_open(&sm, t, &config);
    sm_gbpa(&sm, gbpa_bypass());
    r = plain(&sm);
    reg_write32(t, sm_offset("SMMU_GBPA"), gbpa_bypass() | gbpa_abort());
    test_settle(t);
    if (sm.minor >= 2) {
        CHECK_EQ(t, "SMMU-6-953", 0, sm_field(t, "SMMU_GBPA", "ABORT"), "ABORT after a write without Update");
        sm_expect_ok(&sm, "SMMU-6-953", &r, r.address);
    }
    CHECK_EQ(t, "SMMU-6-953", 0, sm_field(t, "SMMU_GBPA", "Update"), "Update after a write without it");
    sm_gbpa(&sm, gbpa_bypass());
    reg_write32(t, sm_offset("SMMU_GBPA"), update | gbpa_bypass() | gbpa_abort());
    CHECK_EQ(t, "SMMU-6-955", 1, sm_field(t, "SMMU_GBPA", "ABORT"), "ABORT at once after the write");
    if (sm_field(t, "SMMU_GBPA", "Update")) {
        reg_write32(t, sm_offset("SMMU_GBPA"), update | gbpa_bypass());
        test_settle(t);
        if (sm.minor >= 2)
            CHECK_EQ(t, "SMMU-6-954", 1, sm_field(t, "SMMU_GBPA", "ABORT"), "ABORT after a second write during the update");
    }
    test_settle(t);
    CHECK_EQ(t, "SMMU-6-952", 0, sm_field(t, "SMMU_GBPA", "Update"), "Update in the end");
    sm_close(&sm);
}

/* 3.4: an input beyond OAS is aborted, and not cut. */
static void off_too_far(struct test *t)
{
    struct sm_config config = {.stay_off = true};
    struct iotb_request r;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, &config);
    sm_gbpa(&sm, gbpa_bypass());
    r = plain(&sm);
    host = r.address;
    sm_expect_ok(&sm, "SMMU-3-055", &r, host);
    for (uint32_t bit = sm.oas_bits; bit < 64 && bit < sm_address_bits(&sm); bit += 5) {
        test_context(t, "address bit %u", bit);
        r.address = host | UINT64_C(1) << bit;
        sm_expect_silent_abort(&sm, "SMMU-3-055", &r, host);
    }
    sm_close(&sm);
}

/*
 * 6.3.9.6: a request is treated as though SMMUEN did not change on its way, so that one of before may still read structures when
 * SMMUEN = 0 is acknowledged. Requests that come later read none.
 */
static void off_reads_nothing(struct test *t)
{
    uint64_t leaf, ste, host;
    struct iotb_request r;
    struct sm_path path;
    uint32_t hold, id;
    struct sm sm;
    size_t mark;

    sm_open(&sm, t, NULL);
    sm_gbpa(&sm, gbpa_abort());
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW);
    leaf = sm_path_leaf(&path, INPUT);
    ste = sm_ste_address(&sm, path.sid);
    hold = hold_accesses(t, ste, ste + 63, ACC_READS);
    r = sm_request(&path, IOTB_WRITE, INPUT + 0x40, 8);
    id = request_send(t, &r);
    test_settle(t);
    if (!hold_count(t, hold))
        test_not_testable(t, "the read of the STE cannot be withheld");
    sm_enable(&sm, "SMMUEN", 0);
    hold_release(t, hold);
    test_settle(t);
    CHECK(t, "SMMU-6-946", request_wait(t, id).done, "the request ends");
    CHECK_EQ(t, "SMMU-6-946", 0, sm_field(t, "SMMU_CR0ACK", "SMMUEN"), "CR0ACK.SMMUEN in the end");
    mark = trace_mark(t);
    for (uint32_t i = 0; i < 2; i++) {
        r.address = i ? INPUT + 0x2040 : INPUT + 0x80;
        sm_expect_silent_abort(&sm, "SMMU-6-946", &r, host + 0x80);
    }
    CHECK_EQ(t, "SMMU-6-946", 0, trace_count(t, mark, ste, ste + 63, ACC_READS), "reads of the STE for new requests");
    CHECK_EQ(t, "SMMU-6-946", 0, trace_count(t, mark, leaf, leaf + 7, ACC_READS), "reads of tables for new requests");
    sm_close(&sm);
}

/* The value at reset is the implementation's, but it is one that is followed. */
static void gbpa_reset(struct test *t)
{
    struct sm_config config = {.stay_off = true};
    struct iotb_request r;
    struct sm sm;
    bool aborts = sm_field(t, "SMMU_GBPA", "ABORT");

    sm_open(&sm, t, &config);
    test_reset(t, IOTB_RESET_COLD);
    CHECK_EQ(t, "SMMU-6-960", aborts, sm_field(t, "SMMU_GBPA", "ABORT"), "GBPA.ABORT after a second reset");
    r = plain(&sm);
    {
        struct outcome o = request_run(t, &r);

        CHECK(t, "SMMU-6-960", o.done || !o.has_status, "a request before any set-up completes");
        if (o.has_status)
            CHECK_EQ(t, "SMMU-6-960", !aborts, o.status == IOTB_SC, "status of a request before any set-up");
    }
    sm_open(&sm, t, NULL);
    sm_close(&sm);
}

/* 6.3.14: the fields of GBPA are stored; those without support read 0 or what was written. */
static void gbpa_fields(struct test *t)
{
    static const struct {
        const char *field;
        uint32_t value;
        const char *needs; /* of IDR1 */
    } fields[] = {{"INSTCFG", 3, "ATTR_PERMS_OVR"},   {"INSTCFG", 2, "ATTR_PERMS_OVR"}, {"PRIVCFG", 3, "ATTR_PERMS_OVR"},
                  {"PRIVCFG", 2, "ATTR_PERMS_OVR"},   {"SHCFG", 3, "ATTR_TYPES_OVR"},   {"SHCFG", 2, "ATTR_TYPES_OVR"},
                  {"ALLOCCFG", 15, "ATTR_TYPES_OVR"}, {"MTCFG", 1, "ATTR_TYPES_OVR"}};
    struct sm_config config = {.stay_off = true};
    struct iotb_request r;
    struct sm sm;

    sm_open(&sm, t, &config);
    r = plain(&sm);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        uint64_t seen;
        bool there = sm_idr(t, 1, fields[i].needs);

        test_context(t, "GBPA.%s = %u", fields[i].field, fields[i].value);
        sm_gbpa(&sm, (uint32_t)sm_reg_bits("SMMU_GBPA", fields[i].field, fields[i].value));
        seen = sm_field(t, "SMMU_GBPA", fields[i].field);
        CHECK(t, there ? "SMMU-6-956" : "SMMU-6-050", seen == fields[i].value || seen == 0, "reads 0x%llx",
              (unsigned long long)seen);
        sm_expect_ok(&sm, there ? "SMMU-6-956" : "SMMU-6-050", &r, r.address);
    }
    sm_close(&sm);
}

/* MTCFG and MemAttr replace the type, SHCFG the Shareability: Write-Back that is Non-shareable is not snooped. */
static void gbpa_types(struct test *t)
{
    static const struct {
        uint32_t memattr, shcfg, type, snoop; /* as of dut.h */
    } overrides[] = {{0xf, 1, 6, 1}, {0x0, 1, 0, 0}, {0x1, 1, 0, 0}, {0x5, 1, 1, 0}, {0xa, 2, 4, 1},
                     {0xf, 0, 6, 0}, {0xf, 2, 6, 1}, {0xf, 3, 6, 1}, {0x4, 1, 0, 0}, {0x8, 1, 0, 0}};
    struct sm_config config = {.stay_off = true};
    struct sm sm;

    sm_open(&sm, t, &config);
    for (size_t i = 0; i < sizeof overrides / sizeof overrides[0]; i++) {
        struct iotb_request r = plain(&sm);
        const struct iotb_access *a;
        size_t mark = trace_mark(t);

        test_context(t, "GBPA.MemAttr = %x, SHCFG = %u", overrides[i].memattr, overrides[i].shcfg);
        sm_gbpa(&sm, (uint32_t)(sm_reg_bits("SMMU_GBPA", "MTCFG", 1) | sm_reg_bits("SMMU_GBPA", "MemAttr", overrides[i].memattr) |
                                sm_reg_bits("SMMU_GBPA", "SHCFG", overrides[i].shcfg)));
        sm_expect_ok(&sm, "SMMU-6-952", &r, r.address);
        a = trace_find(t, mark, r.address, r.address + 7, ACC_ANY);
        if (!a || a->memory_type == IOTB_ATTR_UNKNOWN)
            continue;
        CHECK_EQ(t, "SMMU-13-009", overrides[i].type, a->memory_type, "memory type of the access");
        if (a->snoop != IOTB_ATTR_UNKNOWN)
            CHECK_EQ(t, "SMMU-13-009", overrides[i].snoop, a->snoop, "snooping of the access");
    }
    sm_close(&sm);
}

static void agbpa(struct test *t)
{
    struct sm_config config = {.stay_off = true};
    struct iotb_request r;
    struct sm sm;

    sm_open(&sm, t, &config);
    sm_gbpa(&sm, gbpa_bypass());
    r = plain(&sm);
    sm_reg_set(t, "SMMU_AGBPA", UINT32_MAX);
    sm_expect_ok(&sm, "SMMU-6-051", &r, r.address);
    sm_reg_set(t, "SMMU_AGBPA", 0);
    CHECK_EQ(t, "SMMU-6-051", 0, sm_reg(t, "SMMU_AGBPA"), "AGBPA reads 0");
    sm_close(&sm);
}

/* With SMMUEN = 0 commands work, prefetches fetch nothing, and no fault is recorded. */
static void off_commands(struct test *t)
{
    struct sm_config config = {.stay_off = true};
    struct sm_ste ste = {.config = SM_BYPASS, .invalid = true};
    struct sm_command commands[4];
    struct iotb_request r;
    struct sm sm;
    size_t mark = 0;
    uint64_t entry;

    sm_open(&sm, t, &config);
    sm_gbpa(&sm, gbpa_bypass());
    sm_set_ste(&sm, sm_sid(&sm, 0), &ste);
    entry = sm_ste_address(&sm, sm_sid(&sm, 0));
    if (test_has(t, IOTB_F_BENCH_MEMORY))
        mark = trace_mark(t);
    commands[0] = sm_cmd_cfgi_all();
    commands[1] = sm_cmd_nsnh_all();
    commands[2] = sm_cmd_prefetch_config(sm_sid(&sm, 0), false, 0);
    commands[3] = sm_cmd_prefetch_addr(sm_sid(&sm, 0), false, 0, INPUT, 1);
    CHECK(t, "SMMU-6-027", sm_submit(&sm, commands, 4), "commands complete with SMMUEN = 0");
    r = plain(&sm);
    sm_expect_ok(&sm, "SMMU-6-946", &r, r.address);
    CHECK_EQ(t, "SMMU-7-019", 0, sm_event_pending(&sm), "records with SMMUEN = 0");
    if (test_has(t, IOTB_F_BENCH_MEMORY)) {
        CHECK_EQ(t, "SMMU-4-020", 0, trace_count(t, mark, entry, entry + 63, ACC_READS), "reads of an STE with SMMUEN = 0");
        CHECK_EQ(t, "SMMU-6-946", 0, trace_count(t, mark, sm.strtab, sm.strtab + 63, ACC_READS),
                 "reads of the Stream table with SMMUEN = 0");
    }
    sm_close(&sm);
}

/* The acknowledge of SMMUEN = 1: what arrives later uses its STE; that of 0: it bypasses. */
static void smmuen_ack(struct test *t)
{
    struct sm_ste ste = {.config = SM_BYPASS, .invalid = true};
    struct iotb_request r;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_gbpa(&sm, gbpa_bypass());
    sm_set_ste(&sm, sm_sid(&sm, 0), &ste);
    sm_cfgi_ste(&sm, sm_sid(&sm, 0));
    r = plain(&sm);
    for (int round = 0; round < 3; round++) {
        sm_expect_config(&sm, round ? "SMMU-6-944" : "SMMU-6-028", &r, SM_C_BAD_STE, r.address);
        CHECK(t, "SMMU-6-938", sm_enable(&sm, "SMMUEN", 0), "CR0ACK.SMMUEN follows 0");
        sm_expect_ok(&sm, "SMMU-6-942", &r, r.address);
        CHECK(t, "SMMU-6-938", sm_enable(&sm, "SMMUEN", 1), "CR0ACK.SMMUEN follows 1");
    }
    sm_close(&sm);
}

/* Each request that overlaps a change of SMMUEN is bypassed or translated as a whole. */
static void smmuen_atomic(struct test *t)
{
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_gbpa(&sm, gbpa_bypass());
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW);
    if (!mem_exists(t, INPUT, 4096) || !mem_claim(t, INPUT, 4096))
        test_not_testable(t, "no memory at the address that a bypass would reach");
    for (uint32_t round = 0; round < 8; round++) {
        struct iotb_request r = sm_request(&path, IOTB_WRITE, INPUT + 8 * round, 8);
        uint64_t value = UINT64_C(0x1111000000000001) + round;
        uint64_t through, around;
        uint32_t id;

        for (uint32_t b = 0; b < 8; b++)
            r.data[b] = (uint8_t)(value >> (8 * b));
        id = request_send(t, &r);
        sm_enable_start(&sm, "SMMUEN", round & 1);
        request_wait(t, id);
        test_settle(t);
        through = mem_read64(t, host + 8 * round);
        around = mem_read64(t, INPUT + 8 * round);
        CHECK(t, "SMMU-6-943", (through == value && around == 0) || (through == 0 && around == value),
              "round %u: the write went to one of the two places", round);
    }
    sm_enable(&sm, "SMMUEN", 1);
    sm_close(&sm);
}

/* Caches may hold anything after a reset; invalidated, they hold nothing of before. */
static void reset_and_initialise(struct test *t)
{
    struct sm_path path;
    struct iotb_request r;
    struct sm sm;
    uint64_t host[2];

    for (int round = 0; round < 2; round++) {
        if (round)
            test_reset(t, IOTB_RESET_COLD);
        sm_open(&sm, t, NULL);
        sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
        host[round] = sm_path_page(&path, INPUT, SM_RW);
        r = sm_request(&path, IOTB_WRITE, INPUT + 0x40, 8);
        sm_expect_ok(&sm, "SMMU-3-208", &r, host[round] + 0x40);
        CHECK_EQ(t, "SMMU-3-211", 0, sm_event_pending(&sm), "records after the recommended sequence");
    }
    sm_close(&sm);
}

static const struct iotb_case cases[] = {
    {.name = "smmuv3.bypass.off_is_bypass",
     .summary = "With SMMUEN = 0 and GBPA.ABORT = 0 requests pass untranslated, with and without SubstreamID",
     .run = off_is_bypass,
     .rows = "SMMU-3-210 SMMU-6-023",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "smmuv3.bypass.off_aborts",
     .summary = "With SMMUEN = 0 and GBPA.ABORT = 1 requests are aborted without a record",
     .run = off_aborts,
     .rows = "SMMU-6-024 SMMU-6-952",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.bypass.on_ignores_gbpa",
     .summary = "GBPA has no say while SMMUEN = 1",
     .run = on_ignores_gbpa,
     .rows = "SMMU-6-028 SMMU-6-952",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.bypass.gbpa_update",
     .summary = "GBPA is written together with Update and once at a time",
     .run = gbpa_update,
     .rows = "SMMU-6-952 SMMU-6-953 SMMU-6-954 SMMU-6-955",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.bypass.gbpa_reset",
     .summary = "The value of GBPA.ABORT at reset is fixed and is followed",
     .run = gbpa_reset,
     .rows = "SMMU-6-960",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.bypass.gbpa_fields",
     .summary = "The override fields of GBPA are stored and never stop a bypass",
     .run = gbpa_fields,
     .rows = "SMMU-6-050 SMMU-6-956",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.bypass.gbpa_types",
     .summary = "GBPA replaces the memory type and the Shareability of what bypasses",
     .run = gbpa_types,
     .rows = "SMMU-6-952 SMMU-13-009",
     .gate = "IDR1.ATTR_TYPES_OVR",
     .features = IOTB_F_BENCH_MEMORY | IOTB_F_ATTRIBUTES,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.bypass.agbpa",
     .summary = "AGBPA does not disturb the bypass",
     .run = agbpa,
     .rows = "SMMU-6-051",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.bypass.off_commands",
     .summary = "With SMMUEN = 0 commands complete, prefetches fetch nothing, nothing is recorded",
     .run = off_commands,
     .rows = "SMMU-4-020 SMMU-6-027 SMMU-6-946 SMMU-7-019",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.bypass.smmuen_acknowledge",
     .summary = "After the acknowledge of SMMUEN every request is treated the new way",
     .run = smmuen_ack,
     .rows = "SMMU-6-028 SMMU-6-938 SMMU-6-942 SMMU-6-944",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.bypass.smmuen_atomic",
     .summary = "A request that overlaps a change of SMMUEN is bypassed or translated as a whole",
     .run = smmuen_atomic,
     .rows = "SMMU-6-943",
     .gate = "IDR0.S1P",
     .features = IOTB_F_OVERLAP,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.bypass.reset",
     .summary = "The recommended sequence leads to a working unit, whatever caches held before",
     .run = reset_and_initialise,
     .rows = "SMMU-3-208 SMMU-3-211",
     .gate = "IDR0.S1P",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.bypass.off_too_far",
     .summary = "With SMMUEN = 0 an input beyond OAS is aborted without a record",
     .run = off_too_far,
     .rows = "SMMU-3-055",
     .features = IOTB_F_WIDE_ADDRESS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.bypass.off_reads_nothing",
     .summary = "After the acknowledge of SMMUEN = 0 no structure is read for new requests",
     .run = off_reads_nothing,
     .rows = "SMMU-6-946",
     .gate = "IDR0.S1P",
     .features = IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list sm_bypass_cases = {cases, sizeof cases / sizeof cases[0]};
