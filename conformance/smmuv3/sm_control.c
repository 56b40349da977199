/* SPDX-License-Identifier: BSD-2-Clause */
/* CR0 and its acknowledge, CR1, CR2, GBPA: what they enable, what they guard (6.3.9 to 6.3.14). */
#include "build/sm.h"
#include "sm_chapters.h"

#define INPUT UINT64_C(0x6345000)

/* ---- CR0 ---- */

static const struct control_bit {
    const char *field;
    uint32_t idr; /* register with the feature, NULL field: always there */
    const char *feature;
    uint32_t most; /* largest value */
} control_bits[] = {
    {"SMMUEN", 0, NULL, 1},  {"EVENTQEN", 0, NULL, 1}, {"CMDQEN", 0, NULL, 1},       {"PRIQEN", 0, "PRI", 1},
    {"ATSCHK", 0, "ATS", 1}, {"VMW", 0, "VMW", 7},     {"DPT_WALK_EN", 3, "DPT", 1},
};
#define CONTROL_BITS (sizeof control_bits / sizeof control_bits[0])

static void cr0_fields(struct test *t)
{
    struct sm_config config = {.stay_off = true};
    struct sm sm;
    uint64_t base;

    sm_open(&sm, t, &config);
    sm_enable(&sm, "CMDQEN", 0);
    sm_enable(&sm, "EVENTQEN", 0);
    base = sm_reg(t, "SMMU_CR0");
    for (size_t i = 0; i < CONTROL_BITS; i++) {
        const struct control_bit *b = &control_bits[i];
        bool present = !b->feature || sm_idr(t, b->idr, b->feature);

        for (uint32_t value = b->most; value; value >>= 1) {
            uint64_t written = base | sm_reg_bits("SMMU_CR0", b->field, value);

            test_context(t, "CR0.%s = %u", b->field, value);
            reg_write32(t, sm_offset("SMMU_CR0"), (uint32_t)written);
            if (present)
                CHECK_EQ(t, "SMMU-6-939", written, sm_reg(t, "SMMU_CR0"), "CR0 at once after the write");
            test_settle(t);
            CHECK_EQ(t, present ? "SMMU-6-938" : "SMMU-6-021", present ? written : base, sm_reg(t, "SMMU_CR0ACK"), "CR0ACK");
            CHECK_EQ(t, present ? "SMMU-6-939" : "SMMU-6-021", present ? written : base, sm_reg(t, "SMMU_CR0"), "CR0");
            reg_write32(t, sm_offset("SMMU_CR0"), (uint32_t)base);
            test_settle(t);
            CHECK_EQ(t, "SMMU-6-938", base, sm_reg(t, "SMMU_CR0ACK"), "CR0ACK after the field was cleared");
        }
    }
    sm_close(&sm);
}

/* 6.3.9: fields are independent; the same value may be written again while another field is in transition. */
static void cr0_overlapping(struct test *t)
{
    struct sm_config config = {.stay_off = true};
    struct sm sm;
    uint64_t eventq = sm_reg_bits("SMMU_CR0", "EVENTQEN", 1), cmdq = sm_reg_bits("SMMU_CR0", "CMDQEN", 1);

    sm_open(&sm, t, &config);
    sm_enable(&sm, "CMDQEN", 0);
    sm_enable(&sm, "EVENTQEN", 0);
    reg_write32(t, sm_offset("SMMU_CR0"), (uint32_t)cmdq);
    reg_write32(t, sm_offset("SMMU_CR0"), (uint32_t)(cmdq | eventq));
    reg_write32(t, sm_offset("SMMU_CR0"), (uint32_t)(cmdq | eventq));
    test_settle(t);
    CHECK_EQ(t, "SMMU-6-941", cmdq | eventq, sm_reg(t, "SMMU_CR0ACK"), "CR0ACK after overlapping updates");
    reg_write32(t, sm_offset("SMMU_CR0"), (uint32_t)eventq);
    reg_write32(t, sm_offset("SMMU_CR0"), 0);
    test_settle(t);
    CHECK_EQ(t, "SMMU-6-941", 0, sm_reg(t, "SMMU_CR0ACK"), "CR0ACK after overlapping updates to 0");
    sm_close(&sm);
}

