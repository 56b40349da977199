/* SPDX-License-Identifier: BSD-2-Clause */
/* CD: which values are ILLEGAL, for which half and which StreamWorld, and which fields mean nothing (5.4). */
#include "build/sm.h"
#include "sm_chapters.h"

#define TABLE_BYTES (UINT64_C(1) << 20) /* what the largest start level table takes */
#define LOW UINT64_C(0x1000)            /* inside the smallest input range of TTB0 */
#define HIGH (~UINT64_C(0xfff))         /* of TTB1 */

/* A stage 1 stream whose tables are empty: a legal CD gives F_TRANSLATION, an ILLEGAL one C_BAD_CD. */
struct rig {
    struct sm sm;
    struct sm_path path;
    struct iotb_request r;
    bool high; /* the half of the request */
};

static void empty_tables(struct sm *sm, struct sm_table *table)
{
    table->root = table->root_pointer = mem_alloc(sm->t, TABLE_BYTES, TABLE_BYTES);
}

static void rig_open(struct rig *rig, struct test *t, enum sm_flavour_id flavour, bool high)
{
    struct sm_config config = {.e2h = sm_flavours[flavour].e2h};

    sm_open(&rig->sm, t, &config);
    sm_path_open(&rig->sm, &rig->path, flavour, sm_sid(&rig->sm, 0), 5, 0x31, 0x21);
    if (high)
        sm_path_open_high(&rig->path, NULL);
    empty_tables(&rig->sm, rig->path.s1);
    if (high)
        empty_tables(&rig->sm, rig->path.s1_high);
    sm_path_write_cd(&rig->path);
    rig->high = high;
    rig->r = sm_request(&rig->path, IOTB_READ, high ? HIGH : LOW, 8);
}

static void set(struct rig *rig, const char *field, uint64_t value)
{
    sm_cd_set(&rig->sm, rig->path.sid, rig->path.ssid, field, value);
}

static void check_legal(struct rig *rig, const char *row)
{
    sm_invalidate_all(&rig->sm);
    sm_once(&rig->sm);
    sm_expect_s1(&rig->sm, row, &rig->r, SM_F_TRANSLATION, 0);
}

static void check_illegal(struct rig *rig, const char *row)
{
    sm_invalidate_all(&rig->sm);
    sm_once(&rig->sm);
    sm_expect_config(&rig->sm, row, &rig->r, SM_C_BAD_CD, 0);
}

static void check(struct rig *rig, const char *row, bool legal)
{
    if (legal)
        check_legal(rig, row);
    else
        check_illegal(rig, row);
}

/* A field of the half under test: "T%cSZ" is T0SZ or T1SZ. */
static void set_half(struct rig *rig, const char *low, const char *high, uint64_t value)
{
    set(rig, rig->high ? high : low, value);
}

/* ---- V ---- */

/* V=0 hides everything else. */
static void invalid(struct test *t)
{
    static const uint64_t rest[] = {0, UINT64_MAX, UINT64_C(0xaaaaaaaaaaaaaaaa), UINT64_C(0x5555555555555555)};
    struct rig rig;

    rig_open(&rig, t, test_has(t, IOTB_F_PASID) && sm_has_flavour(t, SM_F_S1_SSID) ? SM_F_S1_SSID : SM_F_S1, false);
    check_legal(&rig, "SMMU-5-110");
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
        uint64_t cd = sm_cd_address(&rig.sm, rig.path.sid, rig.path.ssid);

        for (uint32_t dword = 0; dword < 8; dword++)
            mem_write64(t, cd + 8 * dword, rest[i]);
        set(&rig, "V", 0);
        check_illegal(&rig, "SMMU-5-110");
    }
    /* It comes before what is wrong with the input (7.3.22). */
    sm_path_write_cd(&rig.path);
    set(&rig, "V", 0);
    if (test_has(t, IOTB_F_WIDE_ADDRESS))
        rig.r.address = UINT64_C(1) << 54;
    check_illegal(&rig, "SMMU-7-065");
    sm_close(&rig.sm);
}

