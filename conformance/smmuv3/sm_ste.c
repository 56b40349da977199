/* SPDX-License-Identifier: BSD-2-Clause */
/* STE: V, Config, which fields mean nothing in which Config, substreams, StreamWorld (5.2). */
#include "build/sm.h"
#include "sm_chapters.h"

#define INPUT UINT64_C(0x02c47000)
#define OFFSET 0x90u

static void open_path(struct sm *sm, struct sm_path *path, struct test *t, enum sm_flavour_id flavour, struct iotb_request *r,
                      uint64_t *host)
{
    struct sm_config config = {.e2h = sm_flavours[flavour].e2h};
    uint64_t input = INPUT;

    sm_open(sm, t, &config);
    sm_path_open(sm, path, flavour, sm_sid(sm, 0), 5, 0x11, 0x22);
    *host = sm_path_page(path, input, SM_RW);
    if (!sm_path_table(path))
        input = *host;
    *r = sm_request(path, IOTB_WRITE, input + OFFSET, 8);
    *host += OFFSET;
}

/* ---- V and Config ---- */

static void set_all(struct sm *sm, uint64_t ste, uint64_t value)
{
    for (uint32_t i = 0; i < 8; i++)
        mem_write64(sm->t, ste + 8 * i, value);
}

/* V=0: whatever the rest holds, C_BAD_STE with the StreamID and the SubstreamID. */
static void invalid_body(struct sm *sm, struct sm_path *path)
{
    static const uint64_t rest[] = {0, UINT64_MAX, UINT64_C(0xaaaaaaaaaaaaaaaa), UINT64_C(0x5555555555555554)};
    uint64_t ste = sm_ste_address(sm, path->sid), host = sm_path_page(path, INPUT, SM_RW);
    struct iotb_request r = sm_request(path, IOTB_READ, INPUT + OFFSET, 8);

    if (!sm_path_table(path))
        r.address = host + OFFSET;
    sm_expect_ok(sm, "SMMU-5-012", &r, host + OFFSET);
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
        set_all(sm, ste, rest[i]);
        sm_ste_set(sm, path->sid, "V", 0);
        sm_cfgi_ste(sm, path->sid);
        sm_expect_config(sm, "SMMU-5-012", &r, SM_C_BAD_STE, host + OFFSET);
    }
}

static void invalid(struct test *t)
{
    sm_each_flavour(t,
                    SM_FLAVOUR(SM_F_BYPASS) | SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_NESTED) |
                        SM_FLAVOUR(SM_F_S1_SSID),
                    invalid_body);
}

/* Config=0xx: abort without a record, whatever the rest of the STE says, ILLEGAL or not. */
static void aborts(struct test *t)
{
    static const uint64_t rest[] = {0, UINT64_MAX};
    struct iotb_request r, with_ssid;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    open_path(&sm, &path, t, SM_F_BYPASS, &r, &host);
    with_ssid = r;
    with_ssid.flags |= IOTB_RQ_PASID;
    with_ssid.pasid = 1;
    sm_expect_ok(&sm, "SMMU-5-015", &r, host);
    for (uint32_t n = 0; n < 8; n++) {
        const char *row = n < 2 ? "SMMU-5-015" : "SMMU-5-016";

        test_context(t, "Config=%u, the rest all %u", n / 2, n % 2);
        set_all(&sm, sm_ste_address(&sm, path.sid), rest[n % 2]);
        sm_ste_set(&sm, path.sid, "Config", n / 2);
        sm_ste_set(&sm, path.sid, "V", 1);
        sm_cfgi_ste(&sm, path.sid);
        sm_expect_silent_abort(&sm, row, &r, host);
        if (test_has(t, IOTB_F_PASID) && sm.ssid_bits)
            sm_expect_silent_abort(&sm, row, &with_ssid, host);
    }
    sm_close(&sm);
}

