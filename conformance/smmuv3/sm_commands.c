/* SPDX-License-Identifier: BSD-2-Clause */
/* Which commands are legal: opcodes, reserved fields, features, ranges of parameters (4.1 to 4.7). */
#include "build/sm.h"
#include "sm_chapters.h"

#include <string.h>

#define INPUT UINT64_C(0x7345000)

/* When a command exists on the Non-secure queue. */
enum needs { ALWAYS, NEVER, STAGE_1, STAGE_2, HYP, ATS, PRI, STALLS, MPAM, DPT };

static const struct opcode {
    uint32_t opcode;
    const char *name;
    enum needs needs;
    const char *refused; /* row of the refusal */
    bool ssec;
} opcodes[] = {
    {0x01, "CMD_PREFETCH_CONFIG", ALWAYS, NULL, true},
    {0x02, "CMD_PREFETCH_ADDR", ALWAYS, NULL, true},
    {0x03, "CMD_CFGI_STE", ALWAYS, NULL, true},
    {0x04, "CMD_CFGI_STE_RANGE", ALWAYS, NULL, true},
    {0x05, "CMD_CFGI_CD", STAGE_1, "SMMU-4-041", true},
    {0x06, "CMD_CFGI_CD_ALL", STAGE_1, "SMMU-4-041", true},
    {0x07, "CMD_CFGI_VMS_PIDM", MPAM, "SMMU-4-044", true},
    {0x10, "CMD_TLBI_NH_ALL", STAGE_1, "SMMU-4-051", false},
    {0x11, "CMD_TLBI_NH_ASID", STAGE_1, "SMMU-4-051", false},
    {0x12, "CMD_TLBI_NH_VA", STAGE_1, "SMMU-4-051", false},
    {0x13, "CMD_TLBI_NH_VAA", STAGE_1, "SMMU-4-051", false},
    {0x18, "CMD_TLBI_EL3_ALL", NEVER, "SMMU-4-053", false},
    {0x1a, "CMD_TLBI_EL3_VA", NEVER, "SMMU-4-053", false},
    {0x20, "CMD_TLBI_EL2_ALL", HYP, "SMMU-4-052", false},
    {0x21, "CMD_TLBI_EL2_ASID", HYP, "SMMU-4-052", false},
    {0x22, "CMD_TLBI_EL2_VA", HYP, "SMMU-4-052", false},
    {0x23, "CMD_TLBI_EL2_VAA", HYP, "SMMU-4-052", false},
    {0x28, "CMD_TLBI_S12_VMALL", STAGE_2, "SMMU-4-075", false},
    {0x2a, "CMD_TLBI_S2_IPA", STAGE_2, "SMMU-4-072", false},
    {0x30, "CMD_TLBI_NSNH_ALL", ALWAYS, NULL, false},
    {0x40, "CMD_ATC_INV", ATS, "SMMU-4-098", false},
    {0x41, "CMD_PRI_RESP", PRI, "SMMU-4-107", false},
    {0x44, "CMD_RESUME", STALLS, "SMMU-4-113", true},
    {0x45, "CMD_STALL_TERM", STALLS, "SMMU-4-113", true},
    {0x46, "CMD_SYNC", ALWAYS, NULL, false},
    {0x50, "CMD_TLBI_S_EL2_ALL", NEVER, "SMMU-4-054", false},
    {0x51, "CMD_TLBI_S_EL2_ASID", NEVER, "SMMU-4-054", false},
    {0x52, "CMD_TLBI_S_EL2_VA", NEVER, "SMMU-4-054", false},
    {0x53, "CMD_TLBI_S_EL2_VAA", NEVER, "SMMU-4-054", false},
    {0x58, "CMD_TLBI_S_S12_VMALL", NEVER, "SMMU-4-054", false},
    {0x5a, "CMD_TLBI_S_S2_IPA", NEVER, "SMMU-4-054", false},
    {0x60, "CMD_TLBI_SNH_ALL", NEVER, "SMMU-4-054", false},
    {0x70, "CMD_DPTI_ALL", DPT, "SMMU-4-159", false},
    {0x73, "CMD_DPTI_PA", DPT, "SMMU-4-159", false},
};
#define OPCODES (sizeof opcodes / sizeof opcodes[0])