/* ---- TxSZ and TGx ---- */

static uint32_t granule_of(bool high, uint32_t tg)
{
    static const uint32_t tg0[] = {12, 16, 14, 0}, tg1[] = {0, 14, 12, 16};

    return high ? tg1[tg] : tg0[tg];
}

static void check_size(struct rig *rig, uint32_t granule_lg2, uint32_t txsz)
{
    struct test *t = rig->sm.t;
    uint32_t most = !sm_idr(t, 3, "STT") ? 39 : granule_lg2 == 16 ? 47 : 48;
    uint32_t least = granule_lg2 == 16 && sm_idr(t, 5, "VAX") ? 12 : 16;
    const char *row = rig->high ? "SMMU-5-114" : txsz > 30 ? "SMMU-5-112" : "SMMU-5-111";

    test_context(t, "granule 2^%u, T%uSZ=%u", granule_lg2, rig->high, txsz);
    set_half(rig, "T0SZ", "T1SZ", txsz);
    check(rig, row, txsz >= least && txsz <= most);
}

static void sizes_of(struct test *t, bool high)
{
    struct rig rig;

    rig_open(&rig, t, SM_F_S1, high);
    for (uint32_t tg = 0; tg < 4; tg++) {
        uint32_t granule_lg2 = granule_of(high, tg);

        if (!granule_lg2 || !sm_has_granule(t, granule_lg2))
            continue;
        set_half(&rig, "TG0", "TG1", tg);
        for (uint32_t txsz = 0; txsz < 64; txsz++)
            check_size(&rig, granule_lg2, txsz);
    }
    sm_close(&rig.sm);
}

static void sizes(struct test *t)
{
    sizes_of(t, false);
}

static void sizes_high(struct test *t)
{
    sizes_of(t, true);
}

/* The half that is not used is checked too. */
static void other_half(struct test *t)
{
    struct rig rig;
    uint32_t bits;

    rig_open(&rig, t, SM_F_S1, true);
    rig.r.address = LOW;
    check_legal(&rig, "SMMU-5-114");
    set(&rig, "T1SZ", 63);
    check_illegal(&rig, "SMMU-5-114");
    sm_path_write_cd(&rig.path);
    set(&rig, "TG1", 0);
    check_illegal(&rig, "SMMU-5-118");
    sm_path_write_cd(&rig.path);
    bits = rig.sm.oas_bits < 48 ? rig.sm.oas_bits : 48;
    set(&rig, "IPS", sm_size_code(bits));
    set(&rig, "TTB1", UINT64_C(1) << bits);
    if (rig.sm.minor || bits < 48) /* v3.0: TTBx ends at bit 47 */
        check_illegal(&rig, "SMMU-3-515");
    sm_path_write_cd(&rig.path);
    check_legal(&rig, "SMMU-5-114");
    sm_close(&rig.sm);
}

/* v3.0: out of range is ILLEGAL or clamped to 16 or 39. */
static void sizes_v30(struct test *t)
{
    struct sm_expected legal[2] = {sm_config_event(SM_C_BAD_CD), sm_s1_event(SM_F_TRANSLATION)};
    struct rig rig;

    rig_open(&rig, t, SM_F_S1, false);
    for (uint32_t txsz = 0; txsz < 64; txsz = txsz == 15 ? 40 : txsz + 1) {
        test_context(t, "T0SZ=%u", txsz);
        set(&rig, "T0SZ", txsz);
        sm_invalidate_all(&rig.sm);
        sm_once(&rig.sm);
        sm_expect_event_any(&rig.sm, "SMMU-5-113", &rig.r, legal, 2, 0);
    }
    sm_close(&rig.sm);
}