/* A field altered again before its Update is complete. */
static void cr0_rewritten(struct test *t)
{
    struct sm_config config = {.stay_off = true};
    struct sm sm;
    uint64_t before, enabled, ack;

    sm_open(&sm, t, &config);
    before = sm_reg(t, "SMMU_CR0");
    enabled = before | sm_reg_bits("SMMU_CR0", "SMMUEN", 1);
    reg_write32(t, sm_offset("SMMU_CR0"), (uint32_t)enabled);
    reg_write32(t, sm_offset("SMMU_CR0"), (uint32_t)before);
    test_settle(t);
    ack = sm_reg(t, "SMMU_CR0ACK");
    CHECK(t, "SMMU-6-940", ack == before || ack == enabled, "CR0ACK is 0x%llx: neither of the values written",
          (unsigned long long)ack);
    reg_write32(t, sm_offset("SMMU_CR0"), (uint32_t)before);
    test_settle(t);
    sm_close(&sm);
}

/* VMW codes 5 to 7 are reserved: they read back and match exactly, so that nothing needs more than the VMID itself. */
static void vmw_reserved(struct test *t)
{
    struct sm sm;
    struct sm_path path;
    struct iotb_request r;
    uint64_t host[2];

    for (uint32_t code = 5; code < 8; code++) {
        if (code > 5)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "VMW = %u", code);
        sm_open(&sm, t, NULL);
        CHECK(t, "SMMU-6-035", sm_enable(&sm, "VMW", code), "CR0ACK.VMW takes the reserved code");
        CHECK_EQ(t, "SMMU-6-035", code, sm_field(t, "SMMU_CR0", "VMW"), "CR0.VMW reads back");
        sm_invalidate_all(&sm);
        sm_path_open(&sm, &path, SM_F_S2, sm_sid(&sm, 0), 0, 0, 0x22);
        host[0] = sm_path_page(&path, INPUT, SM_RW);
        host[1] = mem_alloc(t, 65536, 65536);
        r = sm_request(&path, IOTB_WRITE, INPUT + 0x40, 8);
        sm_expect_ok(&sm, "SMMU-6-035", &r, host[0] + 0x40);
        sm_unmap(&sm, path.s2, INPUT, 0);
        sm_submit_one(&sm, sm_cmd_s12_vmall(0x22));
        sm_map(&sm, path.s2, INPUT, host[1], 0, SM_RW);
        sm_expect_ok(&sm, "SMMU-6-035", &r, host[1] + 0x40);
        sm_close(&sm);
    }
}

/* ---- guards ---- */

static const struct guarded {
    const char *reg;
    const char *enable; /* of CR0 */
    const char *row;
    uint64_t change; /* bits that a write flips */
} guarded[] = {
    {"SMMU_CR1", "SMMUEN", "SMMU-6-948", 0x540},
    {"SMMU_CR1", "CMDQEN", "SMMU-6-918", 0x015},
    {"SMMU_CR1", "EVENTQEN", "SMMU-6-918", 0x015},
    {"SMMU_CR2", "SMMUEN", "SMMU-6-947", 0x2},
    {"SMMU_STRTAB_BASE", "SMMUEN", "SMMU-6-949", 0x1000000},
    {"SMMU_STRTAB_BASE_CFG", "SMMUEN", "SMMU-6-949", 0x2},
    {"SMMU_CMDQ_BASE", "CMDQEN", "SMMU-6-907", 0x1000000},
    {"SMMU_CMDQ_CONS", "CMDQEN", "SMMU-6-907", 0x1},
    {"SMMU_EVENTQ_BASE", "EVENTQEN", "SMMU-6-908", 0x1000000},
    {"SMMU_EVENTQ_PROD", "EVENTQEN", "SMMU-6-908", 0x1},
};

/* A guarded register keeps its value while its enable is on, and takes one when enable and acknowledge are 0. From v3.2 on a
 * write is ignored; before that its effect is not foreseen, so that only the second half is looked at. */
