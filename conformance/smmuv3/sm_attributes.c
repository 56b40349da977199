/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory types (IHI 0070 chapter 13; DDI 0487 D8.6): of stage 1, of stage 2, combined, forced by S2FWB, overridden by the STE.
 * What an access carries shows through an adapter with IOTB_F_ATTRIBUTES; that no combination faults shows through any.
 */
#include "sm_chapters.h"
#include "sm_spot.h"

/* As dut.h has them: Device, Normal Non-cacheable, Write-Through, Write-Back. */
enum { DEVICE = 0, NC = 1, WT = 4, WB = 6 };

static const struct {
    uint32_t index, type;
} attrs[] = {
    {SM_ATTR_WB, WB}, {SM_ATTR_NC, NC}, {SM_ATTR_DEVICE, DEVICE}, {SM_ATTR_DEVICE_NGNRE, DEVICE}, {SM_ATTR_DEVICE_GRE, DEVICE},
    {SM_ATTR_WT, WT}};
#define ATTRS (sizeof attrs / sizeof attrs[0])

/* D8.6.5: the type of stage 2 by MemAttr[3:0], S2FWB = 0; 0100, 1000, 1100 are reserved and left out. */
static bool stage2_type(uint32_t code, uint32_t *type)
{
    *type = code < 4 ? DEVICE : code >> 2 == 1 ? NC : code >> 2 == 2 ? WT : WB;
    return code < 4 || code & 3;
}

static uint32_t stronger(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The request is carried out, and its access to memory has this type. Where types cannot be seen the row is not checked by that.
 */
static void expect_type(struct sm_spot *s, const char *row, uint32_t type)
{
    size_t mark = trace_mark(s->sm->t);
    const struct iotb_access *a;
    bool ok;

    test_count_failures_only(s->sm->t, true);
    ok = sm_spot_ok(s, row);
    test_count_failures_only(s->sm->t, false);
    if (!ok || !test_has(s->sm->t, IOTB_F_ATTRIBUTES | IOTB_F_BENCH_MEMORY))
        return;
    a = trace_find(s->sm->t, mark, s->host + SPOT_OFFSET, s->host + SPOT_OFFSET + 7, ACC_ANY);
    if (a && a->memory_type != IOTB_ATTR_UNKNOWN)
        CHECK_EQ(s->sm->t, row, type, a->memory_type, "memory type of the access");
}

static void refused_at_last(struct sm_spot *s)
{
    sm_spot_set(s, 3, 0, 0, 0);
    sm_spot_refused(s, "SMMU-D8-001", SM_F_TRANSLATION);
}

static void stage1_body(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    for (uint32_t i = 0; i < ATTRS; i++) {
        test_context(sm->t, "%s, AttrIndx %u", sm_path_name(path), attrs[i].index);
        sm_spot_set(&s, 3, 4, 2, attrs[i].index);
        expect_type(&s, "SMMU-13-014", attrs[i].type);
    }
    refused_at_last(&s);
}

static void stage1(struct test *t)
{
    sm_each_flavour(t, SM_S1_FLAVOURS | SM_EL2_FLAVOURS | SM_E2H_FLAVOURS, stage1_body);
}

static void stage2_body(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;

    sm_spot_open(&s, path, 2, SPOT_INPUT);
    for (uint32_t code = 0; code < 16; code++) {
        uint32_t type;

        if (!stage2_type(code, &type))
            continue;
        test_context(sm->t, "%s, MemAttr %u", sm_path_name(path), code);
        sm_spot_set(&s, 3, 5, 2, code);
        expect_type(&s, "SMMU-13-017", type);
    }
    refused_at_last(&s);
}

static void stage2(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S2), stage2_body);
}

static void nested_body(struct sm *sm, struct sm_path *path)
{
    uint64_t second;
    struct sm_spot s;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    second = sm_entry(sm, path->s2, sm_path_ipa(path, s.input), 3);
    for (uint32_t i = 0; i < ATTRS * 16; i++) {
        uint32_t code = i % 16, type;

        if (!stage2_type(code, &type))
            continue;
        test_context(sm->t, "%s, AttrIndx %u, MemAttr %u", sm_path_name(path), attrs[i / 16].index, code);
        sm_set_bits(sm, second, 5, 2, code);
        sm_spot_set(&s, 3, 4, 2, attrs[i / 16].index);
        sm_once(sm);
        expect_type(&s, "SMMU-13-015", stronger(attrs[i / 16].type, type));
    }
    refused_at_last(&s);
}

static void nested(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_NESTED), nested_body);
}

/* D8.6.6: MemAttr[2:0] with S2FWB. */
static void forced_body(struct sm *sm, struct sm_path *path)
{
    static const uint32_t codes[] = {1, 5, 6, 7};
    bool tags = sm_idr(sm->t, 3, "MTEPERM") != 0;
    uint64_t second;
    struct sm_spot s;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    second = sm_entry(sm, path->s2, sm_path_ipa(path, s.input), 3);
    /* The pages of CD and tables keep types that the new meaning does not reserve: 1111 is 111 there. */
    sm_spot_ste(&s, "S2FWB", 1);
    for (uint32_t i = 0; i < ATTRS * 4; i++) {
        uint32_t first = attrs[i / 4].type, code = codes[i % 4];
        uint32_t type = code == 1 ? DEVICE : code == 5 ? (first == DEVICE ? DEVICE : NC) : code == 6 ? WB : first;

        test_context(sm->t, "%s, S2FWB, AttrIndx %u, MemAttr %u", sm_path_name(path), attrs[i / 4].index, code);
        sm_set_bits(sm, second, 5, 2, code);
        sm_spot_set(&s, 3, 4, 2, attrs[i / 4].index);
        sm_once(sm);
        expect_type(&s, "SMMU-13-018", type);
        if (tags && code >= 6) { /* NoTagAccess is plain in the SMMU */
            sm_set_bits(sm, second, 5, 2, code | 8);
            sm_invalidate_all(sm);
            sm_once(sm);
            expect_type(&s, "SMMU-13-020", type);
        }
    }
    refused_at_last(&s);
}

