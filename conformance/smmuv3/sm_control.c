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
        struct iotb_request r = {.size = sizeof r, .kind = IOTB_WRITE, .bytes = 8};
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
        r.address = mem_alloc(t, 4096, 4096);
        r.requester_id = (uint16_t)sid;
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

/* ---- SMMUEN ---- */

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
    struct iotb_request r = {.size = sizeof r, .kind = IOTB_WRITE, .bytes = 8};

    r.requester_id = (uint16_t)sm_sid(sm, 0);
    r.address = mem_alloc(sm->t, 4096, 4096) + 0x128;
    return r;
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
    {.name = "smmuv3.control.off_is_bypass",
     .summary = "With SMMUEN = 0 and GBPA.ABORT = 0 requests pass untranslated, with and without SubstreamID",
     .run = off_is_bypass,
     .rows = "SMMU-3-210 SMMU-6-023",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "smmuv3.control.off_aborts",
     .summary = "With SMMUEN = 0 and GBPA.ABORT = 1 requests are aborted without a record",
     .run = off_aborts,
     .rows = "SMMU-6-024 SMMU-6-952",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.control.on_ignores_gbpa",
     .summary = "GBPA has no say while SMMUEN = 1",
     .run = on_ignores_gbpa,
     .rows = "SMMU-6-028 SMMU-6-952",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.control.gbpa_update",
     .summary = "GBPA is written together with Update and once at a time",
     .run = gbpa_update,
     .rows = "SMMU-6-952 SMMU-6-953 SMMU-6-954 SMMU-6-955",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.control.gbpa_reset",
     .summary = "The value of GBPA.ABORT at reset is fixed and is followed",
     .run = gbpa_reset,
     .rows = "SMMU-6-960",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.control.gbpa_fields",
     .summary = "The override fields of GBPA are stored and never stop a bypass",
     .run = gbpa_fields,
     .rows = "SMMU-6-050 SMMU-6-956",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.control.agbpa",
     .summary = "AGBPA does not disturb the bypass",
     .run = agbpa,
     .rows = "SMMU-6-051",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.control.off_commands",
     .summary = "With SMMUEN = 0 commands complete, prefetches fetch nothing, nothing is recorded",
     .run = off_commands,
     .rows = "SMMU-4-020 SMMU-6-027 SMMU-6-946 SMMU-7-019",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.control.smmuen_acknowledge",
     .summary = "After the acknowledge of SMMUEN every request is treated the new way",
     .run = smmuen_ack,
     .rows = "SMMU-6-028 SMMU-6-938 SMMU-6-942 SMMU-6-944",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.control.smmuen_atomic",
     .summary = "A request that overlaps a change of SMMUEN is bypassed or translated as a whole",
     .run = smmuen_atomic,
     .rows = "SMMU-6-943",
     .gate = "IDR0.S1P",
     .features = IOTB_F_OVERLAP,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.control.reset",
     .summary = "The recommended sequence leads to a working unit, whatever caches held before",
     .run = reset_and_initialise,
     .rows = "SMMU-3-208 SMMU-3-211",
     .gate = "IDR0.S1P",
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list sm_control_cases = {cases, sizeof cases / sizeof cases[0]};