static void guard_holds(struct test *t)
{
    const struct guarded *g = test_argument(t);
    struct sm_config config = {.stay_off = true};
    struct sm sm;
    uint64_t before;

    sm_open(&sm, t, &config);
    for (size_t i = 0; i < 3; i++)
        sm_enable(&sm, control_bits[i].field, 0);
    before = sm_reg(t, g->reg);
    sm_reg_set(t, g->reg, before ^ g->change);
    CHECK_EQ(t, g->row, before ^ g->change, sm_reg(t, g->reg), "%s with %s = 0", g->reg, g->enable);
    sm_reg_set(t, g->reg, before);
    CHECK_EQ(t, g->row, before, sm_reg(t, g->reg), "%s written back", g->reg);
    sm_enable(&sm, g->enable, 1);
    if (sm.minor >= 2) {
        sm_reg_set(t, g->reg, before ^ g->change);
        CHECK_EQ(t, g->row, before, sm_reg(t, g->reg), "%s with %s = 1", g->reg, g->enable);
        /* The field counts as old until it is acknowledged (6.3.9). */
        sm_enable_start(&sm, g->enable, 0);
        if (sm_field(t, "SMMU_CR0ACK", g->enable)) {
            sm_reg_set(t, g->reg, before ^ g->change);
            CHECK_EQ(t, g->row, before, sm_reg(t, g->reg), "%s with %s = 0, not acknowledged", g->reg, g->enable);
        }
        test_settle(t);
    }
    sm_enable(&sm, g->enable, 0);
    sm_reg_set(t, g->reg, before ^ g->change);
    CHECK_EQ(t, g->row, before ^ g->change, sm_reg(t, g->reg), "%s after %s = 0", g->reg, g->enable);
    sm_close(&sm);
}

/* What STRTAB_BASE and its configuration can hold (6.3.24, 6.3.25). */
static void strtab_fields(struct test *t)
{
    struct sm_config config = {.stay_off = true};
    uint64_t seen, below_oas;
    struct sm sm;

    sm_open(&sm, t, &config);
    below_oas = ((UINT64_C(1) << sm.oas_bits) - 1) & ~UINT64_C(63);
    sm_reg_set(t, "SMMU_STRTAB_BASE", ~UINT64_C(0));
    seen = sm_reg(t, "SMMU_STRTAB_BASE");
    CHECK_EQ(t, "SMMU-6-067", 0, seen & ~(UINT64_C(1) << 62 | ((UINT64_C(1) << 56) - 64)), "bits outside of RA and ADDR");
    CHECK_EQ(t, "SMMU-6-067", below_oas, seen & below_oas, "bits of ADDR below OAS");
    if (!sm_idr(t, 0, "ST_LEVEL")) {
        sm_reg_set(t, "SMMU_STRTAB_BASE_CFG", UINT32_MAX);
        CHECK_EQ(t, "SMMU-6-070", 0, sm_field(t, "SMMU_STRTAB_BASE_CFG", "FMT"), "FMT without two-level tables");
        CHECK_EQ(t, "SMMU-6-070", 0, sm_field(t, "SMMU_STRTAB_BASE_CFG", "SPLIT"), "SPLIT without two-level tables");
    }
    sm_close(&sm);
}

/* A write to a guarded register changes nothing for the streams. */
static void strtab_locked(struct test *t)
{
    struct sm sm;
    struct sm_path path;
    struct iotb_request r;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_BYPASS, sm_sid(&sm, 0), 0, 0, 0);
    host = mem_alloc(t, 4096, 4096);
    r = sm_request(&path, IOTB_WRITE, host + 0x80, 8);
    sm_expect_ok(&sm, "SMMU-6-949", &r, host + 0x80);
    sm_reg_set(t, "SMMU_STRTAB_BASE", mem_alloc(t, 65536, 65536));
    sm_reg_set(t, "SMMU_STRTAB_BASE_CFG", 0);
    sm_invalidate_all(&sm);
    sm_expect_ok(&sm, "SMMU-6-949", &r, host + 0x80);
    sm_close(&sm);
}

/* Encodings of CR1 that are reserved count as 0: tables and queues work with each of them. */
static void cr1_reserved(struct test *t)
{
    static const uint32_t values[] = {0x000, 0x7d0, 0x410, 0xfff, 0xd75, 0x1d5};

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct sm_config config = {.stay_off = true};
        struct sm_path path;
        struct iotb_request r;
        struct sm sm;
        uint64_t host;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "CR1 = 0x%x", values[i]);
        sm_open(&sm, t, &config);
        for (size_t b = 0; b < 3; b++)
            sm_enable(&sm, control_bits[b].field, 0);
        sm_reg_set(t, "SMMU_CR1", values[i]);
        CHECK_EQ(t, "SMMU-6-948", values[i], sm_reg(t, "SMMU_CR1"), "CR1 reads back");
        sm_enable(&sm, "CMDQEN", 1);
        sm_enable(&sm, "EVENTQEN", 1);
        sm_enable(&sm, "SMMUEN", 1);
        sm_path_open(&sm, &path, SM_F_BYPASS, sm_sid(&sm, 0), 0, 0, 0);
        host = mem_alloc(t, 4096, 4096);
        r = sm_request(&path, IOTB_WRITE, host + 0x80, 8);
        sm_expect_ok(&sm, "SMMU-6-039", &r, host + 0x80);
        sm_ste_set(&sm, path.sid, "V", 0);
        sm_cfgi_ste(&sm, path.sid);
        CHECK(t, "SMMU-6-917", sm_sync(&sm), "the Command queue works");
        sm_expect_config(&sm, "SMMU-6-039", &r, SM_C_BAD_STE, host);
        sm_close(&sm);
    }
}