static void granules(struct test *t)
{
    for (uint32_t high = 0; high < 2; high++) {
        struct rig rig;

        if (high)
            test_reset(t, IOTB_RESET_COLD);
        rig_open(&rig, t, SM_F_S1, high);
        set_half(&rig, "T0SZ", "T1SZ", 25);
        for (uint32_t tg = 0; tg < 4; tg++) {
            uint32_t granule_lg2 = granule_of(high, tg);

            test_context(t, "TG%u=%u", high, tg);
            set_half(&rig, "TG0", "TG1", tg);
            check(&rig, "SMMU-5-118", granule_lg2 && sm_has_granule(t, granule_lg2));
        }
        sm_close(&rig.sm);
    }
}

/* ---- TTBx ---- */

static void check_bases(struct rig *rig, uint32_t code)
{
    uint32_t bits = sm_size_bits(code), granule = rig->path.s1->granule_lg2;
    uint64_t base = (rig->high ? rig->path.s1_high : rig->path.s1)->root_pointer;

    bits = bits < rig->sm.oas_bits ? bits : rig->sm.oas_bits;
    set(rig, "IPS", code);
    set_half(rig, "TTB0", "TTB1", base);
    if (base >> bits == 0)
        check_legal(rig, "SMMU-5-124");
    for (uint32_t bit = bits; bit < (rig->sm.minor ? 52u : 48u); bit++) { /* v3.0: TTBx ends at bit 47 */
        bool narrow = granule != 16 && bit >= 48 && bits > 48;

        test_context(rig->sm.t, "IPS=%u, TTB%u bit %u, OAS %u", code, rig->high, bit, rig->sm.oas_bits);
        set_half(rig, "TTB0", "TTB1", UINT64_C(1) << bit);
        check_illegal(rig, narrow ? "SMMU-5-125" : "SMMU-5-124");
    }
    set_half(rig, "TTB0", "TTB1", base);
}

/* Beyond the effective IPS: ILLEGAL, not F_ADDR_SIZE. */
static void bases(struct test *t)
{
    for (uint32_t high = 0; high < 2; high++) {
        struct rig rig;

        if (high)
            test_reset(t, IOTB_RESET_COLD);
        rig_open(&rig, t, SM_F_S1, high);
        for (uint32_t code = 0; code < 8; code++)
            check_bases(&rig, code);
        sm_close(&rig.sm);
    }
}

/* 52-bit output: above 48 bits with 64K only. */
static void bases_above_48(struct test *t)
{
    struct rig rig;

    rig_open(&rig, t, SM_F_S1, false);
    if (rig.sm.oas_bits < 52)
        test_skip(t, "OAS is %u bits", rig.sm.oas_bits);
    for (uint32_t tg = 0; tg < 3; tg++) {
        if (!sm_has_granule(t, granule_of(false, tg)))
            continue;
        set(&rig, "TG0", tg);
        set(&rig, "T0SZ", 25);
        for (uint32_t bit = 48; bit < 52; bit++) {
            if (tg == 1 && !mem_claim(t, UINT64_C(1) << bit, 65536))
                continue;
            test_context(t, "TG0=%u, TTB0 bit %u", tg, bit);
            set(&rig, "TTB0", UINT64_C(1) << bit);
            check(&rig, "SMMU-5-125", tg == 1);
        }
    }
    sm_close(&rig.sm);
}

/* Every bit below OAS; 64K is the granule that has them all. */
static void base_bits(struct test *t)
{
    struct sm_geometry wide = {.granule_lg2 = sm_has_granule(t, 16) ? 16 : 0};
    uint64_t low = UINT64_C(0x2340000), high = ~UINT64_C(0) << 40 | low, host, cd;
    struct sm_path path;
    struct iotb_request r;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open_geometry(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x31, 0x21, &wide, NULL);
    sm_path_open_high(&path, &wide);
    cd = sm_cd_address(&sm, path.sid, path.ssid);
    host = sm_path_page(&path, low, SM_RW);
    r = sm_request(&path, IOTB_WRITE, low, 8);
    sm_walk_pointer_field(&sm, "SMMU-5-124", cd, "CD", "TTB0", 12, 4096, &r, host);
    host = sm_path_page(&path, high, SM_RW);
    r = sm_request(&path, IOTB_WRITE, high, 8);
    sm_walk_pointer_field(&sm, "SMMU-5-124", cd, "CD", "TTB1", 12, 4096, &r, host);
    sm_close(&sm);
}

