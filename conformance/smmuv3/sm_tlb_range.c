/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Range-based invalidation and level hint (4.4.1.1): TG, NUM, SCALE, TTL. What lies in the range must be gone after CMD_SYNC;
 * what lies outside may stay or go.
 */
#include "sm_chapters.h"
#include "sm_stale.h"

#define BASE UINT64_C(0x80000000)
#define PLACES_MAX 12u

enum kind { NH_VA, NH_VAA, EL2_VA, EL2_VAA, S2_IPA, KINDS };

struct kind_fact {
    const char *name;
    enum sm_flavour_id flavour;
};

static const struct kind_fact kinds[KINDS] = {
    {"CMD_TLBI_NH_VA", SM_F_S1},    {"CMD_TLBI_NH_VAA", SM_F_S1}, {"CMD_TLBI_EL2_VA", SM_F_EL2},
    {"CMD_TLBI_EL2_VAA", SM_F_EL2}, {"CMD_TLBI_S2_IPA", SM_F_S2},
};

static struct sm_command command_of(const struct sm_path *path, enum kind kind, uint64_t address, bool leaf)
{
    uint32_t vmid = sm_idr(path->sm->t, 0, "S2P") ? path->vmid : 0;

    switch (kind) {
    case NH_VA:
        return sm_cmd_nh_va(vmid, path->asid, address, leaf);
    case NH_VAA:
        return sm_cmd_nh_vaa(vmid, address, leaf);
    case EL2_VA:
        return sm_cmd_el2_va(path->asid, address, leaf);
    case EL2_VAA:
        return sm_cmd_el2_vaa(address, leaf);
    case S2_IPA:
    case KINDS:
    default:
        return sm_cmd_s2_ipa(path->vmid, address, leaf);
    }
}

/* NUM, SCALE pairs: each bit of each, both ends. */
struct range {
    uint32_t num, scale;
};

static const struct range ranges[] = {{1, 0}, {2, 0}, {4, 0}, {8, 0}, {16, 0}, {31, 0}, {0, 1},  {1, 1},
                                      {0, 2}, {3, 2}, {0, 4}, {5, 4}, {0, 8},  {31, 5}, {0, 11}, {2, 9}};
#define RANGES (sizeof ranges / sizeof ranges[0])

struct spread {
    struct sm_stale places[PLACES_MAX];
    uint32_t count;
};

/* Pages at the start, the end and powers of two of the range, within the input range. */
static void spread_open(struct spread *s, const struct sm_path *path, uint64_t base, uint64_t pages, uint32_t bits)
{
    uint64_t page = UINT64_C(1) << sm_path_table((struct sm_path *)path)->granule_lg2;
    uint64_t offsets[PLACES_MAX] = {0, 1, pages - 1, pages / 2, pages / 4, pages - 2, pages / 8 + 1};

    s->count = 0;
    for (uint32_t i = 0; i < 7; i++) {
        bool seen = offsets[i] >= pages || base + (offsets[i] + 1) * page > UINT64_C(1) << bits;

        for (uint32_t k = 0; k < i; k++)
            seen |= offsets[k] == offsets[i];
        if (!seen)
            sm_stale_on(&s->places[s->count++], path, 0, base + offsets[i] * page);
    }
}

