/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the bus carries with the accesses of clients (IHI 0070 chapter 13; DDI 0487 D8.6): types of both levels, hints,
 * Shareability, Device types; privilege and instruction. A bus need not carry all of it (13.1.2).
 */
#include "sm_bus_rig.h"
#include "sm_chapters.h"
#include "sm_spot.h"

/* Some of each kind: Device; NC; mixed; WT and WB, transient or not, with all hints. */
static const uint8_t octets[] = {0x00, 0x04, 0x08, 0x0c, 0x44, 0x4f, 0xf4, 0xff, 0xbb, 0x33, 0x77, 0x88, 0xee, 0xdd, 0xb7, 0x5a};
#define OCTETS (sizeof octets)
static const uint32_t shareabilities[] = {0, 2, 3};

/* ---- stage 1 ---- */

/* MAIR byte `index` gets this octet, all others its complement; the leaf says index and SH. */
static void set_mair(struct sm_spot *s, uint32_t octet, uint32_t index, uint32_t sh)
{
    uint64_t mair = (octet ^ 0xff) * UINT64_C(0x0101010101010101) ^ UINT64_C(0xff) << 8 * index;

    sm_cd_set(s->sm, s->path->sid, s->path->ssid, "MAIR0", mair & UINT32_MAX);
    sm_cd_set(s->sm, s->path->sid, s->path->ssid, "MAIR1", mair >> 32);
    sm_set_bits(s->sm, sm_spot_leaf(s), 9, 8, sh);
    sm_spot_set(s, 3, 4, 2, index);
}

/* 13.4.2: of an input that is cacheable the hints are combined, all else is replaced. */
static struct bus through_stage1(const struct bus *in, struct bus stage1)
{
    if (bus_cacheable(in)) {
        stage1.inner = bus_combine_hints(stage1.inner, &in->inner, &stage1.inner);
        stage1.outer = bus_combine_hints(stage1.outer, &in->outer, &stage1.outer);
    }
    return stage1;
}

static bool is_reserved(uint32_t octet)
{
    return octet < 16 ? octet & 3 : !(octet & 15);
}

static void stage1_body(struct sm *sm, struct sm_path *path)
{
    struct bus in = bus_incoming(sm);
    struct sm_spot s;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    for (uint32_t octet = 0; octet < 256; octet++) {
        uint32_t sh = (octet ^ octet >> 3) & 3;
        struct bus expected = through_stage1(&in, bus_of_mair(octet, sh));
        const char *row = is_reserved(octet) ? "SMMU-5-150" : "SMMU-13-014";

        test_context(sm->t, "%s, MAIR %02x, SH %u", sm_path_name(path), octet, sh);
        set_mair(&s, octet, octet & 7, sh);
        bus_check(sm->t, row, "request", bus_request(sm, row, &s.r, s.host + SPOT_OFFSET), bus_word(&expected), BUS_PORT);
    }
}

static void stage1(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_E2H_SSID), stage1_body);
}

/* ---- stage 2 ---- */

static void stage2_body(struct sm *sm, struct sm_path *path)
{
    struct bus in = bus_incoming(sm);
    bool tags = sm_idr(sm->t, 3, "MTEPERM") != 0;
    struct sm_spot s;

    sm_spot_open(&s, path, 2, SPOT_INPUT);
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t code = i & 15, sh = i >> 4;
        struct bus stage2 = bus_of_memattr(tags && code == 4 ? 15 : code, sh), expected = bus_combine(&in, &stage2);

        if (!(code & 3) && code >= 4 && !(tags && code == 4)) /* D8.6.5: Reserved */
            continue;
        test_context(sm->t, "%s, MemAttr %x, SH %u", sm_path_name(path), code, sh);
        sm_set_bits(sm, sm_spot_leaf(&s), 9, 8, sh);
        sm_spot_set(&s, 3, 5, 2, code);
        bus_check(sm->t, "SMMU-13-017", "request", bus_request(sm, "SMMU-13-017", &s.r, s.host + SPOT_OFFSET),
                  bus_word(&expected), BUS_PORT);
    }
}

static void stage2(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_NESTED_SKIP), stage2_body);
}

/* ---- both ---- */

typedef struct bus bus_join(const struct bus *stage1, uint32_t code, uint32_t sh, uint32_t *open);

static struct bus join(const struct bus *stage1, uint32_t code, uint32_t sh, uint32_t *open)
{
    struct bus stage2 = bus_of_memattr(code, sh);

    *open = 0;
    return bus_combine(stage1, &stage2);
}

/* D8.6.6: MemAttr[2:0] with S2FWB. What Device or Non-cacheable memory becomes as Write-Back has no hints to keep, and whether
 * its Shareability counts is not said. */