/* ---- formats and features ---- */

static void format(struct test *t)
{
    struct rig rig;

    rig_open(&rig, t, SM_F_S1, false);
    check_legal(&rig, "SMMU-5-136");
    set(&rig, "AA64", 0);
    check_illegal(&rig, "SMMU-5-136");
    sm_close(&rig.sm);
}

static void endianness(struct test *t)
{
    struct rig rig;

    rig_open(&rig, t, SM_F_S1, false);
    check_legal(&rig, "SMMU-5-120");
    set(&rig, "ENDI", 1);
    check_illegal(&rig, "SMMU-5-120");
    set(&rig, "EPD0", 1); /* both halves off: ENDI is IGNORED */
    check_legal(&rig, "SMMU-5-120");
    sm_close(&rig.sm);
}

static void hardware_update(struct test *t)
{
    uint64_t httu = sm_idr(t, 0, "HTTU");
    struct rig rig;

    rig_open(&rig, t, SM_F_S1, false);
    for (uint32_t code = 0; code < 8; code++) {
        bool ha = code & 1, hd = code & 2, haft = code & 4;
        bool unsupported = (ha && httu == 0) || (hd && httu < 2);
        bool table = httu == 3 && haft && !ha;

        test_context(t, "HTTU=%u, HA=%u, HD=%u, HAFT=%u", (uint32_t)httu, ha, hd, haft);
        set(&rig, "HA", ha);
        set(&rig, "HD", hd);
        set(&rig, "HAFT", haft);
        check(&rig, haft ? "SMMU-5-141" : "SMMU-5-139", !unsupported && !table);
    }
    sm_close(&rig.sm);
}

/* With 8-bit ASIDs the upper half must be 0 except in the StreamWorld that has no ASID. */
static void asid8(struct test *t)
{
    static const enum sm_flavour_id flavours[] = {SM_F_S1, SM_F_EL2, SM_F_E2H};

    for (size_t i = 0; i < sizeof flavours / sizeof flavours[0]; i++) {
        struct rig rig;

        if (!sm_has_flavour(t, flavours[i]))
            continue;
        if (i)
            test_reset(t, IOTB_RESET_COLD);
        rig_open(&rig, t, flavours[i], false);
        for (uint32_t bit = 8; bit < 16; bit++) {
            test_context(t, "%s, ASID bit %u", rig.path.flavour->name, bit);
            set(&rig, "ASID", UINT64_C(1) << bit);
            check(&rig, "SMMU-5-142", flavours[i] == SM_F_EL2);
        }
        set(&rig, "ASID", 0xff);
        check_legal(&rig, "SMMU-5-142");
        sm_close(&rig.sm);
    }
}

/* CD.DS means nothing without IDR5.DS. */
static void large_addresses(struct test *t)
{
    bool ds = sm_idr(t, 5, "DS") != 0, wide = sm_idr(t, 5, "VAX") != 0;
    struct rig rig;

    rig_open(&rig, t, SM_F_S1, false);
    set(&rig, "TG0", 0);
    set(&rig, "DS", 1);
    for (uint32_t t0sz = 10; t0sz < 20; t0sz++) {
        test_context(t, "IDR5.DS=%u, CD.DS=1, 4K, T0SZ=%u", ds, t0sz);
        set(&rig, "T0SZ", t0sz);
        check(&rig, "SMMU-5-147", t0sz >= (ds && wide ? 12u : 16u));
    }
    sm_close(&rig.sm);
}

/* ---- A and S ---- */