static bool exists(struct test *t, enum needs needs)
{
    switch (needs) {
    case ALWAYS:
        return true;
    case NEVER:
        return false;
    case STAGE_1:
        return sm_idr(t, 0, "S1P");
    case STAGE_2:
        return sm_idr(t, 0, "S2P");
    case HYP:
        return sm_idr(t, 0, "Hyp");
    case ATS:
        return sm_idr(t, 0, "ATS");
    case PRI:
        return sm_idr(t, 0, "PRI");
    case STALLS:
        return sm_idr(t, 0, "STALL_MODEL") != 1;
    case MPAM:
        return sm_idr(t, 3, "MPAM") && sm_idr(t, 0, "S2P");
    case DPT:
        return sm_idr(t, 3, "DPT");
    }
    return false;
}

/* Commands that act on endpoints come with a later part. */
static bool is_tried(struct test *t, const struct opcode *o)
{
    return exists(t, o->needs) && o->needs != ATS && o->needs != PRI && o->needs != MPAM && o->needs != DPT;
}

/* The command with harmless operands. */
static struct sm_command plain(struct sm *sm, const struct opcode *o)
{
    struct sm_command c = sm_cmd(o->name);

    if (o->ssec && strcmp(o->name, "CMD_CFGI_VMS_PIDM") != 0)
        sm_cmd_field(&c, o->name, "StreamID", sm_sid(sm, 1));
    if (o->opcode == 0x44)
        sm_cmd_field(&c, o->name, "STAG", 0);
    return c;
}

static void legal(struct test *t)
{
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (size_t i = 0; i < OPCODES; i++) {
        struct sm_command c = plain(&sm, &opcodes[i]);

        if (is_tried(t, &opcodes[i]))
            sm_expect_consumed(&sm, opcodes[i].opcode <= 2 ? opcodes[i].opcode == 1 ? "SMMU-4-015" : "SMMU-4-016" : "SMMU-4-005",
                               &c);
    }
    CHECK(t, "SMMU-4-005", sm_sync(&sm), "the queue is alive");
    sm_close(&sm);
}

static void absent(struct test *t)
{
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (size_t i = 0; i < OPCODES; i++) {
        struct sm_command c = plain(&sm, &opcodes[i]);

        if (exists(t, opcodes[i].needs))
            continue;
        sm_expect_ill(&sm, opcodes[i].refused, &c);
    }
    sm_close(&sm);
}

/* 4.1.3: illegal beats ignored: with SMMUEN = 0 a CMD_ATC_INV of a unit with ATS is ignored; of one without it is illegal. */
static void absent_disabled(struct test *t)
{
    struct sm_config config = {.stay_off = true};
    struct sm sm;

    sm_open(&sm, t, &config);
    for (size_t i = 0; i < OPCODES; i++) {
        struct sm_command c = plain(&sm, &opcodes[i]);

        if ((opcodes[i].needs == ATS || opcodes[i].needs == PRI) && !exists(t, opcodes[i].needs))
            sm_expect_ill(&sm, "SMMU-4-004", &c);
    }
    sm_close(&sm);
}

static void reserved_opcodes(struct test *t)
{
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t opcode = 0; opcode < 0x100; opcode++) {
        struct sm_command c = sm_cmd_raw(opcode, 0);
        bool defined = opcode >= 0x80 && opcode <= 0x8f;

        for (size_t i = 0; i < OPCODES; i++)
            defined |= opcodes[i].opcode == opcode;
        if (!defined)
            sm_expect_ill(&sm, "SMMU-4-006", &c);
    }
    sm_close(&sm);
}