static void cr2_bits(struct test *t)
{
    struct sm_config config = {.stay_off = true};
    struct sm sm;
    uint64_t want = sm_reg_bits("SMMU_CR2", "RECINVSID", 1);

    sm_open(&sm, t, &config);
    if (sm_idr(t, 0, "ATSRECERR"))
        want |= sm_reg_bits("SMMU_CR2", "REC_CFG_ATS", 1);
    if (sm_idr(t, 0, "BTM"))
        want |= sm_reg_bits("SMMU_CR2", "PTM", 1);
    if (sm_idr(t, 0, "Hyp"))
        want |= sm_reg_bits("SMMU_CR2", "E2H", 1);
    sm_reg_set(t, "SMMU_CR2", UINT32_MAX);
    CHECK_EQ(t, "SMMU-6-041", want, sm_reg(t, "SMMU_CR2"), "CR2 after a write of ones");
    sm_reg_set(t, "SMMU_CR2", 0);
    CHECK_EQ(t, "SMMU-6-041", 0, sm_reg(t, "SMMU_CR2"), "CR2 after a write of zeros");
    sm_close(&sm);
}

/* E2H counts from the next 0 to 1 of SMMUEN, and only for streams with STRW = 10. */
static void e2h_applies(struct test *t)
{
    for (int e2h = 0; e2h < 2; e2h++) {
        struct sm_config config = {.e2h = e2h};
        struct sm sm;
        struct sm_path el2, el1;
        struct iotb_request r[2];
        uint64_t high = UINT64_C(0xffffff8000000000) + INPUT, host;

        if (e2h)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "E2H = %d", e2h);
        sm_open(&sm, t, &config);
        sm_path_open(&sm, &el1, SM_F_S1, sm_sid(&sm, 1), 0, 0x31, 0x22);
        sm_path_open_high(&el1, NULL);
        host = mem_alloc(t, 65536, 65536);
        sm_map(&sm, el1.s1_high, high, host, 0, SM_RW);
        r[0] = sm_request(&el1, IOTB_WRITE, high + 0x40, 8);
        sm_expect_ok(&sm, "SMMU-6-044", &r[0], host + 0x40);
        sm_path_open(&sm, &el2, e2h ? SM_F_E2H : SM_F_EL2, sm_sid(&sm, 0), 0, 0x11, 0x22);
        r[1] = sm_request(&el2, IOTB_WRITE, high + 0x80, 8);
        if (e2h) {
            sm_path_open_high(&el2, NULL);
            sm_map(&sm, el2.s1_high, high, host, 0, SM_RW);
            sm_path_invalidate(&el2);
            sm_expect_ok(&sm, "SMMU-6-044", &r[1], host + 0x80);
        } else {
            sm_expect_s1(&sm, "SMMU-6-044", &r[1], SM_F_TRANSLATION, host);
        }
        sm_close(&sm);
    }
}