static void termination(struct test *t)
{
    struct rig rig;

    rig_open(&rig, t, SM_F_S1, false);
    check_legal(&rig, "SMMU-5-168");
    set(&rig, "A", 0);
    check_illegal(&rig, "SMMU-5-168");
    sm_close(&rig.sm);
}

static void stalling(struct test *t)
{
    struct rig rig;

    rig_open(&rig, t, SM_F_S1, false);
    check_legal(&rig, "SMMU-5-169");
    set(&rig, "S", rig.sm.stall_model == 1);
    check_illegal(&rig, "SMMU-5-169");
    sm_close(&rig.sm);
}

/* ---- StreamWorld EL2 ---- */

/* Nothing of TTB1 is checked, EPD0 and EPD1 mean nothing: TTB0 is walked and checked. */
static void single_range(struct test *t)
{
    static const struct {
        const char *field;
        uint64_t value;
        const char *row;
    } garbage[] = {
        {"TG1", 0, "SMMU-5-119"},   {"T1SZ", 0, "SMMU-5-119"},
        {"T1SZ", 63, "SMMU-5-119"}, {"TTB1", UINT64_C(0xffffffffffff0), "SMMU-5-119"},
        {"HAD1", 1, "SMMU-5-119"},  {"EPD1", 0, "SMMU-5-119"},
        {"EPD1", 1, "SMMU-5-119"},  {"EPD0", 1, "SMMU-5-117"},
    };
    struct iotb_request r;
    struct rig rig;
    uint64_t host;

    rig_open(&rig, t, SM_F_EL2, false);
    host = sm_path_page(&rig.path, UINT64_C(0x45000), SM_RW);
    r = sm_request(&rig.path, IOTB_WRITE, UINT64_C(0x45018), 8);
    for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
        test_context(t, "EL2, CD.%s=0x%llx", garbage[i].field, (unsigned long long)garbage[i].value);
        set(&rig, garbage[i].field, garbage[i].value);
        sm_invalidate_all(&rig.sm);
        sm_expect_ok(&rig.sm, garbage[i].row, &r, host + 0x18);
    }
    set(&rig, "T0SZ", 63);
    check_illegal(&rig, "SMMU-5-117");
    sm_close(&rig.sm);
}

/* One CD, two streams: legal where stalling is allowed, ILLEGAL through the STE that forbids it. */
static void two_streams(struct test *t)
{
    struct sm_path other;
    struct iotb_request r;
    struct rig rig;

    rig_open(&rig, t, SM_F_S1, false);
    sm_path_share(&other, &rig.path, sm_sid(&rig.sm, 1));
    sm_ste_set(&rig.sm, other.sid, "S1STALLD", 1);
    set(&rig, "S", 1);
    sm_invalidate_all(&rig.sm);
    for (uint32_t i = 0; i < 2; i++) {
        struct sm_expected e = sm_s1_event(SM_F_TRANSLATION);

        e.stall = true;
        sm_expect_event(&rig.sm, "SMMU-5-159", &rig.r, &e, 0);
        r = sm_request(&other, IOTB_READ, LOW, 8);
        sm_expect_config(&rig.sm, "SMMU-5-159", &r, SM_C_BAD_CD, 0);
    }
    sm_close(&rig.sm);
}

/* ---- fields that mean nothing ---- */