static struct bus join_forced(const struct bus *stage1, uint32_t code, uint32_t sh, uint32_t *open)
{
    const struct bus device = {.device = true, .kind = code & 3};
    struct bus out = *stage1, stage2 = {.sh = sh};

    *open = 0;
    if (code < 4)
        return bus_combine(stage1, &device);
    if (code == 7 || (code == 5 && stage1->device)) {
        out.sh = bus_combine(stage1, &stage2).sh;
        return out;
    }
    out = bus_of_memattr(code == 5 ? 5 : 15, bus_combine(stage1, &stage2).sh);
    if (code == 5)
        return out;
    if (!bus_cacheable(stage1)) {
        *open = BUS_HINTS | IOTB_BUS_SHAREABILITY;
        return out;
    }
    out.inner = bus_combine_hints(out.inner, &stage1->inner, &stage1->inner);
    out.outer = bus_combine_hints(out.outer, &stage1->outer, &stage1->outer);
    return out;
}

static void join_pair(struct sm_spot *s, uint64_t second, const struct bus *in, bus_join *how, uint32_t octet, uint32_t code)
{
    const char *row = how == join ? "SMMU-13-016" : "SMMU-13-018";

    for (uint32_t i = 0; i < 9; i++) {
        uint32_t sh1 = shareabilities[i % 3], sh2 = shareabilities[i / 3], open;
        struct bus stage1 = through_stage1(in, bus_of_mair(octet, sh1)), expected = how(&stage1, code, sh2, &open);

        if (i && stage1.device && expected.device)
            break;
        test_context(s->sm->t, "MAIR %02x, SH %u; MemAttr %x, SH %u", octet, sh1, code, sh2);
        sm_set_bits(s->sm, second, 9, 8, sh2);
        sm_set_bits(s->sm, second, 5, 2, code);
        set_mair(s, octet, i & 7, sh1);
        bus_check(s->sm->t, row, "request", bus_request(s->sm, row, &s->r, s->host + SPOT_OFFSET), bus_word(&expected),
                  BUS_PORT | open);
    }
}

static void join_all(struct sm *sm, struct sm_path *path, bus_join *how, const uint8_t *codes, uint32_t count)
{
    struct bus in = bus_incoming(sm);
    struct sm_spot s;
    uint64_t second;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    second = sm_entry(sm, path->s2, sm_path_ipa(path, s.input), 3);
    if (how == join_forced)
        sm_spot_ste(&s, "S2FWB", 1);
    for (uint32_t i = 0; i < OCTETS; i++)
        for (uint32_t k = 0; k < count; k++)
            join_pair(&s, second, &in, how, octets[i], codes[k]);
}

static void nested_body(struct sm *sm, struct sm_path *path)
{
    static const uint8_t codes[] = {0, 1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15};

    join_all(sm, path, join, codes, sizeof codes);
}

static void nested(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_NESTED), nested_body);
}

static void forced_body(struct sm *sm, struct sm_path *path)
{
    static const uint8_t codes[] = {0, 1, 2, 3, 5, 6, 7};

    join_all(sm, path, join_forced, codes, sizeof codes);
}

static void forced(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_NESTED), forced_body);
}

/* ---- overrides ---- */

/* MTCFG, MemAttr, ALLOCCFG, SHCFG of an STE or of GBPA. */
struct overrides {
    struct sm *sm;
    bool global;
    struct iotb_request r;
    struct bus in;
    enum { UNDECIDED, ACT, IGNORED } mode; /* 5.2, 6.3.14: of streams of PCIe devices each is allowed, but not both */
};

static void set_overrides(struct overrides *o, uint32_t memattr, uint32_t alloc, uint32_t sh)
{
    static const char *const names[] = {"MTCFG", "MemAttr", "ALLOCCFG", "SHCFG"};
    const uint32_t values[] = {1, memattr, alloc, sh};
    uint32_t gbpa = 0;

    for (uint32_t i = 0; i < 4; i++)
        if (o->global)
            gbpa |= (uint32_t)sm_reg_bits("SMMU_GBPA", names[i], values[i]);
        else
            sm_ste_set(o->sm, o->r.requester_id, names[i], values[i]);
    if (o->global)
        sm_gbpa(o->sm, gbpa);
    else
        sm_invalidate_all(o->sm);
}

/* 13.1.4: what was cacheable keeps its hints, what was not gets those of 13.1.3; ALLOCCFG replaces either. */
static struct bus overridden(const struct overrides *o, uint32_t memattr, uint32_t alloc, uint32_t sh)
{
    struct bus b = bus_of_memattr(memattr, sh == 1 ? o->in.sh : sh);
    struct bus_level given = {BUS_WB, alloc >> 2 & 1, alloc >> 1 & 1, alloc & 1};