/* A stage that is not there, in an STE that would be right if it were. */
static void missing_stage(struct test *t)
{
    struct sm_geometry geometry = {.granule_lg2 = 12, .input_bits = 36};
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    open_path(&sm, &path, t, SM_F_BYPASS, &r, &host);
    for (uint32_t config = SM_S1; config <= SM_NESTED; config++) {
        bool s1 = (config & 1) && !sm_idr(t, 0, "S1P"), s2 = (config & 2) && !sm_idr(t, 0, "S2P");
        struct sm_ste ste = {.config = config, .s2 = config & 2 ? sm_table_new(&sm, 2, &geometry) : NULL};
        struct sm_table *first = NULL;

        if (!s1 && !s2)
            continue;
        test_context(t, "Config=%u", config);
        if (config & 1) {
            ste.s1contextptr = sm_cd_table_new(&sm, SM_CD_LINEAR, 0, (struct sm_table *)ste.s2);
            first = sm_table_new(&sm, 1, &geometry);
        }
        sm_set_ste(&sm, path.sid, &ste);
        if (first)
            sm_set_cd(&sm, path.sid, 0, &(struct sm_cd){.ttb0 = first, .asid = 1});
        sm_invalidate_all(&sm);
        sm_expect_config(&sm, s1 ? "SMMU-5-020" : "SMMU-5-021", &r, SM_C_BAD_STE, host);
    }
    sm_close(&sm);
}

/* ---- fields that mean nothing ---- */

/* A field with a value that is bad where it counts. */
struct garbage {
    const char *field;
    uint64_t value;
};

static const struct garbage stage1_garbage[] = {
    {"S1Fmt", 1},    {"S1Fmt", 2}, {"S1Fmt", 3}, {"S1ContextPtr", UINT64_C(0xffffffffffffc0)},
    {"S1CDMax", 31}, {"S1DSS", 0}, {"S1DSS", 3}, {"S1STALLD", 1},
    {"S1CIR", 3},    {"S1COR", 2}, {"S1CSH", 1}, {"STRW", 1},
    {"STRW", 2},     {"STRW", 3},
};
static const struct garbage stage2_garbage[] = {
    {"S2T0SZ", 0}, {"S2T0SZ", 63}, {"S2SL0", 3}, {"S2TG", 3},   {"S2PS", 7},    {"S2AA64", 0},
    {"S2ENDI", 1}, {"S2HA", 1},    {"S2HD", 1},  {"S2HAFT", 1}, {"S2S", 1},     {"S2S", 0},
    {"S2PTW", 1},  {"S2R", 0},     {"S2FWB", 1}, {"S2DS", 1},   {"S2SL0_2", 1}, {"S2TTB", UINT64_C(0xfffffffffffff0)},
    {"S2AFFD", 1}, {"S2IR0", 2},   {"S2OR0", 3}, {"S2SH0", 1},
};
/* Of other Security states, of software, of parts that this suite does not have. */
static const struct garbage foreign_garbage[] = {
    {"SW_RESERVED", 15},
    {"NSCFG", 2},
    {"NSCFG", 3},
    {"S2NSW", 1},
    {"S2NSA", 1},
    {"S_S2T0SZ", 63},
    {"S_S2SL0", 3},
    {"S_S2TG", 3},
    {"MECID", 0xffff},
    {"S2SW", 1},
    {"S2SA", 1},
    {"S_S2SL0_2", 1},
    {"S_S2TTB", UINT64_C(0xfffffffffffff0)},
    {"PARTID", 0xffff},
    {"PMG", 0xff},
    {"MPAM_NS", 1},
    {"DPT_VMATCH", 3},

};

/* Each by itself, and back. */
static void check_ignored(struct sm *sm, const struct sm_path *path, const char *row, const struct garbage *garbage, size_t count,
                          const struct iotb_request *r, uint64_t host)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t ste = sm_ste_address(sm, path->sid), was = sm_get_field(sm, ste, "STE", garbage[i].field);

        test_context(sm->t, "%s, STE.%s=0x%llx", path->flavour->name, garbage[i].field, (unsigned long long)garbage[i].value);
        sm_set_field(sm, ste, "STE", garbage[i].field, garbage[i].value);
        sm_invalidate_all(sm);
        sm_once(sm);
        sm_expect_ok(sm, row, r, host);
        sm_set_field(sm, ste, "STE", garbage[i].field, was);
    }
    sm_invalidate_all(sm);
}

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Config=100: no field of either stage counts. */
static void bypass_ignores(struct test *t)
{
    static const struct garbage more[] = {{"S2VMID", 0xffff}, {"EATS", 2}, {"EATS", 1}, {"EATS", 3}};
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    open_path(&sm, &path, t, SM_F_BYPASS, &r, &host);
    check_ignored(&sm, &path, "SMMU-5-018", stage1_garbage, COUNT(stage1_garbage), &r, host);
    check_ignored(&sm, &path, "SMMU-5-018", stage2_garbage, COUNT(stage2_garbage), &r, host);
    check_ignored(&sm, &path, "SMMU-5-018", more, 1, &r, host);
    check_ignored(&sm, &path, "SMMU-5-058", more + 1, COUNT(more) - 1, &r, host);
    sm_close(&sm);
}

