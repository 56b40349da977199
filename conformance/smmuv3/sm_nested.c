/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two stages: every address that stage 1 makes is translated by stage 2, and each fault of stage 2 names its class and its IPA
 * (7.3.12 to 7.3.16; DDI 0487 D8.2.1): CD and L1CD (CLASS CD), stage 1 descriptors of each level (TT), the access itself (IN).
 */
#include "sm_chapters.h"
#include "sm_walk.h"

struct place {
    uint32_t class;
    int level; /* of a stage 1 descriptor */
    uint64_t ipa, host;
    char name[24];
};

#define PLACES_MAX 8u

static void add(struct place *places, uint32_t *n, uint32_t class, int level, uint64_t ipa, uint64_t host, const char *name)
{
    struct place *p = &places[(*n)++];

    *p = (struct place){.class = class, .level = level, .ipa = ipa, .host = host};
    for (uint32_t i = 0; i < sizeof p->name - 1 && name[i]; i++)
        p->name[i] = name[i];
}

static uint32_t places_of(struct sm_spot *s, struct place *places)
{
    static const char *const levels[] = {"level -1", "level 0", "level 1", "level 2", "level 3"};
    struct sm *sm = s->sm;
    const struct sm_path *path = s->path;
    uint64_t l1 = sm_l1cd_address(sm, path->sid, path->ssid), cd = sm_cd_address(sm, path->sid, path->ssid);
    uint32_t n = 0, leaf = sm_get_field(sm, sm_ste_address(sm, path->sid), "STE", "S1Fmt") == SM_CD_64K ? 10 : 6;

    if (l1) {
        uint64_t table = sm_get_field(sm, l1, "L1CD", "L2Ptr");

        add(places, &n, SM_CLASS_CD, 0, path->cd_table + 8 * (path->ssid >> leaf), l1, "L1CD");
        add(places, &n, SM_CLASS_CD, 0, table + 64 * (path->ssid & ((1u << leaf) - 1)), cd, "CD");
    } else {
        add(places, &n, SM_CLASS_CD, 0, path->cd_table + 64 * path->ssid, cd, "CD");
    }
    for (int level = path->s1->start_level; level <= 3; level++)
        add(places, &n, SM_CLASS_TT, level, sm_entry_pointer(sm, path->s1, s->input, level),
            sm_entry(sm, path->s1, s->input, level), levels[level + 1]);
    add(places, &n, SM_CLASS_IN, 0, sm_path_ipa((struct sm_path *)path, s->input), s->host, "access");
    return n;
}

/* What stage 2 finds wrong. */
enum wrong { WRONG_INVALID, WRONG_FLAG, WRONG_SIZE, WRONG_NO_RIGHTS, WRONG_WRITE_ONLY, WRONG_ABORT, WRONG_COUNT };

static const uint32_t wrong_type[] = {SM_F_TRANSLATION, SM_F_ACCESS,     SM_F_ADDR_SIZE,
                                      SM_F_PERMISSION,  SM_F_PERMISSION, SM_F_WALK_EABT};

static const char *row_of(enum wrong wrong, uint32_t class)
{
    static const char *const rows[WRONG_COUNT][3] = {
        {"SMMU-D8-027", "SMMU-D8-026", "SMMU-D8-028"}, {"SMMU-7-052", "SMMU-7-052", "SMMU-7-052"},
        {"SMMU-3-507", "SMMU-3-507", "SMMU-3-506"},    {"SMMU-D8-054", "SMMU-D8-053", "SMMU-D8-052"},
        {"SMMU-D8-054", "SMMU-D8-053", "SMMU-D8-052"}, {"SMMU-7-048", "SMMU-7-048", "SMMU-7-048"},
    };

    return rows[wrong][class];
}