static void each_range(struct sm *sm, struct sm_path *path, enum kind kind, uint32_t ttl, bool leaf, const char *row)
{
    uint32_t granule = sm_path_table(path)->granule_lg2, limit = sm_address_bits(sm);
    uint32_t bits = sm_path_table(path)->input_bits < limit ? sm_path_table(path)->input_bits : limit;

    if (kind == S2_IPA && sm->ias_bits < bits)
        bits = sm->ias_bits;
    for (size_t i = 0; i < RANGES; i++) {
        uint64_t pages = (uint64_t)(ranges[i].num + 1) << ranges[i].scale;
        struct sm_command c = command_of(path, kind, BASE, leaf);
        struct spread s;

        spread_open(&s, path, BASE, pages, bits);
        sm_cmd_range(&c, kinds[kind].name, granule, ranges[i].num, ranges[i].scale, ttl);
        test_context(sm->t, "%s, %s, NUM %u SCALE %u TTL %u Leaf %d", sm_path_name(path), kinds[kind].name, ranges[i].num,
                     ranges[i].scale, ttl, leaf);
        for (uint32_t k = 0; k < s.count; k++) {
            sm_once(sm);
            sm_stale_warm(&s.places[k], row);
        }
        for (uint32_t k = 0; k < s.count; k++)
            sm_stale_change(&s.places[k]);
        CHECK(sm->t, row, sm_submit_one(sm, c), "the command and CMD_SYNC complete");
        for (uint32_t k = 0; k < s.count; k++)
            sm_stale_gone(&s.places[k], row);
    }
}

static void kind_case(struct test *t)
{
    enum kind kind = (enum kind)((const struct kind_fact *)test_argument(t) - kinds);
    struct sm sm;

    if (!sm_has_flavour(t, kinds[kind].flavour))
        test_skip(t, "no %s translation", sm_flavours[kinds[kind].flavour].name);
    sm_open(&sm, t, NULL);
    for (uint32_t granule = 12; granule <= 16; granule += 2) {
        struct sm_geometry g = {.granule_lg2 = granule};
        bool second = kind == S2_IPA;
        struct sm_path path;

        if (!sm_has_granule(t, granule))
            continue;
        sm_path_open_geometry(&sm, &path, kinds[kind].flavour, sm_sid(&sm, 0), 0, 0x11, 0x22, second ? NULL : &g,
                              second ? &g : NULL);
        each_range(&sm, &path, kind, 0, false, "SMMU-4-080");
        each_range(&sm, &path, kind, 3, true, "SMMU-4-083");
        each_range(&sm, &path, kind, 3, false, "SMMU-4-090");
    }
    sm_close(&sm);
}

/* ---- TG = 0, and what is Reserved ---- */

static void no_range_body(struct sm *sm, struct sm_path *path)
{
    struct sm_stale s;

    sm_stale_on(&s, path, 0, BASE);
    /* TG = 00: NUM, SCALE and TTL mean nothing, for a page of any granule. */
    for (uint32_t i = 0; i < 4; i++) {
        struct sm_command c = command_of(path, path->s1 ? NH_VA : S2_IPA, BASE, i & 1);
        const char *name = path->s1 ? "CMD_TLBI_NH_VA" : "CMD_TLBI_S2_IPA";

        if (i & 2) {
            sm_cmd_field(&c, name, "NUM", 0x15);
            sm_cmd_field(&c, name, "SCALE", 0xa);
            sm_cmd_field(&c, name, "TTL", 1);
        }
        test_context(sm->t, "%s, TG 0, %s", sm_path_name(path), i & 2 ? "the rest set" : "the rest 0");
        sm_stale_warm(&s, "SMMU-4-079");
        sm_stale_change(&s);
        CHECK(sm->t, "SMMU-4-079", sm_submit_one(sm, c), "the command and CMD_SYNC complete");
        sm_stale_gone(&s, "SMMU-4-079");
    }
}

static void no_range(struct test *t)
{
    sm_each_granule(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2), NULL, no_range_body);
}

static void reserved(struct test *t)
{
    struct sm_path path;
    struct sm_stale s;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, sm_has_flavour(t, SM_F_S1) ? SM_F_S1 : SM_F_S2, sm_sid(&sm, 0), 0, 0x11, 0x22);
    for (uint32_t kind = 0; kind < KINDS; kind++)
        for (uint32_t granule = 12; granule <= 16; granule += 2)
            for (uint32_t ttl = 0; ttl < 2; ttl++) {
                struct sm_command c = command_of(&path, (enum kind)kind, BASE, false);
                bool bad = ttl == 0 || (granule == 14 && !sm_idr(t, 5, "DS"));

                if (!sm_has_flavour(t, kinds[kind].flavour))
                    continue;
                sm_cmd_range(&c, kinds[kind].name, granule, 0, 0, ttl);
                test_context(t, "%s, TG of 2^%u bytes, TTL %u, NUM = SCALE = 0", kinds[kind].name, granule, ttl);
                if (bad)
                    sm_expect_ill(&sm, ttl ? "SMMU-4-082" : "SMMU-4-081", &c);
                else
                    sm_expect_consumed(&sm, "SMMU-4-081", &c);
                sm_cmd_range(&c, kinds[kind].name, granule, 3, 0, ttl);
                sm_expect_consumed(&sm, ttl ? "SMMU-4-082" : "SMMU-4-081", &c);
            }
    sm_stale_on(&s, &path, 0, BASE);
    sm_stale_warm(&s, "SMMU-4-081");
    sm_close(&sm);
}