/* Config=110: no field of stage 1 counts, STRW neither (5.2 STRW). */
static void stage2_ignores_stage1(struct test *t)
{
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    open_path(&sm, &path, t, SM_F_S2, &r, &host);
    check_ignored(&sm, &path, "SMMU-5-022", stage1_garbage, COUNT(stage1_garbage) - 3, &r, host);
    check_ignored(&sm, &path, "SMMU-5-060", stage1_garbage + COUNT(stage1_garbage) - 3, 3, &r, host);
    sm_close(&sm);
}

static void stage1_ignores_stage2(struct test *t)
{
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    open_path(&sm, &path, t, SM_F_S1, &r, &host);
    check_ignored(&sm, &path, "SMMU-5-023", stage2_garbage, COUNT(stage2_garbage), &r, host);
    sm_close(&sm);
}

static const char *foreign_row(const char *field)
{
    static const struct {
        char first[4];
        const char *row;
    } rows[] = {{"SW_", "SMMU-5-047"}, {"NSC", "SMMU-5-063"}, {"PAR", "SMMU-5-066"}, {"PMG", "SMMU-5-066"}};

    for (size_t i = 0; i < COUNT(rows); i++)
        if (field[0] == rows[i].first[0] && field[1] == rows[i].first[1] && field[2] == rows[i].first[2])
            return rows[i].row;
    return "SMMU-5-101";
}

static void foreign_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + OFFSET, 8);

    if (!sm_path_table(path))
        r.address = host + OFFSET;
    for (size_t i = 0; i < COUNT(foreign_garbage); i++)
        check_ignored(sm, path, foreign_row(foreign_garbage[i].field), &foreign_garbage[i], 1, &r, host + OFFSET);
    if (!sm_idr(sm->t, 3, "MPAM")) {
        static const struct garbage mpam[] = {{"S1MPAM", 1}, {"VMSPtr", UINT64_C(0xfffffffffff000)}};

        check_ignored(sm, path, "SMMU-5-066", mpam, COUNT(mpam), &r, host + OFFSET);
    }
}

static void foreign(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_BYPASS) | SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_NESTED),
                    foreign_body);
}

/* Bits that no rule defines make the STE bad, or mean nothing; not sometimes this, sometimes that (5, Data structure formats). */
static void reserved_body(struct sm *sm, struct sm_path *path)
{
    static const uint16_t bits[] = {56,       57,       58,       64 + 41,  64 + 42,  64 + 43,
                                    192 + 56, 192 + 60, 192 + 63, 256 + 40, 320 + 56, 320 + 63};
    uint64_t host = sm_path_page(path, INPUT, SM_RW), ste = sm_ste_address(sm, path->sid);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT, 8);

    if (!sm_path_table(path))
        r.address = host;
    for (size_t i = 0; i < COUNT(bits); i++) {
        struct sm_seen first, second;

        sm_set_bits(sm, ste, bits[i], bits[i], 1);
        sm_invalidate_all(sm);
        first = sm_try(sm, &r, &host, 1);
        second = sm_try(sm, &r, &host, 1);
        CHECK(sm->t, "SMMU-5-002",
              (first.result == SM_ARRIVED && !first.type) || (first.result == SM_REFUSED && first.type == SM_C_BAD_STE),
              "STE bit %u: neither the translation nor C_BAD_STE (event %02xh)", bits[i], first.type);
        CHECK(sm->t, "SMMU-5-002", first.result == second.result && first.type == second.type,
              "STE bit %u: not twice the same result", bits[i]);
        sm_set_bits(sm, ste, bits[i], bits[i], 0);
    }
    sm_invalidate_all(sm);
}

static void reserved(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_BYPASS) | SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2), reserved_body);
}

/* Reserved shareability codes and every cacheability of fetches and walks. */
static void cacheability_body(struct sm *sm, struct sm_path *path)
{
    static const char *const fields[] = {"S1CIR", "S1COR", "S1CSH", "S2IR0", "S2OR0", "S2SH0"};
    uint64_t host = sm_path_page(path, INPUT, SM_RW);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + OFFSET, 8);

    for (size_t i = 0; i < COUNT(fields); i++)
        for (uint64_t code = 0; code < 4; code++) {
            struct garbage one = {fields[i], code};

            check_ignored(sm, path, "SMMU-5-102", &one, 1, &r, host + OFFSET);
        }
}