static uint64_t spoil(struct sm_spot *s, enum wrong wrong, uint64_t leaf)
{
    const struct sm_table *s2 = s->path->s2;

    switch (wrong) {
    case WRONG_INVALID:
        return leaf & ~UINT64_C(1);
    case WRONG_FLAG:
        return leaf & ~(UINT64_C(1) << SM_BIT_AF);
    case WRONG_SIZE:
        return sm_with_address(s2, leaf, sm_descriptor_address(s2, leaf) | UINT64_C(1) << s->sm->oas_bits);
    case WRONG_NO_RIGHTS:
        return leaf & ~(UINT64_C(3) << SM_BIT_S2AP0);
    case WRONG_WRITE_ONLY:
        return leaf & ~(UINT64_C(1) << SM_BIT_S2AP0);
    case WRONG_ABORT:
    case WRONG_COUNT:
        break;
    }
    return leaf;
}

static void one(struct sm_spot *s, const struct place *p, enum wrong wrong)
{
    struct sm *sm = s->sm;
    uint64_t entry = sm_entry(sm, s->path->s2, p->ipa, 3), leaf = mem_read64(sm->t, entry);
    struct sm_expected e = sm_s2_event(wrong_type[wrong], p->class, p->ipa);
    const char *row = row_of(wrong, p->class);

    if (wrong == WRONG_ABORT) {
        if (!test_has(sm->t, IOTB_F_BENCH_MEMORY))
            return;
        e = sm_walk_abort(true, p->class, entry);
        inject_fault(sm->t, INJECT_ABORT, entry, entry + 7, ACC_READS, 1, 1000);
    }
    e.ttrnw = wrong_type[wrong] == SM_F_PERMISSION && p->class == SM_CLASS_TT;
    test_context(sm->t, "%s, fault %02xh of stage 2 at the %s", sm_path_name(s->path), e.type, p->name);
    mem_write64(sm->t, entry, spoil(s, wrong, leaf));
    sm_invalidate_all(sm);
    for (uint32_t kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
        struct iotb_request r = sm_spot_request(s, (enum iotb_request_kind)kind);

        if (p->class == SM_CLASS_IN && wrong == WRONG_WRITE_ONLY && kind == IOTB_WRITE)
            sm_expect_ok(sm, row, &r, s->host + SPOT_OFFSET);
        else
            sm_expect_event(sm, row, &r, &e, s->host + SPOT_OFFSET);
    }
    inject_clear(sm->t);
    mem_write64(sm->t, entry, leaf);
    if (e.type == SM_F_PERMISSION)
        sm_invalidate_all(sm);
    sm_spot_ok(s, p->class == SM_CLASS_CD ? "SMMU-5-160" : "SMMU-3-550");
}

static void every_place(struct sm *sm, struct sm_path *path, enum wrong first, enum wrong end)
{
    struct place places[PLACES_MAX];
    struct sm_spot s;
    uint32_t n;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    sm_spot_ok(&s, "SMMU-3-550");
    n = places_of(&s, places);
    for (uint32_t i = 0; i < n; i++)
        for (enum wrong wrong = first; wrong < end; wrong++)
            if (wrong != WRONG_SIZE || sm->oas_bits < 48)
                one(&s, &places[i], wrong);
}

static void invalid_body(struct sm *sm, struct sm_path *path)
{
    every_place(sm, path, WRONG_INVALID, WRONG_FLAG);
}
static void flag_body(struct sm *sm, struct sm_path *path)
{
    every_place(sm, path, WRONG_FLAG, WRONG_SIZE);
}
static void size_body(struct sm *sm, struct sm_path *path)
{
    every_place(sm, path, WRONG_SIZE, WRONG_NO_RIGHTS);
}
static void rights_body(struct sm *sm, struct sm_path *path)
{
    every_place(sm, path, WRONG_NO_RIGHTS, WRONG_ABORT);
}
static void abort_body(struct sm *sm, struct sm_path *path)
{
    every_place(sm, path, WRONG_ABORT, WRONG_COUNT);
}

static const struct sm_spot_case invalid = {SM_NESTED_FLAVOURS, 2, invalid_body};
static const struct sm_spot_case flag = {SM_NESTED_FLAVOURS, 2, flag_body};
static const struct sm_spot_case size = {SM_NESTED_FLAVOURS, 2, size_body};
static const struct sm_spot_case rights = {SM_NESTED_FLAVOURS, 2, rights_body};
static const struct sm_spot_case aborts = {SM_NESTED_FLAVOURS, 2, abort_body};