/* The command's outcome: consumed, or CERROR_ILL at it; the queue is repaired. */
static bool consumed_or_ill(struct sm *sm, const char *row, const struct sm_command *c, bool *ill)
{
    uint32_t error = SM_CERROR_NONE;
    bool consumed = sm_issue(sm, c, 1), active = sm_command_error(sm, &error);

    *ill = active;
    if (!active)
        return CHECK(sm->t, row, consumed, "command %016llx %016llx is consumed or illegal", (unsigned long long)c->word[0],
                     (unsigned long long)c->word[1]);
    CHECK_EQ(sm->t, row, SM_CERROR_ILL, error, "CMDQ_CONS.ERR of %016llx %016llx", (unsigned long long)c->word[0],
             (unsigned long long)c->word[1]);
    return CHECK(sm->t, row, sm_command_repair(sm), "the queue runs again after %016llx %016llx", (unsigned long long)c->word[0],
                 (unsigned long long)c->word[1]);
}

static void implementation_defined(struct test *t)
{
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t opcode = 0x80; opcode < 0x90; opcode++) {
        struct sm_command c = sm_cmd_raw(opcode, 0);
        bool ill;

        consumed_or_ill(&sm, "SMMU-4-007", &c, &ill);
    }
    CHECK(t, "SMMU-4-007", sm_sync(&sm), "the queue is alive");
    sm_close(&sm);
}

static void ssec(struct test *t)
{
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (size_t i = 0; i < OPCODES; i++) {
        struct sm_command c = plain(&sm, &opcodes[i]);

        if (!opcodes[i].ssec || !is_tried(t, &opcodes[i]))
            continue;
        sm_expect_consumed(&sm, "SMMU-4-009", &c);
        sm_cmd_field(&c, opcodes[i].name, "SSec", 1);
        sm_expect_ill(&sm, "SMMU-4-009", &c);
    }
    sm_close(&sm);
}

/* A stream of its own whose traffic shows whether a command that was taken for good did harm. */
static void reserved_fields(struct test *t)
{
    struct sm_path path;
    struct iotb_request r;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_BYPASS, sm_sid(&sm, 0), 0, 0, 0);
    host = mem_alloc(t, 4096, 4096);
    r = sm_request(&path, IOTB_WRITE, host + 0x40, 8);
    for (size_t i = 0; i < OPCODES; i++) {
        const struct spec_field *f;

        if (!is_tried(t, &opcodes[i]))
            continue;
        for (size_t n = 0; (f = spec_struct_field_at(opcodes[i].name, n)); n++) {
            uint32_t refused = 0;

            if (strcmp(f->name, "RES0") != 0)
                continue;
            for (uint32_t bit = f->lo; bit <= f->hi; bit++) {
                struct sm_command c = plain(&sm, &opcodes[i]);
                bool ill;

                c.word[f->word] |= UINT64_C(1) << bit;
                test_context(t, "%s, word %u bit %u", opcodes[i].name, f->word, bit);
                consumed_or_ill(&sm, "SMMU-4-008", &c, &ill);
                refused += ill;
            }
            CHECK(t, "SMMU-4-008", refused == 0 || refused == f->hi - f->lo + 1,
                  "a reserved field is checked in full or ignored in full");
        }
    }
    test_context(t, NULL);
    CHECK(t, "SMMU-4-008", sm_sync(&sm), "the queue is alive");
    sm_expect_ok(&sm, "SMMU-4-008", &r, host + 0x40);
    sm_close(&sm);
}

/* Fields that are reserved in some revisions or without some features: ignored, or CERROR_ILL. */
static const struct conditional {
    const char *name, *field;
    uint64_t value;
    const char *row;
    const char *only; /* "v3.0", "!RIL", "any" */
} conditionals[] = {
    {"CMD_PREFETCH_ADDR", "Stride", 1, "SMMU-4-017", "v3.0"},
    {"CMD_PREFETCH_ADDR", "Stride", 31, "SMMU-4-017", "v3.0"},
    {"CMD_PREFETCH_ADDR", "NS", 1, "SMMU-4-026", "any"},
    {"CMD_TLBI_NH_VA", "NUM", 5, "SMMU-4-077", "!RIL"},
    {"CMD_TLBI_NH_VA", "SCALE", 2, "SMMU-4-077", "!RIL"},
    {"CMD_TLBI_NH_VA", "TG", 1, "SMMU-4-077", "!RIL"},
    {"CMD_TLBI_NH_VA", "TTL", 3, "SMMU-4-077", "!RIL"},
    {"CMD_TLBI_NH_VAA", "NUM", 5, "SMMU-4-077", "!RIL"},
    {"CMD_TLBI_NH_VAA", "TG", 1, "SMMU-4-077", "!RIL"},
    {"CMD_TLBI_S2_IPA", "NUM", 5, "SMMU-4-077", "!RIL"},
    {"CMD_TLBI_S2_IPA", "TG", 3, "SMMU-4-077", "!RIL"},
    {"CMD_SYNC", "MSIAddress", UINT64_C(1) << 52, "SMMU-4-011", "v3.1..3"},
    {"CMD_TLBI_S2_IPA", "Address", UINT64_C(1) << 52, "SMMU-4-011", "v3.1..3"},
    {"CMD_TLBI_S2_IPA", "Address", UINT64_C(1) << 55, "SMMU-4-011", "v3.1..3"},
    {"CMD_TLBI_S2_IPA", "Address", UINT64_C(1) << 48, "SMMU-4-011", "v3.0"},
};