/* With RIL = 0 the fields are RES0: ignored, or ILL. */
static void without(struct test *t)
{
    struct sm_path path;
    struct sm_stale s;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, sm_has_flavour(t, SM_F_S1) ? SM_F_S1 : SM_F_S2, sm_sid(&sm, 0), 0, 0x11, 0x22);
    sm_stale_on(&s, &path, 0, BASE);
    for (uint32_t i = 0; i < 4; i++) {
        enum kind kind = path.s1 ? NH_VA : S2_IPA;
        struct sm_command c = command_of(&path, kind, BASE, false);
        uint32_t error = 0;
        bool done;

        sm_cmd_range(&c, kinds[kind].name, s.table->granule_lg2, i ? 1u << i : 0, i, i);
        sm_stale_warm(&s, "SMMU-4-077");
        sm_stale_change(&s);
        done = sm_submit_one(&sm, c);
        if (!done) {
            CHECK(t, "SMMU-4-077", sm_command_error(&sm, &error) && error == SM_CERROR_ILL, "ignored or CERROR_ILL (ERR %u)",
                  error);
            sm_command_repair(&sm);
            sm_invalidate_all(&sm);
        }
        sm_stale_gone(&s, "SMMU-4-077");
    }
    sm_close(&sm);
}

/* ---- level hints ---- */

/* A block by the hint of its level; a table above a leaf with Leaf = 0. */
static void hint_body(struct sm *sm, struct sm_path *path)
{
    enum kind kind = path->s1 ? (path->flavour->strw == SM_STRW_EL2 ? EL2_VA : NH_VA) : S2_IPA;
    struct sm_table *table = sm_path_table(path);
    uint32_t granule = table->granule_lg2;
    struct sm_stale s;

    sm_stale_on(&s, path, 0, BASE);
    for (int level = table->start_level; level <= 3; level++) {
        struct sm_command c = command_of(path, kind, BASE, false);

        /* The leaf is a page: TTL 3; the descriptor that changes is above it (4.4.1.1). */
        sm_stale_level(&s, level);
        sm_cmd_range(&c, kinds[kind].name, granule, 1, 0, 3);
        test_context(sm->t, "%s, level %d changes, TTL 3, Leaf 0", sm_path_name(path), level);
        sm_stale_warm(&s, "SMMU-4-084");
        sm_stale_change(&s);
        CHECK(sm->t, "SMMU-4-084", sm_submit_one(sm, c), "the command and CMD_SYNC complete");
        sm_stale_gone(&s, "SMMU-4-084");
    }
    sm_stale_level(&s, 3);
    for (int level = 1; level < 3; level++) {
        uint64_t page = UINT64_C(1) << granule, block, host[2];
        uint32_t shift;

        if (level < table->start_level || !sm_has_block(sm, table, level))
            continue;
        shift = sm_level_shift(table, level);
        block = UINT64_C(1) << shift;
        host[0] = mem_alloc(sm->t, page, page);
        host[1] = host[0] ^ block;
        if (shift >= 32 || host[1] >> sm->oas_bits || !mem_claim(sm->t, host[1], page))
            continue;
        for (uint32_t i = 0; i < 4; i++) {
            uint64_t base = (UINT64_C(0x40000000) + block - 1) & ~(block - 1), input = base | (host[0] & (block - 1));
            struct iotb_request r = sm_request(path, IOTB_WRITE, input + 0x48, 8);
            struct sm_command c = command_of(path, kind, base, i & 2);
            uint32_t scale = shift - granule;

            sm_map(sm, table, base, host[i & 1] & ~(block - 1), shift, SM_RW);
            sm_cmd_range(&c, kinds[kind].name, granule, 0, scale, (uint32_t)level);
            test_context(sm->t, "%s, block of level %d, TTL %d", sm_path_name(path), level, level);
            CHECK(sm->t, "SMMU-4-083", sm_submit_one(sm, c), "the command and CMD_SYNC complete");
            sm_expect_ok(sm, "SMMU-4-083", &r, host[i & 1] + 0x48);
        }
        sm_unmap(sm, table, UINT64_C(0x40000000) & ~(block - 1), shift);
        sm_invalidate_all(sm);
    }
}