static void cacheability(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_NESTED), cacheability_body);
}

/* ---- StreamWorld, VMID, stalling ---- */

static void change_ste(struct sm *sm, const struct sm_path *path, const char *field, uint64_t value)
{
    sm_ste_set(sm, path->sid, field, value);
    sm_invalidate_all(sm);
}

/* STRW with a 1 in bit 0 is ILLEGAL where STRW counts: stage 1 alone, IDR0.Hyp. */
static void stream_world(struct test *t)
{
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    open_path(&sm, &path, t, SM_F_S1, &r, &host);
    for (uint32_t strw = 1; strw <= 3; strw += 2) {
        test_context(t, "STRW=%u", strw);
        change_ste(&sm, &path, "STRW", strw);
        if (sm_idr(t, 0, "Hyp"))
            sm_expect_config(&sm, "SMMU-5-059", &r, SM_C_BAD_STE, host);
        else
            sm_expect_ok(&sm, "SMMU-5-060", &r, host);
    }
    change_ste(&sm, &path, "STRW", 0);
    sm_expect_ok(&sm, sm_idr(t, 0, "Hyp") ? "SMMU-5-059" : "SMMU-5-060", &r, host);
    sm_close(&sm);
}

static void stream_world_nested(struct test *t)
{
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    open_path(&sm, &path, t, SM_F_NESTED, &r, &host);
    for (uint32_t strw = 1; strw <= 3; strw++) {
        test_context(t, "nested, STRW=%u", strw);
        change_ste(&sm, &path, "STRW", strw);
        sm_expect_ok(&sm, "SMMU-5-060", &r, host);
    }
    sm_close(&sm);
}

/* With 8-bit VMIDs the upper half of S2VMID must be 0 where the field counts. */
static void vmid_body(struct sm *sm, struct sm_path *path)
{
    bool counts = path->flavour->config != SM_BYPASS && path->flavour->strw == SM_STRW_EL1 && sm_idr(sm->t, 0, "S2P");
    uint64_t host = sm_path_page(path, INPUT, SM_RW);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + OFFSET, 8);

    if (!sm_path_table(path))
        r.address = host + OFFSET;
    for (uint32_t bit = 8; bit < 16; bit++) {
        test_context(sm->t, "%s, S2VMID bit %u", path->flavour->name, bit);
        change_ste(sm, path, "S2VMID", UINT64_C(1) << bit);
        if (counts)
            sm_expect_config(sm, "SMMU-5-064", &r, SM_C_BAD_STE, host + OFFSET);
        else
            sm_expect_ok(sm, "SMMU-5-065", &r, host + OFFSET);
    }
    change_ste(sm, path, "S2VMID", 0xff);
    sm_expect_ok(sm, counts ? "SMMU-5-064" : "SMMU-5-065", &r, host + OFFSET);
}

static void vmid(struct test *t)
{
    sm_each_flavour(t,
                    SM_FLAVOUR(SM_F_BYPASS) | SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_NESTED) |
                        SM_FLAVOUR(SM_F_EL2) | SM_FLAVOUR(SM_F_E2H),
                    vmid_body);
}

/* S1STALLD=1: ILLEGAL with stage 1 unless stalling is configurable; then it forbids CD.S. */
static void stall_disable_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + OFFSET, 8);

    change_ste(sm, path, "S1STALLD", 1);
    if (sm->stall_model != 0) {
        sm_expect_config(sm, "SMMU-5-049", &r, SM_C_BAD_STE, host + OFFSET);
        return;
    }
    sm_expect_ok(sm, "SMMU-5-050", &r, host + OFFSET);
    sm_cd_set(sm, path->sid, path->ssid, "S", 1);
    sm_invalidate_all(sm);
    sm_expect_config(sm, "SMMU-5-050", &r, SM_C_BAD_CD, host + OFFSET);
    change_ste(sm, path, "S1STALLD", 0);
    sm_expect_ok(sm, "SMMU-5-050", &r, host + OFFSET);
}

static void stall_disable(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_NESTED) | SM_FLAVOUR(SM_F_S1_SSID), stall_disable_body);
}