static bool applies(struct test *t, const struct conditional *c)
{
    uint32_t minor = sm_minor(t);

    for (size_t i = 0; i < OPCODES; i++)
        if (strcmp(opcodes[i].name, c->name) == 0 && !is_tried(t, &opcodes[i]))
            return false;
    return strcmp(c->only, "any") == 0 || (strcmp(c->only, "v3.0") == 0 && minor == 0) ||
           (strcmp(c->only, "!RIL") == 0 && !sm_idr(t, 3, "RIL")) ||
           (strcmp(c->only, "v3.1..3") == 0 && minor >= 1 && minor <= 3);
}

static void conditional_fields(struct test *t)
{
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (size_t i = 0; i < sizeof conditionals / sizeof conditionals[0]; i++) {
        struct sm_command c = sm_cmd(conditionals[i].name);
        bool ill;

        if (!applies(t, &conditionals[i]))
            continue;
        test_context(t, "%s.%s = 0x%llx", conditionals[i].name, conditionals[i].field, (unsigned long long)conditionals[i].value);
        sm_cmd_field(&c, conditionals[i].name, conditionals[i].field, conditionals[i].value);
        consumed_or_ill(&sm, conditionals[i].row, &c, &ill);
    }
    sm_close(&sm);
}

/* Parameters out of range have no effect or one on something else; they are no command errors. */
static void out_of_range(struct test *t)
{
    struct sm_command c[24];
    const char *row[24];
    uint32_t n = 0, sid, vmid = sm_idr(t, 0, "VMID16") ? 0xffff : 0x1ff, asid = sm_idr(t, 0, "ASID16") ? 0xffff : 0x1ff;
    uint32_t ssid;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sid = sm.sid_bits < 32 ? UINT32_C(1) << sm.sid_bits : UINT32_MAX;
    ssid = sm.ssid_bits < 20 ? UINT32_C(1) << sm.ssid_bits : 0xfffff;
    row[n] = "SMMU-4-010", c[n++] = sm_cmd_cfgi_ste(sid, true);
    row[n] = "SMMU-4-010", c[n++] = sm_cmd_cfgi_ste(UINT32_MAX, false);
    row[n] = "SMMU-4-010", c[n++] = sm_cmd_cfgi_ste_range(sid, 3);
    row[n] = "SMMU-4-019", c[n++] = sm_cmd_prefetch_config(sid, false, 0);
    row[n] = "SMMU-4-019", c[n++] = sm_cmd_prefetch_config(sm_sid(&sm, 0), true, 0xfffff);
    row[n] = "SMMU-4-019", c[n++] = sm_cmd_prefetch_addr(sm_sid(&sm, 0), false, 0, UINT64_C(0x7fffffffffff000), 31);
    row[n] = "SMMU-4-019", c[n++] = sm_cmd_prefetch_addr(UINT32_MAX, true, 0xfffff, ~UINT64_C(0xfff), 0);
    if (sm_idr(t, 0, "S1P")) {
        row[n] = "SMMU-4-040", c[n++] = sm_cmd_cfgi_cd(sm_sid(&sm, 0), ssid, true);
        row[n] = "SMMU-4-010", c[n++] = sm_cmd_cfgi_cd(sid, 0, true);
        row[n] = "SMMU-4-010", c[n++] = sm_cmd_cfgi_cd_all(sid);
        row[n] = "SMMU-4-063", c[n++] = sm_cmd_nh_asid(0, asid);
        row[n] = "SMMU-4-063", c[n++] = sm_cmd_nh_va(0, asid, INPUT, false);
        row[n] = sm_idr(t, 0, "S2P") ? "SMMU-4-063" : "SMMU-4-062", c[n++] = sm_cmd_nh_all(vmid);
        row[n] = "SMMU-4-066", c[n++] = sm_cmd_nh_va(0, 1, UINT64_C(0x1234000000000000), true);
        row[n] = "SMMU-4-066", c[n++] = sm_cmd_nh_vaa(0, ~UINT64_C(0xfff), false);
    }
    if (sm_idr(t, 0, "S2P"))
        row[n] = "SMMU-4-063", c[n++] = sm_cmd_s12_vmall(vmid);
    if (sm_idr(t, 0, "S2P") && sm.ias_bits < 48)
        row[n] = "SMMU-4-074", c[n++] = sm_cmd_s2_ipa(1, UINT64_C(1) << sm.ias_bits, true);
    if (sm.stall_model != 1) {
        row[n] = "SMMU-4-010", c[n++] = sm_cmd_resume(sid, 0xffff, true, false);
        row[n] = "SMMU-4-010", c[n++] = sm_cmd_stall_term(sid);
    }
    for (uint32_t i = 0; i < n; i++)
        sm_expect_consumed(&sm, row[i], &c[i]);
    CHECK_EQ(t, "SMMU-4-010", 0, sm_event_pending(&sm), "records of commands");
    sm_close(&sm);
}