static void hint(struct test *t)
{
    sm_each_granule(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_EL2), NULL, hint_body);
}

/* ---- ends of the address space, large scales, misalignment: consumed, and what must go goes ---- */

static void ends_body(struct sm *sm, struct sm_path *path)
{
    uint32_t granule = sm_path_table(path)->granule_lg2;
    uint64_t page = UINT64_C(1) << granule;
    struct sm_command c;
    struct sm_stale s;

    sm_path_open_high(path, NULL);
    for (uint32_t half = 0; half < 2; half++) {
        uint64_t last = half ? ~UINT64_C(0) - page + 1 : (UINT64_C(1) << path->s1->input_bits) - page;

        sm_stale_on(&s, path, 1, last);
        for (uint32_t scale = 0; scale < 32; scale += 10) {
            c = command_of(path, NH_VA, last, false);
            sm_cmd_range(&c, "CMD_TLBI_NH_VA", granule, 7, scale, 0);
            test_context(sm->t, "%s, range from %016llx, SCALE %u", sm_path_name(path), (unsigned long long)last, scale);
            sm_stale_warm(&s, "SMMU-4-086");
            sm_stale_change(&s);
            CHECK(sm->t, "SMMU-4-086", sm_submit_one(sm, c), "the command is consumed");
            sm_stale_gone(&s, "SMMU-4-086");
        }
    }
    for (uint32_t ttl = 1; ttl < 3; ttl++) {
        c = command_of(path, NH_VA, BASE + page, false);
        sm_cmd_range(&c, "CMD_TLBI_NH_VA", granule, 1, 0, ttl);
        sm_expect_consumed(sm, "SMMU-4-087", &c);
    }
}

static void ends(struct test *t)
{
    sm_each_granule(t, SM_FLAVOUR(SM_F_S1), NULL, ends_body);
}

static void large_scale_body(struct sm *sm, struct sm_path *path)
{
    uint32_t granule = sm_path_table(path)->granule_lg2;
    struct sm_stale s;

    sm_stale_on(&s, path, 1, BASE);
    for (uint32_t scale = 32; scale < 64; scale += scale == 32 ? 7 : 8) {
        struct sm_command c = command_of(path, NH_VA, 0, false);

        sm_cmd_range(&c, "CMD_TLBI_NH_VA", granule, 0, scale, 0);
        test_context(sm->t, "%s, SCALE %u", sm_path_name(path), scale);
        sm_stale_warm(&s, "SMMU-4-085");
        sm_stale_change(&s);
        CHECK(sm->t, "SMMU-4-085", sm_submit_one(sm, c), "the command is consumed");
        sm_stale_gone(&s, "SMMU-4-085");
    }
}

static void large_scale(struct test *t)
{
    sm_each_granule(t, SM_FLAVOUR(SM_F_S1), NULL, large_scale_body);
}