/* ---- aborts of the structures themselves, at the address that stage 2 gives ---- */

static void fetch_body(struct sm *sm, struct sm_path *path)
{
    struct place places[PLACES_MAX];
    struct sm_spot s;
    uint32_t n;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    sm_spot_ok(&s, "SMMU-7-046");
    n = places_of(&s, places);
    for (uint32_t i = 0; i + 1 < n; i++) {
        bool cd = places[i].class == SM_CLASS_CD;
        struct sm_expected e = sm_walk_abort(false, SM_CLASS_TT, places[i].host);

        if (cd) {
            e = sm_config_event(SM_F_CD_FETCH);
            e.fetch = places[i].host;
        }
        test_context(sm->t, "%s, abort at the %s", sm_path_name(path), places[i].name);
        inject_fault(sm->t, INJECT_ABORT, places[i].host, places[i].host + 7, ACC_READS, 1, 1000);
        sm_invalidate_all(sm);
        sm_expect_event(sm, cd ? "SMMU-7-046" : "SMMU-7-049", &s.r, &e, s.host);
        inject_clear(sm->t);
        sm_spot_ok(&s, cd ? "SMMU-5-160" : "SMMU-16-008");
    }
}

static const struct sm_spot_case fetch = {SM_NESTED_FLAVOURS, 1, fetch_body};

/* ---- what stage 2 does not ask of structures ---- */

/* Structures are read: stage 2 needs to allow reads, and neither writes nor execution. */
static void read_only_body(struct sm *sm, struct sm_path *path)
{
    struct place places[PLACES_MAX];
    struct sm_spot s;
    uint32_t n;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    n = places_of(&s, places);
    for (uint32_t i = 0; i + 1 < n; i++) {
        uint64_t entry = sm_entry(sm, path->s2, places[i].ipa, 3);

        sm_set_bits(sm, entry, SM_BIT_S2AP1, SM_BIT_S2AP0, 1);
        sm_set_bits(sm, entry, SM_BIT_UXN, SM_BIT_PXN, 2);
        sm_invalidate_all(sm);
        sm_spot_ok(&s, places[i].class == SM_CLASS_CD ? "SMMU-D8-054" : "SMMU-D8-053");
    }
    sm_set_bits(sm, sm_entry(sm, path->s2, places[n - 1].ipa, 3), 0, 0, 0);
    sm_invalidate_all(sm);
    {
        struct sm_expected e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, places[n - 1].ipa);

        sm_expect_event(sm, "SMMU-D8-028", &s.r, &e, s.host);
    }
}

static const struct sm_spot_case read_only = {SM_NESTED_FLAVOURS, 1, read_only_body};

/* 6.3.4 PTWNNC: what a walk reads from Device memory is read as Normal Non-cacheable (dut.h: 1). */
static void expect_walk(struct sm_spot *s, const struct place *p)
{
    size_t mark = trace_mark(s->sm->t);
    const struct iotb_access *a;

    sm_invalidate_all(s->sm);
    sm_spot_ok(s, "SMMU-5-086");
    if (p->class != SM_CLASS_TT || !sm_idr(s->sm->t, 3, "PTWNNC") || !test_has(s->sm->t, IOTB_F_ATTRIBUTES | IOTB_F_BENCH_MEMORY))
        return;
    a = trace_find(s->sm->t, mark, p->host, p->host + 7, ACC_ANY);
    if (a && a->memory_type != IOTB_ATTR_UNKNOWN)
        CHECK_EQ(s->sm->t, "SMMU-5-086", 1, a->memory_type, "memory type of the access to the %s table", p->name);
}