/* 4.4.1.1: with a granule given, NUM = SCALE = TTL = 0 is reserved; so is 16K with TTL 01 where there is no DS. */
static void range_reserved(struct test *t)
{
    static const struct {
        const char *name;
        enum needs needs;
    } ranged[] = {{"CMD_TLBI_NH_VA", STAGE_1},
                  {"CMD_TLBI_NH_VAA", STAGE_1},
                  {"CMD_TLBI_EL2_VA", HYP},
                  {"CMD_TLBI_EL2_VAA", HYP},
                  {"CMD_TLBI_S2_IPA", STAGE_2}};
    static const uint32_t granules[] = {12, 14, 16};
    bool ds = sm_idr(t, 5, "DS");
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (size_t i = 0; i < sizeof ranged / sizeof ranged[0]; i++) {
        if (!exists(t, ranged[i].needs))
            continue;
        for (size_t g = 0; g < 3; g++) {
            for (uint32_t ttl = 0; ttl < 4; ttl++) {
                struct sm_command c = sm_cmd(ranged[i].name);
                bool degenerate = granules[g] == 14 && ttl == 1 && !ds;

                test_context(t, "%s, granule 2^%u, TTL %u", ranged[i].name, granules[g], ttl);
                sm_cmd_range(&c, ranged[i].name, granules[g], 0, 0, ttl);
                if (ttl == 0 || degenerate)
                    sm_expect_ill(&sm, degenerate ? "SMMU-4-082" : "SMMU-4-081", &c);
                else
                    sm_expect_consumed(&sm, "SMMU-4-081", &c);
                sm_cmd_range(&c, ranged[i].name, granules[g], 1, 0, ttl);
                sm_expect_consumed(&sm, degenerate ? "SMMU-4-082" : "SMMU-4-081", &c);
                sm_cmd_range(&c, ranged[i].name, granules[g], 0, 1, ttl);
                sm_expect_consumed(&sm, degenerate ? "SMMU-4-082" : "SMMU-4-081", &c);
            }
        }
        {
            struct sm_command c = sm_cmd(ranged[i].name);

            test_context(t, "%s, TG = 0", ranged[i].name);
            sm_expect_consumed(&sm, "SMMU-4-079", &c);
        }
    }
    sm_close(&sm);
}