static void ignored_body(struct sm *sm, struct sm_path *path)
{
    static const struct {
        const char *field;
        uint64_t value;
        const char *row;
    } garbage[] = {
        {"NSCFG0", 1, "SMMU-5-155"}, {"NSCFG1", 1, "SMMU-5-155"},          {"HWU059", 1, "SMMU-5-156"},
        {"HWU060", 1, "SMMU-5-156"}, {"HWU061", 1, "SMMU-5-156"},          {"HWU062", 1, "SMMU-5-156"},
        {"HWU159", 1, "SMMU-5-156"}, {"HWU160", 1, "SMMU-5-156"},          {"HWU161", 1, "SMMU-5-156"},
        {"HWU162", 1, "SMMU-5-156"}, {"AMAIR0", UINT32_MAX, "SMMU-5-156"}, {"AMAIR1", UINT32_MAX, "SMMU-5-156"},
    };
    uint64_t cd = sm_cd_address(sm, path->sid, path->ssid), host = sm_path_page(path, UINT64_C(0x45000), SM_RW);
    struct iotb_request r = sm_request(path, IOTB_WRITE, UINT64_C(0x45018), 8);

    if (sm_idr(sm->t, 3, "PBHA"))
        test_skip(sm->t, "IDR3.PBHA is 1: HWU bits give descriptor bits a meaning");
    for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
        test_context(sm->t, "%s, CD.%s", path->flavour->name, garbage[i].field);
        sm_set_field(sm, cd, "CD", garbage[i].field, garbage[i].value);
        sm_invalidate_all(sm);
        sm_once(sm);
        sm_expect_ok(sm, garbage[i].row, &r, host + 0x18);
        sm_set_field(sm, cd, "CD", garbage[i].field, 0);
    }
    sm_invalidate_all(sm);
}

static void ignored(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_NESTED) | SM_FLAVOUR(SM_F_EL2), ignored_body);
}

/* Undefined bits make the CD bad or mean nothing. */
static void reserved(struct test *t)
{
    static const uint16_t bits[] = {64 + 56,  64 + 57,  128 + 56, 128 + 57, 320 + 56,
                                    320 + 60, 320 + 63, 384 + 48, 384 + 63, 448 + 63};
    struct iotb_request r;
    struct rig rig;
    uint64_t cd, host;

    rig_open(&rig, t, SM_F_S1, false);
    cd = sm_cd_address(&rig.sm, rig.path.sid, rig.path.ssid);
    host = sm_path_page(&rig.path, UINT64_C(0x45000), SM_RW);
    r = sm_request(&rig.path, IOTB_WRITE, UINT64_C(0x45000), 8);
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        struct sm_seen first, second;

        sm_set_bits(&rig.sm, cd, bits[i], bits[i], 1);
        sm_invalidate_all(&rig.sm);
        first = sm_try(&rig.sm, &r, &host, 1);
        second = sm_try(&rig.sm, &r, &host, 1);
        CHECK(t, "SMMU-5-002",
              (first.result == SM_ARRIVED && !first.type) || (first.result == SM_REFUSED && first.type == SM_C_BAD_CD),
              "CD bit %u: neither the translation nor C_BAD_CD (event %02xh)", bits[i], first.type);
        CHECK(t, "SMMU-5-002", first.result == second.result && first.type == second.type, "CD bit %u: not twice the same",
              bits[i]);
        sm_set_bits(&rig.sm, cd, bits[i], bits[i], 0);
    }
    sm_close(&rig.sm);
}

#define S1 "IDR0.TTF:1&IDR0.S1P"