/* 5.2 S2PTW: structures in Device memory, for S2PTW 0 allowed. */
static void device_body(struct sm *sm, struct sm_path *path)
{
    struct place places[PLACES_MAX];
    struct sm_spot s;
    uint32_t n;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    n = places_of(&s, places);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t entry = sm_entry(sm, path->s2, places[i].ipa, 3), old = mem_read64(sm->t, entry);

        for (uint32_t code = 0; code < 4; code++) { /* the Device types of MemAttr[3:0], D8.6.5 */
            struct sm_expected e = sm_s2_event(SM_F_PERMISSION, places[i].class, places[i].ipa);

            e.ttrnw = places[i].class == SM_CLASS_TT;
            test_context(sm->t, "%s, MemAttr %u of the %s", sm_path_name(path), code, places[i].name);
            mem_write64(sm->t, entry, (old & ~UINT64_C(0x3c)) | code << 2);
            sm_spot_ste(&s, "S2PTW", 1);
            if (places[i].class == SM_CLASS_IN)
                sm_spot_ok(&s, "SMMU-5-085");
            else
                sm_expect_event(sm, "SMMU-5-085", &s.r, &e, s.host);
            sm_spot_ste(&s, "S2PTW", 0);
            expect_walk(&s, &places[i]);
        }
        mem_write64(sm->t, entry, old);
    }
    sm_spot_ste(&s, "S2PTW", 1); /* all Normal */
    sm_spot_ok(&s, "SMMU-5-085");
}

static const struct sm_spot_case device = {SM_NESTED_FLAVOURS, 1, device_body};

/* ---- priorities and fault configuration ---- */

static void priority_body(struct sm *sm, struct sm_path *path)
{
    uint64_t ipa_entry, leaf;
    struct sm_spot s;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    sm_spot_ok(&s, "SMMU-7-068");
    ipa_entry = sm_entry(sm, path->s2, sm_path_ipa(path, s.input), 3);
    leaf = mem_read64(sm->t, sm_spot_leaf(&s));
    sm_set_bits(sm, ipa_entry, 0, 0, 0);
    sm_spot_write(&s, 3, leaf | UINT64_C(1) << SM_BIT_AP2);
    sm_spot_refused(&s, "SMMU-7-068", SM_F_PERMISSION);
    sm_spot_write(&s, 3, leaf & ~(UINT64_C(1) << SM_BIT_AF));
    sm_spot_refused(&s, "SMMU-7-068", SM_F_ACCESS);
    sm_spot_write(&s, 3, leaf);
    sm_set_bits(sm, ipa_entry, 0, 0, 1);
    sm_invalidate_all(sm);
    for (int level = path->s1->start_level; level <= 3; level++) {
        uint64_t ipa = sm_entry_pointer(sm, path->s1, s.input, level), entry = sm_entry(sm, path->s2, ipa, 3);
        uint64_t old = mem_read64(sm->t, sm_spot_entry(&s, level));
        struct sm_expected e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_TT, ipa);

        /* The descriptor's own address comes first, then the descriptor. */
        sm_set_bits(sm, entry, 0, 0, 0);
        sm_spot_write(&s, level, 0);
        sm_expect_event(sm, "SMMU-7-067", &s.r, &e, s.host);
        sm_set_bits(sm, entry, 0, 0, 1);
        sm_invalidate_all(sm);
        sm_spot_refused(&s, "SMMU-7-067", SM_F_TRANSLATION);
        sm_spot_write(&s, level, old);
    }
    sm_spot_ok(&s, "SMMU-7-067");
}

static const struct sm_spot_case priority = {SM_NESTED_FLAVOURS, 1, priority_body};

/* 5.5: A, R and S of the CD are for stage 1; stage 2 has S2R and S2S, for every class. */
static void configuration_body(struct sm *sm, struct sm_path *path)
{
    struct place places[PLACES_MAX];
    struct sm_spot s;
    uint32_t n;

    if (sm->stall_model == 2)
        test_skip(sm->t, "faults of this DUT always stall");
    sm_spot_open(&s, path, 1, SPOT_INPUT);
    n = places_of(&s, places);
    for (uint32_t quiet = 0; quiet < 4; quiet++) {
        bool cd_quiet = quiet & 1, s2_quiet = quiet & 2;

        sm_cd_set(sm, path->sid, path->ssid, "R", !cd_quiet);
        if (!sm_idr(sm->t, 0, "TERM_MODEL"))
            sm_cd_set(sm, path->sid, path->ssid, "A", !cd_quiet);
        sm_spot_ste(&s, "S2R", !s2_quiet);
        for (uint32_t i = 0; i < n; i++) {
            uint64_t entry = sm_entry(sm, path->s2, places[i].ipa, 3);
            struct sm_expected e = sm_s2_event(SM_F_TRANSLATION, places[i].class, places[i].ipa);

            test_context(sm->t, "%s, CD.A and R %d, S2R %d, stage 2 fault at the %s", sm_path_name(path), !cd_quiet, !s2_quiet,
                         places[i].name);
            sm_set_bits(sm, entry, 0, 0, 0);
            sm_invalidate_all(sm);
            if (s2_quiet)
                sm_expect_silent_abort(sm, "SMMU-5-099", &s.r, s.host + SPOT_OFFSET);
            else
                sm_expect_event(sm, "SMMU-5-171", &s.r, &e, s.host + SPOT_OFFSET);
            sm_set_bits(sm, entry, 0, 0, 1);
        }
    }
    sm_invalidate_all(sm);
    sm_spot_ok(&s, "SMMU-5-171");
}