/* Bypass to translation and back needs CFGI_STE and CMD_SYNC, nothing else (5.2.1). */
static void bypass_and_back(struct test *t)
{
    struct iotb_request r, plain;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    open_path(&sm, &path, t, SM_F_S1, &r, &host);
    plain = r;
    plain.address = mem_alloc(t, 4096, 4096) + OFFSET;
    for (uint32_t i = 0; i < 2; i++) {
        sm_expect_ok(&sm, "SMMU-5-104", &r, host);
        sm_ste_set(&sm, path.sid, "Config", SM_BYPASS);
        sm_cfgi_ste(&sm, path.sid);
        sm_expect_ok(&sm, "SMMU-5-104", &plain, plain.address);
        sm_ste_set(&sm, path.sid, "Config", SM_S1);
        sm_cfgi_ste(&sm, path.sid);
    }
    sm_expect_ok(&sm, "SMMU-5-104", &r, host);
    sm_close(&sm);
}

/* ---- CONT ---- */

/* STEs that differ within a span that CONT declares alike: this one, another of the span, or a conflict. */
static void contiguous(struct test *t)
{
    struct sm_path own, neighbour;
    struct iotb_request r;
    uint64_t hosts[2];
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &own, SM_F_S1, 2, 0, 1, 1);
    sm_path_open(&sm, &neighbour, SM_F_S1, 3, 0, 2, 2);
    hosts[0] = sm_path_page(&own, INPUT, SM_RW);
    hosts[1] = sm_path_page(&neighbour, INPUT, SM_RW);
    r = sm_request(&own, IOTB_WRITE, INPUT, 8);
    for (uint32_t cont = 1; cont < 16; cont++) {
        struct sm_seen seen;

        sm_ste_set(&sm, 2, "CONT", cont);
        sm_ste_set(&sm, 3, "CONT", cont);
        sm_invalidate_all(&sm);
        seen = sm_try(&sm, &r, hosts, 2);
        /* A neighbour further away is invalid. */
        CHECK(t, "SMMU-5-045",
              seen.result == SM_ARRIVED || seen.result == SM_ARRIVED_OTHER ||
                  (seen.result == SM_REFUSED && (seen.type == SM_F_CFG_CONFLICT || (cont > 1 && seen.type == SM_C_BAD_STE))),
              "CONT=%u: result %d, event %02xh", cont, (int)seen.result, seen.type);
    }
    sm_close(&sm);
}

/* CONT does not reach beyond the table, and every member is invalidated by its own command. */
static void contiguous_bounds(struct test *t)
{
    struct sm_config config = {.format = SM_LINEAR, .log2size = 2};
    struct sm_path path[4];
    struct iotb_request r;
    uint64_t host[4];
    struct sm sm;

    sm_open(&sm, t, &config);
    sm_path_open(&sm, &path[0], SM_F_S1, 0, 0, 1, 1);
    host[0] = sm_path_page(&path[0], INPUT, SM_RW);
    for (uint32_t sid = 1; sid < 4; sid++)
        sm_path_share(&path[sid], &path[0], sid);
    for (uint32_t sid = 0; sid < 4; sid++)
        sm_ste_set(&sm, sid, "CONT", 2);
    sm_invalidate_all(&sm);
    for (uint32_t sid = 0; sid < 4; sid++) {
        r = sm_request(&path[sid], IOTB_WRITE, INPUT, 8);
        sm_expect_ok(&sm, "SMMU-5-044", &r, host[0]);
    }
    for (uint32_t sid = 0; sid < 4; sid++)
        sm_ste_set(&sm, sid, "CONT", 15);
    sm_invalidate_all(&sm);
    r.requester_id = 4;
    sm_expect_config(&sm, "SMMU-5-044", &r, SM_C_BAD_STREAMID, host[0]);
    for (uint32_t sid = 0; sid < 4; sid++)
        sm_ste_set(&sm, sid, "Config", SM_ABORT);
    for (uint32_t sid = 0; sid < 4; sid++)
        sm_cfgi_ste(&sm, sid);
    for (uint32_t sid = 0; sid < 4; sid++) {
        r.requester_id = (uint16_t)sid;
        sm_expect_silent_abort(&sm, "SMMU-5-044", &r, host[0]);
    }
    sm_close(&sm);
}

#define PAGED "IDR0.TTF:1"