    if (bus_cacheable(&o->in)) {
        b.inner = bus_combine_hints(b.inner, &o->in.inner, &o->in.inner);
        b.outer = bus_combine_hints(b.outer, &o->in.outer, &o->in.outer);
    }
    if (alloc & 8) {
        b.inner = bus_combine_hints(b.inner, &given, &given);
        b.outer = bus_combine_hints(b.outer, &given, &given);
    }
    return b;
}

static void check_overrides(struct overrides *o, const char *row, uint32_t memattr, uint32_t alloc, uint32_t sh)
{
    struct bus acts = overridden(o, memattr, alloc, sh);
    uint32_t yes = bus_word(&acts), no = bus_word(&o->in);
    const struct iotb_access *a;

    test_context(o->sm->t, "%s: MemAttr %x, ALLOCCFG %x, SHCFG %u", o->global ? "GBPA" : "STE", memattr, alloc, sh);
    set_overrides(o, memattr, alloc, sh);
    a = bus_request(o->sm, row, &o->r, o->r.address);
    if (a && o->mode == UNDECIDED && ((yes ^ no) & a->bus_known & ~BUS_PORT))
        o->mode = ((a->bus ^ no) & a->bus_known & ~BUS_PORT) ? ACT : IGNORED;
    bus_check(o->sm->t, row, "request", a, o->mode == ACT ? yes : no, BUS_PORT);
}

static void override(struct test *t, bool global)
{
    struct sm_ste ste = {.config = SM_BYPASS};
    const char *types = global ? "SMMU-13-009" : "SMMU-13-010";
    struct overrides o = {.global = global};
    struct sm sm;

    sm_open(&sm, t, NULL);
    o.sm = &sm;
    o.in = bus_incoming(&sm);
    o.r = sm_plain_request(&sm, sm_sid(&sm, 0), mem_alloc(t, 4096, 4096));
    if (global)
        sm_enable(&sm, "SMMUEN", 0);
    else
        sm_set_ste(&sm, sm_sid(&sm, 0), &ste);
    for (uint32_t memattr = 0; memattr < 16; memattr++)
        for (uint32_t sh = 0; sh < 4; sh++) {
            check_overrides(&o, memattr < 6 ? "SMMU-13-011" : types, memattr, 0, sh);
            check_overrides(&o, "SMMU-13-011", memattr, memattr ^ 15, sh);
        }
    for (uint32_t alloc = 0; alloc < 16; alloc++) {
        check_overrides(&o, types, 15, alloc, 1);
        check_overrides(&o, types, 7, alloc, 3);
        check_overrides(&o, types, 10, alloc, 0);
    }
    sm_close(&sm);
}

static void override_ste(struct test *t)
{
    override(t, false);
}

static void override_gbpa(struct test *t)
{
    override(t, true);
}

/* 13.1.3, 13.4.2: what overrides make of the input is what stage 1 combines its hints with, and what stage 2 combines. */
static void override_translated_body(struct sm *sm, struct sm_path *path)
{
    struct overrides o = {.sm = sm, .in = bus_incoming(sm)};
    struct sm_spot s;

    sm_spot_open(&s, path, path->s1 ? 1 : 2, SPOT_INPUT);
    o.r = s.r;
    for (uint32_t i = 0; i < 16 * OCTETS; i++) {
        static const uint8_t inputs[] = {0, 1, 5, 10, 15};
        uint32_t alloc = i & 15, octet = octets[i >> 4], memattr = inputs[i % 5], sh = shareabilities[i % 3];
        struct bus stage2 = bus_of_memattr(octet & 3 ? octet & 15 : 15, sh), stage1 = bus_of_mair(octet, sh);
        struct bus input = overridden(&o, memattr, alloc, 3);
        struct bus yes = path->s1 ? through_stage1(&input, stage1) : bus_combine(&input, &stage2);
        struct bus no = path->s1 ? through_stage1(&o.in, stage1) : bus_combine(&o.in, &stage2);
        const struct iotb_access *a;

        if (!path->s1)
            sm_set_bits(sm, sm_spot_leaf(&s), 5, 2, octet & 3 ? octet & 15 : 15);
        sm_set_bits(sm, sm_spot_leaf(&s), 9, 8, sh);
        if (path->s1)
            set_mair(&s, octet, alloc & 7, sh);
        test_context(sm->t, "%s, MemAttr %x, ALLOCCFG %x, %s %x", sm_path_name(path), memattr, alloc,
                     path->s1 ? "MAIR" : "MemAttr of the leaf", octet);
        set_overrides(&o, memattr, alloc, 3);
        a = bus_request(sm, "SMMU-13-012", &s.r, s.host + SPOT_OFFSET);
        if (a && o.mode == UNDECIDED && ((bus_word(&yes) ^ bus_word(&no)) & a->bus_known))
            o.mode = ((a->bus ^ bus_word(&no)) & a->bus_known & ~BUS_PORT) ? ACT : IGNORED;
        bus_check(sm->t, "SMMU-13-012", "request", a, bus_word(o.mode == ACT ? &yes : &no), BUS_PORT);
    }
}