static const struct sm_spot_case configuration = {SM_NESTED_FLAVOURS, 1, configuration_body};

/* ---- addresses beyond the stage 2 input range ---- */

static void beyond_body(struct sm *sm, struct sm_path *path)
{
    struct sm_geometry g = {.input_bits = 36};
    struct sm_path p;
    struct sm_spot s;

    if (sm->ias_bits <= 36)
        test_skip(sm->t, "needs more than 36 bits of intermediate addresses");
    sm_path_open_geometry(sm, &p, path->flavour->id, path->sid, path->ssid, path->asid, path->vmid, NULL, &g);
    sm_spot_open(&s, &p, 1, SPOT_INPUT);
    sm_spot_ok(&s, "SMMU-D8-025");
    for (uint32_t bit = 36; bit < sm->ias_bits && bit < 48; bit++)
        for (int level = p.s1->start_level; level <= 3; level++) {
            uint64_t old = mem_read64(sm->t, sm_spot_entry(&s, level));
            uint64_t next = sm_descriptor_address(p.s1, old) | UINT64_C(1) << bit;
            uint64_t ipa =
                level == 3
                    ? next
                    : next | (sm_entry_pointer(sm, p.s1, s.input, level + 1) & 0xffff & ((UINT64_C(1) << p.s1->granule_lg2) - 1));
            struct sm_expected e = sm_s2_event(SM_F_TRANSLATION, level == 3 ? SM_CLASS_IN : SM_CLASS_TT, ipa);

            test_context(sm->t, "%s, address bit %u of the level %d descriptor", sm_path_name(&p), bit, level);
            sm_spot_write(&s, level, sm_with_address(p.s1, old, next));
            sm_expect_event(sm, level == 3 ? "SMMU-D8-025" : "SMMU-D8-026", &s.r, &e, s.host);
            sm_spot_write(&s, level, old);
        }
    sm_spot_ok(&s, "SMMU-D8-025");
}

static const struct sm_spot_case beyond = {SM_NESTED_FLAVOURS, 1, beyond_body};

/* ---- pages within larger pages of stage 2 ---- */

static void within_body(struct sm *sm, struct sm_path *path)
{
    static const uint32_t order[4] = {2, 0, 3, 1};
    uint64_t page = UINT64_C(1) << path->s1->granule_lg2, block, ipa, host;
    const struct sm_table *s2 = path->s2;
    int level = path->s2->granule_lg2 > path->s1->granule_lg2 ? 3 : 2;

    block = UINT64_C(1) << sm_level_shift(s2, level);
    if (block > UINT64_C(0x2000000))
        return;
    ipa = (sm->guest_next + block - 1) & ~(block - 1);
    if (ipa + block > UINT64_C(1) << (sm->ias_bits < s2->input_bits ? sm->ias_bits : s2->input_bits))
        return;
    sm->guest_next = ipa + block;
    host = mem_alloc(sm->t, block, block);
    sm_map(sm, path->s2, ipa, host, sm_level_shift(s2, level), SM_RW);
    for (uint32_t i = 0; i < 4; i++)
        sm_map(sm, path->s1, SPOT_INPUT + i * page, ipa + order[i] * page, 0, SM_RW);
    sm_invalidate_all(sm);
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 4; i++) {
            struct iotb_request r = sm_request(path, round ? IOTB_READ : IOTB_WRITE, SPOT_INPUT + i * page + 0x7f8, 8);

            sm_expect_ok(sm, sm_by_granule(s2, "SMMU-D8-006", "SMMU-D8-007", "SMMU-D8-008"), &r, host + order[i] * page + 0x7f8);
        }
}