static const struct iotb_case cases[] = {
    {.name = "smmuv3.cd.invalid",
     .summary = "V=0 is C_BAD_CD whatever the rest holds and whatever the input",
     .run = invalid,
     .rows = "SMMU-5-110 SMMU-7-065 SMMU-7-022 SMMU-7-024",
     .gate = S1,
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "smmuv3.cd.sizes",
     .summary = "every T0SZ of every granule is legal or C_BAD_CD",
     .run = sizes,
     .rows = "SMMU-5-111 SMMU-5-112",
     .gate = S1 "&AIDR>=1",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd.sizes_high",
     .summary = "every T1SZ of every granule is legal or C_BAD_CD",
     .run = sizes_high,
     .rows = "SMMU-5-114",
     .gate = S1 "&AIDR>=1",
     .features = IOTB_F_WIDE_ADDRESS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd.other_half",
     .summary = "the half that a request does not use makes the CD ILLEGAL too",
     .run = other_half,
     .rows = "SMMU-5-114 SMMU-5-118 SMMU-3-515",
     .gate = S1 "&AIDR>=1",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd.sizes_v30",
     .summary = "v3.0: a T0SZ out of range is ILLEGAL or clamped",
     .run = sizes_v30,
     .rows = "SMMU-5-113",
     .gate = S1 "&AIDR=0",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd.granules",
     .summary = "TG0 and TG1 have codes of their own; Reserved ones and granules that are not there are ILLEGAL",
     .run = granules,
     .rows = "SMMU-5-118",
     .gate = S1,
     .features = IOTB_F_WIDE_ADDRESS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd.bases",
     .summary = "TTB0 and TTB1 beyond the effective IPS are ILLEGAL",
     .run = bases,
     .rows = "SMMU-5-124 SMMU-5-125",
     .gate = S1,
     .features = IOTB_F_WIDE_ADDRESS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd.bases_above_48",
     .summary = "TTB0 above 48 bits is ILLEGAL with 4K and 16K, legal with 64K",
     .run = bases_above_48,
     .rows = "SMMU-5-125",
     .gate = S1 "&IDR5.OAS>=6",
     .features = IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd.base_bits",
     .summary = "every bit of TTB0 and TTB1 below OAS counts",
     .run = base_bits,
     .rows = "SMMU-5-124",
     .gate = S1 "&IDR5.GRAN4K",
     .features = IOTB_F_BENCH_MEMORY | IOTB_F_WIDE_ADDRESS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd.format",
     .summary = "AA64=0 is ILLEGAL where there is neither VMSAv8-32 LPAE nor VMSAv9-128",
     .run = format,
     .rows = "SMMU-5-136",
     .gate = S1 "&IDR0.TTF=2&!IDR5.D128",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd.endianness",
     .summary = "ENDI=1 is ILLEGAL on a little-endian SMMU unless both halves are off",
     .run = endianness,
     .rows = "SMMU-5-120",
     .gate = S1 "&IDR0.TTENDIAN=2",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd.hardware_update",
     .summary = "hardware update that IDR0.HTTU does not have is ILLEGAL, HAFT without HA too where it exists",
     .run = hardware_update,
     .rows = "SMMU-5-139 SMMU-5-141",
     .gate = S1,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd.asid8",
     .summary = "with 8-bit ASIDs ASID[15:8] must be 0 except in EL2",
     .run = asid8,
     .rows = "SMMU-5-142",
     .gate = S1 "&!IDR0.ASID16",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd.large_addresses",
     .summary = "DS lowers the floor of T0SZ to 12 where there is such a thing, and is ignored elsewhere",
     .run = large_addresses,
     .rows = "SMMU-5-147",
     .gate = S1 "&AIDR>=1&IDR5.GRAN4K",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd.termination",
     .summary = "A=0 is ILLEGAL where only abort termination exists",
     .run = termination,
     .rows = "SMMU-5-168",
     .gate = S1 "&IDR0.TERM_MODEL",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd.stalling",
     .summary = "S other than a fixed stall model has it is ILLEGAL",
     .run = stalling,
     .rows = "SMMU-5-169",
     .gate = S1 "&IDR0.STALL_MODEL>=1",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd.single_range",
     .summary = "in EL2 nothing of TTB1 counts and EPD0 means nothing, TTB0 is checked",
     .run = single_range,
     .rows = "SMMU-5-117 SMMU-5-119",
     .gate = S1 "&IDR0.Hyp&AIDR>=1",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd.two_streams",
     .summary = "one CD is legal through one STE and ILLEGAL through another",
     .run = two_streams,
     .rows = "SMMU-5-159",
     .gate = S1 "&IDR0.STALL_MODEL=0",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd.ignored",
     .summary = "NSCFG, HWU and AMAIR make no difference",
     .run = ignored,
     .rows = "SMMU-5-155 SMMU-5-156",
     .gate = S1,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.cd.reserved",
     .summary = "an undefined bit makes the CD bad or means nothing",
     .run = reserved,
     .rows = "SMMU-5-002",
     .gate = S1,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list sm_cd_cases = {cases, sizeof cases / sizeof cases[0]};