static const struct iotb_case cases[] = {
    {.name = "smmuv3.ste.invalid",
     .summary = "V=0 is C_BAD_STE whatever the rest of the STE holds",
     .run = invalid,
     .rows = "SMMU-5-012 SMMU-7-022 SMMU-7-023 SMMU-7-024",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "smmuv3.ste.aborts",
     .summary = "Config=0xx aborts without a record whatever the rest holds, with and without SubstreamID",
     .run = aborts,
     .rows = "SMMU-5-015 SMMU-5-016",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "smmuv3.ste.missing_stage1",
     .summary = "Config=1x1 without stage 1 is ILLEGAL",
     .run = missing_stage,
     .rows = "SMMU-5-020",
     .gate = "!IDR0.S1P",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste.missing_stage2",
     .summary = "Config=11x without stage 2 is ILLEGAL",
     .run = missing_stage,
     .rows = "SMMU-5-021",
     .gate = "!IDR0.S2P",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste.bypass_ignores",
     .summary = "with Config=100 no field of stage 1 or stage 2, nor EATS, makes a difference",
     .run = bypass_ignores,
     .rows = "SMMU-5-018 SMMU-5-058",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste.stage2_ignores_stage1",
     .summary = "with Config=110 no field of stage 1, nor STRW, makes a difference",
     .run = stage2_ignores_stage1,
     .rows = "SMMU-5-022 SMMU-5-060",
     .gate = PAGED "&IDR0.S2P",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste.stage1_ignores_stage2",
     .summary = "with Config=101 no field of stage 2 but S2VMID makes a difference",
     .run = stage1_ignores_stage2,
     .rows = "SMMU-5-023",
     .gate = PAGED "&IDR0.S1P",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste.foreign",
     .summary = "fields of software, of other Security states and of absent features make no difference",
     .run = foreign,
     .rows = "SMMU-5-047 SMMU-5-063 SMMU-5-066 SMMU-5-101",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste.reserved",
     .summary = "an undefined bit makes the STE bad or means nothing",
     .run = reserved,
     .rows = "SMMU-5-002",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste.cacheability",
     .summary = "every cacheability and shareability of CD fetches and walks works",
     .run = cacheability,
     .rows = "SMMU-5-102",
     .gate = PAGED,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste.stream_world",
     .summary = "STRW=x1 is ILLEGAL for a stage 1 stream where there is EL2, and ignored where there is none",
     .run = stream_world,
     .rows = "SMMU-5-059 SMMU-5-060",
     .gate = PAGED "&IDR0.S1P",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste.stream_world_nested",
     .summary = "STRW is ignored with stage 2",
     .run = stream_world_nested,
     .rows = "SMMU-5-060",
     .gate = PAGED "&IDR0.S1P&IDR0.S2P",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste.vmid8",
     .summary = "with 8-bit VMIDs S2VMID[15:8] must be 0 where the field counts, and nowhere else",
     .run = vmid,
     .rows = "SMMU-5-064 SMMU-5-065",
     .gate = "!IDR0.VMID16",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste.s1stalld_illegal",
     .summary = "S1STALLD=1 is ILLEGAL with stage 1 where stalling is not configurable",
     .run = stall_disable,
     .rows = "SMMU-5-049",
     .gate = PAGED "&IDR0.STALL_MODEL>=1",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste.s1stalld",
     .summary = "S1STALLD=1 makes CD.S=1 ILLEGAL and nothing else",
     .run = stall_disable,
     .rows = "SMMU-5-050",
     .gate = PAGED "&IDR0.STALL_MODEL=0",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste.bypass_and_back",
     .summary = "from bypass to translation and back needs invalidation of the STE only",
     .run = bypass_and_back,
     .rows = "SMMU-5-104",
     .gate = PAGED "&IDR0.S1P",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste.contiguous",
     .summary = "STEs that differ within a CONT span: one of them, or F_CFG_CONFLICT",
     .run = contiguous,
     .rows = "SMMU-5-045",
     .gate = PAGED "&IDR0.S1P",
     .features = IOTB_F_ANY_REQUESTER,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.ste.contiguous_bounds",
     .summary = "CONT admits no StreamID beyond the table, and no member is kept by the invalidation of all",
     .run = contiguous_bounds,
     .rows = "SMMU-5-044",
     .gate = PAGED "&IDR0.S1P&IDR1.SIDSIZE>=3",
     .features = IOTB_F_ANY_REQUESTER,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list sm_ste_cases = {cases, sizeof cases / sizeof cases[0]};