static void override_translated(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2), override_translated_body);
}

/* ---- No_snoop ---- */

/* 13.6.1.1: where it is supported, the final type is Non-cacheable if it is cacheable; Device stays. After S2FWB. */
static void no_snoop_body(struct sm *sm, struct sm_path *path)
{
    const struct bus uncached = {.inner = {BUS_NC, false, false, false}, .outer = {BUS_NC, false, false, false}};
    struct bus in = bus_incoming(sm);
    struct iotb_request plain;
    struct sm_spot s;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    plain = s.r;
    for (uint32_t i = 0; i < OCTETS; i++) {
        struct bus as_is = through_stage1(&in, bus_of_mair(octets[i], 3));
        const struct iotb_access *a;

        set_mair(&s, octets[i], i & 7, 3);
        test_context(sm->t, "%s, MAIR %02x", sm_path_name(path), octets[i]);
        bus_check(sm->t, "SMMU-13-038", "request", bus_request(sm, "SMMU-13-038", &plain, s.host + SPOT_OFFSET), bus_word(&as_is),
                  BUS_PORT);
        s.r.flags |= IOTB_RQ_NO_SNOOP;
        a = bus_request(sm, "SMMU-13-038", &s.r, s.host + SPOT_OFFSET);
        s.r = plain;
        if (a && !as_is.device && !((a->bus ^ bus_word(&as_is)) & a->bus_known & ~BUS_PORT))
            continue; /* not supported */
        bus_check(sm->t, "SMMU-13-038", "request with No_snoop", a, bus_word(as_is.device ? &as_is : &uncached), BUS_PORT);
    }
}

static void no_snoop(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1), no_snoop_body);
}

/* ---- privilege and instruction ---- */

/* 13.1.2: up to SMMUv3.3 what the overrides make of the request, and Data of writes; from SMMUv3.4 on privileged data. */
static uint32_t port_of(const struct sm *sm, const struct iotb_request *r, bool overrides, uint32_t priv, uint32_t inst)
{
    bool privileged = r->flags & IOTB_RQ_PRIVILEGED, instruction = r->flags & IOTB_RQ_EXECUTE;

    if (sm->minor >= 4)
        return IOTB_BUS_PRIVILEGED;
    if (overrides && priv >= 2)
        privileged = priv & 1;
    if (overrides && inst >= 2)
        instruction = inst & 1;
    return (privileged ? IOTB_BUS_PRIVILEGED : 0) | (instruction && r->kind == IOTB_READ ? IOTB_BUS_INSTRUCTION : 0);
}

static void set_port(struct sm *sm, uint32_t sid, bool global, uint32_t priv, uint32_t inst)
{
    if (global) {
        sm_gbpa(sm, (uint32_t)(sm_reg_bits("SMMU_GBPA", "SHCFG", 1) | sm_reg_bits("SMMU_GBPA", "PRIVCFG", priv) |
                               sm_reg_bits("SMMU_GBPA", "INSTCFG", inst)));
        return;
    }
    sm_ste_set(sm, sid, "PRIVCFG", priv);
    sm_ste_set(sm, sid, "INSTCFG", inst);
    sm_invalidate_all(sm);
}