/* 4-078: each field in its place, by the effect of one bit each. The range then has more than 31 * 2^15 granules. */
static void fields(struct test *t)
{
    struct sm_path path;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, sm_has_flavour(t, SM_F_S1) ? SM_F_S1 : SM_F_S2, sm_sid(&sm, 0), 0, 0x11, 0x22);
    for (uint32_t scale = 0; scale < 19; scale++) {
        enum kind kind = path.s1 ? NH_VA : S2_IPA;
        uint32_t granule = sm_path_table(&path)->granule_lg2, num = scale % 5 ? 1u << scale % 5 : 1;
        uint64_t last = ((uint64_t)(num + 1) << scale) - 1;
        struct sm_command c = command_of(&path, kind, BASE, false);
        struct sm_stale s;

        if ((BASE + (last << granule)) >> 32 && (sm_address_bits(&sm) <= 32 || (kind == S2_IPA && sm.ias_bits <= 36)))
            break;
        sm_cmd_range(&c, kinds[kind].name, granule, num, scale, 0);
        sm_stale_on(&s, &path, 0, BASE + (last << granule));
        test_context(t, "NUM %u SCALE %u: the last granule of the range", num, scale);
        sm_stale_warm(&s, "SMMU-4-078");
        sm_stale_change(&s);
        CHECK(t, "SMMU-4-078", sm_submit_one(&sm, c), "the command is consumed");
        sm_stale_gone(&s, "SMMU-4-078");
    }
    sm_close(&sm);
}

#define CASE(n, text, function, arg, r, gated, feature)                                                             \
    {                                                                                                               \
        .name = "smmuv3.tlb_range." n, .summary = text, .run = function, .argument = arg, .rows = r, .gate = gated, \
        .features = feature, .functional = true, .tier = TIER_FULL                                                  \
    }
#define RIL "IDR0.TTF:1&IDR3.RIL"
#define ROWS "SMMU-4-080 SMMU-4-083 SMMU-4-090"

static const struct iotb_case cases[] = {
    CASE("nh_va", "CMD_TLBI_NH_VA: all granules of the range go, whatever the hint.", kind_case, &kinds[NH_VA], ROWS, RIL, 0),
    CASE("nh_vaa", "CMD_TLBI_NH_VAA: all granules of the range go, whatever the hint.", kind_case, &kinds[NH_VAA], ROWS, RIL, 0),
    CASE("el2_va", "CMD_TLBI_EL2_VA: all granules of the range go, whatever the hint.", kind_case, &kinds[EL2_VA], ROWS, RIL, 0),
    CASE("el2_vaa", "CMD_TLBI_EL2_VAA: all granules of the range go, whatever the hint.", kind_case, &kinds[EL2_VAA], ROWS, RIL,
         0),
    CASE("s2_ipa", "CMD_TLBI_S2_IPA: all granules of the range go, whatever the hint.", kind_case, &kinds[S2_IPA], ROWS, RIL, 0),
    CASE("no_range", "TG = 0: one address, whatever the other fields hold.", no_range, NULL, "SMMU-4-079", RIL, 0),
    CASE("reserved", "TG without NUM, SCALE and a usable TTL is CERROR_ILL.", reserved, NULL, "SMMU-4-081 SMMU-4-082", RIL, 0),
    CASE("without_ril", "RIL = 0: the fields are ignored or refused.", without, NULL, "SMMU-4-077", "IDR0.TTF:1&!IDR3.RIL", 0),
    CASE("hint", "TTL names the level of the leaf; with Leaf = 0 the tables above go too.", hint, NULL, "SMMU-4-083 SMMU-4-084",
         RIL, 0),
    CASE("ends", "Ranges over the end of a half are consumed and remove what is in their half.", ends, NULL,
         "SMMU-4-086 SMMU-4-087", RIL, IOTB_F_WIDE_ADDRESS),
    CASE("large_scale", "SCALE above 39 acts as 39.", large_scale, NULL, "SMMU-4-085", RIL "&IDR5.DS", 0),
    CASE("fields", "NUM and SCALE: the last granule of each range.", fields, NULL, "SMMU-4-078", RIL, 0),
};

const struct iotb_case_list sm_tlb_range_cases = {cases, sizeof cases / sizeof cases[0]};