/* A range whose base is not aligned for its level removes what it likes, and is no error. */
static void range_misaligned(struct test *t)
{
    static const struct {
        uint32_t granule_lg2, ttl, bit;
    } bad[] = {{12, 1, 29}, {12, 1, 12}, {12, 2, 20}, {12, 2, 12}, {14, 2, 24}, {14, 3, 13},
               {14, 0, 12}, {16, 1, 41}, {16, 2, 28}, {16, 3, 15}, {16, 0, 12}};
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct sm_command c = sm_cmd("CMD_TLBI_NH_VAA");

        test_context(t, "granule 2^%u, TTL %u, bit %u", bad[i].granule_lg2, bad[i].ttl, bad[i].bit);
        sm_cmd_field(&c, "CMD_TLBI_NH_VAA", "Address", UINT64_C(1) << bad[i].bit);
        sm_cmd_range(&c, "CMD_TLBI_NH_VAA", bad[i].granule_lg2, 3, 1, bad[i].ttl);
        sm_expect_consumed(&sm, "SMMU-4-087", &c);
    }
    if (sm_idr(t, 5, "DS")) {
        struct sm_command c = sm_cmd("CMD_TLBI_NH_VAA");

        sm_cmd_range(&c, "CMD_TLBI_NH_VAA", 12, 31, 63, 0);
        sm_expect_consumed(&sm, "SMMU-4-085", &c);
    }
    CHECK(t, "SMMU-4-087", sm_sync(&sm), "the queue is alive");
    sm_close(&sm);
}

#define CASE(n, text, function, row_ids, condition)                                                                             \
    {                                                                                                                           \
        .name = "smmuv3.commands." n, .summary = text, .run = function, .rows = row_ids, .gate = condition, .functional = true, \
        .tier = TIER_FULL                                                                                                       \
    }

static const struct iotb_case cases[] = {
    {.name = "smmuv3.commands.legal",
     .summary = "Every command that the identification registers promise is consumed",
     .run = legal,
     .rows = "SMMU-4-005 SMMU-4-015 SMMU-4-016",
     .functional = true,
     .tier = TIER_SMOKE},
    CASE("absent", "Commands of absent features and of other Security states are illegal", absent,
         "SMMU-4-041 SMMU-4-044 SMMU-4-051 SMMU-4-052 SMMU-4-053 SMMU-4-054 SMMU-4-072 SMMU-4-075 SMMU-4-098 SMMU-4-107 "
         "SMMU-4-113 SMMU-4-159",
         NULL),
    CASE("absent_disabled", "Illegal commands are illegal with SMMUEN = 0 too", absent_disabled, "SMMU-4-004", "!IDR0.PRI"),
    CASE("reserved_opcodes", "Every reserved opcode gives CERROR_ILL", reserved_opcodes, "SMMU-4-006", NULL),
    CASE("implementation_defined", "Opcodes 80h to 8Fh are illegal or do what the implementation says", implementation_defined,
         "SMMU-4-007", NULL),
    CASE("ssec", "SSec = 1 is illegal on the Non-secure queue", ssec, "SMMU-4-009", NULL),
    CASE("reserved_fields", "Reserved fields of commands are ignored in full or checked in full", reserved_fields, "SMMU-4-008",
         NULL),
    CASE("conditional_fields", "Fields of absent features are ignored or illegal", conditional_fields,
         "SMMU-4-011 SMMU-4-017 SMMU-4-026 SMMU-4-077", NULL),
    CASE("out_of_range", "Parameters out of range are no command errors", out_of_range,
         "SMMU-4-010 SMMU-4-019 SMMU-4-040 SMMU-4-062 SMMU-4-063 SMMU-4-066 SMMU-4-074", NULL),
    CASE("range_reserved", "Reserved combinations of range fields are illegal, their neighbours are not", range_reserved,
         "SMMU-4-079 SMMU-4-081 SMMU-4-082", "IDR3.RIL"),
    CASE("range_misaligned", "Misaligned ranges and oversized scales are no errors", range_misaligned, "SMMU-4-085 SMMU-4-087",
         "IDR3.RIL&IDR0.S1P"),
};

const struct iotb_case_list sm_commands_cases = {cases, sizeof cases / sizeof cases[0]};