static const struct sm_spot_case within = {SM_NESTED_FLAVOURS, 1, within_body};

#define CASE(n, text, function, arg, r, gated, feature)                                                          \
    {                                                                                                            \
        .name = "smmuv3.nested." n, .summary = text, .run = function, .argument = arg, .rows = r, .gate = gated, \
        .features = feature, .functional = true, .tier = TIER_FULL                                               \
    }

static const struct iotb_case cases[] = {
    CASE("translation", "An IPA that stage 2 does not map: CLASS CD, TT or IN, with the IPA.", sm_spot_run, &invalid,
         "SMMU-D8-026 SMMU-D8-027 SMMU-D8-028 SMMU-5-160 SMMU-3-550", SM_GATE_NESTED, 0),
    CASE("access_flag", "An IPA whose stage 2 leaf has AF = 0, at every place.", sm_spot_run_once, &flag,
         "SMMU-7-052 SMMU-5-160 SMMU-3-550", SM_GATE_NESTED, 0),
    CASE("address_size", "An IPA whose stage 2 output is too large, at every place.", sm_spot_run_once, &size,
         "SMMU-3-507 SMMU-3-506 SMMU-5-160 SMMU-3-550", SM_GATE_NESTED "&IDR5.OAS<5", 0),
    CASE("permission", "An IPA that stage 2 does not let be read, at every place; TTRnW is 1.", sm_spot_run_once, &rights,
         "SMMU-D8-052 SMMU-D8-053 SMMU-D8-054 SMMU-5-160 SMMU-3-550", SM_GATE_NESTED, 0),
    CASE("walk_abort", "An abort of the stage 2 descriptor for every place has the class of the place.", sm_spot_run_once,
         &aborts, "SMMU-7-048 SMMU-5-160 SMMU-3-550", SM_GATE_NESTED, IOTB_F_BENCH_MEMORY),
    CASE("fetch_abort", "An abort of a CD, L1CD or stage 1 descriptor names its physical address.", sm_spot_run, &fetch,
         "SMMU-7-046 SMMU-7-049 SMMU-5-160 SMMU-16-008", SM_GATE_NESTED, IOTB_F_BENCH_MEMORY),
    CASE("read_only_structures", "Structures in pages that stage 2 lets only be read are used.", sm_spot_run_once, &read_only,
         "SMMU-D8-053 SMMU-D8-054 SMMU-D8-028", SM_GATE_NESTED, 0),
    CASE("device_structures", "S2PTW refuses structures in Device memory, and only then.", sm_spot_run_once, &device,
         "SMMU-5-085 SMMU-5-086", SM_GATE_NESTED, 0),
    CASE("priority", "A stage 1 leaf's own faults before stage 2 of its output; a descriptor's address before the descriptor.",
         sm_spot_run_once, &priority, "SMMU-7-067 SMMU-7-068", SM_GATE_NESTED, 0),
    CASE("fault_configuration", "Stage 2 faults of every class follow S2R and not the CD.", sm_spot_run_once, &configuration,
         "SMMU-5-171 SMMU-5-099", SM_GATE_NESTED, 0),
    CASE("beyond_range", "Stage 1 addresses beyond S2T0SZ are stage 2 Translation faults with the whole IPA.", sm_spot_run_once,
         &beyond, "SMMU-D8-025 SMMU-D8-026", SM_GATE_NESTED "&IDR5.OAS>=2", 0),
    CASE("pages_within_pages", "Small stage 1 pages within one larger stage 2 page or block each keep their place.", sm_spot_run,
         &within, SM_WALK_ROWS_LEAF, SM_GATE_NESTED, 0),
};

const struct iotb_case_list sm_nested_cases = {cases, sizeof cases / sizeof cases[0]};