/* RECINVSID decides on the record of C_BAD_STREAMID and on nothing else. */
static void recinvsid(struct test *t)
{
    for (int record = 0; record < 2; record++) {
        struct sm_config config = {.format = SM_LINEAR, .log2size = 4, .no_recinvsid = !record};
        struct sm_ste broken = {.config = SM_BYPASS, .invalid = true};
        struct sm sm;
        struct iotb_request r;
        uint32_t sid = 0, in = 0;
        bool out = false, inside = false;

        if (record)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "RECINVSID = %d", record);
        sm_open(&sm, t, &config);
        for (uint32_t s = 0; s < 0x10000 && !(out && inside); s++) {
            if (!sm_sid_usable(&sm, s))
                continue;
            if (s >= 16 && !out) {
                out = true;
                sid = s;
            } else if (s < 16 && !inside) {
                inside = true;
                in = s;
            }
        }
        if (!out)
            test_skip(t, "no request can have a StreamID outside of a 16-entry table");
        r = sm_plain_request(&sm, sid, mem_alloc(t, 4096, 4096));
        if (record)
            sm_expect_config(&sm, "SMMU-6-042", &r, SM_C_BAD_STREAMID, r.address);
        else
            sm_expect_silent_abort(&sm, "SMMU-6-042", &r, r.address);
        if (inside) {
            sm_set_ste(&sm, in, &broken);
            sm_cfgi_ste(&sm, in);
            r.requester_id = (uint16_t)in;
            sm_expect_config(&sm, "SMMU-6-042", &r, SM_C_BAD_STE, r.address);
        }
        sm_close(&sm);
    }
}

#define GUARD_CASE(n, row_id, index)                                                                               \
    {                                                                                                              \
        .name = "smmuv3.control.guard." n, .summary = "A guarded register keeps its value while its enable is on", \
        .run = guard_holds, .rows = row_id, .functional = true, .tier = TIER_FULL, .argument = &guarded[index]     \
    }

static const struct iotb_case cases[] = {
    {.name = "smmuv3.control.cr0_fields",
     .summary = "Each field of CR0 reads back at once and is acknowledged by itself; fields of absent features are RES0",
     .run = cr0_fields,
     .rows = "SMMU-6-021 SMMU-6-938 SMMU-6-939",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "smmuv3.control.cr0_overlapping",
     .summary = "Updates of several fields of CR0 overlap",
     .run = cr0_overlapping,
     .rows = "SMMU-6-941",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.control.cr0_rewritten",
     .summary = "A field that is altered again before its acknowledge ends with one of the values",
     .run = cr0_rewritten,
     .rows = "SMMU-6-940",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.control.vmw_reserved",
     .summary = "Reserved VMW codes read back and match exactly",
     .run = vmw_reserved,
     .rows = "SMMU-6-035",
     .gate = "IDR0.VMW",
     .functional = true,
     .tier = TIER_FULL},
    GUARD_CASE("cr1_table", "SMMU-6-948", 0),
    GUARD_CASE("cr1_queue_cmdq", "SMMU-6-918", 1),
    GUARD_CASE("cr1_queue_eventq", "SMMU-6-918", 2),
    GUARD_CASE("cr2", "SMMU-6-947", 3),
    GUARD_CASE("strtab_base", "SMMU-6-949", 4),
    GUARD_CASE("strtab_base_cfg", "SMMU-6-949", 5),
    GUARD_CASE("cmdq_base", "SMMU-6-907", 6),
    GUARD_CASE("cmdq_cons", "SMMU-6-907", 7),
    GUARD_CASE("eventq_base", "SMMU-6-908", 8),
    GUARD_CASE("eventq_prod", "SMMU-6-908", 9),
    {.name = "smmuv3.control.strtab_fields",
     .summary = "STRTAB_BASE and its configuration hold the fields that there are",
     .run = strtab_fields,
     .rows = "SMMU-6-067 SMMU-6-070",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.control.strtab_locked",
     .summary = "Writes to STRTAB_BASE and its configuration while SMMUEN = 1 leave the streams alone",
     .run = strtab_locked,
     .rows = "SMMU-6-949",
     .gate = "AIDR.ArchMinorRev>=2",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.control.cr1_reserved",
     .summary = "Tables and queues work with every encoding of CR1",
     .run = cr1_reserved,
     .rows = "SMMU-6-039 SMMU-6-917 SMMU-6-948",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.control.cr2_bits",
     .summary = "CR2 has the bits of the features that are there",
     .run = cr2_bits,
     .rows = "SMMU-6-041",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.control.e2h",
     .summary = "CR2.E2H gives EL2 streams a second range and leaves EL1 streams alone",
     .run = e2h_applies,
     .rows = "SMMU-6-044",
     .gate = "IDR0.Hyp",
     .features = IOTB_F_WIDE_ADDRESS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.control.recinvsid",
     .summary = "RECINVSID decides on the record of C_BAD_STREAMID and on nothing else",
     .run = recinvsid,
     .rows = "SMMU-6-042",
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list sm_control_cases = {cases, sizeof cases / sizeof cases[0]};