static void forced(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_NESTED), forced_body);
}

/* Without IDR3.FWB the bit is RES0: the same result, or C_BAD_STE. */
static void unforced_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host;
    struct sm_seen seen;
    struct sm_spot s;

    sm_spot_open(&s, path, 2, SPOT_INPUT);
    sm_spot_ste(&s, "S2FWB", 1);
    host = s.host + SPOT_OFFSET;
    seen = sm_try(sm, &s.r, &host, 1);
    CHECK(sm->t, "SMMU-13-019",
          (seen.result == SM_ARRIVED && !seen.type) || (seen.result == SM_REFUSED && seen.type == SM_C_BAD_STE),
          "the same result or C_BAD_STE (result %d, event %02xh)", (int)seen.result, seen.type);
    sm_spot_ste(&s, "S2FWB", 0);
    refused_at_last(&s);
}

static void unforced(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_NESTED), unforced_body);
}

/* 5.2 MemAttr with MTCFG on a bypassed stream; reserved codes are Device-nGnRnE. */
static void override_body(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s = {.sm = sm, .path = path, .host = mem_alloc(sm->t, 4096, 4096)};
    bool there = sm_idr(sm->t, 1, "ATTR_TYPES_OVR") != 0;

    s.r = sm_request(path, IOTB_WRITE, s.host + SPOT_OFFSET, 8);
    for (uint32_t code = 0; code < 16; code++) {
        uint32_t type;

        if (!stage2_type(code, &type))
            type = DEVICE;
        sm_ste_set(sm, path->sid, "MemAttr", code);
        sm_ste_set(sm, path->sid, "MTCFG", 1);
        sm_ste_set(sm, path->sid, "SHCFG", code & 3);
        sm_spot_ste(&s, "ALLOCCFG", code);
        test_context(sm->t, "%s, MemAttr %u", sm_path_name(path), code);
        expect_type(&s, "SMMU-13-010", there ? type : WB);
    }
    sm_spot_ste(&s, "V", 0);
    sm_expect_config(sm, "SMMU-5-012", &s.r, SM_C_BAD_STE, s.host);
}

static void override(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_BYPASS), override_body);
}

/* Shareability 01 is reserved and acts as 00; no cacheability and shareability of structures or tables refuses a walk. */
static void structures_body(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;

    sm_spot_open(&s, path, path->s1 ? 1 : 2, SPOT_INPUT);
    for (uint32_t i = 0; i < 16; i++) {
        static const char *const cd[] = {"IR0", "OR0", "SH0"}, *const ste1[] = {"S1CIR", "S1COR", "S1CSH"},
                                 *const ste2[] = {"S2IR0", "S2OR0", "S2SH0"};
        const uint32_t values[3] = {i & 3, i & 3, i >> 2};

        for (int k = 0; k < 3; k++) {
            if (path->s1) {
                sm_cd_set(sm, path->sid, path->ssid, cd[k], values[k]);
                sm_ste_set(sm, path->sid, ste1[k], values[k]);
            }
            if (path->s2)
                sm_ste_set(sm, path->sid, ste2[k], values[k]);
        }
        sm_invalidate_all(sm);
        test_context(sm->t, "%s, cacheability %u shareability %u", sm_path_name(path), i & 3, i >> 2);
        sm_spot_ok(&s, "SMMU-5-102");
    }
    refused_at_last(&s);
}

static void structures(struct test *t)
{
    sm_each_flavour(t, SM_PAGED_FLAVOURS & ~SM_FLAVOUR(SM_F_NESTED_SKIP), structures_body);
}

#define CASE(n, text, function, r, gated)                                                                               \
    {                                                                                                                   \
        .name = "smmuv3.attributes." n, .summary = text, .run = function, .rows = r, .gate = gated, .functional = true, \
        .tier = TIER_FULL                                                                                               \
    }

static const struct iotb_case cases[] = {
    CASE("stage1", "AttrIndx selects the type from MAIR.", stage1, "SMMU-13-014 SMMU-D8-001", SM_GATE_S1),
    CASE("stage2", "MemAttr of stage 2 against write-back input.", stage2, "SMMU-13-017 SMMU-D8-001", SM_GATE_S2),
    CASE("nested", "The stronger type of the two stages.", nested, "SMMU-13-015 SMMU-D8-001", SM_GATE_NESTED),
    CASE("forced", "S2FWB: stage 2 forces, keeps or limits the type.", forced, "SMMU-13-018 SMMU-13-020 SMMU-D8-001",
         SM_GATE_NESTED "&IDR3.FWB"),
    CASE("unforced", "S2FWB without IDR3.FWB changes nothing or is refused.", unforced, "SMMU-13-019 SMMU-D8-001",
         SM_GATE_S2 "&!IDR3.FWB"),
    CASE("override", "MTCFG and MemAttr of a bypassed stream.", override, "SMMU-13-010 SMMU-5-012", NULL),
    CASE("structures", "No cacheability or shareability of structures and tables refuses a walk.", structures,
         "SMMU-5-102 SMMU-D8-001", "IDR0.TTF:1"),
};

const struct iotb_case_list sm_attributes_cases = {cases, sizeof cases / sizeof cases[0]};