/* leaf: of stage 1, or 0. What users may write privileged do not execute, so that reads find it read-only. */
static void ports(struct sm *sm, const struct iotb_request *of, uint64_t host, uint64_t leaf, bool global)
{
    static const uint32_t flags[] = {0, IOTB_RQ_PASID, IOTB_RQ_PASID | IOTB_RQ_PRIVILEGED, IOTB_RQ_PASID | IOTB_RQ_EXECUTE,
                                     IOTB_RQ_PASID | IOTB_RQ_PRIVILEGED | IOTB_RQ_EXECUTE};
    bool overrides = sm_idr(sm->t, 1, "ATTR_PERMS_OVR") != 0, pasids = of->flags & IOTB_RQ_PASID;

    for (uint32_t i = 0; i < 16 * 10; i++) {
        uint32_t priv = i & 3, inst = i >> 2 & 3, k = i >> 4;
        struct iotb_request r = *of;
        const struct iotb_access *a;

        if (!flags[k % 5] == pasids || (flags[k % 5] && !test_has(sm->t, IOTB_F_PRIVILEGE)))
            continue;
        r.flags = flags[k % 5];
        r.kind = k < 5 ? IOTB_READ : IOTB_WRITE;
        test_context(sm->t, "%s, PRIVCFG %u, INSTCFG %u, request flags %x, %s", global ? "GBPA" : "STE", priv, inst, r.flags,
                     k < 5 ? "read" : "write");
        if (leaf)
            sm_set_bits(sm, leaf, SM_BIT_AP2, SM_BIT_AP2, k < 5);
        set_port(sm, r.requester_id, global, priv, inst);
        a = bus_request(sm, "SMMU-13-036", &r, host);
        if (a)
            CHECK_EQ(sm->t, "SMMU-13-036", port_of(sm, &r, overrides, priv, inst) & a->bus_known, a->bus & BUS_PORT,
                     "privilege and instruction of the access");
    }
}

static void ports_body(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;

    sm_spot_open(&s, path, path->s1 ? 1 : 2, SPOT_INPUT);
    ports(sm, &s.r, s.host + SPOT_OFFSET, path->s1 ? sm_spot_leaf(&s) : 0, false);
}

static void ports_translated(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S1_SSID) | SM_FLAVOUR(SM_F_S2), ports_body);
}

static void ports_bypass(struct test *t)
{
    struct sm_ste ste = {.config = SM_BYPASS};
    struct iotb_request r;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_set_ste(&sm, sm_sid(&sm, 0), &ste);
    r = sm_plain_request(&sm, sm_sid(&sm, 0), mem_alloc(t, 4096, 4096));
    ports(&sm, &r, r.address, 0, false);
    sm_enable(&sm, "SMMUEN", 0);
    ports(&sm, &r, r.address, 0, true);
    if (test_has(t, IOTB_F_PASID)) {
        r.flags = IOTB_RQ_PASID;
        ports(&sm, &r, r.address, 0, true);
    }
    sm_close(&sm);
}

#define CASE(n, text, function, r, gated)                                                              \
    {                                                                                                  \
        .name = "smmuv3.bus." n, .summary = text, .run = function, .rows = r, .gate = gated,           \
        .features = IOTB_F_BUS_ATTRIBUTES | IOTB_F_BENCH_MEMORY, .functional = true, .tier = TIER_FULL \
    }

static const struct iotb_case cases[] = {
    CASE("stage1", "Each encoding of MAIR with each Shareability", stage1, "SMMU-13-014 SMMU-5-150", SM_GATE_S1),
    CASE("stage2", "MemAttr and Shareability of stage 2 against what comes in", stage2, "SMMU-13-017", SM_GATE_S2),
    CASE("nested", "Types, Shareability and hints of both stages combined", nested, "SMMU-13-016", SM_GATE_NESTED),
    CASE("forced", "The same with S2FWB", forced, "SMMU-13-018", SM_GATE_NESTED "&IDR3.FWB"),
    CASE("override_ste", "MTCFG, MemAttr, ALLOCCFG and SHCFG of a bypassed stream", override_ste, "SMMU-13-010 SMMU-13-011",
         "IDR1.ATTR_TYPES_OVR"),
    CASE("override_gbpa", "MTCFG, MemAttr, ALLOCCFG and SHCFG of the global bypass", override_gbpa, "SMMU-13-009 SMMU-13-011",
         "IDR1.ATTR_TYPES_OVR"),
    CASE("override_translated", "What overrides make of the input goes into stage 1, or into stage 2 alone", override_translated,
         "SMMU-13-012", "IDR1.ATTR_TYPES_OVR&IDR0.TTF:1"),
    CASE("ports_translated", "Privilege and instruction as they are output for translated streams", ports_translated,
         "SMMU-13-036", "IDR0.TTF:1"),
    CASE("ports_bypass", "Privilege and instruction as they are output for what bypasses", ports_bypass, "SMMU-13-036", NULL),
    {.name = "smmuv3.bus.no_snoop",
     .summary = "No_snoop makes Normal memory Non-cacheable, and leaves Device alone",
     .run = no_snoop,
     .rows = "SMMU-13-038",
     .gate = SM_GATE_S1,
     .features = IOTB_F_BUS_ATTRIBUTES | IOTB_F_BENCH_MEMORY | IOTB_F_NO_SNOOP,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list sm_bus_cases = {cases, sizeof cases / sizeof cases[0]};
